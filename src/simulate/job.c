/* The Job controller (k8s.io/kubernetes/pkg/controller/job: job_controller.go, backoff_utils.go, pod_failure_policy.go,
 * success_policy.go). Pods are attempts: those of an index, or of the whole Job where there are no indexes, go on in the
 * scenario's list of runs where the attempt before stopped. A sync takes no time. */
#include "job.h"

#include "kubelet.h"
#include "lanes.h"

enum { LONGEST_JOB = 7 * 86400, MOST_PODS = 20000 };

/* How one attempt goes by itself. */
typedef struct Attempt {
    bool known, succeeded;
    int64_t seconds;         /* until its phase is final, or SCENARIO_NEVER */
    ARRAY(int64_t) restarts; /* when its containers were restarted */
    const SimContainer *containers;
    uint32_t containerCount;
    const SimStatus *statuses; /* of the containers at its end */
    Condition conditions[CONDITION_TYPES];
} Attempt;

typedef enum PodState { POD_ACTIVE, POD_LEAVING, POD_OVER } PodState;

typedef struct JobPod {
    int64_t began, goneAt;
    uint32_t attempt; /* which run of the scenario it begins with */
    int index;        /* of an Indexed Job */
    uint8_t state;    /* PodState */
} JobPod;

typedef struct Index {
    bool active, succeeded, failed;
    int failures, ignored; /* so far */
    uint32_t attempts;
    int64_t lastFailure;
} Index;

typedef struct JobRun {
    Arena *arena;
    Rollout *out;
    const JobSpec *spec;
    PodView view;
    const Scenario *scenario;
    Attempt *attempts;
    uint32_t attemptCount; /* those from the last on are alike */
    JobPod *pods;
    Index *indexes; /* NULL unless the Job is Indexed */
    int podCount, completions, parallelism;
    int active, leaving, succeeded, failed;
    uint32_t begun; /* attempts of a Job without indexes */
    int failures;   /* since the last success */
    int64_t lastFailure, now;
    int64_t started; /* status.startTime */
    int failedIndexes;
    bool perIndex, onlyFailed, suspended;
    bool success; /* a criterion of success is met */
    Str reason;
} JobRun;

/* Attempts. */

/* A container that is started in a new pod goes on in its script. */
static Scenario scenario_from(Arena *arena, const Scenario *scenario, uint32_t attempt) {
    Scenario out = *scenario;
    out.containers.at = NEW_ARRAY(arena, ContainerScript, scenario->containers.n + 1);
    out.deleteAt = out.nodeLostAt = out.evictAt = SCENARIO_NEVER;
    out.until = LONGEST_JOB;
    for (uint32_t i = 0; i < scenario->containers.n; i++) {
        ContainerScript *script = &out.containers.at[i];
        *script = scenario->containers.at[i];
        if (!script->runCount) continue;
        uint32_t skip = attempt < script->runCount ? attempt : script->runCount - 1;
        script->runs += skip;
        script->runCount -= skip;
    }
    return out;
}

static bool phase_over(const SimEntry *entry) {
    return entry->phase == PHASE_SUCCEEDED || entry->phase == PHASE_FAILED;
}

static const Attempt *attempt_of(JobRun *run, uint32_t number) {
    Attempt *attempt = &run->attempts[number < run->attemptCount ? number : run->attemptCount - 1];
    if (attempt->known) return attempt;
    Scenario scenario = scenario_from(run->arena, run->scenario, number);
    Simulation sim;
    simulate(&sim, run->arena, run->view.meta, run->view.spec, &scenario);
    *attempt =
        (Attempt){.known = true, .seconds = SCENARIO_NEVER, .containers = sim.containers, .containerCount = sim.containerCount};
    for (uint32_t i = 0; i < sim.entries.n && attempt->seconds == SCENARIO_NEVER; i++) {
        const SimEntry *entry = &sim.entries.at[i];
        if (!phase_over(entry)) continue;
        attempt->seconds = entry->t;
        attempt->succeeded = entry->phase == PHASE_SUCCEEDED;
        attempt->statuses = entry->containers;
        memcpy(attempt->conditions, entry->conditions, sizeof attempt->conditions);
    }
    bool *begun = NEW_ARRAY(run->arena, bool, sim.containerCount + 1);
    for (uint32_t i = 0; i < sim.actions.n; i++) {
        const SimAction *action = &sim.actions.at[i];
        if (action->kind != ACTION_START) continue;
        if (begun[action->container]) ARRAY_PUSH(run->arena, &attempt->restarts, action->t);
        begun[action->container] = true;
    }
    return attempt;
}

static int64_t ends_at(JobRun *run, const JobPod *pod) {
    const Attempt *attempt = attempt_of(run, pod->attempt);
    return attempt->seconds == SCENARIO_NEVER ? SCENARIO_NEVER : pod->began + attempt->seconds;
}

/* How long a pod of this attempt takes to go when it is deleted at this age. */
static int64_t leaving_time(JobRun *run, const JobPod *pod, int64_t age) {
    enum { LONGEST_LEAVING = 86400 };
    Arena scratch = {0};
    Scenario scenario = scenario_from(&scratch, run->scenario, pod->attempt);
    scenario.deleteAt = age;
    scenario.until = age + LONGEST_LEAVING;
    Simulation sim;
    simulate(&sim, &scratch, run->view.meta, run->view.spec, &scenario);
    const SimEntry *last = &sim.entries.at[sim.entries.n - 1];
    int64_t seconds = last->deleted ? last->t - age : LONGEST_LEAVING;
    arena_free(&scratch);
    return seconds;
}

/* The pod failure policy. */

static bool code_matches(const PodFailurePolicyOnExitCodesRequirement *wanted, Str container, int code) {
    if (wanted->containerName.len && !str_eq(wanted->containerName, container)) return false;
    bool listed = false;
    for (uint32_t i = 0; i < wanted->values.n; i++) listed |= wanted->values.at[i] == code;
    return code != 0 && (str_eq(wanted->operator, S("In")) ? listed : !listed);
}

static bool codes_match(const PodFailurePolicyOnExitCodesRequirement *wanted, const Attempt *attempt) {
    for (uint32_t i = 0; attempt->statuses && i < attempt->containerCount; i++) {
        const SimState *state = &attempt->statuses[i].state;
        if (state->kind == STATE_TERMINATED && code_matches(wanted, attempt->containers[i].name, state->exitCode)) return true;
    }
    return false;
}

static bool conditions_match(const PodFailurePolicyOnPodConditionsPatternList *patterns, const Attempt *attempt) {
    for (uint32_t i = 0; i < patterns->n; i++)
        for (int type = 0; type < CONDITION_TYPES; type++) {
            const Condition *condition = &attempt->conditions[type];
            Str status = condition->unknown ? S("Unknown") : condition->value ? S("True") : S("False");
            if (condition->set && str_eq(patterns->at[i].type, str_of(condition_names[type])) &&
                str_eq(patterns->at[i].status, status))
                return true;
        }
    return false;
}

/* The action of the first rule that a failed pod matches; empty: none. */
static Str failure_action(const JobSpec *spec, const Attempt *attempt) {
    for (uint32_t i = 0; spec->podFailurePolicy && i < spec->podFailurePolicy->rules.n; i++) {
        const PodFailurePolicyRule *rule = &spec->podFailurePolicy->rules.at[i];
        if (rule->onExitCodes ? codes_match(rule->onExitCodes, attempt) : conditions_match(&rule->onPodConditions, attempt))
            return rule->action;
    }
    return (Str){0};
}

/* The delay before failed pods are replaced. */

static int64_t delay_after(int failures) {
    int64_t delay = failures ? KUBELET_JOB_BACKOFF_FIRST : 0;
    for (int i = 1; i < failures && delay < KUBELET_JOB_BACKOFF_LONGEST; i++) delay *= 2;
    return delay < KUBELET_JOB_BACKOFF_LONGEST ? delay : KUBELET_JOB_BACKOFF_LONGEST;
}

static int64_t replaced_at(const JobRun *run) {
    return run->failures ? run->lastFailure + delay_after(run->failures) : run->now;
}

/* A delay of its own for each index, if failures are counted so; those that are ignored count for it, too. */
static int64_t index_replaced_at(const JobRun *run, const Index *index) {
    int failures = index->failures + index->ignored;
    return run->perIndex && failures ? index->lastFailure + delay_after(failures) : run->now;
}

/* Pods that end. */

static void index_failed(JobRun *run, Index *index, Str action) {
    index->active = false;
    index->lastFailure = run->now;
    if (str_eq(action, S("Ignore"))) {
        index->ignored++;
        return;
    }
    index->failures++;
    if (!run->perIndex) return;
    if (!str_eq(action, S("FailIndex")) && index->failures <= run->spec->backoffLimitPerIndex.value) return;
    index->failed = true;
    run->failedIndexes++;
}

static void pod_failed(JobRun *run, const JobPod *pod) {
    Str action = failure_action(run->spec, attempt_of(run, pod->attempt));
    if (str_eq(action, S("FailJob")) && !run->reason.len && !run->success) run->reason = S("PodFailurePolicy");
    if (!str_eq(action, S("Ignore"))) run->failed++;
    run->failures++; /* those that are ignored count for the delay, too */
    run->lastFailure = run->now;
    if (run->indexes) index_failed(run, &run->indexes[pod->index], action);
}

static void pod_succeeded(JobRun *run, const JobPod *pod) {
    run->succeeded++;
    if (!run->indexes) return;
    run->indexes[pod->index].active = false;
    run->indexes[pod->index].succeeded = true;
}

static void pods_end(JobRun *run) {
    int succeeded = run->succeeded;
    for (int i = 0; i < run->podCount; i++) {
        JobPod *pod = &run->pods[i];
        if (pod->state == POD_LEAVING && pod->goneAt <= run->now) {
            pod->state = POD_OVER;
            run->leaving--;
        }
        if (pod->state != POD_ACTIVE || ends_at(run, pod) > run->now) continue;
        pod->state = POD_OVER;
        run->active--;
        if (attempt_of(run, pod->attempt)->succeeded)
            pod_succeeded(run, pod);
        else
            pod_failed(run, pod);
    }
    if (run->succeeded > succeeded) run->failures = 0; /* of what ends together, nothing failed after the last success */
}

/* Deletes pods, from the youngest on. `fails`: they count as failures, and so for the delay. */
static void pods_delete_active(JobRun *run, int n, bool fails) {
    for (int i = run->podCount - 1; i >= 0 && n > 0; i--) {
        JobPod *pod = &run->pods[i];
        if (pod->state != POD_ACTIVE) continue;
        int64_t seconds = leaving_time(run, pod, run->now - pod->began);
        pod->state = seconds ? POD_LEAVING : POD_OVER;
        pod->goneAt = run->now + seconds;
        run->leaving += seconds > 0;
        run->active--;
        run->failed += fails;
        run->failures += fails;
        if (fails) run->lastFailure = run->now;
        if (run->indexes) run->indexes[pod->index].active = false;
        if (i == 0) run->out->podDeleted = run->now;
        n--;
    }
}

/* The end of the Job. */

/* With OnFailure it is the restarts of running pods that count (pastBackoffLimitOnFailure). */
static bool too_many_restarts(JobRun *run) {
    if (!str_eq(run->view.spec->restartPolicy, S("OnFailure"))) return false;
    int64_t restarts = 0, limit = run->spec->backoffLimit.value;
    for (int i = 0; i < run->podCount; i++) {
        if (run->pods[i].state != POD_ACTIVE) continue;
        const Attempt *attempt = attempt_of(run, run->pods[i].attempt);
        for (uint32_t j = 0; j < attempt->restarts.n; j++) restarts += run->pods[i].began + attempt->restarts.at[j] <= run->now;
    }
    return limit == 0 ? restarts > 0 : restarts >= limit;
}

static bool past_deadline(const JobRun *run) {
    const OptInt *deadline = &run->spec->activeDeadlineSeconds;
    return deadline->set && !run->suspended && run->now - run->started >= deadline->value;
}

static Str failure_reason(JobRun *run) {
    const JobSpec *spec = run->spec;
    if (run->failed > spec->backoffLimit.value || too_many_restarts(run)) return S("BackoffLimitExceeded");
    if (past_deadline(run)) return S("DeadlineExceeded");
    if (!run->perIndex) return S("");
    if (spec->maxFailedIndexes.set && run->failedIndexes > spec->maxFailedIndexes.value) return S("MaxFailedIndexesExceeded");
    if (run->failedIndexes && run->failedIndexes + run->succeeded >= run->completions) return S("FailedIndexes");
    return S("");
}

/* How many of the indexes in "0,3-5" have succeeded; *all: how many there are. */
static int succeeded_of(const JobRun *run, Str list, int *all) {
    int done = 0;
    *all = 0;
    while (list.len) {
        ptrdiff_t comma = str_find(list, ',');
        Str range = {list.at, comma < 0 ? list.len : (size_t)comma};
        list = str_slice(list, range.len + 1);
        ptrdiff_t dash = str_find(range, '-');
        int64_t from, to;
        if (!int_parse(dash < 0 ? range : (Str){range.at, (size_t)dash}, 0, run->completions - 1, &from)) continue;
        if (dash < 0)
            to = from;
        else if (!int_parse(str_slice(range, (size_t)dash + 1), 0, run->completions - 1, &to))
            to = run->completions - 1;
        for (int64_t i = from; i <= to; i++) {
            ++*all;
            done += run->indexes[i].succeeded;
        }
    }
    return done;
}

static bool success_policy_met(const JobRun *run) {
    const SuccessPolicy *policy = run->spec->successPolicy;
    for (uint32_t i = 0; run->indexes && run->succeeded && policy && i < policy->rules.n; i++) {
        const SuccessPolicyRule *rule = &policy->rules.at[i];
        const OptInt *count = &rule->succeededCount;
        int all = 0, done = rule->succeededIndexes.len ? succeeded_of(run, rule->succeededIndexes, &all) : run->succeeded;
        if ((rule->succeededIndexes.len && all && done == all) || (count->set && done >= count->value)) return true;
    }
    return false;
}

/* Decides once; what still runs is deleted. */
static void decide(JobRun *run) {
    if (run->reason.len || run->success) return;
    run->reason = failure_reason(run);
    run->success = !run->reason.len && success_policy_met(run);
}

static bool completions_reached(const JobRun *run) {
    bool enough = run->spec->completions.set ? run->succeeded >= run->completions : run->succeeded > 0;
    return enough && run->active == 0;
}

/* Starting pods. */

static void start_pod(JobRun *run, int index, uint32_t attempt) {
    run->pods[run->podCount++] = (JobPod){.began = run->now, .index = index, .attempt = attempt};
    run->active++;
}

/* The first indexes that have no pod and no result; those whose delay is not over leave their places empty. */
static void start_indexes(JobRun *run, int missing) {
    for (int i = 0; i < run->completions && missing > 0 && run->podCount < MOST_PODS; i++) {
        Index *index = &run->indexes[i];
        if (index->active || index->succeeded || index->failed) continue;
        missing--;
        if (index_replaced_at(run, index) > run->now) continue;
        index->active = true;
        start_pod(run, i, index->attempts++);
    }
}

static int wanted_pods(const JobRun *run) {
    if (run->suspended) return 0;
    if (!run->spec->completions.set) return run->succeeded ? run->active : run->parallelism;
    int left = run->completions - run->succeeded;
    return left < run->parallelism ? left : run->parallelism;
}

static void manage(JobRun *run) {
    int wanted = wanted_pods(run);
    if (run->active > wanted) {
        pods_delete_active(run, run->active - wanted, !run->onlyFailed);
        return;
    }
    int missing = wanted - run->active - (run->onlyFailed ? run->leaving : 0);
    if (missing <= 0 || (!run->perIndex && replaced_at(run) > run->now)) return;
    if (run->indexes)
        start_indexes(run, missing);
    else
        for (; missing > 0 && run->podCount < MOST_PODS; missing--) start_pod(run, 0, run->begun++);
}

/* The clock. */

static void record(JobRun *run) {
    RolloutStep step = {
        .t = run->now, .active = run->active, .leaving = run->leaving, .succeeded = run->succeeded, .failed = run->failed};
    const RolloutStep *last = run->out->steps.n ? &run->out->steps.at[run->out->steps.n - 1] : NULL;
    if (run->active > run->out->mostAtWork) run->out->mostAtWork = run->active;
    if (run->active + run->leaving > run->out->most) run->out->most = run->active + run->leaving;
    if (last && last->active == step.active && last->leaving == step.leaving && last->succeeded == step.succeeded &&
        last->failed == step.failed)
        return;
    ARRAY_PUSH(run->arena, &run->out->steps, step);
}

static void sooner(int64_t *next, int64_t at, int64_t now) {
    if (at > now && at < *next) *next = at;
}

static int64_t next_event(JobRun *run) {
    int64_t next = SCENARIO_NEVER;
    sooner(&next, run->scenario->suspendAt, run->now);
    sooner(&next, run->scenario->resumeAt, run->now);
    if (run->spec->activeDeadlineSeconds.set && !run->suspended)
        sooner(&next, run->started + scenario_clamp(run->spec->activeDeadlineSeconds.value), run->now);
    sooner(&next, replaced_at(run), run->now);
    for (int i = 0; run->perIndex && i < run->completions; i++) sooner(&next, index_replaced_at(run, &run->indexes[i]), run->now);
    for (int i = 0; i < run->podCount; i++) {
        const JobPod *pod = &run->pods[i];
        if (pod->state == POD_LEAVING) sooner(&next, pod->goneAt, run->now);
        if (pod->state != POD_ACTIVE) continue;
        sooner(&next, ends_at(run, pod), run->now);
        const Attempt *attempt = attempt_of(run, pod->attempt);
        for (uint32_t j = 0; j < attempt->restarts.n; j++) sooner(&next, pod->began + attempt->restarts.at[j], run->now);
    }
    return next;
}

static void suspend_or_resume(JobRun *run) {
    bool suspended = run->suspended;
    if (run->now == run->scenario->suspendAt) suspended = true;
    if (run->now == run->scenario->resumeAt) suspended = false;
    if (run->suspended && !suspended) run->started = run->now; /* the deadline counts anew */
    run->suspended = suspended;
}

/* One sync. Whether the Job has come to its end. */
static bool sync(JobRun *run) {
    if (past_deadline(run)) decide(run); /* a pod that ends in the same second is heard of too late */
    if (!run->reason.len) pods_end(run);
    decide(run);
    if (run->reason.len || run->success) {
        pods_delete_active(run, run->active, run->reason.len > 0);
        pods_end(run);
        record(run);
        return run->leaving == 0;
    }
    manage(run);
    record(run);
    run->success = completions_reached(run);
    return run->success && run->leaving == 0;
}

/* Words. */

static const char *plural(int n) {
    return n == 1 ? "" : "s";
}

static void say(JobRun *run, Str text) {
    ARRAY_PUSH(run->arena, &run->out->words, text);
}

/* What an unfinished Job waits for. */
static Str waits_for(JobRun *run) {
    if (run->suspended) return S("it is suspended");
    if (run->active)
        return str_format(run->arena, "%d pod%s still run%s", run->active, plural(run->active), run->active == 1 ? "s" : "");
    if (run->leaving) return S("pods that were deleted are still there");
    return str_format(run->arena, "the next pod comes %d s after the last failure, at %.*s", (int)delay_after(run->failures),
                      TEXT(clock_text(run->arena, replaced_at(run))));
}

static void say_end(JobRun *run) {
    const Rollout *out = run->out;
    Arena *arena = run->arena;
    Str end = clock_text(arena, out->end),
        counts = str_format(arena, "%d pod%s succeeded, %d failed", run->succeeded, plural(run->succeeded), run->failed);
    if (out->done)
        say(run, str_format(arena, "The Job is complete at %.*s: %.*s.", TEXT(end), TEXT(counts)));
    else if (out->reason.len)
        say(run, str_format(arena, "The Job fails at %.*s (%.*s): %.*s.", TEXT(end), TEXT(out->reason), TEXT(counts)));
    else
        say(run, str_format(arena, "The Job is not over at %.*s: %.*s; %.*s.", TEXT(end), TEXT(waits_for(run)), TEXT(counts)));
    if (run->spec->ttlSecondsAfterFinished.set && (out->done || out->reason.len))
        say(run, str_format(arena, "Job and pods are deleted %lld s after its end (ttlSecondsAfterFinished).",
                            (long long)run->spec->ttlSecondsAfterFinished.value));
}

/* The pods as lanes. */
static void draw_pods(JobRun *run) {
    enum { SHOWN = 24 };
    Lanes *out = &run->out->pods;
    int64_t last = run->out->steps.n ? run->out->steps.at[run->out->steps.n - 1].t : 0, end = last + 1 + last / 10;
    *out = (Lanes){.end = end};
    run->out->podsLeftOut = run->podCount > SHOWN ? run->podCount - SHOWN : 0;
    for (int i = 0; i < run->podCount && i < SHOWN; i++) {
        const JobPod *pod = &run->pods[i];
        Str name = run->indexes ? str_format(run->arena, "index %d", pod->index) : str_format(run->arena, "pod %d", i + 1);
        Lane *lane = lanes_add(out, run->arena, LANE_CONTAINER, name);
        const Attempt *attempt = attempt_of(run, pod->attempt);
        int64_t over = pod->state == POD_ACTIVE ? end : pod->goneAt ? pod->goneAt : ends_at(run, pod);
        if (over > end) over = end;
        lane_add(run->arena, lane, pod->began, over, PIECE_RUNNING, S("active"));
        if (pod->state == POD_ACTIVE) continue;
        bool failed = pod->goneAt || !attempt->succeeded;
        lane_mark(run->arena, lane, over, failed ? MARK_CRASH : MARK_END, 0);
        lane_add(run->arena, lane, over, end, failed ? PIECE_FAILED : PIECE_SUCCEEDED, failed ? S("failed") : S("succeeded"));
    }
}

/* More runs than a script has make no other attempts. */
static uint32_t different_attempts(const Scenario *scenario) {
    uint32_t most = 1;
    for (uint32_t i = 0; i < scenario->containers.n; i++)
        if (scenario->containers.at[i].runCount > most) most = scenario->containers.at[i].runCount;
    return most;
}

static int clamped(const OptInt *value, int otherwise) {
    if (!value->set) return otherwise;
    return value->value < 0 ? 0 : value->value < MOST_PODS ? (int)value->value : MOST_PODS;
}

void job_simulate(Rollout *out, Arena *arena, const JobSpec *spec, PodView view, const Scenario *scenario) {
    JobRun *run = NEW(arena, JobRun);
    *run = (JobRun){.arena = arena, .out = out, .spec = spec, .view = view, .scenario = scenario};
    run->attemptCount = different_attempts(scenario);
    run->attempts = NEW_ARRAY(arena, Attempt, run->attemptCount);
    run->pods = NEW_ARRAY(arena, JobPod, MOST_PODS);
    run->completions = clamped(&spec->completions, 1);
    run->parallelism = clamped(&spec->parallelism, 1);
    run->suspended = spec->suspend.set && spec->suspend.value;
    run->onlyFailed = spec->podFailurePolicy || str_eq(spec->podReplacementPolicy, S("Failed"));
    if (str_eq(spec->completionMode, S("Indexed")) && spec->completions.set) {
        run->indexes = NEW_ARRAY(arena, Index, run->completions + 1);
        run->perIndex = spec->backoffLimitPerIndex.set;
    }
    out->kind = ROLLOUT_JOB;
    out->replicas = run->completions;
    int64_t until = scenario->untilSet ? scenario->until : LONGEST_JOB;
    bool over = false;
    while (!over && run->podCount < MOST_PODS) {
        suspend_or_resume(run);
        over = sync(run);
        out->end = run->now;
        int64_t next = next_event(run);
        if (!over && next > until) {
            out->end = until;
            break;
        }
        run->now = over ? run->now : next;
    }
    out->done = over && run->success;
    if (over) out->reason = run->reason;
    if (out->reason.len) out->failedAt = out->end;
    draw_pods(run);
    say_end(run);
}
