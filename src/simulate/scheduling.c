#include "scheduling.h"

#include <stdlib.h>

#include "filters.h"
#include "validate/areas.h"

/* How many nodes give each reason. */
typedef struct Tally {
    Str reason;
    int count;
} Tally;

typedef struct Tallies {
    ARRAY(Tally) items;
} Tallies;

static void tally(Tallies *tallies, Arena *arena, Str reason) {
    for (uint32_t i = 0; i < tallies->items.n; i++)
        if (str_eq(tallies->items.at[i].reason, reason)) {
            tallies->items.at[i].count++;
            return;
        }
    ARRAY_PUSH(arena, &tallies->items, (Tally){reason, 1});
}

static int by_text(const void *a, const void *b) {
    return str_cmp(*(const Str *)a, *(const Str *)b);
}

/* "0/3 nodes are available: 1 Insufficient cpu, 2 Insufficient memory." (framework/types.go, FitError) */
static void put_tallies(Buf *buf, const Tallies *tallies, uint32_t nodes) {
    Str *lines = NEW_ARRAY(buf->arena, Str, tallies->items.n + 1);
    for (uint32_t i = 0; i < tallies->items.n; i++)
        lines[i] = str_format(buf->arena, "%d %.*s", tallies->items.at[i].count, TEXT(tallies->items.at[i].reason));
    qsort(lines, tallies->items.n, sizeof *lines, by_text);
    buf_format(buf, "0/%u nodes are available:", nodes);
    for (uint32_t i = 0; i < tallies->items.n; i++) buf_format(buf, "%s%.*s", i ? ", " : " ", TEXT(lines[i]));
    buf_char(buf, '.');
}

/* Preemption (framework/preemption, plugins/defaultpreemption). */

static bool is_victim(const Candidate *candidate, const ClusterPod *pod, uint32_t node) {
    return pod->node == node && pod->priority < candidate->priority;
}

static int by_importance(const void *a, const void *b) {
    const ClusterPod *x = *(const ClusterPod *const *)a, *y = *(const ClusterPod *const *)b;
    if (x->priority != y->priority) return x->priority > y->priority ? -1 : 1;
    int since = str_cmp(x->since, y->since);
    return since ? since : (x > y) - (x < y);
}

/* Whether a budget does not allow that the pod goes. Of each budget counts what its status allows, and each pod takes of it. */
static bool violates(const Cluster *cluster, int64_t *allowed, const ClusterPod *pod) {
    bool found = false;
    for (uint32_t i = 0; i < cluster->budgets.n; i++) {
        const Budget *budget = &cluster->budgets.at[i];
        bool empty = !budget->selector || (!budget->selector->matchLabels.n && !budget->selector->matchExpressions.n);
        if (empty || !budget->allowed.set || !str_eq(budget->namespace_, pod->namespace_) ||
            !selector_matches(budget->selector, pod->labels))
            continue;
        found |= --allowed[i] < 0;
    }
    return found;
}

static void move_pod(Candidate *alone, bool *gone, const ClusterPod *pod, bool goes) {
    gone[pod - alone->cluster->pods.at] = goes;
    filters_move(alone, pod, goes);
}

/* Brings back as many as can stay, first those whose budgets want it, and the most important ones before others. */
static void choose_victims(Preemption *out, Candidate *alone, bool *gone, const ClusterPod **all, uint32_t n) {
    const Cluster *cluster = alone->cluster;
    Arena *arena = alone->arena;
    int64_t *allowed = NEW_ARRAY(arena, int64_t, cluster->budgets.n + 1);
    bool *held = NEW_ARRAY(arena, bool, n + 1);
    qsort(all, n, sizeof *all, by_importance);
    for (uint32_t i = 0; i < cluster->budgets.n; i++) allowed[i] = cluster->budgets.at[i].allowed.value;
    for (uint32_t i = 0; i < n; i++) held[i] = violates(cluster, allowed, all[i]);
    out->victims = NEW_ARRAY(arena, const ClusterPod *, n + 1);
    for (int wanted = 1; wanted >= 0; wanted--)
        for (uint32_t i = 0; i < n; i++) {
            if (held[i] != wanted) continue;
            move_pod(alone, gone, all[i], false);
            if (!filters_judge(alone, out->node).reasons.n) continue;
            move_pod(alone, gone, all[i], true);
            out->victims[out->victimCount++] = all[i];
            out->violations += held[i];
        }
}

/* Whether pods of a lower priority could make way on a node, and which. Like the scheduler it looks for victims on so many nodes
 * only. */
static void try_preemption(Placement *out, Candidate *candidate, uint32_t node, const Verdict *verdict, Tallies *tallies) {
    enum { MOST_CANDIDATES = 100 };
    const Cluster *cluster = candidate->cluster;
    Arena *arena = candidate->arena;
    uint32_t first = cluster->nodes.at[node].pods, count = cluster->nodes.at[node].podCount, n = 0;
    if (verdict->helpless) {
        tally(tallies, arena, S("Preemption is not helpful for scheduling"));
        return;
    }
    if (out->preempts.n == MOST_CANDIDATES) return;
    const ClusterPod **victims = NEW_ARRAY(arena, const ClusterPod *, count + 1);
    for (uint32_t i = first; i < first + count; i++)
        if (is_victim(candidate, &cluster->pods.at[i], node)) victims[n++] = &cluster->pods.at[i];
    if (!n) {
        tally(tallies, arena, S("No preemption victims found for incoming pod"));
        return;
    }
    bool *gone = NEW_ARRAY(arena, bool, cluster->pods.n);
    Candidate alone;
    filters_take(&alone, candidate, gone);
    for (uint32_t i = 0; i < n; i++) move_pod(&alone, gone, victims[i], true);
    Verdict without = filters_judge(&alone, node);
    for (uint32_t i = 0; i < without.reasons.n; i++) tally(tallies, arena, without.reasons.at[i]);
    if (without.reasons.n) return;
    Preemption preemption = {.node = node};
    choose_victims(&preemption, &alone, gone, victims, n);
    ARRAY_PUSH(arena, &out->preempts, preemption);
}

static int64_t sum_of_priorities(const Preemption *preemption) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < preemption->victimCount; i++) sum += preemption->victims[i]->priority + INT32_MAX + 1;
    return sum;
}

/* The earliest start among the most important victims. */
static Str earliest_start(const Preemption *preemption) {
    Str earliest = preemption->victims[0]->since;
    for (uint32_t i = 1; i < preemption->victimCount; i++)
        if (preemption->victims[i]->priority == preemption->victims[0]->priority &&
            str_cmp(preemption->victims[i]->since, earliest) < 0)
            earliest = preemption->victims[i]->since;
    return earliest;
}

static int64_t highest_priority(const Preemption *preemption) {
    int64_t highest = preemption->victims[0]->priority;
    for (uint32_t i = 1; i < preemption->victimCount; i++)
        if (preemption->victims[i]->priority > highest) highest = preemption->victims[i]->priority;
    return highest;
}

/* Whether the scheduler prefers to preempt on the node of `a` (preemption.go, pickOneNodeForPreemption). */
static bool is_better(const Preemption *a, const Preemption *b) {
    if (a->violations != b->violations) return a->violations < b->violations;
    if (!a->victimCount || !b->victimCount) return a->victimCount < b->victimCount;
    int64_t x = highest_priority(a), y = highest_priority(b);
    if (x != y) return x < y;
    x = sum_of_priorities(a), y = sum_of_priorities(b);
    if (x != y) return x < y;
    return str_cmp(earliest_start(a), earliest_start(b)) > 0;
}

static void best_first(Placement *out) {
    uint32_t best = 0;
    for (uint32_t i = 1; i < out->preempts.n; i++)
        if (is_better(&out->preempts.at[i], &out->preempts.at[best])) best = i;
    if (!best) return;
    Preemption first = out->preempts.at[best];
    memmove(out->preempts.at + 1, out->preempts.at, best * sizeof first);
    out->preempts.at[0] = first;
}

/* Whether the term names nodes, and this one is among all of them. *names: it does. */
static bool term_names(const NodeSelectorTerm *term, Str node, bool *names) {
    bool among = true;
    *names = false;
    for (uint32_t i = 0; i < term->matchFields.n; i++) {
        const NodeSelectorRequirement *field = &term->matchFields.at[i];
        if (!str_eq(field->key, S("metadata.name")) || !str_eq(field->operator, S("In"))) continue;
        *names = true;
        among &= str_in(node, field->values.at, field->values.n);
    }
    return among;
}

/* Where every term names nodes, only those are looked at (PreFilter). *conflict: no term leaves any name at all. */
static bool named(const PodSpec *spec, Str node, bool *all, bool *conflict) {
    const NodeSelector *required = node_affinity_required(spec);
    bool found = false, any = false;
    *all = true;
    *conflict = false;
    if (!required || !required->nodeSelectorTerms.n) return true;
    for (uint32_t i = 0; i < required->nodeSelectorTerms.n; i++) {
        const NodeSelectorTerm *term = &required->nodeSelectorTerms.at[i];
        bool names;
        found |= term_names(term, node, &names);
        if (!names) return true;
        for (uint32_t j = 0; j < term->matchFields.n; j++)
            for (uint32_t k = 0; k < term->matchFields.at[j].values.n; k++)
                any |= term_names(term, term->matchFields.at[j].values.at[k], &names);
    }
    *all = false;
    *conflict = !any;
    return found;
}

static void place(Placement *out, Candidate *candidate) {
    const Cluster *cluster = candidate->cluster;
    Arena *arena = candidate->arena;
    Tallies reasons = {0}, preemption = {0};
    bool all = true, conflict = false;
    Buf buf = {.arena = arena};
    for (uint32_t i = 0; i < cluster->nodes.n; i++) {
        Verdict verdict = {0};
        if (named(candidate->spec, cluster->nodes.at[i].name, &all, &conflict))
            verdict = filters_judge(candidate, i);
        else
            filter_refuse(candidate, &verdict, "node(s) didn't satisfy plugin(s) [NodeAffinity]", true);
        if (!verdict.reasons.n) ARRAY_PUSH(arena, &out->feasible, i);
        for (uint32_t j = 0; j < verdict.reasons.n; j++) tally(&reasons, arena, verdict.reasons.at[j]);
        if (verdict.reasons.n) try_preemption(out, candidate, i, &verdict, &preemption);
    }
    best_first(out);
    if (out->feasible.n) return;
    out->reason = "Unschedulable";
    if (conflict) {
        reasons = (Tallies){0};
        buf_format(&buf, "0/%u nodes are available: pod affinity terms conflict.", cluster->nodes.n);
    } else {
        put_tallies(&buf, &reasons, cluster->nodes.n);
    }
    if (str_eq(candidate->spec->preemptionPolicy, S("Never"))) {
        buf_str(&buf, S(" preemption: not eligible due to preemptionPolicy=Never."));
    } else if (!out->preempts.n) {
        buf_str(&buf, S(" preemption: "));
        put_tallies(&buf, &preemption, cluster->nodes.n);
    }
    out->message = buf_text(&buf);
}

void schedule_pod(Placement *out, Arena *arena, const Cluster *cluster, const ObjectMeta *meta, Str namespace_,
                  const PodSpec *spec) {
    *out = (Placement){0};
    if (spec->schedulingGates.n) {
        out->reason = "SchedulingGated";
        out->message = S("Scheduling is blocked due to non-empty scheduling gates");
        return;
    }
    Candidate candidate = {.arena = arena,
                           .cluster = cluster,
                           .spec = spec,
                           .labels = meta->labels,
                           .namespace_ = namespace_.len ? namespace_ : S("default"),
                           .priority = cluster_priority(cluster, spec)};
    pod_requests(&candidate.wanted, arena, spec);
    filters_prepare(&candidate);
    place(out, &candidate);
}

/* How full a node is, in thousandths of its cpu and memory. */
static int64_t fullness(const Cluster *cluster, uint32_t number) {
    static const Str names[] = {STR("cpu"), STR("memory")};
    const ClusterNode *node = &cluster->nodes.at[number];
    int64_t sum = 0;
    for (size_t i = 0; i < COUNT(names); i++) {
        int64_t whole = amount_of(&node->allocatable, names[i]), used = 0;
        for (uint32_t j = 0; j < node->podCount; j++) used += amount_of(&cluster->pods.at[node->pods + j].wanted, names[i]);
        if (whole > 0) sum += (int64_t)(1000 * (double)used / (double)whole);
    }
    return sum * 1000 + node->podCount;
}

uint32_t schedule_pods(Placement *out, Arena *arena, Cluster *cluster, const ObjectMeta *meta, Str namespace_,
                       const PodSpec *spec, uint32_t n) {
    ClusterPod pod = {.labels = meta->labels, .spec = spec, .owner = OWNER_CONTROLLER};
    pod.namespace_ = namespace_.len ? namespace_ : S("default");
    pod.priority = cluster_priority(cluster, spec);
    pod_requests(&pod.wanted, arena, spec);
    for (uint32_t placed = 0; placed < n; placed++) {
        schedule_pod(out, arena, cluster, meta, namespace_, spec);
        if (!out->feasible.n) return placed;
        pod.node = out->feasible.at[0];
        for (uint32_t i = 1; i < out->feasible.n; i++)
            if (fullness(cluster, out->feasible.at[i]) < fullness(cluster, pod.node)) pod.node = out->feasible.at[i];
        cluster_add(cluster, arena, pod);
    }
    return n;
}

/* Whether a node can take a pod at all. */

bool schedule_misfit(Misfit *out, Arena *arena, const Cluster *cluster, const PodSpec *spec) {
    static Filter *const lasting[] = {[MISFIT_AFFINITY] = filter_affinity,
                                      [MISFIT_TAINT] = filter_lasting_taints,
                                      [MISFIT_RESOURCES] = filter_resources,
                                      [MISFIT_VOLUMES] = filter_volumes,
                                      [MISFIT_SPREAD] = filter_spread};
    Cluster empty = {.nodes = cluster->nodes};
    Candidate candidate = {.arena = arena, .cluster = &empty, .spec = spec};
    Tallies reasons = {0};
    *out = (Misfit){0};
    if (spec->nodeName.len || spec->schedulingGates.n || !empty.nodes.n) return false;
    pod_requests(&candidate.wanted, arena, spec);
    filters_prepare(&candidate);
    for (uint32_t i = 0; i < empty.nodes.n; i++) {
        Verdict verdict = {0};
        size_t filter = 0;
        while (filter < COUNT(lasting) && (lasting[filter](&candidate, i, &verdict), !verdict.reasons.n)) filter++;
        if (filter == COUNT(lasting)) return false;
        if (filter > out->cause) out->cause = (enum MisfitCause)filter;
        for (uint32_t j = 0; j < verdict.reasons.n; j++) tally(&reasons, arena, verdict.reasons.at[j]);
    }
    Buf buf = {.arena = arena};
    put_tallies(&buf, &reasons, empty.nodes.n);
    out->message = buf_text(&buf);
    out->message.len--; /* the full stop */
    return true;
}

Str placement_cause(const Placement *placement) {
    static const Str more = STR(" preemption:");
    Str message = placement->message;
    for (size_t i = 0; i + more.len < message.len; i++)
        if (str_starts(str_slice(message, i), more)) return (Str){message.at, i};
    return message;
}
