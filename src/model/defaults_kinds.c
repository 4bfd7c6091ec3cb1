/* The defaults of the kinds around the pod that depend on other fields (k8s.io/kubernetes/pkg/apis/.../v1, defaults.go). */
#include "defaults.h"
#include "sums.h"

void default_service(const Defaulting *d) {
    enum { AFFINITY_SECONDS = 10800 };
    ServiceSpec *spec = &((Service *)d->object)->spec;
    bool balanced = str_eq(spec->type, S("LoadBalancer")), nodes = str_eq(spec->type, S("NodePort"));
    bool inside = str_eq(spec->type, S("ClusterIP")), client = str_eq(spec->sessionAffinity, S("ClientIP"));
    SessionAffinityConfig *config = spec->sessionAffinityConfig;
    if (str_eq(spec->sessionAffinity, S("None"))) spec->sessionAffinityConfig = NULL;
    if (client && (!config || !config->clientIP || !config->clientIP->timeoutSeconds.set)) {
        config = spec->sessionAffinityConfig = NEW(d->arena, SessionAffinityConfig);
        config->clientIP = NEW(d->arena, ClientIPConfig);
        config->clientIP->timeoutSeconds = (OptInt){true, AFFINITY_SECONDS};
    }
    for (uint32_t i = 0; i < spec->ports.n; i++) {
        IntOrString *target = &spec->ports.at[i].targetPort;
        if (target->isString ? !target->text.len : !target->number) *target = (IntOrString){.number = spec->ports.at[i].port};
    }
    if ((balanced || nodes || (inside && spec->externalIPs.n)) && !spec->externalTrafficPolicy.len)
        spec->externalTrafficPolicy = S("Cluster");
    if ((balanced || nodes || inside) && !spec->internalTrafficPolicy.at) spec->internalTrafficPolicy = S("Cluster");
    if (balanced && !spec->allocateLoadBalancerNodePorts.set) spec->allocateLoadBalancerNodePorts = (OptBool){true, true};
}

void default_network_policy(const Defaulting *d) {
    static Str types[] = {STR("Ingress"), STR("Egress")};
    NetworkPolicySpec *spec = &((NetworkPolicy *)d->object)->spec;
    if (!spec->policyTypes.n) spec->policyTypes = (StrList){types, spec->egress.n ? 2 : 1};
}

void default_namespace(const Defaulting *d) {
    ObjectMeta *meta = &((Namespace *)d->object)->metadata;
    if (!meta->name.len) return;
    Str key = S("kubernetes.io/metadata.name");
    StrPair *labels = NEW_ARRAY(d->arena, StrPair, meta->labels.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < meta->labels.n; i++)
        if (!str_eq(meta->labels.at[i].key, key)) labels[n++] = meta->labels.at[i];
    labels[n++] = (StrPair){key, meta->name};
    meta->labels = (StrMap){.at = labels, .n = n};
}

static void add_all(Arena *arena, QuantityMap *map, QuantityMap from) {
    Sums all = sums_of(arena, map);
    for (uint32_t i = 0; i < from.n; i++) sums_complete(&all, &from.at[i]);
    sums_into(map, &all);
}

void default_limit_range(const Defaulting *d) {
    LimitRangeItemList limits = ((LimitRange *)d->object)->spec.limits;
    for (uint32_t i = 0; i < limits.n; i++) {
        LimitRangeItem *item = &limits.at[i];
        if (!str_eq(item->type, S("Container"))) continue;
        add_all(d->arena, &item->default_, item->max);
        add_all(d->arena, &item->defaultRequest, item->default_);
        add_all(d->arena, &item->defaultRequest, item->min);
    }
}

static HPAScalingRules *scaling_rules(const Defaulting *d, HPAScalingRules *given, bool up) {
    enum { PERIOD = 15, UP_PODS = 4, UP_PERCENT = 100, DOWN_PERCENT = 100 };
    HPAScalingRules *out = given ? given : NEW(d->arena, HPAScalingRules);
    if (up && !out->stabilizationWindowSeconds.set) out->stabilizationWindowSeconds = (OptInt){true, 0};
    if (!out->selectPolicy.at) out->selectPolicy = S("Max");
    if (out->policies.at) return out;
    out->policies = (HPAScalingPolicyList){NEW_ARRAY(d->arena, HPAScalingPolicy, 2), 0};
    if (up)
        out->policies.at[out->policies.n++] = (HPAScalingPolicy){.type = S("Pods"), .value = UP_PODS, .periodSeconds = PERIOD};
    out->policies.at[out->policies.n++] =
        (HPAScalingPolicy){.type = S("Percent"), .value = up ? UP_PERCENT : DOWN_PERCENT, .periodSeconds = PERIOD};
    return out;
}

void default_autoscaler(const Defaulting *d) {
    enum { CPU_PERCENT = 80 };
    if (d->type != &type_HorizontalPodAutoscaler) return; /* autoscaling/v1 has neither metrics nor behaviour */
    HorizontalPodAutoscalerSpec *spec = &((HorizontalPodAutoscaler *)d->object)->spec;
    if (!spec->metrics.n) {
        spec->metrics = (MetricSpecList){NEW(d->arena, MetricSpec), 1};
        spec->metrics.at->type = S("Resource");
        ResourceMetricSource *resource = spec->metrics.at->resource = NEW(d->arena, ResourceMetricSource);
        resource->name = S("cpu");
        resource->target.type = S("Utilization");
        resource->target.averageUtilization = (OptInt){true, CPU_PERCENT};
    }
    HorizontalPodAutoscalerBehavior *behavior = spec->behavior;
    if (!behavior) return;
    behavior->scaleUp = scaling_rules(d, behavior->scaleUp, true);
    behavior->scaleDown = scaling_rules(d, behavior->scaleDown, false);
}

static void default_subjects(SubjectList subjects) {
    for (uint32_t i = 0; i < subjects.n; i++) {
        Subject *subject = &subjects.at[i];
        bool person = str_eq(subject->kind, S("User")) || str_eq(subject->kind, S("Group"));
        if (person && !subject->apiGroup.len) subject->apiGroup = S("rbac.authorization.k8s.io");
    }
}

void default_role_binding(const Defaulting *d) {
    default_subjects(((RoleBinding *)d->object)->subjects);
}

void default_cluster_role_binding(const Defaulting *d) {
    default_subjects(((ClusterRoleBinding *)d->object)->subjects);
}

void default_csi_driver(const Defaulting *d) {
    static Str persistent[] = {STR("Persistent")};
    CSIDriverSpec *spec = &((CSIDriver *)d->object)->spec;
    if (!spec->volumeLifecycleModes.n) spec->volumeLifecycleModes = (StrList){persistent, 1};
    if (!spec->seLinuxMount.set && schema_gate_on(GATE_SELinuxMountReadWriteOncePod, d->minor)) spec->seLinuxMount.set = true;
    if (!spec->preventPodSchedulingIfMissing.set && schema_gate_on(GATE_VolumeLimitScaling, d->minor))
        spec->preventPodSchedulingIfMissing.set = true;
}

void default_node(const Defaulting *d) {
    NodeStatus *status = &((NodeObject *)d->object)->status;
    if (!status->allocatable.at) status->allocatable = status->capacity;
}

void default_definition(const Defaulting *d) {
    CustomResourceDefinitionSpec *spec = &((CustomResourceDefinition *)d->object)->spec;
    if (!spec->names.singular.len) spec->names.singular = str_lower(d->arena, spec->names.kind);
    if (!spec->names.listKind.len && spec->names.kind.len) spec->names.listKind = str_join(d->arena, spec->names.kind, S("List"));
    if (!spec->conversion) {
        spec->conversion = NEW(d->arena, CustomResourceConversion);
        spec->conversion->strategy = S("None");
    }
}
