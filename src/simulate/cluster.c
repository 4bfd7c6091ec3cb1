#include "cluster.h"

#include <stdlib.h>

#include "model/containers.h"

enum { MOST_NODES = 5000, DEFAULT_PODS = 110 };

/* Amounts. */

static Amount *find_amount(const Amounts *amounts, Str name) {
    for (uint32_t i = 0; i < amounts->items.n; i++)
        if (str_eq(amounts->items.at[i].name, name)) return &amounts->items.at[i];
    return NULL;
}

int64_t amount_of(const Amounts *amounts, Str name) {
    const Amount *found = find_amount(amounts, name);
    return found ? found->amount : 0;
}

static Amount *amount_at(Amounts *amounts, Arena *arena, Str name) {
    Amount *found = find_amount(amounts, name);
    if (found) return found;
    ARRAY_PUSH(arena, &amounts->items, (Amount){name, 0});
    return &amounts->items.at[amounts->items.n - 1];
}

static int64_t plus(int64_t a, int64_t b) {
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

/* In thousandths, rounded up, of cpu. */
static int64_t milli(const Quantity *quantity) {
    Int128 amount = (quantity->nano + NANO / 1000 - 1) / (NANO / 1000);
    return amount < INT64_MAX ? (int64_t)amount : INT64_MAX;
}

static int64_t amount_from(Str name, const Quantity *quantity) {
    if (quantity->nano <= 0) return 0;
    return str_eq(name, S("cpu")) ? milli(quantity) : quantity_value(quantity);
}

static void add_quantities(Amounts *to, Arena *arena, QuantityMap map) {
    for (uint32_t i = 0; i < map.n; i++) {
        Amount *amount = amount_at(to, arena, map.at[i].key);
        amount->amount = plus(amount->amount, amount_from(map.at[i].key, &map.at[i].value));
    }
}

static void add_amounts(Amounts *to, Arena *arena, const Amounts *from) {
    for (uint32_t i = 0; i < from->items.n; i++) {
        Amount *amount = amount_at(to, arena, from->items.at[i].name);
        amount->amount = plus(amount->amount, from->items.at[i].amount);
    }
}

static void raise_amounts(Amounts *to, Arena *arena, const Amounts *from) {
    for (uint32_t i = 0; i < from->items.n; i++) {
        Amount *amount = amount_at(to, arena, from->items.at[i].name);
        if (from->items.at[i].amount > amount->amount) amount->amount = from->items.at[i].amount;
    }
}

static bool pod_level(Str name) {
    return str_eq(name, S("cpu")) || str_eq(name, S("memory")) || str_starts(name, S("hugepages-"));
}

void pod_requests(Amounts *out, Arena *arena, const PodSpec *spec) {
    Amounts sidecars = {0}, inits = {0};
    *out = (Amounts){0};
    for (uint32_t i = 0; i < spec->containers.n; i++) add_quantities(out, arena, spec->containers.at[i].resources.requests);
    for (uint32_t i = 0; i < spec->initContainers.n; i++) {
        const Container *container = &spec->initContainers.at[i];
        Amounts now = {0};
        add_quantities(&now, arena, container->resources.requests);
        if (is_sidecar(container)) {
            add_quantities(out, arena, container->resources.requests);
            add_quantities(&sidecars, arena, container->resources.requests);
            now = (Amounts){0};
        }
        add_amounts(&now, arena, &sidecars);
        raise_amounts(&inits, arena, &now);
    }
    raise_amounts(out, arena, &inits);
    for (uint32_t i = 0; spec->resources && i < spec->resources->requests.n; i++) {
        const QuantityPair *pair = &spec->resources->requests.at[i];
        if (pod_level(pair->key)) amount_at(out, arena, pair->key)->amount = amount_from(pair->key, &pair->value);
    }
    add_quantities(out, arena, spec->overhead);
}

/* Objects. */

static void set_amounts(Amounts *out, Arena *arena, QuantityMap map) {
    *out = (Amounts){0};
    add_quantities(out, arena, map);
}

void cluster_add_node(Cluster *out, Arena *arena, const NodeObject *object) {
    ClusterNode node = {.name = object->metadata.name,
                        .labels = object->metadata.labels,
                        .taints = object->spec.taints,
                        .unschedulable = object->spec.unschedulable};
    set_amounts(&node.allocatable, arena, object->status.allocatable.n ? object->status.allocatable : object->status.capacity);
    if (out->nodes.n < MOST_NODES) ARRAY_PUSH(arena, &out->nodes, node);
}

static void read_namespace(Cluster *out, Arena *arena, const Namespace *object) {
    const ObjectMeta *meta = &object->metadata;
    for (uint32_t i = 0; i < meta->labels.n; i++)
        ARRAY_PUSH(
            arena, &out->namespaceLabels,
            (StrPair){str_format(arena, "%.*s/%.*s", TEXT(meta->name), TEXT(meta->labels.at[i].key)), meta->labels.at[i].value});
}

static void read_priority(Cluster *out, Arena *arena, const PriorityClass *object) {
    ARRAY_PUSH(arena, &out->priorities, (PriorityValue){object->metadata.name, object->value});
    if (object->globalDefault) ARRAY_PUSH(arena, &out->priorities, (PriorityValue){S(""), object->value});
}

/* A value of the status as it is written; empty if there is none. */
static Str status_of(const Document *document, const char *name) {
    const Node *status = node_get(document->root, S("status")), *value = status ? node_get(status, str_of(name)) : NULL;
    return value ? value->text : S("");
}

static void read_budget(Cluster *out, Arena *arena, const Document *document) {
    const PodDisruptionBudget *object = document->object;
    ARRAY_PUSH(arena, &out->budgets,
               (Budget){.name = object->metadata.name,
                        .namespace_ = document->namespace_.len ? document->namespace_ : S("default"),
                        .selector = object->spec.selector,
                        .minAvailable = object->spec.minAvailable,
                        .maxUnavailable = object->spec.maxUnavailable,
                        .allowed = {status_of(document, "disruptionsAllowed").len > 0, object->status.disruptionsAllowed}});
}

static void read_claim(Cluster *out, Arena *arena, const Document *document) {
    const PersistentVolumeClaim *object = document->object;
    ARRAY_PUSH(arena, &out->claims,
               (ClusterClaim){.name = object->metadata.name,
                              .namespace_ = document->namespace_.len ? document->namespace_ : S("default"),
                              .volume = object->spec.volumeName});
}

static PodOwner owner_of(const ObjectMeta *meta) {
    if (map_get(meta->annotations, S("kubernetes.io/config.mirror"))) return OWNER_NODE;
    for (uint32_t i = 0; i < meta->ownerReferences.n; i++)
        return str_eq(meta->ownerReferences.at[i].kind, S("DaemonSet")) ? OWNER_NODE : OWNER_CONTROLLER;
    return OWNER_NONE;
}

/* Pods that are bound, and not over. */
static void read_pod(Cluster *out, Arena *arena, Document *document) {
    defaults_apply(arena, document);
    const Pod *pod = document->object;
    Str phase = status_of(document, "phase");
    if (!pod->spec.nodeName.len || str_eq(phase, S("Succeeded")) || str_eq(phase, S("Failed"))) return;
    ClusterPod bound = {.name = document->name, .labels = pod->metadata.labels, .spec = &pod->spec};
    bound.namespace_ = document->namespace_.len ? document->namespace_ : S("default");
    const Node *meta = node_get(document->root, S("metadata"));
    bound.leaves = meta && node_get(meta, S("deletionTimestamp"));
    bound.owner = (uint8_t)owner_of(&pod->metadata);
    bound.since = status_of(document, "startTime");
    pod_requests(&bound.wanted, arena, &pod->spec);
    ARRAY_PUSH(arena, &out->pods, bound);
}

/* What both a cluster and a manifest may hold. */
static void read_shared(Cluster *out, Arena *arena, const Document *document) {
    if (document->type == &type_PodDisruptionBudget) read_budget(out, arena, document);
    if (document->type == &type_PersistentVolumeClaim) read_claim(out, arena, document);
    if (document->type == &type_PersistentVolume) ARRAY_PUSH(arena, &out->volumes, document->object);
}

static void read_object(Cluster *out, Arena *arena, Document *document) {
    if (!document->object) return;
    if (document->type == &type_NodeObject) cluster_add_node(out, arena, document->object);
    if (document->type == &type_Namespace) read_namespace(out, arena, document->object);
    if (document->type == &type_PriorityClass) read_priority(out, arena, document->object);
    read_shared(out, arena, document);
    if (document->type == &type_Pod) read_pod(out, arena, document);
}

static int by_name(const void *a, const void *b) {
    return str_cmp((*(const ClusterNode *const *)a)->name, (*(const ClusterNode *const *)b)->name);
}

static ClusterNode *find_node(ClusterNode **byName, uint32_t n, Str name) {
    const ClusterNode wanted = {.name = name}, *key = &wanted;
    ClusterNode **found = n ? bsearch(&key, byName, n, sizeof(ClusterNode *), by_name) : NULL;
    return found ? *found : NULL;
}

static int by_node(const void *a, const void *b) {
    const ClusterPod *x = a, *y = b;
    return x->node < y->node ? -1 : x->node > y->node;
}

static void sort_pods(Cluster *cluster) {
    if (cluster->pods.n) qsort(cluster->pods.at, cluster->pods.n, sizeof *cluster->pods.at, by_node);
    for (uint32_t i = 0; i < cluster->nodes.n; i++) cluster->nodes.at[i].podCount = 0;
    for (uint32_t i = cluster->pods.n; i > 0; i--) {
        ClusterNode *node = &cluster->nodes.at[cluster->pods.at[i - 1].node];
        node->pods = i - 1;
        node->podCount++;
    }
}

/* Pods of nodes that are not there are left out. */
static void bind_pods(Cluster *out, Arena *arena) {
    ClusterNode **byName = NEW_ARRAY(arena, ClusterNode *, out->nodes.n + 1);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < out->nodes.n; i++) byName[i] = &out->nodes.at[i];
    qsort(byName, out->nodes.n, sizeof *byName, by_name);
    for (uint32_t i = 0; i < out->pods.n; i++) {
        ClusterPod pod = out->pods.at[i];
        const ClusterNode *node = find_node(byName, out->nodes.n, pod.spec->nodeName);
        if (!node) continue;
        pod.node = (uint32_t)(node - out->nodes.at);
        pod.priority = cluster_priority(out, pod.spec);
        out->pods.at[kept++] = pod;
    }
    out->pods.n = kept;
    sort_pods(out);
}

Cluster cluster_copy(const Cluster *cluster, Arena *arena) {
    Cluster out = *cluster;
    out.nodes.at = NEW_ARRAY(arena, ClusterNode, out.nodes.n + 1);
    out.pods.at = NEW_ARRAY(arena, ClusterPod, out.pods.n + 1);
    out.nodes.cap = out.nodes.n;
    out.pods.cap = out.pods.n;
    memcpy(out.nodes.at, cluster->nodes.at, cluster->nodes.n * sizeof *out.nodes.at);
    if (cluster->pods.n) memcpy(out.pods.at, cluster->pods.at, cluster->pods.n * sizeof *out.pods.at);
    return out;
}

void cluster_add(Cluster *cluster, Arena *arena, ClusterPod pod) {
    ARRAY_PUSH(arena, &cluster->pods, pod);
    sort_pods(cluster);
}

static const Type *type_read(Str apiVersion, Str kind, uint8_t minor) {
    static const struct {
        Str apiVersion, kind;
        const Type *type;
    } types[] = {{STR("v1"), STR("Node"), &type_NodeObject},
                 {STR("v1"), STR("Pod"), &type_Pod},
                 {STR("v1"), STR("Namespace"), &type_Namespace},
                 {STR("v1"), STR("PersistentVolume"), &type_PersistentVolume},
                 {STR("v1"), STR("PersistentVolumeClaim"), &type_PersistentVolumeClaim},
                 {STR("policy/v1"), STR("PodDisruptionBudget"), &type_PodDisruptionBudget},
                 {STR("scheduling.k8s.io/v1"), STR("PriorityClass"), &type_PriorityClass}};
    (void)minor;
    for (size_t i = 0; i < COUNT(types); i++)
        if (str_eq(types[i].apiVersion, apiVersion) && str_eq(types[i].kind, kind)) return types[i].type;
    return NULL;
}

const char *cluster_read(Cluster *out, Arena *arena, const Source *source, uint8_t minor) {
    NodeReader reader = {.source = source};
    NodeDocument in;
    *out = (Cluster){0};
    while (node_next(&reader, arena, &in)) {
        if (!in.readable) return "this is not YAML";
        Document *items;
        uint32_t n = model_build_kinds(arena, source, &in, minor, type_read, &items);
        for (uint32_t i = 0; i < n; i++) read_object(out, arena, &items[i]);
    }
    bind_pods(out, arena);
    return out->nodes.n ? NULL : "there is no Node in it";
}

void cluster_add_objects(Cluster *cluster, Arena *arena, const Source *source, uint8_t minor) {
    NodeReader reader = {.source = source};
    NodeDocument in;
    while (node_next(&reader, arena, &in)) {
        Document *items;
        uint32_t n = in.readable ? model_build_kinds(arena, source, &in, minor, type_read, &items) : 0;
        for (uint32_t i = 0; i < n; i++)
            if (items[i].object) read_shared(cluster, arena, &items[i]);
    }
}

/* The short form. */

bool cluster_is_short(Str text) {
    size_t digits = 0;
    while (digits < text.len && is_digit(text.at[digits])) digits++;
    return digits && str_starts(str_slice(text, digits), S("x(")) && str_ends(text, S(")"));
}

static const char form[] =
    "groups of nodes such as 3x(cpu=4,memory=16Gi,zone=a),1x(cpu=8,memory=32Gi,taint=dedicated=db:NoSchedule)";

static bool is_resource(Str key) {
    static const Str names[] = {STR("cpu"), STR("memory"), STR("pods"), STR("ephemeral-storage")};
    return str_in(key, names, COUNT(names)) || str_starts(key, S("hugepages-"));
}

static Str label_key(Str key) {
    if (str_eq(key, S("zone"))) return S("topology.kubernetes.io/zone");
    return str_eq(key, S("region")) ? S("topology.kubernetes.io/region") : key;
}

/* KEY, KEY=VALUE, with :EFFECT behind it. */
static bool read_short_taint(ClusterNode *node, Arena *arena, Str text) {
    ptrdiff_t colon = str_rfind(text, ':'), equals = str_find(text, '=');
    if (colon < 0) return false;
    Str pair = {text.at, (size_t)colon};
    bool valued = equals >= 0 && equals < colon;
    Taint taint = {.key = valued ? (Str){text.at, (size_t)equals} : pair, .effect = str_slice(text, (size_t)colon + 1)};
    if (valued) taint.value = str_slice(pair, (size_t)equals + 1);
    Taint *taints = NEW_ARRAY(arena, Taint, node->taints.n + 1);
    for (uint32_t i = 0; i < node->taints.n; i++) taints[i] = node->taints.at[i];
    taints[node->taints.n] = taint;
    node->taints = (TaintList){taints, node->taints.n + 1};
    return taint.key.len > 0;
}

static bool read_short_item(ClusterNode *node, Arena *arena, Str item) {
    ptrdiff_t equals = str_find(item, '=');
    if (equals <= 0) return false;
    Str key = {item.at, (size_t)equals}, value = str_slice(item, (size_t)equals + 1);
    Quantity quantity;
    bool number = quantity_parse(&quantity, value) == QUANTITY_OK;
    if (str_eq(key, S("taint"))) return read_short_taint(node, arena, value);
    if (is_resource(key) && !number) return false;
    if (is_resource(key) || (number && str_find(key, '/') >= 0)) {
        amount_at(&node->allocatable, arena, key)->amount = amount_from(key, &quantity);
        return true;
    }
    node->labels.at[node->labels.n++] = (StrPair){label_key(key), value};
    return true;
}

static bool read_short_group(Cluster *out, Arena *arena, Str count, Str items) {
    int64_t n;
    if (!int_parse(count, 1, MOST_NODES, &n) || out->nodes.n + n > MOST_NODES) return false;
    for (int64_t i = 0; i < n; i++) {
        ClusterNode node = {.name = str_format(arena, "node-%u", out->nodes.n + 1)};
        node.labels.at = NEW_ARRAY(arena, StrPair, items.len + 2);
        node.labels.at[node.labels.n++] = (StrPair){S("kubernetes.io/hostname"), node.name};
        amount_at(&node.allocatable, arena, S("pods"))->amount = DEFAULT_PODS;
        for (Str rest = items; rest.len;) {
            ptrdiff_t comma = str_find(rest, ',');
            Str item = {rest.at, comma < 0 ? rest.len : (size_t)comma};
            if (!read_short_item(&node, arena, str_trim(item))) return false;
            rest = str_slice(rest, item.len + 1);
        }
        ARRAY_PUSH(arena, &out->nodes, node);
    }
    return true;
}

const char *cluster_read_short(Cluster *out, Arena *arena, Str text) {
    *out = (Cluster){0};
    while (text.len) {
        ptrdiff_t open = str_find(text, '('), close = str_find(text, ')');
        if (open < 1 || close < open || text.at[open - 1] != 'x') return form;
        Str items = {text.at + open + 1, (size_t)(close - open) - 1};
        if (!read_short_group(out, arena, (Str){text.at, (size_t)open - 1}, items)) return form;
        text = str_trim(str_slice(text, (size_t)close + 1));
        if (text.len && text.at[0] == ',') text = str_trim(str_slice(text, 1));
    }
    return out->nodes.n ? NULL : form;
}

/* What pods refer to. */

int64_t cluster_priority(const Cluster *cluster, const PodSpec *spec) {
    static const PriorityValue known[] = {{STR("system-cluster-critical"), 2000000000},
                                          {STR("system-node-critical"), 2000001000}};
    if (spec->priority.set) return spec->priority.value;
    for (size_t i = 0; i < COUNT(known); i++)
        if (str_eq(known[i].name, spec->priorityClassName)) return known[i].value;
    for (uint32_t i = 0; i < cluster->priorities.n; i++)
        if (str_eq(cluster->priorities.at[i].name, spec->priorityClassName)) return cluster->priorities.at[i].value;
    return 0;
}

bool pod_is_critical(const PodSpec *spec) {
    enum { CRITICAL = 2000000000 };
    const Cluster none = {0};
    return cluster_priority(&none, spec) >= CRITICAL;
}

const PersistentVolume *cluster_volume(const Cluster *cluster, Str namespace_, Str claim) {
    Str name = {0};
    for (uint32_t i = 0; i < cluster->claims.n; i++)
        if (str_eq(cluster->claims.at[i].name, claim) && str_eq(cluster->claims.at[i].namespace_, namespace_))
            name = cluster->claims.at[i].volume;
    for (uint32_t i = 0; i < cluster->volumes.n; i++) {
        const PersistentVolume *volume = cluster->volumes.at[i];
        const ObjectReference *reference = volume->spec.claimRef;
        bool claimed = reference && str_eq(reference->name, claim) && str_eq(reference->namespace, namespace_);
        if (name.len ? str_eq(volume->metadata.name, name) : claimed) return volume;
    }
    return NULL;
}

StrMap cluster_namespace(const Cluster *cluster, Arena *arena, Str name) {
    Str prefix = str_join(arena, name, S("/"));
    StrMap out = {.at = NEW_ARRAY(arena, StrPair, cluster->namespaceLabels.n + 1)};
    out.at[out.n++] = (StrPair){S("kubernetes.io/metadata.name"), name};
    for (uint32_t i = 0; i < cluster->namespaceLabels.n; i++) {
        const StrPair *label = &cluster->namespaceLabels.at[i];
        if (str_starts(label->key, prefix)) out.at[out.n++] = (StrPair){str_slice(label->key, prefix.len), label->value};
    }
    return out;
}
