#include "report.h"

#include <jansson.h>
#include <wchar.h>

#define TEXT(s) (int)(s).len, (s).at

typedef struct Palette {
    const char *bold, *red, *yellow, *blue, *dim, *reset;
} Palette;

static const Palette colours = {"\033[1m", "\033[1;31m", "\033[1;33m", "\033[1;34m", "\033[2m", "\033[0m"};
static const Palette plain = {"", "", "", "", "", ""};

static const char *severity_colour(const Palette *p, uint8_t severity) {
    return severity == SEVERITY_ERROR ? p->red : severity == SEVERITY_WARNING ? p->yellow : p->blue;
}

static Str shown_name(Str file) {
    return str_eq(file, S("-")) ? S("<stdin>") : file;
}

/* A source line with what is wrong underlined. */
static void write_snippet(FILE *out, const Palette *p, const Finding *f, int width) {
    const Excerpt *excerpt = &f->excerpt;
    Str shown = excerpt->text;
    fprintf(out, "%s%*u |%s %s", p->blue, width, f->start.line, p->reset, excerpt->cutBefore ? "..." : "");
    for (size_t i = 0; i < shown.len; i++)
        fputc((unsigned char)shown.at[i] < 0x20 && shown.at[i] != '\t' ? ' ' : shown.at[i], out);
    fprintf(out, "%s\n%s%*s |%s %s", excerpt->cutAfter ? "..." : "", p->blue, width, "", p->reset,
            excerpt->cutBefore ? "   " : "");
    for (size_t i = 0; i < excerpt->at; i++)
        if (((unsigned char)shown.at[i] & 0xC0) != 0x80) fputc(shown.at[i] == '\t' ? '\t' : ' ', out);
    fputs(severity_colour(p, f->severity), out);
    size_t marks = str_codepoints((Str){shown.at + excerpt->at, excerpt->end - excerpt->at});
    for (size_t i = 0; i < (marks ? marks : 1); i++) fputc('^', out);
    fprintf(out, "%s\n", p->reset);
}

static int digits(uint32_t n) {
    int count = 1;
    while (n /= 10) count++;
    return count;
}

/* The versions for which a finding holds, where that is not all of them: " (1.34, 1.35 only)". */
static void write_versions(FILE *out, const ReportSettings *settings, const Finding *f) {
    uint16_t all = (uint16_t)((1u << settings->minorCount) - 1);
    if (settings->minorCount < 2 || f->versions == all) return;
    const char *before = " (";
    for (unsigned i = 0; i < settings->minorCount; i++) {
        if (!(f->versions >> i & 1)) continue;
        fprintf(out, "%s1.%u", before, settings->minors[i]);
        before = ", ";
    }
    fputs(" only)", out);
}

static void write_finding_text(FILE *out, const Palette *p, Str file, const Finding *f, const ReportSettings *settings) {
    const char *severity = severity_name((Severity)f->severity);
    fprintf(out, "%s%.*s:%u:%u:%s %s%s[%.*s]%s: %s%.*s%s", p->bold, TEXT(file), f->start.line, f->start.column, p->reset,
            severity_colour(p, f->severity), severity, TEXT(f->rule->name), p->reset, p->bold, TEXT(f->message), p->reset);
    write_versions(out, settings, f);
    fputc('\n', out);
    int width = digits(f->start.line);
    if (f->excerpt.text.len) write_snippet(out, p, f, width);
    if (f->path.len) fprintf(out, "%*s %s= at:%s %.*s\n", width, "", p->blue, p->reset, TEXT(f->path));
    if (f->help.len) fprintf(out, "%*s %s= help:%s %.*s\n", width, "", p->blue, p->reset, TEXT(f->help));
    for (uint32_t i = 0; i < f->noteCount; i++)
        fprintf(out, "%*s %s= note:%s line %u: %.*s: %.*s\n", width, "", p->blue, p->reset, f->notes[i].place.line,
                TEXT(f->notes[i].text), TEXT(str_trim(f->notes[i].line)));
    fputc('\n', out);
}

static void write_finding_concise(FILE *out, const Palette *p, Str file, const Finding *f, const ReportSettings *settings) {
    fprintf(out, "%.*s:%u:%u: %s%s%s[%.*s]: %.*s", TEXT(file), f->start.line, f->start.column, severity_colour(p, f->severity),
            severity_name((Severity)f->severity), p->reset, TEXT(f->rule->name), TEXT(f->message));
    write_versions(out, settings, f);
    if (f->help.len) fprintf(out, "; %.*s", TEXT(f->help));
    fputc('\n', out);
}

static void write_count(FILE *out, uint32_t n, const char *what, const char *many) {
    fprintf(out, "%u %s", n, n == 1 ? what : many);
}

static void write_summary(FILE *out, const Palette *p, const Run *run, const ReportSettings *settings) {
    bool clean = run->errors == 0 && run->warnings == 0 && run->infos == 0 && run->unreadableFiles == 0;
    write_count(out, run->fileCount, "file", "files");
    fputs(", ", out);
    write_count(out, run->accepted + run->rejected, "object", "objects");
    fputs(" checked for Kubernetes ", out);
    for (unsigned i = 0; i < settings->minorCount; i++) fprintf(out, "%s1.%u", i ? ", " : "", settings->minors[i]);
    fputs(": ", out);
    if (clean) {
        fputs("nothing found", out);
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
    uint32_t aside = run->skipped + run->kustomizations;
    if (run->rejected) fprintf(out, "; %u refused", run->rejected);
    if (aside) {
        fputs("; ", out);
        write_count(out, aside, "document of another kind skipped", "documents of other kinds skipped");
    }
    fputc('\n', out);
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

static void write_people(FILE *out, const Run *run, const ReportSettings *settings) {
    const Palette *p = settings->colour ? &colours : &plain;
    for (uint32_t i = 0; i < run->fileCount; i++) {
        const ResultFile *file = &run->files[i];
        for (uint32_t j = 0; j < file->documentCount; j++) {
            for (uint32_t k = 0; k < file->documents[j].findingCount; k++) {
                const Finding *finding = &file->documents[j].findings[k];
                if (settings->format == REPORT_TEXT)
                    write_finding_text(out, p, shown_name(file->name), finding, settings);
                else
                    write_finding_concise(out, p, shown_name(file->name), finding, settings);
            }
            if (settings->podSecurityLevels) write_pod_security(out, p, shown_name(file->name), &file->documents[j]);
        }
    }
    if (!settings->quiet) write_summary(out, p, run, settings);
}

static json_t *json_str(Str s) {
    json_t *text = json_stringn(s.at ? s.at : "", s.len);
    if (text) return text;
    Arena scratch = {0};
    Str valid = str_valid_utf8(&scratch, s);
    text = json_stringn(valid.at, valid.len);
    arena_free(&scratch);
    return text;
}

static json_t *json_finding(const Finding *f, const ReportSettings *settings) {
    const Rule *rule = f->rule;
    json_t *object = json_object();
    json_object_set_new(object, "source", json_string(diag_source_name((DiagSource)rule->source)));
    json_object_set_new(object, "rule", json_str(rule->name));
    const char *type = api_error_name((ApiError)rule->type);
    if (type) json_object_set_new(object, "type", json_string(type));
    json_object_set_new(object, "severity", json_string(severity_name((Severity)f->severity)));
    json_object_set_new(object, "path", json_str(f->path));
    json_object_set_new(object, "line", json_integer(f->start.line));
    json_object_set_new(object, "column", json_integer(f->start.column));
    json_object_set_new(object, "endLine", json_integer(f->end.line));
    json_object_set_new(object, "endColumn", json_integer(f->end.column));
    json_object_set_new(object, "message", json_str(f->message));
    if (f->help.len) json_object_set_new(object, "help", json_str(f->help));
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
                                                     (int)f->notes[i].place.column, "message", json_str(f->notes[i].text)));
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
            if (verdict->failed[level] >> i & 1) json_array_append_new(failed, json_str(pod_security_check_name(i)));
        json_object_set_new(object, pod_security_levels[level], failed);
    }
    return object;
}

static json_t *json_document(Str file, const ResultDocument *document, const ReportSettings *settings) {
    json_t *object = json_object(), *diagnostics = json_array();
    json_object_set_new(object, "file", json_str(file));
    json_object_set_new(object, "index", json_integer(document->index));
    if (document->item >= 0) json_object_set_new(object, "item", json_integer(document->item));
    json_object_set_new(object, "line", json_integer(document->line));
    json_object_set_new(object, "apiVersion", json_str(document->apiVersion));
    json_object_set_new(object, "kind", json_str(document->kind));
    json_object_set_new(object, "name", json_str(document->name));
    json_object_set_new(object, "namespace", json_str(document->namespace_));
    json_object_set_new(object, "accepted", json_boolean(document->accepted));
    json_object_set_new(object, "skipped", json_boolean(document->skipped));
    for (uint32_t i = 0; i < document->findingCount; i++)
        json_array_append_new(diagnostics, json_finding(&document->findings[i], settings));
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
            json_t *document = json_document(run->files[i].name, &run->files[i].documents[j], settings);
            fputs(comma, out);
            json_dumpf(document, out, JSON_PRESERVE_ORDER);
            json_decref(document);
            comma = ",\n";
        }
    fputs("],\n\"unread\": [", out);
    comma = "";
    for (uint32_t i = 0; i < run->fileCount; i++) {
        if (!run->files[i].error.at) continue;
        json_t *error = json_pack("{s:o,s:o}", "file", json_str(run->files[i].name), "error", json_str(run->files[i].error));
        fputs(comma, out);
        json_dumpf(error, out, JSON_PRESERVE_ORDER);
        json_decref(error);
        comma = ", ";
    }
    fprintf(out,
            "],\n\"summary\": {\"files\": %u, \"documents\": %u, \"accepted\": %u, \"rejected\": %u, \"skipped\": %u, "
            "\"kustomizations\": %u, \"errors\": %u, \"warnings\": %u, \"infos\": %u, \"unread\": %u}}\n",
            run->fileCount, run->documents, run->accepted, run->rejected, run->skipped, run->kustomizations, run->errors,
            run->warnings, run->infos, run->unreadableFiles);
}

void report_write(FILE *out, const Run *run, const ReportSettings *settings) {
    if (settings->format == REPORT_JSON)
        write_json(out, run, settings);
    else
        write_people(out, run, settings);
}
