/* A policy on an object: match conditions, then validations, once for each binding and each of its parameters. */
#include "plan.h"

#include "validate/areas.h"

/* What is unknown */

static const CelError unknown_errors[UNKNOWN_COUNT] = {
    [UNKNOWN_NAMESPACE] = {.code = ERROR_OTHER, .span = {0, 1}, .message = STR("the namespace is not among the given files")},
    [UNKNOWN_USER] = {.code = ERROR_OTHER, .span = {0, 1}, .message = STR("who sends the request is not known")},
    [UNKNOWN_PARAMS] = {.code = ERROR_OTHER, .span = {0, 1}, .message = STR("the parameters are not among the given files")},
    [UNKNOWN_AUTHORIZER] = {.code = ERROR_OTHER, .span = {0, 1}, .message = STR("permissions are not known")},
};

static Value unknown_value(Unknown what) {
    return (Value){.kind = VALUE_ERROR, .error = &unknown_errors[what]};
}

/* What an error stands for, or UNKNOWN_COUNT if it is one of the expression's own. */
static Unknown unknown_of(Value error) {
    /* A copy with another place keeps the message. */
    for (Unknown i = 0; i < UNKNOWN_COUNT; i++)
        if (error.error->message.at == unknown_errors[i].message.at) return i;
    return UNKNOWN_COUNT;
}

/* One policy with one binding on one object. */
typedef struct Judge {
    Policy *policy;
    const Binding *binding;
    const Request *request;
    Document *document;
    Arena *arena;
    Value values[VARIABLE_MOST];
    CelRun run;
    int64_t budget; /* of all expressions together */
    Unknown doubt;  /* whether the policy is for the object at all depends on this; UNKNOWN_COUNT: it is */
} Judge;

/* Most of what all expressions of a policy, and its conditions, may cost (k8s.io/apiserver/pkg/apis/cel). */
enum { POLICY_STEPS = 10000000, CONDITION_STEPS = 2500000, LONGEST_MESSAGE = 5 << 10 };

static void mark_unknown(Policy *policy, Unknown what) {
    atomic_fetch_or_explicit(&policy->unknown, 1u << what, memory_order_relaxed);
}

static Value evaluate(Judge *j, const CelProgram *program) {
    Value v = cel_evaluate(&j->run, program);
    j->budget -= EVAL_STEPS - (j->run.eval.steps < 0 ? 0 : j->run.eval.steps);
    return v;
}

/* The request as expressions see it: its empty fields are absent. */

static void put(Arena *arena, ValueMap *map, Str key, Value value) {
    map_put(arena, map, value_string(key), value);
}

static void put_text(Arena *arena, ValueMap *map, Str key, Str text) {
    if (text.len) put(arena, map, key, value_string(text));
}

static Value triple(Arena *arena, const Request *request, Str name, Str value) {
    ValueMap *map = NEW(arena, ValueMap);
    put(arena, map, S("group"), value_string(request->group));
    put(arena, map, S("version"), value_string(request->version));
    put(arena, map, name, value_string(value));
    return value_map(map);
}

static Value request_value(Arena *arena, const Request *request) {
    ValueMap *map = NEW(arena, ValueMap), *options = NEW(arena, ValueMap);
    Value kind = triple(arena, request, S("kind"), request->document->kind);
    Value resource = triple(arena, request, S("resource"), request->resource);
    put(arena, map, S("kind"), kind);
    put(arena, map, S("resource"), resource);
    put(arena, map, S("requestKind"), kind);
    put(arena, map, S("requestResource"), resource);
    put_text(arena, map, S("name"), request->document->name);
    put_text(arena, map, S("namespace"), request->namespace_);
    put_text(arena, map, S("operation"), S("CREATE"));
    put(arena, map, S("userInfo"), unknown_value(UNKNOWN_USER));
    put(arena, map, S("dryRun"), value_bool(false));
    put_text(arena, options, S("kind"), S("CreateOptions"));
    put_text(arena, options, S("apiVersion"), S("meta.k8s.io/v1"));
    put(arena, map, S("options"), value_map(options));
    return value_map(map);
}

Value policy_request(Arena *arena, const Document *document) {
    static const PolicyPlan none = {0};
    Request request;
    return request_of(&request, arena, &none, document) ? request_value(arena, &request) : value_null();
}

/* What is known of a namespace by its name alone. */
static Value unknown_namespace(Arena *arena, Str name) {
    ValueMap *map = NEW(arena, ValueMap), *metadata = NEW(arena, ValueMap);
    static const Str hidden[] = {STR("labels"),
                                 STR("annotations"),
                                 STR("UID"),
                                 STR("uid"),
                                 STR("creationTimestamp"),
                                 STR("deletionTimestamp"),
                                 STR("deletionGracePeriodSeconds"),
                                 STR("generation"),
                                 STR("resourceVersion"),
                                 STR("finalizers"),
                                 STR("generateName"),
                                 STR("namespace")};
    put(arena, metadata, S("name"), value_string(name));
    for (size_t i = 0; i < COUNT(hidden); i++) put(arena, metadata, hidden[i], unknown_value(UNKNOWN_NAMESPACE));
    put(arena, map, S("metadata"), value_map(metadata));
    put(arena, map, S("spec"), unknown_value(UNKNOWN_NAMESPACE));
    put(arena, map, S("status"), unknown_value(UNKNOWN_NAMESPACE));
    return value_map(map);
}

static Value namespace_value(Arena *arena, const Request *request) {
    if (request->isNamespace || !request->namespace_.len) return value_null();
    return request->namespaceGiven ? request->namespaceGiven->namespaceObject : unknown_namespace(arena, request->namespace_);
}

/* Findings */

/* A text on one line, without control characters. */
static Str one_line(Arena *arena, Str text) {
    Buf buf = {.arena = arena};
    text = str_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        bool white = (unsigned char)text.at[i] <= 0x20 || text.at[i] == 0x7F;
        if (!white || (buf.len && buf.at[buf.len - 1] != ' ')) buf_char(&buf, white ? ' ' : text.at[i]);
    }
    return buf_text(&buf);
}

/* An expression with its place in the policy, shortened. */
static Str cite(Arena *arena, const Expression *expression) {
    enum { LONGEST = 160 };
    Str text = one_line(arena, expression->text);
    Str whole = text;
    if (text.len > LONGEST) text.len = LONGEST;
    while (text.len < whole.len && ((unsigned char)whole.at[text.len] & 0xC0) == 0x80) text.len--;
    return str_format(arena, "%.*s: %.*s%s", (int)expression->place.len, expression->place.at, (int)text.len, text.at,
                      text.len < whole.len ? "..." : "");
}

static void report(Judge *j, Severity severity, const Expression *expression, Value outcome, Str message) {
    Unknown unknown = is_error(outcome) ? unknown_of(outcome) : UNKNOWN_COUNT;
    if (unknown == UNKNOWN_COUNT) unknown = j->doubt;
    if (unknown != UNKNOWN_COUNT) {
        mark_unknown(j->policy, unknown);
        return;
    }
    Where where = policy_place(&j->run, j->document, expression->program, outcome);
    Diag *diag = diag_add(&j->document->diags, &j->policy->rule, where, NULL);
    diag->severity = (uint8_t)severity;
    diag->message = one_line(j->arena, message);
    diag->help = cite(j->arena, expression);
}

/* failurePolicy decides what an expression without a value does. */
static void report_error(Judge *j, const Expression *expression, Value error) {
    Str why = error.error->message;
    bool ignore = j->policy->ignoreError;
    Str message = str_format(j->arena, "the expression has no value: %.*s; failurePolicy %s", (int)why.len, why.at,
                             ignore ? "Ignore lets the object pass" : "Fail takes that as a violation");
    report(j, ignore ? SEVERITY_INFO : (Severity)j->binding->severity, expression, error, message);
}

static bool is_blank(Str text) {
    return str_trim(text).len == 0;
}

/* What the API server would answer: the text of messageExpression if it is fit to be shown, else message, else the expression. */
static Str message_of(Judge *j, const PolicyCheck *check) {
    if (check->message.program) {
        Value v = evaluate(j, check->message.program);
        Str text = v.kind == VALUE_STRING ? str_trim(value_str(v)) : S("");
        if (!is_blank(text) && text.len <= LONGEST_MESSAGE && str_find(text, '\n') < 0) return arena_str(j->arena, text);
    }
    if (!is_blank(check->text)) return check->text;
    return str_join(j->arena, S("failed expression: "), one_line(j->arena, check->expression.text));
}

/* The budget of all expressions is used up. */
static Value spent(Judge *j) {
    return cel_limit(&j->run.eval);
}

/* Whether all conditions hold. One that is false outweighs errors. */
static bool conditions_hold(Judge *j) {
    Value error = {0};
    const Expression *broken = NULL;
    Value namespaceObject = j->values[VARIABLE_NAMESPACE];
    j->values[VARIABLE_NAMESPACE] = value_null(); /* conditions are evaluated without it */
    cel_start(&j->run, j->arena, &j->policy->env, j->values);
    j->budget = CONDITION_STEPS;
    bool hold = true;
    for (uint32_t i = 0; i < j->policy->conditions.n && hold; i++) {
        const Expression *condition = &j->policy->conditions.at[i];
        Value v = evaluate(j, condition->program);
        if (j->budget < 0) v = spent(j);
        if (v.kind == VALUE_BOOL && !v.b) hold = false;
        if (!is_error(v)) continue;
        if (!broken || unknown_of(error) == UNKNOWN_COUNT) error = v, broken = condition;
        if (j->budget < 0) break;
    }
    if (hold && broken) {
        Unknown unknown = unknown_of(error);
        if (unknown == UNKNOWN_COUNT) {
            report_error(j, broken, error);
            hold = false;
        } else {
            j->doubt = unknown;
        }
    }
    j->values[VARIABLE_NAMESPACE] = namespaceObject;
    return hold;
}

static void judge_check(Judge *j, const PolicyCheck *check) {
    if (!check->expression.program) return;
    Value v = evaluate(j, check->expression.program);
    if (j->budget < 0) v = spent(j);
    if (is_error(v))
        report_error(j, &check->expression, v);
    else if (v.kind != VALUE_BOOL || !v.b)
        report(j, (Severity)j->binding->severity, &check->expression, v, message_of(j, check));
}

static void judge_once(Judge *j, Value params) {
    Unknown doubt = j->doubt;
    unsigned n = VARIABLE_MORE;
    if (j->policy->hasParams) j->values[n++] = params;
    j->values[n] = unknown_value(UNKNOWN_AUTHORIZER);
    if (conditions_hold(j)) {
        cel_start(&j->run, j->arena, &j->policy->composition.env, j->values);
        j->budget = POLICY_STEPS;
        for (uint32_t i = 0; i < j->policy->checks.n && j->budget >= 0; i++) judge_check(j, &j->policy->checks.at[i]);
    }
    j->doubt = doubt;
}

/* Parameters */

/* Whether a binding means a given object. One without a namespace may be in any, or be of a kind that has none. */
static bool is_param(const Judge *j, const GivenObject *given, const ParamRef *ref) {
    const ParamKind *kind = j->policy->object->spec.paramKind;
    if (!str_eq(given->kind, kind->kind) || !str_eq(given->apiVersion, kind->apiVersion)) return false;
    if (ref->name.len ? !str_eq(given->name, ref->name) : !selector_matches(ref->selector, given->labels)) return false;
    Str wanted = ref->namespace.len ? ref->namespace : j->request->namespace_;
    return !given->namespace_.len || str_eq(given->namespace_, wanted);
}

static void judge_params(Judge *j) {
    const ValidatingAdmissionPolicyBinding *binding = j->binding->object;
    const ParamRef *ref = binding ? binding->spec.paramRef : NULL;
    if (!j->policy->hasParams || (binding && !ref)) {
        judge_once(j, value_null());
        return;
    }
    const PolicyPlan *plan = j->request->plan;
    bool some = false;
    for (uint32_t i = 0; ref && i < plan->given.n; i++) {
        if (!is_param(j, &plan->given.at[i], ref)) continue;
        some = true;
        judge_once(j, value_of_node(plan->given.at[i].root));
    }
    if (!some) judge_once(j, unknown_value(UNKNOWN_PARAMS));
}

static void judge_policy(Judge *j) {
    Answer matches = request_matches(j->request, j->policy->object->spec.matchConstraints);
    if (matches == ANSWER_NO) return;
    for (uint32_t i = 0; i < j->policy->bindings.n; i++) {
        j->binding = j->policy->bindings.at[i];
        const ValidatingAdmissionPolicyBinding *object = j->binding->object;
        Answer bound = request_matches(j->request, object ? object->spec.matchResources : NULL);
        if (bound == ANSWER_NO) continue;
        if (!object) mark_unknown(j->policy, UNKNOWN_COUNT);
        j->doubt = matches == ANSWER_UNKNOWN || bound == ANSWER_UNKNOWN ? UNKNOWN_NAMESPACE : UNKNOWN_COUNT;
        judge_params(j);
    }
}

void policies_judge(const Policies *policies, Document *document) {
    const PolicyPlan *plan = policies->plan;
    Arena *arena = document->diags.arena;
    Request request;
    if (!request_of(&request, arena, plan, document)) return;
    Judge j = {.request = &request, .document = document, .arena = arena};
    for (unsigned i = 0; i < VARIABLE_MOST; i++) j.values[i] = value_null();
    j.values[VARIABLE_OBJECT] =
        document->object ? value_of_struct(document->type, document->object) : value_of_node(document->root);
    j.values[VARIABLE_REQUEST] = request_value(arena, &request);
    j.values[VARIABLE_NAMESPACE] = namespace_value(arena, &request);
    for (uint32_t i = 0; i < plan->policies.n; i++) {
        j.policy = plan->policies.at[i];
        if (!j.policy->refused && !j.policy->replaced) judge_policy(&j);
    }
}
