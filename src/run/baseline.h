/* The findings that an old repository lives with for now, so that only new ones are reported. A baseline is a JSON file, one
 * finding a line, sorted; findings are known again by what they are (fingerprint.h) and not by their lines. */
#ifndef PODLINT_BASELINE_H
#define PODLINT_BASELINE_H

#include "fingerprint.h"
#include "lint/selection.h"
#include "yaml/source.h"

typedef struct BaselineEntry {
    Identity identity; /* file: as seen from the directory of the baseline */
    uint32_t count;
    uint32_t left; /* of these, not met yet */
} BaselineEntry;

typedef struct Baseline {
    const char *directory;
    ARRAY(BaselineEntry) entries; /* sorted */
} Baseline;

/* Reads the baseline at `path`; false after telling on stderr what is wrong, and where. Allocated in `arena`. */
bool baseline_read(Baseline *out, Arena *arena, const char *path);

/* Gathers the findings of a run into a baseline that will stand at `path`. */
void baseline_gather(Baseline *out, Arena *arena, const char *path, const Run *run);

/* Writes it to `path`; false after telling on stderr what went wrong. */
bool baseline_write(const Baseline *baseline, const char *path);

/* Takes the findings that the baseline knows out of the run, and counts what it left out and what is gone: what the baseline
 * knows of files that were checked or are no more, by rules that are on, and that was not found. */
void baseline_apply(Baseline *baseline, Arena *arena, Run *run);

#endif
