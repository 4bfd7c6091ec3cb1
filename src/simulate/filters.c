#include "filters.h"

#include "validate/areas.h"

typedef struct Domain {
    Str value; /* of the topology key */
    int64_t pods;
} Domain;

/* A topology spread constraint, with the pods that are there. */
struct Spread {
    const TopologySpreadConstraint *constraint;
    LabelSelector selector;
    bool hasSelector;
    Domain *domains;
    uint32_t domainCount;
    int64_t fewest; /* pods in a domain */
};

void filter_refuse(const Candidate *candidate, Verdict *verdict, const char *reason, bool helpless) {
    ARRAY_PUSH(candidate->arena, &verdict->reasons, str_of(reason));
    verdict->helpless |= helpless;
}

/* Whether the pod counts in this look at the cluster. */
static bool is_there(const Candidate *candidate, const ClusterPod *pod) {
    return !candidate->gone || !candidate->gone[pod - candidate->cluster->pods.at];
}

/* The next pod of a node after `pod`, or the first one after NULL; NULL at the end. */
static const ClusterPod *next_pod(const Candidate *candidate, uint32_t number, const ClusterPod *pod) {
    const ClusterNode *node = &candidate->cluster->nodes.at[number];
    if (!node->podCount) return NULL;
    const ClusterPod *first = candidate->cluster->pods.at + node->pods, *end = first + node->podCount;
    for (pod = pod ? pod + 1 : first; pod < end; pod++)
        if (is_there(candidate, pod)) return pod;
    return NULL;
}

/* Taints (plugins/nodeunschedulable, plugins/tainttoleration). */

static bool tolerates(const Toleration *toleration, const Taint *taint) {
    if (toleration->effect.len && !str_eq(toleration->effect, taint->effect)) return false;
    if (toleration->key.len && !str_eq(toleration->key, taint->key)) return false;
    if (str_eq(toleration->operator, S("Exists"))) return true;
    return (!toleration->operator.len || str_eq(toleration->operator, S("Equal"))) && str_eq(toleration->value, taint->value);
}

static bool tolerated(const PodSpec *spec, const Taint *taint) {
    for (uint32_t i = 0; i < spec->tolerations.n; i++)
        if (tolerates(&spec->tolerations.at[i], taint)) return true;
    return false;
}

static bool keeps_out(const Taint *taint) {
    return str_eq(taint->effect, S("NoSchedule")) || str_eq(taint->effect, S("NoExecute"));
}

/* Taints that nodes have for a time: while they start, are ill, cordoned or about to go. */
static bool is_passing(Str key) {
    static const Str beginnings[] = {STR("node.kubernetes.io/"), STR("node.cloudprovider.kubernetes.io/"), STR("ToBeDeletedBy"),
                                     STR("DeletionCandidateOf"), STR("karpenter.sh/")};
    for (size_t i = 0; i < COUNT(beginnings); i++)
        if (str_starts(key, beginnings[i])) return true;
    return false;
}

static bool taints_tolerated(const PodSpec *spec, const ClusterNode *node) {
    for (uint32_t i = 0; i < node->taints.n; i++)
        if (keeps_out(&node->taints.at[i]) && !tolerated(spec, &node->taints.at[i])) return false;
    return true;
}

static void filter_name(const Candidate *candidate, uint32_t number, Verdict *verdict) {
    Str wanted = candidate->spec->nodeName;
    if (wanted.len && !str_eq(wanted, candidate->cluster->nodes.at[number].name))
        filter_refuse(candidate, verdict, "node(s) didn't match the requested node name", true);
}

static void filter_unschedulable(const Candidate *candidate, uint32_t number, Verdict *verdict) {
    const Taint taint = {.key = S("node.kubernetes.io/unschedulable"), .effect = S("NoSchedule")};
    if (candidate->cluster->nodes.at[number].unschedulable && !tolerated(candidate->spec, &taint))
        filter_refuse(candidate, verdict, "node(s) were unschedulable", true);
}

static void filter_taints(const Candidate *candidate, uint32_t number, Verdict *verdict) {
    if (!taints_tolerated(candidate->spec, &candidate->cluster->nodes.at[number]))
        filter_refuse(candidate, verdict, "node(s) had untolerated taint(s)", true);
}

/* Node selectors and node affinity (plugins/nodeaffinity). */

void filter_affinity(const Candidate *candidate, uint32_t number, Verdict *verdict) {
    if (!node_affinity_met(candidate->spec, &candidate->cluster->nodes.at[number]))
        filter_refuse(candidate, verdict, "node(s) didn't match Pod's node affinity/selector", true);
}

/* Host ports (plugins/nodeports). */

static bool same_address(Str a, Str b) {
    static const Str all = STR("0.0.0.0");
    if (!a.len || str_eq(a, all) || !b.len || str_eq(b, all)) return true;
    return str_eq(a, b);
}

static bool same_protocol(Str a, Str b) {
    return str_eq(a.len ? a : S("TCP"), b.len ? b : S("TCP"));
}

static bool port_taken(const Container *container, const ContainerPort *wanted) {
    for (uint32_t i = 0; i < container->ports.n; i++) {
        const ContainerPort *port = &container->ports.at[i];
        if (port->hostPort > 0 && port->hostPort == wanted->hostPort && same_protocol(port->protocol, wanted->protocol) &&
            same_address(port->hostIP, wanted->hostIP))
            return true;
    }
    return false;
}

typedef bool ContainerTest(const Container *container, const void *context);

/* Whether the test holds for a container that runs as long as the pod. */
static bool any_container(const PodSpec *spec, ContainerTest *test, const void *context) {
    for (uint32_t i = 0; i < spec->initContainers.n; i++)
        if (str_eq(spec->initContainers.at[i].restartPolicy, S("Always")) && test(&spec->initContainers.at[i], context))
            return true;
    for (uint32_t i = 0; i < spec->containers.n; i++)
        if (test(&spec->containers.at[i], context)) return true;
    return false;
}

static bool takes_port(const Container *container, const void *port) {
    return port_taken(container, port);
}

static bool wants_port_of(const Container *container, const void *other) {
    for (uint32_t i = 0; i < container->ports.n; i++)
        if (container->ports.at[i].hostPort > 0 && any_container(other, takes_port, &container->ports.at[i])) return true;
    return false;
}

static void filter_ports(const Candidate *candidate, uint32_t number, Verdict *verdict) {
    for (const ClusterPod *pod = NULL; (pod = next_pod(candidate, number, pod));) {
        if (!any_container(candidate->spec, wants_port_of, pod->spec)) continue;
        filter_refuse(candidate, verdict, "node(s) didn't have free ports for the requested pod ports", false);
        return;
    }
}

/* Resources (plugins/noderesources/fit.go). */

static bool is_counted(Str name) {
    static const Str native[] = {STR("cpu"), STR("memory"), STR("ephemeral-storage")};
    return str_in(name, native, COUNT(native)) || str_starts(name, S("hugepages-")) || str_find(name, '/') >= 0;
}

void filter_resources(const Candidate *candidate, uint32_t number, Verdict *verdict) {
    const ClusterNode *node = &candidate->cluster->nodes.at[number];
    int64_t pods = 0;
    for (const ClusterPod *pod = NULL; (pod = next_pod(candidate, number, pod));) pods++;
    if (pods + 1 > amount_of(&node->allocatable, S("pods"))) filter_refuse(candidate, verdict, "Too many pods", false);
    for (uint32_t i = 0; i < candidate->wanted.items.n; i++) {
        const Amount *wanted = &candidate->wanted.items.at[i];
        if (!wanted->amount || !is_counted(wanted->name)) continue;
        int64_t whole = amount_of(&node->allocatable, wanted->name), left = whole;
        for (const ClusterPod *pod = NULL; (pod = next_pod(candidate, number, pod));)
            left -= amount_of(&pod->wanted, wanted->name);
        if (wanted->amount <= left) continue;
        Str reason = str_format(candidate->arena, "Insufficient %.*s", TEXT(wanted->name));
        filter_refuse(candidate, verdict, arena_cstr(candidate->arena, reason), wanted->amount > whole);
    }
}

/* Volumes (plugins/volumebinding, plugins/volumezone): of claims and volumes that are known. */

static Str claim_name(const Volume *volume) {
    return volume->persistentVolumeClaim ? volume->persistentVolumeClaim->claimName : (Str){0};
}

/* The values of a zone label: there may be several, with two underscores between them. */
static bool zone_has(Str values, Str value) {
    static const Str between = STR("__");
    for (;;) {
        size_t n = 0;
        while (n < values.len && !str_starts(str_slice(values, n), between)) n++;
        if (str_eq((Str){values.at, n}, value)) return true;
        if (n == values.len) return false;
        values = str_slice(values, n + between.len);
    }
}

static bool zones_met(StrMap volume, StrMap node) {
    static const Str keys[][2] = {
        {STR("failure-domain.beta.kubernetes.io/zone"), STR("topology.kubernetes.io/zone")},
        {STR("failure-domain.beta.kubernetes.io/region"), STR("topology.kubernetes.io/region")},
        {STR("topology.kubernetes.io/zone"), STR("topology.kubernetes.io/zone")},
        {STR("topology.kubernetes.io/region"), STR("topology.kubernetes.io/region")},
    };
    bool any = false, met = true;
    for (size_t i = 0; i < COUNT(keys); i++) {
        const Str *wanted = map_get(volume, keys[i][0]), *has = map_get(node, keys[i][0]);
        any |= has != NULL;
        if (!has) has = map_get(node, keys[i][1]);
        met &= !wanted || (has && zone_has(*wanted, *has));
    }
    return met || !any; /* a cluster of one zone may have no labels */
}

void filter_volumes(const Candidate *candidate, uint32_t number, Verdict *verdict) {
    const ClusterNode *node = &candidate->cluster->nodes.at[number];
    bool near = true, zones = true;
    for (uint32_t i = 0; i < candidate->spec->volumes.n; i++) {
        Str name = claim_name(candidate->spec->volumes.at + i);
        const PersistentVolume *volume = name.len ? cluster_volume(candidate->cluster, candidate->namespace_, name) : NULL;
        const VolumeNodeAffinity *affinity = volume ? volume->spec.nodeAffinity : NULL;
        near &= !affinity || !affinity->required || node_selector_met(affinity->required, node);
        zones &= !volume || zones_met(volume->metadata.labels, node->labels);
    }
    if (!near)
        filter_refuse(candidate, verdict, "node(s) didn't match PersistentVolume's node affinity", true);
    else if (!zones)
        filter_refuse(candidate, verdict, "node(s) had no available volume zone", true);
}

/* Topology spread (plugins/podtopologyspread). */

static bool spread_matches(const Spread *spread, StrMap labels) {
    return spread->hasSelector && selector_matches(&spread->selector, labels);
}

/* The values of the named labels belong to the selector. */
static void add_keys(Arena *arena, LabelSelector *selector, StrList keys, StrMap labels, const char *operator) {
    LabelSelectorRequirementList *list = &selector->matchExpressions;
    if (!keys.n) return;
    LabelSelectorRequirement *grown = NEW_ARRAY(arena, LabelSelectorRequirement, list->n + keys.n + 1);
    for (uint32_t i = 0; i < list->n; i++) grown[i] = list->at[i];
    list->at = grown;
    for (uint32_t i = 0; i < keys.n; i++) {
        const Str *value = map_get(labels, keys.at[i]);
        if (!value) continue;
        Str *values = NEW(arena, Str);
        *values = *value;
        list->at[list->n++] = (LabelSelectorRequirement){.key = keys.at[i], .operator= str_of(operator), .values = {values, 1}};
    }
}

static Spread spread_of(const Candidate *candidate, const TopologySpreadConstraint *constraint) {
    Spread spread = {.constraint = constraint, .hasSelector = constraint->labelSelector};
    if (!spread.hasSelector) return spread;
    spread.selector = *constraint->labelSelector;
    add_keys(candidate->arena, &spread.selector, constraint->matchLabelKeys, candidate->labels, "In");
    return spread;
}

static bool is_hard(const TopologySpreadConstraint *constraint) {
    return !str_eq(constraint->whenUnsatisfiable, S("ScheduleAnyway"));
}

/* Whether the node's pods count for the constraint: it has the labels of all of them, and is one that the pod could use. */
static bool node_counts(const Candidate *candidate, const Spread *spread, const ClusterNode *node) {
    const PodSpec *spec = candidate->spec;
    for (uint32_t i = 0; i < spec->topologySpreadConstraints.n; i++)
        if (is_hard(&spec->topologySpreadConstraints.at[i]) &&
            !map_get(node->labels, spec->topologySpreadConstraints.at[i].topologyKey))
            return false;
    if (!str_eq(spread->constraint->nodeAffinityPolicy, S("Ignore")) && !node_affinity_met(spec, node)) return false;
    return !str_eq(spread->constraint->nodeTaintsPolicy, S("Honor")) || taints_tolerated(spec, node);
}

/* An empty selector counts no pods. */
static bool pod_counts(const Candidate *candidate, const Spread *spread, const ClusterPod *pod) {
    if (!spread->selector.matchLabels.n && !spread->selector.matchExpressions.n) return false;
    return !pod->leaves && str_eq(pod->namespace_, candidate->namespace_) && spread_matches(spread, pod->labels);
}

static Domain *domain_of(const Spread *spread, Str value) {
    for (uint32_t i = 0; i < spread->domainCount; i++)
        if (str_eq(spread->domains[i].value, value)) return &spread->domains[i];
    return NULL;
}

static void set_fewest(Spread *spread) {
    const OptInt *minDomains = &spread->constraint->minDomains;
    spread->fewest = INT32_MAX;
    for (uint32_t i = 0; i < spread->domainCount; i++)
        if (spread->domains[i].pods < spread->fewest) spread->fewest = spread->domains[i].pods;
    if (spread->domainCount < (minDomains->set ? minDomains->value : 1)) spread->fewest = 0;
}

/* Counts the pods of each domain. */
static void count_domains(const Candidate *candidate, Spread *spread) {
    const Cluster *cluster = candidate->cluster;
    spread->domains = NEW_ARRAY(candidate->arena, Domain, cluster->nodes.n + 1);
    for (uint32_t i = 0; i < cluster->nodes.n; i++) {
        const ClusterNode *node = &cluster->nodes.at[i];
        if (!node_counts(candidate, spread, node)) continue;
        Str value = *map_get(node->labels, spread->constraint->topologyKey);
        Domain *domain = domain_of(spread, value);
        if (!domain) domain = &spread->domains[spread->domainCount++];
        domain->value = value;
        for (const ClusterPod *pod = NULL; (pod = next_pod(candidate, i, pod));)
            domain->pods += pod_counts(candidate, spread, pod);
    }
    set_fewest(spread);
}

void filters_prepare(Candidate *candidate) {
    const TopologySpreadConstraintList *list = &candidate->spec->topologySpreadConstraints;
    candidate->spreads = NEW_ARRAY(candidate->arena, Spread, list->n + 1);
    candidate->spreadCount = 0;
    for (uint32_t i = 0; i < list->n; i++) {
        if (!is_hard(&list->at[i])) continue;
        Spread *spread = &candidate->spreads[candidate->spreadCount++];
        *spread = spread_of(candidate, &list->at[i]);
        count_domains(candidate, spread);
    }
}

void filters_take(Candidate *out, const Candidate *candidate, const bool *gone) {
    *out = *candidate;
    out->gone = gone;
    out->spreads = NEW_ARRAY(out->arena, Spread, out->spreadCount + 1);
    for (uint32_t i = 0; i < out->spreadCount; i++) {
        Spread *spread = &out->spreads[i];
        *spread = candidate->spreads[i];
        spread->domains = NEW_ARRAY(out->arena, Domain, spread->domainCount + 1);
        for (uint32_t j = 0; j < spread->domainCount; j++) spread->domains[j] = candidate->spreads[i].domains[j];
    }
}

void filters_move(Candidate *candidate, const ClusterPod *pod, bool goes) {
    const ClusterNode *node = &candidate->cluster->nodes.at[pod->node];
    for (uint32_t i = 0; i < candidate->spreadCount; i++) {
        Spread *spread = &candidate->spreads[i];
        if (!node_counts(candidate, spread, node) || !pod_counts(candidate, spread, pod)) continue;
        domain_of(spread, *map_get(node->labels, spread->constraint->topologyKey))->pods += goes ? -1 : 1;
        set_fewest(spread);
    }
}

void filter_spread(const Candidate *candidate, uint32_t number, Verdict *verdict) {
    for (uint32_t i = 0; i < candidate->spreadCount; i++) {
        const Spread *spread = &candidate->spreads[i];
        const Str *value = map_get(candidate->cluster->nodes.at[number].labels, spread->constraint->topologyKey);
        if (!value) {
            filter_refuse(candidate, verdict, "node(s) didn't match pod topology spread constraints (missing required label)",
                          true);
            return;
        }
        int64_t pods = spread_matches(spread, candidate->labels);
        for (uint32_t j = 0; j < spread->domainCount; j++)
            if (str_eq(spread->domains[j].value, *value)) pods += spread->domains[j].pods;
        if (pods - spread->fewest <= spread->constraint->maxSkew) continue;
        filter_refuse(candidate, verdict, "node(s) didn't match pod topology spread constraints", false);
        return;
    }
}

/* Affinity between pods (plugins/interpodaffinity). */

/* Whose terms they are. */
typedef struct TermOwner {
    StrMap labels;
    Str namespace_;
} TermOwner;

static bool namespace_matches(const Candidate *candidate, const PodAffinityTerm *term, const TermOwner *owner, Str name) {
    if (str_in(name, term->namespaces.at, term->namespaces.n)) return true;
    if (!term->namespaces.n && !term->namespaceSelector) return str_eq(owner->namespace_, name);
    return term->namespaceSelector &&
           selector_matches(term->namespaceSelector, cluster_namespace(candidate->cluster, candidate->arena, name));
}

static bool term_matches(const Candidate *candidate, const PodAffinityTerm *term, const TermOwner *owner, StrMap labels,
                         Str name) {
    if (!term->labelSelector || !namespace_matches(candidate, term, owner, name)) return false;
    LabelSelector selector = *term->labelSelector;
    add_keys(candidate->arena, &selector, term->matchLabelKeys, owner->labels, "In");
    add_keys(candidate->arena, &selector, term->mismatchLabelKeys, owner->labels, "NotIn");
    return selector_matches(&selector, labels);
}

static bool all_terms_match(const Candidate *candidate, const PodAffinityTermList *terms, StrMap labels, Str name) {
    const TermOwner self = {candidate->labels, candidate->namespace_};
    for (uint32_t i = 0; i < terms->n; i++)
        if (!term_matches(candidate, &terms->at[i], &self, labels, name)) return false;
    return terms->n > 0;
}

static bool same_domain(const ClusterNode *a, const ClusterNode *b, Str key) {
    const Str *x = map_get(a->labels, key), *y = map_get(b->labels, key);
    return x && y && str_eq(*x, *y);
}

/* A pod that matches all terms has to be in the node's domain of each of them; where there is none anywhere, the pod may be the
 * first of its own kind. */
static bool pod_affinity_met(const Candidate *candidate, const PodAffinityTermList *terms, const ClusterNode *node) {
    const Cluster *cluster = candidate->cluster;
    bool anywhere = false, *near = NEW_ARRAY(candidate->arena, bool, terms->n + 1);
    for (uint32_t i = 0; i < terms->n; i++)
        if (!map_get(node->labels, terms->at[i].topologyKey)) return false;
    for (uint32_t i = 0; i < cluster->pods.n; i++) {
        const ClusterPod *pod = &cluster->pods.at[i];
        if (!is_there(candidate, pod) || !all_terms_match(candidate, terms, pod->labels, pod->namespace_)) continue;
        const ClusterNode *there = &cluster->nodes.at[pod->node];
        for (uint32_t j = 0; j < terms->n; j++) {
            anywhere |= map_get(there->labels, terms->at[j].topologyKey) != NULL;
            near[j] |= same_domain(node, there, terms->at[j].topologyKey);
        }
    }
    bool met = true;
    for (uint32_t i = 0; i < terms->n; i++) met &= near[i];
    return met || (!anywhere && all_terms_match(candidate, terms, candidate->labels, candidate->namespace_));
}

static const PodAffinityTermList *affinity_terms(const PodSpec *spec, bool anti) {
    static const PodAffinityTermList none;
    if (!spec->affinity) return &none;
    if (anti)
        return spec->affinity->podAntiAffinity ? &spec->affinity->podAntiAffinity->requiredDuringSchedulingIgnoredDuringExecution
                                               : &none;
    return spec->affinity->podAffinity ? &spec->affinity->podAffinity->requiredDuringSchedulingIgnoredDuringExecution : &none;
}

/* Whether one of the owner's terms keeps what has these labels out of the domain that the two nodes share. */
static bool keeps_apart(const Candidate *candidate, const PodSpec *spec, const TermOwner *owner, StrMap labels, Str name,
                        const ClusterNode *a, const ClusterNode *b) {
    const PodAffinityTermList *terms = affinity_terms(spec, true);
    for (uint32_t i = 0; i < terms->n; i++)
        if (same_domain(a, b, terms->at[i].topologyKey) && term_matches(candidate, &terms->at[i], owner, labels, name))
            return true;
    return false;
}

static void filter_pods(const Candidate *candidate, uint32_t number, Verdict *verdict) {
    const Cluster *cluster = candidate->cluster;
    const ClusterNode *node = &cluster->nodes.at[number];
    const PodAffinityTermList *terms = affinity_terms(candidate->spec, false);
    const TermOwner self = {candidate->labels, candidate->namespace_};
    bool own = false, theirs = false, hasOwn = affinity_terms(candidate->spec, true)->n > 0;
    if (terms->n && !pod_affinity_met(candidate, terms, node)) {
        filter_refuse(candidate, verdict, "node(s) didn't match pod affinity rules", true);
        return;
    }
    for (uint32_t i = 0; i < cluster->pods.n; i++) {
        const ClusterPod *pod = &cluster->pods.at[i];
        const ClusterNode *there = &cluster->nodes.at[pod->node];
        const TermOwner other = {pod->labels, pod->namespace_};
        if (!is_there(candidate, pod) || (!hasOwn && !affinity_terms(pod->spec, true)->n)) continue;
        own |= keeps_apart(candidate, candidate->spec, &self, pod->labels, pod->namespace_, node, there);
        theirs |= keeps_apart(candidate, pod->spec, &other, candidate->labels, candidate->namespace_, node, there);
    }
    if (own)
        filter_refuse(candidate, verdict, "node(s) didn't match pod anti-affinity rules", false);
    else if (theirs)
        filter_refuse(candidate, verdict, "node(s) didn't satisfy existing pods anti-affinity rules", false);
}

/* In the order of the default plugins (apis/config/v1/default_plugins.go). */
static Filter *const filters[] = {filter_name,      filter_unschedulable, filter_taints, filter_affinity, filter_ports,
                                  filter_resources, filter_volumes,       filter_spread, filter_pods};

Verdict filters_judge(const Candidate *candidate, uint32_t node) {
    Verdict verdict = {0};
    for (size_t i = 0; i < COUNT(filters) && !verdict.reasons.n; i++) filters[i](candidate, node, &verdict);
    return verdict;
}

void filter_lasting_taints(const Candidate *candidate, uint32_t number, Verdict *verdict) {
    const ClusterNode *node = &candidate->cluster->nodes.at[number];
    for (uint32_t i = 0; i < node->taints.n && !verdict->reasons.n; i++) {
        const Taint *taint = &node->taints.at[i];
        if (keeps_out(taint) && !is_passing(taint->key) && !tolerated(candidate->spec, taint))
            filter_refuse(candidate, verdict, "node(s) had untolerated taint(s)", true);
    }
}
