/* What the files of admission/ share. */
#ifndef PODLINT_PLUGIN_H
#define PODLINT_PLUGIN_H

#include "admission.h"
#include "model/containers.h"
#include "model/sums.h"
#include "rules.h"

struct Decider {
    const Document *document;
    bool ofCluster;
    Standing standing;
    Sums used;           /* of a quota, by the objects so far */
    Decider *nextOfKind; /* in the same namespace */
    Decider *nextOfName; /* of the same kind, namespace and name: another world's */
    Decider *lastOfKind; /* of the first one: the end of its list */
    uint32_t ofKind;     /* of the first one: how many came after it */
    const Decider *firstOfName;
};

/* An object before the plugins: itself if it is a pod, else what it makes pods of. */
typedef struct Request {
    Deciders *deciders;
    Document *document;
    const Standing *standing;
    Arena *arena;
    DiagList *diags;
    Str namespace_; /* empty: nothing says which */
    PodSpec *spec;  /* NULL: no pods */
    ObjectMeta *meta;
    PodPlace place;
    bool isPod;
    Str pods; /* how messages begin: nothing, or that pods are refused and not the object */
} Request;

/* The deciders of a kind in the request's namespace ("" for kinds without one) that are applied together with it.
 *     for (const Decider *d = deciders_first(r, KIND_LimitRange, ns); d; d = deciders_next(r, d)) */
Decider *deciders_first(const Request *r, uint16_t kind, Str namespace_);
Decider *deciders_next(const Request *r, const Decider *decider);

/* The one of this name, or NULL. */
Decider *decider_named(const Request *r, uint16_t kind, Str namespace_, Str name);

/* The namespace of an object, as kustomizations leave it; that of the deciders where it has none. */
Str namespace_of(const Deciders *deciders, const Document *document);

static inline Str decider_name(const Decider *decider) {
    return model_meta(decider->document)->name;
}

/* "limits.yaml:12", or "line 12" of the same file. */
Str decider_place(const Request *r, const Decider *decider);

static inline Where request_where(const Request *r, const Path *path) {
    return path_where(r->arena, r->document->root, path);
}

/* "container web", for messages. */
Str container_words(const Request *r, const ContainerWalk *walk);

/* What a pod asks for, or is limited to: what is written of it as a whole, else its containers put together. */
Sums pod_amounts(Arena *arena, const PodSpec *spec, bool limits);

/* Whether resources of the pod as a whole are written. */
bool has_pod_level(const PodSpec *spec);

/* The plugins, in files of their own. */
void limit_ranger_fill(const Request *r);
void limit_ranger_check(const Request *r);
void quota_check(const Request *r);

#endif
