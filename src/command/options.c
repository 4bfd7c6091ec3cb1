#include "options.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/near.h"
#include "base/visible.h"

const char *nearest_word(const char *word, const char *const *list, size_t count) {
    Str near = near_word(str_of(word), list, count);
    for (size_t i = 0; i < count && !near.len; i++)
        if (strlen(word) >= 3 && str_starts(str_of(list[i]), str_of(word))) near = str_of(list[i]);
    return near.len ? near.at : NULL;
}

int usage_error(const Command *command, const char *format, ...) {
    va_list args;
    char *text = NULL;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0) out_of_memory();
    va_end(args);
    tell_error("podlint: %s", text);
    free(text);
    fprintf(stderr, "See 'podlint %s%s--help'.\n", command ? command->name : "", command ? " " : "");
    return 2;
}

/* Where the reading of a command line stands. */
typedef struct OptionParser {
    const Command *command;
    int argc, at;
    char **argv;
    bool operandsOnly;   /* after -- */
    const char *letters; /* rest of a group of short options */
} OptionParser;

/* What option_next gives beside options and operands. */
enum { OPTION_HELP = -2, OPTION_END = -3, OPTION_ERROR = -4 };

/* The words of a list, as in "text (the default), json or yaml". */
static void write_choices(Buf *out, const Choices *choices) {
    for (uint32_t i = 0; i < choices->items.n; i++) {
        const Choice *choice = &choices->items.at[i];
        buf_format(out, "%s%s", i == 0 ? "" : i + 1 == choices->items.n ? " or " : ", ", choice->word);
        if (choice->note) buf_format(out, " (%s)", choice->note);
    }
}

void choice_add(Choices *choices, const char *word, int value, const char *note) {
    ARRAY_PUSH(choices->arena, &choices->items, (Choice){word, value, note});
}

int choose(const Command *command, const char *option, const char *value, ListChoices *list) {
    Arena arena = {0};
    Choices choices = {.arena = &arena};
    list(&choices);
    const char **words = NEW_ARRAY(&arena, const char *, choices.items.n);
    int found = -1;
    for (uint32_t i = 0; i < choices.items.n; i++) {
        words[i] = choices.items.at[i].word;
        choices.items.at[i].note = NULL;
        if (strcmp(words[i], value) == 0) found = choices.items.at[i].value;
    }
    if (found < 0) {
        Buf all = {.arena = &arena};
        const char *near = nearest_word(value, words, choices.items.n);
        write_choices(&all, &choices);
        usage_error(command, "--%s does not take \"%s\"%s%s%s It takes %.*s.", option, value, near ? "; did you mean \"" : ".",
                    near ? near : "", near ? "\"?" : "", TEXT(buf_text(&all)));
    }
    arena_free(&arena);
    return found;
}

static Parsed unknown_option(const OptionParser *parser, const char *name) {
    const char *names[64];
    size_t count = 0;
    for (size_t i = 0; i < parser->command->optionCount && count < 63; i++) names[count++] = parser->command->options[i].name;
    names[count++] = "help";
    const char *near = nearest_word(name, names, count);
    if (near)
        usage_error(parser->command, "unknown option --%s; did you mean --%s?", name, near);
    else
        usage_error(parser->command, "unknown option --%s", name);
    return (Parsed){OPTION_ERROR, NULL};
}

static Parsed take_value(OptionParser *parser, int index, const char *attached) {
    const Option *option = &parser->command->options[index];
    if (!option->argument) {
        if (!attached) return (Parsed){index, NULL};
        usage_error(parser->command, "--%s takes no value", option->name);
        return (Parsed){OPTION_ERROR, NULL};
    }
    if (attached) return (Parsed){index, attached};
    bool next = parser->at < parser->argc;
    if (option->argument[0] == '[' && (!next || parser->argv[parser->at][0] == '-')) return (Parsed){index, ""};
    if (next) return (Parsed){index, parser->argv[parser->at++]};
    usage_error(parser->command, "--%s needs a value: %s", option->name, option->argument);
    return (Parsed){OPTION_ERROR, NULL};
}

static Parsed long_option(OptionParser *parser, const char *text) {
    const char *equals = strchr(text, '=');
    char name[64];
    size_t length = equals ? (size_t)(equals - text) : strlen(text);
    if (length >= sizeof name) length = sizeof name - 1;
    memcpy(name, text, length);
    name[length] = '\0';
    if (strcmp(name, "help") == 0 && !equals) return (Parsed){OPTION_HELP, NULL};
    for (size_t i = 0; i < parser->command->optionCount; i++)
        if (strcmp(parser->command->options[i].name, name) == 0) return take_value(parser, (int)i, equals ? equals + 1 : NULL);
    return unknown_option(parser, name);
}

static Parsed short_option(OptionParser *parser) {
    char letter = *parser->letters++;
    const char *rest = *parser->letters ? parser->letters : NULL;
    if (!rest) parser->letters = NULL;
    if (letter == 'h') return (Parsed){OPTION_HELP, NULL};
    for (size_t i = 0; i < parser->command->optionCount; i++) {
        const Option *option = &parser->command->options[i];
        if (option->letter != letter) continue;
        if (!option->argument) return (Parsed){(int)i, NULL};
        parser->letters = NULL;
        return take_value(parser, (int)i, rest);
    }
    usage_error(parser->command, "unknown option -%c", letter);
    return (Parsed){OPTION_ERROR, NULL};
}

/* The next option or operand. A mistake is told on stderr. */
static Parsed option_next(OptionParser *parser) {
    if (parser->letters) return short_option(parser);
    if (parser->at >= parser->argc) return (Parsed){OPTION_END, NULL};
    const char *text = parser->argv[parser->at++];
    if (parser->operandsOnly || text[0] != '-' || text[1] == '\0') return (Parsed){OPTION_OPERAND, text};
    if (strcmp(text, "--") == 0) {
        parser->operandsOnly = true;
        return option_next(parser);
    }
    if (text[1] == '-') return long_option(parser, text + 2);
    parser->letters = text + 1;
    return short_option(parser);
}

int read_options(const Command *command, int argc, char **argv, TakeOption *take, void *request) {
    OptionParser parser = {.command = command, .argc = argc, .argv = argv};
    for (Parsed parsed; (parsed = option_next(&parser)).option != OPTION_END;) {
        if (parsed.option == OPTION_HELP) {
            command_help(stdout, command);
            return HELP_PRINTED;
        }
        if (parsed.option == OPTION_ERROR || !take(request, parsed)) return 2;
    }
    return 0;
}

/* Prints words in lines of at most 80 columns, from column `indent` on; the first line continues at column `at`. */
static void wrap(FILE *out, const char *text, int indent, int at) {
    enum { WIDTH = 80 };
    int spaces = 0;
    while (*text) {
        size_t word = strcspn(text, " \n");
        if (word && at + spaces + (int)word > WIDTH && at > indent) {
            fprintf(out, "\n%*s", indent, "");
            at = indent;
            spaces = 0;
        }
        if (word) at += fprintf(out, "%*s%.*s", spaces, "", (int)word, text);
        text += word;
        spaces = word ? 0 : spaces;
        if (*text == '\n') {
            fprintf(out, "\n%*s", text[1] && text[1] != '\n' ? indent : 0, "");
            at = indent;
            text++;
        } else if (*text == ' ') {
            spaces++;
            text++;
        }
    }
    fputc('\n', out);
}

/* What an option is for, with its choices where the sentence leads to them. */
static const char *option_help(Arena *arena, const Option *option) {
    Buf text = {.arena = arena};
    Choices choices = {.arena = arena};
    buf_str(&text, str_of(option->help));
    bool leads = !text.len || text.at[text.len - 1] == ':';
    if (!leads || !option->choices) return option->help;
    option->choices(&choices);
    if (text.len) buf_char(&text, ' ');
    write_choices(&text, &choices);
    buf_char(&text, '.');
    return arena_cstr(arena, buf_text(&text));
}

static void put_option(FILE *out, const Option *option) {
    enum { COLUMN = 30 };
    char head[96];
    int n =
        snprintf(head, sizeof head, "  %c%c%s --%s%s%s", option->letter ? '-' : ' ', option->letter ? option->letter : ' ',
                 option->letter ? "," : " ", option->name, option->argument ? " " : "", option->argument ? option->argument : "");
    fputs(head, out);
    if (n >= COLUMN - 1)
        fprintf(out, "\n%*s", COLUMN, "");
    else
        fprintf(out, "%*s", COLUMN - n, "");
    Arena arena = {0};
    wrap(out, option_help(&arena, option), COLUMN, COLUMN);
    arena_free(&arena);
}

void command_help(FILE *out, const Command *command) {
    fprintf(out, "Usage: podlint %s [OPTIONS] %s\n\n", command->name, command->operands);
    wrap(out, command->details, 0, 0);
    fputs("\nOptions:\n", out);
    for (size_t i = 0; i < command->optionCount; i++) put_option(out, &command->options[i]);
    put_option(out, &(Option){"help", 'h', NULL, NULL, "Print this help."});
    fprintf(out, "\nExamples:\n%s\nExit codes:\n%s", command->examples, command->exitCodes);
}

void program_help(FILE *out, const Command *const *commands, size_t count) {
    fputs("podlint checks Kubernetes pod manifests offline: what the API server would say of\n"
          "them, and where.\n\nUsage: podlint COMMAND [OPTIONS] [ARGUMENTS]\n\nCommands:\n",
          out);
    for (size_t i = 0; i < count; i++) fprintf(out, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
    fprintf(out, "  %-12s %s\n", "help", "Print the help of a command.");
    fputs("\nOptions:\n  -h, --help     Print this help.\n  -V, --version  Print the version.\n\n"
          "'podlint COMMAND --help' tells the options of a command.\n",
          out);
}

static void put_roff(FILE *out, const char *text) {
    bool start = true;
    for (; *text; text++) {
        if (start && (*text == '.' || *text == '\'')) fputs("\\&", out);
        if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '-')
            fputs("\\-", out);
        else
            fputc(*text, out);
        start = *text == '\n';
    }
}

/* The environment and the files that podlint looks at. */
static void put_surroundings(FILE *out) {
    static const struct {
        const char *name, *text;
    } variables[] = {
        {"NO_COLOR", "If it is set and not empty, nothing is coloured unless --color always is given."},
        {"FORCE_COLOR", "If it is set and neither empty nor 0, colours are printed also where the output is not a terminal."},
        {"TERM", "Colours are left out on a terminal named dumb."},
        {"PAGER", "What shows a text that does not fit on the terminal. Default: less."},
        {"LC_ALL, LC_CTYPE, LANG", "Where they do not ask for UTF\\-8, simulate draws with ASCII alone."},
    };
    fputs(".SH ENVIRONMENT\n", out);
    for (size_t i = 0; i < COUNT(variables); i++) fprintf(out, ".TP\n\\fB%s\\fR\n%s\n", variables[i].name, variables[i].text);
    fputs(".SH FILES\n.TP\n\\fB.podlint.yaml\\fR, \\fB.podlint.yml\\fR\nThe settings of the folder where it stands and of those "
          "below; \\(aqpodlint explain configuration\\(aq tells what may stand there.\n.TP\n\\fB.gitignore\\fR\nWhat it names is "
          "left out of folders, unless git keeps track of it.\n",
          out);
}

void program_manual(FILE *out, const Command *const *commands, size_t count) {
    Arena arena = {0};
    fputs(".TH PODLINT 1\n.SH NAME\npodlint \\- check Kubernetes pod manifests offline\n.SH SYNOPSIS\n", out);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%s.B podlint %s\n[\\fIOPTIONS\\fR] ", i ? ".br\n" : "", commands[i]->name);
        put_roff(out, commands[i]->operands);
        fputc('\n', out);
    }
    fputs(".SH DESCRIPTION\npodlint says offline what the Kubernetes API server would say of a manifest, with the line and "
          "column of\n"
          "each fault. It covers Pod and every kind that holds a pod template: Deployment, ReplicaSet, StatefulSet,\n"
          "DaemonSet, Job, CronJob, ReplicationController and PodTemplate.\n",
          out);
    for (size_t i = 0; i < count; i++) {
        fputs(".SH ", out);
        for (const char *c = commands[i]->name; *c; c++) fputc(toupper((unsigned char)*c), out);
        fputc('\n', out);
        put_roff(out, commands[i]->details);
        fputc('\n', out);
        for (size_t j = 0; j < commands[i]->optionCount; j++) {
            const Option *option = &commands[i]->options[j];
            fputs(".TP\n", out);
            if (option->letter) fprintf(out, "\\fB\\-%c\\fR, ", option->letter);
            fputs("\\fB\\-\\-", out);
            put_roff(out, option->name);
            fputs("\\fR", out);
            if (option->argument) {
                fputs(" \\fI", out);
                put_roff(out, option->argument);
                fputs("\\fR", out);
            }
            fputc('\n', out);
            put_roff(out, option_help(&arena, option));
            fputc('\n', out);
        }
        fputs(".PP\nExamples:\n.nf\n", out);
        put_roff(out, commands[i]->examples);
        fputs(".fi\n.PP\nExit codes:\n.nf\n", out);
        put_roff(out, commands[i]->exitCodes);
        fputs(".fi\n", out);
    }
    put_surroundings(out);
    arena_free(&arena);
}
