/* What the writers of the single formats share; report.c has the table of them. */
#ifndef PODLINT_REPORT_FORMATS_H
#define PODLINT_REPORT_FORMATS_H

#include <jansson.h>

#include "report.h"

typedef void ReportWriter(FILE *out, const Run *run, const ReportSettings *settings);

ReportWriter report_github, report_sarif, report_junit, report_gitlab, report_checkstyle;

/* A JSON string; bytes that are no UTF-8 are replaced. */
json_t *report_json(Str s);

/* What programs call a file: its path from the current directory, or <stdin>. */
Str report_file(Arena *arena, Str name);

/* The message, with the versions of its file that a finding is limited to. */
Str report_message(Arena *arena, const Finding *finding, const FileSettings *settings);

/* The message and what to do, in one line. */
Str report_sentence(Arena *arena, const Finding *finding, const FileSettings *settings);

/* The line that ends a report for people. */
void report_summary(FILE *out, const Run *run, const ReportSettings *settings);

#endif
