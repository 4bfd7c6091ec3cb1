#include "containers.h"

#define SAME(field)                                                                   \
    _Static_assert(offsetof(EphemeralContainer, field) == offsetof(Container, field), \
                   "schema/container.yaml: the fields of an "                         \
                   "EphemeralContainer begin as a Container's")
SAME(ports);
SAME(env);
SAME(resources);
SAME(restartPolicyRules);
SAME(volumeDevices);
SAME(lifecycle);
SAME(securityContext);
SAME(tty);

enum { LIST_INIT, LIST_MAIN, LIST_EPHEMERAL };

static ContainerWalk start(const PodSpec *spec, const Path *path, int last) {
    return (ContainerWalk){.spec = spec, .specPath = path, .list = -1, .last = last};
}

void walk_containers(ContainerWalk *walk, const PodSpec *spec, const Path *path) {
    *walk = start(spec, path, LIST_MAIN);
}

void walk_all_containers(ContainerWalk *walk, const PodSpec *spec, const Path *path) {
    *walk = start(spec, path, LIST_EPHEMERAL);
}

static uint32_t length(const PodSpec *spec, int list) {
    switch (list) {
    case LIST_INIT: return spec->initContainers.n;
    case LIST_MAIN: return spec->containers.n;
    case LIST_EPHEMERAL: return spec->ephemeralContainers.n;
    default: return 0;
    }
}

bool walk_next(ContainerWalk *walk) {
    static const Str names[] = {STR("initContainers"), STR("containers"), STR("ephemeralContainers")};
    const PodSpec *spec = walk->spec;
    while (walk->next == length(spec, walk->list)) {
        if (walk->list == walk->last) return false;
        walk->list++;
        walk->next = 0;
        walk->listPath = path_field(walk->specPath, names[walk->list]);
    }
    uint32_t i = walk->index = walk->next++;
    if (walk->list == LIST_INIT) {
        walk->container = &spec->initContainers.at[i];
        walk->role = is_sidecar(walk->container) ? ROLE_SIDECAR : ROLE_INIT;
    } else if (walk->list == LIST_MAIN) {
        walk->container = &spec->containers.at[i];
        walk->role = ROLE_MAIN;
    } else {
        walk->container = (const Container *)&spec->ephemeralContainers.at[i];
        walk->role = ROLE_EPHEMERAL;
    }
    walk->path = path_index(&walk->listPath, i);
    return true;
}

const Container *container_named(const PodSpec *spec, Str name) {
    ContainerWalk w;
    for (walk_containers(&w, spec, NULL); walk_next(&w);)
        if (str_eq(w.container->name, name)) return w.container;
    return NULL;
}

static bool is_os_label(Str key) {
    return str_eq(key, S("kubernetes.io/os")) || str_eq(key, S("beta.kubernetes.io/os"));
}

static bool wants_windows(const NodeSelectorTerm *term) {
    for (uint32_t i = 0; i < term->matchExpressions.n; i++) {
        const NodeSelectorRequirement *one = &term->matchExpressions.at[i];
        bool in = str_eq(one->operator, S("In")) && one->values.n == 1 && str_eq(one->values.at[0], S("windows"));
        if (in && is_os_label(one->key)) return true;
    }
    return false;
}

/* Of several terms a node has to fit one. */
static bool all_want_windows(const NodeSelector *selector) {
    for (uint32_t i = 0; i < selector->nodeSelectorTerms.n; i++)
        if (!wants_windows(&selector->nodeSelectorTerms.at[i])) return false;
    return selector->nodeSelectorTerms.n > 0;
}

bool pod_is_windows(const PodSpec *spec) {
    if (spec->os && spec->os->name.len) return str_eq(spec->os->name, S("windows"));
    for (uint32_t i = 0; i < spec->nodeSelector.n; i++)
        if (is_os_label(spec->nodeSelector.at[i].key)) return str_eq(spec->nodeSelector.at[i].value, S("windows"));
    const NodeAffinity *affinity = spec->affinity ? spec->affinity->nodeAffinity : NULL;
    const NodeSelector *required = affinity ? affinity->requiredDuringSchedulingIgnoredDuringExecution : NULL;
    return required && all_want_windows(required);
}

bool is_pod_level(Str name) {
    return str_eq(name, S("cpu")) || str_eq(name, S("memory")) || str_starts(name, S("hugepages-"));
}

static const QuantityMap *amounts(const Container *container, bool limits) {
    return limits ? &container->resources.limits : &container->resources.requests;
}

Sums containers_amounts(Arena *arena, const PodSpec *spec, bool limits) {
    Sums total = sums_start(arena), sidecars = sums_start(arena), peak = sums_start(arena);
    for (uint32_t i = 0; i < spec->containers.n; i++) sums_add_all(&total, amounts(&spec->containers.at[i], limits));
    for (uint32_t i = 0; i < spec->initContainers.n; i++) {
        const Container *c = &spec->initContainers.at[i];
        Sums moment = sums_start(arena);
        if (is_sidecar(c)) {
            sums_add_all(&total, amounts(c, limits));
            sums_add_all(&sidecars, amounts(c, limits));
        } else {
            sums_add_all(&moment, amounts(c, limits));
        }
        for (uint32_t j = 0; j < sidecars.pairs.n; j++) sums_add(&moment, &sidecars.pairs.at[j]);
        for (uint32_t j = 0; j < moment.pairs.n; j++) sums_raise(&peak, &moment.pairs.at[j]);
    }
    for (uint32_t i = 0; i < peak.pairs.n; i++) sums_raise(&total, &peak.pairs.at[i]);
    return total;
}
