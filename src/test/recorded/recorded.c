/* Compares the phases and the restart delays of the simulator with tables recorded from Kubernetes.
 *
 *     recorded DIRECTORY
 *
 * reads DIRECTORY/phase_table.jsonl and DIRECTORY/backoff.jsonl, prints what differs and the counts,
 * and fails if anything does. */
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "simulate/kubelet.h"
#include "simulate/backoff.h"
#include "test/unit/phase_row.h"

typedef struct Tally {
    const char *name;
    unsigned right, all;
} Tally;

static const char *word(const json_t *row, const char *key) {
    const char *text = json_string_value(json_object_get(row, key));
    return text ? text : "";
}

/* The phase of the row with and without the end of all restarts, and as long as no main container has begun. */
static bool phases_agree(const json_t *row) {
    const json_t *mains = json_object_get(row, "containers");
    PhaseRow in = {word(row, "restartPolicy"),
                   word(row, "initKind"),
                   word(row, "initState"),
                   {json_string_value(json_array_get(mains, 0)), json_string_value(json_array_get(mains, 1))}};
    bool begun = json_is_true(json_object_get(row, "podHasInitialized"));
    return strcmp(phase_names[phase_of_row(&in, false, begun)], word(row, "phase")) == 0 &&
           strcmp(phase_names[phase_of_row(&in, true, begun)], word(row, "phaseTerminal")) == 0 &&
           strcmp(phase_names[phase_of_row(&in, false, false)], word(row, "phaseOtherInit")) == 0;
}

static int64_t number(const json_t *row, const char *key, size_t i) {
    const json_t *list = json_object_get(row, key);
    size_t last = json_array_size(list) - 1;
    return json_integer_value(json_array_get(list, i < last ? i : last));
}

enum { DELAYS_MAX = 64, NO_HOUSEKEEPING = -1 };

typedef struct Series {
    size_t n;
    int64_t waits[DELAYS_MAX], next[DELAYS_MAX]; /* from an end to the start after it; the delay that is then set */
} Series;

/* Second by second, with housekeeping of so many seconds ago done before each look. */
static Series play(const json_t *row, int64_t housekeeping) {
    Series out = {.n = json_array_size(json_object_get(row, "delays"))};
    Backoff backoff = {0};
    int64_t now = 0;
    for (size_t i = 0; i < out.n && i < DELAYS_MAX; i++) {
        int64_t end = now += number(row, "runs", i);
        for (;; now++) {
            if (housekeeping != NO_HOUSEKEEPING) backoff_forget(&backoff, now - housekeeping);
            if (!backoff_waits(&backoff, end, now)) break;
        }
        backoff_next(&backoff, end, now, KUBELET_BACKOFF_FIRST, KUBELET_BACKOFF_LONGEST);
        out.waits[i] = now - end;
        out.next[i] = backoff.delay;
    }
    return out;
}

static bool delays_agree(const json_t *row, int64_t housekeeping, const char *delays, const char *next) {
    Series series = play(row, housekeeping);
    bool same = true;
    for (size_t i = 0; i < series.n; i++)
        same &= series.waits[i] == number(row, delays, i) && series.next[i] == number(row, next, i);
    return same;
}

/* A whole simulation against the series by itself. In a kubelet that looks every second, housekeeping comes last in it: what it
 * forgets counts from the next second on. */
static bool starts_agree(Arena *arena, const json_t *row) {
    Series series = play(row, 1);
    size_t runs = json_array_size(json_object_get(row, "runs"));
    Container container = {.name = S("a"), .image = S("a")};
    PodSpec spec = {.restartPolicy = S("Always"), .containers = {&container, 1}};
    Scenario scenario = scenario_empty();
    ContainerScript *script = scenario_container(&scenario, arena, S("a"));
    script->runs = NEW_ARRAY(arena, ScriptRun, runs);
    script->runCount = (uint32_t)runs;
    for (size_t i = 0; i < runs; i++) script->runs[i] = (ScriptRun){.seconds = number(row, "runs", i), .exitCode = 1};
    scenario.until = 86400;
    Simulation sim;
    simulate(&sim, arena, NULL, &spec, &scenario);
    int64_t end = -1;
    size_t seen = 0;
    for (uint32_t i = 0; i < sim.actions.n && seen < series.n; i++) {
        const SimAction *action = &sim.actions.at[i];
        if (action->kind == ACTION_EXIT) end = action->t;
        if (action->kind == ACTION_START && end >= 0 && action->t - end != series.waits[seen++]) return false;
    }
    return seen == series.n;
}

static void count(Tally *tally, bool right, const json_t *row) {
    tally->all++;
    tally->right += right;
    if (right) return;
    char *text = json_dumps(row, JSON_COMPACT);
    printf("%s: %s\n", tally->name, text);
    free(text);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fputs("usage: recorded DIRECTORY\n", stderr);
        return 2;
    }
    static const char *const files[] = {"phase_table.jsonl", "backoff.jsonl"};
    Tally tallies[] = {{"phases", 0, 0}, {"delays", 0, 0}, {"delays with housekeeping", 0, 0}, {"starts", 0, 0}};
    Arena arena = {0};
    for (int i = 0; i < 2; i++) {
        FILE *file = fopen(str_format(&arena, "%s/%s", argv[1], files[i]).at, "r");
        if (!file) {
            fprintf(stderr, "recorded: cannot read %s/%s\n", argv[1], files[i]);
            return 2;
        }
        for (json_t *row; (row = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)); json_decref(row)) {
            if (i == 0) {
                count(&tallies[0], phases_agree(row), row);
                continue;
            }
            count(&tallies[1], delays_agree(row, NO_HOUSEKEEPING, "delays", "nextBackoff"), row);
            count(&tallies[2], delays_agree(row, 0, "delaysWithGC", "nextBackoffWithGC"), row);
            count(&tallies[3], starts_agree(&arena, row), row);
        }
        fclose(file);
    }
    bool good = true;
    for (size_t i = 0; i < COUNT(tallies); i++) {
        printf("%s%s %u/%u", i ? ", " : "recorded: ", tallies[i].name, tallies[i].right, tallies[i].all);
        good &= tallies[i].all && tallies[i].right == tallies[i].all;
    }
    putchar('\n');
    arena_free(&arena);
    return good ? 0 : 1;
}
