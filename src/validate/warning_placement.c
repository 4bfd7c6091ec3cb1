/* What the API server warns of where a pod says which nodes it wants, and of the labels of nodes that others name. */
#include "warning.h"

typedef struct OldLabel {
    Str name, since, successor;
} OldLabel;

static const OldLabel oldLabels[] = {
    {STR("beta.kubernetes.io/arch"), STR("1.14"), STR("kubernetes.io/arch")},
    {STR("beta.kubernetes.io/os"), STR("1.14"), STR("kubernetes.io/os")},
    {STR("beta.kubernetes.io/instance-type"), STR("1.17"), STR("node.kubernetes.io/instance-type")},
    {STR("failure-domain.beta.kubernetes.io/region"), STR("1.17"), STR("topology.kubernetes.io/region")},
    {STR("failure-domain.beta.kubernetes.io/zone"), STR("1.17"), STR("topology.kubernetes.io/zone")},
    {STR("app.kubernetes.io/created-by"), STR("1.9"), STR("")},
    {STR("scheduler.alpha.kubernetes.io/preferAvoidPods"), STR("1.22"), STR("")},
    {STR("node-role.kubernetes.io/master"), STR(""), STR("node-role.kubernetes.io/control-plane")},
};

void warn_node_label(Check *c, Str name, bool isKey, const Path *path) {
    for (size_t i = 0; i < COUNT(oldLabels); i++) {
        const OldLabel *old = &oldLabels[i];
        if (!str_eq(name, old->name)) continue;
        Str since = old->since.len ? str_join(c->arena, S(" since Kubernetes "), old->since) : S("");
        Str hint = S("");
        if (old->successor.len) hint = str_format(c->arena, "use %.*s", TEXT(old->successor));
        if (str_ends(name, S("preferAvoidPods"))) hint = S("use taints and tolerations");
        emit_warn_node_label(c->diags, isKey ? where_key(c, path) : where(c, path), .label = name, .since = since, .hint = hint);
        return;
    }
}

void warn_node_term(Check *c, const NodeSelectorTerm *term, bool checkValues, const Path *path) {
    Path list = FIELD(path, "matchExpressions");
    for (uint32_t i = 0; i < term->matchExpressions.n; i++) {
        const NodeSelectorRequirement *requirement = &term->matchExpressions.at[i];
        Path item = path_index(&list, i), key = FIELD(&item, "key"), values = FIELD(&item, "values");
        warn_node_label(c, requirement->key, false, &key);
        for (uint32_t j = 0; checkValues && j < requirement->values.n; j++) {
            Path at = path_index(&values, j);
            if (is_label_value(requirement->values.at[j])) continue;
            emit_warn_preferred_label_value(c->diags, where(c, &at), .value = shown(c->arena, requirement->values.at[j]));
        }
    }
}

static void check_node_affinity(Check *c, const NodeAffinity *affinity, const Path *path) {
    if (!affinity) return;
    if (affinity->requiredDuringSchedulingIgnoredDuringExecution) {
        const NodeSelectorTermList *terms = &affinity->requiredDuringSchedulingIgnoredDuringExecution->nodeSelectorTerms;
        Path selector = FIELD(path, "requiredDuringSchedulingIgnoredDuringExecution");
        Path list = FIELD(&selector, "nodeSelectorTerms");
        for (uint32_t i = 0; i < terms->n; i++) {
            Path item = path_index(&list, i);
            warn_node_term(c, &terms->at[i], false, &item);
        }
    }
    Path list = FIELD(path, "preferredDuringSchedulingIgnoredDuringExecution");
    for (uint32_t i = 0; i < affinity->preferredDuringSchedulingIgnoredDuringExecution.n; i++) {
        Path item = path_index(&list, i), preference = FIELD(&item, "preference");
        warn_node_term(c, &affinity->preferredDuringSchedulingIgnoredDuringExecution.at[i].preference, c->minor >= 33,
                       &preference);
    }
}

static void check_null_selector(Check *c, const LabelSelector *selector, Str term, const Path *path) {
    Path at = FIELD(path, "labelSelector");
    if (!selector) emit_warn_null_selector(c->diags, where(c, &at), .term = term, .all = S("labelSelector: {}"));
}

static void check_pod_affinity(Check *c, const PodAffinityTermList *required, const WeightedPodAffinityTermList *preferred,
                               const Path *path) {
    Path list = FIELD(path, "requiredDuringSchedulingIgnoredDuringExecution");
    for (uint32_t i = 0; i < required->n; i++) {
        Path item = path_index(&list, i);
        check_null_selector(c, required->at[i].labelSelector, S("term"), &item);
    }
    list = FIELD(path, "preferredDuringSchedulingIgnoredDuringExecution");
    for (uint32_t i = 0; i < preferred->n; i++) {
        Path item = path_index(&list, i), term = FIELD(&item, "podAffinityTerm");
        check_null_selector(c, preferred->at[i].podAffinityTerm.labelSelector, S("term"), &term);
    }
}

void check_placement_warnings(const PodText *p) {
    Check *c = p->c;
    const PodSpec *spec = p->spec;
    Path selector = FIELD(p->specPath, "nodeSelector"), constraints = FIELD(p->specPath, "topologySpreadConstraints");
    Path affinity = FIELD(p->specPath, "affinity");
    for (uint32_t i = 0; i < spec->nodeSelector.n; i++) {
        Path at = path_key(&selector, spec->nodeSelector.at[i].key);
        warn_node_label(c, spec->nodeSelector.at[i].key, true, &at);
    }
    for (uint32_t i = 0; i < spec->topologySpreadConstraints.n; i++) {
        const TopologySpreadConstraint *constraint = &spec->topologySpreadConstraints.at[i];
        Path item = path_index(&constraints, i), key = FIELD(&item, "topologyKey");
        warn_node_label(c, constraint->topologyKey, false, &key);
        check_null_selector(c, constraint->labelSelector, S("constraint"), &item);
    }
    if (!spec->affinity) return;
    Path node = FIELD(&affinity, "nodeAffinity");
    Path with = FIELD(&affinity, "podAffinity"), against = FIELD(&affinity, "podAntiAffinity");
    const PodAffinity *near = spec->affinity->podAffinity;
    const PodAntiAffinity *far = spec->affinity->podAntiAffinity;
    check_node_affinity(c, spec->affinity->nodeAffinity, &node);
    if (near)
        check_pod_affinity(c, &near->requiredDuringSchedulingIgnoredDuringExecution,
                           &near->preferredDuringSchedulingIgnoredDuringExecution, &with);
    if (far)
        check_pod_affinity(c, &far->requiredDuringSchedulingIgnoredDuringExecution,
                           &far->preferredDuringSchedulingIgnoredDuringExecution, &against);
}
