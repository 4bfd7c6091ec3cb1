/* What may stand at the cursor: fields that are not there yet, values, kinds. Names are in names.c, labels in known.c. */
#include "complete.h"
#include "features.h"
#include "spot.h"

enum { DEEPEST_SNIPPET = 4 };

/* The shape of a field as a snippet */

typedef struct Snippet {
    Buf *out;
    uint8_t minor;
    bool flush; /* dashes stand below the first letter of their key */
    int stop;   /* the last $N */
} Snippet;

static void put_escaped(Buf *out, Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("$}\\,|", text.at[i])) buf_char(out, '\\');
        buf_char(out, text.at[i]);
    }
}

static void put_scalar(Snippet *s, const Field *field) {
    Buf *out = s->out;
    const FieldText *text = field->text;
    buf_format(out, "${%d", ++s->stop);
    if (text->valueCount) {
        for (uint16_t i = 0; i < text->valueCount; i++) {
            buf_char(out, i ? ',' : '|');
            put_escaped(out, schema_text(schema_value(text, i)->value));
        }
        buf_char(out, '|');
    } else if (field->scalar == TYPE_BOOL) {
        buf_str(out, S("|true,false|"));
    }
    buf_char(out, '}');
}

static bool is_wanted(const Type *type, const Field *field, uint8_t minor) {
    bool image = str_eq(type->name, S("Container")) && str_eq(field->name, S("image"));
    return (field->required || image) && schema_has(field, minor);
}

static void put_value(Snippet *s, const Field *field, size_t indent, int depth);

/* The required fields of a type, each on a line of its own but for the first. */
static void put_required(Snippet *s, const Type *type, size_t indent, int depth) {
    bool some = false;
    for (uint16_t i = 0; i < type->fieldCount && depth < DEEPEST_SNIPPET; i++) {
        const Field *field = &type->fields[i];
        if (!is_wanted(type, field, s->minor)) continue;
        if (some) buf_char(s->out, '\n');
        if (some) buf_repeat(s->out, ' ', indent);
        buf_format(s->out, "%.*s:", TEXT(field->name));
        put_value(s, field, indent, depth + 1);
        some = true;
    }
    if (!some) buf_format(s->out, "$%d", ++s->stop);
}

/* What stands behind the colon of a field whose key is at a column. */
static void put_value(Snippet *s, const Field *field, size_t indent, int depth) {
    Buf *out = s->out;
    if (field->shape == SHAPE_ONE && !field->type) {
        buf_char(out, ' ');
        if (field->scalar == TYPE_ANY)
            buf_format(out, "$%d", ++s->stop);
        else
            put_scalar(s, field);
        return;
    }
    buf_char(out, '\n');
    bool list = field->shape == SHAPE_LIST;
    size_t inner = indent + (list && s->flush ? 0 : 2);
    buf_repeat(out, ' ', inner);
    if (list) buf_str(out, S("- "));
    if (field->shape == SHAPE_MAP) {
        buf_format(out, "${%d:key}: $%d", s->stop + 1, s->stop + 2);
        s->stop += 2;
    } else if (field->type) {
        put_required(s, field->type, inner + (list ? 2 : 0), depth);
    } else {
        put_scalar(s, field);
    }
}

/* Whether the lists of a text stand below the first letter of their keys. */
static bool is_flush(const Cursor *cursor) {
    Line line = line_at(cursor->text, 0);
    size_t key = 0;
    bool before = false;
    do {
        if (line.item && before && line.indent >= key) return line.indent == key;
        before = line.colon < line.end && line.value >= line.last;
        key = line.columns;
    } while (line_after(cursor->text, &line));
    return true;
}

/* Fields */

static Str field_document(Arena *arena, const Field *field, uint8_t minor) {
    Buf out = {.arena = arena};
    buf_str(&out, schema_text(field->text->description));
    if (field->value.at) buf_format(&out, "\n\nDefault: `%.*s`", TEXT(field->value));
    if (field->text->defaultWhen.len) buf_format(&out, "\n\nDefault: %.*s", TEXT(schema_text(field->text->defaultWhen)));
    if (!schema_gate_on(field->gate, minor))
        buf_format(&out, "\n\nThe server drops it unless the feature gate %.*s is on.", TEXT(schema_gates[field->gate].name));
    return buf_text(&out);
}

/* In JSON a key stands in quotes, which may be there already. */
static bool is_json(const Cursor *cursor) {
    Str document = str_trim((Str){cursor->text.at + cursor->document.at, cursor->document.end - cursor->document.at});
    return str_starts(document, S("{")) && !str_starts(document, S("{{"));
}

static bool in_quotes(const Cursor *cursor) {
    return cursor->word.at && strchr("\"'", cursor->text.at[cursor->word.at - 1]);
}

static Str key_text(Completion *c, const Field *field, uint8_t minor, bool *snippet) {
    const Cursor *cursor = c->cursor;
    Buf out = {.arena = c->arena};
    if (cursor->colon || in_quotes(cursor)) return field->name;
    if (cursor->flow) return str_format(c->arena, is_json(cursor) ? "\"%.*s\": " : "%.*s: ", TEXT(field->name));
    buf_format(&out, "%.*s:", TEXT(field->name));
    if (!c->server->client.snippets) {
        if (field->shape == SHAPE_ONE && !field->type) buf_char(&out, ' ');
        return buf_text(&out);
    }
    *snippet = true;
    Line line = line_at(cursor->text, cursor->at);
    Snippet s = {.out = &out, .minor = minor, .flush = is_flush(cursor)};
    put_value(&s, field, line.item ? line.columns - line.indent : 0, 0);
    return buf_text(&out);
}

static void add_fields(Completion *c, const Type *type, uint8_t minor, bool top) {
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *field = &type->fields[i];
        bool written = str_in(field->name, c->cursor->keys.at, c->cursor->keys.n);
        if (written || !schema_has(field, minor) || (top && str_eq(field->name, S("status")))) continue;
        bool snippet = false, off = !schema_gate_on(field->gate, minor);
        Str insert = key_text(c, field, minor, &snippet);
        complete_add(c, (CompletionItem){.label = field->name,
                                         .insert = insert,
                                         .snippet = snippet,
                                         .kind = ITEM_FIELD,
                                         .detail = str_format(c->arena, "%.*s%s", TEXT(schema_type_text(field, c->arena)),
                                                              field->required ? ", required" : ""),
                                         .documentation = field_document(c->arena, field, minor),
                                         .rank = is_wanted(type, field, minor) ? 0
                                                 : off                         ? 2
                                                                               : 1});
    }
}

/* A list whose first item is to be written. */
static void add_item(Completion *c, const Field *field, uint8_t minor) {
    if (c->cursor->flow || !c->server->client.snippets) return;
    Buf out = {.arena = c->arena};
    Snippet s = {.out = &out, .minor = minor, .flush = is_flush(c->cursor)};
    buf_str(&out, S("- "));
    if (field->type)
        put_required(&s, field->type, 2, 0);
    else
        put_scalar(&s, field);
    complete_add(c, (CompletionItem){.label = S("- "),
                                     .insert = buf_text(&out),
                                     .snippet = true,
                                     .kind = ITEM_FIELD,
                                     .detail = schema_type_text(field, c->arena),
                                     .documentation = schema_text(field->text->description)});
}

/* Values */

static void add_words(Completion *c, const Field *field, uint8_t minor) {
    const FieldText *text = field->text;
    for (uint16_t i = 0; i < text->valueCount; i++) {
        const EnumValue *value = schema_value(text, i);
        complete_add(c, (CompletionItem){.label = schema_text(value->value),
                                         .kind = ITEM_ENUM,
                                         .documentation = schema_text(value->description),
                                         .rank = schema_gate_on(value->gate, minor) ? 0 : 1});
    }
    if (field->scalar != TYPE_BOOL || field->shape != SHAPE_ONE) return;
    complete_add(c, (CompletionItem){.label = S("true"), .kind = ITEM_VALUE});
    complete_add(c, (CompletionItem){.label = S("false"), .kind = ITEM_VALUE});
}

static void add_amounts(Completion *c, Str unitOf) {
    static const Str cores[] = {STR("100m"), STR("250m"), STR("500m"), STR("1"), STR("2")};
    static const Str bytes[] = {STR("64Mi"), STR("128Mi"), STR("256Mi"), STR("512Mi"), STR("1Gi"), STR("10Gi")};
    static const Str units[] = {STR("Mi"), STR("Gi"), STR("Ki"), STR("Ti")};
    Str typed = c->cursor->typed;
    bool cpu = str_eq(unitOf, S("cpu"));
    if (str_is_digits(typed)) {
        complete_add(c, (CompletionItem){.label = cpu ? str_join(c->arena, typed, S("m")) : typed,
                                         .kind = ITEM_UNIT,
                                         .detail = cpu ? S("thousandths of a core") : S("bytes"),
                                         .rank = !cpu});
        for (size_t i = 0; i < COUNT(units) && !cpu; i++)
            complete_add(c, (CompletionItem){.label = str_join(c->arena, typed, units[i]), .kind = ITEM_UNIT});
        return;
    }
    for (size_t i = 0; i < (cpu ? COUNT(cores) : COUNT(bytes)); i++)
        complete_add(c, (CompletionItem){.label = cpu ? cores[i] : bytes[i], .kind = ITEM_UNIT});
}

static void add_durations(Completion *c) {
    static const Str units[] = {STR("s"), STR("m"), STR("h")};
    for (size_t i = 0; i < COUNT(units) && str_is_digits(c->cursor->typed); i++)
        complete_add(c, (CompletionItem){.label = str_join(c->arena, c->cursor->typed, units[i]), .kind = ITEM_UNIT});
}

/* Resources by name, where a quantity is wanted. */
static void add_resources(Completion *c) {
    static const Str names[] = {STR("cpu"), STR("memory"), STR("ephemeral-storage")};
    for (size_t i = 0; i < COUNT(names); i++)
        if (!str_in(names[i], c->cursor->keys.at, c->cursor->keys.n))
            complete_add(c, (CompletionItem){.label = names[i],
                                             .insert = c->cursor->colon ? S("") : str_join(c->arena, names[i], S(": ")),
                                             .kind = ITEM_PROPERTY});
}

/* The top of an object */

/* An edit that writes the apiVersion: over the one that is there, or above the line of the cursor. */
static json_t *write_version(Completion *c, Str version) {
    const Cursor *cursor = c->cursor;
    size_t from = line_at(cursor->text, cursor->at).at, to = from;
    if (cursor->apiVersion.len) {
        from = (size_t)(cursor->apiVersion.at - cursor->text.at);
        to = from + cursor->apiVersion.len;
    }
    Str text = cursor->apiVersion.len ? version : str_format(c->arena, "apiVersion: %.*s\n", TEXT(version));
    Span at = {(uint32_t)from, (uint32_t)to};
    return json_pack("[{s:o,s:o}]", "range", text_range(&c->document->text, c->server->client.units, at), "newText",
                     text_json(text));
}

static void add_custom_kinds(Completion *c, Crds *crds) {
    const Crd *crd;
    Str written = c->cursor->apiVersion;
    for (uint32_t i = 0; crds && (crd = crds_at(crds, i)); i++) {
        if (!crd->versionCount) continue;
        Str group = crd->versions[0].group;
        if (written.len && !(str_starts(written, group) && written.len > group.len && written.at[group.len] == '/')) continue;
        complete_add(c, (CompletionItem){
                            .label = crd->versions[0].kind, .kind = ITEM_CLASS, .detail = group, .rank = written.len ? 0 : 1});
    }
}

static void add_kinds(Completion *c, uint8_t minor) {
    Str version = c->cursor->apiVersion;
    for (const Kind *kind = NULL; (kind = schema_next_judged(kind));) {
        bool fits = !version.len || schema_in_group(kind, version);
        Str own = schema_version_for(kind, minor);
        if (!own.len) continue;
        bool writes = !c->cursor->flow && c->cursor->steps.n == 0 && !(version.len && fits);
        if (!fits && !writes) continue;
        complete_add(c, (CompletionItem){.label = kind->name,
                                         .kind = ITEM_CLASS,
                                         .detail = own,
                                         .documentation = schema_text(kind->type->description),
                                         .rank = fits ? 0 : 1,
                                         .more = writes ? write_version(c, own) : NULL});
    }
    add_custom_kinds(c, c->document->folder->how.crds);
    add_custom_kinds(c, run_definitions(c->document->folder->how.memory));
}

static void add_versions(Completion *c, uint8_t minor) {
    for (uint16_t i = 0; i < schema_kind_count; i++) {
        const Kind *kind = &schema_kinds[i];
        if (c->cursor->kind.len && !str_eq(kind->name, c->cursor->kind)) continue;
        for (uint8_t v = 0; v < kind->versionCount; v++) {
            if (!schema_serves(&kind->versions[v], minor)) continue;
            Str version = kind->versions[v].apiVersion;
            bool known = false;
            for (size_t k = 0; k < json_array_size(c->items) && !known; k++)
                known = str_eq(json_text(json_object_get(json_array_get(c->items, k), "label")), version);
            if (!known) complete_add(c, (CompletionItem){.label = version, .kind = ITEM_VALUE});
        }
    }
}

/* The keys of an object whose kind is not known yet. */
static void add_head(Completion *c) {
    static const Str heads[] = {STR("apiVersion"), STR("kind"), STR("metadata"), STR("spec")};
    for (size_t i = 0; i < COUNT(heads); i++) {
        if (str_in(heads[i], c->cursor->keys.at, c->cursor->keys.n)) continue;
        Str behind = i < 2 ? S(": ") : S(":");
        complete_add(
            c, (CompletionItem){.label = heads[i],
                                .insert = c->cursor->colon || c->cursor->flow ? S("") : str_join(c->arena, heads[i], behind),
                                .kind = ITEM_FIELD});
    }
}

/* Custom resources */

static void add_properties(Completion *c, const CrdSchema *schema) {
    static const char *const types[] = {"", "string", "integer", "number", "boolean", "object", "array"};
    for (uint32_t i = 0; i < schema->propertyCount; i++) {
        const CrdProperty *property = &schema->properties[i];
        if (str_in(property->name, c->cursor->keys.at, c->cursor->keys.n)) continue;
        if (!c->cursor->steps.n && str_eq(property->name, S("status"))) continue;
        const Node *text = node_get(property->schema->node, S("description"));
        bool required = str_in(property->name, schema->required.at, schema->required.n),
             block = property->schema->type >= OBJECT_VALUE;
        complete_add(c, (CompletionItem){.label = property->name,
                                         .insert = c->cursor->colon || c->cursor->flow
                                                       ? S("")
                                                       : str_join(c->arena, property->name, block ? S(":") : S(": ")),
                                         .kind = ITEM_FIELD,
                                         .detail = str_of(types[property->schema->type]),
                                         .documentation = text && text->kind == NODE_STRING ? text->text : S(""),
                                         .rank = !required});
    }
}

static void add_custom_values(Completion *c, const CrdSchema *schema) {
    for (uint32_t i = 0; schema->enumeration && i < schema->enumeration->count; i++)
        complete_add(c, (CompletionItem){.label = schema->enumeration->items[i].text, .kind = ITEM_ENUM});
    if (schema->type != BOOLEAN_VALUE) return;
    complete_add(c, (CompletionItem){.label = S("true"), .kind = ITEM_VALUE});
    complete_add(c, (CompletionItem){.label = S("false"), .kind = ITEM_VALUE});
}

/* All together */

static void complete_value(Completion *c, const Spot *spot) {
    const Cursor *cursor = c->cursor;
    if (!cursor->steps.n && str_eq(cursor->key, S("kind")) && cursor->part == CURSOR_VALUE) {
        add_kinds(c, spot->minor);
    } else if (!cursor->steps.n && str_eq(cursor->key, S("apiVersion")) && cursor->part == CURSOR_VALUE) {
        add_versions(c, spot->minor);
    } else if (spot->custom) {
        if (spot->value) add_custom_values(c, spot->value);
    } else if (spot->field) {
        bool named = complete_names(c, spot);
        add_words(c, spot->field, spot->minor);
        if (!named) complete_known(c, spot);
        if (spot->field->scalar == TYPE_QUANTITY) add_amounts(c, cursor->key);
        if (str_eq(schema_text(spot->field->text->format), S("duration"))) add_durations(c);
    }
}

static void complete_key(Completion *c, const Spot *spot) {
    if (spot->custom) {
        if (spot->schema && spot->schema->propertyCount) add_properties(c, spot->schema);
    } else if (spot->unbegun) {
        add_item(c, spot->holder, spot->minor);
    } else if (spot->type) {
        add_fields(c, spot->type, spot->minor, !spot->holder);
    } else if (!spot->root && !c->cursor->steps.n) {
        add_head(c);
    } else if (spot->holder && spot->holder->shape == SHAPE_MAP) {
        complete_selector(c, spot);
        complete_known(c, spot);
        if (spot->holder->scalar == TYPE_QUANTITY) add_resources(c);
    }
}

json_t *completion(Server *s, const json_t *params, LspError *error) {
    OpenDocument *document = document_of(s, params, error);
    if (!document) return NULL;
    workspace_settle(s, document);
    size_t at = text_offset(&document->text, s->client.units, json_object_get(params, "position"));
    Cursor cursor = cursor_at(&s->scratch, text_str(&document->text), at);
    json_t *items = json_array();
    if (configuration_is(document)) {
        configuration_complete(s, document, &cursor, items);
    } else if (kustomization_is(document)) {
        kustomization_complete(s, document, &cursor, items);
    } else {
        Completion c = completion_of(s, document, &cursor, items);
        Spot spot = spot_of(s, document, &cursor);
        if (cursor.part == CURSOR_KEY) complete_key(&c, &spot);
        if (cursor.part == CURSOR_VALUE || (cursor.part == CURSOR_KEY && spot.field)) complete_value(&c, &spot);
    }
    return json_pack("{s:b,s:o}", "isIncomplete", 0, "items", items);
}
