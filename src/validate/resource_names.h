/* The names of resources and how their amounts are counted (k8s.io/kubernetes/pkg/apis/core/helper). */
#ifndef PODLINT_RESOURCE_NAMES_H
#define PODLINT_RESOURCE_NAMES_H

#include "check.h"

enum { CONTAINER_RESOURCES = 3 };
extern const Str container_resources[CONTAINER_RESOURCES]; /* those of containers that have fixed names */

bool resource_is_huge_pages(Str name);
bool resource_is_cpu_or_memory(Str name);
bool resource_can_overcommit(Str name);    /* limits may be larger than requests */
bool resource_is_pod_level(Str name);      /* a pod as a whole can ask for it */
bool resource_is_for_containers(Str name); /* a container can ask for it */
bool resource_is_counted(Str name);        /* in whole units */
bool resource_is_named(Str name);          /* a standard name, or a qualified one with a prefix */
bool resource_is_for_quotas(Str name);     /* a quota can bound it */

bool quantity_is_whole(const Quantity *q);

#endif
