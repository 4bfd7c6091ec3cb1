/* Labels of nodes that have another name now, wherever they are asked for (k8s.io/kubernetes/pkg/api/node). */
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
