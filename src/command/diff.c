#include "base/visible.h"
#include "diff/diff_report.h"
#include "diff/git.h"
#include "input/input.h"
#include "command.h"
#include "run/definitions.h"

enum { DIFF_GIT, DIFF_STAGED, DIFF_HOW, DIFF_CRDS, DIFF_FORMAT, DIFF_FAIL_ON, DIFF_VERSION, DIFF_QUIET, DIFF_COLOUR };

static void list_formats(Choices *out) {
    choice_add(out, "text", DIFF_TEXT, "the default");
    choice_add(out, "concise", DIFF_CONCISE, "one line a change");
    choice_add(out, "json", DIFF_JSON, NULL);
}

enum { EFFECT_NEVER = EFFECT_REFUSED + 1 };

static void list_levels(Choices *out) {
    choice_add(out, "refused", EFFECT_REFUSED, "default");
    choice_add(out, "recreate", EFFECT_RECREATE, NULL);
    choice_add(out, "rollout", EFFECT_ROLLOUT, NULL);
    choice_add(out, "never", EFFECT_NEVER, NULL);
}

static void list_hows(Choices *out) {
    choice_add(out, "apply", HOW_APPLY, "kubectl apply and helm upgrade");
    choice_add(out, "server-side", HOW_SERVER_SIDE, "kubectl apply --server-side");
    choice_add(out, "replace", HOW_REPLACE, "kubectl replace");
}

static const Option options[] = {
    {"git", 0, "[REF]", NULL,
     "Compare the work tree with a revision, or two revisions: A..B. The operands then limit it to paths. At the end of the "
     "command line, or before another option, --git alone means --git HEAD."},
    {"staged", 0, NULL, NULL, "Compare what is staged with HEAD, or with the revision of --git."},
    {"how", 0, "WAY", list_hows,
     "How the new objects are sent. Default: what is true for both ways to apply, with a word where they differ. It is one of:"},
    {"crds", 0, "PATH", NULL,
     "Compare custom resources by the CustomResourceDefinitions in a file or a directory, with their rules about changes. May be "
     "given several times. Those that 'podlint crds add' keeps count by themselves, and behind them those that stand in what is "
     "compared: each side by its own."},
    {"format", 'f', "FORMAT", list_formats, ""},
    {"fail-on", 0, "EFFECT", list_levels, "Exit with 1 from this effect on:"},
    {"kubernetes-version", 0, "VERSION", list_versions, "The API server to speak for: " VERSION_RANGE ". Default: the newest."},
    {"quiet", 'q', NULL, NULL, "No summary."},
    {"color", 0, "WHEN", list_colours, ""},
};

static int run(int argc, char **argv);

const Command diff_command = {
    "diff",
    "OLD NEW",
    NULL,
    "Say what a change to manifests would do.",
    "Compares two files or directories, or with --git or --staged two states of a repository, and says of every changed object "
    "what applying it would do: nothing, change in place, resize, roll out new pods, need another object, or be refused by the "
    "API server because a field cannot change. Objects are paired by kind, namespace and name, wherever they stand; items of "
    "keyed lists by their keys.",
    options,
    COUNT(options),
    "  podlint diff old.yaml new.yaml               two files\n  podlint diff --git HEAD                      what is not "
    "committed\n  podlint diff --git main..HEAD deploy/        what a branch changes below a directory\n  podlint diff --staged  "
    "                      for a pre-commit hook\n",
    "  0  no change has an effect at or above --fail-on\n  1  some change has\n  2  wrong usage, or something could not be "
    "read\n",
    run};

static void add_side(DiffSide *side, Str path, uint8_t minor) {
    InputList list = {.arena = side->arena};
    input_add(&list, path);
    for (uint32_t i = 0; i < list.faults.n; i++) {
        Str name = str_of(list.faults.at[i].path.at);
        diff_add_unread(side, name, str_slice(name, path.len),
                        source_error_text(side->arena, SOURCE_CANNOT_READ, list.faults.at[i].error));
    }
    for (uint32_t i = 0; i < list.files.n; i++) {
        Str name = list.files.at[i].path;
        diff_add_file(side, name, str_slice(name, path.len), minor);
    }
}

static void report_unread(const DiffSide *side) {
    for (uint32_t i = 0; i < side->files.n; i++) {
        const DiffFile *file = side->files.at[i];
        if (!file->error.at) continue;
        tell_error("podlint: cannot read %.*s: %.*s", (int)file->source.name.len, file->source.name.at, (int)file->error.len,
                   file->error.at);
    }
}

/* The name of a file at a revision, as git writes it. */
static Str at_revision(Arena *arena, Str revision, Str path) {
    return str_format(arena, "%.*s:%.*s", (int)revision.len, revision.at, (int)path.len, path.at);
}

static void add_git_side(DiffSide *side, const GitSide *file, Str name, Str path, uint8_t minor) {
    if (!file->there) return;
    if (file->error.at)
        diff_add_unread(side, name, path, file->error);
    else
        diff_add_text(side, name, path, file->text, minor);
}

/* What the command line asks for, and the two sides that come of it. */
typedef struct DiffRequest {
    Arena *arena;
    const char *revision; /* of --git, or NULL */
    bool staged;
    ARRAY(Str) operands;
    DiffReport report;
    How how;
    int failOn; /* Effect, or EFFECT_NEVER */
    InputList definitions;
    DiffSide before, after;
} DiffRequest;

static bool take(void *context, Parsed parsed) {
    const Command *command = &diff_command;
    DiffRequest *r = context;
    int number = 0;
    switch (parsed.option) {
    case OPTION_OPERAND: ARRAY_PUSH(r->arena, &r->operands, str_of(parsed.value)); break;
    case DIFF_GIT: r->revision = parsed.value; break;
    case DIFF_STAGED: r->staged = true; break;
    case DIFF_HOW:
        number = choose(command, "how", parsed.value, list_hows);
        r->how = (How)number;
        break;
    case DIFF_CRDS: input_add(&r->definitions, str_of(parsed.value)); break;
    case DIFF_FORMAT:
        number = choose(command, "format", parsed.value, list_formats);
        r->report.format = (DiffFormat)number;
        break;
    case DIFF_FAIL_ON: number = r->failOn = choose(command, "fail-on", parsed.value, list_levels); break;
    case DIFF_VERSION:
        number = parse_version(command, parsed.value);
        r->report.minor = (uint8_t)number;
        break;
    case DIFF_QUIET: r->report.quiet = true; break;
    case DIFF_COLOUR: return take_colour(command, parsed.value, &r->report.colour);
    default: break;
    }
    return number >= 0;
}

/* Reads two states of a repository. */
static int gather_git(DiffRequest *r) {
    const char *revision = r->revision, *dots = revision ? strstr(revision, "..") : NULL;
    GitRange range = {.from = revision && *revision ? str_of(revision) : S("HEAD"), .staged = r->staged};
    if (dots) {
        range.from = dots == revision ? S("HEAD") : (Str){revision, (size_t)(dots - revision)};
        range.to = dots[2] ? str_of(dots + 2) : S("HEAD");
        if (r->staged)
            return usage_error(&diff_command, "--staged compares one revision with the index; --git %s names two", revision);
    }
    GitFiles files = {0};
    const char *error = git_changes(r->arena, &range, r->operands.at, r->operands.n, &files);
    if (error) {
        tell_error("podlint: %s", error);
        return 2;
    }
    for (uint32_t i = 0; i < files.n; i++) {
        const GitFile *file = &files.at[i];
        Str old = at_revision(r->arena, range.from, file->path);
        Str new = range.to.len ? at_revision(r->arena, range.to, file->path) : file->path;
        add_git_side(&r->before, &file->before, old, file->path, r->report.minor);
        add_git_side(&r->after, &file->after, new, file->path, r->report.minor);
    }
    return 0;
}

/* Reads both sides. Returns 0, or 2 after telling why there is nothing to compare. */
static int gather(DiffRequest *r) {
    r->before.arena = r->after.arena = r->arena;
    if (r->revision || r->staged) return gather_git(r);
    if (r->operands.n != 2)
        return usage_error(&diff_command, "name the old and the new file or directory, or compare with --git REF");
    add_side(&r->before, r->operands.at[0], r->report.minor);
    add_side(&r->after, r->operands.at[1], r->report.minor);
    return 0;
}

/* Finds the definitions of custom resources: what is given, what stands on the same side, and what stands on the other. */
static int define(DiffRequest *r) {
    if (!(r->before.crds = definitions_open(&r->definitions, NULL))) return 2;
    r->after.crds = crds_new();
    for (uint32_t i = 0; i < r->definitions.files.n; i++)
        crds_add(r->after.crds, r->definitions.files.at[i].path, r->definitions.files.at[i].text);
    diff_share_definitions(r->before.crds, &r->before);
    diff_share_definitions(r->before.crds, &r->after);
    diff_share_definitions(r->after.crds, &r->after);
    diff_share_definitions(r->after.crds, &r->before);
    return 0;
}

/* Compares the sides, writes what the change would do, and returns the exit code. */
static int compare(DiffRequest *r) {
    DiffResult result;
    report_unread(&r->before);
    report_unread(&r->after);
    diff_compare(&result, r->arena, &r->before, &r->after, r->how);
    diff_report_write(stdout, r->arena, &result, &r->report);
    if (result.unread) return 2;
    for (int effect = r->failOn; effect <= EFFECT_REFUSED; effect++)
        if (result.counts[effect]) return 1;
    for (uint32_t i = 0; i < result.pairs.n && r->failOn != EFFECT_NEVER; i++)
        if (!result.pairs.at[i].applies) return 1;
    return 0;
}

static int run(int argc, char **argv) {
    Arena arena = {0};
    DiffRequest request = {
        .arena = &arena,
        .definitions.arena = &arena,
        .report = {.format = DIFF_TEXT, .minor = VERSION_LAST, .colour = colour_by_default()},
        .failOn = EFFECT_REFUSED,
    };
    int code = read_options(&diff_command, argc, argv, take, &request);
    if (code == 0) code = gather(&request);
    if (code == 0) code = define(&request);
    if (code == 0) code = compare(&request);
    crds_free(request.before.crds);
    crds_free(request.after.crds);
    arena_free(&arena);
    return finish_output(code);
}
