/* What containers do with the volumes of their pod: mounts of file systems and raw block devices
 * (k8s.io/kubernetes/pkg/apis/core/validation). */
#include "areas.h"
#include "base/str_set.h"

/* A container's mounts and devices, for rules that look across them. The sets are filled only where both are there; of several
 * entries with one name the server goes by the path of the last. */
typedef struct Mounts {
    PodCheck *p;
    const Container *container;
    Path mountList, deviceList;
    StrSet mountNames, mountPaths, deviceNames, devicePaths;
} Mounts;

static void fill_sets(Mounts *m) {
    VolumeMountList mounts = m->container->volumeMounts;
    VolumeDeviceList devices = m->container->volumeDevices;
    if (!mounts.n || !devices.n) return;
    for (uint32_t i = mounts.n; i-- > 0;)
        if (!str_set_add(&m->mountNames, mounts.at[i].name, &mounts.at[i]))
            str_set_add(&m->mountPaths, mounts.at[i].mountPath, &mounts.at[i]);
    for (uint32_t i = devices.n; i-- > 0;)
        if (!str_set_add(&m->deviceNames, devices.at[i].name, &devices.at[i]))
            str_set_add(&m->devicePaths, devices.at[i].devicePath, &devices.at[i]);
}

static Span mount_span(const Mounts *m, const VolumeMount *mount, Str field) {
    Path item = path_index(&m->mountList, (uint32_t)(mount - m->container->volumeMounts.at)), at = path_field(&item, field);
    return where(m->p->c, &at).span;
}

static Span device_span(const Mounts *m, const VolumeDevice *device, Str field) {
    Path item = path_index(&m->deviceList, (uint32_t)(device - m->container->volumeDevices.at)), at = path_field(&item, field);
    return where(m->p->c, &at).span;
}

/* Whether the pod lists a volume of this name, sound or not. */
static bool is_listed(const PodCheck *p, Str name) {
    for (uint32_t i = 0; i < p->spec->volumes.n; i++)
        if (name.len && str_eq(p->spec->volumes.at[i].name, name)) return true;
    return false;
}

bool has_unknown_volume(const PodSpec *spec) {
    for (uint32_t i = 0; i < spec->volumes.n; i++)
        if (!spec->volumes.at[i].name.len || head_text_unknown(&spec->volumes.at[i].head, S("name"), true)) return true;
    return false;
}

bool has_unknown_container(const PodSpec *spec) {
    const ContainerList *lists[] = {&spec->containers, &spec->initContainers};
    for (size_t l = 0; l < COUNT(lists); l++)
        for (uint32_t i = 0; i < lists[l]->n; i++)
            if (head_text_unknown(&lists[l]->at[i].head, S("name"), true)) return true;
    return false;
}

Str volume_hint(const PodCheck *p, Str name, bool emptyDirs) {
    VolumeList volumes = p->spec->volumes;
    Arena *arena = p->c->arena;
    Str *names = NEW_ARRAY(arena, Str, volumes.n + 1);
    size_t count = 0;
    for (uint32_t i = 0; i < volumes.n; i++) {
        const Volume *volume = &volumes.at[i];
        if (volume->name.len && (volume->emptyDir || !emptyDirs)) names[count++] = volume->name;
    }
    Str near = name.len ? did_you_mean(arena, name, names, count) : S("");
    if (near.len || count > 8) return near;
    if (count)
        return str_join(arena, emptyDirs ? S("volumes of type emptyDir are: ") : S("volumes of this pod: "),
                        words_or(arena, names, count));
    return emptyDirs ? S("add an emptyDir volume that an init container writes the file to")
                     : S("add it to spec.volumes, where there is none yet");
}

static void check_sub_path(Check *c, Str value, const Path *at, const Path *printed) {
    if (is_absolute_path(value))
        emit_mount_sub_path_absolute(c->diags, where_printed(c, at, printed), .field = at->name, .path = shown(c->arena, value));
    else if (has_dot_dot(value))
        emit_mount_sub_path_dots(c->diags, where_printed(c, at, printed), .field = at->name, .path = shown(c->arena, value));
}

static void check_sub_paths(Mounts *m, const VolumeMount *mount, const Path *path) {
    Check *c = m->p->c;
    Path fixed = FIELD(path, "subPath"), expanded = FIELD(path, "subPathExpr");
    Path fixedPrinted = FIELD(&m->mountList, "subPath"), expandedPrinted = FIELD(&m->mountList, "subPathExpr");
    check_sub_path(c, mount->subPath, &fixed, &fixedPrinted);
    check_sub_path(c, mount->subPathExpr, &expanded, &expandedPrinted);
    if (!mount->subPath.len || !mount->subPathExpr.len) return;
    Diag *d = emit_mount_sub_path_both(c->diags, where(c, &expanded));
    diag_note(c->diags, d, where(c, &fixed).span, S("subPath here"));
}

/* Whether the enumeration of a field has a value, which is reported at the list as a whole. */
static bool check_word(Mounts *m, const Field *field, Str value, const Path *at, const Path *printed) {
    Check *c = m->p->c;
    if (is_known_value(c, field, value)) return true;
    Advice advice = value_advice(c, field, value);
    emit_mount_word(c->diags, where_printed(c, at, printed), .value = shown(c->arena, value), .field = field->name,
                    .allowed = advice.allowed, .hint = advice.hint);
    return false;
}

static void check_propagation(Mounts *m, Str propagation, const Path *path) {
    Path at = FIELD(path, "mountPropagation"), printed = FIELD(&m->mountList, "mountPropagation");
    const SecurityContext *security = m->container->securityContext;
    if (!propagation.at || !check_word(m, FIELD_OF(VolumeMount, mountPropagation), propagation, &at, &printed)) return;
    if (str_eq(propagation, S("Bidirectional")) && !(security && security->privileged.value))
        emit_mount_propagation_privileged(m->p->c->diags, where_printed(m->p->c, &at, &printed));
}

static void check_recursion(Mounts *m, const VolumeMount *mount, const Path *path) {
    Check *c = m->p->c;
    Str mode = mount->recursiveReadOnly;
    Path at = FIELD(path, "recursiveReadOnly"), printed = FIELD(&m->mountList, "recursiveReadOnly"),
         propagation = FIELD(path, "mountPropagation");
    if (!mode.at || !check_word(m, FIELD_OF(VolumeMount, recursiveReadOnly), mode, &at, &printed) || str_eq(mode, S("Disabled")))
        return;
    if (!mount->readOnly) emit_mount_recursive_writable(c->diags, where_printed(c, &at, &printed), .mode = mode);
    if (!mount->mountPropagation.at || str_eq(mount->mountPropagation, S("None"))) return;
    Diag *d = emit_mount_recursive_propagation(c->diags, where_printed(c, &at, &printed), .mode = mode,
                                               .propagation = shown(c->arena, mount->mountPropagation));
    diag_note(c->diags, d, where(c, &propagation).span, S("mountPropagation here"));
}

static void check_bind_options(Mounts *m, const VolumeMount *mount, const Volume *volume, const Path *path) {
    Check *c = m->p->c;
    Path list = FIELD(path, "bindMountOptions");
    StrSet seen = {.arena = c->arena};
    for (uint32_t i = 0; i < mount->bindMountOptions.n; i++) {
        const Str *option = &mount->bindMountOptions.at[i], *first = str_set_add(&seen, *option, option);
        Path at = path_index(&list, i);
        if (!first) continue;
        Path before = path_index(&list, (uint32_t)(first - mount->bindMountOptions.at));
        Diag *d = emit_mount_option_repeated(c->diags, where(c, &at), .option = shown(c->arena, *option));
        diag_note(c->diags, d, where(c, &before).span, S("first used here"));
    }
    if (volume && volume->image) emit_mount_option_image(c->diags, where_key(c, &list));
}

/* Names and paths that a device has already. */
static void check_mount_overlap(Mounts *m, const VolumeMount *mount, const Path *name, const Path *target) {
    Check *c = m->p->c;
    const VolumeDevice *same = str_set_find(&m->deviceNames, mount->name);
    if (same) {
        Diag *d =
            emit_mount_name_device(c->diags, where(c, name), .name = shown(c->arena, mount->name), .place = S("volumeDevices"));
        diag_note(c->diags, d, device_span(m, same, S("name")), S("as a device here"));
    }
    if (!(same = str_set_find(&m->devicePaths, mount->mountPath))) return;
    Diag *d = emit_mount_path_device(c->diags, where(c, target), .path = shown(c->arena, mount->mountPath),
                                     .place = S("volumeDevices"));
    diag_note(c->diags, d, device_span(m, same, S("devicePath")), S("as a device here"));
}

static void report_no_volume(Mounts *m, Str name, const Path *path) {
    Check *c = m->p->c;
    bool listed = is_listed(m->p, name);
    Str hint = listed ? S("a volume of this name is listed, but has faults of its own") : volume_hint(m->p, name, false);
    Diag *d = emit_mount_volume(c->diags, where(c, path), .name = shown(c->arena, name), .hint = hint);
    d->follows = listed || has_unknown_volume(m->p->spec);
}

static void check_mount(Mounts *m, const VolumeMount *mount, StrSet *paths, const Path *path) {
    Check *c = m->p->c;
    Path name = FIELD(path, "name"), target = FIELD(path, "mountPath");
    const Volume *volume = pod_volume(m->p, mount->name);
    check_required(c, mount->name, &name);
    if (!volume) report_no_volume(m, mount->name, &name);
    check_required(c, mount->mountPath, &target);
    const VolumeMount *first = str_set_add(paths, mount->mountPath, mount);
    if (first) {
        Diag *d = emit_mount_path_taken(c->diags, where(c, &target), .path = shown(c->arena, mount->mountPath));
        diag_note(c->diags, d, mount_span(m, first, S("mountPath")), S("first used here"));
    }
    check_mount_overlap(m, mount, &name, &target);
    CHECK_FIELDS(c, VolumeMount, mount, path);
    check_sub_paths(m, mount, path);
    check_propagation(m, mount->mountPropagation, path);
    check_recursion(m, mount, path);
    if (mount->bindMountOptions.n) check_bind_options(m, mount, volume, path);
}

/* Only claims can give a raw device; the claim of an ephemeral volume is one too. */
static void check_device_volume(Mounts *m, const VolumeDevice *device, const Path *name) {
    Check *c = m->p->c;
    const Volume *volume = pod_volume(m->p, device->name);
    if (!volume) {
        report_no_volume(m, device->name, name);
    } else if (!volume->persistentVolumeClaim && !volume->ephemeral) {
        Path volumes = FIELD(m->p->path, "volumes"), at = path_index(&volumes, (uint32_t)(volume - m->p->spec->volumes.at));
        Diag *d = emit_device_volume_kind(c->diags, where(c, name), .name = shown(c->arena, device->name));
        diag_note(c->diags, d, where(c, &at).span, S("the volume"));
    }
}

static void check_device_overlap(Mounts *m, const VolumeDevice *device, const Path *name, const Path *target) {
    Check *c = m->p->c;
    const VolumeMount *same = str_set_find(&m->mountNames, device->name);
    if (same) {
        Diag *d =
            emit_mount_name_device(c->diags, where(c, name), .name = shown(c->arena, device->name), .place = S("volumeMounts"));
        diag_note(c->diags, d, mount_span(m, same, S("name")), S("as a mount here"));
    }
    if (!(same = str_set_find(&m->mountPaths, device->devicePath))) return;
    Diag *d = emit_mount_path_device(c->diags, where(c, target), .path = shown(c->arena, device->devicePath),
                                     .place = S("volumeMounts"));
    diag_note(c->diags, d, mount_span(m, same, S("mountPath")), S("as a mount here"));
}

static void check_device(Mounts *m, const VolumeDevice *device, StrSet *names, StrSet *paths, const Path *path) {
    Check *c = m->p->c;
    Path name = FIELD(path, "name"), target = FIELD(path, "devicePath");
    const VolumeDevice *first;
    check_device_volume(m, device, &name);
    if (check_required(c, device->name, &name) && (first = str_set_add(names, device->name, device))) {
        Diag *d = emit_device_name_taken(c->diags, where(c, &name), .name = shown(c->arena, device->name));
        diag_note(c->diags, d, device_span(m, first, S("name")), S("first used here"));
    }
    check_required(c, device->devicePath, &target);
    if (has_dot_dot(device->devicePath)) {
        emit_device_path_dots(c->diags, where(c, &target), .path = shown(c->arena, device->devicePath));
    } else if ((first = str_set_add(paths, device->devicePath, device))) {
        Diag *d = emit_device_path_taken(c->diags, where(c, &target), .path = shown(c->arena, device->devicePath));
        diag_note(c->diags, d, device_span(m, first, S("devicePath")), S("first used here"));
    }
    check_device_overlap(m, device, &name, &target);
}

static void check_devices(Mounts *m) {
    VolumeDeviceList devices = m->container->volumeDevices;
    StrSet names = {.arena = m->p->c->arena}, paths = {.arena = m->p->c->arena};
    for (uint32_t i = 0; i < devices.n; i++) {
        Path at = path_index(&m->deviceList, i);
        check_device(m, &devices.at[i], &names, &paths, &at);
    }
}

void check_container_mounts(PodCheck *p, const Container *container, const Path *path) {
    VolumeMountList mounts = container->volumeMounts;
    if (!mounts.n && !container->volumeDevices.n) return;
    Arena *arena = p->c->arena;
    Mounts m = {.p = p,
                .container = container,
                .mountList = FIELD(path, "volumeMounts"),
                .deviceList = FIELD(path, "volumeDevices"),
                .mountNames.arena = arena,
                .mountPaths.arena = arena,
                .deviceNames.arena = arena,
                .devicePaths.arena = arena};
    StrSet paths = {.arena = arena};
    fill_sets(&m);
    for (uint32_t i = 0; i < mounts.n; i++) {
        Path at = path_index(&m.mountList, i);
        check_mount(&m, &mounts.at[i], &paths, &at);
    }
    if (container->volumeDevices.n) check_devices(&m);
}
