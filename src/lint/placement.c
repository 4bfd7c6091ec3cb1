/* Rules about pods that no node ever takes, whatever nodes there are: by what the scheduler's filters ask for together. */
#include "model/compare.h"
#include "simulate/node_affinity.h"

#include "workload.h"

static const Str hostname = STR("kubernetes.io/hostname");

static Where conflict_where(const Lint *lint, const NodeConflict *conflict, const Path *path) {
    Path selector = FIELD(path, "nodeSelector"), label = path_key(&selector, conflict->key);
    Path affinity = FIELD(path, "affinity"), up = FIELD(&affinity, "nodeAffinity");
    Path required = FIELD(&up, "requiredDuringSchedulingIgnoredDuringExecution"), list = FIELD(&required, "nodeSelectorTerms");
    Path term = path_index(&list, conflict->term);
    return conflict->inSelector ? lint_where(lint, &label) : lint_where(lint, &term);
}

static void check_nodes(Lint *lint, const PodSpec *self, const Path *path) {
    NodeConflict conflict;
    if (!node_affinity_conflict(&conflict, lint->arena, self)) return;
    bool more = node_affinity_required(self)->nodeSelectorTerms.n > 1;
    Str problem = !conflict.key.len ? S("a term without matchExpressions and matchFields fits no node")
                                    : str_format(lint->arena, "no node fits %.*s%s", TEXT(conflict.conditions),
                                                 more ? ", and the other terms fit none either" : " at once");
    emit_no_node_can_fit(lint->diags, conflict_where(lint, &conflict, path), .problem = problem,
                         .hint = conflict.key.len ? S("remove the condition that does not hold")
                                                  : S("write a condition, or remove the term"));
}

/* The most pods that ever run at once, and why. */
typedef struct Ceiling {
    int64_t most;
    Str problem;
    const char *hint;
    Where where;
} Ceiling;

static void lower(Ceiling *ceiling, int64_t most, Str problem, const char *hint, Where where) {
    if (ceiling->most <= most) return;
    *ceiling = (Ceiling){most, problem, hint, where};
}

static Str places(Lint *lint, Str key, int64_t n) {
    if (str_eq(key, hostname)) return n == 1 ? S("one node") : str_format(lint->arena, "%lld nodes", (long long)n);
    return n == 1 ? str_format(lint->arena, "one value of %.*s", TEXT(key))
                  : str_format(lint->arena, "%lld values of %.*s", (long long)n, TEXT(key));
}

/* Whether a term surely means each pod that the document makes: by its labels alone, in its own namespace. */
static bool means_each_pod(const Lint *lint, const PodAffinityTerm *term) {
    const LabelSelector *selector = term->labelSelector;
    if (term->namespaces.n || term->namespaceSelector || term->mismatchLabelKeys.n || !selector) return false;
    for (uint32_t i = 0; i < term->matchLabelKeys.n; i++)
        if (!map_get(lint->meta->labels, term->matchLabelKeys.at[i]) && is_added_later(term->matchLabelKeys.at[i])) return false;
    for (uint32_t i = 0; i < selector->matchLabels.n; i++)
        if (is_added_later(selector->matchLabels.at[i].key)) return false;
    for (uint32_t i = 0; i < selector->matchExpressions.n; i++)
        if (is_added_later(selector->matchExpressions.at[i].key)) return false;
    return selects_own_pods(lint, selector);
}

/* Pods that have to be beside each other, by the same labels. */
static bool draws_together(const PodSpec *self, const PodAffinityTerm *apart) {
    const PodAffinity *near = self->affinity->podAffinity;
    for (uint32_t i = 0; near && i < near->requiredDuringSchedulingIgnoredDuringExecution.n; i++) {
        const PodAffinityTerm *term = &near->requiredDuringSchedulingIgnoredDuringExecution.at[i];
        if (str_eq(term->topologyKey, apart->topologyKey) && !term->namespaces.n && !term->namespaceSelector &&
            !term->matchLabelKeys.n && !term->mismatchLabelKeys.n && !apart->matchLabelKeys.n &&
            object_equal(&type_LabelSelector, term->labelSelector, apart->labelSelector))
            return true;
    }
    return false;
}

/* The scheduler does not look at a pod that names its node. */
static void check_apart(Lint *lint, const PodSpec *self, const Path *path, Ceiling *ceiling) {
    const PodAntiAffinity *far = self->affinity ? self->affinity->podAntiAffinity : NULL;
    Path affinity = FIELD(path, "affinity"), up = FIELD(&affinity, "podAntiAffinity");
    Path list = FIELD(&up, "requiredDuringSchedulingIgnoredDuringExecution");
    for (uint32_t i = 0; far && !self->nodeName.len && i < far->requiredDuringSchedulingIgnoredDuringExecution.n; i++) {
        const PodAffinityTerm *term = &far->requiredDuringSchedulingIgnoredDuringExecution.at[i];
        if (!means_each_pod(lint, term)) continue;
        int64_t n = node_affinity_values(self, term->topologyKey);
        Path item = path_index(&list, i), at = FIELD(&item, "topologyKey");
        if (draws_together(self, term))
            lower(ceiling, 1, S("podAffinity wants them together and podAntiAffinity apart"), "remove one of the two",
                  lint_where(lint, &at));
        else if (n > 0)
            lower(ceiling, n,
                  str_format(lint->arena, "podAntiAffinity keeps them apart, and %.*s is all that they may use",
                             TEXT(places(lint, term->topologyKey, n))),
                  "allow more of them, ask for fewer replicas, or keep them apart under "
                  "preferredDuringSchedulingIgnoredDuringExecution",
                  lint_where(lint, &at));
    }
}

static void check_ports(Lint *lint, const PodSpec *self, const Path *path, Ceiling *ceiling) {
    int64_t n = node_affinity_nodes(self);
    Path list = FIELD(path, "containers");
    for (uint32_t i = 0; n > 0 && i < self->containers.n; i++) {
        Path item = path_index(&list, i), ports = FIELD(&item, "ports");
        for (uint32_t j = 0; j < self->containers.at[i].ports.n; j++) {
            const ContainerPort *port = &self->containers.at[i].ports.at[j];
            if (port->hostPort <= 0) continue;
            Path one = path_index(&ports, j), at = path_field(&one, self->hostNetwork ? S("containerPort") : S("hostPort"));
            lower(ceiling, n,
                  str_format(lint->arena, "each takes port %lld of its node, and %.*s is all that they may use",
                             (long long)port->hostPort, TEXT(places(lint, hostname, n))),
                  "allow more nodes, ask for fewer replicas, or remove the port of the node", lint_where(lint, &at));
        }
    }
}

void lint_placed(Lint *lint, const PodSpec *self, const Path *path) {
    check_nodes(lint, self, path);
    int64_t replicas = workload_replicas(lint);
    if (lint_workload(lint) != WORKLOAD_REPLICAS || replicas < 2) return;
    Ceiling ceiling = {.most = replicas};
    check_apart(lint, self, path, &ceiling);
    check_ports(lint, self, path, &ceiling);
    if (ceiling.most < replicas)
        emit_replicas_never_placed(lint->diags, ceiling.where, .most = str_int(lint->arena, ceiling.most),
                                   .replicas = str_int(lint->arena, replicas), .problem = ceiling.problem,
                                   .hint = str_of(ceiling.hint));
}
