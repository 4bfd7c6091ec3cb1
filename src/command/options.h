/* The command line: commands and their options as tables, from which parsing, help and the manual page are made. */
#ifndef PODLINT_OPTIONS_H
#define PODLINT_OPTIONS_H

#include <stdio.h>

#include "base/base.h"

/* A word that an option or an operand takes. */
typedef struct Choice {
    const char *word;
    int value;        /* what it stands for, at least 0 */
    const char *note; /* a few words about it, or NULL */
} Choice;

/* The words that may stand in a place, for help, for parsing and for shells that complete what is typed. */
typedef struct Choices {
    Arena *arena;
    Str typed; /* what stands there so far, if a shell asks; words that do not begin so need not be added */
    ARRAY(Choice) items;
} Choices;

void choice_add(Choices *choices, const char *word, int value, const char *note);

/* Adds all words of a place. */
typedef void ListChoices(Choices *out);

typedef struct Option {
    const char *name;     /* without dashes */
    char letter;          /* short form, or 0 */
    const char *argument; /* name of its value in help, LIST if commas separate several; NULL for a switch.
                           * In brackets: it may stand alone, at the end or before an option, and then has the value "" */
    ListChoices *choices; /* NULL: no words, or a file */
    const char *help;     /* one or more sentences; behind a colon at its end stand the choices */
} Option;

typedef struct Command {
    const char *name;
    const char *operands; /* as in a synopsis */
    ListChoices *choices; /* of the operands; NULL: files */
    const char *summary;  /* one line */
    const char *details;  /* paragraphs for its help and the manual */
    const Option *options;
    size_t optionCount;
    const char *examples;  /* lines: a command, two spaces, what it does */
    const char *exitCodes; /* lines: a code, two spaces, what it says */
    int (*run)(int argc, char **argv);
} Command;

/* An option or an operand of a command line. */
typedef struct Parsed {
    int option;        /* index into the options, or OPTION_OPERAND */
    const char *value; /* of an option that takes one, or the operand */
} Parsed;

enum { OPTION_OPERAND = -1 };

/* Takes an option or an operand into what a command is asked for; false after telling what is wrong with it. */
typedef bool TakeOption(void *request, Parsed parsed);

/* Hands all options and operands to `take`. Returns 0 if that goes well, 2 if something is wrong, which is told on stderr with
 * the option that was probably meant, and HELP_PRINTED if the help was asked for. */
int read_options(const Command *command, int argc, char **argv, TakeOption *take, void *request);

enum { HELP_PRINTED = -1 };

void command_help(FILE *out, const Command *command);
void program_help(FILE *out, const Command *const *commands, size_t count);
void program_manual(FILE *out, const Command *const *commands, size_t count);

/* What the word `value` stands for, or -1 after telling what --`option` takes. */
int choose(const Command *command, const char *option, const char *value, ListChoices *choices);

/* Prints "podlint: MESSAGE" to stderr, and below it where to find help, if `command` is given. Returns 2. */
int usage_error(const Command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The word of a list that was probably meant by `word`, or one that begins with it; NULL if there is none. */
const char *nearest_word(const char *word, const char *const *list, size_t count);

/* The exit codes of what judges files, said once. */
#define EXIT_CODES \
    "  0  nothing found at or above --fail-on\n  1  something found\n  2  wrong usage, or a file could not be read or written\n"

#endif
