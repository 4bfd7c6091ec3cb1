/* From the outcome of an expression to the place in the manifest that made it: && and ||, all() and exists() are followed into
 * the part, and to the item, that decided; there the first field of the object that is read is the place. Lists that are made of
 * lists of the object, by +, filter() and map(), by a policy's variables and optional values, keep the places of their items. */
#include "plan.h"

/* What an expression reads, if it is a value of the object. */
typedef struct Found {
    bool known;
    const Path *path; /* NULL: the object itself */
} Found;

/* One expression with variables of its own: the policy's, or one of the policy's variables. */
typedef struct PlaceSearch {
    CelRun *run;
    Arena *arena;
    Found *locals; /* by slot */
    unsigned depth;
} PlaceSearch;

/* A search is as deep as this, and as long as an evaluation may be. */
enum { SEARCH_DEPTH = 500, SEARCH_STEP = 10 };

static const Found nothing = {0};

static bool enter(PlaceSearch *s) {
    s->run->eval.steps -= SEARCH_STEP;
    return s->run->eval.steps > 0 && s->depth < SEARCH_DEPTH;
}

static Found found(PlaceSearch *s, Path path) {
    Path *kept = NEW(s->arena, Path);
    *kept = path;
    return (Found){true, kept};
}

static Found path_of(PlaceSearch *s, const Expr *e);
static Found item_path(PlaceSearch *s, const Expr *e, uint32_t index);
static Found reason(PlaceSearch *s, const Expr *e, bool outcome);

/* A search in one of the policy's variables, which has slots of its own. */
typedef struct Inner {
    Value *slots;
    Found *locals;
} Inner;

static const Expr *go_in(PlaceSearch *s, const Expr *lazy, Inner *kept) {
    const CelProgram *program = s->run->lazy[lazy->slot];
    if (!program) return NULL;
    *kept = (Inner){s->run->slots, s->locals};
    s->run->slots = NEW_ARRAY(s->arena, Value, program->slots + 1u);
    s->locals = NEW_ARRAY(s->arena, Found, program->slots + 1u);
    return program->root;
}

static void go_out(PlaceSearch *s, Inner kept) {
    s->run->slots = kept.slots;
    s->locals = kept.locals;
}

/* A Boolean, or neither. */
static int truth(PlaceSearch *s, const Expr *e) {
    Value v = eval_expr(s->run, e);
    return v.kind == VALUE_BOOL ? v.b : -1;
}

/* The operand that an expression takes its value from, or NULL. */
static const Expr *chosen(PlaceSearch *s, const Expr *e) {
    if (e->kind == EXPR_CONDITION) {
        int which = truth(s, e->args[0]);
        return which < 0 ? NULL : e->args[which ? 1 : 2];
    }
    if (e->kind != EXPR_OPTIONAL_OR && e->kind != EXPR_OPTIONAL_OR_VALUE) return NULL;
    Value v = eval_expr(s->run, e->args[0]);
    return v.kind == VALUE_OPTIONAL && !v.inner ? e->args[1] : e->args[0];
}

static Found index_path(PlaceSearch *s, const Expr *e) {
    Found of = path_of(s, e->args[0]);
    Value index = eval_expr(s->run, e->args[1]);
    if (index.kind == VALUE_INT && index.i >= 0 && index.i <= UINT32_MAX) return item_path(s, e->args[0], (uint32_t)index.i);
    if (of.known && index.kind == VALUE_STRING) return found(s, path_field(of.path, value_str(index)));
    return of;
}

static Found metadata_field(PlaceSearch *s, Str name) {
    Found metadata = found(s, path_field(NULL, S("metadata")));
    return found(s, path_field(metadata.path, name));
}

/* What the request repeats of the object. */
static bool of_request(const Expr *e) {
    static const Str names[] = {STR("name"), STR("namespace")};
    const Expr *of = e->args[0];
    return of->kind == EXPR_VARIABLE && of->slot == VARIABLE_REQUEST && str_in(e->name, names, 2);
}

static Found path_below(PlaceSearch *s, const Expr *e) {
    switch ((ExprKind)e->kind) {
    case EXPR_VARIABLE: return (Found){e->slot == VARIABLE_OBJECT, NULL};
    case EXPR_LOCAL: return s->locals[e->slot];
    case EXPR_LAZY: {
        Inner kept;
        const Expr *root = go_in(s, e, &kept);
        if (!root) return nothing;
        Found inner = path_of(s, root);
        go_out(s, kept);
        return inner;
    }
    case EXPR_SELECT:
    case EXPR_OPTIONAL_SELECT:
    case EXPR_HAS: {
        if (of_request(e)) return metadata_field(s, e->name);
        Found of = path_of(s, e->args[0]);
        return of.known ? found(s, path_field(of.path, e->name)) : nothing;
    }
    case EXPR_INDEX:
    case EXPR_OPTIONAL_INDEX: return index_path(s, e);
    case EXPR_CONDITION:
    case EXPR_OPTIONAL_OR:
    case EXPR_OPTIONAL_OR_VALUE: {
        const Expr *taken = chosen(s, e);
        return taken ? path_of(s, taken) : nothing;
    }
    default: return nothing;
    }
}

/* The value of the object that an expression stands for. */
static Found path_of(PlaceSearch *s, const Expr *e) {
    if (!enter(s)) return nothing;
    s->depth++;
    Found path = path_below(s, e);
    s->depth--;
    return path;
}

/* Puts an item of a macro's range into the macro's slots. */
static void bind(PlaceSearch *s, const Expr *macro, Value range, uint32_t index) {
    Value item = list_item(&s->run->eval, range, index);
    uint16_t slot = macro->slot;
    if (macro->vars == 2) {
        s->run->slots[slot] = value_int(index);
        s->locals[slot++] = nothing;
    }
    s->run->slots[slot] = item;
    s->locals[slot] = item_path(s, macro->args[MACRO_RANGE], index);
}

/* The item of a filter's range that is item number `index` of its result, or -1. */
static int64_t filtered(PlaceSearch *s, const Expr *filter, uint32_t index) {
    Value range = eval_expr(s->run, filter->args[MACRO_RANGE]);
    if (range.kind != VALUE_LIST) return -1;
    for (uint32_t i = 0; i < range.len && s->run->eval.steps > 0; i++) {
        bind(s, filter, range, i);
        if (truth(s, filter->args[MACRO_BODY]) == 1 && index-- == 0) return i;
    }
    return -1;
}

static Found macro_item(PlaceSearch *s, const Expr *e, uint32_t index) {
    if (e->macro == MACRO_FILTER) {
        int64_t i = filtered(s, e, index);
        return i < 0 ? nothing : item_path(s, e->args[MACRO_RANGE], (uint32_t)i);
    }
    if (e->macro != MACRO_MAP || e->args[MACRO_CONDITION]) return nothing;
    Value range = eval_expr(s->run, e->args[MACRO_RANGE]);
    if (range.kind != VALUE_LIST || index >= range.len) return nothing;
    bind(s, e, range, index);
    return path_of(s, e->args[MACRO_BODY]);
}

static Found item_below(PlaceSearch *s, const Expr *e, uint32_t index) {
    switch ((ExprKind)e->kind) {
    case EXPR_ADD: {
        Value left = eval_expr(s->run, e->args[0]);
        if (left.kind != VALUE_LIST) return nothing;
        return index < left.len ? item_path(s, e->args[0], index) : item_path(s, e->args[1], index - left.len);
    }
    case EXPR_MACRO: return macro_item(s, e, index);
    case EXPR_LIST: return index < e->count && !e->args[index]->optional ? path_of(s, e->args[index]) : nothing;
    case EXPR_LAZY: {
        Inner kept;
        const Expr *root = go_in(s, e, &kept);
        if (!root) return nothing;
        Found inner = item_path(s, root, index);
        go_out(s, kept);
        return inner;
    }
    case EXPR_CONDITION:
    case EXPR_OPTIONAL_OR:
    case EXPR_OPTIONAL_OR_VALUE: {
        const Expr *taken = chosen(s, e);
        return taken ? item_path(s, taken, index) : nothing;
    }
    default: {
        Found list = path_of(s, e);
        return list.known ? found(s, path_index(list.path, index)) : nothing;
    }
    }
}

/* The value of the object that is item number `index` of a list. */
static Found item_path(PlaceSearch *s, const Expr *e, uint32_t index) {
    if (!enter(s)) return nothing;
    s->depth++;
    Found path = item_below(s, e, index);
    s->depth--;
    return path;
}

/* The first value of the object that an expression reads, in the order of its text. */
static Found first_read(PlaceSearch *s, const Expr *e) {
    if (!enter(s)) return nothing;
    if (e->kind == EXPR_VARIABLE && e->slot == VARIABLE_NAMESPACE) return metadata_field(s, S("namespace"));
    Found whole = path_of(s, e);
    if (whole.known && whole.path) return whole;
    s->depth++;
    Found first = nothing;
    if (e->kind == EXPR_MACRO && e->macro == MACRO_FILTER) first = item_path(s, e, 0);
    if (e->kind == EXPR_LAZY) {
        Inner kept;
        const Expr *root = go_in(s, e, &kept);
        if (root) {
            first = first_read(s, root);
            go_out(s, kept);
        }
    }
    for (uint32_t i = 0; i < e->count && !first.known; i++)
        if (e->args[i]) first = first_read(s, e->args[i]);
    s->depth--;
    return first;
}

/* The item that decided an all() or exists(), and why it did; nothing if there is none. */
static Found deciding_item(PlaceSearch *s, const Expr *e, bool outcome) {
    Value range = eval_expr(s->run, e->args[MACRO_RANGE]);
    if (range.kind == VALUE_MAP) {
        Value key, value;
        uint16_t slot = e->slot;
        Found of = path_of(s, e->args[MACRO_RANGE]);
        for (uint32_t cursor = 0; s->run->eval.steps > 0 && map_next(&s->run->eval, range, &cursor, &key, &value);) {
            Found entry = of.known && key.kind == VALUE_STRING ? found(s, path_field(of.path, value_str(key))) : nothing;
            s->run->slots[slot] = key;
            s->locals[slot] = entry;
            if (e->vars == 2) {
                s->run->slots[slot + 1] = value;
                s->locals[slot + 1] = entry;
            }
            if (truth(s, e->args[MACRO_BODY]) == outcome) return reason(s, e->args[MACRO_BODY], outcome);
        }
        return nothing;
    }
    for (uint32_t i = 0; range.kind == VALUE_LIST && i < range.len && s->run->eval.steps > 0; i++) {
        bind(s, e, range, i);
        if (truth(s, e->args[MACRO_BODY]) != outcome) continue;
        Found place = reason(s, e->args[MACRO_BODY], outcome);
        return place.known ? place : item_path(s, e->args[MACRO_RANGE], i);
    }
    return nothing;
}

/* The last of the operands that have a place: in `!has(a.b) || a.b > 1` what comes first is the exception. */
static Found last_operand(PlaceSearch *s, const Expr *e, bool outcome) {
    for (uint32_t i = e->count; i > 0; i--) {
        Found place = reason(s, e->args[i - 1], outcome);
        if (place.known) return place;
    }
    return nothing;
}

static Found reason_below(PlaceSearch *s, const Expr *e, bool outcome) {
    switch ((ExprKind)e->kind) {
    case EXPR_NOT: return reason(s, e->args[0], !outcome);
    case EXPR_AND:
    case EXPR_OR:
        if (outcome == (e->kind == EXPR_AND)) return last_operand(s, e, outcome);
        for (uint32_t i = 0; i < e->count; i++)
            if (truth(s, e->args[i]) == outcome) return reason(s, e->args[i], outcome);
        return nothing;
    case EXPR_CONDITION: {
        const Expr *taken = chosen(s, e);
        return taken ? reason(s, taken, outcome) : nothing;
    }
    case EXPR_LAZY: {
        Inner kept;
        const Expr *root = go_in(s, e, &kept);
        if (!root) return nothing;
        Found inner = reason(s, root, outcome);
        go_out(s, kept);
        return inner;
    }
    case EXPR_MACRO:
        if (e->macro != (outcome ? MACRO_EXISTS : MACRO_ALL)) return nothing;
        return deciding_item(s, e, outcome);
    default: return nothing;
    }
}

/* The place that made a Boolean expression true or false. */
static Found reason(PlaceSearch *s, const Expr *e, bool outcome) {
    if (!enter(s)) return nothing;
    s->depth++;
    Found place = reason_below(s, e, outcome);
    s->depth--;
    bool branches = e->kind == EXPR_AND || e->kind == EXPR_OR || e->kind == EXPR_NOT || e->kind == EXPR_CONDITION;
    return place.known || branches ? place : first_read(s, e);
}

static Found origin(PlaceSearch *s, const Expr *e);

static bool is_broken(PlaceSearch *s, const Expr *e) {
    return e && is_error(eval_expr(s->run, e));
}

static Found origin_in_items(PlaceSearch *s, const Expr *e) {
    Value range = eval_expr(s->run, e->args[MACRO_RANGE]);
    for (uint32_t i = 0; range.kind == VALUE_LIST && i < range.len && s->run->eval.steps > 0; i++) {
        bind(s, e, range, i);
        for (unsigned part = MACRO_CONDITION; part <= MACRO_BODY; part++)
            if (is_broken(s, e->args[part])) return origin(s, e->args[part]);
    }
    return nothing;
}

static Found origin_below(PlaceSearch *s, const Expr *e) {
    if (e->kind == EXPR_LAZY) {
        Inner kept;
        const Expr *root = go_in(s, e, &kept);
        if (!root) return nothing;
        Found inner = origin(s, root);
        go_out(s, kept);
        return inner;
    }
    if (e->kind == EXPR_MACRO && !is_broken(s, e->args[MACRO_RANGE])) return origin_in_items(s, e);
    if (e->kind == EXPR_CONDITION && !is_broken(s, e->args[0])) {
        const Expr *taken = chosen(s, e);
        return taken ? origin(s, taken) : nothing;
    }
    for (uint32_t i = 0; i < e->count; i++)
        if (is_broken(s, e->args[i])) return origin(s, e->args[i]);
    return nothing;
}

/* What the innermost part reads by which an expression has no value. */
static Found origin(PlaceSearch *s, const Expr *e) {
    if (!enter(s)) return nothing;
    s->depth++;
    Found place = origin_below(s, e);
    s->depth--;
    return place.known ? place : first_read(s, e);
}

/* Whether entries below a field of an object without a type have names of the user's own. */
static bool holds_keys(Str field) {
    static const Str names[] = {STR("labels"), STR("annotations"), STR("matchLabels"), STR("data"), STR("stringData")};
    return str_in(field, names, COUNT(names));
}

/* Tells the keys of maps from the fields of the API, which only its types can. */
static const Path *name_keys(Arena *arena, const Type *type, const Path *path, const Field **last) {
    *last = NULL;
    if (!path) return NULL;
    const Field *above;
    Path *named = NEW(arena, Path);
    *named = *path;
    named->up = name_keys(arena, type, path->up, &above);
    if (path->index >= 0) {
        *last = above;
        return named;
    }
    bool typed = type && (!path->up || above);
    if (typed ? above && above->shape == SHAPE_MAP : path->up && holds_keys(path->up->name)) {
        named->index = PATH_KEY;
    } else if (typed) {
        const Type *owner = above ? above->type : type;
        *last = owner ? schema_field(owner, path->name, str_hash(path->name)) : NULL;
    }
    return named;
}

Where policy_place(CelRun *run, const Document *document, const CelProgram *program, Value outcome) {
    Arena *arena = run->eval.arena;
    PlaceSearch s = {.run = run, .arena = arena, .locals = NEW_ARRAY(arena, Found, program->slots + 1u)};
    run->eval.steps = EVAL_STEPS;
    run->slots = NEW_ARRAY(arena, Value, program->slots + 1u);
    Found place = nothing;
    if (outcome.kind == VALUE_BOOL)
        place = reason(&s, program->root, outcome.b);
    else if (is_error(outcome))
        place = origin(&s, program->root);
    const Field *last;
    return path_where(arena, document->root, place.known ? name_keys(arena, document->type, place.path, &last) : NULL);
}
