/* What the generated emitters of rules.h are made of. */
#ifndef PODLINT_EMIT_H
#define PODLINT_EMIT_H

#include "diag.h"

/* The number of its arguments, 1 to 10; with more of them it does not compile. A compound literal that holds a comma counts as
 * one where it stands in parentheses. */
#define SLOT_COUNT(...) SLOT_PICK(__VA_ARGS__, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define SLOT_PICK(a, b, c, d, e, f, g, h, i, j, count, ...) count

/* Refuses to compile, with a text, where the number of slots is another one; none at all counts as one, without a letter. */
#define SLOTS(wanted, text, ...)                                                               \
    (void)sizeof(struct {                                                                      \
        _Static_assert(SLOT_COUNT(__VA_ARGS__) == (wanted) && sizeof(#__VA_ARGS__) > 1, text); \
        int unused;                                                                            \
    })

#endif
