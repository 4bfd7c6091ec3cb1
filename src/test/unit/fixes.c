/* Every rule that states what mends it, by its example: mended, it no longer raises the rule, says the same on a second run, and
 * has no error that the bad example did not have (fix.c keeps no other). */
#include <stdio.h>

#include "fix/example.h"
#include "rules.h"
#include "yaml/node.h"

static Arena arena;
static uint32_t passed, failed;

static void expect(const Rule *rule, bool good, const char *what) {
    if (good)
        passed++;
    else
        printf("FAIL %.*s: %s\n", TEXT(rule->name), what), failed++;
}

int main(int argc, char **argv) {
    uint32_t found = 0;
    for (uint16_t i = 0; i < rule_count; i++) {
        const Rule *rule = &rules[i];
        const RuleWords words = rule_words(rule);
        if (argc > 1 && !str_starts(rule->name, str_of(argv[1]))) continue;
        FixExample fix = fix_example(&arena, rule);
        found += fix.diff.len > 0;
        if (words.fix.len) {
            expect(rule, fix.diff.len > 0, "its fix does not mend its example");
            bool unsafe = str_starts(words.fix, S("unsafe"));
            expect(rule, !fix.diff.len || fix.safe == !unsafe, "the fix is not as safe as the rule says");
        }
        arena_reset(&arena);
    }
    arena_free(&arena);
    printf("fixes: %u examples mended, %u passed, %u failed\n", found, passed, failed);
    return failed ? 1 : 0;
}
