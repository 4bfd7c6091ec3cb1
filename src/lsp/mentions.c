#include "mentions.h"

#include "run/worlds.h"
#include "tree.h"

typedef struct Row {
    Str type, field;
    uint8_t thing;
    bool definition;
    Str kinds; /* THING_OBJECT: which it may be, separated by spaces */
} Row;

static const Row rows[] = {
    {STR("Volume"), STR("name"), THING_VOLUME, true, STR("")},
    {STR("VolumeMount"), STR("name"), THING_VOLUME, false, STR("")},
    {STR("VolumeDevice"), STR("name"), THING_VOLUME, false, STR("")},
    {STR("ContainerPort"), STR("name"), THING_PORT, true, STR("")},
    {STR("HTTPGetAction"), STR("port"), THING_PORT, false, STR("")},
    {STR("TCPSocketAction"), STR("port"), THING_PORT, false, STR("")},
    {STR("ServicePort"), STR("targetPort"), THING_PORT, false, STR("")},
    {STR("Container"), STR("name"), THING_CONTAINER, true, STR("")},
    {STR("ResourceFieldSelector"), STR("containerName"), THING_CONTAINER, false, STR("")},
    {STR("ServicePort"), STR("name"), THING_SERVICE_PORT, true, STR("")},
    {STR("ServiceBackendPort"), STR("name"), THING_SERVICE_PORT, false, STR("")},
    {STR("EnvVar"), STR("name"), THING_VARIABLE, true, STR("")},
    {STR("ConfigMapKeySelector"), STR("key"), THING_KEY, false, STR("ConfigMap")},
    {STR("SecretKeySelector"), STR("key"), THING_KEY, false, STR("Secret")},
    {STR("ConfigMapKeySelector"), STR("name"), THING_OBJECT, false, STR("ConfigMap")},
    {STR("ConfigMapEnvSource"), STR("name"), THING_OBJECT, false, STR("ConfigMap")},
    {STR("ConfigMapVolumeSource"), STR("name"), THING_OBJECT, false, STR("ConfigMap")},
    {STR("ConfigMapProjection"), STR("name"), THING_OBJECT, false, STR("ConfigMap")},
    {STR("SecretKeySelector"), STR("name"), THING_OBJECT, false, STR("Secret")},
    {STR("SecretEnvSource"), STR("name"), THING_OBJECT, false, STR("Secret")},
    {STR("SecretProjection"), STR("name"), THING_OBJECT, false, STR("Secret")},
    {STR("SecretVolumeSource"), STR("secretName"), THING_OBJECT, false, STR("Secret")},
    {STR("IngressTLS"), STR("secretName"), THING_OBJECT, false, STR("Secret")},
    {STR("LocalObjectReference"), STR("name"), THING_OBJECT, false, STR("Secret")},
    {STR("PersistentVolumeClaimVolumeSource"), STR("claimName"), THING_OBJECT, false, STR("PersistentVolumeClaim")},
    {STR("PodSpec"), STR("serviceAccountName"), THING_OBJECT, false, STR("ServiceAccount")},
    {STR("PodSpec"), STR("priorityClassName"), THING_OBJECT, false, STR("PriorityClass")},
    {STR("PodSpec"), STR("runtimeClassName"), THING_OBJECT, false, STR("RuntimeClass")},
    {STR("PersistentVolumeClaimSpec"), STR("storageClassName"), THING_OBJECT, false, STR("StorageClass")},
    {STR("IngressServiceBackend"), STR("name"), THING_OBJECT, false, STR("Service")},
    {STR("IngressSpec"), STR("ingressClassName"), THING_OBJECT, false, STR("IngressClass")},
    {STR("StatefulSetSpec"), STR("serviceName"), THING_OBJECT, false, STR("Service")},
    {STR("ObjectMeta"), STR("namespace"), THING_OBJECT, false, STR("Namespace")},
    {STR("CrossVersionObjectReference"), STR("name"), THING_OBJECT, false, STR("")}, /* of the kind beside it */
    {STR("RoleRef"), STR("name"), THING_OBJECT, false, STR("")},
    {STR("Subject"), STR("name"), THING_OBJECT, false, STR("")},
};

/* A walk through one document. */
typedef struct Walk {
    Mentions *out;
    Arena *arena;
    uint32_t file;
    const Source *source;
    Str kind, name, namespace_;
    uint32_t object, pod, container; /* scopes */
    StrMap labels, selector;         /* of the pods */
    bool selects;
} Walk;

static Str text_at(const Node *map, Str key) {
    const Node *value = map ? node_get(map, key) : NULL;
    return value && value->kind == NODE_STRING ? value->text : S("");
}

static StrMap labels_of(Arena *arena, const Node *map) {
    StrMap out = {0};
    if (!map || map->kind != NODE_MAP) return out;
    out.at = NEW_ARRAY(arena, StrPair, map->count);
    for (uint32_t i = 0; i < map->count; i++)
        if (map->entries[i].value.kind == NODE_STRING)
            out.at[out.n++] = (StrPair){map->entries[i].key, map->entries[i].value.text};
    return out;
}

/* The span of a scalar without its quotes; empty for what is written in another way than it reads. */
static Span bare(const Walk *w, Span span, Str text) {
    Str written = {w->source->text.at + span.at, span.end - span.at};
    bool quoted = written.len >= 2 && (written.at[0] == '"' || written.at[0] == '\'');
    if (quoted) span = (Span){span.at + 1, span.end - 1};
    if (span.end - span.at < text.len || memcmp(w->source->text.at + span.at, text.at, text.len) != 0) return (Span){0};
    span.end = span.at + (uint32_t)text.len;
    return span;
}

static void add(Walk *w, Mention mention, Span span) {
    span = bare(w, span, mention.name);
    if (!mention.name.len || span.end == span.at) return;
    uint32_t mark = w->source->mark ? 3 : 0;
    mention.file = w->file;
    mention.span = (Span){span.at + mark, span.end + mark};
    mention.plain = !span.at || !strchr("\"'", w->source->text.at[span.at - 1]);
    mention.namespace_ = w->namespace_;
    ARRAY_PUSH(w->arena, &w->out->items, mention);
}

/* Names of variables in a text: $(NAME). */
static void add_variables(Walk *w, const Node *node) {
    Span span = bare(w, node->span, node->text);
    for (uint32_t at = span.at; at + 3 < span.end; at++) {
        if (w->source->text.at[at] != '$' || w->source->text.at[at + 1] != '(') continue;
        uint32_t start = at + 2, end = start;
        while (end < span.end && w->source->text.at[end] != ')') end++;
        Mention mention = {.thing = THING_VARIABLE, .name = {w->source->text.at + start, end - start}, .scope = w->container};
        if (end < span.end) add(w, mention, (Span){start, end});
        at = end;
    }
}

static void add_row(Walk *w, const Row *row, const Node *map, const Node *value, const Node *above) {
    Mention mention = {.thing = row->thing, .definition = row->definition, .name = value->text};
    switch ((Thing)row->thing) {
    case THING_VOLUME: mention.scope = w->object; break;
    case THING_CONTAINER: mention.scope = w->pod; break;
    case THING_VARIABLE: mention.scope = w->container; break;
    case THING_PORT:
        mention.scope = w->pod;
        mention.labels = w->labels;
        mention.selects = !w->pod && w->selects;
        mention.selector = w->selector;
        break;
    case THING_OBJECT: mention.owner = row->kinds.len ? row->kinds : text_at(map, S("kind")); break;
    case THING_KEY: mention.owner = str_format(w->arena, "%.*s/%.*s", TEXT(row->kinds), TEXT(text_at(map, S("name")))); break;
    case THING_SERVICE_PORT: mention.owner = row->definition ? w->name : text_at(above, S("name")); break;
    case THING_LABEL: break;
    }
    add(w, mention, value->span);
}

/* Labels of pods, and of what selects them. */
static void add_labels(Walk *w, const Node *map, bool definition) {
    for (uint32_t i = 0; map->kind == NODE_MAP && i < map->count; i++) {
        const Node *value = &map->entries[i].value;
        if (value->kind != NODE_STRING || value->alias) continue;
        Mention mention = {.thing = THING_LABEL, .definition = definition, .name = value->text, .owner = map->entries[i].key};
        add(w, mention, value->span);
    }
}

/* The keys of a ConfigMap or Secret. */
static void add_keys(Walk *w, const Node *map) {
    for (uint32_t i = 0; map->kind == NODE_MAP && i < map->count; i++) {
        Mention mention = {.thing = THING_KEY,
                           .definition = true,
                           .name = map->entries[i].key,
                           .owner = str_format(w->arena, "%.*s/%.*s", TEXT(w->kind), TEXT(w->name))};
        add(w, mention, map->entries[i].keySpan);
    }
}

/* The keys that a volume takes of a ConfigMap or Secret; `map` has the name of that. */
static void add_items(Walk *w, const Node *map, const Type *type, const Node *items) {
    bool secret = str_has(type->name, S("Secret"));
    Str name = text_at(map, str_eq(type->name, S("SecretVolumeSource")) ? S("secretName") : S("name"));
    Str owner = str_format(w->arena, "%s/%.*s", secret ? "Secret" : "ConfigMap", TEXT(name));
    for (uint32_t i = 0; items->kind == NODE_LIST && i < items->count; i++) {
        const Node *key = node_get(&items->items[i], S("key"));
        if (key && key->kind == NODE_STRING) add(w, (Mention){.thing = THING_KEY, .name = key->text, .owner = owner}, key->span);
    }
}

static void walk(Walk *w, const Node *map, const Type *type, const Node *above, int depth);

/* What a field itself says of names. */
static void take_value(Walk *w, const Node *map, const Type *type, const Field *field, const Node *value, const Node *above) {
    bool service = str_eq(type->name, S("ServiceSpec")) && str_eq(field->name, S("selector"));
    bool holder = str_eq(type->name, S("ConfigMap")) || str_eq(type->name, S("Secret"));
    bool data = str_eq(field->name, S("data")) || str_eq(field->name, S("stringData")) || str_eq(field->name, S("binaryData"));
    bool text = value->kind == NODE_STRING && !value->alias;
    for (size_t i = 0; i < COUNT(rows) && text; i++)
        if (str_eq(rows[i].field, field->name) && str_eq(rows[i].type, type->name)) add_row(w, &rows[i], map, value, above);
    if (text && w->container) add_variables(w, value);
    if (service || str_eq(field->name, S("matchLabels"))) add_labels(w, value, false);
    if (holder && data) add_keys(w, value);
    if (field->type && str_eq(field->type->name, S("KeyToPath"))) add_items(w, map, type, value);
}

static void walk_value(Walk *w, const Node *map, const Type *type, const Field *field, const Node *value, const Node *above,
                       int depth) {
    take_value(w, map, type, field, value, above);
    if (field->type && field->shape == SHAPE_ONE && !value->alias) walk(w, value, field->type, map, depth + 1);
    for (uint32_t i = 0; field->shape == SHAPE_LIST && value->kind == NODE_LIST && i < value->count; i++) {
        const Node *item = &value->items[i];
        if (item->alias) continue;
        if (field->type)
            walk(w, item, field->type, map, depth + 1);
        else if (item->kind == NODE_STRING && w->container)
            add_variables(w, item);
    }
}

static void walk(Walk *w, const Node *map, const Type *type, const Node *above, int depth) {
    if (map->kind != NODE_MAP || depth > TRAIL_DEEPEST) return;
    Walk before = *w;
    if (str_eq(type->name, S("PodTemplateSpec")) || (type->kind && type->kind->workload == WORKLOAD_POD)) {
        const Node *labels = node_get(node_get(map, S("metadata")), S("labels"));
        w->labels = labels_of(w->arena, labels);
        if (labels) add_labels(w, labels, true);
    }
    const Node *claim =
        depth && str_eq(type->name, S("PersistentVolumeClaim")) ? node_get(node_get(map, S("metadata")), S("name")) : NULL;
    if (claim && claim->kind == NODE_STRING)
        add(w, (Mention){.thing = THING_VOLUME, .definition = true, .name = claim->text, .scope = w->object}, claim->span);
    if (str_eq(type->name, S("PodSpec"))) w->pod = map->span.at + 1;
    if (str_eq(type->name, S("Container")) || str_eq(type->name, S("EphemeralContainer"))) w->container = map->span.at + 1;
    if (str_eq(type->name, S("ServiceSpec"))) {
        const Node *selector = node_get(map, S("selector"));
        w->selector = labels_of(w->arena, selector);
        w->selects = selector != NULL;
    }
    for (uint32_t i = 0; i < map->count; i++) {
        const Field *field = schema_field(type, map->entries[i].key, map->entries[i].hash);
        if (field && !str_eq(field->name, S("status"))) walk_value(w, map, type, field, &map->entries[i].value, above, depth);
    }
    w->pod = before.pod;
    w->container = before.container;
    w->labels = before.labels;
    w->selector = before.selector;
    w->selects = before.selects;
}

static void walk_object(Walk *w, const Node *root, uint8_t minor) {
    if (root->kind != NODE_MAP) return;
    const Node *items = node_get(root, S("items")), *meta = node_get(root, S("metadata"));
    w->kind = text_at(root, S("kind"));
    w->object = root->span.at + 1;
    if (items && items->kind == NODE_LIST && str_ends(w->kind, S("List"))) {
        for (uint32_t i = 0; i < items->count; i++) walk_object(w, &items->items[i], minor);
        return;
    }
    const Type *type = schema_type_of(text_at(root, S("apiVersion")), w->kind, minor);
    w->name = text_at(meta, S("name"));
    w->namespace_ = text_at(meta, S("namespace"));
    const Node *name = meta ? node_get(meta, S("name")) : NULL;
    if (name && name->kind == NODE_STRING && w->kind.len)
        add(w, (Mention){.thing = THING_OBJECT, .definition = true, .name = name->text, .owner = w->kind}, name->span);
    if (type) walk(w, root, type, NULL, 0);
}

static void walk_source(Mentions *out, const Source *source, uint32_t file, uint8_t minor) {
    Arena *arena = &out->server->scratch;
    NodeReader reader = {.source = source};
    NodeDocument node;
    while (node_next(&reader, arena, &node)) {
        Walk w = {.out = out, .arena = arena, .file = file, .source = source};
        walk_object(&w, node.root, minor);
        node = (NodeDocument){0};
    }
}

/* Whether two mentions mean the same thing. */

static bool kinds_meet(Str a, Str b) {
    return !a.len || !b.len || str_eq(a, b);
}

static bool selects(const StrMap *selector, StrMap labels) {
    for (uint32_t i = 0; i < selector->n; i++) {
        const Str *value = map_get(labels, selector->at[i].key);
        if (!value || !str_eq(*value, selector->at[i].value)) return false;
    }
    return selector->n > 0;
}

static bool same_place(const Mention *a, const Mention *b) {
    if (a->thing != b->thing) return false;
    bool apart = a->namespace_.len && b->namespace_.len && !str_eq(a->namespace_, b->namespace_);
    if (a->thing == THING_PORT && a->selects != b->selects) {
        const Mention *service = a->selects ? a : b, *pod = a->selects ? b : a;
        return !apart && selects(&service->selector, pod->labels);
    }
    if (a->thing == THING_PORT && a->selects) {
        return !apart && selects(&a->selector, b->selector) && selects(&b->selector, a->selector);
    }
    if (a->scope || b->scope) return a->scope == b->scope && a->file == b->file;
    return !apart && (a->thing == THING_OBJECT ? kinds_meet(a->owner, b->owner) : str_eq(a->owner, b->owner));
}

static void keep_same(Mentions *out, Mention target) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < out->items.n; i++) {
        const Mention *mention = &out->items.at[i];
        if (str_eq(mention->name, target.name) && same_place(mention, &target)) out->items.at[kept++] = *mention;
    }
    out->items.n = kept;
}

bool mentions_taken(const Mentions *mentions, Str name) {
    Mentions all = {.server = mentions->server, .document = mentions->document};
    TreeDocuments trees;
    tree_read(&trees, &mentions->server->scratch, mentions->document);
    walk_source(&all, &trees.source, mentions->document->file, VERSION_LAST);
    for (uint32_t i = 0; i < all.items.n; i++)
        if (all.items.at[i].definition && str_eq(all.items.at[i].name, name) && all.items.at[i].thing != THING_LABEL &&
            same_place(&all.items.at[i], mentions->target))
            return true;
    return false;
}

/* The text of a file: what is open, or else what is on the disk. */
static bool file_source(Server *s, const Folder *folder, uint32_t file, Source *source) {
    Str path = folder->files.files.at[file].path;
    OpenDocument *open = document_at(s, path);
    return (open ? source_from_bytes(source, &s->scratch, path, text_str(&open->text))
                 : source_read(source, &s->scratch, path)) == SOURCE_OK;
}

/* Whether two files are applied together, as far as kustomizations and folders tell. */
static bool applied_together(const Folder *folder, Arena *arena, uint32_t a, uint32_t b) {
    if (a >= folder->run.fileCount || b >= folder->run.fileCount) return false;
    StrList left = worlds_of_file(arena, &folder->files, &folder->run, a),
            right = worlds_of_file(arena, &folder->files, &folder->run, b);
    for (uint32_t i = 0; i < left.n; i++)
        if (str_in(left.at[i], right.at, right.n)) return true;
    return false;
}

Mentions mentions_at(Server *s, OpenDocument *document, size_t offset, MentionsOf wanted) {
    Mentions out = {.server = s, .document = document};
    if (wanted == MENTIONS_OF_WORKSPACE)
        workspace_settle(s, document);
    else
        workspace_ready(s, document);
    const Folder *folder = document->folder;
    TreeDocuments trees;
    tree_read(&trees, &s->scratch, document);
    walk_source(&out, &trees.source, document->file, VERSION_LAST);
    for (uint32_t i = 0; i < out.items.n && !out.target; i++)
        if (out.items.at[i].span.at <= offset && offset <= out.items.at[i].span.end) {
            Mention *target = NEW(&s->scratch, Mention);
            *target = out.items.at[i];
            out.target = target;
        }
    if (!out.target || wanted == MENTIONS_OF_PLACE) return out;
    keep_same(&out, *out.target);
    for (uint32_t i = 0; wanted == MENTIONS_OF_WORKSPACE && i < folder->files.files.n && document->file != NO_FILE; i++) {
        Source source;
        Arena before = s->scratch;
        if (i == document->file) continue;
        /* Other applications may have the same labels. */
        if (out.target->thing == THING_LABEL && !applied_together(folder, &s->scratch, document->file, i)) continue;
        if (!file_source(s, folder, i, &source) || !str_has(source.text, out.target->name)) {
            arena_back(&s->scratch, &before);
            continue;
        }
        Mentions more = {.server = s, .document = document};
        walk_source(&more, &source, i, VERSION_LAST);
        keep_same(&more, *out.target);
        for (uint32_t k = 0; k < more.items.n; k++) ARRAY_PUSH(&s->scratch, &out.items, more.items.at[k]);
    }
    return out;
}
