/* The pod as a whole: its spec's own fields, its annotations, and the order in which the areas look at it
 * (k8s.io/kubernetes/pkg/apis/core/validation). A template is checked as the pod that it makes, without name and node. */
#include "areas.h"

/* An absent name is left to the server, an empty one is refused where the field says so by being there. */
static void check_names(PodCheck *p) {
    const PodSpec *spec = p->spec;
    Check *c = p->c;
    Path account = FIELD(p->path, "serviceAccountName"), old = FIELD(p->path, "serviceAccount"),
         node = FIELD(p->path, "nodeName");
    Path priority = FIELD(p->path, "priorityClassName"), runtime = FIELD(p->path, "runtimeClassName");
    bool written = spec->head.node && node_get(spec->head.node, account.name);
    if (spec->serviceAccountName.len && !is_dns_subdomain(spec->serviceAccountName))
        emit_pod_service_account(c->diags, where_printed(c, written ? &account : &old, &account),
                                 .value = shown(c->arena, spec->serviceAccountName));
    if (spec->nodeName.len) check_dns_subdomain(c, spec->nodeName, &node);
    if (spec->priorityClassName.len) check_dns_subdomain(c, spec->priorityClassName, &priority);
    if (spec->runtimeClassName.at) check_dns_subdomain(c, spec->runtimeClassName, &runtime);
}

static void check_readiness_gates(PodCheck *p) {
    PodReadinessGateList gates = p->spec->readinessGates;
    Path path = FIELD(p->path, "readinessGates");
    for (uint32_t i = 0; i < gates.n; i++) {
        Path item = path_index(&path, i), at = FIELD(&item, "conditionType");
        check_qualified_name(p->c, gates.at[i].conditionType, &at);
    }
}

/* What an update may have and a new pod or a template may not. */
static void check_creation(PodCheck *p) {
    Path ephemeral = FIELD(p->path, "ephemeralContainers"), node = FIELD(p->path, "nodeName"),
         gates = FIELD(p->path, "schedulingGates");
    Check *c = p->c;
    if (p->spec->ephemeralContainers.n)
        emit_pod_ephemeral_on_create(c->diags, where_key(c, &ephemeral),
                                     .what = p->isTemplate ? S("in a template") : S("when a pod is created"));
    if (p->isTemplate || !p->spec->nodeName.len || !p->spec->schedulingGates.n) return;
    Diag *d = emit_pod_node_gated(c->diags, where(c, &node));
    diag_note(c->diags, d, where(c, &gates).span, S("the gates"));
}

/* A 32-bit integer without +, and without leading zeros unless after a minus. */
static bool is_deletion_cost(Str text) {
    int64_t cost;
    bool zero = text.len && text.at[0] == '0', plus = text.len && text.at[0] == '+';
    return !plus && (!zero || text.len == 1) && int_parse(text, INT32_MIN, INT32_MAX, &cost);
}

/* Annotations that mean something to the server; `place` is where they stand, `printed` what the server calls the place. */
static void check_known_annotations(PodCheck *p, const Path *place, const Path *printed) {
    Check *c = p->c;
    StrMap annotations = p->meta->annotations;
    for (uint32_t i = 0; i < annotations.n; i++) {
        const StrPair *pair = &annotations.at[i];
        Path at = path_key(place, pair->key), as = path_key(printed, pair->key);
        if (str_eq(pair->key, S("kubernetes.io/config.mirror"))) {
            if (!p->spec->nodeName.len) emit_pod_mirror_node(c->diags, where_printed(c, &at, &as), .key = pair->key);
        } else if (str_eq(pair->key, S("controller.kubernetes.io/pod-deletion-cost"))) {
            if (gate(c, GATE_PodDeletionCost) && !is_deletion_cost(pair->value))
                emit_pod_deletion_cost(c->diags, where_printed(c, &at, &as), .value = shown(c->arena, pair->value));
        } else if (str_eq(pair->key, S("scheduler.alpha.kubernetes.io/tolerations"))) {
            if (pair->value.len) check_toleration_annotation(c, pair, place, printed);
        }
    }
}

static bool is_known_profile(const AppArmorProfile *profile) {
    if (!profile) return false;
    if (str_eq(profile->type, S("Localhost"))) return profile->localhostProfile.at;
    return str_eq(profile->type, S("RuntimeDefault")) || str_eq(profile->type, S("Unconfined"));
}

/* Until 1.33 the server gave each container's AppArmor profile to old kubelets in an annotation with the container's name in its
 * key. */
static void check_made_annotations(PodCheck *p) {
    const PodSecurityContext *pods = p->spec->securityContext;
    Path meta = FIELD(NULL, "metadata"), annotations = FIELD(&meta, "annotations");
    Check *c = p->c;
    ContainerWalk w;
    if (c->minor > 33 || p->windows) return;
    for (walk_all_containers(&w, p->spec, p->path); walk_next(&w);) {
        const SecurityContext *own = w.container->securityContext;
        const AppArmorProfile *profile = own && own->appArmorProfile ? own->appArmorProfile : pods ? pods->appArmorProfile : NULL;
        if (!is_known_profile(profile) || is_dns_label(w.container->name)) continue;
        Str key = str_join(c->arena, S("container.apparmor.security.beta.kubernetes.io/"), w.container->name);
        if (map_get(p->meta->annotations, key) || is_annotation_key(key)) continue;
        Path at = FIELD(&w.path, "name");
        report_qualified_name(c, key, where_printed(c, &at, &annotations));
    }
}

static void check_pod_spec(PodCheck *p) {
    check_volumes(p);
    check_containers(p);
    check_pod_resources(p);
    check_pod_security(p);
    check_pod_network(p);
    check_scheduling(p);
    check_names(p);
    CHECK_FIELDS(p->c, PodSpec, p->spec, p->path);
    check_readiness_gates(p);
    check_creation(p);
}

static PodCheck pod_check(Check *c, const ObjectMeta *meta, const PodSpec *spec, const Path *path, bool isTemplate) {
    return (PodCheck){.c = c,
                      .meta = meta,
                      .spec = spec,
                      .path = path,
                      .isTemplate = isTemplate,
                      .hostNetwork = spec->hostNetwork,
                      .windows = spec->os && str_eq(spec->os->name, S("windows"))};
}

void check_pod(Check *c, void *object) {
    Pod *pod = object;
    Path meta = FIELD(NULL, "metadata"), spec = FIELD(NULL, "spec"), annotations = FIELD(&meta, "annotations");
    PodCheck p = pod_check(c, &pod->metadata, &pod->spec, &spec, false);
    check_known_annotations(&p, &annotations, &annotations);
    check_made_annotations(&p);
    check_pod_spec(&p);
}

/* The server leaves `metadata` out of the paths of a template's labels and annotations. */
void check_pod_template(Check *c, PodTemplateSpec *template, const Path *path) {
    Path spec = FIELD(path, "spec"), meta = FIELD(path, "metadata"), labels = FIELD(&meta, "labels"),
         annotations = FIELD(&meta, "annotations");
    Path printedAnnotations = FIELD(path, "annotations");
    PodCheck p = pod_check(c, &template->metadata, &template->spec, &spec, true);
    uint32_t before = c->diags->items.n;
    check_labels(c, template->metadata.labels, &labels);
    check_annotations(c, template->metadata.annotations, &annotations);
    print_as(c, before, &meta, path);
    check_known_annotations(&p, &annotations, &printedAnnotations);
    check_pod_spec(&p);
}
