/* kubectl drain of a node: which pods are evicted when, with the PodDisruptionBudgets that are there, and whether it ever ends
 * (k8s.io/kubectl/pkg/drain; k8s.io/kubernetes: pkg/registry/core/pod/rest/eviction.go, pkg/controller/disruption). */
#ifndef PODLINT_SIMULATE_NODE_DRAIN_H
#define PODLINT_SIMULATE_NODE_DRAIN_H

#include "pods.h"
#include "scheduling.h"

/* How long pods take to come and to go, in seconds: those of the manifest as they were learned, others by assumption. */
typedef struct DrainTimes {
    StrMap labels; /* of the manifest's pods */
    Str namespace_;
    int64_t start, leaving; /* SCENARIO_NEVER: never */
} DrainTimes;

typedef struct NodeDrain {
    bool done;
    int64_t end; /* when the last pod is gone, or when nothing goes on any more */
    int evicted, left;
    ARRAY(Str) words;
} NodeDrain;

/* Drains node number `node` of the cluster, which is cordoned and gets the pods that are made anew. */
void node_drain_simulate(NodeDrain *out, Arena *arena, Cluster *cluster, uint32_t node, const DrainTimes *times);

#endif
