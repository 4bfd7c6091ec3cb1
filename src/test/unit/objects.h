/* Objects of every kind that is judged, made of the schema: the smallest valid one, and a walk through all fields that it could
 * have, with the examples of those above in place. For tests of one file. */
#ifndef PODLINT_TEST_OBJECTS_H
#define PODLINT_TEST_OBJECTS_H

#include <stdlib.h>

#include <jansson.h>

#include "model/model.h"

static Arena arena;

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
    source_from_bytes(source, &arena, S("example"), str_join(&arena, schema_text(field->text->example), S("\n")));
    NodeReader reader = {.source = source};
    if (!node_next(&reader, &arena, &document) || document.faults.n) return NULL;
    return json_of(document.root);
}

/* An object as a document in `arena`, decoded for Kubernetes 1.`minor`; NULL if it cannot be read. */
static Document *document_of(const json_t *root, uint8_t minor) {
    char *text = json_dumps(root, JSON_INDENT(1));
    Source *source = NEW(&arena, Source);
    NodeDocument node;
    Document *items;
    source_from_bytes(source, &arena, S("object"), arena_str(&arena, str_of(text)));
    free(text);
    NodeReader reader = {.source = source};
    if (!node_next(&reader, &arena, &node)) return NULL;
    model_build(&arena, source, &node, minor, &items);
    return items->object ? items : NULL;
}

/* What an object of a kind needs beside a name and a pod to be valid. */
static const char *const needed[KIND_END] = {
    [KIND_Deployment] = "{\"selector\": {\"matchLabels\": {\"app\": \"web\"}}}",
    [KIND_StatefulSet] = "{\"selector\": {\"matchLabels\": {\"app\": \"web\"}}}",
    [KIND_DaemonSet] = "{\"selector\": {\"matchLabels\": {\"app\": \"web\"}}}",
    [KIND_ReplicaSet] = "{\"selector\": {\"matchLabels\": {\"app\": \"web\"}}}",
    [KIND_CronJob] = "{\"schedule\": \"0 3 * * *\"}",
};

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

/* A field of an object that stands in an object of a kind. */
typedef struct FieldPlace {
    const struct FieldPlace *up; /* the field that `object` is the value of, or an item of; NULL at the root */
    json_t *root, *object;
    const Type *type; /* of `object` */
    const Field *field;
} FieldPlace;

/* The path as the API prints it. */
static inline Str place_path(const FieldPlace *place) {
    if (!place->up) return place->field->name;
    Str up = place_path(place->up);
    return str_format(&arena, "%.*s%s.%.*s", TEXT(up), place->up->field->shape == SHAPE_LIST ? "[0]" : "",
                      TEXT(place->field->name));
}

/* Takes the optional neighbours of a place's field out of its object. */
static inline void place_strip(const FieldPlace *place) {
    const char *key;
    json_t *value, *all = json_copy(place->object);
    json_object_foreach(all, key, value) {
        const Field *neighbour = schema_field(place->type, str_of(key), str_hash(str_of(key)));
        if (neighbour && neighbour != place->field && !neighbour->required) json_object_del(place->object, key);
    }
    json_decref(all);
}

/* How many objects stand in each other at most. */
enum { OBJECTS_DEPTH = 12 };

typedef void Visit(const FieldPlace *place, void *context);

/* Visits all fields of an object and below, but for those of status. While a field is visited, and what is below it, the object
 * has the field's example, if there is one, or for objects an empty one. */
static void walk_fields(const FieldPlace *up, json_t *root, json_t *object, const Type *type, int depth, Visit *visit,
                        void *context) {
    for (uint16_t i = 0; i < type->fieldCount && depth < OBJECTS_DEPTH; i++) {
        const Field *field = &type->fields[i];
        if (str_eq(field->name, S("status"))) continue;
        FieldPlace place = {up, root, object, type, field};
        json_t *before = json_deep_copy(json_object_get(object, field->name.at)), *example = example_of(field);
        bool list = field->shape == SHAPE_LIST, objects = field->scalar == TYPE_OBJECT;
        if (example) json_object_set_new(object, field->name.at, example);
        visit(&place, context);
        json_t *value = json_object_get(object, field->name.at);
        if (objects && (!value || (list && !json_array_size(value))))
            json_object_set_new(object, field->name.at, value = list ? json_pack("[{}]") : json_object());
        json_t *inner = objects && list ? json_array_get(value, 0) : value;
        if (objects && json_is_object(inner)) walk_fields(&place, root, inner, field->type, depth + 1, visit, context);
        if (before)
            json_object_set_new(object, field->name.at, before);
        else
            json_object_del(object, field->name.at);
    }
}

static void walk_kinds(Visit *visit, void *context) {
    for (const Kind *kind = NULL; (kind = schema_next_judged(kind));) {
        json_t *root = smallest(kind);
        walk_fields(NULL, root, root, kind->type, 0, visit, context);
        json_decref(root);
        arena_reset(&arena);
    }
    arena_free(&arena);
}

#endif
