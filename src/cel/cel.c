#include "cel.h"

#define OBJECT(variable, text, fields_) \
    const CelType variable = {.kind = KIND_OBJECT, .name = STR(text), .fields = (fields_), .fieldCount = COUNT(fields_)}

/* The declared fields of what a policy gets beside the object (k8s.io/apiserver/pkg/admission/plugin/cel). */

static const CelType map_string_string = {.kind = VALUE_MAP, .name = STR("map"), .args = {&cel_string, &cel_string}};

static const CelField kind_fields[] = {{STR("group"), &cel_string}, {STR("version"), &cel_string}, {STR("kind"), &cel_string}};
static const CelField resource_fields[] = {
    {STR("group"), &cel_string}, {STR("version"), &cel_string}, {STR("resource"), &cel_string}};
static const CelField user_fields[] = {{STR("username"), &cel_string},
                                       {STR("uid"), &cel_string},
                                       {STR("groups"), &cel_list_string},
                                       {STR("extra"), &cel_map_string_list_string}};
static OBJECT(kind_type, "kubernetes.GroupVersionKind", kind_fields);
static OBJECT(resource_type, "kubernetes.GroupVersionResource", resource_fields);
static OBJECT(user_type, "kubernetes.UserInfo", user_fields);
static const CelField request_fields[] = {
    {STR("kind"), &kind_type},
    {STR("resource"), &resource_type},
    {STR("subResource"), &cel_string},
    {STR("requestKind"), &kind_type},
    {STR("requestResource"), &resource_type},
    {STR("requestSubResource"), &cel_string},
    {STR("name"), &cel_string},
    {STR("namespace"), &cel_string},
    {STR("operation"), &cel_string},
    {STR("userInfo"), &user_type},
    {STR("dryRun"), &cel_bool},
    {STR("options"), &cel_dyn},
};
OBJECT(cel_admission_request, "kubernetes.AdmissionRequest", request_fields);

static const CelField metadata_fields[] = {
    {STR("name"), &cel_string},
    {STR("generateName"), &cel_string},
    {STR("namespace"), &cel_string},
    {STR("labels"), &map_string_string},
    {STR("annotations"), &map_string_string},
    {STR("UID"), &cel_string},
    {STR("creationTimestamp"), &cel_timestamp},
    {STR("deletionGracePeriodSeconds"), &cel_int},
    {STR("deletionTimestamp"), &cel_timestamp},
    {STR("generation"), &cel_int},
    {STR("resourceVersion"), &cel_string},
    {STR("finalizers"), &cel_list_string},
};
static const CelField condition_fields[] = {{STR("status"), &cel_string},
                                            {STR("type"), &cel_string},
                                            {STR("lastTransitionTime"), &cel_timestamp},
                                            {STR("message"), &cel_string},
                                            {STR("reason"), &cel_string}};
static const CelField spec_fields[] = {{STR("finalizers"), &cel_list_string}};
static OBJECT(metadata_type, "kubernetes.NamespaceMetadata", metadata_fields);
static OBJECT(condition_type, "kubernetes.NamespaceCondition", condition_fields);
static OBJECT(spec_type, "kubernetes.NamespaceSpec", spec_fields);
static const CelType list_condition = {.kind = VALUE_LIST, .name = STR("list"), .args = {&condition_type}};
static const CelField status_fields[] = {{STR("conditions"), &list_condition}, {STR("phase"), &cel_string}};
static OBJECT(status_type, "kubernetes.NamespaceStatus", status_fields);
static const CelField namespace_fields[] = {
    {STR("metadata"), &metadata_type}, {STR("spec"), &spec_type}, {STR("status"), &status_type}};
OBJECT(cel_namespace, "kubernetes.Namespace", namespace_fields);

CelProgram *cel_compile(Arena *arena, const CelEnv *env, Str text, CelFault *fault) {
    CelProgram *program = NEW(arena, CelProgram);
    Expr *root = expr_parse(arena, text, fault);
    if (!root || !expr_check(arena, env, root, &program->slots, fault)) return NULL;
    program->text = text;
    program->root = root;
    program->type = root->type;
    return program;
}

void cel_start(CelRun *run, Arena *arena, const CelEnv *env, const Value *variables) {
    *run = (CelRun){.eval = {.arena = arena}, .variables = variables, .lazy = env->lazyPrograms};
    if (env->lazyCount) run->lazyValues = NEW_ARRAY(arena, Value, env->lazyCount);
}

Value cel_evaluate(CelRun *run, const CelProgram *program) {
    return eval_program(run, program);
}

void cel_compose(CelComposition *out, Arena *arena, const CelEnv *base, uint32_t room) {
    *out = (CelComposition){.env = *base, .room = room};
    out->env.lazy = out->lazy = NEW_ARRAY(arena, CelVariable, room + 1);
    out->env.lazyPrograms = out->programs = NEW_ARRAY(arena, const CelProgram *, room + 1);
    out->env.composed = true;
}

/* The type under which a variable is seen: what the API server's declarations cannot say is dyn. */
static const CelType *declared_type(Arena *arena, const CelType *type) {
    switch ((ValueKind)type->kind) {
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_UINT:
    case VALUE_DOUBLE:
    case VALUE_STRING:
    case VALUE_BYTES:
    case VALUE_DURATION:
    case VALUE_TIMESTAMP: return type;
    case VALUE_LIST:
    case VALUE_MAP: {
        CelType *copy = NEW(arena, CelType);
        *copy = *type;
        for (int i = 0; i < 2; i++)
            if (type->args[i]) copy->args[i] = declared_type(arena, type->args[i]);
        return copy;
    }
    default: return &cel_dyn;
    }
}

bool cel_compose_add(CelComposition *composition, Arena *arena, Str name, Str text, CelFault *fault) {
    if (composition->env.lazyCount == composition->room) return false;
    CelProgram *program = cel_compile(arena, &composition->env, text, fault);
    uint32_t i = composition->env.lazyCount++;
    composition->lazy[i] = (CelVariable){name, program ? declared_type(arena, program->type) : &cel_dyn};
    composition->programs[i] = program;
    return program != NULL;
}
