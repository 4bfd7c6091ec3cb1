/* Patterns of paths as gitignore(5) has them: `*` stops at slashes, `**` does not, a slash at the end means directories, one
 * elsewhere anchors the pattern where it is written, `!` takes earlier matches back. */
#ifndef PODLINT_GLOB_H
#define PODLINT_GLOB_H

#include "base.h"

typedef struct Glob {
    const char *text; /* without the marks at its ends */
    bool negated;     /* takes earlier matches back */
    bool directory;   /* matches directories only */
    bool anchored;    /* matches whole paths, not just names */
} Glob;

typedef struct Globs {
    ARRAY(Glob) items;
} Globs;

/* Adds the pattern of one line, without comments; what is empty adds nothing. */
void globs_add(Globs *globs, Arena *arena, Str line);

/* Whether the last pattern that matches, if any, takes back: +1 matched, -1 taken back, 0 no match. `path` is relative to where
 * the patterns are written, `name` its last part; patterns of whole paths are left out if `path` is NULL. */
int globs_match(const Globs *globs, const char *path, const char *name, bool directory);

/* Whether a path is meant: it or a directory above it matches, and no later pattern takes that back. */
bool globs_cover(const Globs *globs, const char *path, bool directory);

#endif
