/* The pod as a whole: its spec's own fields, and the order in which the areas look at it. */
#include "areas.h"

static void check_pod_spec(PodCheck *p) {
    check_volumes(p);
    check_containers(p);
    check_pod_resources(p);
    check_pod_security(p);
    check_scheduling(p);
}

static PodCheck pod_check(Check *c, const ObjectMeta *meta, const PodSpec *spec, const Path *path, bool isTemplate) {
    return (PodCheck){.c = c, .meta = meta, .spec = spec, .path = path, .isTemplate = isTemplate, .hostNetwork = spec->hostNetwork,
                      .windows = spec->os && str_eq(spec->os->name, S("windows"))};
}

void check_pod(Check *c, Pod *pod) {
    Path meta = FIELD(NULL, "metadata"), spec = FIELD(NULL, "spec");
    PodCheck p = pod_check(c, &pod->metadata, &pod->spec, &spec, false);
    check_object_meta(c, &pod->metadata, NAME_DNS_SUBDOMAIN, &meta);
    check_pod_spec(&p);
}

void check_pod_template(Check *c, PodTemplateSpec *template, const Path *path) {
    Path spec = FIELD(path, "spec");
    PodCheck p = pod_check(c, &template->metadata, &template->spec, &spec, true);
    check_pod_spec(&p);
}
