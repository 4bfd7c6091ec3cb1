#include "save.h"

#include <errno.h>
#include <stdio.h>

#include "base/output.h"
#include "base/visible.h"

/* Whether a file still holds what was mended; tells if it does not. `done`: it has the new text already, as under another name.
 */
static bool is_unchanged(Arena *arena, const FixedFile *file, bool *done) {
    Source source;
    SourceError error = source_read(&source, arena, file->name);
    if (error) {
        tell_error("podlint: cannot read %.*s: %s", TEXT(file->name), source_error_text(arena, error, errno).at);
        return false;
    }
    *done = source.mark == file->mark && str_eq(source.text, file->after);
    if (*done || (source.mark == file->mark && str_eq(source.text, file->before))) return true;
    tell_error("podlint: %.*s was changed by somebody else meanwhile, and is left as it is", TEXT(file->name));
    return false;
}

/* Whether a file is in UTF-16, whose text is not what its bytes are. */
static bool is_utf_16(const char *path) {
    unsigned char start[2] = {0};
    FILE *in = fopen(path, "rbe");
    bool found = in && fread(start, 1, sizeof start, in) == sizeof start && start[0] >= 0xFE && start[1] >= 0xFE;
    if (in) fclose(in);
    return found;
}

static bool save(Arena *arena, const FixedFile *file) {
    const char *path = arena_cstr(arena, file->name);
    Output output;
    if (is_utf_16(path)) {
        tell_error("podlint: %s is UTF-16, and is left as it is; save it as UTF-8", path);
        return false;
    }
    bool done;
    if (!is_unchanged(arena, file, &done)) return false;
    if (done) return true;
    if (!output_open(&output, path)) return false;
    if (file->mark) fputs("\xEF\xBB\xBF", output.stream);
    fwrite(file->after.at, 1, file->after.len, output.stream);
    return output_close(&output);
}

bool fix_save(const FixedFile *file) {
    Arena arena = {0};
    bool saved = save(&arena, file);
    arena_free(&arena);
    return saved;
}
