/* Reading and writing URLs. A part is decoded when it is read and encoded again when it is written; what each part may hold as it
 * is differs, by RFC 3986 and by what Go's package lets through. */
#include "url.h"

#include "base/address.h"

typedef enum Part { PART_PATH, PART_USER, PART_HOST, PART_ZONE, PART_QUERY, PART_FRAGMENT } Part;

/* Whether a byte stands in a part without being encoded. */
static bool is_plain(char c, Part part) {
    static const char *const more[] = {
        [PART_PATH] = "$&+,/:;=@",          [PART_USER] = "$&+,;=", [PART_HOST] = "!$&'()*+,;=:[]<>\"",
        [PART_ZONE] = "!$&'()*+,;=:[]<>\"", [PART_QUERY] = "",      [PART_FRAGMENT] = "$&+,/:;=?@!()*",
    };
    return is_alnum(c) || (c && (strchr("-_.~", c) || strchr(more[part], c)));
}

/* A host may encode only bytes outside of ASCII, and the % before a zone; a zone only what it may hold anyhow, and spaces. */
static bool may_be_encoded(char c, Part part) {
    if (part == PART_HOST) return (unsigned char)c >= 0x80 || c == '%';
    if (part == PART_ZONE) return c == '%' || c == ' ' || is_plain(c, PART_HOST);
    return true;
}

/* The byte that two hexadecimal digits stand for, or -1. */
static int encoded_byte(const char *digits) {
    int high = hex_value(digits[0]), low = hex_value(digits[1]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool check_encoding(Str s, Part part, bool *encoded) {
    *encoded = false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '%') {
            int byte = i + 2 < s.len ? encoded_byte(s.at + i + 1) : -1;
            if (byte < 0 || !may_be_encoded((char)byte, part)) return false;
            *encoded = true;
            i += 2;
        } else if (s.at[i] == '+') {
            *encoded = *encoded || part == PART_QUERY;
        } else if ((part == PART_HOST || part == PART_ZONE) && (unsigned char)s.at[i] < 0x80 && !is_plain(s.at[i], part)) {
            return false;
        }
    }
    return true;
}

static bool decode(Arena *arena, Str s, Part part, Str *out) {
    bool encoded;
    if (!check_encoding(s, part, &encoded)) return false;
    *out = s;
    if (!encoded) return true;
    char *text = arena_alloc(arena, s.len + 1), *put = text;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '%') {
            *put++ = (char)encoded_byte(s.at + i + 1);
            i += 2;
        } else {
            *put++ = s.at[i] == '+' && part == PART_QUERY ? ' ' : s.at[i];
        }
    }
    *out = (Str){text, (size_t)(put - text)};
    return true;
}

bool url_decode_query(Arena *arena, Str text, Str *out) {
    return decode(arena, text, PART_QUERY, out);
}

static void encode(Buf *out, Str s, Part part) {
    for (size_t i = 0; i < s.len; i++) {
        if (is_plain(s.at[i], part))
            buf_char(out, s.at[i]);
        else
            buf_format(out, "%%%02X", (unsigned char)s.at[i]);
    }
}

/* Whether text is as encode() would write it, or differs only in what it may write either way. */
static bool is_encoded(Str s, Part part) {
    for (size_t i = 0; i < s.len; i++)
        if (!is_plain(s.at[i], part) && (s.at[i] == 0 || !strchr("!$&'()*+,;=:@[]%", s.at[i]))) return false;
    return true;
}

static Str encoded(Arena *arena, Str raw, Str decoded, Part part) {
    if (raw.len && is_encoded(raw, part)) return raw;
    Buf out = {.arena = arena};
    encode(&out, decoded, part);
    return buf_text(&out);
}

/* The scheme and its colon at the start of `s`; an empty scheme if there is none. */
static bool take_scheme(Arena *arena, Str *s, Str *scheme) {
    size_t n = 0;
    *scheme = S("");
    while (n < s->len && (is_alnum(s->at[n]) || (s->at[n] && strchr("+-.", s->at[n])))) n++;
    if (n >= s->len || s->at[n] != ':') return true;
    if (n == 0) return false;
    if (!is_letter(s->at[0])) return true;
    *scheme = str_lower(arena, (Str){s->at, n});
    *s = str_slice(*s, n + 1);
    return true;
}

static bool is_port(Str s) {
    if (s.len == 0) return true;
    for (size_t i = 1; i < s.len; i++)
        if (s.at[i] < '0' || s.at[i] > '9') return false;
    return s.at[0] == ':';
}

/* [::1%25eth0]:80 */
static bool read_literal_host(Arena *arena, Str s, Str *out) {
    ptrdiff_t close = str_rfind(s, ']');
    Address address;
    if (close < 0) return false;
    Str port = str_slice(s, (size_t)close + 1), name = {s.at + 1, (size_t)close - 1}, zone = {name.at + name.len, 0};
    for (size_t i = 0; i + 3 <= name.len; i++)
        if (memcmp(name.at + i, "%25", 3) == 0) {
            zone = str_slice(name, i);
            name.len = i;
            break;
        }
    if (!is_port(port) || !decode(arena, name, PART_HOST, &name) || !decode(arena, zone, PART_ZONE, &zone)) return false;
    if (str_find(name, ':') < 0 || !address_parse(name, &address) || address.hasZeros || zone.len == 1) return false;
    *out = str_format(arena, "[%.*s%.*s]%.*s", (int)name.len, name.at, (int)zone.len, zone.at, (int)port.len, port.at);
    return true;
}

static bool read_host(Arena *arena, Str scheme, Str s, Str *out) {
    ptrdiff_t open = str_rfind(s, '['), colon = str_find(s, ':');
    if (open > 0) return false;
    if (open == 0) return read_literal_host(arena, s, out);
    if (colon >= 0 && !str_eq(scheme, S("http")) && !str_eq(scheme, S("https"))) colon = str_rfind(s, ':');
    if (colon >= 0 && !is_port(str_slice(s, (size_t)colon))) return false;
    return decode(arena, s, PART_HOST, out);
}

static bool read_user(Arena *arena, Str s, Url *out) {
    for (size_t i = 0; i < s.len; i++)
        if (!is_alnum(s.at[i]) && (s.at[i] == 0 || !strchr("-._:~!$&'()*+,;=%@", s.at[i]))) return false;
    ptrdiff_t colon = str_find(s, ':');
    out->hasUser = true;
    out->hasPassword = colon >= 0;
    if (out->hasPassword && !decode(arena, str_slice(s, (size_t)colon + 1), PART_USER, &out->password)) return false;
    return decode(arena, (Str){s.at, out->hasPassword ? (size_t)colon : s.len}, PART_USER, &out->user);
}

/* What follows "//", up to the path. */
static bool take_authority(Arena *arena, Str *s, Url *out) {
    ptrdiff_t slash = str_find(*s, '/');
    Str authority = {s->at, slash < 0 ? s->len : (size_t)slash};
    *s = str_slice(*s, authority.len);
    ptrdiff_t at = str_rfind(authority, '@');
    if (!read_host(arena, out->scheme, str_slice(authority, (size_t)(at + 1)), &out->host)) return false;
    return at < 0 || read_user(arena, (Str){authority.at, (size_t)at}, out);
}

static void take_query(Str *s, Url *out) {
    ptrdiff_t mark = str_find(*s, '?');
    if (mark < 0) return;
    out->query = str_slice(*s, (size_t)mark + 1);
    out->forceQuery = out->query.len == 0;
    s->len = (size_t)mark;
}

/* What is read: the target of an HTTP request, where "//" at the start begins a path; an absolute URL or path; or also what is
 * relative to another URL. */
typedef enum UrlForm { URL_REQUEST, URL_ABSOLUTE, URL_REFERENCE } UrlForm;

static bool read_url(Arena *arena, Str s, UrlForm form, Url *out, const char **problem) {
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] < 0x20 || s.at[i] == 0x7f) return *problem = "it holds a control character", false;
    if (s.len == 0 && form == URL_REQUEST) return *problem = "it is empty", false;
    if (str_eq(s, S("*"))) {
        out->path = s;
        return true;
    }
    if (!take_scheme(arena, &s, &out->scheme)) return *problem = "the scheme before \":\" is missing", false;
    take_query(&s, out);
    bool rooted = str_starts(s, S("/"));
    if (!rooted && (out->scheme.len || form != URL_REFERENCE)) {
        out->opaque = s;
        return out->scheme.len || (*problem = "it has neither a scheme nor a path that begins with /", false);
    }
    ptrdiff_t slash = str_find(s, '/'), colon = str_find(s, ':');
    if (!rooted && colon >= 0 && (slash < 0 || colon < slash)) return *problem = "its first part holds a colon", false;
    if (str_starts(s, S("//")) && (out->scheme.len || (form != URL_REQUEST && !str_starts(s, S("///"))))) {
        s = str_slice(s, 2);
        if (!take_authority(arena, &s, out)) return *problem = "the host, port or user is not well formed", false;
    } else {
        out->omitHost = out->scheme.len > 0;
    }
    if (!decode(arena, s, PART_PATH, &out->path)) return *problem = "the path has a % without two hexadecimal digits", false;
    Buf again = {.arena = arena};
    encode(&again, out->path, PART_PATH);
    if (!str_eq(buf_text(&again), s)) out->rawPath = s;
    return true;
}

bool url_parse_request(Arena *arena, Str text, const char **problem) {
    Url url = {0};
    return read_url(arena, text, URL_REQUEST, &url, problem);
}

static bool read_with_fragment(Arena *arena, Str text, UrlForm form, Url *out, const char **problem) {
    ptrdiff_t mark = str_find(text, '#');
    if (mark >= 0) {
        out->rawFragment = str_slice(text, (size_t)mark + 1);
        text.len = (size_t)mark;
        if (!decode(arena, out->rawFragment, PART_FRAGMENT, &out->fragment))
            return *problem = "the fragment has a % without two hexadecimal digits", false;
    }
    return read_url(arena, text, form, out, problem);
}

bool url_parse(Arena *arena, Str text, Url *out, const char **problem) {
    *out = (Url){0};
    if (!url_parse_request(arena, text, problem)) return false;
    return read_with_fragment(arena, text, URL_ABSOLUTE, out, problem);
}

bool url_parse_reference(Arena *arena, Str text, Url *out, const char **problem) {
    *out = (Url){0};
    return read_with_fragment(arena, text, URL_REFERENCE, out, problem);
}

Str url_escaped_path(Arena *arena, const Url *url) {
    if (url->rawPath.len == 0 && str_eq(url->path, S("*"))) return url->path;
    return encoded(arena, url->rawPath, url->path, PART_PATH);
}

/* Splits the port from the end of the host. */
static Str split_port(const Url *url, Str *port) {
    ptrdiff_t colon = str_rfind(url->host, ':');
    *port = S("");
    if (colon < 0 || !is_port(str_slice(url->host, (size_t)colon))) return url->host;
    *port = str_slice(url->host, (size_t)colon + 1);
    return (Str){url->host.at, (size_t)colon};
}

Str url_host_name(const Url *url) {
    Str port, host = split_port(url, &port);
    if (host.len > 1 && host.at[0] == '[' && host.at[host.len - 1] == ']') return (Str){host.at + 1, host.len - 2};
    return host;
}

Str url_port(const Url *url) {
    Str port;
    split_port(url, &port);
    return port;
}

static void put_authority(Buf *out, const Url *url) {
    if (url->omitHost && url->host.len == 0 && !url->hasUser) return;
    if (url->host.len || url->path.len || url->hasUser) buf_str(out, S("//"));
    if (url->hasUser) {
        encode(out, url->user, PART_USER);
        if (url->hasPassword) buf_char(out, ':');
        encode(out, url->password, PART_USER);
        buf_char(out, '@');
    }
    encode(out, url->host, PART_HOST);
}

Str url_text(Arena *arena, const Url *url) {
    Buf out = {.arena = arena};
    buf_str(&out, url->scheme);
    if (url->scheme.len) buf_char(&out, ':');
    if (url->opaque.len) {
        buf_str(&out, url->opaque);
    } else {
        if (url->scheme.len || url->host.len || url->hasUser) put_authority(&out, url);
        buf_str(&out, url_escaped_path(arena, url));
    }
    if (url->forceQuery || url->query.len) buf_char(&out, '?');
    buf_str(&out, url->query);
    if (url->fragment.len) buf_char(&out, '#');
    if (url->fragment.len) buf_str(&out, encoded(arena, url->rawFragment, url->fragment, PART_FRAGMENT));
    return buf_text(&out);
}
