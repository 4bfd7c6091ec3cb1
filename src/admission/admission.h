/* What the API server's admission plugins do with an object, as far as objects of the same run decide it: Namespaces with Pod
 * Security labels, LimitRanges, ResourceQuotas, and priority, runtime and storage classes and ServiceAccounts; and whether Nodes
 * can take the pods that come of it
 * (k8s.io/kubernetes/plugin/pkg/admission and k8s.io/pod-security-admission, with the server's default plugins and settings). */
#ifndef PODLINT_ADMISSION_H
#define PODLINT_ADMISSION_H

#include "base/str_set.h"
#include "simulate/cluster.h"

/* An object that decides over others. */
typedef struct Decider Decider;

/* The objects that decide. Start with an arena, in which all that it holds lives, and zeros. */
typedef struct Deciders {
    Arena *arena;
    StrSet byKind;        /* "KIND/NAMESPACE", and "KIND/NAMESPACE/NAME": the first Decider */
    Cluster nodes;        /* Node objects */
    uint32_t count;       /* of all */
    bool closed;          /* a namespace, a class or an account that is not here does not exist */
    Str namespace_;       /* of objects that do not say theirs; empty: nobody knows */
    StrSet counted;       /* objects that have taken of quotas, or that the cluster has: once more they are the same */
    bool listsPriorities; /* the cluster says all PriorityClasses that it has */
} Deciders;

/* Where an object of the run stands, and which objects are applied together with it. */
typedef struct Standing {
    Str file;        /* as messages name it */
    uint32_t line;   /* of its first line */
    StrList worlds;  /* names of what is applied together; none: with everything */
    bool inside;     /* the pods are those of a custom resource: quotas count them, and not what they were put into here */
    bool everywhere; /* nothing in these is or makes pods: it decides over those of other worlds too */
} Standing;

/* How a document may decide over others. */
typedef enum AdmissionRole {
    ADMISSION_NONE,
    ADMISSION_GIVES, /* it is there: what names it is right, and what it gives is filled in */
    ADMISSION_BINDS, /* others may be refused for what it says */
} AdmissionRole;

AdmissionRole admission_role(const Document *document);

/* What of a document tells whether others can decide over it; small, so that it is kept when the document is gone. */
typedef struct AdmissionNeed {
    Str namespace_;    /* empty: it has none, or none is written */
    bool decides;      /* it is judged itself: a Namespace for its labels, a PriorityClass that is the default */
    bool namespaced;   /* quotas may count it */
    const Kind *kind;  /* NULL if it was not decoded */
    bool pods;         /* it is a pod or makes pods */
    bool priority;     /* these name a PriorityClass, or set what it sets */
    bool runtimeClass; /* they name one */
    bool overhead;     /* they set what a RuntimeClass sets */
    bool mirror;       /* it says that a node made it */
} AdmissionNeed;

AdmissionNeed admission_need(const Document *document);

/* Whether anything can be said of such a document with these deciders. */
bool admission_concerns(const Deciders *deciders, const AdmissionNeed *need);

/* Takes an object among the deciders. The document and what it points to have to live as long. One of the run takes the place of
 * one of its name that the cluster has (`ofCluster`), whose status still says what a quota has used, and of an earlier one in its
 * file. */
void deciders_add(Deciders *deciders, const Document *document, Standing standing, bool ofCluster);

/* Takes all objects that decide of a file with what a cluster has, decoded for version 1.`minor`, and remembers the others: they
 * have taken of quotas. Returns why the file is of no use; at is NULL if it is. */
Str deciders_read(Deciders *deciders, Source *source, uint8_t minor, Standing standing);

/* Does with an object, or with the pods that it makes, what the plugins do, and appends to its diagnostics what they refuse and
 * what they warn of. The object must be decoded; it is changed as the server changes it. What it takes of quotas counts for the
 * objects after it. Returns whether the object itself is refused, and not what it makes. */
bool admission_admit(Deciders *deciders, Document *document, const Standing *standing);

#endif
