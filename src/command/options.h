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
    const char *argument; /* name of its value in help, LIST if commas separate several; NULL for a switch */
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
    const char *examples; /* lines: a command, two spaces, what it does */
    int (*run)(int argc, char **argv);
} Command;

/* What stands on a command line after parsing. */
typedef struct Parsed {
    int option;        /* index into the options, or OPTION_OPERAND, OPTION_HELP, OPTION_END, OPTION_ERROR */
    const char *value; /* of an option that takes one, or the operand */
} Parsed;

enum { OPTION_OPERAND = -1, OPTION_HELP = -2, OPTION_END = -3, OPTION_ERROR = -4 };

typedef struct OptionParser {
    const Command *command;
    int argc, at;
    char **argv;
    bool operandsOnly;   /* after -- */
    const char *letters; /* rest of a group of short options */
} OptionParser;

/* The next option or operand. A mistake is printed to stderr, with the option that was probably meant. */
Parsed option_next(OptionParser *parser);

void command_help(FILE *out, const Command *command);
void program_help(FILE *out, const Command *const *commands, size_t count);
void program_manual(FILE *out, const Command *const *commands, size_t count);

/* What the word `value` stands for, or -1 after telling what --`option` takes. */
int choose(const Command *command, const char *option, const char *value, ListChoices *choices);

/* Prints "podlint: MESSAGE" to stderr, and below it where to find help, if `command` is given. Returns 2. */
int usage_error(const Command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The word of a list that was probably meant by `word`, or one that begins with it; NULL if there is none. */
const char *nearest_word(const char *word, const char *const *list, size_t count);

/* The exit codes, said once. */
#define EXIT_CODES \
    "  0  nothing found at or above --fail-on\n  1  something found\n  2  wrong usage, or a file could not be read or written\n"

#endif
