/* The reports that --output asks for. */
#ifndef PODLINT_COMMAND_REPORT_FILES_H
#define PODLINT_COMMAND_REPORT_FILES_H

#include "report/report.h"
#include "command.h"

typedef struct ReportFile {
    const ReportFormat *format;
    const char *path; /* "-" is standard output */
} ReportFile;

typedef struct ReportFiles {
    Arena *arena;
    ARRAY(ReportFile) items;
} ReportFiles;

/* The names of the formats. */
ListChoices list_formats;

/* The format that `value` names; false after telling what --`option` takes. */
bool take_format(const Command *command, const char *option, const char *value, const ReportFormat **format);

/* Adds what --output takes, FORMAT=FILE; false after telling what is wrong with it. */
bool report_files_add(ReportFiles *files, const Command *command, const char *value);

/* Writes the run to all of them, and to standard output in the format of `settings` unless one of them stands for it. False after
 * telling on stderr which could not be written. */
bool report_files_write(const ReportFiles *files, const Run *run, const ReportSettings *settings);

#endif
