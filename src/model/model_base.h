/* The lists, maps and heads that the generated structs of model_types.h are made of. */
#ifndef PODLINT_MODEL_BASE_H
#define PODLINT_MODEL_BASE_H

#include "yaml/node.h"
#include "scalar.h"
#include "schema.h"

/* First in every generated struct. */
typedef struct Head {
    const Node *node; /* the map that it was decoded from; NULL if the server's defaults made it */
} Head;

/* What all lists have in common. */
typedef struct AnyList {
    char *at;
    uint32_t n;
} AnyList;

typedef struct StrList {
    Str *at;
    uint32_t n;
} StrList;

typedef struct IntList {
    int64_t *at;
    uint32_t n;
} IntList;

typedef struct StrPair {
    Str key, value;
} StrPair;

typedef struct StrMap {
    StrPair *at; /* in the order of the text, keys unique */
    uint32_t n;
    bool indexed; /* by map_index */
} StrMap;

typedef struct QuantityPair {
    Str key;
    Quantity value;
} QuantityPair;

typedef struct QuantityMap {
    QuantityPair *at;
    uint32_t n;
    bool indexed;
} QuantityMap;

/* Room for `count` pairs of a map, of `size` bytes each, and for the index of a large one. */
void *map_room(Arena *arena, size_t size, uint32_t count);

/* Indexes the `n` pairs that stand in the room for `count`; false if the map is too small to need that. The index is good as long
 * as the pairs stay where they are. */
bool map_index(Arena *arena, void *pairs, size_t size, uint32_t n, uint32_t count);

/* The pair with a key in an indexed map, or NULL. */
const void *map_indexed(const void *pairs, size_t size, Str key);

/* The value under a key, or NULL. */
static inline const Str *map_get(StrMap map, Str key) {
    if (map.indexed) {
        const StrPair *pair = map_indexed(map.at, sizeof *pair, key);
        return pair ? &pair->value : NULL;
    }
    for (uint32_t i = 0; i < map.n; i++)
        if (str_eq(map.at[i].key, key)) return &map.at[i].value;
    return NULL;
}

static inline const Quantity *quantity_get(QuantityMap map, Str key) {
    if (map.indexed) {
        const QuantityPair *pair = map_indexed(map.at, sizeof *pair, key);
        return pair ? &pair->value : NULL;
    }
    for (uint32_t i = 0; i < map.n; i++)
        if (str_eq(map.at[i].key, key)) return &map.at[i].value;
    return NULL;
}

#endif
