/* What the commands that admit objects have in common: --cluster and --namespace. */
#ifndef PODLINT_COMMAND_ADMISSION_OPTIONS_H
#define PODLINT_COMMAND_ADMISSION_OPTIONS_H

#include "admission/admission.h"
#include "lint/selection.h"
#include "options.h"

/* Rows of a command's table of options. */
#define ADMISSION_OPTIONS                                                                                                   \
    {"cluster", 0, "FILE", NULL,                                                                                            \
     "Let what a cluster has decide too: namespaces, limits, quotas, classes, accounts and nodes, as 'kubectl get "         \
     "ns,limits,quota,pc,runtimeclass,sa,sc,nodes -A -o yaml' prints them. They are not judged themselves, and what their " \
     "quotas "                                                                                                              \
     "have used counts. May be given several times."},                                                                      \
    {                                                                                                                       \
        "namespace", 'n', "NAME", NULL, "The namespace of objects that do not say theirs, as kubectl apply -n."             \
    }

/* Reads the files of --cluster; false after telling which cannot be read. */
bool read_cluster(Deciders *deciders, const WordList *files, uint8_t minor);

#endif
