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
} StrMap;

typedef struct QuantityPair {
    Str key;
    Quantity value;
} QuantityPair;

typedef struct QuantityMap {
    QuantityPair *at;
    uint32_t n;
} QuantityMap;

/* The value under a key, or NULL. */
static inline const Str *map_get(StrMap map, Str key) {
    for (uint32_t i = 0; i < map.n; i++)
        if (str_eq(map.at[i].key, key)) return &map.at[i].value;
    return NULL;
}

static inline const Quantity *quantity_get(QuantityMap map, Str key) {
    for (uint32_t i = 0; i < map.n; i++)
        if (str_eq(map.at[i].key, key)) return &map.at[i].value;
    return NULL;
}

#endif
