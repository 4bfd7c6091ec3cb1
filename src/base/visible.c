#include "visible.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Printable ASCII, which most text is made of. */
static bool is_plain(Str text) {
    bool other = false;
    for (size_t i = 0; i < text.len; i++) other |= (unsigned char)(text.at[i] - 0x20) >= 0x5F;
    return !other;
}

static bool is_obeyed(uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x61C || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF;
}

bool first_character(Str text, uint32_t *c, size_t *length) {
    *length = str_utf8_length(text);
    *c = (unsigned char)text.at[0];
    if (*length > 1) *c &= 0x7Fu >> *length;
    for (size_t i = 1; i < *length; i++) *c = *c << 6 | ((unsigned char)text.at[i] & 0x3F);
    return *length > 0;
}

static void put_escape(Buf *out, uint32_t c) {
    switch (c) {
    case '\t': buf_str(out, S("\\t")); break;
    case '\n': buf_str(out, S("\\n")); break;
    case '\r': buf_str(out, S("\\r")); break;
    default:
        if (c < 0x100)
            buf_format(out, "\\x%02x", c);
        else
            buf_format(out, "\\u%04x", c);
    }
}

Str visible(Arena *arena, Str text) {
    if (is_plain(text)) return text;
    Buf out = {.arena = arena};
    size_t done = 0, length;
    for (size_t at = 0; at < text.len; at += length) {
        uint32_t c;
        bool good = first_character(str_slice(text, at), &c, &length);
        if (!good) length = 1;
        if (good && !is_obeyed(c)) continue;
        buf_str(&out, (Str){text.at + done, at - done});
        put_escape(&out, c);
        done = at + length;
    }
    if (!done) return text;
    buf_str(&out, str_slice(text, done));
    return buf_text(&out);
}

bool is_visible(Str text) {
    size_t length;
    for (size_t at = 0; at < text.len; at += length) {
        uint32_t c;
        if (!first_character(str_slice(text, at), &c, &length)) return false;
        if (is_obeyed(c) && c != '\n' && c != '\t') return false;
    }
    return true;
}

void tell_error(const char *format, ...) {
    Arena arena = {0};
    va_list args;
    va_start(args, format);
    char *text = NULL;
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0) out_of_memory();
    Str line = visible(&arena, (Str){text, (size_t)length});
    fprintf(stderr, "%.*s\n", TEXT(line));
    free(text);
    arena_free(&arena);
}
