/* The path of a value inside its object, as a chain on the stack: cheap to extend, and text only when something is reported. */
#ifndef PODLINT_PATH_H
#define PODLINT_PATH_H

#include "diag.h"
#include "yaml/node.h"
#include "schema.h"

typedef struct Path {
    const struct Path *up; /* NULL at the root */
    Str name;              /* a field, or a map's key if `index` is PATH_KEY */
    int64_t index;         /* a list's index, or PATH_FIELD, PATH_KEY */
} Path;

enum { PATH_FIELD = -1, PATH_KEY = -2 };

#define FIELD(up_, name_) ((Path){(up_), STR(name_), PATH_FIELD})

static inline Path path_field(const Path *up, Str name) {
    return (Path){up, name, PATH_FIELD};
}

static inline Path path_index(const Path *up, uint32_t index) {
    return (Path){up, {NULL, 0}, index};
}

static inline Path path_key(const Path *up, Str key) {
    return (Path){up, key, PATH_KEY};
}

/* The text as the API server prints it: spec.containers[0].ports, metadata.labels[a b]. NULL is the empty path. */
Str path_text(Arena *arena, const Path *path);

/* The place of a path in the document `root` and its text. A value that is not written there has the place of the nearest thing
 * above it that is: the key of the map or list that lacks it. */
Where path_where(Arena *arena, const Node *root, const Path *path);

/* The same, but the place of the key instead of the value, for faults of the name itself. */
Where path_where_key(Arena *arena, const Node *root, const Path *path);

/* The field that a path leads to, or that the list or map at the end of it is of, where an object of `type` (NULL if unknown)
 * stands at `base`; NULL if none is known. */
const Field *path_schema_field(const Type *type, const Path *base, const Path *path);

/* The type of the object that it leads to; NULL if it leads to none. */
const Type *path_type(const Type *type, const Path *base, const Path *path);

/* The text of a path below `root`, an object of `type` (NULL if unknown), with what its list items are called in place of their
 * numbers, so that it stays when items move: spec.containers[web].ports[80].name.
 * Items without a key leave the brackets empty. */
Str path_by_names(Arena *arena, const Node *root, const Type *type, Str path);

/* Whether the text of a path names `place` or what lies below it. */
bool path_is_below(Str path, Str place);

/* The last field or key of a path that path_text printed, indexes left out: ports of spec.containers[0].ports[1]. */
Str path_leaf(Str path);

#endif
