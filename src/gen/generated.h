/* Files that the build generates. One that would not change is left alone, with its time, so that nothing is compiled again for
 * it. */
#ifndef PODLINT_GENERATED_H
#define PODLINT_GENERATED_H

#include <stdio.h>

#include "base/str_set.h"

typedef struct Generated {
    char *path;
    FILE *stream; /* to write the text to */
    char *text;
    size_t length;
} Generated;

/* Begins the file NAME in the folder DIR, with a first line that names what it is made from and by which program. */
void generated_begin(Generated *file, const char *dir, const char *name, const char *from, const char *by);

/* Writes the file if it differs from what stands there. What cannot be written ends the program, after telling on stderr. */
void generated_end(Generated *file);

/* Write a text as a string of C, and as an initialiser of a Str. */
void put_string(FILE *out, Str s);
void put_str(FILE *out, Str s);

/* Texts that a table names by their place in an array of characters, each of them once. */
typedef struct Texts {
    StrSet places; /* start with an arena and zeros */
    ARRAY(Str) all;
    uint32_t size; /* of all, with the NUL behind each */
} Texts;

/* Write a text as an initialiser of a TableText, and at the end the array that it stands in: NAME, a pointer to its first byte.
 */
void put_text(FILE *out, Texts *texts, Str s);
void put_texts(FILE *out, const Texts *texts, const char *name);

/* Writes the constant of an enumeration that a word stands for: CHANGE_IN_PLACE for in-place. `otherwise` is that of no word. */
void put_constant(FILE *out, const char *prefix, Str word, const char *otherwise);

#endif
