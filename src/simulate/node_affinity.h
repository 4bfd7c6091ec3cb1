/* Node selectors and required node affinity (k8s.io/component-helpers/scheduling/corev1/nodeaffinity): which nodes have what a
 * pod asks for, and what can be told of that without knowing any node. */
#ifndef PODLINT_SIMULATE_NODE_AFFINITY_H
#define PODLINT_SIMULATE_NODE_AFFINITY_H

#include "cluster.h"

/* What the pod requires of its node besides nodeSelector, or NULL. */
const NodeSelector *node_affinity_required(const PodSpec *spec);

/* Whether a node fulfils one of the terms of a selector. */
bool node_selector_met(const NodeSelector *selector, const ClusterNode *node);

/* Whether it has all that a pod asks for. */
bool node_affinity_met(const PodSpec *spec, const ClusterNode *node);

/* Why no node can have what a pod asks for. */
typedef struct NodeConflict {
    uint32_t term;   /* the first of the required terms; none of the others can be fulfilled either */
    Str key;         /* the label, or metadata.name, whose conditions exclude each other; empty: the term has no conditions */
    bool isField;    /* `key` is a field of the node */
    bool inSelector; /* nodeSelector has one of the conditions */
    Str conditions;  /* as kubectl writes selectors: "disktype=hdd and disktype in (ssd)" */
} NodeConflict;

/* Whether there is no such node, whatever its labels. False also where telling would take long. */
bool node_affinity_conflict(NodeConflict *out, Arena *arena, const PodSpec *spec);

/* How many values a label can have at most on nodes that the pod may use; -1: the pod does not say. */
int64_t node_affinity_values(const PodSpec *spec, Str key);

/* How many nodes the pod may be on at most; -1: it does not say. */
int64_t node_affinity_nodes(const PodSpec *spec);

#endif
