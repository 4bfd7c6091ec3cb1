#include "expectations.h"

#include "base/glob.h"
#include "base/str_set.h"
#include "yaml/node.h"

typedef struct Expectations {
    InputList *list;
    StrSet files; /* of the list by their paths */
    Str folder, test;
    bool chainsaw;     /* the test is one of chainsaw's */
    uint32_t patterns; /* of files that were looked for */
    StrSet applied;    /* the objects that the test has applied so far */
} Expectations;

static Str base_of(Str path) {
    return str_slice(path, (size_t)(str_rfind(path, '/') + 1));
}

static FileUse *use_of(const InputList *list, InputFile *file) {
    FileUse *use = NEW(list->arena, FileUse);
    if (file->use) *use = *file->use;
    file->use = use;
    return use;
}

static void mark(const InputList *list, InputFile *file, Str why) {
    FileUse *use = use_of(list, file);
    use->patch = true;
    use->why = why;
}

/* A path as written in a test, from where the run started. */
static Str from_folder(Arena *arena, Str folder, Str path) {
    Buf out = {.arena = arena};
    buf_str(&out, folder);
    if (!folder.len && str_starts(path, S("/"))) buf_char(&out, '/');
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
        if (out.len && out.at[out.len - 1] != '/') buf_char(&out, '/');
        buf_str(&out, step);
    }
    return buf_text(&out);
}

/* What a test does with a file that it names. */
typedef enum Part { PART_COMPARED, PART_JUDGED, PART_APPLIED, PART_REFUSED } Part;

/* Whether a file holds nothing but parts of workloads that the test has applied before: they are merged into those. */
static bool is_applied_onto(Expectations *e, const InputFile *file) {
    Arena scratch = {0}, *arena = e->list->arena;
    Source source;
    NodeDocument document;
    bool again = false, whole = false;
    if (source_read(&source, &scratch, file->path) == SOURCE_OK)
        for (NodeReader reader = {.source = &source}; node_next(&reader, &scratch, &document);) {
            const Node *kind = node_get(document.root, S("kind"));
            const Node *name = node_get(node_get(document.root, S("metadata")), S("name"));
            if (!kind || !name || kind->kind != NODE_STRING || name->kind != NODE_STRING) continue;
            Str object = str_format(arena, "%.*s %.*s", TEXT(kind->text), TEXT(name->text));
            bool before = str_set_add(&e->applied, object, e->list) != NULL;
            bool part = before && kustomize_is_part(document.root);
            again |= part;
            whole |= !part;
        }
    arena_free(&scratch);
    return again && !whole;
}

static void note(Expectations *e, InputFile *file, Part part) {
    if (part == PART_APPLIED && is_applied_onto(e, file))
        mark(e->list, file, str_format(e->list->arena, "%.*s applies it onto what is there", TEXT(e->test)));
    static const char *const words[] = {[PART_COMPARED] = "compares it with the cluster",
                                        [PART_JUDGED] = "judges it by policies",
                                        [PART_REFUSED] = "expects the server to refuse it"};
    if (part != PART_APPLIED) mark(e->list, file, str_format(e->list->arena, "%.*s %s", TEXT(e->test), words[part]));
    if (part == PART_REFUSED) use_of(e->list, file)->data = true;
    if (e->chainsaw) use_of(e->list, file)->expressions = true;
}

/* No repository comes near the limit of patterns. */
static void note_file(Expectations *e, Str name, Part part) {
    enum { MOST_PATTERNS = 1000 };
    Str path = from_folder(e->list->arena, e->folder, name);
    const InputFile *found = str_set_find(&e->files, path);
    if (found) note(e, &e->list->files.at[found - e->list->files.at], part);
    if (found || str_find(name, '*') < 0 || e->patterns++ >= MOST_PATTERNS) return;
    Globs globs = {0};
    globs_add(&globs, e->list->arena, arena_str(e->list->arena, path));
    for (uint32_t i = 0; i < e->list->files.n; i++) {
        InputFile *file = &e->list->files.at[i];
        Str own = from_folder(e->list->arena, S(""), file->path);
        Str last = str_slice(own, (size_t)(str_rfind(own, '/') + 1));
        if (globs_match(&globs, arena_cstr(e->list->arena, own), arena_cstr(e->list->arena, last), false) > 0)
            note(e, file, part);
    }
}

/* Whether chainsaw is told to expect an error, as by `check: {($error != null): true}`. */
static bool expects_error(const Node *expect) {
    for (uint32_t i = 0; expect && expect->kind == NODE_LIST && i < expect->count; i++) {
        const Node *check = node_get(&expect->items[i], S("check"));
        for (uint32_t j = 0; check && check->kind == NODE_MAP && j < check->count; j++) {
            const Entry *entry = &check->entries[j];
            bool isNull = str_has(entry->key, S("== null")), isFalse = str_eq(entry->value.text, S("false"));
            if (str_has(entry->key, S("$error")) && isNull == isFalse) return true;
        }
    }
    return false;
}

static void note_files(Expectations *e, const Node *value, Part part) {
    if (value->kind == NODE_STRING) note_file(e, value->text, part);
    for (uint32_t i = 0; value->kind == NODE_LIST && i < value->count; i++) note_files(e, &value->items[i], part);
    const Node *file = node_get(value, S("file"));
    if (part == PART_APPLIED && expects_error(node_get(value, S("expect")))) part = PART_REFUSED;
    if (file && file->kind == NODE_STRING) note_file(e, file->text, part);
}

/* assert: {file: a.yaml} of chainsaw, patchedResource: a.yaml of kyverno, wherever they stand. */
static void look(Expectations *e, const Node *node) {
    static const struct {
        Str word;
        bool chainsaw;
        Part part;
    } words[] = {{STR("assert"), true, PART_COMPARED},
                 {STR("error"), true, PART_COMPARED},
                 {STR("errors"), true, PART_COMPARED},
                 {STR("patch"), true, PART_COMPARED},
                 {STR("apply"), true, PART_APPLIED},
                 {STR("create"), true, PART_APPLIED},
                 {STR("update"), true, PART_APPLIED},
                 {STR("delete"), true, PART_APPLIED},
                 {STR("patchedResource"), false, PART_COMPARED},
                 {STR("patchedResources"), false, PART_COMPARED},
                 {STR("generatedResource"), false, PART_COMPARED},
                 {STR("resources"), false, PART_JUDGED},
                 {STR("targetResources"), false, PART_JUDGED}};
    for (uint32_t i = 0; node->kind == NODE_LIST && i < node->count; i++) look(e, &node->items[i]);
    for (uint32_t i = 0; node->kind == NODE_MAP && i < node->count; i++) {
        const Entry *entry = &node->entries[i];
        for (size_t j = 0; j < COUNT(words); j++)
            if (words[j].chainsaw == e->chainsaw && str_eq(entry->key, words[j].word))
                note_files(e, &entry->value, words[j].part);
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
    e->applied = (StrSet){.arena = e->list->arena};
    e->chainsaw = str_starts(base_of(path), S("chainsaw"));
    if (source_read(&source, &scratch, path) == SOURCE_OK)
        for (NodeReader reader = {.source = &source}; node_next(&reader, &scratch, &document);) look(e, document.root);
    arena_free(&scratch);
}

/* The name of a step of kuttl behind its number and a dash; empty if it is none. */
static Str step_name(Str name) {
    size_t digits = 0;
    while (digits < name.len && is_digit(name.at[digits])) digits++;
    Str rest = str_slice(name, digits);
    return digits && str_starts(rest, S("-")) ? rest : S("");
}

/* NUMBER-assert.yaml, NUMBER-errors.yaml, with more behind the word. */
static bool is_named_step(Str name) {
    Str rest = step_name(name);
    if (!(str_starts(rest, S("-assert")) || str_starts(rest, S("-error")))) return false;
    return str_ends(rest, S(".yaml")) || str_ends(rest, S(".yml"));
}

/* The steps of kuttl's tests, one behind the other as their numbers are. */
static void read_steps(Expectations *e) {
    bool test = false; /* the folder has the expectations of one */
    for (uint32_t i = 0; i < e->list->files.n; i++) {
        InputFile *file = &e->list->files.at[i];
        Str name = base_of(file->path), folder = {file->path.at, file->path.len - name.len};
        if (!str_eq(folder, e->folder)) {
            e->folder = folder;
            e->applied = (StrSet){.arena = e->list->arena};
            test = false;
        }
        test |= is_named_step(name);
        if (!step_name(name).len || is_named_step(name) || !is_applied_onto(e, file) || !test) continue;
        mark(e->list, file, S("a step of a test applies it onto what is there"));
    }
}

void expectations_read(InputList *list) {
    static const Str tests[] = {STR("chainsaw-test.yaml"), STR("chainsaw-test.yml"), STR("kyverno-test.yaml")};
    Expectations e = {.list = list, .files.arena = list->arena};
    bool any = false;
    for (uint32_t i = 0; i < list->files.n; i++) {
        Str name = base_of(list->files.at[i].path);
        any |= str_in(name, tests, COUNT(tests));
        if (is_named_step(name)) mark(list, &list->files.at[i], S("its name says that a test compares it with the cluster"));
    }
    read_steps(&e);
    for (uint32_t i = 0; i < list->files.n && any; i++)
        str_set_add(&e.files, from_folder(list->arena, S(""), list->files.at[i].path), &list->files.at[i]);
    for (uint32_t i = 0; i < list->files.n && any; i++)
        if (str_in(base_of(list->files.at[i].path), tests, COUNT(tests)))
            read_test(&e, from_folder(list->arena, S(""), list->files.at[i].path));
}
