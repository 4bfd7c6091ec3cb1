/* What objects say of each other. In go the facts of all objects of a run, a few names and labels each; out come diagnostics at
 * places that the facts remember. The hard part is what is not there: a Service that selects nothing may select what another team
 * deploys, so a rule reports only what cannot be meant, unless the world is closed: the object of the same name is there, or one
 * that differs by a slip of the pen. The other hard part is cost: each object could be compared with each. Labels, names and host
 * ports are indexed by hash, a selector is tried only on the workloads with its rarest label, and every comparison is paid for
 * out of WORLD_WORK, so that hostile input ends with a finding and not with an hour of waiting. */
#include "world.h"

#include "base/near.h"

/* Whether there is anything of a kind near `from`: otherwise it says nothing that a certain one is missing. */
static bool any_near(World *w, const Fact *from, FactKind kind) {
    if (w->closed || w->uncertain) return w->closed;
    const FactList *list = &w->kinds[kind];
    for (uint32_t i = 0; i < list->n; i++)
        if (!list->at[i]->job && are_together(w, from, list->at[i])) return true;
    return false;
}

/* What is_slip costs. */
enum { SLIP_WORK = 20 };

/* Whether one text is the other with a slip of the pen in it. Numbered siblings, such as web-1 and web-2, are none. */
static bool is_slip(Str a, Str b) {
    unsigned limit = a.len < 3 ? 0 : a.len < 8 ? 1 : 2;
    size_t i = 0;
    while (i < a.len && i < b.len && a.at[i] == b.at[i]) i++;
    if ((i == a.len && i == b.len) || (i < a.len && is_digit(a.at[i])) || (i < b.len && is_digit(b.at[i]))) return false;
    return str_distance(a, b, limit) <= limit;
}

/* Whether a selector fits labels but for one of its own, which is there with nearly the same key or value. */
static bool nearly_selects(const FactSelector *selector, StrMap labels) {
    uint32_t slips = 0;
    for (uint32_t i = 0; i < selector->labels.n; i++) {
        const StrPair *wanted = &selector->labels.at[i];
        const Str *found = map_get(labels, wanted->key);
        if (found && str_eq(*found, wanted->value)) continue;
        bool slip = found && is_slip(*found, wanted->value);
        for (uint32_t j = 0; j < labels.n && !found && !slip; j++)
            slip = str_eq(labels.at[j].value, wanted->value) && is_slip(labels.at[j].key, wanted->key);
        if (!slip) return false;
        slips++;
    }
    return slips == 1;
}

/* Whether a selector takes something in the folders around. */
static bool takes_around(World *w, const Fact *from, const FactSelector *selector, FactKind kind) {
    for (uint32_t i = 0; i < w->around.n && w->work >= 0; i++)
        if (w->around.at[i]->kind == kind && world_takes(w, from, selector, w->around.at[i])) return true;
    return false;
}

/* The same for a name. An object that has none yet may be the one that is meant. */
static bool is_around(World *w, const Fact *from, FactKind kind, Str name) {
    for (uint32_t i = 0; i < w->kinds[kind].n && world_spend(w, 1); i++)
        if (w->kinds[kind].at[i]->unnamed && are_together(w, from, w->kinds[kind].at[i])) return true;
    for (uint32_t i = 0; i < w->around.n && world_spend(w, 1); i++) {
        const Fact *fact = w->around.at[i];
        if (fact->kind == kind && str_eq(fact->name, name) && are_together(w, from, fact)) return true;
    }
    return false;
}

/* Whether a selector that world_takes nothing in the run is a mistake: much is selected that operators make, or other runs. It is
 * one if there is an object of the same name, or one that it nearly selects. */
static bool is_astray(World *w, const Fact *from, const FactSelector *selector, FactKind kind) {
    if (w->closed || w->uncertain) return w->closed;
    for (uint32_t i = 0; i < w->kinds[kind].n; i++) {
        const Fact *fact = w->kinds[kind].at[i];
        if (fact->job || !are_together(w, from, fact)) continue;
        if (str_eq(fact->name, from->name) || (world_spend(w, (uint64_t)selector->labels.n * (fact->labels.n + SLIP_WORK)) &&
                                               nearly_selects(selector, fact->labels)))
            return !takes_around(w, from, selector, kind);
    }
    return false;
}

/* The same for a name: the object that is meant has nearly this one, that of the object that names it, or it with another kind;
 * or nothing else is there. */
static bool name_is_astray(World *w, const Fact *from, FactKind kind, Str name) {
    uint32_t near = 0;
    if (w->closed || w->uncertain) return w->closed;
    if (is_around(w, from, kind, name)) return false;
    for (uint32_t i = 0; i < w->kinds[kind].n; i++) {
        const Fact *fact = w->kinds[kind].at[i];
        if (fact->job || !are_together(w, from, fact) || !world_spend(w, SLIP_WORK)) continue;
        if (str_eq(fact->name, from->name) || str_eq(fact->name, name) || is_slip(fact->name, name)) return true;
        near++;
    }
    return near == 1;
}

/* A selector in words: app=web,tier In. */
static Str selector_text(Arena *arena, const FactSelector *selector) {
    Buf buf = {.arena = arena};
    for (uint32_t i = 0; i < selector->labels.n; i++)
        buf_format(&buf, "%s%.*s=%.*s", i ? "," : "", TEXT(selector->labels.at[i].key), TEXT(selector->labels.at[i].value));
    for (uint32_t i = 0; i < selector->conditionCount; i++)
        buf_format(&buf, "%s%.*s %.*s", buf.len ? "," : "", TEXT(selector->conditions[i].key), TEXT(selector->conditions[i].op));
    return buf_text(&buf);
}

static bool is_empty(const FactSelector *selector) {
    return !selector->labels.n && !selector->conditionCount;
}

/* How a selector misses the labels of a workload. */
typedef struct NearMiss {
    uint32_t shared;       /* labels that it has */
    unsigned distance;     /* of the first that it does not have as it is wanted, key or value; NO_LABEL: nothing is like it */
    const StrPair *wanted; /* that one */
    StrPair found;         /* what is there instead */
} NearMiss;

enum { NO_LABEL = 64 };

static NearMiss miss_of(const FactSelector *selector, StrMap labels) {
    NearMiss miss = {.distance = NO_LABEL};
    for (uint32_t i = 0; i < selector->labels.n; i++) {
        const StrPair *wanted = &selector->labels.at[i];
        const Str *found = map_get(labels, wanted->key);
        if (found && str_eq(*found, wanted->value)) {
            miss.shared++;
            continue;
        }
        if (!miss.wanted) miss.wanted = wanted;
        if (found) {
            unsigned distance = str_distance(wanted->value, *found, NO_LABEL - 1);
            if (distance < miss.distance)
                miss.wanted = wanted, miss.distance = distance, miss.found = (StrPair){wanted->key, *found};
            continue;
        }
        for (uint32_t j = 0; j < labels.n; j++)
            if (str_eq(labels.at[j].value, wanted->value) && is_slip(labels.at[j].key, wanted->key))
                miss.wanted = wanted, miss.distance = 1, miss.found = labels.at[j];
    }
    return miss;
}

/* The label by which a selector misses the workload that comes nearest to it, in words: the one that has the most of its labels.
 * Of many workloads only the first are looked at: it is no more than a hint. */
static Str nearest_miss(World *w, const Fact *from, const FactSelector *selector) {
    enum { LOOKED_AT = 500 };
    NearMiss best = {.distance = NO_LABEL};
    const Fact *nearest = NULL;
    for (uint32_t i = 0; i < w->kinds[FACT_WORKLOAD].n && i < LOOKED_AT; i++) {
        const Fact *fact = w->kinds[FACT_WORKLOAD].at[i];
        if (fact->job || !are_together(w, from, fact) ||
            !world_spend(w, (uint64_t)selector->labels.n * (fact->labels.n + SLIP_WORK)))
            continue;
        NearMiss miss = miss_of(selector, fact->labels);
        if (!miss.wanted || miss.shared < best.shared) continue;
        if (miss.shared == best.shared && miss.distance >= best.distance) continue;
        best = miss;
        nearest = fact;
    }
    if (!nearest) return S("");
    Str who = str_format(w->arena, "; the pods of %.*s %.*s", TEXT(nearest->kindName), TEXT(nearest->name));
    if (best.found.key.at)
        return str_format(w->arena, "%.*s have %.*s=%.*s", TEXT(who), TEXT(best.found.key), TEXT(best.found.value));
    return str_format(w->arena, "%.*s have no label %.*s", TEXT(who), TEXT(best.wanted->key));
}

/* Where a selector finds nothing in its own namespace, but pods in another one, in words: one of the two was mistaken. */
static Str pods_elsewhere(World *w, const Fact *from, const FactSelector *selector) {
    FactList some = world_candidates(w, selector);
    for (uint32_t i = 0; i < some.n && !is_empty(selector); i++) {
        const Fact *fact = some.at[i];
        if (!world_one_namespace(from, fact) && world_spend(w, 1) && world_selects(w, selector, fact->labels))
            return str_format(w->arena, "; the pods of %.*s %.*s have, in the namespace %.*s", TEXT(fact->kindName),
                              TEXT(fact->name), TEXT(fact->namespace_));
    }
    return S("");
}

/* The objects of a kind among which are all those that have a label. */
static FactList having(const World *w, const StrPair *label, FactKind kind) {
    if (kind != FACT_WORKLOAD) return w->kinds[kind];
    const Slot *slot = world_slot(&w->labels, world_label_hash(label->key, label->value));
    return (FactList){w->labels.members + slot->first, slot->count, 0};
}

/* The place of the first label of a selector that no object of a kind has near `from`; of the selector if each has one. */
static Where label_at_fault(World *w, const Fact *from, const FactSelector *selector, FactKind kind) {
    for (uint32_t i = 0; i < selector->labels.n; i++) {
        const StrPair *label = &selector->labels.at[i];
        FactList some = having(w, label, kind);
        bool found = false;
        for (uint32_t j = 0; j < some.n && !found; j++) {
            const Fact *fact = some.at[j];
            const Str *value =
                are_together(w, from, fact) && world_spend(w, fact->labels.n) ? map_get(fact->labels, label->key) : NULL;
            found = value && str_eq(*value, label->value);
        }
        if (!found) return selector->labelPlaces[i];
    }
    return selector->where;
}

/* What is to be said of a selector that world_takes no pod, and where; near.at is NULL where it may be right all the same: it is
 * not `astray`, and world_takes none in other namespaces either. Then a rule of its own says so, for those who ask. */
typedef struct Miss {
    Str near; /* what comes nearest, in words */
    Where where;
} Miss;

static Miss nothing_selected(World *w, Fact *from, const FactSelector *selector, bool astray) {
    Str elsewhere = pods_elsewhere(w, from, selector);
    if (elsewhere.len) return (Miss){elsewhere, from->namespaceWhere};
    if (w->uncertain || takes_around(w, from, selector, FACT_WORKLOAD)) return (Miss){0};
    if (!astray) {
        if (w->on[RULE_selector_unmatched] && any_near(w, from, FACT_WORKLOAD))
            emit_selector_unmatched(&from->diags, label_at_fault(w, from, selector, FACT_WORKLOAD), .kind = from->kindName,
                                    .name = from->name, .selector = selector_text(w->arena, selector));
        return (Miss){0};
    }
    return (Miss){nearest_miss(w, from, selector), label_at_fault(w, from, selector, FACT_WORKLOAD)};
}

/* The object of a kind and name in another namespace, in the same folder. */
static const Fact *named_elsewhere(World *w, const Fact *from, FactKind kind, Str name) {
    const Slot *slot = world_slot(&w->names, world_name_hash((uint8_t)kind, name));
    for (uint32_t i = 0; i < slot->count; i++) {
        const Fact *fact = w->names.members[slot->first + i];
        if (fact->kind == kind && str_eq(fact->name, name) && !world_one_namespace(from, fact) && world_spend(w, 1)) return fact;
    }
    return NULL;
}

/* What to write in place of a name that was probably misspelt, before other advice; empty if nothing is near. */
static Str instead(World *w, const Near *near) {
    if (!near->found.len || str_eq(near->found, near->word)) return S("");
    return str_format(w->arena, "did you mean \"%.*s\"? If not, ", TEXT(near->found));
}

/* The same for the name of an object of a kind. */
static Str object_instead(World *w, const Fact *from, FactKind kind, Str name) {
    Near near = near_start(name);
    for (uint32_t i = 0; i < w->kinds[kind].n && world_spend(w, SLIP_WORK); i++)
        if (are_together(w, from, w->kinds[kind].at[i])) near_try(&near, w->kinds[kind].at[i]->name);
    return instead(w, &near);
}

/* For the name of a port of containers. */
static Str port_instead(World *w, const FactList *pods, Str name) {
    Near near = near_start(name);
    for (uint32_t i = 0; i < pods->n && name.len; i++)
        for (uint32_t j = 0; j < pods->at[i]->portCount && world_spend(w, SLIP_WORK); j++)
            near_try(&near, pods->at[i]->ports[j].name);
    return instead(w, &near);
}

/* Services. */

static bool port_fits(const FactPort *target, const FactPort *port) {
    return target->name.len ? str_eq(target->name, port->name) : target->number == port->number;
}

static Str port_text(Arena *arena, const FactPort *port) {
    return port->name.len ? port->name : str_int(arena, port->number);
}

/* The container's port that a Service's port leads to, or NULL. */
static const FactPort *target_port(const Fact *workload, const FactPort *target) {
    for (uint32_t i = 0; i < workload->portCount; i++)
        if (port_fits(target, &workload->ports[i])) return &workload->ports[i];
    return NULL;
}

/* The records of a headless Service lead to all ports of its pods: some of those that it lists may be there only at times. */
static bool is_record(const Fact *service, const FactList *pods) {
    for (uint32_t i = 0; i < service->portCount && service->headless; i++)
        if (target_port(pods->at[0], &service->ports[i])) return true;
    return false;
}

static void check_target(World *w, Fact *service, const FactPort *target, const FactList *pods) {
    bool found = false, protocol = false, declared = false;
    for (uint32_t i = 0; i < pods->n && world_spend(w, 1); i++)
        if (pods->at[i]->open) return;
    for (uint32_t i = 0; i < pods->n && world_spend(w, pods->at[i]->portCount + 1u); i++)
        for (uint32_t j = 0; j < pods->at[i]->portCount; j++) {
            const FactPort *port = &pods->at[i]->ports[j];
            declared = true;
            if (!port_fits(target, port)) continue;
            found = true;
            protocol |= str_eq(target->protocol, port->protocol);
        }
    Str text = port_text(w->arena, target), who = pods->at[0]->name, kind = pods->at[0]->kindName;
    if (!found && target->name.len &&
        !(world_spend(w, (uint64_t)service->portCount * pods->at[0]->portCount) && is_record(service, pods)))
        emit_service_target_port_unresolved(&service->diags, target->where, .kind = kind, .workload = who, .port = text,
                                            .instead = port_instead(w, pods, target->name));
    else if (!found && !target->name.len && declared)
        emit_service_target_port_undeclared(&service->diags, target->where, .kind = kind, .workload = who, .port = text);
    else if (found && !protocol)
        emit_service_target_port_protocol(&service->diags, target->where, .protocol = target->protocol, .port = text,
                                          .kind = kind, .workload = who);
}

static bool share_a_port(const Fact *a, const Fact *b) {
    for (uint32_t i = 0; i < a->portCount; i++)
        for (uint32_t j = 0; j < b->portCount; j++)
            if (a->ports[i].number == b->ports[j].number) return true;
    return !a->portCount || !b->portCount;
}

/* Whether a workload near a Service offers ports, and no Service at all leads there. */
static bool leaves_alone(World *w, const Fact *service) {
    if (w->uncertain) return false;
    for (uint32_t i = 0; i < w->kinds[FACT_WORKLOAD].n; i++) {
        const Fact *workload = w->kinds[FACT_WORKLOAD].at[i], *other;
        if (!workload->job && workload->portCount && are_together(w, service, workload) &&
            !world_selected_by(w, workload, FACT_SERVICE, &other))
            return true;
    }
    return false;
}

/* The ports on which SSH listens by default, and where images without root have it. */
static void check_ssh(World *w, Fact *service) {
    enum { SSH = 22, UNPRIVILEGED_SSH = 2222 };
    for (uint32_t i = 0; w->on[RULE_ssh_port] && i < service->portCount; i++) {
        const FactPort *port = &service->ports[i];
        if (!str_eq(port->protocol, S("TCP"))) continue;
        if (port->number != SSH && port->number != UNPRIVILEGED_SSH && port->outer != SSH) continue;
        emit_ssh_port(&service->diags, port->where, .who = str_join(w->arena, S("the Service "), service->name),
                      .port = str_int(w->arena, port->number ? port->number : port->outer));
    }
}

static void check_service(World *w, Fact *service) {
    check_ssh(w, service);
    if (str_eq(service->type, S("NodePort")) || str_eq(service->type, S("LoadBalancer")))
        emit_exposed_services(&service->diags, service->targetWhere, .name = service->name, .type = service->type);
    if (str_eq(service->type, S("ExternalName"))) return;
    if (is_empty(&service->selector)) {
        emit_service_without_selector(&service->diags, service->selector.where, .name = service->name);
        return;
    }
    FactList pods = world_selected(w, service, &service->selector);
    if (!pods.n) {
        bool astray = is_astray(w, service, &service->selector, FACT_WORKLOAD) || leaves_alone(w, service);
        Miss miss = nothing_selected(w, service, &service->selector, astray);
        if (miss.near.at)
            emit_dangling_service(&service->diags, miss.where, .name = service->name,
                                  .selector = selector_text(w->arena, &service->selector), .near = miss.near);
        return;
    }
    for (uint32_t i = 0; i < service->portCount; i++) check_target(w, service, &service->ports[i], &pods);
    service_pods_check(w, service, &pods);
    for (uint32_t i = 1; i < pods.n; i++) {
        if (!world_spend(w, (uint64_t)pods.at[0]->portCount * pods.at[i]->portCount)) break;
        if (is_same_object(pods.at[0], pods.at[i]) || share_a_port(pods.at[0], pods.at[i])) continue;
        emit_service_spans_workloads(&service->diags, service->selector.where, .name = service->name, .first = pods.at[0]->name,
                                     .second = pods.at[i]->name);
        break;
    }
}

static bool backend_port_known(const Fact *service, const FactPort *backend) {
    if (!backend->name.len && !backend->number) return true;
    for (uint32_t i = 0; i < service->portCount; i++) {
        const FactPort *port = &service->ports[i];
        if (backend->name.len ? str_eq(backend->name, port->owner) : backend->number == port->outer) return true;
    }
    return false;
}

/* For a port of a Service: its own name or number, if it has only one, or the name that is near. */
static Str service_port_instead(World *w, const Fact *service, const FactPort *backend) {
    Near near = near_start(backend->name);
    for (uint32_t i = 0; i < service->portCount && backend->name.len && world_spend(w, SLIP_WORK); i++)
        near_try(&near, service->ports[i].owner);
    if (near.found.len) return instead(w, &near);
    if (service->portCount != 1) return S("");
    return str_format(w->arena, "its port is %lld; ", (long long)service->ports[0].outer);
}

static void check_ingress(World *w, Fact *ingress) {
    if (!ingress->tls) emit_tls_settings_missing(&ingress->diags, ingress->where, .name = ingress->name);
    for (uint32_t i = 0; i < ingress->portCount; i++) {
        const FactPort *backend = &ingress->ports[i];
        /* The AWS load balancer world_takes such a backend from an annotation of the Ingress; it need not be a Service. */
        if (str_eq(backend->name, S("use-annotation"))) continue;
        const Fact *service = world_named(w, ingress, FACT_SERVICE, backend->owner);
        if (!service && name_is_astray(w, ingress, FACT_SERVICE, backend->owner))
            emit_dangling_ingress(&ingress->diags, backend->where, .service = backend->owner,
                                  .instead = object_instead(w, ingress, FACT_SERVICE, backend->owner));
        else if (service && world_spend(w, service->portCount) && !backend_port_known(service, backend))
            emit_ingress_port_unresolved(&ingress->diags, backend->portWhere, .service = backend->owner,
                                         .port = port_text(w->arena, backend),
                                         .instead = service_port_instead(w, service, backend));
    }
}

static void check_monitor(World *w, Fact *monitor) {
    if (is_empty(&monitor->selector) || !is_astray(w, monitor, &monitor->selector, FACT_SERVICE)) return;
    for (uint32_t i = 0; i < w->kinds[FACT_SERVICE].n; i++) {
        const Fact *fact = w->kinds[FACT_SERVICE].at[i];
        if (world_takes(w, monitor, &monitor->selector, fact)) return;
    }
    emit_dangling_servicemonitor(&monitor->diags, label_at_fault(w, monitor, &monitor->selector, FACT_SERVICE),
                                 .name = monitor->name, .selector = selector_text(w->arena, &monitor->selector));
}

/* Network policies. */

static bool port_in_policy(const FactPort *rule, const FactPort *port) {
    if (!str_eq(rule->protocol, port->protocol)) return false;
    if (!rule->name.len && !rule->number) return true;
    if (rule->name.len) return str_eq(rule->name, port->name);
    return port->number == rule->number || (rule->outer && port->number >= rule->number && port->number <= rule->outer);
}

/* Whether a container's port may be reached by a policy's rules for incoming traffic. */
static bool lets_in(const Fact *policy, const FactPort *port) {
    if (policy->openIngress) return true;
    for (uint32_t i = 0; i < policy->portCount; i++)
        if (!policy->ports[i].egress && port_in_policy(&policy->ports[i], port)) return true;
    return false;
}

static void check_policy_names(World *w, Fact *policy, const FactList *pods) {
    for (uint32_t i = 0; i < policy->portCount; i++) {
        const FactPort *rule = &policy->ports[i];
        bool found = !rule->name.len || rule->egress;
        for (uint32_t j = 0; j < pods->n && !found && world_spend(w, pods->at[j]->portCount + 1u); j++)
            for (uint32_t k = 0; k < pods->at[j]->portCount && !found; k++) found = port_in_policy(rule, &pods->at[j]->ports[k]);
        if (!found)
            emit_network_policy_port_unresolved(&policy->diags, rule->where, .kind = pods->at[0]->kindName,
                                                .workload = pods->at[0]->name, .port = rule->name,
                                                .instead = port_instead(w, pods, rule->name));
    }
}

/* Whether any policy near a workload lets a port in. */
static bool some_policy_lets_in(World *w, const Fact *workload, const FactPort *port) {
    for (uint32_t i = 0; i < w->kinds[FACT_NETWORK_POLICY].n; i++) {
        const Fact *policy = w->kinds[FACT_NETWORK_POLICY].at[i];
        if (policy->ingress && world_takes(w, policy, &policy->selector, workload) && world_spend(w, policy->portCount) &&
            lets_in(policy, port))
            return true;
    }
    return false;
}

static void check_policy_against_services(World *w, Fact *policy, const FactList *pods) {
    bool hasRules = false;
    for (uint32_t i = 0; i < policy->portCount; i++) hasRules |= !policy->ports[i].egress;
    if (!policy->ingress || policy->openIngress || !hasRules) return;
    for (uint32_t i = 0; i < w->kinds[FACT_SERVICE].n; i++) {
        const Fact *service = w->kinds[FACT_SERVICE].at[i];
        if (!are_together(w, policy, service) || !world_selects(w, &service->selector, pods->at[0]->labels)) continue;
        bool reached = false, known = false;
        for (uint32_t j = 0; j < service->portCount && !reached && world_spend(w, pods->at[0]->portCount); j++) {
            const FactPort *port = target_port(pods->at[0], &service->ports[j]);
            known |= port != NULL;
            reached = port && some_policy_lets_in(w, pods->at[0], port);
        }
        if (!known || reached) continue;
        emit_network_policy_blocks_service(&policy->diags, policy->ingressWhere, .name = policy->name, .service = service->name,
                                           .workload = pods->at[0]->name);
        return;
    }
}

static bool is_dns(const FactPort *port) {
    return port->egress && ((!port->name.len && !port->number) || port->number == 53 || str_starts(port->name, S("dns")) ||
                            (port->outer && port->number < 53 && port->outer >= 53));
}

static bool allows_dns(const Fact *policy) {
    if (policy->openEgress) return true;
    for (uint32_t i = 0; i < policy->portCount; i++)
        if (is_dns(&policy->ports[i])) return true;
    return false;
}

static bool same_condition(const FactCondition *a, const FactCondition *b) {
    if (!str_eq(a->key, b->key) || !str_eq(a->op, b->op) || a->values.n != b->values.n) return false;
    for (uint32_t i = 0; i < a->values.n; i++)
        if (!str_in(a->values.at[i], b->values.at, b->values.n)) return false;
    return true;
}

/* Whether `wide` selects all that `narrow` selects, as far as their words tell: it asks for no more. */
static bool is_wider(const FactSelector *wide, const FactSelector *narrow) {
    for (uint32_t i = 0; i < wide->labels.n; i++) {
        const Str *value = map_get(narrow->labels, wide->labels.at[i].key);
        if (!value || !str_eq(*value, wide->labels.at[i].value)) return false;
    }
    for (uint32_t i = 0; i < wide->conditionCount; i++) {
        const FactCondition *condition = &wide->conditions[i];
        bool holds = !str_eq(condition->op, S("NotIn")) && !str_eq(condition->op, S("DoesNotExist")) &&
                     fact_selects(&(FactSelector){.present = true, .conditions = condition, .conditionCount = 1}, narrow->labels);
        for (uint32_t j = 0; j < narrow->conditionCount && !holds; j++) holds = same_condition(condition, &narrow->conditions[j]);
        if (!holds) return false;
    }
    return true;
}

/* Policies add up: one that lets DNS out for the same pods is enough. */
static void check_policy_dns(World *w, Fact *policy) {
    const FactPort *first = NULL;
    for (uint32_t i = 0; i < policy->portCount && !first; i++)
        if (policy->ports[i].egress) first = &policy->ports[i];
    if (!policy->egress || allows_dns(policy)) return;
    for (uint32_t i = 0; i < w->kinds[FACT_NETWORK_POLICY].n; i++) {
        const Fact *other = w->kinds[FACT_NETWORK_POLICY].at[i];
        if (!other->egress || !are_together(w, policy, other) || !world_spend(w, other->portCount) || !allows_dns(other))
            continue;
        if (is_wider(&other->selector, &policy->selector)) return;
    }
    if (first)
        emit_network_policy_egress_no_dns(&policy->diags, first->where, .name = policy->name);
    else if (!is_empty(&policy->selector))
        emit_network_policy_no_egress(&policy->diags, policy->egressWhere, .name = policy->name);
}

static void check_policy(World *w, Fact *policy) {
    FactList pods = world_selected(w, policy, &policy->selector);
    bool some = any_near(w, policy, FACT_WORKLOAD);
    Miss miss = pods.n || is_empty(&policy->selector)
                    ? (Miss){0}
                    : nothing_selected(w, policy, &policy->selector, is_astray(w, policy, &policy->selector, FACT_WORKLOAD));
    if (miss.near.at)
        emit_dangling_networkpolicy(&policy->diags, miss.where, .name = policy->name,
                                    .selector = selector_text(w->arena, &policy->selector), .near = miss.near);
    for (uint32_t i = 0; i < policy->peerCount && some; i++)
        if (!is_empty(&policy->peers[i]) && !world_selects_any(w, policy, &policy->peers[i]))
            emit_dangling_networkpolicypeer_podselector(
                &policy->diags, label_at_fault(w, policy, &policy->peers[i], FACT_WORKLOAD), .name = policy->name,
                .selector = selector_text(w->arena, &policy->peers[i]));
    check_policy_dns(w, policy);
    if (!pods.n) return;
    check_policy_names(w, policy, &pods);
    check_policy_against_services(w, policy, &pods);
}

/* Disruption budgets and autoscalers. */

static const Fact *autoscaler_of(World *w, const Fact *workload) {
    const Slot *slot = world_slot(&w->names, world_name_hash(FACT_AUTOSCALER, workload->name));
    for (uint32_t i = 0; i < slot->count; i++) {
        const Fact *fact = w->names.members[slot->first + i];
        if (fact->kind == FACT_AUTOSCALER && are_together(w, fact, workload) && str_eq(fact->targetKind, workload->kindName) &&
            str_eq(fact->targetName, workload->name))
            return fact;
    }
    return NULL;
}

/* A percentage of a number of pods, rounded up, or the number that is written. */
static bool amount_of(Str text, int64_t of, int64_t *out) {
    bool percent = str_ends(text, S("%"));
    if (!int_parse(percent ? (Str){text.at, text.len - 1} : text, 0, INT32_MAX, out)) return false;
    if (percent) *out = (*out * of + 99) / 100;
    return true;
}

static void check_min_available(World *w, Fact *budget, const FactList *pods) {
    int64_t replicas = 0, amount;
    for (uint32_t i = 0; i < pods->n; i++) {
        const Fact *scaler = autoscaler_of(w, pods->at[i]);
        replicas += scaler ? scaler->replicas : pods->at[i]->replicas;
    }
    bool all = str_eq(budget->minAvailable, S("100%"));
    if (!all && (!pods->n || !amount_of(budget->minAvailable, replicas, &amount) || amount < replicas)) return;
    bool only = pods->n && replicas == 1;
    Str kept = only && !all ? S("its only pod")
               : pods->n
                   ? str_format(w->arena, "%.*s of %lld pod%s", TEXT(budget->minAvailable), (long long)replicas, only ? "" : "s")
                   : str_format(w->arena, "%.*s of its pods", TEXT(budget->minAvailable));
    emit_pdb_min_available(&budget->diags, budget->minWhere, .name = budget->name, .kept = kept);
}

static bool is_strict(const Fact *budget) {
    int64_t percent;
    if (str_ends(budget->minAvailable, S("%")) && amount_of(budget->minAvailable, 100, &percent)) return percent > 50;
    return str_ends(budget->maxUnavailable, S("%")) && amount_of(budget->maxUnavailable, 100, &percent) && percent < 50;
}

static void check_budget(World *w, Fact *budget) {
    if (!budget->selector.present) {
        emit_pdb_without_selector(&budget->diags, budget->where, .name = budget->name);
        return;
    }
    FactList pods = world_selected(w, budget, &budget->selector);
    if (!budget->minAvailable.at && !budget->maxUnavailable.at)
        emit_pdb_has_policy(&budget->diags, budget->where, .name = budget->name);
    if (str_eq(budget->maxUnavailable, S("0")) || str_eq(budget->maxUnavailable, S("0%")))
        emit_pdb_max_unavailable(&budget->diags, budget->maxWhere, .name = budget->name, .amount = budget->maxUnavailable);
    if (budget->minAvailable.at) check_min_available(w, budget, &pods);
    if (is_strict(budget))
        emit_pdb_too_strict(&budget->diags, budget->minAvailable.at ? budget->minWhere : budget->maxWhere, .name = budget->name,
                            .amount = budget->minAvailable.at ? budget->minAvailable : budget->maxUnavailable);
    if (!budget->evictionPolicy.at) emit_pdb_unhealthy_pod_eviction_policy(&budget->diags, budget->where, .name = budget->name);
    bool open = pods.n || is_empty(&budget->selector);
    Miss miss =
        open ? (Miss){0} : nothing_selected(w, budget, &budget->selector, is_astray(w, budget, &budget->selector, FACT_WORKLOAD));
    if (miss.near.at)
        emit_dangling_pdb(&budget->diags, miss.where, .name = budget->name,
                          .selector = selector_text(w->arena, &budget->selector), .near = miss.near);
    for (uint32_t i = 0; i < w->kinds[FACT_DISRUPTION_BUDGET].n && pods.n; i++) {
        const Fact *other = w->kinds[FACT_DISRUPTION_BUDGET].at[i];
        if (other == budget) break;
        if (!are_together(w, other, budget) || is_same_object(other, budget)) continue;
        if (!world_selects(w, &other->selector, pods.at[0]->labels)) continue;
        emit_multiple_pdbs(&budget->diags, budget->selector.where, .name = budget->name, .other = other->name,
                           .workload = pods.at[0]->name);
        break;
    }
}

static bool is_scalable(const Kind *kind) {
    return kind && kind->workload == WORKLOAD_REPLICAS;
}

static void check_autoscaler(World *w, Fact *scaler) {
    if (scaler->replicas == scaler->maxReplicas)
        emit_hpa_min_equals_max(&scaler->diags, scaler->replicasWhere, .name = scaler->name,
                                .max = str_int(w->arena, scaler->maxReplicas));
    if (scaler->replicas < 3)
        emit_hpa_minimum_three_replicas(&scaler->diags, scaler->replicasWhere, .name = scaler->name,
                                        .replicas = str_int(w->arena, scaler->replicas));
    bool elsewhere = named_elsewhere(w, scaler, FACT_WORKLOAD, scaler->targetName) != NULL;
    if (!is_scalable(schema_kind(scaler->targetKind)) || !scaler->targetName.len) return;
    const Slot *slot = world_slot(&w->names, world_name_hash(FACT_WORKLOAD, scaler->targetName));
    for (uint32_t i = 0; i < slot->count; i++) {
        const Fact *fact = w->names.members[slot->first + i];
        if (fact->kind != FACT_WORKLOAD || !are_together(w, scaler, fact) || !str_eq(fact->kindName, scaler->targetKind))
            continue;
        autoscaler_metrics_check(w, scaler, fact);
        return;
    }
    if (elsewhere || name_is_astray(w, scaler, FACT_WORKLOAD, scaler->targetName))
        emit_dangling_horizontalpodautoscaler(&scaler->diags, elsewhere ? scaler->namespaceWhere : scaler->targetWhere,
                                              .name = scaler->name, .kind = scaler->targetKind, .target = scaler->targetName,
                                              .instead = object_instead(w, scaler, FACT_WORKLOAD, scaler->targetName));
}

/* Workloads. */

/* Whether one of the objects that a reference may mean has its key: a folder may hold several of one name to choose from, and one
 * without any key is filled by somebody else. */
static bool any_has_key(World *w, const Fact *workload, const FactReference *reference) {
    if (workload->open) return true;
    const Slot *slot = world_slot(&w->names, world_name_hash(reference->kind, reference->name));
    for (uint32_t i = 0; i < slot->count; i++) {
        const Fact *fact = w->names.members[slot->first + i];
        if (fact->kind != reference->kind || !str_eq(fact->name, reference->name) || !are_together(w, workload, fact)) continue;
        if (fact->open || !fact->keys.n || (world_spend(w, fact->keys.n) && str_in(reference->key, fact->keys.at, fact->keys.n)))
            return true;
    }
    return false;
}

/* The key that was meant by one that no object of the name has. */
static Str key_instead(World *w, const Fact *workload, const FactReference *reference) {
    const Slot *slot = world_slot(&w->names, world_name_hash(reference->kind, reference->name));
    Near near = near_start(reference->key);
    for (uint32_t i = 0; i < slot->count; i++) {
        const Fact *fact = w->names.members[slot->first + i];
        if (fact->kind != reference->kind || !str_eq(fact->name, reference->name) || !are_together(w, workload, fact)) continue;
        for (uint32_t j = 0; j < fact->keys.n && world_spend(w, SLIP_WORK); j++) near_try(&near, fact->keys.at[j]);
    }
    return instead(w, &near);
}

static bool ends_word(Str text, size_t at) {
    return at >= text.len || text.at[at] == '-' || text.at[at] == '.';
}

/* Whether two names of objects differ by a slip of the pen: in one word of theirs, which is long enough to be no other word.
 * Names of siblings, such as cache-a and cache-b, do not. */
static bool is_misspelt(Str a, Str b) {
    enum { SHORTEST = 3 };
    size_t start = 0, aEnd, bEnd;
    if (!is_slip(a, b)) return false;
    for (size_t i = 0; i < a.len && i < b.len && a.at[i] == b.at[i]; i++)
        if (a.at[i] == '-' || a.at[i] == '.') start = i + 1;
    for (aEnd = start; !ends_word(a, aEnd); aEnd++) {
    }
    for (bEnd = start; !ends_word(b, bEnd); bEnd++) {
    }
    Str left = {a.at + start, aEnd - start}, right = {b.at + start, bEnd - start};
    if (left.len < SHORTEST || right.len < SHORTEST || left.len + right.len == 2 * SHORTEST) return false;
    return str_distance(left, right, 1) <= 1;
}

/* The only object of a kind whose name is the misspelt one written right; NULL if there is none. */
static const Fact *misspelt(World *w, const Fact *from, const FactReference *reference) {
    const Fact *found = NULL;
    const FactList *list = &w->kinds[reference->kind];
    for (uint32_t i = 0; i < list->n && !w->uncertain && world_spend(w, SLIP_WORK); i++) {
        if (!are_together(w, from, list->at[i]) || !is_misspelt(reference->name, list->at[i]->name)) continue;
        if (found && !str_eq(found->name, list->at[i]->name)) return NULL;
        found = list->at[i];
    }
    return found;
}

static void check_reference(World *w, Fact *workload, const FactReference *reference) {
    const Fact *found = world_named(w, workload, (FactKind)reference->kind, reference->name);
    Str word = fact_kind_name((FactKind)reference->kind);
    if (found && reference->key.len && !reference->optional && !any_has_key(w, workload, reference))
        emit_config_key_missing(&workload->diags, reference->where, .kind = word, .name = reference->name, .key = reference->key,
                                .instead = key_instead(w, workload, reference));
    if (found || reference->key.len || reference->optional) return;
    if (is_around(w, workload, (FactKind)reference->kind, reference->name)) return;
    const Fact *elsewhere = named_elsewhere(w, workload, (FactKind)reference->kind, reference->name);
    if (elsewhere && reference->kind != FACT_SERVICE_ACCOUNT && !w->uncertain) {
        emit_reference_other_namespace(&workload->diags, reference->where, .kind = word, .name = reference->name,
                                       .namespace = workload->namespace_, .other = elsewhere->namespace_);
        return;
    }
    const Fact *meant = w->on[RULE_reference_misspelt] ? misspelt(w, workload, reference) : NULL;
    if (meant) {
        emit_reference_misspelt(&workload->diags, reference->where, .kind = word, .name = reference->name, .meant = meant->name);
        return;
    }
    if (!any_near(w, workload, (FactKind)reference->kind) && (!elsewhere || w->uncertain)) return;
    Str other = object_instead(w, workload, (FactKind)reference->kind, reference->name);
    if (reference->kind == FACT_SERVICE_ACCOUNT)
        emit_non_existent_service_account(&workload->diags, reference->where, .name = reference->name, .instead = other);
    else if (str_has(reference->where.path, S(".env[")) || str_has(reference->where.path, S(".envFrom[")))
        emit_env_var_value_from(&workload->diags, reference->where, .kind = word, .name = reference->name, .instead = other);
    else
        emit_volume_source_missing(&workload->diags, reference->where, .kind = word, .name = reference->name, .instead = other);
}

static bool is_daemon_set(const Fact *fact) {
    return fact->known->workload == WORKLOAD_NODES;
}

static bool source_sets(World *w, const Fact *workload, const FactSource *source, Str variable) {
    const Fact *object = world_named(w, workload, (FactKind)source->kind, source->name);
    if (!object || !str_starts(variable, source->prefix)) return false;
    return world_spend(w, object->keys.n) && str_in(str_slice(variable, source->prefix.len), object->keys.at, object->keys.n);
}

/* What sets a variable that the source number `from` sets too, and wins, in words; empty if nothing does. */
static Str winner(World *w, const Fact *workload, const FactEnvironment *all, uint32_t from, Str variable) {
    if (!world_spend(w, all->own.n) || str_in(variable, all->own.at, all->own.n)) return S("env");
    for (uint32_t i = from + 1; i < all->sourceCount; i++)
        if (source_sets(w, workload, &all->sources[i], variable)) return all->sources[i].name;
    return S("");
}

static void check_shadows(World *w, Fact *workload, const FactEnvironment *all) {
    for (uint32_t i = 0; i < all->sourceCount; i++) {
        const FactSource *source = &all->sources[i];
        const Fact *object = world_named(w, workload, (FactKind)source->kind, source->name);
        for (uint32_t j = 0; object && j < object->keys.n; j++) {
            Str key = object->keys.at[j];
            Str variable = str_format(w->arena, "%.*s%.*s", TEXT(source->prefix), TEXT(key));
            Str other = winner(w, workload, all, i, variable);
            if (!other.len) continue;
            emit_env_from_shadowed(&workload->diags, source->where, .variable = variable, .source = source->name,
                                   .winner = other);
            break;
        }
    }
}

/* Both controllers would take the other's pods for their own. */
static void check_overlap(World *w, Fact *workload) {
    FactList some = world_candidates(w, &workload->selector);
    for (uint32_t i = 0; i < some.n && some.at[i] != workload && w->work >= 0; i++) {
        const Fact *other = some.at[i];
        if (!world_takes(w, workload, &workload->selector, other) || is_same_object(workload, other)) continue;
        if (!world_selects(w, &other->selector, workload->labels)) continue;
        if (is_daemon_set(workload) && is_daemon_set(other)) continue; /* each for other nodes */
        emit_selector_overlap(&workload->diags, workload->selector.where, .kind = other->kindName, .name = other->name,
                              .selector = selector_text(w->arena, &workload->selector));
        return;
    }
}

/* Whether another workload world_takes the same port of a node. */
static bool takes_port(World *w, const FactPort *port, const Fact *other) {
    for (uint32_t i = 0; i < other->portCount && world_spend(w, 1); i++) {
        const FactPort *rival = &other->ports[i];
        bool address = !port->hostIP.len || !rival->hostIP.len || str_eq(port->hostIP, rival->hostIP);
        if (rival->outer == port->outer && address && str_eq(rival->protocol, port->protocol)) return true;
    }
    return false;
}

static void check_host_ports(World *w, Fact *workload) {
    for (uint32_t i = 0; i < workload->portCount; i++) {
        const FactPort *port = &workload->ports[i];
        const Slot *slot = world_slot(&w->hostPorts, (uint32_t)port->outer);
        for (uint32_t j = 0; port->outer && j < slot->count && world_spend(w, 1); j++) {
            const Fact *other = w->hostPorts.members[slot->first + j];
            if (other == workload) break;
            if (is_same_object(workload, other) || !takes_port(w, port, other)) continue;
            emit_host_port_conflict(&workload->diags, port->where, .port = str_int(w->arena, port->outer),
                                    .kind = other->kindName, .name = other->name);
            return;
        }
    }
}

static Str statefulset_problem(World *w, const Fact *workload, const Fact *service) {
    if (!workload->type.len) return S("has no serviceName");
    const char *what = !service ? "is not here" : !service->headless ? "is not headless" : "does not select its pods";
    return str_format(w->arena, "names the Service %.*s, which %s", TEXT(workload->type), what);
}

/* Each pod of a StatefulSet has a name of its own in the DNS if serviceName is a headless Service that selects it. */
static void check_stateful_set(World *w, Fact *workload) {
    const Fact *service = workload->type.len ? world_named(w, workload, FACT_SERVICE, workload->type) : NULL, *other;
    bool selected = service && world_selects(w, &service->selector, workload->labels);
    bool strict = w->on[RULE_statefulset_has_servicename] && any_near(w, workload, FACT_SERVICE);
    if (service && service->headless && selected) return;
    if (strict)
        emit_statefulset_has_servicename(&workload->diags, workload->targetWhere,
                                         .problem = statefulset_problem(w, workload, service));
    else if (workload->replicas < 2)
        return; /* a single pod is reached by the Service */
    else if (service)
        emit_statefulset_service_unfit(&workload->diags, workload->targetWhere, .service = workload->type,
                                       .problem = !selected ? S("does not select them") : S("is not headless"),
                                       .hint = !selected ? S("give the Service the labels of the pods as selector")
                                                         : S("name a Service with clusterIP: None, beside the one for clients"));
    else if (workload->type.len && !w->uncertain && world_selected_by(w, workload, FACT_SERVICE, &other))
        emit_statefulset_service_unfit(
            &workload->diags, workload->targetWhere, .service = workload->type, .problem = S("is not here"),
            .hint = other->headless ? str_format(w->arena, "write serviceName: %.*s", TEXT(other->name))
                                    : str_format(w->arena, "add a Service %.*s with clusterIP: None and the selector of %.*s",
                                                 TEXT(workload->type), TEXT(other->name)));
}

/* Programs that close their listening sockets at once when they are told to stop, by TERM or by the signal that their images ask
 * for instead, and that have no setting to wait: nginx (fast and graceful shutdown alike), httpd, memcached and envoy, by their
 * manuals. By what the program or the last part of its image is called. */
static bool closes_at_once(Str program) {
    static const Str names[] = {STR("nginx"), STR("nginx-unprivileged"), STR("httpd"), STR("memcached"), STR("envoy")};
    return str_in(program, names, COUNT(names));
}

/* The container that a port belongs to, if it refuses connections as soon as it is told to stop. */
static const FactContainer *refuser(const Fact *workload, const FactPort *port) {
    for (uint32_t i = 0; i < workload->containerCount; i++) {
        const FactContainer *container = &workload->containers[i];
        if (str_eq(container->name, port->owner) && !container->stops && closes_at_once(container->program)) return container;
    }
    return NULL;
}

/* Whether other pods answer while one goes, so that a pod that waits closes a gap. */
static bool has_others(const Fact *workload) {
    return workload->surges || workload->replicas >= 2;
}

static void check_behind_service(World *w, Fact *workload) {
    const Fact *service;
    if (workload->job || !is_scalable(workload->known) || !world_selected_by(w, workload, FACT_SERVICE, &service)) return;
    for (uint32_t i = 0; i < service->portCount && world_spend(w, workload->portCount + workload->containerCount); i++) {
        const FactPort *port = target_port(workload, &service->ports[i]);
        if (!port || port->stops) continue;
        const FactContainer *container = w->on[RULE_stops_before_requests] ? refuser(workload, port) : NULL;
        if (container && has_others(workload) && !service->headless && !service->publishesNotReady) {
            emit_stops_before_requests(&workload->diags, container->imageWhere, .container = container->name,
                                       .service = service->name);
            return;
        }
        emit_no_prestop_behind_service(&workload->diags, port->where, .container = port->owner, .service = service->name);
        return;
    }
}

static void check_isolation(World *w, Fact *workload) {
    bool ingress = false, egress = false;
    for (uint32_t i = 0; i < w->kinds[FACT_NETWORK_POLICY].n; i++) {
        const Fact *policy = w->kinds[FACT_NETWORK_POLICY].at[i];
        if (!are_together(w, policy, workload)) continue;
        if (!is_empty(&policy->selector) && !world_selects(w, &policy->selector, workload->labels)) continue;
        ingress |= policy->ingress;
        egress |= policy->egress;
    }
    if (ingress && egress) return;
    emit_non_isolated_pod(&workload->diags, workload->where,
                          .direction = ingress  ? S("egress")
                                       : egress ? S("ingress")
                                                : S("ingress or egress"),
                          .kind = workload->kindName, .name = workload->name);
}

static void check_workload(World *w, Fact *workload) {
    const Fact *budget;
    for (uint32_t i = 0; i < workload->referenceCount; i++) check_reference(w, workload, &workload->references[i]);
    for (uint32_t i = 0; w->on[RULE_env_from_shadowed] && i < workload->environmentCount; i++)
        check_shadows(w, workload, &workload->environments[i]);
    check_overlap(w, workload);
    check_host_ports(w, workload);
    if (workload->known->number == KIND_StatefulSet) check_stateful_set(w, workload);
    service_users_check(w, workload);
    claims_check(w, workload);
    tokens_check(w, workload);
    if (w->on[RULE_no_prestop_behind_service] || w->on[RULE_stops_before_requests]) check_behind_service(w, workload);
    if (w->on[RULE_non_isolated_pod]) check_isolation(w, workload);
    bool highlyAvailable = w->on[RULE_no_pod_disruption_budget] && is_scalable(workload->known) && workload->replicas >= 2;
    if (highlyAvailable && !world_selected_by(w, workload, FACT_DISRUPTION_BUDGET, &budget))
        emit_no_pod_disruption_budget(&workload->diags, workload->where, .kind = workload->kindName, .name = workload->name,
                                      .replicas = str_int(w->arena, workload->replicas));
    const Fact *scaler = workload->hasReplicas ? autoscaler_of(w, workload) : NULL;
    if (scaler)
        emit_hpa_replicas_conflict(&workload->diags, workload->replicasWhere, .replicas = str_int(w->arena, workload->replicas),
                                   .scaler = scaler->name);
}

static void check_fact(World *w, Fact *fact) {
    switch ((FactKind)fact->kind) {
    case FACT_WORKLOAD: check_workload(w, fact); break;
    case FACT_SERVICE: check_service(w, fact); break;
    case FACT_INGRESS: check_ingress(w, fact); break;
    case FACT_NETWORK_POLICY: check_policy(w, fact); break;
    case FACT_DISRUPTION_BUDGET: check_budget(w, fact); break;
    case FACT_AUTOSCALER: check_autoscaler(w, fact); break;
    case FACT_SERVICE_MONITOR: check_monitor(w, fact); break;
    case FACT_SERVICE_ACCOUNT:
    case FACT_CONFIG_MAP:
    case FACT_SECRET:
    case FACT_CLAIM:
    case FACT_OTHER:
    case FACT_KINDS: break;
    }
}

/* Compares the objects of one world. Once its work is used up nothing is true any more that was said of the last object. */
static void check_world(World *w) {
    w->work = WORLD_WORK;
    world_index(w);
    duplicates_check(w);
    ingress_paths_check(w);
    for (uint32_t i = 0; i < w->count; i++) {
        Fact *fact = w->facts[i];
        uint32_t before = fact->diags.items.n;
        check_fact(w, fact);
        if (w->work >= 0) continue;
        fact->diags.items.n = before;
        emit_objects_stopped(&fact->diags, fact->where, .count = str_int(w->arena, w->count), .kind = fact->kindName,
                             .name = fact->name);
        return;
    }
}

void objects_check(Arena *arena, const bool *on, const ObjectWorld *worlds, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        World w = {.arena = arena,
                   .on = on,
                   .facts = worlds[i].facts,
                   .count = worlds[i].count,
                   .around = worlds[i].around,
                   .closed = worlds[i].closed,
                   .uncertain = worlds[i].uncertain};
        check_world(&w);
    }
}
