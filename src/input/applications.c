/* Most files are none of these, so that a search for the name of an API goes before any reading. Paths of Flux and Argo CD start
 * at the top of the repository that they stand in, those of skaffold at its file. */
#include "applications.h"

#include <string.h>

/* A ConfigMap or Secret that values come from. */
typedef struct Origin {
    Str kind, name;
    uint32_t application;
} Origin;

typedef struct ApplicationReader {
    const InputList *list;
    Arena *arena;
    ARRAY(Application) all;
    ARRAY(Origin) origins;
    ARRAY(Str) names; /* of these, each once */
    StrSet known;
    size_t kept;            /* bytes of text that read_once has kept, or had no room for */
    Str operand, real, top; /* the operand that was looked at last, where it really is, and its repository */
} ApplicationReader;

static Str text_at(const Node *map, const char *key) {
    const Node *node = map ? node_get(map, str_of(key)) : NULL;
    return node && node->kind == NODE_STRING ? node->text : S("");
}

static const Node *node_at(const Node *map, const char *key) {
    return map ? node_get(map, str_of(key)) : NULL;
}

static uint32_t count_of(const Node *list) {
    return list && list->kind == NODE_LIST ? list->count : 0;
}

static Str folder_of(Str path) {
    ptrdiff_t slash = str_rfind(path, '/');
    return slash < 0 ? S(".") : slash == 0 ? S("/") : (Str){path.at, (size_t)slash};
}

/* A path without its dots, and without slashes at its ends; empty for the place itself. */
static Str clean(Arena *arena, Str path) {
    Buf out = {.arena = arena};
    while (path.len) {
        ptrdiff_t slash = str_find(path, '/');
        Str step = {path.at, slash < 0 ? path.len : (size_t)slash};
        path = str_slice(path, step.len + 1);
        if (!step.len || str_eq(step, S("."))) continue;
        if (out.len) buf_char(&out, '/');
        buf_str(&out, step);
    }
    return out.len ? buf_text(&out) : S("");
}

static bool is_below(Str path, Str folder) {
    return str_starts(path, folder) && (path.len == folder.len || path.at[folder.len] == '/' || folder.len == 1);
}

/* Finds the operand that a file of the list was found in. */
static bool find_operand(ApplicationReader *r, Str file) {
    for (uint32_t i = 0; i < r->list->directories.n; i++) {
        Str operand = r->list->directories.at[i];
        if (!is_below(file, operand)) continue;
        if (str_eq(r->operand, operand)) return true;
        r->operand = operand;
        r->real = real_path(r->arena, arena_cstr(r->arena, operand));
        r->top = r->real.at ? input_repository(r->arena, r->real) : r->real;
        return r->real.at != NULL;
    }
    return false;
}

/* A folder of the repository as the list has it; empty if the run does not read it, or if it is the whole repository. */
static Str folder_in_list(ApplicationReader *r, Str path) {
    Str inside = clean(r->arena, path);
    if (!inside.len || str_has(path, S(".."))) return S("");
    Str top = r->top.len > 1 ? r->top : S(""), real = str_format(r->arena, "%.*s/%.*s", TEXT(top), TEXT(inside));
    if (is_below(r->real, real)) return r->operand;
    if (!is_below(real, r->real)) return S("");
    Str rest = str_slice(real, r->real.len);
    return str_format(r->arena, "%.*s%.*s", TEXT(r->operand), TEXT(rest));
}

static Application *add(ApplicationReader *r, Str file, Str kind, Str name) {
    ARRAY_PUSH(r->arena, &r->all, (Application){0});
    Application *new = &r->all.at[r->all.n - 1];
    new->name = str_format(r->arena, "%.*s: %.*s%s%.*s", TEXT(file), TEXT(kind), name.len ? " " : "", TEXT(name));
    new->values.arena = r->arena;
    return new;
}

static bool add_folder(ApplicationReader *r, Application *application, Str path) {
    Str folder = folder_in_list(r, path);
    if (!folder.len) return false;
    ARRAY_PUSH(r->arena, &application->folders, folder);
    application->base = folder;
    return true;
}

/* Flux. */

/* What two sources say differently is not known. */
static void add_value(ApplicationReader *r, Application *application, Str key, const Node *value) {
    if (value->kind >= NODE_LIST) return;
    Str *text = NEW(r->arena, Str);
    *text = value->text;
    const Str *before = str_set_add(&application->values, key, text);
    if (before && before->at && !str_eq(*before, *text)) str_set_put(&application->values, key, NEW(r->arena, Str));
}

static void add_values(ApplicationReader *r, Application *application, const Node *map) {
    for (uint32_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++)
        add_value(r, application, map->entries[i].key, &map->entries[i].value);
}

static void read_flux(ApplicationReader *r, Str file, const Node *root) {
    const Node *spec = node_at(root, "spec"), *build = node_at(spec, "postBuild"), *from = node_at(build, "substituteFrom");
    if (!spec || !find_operand(r, file)) return;
    Application *new = add(r, file, S("Kustomization"), text_at(node_at(root, "metadata"), "name"));
    if (!add_folder(r, new, text_at(spec, "path"))) {
        r->all.n--;
        return;
    }
    new->deep = true;
    new->changes = spec;
    new->namespace = text_at(spec, "targetNamespace");
    new->fillsIn = build != NULL;
    add_values(r, new, node_at(build, "substitute"));
    for (uint32_t i = 0; i < count_of(from); i++) {
        Origin origin = {text_at(&from->items[i], "kind"), text_at(&from->items[i], "name"), r->all.n - 1};
        if (!origin.name.len) continue;
        ARRAY_PUSH(r->arena, &r->origins, origin);
        if (!str_set_add(&r->known, origin.name, spec)) ARRAY_PUSH(r->arena, &r->names, origin.name);
    }
}

/* Argo CD. */

static void read_source(ApplicationReader *r, Str file, Str name, const Node *source) {
    const Node *directory = node_at(source, "directory"), *deep = node_at(directory, "recurse");
    if (node_at(directory, "include") || node_at(directory, "exclude") || node_at(source, "plugin")) return;
    Application *new = add(r, file, S("Application"), name);
    if (!add_folder(r, new, text_at(source, "path"))) {
        r->all.n--;
        return;
    }
    new->deep = deep && deep->kind == NODE_BOOL && * deep->text.at == 't';
    new->changes = node_at(source, "kustomize");
    new->namespace = text_at(new->changes, "namespace");
}

static void read_argo(ApplicationReader *r, Str file, const Node *root) {
    const Node *spec = node_at(root, "spec"), *sources = node_at(spec, "sources");
    Str name = text_at(node_at(root, "metadata"), "name");
    if (!spec || !find_operand(r, file)) return;
    if (node_at(spec, "source")) read_source(r, file, name, node_at(spec, "source"));
    for (uint32_t i = 0; i < count_of(sources); i++) read_source(r, file, name, &sources->items[i]);
}

/* Skaffold. */

/* The files and folders that a part of the configuration has applied: as it was named before version 3, and since. */
static void read_manifests(ApplicationReader *r, Application *new, const Node *part) {
    const Node *manifests = node_at(part, "manifests"), *deploy = node_at(part, "deploy");
    const Node *files[] = {node_at(manifests, "rawYaml"), node_at(node_at(deploy, "kubectl"), "manifests")};
    const Node *folders[] = {node_at(node_at(manifests, "kustomize"), "paths"), node_at(node_at(deploy, "kustomize"), "paths")};
    for (size_t f = 0; f < COUNT(files); f++)
        for (uint32_t i = 0; i < count_of(files[f]); i++)
            globs_add(&new->files, r->arena, str_join(r->arena, S("/"), clean(r->arena, files[f]->items[i].text)));
    for (size_t f = 0; f < COUNT(folders); f++)
        for (uint32_t i = 0; i < count_of(folders[f]); i++) {
            Str path = clean(r->arena, folders[f]->items[i].text);
            Str folder = path.len ? str_format(r->arena, "%.*s/%.*s", TEXT(new->base), TEXT(path)) : new->base;
            ARRAY_PUSH(r->arena, &new->folders, folder);
        }
}

static void read_skaffold_part(ApplicationReader *r, Str file, const Node *root, const Node *part) {
    Application *new = add(r, file, S("skaffold"), text_at(part, "name"));
    new->base = folder_of(file);
    read_manifests(r, new, part);
    if (!new->files.items.n && !new->folders.n) {
        r->all.n--;
        return;
    }
    const Node *artifacts[] = {node_at(node_at(root, "build"), "artifacts"), node_at(node_at(part, "build"), "artifacts")};
    for (size_t i = 0; i < COUNT(artifacts); i++)
        if (count_of(artifacts[i])) ARRAY_PUSH(r->arena, &new->more, artifacts[i]);
}

static void read_skaffold(ApplicationReader *r, Str file, const Node *root) {
    const Node *profiles = node_at(root, "profiles");
    read_skaffold_part(r, file, root, root);
    for (uint32_t i = 0; i < count_of(profiles); i++) read_skaffold_part(r, file, root, &profiles->items[i]);
}

/* Files. */

typedef struct Program {
    Str api, kind;
    void (*read)(ApplicationReader *r, Str file, const Node *root);
} Program;

static const Program programs[] = {{STR("kustomize.toolkit.fluxcd.io/"), STR("Kustomization"), read_flux},
                                   {STR("argoproj.io/"), STR("Application"), read_argo},
                                   {STR("skaffold/"), STR("Config"), read_skaffold}};

static bool may_hold_application(Str text) {
    for (size_t i = 0; i < COUNT(programs); i++)
        if (str_has(text, programs[i].api) && str_has(text, programs[i].kind)) return true;
    return false;
}

static void read_file(ApplicationReader *r, Str file, Str text) {
    Source *source = NEW(r->arena, Source);
    NodeDocument document;
    if (source_from_bytes(source, r->arena, file, arena_str(r->arena, text)) != SOURCE_OK) return;
    for (NodeReader reader = {.source = source}; node_next(&reader, r->arena, &document);)
        for (size_t i = 0; i < COUNT(programs); i++)
            if (str_starts(text_at(document.root, "apiVersion"), programs[i].api) &&
                str_eq(text_at(document.root, "kind"), programs[i].kind))
                programs[i].read(r, file, document.root);
}

/* Gives the applications what a ConfigMap or Secret holds for them. */
static void read_origin(ApplicationReader *r, Str file, Str text) {
    bool some = false;
    for (uint32_t i = 0; i < r->names.n && !some; i++) some = str_has(text, r->names.at[i]);
    if (!some || !(str_has(text, S("ConfigMap")) || str_has(text, S("Secret")))) return;
    Source *source = NEW(r->arena, Source);
    NodeDocument document;
    if (source_from_bytes(source, r->arena, file, arena_str(r->arena, text)) != SOURCE_OK) return;
    for (NodeReader reader = {.source = source}; node_next(&reader, r->arena, &document);) {
        const Node *root = document.root;
        Str kind = text_at(root, "kind"), name = text_at(node_at(root, "metadata"), "name");
        if (node_at(root, "sops")) continue;
        for (uint32_t i = 0; i < r->origins.n; i++)
            if (str_eq(kind, r->origins.at[i].kind) && str_eq(name, r->origins.at[i].name))
                add_values(r, &r->all.at[r->origins.at[i].application],
                           node_at(root, str_eq(kind, S("Secret")) ? "stringData" : "data"));
    }
}

/* Reads a file, and keeps what it holds for whoever reads it next, up to MOST_KEPT bytes of all files. NULL if it cannot be read.
 */
static const Source *read_once(ApplicationReader *r, InputFile *file, Arena *scratch) {
    enum { MOST_KEPT = 16 << 20 };
    if (file->read) return file->read;
    Arena *arena = r->kept < MOST_KEPT ? r->arena : scratch;
    Source *source = NEW(arena, Source);
    if (source_read(source, arena, file->path) != SOURCE_OK) return NULL;
    r->kept += source->text.len;
    if (arena == r->arena && !source->once) file->read = source;
    return source;
}

static void read_files(ApplicationReader *r, bool origins) {
    Arena scratch = {0};
    for (uint32_t i = 0; i < r->list->files.n; i++) {
        InputFile *file = &r->list->files.at[i];
        const Source *source = file->named || file->text.at ? NULL : read_once(r, file, &scratch);
        if (source && origins)
            read_origin(r, file->path, source->text);
        else if (source && may_hold_application(source->text))
            read_file(r, file->path, source->text);
        arena_reset(&scratch);
    }
    arena_free(&scratch);
}

uint32_t applications_read(const InputList *list, Application **out) {
    ApplicationReader reader = {.list = list, .arena = list->arena, .known.arena = list->arena};
    read_files(&reader, false);
    if (reader.origins.n) read_files(&reader, true);
    *out = reader.all.at;
    return reader.all.n;
}
