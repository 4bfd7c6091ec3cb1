#include "patterns.h"

#include <unistd.h>

#include "input/input.h"

void patterns_add(Globs *globs, Arena *arena, const char *written) {
    Str pattern = str_of(written), mark = str_starts(pattern, S("!")) ? S("!") : S(""), here = real_path(arena, ".");
    pattern = str_slice(pattern, mark.len);
    if (str_starts(pattern, S("./"))) pattern = str_slice(pattern, 1);
    Str end = str_ends(pattern, S("/")) ? S("/") : S(""), path = {pattern.at, pattern.len - end.len};
    bool below = here.at && str_starts(pattern, here) && pattern.len > here.len && pattern.at[here.len] == '/';
    if (below)
        pattern = str_slice(pattern, here.len);
    else if ((str_starts(path, S("../")) ||
              (str_starts(path, S("/")) && access(arena_cstr(arena, str_slice(path, 1)), F_OK) != 0)) &&
             access(arena_cstr(arena, path), F_OK) == 0)
        pattern = str_join(arena, str_join(arena, S("/"), input_relative(arena, ".", path)), end);
    globs_add(globs, arena, str_join(arena, mark, pattern));
}

Str patterns_leave_out(const FilePatterns *patterns, Arena *arena, ConfigStore *store, Str path, bool directory) {
    if (patterns->exclude.items.n || patterns->include.items.n) {
        const char *relative = input_relative(arena, ".", path).at;
        if (globs_cover(&patterns->exclude, relative, directory)) return S("--exclude names it");
        if (!directory && patterns->include.items.n && !globs_cover(&patterns->include, relative, false))
            return S("--include does not name it");
    }
    return config_leaves_out(store, path, directory) ? S("the configuration leaves it out") : S("");
}
