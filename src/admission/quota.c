/* ResourceQuota: what an object, or the pods that it makes, take of the quotas of their namespace
 * (k8s.io/kubernetes/pkg/quota/v1/evaluator/core, k8s.io/apiserver/pkg/admission/plugin/resourcequota). */
#include "plugin.h"

static const Quantity one = {.nano = NANO, .text = STR("1"), .kept = true};

static void count_one(Sums *usage, Str name) {
    sums_put(usage, &(QuantityPair){name, one});
}

/* Compute resources. */

static const Str compute[] = {STR("cpu"), STR("memory"), STR("ephemeral-storage")};

/* What quotas call the amounts of a pod: cpu is also requests.cpu; extended resources have the second name only. */
static void name_requests(Arena *arena, Sums *usage, const QuantityPair *request) {
    bool own = str_in(request->key, compute, COUNT(compute)) || str_starts(request->key, S("hugepages-"));
    bool extended = str_has(request->key, S("/")) && !str_has(request->key, S("kubernetes.io/"));
    if (own) sums_put(usage, request);
    if (own || extended) sums_put(usage, &(QuantityPair){str_join(arena, S("requests."), request->key), request->value});
}

static Sums pod_usage(Arena *arena, const PodSpec *spec) {
    Sums usage = sums_start(arena), requests = pod_amounts(arena, spec, false);
    Sums limits = pod_amounts(arena, spec, true);
    count_one(&usage, S("pods"));
    count_one(&usage, S("count/pods"));
    sums_add_all(&requests, &spec->overhead);
    for (uint32_t i = 0; i < spec->overhead.n; i++) {
        const Quantity *limit = sums_find(&limits, spec->overhead.at[i].key);
        if (limit && limit->nano) sums_add(&limits, &spec->overhead.at[i]);
    }
    for (uint32_t i = 0; i < requests.pairs.n; i++) name_requests(arena, &usage, &requests.pairs.at[i]);
    for (size_t i = 0; i < COUNT(compute); i++) {
        const Quantity *limit = sums_find(&limits, compute[i]);
        if (limit) sums_put(&usage, &(QuantityPair){str_join(arena, S("limits."), compute[i]), *limit});
    }
    return usage;
}

/* Objects. */

static void name_claim(Arena *arena, Sums *usage, Str class, Str resource, const Quantity *amount) {
    sums_put(usage, &(QuantityPair){resource, *amount});
    if (!class.len) return;
    Str name = str_format(arena, "%.*s.storageclass.storage.k8s.io/%.*s", TEXT(class), TEXT(resource));
    sums_put(usage, &(QuantityPair){name, *amount});
}

static Sums claim_usage(const Request *r, const PersistentVolumeClaim *claim) {
    Arena *arena = r->arena;
    Sums usage = sums_start(arena);
    Str class = storage_class_of(r, claim);
    const Quantity *storage = quantity_get(claim->spec.resources.requests, S("storage"));
    count_one(&usage, S("count/persistentvolumeclaims"));
    name_claim(arena, &usage, class, S("persistentvolumeclaims"), &one);
    if (storage) name_claim(arena, &usage, class, S("requests.storage"), storage);
    return usage;
}

static Quantity whole(Arena *arena, int64_t n) {
    return (Quantity){.nano = n * NANO, .text = str_int(arena, n), .kept = true};
}

static Sums service_usage(Arena *arena, const Service *service) {
    Sums usage = sums_start(arena);
    bool balancer = str_eq(service->spec.type, S("LoadBalancer")), node = str_eq(service->spec.type, S("NodePort"));
    bool fewer =
        balancer && service->spec.allocateLoadBalancerNodePorts.set && !service->spec.allocateLoadBalancerNodePorts.value;
    int64_t ports = 0;
    for (uint32_t i = 0; i < service->spec.ports.n; i++) ports += !fewer || service->spec.ports.at[i].nodePort != 0;
    count_one(&usage, S("services"));
    count_one(&usage, S("count/services"));
    if (balancer) count_one(&usage, S("services.loadbalancers"));
    if (balancer || node) sums_put(&usage, &(QuantityPair){S("services.nodeports"), whole(arena, ports)});
    return usage;
}

static Sums object_usage(const Request *r) {
    static const Str aliases[] = {STR("configmaps"), STR("resourcequotas"), STR("replicationcontrollers"), STR("secrets")};
    const Kind *kind = model_kind(r->document);
    if (kind->number == KIND_PersistentVolumeClaim) return claim_usage(r, r->document->object);
    if (kind->number == KIND_Service) return service_usage(r->arena, r->document->object);
    Sums usage = sums_start(r->arena);
    Str group = schema_group(r->document->apiVersion);
    count_one(&usage, str_format(r->arena, "count/%.*s%s%.*s", TEXT(kind->plural), group.len ? "." : "", TEXT(group)));
    if (str_in(kind->plural, aliases, COUNT(aliases))) count_one(&usage, kind->plural);
    return usage;
}

/* Scopes. */

static bool has_amount(const ResourceRequirements *resources) {
    for (size_t i = 0; i < 2; i++) {
        const Quantity *request = quantity_get(resources->requests, compute[i]),
                       *limit = quantity_get(resources->limits, compute[i]);
        if ((request && request->nano > 0) || (limit && limit->nano > 0)) return true;
    }
    return false;
}

static bool is_best_effort(const PodSpec *spec) {
    if (has_pod_level(spec)) return !has_amount(spec->resources);
    for (uint32_t i = 0; i < spec->containers.n; i++)
        if (has_amount(&spec->containers.at[i].resources)) return false;
    for (uint32_t i = 0; i < spec->initContainers.n; i++)
        if (has_amount(&spec->initContainers.at[i].resources)) return false;
    return true;
}

static bool term_crosses(const PodAffinityTerm *term) {
    return term->namespaces.n || term->namespaceSelector;
}

static bool terms_cross(PodAffinityTermList required, WeightedPodAffinityTermList preferred) {
    for (uint32_t i = 0; i < required.n; i++)
        if (term_crosses(&required.at[i])) return true;
    for (uint32_t i = 0; i < preferred.n; i++)
        if (term_crosses(&preferred.at[i].podAffinityTerm)) return true;
    return false;
}

static bool crosses_namespaces(const PodSpec *spec) {
    const Affinity *a = spec->affinity;
    const PodAffinity *with = a ? a->podAffinity : NULL;
    const PodAntiAffinity *against = a ? a->podAntiAffinity : NULL;
    return (with && terms_cross(with->requiredDuringSchedulingIgnoredDuringExecution,
                                with->preferredDuringSchedulingIgnoredDuringExecution)) ||
           (against && terms_cross(against->requiredDuringSchedulingIgnoredDuringExecution,
                                   against->preferredDuringSchedulingIgnoredDuringExecution));
}

static bool class_matches(const PodSpec *spec, const ScopedResourceSelectorRequirement *selector) {
    bool set = spec->priorityClassName.len > 0,
         named = set && str_in(spec->priorityClassName, selector->values.at, selector->values.n);
    if (str_eq(selector->operator, S("In"))) return named;
    if (str_eq(selector->operator, S("NotIn"))) return !named;
    return str_eq(selector->operator, S("Exists")) ? set : !set;
}

static bool in_scope(const PodSpec *spec, const ScopedResourceSelectorRequirement *selector) {
    Str name = selector->scopeName;
    bool ends = spec->activeDeadlineSeconds.set && spec->activeDeadlineSeconds.value >= 0;
    if (str_eq(name, S("Terminating"))) return ends;
    if (str_eq(name, S("NotTerminating"))) return !ends;
    if (str_eq(name, S("BestEffort"))) return is_best_effort(spec);
    if (str_eq(name, S("NotBestEffort"))) return !is_best_effort(spec);
    if (str_eq(name, S("PriorityClass"))) return class_matches(spec, selector);
    return str_eq(name, S("CrossNamespacePodAffinity")) && crosses_namespaces(spec);
}

/* A quota with scopes counts pods only; claims may have one for their VolumeAttributesClass. */
static bool scopes_match(const ResourceQuotaSpec *quota, const PodSpec *spec) {
    for (uint32_t i = 0; i < quota->scopes.n; i++) {
        ScopedResourceSelectorRequirement scope = {.scopeName = quota->scopes.at[i], .operator= S("Exists")};
        if (!spec || !in_scope(spec, &scope)) return false;
    }
    for (uint32_t i = 0; quota->scopeSelector && i < quota->scopeSelector->matchExpressions.n; i++)
        if (!spec || !in_scope(spec, &quota->scopeSelector->matchExpressions.at[i])) return false;
    return true;
}

/* The check. */

/* What a quota makes each container say. */
static const struct {
    Str name, list, resource;
} required[] = {
    {STR("cpu"), STR("requests"), STR("cpu")},          {STR("memory"), STR("requests"), STR("memory")},
    {STR("requests.cpu"), STR("requests"), STR("cpu")}, {STR("requests.memory"), STR("requests"), STR("memory")},
    {STR("limits.cpu"), STR("limits"), STR("cpu")},     {STR("limits.memory"), STR("limits"), STR("memory")},
};

/* Whether each container says what the quota counts; tells which do not. */
static bool check_required(const Request *r, const Decider *decider) {
    const ResourceQuotaSpec *quota = &((const ResourceQuota *)decider->document->object)->spec;
    if (has_pod_level(r->spec)) return true;
    ContainerWalk w;
    bool good = true;
    for (walk_containers(&w, r->spec, &r->place.spec); walk_next(&w);) {
        Buf missing = {.arena = r->arena}, write = {.arena = r->arena};
        Path resources = path_field(&w.path, S("resources"));
        for (size_t i = 0; i < COUNT(required); i++) {
            bool requests = required[i].list.at[0] == 'r';
            const QuantityMap *own = requests ? &w.container->resources.requests : &w.container->resources.limits;
            if (!quantity_get(quota->hard, required[i].name) || quantity_get(*own, required[i].resource)) continue;
            buf_format(&missing, "%s%.*s", missing.len ? ", " : "", TEXT(required[i].name));
            Str line = str_format(r->arena, "resources.%.*s.%.*s", TEXT(required[i].list), TEXT(required[i].resource));
            if (!str_has(buf_text(&write), line)) buf_format(&write, "%s%.*s", write.len ? " and " : "", TEXT(line));
        }
        if (!missing.len) continue;
        good = false;
        emit_quota_missing(r->diags, request_where(r, &resources), .pods = r->pods, .who = container_words(r, &w),
                           .resources = buf_text(&missing), .name = decider_name(decider), .place = decider_place(r, decider),
                           .write = buf_text(&write));
    }
    return good;
}

/* How many of `wanted` times an amount fit beside what is used. */
static int64_t fitting(const Quantity *hard, const Quantity *used, const Quantity *amount, int64_t wanted) {
    Int128 room = hard->nano - (used ? used->nano : 0);
    if (amount->nano <= 0) return wanted;
    if (room < amount->nano) return 0;
    return room / amount->nano < wanted ? (int64_t)(room / amount->nano) : wanted;
}

static Quantity times(const Quantity *amount, int64_t n) {
    Quantity out = *amount;
    out.nano *= n;
    out.kept &= n == 1;
    return out;
}

/* What is taken of quotas: so many times the same, for so many pods. */
typedef struct Taking {
    const Sums *usage;
    int64_t count;
    bool alone;     /* nobody knows whether and when: it has to fit by itself, and takes nothing from others */
    Str who;        /* "the pod", "3 pods" */
    const Path *at; /* what asks for it */
} Taking;

static Str amount_text(const Request *r, const Quantity *amount, int64_t count) {
    Quantity all = times(amount, count);
    return quantity_text(r->arena, &all);
}

/* Tells what does not fit beside what the cluster has already, of which some may be the same. */
static void warn_of_used(const Request *r, const Decider *decider, const Taking *taking, const QuantityPair *hard,
                         const Quantity *amount) {
    const Quantity *run = sums_find(&decider->used, hard->key), *before = sums_find(&decider->usedBefore, hard->key);
    if (!before || taking->alone) return;
    Quantity all = *before;
    if (run) all.nano += run->nano;
    if (fitting(&hard->value, &all, amount, taking->count) == taking->count) return;
    emit_quota_full(r->diags, request_where(r, taking->at), .who = taking->who,
                    .need = taking->count > 1 ? S("need") : S("needs"), .resource = hard->key,
                    .asked = amount_text(r, amount, taking->count), .name = decider_name(decider),
                    .place = decider_place(r, decider), .hard = quantity_text(r->arena, &hard->value),
                    .used = quantity_text(r->arena, before), .kind = r->document->kind);
}

/* Takes of a quota what is asked for, as much of it as fits, and tells what does not. */
static void take(const Request *r, Decider *decider, const Taking *taking) {
    const ResourceQuotaSpec *quota = &((const ResourceQuota *)decider->document->object)->spec;
    int64_t count = taking->count, fit = count;
    for (uint32_t i = 0; i < quota->hard.n; i++) {
        const QuantityPair *hard = &quota->hard.at[i];
        const Quantity *amount = sums_find(taking->usage, hard->key),
                       *used = taking->alone ? NULL : sums_find(&decider->used, hard->key);
        if (!amount || amount->nano == 0) continue;
        int64_t here = fitting(&hard->value, used, amount, count);
        if (here < fit) fit = here;
        if (here == count) {
            warn_of_used(r, decider, taking, hard, amount);
            continue;
        }
        Str taken = used && used->nano ? str_format(r->arena, ", of which %.*s %s taken", TEXT(quantity_text(r->arena, used)),
                                                    used->nano == NANO ? "is" : "are")
                                       : S("");
        emit_quota_exceeded(r->diags, request_where(r, taking->at), .pods = here ? pods_words(r, count - here, count) : r->pods,
                            .who = taking->who, .need = count > 1 ? S("need") : S("needs"), .resource = hard->key,
                            .asked = amount_text(r, amount, count), .name = decider_name(decider),
                            .place = decider_place(r, decider), .hard = quantity_text(r->arena, &hard->value), .taken = taken);
    }
    for (uint32_t i = 0; i < quota->hard.n; i++) {
        const Quantity *amount = sums_find(taking->usage, quota->hard.at[i].key);
        if (!amount || !fit || taking->alone) continue;
        Quantity taken = times(amount, fit);
        taken.text = arena_str(r->deciders->arena, taken.text); /* that of the object goes with it */
        taken.digits = arena_str(r->deciders->arena, taken.digits);
        sums_add(&decider->used, &(QuantityPair){quota->hard.at[i].key, taken});
    }
}

static bool counts_any(const ResourceQuotaSpec *quota, const Sums *usage) {
    for (uint32_t i = 0; i < quota->hard.n; i++)
        if (sums_find(usage, quota->hard.at[i].key)) return true;
    return false;
}

/* Whether a quota is about pods, though this one may not have what it counts. */
static bool is_about_pods(const ResourceQuotaSpec *quota, const Sums *usage) {
    for (size_t i = 0; i < COUNT(required); i++)
        if (quantity_get(quota->hard, required[i].name)) return true;
    return counts_any(quota, usage);
}

static int64_t pod_count(const Request *r) {
    const OptInt *replicas = model_replicas(r->document);
    const JobSpec *job = model_job(r->document);
    int64_t count = replicas && replicas->set ? replicas->value : 1;
    if (job && job->parallelism.set) count = job->parallelism.value;
    if (job && job->completions.set && job->completions.value < count) count = job->completions.value;
    if (job && job->suspend.set && job->suspend.value) count = 0;
    if (model_is(r->document, KIND_CronJob) && ((const CronJob *)r->document->object)->spec.suspend.value) count = 0;
    return count < 0 ? 0 : count < INT32_MAX ? count : INT32_MAX;
}

/* Whether pods are made of it at times, by something else. */
static bool is_blueprint(const Request *r) {
    return model_is(r->document, KIND_PodTemplate);
}

/* Whether an object of this name has taken of quotas before, so that this one is applied to it. */
static bool is_counted(const Request *r) {
    Arena *arena = r->deciders->arena;
    Str name = model_meta(r->document)->name, world = r->standing->worlds.n ? r->standing->worlds.at[0] : S("");
    if (!name.len || is_blueprint(r)) return false;
    StrSet *counted = &r->deciders->counted;
    counted->arena = arena;
    if (str_set_find(counted, counted_key(r->arena, r->document->kind, r->namespace_, name, S("")))) return true;
    return str_set_add(counted, counted_key(arena, r->document->kind, r->namespace_, name, world), r->deciders) != NULL;
}

/* The next quota of an object, as long as none before refuses it. */
static Decider *next_quota(const Request *r, Decider *decider, uint32_t before) {
    return has_refused(r, before) ? NULL : deciders_next(r, decider);
}

static void check_object(const Request *r, Decider *first) {
    Sums usage = object_usage(r);
    Path meta = path_field(NULL, S("metadata")), name = path_field(&meta, S("name"));
    Taking taking = {&usage, 1, false, str_join(r->arena, S("this "), r->document->kind), &name};
    Request itself = *r;
    itself.pods = S("");
    uint32_t before = r->diags->items.n;
    for (Decider *d = first; d; d = next_quota(r, d, before)) {
        const ResourceQuotaSpec *quota = &((const ResourceQuota *)d->document->object)->spec;
        if (scopes_match(quota, NULL) && counts_any(quota, &usage)) take(&itself, d, &taking);
    }
}

static void check_pods(const Request *r, Decider *first, int64_t count) {
    Sums usage = pod_usage(r->arena, r->spec);
    Path spec = path_field(NULL, S("spec")), replicas = path_field(&spec, S("replicas"));
    Path containers = path_field(&r->place.spec, S("containers"));
    Str who = count > 1 ? str_format(r->arena, "%lld pods", (long long)count) : S("the pod");
    Taking taking = {.usage = &usage, .count = count, .alone = is_blueprint(r), .who = who};
    taking.at = count > 1 && !r->standing->inside ? &replicas : &containers;
    uint32_t before = r->diags->items.n;
    for (Decider *d = first; d; d = next_quota(r, d, before)) {
        const ResourceQuotaSpec *quota = &((const ResourceQuota *)d->document->object)->spec;
        if (scopes_match(quota, r->spec) && is_about_pods(quota, &usage) && check_required(r, d)) take(r, d, &taking);
    }
}

static void check_claim(const Request *r, Decider *first, const MadeClaim *made, int64_t count) {
    Sums usage = claim_usage(r, &made->claim);
    Taking taking = {&usage, count, is_blueprint(r), made_claim_words(r, made, count), made->at};
    uint32_t before = r->diags->items.n;
    for (Decider *d = first; d; d = next_quota(r, d, before))
        if (scopes_match(&((const ResourceQuota *)d->document->object)->spec, NULL)) take(r, d, &taking);
}

/* Whether patches may change how much the pods take. */
static bool is_patched(const Document *document) {
    static const Str fields[] = {STR("replicas"), STR("resources"), STR("containers"), STR("parallelism"), STR("suspend")};
    for (size_t i = 0; i < COUNT(fields); i++)
        if (model_may_be_supplied(document, fields[i])) return true;
    return false;
}

bool quota_check(const Request *r) {
    Decider *first = deciders_first(r, KIND_ResourceQuota, r->namespace_);
    uint32_t before = r->diags->items.n;
    if (!first || is_counted(r)) return false;
    if (!r->isPod && !r->standing->inside) check_object(r, first);
    if (has_refused(r, before)) return true;
    int64_t count = r->isPod ? 1 : r->spec ? pod_count(r) : 0;
    if (!count || is_patched(r->document)) return false;
    check_pods(r, first, count);
    bool refused = r->isPod && has_refused(r, before);
    MadeClaims claims = made_claims(r);
    Request waiting = waiting_request(r);
    for (uint32_t i = 0; i < claims.n && !refused; i++) check_claim(&waiting, first, &claims.at[i], count);
    return refused;
}
