#include "resolve.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/calendar.h"

/* The scalar forms of YAML 1.1 that are not numbers. */
typedef struct Word {
    Str text;
    uint8_t kind;
    Str json;
} Word;

static const Word words[] = {
    {STR("y"), NODE_BOOL, STR("true")},       {STR("Y"), NODE_BOOL, STR("true")},       {STR("yes"), NODE_BOOL, STR("true")},
    {STR("Yes"), NODE_BOOL, STR("true")},     {STR("YES"), NODE_BOOL, STR("true")},     {STR("true"), NODE_BOOL, STR("true")},
    {STR("True"), NODE_BOOL, STR("true")},    {STR("TRUE"), NODE_BOOL, STR("true")},    {STR("on"), NODE_BOOL, STR("true")},
    {STR("On"), NODE_BOOL, STR("true")},      {STR("ON"), NODE_BOOL, STR("true")},      {STR("n"), NODE_BOOL, STR("false")},
    {STR("N"), NODE_BOOL, STR("false")},      {STR("no"), NODE_BOOL, STR("false")},     {STR("No"), NODE_BOOL, STR("false")},
    {STR("NO"), NODE_BOOL, STR("false")},     {STR("false"), NODE_BOOL, STR("false")},  {STR("False"), NODE_BOOL, STR("false")},
    {STR("FALSE"), NODE_BOOL, STR("false")},  {STR("off"), NODE_BOOL, STR("false")},    {STR("Off"), NODE_BOOL, STR("false")},
    {STR("OFF"), NODE_BOOL, STR("false")},    {STR("~"), NODE_NULL, STR("null")},       {STR("null"), NODE_NULL, STR("null")},
    {STR("Null"), NODE_NULL, STR("null")},    {STR("NULL"), NODE_NULL, STR("null")},    {STR(".nan"), NODE_FLOAT, STR(".nan")},
    {STR(".NaN"), NODE_FLOAT, STR(".nan")},   {STR(".NAN"), NODE_FLOAT, STR(".nan")},   {STR(".inf"), NODE_FLOAT, STR(".inf")},
    {STR(".Inf"), NODE_FLOAT, STR(".inf")},   {STR(".INF"), NODE_FLOAT, STR(".inf")},   {STR("+.inf"), NODE_FLOAT, STR(".inf")},
    {STR("+.Inf"), NODE_FLOAT, STR(".inf")},  {STR("+.INF"), NODE_FLOAT, STR(".inf")},  {STR("-.inf"), NODE_FLOAT, STR("-.inf")},
    {STR("-.Inf"), NODE_FLOAT, STR("-.inf")}, {STR("-.INF"), NODE_FLOAT, STR("-.inf")},
};

/* An integer with an optional sign and Go's base prefixes (0x, 0o, 0b, and a bare 0 for octal). Unsigned values up to 2^64-1 are
 * integers only without a sign. Writes the decimal text. */
static bool resolve_int(Str s, Arena *arena, Str *json) {
    size_t i = 0;
    bool negative = false, sign = s.len && (s.at[0] == '+' || s.at[0] == '-');
    if (sign) negative = s.at[i++] == '-';
    int base = 10;
    if (s.len - i >= 2 && s.at[i] == '0') {
        char c = s.at[i + 1];
        base = c == 'x' || c == 'X' ? 16 : c == 'b' || c == 'B' ? 2 : 8;
        i += c == 'x' || c == 'X' || c == 'b' || c == 'B' || c == 'o' || c == 'O' ? 2 : 1;
    }
    if (i == s.len) return false;
    bool verbatim = base == 10 && !(sign && !negative);
    uint64_t value = 0;
    for (; i < s.len; i++) {
        int digit = hex_value(s.at[i]);
        if (digit < 0 || digit >= base) return false;
        if (value > (UINT64_MAX - (uint64_t)digit) / (uint64_t)base) return false;
        value = value * (uint64_t)base + (uint64_t)digit;
    }
    uint64_t limit = negative ? (uint64_t)1 << 63 : sign ? INT64_MAX : UINT64_MAX;
    if (value > limit) return false;
    if (verbatim && !(negative && value == 0))
        *json = s;
    else
        *json = str_format(arena, "%s%llu", negative && value ? "-" : "", (unsigned long long)value);
    return true;
}

/* Whether `s` is a decimal float as YAML writes it: digits with an optional point and exponent. */
static bool float_form(Str s) {
    size_t i = s.len && (s.at[0] == '+' || s.at[0] == '-') ? 1 : 0, digits = i;
    while (i < s.len && is_digit(s.at[i])) i++;
    bool whole = i > digits;
    if (i < s.len && s.at[i] == '.') {
        size_t point = ++i;
        while (i < s.len && is_digit(s.at[i])) i++;
        if (!whole && i == point) return false;
    } else if (!whole) {
        return false;
    }
    if (i < s.len && (s.at[i] == 'e' || s.at[i] == 'E')) {
        i++;
        if (i < s.len && (s.at[i] == '+' || s.at[i] == '-')) i++;
        size_t exponent = i;
        while (i < s.len && is_digit(s.at[i])) i++;
        if (i == exponent) return false;
    }
    return i == s.len;
}

/* The shortest decimal digits that read back as `value` (as a float32 if `narrow`), and the position of the point after them:
 * 0.00125 is digits 125 and point -2. */
static void shortest_digits(double value, bool narrow, char digits[32], int *point) {
    char text[40];
    for (int precision = 0; precision <= 17; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, value);
        if (narrow ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value) break;
    }
    size_t n = 0;
    const char *p = text;
    for (; *p && *p != 'e'; p++)
        if (is_digit(*p)) digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0') n--;
    digits[n] = '\0';
    *point = atoi(p + 1) + 1;
}

static void format_float(Buf *buf, double value, bool narrow, int exponentLow, int exponentHigh, bool padExponent) {
    if (signbit(value)) buf_char(buf, '-');
    value = fabs(value);
    char digits[32];
    int point;
    shortest_digits(value, narrow, digits, &point);
    int n = (int)strlen(digits);
    if (value == 0) {
        buf_char(buf, '0');
    } else if (point - 1 < exponentLow || point - 1 >= exponentHigh) {
        buf_char(buf, digits[0]);
        if (n > 1) buf_char(buf, '.');
        buf_str(buf, str_of(digits + 1));
        buf_format(buf, padExponent ? "e%c%02d" : "e%c%d", point - 1 < 0 ? '-' : '+', abs(point - 1));
    } else if (point <= 0) {
        buf_str(buf, S("0."));
        buf_repeat(buf, '0', (size_t)-point);
        buf_str(buf, str_of(digits));
    } else {
        buf_str(buf, (Str){digits, (size_t)(n < point ? n : point)});
        if (n < point) buf_repeat(buf, '0', (size_t)(point - n));
        if (n > point) {
            buf_char(buf, '.');
            buf_str(buf, str_of(digits + point));
        }
    }
}

Str resolved_float(Arena *arena, double value) {
    Buf buf = {.arena = arena};
    bool tiny = value != 0 && fabs(value) < 1e-6;
    format_float(&buf, value, false, tiny ? 0 : -7, 21, false);
    return buf_text(&buf);
}

Str resolved_key(Arena *arena, Str json) {
    if (str_eq(json, S(".nan")) || str_eq(json, S(".inf")) || str_eq(json, S("-.inf"))) return json;
    double value = strtod(arena_cstr(arena, json), NULL);
    if (fabs(value) > 3.4028235677973366e38) return value < 0 ? S("-.inf") : S(".inf");
    Buf buf = {.arena = arena};
    format_float(&buf, (double)(float)value, true, -4, 6, true);
    return buf_text(&buf);
}

static Str without_underscores(Arena *arena, Str s) {
    if (str_find(s, '_') < 0) return s;
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] != '_') buf_char(&buf, s.at[i]);
    return buf_text(&buf);
}

/* The text without underscores where each stands between two digits, as Go's float syntax has it; else unchanged. */
static Str go_digits(Arena *arena, Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] == '_' && !(i > 0 && i + 1 < s.len && is_digit(s.at[i - 1]) && is_digit(s.at[i + 1]))) return s;
    return without_underscores(arena, s);
}

static bool resolve_float(Str s, Arena *arena, Str *json) {
    if (!float_form(s)) return false;
    double value = strtod(arena_cstr(arena, s), NULL);
    if (isinf(value)) return false;
    *json = resolved_float(arena, value);
    return true;
}

NodeKind resolve_plain(Str s, Arena *arena, Str *json) {
    if (s.len == 0) {
        *json = S("null");
        return NODE_NULL;
    }
    char c = s.at[0];
    if (is_digit(c) || c == '+' || c == '-') {
        for (size_t i = 0; i < COUNT(words) && c != '0' && !is_digit(c); i++)
            if (str_eq(words[i].text, s)) {
                *json = words[i].json;
                return (NodeKind)words[i].kind;
            }
        Str digits = without_underscores(arena, s);
        if (resolve_int(digits, arena, json)) return NODE_INT;
        if (resolve_float(digits, arena, json)) return NODE_FLOAT;
    } else if (s.len <= 5 && memchr("yYnNtTfFoO~.", c, 12)) {
        for (size_t i = 0; i < COUNT(words); i++)
            if (str_eq(words[i].text, s)) {
                *json = words[i].json;
                return (NodeKind)words[i].kind;
            }
    }
    if (c == '.' && resolve_float(go_digits(arena, s), arena, json)) return NODE_FLOAT;
    return NODE_STRING;
}

NodeKind node_plain_kind(Str text) {
    Arena scratch = {0};
    Str json;
    NodeKind kind = resolve_plain(text, &scratch, &json);
    arena_free(&scratch);
    return kind;
}

void node_resolve(Arena *arena, Node *node) {
    Str json;
    node->kind = (uint8_t)resolve_plain(node->text, arena, &json);
    if (node->kind != NODE_STRING) node->text = json;
}

bool resolved_fits(NodeKind kind, Str tag, Str value, Str json) {
    switch (kind) {
    case NODE_NULL: return str_eq(tag, S("null"));
    case NODE_BOOL: return str_eq(tag, S("bool"));
    case NODE_INT: {
        bool wide = json.len >= 19 && json.at[0] != '-' && (json.len > 19 || str_cmp(json, S("9223372036854775807")) > 0);
        return str_eq(tag, S("int")) || (str_eq(tag, S("float")) && !wide);
    }
    case NODE_FLOAT: return str_eq(tag, S("float"));
    case NODE_STRING: return str_eq(tag, S("timestamp")) && moment_parse(value, MOMENT_YAML, &(Moment){0});
    case NODE_LIST:
    case NODE_MAP: break;
    }
    return false;
}
