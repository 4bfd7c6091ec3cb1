#include "areas.h"

void check_volumes(PodCheck *p) {
    (void)p;
}

const Volume *pod_volume(const PodCheck *p, Str name) {
    for (uint32_t i = 0; i < p->spec->volumes.n; i++)
        if (str_eq(p->spec->volumes.at[i].name, name)) return &p->spec->volumes.at[i];
    return NULL;
}
