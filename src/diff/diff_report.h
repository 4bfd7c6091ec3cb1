/* Writing what a change would do, for people and for programs. */
#ifndef PODLINT_DIFF_REPORT_H
#define PODLINT_DIFF_REPORT_H

#include <stdio.h>

#include "diff.h"

typedef enum DiffFormat { DIFF_TEXT, DIFF_CONCISE, DIFF_JSON } DiffFormat;

/* How a result is written. */
typedef struct DiffReport {
    DiffFormat format;
    bool colour;
    bool quiet;    /* no summary */
    uint8_t minor; /* Kubernetes 1.N of the comparison */
} DiffReport;

void diff_report_write(FILE *out, Arena *arena, const DiffResult *result, const DiffReport *report);

#endif
