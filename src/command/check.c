/* podlint check: read_options takes the command line, `gather` finds the files and settles how each is judged, `judge` runs the
 * check and holds it against a baseline, `write_reports` says what was found. Everything stands in one CheckRequest that goes
 * from one to the next. The order in `gather` matters: configurations name policies, policies are rules, and only with all rules
 * known can the configurations be resolved. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/visible.h"
#include "run/baseline.h"
#include "run/policy_sources.h"
#include "run/run.h"
#include "fix/save.h"
#include "input/expectations.h"
#include "input/render.h"
#include "run/definitions.h"
#include "admission_options.h"
#include "patterns.h"
#include "report_files.h"
#include "setting_options.h"

enum {
    CHECK_FORMAT,
    CHECK_OUTPUT,
    CHECK_BASELINE,
    CHECK_WRITE_BASELINE,
    CHECK_RENDER,
    CHECK_POLICY,
    CHECK_CRDS,
    CHECK_REQUIRE_SCHEMAS,
    CHECK_CLUSTER,
    CHECK_NAMESPACE,
    CHECK_SETTINGS,
    CHECK_LEVELS = CHECK_SETTINGS + SETTING_OPTION_COUNT,
    CHECK_SHOW_IGNORED,
    CHECK_SHOW_FILES,
    CHECK_STATISTICS,
    CHECK_EXCLUDE,
    CHECK_INCLUDE,
    CHECK_NO_EXCLUDE,
    CHECK_FOLLOW,
    CHECK_STDIN_FILENAME,
    CHECK_FAIL_IF_EMPTY,
    CHECK_MAX_FINDINGS,
    CHECK_QUIET,
    CHECK_COLOUR,
    CHECK_THREADS,
    CHECK_FIX
};

/* Of a rule in a file: more than anybody reads, so that only what is made to drown a report is cut. */
enum { MAX_FINDINGS = 1000 };

static const Option options[] = {
    {"format", 'f', "FORMAT", list_formats, "How findings are written:"},
    {"output", 'o', "FORMAT=FILE", list_formats,
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
    {"crds", 0, "PATH", NULL,
     "Judge custom resources by the CustomResourceDefinitions of a file or a directory. May be given several times. Definitions "
     "in "
     ".podlint/crds and among the files that are checked count, too."},
    {"require-schemas", 0, NULL, NULL, "Report custom resources whose definition is not known as errors."},
    ADMISSION_OPTIONS,
    SETTING_OPTIONS,
    {"pod-security-levels", 0, NULL, NULL,
     "Say for each object which Pod Security level it meets, and which checks keep it from the stricter ones, by the rules of "
     "--pod-security's version."},
    {"show-ignored", 0, NULL, NULL,
     "Report also what comments and annotations ignore, with their reasons, as text, concise or json."},
    {"show-files", 0, NULL, NULL,
     "List every .yaml, .yml and .json file below PATH, instead of findings: what each of its documents is taken for and why, or "
     "why it is left out. As text, or with --format json."},
    {"statistics", 0, NULL, NULL,
     "Count findings by rule, and objects that are not judged by kind, instead of listing them. As text, or with --format json."},
    {"exclude", 0, "PATTERN", NULL,
     "Leave out files and folders that match, written as in .gitignore, from the working directory on. May be repeated."},
    {"include", 0, "PATTERN", NULL, "Read only files that match. May be repeated."},
    {"no-exclude", 0, NULL, NULL,
     "Read the files that are named, also those that --exclude, the configuration or .gitignore leave out, and templates of "
     "charts."},
    {"follow", 0, NULL, NULL, "Follow symbolic links to folders, and out of the folders that are named."},
    {"stdin-filename", 0, "NAME", NULL,
     "Take standard input, -, for this file: its configuration, patterns and kustomization hold, and findings name it."},
    {"fail-if-empty", 0, NULL, NULL, "Exit with 2 if there is no manifest at all."},
    {"max-findings", 0, "N", NULL,
     "Report at most so many findings of a rule in a file, and count the others (1000); 0 stands for all, of one object at most "
     "1000. It changes neither the sums nor how the run ends."},
    {"quiet", 'q', NULL, NULL, "No summary."},
    {"color", 0, "WHEN", list_colours, ""},
    {"threads", 'j', "N", NULL, "How many files are read at once. Default: one a processor."},
    {"fix", 0, NULL, NULL, "Mend first what can be mended safely, as 'podlint fix' does, and report what remains."},
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
    "hidden ones and those that .gitignore names), or - for standard input. What says that it is a manifest is judged, also "
    "inside Lists: pods, what makes pods, the built-in kinds around them, and custom resources whose definition is known. "
    "Templates, values and files of other programs are counted; --show-files lists what everything is taken for, and "
    "'podlint explain files' tells how.\n\nThe kustomizations in PATH, and "
    "above it in the same repository, tell which files are not whole manifests. A strategic merge patch, in a file or inside of "
    "a kustomization, is judged as "
    "partial: what is written in it has to be right, what is missing stands elsewhere; the summary counts these, and what "
    "tests compare with a cluster. Resources are judged with the labels, names, namespaces, images and replicas that "
    "kustomizations give them, and what a patch writes is not missing in them. So it is with what Flux, Argo CD and skaffold "
    "apply. Values that are filled in later, such as ${TAG}, may be anything, unless Flux or a kustomization of the run says "
    "what they are. The templates of Helm charts are left out "
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
    "check --format json pod.yaml         for a program\n  podlint check --select "
    "yaml,schema,api .    only what the server refuses\n  podlint check --pod-security restricted .    and what a restricted "
    "namespace "
    "would refuse\n",
    EXIT_CODES,
    run};

/* A check: what the command line asks for, and what becomes of it. */
typedef struct CheckRequest {
    Arena *arena;
    WordList paths;
    CommandSettings settings;
    PolicySources policies;
    InputList crds;
    WordList clusterFiles;
    Deciders cluster;
    const char *baseline, *newBaseline;
    bool render;
    bool showFiles, statistics, failIfEmpty;
    FilePatterns patterns;
    const char *stdinName;
    long threads, maxFindings;
    bool fix; /* mend the files first */
    ReportSettings report;
    ReportFiles outputs;
    /* gather: */
    ConfigStore *store;
    InputList files;
    Baseline known;
    /* judge: */
    RunSettings how;
    Run result;
    Arena *arenas;   /* of the threads */
    bool incomplete; /* something could not be read, rendered or written, which was told */
} CheckRequest;

static bool take_number(const char *value, const char *option, int64_t least, int64_t most, long *out) {
    int64_t number;
    if (!int_parse(str_of(value), least, most, &number)) {
        usage_error(&check_command, "%s takes a number from %lld to %lld", option, (long long)least, (long long)most);
        return false;
    }
    *out = (long)number;
    return true;
}

static bool take(void *request, Parsed parsed) {
    const Command *command = &check_command;
    CheckRequest *c = request;
    if (parsed.option >= CHECK_SETTINGS && parsed.option < CHECK_SETTINGS + SETTING_OPTION_COUNT)
        return settings_take(command, &c->settings, c->arena, (SettingOption)(parsed.option - CHECK_SETTINGS), parsed.value);
    switch (parsed.option) {
    case OPTION_OPERAND: ARRAY_PUSH(c->arena, &c->paths, str_of(parsed.value)); break;
    case CHECK_FORMAT: return take_format(command, "format", parsed.value, &c->report.format);
    case CHECK_OUTPUT: return report_files_add(&c->outputs, command, parsed.value);
    case CHECK_BASELINE: c->baseline = parsed.value; break;
    case CHECK_WRITE_BASELINE: c->newBaseline = parsed.value; break;
    case CHECK_RENDER: c->render = true; break;
    case CHECK_POLICY: input_add(&c->policies.files, str_of(parsed.value)); break;
    case CHECK_CRDS: input_add(&c->crds, str_of(parsed.value)); break;
    case CHECK_REQUIRE_SCHEMAS: c->how.requireSchemas = true; break;
    case CHECK_CLUSTER: ARRAY_PUSH(c->arena, &c->clusterFiles, str_of(parsed.value)); break;
    case CHECK_NAMESPACE: c->cluster.namespace_ = str_of(parsed.value); break;
    case CHECK_LEVELS: c->how.podSecurityLevels = c->report.podSecurityLevels = true; break;
    case CHECK_SHOW_IGNORED: c->report.showIgnored = true; break;
    case CHECK_SHOW_FILES: c->showFiles = true; break;
    case CHECK_STATISTICS: c->statistics = true; break;
    case CHECK_EXCLUDE: patterns_add(&c->patterns.exclude, c->arena, parsed.value); break;
    case CHECK_INCLUDE: patterns_add(&c->patterns.include, c->arena, parsed.value); break;
    case CHECK_NO_EXCLUDE: c->files.all = true; break;
    case CHECK_FOLLOW: c->files.follow = c->policies.files.follow = c->crds.follow = true; break;
    case CHECK_STDIN_FILENAME: c->stdinName = parsed.value; break;
    case CHECK_FAIL_IF_EMPTY: c->failIfEmpty = true; break;
    case CHECK_MAX_FINDINGS: return take_number(parsed.value, "--max-findings", 0, INT32_MAX, &c->maxFindings);
    case CHECK_QUIET: c->report.quiet = true; break;
    case CHECK_COLOUR: return take_colour(command, parsed.value, &c->report.colour);
    case CHECK_FIX: c->fix = true; break;
    case CHECK_THREADS: return take_number(parsed.value, "--threads", 1, 256, &c->threads);
    default: break;
    }
    return true;
}

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

/* Whether only rules of Pod Security are asked for, but of no file a level of it. */
static bool lacks_level(const FileSettings *const *files, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (files[i]->podSecurity.level || !only_pod_security(&files[i]->rules, files[i]->on)) return false;
    return count > 0;
}

static bool has_policies(const CheckRequest *c) {
    return c->policies.files.files.n || c->policies.files.faults.n;
}

/* Reads the policies, which are rules from then on. */
static int read_policies(CheckRequest *c) {
    policy_sources_add(&c->policies, c->store, &c->files);
    if (!has_policies(c)) return 0;
    uint16_t number = (uint16_t)(rule_count + c->settings.rules.n);
    Policies *policies = c->how.policies = policies_read(c->arena, &c->policies.files, &c->files, number);
    for (uint32_t i = 0; i < policies->ruleCount; i++) ARRAY_PUSH(c->arena, &c->settings.rules, policies->rules[i]);
    c->store = settings_open(&c->settings, c->arena);
    if (policies->some) return 0;
    return usage_error(&check_command,
                       "there is no ValidatingAdmissionPolicy in the files that --policy or the configuration names");
}

/* How each file is judged. */
static int settle(CheckRequest *c) {
    uint32_t count = c->files.files.n;
    const FileSettings **files = NEW_ARRAY(c->arena, const FileSettings *, count + 1);
    for (uint32_t i = 0; i < count; i++) files[i] = config_settings(c->store, c->files.files.at[i].path, NULL);
    c->how.files = files;
    c->how.pods = config_pods(c->store);
    if (!settings_good(&check_command, c->store)) return 2;
    if (c->how.policies) policy_sources_limit(c->how.policies, &c->policies, c->store, &c->files, files);
    c->how.policyFile = policy_settings(c->arena, config_settings(c->store, S("-"), NULL));
    if (c->settings.layer.line[SETTING_POD_SECURITY] || c->how.podSecurityLevels || !lacks_level(files, count)) return 0;
    return usage_error(&check_command, "only rules of Pod Security are selected; name their level with --pod-security");
}

static Str leaves_out(void *request, Str path, bool directory) {
    CheckRequest *c = request;
    return patterns_leave_out(&c->patterns, c->arena, c->store, path, directory);
}

/* Adds what is named. Standard input may stand for a file. */
static bool add_paths(CheckRequest *c) {
    for (uint32_t i = 0; i < c->paths.n; i++) {
        if (!c->stdinName || !str_eq(c->paths.at[i], S("-"))) {
            input_add(&c->files, c->paths.at[i]);
            continue;
        }
        Source source;
        SourceError error = source_read(&source, c->arena, S("-"));
        if (error) {
            tell_error("podlint: cannot read standard input: %s", source_error_text(c->arena, error, errno).at);
            return false;
        }
        input_add_text(&c->files, str_of(c->stdinName), source.text);
    }
    return true;
}

/* Whether what takes the place of findings can be written in the format that was asked for. */
static bool writes_lists(const CheckRequest *c) {
    const char *option = c->showFiles ? "show-files" : "statistics", *format = c->report.format->name;
    bool known = c->report.format == report_formats || strcmp(format, "concise") == 0 || strcmp(format, "json") == 0;
    if (c->showFiles && c->statistics && strcmp(format, "json") == 0)
        usage_error(&check_command, "--format json writes either --show-files or --statistics");
    else if (!known)
        usage_error(&check_command, "--%s is written as text or json, not as %s", option, format);
    else if (c->outputs.items.n)
        usage_error(&check_command, "--%s writes to standard output; leave out --output", option);
    else
        return true;
    return false;
}

/* Finds the files, and all that says how they are judged. Returns 0, or 2 after telling why the run cannot begin. */
static int gather(CheckRequest *c) {
    if (!c->paths.n && !has_policies(c))
        return usage_error(&check_command, "name the files or directories to check, or - for standard input");
    for (uint32_t i = 0; c->fix && i < c->paths.n; i++)
        if (str_eq(c->paths.at[i], S("-")))
            return usage_error(&check_command, "--fix mends files; for standard input there is podlint fix -");
    if (c->fix && c->render) return usage_error(&check_command, "--fix mends files, not what they are rendered to");
    if (c->baseline && c->newBaseline) return usage_error(&check_command, "name either --baseline or --write-baseline");
    if (c->newBaseline && strcmp(c->newBaseline, "-") == 0)
        return usage_error(&check_command,
                           "--write-baseline takes the name of a file, as in --write-baseline .podlint-baseline.json");
    if ((c->showFiles || c->statistics) && !writes_lists(c)) return 2;
    if (c->stdinName && !str_in(S("-"), c->paths.at, c->paths.n))
        return usage_error(&check_command, "--stdin-filename names standard input, which is not read; add - to the command line");
    c->store = settings_open(&c->settings, c->arena);
    c->files.arena = c->arena;
    c->files.leaves_out = leaves_out;
    c->files.context = c;
    if (!add_paths(c)) return 2;
    if (read_policies(c)) return 2;
    if (!(c->how.crds = definitions_open(&c->crds, config_crds(c->store)))) return 2;
    if (c->baseline && !baseline_read(&c->known, c->arena, c->baseline)) return 2;
    render_cut_input(&c->files);
    StrList kustomizations = kustomize_read(&c->files);
    input_take_kustomizations(&c->files);
    expectations_read(&c->files);
    const FileSettings *here = config_settings(c->store, S("-"), NULL);
    if (c->render) c->incomplete = !render_add(&c->files, kustomizations, here->minors[here->minorCount - 1]);
    return settle(c);
}

/* Whether a file says something that was read. What does not may be the report of an earlier run. */
static bool has_input(const ResultFile *file) {
    for (uint32_t i = 0; i < file->documentCount; i++)
        if (file->documents[i].class != CLASS_SETTINGS && file->documents[i].class != CLASS_TEXT) return true;
    return false;
}

static bool same_file(const struct stat *output, Str input) {
    struct stat st;
    return stat(input.at, &st) == 0 && st.st_dev == output->st_dev && st.st_ino == output->st_ino;
}

/* Whether writing `path` would put an end to something that this run has read; told on stderr. */
static bool overwrites(const CheckRequest *c, const char *option, const char *path) {
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) return false;
    bool found = c->baseline && same_file(&st, str_of(c->baseline));
    for (uint32_t i = 0; i < c->paths.n && !found; i++) found = same_file(&st, c->paths.at[i]);
    for (uint32_t i = 0; i < c->result.fileCount && !found; i++) {
        const ResultFile *file = &c->result.files[i];
        Str config = config_name(c->store, file->name);
        found = (has_input(file) && same_file(&st, file->name)) || (config.len && same_file(&st, config));
    }
    if (found) usage_error(&check_command, "--%s would overwrite %s, which this run reads", option, path);
    return found;
}

static bool spares_inputs(const CheckRequest *c) {
    for (uint32_t i = 0; i < c->outputs.items.n; i++)
        if (overwrites(c, "output", c->outputs.items.at[i].path)) return false;
    return !c->newBaseline || !overwrites(c, "write-baseline", c->newBaseline);
}

/* Mends the files first. */
static void mend(CheckRequest *c) {
    FixResult fixes;
    fix_files(&fixes, c->arena, &c->files, &c->how, false);
    for (uint32_t i = 0; i < fixes.files.n; i++) c->incomplete |= !fix_save(&fixes.files.at[i]);
    if (fixes.fixes && !c->report.quiet)
        tell_error("podlint: %u mended in %u %s", fixes.fixes, fixes.files.n, fixes.files.n == 1 ? "file" : "files");
}

/* Runs the check. Returns 0, or 2 after telling which of the files to write is one that was read. */
static int judge(CheckRequest *c) {
    uint32_t most = c->files.files.n ? c->files.files.n : 1;
    c->cluster.arena = c->cluster.byKind.arena = c->arena;
    if (!read_cluster(&c->cluster, &c->clusterFiles, VERSION_LAST)) return 2;
    c->how.cluster = &c->cluster;
    c->how.threads = c->threads < (long)most ? (unsigned)c->threads : most;
    c->arenas = NEW_ARRAY(c->arena, Arena, c->how.threads);
    if (c->fix) mend(c);
    run_check(&c->result, &c->files, &c->how, c->arenas);
    c->incomplete |= !definitions_good(c->how.crds);
    if (!spares_inputs(c)) return 2;
    if (c->newBaseline) {
        baseline_gather(&c->known, c->arena, c->newBaseline, &c->result);
        bool written = baseline_write(&c->known, c->newBaseline);
        c->incomplete |= !written;
        if (written) c->baseline = c->newBaseline;
    }
    if (c->baseline) baseline_apply(&c->known, c->arena, &c->result);
    return 0;
}

/* The versions that any file is judged for. */
static void join_versions(ReportSettings *report, const FileSettings *const *files, uint32_t count) {
    SettingsLayer all = {.minors = {VERSION_LAST}, .minorCount = count == 0};
    for (uint32_t i = 0; i < count; i++)
        for (uint8_t j = 0; j < files[i]->minorCount; j++) settings_add_version(&all, files[i]->minors[j]);
    report->minorCount = all.minorCount;
    memcpy(report->minors, all.minors, sizeof all.minors);
}

/* Writes the reports and returns the exit code. */
static int write_reports(CheckRequest *c) {
    for (uint32_t i = 0; i < c->result.fileCount; i++) {
        const ResultFile *file = &c->result.files[i];
        if (!file->error.at) continue;
        tell_error("podlint: cannot read %.*s: %.*s", TEXT(file->name), TEXT(file->error));
        c->incomplete = true;
    }
    if (c->files.linksOut)
        tell_error("podlint: %u symbolic %s out of the folders that are named and %s not read: %.*s%s; --follow reads them",
                   c->files.linksOut, c->files.linksOut == 1 ? "link leads" : "links lead", c->files.linksOut == 1 ? "is" : "are",
                   TEXT(c->files.firstLinkOut), c->files.linksOut > 1 ? " and more" : "");
    bool empty = !c->result.accepted && !c->result.rejected && c->paths.n;
    if (empty) fputs("podlint: no manifest was judged; --show-files tells what the files are taken for\n", stderr);
    if (empty && c->failIfEmpty) c->incomplete = true;
    if (c->showFiles || c->statistics) {
        bool json = strcmp(c->report.format->name, "json") == 0;
        if (c->showFiles) report_show_files(stdout, &c->result, &c->files, json);
        if (c->statistics) report_statistics(stdout, &c->result, json);
        return c->incomplete ? 2 : c->result.failed && !c->showFiles ? 1 : 0;
    }
    fix_offer(&c->result, c->arenas, &c->files, &c->how);
    run_cut(&c->result, c->arena, (uint32_t)c->maxFindings);
    if (c->result.notShown)
        tell_error("podlint: %u findings are not shown: the report has the first %ld of each rule in a file; --max-findings 0 "
                   "shows all, of one object the first %d",
                   c->result.notShown, c->maxFindings, DIAG_MOST);
    join_versions(&c->report, c->how.files, c->files.files.n);
    c->incomplete |= !report_files_write(&c->outputs, &c->result, &c->report);
    return c->incomplete ? 2 : c->result.failed ? 1 : 0;
}

static int run(int argc, char **argv) {
    Arena arena = {0};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    CheckRequest c = {.arena = &arena,
                      .policies.files.arena = &arena,
                      .crds.arena = &arena,
                      .outputs.arena = &arena,
                      .threads = processors > 0 ? processors : 1,
                      .maxFindings = MAX_FINDINGS,
                      .report = {.format = report_formats, .colour = colour_by_default()}};
    int code = read_options(&check_command, argc, argv, take, &c);
    if (code == 0) code = gather(&c);
    if (code == 0) code = judge(&c);
    if (code == 0) code = write_reports(&c);
    crds_free(c.how.crds);
    for (unsigned i = 0; i < c.how.threads; i++) arena_free(&c.arenas[i]);
    arena_free(&arena);
    return finish_output(code);
}
