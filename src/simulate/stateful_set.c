/* StatefulSets (k8s.io/kubernetes/pkg/controller/statefulset/stateful_set_control.go). */
#include "update.h"
#include "what_if.h"

/* Since this minor version maxUnavailable counts (the gate MaxUnavailableStatefulSet). */
enum { MAX_UNAVAILABLE_SINCE = 37 };

/* Pods below the partition are made from the old template. */
static Revision revision_of(const Update *update, int ordinal) {
    return update->changed && !update->onDelete && ordinal < update->partition ? REVISION_OLD : REVISION_NEW;
}

/* Creates what is missing: all at once, or one after the other, each when those before it are available. *waits: nothing else is
 * to be done in this sync. */
static bool create_missing(Update *update, bool *waits) {
    PodMember **pods = pods_by_ordinal(&update->pods, update->scratch, REVISIONS, update->replicas);
    bool changed = false;
    for (int i = 0; i < update->replicas; i++) {
        *waits = !update->parallel;
        if (!pods[i]) {
            pods_add(&update->pods, revision_of(update, i), i, false);
            changed = true;
            if (*waits) return true;
        } else if (*waits && !pod_is_available(&update->pods, pods[i])) {
            return false;
        }
        *waits = false;
    }
    return changed;
}

/* Deletes pods beyond the number that is wanted: all at once, or from the last one down, each when the one after it is gone. */
static bool delete_condemned(Update *update, bool *waits) {
    PodMember *last = NULL;
    bool changed = false;
    for (uint32_t i = 0; i < update->pods.members.n; i++) {
        PodMember *pod = &update->pods.members.at[i];
        if (pod->ordinal < update->replicas) continue;
        if (update->parallel && !pod_leaves(pod)) {
            pod_delete(&update->pods, pod);
            changed = true;
        }
        if (!last || pod->ordinal > last->ordinal) last = pod;
    }
    if (update->parallel || !last) return changed;
    *waits = true;
    if (pod_leaves(last)) return false;
    pod_delete(&update->pods, last);
    return true;
}

static bool is_old(const PodMember *pod) {
    return pod && !pod_leaves(pod) && pod->revision == REVISION_OLD;
}

static bool unavailable(const Update *update, const PodMember *pod) {
    return !pod || !pod_is_available(&update->pods, pod);
}

/* The last pod that is old, once all after it are available. */
static bool replace_one(Update *update, PodMember **pods) {
    for (int i = update->replicas - 1; i >= update->partition; i--) {
        if (is_old(pods[i])) {
            pod_delete(&update->pods, pods[i]);
            return true;
        }
        if (unavailable(update, pods[i])) return false;
    }
    return false;
}

/* As many as maxUnavailable allows, whatever the partition. With Parallel, old pods that do not serve go beside those. */
static bool replace_several(Update *update, PodMember **pods) {
    int down = 0, deleted = 0;
    for (int i = 0; i < update->replicas; i++) down += unavailable(update, pods[i]);
    for (int i = update->replicas - 1; update->parallel && i >= update->partition; i--)
        if (is_old(pods[i]) && unavailable(update, pods[i])) {
            pod_delete(&update->pods, pods[i]);
            deleted++;
        }
    int budget = update->unavailable - down;
    for (int i = update->replicas - 1; i >= update->partition && budget > 0; i--)
        if (is_old(pods[i])) {
            pod_delete(&update->pods, pods[i]);
            budget--;
            deleted++;
        }
    return deleted > 0;
}

static bool sync_stateful_set(Update *update) {
    bool waits = false, changed = create_missing(update, &waits);
    if (waits) return changed;
    changed |= delete_condemned(update, &waits);
    if (waits || update->onDelete) return changed;
    PodMember **pods = pods_by_ordinal(&update->pods, update->scratch, REVISIONS, update->replicas);
    return (update->single ? replace_one : replace_several)(update, pods) || changed;
}

void plan_stateful_set(Update *update, const StatefulSetSpec *spec, uint8_t minor) {
    const RollingUpdateStatefulSetStrategy *rolling = spec->updateStrategy.rollingUpdate;
    update->sync = sync_stateful_set;
    update->onDelete = str_eq(spec->updateStrategy.type, S("OnDelete"));
    update->parallel = str_eq(spec->podManagementPolicy, S("Parallel"));
    update->single = minor < MAX_UNAVAILABLE_SINCE;
    update->pods.minReady = spec->minReadySeconds;
    update->unavailable = rolling && !update->single ? share_of(&rolling->maxUnavailable, update->replicas, 1, false) : 1;
    if (update->unavailable < 1) update->unavailable = 1;
    if (rolling && rolling->partition.set) update->partition = (int)rolling->partition.value;
}
