/* Ports that the API server warns of: the same port, or the same name, more than once in a pod. */
#include "str_set.h"
#include "warning.h"

#define TEXT(s) (int)(s).len, (s).at

typedef struct PortRef {
    const ContainerPort *port;
    Str list;
    uint32_t container, index;
    uint32_t next; /* an earlier port with the same hash, + 1 */
} PortRef;

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
        return emit_warn_port_twice(c->diags, port_where(p, ref, "containerPort"), port_text(c->arena, a));
    if (!a->hostPort || !b->hostPort)
        return emit_warn_port_overlap(c->diags, port_where(p, ref, "containerPort"), port_text(c->arena, a));
    if (a->hostPort != b->hostPort || (a->hostIP.len && b->hostIP.len)) return NULL;
    return emit_warn_port_ambiguous(c->diags, port_where(p, ref, "hostPort"), str_int(c->arena, a->hostPort),
                                    shown(c->arena, a->hostIP.len ? a->hostIP : b->hostIP));
}

/* Compares a port with the earlier ones of its number and protocol. What one like itself has met is not said again. */
static void check_port_pairs(const PodText *p, PortRef *refs, uint32_t i, uint32_t *heads, uint32_t mask) {
    const ContainerPort *port = refs[i].port;
    uint32_t *head = &heads[((uint32_t)port->containerPort ^ str_hash(port->protocol)) & mask];
    refs[i].next = *head;
    *head = i + 1;
    for (uint32_t j = refs[i].next; j; j = refs[j - 1].next) {
        const PortRef *earlier = &refs[j - 1];
        if (earlier->port->containerPort != port->containerPort || !str_eq(earlier->port->protocol, port->protocol)) continue;
        Diag *diag = warn_port_pair(p, &refs[i], earlier);
        if (diag) diag_note(p->c->diags, diag, port_where(p, earlier, "containerPort").span, S("also listed here"));
        if (diag && diag->rule == RULE_warn_port_twice) return;
    }
}

void check_port_warnings(const PodText *p) {
    enum { FEW_PORTS = 16, SLOTS = 64 };
    PortRef few[FEW_PORTS], *refs = few;
    uint32_t slots[SLOTS] = {0}, *heads = slots, size = SLOTS, total = 0, n = 0;
    Check *c = p->c;
    for (uint32_t i = 0, count = container_count(p->spec); i < count; i++) total += container_view(p->spec, i).ports.n;
    if (total == 0) return;
    if (total > FEW_PORTS) {
        while (size < total) size *= 2;
        refs = NEW_ARRAY(c->arena, PortRef, total);
        heads = NEW_ARRAY(c->arena, uint32_t, size);
    }
    for (uint32_t i = 0, count = container_count(p->spec); i < count; i++) {
        ContainerView container = container_view(p->spec, i);
        for (uint32_t j = 0; j < container.ports.n; j++) {
            const ContainerPort *port = &container.ports.at[j];
            refs[n++] = (PortRef){port, container.list, container.index, j, 0};
        }
    }
    StrSet names = {.arena = c->arena};
    for (uint32_t i = 0; i < total; i++) {
        const ContainerPort *port = refs[i].port;
        if (port->hostIP.len && !port->hostPort)
            emit_warn_host_ip_alone(c->diags, port_where(p, &refs[i], "hostIP"), shown(c->arena, port->hostIP));
        check_port_pairs(p, refs, i, heads, size - 1);
        const PortRef *first = port->name.len && c->minor >= 33 ? str_set_add(&names, port->name, &refs[i]) : NULL;
        if (!first) continue;
        Diag *diag = emit_warn_port_name_twice(c->diags, port_where(p, &refs[i], "name"), shown(c->arena, port->name));
        diag_note(c->diags, diag, port_where(p, first, "name").span, S("this one is used"));
    }
}
