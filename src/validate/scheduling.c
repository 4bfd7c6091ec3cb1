/* Where a pod may run: node selector, affinity, tolerations, topology spread constraints and scheduling gates
 * (k8s.io/kubernetes/pkg/apis/core/validation). The server prints some places in its own way: a namespace without its index, a
 * key of matchLabelKeys as an index of the term, a repeated spread constraint as a pair of fields. */
#include <jansson.h>

#include "areas.h"
#include "base/str_set.h"

/* Node selectors. */

/* Fields of a node are compared by the first two of the operators for its labels. */
static bool is_operator(const Check *c, Str operator, bool isField) {
    if (isField) return str_eq(operator, S("In")) || str_eq(operator, S("NotIn"));
    return is_known_value(c, FIELD_OF(NodeSelectorRequirement, operator), operator);
}

static void report_operator(Check *c, Str value, bool isField, const Path *path) {
    StrList known = known_values(c, FIELD_OF(NodeSelectorRequirement, operator));
    if (isField) known.n = 2;
    emit_scheduling_operator(
        c->diags, where(c, path), .value = shown(c->arena, value), .place = isField ? S(" for fields of a node") : S(""),
        .allowed = words_or(c->arena, known.at, known.n), .hint = did_you_mean(c->arena, value, known.at, known.n));
}

/* The operator, and as many values as it takes. */
static void check_operator(Check *c, const NodeSelectorRequirement *requirement, bool isField, const Path *path) {
    Str operator= requirement->operator;
    uint32_t values = requirement->values.n;
    Path operatorPath = FIELD(path, "operator"), at = FIELD(path, "values");
    if (!is_operator(c, operator, isField)) {
        report_operator(c, operator, isField, &operatorPath);
        return;
    }
    bool exists = str_eq(operator, S("Exists")), none = exists || str_eq(operator, S("DoesNotExist"));
    bool one = isField || str_eq(operator, S("Gt")) || str_eq(operator, S("Lt"));
    if (none && values)
        emit_scheduling_values_forbidden(c->diags, where_key(c, &at), .operator= operator,
                                         .better = exists ? S("In") : S("NotIn"));
    else if (one && values != 1)
        emit_scheduling_values_single(c->diags, where_key(c, &at), .operator= operator, .count = str_int(c->arena, values),
                                      .hint = values && str_eq(operator, S("In")) ? S("write a term for each node") : S(""));
    else if (!none && !one && !values)
        emit_scheduling_values_required(c->diags, where(c, &at), .operator= operator);
}

static void check_label_requirement(Check *c, const NodeSelectorRequirement *requirement, bool valuesToo, const Path *path) {
    Path key = FIELD(path, "key"), values = FIELD(path, "values");
    check_operator(c, requirement, false, path);
    check_qualified_name(c, requirement->key, &key);
    for (uint32_t i = 0; valuesToo && i < requirement->values.n; i++) {
        Path at = path_index(&values, i);
        check_label_value(c, requirement->values.at[i], &at);
    }
}

static void check_field_requirement(Check *c, const NodeSelectorRequirement *requirement, const Path *path) {
    Path key = FIELD(path, "key"), values = FIELD(path, "values");
    check_operator(c, requirement, true, path);
    if (!str_eq(requirement->key, S("metadata.name"))) {
        emit_scheduling_node_field(c->diags, where(c, &key), .field = shown(c->arena, requirement->key));
        return;
    }
    for (uint32_t i = 0; i < requirement->values.n; i++) {
        Path at = path_index(&values, i);
        check_dns_subdomain(c, requirement->values.at[i], &at);
    }
}

static void check_node_term(Check *c, const NodeSelectorTerm *term, bool valuesToo, const Path *path) {
    Path expressions = FIELD(path, "matchExpressions"), fields = FIELD(path, "matchFields");
    for (uint32_t i = 0; i < term->matchExpressions.n; i++) {
        Path at = path_index(&expressions, i);
        check_label_requirement(c, &term->matchExpressions.at[i], valuesToo, &at);
    }
    for (uint32_t i = 0; i < term->matchFields.n; i++) {
        Path at = path_index(&fields, i);
        check_field_requirement(c, &term->matchFields.at[i], &at);
    }
}

/* Values that no label can have are a fault in what is required, since 1.33; as a preference they only match nothing. */
void check_node_selector(Check *c, const NodeSelector *selector, const Path *path) {
    Path terms = FIELD(path, "nodeSelectorTerms");
    if (!selector->nodeSelectorTerms.n) emit_scheduling_terms_required(c->diags, where(c, &terms));
    for (uint32_t i = 0; i < selector->nodeSelectorTerms.n; i++) {
        Path at = path_index(&terms, i);
        check_node_term(c, &selector->nodeSelectorTerms.at[i], c->minor >= 33, &at);
    }
}

static void check_node_affinity(Check *c, const NodeAffinity *affinity, const Path *path) {
    PreferredSchedulingTermList preferred = affinity->preferredDuringSchedulingIgnoredDuringExecution;
    Path required = FIELD(path, "requiredDuringSchedulingIgnoredDuringExecution");
    Path preferredPath = FIELD(path, "preferredDuringSchedulingIgnoredDuringExecution");
    if (affinity->requiredDuringSchedulingIgnoredDuringExecution)
        check_node_selector(c, affinity->requiredDuringSchedulingIgnoredDuringExecution, &required);
    for (uint32_t i = 0; i < preferred.n; i++) {
        Path item = path_index(&preferredPath, i), at = FIELD(&item, "preference");
        check_node_term(c, &preferred.at[i].preference, false, &at);
    }
}

/* Keys of labels that take part in a selector with the pod's own values. */

static void check_key_names(Check *c, StrList keys, const Path *path) {
    for (uint32_t i = 0; i < keys.n; i++) {
        Path at = path_index(path, i);
        check_qualified_name(c, keys.at[i], &at);
    }
}

/* False if there are keys and nothing that they could be added to. */
static bool check_keys_have_selector(Check *c, StrList keys, const LabelSelector *selector, const Path *path) {
    if (!keys.n || selector) return true;
    emit_scheduling_label_keys_selector(c->diags, where_key(c, path), .field = path->name);
    return false;
}

static void report_key_twice(Check *c, StrList keys, uint32_t i, const Path *keysPath, const Path *printed) {
    Path at = path_index(keysPath, i), as = path_index(printed, i);
    emit_scheduling_label_keys_twice(c->diags, where_printed(c, &at, &as), .key = keys.at[i]);
}

/* By now the selector of a pod holds what the keys add to it, so a key is in it twice if it was there before. */
static void check_keys_once(Check *c, StrList keys, const LabelSelector *selector, const Path *keysPath, const Path *term) {
    StrSet asKeys = {.arena = c->arena}, selected = {.arena = c->arena};
    for (uint32_t i = keys.n; i > 0; i--) str_set_add(&asKeys, keys.at[i - 1], &keys.at[i - 1]);
    for (uint32_t i = 0; i < selector->matchLabels.n; i++) str_set_add(&selected, selector->matchLabels.at[i].key, selector);
    for (uint32_t i = 0; i < selector->matchExpressions.n; i++) {
        Str name = selector->matchExpressions.at[i].key;
        const Str *key = str_set_find(&asKeys, name);
        if (str_set_add(&selected, name, selector) && key) report_key_twice(c, keys, (uint32_t)(key - keys.at), keysPath, term);
    }
}

static void check_keys_differ(Check *c, StrList match, StrList mismatch, const Path *matchPath, const Path *mismatchPath) {
    StrSet mismatched = {.arena = c->arena};
    for (uint32_t i = 0; i < mismatch.n; i++) str_set_add(&mismatched, mismatch.at[i], &mismatch.at[i]);
    for (uint32_t i = 0; i < match.n; i++) {
        const Str *other = str_set_find(&mismatched, match.at[i]);
        if (!other) continue;
        Path at = path_index(matchPath, i), otherPath = path_index(mismatchPath, (uint32_t)(other - mismatch.at));
        Diag *d = emit_scheduling_label_keys_contradiction(c->diags, where(c, &at), .key = match.at[i]);
        diag_note(c->diags, d, where(c, &otherPath).span, S("in mismatchLabelKeys"));
    }
}

/* matchLabelKeys and mismatchLabelKeys of a term, and the selector beside them. */
static void check_label_keys(Check *c, StrList match, StrList mismatch, const LabelSelector *selector, const Path *term) {
    Path matchPath = FIELD(term, "matchLabelKeys"), mismatchPath = FIELD(term, "mismatchLabelKeys");
    if (check_keys_have_selector(c, match, selector, &matchPath)) check_key_names(c, match, &matchPath);
    if (check_keys_have_selector(c, mismatch, selector, &mismatchPath)) check_key_names(c, mismatch, &mismatchPath);
    if (match.n && selector) check_keys_once(c, match, selector, &matchPath, term);
    if (match.n && mismatch.n) check_keys_differ(c, match, mismatch, &matchPath, &mismatchPath);
}

/* matchLabelKeys of a spread constraint in versions that did not merge them into the selector. */
static void check_unmerged_keys(Check *c, StrList keys, const LabelSelector *selector, const Path *term) {
    Path path = FIELD(term, "matchLabelKeys");
    check_keys_have_selector(c, keys, selector, &path);
    check_key_names(c, keys, &path);
    if (!keys.n || !selector) return;
    StrSet selected = {.arena = c->arena};
    for (uint32_t i = 0; i < selector->matchLabels.n; i++) str_set_add(&selected, selector->matchLabels.at[i].key, selector);
    for (uint32_t i = 0; i < selector->matchExpressions.n; i++)
        str_set_add(&selected, selector->matchExpressions.at[i].key, selector);
    for (uint32_t i = 0; i < keys.n; i++)
        if (str_set_find(&selected, keys.at[i])) report_key_twice(c, keys, i, &path, &path);
}

/* Affinity to other pods. */

static void check_pod_term(Check *c, const PodAffinityTerm *term, const Path *path) {
    Path selector = FIELD(path, "labelSelector"), namespaceSelector = FIELD(path, "namespaceSelector");
    Path namespaces = FIELD(path, "namespaces"), namespace = FIELD(path, "namespace"), topologyKey = FIELD(path, "topologyKey");
    check_label_selector(c, term->labelSelector, &selector);
    check_label_selector(c, term->namespaceSelector, &namespaceSelector);
    for (uint32_t i = 0; i < term->namespaces.n; i++) {
        if (is_dns_label(term->namespaces.at[i])) continue;
        Path at = path_index(&namespaces, i);
        emit_scheduling_namespace(c->diags, where_printed(c, &at, &namespace), .value = shown(c->arena, term->namespaces.at[i]));
    }
    check_label_keys(c, term->matchLabelKeys, term->mismatchLabelKeys, term->labelSelector, path);
    check_required(c, term->topologyKey, &topologyKey);
    check_qualified_name(c, term->topologyKey, &topologyKey);
}

static void check_pod_terms(Check *c, PodAffinityTermList required, WeightedPodAffinityTermList preferred, const Path *path) {
    Path requiredPath = FIELD(path, "requiredDuringSchedulingIgnoredDuringExecution");
    Path preferredPath = FIELD(path, "preferredDuringSchedulingIgnoredDuringExecution");
    for (uint32_t i = 0; i < required.n; i++) {
        Path at = path_index(&requiredPath, i);
        check_pod_term(c, &required.at[i], &at);
    }
    for (uint32_t i = 0; i < preferred.n; i++) {
        Path item = path_index(&preferredPath, i), at = FIELD(&item, "podAffinityTerm");
        check_pod_term(c, &preferred.at[i].podAffinityTerm, &at);
    }
}

static void check_affinity(Check *c, const Affinity *affinity, const Path *path) {
    Path nodes = FIELD(path, "nodeAffinity"), pods = FIELD(path, "podAffinity"), anti = FIELD(path, "podAntiAffinity");
    const PodAffinity *near = affinity->podAffinity;
    const PodAntiAffinity *far = affinity->podAntiAffinity;
    if (affinity->nodeAffinity) check_node_affinity(c, affinity->nodeAffinity, &nodes);
    if (near)
        check_pod_terms(c, near->requiredDuringSchedulingIgnoredDuringExecution,
                        near->preferredDuringSchedulingIgnoredDuringExecution, &pods);
    if (far)
        check_pod_terms(c, far->requiredDuringSchedulingIgnoredDuringExecution,
                        far->preferredDuringSchedulingIgnoredDuringExecution, &anti);
}

/* Tolerations. */

static Str but_not(Check *c, Str value) {
    return value.len ? str_join(c->arena, S(", not "), shown(c->arena, value)) : S("");
}

/* What a toleration's operator says of the value. */
static void check_toleration_value(Check *c, const Toleration *toleration, const Path *path) {
    Path operatorPath = FIELD(path, "operator"), at = FIELD(path, "value");
    Str operator= toleration->operator, value = toleration->value;
    int64_t number;
    if (!operator.len || str_eq(operator, S("Equal"))) {
        if (!is_label_value(value))
            emit_scheduling_toleration_value(c->diags, where_printed(c, &at, &operatorPath), .value = shown(c->arena, value));
    } else if (str_eq(operator, S("Exists"))) {
        if (value.len)
            emit_scheduling_toleration_exists(c->diags, where_printed(c, &at, &operatorPath), .value = shown(c->arena, value));
    } else if (is_known_value(c, FIELD_OF(Toleration, operator), operator) &&
               (!is_decimal(value) || !int_parse(value, INT64_MIN, INT64_MAX, &number))) {
        emit_scheduling_toleration_number(c->diags, where(c, &at), .operator= operator, .value = shown(c->arena, value));
    }
}

static void check_toleration(Check *c, const Toleration *toleration, bool comparisons, const Path *path) {
    Path key = FIELD(path, "key"), operator= FIELD(path, "operator"), effect = FIELD(path, "effect");
    if (toleration->key.len)
        check_qualified_name(c, toleration->key, &key);
    else if (!str_eq(toleration->operator, S("Exists")))
        emit_scheduling_toleration_without_key(c->diags, where(c, &operator), .found = but_not(c, toleration->operator));
    if (toleration->tolerationSeconds.set && !str_eq(toleration->effect, S("NoExecute"))) {
        Path seconds = FIELD(path, "tolerationSeconds");
        emit_scheduling_toleration_seconds(c->diags, where_printed(c, &seconds, &effect),
                                           .found = but_not(c, toleration->effect));
    }
    bool compares = str_eq(toleration->operator, S("Lt")) || str_eq(toleration->operator, S("Gt"));
    if (compares && !comparisons) {
        emit_scheduling_toleration_comparison(c->diags, where(c, &operator), .operator= toleration->operator);
        CHECK_FIELD(c, Toleration, effect, toleration, path);
        return;
    }
    CHECK_FIELDS(c, Toleration, toleration, path);
    check_toleration_value(c, toleration, path);
}

void check_tolerations(Check *c, TolerationList tolerations, bool comparisons, const Path *path) {
    for (uint32_t i = 0; i < tolerations.n; i++) {
        Path at = path_index(path, i);
        check_toleration(c, &tolerations.at[i], comparisons, &at);
    }
}

/* Tolerations in an annotation, JSON that Go's encoding/json reads: keys in any case, unknown ones passed over,
 * null for nothing. */

static bool take_text(Check *c, const json_t *value, Str *out) {
    if (json_is_string(value)) *out = arena_str(c->arena, (Str){json_string_value(value), json_string_length(value)});
    return json_is_string(value) || json_is_null(value);
}

static bool take_seconds(const json_t *value, OptInt *out) {
    *out = json_is_integer(value) ? (OptInt){true, json_integer_value(value)} : (OptInt){0};
    return json_is_integer(value) || json_is_null(value);
}

/* Returns the key whose value has the wrong type, or NULL. */
static const char *take_toleration(Check *c, json_t *object, Toleration *out) {
    const struct {
        Str name;
        Str *to;
    } texts[] = {{STR("key"), &out->key},
                 {STR("operator"), &out->operator}, {STR("value"), &out->value}, {STR("effect"), &out->effect}};
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        Str name = str_of(key);
        for (size_t i = 0; i < COUNT(texts); i++)
            if (str_eq_nocase(name, texts[i].name) && !take_text(c, value, texts[i].to)) return key;
        if (str_eq_nocase(name, S("tolerationSeconds")) && !take_seconds(value, &out->tolerationSeconds)) return key;
    }
    return NULL;
}

/* Fills `out`; returns what is wrong with the JSON, empty if nothing is. */
static Str take_tolerations(Check *c, json_t *list, TolerationList *out) {
    if (!list) return S("it cannot be read");
    if (json_is_null(list)) return S("");
    if (!json_is_array(list)) return S("it is something else than a list");
    size_t count = json_array_size(list);
    *out = (TolerationList){NEW_ARRAY(c->arena, Toleration, count + 1), (uint32_t)count};
    for (size_t i = 0; i < count; i++) {
        json_t *item = json_array_get(list, i);
        if (json_is_null(item)) continue;
        if (!json_is_object(item)) return str_format(c->arena, "item %zu is not an object", i);
        const char *wrong = take_toleration(c, item, &out->at[i]);
        if (wrong) return str_format(c->arena, "%s of item %zu has the wrong type", wrong, i);
    }
    return S("");
}

void check_toleration_annotation(Check *c, const StrPair *annotation, const Path *place, const Path *printed) {
    TolerationList tolerations = {0};
    json_t *list = json_loadb(annotation->value.at, annotation->value.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    Str reason = take_tolerations(c, list, &tolerations);
    Path at = path_key(place, annotation->key), field = path_field(printed, annotation->key);
    json_decref(list);
    if (reason.len)
        emit_scheduling_toleration_annotation(c->diags, where_printed(c, &at, printed), .key = annotation->key, .reason = reason);
    else
        check_tolerations(c, tolerations, true, &field);
}

/* Topology spread constraints. */

/* One set for each of the two known actions, and one for pairs with any other. */
static void check_spread_pairs(Check *c, TopologySpreadConstraintList list, const Path *path) {
    StrSet seen[3] = {{.arena = c->arena}, {.arena = c->arena}, {.arena = c->arena}};
    for (uint32_t i = list.n; i > 0; i--) {
        const TopologySpreadConstraint *constraint = &list.at[i - 1];
        Str action = constraint->whenUnsatisfiable, key = constraint->topologyKey;
        int set = str_eq(action, S("DoNotSchedule")) ? 0 : str_eq(action, S("ScheduleAnyway")) ? 1 : 2;
        Str name =
            set < 2 ? key : str_format(c->arena, "%zu %.*s%.*s", action.len, (int)action.len, action.at, (int)key.len, key.at);
        const TopologySpreadConstraint *other = str_set_add(&seen[set], name, constraint);
        if (!other) continue;
        Path item = path_index(path, i - 1), later = path_index(path, (uint32_t)(other - list.at));
        Path printed = FIELD(&item, "{topologyKey, whenUnsatisfiable}");
        Diag *d = emit_scheduling_spread_repeated(c->diags, where_printed(c, &item, &printed), .key = shown(c->arena, key),
                                                  .action = shown(c->arena, action));
        diag_note(c->diags, d, where(c, &later).span, S("the other one"));
    }
}

static void check_spread(Check *c, const TopologySpreadConstraint *constraint, const Path *path) {
    Path key = FIELD(path, "topologyKey"), domains = FIELD(path, "minDomains"), selector = FIELD(path, "labelSelector");
    CHECK_FIELDS(c, TopologySpreadConstraint, constraint, path);
    check_required(c, constraint->topologyKey, &key);
    if (constraint->minDomains.set && !str_eq(constraint->whenUnsatisfiable, S("DoNotSchedule")))
        emit_scheduling_spread_min_domains(c->diags, where(c, &domains), .found = but_not(c, constraint->whenUnsatisfiable));
    if (gate(c, GATE_MatchLabelKeysInPodTopologySpread) && gate(c, GATE_MatchLabelKeysInPodTopologySpreadSelectorMerge))
        check_label_keys(c, constraint->matchLabelKeys, (StrList){0}, constraint->labelSelector, path);
    else
        check_unmerged_keys(c, constraint->matchLabelKeys, constraint->labelSelector, path);
    check_label_selector(c, constraint->labelSelector, &selector);
}

/* Gates. */

static void check_gates(Check *c, PodSchedulingGateList gates, const Path *path) {
    StrSet seen = {.arena = c->arena};
    for (uint32_t i = 0; i < gates.n; i++) {
        const PodSchedulingGate *gated = &gates.at[i];
        Path item = path_index(path, i), at = FIELD(&item, "name");
        if (!is_qualified_name(gated->name)) report_qualified_name(c, gated->name, where_printed(c, &at, &item));
        const PodSchedulingGate *first = str_set_add(&seen, gated->name, gated);
        if (!first) continue;
        Path firstItem = path_index(path, (uint32_t)(first - gates.at)), firstAt = FIELD(&firstItem, "name");
        Diag *d = emit_scheduling_gate_repeated(c->diags, where_printed(c, &at, &item), .name = shown(c->arena, gated->name));
        diag_note(c->diags, d, where(c, &firstAt).span, S("first named here"));
    }
}

void check_scheduling(PodCheck *p) {
    const PodSpec *spec = p->spec;
    Check *c = p->c;
    Path selector = FIELD(p->path, "nodeSelector"), affinity = FIELD(p->path, "affinity"),
         tolerations = FIELD(p->path, "tolerations");
    Path spread = FIELD(p->path, "topologySpreadConstraints"), gates = FIELD(p->path, "schedulingGates");
    check_labels(c, spec->nodeSelector, &selector);
    if (spec->affinity) {
        CHECK_FIELDS_BELOW(c, Affinity, spec->affinity, &affinity);
        check_affinity(c, spec->affinity, &affinity);
    }
    check_tolerations(c, spec->tolerations, true, &tolerations);
    for (uint32_t i = 0; i < spec->topologySpreadConstraints.n; i++) {
        Path at = path_index(&spread, i);
        check_spread(c, &spec->topologySpreadConstraints.at[i], &at);
    }
    if (spec->topologySpreadConstraints.n > 1) check_spread_pairs(c, spec->topologySpreadConstraints, &spread);
    if (spec->schedulingGates.n) check_gates(c, spec->schedulingGates, &gates);
}
