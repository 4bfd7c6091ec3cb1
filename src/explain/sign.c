#include "sign.h"

#include <stdlib.h>

#include "model/scalar.h"

static bool same_char(char a, char b, bool fold) {
    return a == b || (fold && to_lower(a) == to_lower(b));
}

/* How many bytes at the start of a text a pattern covers, whose stars stand for anything; -1 if it does not. */
static ptrdiff_t covers(Str pattern, Str text, bool fold) {
    size_t p = 0, t = 0, star = SIZE_MAX, behind = 0;
    while (p < pattern.len) {
        if (pattern.at[p] == '*') {
            star = ++p;
            behind = t;
        } else if (t < text.len && same_char(pattern.at[p], text.at[t], fold)) {
            p++, t++;
        } else if (star != SIZE_MAX && behind < text.len) {
            p = star;
            t = ++behind;
        } else {
            return -1;
        }
    }
    return star == pattern.len ? (ptrdiff_t)text.len : (ptrdiff_t)t;
}

static bool is_whole(Str pattern, Str text, bool fold) {
    return text.len && covers(pattern, text, fold) == (ptrdiff_t)text.len;
}

/* Whether a pattern says enough to be looked for in a longer text: several words, or one such as FailedMount. */
static bool is_telling(Str pattern) {
    size_t capitals = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.at[i] == ' ') return pattern.len >= 8;
        capitals += is_upper(pattern.at[i]);
    }
    return capitals >= 2 && pattern.len >= 7;
}

/* The length of a pattern that occurs in a text between words, or 0. */
static size_t length_inside(Str pattern, Str text) {
    if (!is_telling(pattern)) return 0;
    for (size_t i = 0; i < text.len; i++) {
        if (i && is_alnum(text.at[i - 1]) && is_alnum(text.at[i])) continue;
        ptrdiff_t end = covers(pattern, str_slice(text, i), true);
        if (end > 0 &&
            (i + (size_t)end == text.len || !is_alnum(text.at[i + (size_t)end]) || !is_alnum(text.at[i + (size_t)end - 1])))
            return pattern.len;
    }
    return 0;
}

/* How much of the query a sign covers; 0: it does not name it. */
static size_t covered(const Sign *sign, Str query, SignMatch match) {
    size_t most = 0;
    for (size_t i = 0; i <= sign->also.n; i++) {
        Str pattern = i ? sign->also.at[i - 1] : sign->name;
        size_t length = match == SIGN_INSIDE                             ? length_inside(pattern, query)
                        : is_whole(pattern, query, match == SIGN_NOCASE) ? pattern.len
                                                                         : 0;
        if (length > most) most = length;
    }
    return most;
}

/* The number in "exit code 137", "ExitCode:137" or "137" alone, or nothing. */
static Str exit_code(Str query) {
    static const Str before[] = {STR("exit code "), STR("exit status "), STR("exitcode:"), STR("exitcode "), STR("code ")};
    for (size_t i = 0; i < COUNT(before); i++)
        if (covers(before[i], query, true) == (ptrdiff_t)before[i].len) query = str_trim(str_slice(query, before[i].len));
    int64_t code;
    return str_is_digits(query) && int_parse(query, 0, 255, &code) ? query : S("");
}

static const Sign *sign_named(Str name) {
    for (uint16_t i = 0; i < sign_count; i++)
        if (str_eq(signs[i].name, name)) return &signs[i];
    return NULL;
}

typedef struct Found {
    const Sign *sign;
    size_t length;
} Found;

static int by_length(const void *left, const void *right) {
    const Found *a = left, *b = right;
    if (a->length != b->length) return a->length > b->length ? -1 : 1;
    return (a->sign > b->sign) - (a->sign < b->sign);
}

Signs sign_find(Arena *arena, Str query, SignMatch match) {
    enum { MOST = 4 };
    Signs out = {0};
    ARRAY(Found) found = {0};
    Str code = match == SIGN_INSIDE ? S("") : exit_code(query);
    if (code.len) {
        const Sign *sign = sign_named(code);
        ARRAY_PUSH(arena, &out, sign ? sign : sign_named(S("exit code")));
        return out;
    }
    for (uint16_t i = 0; i < sign_count; i++) {
        size_t length = covered(&signs[i], query, match);
        if (length) ARRAY_PUSH(arena, &found, ((Found){&signs[i], length}));
    }
    if (found.n) qsort(found.at, found.n, sizeof *found.at, by_length);
    for (uint32_t i = 0; i < found.n && i < MOST; i++) ARRAY_PUSH(arena, &out, found.at[i].sign);
    if (!out.n && match != SIGN_INSIDE && str_starts(query, S("Init:"))) return sign_find(arena, str_slice(query, 5), match);
    return out;
}
