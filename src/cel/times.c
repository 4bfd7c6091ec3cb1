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
    double seconds = (double)(nanoseconds / SECOND) + (double)(nanoseconds % SECOND) / 1e9;
    char text[64];
    int decimals = 0;
    do snprintf(text, sizeof text, "%.*f", decimals, seconds);
    while (decimals++ < 17 && strtod(text, NULL) != seconds);
    if (seconds == 0) return S("0s");
    return str_join(arena, str_of(text), S("s"));
}

typedef struct DurationUnit {
    Str name;
    int64_t nanoseconds;
} DurationUnit;

static const DurationUnit units[] = {
    {STR("ns"), 1},       {STR("us"), 1000},  {STR("µs"), 1000}, /* U+00B5 */
    {STR("μs"), 1000},                                           /* U+03BC */
    {STR("ms"), 1000000}, {STR("s"), SECOND}, {STR("m"), 60 * SECOND}, {STR("h"), 3600 * SECOND},
};

static const DurationUnit *take_unit(Str *s) {
    size_t n = 0;
    while (n < s->len && s->at[n] != '.' && (s->at[n] < '0' || s->at[n] > '9')) n++;
    for (size_t i = 0; i < COUNT(units); i++)
        if (str_eq(units[i].name, (Str){s->at, n})) {
            *s = str_slice(*s, n);
            return &units[i];
        }
    return NULL;
}

/* One "1.5h"; adds it to `*sum`. The sum may reach 2^63, which only a minus sign makes good. */
static bool take_span(Str *s, uint64_t *sum) {
    static const uint64_t limit = (uint64_t)1 << 63;
    uint64_t whole = 0, fraction = 0;
    double scale = 1;
    size_t digits = 0;
    bool full = false; /* further digits of the fraction do not count */
    for (; s->len && is_digit(s->at[0]); *s = str_slice(*s, 1), digits++) {
        if (whole > limit / 10) return false;
        whole = whole * 10 + (uint64_t)(s->at[0] - '0');
        if (whole > limit) return false;
    }
    if (str_take(s, '.'))
        for (; s->len && is_digit(s->at[0]); *s = str_slice(*s, 1), digits++) {
            full = full || fraction > (limit - 10) / 10;
            if (full) continue;
            fraction = fraction * 10 + (uint64_t)(s->at[0] - '0');
            scale *= 10;
        }
    const DurationUnit *unit = digits ? take_unit(s) : NULL;
    if (!unit || whole > limit / (uint64_t)unit->nanoseconds) return false;
    whole *= (uint64_t)unit->nanoseconds;
    whole += (uint64_t)((double)fraction * ((double)unit->nanoseconds / scale));
    if (whole > limit || *sum > limit - whole) return false;
    *sum += whole;
    return true;
}

bool duration_read(Str text, int64_t *nanoseconds) {
    uint64_t sum = 0;
    bool negative = str_take(&text, '-');
    if (!negative) str_take(&text, '+');
    *nanoseconds = 0;
    if (str_eq(text, S("0"))) return true;
    if (text.len == 0) return false;
    while (text.len)
        if (!take_span(&text, &sum)) return false;
    if (!negative && sum > INT64_MAX) return false;
    *nanoseconds = (int64_t)(negative ? 0 - sum : sum);
    return true;
}
