/* What a fix makes of the example of its rule. */
#ifndef PODLINT_FIX_EXAMPLE_H
#define PODLINT_FIX_EXAMPLE_H

#include "base/base.h"
#include "model/diag.h"

typedef struct FixExample {
    Str text; /* the bad example, mended; at is NULL if it cannot be */
    Str diff; /* what changes in it: the hunks of a unified diff */
    bool safe;
} FixExample;

/* Mends the bad example of a rule. Texts are allocated in `arena`. */
FixExample fix_example(Arena *arena, const Rule *rule);

#endif
