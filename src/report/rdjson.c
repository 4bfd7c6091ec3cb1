/* The Reviewdog Diagnostic Format as one JSON object (reviewdog, proto/rdf/reviewdog.proto), with which reviewdog comments on the
 * changed lines of pull requests. Its columns count bytes. */
#include "shared.h"

/* The column in bytes of what stands `bytes` into the excerpt of a finding, or 0 where what stands before it is not known. */
static uint32_t byte_column(const Finding *f, Place place, uint32_t bytes) {
    const Excerpt *excerpt = &f->excerpt;
    if (place.column == 1) return 1;
    bool shown = place.line == f->start.line && !excerpt->cutBefore && bytes <= excerpt->text.len;
    return shown && str_codepoints((Str){excerpt->text.at, bytes}) + 1 == place.column ? bytes + 1 : 0;
}

static json_t *position(uint32_t line, uint32_t column) {
    return column ? json_pack("{s:i,s:i}", "line", (int)line, "column", (int)column) : json_pack("{s:i}", "line", (int)line);
}

/* Whole lines where the column is not known. */
static json_t *range(const Finding *f) {
    uint32_t start = byte_column(f, f->start, f->excerpt.at), end = byte_column(f, f->end, f->excerpt.end);
    json_t *out = json_pack("{s:o}", "start", position(f->start.line, start));
    if (!start || end) json_object_set_new(out, "end", position(f->end.line, start ? end : 0));
    return out;
}

static json_t *diagnostic(Str file, const char *severity, Str message, Str code, json_t *range) {
    json_t *location = json_pack("{s:o}", "path", report_json_text(file));
    if (range) json_object_set_new(location, "range", range);
    return json_pack("{s:o,s:o,s:s,s:{s:o}}", "message", report_json_text(message), "location", location, "severity", severity,
                     "code", "value", report_json_text(code));
}

/* What mends it, if that is one edit: suggestions that stand apart are taken one by one. */
static json_t *suggestions(const FindingFix *fix) {
    const FindingEdit *edit = &fix->edits[0];
    return json_pack("[{s:{s:o,s:o},s:o}]", "range", "start", position(edit->start.line, edit->byteStart), "end",
                     position(edit->end.line, edit->byteEnd), "text", report_json_text(edit->text));
}

void report_rdjson(FILE *out, const Run *run, const ReportSettings *settings) {
    static const char *const severities[] = {
        [SEVERITY_INFO] = "INFO", [SEVERITY_WARNING] = "WARNING", [SEVERITY_ERROR] = "ERROR"};
    Arena arena = {0};
    (void)settings;
    fputs("{\"source\": {\"name\": \"podlint\"}, \"diagnostics\": [", out);
    const char *comma = "\n";
    for (RunWalk walk = {.run = run}; run_next(&walk);) {
        const Finding *f = walk.finding;
        json_t *found = diagnostic(report_file(&arena, walk.file->name), severities[f->severity],
                                   report_sentence(&arena, f, walk.file->settings), f->rule->name, range(f));
        if (f->mend && f->mend->safe && f->mend->editCount == 1) json_object_set_new(found, "suggestions", suggestions(f->mend));
        report_put_json(out, &comma, found);
        arena_reset(&arena);
    }
    for (uint32_t i = 0; i < run->fileCount; i++) {
        if (!run->files[i].error.at) continue;
        Str message = report_unread(&arena, &run->files[i]);
        Str file = report_file(&arena, run->files[i].name);
        report_put_json(out, &comma, diagnostic(file, "ERROR", message, S("unread"), NULL));
    }
    fputs("]}\n", out);
    arena_free(&arena);
}
