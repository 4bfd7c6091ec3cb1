/* Runs the rules: one walk over the typed object, by the schema's tables, that enters only what can lead to a type that some rule
 * is about. */
#include "lint.h"

#include "cel/json.h"
#include "check.h"

/* What an expression of a rule may name, in this order. */
static const Str variable_names[] = {STR("self"),   STR("object"),  STR("pod"),  STR("meta"), STR("role"),
                                     STR("params"), STR("version"), STR("kind"), STR("os")};

enum { SELF, OBJECT, POD, META, ROLE, PARAMS, VERSION, KIND, OS, VARIABLES };

enum { MAX_STEPS = 8 };

typedef struct Prepared {
    const Rule *rule;
    const Type *type;
    const CelProgram *when; /* NULL: the rule has a check */
    Str steps[MAX_STEPS];   /* the fields of `at` */
    uint32_t stepCount;
} Prepared;

/* What is done at each value of one type. */
typedef struct Stop {
    Prepared *rules;
    uint32_t count;
    const uint16_t *fields; /* numbers of those that lead on to other stops */
    uint16_t fieldCount;
} Stop;

struct LintRules {
    const uint8_t *on;
    uint32_t ruleCount;
    CelVariable variables[VARIABLES];
    CelEnv env;
    const ValueMap **parameters; /* by rule number; NULL without any */
    Stop *stops;                 /* by type number */
    Stop documents;              /* rules about whole documents */
};

/* Preparing. */

bool lint_path_known(const Type *type, Str at, const Type **out) {
    *out = type;
    while (at.len) {
        ptrdiff_t dot = str_find(at, '.');
        Str name = dot < 0 ? at : (Str){at.at, (size_t)dot};
        at = dot < 0 ? S("") : str_slice(at, (size_t)dot + 1);
        const Field *field = *out ? schema_field(*out, name, str_hash(name)) : NULL;
        if (!field || (field->shape == SHAPE_LIST && at.len)) return false;
        *out = field->scalar == TYPE_OBJECT && field->shape == SHAPE_ONE ? field->type : NULL;
    }
    return true;
}

static void set_env(CelEnv *env, CelVariable *variables, Arena *arena, const Type *self) {
    static const CelType *const types[] = {&cel_dyn, &cel_dyn, &cel_dyn,    &cel_dyn,   &cel_string,
                                           &cel_dyn, &cel_int, &cel_string, &cel_string};
    for (int i = 0; i < VARIABLES; i++) variables[i] = (CelVariable){variable_names[i], types[i]};
    if (self) variables[SELF].type = cel_type_of_schema(arena, self);
    variables[POD].type = cel_type_of_schema(arena, &type_PodSpec);
    variables[META].type = cel_type_of_schema(arena, &type_ObjectMeta);
    *env = (CelEnv){.variables = variables, .count = VARIABLES};
}

/* An expression of a rule about values of a type: its condition, or with `number` one of its arguments. */
static CelProgram *compile(Arena *arena, const Rule *rule, const Type *type, int number, CelFault *fault) {
    CelVariable variables[VARIABLES];
    CelEnv env;
    set_env(&env, variables, arena, type);
    CelProgram *program =
        cel_compile(arena, &env, number < 0 ? rule_words(rule).when : rule_argument(rule, (size_t)number), fault);
    if (!program || number >= 0 || program->type->kind == VALUE_BOOL) return program;
    Str text = cel_type_text(arena, program->type);
    *fault = (CelFault){{0, (uint32_t)rule_words(rule).when.len},
                        str_format(arena, "the expression must be a bool, not %.*s", TEXT(text)),
                        S("compare it with what is at fault")};
    return NULL;
}

bool lint_rule_check(Arena *arena, const Rule *rule, int number, CelFault *fault) {
    return compile(arena, rule, schema_type(rule_on(rule)), number, fault) != NULL;
}

static void prepare_rule(Arena *arena, Prepared *out, const Rule *rule, const Type *type) {
    CelFault fault;
    *out = (Prepared){.rule = rule, .type = type};
    if (rule->check) return;
    out->when = compile(arena, rule, type, -1, &fault);
    for (Str at = rule_words(rule).at; at.len && out->stepCount < MAX_STEPS;) {
        ptrdiff_t dot = str_find(at, '.');
        out->steps[out->stepCount++] = dot < 0 ? at : (Str){at.at, (size_t)dot};
        at = dot < 0 ? S("") : str_slice(at, (size_t)dot + 1);
    }
}

/* The parameters of a rule: its defaults, and over them what the user has set. */
static const ValueMap *prepare_parameters(Arena *arena, const LintSettings *settings, const Rule *rule) {
    if (!rule->parameterCount) return NULL;
    ValueMap *map = NEW(arena, ValueMap);
    for (uint8_t i = 0; i < rule->parameterCount; i++) {
        const RuleParameter parameter = rule_parameter(rule, i);
        Value value = value_null();
        size_t end;
        json_read(arena, parameter.value, &value, &end);
        for (uint32_t j = 0; j < settings->parameterCount; j++) {
            const LintParameter *given = &settings->parameters[j];
            if (given->rule == rule && str_eq(given->name, parameter.name)) value = given->value;
        }
        map_put(arena, map, value_string(parameter.name), value);
    }
    return map;
}

/* Whether two rules are one check in C, which reports both. */
static bool has_check(const Stop *stop, RuleCheck *check) {
    for (uint32_t i = 0; check && i < stop->count; i++)
        if (stop->rules[i].rule->check == check) return true;
    return false;
}

static void add_rule(Arena *arena, LintRules *out, const Rule *rule, const Type *type) {
    Stop *stop = type ? &out->stops[type->number] : &out->documents;
    if (has_check(stop, rule->check)) return;
    Prepared *all = NEW_ARRAY(arena, Prepared, stop->count + 1);
    if (stop->count) memcpy(all, stop->rules, stop->count * sizeof *all);
    prepare_rule(arena, &all[stop->count++], rule, type);
    stop->rules = all;
}

static const Type *nested_type(const Type *type, uint16_t number) {
    return type->fields[type->nested.at[number]].type;
}

/* Notes which fields of which types lead to a rule. Types may hold each other, so this goes on until nothing new is found. */
static void find_ways(Arena *arena, LintRules *out) {
    bool *leads = NEW_ARRAY(arena, bool, schema_type_count), again = true;
    for (uint16_t t = 0; t < schema_type_count; t++) leads[t] = out->stops[t].count > 0;
    while (again) {
        again = false;
        for (uint16_t t = schema_type_count; t-- > 0;)
            for (uint16_t i = 0; i < schema_types[t]->nested.n && !leads[t]; i++) {
                leads[t] = leads[nested_type(schema_types[t], i)->number];
                again |= leads[t];
            }
    }
    for (uint16_t t = 0; t < schema_type_count; t++) {
        const Type *type = schema_types[t];
        if (!leads[t] || !type->nested.n) continue;
        uint16_t *fields = NEW_ARRAY(arena, uint16_t, type->nested.n);
        Stop *stop = &out->stops[t];
        for (uint16_t i = 0; i < type->nested.n; i++)
            if (leads[nested_type(type, i)->number]) fields[stop->fieldCount++] = type->nested.at[i];
        stop->fields = fields;
    }
}

const LintRules *lint_prepare(Arena *arena, const LintSettings *settings) {
    LintRules *out = NEW(arena, LintRules);
    out->ruleCount = rule_count + settings->moreCount;
    uint8_t *on = NEW_ARRAY(arena, uint8_t, out->ruleCount + 1);
    memcpy(on, settings->on, out->ruleCount);
    out->on = on;
    out->stops = NEW_ARRAY(arena, Stop, schema_type_count);
    out->parameters = NEW_ARRAY(arena, const ValueMap *, out->ruleCount + 1);
    set_env(&out->env, out->variables, arena, NULL);
    const Type *type = NULL; /* of the rule before: most are about the same */
    for (uint32_t i = 0; i < out->ruleCount; i++) {
        const Rule *rule = i < rule_count ? &rules[i] : settings->more[i - rule_count];
        Str subject = on[rule->number] ? rule_on(rule) : S("");
        if (!subject.len) continue;
        out->parameters[rule->number] = prepare_parameters(arena, settings, rule);
        if (!type || !str_eq(type->name, subject)) type = schema_type(subject);
        add_rule(arena, out, rule, type);
    }
    find_ways(arena, out);
    return out;
}

/* Running. */

/* The steps that the expressions of all rules may take over one document, as those of a policy's over one object: some seconds.
 * Rules that look at every container for every container would otherwise take hours over one with ten thousands of them. */
enum { DOCUMENT_STEPS = 20000000 };

typedef struct Walk {
    Lint lint; /* first: checks take it */
    CelRun run;
    int64_t steps; /* left of DOCUMENT_STEPS */
    Value values[VARIABLES];
} Walk;

static Str text_of_value(Walk *w, Value v) {
    if (v.kind == VALUE_STRING) return value_str(v);
    if (v.kind == VALUE_INT) return str_int(w->lint.arena, v.i);
    Buf buf = {.arena = w->lint.arena};
    json_write_plain(&buf, &w->run.eval, v);
    return buf_text(&buf);
}

/* What a container takes from its pod's securityContext is reported where the pod has it. */
static bool is_of_pod(const Walk *w, const Prepared *prepared, const Path *path) {
    const PodSpec *pod = w->lint.pod;
    if (path != w->lint.containerPath || prepared->stepCount != 2 || !pod || !pod->head.node || !w->lint.container) return false;
    const Str *steps = prepared->steps;
    const Node *own = w->lint.container->head.node, *above = node_get(pod->head.node, steps[0]);
    if (!above || !str_eq(steps[0], S("securityContext"))) return false;
    return own && !node_get(node_get(own, steps[0]), steps[1]) && node_get(above, steps[1]);
}

static Value evaluate(Walk *w, const CelProgram *program) {
    Value v = cel_evaluate(&w->run, program);
    w->steps -= EVAL_STEPS - (w->run.eval.steps < 0 ? 0 : w->run.eval.steps);
    return v;
}

static void report(Walk *w, const Prepared *prepared, const Path *path) {
    Path chain[MAX_STEPS];
    Str arguments[UINT8_MAX];
    if (diag_counted(w->lint.diags, prepared->rule)) return;
    if (is_of_pod(w, prepared, path)) path = w->lint.podPath;
    for (uint32_t i = 0; i < prepared->stepCount; i++) {
        chain[i] = path_field(path, prepared->steps[i]);
        path = &chain[i];
    }
    /* What the message shows is compiled here: most rules never report anything. */
    for (uint8_t i = 0; i < prepared->rule->argumentCount; i++) {
        CelFault fault;
        const CelProgram *program = compile(w->lint.arena, prepared->rule, prepared->type, i, &fault);
        Value v = program ? evaluate(w, program) : value_null();
        arguments[i] = is_error(v) ? S("?") : text_of_value(w, v);
    }
    diag_add(w->lint.diags, prepared->rule, lint_where(&w->lint, path), arguments);
}

static void try_rule(Walk *w, const Prepared *prepared, const void *self, const Path *path) {
    if (prepared->rule->check) {
        prepared->rule->check(&w->lint, self, path);
        return;
    }
    if (w->steps < 0) return;
    const ValueMap *parameters = w->lint.rules->parameters[prepared->rule->number];
    w->values[PARAMS] = parameters ? value_map(parameters) : value_null();
    Arena before = *w->lint.arena;
    Value v = evaluate(w, prepared->when);
    if (v.kind == VALUE_BOOL && !w->run.eval.scratch) arena_back(w->lint.arena, &before);
    if (w->steps < 0) emit_rules_stopped(w->lint.diags, lint_where(&w->lint, path), .rule = prepared->rule->name);
    if (v.kind == VALUE_BOOL && v.b) report(w, prepared, path);
    if (is_error(v))
        emit_rule_failed(w->lint.diags, lint_where(&w->lint, path), .rule = prepared->rule->name, .reason = v.error->message);
}

static void visit(Walk *w, const Type *type, const void *object, const Path *path);

static void set_role(Walk *w, ContainerRole role) {
    static const Str words[] = {
        [ROLE_NONE] = STR(""), [ROLE_MAIN] = STR("main"), [ROLE_INIT] = STR("init"), [ROLE_SIDECAR] = STR("sidecar")};
    w->lint.role = role;
    w->values[ROLE] = value_string(words[role]);
}

static void visit_item(Walk *w, const Field *field, const void *item, const Path *path) {
    bool container = field->type == &type_Container;
    if (container) {
        w->lint.container = item;
        w->lint.containerPath = path;
        bool isInit = str_eq(field->name, S("initContainers"));
        set_role(w, !isInit ? ROLE_MAIN : is_sidecar(item) ? ROLE_SIDECAR : ROLE_INIT);
    }
    visit(w, field->type, item, path);
    if (!container) return;
    w->lint.container = NULL;
    w->lint.containerPath = NULL;
    set_role(w, ROLE_NONE);
}

static void visit_field(Walk *w, const Field *field, const void *object, const Path *path) {
    const char *at = (const char *)object + field->offset;
    Path here = path_field(path, field->name);
    if (field->shape == SHAPE_LIST) {
        const StrList *list = (const void *)at; /* every list starts with a pointer and a count */
        for (uint32_t i = 0; i < list->n; i++) {
            Path item = path_index(&here, i);
            visit_item(w, field, (const char *)list->at + (size_t)i * field->type->size, &item);
        }
    } else if (field->shape == SHAPE_ONE) {
        const void *value = field->optional ? *(const void *const *)(const void *)at : at;
        if (value) visit(w, field->type, value, &here);
    }
}

static void visit(Walk *w, const Type *type, const void *object, const Path *path) {
    const Stop *stop = &w->lint.rules->stops[type->number];
    for (uint32_t i = 0; i < stop->count; i++) {
        w->values[SELF] = value_of_struct(type, object);
        try_rule(w, &stop->rules[i], object, path);
    }
    for (uint16_t i = 0; i < stop->fieldCount; i++) visit_field(w, &type->fields[stop->fields[i]], object, path);
}

void lint_document(const LintRules *rules_, Document *document) {
    PodPlace place;
    Arena *arena = document->diags.arena;
    Walk w = {
        .steps = DOCUMENT_STEPS,
        .lint = {.rules = rules_, .document = document, .arena = arena, .diags = &document->diags, .minor = document->minor}};
    Path *root = NULL;
    if (document->object) {
        PodView view = model_pod(document);
        w.lint.pod = view.spec;
        w.lint.meta = view.meta;
        if (model_pod_place(&place, document->type)) {
            w.lint.podPath = &place.spec;
            w.lint.metaPath = &place.metadata;
        }
        cel_start(&w.run, arena, &rules_->env, w.values);
        for (int i = 0; i < VARIABLES; i++) w.values[i] = value_null();
        w.values[OBJECT] = value_of_struct(document->type, document->object);
        /* Objects without a pod have an empty one, so that an expression that asks of it finds nothing there. */
        w.values[POD] = value_of_struct(&type_PodSpec, view.spec ? view.spec : NEW(arena, PodSpec));
        w.values[META] = value_of_struct(&type_ObjectMeta, view.meta ? view.meta : NEW(arena, ObjectMeta));
        w.values[VERSION] = value_int(document->minor);
        w.values[KIND] = value_string(document->kind);
        w.values[OS] = value_string(view.spec && pod_is_windows(view.spec) ? S("windows") : S("linux"));
        set_role(&w, ROLE_NONE);
    }
    w.values[SELF] = w.values[OBJECT];
    for (uint32_t i = 0; i < rules_->documents.count; i++) {
        const Prepared *prepared = &rules_->documents.rules[i];
        if (prepared->rule->check || w.lint.pod) try_rule(&w, prepared, document, root);
    }
    if (document->object && !document->unreadable) visit(&w, document->type, document->object, root);
}

/* For checks. */

bool lint_is_on(const Lint *lint, uint16_t rule) {
    return lint->rules->on[rule];
}

Value lint_parameter(const Lint *lint, uint16_t rule, Str name) {
    Eval ev = {.arena = lint->arena};
    const ValueMap *map = lint->rules->parameters[rule];
    return map ? map_find(&ev, value_map(map), value_string(name)) : (Value){0};
}

int64_t lint_int(const Lint *lint, uint16_t rule, Str name) {
    Value v = lint_parameter(lint, rule, name);
    return v.kind == VALUE_INT ? v.i : 0;
}

bool lint_listed(const Lint *lint, uint16_t rule, Str name, Str text) {
    Value v = lint_parameter(lint, rule, name);
    Eval ev = {.arena = lint->arena};
    for (uint32_t i = 0; v.kind == VALUE_LIST && i < v.len; i++) {
        Value item = list_item(&ev, v, i);
        if (item.kind == VALUE_STRING && str_eq(value_str(item), text)) return true;
    }
    return false;
}

WorkloadKind lint_workload(const Lint *lint) {
    return model_workload(lint->document);
}
