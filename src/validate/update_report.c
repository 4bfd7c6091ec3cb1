/* Findings about changes. */
#include "update.h"

void forget_rules(Check *c, uint32_t from, const uint16_t *gone, size_t count) {
    DiagList *diags = c->diags;
    uint32_t kept = from;
    for (uint32_t i = from; i < diags->items.n; i++) {
        bool drop = false;
        for (size_t j = 0; j < count && !drop; j++) drop = diags->items.at[i].rule->number == gone[j];
        if (!drop) diags->items.at[kept++] = diags->items.at[i];
    }
    diags->items.n = kept;
}

void forget_below(Check *c, uint32_t from, Str place) {
    DiagList *diags = c->diags;
    uint32_t kept = from;
    for (uint32_t i = from; i < diags->items.n; i++)
        if (!path_is_below(diags->items.at[i].path, place)) diags->items.at[kept++] = diags->items.at[i];
    diags->items.n = kept;
}

static Str was_text(Arena *arena, const Difference *d) {
    Str before = shown(arena, d->before);
    switch ((DifferenceKind)d->kind) {
    case DIFFERENCE_ADDED: return S(", which it did not have");
    case DIFFERENCE_REMOVED: return before.len ? str_format(arena, ", which was \"%.*s\"", TEXT(before)) : S(", which is gone");
    case DIFFERENCE_CHANGED: return str_format(arena, ", which was \"%.*s\"", TEXT(before));
    case DIFFERENCE_MOVED: return S(", which stood at another place");
    }
    return S("");
}

/* Of several fields each says by itself what became of it. */
static Str changed_name(Arena *arena, const Difference *d) {
    Str text = path_text(arena, d->path);
    if (d->kind == DIFFERENCE_ADDED) return str_join(arena, text, S(" (new)"));
    return d->kind == DIFFERENCE_REMOVED ? str_join(arena, text, S(" (gone)")) : text;
}

static Diag *put_fixed(const Update *u, FixedRule rule, Where at, Str fields, Str was, Str hint) {
    Str kind = u->type->kind->name;
    if (rule == FIXED_FORBIDDEN)
        return emit_update_fixed_forbidden(u->c->diags, at, .kind = kind, .fields = fields, .was = was, .hint = hint);
    if (rule == FIXED_SPEC)
        return emit_update_fixed_spec(u->c->diags, at, .kind = kind, .fields = fields, .was = was, .hint = hint);
    return emit_update_fixed(u->c->diags, at, .kind = kind, .fields = fields, .was = was, .hint = hint);
}

void report_changed(const Update *u, const void *before, const void *after, const Path *place, const Path *printed,
                    FixedRule rule, Str hint) {
    enum { NAMED = 3 };
    Check *c = u->c;
    DifferenceList list = {.arena = c->arena};
    const Difference *found[NAMED];
    Str place_text = path_text(c->arena, place);
    uint32_t count = 0;
    compare_objects(&list, u->type, before, after);
    for (uint32_t i = 0; i < list.items.n; i++) {
        if (!path_is_below(path_text(c->arena, list.items.at[i].path), place_text)) continue;
        if (count < NAMED) found[count] = &list.items.at[i];
        count++;
    }
    if (count <= 1) {
        Str name = count ? path_text(c->arena, found[0]->path) : place_text;
        Where at = where_printed(c, count ? found[0]->path : place, printed);
        put_fixed(u, rule, at, name, count ? was_text(c->arena, found[0]) : S(""), hint);
        return;
    }
    Buf fields = {.arena = c->arena};
    uint32_t named = count < NAMED ? count : NAMED;
    for (uint32_t i = 0; i < named; i++) {
        if (i) buf_str(&fields, i + 1 == count ? S(" and ") : S(", "));
        buf_str(&fields, changed_name(c->arena, found[i]));
    }
    if (count > named) buf_format(&fields, " and %u more", count - named);
    Diag *diag = put_fixed(u, rule, where_printed(c, found[0]->path, printed), buf_text(&fields), S(""), hint);
    for (uint32_t i = 1; i < named; i++) diag_note(c->diags, diag, where(c, found[i]->path).span, S("changed too"));
}

/* FieldValueInvalid at a field of the spec that is not what it was. */
void check_fixed(const Update *u, const Type *spec, const void *before, const void *after, Str name, Str hint) {
    if (field_equal(schema_field(spec, name, str_hash(name)), before, after)) return;
    Path path = FIELD(NULL, "spec"), at = path_field(&path, name);
    report_changed(u, u->before, u->after, &at, &at, FIXED_FIELD, hint);
}

void put_pair(Arena *arena, StrMap *map, Str key, Str value) {
    if (map_get(*map, key)) return;
    StrPair *grown = NEW_ARRAY(arena, StrPair, map->n + 1);
    if (map->n) memcpy(grown, map->at, sizeof *grown * map->n);
    grown[map->n] = (StrPair){key, value};
    *map = (StrMap){.at = grown, .n = map->n + 1};
}
