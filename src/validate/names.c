/* Decides and reports the forms of names, as k8s.io/apimachinery/pkg/util/validation and pkg/api/validate/content do. */
#include "names.h"

#include "base/address.h"
#include "model/mend.h"

static bool name_char(char ch) {
    return is_alnum(ch) || ch == '-' || ch == '_' || ch == '.';
}

/* `s` in lower case. Besides ASCII, the two other letters count that Unicode puts into ASCII (the Kelvin sign, the dotted I).
 * Text that does not fit into `room` is longer than any name may be, and stays as it is. */
typedef char LowerRoom[1024];

static Str lowered(Str s, LowerRoom room) {
    size_t n = 0;
    if (s.len > sizeof(LowerRoom)) return s;
    for (size_t i = 0; i < s.len; i++) {
        Str rest = str_slice(s, i);
        bool kelvin = str_starts(rest, S("\xe2\x84\xaa")), dotted = str_starts(rest, S("\xc4\xb0"));
        if (kelvin || dotted) i += kelvin ? 2 : 1;
        room[n++] = kelvin ? 'k' : dotted ? 'i' : is_upper(s.at[i]) ? (char)(s.at[i] - 'A' + 'a') : s.at[i];
    }
    return (Str){room, n};
}

/* Lower-case letters, digits and dashes, with no dash at the ends. */
static bool label_form(Str s) {
    if (s.len == 0 || s.at[0] == '-' || s.at[s.len - 1] == '-') return false;
    for (size_t i = 0; i < s.len; i++)
        if (!is_lower(s.at[i]) && !is_digit(s.at[i]) && s.at[i] != '-') return false;
    return true;
}

bool is_dns_label(Str s) {
    return s.len <= 63 && label_form(s);
}

bool is_dns_1035_label(Str s) {
    return is_dns_label(s) && is_lower(s.at[0]);
}

/* Whether each part between dots has the form. */
static bool parts_form(Str s, bool (*form)(Str part)) {
    if (s.len == 0 || s.len > 253) return false;
    for (size_t i = 0, start = 0; i <= s.len; i++) {
        if (i < s.len && s.at[i] != '.') continue;
        if (!form((Str){s.at + start, i - start})) return false;
        start = i + 1;
    }
    return true;
}

bool is_dns_subdomain(Str s) {
    return parts_form(s, label_form);
}

/* A label that may hold underscores, but none at its end and no two at its start. */
static bool search_form(Str s) {
    if (s.len && s.at[0] == '_') s = str_slice(s, 1);
    if (s.len == 0 || strchr("-_", s.at[0]) || strchr("-_", s.at[s.len - 1])) return false;
    for (size_t i = 0; i < s.len; i++)
        if (!is_lower(s.at[i]) && !is_digit(s.at[i]) && s.at[i] != '-' && s.at[i] != '_') return false;
    return true;
}

bool is_dns_search(Str s) {
    return parts_form(s, search_form);
}

/* A subdomain in which upper-case letters count as lower-case ones. */
static bool is_driver_name(Str s) {
    LowerRoom room;
    return is_dns_subdomain(lowered(s, room));
}

/* Letters, digits, - _ and ., starting and ending with a letter or digit. */
static bool name_form(Str s) {
    if (s.len == 0 || !is_alnum(s.at[0]) || !is_alnum(s.at[s.len - 1])) return false;
    for (size_t i = 0; i < s.len; i++)
        if (!name_char(s.at[i])) return false;
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

bool is_annotation_key(Str s) {
    LowerRoom room;
    return is_qualified_name(lowered(s, room));
}

bool is_prefixed_key(Str s) {
    return is_annotation_key(s) && str_find(s, '/') >= 0;
}

bool is_label_value(Str s) {
    return s.len == 0 || (s.len <= 63 && name_form(s));
}

bool is_env_name(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] < ' ' || s.at[i] > '~' || s.at[i] == '=') return false;
    return s.len > 0;
}

/* A-Z a-z 0-9 - _ ., at most 253, not . or .. */
bool is_config_map_key(Str s) {
    if (s.len == 0 || s.len > 253 || str_eq(s, S(".")) || str_starts(s, S(".."))) return false;
    for (size_t i = 0; i < s.len; i++)
        if (!name_char(s.at[i])) return false;
    return true;
}

bool is_port_name(Str s) {
    bool letter = false;
    if (s.len > 15 || !label_form(s) || str_has(s, S("--"))) return false;
    for (size_t i = 0; i < s.len; i++) letter |= is_lower(s.at[i]);
    return letter;
}

bool is_c_identifier(Str s) {
    if (s.len == 0 || is_digit(s.at[0])) return false;
    for (size_t i = 0; i < s.len; i++)
        if (!is_alnum(s.at[i]) && s.at[i] != '_') return false;
    return true;
}

bool is_decimal(Str s) {
    if (str_eq(s, S("0"))) return true;
    if (s.len && s.at[0] == '-') s = str_slice(s, 1);
    if (s.len == 0 || s.at[0] == '0') return false;
    for (size_t i = 0; i < s.len; i++)
        if (!is_digit(s.at[i])) return false;
    return true;
}

bool is_percent(Str s) {
    if (s.len < 2 || s.at[s.len - 1] != '%') return false;
    for (size_t i = 0; i + 1 < s.len; i++)
        if (!is_digit(s.at[i])) return false;
    return true;
}

bool is_http_header_name(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (!is_alnum(s.at[i]) && s.at[i] != '-') return false;
    return s.len > 0;
}

bool is_path_segment(Str s) {
    return !str_eq(s, S(".")) && !str_eq(s, S("..")) && str_find(s, '/') < 0 && str_find(s, '%') < 0;
}

bool is_absolute_path(Str s) {
    return s.len > 0 && s.at[0] == '/';
}

bool has_dot_dot(Str path) {
    for (size_t i = 0, start = 0; i <= path.len; i++) {
        if (i < path.len && path.at[i] != '/') continue;
        if (i - start == 2 && str_starts(str_slice(path, start), S(".."))) return true;
        start = i + 1;
    }
    return false;
}

/* White space beyond ASCII: NEL, no-break space, and the spaces and separators of the blocks from U+1680 on. */
static const Str wideSpaces[] = {
    STR("\xC2\x85"),     STR("\xC2\xA0"),     STR("\xE1\x9A\x80"), STR("\xE2\x80\x80"), STR("\xE2\x80\x81"),
    STR("\xE2\x80\x82"), STR("\xE2\x80\x83"), STR("\xE2\x80\x84"), STR("\xE2\x80\x85"), STR("\xE2\x80\x86"),
    STR("\xE2\x80\x87"), STR("\xE2\x80\x88"), STR("\xE2\x80\x89"), STR("\xE2\x80\x8A"), STR("\xE2\x80\xA8"),
    STR("\xE2\x80\xA9"), STR("\xE2\x80\xAF"), STR("\xE2\x81\x9F"), STR("\xE3\x80\x80"),
};

bool is_padded(Str s) {
    if (str_trim(s).len != s.len) return true;
    if (!s.len || ((unsigned char)s.at[0] < 0x80 && (unsigned char)s.at[s.len - 1] < 0x80)) return false;
    for (size_t i = 0; i < COUNT(wideSpaces); i++)
        if (str_starts(s, wideSpaces[i]) || str_ends(s, wideSpaces[i])) return true;
    return false;
}

bool each_object(Check *c, const Field *field, void *object, const Path *path, VisitObject *visit) {
    void *value = (char *)object + field->offset;
    void *first = field->optional || field->shape == SHAPE_LIST ? *(void **)value : value;
    uint32_t count = field->shape == SHAPE_LIST ? ((const AnyList *)value)->n : 1;
    if (!first || !count) return false;
    Path at = path_field(path, field->name);
    for (uint32_t i = 0; i < count; i++) {
        Path item = path_index(&at, i);
        visit(c, field->type, (char *)first + (size_t)field->type->size * i, field->shape == SHAPE_LIST ? &item : &at);
    }
    return true;
}

Str words_or(Arena *arena, const Str *words, size_t count) {
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < count; i++) {
        if (i) buf_str(&buf, i + 1 == count ? S(" or ") : S(", "));
        buf_str(&buf, words[i].len ? words[i] : S("\"\""));
    }
    return buf_text(&buf);
}

Where where_inside(const Check *c, const Path *path, Where place) {
    place.path = path_text(c->arena, path);
    return place;
}

void print_as(Check *c, uint32_t before, const Path *place, const Path *printed) {
    if (before == c->diags->items.n) return;
    Str from = path_text(c->arena, place), to = path_text(c->arena, printed);
    for (uint32_t i = before; i < c->diags->items.n; i++) {
        Str *path = &c->diags->items.at[i].path;
        if (str_starts(*path, from)) *path = str_join(c->arena, to, str_slice(*path, from.len));
    }
}

Str shown(Arena *arena, Str value) {
    enum { LONGEST = 80 };
    if (value.len <= LONGEST) return value;
    size_t end = LONGEST - 3;
    while (end > 0 && (value.at[end] & 0xc0) == 0x80) end--;
    return str_join(arena, (Str){value.at, end}, S("..."));
}

/* What is wrong with a name of at most `longest` bytes besides its form, in words; empty if there is nothing to add. */
static Str name_fault(Arena *arena, Str s, size_t longest) {
    if (s.len > longest) return str_format(arena, ": it has %zu characters", str_codepoints(s));
    for (size_t i = 0; i < s.len; i++) {
        if (is_upper(s.at[i])) return S(": it contains upper-case letters");
        if (s.at[i] == '_') return S(": it contains an underscore");
        if (s.at[i] == ' ') return S(": it contains a space");
    }
    return S("");
}

/* The same for a name that may hold upper-case letters and underscores. */
static Str wide_fault(Arena *arena, Str s) {
    if (s.len == 0) return S(": it is empty");
    if (s.len > 63) return str_format(arena, ": it has %zu characters", str_codepoints(s));
    for (size_t i = 0; i < s.len; i++)
        if (!name_char(s.at[i])) return s.at[i] == ' ' ? S(": it contains a space") : S(": it contains other characters");
    return is_alnum(s.at[0]) ? S(": it ends with a mark") : S(": it starts with a mark");
}

/* The host of a URL. */
static Str host_of(Str s) {
    for (size_t i = 0; i + 2 < s.len; i++) {
        if (s.at[i] != ':' || s.at[i + 1] != '/' || s.at[i + 2] != '/') continue;
        Str host = str_slice(s, i + 3);
        ptrdiff_t end = str_find(host, '/');
        return (Str){host.at, end < 0 ? host.len : (size_t)end};
    }
    return s;
}

static Str lower_suggestion(Arena *arena, Str s, bool dots, bool (*good)(Str)) {
    Str written = s;
    if (dots) s = host_of(s);
    char *text = arena_cstr(arena, s);
    for (size_t i = 0; i < s.len; i++) {
        if (is_upper(text[i])) text[i] = (char)(text[i] - 'A' + 'a');
        if (text[i] == '_' || text[i] == ' ' || (text[i] == '.' && !dots)) text[i] = '-';
    }
    Str better = {text, s.len};
    return good(better) && !str_eq(better, written) ? str_format(arena, "write it as \"%s\"", text) : S("");
}

void check_dns_label(Check *c, Str value, const Path *path) {
    if (!is_dns_label(value))
        emit_dns_label(c->diags, where(c, path), .value = shown(c->arena, value), .reason = name_fault(c->arena, value, 63),
                       .hint = lower_suggestion(c->arena, value, false, is_dns_label));
}

void check_driver_name(Check *c, Str name, const Path *path) {
    if ((name.len || c->minor < 35) && !is_driver_name(name)) emit_volume_driver(c->diags, where(c, path), .driver = name);
}

void check_dns_subdomain(Check *c, Str value, const Path *path) {
    if (!is_dns_subdomain(value))
        emit_dns_subdomain(c->diags, where(c, path), .value = shown(c->arena, value), .reason = name_fault(c->arena, value, 253),
                           .hint = lower_suggestion(c->arena, value, true, is_dns_subdomain));
}

void check_service_name(Check *c, Str value, const Path *path) {
    if (gate(c, GATE_RelaxedServiceNameValidation))
        check_dns_label(c, value, path);
    else
        check_dns_1035_label(c, value, path);
}

void check_controller_name(Check *c, Str value, const Path *path) {
    if (!check_required(c, value, path)) return;
    ptrdiff_t slash = str_find(value, '/');
    Str reason = S(""), hint = S("write it as in example.com/controller");
    if (slash <= 0 || (size_t)slash + 1 == value.len) {
        emit_controller_name(c->diags, where(c, path), .value = shown(c->arena, value), .field = path->name, .reason = reason,
                             .hint = hint);
        return;
    }
    Str domain = {value.at, (size_t)slash}, rest = str_slice(value, (size_t)slash + 1);
    for (size_t i = 0; i < rest.len && !reason.len; i++) {
        char ch = rest.at[i];
        bool letter = is_alnum(ch);
        if (!letter && (!ch || !strchr("/-._~%!$&'()*+,;=:", ch)))
            reason = S(", and the path holds a character that a URL does not take");
    }
    if (!is_dns_subdomain(domain)) reason = S(", and what stands before the / is not a DNS name");
    if (reason.len)
        emit_controller_name(c->diags, where(c, path), .value = shown(c->arena, value), .field = path->name, .reason = reason,
                             .hint = hint);
}

void check_path_segment(Check *c, Str value, const Path *path) {
    if (!is_path_segment(value)) emit_path_segment(c->diags, where(c, path), .value = shown(c->arena, value));
}

void check_dns_1035_label(Check *c, Str value, const Path *path) {
    if (!is_dns_1035_label(value))
        emit_dns_1035_label(c->diags, where(c, path), .value = shown(c->arena, value), .reason = name_fault(c->arena, value, 63),
                            .hint = lower_suggestion(c->arena, value, false, is_dns_1035_label));
}

/* What is wrong with a name or its prefix. */
static Str qualified_fault(Arena *arena, Str s) {
    ptrdiff_t slash = str_find(s, '/');
    if (slash == 0) return S(": there is nothing before the /");
    if (slash > 0 && str_find(str_slice(s, (size_t)slash + 1), '/') >= 0) return S(": it has more than one /");
    if (slash > 0 && !is_dns_subdomain((Str){s.at, (size_t)slash})) return S(": the part before the / is not a DNS name");
    return wide_fault(arena, str_slice(s, (size_t)(slash + 1)));
}

void report_qualified_name(Check *c, Str value, Where at) {
    emit_qualified_name(c->diags, at, .value = shown(c->arena, value), .reason = qualified_fault(c->arena, value));
}

void report_label_value(Check *c, Str value, Where at) {
    emit_label_value(c->diags, at, .value = shown(c->arena, value), .reason = wide_fault(c->arena, value));
}

void check_qualified_name(Check *c, Str value, const Path *path) {
    if (!is_qualified_name(value)) report_qualified_name(c, value, where(c, path));
}

void check_label_value(Check *c, Str value, const Path *path) {
    if (!is_label_value(value)) report_label_value(c, value, where(c, path));
}

void check_config_map_key(Check *c, Str value, const Path *path) {
    if (!is_config_map_key(value)) emit_config_map_key(c->diags, where(c, path), .value = shown(c->arena, value));
}

void check_port_name(Check *c, Str value, const Path *path) {
    if (!is_port_name(value)) emit_port_name(c->diags, where(c, path), .value = shown(c->arena, value));
}

void check_ip(Check *c, Str value, const Path *path) {
    Address address;
    if (!address_parse(value, &address)) {
        emit_ip(c->diags, where(c, path), .value = shown(c->arena, value));
        return;
    }
    if (address_is_strict(&address) || !gate(c, GATE_StrictIPCIDRValidation)) return;
    emit_ip_ambiguous(c->diags, where(c, path), .value = shown(c->arena, value),
                      .reason = address.isMapped ? S("it is an IPv4 address written as IPv6") : S("it has leading zeros"));
}

void check_cidr(Check *c, Str value, const Path *path) {
    AddressRange range;
    if (!address_range_parse(value, &range)) {
        emit_cidr(c->diags, where(c, path), .value = shown(c->arena, value));
        return;
    }
    if (!gate(c, GATE_StrictIPCIDRValidation) || (address_is_strict(&range.address) && !range.isPadded && !range.hasHost)) return;
    Str reason = range.hasHost && address_is_strict(&range.address) ? S("the address has bits beyond the prefix")
                 : str_find(value, ':') >= 0 ? S("it holds an IPv4 address written as IPv6, or leading zeros")
                                             : S("it has leading zeros");
    emit_cidr_ambiguous(c->diags, where(c, path), .value = shown(c->arena, value), .reason = reason,
                        .better = address_range_text(c->arena, &range));
}

void check_endpoint_ip(Check *c, Str value, const Path *path) {
    Address address;
    if (!address_parse(value, &address)) {
        emit_ip(c->diags, where(c, path), .value = shown(c->arena, value));
        return;
    }
    Str kind = address_scope(&address);
    if (kind.len) emit_endpoint_ip(c->diags, where(c, path), .value = shown(c->arena, value), .kind = kind);
}

static void check_port_number(Check *c, int64_t value, const Path *path) {
    check_range(c, value, 1, 65535, path);
}

void check_port_or_name(Check *c, IntOrString value, const Path *path) {
    if (value.isString)
        check_port_name(c, value.text, path);
    else
        check_port_number(c, value.number, path);
}

void warn_ip_form(Check *c, Str value, const Path *path) {
    Address address;
    if (c->minor < 33 || !address_parse(value, &address)) return;
    if (address.isV4 && address_is_strict(&address)) return;
    Str better = address_text(c->arena, &address);
    if (!address_is_strict(&address))
        emit_warn_ip_form(c->diags, where(c, path), .ip = shown(c->arena, value), .better = better);
    else if (!str_eq(value, better))
        emit_warn_ip_not_canonical(c->diags, where(c, path), .ip = shown(c->arena, value), .better = better);
}

void warn_cidr_form(Check *c, Str value, const Path *path) {
    AddressRange range;
    if (c->minor < 33 || !address_range_parse(value, &range)) return;
    Str better = address_range_text(c->arena, &range);
    if (range.hasHost)
        emit_warn_cidr_ambiguous(c->diags, where(c, path), .value = shown(c->arena, value), .better = better,
                                 .single =
                                     str_format(c->arena, "%.*s/%u", TEXT(address_text(c->arena, &range.address)), range.bits));
    else if (!address_is_strict(&range.address) || range.isPadded)
        emit_warn_cidr_form(c->diags, where(c, path), .value = shown(c->arena, value), .better = better);
    else if (!str_eq(value, better))
        emit_warn_cidr_not_canonical(c->diags, where(c, path), .value = shown(c->arena, value), .better = better);
}

void report_duplicate(Check *c, Str value, const Path *path) {
    emit_duplicate(c->diags, where(c, path), .value = shown(c->arena, value));
}

void report_required(Check *c, Where at, Str name, const Path *path) {
    const Field *field = path_schema_field(c->document->type, NULL, path);
    Str example = field ? mend_example(c->arena, field) : S(""), hint = S("");
    if (example.len) hint = str_format(c->arena, "write it, such as %.*s: %.*s", TEXT(field->name), TEXT(example));
    emit_required(c->diags, at, .field = name, .hint = hint);
}

bool check_required(Check *c, Str value, const Path *path) {
    if (!value.len) report_required(c, where(c, path), path->name, path);
    return value.len > 0;
}

void check_enum(Check *c, Str value, const Str *allowed, size_t count, const Path *path) {
    if (str_in(value, allowed, count)) return;
    emit_not_supported(c->diags, where(c, path), .value = shown(c->arena, value), .field = path->name,
                       .allowed = words_or(c->arena, allowed, count), .hint = did_you_mean(c->arena, value, allowed, count));
}

void check_range(Check *c, int64_t value, int64_t low, int64_t high, const Path *path) {
    if (value < low || value > high)
        emit_range(c->diags, where(c, path), .field = path->name, .low = str_int(c->arena, low), .high = str_int(c->arena, high),
                   .value = str_int(c->arena, value));
}

bool has_api_errors(const Check *c) {
    for (uint32_t i = 0; i < c->diags->items.n; i++)
        if (c->diags->items.at[i].rule->source == FROM_API) return true;
    return false;
}

void check_not_negative(Check *c, int64_t value, const Path *path) {
    if (value < 0) emit_negative(c->diags, where(c, path), .field = path->name, .value = str_int(c->arena, value));
}
