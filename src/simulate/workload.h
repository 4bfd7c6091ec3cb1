/* What the controller of a workload does with pods that live as the simulation says: a rolling update, or the course of a Job. */
#ifndef PODLINT_SIMULATE_WORKLOAD_H
#define PODLINT_SIMULATE_WORKLOAD_H

#include "simulate.h"

typedef enum RolloutKind { ROLLOUT_NONE, ROLLOUT_UPDATE, ROLLOUT_JOB } RolloutKind;

/* How many pods there are from second `t` on. */
typedef struct RolloutStep {
    int64_t t;
    int before, after, available;  /* of an update: pods of the old and the new template, and how many serve */
    int leaving;                   /* ... and how many are on their way out */
    int active, succeeded, failed; /* of a Job */
} RolloutStep;

typedef struct Rollout {
    uint8_t kind; /* RolloutKind */
    int replicas; /* wanted; the completions of a Job */
    int surge, unavailable;
    ARRAY(RolloutStep) steps;
    bool done;
    int64_t end;      /* when it was done, or gave up */
    Str reason;       /* why it gave up: ProgressDeadlineExceeded, BackoffLimitExceeded, ... */
    int fewest, most; /* pods that served, pods that were there */
    ARRAY(Str) words;
} Rollout;

/* The course of a Deployment's, StatefulSet's or DaemonSet's update, or of a Job, in which every pod follows the scenario.
 * `replicas` over 0 replaces the number of the manifest; it is the number of nodes of a DaemonSet. A kind that does neither has
 * ROLLOUT_NONE. */
void rollout_simulate(Rollout *out, Arena *arena, const Document *document, const Scenario *scenario, int replicas);

#endif
