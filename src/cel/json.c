#include "json.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "base/base64.h"
#include "times.h"

typedef struct JsonReader {
    Arena *arena;
    Str text;
    size_t at;
    unsigned depth;
} JsonReader;

static bool read_value(JsonReader *r, Value *out);

static void skip_space(JsonReader *r) {
    static const bool space[UCHAR_MAX + 1] = {[' '] = true, ['\t'] = true, ['\r'] = true, ['\n'] = true};
    while (r->at < r->text.len && space[(unsigned char)r->text.at[r->at]]) r->at++;
}

static bool take(JsonReader *r, char c) {
    skip_space(r);
    if (r->at >= r->text.len || r->text.at[r->at] != c) return false;
    r->at++;
    return true;
}

static bool take_word(JsonReader *r, Str word) {
    if (!str_starts(str_slice(r->text, r->at), word)) return false;
    r->at += word.len;
    return true;
}

static bool is_digit_at(const JsonReader *r) {
    return r->at < r->text.len && is_digit(r->text.at[r->at]);
}

static bool take_digits(JsonReader *r) {
    size_t from = r->at;
    while (is_digit_at(r)) r->at++;
    return r->at > from;
}

static bool read_number(JsonReader *r, Value *out) {
    size_t from = r->at;
    bool whole = true;
    if (r->text.at[r->at] == '-') r->at++;
    size_t digits = r->at;
    if (!take_digits(r) || (r->text.at[digits] == '0' && r->at > digits + 1)) return false;
    if (r->at < r->text.len && r->text.at[r->at] == '.') {
        whole = false;
        r->at++;
        if (!take_digits(r)) return false;
    }
    if (r->at < r->text.len && (r->text.at[r->at] == 'e' || r->text.at[r->at] == 'E')) {
        whole = false;
        r->at++;
        if (r->at < r->text.len && (r->text.at[r->at] == '+' || r->text.at[r->at] == '-')) r->at++;
        if (!take_digits(r)) return false;
    }
    Str text = {r->text.at + from, r->at - from};
    int64_t value;
    if (whole && int_parse(text, INT64_MIN, INT64_MAX, &value)) {
        *out = value_int(value);
        return true;
    }
    double d = strtod(arena_cstr(r->arena, text), NULL);
    *out = value_double(d);
    return isfinite(d);
}

static int four_digits(Str s, size_t at) {
    int value = 0;
    if (at + 4 > s.len) return -1;
    for (size_t i = at; i < at + 4; i++) {
        int digit = hex_value(s.at[i]);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* The code point of \uXXXX at `r->at`, with its low half if it is a high one; U+FFFD for a half alone. */
static bool read_unicode(JsonReader *r, Buf *buf) {
    int high = four_digits(r->text, r->at);
    if (high < 0) return false;
    r->at += 4;
    uint32_t cp = (uint32_t)high;
    if (high >= 0xD800 && high < 0xE000) {
        cp = 0xFFFD;
        bool pair = high < 0xDC00 && r->at + 6 <= r->text.len && r->text.at[r->at] == '\\' && r->text.at[r->at + 1] == 'u';
        int low = pair ? four_digits(r->text, r->at + 2) : -1;
        if (low >= 0xDC00 && low < 0xE000) {
            cp = 0x10000 + (((uint32_t)high - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
            r->at += 6;
        }
    }
    buf_codepoint(buf, cp);
    return true;
}

static bool read_string(JsonReader *r, Str *out) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (!take(r, '"')) return false;
    size_t start = r->at;
    Buf buf = {.arena = r->arena};
    bool copied = false;
    for (; r->at < r->text.len && r->text.at[r->at] != '"';) {
        char c = r->text.at[r->at];
        if ((unsigned char)c < 0x20) return false;
        if (c != '\\') {
            r->at++;
            continue;
        }
        buf_str(&buf, (Str){r->text.at + start, r->at - start});
        copied = true;
        if (++r->at >= r->text.len) return false;
        c = r->text.at[r->at++];
        const char *plain = c ? strchr(from, c) : NULL;
        if (plain)
            buf_char(&buf, to[plain - from]);
        else if (c != 'u' || !read_unicode(r, &buf))
            return false;
        start = r->at;
    }
    if (r->at >= r->text.len) return false;
    Str rest = {r->text.at + start, r->at - start};
    r->at++;
    if (copied) buf_str(&buf, rest);
    *out = str_valid_utf8(r->arena, copied ? buf_text(&buf) : rest);
    return true;
}

static bool read_list(JsonReader *r, Value *out) {
    ARRAY(Value) items = {0};
    r->at++;
    if (!take(r, ']')) {
        do {
            Value item;
            if (!read_value(r, &item)) return false;
            ARRAY_PUSH(r->arena, &items, item);
        } while (take(r, ','));
        if (!take(r, ']')) return false;
    }
    *out = value_list(items.at, items.n);
    return true;
}

static bool read_map(JsonReader *r, Value *out) {
    ValueMap *map = NEW(r->arena, ValueMap);
    r->at++;
    if (!take(r, '}')) {
        do {
            Str key;
            Value value;
            if (!read_string(r, &key) || !take(r, ':') || !read_value(r, &value)) return false;
            map_put(r->arena, map, value_string(key), value);
        } while (take(r, ','));
        if (!take(r, '}')) return false;
    }
    *out = value_map(map);
    return true;
}

static bool read_value(JsonReader *r, Value *out) {
    skip_space(r);
    if (r->at >= r->text.len || ++r->depth > JSON_MAX_DEPTH) return false;
    char c = r->text.at[r->at];
    bool fine;
    Str text;
    if (c == '{') {
        fine = read_map(r, out);
    } else if (c == '[') {
        fine = read_list(r, out);
    } else if (c == '"') {
        if ((fine = read_string(r, &text))) *out = value_string(text);
    } else if (c == '-' || is_digit_at(r)) {
        fine = read_number(r, out);
    } else if (take_word(r, S("true")) || take_word(r, S("false"))) {
        *out = value_bool(c == 't');
        fine = true;
    } else {
        *out = value_null();
        fine = take_word(r, S("null"));
    }
    r->depth--;
    return fine;
}

bool json_read(Arena *arena, Str text, Value *out, size_t *at) {
    JsonReader r = {.arena = arena, .text = text};
    bool fine = read_value(&r, out);
    skip_space(&r);
    *at = r.at;
    return fine && r.at == text.len;
}

/* Writing. Values nest no deeper than documents and expressions, but a limit costs nothing. */

enum { WRITE_MAX_DEPTH = 3000 };

void json_write_string(Buf *out, Str text) {
    buf_char(out, '"');
    size_t start = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7F) continue;
        buf_str(out, (Str){text.at + start, i - start});
        start = i + 1;
        if (c == '"' || c == '\\')
            buf_char(out, '\\'), buf_char(out, (char)c);
        else if (c == '\n')
            buf_str(out, S("\\n"));
        else
            buf_format(out, "\\u%04x", c);
    }
    buf_str(out, (Str){text.at + start, text.len - start});
    buf_char(out, '"');
}

static Str double_word(Arena *arena, double d) {
    if (isnan(d)) return S("NaN");
    if (isinf(d)) return d < 0 ? S("-Infinity") : S("Infinity");
    return double_text(arena, d);
}

typedef struct JsonEntry {
    Str key; /* written out */
    Value value;
} JsonEntry;

static int by_key(const void *a, const void *b) {
    return str_cmp(((const JsonEntry *)a)->key, ((const JsonEntry *)b)->key);
}

static void write_typed(Buf *out, Eval *ev, Value v, unsigned depth);

static void write_typed_map(Buf *out, Eval *ev, Value v, unsigned depth) {
    Value key, value;
    ARRAY(JsonEntry) pairs = {0};
    for (uint32_t cursor = 0; map_next(ev, v, &cursor, &key, &value);) {
        Buf text = {.arena = ev->arena};
        write_typed(&text, ev, key, depth + 1);
        ARRAY_PUSH(ev->arena, &pairs, (JsonEntry){buf_text(&text), value});
    }
    if (pairs.n) qsort(pairs.at, pairs.n, sizeof *pairs.at, by_key);
    buf_char(out, '[');
    for (uint32_t i = 0; i < pairs.n; i++) {
        buf_str(out, i ? S(",[") : S("["));
        buf_str(out, pairs.at[i].key);
        buf_char(out, ',');
        write_typed(out, ev, pairs.at[i].value, depth + 1);
        buf_char(out, ']');
    }
    buf_char(out, ']');
}

static Str type_word(Value v) {
    static const Str words[] = {[VALUE_NULL] = STR("null"),
                                [VALUE_DURATION] = STR("duration"),
                                [VALUE_TIMESTAMP] = STR("timestamp"),
                                [VALUE_OPTIONAL] = STR("optional"),
                                [VALUE_TYPE] = STR("type")};
    if (v.kind == VALUE_OPAQUE) return v.opaque->class->word;
    return v.kind <= VALUE_OPTIONAL && words[v.kind].len ? words[v.kind] : value_type_name(v);
}

static void write_typed_list(Buf *out, Eval *ev, Value v, unsigned depth) {
    buf_char(out, '[');
    for (uint32_t i = 0; i < v.len; i++) {
        if (i) buf_char(out, ',');
        write_typed(out, ev, list_item(ev, v, i), depth + 1);
    }
    buf_char(out, ']');
}

static void write_typed(Buf *out, Eval *ev, Value v, unsigned depth) {
    buf_str(out, S("{\"type\":\""));
    buf_str(out, type_word(v));
    buf_str(out, S("\",\"value\":"));
    switch (depth > WRITE_MAX_DEPTH ? VALUE_NULL : (ValueKind)v.kind) {
    case VALUE_BOOL: buf_str(out, v.b ? S("true") : S("false")); break;
    case VALUE_INT: buf_int(out, v.i); break;
    case VALUE_UINT: buf_format(out, "%llu", (unsigned long long)v.u); break;
    case VALUE_DOUBLE: json_write_string(out, double_word(ev->arena, v.d)); break;
    case VALUE_STRING: json_write_string(out, value_str(v)); break;
    case VALUE_BYTES:
        buf_char(out, '"');
        base64_encode(out, value_str(v));
        buf_char(out, '"');
        break;
    case VALUE_DURATION: json_write_string(out, duration_text(ev->arena, v.i)); break;
    case VALUE_TIMESTAMP: json_write_string(out, timestamp_text_utc(ev->arena, v)); break;
    case VALUE_LIST: write_typed_list(out, ev, v, depth); break;
    case VALUE_MAP: write_typed_map(out, ev, v, depth); break;
    case VALUE_TYPE: json_write_string(out, v.typeOf->name); break;
    case VALUE_OPTIONAL:
        if (v.inner)
            write_typed(out, ev, *v.inner, depth + 1);
        else
            buf_str(out, S("null"));
        break;
    case VALUE_OPAQUE: json_write_string(out, v.opaque->class->text(ev, v.opaque)); break;
    default: buf_str(out, S("null"));
    }
    buf_char(out, '}');
}

void json_write_typed(Buf *out, Eval *ev, Value v) {
    write_typed(out, ev, v, 0);
}

/* How a value is written out: as JSON, or as an expression would have it. */
typedef struct Style {
    bool json;
    bool lines; /* one item a line */
} Style;

static void write_plain(Buf *out, Eval *ev, Value v, Style style, unsigned depth);

static void new_line(Buf *out, Style style, unsigned depth) {
    if (!style.lines) return;
    buf_char(out, '\n');
    buf_repeat(out, ' ', 2 * (size_t)depth);
}

static void write_items(Buf *out, Eval *ev, Value v, Style style, unsigned depth) {
    Value key = {0}, value;
    bool map = v.kind == VALUE_MAP;
    uint32_t cursor = 0, n = 0;
    buf_char(out, map ? '{' : '[');
    for (;;) {
        if (map ? !map_next(ev, v, &cursor, &key, &value) : n >= v.len) break;
        if (!map) value = list_item(ev, v, n);
        if (n++) buf_str(out, style.lines ? S(",") : S(", "));
        new_line(out, style, depth + 1);
        if (map) {
            write_plain(out, ev, key, style, depth + 1);
            buf_str(out, S(": "));
        }
        write_plain(out, ev, value, style, depth + 1);
    }
    if (n) new_line(out, style, depth);
    buf_char(out, map ? '}' : ']');
}

static void write_call(Buf *out, const char *name, Str text) {
    buf_str(out, str_of(name));
    buf_char(out, '(');
    json_write_string(out, text);
    buf_char(out, ')');
}

static void write_bytes(Buf *out, Str s) {
    buf_str(out, S("b\""));
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c >= 0x20 && c < 0x7F && c != '"' && c != '\\')
            buf_char(out, (char)c);
        else
            buf_format(out, "\\x%02x", c);
    }
    buf_char(out, '"');
}

static void write_double(Buf *out, Eval *ev, double d, Style style) {
    if (!isfinite(d)) {
        write_call(out, "double", double_word(ev->arena, d));
        return;
    }
    Str text = double_text(ev->arena, d);
    buf_str(out, text);
    if (!style.json && str_find(text, '.') < 0 && str_find(text, 'e') < 0) buf_str(out, S(".0"));
}

static void write_plain(Buf *out, Eval *ev, Value v, Style style, unsigned depth) {
    switch (depth > WRITE_MAX_DEPTH ? VALUE_NULL : (ValueKind)v.kind) {
    case VALUE_BOOL: buf_str(out, v.b ? S("true") : S("false")); break;
    case VALUE_INT: buf_int(out, v.i); break;
    case VALUE_UINT: buf_format(out, "%lluu", (unsigned long long)v.u); break;
    case VALUE_DOUBLE: write_double(out, ev, v.d, style); break;
    case VALUE_STRING: json_write_string(out, value_str(v)); break;
    case VALUE_BYTES: write_bytes(out, value_str(v)); break;
    case VALUE_DURATION: write_call(out, "duration", duration_text(ev->arena, v.i)); break;
    case VALUE_TIMESTAMP: write_call(out, "timestamp", timestamp_text(ev->arena, v)); break;
    case VALUE_LIST:
    case VALUE_MAP: write_items(out, ev, v, style, depth); break;
    case VALUE_TYPE: buf_str(out, v.typeOf->name); break;
    case VALUE_OPTIONAL:
        if (v.inner) {
            buf_str(out, S("optional.of("));
            write_plain(out, ev, *v.inner, style, depth + 1);
            buf_char(out, ')');
        } else {
            buf_str(out, S("optional.none()"));
        }
        break;
    case VALUE_OPAQUE: write_call(out, v.opaque->class->word.at, v.opaque->class->text(ev, v.opaque)); break;
    default: buf_str(out, S("null"));
    }
}

void json_write_plain(Buf *out, Eval *ev, Value v) {
    write_plain(out, ev, v, (Style){.json = true}, 0);
}

void value_write(Buf *out, Eval *ev, Value v) {
    Buf flat = {.arena = ev->arena};
    write_plain(&flat, ev, v, (Style){0}, 0);
    if (flat.len > 100)
        write_plain(out, ev, v, (Style){.lines = true}, 0);
    else
        buf_str(out, buf_text(&flat));
}
