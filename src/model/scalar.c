/* Quantities are kept as billionths in 128 bits: the server's own limit of precision, and more range than any real amount. */
#include "scalar.h"

#include "base/calendar.h"

#define INT128_MAX (((Int128)1 << 126) - 1 + ((Int128)1 << 126))

/* value * factor, held at the end of the range. */
static Int128 multiply(Int128 value, Int128 factor) {
    return value > INT128_MAX / factor ? INT128_MAX : value * factor;
}

static Int128 power(int base, int exponent) {
    Int128 result = 1;
    while (exponent-- > 0) result = multiply(result, base);
    return result;
}

typedef struct Suffix {
    Str text;
    uint8_t format; /* QuantityFormat */
    int8_t exponent;
} Suffix;

static const Suffix suffixes[] = {
    {STR(""), QUANTITY_DECIMAL, 0},   {STR("n"), QUANTITY_DECIMAL, -9}, {STR("u"), QUANTITY_DECIMAL, -6},
    {STR("m"), QUANTITY_DECIMAL, -3}, {STR("k"), QUANTITY_DECIMAL, 3},  {STR("M"), QUANTITY_DECIMAL, 6},
    {STR("G"), QUANTITY_DECIMAL, 9},  {STR("T"), QUANTITY_DECIMAL, 12}, {STR("P"), QUANTITY_DECIMAL, 15},
    {STR("E"), QUANTITY_DECIMAL, 18}, {STR("Ki"), QUANTITY_BINARY, 10}, {STR("Mi"), QUANTITY_BINARY, 20},
    {STR("Gi"), QUANTITY_BINARY, 30}, {STR("Ti"), QUANTITY_BINARY, 40}, {STR("Pi"), QUANTITY_BINARY, 50},
    {STR("Ei"), QUANTITY_BINARY, 60},
};

/* The exponent and format of a suffix; false if it is none. Exponents beyond any use are held at 200. */
static bool read_suffix(Str s, int *exponent, uint8_t *format) {
    for (size_t i = 0; i < COUNT(suffixes); i++)
        if (str_eq(s, suffixes[i].text)) {
            *exponent = (int)suffixes[i].exponent;
            *format = suffixes[i].format;
            return true;
        }
    int64_t value;
    if (s.len < 2 || (s.at[0] != 'e' && s.at[0] != 'E') || !int_parse(str_slice(s, 1), INT32_MIN, INT32_MAX, &value))
        return false;
    *exponent = value > 200 ? 200 : value < -200 ? -200 : (int)value;
    *format = QUANTITY_EXPONENT;
    return true;
}

/* value * 10^exponent, rounded away from zero where the exponent is negative. */
static Int128 scale_up(Int128 value, int exponent) {
    if (exponent >= 0) return value == 0 ? 0 : multiply(value, power(10, exponent));
    Int128 divisor = power(10, -exponent);
    return value / divisor + (value % divisor != 0);
}

/* A number without digits is zero: the server takes "Ki" and "." for 0. */
QuantityError quantity_parse(Quantity *out, Str text) {
    *out = (Quantity){.text = text};
    if (text.len == 0) return QUANTITY_EMPTY;
    size_t i = 0, n = text.len;
    bool negative = text.at[0] == '-';
    if (text.at[0] == '-' || text.at[0] == '+') i++;
    size_t number = i;
    while (i < n && is_digit(text.at[i])) i++;
    Str whole = {text.at + number, i - number}, fraction = {text.at + i, 0};
    if (i < n && text.at[i] == '.') {
        size_t start = ++i;
        while (i < n && is_digit(text.at[i])) i++;
        fraction = (Str){text.at + start, i - start};
    }
    size_t suffixStart = i;
    while (i < n && memchr("eEinumkKMGTP", text.at[i], 12)) i++;
    if (i < n && i > suffixStart && (text.at[i] == '-' || text.at[i] == '+')) i++;
    while (i < n && is_digit(text.at[i])) i++;
    if (i < n) return QUANTITY_FORM;
    int exponent;
    if (!read_suffix(str_slice(text, suffixStart), &exponent, &out->format)) return QUANTITY_SUFFIX;

    while (whole.len && whole.at[0] == '0') whole = str_slice(whole, 1);
    Int128 value = 0;
    bool beyond = false; /* a non-zero digit below 10^-9 */
    int digits = 0;
    for (size_t j = 0; j < whole.len; j++)
        value = value > INT128_MAX / 10 - 1 ? INT128_MAX / 10 : value * 10 + (whole.at[j] - '0');
    for (size_t j = 0; j < fraction.len; j++) {
        if (digits < 27) {
            value = value > INT128_MAX / 10 - 1 ? INT128_MAX / 10 : value * 10 + (fraction.at[j] - '0');
            digits++;
        } else {
            beyond |= fraction.at[j] != '0';
        }
    }
    if (out->format == QUANTITY_BINARY) {
        value = scale_up(multiply(value, (Int128)1 << exponent), 9 - digits);
        if (value > (Int128)INT64_MAX * NANO) value = (Int128)INT64_MAX * NANO;
        if (value > 0 && value < NANO) out->format = QUANTITY_DECIMAL;
    } else {
        value = scale_up(value, exponent + 9 - digits);
    }
    if (beyond && value == 0) value = 1;
    out->nano = negative ? -value : value;

    size_t length = whole.len + fraction.len + (whole.len == 0);
    bool zeros = fraction.len >= 3 ? str_ends(fraction, S("000")) : fraction.len == 0 && str_ends(whole, S("000"));
    if (str_eq(text, S("0")))
        out->kept = true;
    else if (out->format == QUANTITY_BINARY)
        out->kept = fraction.len == 0 && length + (size_t)(exponent * 3 / 10) + 1 <= 15 && whole.len &&
                    (whole.at[whole.len - 1] - '0' + (whole.len > 1 ? (whole.at[whole.len - 2] - '0') * 10 : 0) +
                     (whole.len > 2 ? (whole.at[whole.len - 3] - '0') * 100 : 0)) %
                            8 !=
                        0;
    else
        out->kept =
            length <= 18 && exponent - (int)fraction.len >= -9 && (exponent - (int)fraction.len) % 3 == 0 && !zeros && whole.len;
    return QUANTITY_OK;
}

static Int128 absolute(Int128 n) {
    return n < 0 ? -n : n;
}

static void put_number(Buf *buf, Int128 n) {
    char digits[48];
    size_t at = sizeof digits;
    bool negative = n < 0;
    n = absolute(n);
    do {
        digits[--at] = (char)('0' + (int)(n % 10));
        n /= 10;
    } while (n > 0);
    if (negative) digits[--at] = '-';
    buf_str(buf, (Str){digits + at, sizeof digits - at});
}

Str quantity_text(Arena *arena, const Quantity *q) {
    if (q->kept) return q->text;
    if (q->nano == 0) return S("0");
    Buf buf = {.arena = arena};
    bool whole = q->nano % NANO == 0;
    if (q->format == QUANTITY_BINARY && whole && absolute(q->nano) >= 1024 * NANO) {
        static const char *const names[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
        Int128 n = q->nano / NANO;
        int step = 0;
        while (n % 1024 == 0 && step < 6) n /= 1024, step++;
        put_number(&buf, n);
        buf_str(&buf, str_of(names[step]));
        return buf_text(&buf);
    }
    static const char *const names[] = {"n", "u", "m", "", "k", "M", "G", "T", "P", "E"};
    Int128 n = q->nano;
    int step = 0;
    while (n % 1000 == 0 && step < 9) n /= 1000, step++;
    put_number(&buf, n);
    if (q->format == QUANTITY_EXPONENT) {
        if (step != 3) buf_format(&buf, "e%d", (step - 3) * 3);
    } else {
        buf_str(&buf, str_of(names[step]));
    }
    return buf_text(&buf);
}

static int64_t in_units(const Quantity *q, Int128 unit) {
    Int128 n = q->nano / unit;
    if (q->nano % unit > 0) n++;
    if (q->nano % unit < 0) n--;
    return n > INT64_MAX ? INT64_MAX : n < INT64_MIN ? INT64_MIN : (int64_t)n;
}

int64_t quantity_value(const Quantity *quantity) {
    return in_units(quantity, NANO);
}

int64_t quantity_milli(const Quantity *quantity) {
    return in_units(quantity, NANO / 1000);
}

void quantity_round_milli(Quantity *quantity) {
    Int128 unit = NANO / 1000, rest = quantity->nano % unit;
    if (rest == 0 || quantity->nano > INT128_MAX - unit || quantity->nano < unit - INT128_MAX) return;
    quantity->nano += rest > 0 ? unit - rest : -(unit + rest);
    quantity->kept = false;
}

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
