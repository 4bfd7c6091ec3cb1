/* What the server does to a new object before it looks at it (k8s.io/kubernetes/pkg/registry, pkg/api/pod): fields behind feature
 * gates that are off are taken out, and so are annotations of old; the keys of matchLabelKeys become conditions of their
 * selectors. Gates that are on in every version from VERSION_OLDEST_TARGET on have no rows here. */
#include "areas.h"

/* A field that needs a gate. */
typedef struct Gated {
    Str name;
    size_t offset, size;
    bool flagged; /* starts with a flag that says whether it is set, not with a pointer */
    int16_t gate;
} Gated;

#define MEMBER(type, field) (((type *)0)->field)
#define GATED(type, field, gate)                                        \
    {                                                                   \
        STR(#field), offsetof(type, field), sizeof MEMBER(type, field), \
            _Generic(MEMBER(type, field), OptInt                        \
                     : true, OptBool                                    \
                     : true, OptIntOrString                             \
                     : true, default                                    \
                     : false),                                          \
            GATE_##gate                                                 \
    }

static const Gated podFields[] = {
    GATED(PodSpec, hostUsers, UserNamespacesSupport),          GATED(PodSpec, resources, PodLevelResources),
    GATED(PodSpec, resourceClaims, DynamicResourceAllocation), GATED(PodSpec, hostnameOverride, HostnameOverride),
    GATED(PodSpec, schedulingGroup, GenericWorkload),          GATED(PodSpec, workloadRef, GenericWorkload),
    GATED(PodSpec, evictionResponders, EvictionRequestAPI),
};

static const Gated podContextFields[] = {
    GATED(PodSecurityContext, supplementalGroupsPolicy, SupplementalGroupsPolicy),
    GATED(PodSecurityContext, seLinuxChangePolicy, SELinuxChangePolicy),
};

static const Gated containerFields[] = {
    GATED(Container, resizePolicy, InPlacePodVerticalScaling),
    GATED(Container, restartPolicyRules, ContainerRestartRules),
};

static const Gated restartPolicy[] = {GATED(Container, restartPolicy, ContainerRestartRules)};
static const Gated claims[] = {GATED(ResourceRequirements, claims, DynamicResourceAllocation)};
static const Gated bindMountOptions[] = {GATED(VolumeMount, bindMountOptions, VolumeBindMountOptions)};
static const Gated fileKeyRef[] = {GATED(EnvVarSource, fileKeyRef, EnvFiles)};
static const Gated grpcMode[] = {GATED(GRPCAction, mode, GRPCContainerProbeTLS)};
static const Gated httpProtocol[] = {GATED(HTTPGetAction, protocol, H2CContainerProbe)};
static const Gated stopSignal[] = {GATED(Lifecycle, stopSignal, ContainerStopSignals)};
static const Gated emptyDirMode[] = {GATED(EmptyDirVolumeSource, mode, EmptyDirVolumeMode)};
static const Gated image[] = {GATED(Volume, image, ImageVolume)};
static const Gated jobScheduling[] = {GATED(JobSpec, scheduling, WorkloadWithJob)};
static const Gated maxUnavailable[] = {GATED(RollingUpdateStatefulSetStrategy, maxUnavailable, MaxUnavailableStatefulSet)};

static const Gated projectionFields[] = {
    GATED(VolumeProjection, clusterTrustBundle, ClusterTrustBundleProjection),
    GATED(VolumeProjection, podCertificate, PodCertificateRequest),
};

static const Gated secretUser[] = {GATED(SecretVolumeSource, defaultUser, AtomicWriteVolumeUserFields)};
static const Gated configMapUser[] = {GATED(ConfigMapVolumeSource, defaultUser, AtomicWriteVolumeUserFields)};
static const Gated downwardUser[] = {GATED(DownwardAPIVolumeSource, defaultUser, AtomicWriteVolumeUserFields)};
static const Gated projectedUser[] = {GATED(ProjectedVolumeSource, defaultUser, AtomicWriteVolumeUserFields)};
static const Gated keyUser[] = {GATED(KeyToPath, user, AtomicWriteVolumeUserFields)};
static const Gated fileUser[] = {GATED(DownwardAPIVolumeFile, user, AtomicWriteVolumeUserFields)};
static const Gated tokenUser[] = {GATED(ServiceAccountTokenProjection, user, AtomicWriteVolumeUserFields)};
static const Gated bundleUser[] = {GATED(ClusterTrustBundleProjection, user, AtomicWriteVolumeUserFields)};
static const Gated certificateUser[] = {GATED(PodCertificateProjection, user, AtomicWriteVolumeUserFields)};

static bool is_set(const Gated *field, const char *object) {
    const void *pointer;
    if (field->flagged) return *(const bool *)(object + field->offset);
    memcpy(&pointer, object + field->offset, sizeof pointer);
    return pointer;
}

/* Whether the gate is there and off. Before it was there, the server did with the field whatever it did. */
static bool is_off(const Check *c, int16_t gateNumber) {
    return !gate(c, gateNumber) && schema_gates[gateNumber].stage[c->minor - VERSION_FIRST] != STAGE_NONE;
}

static void report_gate(Check *c, Str name, int16_t gateNumber, const Path *up) {
    Path at = path_field(up, name);
    Str version = str_format(c->arena, "1.%d", c->minor), hint = S("");
    for (uint8_t minor = c->minor; minor <= VERSION_LAST && !hint.len; minor++)
        if (schema_gate_on(gateNumber, minor))
            hint = str_format(c->arena, "the gate is on by default since Kubernetes 1.%d", minor);
    emit_gate_off(c->diags, where_key(c, &at), .field = name, .gate = schema_gates[gateNumber].name, .version = version,
                  .hint = hint);
}

static bool drop_rows(Check *c, void *object, const Gated *rows, size_t count, const Path *path) {
    bool dropped = false;
    for (size_t i = 0; i < count; i++) {
        if (!is_set(&rows[i], object) || !is_off(c, rows[i].gate)) continue;
        report_gate(c, rows[i].name, rows[i].gate, path);
        memset((char *)object + rows[i].offset, 0, rows[i].size);
        dropped = true;
    }
    return dropped;
}

/* Takes the fields of a table out of an object; whether there were any. */
#define DROP(c, object, rows, path) drop_rows(c, object, rows, COUNT(rows), path)

/* Containers. */

static void drop_from_http(Check *c, HTTPGetAction *http, const Path *up) {
    Path path = FIELD(up, "httpGet");
    if (http) DROP(c, http, httpProtocol, &path);
}

static void drop_from_probe(Check *c, Probe *probe, Str name, const Path *up) {
    if (!probe) return;
    Path path = path_field(up, name), grpc = FIELD(&path, "grpc");
    drop_from_http(c, probe->httpGet, &path);
    if (probe->grpc) DROP(c, probe->grpc, grpcMode, &grpc);
}

/* A lifecycle that held nothing but the signal goes with it. */
static void drop_from_lifecycle(Check *c, Container *container, const Path *up) {
    Lifecycle *lifecycle = container->lifecycle;
    Path path = FIELD(up, "lifecycle"), start = FIELD(&path, "postStart"), stop = FIELD(&path, "preStop");
    if (!lifecycle) return;
    if (lifecycle->postStart) drop_from_http(c, lifecycle->postStart->httpGet, &start);
    if (lifecycle->preStop) drop_from_http(c, lifecycle->preStop->httpGet, &stop);
    if (DROP(c, lifecycle, stopSignal, &path) && !lifecycle->postStart && !lifecycle->preStop) container->lifecycle = NULL;
}

static void drop_from_env(Check *c, EnvVarList env, const Path *up) {
    Path path = FIELD(up, "env");
    for (uint32_t i = 0; i < env.n; i++) {
        if (!env.at[i].valueFrom) continue;
        Path item = path_index(&path, i), source = FIELD(&item, "valueFrom");
        DROP(c, env.at[i].valueFrom, fileKeyRef, &source);
    }
}

static void drop_from_mounts(Check *c, VolumeMountList mounts, const Path *up) {
    Path path = FIELD(up, "volumeMounts");
    for (uint32_t i = 0; i < mounts.n; i++) {
        Path item = path_index(&path, i);
        DROP(c, &mounts.at[i], bindMountOptions, &item);
    }
}

/* procMount is not taken out but set to its default. */
static void reset_proc_mount(Check *c, SecurityContext *context, const Path *up) {
    if (!context || !context->procMount.at || !is_off(c, GATE_ProcMountType)) return;
    Path path = FIELD(up, "securityContext");
    if (!str_eq(context->procMount, S("Default"))) report_gate(c, S("procMount"), GATE_ProcMountType, &path);
    context->procMount = S("Default");
}

/* Sidecars are older than the gate of restart rules, so their policy stays. */
static void drop_from_container(Check *c, Container *container, bool isInit, const Path *path) {
    Path resources = FIELD(path, "resources");
    DROP(c, container, containerFields, path);
    if (!isInit || !str_eq(container->restartPolicy, S("Always"))) DROP(c, container, restartPolicy, path);
    DROP(c, &container->resources, claims, &resources);
    drop_from_probe(c, container->livenessProbe, S("livenessProbe"), path);
    drop_from_probe(c, container->readinessProbe, S("readinessProbe"), path);
    drop_from_probe(c, container->startupProbe, S("startupProbe"), path);
    drop_from_lifecycle(c, container, path);
    drop_from_env(c, container->env, path);
    drop_from_mounts(c, container->volumeMounts, path);
    reset_proc_mount(c, container->securityContext, path);
}

/* An ephemeral container starts with the fields of any other one. */
static Container *container_of(PodSpec *spec, int list, uint32_t i) {
    return list == 0   ? &spec->initContainers.at[i]
           : list == 1 ? &spec->containers.at[i]
                       : (Container *)&spec->ephemeralContainers.at[i];
}

typedef void ContainerVisitor(Check *c, Container *container, bool isInit, const Path *path);

static void each_container(Check *c, PodSpec *spec, const Path *up, ContainerVisitor *visit) {
    static const Str lists[] = {STR("initContainers"), STR("containers"), STR("ephemeralContainers")};
    const uint32_t counts[] = {spec->initContainers.n, spec->containers.n, spec->ephemeralContainers.n};
    for (int list = 0; list < 3; list++) {
        Path path = path_field(up, lists[list]);
        for (uint32_t i = 0; i < counts[list]; i++) {
            Path item = path_index(&path, i);
            visit(c, container_of(spec, list, i), list == 0, &item);
        }
    }
}

/* Volumes. */

static void drop_from_keys(Check *c, KeyToPathList items, const Path *up) {
    Path path = FIELD(up, "items");
    for (uint32_t i = 0; i < items.n; i++) {
        Path item = path_index(&path, i);
        DROP(c, &items.at[i], keyUser, &item);
    }
}

static void drop_from_files(Check *c, DownwardAPIVolumeFileList items, const Path *up) {
    Path path = FIELD(up, "items");
    for (uint32_t i = 0; i < items.n; i++) {
        Path item = path_index(&path, i);
        DROP(c, &items.at[i], fileUser, &item);
    }
}

/* Where several sources are set, which is a fault, the server clears the first of them. */
static void drop_from_projection(Check *c, VolumeProjection *source, const Path *path) {
    Path secret = FIELD(path, "secret"), downward = FIELD(path, "downwardAPI"), configMap = FIELD(path, "configMap");
    Path token = FIELD(path, "serviceAccountToken"), bundle = FIELD(path, "clusterTrustBundle"),
         certificate = FIELD(path, "podCertificate");
    DROP(c, source, projectionFields, path);
    if (source->secret)
        drop_from_keys(c, source->secret->items, &secret);
    else if (source->downwardAPI)
        drop_from_files(c, source->downwardAPI->items, &downward);
    else if (source->configMap)
        drop_from_keys(c, source->configMap->items, &configMap);
    else if (source->serviceAccountToken)
        DROP(c, source->serviceAccountToken, tokenUser, &token);
    else if (source->clusterTrustBundle)
        DROP(c, source->clusterTrustBundle, bundleUser, &bundle);
    else if (source->podCertificate)
        DROP(c, source->podCertificate, certificateUser, &certificate);
}

static void drop_from_volume(Check *c, Volume *volume, const Path *path) {
    Path empty = FIELD(path, "emptyDir"), secret = FIELD(path, "secret"), configMap = FIELD(path, "configMap");
    Path downward = FIELD(path, "downwardAPI"), projected = FIELD(path, "projected"), sources = FIELD(&projected, "sources");
    if (volume->emptyDir) DROP(c, volume->emptyDir, emptyDirMode, &empty);
    if (volume->secret) {
        DROP(c, volume->secret, secretUser, &secret);
        drop_from_keys(c, volume->secret->items, &secret);
    } else if (volume->configMap) {
        DROP(c, volume->configMap, configMapUser, &configMap);
        drop_from_keys(c, volume->configMap->items, &configMap);
    } else if (volume->downwardAPI) {
        DROP(c, volume->downwardAPI, downwardUser, &downward);
        drop_from_files(c, volume->downwardAPI->items, &downward);
    } else if (volume->projected) {
        DROP(c, volume->projected, projectedUser, &projected);
    }
    for (uint32_t i = 0; volume->projected && i < volume->projected->sources.n; i++) {
        Path item = path_index(&sources, i);
        drop_from_projection(c, &volume->projected->sources.at[i], &item);
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

/* A volume of an image goes as a whole, so what stands behind it moves up. */
static void drop_image_volumes(Check *c, PodSpec *spec, const Path *path) {
    StrList gone = {NEW_ARRAY(c->arena, Str, spec->volumes.n), 0};
    uint32_t kept = 0;
    for (uint32_t i = 0; i < spec->volumes.n; i++) {
        Path item = path_index(path, i);
        if (DROP(c, &spec->volumes.at[i], image, &item))
            gone.at[gone.n++] = spec->volumes.at[i].name;
        else
            spec->volumes.at[kept++] = spec->volumes.at[i];
    }
    spec->volumes.n = kept;
    const uint32_t counts[] = {spec->initContainers.n, spec->containers.n, spec->ephemeralContainers.n};
    for (int list = 0; list < 3 && gone.n; list++)
        for (uint32_t i = 0; i < counts[list]; i++) drop_mounts(container_of(spec, list, i), gone);
}

static void drop_from_volumes(Check *c, PodSpec *spec, const Path *up) {
    Path path = FIELD(up, "volumes");
    for (uint32_t i = 0; i < spec->volumes.n; i++) {
        Path item = path_index(&path, i);
        drop_from_volume(c, &spec->volumes.at[i], &item);
    }
    if (spec->volumes.n && is_off(c, GATE_ImageVolume)) drop_image_volumes(c, spec, &path);
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
    annotations->n = kept;
}

static void drop_from_pod(Check *c, PodView pod, const Path *up) {
    Path meta = FIELD(up, "metadata"), spec = FIELD(up, "spec"), context = FIELD(&spec, "securityContext");
    drop_annotations(c, &pod.meta->annotations, &meta);
    DROP(c, pod.spec, podFields, &spec);
    if (pod.spec->securityContext) DROP(c, pod.spec->securityContext, podContextFields, &context);
    each_container(c, pod.spec, &spec, drop_from_container);
    drop_from_volumes(c, pod.spec, &spec);
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

static void drop_from_stateful_set(Check *c, StatefulSet *object, const Path *spec) {
    RollingUpdateStatefulSetStrategy *rolling = object->spec.updateStrategy.rollingUpdate;
    Path strategy = FIELD(spec, "updateStrategy"), path = FIELD(&strategy, "rollingUpdate");
    if (rolling) DROP(c, rolling, maxUnavailable, &path);
}

void drop_disabled_fields(Check *c) {
    Document *document = c->document;
    Path spec = FIELD(NULL, "spec");
    PodView pod = model_pod(document);
    JobSpec *job = model_job(document);
    PodPlace place;
    if (model_is(document, KIND_StatefulSet)) drop_from_stateful_set(c, document->object, &spec);
    if (!pod.spec) return;
    model_pod_place(&place, document->type);
    const Path *template = place.spec.up;
    if (job) DROP(c, job, jobScheduling, template->up);
    drop_from_pod(c, pod, template);
    if (model_workload(document) == WORKLOAD_POD) merge_label_keys(c, document->object);
}
