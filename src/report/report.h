/* Writing what a run found, for people and for programs. */
#ifndef PODLINT_REPORT_H
#define PODLINT_REPORT_H

#include <stdio.h>

#include "input/input.h"
#include "run/result.h"

typedef struct ReportSettings ReportSettings;
typedef void ReportWriter(FILE *out, const Run *run, const ReportSettings *settings);

typedef enum ReportPlaces {
    PLACES_AS_READ,  /* of what was rendered those in the text that the command printed */
    PLACES_IN_FILES, /* programs take every place for one in the file */
} ReportPlaces;

typedef struct ReportFormat {
    const char *name;
    const char *note; /* a few words for a list of the formats, or NULL */
    ReportPlaces places;
    ReportWriter *write;
} ReportFormat;

/* The first one is for people at a terminal. */
extern const ReportFormat report_formats[];
extern const size_t report_format_count;

struct ReportSettings {
    const ReportFormat *format;
    bool colour;
    bool quiet;                   /* no summary, nothing at all if nothing was found */
    uint8_t minors[MAX_VERSIONS]; /* Kubernetes 1.N of the run */
    uint8_t minorCount;
    bool showIgnored;       /* also what comments and annotations ignore */
    bool podSecurityLevels; /* say which Pod Security level each object meets */
};

/* Writes what each document of each file was taken for and why, a line a document, and what of the list was left out; as text,
 * or as JSON. */
void report_show_files(FILE *out, const Run *run, const InputList *list, bool json);

/* Writes how often each rule was broken, the most frequent first, and of which kinds there are objects that were not judged; as
 * text, or as JSON. */
void report_statistics(FILE *out, const Run *run, bool json);

/* Writes what is wrong with a file that is no manifest, with the line where it stands, in the form of a finding. */
void report_fault(FILE *out, Source *source, Arena *arena, Span span, Str message, Str help);

/* Writes the report. Whether the stream took it all is for the caller to see (ferror). */
void report_write(FILE *out, const Run *run, const ReportSettings *settings);

#endif
