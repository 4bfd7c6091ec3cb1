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
    bool terminates; /* a Namespace that the cluster is taking away */
    Standing standing;
    uint32_t number;     /* of those that came, in their order */
    Sums used;           /* of a quota, by the objects of the run so far */
    Sums usedBefore;     /* and in the cluster, perhaps by the same objects */
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
    bool waits; /* what is refused are claims, and pods wait for them */
    Str pods;   /* how messages begin: nothing, or that pods are refused and not the object */
} Request;

/* How messages begin when so many of all pods of the object are refused. */
Str pods_words(const Request *r, int64_t refused, int64_t all);

/* Whether there are errors among what was said since there were `before` diagnostics. */
bool has_refused(const Request *r, uint32_t before);

/* The deciders of a kind in the request's namespace ("" for kinds without one) that are applied together with it.
 *     for (const Decider *d = deciders_first(r, KIND_LimitRange, ns); d; d = deciders_next(r, d)) */
Decider *deciders_first(const Request *r, uint16_t kind, Str namespace_);
Decider *deciders_next(const Request *r, const Decider *decider);

/* The one of this name, or NULL. */
Decider *decider_named(const Request *r, uint16_t kind, Str namespace_, Str name);

/* The namespace of an object, as kustomizations leave it; that of the deciders where it has none. */
Str namespace_of(const Deciders *deciders, const Document *document);

/* What an object is known by among those that have taken of quotas. */
Str counted_key(Arena *arena, Str kind, Str namespace_, Str name, Str world);

static inline Str decider_name(const Decider *decider) {
    return model_meta(decider->document)->name;
}

/* Whether it is applied together with the request's object, or is there already. */
bool decider_is_together(const Request *r, const Decider *decider);

/* "limits.yaml:12", or "line 12" of the same file. */
Str decider_place(const Request *r, const Decider *decider);

static inline Where request_where(const Request *r, const Path *path) {
    return path_where(r->arena, r->document->root, path);
}

/* Whether claims that name no class get this StorageClass. */
bool is_default_storage_class(const Document *class);

/* The class that a claim gets; at is NULL if it has none. */
Str storage_class_of(const Request *r, const PersistentVolumeClaim *claim);

/* A claim that is made for each pod: by a template of a StatefulSet, or by an ephemeral volume. It is made by a controller once
 * the pod is taken, or before it is made; the pod waits as long as it is refused. */
typedef struct MadeClaim {
    PersistentVolumeClaim claim;
    Str name; /* of the template or the volume */
    const Path *at;
} MadeClaim;

typedef ARRAY(MadeClaim) MadeClaims;

MadeClaims made_claims(const Request *r);

/* "the claim data", "3 claims of data", for messages. */
Str made_claim_words(const Request *r, const MadeClaim *made, int64_t count);

/* The request with what is said of its claims. */
Request waiting_request(const Request *r);

/* "container web", for messages. */
Str container_words(const Request *r, const ContainerWalk *walk);

/* What a pod asks for, or is limited to: what is written of it as a whole, else its containers put together. */
Sums pod_amounts(Arena *arena, const PodSpec *spec, bool limits);

/* Whether resources of the pod as a whole are written. */
bool has_pod_level(const PodSpec *spec);

/* The plugins, in files of their own. */
void nodes_check(const Request *r);
void limit_ranger_fill(const Request *r);
void limit_ranger_check(const Request *r);
void limit_ranger_check_claims(const Request *r); /* those that are made for pods */
void claims_check_classes(const Request *r);      /* where what is not there does not exist */
bool quota_check(const Request *r);               /* whether the object itself is refused */

#endif
