#include "versions.h"

#include <stdlib.h>

#include "generated.h"

int version_of(File *file, const Node *node, int low, int high) {
    Str text = node->text;
    bool form = node->kind == NODE_STRING && str_starts(text, S("1.")) && str_is_digits(str_slice(text, 2)) && text.len <= 4;
    int minor = form ? atoi(arena_cstr(file->gen->arena, str_slice(text, 2))) : -1;
    if (minor >= low && minor <= high) return minor;
    complain(file, node->span, S(""), "%.*s is not one of '1.%d' to '1.%d'", TEXT(node->text), low, high);
    return 0;
}

static int bound(File *file, const char *key, int low, int high) {
    const Node *node = node_get(file->root, str_of(key));
    if (node) return version_of(file, node, low, high);
    complain(file, file->root->span, S(""), "%s is missing", key);
    return 0;
}

Versions versions_read(File *file) {
    static const Str keys[] = {STR("first"), STR("oldest"), STR("newest")};
    only_keys(file, file->root, keys, COUNT(keys));
    Versions out = {.newest = bound(file, "newest", 1, 99)};
    if (out.newest) out.oldest = bound(file, "oldest", 1, out.newest);
    if (out.oldest)
        out.first = bound(file, "first", out.newest >= MOST_VERSIONS ? out.newest - MOST_VERSIONS + 1 : 1, out.oldest);
    return out;
}

/* The last step of a gate's history that was read; a stage is its place in the order in which features go through them. */
typedef struct Step {
    int minor, stage;
} Step;

/* What a version of a gate's history says holds until a later one says something else. */
static void read_step(File *file, const Entry *entry, Versions versions, GenGate *gate, Step *last) {
    static const Str stages[] = {STR("alpha"), STR("beta"), STR("ga"), STR("deprecated")};
    const Node *pair = &entry->value, key = {.kind = NODE_STRING, .span = entry->keySpan, .text = entry->key};
    int minor = version_of(file, &key, 0, versions.newest);
    if (pair->kind != NODE_LIST || pair->count != 2) {
        complain(file, entry->keySpan, S(""), "a gate's history is '1.N': [stage, default]");
        return;
    }
    Str stage = known_word(file, &pair->items[0], "stage", stages, COUNT(stages));
    if (pair->items[1].kind != NODE_BOOL)
        complain(file, pair->items[1].span, S(""), "whether the gate is on must be true or false, not %.*s",
                 TEXT(pair->items[1].text));
    bool on = str_eq(pair->items[1].text, S("true"));
    if (str_eq(stage, S("ga")) && !on) complain(file, pair->items[1].span, S(""), "a feature that is ga is on");
    Step step = {.minor = minor};
    while (step.stage < (int)COUNT(stages) - 1 && !str_eq(stage, stages[step.stage])) step.stage++;
    if (step.minor <= last->minor)
        complain(file, entry->keySpan, S(""), "1.%d stands behind 1.%d; a gate's history begins with the oldest version", minor,
                 last->minor);
    else if (step.stage < last->stage)
        complain(file, pair->items[0].span, S(""), "%.*s stands behind %.*s; features do not go back", TEXT(stage),
                 TEXT(stages[last->stage]));
    *last = step;
    for (int i = minor > versions.first ? minor - versions.first : 0; i <= versions.newest - versions.first; i++) {
        gate->stage[i] = stage;
        gate->on[i] = on;
    }
}

Gates gates_read(File *file, Versions versions) {
    Gates out = {NEW_ARRAY(file->gen->arena, GenGate, file->root->count), file->root->count};
    for (uint32_t i = 0; i < out.n; i++) {
        const Entry *entry = &file->root->entries[i];
        Step last = {.minor = -1};
        out.at[i].name = entry->key;
        if (entry->value.kind != NODE_MAP) complain(file, entry->keySpan, S(""), "%.*s has no history", TEXT(entry->key));
        for (uint32_t j = 0; entry->value.kind == NODE_MAP && j < entry->value.count; j++)
            read_step(file, &entry->value.entries[j], versions, &out.at[i], &last);
    }
    return out;
}

/* The value at a path such as definitions.version.anyOf.0; NULL if there is none. */
static const Node *value_at(const Node *node, Str path) {
    while (node && path.len) {
        ptrdiff_t dot = str_find(path, '.');
        Str name = {path.at, dot < 0 ? path.len : (size_t)dot};
        path = str_slice(path, name.len + (dot >= 0));
        uint32_t index = str_is_digits(name) ? (uint32_t)(name.at[0] - '0') : UINT32_MAX;
        node = node->kind == NODE_LIST ? index < node->count ? &node->items[index] : NULL : node_get(node, name);
    }
    return node;
}

static void expect(File *file, const char *path, Str wanted) {
    const Node *node = value_at(file->root, str_of(path));
    if (!node)
        complain(file, file->root->span, S(""), "%s is missing; it must be %.*s", path, TEXT(wanted));
    else if (!str_eq(node->text, wanted))
        complain(file, node->span, S(""), "must be \"%.*s\", as schema/versions.yaml has it", TEXT(wanted));
}

/* A version with what releases and vendors put behind it, as settings_version takes it; the argument is its minor versions. */
#define VERSION "v?1\\.(%.*s)(\\.(0|[1-9][0-9]{0,2}))?([-+][0-9A-Za-z.+-]*)?"

void versions_check_config(File *file, Versions versions) {
    Arena *arena = file->gen->arena;
    const Node *numbers = value_at(file->root, S("definitions.version.anyOf.1.enum"));
    Buf names = {.arena = arena};
    for (int minor = versions.oldest; minor <= versions.newest; minor++) {
        uint32_t i = (uint32_t)(minor - versions.oldest);
        Str wanted = str_format(arena, "1.%d", minor);
        buf_format(&names, "%s%d", i ? "|" : "", minor);
        if (!numbers || i >= numbers->count || !str_eq(numbers->items[i].text, wanted))
            complain(file, numbers ? numbers->span : file->root->span, S(""), "%.*s is missing, which schema/versions.yaml has",
                     TEXT(wanted));
    }
    expect(file, "definitions.version.anyOf.0.pattern",
           str_format(arena, "^" VERSION "(\\.\\." VERSION ")?$", TEXT(buf_text(&names)), TEXT(buf_text(&names))));
    expect(file, "definitions.kubernetes-version.default", str_format(arena, "1.%d", versions.newest));
    expect(file, "definitions.pod-security.pattern",
           str_format(arena, "^(privileged|baseline|restricted)(:(latest|v?1\\.([0-9]|[1-%d][0-9]|%d[0-%d])))?$",
                      versions.newest / 10 - 1, versions.newest / 10, versions.newest % 10));
}

void versions_write(const char *dir, Versions versions) {
    Generated file;
    generated_begin(&file, dir, "versions.h", "schema/versions.yaml", "mktables");
    fputs("#ifndef PODLINT_VERSIONS_H\n#define PODLINT_VERSIONS_H\n\n", file.stream);
    fputs(
        "/* Minor versions: the oldest that the schema tells apart, the oldest that manifests are checked for, the newest. */\n",
        file.stream);
    fprintf(file.stream, "enum { VERSION_FIRST = %d, VERSION_OLDEST_TARGET = %d, VERSION_LAST = %d };\n\n", versions.first,
            versions.oldest, versions.newest);
    fputs("/* Those that manifests are checked for, in the words of help texts. */\n", file.stream);
    fprintf(file.stream, "#define VERSION_RANGE \"1.%d to 1.%d\"\n#define VERSION_NEWEST \"1.%d\"\n\n#endif\n", versions.oldest,
            versions.newest, versions.newest);
    generated_end(&file);
}
