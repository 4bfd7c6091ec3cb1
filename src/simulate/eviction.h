/* Eviction by the kubelet of a node that is short of memory (k8s.io/kubernetes/pkg/kubelet/eviction), in words. */
#ifndef PODLINT_SIMULATE_EVICTION_H
#define PODLINT_SIMULATE_EVICTION_H

#include "scenario.h"

/* What goes before the pod, how it ends and what takes its place; empty if nothing evicts it in this scenario. */
Str eviction_words(Arena *arena, const Document *document, const PodSpec *spec, const Scenario *scenario);

#endif
