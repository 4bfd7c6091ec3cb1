/* What the reports of a comparison share. */
#ifndef PODLINT_DIFF_SHOWN_H
#define PODLINT_DIFF_SHOWN_H

#include "diff_report.h"

/* Where one side of a change is written. */
typedef struct DiffPlace {
    bool there;
    Str file;
    Place place;
} DiffPlace;

/* The place of a path in an object; not there if either is missing. */
DiffPlace diff_place(Arena *arena, const DiffObject *object, const Path *path);

/* The document that a pair is shown by: the new one, or the old one of what was removed. */
const Document *diff_shown(const Pair *pair);

/* Writes the result as JSON. */
void diff_write_json(FILE *out, Arena *arena, const DiffResult *result, const DiffReport *report);

#endif
