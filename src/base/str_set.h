/* A set of strings, to find repetitions and partners in lists of any length. Short lists, which are nearly all,
 * need no memory. */
#ifndef PODLINT_STR_SET_H
#define PODLINT_STR_SET_H

#include "base.h"

enum { STR_SET_FEW = 16 };

typedef struct StrSetItem {
    Str name;
    const void *owner; /* what the name belongs to */
} StrSetItem;

/* Start with an arena and zeros. */
typedef struct StrSet {
    Arena *arena;
    uint32_t count;
    uint32_t slots;   /* of `many`, a power of two; 0 while `few` is enough */
    StrSetItem *many; /* a hash table: empty slots have no owner */
    StrSetItem few[STR_SET_FEW];
} StrSet;

/* The owner of the name; NULL if it is not in the set. */
const void *str_set_find(const StrSet *set, Str name);

/* Adds a name with its owner (not NULL), unless it is there; returns the owner that it had before, or NULL. */
const void *str_set_add(StrSet *set, Str name, const void *owner);

/* Adds a name with its owner (not NULL), which takes the place of the one that it had. */
void str_set_put(StrSet *set, Str name, const void *owner);

#endif
