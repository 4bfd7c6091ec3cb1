/* Fills templates. Numbers are written as Go's message printer does for American English: %f groups thousands, %e writes powers
 * of ten with raised digits and pads to its precision, which it takes for a width. */
#include "format_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "times.h"

enum { DEFAULT_PRECISION = 6, MAX_PRECISION = 1000000, MAX_DEPTH = 250 };

/* One %... of a template. */
typedef struct Clause {
    char letter; /* s d f e b x X o */
    int precision;
} Clause;

typedef enum ClauseError { CLAUSE_OK, CLAUSE_CUT, CLAUSE_PRECISION, CLAUSE_UNKNOWN } ClauseError;

/* Reads the clause whose '%' is at `*at`, and leaves `*at` behind it. */
static ClauseError read_clause(Str text, size_t *at, Clause *out) {
    size_t i = *at + 1;
    *out = (Clause){.precision = DEFAULT_PRECISION};
    if (i < text.len && text.at[i] == '.') {
        size_t first = ++i;
        int64_t value;
        while (i < text.len && is_digit(text.at[i])) i++;
        if (i == text.len) return CLAUSE_CUT;
        if (!int_parse((Str){text.at + first, i - first}, 0, MAX_PRECISION, &value)) return CLAUSE_PRECISION;
        out->precision = (int)value;
    }
    if (i >= text.len) return CLAUSE_CUT;
    out->letter = text.at[i];
    *at = i + 1;
    return out->letter && strchr("sdfebxXo", out->letter) ? CLAUSE_OK : CLAUSE_UNKNOWN;
}

static Value clause_error(Eval *ev, ClauseError error) {
    return cel_error(ev, ERROR_FORMAT, "the template %s",
                     error == CLAUSE_CUT         ? "ends inside of a placeholder"
                     : error == CLAUSE_PRECISION ? "has a precision that is not a number up to 1000000"
                                                 : "has a placeholder other than %s %d %f %e %b %x %X %o");
}

/* Whether values of this kind may fill a clause. A string fills %f and %e only if it spells a special number. */
static bool clause_takes(char letter, ValueKind kind) {
    switch (letter) {
    case 's': return kind >= VALUE_NULL && kind <= VALUE_TYPE;
    case 'd':
    case 'o': return kind == VALUE_INT || kind == VALUE_UINT;
    case 'b': return kind == VALUE_INT || kind == VALUE_UINT || kind == VALUE_BOOL;
    case 'x':
    case 'X': return kind == VALUE_INT || kind == VALUE_UINT || kind == VALUE_STRING || kind == VALUE_BYTES;
    default: return kind == VALUE_DOUBLE || kind == VALUE_STRING;
    }
}

static Value wrong_kind(Eval *ev, char letter, Str type) {
    return cel_error(ev, ERROR_FORMAT, "%%%c takes %s, found %.*s", letter,
                     letter == 'd' || letter == 'o'   ? "an int or uint"
                     : letter == 'b'                  ? "an int, uint or bool"
                     : letter == 'x' || letter == 'X' ? "an int, uint, string or bytes"
                     : letter == 's'                  ? "a plain value, list or map"
                                                      : "a double",
                     (int)type.len, type.at);
}

/* The values of the template's list while it is filled. */
typedef struct Filling {
    Eval *ev;
    Buf out;
    Value error; /* of kind VALUE_ABSENT while there is none */
    int depth;
} Filling;

static void fail_kind(Filling *f, char letter, Value value) {
    f->error = wrong_kind(f->ev, letter, value_type_name(value));
}

/* A number in base 2, 8, 10 or 16. */
static void put_integer(Filling *f, Value v, unsigned base, bool upper) {
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    bool negative = v.kind == VALUE_INT && v.i < 0;
    uint64_t n = negative ? 0 - (uint64_t)v.i : v.u;
    char text[66];
    size_t at = sizeof text;
    do text[--at] = digits[n % base];
    while (n /= base);
    if (negative) text[--at] = '-';
    buf_str(&f->out, (Str){text + at, sizeof text - at});
}

static void put_hex(Filling *f, Value v, bool upper) {
    if (v.kind == VALUE_INT || v.kind == VALUE_UINT) {
        put_integer(f, v, 16, upper);
        return;
    }
    for (uint32_t i = 0; i < v.len; i++) buf_format(&f->out, upper ? "%02X" : "%02x", (unsigned char)v.s[i]);
}

/* The number that %f and %e are to write; false if it is none. */
static bool number_of(Value v, double *out) {
    if (v.kind == VALUE_DOUBLE)
        *out = v.d;
    else if (v.kind == VALUE_STRING && str_eq(value_str(v), S("NaN")))
        *out = (double)NAN;
    else if (v.kind == VALUE_STRING && str_eq(value_str(v), S("Infinity")))
        *out = (double)INFINITY;
    else if (v.kind == VALUE_STRING && str_eq(value_str(v), S("-Infinity")))
        *out = -(double)INFINITY;
    else
        return false;
    return true;
}

static Str special_number(double d) {
    return isnan(d) ? S("NaN") : d < 0 ? S("-∞") : S("∞");
}

/* d as decimal digits by a format of printf, without a minus sign before zero. */
static Str digits_of(Filling *f, const char *format, int precision, double d) {
    if (d == 0) d = 0.0;
    int size = snprintf(NULL, 0, format, precision, fabs(d));
    if (size < 0 || !cel_charge(f->ev, (uint64_t)size / 10)) {
        f->error = cel_limit(f->ev);
        return S("");
    }
    char *text = arena_alloc(f->ev->arena, (size_t)size + 1);
    snprintf(text, (size_t)size + 1, format, precision, fabs(d));
    return (Str){text, (size_t)size};
}

static void put_fixed(Filling *f, double d, int precision) {
    if (!isfinite(d)) {
        buf_str(&f->out, special_number(d));
        return;
    }
    Str digits = digits_of(f, "%.*f", precision, d);
    ptrdiff_t point = str_find(digits, '.');
    size_t whole = point < 0 ? digits.len : (size_t)point;
    if (d < 0) buf_char(&f->out, '-');
    for (size_t i = 0; i < digits.len; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0) buf_char(&f->out, ',');
        buf_char(&f->out, digits.at[i]);
    }
}

static void put_scientific(Filling *f, double d, int width) {
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    Buf text = {.arena = f->ev->arena};
    if (!isfinite(d)) {
        buf_str(&text, special_number(d));
    } else {
        Str digits = digits_of(f, "%.*e", DEFAULT_PRECISION, d);
        ptrdiff_t e = str_find(digits, 'e');
        if (e < 0) return;
        if (d < 0) buf_char(&text, '-');
        buf_str(&text, (Str){digits.at, (size_t)e});
        buf_str(&text, S("×10"));
        if (digits.at[e + 1] == '-') buf_str(&text, S("⁻"));
        for (size_t i = (size_t)e + 2; i < digits.len; i++) buf_str(&text, str_of(raised[digits.at[i] - '0']));
    }
    size_t length = str_codepoints(buf_text(&text));
    if (!cel_charge(f->ev, (uint64_t)width / 10)) {
        f->error = cel_limit(f->ev);
        return;
    }
    if (length < (size_t)width) buf_repeat(&f->out, ' ', (size_t)width - length);
    buf_str(&f->out, buf_text(&text));
}

/* Code points that Go does not print as they are: controls, formats, spaces other than ' ', and what is for private use. */
static bool is_printed(uint32_t c) {
    static const struct {
        uint32_t first, last;
    } hidden[] = {{0, 0x1f},          {0x7f, 0xa0},       {0xad, 0xad},       {0x600, 0x605},     {0x61c, 0x61c},
                  {0x6dd, 0x6dd},     {0x70f, 0x70f},     {0x1680, 0x1680},   {0x180e, 0x180e},   {0x2000, 0x200f},
                  {0x2028, 0x202f},   {0x205f, 0x206f},   {0x3000, 0x3000},   {0xd800, 0xf8ff},   {0xfdd0, 0xfdef},
                  {0xfeff, 0xfeff},   {0xfff0, 0xfffb},   {0xfffe, 0xffff},   {0x110bd, 0x110bd}, {0x1bca0, 0x1bca3},
                  {0x1d173, 0x1d17a}, {0xe0000, 0xe00ff}, {0xe01f0, 0x10ffff}};
    for (size_t i = 0; i < COUNT(hidden); i++)
        if (c >= hidden[i].first && c <= hidden[i].last) return false;
    return true;
}

static uint32_t decode(Str s, size_t *at) {
    unsigned char first = (unsigned char)s.at[(*at)++];
    if (first < 0x80) return first;
    uint32_t c = first < 0xe0 ? first & 0x1f : first < 0xf0 ? first & 0x0f : first & 0x07;
    while (*at < s.len && ((unsigned char)s.at[*at] & 0xc0) == 0x80) c = c << 6 | ((unsigned char)s.at[(*at)++] & 0x3f);
    return c;
}

/* In double quotes, as Go's %q. */
static void put_quoted(Buf *out, Str s) {
    static const char plain[] = "\a\b\f\n\r\t\v\\\"", escaped[] = "abfnrtv\\\"";
    buf_char(out, '"');
    for (size_t at = 0; at < s.len;) {
        uint32_t c = decode(s, &at);
        const char *found = c > 0 && c < 0x80 ? strchr(plain, (char)c) : NULL;
        if (found) {
            buf_char(out, '\\');
            buf_char(out, escaped[found - plain]);
        } else if (is_printed(c)) {
            buf_codepoint(out, c);
        } else {
            buf_format(out, c < 0x80 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)c);
        }
    }
    buf_char(out, '"');
}

static void put_value(Filling *f, Value v);

/* A value inside of a list or map: as a literal of the language. */
static void put_literal(Filling *f, Value v) {
    switch ((ValueKind)v.kind) {
    case VALUE_BYTES:
        if (str_valid_utf8(f->ev->arena, value_str(v)).at != v.s) break;
        buf_char(&f->out, 'b');
        put_quoted(&f->out, value_str(v));
        return;
    case VALUE_STRING: put_quoted(&f->out, value_str(v)); return;
    case VALUE_TIMESTAMP:
        buf_str(&f->out, S("timestamp("));
        put_quoted(&f->out, timestamp_text(f->ev->arena, v));
        buf_char(&f->out, ')');
        return;
    case VALUE_DURATION:
        buf_str(&f->out, S("duration("));
        put_quoted(&f->out, duration_text(f->ev->arena, v.i));
        buf_char(&f->out, ')');
        return;
    case VALUE_DOUBLE:
        if (isfinite(v.d)) {
            if (signbit(v.d)) buf_char(&f->out, '-');
            buf_str(&f->out, digits_of(f, "%.*f", DEFAULT_PRECISION, v.d));
        } else {
            put_quoted(&f->out, double_text(f->ev->arena, v.d));
        }
        return;
    default: break;
    }
    put_value(f, v);
}

static void put_list(Filling *f, Value list) {
    buf_char(&f->out, '[');
    for (uint32_t i = 0; i < list.len && !f->error.kind; i++) {
        if (i) buf_str(&f->out, S(", "));
        put_literal(f, list_item(f->ev, list, i));
    }
    buf_char(&f->out, ']');
}

static int by_key(const void *a, const void *b) {
    return str_cmp(((const StrPair *)a)->key, ((const StrPair *)b)->key);
}

/* The text that put_literal gives. */
static Str literal(Filling *f, Value v) {
    Buf outer = f->out;
    f->out = (Buf){.arena = f->ev->arena};
    put_literal(f, v);
    Str text = buf_text(&f->out);
    f->out = outer;
    return text;
}

static void put_map(Filling *f, Value map) {
    uint32_t n = map_size(map), i = 0, cursor = 0;
    StrPair *pairs = NEW_ARRAY(f->ev->arena, StrPair, n + 1);
    for (Value key, value; i < n && map_next(f->ev, map, &cursor, &key, &value); i++) {
        if (key.kind != VALUE_STRING && key.kind != VALUE_BOOL && key.kind != VALUE_INT && key.kind != VALUE_UINT) {
            f->error = cel_error(f->ev, ERROR_FORMAT, "format cannot write a map with a key of type %.*s",
                                 (int)value_type_name(key).len, value_type_name(key).at);
            return;
        }
        pairs[i].key = literal(f, key);
        pairs[i].value = literal(f, value);
        if (f->error.kind) return;
    }
    qsort(pairs, i, sizeof *pairs, by_key);
    buf_char(&f->out, '{');
    for (uint32_t j = 0; j < i; j++) {
        if (j) buf_str(&f->out, S(", "));
        buf_str(&f->out, pairs[j].key);
        buf_char(&f->out, ':');
        buf_str(&f->out, pairs[j].value);
    }
    buf_char(&f->out, '}');
}

/* %s */
static void put_value(Filling *f, Value v) {
    if (f->error.kind) return;
    if (f->depth++ > MAX_DEPTH || !cel_charge(f->ev, 1 + v.len / 10)) {
        f->error = cel_limit(f->ev);
        return;
    }
    switch ((ValueKind)v.kind) {
    case VALUE_NULL: buf_str(&f->out, S("null")); break;
    case VALUE_BOOL: buf_str(&f->out, v.b ? S("true") : S("false")); break;
    case VALUE_INT:
    case VALUE_UINT: put_integer(f, v, 10, false); break;
    case VALUE_DOUBLE: buf_str(&f->out, double_text(f->ev->arena, v.d)); break;
    case VALUE_STRING: buf_str(&f->out, value_str(v)); break;
    case VALUE_BYTES:
        if (str_valid_utf8(f->ev->arena, value_str(v)).at != v.s)
            f->error = cel_error(f->ev, ERROR_FORMAT, "format cannot write bytes that are not UTF-8");
        else
            buf_str(&f->out, value_str(v));
        break;
    case VALUE_TIMESTAMP: buf_str(&f->out, timestamp_text(f->ev->arena, v)); break;
    case VALUE_DURATION: buf_str(&f->out, duration_text(f->ev->arena, v.i)); break;
    case VALUE_TYPE: buf_str(&f->out, v.typeOf->name); break;
    case VALUE_LIST: put_list(f, v); break;
    case VALUE_MAP: put_map(f, v); break;
    default: fail_kind(f, 's', v);
    }
    f->depth--;
}

static void put_clause(Filling *f, Clause clause, Value v) {
    double number;
    if (!clause_takes(clause.letter, (ValueKind)v.kind)) {
        fail_kind(f, clause.letter, v);
        return;
    }
    switch (clause.letter) {
    case 's': put_value(f, v); break;
    case 'd': put_integer(f, v, 10, false); break;
    case 'o': put_integer(f, v, 8, false); break;
    case 'b':
        if (v.kind == VALUE_BOOL)
            buf_char(&f->out, v.b ? '1' : '0');
        else
            put_integer(f, v, 2, false);
        break;
    case 'x':
    case 'X': put_hex(f, v, clause.letter == 'X'); break;
    default:
        if (!number_of(v, &number))
            fail_kind(f, clause.letter, v);
        else if (clause.letter == 'f')
            put_fixed(f, number, clause.precision);
        else
            put_scientific(f, number, clause.precision);
    }
}

Value text_format(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    Str text = value_str(args[0]);
    Filling f = {.ev = ev, .out = {.arena = ev->arena}};
    uint32_t used = 0;
    for (size_t at = 0; at < text.len;) {
        if (text.at[at] != '%') {
            buf_char(&f.out, text.at[at++]);
            continue;
        }
        if (at + 1 < text.len && text.at[at + 1] == '%') {
            buf_char(&f.out, '%');
            at += 2;
            continue;
        }
        Clause clause;
        if (used >= args[1].len)
            return cel_error(ev, ERROR_INDEX, "the template has more placeholders than the list has items (%u)", args[1].len);
        ClauseError error = read_clause(text, &at, &clause);
        if (error) return clause_error(ev, error);
        put_clause(&f, clause, list_item(ev, args[1], used++));
        if (f.error.kind) return f.error;
        if (f.out.len > UINT32_MAX || !cel_charge(ev, 1)) return cel_limit(ev);
    }
    return value_string(buf_text(&f.out));
}

/* Whether a part of a literal, at any depth of lists, cannot be written by %s. */
static const Argument *unwritable(const Argument *item, int depth) {
    if (depth > MAX_DEPTH) return NULL;
    if (item->type->kind != KIND_DYN && item->type->kind != KIND_PARAM && item->type->kind != KIND_OBJECT &&
        !clause_takes('s', (ValueKind)item->type->kind))
        return item;
    for (uint32_t i = 0; item->isListLiteral && i < item->itemCount; i++) {
        const Argument *found = unwritable(&item->items[i], depth + 1);
        if (found) return found;
    }
    return NULL;
}

static Value check_item(Eval *ev, Clause clause, const Argument *item, Span *fault) {
    const Argument *bad = clause.letter == 's' ? unwritable(item, 0) : NULL;
    ValueKind kind = (ValueKind)item->type->kind;
    if (clause.letter != 's' && kind != KIND_DYN && !clause_takes(clause.letter, kind)) bad = item;
    if (!bad) return value_null();
    *fault = bad->span;
    return wrong_kind(ev, clause.letter, cel_type_text(ev->arena, bad->type));
}

Value text_format_check(Eval *ev, const Argument *args, uint32_t n, const void **prepared, Span *fault) {
    (void)n, (void)prepared;
    if (args[0].constant.kind != VALUE_STRING || !args[1].isListLiteral) return value_null();
    Str text = value_str(args[0].constant);
    uint32_t used = 0;
    *fault = args[0].span;
    for (size_t at = 0; at < text.len;) {
        if (text.at[at] != '%') {
            at++;
            continue;
        }
        if (at + 1 < text.len && text.at[at + 1] == '%') {
            at += 2;
            continue;
        }
        Clause clause;
        ClauseError error = read_clause(text, &at, &clause);
        if (error) return clause_error(ev, error);
        if (used >= args[1].itemCount) {
            *fault = args[1].span;
            return cel_error(ev, ERROR_FORMAT, "the template has more placeholders than the list has items (%u)",
                             args[1].itemCount);
        }
        Value checked = check_item(ev, clause, &args[1].items[used++], fault);
        if (is_error(checked)) return checked;
    }
    if (used == args[1].itemCount) return value_null();
    *fault = args[1].span;
    return cel_error(ev, ERROR_FORMAT, "the list has %u items, the template only %u placeholders", args[1].itemCount, used);
}
