#include "schema.h"

#include <stdlib.h>

static bool is_true(const Node *node, Str key) {
    const Node *value = node_get(node, key);
    return value && value->kind == NODE_BOOL && value->text.at[0] == 't';
}

static Str text_of(const Node *node, Str key) {
    const Node *value = node_get(node, key);
    return value && value->kind == NODE_STRING ? value->text : S("");
}

static const Node *list_of(const Node *node, Str key) {
    const Node *value = node_get(node, key);
    return value && value->kind == NODE_LIST ? value : NULL;
}

static StrList strings_of(Arena *arena, const Node *node, Str key) {
    const Node *list = list_of(node, key);
    StrList out = {0};
    if (!list) return out;
    out.at = NEW_ARRAY(arena, Str, list->count + 1);
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i].kind == NODE_STRING) out.at[out.n++] = list->items[i].text;
    return out;
}

static bool is_number(const Node *node) {
    return node && (node->kind == NODE_INT || node->kind == NODE_FLOAT);
}

static CrdLimit limit_of(const Node *node, Str key) {
    const Node *value = node_get(node, key);
    if (!is_number(value)) return (CrdLimit){0};
    char text[400];
    size_t length = value->text.len < sizeof text - 1 ? value->text.len : sizeof text - 1;
    memcpy(text, value->text.at, length);
    text[length] = '\0';
    return (CrdLimit){true, strtod(text, NULL)};
}

static int64_t count_of(const Node *node, Str key) {
    CrdLimit limit = limit_of(node, key);
    return limit.set && limit.value > -9e18 && limit.value < 9e18 ? (int64_t)limit.value : -1;
}

static ValueType type_of(Str name) {
    static const Str names[] = {
        [STRING_VALUE] = STR("string"),   [INTEGER_VALUE] = STR("integer"), [NUMBER_VALUE] = STR("number"),
        [BOOLEAN_VALUE] = STR("boolean"), [OBJECT_VALUE] = STR("object"),   [ARRAY_VALUE] = STR("array")};
    for (size_t i = STRING_VALUE; i < COUNT(names); i++)
        if (str_eq(name, names[i])) return (ValueType)i;
    return ANY_VALUE;
}

static int by_hash(const void *left, const void *right) {
    const CrdProperty *a = left, *b = right;
    return (a->hash > b->hash) - (a->hash < b->hash);
}

static CrdSchema *compile(Arena *arena, const Node *node);

/* Whether anything of a kind is in a schema or below it is known once all below it is. */
static void learn(CrdSchema *schema, const CrdSchema *below) {
    if (!below) return;
    schema->hasRules |= below->hasRules;
    schema->hasRuleBelow |= below->hasRuleBelow;
    schema->hasObjects |= below->hasObjects;
    schema->hasLists |= below->hasLists;
}

static CrdSchemas compile_list(Arena *arena, const Node *node, Str key) {
    const Node *list = list_of(node, key);
    CrdSchemas out = {0};
    if (!list) return out;
    out.at = NEW_ARRAY(arena, const CrdSchema *, list->count + 1);
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i].kind == NODE_MAP) out.at[out.n++] = compile(arena, &list->items[i]);
    return out;
}

static void compile_properties(Arena *arena, CrdSchema *schema, const Node *node) {
    const Node *properties = node_get(node, S("properties"));
    if (!properties || properties->kind != NODE_MAP) return;
    schema->hasProperties = properties->count > 0;
    schema->properties = NEW_ARRAY(arena, CrdProperty, properties->count + 1);
    for (uint32_t i = 0; i < properties->count; i++) {
        const Entry *entry = &properties->entries[i];
        if (entry->value.kind != NODE_MAP) continue;
        const CrdSchema *below = compile(arena, &entry->value);
        schema->properties[schema->propertyCount++] = (CrdProperty){entry->key, entry->hash, below};
        learn(schema, below);
    }
    qsort(schema->properties, schema->propertyCount, sizeof *schema->properties, by_hash);
}

static const CrdSchema *compile_one(Arena *arena, const Node *node, Str key) {
    const Node *value = node_get(node, key);
    return value && value->kind == NODE_MAP ? compile(arena, value) : NULL;
}

static uint8_t reason_of(Str name) {
    for (int i = API_REQUIRED; i <= API_INTERNAL; i++)
        if (str_eq(name, str_of(api_error_names[i]))) return (uint8_t)i;
    return API_INVALID;
}

static void read_rules(Arena *arena, CrdSchema *schema, const Node *node) {
    const Node *list = list_of(node, S("x-kubernetes-validations"));
    if (!list) return;
    schema->rules = NEW_ARRAY(arena, CrdRule, list->count + 1);
    for (uint32_t i = 0; i < list->count; i++) {
        const Node *rule = &list->items[i];
        schema->rules[schema->ruleCount++] = (CrdRule){.node = rule,
                                                       .rule = node_get(rule, S("rule")),
                                                       .message = str_trim(text_of(rule, S("message"))),
                                                       .fieldPath = text_of(rule, S("fieldPath")),
                                                       .reason = reason_of(text_of(rule, S("reason"))),
                                                       .optionalOld = is_true(rule, S("optionalOldSelf"))};
    }
    schema->hasRules |= schema->ruleCount > 0;
    schema->hasRuleBelow |= schema->ruleCount > 0;
}

static ListKind list_kind(Str name) {
    return str_eq(name, S("set"))      ? LIST_SET
           : str_eq(name, S("map"))    ? LIST_MAP
           : str_eq(name, S("atomic")) ? LIST_ATOMIC
                                       : LIST_PLAIN;
}

static CrdSchema *compile(Arena *arena, const Node *node) {
    CrdSchema *schema = NEW(arena, CrdSchema);
    Str format = text_of(node, S("format")), type = text_of(node, S("type"));
    const Node *additional = node_get(node, S("additionalProperties"));
    RegexError ignored;
    *schema = (CrdSchema){.node = node,
                          .type = (uint8_t)type_of(type),
                          .listKind = (uint8_t)list_kind(text_of(node, S("x-kubernetes-list-type"))),
                          .intOrString = is_true(node, S("x-kubernetes-int-or-string")),
                          .nullable = is_true(node, S("nullable")),
                          .preserves = is_true(node, S("x-kubernetes-preserve-unknown-fields")),
                          .embedded = is_true(node, S("x-kubernetes-embedded-resource")),
                          .uniqueItems = is_true(node, S("uniqueItems")),
                          .closed = additional && additional->kind == NODE_BOOL && additional->text.at[0] == 'f',
                          .open = additional && additional->kind == NODE_BOOL && additional->text.at[0] == 't',
                          .aboveMinimum = is_true(node, S("exclusiveMinimum")),
                          .belowMaximum = is_true(node, S("exclusiveMaximum")),
                          .format = crd_format_known(format, type_of(type)) ? format : S(""),
                          .defaultValue = node_get(node, S("default")),
                          .enumeration = list_of(node, S("enum")),
                          .required = strings_of(arena, node, S("required")),
                          .listKeys = strings_of(arena, node, S("x-kubernetes-list-map-keys")),
                          .minimum = limit_of(node, S("minimum")),
                          .maximum = limit_of(node, S("maximum")),
                          .multipleOf = limit_of(node, S("multipleOf")),
                          .minLength = count_of(node, S("minLength")),
                          .maxLength = count_of(node, S("maxLength")),
                          .minItems = count_of(node, S("minItems")),
                          .maxItems = count_of(node, S("maxItems")),
                          .minProperties = count_of(node, S("minProperties")),
                          .maxProperties = count_of(node, S("maxProperties")),
                          .pattern = text_of(node, S("pattern")),
                          .allOf = compile_list(arena, node, S("allOf")),
                          .anyOf = compile_list(arena, node, S("anyOf")),
                          .oneOf = compile_list(arena, node, S("oneOf")),
                          .not = compile_one(arena, node, S("not")),
                          .items = compile_one(arena, node, S("items")),
                          .additional = compile_one(arena, node, S("additionalProperties"))};
    if (schema->defaultValue && schema->defaultValue->kind == NODE_NULL) schema->defaultValue = NULL;
    if (schema->pattern.len) schema->regex = regex_compile(arena, schema->pattern, &ignored);
    schema->hasObjects = schema->embedded;
    schema->hasLists = schema->listKind >= LIST_SET;
    compile_properties(arena, schema, node);
    learn(schema, schema->items);
    learn(schema, schema->additional);
    for (uint32_t i = 0; i < schema->allOf.n; i++) schema->hasRules |= schema->allOf.at[i]->hasRules;
    read_rules(arena, schema, node);
    return schema;
}

const CrdSchema *crd_schema_form(Arena *arena, const Node *node) {
    return compile(arena, node);
}

const CrdSchema *crd_property(const CrdSchema *schema, Str name, uint32_t hash) {
    if (!schema->propertyCount) return NULL;
    uint32_t i = COUNT_BELOW(schema->properties, schema->propertyCount, hash, hash);
    for (; i < schema->propertyCount && schema->properties[i].hash == hash; i++)
        if (str_eq(schema->properties[i].name, name)) return schema->properties[i].schema;
    return NULL;
}

/* Values. */

bool crd_number(const Node *value, CrdNumber *out) {
    if (value->kind != NODE_INT && value->kind != NODE_FLOAT) return false;
    if (int_parse(value->text, INT64_MIN, INT64_MAX, &out->whole)) {
        out->isInt = true;
        out->value = (double)out->whole;
        return true;
    }
    char text[400];
    size_t length = value->text.len < sizeof text - 1 ? value->text.len : sizeof text - 1;
    memcpy(text, value->text.at, length);
    text[length] = '\0';
    out->isInt = false;
    out->value = strtod(text, NULL);
    return true;
}

bool crd_same(const Node *a, const Node *b) {
    CrdNumber x, y;
    if (crd_number(a, &x) && crd_number(b, &y)) return x.isInt == y.isInt && (x.isInt ? x.whole == y.whole : x.value == y.value);
    if (a->kind != b->kind) return false;
    if (a->kind < NODE_LIST) return str_eq(a->text, b->text);
    if (a->count != b->count) return false;
    for (uint32_t i = 0; i < a->count; i++) {
        const Node *other = a->kind == NODE_LIST ? &b->items[i] : node_get(b, a->entries[i].key);
        if (!other || !crd_same(a->kind == NODE_LIST ? &a->items[i] : &a->entries[i].value, other)) return false;
    }
    return true;
}

const Node *crd_old_item(const CrdSchema *schema, const Node *old, const Node *item) {
    enum { MOST_COMPARED = 2000 };
    if (schema->listKind != LIST_MAP || !old || old->kind != NODE_LIST || item->kind != NODE_MAP) return NULL;
    if (old->count > MOST_COMPARED) return NULL;
    for (uint32_t i = 0; i < old->count; i++) {
        bool same = old->items[i].kind == NODE_MAP;
        for (uint32_t k = 0; k < schema->listKeys.n && same; k++) {
            const Node *a = node_get(item, schema->listKeys.at[k]), *b = node_get(&old->items[i], schema->listKeys.at[k]);
            same = a && b ? crd_same(a, b) : a == b;
        }
        if (same) return &old->items[i];
    }
    return NULL;
}
