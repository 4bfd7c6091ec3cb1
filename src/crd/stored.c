/* What the server makes of a custom resource before it judges it: it fills in the defaults of the schema, drops fields that the
 * schema does not know, which strict validation refuses, and drops null where that is no value
 * (k8s.io/apiextensions-apiserver/pkg/apiserver/schema/{defaulting,pruning}). Only maps and lists that change are copied. */
#include "judge.h"

#include "base/near.h"
#include "rules.h"

typedef struct Storing {
    Arena *arena;
    Document *document;
    Str kind;
} Storing;

static bool is_meta(Str key) {
    return str_eq(key, S("apiVersion")) || str_eq(key, S("kind")) || str_eq(key, S("metadata"));
}

static void unknown_field(Storing *s, const CrdSchema *schema, const Entry *entry, const Path *path) {
    Near near = near_start(entry->key);
    for (uint32_t i = 0; schema && i < schema->propertyCount; i++) near_try(&near, schema->properties[i].name);
    Path at = path_field(path, entry->key);
    emit_unknown_field(&s->document->diags, ((Where){.span = entry->keySpan, .path = path_text(s->arena, &at)}), .type = s->kind,
                       .field = entry->key, .hint = near_question(s->arena, near.found));
}

static const Node *store(Storing *s, const CrdSchema *schema, bool lenient, bool isRoot, const Node *node, const Path *path);

/* A value that the schema puts at a place: it stands nowhere in the text. */
static Node placed(const Node *value, Span span) {
    Node out = *value;
    out.span = span;
    return out;
}

/* What becomes of a value: another one, or nothing, in which case the result is NULL. */
static const Node *store_value(Storing *s, const CrdSchema *schema, bool lenient, const Node *value, const Path *path) {
    if (value->kind == NODE_NULL && schema && !schema->nullable) {
        if (!schema->defaultValue) return NULL;
        Node *filled = NEW(s->arena, Node);
        *filled = placed(schema->defaultValue, value->span);
        value = filled;
    }
    return store(s, schema, lenient, false, value, path);
}

/* A map that is being copied. */
typedef struct Copy {
    const Node *from;
    Node *to; /* NULL while all is as it was */
} Copy;

static Node *changed(Storing *s, Copy *copy, uint32_t kept, uint32_t room) {
    if (copy->to) return copy->to;
    copy->to = NEW(s->arena, Node);
    *copy->to = *copy->from;
    copy->to->indexed = false;
    copy->to->count = kept;
    copy->to->entries = NEW_ARRAY(s->arena, Entry, copy->from->count + room + 1);
    if (kept) memcpy(copy->to->entries, copy->from->entries, kept * sizeof(Entry));
    return copy->to;
}

static const Node *store_map(Storing *s, const CrdSchema *schema, bool lenient, bool isRoot, const Node *node, const Path *path) {
    Copy copy = {.from = node};
    uint32_t room = schema ? schema->propertyCount : 0;
    bool embedded = isRoot || (schema && schema->embedded);
    for (uint32_t i = 0; i < node->count; i++) {
        const Entry *entry = &node->entries[i];
        const Node *value = &entry->value, *stored = value;
        const CrdSchema *property = schema ? crd_property(schema, entry->key, entry->hash) : NULL;
        bool other = !property && schema && (schema->additional || schema->open);
        Path at = path_field(path, entry->key);
        if (embedded && is_meta(entry->key)) {
            stored = value;
        } else if (property || other) {
            const CrdSchema *below = property ? property : schema->additional;
            stored = store_value(s, below, below && below->preserves, value, &at);
        } else if (!lenient) {
            unknown_field(s, schema, entry, path);
            stored = NULL;
        }
        if (stored == value && !copy.to) continue;
        Node *to = changed(s, &copy, i, room);
        if (!stored) continue;
        Entry *kept = &to->entries[to->count++];
        *kept = *entry;
        kept->value = *stored;
    }
    for (uint32_t i = 0; i < room; i++) {
        const CrdProperty *property = &schema->properties[i];
        if (!property->schema->defaultValue || node_get(node, property->name)) continue;
        Path at = path_field(path, property->name);
        Node value = placed(property->schema->defaultValue, node->span);
        Node *to = changed(s, &copy, node->count, room);
        const Node *stored = store(s, property->schema, property->schema->preserves, false, &value, &at);
        to->entries[to->count++] = (Entry){property->name, property->hash, node->span, *stored};
    }
    return copy.to ? copy.to : node;
}

static const Node *store_list(Storing *s, const CrdSchema *schema, bool lenient, const Node *node, const Path *path) {
    const CrdSchema *items = schema ? schema->items : NULL;
    Node *copy = NULL;
    for (uint32_t i = 0; i < node->count; i++) {
        Path at = path_index(path, i);
        const Node *item = &node->items[i], *stored = item;
        if (item->kind != NODE_NULL)
            stored = lenient && !items ? item : store(s, items, lenient || (items && items->preserves), false, item, &at);
        else if (items && !items->nullable && items->defaultValue)
            stored = store_value(s, items, lenient, item, &at);
        if (stored == item && !copy) continue;
        if (!copy) {
            copy = NEW(s->arena, Node);
            *copy = *node;
            copy->items = NEW_ARRAY(s->arena, Node, node->count);
            memcpy(copy->items, node->items, node->count * sizeof(Node));
        }
        copy->items[i] = *stored;
    }
    return copy ? copy : node;
}

/* `lenient`: what the schema does not know is kept. */
static const Node *store(Storing *s, const CrdSchema *schema, bool lenient, bool isRoot, const Node *node, const Path *path) {
    if (node->kind == NODE_MAP) return store_map(s, schema, lenient, isRoot, node, path);
    return node->kind == NODE_LIST ? store_list(s, schema, lenient, node, path) : node;
}

bool crd_drops(Arena *arena, const CrdSchema *schema, const Node *value) {
    Document scratch = {.diags = {.arena = arena}};
    Storing storing = {.arena = arena, .document = &scratch};
    store(&storing, schema, schema->preserves, schema->embedded, value, NULL);
    return scratch.diags.items.n > 0;
}

const Node *crd_stored(const CrdVersion *version, Document *document) {
    Storing storing = {.arena = document->diags.arena, .document = document, .kind = version->kind};
    bool lenient = version->preserves || (version->schema && version->schema->preserves);
    return store(&storing, version->schema, lenient, true, document->root, NULL);
}
