/* The commands of the program, one file each, and what they share. */
#ifndef PODLINT_COMMAND_H
#define PODLINT_COMMAND_H

#include "options.h"
#include "model/schema.h"

enum { COMMAND_COUNT = 9 };

/* In the order of the help. */
extern const Command *const commands[COMMAND_COUNT];

extern const Command check_command, config_command, defaults_command, diff_command, explain_command, rules_command,
    simulate_command, cel_command, completion_command;

/* Whether to print colours: `when` is auto, always or never. */
bool want_colour(const char *when);

/* The exit code `code`, or 2 with a message if not everything written has arrived: a full disk or a closed pipe is an error of
 * its own. */
int finish_output(int code);

/* The number of `value` in a list of words, or -1 after telling what --`option` takes. */
int choose(const Command *command, const char *option, const char *value, const char *const *words, size_t count);

/* The minor version of "1.N" or "v1.N.P", or -1 after telling what --kubernetes-version takes. */
int parse_version(const Command *command, const char *value);

/* Prints a text, through the pager if it does not fit on the terminal. */
void print_paged(Str text);

/* The columns of the terminal, or 100. */
int terminal_width(void);

#endif
