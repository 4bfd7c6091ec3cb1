/* What the kubelet says of a pod: container states, phase and conditions, from what it saw of the runtime and what it said before
 * (k8s.io/kubernetes/pkg/kubelet: kubelet_pods.go, status/), and what kubectl makes of that (pkg/printers/internalversion). */
#include "state.h"

const char *const phase_names[] = {"Pending", "Running", "Succeeded", "Failed", "Unknown"};
const char *const state_names[] = {"", "waiting", "running", "terminated"};
const char *const condition_names[] = {"AllContainersRestarting",   "ContainersReady", "Initialized",
                                       "PodReadyToStartContainers", "PodScheduled",    "Ready"};

enum { LOST_EXIT_CODE = 137 }; /* of a container that was never seen to end */

static bool phase_over(uint8_t phase) {
    return phase == PHASE_SUCCEEDED || phase == PHASE_FAILED;
}

/* Restart rules and policies (k8s.io/kubernetes/pkg/api/v1/pod). */

static const ContainerRestartRule *matching_rule(const Container *container, int exitCode) {
    for (uint32_t i = 0; i < container->restartPolicyRules.n; i++) {
        const ContainerRestartRule *rule = &container->restartPolicyRules.at[i];
        if (!rule->exitCodes) continue;
        bool listed = false;
        for (uint32_t j = 0; j < rule->exitCodes->values.n; j++) listed |= rule->exitCodes->values.at[j] == exitCode;
        if (str_eq(rule->exitCodes->operator, S("In")) ? listed : !listed) return rule;
    }
    return NULL;
}

bool rule_restarts_all(const Container *container, int exitCode) {
    const ContainerRestartRule *rule = matching_rule(container, exitCode);
    return rule && str_eq(rule->action, S("RestartAllContainers"));
}

static bool policy_restarts(Str policy, int exitCode) {
    if (str_eq(policy, S("Never"))) return false;
    return str_eq(policy, S("OnFailure")) ? exitCode != 0 : true;
}

bool restart_wanted(const PodSpec *spec, const Container *container, int exitCode) {
    if (!container->restartPolicy.len) return policy_restarts(spec->restartPolicy, exitCode);
    return matching_rule(container, exitCode) ? true : policy_restarts(container->restartPolicy, exitCode);
}

static bool may_restart_all(const Machine *m) {
    for (uint32_t i = 0; i < m->unitCount; i++) {
        const ContainerRestartRuleList *list = &m->units[i].spec->restartPolicyRules;
        for (uint32_t j = 0; j < list->n; j++)
            if (str_eq(list->at[j].action, S("RestartAllContainers"))) return true;
    }
    return false;
}

/* Whether any container's end asks for a restart of all (k8s.io/kubernetes/pkg/kubelet/container). */
static bool restarts_all(const Machine *m, const KubeletStatus *old) {
    if (old->conditions[CONDITION_ALL_RESTARTING].set && old->conditions[CONDITION_ALL_RESTARTING].value) return true;
    for (uint32_t i = 0; i < m->unitCount; i++) {
        const Unit *unit = &m->units[i];
        const Instance *seen = &unit->seen.now;
        if (!seen->id || seen->running) continue;
        if (rule_restarts_all(unit->spec, seen->exitCode)) return true;
        const SimState *state = &old->containers[i].state;
        if (old->known && state->kind == STATE_TERMINATED && rule_restarts_all(unit->spec, state->exitCode)) return true;
    }
    return false;
}

bool unit_wanted(const Machine *m, const Unit *unit) {
    if (m->deletedSeen) return false;
    if (!unit->seen.now.id) return true;
    return !unit->seen.now.running && restart_wanted(m->spec, unit->spec, unit->seen.now.exitCode);
}

/* Container states (kubelet_pods.go, convertToAPIContainerStatuses). */

static SimState waiting_for(Str reason) {
    return (SimState){.kind = STATE_WAITING, .reason = reason};
}

static SimState ended(const Instance *instance) {
    return (SimState){.kind = STATE_TERMINATED, .reason = instance->reason, .exitCode = instance->exitCode};
}

static SimState lost(const char *reason) {
    return (SimState){.kind = STATE_TERMINATED, .reason = str_of(reason), .exitCode = LOST_EXIT_CODE};
}

static bool main_seen(const Machine *m) {
    for (uint32_t i = m->initCount; i < m->unitCount; i++)
        if (m->units[i].seen.now.id) return true;
    return false;
}

/* A container that the runtime does not have. */
static void state_of_missing(const Machine *m, SimStatus *out, const SimStatus *old, bool restarting) {
    if (restarting && old->state.kind != STATE_WAITING) {
        out->state = waiting_for(S("RestartingAllContainers"));
        out->last = lost("RestartingAllContainers");
        out->restartCount = old->restartCount + 1;
        return;
    }
    if (old->state.kind != STATE_RUNNING || out->last.kind) return;
    out->last = lost("ContainerStatusUnknown");
    if (!m->deletedSeen) out->restartCount++;
}

static void state_of_seen(SimStatus *out, const Instances *seen, const SimStatus *old) {
    const Instance *now = &seen->now;
    *out = (SimStatus){.id = now->id, .restartCount = now->restartCount};
    if (old) {
        /* After a restart of all containers the runtime counts from 0 again; what was told stays the lower bound. */
        if (old->restartCount > out->restartCount) out->restartCount = old->restartCount;
        out->last = old->id != now->id && old->state.kind == STATE_TERMINATED ? old->state : old->last;
        if (now->running && old->state.kind == STATE_TERMINATED && old->restartCount >= now->restartCount)
            out->restartCount = old->restartCount + 1;
        if (now->running) out->started = old->started;
    }
    out->state = now->running ? (SimState){.kind = STATE_RUNNING} : ended(now);
    if (seen->before.id) out->last = ended(&seen->before);
}

/* A container that cannot be started now waits, whatever it did before. */
static void state_of_blocked(const Machine *m, const Unit *unit, SimStatus *out) {
    if (!unit_is_main(unit)) {
        const Instance *now = &unit->seen.now;
        if (now->id && !now->running && now->exitCode == 0) return;
        if (!now->id && unit->kind == ROLE_INIT && main_seen(m) && out->state.kind == STATE_WAITING) {
            out->state = (SimState){.kind = STATE_TERMINATED, .reason = S("Completed")};
            return;
        }
    }
    if (!unit_wanted(m, unit) || !unit->blocked.at) return;
    if (out->state.kind == STATE_TERMINATED) out->last = out->state;
    out->state = waiting_for(unit->blocked);
}

static void make_containers(Machine *m) {
    const KubeletStatus *old = &m->kubelet;
    bool restarting = restarts_all(m, old);
    Str first = m->initCount ? S("PodInitializing") : S("ContainerCreating");
    for (uint32_t i = 0; i < m->unitCount; i++) {
        const Unit *unit = &m->units[i];
        const SimStatus *before = old->known ? &old->containers[i] : NULL;
        SimStatus *out = &m->draft.containers[i];
        *out = (SimStatus){.state = waiting_for(first)};
        if (before && before->state.kind == STATE_TERMINATED) {
            *out = *before;
        } else if (before) {
            out->restartCount = before->restartCount;
            out->last = before->last;
        }
        if (unit->seen.now.id)
            state_of_seen(out, &unit->seen, before);
        else if (before)
            state_of_missing(m, out, before, restarting);
        state_of_blocked(m, unit, out);
    }
}

/* The phase (kubelet_pods.go, getPhase). */

typedef struct Tally {
    int initPending, initFailed; /* regular init containers not done; failed for good */
    int sidecarPending;
    int running, waiting, stopped, succeeded, final;
} Tally;

/* A container that waits between two runs counts as the run before. */
static const SimState *state_that_counts(const SimStatus *status) {
    return status->state.kind == STATE_WAITING && status->last.kind ? &status->last : &status->state;
}

static bool stays_ended(const PodSpec *spec, const Container *container, const SimState *state) {
    return !restart_wanted(spec, container, state->exitCode) && !str_eq(state->reason, S("RestartingAllContainers"));
}

static void tally_init(Tally *tally, const PodSpec *spec, const Container *container, const SimState *state) {
    if (state->kind != STATE_TERMINATED)
        tally->initPending++;
    else if (state->exitCode != 0 && stays_ended(spec, container, state))
        tally->initFailed++;
}

static void tally_sidecar(Tally *tally, const SimStatus *status, const SimState *state) {
    if (state->kind == STATE_TERMINATED) return;
    bool running = state->kind == STATE_RUNNING;
    if (!running || !status->started) tally->sidecarPending++;
    if (running)
        tally->running++;
    else
        tally->waiting++;
}

static void tally_main(Tally *tally, const PodSpec *spec, const Container *container, const SimStatus *status,
                       const SimState *state) {
    if (state->kind == STATE_RUNNING) {
        tally->running++;
    } else if (state->kind == STATE_TERMINATED) {
        tally->stopped++;
        if (stays_ended(spec, container, state)) tally->final++;
        /* Only a state of now can be a success, not one before a wait. */
        if (state == &status->state && state->exitCode == 0) tally->succeeded++;
    } else {
        tally->waiting++;
    }
}

Phase simulate_phase(const PodSpec *spec, const SimContainer *containers, const SimStatus *statuses, uint32_t n, bool over,
                     bool begun) {
    Tally tally = {0};
    for (uint32_t i = 0; i < n; i++) {
        const SimState *state = state_that_counts(&statuses[i]);
        switch (containers[i].kind) {
        case ROLE_INIT: tally_init(&tally, spec, containers[i].spec, state); break;
        case ROLE_SIDECAR: tally_sidecar(&tally, &statuses[i], state); break;
        default: tally_main(&tally, spec, containers[i].spec, &statuses[i], state); break;
        }
    }
    if (tally.initFailed) return PHASE_FAILED;
    if (tally.initPending || (tally.sidecarPending && !begun) || tally.waiting) return PHASE_PENDING;
    if (tally.running) return PHASE_RUNNING;
    if (!tally.stopped) return PHASE_PENDING;
    if (!over && tally.stopped != tally.final) return PHASE_RUNNING;
    return tally.stopped == tally.succeeded ? PHASE_SUCCEEDED : PHASE_FAILED;
}

static bool past_deadline(const Machine *m) {
    const OptInt *deadline = &m->spec->activeDeadlineSeconds;
    return deadline->set && m->startTime >= 0 && m->now - m->startTime >= deadline->value;
}

static void make_phase(Machine *m, bool over) {
    KubeletStatus *draft = &m->draft;
    Phase phase = simulate_phase(m->spec, m->out->containers, draft->containers, m->unitCount, over, main_seen(m));
    if (!phase_over((uint8_t)phase)) {
        if (phase_over(m->kubelet.phase))
            phase = (Phase)m->kubelet.phase;
        else if (phase_over(m->api.phase))
            phase = (Phase)m->api.phase;
    }
    draft->reason = (Str){0};
    if (phase == (Phase)m->kubelet.phase) draft->reason = m->kubelet.reason.len ? m->kubelet.reason : m->api.reason;
    if (past_deadline(m)) { /* active_deadline.go */
        phase = PHASE_FAILED;
        draft->reason = S("DeadlineExceeded");
    }
    if (m->evicted) {
        phase = PHASE_FAILED;
        draft->reason = S("Evicted");
    }
    draft->phase = phase_over(m->api.phase) ? m->api.phase : (uint8_t)phase;
}

/* Started and ready, by what the probes have found (prober/prober_manager.go, UpdatePodStatus). */

static bool is_started(const Unit *unit, const SimStatus *status) {
    if (status->state.kind != STATE_RUNNING) return false;
    const Prober *prober = &unit->probers[SCRIPT_STARTUP];
    if (prober->alive && prober->resultSet && prober->id == status->id) return prober->result == SCRIPT_SUCCESS;
    return status->started || !prober->alive;
}

static bool is_ready(Machine *m, Unit *unit, const SimStatus *status) {
    if (status->state.kind != STATE_RUNNING) return false;
    Prober *prober = &unit->probers[SCRIPT_READINESS];
    if (!prober->alive) return true;
    if (prober->resultSet && prober->id == status->id && prober->result == SCRIPT_SUCCESS) return true;
    prober->triggered = true;
    m->probed = true;
    return false;
}

static void make_ready(Machine *m) {
    for (uint32_t i = 0; i < m->unitCount; i++) {
        Unit *unit = &m->units[i];
        SimStatus *status = &m->draft.containers[i];
        status->started = is_started(unit, status);
        if (unit->kind == ROLE_INIT) {
            if (status->state.kind == STATE_TERMINATED && status->state.exitCode == 0) status->ready = true;
        } else if (status->started) {
            status->ready = is_ready(m, unit, status);
        }
    }
}

/* Conditions (status/generate.go). */

static Condition condition(bool value, const char *reason) {
    return (Condition){.set = true, .value = value, .reason = reason};
}

static Condition over_condition(uint8_t phase) {
    return condition(false, phase == PHASE_FAILED ? "PodFailed" : "PodCompleted");
}

static Condition containers_ready(const Machine *m, const KubeletStatus *status) {
    if (phase_over(status->phase)) return over_condition(status->phase);
    for (uint32_t i = 0; i < m->unitCount; i++)
        if (container_stays(m->units[i].kind) && !status->containers[i].ready) return condition(false, "ContainersNotReady");
    return condition(true, NULL);
}

static Condition pod_ready(const Machine *m, const KubeletStatus *status) {
    Condition containers = containers_ready(m, status);
    if (!containers.value) return containers;
    for (uint32_t i = 0; i < m->spec->readinessGates.n; i++) {
        bool open = false;
        for (uint32_t j = 0; j < m->scenario->gates.n; j++) {
            const GateScript *gate = &m->scenario->gates.at[j];
            open |= str_eq(gate->type, m->spec->readinessGates.at[i].conditionType) && gate->from <= m->now;
        }
        if (!open) return condition(false, "ReadinessGatesNotReady");
    }
    return condition(true, NULL);
}

static bool main_started(const Machine *m, const KubeletStatus *status) {
    for (uint32_t i = m->initCount; i < m->unitCount; i++)
        if (status->containers[i].state.kind >= STATE_RUNNING) return true;
    return false;
}

static Condition initialized(const Machine *m, const KubeletStatus *status) {
    if (status->phase == PHASE_SUCCEEDED) return condition(true, "PodCompleted");
    if (main_started(m, status)) return condition(true, NULL);
    for (uint32_t i = 0; i < m->initCount; i++) {
        const SimStatus *container = &status->containers[i];
        if (m->units[i].kind == ROLE_SIDECAR ? container->started : container->ready) continue;
        const Condition *before = &m->kubelet.conditions[CONDITION_INITIALIZED];
        if (before->set && before->value) return condition(true, NULL); /* once initialized, a pod stays so */
        return condition(false, "ContainersNotInitialized");
    }
    return condition(true, NULL);
}

static bool nothing_seen(const Machine *m) {
    for (uint32_t i = 0; i < m->unitCount; i++)
        if (m->units[i].seen.now.id) return false;
    return true;
}

static Condition all_restarting(const Machine *m, const KubeletStatus *status) {
    if (phase_over(status->phase)) return over_condition(status->phase);
    if (!restarts_all(m, &m->kubelet) || nothing_seen(m)) return condition(false, NULL);
    return condition(true, "RestartAllContainersStarted");
}

static void make_conditions(Machine *m) {
    KubeletStatus *draft = &m->draft;
    Condition *out = draft->conditions;
    memset(out, 0, sizeof draft->conditions);
    out[CONDITION_READY_TO_START] = condition(m->sandboxSeen, m->sandboxSeen ? NULL : "PodSandboxNotReady");
    out[CONDITION_INITIALIZED] = initialized(m, draft);
    out[CONDITION_READY] = pod_ready(m, draft);
    out[CONDITION_CONTAINERS_READY] = containers_ready(m, draft);
    out[CONDITION_SCHEDULED] = condition(true, NULL);
    if (may_restart_all(m)) out[CONDITION_ALL_RESTARTING] = all_restarting(m, draft);
}

void status_make(Machine *m, bool over) {
    make_containers(m);
    make_phase(m, over);
    make_ready(m);
    make_conditions(m);
}

/* The way to the API (status/status_manager.go). */

static void copy_status(const Machine *m, KubeletStatus *to, const KubeletStatus *from) {
    SimStatus *containers = to->containers;
    *to = *from;
    to->containers = containers;
    memcpy(containers, from->containers, sizeof *containers * m->unitCount);
}

/* A phase that ends a pod is held back while a container could still run. */
static void write_api(Machine *m) {
    if (m->nodeLost) return;
    uint8_t phase = m->api.phase;
    Str reason = m->api.reason;
    copy_status(m, &m->api, &m->kubelet);
    if (!phase_over(phase) && phase_over(m->kubelet.phase) && !m->stopped) {
        m->api.phase = phase;
        m->api.reason = reason;
    }
    if (phase_over(m->api.phase) &&
        (m->api.conditions[CONDITION_READY].value || m->api.conditions[CONDITION_CONTAINERS_READY].value))
        m->api.conditions[CONDITION_READY] = m->api.conditions[CONDITION_CONTAINERS_READY] = over_condition(m->api.phase);
    if (m->deleted && m->finished && phase_over(m->api.phase)) m->gone = true;
    m->dirty = true;
}

static bool same_state(const SimState *a, const SimState *b) {
    return a->kind == b->kind && a->exitCode == b->exitCode && str_eq(a->reason, b->reason);
}

static bool same_container(const SimStatus *a, const SimStatus *b) {
    return same_state(&a->state, &b->state) && same_state(&a->last, &b->last) && a->restartCount == b->restartCount &&
           a->ready == b->ready && a->started == b->started;
}

static bool same_condition(const Condition *a, const Condition *b) {
    if (a->set != b->set || a->value != b->value || !a->reason != !b->reason) return false;
    return !a->reason || strcmp(a->reason, b->reason) == 0;
}

static bool same_status(const Machine *m, const KubeletStatus *a, const KubeletStatus *b) {
    if (a->known != b->known || a->phase != b->phase || !str_eq(a->reason, b->reason)) return false;
    for (int i = 0; i < CONDITION_TYPES; i++)
        if (!same_condition(&a->conditions[i], &b->conditions[i])) return false;
    for (uint32_t i = 0; i < m->unitCount; i++)
        if (a->containers[i].id != b->containers[i].id || !same_container(&a->containers[i], &b->containers[i])) return false;
    return true;
}

void status_set(Machine *m) {
    if (m->startTime < 0) m->startTime = m->now;
    m->draft.known = true;
    /* Once everything has stopped, the API may take what it held back. */
    if (!m->stopped && !m->deleted && same_status(m, &m->kubelet, &m->draft)) return;
    copy_status(m, &m->kubelet, &m->draft);
    write_api(m);
}

static bool pod_initialized(const Machine *m) {
    if (!m->initCount) return true;
    for (uint32_t i = m->initCount; i < m->unitCount; i++)
        if (m->api.containers[i].last.kind || m->api.containers[i].state.kind != STATE_WAITING) return true;
    const SimStatus *last = &m->api.containers[m->initCount - 1];
    if (m->units[m->initCount - 1].kind == ROLE_SIDECAR) return last->state.kind == STATE_RUNNING && last->started;
    return (last->state.kind == STATE_TERMINATED && last->state.exitCode == 0) || (last->last.kind && last->last.exitCode == 0);
}

/* How many init containers have begun, at least one if there is any. */
static uint32_t begun_inits(const Machine *m, const KubeletStatus *status) {
    for (uint32_t i = m->initCount; i > 0; i--)
        if (status->containers[i - 1].state.kind != STATE_WAITING || status->containers[i - 1].last.kind) return i;
    return m->initCount ? 1 : 0;
}

void status_finish(Machine *m) {
    copy_status(m, &m->draft, &m->kubelet);
    SimStatus *containers = m->draft.containers;
    uint32_t inits = begun_inits(m, &m->draft), mains = pod_initialized(m) ? m->unitCount : m->initCount;
    for (uint32_t i = 0; i < m->unitCount; i++)
        if ((i < inits || (i >= m->initCount && i < mains)) && containers[i].state.kind != STATE_TERMINATED)
            containers[i].state = lost("ContainerStatusUnknown");
    if (!phase_over(m->draft.phase)) m->draft.phase = PHASE_FAILED;
    m->finished = true;
    status_set(m);
}

void status_set_ready(Machine *m, uint32_t unit, int id, bool ready) {
    SimStatus *container = &m->kubelet.containers[unit];
    if (!m->kubelet.known || container->id != id || container->ready == ready) return;
    copy_status(m, &m->draft, &m->kubelet);
    m->draft.containers[unit].ready = ready;
    m->draft.conditions[CONDITION_READY] = pod_ready(m, &m->draft);
    m->draft.conditions[CONDITION_CONTAINERS_READY] = containers_ready(m, &m->draft);
    status_set(m);
}

void status_set_started(Machine *m, uint32_t unit, int id, bool started) {
    SimStatus *container = &m->kubelet.containers[unit];
    if (!m->kubelet.known || container->id != id || container->started == started) return;
    copy_status(m, &m->draft, &m->kubelet);
    m->draft.containers[unit].started = started;
    status_set(m);
}

/* The node controller marks the pods of a silent node as not ready (k8s.io/kubernetes/pkg/controller/nodelifecycle). */
void status_lost(Machine *m) {
    m->api.conditions[CONDITION_READY].value = false;
    m->dirty = true;
}

void status_back(Machine *m) {
    if (m->kubelet.known) write_api(m);
}

/* What kubectl shows (printers.go, printPod). */

static bool row_of_inits(const Machine *m, SimEntry *entry, int *sidecarRestarts) {
    for (uint32_t i = 0; i < m->initCount; i++) {
        const SimStatus *container = &m->api.containers[i];
        bool sidecar = m->units[i].kind == ROLE_SIDECAR, ended = container->state.kind == STATE_TERMINATED;
        entry->restarts += container->restartCount;
        if (sidecar) *sidecarRestarts += container->restartCount;
        if (ended && container->state.exitCode == 0) continue;
        if (sidecar && container->started) {
            entry->ready += container->ready;
            continue;
        }
        if (ended || (container->state.kind == STATE_WAITING && !str_eq(container->state.reason, S("PodInitializing"))))
            entry->status = str_join(m->arena, S("Init:"), container->state.reason);
        else
            entry->status = str_format(m->arena, "Init:%u/%u", i, m->initCount);
        return true;
    }
    return false;
}

static void row_of_mains(const Machine *m, SimEntry *entry) {
    bool running = false;
    Str error = {0};
    for (uint32_t i = m->unitCount - m->initCount; i > 0; i--) {
        const SimStatus *container = &m->api.containers[m->byName[i - 1]];
        entry->restarts += container->restartCount;
        if (container->state.kind == STATE_RUNNING) {
            running |= container->ready;
            entry->ready += container->ready;
            continue;
        }
        entry->status = container->state.reason;
        if (container->state.kind == STATE_TERMINATED && container->state.exitCode != 0) error = container->state.reason;
    }
    if (!str_eq(entry->status, S("Completed"))) return;
    if (running && entry->conditions[CONDITION_READY].value)
        entry->status = S("Running");
    else if (error.at)
        entry->status = error;
    else if (running)
        entry->status = S("NotReady");
}

static void make_row(const Machine *m, SimEntry *entry) {
    entry->status = entry->podReason.len ? entry->podReason : str_of(phase_names[entry->phase]);
    const Condition *scheduled = &entry->conditions[CONDITION_SCHEDULED];
    if (scheduled->set && scheduled->reason && strcmp(scheduled->reason, "SchedulingGated") == 0)
        entry->status = S("SchedulingGated");
    for (uint32_t i = 0; i < m->unitCount; i++) entry->total += container_stays(m->units[i].kind);
    int sidecarRestarts = 0;
    if (m->api.known) {
        bool initializing = row_of_inits(m, entry, &sidecarRestarts);
        if (!initializing || entry->conditions[CONDITION_INITIALIZED].value) {
            entry->restarts = sidecarRestarts;
            row_of_mains(m, entry);
        }
    }
    if (entry->terminating && !phase_over(entry->phase)) entry->status = S("Terminating");
}

static bool same_entry(const Machine *m, const SimEntry *a, const SimEntry *b) {
    if (a->deleted != b->deleted || a->terminating != b->terminating || a->unknown != b->unknown || a->phase != b->phase ||
        a->restarts != b->restarts || a->ready != b->ready || !str_eq(a->status, b->status) ||
        !str_eq(a->podReason, b->podReason) || !a->containers != !b->containers)
        return false;
    for (int i = 0; i < CONDITION_TYPES; i++)
        if (!same_condition(&a->conditions[i], &b->conditions[i])) return false;
    for (uint32_t i = 0; a->containers && i < m->unitCount; i++)
        if (!same_container(&a->containers[i], &b->containers[i])) return false;
    return true;
}

void status_record(Machine *m) {
    if (!m->dirty && !m->gone) return;
    m->dirty = false;
    Simulation *out = m->out;
    SimEntry entry = {.t = m->now, .deleted = m->gone};
    const SimEntry *last = out->entries.n ? &out->entries.at[out->entries.n - 1] : NULL;
    if (!entry.deleted) {
        entry.terminating = m->deleted;
        entry.unknown = m->nodeUnknown;
        entry.phase = m->api.phase;
        entry.podReason = m->api.reason;
        memcpy(entry.conditions, m->api.conditions, sizeof entry.conditions);
        entry.containers = m->api.known ? m->api.containers : NULL;
        make_row(m, &entry);
    }
    if (last && same_entry(m, last, &entry)) return;
    if (entry.containers) {
        entry.containers = NEW_ARRAY(m->arena, SimStatus, m->unitCount);
        memcpy(entry.containers, m->api.containers, sizeof *entry.containers * m->unitCount);
    }
    ARRAY_PUSH(m->arena, &out->entries, entry);
}

/* A pod that is ready is an endpoint until it has a deletion timestamp (k8s.io/endpointslice). */
bool entry_serves(const SimEntry *entry) {
    return !entry->deleted && !entry->terminating && entry->conditions[CONDITION_READY].set &&
           entry->conditions[CONDITION_READY].value;
}

static bool asks_port(const Probe *probe) {
    return probe && (probe->httpGet || probe->tcpSocket || probe->grpc);
}

bool container_serves(const Container *container) {
    return container->ports.n || asks_port(container->readinessProbe) || asks_port(container->livenessProbe);
}
