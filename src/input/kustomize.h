/* Kustomizations: which files of a tree are patches, and what a kustomization makes of the objects in the others before the
 * server sees them. Read from files named kustomization.yaml, kustomization.yml or Kustomization (kinds Kustomization and
 * Component, as kustomize.config.k8s.io/v1beta1 and v1alpha1 describe them).
 * Bases that are not on this machine are passed over. */
#ifndef PODLINT_KUSTOMIZE_H
#define PODLINT_KUSTOMIZE_H

#include "input.h"
#include "model/model.h"

/* What the kustomizations do with a file. */
typedef struct FileUse {
    bool patch;                               /* a patch, or named in comments only: its objects are partial */
    Str why;                                  /* who says so, in words */
    bool expressions;                         /* (expressions) of chainsaw are evaluated in it */
    bool kustomized;                          /* kustomize reads it, and writes what it read */
    bool data;                                /* only read by generators, or configuration of a plugin: no manifest */
    const struct Kustomization *const *users; /* those that name the file */
    uint32_t userCount;
} FileUse;

/* Reads the kustomizations of the list, those that stand above its operands in the same repository, and what they include, and
 * sets `use` of the list's files. Returns the paths of the list's kustomizations that no other one of the list includes. */
StrList kustomize_read(InputList *list);

/* Whether a kustomization that uses the file has a variable of this name. `value` gets its value if the kustomization says it,
 * else at is NULL. */
bool kustomize_variable(const FileUse *use, Str name, Str *value);

/* Whether an application of the file fills in ${NAME}. */
bool kustomize_is_filled_in(const FileUse *use);

/* The value of ${NAME} that the applications of the file fill in; at is NULL if it is not known. */
Str kustomize_substitute(const FileUse *use, Str name);

/* The names of the kustomizations and applications that use the file and that no other one includes; components are no
 * kustomizations of their own. They are the worlds of the file. */
StrList kustomize_roots(Arena *arena, const FileUse *use);

/* A way of a file into a kustomization or an application that no other one includes: on each it gets names of its own. */
typedef struct Way {
    Str root;
    const FileUse *use; /* what is done with the file on this way alone */
} Way;

typedef ARRAY(Way) Ways;

/* The ways of a file, `most` of them at most. */
Ways kustomize_ways(Arena *arena, const FileUse *use, uint32_t most);

/* Whether one of the kustomizations, some of the result of kustomize_read, includes the file, at whatever distance. */
bool kustomize_covers(StrList roots, const FileUse *use);

/* Takes the directives of strategic merge patches ($patch, $retainKeys, $setElementOrder/..., $deleteFromPrimitiveList/...,
 * fields that are null) out of a tree, and if asked to, what chainsaw computes: fields named by (expressions), and maps of
 * nothing else. */
void kustomize_drop_directives(Arena *arena, Node *root, bool expressions);

/* Whether an object is only a part of a workload: it has no selector and no image. */
bool kustomize_is_part(const Node *root);

/* Makes of a tree what kustomize makes of it by reading and writing it, in place. Its reader (go.yaml.in/yaml/v3) knows no other
 * booleans than true and false, so that yes, no, on, off, y and n become texts, and what annotates an object becomes text
 * whatever it is. */
void kustomize_rewrite(const Source *source, Node *root);

/* Whether patches take the object away ($patch: delete) on all ways of its file; `by` gets the kustomization that does. */
bool kustomize_takes_out(Arena *arena, const FileUse *use, const Document *document, Str *by);

/* Gives an object that was just built what the kustomizations that use its file do to it: labels and selectors, prefix and suffix
 * of its name, namespace, images and replicas, and the fields that patches write (Document.supplied).
 * Where several kustomizations use the file, all labels, images and patches count, and the names of the first. */
void kustomize_complete(Arena *arena, const FileUse *use, Document *document);

#endif
