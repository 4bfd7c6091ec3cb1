#include "kustomization.h"

#include <sys/stat.h>

#include "base/near.h"
#include "input.h"
#include "model/path.h"
#include "rules.h"

/* What a field holds: for lists, what each item is. */
typedef enum FieldForm { FORM_ANY, FORM_TEXT, FORM_MAP, FORM_TEXTS, FORM_MAPS, FORM_TEXTS_OR_MAPS } FieldForm;

typedef struct FieldRow {
    Str name;
    FieldForm form;
    bool paths; /* the texts, or `path` of the maps, are paths */
} FieldRow;

static const FieldRow fields[] = {{STR("apiVersion"), FORM_TEXT, false},
                                  {STR("kind"), FORM_TEXT, false},
                                  {STR("metadata"), FORM_MAP, false},
                                  {STR("openapi"), FORM_MAP, false},
                                  {STR("namePrefix"), FORM_TEXT, false},
                                  {STR("nameSuffix"), FORM_TEXT, false},
                                  {STR("namespace"), FORM_TEXT, false},
                                  {STR("commonLabels"), FORM_MAP, false},
                                  {STR("commonAnnotations"), FORM_MAP, false},
                                  {STR("labels"), FORM_MAPS, false},
                                  {STR("resources"), FORM_TEXTS, true},
                                  {STR("bases"), FORM_TEXTS, true},
                                  {STR("components"), FORM_TEXTS, true},
                                  {STR("crds"), FORM_TEXTS, true},
                                  {STR("configurations"), FORM_TEXTS, true},
                                  {STR("generators"), FORM_TEXTS, false},
                                  {STR("transformers"), FORM_TEXTS, false},
                                  {STR("validators"), FORM_TEXTS, false},
                                  {STR("patches"), FORM_TEXTS_OR_MAPS, true},
                                  {STR("patchesStrategicMerge"), FORM_TEXTS, true},
                                  {STR("patchesJson6902"), FORM_MAPS, true},
                                  {STR("replacements"), FORM_MAPS, true},
                                  {STR("images"), FORM_MAPS, false},
                                  {STR("imageTags"), FORM_MAPS, false},
                                  {STR("replicas"), FORM_MAPS, false},
                                  {STR("vars"), FORM_MAPS, false},
                                  {STR("configMapGenerator"), FORM_MAPS, false},
                                  {STR("secretGenerator"), FORM_MAPS, false},
                                  {STR("generatorOptions"), FORM_MAP, false},
                                  {STR("helmGlobals"), FORM_MAP, false},
                                  {STR("helmCharts"), FORM_MAPS, false},
                                  {STR("helmChartInflationGenerator"), FORM_MAPS, false},
                                  {STR("sortOptions"), FORM_MAP, false},
                                  {STR("buildMetadata"), FORM_TEXTS, false},
                                  {STR("inventory"), FORM_ANY, false}};

Str kustomization_field(uint32_t number) {
    return number < COUNT(fields) ? fields[number].name : S("");
}

static Where at(Arena *arena, const Path *path, Span span) {
    return (Where){.span = span, .path = path_text(arena, path)};
}

static Str folder_of(Str path) {
    ptrdiff_t slash = str_rfind(path, '/');
    return slash < 0 ? S(".") : slash == 0 ? S("/") : (Str){path.at, (size_t)slash};
}

/* Fields. */

/* encoding/json looks for fields without regard to case. */
static const FieldRow *row_of(Str name) {
    for (size_t i = 0; i < COUNT(fields); i++)
        if (str_eq_nocase(fields[i].name, name)) return &fields[i];
    return NULL;
}

static Str form_words(FieldForm form) {
    static const Str words[] = {[FORM_TEXT] = STR("text"),
                                [FORM_MAP] = STR("a map"),
                                [FORM_TEXTS] = STR("a list of texts"),
                                [FORM_MAPS] = STR("a list of maps"),
                                [FORM_TEXTS_OR_MAPS] = STR("a list of maps"),
                                [FORM_ANY] = STR("any value")};
    return words[form];
}

static bool item_fits(const Node *item, FieldForm form) {
    bool text = item->kind == NODE_STRING || item->later, map = item->kind == NODE_MAP;
    return item->kind == NODE_NULL || (form == FORM_TEXTS ? text : form == FORM_MAPS ? map : text || map);
}

static void refuse(Document *document, const Path *path, Span span, Str problem, Str hint) {
    emit_kustomization_field(&document->diags, at(document->diags.arena, path, span), .problem = problem, .hint = hint);
}

static void refuse_form(Document *document, const Path *path, Span span, const FieldRow *row) {
    Arena *arena = document->diags.arena;
    Str words = form_words(row->form);
    bool list = row->form >= FORM_TEXTS;
    refuse(document, path, span, str_format(arena, "%.*s must be %.*s", TEXT(row->name), TEXT(words)),
           list ? S("write each item after a dash") : S("see podlint explain files for what stands there"));
}

static void check_unknown(Document *document, const Entry *entry) {
    Arena *arena = document->diags.arena;
    Near near = near_start(entry->key);
    for (size_t i = 0; i < COUNT(fields); i++) near_try(&near, fields[i].name);
    Path path = path_field(NULL, entry->key);
    Str key = str_cut(arena, entry->key, 100);
    refuse(document, &path, entry->keySpan, str_format(arena, "a kustomization has no field \"%.*s\"", TEXT(key)),
           near.found.len ? near_question(arena, near.found)
                          : S("take it out, or move it to the file of the object that it is meant for"));
}

/* Paths. */

/* Whether a text that names a file or a folder may be an address, or is not complete yet. */
static bool may_be_elsewhere(Str path) {
    ptrdiff_t slash = str_find(path, '/');
    Str host = {path.at, slash < 0 ? 0 : (size_t)slash};
    static const Str signs[] = {STR(":"), STR("?"), STR("@"), STR("${"), STR("$("), STR("{{"), STR("*")};
    for (size_t i = 0; i < COUNT(signs); i++)
        if (str_has(path, signs[i])) return true;
    return host.len > 2 && host.at[0] != '.' && str_find(host, '.') > 0;
}

static void check_path(Document *document, const Path *path, const Node *node, Str field) {
    struct stat st;
    Arena *arena = document->diags.arena;
    Str name = document->source->name, text = node->text, folder = folder_of(name);
    bool inside = str_find(text, '\n') >= 0;
    if (node->kind != NODE_STRING || node->later || !text.len || inside || may_be_elsewhere(text) || str_eq(name, S("-"))) return;
    Str full = *text.at == '/' ? text : str_format(arena, "%.*s/%.*s", TEXT(folder), TEXT(text));
    if (stat(arena_cstr(arena, full), &st) == 0 || input_is_git_ignored(arena, arena_str(arena, full))) return;
    emit_kustomization_path(&document->diags, at(arena, path, node->span), .field = field, .path = str_cut(arena, text, 200));
}

static void check_item(Document *document, const FieldRow *row, const Path *path, const Node *item) {
    if (!item_fits(item, row->form)) {
        Str words = row->form == FORM_TEXTS ? S("text") : S("a map");
        refuse(document, path, item->span,
               str_format(document->diags.arena, "an item of %.*s must be %.*s", TEXT(row->name), TEXT(words)),
               row->paths && row->form == FORM_TEXTS ? S("write a path, or the address of a folder")
                                                     : S("write its fields below the dash"));
        return;
    }
    const Node *file = item->kind == NODE_MAP ? node_get(item, S("path")) : item;
    if (row->paths && file) check_path(document, path, file, row->name);
    const Node *count = str_eq(row->name, S("replicas")) ? node_get(item, S("count")) : NULL;
    if (count && count->kind != NODE_INT && !count->later) {
        Path below = path_field(path, S("count"));
        refuse(document, &below, count->span, S("count must be a whole number"), S("write, for example, 3"));
    }
}

static void check_field(Document *document, const Entry *entry) {
    const FieldRow *row = row_of(entry->key);
    const Node *value = &entry->value;
    Path path = path_field(NULL, entry->key);
    if (!row) {
        check_unknown(document, entry);
    } else if (value->kind != NODE_NULL && row->form != FORM_ANY && !value->later) {
        bool list = row->form >= FORM_TEXTS;
        NodeKind wanted = list ? NODE_LIST : row->form == FORM_MAP ? NODE_MAP : NODE_STRING;
        if (value->kind != wanted) refuse_form(document, &path, value->span, row);
        for (uint32_t i = 0; list && value->kind == NODE_LIST && i < value->count; i++) {
            Path item = path_index(&path, i);
            check_item(document, row, &item, &value->items[i]);
        }
    }
}

/* kustomize takes no folder with several kustomizations. */
static void check_siblings(Document *document) {
    Arena *arena = document->diags.arena;
    Str path = document->source->name, folder = folder_of(path), name = str_slice(path, (size_t)(str_rfind(path, '/') + 1));
    for (size_t i = 0; i < KUSTOMIZATION_NAMES && input_is_kustomization(path); i++) {
        struct stat st;
        Str other = input_kustomizations[i];
        if (str_eq(name, other)) return;
        if (stat(str_format(arena, "%.*s/%.*s%c", TEXT(folder), TEXT(other), 0).at, &st) != 0) continue;
        refuse(
            document, NULL, (Span){document->root->span.at, document->root->span.at + 1},
            str_format(arena, "%.*s stands in the same folder, and kustomize takes one kustomization of a folder", TEXT(other)),
            S("join the two, or remove one"));
        return;
    }
}

void kustomization_check(Document *document) {
    const Node *root = document->root, *kind = node_get(root, S("kind"));
    if (root->kind == NODE_NULL) return;
    if (root->kind != NODE_MAP) {
        refuse(document, NULL, root->span, S("a kustomization is a map of fields"), S("write resources: and its paths below it"));
        return;
    }
    for (uint32_t i = 0; i < root->count; i++) check_field(document, &root->entries[i]);
    if (kind && kind->kind == NODE_STRING && !kind->later && !str_eq(kind->text, S("Kustomization")) &&
        !str_eq(kind->text, S("Component"))) {
        Path path = path_field(NULL, S("kind"));
        Str text = str_cut(document->diags.arena, kind->text, 100);
        refuse(document, &path, kind->span, str_format(document->diags.arena, "kustomize has no kind %.*s", TEXT(text)),
               S("write kind: Kustomization, or kind: Component"));
    }
    check_siblings(document);
}

/* Patches inside. */

static Str text_at(const Node *map, const char *key) {
    const Node *node = map ? node_get(map, str_of(key)) : NULL;
    return node && node->kind == NODE_STRING ? node->text : S("");
}

static void add_inline(Arena *arena, InlinePatches *out, const Node *text, const Node *target) {
    if (!text || text->kind != NODE_STRING || text->alias) return;
    InlinePatch patch = {text, text_at(target, "group"), text_at(target, "version"), text_at(target, "kind")};
    ARRAY_PUSH(arena, out, patch);
}

InlinePatches kustomization_patches(Arena *arena, const Node *root) {
    static const char *const lists[] = {"patches", "patchesJson6902", "patchesStrategicMerge"};
    InlinePatches out = {0};
    for (size_t i = 0; i < COUNT(lists); i++) {
        const Node *list = node_get(root, str_of(lists[i]));
        for (uint32_t j = 0; list && list->kind == NODE_LIST && !list->alias && j < list->count; j++) {
            const Node *item = &list->items[j];
            if (item->kind == NODE_STRING && str_find(item->text, '\n') >= 0) add_inline(arena, &out, item, NULL);
            if (item->kind == NODE_MAP && !item->alias)
                add_inline(arena, &out, node_get(item, S("patch")), node_get(item, S("target")));
        }
    }
    return out;
}

/* JSON patches. */

bool json_patch_is_meant(const Node *root) {
    for (uint32_t i = 0; root->kind == NODE_LIST && i < root->count; i++)
        if (!node_get(&root->items[i], S("op")) && !node_get(&root->items[i], S("path"))) return false;
    return root->kind == NODE_LIST && root->count;
}

static void check_pointer(Document *document, const Node *item, const Path *path, Str field) {
    Arena *arena = document->diags.arena;
    const Node *node = node_get(item, field);
    Path below = path_field(path, field);
    if (!node || node->kind == NODE_NULL) {
        emit_json_patch_form(&document->diags, path_where(arena, document->root, path),
                             .problem = str_format(arena, "the operation has no %.*s", TEXT(field)),
                             .hint = S("say which field it is about, as in /spec/replicas"));
    } else if (node->kind != NODE_STRING || (node->text.len && *node->text.at != '/' && !node->later)) {
        bool text = node->kind == NODE_STRING;
        Str value = text ? str_cut(arena, node->text, 200) : S("");
        emit_json_patch_form(&document->diags, at(arena, &below, node->span),
                             .problem = str_format(arena, "%.*s must be a JSON pointer, which starts with a slash", TEXT(field)),
                             .hint =
                                 text ? str_format(arena, "write /%.*s", TEXT(value)) : S("write, for example, /spec/replicas"));
    }
}

void json_patch_check(Document *document) {
    static const Str ops[] = {STR("add"), STR("remove"), STR("replace"), STR("move"), STR("copy"), STR("test")};
    Arena *arena = document->diags.arena;
    for (uint32_t i = 0; i < document->root->count; i++) {
        const Node *item = &document->root->items[i], *op = node_get(item, S("op"));
        Path path = path_index(NULL, i), below = path_field(&path, S("op"));
        Str name = op && op->kind == NODE_STRING ? op->text : S("");
        if (!op) {
            emit_json_patch_form(&document->diags, path_where(arena, document->root, &path),
                                 .problem = S("the operation has no op"),
                                 .hint = S("say what it does: add, remove, replace, move, copy or test"));
        } else if (!op->later && !str_in(name, ops, COUNT(ops))) {
            Str shown = str_cut(arena, op->text, 100), meant = did_you_mean(arena, name, ops, COUNT(ops));
            emit_json_patch_form(&document->diags, at(arena, &below, op->span),
                                 .problem = str_format(arena, "a JSON patch has no operation \"%.*s\"", TEXT(shown)),
                                 .hint = meant.len ? meant : S("use add, remove, replace, move, copy or test"));
        }
        check_pointer(document, item, &path, S("path"));
        if (str_eq(name, S("move")) || str_eq(name, S("copy"))) check_pointer(document, item, &path, S("from"));
    }
}
