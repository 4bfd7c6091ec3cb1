/* What the Pod reference says of a pod's life, statement by statement (6 to 43), shown by simulations;
 * then the facts behind it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "simulate/backoff.h"
#include "phase_row.h"

/* A pod that is played, for one test. */
typedef struct Play {
    Arena arena;
    Source source;
    Simulation sim;
} Play;

static const Node *read_yaml(Play *p, Source *source, const char *text, NodeDocument *out) {
    assert_int_equal(source_from_bytes(source, &p->arena, S("test"), str_of(text)), SOURCE_OK);
    NodeReader reader = {.source = source};
    assert_true(node_next(&reader, &p->arena, out));
    assert_int_equal(out->faults.n, 0);
    return out->root;
}

/* `spec`: a pod's spec in flow style; `scenario`: as `podlint simulate --scenario` takes it. */
static void play(Play *p, const char *spec, const char *scenario) {
    *p = (Play){0};
    NodeDocument node, script;
    read_yaml(p, &p->source, str_format(&p->arena, "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: %s}", spec).at, &node);
    Document *items;
    assert_int_equal(model_build(&p->arena, &p->source, &node, VERSION_LAST, &items), 1);
    assert_int_equal(items->diags.items.n, 0);
    defaults_apply(&p->arena, items);
    PodView view = model_pod(items);
    Source source;
    Scenario read;
    ScenarioFaults faults = {0};
    scenario_read(&read, &p->arena, read_yaml(p, &source, scenario, &script), view.spec, &faults);
    assert_int_equal(faults.items.n, 0);
    simulate(&p->sim, &p->arena, view.meta, view.spec, &read);
}

static void done(Play *p) {
    arena_free(&p->arena);
}

/* How the pod looks at the end of second `t`. */
static const SimEntry *at(const Play *p, int64_t t) {
    const SimEntry *found = NULL;
    for (uint32_t i = 0; i < p->sim.entries.n && p->sim.entries.at[i].t <= t; i++) found = &p->sim.entries.at[i];
    assert_non_null(found);
    return found;
}

static uint32_t index_of(const Play *p, const char *name) {
    for (uint32_t i = 0; i < p->sim.containerCount; i++)
        if (str_eq(p->sim.containers[i].name, str_of(name))) return i;
    fail_msg("no container %s", name);
    return 0;
}

static const SimStatus *container(const Play *p, int64_t t, const char *name) {
    const SimEntry *entry = at(p, t);
    assert_non_null(entry->containers);
    return &entry->containers[index_of(p, name)];
}

#define assert_text(actual, expected)                                                                                  \
    do {                                                                                                               \
        Str a_ = (actual), e_ = str_of(expected);                                                                      \
        if (!str_eq(a_, e_)) fail_msg("%s:%d: \"%.*s\" is not \"%s\"", __FILE__, __LINE__, (int)a_.len, a_.at, e_.at); \
    } while (0)

#define assert_status(p, t, expected) assert_text(at(p, t)->status, expected)
#define assert_phase(p, t, expected) assert_string_equal(phase_names[at(p, t)->phase], expected)
#define assert_state(p, t, name, kind_, reason_)                                    \
    do {                                                                            \
        assert_string_equal(state_names[container(p, t, name)->state.kind], kind_); \
        assert_text(container(p, t, name)->state.reason, reason_);                  \
    } while (0)

static bool condition(const Play *p, int64_t t, ConditionType type) {
    const Condition *found = &at(p, t)->conditions[type];
    return found->set && found->value;
}

static bool serves(const Play *p, int64_t t) {
    return entry_serves(at(p, t));
}

/* The times at which the container does so, as "0 10 30". */
static Str times(Play *p, SimActionKind kind, const char *name) {
    Buf buf = {.arena = &p->arena};
    for (uint32_t i = 0; i < p->sim.actions.n; i++) {
        const SimAction *action = &p->sim.actions.at[i];
        if (action->kind != kind || action->container != index_of(p, name)) continue;
        if (buf.len) buf_char(&buf, ' ');
        buf_int(&buf, action->t);
    }
    return buf_text(&buf);
}

static Str starts(Play *p, const char *name) {
    return times(p, ACTION_START, name);
}

static Str ends(Play *p, const char *name) {
    return times(p, ACTION_EXIT, name);
}

static const SimEvent *event_of(const Play *p, const char *reason) {
    for (uint32_t i = 0; i < p->sim.events.n; i++)
        if (strcmp(p->sim.events.at[i].reason, reason) == 0) return &p->sim.events.at[i];
    return NULL;
}

static int64_t gone(const Play *p) {
    const SimEntry *last = &p->sim.entries.at[p->sim.entries.n - 1];
    return last->deleted ? last->t : -1;
}

/* Phases. */

static void test_06_pending_until_images_are_there_and_init_containers_are_done(void **state) {
    (void)state;
    Play p;
    play(&p, "{initContainers: [{name: i, image: i}], containers: [{name: a, image: a}]}",
         "{scheduleAt: 5, containers: {i: {runs: [{seconds: 3}]}, a: {pull: {seconds: 4}}}}");
    assert_phase(&p, 0, "Pending");
    assert_status(&p, 4, "Pending");
    assert_status(&p, 5, "Init:0/1");
    assert_phase(&p, 7, "Pending");
    assert_status(&p, 8, "PodInitializing");
    assert_phase(&p, 11, "Pending");
    assert_phase(&p, 12, "Running");
    done(&p);
    play(&p, "{schedulingGates: [{name: example.com/quota}], containers: [{name: a, image: a}]}", "{gatesRemovedAt: 30}");
    assert_status(&p, 29, "SchedulingGated");
    assert_phase(&p, 29, "Pending");
    assert_status(&p, 30, "Running");
    done(&p);
}

static void test_07_running_while_a_container_runs_or_will_run_again(void **state) {
    (void)state;
    Play p;
    play(&p, "{containers: [{name: a, image: a}]}", "{containers: {a: {runs: [{seconds: 5, exitCode: 1}]}}}");
    for (int64_t t = 0; t < 300; t++) assert_phase(&p, t, "Running");
    done(&p);
}

static void test_08_succeeded_once_all_ended_with_0(void **state) {
    (void)state;
    Play p;
    play(&p, "{restartPolicy: OnFailure, containers: [{name: a, image: a}, {name: b, image: b}]}",
         "{containers: {a: {runs: [{seconds: 5}]}, b: {runs: [{seconds: 9}]}}}");
    assert_phase(&p, 5, "Running");
    assert_phase(&p, 9, "Succeeded");
    assert_status(&p, 9, "Completed");
    assert_text(starts(&p, "a"), "0");
    done(&p);
}

static void test_09_failed_once_all_ended_and_one_failed(void **state) {
    (void)state;
    Play p;
    play(&p, "{restartPolicy: Never, containers: [{name: a, image: a}, {name: b, image: b}]}",
         "{containers: {a: {runs: [{seconds: 5, exitCode: 3}]}, b: {runs: [{seconds: 9}]}}}");
    assert_phase(&p, 8, "Running");
    assert_phase(&p, 9, "Failed");
    assert_int_equal(container(&p, 9, "a")->state.exitCode, 3);
    done(&p);
}

static void test_10_a_lost_node_makes_the_pod_unknown_and_then_deletes_it(void **state) {
    (void)state;
    Play p;
    play(&p, "{containers: [{name: a, image: a}]}", "{nodeLostAt: 60, until: 600}");
    assert_true(serves(&p, 109));
    assert_false(serves(&p, 110));
    assert_false(at(&p, 109)->unknown);
    assert_true(at(&p, 110)->unknown);
    assert_false(at(&p, 409)->terminating);
    assert_true(at(&p, 410)->terminating);
    assert_int_equal(gone(&p), -1); /* nobody there stops it */
    done(&p);
    play(&p, "{containers: [{name: a, image: a}]}", "{nodeLostAt: 60, nodeBackAt: 200, until: 600}");
    assert_true(at(&p, 199)->unknown);
    assert_false(at(&p, 200)->unknown);
    assert_true(serves(&p, 200));
    done(&p);
}

static void test_an_evicted_pod_has_two_seconds(void **state) {
    (void)state;
    Play p;
    play(&p, "{terminationGracePeriodSeconds: 60, containers: [{name: a, image: a}]}",
         "{evictAt: 10, until: 100, onTerm: {a: {seconds: 30}}}");
    assert_int_equal(at(&p, 11)->phase, PHASE_RUNNING);
    assert_int_equal(at(&p, 12)->phase, PHASE_FAILED);
    assert_true(str_eq(at(&p, 12)->podReason, S("Evicted")));
    assert_int_equal(container(&p, 12, "a")->state.exitCode, 137);
    assert_int_equal(gone(&p), -1);
    done(&p);
    play(&p, "{priorityClassName: system-node-critical, containers: [{name: a, image: a}]}", "{evictAt: 10, until: 100}");
    assert_int_equal(at(&p, 99)->phase, PHASE_RUNNING);
    done(&p);
}

static void test_11_the_status_column_says_more_than_the_phase(void **state) {
    (void)state;
    Play p;
    play(&p, "{initContainers: [{name: i, image: i}, {name: j, image: j}], containers: [{name: a, image: a}]}",
         "{deleteAt: 100, containers: {i: {runs: [{seconds: 3}]}, j: {runs: [{seconds: 3}]}, a: {runs: [{seconds: 1, exitCode: "
         "1}, "
         "{seconds: 1, exitCode: 1}, {seconds: null}]}}, onTerm: {a: {seconds: 5}}}");
    assert_status(&p, 0, "Init:0/2");
    assert_status(&p, 3, "Init:1/2");
    assert_status(&p, 8, "Error");
    assert_status(&p, 9, "CrashLoopBackOff");
    assert_phase(&p, 9, "Running");
    assert_status(&p, 100, "Terminating");
    done(&p);
    play(&p, "{containers: [{name: a, image: a}]}", "{containers: {a: {pull: {seconds: 3}}}}");
    assert_status(&p, 2, "ContainerCreating");
    done(&p);
    play(&p, "{containers: [{name: a, image: a}]}", "{until: 100, containers: {a: {pull: {fail: true}}}}");
    assert_status(&p, 0, "ErrImagePull");
    assert_status(&p, 1, "ImagePullBackOff");
    assert_text(times(&p, ACTION_PULL, "a"), "0 10 30 70");
    done(&p);
}

static void test_12_events_tell_what_was_done(void **state) {
    (void)state;
    Play p;
    play(&p, "{containers: [{name: a, image: a}]}", "{deleteAt: 48, containers: {a: {runs: [{seconds: 5, exitCode: 1}]}}}");
    static const char *const reasons[] = {"Scheduled", "Pulling", "Pulled", "Created", "Started", "BackOff"};
    for (size_t i = 0; i < COUNT(reasons); i++) assert_non_null(event_of(&p, reasons[i]));
    assert_int_equal(event_of(&p, "Started")->count, 4); /* counted, not listed: 0, 5, 20, 45 */
    assert_int_equal(event_of(&p, "Started")->first, 0);
    assert_int_equal(event_of(&p, "Started")->last, 45);
    assert_true(event_of(&p, "BackOff")->warning);
    assert_non_null(event_of(&p, "Killing"));
    done(&p);
}

/* Conditions. */

static void test_13_to_16_conditions_become_true_in_turn(void **state) {
    (void)state;
    Play p;
    play(&p,
         "{initContainers: [{name: i, image: i}], containers: [{name: a, image: a, readinessProbe: {exec: {command: [x]}, "
         "periodSeconds: 1, initialDelaySeconds: 4}}]}",
         "{scheduleAt: 2, containers: {i: {runs: [{seconds: 3}]}}}");
    assert_false(condition(&p, 1, CONDITION_SCHEDULED));
    assert_true(condition(&p, 2, CONDITION_SCHEDULED));
    assert_true(condition(&p, 2, CONDITION_READY_TO_START));
    assert_false(condition(&p, 4, CONDITION_INITIALIZED));
    assert_true(condition(&p, 5, CONDITION_INITIALIZED));
    assert_false(condition(&p, 8, CONDITION_CONTAINERS_READY));
    assert_true(condition(&p, 9, CONDITION_CONTAINERS_READY));
    assert_true(condition(&p, 9, CONDITION_READY));
    done(&p);
}

static void test_16_a_readiness_gate_holds_ready_back(void **state) {
    (void)state;
    Play p;
    play(&p, "{readinessGates: [{conditionType: example.com/lb}], containers: [{name: a, image: a}]}",
         "{readinessGates: {example.com/lb: 20}}");
    assert_true(condition(&p, 19, CONDITION_CONTAINERS_READY));
    assert_false(condition(&p, 19, CONDITION_READY));
    assert_false(serves(&p, 19));
    assert_true(serves(&p, 20));
    done(&p);
}

static void test_16_all_containers_restarting_is_true_meanwhile(void **state) {
    (void)state;
    Play p;
    play(&p,
         "{containers: [{name: a, image: a, restartPolicy: Never, restartPolicyRules: [{action: RestartAllContainers, exitCodes: "
         "{operator: In, values: [42]}}]}, {name: b, image: b}]}",
         "{containers: {a: {runs: [{seconds: 10, exitCode: 42}, {seconds: null}]}}, onTerm: {b: {seconds: null}}}");
    assert_false(condition(&p, 9, CONDITION_ALL_RESTARTING));
    assert_true(condition(&p, 10, CONDITION_ALL_RESTARTING));
    assert_text(ends(&p, "b"), "12"); /* at most 2 s to stop */
    assert_text(starts(&p, "a"), "0 12");
    assert_text(starts(&p, "b"), "0 12");
    assert_false(condition(&p, 12, CONDITION_ALL_RESTARTING));
    assert_int_equal(container(&p, 12, "b")->restartCount, 1);
    done(&p);
}

/* Container states. */

static void test_17_waiting_has_a_reason(void **state) {
    (void)state;
    Play p;
    play(&p, "{containers: [{name: a, image: \"a:1\"}]}",
         "{containers: {a: {pull: {seconds: 4}, runs: [{seconds: 1, exitCode: 1}]}}}");
    assert_state(&p, 0, "a", "waiting", "ContainerCreating");
    assert_state(&p, 7, "a", "waiting", "CrashLoopBackOff");
    assert_text(container(&p, 7, "a")->last.reason, "Error");
    done(&p);
}

static void test_18_running_only_after_post_start(void **state) {
    (void)state;
    Play p;
    play(&p, "{containers: [{name: a, image: a, lifecycle: {postStart: {exec: {command: [x]}}}}]}",
         "{containers: {a: {postStartSeconds: 6}}}");
    assert_text(starts(&p, "a"), "0");
    assert_state(&p, 5, "a", "waiting", "ContainerCreating");
    assert_state(&p, 6, "a", "running", "");
    done(&p);
}

static void test_19_terminated_well_or_not(void **state) {
    (void)state;
    Play p;
    play(&p, "{restartPolicy: Never, containers: [{name: a, image: a}, {name: b, image: b}, {name: c, image: c}]}",
         "{containers: {a: {runs: [{seconds: 2}]}, b: {runs: [{seconds: 2, exitCode: 7}]}, c: {runs: [{seconds: 2, exitCode: "
         "137, reason: "
         "OOMKilled}]}}}");
    assert_state(&p, 2, "a", "terminated", "Completed");
    assert_state(&p, 2, "b", "terminated", "Error");
    assert_state(&p, 2, "c", "terminated", "OOMKilled");
    assert_int_equal(container(&p, 2, "b")->state.exitCode, 7);
    done(&p);
}

/* Restarts. */

static void test_20_restart_policies(void **state) {
    (void)state;
    static const struct {
        const char *policy;
        int code;
        const char *starts;
    } rows[] = {{"Always", 0, "0 5"},    {"Always", 1, "0 5"}, {"OnFailure", 0, "0"},
                {"OnFailure", 1, "0 5"}, {"Never", 0, "0"},    {"Never", 1, "0"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        Play p;
        char spec[200], scenario[200];
        snprintf(spec, sizeof spec, "{restartPolicy: %s, containers: [{name: a, image: a}]}", rows[i].policy);
        snprintf(scenario, sizeof scenario, "{containers: {a: {runs: [{seconds: 5, exitCode: %d}, {seconds: null}]}}}",
                 rows[i].code);
        play(&p, spec, scenario);
        assert_text(starts(&p, "a"), rows[i].starts);
        done(&p);
    }
}

static void test_20_a_container_may_have_a_policy_and_rules_of_its_own(void **state) {
    (void)state;
    Play p;
    play(&p,
         "{restartPolicy: Always, containers: [{name: a, image: a, restartPolicy: Never}, {name: b, image: b, restartPolicy: "
         "Never, "
         "restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [3]}}]}, {name: c, image: c}]}",
         "{containers: {a: {runs: [{seconds: 5, exitCode: 1}]}, b: {runs: [{seconds: 5, exitCode: 3}, {seconds: 5, exitCode: "
         "4}]}}}");
    assert_text(starts(&p, "a"), "0");
    assert_text(starts(&p, "b"), "0 5");
    assert_phase(&p, 100, "Running");
    done(&p);
    play(&p,
         "{restartPolicy: Always, initContainers: [{name: s, image: s, restartPolicy: Always}, {name: i, image: i}], containers: "
         "[{name: "
         "a, image: a}]}",
         "{containers: {i: {runs: [{seconds: 4, exitCode: 1}, {seconds: 4}]}, s: {runs: [{seconds: 20, exitCode: 1}, {seconds: "
         "null}]}}}");
    assert_text(starts(&p, "i"), "0 4");
    assert_text(starts(&p, "a"), "8");
    assert_text(starts(&p, "s"), "0 20");
    done(&p);
}

static void test_21_the_delay_doubles_from_10_seconds_to_five_minutes(void **state) {
    (void)state;
    Play p;
    play(&p, "{containers: [{name: a, image: a}]}", "{until: 1500, containers: {a: {runs: [{seconds: 1, exitCode: 1}]}}}");
    assert_text(starts(&p, "a"), "0 1 12 33 74 155 316 617 918 1219");
    assert_status(&p, 316, "Running");
    assert_status(&p, 318, "CrashLoopBackOff");
    done(&p);
}

static void test_22_the_delay_begins_anew_after_ten_minutes(void **state) {
    (void)state;
    Play p;
    play(&p, "{containers: [{name: a, image: a}]}",
         "{until: 750, containers: {a: {runs: [{seconds: 5, exitCode: 1}, {seconds: 5, exitCode: 1}, {seconds: 601, exitCode: "
         "1}, {seconds: 5, "
         "exitCode: 1}]}}}");
    assert_text(starts(&p, "a"), "0 5 20 621 636 661 706");
    done(&p);
}

static void test_a_node_may_restart_sooner(void **state) {
    (void)state;
    static const char pod[] = "{containers: [{name: a, image: a}]}";
    Play p;
    play(&p, pod,
         "{until: 200, containers: {a: {runs: [{seconds: 1, exitCode: 1}]}}, kubelet: {crashLoopBackOff: "
         "{maxContainerRestartPeriod: 30s}}}");
    assert_text(starts(&p, "a"), "0 1 12 33 64 95 126 157 188");
    done(&p);
    play(&p, pod,
         "{until: 10, containers: {a: {runs: [{seconds: 1, exitCode: 1}]}}, kubelet: {crashLoopBackOff: "
         "{maxContainerRestartPeriod: 2s}}}");
    assert_text(starts(&p, "a"), "0 1 4 7 10"); /* a longest delay under 10 s is the first one too */
    done(&p);
    play(&p, pod,
         "{until: 40, containers: {a: {runs: [{seconds: 1, exitCode: 1}]}}, kubelet: {featureGates: "
         "{ReduceDefaultCrashLoopBackOffDecay: true}}}");
    assert_text(starts(&p, "a"), "0 1 3 6 11 20 37");
    done(&p);
}

/* Hooks. */

static void test_23_post_start_runs_beside_the_entrypoint(void **state) {
    (void)state;
    Play p;
    play(&p, "{restartPolicy: Never, containers: [{name: a, image: a, lifecycle: {postStart: {exec: {command: [x]}}}}]}",
         "{containers: {a: {postStartSeconds: 10, runs: [{seconds: 4}]}}}");
    assert_text(ends(&p, "a"), "4"); /* the process does not wait for the hook */
    done(&p);
}

static void test_24_pre_stop_comes_before_every_stop_from_outside(void **state) {
    (void)state;
    static const char *const probes[] = {"livenessProbe", "startupProbe"}, *const scripts[] = {"live", "started"};
    for (int i = 0; i < 2; i++) {
        Play p;
        char spec[300], scenario[200];
        snprintf(spec, sizeof spec,
                 "{containers: [{name: a, image: a, lifecycle: {preStop: {exec: {command: [x]}}}, %s: {exec: {command: [x]}, "
                 "periodSeconds: 5, "
                 "failureThreshold: 2}}]}",
                 probes[i]);
        snprintf(scenario, sizeof scenario, "{until: 14, containers: {a: {preStopSeconds: 4, %s: [{from: 0, result: failure}]}}}",
                 scripts[i]);
        play(&p, spec, scenario);
        assert_text(times(&p, ACTION_KILL, "a"), "14"); /* failures at 5 and 10, then 4 s of the hook */
        assert_text(ends(&p, "a"), "14");
        done(&p);
    }
    Play p;
    play(&p, "{containers: [{name: a, image: a, lifecycle: {preStop: {exec: {command: [x]}}}}]}",
         "{deleteAt: 20, containers: {a: {preStopSeconds: 4}}}");
    assert_text(times(&p, ACTION_KILL, "a"), "24");
    done(&p);
    play(&p, "{containers: [{name: a, image: a, lifecycle: {preStop: {exec: {command: [x]}}}}]}",
         "{until: 5, containers: {a: {preStopSeconds: 4, runs: [{seconds: 3, exitCode: 1}]}}}");
    assert_text(times(&p, ACTION_KILL, "a"), ""); /* an end by itself has no hook */
    done(&p);
}

static void test_25_the_grace_period_counts_from_before_pre_stop(void **state) {
    (void)state;
    Play p;
    play(&p,
         "{terminationGracePeriodSeconds: 10, containers: [{name: a, image: a, lifecycle: {preStop: {exec: {command: [x]}}}}]}",
         "{deleteAt: 20, containers: {a: {preStopSeconds: 6}}, onTerm: {a: {seconds: null}}}");
    assert_text(times(&p, ACTION_KILL, "a"), "26");
    assert_text(ends(&p, "a"), "30");
    assert_int_equal(gone(&p), 30);
    done(&p);
}

static void test_26_a_failing_post_start_kills_the_container(void **state) {
    (void)state;
    Play p;
    play(&p, "{containers: [{name: a, image: a, lifecycle: {postStart: {httpGet: {port: 80}}}}]}",
         "{until: 60, containers: {a: {postStartSeconds: 2, postStartFails: true}}}");
    assert_text(ends(&p, "a"), "2 4 16 38");
    assert_non_null(event_of(&p, "FailedPostStartHook"));
    assert_non_null(event_of(&p, "Killing"));
    assert_state(&p, 2, "a", "waiting", "PostStartHookError");
    done(&p);
}

/* 27, 28: what a hook calls does not change what it does. */
static void test_27_28_hooks_by_exec_http_and_sleep(void **state) {
    (void)state;
    static const char *const handlers[] = {"exec: {command: [x]}", "httpGet: {port: 80}", "sleep: {seconds: 4}",
                                           "tcpSocket: {port: 80}"};
    for (size_t i = 0; i < COUNT(handlers); i++) {
        Play p;
        char spec[300];
        snprintf(spec, sizeof spec, "{containers: [{name: a, image: a, lifecycle: {postStart: {%s}, preStop: {%s}}}]}",
                 handlers[i], handlers[i]);
        play(&p, spec, "{deleteAt: 20, containers: {a: {postStartSeconds: 4, preStopSeconds: 4}}}");
        assert_state(&p, 3, "a", "waiting", "ContainerCreating");
        assert_state(&p, 4, "a", "running", "");
        assert_text(ends(&p, "a"), "24");
        done(&p);
    }
}

/* Probes. */

static void test_29_to_32_every_handler_is_asked_alike(void **state) {
    (void)state;
    static const char *const handlers[] = {"exec: {command: [x]}", "httpGet: {port: 80}", "tcpSocket: {port: 80}",
                                           "grpc: {port: 80}"};
    for (size_t i = 0; i < COUNT(handlers); i++) {
        Play p;
        char spec[300];
        snprintf(spec, sizeof spec, "{containers: [{name: a, image: a, readinessProbe: {%s, periodSeconds: 2}}]}", handlers[i]);
        play(&p, spec,
             "{containers: {a: {ready: [{from: 0, result: failure}, {from: 6, result: success}, {from: 20, result: failure}]}}}");
        assert_false(serves(&p, 5));
        assert_true(serves(&p, 6));
        assert_true(serves(&p, 23));
        assert_false(serves(&p, 24)); /* the third failure in a row */
        done(&p);
    }
}

static void test_33_an_unknown_result_changes_nothing(void **state) {
    (void)state;
    Play p;
    play(&p,
         "{containers: [{name: a, image: a, livenessProbe: {exec: {command: [x]}, periodSeconds: 1, failureThreshold: 1}, "
         "readinessProbe: "
         "{exec: {command: [x]}, periodSeconds: 1, failureThreshold: 1}}]}",
         "{until: 60, containers: {a: {live: [{from: 0, result: success}, {from: 10, result: error}], ready: [{from: 0, result: "
         "success}, "
         "{from: 10, result: error}]}}}");
    assert_text(starts(&p, "a"), "0");
    assert_true(serves(&p, 60));
    done(&p);
}

static void test_34_a_liveness_failure_kills_and_the_policy_decides(void **state) {
    (void)state;
    static const char *const policies[] = {"Always", "OnFailure", "Never"}, *const expected[] = {"0 30", "0 30", "0"};
    for (size_t i = 0; i < 3; i++) {
        Play p;
        char spec[300];
        snprintf(
            spec, sizeof spec,
            "{restartPolicy: %s, containers: [{name: a, image: a, livenessProbe: {exec: {command: [x]}, periodSeconds: 10}}]}",
            policies[i]);
        play(&p, spec, "{until: 50, containers: {a: {live: [{from: 0, result: success}, {from: 10, result: failure}]}}}");
        assert_text(starts(&p, "a"), expected[i]);
        assert_non_null(event_of(&p, "Unhealthy"));
        done(&p);
    }
}

static void test_35_readiness_takes_the_pod_from_the_endpoints(void **state) {
    (void)state;
    Play p;
    play(&p,
         "{containers: [{name: a, image: a, readinessProbe: {exec: {command: [x]}, periodSeconds: 5, initialDelaySeconds: 7}}]}",
         "{containers: {a: {ready: [{from: 0, result: success}, {from: 20, result: failure}]}}}");
    assert_false(serves(&p, 6)); /* Failure until the first check */
    assert_false(at(&p, 6)->containers[0].ready);
    assert_true(serves(&p, 10));
    assert_false(serves(&p, 30));
    assert_text(starts(&p, "a"), "0"); /* and nothing is restarted */
    done(&p);
}

static void test_36_startup_holds_the_others_back_and_kills(void **state) {
    (void)state;
    Play p;
    play(&p,
         "{containers: [{name: a, image: a, startupProbe: {exec: {command: [x]}, periodSeconds: 5, failureThreshold: 6}, "
         "livenessProbe: "
         "{exec: {command: [x]}, periodSeconds: 1, failureThreshold: 1}, readinessProbe: {exec: {command: [x]}, periodSeconds: "
         "1}}]}",
         "{until: 60, containers: {a: {started: [{from: 0, result: failure}, {from: 18, result: success}], live: [{from: 0, "
         "result: failure}, {from: "
         "18, result: success}]}}}");
    assert_text(starts(&p, "a"), "0"); /* the failing liveness probe is not asked */
    assert_false(container(&p, 19, "a")->started);
    assert_false(serves(&p, 19));
    assert_true(container(&p, 20, "a")->started);
    assert_true(serves(&p, 20));
    done(&p);
    play(&p, "{containers: [{name: a, image: a, startupProbe: {exec: {command: [x]}, periodSeconds: 5, failureThreshold: 3}}]}",
         "{until: 16, containers: {a: {started: [{from: 0, result: failure}]}}}");
    assert_text(ends(&p, "a"), "15");
    assert_text(starts(&p, "a"), "0 15");
    done(&p);
}

/* Termination. */

static void test_37_deletion_shows_as_terminating(void **state) {
    (void)state;
    Play p;
    play(&p, "{containers: [{name: a, image: a}]}", "{deleteAt: 20, onTerm: {a: {seconds: 5}}}");
    assert_false(at(&p, 19)->terminating);
    assert_true(at(&p, 20)->terminating);
    assert_status(&p, 20, "Terminating");
    done(&p);
}

static void test_38_a_long_pre_stop_gets_two_seconds_more_once(void **state) {
    (void)state;
    Play p;
    play(&p,
         "{terminationGracePeriodSeconds: 10, containers: [{name: a, image: a, lifecycle: {preStop: {exec: {command: [x]}}}}]}",
         "{deleteAt: 20, containers: {a: {preStopSeconds: 60}}, onTerm: {a: {seconds: null}}}");
    assert_text(times(&p, ACTION_KILL, "a"), "30");
    assert_text(ends(&p, "a"), "32");
    assert_int_equal(gone(&p), 32);
    done(&p);
}

static void test_39_sidecars_stop_last_and_in_reverse_order(void **state) {
    (void)state;
    Play p;
    play(&p,
         "{initContainers: [{name: s, image: s, restartPolicy: Always}, {name: t, image: t, restartPolicy: Always}], containers: "
         "[{name: a, "
         "image: a}, {name: b, image: b}]}",
         "{deleteAt: 20, onTerm: {a: {seconds: 3}, b: {seconds: 5}, s: {seconds: 1}, t: {seconds: 2}}}");
    assert_text(times(&p, ACTION_KILL, "a"), "20");
    assert_text(times(&p, ACTION_KILL, "b"), "20");
    assert_text(times(&p, ACTION_KILL, "t"), "25");
    assert_text(times(&p, ACTION_KILL, "s"), "27");
    assert_int_equal(gone(&p), 28);
    done(&p);
}

static void test_40_traffic_stops_when_the_pod_is_terminating(void **state) {
    (void)state;
    Play p;
    play(&p, "{containers: [{name: a, image: a}]}", "{deleteAt: 20, onTerm: {a: {seconds: 9}}}");
    assert_true(serves(&p, 19));
    assert_false(serves(&p, 20));
    done(&p);
}

static void test_41_kill_at_the_end_of_the_grace_period(void **state) {
    (void)state;
    static const struct {
        const char *scenario;
        const char *end;
    } rows[] = {{"{deleteAt: 20, onTerm: {a: {seconds: null}}}", "50"},
                {"{deleteAt: 20, gracePeriodSeconds: 5, onTerm: {a: {seconds: null}}}", "25"},
                {"{deleteAt: 20, gracePeriodSeconds: 1, onTerm: {a: {seconds: null}}}", "22"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        Play p;
        play(&p, "{containers: [{name: a, image: a}]}", rows[i].scenario);
        assert_text(ends(&p, "a"), rows[i].end);
        assert_int_equal(p.sim.actions.at[p.sim.actions.n - 1].value, 137);
        done(&p);
    }
}

static void test_42_43_the_object_goes_with_the_last_container(void **state) {
    (void)state;
    Play p;
    play(&p, "{containers: [{name: a, image: a}, {name: b, image: b}]}",
         "{deleteAt: 20, onTerm: {a: {seconds: 3}, b: {seconds: 7}}}");
    assert_int_equal(gone(&p), 27);
    done(&p);
    play(&p, "{containers: [{name: a, image: a}]}", "{deleteAt: 20, containers: {a: {runs: [{seconds: 1, exitCode: 1}]}}}");
    assert_int_equal(gone(&p), 20); /* between two tries there is nothing to stop */
    done(&p);
    play(&p, "{containers: [{name: a, image: a}]}", "{scheduleAt: 90, deleteAt: 20}");
    assert_int_equal(gone(&p), 20);
    done(&p);
    play(&p, "{containers: [{name: a, image: a}]}", "{deleteAt: 20, containers: {a: {pull: {fail: true}}}}");
    assert_int_equal(gone(&p), 20);
    done(&p);
    play(&p, "{containers: [{name: a, image: a}]}", "{deleteAt: 20, containers: {a: {pull: {seconds: 40}}}}");
    assert_int_equal(gone(&p), 40); /* a pull that is under way is waited for */
    done(&p);
    play(&p, "{containers: [{name: a, image: a}]}", "{deleteAt: 20, force: true, onTerm: {a: {seconds: null}}}");
    assert_int_equal(gone(&p), 20);
    assert_true(p.sim.orphans);
    done(&p);
}

static void test_46_the_active_deadline_ends_the_pod(void **state) {
    (void)state;
    Play p;
    play(&p, "{activeDeadlineSeconds: 30, terminationGracePeriodSeconds: 4, containers: [{name: a, image: a}]}",
         "{scheduleAt: 10, onTerm: {a: {seconds: null}}}");
    assert_phase(&p, 43, "Running");
    assert_text(ends(&p, "a"), "44");
    assert_phase(&p, 44, "Failed");
    assert_text(at(&p, 44)->podReason, "DeadlineExceeded");
    done(&p);
}

/* The tables behind phases and delays. */

static void test_phases_of_container_states(void **state) {
    (void)state;
    static const struct {
        PhaseRow row;
        bool over, begun;
        Phase phase;
    } rows[] = {
        {{"Always", "none", "", {"waiting", NULL}}, false, false, PHASE_PENDING},
        {{"Always", "none", "", {"running", "waiting"}}, false, true, PHASE_PENDING},
        {{"Always", "none", "", {"running", "terminated1"}}, false, true, PHASE_RUNNING},
        {{"Always", "none", "", {"terminated0", "terminated0"}}, false, true, PHASE_RUNNING},
        {{"Always", "none", "", {"terminated0", "terminated0"}}, true, true, PHASE_SUCCEEDED},
        {{"OnFailure", "none", "", {"terminated0", "waitingAfter1"}}, false, true, PHASE_RUNNING},
        {{"OnFailure", "none", "", {"terminated0", "terminated0"}}, false, true, PHASE_SUCCEEDED},
        {{"Never", "none", "", {"terminated0", "terminated1"}}, false, true, PHASE_FAILED},
        {{"Never", "init", "terminated1", {"waiting", NULL}}, false, false, PHASE_FAILED},
        {{"OnFailure", "init", "terminated1", {"waiting", NULL}}, false, false, PHASE_PENDING},
        {{"Never", "init", "terminated0", {"terminated0", NULL}}, false, true, PHASE_SUCCEEDED},
        {{"Never", "sidecar", "runningNotStarted", {"waiting", NULL}}, false, false, PHASE_PENDING},
        {{"Never", "sidecar", "running", {"terminated0", NULL}}, false, true, PHASE_RUNNING},
        {{"Never", "sidecar", "terminated1", {"terminated0", NULL}}, false, true, PHASE_SUCCEEDED},
        {{"Always", "sidecar", "runningNotStarted", {"running", NULL}}, false, true, PHASE_RUNNING},
        {{"Always", "sidecar", "runningNotStarted", {"running", NULL}}, false, false, PHASE_PENDING},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (phase_of_row(&rows[i].row, rows[i].over, rows[i].begun) != rows[i].phase) fail_msg("row %zu", i);
}

static void test_delays_double_rest_and_are_forgotten(void **state) {
    (void)state;
    Backoff backoff = {0};
    assert_false(backoff_waits(&backoff, 0, 0));
    static const int64_t expected[] = {10, 20, 40, 80, 160, 300, 300};
    int64_t now = 0;
    for (size_t i = 0; i < COUNT(expected); i++) {
        backoff_next(&backoff, now, now, 10, 300);
        assert_int_equal(backoff.delay, expected[i]);
        assert_true(backoff_waits(&backoff, now, now + expected[i] - 1));
        assert_false(backoff_waits(&backoff, now, now + expected[i]));
        now += expected[i];
    }
    now = backoff.updated;
    assert_true(backoff_waits(&backoff, now + 600, now + 601));
    assert_false(backoff_waits(&backoff, now + 601, now + 602)); /* ran for more than ten minutes */
    backoff_forget(&backoff, now + 600);
    assert_true(backoff.set);
    backoff_forget(&backoff, now + 601);
    assert_false(backoff.set);
}

/* A probe that notices an end makes the kubelet look again in the same second, and then it shows the back-off at once. A probe
 * whose ticker was set by a retry, at the beginning of a second, notices it a second later. */
static void test_when_a_probe_notices_an_end(void **state) {
    (void)state;
    static const char probed[] =
        "{name: d, image: 'd:1', readinessProbe: {exec: {command: [x]}, periodSeconds: 1, initialDelaySeconds: 3}}";
    static const char runs[] = "d: {runs: [{seconds: 5, exitCode: 1}, {seconds: 7, exitCode: 1}, {seconds: 9, exitCode: 1}]}";
    Play p;
    char spec[400], scenario[400];
    snprintf(spec, sizeof spec, "{containers: [%s]}", probed);
    snprintf(scenario, sizeof scenario, "{until: 60, containers: {%s}}", runs);
    play(&p, spec, scenario);
    assert_text(ends(&p, "d"), "5 12 31 60");
    assert_state(&p, 31, "d", "waiting", "CrashLoopBackOff");
    done(&p);
    snprintf(spec, sizeof spec, "{containers: [%s, {name: w, image: 'w:1'}]}", probed);
    snprintf(scenario, sizeof scenario, "{until: 60, containers: {w: {runs: [{seconds: 1, exitCode: 1}]}, %s}}", runs);
    play(&p, spec, scenario);
    assert_state(&p, 31, "d", "terminated", "Error");
    assert_state(&p, 32, "d", "waiting", "CrashLoopBackOff");
    done(&p);
}

/* A pod whose last container is killed loses its sandbox; a restart of all counts its init containers twice then. */
/* What a sync asks for waits for a list of containers that is newer than the sync: a second each. */
static void test_syncs_that_ask_for_syncs(void **state) {
    (void)state;
    Play p;
    /* The worker of the probe of a container that has ended for good is made anew by each sync and asks for the next one, and
     * each of them asks the other container's readiness out of turn. */
    play(&p,
         "{restartPolicy: Never, containers: [{name: a, image: a, readinessProbe: {exec: {command: [x]}}}, {name: b, image: b, "
         "readinessProbe: {exec: {command: [x]}, periodSeconds: 10}}]}",
         "{until: 30, containers: {a: {runs: [{seconds: 3}]}, b: {ready: [{from: 0, result: failure}, {from: 15, result: "
         "success}]}}}");
    assert_false(container(&p, 14, "b")->ready);
    assert_true(container(&p, 15, "b")->ready);
    done(&p);
    /* One that is being stopped is asked when that begins. */
    play(&p, "{containers: [{name: a, image: a, readinessProbe: {exec: {command: [x]}, periodSeconds: 10}}]}",
         "{until: 60, deleteAt: 23, onTerm: {a: {seconds: 20}}, containers: {a: {ready: [{from: 0, result: failure}, {from: 22, "
         "result: success}]}}}");
    assert_false(container(&p, 22, "a")->ready);
    assert_true(container(&p, 23, "a")->ready);
    done(&p);
}

static void test_all_of_the_grace_is_too_long(void **state) {
    (void)state;
    Play p;
    play(&p, "{terminationGracePeriodSeconds: 3, containers: [{name: a, image: a}]}",
         "{until: 60, deleteAt: 20, onTerm: {a: {seconds: 3, exitCode: 0}}}");
    assert_int_equal(p.sim.actions.at[p.sim.actions.n - 1].value, 137);
    assert_int_equal(gone(&p), 23);
    done(&p);
}

static void test_a_restart_of_all_in_a_new_sandbox(void **state) {
    (void)state;
    Play p;
    play(&p,
         "{initContainers: [{name: i, image: 'i:1'}], containers: [{name: c, image: 'c:1', restartPolicy: Never, "
         "restartPolicyRules: [{action: "
         "RestartAllContainers, exitCodes: {operator: In, values: [143]}}], startupProbe: {exec: {command: [x]}, periodSeconds: "
         "2}}]}",
         "{until: 12, containers: {i: {runs: [{seconds: 2}]}, c: {started: [{from: 0, result: failure}]}}}");
    assert_text(starts(&p, "i"), "0 8");
    assert_text(starts(&p, "c"), "2 10");
    assert_int_equal(container(&p, 10, "i")->restartCount, 2);
    assert_int_equal(container(&p, 10, "c")->restartCount, 1);
    done(&p);
}

/* What must not break the simulator. */

static void simulate_bytes(Arena *arena, const PodSpec *spec, Str text) {
    Source source;
    Scenario scenario = scenario_empty();
    ScenarioFaults faults = {0};
    NodeDocument node;
    if (source_from_bytes(&source, arena, S("test"), text) != SOURCE_OK) return;
    NodeReader reader = {.source = &source};
    if (node_next(&reader, arena, &node) && node.readable) scenario_read(&scenario, arena, node.root, spec, &faults);
    if (faults.items.n) return;
    Simulation sim;
    simulate(&sim, arena, NULL, spec, &scenario);
    assert_true(sim.entries.n > 0);
}

static void test_damaged_scenarios_end_well(void **state) {
    (void)state;
    static const char text[] =
        "until: 90s\ndeleteAt: 1m\ngracePeriodSeconds: 4\ncontainers:\n  a:\n    pull: {seconds: 3}\n    runs: [{seconds: 5, "
        "exitCode: 1, reason: R}, {seconds: null}]\n    ready: [{from: 0, result: failure}]\n    preStopSeconds: "
        "2\nonTerm:\n  a: {seconds: 1, exitCode: 0}\nreadinessGates: {g: 4}\n";
    static const char junk[] = "-9:{}[],\0\n\xFF\"";
    Probe probe = {.periodSeconds = 1, .failureThreshold = 1, .successThreshold = 1};
    Container container = {.name = S("a"), .readinessProbe = &probe};
    PodSpec spec = {.containers = {&container, 1}};
    Arena arena = {0};
    for (size_t i = 0; i < sizeof text; i++) {
        simulate_bytes(&arena, &spec, (Str){text, i});
        for (size_t j = 0; j < sizeof junk; j++) {
            char damaged[sizeof text];
            memcpy(damaged, text, sizeof text);
            damaged[i] = junk[j];
            simulate_bytes(&arena, &spec, (Str){damaged, sizeof text - 1});
        }
        arena_reset(&arena);
    }
    arena_free(&arena);
}

static void test_absurd_numbers_end_well(void **state) {
    (void)state;
    static const int64_t numbers[] = {INT64_MIN, INT32_MIN, -1, 0, 1, INT32_MAX, INT64_MAX};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        Arena arena = {0};
        int64_t n = numbers[i], narrow = n < INT32_MIN ? INT32_MIN : n > INT32_MAX ? INT32_MAX : n;
        SleepAction sleep = {.seconds = n};
        LifecycleHandler handler = {.sleep = &sleep};
        Lifecycle lifecycle = {.preStop = &handler, .postStart = &handler};
        Probe probe = {.periodSeconds = narrow,
                       .failureThreshold = narrow,
                       .successThreshold = narrow,
                       .initialDelaySeconds = narrow,
                       .terminationGracePeriodSeconds = {true, n}};
        Toleration toleration = {.operator= S("Exists"), .tolerationSeconds = {true, n}};
        Container containers[] = {
            {.name = S("a"), .livenessProbe = &probe, .readinessProbe = &probe, .startupProbe = &probe},
            {.name = S("b"), .lifecycle = &lifecycle},
        };
        PodSpec spec = {.containers = {containers, 2},
                        .terminationGracePeriodSeconds = {true, n},
                        .activeDeadlineSeconds = {true, n},
                        .tolerations = {&toleration, 1}};
        Scenario scenario = scenario_empty();
        scenario.deleteAt = 100;
        Simulation sim;
        simulate(&sim, &arena, NULL, &spec, &scenario);
        assert_true(sim.entries.n > 0);
        scenario.deleteAt = SCENARIO_NEVER;
        scenario.nodeLostAt = 10;
        simulate(&sim, &arena, NULL, &spec, &scenario);
        assert_true(sim.entries.n > 0);
        arena_free(&arena);
    }
}

static void test_a_history_without_end_is_cut(void **state) {
    (void)state;
    Play p;
    play(&p,
         "{containers: [{name: a, image: a, restartPolicy: Never, restartPolicyRules: [{action: RestartAllContainers, exitCodes: "
         "{operator: In, values: [1]}}]}]}",
         "{until: 366d, containers: {a: {runs: [{seconds: 0, exitCode: 1}]}}}");
    assert_true(p.sim.cut);
    assert_true(p.sim.entries.n <= SIM_MAX_ENTRIES);
    assert_true(p.sim.actions.n <= SIM_MAX_ACTIONS);
    done(&p);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_06_pending_until_images_are_there_and_init_containers_are_done),
        cmocka_unit_test(test_07_running_while_a_container_runs_or_will_run_again),
        cmocka_unit_test(test_08_succeeded_once_all_ended_with_0),
        cmocka_unit_test(test_09_failed_once_all_ended_and_one_failed),
        cmocka_unit_test(test_10_a_lost_node_makes_the_pod_unknown_and_then_deletes_it),
        cmocka_unit_test(test_an_evicted_pod_has_two_seconds),
        cmocka_unit_test(test_11_the_status_column_says_more_than_the_phase),
        cmocka_unit_test(test_12_events_tell_what_was_done),
        cmocka_unit_test(test_13_to_16_conditions_become_true_in_turn),
        cmocka_unit_test(test_16_a_readiness_gate_holds_ready_back),
        cmocka_unit_test(test_16_all_containers_restarting_is_true_meanwhile),
        cmocka_unit_test(test_17_waiting_has_a_reason),
        cmocka_unit_test(test_18_running_only_after_post_start),
        cmocka_unit_test(test_19_terminated_well_or_not),
        cmocka_unit_test(test_20_restart_policies),
        cmocka_unit_test(test_20_a_container_may_have_a_policy_and_rules_of_its_own),
        cmocka_unit_test(test_21_the_delay_doubles_from_10_seconds_to_five_minutes),
        cmocka_unit_test(test_22_the_delay_begins_anew_after_ten_minutes),
        cmocka_unit_test(test_a_node_may_restart_sooner),
        cmocka_unit_test(test_23_post_start_runs_beside_the_entrypoint),
        cmocka_unit_test(test_24_pre_stop_comes_before_every_stop_from_outside),
        cmocka_unit_test(test_25_the_grace_period_counts_from_before_pre_stop),
        cmocka_unit_test(test_26_a_failing_post_start_kills_the_container),
        cmocka_unit_test(test_27_28_hooks_by_exec_http_and_sleep),
        cmocka_unit_test(test_29_to_32_every_handler_is_asked_alike),
        cmocka_unit_test(test_33_an_unknown_result_changes_nothing),
        cmocka_unit_test(test_34_a_liveness_failure_kills_and_the_policy_decides),
        cmocka_unit_test(test_35_readiness_takes_the_pod_from_the_endpoints),
        cmocka_unit_test(test_36_startup_holds_the_others_back_and_kills),
        cmocka_unit_test(test_37_deletion_shows_as_terminating),
        cmocka_unit_test(test_38_a_long_pre_stop_gets_two_seconds_more_once),
        cmocka_unit_test(test_39_sidecars_stop_last_and_in_reverse_order),
        cmocka_unit_test(test_40_traffic_stops_when_the_pod_is_terminating),
        cmocka_unit_test(test_41_kill_at_the_end_of_the_grace_period),
        cmocka_unit_test(test_42_43_the_object_goes_with_the_last_container),
        cmocka_unit_test(test_46_the_active_deadline_ends_the_pod),
        cmocka_unit_test(test_phases_of_container_states),
        cmocka_unit_test(test_delays_double_rest_and_are_forgotten),
        cmocka_unit_test(test_when_a_probe_notices_an_end),
        cmocka_unit_test(test_syncs_that_ask_for_syncs),
        cmocka_unit_test(test_all_of_the_grace_is_too_long),
        cmocka_unit_test(test_a_restart_of_all_in_a_new_sandbox),
        cmocka_unit_test(test_damaged_scenarios_end_well),
        cmocka_unit_test(test_absurd_numbers_end_well),
        cmocka_unit_test(test_a_history_without_end_is_cut),
    };
    if (argc > 1) cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
