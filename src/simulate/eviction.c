#include "eviction.h"

#include "cluster.h"
#include "kubelet.h"
#include "lanes.h"

static Str replacement(const Document *document) {
    WorkloadKind workload = model_workload(document);
    const JobSpec *job = model_is(document, KIND_Job) ? &((const Job *)document->object)->spec : NULL;
    if (workload == WORKLOAD_POD) return S("Nobody makes it anew.");
    if (job && job->podFailurePolicy) return S("The Job looks for a rule of its podFailurePolicy about DisruptionTarget.");
    if (workload == WORKLOAD_JOB) return S("For the Job it is a failure, which counts towards backoffLimit.");
    return S("Its controller makes another one at once, and the evicted one stays as a record until somebody deletes it.");
}

/* By how much it uses of what it requests, then by priority (helpers.go, rankMemoryPressure). */
Str eviction_words(Arena *arena, const Document *document, const PodSpec *spec, const Scenario *scenario) {
    const Cluster none = {0};
    Amounts wanted;
    if (scenario->evictAt == SCENARIO_NEVER) return (Str){0};
    if (pod_is_critical(spec))
        return S("The kubelet never evicts this pod: its priority is one of what the cluster itself needs.");
    pod_requests(&wanted, arena, spec);
    int64_t memory = amount_of(&wanted, S("memory")), priority = cluster_priority(&none, spec);
    Str asked = memory ? str_format(arena, "more than the %lld MiB of memory that it requests", (long long)(memory >> 20))
                       : S("any memory, as it requests none");
    return str_format(
        arena,
        "At %.*s the kubelet evicts the pod, which fails with the reason Evicted: it has a moment to end, whatever its grace "
        "period says. Those that "
        "use more than they request go first, and of these those of low priority (here %lld): it is safe unless it "
        "uses %.*s. %.*s",
        TEXT(clock_text(arena, scenario->evictAt)), (long long)priority, TEXT(asked), TEXT(replacement(document)));
}
