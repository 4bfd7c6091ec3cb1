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

/* One side of a file. */
typedef struct GitSide {
    bool there;
    Str text;
    Str error; /* why it cannot be read, if it is there; at is NULL if it can */
} GitSide;

/* A file that differs, by its path from the top of the work tree. */
typedef struct GitFile {
    Str path;
    GitSide before, after;
} GitFile;

typedef struct GitFiles {
    GitFile *at;
    uint32_t n;
} GitFiles;

/* Finds the manifests (.yaml, .yml, .json) that differ and reads both sides, symbolic links followed within the tree. `paths`
 * limits the search; an empty list means everything. Nothing that the repository's configuration names is run. Returns NULL, or
 * what went wrong in words for people. */
const char *git_changes(Arena *arena, const GitRange *range, const Str *paths, size_t count, GitFiles *out);

#endif
