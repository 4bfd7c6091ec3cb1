#include "command.h"

/* A shell, and the script that has it ask podlint for words. */
typedef struct Shell {
    const char *name, *script;
} Shell;

static const Shell shells[] = {
    {"bash", "_podlint() {\n"
             "    local IFS=$'\\n'\n"
             "    COMPREPLY=($(podlint completion --words \"${COMP_WORDS[@]:1:COMP_CWORD}\"))\n"
             "    [[ ${COMPREPLY[0]} != *[.=] ]] || compopt -o nospace\n"
             "}\n"
             "complete -o default -F _podlint podlint\n"},
    {"zsh", "#compdef podlint\n"
            "_podlint() {\n"
            "    local -a found open closed\n"
            "    local line word\n"
            "    found=(\"${(@f)$(podlint completion --described \"${(@)words[2,CURRENT]}\")}\")\n"
            "    for line in ${found:#}; do\n"
            "        word=${line%%$'\\t'*}\n"
            "        if [[ $word == *[.=] ]]; then open+=($word)\n"
            "        else closed+=(\"${word//:/\\\\:}${${line#\"$word\"}/$'\\t'/:}\"); fi\n"
            "    done\n"
            "    (( $#open + $#closed )) || { _files; return; }\n"
            "    (( $#open )) && compadd -S '' -- $open\n"
            "    (( $#closed )) && _describe -V podlint closed\n"
            "}\n"
            "if [[ $funcstack[1] == _podlint ]]; then _podlint \"$@\"; else compdef _podlint podlint; fi\n"},
    {"fish", "function __podlint\n"
             "    set -l found (podlint completion --described (commandline -opc)[2..] \"$(commandline -ct)\")\n"
             "    if test (count $found) -gt 0\n"
             "        string join \\n -- $found\n"
             "    else\n"
             "        __fish_complete_path (commandline -ct)\n"
             "    end\n"
             "end\n"
             "complete -c podlint -f -a '(__podlint)'\n"},
};

static void list_shells(Choices *out) {
    for (size_t i = 0; i < COUNT(shells); i++) choice_add(out, shells[i].name, (int)i, NULL);
}

static int run(int argc, char **argv);

const Command completion_command = {
    "completion",
    "SHELL",
    list_shells,
    "Print completions for bash, zsh or fish.",
    "Prints a script that completes podlint's commands, options, files, rules and the paths of explain. SHELL is bash, zsh or "
    "fish.",
    NULL,
    0,
    "  source <(podlint completion bash)            in ~/.bashrc\n  podlint completion zsh >_podlint             in a folder of "
    "$fpath\n  podlint completion fish | source             in config.fish\n",
    "  0  the script is printed\n  2  wrong usage\n",
    run};

/* A word that is being typed: the part before it that stays, and right behind it the rest, to be completed. */
typedef struct Typed {
    Str kept, rest;
    bool described; /* what is offered is told, too, behind a tab */
    bool assigned;  /* a = follows it */
} Typed;

/* The length of the first sentence of a note, without the full stop. */
static int first_sentence(const char *note) {
    const char *end = strstr(note, ". ");
    int length = end ? (int)(end - note) : (int)strlen(note);
    return length && !end && strchr(".:", note[length - 1]) ? length - 1 : length;
}

static void offer(const Typed *typed, const char *word, const char *note) {
    if (!str_starts(str_of(word), typed->rest)) return;
    printf("%.*s%s%s", TEXT(typed->kept), word, typed->assigned ? "=" : "");
    if (typed->described && note && *note) printf("\t%.*s", first_sentence(note), note);
    putchar('\n');
}

/* Offers the choices of a place, of which there are none where a file name is wanted. */
static void offer_choices(ListChoices *list, const Typed *typed) {
    Arena arena = {0};
    Choices choices = {.arena = &arena, .typed = typed->rest};
    if (list) list(&choices);
    for (uint32_t i = 0; i < choices.items.n; i++) offer(typed, choices.items.at[i].word, choices.items.at[i].note);
    arena_free(&arena);
}

static void offer_commands(const Typed *typed) {
    for (size_t i = 0; i < command_count; i++) offer(typed, commands[i]->name, commands[i]->summary);
    offer(typed, "help", "Print the help of a command");
}

static void offer_values(const Option *option, const Typed *typed) {
    Typed last = *typed;
    last.assigned = option->argument && strchr(option->argument, '=');
    if (last.assigned && str_find(typed->rest, '=') >= 0) return;
    if (option->argument && strcmp(option->argument, "LIST") == 0) {
        size_t done = (size_t)(str_rfind(typed->rest, ',') + 1);
        last.kept.len += done;
        last.rest = str_slice(typed->rest, done);
    }
    offer_choices(option->choices, &last);
}

static void offer_options(const Command *command, const char *typed, bool described) {
    Typed all = {S("--"), strlen(typed) > 2 ? str_of(typed + 2) : S(""), described, false};
    if (typed[1] && typed[1] != '-') return;
    for (size_t i = 0; i < command->optionCount; i++) offer(&all, command->options[i].name, command->options[i].help);
    offer(&all, "help", "Print the help of the command");
}

/* The option that is written as `word` and takes a value, or NULL. */
static const Option *option_of(const Command *command, Str word) {
    for (size_t i = 0; i < command->optionCount; i++) {
        const Option *option = &command->options[i];
        bool isLong = str_starts(word, S("--")) && str_eq(str_slice(word, 2), str_of(option->name));
        bool isShort = option->letter && word.len == 2 && word.at[0] == '-' && word.at[1] == option->letter;
        if (option->argument && (isLong || isShort)) return option;
    }
    return NULL;
}

/* The option whose value is typed last, or NULL. bash takes --option=value for three words. */
static const Option *option_before(const Command *command, char **argv, int argc) {
    const char *word = argc > 2 ? argv[argc - 2] : "";
    if (argc > 3 && strcmp(word, "=") == 0) word = argv[argc - 3];
    return option_of(command, str_of(word));
}

/* What could stand in place of the last word: a line each, with a tab and a few words on it where they are asked for. Prints
 * nothing where a file name is wanted. */
static int complete(int argc, char **argv, bool described) {
    const char *typed = argc > 0 ? argv[argc - 1] : "";
    Typed whole = {{typed, 0}, str_of(typed), described, false};
    if (argc <= 1 || strcmp(argv[0], "help") == 0) {
        offer_commands(&whole);
        return finish_output(0);
    }
    const Command *command = NULL;
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(argv[0], commands[i]->name) == 0) command = commands[i];
    if (!command) return 0;
    if (strcmp(typed, "=") == 0) { /* bash: nothing of the value is typed yet */
        typed = "";
        whole = (Typed){{typed, 0}, S(""), described, false};
        argc++;
    }
    const Option *option = option_before(command, argv, argc);
    const char *equals = strncmp(typed, "--", 2) == 0 ? strchr(typed, '=') : NULL;
    if (!option && equals) {
        option = option_of(command, (Str){typed, (size_t)(equals - typed)});
        whole = (Typed){{typed, (size_t)(equals + 1 - typed)}, str_of(equals + 1), described, false};
    }
    if (option)
        offer_values(option, &whole);
    else if (typed[0] == '-')
        offer_options(command, typed, described);
    else
        offer_choices(command->choices, &whole);
    return finish_output(0);
}

static bool take(void *context, Parsed parsed) {
    *(const char **)context = parsed.value;
    return true;
}

static int run(int argc, char **argv) {
    bool described = argc > 0 && strcmp(argv[0], "--described") == 0;
    if (described || (argc > 0 && strcmp(argv[0], "--words") == 0)) return complete(argc - 1, argv + 1, described);
    const char *shell = NULL;
    int code = read_options(&completion_command, argc, argv, take, &shell);
    if (code) return finish_output(code);
    if (!shell) return usage_error(&completion_command, "name the shell: bash, zsh or fish");
    for (size_t i = 0; i < COUNT(shells); i++) {
        if (strcmp(shell, shells[i].name) != 0) continue;
        fputs(shells[i].script, stdout);
        return finish_output(0);
    }
    return usage_error(&completion_command, "no completions for \"%s\"; there are bash, zsh and fish", shell);
}
