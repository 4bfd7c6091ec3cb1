/* Two models of one kind side by side: whether they are equal, and where they differ. Equality is the server's
 * (k8s.io/apimachinery/pkg/api/equality): quantities by value, an empty list or map the same as none. */
#ifndef PODLINT_COMPARE_H
#define PODLINT_COMPARE_H

#include "model.h"

/* Whether two structs of `type` are equal; either may be NULL, which equals only NULL. */
bool object_equal(const Type *type, const void *a, const void *b);

/* Whether the values of one field of two structs are equal. `a` and `b` point to the structs. */
bool field_equal(const Field *field, const void *a, const void *b);

/* Whether there is nothing at `at`, the value of a field that is no list or map. A plain number is always there. */
bool field_is_absent(const Field *field, const void *at);

typedef enum DifferenceKind {
    DIFFERENCE_ADDED,
    DIFFERENCE_REMOVED,
    DIFFERENCE_CHANGED,
    DIFFERENCE_MOVED, /* an item of a keyed list stands at another place; nothing else of it need differ */
} DifferenceKind;

/* One place where two models differ: a scalar, or a whole object, list item or map entry that only one of them has. */
typedef struct Difference {
    uint8_t kind;       /* DifferenceKind */
    const Field *field; /* the field that holds the value, or the list or map that it is in */
    const Type *owner;  /* the type that has the field */
    Path *path;         /* in the new object; in the old one for what was removed; allocated, good as long as the arena */
    Path *oldPath;      /* in the old object; NULL for what was added */
    Str before, after;  /* the values as text: of a list's item its keys, empty for other objects and what is not there */
} Difference;

typedef struct DifferenceList {
    Arena *arena;
    ARRAY(Difference) items;
} DifferenceList;

/* Lists the differences of two objects of `type`, in the order of the schema. Lists that the API keeps as maps are paired by
 * their keys, atomic lists item by item. The root's status is left out. */
void compare_objects(DifferenceList *list, const Type *type, const void *before, const void *after);

#endif
