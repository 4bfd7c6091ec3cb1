/* What the files of defaults*.c share. */
#ifndef PODLINT_DEFAULTS_H
#define PODLINT_DEFAULTS_H

#include "model.h"

/* An object whose pod has its defaults. */
typedef struct Defaulting {
    Arena *arena;
    const Type *type;
    void *object;
    uint8_t minor;
} Defaulting;

/* defaults_kinds.c: the kinds around the pod. */
void default_service(const Defaulting *d);
void default_network_policy(const Defaulting *d);
void default_namespace(const Defaulting *d);
void default_limit_range(const Defaulting *d);
void default_autoscaler(const Defaulting *d);
void default_role_binding(const Defaulting *d);
void default_cluster_role_binding(const Defaulting *d);
void default_csi_driver(const Defaulting *d);
void default_node(const Defaulting *d);
void default_definition(const Defaulting *d);

#endif
