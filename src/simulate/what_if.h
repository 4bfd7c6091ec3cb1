/* What would become of a pod if: questions that checks ask of a manifest. Nothing is printed, and only the model is looked at.
 * All times are seconds; images count as present, and init containers as done at once. */
#ifndef PODLINT_SIMULATE_WHAT_IF_H
#define PODLINT_SIMULATE_WHAT_IF_H

#include "model/model.h"

enum { WHAT_IF_NEVER = -1 };

/* How long a container may take to start: one that answers no probe for longer is killed then, each time anew, so that it never
 * comes up. The startup probe grants it, or without one the liveness probe. WHAT_IF_NEVER: no probe ever kills it. The answer is
 * counted from the pod's first start, where the first probe comes after one period (prober/worker.go); a restarted container may
 * have up to a period less. */
int64_t what_if_startup_budget(const Container *container);

/* The end of a container that a deletion stops. */
typedef struct WhatIfShutdown {
    int64_t hook;  /* how long preStop takes */
    int64_t grace; /* the pod's grace period, which counts from before the hook */
    int64_t left;  /* from SIGTERM to SIGKILL; the kubelet gives 2 at least */
    bool cut;      /* the hook outlives the grace period and is cut off */
} WhatIfShutdown;

/* Returns false if the container has no preStop hook, or if its length is unknown (see hook_seconds). */
bool what_if_shutdown(WhatIfShutdown *out, const PodSpec *spec, const Container *container);

typedef enum WhatIfRollout {
    ROLLOUT_COMPLETES,      /* nothing in the manifest speaks against it */
    ROLLOUT_PAUSED,         /* a Deployment that is paused replaces no pod */
    ROLLOUT_ON_DELETE,      /* only pods that somebody deletes are replaced */
    ROLLOUT_PARTITION,      /* a StatefulSet's partition keeps all its pods: `seconds` replicas, `limit` partition */
    ROLLOUT_READY_TOO_LATE, /* a new pod needs `seconds` to become ready, the Deployment gives up after `limit` */
    ROLLOUT_PORT_IS_TAKEN,  /* old and new pod need the host port `limit` on the one node that they may run on */
} WhatIfRollout;

typedef struct WhatIfRolloutResult {
    uint8_t reason;             /* WhatIfRollout */
    int64_t seconds, limit;     /* see the reason; `seconds` is WHAT_IF_NEVER if no end is in sight */
    const Container *container; /* that is the cause, or NULL */
} WhatIfRolloutResult;

/* Whether an update of this workload's template can come to its end when every container starts and answers as well as it can.
 * Kinds without updates have ROLLOUT_COMPLETES. */
WhatIfRolloutResult what_if_rollout(const Document *document);

/* A number of pods as a rollout takes it: a number, or a percentage of the replicas, rounded up or down; `otherwise` where there
 * is neither. */
int share_of(const OptIntOrString *value, int replicas, int otherwise, bool up);

#endif
