/* What the server does to a new object before it looks at it (k8s.io/kubernetes/pkg/registry, pkg/api/pod): fields behind feature
 * gates that are off are taken out, and so are annotations of old; the keys of matchLabelKeys become conditions of their
 * selectors. The schema says which fields those are. */
#include "areas.h"
#include "model/compare.h"

/* Whether the gate is there and off. Before it was there, the server did with the field whatever it did. */
static bool is_off(const Check *c, int16_t gateNumber) {
    return !gate(c, gateNumber) && schema_gates[gateNumber].stage[c->minor - VERSION_FIRST] != STAGE_NONE;
}

static void report_gate(Check *c, int16_t gateNumber, const Path *at) {
    Str version = str_format(c->arena, "1.%d", c->minor), hint = S("");
    for (uint8_t minor = c->minor; minor <= VERSION_LAST && !hint.len; minor++)
        if (schema_gate_on(gateNumber, minor))
            hint = str_format(c->arena, "the gate is on by default since Kubernetes 1.%d", minor);
    emit_gate_off(c->diags, where_key(c, at), .field = at->name, .gate = schema_gates[gateNumber].name, .version = version,
                  .hint = hint);
}

/* Fields that the schema puts behind a gate. */

static bool is_set(const Field *field, const void *at) {
    bool zeroIsNone = !field->optional && (field->scalar == TYPE_INT32 || field->scalar == TYPE_INT64);
    if (field->shape != SHAPE_ONE) return ((const AnyList *)at)->at;
    return zeroIsNone ? *(const int64_t *)at : !field_is_absent(field, at);
}

/* Of a projected volume's source where several are set, which is a fault, the server looks into the first. */
static void drop_below(Check *c, const Type *type, void *object, const Path *path) {
    for (uint16_t i = 0; i < type->gated.n; i++) {
        const Field *field = &type->fields[type->gated.at[i]];
        void *value = (char *)object + field->offset;
        if (!is_set(field, value) || !is_off(c, field->gate)) continue;
        Path at = path_field(path, field->name);
        report_gate(c, field->gate, &at);
        memset(value, 0, field->size);
    }
    for (uint16_t i = 0; i < type->gatedBelow.n; i++)
        if (each_object(c, &type->fields[type->gatedBelow.at[i]], object, path, drop_below) && type == &type_VolumeProjection)
            return;
}

/* What else goes with such a field, or stays. */

/* procMount is not taken out but set to its default. */
static void reset_proc_mount(Check *c, SecurityContext *context, const Path *up) {
    if (!context || !context->procMount.at || !is_off(c, GATE_ProcMountType)) return;
    Path path = FIELD(up, "securityContext"), at = FIELD(&path, "procMount");
    if (!str_eq(context->procMount, S("Default"))) report_gate(c, GATE_ProcMountType, &at);
    context->procMount = S("Default");
}

/* A lifecycle that holds nothing but the signal goes with it. */
static void drop_lifecycle(Check *c, Container *container, const Path *up) {
    const Lifecycle *lifecycle = container->lifecycle;
    if (!lifecycle || !lifecycle->stopSignal.at || lifecycle->postStart || lifecycle->preStop) return;
    Path path = FIELD(up, "lifecycle"), at = FIELD(&path, "stopSignal");
    if (!is_off(c, GATE_ContainerStopSignals)) return;
    report_gate(c, GATE_ContainerStopSignals, &at);
    container->lifecycle = NULL;
}

/* Sidecars are older than the gate of restart rules, so their policy stays. */
static void drop_restart_policy(Check *c, Container *container, bool isInit, const Path *up) {
    bool sidecar = isInit && str_eq(container->restartPolicy, S("Always"));
    if (!container->restartPolicy.at || sidecar || !is_off(c, GATE_ContainerRestartRules)) return;
    Path at = FIELD(up, "restartPolicy");
    report_gate(c, GATE_ContainerRestartRules, &at);
    container->restartPolicy = (Str){0};
}

static void drop_from_container(Check *c, Container *container, bool isInit, const Path *path) {
    drop_restart_policy(c, container, isInit, path);
    drop_lifecycle(c, container, path);
    reset_proc_mount(c, container->securityContext, path);
}

/* An ephemeral container starts with the fields of any other one. */
static Container *container_of(PodSpec *spec, int list, uint32_t i) {
    return list == 0   ? &spec->initContainers.at[i]
           : list == 1 ? &spec->containers.at[i]
                       : (Container *)&spec->ephemeralContainers.at[i];
}

static void drop_from_containers(Check *c, PodSpec *spec, const Path *up) {
    static const Str lists[] = {STR("initContainers"), STR("containers"), STR("ephemeralContainers")};
    const uint32_t counts[] = {spec->initContainers.n, spec->containers.n, spec->ephemeralContainers.n};
    for (int list = 0; list < 3; list++) {
        Path path = path_field(up, lists[list]);
        for (uint32_t i = 0; i < counts[list]; i++) {
            Path item = path_index(&path, i);
            drop_from_container(c, container_of(spec, list, i), list == 0, &item);
        }
    }
}

/* The names of image volumes that are gone; their mounts go too. */
static void drop_mounts(Container *container, StrList gone) {
    VolumeMountList *mounts = &container->volumeMounts;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < mounts->n; i++)
        if (!str_in(mounts->at[i].name, gone.at, gone.n)) mounts->at[kept++] = mounts->at[i];
    mounts->n = kept;
}

/* Which volumes are those of images that the walk will take out; NULL if there are none. */
static bool *image_volumes(Check *c, const PodSpec *spec) {
    bool *marks = NULL;
    for (uint32_t i = 0; i < spec->volumes.n && is_off(c, GATE_ImageVolume); i++) {
        if (!spec->volumes.at[i].image) continue;
        if (!marks) marks = NEW_ARRAY(c->arena, bool, spec->volumes.n);
        marks[i] = true;
    }
    return marks;
}

/* A volume of an image goes as a whole, so what stands behind it moves up. */
static void drop_volumes(Check *c, PodSpec *spec, const bool *marks) {
    StrList gone = {NEW_ARRAY(c->arena, Str, spec->volumes.n), 0};
    uint32_t kept = 0;
    for (uint32_t i = 0; i < spec->volumes.n; i++) {
        if (marks[i])
            gone.at[gone.n++] = spec->volumes.at[i].name;
        else
            spec->volumes.at[kept++] = spec->volumes.at[i];
    }
    spec->volumes.n = kept;
    const uint32_t counts[] = {spec->initContainers.n, spec->containers.n, spec->ephemeralContainers.n};
    for (int list = 0; list < 3; list++)
        for (uint32_t i = 0; i < counts[list]; i++) drop_mounts(container_of(spec, list, i), gone);
}

/* Pods and templates. */

static void drop_annotations(Check *c, StrMap *annotations, const Path *meta) {
    static const Str old[] = {STR("pod.beta.kubernetes.io/init-containers"), STR("pod.alpha.kubernetes.io/init-containers"),
                              STR("pod.beta.kubernetes.io/init-container-statuses"),
                              STR("pod.alpha.kubernetes.io/init-container-statuses")};
    Path path = FIELD(meta, "annotations");
    uint32_t kept = 0;
    for (uint32_t i = 0; i < annotations->n; i++) {
        StrPair pair = annotations->at[i];
        if (!str_starts(pair.key, S("pod.")) || !str_in(pair.key, old, COUNT(old))) {
            annotations->at[kept++] = pair;
            continue;
        }
        Path at = path_key(&path, pair.key);
        emit_dropped_annotation(c->diags, where_key(c, &at), .key = pair.key);
    }
    annotations->indexed &= kept == annotations->n;
    annotations->n = kept;
}

/* Keys of labels become conditions on the pod's own values; labels that the pod lacks do not count. */

static void add_conditions(Check *c, LabelSelector *selector, StrList keys, Str operator, StrMap labels) {
    LabelSelectorRequirementList *terms = &selector->matchExpressions;
    if (!keys.n) return;
    LabelSelectorRequirement *grown = NEW_ARRAY(c->arena, LabelSelectorRequirement, terms->n + keys.n);
    if (terms->n) memcpy(grown, terms->at, sizeof *grown * terms->n);
    terms->at = grown;
    for (uint32_t i = 0; i < keys.n; i++) {
        const Str *value = map_get(labels, keys.at[i]);
        if (!value) continue;
        Str *values = NEW(c->arena, Str);
        *values = *value;
        grown[terms->n++] = (LabelSelectorRequirement){.key = keys.at[i], .operator= operator, .values = {values, 1} };
    }
}

static void merge_keys(Check *c, LabelSelector *selector, StrList match, StrList mismatch, StrMap labels) {
    if (!selector) return;
    add_conditions(c, selector, match, S("In"), labels);
    add_conditions(c, selector, mismatch, S("NotIn"), labels);
}

static void merge_terms(Check *c, PodAffinityTermList required, WeightedPodAffinityTermList preferred, StrMap labels) {
    for (uint32_t i = 0; i < required.n; i++)
        merge_keys(c, required.at[i].labelSelector, required.at[i].matchLabelKeys, required.at[i].mismatchLabelKeys, labels);
    for (uint32_t i = 0; i < preferred.n; i++) {
        PodAffinityTerm *term = &preferred.at[i].podAffinityTerm;
        merge_keys(c, term->labelSelector, term->matchLabelKeys, term->mismatchLabelKeys, labels);
    }
}

static void merge_label_keys(Check *c, Pod *pod) {
    const Affinity *affinity = pod->spec.affinity;
    const PodAffinity *near = affinity ? affinity->podAffinity : NULL;
    const PodAntiAffinity *far = affinity ? affinity->podAntiAffinity : NULL;
    TopologySpreadConstraintList spread = pod->spec.topologySpreadConstraints;
    StrMap labels = pod->metadata.labels;
    if (near)
        merge_terms(c, near->requiredDuringSchedulingIgnoredDuringExecution,
                    near->preferredDuringSchedulingIgnoredDuringExecution, labels);
    if (far)
        merge_terms(c, far->requiredDuringSchedulingIgnoredDuringExecution, far->preferredDuringSchedulingIgnoredDuringExecution,
                    labels);
    if (!gate(c, GATE_MatchLabelKeysInPodTopologySpread) || !gate(c, GATE_MatchLabelKeysInPodTopologySpreadSelectorMerge)) return;
    for (uint32_t i = 0; i < spread.n; i++)
        merge_keys(c, spread.at[i].labelSelector, spread.at[i].matchLabelKeys, (StrList){0}, labels);
}

/* A claim's reference to another namespace goes as a whole. */
static void drop_reference(Check *c, PersistentVolumeClaimSpec *spec) {
    Path path = FIELD(NULL, "spec"), ref = FIELD(&path, "dataSourceRef"), namespace = FIELD(&ref, "namespace");
    if (!spec->dataSourceRef || !spec->dataSourceRef->namespace.len || !is_off(c, GATE_CrossNamespaceVolumeDataSource)) return;
    report_gate(c, GATE_CrossNamespaceVolumeDataSource, &namespace);
    spec->dataSourceRef = NULL;
}

void drop_disabled_fields(Check *c) {
    PodView pod = model_pod(c->document);
    PodPlace place;
    bool *images = NULL;
    if (pod.spec && model_pod_place(&place, c->document->type)) {
        drop_annotations(c, &pod.meta->annotations, &place.metadata);
        drop_from_containers(c, pod.spec, &place.spec);
        images = image_volumes(c, pod.spec);
    }
    if (c->document->type == &type_PersistentVolumeClaim)
        drop_reference(c, &((PersistentVolumeClaim *)c->document->object)->spec);
    drop_below(c, c->document->type, c->document->object, NULL);
    if (images) drop_volumes(c, pod.spec, images);
    if (model_workload(c->document) == WORKLOAD_POD) merge_label_keys(c, c->document->object);
}
