/* Where a field that an object does not have was meant to stand: under another name in the same object, or at another place of
 * the same kind. Everything is looked up in the schema. */
#ifndef PODLINT_PLACE_H
#define PODLINT_PLACE_H

#include "model.h"

/* A place that was found. */
typedef struct FieldPlace {
    const Field *field; /* NULL: none was found */
    Str text;           /* its path, with [] for an item of a list that nobody has written or that may be any */
    Str other;          /* another place that is as near; mostly empty */
    const Path *path;   /* where exactly a value could be put; NULL if that would need a new item of a list. It ends with a key
                           where the field is a map. */
    uint16_t up, down;  /* steps from the object: to one that holds both, and on to the one that has the field */
    bool map;           /* the field is a map that the entry belongs into */
    bool slip;          /* a slip of the pen: the name is all but that of a field of the object itself */
    bool likely;        /* nothing else comes close */
} FieldPlace;

/* The place that an entry of the object at `path` was meant for. Paths and texts are allocated in `arena`. */
FieldPlace place_find(Arena *arena, const Document *document, const Path *path, const Entry *entry);

/* Other kinds that have a field of this name where the object at `path` has none, or else the one that has it anywhere, in words
 * ("a StatefulSet"); empty if there are none. */
Str place_other_kinds(Arena *arena, const Document *document, const Path *path, Str name);

/* What the fields of an object are, or how to learn that where they are many, in words. */
Str place_fields(Arena *arena, const Document *document, const Type *type, const Path *path);

/* Whether a value is of the shape that a field takes, if not of the right kind of scalar. */
bool place_fits(const Field *field, const Node *value);

#endif
