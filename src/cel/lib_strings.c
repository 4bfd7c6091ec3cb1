/* The functions of text: positions and lengths count code points, letters change case in ASCII only. Text is always valid UTF-8,
 * so bytes can be searched and compared as they are. */
#include "format_text.h"
#include "functions.h"

/* What the results of one call may add up to: more than any step limit lets through. */
static bool afford(Eval *ev, uint64_t bytes) {
    return bytes <= UINT32_MAX && cel_charge(ev, bytes / 10);
}

static size_t char_size(char first) {
    unsigned char c = (unsigned char)first;
    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* The byte offset of code point `index`, which may be the end; -1 if there are fewer. */
static ptrdiff_t offset_of(Str s, int64_t index) {
    size_t at = 0;
    for (; index > 0; index--) {
        if (at >= s.len) return -1;
        at += char_size(s.at[at]);
    }
    return index < 0 || at > s.len ? -1 : (ptrdiff_t)at;
}

static int64_t length(Str s) {
    return (int64_t)str_codepoints(s);
}

static Value slice(Str s, ptrdiff_t from, ptrdiff_t to) {
    return value_string((Str){s.at + from, (size_t)(to - from)});
}

static Value out_of_range(Eval *ev, const char *function, int64_t index, Str s) {
    return cel_error(ev, ERROR_INDEX, "%s: position %lld is outside of a text of %lld characters", function, (long long)index,
                     (long long)length(s));
}

static Value char_at(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    Str s = value_str(args[0]);
    ptrdiff_t at = offset_of(s, args[1].i);
    if (at < 0) return out_of_range(ev, "charAt", args[1].i, s);
    if ((size_t)at == s.len) return value_string(S(""));
    return slice(s, at, at + (ptrdiff_t)char_size(s.at[at]));
}

static Value substring(Eval *ev, const Value *args, uint32_t n) {
    Str s = value_str(args[0]);
    ptrdiff_t from = offset_of(s, args[1].i);
    if (n > 2 && args[1].i > args[2].i)
        return cel_error(ev, ERROR_CONVERSION, "substring: the start %lld lies behind the end %lld", (long long)args[1].i,
                         (long long)args[2].i);
    if (from < 0) return out_of_range(ev, "substring", args[1].i, s);
    if (n == 2) return slice(s, from, (ptrdiff_t)s.len);
    ptrdiff_t more = offset_of(str_slice(s, (size_t)from), args[2].i - args[1].i);
    if (more < 0) return out_of_range(ev, "substring", args[2].i, s);
    return slice(s, from, from + more);
}

static int64_t position(Str s, size_t offset) {
    return length((Str){s.at, offset});
}

static const char *search(Str s, Str part) {
    return s.len < part.len ? NULL : memmem(s.at, s.len, part.at, part.len);
}

static Value index_of(Eval *ev, const Value *args, uint32_t n) {
    Str s = value_str(args[0]), part = value_str(args[1]);
    int64_t from = n > 2 ? args[2].i : 0;
    if (from < 0) return out_of_range(ev, "indexOf", from, s);
    ptrdiff_t start = offset_of(s, from);
    if (part.len == 0) return value_int(start < 0 ? length(s) : from);
    if (start < 0) return value_int(-1);
    const char *found = search(str_slice(s, (size_t)start), part);
    return value_int(found ? position(s, (size_t)(found - s.at)) : -1);
}

/* Searches backwards from the last place that is allowed. A place where the part does not begin costs one comparison of a byte,
 * mostly; the whole is charged as the worst case, as the length of the text times that of the part. */
static Value last_index_of(Eval *ev, const Value *args, uint32_t n) {
    Str s = value_str(args[0]), part = value_str(args[1]);
    if (n > 2 && args[2].i < 0) return out_of_range(ev, "lastIndexOf", args[2].i, s);
    ptrdiff_t from = n > 2 ? offset_of(s, args[2].i) : (ptrdiff_t)s.len;
    if (part.len == 0) return value_int(n > 2 && from >= 0 ? args[2].i : length(s));
    if (from < 0 || (n > 2 && (size_t)from == s.len) || s.len < part.len) return value_int(-1);
    if (!cel_charge(ev, (uint64_t)s.len * part.len / 100)) return cel_limit(ev);
    if ((size_t)from > s.len - part.len) from = (ptrdiff_t)(s.len - part.len);
    for (; from >= 0; from--)
        if (s.at[from] == part.at[0] && memcmp(s.at + from, part.at, part.len) == 0) return value_int(position(s, (size_t)from));
    return value_int(-1);
}

static Value change_case(Eval *ev, Str s, char first, char last) {
    char *text = arena_alloc(ev->arena, s.len + 1);
    for (size_t i = 0; i < s.len; i++) text[i] = (char)(s.at[i] >= first && s.at[i] <= last ? s.at[i] ^ 0x20 : s.at[i]);
    return value_string((Str){text, s.len});
}

static Value lower_ascii(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return change_case(ev, value_str(args[0]), 'A', 'Z');
}

static Value upper_ascii(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return change_case(ev, value_str(args[0]), 'a', 'z');
}

/* The place of the next occurrence of `part` at or after `from`, or NULL. The empty text stands before each character and at the
 * end. */
static const char *next_place(Str s, Str part, size_t from, bool first) {
    if (part.len) return search(str_slice(s, from), part);
    if (first) return s.at;
    return from >= s.len ? NULL : s.at + from + char_size(s.at[from]);
}

static Value replace(Eval *ev, const Value *args, uint32_t n) {
    Str s = value_str(args[0]), old = value_str(args[1]), with = value_str(args[2]);
    int64_t limit = n > 3 ? args[3].i : -1, count = 0;
    size_t from = 0;
    for (const char *at; count != limit && (at = next_place(s, old, from, count == 0)); count++)
        from = (size_t)(at - s.at) + old.len;
    if (count == 0) return args[0];
    if (!cel_charge(ev, (uint64_t)count)) return cel_limit(ev);
    uint64_t size = s.len - (uint64_t)count * old.len + (uint64_t)count * with.len;
    if (with.len > UINT32_MAX / (uint64_t)count || !afford(ev, size)) return cel_limit(ev);
    char *text = arena_alloc(ev->arena, size + 1), *put = text;
    from = 0;
    for (int64_t i = 0; i < count; i++) {
        size_t at = (size_t)(next_place(s, old, from, i == 0) - s.at);
        put = (char *)memcpy(put, s.at + from, at - from) + (at - from);
        if (with.len) put = (char *)memcpy(put, with.at, with.len) + with.len;
        from = at + old.len;
    }
    memcpy(put, s.at + from, s.len - from);
    return value_string((Str){text, size});
}

static Value split(Eval *ev, const Value *args, uint32_t n) {
    Str s = value_str(args[0]), separator = value_str(args[1]);
    int64_t limit = n > 2 ? args[2].i : -1;
    ARRAY(Value) parts = {0};
    if (limit == 0 || (separator.len == 0 && s.len == 0)) return value_list(NULL, 0);
    size_t from = 0;
    while (limit < 0 || (int64_t)parts.n < limit - 1) {
        const char *at = separator.len ? search(str_slice(s, from), separator) : next_place(s, separator, from, false);
        if (!at || (separator.len == 0 && at == s.at + s.len)) break;
        if (!cel_charge(ev, 1)) return cel_limit(ev);
        ARRAY_PUSH(ev->arena, &parts, slice(s, (ptrdiff_t)from, at - s.at));
        from = (size_t)(at - s.at) + separator.len;
    }
    ARRAY_PUSH(ev->arena, &parts, slice(s, (ptrdiff_t)from, (ptrdiff_t)s.len));
    return value_list(parts.at, parts.n);
}

static Value join(Eval *ev, const Value *args, uint32_t n) {
    Str separator = n > 1 ? value_str(args[1]) : S("");
    uint64_t size = 0;
    for (uint32_t i = 0; i < args[0].len; i++) {
        Value item = list_item(ev, args[0], i);
        if (item.kind != VALUE_STRING) {
            if (i == 0) return cel_no_overload(ev, "join", args, n);
            return cel_error(ev, ERROR_CONVERSION, "join takes strings, and item %u is of type %.*s", i,
                             (int)value_type_name(item).len, value_type_name(item).at);
        }
        size += item.len + (i ? separator.len : 0);
        if (!cel_charge(ev, 1)) return cel_limit(ev);
    }
    if (!afford(ev, size)) return cel_limit(ev);
    char *text = arena_alloc(ev->arena, size + 1), *put = text;
    for (uint32_t i = 0; i < args[0].len; i++) {
        Str item = value_str(list_item(ev, args[0], i));
        if (i && separator.len) put = (char *)memcpy(put, separator.at, separator.len) + separator.len;
        if (item.len) put = (char *)memcpy(put, item.at, item.len) + item.len;
    }
    return value_string((Str){text, size});
}

/* Unicode's white space, in UTF-8. */
static size_t space_at(Str s) {
    static const Str wide[] = {STR("\xc2\x85"), STR("\u00a0"), STR("\u1680"), STR("\u2028"),
                               STR("\u2029"),   STR("\u202f"), STR("\u205f"), STR("\u3000")};
    if (s.len == 0) return 0;
    if (is_space(s.at[0])) return 1;
    if ((unsigned char)s.at[0] < 0x80) return 0;
    for (size_t i = 0; i < COUNT(wide); i++)
        if (str_starts(s, wide[i])) return wide[i].len;
    return str_starts(s, S("\xe2\x80")) && s.len > 2 && (unsigned char)s.at[2] <= 0x8a ? 3 : 0; /* U+2000 to U+200A */
}

static Value trim(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    Str s = value_str(args[0]);
    for (size_t k; (k = space_at(s)) > 0;) s = str_slice(s, k);
    while (s.len) {
        size_t last = s.len - 1;
        while (last > 0 && ((unsigned char)s.at[last] & 0xc0) == 0x80) last--;
        if (!space_at(str_slice(s, last))) break;
        s.len = last;
    }
    return value_string(s);
}

static Value quote(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    static const char plain[] = "\a\b\f\n\r\t\v\\\"", escaped[] = "abfnrtv\\\"";
    Str s = value_str(args[0]);
    if (!afford(ev, (uint64_t)s.len * 2 + 2)) return cel_limit(ev);
    char *text = arena_alloc(ev->arena, s.len * 2 + 2), *put = text;
    *put++ = '"';
    for (size_t i = 0; i < s.len; i++) {
        const char *found = s.at[i] ? strchr(plain, s.at[i]) : NULL;
        if (found) *put++ = '\\';
        *put++ = found ? escaped[found - plain] : s.at[i];
    }
    *put++ = '"';
    return value_string((Str){text, (size_t)(put - text)});
}

static const Overload rows[] = {
    OVERLOAD("charAt", METHOD, char_at, &cel_string, &cel_string, &cel_int),
    PREPARED("format", METHOD, text_format, text_format_check, &cel_string, &cel_string, &cel_list_dyn),
    OVERLOAD("indexOf", METHOD, index_of, &cel_int, &cel_string, &cel_string),
    OVERLOAD("indexOf", METHOD, index_of, &cel_int, &cel_string, &cel_string, &cel_int),
    OVERLOAD("join", METHOD, join, &cel_string, &cel_list_string),
    OVERLOAD("join", METHOD, join, &cel_string, &cel_list_string, &cel_string),
    OVERLOAD("lastIndexOf", METHOD, last_index_of, &cel_int, &cel_string, &cel_string),
    OVERLOAD("lastIndexOf", METHOD, last_index_of, &cel_int, &cel_string, &cel_string, &cel_int),
    OVERLOAD("lowerAscii", METHOD, lower_ascii, &cel_string, &cel_string),
    OVERLOAD("replace", METHOD, replace, &cel_string, &cel_string, &cel_string, &cel_string),
    OVERLOAD("replace", METHOD, replace, &cel_string, &cel_string, &cel_string, &cel_string, &cel_int),
    OVERLOAD("split", METHOD, split, &cel_list_string, &cel_string, &cel_string),
    OVERLOAD("split", METHOD, split, &cel_list_string, &cel_string, &cel_string, &cel_int),
    OVERLOAD("strings.quote", GLOBAL, quote, &cel_string, &cel_string),
    OVERLOAD("substring", METHOD, substring, &cel_string, &cel_string, &cel_int),
    OVERLOAD("substring", METHOD, substring, &cel_string, &cel_string, &cel_int, &cel_int),
    OVERLOAD("trim", METHOD, trim, &cel_string, &cel_string),
    OVERLOAD("upperAscii", METHOD, upper_ascii, &cel_string, &cel_string),
};

LIBRARY(strings, rows);
