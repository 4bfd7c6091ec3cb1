/* Times policy expressions over one pod: compiling them, and evaluating all of them over the typed object, over its nodes and
 * over JSON values.
 *
 *     bench_cel FILE    {"exprs": [...], "object": {...}}
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cel/cel.h"
#include "cel/json.h"
#include "model/model.h"

enum { MAX_EXPRESSIONS = 256, BATCHES = 40, ROUNDS = 250 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static const CelVariable variables[] = {{STR("object"), &cel_dyn}};
static const CelEnv env = {.variables = variables, .count = 1};

typedef struct Set {
    CelProgram *programs[MAX_EXPRESSIONS];
    uint32_t n;
} Set;

/* The microseconds that all programs take, as the median of several batches. */
static double measure(const Set *set, Value object, const char *name) {
    double times[BATCHES];
    Arena arena = {0};
    size_t failed = 0;
    for (int batch = 0; batch < BATCHES; batch++) {
        double start = now();
        for (int round = 0; round < ROUNDS; round++) {
            arena_reset(&arena);
            CelRun run;
            cel_start(&run, &arena, &env, &object);
            for (uint32_t i = 0; i < set->n; i++) failed += is_error(cel_evaluate(&run, set->programs[i]));
        }
        times[batch] = (now() - start) / ROUNDS;
    }
    arena_free(&arena);
    qsort(times, BATCHES, sizeof *times, by_size);
    printf("%-8s %6.2f us for %u expressions, best %.2f us; %zu without a value\n", name, times[BATCHES / 2], set->n, times[0],
           failed / BATCHES / ROUNDS);
    return times[BATCHES / 2];
}

static void compile(Set *set, Arena *arena, Eval *ev, Value list) {
    double start = now();
    for (set->n = 0; set->n < list.len && set->n < MAX_EXPRESSIONS; set->n++) {
        CelFault fault = {0};
        Str text = value_str(list_item(ev, list, set->n));
        set->programs[set->n] = cel_compile(arena, &env, text, &fault);
        if (set->programs[set->n]) continue;
        fprintf(stderr, "%.*s: %.*s\n", (int)text.len, text.at, (int)fault.message.len, fault.message.at);
        exit(1);
    }
    printf("compile  %6.0f us for %u expressions\n", now() - start, set->n);
}

int main(int argc, char **argv) {
    Arena arena = {0};
    Source file, source;
    Value input;
    size_t at;
    if (argc != 2 || source_read(&file, &arena, str_of(argv[1])) || !json_read(&arena, file.text, &input, &at)) {
        fputs("usage: bench_cel FILE\n", stderr);
        return 2;
    }
    Eval ev = {.arena = &arena, .steps = INT64_MAX};
    Value object = map_find(&ev, input, value_string(S("object"))), list = map_find(&ev, input, value_string(S("exprs")));
    static Set set;
    compile(&set, &arena, &ev, list);
    compile(&set, &arena, &ev, list);
    Buf text = {.arena = &arena};
    json_write_plain(&text, &ev, object);
    source_from_bytes(&source, &arena, S("object"), buf_text(&text));
    NodeReader reader = {.source = &source};
    NodeDocument node;
    Document *document;
    if (!node_next(&reader, &arena, &node) || !model_build(&arena, &source, &node, VERSION_LAST, &document) || !document->object)
        return 1;
    measure(&set, value_of_struct(document->type, document->object), "typed");
    measure(&set, value_of_node(document->root), "nodes");
    measure(&set, object, "JSON");
    arena_free(&arena);
    return 0;
}
