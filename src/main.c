/* The program: commands, their options, exit codes. The path of a check in one line:
 * input_add -> source_read -> node_next -> model_build -> validate_create -> diag_sort -> report_write. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "options.h"
#include "report.h"
#include "stored.h"

static bool want_colour(const char *when) {
    if (strcmp(when, "always") == 0) return true;
    if (strcmp(when, "never") == 0) return false;
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

/* Whether everything written has arrived; a full disk or a closed pipe is an error of its own. */
static int finish_output(int code) {
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    fprintf(stderr, "podlint: cannot write the output: %s\n", strerror(errno));
    return 2;
}

static int choose(const Command *command, const char *option, const char *value, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], value) == 0) return (int)i;
    const char *near = nearest_word(value, words, count);
    fprintf(stderr, "podlint: --%s knows no \"%s\"", option, value);
    if (near) fprintf(stderr, "; did you mean %s?", near);
    fputs(" It takes ", stderr);
    for (size_t i = 0; i < count; i++) fprintf(stderr, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", words[i]);
    fprintf(stderr, ".\nSee 'podlint %s --help'.\n", command->name);
    return -1;
}

static int parse_version(const Command *command, const char *value) {
    const char *text = value[0] == 'v' ? value + 1 : value;
    char *end;
    long minor = strncmp(text, "1.", 2) == 0 ? strtol(text + 2, &end, 10) : 0;
    if (minor >= VERSION_OLDEST_TARGET && minor <= VERSION_LAST && (*end == '\0' || *end == '.')) return (int)minor;
    usage_error(command, "--kubernetes-version takes 1.%d to 1.%d, not \"%s\"", VERSION_OLDEST_TARGET, VERSION_LAST, value);
    return -1;
}

static bool source_matches(uint8_t source, const char *word) {
    if (strcmp(word, "server") == 0) return source <= SOURCE_WARNING;
    return strcmp(word, diag_source_name((DiagSource)source)) == 0;
}

/* Turns a comma-separated list of sources, rules and prefixes of rules on or off. */
static bool select_rules(const Command *command, const char *option, const char *list, bool *on, bool value) {
    char word[96];
    while (*list) {
        size_t length = strcspn(list, ",");
        if (length >= sizeof word) length = sizeof word - 1;
        memcpy(word, list, length);
        word[length] = '\0';
        list += strcspn(list, ",");
        list += *list == ',';
        bool found = length == 0;
        static const char *const sources[] = {"server", "yaml", "schema", "api", "warning", "lint", "pod-security", "policy", "all"};
        for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) found |= strcmp(word, sources[i]) == 0;
        for (uint16_t i = 0; i < rule_count; i++) {
            bool match = strcmp(word, "all") == 0 || source_matches(rules[i].source, word) || (length && str_starts(rules[i].name, str_of(word)));
            if (match) on[i] = value;
            found |= match;
        }
        if (found) continue;
        const char **names = calloc((size_t)rule_count + 9, sizeof *names);
        size_t count = 0;
        for (uint16_t i = 0; names && i < rule_count; i++) names[count++] = rules[i].name.at;
        for (size_t i = 0; names && i < sizeof sources / sizeof *sources; i++) names[count++] = sources[i];
        const char *near = names ? nearest_word(word, names, count) : NULL;
        if (near)
            usage_error(command, "--%s knows no source or rule \"%s\"; did you mean %s?", option, word, near);
        else
            usage_error(command, "--%s knows no source or rule \"%s\"", option, word);
        free(names);
        return false;
    }
    return true;
}

enum { CHECK_FORMAT, CHECK_SELECT, CHECK_IGNORE, CHECK_VERSION, CHECK_FAIL_ON, CHECK_QUIET, CHECK_COLOUR, CHECK_THREADS };

static const Option check_options[] = {
    {"format", 'f', "FORMAT", "How findings are written: text (with the source line, the default), concise (one line each) or json."},
    {"select", 0, "LIST",
     "Report only these: sources (yaml, schema, api, warning, lint, pod-security, policy), rules, or prefixes of rules, separated by "
     "commas. 'server' stands for yaml, schema, api and warning."},
    {"ignore", 0, "LIST", "Report all but these; takes the same words."},
    {"kubernetes-version", 0, "VERSION", "The API server to speak for: 1.32 to 1.37. Default: the newest."},
    {"fail-on", 0, "SEVERITY", "Exit with 1 from this severity on: error (default), warning, info, or never."},
    {"quiet", 'q', NULL, "No summary."},
    {"color", 0, "WHEN", "auto (on a terminal, unless NO_COLOR is set; the default), always or never."},
    {"threads", 'j', "N", "How many files are read at once. Default: one a processor."},
};

static int run_check_command(int argc, char **argv);
static int run_defaults_command(int argc, char **argv);

enum { DEFAULTS_FORMAT, DEFAULTS_VERSION };

static const Option defaults_options[] = {
    {"format", 'f', "FORMAT", "yaml (fields in the order of the API's types, the default) or json."},
    {"kubernetes-version", 0, "VERSION", "The API server to speak for: 1.32 to 1.37. Default: the newest."},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const Command commands[] = {
    {"check", "PATH...", "Say what the API server would say of manifests.",
     "Reads manifests and reports what cannot be read, what has no place in them, and what the API server would refuse or warn of, "
     "with file, line and column.\n\nPATH is a file, a directory (all .yaml, .yml and .json files below it, without hidden ones and "
     "those that .gitignore names), or - for standard input. Pods and the kinds that hold a pod template are judged, also inside "
     "Lists; documents of other kinds are counted and left alone. Files over 64 MiB and documents nested deeper than 1,000 levels are "
     "refused, and so are documents whose aliases expand beyond what the server takes.",
     check_options, COUNT(check_options),
     "  podlint check deploy/                        everything below a directory\n"
     "  helm template chart | podlint check -        what a chart renders to\n"
     "  podlint check --format json pod.yaml         for a program\n"
     "  podlint check --ignore warning --quiet .     only what the server refuses\n",
     run_check_command},
    {"defaults", "FILE", "Print an object as the API server would store it.",
     "Prints the objects of a file with all the defaults that the API server fills in. FILE may be - for standard input. What cannot "
     "be decoded is reported, and the rest printed. Documents of other kinds are left out.",
     defaults_options, COUNT(defaults_options),
     "  podlint defaults pod.yaml                    as YAML\n"
     "  podlint defaults --format json pod.yaml      as JSON, with file and document number\n",
     run_defaults_command},
};

static int run_check_command(int argc, char **argv) {
    const Command *command = &commands[0];
    OptionParser parser = {.command = command, .argc = argc, .argv = argv};
    static const char *const formats[] = {"text", "concise", "json"};
    static const char *const severities[] = {"info", "warning", "error", "never"};
    static const char *const colours[] = {"auto", "always", "never"};
    Arena arena = {0};
    InputList list = {.arena = &arena};
    ReportSettings report = {.minor = VERSION_LAST};
    RunSettings settings = {.minor = VERSION_LAST};
    settings.selection.on = NEW_ARRAY(&arena, bool, rule_count);
    memset(settings.selection.on, true, rule_count);
    int failOn = SEVERITY_ERROR, code = 0, number;
    long processors = sysconf(_SC_NPROCESSORS_ONLN), threads = processors > 0 ? processors : 1;
    const char *colour = "auto";
    bool operands = false, selected = false;
    for (Parsed parsed; (parsed = option_next(&parser)).option != OPTION_END && code == 0;) {
        switch (parsed.option) {
        case OPTION_HELP:
            command_help(stdout, command);
            arena_free(&arena);
            return finish_output(0);
        case OPTION_ERROR: code = 2; break;
        case OPTION_OPERAND:
            input_add(&list, str_of(parsed.value));
            operands = true;
            break;
        case CHECK_FORMAT:
            if ((number = choose(command, "format", parsed.value, formats, COUNT(formats))) < 0) code = 2;
            report.format = (ReportFormat)number;
            break;
        case CHECK_SELECT:
            if (!selected) memset(settings.selection.on, false, rule_count);
            selected = true;
            if (!select_rules(command, "select", parsed.value, settings.selection.on, true)) code = 2;
            break;
        case CHECK_IGNORE:
            if (!select_rules(command, "ignore", parsed.value, settings.selection.on, false)) code = 2;
            break;
        case CHECK_VERSION:
            if ((number = parse_version(command, parsed.value)) < 0) code = 2;
            settings.minor = report.minor = (uint8_t)number;
            break;
        case CHECK_FAIL_ON:
            if ((failOn = choose(command, "fail-on", parsed.value, severities, COUNT(severities))) < 0) code = 2;
            break;
        case CHECK_QUIET: report.quiet = true; break;
        case CHECK_COLOUR:
            if (choose(command, "color", parsed.value, colours, COUNT(colours)) < 0) code = 2;
            colour = parsed.value;
            break;
        case CHECK_THREADS: {
            char *end;
            threads = strtol(parsed.value, &end, 10);
            if (*end || threads < 1 || threads > 256) code = usage_error(command, "--threads takes a number from 1 to 256");
            break;
        }
        default: break;
        }
    }
    if (code == 0 && !operands) code = usage_error(command, "name the files or directories to check, or - for standard input");
    if (code) {
        arena_free(&arena);
        return code;
    }
    if (threads > (long)list.files.n) threads = list.files.n ? (long)list.files.n : 1;
    settings.threads = (unsigned)threads;
    report.colour = want_colour(colour);
    Arena *arenas = NEW_ARRAY(&arena, Arena, threads);
    Run run;
    run_check(&run, &list, &settings, arenas);
    for (uint32_t i = 0; i < list.faults.n; i++) {
        fprintf(stderr, "podlint: cannot read %s: %s\n", list.faults.at[i].path.at, strerror(list.faults.at[i].error));
        code = 2;
    }
    for (uint32_t i = 0; i < run.fileCount; i++) {
        if (!run.files[i].error.at) continue;
        fprintf(stderr, "podlint: cannot read %.*s: %.*s\n", (int)run.files[i].name.len, run.files[i].name.at, (int)run.files[i].error.len,
                run.files[i].error.at);
        code = 2;
    }
    report_write(stdout, &run, &report);
    uint32_t counts[] = {run.infos, run.warnings, run.errors};
    for (int severity = failOn; severity <= SEVERITY_ERROR && code == 0; severity++)
        if (counts[severity]) code = 1;
    for (long i = 0; i < threads; i++) arena_free(&arenas[i]);
    arena_free(&arena);
    return finish_output(code);
}

static int run_defaults_command(int argc, char **argv) {
    const Command *command = &commands[1];
    OptionParser parser = {.command = command, .argc = argc, .argv = argv};
    static const char *const formats[] = {"yaml", "json"};
    int format = 0, number;
    uint8_t minor = VERSION_LAST;
    const char *file = NULL;
    for (Parsed parsed; (parsed = option_next(&parser)).option != OPTION_END;) {
        switch (parsed.option) {
        case OPTION_HELP: command_help(stdout, command); return finish_output(0);
        case OPTION_ERROR: return 2;
        case OPTION_OPERAND:
            if (file) return usage_error(command, "one file at a time, please: %s and %s", file, parsed.value);
            file = parsed.value;
            break;
        case DEFAULTS_FORMAT:
            if ((format = choose(command, "format", parsed.value, formats, COUNT(formats))) < 0) return 2;
            break;
        case DEFAULTS_VERSION:
            if ((number = parse_version(command, parsed.value)) < 0) return 2;
            minor = (uint8_t)number;
            break;
        default: break;
        }
    }
    if (!file) return usage_error(command, "name the file to read, or - for standard input");
    return finish_output(stored_print(stdout, str_of(file), format == 1, minor));
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        program_help(stderr, commands, COUNT(commands));
        return 2;
    }
    const char *name = argv[1];
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        printf("podlint %s (Kubernetes 1.%d to 1.%d)\n", PODLINT_VERSION, VERSION_OLDEST_TARGET, VERSION_LAST);
        return finish_output(0);
    }
    bool help = strcmp(name, "help") == 0;
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || (help && argc == 2)) {
        program_help(stdout, commands, COUNT(commands));
        return finish_output(0);
    }
    if (help && strcmp(argv[2], "--manual") == 0) {
        program_manual(stdout, commands, COUNT(commands));
        return finish_output(0);
    }
    if (help) name = argv[2];
    const char *names[COUNT(commands)];
    for (size_t i = 0; i < COUNT(commands); i++) {
        names[i] = commands[i].name;
        if (strcmp(name, commands[i].name) != 0) continue;
        if (!help) return commands[i].run(argc - 2, argv + 2);
        command_help(stdout, &commands[i]);
        return finish_output(0);
    }
    const char *near = nearest_word(name, names, COUNT(commands));
    if (near) return usage_error(NULL, "unknown command \"%s\"; did you mean \"%s\"?", name, near);
    return usage_error(NULL, "unknown command \"%s\"", name);
}
