/* Semantic versions (semver.org 2.0.0). Build metadata do not count in comparisons. */
#include "functions.h"

typedef struct Semver {
    Opaque head;
    uint64_t number[3];
    Str pre;   /* the pre-release part, without '-' */
    Str build; /* the build metadata, without '+' */
} Semver;

static const CelType type_semver = {.kind = VALUE_OPAQUE, .name = STR("kubernetes.Semver")};

static bool is_identifier(Str s) {
    if (!s.at) return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] != '-' && !is_digit(s.at[i]) && !is_letter(s.at[i])) return false;
    return s.len > 0;
}

static bool read_number(Str s, uint64_t *out) {
    *out = 0;
    if (!str_is_digits(s) || (s.len > 1 && s.at[0] == '0')) return false;
    for (size_t i = 0; i < s.len; i++)
        if (__builtin_mul_overflow(*out, 10u, out) || __builtin_add_overflow(*out, (unsigned)(s.at[i] - '0'), out)) return false;
    return true;
}

/* The text before the next dot; takes both from `s`. */
static Str take_part(Str *s) {
    ptrdiff_t dot = str_find(*s, '.');
    Str part = {s->at, dot < 0 ? s->len : (size_t)dot};
    *s = dot < 0 ? (Str){s->at + s->len, 0} : str_slice(*s, (size_t)dot + 1);
    return part;
}

/* Identifiers with dots between them; of a pre-release, numbers have no leading zero and fit 64 bits. */
static bool is_dotted(Str s, bool pre) {
    for (;;) {
        ptrdiff_t dot = str_find(s, '.');
        Str part = {s.at, dot < 0 ? s.len : (size_t)dot};
        uint64_t number;
        if (!is_identifier(part) || (pre && str_is_digits(part) && !read_number(part, &number))) return false;
        if (dot < 0) return true;
        s = str_slice(s, (size_t)dot + 1);
    }
}

static bool read_semver(Str s, Semver *out) {
    for (int i = 0; i < 2; i++) {
        if (str_find(s, '.') < 0 || !read_number(take_part(&s), &out->number[i])) return false;
    }
    ptrdiff_t plus = str_find(s, '+');
    if (plus >= 0) {
        out->build = str_slice(s, (size_t)plus + 1);
        if (!is_dotted(out->build, false)) return false;
        s.len = (size_t)plus;
    }
    ptrdiff_t dash = str_find(s, '-');
    if (dash >= 0) {
        out->pre = str_slice(s, (size_t)dash + 1);
        if (!is_dotted(out->pre, true)) return false;
        s.len = (size_t)dash;
    }
    return read_number(s, &out->number[2]);
}

/* One of the up to three parts of a version that is made regular: without leading zeros, but with a digit in front. */
static void put_regular(Buf *out, Str part) {
    if (part.len > 1) {
        while (part.len && part.at[0] == '0') part = str_slice(part, 1);
        if (part.len == 0 || part.at[0] < '0' || part.at[0] > '9') buf_char(out, '0');
    }
    buf_str(out, part);
}

/* "v1.2" becomes "1.2.0"; false for a short version with more than numbers. */
static bool make_regular(Arena *arena, Str s, Str *out) {
    Buf text = {.arena = arena};
    int parts = 0;
    if (str_starts(s, S("v"))) s = str_slice(s, 1);
    for (bool more = true; more; parts++) {
        more = parts < 2 && str_find(s, '.') >= 0;
        Str part = more ? take_part(&s) : s;
        if (parts) buf_char(&text, '.');
        if (!more && parts < 2 && (str_find(part, '+') >= 0 || str_find(part, '-') >= 0)) return false;
        put_regular(&text, part);
    }
    for (; parts < 3; parts++) buf_str(&text, S(".0"));
    *out = buf_text(&text);
    return true;
}

/* A pre-release comes before its release; its identifiers compare one by one: numbers by value and before all others, then by
 * bytes. */
static int compare_pre(Str a, Str b) {
    if (a.len == 0 || b.len == 0) return (a.len == 0) - (b.len == 0);
    while (a.len && b.len) {
        Str x = take_part(&a), y = take_part(&b);
        bool xNumber = str_is_digits(x), yNumber = str_is_digits(y);
        if (xNumber != yNumber) return xNumber ? -1 : 1;
        if (xNumber && x.len != y.len) return x.len < y.len ? -1 : 1;
        int order = str_cmp(x, y);
        if (order) return order < 0 ? -1 : 1;
    }
    return (a.len > 0) - (b.len > 0);
}

static int compare(const Semver *a, const Semver *b) {
    for (int i = 0; i < 3; i++)
        if (a->number[i] != b->number[i]) return a->number[i] < b->number[i] ? -1 : 1;
    return compare_pre(a->pre, b->pre);
}

static const Semver *semver_of(Value v) {
    return (const Semver *)v.opaque;
}

static bool semver_equal(const Opaque *a, const Opaque *b) {
    return compare((const Semver *)a, (const Semver *)b) == 0;
}

static Str semver_text(Eval *ev, const Opaque *value) {
    const Semver *v = (const Semver *)value;
    Buf out = {.arena = ev->arena};
    buf_format(&out, "%llu.%llu.%llu", (unsigned long long)v->number[0], (unsigned long long)v->number[1],
               (unsigned long long)v->number[2]);
    if (v->pre.len) buf_char(&out, '-');
    buf_str(&out, v->pre);
    if (v->build.len) buf_char(&out, '+');
    buf_str(&out, v->build);
    return buf_text(&out);
}

static const OpaqueClass semver_class = {&type_semver, STR("semver"), semver_equal, semver_text};

static bool read_argument(Eval *ev, const Value *args, uint32_t n, Semver *out) {
    Str text = value_str(args[0]);
    *out = (Semver){.head = {&semver_class}};
    if (n > 1 && args[1].b && !make_regular(ev->arena, text, &text)) return false;
    return read_semver(text, out);
}

static Value semver(Eval *ev, const Value *args, uint32_t n) {
    Semver *version = NEW(ev->arena, Semver);
    if (read_argument(ev, args, n, version)) return value_opaque(&version->head);
    return cel_error(ev, ERROR_CONVERSION, "\"%.*s\" is not a semantic version like 1.2.3",
                     (int)(args[0].len > 100 ? 100 : args[0].len), args[0].s);
}

static Value is_semver(Eval *ev, const Value *args, uint32_t n) {
    Semver version;
    return value_bool(read_argument(ev, args, n, &version));
}

static Value major_number(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_int((int64_t)semver_of(args[0])->number[0]);
}

static Value minor_number(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_int((int64_t)semver_of(args[0])->number[1]);
}

static Value patch_number(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_int((int64_t)semver_of(args[0])->number[2]);
}

static Value compare_to(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_int(compare(semver_of(args[0]), semver_of(args[1])));
}

static Value is_less(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_bool(compare(semver_of(args[0]), semver_of(args[1])) < 0);
}

static Value is_greater(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_bool(compare(semver_of(args[0]), semver_of(args[1])) > 0);
}

static const Overload rows[] = {
    OVERLOAD("compareTo", METHOD, compare_to, &cel_int, &type_semver, &type_semver),
    OVERLOAD("isGreaterThan", METHOD, is_greater, &cel_bool, &type_semver, &type_semver),
    OVERLOAD("isLessThan", METHOD, is_less, &cel_bool, &type_semver, &type_semver),
    OVERLOAD("isSemver", GLOBAL, is_semver, &cel_bool, &cel_string),
    OVERLOAD("isSemver", GLOBAL, is_semver, &cel_bool, &cel_string, &cel_bool),
    OVERLOAD("major", METHOD, major_number, &cel_int, &type_semver),
    OVERLOAD("minor", METHOD, minor_number, &cel_int, &type_semver),
    OVERLOAD("patch", METHOD, patch_number, &cel_int, &type_semver),
    OVERLOAD("semver", GLOBAL, semver, &type_semver, &cel_string),
    OVERLOAD("semver", GLOBAL, semver, &type_semver, &cel_string, &cel_bool),
};

LIBRARY(semver, rows);
