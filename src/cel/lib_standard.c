/* The standard functions that are not about time or regular expressions: sizes, types, conversions, parts of strings. */
#include "functions.h"

#include <math.h>
#include <stdlib.h>

static Value fail_conversion(Eval *ev, Value v, const char *to) {
    Str type = value_type_name(v);
    if (v.kind == VALUE_STRING) {
        Str text = value_str(v);
        return cel_error(ev, ERROR_CONVERSION, "\"%.*s\" cannot become %s", (int)(text.len < 80 ? text.len : 80), text.at, to);
    }
    return cel_error(ev, ERROR_CONVERSION, "this %.*s cannot become %s", (int)type.len, type.at, to);
}

static Value size_text(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_int((int64_t)str_codepoints(value_str(args[0])));
}

static Value size_len(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_int(args[0].len);
}

static Value size_map(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_int(map_size(args[0]));
}

static Value same(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return args[0];
}

static Value type_of(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_type(value_type_of(args[0]));
}

static Value bool_of_text(Eval *ev, const Value *args, uint32_t n) {
    static const Str yes[] = {STR("1"), STR("t"), STR("T"), STR("true"), STR("TRUE"), STR("True")};
    static const Str no[] = {STR("0"), STR("f"), STR("F"), STR("false"), STR("FALSE"), STR("False")};
    Str text = value_str(args[0]);
    (void)n;
    if (str_in(text, yes, COUNT(yes))) return value_bool(true);
    return str_in(text, no, COUNT(no)) ? value_bool(false) : fail_conversion(ev, args[0], "a bool");
}

static Value int_of_uint(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return args[0].u > INT64_MAX ? fail_conversion(ev, args[0], "an int: it is too large") : value_int(args[0].i);
}

static Value int_of_double(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    double d = args[0].d;
    return d > -0x1p63 && d < 0x1p63 ? value_int((int64_t)d) : fail_conversion(ev, args[0], "an int");
}

/* Decimal digits with an optional sign, as Go's ParseInt and ParseUint read them in base 10. */
static bool read_whole(Str text, bool *negative, uint64_t *out) {
    *negative = text.len && text.at[0] == '-';
    if (text.len && (text.at[0] == '-' || text.at[0] == '+')) text = str_slice(text, 1);
    if (!text.len) return false;
    *out = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint64_t digit = (uint64_t)(text.at[i] - '0');
        if (text.at[i] < '0' || text.at[i] > '9' || *out > (UINT64_MAX - digit) / 10) return false;
        *out = *out * 10 + digit;
    }
    return true;
}

static Value int_of_text(Eval *ev, const Value *args, uint32_t n) {
    uint64_t value;
    bool negative;
    (void)n;
    if (!read_whole(value_str(args[0]), &negative, &value) || value > (uint64_t)INT64_MAX + negative)
        return fail_conversion(ev, args[0], "an int");
    return value_int((int64_t)(negative ? 0 - value : value));
}

static Value uint_of_int(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return args[0].i < 0 ? fail_conversion(ev, args[0], "a uint: it is negative") : value_uint(args[0].u);
}

static Value uint_of_double(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    double d = args[0].d;
    return d >= 0 && d < 0x1p64 ? value_uint((uint64_t)d) : fail_conversion(ev, args[0], "a uint");
}

static Value uint_of_text(Eval *ev, const Value *args, uint32_t n) {
    uint64_t value;
    bool negative;
    Str text = value_str(args[0]);
    (void)n;
    bool sign = text.len && (text.at[0] == '-' || text.at[0] == '+');
    return !sign && read_whole(text, &negative, &value) ? value_uint(value) : fail_conversion(ev, args[0], "a uint");
}

static Value double_of_int(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_double((double)args[0].i);
}

static Value double_of_uint(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_double((double)args[0].u);
}

static bool is_base_digit(char c, bool hex) {
    return is_digit(c) || (hex && hex_value(c) >= 0);
}

/* Whether the text is a number as Go's ParseFloat reads it, without its sign; hexadecimal needs an exponent, and underscores may
 * separate digits. Copies it without them. */
static bool is_float_text(Str text, char *copy) {
    bool hex = text.len > 2 && text.at[0] == '0' && (text.at[1] == 'x' || text.at[1] == 'X');
    size_t i = hex ? 2 : 0, out = i, digits = 0;
    memcpy(copy, text.at, i);
    bool dot = false, exponent = false;
    for (; i < text.len; i++) {
        char c = text.at[i];
        bool mark = hex ? c == 'p' || c == 'P' : c == 'e' || c == 'E';
        if (c == '_') {
            bool between = (i && (is_base_digit(text.at[i - 1], hex) || (hex && i == 2))) && i + 1 < text.len &&
                           is_base_digit(text.at[i + 1], hex);
            if (!between) return false;
            continue;
        }
        if (c == '.' && !dot && !exponent) {
            dot = true;
        } else if (mark && !exponent && digits) {
            exponent = true;
            copy[out++] = c;
            if (i + 1 < text.len && (text.at[i + 1] == '+' || text.at[i + 1] == '-')) copy[out++] = text.at[++i];
            if (i + 1 >= text.len || text.at[i + 1] < '0' || text.at[i + 1] > '9') return false;
            continue;
        } else if (is_base_digit(c, hex && !exponent)) {
            digits += !exponent;
        } else {
            return false;
        }
        copy[out++] = c;
    }
    copy[out] = '\0';
    return digits > 0 && (!hex || exponent);
}

static Value double_of_text(Eval *ev, const Value *args, uint32_t n) {
    Str text = value_str(args[0]);
    bool negative = text.len && text.at[0] == '-';
    (void)n;
    if (text.len && (text.at[0] == '-' || text.at[0] == '+')) text = str_slice(text, 1);
    if (str_eq_nocase(text, S("inf")) || str_eq_nocase(text, S("infinity"))) return value_double(negative ? -INFINITY : INFINITY);
    if (str_eq_nocase(text, S("nan")) && text.len == args[0].len) return value_double(NAN);
    char *copy = arena_alloc(ev->arena, text.len + 2);
    if (!text.len || !is_float_text(text, copy)) return fail_conversion(ev, args[0], "a double");
    double d = strtod(copy, NULL);
    if (isinf(d)) return fail_conversion(ev, args[0], "a double: it is too large");
    return value_double(negative ? -d : d);
}

static Value text_of_bool(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_string(args[0].b ? S("true") : S("false"));
}

static Value text_of_int(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return value_string(str_int(ev->arena, args[0].i));
}

static Value text_of_uint(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return value_string(str_format(ev->arena, "%llu", (unsigned long long)args[0].u));
}

static Value text_of_double(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return value_string(double_text(ev->arena, args[0].d));
}

static Value text_of_bytes(Eval *ev, const Value *args, uint32_t n) {
    Str text = value_str(args[0]), valid = str_valid_utf8(ev->arena, text);
    (void)n;
    return str_eq(text, valid) ? value_string(text) : fail_conversion(ev, args[0], "a string: they are not UTF-8");
}

static Value bytes_of_text(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_bytes(value_str(args[0]));
}

static Value contains(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    Str text = value_str(args[0]), part = value_str(args[1]);
    return value_bool(part.len == 0 || (text.len && memmem(text.at, text.len, part.at, part.len)));
}

static Value starts_with(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_bool(str_starts(value_str(args[0]), value_str(args[1])));
}

static Value ends_with(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_bool(str_ends(value_str(args[0]), value_str(args[1])));
}

static const Overload rows[] = {
    OVERLOAD("size", GLOBAL, size_len, &cel_int, &cel_bytes),
    OVERLOAD("size", GLOBAL, size_len, &cel_int, &cel_list_a),
    OVERLOAD("size", GLOBAL, size_map, &cel_int, &cel_map_ab),
    OVERLOAD("size", GLOBAL, size_text, &cel_int, &cel_string),
    OVERLOAD("size", METHOD, size_len, &cel_int, &cel_bytes),
    OVERLOAD("size", METHOD, size_len, &cel_int, &cel_list_a),
    OVERLOAD("size", METHOD, size_map, &cel_int, &cel_map_ab),
    OVERLOAD("size", METHOD, size_text, &cel_int, &cel_string),
    CONVERSION("dyn", GLOBAL, same, &cel_dyn, &cel_param_a),
    CONVERSION("type", GLOBAL, type_of, &cel_type_a, &cel_param_a),
    CONVERSION("bool", GLOBAL, same, &cel_bool, &cel_bool),
    CONVERSION("bool", GLOBAL, bool_of_text, &cel_bool, &cel_string),
    CONVERSION("bytes", GLOBAL, same, &cel_bytes, &cel_bytes),
    CONVERSION("bytes", GLOBAL, bytes_of_text, &cel_bytes, &cel_string),
    CONVERSION("double", GLOBAL, same, &cel_double, &cel_double),
    CONVERSION("double", GLOBAL, double_of_int, &cel_double, &cel_int),
    CONVERSION("double", GLOBAL, double_of_text, &cel_double, &cel_string),
    CONVERSION("double", GLOBAL, double_of_uint, &cel_double, &cel_uint),
    CONVERSION("int", GLOBAL, int_of_double, &cel_int, &cel_double),
    CONVERSION("int", GLOBAL, same, &cel_int, &cel_int),
    CONVERSION("int", GLOBAL, int_of_text, &cel_int, &cel_string),
    CONVERSION("int", GLOBAL, int_of_uint, &cel_int, &cel_uint),
    CONVERSION("string", GLOBAL, text_of_bool, &cel_string, &cel_bool),
    CONVERSION("string", GLOBAL, text_of_bytes, &cel_string, &cel_bytes),
    CONVERSION("string", GLOBAL, text_of_double, &cel_string, &cel_double),
    CONVERSION("string", GLOBAL, text_of_int, &cel_string, &cel_int),
    CONVERSION("string", GLOBAL, same, &cel_string, &cel_string),
    CONVERSION("string", GLOBAL, text_of_uint, &cel_string, &cel_uint),
    CONVERSION("uint", GLOBAL, uint_of_double, &cel_uint, &cel_double),
    CONVERSION("uint", GLOBAL, uint_of_int, &cel_uint, &cel_int),
    CONVERSION("uint", GLOBAL, uint_of_text, &cel_uint, &cel_string),
    CONVERSION("uint", GLOBAL, same, &cel_uint, &cel_uint),
    OVERLOAD("contains", METHOD, contains, &cel_bool, &cel_string, &cel_string),
    OVERLOAD("endsWith", METHOD, ends_with, &cel_bool, &cel_string, &cel_string),
    OVERLOAD("startsWith", METHOD, starts_with, &cel_bool, &cel_string, &cel_string),
};

LIBRARY(standard, rows);
