/* The server's verdict on policies and bindings themselves (k8s.io/kubernetes/pkg/apis/admissionregistration/validation), and
 * their expressions compiled. */
#include "plan.h"

#include "yaml/text_span.h"
#include "validate/areas.h"

/* Items of a list that are compared with those before them; longer lists are beyond what the server's storage takes. */
enum { MOST_COMPARED = 2000 };

typedef struct PolicyChecker {
    Check check;
    Arena *arena;
    Policy *policy;
} PolicyChecker;

static Check check_of(Document *document) {
    return (Check){.document = document,
                   .arena = document->diags.arena,
                   .diags = &document->diags,
                   .root = document->root,
                   .minor = document->minor};
}

static bool is_blank(Str text) {
    return str_trim(text).len == 0;
}

/* check_enum for the items of a list. */
static void check_words(Check *c, StrList words, const Str *allowed, size_t count, const Path *path) {
    for (uint32_t i = 0; i < words.n; i++) {
        Path at = path_index(path, i);
        if (str_in(words.at[i], allowed, count)) continue;
        emit_not_supported(c->diags, where(c, &at), .value = shown(c->arena, words.at[i]), .field = path->name,
                           .allowed = words_or(c->arena, allowed, count),
                           .hint = did_you_mean(c->arena, words.at[i], allowed, count));
    }
}

static void check_version(Check *c) {
    const Kind *kind = schema_kind(c->document->kind);
    Str *versions = NEW_ARRAY(c->arena, Str, kind->versionCount);
    for (uint8_t i = 0; i < kind->versionCount; i++) versions[i] = kind->versions[i].apiVersion;
    Path path = FIELD(NULL, "apiVersion");
    check_enum(c, c->document->apiVersion, versions, kind->versionCount, &path);
}

/* What requests are meant */

static void check_resources(Check *c, StrList resources, const Path *path) {
    Str wildcard = {0};
    bool plain = false;
    for (uint32_t i = 0; i < resources.n; i++) {
        Path at = path_index(path, i);
        Str name = resources.at[i];
        if (!name.len) report_required(c, where(c, &at), S("resources"), &at);
        if (str_eq(name, S("*")) || str_eq(name, S("*/*"))) wildcard = name;
        plain |= str_find(name, '/') < 0 && !str_eq(name, S("*"));
        for (uint32_t j = 0; j < i && i < MOST_COMPARED; j++) {
            Str before = resources.at[j];
            ptrdiff_t slash = str_find(before, '/'), here = str_find(name, '/');
            if (slash < 0 || here < 0 || str_eq(before, S("*/*"))) continue;
            bool covered = (str_ends(before, S("/*")) && slash == here && memcmp(before.at, name.at, (size_t)here) == 0) ||
                           (str_starts(before, S("*/")) && str_eq(str_slice(before, 2), str_slice(name, (size_t)here + 1)));
            if (covered)
                emit_policy_wildcard(c->diags, where(c, &at), .field = S("resources"), .wildcard = before, .other = name);
        }
    }
    bool idle = str_eq(wildcard, S("*/*")) ? resources.n > 1 : wildcard.at && plain;
    if (idle)
        emit_policy_wildcard(c->diags, where_key(c, path), .field = S("resources"), .wildcard = wildcard,
                             .other = S("all the others"));
}

static void check_wildcard(Check *c, StrList words, const Path *path) {
    if (!words.n) report_required(c, where_key(c, path), path->name, path);
    if (words.n > 1 && str_in(S("*"), words.at, words.n))
        emit_policy_wildcard(c->diags, where_key(c, path), .field = path->name, .wildcard = S("*"), .other = S("all the others"));
}

static void check_rules(Check *c, NamedRuleWithOperationsList list, const Path *path) {
    static const Str known[] = {STR("CREATE"), STR("UPDATE"), STR("DELETE"), STR("CONNECT"), STR("*")};
    static const Str scopes[] = {STR("Cluster"), STR("Namespaced"), STR("*")};
    for (uint32_t i = 0; i < list.n; i++) {
        const NamedRuleWithOperations *rule = &list.at[i];
        Path at = path_index(path, i), operations = FIELD(&at, "operations"), groups = FIELD(&at, "apiGroups");
        Path versions = FIELD(&at, "apiVersions"), resources = FIELD(&at, "resources"), scope = FIELD(&at, "scope");
        Path names = FIELD(&at, "resourceNames");
        check_wildcard(c, rule->operations, &operations);
        check_words(c, rule->operations, known, COUNT(known), &operations);
        check_wildcard(c, rule->apiGroups, &groups);
        check_wildcard(c, rule->apiVersions, &versions);
        if (!rule->resources.n) report_required(c, where_key(c, &resources), S("resources"), &resources);
        check_resources(c, rule->resources, &resources);
        check_enum(c, rule->scope, scopes, COUNT(scopes), &scope);
        for (uint32_t k = 0; k < rule->resourceNames.n; k++) {
            Path name = path_index(&names, k);
            if (k < MOST_COMPARED && str_in(rule->resourceNames.at[k], rule->resourceNames.at, k))
                emit_policy_duplicate(c->diags, where(c, &name), .value = rule->resourceNames.at[k]);
        }
    }
}

static void check_match(Check *c, const MatchResources *match, const Path *path) {
    static const Str policies[] = {STR("Equivalent"), STR("Exact")};
    Path policy = FIELD(path, "matchPolicy"), namespaces = FIELD(path, "namespaceSelector");
    Path objects = FIELD(path, "objectSelector"), included = FIELD(path, "resourceRules");
    Path excluded = FIELD(path, "excludeResourceRules");
    check_enum(c, match->matchPolicy, policies, COUNT(policies), &policy);
    check_label_selector(c, match->namespaceSelector, &namespaces);
    check_label_selector(c, match->objectSelector, &objects);
    check_rules(c, match->resourceRules, &included);
    check_rules(c, match->excludeResourceRules, &excluded);
}

/* Expressions */

/* Whether an expression names `authorizer`, which only a cluster has. */
static bool asks_authorizer(const Expr *e) {
    if (e->kind == EXPR_NAME && str_eq(e->name, S("authorizer"))) return true;
    for (uint32_t i = 0; i < e->count; i++)
        if (e->args[i] && asks_authorizer(e->args[i])) return true;
    return false;
}

static bool sees_authorizer(const CelEnv *env) {
    return str_eq(env->variables[env->count - 1].name, S("authorizer"));
}

/* The text to compile for a written expression: what asks the authorizer stands for what it would say, which is unknown. */
static Str judged_text(PolicyChecker *p, Str text, Where where) {
    CelFault ignored = {0};
    Expr *root = expr_parse(p->arena, text, &ignored);
    if (!root || !asks_authorizer(root)) return text;
    emit_policy_authorizer(p->check.diags, where);
    return S("authorizer");
}

static const Node *written(const Head *head, const Path *path) {
    return node_get(head->node, path->name);
}

static void report_fault(PolicyChecker *p, const Node *node, const Path *path, const CelFault *fault) {
    Where at = where(&p->check, path);
    Str hint = fault->help;
    if (node) {
        at.span = node_text_span(p->check.document->source, node, fault->span);
        Str part = str_slice(node->text, fault->span.at);
        if (!hint.len && str_starts(part, S("variables"))) hint = S("conditions are judged before the policy's variables exist");
    }
    emit_policy_expression(p->check.diags, at, .problem = fault->message, .hint = hint);
}

/* The place of a node as text: "policies.yaml:12:19". */
static Str place_text(PolicyChecker *p, const Node *node) {
    Source *source = (Source *)p->check.document->source;
    Span first = node_text_span(source, node, (Span){0, 1});
    Place place = source_place(source, p->arena, first.at);
    Str name = str_eq(source->name, S("-")) ? S("<stdin>") : source->name;
    return str_format(p->arena, "%.*s:%u:%u", (int)name.len, name.at, place.line, place.column);
}

typedef enum Result { RESULT_BOOL, RESULT_TEXT, RESULT_TEXT_OR_NULL } Result;

static void check_type(PolicyChecker *p, const CelProgram *program, Result wanted, Where at, Str field) {
    static const Str words[] = {STR("a Boolean"), STR("text"), STR("text or null")};
    uint8_t kind = program->type->kind;
    if (kind == (wanted == RESULT_BOOL ? VALUE_BOOL : VALUE_STRING) || (wanted == RESULT_TEXT_OR_NULL && kind == VALUE_NULL))
        return;
    Str hint = kind != KIND_DYN        ? S("")
               : wanted == RESULT_BOOL ? S("compare it with something, as in ... == true")
                                       : S("convert it, as in string(...)");
    emit_policy_type(p->check.diags, at, .field = field, .wanted = words[wanted], .found = cel_type_text(p->arena, program->type),
                     .hint = hint);
}

/* Compiles the expression in a field of a struct, if it is there. `env` says what it sees. */
static Expression compile(PolicyChecker *p, const CelEnv *env, const Head *head, Str text, const Path *path, Result wanted) {
    const Node *node = written(head, path);
    if (!node || is_blank(text)) return (Expression){0};
    Expression out = {.text = text, .place = place_text(p, node)};
    Where at = where(&p->check, path);
    Str judged = sees_authorizer(env) ? judged_text(p, text, at) : text;
    CelFault fault = {0};
    out.program = cel_compile(p->arena, env, judged, &fault);
    if (!out.program)
        report_fault(p, node, path, &fault);
    else if (judged.at == text.at)
        check_type(p, out.program, wanted, at, path->name);
    return out;
}

/* The parts of a policy */

/* A name as expressions may have them; `in`, `true` and the like are none. */
static bool is_identifier(Str name) {
    static const Str words[] = {STR("true"),   STR("false"),    STR("null"), STR("in"),      STR("as"),        STR("break"),
                                STR("const"),  STR("continue"), STR("else"), STR("for"),     STR("function"),  STR("if"),
                                STR("import"), STR("let"),      STR("loop"), STR("package"), STR("namespace"), STR("return"),
                                STR("var"),    STR("void"),     STR("while")};
    return is_c_identifier(name) && !str_in(name, words, COUNT(words));
}

static void check_variables(PolicyChecker *p, const Path *spec) {
    const VariableList *list = &p->policy->object->spec.variables;
    Path path = FIELD(spec, "variables");
    cel_compose(&p->policy->composition, p->arena, &p->policy->env, list->n);
    for (uint32_t i = 0; i < list->n && i < UINT16_MAX; i++) { /* more than fits into what a server stores */
        const Variable *variable = &list->at[i];
        Path at = path_index(&path, i), name = FIELD(&at, "name"), expression = FIELD(&at, "expression");
        if (check_required(&p->check, variable->name, &name) && !is_identifier(variable->name))
            emit_policy_identifier(p->check.diags, where(&p->check, &name), .name = variable->name);
        if (!check_required(&p->check, str_trim(variable->expression), &expression)) continue;
        Str judged = judged_text(p, variable->expression, where(&p->check, &expression));
        CelFault fault = {0};
        if (!cel_compose_add(&p->policy->composition, p->arena, variable->name, judged, &fault))
            report_fault(p, written(&variable->head, &expression), &expression, &fault);
    }
}

static void check_conditions(PolicyChecker *p, const Path *spec) {
    enum { MOST = 64 };
    const MatchConditionList *list = &p->policy->object->spec.matchConditions;
    Path path = FIELD(spec, "matchConditions");
    if (list->n > MOST)
        emit_policy_many(p->check.diags, where_key(&p->check, &path), .field = path.name, .limit = str_int(p->arena, MOST),
                         .count = str_int(p->arena, list->n));
    for (uint32_t i = 0; i < list->n; i++) {
        const MatchCondition *condition = &list->at[i];
        Path at = path_index(&path, i), name = FIELD(&at, "name"), expression = FIELD(&at, "expression");
        check_required(&p->check, str_trim(condition->expression), &expression);
        if (check_required(&p->check, condition->name, &name)) check_qualified_name(&p->check, condition->name, &name);
        for (uint32_t k = 0; k < i && i < MOST_COMPARED; k++)
            if (condition->name.len && str_eq(list->at[k].name, condition->name)) {
                emit_policy_duplicate(p->check.diags, where(&p->check, &name), .value = condition->name);
                break;
            }
        Expression compiled = compile(p, &p->policy->env, &condition->head, condition->expression, &expression, RESULT_BOOL);
        if (compiled.program) ARRAY_PUSH(p->arena, &p->policy->conditions, compiled);
    }
}

static void check_message(PolicyChecker *p, const Validation *validation, const Path *path) {
    Path message = FIELD(path, "message"), expression = FIELD(path, "messageExpression");
    Str text = str_trim(validation->message);
    if (validation->message.len && !text.len)
        emit_policy_blank(p->check.diags, where(&p->check, &message), .field = message.name);
    else if (str_find(text, '\n') >= 0 || str_find(text, '\r') >= 0)
        emit_policy_lines(p->check.diags, where(&p->check, &message));
    if (validation->messageExpression.len && is_blank(validation->messageExpression))
        emit_policy_blank(p->check.diags, where(&p->check, &expression), .field = expression.name);
}

static void check_validations(PolicyChecker *p, const Path *spec) {
    static const Str reasons[] = {STR("Unauthorized"), STR("Forbidden"), STR("Invalid"), STR("RequestEntityTooLarge")};
    const ValidationList *list = &p->policy->object->spec.validations;
    const CelEnv *env = &p->policy->composition.env;
    CelEnv messages = *env;
    messages.count--; /* a message sees no authorizer */
    Path path = FIELD(spec, "validations");
    for (uint32_t i = 0; i < list->n; i++) {
        const Validation *validation = &list->at[i];
        Path at = path_index(&path, i), expression = FIELD(&at, "expression"), reason = FIELD(&at, "reason");
        Path message = FIELD(&at, "messageExpression");
        check_required(&p->check, str_trim(validation->expression), &expression);
        check_message(p, validation, &at);
        if (validation->reason.at) check_enum(&p->check, validation->reason, reasons, COUNT(reasons), &reason);
        PolicyCheck check = {.text = validation->message};
        check.expression = compile(p, env, &validation->head, validation->expression, &expression, RESULT_BOOL);
        check.message = compile(p, &messages, &validation->head, validation->messageExpression, &message, RESULT_TEXT);
        ARRAY_PUSH(p->arena, &p->policy->checks, check);
    }
}

static void check_audit_annotations(PolicyChecker *p, const Path *spec) {
    enum { MOST = 20, LONGEST = 5 << 10 };
    const AuditAnnotationList *list = &p->policy->object->spec.auditAnnotations;
    Path path = FIELD(spec, "auditAnnotations");
    if (list->n > MOST)
        emit_policy_many(p->check.diags, where_key(&p->check, &path), .field = path.name, .limit = str_int(p->arena, MOST),
                         .count = str_int(p->arena, list->n));
    for (uint32_t i = 0; i < list->n; i++) {
        const AuditAnnotation *annotation = &list->at[i];
        Path at = path_index(&path, i), key = FIELD(&at, "key"), value = FIELD(&at, "valueExpression");
        Str name = p->policy->object->metadata.name;
        Str full = str_format(p->arena, "%.*s/%.*s", (int)name.len, name.at, (int)annotation->key.len, annotation->key.at);
        if (check_required(&p->check, annotation->key, &key) && !is_qualified_name(full))
            report_qualified_name(&p->check, full, where(&p->check, &key));
        for (uint32_t k = 0; k < i && i < MOST_COMPARED; k++)
            if (str_eq(list->at[k].key, annotation->key)) {
                emit_policy_duplicate(p->check.diags, where(&p->check, &key), .value = annotation->key);
                break;
            }
        check_required(&p->check, str_trim(annotation->valueExpression), &value);
        if (str_trim(annotation->valueExpression).len > LONGEST)
            emit_policy_many(p->check.diags, where(&p->check, &value), .field = value.name, .limit = S("5120 bytes"),
                             .count = str_int(p->arena, (int64_t)annotation->valueExpression.len));
        compile(p, &p->policy->composition.env, &annotation->head, annotation->valueExpression, &value, RESULT_TEXT_OR_NULL);
    }
}

static void check_param_kind(Check *c, const ParamKind *kind, const Path *spec) {
    Path path = FIELD(spec, "paramKind"), apiVersion = FIELD(&path, "apiVersion"), name = FIELD(&path, "kind");
    if (check_required(c, kind->apiVersion, &apiVersion)) {
        Str group = schema_group(kind->apiVersion), version = schema_version(kind->apiVersion);
        if ((group.len && !is_dns_subdomain(group)) || !is_dns_1035_label(version))
            emit_policy_param_kind(c->diags, where(c, &apiVersion), .value = shown(c->arena, kind->apiVersion),
                                   .what = S("group and version"));
    }
    if (!check_required(c, kind->kind, &name)) return;
    if (!is_dns_1035_label(str_lower(c->arena, kind->kind)))
        emit_policy_param_kind(c->diags, where(c, &name), .value = shown(c->arena, kind->kind), .what = S("kind"));
}

static void check_spec(PolicyChecker *p) {
    static const Str policies[] = {STR("Fail"), STR("Ignore")};
    const ValidatingAdmissionPolicySpec *spec = &p->policy->object->spec;
    Check *c = &p->check;
    Path path = FIELD(NULL, "spec"), match = FIELD(&path, "matchConstraints"), resources = FIELD(&match, "resourceRules");
    Path failure = FIELD(&path, "failurePolicy"), validations = FIELD(&path, "validations");
    check_enum(c, spec->failurePolicy, policies, COUNT(policies), &failure);
    if (spec->paramKind) check_param_kind(c, spec->paramKind, &path);
    if (!spec->matchConstraints)
        emit_policy_empty(c->diags, where(c, &match), .what = S("matchConstraints"));
    else
        check_match(c, spec->matchConstraints, &match);
    if (spec->matchConstraints && !spec->matchConstraints->resourceRules.n)
        emit_policy_empty(c->diags, where(c, &resources), .what = S("a resource rule"));
    if (!spec->validations.n && !spec->auditAnnotations.n)
        emit_policy_empty(c->diags, where(c, &validations), .what = S("a validation or an audit annotation"));
    check_conditions(p, &path);
    check_variables(p, &path);
    check_validations(p, &path);
    check_audit_annotations(p, &path);
}

static void declare(Policy *policy) {
    CelVariable *v = policy->variables;
    v[VARIABLE_OBJECT] = (CelVariable){S("object"), &cel_dyn};
    v[VARIABLE_OLD_OBJECT] = (CelVariable){S("oldObject"), &cel_dyn};
    v[VARIABLE_REQUEST] = (CelVariable){S("request"), &cel_admission_request};
    v[VARIABLE_NAMESPACE] = (CelVariable){S("namespaceObject"), &cel_namespace};
    uint32_t n = VARIABLE_MORE;
    if (policy->hasParams) v[n++] = (CelVariable){S("params"), &cel_dyn};
    v[n++] = (CelVariable){S("authorizer"), &cel_dyn};
    policy->env = (CelEnv){.variables = v, .count = n};
}

static bool has_errors(const Document *document) {
    for (uint32_t i = 0; i < document->diags.items.n; i++)
        if (document->diags.items.at[i].severity == SEVERITY_ERROR) return true;
    return false;
}

void policy_compile(Arena *arena, Policy *policy) {
    PolicyChecker p = {.check = check_of(policy->document), .arena = arena, .policy = policy};
    policy->hasParams = policy->object->spec.paramKind != NULL;
    policy->ignoreError = str_eq(policy->object->spec.failurePolicy, S("Ignore"));
    declare(policy);
    check_version(&p.check);
    check_spec(&p);
    policy->refused = has_errors(policy->document);
}

/* Bindings */

static void check_param_ref(Check *c, const ParamRef *ref, const Path *path) {
    static const Str actions[] = {STR("Allow"), STR("Deny")};
    Path name = FIELD(path, "name"), selector = FIELD(path, "selector"), action = FIELD(path, "parameterNotFoundAction");
    if (ref->name.len && ref->selector) emit_policy_param_ref(c->diags, where_key(c, &name));
    if (!ref->name.len && !ref->selector) emit_policy_param_ref_empty(c->diags, where_key(c, path));
    check_label_selector(c, ref->selector, &selector);
    if (check_required(c, ref->parameterNotFoundAction, &action))
        check_enum(c, ref->parameterNotFoundAction, actions, COUNT(actions), &action);
}

static void check_actions(Check *c, StrList actions, const Path *path) {
    static const Str known[] = {STR("Deny"), STR("Warn"), STR("Audit")};
    if (!actions.n) report_required(c, where_key(c, path), path->name, path);
    check_words(c, actions, known, COUNT(known), path);
    for (uint32_t i = 0; i < actions.n; i++) {
        Path at = path_index(path, i);
        if (i < MOST_COMPARED && str_in(actions.at[i], actions.at, i))
            emit_policy_duplicate(c->diags, where(c, &at), .value = actions.at[i]);
    }
    if (str_in(S("Deny"), actions.at, actions.n) && str_in(S("Warn"), actions.at, actions.n))
        emit_policy_actions(c->diags, where_key(c, path));
}

bool binding_check(Binding *binding) {
    Check c = check_of(binding->document);
    const ValidatingAdmissionPolicyBindingSpec *spec = &binding->object->spec;
    Path path = FIELD(NULL, "spec");
    Path name = FIELD(&path, "policyName"), ref = FIELD(&path, "paramRef"), match = FIELD(&path, "matchResources");
    Path actions = FIELD(&path, "validationActions");
    check_version(&c);
    if (check_required(&c, spec->policyName, &name)) check_dns_subdomain(&c, spec->policyName, &name);
    if (spec->paramRef) check_param_ref(&c, spec->paramRef, &ref);
    if (spec->matchResources) check_match(&c, spec->matchResources, &match);
    check_actions(&c, spec->validationActions, &actions);
    return !has_errors(binding->document);
}
