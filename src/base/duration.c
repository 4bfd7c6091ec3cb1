#include "duration.h"

/* The sum may reach 2^63, which only a minus sign makes good. */
#define LIMIT ((uint64_t)1 << 63)

/* Reads digits at the start of `text` and takes them off; false on overflow. */
static bool take_digits(Str *text, uint64_t *value) {
    *value = 0;
    while (text->len && is_digit(text->at[0])) {
        if (*value > LIMIT / 10) return false;
        *value = *value * 10 + (uint64_t)(text->at[0] - '0');
        if (*value > LIMIT) return false;
        *text = str_slice(*text, 1);
    }
    return true;
}

/* Reads the digits after a point; those beyond the precision of 63 bits are passed over. */
static void take_fraction(Str *text, uint64_t *value, double *scale) {
    bool full = false;
    *value = 0;
    *scale = 1;
    for (; text->len && is_digit(text->at[0]); *text = str_slice(*text, 1)) {
        uint64_t more = *value * 10 + (uint64_t)(text->at[0] - '0');
        full = full || *value > INT64_MAX / 10 || more > LIMIT;
        if (full) continue;
        *value = more;
        *scale *= 10;
    }
}

/* Reads a unit, which ends where a number starts; 0 if there is none. Microseconds are written with u, the micro sign or the
 * Greek letter mu. */
static uint64_t take_unit(Str *text) {
    static const struct {
        Str name;
        uint64_t nanoseconds;
    } units[] = {{STR("ns"), 1},       {STR("us"), 1000},  {STR("\302\265s"), 1000}, {STR("\316\274s"), 1000},
                 {STR("ms"), 1000000}, {STR("s"), SECOND}, {STR("m"), 60 * SECOND},  {STR("h"), 3600 * SECOND}};
    Str unit = {text->at, 0};
    while (unit.len < text->len && text->at[unit.len] != '.' && !is_digit(text->at[unit.len])) unit.len++;
    *text = str_slice(*text, unit.len);
    for (size_t i = 0; i < COUNT(units); i++)
        if (str_eq(units[i].name, unit)) return units[i].nanoseconds;
    return 0;
}

/* Reads one number with its unit. */
static bool take_span(Str *text, uint64_t *span) {
    uint64_t whole, part = 0;
    double scale = 1;
    size_t before = text->len;
    if (!take_digits(text, &whole)) return false;
    bool digits = text->len < before;
    if (str_take(text, '.')) {
        before = text->len;
        take_fraction(text, &part, &scale);
        digits |= text->len < before;
    }
    uint64_t unit = digits ? take_unit(text) : 0;
    if (!unit || whole > LIMIT / unit) return false;
    *span = whole * unit + (uint64_t)((double)part * ((double)unit / scale));
    return *span <= LIMIT;
}

bool duration_parse(Str text, int64_t *nanoseconds) {
    bool negative = str_take(&text, '-');
    if (!negative) str_take(&text, '+');
    *nanoseconds = 0;
    if (str_eq(text, S("0"))) return true;
    if (!text.len) return false;
    uint64_t total = 0;
    while (text.len) {
        uint64_t span;
        if (!take_span(&text, &span)) return false;
        total += span;
        if (total > LIMIT) return false;
    }
    if (total == LIMIT) {
        *nanoseconds = INT64_MIN;
        return negative;
    }
    *nanoseconds = negative ? -(int64_t)total : (int64_t)total;
    return true;
}
