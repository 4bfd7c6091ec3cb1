/* LimitRanger: what a LimitRange gives containers that do not say it, and what it asks of containers, pods and claims. */
#include "validate/validate.h"
#include "plugin.h"

/* Adds the pairs of `from` that `to` lacks; whether there were any. */
static bool complete(Arena *arena, QuantityMap *to, const QuantityMap *from) {
    Sums sums = sums_of(arena, to);
    for (uint32_t i = 0; i < from->n; i++) sums_complete(&sums, &from->at[i]);
    bool more = sums.pairs.n > to->n;
    sums_into(to, &sums);
    return more;
}

static bool complete_all(Arena *arena, ContainerList list, const QuantityMap *requests, const QuantityMap *limits) {
    bool more = false;
    for (uint32_t i = 0; i < list.n; i++) {
        more |= complete(arena, &list.at[i].resources.limits, limits);
        more |= complete(arena, &list.at[i].resources.requests, requests);
    }
    return more;
}

static bool fill(const Request *r, const LimitRange *range) {
    Sums requests = sums_start(r->arena), limits = sums_start(r->arena);
    for (uint32_t i = range->spec.limits.n; i-- > 0;) { /* the last one wins */
        const LimitRangeItem *item = &range->spec.limits.at[i];
        if (!str_eq(item->type, S("Container"))) continue;
        for (uint32_t j = 0; j < item->defaultRequest.n; j++) sums_complete(&requests, &item->defaultRequest.at[j]);
        for (uint32_t j = 0; j < item->default_.n; j++) sums_complete(&limits, &item->default_.at[j]);
    }
    QuantityMap request = sums_map(&requests), limit = sums_map(&limits);
    bool more = complete_all(r->arena, r->spec->containers, &request, &limit);
    return complete_all(r->arena, r->spec->initContainers, &request, &limit) || more;
}

static bool is_known(const DiagList *list, uint32_t count, const Diag *diag) {
    for (uint32_t i = 0; i < count; i++)
        if (list->items.at[i].rule == diag->rule && str_eq(list->items.at[i].path, diag->path)) return true;
    return false;
}

/* What the server refuses of the pod only now that it is filled in. */
static void check_filled(const Request *r, const Decider *decider, DiagList *before) {
    DiagList own = r->document->diags, *after = &r->document->diags;
    *after = (DiagList){.arena = r->arena};
    validate_create(r->document);
    DiagList found = *after;
    *after = own;
    for (uint32_t i = 0; i < found.items.n; i++) {
        const Diag *diag = &found.items.at[i];
        if (diag->severity != SEVERITY_ERROR || is_known(before, before->items.n, diag)) continue;
        emit_limit_range_defaults(r->diags, ((Where){diag->span, diag->path, diag->missing}), .pods = r->pods,
                                  .name = decider_name(decider), .place = decider_place(r, decider), .message = diag->message);
    }
}

void limit_ranger_fill(const Request *r) {
    const Decider *last = NULL;
    DiagList own = r->document->diags, before = {.arena = r->arena};
    const Decider *d = deciders_first(r, KIND_LimitRange, r->namespace_);
    if (!d) return;
    r->document->diags = before;
    validate_create(r->document);
    before = r->document->diags;
    r->document->diags = own;
    for (; d; d = deciders_next(r, d))
        if (fill(r, d->document->object)) last = d;
    if (last) check_filled(r, last, &before);
}

/* An amount as the server compares it with two others: in thousandths unless one is too large for that. */
typedef struct Compared {
    int64_t request, limit, enforced;
    bool milli;
} Compared;

static Compared compare(const Quantity *request, const Quantity *limit, const Quantity *enforced) {
    enum { UNITS = 1000 };
    static const Quantity none = {0};
    const Quantity *all[] = {request ? request : &none, limit ? limit : &none, enforced};
    int64_t values[COUNT(all)];
    bool milli = true;
    for (size_t i = 0; i < COUNT(all); i++) {
        values[i] = quantity_value(all[i]);
        milli &= values[i] <= INT64_MAX / UNITS;
    }
    for (size_t i = 0; milli && i < COUNT(all); i++) values[i] = quantity_milli(all[i]);
    return (Compared){values[0], values[1], values[2], milli};
}

/* Something that has requests and limits: a container, a pod or a claim. */
typedef struct Limited {
    const Request *r;
    const Decider *decider;
    const Path *path; /* of its resources */
    Str who, type;    /* "container web"; Container */
    const Sums *requests, *limits;
    bool requestsOnly; /* as of claims */
} Limited;

static Where at_resource(const Limited *s, Str list, Str resource) {
    Path map = path_field(s->path, list), value = path_key(&map, resource);
    return request_where(s->r, s->path ? &value : NULL);
}

static void say(const Limited *s, Str list, const QuantityPair *enforced, Str bound, const Quantity *is, Str fix) {
    const Request *r = s->r;
    Str amount = quantity_text(r->arena, &enforced->value);
    Str what = is ? str_format(r->arena, "has the %.*s %.*s %.*s", TEXT(enforced->key), (int)(list.len - 1), list.at,
                               TEXT(quantity_text(r->arena, is)))
                  : str_format(r->arena, "has no %.*s %.*s", TEXT(enforced->key), (int)(list.len - 1), list.at);
    emit_limit_range(r->diags, at_resource(s, list, enforced->key), .pods = r->pods, .who = s->who, .what = what, .bound = bound,
                     .amount = amount, .type = s->type, .name = decider_name(s->decider), .place = decider_place(r, s->decider),
                     .fix = fix);
}

static void check_minimum(const Limited *s, const QuantityPair *min) {
    const Quantity *request = sums_find(s->requests, min->key), *limit = sums_find(s->limits, min->key);
    Compared c = compare(request, limit, &min->value);
    Str fix = str_format(s->r->arena, "ask for %.*s or more", TEXT(quantity_text(s->r->arena, &min->value)));
    if (!request || c.request < c.enforced)
        say(s, S("requests"), min, S("at least"), request, fix);
    else if (limit && c.limit < c.enforced)
        say(s, S("limits"), min, S("at least"), limit, fix);
}

static void check_maximum(const Limited *s, const QuantityPair *max) {
    const Quantity *request = sums_find(s->requests, max->key), *limit = sums_find(s->limits, max->key);
    Compared c = compare(request, limit, &max->value);
    Str fix = str_format(s->r->arena, "write %.*s or less", TEXT(quantity_text(s->r->arena, &max->value)));
    if (!s->requestsOnly && (!limit || c.limit > c.enforced))
        say(s, S("limits"), max, S("at most"), limit, fix);
    else if ((s->requestsOnly && !request) || (request && c.request > c.enforced))
        say(s, S("requests"), max, S("at most"), request, fix);
}

static void check_ratio(const Limited *s, const QuantityPair *ratio) {
    const Request *r = s->r;
    const Quantity *request = sums_find(s->requests, ratio->key), *limit = sums_find(s->limits, ratio->key);
    Compared c = compare(request, limit, &ratio->value);
    Str list = S("limits"), is;
    if (!request || c.request == 0) {
        list = S("requests");
        is = str_format(r->arena, "has no %.*s request", TEXT(ratio->key));
    } else if (!limit || c.limit == 0) {
        is = str_format(r->arena, "has no %.*s limit", TEXT(ratio->key));
    } else {
        double observed = (double)c.limit / (double)c.request, most = (double)quantity_value(&ratio->value);
        bool milli = quantity_value(&ratio->value) <= INT64_MAX / 1000;
        if (!(milli ? observed * 1000 > (double)quantity_milli(&ratio->value) : observed > most)) return;
        is = str_format(r->arena, "has a %.*s limit %.4g times its request", TEXT(ratio->key), observed);
    }
    emit_limit_range_ratio(r->diags, at_resource(s, list, ratio->key), .pods = r->pods, .who = s->who, .what = is,
                           .ratio = str_format(r->arena, "%g", (double)quantity_milli(&ratio->value) / 1000), .type = s->type,
                           .name = decider_name(s->decider), .place = decider_place(r, s->decider));
}

static void check_limited(const Limited *s, const LimitRangeItem *item) {
    for (uint32_t i = 0; i < item->min.n; i++) check_minimum(s, &item->min.at[i]);
    for (uint32_t i = 0; i < item->max.n; i++) check_maximum(s, &item->max.at[i]);
    for (uint32_t i = 0; !s->requestsOnly && i < item->maxLimitRequestRatio.n; i++)
        check_ratio(s, &item->maxLimitRequestRatio.at[i]);
}

static void check_containers(const Request *r, const Decider *decider, const LimitRangeItem *item) {
    ContainerWalk w;
    for (walk_containers(&w, r->spec, &r->place.spec); walk_next(&w);) {
        Sums requests = sums_of(r->arena, &w.container->resources.requests);
        Sums limits = sums_of(r->arena, &w.container->resources.limits);
        Path resources = path_field(&w.path, S("resources"));
        Limited limited = {r, decider, &resources, container_words(r, &w), S("container"), &requests, &limits, false};
        check_limited(&limited, item);
    }
}

static void check_pod(const Request *r, const Decider *decider, const LimitRangeItem *item) {
    Sums requests = pod_amounts(r->arena, r->spec, false), limits = pod_amounts(r->arena, r->spec, true);
    Path resources = path_field(&r->place.spec, S("resources"));
    Limited limited = {r, decider, &resources, S("the pod"), S("pod"), &requests, &limits, false};
    check_limited(&limited, item);
}

static void check_claim(const Request *r, const Decider *decider, const LimitRangeItem *item, const PersistentVolumeClaim *claim,
                        Str who, const Path *path) {
    Path spec = path_field(path, S("spec")), resources = path_field(&spec, S("resources"));
    Sums requests = sums_of(r->arena, &claim->spec.resources.requests), none = sums_start(r->arena);
    Limited limited = {r, decider, &resources, who, S("claim"), &requests, &none, true};
    check_limited(&limited, item);
}

/* Stops at the first LimitRange that refuses, as the server does. */
void limit_ranger_check(const Request *r) {
    uint32_t before = r->diags->items.n;
    const PersistentVolumeClaim *claim = model_is(r->document, KIND_PersistentVolumeClaim) ? r->document->object : NULL;
    for (const Decider *d = deciders_first(r, KIND_LimitRange, r->namespace_); d && r->diags->items.n == before;
         d = deciders_next(r, d)) {
        const LimitRange *range = d->document->object;
        for (uint32_t i = 0; i < range->spec.limits.n; i++) {
            const LimitRangeItem *item = &range->spec.limits.at[i];
            if (r->spec && str_eq(item->type, S("Container"))) check_containers(r, d, item);
            if (r->spec && str_eq(item->type, S("Pod"))) check_pod(r, d, item);
            if (claim && str_eq(item->type, S("PersistentVolumeClaim"))) check_claim(r, d, item, claim, S("the claim"), NULL);
        }
    }
}

void limit_ranger_check_claims(const Request *r) {
    MadeClaims claims = made_claims(r);
    Request waiting = waiting_request(r);
    uint32_t before = r->diags->items.n;
    for (const Decider *d = deciders_first(r, KIND_LimitRange, r->namespace_); d && claims.n && r->diags->items.n == before;
         d = deciders_next(r, d)) {
        const LimitRange *range = d->document->object;
        for (uint32_t i = 0; i < range->spec.limits.n; i++)
            for (uint32_t j = 0; j < claims.n && str_eq(range->spec.limits.at[i].type, S("PersistentVolumeClaim")); j++)
                check_claim(&waiting, d, &range->spec.limits.at[i], &claims.at[j].claim, made_claim_words(r, &claims.at[j], 1),
                            claims.at[j].at);
    }
}
