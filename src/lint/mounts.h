/* Who mounts a volume of the pod at hand. */
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

#endif
