/* From the paths of a command line to the list of files to read. */
#ifndef PODLINT_INPUT_H
#define PODLINT_INPUT_H

#include "base.h"

typedef struct InputFile {
    Str path;
    bool named; /* on the command line, not found in a directory */
} InputFile;

typedef struct InputFault {
    Str path;
    int error; /* errno */
} InputFault;

typedef struct InputList {
    Arena *arena;
    ARRAY(InputFile) files;
    ARRAY(InputFault) faults; /* what could not be opened or listed */
    uint32_t kustomizations;  /* kustomization files passed over */
} InputList;

/* Adds what a path names: a file as it is, "-" for standard input, or all .yaml, .yml and .json files below a directory, in the
 * order of their names. Hidden files and directories and what .gitignore files name are left out, as are kustomization files,
 * which are no objects. Links to directories are not followed. */
void input_add(InputList *list, Str path);

/* The path of `file` as seen from `directory`, with .. where it lies outside; both are found in the file system first. A file
 * that is nowhere, and "-", stay as they are. Allocated in `arena`. */
Str input_relative(Arena *arena, const char *directory, Str file);

#endif
