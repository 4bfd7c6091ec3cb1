/* The containers of a pod, and what they are in it. */
#ifndef PODLINT_CONTAINERS_H
#define PODLINT_CONTAINERS_H

#include "model.h"
#include "sums.h"

typedef enum ContainerRole {
    ROLE_NONE, /* no container */
    ROLE_MAIN,
    ROLE_INIT,    /* runs to its end before the main ones start */
    ROLE_SIDECAR, /* an init container with restartPolicy Always: it starts before the main ones and runs beside them */
    ROLE_EPHEMERAL,
} ContainerRole;

/* Of a container in spec.initContainers. */
static inline bool is_sidecar(const Container *container) {
    return str_eq(container->restartPolicy, S("Always"));
}

/* A walk over the containers of a pod: first init, then main, then ephemeral ones, which begin with the fields of the others.
 *
 *     ContainerWalk w;
 *     for (walk_containers(&w, spec, path); walk_next(&w);) look_at(w.container, &w.path);
 */
typedef struct ContainerWalk {
    const PodSpec *spec;
    const Path *specPath;
    int list, last; /* the list at hand and the last one: 0 init, 1 main, 2 ephemeral */
    uint32_t next;  /* index in it */
    const Container *container;
    ContainerRole role;
    uint32_t index; /* of `container` in its list */
    Path listPath, path;
} ContainerWalk;

void walk_containers(ContainerWalk *walk, const PodSpec *spec, const Path *path); /* init and main ones */
void walk_all_containers(ContainerWalk *walk, const PodSpec *spec, const Path *path);
bool walk_next(ContainerWalk *walk);

/* What the containers of a pod ask for together, or are limited to: the main ones summed with the sidecars, or the largest moment
 * of initialisation (k8s.io/component-helpers/resource). */
Sums containers_amounts(Arena *arena, const PodSpec *spec, bool limits);

/* Whether a pod as a whole may have an amount of a resource. */
bool is_pod_level(Str resource);

/* Whether a pod is for Windows: by its os, or because no other node may take it, by its nodeSelector or node affinity. */
bool pod_is_windows(const PodSpec *spec);

/* The init or main container of this name, or NULL. */
const Container *container_named(const PodSpec *spec, Str name);

#endif
