#include "report_files.h"

#include "base/output.h"

bool report_files_add(ReportFiles *files, const Command *command, const char *value) {
    const char *equals = strchr(value, '=');
    if (!equals || !equals[1]) {
        bool format = false;
        for (size_t i = 0; i < REPORT_FORMATS; i++) format |= strcmp(report_formats[i], value) == 0;
        usage_error(command, "--output takes FORMAT=FILE, such as sarif=podlint.sarif, not \"%s\"%s%s%s", value,
                    format ? "; for standard output write --format " : "", format ? value : "", format ? " instead" : "");
        return false;
    }
    char *name = arena_cstr(files->arena, (Str){value, (size_t)(equals - value)});
    int format = choose(command, "output", name, report_formats, REPORT_FORMATS);
    if (format < 0) return false;
    for (uint32_t i = 0; i < files->items.n; i++) {
        if (strcmp(files->items.at[i].path, equals + 1) != 0) continue;
        usage_error(command, "--output names %s twice", strcmp(equals + 1, "-") == 0 ? "standard output" : equals + 1);
        return false;
    }
    ARRAY_PUSH(files->arena, &files->items, (ReportFile){(ReportFormat)format, equals + 1});
    return true;
}

static bool write_file(const ReportFile *file, const Run *run, ReportSettings settings) {
    Output output;
    settings.format = file->format;
    settings.colour = false;
    if (!output_open(&output, file->path)) return false;
    report_write(output.stream, run, &settings);
    return output_close(&output);
}

bool report_files_write(const ReportFiles *files, const Run *run, const ReportSettings *settings) {
    ReportSettings standard = *settings;
    bool good = true;
    for (uint32_t i = 0; i < files->items.n; i++)
        if (strcmp(files->items.at[i].path, "-") == 0) standard.format = files->items.at[i].format;
    report_write(stdout, run, &standard);
    for (uint32_t i = 0; i < files->items.n; i++)
        if (strcmp(files->items.at[i].path, "-") != 0) good = write_file(&files->items.at[i], run, *settings) && good;
    return good;
}
