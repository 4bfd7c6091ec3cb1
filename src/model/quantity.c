/* Quantities (k8s.io/apimachinery/pkg/api/resource). Amounts up to 10^29 are computed with in billionths, the server's own limit
 * of precision, in 128 bits; of larger ones the digits are kept. */
#include <stdlib.h>

#include "scalar.h"

enum { SHORT_DIGITS = 18, BINARY_DIGITS = 15, NANO_DIGITS = 9, NANO_ROOM = 38 };

#define INT128_MAX (((Int128)1 << 126) - 1 + ((Int128)1 << 126))

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

/* The exponent and format of a suffix; false if it is none. Of an exponent the server keeps the lower 32 bits. */
static bool read_suffix(Str s, int32_t *exponent, uint8_t *format) {
    for (size_t i = 0; i < COUNT(suffixes); i++)
        if (str_eq(s, suffixes[i].text)) {
            *exponent = suffixes[i].exponent;
            *format = suffixes[i].format;
            return true;
        }
    int64_t value;
    if (s.len < 2 || (s.at[0] != 'e' && s.at[0] != 'E') || !int_parse(str_slice(s, 1), INT64_MIN, INT64_MAX, &value))
        return false;
    *exponent = (int32_t)(uint32_t)(uint64_t)value;
    *format = QUANTITY_EXPONENT;
    return true;
}

/* The digits of a number, whether or not a point stands among them. */
typedef struct Digits {
    Str text;
    int64_t count; /* without zeros at the start */
    int64_t zeros; /* at the end */
    int64_t top;   /* the power of ten behind which the first digit stands: 12.5 has 2 */
    size_t start;  /* of the first digit that is not 0 */
} Digits;

static Digits digits_of(Str text, int64_t power) {
    Digits d = {.text = text};
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '.') continue;
        if (!d.count && text.at[i] == '0') continue;
        if (!d.count) d.start = i;
        d.count++;
        d.zeros = text.at[i] == '0' ? d.zeros + 1 : 0;
    }
    d.top = d.count + power;
    return d;
}

/* The next digit from *at on; -1 at the end. */
static int next_digit(Str text, size_t *at) {
    while (*at < text.len && text.at[*at] == '.') ++*at;
    return *at < text.len ? text.at[(*at)++] - '0' : -1;
}

static int compare_digits(const Digits *a, const Digits *b) {
    if (a->top != b->top) return a->top < b->top ? -1 : 1;
    size_t i = a->start, j = b->start;
    for (;;) {
        int x = next_digit(a->text, &i), y = next_digit(b->text, &j);
        if (x < 0 && y < 0) return 0;
        if (x < 0) x = 0;
        if (y < 0) y = 0;
        if (x != y) return x < y ? -1 : 1;
    }
}

/* The value in billionths, rounded up. */
static Int128 nano_of(const Digits *d) {
    int64_t wanted = d->top + NANO_DIGITS;
    Int128 value = 0;
    size_t at = d->start;
    for (int64_t i = 0; i < wanted; i++) {
        int digit = next_digit(d->text, &at);
        value = value * 10 + (digit < 0 ? 0 : digit);
    }
    return value + (d->count - d->zeros > (wanted > 0 ? wanted : 0));
}

/* whole.fraction * 2^exponent in billionths, rounded up, but not beyond 64 bits. */
static Int128 binary_nano(Str whole, Str fraction, int exponent) {
    Int128 most = (Int128)INT64_MAX * NANO, factor = NANO << exponent, value = 0, part = 0;
    bool rest = false;
    for (size_t i = 0; i < whole.len && value <= most; i++) value = value * 10 + (whole.at[i] - '0');
    if (value > (INT64_MAX >> exponent)) return most;
    for (size_t i = fraction.len; i > 0; i--) {
        part += (fraction.at[i - 1] - '0') * factor;
        rest |= part % 10 != 0;
        part /= 10;
    }
    value = value * factor + part + rest;
    return value > most ? most : value;
}

Str quantity_trim(Str text) {
    static const Str spaces[] = {STR(" "),
                                 STR("\xC2\x85"),
                                 STR("\xC2\xA0"),
                                 STR("\xE1\x9A\x80"),
                                 STR("\xE2\x80\xAF"),
                                 STR("\xE2\x81\x9F"),
                                 STR("\xE3\x80\x80"),
                                 STR("\xE2\x80\x80"),
                                 STR("\xE2\x80\x81"),
                                 STR("\xE2\x80\x82"),
                                 STR("\xE2\x80\x83"),
                                 STR("\xE2\x80\x84"),
                                 STR("\xE2\x80\x85"),
                                 STR("\xE2\x80\x86"),
                                 STR("\xE2\x80\x87"),
                                 STR("\xE2\x80\x88"),
                                 STR("\xE2\x80\x89"),
                                 STR("\xE2\x80\x8A")};
    for (size_t i = 0; i < COUNT(spaces);) {
        size_t length = text.len;
        if (str_starts(text, spaces[i])) text = str_slice(text, spaces[i].len);
        if (str_ends(text, spaces[i])) text.len -= spaces[i].len;
        i = text.len < length ? 0 : i + 1;
    }
    return text;
}

/* A number without digits is 0 where the server need not compute with more than 64 bits: it takes "Ki" and "." but not "Pi". */
QuantityError quantity_parse(Quantity *out, Str text) {
    *out = (Quantity){.text = text};
    if (text.len == 0) return QUANTITY_EMPTY;
    size_t i = text.at[0] == '-' || text.at[0] == '+', n = text.len, number = i;
    while (i < n && is_digit(text.at[i])) i++;
    Str whole = {text.at + number, i - number}, fraction = {text.at + i, 0};
    if (i < n && text.at[i] == '.') {
        size_t start = ++i;
        while (i < n && is_digit(text.at[i])) i++;
        fraction = (Str){text.at + start, i - start};
    }
    bool any = whole.len + fraction.len > 0;
    Str digits = {text.at + number, i - number};
    size_t suffixStart = i;
    while (i < n && memchr("eEinumkKMGTP", text.at[i], 12)) i++;
    if (i < n && (text.at[i] == '-' || text.at[i] == '+')) i++;
    while (i < n && is_digit(text.at[i])) i++;
    if (i < n) return QUANTITY_FORM;
    int32_t exponent;
    if (!read_suffix(str_slice(text, suffixStart), &exponent, &out->format)) return QUANTITY_SUFFIX;
    while (whole.len && whole.at[0] == '0') whole = str_slice(whole, 1);

    bool binary = out->format == QUANTITY_BINARY, negative = text.at[0] == '-';
    int64_t length = (int64_t)(whole.len ? whole.len : 1) + (int64_t)fraction.len;
    int64_t power = (int64_t)(binary ? 0 : exponent) - (int64_t)fraction.len;
    if (binary)
        out->decimal = fraction.len > 0 || length + exponent * 3 / 10 + 1 > BINARY_DIGITS;
    else
        out->decimal = length > SHORT_DIGITS || power < -NANO_DIGITS;
    if (out->decimal && !any) return QUANTITY_FORM;
    Digits d = digits_of(digits, power);
    out->power = (int32_t)power;
    if (binary) {
        out->nano = binary_nano(whole, fraction, exponent);
        if (out->decimal && out->nano > 0 && out->nano < NANO) out->format = QUANTITY_DECIMAL;
    } else if (d.count > 0 && d.top + NANO_DIGITS > NANO_ROOM) {
        out->huge = true;
        out->digits = digits;
        out->nano = INT128_MAX;
    } else if (d.count > 0) {
        out->nano = nano_of(&d);
    }
    if (negative) out->nano = -out->nano;

    if (out->decimal) return QUANTITY_OK;
    int64_t value = 0;
    size_t at = 0;
    for (int digit; (digit = next_digit(digits, &at)) >= 0;) value = value * 10 + digit;
    bool zeros = length >= 3 && value % 1000 == 0;
    out->kept = binary ? value % 8 != 0 : power % 3 == 0 && !zeros && whole.len > 0;
    if (str_eq(text, S("0"))) out->kept = true;
    return QUANTITY_OK;
}

static Int128 absolute(Int128 n) {
    return n < 0 ? -n : n;
}

static void put_number(Buf *buf, Int128 n) {
    char digits[48];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + (int)(n % 10));
        n /= 10;
    } while (n > 0);
    buf_str(buf, (Str){digits + at, sizeof digits - at});
}

/* A power of ten, a multiple of three, as a suffix. Of those that have none the server writes nothing: 2000E becomes 2. */
static void put_power(Buf *buf, int64_t power, uint8_t format) {
    static const char *const names[] = {"n", "u", "m", "", "k", "M", "G", "T", "P", "E"};
    if (format == QUANTITY_EXPONENT) {
        if (power) buf_format(buf, "e%lld", (long long)power);
    } else if (power >= -9 && power <= 18) {
        buf_str(buf, str_of(names[power / 3 + 3]));
    }
}

/* Rounded up like `nano`, to billionths, or to thousandths where it was asked for. */
static void put_huge(Buf *buf, const Quantity *q) {
    Digits d = digits_of(q->digits, q->power);
    int64_t lowest = q->milli ? -3 : -NANO_DIGITS, kept = d.top - lowest < d.count ? d.top - lowest : d.count;
    bool up = d.count - d.zeros > kept;
    size_t at = d.start, start = buf->len + 1;
    buf_char(buf, '0');
    for (int64_t i = 0; i < kept; i++) buf_char(buf, (char)('0' + next_digit(d.text, &at)));
    for (size_t i = buf->len; up; i--) {
        up = buf->at[i - 1] == '9';
        buf->at[i - 1] = up ? '0' : (char)(buf->at[i - 1] + 1);
    }
    int64_t power = d.top - kept;
    for (; buf->at[buf->len - 1] == '0'; power++) buf->len--;
    if (buf->at[start - 1] == '0') {
        memmove(buf->at + start - 1, buf->at + start, buf->len - start);
        buf->len--;
    }
    int64_t multiple = power - (power % 3 + 3) % 3;
    buf_repeat(buf, '0', (size_t)(power - multiple));
    put_power(buf, multiple, q->format);
}

Str quantity_text(Arena *arena, const Quantity *q) {
    if (q->kept) return q->text;
    if (q->nano == 0) return S("0");
    Buf buf = {.arena = arena};
    if (q->nano < 0) buf_char(&buf, '-');
    Int128 n = absolute(q->nano);
    if (q->huge) {
        put_huge(&buf, q);
    } else if (q->format == QUANTITY_BINARY && n % NANO == 0 && n >= 1024 * NANO) {
        static const char *const names[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
        int step = 0;
        for (n /= NANO; n % 1024 == 0 && step < 6; step++) n /= 1024;
        put_number(&buf, n);
        buf_str(&buf, str_of(names[step]));
    } else {
        int64_t power = -NANO_DIGITS;
        for (; n % 1000 == 0; power += 3) n /= 1000;
        put_number(&buf, n);
        put_power(&buf, power, q->format);
    }
    return buf_text(&buf);
}

int quantity_compare(const Quantity *a, const Quantity *b) {
    if (!a->huge || !b->huge || (a->nano < 0) != (b->nano < 0)) return a->nano < b->nano ? -1 : a->nano > b->nano;
    Digits x = digits_of(a->digits, a->power), y = digits_of(b->digits, b->power);
    return a->nano < 0 ? -compare_digits(&x, &y) : compare_digits(&x, &y);
}

/* The digit of a number at a power of ten. */
static int digit_at(const Digits *d, const char *packed, int64_t power) {
    int64_t number = d->top - 1 - power;
    return number >= 0 && number < d->count ? packed[number] - '0' : 0;
}

static char *pack(Arena *arena, const Digits *d) {
    char *packed = arena_alloc(arena, (size_t)d->count + 1);
    size_t at = d->start;
    for (int64_t i = 0; i < d->count; i++) packed[i] = (char)('0' + next_digit(d->text, &at));
    return packed;
}

/* The digits of an amount, of billionths where it is not huge. */
static Digits all_digits(Arena *arena, const Quantity *q) {
    if (q->huge) return digits_of(q->digits, q->power);
    Buf buf = {.arena = arena};
    put_number(&buf, absolute(q->nano));
    return digits_of(buf_text(&buf), -NANO_DIGITS);
}

/* The sum of two amounts of one sign, of which one is huge or becomes so. */
static void add_digits(Arena *arena, Quantity *to, const Quantity *more) {
    enum { MOST_DIGITS = 10000 };
    Digits x = all_digits(arena, to), y = all_digits(arena, more);
    int64_t low = x.top - x.count < y.top - y.count ? x.top - x.count : y.top - y.count;
    int64_t high = (x.top > y.top ? x.top : y.top) + 1;
    if (high - low > MOST_DIGITS) return;
    const char *left = pack(arena, &x), *right = pack(arena, &y);
    char *sum = arena_alloc(arena, (size_t)(high - low) + 1);
    int carry = 0;
    for (int64_t power = low; power < high; power++) {
        carry += digit_at(&x, left, power) + digit_at(&y, right, power);
        sum[high - 1 - power] = (char)('0' + carry % 10);
        carry /= 10;
    }
    to->nano = to->nano < 0 ? -INT128_MAX : INT128_MAX;
    to->huge = true;
    to->decimal = true;
    to->power = (int32_t)low;
    to->digits = (Str){sum, (size_t)(high - low)};
}

void quantity_add(Arena *arena, Quantity *to, const Quantity *more) {
    Int128 sum, most = 1;
    for (int i = 0; i < NANO_ROOM; i++) most *= 10;
    if (more->nano == 0) return;
    uint8_t format = to->nano ? to->format : more->format;
    if (to->nano == 0) {
        *to = *more;
    } else if (!to->huge && !more->huge && !__builtin_add_overflow(to->nano, more->nano, &sum) && absolute(sum) < most) {
        to->nano = sum;
        to->decimal |= more->decimal;
    } else if ((to->nano < 0) == (more->nano < 0)) {
        add_digits(arena, to, more);
    } else if (more->huge && !to->huge) {
        *to = *more;
    }
    to->format = format;
    to->kept = false;
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

/* A number of 64 bits at another power of ten. Where it does not fit, the server multiplies it by the powers that it knows and
 * takes what comes of it, and 0 for the others (positiveScaleInt64). */
static int64_t short_units(const Quantity *q, int power) {
    Int128 unit = power ? NANO / 1000 : NANO, value = q->nano / unit + (q->nano % unit > 0) - (q->nano % unit < 0);
    if (!q->huge && value >= INT64_MIN && value <= INT64_MAX) return (int64_t)value;
    int32_t steps = q->power - power;
    if (steps != 1 && steps != 2 && steps != 3 && steps != 6 && steps != 9) return 0;
    return q->huge ? 0 : (int64_t)(uint64_t)value;
}

int64_t quantity_units(const Quantity *q, Int128 unit) {
    if (!q->decimal) return short_units(q, unit == NANO ? 0 : -3);
    uint64_t value = 0;
    if (q->huge) {
        Digits d = digits_of(q->digits, q->power);
        int64_t wanted = d.top + (unit == NANO ? 0 : 3);
        size_t at = d.start;
        for (int64_t i = 0; i < wanted && (i < d.count || value); i++) {
            int digit = next_digit(d.text, &at);
            value = value * 10 + (uint64_t)(digit < 0 ? 0 : digit);
        }
        value += d.count - d.zeros > wanted;
        return (int64_t)(q->nano < 0 ? -value : value);
    }
    /* The server cuts to 64 bits before it divides what is negative, and rounds it to the other side. */
    Int128 base = q->milli ? NANO / 1000 : 1, held = q->nano / base;
    if (held < INT64_MIN) held = (int64_t)(uint64_t)held;
    return (int64_t)(uint64_t)(held / (unit / base) + (held % (unit / base) != 0));
}

void quantity_round_milli(Quantity *quantity) {
    Int128 unit = NANO / 1000, rest = quantity->nano % unit;
    quantity->milli = true;
    if (quantity->power < -3 && !quantity->huge) quantity->power = -3;
    if (quantity->huge || rest == 0) return;
    quantity->nano += rest > 0 ? unit - rest : -(unit + rest);
    quantity->kept = false;
}
