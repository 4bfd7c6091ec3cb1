/* Files that are written whole or not at all. */
#ifndef PODLINT_OUTPUT_H
#define PODLINT_OUTPUT_H

#include <stdio.h>

#include "base.h"

typedef struct Output {
    FILE *stream;
    const char *path;
    char *target, *temporary; /* of a regular file: where it goes, and where it is written; else NULL */
} Output;

/* Opens `path` to be written anew. What stands there stays until output_close; devices and pipes are written directly. One output
 * is open at a time, and a signal that ends the program leaves nothing of it behind. False after telling on stderr what went
 * wrong. */
bool output_open(Output *output, const char *path);

/* The temporary file of the output that is open; NULL if there is none. It is apart, in abandon.c, for what ends the program
 * early. */
extern char *volatile output_unfinished;

/* Removes what an output that is still open has written. */
void output_abandon(void);

/* Puts what was written in its place. False after telling on stderr what went wrong; then the old file is still there. */
bool output_close(Output *output);

#endif
