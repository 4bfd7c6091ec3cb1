/* Mends files: what was found is turned into changes (way.h), these into edits of the text (edit.h), and only what libyaml and
 * libfyaml read as it was meant (verify.h), and what a check finds better and nowhere worse, is kept. */
#ifndef PODLINT_FIX_H
#define PODLINT_FIX_H

#include "run/run.h"

/* A finding that was mended. */
typedef struct FixedFinding {
    const Rule *rule;
    Str places; /* the paths at which something changed, from the root of the document, separated by spaces */
    bool safe;
} FixedFinding;

/* A file that was mended. */
typedef struct FixedFile {
    Str name;
    Str before, after; /* the whole text, without a byte order mark */
    bool mark;         /* it has one */
    uint32_t fixes;
    ARRAY(FixedFinding) findings; /* none where comments were added */
} FixedFile;

typedef struct FixResult {
    ARRAY(FixedFile) files;
    uint32_t fixes;
    uint32_t unsafe; /* fixes that were left out because they are not safe */
} FixResult;

/* Mends the files of a list as far as that goes, in several rounds: what stands in a mended file is the text of its row from then
 * on. Nothing is written. `unsafe`: also where someone else might decide otherwise. */
void fix_files(FixResult *out, Arena *arena, InputList *list, const RunSettings *settings, bool unsafe);

/* Finds out which findings of a run have a fix (Finding.mend), allocated in `arenas`, one a thread, and counts them. Nothing is
 * mended. */
void fix_offer(Run *run, Arena *arenas, const InputList *list, const RunSettings *settings);

/* Keeps the new text of a file, in which `fixes` places were mended, for its row and for the result; `source` is what it was. */
void fix_keep(FixResult *out, Arena *arena, InputFile *input, const Source *source, Str text, uint32_t fixes);

#endif
