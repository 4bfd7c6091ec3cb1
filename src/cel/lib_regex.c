/* matches, find and findAll. A literal expression is compiled with its program; of others the last are kept. Matching
 * backtracks, so what a match may cost is bounded: a small bound first, then a large one that takes many steps, then the
 * evaluation ends. */
#include "functions.h"
#include "regex.h"

enum { LARGE_STEPS = 50000, MOST_KEPT = 16 }; /* the price of a second try; expressions */

/* The memory of one evaluation's matches: eval->scratch. */
typedef struct Matcher {
    RegexMatcher matcher;
    struct {
        Str regex;
        const RegexCode *code;
    } kept[MOST_KEPT]; /* compiled at run time */
    uint32_t next;     /* the one that goes first */
} Matcher;

static Value refuse(Eval *ev, RegexError error) {
    return cel_error(ev, ERROR_REGEX, "the regular expression is not valid at character %zu: %s", error.at + 1, error.message);
}

/* Compiles into the arena of `ev`; on failure the error is in `out`. */
static const RegexCode *compile(Eval *ev, Str regex, Value *out) {
    RegexError error;
    if (regex.len > REGEX_MAX_BYTES) {
        *out = cel_error(ev, ERROR_REGEX, "the regular expression is longer than %d bytes", REGEX_MAX_BYTES);
        return NULL;
    }
    const RegexCode *code = regex_compile(ev->arena, regex, &error);
    if (code) return code;
    if (error.message)
        *out = refuse(ev, error);
    else
        *out = cel_error(ev, ERROR_REGEX, "the regular expression has an unknown class of characters, or is too large");
    return NULL;
}

static Matcher *matcher_of(Eval *ev) {
    if (ev->scratch) return ev->scratch;
    Matcher *m = NEW(ev->arena, Matcher);
    if (!regex_matcher(ev->arena, &m->matcher)) return NULL;
    ev->scratch = m;
    return m;
}

/* A search that is under way. */
typedef struct RegexSearch {
    Eval *ev;
    Matcher *matcher;
    const RegexCode *code;
    Str text;
    Value error; /* of kind VALUE_ABSENT while there is none */
} RegexSearch;

static bool start_search(RegexSearch *s, Eval *ev, const Value *args) {
    *s = (RegexSearch){.ev = ev, .text = value_str(args[0]), .matcher = matcher_of(ev), .code = ev->prepared};
    if (!s->text.at) s->text = S("");
    if (!s->matcher) {
        s->error = cel_limit(ev);
        return false;
    }
    Str regex = value_str(args[1]);
    if (s->code) return true;
    Matcher *m = s->matcher;
    for (uint32_t i = 0; i < MOST_KEPT && m->kept[i].code; i++) {
        if (!str_eq(m->kept[i].regex, regex)) continue;
        s->code = m->kept[i].code;
        return true;
    }
    if (!cel_charge(ev, 20 + regex.len)) {
        s->error = cel_limit(ev);
        return false;
    }
    s->code = compile(ev, regex, &s->error);
    if (!s->code) return false;
    m->kept[m->next].code = s->code;
    m->kept[m->next].regex = regex;
    m->next = (m->next + 1) % MOST_KEPT;
    return true;
}

/* Whether there is a match at or after byte `from`; its place is in `*at` and `*end`. */
static bool find_from(RegexSearch *s, size_t from, size_t *at, size_t *end) {
    Span match = {0};
    for (int i = 0; i < 2; i++) {
        if (!cel_charge(s->ev, i ? LARGE_STEPS : 1)) break;
        switch (regex_find(s->code, s->text, from, i ? REGEX_LARGE_BOUND : REGEX_SMALL_BOUND, &s->matcher->matcher, &match)) {
        case REGEX_FOUND:
            *at = match.at;
            *end = match.end;
            return true;
        case REGEX_NOT_FOUND: return false;
        case REGEX_BOUND: break;
        }
    }
    s->ev->steps = -1;
    s->error = cel_error(s->ev, ERROR_LIMIT, "the regular expression needs too much work on this text");
    return false;
}

static Value matches(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    RegexSearch search;
    size_t at, end;
    bool found = start_search(&search, ev, args) && find_from(&search, 0, &at, &end);
    return search.error.kind ? search.error : value_bool(found);
}

static Value find(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    RegexSearch search;
    size_t at = 0, end = 0;
    bool found = start_search(&search, ev, args) && find_from(&search, 0, &at, &end);
    if (search.error.kind) return search.error;
    return value_string(found ? (Str){search.text.at + at, end - at} : S(""));
}

static size_t char_size(char first) {
    unsigned char c = (unsigned char)first;
    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* An empty match right behind a match does not count. */
static Value find_all(Eval *ev, const Value *args, uint32_t n) {
    RegexSearch search;
    ARRAY(Value) found = {0};
    int64_t limit = n > 2 ? args[2].i : -1;
    size_t from = 0, at, end, last = SIZE_MAX;
    if (!start_search(&search, ev, args)) return search.error;
    while ((limit < 0 || found.n < limit) && from <= search.text.len && find_from(&search, from, &at, &end)) {
        if (at < end || at != last) ARRAY_PUSH(ev->arena, &found, value_string((Str){search.text.at + at, end - at}));
        last = end;
        from = end > from ? end : from < search.text.len ? from + char_size(search.text.at[from]) : from + 1;
    }
    return search.error.kind ? search.error : value_list(found.at, found.n);
}

static Value prepare(Eval *ev, const Argument *args, uint32_t n, const void **prepared, Span *fault) {
    (void)n;
    Value error = value_null();
    if (args[1].constant.kind != VALUE_STRING) return error;
    *fault = args[1].span;
    *prepared = compile(ev, value_str(args[1].constant), &error);
    return error;
}

static const Overload rows[] = {
    PREPARED("find", METHOD, find, prepare, &cel_string, &cel_string, &cel_string),
    PREPARED("findAll", METHOD, find_all, prepare, &cel_list_string, &cel_string, &cel_string),
    PREPARED("findAll", METHOD, find_all, prepare, &cel_list_string, &cel_string, &cel_string, &cel_int),
    PREPARED("matches", GLOBAL, matches, prepare, &cel_bool, &cel_string, &cel_string),
    PREPARED("matches", METHOD, matches, prepare, &cel_bool, &cel_string, &cel_string),
};

LIBRARY(regex, rows);
