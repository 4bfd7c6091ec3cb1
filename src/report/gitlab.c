/* GitLab's Code Quality report (docs.gitlab.com/ci/testing/code_quality, "Code Quality report format"). */
#include "shared.h"
#include "run/fingerprint.h"

static json_t *issue(Str description, Str check, Str fingerprint, const char *severity, Str file, uint32_t first, uint32_t last) {
    json_t *lines = json_pack("{s:i,s:i}", "begin", (int)first, "end", (int)last);
    json_t *location = json_pack("{s:o,s:o}", "path", report_json_text(file), "lines", lines);
    return json_pack("{s:o,s:o,s:o,s:s,s:o}", "description", report_json_text(description), "check_name", report_json_text(check),
                     "fingerprint", report_json_text(fingerprint), "severity", severity, "location", location);
}

void report_gitlab(FILE *out, const Run *run, const ReportSettings *settings) {
    static const char *const severities[] = {
        [SEVERITY_INFO] = "info", [SEVERITY_WARNING] = "minor", [SEVERITY_ERROR] = "critical"};
    Arena kept = {0}, arena = {0};
    Str *prints = fingerprints(&kept, run);
    (void)settings;
    const char *comma = "[";
    for (RunWalk walk = {.run = run}; run_next(&walk);) {
        const Finding *f = walk.finding;
        report_put_json(out, &comma,
                        issue(report_sentence(&arena, f, walk.file->settings), f->rule->name, *prints++, severities[f->severity],
                              report_file(&arena, walk.file->name), f->start.line, f->end.line));
        arena_reset(&arena);
    }
    for (uint32_t i = 0; i < run->fileCount; i++) {
        if (!run->files[i].error.at) continue;
        Str file = report_file(&arena, run->files[i].name);
        report_put_json(out, &comma,
                        issue(report_unread(&arena, &run->files[i]), S("unread"),
                              str_format(&arena, "unread-%08x", str_hash(file)), severities[SEVERITY_ERROR], file, 1, 1));
    }
    fputs(*comma == '[' ? "[]\n" : "]\n", out);
    arena_free(&kept);
    arena_free(&arena);
}
