/* What an existing pod lets an update change (ValidatePodUpdate in k8s.io/kubernetes/pkg/apis/core/validation), and what the
 * server set in it when it was created (pkg/registry/core/pod). */
#include "job.h"
#include "update.h"

static const Str profileKey = STR("container.apparmor.security.beta.kubernetes.io/");
static const Str mirrorKey = STR("kubernetes.io/config.mirror");

/* The stored pod: profiles of AppArmor. */

enum { PROFILE_NAME_MAX = 4095 };

/* The field that says the same as an annotation; NULL if the annotation says nothing that a field could. */
static AppArmorProfile *profile_of(Arena *arena, Str annotation) {
    AppArmorProfile *profile = NEW(arena, AppArmorProfile);
    if (str_eq(annotation, S("unconfined"))) {
        profile->type = S("Unconfined");
    } else if (str_eq(annotation, S("runtime/default"))) {
        profile->type = S("RuntimeDefault");
    } else if (str_starts(annotation, S("localhost/"))) {
        Str name = str_slice(annotation, sizeof "localhost/" - 1);
        if (!name.len || name.len > PROFILE_NAME_MAX || str_trim(name).len != name.len) return NULL;
        profile->type = S("Localhost");
        profile->localhostProfile = name;
    } else {
        return NULL;
    }
    return profile;
}

/* The other way round; empty if no annotation says it. */
static Str annotation_of(Arena *arena, const AppArmorProfile *profile) {
    if (!profile) return S("");
    if (str_eq(profile->type, S("Unconfined"))) return S("unconfined");
    if (str_eq(profile->type, S("RuntimeDefault"))) return S("runtime/default");
    if (!str_eq(profile->type, S("Localhost")) || !profile->localhostProfile.len) return S("");
    return str_join(arena, S("localhost/"), profile->localhostProfile);
}

/* The annotation of old becomes the field; until 1.33 the field also became the annotation. */
static void complete_profile(Check *c, Pod *pod, Container *container, const AppArmorProfile *whole) {
    SecurityContext *own = container->securityContext;
    AppArmorProfile *profile = own ? own->appArmorProfile : NULL;
    Str key = str_join(c->arena, profileKey, container->name);
    const Str *annotation = map_get(pod->metadata.annotations, key);
    if (!annotation) {
        Str made = annotation_of(c->arena, profile ? profile : whole);
        if (c->minor <= 33 && made.len) put_pair(c->arena, &pod->metadata.annotations, key, made);
        return;
    }
    if (profile) return;
    profile = profile_of(c->arena, *annotation);
    if (!profile || object_equal(&type_AppArmorProfile, profile, whole)) return;
    container->securityContext = NEW(c->arena, SecurityContext);
    if (own) *container->securityContext = *own;
    container->securityContext->appArmorProfile = profile;
}

static void complete_profiles(Check *c, Pod *pod) {
    PodSpec *spec = &pod->spec;
    const AppArmorProfile *whole = spec->securityContext ? spec->securityContext->appArmorProfile : NULL;
    if (spec->os && str_eq(spec->os->name, S("windows"))) return;
    for (uint32_t i = 0; i < spec->initContainers.n; i++) complete_profile(c, pod, &spec->initContainers.at[i], whole);
    for (uint32_t i = 0; i < spec->containers.n; i++) complete_profile(c, pod, &spec->containers.at[i], whole);
}

/* The stored pod: resources of the pod as a whole. */

void complete_pod(Check *c, void *object) {
    Pod *pod = object;
    complete_profiles(c, pod);
    if (!pod->spec.resources) return;
    ResourceRequirements *completed = NEW(c->arena, ResourceRequirements);
    *completed = completed_pod_resources(c, &pod->spec);
    pod->spec.resources = completed;
}

/* The new pod by itself. */

/* What is wrong with the new pod, without what holds for pods that are to be created only. Its own resources are taken as they
 * are: nothing is filled in any more. */
static void check_new_pod(Check *c, const Pod *before, Pod *after) {
    static const uint16_t ofCreation[] = {RULE_pod_ephemeral_on_create, RULE_pod_node_gated, RULE_security_profile_mismatch};
    Pod pod = *after;
    Path meta = FIELD(NULL, "metadata"), path = FIELD(NULL, "spec");
    uint32_t from = c->diags->items.n;
    pod.spec.resources = NULL;
    pod.metadata.generation = before->metadata.generation;
    check_object_meta(c, &pod.metadata, NAME_DNS_SUBDOMAIN, true, false, &meta);
    check_pod(c, &pod);
    forget_rules(c, from, ofCreation, COUNT(ofCreation));
    if (!after->spec.resources) return;
    PodCheck p = {.c = c,
                  .meta = &after->metadata,
                  .spec = &after->spec,
                  .path = &path,
                  .isTemplate = true,
                  .hostNetwork = after->spec.hostNetwork,
                  .windows = after->spec.os && str_eq(after->spec.os->name, S("windows"))};
    check_pod_resources(&p);
}

/* Annotations. */

static bool is_fixed_annotation(Str key) {
    return str_starts(key, profileKey) || str_eq(key, mirrorKey);
}

static void report_annotation(Check *c, Str key, const char *done, const Str *before) {
    Path meta = FIELD(NULL, "metadata"), annotations = FIELD(&meta, "annotations"), at = path_key(&annotations, key);
    Str hint = before ? str_format(c->arena, "keep it: \"%.*s\"", TEXT(*before)) : S("remove it");
    emit_update_pod_annotation(c->diags, before ? where(c, &at) : where_key(c, &at), .key = key, .done = str_of(done),
                               .hint = hint);
}

static void check_fixed_annotations(Check *c, StrMap before, StrMap after) {
    for (uint32_t i = 0; i < before.n; i++) {
        if (!is_fixed_annotation(before.at[i].key)) continue;
        const Str *value = map_get(after, before.at[i].key);
        if (!value)
            report_annotation(c, before.at[i].key, "removed from", &before.at[i].value);
        else if (!str_eq(*value, before.at[i].value))
            report_annotation(c, before.at[i].key, "changed in", &before.at[i].value);
    }
    for (uint32_t i = 0; i < after.n; i++)
        if (is_fixed_annotation(after.at[i].key) && !map_get(before, after.at[i].key))
            report_annotation(c, after.at[i].key, "added to", NULL);
}

/* Fields that change within limits. */

static bool check_count(Check *c, ContainerList before, ContainerList after, const Path *path) {
    if (before.n == after.n) return true;
    emit_update_pod_containers(c->diags, where_key(c, path), .field = path->name, .before = str_int(c->arena, before.n),
                               .after = str_int(c->arena, after.n),
                               .hint = after.n > before.n
                                           ? S("kubectl debug adds a container to a running pod; for others delete the pod "
                                               "and create it anew")
                                           : S("delete the pod and create it anew"));
    return false;
}

/* Whether the server goes on. */
static bool check_deadline(Check *c, OptInt before, OptInt after, const Path *path) {
    if (after.set && (after.value < 0 || after.value > INT32_MAX)) return false;
    if (!before.set || (after.set && after.value <= before.value)) return true;
    Str old = str_int(c->arena, before.value);
    Str now = after.set ? str_format(c->arena, "now %lld", (long long)after.value) : S("and is gone");
    emit_update_pod_deadline(c->diags, where(c, path), .before = old, .now = now,
                             .hint = str_format(c->arena, "set it to %.*s or less", TEXT(old)));
    return !after.set;
}

static bool has_toleration(TolerationList list, const Toleration *wanted) {
    for (uint32_t i = 0; i < list.n; i++) {
        const Toleration *t = &list.at[i];
        if (str_eq(t->key, wanted->key) && str_eq(t->operator, wanted->operator) && str_eq(t->value, wanted->value) &&
            str_eq(t->effect, wanted->effect))
            return true;
    }
    return false;
}

static Str toleration_text(Arena *arena, const Toleration *t) {
    Buf text = {.arena = arena};
    buf_str(&text, t->key.len ? t->key : S("of every taint"));
    if (t->value.len) buf_format(&text, "=%.*s", TEXT(t->value));
    if (t->effect.len) buf_format(&text, ":%.*s", TEXT(t->effect));
    return buf_text(&text);
}

static void check_tolerations_kept(Check *c, TolerationList before, TolerationList after, const Path *path) {
    for (uint32_t i = 0; i < before.n; i++) {
        if (has_toleration(after, &before.at[i])) continue;
        emit_update_pod_toleration(c->diags, where_key(c, path),
                                   .toleration = shown(c->arena, toleration_text(c->arena, &before.at[i])));
        return;
    }
}

static bool has_gate(PodSchedulingGateList gates, uint32_t from, Str name) {
    for (uint32_t i = from; i < gates.n; i++)
        if (str_eq(gates.at[i].name, name)) return true;
    return false;
}

/* Of gates that repeat a name the server blames the last. */
static void check_gates_removed(Check *c, PodSchedulingGateList before, PodSchedulingGateList after, const Path *path) {
    for (uint32_t i = 0; i < after.n; i++) {
        Str name = after.at[i].name;
        if (has_gate(before, 0, name) || has_gate(after, i + 1, name)) continue;
        Path item = path_index(path, i), at = FIELD(&item, "name");
        emit_update_pod_gate(c->diags, where(c, &at), .name = shown(c->arena, name));
    }
}

/* Pods that wait behind scheduling gates. */

static void check_node_selector_grows(Check *c, StrMap before, StrMap after, const Path *path) {
    for (uint32_t i = 0; i < before.n; i++) {
        const Str *value = map_get(after, before.at[i].key);
        if (value && str_eq(*value, before.at[i].value)) continue;
        Path at = path_key(path, before.at[i].key);
        emit_update_pod_node_selector(c->diags, where_printed(c, &at, path), .key = shown(c->arena, before.at[i].key),
                                      .fault =
                                          value ? str_format(c->arena, "was \"%.*s\"", TEXT(before.at[i].value)) : S("is gone"),
                                      .value = shown(c->arena, before.at[i].value));
        return;
    }
}

static bool starts_with_all(NodeSelectorRequirementList after, NodeSelectorRequirementList before) {
    if (after.n < before.n) return false;
    for (uint32_t i = 0; i < before.n; i++)
        if (!object_equal(&type_NodeSelectorRequirement, &before.at[i], &after.at[i])) return false;
    return true;
}

static bool term_grows(const NodeSelectorTerm *before, const NodeSelectorTerm *after) {
    bool empty = !before->matchExpressions.n && !before->matchFields.n;
    if (empty) return !after->matchExpressions.n && !after->matchFields.n;
    return starts_with_all(after->matchExpressions, before->matchExpressions) &&
           starts_with_all(after->matchFields, before->matchFields);
}

static NodeSelectorTermList required_terms(const NodeAffinity *affinity) {
    const NodeSelector *required = affinity ? affinity->requiredDuringSchedulingIgnoredDuringExecution : NULL;
    return required ? required->nodeSelectorTerms : (NodeSelectorTermList){0};
}

static void check_node_terms_grow(Check *c, const NodeAffinity *before, const NodeAffinity *after, const Path *spec) {
    Path affinity = FIELD(spec, "affinity"), node = FIELD(&affinity, "nodeAffinity");
    Path required = FIELD(&node, "requiredDuringSchedulingIgnoredDuringExecution"), path = FIELD(&required, "nodeSelectorTerms");
    NodeSelectorTermList old = required_terms(before), new = required_terms(after);
    if (old.n && old.n != new.n) {
        emit_update_pod_node_terms(c->diags, where_key(c, &path), .before = str_int(c->arena, old.n),
                                   .after = str_int(c->arena, new.n));
        return;
    }
    for (uint32_t i = 0; i < old.n; i++) {
        Path at = path_index(&path, i);
        if (!term_grows(&old.at[i], &new.at[i])) emit_update_pod_node_term(c->diags, where(c, &at));
    }
}

Affinity *with_node_affinity(Arena *arena, const Affinity *mixed, const Affinity *from) {
    Affinity copy = mixed ? *mixed : (Affinity){0};
    copy.nodeAffinity = from ? from->nodeAffinity : NULL;
    if (!from && !copy.podAffinity && !copy.podAntiAffinity) return NULL;
    Affinity *result = NEW(arena, Affinity);
    *result = copy;
    return result;
}

/* Everything else. */

static ContainerList with_images(Arena *arena, ContainerList after, ContainerList before) {
    ContainerList mixed = {NEW_ARRAY(arena, Container, after.n), after.n};
    for (uint32_t i = 0; i < after.n; i++) {
        mixed.at[i] = after.at[i];
        mixed.at[i].image = before.at[i].image;
    }
    return mixed;
}

static bool same_selector(StrMap a, StrMap b) {
    const PodSpec x = {.nodeSelector = a}, y = {.nodeSelector = b};
    return field_equal(schema_field(&type_PodSpec, S("nodeSelector"), str_hash(S("nodeSelector"))), &x, &y);
}

/* Puts what may change back to what it was, so that what differs then may not. */
static void relax_spec(Check *c, PodSpec *mixed, const PodSpec *before, const Path *path) {
    const Affinity *old = before->affinity, *new = mixed->affinity;
    const NodeAffinity *oldNode = old ? old->nodeAffinity : NULL, *newNode = new ? new->nodeAffinity : NULL;
    Path selector = FIELD(path, "nodeSelector");
    mixed->containers = with_images(c->arena, mixed->containers, before->containers);
    mixed->initContainers = with_images(c->arena, mixed->initContainers, before->initContainers);
    mixed->activeDeadlineSeconds = before->activeDeadlineSeconds;
    mixed->tolerations = before->tolerations;
    mixed->schedulingGates = before->schedulingGates;
    if (!before->schedulingGates.n) return;
    if (!same_selector(before->nodeSelector, mixed->nodeSelector)) {
        check_node_selector_grows(c, before->nodeSelector, mixed->nodeSelector, &selector);
        mixed->nodeSelector = before->nodeSelector;
    }
    if (!object_equal(&type_NodeAffinity, oldNode, newNode)) {
        check_node_terms_grow(c, oldNode, newNode, path);
        mixed->affinity = with_node_affinity(c->arena, new, old);
    }
}

static bool same_amounts(QuantityMap a, QuantityMap b) {
    for (uint32_t i = 0; i < a.n; i++) {
        const Quantity *other = quantity_get(b, a.at[i].key);
        if (!other || quantity_compare(other, &a.at[i].value) != 0) return false;
    }
    return a.n == b.n;
}

/* Whether the containers ask for other resources, which the resize subresource may change. */
static bool resources_differ(ContainerList before, ContainerList after) {
    for (uint32_t i = 0; i < before.n; i++)
        if (!same_amounts(before.at[i].resources.requests, after.at[i].resources.requests) ||
            !same_amounts(before.at[i].resources.limits, after.at[i].resources.limits))
            return true;
    return false;
}

static void check_rest(const Update *u, const Pod *before, const Pod *after, const Path *path) {
    Pod mixed = *after;
    if (object_equal(&type_PodSpec, &before->spec, &after->spec)) return;
    relax_spec(u->c, &mixed.spec, &before->spec, path);
    if (object_equal(&type_PodSpec, &before->spec, &mixed.spec)) return;
    bool resize = resources_differ(before->spec.containers, after->spec.containers);
    report_changed(
        u, before, &mixed, path, path, FIXED_SPEC,
        resize ? S("cpu and memory change by kubectl patch --subresource resize; for others delete the pod and create it anew")
               : S("delete the pod and create it anew"));
}

void update_pod(const Update *u) {
    Check *c = u->c;
    const Pod *before = u->before;
    Pod *after = u->after;
    const PodSpec *old = &before->spec, *new = &after->spec;
    Path path = FIELD(NULL, "spec"), containers = FIELD(&path, "containers"), init = FIELD(&path, "initContainers");
    Path deadline = FIELD(&path, "activeDeadlineSeconds"), tolerations = FIELD(&path, "tolerations");
    Path gates = FIELD(&path, "schedulingGates");
    if (!new->resources && gate(c, GATE_PodLevelResourcesFixDefaulting)) after->spec.resources = old->resources;
    check_new_pod(c, before, after);
    check_fixed_annotations(c, before->metadata.annotations, after->metadata.annotations);
    if (!check_count(c, old->containers, new->containers, &containers)) return;
    if (!check_count(c, old->initContainers, new->initContainers, &init)) return;
    if (!check_deadline(c, old->activeDeadlineSeconds, new->activeDeadlineSeconds, &deadline)) return;
    check_tolerations_kept(c, old->tolerations, new->tolerations, &tolerations);
    check_gates_removed(c, old->schedulingGates, new->schedulingGates, &gates);
    check_rest(u, before, after, &path);
}
