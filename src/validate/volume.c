/* The volumes of a pod: their names, that each has one source, and what each kind of source wants. Decides as ValidateVolumes of
 * k8s.io/kubernetes/pkg/apis/core/validation does, with the paths that it gives, its misspellings included. */
#include "volume.h"

#include <stddef.h>

#include "base/str_set.h"

/* Which volumes containers can mount. Made only where looking through the list does not do: it is long,
 * or volumes have faults. */
struct VolumeIndex {
    StrSet sound; /* names of volumes without faults, each with its Volume */
};

/* A secret in the pod's namespace that is optional as a whole, and named where it is given. */
static void check_secret_ref(Check *c, const LocalObjectReference *secret, const Path *path) {
    Path at = FIELD(path, "secretRef");
    if (secret) check_field_required(c, secret->name, &at, S("name"));
}

static void check_monitors(Check *c, StrList monitors, const Path *path) {
    Path at = FIELD(path, "monitors");
    if (monitors.n == 0) check_required(c, S(""), &at);
}

static void check_empty_dir(PodCheck *p, const Volume *volume, const Path *path) {
    Check *c = p->c;
    Path limit = FIELD(path, "sizeLimit");
    CHECK_FIELDS(c, EmptyDirVolumeSource, volume->emptyDir, path);
    if (volume->emptyDir->sizeLimit.nano < 0)
        emit_volume_size_limit(c->diags, where(c, &limit), .size = volume->emptyDir->sizeLimit.text);
}

static void check_host_path(PodCheck *p, const Volume *volume, const Path *path) {
    const HostPathVolumeSource *host = volume->hostPath;
    Path at = FIELD(path, "path");
    if (!host->path.len) return;
    if (has_dot_dot(host->path)) emit_volume_path_dots(p->c->diags, where(p->c, &at), .path = host->path);
    CHECK_FIELDS(p->c, HostPathVolumeSource, host, path);
}

static void check_git_repo(PodCheck *p, const Volume *volume, const Path *path) {
    Path at = FIELD(path, "directory");
    check_descending_path(p->c, volume->gitRepo->directory, &at);
}

static void check_gce_disk(PodCheck *p, const Volume *volume, const Path *path) {
    CHECK_FIELDS(p->c, GCEPersistentDiskVolumeSource, volume->gcePersistentDisk, path);
}

static void check_aws_disk(PodCheck *p, const Volume *volume, const Path *path) {
    CHECK_FIELDS(p->c, AWSElasticBlockStoreVolumeSource, volume->awsElasticBlockStore, path);
}

static void check_nfs(PodCheck *p, const Volume *volume, const Path *path) {
    Path at = FIELD(path, "path");
    if (!is_absolute_path(volume->nfs->path)) emit_volume_path_relative(p->c->diags, where(p->c, &at), .path = volume->nfs->path);
}

static bool all_alnum(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (!is_alnum(s.at[i])) return false;
    return true;
}

/* iqn.YYYY-MM.domain:name */
static bool is_iqn(Str s) {
    static const char form[] = "iqn.0000-00."; /* 0 stands for any digit */
    size_t i = 0;
    for (; form[i]; i++) {
        if (i == s.len) return false;
        if (form[i] == '0' ? s.at[i] < '0' || s.at[i] > '9' : s.at[i] != form[i]) return false;
    }
    size_t start = i;
    while (i < s.len && (is_alnum(s.at[i]) || s.at[i] == '-' || s.at[i] == '.')) i++;
    if (i == start || i + 1 >= s.len || s.at[i] != ':') return false;
    for (i++; i < s.len; i++)
        if (str_find(S(",;*&$| \t\n\f\r"), s.at[i]) >= 0) return false;
    return true;
}

/* An initiator or target: an iqn, or eui or naa, a mark and 16 or 32 letters and digits. Anything may stand between a leading
 * "iqn" and the name proper, since the server only looks for a name at the end. */
static bool is_iscsi_name(Str s) {
    if (str_starts(s, S("iqn"))) {
        for (size_t i = 0; i < s.len; i++)
            if (is_iqn(str_slice(s, i))) return true;
        return false;
    }
    size_t digits = str_starts(s, S("eui")) ? 16 : str_starts(s, S("naa")) ? 32 : 0;
    if (!digits || s.len < 4 + digits) return false;
    Str mark = {s.at + 3, s.len - 3 - digits};
    return str_codepoints(mark) == 1 && mark.at[0] != '\n' && all_alnum(str_slice(s, s.len - digits));
}

static void check_iscsi_name(Check *c, Str name, const Path *path) {
    if (!is_iscsi_name(name)) emit_volume_iscsi_name(c->diags, where(c, path), .name = name);
}

static void check_iscsi(PodCheck *p, const Volume *volume, const Path *path) {
    Check *c = p->c;
    const ISCSIVolumeSource *iscsi = volume->iscsi;
    Path iqn = FIELD(path, "iqn"), secret = FIELD(path, "secretRef"), initiator = FIELD(path, "initiatorName");
    CHECK_FIELDS(c, ISCSIVolumeSource, iscsi, path);
    if (iscsi->iqn.len) check_iscsi_name(c, iscsi->iqn, &iqn);
    if ((iscsi->chapAuthDiscovery || iscsi->chapAuthSession) && !iscsi->secretRef) check_required(c, S(""), &secret);
    if (!iscsi->initiatorName.at) return;
    Path reported = FIELD(path, "initiatorname");
    uint32_t before = c->diags->items.n;
    check_iscsi_name(c, iscsi->initiatorName, &initiator);
    move_paths(c, before, &initiator, &reported);
}

/* The volume's name and the portal become a name together. Holds even where another source comes first. */
static void check_iscsi_interface(Check *c, const Volume *volume, const Path *path) {
    enum { LONGEST = 64 };
    Path name = FIELD(path, "name");
    size_t length = volume->name.len + 1 + volume->iscsi->targetPortal.len;
    if (volume->iscsi->initiatorName.at && length > LONGEST)
        emit_volume_iscsi_long(c->diags, where(c, &name), .name = volume->name, .portal = volume->iscsi->targetPortal,
                               .length = str_int(c->arena, (int64_t)length));
}

static void check_flocker(PodCheck *p, const Volume *volume, const Path *path) {
    Check *c = p->c;
    const FlockerVolumeSource *flocker = volume->flocker;
    Path name = FIELD(path, "datasetName");
    if (!flocker->datasetName.len && !flocker->datasetUUID.len) emit_volume_flocker_none(c->diags, where(c, path));
    if (flocker->datasetName.len && flocker->datasetUUID.len) emit_volume_flocker_two(c->diags, where_key(c, path));
    if (str_find(flocker->datasetName, '/') >= 0)
        emit_volume_flocker_name(c->diags, where(c, &name), .name = flocker->datasetName);
}

static void check_rbd(PodCheck *p, const Volume *volume, const Path *path) {
    check_monitors(p->c, volume->rbd->monitors, path);
}

static void check_cinder(PodCheck *p, const Volume *volume, const Path *path) {
    check_secret_ref(p->c, volume->cinder->secretRef, path);
}

static void check_cephfs(PodCheck *p, const Volume *volume, const Path *path) {
    check_monitors(p->c, volume->cephfs->monitors, path);
}

/* host:port as Go's net.SplitHostPort takes it apart: brackets around a host with colons, both parts may be empty. */
static bool is_host_port(Str s) {
    ptrdiff_t colon = str_rfind(s, ':');
    if (colon < 0) return false;
    Str host = {s.at, (size_t)colon}, port = str_slice(s, (size_t)colon + 1);
    if (host.len && host.at[0] == '[') {
        if (str_find(host, ']') != colon - 1) return false;
        host = (Str){host.at + 1, host.len - 2};
    } else if (str_find(host, ':') >= 0) {
        return false;
    }
    return str_find(host, '[') < 0 && str_find(host, ']') < 0 && str_find(port, '[') < 0 && str_find(port, ']') < 0;
}

static void check_quobyte(PodCheck *p, const Volume *volume, const Path *path) {
    Check *c = p->c;
    Path registry = FIELD(path, "registry"), tenant = FIELD(path, "tenant");
    Str hosts = volume->quobyte->registry;
    if (!check_required(c, hosts, &registry)) return;
    if (volume->quobyte->tenant.len > 64) {
        emit_volume_tenant(c->diags, where(c, &tenant), .length = str_int(c->arena, (int64_t)volume->quobyte->tenant.len));
        return;
    }
    for (size_t i = 0, start = 0; i <= hosts.len; i++) {
        if (i < hosts.len && hosts.at[i] != ',') continue;
        Str host = {hosts.at + start, i - start};
        if (!is_host_port(host)) emit_volume_host_port(c->diags, where(c, &registry), .host = host);
        start = i + 1;
    }
}

static void check_fc(PodCheck *p, const Volume *volume, const Path *path) {
    Check *c = p->c;
    const FCVolumeSource *fc = volume->fc;
    Path names = FIELD(path, "targetWWNs"), lun = FIELD(path, "lun");
    if (!fc->targetWWNs.n && !fc->wwids.n) emit_volume_fc_none(c->diags, where(c, &names));
    if (!fc->targetWWNs.n) return;
    if (fc->wwids.n) emit_volume_fc_two(c->diags, where_key(c, &names));
    if (fc->lun.set)
        CHECK_FIELD(c, FCVolumeSource, lun, fc, path);
    else
        emit_volume_fc_lun(c->diags, where(c, &lun));
}

/* Takes a lower-case suffix off `*s`, case aside; the Kelvin sign and the dotted I, whose lower case is ASCII, count too. */
static bool take_suffix(Str *s, Str suffix) {
    static const Str kelvin = STR("\xe2\x84\xaa"), dotted = STR("\xc4\xb0");
    Str rest = *s;
    for (size_t i = suffix.len; i-- > 0;) {
        char want = suffix.at[i], have = rest.len ? to_lower(rest.at[rest.len - 1]) : '\0';
        if (have == want)
            rest.len -= 1;
        else if (want == 'k' && str_ends(rest, kelvin))
            rest.len -= kelvin.len;
        else if (want == 'i' && str_ends(rest, dotted))
            rest.len -= dotted.len;
        else
            return false;
    }
    *s = rest;
    return true;
}

/* Whether an option's namespace, the part before the first slash or all of it, is one of Kubernetes' own. */
static bool is_reserved_option(Str key) {
    ptrdiff_t slash = str_find(key, '/');
    if (slash >= 0) key.len = (size_t)slash;
    return (take_suffix(&key, S("kubernetes.io")) || take_suffix(&key, S("k8s.io"))) && (key.len == 0 || str_ends(key, S(".")));
}

static void check_flex(PodCheck *p, const Volume *volume, const Path *path) {
    Path options = FIELD(path, "options");
    StrMap map = volume->flexVolume->options;
    for (uint32_t i = 0; i < map.n; i++) {
        Path at = path_key(&options, map.at[i].key);
        if (is_reserved_option(map.at[i].key)) emit_volume_flex_option(p->c->diags, where_key(p->c, &at), .key = map.at[i].key);
    }
}

static void check_azure_disk(PodCheck *p, const Volume *volume, const Path *path) {
    Check *c = p->c;
    const AzureDiskVolumeSource *disk = volume->azureDisk;
    Path uri = FIELD(path, "diskURI");
    CHECK_FIELDS(c, AzureDiskVolumeSource, disk, path);
    if (!disk->kind.at) return;
    bool managed = str_eq(disk->kind, S("Managed"));
    if (managed && !str_starts(disk->diskURI, S("/subscriptions/")))
        emit_volume_azure_managed(c->diags, where(c, &uri), .uri = disk->diskURI);
    if (!managed && !str_starts(disk->diskURI, S("https://")))
        emit_volume_azure_blob(c->diags, where(c, &uri), .uri = disk->diskURI, .kind = disk->kind);
}

static void check_storageos(PodCheck *p, const Volume *volume, const Path *path) {
    const StorageOSVolumeSource *storageos = volume->storageos;
    Path name = FIELD(path, "volumeName"), namespace = FIELD(path, "volumeNamespace");
    if (storageos->volumeName.len) check_dns_label(p->c, storageos->volumeName, &name);
    if (storageos->volumeNamespace.len) check_dns_label(p->c, storageos->volumeNamespace, &namespace);
    check_secret_ref(p->c, storageos->secretRef, path);
}

static void check_csi(PodCheck *p, const Volume *volume, const Path *path) {
    Check *c = p->c;
    const CSIVolumeSource *csi = volume->csi;
    Path driver = FIELD(path, "driver"), secret = FIELD(path, "nodePublishSecretRef"), name = FIELD(&secret, "name");
    CHECK_FIELDS(c, CSIVolumeSource, csi, path);
    check_driver_name(c, csi->driver, &driver);
    if (!csi->nodePublishSecretRef || !check_required(c, csi->nodePublishSecretRef->name, &name)) return;
    uint32_t before = c->diags->items.n;
    check_dns_subdomain(c, csi->nodePublishSecretRef->name, &name);
    move_paths(c, before, &secret, path);
}

/* Labels and annotations are all that a claim takes over from its template. */
static void check_claim_metadata(Check *c, const ObjectMeta *meta, const Path *path) {
    static const Str lists[] = {STR("ownerReferences"), STR("finalizers"), STR("managedFields")}; /* set even when empty */
    Path labels = FIELD(path, "labels"), annotations = FIELD(path, "annotations");
    check_labels(c, meta->labels, &labels);
    check_annotations(c, meta->annotations, &annotations);
    if (!meta->head.node) return;
    const struct {
        Str name, reported;
        bool set;
    } others[] = {
        {STR("name"), STR("name"), meta->name.len},
        {STR("generateName"), STR("generateName"), meta->generateName.len},
        {STR("namespace"), STR("namespace"), meta->namespace.len},
        {STR("selfLink"), STR("selfLink"), meta->selfLink.len},
        {STR("uid"), STR("uID"), meta->uid.len},
        {STR("resourceVersion"), STR("resourceVersion"), meta->resourceVersion.len},
        {STR("generation"), STR("generation"), meta->generation != 0},
        {STR("creationTimestamp"), STR("creationTimestamp"), meta->creationTimestamp.set},
        {STR("deletionTimestamp"), STR("deletionTimestamp"), meta->deletionTimestamp.set},
        {STR("deletionGracePeriodSeconds"), STR("deletionGracePeriodSeconds"), meta->deletionGracePeriodSeconds.set},
    };
    for (size_t i = 0; i < COUNT(others); i++) {
        Path at = path_field(path, others[i].name), reported = path_field(path, others[i].reported);
        if (others[i].set)
            emit_volume_claim_metadata(c->diags, where_inside(c, &reported, where_key(c, &at)), .field = others[i].name);
    }
    for (size_t i = 0; i < COUNT(lists); i++) {
        const Node *list = node_get(meta->head.node, lists[i]);
        Path at = path_field(path, lists[i]);
        if (list && list->kind == NODE_LIST) emit_volume_claim_metadata(c->diags, where_key(c, &at), .field = lists[i]);
    }
}

/* The claim is named after the pod and the volume. A name that the server makes up has five
 * letters after generateName by then. */
static void check_claim_name(PodCheck *p, const Volume *volume, const Path *path) {
    bool generated = !p->meta->name.len;
    Str pod = generated ? p->meta->generateName : p->meta->name, more = generated ? S("xxxxx-") : S("-");
    if (p->isTemplate || !pod.len || !volume->name.len) return;
    char room[256];
    size_t length = pod.len + more.len + volume->name.len;
    if (length <= sizeof room) {
        memcpy(room, pod.at, pod.len);
        memcpy(room + pod.len, more.at, more.len);
        memcpy(room + pod.len + more.len, volume->name.at, volume->name.len);
        if (is_dns_subdomain((Str){room, length})) return;
    }
    Str claim = str_join(p->c->arena, str_join(p->c->arena, pod, more), volume->name);
    emit_volume_claim_name(p->c->diags, where(p->c, path), .claim = shown(p->c->arena, claim));
}

static void check_ephemeral(PodCheck *p, const Volume *volume, const Path *path) {
    Check *c = p->c;
    const PersistentVolumeClaimTemplate *template = volume->ephemeral->volumeClaimTemplate;
    Path at = FIELD(path, "volumeClaimTemplate"), meta = FIELD(&at, "metadata"), spec = FIELD(&at, "spec"),
         name = FIELD(path->up, "name");
    if (template) {
        check_claim_metadata(c, &template->metadata, &meta);
        check_claim_spec(c, &template->spec, &spec);
    } else {
        check_required(c, S(""), &at);
    }
    check_claim_name(p, volume, &name);
}

static void check_image(PodCheck *p, const Volume *volume, const Path *path) {
    CHECK_FIELDS(p->c, ImageVolumeSource, volume->image, path);
}

/* A kind of source: the strings that it cannot do without, and whatever else there is to check. */
typedef struct SourceKind {
    Str name;
    uint16_t offset; /* of the pointer in Volume */
    struct {
        Str name;
        uint16_t offset; /* in the source */
    } needs[3];
    void (*check)(PodCheck *p, const Volume *volume, const Path *path);
    Str inside; /* the name in paths of errors below it, if it is another one */
    Str second; /* the same for being a second source */
} SourceKind;

#define SOURCE(field) .name = STR(#field), .offset = offsetof(Volume, field)
#define NEED(type, field) \
    { STR(#field), offsetof(type, field) }

/* In the order in which the server looks for them: the first one there is checked, the others are one too many. */
static const SourceKind sources[] = {
    {SOURCE(emptyDir), .check = check_empty_dir},
    {SOURCE(hostPath), {NEED(HostPathVolumeSource, path)}, check_host_path},
    {SOURCE(gitRepo), {NEED(GitRepoVolumeSource, repository)}, check_git_repo},
    {SOURCE(gcePersistentDisk), {NEED(GCEPersistentDiskVolumeSource, pdName)}, check_gce_disk, .inside = STR("persistentDisk")},
    {SOURCE(awsElasticBlockStore), {NEED(AWSElasticBlockStoreVolumeSource, volumeID)}, check_aws_disk},
    {SOURCE(secret), {NEED(SecretVolumeSource, secretName)}, check_secret_volume},
    {SOURCE(nfs), {NEED(NFSVolumeSource, server), NEED(NFSVolumeSource, path)}, check_nfs},
    {SOURCE(iscsi), {NEED(ISCSIVolumeSource, targetPortal), NEED(ISCSIVolumeSource, iqn)}, check_iscsi},
    {SOURCE(glusterfs), {NEED(GlusterfsVolumeSource, endpoints), NEED(GlusterfsVolumeSource, path)}, .check = NULL},
    {SOURCE(flocker), .check = check_flocker},
    {SOURCE(persistentVolumeClaim), {NEED(PersistentVolumeClaimVolumeSource, claimName)}, .check = NULL},
    {SOURCE(rbd), {NEED(RBDVolumeSource, image)}, check_rbd},
    {SOURCE(cinder), {NEED(CinderVolumeSource, volumeID)}, check_cinder},
    {SOURCE(cephfs), .check = check_cephfs, .second = STR("cephFS")},
    {SOURCE(quobyte), {NEED(QuobyteVolumeSource, volume)}, check_quobyte},
    {SOURCE(downwardAPI), .check = check_downward_volume, .second = STR("downwarAPI")},
    {SOURCE(fc), .check = check_fc},
    {SOURCE(flexVolume), {NEED(FlexVolumeSource, driver)}, check_flex},
    {SOURCE(configMap), {NEED(ConfigMapVolumeSource, name)}, check_config_map_volume},
    {SOURCE(azureFile), {NEED(AzureFileVolumeSource, secretName), NEED(AzureFileVolumeSource, shareName)}, .check = NULL},
    {SOURCE(vsphereVolume), {NEED(VsphereVirtualDiskVolumeSource, volumePath)}, .check = NULL},
    {SOURCE(photonPersistentDisk), {NEED(PhotonPersistentDiskVolumeSource, pdID)}, .check = NULL},
    {SOURCE(portworxVolume), {NEED(PortworxVolumeSource, volumeID)}, .check = NULL},
    {SOURCE(azureDisk), {NEED(AzureDiskVolumeSource, diskName), NEED(AzureDiskVolumeSource, diskURI)}, check_azure_disk},
    {SOURCE(storageos), {NEED(StorageOSVolumeSource, volumeName)}, check_storageos},
    {SOURCE(projected), .check = check_projected_volume},
    {SOURCE(scaleIO),
     {NEED(ScaleIOVolumeSource, gateway), NEED(ScaleIOVolumeSource, system), NEED(ScaleIOVolumeSource, volumeName)},
     .check = NULL},
    {SOURCE(csi), {NEED(CSIVolumeSource, driver)}, check_csi},
    {SOURCE(ephemeral), .check = check_ephemeral},
    {SOURCE(image), {NEED(ImageVolumeSource, reference)}, check_image},
};

enum { SOURCE_COUNT = COUNT(sources) };

static void check_source(PodCheck *p, const SourceKind *source, const Volume *volume, const char *value, const Path *path) {
    Path at = path_field(path, source->name);
    uint32_t before = p->c->diags->items.n;
    for (size_t i = 0; i < 3 && source->needs[i].name.at; i++)
        check_field_required(p->c, *(const Str *)(const void *)(value + source->needs[i].offset), &at, source->needs[i].name);
    if (source->check) source->check(p, volume, &at);
    if (!source->inside.at) return;
    Path inside = path_field(path, source->inside);
    move_paths(p->c, before, &at, &inside);
}

void check_volume_source(Check *c, Str name, const Volume *volume, const Path *path) {
    PodCheck p = {.c = c};
    for (size_t i = 0; i < SOURCE_COUNT; i++) {
        const char *value = *(const char *const *)(const void *)((const char *)volume + sources[i].offset);
        if (value && str_eq(sources[i].name, name)) check_source(&p, &sources[i], volume, value, path);
    }
}

static void refuse_second_source(Check *c, const SourceKind *source, const SourceKind *first, const Path *path) {
    Path at = path_field(path, source->name), before = path_field(path, first->name);
    Path reported = path_field(path, source->second.at ? source->second : source->name);
    Diag *diag = emit_volume_source_second(c->diags, where_inside(c, &reported, where_key(c, &at)), .first = first->name,
                                           .second = source->name);
    diag_note(c->diags, diag, where_key(c, &before).span, S("the other source"));
}

static void check_sources(PodCheck *p, const Volume *volume, const Path *path) {
    const SourceKind *first = NULL;
    for (size_t i = 0; i < SOURCE_COUNT; i++) {
        const char *value = *(const char *const *)(const void *)((const char *)volume + sources[i].offset);
        if (!value) continue;
        if (first) {
            refuse_second_source(p->c, &sources[i], first, path);
        } else {
            first = &sources[i];
            check_source(p, first, volume, value, path);
        }
    }
    if (volume->iscsi) check_iscsi_interface(p->c, volume, path);
    if (!first) emit_volume_source_none(p->c->diags, where(p->c, path), .name = volume->name);
}

/* The ephemeral volume that makes a claim of this name, or NULL. */
static const Volume *claim_maker(PodCheck *p, Str pod, Str claim) {
    if (claim.len <= pod.len || !str_starts(claim, pod) || claim.at[pod.len] != '-') return NULL;
    Str name = str_slice(claim, pod.len + 1);
    for (uint32_t i = 0; i < p->spec->volumes.n; i++)
        if (p->spec->volumes.at[i].ephemeral && str_eq(p->spec->volumes.at[i].name, name)) return &p->spec->volumes.at[i];
    return NULL;
}

/* Claims that ephemeral volumes of the same pod will make cannot be used as if they were there already. */
static void check_claims(PodCheck *p, const Path *list) {
    bool ephemeral = false, claim = false;
    for (uint32_t i = 0; i < p->spec->volumes.n; i++) {
        ephemeral |= p->spec->volumes.at[i].ephemeral != NULL;
        claim |= p->spec->volumes.at[i].persistentVolumeClaim != NULL;
    }
    Str pod = ephemeral && claim && !p->isTemplate ? p->meta->name : S("");
    for (uint32_t i = 0; i < p->spec->volumes.n && pod.len; i++) {
        const PersistentVolumeClaimVolumeSource *source = p->spec->volumes.at[i].persistentVolumeClaim;
        const Volume *maker = source ? claim_maker(p, pod, source->claimName) : NULL;
        if (!maker) continue;
        Path volume = path_index(list, i), at = FIELD(&volume, "persistentVolumeClaim"), name = FIELD(&at, "claimName");
        Path other = path_index(list, (uint32_t)(maker - p->spec->volumes.at));
        Diag *diag = emit_volume_claim_taken(p->c->diags, where(p->c, &name), .claim = source->claimName, .volume = maker->name);
        diag_note(p->c->diags, diag, where(p->c, &other).span, S("the volume that makes the claim"));
    }
}

static void check_volume_name(Check *c, const StrSet *sound, const VolumeList *volumes, uint32_t i, const Path *list) {
    Path at = path_index(list, i), name = FIELD(&at, "name");
    Str text = volumes->at[i].name;
    if (check_required(c, text, &name)) check_dns_label(c, text, &name);
    const Volume *other = str_set_find(sound, text);
    if (!other) return;
    Path first = path_index(list, (uint32_t)(other - volumes->at)), firstName = FIELD(&first, "name");
    Diag *diag = emit_volume_name_taken(c->diags, where(c, &name), .name = text);
    diag_note(c->diags, diag, where(c, &firstName).span, S("first used here"));
}

/* Tokens are made for the pod's service account, which a template need not name yet. */
static void check_tokens(PodCheck *p, const Path *list) {
    if (p->isTemplate || p->spec->serviceAccountName.len || p->spec->serviceAccount.len) return;
    for (uint32_t i = 0; i < p->spec->volumes.n; i++) {
        const ProjectedVolumeSource *projected = p->spec->volumes.at[i].projected;
        Path volume = path_index(list, i), at = FIELD(&volume, "projected"), items = FIELD(&at, "sources");
        for (uint32_t j = 0; projected && j < projected->sources.n; j++) {
            Path source = path_index(&items, j), token = FIELD(&source, "serviceAccountToken");
            if (projected->sources.at[j].serviceAccountToken) emit_volume_token_account(p->c->diags, where_key(p->c, &token));
        }
    }
}

void check_volumes(PodCheck *p) {
    Check *c = p->c;
    Path list = FIELD(p->path, "volumes");
    const VolumeList *volumes = &p->spec->volumes;
    StrSet sound = {.arena = c->arena}; /* what a volume with faults is called may be used again */
    for (uint32_t i = 0; i < volumes->n; i++) {
        Path at = path_index(&list, i);
        uint32_t before = diag_found(c->diags);
        check_sources(p, &volumes->at[i], &at);
        check_volume_name(c, &sound, volumes, i, &list);
        if (diag_found(c->diags) == before || c->document->unreadable) str_set_add(&sound, volumes->at[i].name, &volumes->at[i]);
    }
    check_claims(p, &list);
    check_tokens(p, &list);
    if (volumes->n <= STR_SET_FEW && sound.count == volumes->n) return;
    struct VolumeIndex *index = NEW(c->arena, struct VolumeIndex);
    index->sound = sound;
    p->volumes = index;
}

const Volume *pod_volume(const PodCheck *p, Str name) {
    if (p->volumes) return str_set_find(&p->volumes->sound, name);
    for (uint32_t i = 0; i < p->spec->volumes.n; i++)
        if (str_eq(p->spec->volumes.at[i].name, name)) return &p->spec->volumes.at[i];
    return NULL;
}
