/* The files of schema/ and rules/ as the generator reads them, and how it tells what is wrong with them. */
#ifndef PODLINT_GEN_FILE_H
#define PODLINT_GEN_FILE_H

#include "yaml/node.h"

/* One run of the generator. */
typedef struct Gen {
    Arena *arena;      /* of all that is read */
    unsigned mistakes; /* how many were told */
} Gen;

typedef struct File {
    Gen *gen;
    Source source;
    const Node *root; /* a map */
} File;

/* Reads a YAML or JSON file that holds one map; a file that cannot be read ends the program. Tells what is wrong, and returns
 * NULL where there is no map. */
File *file_read(Gen *gen, const char *name);

/* Tells a mistake on stderr as FILE:LINE:COLUMN, with a line of help if `help` is not empty. */
void complain(File *file, Span span, Str help, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The text of `node`, which stands for `what`, if it is one of the words; empty after telling that it is not. */
Str known_word(File *file, const Node *node, const char *what, const Str *words, size_t count);

/* The same of what stands under a key; empty as well if nothing does. */
Str word_of(File *file, const Node *map, const char *key, const Str *words, size_t count);

/* Tells of keys of a map that are not in a list. */
void only_keys(File *file, const Node *map, const Str *keys, size_t count);

/* The text under a key, without white space at its ends; empty if there is none. */
Str text_of(File *file, const Node *map, const char *key);

/* Whether `true` stands under a key. */
bool flag_of(File *file, const Node *map, const char *key);

/* The integer under a key; false if there is none. */
bool integer_of(File *file, const Node *map, const char *key, int64_t *out);

/* Whether a member of a struct can have this name: none that C, a header or the generated code gives another meaning. */
bool is_member_name(Str name);

#endif
