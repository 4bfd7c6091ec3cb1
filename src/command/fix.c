/* podlint fix: the files are gathered as for a check, mended in memory, and then written, or shown as differences. */
#include <errno.h>
#include <unistd.h>

#include "base/visible.h"
#include "run/definitions.h"
#include "fix/fix.h"
#include "fix/ignores.h"
#include "fix/save.h"
#include "fix/line_diff.h"
#include "input/expectations.h"
#include "input/kustomize.h"
#include "patterns.h"
#include "setting_options.h"

enum {
    FIX_DIFF,
    FIX_CHECK,
    FIX_UNSAFE,
    FIX_ADD_IGNORES,
    FIX_REASON,
    FIX_CRDS,
    FIX_SETTINGS,
    FIX_EXCLUDE = FIX_SETTINGS + SETTING_OPTION_COUNT,
    FIX_INCLUDE,
    FIX_NO_EXCLUDE,
    FIX_STDIN_FILENAME,
    FIX_SHOW,
    FIX_QUIET
};

static const Option options[] = {
    {"diff", 'd', NULL, NULL, "Write nothing; print what would change as a unified diff, and exit with 1 if there is any."},
    {"check", 0, NULL, NULL, "Write nothing; name the files that would change, and exit with 1 if there is any."},
    {"unsafe", 0, NULL, NULL, "Mend also where someone else might decide otherwise."},
    {"add-ignores", 0, NULL, NULL,
     "Mend nothing; write a comment to each line in which something is found that ignores it, as in # podlint: ignore RULE."},
    {"reason", 0, "TEXT", NULL, "The reason that these comments give."},
    {"crds", 0, "PATH", NULL,
     "Judge custom resources by the CustomResourceDefinitions of a file or a directory. May be given several times."},
    SETTING_OPTIONS,
    {"exclude", 0, "PATTERN", NULL,
     "Leave out files and folders that match, written as in .gitignore, from the working directory on. May be repeated."},
    {"include", 0, "PATTERN", NULL, "Mend only files that match. May be repeated."},
    {"no-exclude", 0, NULL, NULL,
     "Mend the files that are named, also those that --exclude, the configuration or .gitignore leave out."},
    {"stdin-filename", 0, "NAME", NULL, "Take standard input, -, for this file: its configuration and patterns hold."},
    {"show", 0, NULL, NULL, "Say of each finding that is mended its rule and where something changes, on stderr."},
    {"quiet", 'q', NULL, NULL, "Say nothing of what was mended."},
};

static int run(int argc, char **argv);

const Command fix_command = {
    "fix",
    "PATH...",
    NULL,
    "Mend what can be mended in manifests.",
    "Finds what 'podlint check' finds, and writes what was meant where that is certain: names that are misspelt, fields at the "
    "wrong place, quotes, units, and what rules say of themselves ('podlint explain RULE' shows it). Comments, order, quotes and "
    "layout stay as they are. A file is written only if two YAML readers agree on what changed in it, and if a check finds it "
    "better and nowhere worse.\n\nFixes are safe: the object then means what its author plainly meant. With --unsafe those are "
    "made too that are somebody's decision. --select mends what some rules find. Templates, and what charts and kustomizations "
    "are rendered to, are left alone. With - the mended text of standard input is printed.",
    options,
    COUNT(options),
    "  podlint fix deploy/                          mend everything below a directory\n"
    "  podlint fix --diff .                         show what would change\n"
    "  podlint fix --select unknown-field .         only misspelt and misplaced fields\n"
    "  podlint fix --unsafe --pod-security restricted .    and harden the pods\n",
    "  0  done, or nothing to do\n  1  something would change, with --diff or --check\n  2  wrong usage, or a file could not be "
    "read or written\n",
    run};

typedef struct FixRequest {
    Arena *arena;
    bool diff, check, unsafe, quiet, addIgnores, show;
    const char *reason;
    ARRAY(Str) paths;
    CommandSettings settings;
    InputList crds, files;
    FilePatterns patterns;
    const char *stdinName;
    Str input; /* its text; at is NULL if it is not to be mended */
    ConfigStore *store;
    RunSettings how;
} FixRequest;

static bool take(void *request, Parsed parsed) {
    FixRequest *c = request;
    if (parsed.option >= FIX_SETTINGS && parsed.option < FIX_SETTINGS + SETTING_OPTION_COUNT)
        return settings_take(&fix_command, &c->settings, c->arena, (SettingOption)(parsed.option - FIX_SETTINGS), parsed.value);
    switch (parsed.option) {
    case OPTION_OPERAND: ARRAY_PUSH(c->arena, &c->paths, str_of(parsed.value)); break;
    case FIX_DIFF: c->diff = true; break;
    case FIX_CHECK: c->check = true; break;
    case FIX_UNSAFE: c->unsafe = true; break;
    case FIX_ADD_IGNORES: c->addIgnores = true; break;
    case FIX_REASON: c->reason = parsed.value; break;
    case FIX_CRDS: input_add(&c->crds, str_of(parsed.value)); break;
    case FIX_EXCLUDE: patterns_add(&c->patterns.exclude, c->arena, parsed.value); break;
    case FIX_INCLUDE: patterns_add(&c->patterns.include, c->arena, parsed.value); break;
    case FIX_NO_EXCLUDE: c->files.all = true; break;
    case FIX_STDIN_FILENAME: c->stdinName = parsed.value; break;
    case FIX_SHOW: c->show = true; break;
    case FIX_QUIET: c->quiet = true; break;
    default: break;
    }
    return true;
}

static Str leaves_out(void *request, Str path, bool directory) {
    FixRequest *c = request;
    return patterns_leave_out(&c->patterns, c->arena, c->store, path, directory);
}

static bool is_stdin(const FixRequest *c, Str name) {
    return str_eq(name, S("-")) || (c->stdinName && str_eq(name, str_of(c->stdinName)));
}

/* Adds standard input, under the name that it has; false after telling why it cannot be read. */
static bool add_stdin(FixRequest *c) {
    Source source;
    SourceError error = source_read(&source, c->arena, S("-"));
    if (error) {
        tell_error("podlint: cannot read standard input: %s", source_error_text(c->arena, error, errno).at);
        return false;
    }
    c->input = source.text;
    if (c->stdinName)
        input_add_text(&c->files, str_of(c->stdinName), source.text);
    else
        ARRAY_PUSH(c->arena, &c->files.files, (InputFile){.path = S("-"), .named = true, .text = source.text});
    return true;
}

/* Finds the files, and how each is judged. Returns 0, or 2 after telling what is wrong. */
static int gather(FixRequest *c) {
    if (!c->paths.n) return usage_error(&fix_command, "name the files or directories to mend, or - for standard input");
    if (c->reason && !c->addIgnores) return usage_error(&fix_command, "--reason is for --add-ignores");
    if (c->reason && (strchr(c->reason, '\n') || strchr(c->reason, '\r')))
        return usage_error(&fix_command, "--reason takes one line");
    c->store = settings_open(&c->settings, c->arena);
    c->files.arena = c->arena;
    c->files.leaves_out = leaves_out;
    c->files.context = c;
    for (uint32_t i = 0; i < c->paths.n; i++) {
        if (!str_eq(c->paths.at[i], S("-")))
            input_add(&c->files, c->paths.at[i]);
        else if (!add_stdin(c))
            return 2;
    }
    if (!(c->how.crds = definitions_open(&c->crds, config_crds(c->store)))) return 2;
    kustomize_read(&c->files);
    expectations_read(&c->files);
    const FileSettings **settings = NEW_ARRAY(c->arena, const FileSettings *, c->files.files.n + 1);
    for (uint32_t i = 0; i < c->files.files.n; i++) settings[i] = config_settings(c->store, c->files.files.at[i].path, NULL);
    c->how.files = settings;
    c->how.pods = config_pods(c->store);
    return settings_good(&fix_command, c->store) ? 0 : 2;
}

/* Writing. */

static const char *plural(uint32_t n) {
    return n == 1 ? "" : "s";
}

/* Prints a text as it is, for patch, but nothing in it that a terminal obeys to a terminal. */
static void put_shown(Arena *arena, Str text) {
    if (!isatty(STDOUT_FILENO)) {
        fwrite(text.at, 1, text.len, stdout);
        return;
    }
    while (text.len) {
        ptrdiff_t end = str_find(text, '\n');
        Str line = {text.at, end < 0 ? text.len : (size_t)end};
        printf("%.*s\n", TEXT(visible(arena, line)));
        text = str_slice(text, line.len + 1);
    }
}

/* Writes or shows what was mended, and returns the exit code. */
static int write_all(FixRequest *c, const FixResult *result) {
    int code = 0;
    uint32_t written = 0;
    for (uint32_t i = 0; i < result->files.n; i++) {
        const FixedFile *file = &result->files.at[i];
        Str name = visible(c->arena, file->name);
        for (uint32_t j = 0; c->show && j < file->findings.n; j++)
            tell_error("%.*s: %.*s%s: %.*s", TEXT(name), TEXT(file->findings.at[j].rule->name),
                       file->findings.at[j].safe ? "" : " (unsafe)", TEXT(file->findings.at[j].places));
        if (c->diff || c->check) {
            Buf out = {.arena = c->arena};
            if (c->diff) line_diff(&out, name, file->before, file->after);
            if (c->check && !c->diff) buf_format(&out, "%.*s\n", TEXT(name));
            put_shown(c->arena, buf_text(&out));
            code = code ? code : 1;
        } else if (!is_stdin(c, file->name)) {
            if (!fix_save(file))
                code = 2;
            else if (++written && !c->quiet)
                printf("%.*s: %u %s\n", TEXT(name), file->fixes, c->addIgnores ? "ignored" : "mended");
        }
    }
    for (uint32_t i = 0; i < c->files.files.n; i++) /* what is left out goes through as it is */
        if (is_stdin(c, c->files.files.at[i].path)) c->input = c->files.files.at[i].text;
    if (c->input.at && !c->diff && !c->check) fwrite(c->input.at, 1, c->input.len, stdout);
    for (uint32_t i = 0; i < c->files.faults.n; i++) {
        tell_error("podlint: cannot read %.*s: %s", TEXT(c->files.faults.at[i].path),
                   source_error_text(c->arena, SOURCE_CANNOT_READ, c->files.faults.at[i].error).at);
        code = 2;
    }
    if (c->quiet) return code;
    if (result->unsafe)
        tell_error("podlint: %u more finding%s can be mended with --unsafe", result->unsafe, plural(result->unsafe));
    return code;
}

static int run(int argc, char **argv) {
    Arena arena = {0};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    FixRequest c = {.arena = &arena, .crds.arena = &arena, .how.threads = processors > 0 ? (unsigned)processors : 1};
    FixResult result = {0};
    int code = read_options(&fix_command, argc, argv, take, &c);
    if (code == 0) code = gather(&c);
    if (code == 0) {
        if (c.addIgnores)
            ignores_add(&result, &arena, &c.files, &c.how, str_trim(str_of(c.reason ? c.reason : "")));
        else
            fix_files(&result, &arena, &c.files, &c.how, c.unsafe);
        code = write_all(&c, &result);
    }
    crds_free(c.how.crds);
    arena_free(&arena);
    return finish_output(code);
}
