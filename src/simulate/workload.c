/* Updates of workloads: the clock under the controllers' syncs, and what is told of them. A sync takes no time, so that what a
 * controller does at once happens within one second. */
#include "workload.h"

#include "job.h"
#include "kubelet.h"
#include "lanes.h"
#include "model/compare.h"
#include "update.h"

enum { LONGEST_UPDATE = POD_LONGEST_LIFE, DEFAULT_NODES = 3, MAX_REPLICAS = 2000, MAX_SYNCS = 1000 };

static void say(Update *update, Str text) {
    ARRAY_PUSH(update->arena, &update->out->words, text);
}

static const char *plural(int n) {
    return n == 1 ? "" : "s";
}

/* The clock. */

static int sum(const int counts[REVISIONS]) {
    return counts[REVISION_OLD] + counts[REVISION_NEW];
}

static void record(Update *update) {
    PodCount count = pods_count(&update->pods);
    Rollout *out = update->out;
    RolloutStep step = {.t = update->pods.now,
                        .before = count.all[REVISION_OLD],
                        .after = count.all[REVISION_NEW],
                        .leaving = count.leaving,
                        .ready = sum(count.ready),
                        .available = sum(count.available)};
    RolloutStep *last = out->steps.n ? &out->steps.at[out->steps.n - 1] : NULL;
    if (!last || (!out->done && step.ready < out->fewest)) out->fewest = step.ready;
    if (step.before + step.after > out->mostAtWork) out->mostAtWork = step.before + step.after;
    if (step.before + step.after + step.leaving > out->most) out->most = step.before + step.after + step.leaving;
    if (last && last->before == step.before && last->after == step.after && last->ready == step.ready &&
        last->available == step.available && last->leaving == step.leaving)
        return;
    ARRAY_PUSH(update->arena, &out->steps, step);
}

/* Every pod that is to be new is, and all are available; pods that leave do not count (deployment_util.go,
 * DeploymentComplete). */
static bool is_complete(const Update *update) {
    PodCount count = pods_count(&update->pods);
    int kept = least(update->partition, update->replicas);
    if (sum(count.all) != update->replicas || sum(count.available) != update->replicas) return false;
    return count.all[REVISION_OLD] <= (update->changed ? kept : 0);
}

/* A number that changes with every step that a Deployment counts as progress (deployment_util.go, DeploymentProgressing). */
static int progress_of(const Update *update) {
    PodCount count = pods_count(&update->pods);
    return sum(count.available) + sum(count.ready) + count.all[REVISION_NEW] - count.all[REVISION_OLD];
}

/* What follows from the controller's own steps is done together; what the kubelet has to report first, that a pod is ready or
 * gone, comes after them even where it takes no time. */
static void sync_until_settled(Update *update) {
    for (int round = 0; round < MAX_SYNCS; round++) {
        bool changed = false;
        for (int i = 0; i < MAX_SYNCS && update->sync(update); i++) {
            changed = true;
            arena_reset(update->scratch);
        }
        arena_reset(update->scratch);
        record(update);
        if (!changed) return;
        pods_report(&update->pods);
    }
}

static void sooner(int64_t *next, int64_t at, int64_t now) {
    if (at > now && at < *next) *next = at;
}

/* A Deployment that makes no progress is reported as failed, which changes nothing of what its controller does. */
static void watch_progress(Update *update, int *progress, int64_t *since) {
    Rollout *out = update->out;
    int now = progress_of(update);
    if (now > *progress) {
        *since = update->pods.now;
        out->reason = (Str){0};
    }
    *progress = now;
    if (update->progressDeadline == SCENARIO_NEVER || update->pods.now - *since < update->progressDeadline) return;
    if (out->failedAt == SCENARIO_NEVER) out->failedAt = update->pods.now;
    out->reason = S("ProgressDeadlineExceeded");
}

static void run_update(Update *update, int64_t until) {
    Rollout *out = update->out;
    int64_t since = 0;
    int progress = progress_of(update);
    for (;;) {
        pods_report(&update->pods);
        if (!out->done) sync_until_settled(update);
        record(update);
        if (!out->done) {
            out->end = update->pods.now;
            out->done = is_complete(update);
            if (out->done)
                out->reason = (Str){0};
            else
                watch_progress(update, &progress, &since);
        }
        if (out->done && !pods_count(&update->pods).leaving) return;
        int64_t next = pods_next(&update->pods);
        if (!out->done && update->progressDeadline != SCENARIO_NEVER)
            sooner(&next, since + update->progressDeadline, update->pods.now);
        if (next > until) break;
        update->pods.now = next;
    }
    if (!out->done) out->end = until;
}

/* Words. */

/* For how long nothing serves, from its first second on, in words; empty where something always does. */
static Str outage_words(const Update *update) {
    const Rollout *out = update->out;
    int64_t from = SCENARIO_NEVER, sum = 0;
    for (uint32_t i = 0; i < out->steps.n; i++) {
        const RolloutStep *step = &out->steps.at[i];
        if (step->ready) continue;
        if (from == SCENARIO_NEVER) from = step->t;
        if (i + 1 < out->steps.n) sum += step[1].t - step->t;
    }
    if (from == SCENARIO_NEVER) return (Str){0};
    bool forever = !out->done && !out->steps.at[out->steps.n - 1].ready;
    Str length = forever ? S("") : str_format(update->arena, " for %lld s,", (long long)sum);
    if (!forever && !sum) return (Str){0};
    return str_format(update->arena, "Nothing serves%.*s from %.*s on", TEXT(length), TEXT(clock_text(update->arena, from)));
}

static void say_serving(Update *update) {
    const Rollout *out = update->out;
    Arena *arena = update->arena;
    Str leaving =
        out->most > out->mostAtWork ? str_format(arena, ", and up to %d with those on their way out", out->most) : S("");
    Str nothing = outage_words(update);
    if (nothing.len) {
        say(update, str_format(arena, "%.*s; at most %d pod%s %s there at once%.*s.", TEXT(nothing), out->mostAtWork,
                               plural(out->mostAtWork), out->mostAtWork == 1 ? "is" : "are", TEXT(leaving)));
        return;
    }
    say(update, str_format(arena, "At least %d pod%s serve%s all the time; at most %d %s there at once%.*s.", out->fewest,
                           plural(out->fewest), out->fewest == 1 ? "s" : "", out->mostAtWork, out->mostAtWork == 1 ? "is" : "are",
                           TEXT(leaving)));
}

/* What holds an update that will never end by itself, and what a hand can do. */
static void say_stuck(Update *update, const RolloutRequest *request) {
    const Document *document = request->document;
    PodCount count = pods_count(&update->pods);
    Arena *arena = update->arena;
    Str name = document->name.len ? document->name : S("NAME");
    int waiting = count.all[REVISION_NEW] - count.available[REVISION_NEW];
    if (update->keepsPods) {
        say(update, str_format(arena, "A %.*s replaces no pods: %d keep the old template until somebody deletes them.",
                               TEXT(document->kind), count.all[REVISION_OLD]));
        return;
    }
    if (update->onDelete) {
        say(update,
            str_format(
                arena,
                "Update strategy OnDelete: %d old pod%s stay until somebody deletes them, one by one: kubectl delete pod POD.",
                count.all[REVISION_OLD], plural(count.all[REVISION_OLD])));
        return;
    }
    if (update->paused) {
        say(update,
            str_format(arena, "The Deployment is paused: nothing is replaced until kubectl rollout resume deployment/%.*s.",
                       TEXT(name)));
        return;
    }
    if (!waiting) return;
    if (count.waiting) {
        say(update, str_format(arena,
                               "%d new pod%s find%s no room on the nodes beside those that are there: %.*s Let old pods go first "
                               "(maxUnavailable), or make room.",
                               count.waiting, plural(count.waiting), count.waiting == 1 ? "s" : "", TEXT(request->roomCause)));
        return;
    }
    say(update, str_format(arena, "It stands still: %d of %d pod%s %s new, and %d of those %s never available; %d pods serve.",
                           count.all[REVISION_NEW], update->replicas, plural(update->replicas),
                           count.all[REVISION_NEW] == 1 ? "is" : "are", waiting, waiting == 1 ? "is" : "are", sum(count.ready)));
    if (model_is(document, KIND_StatefulSet) && !update->parallel)
        say(update,
            str_format(
                arena,
                "With OrderedReady a pod that does not become ready holds up its own repair: after mending the template, delete "
                "it by hand (kubectl delete pod %.*s-N).",
                TEXT(name)));
    else if (update->changed)
        say(update, str_format(arena, "kubectl rollout undo %.*s/%.*s goes back to the old template.",
                               TEXT(str_lower(arena, document->kind)), TEXT(name)));
}

static void say_update(Update *update, const RolloutRequest *request) {
    const Rollout *out = update->out;
    Arena *arena = update->arena;
    bool assumed = !request->create && !request->old; /* nobody has said what there was before */
    const char *what = request->create ? "creation" : update->changed ? "update" : "change";
    const char *the = assumed ? "An" : "The";
    Str end = clock_text(arena, out->end);
    bool stuck = !out->done && pods_next(&update->pods) == SCENARIO_NEVER;
    if (out->done && !request->create && out->steps.n == 1) {
        say(update, S("The change leaves the pods alone: their template and their number stay the same."));
        return;
    }
    if (out->done)
        say(update, str_format(arena, "%s %s of %d pod%s is complete after %.*s.", the, what, out->replicas,
                               plural(out->replicas), TEXT(end)));
    else if (stuck)
        say(update, str_format(arena, "%s %s never completes.", the, what));
    else
        say(update, str_format(arena, "%s %s is not complete after %.*s.", the, what, TEXT(end)));
    if (out->failedAt != SCENARIO_NEVER)
        say(update,
            str_format(
                arena,
                "At %.*s the Deployment has made no progress for %lld s and is reported as failed (ProgressDeadlineExceeded), "
                "which ends kubectl rollout status; the controller goes on.",
                TEXT(clock_text(arena, out->failedAt)), (long long)update->progressDeadline));
    const PodLife *life = &update->pods.lives[REVISION_NEW];
    if (out->done && life->ready.n && life->ready.at[0].to != SCENARIO_NEVER)
        say(update,
            str_format(
                arena,
                "But a new pod counts as available after %lld s (minReadySeconds), and is not ready any more after %lld s: "
                "the controller is done before that shows.",
                (long long)update->pods.minReady, (long long)(life->ready.at[0].to - life->ready.at[0].from)));
    if (stuck) say_stuck(update, request);
    if (!request->create && out->replicas) say_serving(update);
    if (update->changed && update->partition)
        say(update, str_format(arena, "The partition keeps %d old pod%s.", least(update->partition, update->replicas),
                               plural(least(update->partition, update->replicas))));
    if (update->recreate && update->changed && out->replicas)
        say(update, S("Strategy Recreate: the new pods start when the old ones are gone."));
}

/* What is to be done. */

static bool template_changed(const RolloutRequest *request) {
    if (request->create) return false;
    if (!request->old) return true;
    PodView before = model_pod(request->old), after = model_pod(request->document);
    return !object_equal(&type_PodSpec, before.spec, after.spec) || !object_equal(&type_ObjectMeta, before.meta, after.meta);
}

typedef struct Controller {
    void (*plan)(Update *update, const Document *document); /* NULL: the kind has no updates */
    bool keepsPods;                                         /* whatever becomes of the template */
} Controller;

static void plan_of_deployment(Update *update, const Document *document) {
    plan_deployment(update, &((const Deployment *)document->object)->spec);
}

static void plan_of_replica_set(Update *update, const Document *document) {
    plan_replica_set(update, ((const ReplicaSet *)document->object)->spec.minReadySeconds);
}

static void plan_of_controller(Update *update, const Document *document) {
    plan_replica_set(update, ((const ReplicationController *)document->object)->spec.minReadySeconds);
}

static void plan_of_stateful_set(Update *update, const Document *document) {
    plan_stateful_set(update, &((const StatefulSet *)document->object)->spec, document->minor);
}

static void plan_of_daemon_set(Update *update, const Document *document) {
    plan_daemon_set(update, &((const DaemonSet *)document->object)->spec);
}

static const Controller controllers[KIND_END] = {
    [KIND_Deployment] = {plan_of_deployment, .keepsPods = false},
    [KIND_ReplicaSet] = {plan_of_replica_set, .keepsPods = true},
    [KIND_ReplicationController] = {plan_of_controller, .keepsPods = true},
    [KIND_StatefulSet] = {plan_of_stateful_set, .keepsPods = false},
    [KIND_DaemonSet] = {plan_of_daemon_set, .keepsPods = false},
};

static const Controller *controller_of(const Document *document) {
    return &controllers[document->type->kind->number];
}

/* A DaemonSet, which has no replicas, has a pod on each node. */
static int replicas_of(const Document *document, int given) {
    const OptInt *replicas = model_replicas(document);
    int64_t n = given > 0 ? given : !replicas ? DEFAULT_NODES : replicas->set ? replicas->value : 1;
    return n < 0 ? 0 : n < MAX_REPLICAS ? (int)n : MAX_REPLICAS;
}

/* Somewhat after the last thing that happens. */
static int64_t picture_end(const Rollout *out) {
    int64_t last = out->steps.at[out->steps.n - 1].t;
    return last + 1 + last / 10 + (last < 10 ? 2 : 0);
}

/* The pods that are there before anything happens. */
static void settle(Update *update, const RolloutRequest *request) {
    if (request->create) return;
    int n = request->old && model_replicas(request->old) ? replicas_of(request->old, 0) : update->replicas;
    for (int i = 0; i < n; i++) pods_add(&update->pods, update->changed ? REVISION_OLD : REVISION_NEW, i, true);
}

static void simulate_update(Rollout *out, Arena *arena, const RolloutRequest *request) {
    Arena scratch = {0};
    const Document *document = request->document;
    Update update = {.arena = arena, .scratch = &scratch, .out = out, .progressDeadline = SCENARIO_NEVER};
    update.pods = (Pods){.arena = arena, .room = request->room};
    update.replicas = replicas_of(document, request->replicas);
    update.changed = template_changed(request);
    update.keepsPods = controller_of(document)->keepsPods;
    controller_of(document)->plan(&update, document);
    out->kind = ROLLOUT_UPDATE;
    out->replicas = update.replicas;
    PodView old = model_pod(request->old ? request->old : document);
    Scenario before = scenario_undisturbed(arena, old.spec, request->scenario); /* what is old has proved itself */
    pod_life_learn(&update.pods.lives[REVISION_OLD], arena, old, &before);
    pod_life_learn(&update.pods.lives[REVISION_NEW], arena, model_pod(document), request->scenario);
    settle(&update, request);
    record(&update);
    run_update(&update, request->scenario->untilSet ? request->scenario->until : LONGEST_UPDATE);
    out->replaced = out->steps.at[0].before - out->steps.at[out->steps.n - 1].before;
    update_lanes(&update, document->kind, document->name, picture_end(out));
    say_update(&update, request);
    const OptInt *replicas = model_replicas(document);
    if (replicas && replicas->set && replicas->value > MAX_REPLICAS && !request->replicas)
        say(&update, str_format(arena, "Played with %d pods instead of %lld.", MAX_REPLICAS, (long long)replicas->value));
    arena_free(&scratch);
}

int workload_pods(const Document *document, int given) {
    if (model_replicas(document)) return replicas_of(document, given);
    if (model_workload(document) == WORKLOAD_NODES) return 0;
    if (document->type->kind->number != KIND_Job) return 1;
    const OptInt *parallelism = &((const Job *)document->object)->spec.parallelism;
    return parallelism->set && parallelism->value < MAX_REPLICAS ? (int)parallelism->value : 1;
}

/* Pods of a DaemonSet stay on nodes that others leave (daemon/util/daemonset_util.go, AddOrUpdateDaemonPodTolerations). */
static PodSpec *tolerate_nodes(Arena *arena, const PodSpec *spec) {
    static const Str keys[] = {STR("node.kubernetes.io/not-ready"), STR("node.kubernetes.io/unreachable")};
    PodSpec *out = NEW(arena, PodSpec);
    *out = *spec;
    out->tolerations.at = NEW_ARRAY(arena, Toleration, spec->tolerations.n + COUNT(keys));
    for (uint32_t i = 0; i < spec->tolerations.n; i++) out->tolerations.at[i] = spec->tolerations.at[i];
    for (size_t i = 0; i < COUNT(keys); i++)
        out->tolerations.at[out->tolerations.n++] =
            (Toleration){.key = keys[i], .operator= S("Exists"), .effect = S("NoExecute")};
    return out;
}

PodView workload_pod(Arena *arena, const Document *document) {
    PodView view = model_pod(document);
    if (view.spec && model_workload(document) == WORKLOAD_NODES) view.spec = tolerate_nodes(arena, view.spec);
    return view;
}

/* What takes the place of the pods of a node that is lost, and when. */
static void say_lost_node(Rollout *out, Arena *arena, const Document *document, const Scenario *scenario) {
    int64_t toleration = unreachable_toleration(workload_pod(arena, document).spec);
    Str name = document->name.len ? document->name : S("NAME"), words;
    if (toleration == SCENARIO_NEVER || model_workload(document) == WORKLOAD_NODES) {
        words = S("Its pods tolerate a lost node without end: none is deleted, and none is made in its place.");
    } else {
        Str deleted = clock_text(arena, scenario->nodeLostAt + KUBELET_NODE_GRACE + toleration);
        uint16_t kind = document->type->kind->number;
        const JobSpec *job = kind == KIND_Job ? &((const Job *)document->object)->spec : NULL;
        if (kind == KIND_StatefulSet)
            words = str_format(
                arena,
                "A pod of the lost node is deleted at %.*s, but stays until the node is back: no other takes its place before "
                "somebody taints the node with node.kubernetes.io/out-of-service, or runs kubectl delete pod %.*s-N --force.",
                TEXT(deleted), TEXT(name));
        else if (job && (job->podFailurePolicy || str_eq(job->podReplacementPolicy, S("Failed"))))
            words = str_format(
                arena,
                "A pod of the lost node is deleted at %.*s, but counts as failed, and is replaced, only when its node is "
                "back or its Node object is gone.",
                TEXT(deleted));
        else
            words = str_format(arena, "A pod of the lost node is deleted at %.*s, and another one made at once in its place.",
                               TEXT(deleted));
    }
    ARRAY_PUSH(arena, &out->words, words);
}

void rollout_simulate(Rollout *out, Arena *arena, const RolloutRequest *request) {
    const Document *document = request->document;
    PodView view = model_pod(document);
    *out = (Rollout){.failedAt = SCENARIO_NEVER, .podDeleted = SCENARIO_NEVER};
    if (!view.spec) return;
    uint16_t kind = document->type->kind->number;
    if (request->scenario->nodeLostAt != SCENARIO_NEVER && (kind == KIND_Job || controllers[kind].plan))
        say_lost_node(out, arena, document, request->scenario);
    if (kind == KIND_Job) job_simulate(out, arena, &((const Job *)document->object)->spec, view, request->scenario);
    if (kind == KIND_CronJob) cron_job_simulate(out, arena, &((const CronJob *)document->object)->spec, view, request->scenario);
    bool changes = request->create || request->old;
    if (controllers[kind].plan && (changes || !controllers[kind].keepsPods)) simulate_update(out, arena, request);
}
