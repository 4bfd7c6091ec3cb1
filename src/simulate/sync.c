/* What a sync of the pod does: which containers are to be started and killed, and the starting and killing itself, which may take
 * time (k8s.io/kubernetes/pkg/kubelet/kuberuntime/kuberuntime_manager.go, images/image_manager.go). */
#include "kubelet.h"
#include "state.h"

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

void plan(Machine *m) {
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
const Instance *last_end(const Unit *unit) {
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
        machine_event(m, false, "Pulled", unit, "Container image \"%.*s\" already present on machine", TEXT(image->name));
        return START_DONE;
    }
    if (str_eq(policy, S("Never"))) {
        if (!unit->blocked.at)
            machine_event(m, true, "ErrImageNeverPull", unit, "Container image \"%.*s\" is not present with pull policy of Never",
                          TEXT(image->name));
        blocked(m, unit, S("ErrImageNeverPull"), true);
        return START_FAILED;
    }
    if (backoff_waits(&image->backoff, image->backoff.updated, m->now)) {
        if (!str_eq(unit->blocked, S("ImagePullBackOff")))
            machine_event(m, false, "BackOff", unit, "Back-off pulling image \"%.*s\"", TEXT(image->name));
        blocked(m, unit, S("ImagePullBackOff"), true);
        return START_FAILED;
    }
    machine_event(m, false, "Pulling", unit, "Pulling image \"%.*s\"", TEXT(image->name));
    m->startStage = START_PULLING;
    m->wake = m->now + (unit->script ? unit->script->pullSeconds : 0);
    return START_WAITS;
}

static StartResult end_pull(Machine *m, Unit *unit) {
    Image *image = unit->image;
    bool ok = !unit->script || m->now >= unit->script->pullFailsUntil;
    machine_act(m, unit, ACTION_PULL, ok, (Str){0});
    if (ok) {
        image->present = true;
        machine_event(m, false, "Pulled", unit, "Successfully pulled image \"%.*s\"", TEXT(image->name));
        return START_DONE;
    }
    backoff_next(&image->backoff, m->now, m->now, KUBELET_PULL_BACKOFF_FIRST, KUBELET_PULL_BACKOFF_LONGEST);
    machine_event(m, true, "Failed", unit, "Failed to pull image \"%.*s\"", TEXT(image->name));
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
    machine_event(m, true, "FailedPostStartHook", unit, "PostStartHook failed");
    machine_event(m, false, "Killing", unit, "FailedPostStartHook");
    kill_begin(m, unit, pod_grace(m), false);
    m->startStage = START_HOOK_KILL;
    return START_WAITS;
}

static StartResult start_begin(Machine *m, Unit *unit) {
    if (!in_backoff(m, unit)) return start_image(m, unit);
    if (!str_eq(unit->blocked, S("CrashLoopBackOff")))
        machine_event(m, true, "BackOff", unit, "Back-off restarting failed container %.*s", TEXT(unit->spec->name));
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
        machine_event(m, false, "Killing", unit, "Container %.*s failed %s probe%s", TEXT(unit->spec->name),
                      probe == SCRIPT_LIVENESS ? "liveness" : "startup",
                      policy_never(m->spec, unit->spec) ? "" : ", will be restarted");
        kill_begin(m, unit, own ? scenario_clamp(spec->terminationGracePeriodSeconds.value) : pod_grace(m), false);
    }
    return kill_done(m, unit);
}

static bool step_reset(Machine *m, Unit *unit) {
    if (!m->stepBegun && unit->seen.now.running) {
        machine_event(m, false, "Killing", unit, "Stopping container %.*s", TEXT(unit->spec->name));
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

bool step_advance(Machine *m) {
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
