/* Why libyaml stops: where it stops is seldom where the slip of the hand is. The lines around the place tell which of the known
 * slips it was; where none of them is certain, what libyaml found is said in other words. */
#ifndef PODLINT_FAULT_H
#define PODLINT_FAULT_H

#include "source.h"

/* What libyaml tells; all offsets are bytes of the text that it reads. */
typedef struct Stop {
    Str text;
    uint32_t above;    /* lines that stand above it */
    size_t at;         /* the place of the problem */
    size_t from;       /* what it was reading starts here; `at` if it does not say */
    Str problem;       /* its words */
    Str context;       /* its words for what it was reading, or empty */
    Span scalar;       /* the last scalar that it has finished, or empty */
    bool scalarQuoted; /* it is written in quotes */
} Stop;

typedef struct Cause {
    Span span;    /* in the text */
    Span related; /* a second place, or empty */
    Str problem, hint;
    Str note;              /* of the second place */
    ARRAY(TextMend) mends; /* in ascending order and apart from each other; none where it is not certain what was meant */
} Cause;

/* Finds the cause of a stop. Texts are allocated in `arena` or last forever. */
Cause fault_cause(Arena *arena, const Stop *stop);

/* The same for a byte `at` which is not UTF-8, or a character that YAML does not take. */
Cause fault_encoding(Arena *arena, Str text, size_t at);

/* The same for a key at byte `at` that starts with an invisible character: all of those in indentations are mended. */
Cause fault_indentation(Arena *arena, Str text, size_t at);

/* What is wrong with a key that YAML can read and that holds more than its author sees: a dash without a space, a no-break space,
 * typographic quotes. Empty if nothing is. */
Str fault_key_hint(Arena *arena, Str key);

/* What to write for a plain text that stands where a map is wanted and looks like a key and its value without a space between
 * them; empty if it does not. */
Str fault_value_hint(Arena *arena, Str value);

#endif
