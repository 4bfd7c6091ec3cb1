#include "report.h"

/* What has to go for it, and where else that would help. */
static void put_preemption(Buf *buf, const Placement *placement, const Cluster *cluster) {
    enum { SHOWN_VICTIMS = 5, SHOWN_NODES = 4 };
    if (!placement->preempts.n) return;
    const Preemption *first = &placement->preempts.at[0];
    buf_format(buf, " The scheduler preempts on %.*s: it evicts", TEXT(cluster->nodes.at[first->node].name));
    for (uint32_t i = 0; i < first->victimCount && i < SHOWN_VICTIMS; i++)
        buf_format(buf, "%s %.*s/%.*s (priority %lld)", i ? "," : "", TEXT(first->victims[i]->namespace_),
                   TEXT(first->victims[i]->name), (long long)first->victims[i]->priority);
    if (first->victimCount > SHOWN_VICTIMS) buf_format(buf, " and %u more", first->victimCount - SHOWN_VICTIMS);
    if (first->violations)
        buf_format(buf, ", against %u PodDisruptionBudget%s", first->violations, first->violations == 1 ? "" : "s");
    for (uint32_t i = 1; i < placement->preempts.n && i <= SHOWN_NODES; i++)
        buf_format(buf, "%s%.*s", i > 1 ? ", " : "; it could do so on ",
                   TEXT(cluster->nodes.at[placement->preempts.at[i].node].name));
    buf_str(buf, placement->preempts.n > SHOWN_NODES + 1 ? S(", ...") : S("."));
    buf_str(buf, S(" What follows is played as if they were gone."));
}

/* Where the pod could go, in words. */
static Str placement_words(Arena *arena, const SimReport *report) {
    enum { SHOWN_NODES = 8 };
    const Placement *placement = report->scheduling;
    const Cluster *cluster = report->cluster;
    Buf buf = {.arena = arena};
    if (placement->reason) {
        Str cause = placement_cause(placement);
        buf_format(&buf, "No node takes the pod: %.*s%s", TEXT(cause), str_ends(cause, S(".")) ? "" : ".");
    } else {
        buf_format(&buf, "%u of %u node%s can take the pod: ", placement->feasible.n, cluster->nodes.n,
                   cluster->nodes.n == 1 ? "" : "s");
        for (uint32_t i = 0; i < placement->feasible.n && i < SHOWN_NODES; i++)
            buf_format(&buf, "%s%.*s", i ? ", " : "", TEXT(cluster->nodes.at[placement->feasible.at[i]].name));
        buf_str(&buf, placement->feasible.n > SHOWN_NODES ? S(", ...") : S("."));
    }
    put_preemption(&buf, placement, cluster);
    return buf_text(&buf);
}

/* The verdict on a pod that goes: whether requests are lost. */
static Str drain_words(Arena *arena, const SimReport *report) {
    const Drain *drain = report->drain;
    int replaced = report->rollout && report->rollout->kind == ROLLOUT_UPDATE ? report->rollout->replaced : 0;
    Str name = drain->container->name, each = {0};
    if (replaced) each = str_format(arena, ", at each of the %d pods that the rollout replaces", replaced);
    if (replaced == 1) each = S(", at the pod that the rollout replaces");
    const char *cut = drain->hookCut ? " Its preStop hook is longer than the grace period and is cut off." : "";
    if (!drain->refused)
        return str_format(
            arena,
            "Drain: 0.0 s without an answer: requests come for %lld s after a deletion, and %.*s takes them for %lld s.%s%s",
            (long long)drain->requests, TEXT(name), (long long)drain->listening, cut,
            drain->killed ? " SIGKILL cuts off what it has in hand then." : "");
    const char *stops = drain->listening ? str_format(arena, "after %lld s", (long long)drain->listening).at
                        : drain->assumed ? "at SIGTERM (assumed)"
                                         : "at once";
    Str story = str_format(
        arena, "Drain: requests are refused for %lld s at a deletion%.*s: they come for %lld s, while %.*s stops taking them %s.",
        (long long)drain->refused, TEXT(each), (long long)drain->requests, TEXT(name), stops);
    if (replaced && !report->rollout->fewest)
        return str_join(arena, story, S(" A preStop hook does not help here, as no other pod serves then."));
    Str grace = {0};
    if (drain->neededGrace > drain->grace)
        grace = str_format(arena, " and terminationGracePeriodSeconds: %lld", (long long)drain->neededGrace);
    return str_format(
        arena,
        "%.*s A preStop sleep of %lld s%.*s closes the gap, or a process that goes on taking them for %lld s after SIGTERM.",
        TEXT(story), (long long)drain->neededHook, TEXT(grace), (long long)(drain->requests - drain->term));
}

static void put_drain(Sentences *out, Arena *arena, const SimReport *report) {
    if (report->drain) ARRAY_PUSH(arena, &out->items, drain_words(arena, report));
}

void sim_answers(Sentences *out, Arena *arena, const Simulation *sim, const SimReport *report) {
    for (uint32_t i = 0; report->nodeDrain && i < report->nodeDrain->words.n; i++)
        ARRAY_PUSH(arena, &out->items, report->nodeDrain->words.at[i]);
    if (report->scheduling) ARRAY_PUSH(arena, &out->items, placement_words(arena, report));
    if (report->placed.len) ARRAY_PUSH(arena, &out->items, report->placed);
    if (report->eviction.len) ARRAY_PUSH(arena, &out->items, report->eviction);
    if (report->podFirst && report->deleted) put_drain(out, arena, report);
    if (report->podFirst) lanes_summary(out, arena, sim);
    for (uint32_t i = 0; report->rollout && i < report->rollout->words.n; i++)
        ARRAY_PUSH(arena, &out->items, report->rollout->words.at[i]);
    if (!report->podFirst || !report->deleted) put_drain(out, arena, report);
    if (!report->podFirst) lanes_summary(out, arena, sim);
    if (report->deaf.len) ARRAY_PUSH(arena, &out->items, report->deaf);
}
