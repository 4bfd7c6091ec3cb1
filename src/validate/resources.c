/* What containers and pods ask for: requests, limits, claims and overhead, as k8s.io/kubernetes/pkg/apis/core/validation and
 * k8s.io/component-helpers/resource see it. Where the server fills in pod-level values before it checks them (pkg/api/pod), the
 * same is done here on a copy. */
#include "areas.h"
#include "base/str_set.h"
#include "model/sums.h"

/* The resources that Kubernetes itself knows by a name without a prefix, in any object. */
#include "resource_names.h"

/* Requests and limits that are checked together. */
typedef struct Amounts {
    Check *c;
    QuantityMap limits, requests;
    const Path *path;        /* of both, as the server prints it */
    Path limitsPath;         /* as the server prints it */
    const Path *limitsPlace; /* where the limits are written */
    Path requestsPath;
    bool podLevel;
} Amounts;

/* A quantity as it was written; what was filled in or summed up has no text of its own. */
static Str amount_text(const Amounts *a, const Quantity *q) {
    return q->text.len && !a->podLevel ? q->text : quantity_text(a->c->arena, q);
}

/* What to write instead of a name that containers cannot ask for. */
static Str name_hint(Check *c, Str name) {
    static const Str quotas[] = {STR("requests."), STR("limits.")};
    for (size_t i = 0; i < 2; i++) {
        Str rest = str_starts(name, quotas[i]) ? str_slice(name, quotas[i].len) : S("");
        if (!rest.len) continue;
        return str_format(c->arena, "%.*s is a name for quotas; under %.*s write %.*s", (int)name.len, name.at,
                          (int)quotas[i].len - 1, quotas[i].at, (int)rest.len, rest.at);
    }
    if (str_eq(name, S("gpu"))) return S("devices have names with a prefix, such as nvidia.com/gpu");
    if (str_eq(name, S("storage"))) return S("did you mean \"ephemeral-storage\"?");
    return did_you_mean(c->arena, name, container_resources, CONTAINER_RESOURCES);
}

static void check_name(const Amounts *a, Str name, const Path *place, const Path *printed) {
    Check *c = a->c;
    if (a->podLevel ? resource_is_cpu_or_memory(name) : resource_is_for_containers(name)) return;
    bool known = resource_is_named(name);
    if (a->podLevel && known && resource_is_pod_level(name)) return;
    Where at = where_key(c, place);
    at.path = path_text(c->arena, printed);
    if (!a->podLevel)
        emit_resource_name(c->diags, at, .name = name, .hint = name_hint(c, name));
    else if (!known)
        emit_resource_name_pod_form(c->diags, at, .name = name, .hint = did_you_mean(c->arena, name, container_resources, 2));
    else
        emit_resource_name_pod(c->diags, at, .name = name);
}

/* `compared` tells that the server has compared the amount with a decimal before, which makes it one. */
static void check_huge_pages(const Amounts *a, const QuantityPair *pair, bool compared, const Path *place, const Path *printed) {
    Check *c = a->c;
    Str name = pair->key, size = str_slice(name, strlen("hugepages-"));
    Quantity page, amount = pair->value;
    amount.decimal |= compared;
    bool isSize = !quantity_parse(&page, size) && page.nano > 0 && quantity_is_whole(&page) && quantity_units(&page, NANO);
    if (!isSize) {
        Where at = where_key(c, place);
        at.path = path_text(c->arena, printed);
        emit_resource_page_size(c->diags, at, .name = name);
    } else if ((Int128)quantity_units(&amount, NANO) % quantity_units(&page, NANO)) {
        emit_resource_page_multiple(c->diags, where_printed(c, place, printed), .value = amount_text(a, &pair->value),
                                    .resource = name, .size = size);
    }
}

static void check_amount(const Amounts *a, const QuantityPair *pair, const Quantity *limit, const Path *place,
                         const Path *printed) {
    const Quantity *value = &pair->value;
    Check *c = a->c;
    check_name(a, pair->key, place, printed);
    if (value->nano < 0)
        emit_resource_negative(c->diags, where_printed(c, place, printed), .resource = pair->key, .value = amount_text(a, value));
    if (resource_is_huge_pages(pair->key)) check_huge_pages(a, pair, limit && limit->decimal, place, printed);
    if (!resource_is_cpu_or_memory(pair->key) && resource_is_counted(pair->key) && !quantity_is_whole(value))
        emit_resource_whole(c->diags, where_printed(c, place, printed), .resource = pair->key, .value = amount_text(a, value));
}

/* A request with its limit. What devices and huge pages cannot share has to be asked for in full. */
static void check_request_limit(const Amounts *a, const QuantityPair *request, const Quantity *limit) {
    Check *c = a->c;
    bool overcommit = resource_can_overcommit(request->key);
    if (!limit       ? overcommit
        : overcommit ? quantity_compare(&request->value, limit) <= 0
                     : quantity_compare(&request->value, limit) == 0)
        return;
    Path place = path_key(&a->requestsPath, request->key), limitPlace = path_key(a->limitsPlace, request->key);
    Str text = amount_text(a, &request->value);
    if (!limit) {
        emit_resource_limit_missing(c->diags, where_printed(c, &place, &a->limitsPath), .resource = request->key,
                                    .request = text);
        return;
    }
    Where at = where_printed(c, &place, &a->requestsPath);
    Diag *d =
        overcommit
            ? emit_resource_over_limit(c->diags, at, .resource = request->key, .request = text, .limit = amount_text(a, limit))
            : emit_resource_not_limit(c->diags, at, .resource = request->key, .request = text, .limit = amount_text(a, limit));
    diag_note(c->diags, d, where(c, &limitPlace).span, S("the limit"));
}

static void check_amounts(const Amounts *a) {
    bool needy = false, fed = false; /* asks for huge pages; for what they need beside them */
    for (uint32_t i = 0; i < a->limits.n; i++) {
        const QuantityPair *pair = &a->limits.at[i];
        Path printed = path_key(&a->limitsPath, pair->key), place = path_key(a->limitsPlace, pair->key);
        check_amount(a, pair, NULL, &place, &printed);
        needy |= resource_is_huge_pages(pair->key);
        fed |= resource_is_cpu_or_memory(pair->key);
    }
    for (uint32_t i = 0; i < a->requests.n; i++) {
        const QuantityPair *pair = &a->requests.at[i];
        bool inStep = i < a->limits.n && str_eq(a->limits.at[i].key, pair->key); /* as nearly everybody writes them */
        const Quantity *limit = inStep ? &a->limits.at[i].value : quantity_get(a->limits, pair->key);
        bool copied = limit && limit->text.at == pair->value.text.at; /* the server took the limit for the request too */
        Path printed = path_key(&a->requestsPath, pair->key);
        Path place = path_key(copied ? a->limitsPlace : &a->requestsPath, pair->key);
        check_amount(a, pair, limit, &place, &printed);
        check_request_limit(a, pair, limit);
        needy |= resource_is_huge_pages(pair->key);
        fed |= resource_is_cpu_or_memory(pair->key);
    }
    if (needy && !fed) emit_resource_pages_alone(a->c->diags, where(a->c, a->path));
}

static void check_requirements(Check *c, const ResourceRequirements *r, bool podLevel, const Path *path) {
    Amounts a = {.c = c,
                 .limits = r->limits,
                 .requests = r->requests,
                 .path = path,
                 .podLevel = podLevel,
                 .limitsPath = FIELD(path, "limits"),
                 .requestsPath = FIELD(path, "requests")};
    a.limitsPlace = &a.limitsPath;
    check_amounts(&a);
}

/* A claim by its name, with the request inside it if one is named. */
static Str claim_key(Arena *arena, const ResourceClaim *claim) {
    if (!claim->request.len) return claim->name;
    return str_join(arena, claim->name, str_join(arena, S("/"), claim->request));
}

static void report_claim_repeated(Check *c, const Path *claims, uint32_t i, Str key, uint32_t first) {
    Path at = path_index(claims, i), before = path_index(claims, first);
    Diag *d = emit_resource_claim_repeated(c->diags, where(c, &at), .claim = key);
    diag_note(c->diags, d, where(c, &before).span, S("first used here"));
}

/* A claim as a whole contains each of its requests, so it can stand only once, and not beside one of them. */
static void check_claims(PodCheck *p, ResourceClaimList claims, const Path *path) {
    Check *c = p->c;
    const PodResourceClaimList *known = &p->spec->resourceClaims;
    StrSet names = {.arena = c->arena}, used = {.arena = c->arena}, parted = {.arena = c->arena};
    for (uint32_t i = 0; i < known->n; i++)
        if (known->at[i].name.len) str_set_add(&names, known->at[i].name, &known->at[i]);
    for (uint32_t i = 0; i < claims.n; i++) {
        const ResourceClaim *claim = &claims.at[i];
        Path at = path_index(path, i), name = FIELD(&at, "name"), request = FIELD(&at, "request");
        if (!claim->name.len) {
            emit_resource_claim_unnamed(c->diags, where(c, &at));
            continue;
        }
        Str key = claim_key(c->arena, claim);
        const ResourceClaim *whole = str_set_find(&used, claim->name);
        const ResourceClaim *same = str_set_add(&used, key, claim);
        const ResourceClaim *first = whole ? whole : claim->request.len ? same : str_set_find(&parted, claim->name);
        if (first) report_claim_repeated(c, path, i, key, (uint32_t)(first - claims.at));
        if (claim->request.len) str_set_add(&parted, claim->name, claim);
        if (claim->request.len && !whole) check_dns_label(c, claim->request, &request);
        if (str_set_find(&names, claim->name)) continue;
        Diag *d = emit_resource_claim_unknown(c->diags, where_printed(c, &name, &at), .claim = claim->name,
                                              .empty = known->n ? S("") : S(", which is empty"));
        for (uint32_t k = 0; k < known->n; k++) d->follows |= head_text_unknown(&known->at[k].head, S("name"), true);
    }
}

void check_container_resources(PodCheck *p, const Container *container, const Path *path) {
    const ResourceRequirements *resources = &container->resources;
    if (!resources->limits.n && !resources->requests.n && !resources->claims.n) return;
    Path at = FIELD(path, "resources"), claims = FIELD(&at, "claims");
    check_requirements(p->c, resources, false, &at);
    if (resources->claims.n) check_claims(p, resources->claims, &claims);
}

/* The server treats overhead as limits and says so in its paths. */
void check_overhead_amounts(Check *c, QuantityMap amounts, const Path *place, const Path *printed) {
    Amounts a = {.c = c,
                 .limits = amounts,
                 .path = printed,
                 .limitsPath = FIELD(printed, "limits"),
                 .limitsPlace = place,
                 .requestsPath = FIELD(printed, "requests")};
    check_amounts(&a);
}

static void check_overhead(PodCheck *p) {
    Path at = FIELD(p->path, "overhead");
    check_overhead_amounts(p->c, p->spec->overhead, &at, &at);
}

static void check_pod_claim_source(Check *c, const PodResourceClaim *claim, const Path *at) {
    bool named = claim->resourceClaimName.at, template = claim->resourceClaimTemplateName.at;
    Path name = FIELD(at, "resourceClaimName"), templateName = FIELD(at, "resourceClaimTemplateName");
    if (named && template) emit_resource_claim_two(c->diags, where(c, at));
    if (!named && !template) emit_resource_claim_none(c->diags, where(c, at));
    if (named) check_dns_subdomain(c, claim->resourceClaimName, &name);
    if (template) check_dns_subdomain(c, claim->resourceClaimTemplateName, &templateName);
}

static void check_pod_claims(PodCheck *p) {
    Check *c = p->c;
    const PodResourceClaimList *claims = &p->spec->resourceClaims;
    Path path = FIELD(p->path, "resourceClaims");
    bool mirror = !p->isTemplate && map_get(p->meta->annotations, S("kubernetes.io/config.mirror"));
    StrSet names = {.arena = c->arena};
    for (uint32_t i = 0; i < claims->n; i++) {
        const PodResourceClaim *claim = &claims->at[i];
        Path at = path_index(&path, i), name = FIELD(&at, "name");
        if (mirror) {
            Path nothing = path_key(NULL, S(""));
            emit_resource_claim_static(c->diags, where_printed(c, &at, &nothing));
            continue;
        }
        const PodResourceClaim *first = claim->name.len ? str_set_add(&names, claim->name, claim) : NULL;
        if (first) {
            Path before = path_index(&path, (uint32_t)(first - claims->at)), beforeName = FIELD(&before, "name");
            Diag *d = emit_resource_claim_duplicate(c->diags, where(c, &name), .name = claim->name);
            diag_note(c->diags, d, where(c, &beforeName).span, S("first used here"));
        } else if (check_required(c, claim->name, &name)) {
            check_dns_label(c, claim->name, &name);
        }
        check_pod_claim_source(c, claim, &at);
    }
}

typedef struct Sum {
    bool any;
    Quantity value;
} Sum;

static Sum sum_add(Arena *arena, Sum a, const Quantity *b) {
    if (!b) return a;
    Sum sum = {true, a.any ? a.value : *b};
    if (a.any) quantity_add(arena, &sum.value, b);
    sum.value.kept = false;
    return sum;
}

static Sum sum_max(Sum a, Sum b) {
    return !b.any || (a.any && quantity_compare(&a.value, &b.value) >= 0) ? a : b;
}

static const Quantity *amount_of(const Container *container, Str name, bool limit) {
    return quantity_get(limit ? container->resources.limits : container->resources.requests, name);
}

/* What the containers need of a resource together: the main ones and the sidecars beside them, or more while one of the others
 * initialises beside the sidecars started before it. */
static Sum containers_need(Arena *arena, const PodSpec *spec, Str name, bool limit) {
    Sum running = {0}, sidecars = {0}, initial = {0};
    for (uint32_t i = 0; i < spec->containers.n; i++)
        running = sum_add(arena, running, amount_of(&spec->containers.at[i], name, limit));
    for (uint32_t i = 0; i < spec->initContainers.n; i++) {
        const Container *container = &spec->initContainers.at[i];
        const Quantity *amount = amount_of(container, name, limit);
        if (is_sidecar(container)) {
            running = sum_add(arena, running, amount);
            sidecars = sum_add(arena, sidecars, amount);
            initial = sum_max(initial, sidecars);
        } else {
            initial = sum_max(initial, sum_add(arena, sidecars, amount));
        }
    }
    return sum_max(running, initial);
}

/* What a pod's own resources are completed to. */
typedef struct PodAmounts {
    const PodSpec *spec;
    Sums limits, requests;
} PodAmounts;

/* Huge pages are never filled in as requests: their limits are, from the containers'. */
static void fill_page_limits(PodAmounts *a, ContainerList containers) {
    for (uint32_t i = 0; i < containers.n; i++) {
        QuantityMap limits = containers.at[i].resources.limits;
        for (uint32_t j = 0; j < limits.n; j++) {
            Str name = limits.at[j].key;
            if (resource_is_huge_pages(name) && !sums_find(&a->limits, name) && !sums_find(&a->requests, name))
                sums_complete(&a->limits, &(QuantityPair){name, containers_need(a->limits.arena, a->spec, name, true).value});
        }
    }
}

static void fill_requests(PodAmounts *a) {
    for (size_t i = 0; i < 2; i++) { /* cpu and memory */
        Sum need = containers_need(a->limits.arena, a->spec, container_resources[i], false);
        if (need.any) sums_complete(&a->requests, &(QuantityPair){container_resources[i], need.value});
    }
    for (uint32_t i = 0; i < a->limits.pairs.n; i++)
        if (resource_is_pod_level(a->limits.pairs.at[i].key)) sums_complete(&a->requests, &a->limits.pairs.at[i]);
}

static bool all_limited(const PodSpec *spec, Str name) {
    ContainerWalk w;
    for (walk_all_containers(&w, spec, NULL); walk_next(&w);)
        if (!quantity_get(w.container->resources.limits, name)) return false;
    return true;
}

static void fill_limits(PodAmounts *a) {
    for (uint32_t i = 0; i < a->requests.pairs.n; i++) {
        QuantityPair request = a->requests.pairs.at[i];
        if (!resource_is_pod_level(request.key) || sums_find(&a->limits, request.key) || !all_limited(a->spec, request.key))
            continue;
        Sum limit = containers_need(a->limits.arena, a->spec, request.key, true);
        if (limit.any && quantity_compare(&limit.value, &request.value) >= 0) request.value = limit.value;
        if (limit.any) sums_complete(&a->limits, &request);
    }
}

ResourceRequirements completed_pod_resources(const Check *c, const PodSpec *spec) {
    ResourceRequirements r = *spec->resources;
    if (!gate(c, GATE_PodLevelResourcesFixDefaulting) || (!r.limits.n && !r.requests.n)) return r;
    PodAmounts a = {spec, sums_of(c->arena, &r.limits), sums_of(c->arena, &r.requests)};
    fill_page_limits(&a, spec->containers);
    fill_page_limits(&a, spec->initContainers);
    fill_requests(&a);
    fill_limits(&a);
    sums_into(&r.limits, &a.limits);
    sums_into(&r.requests, &a.requests);
    return r;
}

/* Reports amounts of the pod that are less than what its containers need together. */
static void check_covers(PodCheck *p, QuantityMap amounts, bool limit, const Path *path) {
    Check *c = p->c;
    for (uint32_t i = 0; i < amounts.n; i++) {
        const QuantityPair *pair = &amounts.at[i];
        if (limit && !resource_is_huge_pages(pair->key)) continue;
        Sum need = containers_need(c->arena, p->spec, pair->key, limit);
        if (!need.any || quantity_compare(&need.value, &pair->value) <= 0) continue;
        Path at = path_key(path, pair->key);
        emit_resource_pod_too_small(c->diags, where(c, &at), .resource = pair->key, .kind = limit ? S("limit") : S("request"),
                                    .value = quantity_text(c->arena, &pair->value),
                                    .needed = quantity_text(c->arena, &need.value));
    }
}

/* Limits of single containers above the pod's; the server puts the container into the path of the pod's resources. */
static void check_container_limits(PodCheck *p, QuantityMap limits, const Path *path) {
    Check *c = p->c;
    Path printedList = FIELD(path, "containers"), list = FIELD(p->path, "containers"), podLimits = FIELD(path, "limits");
    for (uint32_t i = 0; i < p->spec->containers.n; i++) {
        const Container *container = &p->spec->containers.at[i];
        for (uint32_t j = 0; j < container->resources.limits.n; j++) {
            const QuantityPair *pair = &container->resources.limits.at[j];
            const Quantity *most = quantity_get(limits, pair->key);
            if (!most || quantity_compare(&pair->value, most) <= 0) continue;
            Path printedItem = path_index(&printedList, i), printedKey = path_key(&printedItem, pair->key);
            Path printed = FIELD(&printedKey, "limits"), podLimit = path_key(&podLimits, pair->key);
            Path item = path_index(&list, i), resources = FIELD(&item, "resources"), own = FIELD(&resources, "limits");
            Path place = path_key(&own, pair->key);
            Diag *d =
                emit_resource_over_pod(c->diags, where_printed(c, &place, &printed), .resource = pair->key,
                                       .limit = quantity_text(c->arena, &pair->value), .most = quantity_text(c->arena, most));
            diag_note(c->diags, d, where(c, &podLimit).span, S("the pod's limit"));
        }
    }
}

/* Whether `claims` is there at all: an empty list counts. */
static bool has_claims(const ResourceRequirements *r) {
    const Node *claims = r->head.node ? node_get(r->head.node, S("claims")) : NULL;
    return r->claims.n || (claims && claims->kind == NODE_LIST);
}

static void check_pod_level(PodCheck *p) {
    Check *c = p->c;
    const ResourceRequirements *written = p->spec->resources;
    Path at = FIELD(p->path, "resources"), claims = FIELD(&at, "claims");
    Path limits = FIELD(&at, "limits"), requests = FIELD(&at, "requests");
    if (p->windows) {
        emit_resource_pod_windows(c->diags, where(c, &at));
        return;
    }
    if (has_claims(written)) emit_resource_pod_claims(c->diags, where(c, &claims));
    if (written->claims.n) check_claims(p, written->claims, &claims);
    ResourceRequirements r = p->isTemplate ? *written : completed_pod_resources(p->c, p->spec);
    check_requirements(c, &r, true, &at);
    check_covers(p, r.requests, false, &requests);
    check_covers(p, r.limits, true, &limits);
    check_container_limits(p, r.limits, &at);
}

void check_pod_resources(PodCheck *p) {
    if (p->spec->overhead.n) check_overhead(p);
    if (p->spec->resourceClaims.n) check_pod_claims(p);
    if (p->spec->resources && gate(p->c, GATE_PodLevelResources)) check_pod_level(p);
}
