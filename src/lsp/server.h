/* What the parts of the server share: the client and what it can, the open documents, the folders of the workspace. One thread
 * does everything: a message is answered before the next one is looked at, and folders are checked when nothing else is to do. */
#ifndef PODLINT_LSP_SERVER_H
#define PODLINT_LSP_SERVER_H

#include "run/policy_sources.h"
#include "run/run.h"
#include "lsp.h"
#include "text.h"
#include "transport.h"

/* Errors of JSON-RPC and of the protocol. */
typedef enum LspError {
    LSP_OK = 0,
    LSP_PARSE_ERROR = -32700,
    LSP_INVALID_REQUEST = -32600,
    LSP_METHOD_NOT_FOUND = -32601,
    LSP_INVALID_PARAMS = -32602,
    LSP_NOT_INITIALIZED = -32002,
    LSP_REQUEST_FAILED = -32803,
    LSP_REQUEST_CANCELLED = -32800,
} LspError;

/* Files that are checked together: a folder of the workspace, or what is open and in none of them. Everything that says how its
 * files are judged stands in `arena`, and is made anew when it may have changed. */
typedef struct Folder {
    struct Folder *next;
    Str root;   /* its path; empty: documents outside of all folders. Memory of its own. */
    bool stale; /* what follows has to be made anew */
    Arena arena;
    Str base; /* the folder that relative paths start from */
    ConfigStore *store;
    InputList files;
    PolicySources policies;
    InputList crdFiles;
    Deciders cluster;
    RunSettings how;
    Run run; /* the last one, in `arenas` */
    Arena *arenas;
    bool wanted;   /* a run is due */
    int64_t due;   /* when, in milliseconds of a clock that only goes on */
    int64_t cost;  /* of the last run, in the same */
    uint32_t seen; /* by the walk through it */
    uint64_t told; /* a hash of the fault of a configuration that was told last */
} Folder;

/* What the editor has open. */
typedef struct OpenDocument {
    struct OpenDocument *next;
    char *uri, *path; /* path: of a URI file://, else the URI itself */
    bool isFile;      /* the URI is file:// */
    EditedText text;
    int64_t version;
    bool offered;      /* its findings have their fixes, since the last run */
    bool changed;      /* since its diagnostics were sent last */
    json_t *published; /* these */
    Folder *folder;
    uint32_t file; /* number in the list of its folder, or NO_FILE */
} OpenDocument;

#define NO_FILE UINT32_MAX

enum { ADJUST_INDENTATION = 2 }; /* InsertTextMode of the protocol */

/* What the client can, and what it wants. */
typedef struct Client {
    Units units;
    bool indents; /* it adds the indentation of the line to the further lines of what it inserts */
    bool snippets, markdown, versionedDiagnostics, related, codeDescriptions, tags, workDone, watches, hierarchical,
        resolvesEdits;
    bool configuration; /* workspace/configuration can be asked for */
    bool prepareRename, documentChanges, registersConfiguration, linkTooltips, changeAnnotations, labelDetails;
    bool hints, lenses;  /* inlay hints and code lenses are wanted */
    SettingsLayer layer; /* what the editor's settings say */
    pid_t process;       /* 0: not told */
} Client;

typedef struct Server {
    Transport io;
    const LspOptions *options;
    Client client;
    enum { SERVER_NEW, SERVER_RUNNING, SERVER_SHUT, SERVER_ENDED } state;
    bool shut; /* `shutdown` came before the end */
    Folder *folders;
    OpenDocument *documents;
    Arena settings;      /* texts of `client.layer` and what is merged of it */
    SettingsLayer layer; /* the strongest of a configuration: the command line and the editor */
    Arena scratch;       /* of the message in hand */
    int64_t requests;    /* sent to the client so far */
    const char *problem; /* what the message of an error says, or NULL */
} Server;

/* Answers a request. `params` may be NULL. With an error other than LSP_OK the result is not used. */
typedef json_t *Answer(Server *s, const json_t *params, LspError *error);

/* messages.c: JSON. */
Str json_text(const json_t *value); /* at is NULL if it is no string */
json_t *text_json(Str text);
static inline const json_t *json_below(const json_t *value, const char *a, const char *b) {
    return json_object_get(json_object_get(value, a), b);
}

/* messages.c: to the client. */
void server_notify(Server *s, const char *method, json_t *params);
void server_request(Server *s, const char *method, json_t *params);

/* documents.c */
OpenDocument *document_named(Server *s, Str uri); /* NULL if it is not open */
void document_drop(OpenDocument *document);       /* frees one that is in no list any more */
/* That of params.textDocument.uri; NULL if it is not open, which is the error of a request. */
OpenDocument *document_of(Server *s, const json_t *params, LspError *error);
OpenDocument *document_at(Server *s, Str path); /* the open document of a file, or NULL */
/* Whether what a file says changes how others are judged, or which of them there are. */
bool file_is_structure(const Folder *folder, Str path);
bool document_is_saved(Server *s, const OpenDocument *document); /* its text is that of its file */
void documents_free(Server *s);
char *path_of_uri(Str uri, bool *isFile); /* malloc */
Str uri_of_path(Arena *arena, Str path);

/* sync.c: what the editor says of documents. */
void document_open(Server *s, const json_t *params);
void document_change(Server *s, const json_t *params);
void document_save(Server *s, const json_t *params);
void document_close(Server *s, const json_t *params);

/* workspace.c */
void workspace_add(Server *s, Str uri);
void workspace_remove(Server *s, Str uri);
void workspace_free(Server *s);
void workspace_stale(Server *s);                            /* everything has to be made anew */
Folder *workspace_ready(Server *s, OpenDocument *document); /* its folder, with all that says how files are judged */
void workspace_forget(Folder *folder, uint32_t file);       /* a file of its list is to be read anew */
void workspace_leave(Server *s, OpenDocument *document);    /* it is closed */
/* A file is another one on the disk; `listed`: it was there before and is still. */
void workspace_file_changed(Server *s, Str path, bool listed);
/* Its folder with what the last run found, made now if it is due. */
void workspace_settle(Server *s, OpenDocument *document);
void workspace_want(Server *s, Folder *folder);
int workspace_wait(const Server *s); /* milliseconds until a run is due, or -1 */
void workspace_run_due(Server *s);

/* diagnostics.c */
void diagnostics_publish(Server *s, Folder *folder);
void diagnostics_clear(Server *s, OpenDocument *document);

#endif
