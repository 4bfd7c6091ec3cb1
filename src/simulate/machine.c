/* The machine: a clock in whole seconds, and the kubelet's pod worker, above the runtime (runtime.c), one sync of the pod
 * (sync.c) and the probe workers (prober.c). In one second first what ends by itself ends, then the pod is scheduled or deleted,
 * then probes fire, then the kubelet syncs until nothing is left to do. Probes whose ticker was last set by a sync that was due,
 * which comes at the very beginning of a second, fire there. Sources: k8s.io/kubernetes/pkg/kubelet, above all
 * kuberuntime/kuberuntime_manager.go, pod_workers.go and prober/worker.go. */
#include "cluster.h"
#include "kubelet.h"
#include "state.h"

enum {
    RESYNC = 60,     /* a pod is looked at again after this, whatever happens */
    MAX_ROUNDS = 20, /* syncs in one second; probe workers of finished containers would ask for more without end */
};
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
    if (m->resetting && m->removed) machine_ask(m);
    m->retryAt = m->now + RESYNC;
    if (m->failed) m->retryAt = m->onlyWaits && !m->probed ? next_chance(m) : m->now + 1;
    work_end(m);
    if (m->pending) machine_take_work(m); /* what the answers below ask for is work of its own */
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
        machine_ask(m);
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
    int64_t grace = m->evicted ? KUBELET_EVICTION_GRACE : pod_grace(m);
    kill_all_begin(m, grace > 1 ? grace : 1);
}

static void terminating_end(Machine *m) {
    m->sandbox = false;
    probes_stop(m, true);
    see(m, true);
    status_make(m, true);
    status_set(m);
    m->stopped = true;
    machine_ask(m);
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
        if (m->work == WORK_NONE && m->pending && m->scheduled) machine_take_work(m);
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
    if (m->changed) machine_ask(m);
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
    machine_event(m, false, "Scheduled", NULL, "Assigned to a node");
    machine_ask(m);
}

/* No node takes the pod; the scheduler tries again whenever something changes in the cluster, which nothing does here. */
static void refuse_schedule(Machine *m) {
    m->api.conditions[CONDITION_SCHEDULED] = (Condition){.set = true, .reason = "Unschedulable"};
    m->refused = m->dirty = true;
    machine_event(m, true, "FailedScheduling", NULL, "%.*s", TEXT(m->scenario->unschedulable));
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
    machine_ask(m);
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
        machine_ask(m);
    }
    if (!m->nodeLost || m->now < lostAt + KUBELET_NODE_GRACE) return;
    if (!m->nodeUnknown) {
        m->nodeUnknown = true;
        m->evictAt = later(lostAt + KUBELET_NODE_GRACE, unreachable_toleration(m->spec));
        status_lost(m);
        machine_event(m, true, "NodeNotReady", NULL, "Node is not ready");
    }
    if (m->deleted || m->now < m->evictAt) return;
    machine_event(m, false, "TaintManagerEviction", NULL, "Marking for deletion");
    delete_pod(m, pod_grace(m));
}

/* Node pressure (eviction/eviction_manager.go). */
static void pressure_due(Machine *m) {
    if (m->now < m->scenario->evictAt || !m->scheduled || m->evicted || m->terminating || m->nodeLost) return;
    if (pod_is_critical(m->spec)) return;
    machine_event(m, true, "Evicted", NULL, "The node was low on resource: memory.");
    m->evicted = m->terminating = true;
    machine_ask(m);
}

static void outside_due(Machine *m) {
    const Scenario *scenario = m->scenario;
    bool gated = m->spec->schedulingGates.n && m->now < scenario->gatesRemovedAt;
    bool asked = !m->scheduled && !gated && m->now >= scenario->scheduleAt && !m->deleted;
    if (asked && !scenario->unschedulable.len) schedule(m);
    if (asked && scenario->unschedulable.len && !m->refused) refuse_schedule(m);
    node_due(m);
    pressure_due(m);
    if (!m->deleted && m->now >= scenario->deleteAt)
        delete_pod(m, scenario->gracePeriodSeconds.set ? scenario->gracePeriodSeconds.value : pod_grace(m));
    for (uint32_t i = 0; i < scenario->gates.n; i++)
        if (scenario->gates.at[i].from == m->now) machine_ask(m);
}

static bool deadline_due(const Machine *m) {
    const OptInt *deadline = &m->spec->activeDeadlineSeconds;
    return deadline->set && m->startTime >= 0 && !m->terminating && m->now - m->startTime >= deadline->value;
}

static void timers_due(Machine *m) {
    if (m->work == WORK_NONE && m->retryAt <= m->now) {
        m->retryAt = SCENARIO_NEVER;
        machine_ask(m);
    }
    if (deadline_due(m)) {
        machine_event(m, false, "DeadlineExceeded", NULL, "Pod was active on the node longer than the specified deadline");
        machine_ask(m);
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
    if (scenario->evictAt > m->now) earlier(&next, scenario->evictAt, m->now);
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
