#include "complete.h"

enum { FORMAT_SNIPPET = 2, TAG_DEPRECATED = 1 };

/* The text with each further line as far to the right as the line of the cursor begins. */
static Str indented(Arena *arena, const Cursor *cursor, Str text) {
    size_t indent = line_at(cursor->text, cursor->at).indent;
    Buf out = {.arena = arena};
    for (size_t i = 0; i < text.len; i++) {
        buf_char(&out, text.at[i]);
        if (text.at[i] == '\n') buf_repeat(&out, ' ', indent);
    }
    return buf_text(&out);
}

Completion completion_of(Server *s, OpenDocument *document, const Cursor *cursor, json_t *items) {
    bool behind = cursor->part == CURSOR_VALUE && !cursor->spaced;
    return (Completion){.server = s,
                        .arena = &s->scratch,
                        .document = document,
                        .cursor = cursor,
                        .items = items,
                        .prefix = behind ? S(" ") : S("")};
}

void complete_add(Completion *c, CompletionItem item) {
    Str put = str_join(c->arena, c->prefix, item.insert.len ? item.insert : item.label);
    if (item.snippet && !c->server->client.indents) put = indented(c->arena, c->cursor, put);
    char sort[16];
    snprintf(sort, sizeof sort, "%u%05u", item.rank, c->count++);
    json_t *edit = json_pack("{s:o,s:o}", "range", text_range(&c->document->text, c->server->client.units, c->cursor->word),
                             "newText", text_json(put));
    json_t *out = json_pack("{s:o,s:i,s:s,s:o,s:o}", "label", text_json(item.label), "kind", item.kind, "sortText", sort,
                            "filterText", text_json(item.label), "textEdit", edit);
    if (item.snippet) json_object_set_new(out, "insertTextFormat", json_integer(FORMAT_SNIPPET));
    if (item.snippet && c->server->client.indents) json_object_set_new(out, "insertTextMode", json_integer(ADJUST_INDENTATION));
    if (item.detail.len) json_object_set_new(out, "detail", text_json(item.detail));
    if (item.documentation.len)
        json_object_set_new(out, "documentation",
                            json_pack("{s:s,s:o}", "kind", "markdown", "value", text_json(item.documentation)));
    if (item.deprecated) json_object_set_new(out, "tags", json_pack("[i]", TAG_DEPRECATED));
    if (item.more) json_object_set_new(out, "additionalTextEdits", item.more);
    json_array_append_new(c->items, out);
}
