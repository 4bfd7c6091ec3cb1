/* From the paths of a command line to the list of files to read. */
#ifndef PODLINT_INPUT_H
#define PODLINT_INPUT_H

#include "tracked.h"
#include "yaml/source.h"

typedef struct InputFile {
    Str path;
    bool named;                /* on the command line, not found in a directory */
    const struct FileUse *use; /* what kustomizations do with it (kustomize.h); NULL if none names it */
    Str rendered;              /* the command that printed `text`, which is not what stands in the file; at is NULL otherwise */
    Str text;                  /* its contents, if they are known already; else at is NULL */
    uint32_t above;            /* lines above the text in what it was cut from */
    bool around;               /* it is read for what others need of it: nothing is said of it */
    const Source *read;        /* what was read of it, if that was done already; NULL otherwise */
    SourceError error;         /* why it could not be read, with `cause` as errno, if that was tried already */
    int cause;
} InputFile;

/* What a walk passes over, or what is named and left out all the same. */
typedef struct PassedFile {
    Str path;
    Str why; /* in words */
    bool directory;
} PassedFile;

/* A kustomization file, which stands before file number `place` of the list. */
typedef struct KustomizationFile {
    Str path;
    uint32_t place;
    bool named;
} KustomizationFile;

typedef struct InputFault {
    Str path;
    int error; /* errno; EILSEQ: the name is not UTF-8 */
} InputFault;

typedef struct InputList {
    Arena *arena;
    ARRAY(InputFile) files;
    ARRAY(InputFault) faults;                /* what could not be opened or listed */
    ARRAY(Str) directories;                  /* the operands that are directories */
    ARRAY(KustomizationFile) kustomizations; /* apart from the files until input_take_kustomizations */
    ARRAY(Str) charts;                       /* directories of Helm charts, but for charts inside of charts */
    uint32_t templates;                      /* files below the templates directories of charts, which are left out */
    Str (*leaves_out)(void *context, Str path,
                      bool directory); /* why a walk passes over something, empty: it does not; or NULL */
    void *context;                     /* of leaves_out */
    uint32_t leftOut;                  /* files and directories that are passed over and counted */
    ARRAY(PassedFile) passed;          /* all of them, those that are not counted included */
    Tracked tracked;                   /* which files are not left out for a .gitignore that names them */
    bool all;                          /* files that are named are not left out for anything */
    bool follow;                       /* links to directories are followed, and links that lead out of what was named */
    uint32_t linksOut;                 /* links to files elsewhere that were not followed */
    Str firstLinkOut;
} InputList;

/* Adds what a path names: a file as it is, "-" for standard input, or all .yaml, .yml and .json files below a directory, in the
 * order of their names. Hidden files and directories and what .gitignore files name and git does not keep track of are left out,
 * also where a file is named, as are folders of dependencies (node_modules, Go's vendor) and the templates, values and files of
 * Helm charts. Kustomizations are kept apart. Unless `follow` is set, links to directories are not followed, nor links to files
 * outside of the directory. */
void input_add(InputList *list, Str path);

/* Adds a text that stands for the file of that name, which need not exist. */
void input_add_text(InputList *list, Str path, Str text);

/* Makes the kustomizations files of the list like others, each in its place. */
void input_take_kustomizations(InputList *list);

/* Whether the .gitignore files of a repository name a file, or a folder that it is in; the file need not exist. */
bool input_is_git_ignored(Arena *arena, Str path);

/* The names of kustomization files, the one that kustomize looks for first in front, and whether a path ends in one of them. */
enum { KUSTOMIZATION_NAMES = 3 };
extern const Str input_kustomizations[KUSTOMIZATION_NAMES];
bool input_is_kustomization(Str path);

/* Whether a file's name is that of a manifest: .yaml, .yml, .json, also in capitals. */
bool input_is_manifest_name(Str name);

/* The top of the repository that a real path is in; the path itself if it is in none. */
Str input_repository(Arena *arena, Str path);

/* The path of `file` as seen from `directory`, with .. where it lies outside; both are found in the file system first. A file
 * that is nowhere, and "-", stay as they are. Allocated in `arena`. */
Str input_relative(Arena *arena, const char *directory, Str file);

#endif
