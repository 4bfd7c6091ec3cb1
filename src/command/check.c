#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "run/baseline.h"
#include "run/run.h"
#include "input/kustomize.h"
#include "input/render.h"
#include "report_files.h"
#include "setting_options.h"

enum {
    CHECK_FORMAT,
    CHECK_OUTPUT,
    CHECK_BASELINE,
    CHECK_WRITE_BASELINE,
    CHECK_RENDER,
    CHECK_POLICY,
    CHECK_SETTINGS,
    CHECK_LEVELS = CHECK_SETTINGS + SETTING_OPTION_COUNT,
    CHECK_SHOW_IGNORED,
    CHECK_QUIET,
    CHECK_COLOUR,
    CHECK_THREADS
};

static const Option options[] = {
    {"format", 'f', "FORMAT", list_formats, "How findings are written:"},
    {"output", 'o', "FORMAT=FILE", NULL,
     "Write them to FILE as well, in another format. May be repeated; - is standard output, in place of --format."},
    {"baseline", 0, "FILE", NULL, "Report only findings that are not in this baseline, wherever their lines have moved."},
    {"write-baseline", 0, "FILE", NULL, "Write what is found now to a baseline, and report nothing of it."},
    {"render", 0, NULL, NULL,
     "Check what Helm charts and kustomizations become: run helm template for each chart, and kustomize build or kubectl "
     "kustomize for each kustomization that no other one includes, in place of the files in them. Lines are those of what "
     "they print. Each may take two minutes."},
    {"policy", 0, "PATH", NULL,
     "Judge all objects by the ValidatingAdmissionPolicies of a file or a directory, as the API server would on create. "
     "Bindings, "
     "parameters and namespaces are taken from there and from the manifests. May be given several times."},
    SETTING_OPTIONS,
    {"pod-security-levels", 0, NULL, NULL,
     "Say for each object which Pod Security level it meets, and which checks keep it from the stricter ones, by the rules of "
     "--pod-security's version."},
    {"show-ignored", 0, NULL, NULL,
     "Report also what comments and annotations ignore, with their reasons, as text, concise or json."},
    {"quiet", 'q', NULL, NULL, "No summary."},
    {"color", 0, "WHEN", list_colours, ""},
    {"threads", 'j', "N", NULL, "How many files are read at once. Default: one a processor."},
};

static int run(int argc, char **argv);

const Command check_command = {
    "check",
    "PATH...",
    NULL,
    "Say what the API server and the cluster would make of manifests.",
    "Reads manifests and reports what cannot be read, what has no place in them, and what the API server would refuse or "
    "warn of, and what it takes and the cluster then punishes, with file, line and column.\n\nPATH is a file, a directory (all "
    ".yaml, .yml and .json files below it, without "
    "hidden ones and those that .gitignore names), or - for standard input. Pods and the kinds that hold a pod template are "
    "judged, also inside Lists; documents of other kinds are counted, and looked at for what concerns pods.\n\nThe "
    "kustomizations "
    "in PATH, and "
    "above it in the same repository, tell which files are no whole manifests. A strategic merge patch is judged as "
    "partial: what is written in it has to be right, what is missing stands elsewhere; the summary counts these. JSON "
    "patches are left alone. Resources are judged with the labels, names, namespaces, images and replicas that "
    "kustomizations give them, and what a patch writes is not missing in them. The templates of Helm charts are left out "
    "unless --render is given.\n\nFiles over 64 MiB and documents nested deeper than 1,000 levels are refused, and so are "
    "documents whose aliases expand beyond what the server takes.\n\nSettings come from the "
    "nearest .podlint.yaml or .podlint.yml above each file; 'podlint config FILE' tells what holds and why. A comment, as in "
    "\"# podlint: ignore RULE REASON\", hides findings on its line, or in what stands below it; 'ignore-file' does so in the "
    "whole "
    "file.",
    options,
    COUNT(options),
    "  podlint check deploy/                        everything below a directory\n  podlint check --render charts/               "
    "what charts and kustomizations become\n  helm template chart | podlint check -        what a chart renders to\n  podlint "
    "check --format json pod.yaml         for a program\n  podlint check --ignore warning "
    "--quiet .     only what the server refuses\n  podlint check --pod-security restricted .    and what a restricted namespace "
    "would refuse\n",
    run};

/* Whether nothing but the Pod Security Standards is asked for. */
static bool only_pod_security(const RuleSet *set, const uint8_t *on) {
    bool some = false;
    for (uint32_t i = 0; i < rule_set_count(set); i++) {
        const Rule *rule = rule_set_at(set, i);
        if (on[rule->number] && rule->source != FROM_POD_SECURITY) return false;
        some |= on[rule->number] != RULE_USE_NONE;
    }
    return some;
}

static void find_files(const WordList *paths, ConfigStore *store, InputList *list) {
    list->leaves_out = config_leaves_out;
    list->context = store;
    for (uint32_t i = 0; i < paths->n; i++) input_add(list, paths->at[i]);
}

static const FileSettings **file_settings(ConfigStore *store, const InputList *list) {
    const FileSettings **files = NEW_ARRAY(list->arena, const FileSettings *, list->files.n + 1);
    for (uint32_t i = 0; i < list->files.n; i++) files[i] = config_settings(store, list->files.at[i].path, NULL);
    return files;
}

/* Whether only rules of Pod Security are asked for, but of no file a level of it. */
static bool lacks_level(const FileSettings *const *files, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (files[i]->podSecurity.level || !only_pod_security(&files[i]->rules, files[i]->on)) return false;
    return count > 0;
}

/* The versions that any file is judged for. */
static void join_versions(ReportSettings *report, const FileSettings *const *files, uint32_t count) {
    SettingsLayer all = {.minors = {VERSION_LAST}, .minorCount = count == 0};
    for (uint32_t i = 0; i < count; i++)
        for (uint8_t j = 0; j < files[i]->minorCount; j++) settings_add_version(&all, files[i]->minors[j]);
    report->minorCount = all.minorCount;
    memcpy(report->minors, all.minors, sizeof all.minors);
}

/* The settings for policies themselves: what makes one useless is reported whatever is selected. */
static FileSettings strict_settings(Arena *arena, const FileSettings *file) {
    const RuleSet *set = &file->rules;
    FileSettings out = *file;
    out.on = NEW_ARRAY(arena, uint8_t, rule_set_count(set));
    for (uint32_t i = 0; i < rule_set_count(set); i++) {
        bool strict = !file->on[i] && rule_set_at(set, i)->severity == SEVERITY_ERROR;
        out.on[i] = strict ? RULE_USE_ALL : file->on[i];
    }
    return out;
}

/* The files of policies of a run, and the configurations that name them. */
typedef struct PolicySources {
    InputList files;
    ARRAY(Str) owners; /* by file: the configuration's path; empty: the command line */
} PolicySources;

static void own_policies(PolicySources *sources, Str owner) {
    while (sources->owners.n < sources->files.files.n) ARRAY_PUSH(sources->files.arena, &sources->owners, owner);
}

static void add_configured_policies(PolicySources *sources, ConfigStore *store, const InputList *list) {
    uint32_t count;
    for (uint32_t i = 0; i < list->files.n; i++) config_name(store, list->files.at[i].path); /* reads what there is */
    const ConfigPolicy *policies = config_policies(store, &count);
    own_policies(sources, S(""));
    for (uint32_t i = 0; i < count; i++) {
        input_add(&sources->files, policies[i].path);
        own_policies(sources, policies[i].config);
    }
}

/* Policies that a configuration names hold for the files that it holds for. */
static void limit_policies(const Policies *policies, const PolicySources *sources, ConfigStore *store, const InputList *list,
                           const FileSettings *const *settings) {
    for (uint32_t i = 0; i < policies->ruleCount; i++) {
        Str owner = S("");
        for (uint32_t j = 0; j < sources->owners.n && !owner.len; j++)
            if (str_eq(sources->files.files.at[j].path, policies->ruleFiles[i])) owner = sources->owners.at[j];
        for (uint32_t j = 0; owner.len && j < list->files.n; j++)
            if (!str_eq(owner, config_name(store, list->files.at[j].path))) settings[j]->on[policies->rules[i]->number] = false;
    }
}

static int run(int argc, char **argv) {
    const Command *command = &check_command;
    OptionParser parser = {.command = command, .argc = argc, .argv = argv};
    Arena arena = {0};
    InputList list = {.arena = &arena};
    PolicySources policies = {.files.arena = &arena};
    ReportSettings report = {.format = report_formats, .colour = colour_by_default()};
    ReportFiles outputs = {.arena = &arena};
    const char *baseline = NULL, *newBaseline = NULL;
    RunSettings settings = {0};
    CommandSettings commandLine = {0};
    WordList paths = {0};
    int code = 0;
    long processors = sysconf(_SC_NPROCESSORS_ONLN), threads = processors > 0 ? processors : 1;
    bool render = false;
    for (Parsed parsed; (parsed = option_next(&parser)).option != OPTION_END && code == 0;) {
        if (parsed.option >= CHECK_SETTINGS && parsed.option < CHECK_SETTINGS + SETTING_OPTION_COUNT) {
            SettingOption option = (SettingOption)(parsed.option - CHECK_SETTINGS);
            if (!settings_take(command, &commandLine, &arena, option, parsed.value)) code = 2;
            continue;
        }
        switch (parsed.option) {
        case OPTION_HELP:
            command_help(stdout, command);
            arena_free(&arena);
            return finish_output(0);
        case OPTION_ERROR: code = 2; break;
        case OPTION_OPERAND: ARRAY_PUSH(&arena, &paths, str_of(parsed.value)); break;
        case CHECK_FORMAT:
            if (!take_format(command, "format", parsed.value, &report.format)) code = 2;
            break;
        case CHECK_OUTPUT:
            if (!report_files_add(&outputs, command, parsed.value)) code = 2;
            break;
        case CHECK_BASELINE: baseline = parsed.value; break;
        case CHECK_WRITE_BASELINE: newBaseline = parsed.value; break;
        case CHECK_RENDER: render = true; break;
        case CHECK_POLICY: input_add(&policies.files, str_of(parsed.value)); break;
        case CHECK_LEVELS: settings.podSecurityLevels = report.podSecurityLevels = true; break;
        case CHECK_SHOW_IGNORED: report.showIgnored = true; break;
        case CHECK_QUIET: report.quiet = true; break;
        case CHECK_COLOUR:
            if (!take_colour(command, parsed.value, &report.colour)) code = 2;
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
    ConfigStore *store = NULL;
    if (code == 0 && !paths.n && !policies.files.files.n && !policies.files.faults.n)
        code = usage_error(command, "name the files or directories to check, or - for standard input");
    if (code == 0) {
        store = settings_open(&commandLine, &arena);
        find_files(&paths, store, &list);
        add_configured_policies(&policies, store, &list);
    }
    if (code == 0 && (policies.files.files.n || policies.files.faults.n)) {
        settings.policies = policies_read(&arena, &policies.files, &list, (uint16_t)(rule_count + commandLine.rules.n));
        for (uint32_t i = 0; i < settings.policies->ruleCount; i++)
            ARRAY_PUSH(&arena, &commandLine.rules, settings.policies->rules[i]);
        store = settings_open(&commandLine, &arena);
        if (!settings.policies->some)
            code = usage_error(command,
                               "there is no ValidatingAdmissionPolicy in the files that --policy or the configuration names");
    }
    if (code == 0 && baseline && newBaseline) code = usage_error(command, "name either --baseline or --write-baseline");
    Baseline known;
    if (code == 0 && baseline && !baseline_read(&known, &arena, baseline)) code = 2;
    if (code) {
        arena_free(&arena);
        return code;
    }
    const FileSettings *here = config_settings(store, S("-"), NULL);
    render_cut_input(&list);
    StrList kustomizations = kustomize_read(&list);
    if (render && !render_add(&list, kustomizations, here->minors[here->minorCount - 1])) code = 2;
    const FileSettings **files = file_settings(store, &list);
    bool good = settings_good(command, store);
    if (settings.policies) limit_policies(settings.policies, &policies, store, &list, files);
    if (good && !commandLine.layer.line[SETTING_POD_SECURITY] && !settings.podSecurityLevels &&
        lacks_level(files, list.files.n)) {
        usage_error(command, "only rules of Pod Security are selected; name their level with --pod-security");
        good = false;
    }
    if (!good) {
        arena_free(&arena);
        return 2;
    }
    if (threads > (long)list.files.n) threads = list.files.n ? (long)list.files.n : 1;
    settings.threads = (unsigned)threads;
    join_versions(&report, files, list.files.n);
    settings.files = files;
    FileSettings policyFile = strict_settings(&arena, here);
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
    if (baseline) baseline_apply(&known, &arena, &run);
    for (uint32_t i = 0; i < run.fileCount; i++) {
        if (!run.files[i].error.at) continue;
        fprintf(stderr, "podlint: cannot read %.*s: %.*s\n", (int)run.files[i].name.len, run.files[i].name.at,
                (int)run.files[i].error.len, run.files[i].error.at);
        code = 2;
    }
    if (!report_files_write(&outputs, &run, &report)) code = 2;
    if (code == 0 && run.failed) code = 1;
    for (long i = 0; i < threads; i++) arena_free(&arenas[i]);
    arena_free(&arena);
    return finish_output(code);
}
