/* Init, main and ephemeral containers: their names, images, ports and policies, what each of the three kinds may have, and the
 * order in which the other files look at a container (k8s.io/kubernetes/pkg/apis/core/validation). */
#include "areas.h"
#include "base/str_set.h"

_Static_assert(offsetof(EphemeralContainer, tty) == offsetof(Container, tty), "an ephemeral container starts like any other one");

/* Where a field of a map is written, or the map if it is not. */
static Span field_span(const Node *map, Str field) {
    const Node *node = map ? node_get(map, field) : NULL;
    return node ? node->span : map ? map->span : (Span){0};
}

static void check_ports(Check *c, ContainerPortList ports, const Path *up) {
    Path list = FIELD(up, "ports");
    StrSet names = {.arena = c->arena};
    for (uint32_t i = 0; i < ports.n; i++) {
        const ContainerPort *port = &ports.at[i], *first;
        Path at = path_index(&list, i), name = FIELD(&at, "name"), number = FIELD(&at, "containerPort");
        CHECK_FIELDS(c, ContainerPort, port, &at);
        if (port->name.len && !is_port_name(port->name)) {
            check_port_name(c, port->name, &name);
        } else if (port->name.len && (first = str_set_add(&names, port->name, port))) {
            Diag *d = emit_container_port_name_taken(c->diags, where(c, &name), .name = port->name);
            diag_note(c->diags, d, field_span(first->head.node, S("name")), S("first used here"));
        }
        if (port->containerPort == 0)
            emit_container_port_missing(c->diags, where(c, &number), .value = S("0"));
        else
            CHECK_FIELD(c, ContainerPort, containerPort, port, &at);
    }
}

static uint32_t count_host_ports(const Container *containers, uint32_t n) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < containers[i].ports.n; j++) count += containers[i].ports.at[j].hostPort != 0;
    return count;
}

/* Ports of the node that containers running at one time take twice. Path and number are those of the first container; `printed`
 * is the number that the server gives it. */
static void check_host_ports(Check *c, const Container *containers, uint32_t n, const Path *list, uint32_t number,
                             uint32_t printed) {
    if (count_host_ports(containers, n) < 2) return;
    StrSet taken = {.arena = c->arena};
    for (uint32_t i = 0; i < n; i++) {
        Path container = path_index(list, number + i), ports = FIELD(&container, "ports");
        Path printedContainer = path_index(list, printed + i), printedPorts = FIELD(&printedContainer, "ports");
        for (uint32_t j = 0; j < containers[i].ports.n; j++) {
            const ContainerPort *port = &containers[i].ports.at[j];
            if (port->hostPort == 0) continue;
            Str text = str_format(c->arena, "%.*s/%.*s/%lld", (int)port->protocol.len, port->protocol.at, (int)port->hostIP.len,
                                  port->hostIP.len ? port->hostIP.at : "", (long long)port->hostPort);
            const ContainerPort *first = str_set_add(&taken, text, port);
            if (!first) continue;
            Path at = path_index(&ports, j), host = FIELD(&at, "hostPort");
            Path printedAt = path_index(&printedPorts, j), printedHost = FIELD(&printedAt, "hostPort");
            Diag *d = emit_container_host_port_taken(
                c->diags, where_printed(c, &host, &printedHost), .port = str_int(c->arena, port->hostPort),
                .protocol = port->protocol, .ip = port->hostIP.len ? str_join(c->arena, S(" at "), port->hostIP) : S(""));
            diag_note(c->diags, d, field_span(first->head.node, S("hostPort")), S("first used here"));
        }
    }
}

/* On the node's own network a container's ports are the node's. In a template hostPort may be left out,
 * in a pod it is filled in. */
static void check_host_network(PodCheck *p, const Container *container, const Path *path) {
    Check *c = p->c;
    Path list = FIELD(path, "ports"), network = FIELD(p->path, "hostNetwork");
    for (uint32_t i = 0; i < container->ports.n; i++) {
        const ContainerPort *port = &container->ports.at[i];
        if (port->hostPort == port->containerPort || (p->isTemplate && port->hostPort == 0)) continue;
        Path at = path_index(&list, i), host = FIELD(&at, "hostPort");
        Diag *d = emit_container_host_port_differs(c->diags, where(c, &host), .port = str_int(c->arena, port->containerPort),
                                                   .hostPort = str_int(c->arena, port->hostPort));
        diag_note(c->diags, d, where(c, &network).span, S("hostNetwork here"));
    }
}

/* A resize policy's value: `at` is where it stands, but the server blames the list for it. */
static void check_resize_value(Check *c, const Field *field, Str value, const Path *at, const Path *list) {
    if (!value.len) {
        emit_container_resize_missing(c->diags, where_printed(c, at, list), .field = field->name);
    } else if (!is_known_value(c, field, value)) {
        Advice advice = value_advice(c, field, value);
        emit_container_resize_value(c->diags, where_printed(c, at, list), .value = shown(c->arena, value), .field = field->name,
                                    .allowed = advice.allowed, .hint = advice.hint);
    }
}

static void check_resize_policies(PodCheck *p, ContainerResizePolicyList policies, const Path *up) {
    Check *c = p->c;
    Path list = FIELD(up, "resizePolicy"), podPolicy = FIELD(p->path, "restartPolicy");
    bool never = str_eq(p->spec->restartPolicy, S("Never"));
    StrSet names = {.arena = c->arena};
    for (uint32_t i = 0; i < policies.n; i++) {
        const ContainerResizePolicy *policy = &policies.at[i], *first = str_set_add(&names, policy->resourceName, policy);
        Path at = path_index(&list, i), resource = FIELD(&at, "resourceName"), restart = FIELD(&at, "restartPolicy");
        if (first) {
            Diag *d = emit_container_resize_taken(c->diags, where_printed(c, &resource, &at),
                                                  .resource = shown(c->arena, policy->resourceName));
            diag_note(c->diags, d, field_span(first->head.node, S("resourceName")), S("first used here"));
        }
        check_resize_value(c, FIELD_OF(ContainerResizePolicy, resourceName), policy->resourceName, &resource, &list);
        check_resize_value(c, FIELD_OF(ContainerResizePolicy, restartPolicy), policy->restartPolicy, &restart, &list);
        if (!never || str_eq(policy->restartPolicy, S("NotRequired"))) continue;
        Diag *d = emit_container_resize_never(c->diags, where_printed(c, &restart, &list),
                                              .value = shown(c->arena, policy->restartPolicy));
        diag_note(c->diags, d, where(c, &podPolicy).span, S("the pod's policy"));
    }
}

/* An init container that ends is past being resized, so it cannot ask to be restarted for it. */
static void check_init_resize(Check *c, const Container *container, const Path *up) {
    Path list = FIELD(up, "resizePolicy");
    if (c->minor < 36) return;
    for (uint32_t i = 0; i < container->resizePolicy.n; i++) {
        Path item = path_index(&list, i), at = FIELD(&item, "restartPolicy");
        if (str_eq(container->resizePolicy.at[i].restartPolicy, S("RestartContainer")))
            emit_container_resize_init(c->diags, where(c, &at));
    }
}

/* The length of a list: too much of it was an error of another type before 1.36. */
static void check_most(Check *c, const Field *field, const void *object, uint32_t count, const Path *up) {
    Path at = path_field(up, field->name);
    if (c->minor >= 36)
        check_field(c, field, object, up);
    else if (count > field->text->maxItems)
        emit_container_list_long(c->diags, where_key(c, &at), .field = field->name,
                                 .limit = str_int(c->arena, field->text->maxItems), .count = str_int(c->arena, count));
}

static void check_restart_rule(Check *c, const ContainerRestartRule *rule, const Path *path) {
    Path codes = FIELD(path, "exitCodes");
    CHECK_FIELDS(c, ContainerRestartRule, rule, path);
    if (!rule->exitCodes) {
        emit_container_exit_codes(c->diags, where_key(c, &codes));
        return;
    }
    CHECK_FIELDS(c, ContainerRestartRuleOnExitCodes, rule->exitCodes, &codes);
    check_most(c, FIELD_OF(ContainerRestartRuleOnExitCodes, values), rule->exitCodes, rule->exitCodes->values.n, &codes);
}

static void check_restart_rules(Check *c, const Container *container, const Path *path) {
    ContainerRestartRuleList list = container->restartPolicyRules;
    Path policy = FIELD(path, "restartPolicy"), listAt = FIELD(path, "restartPolicyRules");
    CHECK_FIELD(c, Container, restartPolicy, container, path);
    if (!container->restartPolicy.at && list.n) emit_container_restart_missing(c->diags, where(c, &policy));
    check_most(c, FIELD_OF(Container, restartPolicyRules), container, list.n, path);
    for (uint32_t i = 0; i < list.n; i++) {
        Path at = path_index(&listAt, i);
        check_restart_rule(c, &list.at[i], &at);
    }
}

static void check_main_restart(Check *c, const Container *container, const Path *path) {
    Path at = FIELD(path, "restartPolicy");
    if (gate(c, GATE_ContainerRestartRules))
        check_restart_rules(c, container, path);
    else if (container->restartPolicy.at)
        emit_container_restart_main(c->diags, where(c, &at));
}

/* Without a policy the rules themselves are not looked at. */
static void check_init_restart(Check *c, const Container *container, const Path *path) {
    bool sidecar = is_sidecar(container);
    Path policy = FIELD(path, "restartPolicy"), ruleList = FIELD(path, "restartPolicyRules");
    if (!container->restartPolicy.at) {
        if (container->restartPolicyRules.n) emit_container_restart_missing(c->diags, where(c, &policy));
    } else if (!gate(c, GATE_ContainerRestartRules)) {
        check_enum(c, container->restartPolicy, &(const Str)STR("Always"), 1, &policy);
    } else if (!sidecar || gate(c, GATE_RestartAllContainersOnContainerExits)) {
        check_restart_rules(c, container, path);
    } else if (container->restartPolicyRules.n) {
        emit_container_restart_sidecar(c->diags, where_key(c, &ruleList));
    }
}

/* Templates may hold padded images, which stand for something to be filled in. */
static void check_image(Check *c, Str image, bool isTemplate, const Path *path) {
    Path at = FIELD(path, "image");
    if (!image.len)
        emit_container_image(c->diags, where(c, &at));
    else if (!isTemplate && is_padded(image))
        emit_container_image_padded(c->diags, where(c, &at), .image = shown(c->arena, image));
}

/* What all kinds of containers have in common. */
static void check_container(PodCheck *p, const Container *container, bool isTemplate, const Path *path) {
    Check *c = p->c;
    Path name = FIELD(path, "name");
    if (check_required(c, container->name, &name)) check_dns_label(c, container->name, &name);
    check_image(c, container->image, isTemplate, path);
    CHECK_FIELDS(c, Container, container, path);
    if (container->ports.n) check_ports(c, container->ports, path);
    check_container_env(p, container, path);
    check_container_mounts(p, container, path);
    check_container_resources(p, container, path);
    if (container->resizePolicy.n) check_resize_policies(p, container->resizePolicy, path);
    check_container_security(p, container, path);
}

static void report_name_taken(Check *c, const Container *container, const Container *first, const Path *path) {
    Path at = FIELD(path, "name");
    Diag *d = emit_container_name_taken(c->diags, where(c, &at), .name = shown(c->arena, container->name));
    diag_note(c->diags, d, field_span(first->head.node, S("name")), S("the other container"));
}

static void check_main_containers(PodCheck *p, StrSet *names) {
    Check *c = p->c;
    ContainerList containers = p->spec->containers;
    Path list = FIELD(p->path, "containers");
    if (!containers.n) emit_container_none(c->diags, where_key(c, &list));
    for (uint32_t i = 0; i < containers.n; i++) {
        const Container *container = &containers.at[i], *first = str_set_add(names, container->name, container);
        Path at = path_index(&list, i);
        check_container(p, container, p->isTemplate, &at);
        if (first) report_name_taken(c, container, first, &at);
        check_container_probes(p, container, false, &at);
        check_main_restart(c, container, &at);
        if (p->hostNetwork) check_host_network(p, container, &at);
    }
    check_host_ports(c, containers.at, containers.n, &list, 0, 0);
}

/* Init containers without a name are not taken for each other, but for a main container without one. They run one by one, so each
 * is alone with its host ports; the server then always prints the number 0. */
static void check_init_containers(PodCheck *p, StrSet *names) {
    Check *c = p->c;
    ContainerList containers = p->spec->initContainers;
    Path list = FIELD(p->path, "initContainers");
    for (uint32_t i = 0; i < containers.n; i++) {
        const Container *container = &containers.at[i];
        const Container *first =
            container->name.len ? str_set_add(names, container->name, container) : str_set_find(names, S(""));
        Path at = path_index(&list, i);
        check_container(p, container, p->isTemplate, &at);
        if (first) report_name_taken(c, container, first, &at);
        check_init_restart(c, container, &at);
        check_container_probes(p, container, true, &at);
        if (!is_sidecar(container)) check_init_resize(c, container, &at);
        check_host_ports(c, container, 1, &list, i, 0);
    }
}

/* Fields that an ephemeral container must leave out; an empty list counts as set. */
static void check_ephemeral_fields(Check *c, const Container *container, const Path *path) {
    const ResourceRequirements *resources = &container->resources;
    const struct {
        Str name;
        bool set;
    } fields[] = {{STR("ports"), container->ports.at != NULL},
                  {STR("resources"), resources->limits.at || resources->requests.at || resources->claims.at},
                  {STR("resizePolicy"), container->resizePolicy.at != NULL},
                  {STR("restartPolicy"), container->restartPolicy.at != NULL},
                  {STR("restartPolicyRules"), container->restartPolicyRules.at != NULL},
                  {STR("livenessProbe"), container->livenessProbe != NULL},
                  {STR("readinessProbe"), container->readinessProbe != NULL},
                  {STR("startupProbe"), container->startupProbe != NULL},
                  {STR("lifecycle"), container->lifecycle != NULL}};
    for (size_t i = 0; i < COUNT(fields); i++) {
        Path at = path_field(path, fields[i].name);
        if (fields[i].set) emit_container_ephemeral_field(c->diags, where_key(c, &at), .field = fields[i].name);
    }
    Path list = FIELD(path, "volumeMounts");
    for (uint32_t i = 0; i < container->volumeMounts.n; i++) {
        const VolumeMount *mount = &container->volumeMounts.at[i];
        Path item = path_index(&list, i), fixed = FIELD(&item, "subPath"), expanded = FIELD(&item, "subPathExpr");
        if (mount->subPath.len) emit_container_ephemeral_field(c->diags, where_key(c, &fixed), .field = fixed.name);
        if (mount->subPathExpr.len) emit_container_ephemeral_field(c->diags, where_key(c, &expanded), .field = expanded.name);
    }
}

static bool has_container(ContainerList containers, Str name) {
    for (uint32_t i = 0; i < containers.n; i++)
        if (str_eq(containers.at[i].name, name)) return true;
    return false;
}

static Str target_hint(PodCheck *p, Str name) {
    ContainerList lists[] = {p->spec->containers, p->spec->initContainers};
    Str *names = NEW_ARRAY(p->c->arena, Str, lists[0].n + lists[1].n + 1);
    size_t count = 0;
    for (int i = 0; i < 2; i++)
        for (uint32_t j = 0; j < lists[i].n; j++) names[count++] = lists[i].at[j].name;
    return did_you_mean(p->c->arena, name, names, count);
}

/* That nobody can create them is said elsewhere. In templates too their images are checked like a pod's. */
static void check_ephemeral_containers(PodCheck *p, StrSet *names) {
    Check *c = p->c;
    EphemeralContainerList containers = p->spec->ephemeralContainers;
    Path list = FIELD(p->path, "ephemeralContainers");
    for (uint32_t i = 0; i < p->spec->initContainers.n && containers.n; i++)
        str_set_add(names, p->spec->initContainers.at[i].name, &p->spec->initContainers.at[i]);
    for (uint32_t i = 0; i < containers.n; i++) {
        const Container *container = (const Container *)&containers.at[i];
        const Container *first = str_set_add(names, container->name, container);
        Str target = containers.at[i].targetContainerName;
        Path at = path_index(&list, i), targetAt = FIELD(&at, "targetContainerName");
        check_container(p, container, false, &at);
        if (first) report_name_taken(c, container, first, &at);
        if (target.len && !has_container(p->spec->containers, target) && !has_container(p->spec->initContainers, target)) {
            Diag *d = emit_container_ephemeral_target(c->diags, where(c, &targetAt), .name = shown(c->arena, target),
                                                      .hint = target_hint(p, target));
            d->follows = has_unknown_container(p->spec);
        }
        check_ephemeral_fields(c, container, &at);
    }
}

void check_containers(PodCheck *p) {
    StrSet names = {.arena = p->c->arena};
    check_main_containers(p, &names);
    check_init_containers(p, &names);
    check_ephemeral_containers(p, &names);
}
