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

/* Documents. */

OpenDocument *document_named(Server *s, Str uri) {
    OpenDocument *document = s->documents;
    while (document && !str_eq(str_of(document->uri), uri)) document = document->next;
    return document;
}

OpenDocument *document_of(Server *s, const json_t *params, LspError *error) {
    Str uri = json_text(json_below(params, "textDocument", "uri"));
    OpenDocument *document = uri.at ? document_named(s, uri) : NULL;
    if (!document) *error = LSP_INVALID_PARAMS;
    return document;
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
    for (uint32_t i = 0; i < folder->crdFiles.files.n; i++)
        if (str_eq(folder->crdFiles.files.at[i].path, path)) return true;
    return false;
}

bool document_is_saved(Server *s, const OpenDocument *document) {
    Source source;
    Str text = text_str(&document->text);
    if (!document->isFile || source_read(&source, &s->scratch, str_of(document->path)) != SOURCE_OK) return false;
    return str_eq(source.text, str_slice(text, str_starts(text, S("\xEF\xBB\xBF")) ? 3 : 0));
}

void document_drop(OpenDocument *document) {
    text_free(&document->text);
    json_decref(document->published);
    free(document->uri);
    free(document->path);
    free(document);
}

void documents_free(Server *s) {
    for (OpenDocument *next, *document = s->documents; document; document = next) {
        next = document->next;
        document_drop(document);
    }
}
