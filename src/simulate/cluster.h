/* The nodes of a cluster and the pods on them, as far as the scheduler looks at them: read from a stream of objects as kubectl
 * prints it, or written in short as 3x(cpu=4,memory=16Gi,zone=a). */
#ifndef PODLINT_SIMULATE_CLUSTER_H
#define PODLINT_SIMULATE_CLUSTER_H

#include "model/model.h"

/* An amount: thousandths of a cpu, else whole units. */
typedef struct Amount {
    Str name;
    int64_t amount;
} Amount;

typedef struct Amounts {
    ARRAY(Amount) items;
} Amounts;

/* Who makes a pod anew: nobody, a controller, or one that keeps it on its node (a DaemonSet, or the node itself). */
typedef enum PodOwner { OWNER_NONE, OWNER_CONTROLLER, OWNER_NODE } PodOwner;

/* A pod that is bound to a node. */
typedef struct ClusterPod {
    Str name, namespace_;
    StrMap labels;
    const PodSpec *spec;
    int64_t priority;
    uint32_t node;  /* its number */
    bool leaves;    /* it has a deletion timestamp */
    uint8_t owner;  /* PodOwner */
    Str since;      /* when it started, as its status has it; empty: not known */
    Amounts wanted; /* what it requests */
} ClusterPod;

typedef struct ClusterNode {
    Str name;
    StrMap labels;
    TaintList taints;
    bool unschedulable;
    Amounts allocatable;
    uint32_t pods, podCount; /* of Cluster.pods, which stand together */
} ClusterNode;

typedef struct PriorityValue {
    Str name;
    int64_t value;
} PriorityValue;

/* A PodDisruptionBudget. */
typedef struct Budget {
    Str name, namespace_;
    const LabelSelector *selector;
    OptIntOrString minAvailable, maxUnavailable;
    OptInt allowed;    /* how many of its pods may go, by its status */
    int pods, desired; /* for a drain: how many it covers, and how many have to stay */
} Budget;

/* A PersistentVolumeClaim. */
typedef struct ClusterClaim {
    Str name, namespace_;
    Str volume; /* that it is bound to; empty: to none, or it is the volume that says so */
} ClusterClaim;

typedef struct Cluster {
    ARRAY(ClusterNode) nodes;
    ARRAY(ClusterPod) pods;         /* in the order of their nodes */
    ARRAY(StrPair) namespaceLabels; /* of the namespaces that are there: the key is NAMESPACE/KEY */
    ARRAY(Budget) budgets;
    ARRAY(PriorityValue) priorities; /* of PriorityClasses */
    ARRAY(ClusterClaim) claims;
    ARRAY(const PersistentVolume *) volumes;
} Cluster;

/* Reads Nodes, the Pods that are bound to them, Namespaces, PriorityClasses, PodDisruptionBudgets, PersistentVolumes and their
 * claims; other objects are passed over. Lists are taken
 * apart. Returns NULL, or what is wrong in words for people. */
const char *cluster_read(Cluster *out, Arena *arena, const Source *source, uint8_t minor);

/* Adds a node without pods. What it points to has to live as long. */
void cluster_add_node(Cluster *cluster, Arena *arena, const NodeObject *object);

/* Adds the PodDisruptionBudgets, PersistentVolumes and claims of a manifest. */
void cluster_add_objects(Cluster *cluster, Arena *arena, const Source *source, uint8_t minor);

/* Reads groups such as 3x(cpu=4,memory=16Gi,zone=a,taint=dedicated=db:NoSchedule),1x(cpu=8). cpu, memory, pods,
 * ephemeral-storage and names with a slash and a number are resources; zone and region the well-known labels; the rest labels.
 * Whether the text looks like such groups at all: cluster_is_short. Returns NULL, or how it has to be written. */
const char *cluster_read_short(Cluster *out, Arena *arena, Str text);
bool cluster_is_short(Str text);

int64_t amount_of(const Amounts *amounts, Str name);

/* What a pod requests: its containers together, or an init container beside the sidecars before it, whichever is more; the pod's
 * own requests instead where they are given; its overhead (k8s.io/component-helpers/resource, PodRequests). */
void pod_requests(Amounts *out, Arena *arena, const PodSpec *spec);

/* The priority that admission gives a pod. */
int64_t cluster_priority(const Cluster *cluster, const PodSpec *spec);

/* Whether the priority is one of what the cluster itself needs, which no kubelet evicts (kubelet/types, IsCriticalPod). */
bool pod_is_critical(const PodSpec *spec);

/* A copy to which pods may be added. */
Cluster cluster_copy(const Cluster *cluster, Arena *arena);

/* The volume that a claim is bound to; NULL if that is not known. */
const PersistentVolume *cluster_volume(const Cluster *cluster, Str namespace_, Str claim);

/* Puts one more pod on a node. */
void cluster_add(Cluster *cluster, Arena *arena, ClusterPod pod);

/* The labels of a namespace; the one with its name is always there. */
StrMap cluster_namespace(const Cluster *cluster, Arena *arena, Str name);

#endif
