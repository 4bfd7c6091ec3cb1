/* What a run took its files for, and how often it found what. */
#include "shared.h"

#include <stdlib.h>

#include "input/classify.h"
#include "run/fingerprint.h"

static void put_json(FILE *out, const char *before, json_t *value) {
    fputs(before, out);
    json_dumpf(value, out, JSON_PRESERVE_ORDER);
    json_decref(value);
}

/* One line of the list: a document, or a file of which there are none. */
typedef struct Line {
    Str path;
    const ResultDocument *document; /* or NULL */
    uint32_t number;
    Str class, why;
} Line;

typedef ARRAY(Line) Lines;

static int by_path(const void *left, const void *right) {
    const Line *a = left, *b = right;
    int order = str_cmp(a->path, b->path);
    if (order) return order;
    return (a->number > b->number) - (a->number < b->number);
}

static void add_file(Arena *arena, Lines *lines, const ResultFile *file) {
    Line line = {.path = report_shown_name(file->name), .number = lines->n};
    for (uint32_t j = 0; j < file->documentCount; j++, line.number++) {
        line.document = &file->documents[j];
        line.class = class_name((DocumentClass)line.document->class);
        line.why = line.document->why;
        ARRAY_PUSH(arena, lines, line);
    }
    if (file->documentCount) return;
    line.class = file->error.at ? S("cannot be read") : file->unread.len ? S("data") : S("nothing");
    line.why = file->error.at     ? file->error
               : file->unread.len ? file->unread
                                  : S("it holds no object: it is empty, or all comments, or a list without items");
    ARRAY_PUSH(arena, lines, line);
}

static Lines all_lines(Arena *arena, const Run *run, const InputList *list) {
    Lines lines = {0};
    for (uint32_t i = 0; i < run->fileCount; i++) add_file(arena, &lines, &run->files[i]);
    for (uint32_t i = 0; i < list->passed.n; i++) {
        const PassedFile *passed = &list->passed.at[i];
        Str path = passed->directory ? str_join(arena, passed->path, S("/")) : passed->path;
        ARRAY_PUSH(arena, &lines, (Line){.path = path, .number = lines.n, .class = S("left out"), .why = passed->why});
    }
    if (lines.n) qsort(lines.at, lines.n, sizeof *lines.at, by_path);
    return lines;
}

static void put_line(FILE *out, Arena *arena, const Line *line) {
    const ResultDocument *document = line->document;
    Str name = visible(arena, line->path), why = visible(arena, line->why);
    fprintf(out, "%.*s", TEXT(name));
    if (document) fprintf(out, ":%u", document->line);
    fprintf(out, ": %.*s", TEXT(line->class));
    if (document && document->kind.len) {
        Str object = visible(arena, object_name(arena, document));
        fprintf(out, ", %.*s", TEXT(object));
    }
    if (why.len) fprintf(out, " (%.*s)", TEXT(why));
    if (document && document->later)
        fprintf(out, "; %u %s filled in later", document->later, document->later == 1 ? "value is" : "values are");
    fputc('\n', out);
}

static json_t *json_line(const Line *line) {
    const ResultDocument *document = line->document;
    json_t *object = json_pack("{s:o,s:o}", "file", report_json_text(line->path), "class", report_json_text(line->class));
    if (line->why.len) json_object_set_new(object, "why", report_json_text(line->why));
    if (!document) return object;
    json_object_set_new(object, "line", json_integer(document->line));
    json_object_set_new(object, "index", json_integer(document->index));
    if (document->item >= 0) json_object_set_new(object, "item", json_integer(document->item));
    json_object_set_new(object, "apiVersion", report_json_text(document->apiVersion));
    json_object_set_new(object, "kind", report_json_text(document->kind));
    json_object_set_new(object, "name", report_json_text(document->name));
    json_object_set_new(object, "namespace", report_json_text(document->namespace_));
    json_object_set_new(object, "filledInLater", json_integer(document->later));
    return object;
}

void report_show_files(FILE *out, const Run *run, const InputList *list, bool json) {
    Arena arena = {0}, scratch = {0};
    Lines lines = all_lines(&arena, run, list);
    for (uint32_t i = 0; i < lines.n; i++) {
        if (json)
            put_json(out, i ? ",\n" : "{\"files\": [\n", json_line(&lines.at[i]));
        else
            put_line(out, &scratch, &lines.at[i]);
        arena_reset(&scratch);
    }
    if (json) fputs(lines.n ? "]}\n" : "{\"files\": []}\n", out);
    arena_free(&scratch);
    arena_free(&arena);
}

typedef struct Count {
    Str first, second; /* a severity and a rule, or an apiVersion and a kind */
    uint32_t number;
} Count;

typedef ARRAY(Count) Counts;

static int by_words(const void *left, const void *right) {
    const Count *a = left, *b = right;
    int order = str_cmp(a->second, b->second);
    return order ? order : str_cmp(a->first, b->first);
}

static int by_number(const void *left, const void *right) {
    const Count *a = left, *b = right;
    if (a->number != b->number) return a->number > b->number ? -1 : 1;
    return by_words(left, right);
}

/* Puts equal words together, the most frequent first. */
static void add_up(Counts *counts) {
    uint32_t kept = 0;
    if (counts->n) qsort(counts->at, counts->n, sizeof *counts->at, by_words);
    for (uint32_t i = 0; i < counts->n; i++)
        if (kept && by_words(&counts->at[i], &counts->at[kept - 1]) == 0)
            counts->at[kept - 1].number++;
        else
            counts->at[kept++] = counts->at[i];
    counts->n = kept;
    if (counts->n) qsort(counts->at, counts->n, sizeof *counts->at, by_number);
}

static void put_statistics(FILE *out, const Counts *found, const Counts *skipped) {
    fputs("{\"rules\": [", out);
    for (uint32_t i = 0; i < found->n; i++)
        put_json(out, i ? ",\n" : "\n",
                 json_pack("{s:o,s:o,s:I}", "rule", report_json_text(found->at[i].second), "severity",
                           report_json_text(found->at[i].first), "count", (json_int_t)found->at[i].number));
    fputs("],\n\"notJudged\": [", out);
    for (uint32_t i = 0; i < skipped->n; i++)
        put_json(out, i ? ",\n" : "\n",
                 json_pack("{s:o,s:o,s:I}", "apiVersion", report_json_text(skipped->at[i].first), "kind",
                           report_json_text(skipped->at[i].second), "count", (json_int_t)skipped->at[i].number));
    fputs("]}\n", out);
}

void report_statistics(FILE *out, const Run *run, bool json) {
    Arena arena = {0};
    Counts found = {0}, skipped = {0};
    for (RunWalk walk = {.run = run}; run_next(&walk);)
        ARRAY_PUSH(&arena, &found, (Count){str_of(severity_name((Severity)walk.finding->severity)), walk.finding->rule->name, 1});
    for (uint32_t i = 0; i < run->fileCount; i++)
        for (uint32_t j = 0; j < run->files[i].documentCount; j++) {
            const ResultDocument *document = &run->files[i].documents[j];
            bool object = document->class == CLASS_OTHER_KIND || document->class == CLASS_CUSTOM;
            if (object) ARRAY_PUSH(&arena, &skipped, (Count){document->apiVersion, document->kind, 1});
        }
    add_up(&found);
    add_up(&skipped);
    if (json) put_statistics(out, &found, &skipped);
    for (uint32_t i = 0; i < found.n && !json; i++)
        fprintf(out, "%6u  %-7.*s  %.*s\n", found.at[i].number, TEXT(found.at[i].first), TEXT(found.at[i].second));
    for (uint32_t i = 0; i < skipped.n && !json; i++) {
        Str kind = visible(&arena, skipped.at[i].second), version = visible(&arena, skipped.at[i].first);
        fprintf(out, "%s%6u  %.*s (%.*s)\n", i ? "" : "not judged:\n", skipped.at[i].number, TEXT(kind), TEXT(version));
    }
    arena_free(&arena);
}
