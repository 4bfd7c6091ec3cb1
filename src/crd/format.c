/* The formats of texts that the server knows (k8s.io/apiextensions-apiserver/pkg/apiserver/validation/formats.go), and what has
 * them (k8s.io/kube-openapi/pkg/validation/strfmt). Formats of other names mean nothing. */
#include "base/address.h"
#include "cel/times.h"
#include "cel/url.h"
#include "schema.h"

static bool any_text(Arena *arena, Str text) {
    (void)arena, (void)text;
    return true;
}

static bool is_uri(Arena *arena, Str text) {
    const char *problem;
    return url_parse_request(arena, text, &problem);
}

static bool is_ipv4(Arena *arena, Str text) {
    Address address;
    (void)arena;
    return address_parse(text, &address) && str_find(text, '.') >= 0;
}

static bool is_ipv6(Arena *arena, Str text) {
    Address address;
    (void)arena;
    return address_parse(text, &address) && !address.hasZeros && str_find(text, ':') >= 0;
}

static bool is_cidr(Arena *arena, Str text) {
    AddressRange range;
    (void)arena;
    return address_range_parse(text, &range);
}

/* Two-digit bytes with - or : between them, four digits with dots, or digits alone: 6, 8 or 20 bytes (Go's net.ParseMAC). */
static bool is_mac(Arena *arena, Str text) {
    (void)arena;
    if (text.len < 12) return false;
    char separator = text.at[2];
    size_t digits = 2; /* between two separators */
    if (separator != ':' && separator != '-') {
        separator = text.at[4];
        digits = separator == '.' ? 4 : text.len;
    }
    size_t groups = (text.len + 1) / (digits + 1), bytes = groups * digits / 2;
    if ((text.len + 1) % (digits + 1) != 0 || digits * groups % 2 || (bytes != 6 && bytes != 8 && bytes != 20)) return false;
    for (size_t i = 0; i < text.len; i++) {
        bool between = i % (digits + 1) == digits;
        if (between ? text.at[i] != separator : hex_value(text.at[i]) < 0) return false;
    }
    return true;
}

static bool is_isbn_of(Str text, size_t length) {
    char digits[16];
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '-' || text.at[i] == ' ' || (text.at[i] >= '\t' && text.at[i] <= '\r' && text.at[i] != '\v')) continue;
        if (n == length || !(is_digit(text.at[i]) || (length == 10 && n == 9 && text.at[i] == 'X'))) return false;
        digits[n++] = text.at[i];
    }
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int value = digits[i] == 'X' ? 10 : digits[i] - '0';
        sum += value * (length == 10 ? (int)i + 1 : i % 2 ? 3 : 1);
    }
    return n == length && sum % (length == 10 ? 11 : 10) == 0;
}

static bool is_isbn10(Arena *arena, Str text) {
    (void)arena;
    return is_isbn_of(text, 10);
}

static bool is_isbn13(Arena *arena, Str text) {
    (void)arena;
    return is_isbn_of(text, 13);
}

static bool is_isbn(Arena *arena, Str text) {
    (void)arena;
    return is_isbn_of(text, 10) || is_isbn_of(text, 13);
}

/* A match of an expression that stands for itself. */
static bool fits(Arena *arena, const char *regex, Str text) {
    RegexError error;
    RegexMatcher matcher;
    Span span;
    const RegexCode *code = regex_compile(arena, str_of(regex), &error);
    if (!code || !regex_matcher(arena, &matcher)) return true;
    return regex_find(code, text, 0, REGEX_LARGE_BOUND, &matcher, &span) != REGEX_NOT_FOUND;
}

/* The digits of a card of a known maker, whose check digit is right. */
static bool is_credit_card(Arena *arena, Str text) {
    Buf digits = {.arena = arena};
    for (size_t i = 0; i < text.len; i++)
        if (is_digit(text.at[i])) buf_char(&digits, text.at[i]);
    Str number = buf_text(&digits);
    if (!fits(arena,
              "^(?:4\\d{12}(?:\\d{3})?|5[1-5]\\d{14}|6(?:011|5\\d\\d)\\d{12}|3[47]\\d{13}|3(?:0[0-5]|[68]\\d)\\d{11}|"
              "(?:2131|1800|35\\d{3})\\d{11})$",
              number))
        return false;
    int sum = 0;
    for (size_t i = 0; i < number.len; i++) {
        int value = (number.at[number.len - 1 - i] - '0') * (i % 2 ? 2 : 1);
        sum += value > 9 ? value - 9 : value;
    }
    return sum % 10 == 0;
}

static bool is_host_name(Arena *arena, Str text) {
    for (Str rest = text; rest.len;) {
        ptrdiff_t dot = str_find(rest, '.');
        if ((dot < 0 ? rest.len : (size_t)dot) > 63) return false;
        rest = str_slice(rest, dot < 0 ? rest.len : (size_t)dot + 1);
    }
    return text.len <= 255 && fits(arena,
                                   "^([a-zA-Z0-9\\p{S}\\p{L}]((-?[a-zA-Z0-9\\p{S}\\p{L}]{0,62})?)|([a-zA-Z0-9\\p{S}\\p{L}](([a-"
                                   "zA-Z0-9-\\p{S}\\p{L}]{0,61}"
                                   "[a-zA-Z0-9\\p{S}\\p{L}])?)(\\.)){1,}([a-zA-Z\\p{L}]){2,63})$",
                                   text);
}

/* An address, with or without a name before it in angle brackets. The forms that mail knows beside these are rare: comments, and
 * routes; quoted names and local parts are taken. */
static bool is_email(Arena *arena, Str text) {
    return fits(arena,
                "^\\s*(?:(?:\"(?:[^\"\\\\]|\\\\.)*\"|[^<>@\",;:\\\\\\[\\]()]*)\\s*<)?(?:\"(?:[^\"\\\\]|\\\\.)*\"|[^\\s<>@\",;:"
                "\\\\\\[\\]()."
                "]+(?:\\.[^\\s<>@\",;:\\\\\\[\\]().]+)*)@(?:[^\\s<>@\",;:\\\\\\[\\]().]+(?:\\.[^\\s<>@\",;:\\\\\\[\\]().]+)*|\\[["
                "^\\[\\]\\\\]*\\])>?\\s*$",
                text) &&
           (str_find(text, '<') >= 0) == (str_find(text, '>') >= 0);
}

static bool is_date(Arena *arena, Str text) {
    Value ignored;
    (void)arena;
    return format_date(text, &ignored);
}

static bool is_date_time(Arena *arena, Str text) {
    ptrdiff_t at = str_find(text, 'T');
    ptrdiff_t small = str_find(text, 't');
    if (at < 0 || (small >= 0 && small < at)) at = small;
    if (at < 0 || !is_date(arena, (Str){text.at, (size_t)at})) return false;
    return fits(arena, "^([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(.[0-9]+)?([zZ]|([+-][0-9]{2}:[0-9]{2}))(?:[tT]|$)",
                str_slice(text, (size_t)at + 1));
}

static bool is_duration(Arena *arena, Str text) {
    int64_t ignored;
    (void)arena;
    return format_duration(text, &ignored);
}

static bool is_ssn(Arena *arena, Str text) {
    return text.len == 11 && fits(arena, "^\\d{3}[- ]?\\d{2}[- ]?\\d{4}$", text);
}

static const struct {
    Str name;
    bool (*is)(Arena *arena, Str text);
    const char *regex;
} formats[] = {
    {STR("bsonobjectid"), NULL, "^[0-9a-fA-F]{24}$"},
    {STR("uri"), is_uri, NULL},
    {STR("email"), is_email, NULL},
    {STR("hostname"), is_host_name, NULL},
    {STR("ipv4"), is_ipv4, NULL},
    {STR("ipv6"), is_ipv6, NULL},
    {STR("cidr"), is_cidr, NULL},
    {STR("mac"), is_mac, NULL},
    {STR("uuid"), NULL, "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$"},
    {STR("uuid3"), NULL, "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$"},
    {STR("uuid4"), NULL, "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$"},
    {STR("uuid5"), NULL, "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$"},
    {STR("isbn"), is_isbn, NULL},
    {STR("isbn10"), is_isbn10, NULL},
    {STR("isbn13"), is_isbn13, NULL},
    {STR("creditcard"), is_credit_card, NULL},
    {STR("ssn"), is_ssn, NULL},
    {STR("hexcolor"), NULL, "^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"},
    {STR("rgbcolor"), NULL,
     "^rgb\\(\\s*(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])\\s*,\\s*(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])\\s*,\\s*"
     "(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])\\s*\\)$"},
    {STR("byte"), NULL, "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$"},
    {STR("password"), any_text, NULL},
    {STR("date"), is_date, NULL},
    {STR("duration"), is_duration, NULL},
    {STR("datetime"), is_date_time, NULL},
    {STR("k8sshortname"), NULL, "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},
    {STR("k8slongname"), NULL, "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"},
};

/* The row of a format; dashes in the name do not count. -1 if there is none. */
static int find_format(Str format) {
    char room[16];
    size_t n = 0;
    for (size_t i = 0; i < format.len; i++) {
        if (format.at[i] == '-') continue;
        if (n == sizeof room) return -1;
        room[n++] = format.at[i];
    }
    for (size_t i = 0; i < COUNT(formats); i++)
        if (str_eq(formats[i].name, (Str){room, n})) return (int)i;
    return -1;
}

bool crd_format_known(Str format, ValueType type) {
    switch (type) {
    case INTEGER_VALUE: return str_eq(format, S("int32")) || str_eq(format, S("int64"));
    case NUMBER_VALUE: return str_eq(format, S("float")) || str_eq(format, S("double"));
    case STRING_VALUE:
    case ANY_VALUE: return find_format(format) >= 0;
    default: return false;
    }
}

bool crd_format_fits(Arena *arena, Str format, Str text) {
    int row = find_format(format);
    if (row < 0) return true;
    if (str_eq(formats[row].name, S("k8slongname")) && text.len > 253) return false;
    return formats[row].is ? formats[row].is(arena, text) : fits(arena, formats[row].regex, text);
}
