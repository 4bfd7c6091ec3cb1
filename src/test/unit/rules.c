/* Every lint rule by its examples: the bad one has to raise exactly this rule, the good one nothing, with the default rules and
 * this one switched on. */
#include <stdio.h>
#include <stdlib.h>

#include "lint/example.h"
#include "lint/selection.h"
#include "run/run.h"
#include "rules.h"

static Arena arena;
static uint32_t passed, failed;

/* Judges a text with the default rules and `rule`; the results live in the arena. */
static Run judge(const Rule *rule, Str text) {
    FileSettings *file = NEW(&arena, FileSettings);
    RuleSet set = {0};
    Selection selection = {0};
    ARRAY_PUSH(&arena, &selection.enable, rule_words(rule).code);
    file->minors[file->minorCount++] = VERSION_LAST;
    file->on = NEW_ARRAY(&arena, uint8_t, rule_count);
    selection_resolve(file->on, &set, &selection);
    LintSettings lint = {.on = file->on};
    file->lint = lint_prepare(&arena, &lint);
    Run run;
    run_check_text(&run, &arena, S("example.yaml"), text, file);
    return run;
}

static void fail(const Rule *rule, const char *which, const Run *run, Str text) {
    printf("FAIL %.*s: %s example\n", TEXT(rule->name), which);
    for (uint32_t i = 0; i < run->files[0].documentCount; i++)
        for (uint32_t j = 0; j < run->files[0].documents[i].findingCount; j++) {
            const Finding *finding = &run->files[0].documents[i].findings[j];
            printf("  %u:%u: %.*s: %.*s (%.*s)\n", finding->start.line, finding->start.column, TEXT(finding->rule->name),
                   TEXT(finding->message), TEXT(finding->path));
        }
    if (getenv("VERBOSE")) printf("%.*s\n", TEXT(text));
    failed++;
}

static void test_example(const Rule *rule, bool good) {
    Str text = rule_example(&arena, good ? rule_words(rule).good : rule_words(rule).bad);
    Run run = judge(rule, text);
    uint32_t hits = 0, others = 0;
    for (uint32_t i = 0; i < run.files[0].documentCount; i++)
        for (uint32_t j = 0; j < run.files[0].documents[i].findingCount; j++)
            if (run.files[0].documents[i].findings[j].rule == rule)
                hits++;
            else
                others++;
    if (others || (good ? hits > 0 : hits == 0))
        fail(rule, good ? "good" : "bad", &run, text);
    else
        passed++;
}

int main(int argc, char **argv) {
    for (uint16_t i = 0; i < rule_count; i++) {
        const Rule *rule = &rules[i];
        if (rule->source != FROM_LINT || (argc > 1 && !str_starts(rule->name, str_of(argv[1])))) continue;
        test_example(rule, false);
        test_example(rule, true);
        arena_reset(&arena);
    }
    arena_free(&arena);
    printf("rules: %u passed, %u failed\n", passed, failed);
    return failed ? 1 : 0;
}
