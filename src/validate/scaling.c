/* HorizontalPodAutoscalers and PodDisruptionBudgets (k8s.io/kubernetes/pkg/apis/{autoscaling,policy}/validation). The server
 * turns autoscaling/v1 into v2 before it judges it. */
#include "areas.h"
#include "kinds.h"
#include "limits.h"
#include "resource_names.h"

/* A reference to a workload or another object; `needsGroup`: its apiVersion must name a group. */
static void check_target(Check *c, const CrossVersionObjectReference *ref, bool needsGroup, const Path *path) {
    Path kind = FIELD(path, "kind"), name = FIELD(path, "name"), version = FIELD(path, "apiVersion");
    ptrdiff_t slash = str_find(ref->apiVersion, '/');
    if (check_required(c, ref->kind, &kind)) check_path_segment(c, ref->kind, &kind);
    if (check_required(c, ref->name, &name)) check_path_segment(c, ref->name, &name);
    bool wrong = slash >= 0 && str_find(str_slice(ref->apiVersion, (size_t)slash + 1), '/') >= 0;
    if (wrong || (needsGroup && slash <= 0))
        emit_hpa_api_version(c->diags, where(c, &version), .value = shown(c->arena, ref->apiVersion),
                             .hint = wrong ? S("write GROUP/VERSION, such as apps/v1")
                                           : S("write apps/v1 for Deployments, StatefulSets and ReplicaSets"));
}

static void check_metric_name(Check *c, const MetricIdentifier *metric, const Path *path) {
    Path at = FIELD(path, "metric"), name = FIELD(&at, "name");
    if (check_required(c, metric->name, &name)) check_path_segment(c, metric->name, &name);
}

/* Values that a target may have: one of `wanted` must be there. */
typedef enum TargetForm { TARGET_VALUES, TARGET_ONE_VALUE, TARGET_AVERAGE, TARGET_UTILIZATION } TargetForm;

static void check_metric_target(Check *c, const MetricTarget *target, TargetForm form, const Path *path) {
    Path at = FIELD(path, "target"), type = FIELD(&at, "type"), value = FIELD(&at, "value"), average = FIELD(&at, "averageValue");
    Path share = FIELD(&at, "averageUtilization");
    bool hasValue = target->value.text.at, hasAverage = target->averageValue.text.at, hasShare = target->averageUtilization.set;
    if (!target->type.len) emit_hpa_target_type_required(c->diags, where(c, &type));
    if (!is_known_value(c, FIELD_OF(MetricTarget, type), target->type)) {
        Advice advice = value_advice(c, FIELD_OF(MetricTarget, type), target->type);
        emit_hpa_target_type(c->diags, where(c, &type), .value = shown(c->arena, target->type), .allowed = advice.allowed,
                             .hint = advice.hint);
    }
    if (hasValue && target->value.nano <= 0) emit_hpa_target_positive(c->diags, where(c, &value), .field = value.name);
    if (hasAverage && target->averageValue.nano <= 0)
        emit_hpa_target_positive(c->diags, where(c, &average), .field = average.name);
    if (hasShare && target->averageUtilization.value < 1)
        emit_hpa_target_positive(c->diags, where(c, &share), .field = share.name);
    const Path *missing = form == TARGET_UTILIZATION ? &share : &average;
    bool fine = form == TARGET_AVERAGE       ? hasAverage
                : form == TARGET_UTILIZATION ? hasShare || hasAverage
                                             : hasValue || hasAverage;
    if (!fine)
        emit_hpa_target_required(c->diags, where(c, missing),
                                 .fields = form == TARGET_AVERAGE       ? S("averageValue")
                                           : form == TARGET_UTILIZATION ? S("averageUtilization or averageValue")
                                                                        : S("value or averageValue"));
    if (form == TARGET_ONE_VALUE && hasValue && hasAverage)
        emit_hpa_target_both(c->diags, where(c, &value), .a = S("value"), .b = S("averageValue"));
    if (form == TARGET_UTILIZATION && hasShare && hasAverage)
        emit_hpa_target_both(c->diags, where(c, &average), .a = S("averageUtilization"), .b = S("averageValue"));
}

static void check_object_source(Check *c, const MetricSpec *spec, const Path *path) {
    Path object = FIELD(path, "describedObject");
    check_target(c, &spec->object->describedObject, false, &object);
    check_metric_name(c, &spec->object->metric, path);
    check_metric_target(c, &spec->object->target, TARGET_VALUES, path);
}

static void check_external_source(Check *c, const MetricSpec *spec, const Path *path) {
    check_metric_name(c, &spec->external->metric, path);
    check_metric_target(c, &spec->external->target, TARGET_ONE_VALUE, path);
}

static void check_pods_source(Check *c, const MetricSpec *spec, const Path *path) {
    check_metric_name(c, &spec->pods->metric, path);
    check_metric_target(c, &spec->pods->target, TARGET_AVERAGE, path);
}

static void check_resource_source(Check *c, const MetricSpec *spec, const Path *path) {
    Path name = FIELD(path, "name");
    check_required(c, spec->resource->name, &name);
    check_metric_target(c, &spec->resource->target, TARGET_UTILIZATION, path);
}

static void check_container_source(Check *c, const MetricSpec *spec, const Path *path) {
    const ContainerResourceMetricSource *source = spec->containerResource;
    Path name = FIELD(path, "name"), container = FIELD(path, "container");
    if (check_required(c, source->name, &name) && !resource_is_for_containers(source->name))
        emit_resource_name(c->diags, where(c, &name), .name = shown(c->arena, source->name), .hint = S(""));
    if (check_required(c, source->container, &container)) check_dns_label(c, source->container, &container);
    check_metric_target(c, &source->target, TARGET_UTILIZATION, path);
}

static void check_metric(Check *c, const MetricSpec *spec, const Path *path) {
    const struct {
        Str type, field;
        bool given;
        void (*check)(Check *c, const MetricSpec *spec, const Path *path);
    } sources[] = {{S("Object"), S("object"), spec->object != NULL, check_object_source},
                   {S("External"), S("external"), spec->external != NULL, check_external_source},
                   {S("Pods"), S("pods"), spec->pods != NULL, check_pods_source},
                   {S("Resource"), S("resource"), spec->resource != NULL, check_resource_source},
                   {S("ContainerResource"), S("containerResource"), spec->containerResource != NULL, check_container_source}};
    Path type = FIELD(path, "type");
    size_t given = 0;
    check_required(c, spec->type, &type);
    CHECK_FIELD(c, MetricSpec, type, spec, path);
    for (size_t i = 0; i < COUNT(sources); i++) {
        Path at = path_field(path, sources[i].field);
        if (sources[i].given && given++ == 0) sources[i].check(c, spec, &at);
        if (!sources[i].given && str_eq(spec->type, sources[i].type))
            emit_hpa_source_required(c->diags, where(c, &at), .field = at.name, .type = spec->type);
    }
    for (size_t i = 0; given > 1 && i < COUNT(sources); i++) {
        Path at = path_field(path, sources[i].field);
        if (sources[i].given && !str_eq(spec->type, sources[i].type))
            emit_hpa_source_extra(c->diags, where_key(c, &at), .field = at.name, .type = shown(c->arena, spec->type));
    }
}

static void check_scaling_rules(Check *c, const HPAScalingRules *given, const Path *path) {
    Path policies = FIELD(path, "policies"), tolerance = FIELD(path, "tolerance");
    CHECK_FIELDS(c, HPAScalingRules, given, path);
    if (!given->policies.n) emit_hpa_policies_required(c->diags, where(c, &policies));
    for (uint32_t i = 0; i < given->policies.n; i++) {
        Path at = path_index(&policies, i);
        CHECK_FIELDS(c, HPAScalingPolicy, &given->policies.at[i], &at);
    }
    if (given->tolerance.text.at && given->tolerance.nano < 0 && gate(c, GATE_HPAConfigurableTolerance))
        emit_negative(c->diags, where(c, &tolerance), .field = tolerance.name, .value = given->tolerance.text);
}

static void check_replicas(Check *c, OptInt least, int64_t most, const Path *path) {
    Path min = FIELD(path, "minReplicas"), max = FIELD(path, "maxReplicas");
    int64_t lowest = gate(c, GATE_HPAScaleToZero) ? 0 : 1;
    if (least.set && least.value < lowest)
        emit_hpa_min_replicas(c->diags, where(c, &min), .low = str_int(c->arena, lowest),
                              .value = str_int(c->arena, least.value));
    if (!most)
        emit_hpa_max_required(c->diags, where(c, &max));
    else if (most < 0)
        emit_hpa_max_replicas(c->diags, where(c, &max), .value = str_int(c->arena, most));
    if (least.set && most < least.value)
        emit_hpa_max_less(c->diags, where(c, &max), .max = str_int(c->arena, most), .min = str_int(c->arena, least.value));
}

static void check_scale_target(Check *c, const CrossVersionObjectReference *ref, const Path *path) {
    Path at = FIELD(path, "scaleTargetRef");
    check_target(c, ref, !str_eq(ref->kind, S("ReplicationController")), &at);
}

static void check_autoscaler_v1(Check *c, const HorizontalPodAutoscalerV1Spec *spec) {
    Path path = FIELD(NULL, "spec"), metrics = FIELD(&path, "metrics");
    check_replicas(c, spec->minReplicas, spec->maxReplicas, &path);
    check_scale_target(c, &spec->scaleTargetRef, &path);
    if (spec->targetCPUUtilizationPercentage.set && spec->targetCPUUtilizationPercentage.value < 1) {
        Path first = path_index(&metrics, 0), resource = FIELD(&first, "resource"), target = FIELD(&resource, "target");
        Path printed = FIELD(&target, "averageUtilization"), at = FIELD(&path, "targetCPUUtilizationPercentage");
        emit_hpa_target_positive(c->diags, where_printed(c, &at, &printed), .field = at.name);
    }
    if (spec->minReplicas.set && spec->minReplicas.value == 0) emit_hpa_zero(c->diags, where_key(c, &metrics));
}

void check_autoscaler(Check *c, void *object) {
    if (c->document->type != &type_HorizontalPodAutoscaler) {
        check_autoscaler_v1(c, &((HorizontalPodAutoscalerV1 *)object)->spec);
        return;
    }
    const HorizontalPodAutoscalerSpec *spec = &((HorizontalPodAutoscaler *)object)->spec;
    Path path = FIELD(NULL, "spec"), metrics = FIELD(&path, "metrics"), behavior = FIELD(&path, "behavior");
    Path up = FIELD(&behavior, "scaleUp"), down = FIELD(&behavior, "scaleDown");
    bool beyond = false; /* a metric that does not need pods */
    check_replicas(c, spec->minReplicas, spec->maxReplicas, &path);
    check_scale_target(c, &spec->scaleTargetRef, &path);
    for (uint32_t i = 0; i < spec->metrics.n; i++) {
        Path at = path_index(&metrics, i);
        check_metric(c, &spec->metrics.at[i], &at);
        beyond |= str_eq(spec->metrics.at[i].type, S("Object")) || str_eq(spec->metrics.at[i].type, S("External"));
    }
    if (spec->minReplicas.set && spec->minReplicas.value == 0 && !beyond) emit_hpa_zero(c->diags, where_key(c, &metrics));
    if (spec->behavior && spec->behavior->scaleUp) check_scaling_rules(c, spec->behavior->scaleUp, &up);
    if (spec->behavior && spec->behavior->scaleDown) check_scaling_rules(c, spec->behavior->scaleDown, &down);
}

void check_disruption_budget(Check *c, void *object) {
    const PodDisruptionBudgetSpec *spec = &((PodDisruptionBudget *)object)->spec;
    Path path = FIELD(NULL, "spec"), least = FIELD(&path, "minAvailable"), most = FIELD(&path, "maxUnavailable");
    Path selector = FIELD(&path, "selector");
    if (spec->minAvailable.set && spec->maxUnavailable.set)
        emit_budget_both(c->diags, where_inside(c, &path, where_key(c, &most)));
    if (spec->minAvailable.set) check_pod_amount(c, spec->minAvailable, true, &least);
    if (spec->maxUnavailable.set) check_pod_amount(c, spec->maxUnavailable, true, &most);
    check_label_selector(c, spec->selector, &selector);
    CHECK_FIELDS(c, PodDisruptionBudgetSpec, spec, &path);
}
