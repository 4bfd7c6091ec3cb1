/* The loop of the server, and the table of what it answers. Messages that are there are read before the first of them is
 * answered, so that what the client takes back is never begun. */
#include "server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "features.h"
#include "settings.h"

enum { MOST_WAITING = 10000, PARENT_SECONDS = 10 };

/* To the client */

static void respond(Server *s, const json_t *id, json_t *result) {
    transport_send(&s->io, json_pack("{s:O,s:o}", "id", id, "result", result));
}

static void respond_error(Server *s, const json_t *id, LspError code, const char *message) {
    json_t *error = json_pack("{s:i,s:o}", "code", (int)code, "message", text_json(str_of(message)));
    transport_send(&s->io, json_pack("{s:o,s:o}", "id", id ? json_incref((json_t *)id) : json_null(), "error", error));
}

/* Lifecycle */

static json_t *capabilities(const Server *s) {
    static const char *const encodings[] = {[UNITS_UTF16] = "utf-16", [UNITS_UTF8] = "utf-8", [UNITS_UTF32] = "utf-32"};
    static const char *const plain[] = {"hoverProvider",      "documentSymbolProvider", "foldingRangeProvider",
                                        "definitionProvider", "referencesProvider",     "documentHighlightProvider",
                                        "inlayHintProvider",  "workspaceSymbolProvider"};
    json_t *out = json_pack(
        "{s:s,s:{s:b,s:i,s:{s:b}},s:{s:{s:b,s:b}},s:{s:[s,s,s,s,s,s]},s:{},s:{s:b},s:{},s:{s:[s,s]},s:{s:[s,s,s],s:b}}",
        "positionEncoding", encodings[s->client.units], "textDocumentSync", "openClose", 1, "change", 2, "save", "includeText", 0,
        "workspace", "workspaceFolders", "supported", 1, "changeNotifications", 1, "completionProvider", "triggerCharacters", ":",
        " ", "-", "\"", "/", ".", "documentLinkProvider", "renameProvider", "prepareProvider", 1, "codeLensProvider",
        "executeCommandProvider", "commands", "podlint.explain", "podlint.simulate", "codeActionProvider", "codeActionKinds",
        "quickfix", "source.fixAll.podlint", "refactor.rewrite", "resolveProvider", 1);
    for (size_t i = 0; i < COUNT(plain); i++) json_object_set_new(out, plain[i], json_true());
    return out;
}

static json_t *initialize(Server *s, const json_t *params, LspError *error) {
    if (s->state != SERVER_NEW) {
        *error = LSP_INVALID_REQUEST;
        s->problem = "the server is initialized already";
        return NULL;
    }
    s->state = SERVER_RUNNING;
    client_read(&s->client, params);
    settings_read(s, json_object_get(params, "initializationOptions"));
    const json_t *folders = json_object_get(params, "workspaceFolders");
    for (size_t i = 0; i < json_array_size(folders); i++) {
        Str uri = json_text(json_object_get(json_array_get(folders, i), "uri"));
        if (uri.at) workspace_add(s, uri);
    }
    Str root = json_text(json_object_get(params, "rootUri"));
    if (!s->folders && root.at) workspace_add(s, root);
    return json_pack("{s:o,s:{s:s,s:s}}", "capabilities", capabilities(s), "serverInfo", "name", "podlint", "version",
                     PODLINT_VERSION);
}

static json_t *initialized(Server *s, const json_t *params, LspError *error) {
    (void)params, (void)error;
    client_register(s);
    return NULL;
}

static json_t *shutdown_server(Server *s, const json_t *params, LspError *error) {
    (void)params, (void)error;
    s->state = SERVER_SHUT;
    s->shut = true;
    return json_null();
}

static json_t *exit_server(Server *s, const json_t *params, LspError *error) {
    (void)params, (void)error;
    s->state = SERVER_ENDED;
    return NULL;
}

/* Documents, files and settings */

#define NOTIFICATION(name, call)                                            \
    static json_t *name(Server *s, const json_t *params, LspError *error) { \
        (void)error;                                                        \
        call(s, params);                                                    \
        return NULL;                                                        \
    }

NOTIFICATION(did_open, document_open)
NOTIFICATION(did_change, document_change)
NOTIFICATION(did_save, document_save)
NOTIFICATION(did_close, document_close)

static void change_folders(Server *s, const json_t *params) {
    const json_t *added = json_below(params, "event", "added"), *removed = json_below(params, "event", "removed");
    for (size_t i = 0; i < json_array_size(removed); i++) {
        Str uri = json_text(json_object_get(json_array_get(removed, i), "uri"));
        if (uri.at) workspace_remove(s, uri);
    }
    for (size_t i = 0; i < json_array_size(added); i++) {
        Str uri = json_text(json_object_get(json_array_get(added, i), "uri"));
        if (uri.at) workspace_add(s, uri);
    }
}

static void change_files(Server *s, const json_t *params) {
    enum { CHANGED = 2 };
    const json_t *changes = json_object_get(params, "changes");
    for (size_t i = 0; i < json_array_size(changes); i++) {
        const json_t *change = json_array_get(changes, i);
        Str uri = json_text(json_object_get(change, "uri"));
        bool isFile;
        char *path = path_of_uri(uri.at ? uri : S(""), &isFile);
        if (isFile) workspace_file_changed(s, str_of(path), json_integer_value(json_object_get(change, "type")) == CHANGED);
        free(path);
    }
}

static void change_settings(Server *s, const json_t *params) {
    const json_t *settings = json_object_get(params, "settings");
    if (s->client.configuration)
        client_ask_settings(s);
    else
        settings_read(s, settings);
}

NOTIFICATION(did_change_folders, change_folders)
NOTIFICATION(did_change_files, change_files)
NOTIFICATION(did_change_settings, change_settings)

static json_t *ignore(Server *s, const json_t *params, LspError *error) {
    (void)s, (void)params, (void)error;
    return NULL;
}

/* The text of a document as the server has it, for tests of clients. */
static json_t *text_of(Server *s, const json_t *params, LspError *error) {
    OpenDocument *document = document_of(s, params, error);
    if (!document) return NULL;
    return json_pack("{s:o,s:I}", "text", text_json(text_str(&document->text)), "version", (json_int_t)document->version);
}

typedef struct Method {
    const char *name;
    Answer *answer;
    bool notification;
} Method;

static const Method methods[] = {
    {"initialize", initialize, false},
    {"initialized", initialized, true},
    {"shutdown", shutdown_server, false},
    {"exit", exit_server, true},
    {"textDocument/didOpen", did_open, true},
    {"textDocument/didChange", did_change, true},
    {"textDocument/didSave", did_save, true},
    {"textDocument/didClose", did_close, true},
    {"workspace/didChangeWorkspaceFolders", did_change_folders, true},
    {"workspace/didChangeWatchedFiles", did_change_files, true},
    {"workspace/didChangeConfiguration", did_change_settings, true},
    {"$/setTrace", ignore, true},
    {"textDocument/hover", hover, false},
    {"textDocument/completion", completion, false},
    {"textDocument/documentSymbol", document_symbols, false},
    {"workspace/symbol", workspace_symbols, false},
    {"textDocument/foldingRange", folding_ranges, false},
    {"textDocument/definition", definition, false},
    {"textDocument/references", references, false},
    {"textDocument/documentHighlight", document_highlights, false},
    {"textDocument/documentLink", document_links, false},
    {"textDocument/prepareRename", prepare_rename, false},
    {"textDocument/rename", rename_name, false},
    {"textDocument/codeAction", code_actions, false},
    {"codeAction/resolve", resolve_action, false},
    {"textDocument/codeLens", code_lenses, false},
    {"textDocument/inlayHint", inlay_hints, false},
    {"workspace/executeCommand", execute_command, false},
    {"podlint/text", text_of, false},
};

/* A message that waits for its turn. */
typedef struct Waiting {
    json_t *message;
    bool cancelled;
} Waiting;

typedef struct Queue {
    Waiting *at;
    size_t first, n, cap;
} Queue;

static const Method *method_named(Str name) {
    for (size_t i = 0; i < COUNT(methods); i++)
        if (str_eq(str_of(methods[i].name), name)) return &methods[i];
    return NULL;
}

/* Answers a request, or does what a notification says. */
static void call(Server *s, const json_t *id, Str name, const json_t *params) {
    const Method *method = method_named(name);
    bool early = s->state == SERVER_NEW && (!method || (method->answer != initialize && method->answer != exit_server));
    bool late = s->state == SERVER_SHUT && (!method || method->answer != exit_server);
    if (early || late || !method || method->notification != !id) {
        if (!id) return;
        respond_error(s, id,
                      early            ? LSP_NOT_INITIALIZED
                      : late || method ? LSP_INVALID_REQUEST
                                       : LSP_METHOD_NOT_FOUND,
                      early  ? "the server is not initialized yet"
                      : late ? "the server was shut down"
                             : "there is no such method");
        return;
    }
    LspError error = LSP_OK;
    s->problem = NULL;
    json_t *result = method->answer(s, params, &error);
    if (id && error)
        respond_error(s, id, error,
                      s->problem                    ? s->problem
                      : error == LSP_INVALID_PARAMS ? "the parameters are wrong"
                                                    : "failed");
    else if (id)
        respond(s, id, result ? json_incref(result) : json_null());
    json_decref(result);
}

static bool is_id(const json_t *id) {
    return json_is_integer(id) || json_is_string(id) || json_is_real(id);
}

static void take(Server *s, const Waiting *waiting) {
    const json_t *id = json_object_get(waiting->message, "id");
    Str method = json_text(json_object_get(waiting->message, "method"));
    if (!json_is_object(waiting->message) || (id && !is_id(id) && method.at))
        respond_error(s, NULL, LSP_INVALID_REQUEST, "a message is an object with a method, and an id that is a number or a text");
    else if (!method.at && id)
        client_answered(s, json_text(id), json_object_get(waiting->message, "result"));
    else if (!method.at)
        respond_error(s, NULL, LSP_INVALID_REQUEST, "a message needs a method");
    else if (waiting->cancelled)
        respond_error(s, id, LSP_REQUEST_CANCELLED, "cancelled");
    else
        call(s, id, method, json_object_get(waiting->message, "params"));
    arena_reset(&s->scratch);
}

/* Marks a request that the client takes back. */
static bool cancel(Queue *queue, const json_t *message) {
    if (!str_eq(json_text(json_object_get(message, "method")), S("$/cancelRequest"))) return false;
    const json_t *id = json_below(message, "params", "id");
    for (size_t i = queue->first; i < queue->n; i++)
        if (id && json_equal(json_object_get(queue->at[i].message, "id"), id) && json_object_get(queue->at[i].message, "method"))
            queue->at[i].cancelled = true;
    return true;
}

static void enqueue(Queue *queue, json_t *message) {
    if (queue->n == queue->cap) {
        queue->cap = queue->cap * 2 + 16;
        queue->at = realloc(queue->at, queue->cap * sizeof *queue->at);
        if (!queue->at) out_of_memory();
    }
    queue->at[queue->n++] = (Waiting){.message = message};
}

/* Reads what the client has sent. */
static void read_messages(Server *s, Queue *queue) {
    Str body;
    const char *why;
    Taken taken = TAKEN_MESSAGE;
    while (queue->n - queue->first < MOST_WAITING && (taken = transport_take(&s->io, &body, &why)) != TAKEN_NOTHING) {
        json_error_t error;
        json_t *message = NULL;
        if (taken == TAKEN_MESSAGE) message = json_loadb(body.at, body.len, JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
        if (!message)
            respond_error(s, NULL, LSP_PARSE_ERROR, taken == TAKEN_MESSAGE ? error.text : why);
        else if (cancel(queue, message))
            json_decref(message);
        else
            enqueue(queue, message);
    }
}

/* How long to wait for the next message, in milliseconds. */
static int patience(const Server *s, const Queue *queue) {
    if (queue->first < queue->n) return 0;
    int wait = workspace_wait(s);
    return wait >= 0 || !s->client.process ? wait : PARENT_SECONDS * 1000;
}

static bool is_alone(const Server *s) {
    return s->io.broken || (s->client.process && kill(s->client.process, 0) != 0 && errno == ESRCH);
}

int lsp_serve(int in, int out, const LspOptions *options) {
    Server s = {.io = {.in = in, .out = out}, .options = options, .layer = options->layer};
    Queue queue = {0};
    while (s.state != SERVER_ENDED && !is_alone(&s)) {
        read_messages(&s, &queue); /* that came while something was written */
        transport_fill(&s.io, patience(&s, &queue));
        read_messages(&s, &queue);
        if (queue.first < queue.n) {
            Waiting next = queue.at[queue.first++];
            if (queue.first == queue.n) queue.first = queue.n = 0;
            take(&s, &next);
            json_decref(next.message);
        } else if (s.io.ended) {
            break;
        } else {
            workspace_run_due(&s);
        }
    }
    for (size_t i = queue.first; i < queue.n; i++) json_decref(queue.at[i].message);
    free(queue.at);
    documents_free(&s);
    workspace_free(&s);
    transport_free(&s.io);
    arena_free(&s.settings);
    arena_free(&s.scratch);
    return s.shut ? 0 : 1;
}
