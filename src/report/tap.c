/* The Test Anything Protocol, version 14: an object is a test, a file that cannot be read is one that fails. */
#include "shared.h"

#include <stdlib.h>

#include "base/visible.h"
#include "run/fingerprint.h"

/* Text in a line: what the protocol reads as something else is escaped. */
static void put_line(FILE *out, Arena *arena, Str text) {
    Str shown = visible(arena, text);
    for (size_t i = 0; i < shown.len; i++) {
        if (shown.at[i] == '#' || shown.at[i] == '\\') fputc('\\', out);
        fputc(shown.at[i] == '\n' || shown.at[i] == '\r' ? ' ' : shown.at[i], out);
    }
}

/* A value of the block below a test, in YAML's double quotes, which are JSON's. */
static void put_value(FILE *out, const char *key, Str value) {
    json_t *text = report_json_text(value);
    char *quoted = json_dumps(text, JSON_ENCODE_ANY);
    fprintf(out, "%s: %s\n", key, quoted ? quoted : "\"\"");
    free(quoted);
    json_decref(text);
}

static void put_findings(FILE *out, Arena *arena, const ResultFile *file, const ResultDocument *document) {
    if (!document->findingCount) return;
    fputs("  ---\n  findings:\n", out);
    for (uint32_t i = 0; i < document->findingCount; i++) {
        const Finding *f = &document->findings[i];
        put_value(out, "    - message", report_sentence(arena, f, file->settings));
        put_value(out, "      rule", f->rule->name);
        fprintf(out, "      severity: %s\n", severity_name((Severity)f->severity));
        put_value(out, "      file", report_file(arena, file->name));
        fprintf(out, "      line: %u\n      column: %u\n", f->start.line, f->start.column);
    }
    fputs("  ...\n", out);
}

static bool fails(const ResultDocument *document, const FileSettings *settings) {
    for (uint32_t i = 0; i < document->findingCount; i++)
        if (document->findings[i].severity >= settings->failOn) return true;
    return false;
}

static void put_test(FILE *out, Arena *arena, const ResultFile *file, const ResultDocument *document, uint32_t number) {
    bool failed = fails(document, file->settings);
    Str name = object_name(arena, document);
    if (!name.len) name = str_format(arena, "document %u", document->index + 1);
    fprintf(out, "%s %u - ", failed ? "not ok" : "ok", number);
    put_line(out, arena, str_format(arena, "%.*s: %.*s", TEXT(report_file(arena, file->name)), TEXT(name)));
    if (!failed && document->skipped) fputs(" # SKIP podlint does not judge this kind", out);
    fputc('\n', out);
    put_findings(out, arena, file, document);
}

void report_tap(FILE *out, const Run *run, const ReportSettings *settings) {
    (void)settings;
    Arena arena = {0};
    uint32_t count = 0, number = 0;
    for (uint32_t i = 0; i < run->fileCount; i++) count += run->files[i].documentCount + (run->files[i].error.at != NULL);
    fprintf(out, "TAP version 14\n1..%u\n", count);
    for (uint32_t i = 0; i < run->fileCount; i++) {
        const ResultFile *file = &run->files[i];
        if (file->error.at) {
            fprintf(out, "not ok %u - ", ++number);
            put_line(out, &arena,
                     str_format(&arena, "%.*s: %.*s", TEXT(report_file(&arena, file->name)), TEXT(report_unread(&arena, file))));
            fputc('\n', out);
        }
        for (uint32_t j = 0; j < file->documentCount; j++) put_test(out, &arena, file, &file->documents[j], ++number);
        arena_reset(&arena);
    }
    arena_free(&arena);
}
