/* What git knows of a tree's history, asked of the git program. */
#ifndef PODLINT_GIT_H
#define PODLINT_GIT_H

#include "base/base.h"

/* What is compared with what. */
typedef struct GitRange {
    Str from; /* a revision; "HEAD" if the user named none */
    Str to;   /* a revision, or empty: the work tree, or the index if `staged` */
    bool staged;
} GitRange;

/* A file that changed between the two sides. */
typedef struct GitFile {
    Str oldPath, newPath; /* relative to the top of the work tree; empty on the side that lacks it */
    Str oldText, newText; /* the contents; at is NULL on the side that lacks it */
} GitFile;

typedef struct GitFiles {
    GitFile *at;
    uint32_t n;
} GitFiles;

/* Finds the manifests (.yaml, .yml, .json) that differ, renames followed, and reads both sides. `paths` limits the search; an
 * empty list means everything. Returns NULL, or what went wrong in words for people. */
const char *git_changes(Arena *arena, const GitRange *range, const Str *paths, size_t count, GitFiles *out);

#endif
