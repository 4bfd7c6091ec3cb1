#include "../explain.h"
#include "../pod_security.h"
#include "command.h"

static int run(int argc, char **argv);

const Command completion_command = {
    "completion",
    "SHELL",
    "Print completions for bash, zsh or fish.",
    "Prints a script that completes podlint's commands, options, files, rules and the paths of explain. SHELL is bash, zsh or "
    "fish.",
    NULL,
    0,
    "  source <(podlint completion bash)            in ~/.bashrc\n  podlint completion zsh >_podlint             in a folder of "
    "$fpath\n  podlint completion fish | source             in config.fish\n",
    run};

static void complete_words(const char *const *words, size_t count, const char *typed) {
    for (size_t i = 0; i < count; i++)
        if (strncmp(words[i], typed, strlen(typed)) == 0) puts(words[i]);
}

/* What could stand in place of the last word: a line each. Prints nothing where a file name is wanted. */
static int complete(int argc, char **argv) {
    const char *typed = argc > 0 ? argv[argc - 1] : "";
    if (argc <= 1) {
        const char *names[COMMAND_COUNT + 1];
        for (size_t i = 0; i < COMMAND_COUNT; i++) names[i] = commands[i]->name;
        names[COMMAND_COUNT] = "help";
        complete_words(names, COUNT(names), typed);
        return finish_output(0);
    }
    const Command *command = NULL;
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(argv[0], commands[i]->name) == 0) command = commands[i];
    if (!command) return 0;
    const char *before = argv[argc - 2];
    if (strcmp(before, "--select") == 0 || strcmp(before, "--ignore") == 0) {
        for (uint16_t i = 0; i < rule_count; i++)
            if (str_starts(rules[i].name, str_of(typed))) puts(rules[i].name.at);
    } else if (typed[0] == '-') {
        for (size_t i = 0; i < command->optionCount; i++)
            if (strncmp(typed, "--", strlen(typed) < 2 ? strlen(typed) : 2) == 0 &&
                (strlen(typed) < 2 || strncmp(command->options[i].name, typed + 2, strlen(typed) - 2) == 0))
                printf("--%s\n", command->options[i].name);
    } else if (strcmp(command->name, "explain") == 0) {
        Arena arena = {0};
        Buf out = {.arena = &arena};
        explain_complete(&out, str_of(typed), VERSION_LAST);
        fwrite(out.at ? out.at : "", 1, out.len, stdout);
        arena_free(&arena);
    } else if (strcmp(before, "--pod-security") == 0) {
        complete_words(pod_security_levels, POD_SECURITY_LEVELS, typed);
    } else if (strcmp(command->name, "completion") == 0) {
        static const char *const shells[] = {"bash", "zsh", "fish"};
        complete_words(shells, COUNT(shells), typed);
    }
    return finish_output(0);
}

static int run(int argc, char **argv) {
    static const char *const shells[] = {"bash", "zsh", "fish"};
    static const char *const scripts[] = {
        "_podlint() {\n"
        "    local IFS=$'\\n'\n"
        "    COMPREPLY=($(podlint completion --words \"${COMP_WORDS[@]:1:COMP_CWORD}\"))\n"
        "    [[ ${COMPREPLY[0]} != *. ]] || compopt -o nospace\n"
        "}\n"
        "complete -o default -F _podlint podlint\n",
        "#compdef podlint\n"
        "_podlint() {\n"
        "    local -a found\n"
        "    found=(\"${(@f)$(podlint completion --words \"${(@)words[2,CURRENT]}\")}\")\n"
        "    found=(${found:#})\n"
        "    (( $#found )) || { _files; return; }\n"
        "    compadd -S '' -- ${(M)found:#*.}\n"
        "    compadd -- ${found:#*.}\n"
        "}\n"
        "if [[ $funcstack[1] == _podlint ]]; then _podlint \"$@\"; else compdef _podlint podlint; fi\n",
        "function __podlint\n"
        "    set -l found (podlint completion --words (commandline -opc)[2..] \"$(commandline -ct)\")\n"
        "    if test (count $found) -gt 0\n"
        "        string join \\n -- $found\n"
        "    else\n"
        "        __fish_complete_path (commandline -ct)\n"
        "    end\n"
        "end\n"
        "complete -c podlint -f -a '(__podlint)'\n"};
    const Command *command = &completion_command;
    if (argc > 0 && strcmp(argv[0], "--words") == 0) return complete(argc - 1, argv + 1);
    OptionParser parser = {.command = command, .argc = argc, .argv = argv};
    const char *shell = NULL;
    for (Parsed parsed; (parsed = option_next(&parser)).option != OPTION_END;) {
        if (parsed.option == OPTION_ERROR) return 2;
        if (parsed.option == OPTION_HELP) {
            command_help(stdout, command);
            return finish_output(0);
        }
        shell = parsed.value;
    }
    if (!shell) return usage_error(command, "name the shell: bash, zsh or fish");
    for (size_t i = 0; i < COUNT(shells); i++) {
        if (strcmp(shell, shells[i]) != 0) continue;
        fputs(scripts[i], stdout);
        return finish_output(0);
    }
    return usage_error(command, "no completions for \"%s\"; there are bash, zsh and fish", shell);
}
