/* The run of `podlint check`: every file is read, decoded, defaulted and validated, on as many threads as wanted, and what was
 * found is kept in a form that needs neither the text nor the tree. The result does not depend on the number of threads. */
#ifndef PODLINT_RUN_H
#define PODLINT_RUN_H

#include "crd/pods.h"
#include "admission/admission.h"
#include "input/input.h"
#include "lint/facts.h"
#include "policy/policy.h"
#include "result.h"

/* What was found in each file of a list by itself, so that a run of the same list need not read it again. */
typedef struct RunMemory RunMemory;

RunMemory *run_memory(uint32_t fileCount);
void run_memory_free(RunMemory *memory);

/* Has a file of the list read again by the next run. */
void run_forget(RunMemory *memory, uint32_t file);

/* What the last run knows of the objects of a file; their diagnostics are not there. */
Fact *const *run_facts(const RunMemory *memory, uint32_t file, uint32_t *count);

/* The definitions of custom resources in the files, as the last run has read them; NULL if there are none or they may have
 * changed. */
Crds *run_definitions(const RunMemory *memory);

typedef struct RunSettings {
    unsigned threads;                 /* at least 1 */
    bool podSecurityLevels;           /* find out which levels each object meets, by the version of podSecurity */
    const FileSettings *const *files; /* of each file of the list */
    Policies *policies;               /* to judge all objects by, or NULL */
    const FileSettings *policyFile;   /* of their files, which stand last in the result */
    Crds *crds;                       /* definitions of custom resources, or NULL; those among the files are added to them */
    PodPlaceRules pods;               /* where else pods stand in custom resources */
    bool requireSchemas;              /* a custom resource without a definition is an error */
    RunMemory *memory;                /* of the list, for runs of it that follow each other with the same settings; NULL: none */
    Deciders *cluster;                /* what is known of a cluster; objects of the run join it. NULL: no admission */
} RunSettings;

/* Checks one text, which `name` is given to, on one thread. */
void run_check_text(Run *run, Arena *arena, Str name, Str text, const FileSettings *settings);

/* Checks the files of `list`; what of it could not be opened follows them. Everything in the result is allocated in `arenas`, of
 * which there is one a thread. */
void run_check(Run *run, const InputList *list, const RunSettings *settings, Arena *arenas);

#endif
