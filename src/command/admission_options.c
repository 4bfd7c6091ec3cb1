#include "admission_options.h"

#include <errno.h>

#include "base/visible.h"

bool read_cluster(Deciders *deciders, const WordList *files, uint8_t minor) {
    for (uint32_t i = 0; i < files->n; i++) {
        Source *source = NEW(deciders->arena, Source);
        SourceError error = source_read(source, deciders->arena, files->at[i]);
        if (error) {
            Str reason = source_error_text(deciders->arena, error, errno);
            tell_error("podlint: cannot read %.*s: %.*s", TEXT(files->at[i]), TEXT(reason));
            return false;
        }
        Str wrong = deciders_read(deciders, source, minor, (Standing){.file = files->at[i]});
        if (wrong.at) tell_error("podlint: --cluster %.*s: %.*s", TEXT(files->at[i]), TEXT(wrong));
        if (wrong.at) return false;
    }
    return true;
}
