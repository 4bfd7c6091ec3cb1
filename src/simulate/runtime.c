/* The runtime below the kubelet: containers that start and end, and their way down: hook, turn, signal
 * (k8s.io/kubernetes/pkg/kubelet/kuberuntime: kuberuntime_container.go, kuberuntime_termination_order.go). */
#include <stdarg.h>
#include <stdio.h>

#include "kubelet.h"
#include "hook.h"
#include "state.h"

enum {
    EXIT_TERM = 143, /* a process that SIGTERM ends */
    EXIT_KILL = 137, /* ... that SIGKILL ends */
};

/* Events as `kubectl describe` counts them. */

void machine_event(Machine *m, bool warning, const char *reason, const Unit *unit, const char *format, ...) {
    char text[2000];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    Str message = {text, length < 0 ? 0 : (size_t)length < sizeof text ? (size_t)length : sizeof text - 1};
    int container = unit ? (int)(unit - m->units) : -1;
    for (uint32_t i = 0; i < m->out->events.n; i++) {
        SimEvent *known = &m->out->events.at[i];
        if (known->container != container || strcmp(known->reason, reason) != 0 || !str_eq(known->message, message)) continue;
        known->last = m->now;
        known->count++;
        return;
    }
    if (m->out->events.n == SIM_MAX_EVENTS) return;
    ARRAY_PUSH(m->arena, &m->out->events,
               (SimEvent){m->now, m->now, 1, warning, reason, container, arena_str(m->arena, message)});
}

void machine_act(Machine *m, const Unit *unit, SimActionKind kind, int value, Str reason) {
    if (m->out->actions.n == SIM_MAX_ACTIONS) {
        m->out->cut = true;
        return;
    }
    ARRAY_PUSH(m->arena, &m->out->actions, (SimAction){m->now, (uint16_t)(unit - m->units), (uint8_t)kind, value, reason});
}

/* The runtime. */

void end_instance(Machine *m, Unit *unit, int code, Str reason) {
    if (!reason.len) reason = code == 0 ? S("Completed") : S("Error");
    Instance *instance = &unit->live.now;
    instance->running = false;
    instance->finished = m->now;
    instance->exitCode = code;
    instance->reason = reason;
    unit->exitAt = SCENARIO_NEVER;
    unit->stopping = false;
    m->changed = true;
    machine_act(m, unit, ACTION_EXIT, code, reason);
}

void start_instance(Machine *m, Unit *unit) {
    if (unit->live.now.id) unit->live.before = unit->live.now;
    /* A container that was removed goes on from the number of its logs (kuberuntime_container.go, startContainer). */
    int restarts = unit->seen.now.id ? unit->seen.now.restartCount + 1 : (int)unit->runs;
    unit->live.now = (Instance){.id = ++m->nextId, .running = true, .started = m->now, .restartCount = restarts};
    unit->exitAt = SCENARIO_NEVER;
    const ContainerScript *script = unit->script;
    if (script && script->runCount) {
        const ScriptRun *run = &script->runs[unit->runs < script->runCount ? unit->runs : script->runCount - 1];
        unit->exitAt = later(m->now, run->seconds);
        unit->exitCode = run->exitCode;
        unit->exitReason = run->reason;
    }
    unit->runs++;
    m->changed = true;
    machine_act(m, unit, ACTION_START, 0, (Str){0});
    machine_event(m, false, "Created", unit, "Container created");
    machine_event(m, false, "Started", unit, "Container started");
}

/* Whether it is a main container that requests are sent to; where none is known to be, each of them counts. */
static bool takes_requests(const Machine *m, const Unit *unit) {
    bool any = false;
    for (uint32_t i = m->initCount; i < m->unitCount; i++) any |= container_serves(m->units[i].spec);
    return unit_is_main(unit) && (!any || container_serves(unit->spec));
}

/* SIGTERM now, SIGKILL when the grace is over. */
static void signal_instance(Machine *m, Unit *unit, int64_t grace) {
    machine_act(m, unit, ACTION_KILL, (int)grace, (Str){0});
    if (!unit->live.now.running) return;
    const ContainerScript *script = unit->script;
    int64_t listening = m->now + (script ? script->listenSeconds.value : 0);
    if (m->deleted && takes_requests(m, unit) && listening < m->out->listeningUntil) m->out->listeningUntil = listening;
    int64_t seconds = script && script->termSet ? script->termSeconds : 0;
    int code = script && script->termSet ? script->termCode : EXIT_TERM;
    if (seconds >= grace) {
        seconds = grace;
        code = EXIT_KILL;
    }
    unit->stopping = true;
    if (unit->exitAt <= m->now + seconds) return; /* it ends by itself before */
    unit->exitAt = m->now + seconds;
    unit->exitCode = code;
    unit->exitReason = (Str){0};
    if (seconds == 0) end_instance(m, unit, code, (Str){0});
}

/* Stopping a container (kuberuntime_container.go, killContainer; kuberuntime_termination_order.go). */

/* As the scenario says, or else as the hook itself does. A sleep is as long as it is. */
int64_t hook_length(const LifecycleHandler *hook, const OptInt *scripted) {
    if (scripted && scripted->set && !hook->sleep) return scripted->value;
    int64_t seconds = hook_seconds(hook);
    return seconds == HOOK_UNKNOWN ? 0 : scenario_clamp(seconds);
}

void kill_begin(Machine *m, Unit *unit, int64_t grace, bool ordered) {
    const Lifecycle *lifecycle = unit->spec->lifecycle;
    unit->kill = (Kill){.stage = KILL_TURN, .began = m->now, .wake = SCENARIO_NEVER, .grace = grace, .ordered = ordered};
    if (!lifecycle || !lifecycle->preStop || grace <= 0) return;
    int64_t seconds = hook_length(lifecycle->preStop, unit->script ? &unit->script->preStopSeconds : NULL);
    unit->kill.stage = KILL_HOOK;
    unit->kill.wake = m->now + (seconds < grace ? seconds : grace);
    machine_act(m, unit, ACTION_HOOK, (int)seconds, (Str){0});
    if (unit->script && unit->script->preStopFails) machine_event(m, true, "FailedPreStopHook", unit, "PreStopHook failed");
}

/* A sidecar goes after all main containers and after the sidecars that were started later. */
static bool kill_turn(const Machine *m, const Unit *unit) {
    if (unit->kind != ROLE_SIDECAR) return true;
    uint32_t self = (uint32_t)(unit - m->units);
    for (uint32_t i = self + 1; i < m->unitCount; i++) {
        const Unit *other = &m->units[i];
        if (other->kind != ROLE_INIT && other->kill.stage != KILL_NONE && other->kill.stage != KILL_DONE) return false;
    }
    return true;
}

/* Goes on as far as it can at this time. */
static void kill_advance(Machine *m, Unit *unit) {
    Kill *kill = &unit->kill;
    if (kill->stage == KILL_HOOK && m->now >= kill->wake) {
        kill->grace -= m->now - kill->began;
        kill->stage = KILL_TURN;
        kill->began = m->now;
    }
    if (kill->stage == KILL_TURN) {
        bool wait = kill->ordered && kill->grace > 0 && !kill_turn(m, unit);
        kill->wake = kill->began + kill->grace;
        if (wait && m->now < kill->wake) return;
        if (kill->ordered && kill->grace > 0) kill->grace -= m->now - kill->began;
        kill->stage = KILL_SIGNAL;
        kill->wake = SCENARIO_NEVER;
        signal_instance(m, unit, kill->grace > KUBELET_GRACE_EXTRA ? kill->grace : KUBELET_GRACE_EXTRA);
    }
    if (kill->stage == KILL_SIGNAL && !unit->live.now.running) kill->stage = KILL_DONE;
}

bool kill_done(Machine *m, Unit *unit) {
    kill_advance(m, unit);
    return unit->kill.stage == KILL_DONE;
}

void kill_all_begin(Machine *m, int64_t grace) {
    bool ordered = false;
    for (uint32_t i = 0; i < m->initCount; i++) ordered |= m->units[i].kind == ROLE_SIDECAR;
    for (uint32_t i = 0; i < m->unitCount; i++) {
        Unit *unit = &m->units[i];
        unit->kill = (Kill){0};
        if (!unit->seen.now.running) continue;
        machine_event(m, false, "Killing", unit, "Stopping container %.*s", TEXT(unit->spec->name));
        kill_begin(m, unit, grace, ordered);
    }
}

bool kill_all_done(Machine *m) {
    bool done = true;
    for (uint32_t i = m->unitCount; i > 0; i--) { /* backwards: who waits for its turn comes after those it waits for */
        Unit *unit = &m->units[i - 1];
        if (unit->kill.stage != KILL_NONE) done &= kill_done(m, unit);
    }
    return done;
}

int64_t pod_grace(const Machine *m) {
    if (m->deletedSeen) return m->deletionGrace;
    const OptInt *grace = &m->spec->terminationGracePeriodSeconds;
    return grace->set ? scenario_clamp(grace->value) : KUBELET_GRACE_PERIOD;
}
