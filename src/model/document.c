/* What a decoded document is and holds, for those who do not ask for its kind. */
#include "model.h"

#include <stdlib.h>

static int by_text(const void *a, const void *b) {
    return str_cmp(*(const Str *)a, *(const Str *)b);
}

bool model_may_be_supplied(const Document *document, Str field) {
    static const Str whole = STR("$patch");
    for (uint32_t i = 0; i < document->supplied.n; i++) {
        StrList names = document->supplied.at[i];
        if (names.n && (bsearch(&field, names.at, names.n, sizeof field, by_text) ||
                        bsearch(&whole, names.at, names.n, sizeof whole, by_text)))
            return true;
    }
    return document->partial;
}

ObjectMeta *model_meta(const Document *document) {
    if (!document->object) return NULL;
    static const Str name = STR("metadata");
    const Field *field = schema_field(document->type, name, str_hash(name));
    return (ObjectMeta *)((char *)document->object + field->offset);
}

/* The value of a field of the object at `at`; NULL if it is absent. */
static void *value_of(const Field *field, void *at) {
    void *value = (char *)at + field->offset;
    return field->optional ? *(void **)value : value;
}

PodView model_pod(const Document *document) {
    const Kind *kind = document->object ? document->type->kind : NULL;
    const Field *const *way = kind ? kind->pod : NULL;
    if (!way) return (PodView){0};
    if (!*way) return (PodView){&((Pod *)document->object)->metadata, &((Pod *)document->object)->spec};
    void *at = document->object;
    for (; at && *way; way++) at = value_of(*way, at);
    PodTemplateSpec *template = at;
    return template ? (PodView){&template->metadata, &template->spec} : (PodView){0};
}

bool model_pod_place(PodPlace *out, const Type *type) {
    const Field *const *way = type->kind ? type->kind->pod : NULL;
    const Path *up = NULL;
    if (!way) return false;
    for (Path *part = out->above; *way; way++, part++) {
        *part = path_field(up, (*way)->name);
        up = part;
    }
    out->metadata = path_field(up, S("metadata"));
    out->spec = path_field(up, S("spec"));
    return true;
}

const Kind *model_kind(const Document *document) {
    if (document->type) return document->type->kind;
    const Kind *kind = schema_kind(document->kind);
    return kind && schema_in_group(kind, document->apiVersion) ? kind : NULL;
}

bool model_is(const Document *document, uint16_t kind) {
    const Kind *known = model_kind(document);
    return known && known->number == kind;
}

WorkloadKind model_workload(const Document *document) {
    return document->type && document->type->kind ? (WorkloadKind)document->type->kind->workload : WORKLOAD_NONE;
}

static const Field *spec_of(const Type *type) {
    static const Str name = STR("spec");
    const Field *spec = schema_field(type, name, str_hash(name));
    return spec && spec->scalar == TYPE_OBJECT && !spec->shape ? spec : NULL;
}

const Field *model_spec_field(const Document *document, Str name) {
    const Field *spec = document->object ? spec_of(document->type) : NULL;
    return spec ? schema_field(spec->type, name, str_hash(name)) : NULL;
}

void *model_spec_value(const Document *document, const Field *field) {
    return (char *)value_of(spec_of(document->type), document->object) + field->offset;
}

OptInt *model_replicas(const Document *document) {
    const Field *field = model_spec_field(document, S("replicas"));
    return field ? model_spec_value(document, field) : NULL;
}

JobSpec *model_job(const Document *document) {
    const Kind *kind = document->object ? document->type->kind : NULL;
    const Field *const *way = kind ? kind->pod : NULL;
    void *at = document->object;
    for (; way && *way && at; way++) {
        at = value_of(*way, at);
        if ((*way)->type == &type_JobSpec) return at;
    }
    return NULL;
}

bool model_is_node_agent(const Document *document) {
    if (model_workload(document) == WORKLOAD_NODES || str_eq(document->namespace_, S("kube-system"))) return true;
    PodView pod = model_pod(document);
    return pod.spec && str_eq(pod.spec->priorityClassName, S("system-node-critical"));
}
