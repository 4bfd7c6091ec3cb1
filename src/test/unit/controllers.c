/* What controllers make of their pods: each statement with the time that the controller's source gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "simulate/drain.h"
#include "simulate/workload.h"

/* A workload that is played, for one test. */
typedef struct Play {
    Arena arena;
    Rollout rollout;
    Document *document;
} Play;

static Document *read_object(Arena *arena, const char *text, uint8_t minor) {
    Source *source = NEW(arena, Source);
    assert_int_equal(source_from_bytes(source, arena, S("test"), str_of(text)), SOURCE_OK);
    NodeReader reader = {.source = source};
    NodeDocument node;
    assert_true(node_next(&reader, arena, &node));
    assert_int_equal(node.faults.n, 0);
    Document *items;
    assert_int_equal(model_build(arena, source, &node, minor, &items), 1);
    for (uint32_t i = 0; i < items->diags.items.n; i++) assert_int_not_equal(items->diags.items.at[i].severity, SEVERITY_ERROR);
    defaults_apply(arena, items);
    return items;
}

/* A workload of the kind with these fields of its spec in flow style and a container `a` with a readiness probe each second. */
static Str manifest(Arena *arena, const char *kind, const char *fields) {
    static const char pod[] =
        "{metadata: {labels: {app: a}}, spec: {containers: [{name: a, image: \"a:%d\", readinessProbe: {tcpSocket: "
        "{port: 80}, periodSeconds: 1}}]}}";
    static int image; /* another template each time */
    Str template = str_format(arena, pod, ++image);
    return str_format(arena, "{apiVersion: %s, kind: %s, metadata: {name: web}, spec: {%s%s selector: %s, template: %.*s}}",
                      strcmp(kind, "ReplicationController") == 0 ? "v1" : "apps/v1", kind, fields, *fields ? "," : "",
                      strcmp(kind, "ReplicationController") == 0 ? "{app: a}" : "{matchLabels: {app: a}}", TEXT(template));
}

static Scenario read_scenario(Arena *arena, const char *text, const PodSpec *spec) {
    Source *source = NEW(arena, Source);
    source_from_bytes(source, arena, S("scenario"), str_of(text));
    NodeReader reader = {.source = source};
    NodeDocument node;
    assert_true(node_next(&reader, arena, &node));
    Scenario scenario;
    ScenarioFaults faults = {0};
    scenario_read(&scenario, arena, node.root, spec, &faults);
    assert_int_equal(faults.items.n, 0);
    return scenario;
}

static void play_document(Play *p, Str text, const char *scenario, uint8_t minor, bool create, const Document *old) {
    p->document = read_object(&p->arena, arena_cstr(&p->arena, text), minor);
    Scenario read = read_scenario(&p->arena, scenario, model_pod(p->document).spec);
    rollout_simulate(&p->rollout, &p->arena,
                     &(RolloutRequest){.document = p->document, .old = old, .create = create, .scenario = &read});
}

/* An update of the template. `ready` and `drain`: seconds until a pod is ready, and until a deleted one is gone. */
static void update(Play *p, const char *kind, const char *fields, int ready, int drain) {
    *p = (Play){0};
    char scenario[200];
    snprintf(scenario, sizeof scenario,
             "{containers: {a: {ready: [{from: 0, result: failure}, {from: %d, result: success}]}}, onTerm: {a: {seconds: %d, "
             "exitCode: 0}}}",
             ready, drain);
    play_document(p, manifest(&p->arena, kind, fields), scenario, VERSION_LAST, false, NULL);
}

static void create(Play *p, const char *kind, const char *fields, const char *scenario) {
    *p = (Play){0};
    play_document(p, manifest(&p->arena, kind, fields), scenario, VERSION_LAST, true, NULL);
}

/* A Job with these fields; `runs` are those of its container's attempts. */
static void job(Play *p, const char *fields, const char *scenario) {
    *p = (Play){0};
    Str text = str_format(&p->arena,
                          "{apiVersion: batch/v1, kind: Job, metadata: {name: web}, spec: {%s%s template: {spec: {restartPolicy: "
                          "Never, containers: [{name: a, image: \"a:1\"}]}}}}",
                          fields, *fields ? "," : "");
    play_document(p, text, scenario, VERSION_LAST, false, NULL);
}

static void cron_job(Play *p, const char *fields, const char *scenario) {
    *p = (Play){0};
    Str text =
        str_format(&p->arena,
                   "{apiVersion: batch/v1, kind: CronJob, metadata: {name: web}, spec: {%s, jobTemplate: {spec: {template: "
                   "{spec: {restartPolicy: Never, containers: [{name: a, image: \"a:1\"}]}}}}}}",
                   fields);
    play_document(p, text, scenario, VERSION_LAST, false, NULL);
}

static void done(Play *p) {
    arena_free(&p->arena);
}

/* The numbers from second `t` on. */
static const RolloutStep *at(const Play *p, int64_t t) {
    const RolloutStep *found = NULL;
    for (uint32_t i = 0; i < p->rollout.steps.n && p->rollout.steps.at[i].t <= t; i++) found = &p->rollout.steps.at[i];
    assert_non_null(found);
    return found;
}

static bool says(const Play *p, const char *part) {
    for (uint32_t i = 0; i < p->rollout.words.n; i++)
        if (str_has(p->rollout.words.at[i], str_of(part))) return true;
    return false;
}

#define assert_reason(p, expected) assert_true(str_eq((p)->rollout.reason, str_of(expected)))

#define assert_complete(p, seconds)                    \
    do {                                               \
        assert_true((p)->rollout.done);                \
        assert_int_equal((p)->rollout.end, (seconds)); \
        assert_int_equal((p)->rollout.reason.len, 0);  \
    } while (0)

/* Deployments. */

static void test_pods_that_leave_do_not_hold_a_rollout(void **state) {
    (void)state;
    Play p;
    update(&p, "Deployment", "replicas: 3, progressDeadlineSeconds: 60", 6, 25);
    assert_complete(&p, 18);
    assert_int_equal(p.rollout.failedAt, SCENARIO_NEVER);
    assert_int_equal(p.rollout.fewest, 3);
    assert_int_equal(p.rollout.mostAtWork, 4);
    assert_int_equal(p.rollout.most, 6);
    done(&p);
}

static void test_a_missed_deadline_is_told_and_the_rollout_goes_on(void **state) {
    (void)state;
    Play p;
    update(&p, "Deployment", "replicas: 1, progressDeadlineSeconds: 60", 100, 0);
    assert_complete(&p, 100);
    assert_int_equal(p.rollout.failedAt, 60);
    assert_true(says(&p, "ProgressDeadlineExceeded"));
    done(&p);
    update(&p, "Deployment", "replicas: 2, progressDeadlineSeconds: 60", 1000000, 0);
    assert_false(p.rollout.done);
    assert_reason(&p, "ProgressDeadlineExceeded");
    assert_true(says(&p, "kubectl rollout undo deployment/web"));
    done(&p);
}

static void test_pods_serve_before_they_count_as_available(void **state) {
    (void)state;
    Play p;
    update(&p, "Deployment", "replicas: 1, minReadySeconds: 20, strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}", 5,
           0);
    assert_complete(&p, 25);
    assert_int_equal(at(&p, 5)->ready, 2);
    assert_int_equal(at(&p, 5)->available, 1);
    done(&p);
}

/* Two pods that fill the nodes: a third one waits until one of them is gone. */
static void test_rollouts_need_room(void **state) {
    (void)state;
    static const char *const fields[] = {"replicas: 2, strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}",
                                         "replicas: 2, strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}"};
    for (int i = 0; i < 2; i++) {
        Play p = {0};
        p.document = read_object(&p.arena, arena_cstr(&p.arena, manifest(&p.arena, "Deployment", fields[i])), VERSION_LAST);
        Scenario scenario = read_scenario(&p.arena, "{onTerm: {a: {seconds: 4, exitCode: 0}}}", model_pod(p.document).spec);
        rollout_simulate(&p.rollout, &p.arena,
                         &(RolloutRequest){.document = p.document, .room = 2, .roomCause = S("full."), .scenario = &scenario});
        assert_int_equal(p.rollout.done, i);
        assert_int_equal(p.rollout.fewest, 2 - i);
        if (!i) assert_true(says(&p, "1 new pod finds no room"));
        done(&p);
    }
}

/* Without minReadySeconds a rollout is over before its pods crash. */
static void test_a_rollout_of_pods_that_crash_later(void **state) {
    (void)state;
    static const char crash[] = "{containers: {a: {runs: [{seconds: 20, exitCode: 1}]}}}";
    for (int i = 0; i < 2; i++) {
        Play p = {0};
        play_document(&p, manifest(&p.arena, "Deployment", i ? "replicas: 2, minReadySeconds: 600" : "replicas: 2"), crash,
                      VERSION_LAST, false, NULL);
        assert_int_equal(p.rollout.done, !i);
        if (!i) assert_true(says(&p, "not ready any more after"));
        assert_int_equal(p.rollout.fewest, 2);
        done(&p);
    }
}

static void test_strategies_of_deployments(void **state) {
    (void)state;
    Play p;
    update(&p, "Deployment", "replicas: 2, strategy: {type: Recreate}", 5, 7);
    assert_complete(&p, 12);
    assert_int_equal(p.rollout.fewest, 0);
    done(&p);
    update(&p, "Deployment", "replicas: 3, strategy: {rollingUpdate: {maxSurge: 2147483647, maxUnavailable: 0}}", 5, 0);
    assert_complete(&p, 5);
    assert_int_equal(p.rollout.mostAtWork, 6);
    done(&p);
    update(&p, "Deployment", "replicas: 2, paused: true", 5, 0);
    assert_false(p.rollout.done);
    assert_int_equal(at(&p, 1000)->before, 2);
    assert_true(says(&p, "kubectl rollout resume deployment/web"));
    done(&p);
}

/* A changed number reaches the old ReplicaSet first. */
static void test_a_change_of_the_number_and_the_template(void **state) {
    (void)state;
    Play p = {0};
    Document *old = read_object(&p.arena, arena_cstr(&p.arena, manifest(&p.arena, "Deployment", "replicas: 5")), VERSION_LAST);
    play_document(
        &p, manifest(&p.arena, "Deployment", "replicas: 2, strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}"),
        "{containers: {a: {ready: [{from: 0, result: failure}, {from: 5, result: success}]}}}", VERSION_LAST, false, old);
    assert_complete(&p, 10);
    assert_int_equal(at(&p, 1)->before, 2);
    assert_int_equal(at(&p, 1)->after, 1);
    done(&p);
}

static void test_replica_sets_only_change_their_number(void **state) {
    (void)state;
    static const char *const kinds[] = {"ReplicaSet", "ReplicationController"};
    for (int i = 0; i < 2; i++) {
        Play p = {0};
        Document *old = read_object(&p.arena, arena_cstr(&p.arena, manifest(&p.arena, kinds[i], "replicas: 3")), VERSION_LAST);
        play_document(&p, manifest(&p.arena, kinds[i], "replicas: 4"), "{}", VERSION_LAST, false, old);
        assert_int_equal(at(&p, 60)->before, 3);
        assert_int_equal(at(&p, 60)->after, 1);
        assert_true(says(&p, "keep the old template"));
        done(&p);
    }
}

/* StatefulSets. */

static void test_several_pods_of_a_stateful_set_go_and_come_back_one_by_one(void **state) {
    (void)state;
    Play p;
    update(&p, "StatefulSet", "serviceName: s, replicas: 4, updateStrategy: {rollingUpdate: {maxUnavailable: 2}}", 5, 3);
    assert_int_equal(at(&p, 0)->leaving, 2);
    assert_int_equal(at(&p, 3)->after, 1); /* number 2, and 3 when that is available */
    assert_int_equal(at(&p, 7)->after, 1);
    assert_int_equal(at(&p, 8)->after, 2);
    done(&p);
    update(&p, "StatefulSet",
           "serviceName: s, replicas: 4, podManagementPolicy: Parallel, updateStrategy: {rollingUpdate: {maxUnavailable: 2}}", 5,
           3);
    assert_int_equal(at(&p, 3)->after, 2);
    assert_complete(&p, 16);
    done(&p);
}

static void test_max_unavailable_in_percent_is_rounded_down_to_one_at_least(void **state) {
    (void)state;
    static const struct {
        const char *share;
        int replicas, deleted;
    } rows[] = {{"50%", 3, 1}, {"30%", 5, 1}, {"10%", 3, 1}, {"50%", 4, 2}, {"3", 5, 3}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        Play p;
        char fields[200];
        snprintf(fields, sizeof fields, "serviceName: s, replicas: %d, updateStrategy: {rollingUpdate: {maxUnavailable: \"%s\"}}",
                 rows[i].replicas, rows[i].share);
        if (!strchr(rows[i].share, '%'))
            snprintf(fields, sizeof fields, "serviceName: s, replicas: %d, updateStrategy: {rollingUpdate: {maxUnavailable: %s}}",
                     rows[i].replicas, rows[i].share);
        update(&p, "StatefulSet", fields, 5, 3);
        assert_int_equal(at(&p, 0)->leaving, rows[i].deleted);
        done(&p);
    }
}

static void test_max_unavailable_counts_since_1_37(void **state) {
    (void)state;
    for (int minor = 36; minor <= 37; minor++) {
        Play p = {0};
        play_document(&p,
                      manifest(&p.arena, "StatefulSet",
                               "serviceName: s, replicas: 4, updateStrategy: {rollingUpdate: {maxUnavailable: 2}}"),
                      "{onTerm: {a: {seconds: 3}}}", (uint8_t)minor, false, NULL);
        assert_int_equal(at(&p, 0)->leaving, minor == 36 ? 1 : 2);
        done(&p);
    }
}

static void test_the_first_creation_of_a_stateful_set(void **state) {
    (void)state;
    static const char scenario[] = "{containers: {a: {ready: [{from: 0, result: failure}, {from: 5, result: success}]}}}";
    Play p;
    create(&p, "StatefulSet", "serviceName: s, replicas: 3", scenario);
    assert_complete(&p, 15);
    assert_int_equal(at(&p, 4)->after, 1);
    assert_int_equal(at(&p, 5)->after, 2);
    done(&p);
    create(&p, "StatefulSet", "serviceName: s, replicas: 3, podManagementPolicy: Parallel", scenario);
    assert_complete(&p, 5);
    done(&p);
    create(&p, "Deployment", "replicas: 3", scenario);
    assert_complete(&p, 5);
    done(&p);
}

static void test_updates_that_need_a_hand(void **state) {
    (void)state;
    Play p;
    update(&p, "StatefulSet", "serviceName: s, replicas: 3", 1000000, 0);
    assert_false(p.rollout.done);
    assert_int_equal(at(&p, 3600)->after, 1);
    assert_true(says(&p, "kubectl delete pod web-N"));
    done(&p);
    update(&p, "StatefulSet", "serviceName: s, replicas: 3, updateStrategy: {type: OnDelete}", 5, 0);
    assert_int_equal(at(&p, 3600)->before, 3);
    assert_true(says(&p, "kubectl delete pod"));
    done(&p);
    update(&p, "StatefulSet", "serviceName: s, replicas: 3, updateStrategy: {rollingUpdate: {partition: 2}}", 5, 0);
    assert_complete(&p, 5);
    assert_int_equal(at(&p, 5)->before, 2);
    done(&p);
}

/* DaemonSets. */

static void test_daemon_sets_replace_a_pod_a_node(void **state) {
    (void)state;
    Play p;
    update(&p, "DaemonSet", "", 5, 3);
    assert_complete(&p, 24); /* three nodes, each 3 s to go and 5 s to come */
    assert_int_equal(p.rollout.fewest, 2);
    done(&p);
    update(&p, "DaemonSet", "updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}", 5, 3);
    assert_complete(&p, 15);
    assert_int_equal(p.rollout.fewest, 3);
    done(&p);
}

static void test_pods_of_a_daemon_set_stay_on_a_lost_node(void **state) {
    (void)state;
    static const char *const kinds[] = {"DaemonSet", "Deployment"};
    for (int i = 0; i < 2; i++) {
        Play p;
        create(&p, kinds[i], "", "{}");
        Scenario scenario = scenario_empty();
        scenario.nodeLostAt = 60;
        scenario.until = 3600;
        Simulation sim;
        PodView view = workload_pod(&p.arena, p.document);
        simulate(&sim, &p.arena, view.meta, view.spec, &scenario);
        int64_t deleted = -1;
        for (uint32_t j = 0; j < sim.entries.n && deleted < 0; j++)
            if (sim.entries.at[j].terminating) deleted = sim.entries.at[j].t;
        assert_int_equal(deleted, i ? 60 + 50 + 300 : -1);
        done(&p);
    }
}

static void test_what_replaces_the_pods_of_a_lost_node(void **state) {
    (void)state;
    static const char lost[] = "{nodeLostAt: 60, until: 1h}";
    Play p;
    create(&p, "Deployment", "replicas: 2", lost);
    assert_true(says(&p, "deleted at 6:50, and another one made at once"));
    done(&p);
    create(&p, "StatefulSet", "serviceName: s, replicas: 2", lost);
    assert_true(says(&p, "kubectl delete pod web-N --force"));
    done(&p);
    create(&p, "DaemonSet", "", lost);
    assert_true(says(&p, "none is deleted"));
    done(&p);
}

/* Requests to a pod that goes. */

static Drain drain_of(Play *p, const char *pod, const char *scenario) {
    *p = (Play){0};
    Str text = str_format(&p->arena, "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: %s}", pod);
    p->document = read_object(&p->arena, arena_cstr(&p->arena, text), VERSION_LAST);
    PodView view = model_pod(p->document);
    Scenario read = read_scenario(&p->arena, scenario, view.spec);
    Drain drain;
    drain_simulate(&drain, view, &read);
    return drain;
}

#define SERVER(fields) "{" fields " containers: [{name: a, image: a, ports: [{containerPort: 80}]"

static void test_requests_come_until_routers_have_heard_of_it(void **state) {
    (void)state;
    Play p;
    Drain drain = drain_of(&p, SERVER("") "}]}", "{}");
    assert_int_equal(drain.refused, 2); /* kube-proxy needs 2 s, the process ends at once */
    assert_int_equal(drain.neededHook, 2);
    assert_int_equal(drain.neededGrace, 30);
    done(&p);
    drain = drain_of(&p, SERVER("") ", lifecycle: {preStop: {sleep: {seconds: 5}}}}]}", "{lbDelay: 20}");
    assert_int_equal(drain.term, 5);
    assert_int_equal(drain.refused, 15);
    assert_int_equal(drain.neededHook, 20);
    done(&p);
    drain = drain_of(&p, SERVER("") ", lifecycle: {preStop: {sleep: {seconds: 5}}}}]}", "{}");
    assert_int_equal(drain.refused, 0);
    done(&p);
    /* A process that goes on taking requests needs no hook. */
    drain = drain_of(&p, SERVER("") "}]}", "{onTerm: {a: {seconds: 10, exitCode: 0, listens: 8}}}");
    assert_int_equal(drain.listening, 8);
    assert_int_equal(drain.refused, 0);
    done(&p);
    /* What the hook needs has to fit into the grace period, with the end of the process. */
    drain =
        drain_of(&p, SERVER("terminationGracePeriodSeconds: 10,") "}]}", "{lbDelay: 15, onTerm: {a: {seconds: 4, exitCode: 0}}}");
    assert_int_equal(drain.neededHook, 15);
    assert_int_equal(drain.neededGrace, 20);
    done(&p);
    drain = drain_of(&p, SERVER("terminationGracePeriodSeconds: 10,") "}]}", "{onTerm: {a: {seconds: null}}}");
    assert_true(drain.killed);
    assert_int_equal(drain.end, 10);
    done(&p);
    drain = drain_of(&p, "{containers: [{name: a, image: a}]}", "{}");
    assert_false(drain.applies); /* nobody asks it anything */
    done(&p);
}

/* Jobs. */

static void test_each_index_waits_for_itself(void **state) {
    (void)state;
    Play p;
    job(&p, "completionMode: Indexed, completions: 4, parallelism: 4, backoffLimitPerIndex: 2",
        "{containers: {a: {runs: [{seconds: 1, exitCode: 1}]}}}");
    assert_reason(&p, "FailedIndexes");
    assert_int_equal(p.rollout.end, 1 + 10 + 1 + 20 + 1);
    assert_int_equal(at(&p, 33)->failed, 12);
    done(&p);
}

static void test_ignored_failures_count_for_the_delay(void **state) {
    (void)state;
    Play p;
    job(&p, "backoffLimit: 0, podFailurePolicy: {rules: [{action: Ignore, onExitCodes: {operator: In, values: [42]}}]}",
        "{containers: {a: {runs: [{seconds: 1, exitCode: 42}, {seconds: 1, exitCode: 42}, {seconds: 1}]}}}");
    assert_complete(&p, 1 + 10 + 1 + 20 + 1);
    assert_int_equal(at(&p, 33)->failed, 0);
    done(&p);
}

static void test_the_pod_goes_with_its_job(void **state) {
    (void)state;
    Play p;
    job(&p, "activeDeadlineSeconds: 60", "{onTerm: {a: {seconds: 10}}}");
    assert_reason(&p, "DeadlineExceeded");
    assert_int_equal(at(&p, 60)->active, 0);
    assert_int_equal(at(&p, 60)->failed, 1);
    assert_int_equal(p.rollout.podDeleted, 60);
    assert_int_equal(p.rollout.end, 70); /* it is over once the pod is gone */
    done(&p);
    job(&p, "", "{until: 100}");
    assert_false(p.rollout.done);
    assert_int_equal(p.rollout.end, 100);
    assert_true(says(&p, "1 pod still runs"));
    done(&p);
}

static void test_success_policies(void **state) {
    (void)state;
    static const char runs[] = "{containers: {a: {runs: [{seconds: 5}]}}}";
    Play p;
    job(&p, "completionMode: Indexed, completions: 5, parallelism: 1, successPolicy: {rules: [{succeededCount: 2}]}", runs);
    assert_complete(&p, 10);
    assert_int_equal(at(&p, 10)->succeeded, 2);
    done(&p);
    job(&p, "completionMode: Indexed, completions: 5, parallelism: 1, successPolicy: {rules: [{succeededIndexes: \"1-2\"}]}",
        runs);
    assert_complete(&p, 15);
    done(&p);
}

static void test_conditions_of_pods_fail_a_job(void **state) {
    (void)state;
    Play p;
    job(&p, "podFailurePolicy: {rules: [{action: FailJob, onPodConditions: [{type: PodScheduled, status: \"True\"}]}]}",
        "{containers: {a: {runs: [{seconds: 5, exitCode: 1}]}}}");
    assert_reason(&p, "PodFailurePolicy");
    assert_int_equal(p.rollout.end, 5);
    done(&p);
}

static void test_jobs_are_suspended_and_resumed(void **state) {
    (void)state;
    static const char runs[] = "{resumeAt: 30, containers: {a: {runs: [{seconds: 5}]}}}";
    Play p;
    job(&p, "suspend: true, activeDeadlineSeconds: 20", runs);
    assert_int_equal(at(&p, 29)->active, 0);
    assert_complete(&p, 35); /* the deadline counts from the start */
    done(&p);
    job(&p, "suspend: true", "{}");
    assert_true(says(&p, "suspended"));
    done(&p);
    job(&p, "", "{suspendAt: 10, until: 100}");
    assert_int_equal(at(&p, 10)->active, 0);
    done(&p);
}

/* CronJobs. The clock begins on a Monday at midnight. */

static void test_schedules(void **state) {
    (void)state;
    static const struct {
        const char *schedule;
        int64_t first;
    } rows[] = {{"*/15 * * * *", 900},    {"30 3 * * *", 3 * 3600 + 1800},
                {"0 0 * * 0", 6 * 86400}, {"0 12 8 * *", 3 * 86400 + 43200}, /* the clock begins on the 5th */
                {"0 0 6 * 3", 86400},                                        /* the 6th or a Wednesday */
                {"@hourly", 3600},        {"@every 90s", 90}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        Play p;
        char fields[100];
        snprintf(fields, sizeof fields, "schedule: \"%s\"", rows[i].schedule);
        cron_job(&p, fields, "{until: 10d, containers: {a: {runs: [{seconds: 5}]}}}");
        assert_int_equal(p.rollout.kind, ROLLOUT_CRON_JOB);
        assert_int_equal(p.rollout.steps.at[1].t, rows[i].first);
        assert_int_equal(p.rollout.steps.at[1].active, 1);
        assert_int_equal(at(&p, rows[i].first + 5)->succeeded, 1);
        done(&p);
    }
}

static void test_concurrency_policies(void **state) {
    (void)state;
    static const char runs[] = "{until: 330, containers: {a: {runs: [{seconds: 90}]}}}";
    Play p;
    cron_job(&p, "schedule: \"* * * * *\"", runs);
    assert_int_equal(p.rollout.most, 2);
    assert_int_equal(at(&p, 150)->succeeded, 1);
    done(&p);
    cron_job(&p, "schedule: \"* * * * *\", concurrencyPolicy: Forbid", runs);
    assert_int_equal(p.rollout.most, 1);
    assert_int_equal(at(&p, 150)->active, 1); /* the time at 120 is served as soon as the Job before is over */
    assert_int_equal(at(&p, 240)->succeeded, 2);
    assert_true(says(&p, "Forbid"));
    done(&p);
    cron_job(&p, "schedule: \"* * * * *\", concurrencyPolicy: Forbid, startingDeadlineSeconds: 10", runs);
    assert_int_equal(at(&p, 160)->active, 0); /* ... unless that is too late */
    assert_int_equal(at(&p, 180)->active, 1);
    done(&p);
    cron_job(&p, "schedule: \"* * * * *\", concurrencyPolicy: Replace", runs);
    assert_int_equal(at(&p, 330)->succeeded, 0);
    assert_true(says(&p, "Replace"));
    done(&p);
}

/* The template of a CronJob has no backoffLimit; the Job that it makes has 6. */
static void test_jobs_of_a_cron_job_have_defaults(void **state) {
    (void)state;
    Play p;
    cron_job(&p, "schedule: \"* * * * *\"", "{until: 80, containers: {a: {runs: [{seconds: 2, exitCode: 1}, {seconds: 3}]}}}");
    assert_int_equal(p.rollout.steps.at[p.rollout.steps.n - 1].succeeded, 1);
    done(&p);
}

static void test_cron_jobs_are_suspended_and_keep_a_history(void **state) {
    (void)state;
    Play p;
    cron_job(&p, "schedule: \"* * * * *\", suspend: true", "{until: 600, containers: {a: {runs: [{seconds: 5}]}}}");
    assert_int_equal(at(&p, 600)->succeeded + at(&p, 600)->active, 0);
    assert_true(says(&p, "suspended"));
    done(&p);
    cron_job(&p, "schedule: \"* * * * *\"", "{until: 600, containers: {a: {runs: [{seconds: 5}]}}}");
    assert_int_equal(at(&p, 599)->succeeded, 9);
    assert_true(says(&p, "the latest 3"));
    done(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pods_that_leave_do_not_hold_a_rollout),
        cmocka_unit_test(test_a_missed_deadline_is_told_and_the_rollout_goes_on),
        cmocka_unit_test(test_pods_serve_before_they_count_as_available),
        cmocka_unit_test(test_rollouts_need_room),
        cmocka_unit_test(test_a_rollout_of_pods_that_crash_later),
        cmocka_unit_test(test_strategies_of_deployments),
        cmocka_unit_test(test_a_change_of_the_number_and_the_template),
        cmocka_unit_test(test_replica_sets_only_change_their_number),
        cmocka_unit_test(test_several_pods_of_a_stateful_set_go_and_come_back_one_by_one),
        cmocka_unit_test(test_max_unavailable_in_percent_is_rounded_down_to_one_at_least),
        cmocka_unit_test(test_max_unavailable_counts_since_1_37),
        cmocka_unit_test(test_the_first_creation_of_a_stateful_set),
        cmocka_unit_test(test_updates_that_need_a_hand),
        cmocka_unit_test(test_daemon_sets_replace_a_pod_a_node),
        cmocka_unit_test(test_pods_of_a_daemon_set_stay_on_a_lost_node),
        cmocka_unit_test(test_what_replaces_the_pods_of_a_lost_node),
        cmocka_unit_test(test_requests_come_until_routers_have_heard_of_it),
        cmocka_unit_test(test_each_index_waits_for_itself),
        cmocka_unit_test(test_ignored_failures_count_for_the_delay),
        cmocka_unit_test(test_the_pod_goes_with_its_job),
        cmocka_unit_test(test_success_policies),
        cmocka_unit_test(test_conditions_of_pods_fail_a_job),
        cmocka_unit_test(test_jobs_are_suspended_and_resumed),
        cmocka_unit_test(test_schedules),
        cmocka_unit_test(test_concurrency_policies),
        cmocka_unit_test(test_jobs_of_a_cron_job_have_defaults),
        cmocka_unit_test(test_cron_jobs_are_suspended_and_keep_a_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
