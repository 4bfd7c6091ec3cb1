/* What people read: every finding with its source line, or in one line. */
#include "shared.h"
#include "base/width.h"
#include "run/fingerprint.h"

static const char *severity_colour(const Palette *p, uint8_t severity) {
    return severity == SEVERITY_ERROR ? p->red : severity == SEVERITY_WARNING ? p->yellow : p->blue;
}

/* A part of a source line; tabs stay, so that columns do. */
static Str visible_source(Arena *arena, Str text) {
    Buf out = {.arena = arena};
    ptrdiff_t tab = str_find(text, '\t');
    if (tab < 0) return visible(arena, text);
    for (; tab >= 0; tab = str_find(text, '\t')) {
        buf_str(&out, visible(arena, (Str){text.at, (size_t)tab}));
        buf_char(&out, '\t');
        text = str_slice(text, (size_t)tab + 1);
    }
    buf_str(&out, visible(arena, text));
    return buf_text(&out);
}

/* As much white space as a part of a source line takes. */
static void put_blank(FILE *out, Str text) {
    for (ptrdiff_t tab; text.len; text = str_slice(text, (size_t)tab)) {
        tab = str_find(text, '\t');
        if (tab < 0) tab = (ptrdiff_t)text.len;
        fprintf(out, "%*s", (int)text_width((Str){text.at, (size_t)tab}), "");
        if ((size_t)tab == text.len) return;
        fputc('\t', out);
        tab++;
    }
}

/* A source line with what is wrong underlined. */
static void write_snippet(FILE *out, Arena *arena, const Palette *p, const Finding *f, int width) {
    const Excerpt *excerpt = &f->excerpt;
    Str before = visible_source(arena, (Str){excerpt->text.at, excerpt->at});
    Str marked = visible_source(arena, (Str){excerpt->text.at + excerpt->at, excerpt->end - excerpt->at});
    Str after = visible_source(arena, str_slice(excerpt->text, excerpt->end));
    fprintf(out, "%s%*u |%s %s%.*s%.*s%.*s", p->blue, width, f->start.line, p->reset, excerpt->cutBefore ? "..." : "",
            TEXT(before), TEXT(marked), TEXT(after));
    fprintf(out, "%s\n%s%*s |%s %s", excerpt->cutAfter ? "..." : "", p->blue, width, "", p->reset,
            excerpt->cutBefore ? "   " : "");
    put_blank(out, before);
    fputs(severity_colour(p, f->severity), out);
    size_t marks = text_width(marked);
    for (size_t i = 0; i < (marks ? marks : 1); i++) fputc('^', out);
    fprintf(out, "%s\n", p->reset);
}

static const char *severity_word(const Finding *f) {
    return f->ignored ? "ignored" : severity_name((Severity)f->severity);
}

static int digits(uint32_t n) {
    int count = 1;
    while (n /= 10) count++;
    return count;
}

/* What stands around a finding where people read it. */
typedef struct Shown {
    FILE *out;
    Arena *arena;
    const Palette *palette;
    const FileSettings *settings; /* of its file */
    Str file;
    Str object; /* what the finding is about, where that has to be said */
} Shown;

/* "line 12: its reason" */
static void write_ignore(const Shown *s, const Ignore *ignore) {
    fprintf(s->out, "line %u", ignore->start.line);
    Str reason = visible(s->arena, ignore->reason);
    if (reason.len) fprintf(s->out, ": %.*s", TEXT(reason));
}

static void write_finding_text(const Shown *s, const Finding *f) {
    FILE *out = s->out;
    const Palette *p = s->palette;
    Str message = report_message(s->arena, f, s->settings);
    fprintf(out, "%s%.*s:%u:%u:%s %s%s[%.*s]%s: %s%.*s%s", p->bold, TEXT(s->file), f->start.line, f->start.column, p->reset,
            severity_colour(p, f->severity), severity_word(f), TEXT(f->rule->name), p->reset, p->bold, TEXT(message), p->reset);
    fputc('\n', out);
    int width = digits(f->start.line);
    if (f->excerpt.text.len) write_snippet(out, s->arena, p, f, width);
    Str of = str_join(s->arena, s->object, s->object.len && f->path.len ? S(": ") : S(""));
    Str at = visible(s->arena, str_join(s->arena, of, f->path));
    if (at.len) fprintf(out, "%*s %s= at:%s %.*s\n", width, "", p->blue, p->reset, TEXT(at));
    if (f->help.len) fprintf(out, "%*s %s= help:%s %.*s\n", width, "", p->blue, p->reset, TEXT(f->help));
    if (f->mend)
        fprintf(out, "%*s %s= fixable with podlint fix%s%s\n", width, "", p->blue, f->mend->safe ? "" : " --unsafe", p->reset);
    if (f->ignored) {
        fprintf(out, "%*s %s= ignored by:%s ", width, "", p->blue, p->reset);
        write_ignore(s, f->ignored);
        fputc('\n', out);
    }
    for (uint32_t i = 0; i < f->noteCount; i++) {
        Str line = visible(s->arena, str_trim(f->notes[i].line));
        fprintf(out, "%*s %s= note:%s line %u (%.*s): %.*s\n", width, "", p->blue, p->reset, f->notes[i].place.line,
                TEXT(f->notes[i].text), TEXT(line));
    }
    fputc('\n', out);
}

static void write_finding_concise(const Shown *s, const Finding *f) {
    const Palette *p = s->palette;
    fprintf(s->out, "%.*s:%u:%u: %s%s%s[%.*s]: %.*s", TEXT(s->file), f->start.line, f->start.column,
            severity_colour(p, f->severity), severity_word(f), p->reset, TEXT(f->rule->name),
            TEXT(report_sentence(s->arena, f, s->settings)));
    if (f->ignored) {
        fputs("; ignored by ", s->out);
        write_ignore(s, f->ignored);
    }
    fputc('\n', s->out);
}

/* Which Pod Security level an object meets, and what the stricter ones refuse, each check at the first level that has it. */
static void write_pod_security(const Shown *s, const ResultDocument *document) {
    FILE *out = s->out;
    const Palette *p = s->palette;
    Str kind = visible(s->arena, document->kind), name = visible(s->arena, document->name);
    const PodSecurityVerdict *verdict = &document->podSecurity;
    uint32_t told = 0;
    if (!verdict->known) return;
    fprintf(out, "%s%.*s:%u:%s %.*s%s%.*s meets the level %s%s%s", p->bold, TEXT(s->file), document->line, p->reset, TEXT(kind),
            name.len ? " " : "", TEXT(name), p->bold, pod_security_levels[verdict->level], p->reset);
    for (unsigned level = verdict->level + 1u; level < POD_SECURITY_LEVELS; level++) {
        uint32_t more = verdict->failed[level] & ~told;
        if (!more) continue;
        fprintf(out, "; %s %srefuses ", pod_security_levels[level], told ? "also " : "");
        const char *comma = "";
        for (unsigned i = 0; pod_security_check_name(i).len; i++) {
            if (!(more >> i & 1)) continue;
            fprintf(out, "%s%.*s", comma, TEXT(pod_security_check_name(i)));
            comma = ", ";
        }
        told |= more;
    }
    fputc('\n', out);
}

static void write_findings(const Shown *shown, const Finding *findings, uint32_t count, bool concise) {
    for (uint32_t i = 0; i < count; i++)
        if (concise)
            write_finding_concise(shown, &findings[i]);
        else
            write_finding_text(shown, &findings[i]);
}

static void write_people(FILE *out, const Run *run, const ReportSettings *settings, bool concise) {
    Arena arena = {0};
    Shown shown = {.out = out, .arena = &arena, .palette = report_palette(settings->colour)};
    for (uint32_t i = 0; i < run->fileCount; i++) {
        const ResultFile *file = &run->files[i];
        shown.settings = file->settings;
        for (uint32_t j = 0; j < file->documentCount; j++) {
            const ResultDocument *document = &file->documents[j];
            shown.file = visible(&arena, report_shown_name(file->name));
            shown.object = file->documentCount > 1 ? object_name(&arena, document) : S("");
            if (file->rendered.at) shown.file = str_join(&arena, shown.file, S(" (rendered)"));
            write_findings(&shown, document->findings, document->findingCount, concise);
            if (settings->showIgnored) write_findings(&shown, document->ignored, document->ignoredCount, concise);
            if (settings->podSecurityLevels) write_pod_security(&shown, document);
            arena_reset(&arena);
        }
    }
    arena_free(&arena);
    if (!settings->quiet) report_summary(out, run, settings);
}

void report_text(FILE *out, const Run *run, const ReportSettings *settings) {
    write_people(out, run, settings, false);
}

void report_concise(FILE *out, const Run *run, const ReportSettings *settings) {
    write_people(out, run, settings, true);
}

void report_fault(FILE *out, Source *source, Arena *arena, Span span, Str message, Str help) {
    Finding shown = {.severity = SEVERITY_ERROR};
    int width = 1;
    Str name = visible(arena, source->name), what = visible(arena, message), mend = visible(arena, help);
    fprintf(out, "%.*s:", TEXT(name));
    if (source->text.len) {
        shown.start = source_place(source, arena, span.at);
        shown.excerpt = source_excerpt(source, arena, span);
        width = digits(shown.start.line);
        fprintf(out, "%u:%u:", shown.start.line, shown.start.column);
    }
    fprintf(out, " error: %.*s\n", TEXT(what));
    if (shown.excerpt.text.len) write_snippet(out, arena, report_palette(false), &shown, width);
    if (mend.len) fprintf(out, "%*s = help: %.*s\n", width, "", TEXT(mend));
}
