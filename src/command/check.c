#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "../baseline.h"
#include "../kustomize.h"
#include "../lint/rule_file.h"
#include "../lint/selection.h"
#include "../render.h"
#include "report_files.h"

enum {
    CHECK_FORMAT,
    CHECK_OUTPUT,
    CHECK_BASELINE,
    CHECK_WRITE_BASELINE,
    CHECK_RENDER,
    CHECK_PROFILE,
    CHECK_SELECT,
    CHECK_ENABLE,
    CHECK_IGNORE,
    CHECK_RULES,
    CHECK_CLOSED_WORLD,
    CHECK_POLICY,
    CHECK_VERSION,
    CHECK_POD_SECURITY,
    CHECK_LEVELS,
    CHECK_FAIL_ON,
    CHECK_QUIET,
    CHECK_COLOUR,
    CHECK_THREADS
};

static const Option options[] = {
    {"format", 'f', "FORMAT",
     "How findings are written: text (with the source line, the default), concise (one line each), json, github (workflow "
     "commands), sarif, junit, gitlab (Code Quality) or checkstyle."},
    {"output", 'o', "FORMAT=FILE",
     "Write them to FILE as well, in another format. May be repeated; - is standard output, in place of --format."},
    {"baseline", 0, "FILE", "Report only findings that are not in this baseline, wherever their lines have moved."},
    {"write-baseline", 0, "FILE", "Write what is found now to a baseline, and report nothing of it."},
    {"render", 0, NULL,
     "Check what Helm charts and kustomizations become: run helm template for each chart, and kustomize build or kubectl "
     "kustomize for each kustomization that no other one includes, in place of the files in them. Lines are those of what "
     "they print. Each may take two minutes."},
    {"profile", 'p', "LIST",
     "Which lint rules run: default, security, reliability, kube-linter (that tool's own defaults), all, none, or several of "
     "them, "
     "separated by commas. 'podlint rules' lists them."},
    {"select", 0, "LIST",
     "Report only these: sources (yaml, schema, api, warning, lint, pod-security, policy), rules, or prefixes of rules, "
     "separated "
     "by commas. 'server' stands for yaml, schema, api and warning. A rule that is named runs whatever the profile."},
    {"enable", 0, "LIST", "Run these rules too; takes the same words."},
    {"ignore", 0, "LIST", "Report all but these; takes the same words."},
    {"rules", 0, "FILE", "Run the rules of this file too; they are written as podlint's own. May be given several times."},
    {"closed-world", 0, NULL,
     "Take it that what is not in this run does not exist: report every name, selector and key that leads nowhere."},
    {"policy", 0, "PATH",
     "Judge all objects by the ValidatingAdmissionPolicies of a file or a directory, as the API server would on create. "
     "Bindings, "
     "parameters and namespaces are taken from there and from the manifests. May be given several times."},
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

static int run(int argc, char **argv);

const Command check_command = {
    "check",
    "PATH...",
    "Say what the API server would say of manifests.",
    "Reads manifests and reports what cannot be read, what has no place in them, and what the API server would refuse or "
    "warn of, with file, line and column.\n\nPATH is a file, a directory (all .yaml, .yml and .json files below it, without "
    "hidden ones and those that .gitignore names), or - for standard input. Pods and the kinds that hold a pod template are "
    "judged, also inside Lists; documents of other kinds are counted and left alone, except by policies.\n\nThe kustomizations "
    "in PATH, and "
    "above it in the same repository, tell which files are no whole manifests. A strategic merge patch is judged as "
    "partial: what is written in it has to be right, what is missing stands elsewhere; the summary counts these. JSON "
    "patches are left alone. Resources are judged with the labels, names, namespaces, images and replicas that "
    "kustomizations give them, and what a patch writes is not missing in them. The templates of Helm charts are left out "
    "unless --render is given.\n\nFiles over 64 MiB and documents nested deeper than 1,000 levels are refused, and so are "
    "documents whose aliases expand beyond what the server takes.",
    options,
    COUNT(options),
    "  podlint check deploy/                        everything below a directory\n  podlint check --render charts/               "
    "what charts and kustomizations become\n  helm template chart | podlint check -        what a chart renders to\n  podlint "
    "check --format json pod.yaml         for a program\n  podlint check --ignore warning "
    "--quiet .     only what the server refuses\n  podlint check --pod-security restricted .    and what a restricted namespace "
    "would refuse\n",
    run};

static int by_number(const void *a, const void *b) {
    return *(const uint8_t *)a - *(const uint8_t *)b;
}

/* Reads a comma-separated list of versions, sorted and without repetitions; false after telling what is wrong. */
static bool parse_versions(const Command *command, const char *list, FileSettings *settings) {
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
static bool only_pod_security(const RuleSet *set, const bool *on) {
    bool some = false;
    for (uint32_t i = 0; i < rule_set_count(set); i++) {
        const Rule *rule = rule_set_at(set, i);
        if (on[rule->number] && rule->source != SOURCE_POD_SECURITY) return false;
        some |= on[rule->number];
    }
    return some;
}

/* Whether all words of a list name something; tells which does not. */
static bool words_known(const Command *command, const char *option, const RuleSet *set, const WordList *list) {
    for (uint32_t i = 0; i < list->n; i++) {
        Str word = list->at[i];
        if (selection_knows(set, word)) continue;
        Str near = selection_near(set, word);
        usage_error(command, "--%s knows no source or rule \"%.*s\"%s%.*s%s", option, (int)word.len, word.at,
                    near.len ? "; did you mean " : "", (int)near.len, near.at, near.len ? "?" : "");
        return false;
    }
    return true;
}

static bool add_profiles(const Command *command, Selection *selection, Arena *arena, const char *value) {
    WordList words = {0};
    selection_add(arena, &words, str_of(value));
    for (uint32_t i = 0; i < words.n; i++) {
        int number = choose(command, "profile", arena_cstr(arena, words.at[i]), profile_names, PROFILE_COUNT);
        if (number < 0) return false;
        selection->profiles |= (uint8_t)(1u << number);
    }
    return true;
}

/* Reads a file of the user's rules and tells what is wrong with it; false if anything is. */
static bool load_rules(RuleList *out, Arena *arena, const char *name) {
    Source *source = NEW(arena, Source);
    SourceError error = source_read(source, arena, str_of(name));
    if (error) {
        Str reason = source_error_text(arena, error, errno);
        fprintf(stderr, "podlint: cannot read %s: %.*s\n", name, (int)reason.len, reason.at);
        return false;
    }
    RuleFaults faults = {.arena = arena};
    rule_file_read(out, &faults, source, false);
    for (uint32_t i = 0; i < faults.items.n; i++) {
        const RuleFault *fault = &faults.items.at[i];
        Place place = source_place(source, arena, fault->span.at);
        fprintf(stderr, "%s:%u:%u: error: %.*s\n", name, place.line, place.column, (int)fault->message.len, fault->message.at);
        if (fault->help.len) fprintf(stderr, "  = help: %.*s\n", (int)fault->help.len, fault->help.at);
    }
    return !faults.items.n;
}

/* podlint's rules, those of the user's files and those that policies are. */
static RuleSet all_rules(Arena *arena, const RuleList *more, const Policies *policies) {
    uint32_t count = policies ? policies->ruleCount : 0;
    const Rule **all = NEW_ARRAY(arena, const Rule *, more->n + count + 1);
    for (uint32_t i = 0; i < more->n; i++) all[i] = more->at[i];
    for (uint32_t i = 0; i < count; i++) all[more->n + i] = policies->rules[i];
    return (RuleSet){all, more->n + count};
}

/* The settings for policies themselves: what makes one useless is reported whatever is selected. */
static FileSettings strict_settings(Arena *arena, const FileSettings *file, const RuleSet *set) {
    FileSettings out = *file;
    out.on = NEW_ARRAY(arena, bool, rule_set_count(set));
    for (uint32_t i = 0; i < rule_set_count(set); i++) out.on[i] = file->on[i] || rule_set_at(set, i)->severity == SEVERITY_ERROR;
    return out;
}

static int run(int argc, char **argv) {
    const Command *command = &check_command;
    OptionParser parser = {.command = command, .argc = argc, .argv = argv};
    static const char *const severities[] = {"info", "warning", "error", "never"};
    static const char *const colours[] = {"auto", "always", "never"};
    Arena arena = {0};
    InputList list = {.arena = &arena}, policyFiles = {.arena = &arena};
    ReportSettings report = {0};
    ReportFiles outputs = {.arena = &arena};
    const char *baseline = NULL, *newBaseline = NULL;
    RunSettings settings = {0};
    FileSettings file = {.minors = {VERSION_LAST}, .minorCount = 1, .podSecurity.minor = POD_SECURITY_LATEST};
    Selection selection = {0};
    RuleList more = {0};
    int failOn = SEVERITY_ERROR, code = 0, number;
    long processors = sysconf(_SC_NPROCESSORS_ONLN), threads = processors > 0 ? processors : 1;
    const char *colour = "auto";
    bool operands = false, render = false, standard = false;
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
            if ((number = choose(command, "format", parsed.value, report_formats, REPORT_FORMATS)) < 0) code = 2;
            report.format = (ReportFormat)number;
            break;
        case CHECK_OUTPUT:
            if (!report_files_add(&outputs, command, parsed.value)) code = 2;
            break;
        case CHECK_BASELINE: baseline = parsed.value; break;
        case CHECK_WRITE_BASELINE: newBaseline = parsed.value; break;
        case CHECK_RENDER: render = true; break;
        case CHECK_PROFILE:
            if (!add_profiles(command, &selection, &arena, parsed.value)) code = 2;
            break;
        case CHECK_SELECT: selection_add(&arena, &selection.select, str_of(parsed.value)); break;
        case CHECK_ENABLE: selection_add(&arena, &selection.enable, str_of(parsed.value)); break;
        case CHECK_IGNORE: selection_add(&arena, &selection.ignore, str_of(parsed.value)); break;
        case CHECK_RULES:
            if (!load_rules(&more, &arena, parsed.value)) code = 2;
            break;
        case CHECK_CLOSED_WORLD:
            settings.closedWorld = true;
            selection_add(&arena, &selection.enable, S("env-var-value-from,volume-source-missing"));
            break;
        case CHECK_POLICY: input_add(&policyFiles, str_of(parsed.value)); break;
        case CHECK_VERSION:
            if (!parse_versions(command, parsed.value, &file)) code = 2;
            break;
        case CHECK_POD_SECURITY:
            if (!parse_pod_security(command, parsed.value, &file.podSecurity)) code = 2;
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
    if (code == 0 && (policyFiles.files.n || policyFiles.faults.n))
        settings.policies = policies_read(&arena, &policyFiles, &list, (uint16_t)(rule_count + more.n));
    RuleSet set = all_rules(&arena, &more, settings.policies);
    if (code == 0 &&
        (!words_known(command, "select", &set, &selection.select) || !words_known(command, "enable", &set, &selection.enable) ||
         !words_known(command, "ignore", &set, &selection.ignore)))
        code = 2;
    file.on = NEW_ARRAY(&arena, bool, rule_set_count(&set));
    selection_resolve(file.on, &set, &selection);
    if (code == 0 && !standard && !settings.podSecurityLevels && only_pod_security(&set, file.on))
        code = usage_error(command, "only rules of Pod Security are selected; name their level with --pod-security");
    if (code == 0 && settings.policies && !settings.policies->some)
        code = usage_error(command, "--policy: there is no ValidatingAdmissionPolicy in the files that it names");
    if (code == 0 && !operands && !settings.policies)
        code = usage_error(command, "name the files or directories to check, or - for standard input");
    if (code == 0 && baseline && newBaseline) code = usage_error(command, "name either --baseline or --write-baseline");
    Baseline known;
    if (code == 0 && baseline && !baseline_read(&known, &arena, baseline)) code = 2;
    if (code) {
        arena_free(&arena);
        return code;
    }
    render_cut_input(&list);
    StrList kustomizations = kustomize_read(&list);
    if (render && !render_add(&list, kustomizations, file.minors[file.minorCount - 1])) code = 2;
    LintSettings lint = {.on = file.on, .more = more.at, .moreCount = more.n};
    file.lint = lint_prepare(&arena, &lint);
    if (threads > (long)list.files.n) threads = list.files.n ? (long)list.files.n : 1;
    settings.threads = (unsigned)threads;
    report.colour = want_colour(colour);
    report.failOn = (uint8_t)failOn;
    report.minorCount = file.minorCount;
    memcpy(report.minors, file.minors, sizeof report.minors);
    const FileSettings **files = NEW_ARRAY(&arena, const FileSettings *, list.files.n + 1);
    for (uint32_t i = 0; i < list.files.n; i++) files[i] = &file;
    settings.files = files;
    FileSettings policyFile = strict_settings(&arena, &file, &set);
    settings.policyFile = &policyFile;
    Arena *arenas = NEW_ARRAY(&arena, Arena, threads);
    Run run;
    run_check(&run, &list, &settings, arenas);
    if (newBaseline) {
        baseline_gather(&known, &arena, newBaseline, &run);
        if (baseline_write(&known, newBaseline))
            baseline = newBaseline;
        else
            code = 2;
    }
    if (baseline) baseline_apply(&known, &arena, &run, &set);
    for (uint32_t i = 0; i < run.fileCount; i++) {
        if (!run.files[i].error.at) continue;
        fprintf(stderr, "podlint: cannot read %.*s: %.*s\n", (int)run.files[i].name.len, run.files[i].name.at,
                (int)run.files[i].error.len, run.files[i].error.at);
        code = 2;
    }
    if (!report_files_write(&outputs, &run, &report)) code = 2;
    uint32_t counts[] = {run.infos, run.warnings, run.errors};
    for (int severity = failOn; severity <= SEVERITY_ERROR && code == 0; severity++)
        if (counts[severity]) code = 1;
    for (long i = 0; i < threads; i++) arena_free(&arenas[i]);
    arena_free(&arena);
    return finish_output(code);
}
