#include "node_affinity.h"

static bool in_list(StrList list, Str value) {
    return str_in(value, list.at, list.n);
}

static bool compares(const NodeSelectorRequirement *requirement, Str value) {
    int64_t have, want;
    if (requirement->values.n != 1 || !int_parse(value, INT64_MIN, INT64_MAX, &have) ||
        !int_parse(requirement->values.at[0], INT64_MIN, INT64_MAX, &want))
        return false;
    return str_eq(requirement->operator, S("Gt")) ? have > want : have < want;
}

static bool requirement_met(const NodeSelectorRequirement *requirement, const Str *value) {
    Str operator= requirement->operator;
    if (str_eq(operator, S("In"))) return value && in_list(requirement->values, *value);
    if (str_eq(operator, S("NotIn"))) return !value || !in_list(requirement->values, *value);
    if (str_eq(operator, S("Exists"))) return value;
    if (str_eq(operator, S("DoesNotExist"))) return !value;
    return value && compares(requirement, *value);
}

/* A term without anything in it matches no node. */
static bool term_met(const NodeSelectorTerm *term, const ClusterNode *node) {
    if (!term->matchExpressions.n && !term->matchFields.n) return false;
    for (uint32_t i = 0; i < term->matchExpressions.n; i++)
        if (!requirement_met(&term->matchExpressions.at[i], map_get(node->labels, term->matchExpressions.at[i].key)))
            return false;
    for (uint32_t i = 0; i < term->matchFields.n; i++)
        if (!requirement_met(&term->matchFields.at[i], &node->name)) return false;
    return true;
}

const NodeSelector *node_affinity_required(const PodSpec *spec) {
    const NodeAffinity *affinity = spec->affinity ? spec->affinity->nodeAffinity : NULL;
    return affinity ? affinity->requiredDuringSchedulingIgnoredDuringExecution : NULL;
}

bool node_selector_met(const NodeSelector *selector, const ClusterNode *node) {
    for (uint32_t i = 0; i < selector->nodeSelectorTerms.n; i++)
        if (term_met(&selector->nodeSelectorTerms.at[i], node)) return true;
    return false;
}

bool node_affinity_met(const PodSpec *spec, const ClusterNode *node) {
    for (uint32_t i = 0; i < spec->nodeSelector.n; i++) {
        const Str *value = map_get(node->labels, spec->nodeSelector.at[i].key);
        if (!value || !str_eq(*value, spec->nodeSelector.at[i].value)) return false;
    }
    const NodeSelector *required = node_affinity_required(spec);
    return !required || node_selector_met(required, node);
}

/* Conditions of one label, or of the node's name, in one term: those of the term and that of nodeSelector. */

enum { MOST_VALUES = 200 };

typedef struct Conditions {
    const NodeSelectorRequirement *all[32];
    uint32_t n;
    uint32_t values; /* in all of them */
    NodeSelectorRequirement selector;
    bool inSelector, isField, tooMany;
} Conditions;

static void add_condition(Conditions *conditions, const NodeSelectorRequirement *requirement) {
    conditions->values += requirement->values.n;
    conditions->tooMany |= conditions->n == COUNT(conditions->all) || conditions->values > MOST_VALUES;
    if (!conditions->tooMany) conditions->all[conditions->n++] = requirement;
}

static void add_of_key(Conditions *conditions, const NodeSelectorRequirementList *list, Str key) {
    for (uint32_t i = 0; i < list->n; i++)
        if (str_eq(list->at[i].key, key)) add_condition(conditions, &list->at[i]);
}

static void gather(Conditions *out, const PodSpec *spec, const NodeSelectorTerm *term, Str key, bool isField) {
    Str *value = isField ? NULL : (Str *)(uintptr_t)map_get(spec->nodeSelector, key);
    *out = (Conditions){.isField = isField, .inSelector = value};
    out->selector = (NodeSelectorRequirement){.key = key, .operator= S("In"), .values = {value, 1}};
    if (value) add_condition(out, &out->selector);
    add_of_key(out, isField ? &term->matchFields : &term->matchExpressions, key);
}

static bool all_met(const Conditions *conditions, const Str *value) {
    for (uint32_t i = 0; i < conditions->n; i++)
        if (!requirement_met(conditions->all[i], value)) return false;
    return true;
}

/* Whether a whole number near the bound of a Gt or Lt will do; as many as there are values may be excluded one by one. */
static bool number_will_do(const Conditions *conditions, Arena *arena, const NodeSelectorRequirement *requirement) {
    bool more = str_eq(requirement->operator, S("Gt"));
    int64_t bound;
    if ((!more && !str_eq(requirement->operator, S("Lt"))) || requirement->values.n != 1 ||
        !int_parse(requirement->values.at[0], INT64_MIN, INT64_MAX, &bound))
        return false;
    for (uint32_t i = 0; i <= conditions->values; i++) {
        if (bound == (more ? INT64_MAX : INT64_MIN)) return false;
        bound += more ? 1 : -1;
        Str value = str_int(arena, bound);
        if (all_met(conditions, &value)) return true;
    }
    return false;
}

/* Whether some value fulfils all conditions, or having none does. Tried are all values that can make a difference. */
static bool can_be_met(const Conditions *conditions, Arena *arena) {
    static const Str other = STR("?"); /* no label has it: it stands for all values that nobody names */
    if (conditions->tooMany || all_met(conditions, &other) || (!conditions->isField && all_met(conditions, NULL))) return true;
    for (uint32_t i = 0; i < conditions->n; i++) {
        const NodeSelectorRequirement *requirement = conditions->all[i];
        for (uint32_t j = 0; j < requirement->values.n; j++)
            if (all_met(conditions, &requirement->values.at[j])) return true;
        if (number_will_do(conditions, arena, requirement)) return true;
    }
    return false;
}

static void put_condition(Buf *buf, const NodeSelectorRequirement *requirement, bool isSelector) {
    static const struct {
        Str operator;
        const char *before, *after;
    } forms[] = {{STR("In"), "", " in ("},       {STR("NotIn"), "", " notin ("}, {STR("Exists"), "", ""},
                 {STR("DoesNotExist"), "!", ""}, {STR("Gt"), "", ">"},           {STR("Lt"), "", "<"}};
    enum { SHOWN = 4 };
    const StrList *values = &requirement->values;
    size_t form = 0;
    while (form + 1 < COUNT(forms) && !str_eq(forms[form].operator, requirement->operator)) form++;
    const char *after = isSelector ? "=" : forms[form].after;
    buf_format(buf, "%s%.*s%s", forms[form].before, TEXT(requirement->key), after);
    for (uint32_t i = 0; i < values->n && i < SHOWN; i++) buf_format(buf, "%s%.*s", i ? "," : "", TEXT(values->at[i]));
    if (values->n > SHOWN) buf_str(buf, S(",..."));
    if (!isSelector && form < 2) buf_char(buf, ')');
}

static Str conditions_text(const Conditions *conditions, Arena *arena) {
    Buf buf = {.arena = arena};
    for (uint32_t i = 0; i < conditions->n; i++) {
        if (i) buf_str(&buf, S(" and "));
        put_condition(&buf, conditions->all[i], conditions->all[i] == &conditions->selector);
    }
    return buf_text(&buf);
}

static bool list_conflicts(NodeConflict *out, Arena *arena, const PodSpec *spec, const NodeSelectorTerm *term, bool isField) {
    const NodeSelectorRequirementList *list = isField ? &term->matchFields : &term->matchExpressions;
    for (uint32_t i = 0; i < list->n; i++) {
        Conditions conditions;
        gather(&conditions, spec, term, list->at[i].key, isField);
        if (can_be_met(&conditions, arena)) continue;
        out->key = list->at[i].key;
        out->isField = isField;
        out->inSelector = conditions.inSelector;
        out->conditions = conditions_text(&conditions, arena);
        return true;
    }
    return false;
}

bool node_affinity_conflict(NodeConflict *out, Arena *arena, const PodSpec *spec) {
    enum { MOST_CONDITIONS = 64 };
    const NodeSelector *required = node_affinity_required(spec);
    *out = (NodeConflict){0};
    if (!required || !required->nodeSelectorTerms.n) return false;
    for (uint32_t i = required->nodeSelectorTerms.n; i-- > 0;) {
        const NodeSelectorTerm *term = &required->nodeSelectorTerms.at[i];
        *out = (NodeConflict){.term = i};
        if (term->matchExpressions.n + term->matchFields.n > MOST_CONDITIONS) return false;
        if (!term->matchExpressions.n && !term->matchFields.n) continue;
        if (!list_conflicts(out, arena, spec, term, false) && !list_conflicts(out, arena, spec, term, true)) return false;
    }
    return true;
}

/* The values that a term leaves to a label; NULL: any. A node that is named has one at most, which its name stands for. */
static const StrList *values_left(const NodeSelectorTerm *term, Str key) {
    static const Str in = STR("In");
    for (uint32_t i = 0; i < term->matchExpressions.n; i++)
        if (str_eq(term->matchExpressions.at[i].key, key) && str_eq(term->matchExpressions.at[i].operator, in))
            return &term->matchExpressions.at[i].values;
    for (uint32_t i = 0; i < term->matchFields.n; i++)
        if (str_eq(term->matchFields.at[i].operator, in)) return &term->matchFields.at[i].values;
    return NULL;
}

int64_t node_affinity_values(const PodSpec *spec, Str key) {
    const NodeSelector *required = node_affinity_required(spec);
    int64_t n = 0;
    if (map_get(spec->nodeSelector, key)) return 1;
    if (!required || !required->nodeSelectorTerms.n) return -1;
    for (uint32_t i = 0; i < required->nodeSelectorTerms.n; i++) {
        const StrList *values = values_left(&required->nodeSelectorTerms.at[i], key);
        if (!values) return -1;
        n += values->n;
    }
    return n;
}

int64_t node_affinity_nodes(const PodSpec *spec) {
    return spec->nodeName.len ? 1 : node_affinity_values(spec, S("kubernetes.io/hostname"));
}
