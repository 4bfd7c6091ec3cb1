#include "command.h"

#include <unistd.h>

#include "input/input.h"

const Command *const commands[] = {
#define ROW(name) &name##_command,
    COMMANDS(ROW)
#undef ROW
};

const size_t command_count = COUNT(commands);

/* Whether a word that is not a command is a file or a folder, or looks like one. */
static bool is_path(const char *word) {
    Str name = str_of(word);
    return access(word, F_OK) == 0 || str_eq(name, S("-")) || str_find(name, '/') >= 0 || input_is_manifest_name(name);
}

/* The command of a name, or NULL after telling that there is none. */
static const Command *find_command(const char *name) {
    const char *names[COUNT(commands)];
    for (size_t i = 0; i < command_count; i++) {
        names[i] = commands[i]->name;
        if (strcmp(name, names[i]) == 0) return commands[i];
    }
    const char *near = nearest_word(name, names, command_count);
    if (near)
        usage_error(NULL, "unknown command \"%s\"; did you mean \"%s\"?", name, near);
    else if (is_path(name))
        usage_error(NULL, "\"%s\" is a path and not a command; did you mean 'podlint check %s'?", name, name);
    else
        usage_error(NULL, "unknown command \"%s\"", name);
    return NULL;
}

/* The help of the program or of a command, or the manual page of all. */
static int print_help(const char *what) {
    const Command *command = NULL;
    if (!what || strcmp(what, "help") == 0 || strcmp(what, "--help") == 0 || strcmp(what, "-h") == 0)
        program_help(stdout, commands, command_count);
    else if (strcmp(what, "--manual") == 0)
        program_manual(stdout, commands, command_count);
    else if (!(command = find_command(what)))
        return 2;
    if (command) command_help(stdout, command);
    return finish_output(0);
}

/* An option stands where the command should. */
static int misplaced_option(int argc, char **argv) {
    for (int i = 2; i < argc; i++)
        for (size_t c = 0; c < command_count; c++)
            if (strcmp(argv[i], commands[c]->name) == 0)
                return usage_error(commands[c], "options stand behind the command: podlint %s %s", argv[i], argv[1]);
    return usage_error(NULL, "\"%s\" stands where the command should, as in: podlint check %s pod.yaml", argv[1], argv[1]);
}

int run_command(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : NULL;
    if (!name) {
        program_help(stderr, commands, command_count);
        return 2;
    }
    for (int i = 1; i < argc; i++)
        if (!str_is_utf8(str_of(argv[i]))) return usage_error(NULL, "argument %d is not valid UTF-8", i);
    bool help = strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0;
    if (help) return print_help(argc > 2 && argv[2][0] != '-' ? argv[2] : NULL);
    if (strcmp(name, "help") == 0) return print_help(argc > 2 ? argv[2] : NULL);
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        printf("podlint %s (Kubernetes 1.%d to 1.%d)\n", PODLINT_VERSION, VERSION_OLDEST_TARGET, VERSION_LAST);
        return finish_output(0);
    }
    if (name[0] == '-' && name[1]) return misplaced_option(argc, argv);
    const Command *command = find_command(name);
    return command ? command->run(argc - 2, argv + 2) : 2;
}
