/* Which requests a policy is for (k8s.io/apiserver/pkg/admission/plugin/policy/matching and webhook/predicates). */
#include "plan.h"

#include "validate/areas.h"

/* The resource of a kind that Kubernetes does not have: its lower-case plural, as custom resources are named. */
static Str plural_of(Arena *arena, Str kind) {
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < kind.len; i++) buf_char(&buf, to_lower(kind.at[i]));
    Str name = buf_text(&buf);
    char last = name.len ? name.at[name.len - 1] : 0, before = name.len > 1 ? name.at[name.len - 2] : 0;
    if (last == 'y' && !strchr("aeiou", before)) return str_join(arena, (Str){name.at, name.len - 1}, S("ies"));
    bool hiss = last == 's' || last == 'x' || last == 'z' || str_ends(name, S("ch")) || str_ends(name, S("sh"));
    return str_join(arena, name, hiss ? S("es") : S("s"));
}

StrMap labels_of(Arena *arena, const Node *root) {
    const Node *labels = node_get(node_get(root, S("metadata")), S("labels"));
    StrMap map = {0};
    if (!labels || labels->kind != NODE_MAP) return map;
    map.at = NEW_ARRAY(arena, StrPair, labels->count + 1);
    for (uint32_t i = 0; i < labels->count; i++)
        if (labels->entries[i].value.kind == NODE_STRING)
            map.at[map.n++] = (StrPair){labels->entries[i].key, labels->entries[i].value.text};
    return map;
}

#define NAME_LABEL S("kubernetes.io/metadata.name")

StrMap namespace_labels(Arena *arena, const Node *root, Str name) {
    StrMap written = labels_of(arena, root), labels = {.at = NEW_ARRAY(arena, StrPair, written.n + 1), .n = 1};
    labels.at[0] = (StrPair){NAME_LABEL, name};
    for (uint32_t i = 0; i < written.n; i++)
        if (!str_eq(written.at[i].key, NAME_LABEL)) labels.at[labels.n++] = written.at[i];
    return labels;
}

static const GivenObject *given_namespace(const PolicyPlan *plan, Str name) {
    for (uint32_t i = plan->given.n; i > 0; i--) {
        const GivenObject *given = &plan->given.at[i - 1];
        if (str_eq(given->kind, S("Namespace")) && str_eq(given->apiVersion, S("v1")) && str_eq(given->name, name)) return given;
    }
    return NULL;
}

bool request_of(Request *out, Arena *arena, const PolicyPlan *plan, const Document *document) {
    if (document->root->kind != NODE_MAP || !document->kind.len || !document->apiVersion.len) return false;
    if (document->unreadable) return false;
    *out = (Request){.plan = plan, .arena = arena, .document = document};
    out->group = schema_group(document->apiVersion);
    out->version = schema_version(document->apiVersion);
    if (str_eq(out->group, S("admissionregistration.k8s.io"))) return false;
    const Kind *kind = model_kind(document);
    out->resource = kind ? kind->plural : plural_of(arena, document->kind);
    out->isNamespace = model_is(document, KIND_Namespace);
    out->labels = document->object ? model_meta(document)->labels : labels_of(arena, document->root);
    if (out->isNamespace) {
        out->labels = namespace_labels(arena, document->root, document->name);
        out->namespace_ = document->name;
    } else if (!kind || kind->namespaced) {
        out->namespace_ = document->namespace_.len ? document->namespace_ : S("default");
        out->namespaceGiven = given_namespace(plan, out->namespace_);
    }
    return true;
}

/* Rules */

static bool has_word(StrList list, Str word) {
    return str_in(S("*"), list.at, list.n) || str_in(word, list.at, list.n);
}

/* `pods` is a resource, `pods/exec` a subresource; a request to create an object is for no subresource. */
static bool names_resource(StrList resources, Str resource) {
    for (uint32_t i = 0; i < resources.n; i++) {
        Str name = resources.at[i];
        ptrdiff_t slash = str_find(name, '/');
        if (slash >= 0 && !str_eq(str_slice(name, (size_t)slash + 1), S("*"))) continue;
        if (slash >= 0) name.len = (size_t)slash;
        if (str_eq(name, S("*")) || str_eq(name, resource)) return true;
    }
    return false;
}

static bool scope_fits(Str scope, const Request *request) {
    bool namespaced = request->namespace_.len && !request->isNamespace;
    return str_eq(scope, S("*")) || str_eq(scope, S("Namespaced")) == namespaced;
}

/* Every version of the API that podlint speaks for has its kinds in one group and version only, so that the match policies Exact
 * and Equivalent mean the same. */
static bool some_rule_fits(NamedRuleWithOperationsList list, const Request *request) {
    for (uint32_t i = 0; i < list.n; i++) {
        const NamedRuleWithOperations *rule = &list.at[i];
        if (scope_fits(rule->scope, request) && has_word(rule->operations, S("CREATE")) &&
            has_word(rule->apiGroups, request->group) && has_word(rule->apiVersions, request->version) &&
            names_resource(rule->resources, request->resource) &&
            (!rule->resourceNames.n || str_in(request->document->name, rule->resourceNames.at, rule->resourceNames.n)))
            return true;
    }
    return false;
}

/* Selectors */

/* A selector on a namespace of which no more than the name is known: the server sets one label by it. */
static Answer match_name_only(Arena *arena, const LabelSelector *selector, Str name) {
    StrMap labels = {.at = NEW(arena, StrPair), .n = 1};
    labels.at[0] = (StrPair){NAME_LABEL, name};
    Answer answer = ANSWER_YES;
    for (uint32_t i = 0; i < selector->matchLabels.n; i++) {
        LabelSelector one = {.matchLabels = {.at = &selector->matchLabels.at[i], .n = 1}};
        if (!str_eq(one.matchLabels.at->key, NAME_LABEL))
            answer = ANSWER_UNKNOWN;
        else if (!selector_matches(&one, labels))
            return ANSWER_NO;
    }
    for (uint32_t i = 0; i < selector->matchExpressions.n; i++) {
        LabelSelector one = {.matchExpressions = {&selector->matchExpressions.at[i], 1}};
        if (!str_eq(one.matchExpressions.at->key, NAME_LABEL))
            answer = ANSWER_UNKNOWN;
        else if (!selector_matches(&one, labels))
            return ANSWER_NO;
    }
    return answer;
}

static Answer match_namespace(const LabelSelector *selector, const Request *request) {
    if (!request->namespace_.len || selector_is_empty(selector)) return ANSWER_YES;
    if (request->isNamespace) return selector_matches(selector, request->labels) ? ANSWER_YES : ANSWER_NO;
    if (request->namespaceGiven) return selector_matches(selector, request->namespaceGiven->labels) ? ANSWER_YES : ANSWER_NO;
    return match_name_only(request->arena, selector, request->namespace_);
}

Answer request_matches(const Request *request, const MatchResources *match) {
    if (!match) return ANSWER_YES;
    if (match->resourceRules.n && !some_rule_fits(match->resourceRules, request)) return ANSWER_NO;
    if (some_rule_fits(match->excludeResourceRules, request)) return ANSWER_NO;
    if (!selector_is_empty(match->objectSelector) && !selector_matches(match->objectSelector, request->labels)) return ANSWER_NO;
    return match_namespace(match->namespaceSelector, request);
}
