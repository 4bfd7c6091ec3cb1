/* Pods inside custom resources: found by the table of schema/pods.yaml, by the places that a configuration names, and by schemas
 * that have the fields of a pod or of a container. */
#ifndef PODLINT_CRD_PODS_H
#define PODLINT_CRD_PODS_H

#include "crd.h"

/* A place where the user says that pods stand. */
typedef struct PodPlaceRule {
    Str apiVersion; /* GROUP/VERSION, or GROUP for all versions */
    Str kind;
    Str path;     /* as in schema/pods.yaml */
    uint8_t form; /* PodForm */
} PodPlaceRule;

typedef struct PodPlaceRules {
    const PodPlaceRule *at;
    uint32_t n;
} PodPlaceRules;

/* What a pod is made of, inside a custom resource. */
typedef struct InnerPod {
    const Node *node;          /* the template, the spec or the container */
    Str path;                  /* its place in the custom resource */
    uint8_t form;              /* PodForm */
    Str reads;                 /* PodRow */
    bool whole, keepsReplicas; /* PodRow */
} InnerPod;

typedef struct InnerPods {
    InnerPod *at;
    uint32_t n;
} InnerPods;

/* The pods in a custom resource. `definition` of the document may be set. Allocated in the arena of its diagnostics. */
InnerPods pods_inside(const Document *document, PodPlaceRules places);

/* The text of a pod as an object of its own: of a ReplicaSet if it keeps replicas, of a PodTemplate otherwise. Places are those
 * in the custom resource; what its operator fills in is marked (Node.later), and counted in `later`. */
Node *inner_root(const Document *document, const InnerPod *pod, uint32_t *later);

/* That object, decoded. */
Document *inner_document(const Document *document, const InnerPod *pod, Node *root, uint32_t later);

/* How an object that keeps replicas takes new pods for old ones. */
typedef enum Rolling {
    ROLLING_NOT,  /* it keeps none */
    ROLLING_LIKE, /* like a Deployment: a Rollout of Argo whose canary has no steps */
    ROLLING_OWN,  /* in a way of its own; it is created like a Deployment */
} Rolling;

/* Such an object as a Deployment, decoded, in `out`. */
Rolling rolling_document(const Document *document, Document **out);

/* The path of the pod in such a document. */
Str inner_start(const InnerPod *pod);

/* The path in the custom resource of a path in such a document; at is NULL for what stands outside of the pod. */
Str inner_path(Arena *arena, const InnerPod *pod, Str path);

#endif
