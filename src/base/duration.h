/* Spans of time as Go writes them: "1h30m", "-1.5s". */
#ifndef PODLINT_DURATION_H
#define PODLINT_DURATION_H

#include "base.h"

/* In nanoseconds. */
#define SECOND ((int64_t)1000000000)

/* Reads what Go's time.ParseDuration reads; false if the text is no duration, or one of more than 63 bits of nanoseconds. */
bool duration_parse(Str text, int64_t *nanoseconds);

#endif
