/* Named formats: format.dns1123Label().validate(text) gives what is wrong with a text, or nothing. */
#include "functions.h"
#include "base/calendar.h"
#include "url.h"

enum { MAX_LABEL = 63, MAX_SUBDOMAIN = 253, MAX_PROBLEMS = 4 };

/* What is wrong with a text. */
typedef struct Problems {
    Arena *arena;
    Value at[MAX_PROBLEMS];
    uint32_t n;
} Problems;

typedef struct Format {
    Opaque head;
    Str word; /* format.WORD() */
    Str name; /* in output */
    void (*check)(Problems *problems, Str text);
    bool prefix; /* of a name that the server completes: may end in '-' */
} Format;

static void problem(Problems *p, Str text) {
    if (p->n < MAX_PROBLEMS) p->at[p->n++] = value_string(text);
}

static bool is_label(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (!is_lower(s.at[i]) && !is_digit(s.at[i]) && s.at[i] != '-') return false;
    return s.len && s.at[0] != '-' && s.at[s.len - 1] != '-';
}

static bool is_subdomain(Str s) {
    for (ptrdiff_t dot; (dot = str_find(s, '.')) >= 0; s = str_slice(s, (size_t)dot + 1))
        if (!is_label((Str){s.at, (size_t)dot})) return false;
    return is_label(s);
}

/* Letters, digits, and between them also - _ and dots. */
static bool is_name(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (!is_alnum(s.at[i]) && (i == 0 || i == s.len - 1 || !memchr("-_.", s.at[i], 3))) return false;
    return s.len > 0;
}

static void check_label(Problems *p, Str s) {
    if (s.len > MAX_LABEL) problem(p, S("longer than 63 characters"));
    if (is_label(s)) return;
    problem(p, str_find(s, '.') >= 0 && is_subdomain(s)
                   ? S("a label has no dots")
                   : S("no RFC 1123 label: use a-z, 0-9 and -, with a letter or digit at both ends"));
}

static void check_subdomain(Problems *p, Str s) {
    if (s.len > MAX_SUBDOMAIN) problem(p, S("longer than 253 characters"));
    if (!is_subdomain(s))
        problem(
            p,
            S("no RFC 1123 subdomain: use labels of a-z, 0-9 and -, with a letter or digit at both ends, and dots between them"));
}

static void check_label_1035(Problems *p, Str s) {
    if (s.len > MAX_LABEL) problem(p, S("longer than 63 characters"));
    if (!is_label(s) || is_digit(s.at[0]))
        problem(p, S("no RFC 1035 label: use a-z, 0-9 and -, with a letter at the start and a letter or digit at the end"));
}

static void check_qualified_name(Problems *p, Str s) {
    ptrdiff_t slash = str_find(s, '/');
    Str name = slash < 0 ? s : str_slice(s, (size_t)slash + 1), prefix = {s.at, slash < 0 ? 0 : (size_t)slash};
    if (str_find(name, '/') >= 0) {
        problem(p, S("more than one slash: a qualified name is a name with at most one prefix before it"));
        return;
    }
    if (slash == 0) problem(p, S("nothing stands before the slash"));
    if (prefix.len > MAX_SUBDOMAIN) problem(p, S("the prefix is longer than 253 characters"));
    if (prefix.len && !is_subdomain(prefix)) problem(p, S("the prefix is not an RFC 1123 subdomain"));
    if (name.len == 0) problem(p, S("the name is empty"));
    if (name.len > MAX_LABEL) problem(p, S("the name is longer than 63 characters"));
    if (!is_name(name)) problem(p, S("the name takes letters, digits, -, _ and dots, with a letter or digit at both ends"));
}

static void check_label_value(Problems *p, Str s) {
    if (s.len > MAX_LABEL) problem(p, S("longer than 63 bytes"));
    if (s.len && !is_name(s))
        problem(p, S("no label value: use letters, digits, -, _ and dots, with a letter or digit at both ends"));
}

static void check_uri(Problems *p, Str s) {
    const char *what = "";
    if (!url_parse_request(p->arena, s, &what)) problem(p, str_format(p->arena, "no URI: %s", what));
}

/* 8-4-4-4-12 hexadecimal digits; each dash may be left out. */
static void check_uuid(Problems *p, Str s) {
    static const int groups[] = {8, 4, 4, 4, 12};
    size_t at = 0;
    bool good = true;
    for (int i = 0; i < 5 && good; i++) {
        if (i && at < s.len && s.at[at] == '-') at++;
        for (int j = 0; j < groups[i] && good; j++, at++) good = at < s.len && hex_value(s.at[at]) >= 0;
    }
    if (!good || at != s.len) problem(p, S("no UUID"));
}

static void check_base64(Problems *p, Str s) {
    size_t padding = str_ends(s, S("==")) ? 2 : str_ends(s, S("=")) ? 1 : 0;
    bool good = s.len && s.len % 4 == 0;
    for (size_t i = 0; good && i < s.len - padding; i++) good = is_alnum(s.at[i]) || s.at[i] == '+' || s.at[i] == '/';
    if (!good) problem(p, S("invalid base64"));
}

static bool is_date(Str s) {
    char text[] = "0000-00-00T12:00:00Z";
    if (s.len != 10) return false;
    memcpy(text, s.at, 10);
    return moment_parse((Str){text, sizeof text - 1}, MOMENT_RFC3339, &(Moment){0});
}

static void check_date(Problems *p, Str s) {
    if (!is_date(s)) problem(p, S("invalid date"));
}

static bool two_digits(Str s, size_t at, int most) {
    return at + 2 <= s.len && is_digit(s.at[at]) && is_digit(s.at[at + 1]) && (s.at[at] - '0') * 10 + s.at[at + 1] - '0' <= most;
}

/* hh:mm:ss, a fraction behind any one character, and an offset, all letters small. */
static bool is_clock(Str s) {
    if (!two_digits(s, 0, 23) || !two_digits(s, 3, 59) || !two_digits(s, 6, 59) || s.at[2] != ':' || s.at[5] != ':') return false;
    s = str_slice(s, 8);
    size_t mark = 1, n = 0;
    while (mark < s.len && ((unsigned char)s.at[mark] & 0xc0) == 0x80) mark++;
    while (mark + n < s.len && is_digit(s.at[mark + n])) n++;
    bool offset = s.len == 6 && (s.at[0] == '+' || s.at[0] == '-') && s.at[3] == ':';
    if (n && !offset) s = str_slice(s, mark + n);
    if (str_eq(s, S("z"))) return true;
    return s.len == 6 && (s.at[0] == '+' || s.at[0] == '-') && s.at[3] == ':' && two_digits(s, 1, 99) && two_digits(s, 4, 99);
}

static void check_datetime(Problems *p, Str s) {
    s = str_lower(p->arena, s);
    ptrdiff_t mark = str_find(s, 't');
    Str clock = mark < 0 ? S("") : str_slice(s, (size_t)mark + 1);
    ptrdiff_t end = str_find(clock, 't');
    if (end >= 0) clock.len = (size_t)end;
    if (mark < 0 || !is_date((Str){s.at, (size_t)mark}) || !is_clock(clock)) problem(p, S("invalid datetime"));
}

static const CelType type_format = {.kind = VALUE_OPAQUE, .name = STR("kubernetes.NamedFormat")};
static const CelType type_optional_format = {.kind = VALUE_OPTIONAL, .name = STR("optional_type"), .args = {&type_format}};

static bool format_equal(const Opaque *a, const Opaque *b) {
    return a == b;
}

static Str format_text(Eval *ev, const Opaque *value) {
    (void)ev;
    return ((const Format *)value)->name;
}

static const OpaqueClass format_class = {&type_format, STR("format"), format_equal, format_text};

/* Each is a value, a function that gives it, and a row. */
#define FORMATS(X)                                                             \
    X(byte, "byte", check_base64, false)                                       \
    X(date, "date", check_date, false)                                         \
    X(datetime, "datetime", check_datetime, false)                             \
    X(dns1035Label, "DNS1035Label", check_label_1035, false)                   \
    X(dns1035LabelPrefix, "DNS1035LabelPrefix", check_label_1035, true)        \
    X(dns1123Label, "DNS1123Label", check_label, false)                        \
    X(dns1123LabelPrefix, "DNS1123LabelPrefix", check_label, true)             \
    X(dns1123Subdomain, "DNS1123Subdomain", check_subdomain, false)            \
    X(dns1123SubdomainPrefix, "DNS1123SubdomainPrefix", check_subdomain, true) \
    X(labelValue, "LabelValue", check_label_value, false)                      \
    X(qualifiedName, "QualifiedName", check_qualified_name, false)             \
    X(uri, "URI", check_uri, false)                                            \
    X(uuid, "uuid", check_uuid, false)

enum {
#define NUMBER(word_, name_, check_, prefix_) FORMAT_##word_,
    FORMATS(NUMBER) FORMAT_COUNT
};

static const Format formats[] = {
#define FORMAT(word_, name_, check_, prefix_) {{&format_class}, STR(#word_), STR(name_), check_, prefix_},
    FORMATS(FORMAT)};

#define GIVE(word_, name_, check_, prefix_)                              \
    static Value give_##word_(Eval *ev, const Value *args, uint32_t n) { \
        (void)ev, (void)args, (void)n;                                   \
        return value_opaque(&formats[FORMAT_##word_].head);              \
    }
FORMATS(GIVE)

static Value named(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    for (int i = 0; i < FORMAT_COUNT; i++)
        if (str_eq(formats[i].word, value_str(args[0]))) return value_some(ev, value_opaque(&formats[i].head));
    return value_none();
}

/* A prefix that ends in '-' is judged as if a letter stood in place of its last two characters. */
static Str without_dash(Arena *arena, Str s) {
    if (s.len < 2 || s.at[s.len - 1] != '-') return s;
    return str_join(arena, (Str){s.at, s.len - 2}, S("a"));
}

static Value validate(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    const Format *format = (const Format *)args[0].opaque;
    Str text = value_str(args[1]);
    Problems problems = {.arena = ev->arena};
    format->check(&problems, format->prefix ? without_dash(ev->arena, text) : text);
    if (problems.n == 0) return value_none();
    Value *items = NEW_ARRAY(ev->arena, Value, problems.n);
    memcpy(items, problems.at, sizeof *items * problems.n);
    return value_some(ev, value_list(items, problems.n));
}

static const Overload rows[] = {
#define ROW(word_, name_, check_, prefix_) CONSTANT("format." #word_, give_##word_, &type_format),
    FORMATS(ROW) OVERLOAD("format.named", GLOBAL, named, &type_optional_format, &cel_string),
    OVERLOAD("validate", METHOD, validate, &cel_optional_list_string, &type_format, &cel_string),
};

LIBRARY(format, rows);
