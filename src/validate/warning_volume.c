/* Volumes that the API server warns of: kinds that are gone, and files that get in each other's way. */
#include "base/str_set.h"
#include "warning.h"

static void warn_volume(Check *c, const char *field, const char *since, const char *gone, const char *hint, const Path *at,
                        const Path *printed) {
    Str rest = *gone ? str_format(c->arena, " and have not worked since %s", gone) : S("");
    emit_warn_old_volume(c->diags, where_printed(c, at, printed), .type = str_of(field), .since = str_of(since), .gone = rest,
                         .hint = str_of(hint));
}

void warn_old_volume(Check *c, const Volume *volume, const Path *path) {
    static const char csi[] = "move the data to a volume of a CSI driver";
    const struct {
        bool used;
        const char *field, *since, *gone;
    } kinds[] = {
        {volume->photonPersistentDisk, "photonPersistentDisk", "1.11", "1.16"},
        {volume->scaleIO, "scaleIO", "1.16", "1.22"},
        {volume->flocker, "flocker", "1.22", "1.25"},
        {volume->quobyte, "quobyte", "1.22", "1.25"},
        {volume->glusterfs, "glusterfs", "1.25", "1.26"},
        {volume->cephfs, "cephfs", "1.28", "1.31"},
        {volume->rbd, "rbd", "1.28", "1.31"},
    };
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (!kinds[i].used) continue;
        Path at = path_field(path, str_of(kinds[i].field));
        warn_volume(c, kinds[i].field, kinds[i].since, kinds[i].gone, csi, &at, &at);
    }
    if (volume->storageos) { /* the server prints the name of its own Go field */
        Path at = FIELD(path, "storageos"), printed = FIELD(path, "storageOS");
        warn_volume(c, "storageos", "1.22", "1.25", csi, &at, &printed);
    }
    if (volume->gitRepo) {
        Path at = FIELD(path, "gitRepo");
        warn_volume(c, "gitRepo", "1.11",
                    gate(c, GATE_GitRepoVolumeDriver) ? "" : "1.33, unless the kubelet is told to allow them",
                    "clone the repository into an emptyDir from an init container", &at, &at);
    }
}

/* A file that a volume writes. */
typedef struct VolumeFile {
    Str path;     /* without slashes at the end */
    Str kind;     /* configMap, ... */
    int64_t from; /* number of the projected source, or -1 */
    int64_t item; /* in its items, or -1 */
    Str field;    /* that holds the path */
} VolumeFile;

enum { FEW_FILES = 16 };

typedef struct VolumeFiles {
    Arena *arena;
    VolumeFile few[FEW_FILES];
    VolumeFile *at;
    uint32_t n, cap;
} VolumeFiles;

static void add_file(VolumeFiles *files, VolumeFile file) {
    while (file.path.len && file.path.at[file.path.len - 1] == '/') file.path.len--;
    if (!file.path.len) return;
    if (files->n == files->cap) {
        VolumeFile *more = NEW_ARRAY(files->arena, VolumeFile, 2 * files->cap);
        memcpy(more, files->at, files->n * sizeof *more);
        files->at = more;
        files->cap *= 2;
    }
    files->at[files->n++] = file;
}

#define ADD_ITEMS(files, list, kind_, from_) \
    for (uint32_t i_ = 0; i_ < (list).n; i_++) add_file((files), (VolumeFile){(list).at[i_].path, kind_, from_, i_, S("path")})

static Where file_where(Check *c, const VolumeFile *file, const Path *volume) {
    Path projected = FIELD(volume, "projected"), sources = FIELD(&projected, "sources");
    Path source = path_index(&sources, (uint32_t)file->from), kind = path_field(file->from >= 0 ? &source : volume, file->kind);
    Path items = FIELD(&kind, "items"), item = path_index(&items, (uint32_t)file->item);
    Path at = path_field(file->item >= 0 ? &item : &kind, file->field);
    return where(c, &at);
}

static void warn_files(Check *c, const VolumeFile *first, const VolumeFile *second, const Path *volume) {
    Where place = file_where(c, second, volume), other = file_where(c, first, volume);
    const VolumeFile *shorter = first->path.len < second->path.len ? first : second;
    const VolumeFile *longer = shorter == first ? second : first;
    Diag *diag = shorter->path.len == longer->path.len
                     ? emit_warn_volume_path_twice(c->diags, place, .path = shown(c->arena, second->path))
                     : emit_warn_volume_path_nested(c->diags, place, .file = shown(c->arena, shorter->path),
                                                    .path = shown(c->arena, longer->path));
    diag_note(c->diags, diag, other.span, shorter->path.len == longer->path.len ? S("first written here") : S("the other path"));
}

/* Looks for each file whether another has the same path, or that of a folder above it. */
static void check_files(Check *c, const VolumeFiles *files, const Path *volume) {
    if (files->n < 2) return;
    StrSet paths = {.arena = c->arena};
    for (uint32_t i = 0; i < files->n; i++) str_set_add(&paths, files->at[i].path, &files->at[i]);
    for (uint32_t i = 0; i < files->n; i++) {
        const VolumeFile *file = &files->at[i];
        Str path = file->path;
        for (size_t length = 1; length <= path.len; length++) {
            if ((length < path.len && path.at[length] != '/') || path.at[length - 1] == '/') continue;
            const VolumeFile *other = str_set_find(&paths, (Str){path.at, length});
            if (other && other != file) warn_files(c, other < file ? other : file, other < file ? file : other, volume);
        }
    }
}

static void add_source(VolumeFiles *files, const VolumeProjection *source, int64_t from) {
    const PodCertificateProjection *certificate = source->podCertificate;
    if (source->configMap && source->configMap->items.n) {
        ADD_ITEMS(files, source->configMap->items, S("configMap"), from);
    } else if (source->secret && source->secret->items.n) {
        ADD_ITEMS(files, source->secret->items, S("secret"), from);
    } else if (source->downwardAPI && source->downwardAPI->items.n) {
        ADD_ITEMS(files, source->downwardAPI->items, S("downwardAPI"), from);
    } else if (source->serviceAccountToken) {
        add_file(files, (VolumeFile){source->serviceAccountToken->path, S("serviceAccountToken"), from, -1, S("path")});
    } else if (source->clusterTrustBundle) {
        add_file(files, (VolumeFile){source->clusterTrustBundle->path, S("clusterTrustBundle"), from, -1, S("path")});
    } else if (certificate) {
        add_file(files,
                 (VolumeFile){certificate->certificateChainPath, S("podCertificate"), from, -1, S("certificateChainPath")});
        add_file(files, (VolumeFile){certificate->keyPath, S("podCertificate"), from, -1, S("keyPath")});
        add_file(files,
                 (VolumeFile){certificate->credentialBundlePath, S("podCertificate"), from, -1, S("credentialBundlePath")});
    }
}

static bool source_is_empty(const VolumeProjection *source) {
    return !source->secret && !source->downwardAPI && !source->configMap && !source->serviceAccountToken &&
           !source->clusterTrustBundle && !source->podCertificate;
}

static void clear_files(VolumeFiles *files) {
    files->at = files->few;
    files->n = 0;
    files->cap = FEW_FILES;
}

/* The files that a volume is made of. Only within one list do they get in each other's way. */
static void check_volume_files(Check *c, const Volume *volume, const Path *path) {
    if (!volume->configMap && !volume->secret && !volume->downwardAPI && !volume->projected) return;
    VolumeFiles files;
    files.arena = c->arena;
    if (volume->configMap) {
        clear_files(&files);
        ADD_ITEMS(&files, volume->configMap->items, S("configMap"), -1);
        check_files(c, &files, path);
    }
    if (volume->secret) {
        clear_files(&files);
        ADD_ITEMS(&files, volume->secret->items, S("secret"), -1);
        check_files(c, &files, path);
    }
    if (volume->downwardAPI) {
        clear_files(&files);
        ADD_ITEMS(&files, volume->downwardAPI->items, S("downwardAPI"), -1);
        check_files(c, &files, path);
    }
    if (!volume->projected) return;
    Path projected = FIELD(path, "projected"), sources = FIELD(&projected, "sources");
    clear_files(&files);
    for (uint32_t i = 0; i < volume->projected->sources.n; i++) {
        const VolumeProjection *source = &volume->projected->sources.at[i];
        Path at = path_index(&sources, i);
        if (source_is_empty(source)) emit_warn_projected_empty(c->diags, where(c, &at));
        add_source(&files, source, i);
    }
    check_files(c, &files, path);
}

void check_volume_warnings(const PodText *p) {
    Path list = FIELD(p->specPath, "volumes");
    for (uint32_t i = 0; i < p->spec->volumes.n; i++) {
        const Volume *volume = &p->spec->volumes.at[i];
        Path at = path_index(&list, i), ephemeral = FIELD(&at, "ephemeral"), template = FIELD(&ephemeral, "volumeClaimTemplate");
        Path spec = FIELD(&template, "spec");
        warn_old_volume(p->c, volume, &at);
        check_volume_files(p->c, volume, &at);
        if (volume->ephemeral && volume->ephemeral->volumeClaimTemplate)
            check_claim_warnings(p->c, &volume->ephemeral->volumeClaimTemplate->spec, &spec, &spec);
    }
}
