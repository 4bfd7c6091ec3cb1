#include "node_drain.h"

#include "validate/areas.h"
#include "what_if.h"

enum { RETRY = 5, OTHERS_START = 10, OTHERS_LEAVE = 2, LONGEST_DRAIN = 86400 };

/* A pod that budgets count. */
typedef struct Body {
    Str name, namespace_;
    StrMap labels;
    const PodSpec *spec;
    int64_t readyAt, goneAt; /* goneAt: SCENARIO_NEVER until it is told to go */
    bool evict, managed;
} Body;

typedef struct DrainRun {
    Arena *arena;
    NodeDrain *out;
    Cluster *cluster;
    const DrainTimes *times;
    ARRAY(Body) bodies;
    int64_t now;
    uint32_t node;
    int homeless;
    Str homelessCause;
} DrainRun;

static bool of_manifest(const DrainTimes *times, const Body *body) {
    if (!str_eq(times->namespace_, body->namespace_)) return false;
    for (uint32_t i = 0; i < times->labels.n; i++) {
        const Str *value = map_get(body->labels, times->labels.at[i].key);
        if (!value || !str_eq(*value, times->labels.at[i].value)) return false;
    }
    return times->labels.n > 0;
}

static bool leaves(const Body *body) {
    return body->goneAt != SCENARIO_NEVER;
}

static bool covers(const Budget *budget, const Body *body) {
    return str_eq(budget->namespace_, body->namespace_) && selector_matches(budget->selector, body->labels);
}

/* How many pods of the budget may go now; negative: there are too few already (disruption.go). */
static int allowed(const DrainRun *run, const Budget *budget) {
    int healthy = 0;
    for (uint32_t i = 0; i < run->bodies.n; i++) {
        const Body *body = &run->bodies.at[i];
        healthy += covers(budget, body) && !leaves(body) && body->readyAt <= run->now;
    }
    return healthy - budget->desired;
}

/* The budgets' numbers of pods that have to stay, by the pods that there are now. */
static void set_desired(DrainRun *run) {
    for (uint32_t i = 0; i < run->cluster->budgets.n; i++) {
        Budget *budget = &run->cluster->budgets.at[i];
        budget->pods = 0;
        for (uint32_t j = 0; j < run->bodies.n; j++) budget->pods += covers(budget, &run->bodies.at[j]);
        budget->desired = budget->maxUnavailable.set ? budget->pods - share_of(&budget->maxUnavailable, budget->pods, 0, true)
                                                     : share_of(&budget->minAvailable, budget->pods, 0, true);
        if (budget->desired < 0) budget->desired = 0;
    }
}

/* The budget that holds a pod back, or NULL. *many: more than one covers it, which the server refuses. */
static const Budget *holder(const DrainRun *run, const Body *body, bool *many) {
    const Budget *found = NULL;
    int covering = 0;
    for (uint32_t i = 0; i < run->cluster->budgets.n; i++) {
        const Budget *budget = &run->cluster->budgets.at[i];
        if (!covers(budget, body)) continue;
        covering++;
        if (allowed(run, budget) <= 0) found = budget;
    }
    *many = covering > 1;
    return *many && !found ? &run->cluster->budgets.at[0] : found;
}

/* Its controller makes a new one, on another node if one takes it. */
static void replace(DrainRun *run, const Body *old) {
    const ObjectMeta meta = {.labels = old->labels};
    Placement placement;
    Body new = *old;
    schedule_pod(&placement, run->arena, run->cluster, &meta, old->namespace_, old->spec);
    new.evict = false;
    new.goneAt = SCENARIO_NEVER;
    int64_t start = of_manifest(run->times, old) ? run->times->start : OTHERS_START;
    new.readyAt = placement.feasible.n &&start != SCENARIO_NEVER ? run->now + start : SCENARIO_NEVER;
    if (placement.feasible.n) {
        ClusterPod pod = {.name = old->name, .namespace_ = old->namespace_, .labels = old->labels, .spec = old->spec};
        pod.node = placement.feasible.at[0];
        pod.priority = cluster_priority(run->cluster, old->spec);
        pod_requests(&pod.wanted, run->arena, old->spec);
        cluster_add(run->cluster, run->arena, pod);
    } else if (!run->homeless++) {
        run->homelessCause = placement_cause(&placement);
    }
    ARRAY_PUSH(run->arena, &run->bodies, new);
}

static void evict(DrainRun *run, uint32_t i) {
    Body *body = &run->bodies.at[i];
    int64_t leaving = of_manifest(run->times, body) ? run->times->leaving : OTHERS_LEAVE;
    body->evict = false;
    body->goneAt = leaving == SCENARIO_NEVER ? LONGEST_DRAIN : run->now + leaving;
    run->out->evicted++;
    const Body copy = *body;
    if (copy.managed) replace(run, &copy);
}

/* Everything that may go, goes. Returns whether something did. */
static bool evict_allowed(DrainRun *run) {
    bool any = false, many;
    for (uint32_t i = 0; i < run->bodies.n; i++) {
        if (!run->bodies.at[i].evict || holder(run, &run->bodies.at[i], &many)) continue;
        evict(run, i);
        any = true;
    }
    return any;
}

static int waiting(const DrainRun *run) {
    int n = 0;
    for (uint32_t i = 0; i < run->bodies.n; i++) n += run->bodies.at[i].evict;
    return n;
}

/* When something that was begun comes to its end; SCENARIO_NEVER: nothing is under way. */
static int64_t next_event(const DrainRun *run) {
    int64_t next = SCENARIO_NEVER;
    for (uint32_t i = 0; i < run->bodies.n; i++) {
        const Body *body = &run->bodies.at[i];
        if (!leaves(body) && body->readyAt > run->now && body->readyAt < next) next = body->readyAt;
        if (leaves(body) && body->goneAt > run->now && body->goneAt < next) next = body->goneAt;
    }
    return next;
}

static void say(DrainRun *run, Str text) {
    ARRAY_PUSH(run->arena, &run->out->words, text);
}

static void say_held(DrainRun *run) {
    const Budget *told = NULL;
    for (uint32_t i = 0; i < run->bodies.n; i++) {
        bool many;
        const Budget *budget = run->bodies.at[i].evict ? holder(run, &run->bodies.at[i], &many) : NULL;
        if (!budget || budget == told) continue;
        told = budget;
        if (many)
            say(run, str_format(run->arena, "More than one PodDisruptionBudget covers pod %.*s: the server refuses to evict it.",
                                TEXT(run->bodies.at[i].name)));
        else
            say(run, str_format(run->arena, "The PodDisruptionBudget %.*s wants %d of %d pods available, so that none may go.",
                                TEXT(budget->name), budget->desired, budget->pods));
    }
}

static void say_drain(DrainRun *run) {
    const NodeDrain *out = run->out;
    Arena *arena = run->arena;
    Str name = run->cluster->nodes.at[run->node].name;
    const char *plural = out->evicted == 1 ? "" : "s";
    if (out->done)
        say(run, str_format(arena, "kubectl drain %.*s evicts %d pod%s and takes %lld s.", TEXT(name), out->evicted, plural,
                            (long long)out->end));
    else
        say(run, str_format(arena, "kubectl drain %.*s never ends: %d pod%s evicted, %d stay%s.", TEXT(name), out->evicted,
                            out->evicted == 1 ? " is" : "s are", out->left, out->left == 1 ? "s" : ""));
    say_held(run);
    if (run->homeless)
        say(run,
            str_format(arena, "%d of the pods that replace them find no node: %.*s", run->homeless, TEXT(run->homelessCause)));
    for (uint32_t i = 0; i < run->bodies.n; i++)
        if (leaves(&run->bodies.at[i]) && !run->bodies.at[i].managed)
            say(run, str_format(arena, "Pod %.*s has no controller: drain needs --force, and nobody makes it anew.",
                                TEXT(run->bodies.at[i].name)));
}

static void gather(DrainRun *run) {
    for (uint32_t i = 0; i < run->cluster->pods.n; i++) {
        const ClusterPod *pod = &run->cluster->pods.at[i];
        Body body = {.name = pod->name,
                     .namespace_ = pod->namespace_,
                     .labels = pod->labels,
                     .spec = pod->spec,
                     .goneAt = pod->leaves ? 0 : SCENARIO_NEVER,
                     .managed = pod->owner != OWNER_NONE};
        body.evict = pod->node == run->node && !pod->leaves && pod->owner != OWNER_NODE;
        ARRAY_PUSH(run->arena, &run->bodies, body);
    }
}

void node_drain_simulate(NodeDrain *out, Arena *arena, Cluster *cluster, uint32_t node, const DrainTimes *times) {
    DrainRun run = {.arena = arena, .out = out, .cluster = cluster, .times = times, .node = node};
    *out = (NodeDrain){0};
    cluster->nodes.at[node].unschedulable = true;
    gather(&run);
    set_desired(&run);
    for (;;) {
        evict_allowed(&run);
        int64_t next = next_event(&run);
        if (next == SCENARIO_NEVER || next >= LONGEST_DRAIN) break;
        run.now = waiting(&run) ? (next + RETRY - 1) / RETRY * RETRY : next; /* refused evictions are tried again */
    }
    out->left = waiting(&run);
    out->done = out->left == 0;
    for (uint32_t i = 0; i < run.bodies.n; i++) {
        const Body *body = &run.bodies.at[i];
        if (leaves(body) && body->goneAt > out->end) out->end = body->goneAt;
    }
    say_drain(&run);
}
