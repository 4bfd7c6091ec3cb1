#include "tree.h"

static bool holds(Span span, size_t offset) {
    return span.at <= offset && offset <= span.end;
}

/* The number of the last entry or item that begins at or before a place; -1 if none does. */
static int64_t child_at(const Node *node, size_t offset) {
    int64_t found = -1;
    for (uint32_t i = 0; i < node->count; i++) {
        Span span = node->kind == NODE_MAP ? node->entries[i].keySpan : node->items[i].span;
        if (span.at <= offset) found = i;
    }
    return found;
}

Trail trail_at(const Node *root, size_t offset) {
    Trail trail = {0};
    for (const Node *node = root; node && trail.n < TRAIL_DEEPEST;) {
        if (node->kind != NODE_MAP && node->kind != NODE_LIST) {
            if (holds(node->span, offset)) trail.leaf = node;
            break;
        }
        if (node->alias) break;
        int64_t number = child_at(node, offset);
        if (number < 0) break;
        const Entry *entry = node->kind == NODE_MAP ? &node->entries[number] : NULL;
        trail.at[trail.n].node = node;
        trail.at[trail.n].entry = entry;
        trail.at[trail.n++].number = (uint32_t)number;
        if (entry && holds(entry->keySpan, offset)) {
            trail.key = true;
            break;
        }
        node = entry ? &entry->value : &node->items[number];
    }
    return trail;
}

void tree_read(TreeDocuments *out, Arena *arena, OpenDocument *document) {
    *out = (TreeDocuments){0};
    if (source_from_bytes(&out->source, arena, str_of(document->path), text_str(&document->text)) != SOURCE_OK) return;
    NodeReader reader = {.source = &out->source};
    NodeDocument node;
    while (node_next(&reader, arena, &node)) {
        ARRAY_PUSH(arena, &out->items, node);
        node = (NodeDocument){0};
    }
}

size_t tree_mark(const TreeDocuments *documents) {
    return documents->source.mark ? 3 : 0;
}

const NodeDocument *tree_document(const TreeDocuments *documents, size_t offset) {
    const NodeDocument *found = NULL;
    for (uint32_t i = 0; i < documents->items.n; i++)
        if (documents->items.at[i].span.at <= offset) found = &documents->items.at[i];
    return found;
}
