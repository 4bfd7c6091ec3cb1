#include "definitions.h"

#include <sys/stat.h>

#include "base/visible.h"

static bool is_there(Arena *arena, Str folder, const char *name, Str *out) {
    struct stat st;
    *out = str_format(arena, "%.*s/%s", TEXT(folder), name);
    return stat(arena_cstr(arena, *out), &st) == 0;
}

Str definitions_folder(Arena *arena) {
    Str out, git, folder = real_path(arena, ".");
    while (folder.at) {
        if (is_there(arena, folder, DEFINITIONS_FOLDER, &out)) return out;
        if (is_there(arena, folder, ".git", &git) || !folder.len) break;
        ptrdiff_t slash = str_rfind(folder, '/');
        folder.len = slash < 0 ? 0 : (size_t)slash;
    }
    return (Str){0};
}

Crds *definitions_open(InputList *given, const ConfigPaths *configured) {
    for (uint32_t i = 0; configured && i < configured->n; i++) input_add(given, configured->at[i].path);
    Str kept = definitions_folder(given->arena);
    if (kept.at) input_add(given, kept);
    for (uint32_t i = 0; i < given->faults.n; i++)
        tell_error("podlint: cannot read %.*s: %s", TEXT(given->faults.at[i].path),
                   source_error_text(given->arena, SOURCE_CANNOT_READ, given->faults.at[i].error).at);
    if (given->faults.n) return NULL;
    Crds *crds = crds_new();
    for (uint32_t i = 0; i < given->files.n; i++) crds_add(crds, given->files.at[i].path, given->files.at[i].text);
    return crds;
}

bool definitions_good(const Crds *crds) {
    uint32_t count;
    bool good = true;
    const CrdFault *faults = crds_faults(crds, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (faults[i].line)
            tell_error("podlint: a definition in %.*s is not read, line %u is not YAML: %.*s", TEXT(faults[i].path),
                       faults[i].line, TEXT(faults[i].reason));
        else
            tell_error("podlint: cannot read %.*s: %.*s", TEXT(faults[i].path), TEXT(faults[i].reason));
        good &= faults[i].line > 0;
    }
    return good;
}
