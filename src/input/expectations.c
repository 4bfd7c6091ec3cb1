#include "expectations.h"

#include "base/str_set.h"
#include "yaml/node.h"

typedef struct Expectations {
    InputList *list;
    StrSet files; /* of the list by their paths */
    Str folder, test;
} Expectations;

static Str base_of(Str path) {
    return str_slice(path, (size_t)(str_rfind(path, '/') + 1));
}

static void mark(InputList *list, InputFile *file, Str why) {
    FileUse *use = NEW(list->arena, FileUse);
    if (file->use) *use = *file->use;
    use->patch = true;
    use->why = why;
    file->use = use;
}

/* A path as written in a test, from where the run started. */
static Str from_folder(Arena *arena, Str folder, Str path) {
    Buf out = {.arena = arena};
    buf_str(&out, folder);
    while (path.len) {
        ptrdiff_t slash = str_find(path, '/');
        Str step = {path.at, slash < 0 ? path.len : (size_t)slash};
        path = str_slice(path, step.len + 1);
        if (!step.len || str_eq(step, S("."))) continue;
        if (str_eq(step, S("..")) && out.len) {
            ptrdiff_t up = str_rfind(buf_text(&out), '/');
            out.len = up < 0 ? 0 : (size_t)up;
            continue;
        }
        if (out.len) buf_char(&out, '/');
        buf_str(&out, step);
    }
    return buf_text(&out);
}

static void expect_file(Expectations *e, Str name) {
    Str path = from_folder(e->list->arena, e->folder, name);
    const InputFile *found = str_set_find(&e->files, path);
    if (!found) return;
    Str why = str_format(e->list->arena, "%.*s compares it with the cluster", TEXT(e->test));
    mark(e->list, &e->list->files.at[found - e->list->files.at], why);
}

static void expect_files(Expectations *e, const Node *value) {
    if (value->kind == NODE_STRING) expect_file(e, value->text);
    for (uint32_t i = 0; value->kind == NODE_LIST && i < value->count; i++) expect_files(e, &value->items[i]);
    const Node *file = node_get(value, S("file"));
    if (file && file->kind == NODE_STRING) expect_file(e, file->text);
}

/* assert: {file: a.yaml} of chainsaw, patchedResource: a.yaml of kyverno, wherever they stand. */
static void look(Expectations *e, const Node *node) {
    static const Str words[] = {
        STR("assert"),           STR("error"), STR("errors"), STR("patch"), STR("patchedResource"), STR("patchedResources"),
        STR("generatedResource")};
    for (uint32_t i = 0; node->kind == NODE_LIST && i < node->count; i++) look(e, &node->items[i]);
    for (uint32_t i = 0; node->kind == NODE_MAP && i < node->count; i++) {
        const Entry *entry = &node->entries[i];
        if (str_in(entry->key, words, COUNT(words))) expect_files(e, &entry->value);
        look(e, &entry->value);
    }
}

static void read_test(Expectations *e, Str path) {
    Arena scratch = {0};
    Source source;
    NodeDocument document;
    ptrdiff_t slash = str_rfind(path, '/');
    e->folder = slash < 0 ? S("") : (Str){path.at, (size_t)slash};
    e->test = path;
    if (source_read(&source, &scratch, path) == SOURCE_OK)
        for (NodeReader reader = {.source = &source}; node_next(&reader, &scratch, &document);) look(e, document.root);
    arena_free(&scratch);
}

/* NUMBER-assert.yaml, NUMBER-errors.yaml, with more behind the word. */
static bool is_named_step(Str name) {
    size_t digits = 0;
    while (digits < name.len && is_digit(name.at[digits])) digits++;
    Str rest = str_slice(name, digits);
    if (!digits || !(str_starts(rest, S("-assert")) || str_starts(rest, S("-error")))) return false;
    return str_ends(rest, S(".yaml")) || str_ends(rest, S(".yml"));
}

void expectations_read(InputList *list) {
    static const Str tests[] = {STR("chainsaw-test.yaml"), STR("chainsaw-test.yml"), STR("kyverno-test.yaml")};
    Expectations e = {.list = list, .files.arena = list->arena};
    bool any = false;
    for (uint32_t i = 0; i < list->files.n; i++) {
        Str name = base_of(list->files.at[i].path);
        any |= str_in(name, tests, COUNT(tests));
        if (is_named_step(name)) mark(list, &list->files.at[i], S("a test compares it with the cluster, by its name"));
    }
    for (uint32_t i = 0; i < list->files.n && any; i++)
        str_set_add(&e.files, from_folder(list->arena, S(""), list->files.at[i].path), &list->files.at[i]);
    for (uint32_t i = 0; i < list->files.n && any; i++)
        if (str_in(base_of(list->files.at[i].path), tests, COUNT(tests)))
            read_test(&e, from_folder(list->arena, S(""), list->files.at[i].path));
}
