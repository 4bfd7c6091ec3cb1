/* The pods of an update as lanes: when each comes, serves, is told to go and is gone. */
#include <stdlib.h>

#include "update.h"

/* Pods of one lane: one after the other where they have a number. */
typedef struct Track {
    const PodMember *pod;
    int64_t created;
} Track;

static bool numbered(Str kind) {
    return str_eq(kind, S("StatefulSet")) || str_eq(kind, S("DaemonSet"));
}

static int by_number(const void *a, const void *b) {
    const Track *x = a, *y = b;
    if (x->pod->ordinal != y->pod->ordinal) return x->pod->ordinal < y->pod->ordinal ? -1 : 1;
    return x->created < y->created ? -1 : x->created > y->created;
}

static int by_creation(const void *a, const void *b) {
    const Track *x = a, *y = b;
    if (x->pod->revision != y->pod->revision) return x->pod->revision < y->pod->revision ? -1 : 1;
    return x->created < y->created ? -1 : x->created > y->created;
}

static Str lane_name(Arena *arena, Str kind, Str name, const PodMember *pod, int number) {
    if (str_eq(kind, S("StatefulSet"))) return str_format(arena, "%.*s-%d", TEXT(name), pod->ordinal);
    if (str_eq(kind, S("DaemonSet"))) return str_format(arena, "node %d", pod->ordinal + 1);
    return str_format(arena, "%s %d", pod->revision == REVISION_OLD ? "old" : "new", number);
}

static void draw_life(const Update *update, Lane *lane, const PodMember *pod, int64_t end) {
    Arena *arena = update->arena;
    const char *which = pod->revision == REVISION_OLD ? "old template" : "new template";
    int64_t gone = pod_leaves(pod) ? pod_gone_at(&update->pods, pod) : end;
    int64_t created = pod->created == POD_SETTLED ? 0 : pod->created, deleted = pod_leaves(pod) ? pod->deleted : end,
            at = created;
    if (gone > end) gone = end;
    const PodLife *life = &update->pods.lives[pod->revision];
    for (uint32_t i = 0; pod->created != POD_SETTLED && i < life->ready.n && at < deleted; i++) {
        const Stretch *ready = &life->ready.at[i];
        int64_t from = created + ready->from, to = ready->to == SCENARIO_NEVER ? deleted : created + ready->to;
        if (from > deleted) from = deleted;
        if (to > deleted) to = deleted;
        lane_add(arena, lane, at, from, PIECE_UNREADY, str_format(arena, "%s, not ready", which));
        lane_add(arena, lane, from, to, PIECE_READY, str_format(arena, "%s, serves", which));
        at = to;
    }
    bool settled = pod->created == POD_SETTLED;
    lane_add(arena, lane, at, deleted, settled ? PIECE_READY : PIECE_UNREADY,
             str_format(arena, settled ? "%s, serves" : "%s, not ready", which));
    lane_add(arena, lane, deleted, gone, PIECE_TERMINATING, str_format(arena, "%s, terminating", which));
}

void update_lanes(Update *update, Str kind, Str name, int64_t end) {
    const Pods *pods = &update->pods;
    uint32_t n = pods->members.n + pods->past.n;
    Track *tracks = NEW_ARRAY(update->arena, Track, n + 1);
    Lanes *out = &update->out->pods;
    *out = (Lanes){.end = end};
    for (uint32_t i = 0; i < n; i++) {
        tracks[i].pod = i < pods->past.n ? &pods->past.at[i] : &pods->members.at[i - pods->past.n];
        tracks[i].created = tracks[i].pod->created;
    }
    if (n) qsort(tracks, n, sizeof *tracks, numbered(kind) ? by_number : by_creation);
    Lane *lane = NULL;
    int numbers[REVISIONS] = {0};
    for (uint32_t i = 0; i < n; i++) {
        const PodMember *pod = tracks[i].pod;
        bool same = lane && numbered(kind) && tracks[i - 1].pod->ordinal == pod->ordinal;
        if (!same && out->items.n == POD_MOST_SHOWN) {
            update->out->podsLeftOut++;
            continue;
        }
        if (!same)
            lane = lanes_add(out, update->arena, LANE_CONTAINER,
                             lane_name(update->arena, kind, name, pod, ++numbers[pod->revision]));
        draw_life(update, lane, pod, end);
    }
}
