#include "spot.h"

uint8_t spot_minor(const OpenDocument *document) {
    const Folder *folder = document->folder;
    if (!folder || folder->stale || document->file == NO_FILE) return VERSION_LAST;
    const FileSettings *settings = folder->how.files[document->file];
    return settings->minors[settings->minorCount - 1];
}

static Str way_of(Arena *arena, const Cursor *c) {
    Buf out = {.arena = arena};
    Str last = c->part == CURSOR_VALUE ? c->key : (Str){c->text.at + c->word.at, c->word.end - c->word.at};
    for (uint32_t i = 0; i < c->steps.n; i++)
        if (c->steps.at[i].key.at) buf_format(&out, "%s%.*s", out.len ? "." : "", TEXT(c->steps.at[i].key));
    if (last.len) buf_format(&out, "%s%.*s", out.len ? "." : "", TEXT(last));
    return buf_text(&out);
}

/* A map of free keys, or a type's own, is entered by a key; a list by an item. */
static void follow(Spot *spot, const Cursor *c) {
    spot->type = spot->root;
    for (uint32_t i = 0; i < c->steps.n; i++) {
        Str key = c->steps.at[i].key;
        if (!key.at) {
            spot->inList = spot->unbegun;
            if (spot->inList) spot->type = spot->holder->type;
            spot->unbegun = false;
            continue;
        }
        bool free = spot->holder && !spot->type && spot->holder->shape == SHAPE_MAP && spot->holder->type;
        if (free) {
            spot->type = spot->holder->type;
            continue;
        }
        const Field *field = spot->type ? schema_field(spot->type, key, str_hash(key)) : NULL;
        spot->parent = spot->type;
        spot->holder = field;
        spot->inList = false;
        spot->unbegun = field && field->shape == SHAPE_LIST;
        spot->type = field && field->shape == SHAPE_ONE ? field->type : NULL;
        if (!field) return;
    }
}

static const CrdSchema *step(const CrdSchema *schema, Str key) {
    if (!schema) return NULL;
    return key.at ? crd_below(schema, key, str_hash(key)) : schema->items;
}

static void follow_custom(Spot *spot, const Cursor *c, const CrdSchema *schema) {
    for (uint32_t i = 0; i < c->steps.n; i++) schema = step(schema, c->steps.at[i].key);
    spot->unbegun = schema && schema->type == ARRAY_VALUE;
    spot->schema = schema;
    if (c->part == CURSOR_VALUE) spot->value = step(schema, c->key);
}

Crds *spot_definitions(const OpenDocument *document, Str apiVersion, Str kind) {
    const Folder *folder = document->folder;
    if (!folder || folder->stale) return NULL;
    Crds *lists[] = {folder->how.crds, run_definitions(folder->how.memory)};
    for (size_t i = 0; i < COUNT(lists); i++) {
        const Crd *known = NULL;
        if (lists[i]) crds_find(lists[i], apiVersion, kind, &known);
        if (known) return lists[i];
    }
    return NULL;
}

Spot spot_of(Server *s, OpenDocument *document, const Cursor *c) {
    Spot spot = {.minor = spot_minor(document), .path = way_of(&s->scratch, c)};
    spot.root = schema_type_of(c->apiVersion, c->kind, spot.minor);
    const Kind *kind = spot.root || !c->kind.len ? NULL : schema_kind(c->kind);
    if (!spot.root && kind && (!c->apiVersion.len || schema_in_group(kind, c->apiVersion))) spot.root = kind->type;
    const Crd *known = NULL;
    Crds *crds = !spot.root && c->kind.len && c->apiVersion.len ? spot_definitions(document, c->apiVersion, c->kind) : NULL;
    const CrdVersion *version = crds ? crds_find(crds, c->apiVersion, c->kind, &known) : NULL;
    bool meta = c->steps.n && str_eq(c->steps.at[0].key, S("metadata"));
    if (version && version->schema && !meta) {
        spot.custom = true;
        follow_custom(&spot, c, version->schema);
        return spot;
    }
    if (!spot.root && meta) spot.root = schema_type(S("Pod")); /* all objects have the same metadata */
    follow(&spot, c);
    bool scalars = spot.inList && spot.holder && !spot.holder->type;
    if (c->part == CURSOR_VALUE && spot.type) spot.field = schema_field(spot.type, c->key, str_hash(c->key));
    if (c->part == CURSOR_KEY && scalars) spot.field = spot.holder;
    if (c->part == CURSOR_VALUE && !spot.type && spot.holder && spot.holder->shape == SHAPE_MAP) spot.field = spot.holder;
    return spot;
}
