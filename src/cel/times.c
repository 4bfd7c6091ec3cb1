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

/* The unit that a word means: exactly one of its names, or what begins with the last one. */
static int64_t unit_of(Str word) {
    static const struct {
        Str names[3];
        uint8_t count;
        int64_t nanoseconds;
    } units[] = {
        {{STR("ns"), STR("nano")}, 2, 1},
        {{STR("us"), STR("\302\265s"), STR("micro")}, 3, 1000},
        {{STR("ms"), STR("milli")}, 2, 1000000},
        {{STR("s"), STR("sec")}, 2, SECOND},
        {{STR("m"), STR("min")}, 2, 60 * SECOND},
        {{STR("h"), STR("hr"), STR("hour")}, 3, 3600 * SECOND},
        {{STR("d"), STR("day")}, 2, 24 * 3600 * SECOND},
        {{STR("w"), STR("wk"), STR("week")}, 3, 7 * 24 * 3600 * SECOND},
    };
    for (size_t i = 0; i < COUNT(units); i++) {
        for (uint8_t k = 0; k < units[i].count; k++) {
            Str name = units[i].names[k];
            if (str_eq_nocase(word, name)) return units[i].nanoseconds;
            if (k + 1 == units[i].count && word.len > name.len && str_eq_nocase((Str){word.at, name.len}, name))
                return units[i].nanoseconds;
        }
    }
    return 0;
}

bool format_duration(Str text, int64_t *nanoseconds) {
    if (duration_parse(text, nanoseconds)) return true;
    bool found = false;
    uint64_t sum = 0;
    for (size_t i = 0; i < text.len;) {
        if (!is_digit(text.at[i])) {
            i++;
            continue;
        }
        size_t start = i;
        while (i < text.len && is_digit(text.at[i])) i++;
        Str digits = {text.at + start, i - start};
        size_t word = i;
        while (word < text.len && is_space(text.at[word])) word++;
        size_t end = word;
        while (end < text.len && (is_letter(text.at[end]) || str_starts(str_slice(text, end), S("\302\265"))))
            end += is_letter(text.at[end]) ? 1 : 2;
        if (end == word) continue;
        int64_t count;
        if (!int_parse(digits, 0, INT64_MAX, &count)) {
            while (digits.len > 1 && digits.at[0] == '0') digits = str_slice(digits, 1);
            if (!int_parse(digits, 0, INT64_MAX, &count)) return false;
        }
        int64_t unit = unit_of((Str){text.at + word, end - word});
        if (unit) sum += (uint64_t)count * (uint64_t)unit;
        found |= unit != 0;
        i = end;
    }
    *nanoseconds = (int64_t)sum;
    return found;
}

bool format_date(Str text, Value *out) {
    Moment moment;
    if (text.len != 10 || !moment_parse(text, MOMENT_YAML, &moment)) return false;
    *out = value_timestamp(moment.seconds, 0);
    return true;
}

bool format_timestamp(Str text, Value *out) {
    if (timestamp_parse(text, out) || format_date(text, out)) return true;
    Moment moment; /* a clock without a zone is taken for that of UTC */
    char room[64];
    if (text.len > sizeof room - 1) return false;
    memcpy(room, text.at, text.len);
    room[text.len] = 'Z';
    if (!moment_parse((Str){room, text.len + 1}, MOMENT_RFC3339, &moment)) return false;
    *out = value_timestamp(moment.seconds, moment.nanoseconds);
    return true;
}
