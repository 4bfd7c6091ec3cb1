/* What a query names: kinds, fields by their path, and all places of a name or a value. */
#ifndef PODLINT_EXPLAIN_FIND_H
#define PODLINT_EXPLAIN_FIND_H

#include "model/schema.h"

/* The judged kind that a word is a name of, or NULL. Case does not count. */
const Kind *find_kind(Str word);

enum { DEEPEST = 16 };

/* The parts of a query: names without indexes, keys and empty parts. */
typedef struct Parts {
    Str at[DEEPEST];
    size_t n;
} Parts;

Parts find_parts(Str query);

/* A field with the way to it. */
typedef struct Target {
    const Type *kind;
    const Field *field; /* NULL: the kind or type itself */
    const Type *type;   /* of the value, NULL for scalars */
    Str path;           /* from the kind, spelled right */
    bool corrected;     /* the query was spelled otherwise */
    uint8_t change;     /* Mutability, inherited on the way */
    Str changeWhen;
    bool inTemplate;
    bool inStatus;
    const Field *way[DEEPEST]; /* the fields from the kind down to this one */
    size_t wayLength;
} Target;

/* Where the parts of a query lead. */
typedef struct Followed {
    bool found;
    Target target;  /* as far as it goes; its kind is there always */
    size_t from;    /* the first part behind the kind */
    size_t missing; /* if not found: the first part that is no field, */
    const Type *at; /* of this type, or NULL for scalars */
} Followed;

/* Follows the parts from number `from` on from a kind or type. */
Followed find_follow(Arena *arena, const Type *kind, const Parts *parts, size_t from, uint8_t minor);

typedef struct FieldPlace {
    const Field *field;
    Str path, description;
} FieldPlace;

/* A search for a word in all kinds. */
typedef struct Search {
    Arena *arena;
    Str word;
    bool value;  /* the word is one of a field's values, and not its name */
    bool status; /* look there too */
    uint8_t minor;
    ARRAY(FieldPlace) found;
} Search;

/* Finds the places of a name or value; in a status only if it stands nowhere else. */
void find_places(Search *s);

/* Keeps the places below which the rest of a path leads on to a field, and goes there. */
void find_below(Search *s, const Parts *rest);

#endif
