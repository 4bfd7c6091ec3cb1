/* The rules in x-kubernetes-validations: what expressions see of a schema, their programs, and what they say of an object
 * (k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel, k8s.io/apiserver/pkg/cel/common). */
#include "judge.h"
#include "rules.h"
#include "validate/names.h"
#include "yaml/text_span.h"

/* What all rules of one object may cost, in the server's units. */
enum { ALL_STEPS = 10000000, LONGEST_MESSAGE = 5120 };

enum { SELF, OLD_SELF };

/* Types. */

/* Words of the expression language: fields of such names can be written with and without an escape. */
static bool is_reserved(Str name) {
    static const Str reserved[] = {STR("true"),   STR("false"),    STR("null"), STR("in"),      STR("as"),        STR("break"),
                                   STR("const"),  STR("continue"), STR("else"), STR("for"),     STR("function"),  STR("if"),
                                   STR("import"), STR("let"),      STR("loop"), STR("package"), STR("namespace"), STR("return"),
                                   STR("var"),    STR("void"),     STR("while")};
    return str_in(name, reserved, COUNT(reserved));
}

/* The name of a field in expressions; empty if there is none that can be written. */
static Str escaped(Arena *arena, Str name) {
    if (!name.len || is_digit(name.at[0])) return S("");
    if (is_reserved(name)) return str_format(arena, "__%.*s__", TEXT(name));
    Buf out = {.arena = arena};
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (c == '_' && i + 1 < name.len && name.at[i + 1] == '_') {
            buf_str(&out, S("__underscores__"));
            i++;
        } else if (c == '.') {
            buf_str(&out, S("__dot__"));
        } else if (c == '-') {
            buf_str(&out, S("__dash__"));
        } else if (c == '/') {
            buf_str(&out, S("__slash__"));
        } else if (is_alnum(c) || c == '_') {
            buf_char(&out, c);
        } else {
            return S("");
        }
    }
    return buf_text(&out);
}

static const CelType *declare(Arena *arena, const CrdSchema *schema, bool root);

static const CelField meta_fields[] = {{STR("name"), &cel_string}, {STR("generateName"), &cel_string}};
static const CelType meta_type = {
    .kind = KIND_OBJECT, .name = STR("object"), .fields = meta_fields, .fieldCount = COUNT(meta_fields)};

/* Whether a schema says enough of apiVersion, kind and metadata itself. */
static bool knows_identity(const CrdSchema *schema) {
    const Str texts[] = {STR("apiVersion"), STR("kind")}, names[] = {STR("name"), STR("generateName")};
    const CrdSchema *meta = crd_property(schema, S("metadata"), str_hash(S("metadata")));
    for (size_t i = 0; i < COUNT(texts); i++) {
        const CrdSchema *text = crd_property(schema, texts[i], str_hash(texts[i]));
        const CrdSchema *name = meta ? crd_property(meta, names[i], str_hash(names[i])) : NULL;
        if (!text || text->type != STRING_VALUE || !name || name->type != STRING_VALUE) return false;
    }
    return meta->type == OBJECT_VALUE;
}

/* A field of an object type that is being built. */
static void declare_field(CelType *type, CelField *fields, Str *keys, Str name, Str key, const CelType *below) {
    fields[type->fieldCount] = (CelField){.name = name, .type = below};
    keys[type->fieldCount++] = key;
}

static const CelType *declare_object(Arena *arena, const CrdSchema *schema, bool root) {
    CelType *type = NEW(arena, CelType);
    CelField *fields = NEW_ARRAY(arena, CelField, 2 * schema->propertyCount + 4);
    Str *keys = NEW_ARRAY(arena, Str, 2 * schema->propertyCount + 4);
    const CelField own[] = {{S("apiVersion"), &cel_string}, {S("kind"), &cel_string}, {S("metadata"), &meta_type}};
    uint32_t added = root && !knows_identity(schema) ? COUNT(own) : 0;
    *type = (CelType){.kind = KIND_OBJECT, .name = S("object"), .fields = fields, .keys = keys};
    for (uint32_t i = 0; i < added; i++) declare_field(type, fields, keys, own[i].name, own[i].name, own[i].type);
    for (uint32_t i = 0; i < schema->propertyCount && type->fieldCount < UINT16_MAX - 1; i++) {
        const CrdProperty *property = &schema->properties[i];
        bool known = false;
        for (uint32_t k = 0; k < added; k++) known |= str_eq(property->name, own[k].name);
        const CelType *below = known ? NULL : declare(arena, property->schema, property->schema->embedded);
        Str name = below ? escaped(arena, property->name) : S("");
        if (name.len) declare_field(type, fields, keys, name, property->name, below);
        if (name.len && is_reserved(property->name)) declare_field(type, fields, keys, property->name, property->name, below);
    }
    return type;
}

static const CelType *container_of(Arena *arena, const CelType *like, const CelType *key, const CelType *value) {
    CelType *type = NEW(arena, CelType);
    *type = *like;
    type->args[0] = key ? key : value;
    type->args[1] = key ? value : NULL;
    return type;
}

/* What expressions see of a schema; NULL: nothing. */
static const CelType *declare(Arena *arena, const CrdSchema *schema, bool root) {
    if (schema->declared) return schema->declared;
    const CelType *type = NULL;
    if (schema->intOrString) {
        type = &cel_dyn;
    } else {
        const CelType *below;
        switch ((ValueType)schema->type) {
        case ARRAY_VALUE:
            below = schema->items ? declare(arena, schema->items, schema->items->embedded) : NULL;
            type = below ? container_of(arena, &cel_list_dyn, NULL, below) : NULL;
            if (type && schema->listKind >= LIST_SET) {
                CelType *own = (CelType *)type;
                own->isSet = true;
                own->itemKeys = schema->listKind == LIST_MAP ? schema->listKeys.at : NULL;
                own->itemKeyCount = schema->listKind == LIST_MAP ? (uint16_t)schema->listKeys.n : 0;
            }
            break;
        case OBJECT_VALUE:
            if (schema->additional) {
                below = declare(arena, schema->additional, schema->additional->embedded);
                type = below ? container_of(arena, &cel_map_dyn, &cel_string, below) : NULL;
            } else {
                type = declare_object(arena, schema, root);
            }
            break;
        case STRING_VALUE: {
            const Node *node = node_get(schema->node, S("format"));
            Str format = node && node->kind == NODE_STRING ? node->text : S("");
            type = str_eq(format, S("byte"))                                     ? &cel_bytes
                   : str_eq(format, S("duration"))                               ? &cel_duration
                   : str_eq(format, S("date")) || str_eq(format, S("date-time")) ? &cel_timestamp
                                                                                 : &cel_string;
            break;
        }
        case BOOLEAN_VALUE: type = &cel_bool; break;
        case NUMBER_VALUE: type = &cel_double; break;
        case INTEGER_VALUE: type = &cel_int; break;
        case ANY_VALUE: break;
        }
    }
    ((CrdSchema *)schema)->declared = type; /* it is still being built */
    return type;
}

/* Programs. */

static bool names_old(const Expr *e) {
    if (e->kind == EXPR_VARIABLE && e->slot == OLD_SELF) return true;
    for (uint32_t i = 0; i < e->count; i++)
        if (e->args[i] && names_old(e->args[i])) return true;
    return false;
}

/* The path of a rule's fieldPath: its parts as fields of the schema. Returns how many there are; 0 if it leads nowhere. */
enum { FIELD_PATH_PARTS = 24 };

static uint32_t read_field_path(Arena *arena, const CrdSchema *schema, Str text, const Path *up, Path *parts,
                                const CrdSchema **end) {
    uint32_t n = 0;
    while (text.len && n < FIELD_PATH_PARTS) {
        Str name;
        bool quoted = str_take(&text, '[');
        if (quoted) {
            if (!str_take(&text, '\'')) return 0;
            Buf buf = {.arena = arena};
            while (text.len && text.at[0] != '\'') {
                if (text.at[0] == '\\' && text.len > 1) text = str_slice(text, 1);
                buf_char(&buf, text.at[0]);
                text = str_slice(text, 1);
            }
            if (!str_take(&text, '\'') || !str_take(&text, ']')) return 0;
            name = buf_text(&buf);
        } else {
            if (!str_take(&text, '.')) return 0;
            size_t length = 0;
            while (length < text.len && text.at[length] != '.' && text.at[length] != '[') length++;
            name = (Str){text.at, length};
            text = str_slice(text, length);
        }
        const CrdSchema *property = crd_property(schema, name, str_hash(name));
        if (!property && (schema->hasProperties || !schema->additional)) return 0;
        parts[n] = property ? path_field(n ? &parts[n - 1] : up, name) : path_key(n ? &parts[n - 1] : up, name);
        n++;
        schema = property ? property : schema->additional;
    }
    *end = schema;
    return text.len ? 0 : n;
}

const CrdSchema *crd_field_at(Arena *arena, const CrdSchema *schema, Str text) {
    Path parts[FIELD_PATH_PARTS];
    const CrdSchema *end;
    return read_field_path(arena, schema, text, NULL, parts, &end) ? end : NULL;
}

static void compile_rule(Arena *arena, CrdRule *rule, const CrdSchema *node) {
    CelType *optional = NEW(arena, CelType);
    *optional = cel_optional_a;
    optional->args[0] = node->declared;
    CelVariable *variables = NEW_ARRAY(arena, CelVariable, 2);
    variables[SELF] = (CelVariable){S("self"), node->declared};
    variables[OLD_SELF] = (CelVariable){S("oldSelf"), rule->optionalOld ? optional : node->declared};
    CelEnv env = {.variables = variables, .count = 2};
    if (!rule->rule || rule->rule->kind != NODE_STRING || !str_trim(rule->rule->text).len) return;
    rule->program = cel_compile(arena, &env, rule->rule->text, &rule->fault);
    if (rule->program && rule->program->type->kind != VALUE_BOOL) {
        rule->fault = (CelFault){{0, (uint32_t)rule->rule->text.len},
                                 str_format(arena, "the expression is not a condition: it is of type %.*s",
                                            TEXT(cel_type_text(arena, rule->program->type))),
                                 S("")};
        rule->program = NULL;
    }
    rule->usesOld = rule->program && names_old(rule->program->root);
    const Node *words = node_get(rule->node, S("messageExpression"));
    if (!words || words->kind != NODE_STRING || !str_trim(words->text).len) return;
    rule->words = cel_compile(arena, &env, words->text, &rule->wordsFault);
    if (rule->words && rule->words->type->kind != VALUE_STRING) {
        rule->wordsFault = (CelFault){
            {0, (uint32_t)words->text.len},
            str_format(arena, "the expression is not text: it is of type %.*s", TEXT(cel_type_text(arena, rule->words->type))),
            S("")};
        rule->words = NULL;
    }
}

/* Compiles the rules of a schema and of all below it. `node` is the schema that says what expressions see: another one for the
 * schemas in allOf. */
static void compile_tree(Arena *arena, const CrdSchema *schema, const CrdSchema *node) {
    if (!schema->hasRules) return;
    for (uint32_t i = 0; i < schema->ruleCount; i++)
        if (node->declared) compile_rule(arena, &schema->rules[i], node);
    for (uint32_t i = 0; i < schema->allOf.n; i++) compile_tree(arena, schema->allOf.at[i], node);
    if (schema->items && node->items) compile_tree(arena, schema->items, node->items);
    if (schema->additional && node->additional) compile_tree(arena, schema->additional, node->additional);
    for (uint32_t i = 0; i < schema->propertyCount; i++) {
        const CrdProperty *property = &schema->properties[i];
        const CrdSchema *below = crd_property(node, property->name, property->hash);
        if (!below || !property->schema->hasRules) continue;
        declare(arena, below, below->embedded);
        compile_tree(arena, property->schema, below);
    }
}

const CrdSchema *crd_schema(Arena *arena, const Node *node, bool root) {
    const CrdSchema *schema = crd_schema_form(arena, node);
    if (schema->hasRules) {
        declare(arena, schema, root);
        compile_tree(arena, schema, schema);
    }
    return schema;
}

/* Evaluation. */

typedef struct Judging {
    CrdJudge *j;
    int64_t left; /* of ALL_STEPS; negative: no further rules are evaluated */
} Judging;

static Str one_line(Arena *arena, Str text) {
    Buf out = {.arena = arena};
    text = str_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        if (!is_space(text.at[i]))
            buf_char(&out, text.at[i]);
        else if (!is_space(text.at[i - 1]))
            buf_char(&out, ' ');
    }
    return shown(arena, buf_text(&out));
}

static Where place_of(CrdJudge *j, const Path *path) {
    Where place = where(&j->check, path);
    if (!path) place.path = S("<nil>");
    return place;
}

/* The cost of what was evaluated last; false if that was more than is left. */
static bool charge(Judging *judging, const CelRun *run) {
    int64_t used = EVAL_STEPS - (run->eval.steps < 0 ? 0 : run->eval.steps);
    judging->left -= used;
    return judging->left >= 0;
}

/* The message of a rule that is broken. */
static Str message_of(Judging *judging, const CrdRule *rule, CelRun *run) {
    Arena *arena = judging->j->check.arena;
    if (rule->words && judging->left > 0) {
        Value value = cel_evaluate(run, rule->words);
        charge(judging, run);
        Str text = value.kind == VALUE_STRING ? str_trim(value_str(value)) : S("");
        if (text.len && text.len <= LONGEST_MESSAGE && str_find(text, '\n') < 0) return arena_str(arena, text);
    }
    if (rule->message.len) return rule->message;
    return str_join(arena, S("this must be true: "), one_line(arena, rule->rule->text));
}

static void report_broken(Judging *judging, const CrdRule *rule, const CrdSchema *node, CelRun *run, const Path *path) {
    CrdJudge *j = judging->j;
    Arena *arena = j->check.arena;
    Path parts[FIELD_PATH_PARTS];
    uint32_t count = rule->fieldPath.len ? read_field_path(arena, node, rule->fieldPath, path, parts, &node) : 0;
    Where at = place_of(j, count ? &parts[count - 1] : path);
    Str message = message_of(judging, rule, run);
    bool own = !rule->message.len && !rule->words;
    Str hint = own ? S("") : str_join(arena, S("this must be true: "), one_line(arena, rule->rule->text));
    switch (rule->reason) {
    case API_FORBIDDEN: emit_crd_rule_forbidden(&j->check.document->diags, at, .message = message, .hint = hint); break;
    case API_REQUIRED: emit_crd_rule_required(&j->check.document->diags, at, .message = message, .hint = hint); break;
    case API_DUPLICATE: emit_crd_rule_duplicate(&j->check.document->diags, at, .message = message, .hint = hint); break;
    default: emit_crd_rule(&j->check.document->diags, at, .message = message, .hint = hint);
    }
}

static bool has_later(const Node *node) {
    if (node->later) return true;
    for (uint32_t i = 0; node->kind >= NODE_LIST && i < node->count; i++)
        if (has_later(node->kind == NODE_LIST ? &node->items[i] : &node->entries[i].value)) return true;
    return false;
}

static void judge_rules(Judging *judging, const CrdSchema *schema, const CrdSchema *node, const Node *value, const Node *old,
                        const Path *path) {
    CrdJudge *j = judging->j;
    if (!schema->ruleCount || !node->declared) return;
    if (j->check.document->later && has_later(value)) return; /* nobody knows yet what they will say */
    Arena *arena = j->check.arena;
    Value variables[2], optional = value_none();
    Value self = value_of_typed(arena, value, node->declared);
    CelEnv env = {0};
    CelRun run;
    cel_start(&run, arena, &env, variables);
    if (old) optional = value_some(&run.eval, value_of_typed(arena, old, node->declared));
    bool same = j->old && old && crd_same(value, old);
    for (uint32_t i = 0; i < schema->ruleCount && judging->left >= 0; i++) {
        const CrdRule *rule = &schema->rules[i];
        if (!rule->program || (rule->usesOld && !old && !rule->optionalOld)) continue;
        if (same && !rule->usesOld) continue; /* what stays as it was is only warned of */
        variables[SELF] = self;
        variables[OLD_SELF] = rule->optionalOld ? optional : old ? *optional.inner : value_null();
        Value result = cel_evaluate(&run, rule->program);
        bool limit = is_error(result) && result.error->code == ERROR_LIMIT;
        if (!charge(judging, &run) || limit) {
            emit_crd_rule_cost(&j->check.document->diags, place_of(j, path));
            judging->left = -1;
        } else if (is_error(result)) {
            emit_crd_rule_error(&j->check.document->diags, place_of(j, path), .problem = result.error->message,
                                .rule = one_line(arena, rule->rule->text));
        } else if (result.kind != VALUE_BOOL || !result.b) {
            report_broken(judging, rule, node, &run, path);
        }
    }
}

static void walk(Judging *judging, const CrdSchema *schema, const CrdSchema *node, const Node *value, const Node *old,
                 const Path *path) {
    if (judging->left < 0 || value->kind == NODE_NULL || !schema->hasRules) return;
    if (old && old->kind == NODE_NULL) old = NULL;
    judge_rules(judging, schema, node, value, old, path);
    for (uint32_t i = 0; i < schema->allOf.n; i++) walk(judging, schema->allOf.at[i], node, value, old, path);
    for (uint32_t i = 0; value->kind == NODE_LIST && schema->items && node->items && i < value->count; i++) {
        Path at = path_index(path, i);
        walk(judging, schema->items, node->items, &value->items[i], crd_old_item(node, old, &value->items[i]), &at);
    }
    for (uint32_t i = 0; value->kind == NODE_MAP && i < value->count; i++) {
        const Entry *entry = &value->entries[i];
        const CrdSchema *property = crd_property(schema, entry->key, entry->hash);
        const CrdSchema *below = crd_property(node, entry->key, entry->hash);
        const Node *before = old ? node_get(old, entry->key) : NULL;
        if (property && below) {
            Path at = path_field(path, entry->key);
            walk(judging, property, below, &entry->value, before, &at);
        } else if (schema->additional && node->additional) {
            Path at = path_key(path, entry->key);
            walk(judging, schema->additional, node->additional, &entry->value, before, &at);
        }
    }
}

void crd_evaluate(CrdJudge *j) {
    Judging judging = {.j = j, .left = ALL_STEPS};
    walk(&judging, j->version->schema, j->version->schema, j->stored, j->old, NULL);
}
