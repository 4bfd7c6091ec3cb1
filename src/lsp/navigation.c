/* Where a name is given and where it is used, and giving another one; files that a file names. */
#include <stdlib.h>
#include <sys/stat.h>

#include "features.h"
#include "mentions.h"
#include "tree.h"
#include "validate/names.h"

/* A text of which places are told: of a document that is open, or of a file. */
typedef struct Told {
    OpenDocument *open;
    EditedText text;
    json_t *uri;
} Told;

static Told told_of(Server *s, const Mentions *mentions, uint32_t file) {
    Told out = {0};
    if (file == mentions->document->file) {
        out.open = mentions->document;
    } else {
        Str path = mentions->document->folder->files.files.at[file].path;
        out.open = document_at(s, path);
        Source source;
        if (!out.open && source_read(&source, &s->scratch, path) == SOURCE_OK) {
            if (source.mark) text_replace(&out.text, 0, 0, S("\xEF\xBB\xBF"));
            text_replace(&out.text, out.text.len, out.text.len, source.text);
        }
        if (!out.open) out.uri = text_json(uri_of_path(&s->scratch, path));
    }
    if (out.open) out.uri = json_string(out.open->uri);
    return out;
}

static void told_free(Told *told) {
    text_free(&told->text);
    json_decref(told->uri);
}

static json_t *range_in(Server *s, Told *told, Span span) {
    return text_range(told->open ? &told->open->text : &told->text, s->client.units, span);
}

static json_t *location(Server *s, const Mentions *mentions, const Mention *mention) {
    Told told = told_of(s, mentions, mention->file);
    json_t *out = json_pack("{s:O,s:o}", "uri", told.uri, "range", range_in(s, &told, mention->span));
    told_free(&told);
    return out;
}

/* The document and the byte that a request is about. */
static OpenDocument *asked(Server *s, const json_t *params, LspError *error, size_t *offset) {
    OpenDocument *document = document_of(s, params, error);
    if (document) *offset = text_offset(&document->text, s->client.units, json_object_get(params, "position"));
    if (document) workspace_ready(s, document);
    return document;
}

/* Anchors */

static bool is_anchor_sign(char c) {
    return is_alnum(c) || c == '-' || c == '_' || c == '.';
}

/* The name of the anchor or alias at a byte; empty if there is none. */
static Span anchor_at(Str text, size_t offset) {
    size_t start = offset, end = offset;
    while (start && is_anchor_sign(text.at[start - 1])) start--;
    while (end < text.len && is_anchor_sign(text.at[end])) end++;
    bool sign = start && (text.at[start - 1] == '&' || text.at[start - 1] == '*');
    bool apart = sign && (start < 2 || strchr(" \t\n[{,", text.at[start - 2]));
    return apart && end > start ? (Span){(uint32_t)start, (uint32_t)end} : (Span){0};
}

typedef ARRAY(Span) Spans;

/* All places of an anchor in its document, the anchor itself first. */
static Spans anchor_places(Arena *arena, Str text, Span name, bool aliases) {
    Spans out = {0};
    Cursor cursor = cursor_at(arena, text, name.at);
    Str word = {text.at + name.at, name.end - name.at};
    for (int round = 0; round < (aliases ? 2 : 1); round++)
        for (size_t i = cursor.document.at; i + word.len < cursor.document.end; i++) {
            if (text.at[i] != (round ? '*' : '&') || memcmp(text.at + i + 1, word.at, word.len) != 0) continue;
            Span span = anchor_at(text, i + 1);
            if (span.end - span.at == word.len) ARRAY_PUSH(arena, &out, span);
        }
    return out;
}

static json_t *anchor_locations(Server *s, OpenDocument *document, Span name, bool aliases) {
    Spans places = anchor_places(&s->scratch, text_str(&document->text), name, aliases);
    json_t *out = json_array();
    for (uint32_t i = 0; i < places.n; i++)
        json_array_append_new(out, json_pack("{s:s,s:o}", "uri", document->uri, "range",
                                             text_range(&document->text, s->client.units, places.at[i])));
    return out;
}

/* Files */

typedef struct NamedFile {
    Span span;
    Str path;
} NamedFile;

typedef ARRAY(NamedFile) NamedFiles;

/* Adds the file that a text names, from the folder of its document on. Of a folder with a kustomization that is the file. */
static void add_file(Arena *arena, NamedFiles *out, OpenDocument *document, const Node *node, uint32_t mark) {
    Str path = str_of(document->path);
    if (node->kind != NODE_STRING || !node->text.len || str_has(node->text, S("://"))) return;
    Str full = node->text.at[0] == '/' ? node->text
                                       : str_format(arena, "%.*s/%.*s", (int)str_rfind(path, '/'), path.at, TEXT(node->text));
    Str real = real_path(arena, arena_cstr(arena, full));
    struct stat st;
    if (!real.at || stat(real.at, &st) != 0) return;
    static const char *const names[] = {"kustomization.yaml", "kustomization.yml", "Kustomization"};
    for (size_t i = 0; S_ISDIR(st.st_mode) && i < COUNT(names); i++) {
        Str inside = str_format(arena, "%.*s/%s", TEXT(real), names[i]);
        if (stat(arena_cstr(arena, inside), &st) == 0 && S_ISREG(st.st_mode)) real = inside;
    }
    if (stat(arena_cstr(arena, real), &st) == 0 && S_ISREG(st.st_mode))
        ARRAY_PUSH(arena, out, (NamedFile){{node->span.at + mark, node->span.end + mark}, real});
}

static void add_files(Arena *arena, NamedFiles *out, OpenDocument *document, const Node *node, uint32_t mark, int depth) {
    if (depth > 4) return;
    if (node->kind == NODE_LIST)
        for (uint32_t i = 0; i < node->count; i++) add_files(arena, out, document, &node->items[i], mark, depth + 1);
    else if (node->kind == NODE_MAP)
        for (uint32_t i = 0; i < node->count; i++) add_files(arena, out, document, &node->entries[i].value, mark, depth + 1);
    else
        add_file(arena, out, document, node, mark);
}

/* The files that a kustomization or a configuration names. */
static NamedFiles files_named(Server *s, OpenDocument *document) {
    static const Str keys[] = {STR("resources"),
                               STR("bases"),
                               STR("components"),
                               STR("patchesStrategicMerge"),
                               STR("patches"),
                               STR("crds"),
                               STR("policies"),
                               STR("rules"),
                               STR("configurations"),
                               STR("generators"),
                               STR("transformers"),
                               STR("replacements"),
                               STR("configMapGenerator"),
                               STR("secretGenerator")};
    NamedFiles out = {0};
    if (!document->isFile || (!kustomization_is(document) && !configuration_is(document))) return out;
    TreeDocuments trees;
    tree_read(&trees, &s->scratch, document);
    for (uint32_t i = 0; i < trees.items.n; i++) {
        const Node *root = trees.items.at[i].root;
        for (uint32_t k = 0; root->kind == NODE_MAP && k < root->count; k++)
            if (str_in(root->entries[k].key, keys, COUNT(keys)))
                add_files(&s->scratch, &out, document, &root->entries[k].value, (uint32_t)tree_mark(&trees), 0);
    }
    return out;
}

json_t *document_links(Server *s, const json_t *params, LspError *error) {
    OpenDocument *document = document_of(s, params, error);
    if (!document) return NULL;
    NamedFiles files = files_named(s, document);
    json_t *out = json_array();
    for (uint32_t i = 0; i < files.n; i++)
        json_array_append_new(out, json_pack("{s:o,s:o}", "range", text_range(&document->text, s->client.units, files.at[i].span),
                                             "target", text_json(uri_of_path(&s->scratch, files.at[i].path))));
    return out;
}

/* Going there */

json_t *definition(Server *s, const json_t *params, LspError *error) {
    size_t offset = 0;
    OpenDocument *document = asked(s, params, error, &offset);
    if (!document) return NULL;
    Span anchor = anchor_at(text_str(&document->text), offset);
    if (anchor.end) return anchor_locations(s, document, anchor, false);
    NamedFiles files = files_named(s, document);
    for (uint32_t i = 0; i < files.n; i++)
        if (files.at[i].span.at <= offset && offset <= files.at[i].span.end)
            return json_pack("[{s:o,s:{s:{s:i,s:i},s:{s:i,s:i}}}]", "uri", text_json(uri_of_path(&s->scratch, files.at[i].path)),
                             "range", "start", "line", 0, "character", 0, "end", "line", 0, "character", 0);
    Mentions mentions = mentions_at(s, document, offset, MENTIONS_OF_WORKSPACE);
    json_t *out = json_array();
    for (uint32_t i = 0; i < mentions.items.n && mentions.target; i++)
        if (mentions.items.at[i].definition) json_array_append_new(out, location(s, &mentions, &mentions.items.at[i]));
    return out;
}

json_t *references(Server *s, const json_t *params, LspError *error) {
    size_t offset = 0;
    OpenDocument *document = asked(s, params, error, &offset);
    if (!document) return NULL;
    bool declaration = json_is_true(json_below(params, "context", "includeDeclaration"));
    Span anchor = anchor_at(text_str(&document->text), offset);
    if (anchor.end) return anchor_locations(s, document, anchor, true);
    Mentions mentions = mentions_at(s, document, offset, MENTIONS_OF_WORKSPACE);
    json_t *out = json_array();
    for (uint32_t i = 0; i < mentions.items.n && mentions.target; i++)
        if (declaration || !mentions.items.at[i].definition)
            json_array_append_new(out, location(s, &mentions, &mentions.items.at[i]));
    return out;
}

json_t *document_highlights(Server *s, const json_t *params, LspError *error) {
    enum { READ = 2, WRITE = 3 };
    size_t offset = 0;
    OpenDocument *document = asked(s, params, error, &offset);
    if (!document) return NULL;
    Mentions mentions = mentions_at(s, document, offset, MENTIONS_OF_DOCUMENT);
    json_t *out = json_array();
    for (uint32_t i = 0; i < mentions.items.n && mentions.target; i++) {
        const Mention *mention = &mentions.items.at[i];
        if (mention->file == document->file)
            json_array_append_new(out,
                                  json_pack("{s:o,s:i}", "range", text_range(&document->text, s->client.units, mention->span),
                                            "kind", mention->definition ? WRITE : READ));
    }
    return out;
}

/* Giving another name */

json_t *prepare_rename(Server *s, const json_t *params, LspError *error) {
    size_t offset = 0;
    OpenDocument *document = asked(s, params, error, &offset);
    if (!document) return NULL;
    Span span = anchor_at(text_str(&document->text), offset);
    if (!span.end) {
        Mentions mentions = mentions_at(s, document, offset, MENTIONS_OF_PLACE);
        if (!mentions.target) return NULL;
        span = mentions.target->span;
    }
    Str name = {text_str(&document->text).at + span.at, span.end - span.at};
    return json_pack("{s:o,s:o}", "range", text_range(&document->text, s->client.units, span), "placeholder", text_json(name));
}

/* The edits of files, in the form that the client takes. */
typedef struct Edits {
    json_t *changes;   /* by URI */
    json_t *documents; /* documentChanges */
} Edits;

static void add_edits(Server *s, Edits *edits, Told *told, json_t *list) {
    if (!json_array_size(list)) {
        json_decref(list);
    } else if (s->client.documentChanges) {
        json_t *version = told->open ? json_integer(told->open->version) : json_null();
        json_array_append_new(edits->documents, json_pack("{s:{s:O,s:o},s:o}", "textDocument", "uri", told->uri, "version",
                                                          version, "edits", list));
    } else {
        json_object_set_new(edits->changes, json_string_value(told->uri), list);
    }
}

static json_t *workspace_edit(Server *s, Edits *edits) {
    json_t *out = s->client.documentChanges ? json_pack("{s:O}", "documentChanges", edits->documents)
                                            : json_pack("{s:O}", "changes", edits->changes);
    json_decref(edits->changes);
    json_decref(edits->documents);
    return out;
}

static json_t *refuse(Server *s, LspError *error, const char *why) {
    *error = LSP_REQUEST_FAILED;
    s->problem = why;
    return NULL;
}

static bool is_name(Str name) {
    for (size_t i = 0; i < name.len; i++)
        if (!is_alnum(name.at[i]) && !strchr("-._", name.at[i])) return false;
    return name.len > 0 && name.len < 254;
}

/* Why the API refuses a name for what a mention names, or NULL. */
static const char *refused_name(const Mention *target, Str name) {
    static const char label[] =
        "this must be a DNS label: lower-case letters, digits and dashes, no dash at the ends, at most 63";
    switch ((Thing)target->thing) {
    case THING_VOLUME:
    case THING_CONTAINER:
    case THING_SERVICE_PORT: return is_dns_label(name) ? NULL : label;
    case THING_PORT:
        return is_port_name(name) ? NULL
                                  : "the name of a port has lower-case letters, digits and single dashes between them, at least "
                                    "one letter, at most 15 characters";
    case THING_LABEL:
        return is_label_value(name) ? NULL
                                    : "the value of a label begins and ends with a letter or digit and has at most 63 characters";
    case THING_KEY: return str_starts(name, S("..")) || str_eq(name, S(".")) ? "a key may not be . or begin with .." : NULL;
    case THING_OBJECT:
        if (str_has(target->owner, S("Role"))) return NULL;
        if (str_eq(target->owner, S("Service")) || str_eq(target->owner, S("Namespace")))
            return is_dns_label(name) ? NULL : label;
        return is_dns_subdomain(name)
                   ? NULL
                   : "this must be a DNS subdomain: lower-case letters, digits, dashes and dots, with a letter "
                     "or digit at both ends of each part";
    case THING_VARIABLE: break;
    }
    return NULL;
}

static json_t *rename_anchor(Server *s, OpenDocument *document, Span anchor, Str name) {
    Spans places = anchor_places(&s->scratch, text_str(&document->text), anchor, true);
    json_t *list = json_array();
    for (uint32_t i = 0; i < places.n; i++)
        json_array_append_new(list, json_pack("{s:o,s:o}", "range", text_range(&document->text, s->client.units, places.at[i]),
                                              "newText", text_json(name)));
    Edits edits = {json_object(), json_array()};
    Told told = {.open = document, .uri = json_string(document->uri)};
    add_edits(s, &edits, &told, list);
    told_free(&told);
    return workspace_edit(s, &edits);
}

json_t *rename_name(Server *s, const json_t *params, LspError *error) {
    size_t offset = 0;
    OpenDocument *document = asked(s, params, error, &offset);
    Str name = json_text(json_object_get(params, "newName"));
    if (!document) return NULL;
    if (!name.at || !is_name(name)) return refuse(s, error, "a name has letters, digits, dashes, dots and underscores");
    Span anchor = anchor_at(text_str(&document->text), offset);
    if (anchor.end) return rename_anchor(s, document, anchor, name);
    Mentions mentions = mentions_at(s, document, offset, MENTIONS_OF_WORKSPACE);
    if (!mentions.target) return refuse(s, error, "nothing here has a name that podlint knows");
    const char *why = refused_name(mentions.target, name);
    if (why) return refuse(s, error, why);
    if (!str_eq(name, mentions.target->name) && mentions_taken(&mentions, name))
        return refuse(s, error, "something here has that name already");
    Edits edits = {json_object(), json_array()};
    Str quoted = node_plain_kind(name) == NODE_STRING ? name : str_format(&s->scratch, "\"%.*s\"", TEXT(name));
    for (uint32_t i = 0, end; i < mentions.items.n; i = end) {
        Told told = told_of(s, &mentions, mentions.items.at[i].file);
        json_t *list = json_array();
        for (end = i; end < mentions.items.n && mentions.items.at[end].file == mentions.items.at[i].file; end++) {
            const Mention *mention = &mentions.items.at[end];
            json_array_append_new(list, json_pack("{s:o,s:o}", "range", range_in(s, &told, mention->span), "newText",
                                                  text_json(mention->plain ? quoted : name)));
        }
        add_edits(s, &edits, &told, list);
        told_free(&told);
    }
    return workspace_edit(s, &edits);
}
