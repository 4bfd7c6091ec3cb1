/* The build's second look at rules/: compiles every expression against the schema. A mistake is reported as file:line:column and
 * fails the build.
 *
 *     checkrules FILE... */
#include <errno.h>
#include <stdio.h>

#include "lint/rule_file.h"

static bool check_file(Arena *arena, const char *name) {
    Source source;
    RuleList list = {0};
    RuleFaults faults = {.arena = arena};
    if (source_read(&source, arena, str_of(name)) != SOURCE_OK) {
        fprintf(stderr, "checkrules: cannot read %s: %s\n", name, strerror(errno));
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

int main(int argc, char **argv) {
    Arena arena = {0};
    int code = 0;
    for (int i = 1; i < argc; i++)
        if (!check_file(&arena, argv[i])) code = 1;
    arena_free(&arena);
    return code;
}
