#include "workload.h"

int64_t workload_replicas(const Lint *lint) {
    const void *object = lint->document->object;
    const Type *type = lint->document->type;
    if (type == &type_Deployment) return ((const Deployment *)object)->spec.replicas.value;
    if (type == &type_StatefulSet) return ((const StatefulSet *)object)->spec.replicas.value;
    if (type == &type_ReplicaSet) return ((const ReplicaSet *)object)->spec.replicas.value;
    if (type == &type_ReplicationController) return ((const ReplicationController *)object)->spec.replicas.value;
    return 1;
}

static bool is_more_than_none(const OptIntOrString *value) {
    return value->set && (value->value.isString ? !str_eq(value->value.text, S("0%")) : value->value.number > 0);
}

bool workload_surges(const Lint *lint) {
    const void *object = lint->document->object;
    if (lint->document->type == &type_Deployment) {
        const DeploymentStrategy *strategy = &((const Deployment *)object)->spec.strategy;
        return strategy->rollingUpdate && is_more_than_none(&strategy->rollingUpdate->maxSurge);
    }
    if (lint->document->type != &type_DaemonSet) return false;
    const DaemonSetUpdateStrategy *strategy = &((const DaemonSet *)object)->spec.updateStrategy;
    return strategy->rollingUpdate && is_more_than_none(&strategy->rollingUpdate->maxSurge);
}

const JobSpec *workload_job(const Lint *lint) {
    const Document *document = lint->document;
    if (document->type == &type_Job) return &((const Job *)document->object)->spec;
    if (document->type == &type_CronJob) return &((const CronJob *)document->object)->spec.jobTemplate.spec;
    return NULL;
}

/* The model fills in the default of replicas, so what is written is looked up. */
static OptInt written_replicas(OptInt replicas, const Head *spec) {
    return spec->node && node_get(spec->node, S("replicas")) ? replicas : (OptInt){0};
}

WorkloadPlan workload_plan(const Document *document) {
    WorkloadPlan plan = {0};
    if (document->type == &type_Deployment) {
        const DeploymentSpec *spec = &((const Deployment *)document->object)->spec;
        plan = (WorkloadPlan){.scaled = true,
                              .replicas = written_replicas(spec->replicas, &spec->head),
                              .strategy = spec->strategy.type,
                              .strategyField = S("strategy"),
                              .history = spec->revisionHistoryLimit};
        if (spec->strategy.rollingUpdate) plan.unavailable = spec->strategy.rollingUpdate->maxUnavailable;
    } else if (document->type == &type_StatefulSet) {
        const StatefulSetSpec *spec = &((const StatefulSet *)document->object)->spec;
        plan = (WorkloadPlan){.scaled = true,
                              .replicas = written_replicas(spec->replicas, &spec->head),
                              .strategy = spec->updateStrategy.type,
                              .strategyField = S("updateStrategy"),
                              .history = spec->revisionHistoryLimit};
        if (spec->updateStrategy.rollingUpdate) plan.unavailable = spec->updateStrategy.rollingUpdate->maxUnavailable;
    } else if (document->type == &type_DaemonSet) {
        const DaemonSetSpec *spec = &((const DaemonSet *)document->object)->spec;
        plan = (WorkloadPlan){
            .strategy = spec->updateStrategy.type, .strategyField = S("updateStrategy"), .history = spec->revisionHistoryLimit};
        if (spec->updateStrategy.rollingUpdate) plan.unavailable = spec->updateStrategy.rollingUpdate->maxUnavailable;
    } else if (document->type == &type_ReplicaSet) {
        const ReplicaSetSpec *spec = &((const ReplicaSet *)document->object)->spec;
        plan = (WorkloadPlan){.scaled = true, .replicas = written_replicas(spec->replicas, &spec->head)};
    } else if (document->type == &type_ReplicationController) {
        const ReplicationControllerSpec *spec = &((const ReplicationController *)document->object)->spec;
        plan = (WorkloadPlan){.scaled = true, .replicas = written_replicas(spec->replicas, &spec->head)};
    }
    return plan;
}

int64_t workload_share(IntOrString share, int64_t replicas) {
    int64_t percent;
    if (!share.isString) return share.number;
    if (!str_ends(share.text, S("%")) || !int_parse((Str){share.text.at, share.text.len - 1}, 0, INT32_MAX, &percent)) return -1;
    return percent * replicas / 100;
}

static bool is_added_later(Str key) {
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
