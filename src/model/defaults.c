/* The defaults that depend on other fields, kind by kind. Those that do not stand in schema/ as `default:`. */
#include "containers.h"
#include "defaults.h"
#include "sums.h"

/* host[:port] of a registry: dot-separated labels, or an IPv6 address in brackets. */
static bool is_domain(Str s) {
    ptrdiff_t colon = str_rfind(s, ':');
    if (s.len && s.at[0] == '[') {
        ptrdiff_t close = str_find(s, ']');
        if (close < 0) return false;
        for (ptrdiff_t i = 1; i < close; i++)
            if (!is_alnum(s.at[i]) && s.at[i] != ':') return false;
        if ((size_t)close + 1 == s.len) return true;
        if (s.at[close + 1] != ':' || (size_t)close + 2 == s.len) return false;
        for (size_t i = (size_t)close + 2; i < s.len; i++)
            if (!is_digit(s.at[i])) return false;
        return true;
    }
    if (colon >= 0) {
        if ((size_t)colon + 1 == s.len) return false;
        for (size_t i = (size_t)colon + 1; i < s.len; i++)
            if (!is_digit(s.at[i])) return false;
        s.len = (size_t)colon;
    }
    for (size_t i = 0, start = 0; i <= s.len; i++) {
        if (i < s.len && s.at[i] != '.') {
            if (!is_alnum(s.at[i]) && s.at[i] != '-') return false;
            continue;
        }
        if (i == start || s.at[start] == '-' || s.at[i - 1] == '-') return false;
        start = i + 1;
    }
    return true;
}

/* Lower-case letters and digits, joined by one dot, one or two underscores, or any number of dashes. */
static bool is_path_component(Str s) {
    size_t i = 0;
    for (;;) {
        size_t start = i;
        while (i < s.len && (is_lower(s.at[i]) || is_digit(s.at[i]))) i++;
        if (i == start) return false;
        if (i == s.len) return true;
        char c = s.at[i];
        size_t run = 0;
        while (i < s.len && s.at[i] == c) i++, run++;
        if (!((c == '.' && run == 1) || (c == '_' && run <= 2) || c == '-')) return false;
    }
}

static bool is_tag(Str s) {
    if (s.len == 0 || s.len > 128 || (!is_alnum(s.at[0]) && s.at[0] != '_')) return false;
    for (size_t i = 1; i < s.len; i++)
        if (!is_alnum(s.at[i]) && !strchr("_.-", s.at[i])) return false;
    return true;
}

static bool is_digest(Str s) {
    static const struct {
        Str prefix;
        size_t length;
    } algorithms[] = {{STR("sha256:"), 64}, {STR("sha384:"), 96}, {STR("sha512:"), 128}};
    for (size_t i = 0; i < COUNT(algorithms); i++) {
        if (!str_starts(s, algorithms[i].prefix)) continue;
        Str hex = str_slice(s, algorithms[i].prefix.len);
        bool good = hex.len == algorithms[i].length;
        for (size_t j = 0; j < hex.len; j++) good &= is_digit(hex.at[j]) || (hex.at[j] >= 'a' && hex.at[j] <= 'f');
        return good;
    }
    return false;
}

static bool is_identifier(Str s) {
    bool good = s.len == 64;
    for (size_t i = 0; i < s.len && good; i++) good = is_digit(s.at[i]) || (s.at[i] >= 'a' && s.at[i] <= 'f');
    return good;
}

ImageName image_parse(Str reference) {
    ImageName name = {0};
    Str rest = reference;
    if (is_identifier(reference)) return name;
    ptrdiff_t at = str_find(rest, '@');
    if (at >= 0) {
        name.digest = str_slice(rest, (size_t)at + 1);
        rest.len = (size_t)at;
        if (!is_digest(name.digest)) return name;
    }
    ptrdiff_t slash = str_rfind(rest, '/'), colon = str_rfind(rest, ':');
    if (colon > slash) {
        name.tag = str_slice(rest, (size_t)colon + 1);
        rest.len = (size_t)colon;
        if (!is_tag(name.tag)) return name;
    }
    name.repository = rest;
    /* The first part is a registry if it looks like a host: it has a dot, a colon or an upper-case letter, or is localhost. What
     * cannot be a host may still be a part of the path: a_b.c/d. */
    ptrdiff_t first = str_find(rest, '/');
    Str path = rest, head = {rest.at, first < 0 ? 0 : (size_t)first};
    bool upper = false;
    for (size_t i = 0; i < head.len; i++) upper |= is_upper(head.at[i]);
    bool host = first >= 0 && (str_find(head, '.') >= 0 || str_find(head, ':') >= 0 || str_eq(head, S("localhost")) || upper);
    bool domain = host && is_domain(head);
    if (domain) path = str_slice(rest, (size_t)first + 1);
    bool hub = !host || str_eq(head, S("docker.io")) || str_eq(head, S("index.docker.io"));
    if (path.len + (hub && str_find(path, '/') < 0 ? strlen("library/") : 0) > 255) return name;
    while (path.len || first >= 0) {
        ptrdiff_t next = str_find(path, '/');
        Str component = next < 0 ? path : (Str){path.at, (size_t)next};
        if (!is_path_component(component)) return name;
        if (next < 0) break;
        path = str_slice(path, (size_t)next + 1);
    }
    name.valid = rest.len > 0;
    return name;
}

static Str pull_policy(Str image) {
    ImageName name = image_parse(image);
    bool latest = name.valid && (str_eq(name.tag, S("latest")) || (!name.tag.len && !name.digest.len));
    return latest ? S("Always") : S("IfNotPresent");
}

static void default_probe_protocol(HTTPGetAction *action) {
    if (action && !action->protocol.at) action->protocol = S("HTTP1");
}

static void default_volume(Arena *arena, Volume *volume) {
    static const Str name = STR("name");
    bool any = false;
    for (uint16_t i = 0; i < type_Volume.fieldCount && !any; i++)
        if (!str_eq(type_Volume.fields[i].name, name)) any = *(void **)((char *)volume + type_Volume.fields[i].offset) != NULL;
    if (!any) volume->emptyDir = NEW(arena, EmptyDirVolumeSource);
    if (volume->image && !volume->image->pullPolicy.len) volume->image->pullPolicy = pull_policy(volume->image->reference);
}

static void default_pod_spec(Arena *arena, PodSpec *spec) {
    for (uint32_t i = 0; i < spec->containers.n; i++)
        if (!spec->containers.at[i].imagePullPolicy.len)
            spec->containers.at[i].imagePullPolicy = pull_policy(spec->containers.at[i].image);
    for (uint32_t i = 0; i < spec->initContainers.n; i++)
        if (!spec->initContainers.at[i].imagePullPolicy.len)
            spec->initContainers.at[i].imagePullPolicy = pull_policy(spec->initContainers.at[i].image);
    for (uint32_t i = 0; i < spec->ephemeralContainers.n; i++)
        if (!spec->ephemeralContainers.at[i].imagePullPolicy.len)
            spec->ephemeralContainers.at[i].imagePullPolicy = pull_policy(spec->ephemeralContainers.at[i].image);
    for (uint32_t i = 0; i < spec->volumes.n; i++) default_volume(arena, &spec->volumes.at[i]);
    if (!spec->serviceAccountName.len) spec->serviceAccountName = spec->serviceAccount;
    spec->serviceAccount = spec->serviceAccountName;
}

static void put_missing_requests(Arena *arena, ResourceRequirements *resources) {
    QuantityMap *requests = &resources->requests;
    uint32_t n = requests->n, most = n + resources->limits.n;
    QuantityPair *all = map_room(arena, sizeof *all, most);
    if (n) memcpy(all, requests->at, sizeof *all * n);
    for (uint32_t i = 0; i < resources->limits.n; i++)
        if (!quantity_get(*requests, resources->limits.at[i].key)) all[n++] = resources->limits.at[i];
    *requests = (QuantityMap){.at = all, .n = n, .indexed = map_index(arena, all, sizeof *all, n, most)};
}

static void default_host_ports(ContainerPortList ports) {
    for (uint32_t i = 0; i < ports.n; i++)
        if (ports.at[i].hostPort == 0) ports.at[i].hostPort = ports.at[i].containerPort;
}

static void default_protocols(Probe *const probes[3], Lifecycle *lifecycle) {
    for (int i = 0; i < 3; i++)
        if (probes[i]) default_probe_protocol(probes[i]->httpGet);
    if (lifecycle && lifecycle->postStart) default_probe_protocol(lifecycle->postStart->httpGet);
    if (lifecycle && lifecycle->preStop) default_probe_protocol(lifecycle->preStop->httpGet);
}

static void default_containers(Arena *arena, ContainerList containers, bool hostNetwork, bool protocols) {
    for (uint32_t i = 0; i < containers.n; i++) {
        Container *c = &containers.at[i];
        if (c->resources.limits.n) put_missing_requests(arena, &c->resources);
        if (hostNetwork) default_host_ports(c->ports);
        if (protocols) default_protocols((Probe *const[]){c->livenessProbe, c->readinessProbe, c->startupProbe}, c->lifecycle);
    }
}

/* Pod-level limits and requests follow from the containers' (core/v1 defaults, gate PodLevelResources). */
static void default_pod_resources(Arena *arena, PodSpec *spec) {
    ResourceRequirements *resources = spec->resources;
    if (!resources) return;
    if (resources->limits.n || resources->requests.n) {
        Sums sum = containers_amounts(arena, spec, true);
        QuantityMap limits = sums_map(&sum);
        Sums all = sums_of(arena, &resources->limits);
        for (uint32_t i = 0; i < limits.n; i++)
            if (str_starts(limits.at[i].key, S("hugepages-")) && !quantity_get(resources->requests, limits.at[i].key))
                sums_complete(&all, &limits.at[i]);
        sums_into(&resources->limits, &all);
    }
    if (!resources->limits.n) return;
    Sums sum = containers_amounts(arena, spec, false);
    QuantityMap requests = sums_map(&sum);
    Sums all = sums_of(arena, &resources->requests);
    for (uint32_t i = 0; i < requests.n; i++) {
        bool overcommit = !str_starts(requests.at[i].key, S("hugepages-"));
        if (is_pod_level(requests.at[i].key) && overcommit) sums_complete(&all, &requests.at[i]);
    }
    for (uint32_t i = 0; i < resources->limits.n; i++)
        if (is_pod_level(resources->limits.at[i].key)) sums_complete(&all, &resources->limits.at[i]);
    sums_into(&resources->requests, &all);
}

void defaults_made_pod(Arena *arena, PodSpec *spec, uint8_t minor) {
    if (spec->terminationGracePeriodSeconds.value < 0) spec->terminationGracePeriodSeconds.value = 1;
    bool protocols = schema_gate_on(GATE_H2CContainerProbe, minor);
    default_containers(arena, spec->containers, spec->hostNetwork, protocols);
    default_containers(arena, spec->initContainers, spec->hostNetwork, protocols);
    for (uint32_t i = 0; i < spec->ephemeralContainers.n && protocols; i++) {
        EphemeralContainer *c = &spec->ephemeralContainers.at[i];
        default_protocols((Probe *const[]){c->livenessProbe, c->readinessProbe, c->startupProbe}, c->lifecycle);
    }
    if (schema_gate_on(GATE_PodLevelResources, minor) && !schema_gate_on(GATE_PodLevelResourcesFixDefaulting, minor))
        default_pod_resources(arena, spec);
    if (!spec->enableServiceLinks.set) spec->enableServiceLinks = (OptBool){true, true};
}

static void default_pod(const Defaulting *d) {
    Pod *pod = d->object;
    defaults_made_pod(d->arena, &pod->spec, d->minor);
    PodStatus *status = &pod->status;
    bool first = status->podIPs.n && str_eq(status->podIPs.at[0].ip, status->podIP);
    if (status->podIP.len && !first) {
        status->podIPs = (PodIPList){NEW(d->arena, PodIP), 1};
        status->podIPs.at[0].ip = status->podIP;
    } else if (!status->podIP.len && status->podIPs.n) {
        status->podIP = status->podIPs.at[0].ip;
    }
}

static OptInt opt_int(int64_t value) {
    return (OptInt){true, value};
}

static void default_int(OptInt *slot, int64_t value) {
    if (!slot->set) *slot = opt_int(value);
}

static void default_bool(OptBool *slot, bool value) {
    if (!slot->set) *slot = (OptBool){true, value};
}

static void default_count(OptIntOrString *slot, IntOrString value) {
    if (!slot->set) *slot = (OptIntOrString){true, value};
}

static void default_deployment(const Defaulting *d) {
    Deployment *deployment = d->object;
    DeploymentStrategy *strategy = &deployment->spec.strategy;
    if (!str_eq(strategy->type, S("RollingUpdate"))) return;
    if (!strategy->rollingUpdate) strategy->rollingUpdate = NEW(d->arena, RollingUpdateDeployment);
    default_count(&strategy->rollingUpdate->maxUnavailable, (IntOrString){.isString = true, .text = S("25%")});
    default_count(&strategy->rollingUpdate->maxSurge, (IntOrString){.isString = true, .text = S("25%")});
}

static void default_daemon_set(const Defaulting *d) {
    DaemonSet *set = d->object;
    DaemonSetUpdateStrategy *strategy = &set->spec.updateStrategy;
    if (!str_eq(strategy->type, S("RollingUpdate"))) return;
    if (!strategy->rollingUpdate) strategy->rollingUpdate = NEW(d->arena, RollingUpdateDaemonSet);
    default_count(&strategy->rollingUpdate->maxUnavailable, (IntOrString){.number = 1});
    default_count(&strategy->rollingUpdate->maxSurge, (IntOrString){.number = 0});
}

static void default_stateful_set(const Defaulting *d) {
    StatefulSet *set = d->object;
    StatefulSetUpdateStrategy *strategy = &set->spec.updateStrategy;
    const Node *type = node_get(strategy->head.node, S("type"));
    if ((!type || !type->text.len || type->kind == NODE_NULL) && !strategy->rollingUpdate)
        strategy->rollingUpdate = NEW(d->arena, RollingUpdateStatefulSetStrategy);
    if (!str_eq(strategy->type, S("RollingUpdate")) || !strategy->rollingUpdate) return;
    default_int(&strategy->rollingUpdate->partition, 0);
    if (schema_gate_on(GATE_MaxUnavailableStatefulSet, d->minor))
        default_count(&strategy->rollingUpdate->maxUnavailable, (IntOrString){.number = 1});
}

static void default_replication_controller(const Defaulting *d) {
    ReplicationController *controller = d->object;
    PodTemplateSpec *template = controller->spec.template;
    if (!template || !template->metadata.labels.n) return;
    if (!controller->spec.selector.n) controller->spec.selector = template->metadata.labels;
    if (!controller->metadata.labels.n) controller->metadata.labels = template->metadata.labels;
}

void defaults_made_job(JobSpec *spec) {
    if (!spec->completions.set && !spec->parallelism.set) spec->completions = opt_int(1);
    default_int(&spec->parallelism, 1);
    default_int(&spec->backoffLimit, spec->backoffLimitPerIndex.set ? INT32_MAX : 6);
    if (!spec->completionMode.at) spec->completionMode = S("NonIndexed");
    default_bool(&spec->suspend, false);
    if (!spec->podReplacementPolicy.at)
        spec->podReplacementPolicy = spec->podFailurePolicy ? S("Failed") : S("TerminatingOrFailed");
    default_bool(&spec->manualSelector, false);
}

static void default_job(const Defaulting *d) {
    Job *job = d->object;
    const StrMap *labels = &job->spec.template.metadata.labels;
    if (labels->n && !job->metadata.labels.n) job->metadata.labels = *labels;
    defaults_made_job(&job->spec);
}

/* What is filled in beside the pod's spec. */
static void (*const kindDefaults[KIND_END])(const Defaulting *d) = {
    [KIND_Pod] = default_pod,
    [KIND_Deployment] = default_deployment,
    [KIND_StatefulSet] = default_stateful_set,
    [KIND_DaemonSet] = default_daemon_set,
    [KIND_Job] = default_job,
    [KIND_ReplicationController] = default_replication_controller,
    [KIND_Service] = default_service,
    [KIND_NetworkPolicy] = default_network_policy,
    [KIND_Namespace] = default_namespace,
    [KIND_LimitRange] = default_limit_range,
    [KIND_HorizontalPodAutoscaler] = default_autoscaler,
    [KIND_RoleBinding] = default_role_binding,
    [KIND_ClusterRoleBinding] = default_cluster_role_binding,
    [KIND_CSIDriver] = default_csi_driver,
    [KIND_Node] = default_node,
    [KIND_CustomResourceDefinition] = default_definition,
};

void defaults_apply(Arena *arena, Document *document) {
    const Kind *kind = document->type->kind;
    PodView pod = model_pod(document);
    if (pod.spec) default_pod_spec(arena, pod.spec);
    if (kind && kindDefaults[kind->number])
        kindDefaults[kind->number](&(Defaulting){arena, document->type, document->object, document->minor});
}
