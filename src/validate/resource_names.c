#include "resource_names.h"

#include "names.h"

static const struct {
    Str name;
    bool container; /* a container can ask for it */
    bool count;     /* counted in whole objects */
} standards[] = {
    {STR("cpu"), true, false},
    {STR("memory"), true, false},
    {STR("ephemeral-storage"), true, false},
    {STR("requests.cpu"), false, false},
    {STR("requests.memory"), false, false},
    {STR("requests.ephemeral-storage"), false, false},
    {STR("limits.cpu"), false, false},
    {STR("limits.memory"), false, false},
    {STR("limits.ephemeral-storage"), false, false},
    {STR("storage"), false, false},
    {STR("requests.storage"), false, false},
    {STR("pods"), false, true},
    {STR("resourcequotas"), false, true},
    {STR("services"), false, true},
    {STR("services.nodeports"), false, true},
    {STR("services.loadbalancers"), false, true},
    {STR("replicationcontrollers"), false, true},
    {STR("secrets"), false, true},
    {STR("configmaps"), false, true},
    {STR("persistentvolumeclaims"), false, true},
};

enum { STANDARD_COUNT = COUNT(standards) };

const Str container_resources[CONTAINER_RESOURCES] = {STR("cpu"), STR("memory"), STR("ephemeral-storage")};

bool resource_is_huge_pages(Str name) {
    return str_starts(name, S("hugepages-"));
}

bool resource_is_cpu_or_memory(Str name) {
    return str_eq(name, S("cpu")) || str_eq(name, S("memory"));
}

/* Kubernetes' own, as opposed to a device's. */
static bool resource_is_native(Str name) {
    return str_find(name, '/') < 0 || str_has(name, S("kubernetes.io/"));
}

/* Quotas put "requests." in front of the name, and the result must be a qualified name too. */
/* A device's, which quotas can count. */
static bool resource_is_extended(Str name) {
    enum { PREFIX = 9 };
    ptrdiff_t slash = str_find(name, '/');
    if (resource_is_native(name) || str_starts(name, S("requests.")) || !is_qualified_name(name)) return false;
    return slash + PREFIX <= 253;
}

bool resource_can_overcommit(Str name) {
    return resource_is_native(name) && !resource_is_huge_pages(name);
}

bool resource_is_pod_level(Str name) {
    return resource_is_cpu_or_memory(name) || resource_is_huge_pages(name);
}

/* One of those without a prefix, of any kind of object. */
static bool resource_is_standard(Str name) {
    for (size_t i = 0; i < STANDARD_COUNT; i++)
        if (str_eq(name, standards[i].name)) return true;
    return resource_is_huge_pages(name) || str_starts(name, S("requests.hugepages-"));
}

bool resource_is_for_containers(Str name) {
    if (resource_is_cpu_or_memory(name)) return true;
    if (!is_qualified_name(name)) return false;
    if (str_find(name, '/') < 0) return resource_is_huge_pages(name) || str_in(name, container_resources, CONTAINER_RESOURCES);
    return resource_is_native(name) || resource_is_extended(name);
}

bool resource_is_named(Str name) {
    return is_qualified_name(name) && (str_find(name, '/') >= 0 || resource_is_standard(name));
}

bool resource_is_for_quotas(Str name) {
    return resource_is_named(name) && !str_eq(name, S("storage"));
}

bool resource_is_counted(Str name) {
    if (str_find(name, '/') >= 0) return resource_is_extended(name);
    for (size_t i = 0; i < STANDARD_COUNT; i++)
        if (standards[i].count && str_eq(name, standards[i].name)) return true;
    return false;
}

bool quantity_is_whole(const Quantity *q) {
    return quantity_units(q, NANO / 1000) % 1000 == 0;
}
