/* Documents that the editor has open, as it says that they are. */
#include <stdlib.h>

#include "report/shared.h"
#include "server.h"

/* URIs. */

static int hex_pair(const char *at) {
    int high = hex_value(at[0]), low = high < 0 ? -1 : hex_value(at[1]);
    return low < 0 ? -1 : high * 16 + low;
}

char *path_of_uri(Str uri, bool *isFile) {
    *isFile = str_starts(uri, S("file://"));
    char *out = memory_take(uri.len + 1), *to = out;
    if (*isFile) uri = str_slice(uri, 7);
    if (*isFile && uri.len && uri.at[0] != '/') { /* a host */
        ptrdiff_t slash = str_find(uri, '/');
        uri = str_slice(uri, slash < 0 ? uri.len : (size_t)slash);
    }
    for (size_t i = 0; i < uri.len; i++) {
        int byte = *isFile && uri.at[i] == '%' && i + 2 < uri.len ? hex_pair(uri.at + i + 1) : -1;
        if (byte > 0) i += 2;
        *to++ = byte > 0 ? (char)byte : uri.at[i];
    }
    while (*isFile && to > out + 1 && to[-1] == '/') to--;
    *to = '\0';
    return out;
}

Str uri_of_path(Arena *arena, Str path) {
    Buf out = {.arena = arena};
    buf_str(&out, S("file://"));
    for (size_t i = 0; i < path.len; i++) {
        char c = path.at[i];
        if (is_alnum(c) || (c && strchr("/-._~", c)))
            buf_char(&out, c);
        else
            buf_format(&out, "%%%02X", (unsigned char)c);
    }
    return buf_text(&out);
}

Str json_text(const json_t *value) {
    return json_is_string(value) ? (Str){json_string_value(value), json_string_length(value)} : (Str){0};
}

json_t *text_json(Str text) {
    return report_json_text(text);
}

/* Documents. */

static OpenDocument *find(Server *s, Str uri) {
    OpenDocument *document = s->documents;
    while (document && !str_eq(str_of(document->uri), uri)) document = document->next;
    return document;
}

OpenDocument *document_of(Server *s, const json_t *params) {
    Str uri = json_text(json_below(params, "textDocument", "uri"));
    return uri.at ? find(s, uri) : NULL;
}

OpenDocument *document_at(Server *s, Str path) {
    OpenDocument *document = s->documents;
    while (document && !str_eq(str_of(document->path), path)) document = document->next;
    return document;
}

bool file_is_structure(const Folder *folder, Str path) {
    static const Str names[] = {STR(".podlint.yaml"),      STR(".podlint.yml"),  STR("kustomization.yaml"),
                                STR("kustomization.yml"),  STR("Kustomization"), STR("skaffold.yaml"),
                                STR("chainsaw-test.yaml"), STR("Chart.yaml"),    STR("kyverno-test.yaml")};
    Str name = str_slice(path, (size_t)(str_rfind(path, '/') + 1));
    if (str_in(name, names, COUNT(names)) || str_has(path, S("/.podlint/"))) return true;
    for (uint32_t i = 0; i < folder->policies.files.files.n; i++)
        if (str_eq(folder->policies.files.files.at[i].path, path)) return true;
    return false;
}

/* Whether a text may say what is applied together, as Flux, Argo CD and skaffold have it. */
static bool speaks_of_files(Str text) {
    return str_has(text, S("toolkit.fluxcd.io")) || str_has(text, S("argoproj.io")) || str_has(text, S("skaffold"));
}

bool document_is_saved(Server *s, const OpenDocument *document) {
    Source source;
    Str text = text_str(&document->text);
    if (!document->isFile || source_read(&source, &s->scratch, str_of(document->path)) != SOURCE_OK) return false;
    return str_eq(source.text, str_slice(text, str_starts(text, S("\xEF\xBB\xBF")) ? 3 : 0));
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
    if (!uri.at || !text.at) return;
    OpenDocument *document = find(s, uri);
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
    OpenDocument *document = document_of(s, params);
    const json_t *changes = json_object_get(params, "contentChanges");
    if (!document) return;
    for (size_t i = 0; i < json_array_size(changes); i++) apply(s, document, json_array_get(changes, i));
    document->version = json_integer_value(json_below(params, "textDocument", "version"));
    changed(s, document, document->folder && file_is_structure(document->folder, str_of(document->path)));
}

void document_save(Server *s, const json_t *params) {
    OpenDocument *document = document_of(s, params);
    if (document && speaks_of_files(text_str(&document->text))) changed(s, document, true);
}

static void drop(OpenDocument *document) {
    text_free(&document->text);
    json_decref(document->published);
    free(document->uri);
    free(document->path);
    free(document);
}

void document_close(Server *s, const json_t *params) {
    OpenDocument *document = document_of(s, params), **at = &s->documents;
    if (!document) return;
    diagnostics_clear(s, document);
    while (*at != document) at = &(*at)->next;
    *at = document->next;
    workspace_leave(s, document);
    drop(document);
}

void documents_free(Server *s) {
    for (OpenDocument *next, *document = s->documents; document; document = next) {
        next = document->next;
        drop(document);
    }
}
