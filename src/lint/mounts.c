#include "mounts.h"

#include "base/str_set.h"

/* From the last to the first, so that each volume's list begins with its first mount. */
static void add_mounts(StrSet *set, const ContainerList *containers) {
    for (uint32_t i = containers->n; i > 0; i--) {
        const Container *container = &containers->at[i - 1];
        for (uint32_t j = container->volumeMounts.n; j > 0; j--) {
            const VolumeMount *mount = &container->volumeMounts.at[j - 1];
            MountUse *use = NEW(set->arena, MountUse);
            *use = (MountUse){container, mount, str_set_find(set, mount->name)};
            str_set_put(set, mount->name, use);
        }
    }
}

const MountUse *mounts_of(Lint *lint, Str volume) {
    if (!lint->mounts) {
        lint->mounts = NEW(lint->arena, StrSet);
        lint->mounts->arena = lint->arena;
        add_mounts(lint->mounts, &lint->pod->containers);
        add_mounts(lint->mounts, &lint->pod->initContainers);
    }
    return str_set_find(lint->mounts, volume);
}

const Volume *volume_named(Lint *lint, Str name) {
    if (!lint->volumes) {
        lint->volumes = NEW(lint->arena, StrSet);
        lint->volumes->arena = lint->arena;
        for (uint32_t i = 0; i < lint->pod->volumes.n; i++)
            str_set_add(lint->volumes, lint->pod->volumes.at[i].name, &lint->pod->volumes.at[i]);
    }
    return str_set_find(lint->volumes, name);
}
