/* Walking directories. The patterns of a .gitignore file hold for its directory and all below, those of deeper ones first. */
#include "input.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/glob.h"

/* The patterns of one directory; those of the directories above follow. */
typedef struct Ignore {
    const struct Ignore *up;
    size_t base; /* length of the directory's path with its slash; 0: only patterns of names can be matched */
    Globs patterns;
} Ignore;

static bool read_file(Arena *arena, const char *path, Str *out) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd < 0) return false;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > 1 << 20) {
        close(fd);
        return false;
    }
    char *text = arena_alloc(arena, (size_t)st.st_size + 1);
    ssize_t n = read(fd, text, (size_t)st.st_size);
    close(fd);
    *out = (Str){text, n < 0 ? 0 : (size_t)n};
    return n >= 0;
}

static void read_ignore(Arena *arena, Str directory, const char *name, Ignore *ignore) {
    Str text;
    if (!read_file(arena, str_format(arena, "%.*s/%s%c", TEXT(directory), name, 0).at, &text)) return;
    while (text.len) {
        ptrdiff_t newline = str_find(text, '\n');
        Str line = {text.at, newline < 0 ? text.len : (size_t)newline};
        text = str_slice(text, line.len + 1);
        while (line.len && (line.at[line.len - 1] == ' ' || line.at[line.len - 1] == '\r') &&
               !(line.len > 1 && line.at[line.len - 2] == '\\'))
            line.len--;
        if (line.len && line.at[0] != '#') globs_add(&ignore->patterns, arena, line);
    }
}

static bool is_ignored(const Ignore *ignore, const char *path, const char *name, bool directory) {
    for (; ignore; ignore = ignore->up) {
        int match = globs_match(&ignore->patterns, ignore->base ? path + ignore->base : NULL, name, directory);
        if (match) return match > 0;
    }
    return false;
}

bool input_is_manifest_name(Str name) {
    static const Str endings[] = {STR(".yaml"), STR(".yml"), STR(".json")};
    for (size_t i = 0; i < COUNT(endings); i++)
        if (name.len >= endings[i].len && str_eq_nocase(str_slice(name, name.len - endings[i].len), endings[i])) return true;
    return false;
}

const Str input_kustomizations[KUSTOMIZATION_NAMES] = {STR("kustomization.yaml"), STR("kustomization.yml"), STR("Kustomization")};

bool input_is_kustomization(Str path) {
    return str_in(str_slice(path, (size_t)(str_rfind(path, '/') + 1)), input_kustomizations, KUSTOMIZATION_NAMES);
}

/* Where a directory stands: outside of charts, in one, or among its templates. */
typedef enum ChartPart { OUTSIDE, IN_CHART, IN_TEMPLATES } ChartPart;

static bool is_chart(Arena *arena, Str directory) {
    struct stat st;
    return stat(str_format(arena, "%.*s/Chart.yaml%c", TEXT(directory), 0).at, &st) == 0 && S_ISREG(st.st_mode);
}

/* The part of a chart that an operand is, by the directories above it. */
static ChartPart part_above(Arena *arena, Str directory) {
    Str path = real_path(arena, arena_cstr(arena, directory));
    if (!path.at) return OUTSIDE;
    ChartPart part = OUTSIDE;
    for (ptrdiff_t slash; part != IN_TEMPLATES && (slash = str_rfind(path, '/')) > 0;) {
        Str name = str_slice(path, (size_t)slash + 1);
        path.len = (size_t)slash;
        if (is_chart(arena, path)) part = str_eq(name, S("templates")) ? IN_TEMPLATES : IN_CHART;
    }
    return part;
}

/* What belongs to a chart and is no manifest: its description, values, and the directory of files that templates read. */
static bool is_chart_data(Str name) {
    return str_eq(name, S("Chart.yaml")) || str_starts(name, S("values")) || str_eq(name, S("files"));
}

/* Other people's files, which a package manager put there. */
static bool is_dependencies(Arena *arena, Str path, Str name) {
    if (str_eq(name, S("node_modules"))) return true;
    return str_eq(name, S("vendor")) && access(str_format(arena, "%.*s/modules.txt%c", TEXT(path), 0).at, F_OK) == 0;
}

/* Notes what is passed over; `counts` where the summary counts it. */
static void pass_over(InputList *list, Str path, bool directory, Str why, bool counts) {
    list->leftOut += counts;
    ARRAY_PUSH(list->arena, &list->passed, (PassedFile){path, why, directory});
}

static void add_kustomization(InputList *list, Str path, bool named) {
    ARRAY_PUSH(list->arena, &list->kustomizations, (KustomizationFile){path, list->files.n, named});
}

/* What a directory holds, and of which type the system says that it is: DT_UNKNOWN where it does not. */
typedef struct Listed {
    const char *name;
    unsigned char type;
} Listed;

static int by_name(const void *a, const void *b) {
    return strcmp(((const Listed *)a)->name, ((const Listed *)b)->name);
}

/* A walk through what one operand names. */
typedef struct Walk {
    InputList *list;
    Str root;   /* its real path, with a slash at the end */
    size_t at;  /* length of the path as it is written, with a slash */
    size_t top; /* of the path of the repository in `root`; 0: it is in none */
} Walk;

/* The directories that a walk is in, innermost first. */
typedef struct Level {
    const struct Level *up;
    const Ignore *helm; /* what the chart that it is in leaves out (.helmignore), or NULL */
    dev_t device;
    ino_t number;
} Level;

static bool is_circle(const Level *level, const struct stat *st) {
    for (; level; level = level->up)
        if (level->device == st->st_dev && level->number == st->st_ino) return true;
    return false;
}

static bool leads_out(const Walk *walk, const char *path) {
    Str real = real_path(walk->list->arena, path);
    return !real.at || !str_starts(real, walk->root);
}

/* Why what a walk meets is passed over, but for what .gitignore says; empty if it is not. */
static Str why_passed(Walk *walk, const Level *level, ChartPart part, Str path, Str name, bool directory) {
    InputList *list = walk->list;
    bool read = input_is_manifest_name(name);
    if (directory && is_dependencies(list->arena, path, name)) return S("dependencies of a program");
    if (part == IN_TEMPLATES && read && is_ignored(level->helm, path.at, name.at, false)) return S(".helmignore names it");
    return list->leaves_out && (directory || read) ? list->leaves_out(list->context, path, directory) : S("");
}

/* Whether a link is read, as `st` has what it leads to. */
static bool is_followed(Walk *walk, Str path, struct stat *st) {
    InputList *list = walk->list;
    if (stat(path.at, st) != 0) return false;
    if (list->follow) return true;
    if (!input_is_manifest_name(path) || !S_ISREG(st->st_mode)) return false;
    if (!leads_out(walk, path.at)) return true;
    if (!list->linksOut++) list->firstLinkOut = path;
    return false;
}

/* Whether git keeps track of what a walk meets, although .gitignore names it. */
static bool is_tracked(Walk *walk, Str path) {
    InputList *list = walk->list;
    if (!walk->top) return false;
    Str top = {walk->root.at, walk->top}, real = str_join(list->arena, walk->root, str_slice(path, walk->at));
    return tracked_has(&list->tracked, list->arena, top, real);
}

/* `ignored`: .gitignore names the directory, and git keeps track of something below it. */
static void add_directory(Walk *walk, Str directory, const Ignore *up, ChartPart part, int depth, const Level *above,
                          bool ignored) {
    enum { DEEPEST = 128 };
    InputList *list = walk->list;
    Arena *arena = list->arena;
    const char *path = arena_cstr(arena, directory);
    struct stat own;
    DIR *dir = depth < DEEPEST ? opendir(path) : NULL;
    if (!dir) memory_check(errno);
    if (!dir || fstat(dirfd(dir), &own) != 0) {
        ARRAY_PUSH(arena, &list->faults, (InputFault){directory, depth < DEEPEST ? errno : ELOOP});
        if (dir) closedir(dir);
        return;
    }
    if (is_circle(above, &own)) {
        closedir(dir);
        return;
    }
    Level level = {above, above ? above->helm : NULL, own.st_dev, own.st_ino};
    ARRAY(Listed) listed = {0};
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && strcmp(entry->d_name, ".git") != 0)
            ARRAY_PUSH(arena, &listed, (Listed){arena_cstr(arena, str_of(entry->d_name)), entry->d_type});
    closedir(dir);
    if (listed.n) qsort(listed.at, listed.n, sizeof *listed.at, by_name);
    bool slash = directory.at[directory.len - 1] == '/';
    Ignore ignore = {.up = up, .base = directory.len + !slash};
    read_ignore(arena, directory, ".gitignore", &ignore);
    bool chart = part != IN_TEMPLATES && is_chart(arena, directory);
    if (chart && part == OUTSIDE) ARRAY_PUSH(arena, &list->charts, directory);
    Ignore helm = {.base = directory.len + !slash};
    if (chart) {
        part = IN_CHART;
        read_ignore(arena, directory, ".helmignore", &helm);
        level.helm = &helm;
    }
    Str folder = slash ? directory : str_join(arena, directory, S("/"));
    for (uint32_t i = 0; i < listed.n; i++) {
        Str name = str_of(listed.at[i].name);
        Str full = str_join(arena, folder, name);
        struct stat st = {.st_mode = (mode_t)DTTOIF(listed.at[i].type)};
        if (*name.at == '.') {
            bool shown = S_ISDIR(st.st_mode) || input_is_manifest_name(name);
            if (shown && str_is_utf8(name)) pass_over(list, full, S_ISDIR(st.st_mode), S("hidden"), false);
            continue;
        }
        if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode) && lstat(full.at, &st) != 0) {
            ARRAY_PUSH(arena, &list->faults, (InputFault){full, errno});
            continue;
        }
        if (S_ISLNK(st.st_mode) && !is_followed(walk, full, &st)) {
            bool nowhere = S_ISLNK(st.st_mode);
            if ((S_ISDIR(st.st_mode) || input_is_manifest_name(name)) && str_is_utf8(name))
                pass_over(list, full, S_ISDIR(st.st_mode),
                          nowhere ? S("a link that leads nowhere") : S("a link, which is read with --follow"), false);
            continue;
        }
        if ((S_ISDIR(st.st_mode) || input_is_manifest_name(name)) && !str_is_utf8(name)) {
            ARRAY_PUSH(arena, &list->faults, (InputFault){full, EILSEQ});
            continue;
        }
        bool isFolder = S_ISDIR(st.st_mode);
        if (!isFolder && !(S_ISREG(st.st_mode) && (input_is_manifest_name(name) || input_is_kustomization(name)))) continue;
        bool named = ignored || is_ignored(&ignore, full.at, name.at, isFolder);
        Str why = named && !is_tracked(walk, full) ? S(".gitignore names it")
                  : chart && is_chart_data(name)   ? S("part of a Helm chart")
                                                   : S("");
        if (why.len) {
            pass_over(list, full, isFolder, why, false);
            continue;
        }
        why = why_passed(walk, &level, part, full, name, isFolder);
        if (why.len) {
            pass_over(list, full, isFolder, why, true);
        } else if (isFolder) {
            add_directory(walk, full, &ignore, chart && str_eq(name, S("templates")) ? IN_TEMPLATES : part, depth + 1, &level,
                          named);
        } else if (part == IN_TEMPLATES) {
            list->templates++;
            pass_over(list, full, false, S("a template of a Helm chart"), false);
        } else if (input_is_kustomization(name)) {
            add_kustomization(list, full, false);
        } else {
            ARRAY_PUSH(arena, &list->files, (InputFile){.path = full});
        }
    }
}

/* The length of the path of the repository that a real path is in; 0 if it is in none. */
static size_t repository_top(Arena *arena, Str path) {
    while (path.len > 1) {
        struct stat st;
        if (stat(str_format(arena, "%.*s/.git%c", TEXT(path), 0).at, &st) == 0) return path.len;
        ptrdiff_t slash = str_rfind(path, '/');
        path.len = slash > 0 ? (size_t)slash : 1;
    }
    return 0;
}

Str input_repository(Arena *arena, Str path) {
    size_t top = repository_top(arena, path);
    return top ? (Str){path.at, top} : path;
}

/* The .gitignore files between the top of a repository and a directory, outermost last. Their patterns of whole paths are left
 * out: a walk knows its paths from its own start only. */
static const Ignore *ignore_above(Arena *arena, Str directory) {
    Str path = real_path(arena, arena_cstr(arena, directory));
    if (!path.at) return NULL;
    size_t top = repository_top(arena, path);
    if (top == 0 || top == path.len) return NULL;
    Ignore *inner = NULL;
    for (size_t end = top; end < path.len; end++) {
        if (end != top && path.at[end] != '/') continue;
        Ignore *ignore = NEW(arena, Ignore);
        *ignore = (Ignore){.up = inner};
        read_ignore(arena, (Str){path.at, end}, ".gitignore", ignore);
        inner = ignore;
    }
    return inner;
}

bool input_is_git_ignored(Arena *arena, Str path) {
    ptrdiff_t slash = str_rfind(path, '/');
    Str name = str_slice(path, (size_t)(slash + 1)), folder = slash < 0    ? S(".")
                                                              : slash == 0 ? S("/")
                                                                           : (Str){path.at, (size_t)slash};
    Str real = real_path(arena, arena_cstr(arena, folder));
    if (!real.at) return false;
    Str full = str_format(arena, "%s/%.*s", str_eq(real, S("/")) ? "" : real.at, TEXT(name));
    full = arena_str(arena, full);
    size_t top = repository_top(arena, (Str){full.at, full.len - name.len - 1});
    const Ignore *chain = NULL;
    for (size_t end = top; top && end < full.len;) {
        Ignore *ignore = NEW(arena, Ignore);
        *ignore = (Ignore){.up = chain, .base = end + 1};
        read_ignore(arena, (Str){full.at, end}, ".gitignore", ignore);
        chain = ignore;
        size_t next = end + 1;
        while (next < full.len && full.at[next] != '/') next++;
        const char *part = arena_cstr(arena, (Str){full.at, next});
        if (is_ignored(chain, part, part + end + 1, next < full.len)) return true;
        end = next;
    }
    return false;
}

/* Whether git keeps track of a file that is named, although .gitignore names it. */
static bool is_named_tracked(InputList *list, Str path) {
    Str real = real_path(list->arena, arena_cstr(list->arena, path));
    size_t top = real.at ? repository_top(list->arena, real) : 0;
    return top && tracked_has(&list->tracked, list->arena, (Str){real.at, top}, real);
}

/* Whether a file that is named is passed over all the same, as a walk would do. */
static bool is_passed_over(InputList *list, Str path) {
    if (list->all) return false;
    Str name = str_slice(path, (size_t)(str_rfind(path, '/') + 1));
    if (part_above(list->arena, path) == IN_TEMPLATES && input_is_manifest_name(name)) {
        list->templates++;
        pass_over(list, path, false, S("a template of a Helm chart"), false);
        return true;
    }
    Str why = list->leaves_out ? list->leaves_out(list->context, path, false) : S("");
    if (!why.len && input_is_git_ignored(list->arena, path) && !is_named_tracked(list, path)) why = S(".gitignore names it");
    if (why.len) pass_over(list, path, false, why, true);
    return why.len > 0;
}

void input_add_text(InputList *list, Str path, Str text) {
    if (!is_passed_over(list, path))
        ARRAY_PUSH(list->arena, &list->files, (InputFile){.path = path, .named = true, .text = text});
}

void input_add(InputList *list, Str path) {
    Arena *arena = list->arena;
    if (str_eq(path, S("-"))) {
        ARRAY_PUSH(arena, &list->files, (InputFile){.path = path, .named = true});
        return;
    }
    while (path.len > 1 && path.at[path.len - 1] == '/') path.len--;
    struct stat st;
    if (stat(arena_cstr(arena, path), &st) != 0) {
        ARRAY_PUSH(arena, &list->faults, (InputFault){path, errno});
    } else if (S_ISDIR(st.st_mode)) {
        Str real = real_path(arena, arena_cstr(arena, path));
        Str root = real.at ? str_join(arena, real, real.len > 1 ? S("/") : S("")) : path;
        Walk walk = {list, root, path.len + (path.at[path.len - 1] != '/'), real.at ? repository_top(arena, real) : 0};
        ARRAY_PUSH(arena, &list->directories, path);
        add_directory(&walk, path, ignore_above(arena, path), part_above(arena, path), 0, NULL, false);
    } else if (input_is_kustomization(path)) {
        add_kustomization(list, path, true);
    } else if (!is_passed_over(list, path)) {
        ARRAY_PUSH(arena, &list->files, (InputFile){.path = path, .named = true});
    }
}

void input_take_kustomizations(InputList *list) {
    uint32_t count = list->files.n + list->kustomizations.n, next = 0, n = 0;
    InputFile *files = NEW_ARRAY(list->arena, InputFile, count + 1);
    for (uint32_t i = 0; i <= list->files.n; i++) {
        for (; next < list->kustomizations.n && list->kustomizations.at[next].place <= i; next++) {
            const KustomizationFile *file = &list->kustomizations.at[next];
            files[n++] = (InputFile){.path = file->path, .named = file->named};
        }
        if (i < list->files.n) files[n++] = list->files.at[i];
    }
    list->files.at = files;
    list->files.n = list->files.cap = n;
}

Str input_relative(Arena *arena, const char *directory, Str file) {
    ptrdiff_t slash = str_rfind(file, '/');
    Str folder = slash < 0 ? S(".") : slash == 0 ? S("/") : (Str){file.at, (size_t)slash};
    Str from = real_path(arena, directory), to = real_path(arena, arena_cstr(arena, folder));
    Buf out = {.arena = arena};
    if (!from.at || !to.at || str_eq(file, S("-"))) {
        buf_str(&out, file);
    } else {
        if (from.len == 1) from.len = 0;
        if (to.len == 1) to.len = 0;
        size_t common = 0;
        for (size_t i = 0; i <= from.len && i <= to.len; i++) {
            bool fromEnds = i == from.len || from.at[i] == '/', toEnds = i == to.len || to.at[i] == '/';
            if (fromEnds && toEnds) common = i;
            if (i < from.len && i < to.len && from.at[i] != to.at[i]) break;
        }
        for (size_t i = common; i < from.len; i++)
            if (from.at[i] == '/') buf_str(&out, S("../"));
        Str rest = str_slice(to, common + (common < to.len));
        buf_str(&out, rest);
        if (rest.len) buf_char(&out, '/');
        buf_str(&out, str_slice(file, (size_t)(slash + 1)));
    }
    return buf_text(&out);
}
