#include "facts.h"

#include "base/str_set.h"
#include "links.h"
#include "model/containers.h"
#include "simulate/script.h"
#include "words.h"
#include "workload.h"

typedef struct FactReader {
    Arena *kept;
    const Document *document;
    const Node *root; /* the object's map */
    Fact *fact;
    ARRAY(FactPort) ports;
    ARRAY(FactReference) references;
    ARRAY(FactSelector) peers;
    ARRAY(FactEnvironment) environments;
    ARRAY(FactContainer) containers;
    FactLinks links;
    ARRAY(FactMetric) metrics;
    StrSet volumes; /* of the pod, by name */
    StrSet written; /* names of those that a container may write to */
} FactReader;

static Str keep(FactReader *r, Str s) {
    return s.len ? arena_str(r->kept, s) : S("");
}

static Where where(FactReader *r, const Path *path) {
    return path_where(r->kept, r->root, path);
}

/* Nodes. */

static const Node *get(const Node *map, const char *key) {
    return map ? node_get(map, str_of(key)) : NULL;
}

/* The text of a scalar; at is NULL where there is none. */
static Str scalar(FactReader *r, const Node *map, const char *key) {
    const Node *node = get(map, key);
    bool text = node && node->kind != NODE_NULL && node->kind != NODE_LIST && node->kind != NODE_MAP;
    return text ? arena_str(r->kept, node->text) : (Str){0};
}

static int64_t integer(const Node *map, const char *key, int64_t missing) {
    const Node *node = get(map, key);
    int64_t value;
    return node && node->kind == NODE_INT && int_parse(node->text, INT64_MIN, INT64_MAX, &value) ? value : missing;
}

static uint32_t count_of(const Node *list) {
    return list && list->kind == NODE_LIST ? list->count : 0;
}

static StrMap labels_of(FactReader *r, const Node *map) {
    StrMap out = {0};
    if (!map || map->kind != NODE_MAP) return out;
    out.at = NEW_ARRAY(r->kept, StrPair, map->count + 1);
    for (uint32_t i = 0; i < map->count; i++)
        if (map->entries[i].value.kind == NODE_STRING)
            out.at[out.n++] = (StrPair){keep(r, map->entries[i].key), keep(r, map->entries[i].value.text)};
    return out;
}

static StrMap keep_labels(FactReader *r, StrMap labels) {
    StrMap out = {.at = NEW_ARRAY(r->kept, StrPair, labels.n + 1), .n = labels.n};
    for (uint32_t i = 0; i < labels.n; i++) out.at[i] = (StrPair){keep(r, labels.at[i].key), keep(r, labels.at[i].value)};
    return out;
}

static StrList strings_of(FactReader *r, const Node *list) {
    StrList out = {NEW_ARRAY(r->kept, Str, count_of(list) + 1), 0};
    for (uint32_t i = 0; i < count_of(list); i++)
        if (list->items[i].kind == NODE_STRING) out.at[out.n++] = keep(r, list->items[i].text);
    return out;
}

/* A LabelSelector, or (`plain`) a map of labels. */
static FactSelector selector_of(FactReader *r, const Node *node, const Path *path, bool plain) {
    FactSelector out = {0};
    if (!node || node->kind != NODE_MAP) return out;
    const Node *list = plain ? NULL : get(node, "matchExpressions");
    FactCondition *conditions = NEW_ARRAY(r->kept, FactCondition, count_of(list) + 1);
    for (uint32_t i = 0; i < count_of(list); i++)
        conditions[i] = (FactCondition){scalar(r, &list->items[i], "key"), scalar(r, &list->items[i], "operator"),
                                        strings_of(r, get(&list->items[i], "values"))};
    Path match = path_field(path, S("matchLabels"));
    out.present = true;
    out.labels = labels_of(r, plain ? node : get(node, "matchLabels"));
    Where *places = NEW_ARRAY(r->kept, Where, out.labels.n + 1);
    for (uint32_t i = 0; i < out.labels.n; i++) {
        Path label = path_key(plain ? path : &match, out.labels.at[i].key);
        places[i] = where(r, &label);
    }
    out.labelPlaces = places;
    out.conditions = conditions;
    out.conditionCount = count_of(list);
    out.where = where(r, path);
    return out;
}

/* The same as it is decoded; NULL: there is none. */
static FactSelector keep_selector(FactReader *r, const LabelSelector *selector, const Path *path) {
    if (!selector || !selector->head.node) return (FactSelector){0};
    LabelSelectorRequirementList list = selector->matchExpressions;
    FactCondition *conditions = NEW_ARRAY(r->kept, FactCondition, list.n + 1);
    for (uint32_t i = 0; i < list.n; i++) {
        StrList values = {NEW_ARRAY(r->kept, Str, list.at[i].values.n + 1), list.at[i].values.n};
        for (uint32_t j = 0; j < values.n; j++) values.at[j] = keep(r, list.at[i].values.at[j]);
        conditions[i] = (FactCondition){keep(r, list.at[i].key), keep(r, list.at[i].operator), values};
    }
    Path match = path_field(path, S("matchLabels"));
    FactSelector out = {.present = true,
                        .labels = keep_labels(r, selector->matchLabels),
                        .conditions = conditions,
                        .conditionCount = list.n,
                        .where = where(r, path)};
    Where *places = NEW_ARRAY(r->kept, Where, out.labels.n + 1);
    for (uint32_t i = 0; i < out.labels.n; i++) {
        Path label = path_key(&match, out.labels.at[i].key);
        places[i] = where(r, &label);
    }
    out.labelPlaces = places;
    return out;
}

static bool condition_holds(const FactCondition *condition, StrMap labels) {
    const Str *value = map_get(labels, condition->key);
    bool listed = value && str_in(*value, condition->values.at, condition->values.n);
    if (str_eq(condition->op, S("In"))) return listed;
    if (str_eq(condition->op, S("NotIn"))) return !listed;
    return str_eq(condition->op, S("Exists")) ? value != NULL : value == NULL;
}

bool fact_selects(const FactSelector *selector, StrMap labels) {
    if (!selector->present) return false;
    for (uint32_t i = 0; i < selector->labels.n; i++) {
        const Str *value = map_get(labels, selector->labels.at[i].key);
        if (!value || !str_eq(*value, selector->labels.at[i].value)) return false;
    }
    for (uint32_t i = 0; i < selector->conditionCount; i++)
        if (!condition_holds(&selector->conditions[i], labels)) return false;
    return true;
}

/* A port that is a number or a name. */
static void read_port(FactReader *r, const Node *node, FactPort *out) {
    if (!node || node->kind == NODE_NULL) return;
    if (node->kind == NODE_INT)
        int_parse(node->text, 0, UINT16_MAX, &out->number);
    else
        out->name = keep(r, node->text);
}

static Str protocol_of(FactReader *r, const Node *port) {
    Str protocol = scalar(r, port, "protocol");
    return protocol.len ? protocol : S("TCP");
}

/* Workloads. */

static void refer(FactReader *r, FactKind kind, Str name, Str key, bool optional, const Path *path, const char *field) {
    if (!name.len) return;
    Path at = path_field(path, str_of(field));
    FactReference reference = {.kind = (uint8_t)kind, .name = keep(r, name), .key = keep(r, key), .optional = optional};
    reference.where = where(r, &at);
    ARRAY_PUSH(r->kept, &r->references, reference);
}

static void refer_items(FactReader *r, FactKind kind, Str name, bool optional, KeyToPathList items, const Path *path) {
    for (uint32_t i = 0; i < items.n; i++) {
        Path list = path_field(path, S("items")), item = path_index(&list, i);
        refer(r, kind, name, items.at[i].key, optional, &item, "key");
    }
}

static void read_volume(FactReader *r, const Volume *volume, const Path *path) {
    if (volume->configMap) {
        Path at = path_field(path, S("configMap"));
        refer(r, FACT_CONFIG_MAP, volume->configMap->name, S(""), volume->configMap->optional.value, &at, "name");
        refer_items(r, FACT_CONFIG_MAP, volume->configMap->name, volume->configMap->optional.value, volume->configMap->items,
                    &at);
    }
    if (volume->secret) {
        Path at = path_field(path, S("secret"));
        refer(r, FACT_SECRET, volume->secret->secretName, S(""), volume->secret->optional.value, &at, "secretName");
        refer_items(r, FACT_SECRET, volume->secret->secretName, volume->secret->optional.value, volume->secret->items, &at);
    }
    const PersistentVolumeClaimVolumeSource *claim = volume->persistentVolumeClaim;
    if (claim && claim->claimName.len) {
        Path at = path_field(path, S("persistentVolumeClaim"));
        refer(r, FACT_CLAIM, claim->claimName, S(""), false, &at, "claimName");
        r->references.at[r->references.n - 1].written = !claim->readOnly && str_set_find(&r->written, volume->name);
    }
    if (!volume->projected) return;
    Path projected = path_field(path, S("projected")), sources = path_field(&projected, S("sources"));
    for (uint32_t i = 0; i < volume->projected->sources.n; i++) {
        const VolumeProjection *source = &volume->projected->sources.at[i];
        Path item = path_index(&sources, i);
        if (source->configMap) {
            Path at = path_field(&item, S("configMap"));
            refer(r, FACT_CONFIG_MAP, source->configMap->name, S(""), source->configMap->optional.value, &at, "name");
            refer_items(r, FACT_CONFIG_MAP, source->configMap->name, source->configMap->optional.value, source->configMap->items,
                        &at);
        }
        if (source->secret) {
            Path at = path_field(&item, S("secret"));
            refer(r, FACT_SECRET, source->secret->name, S(""), source->secret->optional.value, &at, "name");
            refer_items(r, FACT_SECRET, source->secret->name, source->secret->optional.value, source->secret->items, &at);
        }
    }
}

static void read_environment(FactReader *r, const Container *container, const Path *path) {
    FactSource *sources = NEW_ARRAY(r->kept, FactSource, container->envFrom.n);
    Str *own = NEW_ARRAY(r->kept, Str, container->env.n + 1);
    Path list = path_field(path, S("envFrom"));
    for (uint32_t i = 0; i < container->envFrom.n; i++) {
        const EnvFromSource *source = &container->envFrom.at[i];
        Path item = path_index(&list, i),
             reference = path_field(&item, source->configMapRef ? S("configMapRef") : S("secretRef")),
             at = path_field(&reference, S("name"));
        Str name = source->configMapRef ? source->configMapRef->name : source->secretRef ? source->secretRef->name : S("");
        sources[i] = (FactSource){.kind = source->configMapRef ? FACT_CONFIG_MAP : FACT_SECRET,
                                  .name = keep(r, name),
                                  .prefix = keep(r, source->prefix)};
        sources[i].where = where(r, &at);
    }
    for (uint32_t i = 0; i < container->env.n; i++) own[i] = keep(r, container->env.at[i].name);
    FactEnvironment environment = {sources, container->envFrom.n, {own, container->env.n}};
    ARRAY_PUSH(r->kept, &r->environments, environment);
}

static void read_env(FactReader *r, const Container *container, const Path *path) {
    Path list = path_field(path, S("env"));
    for (uint32_t i = 0; i < container->env.n; i++) {
        const EnvVar *variable = &container->env.at[i];
        if (!variable->valueFrom) continue;
        Path item = path_index(&list, i), from = path_field(&item, S("valueFrom"));
        const ConfigMapKeySelector *config = variable->valueFrom->configMapKeyRef;
        const SecretKeySelector *secret = variable->valueFrom->secretKeyRef;
        if (config) {
            Path at = path_field(&from, S("configMapKeyRef"));
            refer(r, FACT_CONFIG_MAP, config->name, S(""), config->optional.value, &at, "name");
            refer(r, FACT_CONFIG_MAP, config->name, config->key, config->optional.value, &at, "key");
        }
        if (secret) {
            Path at = path_field(&from, S("secretKeyRef"));
            refer(r, FACT_SECRET, secret->name, S(""), secret->optional.value, &at, "name");
            refer(r, FACT_SECRET, secret->name, secret->key, secret->optional.value, &at, "key");
        }
    }
    list = path_field(path, S("envFrom"));
    if (container->envFrom.n) read_environment(r, container, path);
    for (uint32_t i = 0; i < container->envFrom.n; i++) {
        const EnvFromSource *source = &container->envFrom.at[i];
        Path item = path_index(&list, i);
        Path config = path_field(&item, S("configMapRef")), secret = path_field(&item, S("secretRef"));
        if (source->configMapRef)
            refer(r, FACT_CONFIG_MAP, source->configMapRef->name, S(""), source->configMapRef->optional.value, &config, "name");
        if (source->secretRef)
            refer(r, FACT_SECRET, source->secretRef->name, S(""), source->secretRef->optional.value, &secret, "name");
    }
}

/* A file of a ConfigMap or Secret that is mounted by itself. */
static void read_mounts(FactReader *r, const Container *container, const Path *path) {
    Path list = path_field(path, S("volumeMounts"));
    for (uint32_t i = 0; i < container->volumeMounts.n; i++) {
        const VolumeMount *mount = &container->volumeMounts.at[i];
        if (!mount->readOnly) str_set_add(&r->written, mount->name, mount);
        if (!mount->subPath.len || str_find(mount->subPath, '/') >= 0) continue;
        Path item = path_index(&list, i);
        const Volume *volume = str_set_find(&r->volumes, mount->name);
        if (volume && volume->configMap && !volume->configMap->items.n)
            refer(r, FACT_CONFIG_MAP, volume->configMap->name, mount->subPath, volume->configMap->optional.value, &item,
                  "subPath");
        if (volume && volume->secret && !volume->secret->items.n)
            refer(r, FACT_SECRET, volume->secret->secretName, mount->subPath, volume->secret->optional.value, &item, "subPath");
    }
}

/* The resources that are requested: a limit without a request is one too, by the server's default. */
static StrList keep_requests(FactReader *r, const ResourceRequirements *resources) {
    QuantityMap maps[] = {resources->requests, resources->limits};
    StrList out = {NEW_ARRAY(r->kept, Str, maps[0].n + maps[1].n), 0};
    for (size_t m = 0; m < COUNT(maps); m++)
        for (uint32_t i = 0; i < maps[m].n; i++) out.at[out.n++] = keep(r, maps[m].at[i].key);
    return out;
}

/* The first process of the container, which is the one that gets signals: a shell passes none on. */
static Str program_of(const Container *container) {
    const StrList *command = &container->command, *args = &container->args;
    Words words = words_of_container(container, NULL);
    int32_t number = words_script(&words);
    ScriptEnd end;
    if (!command->n && (!args->n || str_starts(args->at[0], S("-")))) return base_name(image_parse(container->image).repository);
    if (number < 0) return command->n ? base_name(command->at[0]) : S("");
    if (!script_end(words_at(&words, (uint32_t)number), &end) || !str_eq(script_word(&end.command), S("exec"))) return S("");
    return base_name(script_word(&end.command));
}

static void read_running(FactReader *r, const Container *container, const Path *path) {
    Path image = path_field(path, S("image"));
    StrList own = {NEW_ARRAY(r->kept, Str, container->env.n), container->env.n};
    for (uint32_t i = 0; i < own.n; i++) own.at[i] = keep(r, container->env.at[i].name);
    r->fact->open |= r->document->mends.n && model_has_gap(r->document, path_text(r->kept, path), S(".resources."));
    r->fact->open |= r->document->mends.n && model_has_gap(r->document, path_text(r->kept, path), S(".ports["));
    FactContainer fact = {.name = keep(r, container->name),
                          .image = keep(r, container->image),
                          .variables = own,
                          .more = container->envFrom.n > 0,
                          .requests = keep_requests(r, &container->resources),
                          .program = keep(r, program_of(container))};
    const Lifecycle *lifecycle = container->lifecycle;
    fact.stops = lifecycle && (lifecycle->preStop || lifecycle->stopSignal.len);
    fact.imageWhere = where(r, &image);
    ARRAY_PUSH(r->kept, &r->containers, fact);
}

static void read_container(FactReader *r, const Container *container, ContainerRole role, const Path *path) {
    Path list = path_field(path, S("ports"));
    for (uint32_t i = 0; i < container->ports.n; i++) {
        const ContainerPort *port = &container->ports.at[i];
        r->fact->open |= head_text_unknown(&port->head, S("name"), false);
        Path item = path_index(&list, i), host = path_field(&item, S("hostPort"));
        FactPort fact = {.name = keep(r, port->name),
                         .number = port->containerPort,
                         .protocol = keep(r, port->protocol),
                         .owner = keep(r, container->name),
                         .stops = container->lifecycle && container->lifecycle->preStop,
                         .outer = port->hostPort,
                         .hostIP = keep(r, port->hostIP)};
        fact.where = where(r, port->hostPort ? &host : &item);
        ARRAY_PUSH(r->kept, &r->ports, fact);
    }
    read_env(r, container, path);
    read_mounts(r, container, path);
    links_read(r->kept, &r->links, r->document, container, role == ROLE_INIT, path);
    if (role != ROLE_INIT) read_running(r, container, path);
    r->fact->sidecars |= role == ROLE_SIDECAR;
}

/* Whether the pods can only be on one node: they name it, or each has to be beside the others. */
static bool is_pinned(const PodSpec *spec, StrMap labels) {
    static const Str node = STR("kubernetes.io/hostname");
    if (spec->nodeName.len || map_get(spec->nodeSelector, node)) return true;
    const PodAffinity *near = spec->affinity ? spec->affinity->podAffinity : NULL;
    for (uint32_t i = 0; near && i < near->requiredDuringSchedulingIgnoredDuringExecution.n; i++) {
        const PodAffinityTerm *term = &near->requiredDuringSchedulingIgnoredDuringExecution.at[i];
        bool own = term->labelSelector && term->labelSelector->matchLabels.n;
        for (uint32_t j = 0; own && j < term->labelSelector->matchLabels.n; j++) {
            const Str *value = map_get(labels, term->labelSelector->matchLabels.at[j].key);
            own = value && str_eq(*value, term->labelSelector->matchLabels.at[j].value);
        }
        if (own && str_eq(term->topologyKey, node)) return true;
    }
    return false;
}

static void read_pod(FactReader *r, const PodSpec *spec, const Path *path) {
    Path volumes = path_field(path, S("volumes")), token = path_field(path, S("automountServiceAccountToken"));
    Path account = path_field(path, S("serviceAccountName"));
    ContainerWalk w;
    Fact *fact = r->fact;
    fact->serviceLinks = !spec->enableServiceLinks.set || spec->enableServiceLinks.value;
    fact->account = spec->serviceAccountName.len ? keep(r, spec->serviceAccountName) : S("default");
    fact->token = spec->automountServiceAccountToken;
    fact->tokenWhere = where(r, &token);
    fact->accountWhere = where(r, &account);
    fact->pinned = is_pinned(spec, fact->labels);
    if (spec->resources) fact->podRequests = keep_requests(r, spec->resources);
    if (!str_eq(spec->serviceAccountName, S("default")))
        refer(r, FACT_SERVICE_ACCOUNT, spec->serviceAccountName, S(""), false, path, "serviceAccountName");
    for (uint32_t i = 0; i < spec->volumes.n; i++) str_set_add(&r->volumes, spec->volumes.at[i].name, &spec->volumes.at[i]);
    r->containers.cap = spec->initContainers.n + spec->containers.n;
    r->containers.at = NEW_ARRAY(r->kept, FactContainer, r->containers.cap);
    for (walk_containers(&w, spec, path); walk_next(&w);) read_container(r, w.container, w.role, &w.path);
    for (uint32_t i = 0; i < spec->volumes.n; i++) {
        Path item = path_index(&volumes, i);
        read_volume(r, &spec->volumes.at[i], &item);
    }
}

static void read_workload(FactReader *r) {
    const Document *document = r->document;
    Fact *fact = r->fact;
    Path spec = path_field(NULL, S("spec"));
    PodPlace place;
    PodView view = model_pod(document);
    if (!view.spec) return;
    model_pod_place(&place, document->type);
    fact->job = model_workload(document) == WORKLOAD_JOB;
    fact->labels = keep_labels(r, view.meta->labels);
    read_pod(r, view.spec, &place.spec);
    const Node *node = get(document->root, "spec");
    Path selector = path_field(&spec, S("selector")), replicas = path_field(&spec, S("replicas"));
    const Field *field = model_spec_field(document, S("selector"));
    if (field && !fact->job) fact->selector = selector_of(r, get(node, "selector"), &selector, field->shape == SHAPE_MAP);
    fact->hasReplicas = get(node, "replicas") != NULL;
    fact->replicas = integer(node, "replicas", 1);
    fact->replicasWhere = where(r, &replicas);
    fact->surges = workload_surges(document);
    if (fact->known->number != KIND_StatefulSet) return;
    Path name = path_field(&spec, S("serviceName"));
    fact->type = scalar(r, node, "serviceName");
    fact->targetWhere = where(r, &name);
}

/* Other kinds. */

static void read_service(FactReader *r, const Node *spec, const Path *path) {
    Path selector = path_field(path, S("selector")), list = path_field(path, S("ports"));
    const Node *ports = get(spec, "ports");
    r->fact->selector = selector_of(r, get(spec, "selector"), &selector, true);
    r->fact->selector.where = where(r, &selector);
    Path type = path_field(path, S("type"));
    r->fact->type = scalar(r, spec, "type");
    r->fact->targetWhere = where(r, &type);
    r->fact->headless = str_eq(scalar(r, spec, "clusterIP"), S("None"));
    const Service *service = r->document->type == &type_Service ? r->document->object : NULL;
    r->fact->publishesNotReady = service && service->spec.publishNotReadyAddresses;
    for (uint32_t i = 0; i < count_of(ports); i++) {
        const Node *target = get(&ports->items[i], "targetPort");
        Path item = path_index(&list, i), at = path_field(&item, target ? S("targetPort") : S("port"));
        FactPort port = {.protocol = protocol_of(r, &ports->items[i])};
        read_port(r, target, &port);
        if (!port.name.len && !port.number) read_port(r, get(&ports->items[i], "port"), &port); /* the server's default */
        port.where = where(r, &at);
        port.owner = scalar(r, &ports->items[i], "name");
        port.outer = integer(&ports->items[i], "port", 0);
        ARRAY_PUSH(r->kept, &r->ports, port);
    }
}

static void read_backend(FactReader *r, const Node *backend, Str host, Str way, const Path *path) {
    const Node *service = get(backend, "service"), *port = get(service, "port");
    Path at = path_field(path, S("service")), name = path_field(&at, S("name")), old = path_field(path, S("serviceName"));
    FactPort out = {.owner = scalar(r, service ? service : backend, service ? "name" : "serviceName"), .host = host, .path = way};
    if (!out.owner.len) return;
    Path portAt = path_field(service ? &at : path, service ? S("port") : S("servicePort")),
         portName = path_field(&portAt, get(port, "name") ? S("name") : S("number"));
    out.where = where(r, service ? &name : &old);
    out.portWhere = where(r, service ? &portName : &portAt);
    if (way.len) {
        Path pathAt = path_field(path->up, S("path"));
        out.pathWhere = where(r, &pathAt);
    }
    out.number = integer(port, "number", 0);
    out.name = scalar(r, port, "name");
    if (!service) read_port(r, get(backend, "servicePort"), &out);
    ARRAY_PUSH(r->kept, &r->ports, out);
}

static void read_ingress(FactReader *r, const Node *spec, const Path *path) {
    Path byDefault = path_field(path, S("defaultBackend")), rules_ = path_field(path, S("rules"));
    const Node *annotations = get(get(r->root, "metadata"), "annotations");
    Str old = scalar(r, annotations, "kubernetes.io/ingress.class"), class = scalar(r, spec, "ingressClassName");
    r->fact->type = class.len ? class : old;
    r->fact->canary = str_eq(scalar(r, annotations, "nginx.ingress.kubernetes.io/canary"), S("true"));
    r->fact->tls = count_of(get(spec, "tls")) > 0;
    if (get(spec, "defaultBackend")) read_backend(r, get(spec, "defaultBackend"), S(""), S(""), &byDefault);
    const Node *list = get(spec, "rules");
    for (uint32_t i = 0; i < count_of(list); i++) {
        const Node *paths = get(get(&list->items[i], "http"), "paths");
        Str host = scalar(r, &list->items[i], "host");
        Path rule = path_index(&rules_, i), http = path_field(&rule, S("http")), at = path_field(&http, S("paths"));
        for (uint32_t j = 0; j < count_of(paths); j++) {
            Path item = path_index(&at, j), backend = path_field(&item, S("backend"));
            Str type = scalar(r, &paths->items[j], "pathType"), text = scalar(r, &paths->items[j], "path");
            Str way = str_format(r->kept, "%.*s %.*s", TEXT(type), TEXT(text.len ? text : S("/")));
            read_backend(r, get(&paths->items[j], "backend"), host, way, &backend);
        }
    }
}

static void read_policy_ports(FactReader *r, const NetworkPolicyPortList *ports, bool egress, const Path *path) {
    if (!ports->n) *(egress ? &r->fact->openEgress : &r->fact->openIngress) = true;
    for (uint32_t i = 0; i < ports->n; i++) {
        const NetworkPolicyPort *rule = &ports->at[i];
        Path one = path_index(path, i), number = path_field(&one, S("port"));
        FactPort port = {.protocol = keep(r, rule->protocol), .egress = egress, .outer = rule->endPort.value};
        if (rule->port.value.isString)
            port.name = keep(r, rule->port.value.text);
        else
            port.number = rule->port.value.number;
        port.where = where(r, &number);
        ARRAY_PUSH(r->kept, &r->ports, port);
    }
}

static void read_policy_peers(FactReader *r, const NetworkPolicyPeerList *peers, const Path *path) {
    for (uint32_t i = 0; i < peers->n; i++) {
        Path one = path_index(path, i), selector = path_field(&one, S("podSelector"));
        if (peers->at[i].podSelector && !peers->at[i].namespaceSelector)
            ARRAY_PUSH(r->kept, &r->peers, keep_selector(r, peers->at[i].podSelector, &selector));
    }
}

static void read_policy(FactReader *r, const NetworkPolicySpec *spec, const Path *path) {
    Path selector = path_field(path, S("podSelector")), egress = path_field(path, S("egress")),
         listed = path_field(path, S("policyTypes"));
    Path ingress = path_field(path, S("ingress"));
    r->fact->ingressWhere = where(r, &ingress);
    r->fact->egressWhere = where(r, spec->egress.n ? &egress : &listed);
    r->fact->selector = keep_selector(r, &spec->podSelector, &selector);
    r->fact->ingress = str_in(S("Ingress"), spec->policyTypes.at, spec->policyTypes.n);
    r->fact->egress = str_in(S("Egress"), spec->policyTypes.at, spec->policyTypes.n);
    for (uint32_t i = 0; i < spec->ingress.n; i++) {
        Path item = path_index(&ingress, i), ports = path_field(&item, S("ports")), from = path_field(&item, S("from"));
        read_policy_ports(r, &spec->ingress.at[i].ports, false, &ports);
        read_policy_peers(r, &spec->ingress.at[i].from, &from);
    }
    for (uint32_t i = 0; i < spec->egress.n; i++) {
        Path item = path_index(&egress, i), ports = path_field(&item, S("ports")), to = path_field(&item, S("to"));
        read_policy_ports(r, &spec->egress.at[i].ports, true, &ports);
        read_policy_peers(r, &spec->egress.at[i].to, &to);
    }
}

/* At is NULL if it is not set. */
static Str keep_amount(FactReader *r, OptIntOrString amount) {
    if (!amount.set) return (Str){0};
    return amount.value.isString ? arena_str(r->kept, amount.value.text) : str_int(r->kept, amount.value.number);
}

static void read_budget(FactReader *r, const PodDisruptionBudgetSpec *spec, const Path *path) {
    Path selector = path_field(path, S("selector")), least = path_field(path, S("minAvailable"));
    Path most = path_field(path, S("maxUnavailable"));
    Fact *fact = r->fact;
    fact->selector = keep_selector(r, spec->selector, &selector);
    fact->minAvailable = keep_amount(r, spec->minAvailable);
    fact->maxUnavailable = keep_amount(r, spec->maxUnavailable);
    if (spec->unhealthyPodEvictionPolicy.at) fact->evictionPolicy = keep(r, spec->unhealthyPodEvictionPolicy);
    fact->minWhere = where(r, &least);
    fact->maxWhere = where(r, &most);
}

/* The metrics that are a share of what containers request; without any the server takes the CPU. */
static void read_metrics(FactReader *r, const Node *spec, const Path *path) {
    const Node *list = get(spec, "metrics");
    if (r->document->mends.n && model_has_gap(r->document, S("spec.metrics"), S(""))) return;
    Path metrics = path_field(path, S("metrics")), old = path_field(path, S("targetCPUUtilizationPercentage"));
    if (!count_of(list)) {
        FactMetric cpu = {.resource = S("cpu"), .where = where(r, get(spec, "targetCPUUtilizationPercentage") ? &old : path)};
        ARRAY_PUSH(r->kept, &r->metrics, cpu);
        return;
    }
    for (uint32_t i = 0; i < count_of(list); i++) {
        const Node *all = get(&list->items[i], "resource"), *one = get(&list->items[i], "containerResource");
        const Node *source = all ? all : one;
        if (!source || !get(get(source, "target"), "averageUtilization")) continue;
        Path item = path_index(&metrics, i), up = path_field(&item, all ? S("resource") : S("containerResource"));
        Path at = path_field(&up, all ? S("name") : S("container"));
        FactMetric metric = {.resource = scalar(r, source, "name"), .container = all ? S("") : scalar(r, source, "container")};
        metric.where = where(r, &at);
        if (!metric.resource.len) continue;
        ARRAY_PUSH(r->kept, &r->metrics, metric);
    }
}

static void read_autoscaler(FactReader *r, const Node *spec, const Path *path) {
    Path target = path_field(path, S("scaleTargetRef")), name = path_field(&target, S("name"));
    Path least = path_field(path, S("minReplicas"));
    Fact *fact = r->fact;
    fact->targetKind = scalar(r, get(spec, "scaleTargetRef"), "kind");
    fact->targetName = scalar(r, get(spec, "scaleTargetRef"), "name");
    fact->targetWhere = where(r, &name);
    fact->replicas = integer(spec, "minReplicas", 1);
    fact->maxReplicas = integer(spec, "maxReplicas", INT64_MAX);
    fact->replicasWhere = where(r, &least);
    read_metrics(r, spec, path);
}

static void read_keys(FactReader *r, const Node *root) {
    static const char *const maps[] = {"data", "binaryData", "stringData"};
    ARRAY(Str) keys = {0};
    if (r->document->written) root = r->document->written; /* a key whose value is wrong is a key */
    for (size_t i = 0; i < COUNT(maps); i++) {
        const Node *map = get(root, maps[i]);
        for (uint32_t j = 0; map && map->kind == NODE_MAP && j < map->count; j++)
            ARRAY_PUSH(r->kept, &keys, keep(r, map->entries[j].key));
    }
    r->fact->keys = (StrList){keys.at, keys.n};
}

static const uint16_t factKinds[] = {
    [FACT_SERVICE] = KIND_Service,
    [FACT_INGRESS] = KIND_Ingress,
    [FACT_NETWORK_POLICY] = KIND_NetworkPolicy,
    [FACT_DISRUPTION_BUDGET] = KIND_PodDisruptionBudget,
    [FACT_AUTOSCALER] = KIND_HorizontalPodAutoscaler,
    [FACT_SERVICE_ACCOUNT] = KIND_ServiceAccount,
    [FACT_CONFIG_MAP] = KIND_ConfigMap,
    [FACT_SECRET] = KIND_Secret,
    [FACT_CLAIM] = KIND_PersistentVolumeClaim,
};

Str fact_kind_name(FactKind kind) {
    return schema_kinds[factKinds[kind]].name;
}

static FactKind kind_of(const Document *document, const Kind *known) {
    if (known && known->pod) return document->object ? FACT_WORKLOAD : FACT_KINDS;
    bool typed = known && (known->number == KIND_NetworkPolicy || known->number == KIND_PodDisruptionBudget);
    if (typed && !document->object) return FACT_KINDS;
    for (unsigned kind = FACT_SERVICE; known && kind < COUNT(factKinds); kind++)
        if (factKinds[kind] == known->number) return (FactKind)kind;
    bool monitor = str_eq(document->kind, S("ServiceMonitor")) && str_starts(document->apiVersion, S("monitoring.coreos.com/"));
    return monitor ? FACT_SERVICE_MONITOR : document->kind.len && document->name.len ? FACT_OTHER : FACT_KINDS;
}

static void read_other(FactReader *r) {
    const Node *root = r->root, *spec = get(root, "spec");
    Path path = path_field(NULL, S("spec"));
    if (r->fact->kind == FACT_OTHER) return;
    r->fact->labels = labels_of(r, get(get(root, "metadata"), "labels"));
    switch ((FactKind)r->fact->kind) {
    case FACT_SERVICE: read_service(r, spec, &path); break;
    case FACT_INGRESS: read_ingress(r, spec, &path); break;
    case FACT_NETWORK_POLICY: read_policy(r, &((const NetworkPolicy *)r->document->object)->spec, &path); break;
    case FACT_DISRUPTION_BUDGET: read_budget(r, &((const PodDisruptionBudget *)r->document->object)->spec, &path); break;
    case FACT_AUTOSCALER: read_autoscaler(r, spec, &path); break;
    case FACT_CONFIG_MAP:
    case FACT_SECRET: read_keys(r, root); break;
    case FACT_CLAIM: r->fact->accessModes = strings_of(r, get(spec, "accessModes")); break;
    case FACT_SERVICE_ACCOUNT: {
        const ServiceAccount *account = r->document->type == &type_ServiceAccount ? r->document->object : NULL;
        if (account) r->fact->token = account->automountServiceAccountToken;
        break;
    }
    case FACT_SERVICE_MONITOR: {
        Path selector = path_field(&path, S("selector"));
        r->fact->selector = selector_of(r, get(spec, "selector"), &selector, false);
        break;
    }
    default: break;
    }
}

/* Ports of a pod that are filled in later may be any. */
static bool has_later_ports(const Node *node) {
    for (uint32_t i = 0; node->kind == NODE_LIST && i < node->count; i++)
        if (has_later_ports(&node->items[i])) return true;
    for (uint32_t i = 0; node->kind == NODE_MAP && i < node->count; i++) {
        const Node *value = &node->entries[i].value;
        if (str_eq(node->entries[i].key, S("ports")) ? node_holds_later(value) : has_later_ports(value)) return true;
    }
    return false;
}

static void keep_later(FactReader *r, const Node *node) {
    if (node->later) ARRAY_PUSH(r->kept, &r->fact->later, node->span);
    for (uint32_t i = 0; node->kind >= NODE_LIST && i < node->count; i++)
        keep_later(r, node->kind == NODE_MAP ? &node->entries[i].value : &node->items[i]);
}

Fact *facts_of(Arena *kept, const Document *document) {
    const Kind *known = model_kind(document);
    FactKind kind = document->root && document->root->kind == NODE_MAP ? kind_of(document, known) : FACT_KINDS;
    if (kind == FACT_KINDS) return NULL;
    /* Backends in the form of old versions are read, whatever else is wrong with them. */
    const Node *tree = kind == FACT_INGRESS && document->written ? document->written : document->root;
    FactReader r = {.root = tree,
                    .kept = kept,
                    .document = document,
                    .volumes = {.arena = kept},
                    .written = {.arena = kept},
                    .fact = NEW(kept, Fact)};
    Path meta = path_field(NULL, S("metadata")), name = path_field(&meta, S("name")), space = path_field(&meta, S("namespace"));
    *r.fact = (Fact){.kind = (uint8_t)kind,
                     .known = known,
                     .kindName = keep(&r, document->kind),
                     .name = document->name.len ? keep(&r, document->name) : S("(unnamed)"),
                     .unnamed = !document->name.len,
                     .namespace_ = keep(&r, document->placed.len ? document->placed : document->namespace_),
                     .minor = document->minor,
                     .guessed = document->gaps.n && !document->retired,
                     .open = model_may_be_supplied(document, S("containers")) || model_may_be_supplied(document, S("data")) ||
                             model_may_be_supplied(document, S("ports")),
                     .where = where(&r, &name),
                     .namespaceWhere = where(&r, &space),
                     .diags.arena = kept};
    if (document->later) {
        r.fact->open |= kind == FACT_WORKLOAD && has_later_ports(document->root);
        keep_later(&r, document->root);
    }
    if (kind == FACT_WORKLOAD)
        read_workload(&r);
    else
        read_other(&r);
    r.fact->ports = r.ports.at;
    r.fact->portCount = r.ports.n;
    r.fact->references = r.references.at;
    r.fact->referenceCount = r.references.n;
    r.fact->environments = r.environments.at;
    r.fact->environmentCount = r.environments.n;
    r.fact->containers = r.containers.at;
    r.fact->containerCount = r.containers.n;
    r.fact->links = r.links.at;
    r.fact->linkCount = r.links.n;
    r.fact->metrics = r.metrics.at;
    r.fact->metricCount = r.metrics.n;
    r.fact->peers = r.peers.at;
    r.fact->peerCount = r.peers.n;
    return r.fact;
}
