#include "scalar.h"

#include "base/calendar.h"

bool int_parse(Str text, int64_t low, int64_t high, int64_t *out) {
    size_t i = text.len && (text.at[0] == '-' || text.at[0] == '+') ? 1 : 0;
    if (i == text.len) return false;
    Int128 value = 0;
    for (; i < text.len; i++) {
        if (!is_digit(text.at[i])) return false;
        value = value * 10 + (text.at[i] - '0');
        if (value > (Int128)1 << 64) return false;
    }
    if (text.at[0] == '-') value = -value;
    if (value < low || value > high) return false;
    *out = (int64_t)value;
    return true;
}

bool time_parse(Time *out, Str text) {
    Moment moment;
    if (!moment_parse(text, MOMENT_RFC3339, &moment)) return false;
    *out = (Time){.set = true, .seconds = moment.seconds};
    return true;
}

bool micro_time_parse(Time *out, Str text) {
    Moment moment;
    int64_t micros;
    ptrdiff_t point = str_find(text, str_find(text, '.') >= 0 ? '.' : ',');
    Str fraction = point < 0 ? S("") : str_slice(text, (size_t)point + 1);
    if (!str_take_digits(&fraction, 6, 6, &micros) || (fraction.len && is_digit(fraction.at[0]))) return false;
    if (!moment_parse(text, MOMENT_RFC3339, &moment)) return false;
    *out = (Time){.set = true, .seconds = moment.seconds, .micros = (uint32_t)micros};
    return true;
}

Str micro_time_text(Arena *arena, Time time) {
    Str text = time_text(arena, time);
    return str_format(arena, "%.*s.%06uZ", (int)text.len - 1, text.at, time.micros);
}

Str time_text(Arena *arena, Time time) {
    return moment_text(arena, (Moment){.seconds = time.seconds});
}
