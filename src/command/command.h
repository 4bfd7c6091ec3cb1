/* The commands of the program, one file each, and what they share. */
#ifndef PODLINT_COMMAND_H
#define PODLINT_COMMAND_H

#include "options.h"
#include "model/schema.h"

/* A row a command, in the order of the help: NAME_command stands in a file of its own. */
#define COMMANDS(ROW) \
    ROW(check)        \
    ROW(fix)          \
    ROW(config)       \
    ROW(crds)         \
    ROW(defaults)     \
    ROW(diff)         \
    ROW(explain)      \
    ROW(lsp)          \
    ROW(rules)        \
    ROW(simulate)     \
    ROW(cel)          \
    ROW(completion)

#define ROW(name) extern const Command name##_command;
COMMANDS(ROW)
#undef ROW

extern const Command *const commands[];
extern const size_t command_count;

/* Finds the command that the arguments of the program name, and runs it. Returns the exit code. */
int run_command(int argc, char **argv);

/* What --color takes: auto, always or never. */
ListChoices list_colours;

/* Whether colours are printed where nothing is said of them: on a terminal, unless the environment has it otherwise. */
bool colour_by_default(void);

/* Takes --color; false after telling what it takes. */
bool take_colour(const Command *command, const char *value, bool *colour);

/* The versions of Kubernetes that podlint speaks for. */
ListChoices list_versions;

/* The minor version of "1.N" or "v1.N.P", or -1 after telling what --kubernetes-version takes. */
int parse_version(const Command *command, const char *value);

/* What --format of explain and rules takes, as ExplainFormat. */
ListChoices list_explain_formats;

/* The exit code `code`, 0 for HELP_PRINTED, or 2 with a message if not everything written has arrived: a full disk or a closed
 * pipe is an error of its own. */
int finish_output(int code);

/* Prints a text, through the pager if it does not fit on the terminal. */
void print_paged(Str text);

/* The columns of the terminal, or 100. */
int terminal_width(void);

#endif
