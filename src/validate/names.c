#include "names.h"

#include <arpa/inet.h>

static bool lower(char ch) {
    return ch >= 'a' && ch <= 'z';
}

static bool digit(char ch) {
    return ch >= '0' && ch <= '9';
}

static bool upper(char ch) {
    return ch >= 'A' && ch <= 'Z';
}

static bool alnum(char ch) {
    return lower(ch) || upper(ch) || digit(ch);
}

/* Lower-case letters, digits and dashes, with no dash at the ends. */
static bool label_form(Str s) {
    if (s.len == 0 || s.at[0] == '-' || s.at[s.len - 1] == '-') return false;
    for (size_t i = 0; i < s.len; i++)
        if (!lower(s.at[i]) && !digit(s.at[i]) && s.at[i] != '-') return false;
    return true;
}

bool is_dns_label(Str s) {
    return s.len <= 63 && label_form(s);
}

bool is_dns_1035_label(Str s) {
    return is_dns_label(s) && lower(s.at[0]);
}

bool is_dns_subdomain(Str s) {
    if (s.len == 0 || s.len > 253) return false;
    for (size_t i = 0, start = 0; i <= s.len; i++) {
        if (i < s.len && s.at[i] != '.') continue;
        if (!label_form((Str){s.at + start, i - start})) return false;
        start = i + 1;
    }
    return true;
}

/* Letters, digits, - _ and ., starting and ending with a letter or digit. */
static bool name_form(Str s) {
    if (s.len == 0 || !alnum(s.at[0]) || !alnum(s.at[s.len - 1])) return false;
    for (size_t i = 0; i < s.len; i++)
        if (!alnum(s.at[i]) && !strchr("-_.", s.at[i])) return false;
    return true;
}

bool is_qualified_name(Str s) {
    ptrdiff_t slash = str_find(s, '/');
    if (slash >= 0) {
        if (!is_dns_subdomain((Str){s.at, (size_t)slash})) return false;
        s = str_slice(s, (size_t)slash + 1);
    }
    return s.len <= 63 && name_form(s);
}

bool is_label_value(Str s) {
    return s.len == 0 || (s.len <= 63 && name_form(s));
}

bool is_env_name(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] < ' ' || s.at[i] > '~' || s.at[i] == '=') return false;
    return s.len > 0;
}

bool is_config_map_key(Str s) {
    if (s.len == 0 || s.len > 253 || str_eq(s, S(".")) || str_starts(s, S(".."))) return false;
    for (size_t i = 0; i < s.len; i++)
        if (!alnum(s.at[i]) && !strchr("-_.", s.at[i])) return false;
    return true;
}

bool is_port_name(Str s) {
    bool letter = false;
    if (s.len > 15 || !label_form(s) || str_has(s, S("--"))) return false;
    for (size_t i = 0; i < s.len; i++) letter |= lower(s.at[i]);
    return letter;
}

bool is_c_identifier(Str s) {
    if (s.len == 0 || digit(s.at[0])) return false;
    for (size_t i = 0; i < s.len; i++)
        if (!alnum(s.at[i]) && s.at[i] != '_') return false;
    return true;
}

bool is_percent(Str s) {
    if (s.len < 2 || s.at[s.len - 1] != '%') return false;
    for (size_t i = 0; i + 1 < s.len; i++)
        if (!digit(s.at[i])) return false;
    return true;
}

bool is_http_header_name(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (!alnum(s.at[i]) && s.at[i] != '-') return false;
    return s.len > 0;
}

bool is_path_segment(Str s) {
    return !str_eq(s, S(".")) && !str_eq(s, S("..")) && str_find(s, '/') < 0 && str_find(s, '%') < 0;
}

bool is_ip(Str s) {
    char text[64];
    unsigned char address[16];
    if (s.len >= sizeof text || memchr(s.at, '\0', s.len)) return false;
    memcpy(text, s.at, s.len);
    text[s.len] = '\0';
    if (strchr(text, ':')) return inet_pton(AF_INET6, text, address) == 1;
    for (size_t i = 0; i + 1 < s.len; i++)
        if (text[i] == '0' && digit(text[i + 1]) && (i == 0 || text[i - 1] == '.')) return false;
    return inet_pton(AF_INET, text, address) == 1;
}

bool is_absolute_path(Str s) {
    return s.len > 0 && s.at[0] == '/';
}

bool has_dot_dot(Str path) {
    for (size_t i = 0, start = 0; i <= path.len; i++) {
        if (i < path.len && path.at[i] != '/') continue;
        if (str_eq((Str){path.at + start, i - start}, S(".."))) return true;
        start = i + 1;
    }
    return false;
}

Str words_or(Arena *arena, const Str *words, size_t count) {
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < count; i++) {
        if (i) buf_str(&buf, i + 1 == count ? S(" or ") : S(", "));
        buf_str(&buf, words[i].len ? words[i] : S("\"\""));
    }
    return buf_text(&buf);
}

Str did_you_mean(Arena *arena, Str word, const Str *words, size_t count) {
    unsigned best = word.len <= 4 ? 1 : word.len <= 8 ? 2 : 3;
    Str found = S("");
    for (size_t i = 0; i < count; i++) {
        unsigned distance = str_distance(word, words[i], best);
        if (distance > best) continue;
        if (found.len && distance == best) continue;
        best = distance;
        found = words[i];
    }
    return found.len ? str_format(arena, "did you mean \"%.*s\"?", (int)found.len, found.at) : S("");
}

/* What is wrong with a name that should hold only the bytes of `allowed` besides lower-case letters and digits, in words. */
static Str name_fault(Arena *arena, Str s, size_t longest) {
    if (s.len > longest) return str_format(arena, "it has %zu characters", s.len);
    for (size_t i = 0; i < s.len; i++) {
        if (upper(s.at[i])) return S("it holds upper-case letters");
        if (s.at[i] == '_') return S("it holds an underscore");
        if (s.at[i] == ' ') return S("it holds a space");
    }
    return S("");
}

static Str lower_suggestion(Arena *arena, Str s, bool dots, bool (*good)(Str)) {
    char *text = arena_cstr(arena, s);
    for (size_t i = 0; i < s.len; i++) {
        if (upper(text[i])) text[i] = (char)(text[i] - 'A' + 'a');
        if (text[i] == '_' || text[i] == ' ' || (text[i] == '.' && !dots)) text[i] = '-';
    }
    Str better = {text, s.len};
    return good(better) && !str_eq(better, s) ? str_format(arena, "write it as \"%s\"", text) : S("");
}

static Str reason(Arena *arena, Str fault) {
    return fault.len ? str_join(arena, S(": "), fault) : S("");
}

void check_dns_label(Check *c, Str value, const Path *path) {
    if (!is_dns_label(value))
        emit_dns_label(c->diags, where(c, path), value, reason(c->arena, name_fault(c->arena, value, 63)),
                       lower_suggestion(c->arena, value, false, is_dns_label));
}

void check_dns_subdomain(Check *c, Str value, const Path *path) {
    if (!is_dns_subdomain(value))
        emit_dns_subdomain(c->diags, where(c, path), value, reason(c->arena, name_fault(c->arena, value, 253)),
                           lower_suggestion(c->arena, value, true, is_dns_subdomain));
}

void check_dns_1035_label(Check *c, Str value, const Path *path) {
    if (!is_dns_1035_label(value))
        emit_dns_1035_label(c->diags, where(c, path), value, reason(c->arena, name_fault(c->arena, value, 63)),
                            lower_suggestion(c->arena, value, false, is_dns_1035_label));
}

void check_qualified_name(Check *c, Str value, const Path *path) {
    if (!is_qualified_name(value)) emit_qualified_name(c->diags, where(c, path), value);
}

void check_label_value(Check *c, Str value, const Path *path) {
    if (!is_label_value(value)) emit_label_value(c->diags, where(c, path), value);
}

void check_config_map_key(Check *c, Str value, const Path *path) {
    if (!is_config_map_key(value)) emit_config_map_key(c->diags, where(c, path), value);
}

void check_port_name(Check *c, Str value, const Path *path) {
    if (!is_port_name(value)) emit_port_name(c->diags, where(c, path), value);
}

bool check_required(Check *c, Str value, const Path *path) {
    if (value.len) return true;
    emit_required(c->diags, where(c, path), path->name);
    return false;
}

void check_enum(Check *c, Str value, const Str *allowed, size_t count, const Path *path) {
    if (str_in(value, allowed, count)) return;
    emit_not_supported(c->diags, where(c, path), value, path->name, words_or(c->arena, allowed, count),
                       did_you_mean(c->arena, value, allowed, count));
}

void check_range(Check *c, int64_t value, int64_t low, int64_t high, const Path *path) {
    if (value < low || value > high)
        emit_range(c->diags, where(c, path), path->name, str_int(c->arena, low), str_int(c->arena, high), str_int(c->arena, value));
}

void check_not_negative(Check *c, int64_t value, const Path *path) {
    if (value < 0) emit_negative(c->diags, where(c, path), path->name, str_int(c->arena, value));
}
