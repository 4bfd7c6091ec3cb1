/* Files and directories are told apart by device and inode, so that it does not matter by which path they are named. */
#include "kustomize.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "applications.h"

typedef struct LabelSet {
    StrMap labels;
    bool selectors; /* also put into selectors, and the templates that they select */
    bool templates;
} LabelSet;

typedef struct ImageChange {
    Str name, newName, newTag, digest;
} ImageChange;

typedef struct ReplicaChange {
    Str name;
    int64_t count;
} ReplicaChange;

/* A patch, as far as it matters for the objects that it changes. */
typedef struct Patch {
    Str kind, name; /* of its target; empty: any */
    StrList fields; /* names of all that it writes, sorted */
    bool deletes;   /* the whole object */
} Patch;

/* A variable $(NAME) of `vars`. */
typedef struct KustomizeVar {
    Str name, value; /* value.at is NULL if it comes from an object */
} KustomizeVar;

typedef struct FileIdentity {
    dev_t device;
    ino_t inode;
} FileIdentity;

typedef struct Kustomization Kustomization;

typedef ARRAY(const Kustomization *) Layers;

struct Kustomization {
    FileIdentity identity; /* of the directory */
    Str directory, path;
    bool listed, component;
    bool root;                      /* listed, and no other of the list includes it */
    const Application *application; /* of a program that applies kustomizations and files; NULL: a kustomization of its own */
    ARRAY(Kustomization *) parents, components;
    ARRAY(LabelSet) labels;
    ARRAY(ImageChange) images;
    ARRAY(ReplicaChange) replicas;
    ARRAY(Patch) patches;
    ARRAY(KustomizeVar) variables; /* its own first, then those of what it includes */
    uint32_t ownVariables;
    Str prefix, suffix, namespace;
    Layers layers;   /* all that changes its objects, itself first */
    uint32_t naming; /* how many of the layers give names: itself, its first parent, and so on */
    uint32_t mark;   /* the last search that came by */
};

typedef enum FileRole { FILE_RESOURCE, FILE_PATCH, FILE_DATA, FILE_SWITCHED_OFF } FileRole;

/* A kustomization names a file. */
typedef struct Mention {
    FileIdentity file;
    FileRole role;
    Kustomization *by; /* NULL: a test or another program does */
    Str why, path;
} Mention;

typedef struct TreeReader {
    Arena *arena;
    ARRAY(Kustomization *) all;
    ARRAY(Mention) mentions;
    uint32_t searches;
} TreeReader;

static bool same(FileIdentity a, FileIdentity b) {
    return a.device == b.device && a.inode == b.inode;
}

/* The mode of what stands at a path, 0 if there is nothing. */
static mode_t look(Arena *arena, Str path, FileIdentity *identity) {
    struct stat st;
    if (stat(arena_cstr(arena, path), &st) != 0) return 0;
    *identity = (FileIdentity){st.st_dev, st.st_ino};
    return st.st_mode;
}

static Str directory_of(Str path) {
    ptrdiff_t slash = str_rfind(path, '/');
    return slash < 0 ? S(".") : slash == 0 ? S("/") : (Str){path.at, (size_t)slash};
}

static Str below(Arena *arena, Str directory, Str path) {
    if (path.len && path.at[0] == '/') return path;
    return str_format(arena, "%.*s/%.*s", (int)directory.len, directory.at, (int)path.len, path.at);
}

static Str text_at(const Node *map, const char *key) {
    const Node *node = node_get(map, str_of(key));
    return node && node->kind == NODE_STRING ? node->text : S("");
}

static bool true_at(const Node *map, const char *key) {
    const Node *node = node_get(map, str_of(key));
    return node && node->kind == NODE_BOOL && node->text.at[0] == 't';
}

/* The items of a list under a key; an empty list if there is none. */
static Node list_at(const Node *map, const char *key) {
    const Node *node = node_get(map, str_of(key));
    return node && node->kind == NODE_LIST ? *node : (Node){.kind = NODE_LIST};
}

/* The kustomization of a directory, read or still to be read; NULL if there is none. */
static Kustomization *find_kustomization(TreeReader *r, Str directory) {
    FileIdentity identity, file;
    if (!S_ISDIR(look(r->arena, directory, &identity))) return NULL;
    for (uint32_t i = 0; i < r->all.n; i++)
        if (same(r->all.at[i]->identity, identity)) return r->all.at[i];
    for (size_t i = 0; i < KUSTOMIZATION_NAMES; i++) {
        Str path = below(r->arena, directory, input_kustomizations[i]);
        if (!S_ISREG(look(r->arena, path, &file))) continue;
        Kustomization *found = NEW(r->arena, Kustomization);
        found->identity = identity;
        found->directory = directory;
        found->path = path;
        ARRAY_PUSH(r->arena, &r->all, found);
        return found;
    }
    return NULL;
}

/* What a role makes of a file, in words. */
static Str role_words(FileRole role) {
    static const Str words[] = {[FILE_RESOURCE] = STR("a resource"),
                                [FILE_PATCH] = STR("a patch"),
                                [FILE_DATA] = STR("data"),
                                [FILE_SWITCHED_OFF] = STR("a resource that is commented out")};
    return words[role];
}

static void mention_path(TreeReader *r, Kustomization *k, Str path, FileRole role) {
    Mention m = {.role = role, .by = k, .path = path};
    if (!S_ISREG(look(r->arena, path, &m.file))) return;
    Str words = role_words(role);
    m.why = str_format(r->arena, "%.*s of %.*s", TEXT(words), TEXT(k->path));
    ARRAY_PUSH(r->arena, &r->mentions, m);
}

static void mention(TreeReader *r, Kustomization *k, Str path, FileRole role) {
    if (path.len) mention_path(r, k, arena_str(r->arena, below(r->arena, k->directory, path)), role);
}

static void mention_list(TreeReader *r, Kustomization *k, Node list, FileRole role) {
    for (uint32_t i = 0; i < list.count; i++)
        if (list.items[i].kind == NODE_STRING) mention(r, k, list.items[i].text, role);
}

/* Resources, bases and components: files, or directories of other kustomizations. */
static void include(TreeReader *r, Kustomization *k, Node list, bool components) {
    for (uint32_t i = 0; i < list.count; i++) {
        if (list.items[i].kind != NODE_STRING) continue;
        Kustomization *child = find_kustomization(r, below(r->arena, k->directory, list.items[i].text));
        mention(r, k, list.items[i].text, FILE_RESOURCE);
        if (!child) continue;
        ARRAY_PUSH(r->arena, &child->parents, k);
        if (components) ARRAY_PUSH(r->arena, &k->components, child);
    }
}

static void read_labels(TreeReader *r, Kustomization *k, const Node *pairs, bool selectors, bool templates) {
    if (!pairs || pairs->kind != NODE_MAP) return;
    LabelSet set = {.selectors = selectors, .templates = selectors || templates};
    set.labels.at = NEW_ARRAY(r->arena, StrPair, pairs->count + 1);
    for (uint32_t i = 0; i < pairs->count; i++)
        if (pairs->entries[i].value.kind < NODE_LIST)
            set.labels.at[set.labels.n++] = (StrPair){pairs->entries[i].key, pairs->entries[i].value.text};
    ARRAY_PUSH(r->arena, &k->labels, set);
}

/* Patches. */

typedef ARRAY(Str) Names;

static void add_keys(Arena *arena, Names *names, const Node *node) {
    for (uint32_t i = 0; node->kind == NODE_LIST && i < node->count; i++) add_keys(arena, names, &node->items[i]);
    for (uint32_t i = 0; node->kind == NODE_MAP && i < node->count; i++) {
        ARRAY_PUSH(arena, names, node->entries[i].key);
        add_keys(arena, names, &node->entries[i].value);
    }
}

static void add_words(Arena *arena, Names *names, Str path, char separator) {
    while (path.len) {
        ptrdiff_t end = str_find(path, separator);
        Str word = {path.at, end < 0 ? path.len : (size_t)end};
        if (word.len) ARRAY_PUSH(arena, names, word);
        path = str_slice(path, word.len + 1);
    }
}

static int by_text(const void *a, const void *b) {
    return str_cmp(*(const Str *)a, *(const Str *)b);
}

static StrList sorted(Names names) {
    uint32_t kept = 0;
    if (names.n) qsort(names.at, names.n, sizeof *names.at, by_text);
    for (uint32_t i = 0; i < names.n; i++)
        if (!kept || !str_eq(names.at[i], names.at[kept - 1])) names.at[kept++] = names.at[i];
    return (StrList){names.at, kept};
}

/* A name of a target is a regular expression: one that is not plain is taken to match all. */
static Str plain_name(Str name) {
    for (size_t i = 0; i < name.len; i++)
        if (strchr("*+?()[]{}|\\^$", name.at[i])) return S("");
    return name;
}

static void add_patch(TreeReader *r, Kustomization *k, const Node *target, const Node *root) {
    Names names = {0};
    bool operations = root->kind == NODE_LIST;
    for (uint32_t i = 0; operations && i < root->count; i++) {
        add_words(r->arena, &names, text_at(&root->items[i], "path"), '/');
        const Node *value = node_get(&root->items[i], S("value"));
        if (value) add_keys(r->arena, &names, value);
    }
    if (!operations) add_keys(r->arena, &names, root);
    Patch patch = {.fields = sorted(names), .deletes = str_eq(text_at(root, "$patch"), S("delete"))};
    if (target) {
        patch.kind = plain_name(text_at(target, "kind"));
        patch.name = plain_name(text_at(target, "name"));
    } else {
        patch.kind = text_at(root, "kind");
        patch.name = text_at(node_get(root, S("metadata")), "name");
    }
    ARRAY_PUSH(r->arena, &k->patches, patch);
}

static void read_patches(TreeReader *r, Kustomization *k, const Node *target, const Source *source) {
    NodeReader reader = {.source = source};
    NodeDocument document;
    while (node_next(&reader, r->arena, &document)) add_patch(r, k, target, document.root);
}

static void read_patch_file(TreeReader *r, Kustomization *k, const Node *target, Str path) {
    FileIdentity identity;
    Source *source = NEW(r->arena, Source);
    Str full = below(r->arena, k->directory, path);
    if (!path.len || !S_ISREG(look(r->arena, full, &identity))) return;
    mention(r, k, path, FILE_PATCH);
    if (source_read(source, r->arena, arena_str(r->arena, full)) == SOURCE_OK) read_patches(r, k, target, source);
}

static void read_patch_text(TreeReader *r, Kustomization *k, const Node *target, Str text) {
    Source *source = NEW(r->arena, Source);
    if (source_from_bytes(source, r->arena, k->path, text) == SOURCE_OK) read_patches(r, k, target, source);
}

static void read_targeted_patches(TreeReader *r, Kustomization *k, Node list) {
    for (uint32_t i = 0; i < list.count; i++) {
        const Node *item = &list.items[i], *target = node_get(item, S("target"));
        Str text = text_at(item, "patch");
        if (item->kind == NODE_STRING) /* as old versions had it */
            read_patch_file(r, k, NULL, item->text);
        else if (text.len)
            read_patch_text(r, k, target, text);
        else
            read_patch_file(r, k, target, text_at(item, "path"));
    }
}

static void read_merge_patches(TreeReader *r, Kustomization *k, Node list) {
    for (uint32_t i = 0; i < list.count; i++) {
        if (list.items[i].kind != NODE_STRING) continue;
        Str text = list.items[i].text;
        if (str_find(text, '\n') >= 0)
            read_patch_text(r, k, NULL, text);
        else
            read_patch_file(r, k, NULL, text);
    }
}

/* What else writes into objects. */

static void read_replacement(TreeReader *r, Kustomization *k, const Node *replacement) {
    Node targets = list_at(replacement, "targets");
    for (uint32_t i = 0; i < targets.count; i++) {
        const Node *select = node_get(&targets.items[i], S("select"));
        Node paths = list_at(&targets.items[i], "fieldPaths");
        Names names = {0};
        for (uint32_t j = 0; j < paths.count; j++)
            if (paths.items[j].kind == NODE_STRING) add_words(r->arena, &names, paths.items[j].text, '.');
        Patch patch = {
            .kind = plain_name(text_at(select, "kind")), .name = plain_name(text_at(select, "name")), .fields = sorted(names)};
        ARRAY_PUSH(r->arena, &k->patches, patch);
    }
}

static void read_replacements(TreeReader *r, Kustomization *k, Node list) {
    for (uint32_t i = 0; i < list.count; i++) {
        Str path = text_at(&list.items[i], "path");
        read_replacement(r, k, &list.items[i]);
        if (!path.len) continue;
        Source *source = NEW(r->arena, Source);
        NodeDocument document;
        mention(r, k, path, FILE_DATA);
        if (source_read(source, r->arena, arena_str(r->arena, below(r->arena, k->directory, path))) != SOURCE_OK) continue;
        for (NodeReader reader = {.source = source}; node_next(&reader, r->arena, &document);) {
            const Node *root = document.root;
            read_replacement(r, k, root);
            for (uint32_t j = 0; root->kind == NODE_LIST && j < root->count; j++) read_replacement(r, k, &root->items[j]);
        }
    }
}

/* The value of a line KEY=VALUE; at is NULL if it is another one. */
static Str value_of_line(Str line, Str key) {
    bool found = str_starts(line, key) && line.len > key.len && line.at[key.len] == '=';
    return found ? str_slice(line, key.len + 1) : (Str){0};
}

static Str value_in_file(TreeReader *r, const Kustomization *k, Str path, Str key) {
    Source source;
    Str value = {0};
    if (source_read(&source, r->arena, arena_str(r->arena, below(r->arena, k->directory, path))) != SOURCE_OK) return value;
    for (Str rest = source.text; rest.len && !value.at;) {
        ptrdiff_t end = str_find(rest, '\n');
        Str line = {rest.at, end < 0 ? rest.len : (size_t)end};
        value = value_of_line(str_trim(line), key);
        rest = str_slice(rest, line.len + 1);
    }
    return value;
}

/* The value of KEY=VALUE, a literal of one of the generators or a line of one of their files of variables; at is NULL if none of
 * them has it. */
static Str generated_value(TreeReader *r, const Kustomization *k, const Node *root, Str name, Str key) {
    Node generators = list_at(root, "configMapGenerator");
    Str value = {0};
    for (uint32_t i = 0; i < generators.count && !value.at; i++) {
        const Node *generator = &generators.items[i];
        Node literals = list_at(generator, "literals"), files = list_at(generator, "envs");
        if (!str_eq(text_at(generator, "name"), name)) continue;
        for (uint32_t j = 0; j < literals.count && !value.at; j++) value = value_of_line(literals.items[j].text, key);
        for (uint32_t j = 0; j < files.count && !value.at; j++) value = value_in_file(r, k, files.items[j].text, key);
        if (!value.at && text_at(generator, "env").len) value = value_in_file(r, k, text_at(generator, "env"), key);
    }
    return value;
}

static void read_variables(TreeReader *r, Kustomization *k, const Node *root) {
    static const Str data = STR("data.");
    Node list = list_at(root, "vars");
    for (uint32_t i = 0; i < list.count; i++) {
        const Node *object = node_get(&list.items[i], S("objref"));
        Str field = text_at(node_get(&list.items[i], S("fieldref")), "fieldpath");
        KustomizeVar variable = {.name = text_at(&list.items[i], "name")};
        if (str_eq(text_at(object, "kind"), S("ConfigMap")) && str_starts(field, data))
            variable.value = generated_value(r, k, root, text_at(object, "name"), str_slice(field, data.len));
        if (variable.name.len) ARRAY_PUSH(r->arena, &k->variables, variable);
    }
    k->ownVariables = k->variables.n;
}

/* Something may be done to any object, and nobody tells what. */
static void add_unknown_patch(TreeReader *r, Kustomization *k) {
    static Str anything = STR("$patch");
    ARRAY_PUSH(r->arena, &k->patches, (Patch){.fields = {&anything, 1}});
}

static void read_transformers(TreeReader *r, Kustomization *k, Node list) {
    mention_list(r, k, list, FILE_DATA);
    if (list.count) add_unknown_patch(r, k);
}

/* NAME=IMAGE, or an image that takes the place of others of its name, as Argo CD has them. */
static ImageChange read_image_text(Str text) {
    ptrdiff_t equals = str_find(text, '=');
    ImageName image = image_parse(str_slice(text, (size_t)(equals + 1)));
    Str name = equals < 0 ? image.repository : (Str){text.at, (size_t)equals};
    return (ImageChange){name, image.repository, image.tag, image.digest};
}

static void read_images(TreeReader *r, Kustomization *k, Node list) {
    for (uint32_t i = 0; i < list.count; i++) {
        const Node *item = &list.items[i], *tag = node_get(item, S("newTag"));
        ImageChange change = {text_at(item, "name"), text_at(item, "newName"), S(""), text_at(item, "digest")};
        if (item->kind == NODE_STRING) change = read_image_text(item->text);
        if (tag && tag->kind < NODE_LIST && tag->kind != NODE_NULL) change.newTag = tag->text;
        ARRAY_PUSH(r->arena, &k->images, change);
    }
}

/* Images that skaffold builds get tags of its own. */
static void read_artifacts(TreeReader *r, Kustomization *k, const Node *list) {
    for (uint32_t i = 0; i < list->count; i++) {
        ImageChange change = {.name = text_at(&list->items[i], "image"), .newTag = S("built")};
        if (change.name.len) ARRAY_PUSH(r->arena, &k->images, change);
    }
}

static void read_replicas(TreeReader *r, Kustomization *k, Node list) {
    for (uint32_t i = 0; i < list.count; i++) {
        ReplicaChange change = {.name = text_at(&list.items[i], "name")};
        const Node *count = node_get(&list.items[i], S("count"));
        if (count && count->kind == NODE_INT && int_parse(count->text, INT32_MIN, INT32_MAX, &change.count))
            ARRAY_PUSH(r->arena, &k->replicas, change);
    }
}

/* Files that become contents of ConfigMaps and Secrets, as PATH or KEY=PATH. */
static void read_generators(TreeReader *r, Kustomization *k, Node list, Str kind) {
    static Str anything = STR("$patch");
    for (uint32_t i = 0; i < list.count; i++) {
        /* It may add to a ConfigMap or Secret that stands in a file. */
        Patch patch = {.kind = kind, .name = text_at(&list.items[i], "name"), .fields = {&anything, 1}};
        if (str_eq(text_at(&list.items[i], "behavior"), S("merge"))) ARRAY_PUSH(r->arena, &k->patches, patch);
        Node files = list_at(&list.items[i], "files");
        mention_list(r, k, list_at(&list.items[i], "envs"), FILE_DATA);
        mention(r, k, text_at(&list.items[i], "env"), FILE_DATA);
        for (uint32_t j = 0; j < files.count; j++) {
            if (files.items[j].kind != NODE_STRING) continue;
            Str entry = files.items[j].text;
            mention(r, k, str_slice(entry, (size_t)(str_find(entry, '=') + 1)), FILE_DATA);
        }
    }
}

static void read_data(TreeReader *r, Kustomization *k, const Node *root) {
    static const char *const lists[] = {"generators", "validators", "crds", "configurations"};
    for (size_t i = 0; i < COUNT(lists); i++) mention_list(r, k, list_at(root, lists[i]), FILE_DATA);
    read_generators(r, k, list_at(root, "configMapGenerator"), S("ConfigMap"));
    read_generators(r, k, list_at(root, "secretGenerator"), S("Secret"));
    const Node *openapi = node_get(root, S("openapi"));
    mention(r, k, text_at(openapi, "path"), FILE_DATA);
    Node charts = list_at(root, "helmCharts");
    for (uint32_t i = 0; i < charts.count; i++) {
        mention(r, k, text_at(&charts.items[i], "valuesFile"), FILE_DATA);
        mention_list(r, k, list_at(&charts.items[i], "additionalValuesFiles"), FILE_DATA);
    }
}

/* Entries that are kept in comments, to be switched on by whoever needs them: `# - manager_webhook_patch.yaml`. */
static void read_comments(TreeReader *r, Kustomization *k, Str text) {
    while (text.len) {
        ptrdiff_t end = str_find(text, '\n');
        Str line = str_trim((Str){text.at, end < 0 ? text.len : (size_t)end});
        text = end < 0 ? S("") : str_slice(text, (size_t)end + 1);
        if (!line.len || line.at[0] != '#') continue;
        line = str_trim(str_slice(line, 1));
        if (!str_starts(line, S("- "))) continue;
        line = str_trim(str_slice(line, 2));
        if (str_starts(line, S("path:"))) line = str_trim(str_slice(line, 5));
        mention(r, k, line, FILE_SWITCHED_OFF);
    }
}

/* What programs that apply kustomizations have in common with them. */
static void read_changes(TreeReader *r, Kustomization *k, const Node *from) {
    k->prefix = text_at(from, "namePrefix");
    k->suffix = text_at(from, "nameSuffix");
    include(r, k, list_at(from, "components"), true);
    read_labels(r, k, node_get(from, S("commonLabels")), true, true);
    read_targeted_patches(r, k, list_at(from, "patches"));
    read_images(r, k, list_at(from, "images"));
    read_replicas(r, k, list_at(from, "replicas"));
}

static bool is_key(Str line, const char *key) {
    return str_starts(line, str_of(key)) && str_starts(str_slice(line, strlen(key)), S(":"));
}

/* What a kustomization names that cannot be read: the words below its keys that are files or folders. */
static void read_words(TreeReader *r, Kustomization *k, Str text) {
    enum { NONE, RESOURCES, PATCHES } below = NONE;
    add_unknown_patch(r, k);
    while (text.len) {
        ptrdiff_t end = str_find(text, '\n');
        Str line = {text.at, end < 0 ? text.len : (size_t)end};
        text = str_slice(text, line.len + 1);
        if (line.len && is_letter(line.at[0]) && str_find(line, ':') > 0) {
            bool resources = is_key(line, "resources") || is_key(line, "bases") || is_key(line, "components");
            below = str_starts(line, S("patches")) ? PATCHES : resources ? RESOURCES : NONE;
        }
        for (size_t at = 0, length; at < line.len && below && line.at[at] != '#'; at += length + !length) {
            length = 0;
            while (at + length < line.len && !strchr(" \t\r,[]{}\"'#", line.at[at + length])) length++;
            Node word = {.kind = NODE_STRING, .text = {line.at + at, length}};
            if (length && below == PATCHES) read_patch_file(r, k, NULL, word.text);
            if (length && below == RESOURCES) include(r, k, (Node){.kind = NODE_LIST, .count = 1, .items = &word}, false);
        }
    }
}

static void read_kustomization(TreeReader *r, Kustomization *k) {
    Source *source = NEW(r->arena, Source);
    NodeReader reader = {.source = source};
    NodeDocument document;
    if (source_read(source, r->arena, k->path) != SOURCE_OK || !node_next(&reader, r->arena, &document)) return;
    const Node *root = document.root;
    if (!document.readable && !document.mended) read_words(r, k, source->text);
    k->component = str_eq(text_at(root, "kind"), S("Component"));
    k->namespace = text_at(root, "namespace");
    include(r, k, list_at(root, "resources"), false);
    include(r, k, list_at(root, "bases"), false);
    read_changes(r, k, root);
    Node labels = list_at(root, "labels");
    for (uint32_t i = 0; i < labels.count; i++)
        read_labels(r, k, node_get(&labels.items[i], S("pairs")), true_at(&labels.items[i], "includeSelectors"),
                    true_at(&labels.items[i], "includeTemplates"));
    read_targeted_patches(r, k, list_at(root, "patchesJson6902"));
    read_merge_patches(r, k, list_at(root, "patchesStrategicMerge"));
    read_replacements(r, k, list_at(root, "replacements"));
    read_variables(r, k, root);
    read_transformers(r, k, list_at(root, "transformers"));
    read_images(r, k, list_at(root, "imageTags"));
    read_data(r, k, root);
    read_comments(r, k, source->text);
}

/* Applications: kustomizations of a kind, which no other one includes. No repository comes near the limit. */

enum { MOST_MENTIONS = 1 << 17 };

/* Adds a file of an application's folder, or the kustomization that it is in. */
static void include_file(TreeReader *r, Kustomization *k, Str folder, Str file) {
    Str directory = directory_of(file);
    if (!k->application->deep && !str_eq(directory, folder)) return;
    for (Str at = directory; at.len > folder.len; at = directory_of(at)) {
        Kustomization *child = find_kustomization(r, at);
        if (!child) continue;
        bool known = child->parents.n && child->parents.at[child->parents.n - 1] == k;
        if (!known) ARRAY_PUSH(r->arena, &child->parents, k);
        return;
    }
    if (application_takes(k->application, str_slice(file, folder.len + 1))) mention_path(r, k, file, FILE_RESOURCE);
}

static void include_folder(TreeReader *r, Kustomization *k, Str folder, const InputList *list) {
    Kustomization *child = find_kustomization(r, folder);
    if (child) {
        ARRAY_PUSH(r->arena, &child->parents, k);
        return;
    }
    for (uint32_t i = 0; i < list->files.n && r->mentions.n < MOST_MENTIONS; i++) {
        Str path = list->files.at[i].path;
        if (str_starts(path, folder) && path.len > folder.len && path.at[folder.len] == '/') include_file(r, k, folder, path);
    }
}

static void include_matches(TreeReader *r, Kustomization *k, const InputList *list) {
    const Application *application = k->application;
    for (uint32_t i = 0; i < list->files.n && application->files.items.n && r->mentions.n < MOST_MENTIONS; i++) {
        Str path = list->files.at[i].path, base = application->base;
        if (!str_starts(path, base) || path.len <= base.len || path.at[base.len] != '/') continue;
        if (globs_cover(&application->files, path.at + base.len + 1, false)) mention_path(r, k, path, FILE_RESOURCE);
    }
}

static void add_application(TreeReader *r, const InputList *list, const Application *application) {
    Kustomization *k = NEW(r->arena, Kustomization);
    *k = (Kustomization){.directory = application->base, .path = application->name, .application = application};
    for (uint32_t i = 0; i < application->folders.n; i++) include_folder(r, k, application->folders.at[i], list);
    include_matches(r, k, list);
    if (application->changes) read_changes(r, k, application->changes);
    for (uint32_t i = 0; i < application->more.n; i++) read_artifacts(r, k, application->more.at[i]);
    const Node *common = application->changes ? node_get(application->changes, S("commonMetadata")) : NULL;
    if (common) read_labels(r, k, node_get(common, S("labels")), false, false);
    k->namespace = application->namespace;
    ARRAY_PUSH(r->arena, &r->all, k);
}

/* Adds a kustomization and its components to the layers, unless they are there. */
static void add_layer(TreeReader *r, Layers *layers, Kustomization *k) {
    if (k->mark == r->searches) return;
    k->mark = r->searches;
    ARRAY_PUSH(r->arena, layers, k);
    for (uint32_t i = 0; i < k->components.n; i++) add_layer(r, layers, k->components.at[i]);
}

static void find_layers(TreeReader *r, Kustomization *k) {
    r->searches++;
    add_layer(r, &k->layers, k);
    for (Kustomization *up = k; up->parents.n && up->parents.at[0]->mark != r->searches;) {
        up = up->parents.at[0];
        add_layer(r, &k->layers, up);
    }
    k->naming = k->layers.n;
    for (uint32_t i = 0; i < k->layers.n; i++) {
        const Kustomization *layer = k->layers.at[i];
        for (uint32_t j = 0; j < layer->parents.n; j++) add_layer(r, &k->layers, layer->parents.at[j]);
    }
}

/* Variables hold for all that a kustomization is built into. */
static void share_variables(TreeReader *r, const Kustomization *k) {
    for (uint32_t i = 0; i < k->layers.n; i++) {
        Kustomization *layer = (Kustomization *)(uintptr_t)k->layers.at[i];
        for (uint32_t v = 0; layer != k && v < k->ownVariables; v++) ARRAY_PUSH(r->arena, &layer->variables, k->variables.at[v]);
    }
}

static int by_identity(const void *left, const void *right) {
    const Mention *a = left, *b = right;
    if (a->file.device != b->file.device) return a->file.device < b->file.device ? -1 : 1;
    if (a->file.inode != b->file.inode) return a->file.inode < b->file.inode ? -1 : 1;
    return 0;
}

/* Kustomizations above a directory: up to the top of its repository, or none if it is in none. */
static void look_above(TreeReader *r, Str directory) {
    enum { HIGHEST = 64 };
    Str levels[HIGHEST];
    size_t count = 0;
    Str path = real_path(r->arena, arena_cstr(r->arena, directory));
    if (!path.at) return;
    bool top = false;
    for (; count < HIGHEST && !top && path.len > 1; path = directory_of(path)) {
        levels[count++] = path;
        top = access(arena_cstr(r->arena, below(r->arena, path, S(".git"))), F_OK) == 0;
    }
    for (size_t i = 0; top && i < count; i++) find_kustomization(r, levels[i]);
}

static void look_around(TreeReader *r, const InputList *list) {
    Str last = {0};
    for (uint32_t i = 0; i < list->directories.n; i++) look_above(r, list->directories.at[i]);
    for (uint32_t i = 0; i < list->files.n; i++) {
        const InputFile *file = &list->files.at[i];
        if (!file->named || str_eq(file->path, S("-"))) continue;
        Str directory = directory_of(file->path);
        if (str_eq(directory, last)) continue;
        last = directory;
        find_kustomization(r, directory);
        look_above(r, directory);
    }
}

/* One FileUse for all mentions of a file. */
static FileUse *use_of(Arena *arena, const Mention *mentions, size_t count) {
    FileUse *use = NEW(arena, FileUse);
    const Kustomization **users = NEW_ARRAY(arena, const Kustomization *, count);
    size_t roles[FILE_SWITCHED_OFF + 1] = {0};
    for (size_t i = 0; i < count; i++) {
        roles[mentions[i].role]++;
        const Kustomization *by = mentions[i].by;
        if (by) users[use->userCount++] = by;
        use->kustomized |= by && (!by->application || by->application->kustomizes);
        if (!use->why.len || mentions[i].role == FILE_PATCH) use->why = mentions[i].why;
    }
    use->patch = roles[FILE_PATCH] || roles[FILE_SWITCHED_OFF] == count;
    use->data = roles[FILE_DATA] == count;
    use->users = users;
    return use;
}

static void set_uses(TreeReader *r, InputList *list) {
    if (!r->mentions.n) return;
    const Mention *mentions = r->mentions.at, *end = mentions + r->mentions.n;
    qsort(r->mentions.at, r->mentions.n, sizeof *mentions, by_identity);
    for (uint32_t i = 0; i < list->files.n; i++) {
        Mention key = {0};
        if (!S_ISREG(look(r->arena, list->files.at[i].path, &key.file))) continue;
        const Mention *found = bsearch(&key, mentions, r->mentions.n, sizeof key, by_identity), *last = found;
        if (!found) continue;
        while (found > mentions && same(found[-1].file, key.file)) found--;
        while (last < end && same(last->file, key.file)) last++;
        list->files.at[i].use = use_of(r->arena, found, (size_t)(last - found));
    }
}

/* Patches that no kustomization names, as people leave them beside one that once did. */

/* Whether a map has a key anywhere. */
static bool has_key(const Node *node, Str key) {
    for (uint32_t i = 0; node->kind == NODE_LIST && i < node->count; i++)
        if (has_key(&node->items[i], key)) return true;
    for (uint32_t i = 0; node->kind == NODE_MAP && i < node->count; i++)
        if (str_eq(node->entries[i].key, key) || has_key(&node->entries[i].value, key)) return true;
    return false;
}

static bool is_object(const Node *root, Str kind, Str name) {
    return str_eq(text_at(root, "kind"), kind) && str_eq(text_at(node_get(root, S("metadata")), "name"), name);
}

static bool is_layer(const Kustomization *k, const Kustomization *of) {
    for (uint32_t i = 0; i < of->layers.n; i++)
        if (of->layers.at[i] == k) return true;
    return false;
}

/* Whether a file that is a resource of the kustomization, at whatever distance, holds the object. */
static bool has_resource(TreeReader *r, const Kustomization *k, Str kind, Str name) {
    bool found = false;
    for (uint32_t i = 0; i < r->mentions.n && !found; i++) {
        const Mention *m = &r->mentions.at[i];
        if (m->role != FILE_RESOURCE || !is_layer(k, m->by)) continue;
        Arena scratch = {0};
        Source source;
        NodeDocument document;
        if (source_read(&source, &scratch, m->path) == SOURCE_OK)
            for (NodeReader reader = {.source = &source}; !found && node_next(&reader, &scratch, &document);)
                found = is_object(document.root, kind, name);
        arena_free(&scratch);
    }
    return found;
}

bool kustomize_is_part(const Node *root) {
    const Node *spec = node_get(root, S("spec"));
    const Kind *known = schema_kind(text_at(root, "kind"));
    return known && known->pod && spec && !node_get(spec, S("selector")) && !has_key(spec, S("image"));
}

/* Whether a file holds a workload without a selector and without an image, of which the kustomization has the whole. */
static bool is_orphan_patch(TreeReader *r, const Kustomization *k, Str path, Str *why) {
    Arena scratch = {0};
    Source source;
    NodeDocument document;
    bool orphan = false;
    if (source_read(&source, &scratch, path) == SOURCE_OK)
        for (NodeReader reader = {.source = &source}; !orphan && node_next(&reader, &scratch, &document);) {
            const Node *root = document.root;
            Str kind = text_at(root, "kind"), name = text_at(node_get(root, S("metadata")), "name");
            if (!kustomize_is_part(root) || !name.len) continue;
            orphan = has_resource(r, k, kind, name);
            if (orphan)
                *why = str_format(r->arena, "a patch of %.*s %.*s, which %.*s does not mention", TEXT(kind), TEXT(name),
                                  TEXT(k->path));
        }
    arena_free(&scratch);
    return orphan;
}

/* Whether a file's name says that it is a patch: patch.yaml, deployment_patch.yaml, patches/deployment.yaml. */
static bool is_called_patch(Str path) {
    Str directory = directory_of(path), name = str_slice(path, (size_t)(str_rfind(path, '/') + 1));
    if (str_eq(str_slice(directory, (size_t)(str_rfind(directory, '/') + 1)), S("patches"))) return true;
    for (size_t i = 0; i + 5 < name.len; i++)
        if (str_starts(str_slice(name, i), S("patch")) && !is_alnum(name.at[i + 5]) && (!i || !is_alnum(name.at[i - 1])))
            return true;
    return false;
}

/* The kustomization of a folder, or of one that it is in: people keep patches in folders below. */
static const Kustomization *nearest_kustomization(TreeReader *r, Str directory) {
    enum { HIGHEST = 3 };
    for (int level = 0; level < HIGHEST; level++) {
        const Kustomization *k = find_kustomization(r, directory);
        ptrdiff_t slash = str_rfind(directory, '/');
        if (k || slash <= 0) return k;
        directory.len = (size_t)slash;
    }
    return NULL;
}

static void find_orphan_patches(TreeReader *r, InputList *list) {
    Str last = {0};
    const Kustomization *k = NULL;
    for (uint32_t i = 0; i < list->files.n && r->all.n; i++) {
        InputFile *file = &list->files.at[i];
        if (file->use || str_eq(file->path, S("-"))) continue;
        Str directory = directory_of(file->path), why;
        if (!str_eq(directory, last)) k = nearest_kustomization(r, directory);
        last = directory;
        if (!k) continue;
        if (is_called_patch(file->path))
            why = str_format(r->arena, "its name says that it is a patch, and %.*s does not mention it", TEXT(k->path));
        else if (!is_orphan_patch(r, k, file->path, &why))
            continue;
        FileUse *use = NEW(r->arena, FileUse);
        *use = (FileUse){.patch = true, .why = why, .kustomized = true};
        file->use = use;
    }
}

static bool has_listed_parent(const Kustomization *k) {
    for (uint32_t i = 0; i < k->parents.n; i++)
        if (k->parents.at[i]->listed) return true;
    return false;
}

StrList kustomize_read(InputList *list) {
    Arena *arena = list->arena;
    TreeReader reader = {.arena = arena}, *r = &reader;
    StrList roots = {0};
    for (uint32_t i = 0; i < list->kustomizations.n; i++) {
        Kustomization *k = find_kustomization(r, directory_of(list->kustomizations.at[i].path));
        if (k) k->listed = true;
    }
    look_around(r, list);
    Application *applications;
    uint32_t count = applications_read(list, &applications), read = 0;
    while (read < r->all.n) read_kustomization(r, r->all.at[read++]);
    for (uint32_t i = 0; i < count; i++) add_application(r, list, &applications[i]);
    for (; read < r->all.n; read++)
        if (!r->all.at[read]->application) read_kustomization(r, r->all.at[read]);
    roots.at = NEW_ARRAY(arena, Str, r->all.n + 1);
    for (uint32_t i = 0; i < r->all.n; i++) find_layers(r, r->all.at[i]);
    for (uint32_t i = 0; i < r->all.n; i++) share_variables(r, r->all.at[i]);
    for (uint32_t i = 0; i < r->all.n; i++) {
        Kustomization *k = r->all.at[i];
        k->root = k->listed && !k->component && !has_listed_parent(k);
        if (k->root) roots.at[roots.n++] = k->path;
    }
    set_uses(r, list);
    find_orphan_patches(r, list);
    return roots;
}

bool kustomize_variable(const FileUse *use, Str name, Str *value) {
    for (uint32_t i = 0; i < use->userCount; i++)
        for (uint32_t j = 0; j < use->users[i]->layers.n; j++) {
            const Kustomization *layer = use->users[i]->layers.at[j];
            for (uint32_t v = 0; v < layer->variables.n; v++)
                if (str_eq(layer->variables.at[v].name, name)) {
                    *value = layer->variables.at[v].value;
                    return true;
                }
        }
    return false;
}

bool kustomize_is_filled_in(const FileUse *use) {
    for (uint32_t i = 0; i < use->userCount; i++)
        for (uint32_t j = 0; j < use->users[i]->layers.n; j++) {
            const Application *application = use->users[i]->layers.at[j]->application;
            if (application && application->fillsIn) return true;
        }
    return false;
}

Str kustomize_substitute(const FileUse *use, Str name) {
    const Str *value = NULL;
    for (uint32_t i = 0; i < use->userCount; i++)
        for (uint32_t j = 0; j < use->users[i]->layers.n; j++) {
            const Application *application = use->users[i]->layers.at[j]->application;
            const Str *found = application && application->fillsIn ? str_set_find(&application->values, name) : NULL;
            if (found && value && (!found->at || !str_eq(*found, *value))) return (Str){0};
            if (found) value = found;
        }
    return value ? *value : (Str){0};
}

/* Whether nothing includes it, so that it is applied as it is. */
static bool is_top(const Kustomization *k) {
    return !k->parents.n && !k->component;
}

StrList kustomize_roots(Arena *arena, const FileUse *use) {
    Names names = {0};
    for (uint32_t i = 0; i < use->userCount; i++)
        for (uint32_t j = 0; j < use->users[i]->layers.n; j++) {
            const Kustomization *layer = use->users[i]->layers.at[j];
            if (is_top(layer)) ARRAY_PUSH(arena, &names, layer->path);
        }
    return sorted(names);
}

static void add_once(Arena *arena, Layers *layers, const Kustomization *k) {
    for (uint32_t i = 0; i < layers->n; i++)
        if (layers->at[i] == k) return;
    ARRAY_PUSH(arena, layers, k);
    for (uint32_t i = 0; i < k->components.n; i++) add_once(arena, layers, k->components.at[i]);
}

/* A step of a way. */
typedef struct Step {
    const Kustomization *k;
    struct Step *before, *after;
} Step;

static Way way_of(Arena *arena, const FileUse *use, const Step *first, const Step *last) {
    Kustomization *user = NEW(arena, Kustomization);
    const Kustomization **users = NEW(arena, const Kustomization *);
    FileUse *out = NEW(arena, FileUse);
    *user = *first->k;
    user->layers = (Layers){0};
    for (const Step *step = first; step; step = step->after) add_once(arena, &user->layers, step->k);
    user->naming = user->layers.n;
    *users = user;
    *out = *use;
    out->users = users;
    out->userCount = 1;
    return (Way){last->k->path, out};
}

/* The ways of a file so far, and how many steps may still be looked at: where kustomizations include each other there is no end
 * to them. */
typedef struct Climb {
    Arena *arena;
    const FileUse *use;
    Ways ways;
    uint32_t most, left;
} Climb;

static void climb(Climb *c, Step *first, Step *last) {
    if (is_top(last->k)) ARRAY_PUSH(c->arena, &c->ways, way_of(c->arena, c->use, first, last));
    for (const Step *step = last->before; step; step = step->before)
        if (step->k == last->k) return; /* in a circle */
    for (uint32_t i = 0; i < last->k->parents.n && c->ways.n < c->most && c->left; i++, c->left -= c->left > 0) {
        Step next = {last->k->parents.at[i], last, NULL};
        last->after = &next;
        climb(c, first, &next);
        last->after = NULL;
    }
}

Ways kustomize_ways(Arena *arena, const FileUse *use, uint32_t most) {
    Climb c = {.arena = arena, .use = use, .most = most, .left = 10 * most + 1000};
    for (uint32_t i = 0; i < use->userCount && c.ways.n < most; i++) {
        Step first = {use->users[i], NULL, NULL};
        climb(&c, &first, &first);
    }
    return c.ways;
}

bool kustomize_covers(StrList roots, const FileUse *use) {
    for (uint32_t i = 0; use && i < use->userCount; i++)
        for (uint32_t j = 0; j < use->users[i]->layers.n; j++) {
            const Kustomization *layer = use->users[i]->layers.at[j];
            if (layer->root && str_in(layer->path, roots.at, roots.n)) return true;
        }
    return false;
}

/* A field whose name chainsaw computes, or whose value is no more than what it computes of it. */
static bool is_expression(const Entry *entry) {
    Str key = str_trim(entry->key);
    if (key.len && (key.at[0] == '~' || (key.at[0] == '(' && str_has(key, S(")"))))) return true;
    bool all = entry->value.kind == NODE_MAP && entry->value.count;
    for (uint32_t i = 0; all && i < entry->value.count; i++) all = is_expression(&entry->value.entries[i]);
    return all;
}

/* A field that is null is taken out of what is patched, whether it is there or not. */
static bool is_directive(const Entry *entry, bool expressions) {
    Str key = entry->key;
    return entry->value.kind == NODE_NULL || str_eq(key, S("$patch")) || str_eq(key, S("$retainKeys")) ||
           str_starts(key, S("$setElementOrder/")) || str_starts(key, S("$deleteFromPrimitiveList/")) ||
           (expressions && is_expression(entry));
}

void kustomize_drop_directives(Arena *arena, Node *root, bool expressions) {
    for (uint32_t i = 0; root->kind == NODE_LIST && i < root->count; i++)
        kustomize_drop_directives(arena, &root->items[i], expressions);
    if (root->kind != NODE_MAP) return;
    bool some = false;
    for (uint32_t i = 0; i < root->count; i++) some |= is_directive(&root->entries[i], expressions);
    if (some) { /* what an alias shares stays as it is */
        Entry *kept = NEW_ARRAY(arena, Entry, root->count);
        uint32_t n = 0;
        for (uint32_t i = 0; i < root->count; i++)
            if (!is_directive(&root->entries[i], expressions)) kept[n++] = root->entries[i];
        root->entries = kept;
        root->indexed = false;
        root->count = n;
    }
    for (uint32_t i = 0; i < root->count; i++) kustomize_drop_directives(arena, &root->entries[i].value, expressions);
}

/* Reading and writing. */

/* Whether a scalar is written as a boolean that YAML has lost since 1.1. */
static bool is_old_boolean(Str written) {
    static const Str words[] = {STR("y"), STR("yes"), STR("on"), STR("n"), STR("no"), STR("off")};
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq_nocase(written, words[i])) return true;
    return false;
}

/* What is written for a scalar, without an anchor. */
static Str written_at(const Source *source, Span span) {
    bool there = span.at <= span.end && span.end <= source->text.len;
    Str text = there ? (Str){source->text.at + span.at, span.end - span.at} : S("");
    ptrdiff_t space = str_starts(text, S("&")) ? str_find(text, ' ') : -1;
    return space < 0 ? text : str_trim(str_slice(text, (size_t)space));
}

/* Makes a scalar the text that is written for it; for an alias that stands elsewhere. */
static void take_text(const Source *source, Node *node) {
    node->kind = NODE_STRING;
    if (!node->alias) node->text = written_at(source, node->span);
}

static void rewrite_words(const Source *source, Node *node) {
    for (uint32_t i = 0; node->kind == NODE_LIST && i < node->count; i++) rewrite_words(source, &node->items[i]);
    for (uint32_t i = 0; node->kind == NODE_MAP && i < node->count; i++) {
        Entry *entry = &node->entries[i];
        if (is_old_boolean(written_at(source, entry->keySpan)) && !node->indexed) {
            entry->key = written_at(source, entry->keySpan);
            entry->hash = str_hash(entry->key);
        }
        rewrite_words(source, &entry->value);
    }
    if (node->kind == NODE_BOOL && is_old_boolean(written_at(source, node->span))) take_text(source, node);
}

void kustomize_rewrite(const Source *source, Node *root) {
    const Node *annotations = node_get(node_get(root, S("metadata")), S("annotations"));
    for (uint32_t i = 0; annotations && annotations->kind == NODE_MAP && i < annotations->count; i++) {
        Node *value = &annotations->entries[i].value;
        if (value->kind < NODE_STRING) take_text(source, value);
    }
    rewrite_words(source, root);
}

/* Completing objects. */

static void map_set(Arena *arena, StrMap *map, Str key, Str value) {
    StrPair *pairs = NEW_ARRAY(arena, StrPair, map->n + 1);
    uint32_t at = 0;
    if (map->n) memcpy(pairs, map->at, map->n * sizeof *pairs);
    while (at < map->n && !str_eq(pairs[at].key, key)) at++;
    pairs[at] = (StrPair){key, value};
    *map = (StrMap){.at = pairs, .n = at == map->n ? map->n + 1 : map->n};
}

/* The labels that the object selects pods by, made where kustomize makes them, which is not in Jobs; NULL if it has none. */
static StrMap *selector_labels(Arena *arena, const Document *document) {
    const Field *field = model_spec_field(document, S("selector"));
    if (!field || model_workload(document) == WORKLOAD_NONE) return NULL;
    void *value = model_spec_value(document, field);
    if (field->shape == SHAPE_MAP) return value;
    LabelSelector **selector = value;
    if (!*selector && model_workload(document) != WORKLOAD_JOB) *selector = NEW(arena, LabelSelector);
    return *selector ? &(*selector)->matchLabels : NULL;
}

static void add_labels(Arena *arena, const LabelSet *set, Document *document) {
    ObjectMeta *meta = model_meta(document), *template = model_pod(document).meta;
    StrMap *selector = set->selectors ? selector_labels(arena, document) : NULL;
    for (uint32_t i = 0; i < set->labels.n; i++) {
        StrPair *label = &set->labels.at[i];
        map_set(arena, &meta->labels, label->key, label->value);
        if (template && template != meta && set->templates) map_set(arena, &template->labels, label->key, label->value);
        if (selector) map_set(arena, selector, label->key, label->value);
        /* A label that is wrong is a fault of the kustomization. */
        ARRAY_PUSH(arena, &document->supplied, (StrList){&label->key, 1});
    }
}

static void change_image(Arena *arena, const Kustomization *layer, Str *image) {
    ImageName name = image_parse(*image);
    Str repository = name.valid ? name.repository : *image;
    for (uint32_t i = 0; i < layer->images.n; i++) {
        const ImageChange *change = &layer->images.at[i];
        if (!str_eq(change->name, repository)) continue;
        Str to = change->newName.len ? change->newName : repository;
        bool asBefore = !change->digest.len && !change->newTag.len;
        Str tag = asBefore ? name.tag : change->newTag, digest = asBefore ? name.digest : change->digest;
        if (tag.len) to = str_format(arena, "%.*s:%.*s", (int)to.len, to.at, (int)tag.len, tag.at);
        if (digest.len) to = str_format(arena, "%.*s@%.*s", (int)to.len, to.at, (int)digest.len, digest.at);
        *image = to;
        return;
    }
}

static void change_images(Arena *arena, const Kustomization *layer, PodSpec *spec) {
    for (uint32_t i = 0; i < spec->containers.n; i++) change_image(arena, layer, &spec->containers.at[i].image);
    for (uint32_t i = 0; i < spec->initContainers.n; i++) change_image(arena, layer, &spec->initContainers.at[i].image);
}

static void change_replicas(const Kustomization *layer, Document *document) {
    OptInt *replicas = model_replicas(document);
    for (uint32_t i = 0; replicas && i < layer->replicas.n; i++)
        if (str_eq(layer->replicas.at[i].name, document->name)) *replicas = (OptInt){true, layer->replicas.at[i].count};
}

/* Whether a patch may be meant for an object; its name may have got a prefix and a suffix before. */
static bool is_target(const Patch *patch, const Document *document) {
    bool kind = !patch->kind.len || str_eq(patch->kind, document->kind);
    return kind && (!patch->name.len || str_has(patch->name, document->name));
}

/* Whether something else than what is here uses the kustomization: a component is never applied alone, nor is a base. */
static bool is_used_elsewhere(const Kustomization *k) {
    Str folder = str_slice(k->directory, (size_t)(str_rfind(k->directory, '/') + 1));
    return !k->parents.n && (k->component || str_eq(folder, S("base")) || str_eq(folder, S("bases")));
}

/* The name of a Namespace is that of the kustomization's namespace. */
static void name_namespace(Arena *arena, ObjectMeta *meta, Str name) {
    meta->name = name;
    map_set(arena, &meta->labels, S("kubernetes.io/metadata.name"), name);
}

/* Whether the name of an object is fixed by what it is. */
static bool keeps_name(const Document *document) {
    return document->type == &type_Namespace || str_eq(document->kind, S("CustomResourceDefinition")) ||
           str_eq(document->kind, S("APIService"));
}

static void give_name(Arena *arena, const Kustomization *user, Document *document) {
    static Str namespace = STR("namespace");
    ObjectMeta *meta = model_meta(document);
    const Kind *kind = document->type->kind;
    bool elsewhere = false, given = false;
    for (uint32_t i = 0; i < user->layers.n; i++) {
        elsewhere |= is_used_elsewhere(user->layers.at[i]);
        given |= user->layers.at[i]->namespace.len > 0;
    }
    /* Subjects are in the namespace of their ServiceAccount. */
    if (elsewhere || given) ARRAY_PUSH(arena, &document->supplied, (StrList){&namespace, 1});
    if (elsewhere && !given && document->type == &type_Namespace) name_namespace(arena, meta, S("any"));
    for (uint32_t i = 0; i < user->naming; i++) {
        const Kustomization *layer = user->layers.at[i];
        if (layer->namespace.len && document->type == &type_Namespace) {
            name_namespace(arena, meta, layer->namespace);
        } else if (layer->namespace.len && kind && kind->namespaced) {
            meta->namespace = layer->namespace;
        }
        if ((!layer->prefix.len && !layer->suffix.len) || keeps_name(document)) continue;
        meta->name = str_join(arena, str_join(arena, layer->prefix, meta->name), layer->suffix);
    }
}

/* Objects of kinds that are not known are taken to be in a namespace. */
static void place(const Kustomization *user, Document *document) {
    const Kind *kind = model_kind(document);
    for (uint32_t i = 0; i < user->naming && (!kind || kind->namespaced); i++)
        if (user->layers.at[i]->namespace.len) document->placed = user->layers.at[i]->namespace;
}

/* Where names get prefixes and suffixes, a patch may name the object by its new one. */
static bool deletes(const Kustomization *layer, bool renamed, const Document *document) {
    for (uint32_t i = 0; i < layer->patches.n; i++) {
        const Patch *patch = &layer->patches.at[i];
        bool exact = !patch->name.len || str_eq(patch->name, document->name);
        if (patch->deletes && is_target(patch, document) && (exact || renamed)) return true;
    }
    return false;
}

/* The layer that takes an object out; NULL if none does. */
static const Kustomization *deleting_layer(const Layers *layers, const Document *document) {
    bool renamed = false;
    for (uint32_t i = 0; i < layers->n; i++) renamed |= layers->at[i]->prefix.len || layers->at[i]->suffix.len;
    for (uint32_t i = 0; i < layers->n; i++)
        if (deletes(layers->at[i], renamed, document)) return layers->at[i];
    return NULL;
}

bool kustomize_takes_out(Arena *arena, const FileUse *use, const Document *document, Str *by) {
    enum { MOST_WAYS = 64 };
    const Kustomization *layer = NULL;
    for (uint32_t i = 0; i < use->userCount; i++) {
        layer = deleting_layer(&use->users[i]->layers, document);
        if (!layer) return false;
    }
    if (!layer) return false;
    Ways ways = kustomize_ways(arena, use, MOST_WAYS);
    for (uint32_t i = 0; i < ways.n; i++)
        if (!deleting_layer(&ways.at[i].use->users[0]->layers, document)) return false;
    *by = layer->path;
    return true;
}

static void complete_by(Arena *arena, const Kustomization *layer, Document *document) {
    PodView pod = model_pod(document);
    for (uint32_t i = 0; i < layer->labels.n && document->object; i++) add_labels(arena, &layer->labels.at[i], document);
    for (uint32_t i = 0; i < layer->patches.n; i++)
        if (is_target(&layer->patches.at[i], document)) {
            document->patched = true;
            ARRAY_PUSH(arena, &document->supplied, layer->patches.at[i].fields);
        }
    if (pod.spec) change_images(arena, layer, pod.spec);
    change_replicas(layer, document);
}

void kustomize_complete(Arena *arena, const FileUse *use, Document *document) {
    for (uint32_t i = 0; i < use->userCount; i++) {
        const Layers *layers = &use->users[i]->layers;
        for (uint32_t j = 0; j < layers->n; j++) complete_by(arena, layers->at[j], document);
    }
    if (use->userCount && document->object) give_name(arena, use->users[0], document);
    if (use->userCount) place(use->users[0], document);
}
