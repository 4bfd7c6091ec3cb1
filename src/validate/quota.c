/* LimitRanges and ResourceQuotas (k8s.io/kubernetes/pkg/apis/core/validation, pkg/registry/core/resourcequota). */
#include "areas.h"
#include "kinds.h"
#include "limits.h"
#include "resource_names.h"

/* LimitRanges. */

typedef struct LimitCheck {
    Check *c;
    const LimitRangeItem *item;
    const Path *path;
    bool containers; /* names must be those of containers */
} LimitCheck;

static void check_limit_names(const LimitCheck *l, QuantityMap map, const char *field) {
    Check *c = l->c;
    Path list = path_field(l->path, str_of(field));
    for (uint32_t i = 0; i < map.n; i++) {
        Path at = path_key(&list, map.at[i].key);
        if (l->containers && !resource_is_for_containers(map.at[i].key))
            emit_resource_name(c->diags, where_key(c, &at), .name = shown(c->arena, map.at[i].key), .hint = S(""));
        else if (!resource_is_named(map.at[i].key))
            emit_resource_name_unknown(c->diags, where_key(c, &at), .name = shown(c->arena, map.at[i].key));
    }
}

/* FieldValueInvalid at the amount under `field`, or where it would stand, if `low` is more than `high`. */
static void check_order(const LimitCheck *l, Str key, const char *field, const char *lowField, const Quantity *low,
                        const char *highField, const Quantity *high) {
    Check *c = l->c;
    Path list = path_field(l->path, str_of(field)), at = path_key(&list, key);
    if (low && high && quantity_compare(low, high) > 0)
        emit_limit_order(c->diags, where(c, &at), .resource = key, .low = str_of(lowField),
                         .lowValue = quantity_text(c->arena, low), .high = str_of(highField),
                         .highValue = quantity_text(c->arena, high));
}

static void check_ratio(const LimitCheck *l, Str key, const Quantity *ratio, const Quantity *min, const Quantity *max) {
    Check *c = l->c;
    Path list = FIELD(l->path, "maxLimitRequestRatio"), at = path_key(&list, key);
    const int64_t exact = INT64_MAX / 1000;
    if (ratio->nano < NANO) emit_limit_ratio_small(c->diags, where(c, &at), .value = quantity_text(c->arena, ratio));
    if (!min || !max) return;
    const Int128 milli = NANO / 1000;
    bool fine = quantity_units(ratio, NANO) < exact && quantity_units(min, NANO) < exact && quantity_units(max, NANO) < exact;
    double limit = fine ? (double)quantity_units(max, milli) / (double)quantity_units(min, milli)
                        : (double)quantity_units(max, NANO) / (double)quantity_units(min, NANO);
    double value = fine ? (double)quantity_units(ratio, milli) / 1000 : (double)quantity_units(ratio, NANO);
    if (value > limit)
        emit_limit_ratio_large(c->diags, where(c, &at), .value = quantity_text(c->arena, ratio), .resource = key,
                               .max = quantity_text(c->arena, max), .min = quantity_text(c->arena, min));
}

static void check_limits_of(const LimitCheck *l, Str key) {
    const LimitRangeItem *item = l->item;
    Check *c = l->c;
    bool pod = str_eq(item->type, S("Pod"));
    const Quantity *min = quantity_get(item->min, key), *max = quantity_get(item->max, key);
    const Quantity *limit = pod ? NULL : quantity_get(item->default_, key);
    const Quantity *request = pod ? NULL : quantity_get(item->defaultRequest, key),
                   *ratio = quantity_get(item->maxLimitRequestRatio, key);
    check_order(l, key, "min", "min", min, "max", max);
    check_order(l, key, "defaultRequest", "min", min, "defaultRequest", request);
    check_order(l, key, "defaultRequest", "defaultRequest", request, "max", max);
    check_order(l, key, "defaultRequest", "defaultRequest", request, "default", limit);
    check_order(l, key, "default", "min", min, "default", limit);
    check_order(l, key, "default", "default", limit, "max", max);
    if (ratio) check_ratio(l, key, ratio, min, max);
    if (resource_can_overcommit(key) || !limit || !request || quantity_compare(limit, request) == 0) return;
    Path list = FIELD(l->path, "defaultRequest"), at = path_key(&list, key);
    emit_limit_not_equal(c->diags, where(c, &at), .resource = key, .request = quantity_text(c->arena, request),
                         .limit = quantity_text(c->arena, limit));
}

static void check_limit(Check *c, const LimitRangeItem *item, const Path *path) {
    bool pod = str_eq(item->type, S("Pod")), container = str_eq(item->type, S("Container"));
    LimitCheck l = {c, item, path, pod || container};
    Path limits = FIELD(path, "limits"), defaults = FIELD(path, "default"), requests = FIELD(path, "defaultRequest");
    check_limit_names(&l, item->max, "max");
    check_limit_names(&l, item->min, "min");
    if (pod && item->default_.n) emit_limit_pod_default(c->diags, where_key(c, &defaults), .field = defaults.name);
    if (pod && item->defaultRequest.n) emit_limit_pod_default(c->diags, where_key(c, &requests), .field = requests.name);
    if (!pod) check_limit_names(&l, item->default_, "default");
    if (!pod) check_limit_names(&l, item->defaultRequest, "defaultRequest");
    check_limit_names(&l, item->maxLimitRequestRatio, "maxLimitRequestRatio");
    if (str_eq(item->type, S("PersistentVolumeClaim")) && !quantity_get(item->min, S("storage")) &&
        !quantity_get(item->max, S("storage")))
        emit_limit_storage_required(c->diags, where_inside(c, &limits, where(c, path)));
    const QuantityMap maps[] = {item->max, item->min, item->default_, item->defaultRequest, item->maxLimitRequestRatio};
    for (size_t i = 0; i < COUNT(maps); i++)
        for (uint32_t j = 0; j < maps[i].n; j++) {
            bool seen = false;
            for (size_t k = 0; k < i && !seen; k++) seen = quantity_get(maps[k], maps[i].at[j].key);
            if (!seen) check_limits_of(&l, maps[i].at[j].key);
        }
}

void check_limit_range(Check *c, void *object) {
    LimitRangeItemList limits = ((LimitRange *)object)->spec.limits;
    Path spec = FIELD(NULL, "spec"), list = FIELD(&spec, "limits");
    for (uint32_t i = 0; i < limits.n; i++) {
        const LimitRangeItem *item = &limits.at[i];
        Path at = path_index(&list, i), type = FIELD(&at, "type");
        bool known = is_known_value(c, FIELD_OF(LimitRangeItem, type), item->type);
        bool prefixed = is_qualified_name(item->type) && str_find(item->type, '/') >= 0, taken = false;
        if (!known && !prefixed) {
            Advice advice = value_advice(c, FIELD_OF(LimitRangeItem, type), item->type);
            emit_limit_type(c->diags, where(c, &type), .value = shown(c->arena, item->type), .allowed = advice.allowed,
                            .hint = advice.hint);
        }
        for (uint32_t j = 0; j < i; j++) taken |= str_eq(limits.at[j].type, item->type);
        if (taken) emit_limit_type_taken(c->diags, where(c, &type), .type = shown(c->arena, item->type));
        check_limit(c, item, &at);
    }
}

/* ResourceQuotas. */

/* Whether objects of a scope use a resource. */
static bool scope_has(Str scope, Str resource) {
    bool pods = str_eq(resource, S("pods")), volumes = str_eq(scope, S("VolumeAttributesClass"));
    if (volumes) return str_eq(resource, S("persistentvolumeclaims")) || str_eq(resource, S("requests.storage"));
    if (str_eq(scope, S("BestEffort"))) return pods;
    static const Str compute[] = {STR("cpu"),           STR("memory"),       STR("limits.cpu"),
                                  STR("limits.memory"), STR("requests.cpu"), STR("requests.memory")};
    return pods || str_in(resource, compute, COUNT(compute));
}

static void check_scope(Check *c, Str scope, QuantityMap hard, const Path *unknown, const Path *place, const Path *printed) {
    if (!is_known_value(c, FIELD_OF(ScopedResourceSelectorRequirement, scopeName), scope)) {
        Advice advice = value_advice(c, FIELD_OF(ScopedResourceSelectorRequirement, scopeName), scope);
        emit_quota_scope(c->diags, where_printed(c, place, unknown), .value = shown(c->arena, scope), .allowed = advice.allowed,
                         .hint = advice.hint);
        return;
    }
    for (uint32_t i = 0; i < hard.n; i++) {
        Str key = hard.at[i].key;
        bool counted = str_find(key, '/') < 0 && resource_is_for_quotas(key);
        if (!counted || scope_has(scope, key)) continue;
        emit_quota_scope_resource(c->diags, where_printed(c, place, printed), .scope = scope, .resource = key);
        return;
    }
}

static void check_conflicts(Check *c, const Str *scopes, uint32_t n, const Path *printed) {
    static const Str pairs[][2] = {{STR("BestEffort"), STR("NotBestEffort")}, {STR("Terminating"), STR("NotTerminating")}};
    for (size_t i = 0; i < COUNT(pairs); i++)
        if (str_in(pairs[i][0], scopes, n) && str_in(pairs[i][1], scopes, n))
            emit_quota_scopes_conflict(c->diags, where_key(c, printed), .a = pairs[i][0], .b = pairs[i][1]);
}

static void check_scope_selector(Check *c, const ScopedResourceSelectorRequirement *term, const Path *path, const Path *list) {
    Path operator= FIELD(path, "operator"), values = FIELD(path, "values");
    Path printedOperator = FIELD(list, "operator"), printedValues = FIELD(list, "values");
    bool listed = str_eq(term->operator, S("In")) || str_eq(term->operator, S("NotIn"));
    bool byValue = str_eq(term->scopeName, S("PriorityClass")) || str_eq(term->scopeName, S("VolumeAttributesClass"));
    bool known = is_known_value(c, FIELD_OF(ScopedResourceSelectorRequirement, scopeName), term->scopeName);
    if (!is_known_value(c, FIELD_OF(ScopedResourceSelectorRequirement, operator), term->operator)) {
        Advice advice = value_advice(c, FIELD_OF(ScopedResourceSelectorRequirement, operator), term->operator);
        emit_selector_operator(c->diags, where_printed(c, &operator, & printedOperator), .value = shown(c->arena, term->operator),
                               .allowed = advice.allowed, .hint = advice.hint);
    } else if (known && !byValue && !str_eq(term->operator, S("Exists"))) {
        emit_quota_scope_operator(c->diags, where_printed(c, &operator, & printedOperator), .scope = term->scopeName,
                                  .operator= term->operator);
    }
    if (listed && !term->values.n)
        emit_selector_values_required(c->diags, where_printed(c, &values, &printedValues), .operator= term->operator);
    if ((str_eq(term->operator, S("Exists")) || str_eq(term->operator, S("DoesNotExist"))) && term->values.n)
        emit_quota_scope_values(c->diags, where_printed(c, &values, &printedValues), .operator= term->operator);
}

static void check_scopes(Check *c, const ResourceQuotaSpec *spec, const Path *path) {
    Path scopes = FIELD(path, "scopes"), selector = FIELD(path, "scopeSelector"), list = FIELD(&selector, "matchExpressions");
    Path unknown = FIELD(&list, "scopeName");
    for (uint32_t i = 0; i < spec->scopes.n; i++) {
        Path at = path_index(&scopes, i);
        check_scope(c, spec->scopes.at[i], spec->hard, &scopes, &at, &scopes);
    }
    check_conflicts(c, spec->scopes.at, spec->scopes.n, &scopes);
    if (!spec->scopeSelector) return;
    ScopedResourceSelectorRequirementList terms = spec->scopeSelector->matchExpressions;
    Str *names = NEW_ARRAY(c->arena, Str, terms.n + 1);
    for (uint32_t i = 0; i < terms.n; i++) {
        Path at = path_index(&list, i), name = FIELD(&at, "scopeName");
        names[i] = terms.at[i].scopeName;
        check_scope(c, names[i], spec->hard, &unknown, &name, &list);
        check_scope_selector(c, &terms.at[i], &at, &list);
    }
    check_conflicts(c, names, terms.n, &list);
}

void check_resource_quota(Check *c, void *object) {
    const ResourceQuotaSpec *spec = &((ResourceQuota *)object)->spec;
    Path path = FIELD(NULL, "spec"), hard = FIELD(&path, "hard");
    for (uint32_t i = 0; i < spec->hard.n; i++) {
        const QuantityPair *pair = &spec->hard.at[i];
        Path at = path_key(&hard, pair->key);
        if (!resource_is_for_quotas(pair->key))
            emit_quota_resource(c->diags, where_key(c, &at), .name = shown(c->arena, pair->key));
        if (pair->value.nano < 0)
            emit_resource_negative(c->diags, where(c, &at), .resource = pair->key,
                                   .value = quantity_text(c->arena, &pair->value));
        if (resource_is_counted(pair->key) && !quantity_is_whole(&pair->value))
            emit_resource_whole(c->diags, where(c, &at), .resource = pair->key, .value = quantity_text(c->arena, &pair->value));
    }
    check_scopes(c, spec, &path);
}

void warn_resource_quota(Check *c, const void *object) {
    static const Str resources[] = {STR("cpu"), STR("memory"), STR("storage"), STR("ephemeral-storage")};
    QuantityMap hard = ((const ResourceQuota *)object)->spec.hard;
    Path path = FIELD(NULL, "spec"), list = FIELD(&path, "hard");
    for (size_t i = 0; i < COUNT(resources); i++) {
        Str request = str_join(c->arena, S("requests."), resources[i]), limit = str_join(c->arena, S("limits."), resources[i]);
        if (i < 2 && !quantity_get(hard, request)) request = resources[i];
        const Quantity *low = quantity_get(hard, request), *high = quantity_get(hard, limit);
        Path at = path_key(&list, request);
        if (low && high && quantity_compare(low, high) > 0)
            emit_warn_quota_order(c->diags, where(c, &at), .request = request, .limit = limit,
                                  .low = quantity_text(c->arena, low), .high = quantity_text(c->arena, high));
    }
}
