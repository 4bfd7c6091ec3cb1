/* Code actions: what can be done about the findings at a place. */
#include "explain/rule.h"
#include "features.h"

/* Whether a kind of actions is asked for: all are where none is named. */
static bool is_asked(const json_t *params, Str kind) {
    const json_t *only = json_below(params, "context", "only");
    for (size_t i = 0; i < json_array_size(only); i++) {
        Str word = json_text(json_array_get(only, i));
        if (word.at && str_starts(kind, word) && (kind.len == word.len || !word.len || kind.at[word.len] == '.')) return true;
    }
    return !json_array_size(only);
}

static json_t *edit_of(Server *s, OpenDocument *document, json_t *edits) {
    if (!s->client.documentChanges) return json_pack("{s:{s:o}}", "changes", document->uri, edits);
    return json_pack("{s:[{s:{s:s,s:I},s:o}]}", "documentChanges", "textDocument", "uri", document->uri, "version",
                     (json_int_t)document->version, "edits", edits);
}

static json_t *insertion(Server *s, OpenDocument *document, size_t at, Str text) {
    Span span = {(uint32_t)at, (uint32_t)at};
    return json_pack("[{s:o,s:o}]", "range", text_range(&document->text, s->client.units, span), "newText", text_json(text));
}

static json_t *action(Str title, const char *kind, json_t *edit, const json_t *diagnostic) {
    json_t *out = json_pack("{s:o,s:s,s:o}", "title", text_json(title), "kind", kind, "edit", edit);
    if (diagnostic) json_object_set_new(out, "diagnostics", json_pack("[O]", diagnostic));
    return out;
}

static bool has_comments(const OpenDocument *document) {
    Str text = str_trim(text_str(&document->text));
    return !str_ends(str_of(document->path), S(".json")) && (!str_starts(text, S("{")) || str_starts(text, S("{{")));
}

/* A comment that has the findings of a rule at a place ignored: on the line, or above it where the line has a comment or is long
 * text. */
static json_t *ignore_here(Server *s, OpenDocument *document, Str rule, size_t at) {
    Str text = text_str(&document->text);
    Line line = line_at(text, at);
    Cursor cursor = cursor_at(&s->scratch, text, line.last > line.content ? line.last : line.content);
    bool open = line.last > line.content && strchr("|>", text.at[line.last - 1]) && cursor.part == CURSOR_VALUE;
    if (line.last == line.end && !open && cursor.part != CURSOR_NOWHERE)
        return insertion(s, document, line.end, str_format(&s->scratch, " # podlint: ignore %.*s say why", TEXT(rule)));
    Buf comment = {.arena = &s->scratch};
    buf_repeat(&comment, ' ', line.indent);
    buf_format(&comment, "# podlint: ignore %.*s say why\n", TEXT(rule));
    return insertion(s, document, line.at, buf_text(&comment));
}

static void add_for(Server *s, OpenDocument *document, const json_t *params, const json_t *diagnostic, json_t *out) {
    Arena *arena = &s->scratch;
    Str name = json_text(json_object_get(diagnostic, "code"));
    if (!name.len || !str_eq(json_text(json_object_get(diagnostic, "source")), S("podlint"))) return;
    size_t at = text_offset(&document->text, s->client.units, json_below(diagnostic, "range", "start"));
    if (is_asked(params, S("quickfix")) && has_comments(document)) {
        Str title = str_format(arena, "Ignore %.*s here, with a reason", TEXT(name));
        json_array_append_new(out,
                              action(title, "quickfix", edit_of(s, document, ignore_here(s, document, name, at)), diagnostic));
        title = str_format(arena, "Ignore %.*s in the whole file, with a reason", TEXT(name));
        Str text = str_format(arena, "# podlint: ignore-file %.*s say why\n", TEXT(name));
        size_t top = str_starts(text_str(&document->text), S("\xEF\xBB\xBF")) ? 3 : 0;
        json_array_append_new(out,
                              action(title, "quickfix", edit_of(s, document, insertion(s, document, top, text)), diagnostic));
    }
    if (is_asked(params, S("quickfix")) && rule_named(name)) {
        Str title = str_format(arena, "Explain %.*s", TEXT(name));
        json_array_append_new(out,
                              json_pack("{s:o,s:s,s:{s:o,s:s,s:[o]}}", "title", text_json(title), "kind", "quickfix", "command",
                                        "title", text_json(title), "command", "podlint.explain", "arguments", text_json(name)));
    }
}

json_t *code_actions(Server *s, const json_t *params, LspError *error) {
    OpenDocument *document = document_of(s, params);
    if (!document) *error = LSP_INVALID_PARAMS;
    if (!document) return NULL;
    workspace_settle(s, document);
    const json_t *diagnostics = json_below(params, "context", "diagnostics");
    json_t *out = json_array();
    for (size_t i = 0; i < json_array_size(diagnostics); i++) add_for(s, document, params, json_array_get(diagnostics, i), out);
    return out;
}
