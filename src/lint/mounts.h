/* The volumes of the pod at hand and who mounts them. */
#ifndef PODLINT_LINT_MOUNTS_H
#define PODLINT_LINT_MOUNTS_H

#include "check.h"

typedef struct MountUse {
    const Container *container;
    const VolumeMount *mount;
    const struct MountUse *next; /* of the same volume */
} MountUse;

/* The mounts of a volume by init containers, then by main ones, in their order; NULL if there are none. */
const MountUse *mounts_of(Lint *lint, Str volume);

/* The pod's volume with this name, or NULL. */
const Volume *volume_named(Lint *lint, Str name);

#endif
