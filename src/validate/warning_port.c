/* Ports that the API server warns of: the same port, or the same name, more than once in a pod. */
#include "base/str_set.h"
#include "warning.h"

typedef struct PortRef {
    const ContainerPort *port;
    Str list;
    uint32_t container, index;
} PortRef;

enum { FEW_PORTS = 16, FEW_SLOTS = 64, ANY_HOST_PORT = -1 };

/* An entry of the hash of ports. */
typedef struct PortLink {
    const PortRef *ref;
    int64_t hostPort; /* that it stands for: its own, or ANY_HOST_PORT */
    uint32_t next;    /* number of another one with the same hash, + 1 */
} PortLink;

/* The ports seen so far, by number, protocol and hostPort; the first of each hostPort also without it. */
typedef struct PortHash {
    PortLink *links;
    uint32_t *heads, mask, n;
} PortHash;

static Where port_where(const PodText *p, const PortRef *ref, const char *field) {
    Path list = path_field(p->specPath, ref->list), container = path_index(&list, ref->container);
    Path ports = FIELD(&container, "ports"), item = path_index(&ports, ref->index);
    Path at = path_field(&item, str_of(field));
    return where_printed(p->c, &at, &item);
}

static Str port_text(Arena *arena, const ContainerPort *port) {
    return str_format(arena, "%lld/%.*s", (long long)port->containerPort, TEXT(shown(arena, port->protocol)));
}

/* What is wrong with two entries for the same port and protocol of a pod. */
static Diag *warn_port_pair(const PodText *p, const PortRef *ref, const PortRef *earlier) {
    Check *c = p->c;
    const ContainerPort *a = ref->port, *b = earlier->port;
    if (a->hostPort == b->hostPort && str_eq(a->hostIP, b->hostIP))
        return emit_warn_port_twice(c->diags, port_where(p, ref, "containerPort"), .port = port_text(c->arena, a));
    if (!a->hostPort || !b->hostPort)
        return emit_warn_port_overlap(c->diags, port_where(p, ref, "containerPort"), .port = port_text(c->arena, a));
    if (a->hostPort != b->hostPort || (a->hostIP.len && b->hostIP.len)) return NULL;
    return emit_warn_port_ambiguous(c->diags, port_where(p, ref, "hostPort"), .hostPort = str_int(c->arena, a->hostPort),
                                    .ip = shown(c->arena, a->hostIP.len ? a->hostIP : b->hostIP));
}

static uint32_t *port_head(const PortHash *hash, const ContainerPort *port, int64_t hostPort) {
    uint32_t mixed = str_hash(port->protocol) ^ (uint32_t)port->containerPort * 2654435761u ^ (uint32_t)hostPort * 2246822519u;
    return &hash->heads[(mixed ^ mixed >> 15) & hash->mask];
}

static void enter_port(PortHash *hash, const PortRef *ref, int64_t hostPort) {
    uint32_t *head = port_head(hash, ref->port, hostPort);
    hash->links[hash->n++] = (PortLink){ref, hostPort, *head};
    *head = hash->n;
}

/* Compares a port with those seen that have its number and protocol and this hostPort, until one is worth a warning. `wasSeen` is
 * set if there are any. */
static bool meet_ports(const PodText *p, const PortHash *hash, const PortRef *ref, int64_t hostPort, bool *wasSeen) {
    for (uint32_t i = *port_head(hash, ref->port, hostPort); i; i = hash->links[i - 1].next) {
        const PortLink *link = &hash->links[i - 1];
        const ContainerPort *port = link->ref->port;
        if (link->hostPort != hostPort || port->containerPort != ref->port->containerPort) continue;
        if (!str_eq(port->protocol, ref->port->protocol)) continue;
        *wasSeen = true;
        Diag *diag = warn_port_pair(p, ref, link->ref);
        if (!diag) continue;
        diag_note(p->c->diags, diag, port_where(p, link->ref, "containerPort").span, S("also listed here"));
        return true;
    }
    return false;
}

/* A port gets along with others of its number and protocol if both have a hostPort and these differ. */
static void check_port_pairs(const PodText *p, PortHash *hash, const PortRef *ref) {
    int64_t hostPort = ref->port->hostPort;
    bool wasSeen = false;
    if (!meet_ports(p, hash, ref, hostPort, &wasSeen)) meet_ports(p, hash, ref, hostPort ? 0 : ANY_HOST_PORT, &wasSeen);
    enter_port(hash, ref, hostPort);
    if (!wasSeen) enter_port(hash, ref, ANY_HOST_PORT);
}

static void check_name_is_free(const PodText *p, StrSet *names, const PortRef *ref) {
    Check *c = p->c;
    if (!ref->port->name.len || c->minor < 33) return;
    const PortRef *first = str_set_add(names, ref->port->name, ref);
    if (!first) return;
    Diag *diag = emit_warn_port_name_twice(c->diags, port_where(p, ref, "name"), .name = shown(c->arena, ref->port->name));
    diag_note(c->diags, diag, port_where(p, first, "name").span, S("this one is used"));
}

void check_port_warnings(const PodText *p) {
    PortRef fewRefs[FEW_PORTS], *refs = fewRefs;
    PortLink fewLinks[2 * FEW_PORTS];
    uint32_t fewHeads[FEW_SLOTS] = {0}, slots = FEW_SLOTS, total = 0, n = 0;
    Check *c = p->c;
    ContainerWalk w;
    for (walk_all_containers(&w, p->spec, p->specPath); walk_next(&w);) total += w.container->ports.n;
    PortHash hash = {fewLinks, fewHeads, 0, 0};
    if (total > FEW_PORTS) {
        while (slots < 2 * total) slots *= 2;
        refs = NEW_ARRAY(c->arena, PortRef, total);
        hash.links = NEW_ARRAY(c->arena, PortLink, 2 * total);
        hash.heads = NEW_ARRAY(c->arena, uint32_t, slots);
    }
    hash.mask = slots - 1;
    StrSet names = {.arena = c->arena};
    for (walk_all_containers(&w, p->spec, p->specPath); walk_next(&w);)
        for (uint32_t i = 0; i < w.container->ports.n; i++) {
            const ContainerPort *port = &w.container->ports.at[i];
            PortRef *ref = &refs[n++];
            *ref = (PortRef){port, w.listPath.name, w.index, i};
            if (port->hostIP.len && !port->hostPort)
                emit_warn_host_ip_alone(c->diags, port_where(p, ref, "hostIP"), .ip = shown(c->arena, port->hostIP));
            check_port_pairs(p, &hash, ref);
            check_name_is_free(p, &names, ref);
        }
}
