/* The scheduler's filters (k8s.io/kubernetes/pkg/scheduler/framework/plugins): each looks at one node and says why it will not
 * do. */
#ifndef PODLINT_SIMULATE_FILTERS_H
#define PODLINT_SIMULATE_FILTERS_H

#include "node_affinity.h"

typedef struct Spread Spread;

/* A pod that looks for a node. Set all but what filters_prepare sets. */
typedef struct Candidate {
    Arena *arena;
    const Cluster *cluster;
    const PodSpec *spec;
    StrMap labels;
    Str namespace_;
    int64_t priority;
    const bool *gone; /* by the number of a pod: it is taken to be gone; or NULL */
    Amounts wanted;
    Spread *spreads;
    uint32_t spreadCount;
} Candidate;

/* What a node lacks, in the scheduler's words. */
typedef struct Verdict {
    ARRAY(Str) reasons;
    bool helpless; /* no pod could go to make it fit */
} Verdict;

typedef void Filter(const Candidate *candidate, uint32_t node, Verdict *verdict);

/* Counts the pods that are there. */
void filters_prepare(Candidate *candidate);

/* A copy for trying what is possible without some pods: those that the caller marks in `gone`, telling filters_move of each
 * change. */
void filters_take(Candidate *out, const Candidate *candidate, const bool *gone);
void filters_move(Candidate *candidate, const ClusterPod *pod, bool goes);

/* What the first filter that refuses a node says of it. */
Verdict filters_judge(const Candidate *candidate, uint32_t node);

/* That a node will not do. */
void filter_refuse(const Candidate *candidate, Verdict *verdict, const char *reason, bool helpless);

/* Filters of what stays as it is; the taints are those that do not come and go. */
Filter filter_affinity, filter_lasting_taints, filter_resources, filter_volumes, filter_spread;

#endif
