/* A walk over the checked tree. Names are slots, overloads are narrowed, constants are folded, so that what is left is reading
 * the object. Errors are values: && and ||, all() and exists() absorb them, everything else hands them on. */
#include "eval.h"

#include <math.h>

/* The API server's prices. */
enum { COST_LIST = 10, COST_MAP = 30, COST_ROUND = 3 };

static Value fault_at(Value error, const Expr *e) {
    /* Errors without a place were made in the arena a moment ago. */
    if (error.error->span.end == 0 && error.error->code != ERROR_LIMIT) ((CelError *)error.error)->span = e->span;
    return error;
}

static Value fail_types(CelRun *run, const Expr *e, const Value *values, uint32_t n) {
    const char *name = expr_operator((ExprKind)e->kind);
    if (!name) name = e->name.len ? arena_cstr(run->eval.arena, e->name) : "this";
    return fault_at(cel_no_overload(&run->eval, name, values, n), e);
}

static Value fail_key(CelRun *run, const Expr *e, Str key) {
    CelError *error = NEW(run->eval.arena, CelError);
    Buf buf = {.arena = run->eval.arena};
    buf_str(&buf, S("there is no key \""));
    buf_str(&buf, key.len > 100 ? (Str){key.at, 100} : key);
    buf_char(&buf, '"');
    *error = (CelError){.code = ERROR_NO_SUCH_KEY, .span = e->span, .message = buf_text(&buf)};
    return (Value){.kind = VALUE_ERROR, .error = error};
}

static bool is_limit(Value v) {
    return v.kind == VALUE_ERROR && v.error->code == ERROR_LIMIT;
}

/* A Boolean, or the error that stands for what is none. */
static Value as_bool(CelRun *run, const Expr *e, Value v) {
    return v.kind == VALUE_BOOL || v.kind == VALUE_ERROR ? v : fail_types(run, e, &v, 1);
}

/* Selection */

static Value fail_list_field(CelRun *run, const Expr *e) {
    return fault_at(cel_error(&run->eval, ERROR_INDEX, "a list has no field \"%.*s\"", (int)e->name.len, e->name.at), e);
}

/* The field of a value; VALUE_ABSENT where there is none; an error for a list, which has no fields at all. */
static Value find_field(CelRun *run, const Expr *e, Value v) {
    if (v.kind == VALUE_MAP) return map_find_hashed(&run->eval, v, e->name, e->hash);
    return v.kind == VALUE_LIST ? fail_list_field(run, e) : (Value){0};
}

static Value optional_field(CelRun *run, const Expr *e, Value v) {
    if (v.kind == VALUE_OPTIONAL) {
        if (!v.inner) return v;
        v = *v.inner;
    }
    Value field = find_field(run, e, v);
    if (field.kind == VALUE_ABSENT) return value_none();
    return field.kind == VALUE_ERROR ? field : value_some(&run->eval, field);
}

static Value eval_select(CelRun *run, const Expr *e) {
    Value v = eval_expr(run, e->args[0]);
    run->eval.steps--;
    if (v.kind == VALUE_MAP) {
        Value field = map_find_hashed(&run->eval, v, e->name, e->hash);
        return field.kind ? field : fail_key(run, e, e->name);
    }
    if (v.kind == VALUE_ERROR) return v;
    if (v.kind == VALUE_OPTIONAL) return optional_field(run, e, v);
    return v.kind == VALUE_LIST ? fail_list_field(run, e) : fail_key(run, e, e->name);
}

static Value eval_has(CelRun *run, const Expr *e) {
    Value v = eval_expr(run, e->args[0]);
    if (v.kind == VALUE_OPTIONAL) {
        if (!v.inner) return value_bool(false);
        v = *v.inner;
    }
    if (v.kind == VALUE_ERROR) return v;
    Value field = find_field(run, e, v);
    return field.kind == VALUE_ERROR ? field : value_bool(field.kind != VALUE_ABSENT);
}

/* The item under an index, VALUE_ABSENT if there is none, or an error. */
static Value find_index(CelRun *run, const Expr *e, Value v, Value index) {
    Eval *ev = &run->eval;
    if (!value_is_key(index))
        return fault_at(cel_error(ev, ERROR_UNSUPPORTED_KEY, "a %s is neither a key nor an index", value_type_name(index).at), e);
    if (v.kind == VALUE_MAP) {
        if (index.kind != VALUE_STRING && value_is_typed(v))
            return fault_at(cel_error(ev, ERROR_NO_SUCH_KEY, "an API object has no keys of type %s", value_type_name(index).at),
                            e);
        return map_find(ev, v, index);
    }
    if (v.kind != VALUE_LIST) return (Value){0};
    if (index.kind == VALUE_UINT && !value_is_typed(v)) index = value_int(index.u > INT64_MAX ? INT64_MAX : index.i);
    if (index.kind == VALUE_DOUBLE && !value_is_typed(v) && fabs(index.d) < 0x1p62 && (double)(int64_t)index.d == index.d)
        index = value_int((int64_t)index.d);
    if (index.kind != VALUE_INT)
        return fault_at(cel_error(ev, ERROR_INDEX, "a list takes an int as index, not a %s", value_type_name(index).at), e);
    return index.i >= 0 && index.i < v.len ? list_item(ev, v, (uint32_t)index.i) : (Value){0};
}

static Value fail_index(CelRun *run, const Expr *e, Value v, Value index) {
    Eval *ev = &run->eval;
    if (v.kind == VALUE_LIST)
        return fault_at(cel_error(ev, ERROR_INDEX, "index %lld is outside of the list, which has %u item%s", (long long)index.i,
                                  v.len, v.len == 1 ? "" : "s"),
                        e);
    if (index.kind == VALUE_STRING) return fail_key(run, e, value_str(index));
    return index.kind == VALUE_INT
               ? fault_at(cel_error(ev, ERROR_NO_SUCH_KEY, "there is no key %lld", (long long)index.i), e)
               : fault_at(cel_error(ev, ERROR_NO_SUCH_KEY, "there is no such key, a %s", value_type_name(index).at), e);
}

static Value eval_index(CelRun *run, const Expr *e) {
    Value v = eval_expr(run, e->args[0]);
    if (v.kind == VALUE_ERROR) return v;
    Value index = eval_expr(run, e->args[1]);
    if (index.kind == VALUE_ERROR) return index;
    run->eval.steps--;
    bool optional = e->kind == EXPR_OPTIONAL_INDEX || v.kind == VALUE_OPTIONAL;
    if (v.kind == VALUE_OPTIONAL) {
        if (!v.inner) return v;
        v = *v.inner;
    }
    Value item = find_index(run, e, v, index);
    if (item.kind == VALUE_ERROR) return item;
    if (item.kind == VALUE_ABSENT) return optional ? value_none() : fail_index(run, e, v, index);
    return optional ? value_some(&run->eval, item) : item;
}

/* Literals with parts that are not constant */

static Value eval_list(CelRun *run, const Expr *e) {
    Value *items = NEW_ARRAY(run->eval.arena, Value, e->count ? e->count : 1);
    uint32_t n = 0;
    run->eval.steps -= COST_LIST;
    for (uint32_t i = 0; i < e->count; i++) {
        Value v = eval_expr(run, e->args[i]);
        if (v.kind == VALUE_ERROR) return v;
        if (e->args[i]->optional) {
            if (v.kind != VALUE_OPTIONAL) return fail_types(run, e->args[i], &v, 1);
            if (!v.inner) continue;
            v = *v.inner;
        }
        items[n++] = v;
    }
    return value_list(items, n);
}

static Value eval_map(CelRun *run, const Expr *e) {
    ValueMap *map = NEW(run->eval.arena, ValueMap);
    run->eval.steps -= COST_MAP;
    for (uint32_t i = 0; i < e->count; i += 2) {
        Value key = eval_expr(run, e->args[i]);
        if (key.kind == VALUE_ERROR) return key;
        if (key.kind == VALUE_BYTES)
            return fault_at(cel_error(&run->eval, ERROR_UNSUPPORTED_KEY, "bytes cannot be a key"), e->args[i]);
        Value v = eval_expr(run, e->args[i + 1]);
        if (v.kind == VALUE_ERROR) return v;
        if (e->args[i + 1]->optional) {
            if (v.kind != VALUE_OPTIONAL) return fail_types(run, e->args[i + 1], &v, 1);
            if (!v.inner) continue;
            v = *v.inner;
        }
        map_put(run->eval.arena, map, key, v);
    }
    return value_map(map);
}

/* Operators */

static Value fail_overflow(CelRun *run, const Expr *e) {
    return fault_at(
        cel_error(&run->eval, ERROR_OVERFLOW, "the result of '%s' does not fit in 64 bits", expr_operator((ExprKind)e->kind)), e);
}

static Value fail_division(CelRun *run, const Expr *e) {
    return fault_at(cel_error(&run->eval, ERROR_DIVISION, "division by zero"), e);
}

static Value int_arithmetic(CelRun *run, const Expr *e, int64_t a, int64_t b) {
    int64_t result = 0;
    bool overflow = false;
    switch ((ExprKind)e->kind) {
    case EXPR_ADD: overflow = __builtin_add_overflow(a, b, &result); break;
    case EXPR_SUBTRACT: overflow = __builtin_sub_overflow(a, b, &result); break;
    case EXPR_MULTIPLY: overflow = __builtin_mul_overflow(a, b, &result); break;
    default:
        if (b == 0) return fail_division(run, e);
        overflow = a == INT64_MIN && b == -1;
        if (!overflow) result = e->kind == EXPR_DIVIDE ? a / b : a % b;
    }
    return overflow ? fail_overflow(run, e) : value_int(result);
}

static Value uint_arithmetic(CelRun *run, const Expr *e, uint64_t a, uint64_t b) {
    uint64_t result = 0;
    bool overflow = false;
    switch ((ExprKind)e->kind) {
    case EXPR_ADD: overflow = __builtin_add_overflow(a, b, &result); break;
    case EXPR_SUBTRACT: overflow = __builtin_sub_overflow(a, b, &result); break;
    case EXPR_MULTIPLY: overflow = __builtin_mul_overflow(a, b, &result); break;
    default:
        if (b == 0) return fail_division(run, e);
        result = e->kind == EXPR_DIVIDE ? a / b : a % b;
    }
    return overflow ? fail_overflow(run, e) : value_uint(result);
}

static Value join_text(CelRun *run, Value a, Value b) {
    size_t len = (size_t)a.len + b.len;
    if (!cel_charge(&run->eval, len / 10)) return cel_limit(&run->eval);
    char *text = arena_alloc(run->eval.arena, len + 1);
    if (a.len) memcpy(text, a.s, a.len);
    if (b.len) memcpy(text + a.len, b.s, b.len);
    return a.kind == VALUE_STRING ? value_string((Str){text, len}) : value_bytes((Str){text, len});
}

static Value join_lists(CelRun *run, Value a, Value b) {
    Eval *ev = &run->eval;
    uint32_t n = a.len + b.len;
    if (!cel_charge(ev, n / 4)) return cel_limit(ev);
    Value *items = NEW_ARRAY(ev->arena, Value, n ? n : 1);
    for (uint32_t i = 0; i < a.len; i++) items[i] = list_item(ev, a, i);
    n = a.len;
    for (uint32_t i = 0; i < b.len; i++) {
        Value item = list_item(ev, b, i);
        uint32_t at = list_is_set(a) ? 0 : n;
        while (at < n && !list_same_item(ev, a, items[at], item)) at++;
        items[at] = item;
        n += at == n;
        if (ev->steps < 0) return cel_limit(ev);
    }
    return value_list(items, n);
}

/* A timestamp moved by nanoseconds, within the years 1 to 9999. */
static Value move_timestamp(CelRun *run, const Expr *e, Value t, int64_t by, bool back) {
    Int128 total = (Int128)t.i * NANO + t.len + (back ? -(Int128)by : (Int128)by);
    Int128 seconds = total / NANO;
    if (total % NANO < 0) seconds--;
    if (seconds < -62135596800 || seconds > 253402300799) return fail_overflow(run, e);
    return value_timestamp((int64_t)seconds, (uint32_t)(total - seconds * NANO));
}

static Value duration_of(CelRun *run, const Expr *e, Int128 nano) {
    return nano < INT64_MIN || nano > INT64_MAX ? fail_overflow(run, e) : value_duration((int64_t)nano);
}

static Value time_arithmetic(CelRun *run, const Expr *e, Value a, Value b) {
    bool add = e->kind == EXPR_ADD, subtract = e->kind == EXPR_SUBTRACT;
    if (a.kind == VALUE_DURATION && b.kind == VALUE_DURATION && (add || subtract))
        return duration_of(run, e, add ? (Int128)a.i + b.i : (Int128)a.i - b.i);
    if (a.kind == VALUE_TIMESTAMP && b.kind == VALUE_DURATION && (add || subtract))
        return move_timestamp(run, e, a, b.i, subtract);
    if (a.kind == VALUE_DURATION && b.kind == VALUE_TIMESTAMP && add) return move_timestamp(run, e, b, a.i, false);
    if (a.kind == VALUE_TIMESTAMP && b.kind == VALUE_TIMESTAMP && subtract)
        return duration_of(run, e, ((Int128)a.i - b.i) * NANO + (Int128)a.len - b.len);
    return fail_types(run, e, (Value[]){a, b}, 2);
}

static Value arithmetic(CelRun *run, const Expr *e, Value a, Value b) {
    if (a.kind != b.kind) return time_arithmetic(run, e, a, b);
    switch ((ValueKind)a.kind) {
    case VALUE_INT: return int_arithmetic(run, e, a.i, b.i);
    case VALUE_UINT: return uint_arithmetic(run, e, a.u, b.u);
    case VALUE_DOUBLE:
        if (e->kind == EXPR_REMAINDER) break;
        return value_double(e->kind == EXPR_ADD        ? a.d + b.d
                            : e->kind == EXPR_SUBTRACT ? a.d - b.d
                            : e->kind == EXPR_MULTIPLY ? a.d * b.d
                                                       : a.d / b.d);
    case VALUE_STRING:
    case VALUE_BYTES:
        if (e->kind == EXPR_ADD) return join_text(run, a, b);
        break;
    case VALUE_LIST:
        if (e->kind == EXPR_ADD) return join_lists(run, a, b);
        break;
    case VALUE_DURATION:
    case VALUE_TIMESTAMP: return time_arithmetic(run, e, a, b);
    default: break;
    }
    return fail_types(run, e, (Value[]){a, b}, 2);
}

static Value compare(CelRun *run, const Expr *e, Value a, Value b) {
    if ((a.kind == VALUE_STRING || a.kind == VALUE_BYTES) && !cel_charge(&run->eval, (a.len < b.len ? a.len : b.len) / 10))
        return cel_limit(&run->eval);
    int order = value_order(a, b);
    if (order == ORDER_NONE) {
        bool nan = (a.kind == VALUE_DOUBLE && isnan(a.d)) || (b.kind == VALUE_DOUBLE && isnan(b.d));
        bool numbers = a.kind >= VALUE_INT && a.kind <= VALUE_DOUBLE && b.kind >= VALUE_INT && b.kind <= VALUE_DOUBLE;
        return nan && numbers
                   ? fault_at(cel_error(&run->eval, ERROR_NAN_ORDER, "NaN is neither less nor greater than a number"), e)
                   : fail_types(run, e, (Value[]){a, b}, 2);
    }
    switch ((ExprKind)e->kind) {
    case EXPR_LESS: return value_bool(order < 0);
    case EXPR_LESS_EQUAL: return value_bool(order <= 0);
    case EXPR_GREATER: return value_bool(order > 0);
    default: return value_bool(order >= 0);
    }
}

static Value eval_in(CelRun *run, const Expr *e, Value item, Value range) {
    Eval *ev = &run->eval;
    if (range.kind == VALUE_MAP) {
        bool plain = !value_is_key(item) && !value_is_typed(range);
        Value found = plain ? map_find(ev, range, item) : find_index(run, e, range, item);
        return found.kind == VALUE_ERROR ? found : value_bool(found.kind != VALUE_ABSENT);
    }
    if (range.kind != VALUE_LIST) return fail_types(run, e, (Value[]){item, range}, 2);
    for (uint32_t i = 0; i < range.len; i++) {
        if (value_equal(ev, list_item(ev, range, i), item)) return value_bool(true);
        if (ev->steps < 0) return cel_limit(ev);
    }
    return value_bool(false);
}

static Value eval_operator(CelRun *run, const Expr *e) {
    Value a = eval_expr(run, e->args[0]);
    if (a.kind == VALUE_ERROR) return a;
    Value b = eval_expr(run, e->args[1]);
    if (b.kind == VALUE_ERROR) return b;
    run->eval.steps--;
    switch ((ExprKind)e->kind) {
    case EXPR_LESS:
    case EXPR_LESS_EQUAL:
    case EXPR_GREATER:
    case EXPR_GREATER_EQUAL: return compare(run, e, a, b);
    case EXPR_EQUAL:
    case EXPR_NOT_EQUAL: {
        bool equal = value_equal(&run->eval, a, b);
        if (run->eval.steps < 0) return cel_limit(&run->eval);
        if (!equal && e->kind == EXPR_EQUAL && !value_comparable(&run->eval, a, b)) return fail_types(run, e, (Value[]){a, b}, 2);
        return value_bool(equal == (e->kind == EXPR_EQUAL));
    }
    case EXPR_IN: return eval_in(run, e, a, b);
    default: return arithmetic(run, e, a, b);
    }
}

static Value eval_negate(CelRun *run, const Expr *e) {
    Value v = eval_expr(run, e->args[0]);
    run->eval.steps--;
    if (v.kind == VALUE_DOUBLE) return value_double(-v.d);
    if (v.kind == VALUE_INT) return v.i == INT64_MIN ? fail_overflow(run, e) : value_int(-v.i);
    return v.kind == VALUE_ERROR ? v : fail_types(run, e, &v, 1);
}

/* The first error is kept unless a later operand decides. */
static Value eval_logic(CelRun *run, const Expr *e) {
    bool decides = e->kind == EXPR_OR;
    Value error = {0};
    for (uint32_t i = 0; i < e->count; i++) {
        Value v = as_bool(run, e, eval_expr(run, e->args[i]));
        if (v.kind == VALUE_BOOL) {
            if (v.b == decides) return v;
        } else if (error.kind == VALUE_ABSENT || is_limit(v)) {
            error = v;
        }
        if (is_limit(error)) return error;
    }
    return error.kind ? error : value_bool(!decides);
}

static Value eval_optional_or(CelRun *run, const Expr *e) {
    Value v = eval_expr(run, e->args[0]);
    run->eval.steps--;
    if (v.kind == VALUE_ERROR) return v;
    if (v.kind != VALUE_OPTIONAL) return fail_types(run, e, &v, 1);
    if (!v.inner) return eval_expr(run, e->args[1]);
    return e->kind == EXPR_OPTIONAL_OR ? v : *v.inner;
}

/* Calls */

static bool fits(const CelType *type, Value v) {
    if (type->kind >= KIND_DYN) return true;
    return type->kind == v.kind && (v.kind != VALUE_OPAQUE || v.opaque->class->type == type);
}

static bool row_fits(const Overload *row, const Value *values) {
    for (uint32_t i = 0; i < row->count; i++)
        if (!fits(row->args[i], values[i])) return false;
    return true;
}

static Value eval_call(CelRun *run, const Expr *e) {
    Value values[CALL_MAX_ARGUMENTS];
    Eval *ev = &run->eval;
    uint64_t cost = 1;
    for (uint32_t i = 0; i < e->count; i++) {
        values[i] = eval_expr(run, e->args[i]);
        if (values[i].kind == VALUE_ERROR) return values[i];
        if (values[i].kind == VALUE_STRING || values[i].kind == VALUE_BYTES) cost += values[i].len / 10;
    }
    if (!cel_charge(ev, cost)) return cel_limit(ev);
    const Overload *row = NULL;
    for (uint32_t i = 0; !row && i < e->candidateCount; i++)
        if (row_fits(e->candidates[i], values)) row = e->candidates[i];
    if (!row) return fail_types(run, e, values, e->count);
    ev->prepared = e->prepared;
    Value result = row->call(ev, values, e->count);
    if (ev->steps < 0) return cel_limit(ev);
    return result.kind == VALUE_ERROR ? fault_at(result, e) : result;
}

/* Macros */

/* A walk over a macro's range that puts its variables into their slots. */
typedef struct RangeWalk {
    Value range;
    uint32_t at;
    Value first, second; /* the values of the variables */
} RangeWalk;

static bool walk_next(CelRun *run, const Expr *e, RangeWalk *walk) {
    if (walk->range.kind == VALUE_LIST) {
        if (walk->at >= walk->range.len) return false;
        walk->first = walk->second = list_item(&run->eval, walk->range, walk->at);
        if (e->vars == 2) walk->first = value_int(walk->at);
        walk->at++;
    } else if (!map_next(&run->eval, walk->range, &walk->at, &walk->first, &walk->second)) {
        return false;
    }
    run->slots[e->slot] = walk->first;
    if (e->vars == 2) run->slots[e->slot + 1] = walk->second;
    run->eval.steps -= COST_ROUND;
    return true;
}

static uint32_t walk_bound(const RangeWalk *walk) {
    if (walk->range.kind == VALUE_LIST) return walk->range.len;
    return walk->range.form == FORM_STRUCT ? schema_types[walk->range.type]->fieldCount : map_size(walk->range);
}

/* all() and exists(): the first error is kept unless a later item decides. */
static Value eval_search(CelRun *run, const Expr *e, RangeWalk *walk) {
    bool decides = e->macro == MACRO_EXISTS;
    Value error = {0};
    while (walk_next(run, e, walk)) {
        Value v = as_bool(run, e, eval_expr(run, e->args[MACRO_BODY]));
        if (run->eval.steps < 0) return cel_limit(&run->eval);
        if (v.kind == VALUE_BOOL && v.b == decides) return v;
        if (v.kind == VALUE_ERROR && error.kind == VALUE_ABSENT) error = v;
    }
    return error.kind ? error : value_bool(!decides);
}

static Value eval_exists_one(CelRun *run, const Expr *e, RangeWalk *walk) {
    uint32_t found = 0;
    while (walk_next(run, e, walk)) {
        Value v = as_bool(run, e, eval_expr(run, e->args[MACRO_BODY]));
        if (run->eval.steps < 0) return cel_limit(&run->eval);
        if (v.kind == VALUE_ERROR) return v;
        found += v.b;
    }
    return value_bool(found == 1);
}

/* Whether the filter of a macro lets an item pass: a Boolean or an error. */
static Value eval_condition(CelRun *run, const Expr *e) {
    const Expr *condition = e->args[MACRO_CONDITION];
    return condition ? as_bool(run, e, eval_expr(run, condition)) : value_bool(true);
}

static Value eval_transform_list(CelRun *run, const Expr *e, RangeWalk *walk) {
    bool filter = e->macro == MACRO_FILTER;
    uint32_t n = 0, bound = walk_bound(walk);
    Value *items = NEW_ARRAY(run->eval.arena, Value, bound ? bound : 1);
    while (walk_next(run, e, walk)) {
        run->eval.steps -= filter ? 1 : COST_LIST;
        Value pass = filter ? as_bool(run, e, eval_expr(run, e->args[MACRO_BODY])) : eval_condition(run, e);
        if (run->eval.steps < 0) return cel_limit(&run->eval);
        if (pass.kind == VALUE_ERROR) return pass;
        if (!pass.b) continue;
        Value v = filter ? walk->first : eval_expr(run, e->args[MACRO_BODY]);
        if (v.kind == VALUE_ERROR) return v;
        items[n++] = v;
    }
    return run->eval.steps < 0 ? cel_limit(&run->eval) : value_list(items, n);
}

static Value fail_duplicate(CelRun *run, const Expr *e) {
    return fault_at(cel_error(&run->eval, ERROR_DUPLICATE_KEY, "two entries have the same key"), e);
}

/* Adds the entries of `from`, none of which may be there already. */
static bool insert_entries(CelRun *run, ValueMap *map, Value from) {
    Value key, value;
    for (uint32_t cursor = 0; map_next(&run->eval, from, &cursor, &key, &value);)
        if (!map_put(run->eval.arena, map, key, value)) return false;
    return true;
}

static Value eval_transform_map(CelRun *run, const Expr *e, RangeWalk *walk) {
    ValueMap *map = NEW(run->eval.arena, ValueMap);
    while (walk_next(run, e, walk)) {
        Value pass = eval_condition(run, e);
        if (run->eval.steps < 0) return cel_limit(&run->eval);
        if (pass.kind == VALUE_ERROR) return pass;
        if (!pass.b) continue;
        Value v = eval_expr(run, e->args[MACRO_BODY]);
        if (v.kind == VALUE_ERROR) return v;
        if (e->macro == MACRO_TRANSFORM_MAP) {
            map_put(run->eval.arena, map, walk->first, v);
        } else if (v.kind != VALUE_MAP) {
            return fail_types(run, e, &v, 1);
        } else if (!insert_entries(run, map, v)) {
            return fail_duplicate(run, e);
        }
    }
    return run->eval.steps < 0 ? cel_limit(&run->eval) : value_map(map);
}

/* Sorts the numbers of `order` by their keys, keeping the order of equal ones. */
static void merge_sort(const Value *keys, uint32_t *order, uint32_t *spare, uint32_t n) {
    if (n < 2) return;
    uint32_t half = n / 2, i = 0, j = half, k = 0;
    merge_sort(keys, order, spare, half);
    merge_sort(keys, order + half, spare, n - half);
    memcpy(spare, order, n * sizeof *order);
    while (i < half && j < n) order[k++] = value_order(keys[spare[j]], keys[spare[i]]) == -1 ? spare[j++] : spare[i++];
    while (i < half) order[k++] = spare[i++];
    while (j < n) order[k++] = spare[j++];
}

static Value eval_sort_by(CelRun *run, const Expr *e, RangeWalk *walk) {
    Arena *arena = run->eval.arena;
    if (walk->range.kind != VALUE_LIST) return fail_types(run, e, &walk->range, 1);
    uint32_t n = walk->range.len;
    Value *keys = NEW_ARRAY(arena, Value, n + 1), *items = NEW_ARRAY(arena, Value, n + 1);
    uint32_t *order = NEW_ARRAY(arena, uint32_t, n + 1), *spare = NEW_ARRAY(arena, uint32_t, n + 1);
    for (uint32_t i = 0; walk_next(run, e, walk); i++) {
        keys[i] = eval_expr(run, e->args[MACRO_BODY]);
        run->eval.steps -= COST_LIST;
        if (run->eval.steps < 0) return cel_limit(&run->eval);
        if (keys[i].kind == VALUE_ERROR) return keys[i];
        bool comparable = keys[i].kind >= VALUE_BOOL && keys[i].kind <= VALUE_TIMESTAMP;
        if (!comparable || keys[i].kind != keys[0].kind)
            return fault_at(cel_error(&run->eval, ERROR_ELEMENT_TYPE, "%s() needs keys of one type that has an order", "sortBy"),
                            e);
        order[i] = i;
    }
    merge_sort(keys, order, spare, n);
    for (uint32_t i = 0; i < n; i++) items[i] = list_item(&run->eval, walk->range, order[i]);
    return value_list(items, n);
}

static Value eval_opt_map(CelRun *run, const Expr *e, Value range) {
    run->eval.steps -= 4;
    if (range.kind != VALUE_OPTIONAL) return fail_types(run, e, &range, 1);
    if (!range.inner) return range;
    run->slots[e->slot] = *range.inner;
    Value v = eval_expr(run, e->args[MACRO_BODY]);
    return v.kind == VALUE_ERROR || e->macro == MACRO_OPT_FLAT_MAP ? v : value_some(&run->eval, v);
}

static Value eval_macro(CelRun *run, const Expr *e) {
    RangeWalk walk = {.range = eval_expr(run, e->args[MACRO_RANGE])};
    if (walk.range.kind == VALUE_ERROR) return walk.range;
    if (e->macro == MACRO_OPT_MAP || e->macro == MACRO_OPT_FLAT_MAP) return eval_opt_map(run, e, walk.range);
    if (walk.range.kind != VALUE_LIST && walk.range.kind != VALUE_MAP) {
        Str type = value_type_name(walk.range);
        return fault_at(cel_error(&run->eval, ERROR_NOT_ITERABLE, "%.*s() goes over lists and maps, not over a %.*s",
                                  (int)e->name.len, e->name.at, (int)type.len, type.at),
                        e->args[MACRO_RANGE]);
    }
    run->eval.steps--;
    switch ((Macro)e->macro) {
    case MACRO_ALL:
    case MACRO_EXISTS: return eval_search(run, e, &walk);
    case MACRO_EXISTS_ONE: return eval_exists_one(run, e, &walk);
    case MACRO_MAP:
    case MACRO_FILTER: return eval_transform_list(run, e, &walk);
    case MACRO_TRANSFORM_MAP:
    case MACRO_TRANSFORM_ENTRY: return eval_transform_map(run, e, &walk);
    default: return eval_sort_by(run, e, &walk);
    }
}

/* A variable of the policy: evaluated at its first use, with slots of its own. */
static Value eval_lazy(CelRun *run, const Expr *e) {
    Value *kept = &run->lazyValues[e->slot];
    run->eval.steps--;
    if (kept->kind != VALUE_ABSENT) return *kept;
    const CelProgram *program = run->lazy[e->slot];
    Value v;
    if (program && run->depth + program->root->depth > EVAL_MAX_DEPTH) {
        v = cel_error(&run->eval, ERROR_LIMIT, "the policy's variables are nested too deeply");
    } else if (program) {
        Value *slots = run->slots;
        run->slots = NEW_ARRAY(run->eval.arena, Value, program->slots + 1u);
        run->depth += program->root->depth;
        v = eval_expr(run, program->root);
        run->depth -= program->root->depth;
        run->slots = slots;
    } else {
        v = cel_error(&run->eval, ERROR_OTHER, "the policy's variable \"%.*s\" does not compile", (int)e->name.len, e->name.at);
    }
    if (v.kind == VALUE_ERROR && !is_limit(v)) {
        CelError *error = NEW(run->eval.arena, CelError);
        *error = *v.error;
        error->span = e->span; /* the other place is in another expression */
        v.error = error;
    }
    return *kept = v;
}

Value eval_expr(CelRun *run, const Expr *e) {
    switch ((ExprKind)e->kind) {
    case EXPR_LITERAL: return e->literal;
    case EXPR_LOCAL: run->eval.steps--; return run->slots[e->slot];
    case EXPR_VARIABLE: run->eval.steps--; return run->variables[e->slot];
    case EXPR_LAZY: {
        Value v = eval_lazy(run, e);
        return e->wrapped && v.kind != VALUE_ERROR ? value_some(&run->eval, v) : v;
    }
    case EXPR_SELECT: return eval_select(run, e);
    case EXPR_OPTIONAL_SELECT: {
        Value v = eval_expr(run, e->args[0]);
        run->eval.steps--;
        return v.kind == VALUE_ERROR ? v : optional_field(run, e, v);
    }
    case EXPR_HAS: return eval_has(run, e);
    case EXPR_INDEX:
    case EXPR_OPTIONAL_INDEX: return eval_index(run, e);
    case EXPR_CALL:
    case EXPR_METHOD: return eval_call(run, e);
    case EXPR_LIST: return eval_list(run, e);
    case EXPR_MAP: return eval_map(run, e);
    case EXPR_NOT: {
        Value v = as_bool(run, e, eval_expr(run, e->args[0]));
        run->eval.steps--;
        return v.kind == VALUE_BOOL ? value_bool(!v.b) : v;
    }
    case EXPR_NEGATE: return eval_negate(run, e);
    case EXPR_AND:
    case EXPR_OR: return eval_logic(run, e);
    case EXPR_CONDITION: {
        Value v = as_bool(run, e, eval_expr(run, e->args[0]));
        return v.kind == VALUE_BOOL ? eval_expr(run, e->args[v.b ? 1 : 2]) : v;
    }
    case EXPR_OPTIONAL_OR:
    case EXPR_OPTIONAL_OR_VALUE: return eval_optional_or(run, e);
    case EXPR_MACRO: return eval_macro(run, e);
    case EXPR_NAME: break;
    default: return eval_operator(run, e);
    }
    return fault_at(cel_error(&run->eval, ERROR_OTHER, "unresolved name"), e);
}

Value eval_program(CelRun *run, const CelProgram *program) {
    run->eval.steps = EVAL_STEPS;
    run->slots = NEW_ARRAY(run->eval.arena, Value, program->slots + 1u);
    Value v = eval_expr(run, program->root);
    return run->eval.steps < 0 ? cel_limit(&run->eval) : v;
}
