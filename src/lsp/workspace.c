/* The folders of the workspace, and how their files are checked: as `podlint check FOLDER` does, but with the texts that are open
 * in place of their files, and with what was found in a file kept until it changes. */
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/visible.h"
#include "input/expectations.h"
#include "run/definitions.h"
#include "server.h"

enum {
    MOST_THREADS = 8,
    MOST_FILES = 20000, /* of a folder: somebody opened all of a home directory */
    MOST_SEEN = 200000, /* folders and manifests that a walk comes to */
    SHORTEST_PAUSE = 3, /* in typing, in milliseconds; where a run takes longer, it waits longer */
    LONGEST_PAUSE = 1000,
};

static int64_t clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Folders */

static void forget_run(Folder *folder) {
    for (unsigned i = 0; folder->arenas && i < MOST_THREADS; i++) arena_free(&folder->arenas[i]);
    folder->run = (Run){0};
}

static void empty(Folder *folder) {
    forget_run(folder);
    run_memory_free(folder->how.memory);
    crds_free(folder->how.crds);
    arena_free(&folder->arena);
    folder->how = (RunSettings){0};
    folder->files = folder->crdFiles = (InputList){0};
    folder->policies = (PolicySources){0};
}

static void folder_free(Folder *folder) {
    empty(folder);
    free(folder->arenas);
    free((char *)folder->root.at);
    free(folder);
}

static Folder *folder_new(Server *s, char *root) {
    Folder *folder = memory_take(sizeof *folder);
    *folder = (Folder){.root = str_of(root), .stale = true, .arenas = memory_take(MOST_THREADS * sizeof(Arena))};
    memset(folder->arenas, 0, MOST_THREADS * sizeof(Arena));
    folder->next = s->folders;
    s->folders = folder;
    return folder;
}

static Folder *folder_named(Server *s, Str root) {
    Folder *folder = s->folders;
    while (folder && !str_eq(folder->root, root)) folder = folder->next;
    return folder;
}

/* All documents look for their folders anew. */
static void leave_folders(Server *s) {
    for (OpenDocument *document = s->documents; document; document = document->next) {
        if (document->folder) document->folder->stale = true;
        document->folder = NULL;
        document->file = NO_FILE;
    }
}

void workspace_add(Server *s, Str uri) {
    bool isFile;
    char *path = path_of_uri(uri, &isFile);
    if (!isFile || folder_named(s, str_of(path)))
        free(path);
    else
        folder_new(s, path);
    leave_folders(s);
}

void workspace_remove(Server *s, Str uri) {
    bool isFile;
    char *path = path_of_uri(uri, &isFile);
    Folder *folder = folder_named(s, str_of(path)), **at = &s->folders;
    free(path);
    if (!folder || !folder->root.len) return;
    leave_folders(s);
    while (*at != folder) at = &(*at)->next;
    *at = folder->next;
    folder_free(folder);
}

void workspace_free(Server *s) {
    for (Folder *next, *folder = s->folders; folder; folder = next) {
        next = folder->next;
        folder_free(folder);
    }
}

void workspace_stale(Server *s) {
    for (Folder *folder = s->folders; folder; folder = folder->next) {
        folder->stale = true;
        workspace_want(s, folder);
    }
}

/* The innermost folder of a document. */
static Folder *folder_of(Server *s, const OpenDocument *document) {
    Folder *found = NULL;
    Str path = str_of(document->path);
    for (Folder *folder = s->folders; folder && document->isFile; folder = folder->next) {
        Str root = folder->root;
        bool inside = root.len && str_starts(path, root) && path.len > root.len && (root.len == 1 || path.at[root.len] == '/');
        if (inside && (!found || root.len > found->root.len)) found = folder;
    }
    if (!found) found = folder_named(s, S(""));
    return found ? found : folder_new(s, memset(memory_take(1), 0, 1));
}

/* Making all that says how files are judged */

static Str leaves_out(void *context, Str path, bool directory) {
    Folder *folder = context;
    if (folder->files.files.n >= MOST_FILES || folder->seen++ >= MOST_SEEN) return S("there are too many files");
    return config_leaves_out(folder->store, path, directory) ? S("the configuration leaves it out") : S("");
}

/* Adds an open document that no walk finds, unless it is to be left out. */
static void add_document(Folder *folder, OpenDocument *document) {
    struct stat st;
    Str path = str_of(document->path);
    if (document->isFile && stat(document->path, &st) == 0) {
        if (!folder->root.len) input_add(&folder->files, path);
    } else {
        input_add_text(&folder->files, path, text_str(&document->text));
    }
}

static uint32_t number_of(const Folder *folder, Str path) {
    for (uint32_t i = 0; i < folder->files.files.n; i++)
        if (str_eq(folder->files.files.at[i].path, path)) return i;
    return NO_FILE;
}

static void find_files(Server *s, Folder *folder, bool there) {
    folder->files.arena = &folder->arena;
    folder->files.leaves_out = leaves_out;
    folder->files.context = folder;
    if (there) input_add(&folder->files, folder->root);
    for (OpenDocument *document = s->documents; document; document = document->next)
        if (document->folder == folder && number_of(folder, str_of(document->path)) == NO_FILE) add_document(folder, document);
}

static void number_documents(Server *s, Folder *folder) {
    for (uint32_t i = 0; i < folder->files.files.n; i++) folder->files.files.at[i].around = true;
    for (OpenDocument *document = s->documents; document; document = document->next) {
        if (document->folder != folder) continue;
        document->file = number_of(folder, str_of(document->path));
        if (document->file != NO_FILE) folder->files.files.at[document->file].around = false;
    }
}

static void read_policies(Server *s, Folder *folder) {
    policy_sources_add(&folder->policies, folder->store, &folder->files);
    if (!folder->policies.files.files.n) return;
    RuleList list = {0};
    for (uint32_t i = 0; i < s->options->rules.n; i++) ARRAY_PUSH(&folder->arena, &list, s->options->rules.at[i]);
    Policies *policies = folder->how.policies =
        policies_read(&folder->arena, &folder->policies.files, &folder->files, (uint16_t)(rule_count + list.n));
    for (uint32_t i = 0; i < policies->ruleCount; i++) ARRAY_PUSH(&folder->arena, &list, policies->rules[i]);
    folder->store = config_store(&folder->arena, &s->layer, list, s->options->config, s->options->noConfig);
}

static void settle(Folder *folder) {
    uint32_t count = folder->files.files.n;
    const FileSettings **files = NEW_ARRAY(&folder->arena, const FileSettings *, count + 1);
    for (uint32_t i = 0; i < count; i++) files[i] = config_settings(folder->store, folder->files.files.at[i].path, NULL);
    folder->how.files = files;
    folder->how.pods = config_pods(folder->store);
    if (folder->how.policies) policy_sources_limit(folder->how.policies, &folder->policies, folder->store, &folder->files, files);
    folder->how.policyFile = policy_settings(&folder->arena, config_settings(folder->store, S("-"), NULL));
    folder->how.memory = run_memory(count);
    folder->how.threads = 1;
    folder->how.podSecurityLevels = true;
}

/* The texts that are open in place of their files, until the next message. */
static void show_open_texts(Server *s) {
    ARRAY(SourceOverlay) texts = {0};
    struct stat st;
    for (OpenDocument *document = s->documents; document; document = document->next) {
        if (document->isFile && stat(document->path, &st) == 0)
            ARRAY_PUSH(&s->scratch, &texts, (SourceOverlay){st.st_dev, st.st_ino, text_str(&document->text)});
        else if (document->folder && !document->folder->stale && document->file != NO_FILE)
            document->folder->stale |= !document->folder->files.files.at[document->file].text.at; /* its file is gone */
    }
    source_overlay(texts.at, texts.n);
}

/* Tells that a folder is read for the first time, or that this is done. */
static void tell_progress(Server *s, const Folder *folder, const char *kind) {
    if (!s->client.workDone || !folder->root.len) return;
    Str token = str_format(&s->scratch, "podlint%.*s", TEXT(folder->root));
    bool begins = kind[0] == 'b';
    if (begins) server_request(s, "window/workDoneProgress/create", json_pack("{s:o}", "token", text_json(token)));
    json_t *value = json_pack("{s:s}", "kind", kind);
    if (begins) json_object_set_new(value, "title", json_string("podlint reads the workspace"));
    server_notify(s, "$/progress", json_pack("{s:o,s:o}", "token", text_json(token), "value", value));
}

/* Says that a configuration is at fault, once, where its own text is not open to show it. */
static void tell_faults(Server *s, Folder *folder) {
    enum { MESSAGE_WARNING = 2 };
    uint32_t count;
    const ConfigFault *faults = config_faults(folder->store, &count);
    uint64_t told = HASH_START;
    if (count) told = str_hash_on(str_hash_on(told, faults[0].source->name), faults[0].message);
    if (count && told != folder->told) {
        Place place = source_place(faults[0].source, &s->scratch, faults[0].span.at);
        Str text = str_format(&s->scratch, "%.*s:%u: %.*s. Nothing of this file holds until that is mended.",
                              TEXT(faults[0].source->name), place.line, TEXT(faults[0].message));
        server_notify(s, "window/showMessage",
                      json_pack("{s:i,s:o}", "type", MESSAGE_WARNING, "message", text_json(visible(&s->scratch, text))));
    }
    folder->told = told;
}

/* Where a folder is looked at from: documents outside of all folders from where the first of them is. */
static Str base_of(Server *s, Folder *folder) {
    if (folder->root.len) return arena_str(&folder->arena, folder->root);
    for (const OpenDocument *document = s->documents; document; document = document->next) {
        ptrdiff_t slash = document->folder == folder && document->isFile ? str_rfind(str_of(document->path), '/') : 0;
        if (slash > 0) return arena_str(&folder->arena, (Str){document->path, (size_t)slash});
    }
    return S("/");
}

static void make(Server *s, Folder *folder) {
    empty(folder);
    folder->stale = false;
    folder->seen = 0;
    folder->base = base_of(s, folder);
    bool there = chdir(folder->base.at) == 0 && folder->root.len; /* paths in findings start here */
    folder->policies.files.arena = folder->crdFiles.arena = &folder->arena;
    folder->store = config_store(&folder->arena, &s->layer, s->options->rules, s->options->config, s->options->noConfig);
    find_files(s, folder, there);
    read_policies(s, folder);
    folder->how.crds = definitions_open(&folder->crdFiles, config_crds(folder->store));
    if (!folder->how.crds) folder->how.crds = crds_new();
    kustomize_read(&folder->files);
    input_take_kustomizations(&folder->files);
    expectations_read(&folder->files);
    settle(folder);
    number_documents(s, folder);
    tell_faults(s, folder);
}

void workspace_forget(Folder *folder, uint32_t file) {
    folder->files.files.at[file].read = NULL;
    run_forget(folder->how.memory, file);
}

/* A document is open from now on in the place of its file. */
static void join_folder(Folder *folder, OpenDocument *document) {
    document->folder = folder;
    if (folder->stale) return;
    document->file = number_of(folder, str_of(document->path));
    folder->stale = document->file == NO_FILE;
    if (folder->stale) return;
    folder->files.files.at[document->file].around = false;
    workspace_forget(folder, document->file);
}

void workspace_leave(Server *s, OpenDocument *document) {
    Folder *folder = document->folder;
    if (!folder) return;
    bool listed = folder->root.len && document->file != NO_FILE && !folder->files.files.at[document->file].text.at;
    bool structure = file_is_structure(folder, str_of(document->path)) && !document_is_saved(s, document);
    if (!folder->stale && listed && !structure) {
        folder->files.files.at[document->file].around = true;
        workspace_forget(folder, document->file);
    } else {
        folder->stale = true;
    }
    workspace_want(s, folder);
}

void workspace_file_changed(Server *s, Str path, bool listed) {
    for (Folder *folder = s->folders; folder; folder = folder->next) {
        bool inside = str_starts(path, folder->root) && path.len > folder->root.len;
        if (!inside || (listed && document_at(s, path))) continue;
        uint32_t file = folder->stale ? NO_FILE : number_of(folder, path);
        if (listed && file != NO_FILE && !file_is_structure(folder, path))
            workspace_forget(folder, file);
        else
            folder->stale = true;
        workspace_want(s, folder);
    }
}

Folder *workspace_ready(Server *s, OpenDocument *document) {
    if (!document->folder) join_folder(folder_of(s, document), document);
    if (document->folder->stale) {
        show_open_texts(s);
        make(s, document->folder);
        source_overlay(NULL, 0);
    }
    return document->folder;
}

/* Runs */

void workspace_want(Server *s, Folder *folder) {
    int64_t pause = SHORTEST_PAUSE + folder->cost * 2;
    (void)s;
    folder->wanted = true;
    folder->due = clock_now() + (pause < LONGEST_PAUSE ? pause : LONGEST_PAUSE);
}

int workspace_wait(const Server *s) {
    int64_t now = clock_now(), least = -1;
    for (const Folder *folder = s->folders; folder; folder = folder->next) {
        if (!folder->wanted) continue;
        int64_t left = folder->due > now ? folder->due - now : 0;
        if (least < 0 || left < least) least = left;
    }
    return (int)least;
}

static unsigned processors(uint32_t files) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    if (count > MOST_THREADS) count = MOST_THREADS;
    return files < 50 || count < 1 ? 1 : (unsigned)count;
}

static void run(Server *s, Folder *folder) {
    int64_t start = clock_now();
    folder->wanted = false;
    show_open_texts(s);
    bool first = folder->stale;
    if (folder->stale) make(s, folder);
    forget_run(folder);
    for (OpenDocument *document = s->documents; document; document = document->next)
        if (document->folder == folder) document->offered = false;
    for (OpenDocument *document = s->documents; document; document = document->next)
        if (document->folder == folder && document->file != NO_FILE && folder->files.files.at[document->file].text.at)
            folder->files.files.at[document->file].text = text_str(&document->text);
    if (first && !folder->cost) tell_progress(s, folder, "begin");
    Arena *arena = &folder->arenas[0];
    folder->cluster = (Deciders){.arena = arena, .byKind.arena = arena};
    folder->how.cluster = &folder->cluster;
    folder->how.threads = first ? processors(folder->files.files.n) : 1;
    run_check(&folder->run, &folder->files, &folder->how, folder->arenas);
    source_overlay(NULL, 0);
    if (first && !folder->cost) tell_progress(s, folder, "end");
    folder->cost = clock_now() - start + 1;
    diagnostics_publish(s, folder);
}

void workspace_settle(Server *s, OpenDocument *document) {
    Folder *folder = workspace_ready(s, document);
    if (folder->wanted) run(s, folder);
}

void workspace_run_due(Server *s) {
    int64_t now = clock_now();
    for (OpenDocument *document = s->documents; document; document = document->next)
        if (!document->folder) {
            join_folder(folder_of(s, document), document);
            workspace_want(s, document->folder);
        }
    for (Folder *folder = s->folders; folder; folder = folder->next)
        if (folder->wanted && folder->due <= now) run(s, folder);
    arena_reset(&s->scratch);
}
