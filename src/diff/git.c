/* Two processes do the work: `git diff --name-status` finds the files, `git cat-file --batch` reads all their contents at once.
 */
#include "git.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/process.h"

/* Runs git with arguments, feeding it `input`. */
static Process run_git(Arena *arena, char *const *argv, Str input) {
    Process process = process_run(arena, argv, &(ProcessOptions){.input = input});
    if (process.failure) process.err = str_format(arena, "git cannot be run: %s", process.failure);
    process.err = str_trim(process.err);
    return process;
}

static const char *complaint(Arena *arena, Process output) {
    Str text = output.err;
    ptrdiff_t newline = str_find(text, '\n');
    if (newline >= 0) text.len = (size_t)newline;
    if (str_starts(text, S("fatal: "))) text = str_slice(text, 7);
    if (str_has(text, S("not a git repository"))) return "this is not inside a git repository";
    if (str_has(text, S("must be run in a work tree"))) return "this is a bare repository: name two commits, as in --git A..B";
    if (str_has(text, S("ambiguous argument")) || str_has(text, S("bad revision")) || str_has(text, S("unknown revision"))) {
        ptrdiff_t from = str_find(text, '\''), to = str_rfind(text, '\'');
        Str revision = from >= 0 && to > from ? (Str){text.at + from + 1, (size_t)(to - from) - 1} : S("");
        if (str_eq(revision, S("HEAD"))) return "the repository has no commit yet, so there is nothing to compare with";
        return str_format(arena, "git knows no revision \"%.*s\" (is the history shallow?)%c", (int)revision.len, revision.at, 0)
            .at;
    }
    if (str_has(text, S("outside repository"))) return "a path is outside the repository";
    return text.len ? arena_cstr(arena, text) : "git failed";
}

static bool is_manifest(Str path) {
    return str_ends(path, S(".yaml")) || str_ends(path, S(".yml")) || str_ends(path, S(".json"));
}

static Str next_field(Str *text) {
    ptrdiff_t end = str_find(*text, '\0');
    Str field = {text->at, end < 0 ? text->len : (size_t)end};
    *text = str_slice(*text, field.len + 1);
    return field;
}

typedef ARRAY(GitFile) GitFileArray;

static void add_file(Arena *arena, GitFileArray *files, Str oldPath, Str newPath) {
    if (!is_manifest(oldPath.len ? oldPath : newPath)) return;
    ARRAY_PUSH(arena, files, (GitFile){.oldPath = oldPath, .newPath = newPath});
}

static void read_status(Arena *arena, Str text, GitFileArray *files) {
    while (text.len) {
        Str status = next_field(&text), path = next_field(&text);
        switch (status.len ? status.at[0] : ' ') {
        case 'A': add_file(arena, files, S(""), path); break;
        case 'D': add_file(arena, files, path, S("")); break;
        case 'R':
        case 'C': {
            Str renamed = next_field(&text);
            add_file(arena, files, status.at[0] == 'R' ? path : S(""), renamed);
            break;
        }
        default: add_file(arena, files, path, path); break;
        }
    }
}

typedef ARRAY(char *) Arguments;

static void add_paths(Arena *arena, Arguments *arguments, const Str *paths, size_t count) {
    ARRAY_PUSH(arena, arguments, (char *)"--");
    for (size_t i = 0; i < count; i++) ARRAY_PUSH(arena, arguments, arena_cstr(arena, paths[i]));
    ARRAY_PUSH(arena, arguments, NULL);
}

static bool read_work_file(Arena *arena, Str top, Str path, Str *out) {
    int fd = open(str_format(arena, "%.*s/%.*s%c", (int)top.len, top.at, (int)path.len, path.at, 0).at,
                  O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return false;
    Buf buf = {.arena = arena};
    char block[65536];
    for (ssize_t n; (n = read(fd, block, sizeof block)) > 0 || (n < 0 && errno == EINTR);)
        if (n > 0) buf_str(&buf, (Str){block, (size_t)n});
    close(fd);
    *out = buf_text(&buf);
    return true;
}

/* Asks `git cat-file --batch` for objects by name, in order. Answers are put into `texts`; what does not exist stays NULL. */
static const char *read_objects(Arena *arena, Str names, Str **texts, uint32_t count) {
    char *const argv[] = {(char *)"git", (char *)"cat-file", (char *)"--batch", NULL};
    Process output = run_git(arena, argv, names);
    if (output.code != 0) return complaint(arena, output);
    Str rest = output.out;
    for (uint32_t i = 0; i < count; i++) {
        ptrdiff_t end = str_find(rest, '\n');
        if (end < 0) return "git's answer ended early";
        Str head = {rest.at, (size_t)end};
        rest = str_slice(rest, (size_t)end + 1);
        ptrdiff_t space = str_rfind(head, ' ');
        if (str_ends(head, S(" missing")) || space < 0) continue;
        size_t size = strtoul(head.at + space + 1, NULL, 10);
        if (size > rest.len) return "git's answer ended early";
        *texts[i] = (Str){rest.at, size};
        rest = str_slice(rest, size + 1);
    }
    return NULL;
}

const char *git_changes(Arena *arena, const GitRange *range, const Str *paths, size_t count, GitFiles *out) {
    char *const topArgv[] = {(char *)"git", (char *)"rev-parse", (char *)"--show-toplevel", NULL};
    bool workTree = range->to.len == 0;
    Process top = run_git(arena, topArgv, S(""));
    if (top.code != 0 && workTree) return complaint(arena, top);

    Arguments arguments = {0};
    static const char *const fixed[] = {"git", "diff", "--name-status", "-M", "-z", "--no-ext-diff", "--ignore-submodules"};
    for (size_t i = 0; i < COUNT(fixed); i++) ARRAY_PUSH(arena, &arguments, (char *)fixed[i]);
    /* Left to itself, --cached compares with HEAD, and before the first commit with nothing. */
    if (range->staged) ARRAY_PUSH(arena, &arguments, (char *)"--cached");
    if (!range->staged || !str_eq(range->from, S("HEAD"))) ARRAY_PUSH(arena, &arguments, arena_cstr(arena, range->from));
    if (range->to.len) ARRAY_PUSH(arena, &arguments, arena_cstr(arena, range->to));
    add_paths(arena, &arguments, paths, count);
    Process status = run_git(arena, arguments.at, S(""));
    if (status.code != 0) return complaint(arena, status);
    GitFileArray files = {0};
    read_status(arena, status.out, &files);

    if (workTree && !range->staged) {
        Arguments others = {0};
        static const char *const words[] = {"git", "ls-files", "--others", "--exclude-standard", "--full-name", "-z"};
        for (size_t i = 0; i < COUNT(words); i++) ARRAY_PUSH(arena, &others, (char *)words[i]);
        add_paths(arena, &others, paths, count);
        Process untracked = run_git(arena, others.at, S(""));
        for (Str text = untracked.out; untracked.code == 0 && text.len;) add_file(arena, &files, S(""), next_field(&text));
    }

    Buf names = {.arena = arena};
    Str **texts = NEW_ARRAY(arena, Str *, files.n * 2 + 1);
    uint32_t wanted = 0;
    Str topPath = str_trim(top.out);
    for (uint32_t i = 0; i < files.n; i++) {
        GitFile *file = &files.at[i];
        if (file->oldPath.len) {
            buf_format(&names, "%.*s:%.*s\n", (int)range->from.len, range->from.at, (int)file->oldPath.len, file->oldPath.at);
            texts[wanted++] = &file->oldText;
        }
        if (!file->newPath.len) continue;
        if (workTree && !range->staged) {
            read_work_file(arena, topPath, file->newPath, &file->newText);
        } else {
            buf_format(&names, "%.*s:%.*s\n", (int)range->to.len, range->to.at ? range->to.at : "", (int)file->newPath.len,
                       file->newPath.at);
            texts[wanted++] = &file->newText;
        }
    }
    *out = (GitFiles){files.at, files.n};
    return wanted ? read_objects(arena, buf_text(&names), texts, wanted) : NULL;
}
