/* The type checker. In goes a parsed tree and the types of its variables; the tree comes out with a type, a slot or a candidate
 * list in every node, or the checker tells the first fault in the words of the API server. Types are unified as the server's
 * checker does: a literal list or map has one type of items, a dyn fits everywhere, null fits what is an object in protocol
 * buffers, and every overload that may fit stays a candidate for the evaluation. What an overload binds is undone when it turns
 * out not to fit: `changes` remembers it. Two passes: the first infers, the second knows all types: it refuses mixed literals,
 * prepares calls and folds constants. */
#include "check.h"

#include <assert.h>
#include <stdlib.h>

#include "base/near.h"

/* A type still to be found. The type itself comes first: a pointer to it is a pointer to this. */
typedef struct TypeVar {
    CelType type; /* KIND_PARAM */
    const CelType *bound;
} TypeVar;

/* A change to take back when an overload turns out not to fit. */
typedef struct TypeChange {
    TypeVar *var;
    const CelType *before;
} TypeChange;

typedef struct Local {
    const struct Local *outer;
    Str name;
    const CelType *type;
    uint16_t slot;
} Local;

typedef struct Checker {
    Arena *arena;
    const CelEnv *env;
    const Local *locals;
    uint16_t slot, slots; /* the next one, and the most in use at once */
    unsigned exempt;      /* inside format(), whose list may mix types */
    bool failed;
    CelFault *fault;
    ARRAY(TypeChange) changes;
} Checker;

/* Types nest as expressions do; deeper ones only come from unification that runs away. */
enum { TYPE_MAX_DEPTH = 300 };

static bool refuse(Checker *c, Span span, Str message, Str help) {
    if (!c->failed) *c->fault = (CelFault){span, message, help};
    c->failed = true;
    return false;
}

static Str type_words(Checker *c, const CelType *type);

/* Types */

static const CelType *arg_of(const CelType *type, unsigned i) {
    return type->args[i] ? type->args[i] : &cel_dyn;
}

static unsigned arg_count(const CelType *type) {
    switch ((ValueKind)type->kind) {
    case VALUE_LIST:
    case VALUE_OPTIONAL: return 1;
    case VALUE_TYPE: return type->args[0] ? 1 : 0;
    case VALUE_MAP: return 2;
    default: return 0;
    }
}

static const CelType *make_type(Checker *c, const CelType *like, const CelType *a, const CelType *b) {
    CelType *type = NEW(c->arena, CelType);
    *type = *like;
    type->args[0] = a;
    type->args[1] = b;
    return type;
}

static const CelType *list_of(Checker *c, const CelType *item) {
    return make_type(c, &cel_list_dyn, item, NULL);
}

static const CelType *map_of(Checker *c, const CelType *key, const CelType *value) {
    return make_type(c, &cel_map_dyn, key, value);
}

static const CelType *optional_of(Checker *c, const CelType *value) {
    return make_type(c, &cel_optional_a, value, NULL);
}

static const CelType *new_var(Checker *c) {
    TypeVar *var = NEW(c->arena, TypeVar);
    var->type = cel_param_a;
    return &var->type;
}

static TypeVar *var_of(const CelType *type) {
    return (TypeVar *)type;
}

static void bind(Checker *c, TypeVar *var, const CelType *type) {
    ARRAY_PUSH(c->arena, &c->changes, (TypeChange){var, var->bound});
    var->bound = type;
}

static void undo(Checker *c, uint32_t until) {
    while (c->changes.n > until) {
        TypeChange change = c->changes.at[--c->changes.n];
        change.var->bound = change.before;
    }
}

/* The type with everything found so far put in; `final`: what was not found is dyn. */
static const CelType *settle_at(Checker *c, const CelType *type, bool final, unsigned depth) {
    if (depth > TYPE_MAX_DEPTH) return &cel_dyn;
    while (type->kind == KIND_PARAM && var_of(type)->bound) {
        type = var_of(type)->bound;
        if (++depth > TYPE_MAX_DEPTH) return &cel_dyn;
    }
    if (type->kind == KIND_PARAM) return final ? &cel_dyn : type;
    unsigned n = arg_count(type);
    if (n == 0) return type;
    const CelType *a = settle_at(c, arg_of(type, 0), final, depth + 1);
    const CelType *b = n == 2 ? settle_at(c, arg_of(type, 1), final, depth + 1) : NULL;
    return a == type->args[0] && (n == 1 || b == type->args[1]) ? type : make_type(c, type, a, b);
}

static const CelType *settle(Checker *c, const CelType *type) {
    return settle_at(c, type, false, 0);
}

static bool same_type(const CelType *a, const CelType *b, unsigned depth) {
    if (a == b) return true;
    if (a->kind != b->kind || a->kind == KIND_PARAM || depth > TYPE_MAX_DEPTH) return false;
    if ((a->kind == VALUE_OPAQUE || a->kind == KIND_OBJECT) && !str_eq(a->name, b->name)) return false;
    unsigned n = arg_count(a);
    if (n != arg_count(b)) return false;
    for (unsigned i = 0; i < n; i++)
        if (!same_type(arg_of(a, i), arg_of(b, i), depth + 1)) return false;
    return true;
}

/* Whether the unknown type occurs in the other one. */
static bool occurs(const CelType *var, const CelType *in, unsigned depth) {
    if (var == in || depth > TYPE_MAX_DEPTH) return true;
    if (in->kind == KIND_PARAM) return var_of(in)->bound && occurs(var, var_of(in)->bound, depth + 1);
    for (unsigned i = 0; i < arg_count(in); i++)
        if (occurs(var, arg_of(in, i), depth + 1)) return true;
    return false;
}

/* Whether `a` says no more than `b`. */
static bool is_wider(const CelType *a, const CelType *b, unsigned depth) {
    if (a->kind == KIND_DYN || a->kind == KIND_PARAM) return true;
    if (b->kind == KIND_DYN || b->kind == KIND_PARAM || a->kind != b->kind || depth > TYPE_MAX_DEPTH) return false;
    if (a->kind == VALUE_TYPE) return true;
    unsigned n = arg_count(a);
    if (n == 0) return same_type(a, b, depth);
    for (unsigned i = 0; i < n; i++)
        if (!is_wider(arg_of(a, i), arg_of(b, i), depth + 1)) return false;
    return true;
}

static const CelType *wider(const CelType *a, const CelType *b) {
    return is_wider(a, b, 0) ? a : b;
}

static bool unify(Checker *c, const CelType *from, const CelType *to, unsigned depth);

/* Whether `type` can be what the unknown stands for; `known` is set if the unknown has been found before. */
static bool can_stand_for(Checker *c, const CelType *type, const CelType *unknown, bool *known, unsigned depth) {
    TypeVar *var = var_of(unknown);
    *known = true;
    if (type == unknown) return true;
    if (var->bound) {
        if (same_type(type, var->bound, 0)) return true;
        if (!unify(c, type, var->bound, depth + 1)) return false;
        const CelType *merged = wider(type, var->bound);
        if (merged != var->bound && !occurs(unknown, merged, 0)) bind(c, var, merged);
        return true;
    }
    *known = false;
    if (occurs(unknown, type, 0)) return false;
    bind(c, var, type);
    return true;
}

/* What null may stand for: the API server's checker knows these as messages. */
static bool takes_null(const CelType *type) {
    return type->kind == VALUE_NULL || type->kind == VALUE_OPAQUE || type->kind == VALUE_OPTIONAL || type->kind == KIND_OBJECT ||
           type->kind == VALUE_DURATION || type->kind == VALUE_TIMESTAMP;
}

/* Whether a value of type `from` may go where `to` is expected; finds unknown types on the way. */
static bool unify(Checker *c, const CelType *from, const CelType *to, unsigned depth) {
    if (depth > TYPE_MAX_DEPTH) return false;
    bool known;
    if (to->kind == KIND_PARAM) {
        if (can_stand_for(c, from, to, &known, depth)) return true;
        if (known) return false;
    }
    if (from->kind == KIND_PARAM) return can_stand_for(c, to, from, &known, depth);
    if (from->kind == KIND_DYN || to->kind == KIND_DYN) return true;
    if (from->kind == VALUE_NULL) return takes_null(to);
    if (to->kind == VALUE_NULL) return takes_null(from);
    if (from->kind != to->kind) return false;
    if (from->kind == VALUE_TYPE) return true;
    if ((from->kind == VALUE_OPAQUE || from->kind == KIND_OBJECT) && !str_eq(from->name, to->name)) return false;
    unsigned n = arg_count(from);
    for (unsigned i = 0; i < n; i++)
        if (!unify(c, arg_of(from, i), arg_of(to, i), depth + 1)) return false;
    return true;
}

static bool assign(Checker *c, const CelType *from, const CelType *to) {
    uint32_t mark = c->changes.n;
    if (unify(c, from, to, 0)) return true;
    undo(c, mark);
    return false;
}

static bool has_params(const CelType *type) {
    if (type->kind == KIND_PARAM) return true;
    for (unsigned i = 0; i < arg_count(type); i++)
        if (has_params(arg_of(type, i))) return true;
    return false;
}

/* A row's type with unknowns in place of A and B. */
static const CelType *instantiate(Checker *c, const CelType *type, const CelType *vars[2]) {
    if (!has_params(type)) return type;
    if (type->kind == KIND_PARAM) {
        if (!vars[type->param]) vars[type->param] = new_var(c);
        return vars[type->param];
    }
    unsigned n = arg_count(type);
    return make_type(c, type, instantiate(c, arg_of(type, 0), vars), n == 2 ? instantiate(c, arg_of(type, 1), vars) : NULL);
}

static Str type_words(Checker *c, const CelType *type) {
    return cel_type_text(c->arena, settle_at(c, type, true, 0));
}

/* Names */

static const Local *find_local(const Checker *c, Str name) {
    for (const Local *local = c->locals; local; local = local->outer)
        if (str_eq(local->name, name)) return local;
    return NULL;
}

static void add_local(Checker *c, Local *local, Str name, const CelType *type) {
    *local = (Local){c->locals, name, type, c->slot++};
    c->locals = local;
    if (c->slot > c->slots) c->slots = c->slot;
}

static bool refuse_name(Checker *c, const Expr *e) {
    Near near = near_start(e->name);
    for (const Local *local = c->locals; local; local = local->outer) near_try(&near, local->name);
    for (uint32_t i = 0; i < c->env->count; i++) near_try(&near, c->env->variables[i].name);
    Str help = near_question(c->arena, near.found);
    if (!help.len && str_eq(e->name, S("self"))) help = S("a policy calls the manifest object");
    if (!help.len && c->env->count == 0) help = S("name a manifest to have it as object");
    return refuse(c, e->mark, str_format(c->arena, "nothing is called \"%.*s\" here", (int)e->name.len, e->name.at), help);
}

static int find_variable(const CelEnv *env, Str name) {
    for (uint32_t i = 0; i < env->count; i++)
        if (str_eq(env->variables[i].name, name)) return (int)i;
    return -1;
}

/* Makes the node the variable or type with this name, if there is one. */
static bool resolve_global(Checker *c, Expr *e, Str name) {
    int number = find_variable(c->env, name);
    const CelType *type = number < 0 ? functions_type(name) : NULL;
    if (number < 0 && !type) return false;
    e->count = 0;
    e->depth = 1;
    if (number >= 0) {
        e->kind = EXPR_VARIABLE;
        e->slot = (uint16_t)number;
        e->type = c->env->variables[number].type;
    } else {
        e->kind = EXPR_LITERAL;
        e->literal = value_type(type);
        e->type = make_type(c, &cel_type_a, type, NULL);
    }
    return true;
}

/* The dotted name that a chain of selections spells, written from the end of `room`; empty if it is none or too long. */
static Str dotted_name(const Expr *e, char *room, size_t size, const Expr **root) {
    size_t at = size;
    for (;; e = e->args[0]) {
        if (e->kind != EXPR_NAME && e->kind != EXPR_SELECT) return S("");
        if (e->name.len + 1 > at) return S("");
        at -= e->name.len;
        memcpy(room + at, e->name.at, e->name.len);
        if (e->kind == EXPR_NAME) break;
        room[--at] = '.';
    }
    *root = e;
    return (Str){room + at, size - at};
}

static bool check(Checker *c, Expr *e);

static bool check_name(Checker *c, Expr *e) {
    const Local *local = e->absolute ? NULL : find_local(c, e->name);
    if (local) {
        e->kind = EXPR_LOCAL;
        e->slot = local->slot;
        e->type = local->type;
        return true;
    }
    return resolve_global(c, e, e->name) || refuse_name(c, e);
}

/* Selection */

/* A policy's own variable, `variables.name`. */
static bool is_composed(const Checker *c, const Expr *e) {
    return c->env->composed && e->kind == EXPR_NAME && str_eq(e->name, S("variables")) &&
           (e->absolute || !find_local(c, e->name));
}

static bool check_composed(Checker *c, Expr *e) {
    for (uint32_t i = c->env->lazyCount; i-- > 0;) { /* the last one of a name counts */
        if (!str_eq(c->env->lazy[i].name, e->name)) continue;
        const CelType *type = c->env->lazy[i].type;
        if (e->kind == EXPR_HAS) {
            e->kind = EXPR_LITERAL;
            e->literal = value_bool(true);
            e->derived = true;
            e->type = &cel_bool;
        } else {
            bool optional = e->kind == EXPR_OPTIONAL_SELECT;
            e->kind = EXPR_LAZY;
            e->wrapped = optional;
            e->type = optional ? optional_of(c, type) : type;
        }
        e->count = 0;
        e->slot = (uint16_t)i;
        return true;
    }
    Near near = near_start(e->name);
    for (uint32_t i = 0; i < c->env->lazyCount; i++) near_try(&near, c->env->lazy[i].name);
    return refuse(c, e->mark,
                  str_format(c->arena, "the policy has no variable \"%.*s\" before this place", (int)e->name.len, e->name.at),
                  near_question(c->arena, near.found));
}

const CelType *cel_type_of_schema(Arena *arena, const Type *type) {
    CelType *out = NEW(arena, CelType);
    *out = (CelType){.kind = KIND_OBJECT, .name = type->name, .schema = type};
    return out;
}

static const CelType *type_of_field(Checker *c, const Field *field) {
    static const CelType *const scalars[] = {
        [TYPE_STRING] = &cel_string,   [TYPE_BOOL] = &cel_bool,         [TYPE_INT32] = &cel_int,   [TYPE_INT64] = &cel_int,
        [TYPE_QUANTITY] = &cel_string, [TYPE_INT_OR_STRING] = &cel_dyn, [TYPE_TIME] = &cel_string, [TYPE_ANY] = &cel_dyn,
    };
    const CelType *one = field->scalar == TYPE_OBJECT ? cel_type_of_schema(c->arena, field->type) : scalars[field->scalar];
    switch ((Shape)field->shape) {
    case SHAPE_LIST: return list_of(c, one);
    case SHAPE_MAP: return map_of(c, &cel_string, one);
    case SHAPE_ONE: break;
    }
    return one;
}

static const CelType *declared_field(Checker *c, const Expr *e, const CelType *type) {
    Near near = near_start(e->name);
    if (type->schema) {
        const Field *known = schema_field(type->schema, e->name, str_hash(e->name));
        if (known) return type_of_field(c, known);
        near_try(&near, schema_near_field(type->schema, e->name, VERSION_LAST));
    }
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        if (str_eq(type->fields[i].name, e->name)) return type->fields[i].type;
        near_try(&near, type->fields[i].name);
    }
    refuse(c, e->mark,
           str_format(c->arena, "%.*s has no field \"%.*s\"", (int)type->name.len, type->name.at, (int)e->name.len, e->name.at),
           near_question(c->arena, near.found));
    return NULL;
}

static bool check_select(Checker *c, Expr *e) {
    char room[128];
    const Expr *root = NULL;
    if (e->kind == EXPR_SELECT) {
        Str name = dotted_name(e, room, sizeof room, &root);
        if (name.len && (root->absolute || !find_local(c, root->name)) && resolve_global(c, e, name)) return true;
    }
    if (is_composed(c, e->args[0])) return check_composed(c, e);
    if (!check(c, e->args[0])) return false;
    const CelType *type = settle(c, e->args[0]->type);
    bool optional = type->kind == VALUE_OPTIONAL;
    if (optional) type = arg_of(type, 0);
    const CelType *field = &cel_dyn;
    if (type->kind == VALUE_MAP) {
        field = arg_of(type, 1);
    } else if (type->kind == KIND_OBJECT) {
        field = declared_field(c, e, type);
    } else if (type->kind == KIND_PARAM) {
        assign(c, &cel_dyn, type);
    } else if (type->kind != KIND_DYN) {
        bool method = functions_named(e->name, METHOD).n > 0;
        Str words = type_words(c, type);
        return refuse(c, e->mark, str_format(c->arena, "a value of type %.*s has no fields", (int)words.len, words.at),
                      method ? str_format(c->arena, "call it: .%.*s()", (int)e->name.len, e->name.at) : S(""));
    }
    if (!field) return false;
    e->type = e->kind == EXPR_HAS                           ? &cel_bool
              : optional || e->kind == EXPR_OPTIONAL_SELECT ? optional_of(c, field)
                                                            : settle(c, field);
    return true;
}

/* Calls */

static void put_types(Checker *c, Buf *buf, Expr *const *args, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (i) buf_str(buf, S(", "));
        buf_str(buf, type_words(c, args[i]->type));
    }
}

/* What a row takes, as it is written: "string.substring(int)". */
static void put_signature(Checker *c, Buf *buf, const Overload *row) {
    uint32_t first = row->style == METHOD;
    if (first) {
        buf_str(buf, cel_type_text(c->arena, row->args[0]));
        buf_char(buf, '.');
    }
    buf_str(buf, str_of(row->name));
    buf_char(buf, '(');
    for (uint32_t i = first; i < row->count; i++) {
        if (i > first) buf_str(buf, S(", "));
        buf_str(buf, cel_type_text(c->arena, row->args[i]));
    }
    buf_char(buf, ')');
}

static bool refuse_overload(Checker *c, const Expr *e, Str name, Overloads rows, CallStyle style) {
    Buf message = {.arena = c->arena}, help = {.arena = c->arena};
    const char *operator= expr_operator((ExprKind)e->kind);
    if (e->kind == EXPR_INDEX || e->kind == EXPR_OPTIONAL_INDEX) operator= "[]";
    if (operator) {
        buf_format(&message, "'%s' does not take %s", operator, e->count> 1 ? "the types " : "the type ");
        put_types(c, &message, e->args, e->count);
    } else {
        if (style == METHOD) put_types(c, &message, e->args, 1);
        buf_format(&message, "%s%.*s() does not take (", style == METHOD ? "." : "", (int)name.len, name.at);
        put_types(c, &message, e->args + (style == METHOD), e->count - (style == METHOD));
        buf_char(&message, ')');
        if (rows.n) buf_str(&help, S("there is "));
        for (uint32_t i = 0; i < rows.n && i < 4; i++) {
            if (i) buf_str(&help, S(", "));
            put_signature(c, &help, rows.at[i]);
        }
        if (!rows.n) {
            bool global = style == METHOD;
            if (functions_named(name, global ? GLOBAL : METHOD).n)
                buf_format(&help, global ? "it is written %.*s(x)" : "it is written x.%.*s()", (int)name.len, name.at);
        }
    }
    return refuse(c, e->mark, buf_text(&message), buf_text(&help));
}

/* Finds the overloads that the arguments' types may fit. */
static bool resolve(Checker *c, Expr *e, Str name, CallStyle style) {
    Overloads rows = functions_named(name, style);
    const Overload **candidates = NEW_ARRAY(c->arena, const Overload *, rows.n ? rows.n : 1);
    uint32_t n = 0;
    const CelType *result = NULL;
    for (uint32_t i = 0; i < rows.n; i++) {
        const Overload *row = rows.at[i];
        if (row->count != e->count) continue;
        const CelType *vars[2] = {NULL, NULL};
        uint32_t mark = c->changes.n;
        bool fits = true;
        for (uint32_t k = 0; k < row->count && fits; k++)
            fits = unify(c, e->args[k]->type, instantiate(c, row->args[k], vars), 0);
        if (!fits) {
            undo(c, mark);
            continue;
        }
        candidates[n++] = row;
        const CelType *type = settle(c, instantiate(c, row->result, vars));
        if (!result)
            result = type;
        else if (result->kind != KIND_DYN && !same_type(type, result, 0))
            result = &cel_dyn;
    }
    if (!n) return refuse_overload(c, e, name, rows, style);
    e->type = result;
    e->candidates = candidates;
    e->candidateCount = n;
    return true;
}

static bool check_args(Checker *c, Expr *e, uint32_t from) {
    for (uint32_t i = from; i < e->count; i++)
        if (!check(c, e->args[i])) return false;
    return true;
}

static bool refuse_function(Checker *c, const Expr *e, CallStyle style) {
    Str help = near_question(c->arena, functions_near(e->name, style));
    bool other = functions_named(e->name, style == METHOD ? GLOBAL : METHOD).n > 0;
    if (other)
        help = str_format(c->arena, style == METHOD ? "it is written %.*s(x)" : "it is written x.%.*s()", (int)e->name.len,
                          e->name.at);
    const char *what = style == METHOD ? "method" : "function";
    return refuse(c, e->mark, str_format(c->arena, "there is no %s \"%.*s\"", what, (int)e->name.len, e->name.at), help);
}

static bool check_call(Checker *c, Expr *e) {
    if (e->count > CALL_MAX_ARGUMENTS) return refuse(c, e->mark, S("no function takes so many arguments"), S(""));
    if (!check_args(c, e, 0)) return false;
    if (!functions_named(e->name, GLOBAL).n) return refuse_function(c, e, GLOBAL);
    return resolve(c, e, e->name, GLOBAL);
}

/* `a.b(x)` is the function a.b if there is one, and the method b of a otherwise. */
static bool check_method(Checker *c, Expr *e) {
    char room[64];
    const Expr *root = NULL;
    Str prefix = dotted_name(e->args[0], room, sizeof room, &root);
    bool format = str_eq(e->name, S("format"));
    c->exempt += format;
    if (!check_args(c, e, 1)) return false;
    if (prefix.len) {
        Buf full = {.arena = c->arena};
        buf_str(&full, prefix);
        buf_char(&full, '.');
        buf_str(&full, e->name);
        if (functions_named(buf_text(&full), GLOBAL).n) {
            e->kind = EXPR_CALL;
            e->name = buf_text(&full);
            e->mark.at = e->span.at;
            e->args++;
            e->count--;
            if (e->count > CALL_MAX_ARGUMENTS) return refuse(c, e->mark, S("no function takes so many arguments"), S(""));
            return resolve(c, e, e->name, GLOBAL);
        }
    }
    if (!check(c, e->args[0])) return false;
    c->exempt -= format;
    if (!functions_named(e->name, METHOD).n) return refuse_function(c, e, METHOD);
    if (e->count > CALL_MAX_ARGUMENTS) return refuse(c, e->mark, S("no method takes so many arguments"), S(""));
    return resolve(c, e, e->name, METHOD);
}

/* Literals */

/* The common type of what stands before and another item. */
static bool join(Checker *c, const Expr *item, const CelType **common, const CelType *type) {
    if (!*common) {
        *common = type;
    } else if (assign(c, *common, type)) {
        *common = wider(*common, type);
    } else if (c->exempt) {
        *common = &cel_dyn;
    } else {
        Str before = type_words(c, *common), now = type_words(c, type);
        return refuse(c, item->span,
                      str_format(c->arena, "a literal's values must have one type: %.*s, and here %.*s", (int)before.len,
                                 before.at, (int)now.len, now.at),
                      S("dyn(...) around each value allows a mixture"));
    }
    return true;
}

/* The type of an item, without the optional if it is written with a question mark. */
static const CelType *item_type(Checker *c, const Expr *item) {
    if (!item->optional) return item->type;
    const CelType *type = settle(c, item->type);
    if (type->kind == VALUE_OPTIONAL) return arg_of(type, 0);
    if (type->kind == KIND_DYN && c->exempt) return type;
    Str words = type_words(c, type);
    refuse(c, item->span, str_format(c->arena, "what stands behind '?' must be an optional, not %.*s", (int)words.len, words.at),
           S("as in [?object.?field]"));
    return NULL;
}

static bool check_list(Checker *c, Expr *e) {
    const CelType *common = NULL;
    e->exempt = c->exempt > 0;
    for (uint32_t i = 0; i < e->count; i++) {
        if (!check(c, e->args[i])) return false;
        const CelType *type = item_type(c, e->args[i]);
        if (!type || !join(c, e->args[i], &common, type)) return false;
    }
    e->type = list_of(c, common ? common : new_var(c));
    return true;
}

static bool check_map(Checker *c, Expr *e) {
    const CelType *keys = NULL, *values = NULL;
    e->exempt = c->exempt > 0;
    for (uint32_t i = 0; i < e->count; i += 2) {
        if (!check(c, e->args[i]) || !join(c, e->args[i], &keys, e->args[i]->type)) return false;
        if (!check(c, e->args[i + 1])) return false;
        const CelType *type = item_type(c, e->args[i + 1]);
        if (!type || !join(c, e->args[i + 1], &values, type)) return false;
    }
    e->type = map_of(c, keys ? keys : new_var(c), values ? values : new_var(c));
    return true;
}

/* Macros */

static bool need_bool(Checker *c, const Expr *e, const char *what) {
    if (assign(c, e->type, &cel_bool)) return true;
    Str words = type_words(c, e->type);
    return refuse(c, e->span, str_format(c->arena, "%s must be a bool, not %.*s", what, (int)words.len, words.at), S(""));
}

/* The types of a macro's variables, by its range. */
static bool range_types(Checker *c, const Expr *e, const CelType *types[2]) {
    const CelType *range = settle(c, e->args[MACRO_RANGE]->type);
    types[0] = types[1] = &cel_dyn;
    if (e->macro == MACRO_OPT_MAP || e->macro == MACRO_OPT_FLAT_MAP) {
        const CelType *value = new_var(c);
        if (assign(c, range, optional_of(c, value))) {
            types[0] = settle(c, value);
            return true;
        }
        Str words = type_words(c, range);
        return refuse(c, e->mark,
                      str_format(c->arena, "%.*s() is for optionals, not for a value of type %.*s", (int)e->name.len, e->name.at,
                                 (int)words.len, words.at),
                      S(""));
    }
    if (range->kind == VALUE_LIST) {
        types[0] = e->vars == 2 ? &cel_int : arg_of(range, 0);
        types[1] = arg_of(range, 0);
    } else if (range->kind == VALUE_MAP) {
        types[0] = arg_of(range, 0);
        types[1] = arg_of(range, 1);
    } else if (range->kind == KIND_PARAM) {
        assign(c, &cel_dyn, range);
    } else if (range->kind != KIND_DYN) {
        Str words = type_words(c, range);
        return refuse(c, e->args[MACRO_RANGE]->span,
                      str_format(c->arena, "%.*s() goes over lists and maps, not over a value of type %.*s", (int)e->name.len,
                                 e->name.at, (int)words.len, words.at),
                      S(""));
    }
    return true;
}

static bool check_sort(Checker *c, Expr *e, const CelType *item) {
    static const CelType *const ordered[] = {&cel_int,      &cel_uint,      &cel_double, &cel_bool,
                                             &cel_duration, &cel_timestamp, &cel_string, &cel_bytes};
    const Expr *range = e->args[MACRO_RANGE], *key = e->args[MACRO_BODY];
    if (range->kind == EXPR_MAP || (range->kind == EXPR_LITERAL && range->literal.kind != VALUE_TYPE))
        return refuse(c, range->span, S("sortBy() is for lists"), S(""));
    bool fits = assign(c, range->type, list_of(c, item));
    if (!fits) return refuse(c, range->span, S("sortBy() is for lists"), S(""));
    for (size_t i = 0; i < COUNT(ordered); i++) {
        if (!assign(c, key->type, ordered[i])) continue;
        e->type = list_of(c, item);
        return true;
    }
    Str words = type_words(c, key->type);
    return refuse(c, key->span, str_format(c->arena, "values of type %.*s have no order to sort by", (int)words.len, words.at),
                  S(""));
}

/* The type of a macro whose parts have been checked. */
static bool macro_type(Checker *c, Expr *e, const CelType *const types[2]) {
    const Expr *body = e->args[MACRO_BODY];
    switch ((Macro)e->macro) {
    case MACRO_ALL:
    case MACRO_EXISTS:
    case MACRO_EXISTS_ONE: e->type = &cel_bool; return need_bool(c, body, "the condition");
    case MACRO_FILTER: e->type = list_of(c, types[0]); return need_bool(c, body, "the condition");
    case MACRO_MAP: e->type = list_of(c, body->type); return true;
    case MACRO_TRANSFORM_MAP: e->type = map_of(c, types[0], body->type); return true;
    case MACRO_TRANSFORM_ENTRY: {
        const CelType *map = map_of(c, new_var(c), new_var(c));
        if (!assign(c, body->type, map))
            return refuse(c, body->span, S("transformMapEntry() makes its entries of maps"), S("as in {key: value}"));
        e->type = map;
        return true;
    }
    case MACRO_SORT_BY: return check_sort(c, e, types[0]);
    case MACRO_OPT_MAP: e->type = optional_of(c, body->type); return true;
    case MACRO_OPT_FLAT_MAP:
        e->type = body->type;
        if (assign(c, body->type, optional_of(c, new_var(c)))) return true;
        return refuse(c, body->span, S("optFlatMap() makes an optional of an optional"), S("optMap() takes any value"));
    }
    return false;
}

static bool check_macro(Checker *c, Expr *e) {
    const CelType *types[2];
    if (!check(c, e->args[MACRO_RANGE]) || !range_types(c, e, types)) return false;
    const Local *outer = c->locals;
    uint16_t slot = c->slot;
    Local locals[2];
    Str names[2] = {e->varNames[0], e->varNames[1]};
    assert(e->vars <= COUNT(types));
    for (uint32_t i = 0; i < e->vars; i++) add_local(c, &locals[i], names[i], types[i]);
    e->slot = slot;
    Expr *condition = e->args[MACRO_CONDITION];
    bool fine = !condition || (check(c, condition) && need_bool(c, condition, "the filter"));
    fine = fine && check(c, e->args[MACRO_BODY]);
    c->locals = outer;
    c->slot = slot;
    return fine && macro_type(c, e, types);
}

/* The name under which an operator's rows stand in the table. */
static Str operator_row(ExprKind kind) {
    static const Str names[] = {
        [EXPR_INDEX] = STR("_[_]"),
        [EXPR_OPTIONAL_INDEX] = STR("_[?_]"),
        [EXPR_NOT] = STR("!_"),
        [EXPR_NEGATE] = STR("-_"),
        [EXPR_ADD] = STR("_+_"),
        [EXPR_SUBTRACT] = STR("_-_"),
        [EXPR_MULTIPLY] = STR("_*_"),
        [EXPR_DIVIDE] = STR("_/_"),
        [EXPR_REMAINDER] = STR("_%_"),
        [EXPR_LESS] = STR("_<_"),
        [EXPR_LESS_EQUAL] = STR("_<_"),
        [EXPR_GREATER] = STR("_<_"),
        [EXPR_GREATER_EQUAL] = STR("_<_"),
        [EXPR_EQUAL] = STR("_==_"),
        [EXPR_NOT_EQUAL] = STR("_==_"),
        [EXPR_IN] = STR("_in_"),
        [EXPR_CONDITION] = STR("_?_:_"),
    };
    return names[kind];
}

static bool check(Checker *c, Expr *e) {
    if (c->failed) return false;
    switch ((ExprKind)e->kind) {
    case EXPR_LITERAL:
        if (!e->type) e->type = value_type_of(e->literal);
        return true;
    case EXPR_NAME: return check_name(c, e);
    case EXPR_LOCAL:
    case EXPR_VARIABLE:
    case EXPR_LAZY: return true;
    case EXPR_SELECT:
    case EXPR_OPTIONAL_SELECT:
    case EXPR_HAS: return check_select(c, e);
    case EXPR_CALL: return check_call(c, e);
    case EXPR_METHOD: return check_method(c, e);
    case EXPR_LIST: return check_list(c, e);
    case EXPR_MAP: return check_map(c, e);
    case EXPR_AND:
    case EXPR_OR:
        e->type = &cel_bool;
        if (!check_args(c, e, 0)) return false;
        for (uint32_t i = 0; i < e->count; i++)
            if (!need_bool(c, e->args[i], e->kind == EXPR_AND ? "what '&&' joins" : "what '||' joins")) return false;
        return true;
    case EXPR_MACRO: return check_macro(c, e);
    default: return check_args(c, e, 0) && resolve(c, e, operator_row((ExprKind)e->kind), GLOBAL);
    }
}

/* The second pass */

static bool homogeneous(Checker *c, const Expr *e, uint32_t from, uint32_t step) {
    if (e->exempt) return true;
    const CelType *first = NULL;
    for (uint32_t i = from; i < e->count; i += step) {
        const Expr *item = e->args[i];
        const CelType *type = item->optional ? arg_of(item->type, 0) : item->type;
        if (!first) first = type;
        if (same_type(first, type, 0)) continue;
        Str before = type_words(c, first), now = type_words(c, type);
        return refuse(c, item->span,
                      str_format(c->arena, "a literal's values must have one type: %.*s, and here %.*s", (int)before.len,
                                 before.at, (int)now.len, now.at),
                      S("dyn(...) around each value allows a mixture"));
    }
    return true;
}

static bool is_constant(const Expr *e) {
    return e->kind == EXPR_LITERAL && !e->derived;
}

static void describe(Checker *c, Argument *out, const Expr *e) {
    bool aggregate = e->literal.kind == VALUE_LIST || e->literal.kind == VALUE_MAP;
    *out = (Argument){.type = e->type, .span = e->span};
    if (is_constant(e) && !aggregate && e->literal.kind != VALUE_TYPE) out->constant = e->literal;
    if (e->kind != EXPR_LIST && !(is_constant(e) && e->literal.kind == VALUE_LIST)) return;
    Argument *items = NEW_ARRAY(c->arena, Argument, e->count ? e->count : 1);
    out->isListLiteral = true;
    out->itemCount = e->count;
    out->items = items;
    for (uint32_t i = 0; i < e->count; i++) {
        if (e->args[i]->optional) out->isListLiteral = false;
        describe(c, &items[i], e->args[i]);
    }
}

static bool prepare_call(Checker *c, Expr *e) {
    Argument args[CALL_MAX_ARGUMENTS];
    Eval ev = {.arena = c->arena, .steps = EVAL_STEPS};
    bool described = false;
    for (uint32_t i = 0; i < e->candidateCount; i++) {
        const Overload *row = e->candidates[i];
        if (!row->prepare) continue;
        for (uint32_t k = 0; k < e->count && !described; k++) describe(c, &args[k], e->args[k]);
        described = true;
        Span fault = e->span;
        Value v = row->prepare(&ev, args, e->count, &e->prepared, &fault);
        if (v.kind == VALUE_ERROR) return refuse(c, fault, v.error->message, S(""));
        if (e->prepared) break;
    }
    return true;
}

/* Puts the value of a call or literal in its place if everything in it is constant. A conversion that fails on literals refuses
 * the expression, as the API server does when it makes a program of it; anything else that fails is left to the evaluation. */
static bool fold(Checker *c, Expr *e) {
    bool call = e->kind == EXPR_CALL || e->kind == EXPR_METHOD, aggregate = e->kind == EXPR_LIST || e->kind == EXPR_MAP;
    if (!call && !aggregate) return true;
    bool derived = false, conversion = call && e->candidateCount && e->candidates[0]->fold;
    for (uint32_t i = 0; i < e->count; i++) {
        if (e->args[i]->kind != EXPR_LITERAL || e->args[i]->optional) return true;
        bool large = call && !conversion && (e->args[i]->literal.kind == VALUE_LIST || e->args[i]->literal.kind == VALUE_MAP);
        if (large) return true;
        derived |= e->args[i]->derived;
    }
    CelRun run = {.eval = {.arena = c->arena, .steps = EVAL_STEPS}};
    Value v = eval_expr(&run, e);
    if (v.kind == VALUE_ERROR) {
        if (derived || (call && !conversion)) return true;
        return refuse(c, v.error->span.end ? v.error->span : e->span, v.error->message, S(""));
    }
    if (call && !conversion && (v.kind == VALUE_LIST || v.kind == VALUE_MAP || v.kind == VALUE_OPTIONAL)) return true;
    e->derived = derived || (call && !conversion);
    e->folded = e->kind;
    e->kind = EXPR_LITERAL;
    e->literal = v;
    return true;
}

static bool finish(Checker *c, Expr *e) {
    e->type = settle_at(c, e->type, true, 0);
    for (uint32_t i = 0; i < e->count; i++)
        if (e->args[i] && !finish(c, e->args[i])) return false;
    if (e->kind == EXPR_LIST && !homogeneous(c, e, 0, 1)) return false;
    if (e->kind == EXPR_MAP && (!homogeneous(c, e, 0, 2) || !homogeneous(c, e, 1, 2))) return false;
    if ((e->kind == EXPR_CALL || e->kind == EXPR_METHOD) && !prepare_call(c, e)) return false;
    if (e->kind == EXPR_INDEX || e->kind == EXPR_OPTIONAL_INDEX) {
        const Expr *index = e->args[1];
        if (is_constant(index) && !value_is_key(index->literal)) {
            Str words = type_words(c, index->type);
            return refuse(c, index->span,
                          str_format(c->arena, "a value of type %.*s is neither a key nor an index", (int)words.len, words.at),
                          S(""));
        }
    }
    if (!fold(c, e)) return false;
    if (e->kind == EXPR_METHOD && e->candidates[0]->args[0]->kind == VALUE_OPTIONAL) {
        if (str_eq(e->name, S("or"))) e->kind = EXPR_OPTIONAL_OR;
        if (str_eq(e->name, S("orValue"))) e->kind = EXPR_OPTIONAL_OR_VALUE;
    }
    return true;
}

bool expr_check(Arena *arena, const CelEnv *env, Expr *root, uint16_t *slots, CelFault *fault) {
    Checker c = {.arena = arena, .env = env, .fault = fault};
    if (!check(&c, root) || !finish(&c, root)) return false;
    *slots = c.slots;
    return true;
}
