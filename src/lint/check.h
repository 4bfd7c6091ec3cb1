/* What the checks in C work with. A check takes the Lint, the value of its rule's type and the path where that stands, and
 * reports with the emitters of rules.h:
 *
 *     void lint_grace_too_long(Lint *lint, const PodSpec *self, const Path *path) {
 *         Path at = FIELD(path, "terminationGracePeriodSeconds");
 *         if (self->terminationGracePeriodSeconds.value > lint_int(lint, RULE_grace_too_long, S("max")))
 *             emit_grace_too_long(lint->diags, lint_where(lint, &at), ...);
 *     }
 *
 * Nothing is allocated for a value that is right. A check may report several rules; those that are off are dropped later. */
#ifndef PODLINT_LINT_CHECK_H
#define PODLINT_LINT_CHECK_H

#include "lint.h"
#include "base/near.h"
#include "model/containers.h"
#include "rules.h"

typedef struct Lint {
    const LintRules *rules;
    const Document *document;
    Arena *arena; /* of messages */
    DiagList *diags;
    uint8_t minor;              /* Kubernetes 1.N */
    const PodSpec *pod;         /* of the object's pod or template; NULL if it has none */
    const ObjectMeta *meta;     /* the pod's metadata; NULL likewise */
    const Path *podPath;        /* of `pod` */
    const Path *metaPath;       /* of `meta` */
    const Container *container; /* the one that the value at hand is in, or NULL */
    const Path *containerPath;
    ContainerRole role;              /* of `container` */
    struct StrSet *mounts, *volumes; /* see mounts.h; made at first need */
} Lint;

/* The place and text of a path. */
static inline Where lint_where(const Lint *lint, const Path *path) {
    return path_where(lint->arena, lint->document->root, path);
}

/* The same, at the key: for faults of a name or of a map's key. */
static inline Where lint_where_key(const Lint *lint, const Path *path) {
    return path_where_key(lint->arena, lint->document->root, path);
}

/* Whether a rule is switched on. Checks that cost more than a look may ask. */
bool lint_is_on(const Lint *lint, uint16_t rule);

/* A rule's parameter. The number is 0 and the list empty if the user gave something else. */
Value lint_parameter(const Lint *lint, uint16_t rule, Str name);
int64_t lint_int(const Lint *lint, uint16_t rule, Str name);

/* Whether a list of texts that is a rule's parameter has `text`. */
bool lint_listed(const Lint *lint, uint16_t rule, Str name, Str text);

/* How pods come of the object. */
WorkloadKind lint_workload(const Lint *lint);

#endif
