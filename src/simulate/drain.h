/* The last seconds of a pod that serves: until when requests still come, when its process stops taking them, and what would close
 * the gap. Deletion and removal from the endpoints run side by side: whoever sends requests learns of it only after a while
 * (k8s.io/endpointslice, k8s.io/kubernetes/pkg/proxy). All times are seconds after the deletion. */
#ifndef PODLINT_SIMULATE_DRAIN_H
#define PODLINT_SIMULATE_DRAIN_H

#include "simulate.h"

typedef struct Drain {
    bool applies;      /* the pod serves: it has ports, or probes that ask one */
    int64_t requests;  /* until when the slowest router still sends requests */
    int64_t listening; /* until when the process takes them */
    bool assumed;      /* ... which ends with SIGTERM, as nobody says otherwise */
    int64_t hook;      /* until when the preStop hook runs; 0 without one */
    bool hookUnknown;  /* ... and its length is not known, and counted as nothing */
    bool hookCut;      /* the hook outlives the grace period and is cut off */
    int64_t term;      /* SIGTERM */
    int64_t end;       /* the process is gone */
    int64_t grace;     /* the grace period */
    bool killed;       /* it did not end by itself */
    int exitCode;
    int64_t refused;                 /* seconds without an answer */
    int64_t neededHook, neededGrace; /* the smallest preStop and grace period that leave no gap */
    const Container *container;      /* that is told here: the first that serves to go */
} Drain;

/* Plays the deletion of a pod that serves, under the scenario's ends and hooks. */
void drain_simulate(Drain *out, PodView view, const Scenario *scenario);

#endif
