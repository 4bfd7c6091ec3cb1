/* Writing what a run found, for people and for programs. */
#ifndef PODLINT_REPORT_H
#define PODLINT_REPORT_H

#include <stdio.h>

#include "run/result.h"

typedef enum ReportFormat {
    REPORT_TEXT,
    REPORT_CONCISE,
    REPORT_JSON,
    REPORT_GITHUB,
    REPORT_SARIF,
    REPORT_JUNIT,
    REPORT_GITLAB,
    REPORT_CHECKSTYLE,
    REPORT_FORMATS
} ReportFormat;

/* The names of the formats. */
extern const char *const report_formats[REPORT_FORMATS];

typedef struct ReportSettings {
    ReportFormat format;
    bool colour;
    bool quiet;                   /* no summary, nothing at all if nothing was found */
    uint8_t minors[MAX_VERSIONS]; /* Kubernetes 1.N of the run */
    uint8_t minorCount;
    bool showIgnored;       /* also what comments and annotations ignore */
    bool podSecurityLevels; /* say which Pod Security level each object meets */
} ReportSettings;

/* Writes what is wrong with a file that is no manifest, with the line where it stands, in the form of a finding. */
void report_fault(FILE *out, Source *source, Arena *arena, Span span, Str message, Str help);

/* Writes the report. Whether the stream took it all is for the caller to see (ferror). */
void report_write(FILE *out, const Run *run, const ReportSettings *settings);

#endif
