#include "shared.h"
#include "run/fingerprint.h"
#include "input/input.h"

typedef struct Palette {
    const char *bold, *red, *yellow, *blue, *dim, *reset;
} Palette;

static const Palette colours = {"\033[1m", "\033[1;31m", "\033[1;33m", "\033[1;34m", "\033[2m", "\033[0m"};
static const Palette plain = {"", "", "", "", "", ""};

static const char *severity_colour(const Palette *p, uint8_t severity) {
    return severity == SEVERITY_ERROR ? p->red : severity == SEVERITY_WARNING ? p->yellow : p->blue;
}

static const Palette *palette(const ReportSettings *settings) {
    return settings->colour ? &colours : &plain;
}

static Str shown_name(Str file) {
    return str_eq(file, S("-")) ? S("<stdin>") : file;
}

Str report_file(Arena *arena, Str name) {
    return shown_name(input_relative(arena, ".", name));
}

static bool is_control(char c) {
    return (unsigned char)c < 0x20 || c == 0x7F;
}

/* Text of the user's, without what a terminal would take for a command. */
static Str printable(Arena *arena, Str text) {
    Buf out = {.arena = arena};
    for (size_t i = 0; i < text.len; i++) buf_char(&out, is_control(text.at[i]) ? ' ' : text.at[i]);
    return buf_text(&out);
}

/* A source line with what is wrong underlined. */
static void write_snippet(FILE *out, const Palette *p, const Finding *f, int width) {
    const Excerpt *excerpt = &f->excerpt;
    Str shown = excerpt->text;
    fprintf(out, "%s%*u |%s %s", p->blue, width, f->start.line, p->reset, excerpt->cutBefore ? "..." : "");
    for (size_t i = 0; i < shown.len; i++) fputc(is_control(shown.at[i]) && shown.at[i] != '\t' ? ' ' : shown.at[i], out);
    fprintf(out, "%s\n%s%*s |%s %s", excerpt->cutAfter ? "..." : "", p->blue, width, "", p->reset,
            excerpt->cutBefore ? "   " : "");
    for (size_t i = 0; i < excerpt->at; i++)
        if (((unsigned char)shown.at[i] & 0xC0) != 0x80) fputc(shown.at[i] == '\t' ? '\t' : ' ', out);
    fputs(severity_colour(p, f->severity), out);
    size_t marks = str_codepoints((Str){shown.at + excerpt->at, excerpt->end - excerpt->at});
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

Str report_message(Arena *arena, const Finding *f, const FileSettings *settings) {
    uint16_t all = (uint16_t)((1u << settings->minorCount) - 1);
    if (settings->minorCount < 2 || f->versions == all) return f->message;
    Buf text = {.arena = arena};
    buf_str(&text, f->message);
    const char *before = " (";
    for (unsigned i = 0; i < settings->minorCount; i++) {
        if (!(f->versions >> i & 1)) continue;
        buf_format(&text, "%s1.%u", before, settings->minors[i]);
        before = ", ";
    }
    buf_str(&text, S(" only)"));
    return buf_text(&text);
}

Str report_sentence(Arena *arena, const Finding *f, const FileSettings *settings) {
    Str text = report_message(arena, f, settings);
    return f->help.len ? str_format(arena, "%.*s; %.*s", TEXT(text), TEXT(f->help)) : text;
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
    if (ignore->reason.len) fprintf(s->out, ": %.*s", TEXT(printable(s->arena, ignore->reason)));
}

static void write_finding_text(const Shown *s, const Finding *f) {
    FILE *out = s->out;
    const Palette *p = s->palette;
    Str message = report_message(s->arena, f, s->settings);
    fprintf(out, "%s%.*s:%u:%u:%s %s%s[%.*s]%s: %s%.*s%s", p->bold, TEXT(s->file), f->start.line, f->start.column, p->reset,
            severity_colour(p, f->severity), severity_word(f), TEXT(f->rule->name), p->reset, p->bold, TEXT(message), p->reset);
    fputc('\n', out);
    int width = digits(f->start.line);
    if (f->excerpt.text.len) write_snippet(out, p, f, width);
    Str of = str_join(s->arena, s->object, s->object.len && f->path.len ? S(": ") : S(""));
    Str at = printable(s->arena, str_join(s->arena, of, f->path));
    if (at.len) fprintf(out, "%*s %s= at:%s %.*s\n", width, "", p->blue, p->reset, TEXT(at));
    if (f->help.len) fprintf(out, "%*s %s= help:%s %.*s\n", width, "", p->blue, p->reset, TEXT(f->help));
    if (f->ignored) {
        fprintf(out, "%*s %s= ignored by:%s ", width, "", p->blue, p->reset);
        write_ignore(s, f->ignored);
        fputc('\n', out);
    }
    for (uint32_t i = 0; i < f->noteCount; i++)
        fprintf(out, "%*s %s= note:%s line %u (%.*s): %.*s\n", width, "", p->blue, p->reset, f->notes[i].place.line,
                TEXT(f->notes[i].text), TEXT(printable(s->arena, str_trim(f->notes[i].line))));
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

static void write_count(FILE *out, uint32_t n, const char *what, const char *many) {
    fprintf(out, "%u %s", n, n == 1 ? what : many);
}

/* The objects that the server refuses for something that is reported. */
static uint32_t refused(const Run *run) {
    const ResultDocument *last = NULL;
    uint32_t count = 0;
    for (RunWalk walk = {.run = run}; run_next(&walk);) {
        bool fatal = walk.finding->severity == SEVERITY_ERROR && walk.finding->rule->source <= FROM_API;
        if (walk.document == last || walk.document->skipped || !fatal) continue;
        count++;
        last = walk.document;
    }
    return count;
}

/* What a baseline kept out of the report. */
static void write_baseline(FILE *out, const BaselineCounts *baseline) {
    if (!baseline->used) return;
    fputs("; ", out);
    write_count(out, baseline->known, "finding of the baseline left out", "findings of the baseline left out");
    if (baseline->gone)
        fprintf(out, "\n%u of the baseline's %u findings %s gone; write it anew with --write-baseline", baseline->gone,
                baseline->total, baseline->gone == 1 ? "is" : "are");
}

void report_summary(FILE *out, const Run *run, const ReportSettings *settings) {
    const Palette *p = palette(settings);
    bool clean = run->errors == 0 && run->warnings == 0 && run->infos == 0 && run->unreadableFiles == 0;
    write_count(out, run->fileCount - run->unreadableFiles, "file", "files");
    fputs(", ", out);
    write_count(out, run->accepted + run->rejected, "object", "objects");
    fputs(" checked for Kubernetes ", out);
    for (unsigned i = 0; i < settings->minorCount; i++) fprintf(out, "%s1.%u", i ? ", " : "", settings->minors[i]);
    fputs(": ", out);
    if (clean) {
        fputs(run->baseline.known ? "nothing new found" : "nothing found", out);
    } else {
        const char *comma = "";
        if (run->errors) {
            fputs(p->red, out);
            write_count(out, run->errors, "error", "errors");
            fprintf(out, "%s", p->reset);
            comma = ", ";
        }
        if (run->warnings) {
            fprintf(out, "%s%s", comma, p->yellow);
            write_count(out, run->warnings, "warning", "warnings");
            fprintf(out, "%s", p->reset);
            comma = ", ";
        }
        if (run->infos) {
            fprintf(out, "%s%u info", comma, run->infos);
            comma = ", ";
        }
        if (run->unreadableFiles) {
            fputs(comma, out);
            write_count(out, run->unreadableFiles, "file unread", "files unread");
        }
    }
    if (run->ignored) fprintf(out, "; %u ignored", run->ignored);
    uint32_t aside = run->skipped + run->kustomizations;
    if (refused(run)) fprintf(out, "; %u refused", refused(run));
    if (run->partial) fprintf(out, "; %u judged as partial", run->partial);
    if (aside) {
        fputs("; ", out);
        write_count(out, aside, "document of another kind", "documents of other kinds");
    }
    if (run->leftOut) fprintf(out, "; %u left out by the configuration", run->leftOut);
    write_baseline(out, &run->baseline);
    fputc('\n', out);
    if (!run->templates) return;
    write_count(out, run->templates, "chart template", "chart templates");
    fputs(" left out; render them: --render, or helm template DIR | podlint check -\n", out);
}

/* Which Pod Security level an object meets, and what the stricter ones refuse, each check at the first level that has it. */
static void write_pod_security(FILE *out, const Palette *p, Str file, const ResultDocument *document) {
    const PodSecurityVerdict *verdict = &document->podSecurity;
    uint32_t told = 0;
    if (!verdict->known) return;
    fprintf(out, "%s%.*s:%u:%s %.*s%s%.*s meets the level %s%s%s", p->bold, TEXT(file), document->line, p->reset,
            TEXT(document->kind), document->name.len ? " " : "", TEXT(document->name), p->bold,
            pod_security_levels[verdict->level], p->reset);
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

static void write_findings(const Shown *shown, const Finding *findings, uint32_t count, ReportFormat format) {
    for (uint32_t i = 0; i < count; i++)
        if (format == REPORT_TEXT)
            write_finding_text(shown, &findings[i]);
        else
            write_finding_concise(shown, &findings[i]);
}

static void write_people(FILE *out, const Run *run, const ReportSettings *settings) {
    Arena arena = {0};
    Shown shown = {.out = out, .arena = &arena, .palette = palette(settings)};
    for (uint32_t i = 0; i < run->fileCount; i++) {
        const ResultFile *file = &run->files[i];
        shown.settings = file->settings;
        for (uint32_t j = 0; j < file->documentCount; j++) {
            const ResultDocument *document = &file->documents[j];
            shown.file = printable(&arena, shown_name(file->name));
            shown.object = file->documentCount > 1 ? object_name(&arena, document) : S("");
            if (file->rendered.at) shown.file = str_join(&arena, shown.file, S(" (rendered)"));
            write_findings(&shown, document->findings, document->findingCount, settings->format);
            if (settings->showIgnored) write_findings(&shown, document->ignored, document->ignoredCount, settings->format);
            if (settings->podSecurityLevels) write_pod_security(out, palette(settings), shown.file, document);
            arena_reset(&arena);
        }
    }
    arena_free(&arena);
    if (!settings->quiet) report_summary(out, run, settings);
}

json_t *report_json(Str s) {
    json_t *text = json_stringn(s.at ? s.at : "", s.len);
    if (text) return text;
    Arena scratch = {0};
    Str valid = str_valid_utf8(&scratch, s);
    text = json_stringn(valid.at, valid.len);
    arena_free(&scratch);
    return text;
}

static json_t *json_finding(const Finding *f, const FileSettings *settings) {
    const Rule *rule = f->rule;
    json_t *object = json_object();
    json_object_set_new(object, "source", json_string(diag_source_name((DiagSource)rule->source)));
    json_object_set_new(object, "rule", report_json(rule->name));
    const char *type = api_error_name((ApiError)rule->type);
    if (type) json_object_set_new(object, "type", json_string(type));
    json_object_set_new(object, "severity", json_string(severity_name((Severity)f->severity)));
    json_object_set_new(object, "path", report_json(f->path));
    json_object_set_new(object, "line", json_integer(f->start.line));
    json_object_set_new(object, "column", json_integer(f->start.column));
    json_object_set_new(object, "endLine", json_integer(f->end.line));
    json_object_set_new(object, "endColumn", json_integer(f->end.column));
    json_object_set_new(object, "message", report_json(f->message));
    if (f->help.len) json_object_set_new(object, "help", report_json(f->help));
    if (f->ignored)
        json_object_set_new(
            object, "ignored",
            json_pack("{s:i,s:o}", "line", (int)f->ignored->start.line, "reason", report_json(f->ignored->reason)));
    if (settings->minorCount > 1) {
        json_t *versions = json_array();
        for (unsigned i = 0; i < settings->minorCount; i++)
            if (f->versions >> i & 1) json_array_append_new(versions, json_sprintf("1.%u", settings->minors[i]));
        json_object_set_new(object, "versions", versions);
    }
    if (f->noteCount) {
        json_t *related = json_array();
        for (uint32_t i = 0; i < f->noteCount; i++)
            json_array_append_new(related, json_pack("{s:i,s:i,s:o}", "line", (int)f->notes[i].place.line, "column",
                                                     (int)f->notes[i].place.column, "message", report_json(f->notes[i].text)));
        json_object_set_new(object, "related", related);
    }
    return object;
}

/* The strictest Pod Security level that an object meets, and by level the checks that it fails. */
static json_t *json_pod_security(const PodSecurityVerdict *verdict) {
    json_t *object = json_object();
    json_object_set_new(object, "level", json_string(pod_security_levels[verdict->level]));
    for (unsigned level = POD_SECURITY_BASELINE; level < POD_SECURITY_LEVELS; level++) {
        json_t *failed = json_array();
        for (unsigned i = 0; pod_security_check_name(i).len; i++)
            if (verdict->failed[level] >> i & 1) json_array_append_new(failed, report_json(pod_security_check_name(i)));
        json_object_set_new(object, pod_security_levels[level], failed);
    }
    return object;
}

static json_t *json_document(const ResultFile *file, const ResultDocument *document, const ReportSettings *settings) {
    json_t *object = json_object(), *diagnostics = json_array();
    json_object_set_new(object, "file", report_json(file->name));
    if (file->rendered.at) json_object_set_new(object, "rendered", report_json(file->rendered));
    json_object_set_new(object, "index", json_integer(document->index));
    if (document->item >= 0) json_object_set_new(object, "item", json_integer(document->item));
    json_object_set_new(object, "line", json_integer(document->line));
    json_object_set_new(object, "apiVersion", report_json(document->apiVersion));
    json_object_set_new(object, "kind", report_json(document->kind));
    json_object_set_new(object, "name", report_json(document->name));
    json_object_set_new(object, "namespace", report_json(document->namespace_));
    json_object_set_new(object, "accepted", json_boolean(document->accepted));
    json_object_set_new(object, "skipped", json_boolean(document->skipped));
    if (document->partial) json_object_set_new(object, "partial", json_true());
    for (uint32_t i = 0; i < document->findingCount; i++)
        json_array_append_new(diagnostics, json_finding(&document->findings[i], file->settings));
    for (uint32_t i = 0; i < document->ignoredCount && settings->showIgnored; i++)
        json_array_append_new(diagnostics, json_finding(&document->ignored[i], file->settings));
    if (settings->podSecurityLevels && document->podSecurity.known)
        json_object_set_new(object, "podSecurity", json_pod_security(&document->podSecurity));
    json_object_set_new(object, "diagnostics", diagnostics);
    return object;
}

/* Writes piece by piece, so that a large run needs no second copy of itself. */
static void write_json(FILE *out, const Run *run, const ReportSettings *settings) {
    fprintf(out, "{\"version\": \"%s\", \"kubernetesVersion\": \"", PODLINT_VERSION);
    for (unsigned i = 0; i < settings->minorCount; i++) fprintf(out, "%s1.%u", i ? "," : "", settings->minors[i]);
    fputs("\", \"documents\": [", out);
    const char *comma = "\n";
    for (uint32_t i = 0; i < run->fileCount; i++)
        for (uint32_t j = 0; j < run->files[i].documentCount; j++) {
            json_t *document = json_document(&run->files[i], &run->files[i].documents[j], settings);
            fputs(comma, out);
            json_dumpf(document, out, JSON_PRESERVE_ORDER);
            json_decref(document);
            comma = ",\n";
        }
    fputs("],\n\"unread\": [", out);
    comma = "";
    for (uint32_t i = 0; i < run->fileCount; i++) {
        if (!run->files[i].error.at) continue;
        json_t *error =
            json_pack("{s:o,s:o}", "file", report_json(run->files[i].name), "error", report_json(run->files[i].error));
        fputs(comma, out);
        json_dumpf(error, out, JSON_PRESERVE_ORDER);
        json_decref(error);
        comma = ", ";
    }
    fprintf(out,
            "],\n\"summary\": {\"files\": %u, \"documents\": %u, \"accepted\": %u, \"rejected\": %u, \"skipped\": %u, "
            "\"kustomizations\": %u, \"partial\": %u, \"templates\": %u, \"errors\": %u, \"warnings\": %u, \"infos\": %u, "
            "\"ignored\": %u, \"unread\": %u",
            run->fileCount, run->documents, run->accepted, run->rejected, run->skipped, run->kustomizations, run->partial,
            run->templates, run->errors, run->warnings, run->infos, run->ignored, run->unreadableFiles);
    if (run->baseline.used)
        fprintf(out, ", \"baseline\": {\"known\": %u, \"gone\": %u, \"total\": %u}", run->baseline.known, run->baseline.gone,
                run->baseline.total);
    fputs("}}\n", out);
}

const char *const report_formats[REPORT_FORMATS] = {
    [REPORT_TEXT] = "text",   [REPORT_CONCISE] = "concise", [REPORT_JSON] = "json",     [REPORT_GITHUB] = "github",
    [REPORT_SARIF] = "sarif", [REPORT_JUNIT] = "junit",     [REPORT_GITLAB] = "gitlab", [REPORT_CHECKSTYLE] = "checkstyle",
};

static ReportWriter *const writers[REPORT_FORMATS] = {
    [REPORT_TEXT] = write_people,    [REPORT_CONCISE] = write_people,         [REPORT_JSON] = write_json,
    [REPORT_GITHUB] = report_github, [REPORT_SARIF] = report_sarif,           [REPORT_JUNIT] = report_junit,
    [REPORT_GITLAB] = report_gitlab, [REPORT_CHECKSTYLE] = report_checkstyle,
};

/* Other programs take a place for one in the file, which what was rendered from it is not: they get the file as a whole, and the
 * place as a part of the message. */
static Run place_in_files(Arena *arena, const Run *run) {
    Run placed = *run;
    placed.files = NEW_ARRAY(arena, ResultFile, run->fileCount + 1);
    for (uint32_t i = 0; i < run->fileCount; i++) {
        ResultFile *file = &placed.files[i];
        *file = run->files[i];
        if (!file->rendered.at) continue;
        file->documents = NEW_ARRAY(arena, ResultDocument, file->documentCount + 1);
        for (uint32_t j = 0; j < file->documentCount; j++) {
            ResultDocument *document = &file->documents[j];
            *document = run->files[i].documents[j];
            document->findings = NEW_ARRAY(arena, Finding, document->findingCount + 1);
            for (uint32_t k = 0; k < document->findingCount; k++) {
                Finding f = run->files[i].documents[j].findings[k];
                f.message = str_format(arena, "%.*s (line %u of what `%.*s` prints)", TEXT(f.message), f.start.line,
                                       TEXT(file->rendered));
                f.start = f.end = (Place){1, 1};
                f.noteCount = 0;
                document->findings[k] = f;
            }
        }
    }
    return placed;
}

void report_write(FILE *out, const Run *run, const ReportSettings *settings) {
    Arena arena = {0};
    Run placed = settings->format > REPORT_JSON ? place_in_files(&arena, run) : *run;
    writers[settings->format](out, &placed, settings);
    arena_free(&arena);
}

void report_fault(FILE *out, Source *source, Arena *arena, Span span, Str message, Str help) {
    Finding shown = {.severity = SEVERITY_ERROR};
    int width = 1;
    fprintf(out, "%.*s:", TEXT(source->name));
    if (source->text.len) {
        shown.start = source_place(source, arena, span.at);
        shown.excerpt = source_excerpt(source, arena, span);
        width = digits(shown.start.line);
        fprintf(out, "%u:%u:", shown.start.line, shown.start.column);
    }
    fprintf(out, " error: %.*s\n", TEXT(message));
    if (shown.excerpt.text.len) write_snippet(out, &plain, &shown, width);
    if (help.len) fprintf(out, "%*s = help: %.*s\n", width, "", TEXT(help));
}
