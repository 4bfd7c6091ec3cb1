/* What stands beside the text: the Pod Security level of each object, and defaults of fields that are not written. */
#include "features.h"
#include "spot.h"
#include "tree.h"

/* Code lenses */

static json_t *lens(Server *s, OpenDocument *document, const ResultDocument *of) {
    Arena *arena = &s->scratch;
    const PodSecurityVerdict *verdict = &of->podSecurity;
    Buf title = {.arena = arena};
    buf_format(&title, "Pod Security: %s", pod_security_levels[verdict->level]);
    uint32_t failed = verdict->level < POD_SECURITY_RESTRICTED ? verdict->failed[verdict->level + 1] : 0;
    for (unsigned i = 0, n = 0; i < 32; i++)
        if (failed & 1u << i)
            buf_format(&title, "%s%.*s", n++ ? ", " : "; kept from the next by ", TEXT(pod_security_check_name(i)));
    size_t at = text_at_place(&document->text, (Place){of->line, 1});
    Span span = {(uint32_t)at, (uint32_t)at};
    return json_pack("{s:o,s:{s:o,s:s,s:[s]}}", "range", text_range(&document->text, s->client.units, span), "command", "title",
                     text_json(buf_text(&title)), "command", "podlint.explain", "arguments", "securityContext");
}

json_t *code_lenses(Server *s, const json_t *params, LspError *error) {
    OpenDocument *document = document_of(s, params, error);
    if (!document) return NULL;
    json_t *out = json_array();
    if (!s->client.lenses) return out;
    workspace_settle(s, document);
    const Run *run = &document->folder->run;
    if (document->file == NO_FILE || document->file >= run->fileCount) return out;
    const ResultFile *file = &run->files[document->file];
    for (uint32_t i = 0; i < file->documentCount; i++)
        if (file->documents[i].podSecurity.known) json_array_append_new(out, lens(s, document, &file->documents[i]));
    return out;
}

/* Inlay hints */

enum { MOST_DEFAULTS = 4 };

typedef struct Hints {
    Server *server;
    OpenDocument *document;
    uint32_t mark;
    Span range;
    uint8_t minor;
    json_t *out;
} Hints;

/* The defaults of the fields that a map does not have, at the end of the line of `head`. */
static void add_hint(Hints *h, const Node *map, const Type *type, Span head) {
    Buf label = {.arena = &h->server->scratch};
    int n = 0;
    Str text = text_str(&h->document->text);
    size_t at = head.at + h->mark;
    while (at < text.len && text.at[at] != '\n' && text.at[at] != '\r') at++;
    if (at < h->range.at || at > h->range.end) return;
    for (uint16_t i = 0; i < type->fieldCount && n <= MOST_DEFAULTS; i++) {
        const Field *field = &type->fields[i];
        if (!field->value.at || !schema_has(field, h->minor) || node_entry(map, field->name)) continue;
        if (n++ == MOST_DEFAULTS)
            buf_str(&label, S(", ..."));
        else
            buf_format(&label, "%s%.*s: %.*s", n > 1 ? ", " : "", TEXT(field->name), TEXT(field->value));
    }
    if (!n) return;
    json_t *hint = json_pack("{s:o,s:o,s:b}", "position", text_position(&h->document->text, h->server->client.units, at), "label",
                             text_json(buf_text(&label)), "paddingLeft", 1);
    json_object_set_new(hint, "tooltip", json_string("What the API server fills in where nothing is written."));
    json_array_append_new(h->out, hint);
}

static void walk(Hints *h, const Node *map, const Type *type, Span head, int depth) {
    if (map->kind != NODE_MAP || map->alias || depth > TRAIL_DEEPEST) return;
    if (depth) add_hint(h, map, type, head);
    for (uint32_t i = 0; i < map->count; i++) {
        const Entry *entry = &map->entries[i];
        const Field *field = schema_field(type, entry->key, entry->hash);
        if (!field || !field->type || str_eq(field->name, S("status"))) continue;
        if (field->shape == SHAPE_ONE) walk(h, &entry->value, field->type, entry->keySpan, depth + 1);
        for (uint32_t k = 0; field->shape == SHAPE_LIST && entry->value.kind == NODE_LIST && k < entry->value.count; k++)
            walk(h, &entry->value.items[k], field->type, entry->value.items[k].span, depth + 1);
    }
}

json_t *inlay_hints(Server *s, const json_t *params, LspError *error) {
    OpenDocument *document = document_of(s, params, error);
    if (!document) return NULL;
    const json_t *range = json_object_get(params, "range");
    workspace_ready(s, document);
    TreeDocuments trees;
    tree_read(&trees, &s->scratch, document);
    Hints h = {.server = s,
               .document = document,
               .mark = (uint32_t)tree_mark(&trees),
               .minor = spot_minor(document),
               .out = json_array()};
    h.range.at = (uint32_t)text_offset(&document->text, s->client.units, json_object_get(range, "start"));
    h.range.end = (uint32_t)text_offset(&document->text, s->client.units, json_object_get(range, "end"));
    for (uint32_t i = 0; i < trees.items.n && s->client.hints; i++) {
        const Node *root = trees.items.at[i].root, *version = node_get(root, S("apiVersion")), *kind = node_get(root, S("kind"));
        const Type *type = version && kind ? schema_type_of(version->text, kind->text, h.minor) : NULL;
        if (type) walk(&h, root, type, root->span, 0);
    }
    return h.out;
}
