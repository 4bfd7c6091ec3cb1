#include "plugin.h"

static const QuantityMap *whole(const PodSpec *spec, bool limits) {
    static const QuantityMap none = {0};
    if (!spec->resources) return &none;
    return limits ? &spec->resources->limits : &spec->resources->requests;
}

bool has_pod_level(const PodSpec *spec) {
    for (int limits = 0; limits < 2; limits++) {
        const QuantityMap *map = whole(spec, limits);
        for (uint32_t i = 0; i < map->n; i++)
            if (is_pod_level(map->at[i].key)) return true;
    }
    return false;
}

Sums pod_amounts(Arena *arena, const PodSpec *spec, bool limits) {
    Sums sums = containers_amounts(arena, spec, limits);
    const QuantityMap *map = whole(spec, limits);
    for (uint32_t i = 0; i < map->n; i++)
        if (is_pod_level(map->at[i].key)) sums_put(&sums, &map->at[i]);
    return sums;
}
