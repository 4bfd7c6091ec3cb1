/* What may change of a Service (k8s.io/kubernetes/pkg/apis/core/validation, pkg/registry/core/service). What the new one leaves
 * out it takes from the stored one, and what its type has no use for goes. Addresses that the server chose are not known here. */
#include "areas.h"
#include "kinds.h"

static bool has_type(const ServiceSpec *spec, const char *type) {
    return str_eq(spec->type, str_of(type));
}

static bool has_address(const ServiceSpec *spec) {
    return !has_type(spec, "ExternalName");
}

static bool has_node_ports(const ServiceSpec *spec) {
    return has_type(spec, "NodePort") || has_type(spec, "LoadBalancer");
}

static StrList addresses(const ServiceSpec *spec) {
    if (spec->clusterIPs.n || !spec->clusterIP.len) return spec->clusterIPs;
    return (StrList){(Str *)&spec->clusterIP, 1};
}

static bool is_headless(const ServiceSpec *spec) {
    StrList list = addresses(spec);
    return list.n && str_eq(list.at[0], S("None"));
}

static bool same_list(StrList a, StrList b) {
    bool same = a.n == b.n;
    for (uint32_t i = 0; same && i < a.n; i++) same = str_eq(a.at[i], b.at[i]);
    return same;
}

static ServicePort *port_named(ServicePortList ports, Str name) {
    for (uint32_t i = ports.n; i; i--)
        if (str_eq(ports.at[i - 1].name, name)) return &ports.at[i - 1];
    return NULL;
}

static bool asks_for_node_ports(const ServiceSpec *spec) {
    bool allocates = !spec->allocateLoadBalancerNodePorts.set || spec->allocateLoadBalancerNodePorts.value;
    return has_type(spec, "NodePort") || (has_type(spec, "LoadBalancer") && allocates);
}

static void inherit(const ServiceSpec *before, ServiceSpec *after) {
    if (has_address(before) && has_address(after)) {
        if (!after->clusterIP.len) after->clusterIP = before->clusterIP;
        if (!after->clusterIPs.n && str_eq(after->clusterIP, before->clusterIP)) after->clusterIPs = before->clusterIPs;
        if (!after->ipFamilyPolicy.at) after->ipFamilyPolicy = before->ipFamilyPolicy;
        if (!after->ipFamilies.n) after->ipFamilies = before->ipFamilies;
    }
    for (uint32_t i = 0; asks_for_node_ports(before) && asks_for_node_ports(after) && i < after->ports.n; i++) {
        const ServicePort *port = port_named(before->ports, after->ports.at[i].name);
        if (port && !after->ports.at[i].nodePort) after->ports.at[i].nodePort = port->nodePort;
    }
    if (service_needs_health_check(before) && service_needs_health_check(after) && !after->healthCheckNodePort)
        after->healthCheckNodePort = before->healthCheckNodePort;
}

static void drop_node_ports(const ServiceSpec *before, ServiceSpec *after) {
    bool same = before->ports.n == after->ports.n;
    for (uint32_t i = 0; same && i < after->ports.n; i++) same = before->ports.at[i].nodePort == after->ports.at[i].nodePort;
    for (uint32_t i = 0; same && i < after->ports.n; i++) after->ports.at[i].nodePort = 0;
}

static void drop_useless(const ServiceSpec *before, ServiceSpec *after) {
    const OptBool *a = &before->allocateLoadBalancerNodePorts;
    OptBool *b = &after->allocateLoadBalancerNodePorts;
    bool wasBalanced = has_type(before, "LoadBalancer"), isBalanced = has_type(after, "LoadBalancer");
    if (has_address(before) && !has_address(after)) {
        if (same_list(addresses(before), addresses(after))) {
            after->clusterIP = (Str){0};
            after->clusterIPs = (StrList){0};
        }
        if (same_list(before->ipFamilies, after->ipFamilies)) after->ipFamilies = (StrList){0};
        if (str_eq(before->ipFamilyPolicy, after->ipFamilyPolicy)) after->ipFamilyPolicy = (Str){0};
    }
    if (has_node_ports(before) && !has_node_ports(after)) drop_node_ports(before, after);
    if (service_needs_health_check(before) && !service_needs_health_check(after) &&
        before->healthCheckNodePort == after->healthCheckNodePort)
        after->healthCheckNodePort = 0;
    if (wasBalanced && !isBalanced && a->set && b->set && a->value == b->value) *b = (OptBool){0};
    if (wasBalanced && !isBalanced && str_eq(before->loadBalancerClass, after->loadBalancerClass))
        after->loadBalancerClass = (Str){0};
    if (service_is_external(before) && !service_is_external(after) &&
        str_eq(before->externalTrafficPolicy, after->externalTrafficPolicy))
        after->externalTrafficPolicy = (Str){0};
}

static void report_kept(const Update *u, const Path *at, const Path *printed, Str field, Str before) {
    Str was = before.len ? str_format(u->c->arena, ", which was \"%.*s\"", TEXT(shown(u->c->arena, before))) : S("");
    emit_update_fixed(u->c->diags, where_printed(u->c, at, printed), .kind = S("Service"), .fields = field, .was = was,
                      .hint = S("leave it out, and the Service keeps what it has; or delete the Service and create it anew"));
}

/* The first address stays, and each of them if there are as many as before. */
static void check_addresses(const Update *u, const ServiceSpec *before, const ServiceSpec *after, const Path *path) {
    Path list = FIELD(path, "clusterIPs"), single = FIELD(path, "clusterIP");
    StrList old = addresses(before), new = addresses(after);
    if (is_headless(before) && is_headless(after)) return;
    for (uint32_t i = 0; i < new.n && (i == 0 || (old.n == new.n &&i < old.n)); i++) {
        Path printed = path_index(&list, i);
        if (old.n ? str_eq(old.at[i], new.at[i]) : new.n == 1 && !new.at[i].len) continue;
        report_kept(u, after->clusterIPs.n ? &printed : &single, &printed, S("its address"), old.n ? old.at[i] : S(""));
    }
}

static void check_families(const Update *u, const ServiceSpec *before, const ServiceSpec *after, const Path *path) {
    static Str usual[] = {STR("IPv4")};
    Path list = FIELD(path, "ipFamilies"), first = path_index(&list, 0), policy = FIELD(path, "ipFamilyPolicy");
    StrList old = before->ipFamilies, new = after->ipFamilies;
    if (is_headless(before) || is_headless(after)) return;
    if (!old.n) old = (StrList){usual, 1};
    if (!new.n) new = old;
    bool changed = !str_eq(old.at[0], new.at[0]);
    for (uint32_t i = 1; old.n == new.n &&i < new.n; i++) changed |= !str_eq(old.at[i], new.at[i]);
    if (changed) report_kept(u, &first, &first, S("its IP families"), old.at[0]);
    bool fewer = old.n > new.n || addresses(before).n > addresses(after).n;
    if (fewer && new.n == 1 && !str_eq(after->ipFamilyPolicy, S("SingleStack")))
        emit_update_service_single(u->c->diags, where(u->c, &policy));
}

void update_service(const Update *u) {
    Service *service = u->after;
    const ServiceSpec *before = &((Service *)u->before)->spec;
    ServiceSpec *after = &service->spec;
    Path path = FIELD(NULL, "spec"), class = FIELD(&path, "loadBalancerClass"), port = FIELD(&path, "healthCheckNodePort");
    inherit(before, after);
    drop_useless(before, after);
    check_service(u->c, service);
    if (has_address(before) && has_address(after)) {
        check_addresses(u, before, after, &path);
        check_families(u, before, after, &path);
    }
    bool balanced = has_type(before, "LoadBalancer") && has_type(after, "LoadBalancer");
    if (balanced && !str_eq(before->loadBalancerClass, after->loadBalancerClass))
        report_kept(u, &class, &class, class.name, before->loadBalancerClass);
    bool healthy = service_needs_health_check(before) && service_needs_health_check(after);
    if (healthy && before->healthCheckNodePort != after->healthCheckNodePort)
        report_changed(u, u->before, u->after, &port, &port, FIXED_FORBIDDEN,
                       S("leave it out, and the Service keeps what it has"));
}
