/* Writing what a change would do, for people and for programs. */
#ifndef PODLINT_DIFF_REPORT_H
#define PODLINT_DIFF_REPORT_H

#include "diff.h"
#include "report/report.h"

/* Writes the result; `settings->minor` and `colour` as for a check. */
void diff_report_write(FILE *out, Arena *arena, const DiffResult *result, const ReportSettings *settings);

#endif
