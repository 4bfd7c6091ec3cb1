#include "way.h"

#include "layout.h"
#include "model/fix_text.h"
#include "rules.h"
#include "special.h"

/* What the decoder knows of it: fields that are misspelt or stand at the wrong place, and values of the wrong shape. */

/* The path of a node in or below `root`, which is at `path`, by its address; NULL if it is not there. */
static const Path *path_of(const Editor *e, const Node *root, const Node *node, const Path *path) {
    const Path *found = NULL;
    if (root == node) return path_kept(e->arena, e->base, path);
    for (uint32_t i = 0; i < root->count && !found; i++) {
        bool map = root->kind == NODE_MAP;
        const Node *child = map ? &root->entries[i].value : &root->items[i];
        Path step = map ? path_field(path, root->entries[i].key) : path_index(path, i);
        bool around = child->span.at <= node->span.at && child->span.end >= node->span.end;
        if (around) found = path_of(e, child, node, &step);
    }
    return found;
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
                                             : mend->key.end && edit_is_at(e, finding->start, mend->key.at);
        if (mend->kind == MEND_VALUE && key) /* an item that is written as a map from its name */
            same = mend->node->kind == NODE_MAP && mend->node->count == 1 &&
                   edit_is_at(e, finding->start, mend->node->entries[0].keySpan.at);
        Change change = {0};
        out->unsafe = mend->either;
        if (!same || mend->kind == MEND_GAP) continue;
        if (!(change.path = path_of(e, e->document->root, mend->node, e->base))) continue;
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

/* What the rule says of itself. */

static const Path *parsed_below(const Editor *e, const Path *from, uint8_t up, Str path) {
    for (; up && from && from != e->base; up--) from = from->up;
    while (path.len && !up) {
        ptrdiff_t dot = str_find(path, '.');
        Str name = {path.at, dot < 0 ? path.len : (size_t)dot};
        Path *step = NEW(e->arena, Path);
        *step = path_field(from, name);
        from = step;
        path = str_slice(path, name.len + 1);
    }
    return up ? NULL : from;
}

/* A value as it is written in a step, of the kind that its field takes. */
static bool read_value(const Editor *e, const Path *path, Str text, Node *out) {
    Source source;
    NodeDocument document;
    if (source_from_bytes(&source, e->arena, S("fix"), text)) return false;
    NodeReader reader = {.source = &source};
    if (!node_next(&reader, e->arena, &document) || !document.readable) return false;
    *out = *document.root;
    const Field *field = edit_field(e, path);
    int64_t number;
    if (!field || out->kind >= NODE_LIST) return true;
    bool counts = field->scalar == TYPE_INT32 || field->scalar == TYPE_INT64 || field->scalar == TYPE_INT_OR_STRING;
    if (counts && int_parse(out->text, INT64_MIN, INT64_MAX, &number)) out->kind = NODE_INT;
    if (field->scalar == TYPE_BOOL && (str_eq(out->text, S("true")) || str_eq(out->text, S("false")))) out->kind = NODE_BOOL;
    if (field->scalar == TYPE_STRING || field->scalar == TYPE_QUANTITY) out->kind = NODE_STRING;
    return true;
}

/* Values that a step has brought have no place in the text. */
static void forget_places(Node *value) {
    value->span = (Span){0};
    for (uint32_t i = 0; i < value->count; i++)
        forget_places(value->kind == NODE_MAP ? &value->entries[i].value : &value->items[i]);
}

static Str as_written(const Editor *e, const Node *node) {
    return (Str){e->source->text.at + node->span.at, node->span.end - node->span.at};
}

/* The change that a step is; false if it has no hold here. `done`: there is nothing to change. */
static bool change_of(const Editor *e, const Path *from, const FixStep *step, Change *out, bool *done) {
    Str value = step->value;
    uint8_t up = step->verb == FIX_MOVE ? fix_text_up(&value) : 0;
    out->path = parsed_below(e, from, step->up, step->path);
    if (!out->path || out->path == e->base) return false;
    Node *node = change_find(e->root, out->path).node;
    switch ((FixVerb)step->verb) {
    case FIX_SET:
        out->kind = CHANGE_SET;
        if (!read_value(e, out->path, value, &out->value)) return false;
        forget_places(&out->value);
        *done =
            node && change_same(node, &out->value) && (node->kind >= NODE_LIST || str_eq(as_written(e, node), out->value.text));
        return true;
    case FIX_ADD: {
        Path *item = NEW(e->arena, Path);
        *item = path_index(out->path, node ? node->count : 0);
        out->kind = CHANGE_SET;
        if ((node && node->kind != NODE_LIST) || !read_value(e, item, value, &out->value)) return false;
        forget_places(&out->value);
        for (uint32_t i = 0; node && i < node->count; i++) *done |= change_same(&node->items[i], &out->value);
        out->path = item;
        return true;
    }
    case FIX_REMOVE:
        out->kind = CHANGE_REMOVE;
        *done = !node;
        return true;
    case FIX_RENAME:
        out->kind = CHANGE_RENAME;
        if (!read_value(e, NULL, value, &out->value)) return false;
        out->name = out->value.text;
        return node != NULL;
    case FIX_MOVE:
        out->kind = CHANGE_MOVE;
        out->target = parsed_below(e, from, up, value);
        return node && out->target;
    case FIX_QUOTE:
        if (!node || node->kind >= NODE_LIST || !node->plain || node->alias) return false;
        out->kind = CHANGE_SET;
        out->value = (Node){.kind = NODE_STRING, .depth = 1, .text = as_written(e, node)};
        return true;
    case FIX_WRAP: {
        Node *whole = &out->value;
        if (!node) return false;
        out->kind = CHANGE_SET;
        *whole = (Node){.depth = 1, .count = 1};
        if (str_eq(value, S("[]"))) {
            whole->kind = NODE_LIST;
            whole->items = NEW(e->arena, Node);
            whole->items[0] = *node;
        } else {
            whole->kind = NODE_MAP;
            whole->entries = NEW(e->arena, Entry);
            whole->entries[0] = (Entry){.key = value, .hash = str_hash(value), .value = *node};
        }
        return true;
    }
    case FIX_VERB_COUNT: break;
    }
    return false;
}

static bool from_rule(const Editor *e, const Finding *finding, Fix *out) {
    const Path *from = path_parse(e->arena, e->root, e->base, finding->path);
    Str rest = finding->fix, fault;
    const char *message;
    FixStep step;
    out->unsafe = fix_text_unsafe(&rest);
    while (fix_text_next(&rest, &step, &fault, &message)) {
        Change change = {0};
        bool done = false;
        if (!change_of(e, from, &step, &change, &done)) return false;
        if (!done) changes_add(e->arena, e->root, &out->changes, &change);
    }
    return !message && out->changes.n;
}

/* The entry whose key is written at a place, with its value. */
static bool entry_at(const Node *node, Span key, Span *out) {
    for (uint32_t i = 0; i < node->count && !node->alias; i++) {
        bool map = node->kind == NODE_MAP;
        const Node *child = map ? &node->entries[i].value : &node->items[i];
        if (map && node->entries[i].keySpan.at == key.at) {
            *out = (Span){key.at, child->span.end > key.end ? child->span.end : key.end};
            return true;
        }
        if (entry_at(child, key, out)) return true;
    }
    return false;
}

/* Slips that keep YAML from being read. */
static bool from_slips(const Editor *e, const NodeDocument *document, const Finding *finding, Fix *out) {
    for (uint32_t i = 0; i < document->faults.n; i++) {
        const Fault *fault = &document->faults.at[i];
        if (!fault->mends.n || !edit_is_at(e, finding->start, fault->span.at)) continue;
        for (uint32_t j = 0; j < fault->mends.n; j++) {
            const TextMend *mend = &fault->mends.at[j];
            ARRAY_PUSH(e->arena, &out->edits,
                       (Replacement){(uint32_t)mend->at, (uint32_t)(mend->at + mend->removed), mend->put, 0});
        }
        return document->mended;
    }
    return false;
}

/* A key that is there twice with the same value: the second one goes. */
static bool from_twins(const Editor *e, const NodeDocument *document, const Finding *finding, Fix *out) {
    Str text = e->source->text;
    for (uint32_t i = 0; i < document->faults.n; i++) {
        const Fault *fault = &document->faults.at[i];
        if (fault->kind != FAULT_DUPLICATE_KEY || !edit_is_at(e, finding->start, fault->span.at)) continue;
        Span entry;
        if (!entry_at(document->root, fault->span, &entry)) return false;
        uint32_t length = entry.end - entry.at, first = fault->related.at;
        bool same = first + length <= entry.at && memcmp(text.at + first, text.at + entry.at, length) == 0 &&
                    column_of(text, first) == column_of(text, entry.at) && is_first_on_line(text, entry.at) &&
                    line_end(text, first + length) - (first + length) == line_end(text, entry.end) - entry.end;
        if (!same || behind_comment(text, entry.end) != entry.end) return false;
        uint32_t end = line_end(text, entry.end);
        ARRAY_PUSH(e->arena, &out->edits, (Replacement){line_start(text, entry.at), end < text.len ? end + 1 : end, S(""), 0});
        return true;
    }
    return false;
}

bool way_find(const Editor *e, const NodeDocument *document, const Finding *finding, Fix *out) {
    *out = (Fix){0};
    switch (finding->rule->number) {
    case RULE_unknown_field:
    case RULE_wrong_type:
    case RULE_quantity_form:
        if (from_mend(e, finding, out)) return true;
        break;
    case RULE_syntax:
    case RULE_encoding: return from_slips(e, document, finding, out);
    case RULE_duplicate_key: return from_twins(e, document, finding, out);
    default: break;
    }
    if (finding->fix.len) return from_rule(e, finding, out);
    return special_find(e, finding, out);
}

bool way_may_find(const Finding *finding) {
    switch (finding->rule->number) {
    case RULE_unknown_field:
    case RULE_wrong_type:
    case RULE_quantity_form:
    case RULE_syntax:
    case RULE_encoding:
    case RULE_duplicate_key: return true;
    default: return finding->fix.len || special_may_find(finding);
    }
}
