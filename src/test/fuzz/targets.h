/* What the fuzzers run: commands of podlint over inputs that anybody may have written. */
#ifndef PODLINT_TEST_TARGETS_H
#define PODLINT_TEST_TARGETS_H

#include "base/base.h"

enum { TARGET_COMMANDS = 8 };

/* An input is one text. Lines of `%%` cut it into parts, which become the files of a target, in their order; a file that has no
 * part is a pod. */
typedef struct Target {
    const char *name;
    const char *files;
    const char *commands[TARGET_COMMANDS]; /* @FILE: its text as an argument; <FILE: it is standard input */
} Target;

extern const Target targets[];
extern const size_t target_count;

/* The target of that name, or NULL. */
const Target *target_find(const char *name);

/* The number of commands of a target. */
size_t target_commands(const Target *target);

/* To be called first: makes the folder, below TMPDIR, where the files of inputs are put, and whose path it returns; false after
 * telling why it cannot. */
bool targets_open(void);
void targets_close(void);

/* Writes the files of an input. */
void target_write(const Target *target, Str input);

/* Runs a command over the input that was written last, and returns its exit code. */
int target_run(const Target *target, size_t command);

/* Judges what the command that ran last has printed: false after telling on stderr that a terminal or a log would obey it, that
 * it is not JSON or XML where it should be, or that it is more than an input can account for. SHOW in the environment has all of
 * it copied to stderr. */
bool target_judge(const Target *target, size_t command);

#endif
