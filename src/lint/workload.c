#include "workload.h"

int64_t workload_replicas(const Lint *lint) {
    const OptInt *replicas = model_replicas(lint->document);
    return replicas ? replicas->value : 1;
}

/* How the pods of a kind are replaced. */

static void plan_deployment(WorkloadPlan *plan, const void *object) {
    const DeploymentSpec *spec = &((const Deployment *)object)->spec;
    const RollingUpdateDeployment *rolling = spec->strategy.rollingUpdate;
    plan->strategy = spec->strategy.type;
    plan->strategyField = S("strategy");
    plan->history = spec->revisionHistoryLimit;
    if (rolling) plan->unavailable = rolling->maxUnavailable, plan->surge = rolling->maxSurge;
}

static void plan_stateful_set(WorkloadPlan *plan, const void *object) {
    const StatefulSetSpec *spec = &((const StatefulSet *)object)->spec;
    plan->strategy = spec->updateStrategy.type;
    plan->strategyField = S("updateStrategy");
    plan->history = spec->revisionHistoryLimit;
    if (spec->updateStrategy.rollingUpdate) plan->unavailable = spec->updateStrategy.rollingUpdate->maxUnavailable;
}

static void plan_daemon_set(WorkloadPlan *plan, const void *object) {
    const DaemonSetSpec *spec = &((const DaemonSet *)object)->spec;
    const RollingUpdateDaemonSet *rolling = spec->updateStrategy.rollingUpdate;
    plan->strategy = spec->updateStrategy.type;
    plan->strategyField = S("updateStrategy");
    plan->history = spec->revisionHistoryLimit;
    if (rolling) plan->unavailable = rolling->maxUnavailable, plan->surge = rolling->maxSurge;
}

static void (*const planned[KIND_END])(WorkloadPlan *plan, const void *object) = {
    [KIND_Deployment] = plan_deployment,
    [KIND_StatefulSet] = plan_stateful_set,
    [KIND_DaemonSet] = plan_daemon_set,
};

WorkloadPlan workload_plan(const Document *document) {
    WorkloadPlan plan = {0};
    const OptInt *replicas = model_replicas(document);
    plan.scaled = replicas != NULL;
    /* The model fills in the default of replicas, so what is written is looked up. */
    if (replicas && node_get(node_get(document->root, S("spec")), S("replicas"))) plan.replicas = *replicas;
    if (planned[document->type->kind->number]) planned[document->type->kind->number](&plan, document->object);
    return plan;
}

bool workload_surges(const Document *document) {
    OptIntOrString surge = workload_plan(document).surge;
    return surge.set && (surge.value.isString ? !str_eq(surge.value.text, S("0%")) : surge.value.number > 0);
}

int64_t workload_share(IntOrString share, int64_t replicas) {
    int64_t percent;
    if (!share.isString) return share.number;
    if (!str_ends(share.text, S("%")) || !int_parse((Str){share.text.at, share.text.len - 1}, 0, INT32_MAX, &percent)) return -1;
    return percent * replicas / 100;
}

bool is_added_later(Str key) {
    static const Str keys[] = {STR("job-name"),
                               STR("controller-uid"),
                               STR("batch.kubernetes.io/job-name"),
                               STR("batch.kubernetes.io/controller-uid"),
                               STR("batch.kubernetes.io/job-completion-index"),
                               STR("pod-template-hash"),
                               STR("controller-revision-hash"),
                               STR("statefulset.kubernetes.io/pod-name"),
                               STR("apps.kubernetes.io/pod-index")};
    return str_in(key, keys, COUNT(keys));
}

static bool fulfils(StrMap labels, const LabelSelectorRequirement *requirement) {
    const Str *value = map_get(labels, requirement->key);
    bool in = value && str_in(*value, requirement->values.at, requirement->values.n);
    if (is_added_later(requirement->key)) return true;
    if (str_eq(requirement->operator, S("In"))) return in;
    if (str_eq(requirement->operator, S("NotIn"))) return !in;
    if (str_eq(requirement->operator, S("Exists"))) return value;
    return !value;
}

bool selects_own_pods(const Lint *lint, const LabelSelector *selector) {
    if (!selector) return false;
    for (uint32_t i = 0; i < selector->matchLabels.n; i++) {
        const Str *value = map_get(lint->meta->labels, selector->matchLabels.at[i].key);
        if (is_added_later(selector->matchLabels.at[i].key)) continue;
        if (!value || !str_eq(*value, selector->matchLabels.at[i].value)) return false;
    }
    for (uint32_t i = 0; i < selector->matchExpressions.n; i++)
        if (!fulfils(lint->meta->labels, &selector->matchExpressions.at[i])) return false;
    return true;
}
