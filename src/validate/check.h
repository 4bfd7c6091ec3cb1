/* What the files of validate/ share. A check function takes the Check, the value and the path where the value stands, and appends
 * a diagnostic for each rule that is broken. Paths live on the stack; nothing is allocated for a value that is right.
 *
 *     static void check_port(Check *c, const ContainerPort *port, const Path *path) {
 *         Path at = FIELD(path, "containerPort");
 *         if (port->containerPort < 1 || port->containerPort > 65535)
 *             emit_port_range(c->diags, where(c, &at), .value = str_int(c->arena, port->containerPort));
 *     }
 */
#ifndef PODLINT_CHECK_H
#define PODLINT_CHECK_H

#include "base/near.h"
#include "model/containers.h"
#include "rules.h"

typedef struct Check {
    Document *document;
    Arena *arena; /* of messages */
    DiagList *diags;
    const Node *root; /* the object's text */
    uint8_t minor;    /* Kubernetes 1.N */
} Check;

/* The place and text of a path. */
static inline Where where(const Check *c, const Path *path) {
    return path_where(c->arena, c->root, path);
}

/* The same, at the key: for faults of a name or of a map's key. */
static inline Where where_key(const Check *c, const Path *path) {
    return path_where_key(c->arena, c->root, path);
}

/* The place of `at` with the text of `printed`, for values that the server reports under another path than their own. */
static inline Where where_printed(const Check *c, const Path *at, const Path *printed) {
    Where place = where(c, at);
    place.path = path_text(c->arena, printed);
    return place;
}

/* Whether a feature gate is on by default in the version that the check is for. */
static inline bool gate(const Check *c, int16_t number) {
    return schema_gate_on(number, c->minor);
}

/* "a, b or c" for messages. */
Str words_or(Arena *arena, const Str *words, size_t count);

/* Calls `visit` for each object in a field of `object`: the items of a list, or the one that is there. Returns whether there is
 * any. */
typedef void VisitObject(Check *c, const Type *type, void *object, const Path *path);
bool each_object(Check *c, const Field *field, void *object, const Path *path, VisitObject *visit);

#endif
