/* The index of a large map stands before its pairs, so that a map is no larger for it. */
#include "model_base.h"

typedef struct MapIndex {
    uint32_t *slot; /* pair number + 1, or 0 */
    uint32_t mask;
} MapIndex;

enum { SMALL_MAP = 16, HEADER = 16 };

_Static_assert(sizeof(MapIndex) <= HEADER, "pairs stay aligned behind it");

void *map_room(Arena *arena, size_t size, uint32_t count) {
    if (count <= SMALL_MAP) return arena_alloc(arena, size * (count + 1));
    return (char *)arena_alloc(arena, HEADER + size * ((size_t)count + 1)) + HEADER;
}

static Str key_at(const void *pairs, size_t size, uint32_t i) {
    return *(const Str *)(const void *)((const char *)pairs + size * i);
}

bool map_index(Arena *arena, void *pairs, size_t size, uint32_t n, uint32_t count) {
    if (count <= SMALL_MAP) return false;
    uint32_t slots = 64;
    while (slots < n * 2) slots *= 2;
    MapIndex *index = (MapIndex *)(void *)((char *)pairs - HEADER);
    *index = (MapIndex){NEW_ARRAY(arena, uint32_t, slots), slots - 1};
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = str_hash(key_at(pairs, size, i)) & index->mask;
        while (index->slot[at]) at = (at + 1) & index->mask;
        index->slot[at] = i + 1;
    }
    return true;
}

const void *map_indexed(const void *pairs, size_t size, Str key) {
    const MapIndex *index = (const MapIndex *)(const void *)((const char *)pairs - HEADER);
    for (uint32_t at = str_hash(key) & index->mask; index->slot[at]; at = (at + 1) & index->mask) {
        uint32_t i = index->slot[at] - 1;
        if (str_eq(key_at(pairs, size, i), key)) return (const char *)pairs + size * i;
    }
    return NULL;
}
