/* Points in time and spans of time as text. A timestamp keeps the offset that it was written with, in minutes east of UTC, in the
 * value's `type`; it counts only where the timestamp is written again. */
#ifndef PODLINT_CEL_TIMES_H
#define PODLINT_CEL_TIMES_H

#include "base/duration.h"
#include "value.h"

/* The range of timestamps, in seconds since 1970: the years 1 to 9999. */
#define TIMESTAMP_FIRST ((int64_t)-62135596800)
#define TIMESTAMP_LAST ((int64_t)253402300799)

/* RFC 3339; with as many digits of a second's fraction as are needed. */
Str timestamp_text(Arena *arena, Value timestamp);

/* The same in UTC. */
Str timestamp_text_utc(Arena *arena, Value timestamp);

/* Seconds, as "5400s". */
Str duration_text(Arena *arena, int64_t nanoseconds);

/* Reads what timestamp() takes; false if it is none. */
bool timestamp_parse(Str text, Value *out);

/* The formats duration, date and date-time of a custom resource's schema (k8s.io/kube-openapi/pkg/validation/strfmt). A duration
 * may also be numbers and words, as in "2 days 3 hr", wherever they stand. */
bool format_duration(Str text, int64_t *nanoseconds);
bool format_date(Str text, Value *out);
bool format_timestamp(Str text, Value *out); /* either, as the type of an expression has it */

#endif
