/* The outline of a document, and what of it can be folded. */
#include "features.h"
#include "tree.h"
#include "yaml/lines.h"

enum {
    SYMBOL_MODULE = 2,
    SYMBOL_CLASS = 5,
    SYMBOL_FIELD = 8,
    SYMBOL_ARRAY = 18,
    SYMBOL_OBJECT = 19,
    SYMBOL_KEY = 20,
    DEEPEST_SYMBOL = 12,
    MOST_SYMBOLS = 20000,
    MOST_OBJECTS = 500
};

typedef struct Outline {
    Server *server;
    OpenDocument *document;
    const TreeDocuments *trees;
    uint32_t count;
} Outline;

static json_t *range_of(Outline *o, Span span) {
    uint32_t mark = (uint32_t)tree_mark(o->trees);
    return text_range(&o->document->text, o->server->client.units, (Span){span.at + mark, span.end + mark});
}

static json_t *symbol(Outline *o, Str name, Str detail, int kind, Span whole, Span head, json_t *children) {
    if (!name.len) name = S("-");
    o->count++;
    json_t *out = json_pack("{s:o,s:i,s:o,s:o}", "name", text_json(name), "kind", kind, "range", range_of(o, whole),
                            "selectionRange", range_of(o, head));
    if (detail.len) json_object_set_new(out, "detail", text_json(detail));
    if (json_array_size(children))
        json_object_set_new(out, "children", children);
    else
        json_decref(children);
    return out;
}

static bool is_scalar(const Node *node) {
    return node->kind != NODE_MAP && node->kind != NODE_LIST;
}

/* What an item is called: its name, or else its first scalar. */
static Str item_name(Arena *arena, const Node *item, uint32_t number) {
    static const Str keys[] = {STR("name"), STR("kind"), STR("key"), STR("host"), STR("containerPort"), STR("port")};
    if (is_scalar(item)) return str_cut(arena, item->text, 80);
    for (size_t i = 0; i < COUNT(keys); i++) {
        const Node *value = node_get(item, keys[i]);
        if (value && is_scalar(value) && value->text.len) return str_cut(arena, value->text, 80);
    }
    return str_int(arena, number);
}

static int kind_of(const Node *node) {
    return node->kind == NODE_MAP ? SYMBOL_OBJECT : node->kind == NODE_LIST ? SYMBOL_ARRAY : SYMBOL_KEY;
}

static json_t *children_of(Outline *o, const Node *node, int depth) {
    json_t *out = json_array();
    Arena *arena = &o->server->scratch;
    for (uint32_t i = 0; i < node->count && !is_scalar(node) && !node->alias && depth < DEEPEST_SYMBOL && o->count < MOST_SYMBOLS;
         i++) {
        const Entry *entry = node->kind == NODE_MAP ? &node->entries[i] : NULL;
        const Node *value = entry ? &entry->value : &node->items[i];
        Span head = entry ? entry->keySpan : value->span,
             whole = {head.at, value->span.end > head.end ? value->span.end : head.end};
        Str name = entry ? str_cut(arena, entry->key, 80) : item_name(arena, value, i);
        Str detail = entry && is_scalar(value) ? str_cut(arena, value->text, 80) : S("");
        json_array_append_new(out, symbol(o, name, detail, kind_of(value), whole, head, children_of(o, value, depth + 1)));
    }
    return out;
}

static Span whole_of(const TreeDocuments *trees, uint32_t number) {
    Span span = trees->items.at[number].span;
    const Node *root = trees->items.at[number].root;
    if (root->span.end > span.end) span.end = root->span.end;
    Str text = trees->source.text;
    while (span.end > span.at && is_space(text.at[span.end - 1])) span.end--;
    return span;
}

/* Reads the document that a request is about; false if it is not open. */
static bool open_outline(Outline *o, TreeDocuments *trees, Server *s, const json_t *params, LspError *error) {
    OpenDocument *document = document_of(s, params, error);
    if (!document) return false;
    tree_read(trees, &s->scratch, document);
    *o = (Outline){.server = s, .document = document, .trees = trees};
    return true;
}

json_t *document_symbols(Server *s, const json_t *params, LspError *error) {
    TreeDocuments trees;
    Outline o;
    if (!open_outline(&o, &trees, s, params, error)) return NULL;
    json_t *out = json_array();
    for (uint32_t i = 0; i < trees.items.n; i++) {
        const Node *root = trees.items.at[i].root, *kind = node_get(root, S("kind")),
                   *name = node_get(node_get(root, S("metadata")), S("name"));
        if (root->kind != NODE_MAP) continue;
        Str title = name && is_scalar(name) ? name->text : S(""), of = kind && is_scalar(kind) ? kind->text : S("");
        Span whole = whole_of(&trees, i), head = {whole.at, whole.at};
        if (root->count) head = root->entries[0].keySpan;
        json_array_append_new(out, symbol(&o, title.len ? title : of, of, SYMBOL_CLASS, whole, head, children_of(&o, root, 0)));
    }
    return out;
}

/* The objects of the workspace */

/* Those of a file whose names have the query in them. */
static void add_objects(Server *s, const Folder *folder, uint32_t file, Str query, json_t *out) {
    uint32_t count;
    Fact *const *facts = run_facts(folder->how.memory, file, &count);
    Str path = folder->files.files.at[file].path, text = S("");
    for (uint32_t i = 0; i < count && json_array_size(out) < MOST_OBJECTS; i++) {
        const Fact *fact = facts[i];
        if (!fact->name.len || fact->inside || !str_has(str_lower(&s->scratch, fact->name), query)) continue;
        OpenDocument *open = document_at(s, path);
        Source source;
        if (!text.len && open) text = text_str(&open->text);
        if (!text.len && source_read(&source, &s->scratch, path) == SOURCE_OK) text = source.text;
        int line = (int)line_number(text, fact->where.span.at < text.len ? fact->where.span.at : text.len) - 1;
        json_array_append_new(out, json_pack("{s:o,s:i,s:o,s:{s:o,s:{s:{s:i,s:i},s:{s:i,s:i}}}}", "name", text_json(fact->name),
                                             "kind", SYMBOL_CLASS, "containerName", text_json(fact->kindName), "location", "uri",
                                             text_json(uri_of_path(&s->scratch, path)), "range", "start", "line", line,
                                             "character", 0, "end", "line", line, "character", 0));
    }
}

json_t *workspace_symbols(Server *s, const json_t *params, LspError *error) {
    (void)error;
    Str query = json_text(json_object_get(params, "query"));
    query = query.at ? str_lower(&s->scratch, query) : S("");
    json_t *out = json_array();
    for (const Folder *folder = s->folders; folder; folder = folder->next)
        for (uint32_t i = 0; !folder->stale && i < folder->files.files.n; i++) add_objects(s, folder, i, query, out);
    return out;
}

/* Folding */

static uint32_t line_of(Outline *o, uint32_t offset) {
    return source_place((Source *)&o->trees->source, &o->server->scratch, offset).line - 1;
}

static void fold(Outline *o, json_t *out, Span span) {
    Str text = o->trees->source.text;
    while (span.end > span.at && is_space(text.at[span.end - 1])) span.end--;
    uint32_t start = line_of(o, span.at), end = line_of(o, span.end);
    if (end > start && o->count++ < MOST_SYMBOLS)
        json_array_append_new(out, json_pack("{s:i,s:i}", "startLine", (int)start, "endLine", (int)end));
}

static void fold_below(Outline *o, json_t *out, const Node *node, int depth) {
    for (uint32_t i = 0; i < node->count && !is_scalar(node) && !node->alias && depth < TRAIL_DEEPEST; i++) {
        const Entry *entry = node->kind == NODE_MAP ? &node->entries[i] : NULL;
        const Node *value = entry ? &entry->value : &node->items[i];
        if (!value->alias) fold(o, out, (Span){entry ? entry->keySpan.at : value->span.at, value->span.end});
        fold_below(o, out, value, depth + 1);
    }
}

json_t *folding_ranges(Server *s, const json_t *params, LspError *error) {
    TreeDocuments trees;
    Outline o;
    if (!open_outline(&o, &trees, s, params, error)) return NULL;
    json_t *out = json_array();
    for (uint32_t i = 0; i < trees.items.n; i++) {
        if (trees.items.n > 1) fold(&o, out, whole_of(&trees, i));
        fold_below(&o, out, trees.items.at[i].root, 0);
    }
    return out;
}
