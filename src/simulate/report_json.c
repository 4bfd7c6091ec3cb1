#include "report.h"

static json_t *text_json(Arena *arena, Str s) {
    s = str_valid_utf8(arena, s);
    return json_stringn(s.at ? s.at : "", s.len);
}

static json_t *conditions_json(const Condition *conditions, bool reasons) {
    json_t *out = json_object();
    for (int i = 0; i < CONDITION_TYPES; i++) {
        if (!conditions[i].set || (reasons && !conditions[i].reason)) continue;
        const char *value = reasons ? conditions[i].reason : conditions[i].value ? "True" : "False";
        json_object_set_new(out, condition_names[i], json_string(value));
    }
    return out;
}

static json_t *container_json(Arena *arena, const SimStatus *status) {
    json_t *out = json_object();
    json_object_set_new(out, "state", json_string(state_names[status->state.kind]));
    if (status->state.reason.len) json_object_set_new(out, "reason", text_json(arena, status->state.reason));
    if (status->state.kind == STATE_TERMINATED) json_object_set_new(out, "exitCode", json_integer(status->state.exitCode));
    json_object_set_new(out, "restartCount", json_integer(status->restartCount));
    json_object_set_new(out, "ready", json_boolean(status->ready));
    json_object_set_new(out, "started", json_boolean(status->started));
    if (!status->last.kind) return out;
    json_object_set_new(out, "lastExitCode", json_integer(status->last.exitCode));
    json_object_set_new(out, "lastReason", text_json(arena, status->last.reason));
    return out;
}

static json_t *entry_json(Arena *arena, const Simulation *sim, const SimEntry *entry) {
    json_t *out = json_object();
    json_object_set_new(out, "t", json_integer(entry->t));
    if (entry->deleted) {
        json_object_set_new(out, "deleted", json_true());
        return out;
    }
    json_object_set_new(out, "phase", json_string(phase_names[entry->phase]));
    json_object_set_new(out, "status", text_json(arena, entry->status));
    json_object_set_new(out, "ready", text_json(arena, str_format(arena, "%d/%d", entry->ready, entry->total)));
    json_object_set_new(out, "restarts", json_integer(entry->restarts));
    if (entry->unknown) json_object_set_new(out, "unknown", json_true());
    if (entry->podReason.len) json_object_set_new(out, "podReason", text_json(arena, entry->podReason));
    bool serving = entry->conditions[CONDITION_READY].set && entry->conditions[CONDITION_READY].value;
    json_object_set_new(out, "endpoint",
                        json_pack("{s:b, s:b, s:b}", "ready", serving && !entry->terminating, "serving", (int)serving,
                                  "terminating", (int)entry->terminating));
    json_object_set_new(out, "conditions", conditions_json(entry->conditions, false));
    json_object_set_new(out, "conditionReasons", conditions_json(entry->conditions, true));
    json_t *containers = json_object();
    for (uint32_t i = 0; entry->containers && i < sim->containerCount; i++)
        json_object_set_new(containers, arena_cstr(arena, str_valid_utf8(arena, sim->containers[i].name)),
                            container_json(arena, &entry->containers[i]));
    json_object_set_new(out, "containers", containers);
    return out;
}

static json_t *actions_json(Arena *arena, const Simulation *sim, SimActionKind kind) {
    static const char *const keys[] = {NULL, "exitCode", "grace", "ok", "seconds"};
    json_t *out = json_array();
    for (uint32_t i = 0; i < sim->actions.n; i++) {
        const SimAction *action = &sim->actions.at[i];
        if (action->kind != kind) continue;
        json_t *item = json_object();
        json_object_set_new(item, "t", json_integer(action->t));
        json_object_set_new(item, "container", text_json(arena, sim->containers[action->container].name));
        if (kind == ACTION_PULL)
            json_object_set_new(item, keys[kind], json_boolean(action->value));
        else if (keys[kind])
            json_object_set_new(item, keys[kind], json_integer(action->value));
        json_array_append_new(out, item);
    }
    return out;
}

static json_t *events_json(Arena *arena, const Simulation *sim) {
    json_t *out = json_array();
    for (uint32_t i = 0; i < sim->events.n; i++) {
        const SimEvent *event = &sim->events.at[i];
        json_t *item = json_object();
        json_object_set_new(item, "first", json_integer(event->first));
        json_object_set_new(item, "last", json_integer(event->last));
        json_object_set_new(item, "count", json_integer(event->count));
        json_object_set_new(item, "type", json_string(event->warning ? "Warning" : "Normal"));
        json_object_set_new(item, "reason", json_string(event->reason));
        if (event->container >= 0)
            json_object_set_new(item, "container", text_json(arena, sim->containers[event->container].name));
        json_object_set_new(item, "message", text_json(arena, event->message));
        json_array_append_new(out, item);
    }
    return out;
}

/* When the pod is an endpoint that takes new requests, and when those who send them have not heard of its end. */
static json_t *traffic_json(Arena *arena, const Simulation *sim) {
    Lanes lanes;
    lanes_make(&lanes, arena, sim);
    json_t *out = json_array();
    for (uint32_t i = 0; i < lanes.items.n; i++) {
        const Lane *lane = &lanes.items.at[i];
        for (uint32_t j = 0; lane->kind == LANE_TRAFFIC && j < lane->pieces.n; j++) {
            const Piece *piece = &lane->pieces.at[j];
            json_t *item = json_object();
            json_object_set_new(item, "from", json_integer(piece->from));
            if (piece->to < lanes.end) json_object_set_new(item, "to", json_integer(piece->to));
            if (piece->kind != PIECE_TRAFFIC) json_object_set_new(item, "state", json_string(piece_names[piece->kind]));
            json_array_append_new(out, item);
        }
    }
    return out;
}

static json_t *drain_json(Arena *arena, const Drain *drain) {
    json_t *out = json_object();
    json_object_set_new(out, "container", text_json(arena, drain->container->name));
    json_object_set_new(out, "sigterm", json_integer(drain->term));
    json_object_set_new(out, "listening", json_integer(drain->listening));
    json_object_set_new(out, "requests", json_integer(drain->requests));
    json_object_set_new(out, "end", json_integer(drain->end));
    json_object_set_new(out, "killed", json_boolean(drain->killed));
    json_object_set_new(out, "refused", json_integer(drain->refused));
    if (!drain->refused) return out;
    json_object_set_new(out, "preStop", json_integer(drain->neededHook));
    json_object_set_new(out, "gracePeriod", json_integer(drain->neededGrace));
    return out;
}

static json_t *rollout_json(Arena *arena, const Rollout *rollout) {
    json_t *out = json_object(), *steps = json_array();
    bool job = rollout->kind != ROLLOUT_UPDATE;
    json_object_set_new(out, "done", json_boolean(rollout->done));
    json_object_set_new(out, "end", json_integer(rollout->end));
    if (rollout->reason.len) json_object_set_new(out, "reason", text_json(arena, rollout->reason));
    for (uint32_t i = 0; i < rollout->steps.n; i++) {
        const RolloutStep *step = &rollout->steps.at[i];
        json_t *item = json_object();
        json_object_set_new(item, "t", json_integer(step->t));
        json_object_set_new(item, job ? "active" : "old", json_integer(job ? step->active : step->before));
        json_object_set_new(item, job ? "succeeded" : "new", json_integer(job ? step->succeeded : step->after));
        json_object_set_new(item, job ? "failed" : "leaving", json_integer(job ? step->failed : step->leaving));
        if (!job) json_object_set_new(item, "ready", json_integer(step->ready));
        if (!job) json_object_set_new(item, "available", json_integer(step->available));
        json_array_append_new(steps, item);
    }
    json_object_set_new(out, "steps", steps);
    return out;
}

static json_t *preemption_json(Arena *arena, const Cluster *cluster, const Preemption *preemption) {
    json_t *out = json_object(), *victims = json_array();
    for (uint32_t i = 0; i < preemption->victimCount; i++) {
        const ClusterPod *pod = preemption->victims[i];
        json_array_append_new(victims, text_json(arena, str_format(arena, "%.*s/%.*s", TEXT(pod->namespace_), TEXT(pod->name))));
    }
    json_object_set_new(out, "node", text_json(arena, cluster->nodes.at[preemption->node].name));
    json_object_set_new(out, "victims", victims);
    return out;
}

static json_t *scheduling_json(Arena *arena, const SimReport *report) {
    const Placement *scheduling = report->scheduling;
    json_t *out = json_object(), *feasible = json_array(), *preempts = json_array();
    for (uint32_t i = 0; i < scheduling->feasible.n; i++)
        json_array_append_new(feasible, text_json(arena, report->cluster->nodes.at[scheduling->feasible.at[i]].name));
    for (uint32_t i = 0; i < scheduling->preempts.n; i++)
        json_array_append_new(preempts, preemption_json(arena, report->cluster, &scheduling->preempts.at[i]));
    json_object_set_new(out, "feasible", feasible);
    json_object_set_new(out, "message", text_json(arena, scheduling->message));
    if (scheduling->reason) json_object_set_new(out, "reason", json_string(scheduling->reason));
    if (scheduling->preempts.n)
        json_object_set_new(out, "preempts", preempts);
    else
        json_decref(preempts);
    return out;
}

json_t *sim_json(Arena *arena, const Simulation *sim, const SimReport *report) {
    json_t *out = json_object(), *timeline = json_array(), *summary = json_array();
    json_object_set_new(out, "kind", text_json(arena, report->kind));
    json_object_set_new(out, "name", text_json(arena, report->name));
    json_object_set_new(out, "until", json_integer(sim->until));
    for (uint32_t i = 0; i < sim->entries.n; i++) json_array_append_new(timeline, entry_json(arena, sim, &sim->entries.at[i]));
    if (report->scheduling) json_object_set_new(out, "scheduling", scheduling_json(arena, report));
    json_object_set_new(out, "timeline", timeline);
    json_object_set_new(out, "starts", actions_json(arena, sim, ACTION_START));
    json_object_set_new(out, "exits", actions_json(arena, sim, ACTION_EXIT));
    json_object_set_new(out, "kills", actions_json(arena, sim, ACTION_KILL));
    json_object_set_new(out, "pulls", actions_json(arena, sim, ACTION_PULL));
    json_object_set_new(out, "hooks", actions_json(arena, sim, ACTION_HOOK));
    json_object_set_new(out, "traffic", traffic_json(arena, sim));
    if (report->nodeDrain)
        json_object_set_new(out, "nodeDrain",
                            json_pack("{s:b, s:I, s:i, s:i}", "done", (int)report->nodeDrain->done, "end",
                                      (json_int_t)report->nodeDrain->end, "evicted", report->nodeDrain->evicted, "left",
                                      report->nodeDrain->left));
    if (report->drain) json_object_set_new(out, "drain", drain_json(arena, report->drain));
    json_object_set_new(out, "events", events_json(arena, sim));
    Sentences words = {0};
    sim_answers(&words, arena, sim, report);
    for (uint32_t i = 0; i < words.items.n; i++) json_array_append_new(summary, text_json(arena, words.items.at[i]));
    if (report->rollout) json_object_set_new(out, "rollout", rollout_json(arena, report->rollout));
    json_object_set_new(out, "summary", summary);
    if (sim->cut) json_object_set_new(out, "cut", json_true());
    return out;
}
