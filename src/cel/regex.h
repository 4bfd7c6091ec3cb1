/* Regular expressions with the syntax and the meaning of RE2, as Go's package regexp has them: translated for PCRE2, refused
 * where RE2 refuses them. */
#ifndef PODLINT_CEL_REGEX_H
#define PODLINT_CEL_REGEX_H

#include "base/base.h"

typedef struct RegexError {
    const char *message; /* NULL: none */
    size_t at;           /* byte of the expression */
} RegexError;

/* The expression for PCRE2 (with PCRE2_UTF and without PCRE2_UCP), in `out`; false if it is none of RE2. */
bool regex_translate(Arena *arena, Str regex, Str *out, RegexError *error);

#endif
