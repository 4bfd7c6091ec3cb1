/* The formats, and what their writers share. */
#ifndef PODLINT_REPORT_SHARED_H
#define PODLINT_REPORT_SHARED_H

#include <jansson.h>

#include "base/visible.h"
#include "report.h"

/* A row a format, in the order of the help: its name, which is that of its writer behind report_, what places it gives, and what
 * a list of formats says of it (NULL: nothing). */
#define REPORT_FORMATS(ROW)                                        \
    ROW(text, PLACES_AS_READ, "with the source line, the default") \
    ROW(concise, PLACES_AS_READ, "one line each")                  \
    ROW(json, PLACES_AS_READ, NULL)                                \
    ROW(github, PLACES_IN_FILES, "workflow commands")              \
    ROW(sarif, PLACES_IN_FILES, NULL)                              \
    ROW(rdjson, PLACES_IN_FILES, "reviewdog")                      \
    ROW(junit, PLACES_IN_FILES, NULL)                              \
    ROW(gitlab, PLACES_IN_FILES, "Code Quality")                   \
    ROW(checkstyle, PLACES_IN_FILES, NULL)                         \
    ROW(tap, PLACES_IN_FILES, NULL)

#define ROW(name, places, note) ReportWriter report_##name;
REPORT_FORMATS(ROW)
#undef ROW

/* Escape sequences; empty without colours. */
typedef struct Palette {
    const char *bold, *red, *yellow, *blue, *dim, *reset;
} Palette;

const Palette *report_palette(bool colour);

/* A JSON string; bytes that are no UTF-8 are replaced. */
json_t *report_json_text(Str s);

/* Writes a value of a list behind `before`, which is a comma from then on, and lets go of it. Written one by one, a large run
 * needs no second copy of itself. */
void report_put_json(FILE *out, const char **before, json_t *value);

/* What people call a file: its name, or <stdin>. */
Str report_shown_name(Str file);

/* What programs call a file: its path from the current directory, or <stdin>. */
Str report_file(Arena *arena, Str name);

/* What is said of a file that could not be read. */
Str report_unread(Arena *arena, const ResultFile *file);

/* The message, with the versions of its file that a finding is limited to. */
Str report_message(Arena *arena, const Finding *finding, const FileSettings *settings);

/* The message and what to do, in one line. */
Str report_sentence(Arena *arena, const Finding *finding, const FileSettings *settings);

/* The line that ends a report for people. */
void report_summary(FILE *out, const Run *run, const ReportSettings *settings);

#endif
