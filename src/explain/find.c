#include "find.h"

static bool is_called(const Kind *kind, Str word) {
    bool called = str_eq_nocase(word, kind->name) || str_eq_nocase(word, kind->plural);
    for (uint8_t i = 0; i < kind->shortCount && !called; i++) called = str_eq_nocase(word, kind->shorts[i]);
    return called;
}

const Kind *find_kind(Str word) {
    const Kind *kind = schema_next_judged(NULL);
    while (kind && !is_called(kind, word)) kind = schema_next_judged(kind);
    return kind;
}

Parts find_parts(Str query) {
    Parts parts = {0};
    size_t start = 0;
    bool bracket = false;
    for (size_t i = 0; i <= query.len && parts.n < DEEPEST; i++) {
        char c = i < query.len ? query.at[i] : '.';
        if (c == '[') {
            if (!bracket && i > start) parts.at[parts.n++] = (Str){query.at + start, i - start};
            bracket = true;
            start = i + 1;
        } else if (c == ']') {
            bracket = false;
            start = i + 1;
        } else if ((c == '.' || c == '/') && (!bracket || i == query.len)) {
            if (!bracket && i > start) parts.at[parts.n++] = (Str){query.at + start, i - start};
            start = i + 1;
        }
    }
    return parts;
}

static const Field *find_field(const Type *type, Str name, uint8_t minor, bool *exact) {
    const Field *field = schema_field(type, name, str_hash(name));
    *exact = true;
    if (field && schema_has(field, minor)) return field;
    *exact = false;
    for (uint16_t i = 0; i < type->fieldCount; i++)
        if (str_eq_nocase(type->fields[i].name, name) && schema_has(&type->fields[i], minor)) return &type->fields[i];
    return NULL;
}

Followed find_follow(Arena *arena, const Type *kind, const Parts *parts, size_t from, uint8_t minor) {
    Buf path = {.arena = arena};
    Followed followed = {.target = {.kind = kind, .type = kind}, .from = from};
    Target *out = &followed.target;
    for (size_t i = from; i < parts->n; i++) {
        bool exact;
        const Field *field = out->type ? find_field(out->type, parts->at[i], minor, &exact) : NULL;
        if (!field && out->field && out->field->shape == SHAPE_MAP) break; /* what follows is a key */
        if (!field) {
            followed.missing = i;
            followed.at = out->type;
            return followed;
        }
        out->corrected |= !exact;
        if (path.len) buf_char(&path, '.');
        buf_str(&path, field->name);
        bool podSpec =
            kind->kind && kind->kind->workload == WORKLOAD_POD && path.len >= 4 && str_starts(buf_text(&path), S("spec"));
        if (i == from) out->inStatus = kind->kind && str_eq(field->name, S("status"));
        if (i == from) out->change = podSpec ? CHANGE_FIXED : kind->kind ? CHANGE_IN_PLACE : CHANGE_NORMAL;
        if (!out->inTemplate && field->text->change != CHANGE_NORMAL) {
            out->change = field->text->change;
            out->changeWhen = schema_text(field->text->changeWhen);
        }
        if (!out->inTemplate && schema_is_template(kind->kind, field)) {
            out->inTemplate = true;
            /* Of a template that may change within limits, most is fixed. */
            if (out->change == CHANGE_LIMITED) out->change = CHANGE_FIXED;
        }
        out->field = out->way[out->wayLength++] = field;
        out->type = field->type;
    }
    out->path = buf_text(&path);
    followed.found = true;
    return followed;
}

/* The fields on the way to one. */
typedef struct Way {
    const struct Way *up;
    const Field *field; /* NULL: the kind */
    const Type *kind;
} Way;

static void put_way(Buf *out, const Way *way) {
    if (!way->field) {
        buf_str(out, way->kind->name);
        return;
    }
    put_way(out, way->up);
    buf_format(out, ".%.*s%s", TEXT(way->field->name), way->field->shape == SHAPE_LIST && way->field->type ? "[]" : "");
}

static void match_field(Search *s, const Way *way) {
    const FieldText *text = way->field->text;
    Str description = S("");
    if (!s->value && str_eq_nocase(way->field->name, s->word)) description = schema_text(text->description);
    for (uint16_t i = 0; s->value && i < text->valueCount; i++)
        if (str_eq_nocase(schema_text(schema_value(text, i)->value), s->word))
            description = schema_text(schema_value(text, i)->description);
    if (!description.len) return;
    Buf path = {.arena = s->arena};
    put_way(&path, way);
    ARRAY_PUSH(s->arena, &s->found, (FieldPlace){way->field, buf_text(&path), description});
}

/* What a workload holds inside its template is found in the Pod, and what a CronJob's holds in the Job. */
static void search_type(Search *s, const Kind *kind, const Type *type, const Way *up, int depth) {
    if (depth > DEEPEST) return;
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *field = &type->fields[i];
        if ((!s->status && str_eq(field->name, S("status"))) || !schema_has(field, s->minor)) continue;
        Way way = {up, field, NULL};
        match_field(s, &way);
        if (field->type && !schema_is_template(kind, field)) search_type(s, kind, field->type, &way, depth + 1);
    }
}

void find_places(Search *s) {
    for (int round = 0; round < 2 && !s->found.n; round++) {
        s->status = round > 0;
        for (const Kind *kind = NULL; (kind = schema_next_judged(kind));)
            search_type(s, kind, kind->type, &(Way){.kind = kind->type}, 0);
    }
}

void find_below(Search *s, const Parts *rest) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->found.n; i++) {
        Buf path = {.arena = s->arena};
        buf_str(&path, s->found.at[i].path);
        for (size_t j = 1; j < rest->n; j++) buf_format(&path, ".%.*s", TEXT(rest->at[j]));
        Parts parts = find_parts(buf_text(&path));
        Followed followed = find_follow(s->arena, find_kind(parts.at[0])->type, &parts, 1, s->minor);
        if (!followed.found || !followed.target.field) continue;
        const Target *target = &followed.target;
        Str full = str_format(s->arena, "%.*s.%.*s", TEXT(target->kind->name), TEXT(target->path));
        s->found.at[kept++] = (FieldPlace){target->field, full, schema_text(target->field->text->description)};
    }
    s->found.n = kept;
}
