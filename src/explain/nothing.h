/* What to say of a query that names nothing. */
#ifndef PODLINT_EXPLAIN_NOTHING_H
#define PODLINT_EXPLAIN_NOTHING_H

#include "rule.h"
#include "sign.h"
#include "topic.h"

/* One line: what there is not, and what was probably meant. `failed` is how far the parts of the query lead; with as many parts
 * missing as there are, none of them leads anywhere. */
void put_nothing(Buf *out, Str query, const Parts *parts, const Followed *failed, uint8_t minor);

#endif
