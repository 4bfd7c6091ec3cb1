#include "reads.h"

#include "cel/parse.h"
#include "model/model.h"

/* A value that an expression names, and how it comes to it. */
typedef struct Named {
    const struct Named *owner; /* NULL: a variable */
    const Field *field;
    const Type *type; /* NULL: no object */
} Named;

typedef struct Local {
    const struct Local *outer;
    Str name;
    const Named *value;
} Local;

typedef struct Reads {
    Arena *arena;
    const Rule *rule;
    const Field *const *way;
    size_t length;
    const Local *locals;
    bool found;
} Reads;

static bool ends_way(const Reads *r, const Named *value) {
    if (!value->owner) return r->length && r->way[r->length - 1]->type && r->way[r->length - 1]->type == value->type;
    size_t n = r->length;
    for (; value->owner; value = value->owner)
        if (n == 0 || r->way[--n] != value->field) return false;
    return true;
}

static const Named *variable(Reads *r, Str name) {
    for (const Local *local = r->locals; local; local = local->outer)
        if (str_eq(local->name, name)) return local->value;
    const Type *type = str_eq(name, S("self"))   ? schema_type(rule_on(r->rule))
                       : str_eq(name, S("pod"))  ? &type_PodSpec
                       : str_eq(name, S("meta")) ? &type_ObjectMeta
                                                 : NULL;
    if (!type) return NULL;
    Named *value = NEW(r->arena, Named);
    value->type = type;
    return value;
}

static const Named *member(Reads *r, const Named *owner, Str name) {
    const Field *field = owner && owner->type ? schema_field(owner->type, name, str_hash(name)) : NULL;
    if (!field) return NULL;
    Named *value = NEW(r->arena, Named);
    *value = (Named){owner, field, field->scalar == TYPE_OBJECT ? field->type : NULL};
    return value;
}

static const Named *follow(Reads *r, const Expr *e);

static void visit(Reads *r, const Expr *e) {
    const Named *value = e ? follow(r, e) : NULL;
    if (value && value->owner) r->found |= ends_way(r, value);
}

static const Named *follow_macro(Reads *r, const Expr *e) {
    const Named *range = follow(r, e->args[MACRO_RANGE]), *result = NULL;
    const Local *outer = r->locals;
    Local local = {outer, e->varNames[e->vars - 1], range};
    r->locals = &local;
    visit(r, e->args[MACRO_CONDITION]);
    if (e->macro == MACRO_OPT_MAP || e->macro == MACRO_OPT_FLAT_MAP)
        result = follow(r, e->args[MACRO_BODY]);
    else
        visit(r, e->args[MACRO_BODY]);
    r->locals = outer;
    return e->macro == MACRO_FILTER || e->macro == MACRO_SORT_BY ? range : result;
}

/* Whether a function gives back what it is called on, or an item of it. */
static bool gives_back(Str name) {
    static const Str names[] = {STR("or"), STR("orValue"), STR("value"), STR("first"), STR("last")};
    for (size_t i = 0; i < COUNT(names); i++)
        if (str_eq(name, names[i])) return true;
    return false;
}

/* What an expression names, NULL if it computes something; what it reads on the way is noted. */
static const Named *follow(Reads *r, const Expr *e) {
    const Named *value = NULL;
    uint32_t from = 0;
    switch ((ExprKind)e->kind) {
    case EXPR_NAME: return variable(r, e->name);
    case EXPR_MACRO: return follow_macro(r, e);
    case EXPR_SELECT:
    case EXPR_OPTIONAL_SELECT:
    case EXPR_HAS: return member(r, follow(r, e->args[0]), e->name);
    case EXPR_INDEX:
    case EXPR_OPTIONAL_INDEX:
        value = follow(r, e->args[0]);
        from = 1;
        break;
    case EXPR_METHOD:
        if (gives_back(e->name)) {
            value = follow(r, e->args[0]);
            from = 1;
        }
        break;
    default: break;
    }
    for (uint32_t i = from; i < e->count; i++) visit(r, e->args[i]);
    return value;
}

static bool reports(Reads *r) {
    const Named *value = variable(r, S("self"));
    for (Str at = rule_words(r->rule).at; at.len && value;) {
        ptrdiff_t dot = str_find(at, '.');
        value = member(r, value, dot < 0 ? at : (Str){at.at, (size_t)dot});
        at = dot < 0 ? S("") : str_slice(at, (size_t)dot + 1);
    }
    return value && ends_way(r, value);
}

bool rule_reads(Arena *arena, const Rule *rule, const Field *const *way, size_t length) {
    Reads r = {.arena = arena, .rule = rule, .way = way, .length = length};
    const RuleWords words = rule_words(rule);
    if (!length || !words.on.len) return false;
    if ((words.at.len || words.when.len) && reports(&r)) return true;
    CelFault fault;
    bool named = str_has(words.when, way[length - 1]->name); /* parsing would be in vain without */
    const Expr *e = named ? expr_parse(arena, words.when, &fault) : NULL;
    if (e) visit(&r, e);
    return r.found;
}
