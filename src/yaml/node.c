#include "node.h"

#include "entries.h"

bool fault_is_fatal(FaultKind kind) {
    return kind != FAULT_DUPLICATE_KEY && kind != FAULT_MERGED_KEY && kind != FAULT_SWALLOWED && kind != FAULT_QUOTES &&
           kind != FAULT_TAIL;
}

const char *fault_name(FaultKind kind) {
    static const char *const names[] = {
        [FAULT_SYNTAX] = "syntax",
        [FAULT_ENCODING] = "encoding",
        [FAULT_SEPARATOR] = "separator",
        [FAULT_DEPTH] = "depth",
        [FAULT_ANCHOR_UNKNOWN] = "anchor-unknown",
        [FAULT_ANCHOR_RECURSIVE] = "anchor-recursive",
        [FAULT_ALIAS_EXPANSION] = "alias-expansion",
        [FAULT_KEY_COMPLEX] = "key-complex",
        [FAULT_KEY_NULL] = "key-null",
        [FAULT_KEY_NUMBER] = "key-number",
        [FAULT_MERGE] = "merge",
        [FAULT_TAG] = "tag",
        [FAULT_BINARY] = "binary",
        [FAULT_NOT_FINITE] = "not-finite",
        [FAULT_DUPLICATE_KEY] = "duplicate-key",
        [FAULT_MERGED_KEY] = "merged-key",
        [FAULT_STREAM] = "stream",
        [FAULT_SWALLOWED] = "swallowed",
        [FAULT_QUOTES] = "quotes",
        [FAULT_TAIL] = "tail",
    };
    return names[kind];
}

/* An index over a map's entries that is worth its cost only for large maps. In memory their entries follow it. */
typedef struct KeyIndex {
    uint32_t *slot; /* entry number + 1, or 0 */
    uint32_t mask;
} KeyIndex;

enum { SMALL_MAP = 12 };

Entry *entries_find(const Node *map, Str key, uint32_t hash) {
    if (!map->indexed) {
        for (uint32_t i = 0; i < map->count; i++)
            if (map->entries[i].hash == hash && str_eq(map->entries[i].key, key)) return &map->entries[i];
        return NULL;
    }
    const KeyIndex *index = (const KeyIndex *)(const void *)map->entries - 1;
    for (uint32_t i = hash & index->mask;; i = (i + 1) & index->mask) {
        if (!index->slot[i]) return NULL;
        Entry *entry = &map->entries[index->slot[i] - 1];
        if (entry->hash == hash && str_eq(entry->key, key)) return entry;
    }
}

const Entry *node_entry(const Node *map, Str key) {
    return map && map->kind == NODE_MAP ? entries_find(map, key, str_hash(key)) : NULL;
}

const Node *node_get(const Node *map, Str key) {
    const Entry *entry = node_entry(map, key);
    return entry ? &entry->value : NULL;
}

bool node_holds_later(const Node *node) {
    bool found = node && node->later;
    for (uint32_t i = 0; node && node->kind >= NODE_LIST && i < node->count && !found; i++)
        found = node_holds_later(node->kind == NODE_MAP ? &node->entries[i].value : &node->items[i]);
    return found;
}

void entries_make_room(Arena *arena, Node *map, uint32_t room) {
    map->indexed = room > SMALL_MAP;
    if (!map->indexed) {
        map->entries = NEW_ARRAY(arena, Entry, room);
        return;
    }
    uint32_t slots = 32;
    while (slots < room * 2) slots *= 2;
    KeyIndex *index = arena_alloc(arena, sizeof *index + room * sizeof(Entry));
    *index = (KeyIndex){NEW_ARRAY(arena, uint32_t, slots), slots - 1};
    map->entries = (Entry *)(void *)(index + 1);
}

static void index_entry(const Node *map, uint32_t number) {
    const KeyIndex *index = (const KeyIndex *)(const void *)map->entries - 1;
    uint32_t i = map->entries[number].hash & index->mask;
    while (index->slot[i]) i = (i + 1) & index->mask;
    index->slot[i] = number + 1;
}

void entries_add(Node *map, const Entry *entry) {
    map->entries[map->count++] = *entry;
    if (map->indexed) index_entry(map, map->count - 1);
}
