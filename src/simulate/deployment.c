/* Deployments and the ReplicaSets under them (k8s.io/kubernetes/pkg/controller: deployment, replicaset). */
#include "update.h"
#include "what_if.h"

/* A ReplicaSet, or a ReplicationController: pods that exist stay as they are, whatever becomes of the template. */
static bool sync_replica_set(Update *update) {
    PodCount count = pods_count(&update->pods);
    int missing = update->replicas - count.all[REVISION_OLD] - count.all[REVISION_NEW];
    for (int i = 0; i < missing; i++) pods_add(&update->pods, REVISION_NEW, 0, false);
    int old = least(-missing, count.all[REVISION_OLD]);
    if (missing < 0) pods_delete(&update->pods, REVISION_OLD, old);
    if (missing < 0) pods_delete(&update->pods, REVISION_NEW, -missing - old);
    return missing != 0;
}

static bool set_size(Update *update, Revision revision, int size) {
    int missing = size - pods_count(&update->pods).all[revision];
    for (int i = 0; i < missing; i++) pods_add(&update->pods, revision, 0, false);
    pods_delete(&update->pods, revision, -missing);
    return missing != 0;
}

/* A change of the number reaches the ReplicaSet that has the pods before anything else does (sync.go, scale). */
static bool scale_first(Update *update) {
    Revision active = update->changed ? REVISION_OLD : REVISION_NEW;
    update->scaled = true;
    return pods_count(&update->pods).all[active] && set_size(update, active, update->replicas);
}

static bool sync_recreate(Update *update) {
    PodCount count = pods_count(&update->pods);
    if (count.all[REVISION_OLD]) return set_size(update, REVISION_OLD, 0);
    for (uint32_t i = 0; i < update->pods.members.n; i++)
        if (update->pods.members.at[i].revision == REVISION_OLD) return false;
    return set_size(update, REVISION_NEW, update->replicas);
}

static bool grow_new(Update *update, const PodCount *count) {
    int room = update->replicas + update->surge - count->all[REVISION_OLD] - count->all[REVISION_NEW];
    int missing = update->replicas - count->all[REVISION_NEW];
    return room > 0 && missing > 0 && set_size(update, REVISION_NEW, count->all[REVISION_NEW] + least(room, missing));
}

/* Pods that do not serve go first, then as many as can be spared (rolling.go, reconcileOldReplicaSets). */
static bool shrink_old(Update *update, const PodCount *count) {
    int floor = update->replicas - update->unavailable, old = count->all[REVISION_OLD];
    int unavailable = count->all[REVISION_NEW] - count->available[REVISION_NEW];
    int spare = old + count->all[REVISION_NEW] - floor - unavailable;
    if (!old || spare <= 0) return false;
    int unhealthy = least(spare, old - count->available[REVISION_OLD]);
    int serving = count->available[REVISION_OLD] + count->available[REVISION_NEW] - floor;
    int healthy = serving > 0 ? least(serving, old - unhealthy) : 0;
    return set_size(update, REVISION_OLD, old - unhealthy - healthy);
}

static bool sync_deployment(Update *update) {
    if (!update->scaled && scale_first(update)) return true;
    if (update->paused) return false;
    if (update->recreate) return sync_recreate(update);
    PodCount count = pods_count(&update->pods);
    if (grow_new(update, &count)) return true;
    return shrink_old(update, &count);
}

void plan_deployment(Update *update, const DeploymentSpec *spec) {
    const RollingUpdateDeployment *rolling = spec->strategy.rollingUpdate;
    update->sync = sync_deployment;
    update->recreate = str_eq(spec->strategy.type, S("Recreate"));
    update->paused = spec->paused;
    update->pods.minReady = spec->minReadySeconds;
    if (!spec->paused && spec->progressDeadlineSeconds.set && spec->progressDeadlineSeconds.value != INT32_MAX)
        update->progressDeadline = spec->progressDeadlineSeconds.value;
    int replicas = update->replicas;
    /* More than the replicas is never needed. */
    update->surge = rolling ? least(share_of(&rolling->maxSurge, replicas, 0, true), replicas) : 0;
    update->unavailable = rolling ? least(share_of(&rolling->maxUnavailable, replicas, 0, false), replicas) : 0;
    if (!update->surge && !update->unavailable) update->unavailable = 1; /* deployment_util.go, ResolveFenceposts */
}

void plan_replica_set(Update *update, int64_t minReady) {
    update->sync = sync_replica_set;
    update->pods.minReady = minReady;
}
