/* The entries of a map while it is composed: found by their keys, by hash where there are many. */
#ifndef PODLINT_ENTRIES_H
#define PODLINT_ENTRIES_H

#include "node.h"

/* Gives a map room for its entries. */
void entries_make_room(Arena *arena, Node *map, uint32_t room);

/* The entry with a key, whose hash is str_hash of it, or NULL. */
Entry *entries_find(const Node *map, Str key, uint32_t hash);

/* Adds an entry whose key the map does not have yet, and for which there is room. */
void entries_add(Node *map, const Entry *entry);

#endif
