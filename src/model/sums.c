#include "sums.h"

Sums sums_start(Arena *arena) {
    return (Sums){.arena = arena, .names = {.arena = arena}};
}

static Quantity *at(Sums *sums, Str name, bool *known) {
    uintptr_t number = (uintptr_t)str_set_find(&sums->names, name);
    *known = number != 0;
    if (!number) {
        ARRAY_PUSH(sums->arena, &sums->pairs, (QuantityPair){.key = name});
        number = sums->pairs.n;
        str_set_add(&sums->names, name, (const void *)number);
    }
    return &sums->pairs.at[number - 1].value;
}

const Quantity *sums_find(const Sums *sums, Str name) {
    uintptr_t number = (uintptr_t)str_set_find(&sums->names, name);
    return number ? &sums->pairs.at[number - 1].value : NULL;
}

void sums_add(Sums *sums, const QuantityPair *more) {
    bool known;
    Quantity *mine = at(sums, more->key, &known);
    const Quantity *value = &more->value;
    if (!known) {
        *mine = *value;
        return;
    }
    quantity_add(sums->arena, mine, value);
}

void sums_raise(Sums *sums, const QuantityPair *other) {
    bool known;
    Quantity *mine = at(sums, other->key, &known);
    if (!known || quantity_compare(&other->value, mine) > 0) *mine = other->value;
}

void sums_put(Sums *sums, const QuantityPair *other) {
    bool known;
    *at(sums, other->key, &known) = other->value;
}

void sums_complete(Sums *sums, const QuantityPair *other) {
    bool known;
    Quantity *mine = at(sums, other->key, &known);
    if (!known) *mine = other->value;
}

QuantityMap sums_map(const Sums *sums) {
    uint32_t n = sums->pairs.n;
    QuantityPair *all = map_room(sums->arena, sizeof *all, n);
    if (n) memcpy(all, sums->pairs.at, sizeof *all * n);
    return (QuantityMap){.at = all, .n = n, .indexed = map_index(sums->arena, all, sizeof *all, n, n)};
}

void sums_add_all(Sums *sums, const QuantityMap *map) {
    for (uint32_t i = 0; i < map->n; i++) sums_add(sums, &map->at[i]);
}

Sums sums_of(Arena *arena, const QuantityMap *map) {
    Sums sums = sums_start(arena);
    sums_add_all(&sums, map);
    return sums;
}

void sums_into(QuantityMap *map, const Sums *sums) {
    if (sums->pairs.n > map->n) *map = sums_map(sums);
}
