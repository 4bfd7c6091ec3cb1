#include "base64.h"

static int digit_value(char c) {
    if (is_upper(c)) return c - 'A';
    if (is_lower(c)) return c - 'a' + 26;
    if (is_digit(c)) return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(Arena *arena, Str s, Str *out) {
    Buf buf = {.arena = arena};
    uint32_t bits = 0;
    size_t digits = 0, padding = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (c == '\n' || c == '\r') continue;
        if (c == '=') {
            padding++;
            continue;
        }
        int value = digit_value(c);
        if (value < 0 || padding) return false;
        bits = bits << 6 | (uint32_t)value;
        if (++digits % 4 == 0)
            for (int shift = 16; shift >= 0; shift -= 8) buf_char(&buf, (char)(bits >> shift));
    }
    size_t rest = digits % 4;
    if (rest == 1 || padding != (rest ? 4 - rest : 0)) return false;
    if (rest >= 2) buf_char(&buf, (char)(bits >> (rest == 2 ? 4 : 10)));
    if (rest == 3) buf_char(&buf, (char)(bits >> 2));
    *out = buf_text(&buf);
    return true;
}

void base64_encode(Buf *out, Str s) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < s.len; i += 3) {
        uint32_t bits = 0;
        size_t n = s.len - i < 3 ? s.len - i : 3;
        for (size_t k = 0; k < 3; k++) bits = bits << 8 | (k < n ? (unsigned char)s.at[i + k] : 0u);
        for (size_t k = 0; k < 4; k++) buf_char(out, k <= n ? digits[bits >> (18 - 6 * k) & 63] : '=');
    }
}
