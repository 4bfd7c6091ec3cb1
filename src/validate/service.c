/* Services, Endpoints and EndpointSlices (k8s.io/kubernetes/pkg/apis/{core,discovery}/validation, pkg/api/service,
 * pkg/registry/core/service). A Service's clusterIPs follow its clusterIP where only that is written. */
#include "base/address.h"
#include "areas.h"
#include "kinds.h"
#include "limits.h"

static const Str none = STR("None"), topologyMode = STR("service.kubernetes.io/topology-mode"),
                 topologyHints = STR("service.kubernetes.io/topology-aware-hints"),
                 sourceRanges = STR("service.beta.kubernetes.io/load-balancer-source-ranges");

static bool is_type(const ServiceSpec *spec, const char *type) {
    return str_eq(spec->type, str_of(type));
}

static StrList cluster_ips(const ServiceSpec *spec) {
    if (spec->clusterIPs.n || !spec->clusterIP.len) return spec->clusterIPs;
    return (StrList){(Str *)&spec->clusterIP, 1};
}

static bool is_headless(const ServiceSpec *spec) {
    StrList ips = cluster_ips(spec);
    return ips.n == 1 && str_eq(ips.at[0], none);
}

bool service_is_external(const ServiceSpec *spec) {
    return is_type(spec, "LoadBalancer") || is_type(spec, "NodePort") || (is_type(spec, "ClusterIP") && spec->externalIPs.n);
}

bool service_needs_health_check(const ServiceSpec *spec) {
    return is_type(spec, "LoadBalancer") && str_eq(spec->externalTrafficPolicy, S("Local"));
}

/* FieldValueForbidden at a field that belongs to another type of Service. */
static void refuse_field(Check *c, bool given, const char *type, const Path *path) {
    if (given) emit_service_only_for(c->diags, where_key(c, path), .field = path->name, .type = str_of(type));
}

static void check_external_name(Check *c, const ServiceSpec *spec, const Path *path) {
    Path ips = FIELD(path, "clusterIPs"), ip = FIELD(path, "clusterIP"), families = FIELD(path, "ipFamilies");
    Path policy = FIELD(path, "ipFamilyPolicy"), name = FIELD(path, "externalName");
    if (cluster_ips(spec).n)
        emit_service_not_for_external(c->diags, where_inside(c, &ips, where_key(c, spec->clusterIPs.n ? &ips : &ip)),
                                      .field = spec->clusterIPs.n ? ips.name : ip.name);
    if (spec->ipFamilies.n) emit_service_not_for_external(c->diags, where_key(c, &families), .field = families.name);
    if (spec->ipFamilyPolicy.at) emit_service_not_for_external(c->diags, where_key(c, &policy), .field = policy.name);
    Str target = spec->externalName;
    if (str_ends(target, S("."))) target.len--;
    if (target.len)
        check_dns_subdomain(c, target, &name);
    else
        emit_service_external_name_required(c->diags, where(c, &name));
}

static bool same_port(const ServicePort *a, const ServicePort *b, bool onNodes) {
    return str_eq(a->protocol, b->protocol) && (onNodes ? a->nodePort == b->nodePort : a->port == b->port);
}

static void check_service_port(Check *c, const ServiceSpec *spec, uint32_t index, const Path *list) {
    const ServicePort *port = &spec->ports.at[index];
    Path path = path_index(list, index), name = FIELD(&path, "name"), app = FIELD(&path, "appProtocol");
    Path target = FIELD(&path, "targetPort"), node = FIELD(&path, "nodePort");
    bool nameTaken = false, taken = false, nodeTaken = false;
    for (uint32_t i = 0; i < index; i++) {
        const ServicePort *other = &spec->ports.at[i];
        nameTaken |= port->name.len && str_eq(port->name, other->name);
        taken |= same_port(port, other, false);
        nodeTaken |= port->nodePort && same_port(port, other, true);
    }
    CHECK_FIELDS(c, ServicePort, port, &path);
    if (spec->ports.n > 1 && !port->name.len) emit_service_port_name_required(c->diags, where(c, &name));
    if (port->name.len) check_dns_label(c, port->name, &name);
    if (nameTaken) emit_service_port_name_taken(c->diags, where(c, &name), .name = port->name);
    check_port_or_name(c, port->targetPort, &target);
    if (port->appProtocol.at) check_qualified_name(c, port->appProtocol, &app);
    if (port->nodePort && is_type(spec, "ClusterIP")) emit_service_node_port_type(c->diags, where(c, &node));
    Str number = str_int(c->arena, port->port), nodeNumber = str_int(c->arena, port->nodePort);
    if (nodeTaken) emit_service_node_port_taken(c->diags, where(c, &node), .port = nodeNumber, .protocol = port->protocol);
    if (taken) emit_service_port_taken(c->diags, where(c, &path), .port = number, .protocol = port->protocol);
}

static void check_affinity(Check *c, const ServiceSpec *spec, const Path *path) {
    const SessionAffinityConfig *config = spec->sessionAffinityConfig;
    Path at = FIELD(path, "sessionAffinityConfig"), client = FIELD(&at, "clientIP");
    if (str_eq(spec->sessionAffinity, S("ClientIP")) && config && config->clientIP)
        CHECK_FIELDS(c, ClientIPConfig, config->clientIP, &client);
}

static bool is_v6(Str ip) {
    return str_find(ip, ':') >= 0;
}

/* The addresses themselves; whether they are well formed. */
static bool check_ips(Check *c, const ServiceSpec *spec, StrList ips, const Path *path) {
    Path list = FIELD(path, "clusterIPs"), single = FIELD(path, "clusterIP");
    uint32_t before = diag_found(c->diags);
    for (uint32_t i = 0; i < ips.n; i++) {
        Path printed = path_index(&list, i), *at = spec->clusterIPs.n ? &printed : &single;
        uint32_t from = c->diags->items.n;
        if (i == 0 && str_eq(ips.at[i], none)) {
            if (ips.n > 1) emit_service_none_alone(c->diags, where_inside(c, &list, where(c, at)));
            continue;
        }
        check_ip(c, ips.at[i], at);
        print_as(c, from, at, &printed);
    }
    bool good = diag_found(c->diags) == before;
    if (ips.n > 2) emit_service_ips_many(c->diags, where_key(c, &list), .count = str_int(c->arena, ips.n));
    return good;
}

static void check_families(Check *c, const ServiceSpec *spec, StrList ips, const Path *path) {
    Path list = FIELD(path, "clusterIPs"), single = FIELD(path, "clusterIP");
    bool v4 = false, v6 = false;
    for (uint32_t i = 0; i < ips.n; i++) *(is_v6(ips.at[i]) ? &v6 : &v4) = true;
    if (ips.n > 1 && (ips.n > 2 || !v4 || !v6)) emit_service_ips_family(c->diags, where_key(c, &list));
    for (uint32_t i = 0; !is_headless(spec) && i < ips.n && i < spec->ipFamilies.n; i++) {
        Str family = spec->ipFamilies.at[i];
        bool wrong = is_v6(ips.at[i]) ? str_eq(family, S("IPv4")) : str_eq(family, S("IPv6"));
        Path printed = path_index(&list, i);
        if (wrong)
            emit_service_ip_family(c->diags, where_inside(c, &printed, where(c, spec->clusterIPs.n ? &printed : &single)),
                                   .ip = ips.at[i], .family = family, .index = str_int(c->arena, i));
    }
}

static void check_cluster_ips(Check *c, const ServiceSpec *spec, const Path *path) {
    Path list = FIELD(path, "clusterIPs"), families = FIELD(path, "ipFamilies");
    StrList ips = cluster_ips(spec);
    if (spec->clusterIP.len && !str_eq(ips.at[0], spec->clusterIP))
        emit_service_ips_first(c->diags, where_key(c, &list), .ip = spec->clusterIP);
    if (!spec->clusterIP.len && ips.n) emit_service_ips_alone(c->diags, where_key(c, &list), .ip = shown(c->arena, ips.at[0]));
    CHECK_FIELD(c, ServiceSpec, ipFamilies, spec, path);
    for (uint32_t i = 1; i < spec->ipFamilies.n; i++) {
        Path at = path_index(&families, i);
        if (str_in(spec->ipFamilies.at[i], spec->ipFamilies.at, i)) report_duplicate(c, spec->ipFamilies.at[i], &at);
    }
    CHECK_FIELD(c, ServiceSpec, ipFamilyPolicy, spec, path);
    if (check_ips(c, spec, ips, path)) check_families(c, spec, ips, path);
}

static void check_source_ranges(Check *c, const ObjectMeta *meta, const ServiceSpec *spec, const Path *path) {
    bool wrongType = !is_type(spec, "LoadBalancer");
    Path list = FIELD(path, "loadBalancerSourceRanges"), printed = FIELD(path, "LoadBalancerSourceRanges");
    const Str *annotation = map_get(meta->annotations, sourceRanges);
    if (spec->loadBalancerSourceRanges.n) {
        uint32_t from = c->diags->items.n;
        refuse_field(c, wrongType, "LoadBalancer", &list);
        print_as(c, from, &list, &printed);
        for (uint32_t i = 0; i < spec->loadBalancerSourceRanges.n; i++) {
            Path at = path_index(&list, i), other = path_index(&printed, i);
            from = c->diags->items.n;
            check_cidr(c, str_trim(spec->loadBalancerSourceRanges.at[i]), &at);
            print_as(c, from, &at, &other);
        }
        return;
    }
    if (!annotation) return;
    Path metaPath = FIELD(NULL, "metadata"), annotations = FIELD(&metaPath, "annotations"),
         at = path_key(&annotations, sourceRanges);
    refuse_field(c, wrongType, "LoadBalancer", &at);
    for (Str rest = str_trim(*annotation); rest.len;) {
        ptrdiff_t comma = str_find(rest, ',');
        check_cidr(c, str_trim(comma < 0 ? rest : (Str){rest.at, (size_t)comma}), &at);
        if (comma < 0) break;
        rest = str_slice(rest, (size_t)comma + 1);
        if (!rest.len) check_cidr(c, rest, &at);
    }
}

static void check_traffic(Check *c, const ServiceSpec *spec, const Path *path) {
    Path policy = FIELD(path, "externalTrafficPolicy"), port = FIELD(path, "healthCheckNodePort");
    if (service_is_external(spec))
        CHECK_FIELD(c, ServiceSpec, externalTrafficPolicy, spec, path);
    else if (spec->externalTrafficPolicy.len)
        emit_service_traffic_inside(c->diags, where(c, &policy), .type = spec->type);
    if (service_needs_health_check(spec) && spec->healthCheckNodePort)
        CHECK_FIELD(c, ServiceSpec, healthCheckNodePort, spec, path);
    else if (spec->healthCheckNodePort)
        emit_service_health_check(c->diags, where(c, &port));
}

static void check_load_balancer(Check *c, const ServiceSpec *spec, const Path *path) {
    Path allocate = FIELD(path, "allocateLoadBalancerNodePorts"), class = FIELD(path, "loadBalancerClass");
    bool balanced = is_type(spec, "LoadBalancer");
    refuse_field(c, !balanced && spec->allocateLoadBalancerNodePorts.set, "LoadBalancer", &allocate);
    refuse_field(c, !balanced && spec->loadBalancerClass.at, "LoadBalancer", &class);
    if (balanced && spec->loadBalancerClass.at) check_qualified_name(c, spec->loadBalancerClass, &class);
}

static void check_topology(Check *c, StrMap annotations) {
    const Str *mode = map_get(annotations, topologyMode), *hints = map_get(annotations, topologyHints);
    if (!mode || !hints || str_eq(*mode, *hints)) return;
    Path meta = FIELD(NULL, "metadata"), list = FIELD(&meta, "annotations"), at = path_key(&list, topologyMode);
    emit_service_topology(c->diags, where(c, &at), .mode = shown(c->arena, *mode), .hints = shown(c->arena, *hints));
}

void check_service(Check *c, void *object) {
    const Service *service = object;
    const ServiceSpec *spec = &service->spec;
    Path path = FIELD(NULL, "spec"), ports = FIELD(&path, "ports"), selector = FIELD(&path, "selector");
    Path ips = FIELD(&path, "clusterIPs"), ip = FIELD(&path, "clusterIP"), external = FIELD(&path, "externalIPs");
    check_topology(c, service->metadata.annotations);
    if (is_type(spec, "ExternalName"))
        check_external_name(c, spec, &path);
    else if (!spec->ports.n && !is_headless(spec))
        emit_service_ports_required(c->diags, where(c, &ports));
    if (is_headless(spec) && (is_type(spec, "LoadBalancer") || is_type(spec, "NodePort"))) {
        Path first = path_index(&ips, 0);
        emit_service_headless_type(c->diags, where_inside(c, &first, where(c, spec->clusterIPs.n ? &first : &ip)),
                                   .type = spec->type);
    }
    CHECK_FIELDS(c, ServiceSpec, spec, &path);
    for (uint32_t i = 0; i < spec->ports.n; i++) check_service_port(c, spec, i, &ports);
    check_labels(c, spec->selector, &selector);
    check_affinity(c, spec, &path);
    if (!is_type(spec, "ExternalName")) check_cluster_ips(c, spec, &path);
    for (uint32_t i = 0; i < spec->externalIPs.n; i++) {
        Path at = path_index(&external, i);
        uint32_t before = diag_found(c->diags);
        check_ip(c, spec->externalIPs.at[i], &at);
        if (diag_found(c->diags) == before) check_endpoint_ip(c, spec->externalIPs.at[i], &at);
    }
    check_source_ranges(c, &service->metadata, spec, &path);
    check_load_balancer(c, spec, &path);
    check_traffic(c, spec, &path);
}

/* Warnings. */

static void warn_headless(Check *c, const ServiceSpec *spec, const Path *path) {
    const struct {
        bool given;
        Str field;
    } ignored[] = {{spec->loadBalancerIP.len > 0, S("loadBalancerIP")},
                   {spec->externalIPs.n > 0, S("externalIPs")},
                   {!str_eq(spec->sessionAffinity, none), S("sessionAffinity")}};
    for (size_t i = 0; i < COUNT(ignored); i++) {
        Path at = path_field(path, ignored[i].field);
        if (ignored[i].given) emit_warn_service_ignored(c->diags, where(c, &at), .field = at.name, .of = S("a headless Service"));
    }
}

static void warn_addresses(Check *c, StrList list, const Path *path, void (*warn)(Check *, Str, const Path *)) {
    for (uint32_t i = 0; i < list.n; i++) {
        Path at = path_index(path, i);
        warn(c, list.at[i], &at);
    }
}

void warn_service(Check *c, const void *object) {
    const Service *service = object;
    const ServiceSpec *spec = &service->spec;
    Path meta = FIELD(NULL, "metadata"), annotations = FIELD(&meta, "annotations"), hints = path_key(&annotations, topologyHints);
    Path path = FIELD(NULL, "spec"), ips = FIELD(&path, "clusterIPs"), external = FIELD(&path, "externalIPs");
    Path ranges = FIELD(&path, "loadBalancerSourceRanges"), balancer = FIELD(&path, "loadBalancerIP");
    Path name = FIELD(&path, "externalName"), distribution = FIELD(&path, "trafficDistribution");
    bool named = is_type(spec, "ExternalName"), headless = is_type(spec, "ClusterIP") && str_eq(spec->clusterIP, none);
    if (map_get(service->metadata.annotations, topologyHints))
        emit_warn_service_topology(c->diags, where_key(c, &hints), .better = topologyMode);
    if (spec->clusterIP.len && !str_eq(spec->clusterIP, none)) warn_addresses(c, cluster_ips(spec), &ips, warn_ip_form);
    if (headless) warn_headless(c, spec, &path);
    warn_addresses(c, spec->externalIPs, &external, warn_ip_form);
    if (spec->externalIPs.n && named)
        emit_warn_service_ignored(c->diags, where(c, &external), .field = external.name, .of = S("type ExternalName"));
    else if (spec->externalIPs.n && !headless && c->minor >= 36)
        emit_warn_service_external_ips(c->diags, where_key(c, &external));
    if (spec->loadBalancerIP.len) warn_ip_form(c, spec->loadBalancerIP, &balancer);
    warn_addresses(c, spec->loadBalancerSourceRanges, &ranges, warn_cidr_form);
    if (!named && spec->externalName.len)
        emit_warn_service_ignored(c->diags, where(c, &name), .field = name.name,
                                  .of = str_join(c->arena, S("type "), spec->type));
    if (str_eq(spec->trafficDistribution, S("PreferClose")) && gate(c, GATE_PreferSameTrafficDistribution))
        emit_warn_service_prefer_close(c->diags, where(c, &distribution));
}

/* Endpoints. */

static void check_endpoint_address(Check *c, const EndpointAddress *address, const Path *path) {
    Path ip = FIELD(path, "ip"), host = FIELD(path, "hostname"), node = FIELD(path, "nodeName");
    check_ip(c, address->ip, &ip);
    if (address->hostname.len) check_dns_label(c, address->hostname, &host);
    if (address->nodeName.at) check_dns_subdomain(c, address->nodeName, &node);
    Address parsed;
    if (address_parse(address->ip, &parsed)) check_endpoint_ip(c, address->ip, &ip);
}

static void check_subset(Check *c, const EndpointSubset *subset, const Path *path) {
    Path ready = FIELD(path, "addresses"), other = FIELD(path, "notReadyAddresses"), ports = FIELD(path, "ports");
    if (!subset->addresses.n && !subset->notReadyAddresses.n) emit_endpoints_addresses_required(c->diags, where(c, path));
    for (uint32_t i = 0; i < subset->addresses.n; i++) {
        Path at = path_index(&ready, i);
        check_endpoint_address(c, &subset->addresses.at[i], &at);
    }
    for (uint32_t i = 0; i < subset->notReadyAddresses.n; i++) {
        Path at = path_index(&other, i);
        check_endpoint_address(c, &subset->notReadyAddresses.at[i], &at);
    }
    for (uint32_t i = 0; i < subset->ports.n; i++) {
        const EndpointSubsetPort *port = &subset->ports.at[i];
        Path at = path_index(&ports, i), name = FIELD(&at, "name"), app = FIELD(&at, "appProtocol");
        CHECK_FIELDS(c, EndpointSubsetPort, port, &at);
        if (port->name.len)
            check_dns_label(c, port->name, &name);
        else if (subset->ports.n > 1)
            emit_service_port_name_required(c->diags, where(c, &name));
        if (port->appProtocol.at) check_qualified_name(c, port->appProtocol, &app);
    }
}

void check_endpoints(Check *c, void *object) {
    const Endpoints *endpoints = object;
    Path list = FIELD(NULL, "subsets");
    for (uint32_t i = 0; i < endpoints->subsets.n; i++) {
        Path at = path_index(&list, i);
        check_subset(c, &endpoints->subsets.at[i], &at);
    }
}

void warn_endpoints(Check *c, const void *object) {
    const Endpoints *endpoints = object;
    Path list = FIELD(NULL, "subsets");
    for (uint32_t i = 0; i < endpoints->subsets.n; i++) {
        const EndpointSubset *subset = &endpoints->subsets.at[i];
        const EndpointAddressList lists[] = {subset->addresses, subset->notReadyAddresses};
        Path at = path_index(&list, i), places[] = {FIELD(&at, "addresses"), FIELD(&at, "notReadyAddresses")};
        for (size_t k = 0; k < COUNT(lists); k++)
            for (uint32_t j = 0; j < lists[k].n; j++) {
                Path item = path_index(&places[k], j), ip = FIELD(&item, "ip");
                warn_ip_form(c, lists[k].at[j].ip, &ip);
            }
    }
}

/* EndpointSlices. */

static void check_slice_ip(Check *c, Str value, bool v6, const Path *list, const Path *path) {
    uint32_t before = diag_found(c->diags);
    Address address;
    check_ip(c, value, path);
    if (diag_found(c->diags) > before || !address_parse(value, &address)) return;
    Str usual = address_text(c->arena, &address);
    if (v6 && !str_eq(value, usual)) {
        emit_slice_canonical(c->diags, where(c, path), .value = value, .better = usual);
        return;
    }
    if (v6 == address.isV4)
        emit_slice_family(c->diags, where_inside(c, list, where(c, path)), .value = value, .family = v6 ? S("IPv6") : S("IPv4"));
    check_endpoint_ip(c, value, path);
}

/* A DNS name of two parts or more. */
static void check_fqdn(Check *c, Str value, const Path *path) {
    Str name = value;
    if (str_ends(name, S("."))) name.len--;
    if (!name.len)
        report_required(c, where(c, path), S("the name"), path);
    else if (!is_dns_subdomain(name) || str_find(name, '.') < 0)
        emit_slice_fqdn(c->diags, where(c, path), .value = shown(c->arena, value));
}

static void check_hint_names(Check *c, const Str *names, uint32_t count, bool zones, const Path *list) {
    for (uint32_t i = 0; i < count; i++) {
        Path item = path_index(list, i), at = FIELD(&item, "name");
        if (str_in(names[i], names, i)) report_duplicate(c, names[i], &at);
        if (zones)
            check_label_value(c, names[i], &at);
        else
            check_dns_subdomain(c, names[i], &at);
    }
}

static void check_hints(Check *c, const EndpointHints *hints, const Path *path) {
    Path zones = FIELD(path, "forZones"), nodes = FIELD(path, "forNodes");
    uint32_t before = diag_found(c->diags);
    CHECK_FIELD(c, EndpointHints, forZones, hints, path);
    if (diag_found(c->diags) > before) return;
    Str *names = NEW_ARRAY(c->arena, Str, hints->forZones.n + hints->forNodes.n + 1);
    for (uint32_t i = 0; i < hints->forZones.n; i++) names[i] = hints->forZones.at[i].name;
    check_hint_names(c, names, hints->forZones.n, true, &zones);
    if (!gate(c, GATE_PreferSameTrafficDistribution)) return; /* the server drops forNodes */
    CHECK_FIELD(c, EndpointHints, forNodes, hints, path);
    if (diag_found(c->diags) > before && hints->forNodes.n > 8) return;
    for (uint32_t i = 0; i < hints->forNodes.n; i++) names[i] = hints->forNodes.at[i].name;
    check_hint_names(c, names, hints->forNodes.n, false, &nodes);
}

static void check_endpoint(Check *c, const Endpoint *endpoint, Str type, const Path *path) {
    Path addresses = FIELD(path, "addresses"), node = FIELD(path, "nodeName");
    Path host = FIELD(path, "hostname"), hints = FIELD(path, "hints");
    bool v4 = str_eq(type, S("IPv4")), v6 = str_eq(type, S("IPv6"));
    if (!endpoint->addresses.n) emit_slice_addresses_required(c->diags, where(c, &addresses));
    CHECK_FIELDS(c, Endpoint, endpoint, path);
    for (uint32_t i = 0; i < endpoint->addresses.n; i++) {
        Path at = path_index(&addresses, i);
        if (v4 || v6) check_slice_ip(c, endpoint->addresses.at[i], v6, &addresses, &at);
        if (str_eq(type, S("FQDN"))) check_fqdn(c, endpoint->addresses.at[i], &at);
    }
    if (endpoint->nodeName.at) check_dns_subdomain(c, endpoint->nodeName, &node);
    if (endpoint->hostname.at) check_dns_label(c, endpoint->hostname, &host);
    if (endpoint->hints) check_hints(c, endpoint->hints, &hints);
}

void check_endpoint_slice(Check *c, void *object) {
    const EndpointSlice *slice = object;
    Path endpoints = FIELD(NULL, "endpoints"), ports = FIELD(NULL, "ports");
    uint32_t before = diag_found(c->diags);
    CHECK_FIELD(c, EndpointSlice, ports, slice, NULL);
    for (uint32_t i = 0; diag_found(c->diags) == before && i < slice->ports.n; i++) {
        const EndpointPort *port = &slice->ports.at[i];
        Path at = path_index(&ports, i), name = FIELD(&at, "name"), app = FIELD(&at, "appProtocol");
        bool taken = false;
        for (uint32_t j = 0; j < i; j++) taken |= str_eq(slice->ports.at[j].name, port->name);
        uint32_t from = diag_found(c->diags);
        CHECK_FIELDS(c, EndpointPort, port, &at);
        if (port->name.len) check_dns_label(c, port->name, &name);
        if (taken) report_duplicate(c, port->name, &name);
        if (port->appProtocol.at) check_qualified_name(c, port->appProtocol, &app);
        before += diag_found(c->diags) - from;
    }
    CHECK_FIELD(c, EndpointSlice, addressType, slice, NULL);
    before = diag_found(c->diags);
    CHECK_FIELD(c, EndpointSlice, endpoints, slice, NULL);
    if (diag_found(c->diags) > before) return;
    for (uint32_t i = 0; i < slice->endpoints.n; i++) {
        Path at = path_index(&endpoints, i);
        check_endpoint(c, &slice->endpoints.at[i], slice->addressType, &at);
    }
}
