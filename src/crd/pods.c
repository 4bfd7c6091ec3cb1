#include "pods.h"

typedef struct Finder {
    Arena *arena;
    ARRAY(InnerPod) found;
} Finder;

enum { MOST_PODS = 500 }; /* of one object */

static void keep(Finder *f, const Node *node, const Path *path, InnerPod like) {
    if (node->kind != NODE_MAP || !node->count || f->found.n == MOST_PODS) return;
    like.node = node;
    like.path = path_text(f->arena, path);
    for (uint32_t i = 0; i < f->found.n; i++)
        if (f->found.at[i].node == node) return;
    ARRAY_PUSH(f->arena, &f->found, like);
}

/* Follows a path of the table: names with dots between them, [] for items, * for entries. */
static void follow(Finder *f, const Node *node, Str rest, const Path *path, InnerPod like) {
    if (!rest.len) {
        keep(f, node, path, like);
        return;
    }
    if (str_starts(rest, S("[]"))) {
        rest = str_slice(rest, 2);
        str_take(&rest, '.');
        for (uint32_t i = 0; node->kind == NODE_LIST && i < node->count; i++) {
            Path at = path_index(path, i);
            follow(f, &node->items[i], rest, &at, like);
        }
        return;
    }
    size_t length = 0;
    while (length < rest.len && rest.at[length] != '.' && rest.at[length] != '[') length++;
    Str name = {rest.at, length};
    rest = str_slice(rest, length);
    str_take(&rest, '.');
    for (uint32_t i = 0; node->kind == NODE_MAP && i < node->count; i++) {
        if (!str_eq(name, S("*")) && !str_eq(name, node->entries[i].key)) continue;
        Path at = path_field(path, node->entries[i].key);
        follow(f, &node->entries[i].value, rest, &at, like);
    }
}

/* Schemas. */

/* How many of the schema's fields a type has, and how many there are. */
static uint32_t common_fields(const CrdSchema *schema, const Type *type) {
    uint32_t common = 0;
    for (uint32_t i = 0; type->fields && i < schema->propertyCount; i++)
        common += schema_field(type, schema->properties[i].name, schema->properties[i].hash) != NULL;
    return common;
}

static const CrdSchema *property(const CrdSchema *schema, const char *name) {
    return crd_property(schema, str_of(name), str_hash(str_of(name)));
}

/* Whether a schema has the fields of a container: most of what it has, and what containers are about. */
static bool is_container(const CrdSchema *schema) {
    enum { LEAST = 12 };
    if (schema->propertyCount < LEAST || !property(schema, "image") || !property(schema, "command") || !property(schema, "env"))
        return false;
    uint32_t common = common_fields(schema, &type_Container);
    return common >= LEAST && common * 3 >= schema->propertyCount * 2;
}

static bool is_spec(const CrdSchema *schema) {
    enum { LEAST = 12 };
    const CrdSchema *containers = property(schema, "containers");
    if (!containers || containers->type != ARRAY_VALUE || !containers->items || !is_container(containers->items)) return false;
    uint32_t common = common_fields(schema, &type_PodSpec);
    return common >= LEAST && common * 3 >= schema->propertyCount * 2;
}

static bool is_template(const CrdSchema *schema) {
    const CrdSchema *spec = property(schema, "spec");
    return spec && property(schema, "metadata") && is_spec(spec);
}

/* Looks for pods where an object has something and its schema has the form of them. */
static void recognise(Finder *f, const CrdSchema *schema, const Node *node, const Path *path, unsigned depth) {
    if (!schema || node->kind < NODE_LIST || depth > 40) return;
    if (node->kind == NODE_MAP && schema->propertyCount) {
        bool whole = is_template(schema);
        if (whole || is_spec(schema) || is_container(schema)) {
            uint8_t form = whole ? POD_AS_TEMPLATE : is_spec(schema) ? POD_AS_SPEC : POD_AS_CONTAINER;
            keep(f, node, path, (InnerPod){.form = form});
            return;
        }
    }
    for (uint32_t i = 0; i < node->count; i++) {
        Path at = node->kind == NODE_LIST ? path_index(path, i) : path_field(path, node->entries[i].key);
        if (node->kind == NODE_LIST)
            recognise(f, schema->items, &node->items[i], &at, depth + 1);
        else
            recognise(f, crd_below(schema, node->entries[i].key, node->entries[i].hash), &node->entries[i].value, &at, depth + 1);
    }
}

InnerPods pods_inside(const Document *document, PodPlaceRules places) {
    Finder f = {.arena = document->diags.arena};
    Str group = schema_group(document->apiVersion);
    bool known = false, selects = node_get(node_get(document->root, S("spec")), S("selector")) != NULL;
    for (uint32_t i = 0; i < places.n; i++) {
        const PodPlaceRule *rule = &places.at[i];
        bool meant = str_eq(rule->apiVersion, document->apiVersion) || str_eq(rule->apiVersion, group);
        if (!meant || !str_eq(rule->kind, document->kind)) continue;
        known = true;
        follow(&f, document->root, rule->path, NULL, (InnerPod){.form = rule->form, .whole = true});
    }
    for (uint16_t i = 0; i < schema_pod_count; i++) {
        const PodRow *row = &schema_pods[i];
        if (!str_eq(row->kind, document->kind) || !str_eq(row->group, group)) continue;
        known = true;
        InnerPod like = {
            .form = row->form, .reads = row->reads, .whole = row->whole, .keepsReplicas = row->keepsReplicas && selects};
        follow(&f, document->root, row->path, NULL, like);
    }
    const CrdVersion *definition = document->definition;
    if (!known && definition && definition->schema) {
        const Node *spec = node_get(document->root, S("spec"));
        Path path = FIELD(NULL, "spec");
        const CrdSchema *schema = property(definition->schema, "spec");
        if (spec && schema) recognise(&f, schema, spec, &path, 0);
    }
    return (InnerPods){f.found.at, f.found.n};
}

/* Documents. */

/* Whether a text holds something that the operator of a custom resource fills in: {{inputs.parameters.tag}}, $(params.tag). */
static bool is_filled_in(Str text) {
    if (str_has(text, S("{{"))) return true;
    for (size_t i = 0; i + 3 < text.len; i++) {
        if (text.at[i] != '$' || text.at[i + 1] != '(') continue;
        size_t k = i + 2;
        while (k < text.len && (is_alnum(text.at[k]) || text.at[k] == '-' || text.at[k] == '_')) k++;
        if (k < text.len && (text.at[k] == '.' || text.at[k] == '[')) return true;
    }
    return false;
}

/* A copy of a tree in which what is filled in later is marked. */
static Node copy_node(Arena *arena, const Node *node, uint32_t *later) {
    Node out = *node;
    if (node->kind == NODE_STRING && is_filled_in(node->text)) {
        out.later = true;
        (*later)++;
    }
    if (node->kind == NODE_LIST && node->count) {
        out.items = NEW_ARRAY(arena, Node, node->count);
        for (uint32_t i = 0; i < node->count; i++) out.items[i] = copy_node(arena, &node->items[i], later);
    }
    if (node->kind == NODE_MAP && node->count) {
        out.indexed = false;
        out.entries = NEW_ARRAY(arena, Entry, node->count);
        for (uint32_t i = 0; i < node->count; i++) {
            out.entries[i] = node->entries[i];
            out.entries[i].value = copy_node(arena, &node->entries[i].value, later);
        }
    }
    return out;
}

static Node map_of(Arena *arena, Span span, uint32_t room) {
    return (Node){.kind = NODE_MAP, .span = span, .entries = NEW_ARRAY(arena, Entry, room)};
}

static void put(Node *map, Str key, Node value) {
    map->entries[map->count++] = (Entry){key, str_hash(key), {value.span.at, value.span.at}, value};
}

static Node text(Span span, Str value) {
    return (Node){.kind = NODE_STRING, .span = {span.at, span.at}, .text = value};
}

/* A list of one item. */
static Node list_of(Arena *arena, Node item) {
    Node *items = NEW(arena, Node);
    *items = item;
    return (Node){.kind = NODE_LIST, .span = item.span, .count = 1, .items = items};
}

/* A container without a name gets one from its operator; messages need some. */
static Node with_name(Arena *arena, const Node *container) {
    Node out = map_of(arena, container->span, container->count + 1);
    for (uint32_t i = 0; i < container->count; i++) out.entries[out.count++] = container->entries[i];
    put(&out, S("name"), text(container->span, S("main")));
    return out;
}

Node *inner_root(const Document *document, const InnerPod *pod, uint32_t *later) {
    Arena *arena = document->diags.arena;
    Span span = pod->node->span;
    *later = document->later;
    Node node = copy_node(arena, pod->node, later), template = node;
    if (pod->form == POD_AS_CONTAINER) {
        if (!node_get(&node, S("name"))) node = with_name(arena, &node);
        Node spec = map_of(arena, span, 2);
        put(&spec, S("containers"), list_of(arena, node));
        node = spec;
    }
    if (pod->form != POD_AS_TEMPLATE) {
        template = map_of(arena, span, 2);
        put(&template, S("spec"), node);
    }
    Node *root = NEW(arena, Node);
    *root = map_of(arena, span, 6);
    put(root, S("apiVersion"), text(span, pod->keepsReplicas ? S("apps/v1") : S("v1")));
    put(root, S("kind"), text(span, pod->keepsReplicas ? S("ReplicaSet") : S("PodTemplate")));
    const Node *meta = node_get(document->root, S("metadata"));
    if (meta) put(root, S("metadata"), *meta);
    if (pod->keepsReplicas) {
        const Node *spec = node_get(document->root, S("spec")), *replicas = node_get(spec, S("replicas"));
        const Node *selector = node_get(spec, S("selector"));
        Node own = map_of(arena, span, 4);
        if (replicas) put(&own, S("replicas"), *replicas);
        if (selector) put(&own, S("selector"), *selector);
        put(&own, S("template"), template);
        put(root, S("spec"), own);
    } else {
        put(root, S("template"), template);
    }
    return root;
}

Document *inner_document(const Document *document, const InnerPod *pod, Node *root, uint32_t later) {
    Arena *arena = document->diags.arena;
    NodeDocument in = {.root = root, .readable = true, .index = document->index, .span = document->span};
    Document *out;
    model_build(arena, document->source, &in, document->minor, &out);
    out->kind = document->kind;
    out->apiVersion = document->apiVersion;
    out->item = document->item;
    out->class = CLASS_MANIFEST;
    out->later = later;
    out->partial = !pod->whole;
    return out;
}

/* The strategy of a Deployment that a canary without steps follows. */
static Node rolling_strategy(Arena *arena, Span span, const Node *canary) {
    static const Str fields[] = {STR("maxSurge"), STR("maxUnavailable")};
    Node update = map_of(arena, span, COUNT(fields)), strategy = map_of(arena, span, 2);
    for (size_t i = 0; i < COUNT(fields); i++) {
        const Node *value = node_get(canary, fields[i]);
        if (value) put(&update, fields[i], *value);
    }
    put(&strategy, S("type"), text(span, S("RollingUpdate")));
    put(&strategy, S("rollingUpdate"), update);
    return strategy;
}

Rolling rolling_document(const Document *document, Document **out) {
    static const Str fields[] = {STR("replicas"),
                                 STR("selector"),
                                 STR("template"),
                                 STR("minReadySeconds"),
                                 STR("paused"),
                                 STR("progressDeadlineSeconds"),
                                 STR("revisionHistoryLimit")};
    Arena *arena = document->diags.arena;
    const Node *spec = node_get(document->root, S("spec")), *meta = node_get(document->root, S("metadata"));
    bool rollout = str_eq(document->kind, S("Rollout")) && str_starts(document->apiVersion, S("argoproj.io/"));
    if (document->object || !rollout || !node_get(spec, S("template"))) return ROLLING_NOT;
    const Node *strategy = node_get(spec, S("strategy")), *canary = node_get(strategy, S("canary"));
    const Node *steps = node_get(canary, S("steps"));
    bool like = !node_get(strategy, S("blueGreen")) && (!steps || !steps->count);
    Span span = document->root->span;
    Node *root = NEW(arena, Node), own = map_of(arena, span, COUNT(fields) + 1);
    for (size_t i = 0; i < COUNT(fields); i++) {
        const Node *value = node_get(spec, fields[i]);
        if (value) put(&own, fields[i], *value);
    }
    if (canary && canary->kind == NODE_MAP && like) put(&own, S("strategy"), rolling_strategy(arena, span, canary));
    *root = map_of(arena, span, 4);
    put(root, S("apiVersion"), text(span, S("apps/v1")));
    put(root, S("kind"), text(span, S("Deployment")));
    if (meta) put(root, S("metadata"), *meta);
    put(root, S("spec"), own);
    *out = inner_document(document, &(InnerPod){.whole = true}, root, document->later);
    return (*out)->object && like ? ROLLING_LIKE : (*out)->object ? ROLLING_OWN : ROLLING_NOT;
}

Str inner_start(const InnerPod *pod) {
    static const Str starts[][3] = {{STR("template"), STR("template.spec"), STR("template.spec.containers[0]")},
                                    {STR("spec.template"), STR("spec.template.spec"), STR("spec.template.spec.containers[0]")}};
    return starts[pod->keepsReplicas][pod->form];
}

Str inner_path(Arena *arena, const InnerPod *pod, Str path) {
    Str start = inner_start(pod);
    return path_is_below(path, start) ? str_join(arena, pod->path, str_slice(path, start.len)) : (Str){0};
}
