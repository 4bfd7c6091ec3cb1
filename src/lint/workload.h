/* What the object around a pod says of it. */
#ifndef PODLINT_LINT_WORKLOAD_H
#define PODLINT_LINT_WORKLOAD_H

#include "check.h"

/* How many pods the workload keeps; 1 for kinds without replicas. */
int64_t workload_replicas(const Lint *lint);

/* Whether an update of a Deployment or DaemonSet starts new pods beside the old ones. */
bool workload_surges(const Document *document);

/* What a workload says of the number of its pods and of their replacement. */
typedef struct WorkloadPlan {
    bool scaled;       /* it has replicas at all */
    OptInt replicas;   /* as written; not set: left to the default, 1, or to an autoscaler */
    Str strategy;      /* RollingUpdate, Recreate, OnDelete; empty for kinds without updates */
    Str strategyField; /* strategy or updateStrategy */
    OptInt history;    /* revisionHistoryLimit */
    OptIntOrString unavailable, surge;
} WorkloadPlan;

WorkloadPlan workload_plan(const Document *document);

/* The number of pods that a count or a percentage of `replicas` is, rounded down. -1 if it is neither. */
int64_t workload_share(IntOrString share, int64_t replicas);

/* Whether a label is one that controllers give the pods that they make, such as pod-template-hash. */
bool is_added_later(Str key);

/* Whether a selector matches the pods that the document makes, by the labels of the template. Labels that controllers add, such
 * as job-name, count as matching. Without a selector nothing matches. */
bool selects_own_pods(const Lint *lint, const LabelSelector *selector);

#endif
