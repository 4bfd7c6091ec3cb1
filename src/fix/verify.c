#include "verify.h"

#include <jansson.h>
#include <libfyaml.h>
#include <stdlib.h>

#include "layout.h"
#include "yaml/json.h"

NodeDocuments verify_read(Arena *arena, const Source *source) {
    NodeDocuments out = {0};
    NodeReader reader = {.source = source};
    NodeDocument document;
    while (node_next(&reader, arena, &document)) {
        ARRAY_PUSH(arena, &out, document);
        memset(&document, 0, sizeof document);
    }
    return out;
}

/* What libfyaml reads, held against a tree: the shape, the keys, and the texts of what is written plain or in quotes. */

enum { DEEPEST = 200 };

static Str scalar_of(struct fy_node *node) {
    size_t length = 0;
    const char *text = fy_node_get_scalar(node, &length);
    return (Str){text ? text : "", length};
}

static bool agrees(struct fy_node *read, const Node *node, const Source *source, int depth) {
    if (node->alias || depth > DEEPEST) return true; /* read where the anchor is */
    if (node->kind == NODE_NULL && !read) return true;
    if (!read) return false;
    if (node->kind == NODE_LIST) {
        if (!fy_node_is_sequence(read) || fy_node_sequence_item_count(read) != (int)node->count) return false;
        void *at = NULL;
        for (uint32_t i = 0; i < node->count; i++)
            if (!agrees(fy_node_sequence_iterate(read, &at), &node->items[i], source, depth + 1)) return false;
        return true;
    }
    if (node->kind == NODE_MAP) {
        if (!fy_node_is_mapping(read)) return false;
        uint32_t found = 0;
        void *at = NULL;
        for (struct fy_node_pair *pair; (pair = fy_node_mapping_iterate(read, &at));) {
            struct fy_node *key = fy_node_pair_key(pair);
            Str name = key && fy_node_is_scalar(key) ? scalar_of(key) : S("");
            if (str_eq(name, S("<<"))) return true; /* merged here, and not there */
            const Entry *entry = node_entry(node, name);
            if (!entry) continue; /* a key that the server's reader turns into another text */
            if (!agrees(fy_node_pair_value(pair), &entry->value, source, depth + 1)) return false;
            found++;
        }
        return found <= node->count && fy_node_mapping_item_count(read) >= (int)node->count;
    }
    if (!fy_node_is_scalar(read)) return false;
    if (node->kind == NODE_STRING) return str_eq(scalar_of(read), node->text);
    Span span = content_of(source->text, node);
    Str written = {source->text.at + span.at, span.end - span.at};
    return !node->plain || str_eq(str_trim(scalar_of(read)), str_trim(written));
}

/* A document as libfyaml reads it; NULL if it cannot. */
static struct fy_document *read_document(Str text) {
    struct fy_diag_cfg quiet = {.level = FYET_MAX};
    struct fy_diag *diag = fy_diag_create(&quiet);
    struct fy_parse_cfg settings = {.flags = FYPCF_QUIET | FYPCF_ALLOW_DUPLICATE_KEYS, .diag = diag};
    struct fy_document *document = fy_document_build_from_string(&settings, text.at, text.len);
    if (diag) fy_diag_destroy(diag);
    if (document && !fy_document_root(document)) {
        fy_document_destroy(document);
        document = NULL;
    }
    return document;
}

static Str text_of(const Source *source, const NodeDocuments *documents, uint32_t number) {
    uint32_t at = line_start(source->text, documents->at[number].span.at);
    uint32_t end = documents->at[number].span.end;
    return (Str){source->text.at + at, (end > at ? end : source->text.len) - at};
}

static bool libfyaml_agrees(const Source *before, const NodeDocuments *was, const Source *source, const NodeDocuments *is,
                            uint32_t number) {
    struct fy_document *document = read_document(text_of(source, is, number));
    if (!document) {
        struct fy_document *old = read_document(text_of(before, was, number));
        if (old) fy_document_destroy(old);
        return !old;
    }
    bool good = agrees(fy_document_root(document), is->at[number].root, source, 0);
    fy_document_destroy(document);
    return good;
}

/* Comments. */

static int by_text(const void *left, const void *right) {
    return str_cmp(*(const Str *)left, *(const Str *)right);
}

typedef ARRAY(Str) Texts;

/* The comments of a source, sorted. */
static Texts comments_of(Arena *arena, const Source *source, const NodeDocuments *documents) {
    Texts out = {0};
    for (uint32_t i = 0; i < documents->n; i++) {
        uint32_t at = i ? documents->at[i].span.at : 0;
        uint32_t end = i + 1 < documents->n ? documents->at[i + 1].span.at : (uint32_t)source->text.len;
        Comments comments = comments_in(arena, source->text, documents->at[i].root, (Span){at, end});
        for (uint32_t j = 0; j < comments.n; j++)
            ARRAY_PUSH(arena, &out, (Str){source->text.at + comments.at[j].at, comments.at[j].end - comments.at[j].at});
    }
    if (out.n) qsort(out.at, out.n, sizeof *out.at, by_text);
    return out;
}

static bool same_comments(Arena *arena, const Source *before, const NodeDocuments *was, const Source *source,
                          const NodeDocuments *is) {
    Texts old = comments_of(arena, before, was), new = comments_of(arena, source, is);
    if (old.n != new.n) return false;
    for (uint32_t i = 0; i < old.n; i++)
        if (!str_eq(old.at[i], new.at[i])) return false;
    return true;
}

/* Whether a text is JSON from end to end, and not only to readers of YAML. */
static bool is_json(Str text) {
    size_t first = json_skip_space(text, 0);
    if (first == text.len || (text.at[first] != '{' && text.at[first] != '[')) return false;
    json_t *value = json_loadb(text.at, text.len, JSON_ALLOW_NUL, NULL);
    json_decref(value);
    return value != NULL;
}

/* Reads a text and holds it against the trees; `is` and `source` get what was read. */
static bool says(Arena *arena, const Source *before, const NodeDocuments *was, Str text, Node *const *wanted, Source *source,
                 NodeDocuments *out) {
    if (is_json(before->text) && !is_json(text)) return false;
    if (source_from_bytes(source, arena, before->name, text)) return false;
    NodeDocuments is = *out = verify_read(arena, source);
    if (is.n != was->n) return false;
    for (uint32_t i = 0; i < is.n; i++) {
        bool touched = wanted[i] != was->at[i].root;
        if (is.at[i].readable < was->at[i].readable || !change_same(is.at[i].root, wanted[i])) return false;
        if (is.at[i].faults.n > was->at[i].faults.n) return false;
        if (touched && !libfyaml_agrees(before, was, source, &is, i)) return false;
    }
    return true;
}

bool verify_text(Arena *arena, const Source *before, const NodeDocuments *was, Str text, Node *const *wanted) {
    Source source;
    NodeDocuments is;
    return says(arena, before, was, text, wanted, &source, &is) && same_comments(arena, before, was, &source, &is);
}

bool verify_says_same(Arena *arena, const Source *before, const NodeDocuments *was, Str text) {
    Source source;
    NodeDocuments is;
    Node **wanted = NEW_ARRAY(arena, Node *, was->n + 1);
    for (uint32_t i = 0; i < was->n; i++) wanted[i] = change_copy(arena, was->at[i].root);
    return says(arena, before, was, text, wanted, &source, &is);
}
