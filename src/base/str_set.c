#include "str_set.h"

/* The slot that the name has or would take. */
static StrSetItem *slot_of(StrSetItem *table, uint32_t slots, Str name) {
    uint32_t i = str_hash(name) & (slots - 1);
    while (table[i].owner && !str_eq(table[i].name, name)) i = (i + 1) & (slots - 1);
    return &table[i];
}

/* The name's item; without an owner, or NULL, if it has none. */
static const StrSetItem *item_of(const StrSet *set, Str name) {
    if (set->slots) return slot_of(set->many, set->slots, name);
    for (uint32_t i = 0; i < set->count; i++)
        if (str_eq(set->few[i].name, name)) return &set->few[i];
    return NULL;
}

const void *str_set_find(const StrSet *set, Str name) {
    const StrSetItem *item = item_of(set, name);
    return item ? item->owner : NULL;
}

static void grow(StrSet *set) {
    uint32_t slots = set->slots ? set->slots * 2 : STR_SET_FEW * 4, old = set->slots ? set->slots : STR_SET_FEW;
    const StrSetItem *items = set->slots ? set->many : set->few;
    StrSetItem *table = NEW_ARRAY(set->arena, StrSetItem, slots);
    for (uint32_t i = 0; i < old; i++)
        if (items[i].owner) *slot_of(table, slots, items[i].name) = items[i];
    set->many = table;
    set->slots = slots;
}

const void *str_set_add(StrSet *set, Str name, const void *owner) {
    const void *before = str_set_find(set, name);
    if (before) return before;
    if (set->slots ? set->count * 2 >= set->slots : set->count == STR_SET_FEW) grow(set);
    StrSetItem item = {name, owner};
    if (set->slots)
        *slot_of(set->many, set->slots, name) = item;
    else
        set->few[set->count] = item;
    set->count++;
    return NULL;
}

void str_set_put(StrSet *set, Str name, const void *owner) {
    if (!str_set_add(set, name, owner)) return;
    StrSetItem *items = set->slots ? set->many : set->few;
    items[item_of(set, name) - items].owner = owner;
}
