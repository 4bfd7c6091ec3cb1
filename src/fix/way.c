#include "way.h"

#include "base/near.h"
#include "rules.h"

/* What the decoder knows of it: fields that are misspelt or stand at the wrong place, and values of the wrong shape. */

static bool is_at(const Editor *e, Place place, uint32_t at) {
    Source *source = (Source *)(uintptr_t)e->source; /* the index of its lines is made at first need */
    Place other = source_place(source, e->arena, at);
    return other.line == place.line && other.column == place.column;
}

/* The path of a node of the tree, by its address; false if it is not in it. */
static bool path_of(const Editor *e, const Node *root, const Node *node, const Path *path, const Path **out) {
    if (root == node) {
        *out = path;
        return true;
    }
    for (uint32_t i = 0; i < root->count; i++) {
        bool map = root->kind == NODE_MAP;
        const Node *child = map ? &root->entries[i].value : &root->items[i];
        Path step = map ? path_field(path, root->entries[i].key) : path_index(path, i);
        if (child->span.at > node->span.at || child->span.end < node->span.end) continue;
        if (path_of(e, child, node, &step, out)) {
            Path *kept = NEW(e->arena, Path);
            if (*out == &step) *kept = step, *out = kept;
            if (*out == kept) return true;
            /* What lies deeper points to the step on this stack. */
            Path *last = (Path *)(uintptr_t)*out;
            while (last->up != &step) last = (Path *)(uintptr_t)last->up;
            *kept = step;
            last->up = kept;
            return true;
        }
    }
    return false;
}

/* Whether all that a value says stands in the text that it is made from, so that nothing is made up. */
static bool is_said_in(Str text, const Node *value) {
    if (value->kind < NODE_LIST) return str_has(text, value->text);
    for (uint32_t i = 0; i < value->count; i++)
        if (!is_said_in(text, value->kind == NODE_MAP ? &value->entries[i].value : &value->items[i])) return false;
    return true;
}

static bool from_mend(const Editor *e, const Finding *finding, Fix *out) {
    const Document *document = e->document;
    bool key = finding->rule->number == RULE_unknown_field;
    for (uint32_t i = 0; i < document->mends.n; i++) {
        const Mend *mend = &document->mends.at[i];
        bool same = mend->kind == MEND_VALUE ? str_eq(mend->path, finding->path)
                                             : mend->key.end && is_at(e, finding->start, mend->key.at);
        if (mend->kind == MEND_VALUE && key) /* an item that is written as a map from its name */
            same = mend->node->kind == NODE_MAP && mend->node->count == 1 &&
                   is_at(e, finding->start, mend->node->entries[0].keySpan.at);
        Change change = {0};
        out->unsafe = mend->either;
        if (!same || mend->kind == MEND_GAP || !path_of(e, e->document->root, mend->node, e->base, &change.path)) continue;
        switch ((MendKind)mend->kind) {
        case MEND_NAME:
            change.kind = CHANGE_RENAME;
            change.name = mend->name;
            break;
        case MEND_MOVE:
            change.kind = CHANGE_MOVE;
            change.target = path_below(e->arena, e->base, mend->target);
            break;
        case MEND_VALUE:
            change.kind = CHANGE_SET;
            change.value = *mend->value;
            out->unsafe |= mend_is_start(mend) && !is_said_in(mend->node->text, mend->value);
            break;
        case MEND_GAP: break;
        }
        ARRAY_PUSH(e->arena, &out->changes, change);
        return true;
    }
    return false;
}

/* A value of an enumeration that is near to one. */
static bool from_words(const Editor *e, const Finding *finding, Fix *out) {
    const Path *path = path_parse(e->arena, e->root, e->base, finding->path);
    Node *node = change_find(e->root, path).node;
    const Field *field = edit_field(e, path);
    if (!node || !field || !field->text->valueCount || node->kind != NODE_STRING) return false;
    Near near = near_start(node->text);
    for (uint16_t i = 0; i < field->text->valueCount; i++) near_try(&near, schema_text(schema_value(field->text, i)->value));
    if (!near.found.len || str_eq(near.found, node->text)) return false;
    Node value = *node;
    value.text = near.found;
    ARRAY_PUSH(e->arena, &out->changes, (Change){.kind = CHANGE_SET, .path = path, .value = value});
    return true;
}

bool way_find(const Editor *e, const Finding *finding, Fix *out) {
    *out = (Fix){0};
    switch (finding->rule->number) {
    case RULE_unknown_field:
    case RULE_wrong_type:
    case RULE_quantity_form: return from_mend(e, finding, out);
    default: break;
    }
    if (finding->rule->type == API_NOT_SUPPORTED || finding->rule->type == API_INVALID) return from_words(e, finding, out);
    return false;
}
