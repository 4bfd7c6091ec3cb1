/* The program: commands, their options, exit codes. The path of a check in one line:
 * input_add -> source_read -> node_next -> model_build -> validate_create -> diag_sort -> report_write. */
#include <errno.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <stdlib.h>
#include <unistd.h>

#include "cel_command.h"
#include "diff_report.h"
#include "explain.h"
#include "git.h"
#include "options.h"
#include "report.h"
#include "simulate/command.h"
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
    if (near)
        fprintf(stderr, "; did you mean %s? It takes ", near);
    else
        fputs(". It takes ", stderr);
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

static int by_number(const void *a, const void *b) {
    return *(const uint8_t *)a - *(const uint8_t *)b;
}

/* Reads a comma-separated list of versions, sorted and without repetitions; false after telling what is wrong. */
static bool parse_versions(const Command *command, const char *list, RunSettings *settings) {
    char word[16];
    settings->minorCount = 0;
    do {
        size_t length = strcspn(list, ",");
        if (length >= sizeof word) length = sizeof word - 1;
        memcpy(word, list, length);
        word[length] = '\0';
        int minor = parse_version(command, word);
        if (minor < 0) return false;
        if (!memchr(settings->minors, minor, settings->minorCount) && settings->minorCount < MAX_VERSIONS)
            settings->minors[settings->minorCount++] = (uint8_t)minor;
        list += strcspn(list, ",");
    } while (*list++);
    qsort(settings->minors, settings->minorCount, 1, by_number);
    return true;
}

/* Reads a level of the Pod Security Standards and a version of theirs; false after telling what is wrong. */
static bool parse_pod_security(const Command *command, const char *value, PodSecurity *out) {
    char level[16];
    size_t length = strcspn(value, ":");
    snprintf(level, sizeof level, "%.*s", (int)(length < sizeof level ? length : sizeof level), value);
    int number = choose(command, "pod-security", level, pod_security_levels, POD_SECURITY_LEVELS);
    if (number < 0) return false;
    *out = (PodSecurity){(uint8_t)number, POD_SECURITY_LATEST};
    const char *version = value[length] ? value + length + 1 : "latest";
    int64_t minor;
    if (strcmp(version, "latest") == 0) return true;
    const char *text = version[0] == 'v' ? version + 1 : version;
    if (strncmp(text, "1.", 2) == 0 && int_parse(str_of(text + 2), 0, VERSION_LAST, &minor)) {
        out->minor = (uint8_t)minor;
        return true;
    }
    usage_error(command, "--pod-security takes the versions v1.0 to v1.%d and latest, not \"%s\"", VERSION_LAST, version);
    return false;
}

/* Whether nothing but the Pod Security Standards is asked for. */
static bool only_pod_security(const Selection *selection) {
    bool some = false;
    for (uint16_t i = 0; i < rule_count; i++) {
        if (selection->on[i] && rules[i].source != SOURCE_POD_SECURITY) return false;
        some |= selection->on[i];
    }
    return some;
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
        static const char *const sources[] = {"server", "yaml",         "schema", "api", "warning",
                                              "lint",   "pod-security", "policy", "all"};
        for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) found |= strcmp(word, sources[i]) == 0;
        for (uint16_t i = 0; i < rule_count; i++) {
            bool match = strcmp(word, "all") == 0 || source_matches(rules[i].source, word) ||
                         (length && str_starts(rules[i].name, str_of(word)));
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

enum {
    CHECK_FORMAT,
    CHECK_SELECT,
    CHECK_IGNORE,
    CHECK_VERSION,
    CHECK_POD_SECURITY,
    CHECK_LEVELS,
    CHECK_FAIL_ON,
    CHECK_QUIET,
    CHECK_COLOUR,
    CHECK_THREADS
};

static const Option check_options[] = {
    {"format", 'f', "FORMAT",
     "How findings are written: text (with the source line, the default), concise (one line each) or json."},
    {"select", 0, "LIST",
     "Report only these: sources (yaml, schema, api, warning, lint, pod-security, policy), rules, or prefixes of rules, "
     "separated by "
     "commas. 'server' stands for yaml, schema, api and warning."},
    {"ignore", 0, "LIST", "Report all but these; takes the same words."},
    {"kubernetes-version", 0, "VERSION",
     "The API server to speak for: 1.32 to 1.37, or several, separated by commas. Default: the newest."},
    {"pod-security", 0, "LEVEL[:VERSION]",
     "Report what a namespace that enforces this Pod Security level would refuse: privileged, baseline or restricted, by the "
     "rules of latest (the default) or of v1.0 to v1.37."},
    {"pod-security-levels", 0, NULL,
     "Say for each object which Pod Security level it meets, and which checks keep it from the stricter ones, by the rules of "
     "--pod-security's version."},
    {"fail-on", 0, "SEVERITY", "Exit with 1 from this severity on: error (default), warning, info, or never."},
    {"quiet", 'q', NULL, "No summary."},
    {"color", 0, "WHEN", "auto (on a terminal, unless NO_COLOR is set; the default), always or never."},
    {"threads", 'j', "N", "How many files are read at once. Default: one a processor."},
};

static int run_check_command(int argc, char **argv);
static int run_defaults_command(int argc, char **argv);
static int run_diff_command(int argc, char **argv);
static int run_explain_command(int argc, char **argv);
static int run_completion_command(int argc, char **argv);

enum { DEFAULTS_FORMAT, DEFAULTS_VERSION };

static const Option defaults_options[] = {
    {"format", 'f', "FORMAT", "yaml (fields in the order of the API's types, the default) or json."},
    {"kubernetes-version", 0, "VERSION", "The API server to speak for: 1.32 to 1.37. Default: the newest."},
};

enum { DIFF_GIT, DIFF_STAGED, DIFF_FORMAT, DIFF_FAIL_ON, DIFF_VERSION, DIFF_QUIET, DIFF_COLOUR };

static const Option diff_options[] = {
    {"git", 0, "REF", "Compare the work tree with a revision, or two revisions: A..B. The operands then limit it to paths."},
    {"staged", 0, NULL, "Compare what is staged with HEAD, or with the revision of --git."},
    {"format", 'f', "FORMAT", "text (the default), concise (one line a change) or json."},
    {"fail-on", 0, "EFFECT", "Exit with 1 from this effect on: refused (default), recreate, rollout, or never."},
    {"kubernetes-version", 0, "VERSION", "The API server to speak for: 1.32 to 1.37. Default: the newest."},
    {"quiet", 'q', NULL, "No summary."},
    {"color", 0, "WHEN", "auto (on a terminal, unless NO_COLOR is set; the default), always or never."},
};

enum {
    EXPLAIN_RECURSIVE,
    EXPLAIN_DEPTH,
    EXPLAIN_FORMAT,
    EXPLAIN_EXAMPLES,
    EXPLAIN_ALL,
    EXPLAIN_CHANGES,
    EXPLAIN_VERSION,
    EXPLAIN_COLOUR
};

static const Option explain_options[] = {
    {"recursive", 'r', NULL, "Show all fields below, as a tree."},
    {"depth", 0, "N", "How many levels of fields to show. Default: 1."},
    {"format", 'f', "FORMAT", "text (the default), json or markdown."},
    {"examples", 0, NULL, "Show an example of each field too."},
    {"all", 0, NULL, "Write the whole reference as Markdown: topics, types and fields, rules."},
    {"changes", 0, "A..B",
     "List the fields and feature gates that came, went or changed between two versions, as in 1.34..1.37."},
    {"kubernetes-version", 0, "VERSION", "The API server to speak of: 1.32 to 1.37. Default: the newest."},
    {"color", 0, "WHEN", "auto (on a terminal, unless NO_COLOR is set; the default), always or never."},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int run_cel_command(int argc, char **argv);

enum { CEL_BATCH, CEL_RAW, CEL_VERSION };

static const Option cel_options[] = {
    {"batch", 0, NULL,
     "Read JSON lines with id, expr and vars from standard input, and answer each with one line: its id and result, compileError "
     "or "
     "runtimeError."},
    {"raw", 0, NULL, "Give the expression the object as it is written, without the API's types and defaults."},
    {"kubernetes-version", 0, "VERSION", "The API server whose defaults are filled in: 1.32 to 1.37. Default: the newest."},
};

enum {
    COMMAND_CHECK,
    COMMAND_DEFAULTS,
    COMMAND_DIFF,
    COMMAND_EXPLAIN,
    COMMAND_SIMULATE,
    COMMAND_CEL,
    COMMAND_COMPLETION,
};

static const Command commands[] = {
    [COMMAND_CHECK] =
        {"check", "PATH...", "Say what the API server would say of manifests.",
         "Reads manifests and reports what cannot be read, what has no place in them, and what the API server would refuse or "
         "warn "
         "of, "
         "with file, line and column.\n\nPATH is a file, a directory (all .yaml, .yml and .json files below it, without hidden "
         "ones "
         "and "
         "those that .gitignore names), or - for standard input. Pods and the kinds that hold a pod template are judged, also "
         "inside "
         "Lists; documents of other kinds are counted and left alone. Files over 64 MiB and documents nested deeper than 1,000 "
         "levels are "
         "refused, and so are documents whose aliases expand beyond what the server takes.",
         check_options, COUNT(check_options),
         "  podlint check deploy/                        everything below a directory\n"
         "  helm template chart | podlint check -        what a chart renders to\n"
         "  podlint check --format json pod.yaml         for a program\n"
         "  podlint check --ignore warning --quiet .     only what the server refuses\n"
         "  podlint check --pod-security restricted .    and what a restricted namespace would refuse\n",
         run_check_command},
    [COMMAND_DEFAULTS] = {"defaults", "FILE", "Print an object as the API server would store it.",
                          "Prints the objects of a file with all the defaults that the API server fills in. FILE may be - for "
                          "standard input. What "
                          "cannot "
                          "be decoded is reported, and the rest printed. Documents of other kinds are left out.",
                          defaults_options, COUNT(defaults_options),
                          "  podlint defaults pod.yaml                    as YAML\n"
                          "  podlint defaults --format json pod.yaml      as JSON, with file and document number\n",
                          run_defaults_command},
    [COMMAND_DIFF] = {"diff", "OLD NEW", "Say what a change to manifests would do.",
                      "Compares two files or directories, or with --git or --staged two states of a repository, and says of "
                      "every changed object "
                      "what "
                      "applying it would do: nothing, change in place, resize, roll out new pods, need another object, or be "
                      "refused by the API "
                      "server "
                      "because a field cannot change. Objects are paired by kind, namespace and name, wherever they stand; items "
                      "of keyed lists "
                      "by their "
                      "keys. --git alone means --git HEAD.",
                      diff_options, COUNT(diff_options),
                      "  podlint diff old.yaml new.yaml               two files\n"
                      "  podlint diff --git HEAD                      what is not committed\n"
                      "  podlint diff --git main..HEAD deploy/        what a branch changes below a directory\n"
                      "  podlint diff --staged                        for a pre-commit hook\n",
                      run_diff_command},
    [COMMAND_EXPLAIN] = {"explain", "[PATH | NAME]", "Tell what a field, a rule, an error or a part of a pod's life is.",
                         "Explains a field by its path, with or without a kind (pod.spec.containers, deploy.spec.strategy, "
                         "spec.containers[0].ports "
                         "as it stands "
                         "in a diagnostic), a field name by itself (all places that have it), a rule by its name, an error type "
                         "of the API server "
                         "(FieldValueInvalid), or a topic: phases, conditions, states, restarts, probes, hooks, termination, "
                         "status. Without a name "
                         "it "
                         "lists what there is.",
                         explain_options, COUNT(explain_options),
                         "  podlint explain spec.containers              a field of a pod\n"
                         "  podlint explain imagePullPolicy              every place that has the field\n"
                         "  podlint explain deploy.spec -r               a tree of fields\n"
                         "  podlint explain termination                  how a pod ends\n"
                         "  podlint explain --changes 1.34..1.37         what is new\n",
                         run_explain_command},
    [COMMAND_SIMULATE] = SIMULATE_COMMAND,
    [COMMAND_COMPLETION] = {"completion", "SHELL", "Print completions for bash, zsh or fish.",
                            "Prints a script that completes podlint's commands, options, files, rules and the paths of explain. "
                            "SHELL is bash, zsh or "
                            "fish.",
                            NULL, 0,
                            "  source <(podlint completion bash)            in ~/.bashrc\n"
                            "  podlint completion zsh >_podlint             in a folder of $fpath\n"
                            "  podlint completion fish | source             in config.fish\n",
                            run_completion_command},
    [COMMAND_CEL] =
        {"cel", "EXPRESSION [MANIFEST]", "Evaluate an expression over a manifest.",
         "Evaluates an expression in the Common Expression Language with the functions and the type checker of the API server's "
         "ValidatingAdmissionPolicy, once for each object of the manifest: object is the object with its defaults filled in, "
         "request says "
         "what creating it would be. Without a manifest there are no variables. Exits with 1 if the expression is refused or has "
         "no "
         "value.",
         cel_options, COUNT(cel_options),
         "  podlint cel 'object.spec.containers.map(c, c.image)' pod.yaml\n"
         "  podlint cel 'quantity(\"1.5Gi\").compareTo(quantity(\"1536Mi\"))'\n"
         "  podlint cel --batch <cases.jsonl             for a program\n",
         run_cel_command},
};

static int run_check_command(int argc, char **argv) {
    const Command *command = &commands[COMMAND_CHECK];
    OptionParser parser = {.command = command, .argc = argc, .argv = argv};
    static const char *const formats[] = {"text", "concise", "json"};
    static const char *const severities[] = {"info", "warning", "error", "never"};
    static const char *const colours[] = {"auto", "always", "never"};
    Arena arena = {0};
    InputList list = {.arena = &arena};
    ReportSettings report = {0};
    RunSettings settings = {.minors = {VERSION_LAST}, .minorCount = 1, .podSecurity.minor = POD_SECURITY_LATEST};
    settings.selection.on = NEW_ARRAY(&arena, bool, rule_count);
    memset(settings.selection.on, true, rule_count);
    int failOn = SEVERITY_ERROR, code = 0, number;
    long processors = sysconf(_SC_NPROCESSORS_ONLN), threads = processors > 0 ? processors : 1;
    const char *colour = "auto";
    bool operands = false, selected = false, standard = false;
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
            if (!parse_versions(command, parsed.value, &settings)) code = 2;
            break;
        case CHECK_POD_SECURITY:
            if (!parse_pod_security(command, parsed.value, &settings.podSecurity)) code = 2;
            standard = true;
            break;
        case CHECK_LEVELS: settings.podSecurityLevels = report.podSecurityLevels = true; break;
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
    if (code == 0 && !standard && !settings.podSecurityLevels && only_pod_security(&settings.selection))
        code = usage_error(command, "only rules of Pod Security are selected; name their level with --pod-security");
    if (code == 0 && !operands) code = usage_error(command, "name the files or directories to check, or - for standard input");
    if (code) {
        arena_free(&arena);
        return code;
    }
    if (threads > (long)list.files.n) threads = list.files.n ? (long)list.files.n : 1;
    settings.threads = (unsigned)threads;
    report.colour = want_colour(colour);
    report.minorCount = settings.minorCount;
    memcpy(report.minors, settings.minors, sizeof report.minors);
    Arena *arenas = NEW_ARRAY(&arena, Arena, threads);
    Run run;
    run_check(&run, &list, &settings, arenas);
    for (uint32_t i = 0; i < list.faults.n; i++) {
        fprintf(stderr, "podlint: cannot read %s: %s\n", list.faults.at[i].path.at, strerror(list.faults.at[i].error));
        code = 2;
    }
    for (uint32_t i = 0; i < run.fileCount; i++) {
        if (!run.files[i].error.at) continue;
        fprintf(stderr, "podlint: cannot read %.*s: %.*s\n", (int)run.files[i].name.len, run.files[i].name.at,
                (int)run.files[i].error.len, run.files[i].error.at);
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
    const Command *command = &commands[COMMAND_DEFAULTS];
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

static void add_side(DiffSide *side, Str path, uint8_t minor, int *code) {
    InputList list = {.arena = side->arena};
    input_add(&list, path);
    for (uint32_t i = 0; i < list.faults.n; i++) {
        fprintf(stderr, "podlint: cannot read %s: %s\n", list.faults.at[i].path.at, strerror(list.faults.at[i].error));
        *code = 2;
    }
    for (uint32_t i = 0; i < list.files.n; i++) diff_add_file(side, list.files.at[i].path, minor);
}

static void report_unread(const DiffSide *side, int *code) {
    for (uint32_t i = 0; i < side->files.n; i++) {
        const DiffFile *file = side->files.at[i];
        if (!file->error.at) continue;
        fprintf(stderr, "podlint: cannot read %.*s: %.*s\n", (int)file->source.name.len, file->source.name.at,
                (int)file->error.len, file->error.at);
        *code = 2;
    }
}

/* The name of a file at a revision, as git writes it. */
static Str at_revision(Arena *arena, Str revision, Str path) {
    return str_format(arena, "%.*s:%.*s", (int)revision.len, revision.at, (int)path.len, path.at);
}

static int add_git_sides(const Command *command, Arena *arena, const char *revision, bool staged, const Str *paths, size_t count,
                         DiffSide *before, DiffSide *after, uint8_t minor) {
    GitRange range = {.from = revision && *revision ? str_of(revision) : S("HEAD"), .staged = staged};
    const char *dots = revision ? strstr(revision, "..") : NULL;
    if (dots) {
        range.from = dots == revision ? S("HEAD") : (Str){revision, (size_t)(dots - revision)};
        range.to = dots[2] ? str_of(dots + 2) : S("HEAD");
        if (staged) return usage_error(command, "--staged compares one revision with the index; --git %s names two", revision);
    }
    GitFiles files = {0};
    const char *error = git_changes(arena, &range, paths, count, &files);
    if (error) {
        fprintf(stderr, "podlint: %s\n", error);
        return 2;
    }
    for (uint32_t i = 0; i < files.n; i++) {
        const GitFile *file = &files.at[i];
        if (file->oldText.at) diff_add_text(before, at_revision(arena, range.from, file->oldPath), file->oldText, minor);
        Str name = range.to.len ? at_revision(arena, range.to, file->newPath) : file->newPath;
        if (file->newText.at) diff_add_text(after, name, file->newText, minor);
    }
    return 0;
}

static int run_diff_command(int argc, char **argv) {
    const Command *command = &commands[COMMAND_DIFF];
    OptionParser parser = {.command = command, .argc = argc, .argv = argv};
    static const char *const formats[] = {"text", "concise", "json"};
    static const char *const levels[] = {"rollout", "recreate", "refused", "never"};
    static const char *const colours[] = {"auto", "always", "never"};
    ReportSettings settings = {0};
    uint8_t minor = VERSION_LAST;
    const char *revision = NULL, *colour = "auto";
    bool staged = false;
    int failOn = EFFECT_REFUSED - EFFECT_ROLLOUT, number, code = 0;
    Arena arena = {0};
    ARRAY(Str) operands = {0};
    for (Parsed parsed; (parsed = option_next(&parser)).option != OPTION_END && code == 0;) {
        switch (parsed.option) {
        case OPTION_HELP:
            command_help(stdout, command);
            arena_free(&arena);
            return finish_output(0);
        case OPTION_ERROR: code = 2; break;
        case OPTION_OPERAND: ARRAY_PUSH(&arena, &operands, str_of(parsed.value)); break;
        case DIFF_GIT: revision = parsed.value; break;
        case DIFF_STAGED: staged = true; break;
        case DIFF_FORMAT:
            if ((number = choose(command, "format", parsed.value, formats, COUNT(formats))) < 0) code = 2;
            settings.format = (ReportFormat)number;
            break;
        case DIFF_FAIL_ON:
            if ((failOn = choose(command, "fail-on", parsed.value, levels, COUNT(levels))) < 0) code = 2;
            break;
        case DIFF_VERSION:
            if ((number = parse_version(command, parsed.value)) < 0) code = 2;
            minor = (uint8_t)number;
            break;
        case DIFF_QUIET: settings.quiet = true; break;
        case DIFF_COLOUR:
            if (choose(command, "color", parsed.value, colours, COUNT(colours)) < 0) code = 2;
            colour = parsed.value;
            break;
        default: break;
        }
    }
    settings.colour = want_colour(colour);
    settings.minors[settings.minorCount++] = minor;
    DiffSide before = {.arena = &arena}, after = {.arena = &arena};
    if (code == 0 && (revision || staged)) {
        code = add_git_sides(command, &arena, revision, staged, operands.at, operands.n, &before, &after, minor);
    } else if (code == 0 && operands.n != 2) {
        code = usage_error(command, "name the old and the new file or directory, or compare with --git REF");
    } else if (code == 0) {
        add_side(&before, operands.at[0], minor, &code);
        add_side(&after, operands.at[1], minor, &code);
    }
    if (code == 2 && !before.files.n && !after.files.n) {
        arena_free(&arena);
        return 2;
    }
    report_unread(&before, &code);
    report_unread(&after, &code);
    DiffResult result;
    diff_compare(&result, &arena, &before, &after);
    diff_report_write(stdout, &arena, &result, &settings);
    for (int effect = EFFECT_ROLLOUT + failOn; effect <= EFFECT_REFUSED && code == 0; effect++)
        if (result.counts[effect]) code = 1;
    for (uint32_t i = 0; i < result.pairs.n && code == 0 && failOn < (int)COUNT(levels) - 1; i++)
        if (!result.pairs.at[i].applies) code = 1;
    arena_free(&arena);
    return finish_output(code);
}

static int terminal_width(void) {
    struct winsize size;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) return size.ws_col;
    return 100;
}

/* Prints a text, through the pager if it does not fit on the terminal. */
static void print_paged(Str text) {
    struct winsize size;
    int lines = 0;
    for (size_t i = 0; i < text.len; i++) lines += text.at[i] == '\n';
    bool fits = !isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || lines < size.ws_row;
    const char *pager = getenv("PAGER");
    setenv("LESS", "FRX", 0);
    FILE *out = fits ? NULL : popen(pager && *pager ? pager : "less", "w");
    fwrite(text.at, 1, text.len, out ? out : stdout);
    if (out) pclose(out);
}

static bool parse_range(const Command *command, const char *value, int *from, int *to) {
    char text[32];
    const char *dots = strstr(value, "..");
    if (!dots || (size_t)(dots - value) >= sizeof text) {
        usage_error(command, "--changes takes two versions, as in 1.34..1.37");
        return false;
    }
    memcpy(text, value, (size_t)(dots - value));
    text[dots - value] = '\0';
    *from = parse_version(command, text);
    *to = *from < 0 ? -1 : parse_version(command, dots + 2);
    return *from > 0 && *to > 0;
}

static int run_explain_command(int argc, char **argv) {
    const Command *command = &commands[COMMAND_EXPLAIN];
    OptionParser parser = {.command = command, .argc = argc, .argv = argv};
    static const char *const formats[] = {"text", "json", "markdown"};
    static const char *const colours[] = {"auto", "always", "never"};
    ExplainSettings settings = {.depth = 1, .minor = VERSION_LAST, .width = terminal_width()};
    const char *query = NULL, *colour = "auto";
    int number, from = 0, to = 0;
    bool all = false;
    for (Parsed parsed; (parsed = option_next(&parser)).option != OPTION_END;) {
        switch (parsed.option) {
        case OPTION_HELP: command_help(stdout, command); return finish_output(0);
        case OPTION_ERROR: return 2;
        case OPTION_OPERAND:
            if (query) return usage_error(command, "one thing at a time, please: %s and %s", query, parsed.value);
            query = parsed.value;
            break;
        case EXPLAIN_RECURSIVE: settings.depth = 32; break;
        case EXPLAIN_DEPTH: {
            char *end;
            long depth = strtol(parsed.value, &end, 10);
            if (*end || depth < 0 || depth > 32) return usage_error(command, "--depth takes a number from 0 to 32");
            settings.depth = (int)depth;
            break;
        }
        case EXPLAIN_FORMAT:
            if ((number = choose(command, "format", parsed.value, formats, COUNT(formats))) < 0) return 2;
            settings.format = (ExplainFormat)number;
            break;
        case EXPLAIN_EXAMPLES: settings.examples = true; break;
        case EXPLAIN_ALL: all = true; break;
        case EXPLAIN_CHANGES:
            if (!parse_range(command, parsed.value, &from, &to)) return 2;
            break;
        case EXPLAIN_VERSION:
            if ((number = parse_version(command, parsed.value)) < 0) return 2;
            settings.minor = (uint8_t)number;
            break;
        case EXPLAIN_COLOUR:
            if (choose(command, "color", parsed.value, colours, COUNT(colours)) < 0) return 2;
            colour = parsed.value;
            break;
        default: break;
        }
    }
    settings.colour = want_colour(colour);
    Arena arena = {0};
    Buf out = {.arena = &arena};
    ExplainKind kind = EXPLAINS_TOPIC;
    if (all)
        explain_all(&out, &settings);
    else if (from)
        explain_changes(&out, (uint8_t)from, (uint8_t)to, &settings);
    else if (query)
        kind = explain(&out, str_of(query), &settings);
    else
        explain_index(&out, &settings);
    Str text = buf_text(&out);
    if (kind == EXPLAINS_NOTHING)
        fprintf(stderr, "podlint: %.*s", (int)text.len, text.at);
    else
        print_paged(text);
    arena_free(&arena);
    return finish_output(kind == EXPLAINS_NOTHING ? 1 : 0);
}

static void complete_words(const char *const *words, size_t count, const char *typed) {
    for (size_t i = 0; i < count; i++)
        if (strncmp(words[i], typed, strlen(typed)) == 0) puts(words[i]);
}

/* What could stand in place of the last word: a line each. Prints nothing where a file name is wanted. */
static int complete(int argc, char **argv) {
    const char *typed = argc > 0 ? argv[argc - 1] : "";
    if (argc <= 1) {
        const char *names[COUNT(commands) + 1];
        for (size_t i = 0; i < COUNT(commands); i++) names[i] = commands[i].name;
        names[COUNT(commands)] = "help";
        complete_words(names, COUNT(names), typed);
        return finish_output(0);
    }
    const Command *command = NULL;
    for (size_t i = 0; i < COUNT(commands); i++)
        if (strcmp(argv[0], commands[i].name) == 0) command = &commands[i];
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

static int run_completion_command(int argc, char **argv) {
    static const char *const shells[] = {"bash", "zsh", "fish"};
    static const char *const scripts[] = {
        "_podlint() {\n"
        "    local IFS=$'\\n'\n"
        "    COMPREPLY=($(podlint completion --words \"${COMP_WORDS[@]:1:COMP_CWORD}\"))\n"
        "    [[ ${COMPREPLY[0]} == *. ]] && compopt -o nospace\n"
        "    if [[ ${#COMPREPLY[@]} == 0 ]]; then\n"
        "        compopt -o filenames\n"
        "        COMPREPLY=($(compgen -f -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
        "    fi\n"
        "}\n"
        "COMP_WORDBREAKS=${COMP_WORDBREAKS//:}\n"
        "complete -F _podlint podlint\n",
        "#compdef podlint\n"
        "_podlint() {\n"
        "    local -a words_\n"
        "    words_=(${(f)\"$(podlint completion --words ${words[2,CURRENT]})\"})\n"
        "    if (( ${#words_} )); then compadd -S '' -- $words_; else _files; fi\n"
        "}\n"
        "compdef _podlint podlint\n",
        "complete -c podlint -a '(podlint completion --words (commandline -opc)[2..-1] (commandline -ct))'\n"};
    const Command *command = &commands[COMMAND_COMPLETION];
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

static int run_cel_command(int argc, char **argv) {
    const Command *command = &commands[COMMAND_CEL];
    OptionParser parser = {.command = command, .argc = argc, .argv = argv};
    const char *operands[2] = {NULL, NULL};
    int count = 0, minor = VERSION_LAST;
    bool batch = false, raw = false;
    for (Parsed parsed; (parsed = option_next(&parser)).option != OPTION_END;) {
        switch (parsed.option) {
        case OPTION_HELP: command_help(stdout, command); return finish_output(0);
        case OPTION_ERROR: return 2;
        case OPTION_OPERAND:
            if (count == 2)
                return usage_error(command, "one expression and at most one manifest; \"%s\" is too much", parsed.value);
            operands[count++] = parsed.value;
            break;
        case CEL_BATCH: batch = true; break;
        case CEL_RAW: raw = true; break;
        case CEL_VERSION:
            if ((minor = parse_version(command, parsed.value)) < 0) return 2;
            break;
        default: break;
        }
    }
    if (batch && count) return usage_error(command, "--batch takes its expressions from standard input, not \"%s\"", operands[0]);
    if (!batch && !count) return usage_error(command, "name an expression, as in: podlint cel '1 + 1'");
    return finish_output(batch ? cel_command_batch(stdout)
                               : cel_command_run(stdout, operands[0], operands[1], raw, (uint8_t)minor));
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
