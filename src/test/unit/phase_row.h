/* A row of a phase table: states of containers by short names, and the phase that they give. */
#ifndef PODLINT_TEST_PHASE_ROW_H
#define PODLINT_TEST_PHASE_ROW_H

#include "simulate/simulate.h"

enum { PHASE_ROW_CONTAINERS = 3 };

typedef struct PhaseRow {
    const char *restartPolicy;
    const char *initKind;  /* "none", "init" or "sidecar": the first container */
    const char *initState; /* waiting, running, runningNotStarted, terminated0, terminated1; waitingAfter0: it ran before */
    const char *mains[2];  /* the others' states; the second may be NULL */
} PhaseRow;

static inline SimStatus phase_row_status(const char *word) {
    Str name = str_of(word);
    SimState ended = {.kind = STATE_TERMINATED, .reason = S("Error"), .exitCode = str_ends(name, S("0")) ? 0 : 1};
    if (ended.exitCode == 0) ended.reason = S("Completed");
    if (str_starts(name, S("running")))
        return (SimStatus){.state.kind = STATE_RUNNING, .started = !str_ends(name, S("NotStarted"))};
    if (str_starts(name, S("terminated"))) return (SimStatus){.state = ended};
    SimStatus status = {.state = {.kind = STATE_WAITING, .reason = S("ContainerCreating")}};
    if (str_starts(name, S("waitingAfter"))) status.last = ended;
    return status;
}

static inline Phase phase_of_row(const PhaseRow *row, bool over, bool begun) {
    static const Container container;
    PodSpec spec = {.restartPolicy = str_of(row->restartPolicy)};
    SimContainer containers[PHASE_ROW_CONTAINERS];
    SimStatus statuses[PHASE_ROW_CONTAINERS];
    Container sidecar = {.restartPolicy = S("Always")};
    uint32_t n = 0;
    if (strcmp(row->initKind, "none") != 0) {
        bool stays = strcmp(row->initKind, "sidecar") == 0;
        containers[n] = (SimContainer){S("i"), stays ? ROLE_SIDECAR : ROLE_INIT, stays ? &sidecar : &container};
        statuses[n++] = phase_row_status(row->initState);
    }
    for (int i = 0; i < 2 && row->mains[i]; i++) {
        containers[n] = (SimContainer){S("c"), ROLE_MAIN, &container};
        statuses[n++] = phase_row_status(row->mains[i]);
    }
    return simulate_phase(&spec, containers, statuses, n, over, begun);
}

#endif
