#include "custom.h"

#include "crd/crd.h"

typedef struct NodeComparison {
    Arena *arena;
    Pair *pair;
    ARRAY(Change) changes;
} NodeComparison;

static Path *path_kept(Arena *arena, const Path *path) {
    if (!path) return NULL;
    Path *out = NEW(arena, Path);
    *out = *path;
    out->up = path_kept(arena, path->up);
    return out;
}

static Str text_of(const Node *node) {
    if (!node || node->kind >= NODE_LIST) return S("");
    return node->text.at ? node->text : S("");
}

/* Whether the pods of the object are made anew: what a ReplicaSet would make them of has changed. */
static bool rolls(const NodeComparison *c, const Path *path) {
    const Document *document = c->pair->after.document;
    Str group = schema_group(document->apiVersion), text = path_text(c->arena, path);
    for (uint16_t i = 0; i < schema_pod_count; i++) {
        const PodRow *row = &schema_pods[i];
        if (row->keepsReplicas && str_eq(row->kind, document->kind) && str_eq(row->group, group) &&
            path_is_below(text, row->path))
            return true;
    }
    return false;
}

static void add_change(NodeComparison *c, DifferenceKind kind, const Node *before, const Node *after, const Path *path) {
    Path *kept = path_kept(c->arena, path);
    bool rollout = rolls(c, path);
    Change change = {.difference = {.kind = (uint8_t)kind,
                                    .path = kept,
                                    .oldPath = kind == DIFFERENCE_ADDED ? NULL : kept,
                                    .before = text_of(before),
                                    .after = text_of(after)},
                     .effect = rollout ? EFFECT_ROLLOUT : EFFECT_IN_PLACE,
                     .reason = rollout ? S("it is part of the pod template") : S("")};
    ARRAY_PUSH(c->arena, &c->changes, change);
}

static void compare_nodes(NodeComparison *c, const Node *before, const Node *after, const Path *path);

static void compare_maps(NodeComparison *c, const Node *before, const Node *after, const Path *path) {
    for (uint32_t i = 0; i < before->count; i++) {
        const Node *other = node_get(after, before->entries[i].key);
        Path at = path_field(path, before->entries[i].key);
        if (other)
            compare_nodes(c, &before->entries[i].value, other, &at);
        else
            add_change(c, DIFFERENCE_REMOVED, &before->entries[i].value, NULL, &at);
    }
    for (uint32_t i = 0; i < after->count; i++) {
        Path at = path_field(path, after->entries[i].key);
        if (!node_get(before, after->entries[i].key)) add_change(c, DIFFERENCE_ADDED, NULL, &after->entries[i].value, &at);
    }
}

static void compare_nodes(NodeComparison *c, const Node *before, const Node *after, const Path *path) {
    if (crd_same(before, after)) return;
    if (before->kind == NODE_MAP && after->kind == NODE_MAP) {
        compare_maps(c, before, after, path);
    } else if (before->kind == NODE_LIST && after->kind == NODE_LIST) {
        uint32_t most = before->count > after->count ? before->count : after->count;
        for (uint32_t i = 0; i < most; i++) {
            Path at = path_index(path, i);
            if (i >= before->count)
                add_change(c, DIFFERENCE_ADDED, NULL, &after->items[i], &at);
            else if (i >= after->count)
                add_change(c, DIFFERENCE_REMOVED, &before->items[i], NULL, &at);
            else
                compare_nodes(c, &before->items[i], &after->items[i], &at);
        }
    } else {
        add_change(c, DIFFERENCE_CHANGED, before, after, path);
    }
}

void diff_judge_custom(Arena *arena, Pair *pair) {
    Document *before = pair->before.document, *after = pair->after.document;
    NodeComparison c = {.arena = arena, .pair = pair};
    Document scratch = *after;
    scratch.diags = (DiagList){.arena = arena};
    compare_nodes(&c, crd_stored(before->definition, before), crd_stored(after->definition, &scratch), NULL);
    crd_judge_update(after->definition, before, after);
    pair->changes = c.changes.at;
    pair->changeCount = c.changes.n;
    for (uint32_t i = 0; i < c.changes.n; i++)
        if (c.changes.at[i].effect > pair->effect) pair->effect = c.changes.at[i].effect;
}
