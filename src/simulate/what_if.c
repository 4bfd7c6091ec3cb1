#include "what_if.h"

#include "kubelet.h"
#include "hook.h"
#include "simulate.h"

/* Start. */

static int64_t positive(int64_t n) {
    return n > 0 ? n : 1; /* what the server refuses may say less */
}

/* When the last failure of a row that begins with the container is counted. */
static int64_t last_failure(const Probe *probe) {
    int64_t period = positive(probe->periodSeconds), delay = probe->initialDelaySeconds > 0 ? probe->initialDelaySeconds : 0;
    int64_t first = delay > period ? (delay + period - 1) / period * period : period;
    return first + (positive(probe->failureThreshold) - 1) * period;
}

int64_t what_if_startup_budget(const Container *container) {
    const Probe *probe = container->startupProbe ? container->startupProbe : container->livenessProbe;
    return probe ? last_failure(probe) : WHAT_IF_NEVER;
}

/* Shutdown. */

static int64_t find_action(const Simulation *sim, SimActionKind kind) {
    for (uint32_t i = 0; i < sim->actions.n; i++)
        if (sim->actions.at[i].kind == kind) return sim->actions.at[i].t;
    return WHAT_IF_NEVER;
}

bool what_if_shutdown(WhatIfShutdown *out, const PodSpec *spec, const Container *container) {
    enum { DELETED_AT = 1, SLACK = 10 };
    const Lifecycle *lifecycle = container->lifecycle;
    int64_t hook = lifecycle && lifecycle->preStop ? hook_seconds(lifecycle->preStop) : HOOK_UNKNOWN;
    if (hook == HOOK_UNKNOWN) return false;
    Arena arena = {0};
    Container alone = {.name = container->name, .image = container->image, .lifecycle = container->lifecycle};
    PodSpec pod = {.restartPolicy = S("Always"),
                   .containers = {&alone, 1},
                   .terminationGracePeriodSeconds = spec->terminationGracePeriodSeconds};
    Scenario scenario = scenario_empty();
    ContainerScript *script = scenario_container(&scenario, &arena, container->name);
    script->termSet = true;
    script->termSeconds = SCENARIO_NEVER;
    scenario.deleteAt = DELETED_AT;
    int64_t grace =
        pod.terminationGracePeriodSeconds.set ? scenario_clamp(pod.terminationGracePeriodSeconds.value) : KUBELET_GRACE_PERIOD;
    if (grace < 1) grace = 1;
    scenario.until = DELETED_AT + grace + SLACK;
    Simulation sim;
    simulate(&sim, &arena, NULL, &pod, &scenario);
    int64_t term = find_action(&sim, ACTION_KILL), end = find_action(&sim, ACTION_EXIT);
    *out = (WhatIfShutdown){.hook = hook, .grace = grace, .left = end - term, .cut = hook > grace};
    arena_free(&arena);
    return true;
}

/* Rollouts. */

static bool has_probes(const PodSpec *spec) {
    for (uint32_t i = 0; i < spec->containers.n; i++)
        if (spec->containers.at[i].readinessProbe || spec->containers.at[i].startupProbe) return true;
    for (uint32_t i = 0; i < spec->initContainers.n; i++)
        if (spec->initContainers.at[i].readinessProbe || spec->initContainers.at[i].startupProbe) return true;
    return false;
}

/* The container that becomes ready last, and when; NULL if all of them do at once. */
static const Container *last_ready(const Simulation *sim, int64_t *seconds) {
    const Container *last = NULL;
    *seconds = 0;
    for (uint32_t i = 0; i < sim->containerCount; i++) {
        if (!container_stays(sim->containers[i].kind)) continue;
        int64_t ready = WHAT_IF_NEVER;
        for (uint32_t j = 0; j < sim->entries.n && ready == WHAT_IF_NEVER; j++)
            if (sim->entries.at[j].containers && sim->entries.at[j].containers[i].ready) ready = sim->entries.at[j].t;
        if (ready != WHAT_IF_NEVER && ready <= *seconds) continue;
        last = sim->containers[i].spec;
        *seconds = ready;
        if (ready == WHAT_IF_NEVER) break;
    }
    return last;
}

/* The soonest that a pod of this template can be ready. Longer than LONGEST is not looked at. */
static WhatIfRolloutResult ready_in_time(const PodSpec *spec, int64_t deadline) {
    enum { LONGEST = 7 * 86400 };
    WhatIfRolloutResult result = {.reason = ROLLOUT_COMPLETES};
    if (!has_probes(spec) || deadline > LONGEST) return result;
    Arena arena = {0};
    Scenario scenario = scenario_empty();
    for (uint32_t i = 0; i < spec->initContainers.n; i++) {
        if (is_sidecar(&spec->initContainers.at[i])) continue;
        ContainerScript *script = scenario_container(&scenario, &arena, spec->initContainers.at[i].name);
        script->runs = NEW(&arena, ScriptRun);
        script->runCount = 1;
    }
    scenario.until = 4 * deadline < LONGEST ? 4 * deadline : LONGEST;
    Simulation sim;
    simulate(&sim, &arena, NULL, spec, &scenario);
    int64_t seconds;
    const Container *container = last_ready(&sim, &seconds);
    if (container && (seconds == WHAT_IF_NEVER || seconds >= deadline))
        result = (WhatIfRolloutResult){ROLLOUT_READY_TOO_LATE, seconds, deadline, container};
    arena_free(&arena);
    return result;
}

static bool one_node(const PodSpec *spec) {
    return spec->nodeName.len || map_get(spec->nodeSelector, S("kubernetes.io/hostname"));
}

int share_of(const OptIntOrString *value, int replicas, int otherwise, bool up) {
    int64_t percent;
    if (!value->set) return otherwise;
    if (!value->value.isString) return (int)value->value.number;
    Str text = value->value.text;
    if (!str_ends(text, S("%")) || !int_parse((Str){text.at, text.len - 1}, 0, 1000000, &percent)) return otherwise;
    return (int)((percent * replicas + (up ? 99 : 0)) / 100);
}

static int replicas_of(const OptInt *replicas) {
    return replicas->set ? (int)replicas->value : 1;
}

/* Pods that need the same port of the same node cannot be there at once, and so the old one must be allowed to go first. */
static WhatIfRolloutResult port_is_free(const DeploymentSpec *spec) {
    WhatIfRolloutResult result = {.reason = ROLLOUT_COMPLETES};
    const PodSpec *pod = &spec->template.spec;
    const RollingUpdateDeployment *rolling = spec->strategy.rollingUpdate;
    if (!one_node(pod) || !rolling) return result;
    int replicas = replicas_of(&spec->replicas);
    if (!replicas || share_of(&rolling->maxUnavailable, replicas, 0, false) || !share_of(&rolling->maxSurge, replicas, 0, true))
        return result;
    for (uint32_t i = 0; i < pod->containers.n; i++) {
        const Container *container = &pod->containers.at[i];
        for (uint32_t j = 0; j < container->ports.n; j++) {
            const ContainerPort *port = &container->ports.at[j];
            int64_t taken = port->hostPort || !pod->hostNetwork ? port->hostPort : port->containerPort;
            if (taken) return (WhatIfRolloutResult){ROLLOUT_PORT_IS_TAKEN, WHAT_IF_NEVER, taken, container};
        }
    }
    return result;
}

static WhatIfRolloutResult deployment_rollout(const DeploymentSpec *spec) {
    if (spec->paused) return (WhatIfRolloutResult){.reason = ROLLOUT_PAUSED};
    WhatIfRolloutResult result = port_is_free(spec);
    const OptInt *deadline = &spec->progressDeadlineSeconds;
    if (result.reason == ROLLOUT_COMPLETES && deadline->set && deadline->value != INT32_MAX)
        result = ready_in_time(&spec->template.spec, deadline->value);
    return result;
}

static WhatIfRolloutResult stateful_set_rollout(const StatefulSetSpec *spec) {
    const StatefulSetUpdateStrategy *strategy = &spec->updateStrategy;
    int replicas = replicas_of(&spec->replicas);
    if (str_eq(strategy->type, S("OnDelete"))) return (WhatIfRolloutResult){.reason = ROLLOUT_ON_DELETE};
    const RollingUpdateStatefulSetStrategy *rolling = strategy->rollingUpdate;
    if (replicas && rolling && rolling->partition.set && rolling->partition.value >= replicas)
        return (WhatIfRolloutResult){ROLLOUT_PARTITION, replicas, rolling->partition.value, NULL};
    return (WhatIfRolloutResult){.reason = ROLLOUT_COMPLETES};
}

static WhatIfRolloutResult daemon_set_rollout(const DaemonSetSpec *spec) {
    bool onDelete = str_eq(spec->updateStrategy.type, S("OnDelete"));
    return (WhatIfRolloutResult){.reason = onDelete ? ROLLOUT_ON_DELETE : ROLLOUT_COMPLETES};
}

WhatIfRolloutResult what_if_rollout(const Document *document) {
    switch (document->object ? document->type->kind->number : KIND_END) {
    case KIND_Deployment: return deployment_rollout(&((const Deployment *)document->object)->spec);
    case KIND_StatefulSet: return stateful_set_rollout(&((const StatefulSet *)document->object)->spec);
    case KIND_DaemonSet: return daemon_set_rollout(&((const DaemonSet *)document->object)->spec);
    default: return (WhatIfRolloutResult){.reason = ROLLOUT_COMPLETES};
    }
}
