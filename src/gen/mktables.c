/* The build's generator: reads schema/ and rules/ and writes the structs, tables and emitters that podlint is compiled with.
 *
 *     mktables OUTDIR FILE...
 *
 * versions.yaml holds the Kubernetes versions that podlint covers, gates.yaml feature gates, kinds.yaml the kinds of objects,
 * pods.yaml where others hold pods, NAME-topics.yaml what explain tells, NAME-signs.yaml what it is asked about,
 * rule-examples.yaml examples of rules that have none beside them, a file with the key `source` rules; any other YAML file holds
 * types. A JSON file is the JSON Schema of the configuration, and .c files are sources, both of which are held against the rest.
 * A mistake is reported as file:line:column and fails the build.
 */
#include "generated.h"
#include "kinds.h"
#include "pods.h"
#include "rules.h"
#include "signs.h"
#include "topics.h"

#include <stdio.h>

typedef struct Inputs {
    File *versions, *gates, *kinds, *pods, *config, *examples;
    Files types, topics, signs, rules;
    Code code;
    bool unreadable; /* a file was */
} Inputs;

static void sort_file(Inputs *in, File *file) {
    Arena *arena = file->gen->arena;
    Str name = file->source.name;
    if (is_rules(file))
        ARRAY_PUSH(arena, &in->rules, file);
    else if (str_ends(name, S("/versions.yaml")))
        in->versions = file;
    else if (str_ends(name, S("/gates.yaml")))
        in->gates = file;
    else if (str_ends(name, S("/kinds.yaml")))
        in->kinds = file;
    else if (str_ends(name, S("/pods.yaml")))
        in->pods = file;
    else if (str_ends(name, S(".json")))
        in->config = file;
    else if (str_ends(name, S("/rule-examples.yaml")))
        in->examples = file;
    else if (str_ends(name, S("-topics.yaml")))
        ARRAY_PUSH(arena, &in->topics, file);
    else if (str_ends(name, S("-signs.yaml")))
        ARRAY_PUSH(arena, &in->signs, file);
    else
        ARRAY_PUSH(arena, &in->types, file);
}

static void read_all(Inputs *in, Gen *gen, char **names) {
    for (; *names; names++) {
        if (str_ends(str_of(*names), S(".c"))) {
            code_read(&in->code, gen, *names);
            continue;
        }
        File *file = file_read(gen, *names);
        in->unreadable |= !file;
        if (file) sort_file(in, file);
    }
}

/* The JSON Schema of the configuration, as podlint prints it. */
static void config_write(const char *dir, const File *file) {
    Generated generated;
    generated_begin(&generated, dir, "config_tables.c", "schema/podlint-config.json", "mktables");
    uint32_t count = 0;
    fputs("#include \"base/base.h\"\n\nextern const Str config_schema[];\nextern const uint16_t config_schema_lines;\n"
          "const Str config_schema[] = {\n",
          generated.stream);
    for (Str rest = file->source.text; rest.len; count++) {
        ptrdiff_t end = str_find(rest, '\n');
        Str line = end < 0 ? rest : (Str){rest.at, (size_t)end};
        fputs("    ", generated.stream);
        put_str(generated.stream, line);
        fputs(",\n", generated.stream);
        rest = end < 0 ? S("") : str_slice(rest, line.len + 1);
    }
    fprintf(generated.stream, "};\nconst uint16_t config_schema_lines = %u;\n", count);
    generated_end(&generated);
}

static void make(Inputs *in, Gen *gen, const char *dir) {
    Schema schema = {.gen = gen, .versions = versions_read(in->versions)};
    if (!schema.versions.first) return;
    RuleSet set = {0};
    schema.gates = gates_read(in->gates, schema.versions);
    for (uint32_t i = 0; i < in->types.n; i++) types_add(&schema, in->types.at[i]);
    types_finish(&schema);
    kinds_read(&schema, in->kinds);
    pods_check(in->pods, &schema);
    schema.pods = in->pods;
    for (uint32_t i = 0; i < in->rules.n; i++) rules_add(&set, in->rules.at[i]);
    if (in->examples) rules_add_examples(&set, in->examples);
    rules_check(&set, &schema, &in->code);
    topics_check(&in->topics);
    signs_check(&in->signs, &set, &in->topics);
    if (in->config) versions_check_config(in->config, schema.versions);
    if (gen->mistakes) return;
    versions_write(dir, schema.versions);
    types_write(dir, &schema);
    rules_write(dir, gen, &set);
    topics_write(dir, &in->topics);
    signs_write(dir, &in->signs);
    if (in->config) config_write(dir, in->config);
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fputs("usage: mktables OUTDIR FILE...\n", stderr);
        return 2;
    }
    Arena arena = {0};
    Gen gen = {.arena = &arena};
    Inputs inputs = {0};
    read_all(&inputs, &gen, argv + 2);
    if (!inputs.unreadable && inputs.versions && inputs.gates && inputs.kinds && inputs.pods) {
        make(&inputs, &gen, argv[1]);
    } else if (!gen.mistakes) {
        fputs("mktables: versions.yaml, gates.yaml, kinds.yaml or pods.yaml is missing\n", stderr);
        gen.mistakes++;
    }
    arena_free(&arena);
    return gen.mistakes ? 1 : 0;
}
