/* What may change of the kinds around the pod, where a comparison with the stored object decides
 * (k8s.io/kubernetes/pkg/apis/{core,networking,rbac,scheduling,node,storage,discovery}/validation). */
#include "areas.h"
#include "kinds.h"

/* Fields that keep the value that they were created with. */
static const struct {
    uint16_t kind;
    bool inSpec;
    FixedRule rule;
    Str field;
    Str printed; /* its name in the path that the server prints, if it is another one */
} kept[] = {
    {KIND_Secret, false, FIXED_FIELD, STR("type"), {0}},
    {KIND_EndpointSlice, false, FIXED_FIELD, STR("addressType"), {0}},
    {KIND_IngressClass, true, FIXED_FIELD, STR("controller"), {0}},
    {KIND_RoleBinding, false, FIXED_FIELD, STR("roleRef"), {0}},
    {KIND_ClusterRoleBinding, false, FIXED_FIELD, STR("roleRef"), {0}},
    {KIND_PriorityClass, false, FIXED_FORBIDDEN, STR("value"), {0}},
    {KIND_PriorityClass, false, FIXED_FIELD, STR("preemptionPolicy"), {0}},
    {KIND_RuntimeClass, false, FIXED_FIELD, STR("handler"), {0}},
    {KIND_StorageClass, false, FIXED_FIELD, STR("provisioner"), {0}},
    {KIND_StorageClass, false, FIXED_FIELD, STR("parameters"), {0}},
    {KIND_StorageClass, false, FIXED_FIELD, STR("reclaimPolicy"), {0}},
    {KIND_StorageClass, false, FIXED_FIELD, STR("volumeBindingMode"), {0}},
    {KIND_VolumeAttributesClass, false, FIXED_FORBIDDEN, STR("driverName"), {0}},
    {KIND_VolumeAttributesClass, false, FIXED_FORBIDDEN, STR("parameters"), {0}},
    {KIND_CSIDriver, true, FIXED_FIELD, STR("attachRequired"), STR("attachedRequired")},
    {KIND_CSIDriver, true, FIXED_FIELD, STR("volumeLifecycleModes"), {0}},
    {KIND_Node, true, FIXED_FORBIDDEN, STR("externalID"), {0}},
};

void check_kept_fields(const Update *u) {
    static const Str specName = STR("spec");
    const Field *spec = schema_field(u->type, specName, str_hash(specName));
    for (size_t i = 0; i < COUNT(kept); i++) {
        if (kept[i].kind != u->type->kind->number) continue;
        size_t offset = kept[i].inSpec ? spec->offset : 0;
        const Type *type = kept[i].inSpec ? spec->type : u->type;
        const char *before = (const char *)u->before + offset, *after = (const char *)u->after + offset;
        if (field_equal(schema_field(type, kept[i].field, str_hash(kept[i].field)), before, after)) continue;
        Path path = FIELD(NULL, "spec"), *up = kept[i].inSpec ? &path : NULL;
        Path at = path_field(up, kept[i].field), printed = path_field(up, kept[i].printed.len ? kept[i].printed : kept[i].field);
        report_changed(u, u->before, u->after, &at, &printed, kept[i].rule, MAKE_ANOTHER);
    }
}

/* Immutable data. */

static void check_immutable(const Update *u, OptBool before, OptBool after) {
    Path at = FIELD(NULL, "immutable");
    if (before.value && !after.value)
        emit_update_immutable(u->c->diags, where(u->c, &at), .kind = u->type->kind->name, .what = S("that cannot be taken back"));
}

static void check_data(const Update *u, const char *name) {
    Str text = str_of(name);
    Path at = path_field(NULL, text);
    if (field_equal(schema_field(u->type, text, str_hash(text)), u->before, u->after)) return;
    emit_update_immutable(u->c->diags, where_key(u->c, &at), .kind = u->type->kind->name,
                          .what = str_format(u->c->arena, "its %s cannot change", name));
}

void update_config_map(const Update *u) {
    const ConfigMap *before = u->before, *after = u->after;
    check_immutable(u, before->immutable, after->immutable);
    if (!before->immutable.value) return;
    check_data(u, "data");
    check_data(u, "binaryData");
}

void update_secret(const Update *u) {
    const Secret *before = u->before, *after = u->after;
    check_immutable(u, before->immutable, after->immutable);
    if (before->immutable.value) check_data(u, "data");
}

/* The annotation may stay beside the field that replaces it. */
void update_ingress(const Update *u) {
    static const uint16_t ofCreation[] = {RULE_ingress_class_differs};
    forget_rules(u->c, 0, ofCreation, COUNT(ofCreation));
}

static bool holds_all(StrList list, StrList of) {
    for (uint32_t i = 0; i < of.n; i++)
        if (!str_in(of.at[i], list.at, list.n)) return false;
    return true;
}

void update_resource_quota(const Update *u) {
    StrList before = ((ResourceQuota *)u->before)->spec.scopes, after = ((ResourceQuota *)u->after)->spec.scopes;
    Path spec = FIELD(NULL, "spec"), at = FIELD(&spec, "scopes");
    if (!holds_all(before, after) || !holds_all(after, before))
        report_changed(u, u->before, u->after, &at, &at, FIXED_FIELD, MAKE_ANOTHER);
}

/* What the control plane gives a node stays. */
void update_node(const Update *u) {
    const NodeSpec *before = &((NodeObject *)u->before)->spec, *after = &((NodeObject *)u->after)->spec;
    StrList old = node_pod_ranges(before), new = node_pod_ranges(after);
    Path spec = FIELD(NULL, "spec"), ranges = FIELD(&spec, "podCIDRs"), provider = FIELD(&spec, "providerID");
    bool same = old.n == new.n;
    for (uint32_t i = 0; same && i < old.n; i++) same = str_eq(old.at[i], new.at[i]);
    if (old.n && !same) report_changed(u, u->before, u->after, &ranges, &ranges, FIXED_FORBIDDEN, S(""));
    if (before->providerID.len && !str_eq(before->providerID, after->providerID))
        report_changed(u, u->before, u->after, &provider, &provider, FIXED_FIELD, S(""));
}
