/* The rules of rules/scheduling.yaml that look at items of lists, or from the pod to the workload. */
#include "workload.h"

static const Str hostname = STR("kubernetes.io/hostname");

static bool is_daemon_set(const Lint *lint) {
    return lint_workload(lint) == WORKLOAD_NODES;
}

static bool in_system(const Lint *lint) {
    return str_eq(lint->document->namespace_, S("kube-system"));
}

/* The first label that a selector wants and the pod has not, or NULL. */
static const StrPair *missing_label(const Lint *lint, const LabelSelector *selector) {
    for (uint32_t i = 0; i < selector->matchLabels.n; i++) {
        const Str *own = map_get(lint->meta->labels, selector->matchLabels.at[i].key);
        if (!own || !str_eq(*own, selector->matchLabels.at[i].value)) return &selector->matchLabels.at[i];
    }
    return NULL;
}

static void report_mismatch(Lint *lint, const LabelSelector *selector, const Path *constraint) {
    const StrPair *wanted = missing_label(lint, selector);
    Path at = FIELD(constraint, "labelSelector"), labels = FIELD(&at, "matchLabels");
    if (!wanted) {
        emit_spread_selector_mismatch(lint->diags, lint_where(lint, &at),
                                      .reason = S("its labelSelector does not match the pod's labels"));
        return;
    }
    const Str *own = map_get(lint->meta->labels, wanted->key);
    Path key = path_key(&labels, wanted->key);
    Str has = own ? *own : S("no such label");
    emit_spread_selector_mismatch(lint->diags, lint_where(lint, &key),
                                  .reason = str_format(lint->arena, "it wants %.*s=%.*s, and the pod has %.*s", TEXT(wanted->key),
                                                       TEXT(wanted->value), TEXT(has)));
}

/* What the document makes, in words. */
static Str its_pods(const Lint *lint) {
    if (lint_workload(lint) == WORKLOAD_POD) return S("the pod");
    return str_join(lint->arena, S("each pod of this "), lint->document->kind);
}

void lint_spread(Lint *lint, const PodSpec *self, const Path *path) {
    Path list = FIELD(path, "topologySpreadConstraints");
    for (uint32_t i = 0; i < self->topologySpreadConstraints.n; i++) {
        const LabelSelector *selector = self->topologySpreadConstraints.at[i].labelSelector;
        Path item = path_index(&list, i);
        if (selector && !selects_own_pods(lint, selector)) report_mismatch(lint, selector, &item);
    }
}

/* Names of node labels and taints that gave way to others, where the API server does not say so itself. */

typedef struct OldName {
    Str name, successor;
} OldName;

static const OldName oldLabels[] = {
    {STR("beta.kubernetes.io/arch"), STR("kubernetes.io/arch")},
    {STR("beta.kubernetes.io/os"), STR("kubernetes.io/os")},
    {STR("beta.kubernetes.io/instance-type"), STR("node.kubernetes.io/instance-type")},
    {STR("failure-domain.beta.kubernetes.io/region"), STR("topology.kubernetes.io/region")},
    {STR("failure-domain.beta.kubernetes.io/zone"), STR("topology.kubernetes.io/zone")},
};

static const Str masterTaint = STR("node-role.kubernetes.io/master"), controlPlane = STR("node-role.kubernetes.io/control-plane");

static void check_topology_key(Lint *lint, Str key, const Path *term) {
    Path at = FIELD(term, "topologyKey");
    for (size_t i = 0; i < COUNT(oldLabels); i++)
        if (str_eq(key, oldLabels[i].name))
            emit_deprecated_node_label(lint->diags, lint_where(lint, &at), .what = S("label"), .label = key,
                                       .successor = oldLabels[i].successor);
}

static void check_terms(Lint *lint, const PodAffinityTermList *required, const WeightedPodAffinityTermList *preferred,
                        const Path *path) {
    Path hard = FIELD(path, "requiredDuringSchedulingIgnoredDuringExecution");
    Path soft = FIELD(path, "preferredDuringSchedulingIgnoredDuringExecution");
    for (uint32_t i = 0; i < required->n; i++) {
        Path item = path_index(&hard, i);
        check_topology_key(lint, required->at[i].topologyKey, &item);
    }
    for (uint32_t i = 0; i < preferred->n; i++) {
        Path item = path_index(&soft, i), term = FIELD(&item, "podAffinityTerm");
        check_topology_key(lint, preferred->at[i].podAffinityTerm.topologyKey, &term);
    }
}

static void check_affinity(Lint *lint, const Affinity *affinity, const Path *path) {
    Path near = FIELD(path, "podAffinity"), far = FIELD(path, "podAntiAffinity");
    if (affinity->podAffinity)
        check_terms(lint, &affinity->podAffinity->requiredDuringSchedulingIgnoredDuringExecution,
                    &affinity->podAffinity->preferredDuringSchedulingIgnoredDuringExecution, &near);
    if (affinity->podAntiAffinity)
        check_terms(lint, &affinity->podAntiAffinity->requiredDuringSchedulingIgnoredDuringExecution,
                    &affinity->podAntiAffinity->preferredDuringSchedulingIgnoredDuringExecution, &far);
}

/* Tolerations. */

static bool tolerates(const TolerationList *list, Str key) {
    for (uint32_t i = 0; i < list->n; i++)
        if (str_eq(list->at[i].key, key)) return true;
    return false;
}

/* OpenShift still gives its control plane the taint that Kubernetes took away. */
static bool is_for_openshift(const Lint *lint) {
    const Document *document = lint->document;
    return str_has((Str){document->source->text.at + document->span.at, document->span.end - document->span.at}, S("openshift"));
}

static void check_toleration(Lint *lint, const TolerationList *all, const Toleration *toleration, const Path *path) {
    Path key = FIELD(path, "key"), operator= FIELD(path, "operator");
    bool everywhere = is_daemon_set(lint) || in_system(lint), isMaster = str_eq(toleration->key, masterTaint);
    bool passing = toleration->tolerationSeconds.set || lint->pod->hostNetwork; /* for a time, or part of the node itself */
    if (!toleration->key.len && str_eq(toleration->operator, S("Exists")) && !everywhere && !passing)
        emit_tolerate_everything(lint->diags, lint_where(lint, &operator),
                                 .effect = toleration->effect.len ? str_format(lint->arena, " of %.*s", TEXT(toleration->effect))
                                                                  : S(""));
    if (isMaster && !tolerates(all, controlPlane) && !is_for_openshift(lint))
        emit_deprecated_node_label(lint->diags, lint_where(lint, &key), .what = S("taint"), .label = masterTaint,
                                   .successor = controlPlane);
    if (!everywhere && (str_eq(toleration->key, controlPlane) || (isMaster && !tolerates(all, controlPlane))))
        emit_control_plane_toleration(lint->diags, lint_where(lint, &key), .pods = its_pods(lint));
}

/* A pod that was read from a cluster has the node on which it ran. */
static bool is_from_cluster(const Lint *lint) {
    return lint_workload(lint) == WORKLOAD_POD && lint->meta->uid.len;
}

void lint_placement(Lint *lint, const PodSpec *self, const Path *path) {
    Path node = FIELD(path, "nodeName"), class = FIELD(path, "priorityClassName"), affinity = FIELD(path, "affinity");
    Path tolerations = FIELD(path, "tolerations");
    Str namespace = lint->document->namespace_;
    if (self->nodeName.len && !is_from_cluster(lint))
        emit_node_name_set(lint->diags, lint_where(lint, &node), .pods = its_pods(lint), .node = self->nodeName);
    for (uint32_t i = 0; i < self->tolerations.n; i++) {
        Path item = path_index(&tolerations, i);
        check_toleration(lint, &self->tolerations, &self->tolerations.at[i], &item);
    }
    if (self->affinity) check_affinity(lint, self->affinity, &affinity);
    if (str_starts(self->priorityClassName, S("system-")) && namespace.len &&
        !lint_listed(lint, RULE_system_priority_outside_system, S("namespaces"), namespace))
        emit_system_priority_outside_system(lint->diags, lint_where(lint, &class), .class = self->priorityClassName,
                                            .namespace = namespace);
}

/* Spreading. */

/* Whether a term looks at the pod's own namespace; `unsure` where only the labels of the namespace would tell. */
static bool covers_own_namespace(const Lint *lint, const PodAffinityTerm *term, bool unsure) {
    Str own = lint->document->namespace_.len ? lint->document->namespace_ : S("default");
    if (str_in(own, term->namespaces.at, term->namespaces.n)) return true;
    if (!term->namespaceSelector) return !term->namespaces.n;
    const LabelSelector *selector = term->namespaceSelector;
    if (!selector->matchLabels.n && !selector->matchExpressions.n) return true;
    const Str *name = map_get(selector->matchLabels, S("kubernetes.io/metadata.name"));
    return name && lint->document->namespace_.len ? str_eq(*name, own) : unsure;
}

/* Whether a term is about the pods that the document makes: by their namespace, their labels, and the labels that they share or
 * must not share. */
static bool meets_own_pods(const Lint *lint, const PodAffinityTerm *term, bool unsure) {
    for (uint32_t i = 0; i < term->mismatchLabelKeys.n; i++)
        if (map_get(lint->meta->labels, term->mismatchLabelKeys.at[i])) return false;
    return covers_own_namespace(lint, term, unsure) && selects_own_pods(lint, term->labelSelector);
}

void lint_anti_affinity(Lint *lint, const PodSpec *self, const Path *path) {
    if (!model_is(lint->document, KIND_Deployment) || !self->affinity || !self->affinity->podAntiAffinity) return;
    WorkloadPlan plan = workload_plan(lint->document);
    int64_t replicas = plan.replicas.set ? plan.replicas.value : 1;
    if (!str_eq(plan.strategy, S("RollingUpdate")) || !plan.unavailable.set || replicas < 1) return;
    if (workload_share(plan.unavailable.value, replicas) != 0) return;
    const PodAffinityTermList *terms = &self->affinity->podAntiAffinity->requiredDuringSchedulingIgnoredDuringExecution;
    Path affinity = FIELD(path, "affinity"), up = FIELD(&affinity, "podAntiAffinity");
    Path list = FIELD(&up, "requiredDuringSchedulingIgnoredDuringExecution");
    for (uint32_t i = 0; i < terms->n; i++) {
        const PodAffinityTerm *term = &terms->at[i];
        /* Pods of two revisions do not meet where the term asks for the same template hash. */
        bool apart = str_in(S("pod-template-hash"), term->matchLabelKeys.at, term->matchLabelKeys.n);
        if (!str_eq(term->topologyKey, hostname) || apart || !meets_own_pods(lint, term, false)) continue;
        Path item = path_index(&list, i), at = FIELD(&item, "topologyKey");
        emit_required_anti_affinity_deadlock(lint->diags, lint_where(lint, &at), .replicas = str_int(lint->arena, replicas));
    }
}

static bool avoids_own_pods(const Lint *lint, const PodSpec *pod) {
    const PodAntiAffinity *far = pod->affinity ? pod->affinity->podAntiAffinity : NULL;
    for (uint32_t i = 0; far && i < far->requiredDuringSchedulingIgnoredDuringExecution.n; i++)
        if (meets_own_pods(lint, &far->requiredDuringSchedulingIgnoredDuringExecution.at[i], true)) return true;
    for (uint32_t i = 0; far && i < far->preferredDuringSchedulingIgnoredDuringExecution.n; i++)
        if (meets_own_pods(lint, &far->preferredDuringSchedulingIgnoredDuringExecution.at[i].podAffinityTerm, true)) return true;
    for (uint32_t i = 0; i < pod->topologySpreadConstraints.n; i++)
        if (selects_own_pods(lint, pod->topologySpreadConstraints.at[i].labelSelector)) return true;
    return false;
}

void lint_no_anti_affinity(Lint *lint, const PodSpec *self, const Path *path) {
    WorkloadPlan plan = workload_plan(lint->document);
    if (!plan.replicas.set || plan.replicas.value < lint_int(lint, RULE_no_anti_affinity, S("min-replicas"))) return;
    Path at = FIELD(path, "affinity");
    if (!avoids_own_pods(lint, self))
        emit_no_anti_affinity(lint->diags, lint_where(lint, &at), .replicas = str_int(lint->arena, plan.replicas.value));
}

static void check_node_terms(Lint *lint, const NodeSelector *selector, const Path *path) {
    Path list = FIELD(path, "nodeSelectorTerms");
    for (uint32_t i = 0; i < selector->nodeSelectorTerms.n; i++) {
        const NodeSelectorRequirementList *all = &selector->nodeSelectorTerms.at[i].matchExpressions;
        const NodeSelectorRequirementList *fields = &selector->nodeSelectorTerms.at[i].matchFields;
        Path item = path_index(&list, i), expressions = FIELD(&item, "matchExpressions"), names = FIELD(&item, "matchFields");
        for (uint32_t j = 0; j < fields->n; j++) {
            if (!str_eq(fields->at[j].operator, S("In")) || !fields->at[j].values.n) continue;
            Path requirement = path_index(&names, j), at = FIELD(&requirement, "key");
            emit_node_name_pod_selector(lint->diags, lint_where(lint, &at), .node = fields->at[j].values.at[0]);
        }
        for (uint32_t j = 0; j < all->n; j++) {
            if (!str_eq(all->at[j].key, hostname) || !str_eq(all->at[j].operator, S("In")) || !all->at[j].values.n) continue;
            Path requirement = path_index(&expressions, j), at = FIELD(&requirement, "key");
            emit_node_name_pod_selector(lint->diags, lint_where(lint, &at), .node = all->at[j].values.at[0]);
        }
    }
}

void lint_node_selector(Lint *lint, const PodSpec *self, const Path *path) {
    Path selector = FIELD(path, "nodeSelector"), affinity = FIELD(path, "affinity"), up = FIELD(&affinity, "nodeAffinity");
    Path required = FIELD(&up, "requiredDuringSchedulingIgnoredDuringExecution"), at = path_key(&selector, hostname);
    const Str *node = map_get(self->nodeSelector, hostname);
    if (node) emit_node_name_pod_selector(lint->diags, lint_where(lint, &at), .node = *node);
    if (self->affinity && self->affinity->nodeAffinity &&
        self->affinity->nodeAffinity->requiredDuringSchedulingIgnoredDuringExecution)
        check_node_terms(lint, self->affinity->nodeAffinity->requiredDuringSchedulingIgnoredDuringExecution, &required);
}
