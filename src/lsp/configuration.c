/* The configuration file, by its JSON Schema (schema/podlint-config.json). */
#include "explain/rule.h"
#include "complete.h"
#include "features.h"

extern const Str config_schema[];
extern const uint16_t config_schema_lines;

bool configuration_is(const OpenDocument *document) {
    Str path = str_of(document->path), name = str_slice(path, (size_t)(str_rfind(path, '/') + 1));
    return str_eq(name, S(".podlint.yaml")) || str_eq(name, S(".podlint.yml"));
}

static json_t *read_schema(Arena *arena) {
    Buf text = {.arena = arena};
    for (uint16_t i = 0; i < config_schema_lines; i++) {
        buf_str(&text, config_schema[i]);
        buf_char(&text, '\n');
    }
    return json_loadb(text.at, text.len, 0, NULL);
}

/* What a $ref leads to. */
static const json_t *resolve(const json_t *schema, const json_t *part) {
    Str ref = json_text(json_object_get(part, "$ref"));
    ptrdiff_t slash = ref.at ? str_rfind(ref, '/') : -1;
    return slash < 0 ? part : json_below(schema, "definitions", ref.at + slash + 1);
}

static const json_t *property(Arena *arena, const json_t *part, Str name) {
    const json_t *found = json_below(part, "properties", arena_cstr(arena, name));
    return found ? found : json_object_get(part, "additionalProperties");
}

/* The part of the schema that a map or list at the cursor is of. */
static const json_t *part_at(Arena *arena, const json_t *schema, const Cursor *cursor) {
    const json_t *part = schema;
    for (uint32_t i = 0; i < cursor->steps.n && part; i++) {
        Str key = cursor->steps.at[i].key;
        part = resolve(schema, key.at ? property(arena, part, key) : json_object_get(part, "items"));
    }
    return part;
}

static Str description_of(const json_t *schema, const json_t *part) {
    Str own = json_text(json_object_get(part, "description"));
    return own.at ? own : json_text(json_object_get(resolve(schema, part), "description"));
}

bool configuration_explain(Server *s, Buf *out, const Cursor *cursor, Span *range) {
    json_t *schema = read_schema(&s->scratch);
    Str key =
        cursor->part == CURSOR_VALUE ? cursor->key : (Str){cursor->text.at + cursor->word.at, cursor->word.end - cursor->word.at};
    const json_t *part = cursor->part == CURSOR_KEY && cursor->colon ? part_at(&s->scratch, schema, cursor) : NULL;
    Str text = part ? description_of(schema, json_below(part, "properties", arena_cstr(&s->scratch, key))) : (Str){0};
    if (text.at) buf_format(out, "**%.*s**\n\n%.*s\n", TEXT(key), TEXT(text));
    *range = cursor->word;
    json_decref(schema);
    return text.at != NULL;
}

/* Whether the words of a setting name rules. */
static bool names_rules(const Cursor *cursor) {
    static const Str lists[] = {STR("select"), STR("enable"), STR("ignore"), STR("severity"), STR("parameters")};
    Str key = cursor->key;
    bool below = cursor->part == CURSOR_KEY;
    for (uint32_t i = cursor->steps.n; below && i > 0 && !key.at; i--) key = cursor->steps.at[i - 1].key;
    return key.at && str_in(key, lists, COUNT(lists));
}

static void add_rules(Completion *c) {
    for (int source = 0; source <= FROM_ADMISSION; source++)
        complete_add(c, (CompletionItem){.label = str_of(diag_source_names[source]), .kind = ITEM_KEYWORD});
    for (uint16_t i = 0; i < rule_count; i++) {
        Str title = rule_title(c->arena, &rules[i]);
        complete_add(c, (CompletionItem){.label = rules[i].name, .kind = ITEM_VALUE, .detail = title});
    }
}

static void add_values(Completion *c, const json_t *schema, const json_t *part) {
    const json_t *all = json_object_get(part, "enum");
    for (size_t i = 0; i < json_array_size(all); i++) {
        Str word = json_text(json_array_get(all, i));
        if (word.at) complete_add(c, (CompletionItem){.label = word, .kind = ITEM_VALUE});
    }
    if (str_eq(json_text(json_object_get(part, "type")), S("boolean"))) {
        complete_add(c, (CompletionItem){.label = S("true"), .kind = ITEM_VALUE});
        complete_add(c, (CompletionItem){.label = S("false"), .kind = ITEM_VALUE});
    }
    static const char *const lists[] = {"anyOf", "oneOf"};
    for (size_t k = 0; k < COUNT(lists); k++) {
        const json_t *list = json_object_get(part, lists[k]);
        for (size_t i = 0; i < json_array_size(list); i++) add_values(c, schema, resolve(schema, json_array_get(list, i)));
    }
    if (json_object_get(part, "items")) add_values(c, schema, resolve(schema, json_object_get(part, "items")));
}

void configuration_complete(Server *s, OpenDocument *document, const Cursor *cursor, json_t *items) {
    json_t *schema = read_schema(&s->scratch);
    Completion c = completion_of(s, document, cursor, items);
    const json_t *part = part_at(&s->scratch, schema, cursor);
    if (names_rules(cursor)) {
        add_rules(&c);
    } else if (cursor->part == CURSOR_VALUE) {
        add_values(&c, schema, resolve(schema, property(&s->scratch, part, cursor->key)));
    } else {
        const char *name;
        json_t *value;
        json_object_foreach(json_object_get(part, "properties"), name, value) {
            if (str_in(str_of(name), cursor->keys.at, cursor->keys.n)) continue;
            Str text = description_of(schema, value);
            complete_add(&c, (CompletionItem){.label = arena_str(&s->scratch, str_of(name)),
                                              .kind = ITEM_PROPERTY,
                                              .documentation = text.at ? text : S(""),
                                              .insert = str_format(&s->scratch, "%s: ", name)});
        }
        add_values(&c, schema, part);
    }
    json_decref(schema);
}
