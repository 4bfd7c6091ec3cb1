/* make bench: a day in the life of many pods on the virtual clock.
 *
 *     bench_simulate [PODS]
 *
 * Five kinds of pods take turns: one that only runs, one that crashes again and again, one with three probes that fail now and
 * then, one with init containers and a sidecar, and one whose image cannot be had. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "simulate/simulate.h"

enum { PODS = 1000, DAY = 86400, KINDS = 5 };

typedef struct Example {
    const char *name, *spec, *scenario;
} Example;

static const Example kinds[KINDS] = {
    {"runs", "{containers: [{name: a, image: 'a:1'}]}", "{}"},
    {"crashes", "{containers: [{name: a, image: 'a:1'}]}", "{containers: {a: {runs: [{seconds: 5, exitCode: 1}]}}}"},
    {"three probes",
     "{containers: [{name: a, image: 'a:1', startupProbe: {tcpSocket: {port: 1}}, livenessProbe: {tcpSocket: {port: 1}, "
     "periodSeconds: 5}, "
     "readinessProbe: {tcpSocket: {port: 1}, periodSeconds: 2}}]}",
     "{containers: {a: {live: [{from: 0, result: success}, {from: 700, result: failure}], ready: [{from: 0, result: success}, "
     "{from: 300, "
     "result: failure}, {from: 400, result: success}]}}}"},
    {"init containers and a sidecar",
     "{initContainers: [{name: i, image: 'i:1'}, {name: s, image: 's:1', restartPolicy: Always}], containers: [{name: a, image: "
     "'a:1'}, "
     "{name: b, image: 'b:1', readinessProbe: {tcpSocket: {port: 1}}}]}",
     "{containers: {i: {runs: [{seconds: 3}]}, a: {runs: [{seconds: 900, exitCode: 1}]}, s: {runs: [{seconds: 2000, exitCode: "
     "1}]}}}"},
    {"no image", "{containers: [{name: a, image: 'a:1'}]}", "{containers: {a: {pull: {fail: true}}}}"},
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static const Node *read_yaml(Arena *arena, Source *source, Str text, NodeDocument *out) {
    source_from_bytes(source, arena, S("bench"), text);
    NodeReader reader = {.source = source};
    return node_next(&reader, arena, out) ? out->root : NULL;
}

/* From text to history; returns how many lines it has. */
static uint32_t play(Arena *arena, const Example *kind, bool *cut) {
    Source source, script;
    NodeDocument node, scenarioNode;
    read_yaml(arena, &source, str_format(arena, "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: %s}", kind->spec), &node);
    Document *pod;
    model_build(arena, &source, &node, VERSION_LAST, &pod);
    defaults_apply(arena, pod);
    PodView view = model_pod(pod);
    Scenario scenario;
    ScenarioFaults faults = {0};
    scenario_read(&scenario, arena, read_yaml(arena, &script, str_of(kind->scenario), &scenarioNode), view.spec, &faults);
    scenario.until = DAY;
    Simulation sim;
    simulate(&sim, arena, view.meta, view.spec, &scenario);
    *cut = sim.cut;
    return sim.entries.n;
}

int main(int argc, char **argv) {
    int pods = argc > 1 ? atoi(argv[1]) : PODS;
    Arena arena = {0};
    double seconds[KINDS] = {0}, sum = 0;
    uint32_t lines[KINDS] = {0};
    bool cut[KINDS] = {0};
    for (int i = 0; i < pods; i++) {
        double start = now();
        lines[i % KINDS] = play(&arena, &kinds[i % KINDS], &cut[i % KINDS]);
        seconds[i % KINDS] += now() - start;
        arena_reset(&arena);
    }
    printf("%d pods for a day each\n\n| pod | ms a day | lines of history |\n| --- | --- | --- |\n", pods);
    for (int i = 0; i < KINDS; i++) {
        sum += seconds[i];
        printf("| %s | %.2f | %u%s |\n", kinds[i].name,
               seconds[i] * 1e3 / ((pods + KINDS - 1 - i) / KINDS ? (pods + KINDS - 1 - i) / KINDS : 1), lines[i],
               cut[i] ? ", cut" : "");
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("\nall: %.0f ms, peak memory: %.1f MiB\n", sum * 1e3, (double)usage.ru_maxrss / 1024);
    arena_free(&arena);
    return 0;
}
