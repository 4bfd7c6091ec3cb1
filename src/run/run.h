/* The run of `podlint check`: every file is read, decoded, defaulted and validated, on as many threads as wanted, and what was
 * found is kept in a form that needs neither the text nor the tree. The result does not depend on the number of threads. */
#ifndef PODLINT_RUN_H
#define PODLINT_RUN_H

#include "input/input.h"
#include "lint/objects.h"
#include "policy/policy.h"
#include "result.h"

typedef struct RunSettings {
    unsigned threads;                 /* at least 1 */
    bool podSecurityLevels;           /* find out which levels each object meets, by the version of podSecurity */
    const FileSettings *const *files; /* of each file of the list */
    Policies *policies;               /* to judge all objects by, or NULL */
    const FileSettings *policyFile;   /* of their files, which stand last in the result */
} RunSettings;

/* What a baseline did to the run (baseline.h). */
typedef struct BaselineCounts {
    bool used;
    uint32_t known; /* findings that it knows, and that are left out for it */
    uint32_t total; /* findings in it */
    uint32_t gone;  /* of these, what was looked for and not found */
} BaselineCounts;

typedef struct Run {
    ResultFile *files;
    uint32_t fileCount;
    uint32_t kustomizations, templates;              /* InputList: files left out */
    uint32_t partial;                                /* objects that are patches */
    uint32_t leftOut;                                /* files and directories that a configuration excludes */
    uint32_t documents, accepted, rejected, skipped; /* sums over all files */
    uint32_t errors, warnings, infos, ignored;
    bool failed; /* a finding reaches the failOn of its file */
    uint32_t unreadableFiles;
    BaselineCounts baseline;
} Run;

/* Checks one text, which `name` is given to, on one thread. */
void run_check_text(Run *run, Arena *arena, Str name, Str text, const FileSettings *settings);

/* Checks the files of `list`; what of it could not be opened follows them. Everything in the result is allocated in `arenas`, of
 * which there is one a thread. */
void run_check(Run *run, const InputList *list, const RunSettings *settings, Arena *arenas);

/* Makes the sums of a run anew, from what its files hold. */
void run_count(Run *run);

/* Walks the findings of a run in the order of files, documents and places. Zero-initialise but for `run`. */
typedef struct RunWalk {
    const Run *run;
    const ResultFile *file;
    ResultDocument *document;
    Finding *finding;
    uint32_t nextFile, nextDocument, nextFinding;
} RunWalk;

/* Goes on to the next finding; false after the last. */
bool run_next(RunWalk *walk);

#endif
