/* Where the scheduler puts pods, and what it says when it cannot: by the rules of its plugins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "simulate/node_drain.h"
#include "simulate/scheduling.h"

typedef struct Play {
    Arena arena;
    Cluster cluster;
    Placement placement;
} Play;

static Document *read_pod(Arena *arena, const char *spec) {
    Source *source = NEW(arena, Source);
    Str text = str_format(arena, "{apiVersion: v1, kind: Pod, metadata: {name: p, labels: {app: web}}, spec: %s}", spec);
    assert_int_equal(source_from_bytes(source, arena, S("test"), text), SOURCE_OK);
    NodeReader reader = {.source = source};
    NodeDocument node;
    assert_true(node_next(&reader, arena, &node));
    Document *items;
    assert_int_equal(model_build(arena, source, &node, VERSION_LAST, &items), 1);
    assert_non_null(items->object);
    defaults_apply(arena, items);
    return items;
}

static void place_on(Play *p, const char *spec) {
    const Document *pod = read_pod(&p->arena, spec);
    PodView view = model_pod(pod);
    schedule_pod(&p->placement, &p->arena, &p->cluster, view.meta, pod->namespace_, view.spec);
}

/* On nodes in short form. */
static void place(Play *p, const char *nodes, const char *spec) {
    *p = (Play){0};
    assert_null(cluster_read_short(&p->cluster, &p->arena, str_of(nodes)));
    place_on(p, spec);
}

/* On nodes and pods as kubectl prints them. */
static void place_in(Play *p, const char *objects, const char *spec) {
    *p = (Play){0};
    Source *source = NEW(&p->arena, Source);
    source_from_bytes(source, &p->arena, S("nodes"), str_of(objects));
    assert_null(cluster_read(&p->cluster, &p->arena, source, VERSION_LAST));
    place_on(p, spec);
}

static void done(Play *p) {
    arena_free(&p->arena);
}

#define assert_message(p, expected)                                                                     \
    do {                                                                                                \
        Str is_ = placement_cause(&(p)->placement), want_ = str_of(expected);                           \
        if (!str_eq(is_, want_)) fail_msg("%d: \"%.*s\" is not \"%s\"", __LINE__, TEXT(is_), want_.at); \
    } while (0)

#define CONTAINER(fields) "{containers: [{name: a, image: a, " fields "}]}"

static void test_resources(void **state) {
    (void)state;
    Play p;
    place(&p, "2x(cpu=1,memory=1Gi),1x(cpu=4,memory=1Gi)", CONTAINER("resources: {requests: {cpu: 1500m}}"));
    assert_int_equal(p.placement.feasible.n, 1);
    assert_int_equal(p.placement.feasible.at[0], 2);
    done(&p);
    place(&p, "2x(cpu=1,memory=1Gi)",
          CONTAINER("resources: {requests: {cpu: 2, memory: 2Gi, example.com/gpu: 1}, limits: {example.com/gpu: 1}}"));
    assert_message(&p, "0/2 nodes are available: 2 Insufficient cpu, 2 Insufficient example.com/gpu, 2 Insufficient memory.");
    assert_true(str_has(p.placement.message, S("2 Preemption is not helpful for scheduling")));
    done(&p);
    /* An init container counts alone beside the sidecars before it; overhead comes on top. */
    place(&p, "1x(cpu=3)",
          "{overhead: {cpu: 500m}, initContainers: [{name: s, image: s, restartPolicy: Always, resources: {requests: {cpu: 1}}}, "
          "{name: i, image: i, "
          "resources: {requests: {cpu: 1500m}}}], containers: [{name: a, image: a, resources: {requests: {cpu: 1}}}]}");
    assert_int_equal(p.placement.feasible.n, 1);
    done(&p);
    place(&p, "1x(cpu=2900m)",
          "{overhead: {cpu: 500m}, initContainers: [{name: s, image: s, restartPolicy: Always, resources: {requests: {cpu: 1}}}, "
          "{name: i, image: i, "
          "resources: {requests: {cpu: 1500m}}}], containers: [{name: a, image: a, resources: {requests: {cpu: 1}}}]}");
    assert_message(&p, "0/1 nodes are available: 1 Insufficient cpu.");
    done(&p);
}

static void test_labels_and_taints(void **state) {
    (void)state;
    static const char nodes[] = "2x(cpu=4,zone=a,disk=ssd),1x(cpu=4,zone=b,taint=dedicated=db:NoSchedule)";
    Play p;
    place(&p, nodes, "{nodeSelector: {topology.kubernetes.io/zone: b}, containers: [{name: a, image: a}]}");
    assert_message(
        &p, "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector.");
    done(&p);
    place(&p, nodes,
          "{nodeSelector: {topology.kubernetes.io/zone: b}, tolerations: [{key: dedicated, operator: Exists}], containers: "
          "[{name: a, image: a}]}");
    assert_int_equal(p.placement.feasible.n, 1);
    done(&p);
    place(&p, nodes,
          "{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: "
          "metadata.name, "
          "operator: In, values: [node-3]}]}]}}}, containers: [{name: a, image: a}]}");
    assert_message(
        &p, "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't satisfy plugin(s) [NodeAffinity].");
    done(&p);
}

static const char two_nodes[] = "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Node, metadata: {name: a, labels: "
                                "{kubernetes.io/hostname: a, zone: x}}, status: "
                                "{allocatable: {cpu: 4, pods: 10}}}, {apiVersion: v1, kind: Node, metadata: {name: b, labels: "
                                "{kubernetes.io/hostname: b, zone: y}}, spec: "
                                "{unschedulable: true}, status: {allocatable: {cpu: 4, pods: 10}}}, {apiVersion: v1, kind: Pod, "
                                "metadata: {name: old, labels: {app: web}}, spec: "
                                "{nodeName: a, containers: [{name: c, image: c, resources: {requests: {cpu: 3}}, ports: "
                                "[{containerPort: 80, hostPort: 80}]}]}}]}";

/* Of a node's pods those stay that find room again, the important ones first; the node is one whose victims are less important.
 */
static void test_victims(void **state) {
    (void)state;
    static const char nodes[] =
        "{apiVersion: v1, kind: List, items: ["
        "{apiVersion: v1, kind: Node, metadata: {name: a}, status: {allocatable: {cpu: 4, pods: 10}}},"
        "{apiVersion: v1, kind: Node, metadata: {name: b}, status: {allocatable: {cpu: 4, pods: 10}}},"
        "{apiVersion: v1, kind: Pod, metadata: {name: high, labels: {app: high}}, spec: {nodeName: a, priority: 9, containers: "
        "[{name: c, "
        "image: c, resources: {requests: {cpu: 3}}}]}},"
        "{apiVersion: v1, kind: Pod, metadata: {name: late, labels: {app: late}}, spec: {nodeName: b, priority: 5, containers: "
        "[{name: c, "
        "image: c, resources: {requests: {cpu: 2}}}]}, status: {startTime: \"2026-01-02T00:00:00Z\"}},"
        "{apiVersion: v1, kind: Pod, metadata: {name: early, labels: {app: early}}, spec: {nodeName: b, priority: 5, containers: "
        "[{name: "
        "c, image: c, resources: {requests: {cpu: 2}}}]}, status: {startTime: \"2026-01-01T00:00:00Z\"}}%s]}";
    static const char budget[] =
        ",{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: late}, spec: {selector: {matchLabels: {app: "
        "late}}, "
        "minAvailable: 1}, status: {disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1}}";
    static const char wanted[] = "{priority: 10, containers: [{name: a, image: a, resources: {requests: {cpu: 2}}}]}";
    char text[2048];
    Play p;
    snprintf(text, sizeof text, nodes, "");
    place_in(&p, text, wanted);
    assert_int_equal(p.placement.preempts.n, 2);
    assert_int_equal(p.placement.preempts.at[0].node, 1);
    assert_int_equal(p.placement.preempts.at[0].victimCount, 1);
    assert_true(str_eq(p.placement.preempts.at[0].victims[0]->name, S("late")));
    done(&p);
    snprintf(text, sizeof text, nodes, budget);
    place_in(&p, text, wanted);
    assert_true(str_eq(p.placement.preempts.at[0].victims[0]->name, S("early")));
    assert_int_equal(p.placement.preempts.at[0].violations, 0);
    done(&p);
}

static void test_volumes(void **state) {
    (void)state;
    static const char nodes[] =
        "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Node, metadata: {name: a, labels: "
        "{topology.kubernetes.io/zone: x}}, "
        "status: {allocatable: {cpu: 4, pods: 10}}},"
        "{apiVersion: v1, kind: Node, metadata: {name: b, labels: {topology.kubernetes.io/zone: w}}, status: {allocatable: {cpu: "
        "4, pods: "
        "10}}},"
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {volumeName: one, accessModes: "
        "[ReadWriteOnce], "
        "resources: {requests: {storage: 1Gi}}}},"
        "{apiVersion: v1, kind: PersistentVolume, metadata: {name: one%s}, spec: {capacity: {storage: 1Gi}, accessModes: "
        "[ReadWriteOnce], csi: {driver: d, volumeHandle: h}%s}}]}";
    static const char pod[] =
        "{volumes: [{name: v, persistentVolumeClaim: {claimName: data}}], containers: [{name: a, image: a}]}";
    char text[2048];
    Play p;
    snprintf(text, sizeof text, nodes, ", labels: {topology.kubernetes.io/zone: w__z}", "");
    place_in(&p, text, pod);
    assert_int_equal(p.placement.feasible.n, 1);
    assert_int_equal(p.placement.feasible.at[0], 1);
    done(&p);
    snprintf(text, sizeof text, nodes, ", labels: {topology.kubernetes.io/zone: z}", "");
    place_in(&p, text, pod);
    assert_message(&p, "0/2 nodes are available: 2 node(s) had no available volume zone.");
    done(&p);
    snprintf(
        text, sizeof text, nodes, "",
        ", nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: topology.kubernetes.io/zone, operator: NotIn, "
        "values: [x, w]}]}]}}");
    place_in(&p, text, pod);
    assert_message(&p, "0/2 nodes are available: 2 node(s) didn't match PersistentVolume's node affinity.");
    done(&p);
}

static void test_pods_that_are_there(void **state) {
    (void)state;
    Play p;
    place_in(&p, two_nodes, CONTAINER("resources: {requests: {cpu: 2}}"));
    assert_message(&p, "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.");
    done(&p);
    place_in(&p, two_nodes, "{priority: 10, containers: [{name: a, image: a, resources: {requests: {cpu: 2}}}]}");
    assert_int_equal(p.placement.preempts.n, 1);
    assert_int_equal(p.placement.preempts.at[0].node, 0);
    assert_int_equal(p.placement.preempts.at[0].victimCount, 1);
    done(&p);
    place_in(&p, two_nodes, CONTAINER("ports: [{containerPort: 80, hostPort: 80}]"));
    assert_message(
        &p,
        "0/2 nodes are available: 1 node(s) didn't have free ports for the requested pod ports, 1 node(s) were unschedulable.");
    done(&p);
    place_in(&p, two_nodes,
             "{affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: "
             "{matchLabels: {app: "
             "web}}}]}}, containers: [{name: a, image: a}]}");
    assert_message(&p, "0/2 nodes are available: 1 node(s) didn't match pod anti-affinity rules, 1 node(s) were unschedulable.");
    done(&p);
    place_in(&p, two_nodes,
             "{affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: "
             "{matchLabels: {app: "
             "db}}}]}}, containers: [{name: a, image: a}]}");
    assert_message(&p, "0/2 nodes are available: 1 node(s) didn't match pod affinity rules, 1 node(s) were unschedulable.");
    done(&p);
    place_in(&p, two_nodes,
             "{topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: "
             "{matchLabels: {app: "
             "web}}}], containers: [{name: a, image: a}]}");
    assert_message(
        &p, "0/2 nodes are available: 1 node(s) didn't match pod topology spread constraints, 1 node(s) were unschedulable.");
    done(&p);
}

static void test_gates_and_many_pods(void **state) {
    (void)state;
    Play p;
    place(&p, "1x(cpu=4)", "{schedulingGates: [{name: example.com/quota}], containers: [{name: a, image: a}]}");
    assert_string_equal(p.placement.reason, "SchedulingGated");
    done(&p);
    p = (Play){0};
    assert_null(cluster_read_short(&p.cluster, &p.arena, S("2x(cpu=2)")));
    const Document *pod = read_pod(&p.arena, CONTAINER("resources: {requests: {cpu: 700m}}"));
    PodView view = model_pod(pod);
    assert_int_equal(schedule_pods(&p.placement, &p.arena, &p.cluster, view.meta, S(""), view.spec, 6), 4);
    assert_message(&p, "0/2 nodes are available: 2 Insufficient cpu.");
    done(&p);
}

/* Six pods on three nodes; a budget keeps all but `spare` of them. */
static NodeDrain drain(Play *p, const char *nodes, int spare) {
    *p = (Play){0};
    assert_null(cluster_read_short(&p->cluster, &p->arena, str_of(nodes)));
    const Document *pod = read_pod(&p->arena, CONTAINER("resources: {requests: {cpu: 500m}}"));
    PodView view = model_pod(pod);
    schedule_pods(&p->placement, &p->arena, &p->cluster, view.meta, S(""), view.spec, 6);
    Source *source = NEW(&p->arena, Source);
    source_from_bytes(
        source, &p->arena, S("pdb"),
        str_format(&p->arena,
                   "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: b}, spec: {maxUnavailable: %d, "
                   "selector: {matchLabels: {app: web}}}}",
                   spare));
    cluster_add_objects(&p->cluster, &p->arena, source, VERSION_LAST);
    DrainTimes times = {.labels = view.meta->labels, .namespace_ = S("default"), .start = 8, .leaving = 3};
    NodeDrain out;
    node_drain_simulate(&out, &p->arena, &p->cluster, 0, &times);
    return out;
}

static void test_drains_go_by_budgets(void **state) {
    (void)state;
    Play p;
    NodeDrain out = drain(&p, "3x(cpu=2)", 2);
    assert_true(out.done);
    assert_int_equal(out.evicted, 2);
    assert_int_equal(out.end, 3);
    done(&p);
    out = drain(&p, "3x(cpu=2)", 1);
    assert_int_equal(out.end, 13); /* the new pod serves at 8, drain tries again at 10 */
    done(&p);
    out = drain(&p, "3x(cpu=2)", 0);
    assert_false(out.done);
    assert_int_equal(out.evicted, 0);
    done(&p);
    out = drain(&p, "2x(cpu=2)", 1);
    assert_false(out.done); /* no other node takes more than one of them */
    done(&p);
}

static void test_what_is_no_group_of_nodes(void **state) {
    (void)state;
    static const char *const wrong[] = {"x(cpu=4)", "0x(cpu=4)",    "3x(cpu=many)", "3x(cpu)",
                                        "3x(cpu=4", "9999x(cpu=1)", "3x(taint=a)"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        Arena arena = {0};
        Cluster cluster;
        assert_non_null(cluster_read_short(&cluster, &arena, str_of(wrong[i])));
        arena_free(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resources),
        cmocka_unit_test(test_labels_and_taints),
        cmocka_unit_test(test_victims),
        cmocka_unit_test(test_volumes),
        cmocka_unit_test(test_pods_that_are_there),
        cmocka_unit_test(test_gates_and_many_pods),
        cmocka_unit_test(test_what_is_no_group_of_nodes),
        cmocka_unit_test(test_drains_go_by_budgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
