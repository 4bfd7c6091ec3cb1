/* Amounts of resources that are put together name by name. */
#ifndef PODLINT_SUMS_H
#define PODLINT_SUMS_H

#include "base/str_set.h"
#include "model_base.h"

/* Each name stands there once, in the order in which they came. */
typedef struct Sums {
    Arena *arena;
    StrSet names; /* of each its pair's number and 1 */
    ARRAY(QuantityPair) pairs;
} Sums;

Sums sums_start(Arena *arena);

/* The amount of a name, or NULL. */
const Quantity *sums_find(const Sums *sums, Str name);

/* Adds an amount to that of its name. */
void sums_add(Sums *sums, const QuantityPair *more);
void sums_add_all(Sums *sums, const QuantityMap *map);

/* Keeps the larger one of an amount and that of its name. */
void sums_raise(Sums *sums, const QuantityPair *other);

/* Takes an amount over in place of that of its name. */
void sums_put(Sums *sums, const QuantityPair *other);

/* Takes an amount over whose name is not there yet. */
void sums_complete(Sums *sums, const QuantityPair *other);

/* They as a map. */
QuantityMap sums_map(const Sums *sums);

/* The amounts of a map, and they back in it if others came to them. */
Sums sums_of(Arena *arena, const QuantityMap *map);
void sums_into(QuantityMap *map, const Sums *sums);

#endif
