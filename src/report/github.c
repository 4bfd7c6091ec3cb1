/* Workflow commands of GitHub Actions, which it shows beside the changed lines
 * (docs.github.com/actions/reference/workflow-commands-for-github-actions). */
#include "shared.h"

/* Makes text visible, and escapes what has a meaning in a command, or in a property. */
static void put_escaped(FILE *out, Arena *arena, Str text, bool property) {
    Str s = visible(arena, text);
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (c == '%' || (property && (c == ':' || c == ',')))
            fprintf(out, "%%%02X", (unsigned)c);
        else
            fputc(c, out);
    }
}

/* One more line of the message, if there is something to say. */
static void put_line(FILE *out, Arena *arena, const char *label, Str text) {
    if (!text.len) return;
    fprintf(out, "%%0A%s", label);
    put_escaped(out, arena, text, false);
}

static void put_head(FILE *out, Arena *arena, const char *command, Str title, Str file) {
    fprintf(out, "::%s title=", command);
    put_escaped(out, arena, title, true);
    fputs(",file=", out);
    put_escaped(out, arena, file, true);
}

/* GitHub takes columns only within one line, and the end column as that of the last character. */
static void put_region(FILE *out, const Finding *f) {
    fprintf(out, ",line=%u,endLine=%u", f->start.line, f->end.line);
    if (f->start.line != f->end.line) return;
    fprintf(out, ",col=%u,endColumn=%u", f->start.column, f->end.column > f->start.column ? f->end.column - 1 : f->start.column);
}

void report_github(FILE *out, const Run *run, const ReportSettings *settings) {
    static const char *const commands[] = {
        [SEVERITY_INFO] = "notice", [SEVERITY_WARNING] = "warning", [SEVERITY_ERROR] = "error"};
    Arena arena = {0};
    for (RunWalk walk = {.run = run}; run_next(&walk);) {
        const Finding *f = walk.finding;
        put_head(out, &arena, commands[f->severity], f->rule->name, report_file(&arena, walk.file->name));
        put_region(out, f);
        fputs("::", out);
        put_escaped(out, &arena, report_message(&arena, f, walk.file->settings), false);
        put_line(out, &arena, "at: ", f->path);
        put_line(out, &arena, "help: ", f->help);
        fputc('\n', out);
        arena_reset(&arena);
    }
    for (uint32_t i = 0; i < run->fileCount; i++) {
        if (!run->files[i].error.at) continue;
        put_head(out, &arena, "error", S("unread"), report_file(&arena, run->files[i].name));
        fputs("::", out);
        put_escaped(out, &arena, report_unread(&arena, &run->files[i]), false);
        fputc('\n', out);
    }
    arena_free(&arena);
    if (!settings->quiet) report_summary(out, run, settings);
}
