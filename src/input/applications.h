/* What programs apply together, as files of a run tell: Kustomizations of Flux (kustomize.toolkit.fluxcd.io), Applications and
 * ApplicationSets of Argo CD (argoproj.io), and the configuration of skaffold. */
#ifndef PODLINT_APPLICATIONS_H
#define PODLINT_APPLICATIONS_H

#include "base/glob.h"
#include "base/str_set.h"
#include "input.h"
#include "model/model_base.h"
#include "yaml/node.h"

/* Paths are as those of the list's files are. */
typedef struct Application {
    Str name;           /* where it stands and what it is: "apps.yaml: Kustomization apps" */
    ARRAY(Str) folders; /* of each the kustomization is applied, or else what lies in it */
    bool deep;          /* with what lies below */
    StrList included; /* of a folder without a kustomization only files that match one of these (application_takes); empty: all */
    StrList excluded; /* and none that match one of these */
    Str base;         /* where the paths of components, and of `files`, start */
    Globs files;      /* which files are applied besides */
    const Node *changes;      /* what it makes of the objects, in the words of a kustomization; NULL: nothing */
    ARRAY(const Node *) more; /* lists of images that it builds, in the words of skaffold */
    Str namespace;            /* that it gives to all objects; may be empty */
    bool kustomizes;          /* its files too become a kustomization */
    bool fillsIn;             /* ${NAME} is filled in, with `values` as far as they are known */
    StrSet values;            /* const Str *; at is NULL where several values are given */
} Application;

/* Whether an application takes a file of its folder, by its path from there. */
bool application_takes(const Application *application, Str path);

/* Reads the applications that stand in files of the list that were found in folders. Allocated in the list's arena; returns how
 * many. */
uint32_t applications_read(const InputList *list, Application **out);

#endif
