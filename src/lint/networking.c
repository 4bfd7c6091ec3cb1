/* Rules about ports. */
#include "workload.h"

#include "simulate/node_affinity.h"
#include "simulate/what_if.h"
#include "base/str_set.h"

/* A port of a container. */
typedef struct PortView {
    const Container *container;
    const ContainerPort *port;
    Str list;
    uint32_t containerIndex, index;
} PortView;

/* The port of the node that a container's port takes; 0 if it takes none. */
static int64_t node_port(const Lint *lint, const ContainerPort *port) {
    return port->hostPort || !lint->pod->hostNetwork ? port->hostPort : port->containerPort;
}

static Where port_where(const Lint *lint, const PortView *view, bool host, const Path *path) {
    Path list = path_field(path, view->list), container = path_index(&list, view->containerIndex);
    Path ports = FIELD(&container, "ports"), item = path_index(&ports, view->index);
    bool written = host && node_get(view->port->head.node, S("hostPort"));
    Path at = path_field(&item, written ? S("hostPort") : S("containerPort"));
    return lint_where(lint, &at);
}

enum { PROTOCOLS = 3 };

static size_t protocol_number(Str protocol) {
    return str_eq(protocol, S("UDP")) ? 1 : str_eq(protocol, S("SCTP")) ? 2 : 0;
}

/* Another container with the same port; the server itself warns unless both have a hostPort of their own. */
static void check_same_port(Lint *lint, StrSet sets[PROTOCOLS], const PortView *view, const Path *path) {
    PortView *own = NEW(lint->arena, PortView);
    Str key = {(const char *)&view->port->containerPort, sizeof view->port->containerPort};
    *own = *view;
    const PortView *other = str_set_add(&sets[protocol_number(view->port->protocol)], key, own);
    if (!other || other->container == view->container || other->port->hostPort == view->port->hostPort) return;
    emit_duplicate_port(lint->diags, port_where(lint, view, false, path), .container = view->container->name,
                        .port = str_int(lint->arena, view->port->containerPort), .other = other->container->name);
}

static void check_host_port(Lint *lint, const PortView *view, const Path *path) {
    int64_t replicas = workload_replicas(lint), nodes = node_affinity_nodes(lint->pod);
    Str port = str_int(lint->arena, node_port(lint, view->port));
    Where at = port_where(lint, view, true, path);
    Str hint = view->port->hostPort ? S("remove hostPort and put a Service in front, or use a DaemonSet")
                                    : S("remove hostNetwork and put a Service in front, or use a DaemonSet");
    if (what_if_rollout(lint->document).reason == ROLLOUT_PORT_IS_TAKEN || (nodes > 0 && replicas > nodes)) return;
    if (lint_workload(lint) == WORKLOAD_NODES)
        emit_daemonset_host_port_surge(lint->diags, at, .port = port);
    else if (replicas > 1)
        emit_host_port_replicas(lint->diags, at,
                                .problem = str_format(lint->arena, "%lld pods need as many nodes", (long long)replicas),
                                .port = port, .hint = hint);
    else
        emit_host_port_replicas(lint->diags, at, .problem = S("an update needs a second node"), .port = port, .hint = hint);
}

void lint_ports(Lint *lint, const PodSpec *self, const Path *path) {
    bool surges = workload_surges(lint->document);
    bool conflicts = lint_workload(lint) == WORKLOAD_NODES
                         ? surges
                         : lint_workload(lint) == WORKLOAD_REPLICAS && (surges || workload_replicas(lint) > 1);
    StrSet sets[PROTOCOLS];
    for (size_t i = 0; i < PROTOCOLS; i++) sets[i] = (StrSet){.arena = lint->arena};
    ContainerWalk w;
    for (walk_containers(&w, self, path); walk_next(&w);)
        for (uint32_t i = 0; i < w.container->ports.n && w.role != ROLE_INIT; i++) {
            PortView view = {w.container, &w.container->ports.at[i], w.listPath.name, w.index, i};
            if (!node_port(lint, view.port)) continue;
            if (conflicts) check_host_port(lint, &view, path);
            conflicts = false; /* said once */
            if (view.port->hostPort) check_same_port(lint, sets, &view, path);
        }
}
