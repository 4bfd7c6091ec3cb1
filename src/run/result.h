/* What a run of checks finds, in a form that needs neither the text nor the tree; reports and the baseline read it. */
#ifndef PODLINT_RESULT_H
#define PODLINT_RESULT_H

#include "lint/selection.h"
#include "lint/lint.h"
#include "validate/pod_security.h"

typedef struct FileSettings FileSettings;

typedef enum IgnoreForm {
    IGNORE_RULE,
    IGNORE_NOTHING, /* no rule is named */
    IGNORE_WORD,    /* a comment or an annotation for podlint with an unknown word, in `name` */
} IgnoreForm;

/* One rule that a comment or an annotation asks to ignore, and where. */
typedef struct Ignore {
    const Rule *rule; /* NULL: none is named, or there is none of the name */
    Place from, to;   /* findings that start there are meant, both ends included */
    int32_t document; /* the only ResultDocument that it holds for, or -1 */
    uint32_t owner;   /* the ResultDocument that it stands in */
    Str name, reason; /* as written, may be empty */
    uint8_t form;     /* IgnoreForm */
    bool used;        /* it hides something */
    bool foreign;     /* it is written for another program, which may find what podlint does not */
    Place start, end; /* where the rule is named */
    Excerpt excerpt;  /* the line of `start` */
} Ignore;

/* A second place of a finding. */
typedef struct FindingNote {
    Place place;
    Str text;
    Str line; /* the source line, cut where it is long */
} FindingNote;

/* A part of a source, and what mends it in its place. */
typedef struct FindingEdit {
    Place start, end;
    uint32_t byteStart, byteEnd; /* the columns in bytes, from 1 */
    Str text;
} FindingEdit;

/* What mends a finding, as fix/fix.h found it. */
typedef struct FindingFix {
    bool safe; /* nobody would decide otherwise */
    FindingEdit *edits;
    uint32_t editCount;
} FindingFix;

/* A diagnostic with everything that a report needs. */
typedef struct Finding {
    const Rule *rule;
    uint8_t severity;
    Place start, end; /* end: the place after the last code point */
    Str path, message, help;
    Str fix;          /* steps of model/fix_text.h; may be empty */
    Str namedPath;    /* path_by_names */
    uint64_t flagged; /* hash of the source text from start to end, white space aside */
    Excerpt excerpt;  /* the source line of `start` */
    FindingNote *notes;
    uint32_t noteCount;
    uint16_t versions;      /* bit N: it holds for FileSettings.minors[N] */
    const Ignore *ignored;  /* what asks to hide it, or NULL */
    const FindingFix *mend; /* NULL: none, or nobody asked for it */
} Finding;

/* Findings of a rule that are only counted: of one rule in one object no more than DIAG_MOST are kept. */
typedef struct FindingCount {
    const Rule *rule;
    uint8_t severity;
    uint32_t n;
} FindingCount;

typedef struct ResultDocument {
    uint32_t index;
    int32_t item; /* of a List, or -1 */
    uint32_t line;
    Str apiVersion, kind, name, namespace_;
    uint8_t class;        /* DocumentClass */
    Str why;              /* Document.why */
    uint32_t later;       /* Document.later */
    bool uncertain;       /* what it brings is not known */
    bool refusedByPlugin; /* of admission, and that is a finding */
    bool accepted;        /* no error of source yaml, schema or api stands in any version, selected or not */
    bool skipped;         /* it is not judged */
    bool partial;         /* a strategic merge patch */
    uint32_t innerPods;   /* of a custom resource: pods found inside */
    bool judged;          /* it could be decoded, so that every rule had its say */
    Finding *findings, *ignored;
    uint32_t findingCount, ignoredCount;
    ARRAY(FindingCount) more;       /* than these */
    PodSecurityVerdict podSecurity; /* if RunSettings.podSecurityLevels; what holds in all versions */
} ResultDocument;

typedef struct ResultFile {
    Str name;
    Str rendered; /* the command in whose output the places are; at is NULL if they are in the file of that name */
    const FileSettings *settings; /* NULL for what could not be opened or listed */
    Str text;                     /* of what cannot be read again: standard input, and what was rendered */
    uint64_t textHash;            /* of all other text that has to be read again */
    uint32_t above;               /* lines above that text in what it was cut from */
    Str error;                    /* why it could not be read; at is NULL if it could */
    Str unread;                   /* what it is for others, so that it was not read; mostly empty */
    ResultDocument *documents;
    uint32_t documentCount;
    Ignore *ignores;
    uint32_t ignoreCount;
} ResultFile;

/* The most versions of Kubernetes that one run speaks for. */
enum { MAX_VERSIONS = 8 };

/* How a file is judged; files may share one. */
struct FileSettings {
    uint8_t minors[MAX_VERSIONS]; /* Kubernetes 1.N, in ascending order */
    uint8_t minorCount;
    RuleSet rules;           /* podlint's own and the user's */
    uint8_t *on;             /* by rule number: RuleUse */
    const uint8_t *severity; /* by rule number: Severity; NULL: as the rules have it */
    PodSecurity podSecurity; /* the standard that pods have to meet */
    const LintRules *lint;   /* NULL: none */
    uint8_t as;              /* TakenAs */
    bool asWritten;          /* placeholders stand for themselves: only the server's own words were asked for */
    bool closedWorld;        /* what is not in the run does not exist, for all of the run */
    uint8_t failOn;          /* the run fails from this Severity on; above SEVERITY_ERROR: never */
};

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
    uint32_t templates;                              /* InputList: files left out */
    uint32_t classes[CLASS_COUNT];                   /* documents by DocumentClass */
    uint32_t leftOut;                                /* InputList */
    uint32_t documents, accepted, rejected, skipped; /* sums over all files; accepted and rejected: of what is judged */
    uint32_t innerPods;                              /* ResultDocument */
    uint32_t unplaced; /* objects that do not say their namespace, so that nothing of the cluster decides over them */
    uint32_t refused;  /* objects that the server refuses for something that was found and is not ignored */
    uint32_t errors, warnings, infos, ignored;
    uint32_t fixable, fixableUnsafe; /* findings with a fix, if that was asked for: safe, and others */
    uint32_t notShown;               /* of these findings, what run_cut took out, and what is only counted */
    bool failed;                     /* a finding reaches the failOn of its file */
    uint32_t unreadableFiles;
    BaselineCounts baseline;
} Run;

/* Makes the sums of a run anew, from what its files hold. */
void run_count(Run *run);

/* Leaves of the findings of a rule in a file only the first `most`, and counts the others; the sums stay those of all. With 0 all
 * stay. */
void run_cut(Run *run, Arena *arena, uint32_t most);

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
