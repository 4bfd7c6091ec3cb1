/* What the controller of a workload does with pods that live as the simulation says: a first creation, a rolling update, a change
 * of the number of pods, the course of a Job, the Jobs of a CronJob. */
#ifndef PODLINT_SIMULATE_WORKLOAD_H
#define PODLINT_SIMULATE_WORKLOAD_H

#include "lanes.h"

typedef enum RolloutKind { ROLLOUT_NONE, ROLLOUT_UPDATE, ROLLOUT_JOB, ROLLOUT_CRON_JOB } RolloutKind;

/* How many pods there are from second `t` on. */
typedef struct RolloutStep {
    int64_t t;
    int before, after;             /* of an update: pods of the old and the new template that do not leave */
    int leaving, ready, available; /* ... those on their way out, those that serve, those that count as available */
    int active, succeeded, failed; /* pods of a Job; Jobs of a CronJob */
} RolloutStep;

typedef struct Rollout {
    uint8_t kind; /* RolloutKind */
    int replicas; /* wanted; the completions of a Job */
    ARRAY(RolloutStep) steps;
    bool done;
    int64_t end;        /* when it was done, or until when it was looked at */
    Str reason;         /* why it is reported as failed: ProgressDeadlineExceeded, BackoffLimitExceeded, ... */
    int64_t failedAt;   /* when, or SCENARIO_NEVER */
    int fewest, most;   /* pods that served; pods that were there, those that leave among them */
    int mostAtWork;     /* ... those that leave left out */
    int replaced;       /* pods of the old template that an update has taken away */
    int64_t podDeleted; /* when a Job deletes its first pod, or SCENARIO_NEVER */
    Lanes pods;         /* a lane a pod, or a number of a StatefulSet, or a node; the first of them */
    int podsLeftOut;
    ARRAY(Str) words;
} Rollout;

/* What is asked. */
typedef struct RolloutRequest {
    const Document *document; /* with its defaults */
    const Document *old;      /* the object before the change; NULL: the same with another template */
    bool create;              /* there was none */
    int replicas;             /* instead of the manifest's, or 0; the nodes of a DaemonSet */
    int room;                 /* how many of its pods the nodes have room for; 0: as many as come */
    Str roomCause;            /* what the scheduler says of the next one */
    const Scenario *scenario; /* of each new pod; old ones serve, and stop as it says */
} RolloutRequest;

/* Plays it. A kind without a controller has ROLLOUT_NONE. Everything in the result is allocated in `arena`. */
void rollout_simulate(Rollout *out, Arena *arena, const RolloutRequest *request);

/* How many pods an object wants at a time, or `given` if that is over 0; 0 where the nodes decide, 1 of a Pod. */
int workload_pods(const Document *document, int given);

/* The pod of an object as its controller makes it: what DaemonSets add to their template is there. */
PodView workload_pod(Arena *arena, const Document *document);

#endif
