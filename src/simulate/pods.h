/* The pods of a workload, as its controller sees them: each lives as a simulation of its template says, so that one life of each
 * template is played and looked up by a pod's age. All times are seconds. */
#ifndef PODLINT_SIMULATE_PODS_H
#define PODLINT_SIMULATE_PODS_H

#include "simulate.h"

/* The template that a pod was made from. */
typedef enum Revision { REVISION_OLD, REVISION_NEW, REVISIONS } Revision;

typedef struct Stretch {
    int64_t from, to; /* ages; `to` is the first one after, SCENARIO_NEVER if there is no end in sight */
} Stretch;

typedef struct PodLife {
    ARRAY(Stretch) ready;
    int64_t leaving; /* from its deletion until it is gone, once it serves; SCENARIO_NEVER: it hangs */
} PodLife;

/* The creation of a pod that was available long before the clock began. */
#define POD_SETTLED INT64_MIN

typedef struct PodMember {
    int64_t created; /* or POD_SETTLED */
    int64_t deleted; /* or SCENARIO_NEVER */
    int ordinal;     /* its number in a StatefulSet, its node of a DaemonSet */
    uint8_t revision;
    bool seen;  /* its kubelet has reported */
    bool waits; /* no node has room for it; its life has not begun */
} PodMember;

typedef struct Pods {
    Arena *arena;
    ARRAY(PodMember) members;
    ARRAY(PodMember) past; /* those that are gone, as far as pictures show them */
    PodLife lives[REVISIONS];
    int64_t now;
    int64_t minReady; /* minReadySeconds */
    int room;         /* how many of them the nodes have room for; 0: as many as come */
} Pods;

/* More pods than a picture has lanes for. */
enum { POD_MOST_SHOWN = 24 };

/* How many there are now. Pods that leave are counted nowhere else. */
typedef struct PodCount {
    int all[REVISIONS], ready[REVISIONS], available[REVISIONS];
    int leaving, waiting;
} PodCount;

/* The longest that a life is played. */
enum { POD_LONGEST_LIFE = 6 * 3600 };

/* Plays the life of a pod of this template under the scenario, without the scenario's own deletion and loss of the node. */
void pod_life_learn(PodLife *out, Arena *arena, PodView view, const Scenario *scenario);

PodCount pods_count(const Pods *pods);
void pods_add(Pods *pods, Revision revision, int ordinal, bool settled);

static inline bool pod_leaves(const PodMember *pod) {
    return pod->deleted != SCENARIO_NEVER;
}

/* Ready for minReadySeconds. */
bool pod_is_available(const Pods *pods, const PodMember *pod);

static inline void pod_delete(const Pods *pods, PodMember *pod) {
    pod->deleted = pods->now;
}

/* Deletes `n` pods of a revision as a ReplicaSet does: first those that are not ready, then the youngest
 * (controller_utils.go, ActivePodsWithRanks). */
void pods_delete(Pods *pods, Revision revision, int n);

/* Takes in what kubelets report by now: pods that are gone are forgotten, which makes room, and new ones may be ready. */
void pods_report(Pods *pods);

/* When a pod that leaves is gone, or SCENARIO_NEVER. */
int64_t pod_gone_at(const Pods *pods, const PodMember *pod);

/* When the next pod becomes ready, available or neither, or is gone; SCENARIO_NEVER if nothing will happen by itself. */
int64_t pods_next(const Pods *pods);

/* The pods by their numbers from 0 to `n` - 1: the one of the revision that does not leave, or that leaves if there is no other;
 * NULL where there is none. REVISIONS: of any. Good until the next one is added. */
PodMember **pods_by_ordinal(const Pods *pods, Arena *arena, Revision revision, int n);

#endif
