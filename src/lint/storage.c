/* Rules about volumes and where they are mounted. */
#include "mounts.h"
#include "words.h"
#include "workload.h"

#include "validate/names.h"
#include "base/str_set.h"

/* Volumes. */

/* What a volume of files that the kubelet writes is called; NULL for all others. */
static const char *file_volume_kind(const Volume *volume) {
    if (!volume) return NULL;
    return volume->configMap     ? "configMap"
           : volume->secret      ? "secret"
           : volume->projected   ? "projected"
           : volume->downwardAPI ? "downwardAPI"
                                 : NULL;
}

static const StatefulSetSpec *stateful_set(const Lint *lint) {
    return model_is(lint->document, KIND_StatefulSet) ? &((const StatefulSet *)lint->document->object)->spec : NULL;
}

/* Mounts of one container. */

/* A mount with its path made comparable. */
typedef struct Mounted {
    const VolumeMount *mount;
    Str path;
    uint32_t index;
} Mounted;

typedef struct Mounts {
    Lint *lint;
    const Container *container;
    const Path *path;
    Mounted *places;
    uint32_t count;
} Mounts;

static Where mount_where(const Mounts *m, const Mounted *place, const char *field) {
    Path list = FIELD(m->path, "volumeMounts"), item = path_index(&list, place->index), at = path_field(&item, str_of(field));
    return lint_where(m->lint, &at);
}

static bool is_clean(Str path) {
    for (size_t i = 0; i < path.len; i++) {
        if (path.at[i] != '/') continue;
        Str rest = str_slice(path, i + 1);
        if (!rest.len || rest.at[0] == '/' || rest.at[0] == '.') return path.len == 1;
    }
    return true;
}

/* The path without . and .., doubled slashes and one at the end. */
static Str clean_path(Arena *arena, Str path) {
    if (is_clean(path)) return path;
    Buf buf = {.arena = arena};
    while (path.len) {
        ptrdiff_t slash = str_find(path, '/');
        Str part = slash < 0 ? path : (Str){path.at, (size_t)slash};
        path = str_slice(path, part.len + 1);
        if (!part.len || str_eq(part, S("."))) continue;
        if (str_eq(part, S(".."))) {
            ptrdiff_t up = str_rfind(buf_text(&buf), '/');
            buf.len = up > 0 ? (size_t)up : 0;
            continue;
        }
        buf_char(&buf, '/');
        buf_str(&buf, part);
    }
    return buf.len ? buf_text(&buf) : S("/");
}

static bool is_windows(const Lint *lint, Str path) {
    if (pod_is_windows(lint->pod)) return true;
    return str_find(path, '\\') >= 0 || (path.len > 1 && path.at[1] == ':');
}

/* Whether nothing in the pod can make a folder in a volume that one container mounts read-only. */
static bool stays_as_it_is(Lint *lint, const Mounted *outer, const Volume *volume) {
    if (!outer->mount->readOnly || file_volume_kind(volume) || (volume && volume->hostPath)) return false; /* the node has it */
    const MountUse *use = volume && volume->emptyDir ? mounts_of(lint, volume->name) : NULL;
    enum { MOST = 1000 }; /* of more nobody reads a finding */
    for (uint32_t i = 0; use && use->mount->readOnly && i < MOST; i++) use = use->next;
    return !use;
}

/* Whether a mount is a single file, which the kubelet takes out of a volume of files that it writes. */
static bool is_file(Lint *lint, const Mounted *place) {
    Str path = place->mount->subPath;
    return path.len && !str_ends(path, S("/")) && file_volume_kind(volume_named(lint, place->mount->name)) &&
           str_eq(base_name(path), base_name(place->path));
}

static void report_nested(const Mounts *m, const Mounted *inner, const Mounted *outer) {
    Lint *lint = m->lint;
    const Volume *volume = volume_named(lint, outer->mount->name);
    Str path = shown(lint->arena, inner->mount->mountPath), around = shown(lint->arena, outer->mount->mountPath);
    if (stays_as_it_is(lint, outer, volume))
        emit_mount_inside_read_only(lint->diags, mount_where(m, inner, "mountPath"), .path = path, .outer = around,
                                    .volume = outer->mount->name);
    else if (file_volume_kind(volume) && is_file(lint, inner) && !outer->mount->subPath.len)
        emit_file_inside_file_volume(lint->diags, mount_where(m, inner, "mountPath"), .path = path, .outer = around,
                                     .kind = str_of(file_volume_kind(volume)), .volume = outer->mount->name);
    else
        emit_mount_path_nested(lint->diags, mount_where(m, inner, "mountPath"), .path = path, .outer = around,
                               .volume = outer->mount->name);
}

/* Compares each path with those before it and with the folders above it. */
static void check_pairs(const Mounts *m) {
    Lint *lint = m->lint;
    StrSet paths = {.arena = lint->arena};
    for (uint32_t i = 0; i < m->count; i++) {
        const Mounted *place = &m->places[i], *first = str_set_add(&paths, place->path, place);
        if (first && !str_eq(first->mount->mountPath, place->mount->mountPath))
            emit_mount_path_duplicate(lint->diags, mount_where(m, place, "mountPath"),
                                      .path = shown(lint->arena, place->mount->mountPath),
                                      .other = shown(lint->arena, first->mount->mountPath), .container = m->container->name);
    }
    for (uint32_t i = 0; i < m->count; i++) {
        Str up = m->places[i].path;
        const Mounted *outer = NULL;
        if (str_set_find(&paths, up) != &m->places[i]) continue;
        for (ptrdiff_t slash; !outer && (slash = str_rfind(up, '/')) > 0;) {
            up.len = (size_t)slash;
            outer = str_set_find(&paths, up);
        }
        if (outer) report_nested(m, &m->places[i], outer);
    }
}

static bool hides_own_folder(Lint *lint, const Mounted *place) {
    const Volume *volume = volume_named(lint, place->mount->name);
    if (!volume || !volume->hostPath) return true;
    static const Str kernel[] = {STR("/dev"), STR("/proc"), STR("/sys")};
    return !str_in(place->path, kernel, COUNT(kernel)) && !str_eq(clean_path(lint->arena, volume->hostPath->path), place->path);
}

static void check_mount(const Mounts *m, const Mounted *place) {
    Lint *lint = m->lint;
    const VolumeMount *mount = place->mount;
    bool part = mount->subPath.len || mount->subPathExpr.len;
    if (mount->mountPath.len && mount->mountPath.at[0] != '/' && !is_windows(lint, mount->mountPath))
        emit_mount_relative_path(lint->diags, mount_where(m, place, "mountPath"), .path = shown(lint->arena, mount->mountPath));
    if (str_find(mount->mountPath, ':') >= 0 && !is_windows(lint, mount->mountPath))
        emit_mount_path_colon(lint->diags, mount_where(m, place, "mountPath"), .path = shown(lint->arena, mount->mountPath));
    if (!part && lint_listed(lint, RULE_mount_hides_system_dir, S("folders"), place->path) && hides_own_folder(lint, place))
        emit_mount_hides_system_dir(lint->diags, mount_where(m, place, "mountPath"), .volume = mount->name,
                                    .container = m->container->name, .path = place->path);
    const char *kind =
        part && lint_is_on(lint, RULE_sub_path_never_updates) ? file_volume_kind(volume_named(lint, mount->name)) : NULL;
    const char *field = mount->subPath.len ? "subPath" : "subPathExpr";
    if (kind)
        emit_sub_path_never_updates(lint->diags, mount_where(m, place, field), .kind = str_of(kind), .volume = mount->name,
                                    .path = shown(lint->arena, mount->mountPath), .field = str_of(field));
}

static bool is_writable_at(const Mounts *m, Str folder) {
    for (uint32_t i = 0; i < m->count; i++) {
        Str path = m->places[i].path;
        if (!m->places[i].mount->readOnly && str_starts(folder, path) && (folder.len == path.len || folder.at[path.len] == '/'))
            return true;
    }
    return false;
}

/* Programs that end when they cannot write to a folder of theirs. */
static const struct {
    Str image, folder, settings; /* settings: where a mount may have told them another folder */
} writers[] = {
    {STR("nginx"), STR("/var/cache/nginx"), STR("/etc/nginx")},
    {STR("httpd"), STR("/usr/local/apache2/logs"), STR("/usr/local/apache2/conf")},
    {STR("postgres"), STR("/var/run/postgresql"), STR("/etc/postgresql")},
    {STR("mysql"), STR("/var/run/mysqld"), STR("/etc/mysql")},
    {STR("mariadb"), STR("/run/mysqld"), STR("/etc/mysql")},
};

static bool is_mounted_below(const Mounts *m, Str folder) {
    for (uint32_t i = 0; i < m->count; i++)
        if (str_starts(m->places[i].path, folder)) return true;
    return false;
}

/* Official images, run as they are. */
static void check_writer(const Mounts *m, const Path *at) {
    Lint *lint = m->lint;
    Str repository = image_parse(m->container->image).repository;
    if (str_starts(repository, S("docker.io/"))) repository = str_slice(repository, S("docker.io/").len);
    if (str_starts(repository, S("library/"))) repository = str_slice(repository, S("library/").len);
    if (m->container->command.n || m->container->args.n) return;
    for (size_t i = 0; i < COUNT(writers); i++)
        if (str_eq(repository, writers[i].image) && !is_writable_at(m, writers[i].folder) &&
            !is_mounted_below(m, writers[i].settings))
            emit_read_only_root_refused(lint->diags, lint_where(lint, at), .container = m->container->name,
                                        .image = writers[i].image, .folder = writers[i].folder);
}

static void check_read_only_root(const Mounts *m) {
    Lint *lint = m->lint;
    const SecurityContext *security = m->container->securityContext;
    if (!security || !security->readOnlyRootFilesystem.value || pod_is_windows(lint->pod)) return;
    Path context = FIELD(m->path, "securityContext"), at = FIELD(&context, "readOnlyRootFilesystem");
    check_writer(m, &at);
    if (!lint_is_on(lint, RULE_read_only_root_without_tmp)) return;
    Value folders = lint_parameter(lint, RULE_read_only_root_without_tmp, S("folders"));
    Eval ev = {.arena = lint->arena};
    for (uint32_t i = 0; folders.kind == VALUE_LIST && i < folders.len; i++) {
        Value folder = list_item(&ev, folders, i);
        if (folder.kind == VALUE_STRING && !is_writable_at(m, value_str(folder)))
            emit_read_only_root_without_tmp(lint->diags, lint_where(lint, &at), .container = m->container->name,
                                            .path = value_str(folder));
    }
}

enum { FEW_MOUNTS = 16 };

void lint_mounts(Lint *lint, const Container *self, const Path *path) {
    Mounted few[FEW_MOUNTS];
    Mounts m = {lint, self, path, few, self->volumeMounts.n};
    if (m.count > FEW_MOUNTS) m.places = NEW_ARRAY(lint->arena, Mounted, m.count);
    for (uint32_t i = 0; i < m.count; i++) {
        const VolumeMount *mount = &self->volumeMounts.at[i];
        m.places[i] = (Mounted){mount, clean_path(lint->arena, mount->mountPath), i};
    }
    for (uint32_t i = 0; i < m.count; i++) check_mount(&m, &m.places[i]);
    if (m.count > 1) check_pairs(&m);
    check_read_only_root(&m);
}

/* Volumes of a pod. */

/* The first containers that cannot read a volume's files unless others may: where the group may not either, and where it may. */
typedef struct Strangers {
    const Container *toUser, *toGroup;
} Strangers;

typedef struct Volumes {
    Lint *lint;
    const PodSpec *pod;
    const Path *path;
    StrSet mounted;      /* names that some container mounts */
    bool isAstray;       /* a mount names no volume: any of them may be meant */
    Strangers strangers; /* to the volume at hand */
} Volumes;

static void add_mounted(StrSet *set, const VolumeMountList *mounts, const VolumeDeviceList *devices) {
    for (uint32_t i = 0; i < mounts->n; i++) str_set_add(set, mounts->at[i].name, &mounts->at[i]);
    for (uint32_t i = 0; i < devices->n; i++) str_set_add(set, devices->at[i].name, &devices->at[i]);
}

/* A mount that names no volume means the one whose name is near, or nobody knows which: its name is what is to be mended. */
static void find_misspelt(Volumes *v, const VolumeMountList *mounts) {
    enum { MOST_COMPARED = 100 };
    for (uint32_t i = 0; i < mounts->n && v->pod->volumes.n <= MOST_COMPARED; i++) {
        Near near = near_start(mounts->at[i].name);
        for (uint32_t j = 0; j < v->pod->volumes.n; j++) near_try(&near, v->pod->volumes.at[j].name);
        if (near.found.len && !str_eq(near.found, near.word)) str_set_add(&v->mounted, near.found, mounts);
        v->isAstray |= !near.found.len;
    }
}

static void find_mounted(Volumes *v) {
    ContainerWalk w;
    for (walk_all_containers(&w, v->pod, NULL); walk_next(&w);) {
        add_mounted(&v->mounted, &w.container->volumeMounts, &w.container->volumeDevices);
        find_misspelt(v, &w.container->volumeMounts);
    }
}

static bool is_written(const Volumes *v, Str name) {
    const MountUse *use = mounts_of(v->lint, name);
    while (use && use->mount->readOnly) use = use->next;
    return use != NULL;
}

static void check_memory(const Volumes *v, const Volume *volume, const Path *path) {
    Lint *lint = v->lint;
    const EmptyDirVolumeSource *dir = volume->emptyDir;
    if (!dir || !str_eq(dir->medium, S("Memory"))) return;
    Path at = FIELD(path, "emptyDir"), size = FIELD(&at, "sizeLimit");
    if (!dir->sizeLimit.text.at) {
        emit_memory_emptydir(lint->diags, lint_where_key(lint, &at), .volume = volume->name);
        return;
    }
    for (const MountUse *use = mounts_of(lint, volume->name); use; use = use->next) {
        const Quantity *limit = quantity_get(use->container->resources.limits, S("memory"));
        if (use->mount->readOnly || !limit || limit->nano > dir->sizeLimit.nano) continue;
        emit_memory_emptydir_over_limit(lint->diags, lint_where(lint, &size), .volume = volume->name, .size = dir->sizeLimit.text,
                                        .container = use->container->name, .limit = limit->text);
        return;
    }
}

/* Files that a user cannot read. */

static bool runs_as_other(const PodSpec *pod, const Container *container) {
    const SecurityContext *own = container->securityContext;
    const PodSecurityContext *all = pod->securityContext;
    OptInt user = own && own->runAsUser.set ? own->runAsUser : all ? all->runAsUser : (OptInt){0};
    OptBool nonRoot = own && own->runAsNonRoot.set ? own->runAsNonRoot : all ? all->runAsNonRoot : (OptBool){0};
    return user.set ? user.value != 0 : nonRoot.value;
}

/* Whether the group that root's files have is certainly none of the container's. */
static bool lacks_root_group(const PodSpec *pod, const Container *container) {
    const SecurityContext *own = container->securityContext;
    const PodSecurityContext *all = pod->securityContext;
    OptInt group = own && own->runAsGroup.set ? own->runAsGroup : all ? all->runAsGroup : (OptInt){0};
    for (uint32_t i = 0; all && i < all->supplementalGroups.n; i++)
        if (all->supplementalGroups.at[i] == 0) return false;
    return group.set && group.value != 0;
}

static Strangers find_strangers(const Volumes *v, const Volume *volume) {
    Strangers out = {0};
    for (const MountUse *use = mounts_of(v->lint, volume->name); use && !out.toGroup; use = use->next) {
        if (!runs_as_other(v->pod, use->container)) continue;
        if (!out.toUser) out.toUser = use->container;
        if (lacks_root_group(v->pod, use->container)) out.toGroup = use->container;
    }
    return out;
}

static void check_mode(const Volumes *v, const Volume *volume, OptInt mode, OptInt owner, const Path *path) {
    enum { GROUP_READS = 040, OTHERS_READ = 04 };
    Lint *lint = v->lint;
    if (!mode.set || owner.set || mode.value & OTHERS_READ) return;
    const Container *container = mode.value & GROUP_READS ? v->strangers.toGroup : v->strangers.toUser;
    if (!container) return;
    Path at = FIELD(path, "defaultMode"), item = FIELD(path, "mode");
    bool byItem = path->index >= 0;
    emit_volume_mode_unreadable(lint->diags, lint_where(lint, byItem ? &item : &at), .container = container->name,
                                .volume = volume->name, .mode = str_format(lint->arena, "0%llo", (long long)mode.value));
}

static void check_items(const Volumes *v, const Volume *volume, const KeyToPathList *items, const Path *path) {
    Path list = FIELD(path, "items");
    for (uint32_t i = 0; i < items->n; i++) {
        Path item = path_index(&list, i);
        check_mode(v, volume, items->at[i].mode, items->at[i].user, &item);
    }
}

static void check_projected_modes(const Volumes *v, const Volume *volume, const Path *path) {
    const ProjectedVolumeSource *projected = volume->projected;
    Path list = FIELD(path, "sources");
    bool files = false;
    for (uint32_t i = 0; i < projected->sources.n; i++) {
        const VolumeProjection *source = &projected->sources.at[i];
        Path item = path_index(&list, i), secret = FIELD(&item, "secret"), map = FIELD(&item, "configMap");
        files |= source->secret || source->configMap || source->downwardAPI;
        if (source->secret) check_items(v, volume, &source->secret->items, &secret);
        if (source->configMap) check_items(v, volume, &source->configMap->items, &map);
    }
    if (files) check_mode(v, volume, projected->defaultMode, projected->defaultUser, path);
}

static void check_modes(Volumes *v, const Volume *volume, const Path *path) {
    Path secret = FIELD(path, "secret"), map = FIELD(path, "configMap"), projected = FIELD(path, "projected");
    if ((v->pod->securityContext && v->pod->securityContext->fsGroup.set) || pod_is_windows(v->pod)) return;
    if (volume->secret || volume->configMap || volume->projected) v->strangers = find_strangers(v, volume);
    if (volume->secret) {
        check_mode(v, volume, volume->secret->defaultMode, volume->secret->defaultUser, &secret);
        check_items(v, volume, &volume->secret->items, &secret);
    } else if (volume->configMap) {
        check_mode(v, volume, volume->configMap->defaultMode, volume->configMap->defaultUser, &map);
        check_items(v, volume, &volume->configMap->items, &map);
    } else if (volume->projected) {
        check_projected_modes(v, volume, &projected);
    }
}

/* Claims that their user cannot write to. */

/* Whether an init container that runs as root has the volume, and may give it to the user. */
static bool is_prepared(const Volumes *v, Str volume) {
    for (const MountUse *use = mounts_of(v->lint, volume); use; use = use->next) {
        const ContainerList *inits = &v->pod->initContainers;
        bool init = inits->n && use->container >= inits->at && use->container < inits->at + inits->n;
        if (init && !runs_as_other(v->pod, use->container)) return true;
    }
    return false;
}

static void check_owner(const Volumes *v, Str volume, const Path *at) {
    const PodSecurityContext *all = v->pod->securityContext;
    if ((all && (all->fsGroup.set || all->supplementalGroups.n)) || pod_is_windows(v->pod) || is_prepared(v, volume)) return;
    for (const MountUse *use = mounts_of(v->lint, volume); use; use = use->next) {
        const SecurityContext *own = use->container->securityContext;
        OptInt user = own && own->runAsUser.set ? own->runAsUser : all ? all->runAsUser : (OptInt){0};
        if (!user.set || !user.value || use->mount->readOnly) continue;
        if (!lacks_root_group(v->pod, use->container) && (own ? own->runAsGroup.set : false)) continue;
        emit_claim_without_fs_group(v->lint->diags, lint_where(v->lint, at), .volume = volume, .container = use->container->name,
                                    .user = str_int(v->lint->arena, user.value));
        return;
    }
}

/* Volumes of several pods. */

/* Whether a path of the node is for the node's own files rather than for a pod's data. */
static bool belongs_to_node(const HostPathVolumeSource *host) {
    static const Str roots[] = {STR("/dev"), STR("/sys"),     STR("/proc"),           STR("/etc"),
                                STR("/run"), STR("/var/run"), STR("/var/log"),        STR("/lib"),
                                STR("/usr"), STR("/boot"),    STR("/var/lib/kubelet")};
    static const Str kinds[] = {STR("Socket"), STR("CharDevice"), STR("BlockDevice"), STR("File")};
    if (str_in(host->type, kinds, COUNT(kinds)) || str_eq(host->path, S("/"))) return true;
    for (size_t i = 0; i < COUNT(roots); i++)
        if (str_starts(host->path, roots[i]) && (host->path.len == roots[i].len || host->path.at[roots[i].len] == '/'))
            return true;
    return false;
}

static void check_host_path(const Volumes *v, const Volume *volume, const Path *path) {
    Lint *lint = v->lint;
    const HostPathVolumeSource *host = volume->hostPath;
    if (!host || lint_workload(lint) != WORKLOAD_REPLICAS || workload_replicas(lint) < 2 || belongs_to_node(host)) return;
    if (v->pod->nodeName.len || map_get(v->pod->nodeSelector, S("kubernetes.io/hostname")) || !is_written(v, volume->name))
        return;
    Path source = FIELD(path, "hostPath"), at = FIELD(&source, "path");
    emit_host_path_replicas(lint->diags, lint_where(lint, &at), .replicas = str_int(lint->arena, workload_replicas(lint)),
                            .path = shown(lint->arena, host->path));
}

static void check_templates(const Volumes *v) {
    Lint *lint = v->lint;
    const StatefulSetSpec *set = stateful_set(lint);
    Path spec = FIELD(NULL, "spec"), list = FIELD(&spec, "volumeClaimTemplates"), volumes = FIELD(v->path, "volumes");
    if (!set) return;
    StrSet names = {.arena = lint->arena};
    for (uint32_t i = 0; i < set->volumeClaimTemplates.n; i++) {
        Str name = set->volumeClaimTemplates.at[i].metadata.name;
        Path item = path_index(&list, i), metadata = FIELD(&item, "metadata"), at = FIELD(&metadata, "name");
        str_set_add(&names, name, &set->volumeClaimTemplates.at[i]);
        if (name.len && !v->isAstray && !str_set_find(&v->mounted, name))
            emit_unused_volume(lint->diags, lint_where(lint, &at), .volume = name);
        check_owner(v, name, &at);
    }
    for (uint32_t i = 0; i < v->pod->volumes.n; i++) {
        Path item = path_index(&volumes, i), at = FIELD(&item, "name");
        if (str_set_find(&names, v->pod->volumes.at[i].name))
            emit_volume_claim_template_shadows(lint->diags, lint_where(lint, &at), .volume = v->pod->volumes.at[i].name);
    }
}

void lint_volumes(Lint *lint, const PodSpec *self, const Path *path) {
    if (!self->volumes.n && !stateful_set(lint)) return;
    Volumes v = {.lint = lint, .pod = self, .path = path, .mounted = {.arena = lint->arena}};
    find_mounted(&v);
    Path list = FIELD(path, "volumes");
    for (uint32_t i = 0; i < self->volumes.n; i++) {
        const Volume *volume = &self->volumes.at[i];
        Path at = path_index(&list, i), name = FIELD(&at, "name");
        if (volume->name.len && !v.isAstray && !str_set_find(&v.mounted, volume->name))
            emit_unused_volume(lint->diags, lint_where(lint, &name), .volume = volume->name);
        check_memory(&v, volume, &at);
        check_modes(&v, volume, &at);
        check_host_path(&v, volume, &at);
        if (volume->persistentVolumeClaim && !volume->persistentVolumeClaim->readOnly) check_owner(&v, volume->name, &name);
    }
    check_templates(&v);
}
