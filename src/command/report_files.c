#include "report_files.h"

#include "base/output.h"

void list_formats(Choices *out) {
    for (size_t i = 0; i < report_format_count; i++) choice_add(out, report_formats[i].name, (int)i, report_formats[i].note);
}

bool take_format(const Command *command, const char *option, const char *value, const ReportFormat **format) {
    int number = choose(command, option, value, list_formats);
    if (number >= 0) *format = &report_formats[number];
    return number >= 0;
}

bool report_files_add(ReportFiles *files, const Command *command, const char *value) {
    const char *equals = strchr(value, '=');
    if (!equals || !equals[1]) {
        bool format = false;
        for (size_t i = 0; i < report_format_count; i++) format |= strcmp(report_formats[i].name, value) == 0;
        usage_error(command, "--output takes FORMAT=FILE, such as sarif=podlint.sarif, not \"%s\"%s%s%s", value,
                    format ? "; for standard output write --format " : "", format ? value : "", format ? " instead" : "");
        return false;
    }
    char *name = arena_cstr(files->arena, (Str){value, (size_t)(equals - value)});
    ReportFile file = {.path = equals + 1};
    if (!take_format(command, "output", name, &file.format)) return false;
    for (uint32_t i = 0; i < files->items.n; i++) {
        if (strcmp(files->items.at[i].path, file.path) != 0) continue;
        usage_error(command, "--output names %s twice", strcmp(file.path, "-") == 0 ? "standard output" : file.path);
        return false;
    }
    ARRAY_PUSH(files->arena, &files->items, file);
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
