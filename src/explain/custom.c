#include "custom.h"

#include <jansson.h>

#include "base/near.h"
#include "base/visible.h"
#include "find.h"
#include "model/stored.h"
#include "style.h"

/* A field of a custom resource, or the whole of it. */
typedef struct CustomField {
    const CrdVersion *version;
    const CrdSchema *schema, *owner; /* owner: the object that has the field, or NULL */
    Str name, path;
} CustomField;

static Str text_of(const Node *node, Str key) {
    const Node *value = node_get(node, key);
    return value && value->kind == NODE_STRING ? value->text : S("");
}

/* The version to speak of: the newest that is served, as people order them: v1, v1beta1, v1alpha1. */
static const CrdVersion *version_of(Crds *crds, const Crd *crd, Arena *arena) {
    const CrdVersion *best = NULL;
    for (uint32_t i = 0; i < crd->versionCount; i++) {
        const CrdVersion *version = &crd->versions[i];
        bool stable = !str_has(version->name, S("alpha")) && !str_has(version->name, S("beta"));
        bool bestStable = best && !str_has(best->name, S("alpha")) && !str_has(best->name, S("beta"));
        if (version->served &&
            (!best || (stable && !bestStable) || (stable == bestStable && str_cmp(version->name, best->name) > 0)))
            best = version;
    }
    const Crd *known;
    return best ? crds_find(crds, str_format(arena, "%.*s/%.*s", TEXT(best->group), TEXT(best->name)), best->kind, &known) : NULL;
}

/* Takes the kind off the start of a query; NULL if no definition has it. */
static const Crd *kind_of(Crds *crds, Str *query) {
    const Crd *crd;
    for (uint32_t i = 0; (crd = crds_at(crds, i)); i++) {
        if (!crd->versionCount) continue;
        const Str names[] = {crd->name, crd->versions->kind, crd->versions->plural};
        for (size_t k = 0; k < COUNT(names); k++) {
            Str start = {query->at, names[k].len < query->len ? names[k].len : query->len};
            if (!names[k].len || !str_eq_nocase(start, names[k])) continue;
            if (query->len > names[k].len && query->at[names[k].len] != '.') continue;
            *query = str_slice(*query, names[k].len + 1);
            return crd;
        }
    }
    return NULL;
}

static Str type_of(Arena *arena, const CrdSchema *schema, unsigned depth) {
    static const Str names[] = {STR("any"),     STR("string"), STR("integer"), STR("number"),
                                STR("boolean"), STR("object"), STR("list")};
    if (schema->intOrString) return S("integer or string");
    if (schema->type == ARRAY_VALUE && schema->items && depth < 8)
        return str_join(arena, S("[]"), type_of(arena, schema->items, depth + 1));
    if (schema->type == OBJECT_VALUE && schema->additional && depth < 8)
        return str_join(arena, S("map[string]"), type_of(arena, schema->additional, depth + 1));
    return names[schema->type];
}

/* The schema of what a field holds, through lists and maps. */
static const CrdSchema *content_of(const CrdSchema *schema) {
    while ((schema->items || schema->additional) && !schema->propertyCount)
        schema = schema->items ? schema->items : schema->additional;
    return schema;
}

static bool is_required(const CrdSchema *owner, Str name) {
    return owner && str_in(name, owner->required.at, owner->required.n);
}

static Str json_of(Arena *arena, const Node *node) {
    json_t *value = stored_node(arena, node);
    char *dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    Str out = dumped ? arena_str(arena, str_of(dumped)) : S("");
    free(dumped);
    json_decref(value);
    return visible(arena, out);
}

static Str limits_of(Arena *arena, const CrdSchema *schema) {
    static const struct {
        Str key;
        const char *words;
    } limits[] = {{STR("minimum"), "at least"},
                  {STR("maximum"), "at most"},
                  {STR("multipleOf"), "a multiple of"},
                  {STR("minLength"), "characters, at least"},
                  {STR("maxLength"), "characters, at most"},
                  {STR("minItems"), "items, at least"},
                  {STR("maxItems"), "items, at most"},
                  {STR("minProperties"), "fields, at least"},
                  {STR("maxProperties"), "fields, at most"}};
    Buf out = {.arena = arena};
    for (size_t i = 0; i < COUNT(limits); i++) {
        const Node *value = node_get(schema->node, limits[i].key);
        if (value && value->kind < NODE_STRING)
            buf_format(&out, "%s%s %.*s", out.len ? "; " : "", limits[i].words, TEXT(value->text));
    }
    return buf_text(&out);
}

static void put_fields(const Style *w, const CrdSchema *schema, int level, int depth) {
    Arena *arena = w->out->arena;
    const Node *properties = node_get(schema->node, S("properties"));
    for (uint32_t i = 0; properties && properties->kind == NODE_MAP && i < properties->count; i++) {
        const Entry *entry = &properties->entries[i];
        const CrdSchema *field = crd_property(schema, entry->key, entry->hash);
        if (!field) continue;
        int indent = 2 + level * 2;
        Str name = visible(arena, entry->key);
        buf_repeat(w->out, ' ', (size_t)indent);
        buf_format(w->out, "%s%-24.*s%s  %s%.*s%s%s\n", style_bold(w), TEXT(name), style_reset(w), style_dim(w),
                   TEXT(type_of(arena, field, 0)), style_reset(w), is_required(schema, entry->key) ? "  required" : "");
        Str description = first_sentence(visible(arena, str_trim(text_of(field->node, S("description")))));
        if (depth == 1 && level == 0 && description.len) {
            buf_repeat(w->out, ' ', (size_t)indent + 4);
            put_wrapped(w, description, indent + 4, indent + 4);
        }
        if (depth > 1 && level < DEEPEST) put_fields(w, content_of(field), level + 1, depth - 1);
    }
}

static void write_text(Buf *out, const CustomField *field, const ExplainSettings *settings) {
    const Style *w = &(Style){out, settings};
    Arena *arena = out->arena;
    const CrdSchema *schema = field->schema;
    const char *mark = settings->format == EXPLAIN_MARKDOWN ? "## " : "";
    buf_format(out, "%s%s%.*s%s%.*s%s  (%.*s/%.*s)\n\n", mark, style_bold(w), TEXT(field->version->kind),
               field->path.len ? "." : "", TEXT(visible(arena, field->path)), style_reset(w), TEXT(field->version->group),
               TEXT(field->version->name));
    put_fact(w, "type", type_of(arena, schema, 0));
    if (field->owner) put_fact(w, "required", is_required(field->owner, field->name) ? S("yes") : S("no"));
    if (schema->defaultValue) put_fact(w, "default", json_of(arena, schema->defaultValue));
    if (schema->enumeration) put_fact(w, "values", json_of(arena, schema->enumeration));
    put_fact(w, "form", visible(arena, text_of(schema->node, S("format"))));
    put_fact(w, "pattern", visible(arena, schema->pattern));
    put_fact(w, "limits", limits_of(arena, schema));
    if (schema->nullable) put_fact(w, "null", S("is a value"));
    if (schema->listKind == LIST_SET) put_fact(w, "list", S("a set: no item twice"));
    if (schema->listKind == LIST_MAP) {
        Buf keys = {.arena = arena};
        for (uint32_t i = 0; i < schema->listKeys.n; i++)
            buf_format(&keys, "%s%.*s", i ? ", " : "", TEXT(schema->listKeys.at[i]));
        put_fact(w, "list", str_join(arena, S("a map, by "), buf_text(&keys)));
    }
    if (schema->preserves) put_fact(w, "fields", S("any, also those that are not named"));
    Str description = visible(arena, str_trim(text_of(schema->node, S("description"))));
    buf_char(out, '\n');
    if (description.len) {
        buf_str(out, S("  "));
        put_wrapped(w, description, 2, 2);
    }
    if (schema->ruleCount) buf_format(out, "\n%sRules%s\n", style_bold(w), style_reset(w));
    for (uint32_t i = 0; i < schema->ruleCount; i++) {
        const CrdRule *rule = &schema->rules[i];
        Str text = rule->rule && rule->rule->kind == NODE_STRING ? visible(arena, str_trim(rule->rule->text)) : S("");
        buf_str(out, S("  "));
        put_wrapped(w, text, 2, 2);
        if (!rule->message.len) continue;
        buf_str(out, S("      "));
        put_wrapped(w, visible(arena, rule->message), 6, 6);
    }
    const CrdSchema *content = content_of(schema);
    if (content->propertyCount && settings->depth > 0) {
        buf_format(out, "\n%sFields%s\n", style_bold(w), style_reset(w));
        put_fields(w, content, 0, settings->depth);
    }
}

static json_t *text_json(Arena *arena, Str text) {
    return json_pack("s", arena_cstr(arena, str_valid_utf8(arena, text)));
}

static json_t *field_json(Arena *arena, const CrdSchema *schema, const CrdSchema *owner, Str name, int depth) {
    json_t *out = json_object();
    if (name.len) json_object_set_new(out, "name", text_json(arena, name));
    json_object_set_new(out, "type", text_json(arena, type_of(arena, schema, 0)));
    if (owner) json_object_set_new(out, "required", json_boolean(is_required(owner, name)));
    json_object_set_new(out, "description", text_json(arena, str_trim(text_of(schema->node, S("description")))));
    json_object_set_new(out, "default", schema->defaultValue ? stored_node(arena, schema->defaultValue) : json_null());
    json_object_set_new(out, "enum", schema->enumeration ? stored_node(arena, schema->enumeration) : json_null());
    const CrdSchema *content = content_of(schema);
    const Node *properties = node_get(content->node, S("properties"));
    if (!depth || !content->propertyCount) return out;
    json_t *fields = json_array();
    for (uint32_t i = 0; i < properties->count; i++) {
        const CrdSchema *below = crd_property(content, properties->entries[i].key, properties->entries[i].hash);
        if (below) json_array_append_new(fields, field_json(arena, below, content, properties->entries[i].key, depth - 1));
    }
    json_object_set_new(out, "fields", fields);
    return out;
}

static void write_json(Buf *out, const CustomField *field, const ExplainSettings *settings) {
    Arena *arena = out->arena;
    json_t *object = field_json(arena, field->schema, field->owner, S(""), settings->depth);
    Str version = str_format(arena, "%.*s/%.*s", TEXT(field->version->group), TEXT(field->version->name));
    json_object_set_new(object, "kind", text_json(arena, field->version->kind));
    json_object_set_new(object, "apiVersion", text_json(arena, version));
    json_object_set_new(object, "path", text_json(arena, field->path));
    char *text = json_dumps(object, JSON_INDENT(2));
    if (text) buf_str(out, str_of(text));
    buf_char(out, '\n');
    free(text);
    json_decref(object);
}

ExplainKind explain_custom(Buf *out, Crds *crds, Str query, const ExplainSettings *settings) {
    const Crd *crd = kind_of(crds, &query);
    const CrdVersion *version = crd ? version_of(crds, crd, out->arena) : NULL;
    if (!version || !version->schema) return EXPLAINS_NOTHING;
    CustomField field = {.version = version, .schema = version->schema};
    Parts parts = find_parts(query);
    Buf path = {.arena = out->arena};
    for (size_t i = 0; i < parts.n; i++) {
        const CrdSchema *owner = content_of(field.schema), *found = crd_property(owner, parts.at[i], str_hash(parts.at[i]));
        Near near = near_start(parts.at[i]);
        for (uint32_t k = 0; k < owner->propertyCount && !found; k++) {
            if (str_eq_nocase(owner->properties[k].name, parts.at[i]))
                parts.at[i] = owner->properties[k].name, found = owner->properties[k].schema;
            near_try(&near, owner->properties[k].name);
        }
        if (!found && owner->additional) found = owner->additional;
        if (!found) {
            Str question = near_question(out->arena, near.found);
            buf_format(out, "%.*s%s%.*s has no field \"%.*s\"%s%.*s\n", TEXT(version->kind), path.len ? "." : "",
                       TEXT(buf_text(&path)), TEXT(visible(out->arena, parts.at[i])), question.len ? "; " : "", TEXT(question));
            return EXPLAINS_NOTHING;
        }
        if (path.len) buf_char(&path, '.');
        buf_str(&path, parts.at[i]);
        field = (CustomField){version, found, owner, parts.at[i], buf_text(&path)};
    }
    if (settings->format == EXPLAIN_JSON)
        write_json(out, &field, settings);
    else
        write_text(out, &field, settings);
    return EXPLAINS_FIELD;
}
