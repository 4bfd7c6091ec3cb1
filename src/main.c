/* The program: finds the command and runs it. The path of a check in one line:
 * input_add -> source_read -> node_next -> model_build -> validate_create -> diag_sort -> report_write. */
#include <signal.h>

#include "command/command.h"

const Command *const commands[COMMAND_COUNT] = {
    &check_command, &config_command,   &defaults_command, &diff_command,       &explain_command,
    &rules_command, &simulate_command, &cel_command,      &completion_command,
};

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        program_help(stderr, commands, COMMAND_COUNT);
        return 2;
    }
    for (int i = 1; i < argc; i++)
        if (!str_is_utf8(str_of(argv[i]))) return usage_error(NULL, "argument %d is not valid UTF-8", i);
    const char *name = argv[1];
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        printf("podlint %s (Kubernetes 1.%d to 1.%d)\n", PODLINT_VERSION, VERSION_OLDEST_TARGET, VERSION_LAST);
        return finish_output(0);
    }
    bool help = strcmp(name, "help") == 0;
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || (help && argc == 2)) {
        program_help(stdout, commands, COMMAND_COUNT);
        return finish_output(0);
    }
    if (help && strcmp(argv[2], "--manual") == 0) {
        program_manual(stdout, commands, COMMAND_COUNT);
        return finish_output(0);
    }
    if (help) name = argv[2];
    const char *names[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        names[i] = commands[i]->name;
        if (strcmp(name, commands[i]->name) != 0) continue;
        if (!help) return commands[i]->run(argc - 2, argv + 2);
        command_help(stdout, commands[i]);
        return finish_output(0);
    }
    const char *near = nearest_word(name, names, COMMAND_COUNT);
    if (near) return usage_error(NULL, "unknown command \"%s\"; did you mean \"%s\"?", name, near);
    return usage_error(NULL, "unknown command \"%s\"", name);
}
