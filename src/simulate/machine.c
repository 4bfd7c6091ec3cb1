/* The machine: a clock in whole seconds, the runtime below the kubelet, its pod worker, and its probe workers. In one second
 * first what ends by itself ends, then the pod is scheduled or deleted, then probes fire, then the kubelet syncs until nothing is
 * left to do. Probes whose ticker was last set by a sync that was due, which comes at the very beginning of a second, fire there.
 * Sources: k8s.io/kubernetes/pkg/kubelet, above all kuberuntime/kuberuntime_manager.go, pod_workers.go and prober/worker.go. */
#include <stdarg.h>
#include <stdio.h>

#include "kubelet.h"
#include "hook.h"
#include "state.h"

enum {
    EXIT_TERM = 143, /* a process that SIGTERM ends */
    EXIT_KILL = 137, /* ... that SIGKILL ends */
    RESYNC = 60,     /* a pod is looked at again after this, whatever happens */
    MAX_ROUNDS = 20, /* syncs in one second; probe workers of finished containers would ask for more without end */
};

/* Events as `kubectl describe` counts them. */

__attribute__((format(printf, 5, 6))) static void event(Machine *m, bool warning, const char *reason, const Unit *unit,
                                                        const char *format, ...) {
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

static void act(Machine *m, const Unit *unit, SimActionKind kind, int value, Str reason) {
    if (m->out->actions.n == SIM_MAX_ACTIONS) {
        m->out->cut = true;
        return;
    }
    ARRAY_PUSH(m->arena, &m->out->actions, (SimAction){m->now, (uint16_t)(unit - m->units), (uint8_t)kind, value, reason});
}

/* The runtime. */

static int64_t later(int64_t now, int64_t seconds) {
    return seconds == SCENARIO_NEVER ? SCENARIO_NEVER : now + seconds;
}

static void end_instance(Machine *m, Unit *unit, int code, Str reason) {
    if (!reason.len) reason = code == 0 ? S("Completed") : S("Error");
    Instance *instance = &unit->live.now;
    instance->running = false;
    instance->finished = m->now;
    instance->exitCode = code;
    instance->reason = reason;
    unit->exitAt = SCENARIO_NEVER;
    unit->stopping = false;
    m->changed = true;
    act(m, unit, ACTION_EXIT, code, reason);
}

static void start_instance(Machine *m, Unit *unit) {
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
    act(m, unit, ACTION_START, 0, (Str){0});
    event(m, false, "Created", unit, "Container created");
    event(m, false, "Started", unit, "Container started");
}

/* Whether it is a main container that requests are sent to; where none is known to be, each of them counts. */
static bool takes_requests(const Machine *m, const Unit *unit) {
    bool any = false;
    for (uint32_t i = m->initCount; i < m->unitCount; i++) any |= container_serves(m->units[i].spec);
    return unit_is_main(unit) && (!any || container_serves(unit->spec));
}

/* SIGTERM now, SIGKILL when the grace is over. */
static void signal_instance(Machine *m, Unit *unit, int64_t grace) {
    act(m, unit, ACTION_KILL, (int)grace, (Str){0});
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
static int64_t hook_length(const LifecycleHandler *hook, const OptInt *scripted) {
    if (scripted && scripted->set && !hook->sleep) return scripted->value;
    int64_t seconds = hook_seconds(hook);
    return seconds == HOOK_UNKNOWN ? 0 : scenario_clamp(seconds);
}

static void kill_begin(Machine *m, Unit *unit, int64_t grace, bool ordered) {
    const Lifecycle *lifecycle = unit->spec->lifecycle;
    unit->kill = (Kill){.stage = KILL_TURN, .began = m->now, .wake = SCENARIO_NEVER, .grace = grace, .ordered = ordered};
    if (!lifecycle || !lifecycle->preStop || grace <= 0) return;
    int64_t seconds = hook_length(lifecycle->preStop, unit->script ? &unit->script->preStopSeconds : NULL);
    unit->kill.stage = KILL_HOOK;
    unit->kill.wake = m->now + (seconds < grace ? seconds : grace);
    act(m, unit, ACTION_HOOK, (int)seconds, (Str){0});
    if (unit->script && unit->script->preStopFails) event(m, true, "FailedPreStopHook", unit, "PreStopHook failed");
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

static bool kill_done(Machine *m, Unit *unit) {
    kill_advance(m, unit);
    return unit->kill.stage == KILL_DONE;
}

static void kill_all_begin(Machine *m, int64_t grace) {
    bool ordered = false;
    for (uint32_t i = 0; i < m->initCount; i++) ordered |= m->units[i].kind == ROLE_SIDECAR;
    for (uint32_t i = 0; i < m->unitCount; i++) {
        Unit *unit = &m->units[i];
        unit->kill = (Kill){0};
        if (!unit->seen.now.running) continue;
        event(m, false, "Killing", unit, "Stopping container %.*s", TEXT(unit->spec->name));
        kill_begin(m, unit, grace, ordered);
    }
}

static bool kill_all_done(Machine *m) {
    bool done = true;
    for (uint32_t i = m->unitCount; i > 0; i--) { /* backwards: who waits for its turn comes after those it waits for */
        Unit *unit = &m->units[i - 1];
        if (unit->kill.stage != KILL_NONE) done &= kill_done(m, unit);
    }
    return done;
}

static int64_t pod_grace(const Machine *m) {
    if (m->deletedSeen) return m->deletionGrace;
    const OptInt *grace = &m->spec->terminationGracePeriodSeconds;
    return grace->set ? scenario_clamp(grace->value) : KUBELET_GRACE_PERIOD;
}

/* Probe workers (prober/worker.go). */

static const char *const probe_words[] = {"Startup", "Readiness", "Liveness"};

/* A worker without work takes what it is asked for at once, and what is asked next is work of its own. */
static void take_work(Machine *m) {
    m->pending = false;
    m->deletedSeen = m->deleted && !m->nodeLost;
    m->work = m->stopped ? WORK_TERMINATED : m->terminating ? WORK_TERMINATING : WORK_SYNC;
}

static void ask(Machine *m) {
    m->pending = true;
    if (m->work == WORK_NONE && m->scheduled) take_work(m);
}

/* A manifest that the server refuses may say less than a second. */
static int64_t period(const Prober *prober) {
    return prober->spec->periodSeconds > 0 ? prober->spec->periodSeconds : 1;
}

static void probe_result(Machine *m, Unit *unit, ScriptProbe kind, uint8_t result) {
    Prober *prober = &unit->probers[kind];
    if (prober->resultSet && prober->result == result) return;
    prober->resultSet = true;
    prober->result = result;
    uint32_t index = (uint32_t)(unit - m->units);
    if (kind == SCRIPT_READINESS) status_set_ready(m, index, prober->id, result == SCRIPT_SUCCESS);
    if (kind == SCRIPT_STARTUP) status_set_started(m, index, prober->id, result == SCRIPT_SUCCESS);
    if (kind != SCRIPT_LIVENESS || result == SCRIPT_FAILURE) ask(m);
}

static void probe_stop(Prober *prober) {
    prober->alive = prober->resultSet = prober->triggered = false;
    prober->id = 0;
}

static uint8_t probe_answer(const Unit *unit, ScriptProbe kind, int64_t age) {
    uint8_t result = SCRIPT_SUCCESS;
    if (!unit->script) return result;
    const ScriptAnswers *answers = &unit->script->answers[kind];
    for (uint32_t i = 0; i < answers->n && answers->at[i].from <= age; i++) result = answers->at[i].result;
    return result;
}

static void probe_note(Machine *m, const Unit *unit, ScriptProbe kind, Prober *prober, bool success) {
    if (!success) event(m, true, "Unhealthy", unit, "%s probe failed", probe_words[kind]);
    if (prober->shown && prober->shownSuccess == success) return;
    prober->shown = true;
    prober->shownSuccess = success;
    if (m->out->probes.n == SIM_MAX_ACTIONS) return;
    ARRAY_PUSH(m->arena, &m->out->probes, (SimProbe){m->now, (uint16_t)(unit - m->units), (uint8_t)kind, success});
}

/* Counts an answer and takes the result over once its threshold is reached. */
static void probe_count(Machine *m, Unit *unit, ScriptProbe kind, uint8_t answer) {
    Prober *prober = &unit->probers[kind];
    prober->run = prober->lastAnswer == answer ? prober->run + 1 : 1; /* goes on over restarts of the container */
    prober->lastAnswer = answer;
    if (prober->run < (answer == SCRIPT_FAILURE ? prober->spec->failureThreshold : prober->spec->successThreshold)) return;
    probe_result(m, unit, kind, answer);
    if (kind == SCRIPT_STARTUP || (kind == SCRIPT_LIVENESS && answer == SCRIPT_FAILURE)) {
        prober->onHold = true; /* the container is to be restarted, or has started for good */
        prober->run = 0;
    }
}

/* The worker of a container that has ended goes on only if it will run again. */
static bool probe_stays(const Machine *m, const Unit *unit, const SimStatus *status) {
    if (status->state.kind != STATE_TERMINATED) return true;
    if (restart_wanted(m->spec, unit->spec, status->state.exitCode)) return true;
    if (m->kubelet.conditions[CONDITION_ALL_RESTARTING].value) return true;
    for (uint32_t i = 0; i < m->unitCount; i++) {
        const SimState *state = &m->kubelet.containers[i].state;
        if (state->kind == STATE_TERMINATED && rule_restarts_all(m->units[i].spec, state->exitCode)) return true;
    }
    return false;
}

static void probe_meet(Machine *m, Unit *unit, ScriptProbe kind, const SimStatus *status) {
    static const uint8_t initial[] = {SCRIPT_ERROR, SCRIPT_FAILURE, SCRIPT_SUCCESS};
    Prober *prober = &unit->probers[kind];
    prober->resultSet = false;
    prober->id = status->id;
    prober->shown = false;
    bool restarted = kind == SCRIPT_STARTUP && unit->kind == ROLE_SIDECAR && status->started;
    if (restarted) probe_result(m, unit, kind, SCRIPT_SUCCESS);
    probe_result(m, unit, kind, initial[kind]);
    prober->onHold = false;
}

static void probe_once(Machine *m, Unit *unit, ScriptProbe kind) {
    Prober *prober = &unit->probers[kind];
    if (!m->kubelet.known) return;
    if (m->kubelet.phase == PHASE_SUCCEEDED || m->kubelet.phase == PHASE_FAILED) {
        probe_stop(prober);
        return;
    }
    const SimStatus copy = m->kubelet.containers[unit - m->units], *status = &copy; /* as it was before any result */
    if (!status->id) return;
    if (prober->id != status->id) probe_meet(m, unit, kind, status);
    if (prober->onHold) return;
    if (status->state.kind != STATE_RUNNING) {
        probe_result(m, unit, kind, SCRIPT_FAILURE);
        if (!probe_stays(m, unit, status)) probe_stop(prober);
        return;
    }
    const Instance *instance = unit->live.now.id == status->id ? &unit->live.now : &unit->live.before;
    if (m->now - instance->started < prober->spec->initialDelaySeconds) return;
    if (status->started == (kind == SCRIPT_STARTUP)) return;
    if (instance->id != status->id || !instance->running) return; /* nobody answers: an error, which does not count */
    uint8_t answer = probe_answer(unit, kind, m->now - instance->started);
    if (answer == SCRIPT_ERROR) return;
    probe_note(m, unit, kind, prober, answer == SCRIPT_SUCCESS);
    probe_count(m, unit, kind, answer);
}

static void probes_add(Machine *m) {
    for (uint32_t i = 0; i < m->unitCount; i++) {
        Unit *unit = &m->units[i];
        if (unit->kind == ROLE_INIT) continue;
        for (int kind = 0; kind < SCRIPT_PROBES; kind++) {
            Prober *prober = &unit->probers[kind];
            if (!prober->spec || prober->alive) continue;
            m->earlyProbes |= m->early;
            *prober = (Prober){.alive = true,
                               .spec = prober->spec,
                               .next = m->now + period(prober),
                               .early = m->early,
                               .shown = prober->shown,
                               .shownSuccess = prober->shownSuccess};
            probe_once(m, unit, (ScriptProbe)kind);
        }
    }
}

/* A sync that is due now will ask for an answer out of turn. */
static bool will_be_asked(const Machine *m, const Prober *prober, ScriptProbe kind) {
    bool ready = prober->resultSet && prober->result == SCRIPT_SUCCESS;
    return kind == SCRIPT_READINESS && !ready && m->retryAt <= m->now;
}

static void probes_due(Machine *m, bool early) {
    for (uint32_t i = 0; i < m->unitCount; i++)
        for (int kind = 0; kind < SCRIPT_PROBES; kind++) {
            Prober *prober = &m->units[i].probers[kind];
            if (!prober->alive || prober->early != early || prober->next > m->now) continue;
            if (early && will_be_asked(m, prober, (ScriptProbe)kind)) continue;
            prober->next += period(prober);
            probe_once(m, &m->units[i], (ScriptProbe)kind);
        }
}

/* The ticker starts anew when an answer was asked for out of turn. */
static void probes_triggered(Machine *m) {
    for (uint32_t i = 0; i < m->unitCount; i++) {
        Prober *prober = &m->units[i].probers[SCRIPT_READINESS];
        if (!prober->triggered) continue;
        prober->triggered = false;
        if (!prober->alive) continue;
        prober->next = m->now + period(prober);
        prober->early = m->early;
        m->earlyProbes |= m->early;
        probe_once(m, &m->units[i], SCRIPT_READINESS);
    }
}

static void probes_stop(Machine *m, bool all) {
    for (uint32_t i = all ? 0 : m->initCount; i < m->unitCount; i++)
        for (int kind = 0; kind < SCRIPT_PROBES; kind++)
            if (all || kind != SCRIPT_READINESS) probe_stop(&m->units[i].probers[kind]);
}

/* What a sync has to do (kuberuntime_manager.go, computePodActions). */

static void add_step(Machine *m, StepKind kind, uint32_t unit, uint8_t probe) {
    m->steps[m->stepCount++] = (Step){(uint8_t)kind, probe, (uint16_t)unit};
}

static bool probe_failed(const Unit *unit, ScriptProbe kind) {
    const Prober *prober = &unit->probers[kind];
    return prober->alive && prober->resultSet && prober->id == unit->seen.now.id && prober->result == SCRIPT_FAILURE;
}

/* What to do with one init container; returns false if its failure ends the pod. `start` marks who is to be started. */
static bool plan_init(Machine *m, uint32_t i, bool beyond, bool *start, bool *done) {
    Unit *unit = &m->units[i];
    const Instance *seen = &unit->seen.now;
    bool last = i + 1 == m->initCount;
    if (unit->kind == ROLE_INIT) {
        if (seen->running || beyond) return true;
        if (seen->exitCode != 0) {
            start[i] = restart_wanted(m->spec, unit->spec, seen->exitCode);
            return start[i];
        }
    } else if (!seen->running) {
        start[i] = true;
        return true;
    } else {
        const Prober *startup = &unit->probers[SCRIPT_STARTUP];
        if (startup->spec) {
            if (!startup->alive || !startup->resultSet || startup->id != seen->id) return true; /* not asked yet */
            if (startup->result == SCRIPT_FAILURE) {
                add_step(m, STEP_KILL, i, SCRIPT_STARTUP);
                start[i] = true;
            }
            if (startup->result != SCRIPT_SUCCESS) return true;
        }
    }
    if (last)
        *done = true;
    else if (!beyond)
        start[i + 1] = true;
    if (unit->kind == ROLE_SIDECAR && probe_failed(unit, SCRIPT_LIVENESS)) {
        add_step(m, STEP_KILL, i, SCRIPT_LIVENESS);
        start[i] = true;
    }
    return true;
}

/* Returns whether the pod is initialized; *ends: its failure ends the pod. From the last init container back: the latest one that
 * has run says how far the pod is. */
static bool plan_inits(Machine *m, bool *start, bool *ends) {
    if (!m->initCount) return true;
    bool done = false;
    for (uint32_t i = m->initCount; i < m->unitCount; i++) done |= m->units[i].seen.now.id != 0;
    bool beyond = done;
    for (uint32_t i = m->initCount; i > 0; i--) {
        Unit *unit = &m->units[i - 1];
        if (!unit->seen.now.id) {
            if (beyond && unit->kind == ROLE_SIDECAR) start[i - 1] = true;
            continue;
        }
        if (!plan_init(m, i - 1, beyond, start, &done)) {
            *ends = true;
            return false;
        }
        beyond = true;
    }
    if (!beyond) start[0] = true;
    return done;
}

/* After a probe's failure only the policy counts: there is no exit code for the rules to judge. */
static bool policy_never(const PodSpec *spec, const Container *container) {
    return str_eq(container->restartPolicy.len ? container->restartPolicy : spec->restartPolicy, S("Never"));
}

static void plan_mains(Machine *m, bool *start, bool *ends) {
    uint32_t kept = 0, started = 0;
    for (uint32_t i = m->initCount; i < m->unitCount; i++) {
        Unit *unit = &m->units[i];
        if (!unit->seen.now.running) {
            start[i] = unit_wanted(m, unit);
        } else if (probe_failed(unit, SCRIPT_LIVENESS) || probe_failed(unit, SCRIPT_STARTUP)) {
            add_step(m, STEP_KILL, i, probe_failed(unit, SCRIPT_LIVENESS) ? SCRIPT_LIVENESS : SCRIPT_STARTUP);
            start[i] = !policy_never(m->spec, unit->spec);
        } else {
            kept++;
        }
        started += start[i];
    }
    *ends = !kept && !started;
}

/* Those whose end asked for it are removed last. A pod that has lost its sandbox gets a new one first, and init containers do not
 * outlive a sandbox. */
static void plan_reset(Machine *m) {
    for (uint32_t i = 0; i < m->initCount && !m->sandboxSeen; i++)
        if (m->units[i].seen.now.id) add_step(m, STEP_RESET, i, 0);
    if (m->stepCount) return;
    static const bool sources[] = {false, false, true, true};
    static const bool mains[] = {true, false, true, false};
    for (int pass = 0; pass < 4; pass++)
        for (uint32_t i = mains[pass] ? m->initCount : 0; i < (mains[pass] ? m->unitCount : m->initCount); i++) {
            const Instance *seen = &m->units[i].seen.now;
            if (!seen->id) continue;
            bool source = !seen->running && rule_restarts_all(m->units[i].spec, seen->exitCode);
            if (source == sources[pass]) add_step(m, STEP_RESET, i, 0);
        }
}

static void plan(Machine *m) {
    m->stepCount = m->stepAt = 0;
    m->stepBegun = false;
    if (m->resetting) {
        plan_reset(m);
        return;
    }
    bool *start = m->start;
    memset(start, 0, m->unitCount * sizeof *start);
    bool ends = false, ready = plan_inits(m, start, &ends);
    if (ready && !ends) plan_mains(m, start, &ends);
    if (ends) {
        m->stepCount = 0;
        add_step(m, STEP_KILL_POD, 0, 0);
        return;
    }
    for (uint32_t i = 0; i < m->unitCount; i++)
        if (start[i]) add_step(m, i < m->initCount ? STEP_START_INIT : STEP_START, i, 0);
}

/* Starting a container (kuberuntime_manager.go, doBackOff; images/image_manager.go). */

static void blocked(Machine *m, Unit *unit, Str reason, bool waits) {
    if (!unit->blocked.at || !str_eq(unit->blocked, reason)) m->onlyWaits = false; /* the next status will be another */
    unit->blocked = reason;
    m->failed = true;
    if (!waits) m->onlyWaits = false;
}

/* The end that the delay counts from: the latest one that was seen when the sync began. */
static const Instance *last_end(const Unit *unit) {
    if (unit->seen.now.id && !unit->seen.now.running) return &unit->seen.now;
    return unit->seen.before.id ? &unit->seen.before : NULL;
}

static bool in_backoff(Machine *m, Unit *unit) {
    const Instance *end = last_end(unit);
    if (!end) return false;
    backoff_forget(&unit->backoff, m->now - 1); /* housekeeping comes after the syncs of a second */
    if (backoff_waits(&unit->backoff, end->finished, m->now)) return true;
    const KubeletSettings *kubelet = &m->scenario->kubelet;
    int64_t longest = kubelet->backoffLongest, first = kubelet->backoffFirst < longest ? kubelet->backoffFirst : longest;
    backoff_next(&unit->backoff, end->finished, m->now, first, longest);
    return false;
}

typedef enum StartResult { START_WAITS, START_FAILED, START_DONE } StartResult;

static StartResult start_image(Machine *m, Unit *unit) {
    Image *image = unit->image;
    Str policy = unit->spec->imagePullPolicy;
    if (image->present && !str_eq(policy, S("Always"))) {
        event(m, false, "Pulled", unit, "Container image \"%.*s\" already present on machine", TEXT(image->name));
        return START_DONE;
    }
    if (str_eq(policy, S("Never"))) {
        if (!unit->blocked.at)
            event(m, true, "ErrImageNeverPull", unit, "Container image \"%.*s\" is not present with pull policy of Never",
                  TEXT(image->name));
        blocked(m, unit, S("ErrImageNeverPull"), true);
        return START_FAILED;
    }
    if (backoff_waits(&image->backoff, image->backoff.updated, m->now)) {
        if (!str_eq(unit->blocked, S("ImagePullBackOff")))
            event(m, false, "BackOff", unit, "Back-off pulling image \"%.*s\"", TEXT(image->name));
        blocked(m, unit, S("ImagePullBackOff"), true);
        return START_FAILED;
    }
    event(m, false, "Pulling", unit, "Pulling image \"%.*s\"", TEXT(image->name));
    m->startStage = START_PULLING;
    m->wake = m->now + (unit->script ? unit->script->pullSeconds : 0);
    return START_WAITS;
}

static StartResult end_pull(Machine *m, Unit *unit) {
    Image *image = unit->image;
    bool ok = !unit->script || m->now >= unit->script->pullFailsUntil;
    act(m, unit, ACTION_PULL, ok, (Str){0});
    if (ok) {
        image->present = true;
        event(m, false, "Pulled", unit, "Successfully pulled image \"%.*s\"", TEXT(image->name));
        return START_DONE;
    }
    backoff_next(&image->backoff, m->now, m->now, KUBELET_PULL_BACKOFF_FIRST, KUBELET_PULL_BACKOFF_LONGEST);
    event(m, true, "Failed", unit, "Failed to pull image \"%.*s\"", TEXT(image->name));
    blocked(m, unit, S("ErrImagePull"), false);
    return START_FAILED;
}

/* postStart runs while nothing else of the pod goes on; its failure stops the container. */
static StartResult start_hook(Machine *m, Unit *unit) {
    start_instance(m, unit);
    const Lifecycle *lifecycle = unit->spec->lifecycle;
    if (!lifecycle || !lifecycle->postStart) return START_DONE;
    m->startStage = START_HOOK;
    m->wake = m->now + hook_length(lifecycle->postStart, unit->script ? &unit->script->postStartSeconds : NULL);
    return START_WAITS;
}

static StartResult end_hook(Machine *m, Unit *unit) {
    if (!unit->script || !unit->script->postStartFails) return START_DONE;
    event(m, true, "FailedPostStartHook", unit, "PostStartHook failed");
    event(m, false, "Killing", unit, "FailedPostStartHook");
    kill_begin(m, unit, pod_grace(m), false);
    m->startStage = START_HOOK_KILL;
    return START_WAITS;
}

static StartResult start_begin(Machine *m, Unit *unit) {
    if (!in_backoff(m, unit)) return start_image(m, unit);
    if (!str_eq(unit->blocked, S("CrashLoopBackOff")))
        event(m, true, "BackOff", unit, "Back-off restarting failed container %.*s", TEXT(unit->spec->name));
    blocked(m, unit, S("CrashLoopBackOff"), true);
    return START_FAILED;
}

static StartResult end_hook_kill(Machine *m, Unit *unit) {
    if (!kill_done(m, unit)) return START_WAITS;
    blocked(m, unit, S("PostStartHookError"), false);
    return START_FAILED;
}

/* Goes on as far as it can at this time. */
static StartResult start_advance(Machine *m, Unit *unit) {
    StartResult result = START_DONE;
    if (m->startStage == START_BEGIN) {
        if ((result = start_begin(m, unit)) == START_FAILED) return result;
        if (result == START_DONE) result = start_hook(m, unit);
        if (result == START_DONE) return result;
    }
    if (m->startStage == START_PULLING) {
        if (m->now < m->wake) return START_WAITS;
        if ((result = end_pull(m, unit)) == START_FAILED) return result;
        if ((result = start_hook(m, unit)) == START_DONE) return result;
    }
    if (m->startStage == START_HOOK) {
        if (m->now < m->wake) return START_WAITS;
        if ((result = end_hook(m, unit)) == START_DONE) return result;
    }
    return end_hook_kill(m, unit);
}

/* The steps of a sync. Each returns whether it is over. */

static bool step_start(Machine *m, Unit *unit, bool init) {
    if (!m->stepBegun) m->startStage = START_BEGIN;
    StartResult result = start_advance(m, unit);
    if (result == START_WAITS) return false;
    if (result == START_DONE) unit->blocked = (Str){0};
    /* An init container that cannot start holds all that follow; a sidecar does not. */
    if (result == START_FAILED && init && unit->kind == ROLE_INIT) m->stepAt = m->stepCount;
    return true;
}

static bool step_kill(Machine *m, Unit *unit, ScriptProbe probe) {
    if (!m->stepBegun) {
        const Probe *spec = unit->probers[probe].spec;
        bool own = spec && spec->terminationGracePeriodSeconds.set && !m->deletedSeen;
        event(m, false, "Killing", unit, "Container %.*s failed %s probe%s", TEXT(unit->spec->name),
              probe == SCRIPT_LIVENESS ? "liveness" : "startup", policy_never(m->spec, unit->spec) ? "" : ", will be restarted");
        kill_begin(m, unit, own ? scenario_clamp(spec->terminationGracePeriodSeconds.value) : pod_grace(m), false);
    }
    return kill_done(m, unit);
}

static bool step_reset(Machine *m, Unit *unit) {
    if (!m->stepBegun && unit->seen.now.running) {
        event(m, false, "Killing", unit, "Stopping container %.*s", TEXT(unit->spec->name));
        kill_begin(m, unit, 0, false);
    }
    if (unit->seen.now.running && !kill_done(m, unit)) return false;
    unit->live = (Instances){0};
    m->removed = true;
    return true;
}

static bool step_kill_pod(Machine *m) {
    if (!m->stepBegun) kill_all_begin(m, pod_grace(m));
    if (!kill_all_done(m)) return false;
    m->sandbox = false;
    m->changed = true;
    return true;
}

static bool step_advance(Machine *m) {
    const Step *step = &m->steps[m->stepAt];
    Unit *unit = &m->units[step->unit];
    switch ((StepKind)step->kind) {
    case STEP_KILL: return step_kill(m, unit, (ScriptProbe)step->probe);
    case STEP_KILL_POD: return step_kill_pod(m);
    case STEP_RESET: return step_reset(m, unit);
    case STEP_START_INIT: return step_start(m, unit, true);
    case STEP_START: return step_start(m, unit, false);
    }
    return true;
}

/* The pod worker (pod_workers.go). */

static void see(Machine *m, bool live) {
    for (uint32_t i = 0; i < m->unitCount; i++) m->units[i].seen = live ? m->units[i].live : m->units[i].cached;
    m->sandboxSeen = live ? m->sandbox : m->sandboxCached;
}

static void work_end(Machine *m) {
    m->work = WORK_NONE;
    m->active = false;
    m->cacheFresh = false;
}

/* When the next sync could find something else than this one, which found only delays that are not over. */
static int64_t next_chance(const Machine *m) {
    int64_t next = SCENARIO_NEVER;
    for (uint32_t i = 0; i < m->unitCount; i++) {
        const Unit *unit = &m->units[i];
        if (!unit->blocked.at) continue;
        int64_t at = SCENARIO_NEVER;
        const Instance *end = last_end(unit);
        if (str_eq(unit->blocked, S("CrashLoopBackOff")) && end) {
            int64_t over = end->finished + unit->backoff.delay, forgotten = unit->backoff.updated + KUBELET_BACKOFF_RESET + 2;
            at = over < forgotten ? over : forgotten;
        } else if (str_eq(unit->blocked, S("ImagePullBackOff"))) {
            at = unit->image->backoff.updated + unit->image->backoff.delay;
        }
        if (at < next) next = at;
    }
    return next > m->now ? next : m->now + 1;
}

static void sync_end(Machine *m) {
    if (m->resetting && m->removed) ask(m);
    m->retryAt = m->now + RESYNC;
    if (m->failed) m->retryAt = m->onlyWaits && !m->probed ? next_chance(m) : m->now + 1;
    work_end(m);
    if (m->pending) take_work(m); /* what the answers below ask for is work of its own */
    probes_triggered(m);
}

/* A status that says the pod is over makes the worker stop what still runs, and the sync ends there. */
static void sync_begin(Machine *m) {
    see(m, false);
    m->failed = m->removed = m->probed = false;
    m->onlyWaits = true;
    status_make(m, false);
    bool over = m->draft.phase == PHASE_SUCCEEDED || m->draft.phase == PHASE_FAILED;
    m->resetting = m->draft.conditions[CONDITION_ALL_RESTARTING].value;
    status_set(m);
    if (over) {
        m->terminating = true;
        ask(m);
        work_end(m);
        return;
    }
    m->sandbox = true;
    probes_add(m);
    plan(m);
}

static void terminating_begin(Machine *m) {
    see(m, false);
    status_make(m, false);
    status_set(m);
    probes_stop(m, false);
    probes_triggered(m);
    int64_t grace = pod_grace(m);
    kill_all_begin(m, grace > 1 ? grace : 1);
}

static void terminating_end(Machine *m) {
    m->sandbox = false;
    probes_stop(m, true);
    see(m, true);
    status_make(m, true);
    status_set(m);
    m->stopped = true;
    ask(m);
    work_end(m);
}

static void terminated(Machine *m) {
    see(m, false);
    status_make(m, true);
    status_set(m);
    status_finish(m);
    work_end(m);
    m->work = WORK_FINISHED;
}

/* Returns whether the work in hand has gone as far as it can now without being over. */
static bool work_blocked(Machine *m) {
    if (m->work == WORK_TERMINATING) {
        if (!kill_all_done(m)) return true;
        terminating_end(m);
        return false;
    }
    while (m->stepAt < m->stepCount) {
        bool over = step_advance(m);
        m->stepBegun = true;
        if (!over) return true;
        m->stepBegun = false;
        m->stepAt++;
    }
    sync_end(m);
    return false;
}

static void work_begin(Machine *m) {
    m->active = true;
    if (m->work == WORK_TERMINATED) {
        terminated(m);
    } else if (m->work == WORK_TERMINATING) {
        terminating_begin(m);
    } else {
        sync_begin(m);
    }
}

/* Does what can be done now. Work begins only on a list of containers that is newer than the work before. */
static void work(Machine *m) {
    while (m->work != WORK_FINISHED) {
        if (m->active) {
            if (work_blocked(m)) return;
            continue;
        }
        if (m->work == WORK_NONE && m->pending && m->scheduled) take_work(m);
        if (m->work == WORK_NONE) return;
        if (!m->cacheFresh) return;
        work_begin(m);
    }
}

/* The kubelet lists the containers anew (pleg/generic.go). */
static void relist(Machine *m) {
    for (uint32_t i = 0; i < m->unitCount; i++) m->units[i].cached = m->units[i].live;
    m->sandboxCached = m->sandbox;
    m->cacheFresh = true;
    if (m->changed) ask(m);
    m->changed = false;
}

/* One second. */

static void ends_due(Machine *m) {
    for (uint32_t i = 0; i < m->unitCount; i++) {
        Unit *unit = &m->units[i];
        if (unit->live.now.running && unit->exitAt <= m->now) end_instance(m, unit, unit->exitCode, unit->exitReason);
    }
}

static void schedule(Machine *m) {
    m->scheduled = true;
    m->sandbox = m->sandboxCached = m->changed = true;
    event(m, false, "Scheduled", NULL, "Assigned to a node");
    ask(m);
}

/* No node takes the pod; the scheduler tries again whenever something changes in the cluster, which nothing does here. */
static void refuse_schedule(Machine *m) {
    m->api.conditions[CONDITION_SCHEDULED] = (Condition){.set = true, .reason = "Unschedulable"};
    m->refused = m->dirty = true;
    event(m, true, "FailedScheduling", NULL, "%.*s", TEXT(m->scenario->unschedulable));
}

/* A sync that is under way goes on to its end, even one that waits for an image (kubelet.go, SyncPod, without cancellation). */
static void delete_pod(Machine *m, int64_t grace) {
    m->deleted = m->dirty = true;
    m->deletionGrace = grace > 1 ? grace : 1;
    if (!m->scheduled || m->finished || m->scenario->force) {
        m->gone = true;
        for (uint32_t i = 0; i < m->unitCount; i++) m->out->orphans |= m->units[i].live.now.running;
        return;
    }
    if (m->nodeLost) return; /* nobody there hears of it */
    m->terminating = true;
    ask(m);
}

/* How long the pod stays on a node that cannot be reached (k8s.io/kubernetes/pkg/controller/tainteviction). */
int64_t unreachable_toleration(const PodSpec *spec) {
    int64_t shortest = KUBELET_UNREACHABLE_TOLERATION;
    bool any = false, forever = false;
    for (uint32_t i = 0; i < spec->tolerations.n; i++) {
        const Toleration *toleration = &spec->tolerations.at[i];
        bool key = str_eq(toleration->key, S("node.kubernetes.io/unreachable")) ||
                   (!toleration->key.len && str_eq(toleration->operator, S("Exists")));
        if (!key || (toleration->effect.len && !str_eq(toleration->effect, S("NoExecute")))) continue;
        if (!toleration->tolerationSeconds.set) {
            forever = true;
        } else if (!any || toleration->tolerationSeconds.value < shortest) {
            shortest = toleration->tolerationSeconds.value;
            any = true;
        }
    }
    return forever && !any ? SCENARIO_NEVER : scenario_clamp(shortest);
}

static void node_due(Machine *m) {
    const Scenario *scenario = m->scenario;
    int64_t lostAt = scenario->nodeLostAt;
    if (!m->scheduled || lostAt == SCENARIO_NEVER || m->now < lostAt) return;
    if (m->now == lostAt) m->nodeLost = true;
    if (m->nodeLost && m->now >= scenario->nodeBackAt) {
        m->nodeLost = m->nodeUnknown = false;
        status_back(m);
        if (m->deleted) m->terminating = true;
        ask(m);
    }
    if (!m->nodeLost || m->now < lostAt + KUBELET_NODE_GRACE) return;
    if (!m->nodeUnknown) {
        m->nodeUnknown = true;
        m->evictAt = later(lostAt + KUBELET_NODE_GRACE, unreachable_toleration(m->spec));
        status_lost(m);
        event(m, true, "NodeNotReady", NULL, "Node is not ready");
    }
    if (m->deleted || m->now < m->evictAt) return;
    event(m, false, "TaintManagerEviction", NULL, "Marking for deletion");
    delete_pod(m, pod_grace(m));
}

static void outside_due(Machine *m) {
    const Scenario *scenario = m->scenario;
    bool gated = m->spec->schedulingGates.n && m->now < scenario->gatesRemovedAt;
    bool asked = !m->scheduled && !gated && m->now >= scenario->scheduleAt && !m->deleted;
    if (asked && !scenario->unschedulable.len) schedule(m);
    if (asked && scenario->unschedulable.len && !m->refused) refuse_schedule(m);
    node_due(m);
    if (!m->deleted && m->now >= scenario->deleteAt)
        delete_pod(m, scenario->gracePeriodSeconds.set ? scenario->gracePeriodSeconds.value : pod_grace(m));
    for (uint32_t i = 0; i < scenario->gates.n; i++)
        if (scenario->gates.at[i].from == m->now) ask(m);
}

static bool deadline_due(const Machine *m) {
    const OptInt *deadline = &m->spec->activeDeadlineSeconds;
    return deadline->set && m->startTime >= 0 && !m->terminating && m->now - m->startTime >= deadline->value;
}

static void timers_due(Machine *m) {
    if (m->work == WORK_NONE && m->retryAt <= m->now) {
        m->retryAt = SCENARIO_NEVER;
        ask(m);
    }
    if (deadline_due(m)) {
        event(m, false, "DeadlineExceeded", NULL, "Pod was active on the node longer than the specified deadline");
        ask(m);
    }
}

/* What comes before any end of this second is seen. */
static void early_probes(Machine *m) {
    if (!m->earlyProbes) return;
    bool idle = m->work == WORK_NONE;
    probes_due(m, true);
    if (!idle || m->work == WORK_NONE) return;
    relist(m);
    work(m);
}

static void second(Machine *m) {
    early_probes(m);
    ends_due(m);
    relist(m);
    work(m);
    m->early = true;
    timers_due(m);
    work(m);
    m->early = false;
    outside_due(m);
    work(m);
    probes_due(m, false);
    work(m);
    for (int round = 0; round < MAX_ROUNDS && (m->changed || m->pending || m->work != WORK_NONE); round++) {
        ends_due(m);
        relist(m);
        work(m);
        if (m->active || m->work == WORK_FINISHED) break;
    }
    status_record(m);
}

static void earlier(int64_t *next, int64_t at, int64_t now) {
    if (at <= now) at = now + 1;
    if (at < *next) *next = at;
}

/* The next second in which something can happen. */
static int64_t next_second(const Machine *m) {
    int64_t next = SCENARIO_NEVER;
    const Scenario *scenario = m->scenario;
    if (!m->scheduled && !m->refused) {
        int64_t at = scenario->scheduleAt;
        if (m->spec->schedulingGates.n && scenario->gatesRemovedAt > at) at = scenario->gatesRemovedAt;
        earlier(&next, at, m->now);
    }
    if (!m->deleted) earlier(&next, scenario->deleteAt, m->now);
    for (uint32_t i = 0; i < scenario->gates.n; i++)
        if (scenario->gates.at[i].from > m->now) earlier(&next, scenario->gates.at[i].from, m->now);
    if (scenario->nodeLostAt != SCENARIO_NEVER) {
        int64_t lostAt = scenario->nodeLostAt, times[] = {lostAt, lostAt + KUBELET_NODE_GRACE, m->evictAt, scenario->nodeBackAt};
        for (size_t i = 0; i < COUNT(times); i++)
            if (times[i] > m->now) earlier(&next, times[i], m->now);
    }
    if (m->work == WORK_FINISHED) return next;
    bool asked = m->pending || m->work != WORK_NONE; /* ... and what is asked for waits for a fresh list */
    if (asked && !m->active && m->scheduled) earlier(&next, m->now + 1, m->now);
    if (!m->active) earlier(&next, m->retryAt, m->now);
    if (m->active && m->startStage != START_BEGIN && m->startStage != START_HOOK_KILL) earlier(&next, m->wake, m->now);
    const OptInt *deadline = &m->spec->activeDeadlineSeconds;
    if (deadline->set && m->startTime >= 0 && !m->terminating)
        earlier(&next, m->startTime + scenario_clamp(deadline->value), m->now);
    for (uint32_t i = 0; i < m->unitCount; i++) {
        const Unit *unit = &m->units[i];
        if (unit->live.now.running) earlier(&next, unit->exitAt, m->now);
        if (unit->kill.stage == KILL_HOOK || unit->kill.stage == KILL_TURN) earlier(&next, unit->kill.wake, m->now);
        for (int kind = 0; kind < SCRIPT_PROBES; kind++)
            if (unit->probers[kind].alive) earlier(&next, unit->probers[kind].next, m->now);
    }
    return next;
}

/* Setting up. */

static Image *image_of(Machine *m, Str name) {
    for (uint32_t i = 0; i < m->imageCount; i++)
        if (str_eq(m->images[i].name, name)) return &m->images[i];
    Image *image = &m->images[m->imageCount++];
    image->name = name;
    return image;
}

static void add_unit(Machine *m, const Container *spec, ContainerRole kind) {
    uint32_t index = m->unitCount++;
    Unit *unit = &m->units[index];
    unit->spec = spec;
    unit->kind = (uint8_t)kind;
    unit->script = scenario_find(m->scenario, spec->name);
    unit->image = image_of(m, spec->image);
    unit->exitAt = SCENARIO_NEVER;
    if (kind != ROLE_INIT) {
        unit->probers[SCRIPT_STARTUP].spec = spec->startupProbe;
        unit->probers[SCRIPT_READINESS].spec = spec->readinessProbe;
        unit->probers[SCRIPT_LIVENESS].spec = spec->livenessProbe;
    }
    m->out->containers[index] = (SimContainer){spec->name, (uint8_t)kind, spec};
}

static void sort_mains(Machine *m) {
    uint32_t n = m->unitCount - m->initCount;
    m->byName = NEW_ARRAY(m->arena, uint32_t, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = i;
        while (at > 0 && str_cmp(m->units[m->byName[at - 1]].spec->name, m->units[m->initCount + i].spec->name) > 0) {
            m->byName[at] = m->byName[at - 1];
            at--;
        }
        m->byName[at] = m->initCount + i;
    }
}

static void set_up(Machine *m) {
    const PodSpec *spec = m->spec;
    uint32_t n = spec->initContainers.n + spec->containers.n;
    m->units = NEW_ARRAY(m->arena, Unit, n);
    m->images = NEW_ARRAY(m->arena, Image, n);
    m->steps = NEW_ARRAY(m->arena, Step, 2 * (size_t)n + 1);
    m->start = NEW_ARRAY(m->arena, bool, (size_t)n + 1);
    m->out->containers = NEW_ARRAY(m->arena, SimContainer, n);
    for (uint32_t i = 0; i < spec->initContainers.n; i++) {
        const Container *container = &spec->initContainers.at[i];
        add_unit(m, container, is_sidecar(container) ? ROLE_SIDECAR : ROLE_INIT);
    }
    m->initCount = m->unitCount;
    for (uint32_t i = 0; i < spec->containers.n; i++) add_unit(m, &spec->containers.at[i], ROLE_MAIN);
    m->out->containerCount = n;
    sort_mains(m);
    m->kubelet.containers = NEW_ARRAY(m->arena, SimStatus, n);
    m->api.containers = NEW_ARRAY(m->arena, SimStatus, n);
    m->draft.containers = NEW_ARRAY(m->arena, SimStatus, n);
}

void simulate(Simulation *out, Arena *arena, const ObjectMeta *meta, const PodSpec *spec, const Scenario *scenario) {
    *out = (Simulation){.until = scenario->until,
                        .spec = spec,
                        .routersLearn = scenario_routers_learn(scenario),
                        .listeningUntil = SCENARIO_NEVER};
    Machine m = {.arena = arena, .out = out, .meta = meta, .spec = spec, .scenario = scenario};
    m.startTime = -1;
    m.retryAt = m.evictAt = m.wake = SCENARIO_NEVER;
    m.cacheFresh = m.dirty = true;
    set_up(&m);
    if (spec->schedulingGates.n && scenario->gatesRemovedAt > 0)
        m.api.conditions[CONDITION_SCHEDULED] = (Condition){.set = true, .reason = "SchedulingGated"};
    while (m.now <= scenario->until && !m.gone) {
        second(&m);
        if (out->entries.n >= SIM_MAX_ENTRIES || (uint64_t)out->entries.n * m.unitCount >= SIM_MAX_STATUSES) out->cut = true;
        if (out->cut) break;
        int64_t next = next_second(&m);
        if (next > scenario->until) break;
        m.now = next;
    }
    if (out->cut) out->until = m.now;
}
