/* DaemonSets: one pod a node (k8s.io/kubernetes/pkg/controller/daemon). A pod's number is its node. */
#include "update.h"
#include "what_if.h"

/* A node without a pod gets one; while a DaemonSet may surge, even beside one that leaves (podsShouldBeOnNode). */
static bool fill_nodes(Update *update) {
    PodMember **pods = pods_by_ordinal(&update->pods, update->scratch, REVISIONS, update->replicas);
    bool changed = false;
    for (int i = 0; i < update->replicas; i++) {
        if (pods[i] && !(update->surge && pod_leaves(pods[i]))) continue;
        pods_add(&update->pods, REVISION_NEW, i, false);
        changed = true;
    }
    return changed;
}

static bool stays(const PodMember *pod) {
    return pod && !pod_leaves(pod);
}

static bool available(const Update *update, const PodMember *pod) {
    return stays(pod) && pod_is_available(&update->pods, pod);
}

/* Old pods go first, new ones come after. */
static bool replace_in_place(Update *update) {
    PodMember **pods = pods_by_ordinal(&update->pods, update->scratch, REVISIONS, update->replicas);
    int down = 0;
    bool changed = false;
    for (int i = 0; i < update->replicas; i++) down += !available(update, pods[i]);
    for (int i = 0; i < update->replicas; i++) {
        if (!stays(pods[i]) || pods[i]->revision == REVISION_NEW) continue;
        bool serves = available(update, pods[i]);
        if (serves && down >= update->unavailable) continue;
        down += serves;
        pod_delete(&update->pods, pods[i]);
        changed = true;
    }
    return changed;
}

/* New pods come beside old ones, which go when the new ones are available. */
static bool replace_with_surge(Update *update) {
    PodMember **old = pods_by_ordinal(&update->pods, update->scratch, REVISION_OLD, update->replicas);
    PodMember **new = pods_by_ordinal(&update->pods, update->scratch, REVISION_NEW, update->replicas);
    int surging = 0;
    bool changed = false, *add = NEW_ARRAY(update->scratch, bool, update->replicas + 1);
    for (int i = 0; i < update->replicas; i++) surging += stays(old[i]) && stays(new[i]) && !available(update, new[i]);
    for (int i = 0; i < update->replicas; i++) {
        if (!stays(old[i])) continue;
        if (available(update, new[i])) {
            pod_delete(&update->pods, old[i]);
            changed = true;
        } else if (!stays(new[i])) {
            bool serves = available(update, old[i]);
            add[i] = !serves || surging < update->surge;
            surging += add[i] && serves;
        }
    }
    for (int i = 0; i < update->replicas; i++)
        if (add[i]) pods_add(&update->pods, REVISION_NEW, i, false);
    for (int i = 0; i < update->replicas; i++) changed |= add[i];
    return changed;
}

static bool sync_daemon_set(Update *update) {
    if (fill_nodes(update)) return true;
    if (update->onDelete) return false;
    return update->surge ? replace_with_surge(update) : replace_in_place(update);
}

void plan_daemon_set(Update *update, const DaemonSetSpec *spec) {
    const RollingUpdateDaemonSet *rolling = spec->updateStrategy.rollingUpdate;
    update->sync = sync_daemon_set;
    update->onDelete = str_eq(spec->updateStrategy.type, S("OnDelete"));
    update->pods.minReady = spec->minReadySeconds;
    update->surge = rolling ? least(share_of(&rolling->maxSurge, update->replicas, 0, true), update->replicas) : 0;
    update->unavailable = rolling ? share_of(&rolling->maxUnavailable, update->replicas, 1, true) : 1;
    if (!update->surge && update->unavailable < 1) update->unavailable = 1;
}
