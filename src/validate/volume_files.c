/* Volumes made of files from the API: secret, configMap, downwardAPI and projected. Decides as ValidateVolumes of
 * k8s.io/kubernetes/pkg/apis/core/validation does. */
#include "base/str_set.h"
#include "volume.h"

bool check_field_required(Check *c, Str value, const Path *up, Str name) {
    Path at = path_field(up, name);
    return check_required(c, value, &at);
}

void check_descending_path(Check *c, Str value, const Path *path) {
    if (is_absolute_path(value)) emit_volume_path_absolute(c->diags, where(c, path), .path = value);
    if (has_dot_dot(value)) emit_volume_path_dots(c->diags, where(c, path), .path = value);
}

void move_paths(Check *c, uint32_t before, const Path *from, const Path *to) {
    if (c->diags->items.n == before) return;
    if (c->document->unreadable) return; /* the true path shows whether an error only follows from what could not be read */
    Str old = path_text(c->arena, from), new = path_text(c->arena, to);
    for (uint32_t i = before; i < c->diags->items.n; i++) {
        Str *text = &c->diags->items.at[i].path;
        if (str_starts(*text, old)) *text = str_join(c->arena, new, str_slice(*text, old.len));
    }
}

/* Path conflicts across the sources of a projected volume. */
typedef struct Projection {
    PodCheck *p;
    const Path *path; /* of the volume's `projected` */
    StrSet taken;     /* files, each with the node of the map that names it */
} Projection;

/* A relative path without parts .. that does not start with .. either: the kubelet's own files beside it do. */
static void check_file_path(Check *c, Str value, const Path *path) {
    check_descending_path(c, value, path);
    if (str_starts(value, S("..")) && !str_starts(value, S("../")))
        emit_volume_path_reserved(c->diags, where(c, path), .path = value);
}

static void check_key_to_path(Check *c, const KeyToPath *item, const Path *path) {
    Path at = FIELD(path, "path");
    check_field_required(c, item->key, path, S("key"));
    check_required(c, item->path, &at);
    check_file_path(c, item->path, &at);
    CHECK_FIELDS(c, KeyToPath, item, path);
}

static void check_items(Check *c, KeyToPathList items, const Path *up) {
    Path list = FIELD(up, "items");
    for (uint32_t i = 0; i < items.n; i++) {
        Path at = path_index(&list, i);
        check_key_to_path(c, &items.at[i], &at);
    }
}

void check_secret_volume(PodCheck *p, const Volume *volume, const Path *path) {
    const SecretVolumeSource *secret = volume->secret;
    CHECK_FIELDS(p->c, SecretVolumeSource, secret, path);
    check_items(p->c, secret->items, path);
}

void check_config_map_volume(PodCheck *p, const Volume *volume, const Path *path) {
    const ConfigMapVolumeSource *configMap = volume->configMap;
    CHECK_FIELDS(p->c, ConfigMapVolumeSource, configMap, path);
    check_items(p->c, configMap->items, path);
}

static void check_downward_file(PodCheck *p, const DownwardAPIVolumeFile *file, const Path *path) {
    Check *c = p->c;
    Path at = FIELD(path, "path"), field = FIELD(path, "fieldRef"), resource = FIELD(path, "resourceFieldRef");
    check_required(c, file->path, &at);
    check_file_path(c, file->path, &at);
    if (file->fieldRef) {
        check_object_field_selector(c, file->fieldRef, true, &field);
        if (file->resourceFieldRef)
            emit_downward_two(c->diags, where_inside(c, path, where_key(c, &resource)), .path = file->path);
    } else if (file->resourceFieldRef) {
        check_resource_field_selector(p, file->resourceFieldRef, true, &resource);
    } else {
        emit_downward_none(c->diags, where(c, path), .path = file->path);
    }
    CHECK_FIELDS(c, DownwardAPIVolumeFile, file, path);
}

/* The server leaves the item's number out of the paths of its errors. */
static void check_downward_item(PodCheck *p, const DownwardAPIVolumeFileList *items, uint32_t i, const Path *up) {
    Path list = FIELD(up, "items"), at = path_index(&list, i);
    uint32_t before = p->c->diags->items.n;
    check_downward_file(p, &items->at[i], &at);
    move_paths(p->c, before, &at, up);
}

void check_downward_volume(PodCheck *p, const Volume *volume, const Path *path) {
    const DownwardAPIVolumeSource *downward = volume->downwardAPI;
    CHECK_FIELDS(p->c, DownwardAPIVolumeSource, downward, path);
    for (uint32_t i = 0; i < downward->items.n; i++) check_downward_item(p, &downward->items, i, path);
}

/* Takes a file name for the map `node` that gives it at `path`;
 * a name that is taken already is a conflict of the whole volume. */
static void take_file(Projection *t, Str file, const Node *node, const Path *path) {
    Check *c = t->p->c;
    const Node *first = str_set_add(&t->taken, file, node);
    if (!first) return;
    Diag *diag = emit_volume_path_taken(c->diags, where_inside(c, t->path, where(c, path)), .path = file);
    for (uint32_t i = 0; i < first->count; i++)
        if (first->entries[i].value.kind == NODE_STRING && str_eq(first->entries[i].value.text, file)) {
            diag_note(c->diags, diag, first->entries[i].value.span, S("first used here"));
            return;
        }
}

/* The same for a file that need not be named. */
static void take_named_file(Projection *t, Str file, const Node *node, const Path *path) {
    if (file.len) take_file(t, file, node, path);
}

static void take_items(Projection *t, KeyToPathList items, const Path *up) {
    Path list = FIELD(up, "items");
    for (uint32_t i = 0; i < items.n; i++) {
        Path item = path_index(&list, i), at = FIELD(&item, "path");
        take_named_file(t, items.at[i].path, items.at[i].head.node, &at);
    }
}

static void check_secret_projection(Projection *t, const SecretProjection *secret, const Path *path) {
    check_field_required(t->p->c, secret->name, path, S("name"));
    check_items(t->p->c, secret->items, path);
    take_items(t, secret->items, path);
}

static void check_config_map_projection(Projection *t, const ConfigMapProjection *configMap, const Path *path) {
    check_field_required(t->p->c, configMap->name, path, S("name"));
    check_items(t->p->c, configMap->items, path);
    take_items(t, configMap->items, path);
}

static void check_downward_projection(Projection *t, const DownwardAPIProjection *downward, const Path *path) {
    Path list = FIELD(path, "items");
    for (uint32_t i = 0; i < downward->items.n; i++) {
        Path item = path_index(&list, i), at = FIELD(&item, "path");
        check_downward_item(t->p, &downward->items, i, path);
        take_named_file(t, downward->items.at[i].path, downward->items.at[i].head.node, &at);
    }
}

/* The token's own path takes part in no conflict, and the server reports it as one of the volume. */
static void check_token_projection(Projection *t, const ServiceAccountTokenProjection *token, const Path *path) {
    Check *c = t->p->c;
    Path expiration = FIELD(path, "expirationSeconds"), at = FIELD(path, "path");
    CHECK_FIELDS(c, ServiceAccountTokenProjection, token, path);
    if (!token->expirationSeconds.set) check_required(c, S(""), &expiration);
    uint32_t before = c->diags->items.n;
    if (check_required(c, token->path, &at)) check_file_path(c, token->path, &at);
    move_paths(c, before, path, t->path);
}

/* example.com/name: a DNS name of at least two labels, a slash, and DNS labels of any length. */
static void check_signer_name(Check *c, Str name, const Path *path) {
    if (!check_required(c, name, path)) return;
    ptrdiff_t slash = str_find(name, '/');
    if (slash < 0 || slash != str_rfind(name, '/')) {
        emit_volume_signer_name(c->diags, where(c, path), .name = name, .reason = S("it needs exactly one /"));
        return;
    }
    Str domain = {name.at, (size_t)slash}, rest = str_slice(name, (size_t)slash + 1);
    enum { LONGEST_DOMAIN = 253, LONGEST = LONGEST_DOMAIN + 1 + 63 + 1 + 253 };
    if (domain.len > LONGEST_DOMAIN || name.len > LONGEST)
        emit_volume_signer_long(c->diags, where(c, path), .longest = str_int(c->arena, LONGEST));
    bool labels = true, parts = true;
    for (size_t i = 0, start = 0; i <= domain.len; i++) {
        if (i < domain.len && domain.at[i] != '.') continue;
        labels &= is_dns_label((Str){domain.at + start, i - start});
        start = i + 1;
    }
    for (size_t i = 0, start = 0; i <= rest.len; i++) {
        if (i < rest.len && rest.at[i] != '.') continue;
        parts &= is_dns_subdomain((Str){rest.at + start, i - start});
        start = i + 1;
    }
    if (!labels || str_find(domain, '.') < 0)
        emit_volume_signer_name(c->diags, where(c, path), .name = name,
                                .reason = S("the part before the / is not a domain such as example.com"));
    else if (!parts)
        emit_volume_signer_name(c->diags, where(c, path), .name = name,
                                .reason = S("the part after the / holds more than a-z, 0-9, - and single dots"));
}

/* A bundle of a signer is named SIGNER-DOMAIN:SIGNER-NAME:REST, any other has no colon. */
static void check_bundle_name(Check *c, Str name, const Path *path) {
    ptrdiff_t colon = str_rfind(name, ':');
    Str signer = {name.at, colon < 0 ? 0 : (size_t)colon}, rest = str_slice(name, (size_t)(colon + 1));
    check_required(c, name, path);
    if (colon == 0 || str_find(signer, '/') >= 0 || !is_dns_subdomain(rest))
        emit_volume_bundle_name(c->diags, where(c, path), .name = name);
}

static void check_bundle_projection(Projection *t, const ClusterTrustBundleProjection *bundle, const Path *path) {
    Check *c = t->p->c;
    Path name = FIELD(path, "name"), signer = FIELD(path, "signerName"), selector = FIELD(path, "labelSelector"),
         at = FIELD(path, "path");
    if (bundle->name.at && bundle->signerName.at) {
        emit_volume_bundle_two(c->diags, where_inside(c, path, where_key(c, &signer)));
    } else if (bundle->name.at) {
        check_bundle_name(c, bundle->name, &name);
        if (bundle->labelSelector) emit_volume_bundle_selector(c->diags, where_key(c, &selector), .name = bundle->name);
    } else if (bundle->signerName.at) {
        check_signer_name(c, bundle->signerName, &signer);
        if (bundle->labelSelector) check_label_selector(c, bundle->labelSelector, &selector);
    } else {
        emit_volume_bundle_none(c->diags, where(c, path));
    }
    check_required(c, bundle->path, &at);
    CHECK_FIELDS(c, ClusterTrustBundleProjection, bundle, path);
    check_file_path(c, bundle->path, &at);
    take_file(t, bundle->path, bundle->head.node, &at);
}

static void check_user_annotations(Check *c, StrMap annotations, const Path *path) {
    enum { LONGEST = 256 * 1024 };
    size_t size = 0;
    for (uint32_t i = 0; i < annotations.n; i++) {
        Str key = annotations.at[i].key;
        size += key.len + annotations.at[i].value.len;
        if (is_prefixed_key(key)) continue;
        Path at = path_key(path, key);
        Where place = where_inside(c, path, where_key(c, &at));
        if (key.len)
            emit_volume_user_annotation(c->diags, place, .key = key);
        else
            emit_volume_user_annotation_empty(c->diags, place);
    }
    if (size > LONGEST) emit_volume_user_annotations_long(c->diags, where_key(c, path), .size = str_int(c->arena, (int64_t)size));
}

static bool is_kubernetes_signer(Str name) {
    ptrdiff_t slash = str_find(name, '/');
    if (slash >= 0) name.len = (size_t)slash;
    return str_eq(name, S("kubernetes.io")) || str_ends(name, S(".kubernetes.io"));
}

static void check_certificate_projection(Projection *t, const PodCertificateProjection *certificate, const Path *path) {
    enum { DAY = 24 * 60 * 60 };
    const FieldText *lifetime = FIELD_OF(PodCertificateProjection, maxExpirationSeconds)->text;
    Check *c = t->p->c;
    Path signer = FIELD(path, "signerName"), annotations = FIELD(path, "userAnnotations");
    Path expiration = FIELD(path, "maxExpirationSeconds");
    check_signer_name(c, certificate->signerName, &signer);
    check_user_annotations(c, certificate->userAnnotations, &annotations);
    CHECK_FIELDS(c, PodCertificateProjection, certificate, path);
    if (certificate->maxExpirationSeconds.set)
        check_range(c, certificate->maxExpirationSeconds.value, lifetime->minimum,
                    is_kubernetes_signer(certificate->signerName) ? DAY : lifetime->maximum, &expiration);
    const struct {
        Str name, file;
    } files[] = {{STR("credentialBundlePath"), certificate->credentialBundlePath},
                 {STR("keyPath"), certificate->keyPath},
                 {STR("certificateChainPath"), certificate->certificateChainPath}};
    bool any = false;
    for (size_t i = 0; i < COUNT(files); i++) {
        Path at = path_field(path, files[i].name);
        if (!files[i].file.len) continue;
        any = true;
        check_file_path(c, files[i].file, &at);
        take_file(t, files[i].file, certificate->head.node, &at);
    }
    if (!any) emit_volume_certificate_path(c->diags, where(c, path));
}

static void check_volume_projection(Projection *t, const VolumeProjection *source, const Path *path) {
    Path secret = FIELD(path, "secret"), configMap = FIELD(path, "configMap"), downward = FIELD(path, "downwardAPI");
    Path token = FIELD(path, "serviceAccountToken"), bundle = FIELD(path, "clusterTrustBundle"),
         certificate = FIELD(path, "podCertificate");
    if (source->secret) check_secret_projection(t, source->secret, &secret);
    if (source->configMap) check_config_map_projection(t, source->configMap, &configMap);
    if (source->downwardAPI) check_downward_projection(t, source->downwardAPI, &downward);
    if (source->serviceAccountToken) check_token_projection(t, source->serviceAccountToken, &token);
    if (source->clusterTrustBundle) check_bundle_projection(t, source->clusterTrustBundle, &bundle);
    if (source->podCertificate) check_certificate_projection(t, source->podCertificate, &certificate);
    int kinds = !!source->secret + !!source->configMap + !!source->downwardAPI + !!source->serviceAccountToken +
                !!source->clusterTrustBundle + !!source->podCertificate;
    if (kinds > 1) emit_volume_projection_two(t->p->c->diags, where(t->p->c, path), .count = str_int(t->p->c->arena, kinds));
}

void check_projected_volume(PodCheck *p, const Volume *volume, const Path *path) {
    const ProjectedVolumeSource *projected = volume->projected;
    Projection t = {.p = p, .path = path, .taken = {.arena = p->c->arena}};
    Path list = FIELD(path, "sources");
    CHECK_FIELDS(p->c, ProjectedVolumeSource, projected, path);
    for (uint32_t i = 0; i < projected->sources.n; i++) {
        Path at = path_index(&list, i);
        check_volume_projection(&t, &projected->sources.at[i], &at);
    }
}
