#include "baseline.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/visible.h"
#include "yaml/node.h"
#include "base/output.h"
#include "input/input.h"
#include "model/scalar.h"

enum { BASELINE_VERSION = 1 };

/* The members of an entry that are texts, in the order in which they are written. */
enum { TEXT_COUNT = 5 };
static const Str members[TEXT_COUNT] = {STR("file"), STR("object"), STR("rule"), STR("path"), STR("text")};

static Str *text_member(Identity *identity, int i) {
    Str *const texts[TEXT_COUNT] = {&identity->file, &identity->object, &identity->rule, &identity->path, &identity->text};
    return texts[i];
}

static const char *directory_of(Arena *arena, const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash) return ".";
    return arena_cstr(arena, (Str){path, slash == path ? 1 : (size_t)(slash - path)});
}

static int by_identity(const void *left, const void *right) {
    const BaselineEntry *a = left, *b = right;
    return identity_compare(&a->identity, &b->identity);
}

/* Sorts the entries and joins those that are alike. */
static void settle(Baseline *baseline) {
    uint32_t kept = 0;
    if (baseline->entries.n) qsort(baseline->entries.at, baseline->entries.n, sizeof *baseline->entries.at, by_identity);
    for (uint32_t i = 0; i < baseline->entries.n; i++) {
        BaselineEntry *entry = &baseline->entries.at[i];
        if (kept && by_identity(entry, &baseline->entries.at[kept - 1]) == 0)
            baseline->entries.at[kept - 1].count += entry->count;
        else
            baseline->entries.at[kept++] = *entry;
    }
    baseline->entries.n = kept;
    for (uint32_t i = 0; i < kept; i++) baseline->entries.at[i].left = baseline->entries.at[i].count;
}

typedef struct BaselineReader {
    Source source;
    Arena *arena;
} BaselineReader;

static bool refuse(BaselineReader *reader, Span span, const char *why) {
    Place place = source_place(&reader->source, reader->arena, span.at);
    tell_error("%.*s:%u:%u: error: %s", (int)reader->source.name.len, reader->source.name.at, place.line, place.column, why);
    return false;
}

static bool read_entry(BaselineReader *reader, Baseline *out, const Node *node) {
    BaselineEntry entry = {.count = 1};
    if (node->kind != NODE_MAP) return refuse(reader, node->span, "a finding of the baseline is an object");
    for (uint32_t i = 0; i < node->count; i++) {
        const Entry *member = &node->entries[i];
        int number = 0;
        while (number < TEXT_COUNT && !str_eq(members[number], member->key)) number++;
        int64_t count;
        if (number < TEXT_COUNT && member->value.kind == NODE_STRING)
            *text_member(&entry.identity, number) = member->value.text;
        else if (str_eq(member->key, S("count")) && member->value.kind == NODE_INT &&
                 int_parse(member->value.text, 1, INT32_MAX, &count))
            entry.count = (uint32_t)count;
        else
            return refuse(reader, member->keySpan, "a finding of the baseline has no such member, or not with such a value");
    }
    const Rule *rule = rule_named(entry.identity.rule);
    if (rule) entry.identity.rule = rule->name;
    if (!entry.identity.file.at || !entry.identity.rule.at || !entry.identity.text.at)
        return refuse(reader, node->span, "a finding of the baseline needs at least file, rule and text");
    ARRAY_PUSH(reader->arena, &out->entries, entry);
    return true;
}

static bool read_findings(BaselineReader *reader, Baseline *out, const NodeDocument *document) {
    const Node *root = document->root, *version = node_get(root, S("version")), *findings = node_get(root, S("findings"));
    const Node *tool = node_get(root, S("tool"));
    for (uint32_t i = 0; i < document->faults.n; i++) {
        const Fault *fault = &document->faults.at[i];
        Str why = fault->text.len ? fault->text : str_of(fault_name(fault->kind));
        return refuse(reader, fault->span, arena_cstr(reader->arena, str_join(reader->arena, S("this is not JSON: "), why)));
    }
    if (!tool || !str_eq(tool->text, S("podlint")) || !version || !findings)
        return refuse(reader, root->span, "this is not a baseline of podlint; make one with --write-baseline");
    if (version->kind != NODE_INT || !str_eq(version->text, S("1")))
        return refuse(reader, version->span,
                      "this version of podlint reads baselines of version 1; write it anew with --write-baseline");
    if (findings->kind != NODE_LIST) return refuse(reader, findings->span, "findings is a list");
    for (uint32_t i = 0; i < findings->count; i++)
        if (!read_entry(reader, out, &findings->items[i])) return false;
    return true;
}

bool baseline_read(Baseline *out, Arena *arena, const char *path) {
    BaselineReader reader = {.arena = arena};
    *out = (Baseline){.directory = directory_of(arena, path)};
    SourceError error = source_read(&reader.source, arena, str_of(path));
    if (error) {
        Str why = source_error_text(arena, error, errno);
        tell_error("podlint: cannot read the baseline %s: %.*s", path, (int)why.len, why.at);
        return false;
    }
    NodeReader nodes = {.source = &reader.source};
    NodeDocument document, more;
    if (!node_next(&nodes, arena, &document)) return refuse(&reader, (Span){0, 0}, "the baseline is empty");
    if (!read_findings(&reader, out, &document)) return false;
    if (node_next(&nodes, arena, &more)) return refuse(&reader, more.span, "a baseline is one JSON object");
    settle(out);
    return true;
}

/* What the baseline calls a file. The findings of one file come one after the other, so that one name is kept. */
typedef struct Names {
    const char *directory;
    const ResultFile *file;
    Str name;
} Names;

static Str name_of(Names *names, Arena *arena, const ResultFile *file) {
    if (names->file != file) names->name = input_relative(arena, names->directory, file->name);
    names->file = file;
    return names->name;
}

void baseline_gather(Baseline *out, Arena *arena, const char *path, const Run *run) {
    *out = (Baseline){.directory = directory_of(arena, path)};
    Names names = {.directory = out->directory};
    for (RunWalk walk = {.run = run}; run_next(&walk);) {
        Identity identity = identity_of(arena, name_of(&names, arena, walk.file), walk.document, walk.finding);
        ARRAY_PUSH(arena, &out->entries, (BaselineEntry){.identity = identity, .count = 1});
    }
    settle(out);
}

bool baseline_write(const Baseline *baseline, const char *path) {
    Output output;
    if (!output_open(&output, path)) return false;
    fprintf(output.stream, "{\"tool\": \"podlint\", \"version\": %d, \"findings\": [", BASELINE_VERSION);
    for (uint32_t i = 0; i < baseline->entries.n; i++) {
        BaselineEntry entry = baseline->entries.at[i];
        json_t *object = json_object();
        for (int j = 0; j < TEXT_COUNT; j++) {
            Str text = *text_member(&entry.identity, j);
            json_object_set_new(object, members[j].at, json_stringn(text.at ? text.at : "", text.len));
        }
        if (entry.count > 1) json_object_set_new(object, "count", json_integer(entry.count));
        fputs(i ? ",\n" : "\n", output.stream);
        json_dumpf(object, output.stream, JSON_PRESERVE_ORDER);
        json_decref(object);
    }
    fputs("\n]}\n", output.stream);
    return output_close(&output);
}

/* Whether the baseline knows a finding; each entry as often as it counts. */
static bool knows(Baseline *baseline, Identity identity) {
    BaselineEntry wanted = {.identity = identity};
    BaselineEntry *found = baseline->entries.n ? bsearch(&wanted, baseline->entries.at, baseline->entries.n,
                                                         sizeof *baseline->entries.at, by_identity)
                                               : NULL;
    return found && found->left && found->left--;
}

/* Whether the file was judged by the rule. */
static bool looked_for(const ResultFile *file, Str name) {
    const Rule *rule = file->error.at ? NULL : rule_set_named(&file->settings->rules, name);
    if (!rule || !file->settings->on[rule->number]) return false;
    return rule->source != FROM_POD_SECURITY || file->settings->podSecurity.level;
}

/* Whether there is no such file any more. */
static bool is_missing(const Baseline *baseline, Arena *arena, Str file) {
    char *path = arena_cstr(arena, str_join(arena, str_join(arena, str_of(baseline->directory), S("/")), file));
    return access(path, F_OK) != 0 && errno == ENOENT;
}

typedef struct NamedFile {
    Str name;
    const ResultFile *file;
} NamedFile;

static int by_name(const void *left, const void *right) {
    return str_cmp(((const NamedFile *)left)->name, ((const NamedFile *)right)->name);
}

static uint32_t count_gone(const Baseline *baseline, Arena *arena, const Run *run) {
    NamedFile *files = NEW_ARRAY(arena, NamedFile, run->fileCount + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < run->fileCount; i++) {
        Str name = input_relative(arena, baseline->directory, run->files[i].name);
        files[i] = (NamedFile){str_valid_utf8(arena, name), &run->files[i]};
    }
    qsort(files, run->fileCount, sizeof *files, by_name);
    for (uint32_t i = 0; i < baseline->entries.n; i++) {
        const BaselineEntry *entry = &baseline->entries.at[i];
        if (!entry->left) continue;
        NamedFile wanted = {.name = entry->identity.file};
        const NamedFile *found = bsearch(&wanted, files, run->fileCount, sizeof *files, by_name);
        bool gone = found ? looked_for(found->file, entry->identity.rule) : is_missing(baseline, arena, wanted.name);
        if (gone) count += entry->left;
    }
    return count;
}

void baseline_apply(Baseline *baseline, Arena *arena, Run *run) {
    run->baseline = (BaselineCounts){.used = true};
    Names names = {.directory = baseline->directory};
    for (uint32_t i = 0; i < run->fileCount; i++)
        for (uint32_t j = 0; j < run->files[i].documentCount; j++) {
            ResultDocument *document = &run->files[i].documents[j];
            uint32_t kept = 0;
            for (uint32_t k = 0; k < document->findingCount; k++) {
                Identity identity = identity_of(arena, name_of(&names, arena, &run->files[i]), document, &document->findings[k]);
                if (knows(baseline, identity))
                    run->baseline.known++;
                else
                    document->findings[kept++] = document->findings[k];
            }
            document->findingCount = kept;
        }
    for (uint32_t i = 0; i < baseline->entries.n; i++) run->baseline.total += baseline->entries.at[i].count;
    run->baseline.gone = count_gone(baseline, arena, run);
    run_count(run);
}
