#include "times.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/calendar.h"

bool timestamp_parse(Str text, Value *out) {
    Moment moment;
    if (!moment_parse(text, MOMENT_RFC3339, &moment) || moment.seconds < TIMESTAMP_FIRST || moment.seconds > TIMESTAMP_LAST)
        return false;
    *out = value_timestamp(moment.seconds, moment.nanoseconds);
    out->type = (uint16_t)(int16_t)moment.offset;
    return true;
}

Str timestamp_text(Arena *arena, Value t) {
    return moment_text(arena, (Moment){t.i, t.len, (int16_t)t.type});
}

Str timestamp_text_utc(Arena *arena, Value t) {
    return moment_text(arena, (Moment){t.i, t.len, 0});
}

/* The shortest digits that read back as the number of seconds, which is a double: large spans lose their last nanoseconds. */
Str duration_text(Arena *arena, int64_t nanoseconds) {
    int64_t whole = nanoseconds / SECOND, rest = nanoseconds % SECOND;
    double seconds = (double)whole + (double)rest / 1e9;
    char text[64];
    int decimals = 0;
    do snprintf(text, sizeof text, "%.*f", decimals, seconds);
    while (decimals++ < 17 && strtod(text, NULL) != seconds);
    if (seconds == 0) return S("0s");
    return str_join(arena, str_of(text), S("s"));
}
