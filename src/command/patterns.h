/* The patterns of --exclude and --include, for the commands that read folders. */
#ifndef PODLINT_COMMAND_PATTERNS_H
#define PODLINT_COMMAND_PATTERNS_H

#include "base/glob.h"
#include "run/config.h"

/* Start with zeros. */
typedef struct FilePatterns {
    Globs exclude, include;
} FilePatterns;

/* Adds a pattern of the command line. Beside those of a .gitignore it may start with ./, or be the whole path of something, which
 * wins over one from the working directory on only if there is no such thing. */
void patterns_add(Globs *globs, Arena *arena, const char *pattern);

/* Why the command line or the configuration leaves out a file or a folder; empty if they do not. */
Str patterns_leave_out(const FilePatterns *patterns, Arena *arena, ConfigStore *store, Str path, bool directory);

#endif
