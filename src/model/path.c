#include "path.h"

#include <stdlib.h>

/* The text of the last step of a path, without what stands around it; a number is written to `digits`. */
static Str step_text(const Path *path, char *digits) {
    return path->index < 0 ? path->name : (Str){digits, int_digits(digits, path->index)};
}

Str path_text(Arena *arena, const Path *path) {
    char digits[INT_DIGITS];
    size_t length = 0;
    for (const Path *step = path; step; step = step->up)
        length += step_text(step, digits).len + (step->index != PATH_FIELD ? 2 : step->up != NULL);
    if (!length) return S("");
    char *text = arena_alloc(arena, length + 1), *start = text + length;
    for (; path; path = path->up) {
        Str step = step_text(path, digits);
        bool brackets = path->index != PATH_FIELD;
        if (brackets) *--start = ']';
        if (step.len) memcpy(start -= step.len, step.at, step.len);
        if (brackets || path->up) *--start = brackets ? '[' : '.';
    }
    return (Str){text, length};
}

bool path_is_below(Str path, Str place) {
    if (!str_starts(path, place)) return false;
    return path.len == place.len || path.at[place.len] == '.' || path.at[place.len] == '[';
}

/* What stands at a path: a value, and the key in front of it if it has one. */
typedef struct FoundNode {
    const Node *node; /* NULL if the path is not written */
    Span key;         /* of the entry; empty for list items and the root */
    Span nearest;     /* what to point at if it is not written */
} FoundNode;

static FoundNode find(const Node *root, const Path *path) {
    if (!path) {
        /* An object as a whole is shown by its first key, not by all of its text. */
        Span first = root->kind == NODE_MAP && root->count ? root->entries[0].keySpan : (Span){root->span.at, root->span.at};
        return (FoundNode){root, {0}, first};
    }
    FoundNode up = find(root, path->up);
    if (!up.node) return up;
    if (path->index >= 0) {
        if (up.node->kind == NODE_LIST && path->index < up.node->count) {
            const Node *item = &up.node->items[path->index];
            Span nearest = item->kind == NODE_MAP && item->count ? item->entries[0].keySpan : item->span;
            if (item->alias) nearest = item->span;
            return (FoundNode){item, {0}, nearest};
        }
    } else {
        const Entry *entry = node_entry(up.node, path->name);
        if (entry) return (FoundNode){&entry->value, entry->keySpan, entry->keySpan};
    }
    return (FoundNode){NULL, {0}, up.nearest};
}

Where path_where(Arena *arena, const Node *root, const Path *path) {
    FoundNode found = find(root, path);
    bool scalar = found.node && (found.node->kind < NODE_LIST || found.node->alias) && found.node->span.end > found.node->span.at;
    return (Where){scalar ? found.node->span : found.nearest, path_text(arena, path), !found.node};
}

Where path_where_key(Arena *arena, const Node *root, const Path *path) {
    FoundNode found = find(root, path);
    return (Where){found.key.end ? found.key : found.nearest, path_text(arena, path), !found.node};
}

Str path_leaf(Str path) {
    while (path.len && path.at[path.len - 1] == ']') {
        ptrdiff_t open = str_rfind(path, '[');
        if (open < 0) break;
        Str inside = {path.at + open + 1, path.len - (size_t)open - 2};
        path.len = (size_t)open;
        size_t digits = 0;
        while (digits < inside.len && is_digit(inside.at[digits])) digits++;
        if (digits < inside.len) return inside;
    }
    ptrdiff_t dot = str_rfind(path, '.');
    return str_slice(path, (size_t)(dot + 1));
}

/* More than a name may have. */
enum { LONGEST_NAME = 300 };

/* The keys of a list's item, as the API tells its items apart; empty if it does not. */
static Str item_name(Arena *arena, const Field *field, const Node *item) {
    Buf name = {.arena = arena};
    if (!field || !item) return S("");
    const FieldText *text = field->text;
    uint16_t count = text->listKeyCount ? text->listKeyCount : text->mergeKey.len ? 1 : 0;
    for (uint16_t i = 0; i < count; i++) {
        const Node *value = node_get(item, text->listKeyCount ? schema_list_key(text, i) : schema_text(text->mergeKey));
        if (!value || value->kind >= NODE_LIST) continue;
        if (name.len) buf_char(&name, '/');
        buf_str(&name, str_cut(arena, value->text, LONGEST_NAME));
    }
    return buf_text(&name);
}

static bool is_number(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] < '0' || s.at[i] > '9') return false;
    return s.len > 0 && s.len < 9;
}

Str path_by_names(Arena *arena, const Node *root, const Type *type, Str path) {
    Buf out = {.arena = arena};
    const Node *node = root;
    const Field *field = NULL;
    while (path.len) {
        bool bracket = path.at[0] == '[';
        if (bracket || path.at[0] == '.') {
            buf_char(&out, path.at[0]);
            path = str_slice(path, 1);
        }
        size_t length = 0;
        while (length < path.len && (bracket ? path.at[length] != ']' : path.at[length] != '.' && path.at[length] != '['))
            length++;
        Str part = {path.at, length};
        path = str_slice(path, length);
        if (bracket && (!node || node->kind == NODE_LIST) && is_number(part)) {
            uint32_t index = (uint32_t)strtoul(arena_cstr(arena, part), NULL, 10);
            node = node && index < node->count ? &node->items[index] : NULL;
            buf_str(&out, item_name(arena, field, node));
        } else {
            if (!bracket) field = type ? schema_field(type, part, str_hash(part)) : NULL;
            node = node ? node_get(node, part) : NULL;
            buf_str(&out, part);
        }
        type = field ? field->type : NULL;
        if (bracket && path.len) {
            buf_char(&out, ']');
            path = str_slice(path, 1);
        }
    }
    return buf_text(&out);
}

const Type *path_type(const Type *type, const Path *base, const Path *path) {
    if (path == base) return type;
    const Field *field = path ? path_schema_field(type, base, path) : NULL;
    if (!field || field->scalar != TYPE_OBJECT || (field->shape == SHAPE_LIST && path->index < 0)) return NULL;
    return field->type;
}

const Field *path_schema_field(const Type *type, const Path *base, const Path *path) {
    if (!path || path == base) return NULL;
    if (path->index >= 0) return path_schema_field(type, base, path->up);
    const Field *holder = path->up && path->up != base ? path_schema_field(type, base, path->up) : NULL;
    if (holder && holder->shape == SHAPE_MAP) return holder;
    const Type *above = path_type(type, base, path->up);
    return above ? schema_field(above, path->name, str_hash(path->name)) : NULL;
}
