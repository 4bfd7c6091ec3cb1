/* The definitions of a run. A file is searched for the words of the kind that is asked for, and read when it has them; what was
 * read stays, with its text and tree, as long as the run. One lock keeps threads apart: questions are asked once an object, and
 * the answers are read without it. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "crd.h"

typedef struct CrdFile {
    Str path, text;
    Source *source; /* NULL before it is read */
    bool parsed;    /* its definitions are among those of the run */
} CrdFile;

/* What a kind was found to be. */
typedef struct CrdAnswer {
    uint32_t hash; /* of the kind */
    Str group, kind;
    Crd *crd; /* NULL: no file defines it */
} CrdAnswer;

struct Crds {
    Arena arena;
    pthread_mutex_t lock;
    ARRAY(CrdFile) files;
    ARRAY(Crd *) definitions;
    ARRAY(CrdAnswer) answers;
    ARRAY(CrdFault) faults;
};

Crds *crds_new(void) {
    Crds *crds = memory_take(sizeof *crds);
    *crds = (Crds){0};
    pthread_mutex_init(&crds->lock, NULL);
    return crds;
}

void crds_free(Crds *crds) {
    if (!crds) return;
    pthread_mutex_destroy(&crds->lock);
    arena_free(&crds->arena);
    free(crds);
}

void crds_add(Crds *crds, Str path, Str text) {
    crds->answers.n = 0;
    ARRAY_PUSH(&crds->arena, &crds->files, (CrdFile){.path = path, .text = text});
}

/* Reading a definition. */

static Str text_at(const Node *node, Str key) {
    const Node *value = node_get(node, key);
    return value && value->kind == NODE_STRING ? value->text : S("");
}

static bool truth_at(const Node *node, Str key) {
    const Node *value = node_get(node, key);
    return value && value->kind == NODE_BOOL && value->text.at[0] == 't';
}

/* Reads a definition from the tree of a document; false if it is none of apiextensions.k8s.io/v1. */
static bool read_definition(Arena *arena, Source *source, const Node *root, Crd *out) {
    if (!str_eq(text_at(root, S("kind")), S("CustomResourceDefinition")) ||
        !str_eq(text_at(root, S("apiVersion")), S("apiextensions.k8s.io/v1")))
        return false;
    const Node *spec = node_get(root, S("spec")), *names = node_get(spec, S("names")), *versions = node_get(spec, S("versions"));
    *out = (Crd){.source = source, .root = root, .name = text_at(node_get(root, S("metadata")), S("name"))};
    if (!versions || versions->kind != NODE_LIST) return true;
    out->versions = NEW_ARRAY(arena, CrdVersion, versions->count + 1);
    for (uint32_t i = 0; i < versions->count; i++) {
        const Node *version = &versions->items[i], *schema = node_get(node_get(version, S("schema")), S("openAPIV3Schema"));
        const Node *subresources = node_get(version, S("subresources")), *scale = node_get(subresources, S("scale"));
        const Node *status = node_get(subresources, S("status"));
        out->versions[out->versionCount++] = (CrdVersion){.group = text_at(spec, S("group")),
                                                          .name = text_at(version, S("name")),
                                                          .kind = text_at(names, S("kind")),
                                                          .plural = text_at(names, S("plural")),
                                                          .namespaced = str_eq(text_at(spec, S("scope")), S("Namespaced")),
                                                          .served = truth_at(version, S("served")),
                                                          .deprecated = truth_at(version, S("deprecated")),
                                                          .deprecationWarning = text_at(version, S("deprecationWarning")),
                                                          .hasStatus = status && status->kind == NODE_MAP,
                                                          .preserves = truth_at(spec, S("preserveUnknownFields")),
                                                          .scale = scale && scale->kind == NODE_MAP ? scale : NULL,
                                                          .text = schema && schema->kind == NODE_MAP ? schema : NULL,
                                                          .definition = out};
    }
    return true;
}

static void keep(Crds *crds, const CrdFile *file, const Node *root) {
    const Node *items = node_get(root, S("items"));
    Crd *crd = NEW(&crds->arena, Crd);
    if (read_definition(&crds->arena, file->source, root, crd)) {
        crd->file = (uint32_t)(file - crds->files.at);
        ARRAY_PUSH(&crds->arena, &crds->definitions, crd);
    } else if (str_ends(text_at(root, S("kind")), S("List")) && items && items->kind == NODE_LIST) {
        for (uint32_t i = 0; i < items->count; i++) keep(crds, file, &items->items[i]);
    }
}

/* Reads the text of a file; false if that cannot be done, or there is no definition in it. */
static bool has_text(Crds *crds, CrdFile *file) {
    if (!file->source) {
        file->source = NEW(&crds->arena, Source);
        SourceError error = file->text.at ? source_from_bytes(file->source, &crds->arena, file->path, file->text)
                                          : source_read(file->source, &crds->arena, file->path);
        if (error) {
            CrdFault fault = {file->path, source_error_text(&crds->arena, error, errno), 0};
            ARRAY_PUSH(&crds->arena, &crds->faults, fault);
            file->parsed = true;
        }
    }
    return !file->parsed && str_has(file->source->text, S("CustomResourceDefinition"));
}

static void parse(Crds *crds, CrdFile *file) {
    NodeReader reader = {.source = file->source};
    NodeDocument document;
    file->parsed = true;
    while (node_next(&reader, &crds->arena, &document)) {
        if (document.readable) {
            keep(crds, file, document.root);
        } else if (document.faults.n) {
            Place place = source_place(file->source, &crds->arena, document.faults.at[0].span.at);
            CrdFault fault = {file->path, document.faults.at[0].text, place.line};
            ARRAY_PUSH(&crds->arena, &crds->faults, fault);
        }
    }
}

/* A definition as it is written. */
static Str text_of(const Crd *crd) {
    Span span = crd->root->span;
    return (Str){crd->source->text.at + span.at, span.end - span.at};
}

/* Whether a file is the only one, or the first one, that has a definition of a kind does not depend on which kinds were asked for
 * before: all files that might have one are read. */
static Crd *look(Crds *crds, Str group, Str kind) {
    for (uint32_t i = 0; i < crds->files.n; i++) {
        CrdFile *file = &crds->files.at[i];
        if (!file->parsed && has_text(crds, file) && str_has(file->source->text, kind) && str_has(file->source->text, group))
            parse(crds, file);
    }
    Crd *first = NULL;
    for (uint32_t i = 0; i < crds->definitions.n; i++) {
        Crd *crd = crds->definitions.at[i], **at = &first;
        if (!crd->versionCount || !str_eq(crd->versions->kind, kind) || !str_eq(crd->versions->group, group)) continue;
        bool known = false;
        for (; *at && (*at)->file <= crd->file; at = &(*at)->next) known |= str_eq(text_of(*at), text_of(crd));
        if (known) continue;
        crd->next = *at;
        *at = crd;
    }
    return first;
}

static const CrdAnswer *answer(Crds *crds, Str group, Str kind) {
    uint32_t hash = str_hash(kind);
    for (uint32_t i = 0; i < crds->answers.n; i++) {
        const CrdAnswer *known = &crds->answers.at[i];
        if (known->hash == hash && str_eq(known->kind, kind) && str_eq(known->group, group)) return known;
    }
    CrdAnswer found = {hash, arena_str(&crds->arena, group), arena_str(&crds->arena, kind), look(crds, group, kind)};
    ARRAY_PUSH(&crds->arena, &crds->answers, found);
    return &crds->answers.at[crds->answers.n - 1];
}

/* The version of a definition that is served under a name, compiled. */
static const CrdVersion *served(Crds *crds, Crd *crd, Str name) {
    for (uint32_t i = 0; i < crd->versionCount; i++) {
        CrdVersion *version = &crd->versions[i];
        if (!str_eq(version->name, name) || !version->served) continue;
        if (!version->schema && version->text) version->schema = crd_schema(&crds->arena, version->text, true);
        return version;
    }
    return NULL;
}

static uint32_t find(Crds *crds, Str apiVersion, Str kind, const CrdVersion **out, uint32_t most, const Crd **known) {
    Str group = schema_group(apiVersion), name = schema_version(apiVersion);
    uint32_t count = 0;
    *known = NULL;
    if (!crds || !group.len || !kind.len) return 0;
    pthread_mutex_lock(&crds->lock);
    Crd *first = answer(crds, group, kind)->crd;
    for (Crd *crd = first; crd && count < most; crd = crd->next)
        if ((out[count] = served(crds, crd, name))) count++;
    *known = first;
    pthread_mutex_unlock(&crds->lock);
    return count;
}

const CrdVersion *crds_find(Crds *crds, Str apiVersion, Str kind, const Crd **known) {
    const CrdVersion *out;
    return find(crds, apiVersion, kind, &out, 1, known) ? out : NULL;
}

uint32_t crds_find_all(Crds *crds, Str apiVersion, Str kind, const CrdVersion *out[CRDS_MOST], const Crd **known) {
    return find(crds, apiVersion, kind, out, CRDS_MOST, known);
}

const Crd *crds_at(Crds *crds, uint32_t index) {
    for (uint32_t i = index ? crds->files.n : 0; i < crds->files.n; i++)
        if (!crds->files.at[i].parsed && has_text(crds, &crds->files.at[i])) parse(crds, &crds->files.at[i]);
    return index < crds->definitions.n ? crds->definitions.at[index] : NULL;
}

const CrdFault *crds_faults(const Crds *crds, uint32_t *count) {
    *count = crds->faults.n;
    return crds->faults.at;
}
