/* What can be told of a shell script without running it: how long it sleeps, and whether it ends. */
#ifndef PODLINT_SIMULATE_SCRIPT_H
#define PODLINT_SIMULATE_SCRIPT_H

#include "base/base.h"

enum { SCRIPT_UNKNOWN = -1 };

/* The seconds that a script sleeps at least: with its sleep commands and those in loops whose turns can be counted.
 * SCRIPT_UNKNOWN if it shows none. */
int64_t script_seconds(Str script);

/* Whether nothing in a script can run for longer than a moment, apart from sleeps, whose sum is in `seconds`. */
bool script_ends(Str script, int64_t *seconds);

/* The same of a single command: date, sleep 30. */
bool command_ends(const Str *words, uint32_t count, int64_t *seconds);

/* Whether a script is made of commands that do not care for SIGTERM, sleeps and the like. A shell that runs it passes no signal
 * on, and what the shell may run in its own place does not either. */
bool script_is_deaf(Str script);

/* The same of a single command. */
bool command_is_deaf(const Str *words, uint32_t count);

/* The last command of a script, which gives the script its status. */
typedef struct ScriptEnd {
    Str command, before; /* before: the command in front of it, empty if there is none */
    char sign;           /* between the two: ; & | A (for &&) O (for ||) */
    bool fails;          /* some command of the script may end it with another status */
} ScriptEnd;

/* False if the script has loops, conditions or groups, so that its end is not plain. */
bool script_end(Str script, ScriptEnd *out);

/* The next word of a command, which is moved behind it; quotes and substitutions are part of it. Empty at the end. */
Str script_word(Str *command);

/* What sleep takes, as 5, 2.5, 30s or 1m, rounded up to whole seconds; false if it is none. */
bool sleep_length(Str word, int64_t *seconds);

#endif
