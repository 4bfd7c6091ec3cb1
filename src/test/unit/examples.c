/* Every example of the schema has to be right: each is put into objects of all kinds, at all places of its field, and has to be
 * valid at one of them at least. What is missing around it does not count (a rule may want a second field), what is wrong in it
 * does. */
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "model/model.h"
#include "validate/validate.h"
#include "rules.h"

static Arena arena;

/* What became of the example of each field of each type. */
typedef struct Outcome {
    bool tried, valid;
    char reason[400]; /* why it was not valid where it was tried last */
} Outcome;

static Outcome *outcomes; /* by type and field number, 64 a type */

static Outcome *outcome_of(const Type *type, const Field *field) {
    return &outcomes[(size_t)type->number * 64 + (size_t)(field - type->fields)];
}

static json_t *json_of(const Node *node) {
    switch ((NodeKind)node->kind) {
    case NODE_LIST: {
        json_t *list = json_array();
        for (uint32_t i = 0; i < node->count; i++) json_array_append_new(list, json_of(&node->items[i]));
        return list;
    }
    case NODE_MAP: {
        json_t *map = json_object();
        for (uint32_t i = 0; i < node->count; i++)
            json_object_set_new(map, arena_cstr(&arena, node->entries[i].key), json_of(&node->entries[i].value));
        return map;
    }
    case NODE_STRING: return json_stringn(node->text.len ? node->text.at : "", node->text.len);
    case NODE_NULL:
    case NODE_BOOL:
    case NODE_INT:
    case NODE_FLOAT: break;
    }
    return json_loadb(node->text.at, node->text.len, JSON_DECODE_ANY, NULL);
}

/* The example of a field, read as YAML; NULL without one. */
static json_t *example_of(const Field *field) {
    if (!field->text->example.len) return NULL;
    Source *source = NEW(&arena, Source);
    NodeDocument document;
    source_from_bytes(source, &arena, S("example"), str_join(&arena, field->text->example, S("\n")));
    NodeReader reader = {.source = source};
    if (!node_next(&reader, &arena, &document) || document.faults.n) return NULL;
    return json_of(document.root);
}

/* Errors that only say that something else is missing or in the way. */
static bool is_of_the_context(const Rule *rule) {
    return rule->type == API_REQUIRED || rule->type == API_NOT_FOUND || rule->type == API_FORBIDDEN;
}

static void check(json_t *root, Str path, Outcome *outcome) {
    char *text = json_dumps(root, JSON_INDENT(1));
    Source *source = NEW(&arena, Source);
    NodeDocument node;
    Document *items;
    source_from_bytes(source, &arena, S("example"), arena_str(&arena, str_of(text)));
    free(text);
    NodeReader reader = {.source = source};
    if (!node_next(&reader, &arena, &node)) return;
    model_build(&arena, source, &node, VERSION_LAST, &items);
    if (items->object) validate_create(items);
    for (uint32_t i = 0; i < items->diags.items.n; i++) {
        const Diag *diag = &items->diags.items.at[i];
        bool here = str_starts(diag->path, path) && (diag->path.len == path.len || strchr(".[", diag->path.at[path.len]));
        if (!here || diag->severity < SEVERITY_ERROR || is_of_the_context(diag->rule)) continue;
        snprintf(outcome->reason, sizeof outcome->reason, "%.*s: %.*s", (int)path.len, path.at, (int)diag->message.len,
                 diag->message.at);
        return;
    }
    outcome->valid = true;
}

/* Tries a field without its optional neighbours, some of which exclude each other. */
static void check_alone(json_t *root, json_t *object, const Type *type, const Field *field, Str path, Outcome *outcome) {
    json_t *all = json_copy(object);
    const char *key;
    json_t *value;
    json_object_foreach(all, key, value) {
        const Field *neighbour = schema_field(type, str_of(key), str_hash(str_of(key)));
        if (neighbour && neighbour != field && !neighbour->required) json_object_del(object, key);
    }
    check(root, path, outcome);
    json_object_update(object, all);
    json_decref(all);
}

static void walk(json_t *root, json_t *object, const Type *type, Str path, int depth) {
    for (uint16_t i = 0; i < type->fieldCount && depth < 12; i++) {
        const Field *field = &type->fields[i];
        if (str_eq(field->name, S("status")) || !schema_has(field, VERSION_LAST)) continue;
        Str here = path.len ? str_format(&arena, "%.*s.%.*s", (int)path.len, path.at, (int)field->name.len, field->name.at)
                            : field->name;
        json_t *before = json_deep_copy(json_object_get(object, field->name.at)), *example = example_of(field);
        Outcome *outcome = outcome_of(type, field);
        if (field->text->example.len) outcome->tried = true;
        if (example) {
            json_object_set(object, field->name.at, example);
            check(root, here, outcome);
            if (!outcome->valid) check_alone(root, object, type, field, here, outcome);
        }
        if (field->scalar == TYPE_OBJECT) {
            json_t *value = json_object_get(object, field->name.at);
            bool list = field->shape == SHAPE_LIST;
            if (!value || (list && !json_array_size(value))) {
                value = list ? json_pack("[{}]") : json_object();
                json_object_set_new(object, field->name.at, value);
            }
            json_t *inner = list ? json_array_get(value, 0) : value;
            if (json_is_object(inner)) walk(root, inner, field->type, list ? str_join(&arena, here, S("[0]")) : here, depth + 1);
        }
        if (before)
            json_object_set_new(object, field->name.at, before);
        else
            json_object_del(object, field->name.at);
        json_decref(example);
    }
}

/* What an object of a kind needs beside a name and a pod to be valid. */
static const char *const needed[KIND_END] = {
    [KIND_Deployment] = "{\"selector\": {\"matchLabels\": {\"app\": \"web\"}}}",
    [KIND_StatefulSet] = "{\"selector\": {\"matchLabels\": {\"app\": \"web\"}}}",
    [KIND_DaemonSet] = "{\"selector\": {\"matchLabels\": {\"app\": \"web\"}}}",
    [KIND_ReplicaSet] = "{\"selector\": {\"matchLabels\": {\"app\": \"web\"}}}",
    [KIND_CronJob] = "{\"schedule\": \"0 3 * * *\"}",
};

/* The smallest valid object of a kind. */
static json_t *smallest(const Kind *kind) {
    json_t *root = json_pack("{s:s,s:s,s:{s:s}}", "apiVersion", kind->versions[0].apiVersion.at, "kind", kind->name.at,
                             "metadata", "name", "web"),
           *at = root;
    if (needed[kind->number]) json_object_set_new(root, "spec", json_loads(needed[kind->number], 0, NULL));
    for (const Field *const *way = kind->pod; way && *way; way++) {
        json_t *next = json_object_get(at, (*way)->name.at);
        if (!next) json_object_set_new(at, (*way)->name.at, next = json_object());
        at = next;
    }
    if (!kind->pod) return root;
    if (at != root) json_object_set_new(at, "metadata", json_pack("{s:{s:s}}", "labels", "app", "web"));
    json_t *spec = json_pack("{s:[{s:s,s:s}]}", "containers", "name", "web", "image", "web:1");
    if (kind->workload == WORKLOAD_JOB) json_object_set_new(spec, "restartPolicy", json_string("Never"));
    json_object_set_new(at, "spec", spec);
    return root;
}

int main(void) {
    uint32_t passed = 0, failed = 0;
    outcomes = calloc((size_t)schema_type_count * 64, sizeof *outcomes);
    for (const Kind *kind = NULL; (kind = schema_next_judged(kind));) {
        json_t *root = smallest(kind);
        walk(root, root, kind->type, S(""), 0);
        json_decref(root);
        arena_reset(&arena);
    }
    arena_free(&arena);
    for (uint16_t t = 0; t < schema_type_count; t++)
        for (uint16_t i = 0; i < schema_types[t]->fieldCount; i++) {
            const Outcome *outcome = outcome_of(schema_types[t], &schema_types[t]->fields[i]);
            passed += outcome->valid;
            if (!outcome->tried || outcome->valid) continue;
            printf("FAIL the example of %.*s.%.*s: %s\n", (int)schema_types[t]->name.len, schema_types[t]->name.at,
                   (int)schema_types[t]->fields[i].name.len, schema_types[t]->fields[i].name.at,
                   outcome->reason[0] ? outcome->reason : "not YAML");
            failed++;
        }
    free(outcomes);
    printf("examples: %u passed, %u failed\n", passed, failed);
    return failed ? 1 : 0;
}
