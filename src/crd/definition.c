/* The verdict on a CustomResourceDefinition: its names, its versions, and whether their schemas are structural, with expressions
 * that compile (k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation, pkg/apiserver/schema). What all versions have
 * in common the server prints as a part of the spec itself. */
#include "base/str_set.h"
#include "cost.h"
#include "judge.h"
#include "rules.h"
#include "validate/areas.h"
#include "yaml/text_span.h"

enum { DEPRECATION_LENGTH = 256, MOST_SELECTABLE = 8 };

/* An expression that costs much. */
typedef struct Costly {
    uint64_t cost;
    Where at;
} Costly;

typedef struct Definition {
    Check check;
    Document *document;
    Str written, printed; /* the start of paths as they are written, and as the server prints them */
    bool convertible;     /* the server can make a schema of it at all */
    bool structural;      /* so far nothing is wrong with it that keeps the server from going on */
    uint64_t cost;        /* of the expressions of a schema so far */
    bool tooCostly;       /* one of them alone costs too much */
    Costly costly[4];     /* the costliest of them */
} Definition;

static Where place(const Definition *d, Where at) {
    if (d->written.len && path_is_below(at.path, d->written))
        at.path = str_join(d->check.arena, d->printed, str_slice(at.path, d->written.len));
    return at;
}

static Diag *required(Definition *d, const Path *path, const char *when, Str hint) {
    return emit_definition_required(d->check.diags, place(d, where(&d->check, path)), .field = path->name, .when = str_of(when),
                                    .hint = hint);
}

static void invalid(Definition *d, const Path *path, Str value, const char *problem) {
    Str field = path->name.at ? path->name : path->up->name;
    emit_definition_invalid(d->check.diags, place(d, where(&d->check, path)),
                            .value = value.at ? shown(d->check.arena, value) : S("what is written"), .field = field,
                            .problem = str_of(problem), .hint = S(""));
}

static void forbidden(Definition *d, const Path *path, const char *problem) {
    emit_definition_forbidden(d->check.diags, place(d, where_key(&d->check, path)), .field = path->name,
                              .problem = str_of(problem), .hint = S(""));
}

static void listed(Definition *d, Str value, const Str *allowed, size_t count, const Path *path) {
    uint32_t before = d->check.diags->items.n;
    check_enum(&d->check, value, allowed, count, path);
    if (d->check.diags->items.n == before) return;
    Diag *diag = &d->check.diags->items.at[before];
    diag->path = place(d, (Where){.path = diag->path}).path;
}

static Str text_of(const Node *node, Str key) {
    const Node *value = node_get(node, key);
    return value && value->kind == NODE_STRING ? value->text : S("");
}

/* Whether a field of a schema says anything: empty values are the same as none. */
static bool says(const Node *node, Str key) {
    const Node *value = node_get(node, key);
    if (!value || value->kind == NODE_NULL) return false;
    if (value->kind == NODE_BOOL) return value->text.at[0] == 't';
    if (value->kind == NODE_STRING) return value->text.len > 0;
    return value->kind < NODE_LIST || value->count > 0;
}

static bool is_there(const Node *node, Str key) {
    const Node *value = node_get(node, key);
    return value && value->kind != NODE_NULL;
}

/* Fields of a schema. */

typedef enum Form {
    FORM_TEXT,
    FORM_BOOL,
    FORM_NUMBER,
    FORM_COUNT,
    FORM_LIST,
    FORM_SCHEMA,
    FORM_SCHEMAS,
    FORM_MAP,
    FORM_EITHER,
    FORM_ANY
} Form;

static const struct {
    Str name;
    uint8_t form;
} words[] = {
    {STR("$ref"), FORM_TEXT},
    {STR("$schema"), FORM_TEXT},
    {STR("additionalItems"), FORM_EITHER},
    {STR("additionalProperties"), FORM_EITHER},
    {STR("allOf"), FORM_SCHEMAS},
    {STR("anyOf"), FORM_SCHEMAS},
    {STR("default"), FORM_ANY},
    {STR("definitions"), FORM_MAP},
    {STR("dependencies"), FORM_ANY},
    {STR("description"), FORM_TEXT},
    {STR("enum"), FORM_LIST},
    {STR("example"), FORM_ANY},
    {STR("exclusiveMaximum"), FORM_BOOL},
    {STR("exclusiveMinimum"), FORM_BOOL},
    {STR("externalDocs"), FORM_ANY},
    {STR("format"), FORM_TEXT},
    {STR("id"), FORM_TEXT},
    {STR("items"), FORM_ANY},
    {STR("maxItems"), FORM_COUNT},
    {STR("maxLength"), FORM_COUNT},
    {STR("maxProperties"), FORM_COUNT},
    {STR("maximum"), FORM_NUMBER},
    {STR("minItems"), FORM_COUNT},
    {STR("minLength"), FORM_COUNT},
    {STR("minProperties"), FORM_COUNT},
    {STR("minimum"), FORM_NUMBER},
    {STR("multipleOf"), FORM_NUMBER},
    {STR("not"), FORM_SCHEMA},
    {STR("nullable"), FORM_BOOL},
    {STR("oneOf"), FORM_SCHEMAS},
    {STR("pattern"), FORM_TEXT},
    {STR("patternProperties"), FORM_MAP},
    {STR("properties"), FORM_MAP},
    {STR("required"), FORM_LIST},
    {STR("title"), FORM_TEXT},
    {STR("type"), FORM_TEXT},
    {STR("uniqueItems"), FORM_BOOL},
    {STR("x-kubernetes-embedded-resource"), FORM_BOOL},
    {STR("x-kubernetes-int-or-string"), FORM_BOOL},
    {STR("x-kubernetes-list-map-keys"), FORM_LIST},
    {STR("x-kubernetes-list-type"), FORM_TEXT},
    {STR("x-kubernetes-map-type"), FORM_TEXT},
    {STR("x-kubernetes-preserve-unknown-fields"), FORM_BOOL},
    {STR("x-kubernetes-validations"), FORM_LIST},
};

static bool has_form(const Node *value, Form form) {
    switch (form) {
    case FORM_TEXT: return value->kind == NODE_STRING;
    case FORM_BOOL: return value->kind == NODE_BOOL;
    case FORM_COUNT: return value->kind == NODE_INT;
    case FORM_NUMBER: return value->kind == NODE_INT || value->kind == NODE_FLOAT;
    case FORM_LIST:
    case FORM_SCHEMAS: return value->kind == NODE_LIST;
    case FORM_SCHEMA:
    case FORM_MAP: return value->kind == NODE_MAP;
    case FORM_EITHER: return value->kind == NODE_MAP || value->kind == NODE_BOOL;
    case FORM_ANY: return true;
    }
    return true;
}

static const char *form_words(Form form) {
    static const char *const texts[] = {"text",     "true or false",     "a number", "a whole number",          "a list",
                                        "a schema", "a list of schemas", "a map",    "a schema, true or false", "a value"};
    return texts[form];
}

/* A path without brackets, as strict decoding prints it. */
static void put_plain(Buf *buf, const Path *path) {
    if (!path) return;
    put_plain(buf, path->up);
    if (path->index >= 0)
        buf_format(buf, "[%lld]", (long long)path->index);
    else {
        if (path->up) buf_char(buf, '.');
        buf_str(buf, path->name);
    }
}

/* What the server cannot decode as a schema: unknown fields, values of the wrong type. */
static void read_fields(Definition *d, const Node *node, bool strict, const Path *path) {
    for (uint32_t i = 0; i < node->count; i++) {
        const Entry *entry = &node->entries[i];
        size_t w = 0;
        while (w < COUNT(words) && !str_eq(words[w].name, entry->key)) w++;
        Path at = path_field(path, entry->key);
        Buf text = {.arena = d->check.arena};
        put_plain(&text, &at);
        if (w == COUNT(words) && !strict) continue;
        if (w == COUNT(words)) {
            Str names[COUNT(words)];
            for (size_t k = 0; k < COUNT(words); k++) names[k] = words[k].name;
            emit_unknown_field(d->check.diags, ((Where){.span = entry->keySpan, .path = buf_text(&text)}), .type = S("a schema"),
                               .field = entry->key, .hint = did_you_mean(d->check.arena, entry->key, names, COUNT(names)));
        } else if (entry->value.kind != NODE_NULL && !has_form(&entry->value, (Form)words[w].form)) {
            d->document->unreadable = true;
            Where here = where(&d->check, &at);
            here.path = buf_text(&text);
            emit_wrong_type(d->check.diags, here, .field = entry->key, .expected = str_of(form_words((Form)words[w].form)),
                            .found = S("something else"), .hint = S(""));
        }
    }
}

/* The same of a row of x-kubernetes-validations. */
static void read_rule(Definition *d, const Node *node, bool strict, const Path *path) {
    static const Str names[] = {STR("rule"),   STR("message"),   STR("messageExpression"),
                                STR("reason"), STR("fieldPath"), STR("optionalOldSelf")};
    for (uint32_t i = 0; node->kind == NODE_MAP && i < node->count; i++) {
        const Entry *entry = &node->entries[i];
        Path at = path_field(path, entry->key);
        Buf text = {.arena = d->check.arena};
        put_plain(&text, &at);
        bool isBool = str_eq(entry->key, names[COUNT(names) - 1]);
        if (!str_in(entry->key, names, COUNT(names))) {
            if (!strict) continue;
            emit_unknown_field(d->check.diags, ((Where){.span = entry->keySpan, .path = buf_text(&text)}), .type = S("a rule"),
                               .field = entry->key, .hint = did_you_mean(d->check.arena, entry->key, names, COUNT(names)));
        } else if (entry->value.kind != NODE_NULL && entry->value.kind != (isBool ? NODE_BOOL : NODE_STRING)) {
            d->document->unreadable = true;
            Where here = where(&d->check, &at);
            here.path = buf_text(&text);
            emit_wrong_type(d->check.diags, here, .field = entry->key, .expected = isBool ? S("true or false") : S("text"),
                            .found = S("something else"), .hint = S(""));
        }
    }
}

/* Structural schemas. */

typedef enum Level { LEVEL_ROOT, LEVEL_ITEM, LEVEL_FIELD } Level;

#define UNLIMITED UINT64_MAX

typedef struct Context {
    Level level;
    bool nested;     /* inside anyOf, allOf, oneOf or not */
    bool insideMeta; /* apiVersion, kind or metadata of an object */
    bool noDefault;  /* defaults are forbidden */
    bool unpaired;   /* values cannot be compared with those before a change */
    bool lax;        /* below items and additionalProperties the server passes over what it does not know */
    bool freeType;   /* a type may stand here: of the two forms of int-or-string */
    bool inward;     /* what is inside comes first */
    uint64_t times;  /* how often the value may stand in an object; UNLIMITED: nothing says */
} Context;

static void wrong(Definition *d) {
    d->structural = false;
}

static bool is_meta(Str name) {
    return str_eq(name, S("metadata")) || str_eq(name, S("kind")) || str_eq(name, S("apiVersion"));
}

/* The forms integer and string of an anyOf, and nothing more. */
static bool is_int_or_string(CrdSchemas forms) {
    if (forms.n != 2) return false;
    for (uint32_t i = 0; i < 2; i++)
        if (forms.at[i]->node->count != 1 || forms.at[i]->type != (i ? STRING_VALUE : INTEGER_VALUE)) return false;
    return true;
}

/* What only the schema itself may say, not one that narrows it. */
static void check_nested(Definition *d, const CrdSchema *schema, const Context *context, const Path *path) {
    static const struct {
        Str name;
        const char *problem;
    } fields[] = {
        {STR("type"), "the type stands in the schema itself"},
        {STR("additionalProperties"), "what fields there are stands in the schema itself"},
        {STR("title"), "it stands in the schema itself"},
        {STR("description"), "it stands in the schema itself"},
        {STR("nullable"), "it stands in the schema itself"},
        {STR("x-kubernetes-preserve-unknown-fields"), "it stands in the schema itself"},
        {STR("x-kubernetes-embedded-resource"), "it stands in the schema itself"},
        {STR("x-kubernetes-int-or-string"), "it stands in the schema itself"},
        {STR("x-kubernetes-list-map-keys"), "it stands in the schema itself"},
        {STR("x-kubernetes-list-type"), "it stands in the schema itself"},
        {STR("x-kubernetes-map-type"), "it stands in the schema itself"},
        {STR("x-kubernetes-validations"), "rules stand in the schema itself"},
    };
    for (size_t i = 0; i < COUNT(fields); i++) {
        if (!says(schema->node, fields[i].name) || (i == 0 && context->freeType)) continue;
        Path at = path_field(path, fields[i].name);
        forbidden(d, &at, fields[i].problem);
        wrong(d);
    }
    if (is_there(schema->node, S("default"))) {
        Path at = FIELD(path, "default");
        forbidden(d, &at, "it stands in the schema itself");
        wrong(d);
    }
    if (crd_property(schema, S("metadata"), str_hash(S("metadata")))) {
        Path properties = FIELD(path, "properties"), at = path_key(&properties, S("metadata"));
        forbidden(d, &at, "metadata has its own form in every object");
        wrong(d);
    }
}

static void check_own(Definition *d, const CrdSchema *schema, const Context *context, const Path *path) {
    const Node *node = schema->node;
    Path type = FIELD(path, "type"), items = FIELD(path, "items"), additional = FIELD(path, "additionalProperties");
    bool hasAdditional = schema->additional || schema->closed || schema->open;
    Str typeText = text_of(node, S("type"));
    if (str_eq(typeText, S("array")) && !schema->items) required(d, &items, ": a list says what its items are", S("")), wrong(d);
    if (hasAdditional && context->level == LEVEL_ROOT)
        forbidden(d, &additional, "an object has the fields of its schema"), wrong(d);
    if (schema->intOrString && schema->preserves) {
        Path at = FIELD(path, "x-kubernetes-preserve-unknown-fields");
        invalid(d, &at, S("true"), "the value is a number or text"), wrong(d);
    }
    if (schema->intOrString && schema->embedded) {
        Path at = FIELD(path, "x-kubernetes-embedded-resource");
        invalid(d, &at, S("true"), "the value is a number or text"), wrong(d);
    }
    if (schema->embedded && !str_eq(typeText, S("object"))) {
        if (typeText.len)
            invalid(d, &type, typeText, "a whole object is of type object");
        else
            required(d, &type, ": a whole object is of type object", S("write type: object"));
        wrong(d);
    } else if (!typeText.len && !schema->intOrString && !schema->preserves) {
        required(d, &type, "", S("write one of object, array, string, integer, number and boolean"));
        wrong(d);
    }
    if (schema->embedded && hasAdditional) forbidden(d, &additional, "an object has the fields of its schema"), wrong(d);
    if (context->level == LEVEL_ROOT && typeText.len && !str_eq(typeText, S("object")))
        invalid(d, &type, typeText, "custom resources are of type object"), wrong(d);
    for (size_t i = 0; i < 2 && (context->level == LEVEL_ROOT || schema->embedded); i++) {
        Str name = i ? S("apiVersion") : S("kind");
        const CrdSchema *text = crd_property(schema, name, str_hash(name));
        Path properties = FIELD(path, "properties"), own = path_key(&properties, name), at = FIELD(&own, "type");
        if (text && text->type != STRING_VALUE)
            invalid(d, &at, text_of(text->node, S("type")), "it is text in every object"), wrong(d);
    }
    const CrdSchema *meta = crd_property(schema, S("metadata"), str_hash(S("metadata")));
    if (meta && (context->level == LEVEL_ROOT || schema->embedded)) {
        Path properties = FIELD(path, "properties"), own = path_key(&properties, S("metadata")), at = FIELD(&own, "type");
        if (meta->type != OBJECT_VALUE) invalid(d, &at, text_of(meta->node, S("type")), "metadata is of type object"), wrong(d);
    }
    if (schema->embedded && !schema->preserves && !schema->propertyCount) {
        Path at = FIELD(path, "properties");
        required(d, &at, ": without x-kubernetes-preserve-unknown-fields the object has no fields", S("")), wrong(d);
    }
}

/* At the root, metadata may only say something of name and generateName. */
static void check_root_meta(Definition *d, const CrdSchema *meta, const Path *path) {
    static const Str allowed[] = {STR("type"), STR("properties"), STR("default")};
    bool good = true;
    for (uint32_t i = 0; i < meta->node->count; i++)
        good &= str_in(meta->node->entries[i].key, allowed, COUNT(allowed)) || !says(meta->node, meta->node->entries[i].key);
    for (uint32_t i = 0; i < meta->propertyCount; i++)
        good &= str_eq(meta->properties[i].name, S("name")) || str_eq(meta->properties[i].name, S("generateName"));
    if (good) return;
    forbidden(d, path, "only name and generateName can be narrowed; the rest of metadata is the same in every kind");
    wrong(d);
}

static void check_unsupported(Definition *d, const CrdSchema *schema, const Context *context, const Path *path) {
    static const Str fields[] = {STR("id"),          STR("additionalItems"), STR("patternProperties"),
                                 STR("definitions"), STR("dependencies"),    STR("$ref")};
    for (size_t i = 0; i < COUNT(fields); i++) {
        if (i == 1 || i == 4 ? !is_there(schema->node, fields[i]) : !says(schema->node, fields[i])) continue;
        Path at = path_field(path, fields[i]);
        forbidden(d, &at, "the server does not support it in schemas of custom resources"), d->convertible = false;
    }
    Str type = text_of(schema->node, S("type"));
    static const Str types[] = {STR("object"), STR("array"), STR("string"), STR("integer"), STR("number"), STR("boolean")};
    Path typePath = FIELD(path, "type"), defaultPath = FIELD(path, "default");
    if (str_eq(type, S("null"))) forbidden(d, &typePath, "write nullable: true beside another type");
    if (type.len) listed(d, type, types, COUNT(types), &typePath);
    if (context->noDefault && schema->defaultValue) forbidden(d, &defaultPath, "metadata has no defaults");
    const Node *items = node_get(schema->node, S("items"));
    Path itemsPath = FIELD(path, "items"), uniquePath = FIELD(path, "uniqueItems");
    if (items && items->kind == NODE_LIST && items->count)
        forbidden(d, &itemsPath, "it is one schema, for all items"), d->convertible = false;
    if (schema->uniqueItems) forbidden(d, &uniquePath, "write x-kubernetes-list-type: set instead, which costs less");
    if (schema->propertyCount && (schema->additional || schema->closed)) {
        Path at = FIELD(path, "additionalProperties");
        forbidden(d, &at, "an object has either named fields or any fields of one form, not both");
    }
}

static void check_pattern(Definition *d, const CrdSchema *schema, const Path *path) {
    if (schema->pattern.len) {
        RegexError error;
        Path at = FIELD(path, "pattern");
        if (!regex_compile(d->check.arena, schema->pattern, &error)) {
            Str problem = error.message ? str_of(error.message) : S("it is too large");
            invalid(d, &at, schema->pattern,
                    arena_cstr(d->check.arena, str_join(d->check.arena, S("it is not a regular expression: "), problem)));
            wrong(d);
        }
    }
}

static void check_kubernetes(Definition *d, const CrdSchema *schema, const Path *path) {
    const Node *node = schema->node;
    static const Str listTypes[] = {STR("atomic"), STR("set"), STR("map")}, mapTypes[] = {STR("atomic"), STR("granular")};
    Path preserve = FIELD(path, "x-kubernetes-preserve-unknown-fields"), type = FIELD(path, "type"), items = FIELD(path, "items");
    Path listType = FIELD(path, "x-kubernetes-list-type"), mapType = FIELD(path, "x-kubernetes-map-type");
    Path keys = FIELD(path, "x-kubernetes-list-map-keys");
    Str typeText = text_of(node, S("type")), list = text_of(node, S("x-kubernetes-list-type")),
        map = text_of(node, S("x-kubernetes-map-type"));
    if (is_there(node, S("x-kubernetes-preserve-unknown-fields")) && !schema->preserves)
        invalid(d, &preserve, S("false"), "it is true or not there");
    for (int i = 0; i < 2; i++) {
        Str own = i ? list : map;
        if (!own.len || schema->type == (i ? ARRAY_VALUE : OBJECT_VALUE)) continue;
        if (typeText.len)
            invalid(d, &type, typeText, i ? "x-kubernetes-list-type is for lists" : "x-kubernetes-map-type is for objects");
        else
            required(d, &type, i ? ": x-kubernetes-list-type is for lists" : ": x-kubernetes-map-type is for objects", S(""));
    }
    if (map.len) listed(d, map, mapTypes, COUNT(mapTypes), &mapType);
    if (list.len) listed(d, list, listTypes, COUNT(listTypes), &listType);
    const CrdSchema *item = schema->items;
    if (schema->type == ARRAY_VALUE && str_eq(list, S("set")) && item) {
        Str itemList = text_of(item->node, S("x-kubernetes-list-type")),
            itemMap = text_of(item->node, S("x-kubernetes-map-type"));
        Path lists = FIELD(&items, "x-kubernetes-list-type"), maps = FIELD(&items, "x-kubernetes-map-type");
        if (item->type == ARRAY_VALUE && itemList.len && !str_eq(itemList, S("atomic")))
            invalid(d, &lists, itemList, "items of a set are atomic");
        if (item->type == OBJECT_VALUE && !str_eq(itemMap, S("atomic"))) invalid(d, &maps, itemMap, "items of a set are atomic");
    }
    if (schema->listKeys.n && !list.len)
        required(d, &listType, " with x-kubernetes-list-map-keys", S("write x-kubernetes-list-type: map"));
    if (schema->listKeys.n && list.len && !str_eq(list, S("map"))) invalid(d, &listType, list, "only a map has keys");
    if (!str_eq(list, S("map")) && !str_eq(list, S("set"))) return;
    if (item && item->nullable) {
        Path at = FIELD(&items, "nullable");
        forbidden(d, &at, "items of sets and maps are told apart by what they hold");
    }
    if (!str_eq(list, S("map"))) return;
    if (!schema->listKeys.n) required(d, &keys, ": they tell the items apart", S("name the fields that tell items apart"));
    if (!item) required(d, &items, ": they have the keys", S(""));
    if (item && item->type != OBJECT_VALUE) {
        Path at = FIELD(&items, "type");
        invalid(d, &at, text_of(item->node, S("type")), "items that have keys are objects");
    }
    for (uint32_t i = 0; item && item->type == OBJECT_VALUE && i < schema->listKeys.n; i++) {
        Str key = schema->listKeys.at[i];
        const CrdSchema *property = crd_property(item, key, str_hash(key));
        Path properties = FIELD(&items, "properties"), own = path_key(&properties, key);
        if (str_in(key, schema->listKeys.at, i)) invalid(d, &keys, key, "it is named twice");
        if (!property) {
            invalid(d, &keys, key, "the items have no such field");
            continue;
        }
        Path at = FIELD(&own, "type"), value = FIELD(&own, "default"), null = FIELD(&own, "nullable");
        if (property->type == ARRAY_VALUE || property->type == OBJECT_VALUE)
            invalid(d, &at, text_of(property->node, S("type")), "a key is a plain value");
        if (!str_in(key, item->required.at, item->required.n) && !property->defaultValue)
            required(d, &value, ": a key is required, or has a default", S(""));
        if (property->nullable) forbidden(d, &null, "a key has a value");
    }
}

/* What anyOf and its like speak of has to be in the schema itself. */
static void check_complete(Definition *d, const CrdSchema *part, const CrdSchema *schema, const Path *path) {
    const CrdSchemas lists[] = {part->allOf, part->anyOf, part->oneOf, {(const CrdSchema **)&part->not, part->not ? 1u : 0u}};
    for (size_t i = 0; i < COUNT(lists); i++)
        for (uint32_t k = 0; k < lists[i].n; k++) {
            const CrdSchema *form = lists[i].at[k];
            check_complete(d, form, schema, path);
            Path items = FIELD(path, "items"), properties = FIELD(path, "properties");
            if (form->items && schema->items) check_complete(d, form->items, schema->items, &items);
            if (form->items && !schema->items) required(d, &items, ": a form of the value speaks of it", S("")), wrong(d);
            for (uint32_t p = 0; p < form->propertyCount; p++) {
                const CrdProperty *property = &form->properties[p];
                const CrdSchema *own = crd_property(schema, property->name, property->hash);
                Path at = path_key(&properties, property->name);
                if (own)
                    check_complete(d, property->schema, own, &at);
                else
                    required(d, &at, ": a form of the value speaks of it", S("")), wrong(d);
            }
        }
}

static void check_rules(Definition *d, const CrdSchema *schema, bool strict, const Path *path) {
    static const Str reasons[] = {STR("FieldValueDuplicate"), STR("FieldValueForbidden"), STR("FieldValueInvalid"),
                                  STR("FieldValueRequired")};
    Path list = FIELD(path, "x-kubernetes-validations");
    for (uint32_t i = 0; i < schema->ruleCount; i++) {
        const CrdRule *rule = &schema->rules[i];
        Path at = path_index(&list, i), text = FIELD(&at, "rule"), message = FIELD(&at, "message"), reason = FIELD(&at, "reason");
        Path field = FIELD(&at, "fieldPath"), expression = FIELD(&at, "messageExpression");
        Str ruleText = str_trim(text_of(rule->node, S("rule"))), written = text_of(rule->node, S("message"));
        Str fieldText = text_of(rule->node, S("fieldPath"));
        read_rule(d, rule->node, strict, &at);
        bool lines = str_find(ruleText, '\n') >= 0 || str_find(ruleText, '\r') >= 0;
        if (!ruleText.len)
            required(d, &text, "", S("write an expression that must be true"));
        else if (written.len && !rule->message.len)
            invalid(d, &message, written, "it says nothing");
        else if (str_find(rule->message, '\n') >= 0 || str_find(rule->message, '\r') >= 0)
            invalid(d, &message, rule->message, "it is one line");
        else if (lines && !rule->message.len)
            required(d, &message, " where the rule takes several lines", S(""));
        if (says(rule->node, S("messageExpression")) && !str_trim(text_of(rule->node, S("messageExpression"))).len)
            required(d, &expression, ": it is empty", S(""));
        if (says(rule->node, S("reason"))) listed(d, text_of(rule->node, S("reason")), reasons, COUNT(reasons), &reason);
        if (fieldText.len && !crd_field_at(d->check.arena, schema, fieldText))
            invalid(d, &field, fieldText, "the schema has no such field");
    }
}

static void report_expression(Definition *d, const Path *path, const Node *node, const CelFault *fault) {
    Where at = place(d, where(&d->check, path));
    at.span = node_text_span(d->document->source, node, fault->span);
    emit_definition_expression(d->check.diags, at, .problem = fault->message, .hint = fault->help);
}

/* What rules may cost at the most: each, all of a schema, and what is told of what all cost. */
enum { RULE_COST = 10000000, SCHEMA_COST = 100000000, TOLD_COST = SCHEMA_COST / 100 };

static Str factor_of(Arena *arena, uint64_t cost, uint64_t limit) {
    double factor = (double)cost / (double)limit;
    if (factor > 100) return S("more than 100 times");
    return str_format(arena, factor < 1.05 ? "%.3f times" : "%.1f times", factor);
}

static Diag *tell_cost(Definition *d, const Path *path, const char *what, uint64_t cost, uint64_t limit) {
    return emit_definition_cost(d->check.diags, place(d, where(&d->check, path)), .what = str_of(what),
                                .factor = factor_of(d->check.arena, cost, limit));
}

/* Keeps the costliest expressions, the costliest first. */
static void keep_cost(Definition *d, const Path *path, uint64_t cost) {
    d->cost = cost > UINT64_MAX - d->cost ? UINT64_MAX : d->cost + cost;
    if (cost < TOLD_COST) return;
    size_t i = COUNT(d->costly);
    for (; i > 0 && d->costly[i - 1].cost < cost; i--)
        if (i < COUNT(d->costly)) d->costly[i] = d->costly[i - 1];
    if (i < COUNT(d->costly)) d->costly[i] = (Costly){cost, where(&d->check, path)};
}

static void check_cost(Definition *d, const CrdSchema *schema, const CelProgram *program, uint64_t times, const char *what,
                       const Path *path) {
    uint64_t cost = program ? crd_product(crd_expression_cost(schema, program), times) : 0;
    if (cost > RULE_COST) tell_cost(d, path, what, cost, RULE_COST);
    d->tooCostly |= cost > RULE_COST;
    keep_cost(d, path, cost);
}

static void check_all_costs(Definition *d, const Path *path) {
    if (d->cost <= SCHEMA_COST) return;
    for (size_t i = 0; i < COUNT(d->costly) && d->costly[i].cost; i++)
        emit_definition_cost_share(d->check.diags, place(d, d->costly[i].at))->follows = d->tooCostly;
    tell_cost(d, path, "all rules of the schema together", d->cost, SCHEMA_COST)->follows = d->tooCostly;
}

static void check_expressions(Definition *d, const CrdSchema *schema, const Context *context, const Path *path) {
    Path list = FIELD(path, "x-kubernetes-validations");
    for (uint32_t i = 0; i < schema->ruleCount; i++) {
        const CrdRule *rule = &schema->rules[i];
        Path at = path_index(&list, i), text = FIELD(&at, "rule"), words_ = FIELD(&at, "messageExpression"),
             optional = FIELD(&at, "optionalOldSelf");
        if (rule->fault.message.len) report_expression(d, &text, rule->rule, &rule->fault);
        if (rule->wordsFault.message.len)
            report_expression(d, &words_, node_get(rule->node, S("messageExpression")), &rule->wordsFault);
        uint64_t times = context->times == UNLIMITED ? crd_times_in_request(schema) : context->times;
        check_cost(d, schema, rule->program, times, "the rule", &text);
        check_cost(d, schema, rule->words, 1, "the messageExpression", &words_);
        if (rule->usesOld && context->unpaired)
            invalid(d, &text, rule->rule->text, "oldSelf is not known inside lists that are not maps by keys");
        if (!rule->usesOld && rule->program && is_there(rule->node, S("optionalOldSelf")))
            invalid(d, &optional, S("true"), "the rule does not use oldSelf");
    }
}

static void check_default(Definition *d, const CrdSchema *schema, const Path *path) {
    Path at = FIELD(path, "default");
    uint32_t before = d->check.diags->items.n;
    if (crd_drops(d->check.arena, schema, schema->defaultValue))
        emit_definition_default(d->check.diags, place(d, where_key(&d->check, &at)));
    CrdJudge j = {.check = d->check};
    crd_judge_value(&j, schema, schema->defaultValue, &at);
    for (uint32_t i = before; i < d->check.diags->items.n; i++)
        d->check.diags->items.at[i].path = place(d, (Where){.path = d->check.diags->items.at[i].path}).path;
    if (d->check.diags->items.n > before) wrong(d);
}

typedef void Visit(Definition *d, const CrdSchema *schema, const Context *context, const Path *path);

/* How often a value stands in what stands so often, with this limit, or -1. */
static uint64_t repeated(uint64_t times, bool repeats, int64_t limit) {
    return !repeats || times == UNLIMITED ? times : limit < 0 ? UNLIMITED : crd_product(times, (uint64_t)limit);
}

/* Visits a schema and all in it. */
static void walk(Definition *d, const CrdSchema *schema, Context context, const Path *path, Visit *visit) {
    if (!context.inward) visit(d, schema, &context, path);
    Context below = context;
    below.freeType = false;
    below.level = LEVEL_FIELD;
    Path properties = FIELD(path, "properties"), items = FIELD(path, "items"), additional = FIELD(path, "additionalProperties");
    for (uint32_t i = 0; i < schema->propertyCount; i++) {
        const CrdProperty *property = &schema->properties[i];
        Context own = below;
        bool meta = is_meta(property->name) && !context.nested && (context.level == LEVEL_ROOT || schema->embedded);
        own.insideMeta |= meta;
        own.noDefault |= meta && context.level == LEVEL_ROOT;
        Path at = path_key(&properties, property->name);
        walk(d, property->schema, own, &at, visit);
    }
    if (schema->items) {
        Context own = below;
        own.level = LEVEL_ITEM;
        own.times = repeated(context.times, schema->type == ARRAY_VALUE, schema->maxItems);
        own.lax = true;
        own.unpaired |= schema->listKind != LIST_MAP;
        walk(d, schema->items, own, &items, visit);
    }
    if (schema->additional) {
        Context own = below;
        own.times = repeated(context.times, schema->type == OBJECT_VALUE, schema->maxProperties);
        own.noDefault |= context.insideMeta;
        own.lax = true;
        walk(d, schema->additional, own, &additional, visit);
    }
    const struct {
        Str name;
        CrdSchemas list;
    } forms[] = {{STR("allOf"), schema->allOf}, {STR("anyOf"), schema->anyOf}, {STR("oneOf"), schema->oneOf}};
    below.nested = true;
    for (size_t i = 0; i < COUNT(forms); i++) {
        Path list = path_field(path, forms[i].name);
        below.freeType = i == 1 && is_int_or_string(forms[i].list) && (!context.nested || context.freeType);
        for (uint32_t k = 0; k < forms[i].list.n; k++) {
            Context own = below;
            if (i == 0 && k == 0 && !context.nested) own.freeType = is_int_or_string(forms[i].list.at[0]->anyOf);
            Path at = path_index(&list, k);
            walk(d, forms[i].list.at[k], own, &at, visit);
        }
    }
    Path not = FIELD(path, "not");
    below.freeType = false;
    if (schema->not ) walk(d, schema->not, below, &not, visit);
    if (context.inward) visit(d, schema, &context, path);
}

static void visit_form(Definition *d, const CrdSchema *schema, const Context *context, const Path *path) {
    read_fields(d, schema->node, !context->lax, path);
    check_unsupported(d, schema, context, path);
    check_kubernetes(d, schema, path);
    check_rules(d, schema, !context->lax, path);
}

static void visit_structure(Definition *d, const CrdSchema *schema, const Context *context, const Path *path) {
    check_pattern(d, schema, path);
    if (context->nested) {
        check_nested(d, schema, context, path);
        return;
    }
    check_own(d, schema, context, path);
    const CrdSchema *meta = context->level == LEVEL_ROOT ? crd_property(schema, S("metadata"), str_hash(S("metadata"))) : NULL;
    Path properties = FIELD(path, "properties"), at = path_key(&properties, S("metadata"));
    if (meta) check_root_meta(d, meta, &at);
}

static void visit_default(Definition *d, const CrdSchema *schema, const Context *context, const Path *path) {
    if (schema->defaultValue && !context->nested && !context->insideMeta) check_default(d, schema, path);
}

static void visit_expressions(Definition *d, const CrdSchema *schema, const Context *context, const Path *path) {
    if (!context->nested) check_expressions(d, schema, context, path);
}

static void check_root(Definition *d, const CrdSchema *schema, bool hasStatus, const Path *path) {
    static const Str allowed[] = {STR("description"),
                                  STR("type"),
                                  STR("format"),
                                  STR("title"),
                                  STR("maximum"),
                                  STR("exclusiveMaximum"),
                                  STR("minimum"),
                                  STR("exclusiveMinimum"),
                                  STR("maxLength"),
                                  STR("minLength"),
                                  STR("pattern"),
                                  STR("maxItems"),
                                  STR("minItems"),
                                  STR("uniqueItems"),
                                  STR("multipleOf"),
                                  STR("required"),
                                  STR("items"),
                                  STR("properties"),
                                  STR("externalDocs"),
                                  STR("example"),
                                  STR("x-kubernetes-preserve-unknown-fields"),
                                  STR("x-kubernetes-validations")};
    Path nullable = FIELD(path, "nullable");
    if (schema->nullable) forbidden(d, &nullable, "an object is never null");
    for (uint32_t i = 0; hasStatus && i < schema->node->count; i++) {
        Str key = schema->node->entries[i].key;
        bool set = str_eq(key, S("additionalProperties")) || str_eq(key, S("default")) ? is_there(schema->node, key)
                                                                                       : says(schema->node, key);
        if (str_in(key, allowed, COUNT(allowed)) || !set) continue;
        invalid(d, path, key, "with a status of its own the root of the schema cannot say it");
        return;
    }
}

static void check_schema(Definition *d, const Node *node, bool hasStatus, const Path *path) {
    if (node->kind != NODE_MAP) return;
    const CrdSchema *schema = crd_schema(d->check.arena, node, true);
    Context root = {.level = LEVEL_ROOT, .times = 1};
    uint32_t before = d->check.diags->items.n;
    d->convertible = d->structural = true;
    check_root(d, schema, hasStatus, path);
    walk(d, schema, root, path, visit_form);
    bool formed = d->check.diags->items.n == before;
    if (d->convertible) {
        walk(d, schema, root, path, visit_structure);
        check_complete(d, schema, schema, path);
    }
    if (d->convertible && d->structural) walk(d, schema, root, path, visit_default);
    d->cost = 0;
    d->tooCostly = false;
    memset(d->costly, 0, sizeof d->costly);
    root.inward = true;
    if (d->convertible && d->structural && formed) walk(d, schema, root, path, visit_expressions);
    check_all_costs(d, path);
}

/* The definition. */

static void check_label(Definition *d, Str name, bool anyCase, const Path *path) {
    if (name.len && !is_dns_1035_label(anyCase ? str_lower(d->check.arena, name) : name))
        invalid(d, path, name, "it has a-z, 0-9 and -, begins with a letter, ends with no -, and is at most 63 long");
}

static void check_names(Definition *d, const CustomResourceDefinitionNames *names, const Path *path) {
    Path plural = FIELD(path, "plural"), singular = FIELD(path, "singular"), kind = FIELD(path, "kind");
    Path listKind = FIELD(path, "listKind"), shorts = FIELD(path, "shortNames"), categories = FIELD(path, "categories");
    if (!names->plural.len) required(d, &plural, "", S(""));
    if (!names->kind.len) required(d, &kind, "", S(""));
    /* The server makes these out of the other two. */
    if (!names->singular.len) required(d, &singular, "", S(""))->follows = !names->kind.len;
    if (!names->listKind.len) required(d, &listKind, "", S(""))->follows = !names->kind.len;
    check_label(d, names->plural, false, &plural);
    check_label(d, names->singular, false, &singular);
    check_label(d, names->kind, true, &kind);
    check_label(d, names->listKind, true, &listKind);
    for (uint32_t i = 0; i < names->shortNames.n; i++) {
        Path at = path_index(&shorts, i);
        if (!is_dns_1035_label(names->shortNames.at[i])) invalid(d, &at, names->shortNames.at[i], "it is no DNS label");
    }
    for (uint32_t i = 0; i < names->categories.n; i++) {
        Path at = path_index(&categories, i);
        if (!is_dns_1035_label(names->categories.at[i])) invalid(d, &at, names->categories.at[i], "it is no DNS label");
    }
    if (names->kind.len && str_eq(names->kind, names->listKind))
        invalid(d, &listKind, names->listKind, "lists have a kind of their own");
}

static void check_scale_path(Definition *d, Str text, Str start, Str other, const Path *path) {
    if (!text.len)
        required(d, path, "", S(""));
    else if (text.at[0] != '.')
        invalid(d, path, text, "a path begins with a dot");
    else if (!str_starts(text, start) && !(other.len && str_starts(text, other)))
        invalid(d, path, text,
                other.len                    ? "it leads below .spec or .status"
                : str_eq(start, S(".spec.")) ? "it leads below .spec"
                                             : "it leads below .status");
}

static void check_subresources(Definition *d, const CustomResourceSubresources *subresources, const Path *path) {
    const CustomResourceSubresourceScale *scale = subresources ? subresources->scale : NULL;
    Path at = FIELD(path, "scale"), spec = FIELD(&at, "specReplicasPath"), status = FIELD(&at, "statusReplicasPath");
    Path selector = FIELD(&at, "labelSelectorPath");
    if (!scale) return;
    check_scale_path(d, scale->specReplicasPath, S(".spec."), S(""), &spec);
    check_scale_path(d, scale->statusReplicasPath, S(".status."), S(""), &status);
    if (scale->labelSelectorPath.len) check_scale_path(d, scale->labelSelectorPath, S(".spec."), S(".status."), &selector);
}

static void check_column(Definition *d, const CustomResourceColumnDefinition *column, const Path *path) {
    static const Str types[] = {STR("integer"), STR("number"), STR("string"), STR("boolean"), STR("date")};
    static const Str formats[] = {STR("int32"), STR("int64"), STR("float"),     STR("double"),
                                  STR("byte"),  STR("date"),  STR("date-time"), STR("password")};
    Path name = FIELD(path, "name"), type = FIELD(path, "type"), format = FIELD(path, "format"), json = FIELD(path, "JSONPath");
    Path written = FIELD(path, "jsonPath");
    if (!column->name.len) required(d, &name, "", S(""));
    if (!column->type.len)
        required(d, &type, "", S("it is integer, number, string, boolean or date"));
    else if (!str_in(column->type, types, COUNT(types)))
        invalid(d, &type, column->type, "it is integer, number, string, boolean or date");
    if (column->format.len && !str_in(column->format, formats, COUNT(formats)))
        invalid(d, &format, column->format, "there is no such format");
    if (!column->jsonPath.len)
        required(d, &json, "", S(""));
    else if (column->jsonPath.at[0] != '.') {
        Where at = where(&d->check, &written);
        at.path = path_text(d->check.arena, &json);
        emit_definition_invalid(d->check.diags, place(d, at), .value = shown(d->check.arena, column->jsonPath),
                                .field = S("jsonPath"), .problem = S("a path begins with a dot"), .hint = S(""));
    }
}

static void check_selectable(Definition *d, const CustomResourceDefinitionVersion *version, const CrdSchema *schema,
                             const Path *path) {
    StrSet seen = {.arena = d->check.arena};
    uint32_t count = 0;
    for (uint32_t i = 0; i < version->selectableFields.n; i++) {
        Path item = path_index(path, i), at = FIELD(&item, "jsonPath");
        Str text = version->selectableFields.at[i].jsonPath;
        const CrdSchema *field = text.len ? crd_field_at(d->check.arena, schema, text) : NULL;
        if (!text.len) {
            required(d, &at, "", S(""));
            continue;
        }
        if (str_find(text, '[') >= 0 || !field) {
            invalid(d, &at, text, "the schema has no such field");
            continue;
        }
        if (path_is_below(text, S(".metadata"))) invalid(d, &at, text, "fields of metadata cannot be selected by");
        if (field->type != STRING_VALUE && field->type != BOOLEAN_VALUE && field->type != INTEGER_VALUE)
            invalid(d, &at, text, "only strings, booleans and integers can be selected by");
        if (str_set_add(&seen, text, version))
            emit_crd_duplicate(d->check.diags, place(d, where(&d->check, &at)), .value = text, .field = S("selectableFields"));
        else
            count++;
    }
    if (count > MOST_SELECTABLE)
        emit_crd_too_many(d->check.diags, place(d, where_key(&d->check, path)), .field = S("selectableFields"),
                          .count = str_int(d->check.arena, count), .what = S("fields"),
                          .limit = str_int(d->check.arena, MOST_SELECTABLE));
}

/* Whether a part is the same in all versions: then the server prints it as one of the spec. */
static bool is_shared(const CustomResourceDefinitionSpec *spec, Str field) {
    const Node *first = node_get(spec->versions.at[0].head.node, field);
    for (uint32_t i = 1; i < spec->versions.n; i++) {
        const Node *other = node_get(spec->versions.at[i].head.node, field);
        if (first && other ? !crd_same(first, other) : first != other) return false;
    }
    return true;
}

/* From here on paths below `field` of a version are printed as the server does. */
static void print_as_spec(Definition *d, const Path *version, const char *field, const char *shared) {
    Path at = path_field(version, str_of(field));
    d->written = shared ? path_text(d->check.arena, &at) : S("");
    d->printed = shared ? str_join(d->check.arena, S("spec."), str_of(shared)) : S("");
}

/* The parts of a version that are the same in all versions. */
typedef struct Shared {
    bool schema, subresources, columns, selectable;
} Shared;

static void check_version_of(Definition *d, const CustomResourceDefinitionSpec *spec, uint32_t index, Shared shared,
                             const Path *path) {
    const CustomResourceDefinitionVersion *version = &spec->versions.at[index];
    Path name = FIELD(path, "name"), warning = FIELD(path, "deprecationWarning"), schema = FIELD(path, "schema");
    Path open = FIELD(&schema, "openAPIV3Schema"), subresources = FIELD(path, "subresources"),
         columns = FIELD(path, "additionalPrinterColumns");
    if (!is_dns_1035_label(version->name))
        invalid(d, &name, version->name, "it is no DNS label that begins with a letter, such as v1");
    if (version->deprecationWarning.at) {
        if (!version->deprecated) invalid(d, &warning, version->deprecationWarning, "the version is not deprecated");
        if (version->deprecationWarning.len > DEPRECATION_LENGTH)
            invalid(d, &warning, version->deprecationWarning, "it is too long");
        if (!version->deprecationWarning.len) invalid(d, &warning, S("\"\""), "it says nothing");
    }
    const Node *node = version->schema ? version->schema->openAPIV3Schema : NULL;
    bool hasStatus = version->subresources && version->subresources->status;
    if (!node) {
        Where at = where(&d->check, &open);
        emit_definition_required(d->check.diags, at, .field = S("openAPIV3Schema"), .when = S(""),
                                 .hint = S("write at least type: object with x-kubernetes-preserve-unknown-fields: true"));
    } else if (!shared.schema || index == 0) {
        print_as_spec(d, path, "schema", shared.schema ? "validation" : NULL);
        check_schema(d, node, hasStatus, &open);
    }
    print_as_spec(d, path, "subresources", shared.subresources ? "subresources" : NULL);
    if (!shared.subresources || index == 0) check_subresources(d, version->subresources, &subresources);
    print_as_spec(d, path, "additionalPrinterColumns", shared.columns ? "additionalPrinterColumns" : NULL);
    for (uint32_t i = 0; (!shared.columns || index == 0) && i < version->additionalPrinterColumns.n; i++) {
        Path at = path_index(&columns, i);
        check_column(d, &version->additionalPrinterColumns.at[i], &at);
    }
    Path selectable = FIELD(path, "selectableFields");
    print_as_spec(d, path, "selectableFields", shared.selectable ? "selectableFields" : NULL);
    if ((!shared.selectable || index == 0) && version->selectableFields.n && node && node->kind == NODE_MAP)
        check_selectable(d, version, crd_schema(d->check.arena, node, true), &selectable);
    d->written = S("");
}

static void check_versions(Definition *d, const CustomResourceDefinitionSpec *spec, const Path *path) {
    uint32_t stored = 0;
    bool unique = true;
    StrSet names = {.arena = d->check.arena};
    Shared shared = {true, true, true, true};
    if (spec->versions.n)
        shared = (Shared){is_shared(spec, S("schema")), is_shared(spec, S("subresources")),
                          is_shared(spec, S("additionalPrinterColumns")), is_shared(spec, S("selectableFields"))};
    for (uint32_t i = 0; i < spec->versions.n; i++) {
        Path at = path_index(path, i);
        stored += spec->versions.at[i].storage;
        unique &= !str_set_add(&names, spec->versions.at[i].name, &spec->versions.at[i]);
        check_version_of(d, spec, i, shared, &at);
    }
    if (!unique) invalid(d, path, (Str){0}, "two versions have one name");
    if (stored != 1)
        invalid(d, path, (Str){0},
                stored ? "more than one version is the one that is stored" : "no version is the one that is stored");
}

static void check_conversion(Definition *d, const CustomResourceConversion *conversion, const Path *path) {
    static const Str known[] = {STR("v1"), STR("v1beta1")};
    const WebhookConversion *webhook = conversion ? conversion->webhook : NULL;
    Path hook = FIELD(path, "webhook"), config = FIELD(path, "webhookClientConfig"),
         versions = FIELD(path, "conversionReviewVersions");
    if (!conversion) return;
    if (!str_eq(conversion->strategy, S("Webhook"))) {
        if (webhook && webhook->clientConfig) {
            Where at = where_key(&d->check, &hook);
            at.path = path_text(d->check.arena, &config);
            emit_definition_forbidden(d->check.diags, at, .field = S("webhook"), .problem = S("the strategy is not Webhook"),
                                      .hint = S(""));
        }
        return;
    }
    const WebhookClientConfig *client = webhook ? webhook->clientConfig : NULL;
    if (!client || (client->url.at != NULL) == (client->service != NULL)) {
        Where at = where(&d->check, &hook);
        at.path = path_text(d->check.arena, &config);
        emit_definition_required(d->check.diags, at, .field = S("webhook.clientConfig with either a url or a service"),
                                 .when = S(" with the strategy Webhook"), .hint = S(""));
    }
    Where at = where(&d->check, &hook);
    at.path = path_text(d->check.arena, &versions);
    bool some = false;
    for (uint32_t i = 0; webhook && i < webhook->conversionReviewVersions.n; i++)
        some |= str_in(webhook->conversionReviewVersions.at[i], known, COUNT(known));
    if (!webhook || !webhook->conversionReviewVersions.n)
        emit_definition_required(d->check.diags, at, .field = S("conversionReviewVersions"),
                                 .when = S(" with the strategy Webhook"), .hint = S("write conversionReviewVersions: [v1]"));
    else if (!some)
        emit_definition_invalid(d->check.diags, at, .value = S("what is written"), .field = S("conversionReviewVersions"),
                                .problem = S("the server knows v1 and v1beta1"),
                                .hint = S("write conversionReviewVersions: [v1]"));
}

/* Groups of Kubernetes itself, in which definitions are approved. */
static void check_approval(Definition *d, const CustomResourceDefinition *definition) {
    static const Str key = STR("api-approved.kubernetes.io");
    Str group = definition->spec.group;
    bool own = str_eq(group, S("k8s.io")) || str_ends(group, S(".k8s.io")) || str_eq(group, S("kubernetes.io")) ||
               str_ends(group, S(".kubernetes.io"));
    const Str *approval = map_get(definition->metadata.annotations, key);
    Path meta = FIELD(NULL, "metadata"), annotations = FIELD(&meta, "annotations"), at = path_key(&annotations, key);
    if (!own) return;
    if (!approval || !approval->len)
        required(d, &at, " in groups of Kubernetes (k8s.io, kubernetes.io)",
                 S("name the address of the approval, \"unapproved, ...\" for an experiment, or choose another group"));
    else if (!str_starts(*approval, S("unapproved")) && !str_has(*approval, S("://")))
        invalid(d, &at, *approval, "it is the address of the approval, or \"unapproved\" and a reason");
}

void crd_judge_definition(Document *document) {
    const CustomResourceDefinition *definition = document->object;
    const CustomResourceDefinitionSpec *spec = &definition->spec;
    Definition d = {.check = {.document = document,
                              .arena = document->diags.arena,
                              .diags = &document->diags,
                              .root = document->root,
                              .minor = document->minor},
                    .document = document};
    uint32_t before = document->diags.items.n;
    Path meta = FIELD(NULL, "metadata"), name = FIELD(&meta, "name"), path = FIELD(NULL, "spec"), group = FIELD(&path, "group");
    Path names = FIELD(&path, "names"), versions = FIELD(&path, "versions"), conversion = FIELD(&path, "conversion");
    Path preserve = FIELD(&path, "preserveUnknownFields");
    Str wanted = str_format(d.check.arena, "%.*s.%.*s", TEXT(spec->names.plural), TEXT(spec->group));
    if (definition->metadata.name.len && !document->partial && !str_eq(definition->metadata.name, wanted))
        emit_definition_invalid(d.check.diags, where(&d.check, &name), .value = shown(d.check.arena, definition->metadata.name),
                                .field = S("name"),
                                .problem = S("a definition is called by the plural of its kind and its group"),
                                .hint = str_join(d.check.arena, S("write name: "), wanted))
            ->follows = !spec->names.plural.len || !spec->group.len;
    if (!spec->group.len)
        required(&d, &group, "", S("write a domain of your own, such as example.com"));
    else if (!is_dns_subdomain(spec->group))
        check_dns_subdomain(&d.check, spec->group, &group);
    else if (str_find(spec->group, '.') < 0)
        invalid(&d, &group, spec->group, "it is a domain of at least two parts");
    check_names(&d, &spec->names, &names);
    check_versions(&d, spec, &versions);
    check_conversion(&d, spec->conversion, &conversion);
    check_approval(&d, definition);
    if (spec->preserveUnknownFields)
        invalid(&d, &preserve, S("true"), "write x-kubernetes-preserve-unknown-fields: true where the schema is open");
    validate_forget_absence(document, before);
}
