/* What the editor says of its documents: they are opened, changed, saved and closed. */
#include "server.h"

/* Whether a text may say what is applied together, as Flux, Argo CD and skaffold have it, or be a file of rules. */
static bool speaks_of_files(Str text) {
    if (str_has(text, S("rules:")) && str_has(text, S("message:"))) return true;
    return str_has(text, S("toolkit.fluxcd.io")) || str_has(text, S("argoproj.io")) || str_has(text, S("skaffold"));
}

/* What a document says is another thing than before, or, if `structure`, which files there are. */
static void changed(Server *s, OpenDocument *document, bool structure) {
    document->changed = true;
    Folder *folder = document->folder;
    if (!folder) return;
    if (structure)
        folder->stale = true;
    else if (!folder->stale && document->file != NO_FILE)
        workspace_forget(folder, document->file);
    workspace_want(s, folder);
}

void document_open(Server *s, const json_t *params) {
    const json_t *item = json_object_get(params, "textDocument");
    Str uri = json_text(json_object_get(item, "uri")), text = json_text(json_object_get(item, "text"));
    if (!uri.at || !text.at || memchr(uri.at, '\0', uri.len)) return;
    OpenDocument *document = document_named(s, uri);
    if (!document) {
        document = memory_take(sizeof *document);
        *document = (OpenDocument){.next = s->documents, .file = NO_FILE, .uri = memory_take(uri.len + 1)};
        memcpy(document->uri, uri.at, uri.len);
        document->uri[uri.len] = '\0';
        document->path = path_of_uri(uri, &document->isFile);
        s->documents = document;
    }
    text_replace(&document->text, 0, document->text.len, text);
    document->version = json_integer_value(json_object_get(item, "version"));
    Folder *folder = workspace_ready(s, document);
    changed(s, document, file_is_structure(folder, str_of(document->path)) && !document_is_saved(s, document));
}

static void apply(Server *s, OpenDocument *document, const json_t *change) {
    Str put = json_text(json_object_get(change, "text"));
    const json_t *range = json_object_get(change, "range");
    if (!put.at) return;
    size_t from = 0, to = document->text.len;
    if (json_is_object(range)) {
        from = text_offset(&document->text, s->client.units, json_object_get(range, "start"));
        to = text_offset(&document->text, s->client.units, json_object_get(range, "end"));
    }
    if (from <= to) text_replace(&document->text, from, to, put);
}

void document_change(Server *s, const json_t *params) {
    LspError unused;
    OpenDocument *document = document_of(s, params, &unused);
    const json_t *changes = json_object_get(params, "contentChanges");
    if (!document) return;
    for (size_t i = 0; i < json_array_size(changes); i++) apply(s, document, json_array_get(changes, i));
    document->version = json_integer_value(json_below(params, "textDocument", "version"));
    changed(s, document, document->folder && file_is_structure(document->folder, str_of(document->path)));
}

void document_save(Server *s, const json_t *params) {
    LspError unused;
    OpenDocument *document = document_of(s, params, &unused);
    if (document && speaks_of_files(text_str(&document->text))) changed(s, document, true);
}

void document_close(Server *s, const json_t *params) {
    LspError unused;
    OpenDocument *document = document_of(s, params, &unused), **at = &s->documents;
    if (!document) return;
    diagnostics_clear(s, document);
    while (*at != document) at = &(*at)->next;
    *at = document->next;
    workspace_leave(s, document);
    document_drop(document);
}
