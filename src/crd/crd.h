/* Custom resources: judged by the schemas and the rules of their definitions as the API server judges them, with strict field
 * validation (k8s.io/apiextensions-apiserver). */
#ifndef PODLINT_CRD_H
#define PODLINT_CRD_H

#include "input/input.h"
#include "model/model.h"
#include "schema.h"

/* A version of a custom resource definition. */
typedef struct CrdVersion {
    Str group, name; /* name: of the version */
    Str kind, plural;
    bool namespaced;
    bool served;
    bool deprecated;
    Str deprecationWarning;  /* its own words, or empty */
    bool hasStatus;          /* status is not taken from what is created */
    bool preserves;          /* spec.preserveUnknownFields */
    const Node *scale;       /* subresources.scale, or NULL */
    const Node *text;        /* its openAPIV3Schema, or NULL */
    const CrdSchema *schema; /* compiled; NULL before the first use, and without a schema */
    const struct Crd *definition;
} CrdVersion;

typedef struct Crd {
    Source *source; /* that it stands in */
    const Node *root;
    uint32_t file; /* number of the file in its Crds */
    Str name;      /* metadata.name */
    CrdVersion *versions;
    uint32_t versionCount;
    struct Crd *next; /* another definition of the kind, in a later file; NULL: there is none */
} Crd;

/* The definitions that a run knows. Files are only looked into once a kind is asked for whose name and group stand in them.
 * Threads may share it. */
typedef struct Crds Crds;

Crds *crds_new(void);
void crds_free(Crds *crds);

/* Adds a file, or a text if `text.at` is not NULL, behind those that are there. Texts and paths must outlive it. */
void crds_add(Crds *crds, Str path, Str text);

/* The version of the definition that an object is of, compiled, of the first file that has it; NULL if there is none. `known` is
 * set if the kind is known, in other versions. */
const CrdVersion *crds_find(Crds *crds, Str apiVersion, Str kind, const Crd **known);

/* The same of all definitions of the kind that say something else than those before them, up to CRDS_MOST, in `out`; the count is
 * returned. */
enum { CRDS_MOST = 64 };
uint32_t crds_find_all(Crds *crds, Str apiVersion, Str kind, const CrdVersion *out[CRDS_MOST], const Crd **known);

/* What there is, for those who want to list it, from number 0 on, which reads all files: NULL behind the last. */
const Crd *crds_at(Crds *crds, uint32_t index);

/* Files that could not be read, or a document in them that is no YAML, with the reason. */
typedef struct CrdFault {
    Str path, reason;
    uint32_t line; /* of what is no YAML; 0: the file could not be read */
} CrdFault;
const CrdFault *crds_faults(const Crds *crds, uint32_t *count);

/* Appends to the document's diagnostics what the server says when the custom resource is created, and sets its `definition`. */
void crd_judge(const CrdVersion *version, Document *document);

/* The same when it takes the place of `before`, which the server has taken. */
void crd_judge_update(const CrdVersion *version, Document *before, Document *document);

/* Appends to the diagnostics of a decoded CustomResourceDefinition what the server says of it beyond its metadata. */
void crd_judge_definition(Document *document);

/* Says that the definition of the kind serves other versions than the object's, or that nothing is known of its kind. */
void crd_refuse_version(const Crd *crd, Document *document);
void crd_refuse_unknown(Document *document);

/* The object as the server stores it before it validates it: with the defaults of the schema, without unknown fields. Unknown
 * fields are added to the document's diagnostics. */
const Node *crd_stored(const CrdVersion *version, Document *document);

#endif
