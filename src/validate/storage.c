/* Volumes and claims as objects, classes of storage, and drivers (k8s.io/kubernetes/pkg/apis/{core,storage}/validation). Sources
 * that volumes share with pods are judged as theirs. */
#include <stddef.h>

#include "kinds.h"
#include "limits.h"
#include "volume.h"
#include "warning.h"

static const Str classAnnotation = STR("volume.beta.kubernetes.io/storage-class"),
                 optionsAnnotation = STR("volume.beta.kubernetes.io/mount-options");

/* Sources of persistent volumes. */

static void check_volume_secret(Check *c, const SecretReference *secret, bool wellFormed, const Path *up, Str field) {
    Path at = path_field(up, field), name = FIELD(&at, "name"), namespace = FIELD(&at, "namespace");
    if (!secret) return;
    if (check_required(c, secret->name, &name) && wellFormed) check_dns_subdomain(c, secret->name, &name);
    if (check_required(c, secret->namespace, &namespace) && wellFormed) check_dns_label(c, secret->namespace, &namespace);
}

/* The parts of a volume's sources that pods have in another type. `room` holds what is made for it. */
static void fill_shared(Arena *arena, const PersistentVolume *volume, Volume *out) {
    const PersistentVolumeSpec *s = &volume->spec;
    *out = (Volume){.name = stored_name(arena, &volume->metadata),
                    .hostPath = s->hostPath,
                    .gcePersistentDisk = s->gcePersistentDisk,
                    .awsElasticBlockStore = s->awsElasticBlockStore,
                    .flocker = s->flocker,
                    .nfs = s->nfs,
                    .quobyte = s->quobyte,
                    .fc = s->fc,
                    .vsphereVolume = s->vsphereVolume,
                    .photonPersistentDisk = s->photonPersistentDisk,
                    .portworxVolume = s->portworxVolume,
                    .azureDisk = s->azureDisk};
#define COPY(field, type, ...)             \
    if (s->field) {                        \
        out->field = NEW(arena, type);     \
        *out->field = (type){__VA_ARGS__}; \
    }
    COPY(glusterfs, GlusterfsVolumeSource, .endpoints = s->glusterfs->endpoints, .path = s->glusterfs->path)
    COPY(rbd, RBDVolumeSource, .monitors = s->rbd->monitors, .image = s->rbd->image)
    COPY(cephfs, CephFSVolumeSource, .monitors = s->cephfs->monitors)
    COPY(iscsi, ISCSIVolumeSource, .targetPortal = s->iscsi->targetPortal, .iqn = s->iscsi->iqn, .lun = s->iscsi->lun,
         .initiatorName = s->iscsi->initiatorName)
    COPY(cinder, CinderVolumeSource, .volumeID = s->cinder->volumeID)
    COPY(flexVolume, FlexVolumeSource, .driver = s->flexVolume->driver, .options = s->flexVolume->options)
    COPY(azureFile, AzureFileVolumeSource, .secretName = s->azureFile->secretName, .shareName = s->azureFile->shareName)
    COPY(scaleIO, ScaleIOVolumeSource, .gateway = s->scaleIO->gateway, .system = s->scaleIO->system,
         .volumeName = s->scaleIO->volumeName)
    COPY(storageos, StorageOSVolumeSource, .volumeName = s->storageos->volumeName,
         .volumeNamespace = s->storageos->volumeNamespace)
#undef COPY
}

/* What only persistent volumes have of a source. */

static void check_glusterfs(Check *c, const PersistentVolume *volume, const Path *path) {
    Path at = FIELD(path, "endpointsNamespace");
    if (volume->spec.glusterfs->endpointsNamespace.at) check_dns_label(c, volume->spec.glusterfs->endpointsNamespace, &at);
}

static void check_iscsi(Check *c, const PersistentVolume *volume, const Path *path) {
    enum { LONGEST = 64 };
    const ISCSIPersistentVolumeSource *iscsi = volume->spec.iscsi;
    Path secret = FIELD(path, "secretRef"), name = FIELD(&secret, "name"), portal = FIELD(path, "targetPortal");
    Path printed = FIELD(path, "targetportal");
    Str volumeName = stored_name(c->arena, &volume->metadata);
    size_t length = volumeName.len + 1 + iscsi->targetPortal.len;
    if (iscsi->initiatorName.at && length > LONGEST)
        emit_volume_iscsi_long(c->diags, where_printed(c, &portal, &printed), .name = volumeName, .portal = iscsi->targetPortal,
                               .length = str_int(c->arena, (int64_t)length));
    if (iscsi->secretRef)
        check_required(c, iscsi->secretRef->name, &name);
    else if (iscsi->chapAuthDiscovery || iscsi->chapAuthSession)
        check_required(c, S(""), &secret);
}

static void check_cinder(Check *c, const PersistentVolume *volume, const Path *path) {
    check_volume_secret(c, volume->spec.cinder->secretRef, false, path, S("secretRef"));
}

static void check_azure_file(Check *c, const PersistentVolume *volume, const Path *path) {
    Path at = FIELD(path, "secretNamespace");
    if (volume->spec.azureFile->secretNamespace.at) check_required(c, volume->spec.azureFile->secretNamespace, &at);
}

static void check_local(Check *c, const PersistentVolume *volume, const Path *path) {
    const LocalVolumeSource *local = volume->spec.local;
    Path at = FIELD(path, "path"), affinity = FIELD(path->up, "nodeAffinity");
    if (check_required(c, local->path, &at) && has_dot_dot(local->path))
        emit_volume_path_dots(c->diags, where(c, &at), .path = local->path);
    if (!volume->spec.nodeAffinity) emit_volume_local_affinity(c->diags, where(c, &affinity));
}

static void check_storageos(Check *c, const PersistentVolume *volume, const Path *path) {
    const ObjectReference *secret = volume->spec.storageos->secretRef;
    Path at = FIELD(path, "secretRef"), name = FIELD(&at, "name"), namespace = FIELD(&at, "namespace");
    if (!secret) return;
    check_required(c, secret->name, &name);
    check_required(c, secret->namespace, &namespace);
}

static void check_csi(Check *c, const PersistentVolume *volume, const Path *path) {
    const CSIPersistentVolumeSource *csi = volume->spec.csi;
    Path driver = FIELD(path, "driver"), handle = FIELD(path, "volumeHandle");
    CHECK_FIELDS(c, CSIPersistentVolumeSource, csi, path);
    check_driver_name(c, csi->driver, &driver);
    check_required(c, csi->volumeHandle, &handle);
    check_volume_secret(c, csi->controllerPublishSecretRef, true, path, S("controllerPublishSecretRef"));
    check_volume_secret(c, csi->controllerExpandSecretRef, true, path, S("controllerExpandSecretRef"));
    check_volume_secret(c, csi->nodePublishSecretRef, true, path, S("nodePublishSecretRef"));
    check_volume_secret(c, csi->nodeExpandSecretRef, true, path, S("nodeExpandSecretRef"));
}

/* In the order in which the server looks for them: the first one there is checked, the others are one too many. */
static const struct {
    Str name;
    uint16_t offset;
    void (*check)(Check *c, const PersistentVolume *volume, const Path *path);
    Str second; /* the name in the path of a second source, if it is another one */
} sources[] = {
#define SOURCE(field) STR(#field), offsetof(PersistentVolumeSpec, field)
    {SOURCE(hostPath), NULL, {0}},
    {SOURCE(gcePersistentDisk), NULL, {0}},
    {SOURCE(awsElasticBlockStore), NULL, {0}},
    {SOURCE(glusterfs), check_glusterfs, {0}},
    {SOURCE(flocker), NULL, {0}},
    {SOURCE(nfs), NULL, {0}},
    {SOURCE(rbd), NULL, {0}},
    {SOURCE(quobyte), NULL, {0}},
    {SOURCE(cephfs), NULL, STR("cephFS")},
    {SOURCE(iscsi), check_iscsi, {0}},
    {SOURCE(cinder), check_cinder, {0}},
    {SOURCE(fc), NULL, {0}},
    {SOURCE(flexVolume), NULL, {0}},
    {SOURCE(azureFile), check_azure_file, {0}},
    {SOURCE(vsphereVolume), NULL, {0}},
    {SOURCE(photonPersistentDisk), NULL, {0}},
    {SOURCE(portworxVolume), NULL, {0}},
    {SOURCE(azureDisk), NULL, {0}},
    {SOURCE(scaleIO), NULL, {0}},
    {SOURCE(local), check_local, {0}},
    {SOURCE(storageos), check_storageos, {0}},
    {SOURCE(csi), check_csi, {0}},
#undef SOURCE
};

static void check_volume_sources(Check *c, const PersistentVolume *volume, const Path *path) {
    Volume shared;
    Str first = {0};
    fill_shared(c->arena, volume, &shared);
    for (size_t i = 0; i < COUNT(sources); i++) {
        const void *source = *(void *const *)(const void *)((const char *)&volume->spec + sources[i].offset);
        Path at = path_field(path, sources[i].name), other = path_field(path, first);
        Path printed = path_field(path, sources[i].second.at ? sources[i].second : sources[i].name);
        if (!source) continue;
        if (first.at && !str_eq(sources[i].name, S("flexVolume"))) { /* which the server does not count as one too many */
            Diag *diag = emit_volume_source_second(c->diags, where_inside(c, &printed, where_key(c, &at)), .first = first,
                                                   .second = sources[i].name);
            diag_note(c->diags, diag, where_key(c, &other).span, S("the other source"));
            continue;
        }
        first = sources[i].name;
        check_volume_source(c, first, &shared, path);
        if (sources[i].check) sources[i].check(c, volume, &at);
    }
    if (!first.at) emit_volume_type_required(c->diags, where(c, path));
}

static void check_capacity(Check *c, QuantityMap capacity, const Path *path) {
    Path at = FIELD(path, "capacity");
    if (!capacity.n) emit_volume_capacity_required(c->diags, where(c, &at));
    if (capacity.n != 1 || !quantity_get(capacity, S("storage"))) emit_volume_capacity(c->diags, where_key(c, &at));
    for (uint32_t i = 0; i < capacity.n; i++) {
        Path key = path_key(&at, capacity.at[i].key);
        if (capacity.at[i].value.nano <= 0)
            emit_claim_storage_positive(c->diags, where(c, &key), .value = quantity_text(c->arena, &capacity.at[i].value));
    }
}

/* A path that leads to the root, however it is written. */
static bool is_root(Str path) {
    int depth = 0;
    if (!is_absolute_path(path)) return false;
    for (size_t i = 0, start = 0; i <= path.len; i++) {
        if (i < path.len && path.at[i] != '/') continue;
        Str part = {path.at + start, i - start};
        start = i + 1;
        if (str_eq(part, S("..")))
            depth -= depth > 0;
        else if (part.len && !str_eq(part, S(".")))
            depth++;
    }
    return depth == 0;
}

void check_persistent_volume(Check *c, void *object) {
    const PersistentVolume *volume = object;
    const PersistentVolumeSpec *spec = &volume->spec;
    Path path = FIELD(NULL, "spec"), modes = FIELD(&path, "accessModes"), affinity = FIELD(&path, "nodeAffinity");
    Path required = FIELD(&affinity, "required"), class = FIELD(&path, "storageClassName"), csi = FIELD(&path, "csi");
    Path attributes = FIELD(&path, "volumeAttributesClassName"), reclaim = FIELD(&path, "persistentVolumeReclaimPolicy");
    check_access_modes(c, spec->accessModes, &modes);
    check_capacity(c, spec->capacity, &path);
    CHECK_FIELDS(c, PersistentVolumeSpec, spec, &path);
    if (spec->nodeAffinity && spec->nodeAffinity->required)
        check_node_selector(c, spec->nodeAffinity->required, &required);
    else if (spec->nodeAffinity)
        emit_volume_affinity_required(c->diags, where(c, &required));
    check_volume_sources(c, volume, &path);
    if (spec->hostPath && is_root(spec->hostPath->path) && str_eq(spec->persistentVolumeReclaimPolicy, S("Recycle")))
        emit_volume_recycle_root(c->diags, where(c, &reclaim));
    if (spec->storageClassName.len) check_dns_subdomain(c, spec->storageClassName, &class);
    if (!spec->volumeAttributesClassName.at || !gate(c, GATE_VolumeAttributesClass)) return;
    if (check_required(c, spec->volumeAttributesClassName, &attributes))
        check_dns_subdomain(c, spec->volumeAttributesClassName, &attributes);
    if (!spec->csi) emit_volume_attributes_csi(c->diags, where(c, &csi));
}

static void warn_annotation(Check *c, StrMap annotations, Str key, const char *since, const char *better) {
    Path meta = FIELD(NULL, "metadata"), list = FIELD(&meta, "annotations"), at = path_key(&list, key);
    if (map_get(annotations, key))
        emit_warn_old_annotation(c->diags, where_key(c, &at), .key = key, .since = str_of(since), .better = str_of(better));
}

void warn_persistent_volume(Check *c, const void *object) {
    const PersistentVolume *volume = object;
    const PersistentVolumeSpec *spec = &volume->spec;
    Path path = FIELD(NULL, "spec"), reclaim = FIELD(&path, "persistentVolumeReclaimPolicy"),
         affinity = FIELD(&path, "nodeAffinity");
    Path required = FIELD(&affinity, "required"), terms = FIELD(&required, "nodeSelectorTerms");
    warn_annotation(c, volume->metadata.annotations, classAnnotation, "1.8", "spec.storageClassName");
    if (c->minor >= 31) warn_annotation(c, volume->metadata.annotations, optionsAnnotation, "1.31", "spec.mountOptions");
    if (str_eq(spec->persistentVolumeReclaimPolicy, S("Recycle"))) emit_warn_volume_recycle(c->diags, where(c, &reclaim));
    for (uint32_t i = 0;
         spec->nodeAffinity && spec->nodeAffinity->required && i < spec->nodeAffinity->required->nodeSelectorTerms.n; i++) {
        Path at = path_index(&terms, i);
        warn_node_term(c, &spec->nodeAffinity->required->nodeSelectorTerms.at[i], false, &at);
    }
    const Volume old = {.photonPersistentDisk = spec->photonPersistentDisk,
                        .scaleIO = (void *)spec->scaleIO,
                        .glusterfs = (void *)spec->glusterfs,
                        .cephfs = (void *)spec->cephfs,
                        .rbd = (void *)spec->rbd,
                        .storageos = (void *)spec->storageos};
    warn_old_volume(c, &old, &path);
}

/* Claims. */

/* Sources other than claims and snapshots were never taken in dataSource, and are dropped there. */
static bool is_known_source(const TypedLocalObjectReference *source) {
    if (str_eq(source->kind, S("PersistentVolumeClaim"))) return !source->apiGroup.len;
    return str_eq(source->kind, S("VolumeSnapshot")) && str_eq(source->apiGroup, S("snapshot.storage.k8s.io"));
}

/* The two sources are one: what one of them has, the other gets. */
void complete_claim_sources(Check *c, PersistentVolumeClaimSpec *spec) {
    TypedObjectReference *ref = spec->dataSourceRef;
    if (spec->dataSource && !ref && !is_known_source(spec->dataSource)) spec->dataSource = NULL;
    if (spec->dataSource && !ref) {
        ref = spec->dataSourceRef = NEW(c->arena, TypedObjectReference);
        *ref = (TypedObjectReference){
            .apiGroup = spec->dataSource->apiGroup, .kind = spec->dataSource->kind, .name = spec->dataSource->name};
    } else if (ref && !spec->dataSource && !ref->namespace.len) {
        spec->dataSource = NEW(c->arena, TypedLocalObjectReference);
        *spec->dataSource = (TypedLocalObjectReference){.apiGroup = ref->apiGroup, .kind = ref->kind, .name = ref->name};
    }
}

void check_claim(Check *c, void *object) {
    PersistentVolumeClaimSpec spec = ((PersistentVolumeClaim *)object)->spec;
    Path path = FIELD(NULL, "spec");
    complete_claim_sources(c, &spec);
    check_claim_spec(c, &spec, &path);
}

void warn_claim(Check *c, const void *object) {
    const PersistentVolumeClaim *claim = object;
    Path path = FIELD(NULL, "spec");
    warn_annotation(c, claim->metadata.annotations, classAnnotation, "1.8", "spec.storageClassName");
    check_claim_warnings(c, &claim->spec, &path, &path);
}

/* Classes and drivers. */

static void check_provisioner(Check *c, Str name, const Path *path) {
    if (check_required(c, name, path) && !is_annotation_key(name)) check_qualified_name(c, name, path);
}

static void check_parameters(Check *c, StrMap parameters, const Path *path) {
    enum { PARAMETERS_MAX = 512, PARAMETERS_SIZE = 256 << 10 };
    size_t size = 0;
    if (parameters.n > PARAMETERS_MAX) {
        emit_class_parameters_many(c->diags, where_key(c, path), .count = str_int(c->arena, parameters.n));
        return;
    }
    for (uint32_t i = 0; i < parameters.n; i++) {
        Path at = path_key(path, parameters.at[i].key);
        size += parameters.at[i].key.len + parameters.at[i].value.len;
        if (!parameters.at[i].key.len) emit_class_parameter_empty(c->diags, where_inside(c, path, where_key(c, &at)));
    }
    if (size > PARAMETERS_SIZE)
        emit_class_parameters_size(c->diags, where_key(c, path), .size = str_int(c->arena, (int64_t)size));
}

static bool same_values(StrList a, StrList b) {
    for (uint32_t i = 0; i < a.n; i++)
        if (!str_in(a.at[i], b.at, b.n)) return false;
    for (uint32_t i = 0; i < b.n; i++)
        if (!str_in(b.at[i], a.at, a.n)) return false;
    return true;
}

/* The last requirement for a key counts. */
static const TopologySelectorLabelRequirement *requirement_of(const TopologySelectorTerm *term, Str key) {
    for (uint32_t i = term->matchLabelExpressions.n; i-- > 0;)
        if (str_eq(term->matchLabelExpressions.at[i].key, key)) return &term->matchLabelExpressions.at[i];
    return NULL;
}

static bool holds_all(const TopologySelectorTerm *a, const TopologySelectorTerm *b) {
    for (uint32_t i = 0; i < b->matchLabelExpressions.n; i++) {
        Str key = b->matchLabelExpressions.at[i].key;
        const TopologySelectorLabelRequirement *mine = requirement_of(a, key), *other = requirement_of(b, key);
        if (!mine || !same_values(mine->values, other->values)) return false;
    }
    return true;
}

static void check_topology(Check *c, const TopologySelectorTerm *term, const Path *path) {
    Path list = FIELD(path, "matchLabelExpressions");
    for (uint32_t i = 0; i < term->matchLabelExpressions.n; i++) {
        const TopologySelectorLabelRequirement *requirement = &term->matchLabelExpressions.at[i];
        Path at = path_index(&list, i), key = FIELD(&at, "key"), values = FIELD(&at, "values");
        bool taken = false;
        if (!requirement->values.n) report_required(c, where(c, &values), values.name, &values);
        for (uint32_t j = 1; j < requirement->values.n; j++) {
            Path value = path_index(&values, j);
            if (str_in(requirement->values.at[j], requirement->values.at, j))
                report_duplicate(c, requirement->values.at[j], &value);
        }
        check_qualified_name(c, requirement->key, &key);
        for (uint32_t j = 0; j < i; j++) taken |= str_eq(term->matchLabelExpressions.at[j].key, requirement->key);
        if (taken) report_duplicate(c, requirement->key, &key);
    }
}

void check_storage_class(Check *c, void *object) {
    const StorageClass *class = object;
    Path provisioner = FIELD(NULL, "provisioner"), parameters = FIELD(NULL, "parameters"),
         list = FIELD(NULL, "allowedTopologies");
    check_provisioner(c, class->provisioner, &provisioner);
    check_parameters(c, class->parameters, &parameters);
    CHECK_FIELDS(c, StorageClass, class, NULL);
    for (uint32_t i = 0; i < class->allowedTopologies.n; i++) {
        const TopologySelectorTerm *term = &class->allowedTopologies.at[i];
        Path at = path_index(&list, i), terms = FIELD(&at, "matchLabelExpressions");
        bool taken = false;
        check_topology(c, term, &at);
        for (uint32_t j = 0; j < i && !taken; j++)
            taken = holds_all(term, &class->allowedTopologies.at[j]) && holds_all(&class->allowedTopologies.at[j], term);
        if (!term->matchLabelExpressions.n)
            emit_class_topology_empty(c->diags, where(c, &terms));
        else if (taken)
            emit_class_topology_taken(c->diags, where(c, &terms));
    }
}

void warn_storage_class(Check *c, const void *object) {
    const StorageClass *class = object;
    Path list = FIELD(NULL, "allowedTopologies");
    for (uint32_t i = 0; i < class->allowedTopologies.n; i++) {
        Path at = path_index(&list, i), terms = FIELD(&at, "matchLabelExpressions");
        for (uint32_t j = 0; j < class->allowedTopologies.at[i].matchLabelExpressions.n; j++) {
            Path item = path_index(&terms, j), key = FIELD(&item, "key");
            warn_node_label(c, class->allowedTopologies.at[i].matchLabelExpressions.at[j].key, false, &key);
        }
    }
}

void check_attributes_class(Check *c, void *object) {
    const VolumeAttributesClass *class = object;
    Path driver = FIELD(NULL, "driverName"), parameters = FIELD(NULL, "parameters");
    check_provisioner(c, class->driverName, &driver);
    check_parameters(c, class->parameters, &parameters);
    if (!class->parameters.n) emit_class_parameters_required(c->diags, where(c, &parameters));
}

void check_csi_driver(Check *c, void *object) {
    const CSIDriverSpec *spec = &((CSIDriver *)object)->spec;
    Path path = FIELD(NULL, "spec"), requests = FIELD(&path, "tokenRequests"), modes = FIELD(&path, "volumeLifecycleModes");
    Path secrets = FIELD(&path, "serviceAccountTokenInSecrets");
    CHECK_FIELDS(c, CSIDriverSpec, spec, &path);
    for (uint32_t i = 0; i < spec->tokenRequests.n; i++) {
        Path at = path_index(&requests, i), audience = FIELD(&at, "audience");
        bool taken = false;
        for (uint32_t j = 0; j < i; j++) taken |= str_eq(spec->tokenRequests.at[j].audience, spec->tokenRequests.at[i].audience);
        if (taken)
            report_duplicate(c, spec->tokenRequests.at[i].audience, &audience);
        else
            CHECK_FIELDS(c, TokenRequest, &spec->tokenRequests.at[i], &at);
    }
    uint32_t before = c->diags->items.n;
    CHECK_FIELD(c, CSIDriverSpec, volumeLifecycleModes, spec, &path);
    for (uint32_t i = before; i < c->diags->items.n; i++) c->diags->items.at[i].path = path_text(c->arena, &modes);
    if (gate(c, GATE_CSIServiceAccountTokenSecrets) && spec->serviceAccountTokenInSecrets.set && !spec->tokenRequests.n)
        emit_driver_tokens_required(c->diags, where(c, &secrets));
}

void warn_csi_driver(Check *c, const void *object) {
    const CSIDriverSpec *spec = &((const CSIDriver *)object)->spec;
    Path path = FIELD(NULL, "spec"), secrets = FIELD(&path, "serviceAccountTokenInSecrets");
    if (gate(c, GATE_CSIServiceAccountTokenSecrets) && spec->tokenRequests.n && !spec->serviceAccountTokenInSecrets.set)
        emit_warn_driver_tokens(c->diags, where(c, &secrets));
}
