/* The run of `podlint check`: every file is read, decoded, defaulted and validated, on as many threads as wanted, and what was
 * found is kept in a form that needs neither the text nor the tree. The result does not depend on the number of threads. */
#ifndef PODLINT_RUN_H
#define PODLINT_RUN_H

#include "input.h"
#include "lint/lint.h"
#include "lint/objects.h"
#include "pod_security.h"
#include "policy/policy.h"

/* A second place of a finding. */
typedef struct FindingNote {
    Place place;
    Str text;
    Str line; /* the source line, cut where it is long */
} FindingNote;

/* A diagnostic with everything that a report needs. */
typedef struct Finding {
    const Rule *rule;
    uint8_t severity;
    Place start, end; /* end: the place after the last code point */
    Str path, message, help;
    Str namedPath;    /* path_by_names */
    uint64_t flagged; /* hash of the source text from start to end, white space aside */
    Excerpt excerpt;  /* the source line of `start` */
    FindingNote *notes;
    uint32_t noteCount;
    uint16_t versions; /* bit N: it holds for FileSettings.minors[N] */
} Finding;

typedef struct ResultDocument {
    uint32_t index;
    int32_t item; /* of a List, or -1 */
    uint32_t line;
    Str apiVersion, kind, name, namespace_;
    bool accepted; /* no error of source yaml, schema or api stands in any version, selected or not */
    bool skipped;
    bool partial; /* a strategic merge patch */
    Finding *findings;
    uint32_t findingCount;
    PodSecurityVerdict podSecurity; /* if RunSettings.podSecurityLevels; what holds in all versions */
} ResultDocument;

typedef struct FileSettings FileSettings;

typedef struct ResultFile {
    Str name;
    Str rendered; /* the command in whose output the places are; at is NULL if they are in the file of that name */
    const FileSettings *settings; /* NULL for what could not be opened or listed */
    Str text;                     /* of what cannot be read again: standard input, and what was rendered */
    uint32_t above;               /* lines above that text in what it was cut from */
    Str error;                    /* why it could not be read; at is NULL if it could */
    ResultDocument *documents;
    uint32_t documentCount;
} ResultFile;

/* The most versions of Kubernetes that one run speaks for. */
enum { MAX_VERSIONS = 8 };

/* How a file is judged; files may share one. */
struct FileSettings {
    uint8_t minors[MAX_VERSIONS]; /* Kubernetes 1.N, in ascending order */
    uint8_t minorCount;
    bool *on;                /* by rule number: whether it is reported */
    PodSecurity podSecurity; /* the standard that pods have to meet */
    const LintRules *lint;   /* NULL: none */
};

typedef struct RunSettings {
    unsigned threads;                 /* at least 1 */
    bool podSecurityLevels;           /* find out which levels each object meets, by the version of podSecurity */
    bool closedWorld;                 /* what is not in the run does not exist */
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
    uint32_t documents, accepted, rejected, skipped; /* sums over all files */
    uint32_t errors, warnings, infos;
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
