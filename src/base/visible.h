/* How text from outside (manifests, file names, arguments, other programs) is shown to people. */
#ifndef PODLINT_VISIBLE_H
#define PODLINT_VISIBLE_H

#include "base.h"

/* `text` with everything in it that a terminal or a log would obey shown as an escape: control characters and DEL as \x1b (but
 * \n, \r and \t), those of C1 as \x9b, line and paragraph separators, bidirectional marks, U+FEFF, U+FFFE and U+FFFF as \u202e,
 * bytes that are no UTF-8 as \xff. Returns `text` itself where there is nothing of the kind; the rest is allocated in `arena`.
 * What was made visible once stays as it is. */
Str visible(Arena *arena, Str text);

/* The character at the start of a text that is not empty, and how many bytes it has; false for a byte that is not UTF-8. */
bool first_character(Str text, uint32_t *c, size_t *length);

/* Whether `text` has nothing that visible() would show as an escape but line feeds and tabs. */
bool is_visible(Str text);

/* A line on stderr, made visible as a whole; `format` has no line feed. */
void tell_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
