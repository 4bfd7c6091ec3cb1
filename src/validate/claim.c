/* Specs of persistent volume claims, in StatefulSets and in generic ephemeral volumes
 * (k8s.io/kubernetes/pkg/apis/core/validation). */
#include "areas.h"

void check_access_modes(Check *c, StrList modes, const Path *path) {
    const Field *field = FIELD_OF(PersistentVolumeClaimSpec, accessModes);
    bool alone = false, others = false;
    if (!modes.n) emit_claim_access_modes_required(c->diags, where(c, path));
    for (uint32_t i = 0; i < modes.n; i++) {
        Path at = path_index(path, i);
        bool known = is_known_value(c, field, modes.at[i]), isAlone = str_eq(modes.at[i], S("ReadWriteOncePod"));
        alone |= isAlone;
        others |= known && !isAlone;
        if (known) continue;
        Advice advice = value_advice(c, field, modes.at[i]);
        emit_not_supported(c->diags, where_inside(c, path, where(c, &at)), .value = shown(c->arena, modes.at[i]),
                           .field = field->name, .allowed = advice.allowed, .hint = advice.hint);
    }
    if (alone && others) emit_claim_access_modes_conflict(c->diags, where_key(c, path));
}

/* The server reports the size at resources[storage], but it is written at resources.requests.storage. */
static void check_storage(Check *c, const VolumeResourceRequirements *resources, const Path *path) {
    const Quantity *size = quantity_get(resources->requests, S("storage"));
    Path at = path_key(path, S("storage")), requests = FIELD(path, "requests"), written = FIELD(&requests, "storage");
    if (!size)
        emit_claim_storage_required(c->diags, where_inside(c, &at, where(c, &written)));
    else if (size->nano <= 0)
        emit_claim_storage_positive(c->diags, where_inside(c, &at, where(c, &written)), .value = size->text);
}

/* Names of classes: absent and empty ones mean the default, or none. */
static void check_class(Check *c, Str name, const Path *path) {
    if (name.len) check_dns_subdomain(c, name, path);
}

static void check_source(Check *c, Str apiGroup, Str kind, Str name, const Path *path) {
    Path group = FIELD(path, "apiGroup"), kindPath = FIELD(path, "kind"), namePath = FIELD(path, "name");
    check_required(c, name, &namePath);
    check_required(c, kind, &kindPath);
    if (apiGroup.len)
        check_dns_subdomain(c, apiGroup, &group);
    else if (!str_eq(kind, S("PersistentVolumeClaim")))
        emit_claim_source_kind(c->diags, where_inside(c, path, where(c, &kindPath)), .kind = shown(c->arena, kind));
}

/* An absent apiGroup and an empty one are different here. */
static bool same_source(const TypedLocalObjectReference *a, const TypedObjectReference *b) {
    return (a->apiGroup.at == NULL) == (b->apiGroup.at == NULL) && str_eq(a->apiGroup, b->apiGroup) && str_eq(a->kind, b->kind) &&
           str_eq(a->name, b->name);
}

static void check_sources(Check *c, const PersistentVolumeClaimSpec *spec, const Path *path) {
    Path sourcePath = FIELD(path, "dataSource"), refPath = FIELD(path, "dataSourceRef"), namespace = FIELD(&refPath, "namespace");
    const TypedLocalObjectReference *source = spec->dataSource;
    const TypedObjectReference *ref = spec->dataSourceRef;
    if (source) check_source(c, source->apiGroup, source->kind, source->name, &sourcePath);
    if (!ref) return;
    check_source(c, ref->apiGroup, ref->kind, ref->name, &refPath);
    if (ref->namespace.len) check_dns_label(c, ref->namespace, &namespace);
    if (!source) return;
    Where at = where_inside(c, path, where_key(c, &sourcePath));
    if (ref->namespace.len) {
        emit_claim_source_namespace(c->diags, at);
    } else if (!same_source(source, ref)) {
        Diag *diag = emit_claim_source_mismatch(c->diags, at);
        diag_note(c->diags, diag, where_key(c, &refPath).span, S("dataSourceRef"));
    }
}

void check_claim_spec(Check *c, const PersistentVolumeClaimSpec *spec, const Path *path) {
    Path modes = FIELD(path, "accessModes"), selector = FIELD(path, "selector"), resources = FIELD(path, "resources");
    Path class = FIELD(path, "storageClassName"), attributes = FIELD(path, "volumeAttributesClassName");
    CHECK_FIELDS(c, PersistentVolumeClaimSpec, spec, path);
    check_access_modes(c, spec->accessModes, &modes);
    check_label_selector(c, spec->selector, &selector);
    check_storage(c, &spec->resources, &resources);
    check_class(c, spec->storageClassName, &class);
    check_sources(c, spec, path);
    if (gate(c, GATE_VolumeAttributesClass)) check_class(c, spec->volumeAttributesClassName, &attributes);
}
