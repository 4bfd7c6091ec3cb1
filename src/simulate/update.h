/* The inside of updates: what the controllers of Deployments, ReplicaSets, StatefulSets and DaemonSets share, and their syncs. */
#ifndef PODLINT_SIMULATE_UPDATE_H
#define PODLINT_SIMULATE_UPDATE_H

#include "pods.h"
#include "workload.h"

typedef struct Update Update;

/* One sync of a controller. Returns whether it changed anything. */
typedef bool ControllerSync(Update *update);

struct Update {
    Arena *arena, *scratch; /* `scratch` is emptied after each sync */
    Rollout *out;
    Pods pods;
    ControllerSync *sync;
    int replicas;            /* wanted */
    int surge, unavailable;  /* maxSurge and maxUnavailable, in pods */
    int partition;           /* of a StatefulSet */
    bool recreate, parallel; /* the Deployment's strategy; podManagementPolicy of a StatefulSet */
    bool onDelete, paused;
    bool keepsPods;           /* a ReplicaSet replaces none */
    bool single;              /* a StatefulSet replaces one pod at a time, whatever maxUnavailable says */
    bool scaled;              /* a Deployment's ReplicaSets have taken notice of its number */
    bool changed;             /* the template has */
    int64_t progressDeadline; /* in seconds, or SCENARIO_NEVER */
};

/* A lane for each pod that there was, the first of them (update_lanes.c). `end`: the second after the last one. */
void update_lanes(Update *update, Str kind, Str name, int64_t end);

/* deployment.c */
void plan_deployment(Update *update, const DeploymentSpec *spec);
void plan_replica_set(Update *update, int64_t minReady);

/* stateful_set.c */
void plan_stateful_set(Update *update, const StatefulSetSpec *spec, uint8_t minor);

/* daemon_set.c */
void plan_daemon_set(Update *update, const DaemonSetSpec *spec);

static inline int least(int a, int b) {
    return a < b ? a : b;
}

#endif
