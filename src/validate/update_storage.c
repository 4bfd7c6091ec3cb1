/* What may change of volumes and claims (k8s.io/kubernetes/pkg/apis/core/validation). */
#include "areas.h"
#include "kinds.h"

static const Str classAnnotation = STR("volume.beta.kubernetes.io/storage-class");

/* The storage itself: all objects in the spec of a volume but its affinity and its claim. */
static bool is_source(const Field *field) {
    return field->scalar == TYPE_OBJECT && field->shape == SHAPE_ONE && field != FIELD_OF(PersistentVolumeSpec, nodeAffinity) &&
           field != FIELD_OF(PersistentVolumeSpec, claimRef);
}

/* The secret for growing may come later. */
static void allow_expand_secret(Arena *arena, const PersistentVolumeSpec *before, PersistentVolumeSpec *after) {
    if (!before->csi || !after->csi || before->csi->controllerExpandSecretRef) return;
    CSIPersistentVolumeSource *csi = NEW(arena, CSIPersistentVolumeSource);
    *csi = *after->csi;
    csi->controllerExpandSecretRef = NULL;
    after->csi = csi;
}

static void check_same_source(const Update *u, PersistentVolume *mixed, const Path *spec) {
    const PersistentVolumeSpec *before = &((PersistentVolume *)u->before)->spec;
    const Field *changed = NULL;
    Path printed = FIELD(spec, "persistentvolumesource");
    allow_expand_secret(u->c->arena, before, &mixed->spec);
    for (uint16_t i = 0; i < type_PersistentVolumeSpec.fieldCount; i++) {
        const Field *field = &type_PersistentVolumeSpec.fields[i];
        if (!is_source(field) || field_equal(field, before, &mixed->spec)) continue;
        if (!changed || !field_is_absent(field, (const char *)&mixed->spec + field->offset)) changed = field;
    }
    if (!changed) return;
    Path at = path_field(spec, changed->name);
    report_changed(u, u->before, mixed, &at, &printed, FIXED_FORBIDDEN,
                   S("create another PersistentVolume for the other storage"));
}

/* Old labels of nodes may give way to those that replaced them. */
static void rename_labels(NodeSelectorTerm *old, const NodeSelectorTerm *new, Arena *arena) {
    static const StrPair names[] = {{STR("failure-domain.beta.kubernetes.io/zone"), STR("topology.kubernetes.io/zone")},
                                    {STR("failure-domain.beta.kubernetes.io/region"), STR("topology.kubernetes.io/region")},
                                    {STR("beta.kubernetes.io/os"), STR("kubernetes.io/os")},
                                    {STR("beta.kubernetes.io/arch"), STR("kubernetes.io/arch")},
                                    {STR("beta.kubernetes.io/instance-type"), STR("node.kubernetes.io/instance-type")}};
    NodeSelectorRequirementList *list = &old->matchExpressions;
    NodeSelectorRequirement *renamed = NEW_ARRAY(arena, NodeSelectorRequirement, list->n + 1);
    for (uint32_t i = 0; i < list->n; i++) {
        renamed[i] = list->at[i];
        for (size_t j = 0; j < COUNT(names) && i < new->matchExpressions.n; j++)
            if (str_eq(list->at[i].key, names[j].key) && str_eq(new->matchExpressions.at[i].key, names[j].value))
                renamed[i].key = names[j].value;
    }
    list->at = renamed;
}

static bool same_affinity(Arena *arena, const PersistentVolumeSpec *before, const PersistentVolumeSpec *after) {
    if (!before->nodeAffinity->required || !after->nodeAffinity || !after->nodeAffinity->required)
        return field_equal(FIELD_OF(PersistentVolumeSpec, nodeAffinity), before, after);
    NodeSelector old = *before->nodeAffinity->required;
    const NodeSelector *new = after->nodeAffinity->required;
    NodeSelectorTerm *terms = NEW_ARRAY(arena, NodeSelectorTerm, old.nodeSelectorTerms.n + 1);
    for (uint32_t i = 0; i < old.nodeSelectorTerms.n; i++) {
        terms[i] = old.nodeSelectorTerms.at[i];
        if (i < new->nodeSelectorTerms.n) rename_labels(&terms[i], &new->nodeSelectorTerms.at[i], arena);
    }
    old.nodeSelectorTerms.at = terms;
    return object_equal(&type_NodeSelector, &old, new);
}

void update_persistent_volume(const Update *u) {
    const PersistentVolumeSpec *before = &((PersistentVolume *)u->before)->spec;
    PersistentVolume mixed = *(PersistentVolume *)u->after;
    PersistentVolumeSpec *after = &mixed.spec;
    Path spec = FIELD(NULL, "spec"), mode = FIELD(&spec, "volumeMode"), affinity = FIELD(&spec, "nodeAffinity");
    Path class = FIELD(&spec, "volumeAttributesClassName"), printedMode = FIELD(NULL, "volumeMode");
    Path printedAffinity = FIELD(NULL, "nodeAffinity");
    check_same_source(u, &mixed, &spec);
    if (!field_equal(FIELD_OF(PersistentVolumeSpec, volumeMode), before, after))
        report_changed(u, u->before, &mixed, &mode, &printedMode, FIXED_FIELD, MAKE_ANOTHER);
    bool fixed = before->nodeAffinity && !gate(u->c, GATE_MutablePVNodeAffinity);
    if (fixed && !same_affinity(u->c->arena, before, after))
        report_changed(u, u->before, &mixed, &affinity, &printedAffinity, FIXED_FIELD, MAKE_ANOTHER);
    if (before->volumeAttributesClassName.at && !after->volumeAttributesClassName.at)
        report_changed(u, u->before, &mixed, &class, &class, FIXED_FORBIDDEN, S("keep it"));
}

/* Claims. A class may move from the annotation, or from nothing, into the field. */
static void allow_class(const Update *u, const PersistentVolumeClaimSpec *before, PersistentVolumeClaimSpec *after) {
    Path meta = FIELD(NULL, "metadata"), list = FIELD(&meta, "annotations"), at = path_key(&list, classAnnotation);
    Path printed = path_field(&list, classAnnotation);
    const Str *old = map_get(((PersistentVolumeClaim *)u->before)->metadata.annotations, classAnnotation);
    const Str *new = map_get(((PersistentVolumeClaim *)u->after)->metadata.annotations, classAnnotation);
    bool comes = !before->storageClassName.at && after->storageClassName.at;
    bool agrees = comes && old && str_eq(*old, after->storageClassName);
    if (!(agrees && (!new || str_eq(*new, *old))) && !str_eq(old ? *old : S(""), new ? *new : S("")))
        emit_update_fixed(u->c->diags, where_printed(u->c, &at, &printed), .kind = u->type->kind->name,
                          .fields = str_join(u->c->arena, S("the annotation "), classAnnotation), .was = S(""), .hint = S(""));
    if (comes && (!old || agrees)) after->storageClassName = before->storageClassName;
}

/* Of a claim that has its volume, the size and the attributes class may change. */
static void allow_bound(Arena *arena, const PersistentVolumeClaimSpec *before, PersistentVolumeClaimSpec *after) {
    const QuantityMap *old = &before->resources.requests, *new = &after->resources.requests;
    QuantityMap requests = {.at = NEW_ARRAY(arena, QuantityPair, new->n), .n = new->n};
    for (uint32_t i = 0; i < new->n; i++) {
        requests.at[i] = new->at[i];
        const Quantity *size = quantity_get(*old, S("storage"));
        if (size && str_eq(new->at[i].key, S("storage"))) requests.at[i].value = *size;
    }
    after->resources.requests = requests;
    after->volumeAttributesClassName = before->volumeAttributesClassName;
}

static void check_size(const Update *u, QuantityMap before, QuantityMap after, const Quantity *capacity) {
    const Quantity *old = quantity_get(before, S("storage")), *new = quantity_get(after, S("storage"));
    Path spec = FIELD(NULL, "spec"), resources = FIELD(&spec, "resources"), requests = FIELD(&resources, "requests"),
         at = FIELD(&requests, "storage");
    bool recovers = gate(u->c, GATE_RecoverVolumeExpansionFailure); /* down to what the volume has */
    if (!old || (new &&quantity_compare(new, old) >= 0)) return;
    if (recovers && (capacity ? new &&quantity_compare(new, capacity) > 0 : new &&new->nano > 0)) return;
    emit_update_claim_smaller(u->c->diags, where(u->c, &at), .before = quantity_text(u->c->arena, old),
                              .after = new ? quantity_text(u->c->arena, new) : S("nothing"));
}

void update_claim(const Update *u) {
    Check *c = u->c;
    PersistentVolumeClaim old = *(PersistentVolumeClaim *)u->before, new = *(PersistentVolumeClaim *)u->after;
    Path spec = FIELD(NULL, "spec"), mode = FIELD(&spec, "volumeMode"), printedMode = FIELD(NULL, "volumeMode");
    bool bound = str_eq(old.status.phase, S("Bound"));
    check_size(u, old.spec.resources.requests, new.spec.resources.requests, quantity_get(old.status.capacity, S("storage")));
    if (!field_equal(FIELD_OF(PersistentVolumeClaimSpec, volumeMode), &old.spec, &new.spec))
        report_changed(u, u->before, u->after, &mode, &printedMode, FIXED_FIELD, MAKE_ANOTHER);
    complete_claim_sources(c, &old.spec);
    complete_claim_sources(c, &new.spec);
    if (!old.spec.volumeName.len) old.spec.volumeName = new.spec.volumeName;
    allow_class(u, &old.spec, &new.spec);
    if (bound) allow_bound(c->arena, &old.spec, &new.spec);
    if (object_equal(&type_PersistentVolumeClaimSpec, &old.spec, &new.spec)) return;
    report_changed(u, &old, &new, &spec, &spec, FIXED_FORBIDDEN,
                   bound ? S("create another claim")
                         : S("create another claim; once one is bound, its storage request may grow"));
}
