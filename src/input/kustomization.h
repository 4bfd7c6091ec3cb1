/* What kustomize itself would refuse: the fields of a kustomization, the paths that it names, and JSON patches. What it makes of
 * objects is in kustomize.h. As sigs.k8s.io/kustomize/api/types has the fields, and github.com/evanphx/json-patch the operations.
 */
#ifndef PODLINT_KUSTOMIZATION_H
#define PODLINT_KUSTOMIZATION_H

#include "model/model.h"

/* A patch that is written as text inside of a kustomization. */
typedef struct InlinePatch {
    const Node *text;         /* the scalar that it is the value of */
    Str group, version, kind; /* of its target; empty where that does not say them */
} InlinePatch;

typedef ARRAY(InlinePatch) InlinePatches;

/* Appends to the document's diagnostics what kustomize would refuse of the kustomization that it holds. */
void kustomization_check(Document *document);

/* The name of field number N of a kustomization; empty behind the last one. */
Str kustomization_field(uint32_t number);

/* The patches inside of a kustomization, in order; those of an alias stand elsewhere. */
InlinePatches kustomization_patches(Arena *arena, const Node *root);

/* Whether a list is meant as a JSON patch: maps with an op or a path, and nothing else. */
bool json_patch_is_meant(const Node *root);

/* Appends what is wrong with the operations of the JSON patch that the document holds. */
void json_patch_check(Document *document);

#endif
