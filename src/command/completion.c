#include "explain/explain.h"
#include "validate/pod_security.h"
#include "report/report.h"
#include "model/rule_text.h"
#include "setting_options.h"

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

static const char *const shells[] = {"bash", "zsh", "fish"};

/* A word that is being typed: the part before it that stays, and right behind it the rest, to be completed. */
typedef struct Typed {
    Str kept, rest;
} Typed;

static void offer(const Typed *typed, const char *word) {
    if (str_starts(str_of(word), typed->rest)) printf("%.*s%s\n", (int)typed->kept.len, typed->kept.at, word);
}

static void offer_all(const Typed *typed, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++) offer(typed, words[i]);
}

static void offer_commands(const Typed *typed) {
    for (size_t i = 0; i < COMMAND_COUNT; i++) offer(typed, commands[i]->name);
    offer(typed, "help");
}

/* The names of rules, in a list with commas too. */
static void offer_rules(const Typed *typed) {
    ptrdiff_t comma = str_rfind(typed->rest, ',');
    size_t done = (size_t)(comma + 1);
    Typed last = {{typed->kept.at, typed->kept.len + done}, str_slice(typed->rest, done)};
    for (uint16_t i = 0; i < rule_count; i++) offer(&last, rules[i].name.at);
}

static void offer_versions(const Typed *typed) {
    for (int minor = VERSION_OLDEST_TARGET; minor <= VERSION_LAST; minor++) {
        char version[8];
        snprintf(version, sizeof version, "1.%d", minor);
        offer(typed, version);
    }
}

/* The values of an option; of one that is not known here, such as a file's, none. */
static void offer_values(const Command *command, const char *option, const Typed *typed) {
    static const char *const colours[] = {"auto", "always", "never"};
    if (strcmp(option, "select") == 0 || strcmp(option, "enable") == 0 || strcmp(option, "ignore") == 0)
        offer_rules(typed);
    else if (strcmp(option, "profile") == 0)
        offer_all(typed, profile_names, PROFILE_COUNT);
    else if (strcmp(option, "pod-security") == 0)
        offer_all(typed, pod_security_levels, POD_SECURITY_LEVELS);
    else if (strcmp(option, "kubernetes-version") == 0)
        offer_versions(typed);
    else if (strcmp(option, "color") == 0)
        offer_all(typed, colours, COUNT(colours));
    else if (strcmp(option, "fail-on") == 0 && command != &diff_command)
        offer_all(typed, fail_words, COUNT(fail_words));
    else if (strcmp(option, "format") == 0 && command == &check_command)
        offer_all(typed, report_formats, REPORT_FORMATS);
}

static void offer_options(const Command *command, const char *typed) {
    Typed all = {S("--"), strlen(typed) > 2 ? str_of(typed + 2) : S("")};
    if (typed[1] && typed[1] != '-') return;
    for (size_t i = 0; i < command->optionCount; i++) offer(&all, command->options[i].name);
    offer(&all, "help");
}

static void offer_operands(const Command *command, const char *typed) {
    Typed word = {{typed, 0}, str_of(typed)};
    if (command == &explain_command) {
        Arena arena = {0};
        Buf out = {.arena = &arena};
        explain_complete(&out, word.rest, VERSION_LAST);
        fwrite(out.at ? out.at : "", 1, out.len, stdout);
        arena_free(&arena);
    } else if (command == &rules_command) {
        offer_rules(&word);
    } else if (command == &completion_command) {
        offer_all(&word, shells, COUNT(shells));
    }
}

/* The option whose value is typed last, or NULL. bash takes --option=value for three words. */
static const char *option_before(const Command *command, char **argv, int argc) {
    const char *word = argc > 2 ? argv[argc - 2] : "";
    if (argc > 3 && strcmp(word, "=") == 0) word = argv[argc - 3];
    for (size_t i = 0; i < command->optionCount; i++) {
        const Option *option = &command->options[i];
        bool isLong = strncmp(word, "--", 2) == 0 && strcmp(option->name, word + 2) == 0;
        bool isShort = option->letter && word[0] == '-' && word[1] == option->letter && !word[2];
        if (option->argument && (isLong || isShort)) return option->name;
    }
    return NULL;
}

/* What could stand in place of the last word: a line each. Prints nothing where a file name is wanted. */
static int complete(int argc, char **argv) {
    const char *typed = argc > 0 ? argv[argc - 1] : "";
    Typed whole = {{typed, 0}, str_of(typed)};
    if (argc <= 1 || strcmp(argv[0], "help") == 0) {
        offer_commands(&whole);
        return finish_output(0);
    }
    const Command *command = NULL;
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(argv[0], commands[i]->name) == 0) command = commands[i];
    if (!command) return 0;
    if (strcmp(typed, "=") == 0) { /* bash: nothing of the value is typed yet */
        typed = "";
        whole = (Typed){{typed, 0}, S("")};
        argc++;
    }
    const char *option = option_before(command, argv, argc), *equals = strchr(typed, '=');
    char name[32];
    if (option) {
        offer_values(command, option, &whole);
    } else if (strncmp(typed, "--", 2) == 0 && equals && (size_t)(equals - typed - 2) < sizeof name) {
        snprintf(name, sizeof name, "%.*s", (int)(equals - typed - 2), typed + 2);
        offer_values(command, name, &(Typed){{typed, (size_t)(equals + 1 - typed)}, str_of(equals + 1)});
    } else if (typed[0] == '-') {
        offer_options(command, typed);
    } else {
        offer_operands(command, typed);
    }
    return finish_output(0);
}

static int run(int argc, char **argv) {
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
