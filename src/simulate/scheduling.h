/* Where the scheduler would put a pod (k8s.io/kubernetes/pkg/scheduler, with the plugins that are on by default): its filters,
 * and what it says when no node passes them. Which of several nodes it takes is left open:
 * that is a matter of scores and chance. */
#ifndef PODLINT_SIMULATE_SCHEDULING_H
#define PODLINT_SIMULATE_SCHEDULING_H

#include "cluster.h"

/* A node that would fit if pods of a lower priority went: those that the scheduler would evict. */
typedef struct Preemption {
    uint32_t node;
    const ClusterPod **victims; /* the most important first, of those whose budgets forbid it and of the others */
    uint32_t victimCount;
    uint32_t violations; /* of budgets */
} Preemption;

typedef struct Placement {
    ARRAY(uint32_t) feasible;   /* numbers of nodes */
    Str message;                /* of the condition PodScheduled, if there is none */
    const char *reason;         /* ... and its reason: Unschedulable, SchedulingGated; NULL if there is one */
    ARRAY(Preemption) preempts; /* the first is the one that the scheduler would choose, as far as it leaves nothing to chance */
} Placement;

/* Places a pod with these labels in the namespace. */
void schedule_pod(Placement *out, Arena *arena, const Cluster *cluster, const ObjectMeta *meta, Str namespace_,
                  const PodSpec *spec);

/* Why no node of a cluster can take a pod, whatever else runs there. */
typedef struct Misfit {
    Str message; /* the scheduler's, without its end */
    enum MisfitCause {
        MISFIT_AFFINITY,
        MISFIT_TAINT,
        MISFIT_RESOURCES,
        MISFIT_VOLUMES,
        MISFIT_SPREAD
    } cause; /* of the nodes that come nearest */
} Misfit;

/* Whether there is no such node. Asked is only for what stays as it is: not for other pods, nor whether a node is cordoned, ill
 * or about to go. A pod that names its node is not judged, nor one behind gates. */
bool schedule_misfit(Misfit *out, Arena *arena, const Cluster *cluster, const PodSpec *spec);

/* The message without what it says of preemption. */
Str placement_cause(const Placement *placement);

/* How many of `n` such pods find a node, one after the other, each on the emptiest of those that take it. They are put on the
 * nodes of the cluster; `out` gets the placement of the first that finds none, or of the last one. */
uint32_t schedule_pods(Placement *out, Arena *arena, Cluster *cluster, const ObjectMeta *meta, Str namespace_,
                       const PodSpec *spec, uint32_t n);

#endif
