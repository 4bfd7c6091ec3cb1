#include "merge.h"

#include <stdlib.h>

#include "model/stored.h"

typedef struct Merge {
    Arena *arena;
    How how;
    Buf refused, lost;
} Merge;

/* A node as it stands, at another place. */
static Node placed(Arena *arena, const Node *node, Span span) {
    Node copy = *node;
    copy.span = span;
    copy.alias = false;
    if (node->kind == NODE_LIST) {
        copy.items = NEW_ARRAY(arena, Node, node->count + 1);
        for (uint32_t i = 0; i < node->count; i++) copy.items[i] = placed(arena, &node->items[i], span);
    } else if (node->kind == NODE_MAP) {
        copy.indexed = false;
        copy.entries = NEW_ARRAY(arena, Entry, node->count + 1);
        for (uint32_t i = 0; i < node->count; i++) {
            copy.entries[i] = node->entries[i];
            copy.entries[i].keySpan = span;
            copy.entries[i].value = placed(arena, &node->entries[i].value, span);
        }
    }
    return copy;
}

static void deepen(Node *node, const Node *child) {
    if (child->depth >= node->depth) node->depth = (uint16_t)(child->depth + 1);
}

static bool equal_nodes(const Node *a, const Node *b) {
    if (!a || !b || a->kind != b->kind || a->count != b->count) return a == b;
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->kind == NODE_LIST && !equal_nodes(&a->items[i], &b->items[i])) return false;
        if (a->kind == NODE_MAP && !equal_nodes(&a->entries[i].value, node_get(b, a->entries[i].key))) return false;
    }
    return a->kind >= NODE_LIST || str_eq(a->text, b->text);
}

/* Lists that are kept as maps. */

/* The keys of a list's items in one of the two ways; none where it is replaced as a whole. */
static uint16_t list_keys(const Field *field, How how, Str keys[4]) {
    const FieldText *text = field->text;
    uint16_t count = 0;
    if (how == HOW_APPLY) {
        if (text->mergeKey.len) keys[count++] = schema_text(text->mergeKey);
        return count;
    }
    for (; count < text->listKeyCount && count < 4; count++) keys[count] = schema_list_key(text, count);
    return count;
}

/* A key's value in an item, or its default. */
static Str key_of(const Field *field, const Node *item, Str key) {
    const Node *value = node_get(item, key);
    const Field *member = field->type ? schema_field(field->type, key, str_hash(key)) : NULL;
    if (value && value->kind < NODE_LIST && value->kind != NODE_NULL) return value->text;
    return member ? member->value : S("");
}

/* The items of a list by their keys: those of one hash together, in the order of the list. */
typedef struct Keyed {
    uint64_t hash;
    uint32_t number;
} Keyed;

typedef struct KeyIndex {
    const Node *list;
    Keyed *at;
    uint32_t n;
} KeyIndex;

static uint64_t hash_keys(const Field *field, const Node *item, const Str *keys, uint16_t count) {
    uint64_t hash = HASH_START;
    for (uint16_t i = 0; i < count; i++) hash = str_hash_on(hash, key_of(field, item, keys[i]));
    return hash;
}

static int by_hash(const void *left, const void *right) {
    const Keyed *a = left, *b = right;
    if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

static KeyIndex index_keys(Arena *arena, const Field *field, const Node *list, const Str *keys, uint16_t count) {
    KeyIndex index = {.list = list};
    if (!list || list->kind != NODE_LIST || !list->count) return index;
    index.at = NEW_ARRAY(arena, Keyed, list->count);
    for (; index.n < list->count; index.n++)
        index.at[index.n] = (Keyed){hash_keys(field, &list->items[index.n], keys, count), index.n};
    qsort(index.at, index.n, sizeof *index.at, by_hash);
    return index;
}

/* Where the items with a hash begin in the index, if there are any. */
static uint32_t first_same(const KeyIndex *index, uint64_t hash) {
    uint32_t low = 0, high = index->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (index->at[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The item number `ordinal` of those that have the keys, or NULL. */
static Node *nth_same(const KeyIndex *index, uint64_t hash, uint32_t ordinal) {
    uint32_t at = first_same(index, hash);
    if (!index->at || ordinal >= index->n - at || index->at[at + ordinal].hash != hash) return NULL;
    return &index->list->items[index->at[at + ordinal].number];
}

static void put_keys(Buf *buf, const Field *field, const Node *item, const Str *keys, uint16_t count) {
    for (uint16_t i = 0; i < count; i++)
        buf_format(buf, "%s%.*s %.*s", i ? ", " : "", TEXT(keys[i]), TEXT(key_of(field, item, keys[i])));
}

static Node merge_map(Merge *m, const Type *type, const Node *live, const Node *old, const Node *new, Span span);
static Node merge_list(Merge *m, const Field *field, const Node *live, const Node *old, const Node *new);

/* Whether a three-way merge drops from a map, or the items of a list, what the manifest does not say (patchStrategy retainKeys).
 */
static bool retains_keys(const Field *field) {
    return field == FIELD_OF(DeploymentSpec, strategy) || field == FIELD_OF(PodSpec, volumes);
}

static void note_refused(Merge *m, const Field *field, const Node *item, const Str *keys, uint16_t count) {
    if (m->refused.len) return;
    buf_format(&m->refused, "%.*s has two entries with ", TEXT(field->name));
    put_keys(&m->refused, field, item, keys, count);
}

static void note_lost(Merge *m, const Field *field, const Node *item, const Str *keys, uint16_t count) {
    if (m->lost.len) return;
    buf_format(&m->lost, "tells the items of %.*s apart by %.*s alone, and keeps only one of those with ", TEXT(field->name),
               TEXT(keys[0]));
    put_keys(&m->lost, field, item, keys, count);
}

/* What nothing stands in the way of; a server-side apply looks for two items of a list with the same keys there, too. */
static Node merge_new(Merge *m, const Field *field, const Node *new) {
    static const Node list = {.kind = NODE_LIST}, map = {.kind = NODE_MAP};
    if (field && field->shape == SHAPE_LIST && new->kind == NODE_LIST) return merge_list(m, field, &list, NULL, new);
    if (field && !field->shape && field->type && new->kind == NODE_MAP)
        return merge_map(m, field->type, &map, NULL, new, new->span);
    return *new;
}

/* How many items of the same keys become one before it is enough to say that they do: each merge costs what there is already. */
enum { MOST_SAME = 100 };

/* The items of the same keys that merge_list has met: how many, and what the first became. */
typedef struct Met {
    uint32_t count;
    Node *first;
} Met;

static Node merge_list(Merge *m, const Field *field, const Node *live, const Node *old, const Node *new) {
    Str keys[4];
    uint16_t count = list_keys(field, m->how, keys);
    if (!count || live->kind != NODE_LIST || new->kind != NODE_LIST || (old && equal_nodes(old, new) && m->how == HOW_APPLY))
        count = 0;
    Node out = *new;
    if (!count) return out;
    out.alias = false;
    out.items = NEW_ARRAY(m->arena, Node, new->count + live->count + 1);
    out.count = 0;
    KeyIndex olds = index_keys(m->arena, field, old, keys, count), lives = index_keys(m->arena, field, live, keys, count),
             news = index_keys(m->arena, field, new, keys, count);
    Met *met = NEW_ARRAY(m->arena, Met, news.n + 1); /* by where the items of the keys begin in the index */
    for (uint32_t i = 0; i < new->count; i++) {
        const Node *item = &new->items[i];
        uint64_t hash = hash_keys(field, item, keys, count);
        Met *same = &met[first_same(&news, hash)];
        uint32_t ordinal = same->count++;
        Node *was = nth_same(&olds, hash, ordinal), *stored = nth_same(&lives, hash, ordinal);
        bool unchanged = was && equal_nodes(was, item);
        if (ordinal && m->how == HOW_SERVER_SIDE) note_refused(m, field, item, keys, count);
        Node *first = ordinal && !unchanged ? same->first : NULL;
        if (first && m->how == HOW_APPLY) {
            note_lost(m, field, item, keys, count);
            if (ordinal < MOST_SAME) *first = merge_map(m, field->type, first, NULL, item, item->span);
            continue;
        }
        bool maps = stored && stored->kind == NODE_MAP && item->kind == NODE_MAP && !(m->how == HOW_APPLY && retains_keys(field));
        bool fresh = !stored && item->kind == NODE_MAP && m->how == HOW_SERVER_SIDE;
        static const Node nothing = {.kind = NODE_MAP};
        if (!same->first) same->first = &out.items[out.count];
        out.items[out.count++] = maps    ? merge_map(m, field->type, stored, was, item, item->span)
                                 : fresh ? merge_map(m, field->type, &nothing, NULL, item, item->span)
                                         : *item;
    }
    for (uint32_t i = 0; i < live->count; i++) {
        const Node *item = &live->items[i];
        uint64_t hash = hash_keys(field, item, keys, count);
        if (!nth_same(&news, hash, 0) && !nth_same(&olds, hash, 0)) out.items[out.count++] = placed(m->arena, item, new->span);
    }
    for (uint32_t i = 0; i < out.count; i++) deepen(&out, &out.items[i]);
    return out;
}

static Node merge_value(Merge *m, const Field *field, const Node *live, const Node *old, const Entry *new) {
    const Node *value = &new->value;
    if (live->kind == NODE_MAP && value->kind == NODE_MAP) {
        const Type *type = field && !field->shape ? field->type : NULL;
        if (m->how == HOW_APPLY && field && retains_keys(field)) return *value;
        return merge_map(m, type, live, old && old->kind == NODE_MAP ? old : NULL, value, new->keySpan);
    }
    if (field && field->shape == SHAPE_LIST && value->kind == NODE_LIST) return merge_list(m, field, live, old, value);
    return *value;
}

static Node merge_map(Merge *m, const Type *type, const Node *live, const Node *old, const Node *new, Span span) {
    Node out = *new;
    out.alias = out.indexed = false;
    out.entries = NEW_ARRAY(m->arena, Entry, live->count + new->count + 1);
    out.count = 0;
    for (uint32_t i = 0; i < live->count; i++) {
        const Entry *entry = &live->entries[i], *now = node_entry(new, entry->key);
        const Field *field = type ? schema_field(type, entry->key, entry->hash) : NULL;
        Entry kept = *entry;
        if (now && now->value.kind == NODE_NULL) continue;
        const Node *was = node_get(old, entry->key);
        if (!now && was && was->kind != NODE_NULL) continue;
        if (now) {
            kept = *now;
            kept.value = merge_value(m, field, &entry->value, was, now);
        } else {
            kept.keySpan = span;
            kept.value = placed(m->arena, &entry->value, span);
        }
        out.entries[out.count++] = kept;
    }
    for (uint32_t i = 0; i < new->count; i++) {
        const Entry *entry = &new->entries[i];
        const Field *field = type ? schema_field(type, entry->key, entry->hash) : NULL;
        if (node_entry(live, entry->key) || entry->value.kind == NODE_NULL) continue;
        out.entries[out.count] = *entry;
        if (m->how == HOW_SERVER_SIDE) out.entries[out.count].value = merge_new(m, field, &entry->value);
        out.count++;
    }
    for (uint32_t i = 0; i < out.count; i++) deepen(&out, &out.entries[i].value);
    return out;
}

const Node *merge_stored(Arena *arena, const Document *document) {
    json_t *json = document->object ? stored_json(arena, document) : NULL;
    if (!json) return NULL;
    char *text = json_dumps(json, JSON_PRESERVE_ORDER);
    Source *source = NEW(arena, Source);
    json_decref(json);
    SourceError error = text ? source_from_bytes(source, arena, S("stored"), arena_str(arena, str_of(text))) : SOURCE_TOO_LARGE;
    free(text);
    NodeReader reader = {.source = source};
    NodeDocument node;
    return !error && node_next(&reader, arena, &node) && node.readable ? node.root : NULL;
}

Merged merge_over(Arena *arena, const Node *stored, const Document *before, const Document *after, How how) {
    Merge m = {.arena = arena, .how = how, .refused = {.arena = arena}, .lost = {.arena = arena}};
    if (!stored || stored->kind != NODE_MAP || after->root->kind != NODE_MAP) return (Merged){0};
    Node *root = NEW(arena, Node);
    *root = merge_map(&m, after->type, stored, before ? before->root : NULL, after->root, after->root->span);
    NodeDocument node = {.root = root, .readable = true, .index = after->index, .span = after->span};
    Document *items;
    model_build(arena, after->source, &node, after->minor, &items);
    return (Merged){items, buf_text(&m.refused), buf_text(&m.lost)};
}

const Node *merge_node(const Document *document, Str path) {
    const Node *node = document->root;
    while (path.len && node) {
        if (path.at[0] == '[') {
            ptrdiff_t end = str_find(path, ']');
            if (end < 0) return NULL;
            Str inside = {path.at + 1, (size_t)end - 1};
            bool number = node->kind == NODE_LIST && str_is_digits(inside);
            uint32_t index = number ? (uint32_t)strtoul(inside.at, NULL, 10) : 0;
            node = number ? (index < node->count ? &node->items[index] : NULL) : node_get(node, inside);
            path = str_slice(path, (size_t)end + 1);
        } else {
            size_t length = 0;
            while (length < path.len && path.at[length] != '.' && path.at[length] != '[') length++;
            node = node_get(node, (Str){path.at, length});
            path = str_slice(path, length);
        }
        if (path.len && path.at[0] == '.') path = str_slice(path, 1);
    }
    return node;
}
