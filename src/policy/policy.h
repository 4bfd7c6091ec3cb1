/* ValidatingAdmissionPolicies without a cluster: read and compiled once, then judged on every object of a run as the admission
 * plugin of the API server would when the object is created (k8s.io/apiserver/pkg/admission/plugin/policy/validating). What only
 * a cluster knows is not guessed: what depends on it is left out, and said once. */
#ifndef PODLINT_POLICY_H
#define PODLINT_POLICY_H

#include "cel/value.h"
#include "input/input.h"
#include "model/model.h"

/* A file that was given with policies in it. */
typedef struct PolicyFile {
    Str name;
    Source *source;            /* NULL for what could not be opened or listed */
    Str error;                 /* why it could not be read; at is NULL if it could */
    ARRAY(Document) documents; /* its policies and bindings, and what is no readable object, with their diagnostics */
} PolicyFile;

typedef struct Policies {
    PolicyFile *files;
    uint32_t fileCount;
    const Rule **rules; /* of the policies, by their names; findings of a policy are of its rule */
    Str *ruleFiles;     /* by rule: the name of the file that it is from */
    uint32_t ruleCount;
    bool some;               /* whether any file holds a policy or a binding, or could not be read */
    struct PolicyPlan *plan; /* of the modules in policy/ */
} Policies;

/* Appends to the diagnostics of a policy or a binding what the server refuses of it beside its metadata; nothing to those of
 * other objects. What `arena` holds has to last as long as the document's source. */
void policy_check(Arena *arena, Document *document);

/* Makes of a policy or a binding an object that is not judged, and has nothing said of it. */
void policy_leave(Document *document);

/* Whether a file is one of those that the policies were read from. */
bool policies_hold(const Policies *policies, Str file);

/* Reads and compiles the policies of `files`. Namespaces and parameter objects are taken from there and from `manifests`; those
 * on standard input are not. The rules get the numbers from `firstRule` on. What is wrong with a policy is in its document's
 * diagnostics; one that cannot be compiled judges nothing. Everything is allocated in `arena`. */
Policies *policies_read(Arena *arena, const InputList *files, const InputList *manifests, uint16_t firstRule);

/* Appends to the document's diagnostics what the policies find in it, as creating it would. Several threads may do so. */
void policies_judge(const Policies *policies, Document *document);

/* `request` as expressions see it when the document is created; null if no policy would look at it. */
Value policy_request(Arena *arena, const Document *document);

/* After all documents were judged: appends to the policies' own documents what could not be known. */
void policies_conclude(Policies *policies);

#endif
