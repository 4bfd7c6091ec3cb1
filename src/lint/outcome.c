/* Rules that ask what would become of a pod: of its start, its end, its update. */
#include "simulate/hook.h"
#include "simulate/what_if.h"

#include "words.h"

static Str number(const Lint *lint, int64_t n) {
    return str_int(lint->arena, n);
}

/* Starts. */

void lint_starts(Lint *lint, const Container *self, const Path *path) {
    const Probe *liveness = self->livenessProbe, *readiness = self->readinessProbe;
    if (!liveness || self->startupProbe || lint->role == ROLE_INIT) return;
    int64_t budget = what_if_startup_budget(self);
    Path at = FIELD(path, "livenessProbe");
    if (readiness && readiness->initialDelaySeconds >= budget)
        emit_liveness_kills_slow_start(lint->diags, lint_where_key(lint, &at), .container = self->name,
                                       .budget = number(lint, budget), .delay = number(lint, readiness->initialDelaySeconds));
    else if (budget < lint_int(lint, RULE_liveness_short_start, S("seconds")))
        emit_liveness_short_start(lint->diags, lint_where_key(lint, &at), .container = self->name,
                                  .budget = number(lint, budget));
}

/* Ends. */

void lint_shutdown(Lint *lint, const Container *self, const Path *path) {
    const LifecycleHandler *hook = self->lifecycle ? self->lifecycle->preStop : NULL;
    const PodSpec *pod = lint->pod;
    if (!hook || !pod || lint->role == ROLE_INIT || pod->terminationGracePeriodSeconds.value < 1) return;
    int64_t seconds = hook_seconds(hook), grace = pod->terminationGracePeriodSeconds.value;
    int64_t least = lint_int(lint, RULE_shutdown_short, S("min-left"));
    if (seconds < 1 || grace - seconds >= least || (hook->sleep && seconds > grace)) return;
    WhatIfShutdown end;
    if (!what_if_shutdown(&end, pod, self)) return;
    Path lifecycle = FIELD(path, "lifecycle"), at = FIELD(&lifecycle, "preStop"),
         action = path_field(&at, hook->sleep ? S("sleep") : S("exec"));
    Path field = path_field(&action, hook->sleep ? S("seconds") : S("command"));
    Where place = lint_where(lint, &field);
    Str left = number(lint, end.left), took = number(lint, end.hook), given = number(lint, end.grace);
    if (end.hook >= end.grace)
        emit_shutdown_outlives_grace(lint->diags, place, .container = self->name, .left = left, .hook = took, .grace = given);
    else
        emit_shutdown_short(lint->diags, place, .container = self->name, .left = left, .hook = took, .grace = given);
}

/* Updates. */

static int64_t granted(const Probe *startup) {
    return startup ? startup->initialDelaySeconds + startup->failureThreshold * startup->periodSeconds : 0;
}

/* How long a start may take by the startup probes: sidecars start one after another, then the main containers together. */
static int64_t longest_start(const PodSpec *pod, const Container **longest, Path *list, uint32_t *index) {
    int64_t before = 0, main = 0, most = 0;
    ContainerWalk w;
    for (walk_containers(&w, pod, NULL); walk_next(&w);) {
        int64_t one = granted(w.container->startupProbe);
        if (one > most) *longest = w.container, *index = w.index, most = one, list->name = w.listPath.name;
        if (w.role != ROLE_MAIN)
            before += one;
        else if (one > main)
            main = one;
    }
    return before + main;
}

static void check_deadline(Lint *lint, const DeploymentSpec *spec, const PodSpec *pod, const Path *path) {
    const Container *longest = NULL;
    uint32_t index = 0;
    Path list = FIELD(path, "containers");
    int64_t budget = longest_start(pod, &longest, &list, &index), deadline = spec->progressDeadlineSeconds.value;
    if (!longest || !spec->progressDeadlineSeconds.set || budget + spec->minReadySeconds < deadline) return;
    if (model_has_gap(lint->document, S("spec.progressDeadlineSeconds"), S(""))) return;
    Path item = path_index(&list, index), probe = FIELD(&item, "startupProbe"), top = FIELD(NULL, "spec");
    Path own = FIELD(&top, "progressDeadlineSeconds"), at = deadline < 600 ? own : probe;
    Str more = spec->minReadySeconds
                   ? str_format(lint->arena, " and has to be ready for %lld s", (long long)spec->minReadySeconds)
                   : S("");
    emit_startup_exceeds_rollout_deadline(lint->diags, lint_where_key(lint, &at), .container = longest->name,
                                          .budget = number(lint, budget), .more = more, .deadline = number(lint, deadline));
}

/* The latest that a container which always answers can be ready. */
static int64_t latest_ready(const Container *container) {
    const Probe *startup = container->startupProbe, *readiness = container->readinessProbe;
    int64_t sum = startup ? startup->initialDelaySeconds + 2 * startup->periodSeconds : 0;
    return readiness ? sum + readiness->initialDelaySeconds + (readiness->successThreshold + 1) * readiness->periodSeconds : sum;
}

static int64_t latest_ready_of(const PodSpec *pod) {
    int64_t sum = 0;
    ContainerWalk w;
    for (walk_containers(&w, pod, NULL); walk_next(&w);) sum += latest_ready(w.container);
    return sum;
}

/* The value that makes the container late: the delay of its readiness probe, or else of its startup probe. */
static Where late_where(const Lint *lint, const Container *container, const Path *path) {
    Path probe = path_field(path, container->readinessProbe ? S("readinessProbe") : S("startupProbe"));
    Path delay = FIELD(&probe, "initialDelaySeconds");
    return lint_where(lint, &delay);
}

/* The port of the node that a container takes: its hostPort, or under hostNetwork its own. */
static Where port_where(const Lint *lint, const Container *container, int64_t taken, const Path *path) {
    uint32_t i = 0;
    while (i + 1 < container->ports.n && container->ports.at[i].hostPort != taken &&
           container->ports.at[i].containerPort != taken)
        i++;
    Path list = FIELD(path, "ports"), item = path_index(&list, i);
    Path at = path_field(&item, container->ports.at[i].hostPort ? S("hostPort") : S("containerPort"));
    return lint_where(lint, &at);
}

static void report_rollout(Lint *lint, const WhatIfRolloutResult *result, const Path *path) {
    const Container *container = result->container;
    Arena *arena = lint->arena;
    if (result->reason == ROLLOUT_PORT_IS_TAKEN) {
        emit_rollout_never_completes(
            lint->diags, port_where(lint, container, result->limit, path),
            .problem =
                str_format(arena, "the new pod waits for port %lld of the one node that it may run on, where the old one has it",
                           (long long)result->limit),
            .hint = S("set maxSurge to 0 and maxUnavailable to 1, or strategy.type to Recreate"));
        return;
    }
    Str when = result->seconds < 0 ? S("never ready")
                                   : str_format(arena, "ready after %lld s at the soonest", (long long)result->seconds);
    emit_rollout_never_completes(lint->diags, late_where(lint, container, path),
                                 .problem = str_format(arena, "the container %.*s is %.*s, and the deadline is %lld s",
                                                       (int)container->name.len, container->name.at, (int)when.len, when.at,
                                                       (long long)result->limit),
                                 .hint = S("raise spec.progressDeadlineSeconds, or let the probes begin sooner"));
}

static bool find_container(const ContainerList *list, const Container *container, uint32_t *index) {
    for (*index = 0; *index < list->n; ++*index)
        if (&list->at[*index] == container) return true;
    return false;
}

void lint_rollout(Lint *lint, const PodSpec *self, const Path *path) {
    if (!model_is(lint->document, KIND_Deployment)) return;
    const DeploymentSpec *spec = &((const Deployment *)lint->document->object)->spec;
    check_deadline(lint, spec, self, path);
    bool pinned = self->nodeName.len || self->nodeSelector.n, slow = latest_ready_of(self) >= spec->progressDeadlineSeconds.value;
    if (spec->paused || (!pinned && !slow)) return;
    WhatIfRolloutResult result = what_if_rollout(lint->document);
    if (!result.container) return;
    uint32_t index;
    bool isInit = find_container(&self->initContainers, result.container, &index);
    if (!isInit && !find_container(&self->containers, result.container, &index)) return;
    Path list = path_field(path, isInit ? S("initContainers") : S("containers")), item = path_index(&list, index);
    report_rollout(lint, &result, &item);
}
