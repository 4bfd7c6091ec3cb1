#include "address.h"

/* Four decimal numbers at the start of `s`; the rest of the text, or NULL `at` if there are none. */
static Str read_v4(Str s, uint8_t *out, bool *hasZeros) {
    for (int part = 0; part < 4; part++) {
        size_t n = 0;
        unsigned value = 0;
        if (part && (!s.len || s.at[0] != '.')) return (Str){0};
        if (part) s = str_slice(s, 1);
        for (; n < s.len && is_digit(s.at[n]) && value <= 255; n++) value = value * 10 + (unsigned)(s.at[n] - '0');
        if (n == 0 || value > 255) return (Str){0};
        if (n > 1 && s.at[0] == '0') *hasZeros = true;
        out[part] = (uint8_t)value;
        s = str_slice(s, n);
    }
    return s;
}

/* Hexadecimal digits at the start of `s`, at most 0xffff; how many, or 0. */
static size_t read_hex(Str s, unsigned *value) {
    size_t n = 0;
    *value = 0;
    for (; n < s.len; n++) {
        int digit = hex_value(s.at[n]);
        if (digit < 0) break;
        *value = *value * 16 + (unsigned)digit;
        if (*value > 0xffff) return 0;
    }
    return n;
}

/* Groups of hexadecimal digits; one "::" stands for the groups that are missing; the last two groups may be an IPv4 address. */
static bool read_v6(Str s, Address *out) {
    int at = 0, gap = -1;
    if (str_starts(s, S("::"))) {
        gap = 0;
        s = str_slice(s, 2);
    }
    while (at < 16 && s.len) {
        unsigned value;
        size_t n = read_hex(s, &value);
        if (n == 0) return false;
        if (n < s.len && s.at[n] == '.') {
            if (at > 12 || (gap < 0 && at != 12)) return false;
            s = read_v4(s, out->bytes + at, &out->hasZeros);
            if (!s.at || s.len) return false;
            at += 4;
            break;
        }
        if (n > 4) out->hasZeros = true;
        out->bytes[at++] = (uint8_t)(value >> 8);
        out->bytes[at++] = (uint8_t)value;
        s = str_slice(s, n);
        if (!s.len) break;
        if (s.at[0] != ':' || s.len == 1) return false;
        s = str_slice(s, 1);
        if (s.at[0] != ':') continue;
        if (gap >= 0) return false;
        gap = at;
        s = str_slice(s, 1);
    }
    if (s.len || (gap < 0) != (at == 16)) return false;
    if (gap >= 0) {
        memmove(out->bytes + 16 - (at - gap), out->bytes + gap, (size_t)(at - gap));
        memset(out->bytes + gap, 0, (size_t)(16 - at));
    }
    return true;
}

bool address_parse(Str s, Address *out) {
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    *out = (Address){0};
    if (str_find(s, ':') < 0) {
        Str rest = read_v4(s, out->bytes + 12, &out->hasZeros);
        out->isV4 = true;
        return rest.at && !rest.len;
    }
    if (!read_v6(s, out)) return false;
    out->isV4 = out->isMapped = memcmp(out->bytes, mapped, sizeof mapped) == 0;
    return true;
}

/* The first of the longest runs of zero groups, if of two or more, becomes `::`. */
Str address_text(Arena *arena, const Address *address) {
    const uint8_t *b = address->bytes;
    if (address->isV4) return str_format(arena, "%u.%u.%u.%u", b[12], b[13], b[14], b[15]);
    int gap = -1, length = 1;
    for (int i = 0; i < 8; i++) {
        int n = 0;
        while (i + n < 8 && !b[2 * (i + n)] && !b[2 * (i + n) + 1]) n++;
        if (n > length) gap = i, length = n;
    }
    Buf buf = {.arena = arena};
    for (int i = 0; i < 8; i++) {
        if (i == gap) {
            buf_str(&buf, S("::"));
            i += length - 1;
            continue;
        }
        if (i && i != gap + length) buf_char(&buf, ':');
        buf_format(&buf, "%x", (unsigned)(b[2 * i] << 8 | b[2 * i + 1]));
    }
    return buf_text(&buf);
}

Str address_scope(const Address *address) {
    const uint8_t *b = address->bytes;
    bool zero = true;
    for (int i = address->isV4 ? 12 : 0; i < 15; i++) zero &= b[i] == 0;
    if (zero && b[15] == 0) return S("the address that stands for none");
    if (address->isV4 ? b[12] == 127 : zero && b[15] == 1) return S("a loopback address, which each machine has for itself");
    if (address->isV4 ? b[12] == 169 && b[13] == 254 : b[0] == 0xfe && (b[1] & 0xc0) == 0x80)
        return S("a link-local address, which is good for one network segment");
    if (address->isV4 ? b[12] == 224 && b[13] == 0 && b[14] == 0 : b[0] == 0xff && (b[1] & 0x0f) == 2)
        return S("a multicast address of one network segment");
    return S("");
}

/* The address with the bits behind the prefix cleared. */
static Address masked(const AddressRange *range) {
    Address out = range->address;
    unsigned first = 128 - range->bits + range->prefix;
    for (unsigned i = first / 8; i < 16; i++) out.bytes[i] &= i == first / 8 ? (uint8_t)(0xff00 >> first % 8) : 0;
    return out;
}

bool address_range_parse(Str s, AddressRange *out) {
    ptrdiff_t slash = str_find(s, '/');
    *out = (AddressRange){.bits = 32};
    if (slash < 0 || !address_parse((Str){s.at, (size_t)slash}, &out->address)) return false;
    Str length = str_slice(s, (size_t)slash + 1);
    if (!str_is_digits(length)) return false;
    out->isPadded = length.len > 1 && length.at[0] == '0';
    if (str_find(s, ':') >= 0) out->bits = 128;
    for (size_t i = 0; i < length.len && out->prefix <= out->bits; i++)
        out->prefix = out->prefix * 10 + (unsigned)(length.at[i] - '0');
    if (out->prefix > out->bits) return false;
    Address start = masked(out);
    out->hasHost = memcmp(start.bytes, out->address.bytes, sizeof start.bytes) != 0;
    return true;
}

Str address_range_text(Arena *arena, const AddressRange *range) {
    Address start = masked(range);
    Str text = address_text(arena, &start);
    return str_format(arena, "%.*s/%u", (int)text.len, text.at, range->prefix);
}

bool address_range_holds(const AddressRange *whole, const AddressRange *part) {
    AddressRange wide = *whole;
    if (part->address.isV4 != whole->address.isV4 || part->prefix <= whole->prefix) return false;
    wide.address = masked(part);
    Address a = masked(whole), b = masked(&wide);
    return memcmp(a.bytes + 16 - whole->bits / 8, b.bytes + 16 - whole->bits / 8, whole->bits / 8) == 0;
}
