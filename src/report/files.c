/* What a run took its files for, and how often it found what. */
#include "shared.h"

#include <stdlib.h>

#include "input/classify.h"
#include "run/fingerprint.h"

void report_show_files(FILE *out, const Run *run) {
    Arena arena = {0};
    for (uint32_t i = 0; i < run->fileCount; i++) {
        const ResultFile *file = &run->files[i];
        Str name = visible(&arena, report_shown_name(file->name));
        if (file->error.at) fprintf(out, "%.*s: cannot be read: %.*s\n", TEXT(name), TEXT(file->error));
        for (uint32_t j = 0; j < file->documentCount; j++) {
            const ResultDocument *document = &file->documents[j];
            Str class = class_name((DocumentClass)document->class), object = visible(&arena, object_name(&arena, document));
            Str why = visible(&arena, document->why);
            fprintf(out, "%.*s:%u: %.*s", TEXT(name), document->line, TEXT(class));
            if (document->kind.len) fprintf(out, ", %.*s", TEXT(object));
            if (why.len) fprintf(out, " (%.*s)", TEXT(why));
            if (document->later)
                fprintf(out, "; %u %s filled in later", document->later, document->later == 1 ? "value is" : "values are");
            fputc('\n', out);
        }
        if (!file->error.at && !file->documentCount) fprintf(out, "%.*s: nothing\n", TEXT(name));
        arena_reset(&arena);
    }
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

void report_statistics(FILE *out, const Run *run) {
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
    for (uint32_t i = 0; i < found.n; i++)
        fprintf(out, "%6u  %-7.*s  %.*s\n", found.at[i].number, TEXT(found.at[i].first), TEXT(found.at[i].second));
    for (uint32_t i = 0; i < skipped.n; i++) {
        Str kind = visible(&arena, skipped.at[i].second), version = visible(&arena, skipped.at[i].first);
        fprintf(out, "%s%6u  %.*s (%.*s)\n", i ? "" : "not judged:\n", skipped.at[i].number, TEXT(kind), TEXT(version));
    }
    arena_free(&arena);
}
