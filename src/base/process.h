/* Other programs, run without a shell. */
#ifndef PODLINT_PROCESS_H
#define PODLINT_PROCESS_H

#include "base.h"

typedef struct ProcessOptions {
    Str input;                      /* for its standard input */
    bool errorsThrough;             /* its standard error is podlint's own, instead of Process.err */
    unsigned seconds;               /* it is ended when it takes longer; 0: it may take for ever */
    const char *const *environment; /* NAME=VALUE, ends with NULL: stands in the program's environment as well; may be NULL */
    size_t mostBytes;               /* it is ended when it writes more to its standard output; 0: it may write what it likes */
} ProcessOptions;

typedef struct Process {
    Str out, err;
    int code;            /* exit code, or -1 */
    const char *failure; /* why it could not be started or did not end by itself; NULL if it did */
} Process;

/* Runs argv[0], looked for on PATH, with its arguments (argv ends with NULL) until it ends. Texts are allocated in `arena`. */
Process process_run(Arena *arena, char *const *argv, const ProcessOptions *options);

/* Whether PATH has a program of this name. */
bool process_is_installed(Arena *arena, const char *name);

#endif
