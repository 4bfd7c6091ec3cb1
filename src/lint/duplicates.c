/* What stands twice in a run: objects of one file, and paths of Ingresses. */
#include "base/str_set.h"
#include "world.h"

/* Kinds of others may have the names of built-in ones. */
static Str identity_of(World *w, const Fact *fact) {
    return str_format(w->arena, "%u%c%.*s %.*s %.*s", fact->file, fact->known ? ' ' : '*', TEXT(fact->kindName),
                      TEXT(fact->namespace_), TEXT(fact->name));
}

/* Ingresses of one file, class and namespace compete for a path; those of several files may be alternatives. */
static Str path_of(World *w, const Fact *ingress, const FactPort *backend) {
    return str_format(w->arena, "%u\n%.*s\n%.*s\n%.*s\n%.*s", w->closed ? 0 : ingress->file, TEXT(ingress->namespace_),
                      TEXT(ingress->type), TEXT(backend->host), TEXT(backend->path));
}

/* Controllers that give each Ingress a load balancer of its own, and so its own hosts. */
static bool has_own_balancer(const Fact *ingress) {
    return str_eq(ingress->type, S("alb")) || str_starts(ingress->type, S("gce"));
}

void duplicates_check(World *w) {
    StrSet objects = {.arena = w->arena};
    for (uint32_t i = 0; i < w->count; i++) {
        Fact *fact = w->facts[i];
        if (fact->unnamed || fact->inside) continue;
        const Fact *other = str_set_add(&objects, identity_of(w, fact), fact);
        if (other) emit_duplicate_object(&fact->diags, fact->where, .kind = fact->kindName, .name = fact->name);
    }
}

void ingress_paths_check(World *w) {
    StrSet paths = {.arena = w->arena};
    for (uint32_t i = 0; i < w->count; i++) {
        Fact *ingress = w->facts[i];
        if (ingress->kind != FACT_INGRESS || ingress->canary || has_own_balancer(ingress)) continue;
        for (uint32_t j = 0; j < ingress->portCount; j++) {
            const FactPort *backend = &ingress->ports[j];
            if (!backend->path.len) continue;
            const Fact *other = str_set_add(&paths, path_of(w, ingress, backend), ingress);
            if (!other || is_same_object(other, ingress)) continue;
            emit_ingress_path_taken(&ingress->diags, backend->pathWhere,
                                    .host = backend->host.len ? backend->host : S("any host"), .path = backend->path,
                                    .other = other->name);
        }
    }
}
