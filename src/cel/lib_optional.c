/* Optional values. Selection and indexing with a question mark are the evaluator's. */
#include "functions.h"

static Value none(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)args, (void)n;
    return value_none();
}

static Value of(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return value_some(ev, args[0]);
}

static bool is_zero(Value v) {
    switch ((ValueKind)v.kind) {
    case VALUE_NULL: return true;
    case VALUE_BOOL: return !v.b;
    case VALUE_INT:
    case VALUE_UINT:
    case VALUE_DURATION: return v.u == 0;
    case VALUE_DOUBLE: return v.d == 0;
    case VALUE_STRING:
    case VALUE_BYTES:
    case VALUE_LIST: return v.len == 0;
    case VALUE_MAP: return map_size(v) == 0;
    case VALUE_OPTIONAL: return !v.inner;
    /* The zero of Go's time.Time: the year 1. */
    case VALUE_TIMESTAMP: return v.i == -62135596800 && v.len == 0;
    default: return false;
    }
}

static Value of_non_zero(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return is_zero(args[0]) ? value_none() : value_some(ev, args[0]);
}

static Value has_value(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_bool(args[0].inner != NULL);
}

static Value value(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return args[0].inner ? *args[0].inner : cel_error(ev, ERROR_NO_VALUE, "the optional has no value");
}

static Value or_optional(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return args[0].inner ? args[0] : args[1];
}

static Value or_value(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return args[0].inner ? *args[0].inner : args[1];
}

static Value unwrap(Eval *ev, const Value *args, uint32_t n) {
    Value *items = NEW_ARRAY(ev->arena, Value, args[0].len ? args[0].len : 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < args[0].len; i++) {
        Value item = list_item(ev, args[0], i);
        if (item.kind != VALUE_OPTIONAL) return cel_no_overload(ev, "unwrap", args, n);
        if (item.inner) items[count++] = *item.inner;
    }
    return cel_charge(ev, args[0].len) ? value_list(items, count) : cel_limit(ev);
}

static Value first(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return args[0].len ? value_some(ev, list_item(ev, args[0], 0)) : value_none();
}

static Value last(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return args[0].len ? value_some(ev, list_item(ev, args[0], args[0].len - 1)) : value_none();
}

static const Overload rows[] = {
    CONSTANT("optional.none", none, &cel_optional_a),
    OVERLOAD("optional.of", GLOBAL, of, &cel_optional_a, &cel_param_a),
    OVERLOAD("optional.ofNonZeroValue", GLOBAL, of_non_zero, &cel_optional_a, &cel_param_a),
    OVERLOAD("optional.unwrap", GLOBAL, unwrap, &cel_list_a, &cel_list_optional_a),
    OVERLOAD("first", METHOD, first, &cel_optional_a, &cel_list_a),
    OVERLOAD("hasValue", METHOD, has_value, &cel_bool, &cel_optional_a),
    OVERLOAD("last", METHOD, last, &cel_optional_a, &cel_list_a),
    OVERLOAD("or", METHOD, or_optional, &cel_optional_a, &cel_optional_a, &cel_optional_a),
    OVERLOAD("orValue", METHOD, or_value, &cel_param_a, &cel_optional_a, &cel_param_a),
    OVERLOAD("unwrapOpt", METHOD, unwrap, &cel_list_a, &cel_list_optional_a),
    OVERLOAD("value", METHOD, value, &cel_param_a, &cel_optional_a),
};

LIBRARY(optional, rows);
