/* git's plumbing finds what differs and reads it, by object ids alone: a name, which may hold any byte, never stands in a line
 * that is read again. Renames are not looked for, since objects are paired wherever they stand.
 *
 * What a repository's configuration could make git run (a file system monitor, filters, hooks, transports for objects that are
 * missing) is switched off. The work tree is read as it is, without filters: whoever checks out what podlint reads does the
 * same. */
#include "git.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/output.h"
#include "base/process.h"
#include "input/input.h"

enum { MOST_LINKS = 8 };

typedef ARRAY(char *) Arguments;

/* The objects that hold the two sides of a file; empty where there is nothing to ask git for. */
typedef struct Ids {
    Str before, after;
} Ids;

typedef struct Git {
    Arena *arena;
    Arguments options; /* that stand in front of every command */
    Str top;           /* of the work tree, real; empty if there is none */
    ARRAY(GitFile) files;
    ARRAY(Ids) ids; /* of the same files */
} Git;

/* Runs git with arguments, the last one NULL, feeding it `input`. */
static Process run_git(Git *git, const char *const *words, Str input) {
    static const char *const environment[] = {"LC_ALL=C", "GIT_NO_LAZY_FETCH=1", "GIT_OPTIONAL_LOCKS=0", NULL};
    Arguments arguments = {0};
    for (uint32_t i = 0; i < git->options.n; i++) ARRAY_PUSH(git->arena, &arguments, git->options.at[i]);
    for (; *words; words++) ARRAY_PUSH(git->arena, &arguments, (char *)(uintptr_t)*words);
    ARRAY_PUSH(git->arena, &arguments, NULL);
    Process process = process_run(git->arena, arguments.at, &(ProcessOptions){.input = input, .environment = environment});
    if (process.failure) process.err = str_format(git->arena, "git cannot be run: %s", process.failure);
    process.err = str_trim(process.err);
    return process;
}

#define GIT(git, ...) run_git((git), (const char *const[]){__VA_ARGS__, NULL}, S(""))

/* What git said of a failure, in one line. */
static const char *complaint(Git *git, Process output) {
    Str text = output.err;
    ptrdiff_t newline = str_find(text, '\n');
    if (newline >= 0) text.len = (size_t)newline;
    if (str_starts(text, S("fatal: "))) text = str_slice(text, 7);
    if (str_has(text, S("not a git repository"))) return "this is not inside a git repository";
    if (str_has(text, S("must be run in a work tree"))) return "this is a bare repository: name two commits, as in --git A..B";
    if (str_has(text, S("outside repository"))) return "a path is outside the repository";
    return text.len ? arena_cstr(git->arena, text) : "git failed";
}

static Str next_field(Str *text, char end) {
    ptrdiff_t at = str_find(*text, end);
    Str field = {text->at, at < 0 ? text->len : (size_t)at};
    *text = str_slice(*text, field.len + 1);
    return field;
}

/* Switches off what the configuration would have git run. */
static void disarm(Git *git) {
    static const char *const fixed[] = {
        "git", "--no-pager",           "-c", "core.fsmonitor=false",   "-c", "core.hooksPath=/dev/null",
        "-c",  "protocol.allow=never", "-c", "submodule.recurse=false"};
    for (size_t i = 0; i < COUNT(fixed); i++) ARRAY_PUSH(git->arena, &git->options, (char *)(uintptr_t)fixed[i]);
    Process filters = GIT(git, "config", "-z", "--name-only", "--get-regexp", "^filter\\..*\\.(clean|process|required)$");
    for (Str rest = filters.out; filters.code == 0 && rest.len;) {
        Str key = next_field(&rest, '\0');
        const char *value = str_ends(key, S(".required")) ? "false" : "";
        ARRAY_PUSH(git->arena, &git->options, (char *)"-c");
        ARRAY_PUSH(git->arena, &git->options, (char *)str_format(git->arena, "%.*s=%s%c", (int)key.len, key.at, value, 0).at);
    }
}

/* The tree of a revision, by its id; an error in words if there is none. */
static const char *find_tree(Git *git, Str revision, Str *id) {
    if (str_starts(revision, S("-")))
        return str_format(git->arena, "\"%.*s\" is not a revision: none begins with a dash%c", (int)revision.len, revision.at, 0)
            .at;
    Str name = str_format(git->arena, "%.*s^{tree}%c", (int)revision.len, revision.at, 0);
    Process tree = GIT(git, "rev-parse", "--verify", "--quiet", "--end-of-options", name.at);
    *id = str_trim(tree.out);
    if (tree.code == 0 && id->len) return NULL;
    if (tree.failure || str_has(tree.err, S("not a git repository"))) return complaint(git, tree);
    if (str_eq(revision, S("HEAD"))) return "the repository has no commit yet, so there is nothing to compare with";
    return str_format(git->arena, "git has no revision \"%.*s\" (is the history shallow?)%c", (int)revision.len, revision.at, 0)
        .at;
}

/* Finding what differs. */

static GitSide unread(const char *why) {
    return (GitSide){.there = true, .error = str_of(why)};
}

/* Reads a file of the work tree, or what a link in it leads to. */
static GitSide read_work_file(Git *git, Str path) {
    Str name = str_format(git->arena, "%.*s/%.*s%c", (int)git->top.len, git->top.at, (int)path.len, path.at, 0);
    Str real = real_path(git->arena, name.at);
    if (!real.at) return unread(strerror(errno));
    if (!str_starts(real, git->top) || real.len == git->top.len || real.at[git->top.len] != '/')
        return unread("it is a symbolic link that leads out of the repository");
    int fd = open(real.at, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0) return unread(strerror(errno));
    struct stat st;
    GitSide side = {.there = true};
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) side = unread("it is not a regular file");
    Buf buf = {.arena = git->arena};
    for (ssize_t n = 1; n != 0 && !side.error.at;) {
        enum { BLOCK = 65536 };
        n = read(fd, buf_reserve(&buf, BLOCK), BLOCK);
        if (n > 0) buf.len += (size_t)n;
        if (buf.len > SOURCE_MAX_BYTES) side.error = source_error_text(git->arena, SOURCE_TOO_LARGE, 0);
        if (n < 0 && errno != EINTR) side.error = str_of(strerror(errno));
    }
    close(fd);
    side.text = buf_text(&buf);
    return side;
}

/* The entry of a tree, or of the index where `tree` is empty. False if there is none. */
static bool find_entry(Git *git, Str tree, Str path, Str *mode, Str *id) {
    const char *name = arena_cstr(git->arena, path);
    Process found =
        tree.len ? GIT(git, "--literal-pathspecs", "ls-tree", "-z", "--full-tree", arena_cstr(git->arena, tree), "--", name)
                 : GIT(git, "--literal-pathspecs", "ls-files", "-z", "--stage", "--full-name", "--", name);
    Str rest = found.out;
    Str line = next_field(&rest, '\0');
    *mode = next_field(&line, ' ');
    if (tree.len) next_field(&line, ' ');
    Str tail = next_field(&line, '\t');
    *id = next_field(&tail, ' ');
    return found.code == 0 && id->len && str_eq(line, path);
}

/* Where a link leads to that stands at `path`: a path from the top, or empty if it leaves the tree. */
static Str link_target(Arena *arena, Str path, Str link) {
    Buf buf = {.arena = arena};
    ptrdiff_t slash = str_rfind(path, '/');
    if (slash > 0) buf_str(&buf, (Str){path.at, (size_t)slash});
    if (str_starts(link, S("/"))) return S("");
    while (link.len) {
        Str step = next_field(&link, '/');
        if (!step.len || str_eq(step, S("."))) continue;
        if (!str_eq(step, S(".."))) {
            if (buf.len) buf_char(&buf, '/');
            buf_str(&buf, step);
            continue;
        }
        if (!buf.len) return S("");
        ptrdiff_t up = str_rfind(buf_text(&buf), '/');
        buf.len = up < 0 ? 0 : (size_t)up;
    }
    return buf_text(&buf);
}

/* Asks for the content of an entry of a tree or of the index; a link is followed to the end first. */
static GitSide want(Git *git, Str tree, Str path, Str mode, Str id, Str *wanted) {
    for (int links = 0; str_eq(mode, S("120000")); links++) {
        if (links == MOST_LINKS) return unread("symbolic links lead in a circle");
        Process link = GIT(git, "cat-file", "blob", arena_cstr(git->arena, id));
        path = link.code == 0 ? link_target(git->arena, path, link.out) : S("");
        if (!path.len) return unread("it is a symbolic link that leads out of the repository");
        if (!find_entry(git, tree, path, &mode, &id)) return unread("it is a symbolic link to a file that is not there");
    }
    if (str_eq(mode, S("160000"))) return unread("it is a submodule, whose files are not compared");
    *wanted = id;
    return (GitSide){.there = true};
}

static void add_file(Git *git, GitFile file, Ids ids) {
    if (!str_is_utf8(file.path)) {
        Str error = source_error_text(git->arena, SOURCE_CANNOT_READ, EILSEQ);
        if (file.before.there) file.before.error = error;
        if (file.after.there) file.after.error = error;
        ids = (Ids){S(""), S("")};
    }
    ARRAY_PUSH(git->arena, &git->files, file);
    ARRAY_PUSH(git->arena, &git->ids, ids);
}

/* Reads the raw format of git diff: `:MODE MODE ID ID STATUS`, and the path behind a NUL. */
static void read_raw(Git *git, Str text, Str from, Str to, bool workTree) {
    while (text.len) {
        Str head = str_slice(next_field(&text, '\0'), 1), path = next_field(&text, '\0');
        Str mode[2], id[2];
        for (int i = 0; i < 2; i++) mode[i] = next_field(&head, ' ');
        for (int i = 0; i < 2; i++) id[i] = next_field(&head, ' ');
        if (!input_is_manifest_name(path)) continue;
        GitFile file = {.path = path};
        Ids ids = {S(""), S("")};
        bool unmerged = str_starts(head, S("U"));
        if (!str_eq(mode[0], S("000000"))) file.before = want(git, from, path, mode[0], id[0], &ids.before);
        if (unmerged && !workTree)
            file.after = unread("it has a merge conflict");
        else if ((unmerged || !str_eq(mode[1], S("000000"))) && workTree)
            file.after = read_work_file(git, path);
        else if (!str_eq(mode[1], S("000000")))
            file.after = want(git, to, path, mode[1], id[1], &ids.after);
        if (!ids.after.len || !str_eq(ids.before, ids.after)) add_file(git, file, ids);
    }
}

static void add_operands(Git *git, Arguments *arguments, const Str *paths, size_t count) {
    ARRAY_PUSH(git->arena, arguments, (char *)"--");
    for (size_t i = 0; i < count; i++) ARRAY_PUSH(git->arena, arguments, arena_cstr(git->arena, paths[i]));
    ARRAY_PUSH(git->arena, arguments, NULL);
}

static const char *find_changes(Git *git, const GitRange *range, Str from, Str to, const Str *paths, size_t count) {
    Arguments arguments = {0};
    bool trees = range->to.len;
    ARRAY_PUSH(git->arena, &arguments, (char *)(trees ? "diff-tree" : "diff-index"));
    static const char *const fixed[] = {"--raw", "-r", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv"};
    for (size_t i = 0; i < COUNT(fixed); i++) ARRAY_PUSH(git->arena, &arguments, (char *)(uintptr_t)fixed[i]);
    if (range->staged) ARRAY_PUSH(git->arena, &arguments, (char *)"--cached");
    ARRAY_PUSH(git->arena, &arguments, arena_cstr(git->arena, from));
    if (trees) ARRAY_PUSH(git->arena, &arguments, arena_cstr(git->arena, to));
    add_operands(git, &arguments, paths, count);
    Process changes = run_git(git, (const char *const *)arguments.at, S(""));
    if (changes.code != 0) return complaint(git, changes);
    read_raw(git, changes.out, from, to, !trees && !range->staged);
    return NULL;
}

static const char *find_untracked(Git *git, const Str *paths, size_t count) {
    Arguments arguments = {0};
    static const char *const fixed[] = {"ls-files", "--others", "--exclude-standard", "--full-name", "-z"};
    for (size_t i = 0; i < COUNT(fixed); i++) ARRAY_PUSH(git->arena, &arguments, (char *)(uintptr_t)fixed[i]);
    static const Str everything = STR(":/");
    add_operands(git, &arguments, count ? paths : &everything, count ? count : 1);
    Process untracked = run_git(git, (const char *const *)arguments.at, S(""));
    if (untracked.code != 0) return complaint(git, untracked);
    for (Str text = untracked.out; text.len;) {
        Str path = next_field(&text, '\0');
        if (input_is_manifest_name(path))
            add_file(git, (GitFile){.path = path, .after = read_work_file(git, path)}, (Ids){S(""), S("")});
    }
    return NULL;
}

/* A path of the command line that neither side has is a mistake. Patterns are git's to judge. */
static const char *check_operands(Git *git, Str from, Str to, const Str *paths, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const char *path = arena_cstr(git->arena, paths[i]);
        struct stat st;
        if (strpbrk(path, "*?[") || *path == ':' || (!to.len && lstat(path, &st) == 0)) continue;
        Process before = GIT(git, "ls-tree", "-z", arena_cstr(git->arena, from), "--", path);
        if (before.code != 0) return complaint(git, before);
        if (before.out.len) continue;
        if (to.len && GIT(git, "ls-tree", "-z", arena_cstr(git->arena, to), "--", path).out.len) continue;
        if (to.len && strcmp(path, ".") == 0) continue;
        return str_format(git->arena, "%s is on neither side of the comparison%c", path, 0).at;
    }
    return NULL;
}

/* Reading the objects. */

typedef struct Wanted {
    Str id;
    GitSide *side;
} Wanted;

typedef ARRAY(Wanted) WantedList;

static Str ids_of(Arena *arena, const WantedList *list) {
    Buf buf = {.arena = arena};
    for (uint32_t i = 0; i < list->n; i++) buf_format(&buf, "%.*s\n", (int)list->at[i].id.len, list->at[i].id.at);
    return buf_text(&buf);
}

/* The size in an answer `ID TYPE SIZE`; false if the object is missing or no file. */
static bool size_of(Str answer, size_t *size) {
    next_field(&answer, ' ');
    if (!str_eq(next_field(&answer, ' '), S("blob")) || !str_is_digits(answer)) return false;
    *size = strtoul(answer.at, NULL, 10);
    return true;
}

/* Keeps those of the list that are there and not too large. */
static const char *check_sizes(Git *git, const WantedList *list, WantedList *good) {
    static const char *const words[] = {"cat-file", "--batch-check", NULL};
    Process answers = run_git(git, words, ids_of(git->arena, list));
    if (answers.code != 0) return complaint(git, answers);
    Str rest = answers.out;
    for (uint32_t i = 0; i < list->n; i++) {
        size_t size = 0;
        GitSide *side = list->at[i].side;
        if (!size_of(next_field(&rest, '\n'), &size))
            side->error = S("git does not have its content (is the clone partial?)");
        else if (size > SOURCE_MAX_BYTES)
            side->error = source_error_text(git->arena, SOURCE_TOO_LARGE, 0);
        else
            ARRAY_PUSH(git->arena, good, list->at[i]);
    }
    return NULL;
}

static const char *read_objects(Git *git) {
    WantedList list = {0}, good = {0};
    for (uint32_t i = 0; i < git->files.n; i++) {
        const Ids *ids = &git->ids.at[i];
        GitFile *file = &git->files.at[i];
        if (ids->before.len) ARRAY_PUSH(git->arena, &list, (Wanted){ids->before, &file->before});
        if (ids->after.len) ARRAY_PUSH(git->arena, &list, (Wanted){ids->after, &file->after});
    }
    if (!list.n) return NULL;
    const char *error = check_sizes(git, &list, &good);
    if (error) return error;
    static const char *const words[] = {"cat-file", "--batch", NULL};
    Process objects = run_git(git, words, ids_of(git->arena, &good));
    if (objects.code != 0) return complaint(git, objects);
    Str rest = objects.out;
    for (uint32_t i = 0; i < good.n; i++) {
        size_t size = 0;
        if (!size_of(next_field(&rest, '\n'), &size) || size >= rest.len) return "git's answer ended early";
        good.at[i].side->text = (Str){rest.at, size};
        rest = str_slice(rest, size + 1);
    }
    return NULL;
}

/* Another mode, or a file that was only touched. */
static bool is_same(const GitFile *file) {
    const GitSide *before = &file->before, *after = &file->after;
    return before->there && after->there && !before->error.at && !after->error.at && str_eq(before->text, after->text);
}

const char *git_changes(Arena *arena, const GitRange *range, const Str *paths, size_t count, GitFiles *out) {
    Git git = {.arena = arena};
    Str from = S(""), to = S("");
    disarm(&git);
    if (!range->to.len) {
        Process top = GIT(&git, "rev-parse", "--show-toplevel");
        if (top.code != 0) return complaint(&git, top);
        git.top = top.out;
        git.top.len -= str_ends(git.top, S("\n"));
    }
    bool first =
        range->staged && str_eq(range->from, S("HEAD")) && GIT(&git, "rev-parse", "--verify", "--quiet", "HEAD").code != 0;
    const char *error = NULL;
    if (first) { /* before the first commit everything is new */
        from = str_trim(GIT(&git, "hash-object", "-t", "tree", "/dev/null").out);
    } else {
        error = find_tree(&git, range->from, &from);
    }
    if (!error && range->to.len) error = find_tree(&git, range->to, &to);
    if (!error) error = find_changes(&git, range, from, to, paths, count);
    if (!error && !range->to.len && !range->staged) error = find_untracked(&git, paths, count);
    if (!error) error = check_operands(&git, from, to, paths, count);
    if (!error) error = read_objects(&git);
    *out = (GitFiles){.at = git.files.at};
    for (uint32_t i = 0; i < git.files.n; i++)
        if (!is_same(&git.files.at[i])) out->at[out->n++] = git.files.at[i];
    return error;
}
