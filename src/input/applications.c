/* Most files are none of these, so that a search for the name of an API goes before any reading. Paths of Flux and Argo CD start
 * at the top of the repository that they stand in, those of skaffold at its file. */
#include "applications.h"

#include <fnmatch.h>
#include <limits.h>
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
    new->kustomizes = true;
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

enum { MOST_PATTERNS = 64, LONGEST_PATTERN = 256, MOST_STARS = 8 };

/* The patterns that one with {a,b} in it stands for; false if they are too many, or braces stand in braces. */
static bool add_patterns(Arena *arena, StrList *out, Str pattern) {
    ptrdiff_t open = str_find(pattern, '{'), close = str_find(pattern, '}');
    size_t stars = 0;
    for (size_t i = 0; i < pattern.len; i++) stars += pattern.at[i] == '*';
    if (pattern.len > LONGEST_PATTERN || stars > MOST_STARS || out->n == MOST_PATTERNS || (open < 0) != (close < 0)) return false;
    if (open < 0) {
        out->at[out->n++] = str_format(arena, "%.*s%c", TEXT(pattern), 0);
        out->at[out->n - 1].len--;
        return true;
    }
    Str inner = {pattern.at + open + 1, close > open ? (size_t)(close - open - 1) : 0}, head = {pattern.at, (size_t)open};
    if (close < open || str_find(inner, '{') >= 0) return false;
    for (bool last = false; !last;) {
        ptrdiff_t comma = str_find(inner, ',');
        Str part = {inner.at, comma < 0 ? inner.len : (size_t)comma};
        last = comma < 0;
        inner = str_slice(inner, part.len + 1);
        Str whole = str_join(arena, str_join(arena, head, part), str_slice(pattern, (size_t)close + 1));
        if (!add_patterns(arena, out, whole)) return false;
    }
    return true;
}

static bool read_pattern(ApplicationReader *r, StrList *out, const Node *node) {
    *out = (StrList){NEW_ARRAY(r->arena, Str, MOST_PATTERNS), 0};
    return !node || node->kind == NODE_NULL ||
           (node->kind == NODE_STRING && (!node->text.len || add_patterns(r->arena, out, node->text)));
}

/* Stars match slashes, too, as they do in Argo CD. */
static bool matches_any(StrList patterns, const char *path) {
    for (uint32_t i = 0; i < patterns.n; i++)
        if (fnmatch(patterns.at[i].at, path, 0) == 0) return true;
    return false;
}

bool application_takes(const Application *application, Str path) {
    char text[PATH_MAX];
    if (!application->included.n && !application->excluded.n) return true;
    if (path.len >= sizeof text) return true;
    memcpy(text, path.at, path.len);
    text[path.len] = 0;
    return (!application->included.n || matches_any(application->included, text)) && !matches_any(application->excluded, text);
}

static void read_source(ApplicationReader *r, Str file, Str kind, Str name, const Node *source, Str path) {
    const Node *directory = node_at(source, "directory"), *deep = node_at(directory, "recurse");
    StrList included, excluded;
    if (node_at(source, "plugin")) return;
    if (!read_pattern(r, &included, node_at(directory, "include")) || !read_pattern(r, &excluded, node_at(directory, "exclude")))
        return;
    Application *new = add(r, file, kind, name);
    if (!add_folder(r, new, path)) {
        r->all.n--;
        return;
    }
    new->deep = deep && deep->kind == NODE_BOOL && * deep->text.at == 't';
    new->included = included;
    new->excluded = excluded;
    new->changes = node_at(source, "kustomize");
    new->namespace = text_at(new->changes, "namespace");
}

static void read_argo(ApplicationReader *r, Str file, const Node *root) {
    const Node *spec = node_at(root, "spec"), *source = node_at(spec, "source"), *sources = node_at(spec, "sources");
    Str name = text_at(node_at(root, "metadata"), "name"), kind = S("Application");
    if (!spec || !find_operand(r, file)) return;
    if (source) read_source(r, file, kind, name, source, text_at(source, "path"));
    for (uint32_t i = 0; i < count_of(sources); i++)
        read_source(r, file, kind, name, &sources->items[i], text_at(&sources->items[i], "path"));
}

/* Puts a folder in the place of {{path}} and {{.path.path}}; what is filled in otherwise is not known: empty. */
static Str path_for(Arena *arena, Str template, Str folder) {
    Buf out = {.arena = arena};
    Str base = str_slice(folder, (size_t)(str_rfind(folder, '/') + 1));
    while (template.len) {
        ptrdiff_t end = str_starts(template, S("{{")) ? str_find(template, '}') : -1;
        if (end < 0) {
            buf_char(&out, *template.at);
            template = str_slice(template, 1);
            continue;
        }
        Str name = str_trim((Str){template.at + 2, (size_t)end - 2});
        bool whole = str_eq(name, S("path")) || str_eq(name, S(".path.path"));
        if (!whole && !str_eq(name, S("path.basename")) && !str_eq(name, S(".path.basename"))) return S("");
        buf_str(&out, whole ? folder : base);
        template = str_slice(template, (size_t)end + 2);
    }
    return out.len ? buf_text(&out) : S("");
}

/* Whether a generator takes a folder of the repository: one of its patterns does, and none that excludes. */
static bool takes_folder(Arena *arena, const Node *patterns, Str folder) {
    bool takes = false, excludes = false;
    for (uint32_t i = 0; i < count_of(patterns); i++) {
        Str pattern = clean(arena, text_at(&patterns->items[i], "path"));
        const Node *exclude = node_at(&patterns->items[i], "exclude");
        if (!pattern.len || pattern.len > LONGEST_PATTERN) continue;
        if (fnmatch(arena_cstr(arena, pattern), arena_cstr(arena, folder), FNM_PATHNAME | FNM_PERIOD) != 0) continue;
        bool without = exclude && exclude->kind == NODE_BOOL && *exclude->text.at == 't';
        takes |= !without;
        excludes |= without;
    }
    return takes && !excludes;
}

/* The path of a folder of the list from the top of its repository; at is NULL if it lies elsewhere. */
static Str folder_in_repository(ApplicationReader *r, Str folder) {
    if (!is_below(folder, r->operand)) return (Str){0};
    Str rest = str_slice(folder, r->operand.len), real = str_join(r->arena, r->real, rest);
    return is_below(real, r->top) ? clean(r->arena, str_slice(real, r->top.len)) : (Str){0};
}

/* An ApplicationSet makes an application of each folder that its generators find. */
static void read_application_set(ApplicationReader *r, Str file, const Node *root) {
    enum { MOST_FOLDERS = 1000 };
    const Node *spec = node_at(root, "spec"), *generators = node_at(spec, "generators");
    const Node *source = node_at(node_at(node_at(spec, "template"), "spec"), "source");
    Str name = text_at(node_at(root, "metadata"), "name"), template = text_at(source, "path");
    if (!source || !template.len || !find_operand(r, file)) return;
    for (uint32_t g = 0; g < count_of(generators); g++) {
        const Node *patterns = node_at(node_at(&generators->items[g], "git"), "directories");
        StrSet seen = {.arena = r->arena};
        for (uint32_t i = 0; i < r->list->files.n && count_of(patterns) && seen.count < MOST_FOLDERS; i++) {
            Str folder = folder_in_repository(r, folder_of(r->list->files.at[i].path));
            for (; folder.at && folder.len && !str_set_add(&seen, folder, root);
                 folder.len = str_rfind(folder, '/') > 0 ? (size_t)str_rfind(folder, '/') : 0) {
                Str path = takes_folder(r->arena, patterns, folder) ? path_for(r->arena, template, folder) : S("");
                if (path.len)
                    read_source(r, file, S("ApplicationSet"), str_format(r->arena, "%.*s of %.*s", TEXT(name), TEXT(folder)),
                                source, path);
            }
        }
    }
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
                                   {STR("argoproj.io/"), STR("ApplicationSet"), read_application_set},
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

/* Gives the applications what a generator of a kustomization makes for them: KEY=VALUE, written there or in a file. */
static void read_generated(ApplicationReader *r, Str directory, const Node *generator, Str kind) {
    static const char *const lists[] = {"literals", "envs"};
    Str name = text_at(generator, "name");
    for (uint32_t i = 0; i < r->origins.n; i++) {
        if (!str_eq(r->origins.at[i].name, name) || !str_eq(r->origins.at[i].kind, kind)) continue;
        Application *application = &r->all.at[r->origins.at[i].application];
        for (size_t l = 0; l < COUNT(lists); l++) {
            const Node *list = node_at(generator, lists[l]);
            for (uint32_t j = 0; j < count_of(list); j++) {
                Source source = {.text = list->items[j].text};
                Str path = str_format(r->arena, "%.*s/%.*s", TEXT(directory), TEXT(list->items[j].text));
                if (list->items[j].kind != NODE_STRING || (l && source_read(&source, r->arena, path) != SOURCE_OK)) continue;
                for (Str rest = source.text; rest.len;) {
                    ptrdiff_t end = str_find(rest, '\n'), equals;
                    Str line = str_trim((Str){rest.at, end < 0 ? rest.len : (size_t)end});
                    rest = end < 0 ? S("") : str_slice(rest, (size_t)end + 1);
                    if ((equals = str_find(line, '=')) <= 0 || *line.at == '#') continue;
                    Node *value = NEW(r->arena, Node);
                    *value = (Node){.kind = NODE_STRING, .text = str_slice(line, (size_t)equals + 1)};
                    add_value(r, application, (Str){line.at, (size_t)equals}, value);
                }
            }
        }
    }
}

static void read_kustomizations(ApplicationReader *r) {
    for (uint32_t i = 0; i < r->list->kustomizations.n; i++) {
        Str path = r->list->kustomizations.at[i].path;
        Source *source = NEW(r->arena, Source);
        NodeReader reader = {.source = source};
        NodeDocument document;
        if (source_read(source, r->arena, path) != SOURCE_OK || !str_has(source->text, S("Generator"))) continue;
        if (!node_next(&reader, r->arena, &document)) continue;
        const Node *maps = node_at(document.root, "configMapGenerator"), *secrets = node_at(document.root, "secretGenerator");
        for (uint32_t j = 0; j < count_of(maps); j++) read_generated(r, folder_of(path), &maps->items[j], S("ConfigMap"));
        for (uint32_t j = 0; j < count_of(secrets); j++) read_generated(r, folder_of(path), &secrets->items[j], S("Secret"));
    }
}

uint32_t applications_read(const InputList *list, Application **out) {
    ApplicationReader reader = {.list = list, .arena = list->arena, .known.arena = list->arena};
    read_files(&reader, false);
    if (reader.origins.n) read_files(&reader, true);
    if (reader.origins.n) read_kustomizations(&reader);
    *out = reader.all.at;
    return reader.all.n;
}
