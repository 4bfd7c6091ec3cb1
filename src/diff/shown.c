#include "shown.h"

DiffPlace diff_place(Arena *arena, const DiffObject *object, const Path *path) {
    if (!object->document || !path) return (DiffPlace){0};
    Where where = path_where(arena, object->document->root, path);
    return (DiffPlace){true, object->file->source.name, source_place(&object->file->source, arena, where.span.at)};
}

const Document *diff_shown(const Pair *pair) {
    return pair->after.document ? pair->after.document : pair->before.document;
}
