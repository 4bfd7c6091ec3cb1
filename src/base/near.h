/* The word that was probably meant by one that nobody knows: one search, one measure and one wording for every list of names. */
#ifndef PODLINT_NEAR_H
#define PODLINT_NEAR_H

#include "base.h"

/* A search: near_start, near_try with each candidate, then `found`. */
typedef struct Near {
    Str word;        /* as it is written */
    Str found;       /* the nearest candidate so far; empty if none is near */
    unsigned within; /* how many slips of the pen (see str_distance) away the next one may be */
} Near;

/* One slip makes a word of up to four bytes another one, two of up to eight, three a longer one. */
Near near_start(Str word);

/* Of candidates that are equally near, one that only adds a last byte (port, ports) wins, otherwise the first. */
void near_try(Near *near, Str candidate);

/* The nearest of a list of C strings, or empty. */
Str near_word(Str word, const char *const *words, size_t count);

/* did you mean "found"? Empty if nothing was found. */
Str near_question(Arena *arena, Str found);

/* What near_question asks for; empty if a text is no such question. */
Str near_answer(Str question);

/* The same of the nearest in a list. */
Str did_you_mean(Arena *arena, Str word, const Str *words, size_t count);

#endif
