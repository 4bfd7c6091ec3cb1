#include "pods.h"

enum { SERVES_FOR = 60, LONGEST_LEAVING = 86400 };

static void learn_ready(PodLife *out, Arena *arena, const Simulation *sim) {
    for (uint32_t i = 0; i < sim->entries.n; i++) {
        const SimEntry *entry = &sim->entries.at[i];
        if (!entry_serves(entry)) continue;
        int64_t to = i + 1 < sim->entries.n ? sim->entries.at[i + 1].t : SCENARIO_NEVER;
        if (out->ready.n && out->ready.at[out->ready.n - 1].to == entry->t)
            out->ready.at[out->ready.n - 1].to = to;
        else
            ARRAY_PUSH(arena, &out->ready, (Stretch){entry->t, to});
    }
}

void pod_life_learn(PodLife *out, Arena *arena, PodView view, const Scenario *scenario) {
    Arena scratch = {0};
    Simulation sim;
    Scenario life = *scenario;
    life.deleteAt = life.nodeLostAt = life.evictAt = SCENARIO_NEVER;
    life.until = POD_LONGEST_LIFE;
    simulate(&sim, &scratch, view.meta, view.spec, &life);
    *out = (PodLife){0};
    learn_ready(out, arena, &sim);
    arena_reset(&scratch);
    life.deleteAt = out->ready.n ? out->ready.at[0].from + 1 : SERVES_FOR;
    life.until = life.deleteAt + LONGEST_LEAVING;
    simulate(&sim, &scratch, view.meta, view.spec, &life);
    const SimEntry *last = &sim.entries.at[sim.entries.n - 1];
    out->leaving = last->deleted ? last->t - life.deleteAt : SCENARIO_NEVER;
    arena_free(&scratch);
}

/* The stretch in which a pod of this age is ready, or NULL. */
static const Stretch *ready_stretch(const PodLife *life, int64_t age) {
    for (uint32_t i = 0; i < life->ready.n && life->ready.at[i].from <= age; i++)
        if (age < life->ready.at[i].to) return &life->ready.at[i];
    return NULL;
}

static const Stretch *ready_now(const Pods *pods, const PodMember *pod) {
    return ready_stretch(&pods->lives[pod->revision], pods->now - pod->created);
}

static bool pod_is_ready(const Pods *pods, const PodMember *pod) {
    if (pod_leaves(pod)) return false;
    return pod->created == POD_SETTLED || (pod->seen && !pod->waits && ready_now(pods, pod));
}

bool pod_is_available(const Pods *pods, const PodMember *pod) {
    if (pod_leaves(pod)) return false;
    if (pod->created == POD_SETTLED) return true;
    const Stretch *ready = ready_now(pods, pod);
    return ready && pod->seen && !pod->waits && pods->now - pod->created >= ready->from + pods->minReady;
}

PodCount pods_count(const Pods *pods) {
    PodCount count = {0};
    for (uint32_t i = 0; i < pods->members.n; i++) {
        const PodMember *pod = &pods->members.at[i];
        count.leaving += pod_leaves(pod);
        count.waiting += pod->waits && !pod_leaves(pod);
        count.all[pod->revision] += !pod_leaves(pod);
        count.ready[pod->revision] += pod_is_ready(pods, pod);
        count.available[pod->revision] += pod_is_available(pods, pod);
    }
    return count;
}

static bool has_room(const Pods *pods) {
    int there = 0;
    for (uint32_t i = 0; pods->room && i < pods->members.n; i++) there += !pods->members.at[i].waits;
    return !pods->room || there < pods->room;
}

void pods_add(Pods *pods, Revision revision, int ordinal, bool settled) {
    ARRAY_PUSH(pods->arena, &pods->members,
               (PodMember){.created = settled ? POD_SETTLED : pods->now,
                           .deleted = SCENARIO_NEVER,
                           .ordinal = ordinal,
                           .revision = (uint8_t)revision,
                           .seen = settled,
                           .waits = !settled && !has_room(pods)});
}

/* Whether a ReplicaSet would rather delete `a` than `b`. */
static bool goes_before(const Pods *pods, const PodMember *a, const PodMember *b) {
    bool readyA = pod_is_ready(pods, a), readyB = pod_is_ready(pods, b);
    return readyA != readyB ? readyB : a->created > b->created;
}

void pods_delete(Pods *pods, Revision revision, int n) {
    for (; n > 0; n--) {
        PodMember *first = NULL;
        for (uint32_t i = 0; i < pods->members.n; i++) {
            PodMember *pod = &pods->members.at[i];
            if (pod->revision != revision || pod_leaves(pod)) continue;
            if (!first || goes_before(pods, pod, first)) first = pod;
        }
        if (!first) return;
        pod_delete(pods, first);
    }
}

int64_t pod_gone_at(const Pods *pods, const PodMember *pod) {
    int64_t leaving = pod->waits ? 0 : pods->lives[pod->revision].leaving;
    return leaving == SCENARIO_NEVER ? SCENARIO_NEVER : pod->deleted + leaving;
}

void pods_report(Pods *pods) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < pods->members.n; i++) {
        PodMember *pod = &pods->members.at[i];
        pod->seen = true;
        if (!pod_leaves(pod) || pod_gone_at(pods, pod) > pods->now)
            pods->members.at[kept++] = *pod;
        else if (pods->past.n < 2 * POD_MOST_SHOWN)
            ARRAY_PUSH(pods->arena, &pods->past, *pod);
    }
    pods->members.n = kept;
    for (uint32_t i = 0; pods->room && i < kept; i++) {
        PodMember *pod = &pods->members.at[i];
        if (!pod->waits || pod_leaves(pod) || !has_room(pods)) continue;
        pod->waits = false;
        pod->created = pods->now;
    }
}

static void sooner(int64_t *next, int64_t at, int64_t now) {
    if (at > now && at < *next) *next = at;
}

int64_t pods_next(const Pods *pods) {
    int64_t next = SCENARIO_NEVER;
    for (uint32_t i = 0; i < pods->members.n; i++) {
        const PodMember *pod = &pods->members.at[i];
        if (pod_leaves(pod)) {
            sooner(&next, pod_gone_at(pods, pod), pods->now);
            continue;
        }
        if (pod->waits) continue;
        const PodLife *life = &pods->lives[pod->revision];
        for (uint32_t j = 0; pod->created != POD_SETTLED && j < life->ready.n; j++) {
            const Stretch *ready = &life->ready.at[j];
            sooner(&next, pod->created + ready->from, pods->now);
            if (ready->to != SCENARIO_NEVER) sooner(&next, pod->created + ready->to, pods->now);
            if (ready->to == SCENARIO_NEVER || ready->from + pods->minReady < ready->to)
                sooner(&next, pod->created + ready->from + pods->minReady, pods->now);
            if (pod->created + ready->from > pods->now) break;
        }
    }
    return next;
}

PodMember **pods_by_ordinal(const Pods *pods, Arena *arena, Revision revision, int n) {
    PodMember **out = NEW_ARRAY(arena, PodMember *, n + 1);
    for (uint32_t i = 0; i < pods->members.n; i++) {
        PodMember *pod = &pods->members.at[i];
        if (pod->ordinal >= n || (revision != REVISIONS && pod->revision != revision)) continue;
        if (!out[pod->ordinal] || !pod_leaves(pod)) out[pod->ordinal] = pod;
    }
    return out;
}
