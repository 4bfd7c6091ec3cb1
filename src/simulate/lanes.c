#include "lanes.h"

#include "hook.h"

const char *const piece_names[] = {"",         "Pending",  "Running",  "Succeeded", "Failed",  "Terminating", "Unknown",
                                   "waiting",  "back-off", "starting", "not ready", "ready",   "completed",   "crashed",
                                   "succeeds", "fails",    "traffic",  "draining",  "refused", "outage"};

const char *const mark_names[] = {"preStop", "SIGTERM", "SIGKILL", "end", "crash"};

Str clock_text(Arena *arena, int64_t seconds) {
    int h = (int)(seconds / 3600), m = (int)(seconds / 60 % 60), s = (int)(seconds % 60);
    return h ? str_format(arena, "%d:%02d:%02d", h, m, s) : str_format(arena, "%d:%02d", m, s);
}

Str age_text(Arena *arena, int64_t seconds) {
    int s = (int)seconds, m = s / 60, h = m / 60;
    if (s < 120) return str_format(arena, "%ds", s);
    if (m < 10) return s % 60 ? str_format(arena, "%dm%ds", m, s % 60) : str_format(arena, "%dm", m);
    if (m < 180) return str_format(arena, "%dm", m);
    if (h < 8) return m % 60 ? str_format(arena, "%dh%dm", h, m % 60) : str_format(arena, "%dh", h);
    if (h < 48) return str_format(arena, "%dh", h);
    return h < 192 && h % 24 ? str_format(arena, "%dd%dh", h / 24, h % 24) : str_format(arena, "%dd", h / 24);
}

int64_t axis_step(int64_t length, int count) {
    static const int64_t steps[] = {1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 21600, 43200, 86400};
    for (size_t i = 0; i < COUNT(steps); i++)
        if (length / steps[i] <= count) return steps[i];
    return length / count / 86400 * 86400 + 86400;
}

void lane_add(Arena *arena, Lane *lane, int64_t from, int64_t to, PieceKind kind, Str label) {
    if (kind == PIECE_NOTHING || from >= to) return;
    Piece *last = lane->pieces.n ? &lane->pieces.at[lane->pieces.n - 1] : NULL;
    if (last && last->kind == kind && last->to == from && str_eq(last->label, label))
        last->to = to;
    else
        ARRAY_PUSH(arena, &lane->pieces, (Piece){from, to, (uint8_t)kind, label});
}

static PieceKind phase_piece(const SimEntry *entry, Str *label) {
    static const uint8_t kinds[] = {PIECE_PENDING, PIECE_RUNNING, PIECE_SUCCEEDED, PIECE_FAILED, PIECE_NOTHING};
    *label = str_of(phase_names[entry->unknown ? PHASE_UNKNOWN : entry->phase]);
    if (!entry->terminating || entry->phase == PHASE_SUCCEEDED || entry->phase == PHASE_FAILED)
        return (PieceKind)(entry->unknown ? PIECE_UNKNOWN : kinds[entry->phase]);
    *label = S("Terminating");
    return PIECE_TERMINATING;
}

static PieceKind container_piece(const SimContainer *container, const SimStatus *status, Str *label) {
    *label = status->state.reason;
    switch ((StateKind)status->state.kind) {
    case STATE_WAITING: return str_ends(*label, S("BackOff")) ? PIECE_BACKOFF : PIECE_WAITING;
    case STATE_TERMINATED: return status->state.exitCode == 0 ? PIECE_DONE : PIECE_CRASHED;
    case STATE_RUNNING: break;
    default: return PIECE_NOTHING;
    }
    *label = S("running");
    if (container->kind == ROLE_INIT) return PIECE_READY;
    if (!status->started) *label = S("running, not started");
    if (status->started && !status->ready) *label = S("running, not ready");
    return !status->started ? PIECE_STARTING : status->ready ? PIECE_READY : PIECE_UNREADY;
}

Lane *lanes_add(Lanes *out, Arena *arena, LaneKind kind, Str name) {
    ARRAY_PUSH(arena, &out->items, (Lane){.kind = (uint8_t)kind, .name = name});
    return &out->items.at[out->items.n - 1];
}

static int64_t entry_end(const Lanes *lanes, const Simulation *sim, uint32_t i) {
    return i + 1 < sim->entries.n ? sim->entries.at[i + 1].t : lanes->end;
}

static int64_t deletion(const Simulation *sim) {
    for (uint32_t i = 0; i < sim->entries.n; i++)
        if (sim->entries.at[i].terminating || sim->entries.at[i].deleted) return sim->entries.at[i].t;
    return INT64_MAX;
}

static void make_phase_lane(Lanes *out, Arena *arena, const Simulation *sim) {
    Lane *lane = lanes_add(out, arena, LANE_PHASE, S("phase"));
    for (uint32_t i = 0; i < sim->entries.n && !sim->entries.at[i].deleted; i++) {
        Str label;
        PieceKind piece = phase_piece(&sim->entries.at[i], &label);
        lane_add(arena, lane, sim->entries.at[i].t, entry_end(out, sim, i), piece, label);
    }
}

/* Whether the pod is one that requests are sent to; those that are to end are not. */
static bool sim_serves(const Simulation *sim) {
    return !str_eq(sim->spec->restartPolicy, S("Never")) && !str_eq(sim->spec->restartPolicy, S("OnFailure"));
}

static int64_t within(int64_t t, int64_t from, int64_t to) {
    return t < from ? from : t > to ? to : t;
}

/* What comes after the deletion comes from routers that have not heard of it. */
static void make_traffic_lane(Lanes *out, Arena *arena, const Simulation *sim) {
    Lane *lane = lanes_add(out, arena, LANE_TRAFFIC, S("traffic"));
    int64_t deleted = deletion(sim);
    for (uint32_t i = 0; i < sim->entries.n; i++)
        if (entry_serves(&sim->entries.at[i]))
            lane_add(arena, lane, sim->entries.at[i].t, entry_end(out, sim, i), PIECE_TRAFFIC, S("traffic"));
    if (!lane->pieces.n || lane->pieces.at[lane->pieces.n - 1].to != deleted) return;
    int64_t to = within(deleted + sim->routersLearn, deleted, out->end), split = within(sim->listeningUntil, deleted, to);
    lane_add(arena, lane, deleted, split, PIECE_DRAINING, S("requests still come"));
    lane_add(arena, lane, split, to, PIECE_REFUSED, S("requests still come and are refused"));
}

void lane_mark(Arena *arena, Lane *lane, int64_t t, MarkKind kind, int exitCode) {
    ARRAY_PUSH(arena, &lane->marks, (Mark){t, exitCode, (uint8_t)kind});
}

/* What was done to a container: its marks, and when it ended for the last time. */
static void mark_action(Arena *arena, Lane *lane, const SimAction *action, bool *told, int64_t *ended) {
    switch ((SimActionKind)action->kind) {
    case ACTION_START:
        *told = false;
        *ended = -1;
        break;
    case ACTION_HOOK: lane_mark(arena, lane, action->t, MARK_HOOK, 0); break;
    case ACTION_KILL:
        *told = true;
        lane_mark(arena, lane, action->t, MARK_TERM, 0);
        break;
    case ACTION_EXIT:
        *ended = action->t;
        lane_mark(arena, lane, action->t,
                  *told           ? action->value == 137 ? MARK_KILL : MARK_END
                  : action->value ? MARK_CRASH
                                  : MARK_END,
                  action->value);
        break;
    case ACTION_PULL: break;
    }
}

/* The status of a pod that is being stopped does not tell which containers have ended already; what was done does. */
static void make_container_lane(Lanes *out, Arena *arena, const Simulation *sim, uint32_t index) {
    Lane *lane = lanes_add(out, arena, LANE_CONTAINER, sim->containers[index].name);
    int64_t ended = -1;
    bool told = false;
    uint32_t at = 0;
    for (uint32_t i = 0; i < sim->entries.n; i++) {
        const SimEntry *entry = &sim->entries.at[i];
        int64_t to = entry_end(out, sim, i);
        for (; at < sim->actions.n && sim->actions.at[at].t < to; at++)
            if (sim->actions.at[at].container == index) mark_action(arena, lane, &sim->actions.at[at], &told, &ended);
        if (!entry->containers) continue;
        Str label;
        PieceKind kind = container_piece(&sim->containers[index], &entry->containers[index], &label);
        int64_t split = ended >= 0 && entry->containers[index].state.kind == STATE_RUNNING ? ended : to;
        if (split < entry->t) split = entry->t;
        lane_add(arena, lane, entry->t, split, kind, label);
        lane_add(arena, lane, split, to, PIECE_DONE, S("stopped"));
    }
}

/* Where the next run of the container, its end, or the end of all stands: a probe's answer does not outlive its container. */
static int64_t run_end(const Lanes *lanes, const Simulation *sim, uint32_t index, int64_t t) {
    for (uint32_t i = 0; i < sim->actions.n; i++)
        if (sim->actions.at[i].container == index && sim->actions.at[i].kind == ACTION_EXIT && sim->actions.at[i].t > t)
            return sim->actions.at[i].t;
    return lanes->end;
}

static void make_probe_lane(Lanes *out, Arena *arena, const Simulation *sim, uint32_t index, ScriptProbe probe) {
    static const char *const words[] = {"startup", "readiness", "liveness"};
    Lane *lane = NULL;
    for (uint32_t i = 0; i < sim->probes.n; i++) {
        const SimProbe *answer = &sim->probes.at[i];
        if (answer->container != index || answer->probe != probe) continue;
        if (!lane) lane = lanes_add(out, arena, LANE_PROBE, str_format(arena, "  %s", words[probe]));
        int64_t to = run_end(out, sim, index, answer->t);
        if (lane->pieces.n && lane->pieces.at[lane->pieces.n - 1].to > answer->t)
            lane->pieces.at[lane->pieces.n - 1].to = answer->t;
        lane_add(arena, lane, answer->t, to, answer->success ? PIECE_GOOD : PIECE_BAD,
                 answer->success ? S("succeeds") : S("fails"));
    }
}

int64_t sim_end(const Simulation *sim) {
    const SimEntry *last = sim->entries.n ? &sim->entries.at[sim->entries.n - 1] : NULL;
    if (!last || !last->deleted) return sim->until;
    int64_t deleted = deletion(sim), requests = deleted + sim->routersLearn;
    uint32_t i = sim->entries.n - 1;
    while (i > 0 && sim->entries.at[i].t >= deleted) i--;
    bool served = sim_serves(sim) && entry_serves(&sim->entries.at[i]);
    return served && requests > last->t ? requests : last->t;
}

void lanes_make(Lanes *out, Arena *arena, const Simulation *sim) {
    *out = (Lanes){.end = sim_end(sim) + 1};
    make_phase_lane(out, arena, sim);
    for (uint32_t i = 0; i < sim->containerCount; i++) {
        make_container_lane(out, arena, sim, i);
        for (int probe = 0; probe < SCRIPT_PROBES; probe++) make_probe_lane(out, arena, sim, i, (ScriptProbe)probe);
    }
    if (sim_serves(sim)) make_traffic_lane(out, arena, sim);
}

/* Sentences. */

static void say(Sentences *out, Arena *arena, Str text) {
    ARRAY_PUSH(arena, &out->items, text);
}

static int64_t time_in(const Lane *lane, PieceKind kind, const char *label) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < lane->pieces.n; i++)
        if (lane->pieces.at[i].kind == kind && (!label || str_eq(lane->pieces.at[i].label, str_of(label))))
            sum += lane->pieces.at[i].to - lane->pieces.at[i].from;
    return sum;
}

static int percent(int64_t part, int64_t whole) {
    return whole > 0 ? (int)((part * 200 + whole) / (2 * whole)) : 0;
}

static uint32_t count_actions(const Simulation *sim, uint32_t container, SimActionKind kind) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < sim->actions.n; i++)
        n += sim->actions.at[i].container == container && sim->actions.at[i].kind == kind;
    return n;
}

static uint32_t failed_pulls(const Simulation *sim, uint32_t container) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < sim->actions.n; i++) {
        const SimAction *action = &sim->actions.at[i];
        n += action->container == container && action->kind == ACTION_PULL && !action->value;
    }
    return n;
}

static uint32_t killed_by(const Simulation *sim, uint32_t container, Str probe) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < sim->events.n; i++) {
        const SimEvent *event = &sim->events.at[i];
        if (event->container == (int)container && strcmp(event->reason, "Killing") == 0 && str_has(event->message, probe))
            n += event->count;
    }
    return n;
}

static const char *times(Arena *arena, uint32_t n) {
    return n == 1 ? "once" : n == 2 ? "twice" : str_format(arena, "%u times", n).at;
}

static void say_container(Sentences *out, Arena *arena, const Simulation *sim, const Lanes *lanes, const Lane *lane,
                          uint32_t index) {
    uint32_t starts = count_actions(sim, index, ACTION_START), pulls = failed_pulls(sim, index);
    Str name = lane->name, length = clock_text(arena, lanes->end - 1);
    int64_t backoff = time_in(lane, PIECE_BACKOFF, "CrashLoopBackOff");
    if (pulls && !starts)
        say(out, arena,
            str_format(arena, "%.*s never starts: its image is tried for %s, without success.", TEXT(name), times(arena, pulls)));
    else if (!starts)
        say(out, arena, str_format(arena, "%.*s never starts.", TEXT(name)));
    if (starts > 1 && backoff)
        say(out, arena,
            str_format(arena, "%.*s is restarted %s in %.*s and is in CrashLoopBackOff for %d %% of it.", TEXT(name),
                       times(arena, starts - 1), TEXT(length), percent(backoff, lanes->end)));
    else if (starts > 1)
        say(out, arena, str_format(arena, "%.*s is restarted %s in %.*s.", TEXT(name), times(arena, starts - 1), TEXT(length)));
    uint32_t liveness = killed_by(sim, index, S("liveness")), startup = killed_by(sim, index, S("startup"));
    if (liveness) say(out, arena, str_format(arena, "Its liveness probe stops %.*s %s.", TEXT(name), times(arena, liveness)));
    if (startup) say(out, arena, str_format(arena, "Its startup probe stops %.*s %s.", TEXT(name), times(arena, startup)));
}

static void say_traffic(Sentences *out, Arena *arena, const Simulation *sim, const Lanes *lanes) {
    const Lane *lane = &lanes->items.at[lanes->items.n - 1];
    if (lane->kind != LANE_TRAFFIC) return;
    int64_t last = lanes->end - 1, share = time_in(lane, PIECE_TRAFFIC, NULL), deleted = deletion(sim);
    uint32_t n = 0;
    for (uint32_t i = 0; i < lane->pieces.n; i++) n += lane->pieces.at[i].kind == PIECE_TRAFFIC;
    if (!n) {
        say(out, arena,
            str_format(arena, "The pod is never ready in %.*s: no traffic reaches it.", TEXT(clock_text(arena, last))));
        return;
    }
    Str from = clock_text(arena, lane->pieces.at[0].from), interruptions = {0};
    if (n > 1)
        interruptions = str_format(arena, ", with %u interruption%s: %d %% of the time", n - 1, n == 2 ? "" : "s",
                                   percent(share, lanes->end));
    say(out, arena, str_format(arena, "Traffic reaches the pod from %.*s on%.*s.", TEXT(from), TEXT(interruptions)));
    const Piece *end = &lane->pieces.at[lane->pieces.n - 1];
    if (deleted != INT64_MAX && end->kind != PIECE_TRAFFIC)
        say(out, arena,
            str_format(arena, "Requests come until %.*s, as those who send them learn of the deletion within %lld s.",
                       TEXT(clock_text(arena, deleted + sim->routersLearn)), (long long)sim->routersLearn));
    else if (end->to < lanes->end)
        say(out, arena, str_format(arena, "It is not ready after %.*s.", TEXT(clock_text(arena, end->to))));
}

static void say_unknown(Sentences *out, Arena *arena, const Simulation *sim) {
    const SimEntry *before = NULL;
    for (uint32_t i = 0; i < sim->entries.n; i++) {
        const SimEntry *entry = &sim->entries.at[i];
        Str t = clock_text(arena, entry->t);
        if (entry->unknown && !(before && before->unknown))
            say(out, arena,
                str_format(arena, "The node is silent: from %.*s on the state is unknown, and what is shown was heard before.",
                           TEXT(t)));
        else if (before && before->unknown && !entry->unknown && !entry->deleted)
            say(out, arena, str_format(arena, "The node is back at %.*s.", TEXT(t)));
        before = entry;
    }
}

/* What hooks do that nobody expects. */
static void say_hooks(Sentences *out, Arena *arena, const Simulation *sim) {
    for (uint32_t i = 0; i < sim->containerCount; i++) {
        const Lifecycle *lifecycle = sim->containers[i].spec->lifecycle;
        if (!lifecycle || !lifecycle->preStop) continue;
        const SimAction *hook = NULL, *term = NULL;
        for (uint32_t j = 0; j < sim->actions.n; j++) {
            const SimAction *action = &sim->actions.at[j];
            if (action->container != i) continue;
            if (action->kind == ACTION_HOOK) hook = action;
            if (action->kind == ACTION_KILL) term = action;
        }
        if (!hook || !term) continue;
        Str name = sim->containers[i].name;
        if (hook->value > term->t - hook->t)
            say(out, arena,
                str_format(arena,
                           "The preStop hook of %.*s takes %d s and is cut off after %lld s, when the grace period is over.",
                           TEXT(name), hook->value, (long long)(term->t - hook->t)));
        else if (!hook->value && hook_seconds(lifecycle->preStop) == HOOK_UNKNOWN)
            say(out, arena,
                str_format(arena, "How long the preStop hook of %.*s takes is not known: it is counted as nothing.", TEXT(name)));
    }
}

/* Whether a container that was told to stop had to be killed. */
static void say_killed(Sentences *out, Arena *arena, const Simulation *sim, int64_t from) {
    for (uint32_t i = 0; i < sim->actions.n; i++) {
        const SimAction *action = &sim->actions.at[i];
        if (action->t >= from && action->kind == ACTION_EXIT && action->value == 137)
            say(out, arena,
                str_format(arena, "%.*s does not end in its grace period and is killed at %.*s.",
                           TEXT(sim->containers[action->container].name), TEXT(clock_text(arena, action->t))));
    }
}

static void say_end(Sentences *out, Arena *arena, const Simulation *sim) {
    int64_t deleted = deletion(sim), over = -1;
    const SimEntry *end = NULL;
    for (uint32_t i = 0; i < sim->entries.n; i++) {
        const SimEntry *entry = &sim->entries.at[i];
        if (entry->deleted || (entry->phase != PHASE_SUCCEEDED && entry->phase != PHASE_FAILED) || over >= 0) continue;
        over = entry->t;
        end = entry;
    }
    if (end)
        say(out, arena,
            str_format(arena, "The pod ends at %.*s: %s%s%.*s.", TEXT(clock_text(arena, over)), phase_names[end->phase],
                       end->podReason.len ? ", " : "", TEXT(end->podReason)));
    if (deleted == INT64_MAX) return;
    const SimEntry *last = &sim->entries.at[sim->entries.n - 1];
    Str at = clock_text(arena, deleted);
    if (!last->deleted)
        say(out, arena,
            str_format(arena, "It is deleted at %.*s and still there at %.*s.", TEXT(at), TEXT(clock_text(arena, sim->until))));
    else if (last->t == deleted)
        say(out, arena,
            str_format(arena, "It is deleted at %.*s and gone at once%s.", TEXT(at),
                       sim->orphans ? ", while its containers run on until the kubelet hears of it" : ""));
    else
        say(out, arena,
            str_format(arena, "It is deleted at %.*s and gone %lld s later.", TEXT(at), (long long)(last->t - deleted)));
    say_killed(out, arena, sim, deleted);
}

void lanes_summary(Sentences *out, Arena *arena, const Simulation *sim) {
    Lanes lanes;
    lanes_make(&lanes, arena, sim);
    uint32_t index = 0;
    for (uint32_t i = 0; i < lanes.items.n; i++)
        if (lanes.items.at[i].kind == LANE_CONTAINER) say_container(out, arena, sim, &lanes, &lanes.items.at[i], index++);
    say_traffic(out, arena, sim, &lanes);
    say_unknown(out, arena, sim);
    say_end(out, arena, sim);
    say_hooks(out, arena, sim);
    if (sim->cut)
        say(out, arena, str_format(arena, "Cut at %.*s: there is more history than fits.", TEXT(clock_text(arena, sim->until))));
}
