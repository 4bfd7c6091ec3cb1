/* What was meant by a value of the wrong shape: a text where a map of fields is wanted, a map where a list is. It follows from
 * the schema alone, and is written out for people as well as used to judge the rest of the object. */
#ifndef PODLINT_MEND_H
#define PODLINT_MEND_H

#include "model.h"

/* The value to write in place of `written`, for a field or (`item`) for an item or a key of it; false if that is not to be told.
 * Its texts and spans are those of what is written. */
bool mend_value(Arena *arena, const Document *document, const Field *field, bool item, const Node *written, Node *out);

/* An item of a list whose items are told apart by a name, written as a map from the name: `- DB_HOST: x`. */
bool mend_named_item(Arena *arena, const Document *document, const Type *type, const Node *written, Node *out);

/* The words of a command line as a list; what only a shell can take apart is the script of one: [sh, -c, LINE]. */
Node mend_words(Arena *arena, const Node *written);

/* Mended values as YAML on one line: "- name: regcred", "path: /healthz and port: 8080". */
Str mend_text(Arena *arena, const Node *value, bool item);

/* An example of a field as YAML on one line; empty if it needs more or the field has none. */
Str mend_example(Arena *arena, const Field *field);

/* The quantity that was meant by a text that is none, with what it means in words; false if that is not to be told. */
bool mend_quantity(Arena *arena, Str text, Str *out, Str *words);

/* The tree of a document as it would be if it were written as it was meant: fields that are misspelt or stand at the wrong place
 * are where they belong, values have the shape that their fields take, and what nobody can guess is left out. Spans are those of
 * what is written. */
Node *mend_tree(Arena *arena, const Document *document);

#endif
