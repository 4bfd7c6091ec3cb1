/* Which fields of the API a rule looks at. */
#ifndef PODLINT_READS_H
#define PODLINT_READS_H

#include "model/diag.h"
#include "model/schema.h"

/* Whether a rule looks at a field that is reached from a kind through `way`, whose last item is the field itself: its expression
 * reads it, it is the one that the rule reports, or the rule is about the values that stand there. Of a rule with a check in C
 * only `at` is known here. */
bool rule_reads(Arena *arena, const Rule *rule, const Field *const *way, size_t length);

#endif
