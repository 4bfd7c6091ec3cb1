/* Quantities: kubernetes.Quantity. The server holds most as a 64-bit number with a power of ten and the others as a decimal of
 * any size; which one it is decides what isInteger() says and how asApproximateFloat() rounds, so both are followed here. The
 * amount itself is in billionths in 128 bits; what is larger keeps its digits, and can be compared and written but not added. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "functions.h"

enum { DECIMAL_DIGITS = 18, BINARY_DIGITS = 15, NANO_DIGITS = 9, HELD_DIGITS = 38 };

typedef struct QuantityValue {
    Opaque head;
    Quantity amount;
    bool small;       /* held as a 64-bit number with a power of ten */
    bool big;         /* amount.nano has no room for it: see digits */
    bool negative;    /* of a big one */
    int64_t exponent; /* the power of ten that the server holds it with; of a big one, that of its digits */
    Str digits;       /* of a big one, without zeros at both ends */
} QuantityValue;

static const CelType type_quantity = {.kind = VALUE_OPAQUE, .name = STR("kubernetes.Quantity")};

static const QuantityValue *quantity_of_value(Value v) {
    return (const QuantityValue *)v.opaque;
}

static Int128 power_of_ten(int64_t n) {
    Int128 result = 1;
    while (n-- > 0) result *= 10;
    return result;
}

static int sign_of(const QuantityValue *q) {
    if (q->big) return q->negative ? -1 : 1;
    return (q->amount.nano > 0) - (q->amount.nano < 0);
}

static int compare(const QuantityValue *a, const QuantityValue *b) {
    int left = sign_of(a), right = sign_of(b);
    if (left != right || left == 0) return left < right ? -1 : left > right;
    if (!a->big && !b->big) return a->amount.nano < b->amount.nano ? -1 : a->amount.nano > b->amount.nano;
    if (a->big != b->big) return a->big ? left : -left;
    int64_t leftSize = (int64_t)a->digits.len + a->exponent, rightSize = (int64_t)b->digits.len + b->exponent;
    int order = leftSize != rightSize ? (leftSize < rightSize ? -1 : 1) : str_cmp(a->digits, b->digits);
    return (order < 0 ? -1 : order > 0) * left;
}

static bool quantity_equal(const Opaque *a, const Opaque *b) {
    return compare((const QuantityValue *)a, (const QuantityValue *)b) == 0;
}

/* A big amount with a power of ten that is a multiple of three: as a suffix where there is one. */
static Str big_text(Arena *arena, const QuantityValue *q) {
    static const char *const suffixes[] = {"", "k", "M", "G", "T", "P", "E"};
    Buf out = {.arena = arena};
    bool suffix = q->amount.format != QUANTITY_EXPONENT;
    int64_t power = q->exponent - (q->exponent % 3 + 3) % 3;
    if (suffix && power > 18) power = 18;
    if (q->exponent - power > 10000) return S("infinite");
    if (q->negative) buf_char(&out, '-');
    buf_str(&out, q->digits);
    buf_repeat(&out, '0', (size_t)(q->exponent - power));
    if (suffix && power >= 0)
        buf_str(&out, str_of(suffixes[power / 3]));
    else if (power)
        buf_format(&out, "e%lld", (long long)power);
    return buf_text(&out);
}

static Str text_of(Eval *ev, const Opaque *value) {
    const QuantityValue *q = (const QuantityValue *)value;
    return q->big && !q->amount.kept ? big_text(ev->arena, q) : quantity_text(ev->arena, &q->amount);
}

static const OpaqueClass quantity_class = {&type_quantity, STR("quantity"), quantity_equal, text_of};

/* The parts of a quantity's text. */
typedef struct QuantityParts {
    Str digits;       /* without leading zeros */
    size_t whole;     /* digits before the point, at least one: an empty number is 0 */
    size_t fraction;  /* after it */
    int64_t exponent; /* of ten, or of two for binary suffixes */
} QuantityParts;

static QuantityParts parts_of(Arena *arena, Str s, uint8_t format) {
    QuantityParts parts = {0};
    Buf digits = {.arena = arena};
    size_t i = s.at[0] == '-' || s.at[0] == '+';
    while (i < s.len && s.at[i] == '0') i++;
    for (; i < s.len && is_digit(s.at[i]); i++) buf_char(&digits, s.at[i]), parts.whole++;
    if (i < s.len && s.at[i] == '.')
        for (i++; i < s.len && is_digit(s.at[i]); i++) buf_char(&digits, s.at[i]), parts.fraction++;
    if (parts.whole == 0) parts.whole = 1;
    parts.digits = buf_text(&digits);
    while (parts.digits.len && parts.digits.at[0] == '0') parts.digits = str_slice(parts.digits, 1);
    Str suffix = str_slice(s, i);
    if (suffix.len == 0) return parts;
    if (format == QUANTITY_EXPONENT)
        int_parse(str_slice(suffix, suffix.len > 1 && suffix.at[1] == '+' ? 2 : 1), INT32_MIN, INT32_MAX, &parts.exponent);
    else if (suffix.len == 2)
        parts.exponent = 10 * (1 + (int64_t)(strchr("KMGTPE", suffix.at[0]) - "KMGTPE"));
    else
        parts.exponent = 3 * ((int64_t)(strchr("num.kMGTPE", suffix.at[0]) - "num.kMGTPE") - 3);
    return parts;
}

static Str without_zeros(Str digits, int64_t *exponent) {
    while (digits.len && digits.at[digits.len - 1] == '0') digits.len--, ++*exponent;
    return digits;
}

static bool is_binary(Str text) {
    return str_ends(text, S("i"));
}

/* Whether any digit stands in the text before the suffix. A suffix alone is 0, but only in the small form. */
static bool has_digit(Str s) {
    for (size_t i = 0; i < s.len && (s.at[i] < 'A' || s.at[i] > 'z'); i++)
        if (is_digit(s.at[i])) return true;
    return false;
}

static bool read_quantity(Arena *arena, Str text, QuantityValue *out) {
    out->head.class = &quantity_class;
    if (quantity_parse(&out->amount, text) != QUANTITY_OK) return false;
    bool binary = is_binary(text);
    QuantityParts parts = parts_of(arena, text, binary ? QUANTITY_BINARY : out->amount.format);
    size_t length = parts.whole + parts.fraction;
    int64_t exponent = parts.exponent - (int64_t)parts.fraction;
    if (binary)
        out->small = parts.fraction == 0 && (int64_t)length + parts.exponent * 3 / 10 + 1 <= BINARY_DIGITS;
    else
        out->small = length <= DECIMAL_DIGITS && exponent >= -NANO_DIGITS;
    if (!out->small && !has_digit(text)) return false;
    if (binary) {
        bool capped = out->amount.nano >= INT64_MAX * NANO || out->amount.nano <= -INT64_MAX * NANO;
        out->exponent = out->small || capped ? 0 : out->amount.nano ? -NANO_DIGITS : -(int64_t)parts.fraction;
        return true;
    }
    out->exponent = out->small ? exponent : -NANO_DIGITS;
    out->big = parts.digits.len > 0 && (int64_t)parts.digits.len + exponent + NANO_DIGITS > HELD_DIGITS;
    if (out->big) {
        out->exponent = exponent;
        out->digits = without_zeros(parts.digits, &out->exponent);
        out->negative = text.at[0] == '-';
    }
    return true;
}

static Value quantity(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    QuantityValue *q = NEW(ev->arena, QuantityValue);
    if (read_quantity(ev->arena, value_str(args[0]), q)) return value_opaque(&q->head);
    return cel_error(ev, ERROR_CONVERSION, "\"%.*s\" is not a quantity like 100m, 1.5 or 2Gi",
                     (int)(args[0].len > 100 ? 100 : args[0].len), args[0].s);
}

static Value is_quantity(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    QuantityValue q = {0};
    return value_bool(read_quantity(ev->arena, value_str(args[0]), &q));
}

/* The whole number that the server sees: only of an amount in the small form without decimals, even if they are zeros. */
static bool whole_number(const QuantityValue *q, int64_t *out) {
    Int128 whole = q->amount.nano / NANO;
    *out = (int64_t)whole;
    return q->small && !q->big && q->exponent >= 0 && whole <= INT64_MAX && whole >= INT64_MIN;
}

static Value is_integer(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    int64_t value;
    return value_bool(whole_number(quantity_of_value(args[0]), &value));
}

static Value as_integer(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    int64_t value;
    if (whole_number(quantity_of_value(args[0]), &value)) return value_int(value);
    Str text = text_of(ev, args[0].opaque);
    return cel_error(ev, ERROR_CONVERSION, "the quantity %.*s is not held as an integer", (int)(text.len > 100 ? 100 : text.len),
                     text.at);
}

static double ten_to(int64_t exponent) {
    char text[24];
    snprintf(text, sizeof text, "1e%lld", (long long)exponent);
    return strtod(text, NULL);
}

static double as_double(Eval *ev, const QuantityValue *q) {
    if (q->big && !q->small) {
        Str text = str_format(ev->arena, "%.*se%lld", (int)q->digits.len, q->digits.at, (long long)q->exponent + NANO_DIGITS);
        return strtod(arena_cstr(ev->arena, text), NULL) * 1e-9 * sign_of(q);
    }
    if (q->big) return strtod(arena_cstr(ev->arena, q->digits), NULL) * ten_to(q->exponent) * sign_of(q);
    int64_t shift = NANO_DIGITS + q->exponent;
    if (q->amount.nano == 0) return 0;
    Int128 whole = q->amount.nano / power_of_ten(shift > 0 ? shift : 0);
    return q->exponent == 0 ? (double)whole : (double)whole * ten_to(q->exponent);
}

static Value as_approximate_float(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return value_double(as_double(ev, quantity_of_value(args[0])));
}

/* Whether an amount is held as a multiple of a power of ten in 64 bits. */
static bool fits_small(Int128 nano, int64_t exponent) {
    Int128 value = nano / power_of_ten(NANO_DIGITS + exponent);
    return value <= INT64_MAX && value >= INT64_MIN;
}

/* a + factor * b. A zero takes the form of what is added to it. */
static Value add_scaled(Eval *ev, const QuantityValue *a, const QuantityValue *b, int factor) {
    QuantityValue *sum = NEW(ev->arena, QuantityValue);
    sum->head.class = &quantity_class;
    sum->amount.format = sign_of(a) == 0 ? b->amount.format : a->amount.format;
    if (a->big || b->big || __builtin_add_overflow(a->amount.nano, b->amount.nano * factor, &sum->amount.nano))
        return cel_error(ev, ERROR_RANGE, "the quantities are too large to be added");
    bool small = a->small && b->small;
    if (small && sign_of(b) == 0)
        sum->exponent = a->exponent;
    else if (small && sign_of(a) == 0)
        sum->exponent = b->exponent;
    else
        sum->exponent = a->exponent < b->exponent ? a->exponent : b->exponent;
    sum->small = small && fits_small(sum->amount.nano, sum->exponent);
    return value_opaque(&sum->head);
}

/* An int as the server makes a quantity of it. */
static QuantityValue whole_quantity(int64_t value) {
    return (QuantityValue){
        .head = {&quantity_class}, .amount = {.nano = value * NANO, .format = QUANTITY_EXPONENT}, .small = true};
}

static Value combine(Eval *ev, const Value *args, int factor) {
    QuantityValue whole;
    const QuantityValue *other = &whole;
    if (args[1].kind == VALUE_INT)
        whole = whole_quantity(args[1].i);
    else
        other = quantity_of_value(args[1]);
    return add_scaled(ev, quantity_of_value(args[0]), other, factor);
}

static Value add(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return combine(ev, args, 1);
}

static Value sub(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return combine(ev, args, -1);
}

static Value compare_to(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_int(compare(quantity_of_value(args[0]), quantity_of_value(args[1])));
}

static Value is_less(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_bool(compare(quantity_of_value(args[0]), quantity_of_value(args[1])) < 0);
}

static Value is_greater(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_bool(compare(quantity_of_value(args[0]), quantity_of_value(args[1])) > 0);
}

static Value sign(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_int(sign_of(quantity_of_value(args[0])));
}

static const Overload rows[] = {
    OVERLOAD("add", METHOD, add, &type_quantity, &type_quantity, &type_quantity),
    OVERLOAD("add", METHOD, add, &type_quantity, &type_quantity, &cel_int),
    OVERLOAD("asApproximateFloat", METHOD, as_approximate_float, &cel_double, &type_quantity),
    OVERLOAD("asInteger", METHOD, as_integer, &cel_int, &type_quantity),
    OVERLOAD("compareTo", METHOD, compare_to, &cel_int, &type_quantity, &type_quantity),
    OVERLOAD("isGreaterThan", METHOD, is_greater, &cel_bool, &type_quantity, &type_quantity),
    OVERLOAD("isInteger", METHOD, is_integer, &cel_bool, &type_quantity),
    OVERLOAD("isLessThan", METHOD, is_less, &cel_bool, &type_quantity, &type_quantity),
    OVERLOAD("isQuantity", GLOBAL, is_quantity, &cel_bool, &cel_string),
    OVERLOAD("quantity", GLOBAL, quantity, &type_quantity, &cel_string),
    OVERLOAD("sign", GLOBAL, sign, &cel_int, &type_quantity),
    OVERLOAD("sub", METHOD, sub, &type_quantity, &type_quantity, &type_quantity),
    OVERLOAD("sub", METHOD, sub, &type_quantity, &type_quantity, &cel_int),
};

LIBRARY(quantity, rows);
