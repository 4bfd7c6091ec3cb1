/* Environment variables of containers: their names, and the one place that each value comes from
 * (k8s.io/kubernetes/pkg/apis/core/validation). */
#include "areas.h"

/* The name of a ConfigMap or Secret that may still get a suffix: it may end with a dash, if the name without the dash and with
 * any letter before it is one. */
static bool is_dns_prefix(Str name) {
    char text[256];
    if (name.len < 2 || name.len > sizeof text || name.at[name.len - 1] != '-') return is_dns_subdomain(name);
    memcpy(text, name.at, name.len - 2);
    text[name.len - 2] = 'a';
    return is_dns_subdomain((Str){text, name.len - 1});
}

static Str name_fault(Str name) {
    if (!name.len) return S("it is empty");
    if (str_find(name, '=') >= 0) return S("it holds a =");
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] & 0x80) return S("it holds characters other than ASCII");
    return S("it holds control characters");
}

static void check_env_name(Check *c, Str name, const Path *path) {
    if (!is_env_name(name))
        emit_env_name(c->diags, where(c, path), .value = shown(c->arena, name), .field = path->name, .reason = name_fault(name));
}

/* A ConfigMap or Secret and a key in it. The server takes the missing name of one for a wrong one. */
static void check_key_reference(Check *c, Str name, Str key, Str kind, const Path *path) {
    Path nameAt = FIELD(path, "name"), keyAt = FIELD(path, "key");
    if (name.len)
        check_dns_subdomain(c, name, &nameAt);
    else
        emit_env_reference_name(c->diags, where(c, &nameAt), .kind = kind);
    if (check_required(c, key, &keyAt)) check_config_map_key(c, key, &keyAt);
}

/* The volume with this name whatever its faults: the last one, if there are several. */
static const Volume *volume_named(const PodSpec *spec, Str name) {
    for (uint32_t i = spec->volumes.n; i-- > 0;)
        if (str_eq(spec->volumes.at[i].name, name)) return &spec->volumes.at[i];
    return NULL;
}

/* A variable out of a file, which another container wrote into an emptyDir volume. */
static void check_file_key(PodCheck *p, const FileKeySelector *file, const Path *path) {
    Check *c = p->c;
    Path key = FIELD(path, "key"), name = FIELD(path, "volumeName"), target = FIELD(path, "path");
    if (check_required(c, file->key, &key)) check_env_name(c, file->key, &key);
    if (check_required(c, file->volumeName, &name)) check_dns_label(c, file->volumeName, &name);
    if (check_required(c, file->path, &target) && has_dot_dot(file->path))
        emit_env_file_dots(c->diags, where(c, &target), .path = shown(c->arena, file->path));
    const Volume *volume = volume_named(p->spec, file->volumeName);
    if (!volume) {
        Diag *d = emit_env_file_volume(c->diags, where(c, &name), .name = shown(c->arena, file->volumeName),
                                       .hint = volume_hint(p, file->volumeName, true));
        d->follows = has_unknown_volume(p->spec);
    } else if (!volume->emptyDir) {
        Path volumes = FIELD(p->path, "volumes"), at = path_index(&volumes, (uint32_t)(volume - p->spec->volumes.at));
        Diag *d = emit_env_file_volume_kind(c->diags, where(c, &name), .name = shown(c->arena, file->volumeName),
                                            .hint = volume_hint(p, S(""), true));
        diag_note(c->diags, d, where(c, &at).span, S("the volume"));
    }
}

/* Checks the sources that a value has; returns how many those are. */
static int check_sources(PodCheck *p, const EnvVarSource *from, const Path *path) {
    Check *c = p->c;
    Path field = FIELD(path, "fieldRef"), resource = FIELD(path, "resourceFieldRef"), configMap = FIELD(path, "configMapKeyRef"),
         secret = FIELD(path, "secretKeyRef"), file = FIELD(path, "fileKeyRef");
    if (from->fieldRef) check_object_field_selector(c, from->fieldRef, false, &field);
    if (from->resourceFieldRef) check_resource_field_selector(p, from->resourceFieldRef, false, &resource);
    if (from->configMapKeyRef)
        check_key_reference(c, from->configMapKeyRef->name, from->configMapKeyRef->key, S("ConfigMap"), &configMap);
    if (from->secretKeyRef) check_key_reference(c, from->secretKeyRef->name, from->secretKeyRef->key, S("Secret"), &secret);
    if (from->fileKeyRef) check_file_key(p, from->fileKeyRef, &file);
    return (from->fieldRef != NULL) + (from->resourceFieldRef != NULL) + (from->configMapKeyRef != NULL) +
           (from->secretKeyRef != NULL) + (from->fileKeyRef != NULL);
}

static void check_variable(PodCheck *p, const EnvVar *variable, const Path *path) {
    Check *c = p->c;
    Path name = FIELD(path, "name"), from = FIELD(path, "valueFrom"), value = FIELD(path, "value");
    if (check_required(c, variable->name, &name)) check_env_name(c, variable->name, &name);
    if (!variable->valueFrom) return;
    int sources = check_sources(p, variable->valueFrom, &from);
    if (sources == 0) {
        emit_env_source_none(c->diags, where_key(c, &from), .name = shown(c->arena, variable->name),
                             .allowed = gate(c, GATE_EnvFiles)
                                            ? S("fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef or fileKeyRef")
                                            : S("fieldRef, resourceFieldRef, configMapKeyRef or secretKeyRef"));
    } else if (variable->value.len) {
        Diag *d = emit_env_value_and_source(c->diags, where_key(c, &from), .name = shown(c->arena, variable->name));
        diag_note(c->diags, d, where(c, &value).span, S("the value"));
    } else if (sources > 1) {
        emit_env_source_two(c->diags, where_key(c, &from), .name = shown(c->arena, variable->name));
    }
}

static void check_whole_reference(Check *c, Str name, const Path *path) {
    Path at = FIELD(path, "name");
    if (check_required(c, name, &at) && !is_dns_prefix(name)) check_dns_subdomain(c, name, &at);
}

/* All keys of a ConfigMap or Secret. The server blames the list for the number of sources of one entry. */
static void check_env_from(Check *c, const EnvFromSource *from, const Path *path) {
    Path prefix = FIELD(path, "prefix"), configMap = FIELD(path, "configMapRef"), secret = FIELD(path, "secretRef");
    if (from->prefix.len) check_env_name(c, from->prefix, &prefix);
    if (from->configMapRef) check_whole_reference(c, from->configMapRef->name, &configMap);
    if (from->secretRef) check_whole_reference(c, from->secretRef->name, &secret);
    if (!from->configMapRef && !from->secretRef) emit_env_from_none(c->diags, where_printed(c, path, path->up));
    if (from->configMapRef && from->secretRef) emit_env_from_two(c->diags, where_printed(c, path, path->up));
}

void check_container_env(PodCheck *p, const Container *container, const Path *path) {
    Path env = FIELD(path, "env"), envFrom = FIELD(path, "envFrom");
    for (uint32_t i = 0; i < container->env.n; i++) {
        Path at = path_index(&env, i);
        check_variable(p, &container->env.at[i], &at);
    }
    for (uint32_t i = 0; i < container->envFrom.n; i++) {
        Path at = path_index(&envFrom, i);
        check_env_from(p->c, &container->envFrom.at[i], &at);
    }
}
