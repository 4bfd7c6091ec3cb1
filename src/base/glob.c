#include "glob.h"

#include <fnmatch.h>
#include <limits.h>

void globs_add(Globs *globs, Arena *arena, Str line) {
    Glob glob = {0};
    if (line.len && line.at[0] == '!') {
        glob.negated = true;
        line = str_slice(line, 1);
    }
    if (line.len && line.at[line.len - 1] == '/') {
        glob.directory = true;
        line.len--;
    }
    glob.anchored = str_find(line, '/') >= 0;
    if (line.len && line.at[0] == '/') line = str_slice(line, 1);
    if (line.len == 0) return;
    glob.text = arena_cstr(arena, line);
    ARRAY_PUSH(arena, &globs->items, glob);
}

/* The part of a path behind its first slash; empty if it has none. */
static const char *behind_slash(const char *path) {
    const char *slash = strchrnul(path, '/');
    return *slash ? slash + 1 : slash;
}

/* Whether the first part of a path matches the first part of a pattern. */
static bool match_part(const char *pattern, const char *path) {
    char head[256], name[256];
    size_t n = strcspn(pattern, "/"), m = strcspn(path, "/");
    if (n >= sizeof head || m >= sizeof name) return false;
    memcpy(head, pattern, n);
    memcpy(name, path, m);
    head[n] = name[m] = '\0';
    return fnmatch(head, name, 0) == 0;
}

/* `**` takes as few parts as possible, and one more each time that the rest does not match. Only the last `**` has to be tried
 * again: what stands before it has matched as early as it could. */
static bool match_path(const char *pattern, const char *path) {
    const char *rest = NULL, *from = NULL;
    for (;;) {
        if (strcmp(pattern, "**") == 0) return *path;
        if (strncmp(pattern, "**/", 3) == 0) {
            rest = pattern = pattern + 3;
            from = path;
        } else if (!*pattern && !*path) {
            return true;
        } else if (*pattern && *path && match_part(pattern, path)) {
            pattern = behind_slash(pattern);
            path = behind_slash(path);
        } else {
            if (!rest || !*from) return false;
            from = path = behind_slash(from);
            pattern = rest;
        }
    }
}

static bool match_one(const Glob *glob, const char *path, const char *name, bool directory) {
    if (glob->directory && !directory) return false;
    return glob->anchored ? path && match_path(glob->text, path) : fnmatch(glob->text, name, 0) == 0;
}

int globs_match(const Globs *globs, const char *path, const char *name, bool directory) {
    for (uint32_t i = globs->items.n; i > 0; i--)
        if (match_one(&globs->items.at[i - 1], path, name, directory)) return globs->items.at[i - 1].negated ? -1 : 1;
    return 0;
}

/* Whether a path or a directory above it matches. */
static bool match_above(const Glob *glob, char *path, bool directory) {
    for (char *end = path + strlen(path), *slash; end; end = slash, directory = true) {
        char saved = *end;
        *end = '\0';
        slash = strrchr(path, '/');
        bool found = match_one(glob, path, slash ? slash + 1 : path, directory);
        *end = saved;
        if (found) return true;
    }
    return false;
}

bool globs_cover(const Globs *globs, const char *path, bool directory) {
    char copy[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof copy) return false;
    memcpy(copy, path, length + 1);
    for (uint32_t i = globs->items.n; i > 0; i--)
        if (match_above(&globs->items.at[i - 1], copy, directory)) return !globs->items.at[i - 1].negated;
    return false;
}
