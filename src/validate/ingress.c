/* Ingresses, their classes, and network policies (k8s.io/kubernetes/pkg/apis/networking/validation). */
#include "base/address.h"
#include "areas.h"
#include "kinds.h"
#include "limits.h"

static const Str classAnnotation = STR("kubernetes.io/ingress.class");

/* A reference to an object of any kind, whose group may be left out but not be empty. */
static void check_reference(Check *c, Str apiGroup, Str kind, Str name, const Path *path) {
    Path group = FIELD(path, "apiGroup"), kindPath = FIELD(path, "kind"), namePath = FIELD(path, "name");
    if (apiGroup.at) check_dns_subdomain(c, apiGroup, &group);
    if (check_required(c, kind, &kindPath)) check_path_segment(c, kind, &kindPath);
    if (check_required(c, name, &namePath)) check_path_segment(c, name, &namePath);
}

static void check_backend_port(Check *c, const IngressServiceBackend *service, const Path *backend, const Path *path) {
    const ServiceBackendPort *port = &service->port;
    Path name = FIELD(path, "name"), number = FIELD(path, "number");
    if (port->name.len && port->number)
        emit_ingress_backend_port_both(c->diags, where_inside(c, backend, where_key(c, path)));
    else if (port->name.len)
        check_port_name(c, port->name, &name);
    else if (port->number)
        CHECK_FIELD(c, ServiceBackendPort, number, port, path);
    else
        emit_ingress_backend_port_required(c->diags, where_inside(c, backend, where(c, &number)),
                                           .service = shown(c->arena, service->name));
}

static void check_backend(Check *c, const IngressBackend *backend, const Path *path) {
    Path service = FIELD(path, "service"), resource = FIELD(path, "resource"), name = FIELD(&service, "name");
    Path port = FIELD(&service, "port");
    if (backend->service && backend->resource) {
        emit_ingress_backend_both(c->diags, where_key(c, path));
    } else if (backend->resource) {
        check_reference(c, backend->resource->apiGroup, backend->resource->kind, backend->resource->name, &resource);
    } else if (backend->service) {
        Str target = backend->service->name;
        if (check_required(c, target, &name)) check_service_name(c, target, &name);
        check_backend_port(c, backend->service, path, &port);
    } else {
        emit_ingress_backend_required(c->diags, where_key(c, path));
    }
}

/* What a path of the types Exact and Prefix may not hold, or end with; empty if it is fine. */
static Str path_fault(Str path) {
    static const Str inside[] = {STR("//"), STR("/./"), STR("/../"), STR("%2f"), STR("%2F")}, last[] = {STR("/.."), STR("/.")};
    for (size_t i = 0; i < COUNT(inside); i++)
        if (str_has(path, inside[i])) return inside[i];
    for (size_t i = 0; i < COUNT(last); i++)
        if (str_ends(path, last[i])) return last[i];
    return S("");
}

static void check_http_path(Check *c, const HTTPIngressPath *entry, const Path *path) {
    Path type = FIELD(path, "pathType"), at = FIELD(path, "path"), backend = FIELD(path, "backend");
    if (!entry->pathType.at) {
        emit_ingress_path_type_required(c->diags, where(c, &type));
        return;
    }
    bool free = str_eq(entry->pathType, S("ImplementationSpecific"));
    bool plain = str_eq(entry->pathType, S("Exact")) || str_eq(entry->pathType, S("Prefix"));
    CHECK_FIELDS(c, HTTPIngressPath, entry, path);
    if ((plain || (free && entry->path.len)) && !is_absolute_path(entry->path))
        emit_ingress_path_absolute(c->diags, where(c, &at), .value = shown(c->arena, entry->path), .type = entry->pathType);
    Str fault = plain ? path_fault(entry->path) : S("");
    if (fault.len) emit_ingress_path_part(c->diags, where(c, &at), .value = shown(c->arena, entry->path), .part = fault);
    check_backend(c, &entry->backend, &backend);
}

/* A DNS name, whose first part may be a star. */
static void check_host(Check *c, Str host, const Path *path) {
    if (str_find(host, '*') < 0)
        check_dns_subdomain(c, host, path);
    else if (host.len > 253 || !str_starts(host, S("*.")) || !is_dns_subdomain(str_slice(host, 2)))
        emit_ingress_wildcard(c->diags, where(c, path), .value = shown(c->arena, host));
}

static void check_rule(Check *c, const IngressRule *rule, const Path *path) {
    Path host = FIELD(path, "host"), http = FIELD(path, "http"), paths = FIELD(&http, "paths");
    Address address;
    if (address_parse(rule->host, &address)) emit_ingress_host_ip(c->diags, where(c, &host), .value = rule->host);
    if (rule->host.len) check_host(c, rule->host, &host);
    if (!rule->http) return;
    if (!rule->http->paths.n) report_required(c, where(c, &paths), paths.name, &paths);
    for (uint32_t i = 0; i < rule->http->paths.n; i++) {
        Path at = path_index(&paths, i);
        check_http_path(c, &rule->http->paths.at[i], &at);
    }
}

static void check_tls(Check *c, const IngressTLS *tls, const Path *path) {
    Path hosts = FIELD(path, "hosts"), secret = FIELD(path, "secretName");
    for (uint32_t i = 0; i < tls->hosts.n; i++) {
        Path at = path_index(&hosts, i);
        check_host(c, tls->hosts.at[i], &at);
    }
    if (tls->secretName.len) check_dns_subdomain(c, tls->secretName, &secret);
}

static void check_ingress_spec(Check *c, const IngressSpec *spec) {
    Path path = FIELD(NULL, "spec"), backend = FIELD(&path, "defaultBackend"), list = FIELD(&path, "rules"),
         tls = FIELD(&path, "tls");
    Path class = FIELD(&path, "ingressClassName");
    if (!spec->rules.n && !spec->defaultBackend) emit_ingress_rules_required(c->diags, where_key(c, &path));
    if (spec->defaultBackend) check_backend(c, spec->defaultBackend, &backend);
    for (uint32_t i = 0; i < spec->rules.n; i++) {
        Path at = path_index(&list, i);
        check_rule(c, &spec->rules.at[i], &at);
    }
    for (uint32_t i = 0; i < spec->tls.n; i++) {
        Path at = path_index(&tls, i);
        check_tls(c, &spec->tls.at[i], &at);
    }
    if (spec->ingressClassName.at) check_dns_subdomain(c, spec->ingressClassName, &class);
}

void check_ingress(Check *c, void *object) {
    const Ingress *ingress = object;
    const Str *annotation = map_get(ingress->metadata.annotations, classAnnotation);
    Path meta = FIELD(NULL, "metadata"), list = FIELD(&meta, "annotations"), at = path_key(&list, classAnnotation);
    Path annotations = FIELD(NULL, "annotations"), printed = path_field(&annotations, classAnnotation);
    check_ingress_spec(c, &ingress->spec);
    if (annotation && ingress->spec.ingressClassName.at && !str_eq(*annotation, ingress->spec.ingressClassName))
        emit_ingress_class_differs(c->diags, where_printed(c, &at, &printed),
                                   .class = shown(c->arena, ingress->spec.ingressClassName),
                                   .annotation = shown(c->arena, *annotation));
}

void warn_ingress(Check *c, const void *object) {
    const Ingress *ingress = object;
    const Str *annotation = map_get(ingress->metadata.annotations, classAnnotation);
    Path meta = FIELD(NULL, "metadata"), list = FIELD(&meta, "annotations"), at = path_key(&list, classAnnotation);
    if (annotation && !ingress->spec.ingressClassName.at)
        emit_warn_ingress_class(c->diags, where_key(c, &at), .class = shown(c->arena, *annotation));
}

/* Classes. */

static void check_parameters(Check *c, const IngressClassParametersReference *parameters, const Path *path) {
    Path namespace = FIELD(path, "namespace");
    check_reference(c, parameters->apiGroup, parameters->kind, parameters->name, path);
    CHECK_FIELDS(c, IngressClassParametersReference, parameters, path);
    bool inNamespace = str_eq(parameters->scope, S("Namespace"));
    if (inNamespace && parameters->namespace.at)
        check_dns_label(c, parameters->namespace, &namespace);
    else if (inNamespace)
        emit_ingress_class_namespace_required(c->diags, where(c, &namespace));
    else if (str_eq(parameters->scope, S("Cluster")) && parameters->namespace.at)
        emit_ingress_class_namespace(c->diags, where(c, &namespace));
}

void check_ingress_class(Check *c, void *object) {
    const IngressClassSpec *spec = &((IngressClass *)object)->spec;
    Path path = FIELD(NULL, "spec"), controller = FIELD(&path, "controller"), parameters = FIELD(&path, "parameters");
    CHECK_FIELDS(c, IngressClassSpec, spec, &path);
    check_controller_name(c, spec->controller, &controller);
    if (spec->parameters) check_parameters(c, spec->parameters, &parameters);
}

/* Network policies. */

static void check_policy_port(Check *c, const NetworkPolicyPort *port, const Path *path) {
    Path at = FIELD(path, "port"), end = FIELD(path, "endPort");
    bool number = port->port.set && !port->port.value.isString;
    CHECK_FIELDS(c, NetworkPolicyPort, port, path);
    if (port->port.set) check_port_or_name(c, port->port.value, &at);
    if (!port->endPort.set) return;
    if (!number) {
        emit_network_policy_end_alone(c->diags, where(c, &end), .state = port->port.set ? S("is a name") : S("is missing"));
        return;
    }
    if (port->endPort.value < port->port.value.number)
        emit_network_policy_end_before(c->diags, where(c, &end), .end = str_int(c->arena, port->endPort.value),
                                       .port = str_int(c->arena, port->port.value.number));
    CHECK_FIELD(c, NetworkPolicyPort, endPort, port, path);
}

static void check_block(Check *c, const IPBlock *block, const Path *path) {
    Path cidr = FIELD(path, "cidr"), list = FIELD(path, "except");
    AddressRange whole, part;
    if (!check_required(c, block->cidr, &cidr)) return;
    check_cidr(c, block->cidr, &cidr);
    if (!address_range_parse(block->cidr, &whole)) return;
    for (uint32_t i = 0; i < block->except.n; i++) {
        Path at = path_index(&list, i);
        check_cidr(c, block->except.at[i], &at);
        if (address_range_parse(block->except.at[i], &part) && !address_range_holds(&whole, &part))
            emit_network_policy_except(c->diags, where(c, &at), .value = block->except.at[i], .cidr = block->cidr);
    }
}

static void check_peers(Check *c, NetworkPolicyPeerList peers, const Path *list) {
    for (uint32_t i = 0; i < peers.n; i++) {
        const NetworkPolicyPeer *peer = &peers.at[i];
        Path path = path_index(list, i), pods = FIELD(&path, "podSelector"), spaces = FIELD(&path, "namespaceSelector");
        Path block = FIELD(&path, "ipBlock");
        check_label_selector(c, peer->podSelector, &pods);
        check_label_selector(c, peer->namespaceSelector, &spaces);
        if (peer->ipBlock) check_block(c, peer->ipBlock, &block);
        if (!peer->ipBlock && !peer->podSelector && !peer->namespaceSelector)
            emit_network_policy_peer_required(c->diags, where(c, &path));
        else if (peer->ipBlock && (peer->podSelector || peer->namespaceSelector))
            emit_network_policy_peer_both(c->diags, where(c, &path));
    }
}

static void check_ports(Check *c, NetworkPolicyPortList ports, const Path *list) {
    for (uint32_t i = 0; i < ports.n; i++) {
        Path at = path_index(list, i);
        check_policy_port(c, &ports.at[i], &at);
    }
}

void check_network_policy(Check *c, void *object) {
    const NetworkPolicySpec *spec = &((NetworkPolicy *)object)->spec;
    Path path = FIELD(NULL, "spec"), selector = FIELD(&path, "podSelector"), types = FIELD(&path, "policyTypes");
    Path ingress = FIELD(&path, "ingress"), egress = FIELD(&path, "egress");
    check_label_selector(c, &spec->podSelector, &selector);
    for (uint32_t i = 0; i < spec->ingress.n; i++) {
        Path at = path_index(&ingress, i), ports = FIELD(&at, "ports"), peers = FIELD(&at, "from");
        check_ports(c, spec->ingress.at[i].ports, &ports);
        check_peers(c, spec->ingress.at[i].from, &peers);
    }
    for (uint32_t i = 0; i < spec->egress.n; i++) {
        Path at = path_index(&egress, i), ports = FIELD(&at, "ports"), peers = FIELD(&at, "to");
        check_ports(c, spec->egress.at[i].ports, &ports);
        check_peers(c, spec->egress.at[i].to, &peers);
    }
    if (spec->policyTypes.n > 2)
        emit_network_policy_types_many(c->diags, where_key(c, &types), .count = str_int(c->arena, spec->policyTypes.n));
    else
        CHECK_FIELD(c, NetworkPolicySpec, policyTypes, spec, &path);
}

static void warn_peers(Check *c, NetworkPolicyPeerList peers, const Path *list) {
    for (uint32_t i = 0; i < peers.n; i++) {
        const IPBlock *block = peers.at[i].ipBlock;
        Path at = path_index(list, i), path = FIELD(&at, "ipBlock"), cidr = FIELD(&path, "cidr"), except = FIELD(&path, "except");
        if (!block) continue;
        warn_cidr_form(c, block->cidr, &cidr);
        for (uint32_t j = 0; j < block->except.n; j++) {
            Path item = path_index(&except, j);
            warn_cidr_form(c, block->except.at[j], &item);
        }
    }
}

void warn_network_policy(Check *c, const void *object) {
    const NetworkPolicySpec *spec = &((const NetworkPolicy *)object)->spec;
    Path path = FIELD(NULL, "spec"), ingress = FIELD(&path, "ingress"), egress = FIELD(&path, "egress");
    for (uint32_t i = 0; i < spec->ingress.n; i++) {
        Path at = path_index(&ingress, i), peers = FIELD(&at, "from");
        warn_peers(c, spec->ingress.at[i].from, &peers);
    }
    for (uint32_t i = 0; i < spec->egress.n; i++) {
        Path at = path_index(&egress, i), peers = FIELD(&at, "to");
        warn_peers(c, spec->egress.at[i].to, &peers);
    }
}
