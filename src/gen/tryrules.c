/* The build's second look at rules/, once podlint's library is there: compiles the expressions of the rules against the schema,
 * and has the rules in C look at their own bad examples, to learn which fields they report.
 *
 *     tryrules OUTDIR FILE...
 *
 * A mistake is reported as file:line:column and fails the build. */
#include <errno.h>
#include <stdio.h>

#include "explain/explain.h"
#include "lint/example.h"
#include "lint/rule_file.h"
#include "run/run.h"
#include "generated.h"

static bool check_file(Arena *arena, const char *name) {
    Source source;
    RuleList list = {0};
    RuleFaults faults = {.arena = arena};
    if (source_read(&source, arena, str_of(name)) != SOURCE_OK) {
        fprintf(stderr, "tryrules: cannot read %s: %s\n", name, strerror(errno));
        return false;
    }
    rule_file_read(&list, &faults, &source, true);
    for (uint32_t i = 0; i < faults.items.n; i++) {
        const RuleFault *fault = &faults.items.at[i];
        Place place = source_place(&source, arena, fault->span.at);
        fprintf(stderr, "%s:%u:%u: error: %.*s\n", name, place.line, place.column, TEXT(fault->message));
        if (fault->help.len) fprintf(stderr, "  = help: %.*s\n", TEXT(fault->help));
    }
    return !faults.items.n;
}

static const FileSettings *settings_of_all(Arena *arena) {
    FileSettings *settings = NEW(arena, FileSettings);
    settings->minors[settings->minorCount++] = VERSION_LAST;
    settings->on = NEW_ARRAY(arena, uint8_t, rule_count);
    for (uint16_t i = 0; i < rule_count; i++) settings->on[i] = rules[i].source == FROM_LINT && !rule_words(&rules[i]).when.len;
    settings->lint = lint_prepare(arena, &(LintSettings){.on = settings->on});
    return settings;
}

/* The field's name at the start of a path; the path goes on behind it. Indexes and keys are left out. */
static Str next_name(Str *path) {
    size_t end = 0;
    while (end < path->len && path->at[end] != '.' && path->at[end] != '[') end++;
    Str name = {path->at, end};
    while (end < path->len && path->at[end] == '[') {
        while (end < path->len && path->at[end] != ']') end++;
        end += end < path->len;
    }
    *path = str_slice(*path, end + (end < path->len && path->at[end] == '.'));
    return name;
}

/* Writes where a path leads from the rule's type, or from a pod's spec if it has none.
 * Paths that leave the schema are left out. */
static void write_place(FILE *out, Arena *arena, const Rule *rule, const Type *kind, Str path) {
    const Type *on = schema_type(rule_on(rule)), *type = kind, *start = kind;
    Buf below = {.arena = arena};
    if (!on) on = schema_type(S("PodSpec"));
    while (path.len && type) {
        Str name = next_name(&path);
        const Field *field = schema_field(type, name, str_hash(name));
        if (!field) return;
        buf_format(&below, "%s%.*s", below.len ? "." : "", TEXT(name));
        type = field->type;
        if (!type || type != on) continue;
        start = on;
        below.len = 0;
    }
    fprintf(out, "    {%u, STR(\"%.*s\"), STR(\"%.*s\")},\n", rule->number, TEXT(start->name), TEXT(buf_text(&below)));
}

static void write_places(Arena *arena, const char *dir) {
    Generated file;
    generated_begin(&file, dir, "places_tables.c", "rules/", "tryrules");
    FILE *out = file.stream;
    const FileSettings *settings = settings_of_all(arena);
    fputs("#include \"explain/explain.h\"\n\nconst RulePlace rule_places[] = {\n", out);
    for (uint16_t i = 0; i < rule_count; i++) {
        if (!settings->on[i]) continue;
        Run run;
        run_check_text(&run, arena, rules[i].name, rule_example(arena, rule_words(&rules[i]).bad), settings);
        for (uint32_t d = 0; d < run.files[0].documentCount; d++) {
            const ResultDocument *document = &run.files[0].documents[d];
            const Type *kind = schema_type(document->kind);
            for (uint32_t j = 0; kind && j < document->findingCount; j++)
                if (document->findings[j].rule == &rules[i]) write_place(out, arena, &rules[i], kind, document->findings[j].path);
        }
    }
    fputs("};\nconst uint32_t rule_place_count = COUNT(rule_places);\n", out);
    generated_end(&file);
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fputs("usage: tryrules OUTDIR FILE...\n", stderr);
        return 2;
    }
    Arena arena = {0};
    bool right = true;
    for (int i = 2; i < argc; i++) right &= check_file(&arena, argv[i]);
    if (right) write_places(&arena, argv[1]);
    arena_free(&arena);
    return right ? 0 : 1;
}
