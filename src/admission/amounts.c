#include "plugin.h"

static const QuantityMap *amounts_in(const ResourceRequirements *resources, AmountOf which) {
    return which == AMOUNT_REQUESTS ? &resources->requests : &resources->limits;
}

static void raise_all(Sums *sums, const Sums *other) {
    for (uint32_t i = 0; i < other->pairs.n; i++) sums_raise(sums, &other->pairs.at[i]);
}

static bool is_pod_level(Str name) {
    return str_eq(name, S("cpu")) || str_eq(name, S("memory")) || str_starts(name, S("hugepages-"));
}

bool has_pod_level(const PodSpec *spec) {
    for (int which = 0; spec->resources && which < 2; which++) {
        const QuantityMap *map = amounts_in(spec->resources, (AmountOf)which);
        for (uint32_t i = 0; i < map->n; i++)
            if (is_pod_level(map->at[i].key)) return true;
    }
    return false;
}

Sums pod_amounts(Arena *arena, const PodSpec *spec, AmountOf which) {
    Sums sums = sums_start(arena), sidecars = sums_start(arena), inits = sums_start(arena);
    for (uint32_t i = 0; i < spec->containers.n; i++) sums_add_all(&sums, amounts_in(&spec->containers.at[i].resources, which));
    for (uint32_t i = 0; i < spec->initContainers.n; i++) {
        const Container *container = &spec->initContainers.at[i];
        const QuantityMap *own = amounts_in(&container->resources, which);
        Sums now = sums_start(arena);
        if (is_sidecar(container)) {
            sums_add_all(&sums, own);
            sums_add_all(&sidecars, own);
        } else {
            sums_add_all(&now, own);
        }
        for (uint32_t j = 0; j < sidecars.pairs.n; j++) sums_add(&now, &sidecars.pairs.at[j]);
        raise_all(&inits, &now);
    }
    raise_all(&sums, &inits);
    const QuantityMap *whole = spec->resources ? amounts_in(spec->resources, which) : &(QuantityMap){0};
    for (uint32_t i = 0; i < whole->n; i++)
        if (is_pod_level(whole->at[i].key)) sums_put(&sums, &whole->at[i]);
    return sums;
}
