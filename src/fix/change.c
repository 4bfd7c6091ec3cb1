#include "change.h"

#include "model/scalar.h"
#include "yaml/entries.h"

Spot change_find(Node *root, const Path *path) {
    if (!path) return (Spot){.node = root};
    Spot up = change_find(root, path->up);
    if (!up.node) return (Spot){0};
    Spot spot = {.parent = up.node};
    if (path->index >= 0) {
        if (up.node->kind != NODE_LIST || path->index >= up.node->count) return (Spot){.parent = up.node};
        spot.number = (uint32_t)path->index;
        spot.node = &up.node->items[spot.number];
    } else {
        if (up.node->kind != NODE_MAP) return (Spot){.parent = up.node};
        spot.entry = entries_find(up.node, path->name, str_hash(path->name));
        if (!spot.entry) return spot;
        spot.number = (uint32_t)(spot.entry - up.node->entries);
        spot.node = &spot.entry->value;
    }
    return spot;
}

static Node copied(Arena *arena, const Node *node) {
    Node copy = *node;
    if (node->kind == NODE_LIST) {
        copy.items = NEW_ARRAY(arena, Node, node->count ? node->count : 1);
        for (uint32_t i = 0; i < node->count; i++) copy.items[i] = copied(arena, &node->items[i]);
    } else if (node->kind == NODE_MAP) {
        copy.count = 0;
        entries_make_room(arena, &copy, node->count);
        for (uint32_t i = 0; i < node->count; i++) {
            Entry entry = node->entries[i];
            entry.value = copied(arena, &entry.value);
            entries_add(&copy, &entry);
        }
    }
    return copy;
}

Node *change_copy(Arena *arena, const Node *root) {
    Node *copy = NEW(arena, Node);
    *copy = copied(arena, root);
    return copy;
}

/* Makes the map anew, with one entry more (`added`), another key for one (`renamed`), or without one (`removed`). */
static void rebuild(Arena *arena, Node *map, const Entry *added, const Entry *renamed, Str name, const Entry *removed) {
    Node old = *map;
    map->count = 0;
    entries_make_room(arena, map, old.count + 1);
    for (uint32_t i = 0; i < old.count; i++) {
        Entry entry = old.entries[i];
        if (&old.entries[i] == removed) continue;
        if (&old.entries[i] == renamed) entry.key = name, entry.hash = str_hash(name);
        entries_add(map, &entry);
    }
    if (added) entries_add(map, added);
}

/* The node at a path, made where nothing is; NULL if something else is. */
static Node *make(Arena *arena, Node *root, const Path *path) {
    Spot spot = change_find(root, path);
    if (spot.node) return spot.node;
    Node *up = make(arena, root, path->up);
    if (!up) return NULL;
    bool item = path->index >= 0;
    if (up->kind == NODE_NULL) *up = (Node){.kind = item ? NODE_LIST : NODE_MAP, .depth = 1, .span = up->span};
    if (item) {
        if (up->kind != NODE_LIST || path->index != up->count) return NULL;
        Node *items = NEW_ARRAY(arena, Node, up->count + 1);
        if (up->count) memcpy(items, up->items, up->count * sizeof *items);
        up->items = items;
        items[up->count] = (Node){.kind = NODE_NULL, .text = S("null")};
        return &items[up->count++];
    }
    if (up->kind != NODE_MAP) return NULL;
    Entry entry = {path->name, str_hash(path->name), {0}, {.kind = NODE_NULL, .text = S("null")}};
    rebuild(arena, up, &entry, NULL, S(""), NULL);
    return &entries_find(up, entry.key, entry.hash)->value;
}

static bool take_out(Arena *arena, Node *root, const Path *path, const Path *target) {
    Spot spot = change_find(root, change_whole(root, path, target));
    if (!spot.node || !spot.parent) return false;
    if (spot.entry) {
        rebuild(arena, spot.parent, NULL, NULL, S(""), spot.entry);
        return true;
    }
    memmove(spot.node, spot.node + 1, (spot.parent->count - spot.number - 1) * sizeof *spot.node);
    spot.parent->count--;
    return true;
}

bool change_apply(Arena *arena, Node *root, const Change *change) {
    Spot spot = change_find(root, change->path);
    Node *made, value;
    switch ((ChangeKind)change->kind) {
    case CHANGE_SET:
        made = make(arena, root, change->path);
        if (made) *made = copied(arena, &change->value);
        return made != NULL;
    case CHANGE_REMOVE: return take_out(arena, root, change->path, NULL);
    case CHANGE_RENAME:
        if (!spot.entry || entries_find(spot.parent, change->name, str_hash(change->name))) return false;
        rebuild(arena, spot.parent, NULL, spot.entry, change->name, NULL);
        return true;
    case CHANGE_MOVE:
        if (!spot.entry || change_find(root, change->target).node) return false;
        value = copied(arena, spot.node);
        if (!take_out(arena, root, change->path, change->target)) return false;
        made = make(arena, root, change->target);
        if (made) *made = value;
        return made != NULL;
    }
    return false;
}

bool path_same(const Path *a, const Path *b) {
    for (; a && b; a = a->up, b = b->up)
        if ((a->index >= 0) != (b->index >= 0) || (a->index >= 0 ? a->index != b->index : !str_eq(a->name, b->name)))
            return false;
    return !a && !b;
}

/* A path without the steps of `base` that it begins with. */
static const Path *without_base(Arena *arena, const Path *path, const Path *base) {
    if (!path || path_same(path, base)) return NULL;
    Path *copy = NEW(arena, Path);
    *copy = *path;
    copy->up = without_base(arena, path->up, base);
    return copy;
}

void changes_add(Arena *arena, Node *root, Changes *changes, const Change *change) {
    const Path *top = change->path;
    bool made = change->kind == CHANGE_SET && top && !change_find(root, top).node;
    while (made && top->up && !change_find(root, top->up).node) top = top->up;
    Change whole = *change, below = *change;
    below.path = without_base(arena, change->path, top);
    whole.path = top;
    for (uint32_t i = 0; made && i < changes->n; i++) {
        Change *other = &changes->at[i];
        if (other->kind != CHANGE_SET || !path_same(other->path, top)) continue;
        Node *value = change_copy(arena, &other->value);
        if (change_apply(arena, value, &below)) other->value = *value;
        return;
    }
    if (made) {
        whole.value = (Node){.kind = NODE_NULL, .text = S("null")};
        change_apply(arena, &whole.value, &below);
    }
    ARRAY_PUSH(arena, changes, made ? whole : *change);
}

const Path *change_goal(Node *root, const Change *change) {
    const Path *path = change->kind == CHANGE_SET ? change->path : change->kind == CHANGE_MOVE ? change->target : NULL;
    while (path && path->up && !change_find(root, path->up).node) path = path->up;
    return path;
}

Str change_place(Arena *arena, const Change *change, const Path *base) {
    Path renamed;
    const Path *path = change->path;
    if (change->kind == CHANGE_MOVE) path = change->target;
    if (change->kind == CHANGE_RENAME) {
        renamed = path_field(path->up, change->name);
        path = &renamed;
    }
    return path_text(arena, without_base(arena, path, base));
}

Str change_places(Arena *arena, Node *root, const Change *change) {
    const Path *path = change->path;
    bool item = path && path->index >= 0 && (change->kind == CHANGE_REMOVE || !change_find(root, path).node);
    if (change->kind == CHANGE_REMOVE || change->kind == CHANGE_MOVE)
        path = change_whole(root, path, change->kind == CHANGE_MOVE ? change->target : NULL);
    Str first = path_text(arena, item ? path->up : path);
    Path renamed = path_field(path ? path->up : NULL, change->kind == CHANGE_RENAME ? change->name : S(""));
    const Path *second = change->kind == CHANGE_MOVE ? change->target : change->kind == CHANGE_RENAME ? &renamed : NULL;
    return second ? str_format(arena, "%.*s %.*s", TEXT(first), TEXT(path_text(arena, second))) : first;
}

bool change_same(const Node *a, const Node *b) {
    if (a->kind != b->kind || a->count != b->count) return false;
    if (a->kind < NODE_LIST) return str_eq(a->text, b->text);
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->kind == NODE_LIST) {
            if (!change_same(&a->items[i], &b->items[i])) return false;
            continue;
        }
        const Entry *other = entries_find(b, a->entries[i].key, a->entries[i].hash);
        if (!other || !change_same(&a->entries[i].value, &other->value)) return false;
    }
    return true;
}

static bool leads_to(const Path *path, const Path *target) {
    for (; target; target = target->up)
        if (path_same(path, target)) return true;
    return false;
}

/* What every object has, be it empty. */
static bool is_kept(Str field) {
    return str_eq(field, S("metadata")) || str_eq(field, S("spec")) || str_eq(field, S("template"));
}

const Path *change_whole(Node *root, const Path *path, const Path *target) {
    while (path && path->up && path->up->index == PATH_FIELD && !is_kept(path->up->name)) {
        Spot up = change_find(root, path->up);
        if (!up.node || up.node->count != 1 || leads_to(path->up, target)) break;
        path = path->up;
    }
    return path;
}

const Path *path_kept(Arena *arena, const Path *base, const Path *path) {
    if (!path || path == base) return path;
    Path *copy = NEW(arena, Path);
    *copy = *path;
    copy->up = path_kept(arena, base, path->up);
    return copy;
}

const Path *path_below(Arena *arena, const Path *base, const Path *path) {
    if (!path) return base;
    Path *copy = NEW(arena, Path);
    *copy = *path;
    copy->up = path_below(arena, base, path->up);
    return copy;
}

const Path *path_parse(Arena *arena, Node *root, const Path *base, Str text) {
    const Path *path = base;
    const Node *node = change_find(root, base).node;
    while (text.len) {
        bool bracket = text.at[0] == '[';
        if (bracket || text.at[0] == '.') text = str_slice(text, 1);
        size_t length = 0;
        /* A key may hold dots and brackets: where the map has it, it is what stands up to the last bracket that fits. */
        if (bracket && node && node->kind == NODE_MAP) {
            for (size_t i = 1; i < text.len && !length; i++)
                if (text.at[i] == ']' && node_get(node, (Str){text.at, i})) length = i;
        }
        if (!length)
            while (length < text.len && (bracket ? text.at[length] != ']' : text.at[length] != '.' && text.at[length] != '['))
                length++;
        Str part = {text.at, length};
        text = str_slice(text, length + (bracket ? 1 : 0));
        Path *step = NEW(arena, Path);
        int64_t number;
        bool item = bracket && (!node || node->kind != NODE_MAP) && int_parse(part, 0, INT32_MAX, &number);
        *step = item ? path_index(path, (uint32_t)number) : bracket ? path_key(path, part) : path_field(path, part);
        path = step;
        node = change_find(root, path).node;
    }
    return path;
}
