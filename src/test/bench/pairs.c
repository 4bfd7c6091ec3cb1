/* Writes the examples of every lint rule as manifests of whole objects, for compare.py.
 *
 *     pairs DIRECTORY      NAME/faulty.yaml and NAME/mended.yaml for the rule NAME */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lint/example.h"
#include "rules.h"

static bool write_example(Arena *arena, Str folder, const char *name, Str example) {
    FILE *file = fopen(str_format(arena, "%.*s/%s", TEXT(folder), name).at, "w");
    if (!file) return false;
    fprintf(file, "%.*s", TEXT(rule_example(arena, example)));
    return fclose(file) == 0;
}

int main(int argc, char **argv) {
    Arena arena = {0};
    if (argc != 2) return 2;
    for (uint16_t i = 0; i < rule_count; i++) {
        const Rule *rule = &rules[i];
        if (rule->source != FROM_LINT) continue;
        Str folder = str_format(&arena, "%s/%.*s", argv[1], TEXT(rule->name));
        if ((mkdir(folder.at, 0777) != 0 && errno != EEXIST) ||
            !write_example(&arena, folder, "faulty.yaml", rule_words(rule).bad) ||
            !write_example(&arena, folder, "mended.yaml", rule_words(rule).good)) {
            fprintf(stderr, "pairs: %s: %s\n", folder.at, strerror(errno));
            return 2;
        }
    }
    arena_free(&arena);
    return 0;
}
