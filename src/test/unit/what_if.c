/* The questions that checks ask of the simulator: each answer against a simulation, or against a manifest that shows it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "simulate/hook.h"
#include "simulate/simulate.h"
#include "simulate/what_if.h"

/* The object of a manifest, with its defaults. */
static Document *read_object(Arena *arena, const char *text) {
    Source *source = NEW(arena, Source);
    assert_int_equal(source_from_bytes(source, arena, S("test"), str_of(text)), SOURCE_OK);
    NodeReader reader = {.source = source};
    NodeDocument node;
    assert_true(node_next(&reader, arena, &node));
    assert_int_equal(node.faults.n, 0);
    Document *items;
    assert_int_equal(model_build(arena, source, &node, VERSION_LAST, &items), 1);
    assert_int_equal(items->diags.items.n, 0);
    defaults_apply(arena, items);
    return items;
}

/* When a container whose probes all fail is told to stop for the first time. */
static int64_t simulated_budget(const PodSpec *spec) {
    Arena arena = {0};
    Scenario scenario = scenario_empty();
    ContainerScript *script = scenario_container(&scenario, &arena, spec->containers.at[0].name);
    for (int i = 0; i < SCRIPT_PROBES; i++) {
        script->answers[i] = (ScriptAnswers){NEW(&arena, ScriptAnswer), 1};
        script->answers[i].at[0].result = SCRIPT_FAILURE;
    }
    scenario.until = 100000;
    Simulation sim;
    simulate(&sim, &arena, NULL, spec, &scenario);
    int64_t first = WHAT_IF_NEVER;
    for (uint32_t i = 0; i < sim.actions.n && first == WHAT_IF_NEVER; i++)
        if (sim.actions.at[i].kind == ACTION_KILL) first = sim.actions.at[i].t;
    arena_free(&arena);
    return first;
}

static void test_the_startup_budget_is_what_a_simulation_finds(void **state) {
    (void)state;
    static const int64_t periods[] = {1, 3, 10}, delays[] = {0, 1, 7, 10, 11, 60}, failures[] = {1, 3, 30};
    for (int kind = 0; kind < 2; kind++)
        for (size_t i = 0; i < 3; i++)
            for (size_t j = 0; j < 6; j++)
                for (size_t k = 0; k < 3; k++) {
                    Probe probe = {.periodSeconds = periods[i],
                                   .initialDelaySeconds = delays[j],
                                   .failureThreshold = failures[k],
                                   .successThreshold = 1};
                    Container container = {.name = S("a"), .image = S("a")};
                    *(kind ? &container.startupProbe : &container.livenessProbe) = &probe;
                    PodSpec spec = {.restartPolicy = S("Always"), .containers = {&container, 1}};
                    assert_int_equal(what_if_startup_budget(&container), simulated_budget(&spec));
                }
}

static void test_a_startup_probe_grants_the_budget(void **state) {
    (void)state;
    Probe liveness = {.periodSeconds = 10, .failureThreshold = 3}, startup = {.periodSeconds = 10, .failureThreshold = 30};
    Container container = {.name = S("a")};
    assert_int_equal(what_if_startup_budget(&container), WHAT_IF_NEVER);
    container.readinessProbe = &liveness;
    assert_int_equal(what_if_startup_budget(&container), WHAT_IF_NEVER);
    container.livenessProbe = &liveness;
    assert_int_equal(what_if_startup_budget(&container), 30);
    container.startupProbe = &startup;
    assert_int_equal(what_if_startup_budget(&container), 300);
}

static void test_a_container_that_needs_longer_than_its_budget_never_comes_up(void **state) {
    (void)state;
    for (int late = 0; late < 2; late++) {
        Arena arena = {0};
        Document *pod =
            read_object(&arena, "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: a, image: a, "
                                "livenessProbe: {exec: {command: [x]}, periodSeconds: 5, initialDelaySeconds: 12}}]}}");
        const PodSpec *spec = model_pod(pod).spec;
        int64_t budget = what_if_startup_budget(&spec->containers.at[0]);
        assert_int_equal(budget, 25);
        Scenario scenario = scenario_empty();
        ContainerScript *script = scenario_container(&scenario, &arena, S("a"));
        ScriptAnswer answers[] = {{0, SCRIPT_FAILURE}, {budget + late, SCRIPT_SUCCESS}};
        script->answers[SCRIPT_LIVENESS] = (ScriptAnswers){answers, 2};
        scenario.until = 3600;
        Simulation sim;
        simulate(&sim, &arena, NULL, spec, &scenario);
        uint32_t starts = 0;
        for (uint32_t i = 0; i < sim.actions.n; i++) starts += sim.actions.at[i].kind == ACTION_START;
        if (late)
            assert_true(starts > 5);
        else
            assert_int_equal(starts, 1);
        arena_free(&arena);
    }
}

static int64_t hook_of(const char *preStop) {
    Arena arena = {0};
    Str text = str_format(&arena,
                          "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: a, image: a, lifecycle: "
                          "{preStop: %s}}]}}",
                          preStop);
    const PodSpec *spec = model_pod(read_object(&arena, text.at)).spec;
    int64_t seconds = hook_seconds(spec->containers.at[0].lifecycle->preStop);
    arena_free(&arena);
    return seconds;
}

static void test_how_long_a_hook_takes(void **state) {
    (void)state;
    static const struct {
        const char *hook;
        int64_t seconds;
    } rows[] = {
        {"{sleep: {seconds: 7}}", 7},
        {"{exec: {command: [sleep, '15']}}", 15},
        {"{exec: {command: [/bin/sleep, 1.5m]}}", 90},
        {"{exec: {command: [sleep, '0.2']}}", 1},
        {"{exec: {command: [sh, -c, 'sleep 20']}}", 20},
        {"{exec: {command: [/bin/bash, -ec, 'sleep 5; nginx -s quit && sleep 3']}}", 8},
        {"{exec: {command: [sh, -c, 'nginx -s quit; sleep 10s']}}", 10},
        {"{exec: {command: [sh, -c, 'sleep 4; if true; then sleep 9; fi']}}", 4},
        {"{exec: {command: [sh, -c, 'sleep 30 &']}}", HOOK_UNKNOWN},
        {"{exec: {command: [sh, -c, 'sleep $DELAY']}}", HOOK_UNKNOWN},
        {"{exec: {command: [sh, -c, 'nginx -s quit']}}", HOOK_UNKNOWN},
        {"{exec: {command: [sleep, infinity]}}", HOOK_UNKNOWN},
        {"{exec: {command: [sleep, '.']}}", HOOK_UNKNOWN},
        {"{exec: {command: [sleep]}}", HOOK_UNKNOWN},
        {"{exec: {command: [python, -c, 'sleep 3']}}", HOOK_UNKNOWN},
        {"{exec: {command: [sh, -c, 'echo \"going; away\" >&2; sleep 30']}}", 30},
        {"{exec: {command: [sh, -c, 'curl -s localhost/drain || sleep 9; sleep 3']}}", 3},
        {"{exec: {command: [sh, -c, 'sleep 30 | cat; exit 0; sleep 8']}}", HOOK_UNKNOWN},
        {"{exec: {command: [sh, -c, 'sleep 5; exit 0; sleep 30']}}", 5},
        {"{exec: {command: [sh, -c, 'for i in $(seq 1 20); do sleep 2; done']}}", 40},
        {"{exec: {command: [sh, -c, 'for i in `seq 20`; do echo $i; sleep 1; done; sleep 5']}}", 25},
        {"{exec: {command: [bash, -c, 'for i in {1..3}; do for j in a b; do sleep 5; done; done']}}", 30},
        {"{exec: {command: [sh, -c, 'for i in $(ls); do sleep 5; done']}}", HOOK_UNKNOWN},
        {"{exec: {command: [sh, -c, 'for i in 1 2 3; do curl -f localhost || break; sleep 5; done']}}", HOOK_UNKNOWN},
        {"{exec: {command: [sh, -c, 'i=0; while [ $i -lt 12 ]; do sleep 5; i=$((i+1)); done']}}", 60},
        {"{exec: {command: [sh, -c, 'i=1; until [ \"$i\" -gt 3 ]; do i=$((i + 1)); sleep 10; done']}}", 30},
        {"{exec: {command: [sh, -c, 'i=0; while [ $i -lt 12 ]; do sleep 5; done']}}", HOOK_UNKNOWN},
        {"{exec: {command: [sh, -c, 'while pgrep java; do sleep 5; done; sleep 2']}}", 2},
        {"{exec: {command: [sh, -c, 'while pgrep java; do exit 1; done; sleep 2']}}", HOOK_UNKNOWN},
        {"{exec: {command: [sh, -c, '(sleep 9); sleep 4']}}", HOOK_UNKNOWN},
        {"{httpGet: {port: 80}}", HOOK_UNKNOWN},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (hook_of(rows[i].hook) != rows[i].seconds) fail_msg("%s takes %lld", rows[i].hook, (long long)hook_of(rows[i].hook));
}

static void test_what_a_hook_leaves_of_the_grace_period(void **state) {
    (void)state;
    static const struct {
        int64_t grace, hook, left;
        bool cut;
    } rows[] = {{30, 5, 25, false}, {30, 28, 2, false}, {30, 29, 2, false}, {30, 30, 2, false},    {30, 31, 2, true},
                {10, 60, 2, true},  {1, 0, 2, false},   {0, 0, 2, false},   {3600, 0, 3600, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        SleepAction sleep = {.seconds = rows[i].hook};
        LifecycleHandler handler = {.sleep = &sleep};
        Lifecycle lifecycle = {.preStop = &handler};
        Container container = {.name = S("a"), .lifecycle = &lifecycle};
        PodSpec spec = {.terminationGracePeriodSeconds = {true, rows[i].grace}};
        WhatIfShutdown shutdown;
        assert_true(what_if_shutdown(&shutdown, &spec, &container));
        assert_int_equal(shutdown.hook, rows[i].hook);
        assert_int_equal(shutdown.left, rows[i].left);
        assert_int_equal(shutdown.cut, rows[i].cut);
    }
    Container container = {.name = S("a")};
    PodSpec spec = {.restartPolicy = S("Always")};
    WhatIfShutdown shutdown;
    assert_false(what_if_shutdown(&shutdown, &spec, &container));
}

#define TEMPLATE(spec) "selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: " spec "}"
#define READINESS(numbers) TEMPLATE("{containers: [{name: a, image: a, readinessProbe: {tcpSocket: {port: 1}, " numbers "}}]}")
#define PINNED TEMPLATE("{nodeName: node-1, containers: [{name: a, image: a, ports: [{containerPort: 80, hostPort: 8080}]}]}")

static void test_whether_a_rollout_can_complete(void **state) {
    (void)state;
    static const struct {
        const char *kind, *spec;
        WhatIfRollout reason;
        int64_t seconds, limit;
    } rows[] = {
        {"Deployment", TEMPLATE("{containers: [{name: a, image: a}]}"), ROLLOUT_COMPLETES, 0, 0},
        {"Deployment", READINESS("initialDelaySeconds: 590"), ROLLOUT_COMPLETES, 0, 0},
        {"Deployment", READINESS("initialDelaySeconds: 600"), ROLLOUT_READY_TOO_LATE, 600, 600},
        {"Deployment", "progressDeadlineSeconds: 60, " READINESS("initialDelaySeconds: 45, periodSeconds: 20"),
         ROLLOUT_READY_TOO_LATE, 60, 60},
        {"Deployment", "progressDeadlineSeconds: 61, " READINESS("initialDelaySeconds: 45, periodSeconds: 20"), ROLLOUT_COMPLETES,
         0, 0},
        {"Deployment", "progressDeadlineSeconds: 20, " READINESS("successThreshold: 4, periodSeconds: 10"),
         ROLLOUT_READY_TOO_LATE, 20, 20},
        {"Deployment", "progressDeadlineSeconds: 60, " READINESS("initialDelaySeconds: 86400"), ROLLOUT_READY_TOO_LATE,
         WHAT_IF_NEVER, 60},
        {"Deployment", "progressDeadlineSeconds: 60, minReadySeconds: 50, " READINESS("initialDelaySeconds: 50"),
         ROLLOUT_COMPLETES, 0, 0},
        {"Deployment", "paused: true, " READINESS("initialDelaySeconds: 600"), ROLLOUT_PAUSED, 0, 0},
        {"Deployment", PINNED, ROLLOUT_PORT_IS_TAKEN, WHAT_IF_NEVER, 8080},
        {"Deployment", "strategy: {type: Recreate}, " PINNED, ROLLOUT_COMPLETES, 0, 0},
        {"Deployment", "strategy: {rollingUpdate: {maxUnavailable: 1}}, " PINNED, ROLLOUT_COMPLETES, 0, 0},
        {"StatefulSet",
         "serviceName: s, replicas: 3, updateStrategy: {rollingUpdate: {partition: 2}}, " TEMPLATE(
             "{containers: [{name: a, image: a}]}"),
         ROLLOUT_COMPLETES, 0, 0},
        {"StatefulSet",
         "serviceName: s, replicas: 3, updateStrategy: {rollingUpdate: {partition: 3}}, " TEMPLATE(
             "{containers: [{name: a, image: a}]}"),
         ROLLOUT_PARTITION, 3, 3},
        {"StatefulSet", "serviceName: s, updateStrategy: {type: OnDelete}, " TEMPLATE("{containers: [{name: a, image: a}]}"),
         ROLLOUT_ON_DELETE, 0, 0},
        {"DaemonSet", "updateStrategy: {type: OnDelete}, " TEMPLATE("{containers: [{name: a, image: a}]}"), ROLLOUT_ON_DELETE, 0,
         0},
        {"DaemonSet", READINESS("initialDelaySeconds: 6000"), ROLLOUT_COMPLETES, 0, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        Arena arena = {0};
        Str text =
            str_format(&arena, "{apiVersion: apps/v1, kind: %s, metadata: {name: w}, spec: {%s}}", rows[i].kind, rows[i].spec);
        WhatIfRolloutResult result = what_if_rollout(read_object(&arena, text.at));
        if (result.reason != rows[i].reason || result.seconds != rows[i].seconds || result.limit != rows[i].limit)
            fail_msg("row %zu: reason %d, %lld s, limit %lld", i, result.reason, (long long)result.seconds,
                     (long long)result.limit);
        arena_free(&arena);
    }
}

static void test_the_container_that_is_ready_last_is_named(void **state) {
    (void)state;
    Arena arena = {0};
    Document *document = read_object(
        &arena,
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: w}, spec: {" TEMPLATE(
            "{initContainers: [{name: i, image: i}], containers: [{name: a, image: a, readinessProbe: {tcpSocket: {port: 1}}}, "
            "{name: b, image: b, startupProbe: {tcpSocket: {port: 1}, initialDelaySeconds: 700}, readinessProbe: {tcpSocket: "
            "{port: 1}}}]}") "}}");
    WhatIfRolloutResult result = what_if_rollout(document);
    assert_int_equal(result.reason, ROLLOUT_READY_TOO_LATE);
    assert_int_equal(result.seconds, 700);
    assert_true(str_eq(result.container->name, S("b")));
    arena_free(&arena);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_startup_budget_is_what_a_simulation_finds),
        cmocka_unit_test(test_a_startup_probe_grants_the_budget),
        cmocka_unit_test(test_a_container_that_needs_longer_than_its_budget_never_comes_up),
        cmocka_unit_test(test_how_long_a_hook_takes),
        cmocka_unit_test(test_what_a_hook_leaves_of_the_grace_period),
        cmocka_unit_test(test_whether_a_rollout_can_complete),
        cmocka_unit_test(test_the_container_that_is_ready_last_is_named),
    };
    if (argc > 1) cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
