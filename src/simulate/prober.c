/* Probe workers (k8s.io/kubernetes/pkg/kubelet/prober: worker.go, prober_manager.go). */
#include "state.h"

static const char *const probe_words[] = {"Startup", "Readiness", "Liveness"};

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
    if (kind != SCRIPT_LIVENESS || result == SCRIPT_FAILURE) machine_ask(m);
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
    if (!success) machine_event(m, true, "Unhealthy", unit, "%s probe failed", probe_words[kind]);
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

void probes_add(Machine *m) {
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

void probes_due(Machine *m, bool early) {
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
void probes_triggered(Machine *m) {
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

void probes_stop(Machine *m, bool all) {
    for (uint32_t i = all ? 0 : m->initCount; i < m->unitCount; i++)
        for (int kind = 0; kind < SCRIPT_PROBES; kind++)
            if (all || kind != SCRIPT_READINESS) probe_stop(&m->units[i].probers[kind]);
}
