/* What fields name: objects of the workspace, their keys and ports, and other parts of the same object. */
#include "complete.h"
#include "spot.h"

/* Calls `visit` with each object that is known of a folder. */
typedef void VisitFact(void *context, const Fact *fact);

static void visit_facts(const Folder *folder, VisitFact *visit, void *context) {
    for (uint32_t i = 0; !folder->stale && i < folder->files.files.n; i++) {
        uint32_t count;
        Fact *const *facts = run_facts(folder->how.memory, i, &count);
        for (uint32_t k = 0; k < count; k++) visit(context, facts[k]);
    }
}

/* Fields that name an object, by the type that has them. `kinds`: names of kinds, separated by spaces. */
typedef struct NameField {
    Str type, field, kinds;
} NameField;

static const NameField objects[] = {
    {STR("ConfigMapKeySelector"), STR("name"), STR("ConfigMap")},
    {STR("ConfigMapEnvSource"), STR("name"), STR("ConfigMap")},
    {STR("ConfigMapVolumeSource"), STR("name"), STR("ConfigMap")},
    {STR("ConfigMapProjection"), STR("name"), STR("ConfigMap")},
    {STR("SecretKeySelector"), STR("name"), STR("Secret")},
    {STR("SecretEnvSource"), STR("name"), STR("Secret")},
    {STR("SecretProjection"), STR("name"), STR("Secret")},
    {STR("SecretVolumeSource"), STR("secretName"), STR("Secret")},
    {STR("LocalObjectReference"), STR("name"), STR("Secret")},
    {STR("IngressTLS"), STR("secretName"), STR("Secret")},
    {STR("PersistentVolumeClaimVolumeSource"), STR("claimName"), STR("PersistentVolumeClaim")},
    {STR("PodSpec"), STR("serviceAccountName"), STR("ServiceAccount")},
    {STR("PodSpec"), STR("priorityClassName"), STR("PriorityClass")},
    {STR("PodSpec"), STR("runtimeClassName"), STR("RuntimeClass")},
    {STR("PersistentVolumeClaimSpec"), STR("storageClassName"), STR("StorageClass")},
    {STR("IngressServiceBackend"), STR("name"), STR("Service")},
    {STR("IngressSpec"), STR("ingressClassName"), STR("IngressClass")},
    {STR("StatefulSetSpec"), STR("serviceName"), STR("Service")},
    {STR("CrossVersionObjectReference"), STR("name"), STR("Deployment StatefulSet ReplicaSet")},
    {STR("RoleRef"), STR("name"), STR("Role ClusterRole")},
    {STR("Subject"), STR("name"), STR("ServiceAccount")},
    {STR("ObjectMeta"), STR("namespace"), STR("Namespace")},
};

typedef struct Search {
    Completion *c;
    Str kinds;    /* of the objects, or the only one */
    Str name;     /* of the object whose keys are wanted */
    uint8_t what; /* FactKind of keys */
    Str label;    /* whose values are wanted */
    ARRAY(Str) seen;
} Search;

static void offer(Search *search, Str word, Str detail, Str insert) {
    if (!word.len || str_in(word, search->seen.at, search->seen.n)) return;
    ARRAY_PUSH(search->c->arena, &search->seen, word);
    complete_add(search->c, (CompletionItem){.label = word, .insert = insert, .kind = ITEM_REFERENCE, .detail = detail});
}

static void offer_object(void *context, const Fact *fact) {
    Search *search = context;
    if (!fact->inside && str_has_word(search->kinds, fact->kindName)) offer(search, fact->name, fact->kindName, S(""));
}

static void offer_keys(void *context, const Fact *fact) {
    Search *search = context;
    if (fact->kind != search->what || !str_eq(fact->name, search->name)) return;
    for (uint32_t i = 0; i < fact->keys.n; i++) offer(search, fact->keys.at[i], fact->name, S(""));
}

static void offer_container_ports(void *context, const Fact *fact) {
    Search *search = context;
    for (uint32_t i = 0; fact->kind == FACT_WORKLOAD && i < fact->portCount; i++) {
        const FactPort *port = &fact->ports[i];
        Str detail = str_format(search->c->arena, "%.*s, port %lld", TEXT(fact->name), (long long)port->number);
        offer(search, port->name.len ? port->name : str_int(search->c->arena, port->number), detail, S(""));
    }
}

static void offer_service_ports(void *context, const Fact *fact) {
    Search *search = context;
    bool number = str_eq(search->c->cursor->key, S("number"));
    if (fact->kind != FACT_SERVICE || (search->name.len && !str_eq(search->name, fact->name))) return;
    for (uint32_t i = 0; i < fact->portCount; i++) {
        Str word = number ? str_int(search->c->arena, fact->ports[i].outer) : fact->ports[i].owner;
        offer(search, word, fact->name, S(""));
    }
}

static void offer_label_keys(void *context, const Fact *fact) {
    Search *search = context;
    for (uint32_t i = 0; fact->kind == FACT_WORKLOAD && i < fact->labels.n; i++) {
        Str key = fact->labels.at[i].key;
        if (str_in(key, search->c->cursor->keys.at, search->c->cursor->keys.n)) continue;
        Str put = search->c->cursor->colon
                      ? S("")
                      : str_format(search->c->arena, "%.*s: %.*s", TEXT(key), TEXT(fact->labels.at[i].value));
        offer(search, key, fact->name, put);
    }
}

static void offer_label_values(void *context, const Fact *fact) {
    Search *search = context;
    const Str *value = fact->kind == FACT_WORKLOAD ? map_get(fact->labels, search->label) : NULL;
    if (value) offer(search, *value, fact->name, S(""));
}

/* The names of other parts of this object. */
static void offer_names(Search *search, Str list, Str within, Str key) {
    CursorNames names = cursor_names(search->c->arena, search->c->cursor, list, within, key);
    for (uint32_t i = 0; i < names.n; i++) offer(search, names.at[i], S("of this pod"), S(""));
}

static bool offer_parts(Search *search, Str type, Str field) {
    bool named = str_eq(type, S("HTTPGetAction")) || str_eq(type, S("TCPSocketAction"));
    bool volume = str_eq(type, S("VolumeMount")) || str_eq(type, S("VolumeDevice"));
    if (volume && str_eq(field, S("name"))) {
        offer_names(search, S("volumes"), S(""), S("name"));
        offer_names(search, S("volumeClaimTemplates"), S("metadata"), S("name"));
    } else if ((named || str_eq(type, S("GRPCAction"))) && str_eq(field, S("port"))) {
        if (named) offer_names(search, S("ports"), S(""), S("name"));
        offer_names(search, S("ports"), S(""), S("containerPort"));
    } else if (str_eq(type, S("ResourceFieldSelector")) && str_eq(field, S("containerName"))) {
        offer_names(search, S("containers"), S(""), S("name"));
    } else {
        return false;
    }
    return true;
}

bool complete_names(Completion *c, const Spot *spot) {
    Str type = spot->type ? spot->type->name : spot->parent ? spot->parent->name : S(""), field = spot->field->name;
    const Folder *folder = c->document->folder;
    Search search = {.c = c};
    if (spot->type && offer_parts(&search, type, field)) return true;
    for (size_t i = 0; i < COUNT(objects) && spot->type; i++) {
        if (!str_eq(objects[i].type, type) || !str_eq(objects[i].field, field)) continue;
        Str kind = str_eq(type, S("CrossVersionObjectReference")) || str_eq(type, S("RoleRef"))
                       ? cursor_sibling(c->cursor, S("kind"))
                       : S("");
        search.kinds = kind.len ? kind : objects[i].kinds;
        visit_facts(folder, offer_object, &search);
        if (str_eq(search.kinds, S("PriorityClass"))) {
            offer(&search, S("system-cluster-critical"), S("of every cluster"), S(""));
            offer(&search, S("system-node-critical"), S("of every cluster"), S(""));
        }
        return true;
    }
    if (str_eq(field, S("key")) && (str_eq(type, S("ConfigMapKeySelector")) || str_eq(type, S("SecretKeySelector")))) {
        search.what = str_starts(type, S("Secret")) ? FACT_SECRET : FACT_CONFIG_MAP;
        search.name = cursor_sibling(c->cursor, S("name"));
        visit_facts(folder, offer_keys, &search);
        return true;
    }
    if (str_eq(type, S("ServicePort")) && str_eq(field, S("targetPort"))) {
        visit_facts(folder, offer_container_ports, &search);
        return true;
    }
    if (str_eq(type, S("ServiceBackendPort"))) {
        visit_facts(folder, offer_service_ports, &search);
        return true;
    }
    bool labels = str_eq(field, S("matchLabels")) || (str_eq(field, S("selector")) && spot->field->shape == SHAPE_MAP);
    if (labels && c->cursor->part == CURSOR_VALUE) {
        search.label = c->cursor->key;
        visit_facts(folder, offer_label_values, &search);
        return true;
    }
    return false;
}

void complete_selector(Completion *c, const Spot *spot) {
    Str field = spot->holder->name;
    Search search = {.c = c};
    if (str_eq(field, S("matchLabels")) || str_eq(field, S("selector")))
        visit_facts(c->document->folder, offer_label_keys, &search);
}
