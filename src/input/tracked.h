/* What git keeps track of although .gitignore names it (`git add --force`). */
#ifndef PODLINT_TRACKED_H
#define PODLINT_TRACKED_H

#include "base/str_set.h"

/* Zero-initialise. */
typedef struct Tracked {
    Str top;      /* of the repository that `paths` are known of */
    StrSet paths; /* such files, and the folders above them, by their real paths */
} Tracked;

/* Whether a file that .gitignore names is tracked, or a folder holds one that is; `top` is that of its repository. Git is asked
 * once for each repository; where it cannot tell, nothing is. Paths are real; what is kept is allocated in `arena`. */
bool tracked_has(Tracked *tracked, Arena *arena, Str top, Str path);

#endif
