#include "path.h"

static void put_path(Buf *buf, const Path *path) {
    if (!path) return;
    put_path(buf, path->up);
    if (path->index == PATH_FIELD) {
        if (path->up) buf_char(buf, '.');
        buf_str(buf, path->name);
    } else if (path->index == PATH_KEY) {
        buf_char(buf, '[');
        buf_str(buf, path->name);
        buf_char(buf, ']');
    } else {
        buf_format(buf, "[%lld]", (long long)path->index);
    }
}

Str path_text(Arena *arena, const Path *path) {
    Buf buf = {.arena = arena};
    put_path(&buf, path);
    return buf_text(&buf);
}

/* What stands at a path: a value, and the key in front of it if it has one. */
typedef struct Found {
    const Node *node; /* NULL if the path is not written */
    Span key;         /* of the entry; empty for list items and the root */
    Span nearest;     /* what to point at if it is not written */
} Found;

static Found find(const Node *root, const Path *path) {
    if (!path) {
        /* An object as a whole is shown by its first key, not by all of its text. */
        Span first = root->kind == NODE_MAP && root->count ? root->entries[0].keySpan : (Span){root->span.at, root->span.at};
        return (Found){root, {0}, first};
    }
    Found up = find(root, path->up);
    if (!up.node) return up;
    if (path->index >= 0) {
        if (up.node->kind == NODE_LIST && path->index < up.node->count) {
            const Node *item = &up.node->items[path->index];
            Span nearest = item->kind == NODE_MAP && item->count ? item->entries[0].keySpan : item->span;
            if (item->alias) nearest = item->span;
            return (Found){item, {0}, nearest};
        }
    } else {
        const Entry *entry = node_entry(up.node, path->name);
        if (entry) return (Found){&entry->value, entry->keySpan, entry->keySpan};
    }
    return (Found){NULL, {0}, up.nearest};
}

Where path_where(Arena *arena, const Node *root, const Path *path) {
    Found found = find(root, path);
    bool scalar = found.node && (found.node->kind < NODE_LIST || found.node->alias) && found.node->span.end > found.node->span.at;
    return (Where){scalar ? found.node->span : found.nearest, path_text(arena, path)};
}

Where path_where_key(Arena *arena, const Node *root, const Path *path) {
    Found found = find(root, path);
    return (Where){found.key.end ? found.key : found.nearest, path_text(arena, path)};
}
