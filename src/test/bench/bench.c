/* make bench: what a check costs, as a ratio to libyaml's bare event loop over the same files in the same run.
 *
 *     bench DIRECTORY...
 *
 * Each figure is the fastest of ROUNDS passes, in processor time but for the one on all processors; the passes and the
 * directories take turns, so that a slow moment of the machine hits all of them. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <yaml.h>

#include "lint/selection.h"
#include "run/run.h"
#include "validate/validate.h"
#include "model/diag.h"

enum { ROUNDS = 9, PASSES = 6, MOST_DIRECTORIES = 4 };

static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void only_events(const InputList *list) {
    Arena arena = {0};
    for (uint32_t i = 0; i < list->files.n; i++) {
        Source source;
        source_read(&source, &arena, list->files.at[i].path);
        yaml_parser_t parser;
        yaml_parser_initialize(&parser);
        yaml_parser_set_input_string(&parser, (const unsigned char *)source.text.at, source.text.len);
        for (bool more = true; more;) {
            yaml_event_t event;
            if (!yaml_parser_parse(&parser, &event)) break;
            more = event.type != YAML_STREAM_END_EVENT;
            yaml_event_delete(&event);
        }
        yaml_parser_delete(&parser);
        arena_reset(&arena);
    }
    arena_free(&arena);
}

static void read_all(const InputList *list, bool validate) {
    Arena arena = {0};
    for (uint32_t i = 0; i < list->files.n; i++) {
        Source source;
        source_read(&source, &arena, list->files.at[i].path);
        NodeReader reader = {.source = &source};
        NodeDocument node;
        while (node_next(&reader, &arena, &node)) {
            Document *items;
            uint32_t count = model_build(&arena, &source, &node, VERSION_LAST, &items);
            for (uint32_t j = 0; j < count && validate; j++)
                if (items[j].object) validate_create(&items[j]);
        }
        arena_reset(&arena);
    }
    arena_free(&arena);
}

/* A check as `podlint check` does it, with the default rules or without any. */
static void run_threads(const InputList *list, unsigned threads, bool lint) {
    Arena *arenas = calloc(threads, sizeof *arenas);
    uint8_t *on = calloc(rule_count, sizeof *on);
    Selection selection = {.profiles = lint ? 1 << PROFILE_DEFAULT : 1 << PROFILE_NONE};
    selection_resolve(on, &(RuleSet){0}, &selection);
    LintSettings rules_ = {.on = on};
    FileSettings file = {.minors = {VERSION_LAST}, .minorCount = 1, .on = on};
    if (lint) file.lint = lint_prepare(&arenas[0], &rules_);
    const FileSettings **files = calloc(list->files.n + 1, sizeof *files);
    for (uint32_t i = 0; i < list->files.n; i++) files[i] = &file;
    RunSettings settings = {.threads = threads, .files = files};
    Run run;
    run_check(&run, list, &settings, arenas);
    for (unsigned i = 0; i < threads; i++) arena_free(&arenas[i]);
    free(on);
    free(files);
    free(arenas);
}

static void pass_over(const InputList *list, int pass, unsigned processors) {
    switch (pass) {
    case 0: only_events(list); break;
    case 1: read_all(list, false); break;
    case 2: read_all(list, true); break;
    case 3: run_threads(list, 1, false); break;
    case 4: run_threads(list, 1, true); break;
    default: run_threads(list, processors, true); break;
    }
}

static void print_table(const double best[PASSES]) {
    static const char *const names[PASSES] = {"libyaml's events alone",          "read, decode, default",
                                              "read, decode, default, validate", "a check without lint rules, 1 thread",
                                              "a whole check, 1 thread",         "a whole check, all processors"};
    printf("| pass | ms | ratio to libyaml's events |\n| --- | --- | --- |\n");
    for (int pass = 0; pass < PASSES; pass++)
        printf("| %s | %.1f | %.2f |\n", names[pass], best[pass] * 1e3, best[pass] / best[0]);
    printf("\nthe default lint rules add %.0f %%\n", 100 * (best[4] / best[3] - 1));
}

int main(int argc, char **argv) {
    int count = argc - 1;
    if (count < 1 || count > MOST_DIRECTORIES) {
        fputs("usage: bench DIRECTORY...\n", stderr);
        return 2;
    }
    Arena arena = {0};
    InputList lists[MOST_DIRECTORIES];
    double best[MOST_DIRECTORIES][PASSES];
    for (int i = 0; i < count; i++) {
        lists[i] = (InputList){.arena = &arena};
        input_add(&lists[i], str_of(argv[i + 1]));
        for (int pass = 0; pass < PASSES; pass++) best[i][pass] = 1e9;
    }
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    for (int round = 0; round < ROUNDS; round++)
        for (int pass = 0; pass < PASSES; pass++)
            for (int i = 0; i < count; i++) {
                clockid_t clock = pass < PASSES - 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC;
                double start = now(clock);
                pass_over(&lists[i], pass, (unsigned)processors);
                double seconds = now(clock) - start;
                if (seconds < best[i][pass]) best[i][pass] = seconds;
            }
    printf("fastest of %d rounds, %ld processors\n", ROUNDS, processors);
    for (int i = 0; i < count; i++) {
        printf("\n%u files of %s\n\n", lists[i].files.n, argv[i + 1]);
        print_table(best[i]);
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("peak memory: %.1f MiB\n", (double)usage.ru_maxrss / 1024);
    arena_free(&arena);
    return 0;
}
