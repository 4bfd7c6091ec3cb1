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
