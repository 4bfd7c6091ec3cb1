/* Regular expressions with the syntax and the meaning of RE2, as Go's package regexp has them: translated for PCRE2, refused
 * where RE2 refuses them. */
#ifndef PODLINT_CEL_REGEX_H
#define PODLINT_CEL_REGEX_H

#include "yaml/source.h"

typedef struct RegexError {
    const char *message; /* NULL: none */
    size_t at;           /* byte of the expression */
} RegexError;

/* The expression for PCRE2 (with PCRE2_UTF and without PCRE2_UCP), in `out`; false if it is none of RE2. */
bool regex_translate(Arena *arena, Str regex, Str *out, RegexError *error);

/* An expression that is compiled: it stays as it is, so that threads can share it. */
typedef struct RegexCode RegexCode;

enum { REGEX_MAX_BYTES = 100000 };

/* Compiles an expression into `arena`. NULL if it is none of RE2, with the reason in `error`; without a reason if it is too
 * large, or has a class of characters that PCRE2 does not know. */
const RegexCode *regex_compile(Arena *arena, Str regex, RegexError *error);

/* The memory of matches, which one thread uses for one after the other. */
typedef struct RegexMatcher {
    void *data, *context;
} RegexMatcher;

bool regex_matcher(Arena *arena, RegexMatcher *out);

/* How many backtracking points a match may have: enough for usual ones, and for any. */
enum { REGEX_SMALL_BOUND = 20000, REGEX_LARGE_BOUND = 1000000 };

typedef enum RegexResult { REGEX_FOUND, REGEX_NOT_FOUND, REGEX_BOUND /* it would take more than the bound */ } RegexResult;

/* Looks for a match at or after byte `from` of valid UTF-8. */
RegexResult regex_find(const RegexCode *code, Str text, size_t from, uint32_t bound, RegexMatcher *matcher, Span *out);

/* Whether there is a match anywhere, for expressions on which backtracking takes long: all ways are followed at once, as RE2
 * does. REGEX_BOUND: the text is too long for it, or the expression too large. */
RegexResult regex_test(const RegexCode *code, Str text, RegexMatcher *matcher);

#endif
