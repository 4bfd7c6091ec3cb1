/* Classes that pods refer to, nodes and leases (k8s.io/kubernetes/pkg/apis/{scheduling,node,core,coordination}/validation). */
#include <jansson.h>

#include "base/address.h"
#include "areas.h"
#include "kinds.h"
#include "limits.h"
#include "resource_names.h"
#include "warning.h"

static const struct {
    Str name;
    int64_t value;
} systemClasses[] = {{STR("system-node-critical"), 2000001000}, {STR("system-cluster-critical"), 2000000000}};

void check_priority_class(Check *c, void *object) {
    const PriorityClass *class = object;
    Path meta = FIELD(NULL, "metadata"), name = FIELD(&meta, "name");
    Path preemption = FIELD(NULL, "preemptionPolicy");
    if (check_required(c, class->preemptionPolicy, &preemption)) CHECK_FIELD(c, PriorityClass, preemptionPolicy, class, NULL);
    if (!str_starts(class->metadata.name, S("system-"))) {
        CHECK_FIELD(c, PriorityClass, value, class, NULL);
        return;
    }
    for (size_t i = 0; i < COUNT(systemClasses); i++)
        if (str_eq(class->metadata.name, systemClasses[i].name) && class->value == systemClasses[i].value &&
            !class->globalDefault)
            return;
    emit_priority_class_system(c->diags, where(c, &name), .name = class->metadata.name);
}

static void check_class_tolerations(Check *c, TolerationList list, const Path *path) {
    check_tolerations(c, list, false, path);
    for (uint32_t i = 1; i < list.n; i++) {
        const Toleration *a = &list.at[i];
        bool taken = false;
        for (uint32_t j = 0; j < i && !taken; j++) {
            const Toleration *b = &list.at[j];
            taken = str_eq(a->key, b->key) && str_eq(a->operator, b->operator) && str_eq(a->value, b->value) &&
                    str_eq(a->effect, b->effect);
        }
        Path at = path_index(path, i);
        if (taken) emit_runtime_class_toleration(c->diags, where(c, &at), .key = shown(c->arena, a->key));
    }
}

void check_runtime_class(Check *c, void *object) {
    const RuntimeClass *class = object;
    Path handler = FIELD(NULL, "handler"), overhead = FIELD(NULL, "overhead"), fixed = FIELD(&overhead, "podFixed");
    Path scheduling = FIELD(NULL, "scheduling"), selector = FIELD(&scheduling, "nodeSelector");
    Path tolerations = FIELD(&scheduling, "tolerations");
    if (check_required(c, class->handler, &handler)) check_dns_label(c, class->handler, &handler);
    if (class->overhead) check_overhead_amounts(c, class->overhead->podFixed, &fixed, &overhead);
    if (!class->scheduling) return;
    check_labels(c, class->scheduling->nodeSelector, &selector);
    check_class_tolerations(c, class->scheduling->tolerations, &tolerations);
}

void warn_runtime_class(Check *c, const void *object) {
    const RuntimeClass *class = object;
    Path scheduling = FIELD(NULL, "scheduling"), selector = FIELD(&scheduling, "nodeSelector");
    for (uint32_t i = 0; class->scheduling && i < class->scheduling->nodeSelector.n; i++) {
        Str key = class->scheduling->nodeSelector.at[i].key;
        Path at = path_key(&selector, key);
        warn_node_label(c, key, true, &at);
    }
}

/* Nodes. */

static void check_taints(Check *c, TaintList taints) {
    Path spec = FIELD(NULL, "spec"), list = FIELD(&spec, "taints"), meta = FIELD(NULL, "metadata"),
         printed = FIELD(&meta, "taints");
    uint32_t before = c->diags->items.n;
    for (uint32_t i = 0; i < taints.n; i++) {
        const Taint *taint = &taints.at[i];
        Path at = path_index(&list, i), key = FIELD(&at, "key"), value = FIELD(&at, "value");
        bool taken = false;
        check_qualified_name(c, taint->key, &key);
        check_label_value(c, taint->value, &value);
        CHECK_FIELDS(c, Taint, taint, &at);
        for (uint32_t j = 0; j < i; j++)
            taken |= str_eq(taints.at[j].key, taint->key) && str_eq(taints.at[j].effect, taint->effect);
        if (taken)
            emit_node_taint_taken(c->diags, where(c, &at), .key = shown(c->arena, taint->key),
                                  .effect = shown(c->arena, taint->effect));
    }
    print_as(c, before, &list, &printed);
}

static void check_node_amounts(Check *c, QuantityMap map, const char *field) {
    Path status = FIELD(NULL, "status"), list = path_field(&status, str_of(field));
    for (uint32_t i = 0; i < map.n; i++) {
        const QuantityPair *pair = &map.at[i];
        Path at = path_key(&list, pair->key), printed = path_field(&list, pair->key);
        if (pair->value.nano < 0)
            emit_resource_negative(c->diags, where_printed(c, &at, &printed), .resource = pair->key,
                                   .value = quantity_text(c->arena, &pair->value));
        if (resource_is_counted(pair->key) && !quantity_is_whole(&pair->value))
            emit_resource_whole(c->diags, where_printed(c, &at, &printed), .resource = pair->key,
                                .value = quantity_text(c->arena, &pair->value));
    }
}

static void check_pod_ranges(Check *c, StrList ranges) {
    Path spec = FIELD(NULL, "spec"), list = FIELD(&spec, "podCIDRs");
    bool v4 = false, v6 = false, wrong = false;
    for (uint32_t i = 0; i < ranges.n; i++) {
        Path at = path_index(&list, i);
        AddressRange range;
        check_cidr(c, ranges.at[i], &at);
        wrong |= !address_range_parse(ranges.at[i], &range);
        *(str_find(ranges.at[i], ':') >= 0 ? &v6 : &v4) = true;
    }
    if (ranges.n > 1 && wrong) emit_node_ranges_unread(c->diags, where_key(c, &list));
    if (ranges.n > 1 && (wrong || ranges.n > 2 || !v4 || !v6)) emit_node_ranges(c->diags, where_key(c, &list));
}

StrList node_pod_ranges(const NodeSpec *spec) {
    bool same = spec->podCIDRs.n && str_eq(spec->podCIDRs.at[0], spec->podCIDR);
    if (!spec->podCIDR.len || same) return spec->podCIDRs;
    return (StrList){(Str *)&spec->podCIDR, 1};
}

/* An old annotation with JSON: pods whose controllers should rather use other nodes. */
static void check_avoided(Check *c, StrMap annotations) {
    static const Str key = STR("scheduler.alpha.kubernetes.io/preferAvoidPods");
    const Str *text = map_get(annotations, key);
    Path meta = FIELD(NULL, "metadata"), list = FIELD(&meta, "annotations"), other = FIELD(&list, "AvoidPods"),
         at = path_key(&list, key), printed = path_field(&list, key);
    if (!text || !text->len) return;
    json_t *json = json_loadb(text->at, text->len, JSON_DECODE_ANY, NULL), *entries = json_object_get(json, "preferAvoidPods");
    bool read =
        json && (json_is_null(json) || json_is_object(json)) && (!entries || json_is_null(entries) || json_is_array(entries));
    if (!read) emit_node_avoided_form(c->diags, where_printed(c, &at, &other), .value = shown(c->arena, *text));
    for (size_t i = 0; i < json_array_size(entries); i++) {
        json_t *controller = json_object_get(json_object_get(json_array_get(entries, i), "podSignature"), "podController");
        Path item = path_index(&printed, (uint32_t)i), signature = FIELD(&item, "PodSignature");
        Path owner = FIELD(&signature, "PodController"), flag = FIELD(&owner, "Controller");
        if (!json_is_object(controller))
            emit_node_avoided_required(c->diags, where_printed(c, &at, &signature));
        else if (json_is_false(json_object_get(controller, "controller")))
            emit_node_avoided_controller(c->diags, where_printed(c, &at, &flag));
    }
    json_decref(json);
}

void check_node(Check *c, void *object) {
    const NodeObject *node = object;
    check_avoided(c, node->metadata.annotations);
    check_taints(c, node->spec.taints);
    check_node_amounts(c, node->status.capacity, "capacity");
    check_node_amounts(c, node->status.allocatable, "allocatable");
    check_pod_ranges(c, node_pod_ranges(&node->spec));
}

void warn_node(Check *c, const void *object) {
    StrList ranges = node_pod_ranges(&((const NodeObject *)object)->spec);
    Path spec = FIELD(NULL, "spec"), list = FIELD(&spec, "podCIDRs");
    for (uint32_t i = 0; i < ranges.n; i++) {
        Path at = path_index(&list, i);
        warn_cidr_form(c, ranges.at[i], &at);
    }
}

/* Leases. */

void check_lease(Check *c, void *object) {
    const LeaseSpec *spec = &((Lease *)object)->spec;
    Path path = FIELD(NULL, "spec"), strategy = FIELD(&path, "strategy"), printed = FIELD(&strategy, "strategy");
    Path holder = FIELD(&path, "preferredHolder");
    CHECK_FIELDS(c, LeaseSpec, spec, &path);
    if (!gate(c, GATE_CoordinatedLeaderElection)) return;
    uint32_t before = c->diags->items.n;
    if (spec->strategy.at && str_find(spec->strategy, '/') >= 0)
        check_qualified_name(c, spec->strategy, &strategy);
    else if (spec->strategy.at && !str_eq(spec->strategy, S("OldestEmulationVersion")))
        emit_lease_strategy(c->diags, where(c, &strategy), .value = shown(c->arena, spec->strategy));
    print_as(c, before, &strategy, &printed);
    if (spec->preferredHolder.len && !spec->strategy.len) emit_lease_holder(c->diags, where(c, &holder));
}
