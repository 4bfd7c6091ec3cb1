/* What may stand in a kustomization: its fields, and the files and folders that it may name. */
#include "input/kustomization.h"

#include <dirent.h>

#include "complete.h"
#include "features.h"

enum { MOST_ENTRIES = 500 };

bool kustomization_is(const OpenDocument *document) {
    Str path = str_of(document->path), name = str_slice(path, (size_t)(str_rfind(path, '/') + 1));
    return str_eq(name, S("kustomization.yaml")) || str_eq(name, S("kustomization.yml")) || str_eq(name, S("Kustomization"));
}

static void add_fields(Completion *c) {
    static const Str usual[] = {
        STR("resources"),       STR("patches"),   STR("images"),     STR("namespace"),  STR("configMapGenerator"),
        STR("secretGenerator"), STR("labels"),    STR("components"), STR("apiVersion"), STR("kind"),
        STR("replacements"),    STR("namePrefix")};
    Str name;
    for (uint32_t i = 0; (name = kustomization_field(i)).len; i++)
        if (!str_in(name, c->cursor->keys.at, c->cursor->keys.n))
            complete_add(c, (CompletionItem){.label = name,
                                             .insert = c->cursor->colon ? S("") : str_join(c->arena, name, S(": ")),
                                             .kind = ITEM_PROPERTY,
                                             .rank = str_in(name, usual, COUNT(usual)) ? 0 : 1});
}

/* Whether the texts at the cursor name files. */
static bool names_files(const Cursor *cursor) {
    static const Str lists[] = {STR("resources"),      STR("bases"), STR("components"),   STR("patchesStrategicMerge"),
                                STR("configurations"), STR("crds"),  STR("transformers"), STR("generators"),
                                STR("patches"),        STR("files"), STR("replacements"), STR("envs")};
    bool path = cursor->part == CURSOR_VALUE && str_eq(cursor->key, S("path"));
    for (uint32_t i = 0; i < cursor->steps.n; i++)
        if (cursor->steps.at[i].key.at && str_in(cursor->steps.at[i].key, lists, COUNT(lists)))
            return path || (cursor->part == CURSOR_KEY && !cursor->steps.at[cursor->steps.n - 1].key.at);
    return false;
}

/* The files and folders beside what is typed so far. */
static void add_files(Completion *c) {
    Str path = str_of(c->document->path), typed = c->cursor->typed;
    Str above = {typed.at, (size_t)(str_rfind(typed, '/') + 1)};
    Str folder = str_format(c->arena, "%.*s/%.*s", (int)str_rfind(path, '/'), path.at, TEXT(above));
    DIR *dir = opendir(arena_cstr(c->arena, folder));
    if (!dir) return;
    int n = 0;
    for (struct dirent *entry; n < MOST_ENTRIES && (entry = readdir(dir));) {
        Str name = str_of(entry->d_name);
        bool inner = entry->d_type == DT_DIR,
             manifest = str_ends(name, S(".yaml")) || str_ends(name, S(".yml")) || str_ends(name, S(".json"));
        if (name.at[0] == '.' || !str_is_utf8(name) || !(inner || manifest) || str_eq(str_join(c->arena, folder, name), path))
            continue;
        complete_add(c, (CompletionItem){.label = arena_str(c->arena, str_join(c->arena, above, name)),
                                         .kind = inner ? ITEM_FOLDER : ITEM_FILE});
        n++;
    }
    closedir(dir);
    complete_add(c, (CompletionItem){.label = str_join(c->arena, above, S("../")), .kind = ITEM_FOLDER, .rank = 1});
}

void kustomization_complete(Server *s, OpenDocument *document, const Cursor *cursor, json_t *items) {
    Completion c = completion_of(s, document, cursor, items);
    if (document->isFile && names_files(cursor))
        add_files(&c);
    else if (cursor->part == CURSOR_KEY && !cursor->steps.n)
        add_fields(&c);
}
