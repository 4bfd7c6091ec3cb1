/* Controllers (k8s.io/kubernetes/pkg/controller: deployment, statefulset, daemon, job) over pods that all live alike: one life is
 * simulated and looked up by a pod's age. */
#include "workload.h"

#include <stdlib.h>

#include "kubelet.h"
#include "lanes.h"
#include "what_if.h"

enum {
    LONGEST_UPDATE = 6 * 3600,
    LONGEST_JOB = 7 * 86400,
    DEFAULT_NODES = 3,
    MAX_REPLICAS = 5000,
    MAX_TRIES = 64, /* lives of a Job's pods that differ */
    MAX_JOB_PODS = 20000,
};

static void say(Rollout *out, Arena *arena, Str text) {
    ARRAY_PUSH(arena, &out->words, text);
}

/* Updates. */

typedef struct Member {
    bool new, leaving;
    int64_t since; /* its creation; of one that leaves, its deletion */
} Member;

typedef struct Update {
    Arena *arena;
    Rollout *out;
    bool *ready;          /* by a new pod's age in seconds */
    bool *available;      /* ... and so for minReadySeconds */
    int64_t leaveSeconds; /* from deletion to gone */
    Member *members;
    int count;
    int64_t now;
} Update;

/* When a pod of the new template is available: ready for minReadySeconds. */
static void learn_life(Update *update, const PodView *view, const Scenario *scenario, int64_t minReady) {
    Arena scratch = {0};
    Scenario life = *scenario;
    life.deleteAt = life.nodeLostAt = SCENARIO_NEVER;
    life.until = LONGEST_UPDATE;
    Simulation sim;
    simulate(&sim, &scratch, view->meta, view->spec, &life);
    update->ready = NEW_ARRAY(update->arena, bool, LONGEST_UPDATE + 2);
    update->available = NEW_ARRAY(update->arena, bool, LONGEST_UPDATE + 2);
    int64_t readySince = -1;
    for (uint32_t i = 0; i < sim.entries.n; i++) {
        const SimEntry *entry = &sim.entries.at[i];
        int64_t end = i + 1 < sim.entries.n ? sim.entries.at[i + 1].t : LONGEST_UPDATE + 1;
        if (!entry_serves(entry)) {
            readySince = -1;
            continue;
        }
        if (readySince < 0) readySince = entry->t;
        for (int64_t t = entry->t; t < end; t++) {
            update->ready[t] = true;
            update->available[t] = t - readySince >= minReady;
        }
    }
    arena_free(&scratch);
}

/* How long a pod takes to go, once it serves. */
static int64_t learn_leaving(const Update *update, const PodView *view, const Scenario *scenario) {
    Arena scratch = {0};
    Scenario life = *scenario;
    life.nodeLostAt = SCENARIO_NEVER;
    life.deleteAt = 60;
    for (int64_t t = 0; t < LONGEST_UPDATE; t++)
        if (update->available[t]) {
            life.deleteAt = t + 1;
            break;
        }
    life.until = life.deleteAt + 86400;
    Simulation sim;
    simulate(&sim, &scratch, view->meta, view->spec, &life);
    const SimEntry *last = &sim.entries.at[sim.entries.n - 1];
    int64_t seconds = last->deleted ? last->t - life.deleteAt : 86400;
    arena_free(&scratch);
    return seconds;
}

/* `states`: ready or available of the update. An old pod is both. */
static bool member_is(const Update *update, const Member *member, const bool *states) {
    if (member->leaving) return false;
    int64_t age = update->now - member->since;
    return !member->new || (age <= LONGEST_UPDATE && states[age]);
}

typedef struct Count {
    int before, after, available, newReady, newAvailable, leaving;
} Count;

static Count count_members(const Update *update) {
    Count count = {0};
    for (int i = 0; i < update->count; i++) {
        const Member *member = &update->members[i];
        bool available = member_is(update, member, update->available);
        count.leaving += member->leaving;
        count.before += !member->leaving && !member->new;
        count.after += !member->leaving && member->new;
        count.available += available;
        count.newReady += member->new &&member_is(update, member, update->ready);
        count.newAvailable += available && member->new;
    }
    return count;
}

static void add_members(Update *update, int n, bool new) {
    for (int i = 0; i < n; i++) update->members[update->count++] = (Member){.new = new, .since = update->now};
}

static void remove_old(Update *update, int n) {
    for (int i = 0; i < update->count && n > 0; i++) {
        Member *member = &update->members[i];
        if (member->new || member->leaving) continue;
        *member = (Member){.leaving = true, .since = update->now};
        n--;
    }
}

static void drop_gone(Update *update) {
    int kept = 0;
    for (int i = 0; i < update->count; i++) {
        const Member *member = &update->members[i];
        if (member->leaving && update->now - member->since >= update->leaveSeconds) continue;
        update->members[kept++] = *member;
    }
    update->count = kept;
}

static void record(Update *update) {
    Count count = count_members(update);
    Rollout *out = update->out;
    RolloutStep step = {
        .t = update->now, .before = count.before, .after = count.after, .available = count.available, .leaving = count.leaving};
    RolloutStep *last = out->steps.n ? &out->steps.at[out->steps.n - 1] : NULL;
    if (count.available < out->fewest) out->fewest = count.available;
    if (update->count > out->most) out->most = update->count;
    if (last && last->before == step.before && last->after == step.after && last->available == step.available &&
        last->leaving == step.leaving)
        return;
    ARRAY_PUSH(update->arena, &out->steps, step);
}

static int least(int a, int b) {
    return a < b ? a : b;
}

/* One sync of a Deployment (deployment/rolling.go, recreate.go). */
static void step_deployment(Update *update, bool recreate) {
    Rollout *out = update->out;
    Count count = count_members(update);
    if (recreate) {
        if (count.before)
            remove_old(update, count.before);
        else if (!count.leaving)
            add_members(update, out->replicas - count.after, true);
        return;
    }
    int room = out->replicas + out->surge - count.before - count.after;
    if (room > 0) add_members(update, least(room, out->replicas - count.after), true);
    count = count_members(update);
    int floor = out->replicas - out->unavailable;
    int spare = count.before + count.after - floor - (count.after - count.newAvailable);
    remove_old(update, least(least(spare, count.before), count.available - floor));
}

/* A set that replaces a pod only after it is gone (statefulset/stateful_set_control.go, daemon/update.go). */
static void step_in_place(Update *update, int keep) {
    Rollout *out = update->out;
    Count count = count_members(update);
    int missing = out->replicas - count.before - count.after - count.leaving;
    if (missing > 0) add_members(update, missing, true);
    count = count_members(update);
    int down = out->replicas - count.available;
    if (out->surge) { /* a DaemonSet that starts the new pod beside the old one */
        int surplus = count.before + count.after - out->replicas, ready = count.newAvailable - (out->replicas - count.before);
        if (ready > 0) remove_old(update, least(ready, count.before));
        if (surplus < out->surge && count.after < out->replicas)
            add_members(update, least(out->surge - surplus, out->replicas - count.after), true);
        return;
    }
    remove_old(update, least(out->unavailable - down, count.before - keep));
}

static bool update_over(const Update *update, int keep) {
    Count count = count_members(update);
    return count.before <= keep && count.leaving == 0 && count.after + count.before >= update->out->replicas &&
           count.newAvailable >= update->out->replicas - keep;
}

typedef struct UpdatePlan {
    Str kind;
    bool recreate, inPlace;
    int keep; /* pods that a partition leaves alone */
    int64_t minReady;
    int64_t progressSeconds; /* without progress for so long a Deployment gives up, or SCENARIO_NEVER */
} UpdatePlan;

/* A number that changes with every step that a Deployment counts as progress (deployment/util, DeploymentProgressing). */
static int progress_of(const Update *update) {
    Count count = count_members(update);
    return count.newAvailable + count.newReady + count.after - count.before;
}

static void run_update(Update *update, const UpdatePlan *plan) {
    Rollout *out = update->out;
    int progress = progress_of(update);
    int64_t since = 0;
    record(update);
    for (update->now = 1; update->now <= LONGEST_UPDATE; update->now++) {
        drop_gone(update);
        if (plan->inPlace)
            step_in_place(update, plan->keep);
        else
            step_deployment(update, plan->recreate);
        record(update);
        int now = progress_of(update);
        if (now > progress) since = update->now;
        progress = now;
        out->end = update->now;
        if (update_over(update, plan->keep)) {
            out->done = true;
            return;
        }
        if (plan->progressSeconds != SCENARIO_NEVER && update->now - since >= plan->progressSeconds) {
            out->reason = S("ProgressDeadlineExceeded");
            return;
        }
    }
}

static void say_update(Rollout *out, Arena *arena, const Update *update, const UpdatePlan *plan) {
    Str end = clock_text(arena, out->end);
    if (out->done)
        say(out, arena,
            str_format(arena, "The update of %d pod%s takes %.*s; at least %d serve%s, at most %d are there.", out->replicas,
                       out->replicas == 1 ? "" : "s", TEXT(end), out->fewest, out->fewest == 1 ? "s" : "", out->most));
    else if (out->reason.len)
        say(out, arena,
            str_format(arena,
                       "The update stands still and is given up at %.*s (%.*s): %d of %d new pods are available, %d pods serve.",
                       TEXT(end), TEXT(out->reason), count_members(update).newAvailable, out->replicas,
                       count_members(update).available));
    else
        say(out, arena, str_format(arena, "The update is not over after %.*s.", TEXT(end)));
    if (plan->keep) say(out, arena, str_format(arena, "The partition keeps %d old pods.", plan->keep));
    if (plan->recreate && out->replicas)
        say(out, arena, S("Strategy Recreate: nothing serves between the old pods and the new ones."));
}

static void plan_deployment(Rollout *out, UpdatePlan *plan, const DeploymentSpec *spec) {
    const RollingUpdateDeployment *rolling = spec->strategy.rollingUpdate;
    plan->recreate = str_eq(spec->strategy.type, S("Recreate"));
    plan->minReady = spec->minReadySeconds;
    if (spec->progressDeadlineSeconds.set && spec->progressDeadlineSeconds.value != INT32_MAX)
        plan->progressSeconds = spec->progressDeadlineSeconds.value;
    out->surge = rolling ? share_of(&rolling->maxSurge, out->replicas, 0, true) : 0;
    out->unavailable = rolling ? share_of(&rolling->maxUnavailable, out->replicas, 0, false) : 0;
    if (!out->surge && !out->unavailable) out->unavailable = 1; /* deployment/util, ResolveFenceposts */
}

static void plan_stateful_set(Rollout *out, UpdatePlan *plan, const StatefulSetSpec *spec) {
    const RollingUpdateStatefulSetStrategy *rolling = spec->updateStrategy.rollingUpdate;
    plan->inPlace = true;
    plan->minReady = spec->minReadySeconds;
    out->unavailable = rolling ? share_of(&rolling->maxUnavailable, out->replicas, 1, true) : 1;
    if (out->unavailable < 1) out->unavailable = 1;
    if (rolling && rolling->partition.set) plan->keep = least((int)rolling->partition.value, out->replicas);
}

static void plan_daemon_set(Rollout *out, UpdatePlan *plan, const DaemonSetSpec *spec) {
    const RollingUpdateDaemonSet *rolling = spec->updateStrategy.rollingUpdate;
    plan->inPlace = true;
    plan->minReady = spec->minReadySeconds;
    out->unavailable = rolling ? share_of(&rolling->maxUnavailable, out->replicas, 1, true) : 1;
    out->surge = rolling ? share_of(&rolling->maxSurge, out->replicas, 0, true) : 0;
    if (!out->surge && out->unavailable < 1) out->unavailable = 1;
}

static void simulate_update(Rollout *out, Arena *arena, const Document *document, const Scenario *scenario, UpdatePlan *plan) {
    PodView view = model_pod(document);
    Update update = {.arena = arena, .out = out};
    out->kind = ROLLOUT_UPDATE;
    out->fewest = out->most = out->replicas;
    learn_life(&update, &view, scenario, plan->minReady);
    update.leaveSeconds = learn_leaving(&update, &view, scenario);
    update.members = NEW_ARRAY(arena, Member, 4 * (size_t)out->replicas + 4 * (size_t)out->surge + 8);
    add_members(&update, out->replicas, false);
    run_update(&update, plan);
    say_update(out, arena, &update, plan);
}

/* Jobs (job/job_controller.go). */

typedef struct Life {
    bool known, succeeded;
    int64_t seconds;   /* until its phase is final, or SCENARIO_NEVER */
    int64_t *restarts; /* when its containers were restarted */
    uint32_t restartCount;
    const SimContainer *containers;
    const SimEntry *last; /* how it ended */
    uint32_t containerCount;
} Life;

typedef struct JobPod {
    int64_t began;
    int try; /* how many pods have failed in its place */
    int index;
    bool active;
} JobPod;

typedef struct JobRun {
    Arena *arena;
    Rollout *out;
    const JobSpec *spec;
    PodView view;
    const Scenario *scenario;
    Life lives[MAX_TRIES];
    JobPod *pods;
    int podCount, active, succeeded, failed;
    int failures; /* since the last success */
    int64_t lastFailure;
    int waiting; /* tries of pods to be replaced, a stack */
    JobPod *replace;
    int *indexFailures;
    int failedIndexes;
    int64_t now;
    Str reason;
} JobRun;

/* A container that is restarted in a new pod goes on in its script. */
static Scenario scenario_from_try(Arena *arena, const Scenario *scenario, int try) {
    Scenario out = *scenario;
    out.containers.at = NEW_ARRAY(arena, ContainerScript, scenario->containers.n + 1);
    out.deleteAt = out.nodeLostAt = SCENARIO_NEVER;
    out.until = LONGEST_JOB;
    for (uint32_t i = 0; i < scenario->containers.n; i++) {
        ContainerScript *script = &out.containers.at[i];
        *script = scenario->containers.at[i];
        uint32_t skip = (uint32_t)try < script->runCount ? (uint32_t) try : script
            ->runCount ? script->runCount - 1 : 0;
        script->runs = script->runs ? script->runs + skip : NULL;
        script->runCount -= skip;
    }
    return out;
}

static const Life *life_of(JobRun *run, int try) {
    Life *life = &run->lives[try < MAX_TRIES ? try : MAX_TRIES - 1];
    if (life->known) return life;
    Scenario scenario = scenario_from_try(run->arena, run->scenario, try);
    Simulation *sim = NEW(run->arena, Simulation);
    simulate(sim, run->arena, run->view.meta, run->view.spec, &scenario);
    *life =
        (Life){.known = true, .seconds = SCENARIO_NEVER, .containers = sim->containers, .containerCount = sim->containerCount};
    for (uint32_t i = 0; i < sim->entries.n && life->seconds == SCENARIO_NEVER; i++) {
        const SimEntry *entry = &sim->entries.at[i];
        if (entry->phase != PHASE_SUCCEEDED && entry->phase != PHASE_FAILED) continue;
        life->seconds = entry->t;
        life->succeeded = entry->phase == PHASE_SUCCEEDED;
        life->last = entry;
    }
    life->restarts = NEW_ARRAY(run->arena, int64_t, sim->actions.n + 1);
    bool *begun = NEW_ARRAY(run->arena, bool, sim->containerCount + 1);
    for (uint32_t i = 0; i < sim->actions.n; i++) {
        const SimAction *action = &sim->actions.at[i];
        if (action->kind != ACTION_START) continue;
        if (begun[action->container]) life->restarts[life->restartCount++] = action->t;
        begun[action->container] = true;
    }
    return life;
}

static bool code_matches(const PodFailurePolicyOnExitCodesRequirement *wanted, Str container, int code) {
    if (wanted->containerName.len && !str_eq(wanted->containerName, container)) return false;
    bool listed = false;
    for (uint32_t i = 0; i < wanted->values.n; i++) listed |= wanted->values.at[i] == code;
    return code != 0 && (str_eq(wanted->operator, S("In")) ? listed : !listed);
}

/* The action of the first rule that a failed pod matches (job/pod_failure_policy.go); empty: none. */
static Str failure_action(const JobSpec *spec, const Life *life) {
    for (uint32_t i = 0; spec->podFailurePolicy && i < spec->podFailurePolicy->rules.n; i++) {
        const PodFailurePolicyRule *rule = &spec->podFailurePolicy->rules.at[i];
        if (!rule->onExitCodes || !life->last->containers) continue;
        for (uint32_t j = 0; j < life->containerCount; j++) {
            const SimState *state = &life->last->containers[j].state;
            if (state->kind == STATE_TERMINATED && code_matches(rule->onExitCodes, life->containers[j].name, state->exitCode))
                return rule->action;
        }
    }
    return (Str){0};
}

static int64_t job_backoff(const JobRun *run) {
    int64_t delay = KUBELET_JOB_BACKOFF_FIRST;
    if (!run->failures) return 0;
    for (int i = 1; i < run->failures && delay < KUBELET_JOB_BACKOFF_LONGEST; i++) delay *= 2;
    return delay < KUBELET_JOB_BACKOFF_LONGEST ? delay : KUBELET_JOB_BACKOFF_LONGEST;
}

static bool indexed(const JobSpec *spec) {
    return str_eq(spec->completionMode, S("Indexed")) && spec->completions.set;
}

static void fail_index(JobRun *run, const JobPod *pod) {
    run->failedIndexes++;
    run->indexFailures[pod->index] = -1;
    const OptInt *most = &run->spec->maxFailedIndexes;
    if (most->set && run->failedIndexes > most->value) run->reason = S("MaxFailedIndexesExceeded");
}

static void pod_failed(JobRun *run, JobPod *pod, const Life *life) {
    Str action = failure_action(run->spec, life);
    JobPod next = {.try = pod->try + 1, .index = pod->index};
    if (str_eq(action, S("FailJob"))) run->reason = S("PodFailurePolicy");
    if (!str_eq(action, S("Ignore"))) {
        run->failed++;
        run->failures++;
        run->lastFailure = run->now;
    }
    const OptInt *perIndex = &run->spec->backoffLimitPerIndex;
    if (perIndex->set && indexed(run->spec)) {
        if (str_eq(action, S("FailIndex")) ||
            (!str_eq(action, S("Ignore")) && ++run->indexFailures[pod->index] > perIndex->value)) {
            fail_index(run, pod);
            return;
        }
    } else if (run->failed > (run->spec->backoffLimit.set ? run->spec->backoffLimit.value : 6)) {
        run->reason = S("BackoffLimitExceeded");
    }
    run->replace[run->waiting++] = next;
}

static void end_pods(JobRun *run) {
    for (int i = 0; i < run->podCount; i++) {
        JobPod *pod = &run->pods[i];
        if (!pod->active) continue;
        const Life *life = life_of(run, pod->try);
        if (life->seconds == SCENARIO_NEVER || pod->began + life->seconds > run->now) continue;
        pod->active = false;
        run->active--;
        if (life->succeeded) {
            run->succeeded++;
            run->failures = 0;
        } else {
            pod_failed(run, pod, life);
        }
    }
}

/* With OnFailure it is the restarts of running pods that count (pastBackoffLimitOnFailure). */
static bool too_many_restarts(JobRun *run) {
    if (!str_eq(run->view.spec->restartPolicy, S("OnFailure"))) return false;
    int64_t restarts = 0, limit = run->spec->backoffLimit.set ? run->spec->backoffLimit.value : 6;
    for (int i = 0; i < run->podCount; i++) {
        if (!run->pods[i].active) continue;
        const Life *life = life_of(run, run->pods[i].try);
        for (uint32_t j = 0; j < life->restartCount; j++) restarts += run->pods[i].began + life->restarts[j] <= run->now;
    }
    return limit == 0 ? restarts > 0 : restarts >= limit;
}

static int wanted_pods(const JobRun *run) {
    int parallelism = run->spec->parallelism.set ? (int)run->spec->parallelism.value : 1;
    if (!run->spec->completions.set) return run->succeeded ? run->active : parallelism;
    int left = (int)run->spec->completions.value - run->succeeded - run->failedIndexes;
    return least(parallelism, left);
}

static void start_pods(JobRun *run, int *nextIndex) {
    int missing = wanted_pods(run) - run->active;
    if (run->failures && run->now < run->lastFailure + job_backoff(run)) return;
    for (; missing > 0 && run->podCount < MAX_JOB_PODS; missing--) {
        JobPod pod = {.index = *nextIndex};
        if (run->waiting)
            pod = run->replace[--run->waiting];
        else
            ++*nextIndex;
        pod.began = run->now;
        pod.active = true;
        run->pods[run->podCount++] = pod;
        run->active++;
    }
}

static void record_job(JobRun *run) {
    RolloutStep step = {.t = run->now, .active = run->active, .succeeded = run->succeeded, .failed = run->failed};
    const RolloutStep *last = run->out->steps.n ? &run->out->steps.at[run->out->steps.n - 1] : NULL;
    if (last && last->active == step.active && last->succeeded == step.succeeded && last->failed == step.failed) return;
    ARRAY_PUSH(run->arena, &run->out->steps, step);
}

static void sooner(int64_t *next, int64_t at, int64_t now) {
    if (at > now && at < *next) *next = at;
}

static int64_t next_job_event(JobRun *run) {
    int64_t next = SCENARIO_NEVER;
    if (run->spec->activeDeadlineSeconds.set) sooner(&next, run->spec->activeDeadlineSeconds.value, run->now);
    if (run->failures) sooner(&next, run->lastFailure + job_backoff(run), run->now);
    for (int i = 0; i < run->podCount; i++) {
        if (!run->pods[i].active) continue;
        const Life *life = life_of(run, run->pods[i].try);
        if (life->seconds != SCENARIO_NEVER) sooner(&next, run->pods[i].began + life->seconds, run->now);
        for (uint32_t j = 0; j < life->restartCount; j++) sooner(&next, run->pods[i].began + life->restarts[j], run->now);
    }
    return next;
}

/* Whether the Job has come to its end. */
static bool job_over(JobRun *run) {
    const JobSpec *spec = run->spec;
    if (!run->reason.len && too_many_restarts(run)) run->reason = S("BackoffLimitExceeded");
    if (!run->reason.len && spec->activeDeadlineSeconds.set && run->now >= spec->activeDeadlineSeconds.value)
        run->reason = S("DeadlineExceeded");
    if (run->reason.len) return true;
    bool complete = spec->completions.set ? run->succeeded + run->failedIndexes >= spec->completions.value
                                          : run->succeeded && run->active == 0;
    if (complete && run->failedIndexes) run->reason = S("FailedIndexes");
    run->out->done = complete && !run->failedIndexes;
    return complete;
}

static void say_job(Rollout *out, Arena *arena, const JobRun *run) {
    Str end = clock_text(arena, out->end);
    const char *failures = run->failed == 1 ? "pod fails" : "pods fail";
    if (out->done)
        say(out, arena,
            str_format(arena, "The Job is complete at %.*s: %d succeed, %d %s.", TEXT(end), run->succeeded, run->failed,
                       failures));
    else if (out->reason.len)
        say(out, arena,
            str_format(arena, "The Job fails at %.*s (%.*s): %d succeed, %d %s.", TEXT(end), TEXT(out->reason), run->succeeded,
                       run->failed, failures));
    else
        say(out, arena, str_format(arena, "The Job is not over after %.*s.", TEXT(end)));
}

static void simulate_job(Rollout *out, Arena *arena, const JobSpec *spec, PodView view, const Scenario *scenario) {
    JobRun *run = NEW(arena, JobRun);
    int nextIndex = 0;
    *run = (JobRun){.arena = arena, .out = out, .spec = spec, .view = view, .scenario = scenario};
    run->pods = NEW_ARRAY(arena, JobPod, MAX_JOB_PODS);
    run->replace = NEW_ARRAY(arena, JobPod, MAX_JOB_PODS + 1);
    run->indexFailures = NEW_ARRAY(arena, int, MAX_JOB_PODS + 1);
    out->kind = ROLLOUT_JOB;
    out->replicas = spec->completions.set ? (int)spec->completions.value : 1;
    if (spec->suspend.set && spec->suspend.value) {
        say(out, arena, S("The Job is suspended: no pod starts."));
        return;
    }
    while (run->now <= LONGEST_JOB) {
        end_pods(run);
        bool over = job_over(run);
        if (!over) start_pods(run, &nextIndex);
        if (run->active > out->most) out->most = run->active;
        record_job(run);
        out->end = run->now;
        if (over || run->podCount == MAX_JOB_PODS) break;
        int64_t next = next_job_event(run);
        if (next > LONGEST_JOB) break;
        run->now = next;
    }
    out->reason = run->reason;
    say_job(out, arena, run);
}

static int replicas_of(int given, const OptInt *spec) {
    int64_t replicas = given > 0 ? given : spec->set ? spec->value : 1;
    return replicas < MAX_REPLICAS ? (int)replicas : MAX_REPLICAS;
}

void rollout_simulate(Rollout *out, Arena *arena, const Document *document, const Scenario *scenario, int replicas) {
    *out = (Rollout){0};
    UpdatePlan plan = {.kind = document->kind, .progressSeconds = SCENARIO_NEVER};
    PodView view = model_pod(document);
    if (!view.spec) return;
    if (str_eq(document->kind, S("Job"))) {
        simulate_job(out, arena, &((const Job *)document->object)->spec, view, scenario);
        return;
    }
    if (str_eq(document->kind, S("CronJob"))) {
        simulate_job(out, arena, &((const CronJob *)document->object)->spec.jobTemplate.spec, view, scenario);
        return;
    }
    Str strategy = {0};
    bool paused = false;
    if (str_eq(document->kind, S("Deployment"))) {
        const DeploymentSpec *spec = &((const Deployment *)document->object)->spec;
        out->replicas = replicas_of(replicas, &spec->replicas);
        paused = spec->paused;
        plan_deployment(out, &plan, spec);
    } else if (str_eq(document->kind, S("StatefulSet"))) {
        const StatefulSetSpec *spec = &((const StatefulSet *)document->object)->spec;
        out->replicas = replicas_of(replicas, &spec->replicas);
        strategy = spec->updateStrategy.type;
        plan_stateful_set(out, &plan, spec);
    } else if (str_eq(document->kind, S("DaemonSet"))) {
        const DaemonSetSpec *spec = &((const DaemonSet *)document->object)->spec;
        out->replicas = replicas > 0 ? least(replicas, MAX_REPLICAS) : DEFAULT_NODES;
        strategy = spec->updateStrategy.type;
        plan_daemon_set(out, &plan, spec);
    } else {
        return;
    }
    if (str_eq(strategy, S("OnDelete")))
        say(out, arena, S("Update strategy OnDelete: a pod is replaced only when somebody deletes it."));
    else if (paused)
        say(out, arena, S("The Deployment is paused: no pod is replaced until it is resumed."));
    else
        simulate_update(out, arena, document, scenario, &plan);
}
