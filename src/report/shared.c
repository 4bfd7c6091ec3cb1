#include "shared.h"

#include <stdlib.h>

#include "base/str_set.h"
#include "base/visible.h"
#include "input/input.h"

const Palette *report_palette(bool colour) {
    static const Palette colours = {"\033[1m", "\033[1;31m", "\033[1;33m", "\033[1;34m", "\033[2m", "\033[0m"};
    static const Palette plain = {"", "", "", "", "", ""};
    return colour ? &colours : &plain;
}

Str report_shown_name(Str file) {
    return str_eq(file, S("-")) ? S("<stdin>") : file;
}

Str report_file(Arena *arena, Str name) {
    return report_shown_name(input_relative(arena, ".", name));
}

Str report_unread(Arena *arena, const ResultFile *file) {
    return str_format(arena, "the file cannot be read: %.*s", TEXT(file->error));
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

json_t *report_json_text(Str s) {
    json_t *text = json_stringn(s.at ? s.at : "", s.len);
    if (text) return text;
    Arena scratch = {0};
    Str valid = str_valid_utf8(&scratch, s);
    text = json_stringn(valid.at, valid.len);
    arena_free(&scratch);
    return text;
}

void report_put_json(FILE *out, const char **before, json_t *value) {
    fputs(*before, out);
    json_dumpf(value, out, JSON_PRESERVE_ORDER);
    json_decref(value);
    *before = ",\n";
}

static void write_count(FILE *out, uint32_t n, const char *what, const char *many) {
    fprintf(out, "%u %s", n, n == 1 ? what : many);
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

/* What is here and was not judged, by what it is. */
static void write_not_judged(FILE *out, const Run *run) {
    const struct {
        uint32_t count;
        const char *one, *many;
    } parts[] = {
        {run->classes[CLASS_OTHER_KIND], "object of another kind", "objects of other kinds"},
        {run->classes[CLASS_CUSTOM], "custom resource", "custom resources"},
        {run->classes[CLASS_TEMPLATE] + run->templates, "template", "templates"},
        {run->classes[CLASS_KUSTOMIZATION], "kustomization", "kustomizations"},
        {run->classes[CLASS_JSON_PATCH], "JSON patch", "JSON patches"},
        {run->classes[CLASS_SETTINGS] + run->classes[CLASS_TEXT], "document that is not a manifest",
         "documents that are not manifests"},
    };
    const char *before = "; not judged: ";
    for (size_t i = 0; i < COUNT(parts); i++) {
        if (!parts[i].count) continue;
        fputs(before, out);
        write_count(out, parts[i].count, parts[i].one, parts[i].many);
        before = ", ";
    }
}

/* A kind of custom resource, and how many of it were not judged. */
typedef struct CustomKind {
    Str kind;
    uint32_t count;
} CustomKind;

static int by_count(const void *left, const void *right) {
    const CustomKind *a = left, *b = right;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    return str_cmp(a->kind, b->kind);
}

/* The custom resources that were not judged, by kind, and what it takes to judge them. */
static void write_custom(FILE *out, const Run *run) {
    enum { MOST_NAMED = 5 };
    Arena arena = {0};
    ARRAY(CustomKind) kinds = {0};
    StrSet numbers = {.arena = &arena};
    for (uint32_t i = 0; i < run->fileCount; i++)
        for (uint32_t j = 0; j < run->files[i].documentCount; j++) {
            const ResultDocument *document = &run->files[i].documents[j];
            if (document->class != CLASS_CUSTOM) continue;
            const uint32_t *number = str_set_find(&numbers, document->kind);
            if (!number) {
                uint32_t *next = NEW(&arena, uint32_t);
                *next = kinds.n;
                str_set_add(&numbers, document->kind, next);
                ARRAY_PUSH(&arena, &kinds, (CustomKind){document->kind, 0});
                number = next;
            }
            if (kinds.at) kinds.at[*number].count++;
        }
    if (kinds.n) qsort(kinds.at, kinds.n, sizeof *kinds.at, by_count);
    fputs("judge custom resources with --crds and the definitions of their kinds: ", out);
    for (uint32_t i = 0; i < kinds.n && i < MOST_NAMED; i++) {
        Str kind = visible(&arena, str_cut(&arena, kinds.at[i].kind, 60));
        fprintf(out, "%s%u %.*s", i ? ", " : "", kinds.at[i].count, TEXT(kind));
    }
    if (kinds.n > MOST_NAMED) fprintf(out, " and %u more kinds", kinds.n - MOST_NAMED);
    fputc('\n', out);
    arena_free(&arena);
}

static void write_fixable(FILE *out, const Run *run) {
    if (run->fixable) fprintf(out, "%u fixable with podlint fix", run->fixable);
    if (run->fixableUnsafe)
        fprintf(out, "%s%u%s", run->fixable ? ", " : "", run->fixableUnsafe,
                run->fixable ? " more with --unsafe" : " fixable with podlint fix --unsafe");
    if (run->fixable + run->fixableUnsafe) fputc('\n', out);
}

void report_summary(FILE *out, const Run *run, const ReportSettings *settings) {
    const Palette *p = report_palette(settings->colour);
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
    if (run->refused) fprintf(out, "; %u refused", run->refused);
    if (run->notShown) fprintf(out, "; %u not shown", run->notShown);
    if (run->classes[CLASS_PARTIAL]) fprintf(out, "; %u judged as partial", run->classes[CLASS_PARTIAL]);
    if (run->innerPods) fprintf(out, "; %u %s inside custom resources", run->innerPods, run->innerPods == 1 ? "pod" : "pods");
    write_not_judged(out, run);
    if (run->leftOut) fprintf(out, "; %u left out", run->leftOut);
    write_baseline(out, &run->baseline);
    fputc('\n', out);
    write_fixable(out, run);
    if (run->classes[CLASS_CUSTOM]) write_custom(out, run);
    if (run->unplaced)
        fprintf(out, "%u %s not say %s namespace: with --namespace, --cluster decides over %s too\n", run->unplaced,
                run->unplaced == 1 ? "object does" : "objects do", run->unplaced == 1 ? "its" : "their",
                run->unplaced == 1 ? "it" : "them");
    if (run->templates) fputs("render the templates of charts with --render, or with helm template DIR | podlint check -\n", out);
}
