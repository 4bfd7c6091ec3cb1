/* mkplaces OUTDIR
 *
 * Writes a table of the fields that the lint rules in C report, for explain: those that they report of their own bad examples. */
#include <stdio.h>

#include "explain/explain.h"
#include "lint/example.h"
#include "run/run.h"
#include "generated.h"

static Arena arena;

static const FileSettings *settings_of_all(void) {
    FileSettings *settings = NEW(&arena, FileSettings);
    settings->minors[settings->minorCount++] = VERSION_LAST;
    settings->on = NEW_ARRAY(&arena, uint8_t, rule_count);
    for (uint16_t i = 0; i < rule_count; i++) settings->on[i] = rules[i].source == FROM_LINT && !rules[i].when.len;
    settings->lint = lint_prepare(&arena, &(LintSettings){.on = settings->on});
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

/* Writes where a path leads from the rule's type, or from a pod's spec if it has none. Paths that leave the schema are left out.
 */
static void write_place(FILE *out, const Rule *rule, const Type *kind, Str path) {
    const Type *on = schema_type(rule->on), *type = kind, *start = kind;
    Buf below = {.arena = &arena};
    if (!on) on = schema_type(S("PodSpec"));
    while (path.len && type) {
        Str name = next_name(&path);
        const Field *field = schema_field(type, name, str_hash(name));
        if (!field) return;
        buf_format(&below, "%s%.*s", below.len ? "." : "", TEXT(name));
        type = field->type;
        if (type != on) continue;
        start = on;
        below.len = 0;
    }
    fprintf(out, "    {%u, STR(\"%.*s\"), STR(\"%.*s\")},\n", rule->number, TEXT(start->name), TEXT(buf_text(&below)));
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fputs("usage: mkplaces OUTDIR\n", stderr);
        return 2;
    }
    Generated file;
    generated_begin(&file, argv[1], "places_tables.c", "rules/", "mkplaces");
    FILE *out = file.stream;
    const FileSettings *settings = settings_of_all();
    fputs("#include \"explain/explain.h\"\n\nconst RulePlace rule_places[] = {\n", out);
    for (uint16_t i = 0; i < rule_count; i++) {
        if (!settings->on[i]) continue;
        Run run;
        run_check_text(&run, &arena, rules[i].name, rule_example(&arena, rules[i].bad), settings);
        for (uint32_t d = 0; d < run.files[0].documentCount; d++) {
            const ResultDocument *document = &run.files[0].documents[d];
            const Type *kind = schema_type(document->kind);
            for (uint32_t j = 0; kind && j < document->findingCount; j++)
                if (document->findings[j].rule == &rules[i]) write_place(out, &rules[i], kind, document->findings[j].path);
        }
    }
    fputs("};\nconst uint32_t rule_place_count = COUNT(rule_places);\n", out);
    generated_end(&file);
    arena_free(&arena);
    return 0;
}
