/* The functions of lists. The items of a list may be of any type when its static type was dyn, so each function looks for itself;
 * as the server does, an overload fits by the type of the first item, and later items that do not compare with the others are
 * passed over. */
#include "functions.h"

#include <math.h>

static bool is_comparable(Value v) {
    switch ((ValueKind)v.kind) {
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_UINT:
    case VALUE_DOUBLE:
    case VALUE_STRING:
    case VALUE_BYTES:
    case VALUE_DURATION:
    case VALUE_TIMESTAMP: return true;
    default: return false;
    }
}

/* The work of one comparison: text counts by its length. */
static bool charge_item(Eval *ev, Value v) {
    return cel_charge(ev, v.kind == VALUE_STRING || v.kind == VALUE_BYTES ? 1 + v.len / 10 : 1);
}

static Value is_sorted(Eval *ev, const Value *args, uint32_t n) {
    Value last = {0};
    for (uint32_t i = 0; i < args[0].len; i++) {
        Value item = list_item(ev, args[0], i);
        if (!is_comparable(item)) return cel_no_overload(ev, "isSorted", args, n);
        if (!charge_item(ev, item)) return cel_limit(ev);
        if (i && value_order(last, item) == 1) return value_bool(false);
        last = item;
    }
    return value_bool(true);
}

/* The item that comes first (-1) or last (1). */
static Value extreme(Eval *ev, const Value *args, uint32_t n, const char *function, int side) {
    Value best = {0};
    if (args[0].len == 0) return cel_error(ev, ERROR_EMPTY_LIST, "%s needs a list that is not empty", function);
    for (uint32_t i = 0; i < args[0].len; i++) {
        Value item = list_item(ev, args[0], i);
        if (!is_comparable(item)) return cel_no_overload(ev, function, args, n);
        if (!charge_item(ev, item)) return cel_limit(ev);
        if (i == 0 || value_order(item, best) == side) best = item;
    }
    return best;
}

static Value min_item(Eval *ev, const Value *args, uint32_t n) {
    return extreme(ev, args, n, "min", -1);
}

static Value max_item(Eval *ev, const Value *args, uint32_t n) {
    return extreme(ev, args, n, "max", 1);
}

static Value sum_overflow(Eval *ev, Value item) {
    Str type = value_type_name(item);
    return cel_error(ev, ERROR_OVERFLOW, "the sum does not fit into %.*s", (int)type.len, type.at);
}

/* The sum has the type of the first item; an empty list, as one of the overload's type, gives its zero. */
static Value sum_from(Eval *ev, const Value *args, uint32_t n, Value total) {
    for (uint32_t i = 0; i < args[0].len; i++) {
        Value item = list_item(ev, args[0], i);
        if (i == 0) total.kind = item.kind;
        if (item.kind != total.kind) return cel_no_overload(ev, "sum", args, n);
        if (!cel_charge(ev, 1)) return cel_limit(ev);
        switch ((ValueKind)item.kind) {
        case VALUE_INT:
        case VALUE_DURATION:
            if (__builtin_add_overflow(total.i, item.i, &total.i)) return sum_overflow(ev, item);
            break;
        case VALUE_UINT:
            if (__builtin_add_overflow(total.u, item.u, &total.u)) return sum_overflow(ev, item);
            break;
        case VALUE_DOUBLE: total.d = i == 0 ? 0.0 + item.d : total.d + item.d; break;
        default: return cel_no_overload(ev, "sum", args, n);
        }
    }
    return total;
}

static Value sum_int(Eval *ev, const Value *args, uint32_t n) {
    return sum_from(ev, args, n, value_int(0));
}
static Value sum_uint(Eval *ev, const Value *args, uint32_t n) {
    return sum_from(ev, args, n, value_uint(0));
}
static Value sum_double(Eval *ev, const Value *args, uint32_t n) {
    return sum_from(ev, args, n, value_double(0));
}
static Value sum_duration(Eval *ev, const Value *args, uint32_t n) {
    return sum_from(ev, args, n, value_duration(0));
}

static Value index_of(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    for (uint32_t i = 0; i < args[0].len; i++) {
        if (!cel_charge(ev, 1)) return cel_limit(ev);
        if (value_equal(ev, list_item(ev, args[0], i), args[1])) return value_int(i);
    }
    return value_int(-1);
}

static Value last_index_of(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    for (uint32_t i = args[0].len; i-- > 0;) {
        if (!cel_charge(ev, 1)) return cel_limit(ev);
        if (value_equal(ev, list_item(ev, args[0], i), args[1])) return value_int(i);
    }
    return value_int(-1);
}

/* Of anything that is no list: whether it is equal. */
static Value includes(Eval *ev, const Value *args, uint32_t n) {
    if (args[0].kind != VALUE_LIST) return value_bool(value_equal(ev, args[0], args[1]));
    Value at = index_of(ev, args, n);
    return is_error(at) ? at : value_bool(at.i >= 0);
}

static Value slice(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    int64_t from = args[1].i, to = args[2].i;
    if (from < 0 || from > to || to > args[0].len)
        return cel_error(ev, ERROR_INDEX, "slice(%lld, %lld) is not a part of a list of %u items", (long long)from, (long long)to,
                         args[0].len);
    uint32_t count = (uint32_t)(to - from);
    if (!cel_charge(ev, count)) return cel_limit(ev);
    Value *items = NEW_ARRAY(ev->arena, Value, count);
    for (uint32_t i = 0; i < count; i++) items[i] = list_item(ev, args[0], (uint32_t)from + i);
    return value_list(items, count);
}

typedef ARRAY(Value) Items;

enum { MAX_DEPTH = 250 };

static bool flatten_into(Eval *ev, Items *out, Value list, int64_t depth, int level) {
    if (level > MAX_DEPTH) return false;
    for (uint32_t i = 0; i < list.len; i++) {
        Value item = list_item(ev, list, i);
        if (!cel_charge(ev, 1)) return false;
        if (item.kind == VALUE_LIST && depth > 0) {
            if (!flatten_into(ev, out, item, depth - 1, level + 1)) return false;
        } else {
            ARRAY_PUSH(ev->arena, out, item);
        }
    }
    return true;
}

static Value flatten(Eval *ev, const Value *args, uint32_t n) {
    Items items = {0};
    int64_t depth = n > 1 ? args[1].i : 1;
    if (depth < 0) return cel_error(ev, ERROR_RANGE, "flatten cannot go %lld levels deep", (long long)depth);
    return flatten_into(ev, &items, args[0], depth, 0) ? value_list(items.at, items.n) : cel_limit(ev);
}

static Value distinct(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    Value *items = NEW_ARRAY(ev->arena, Value, args[0].len);
    uint32_t count = 0;
    for (uint32_t i = 0; i < args[0].len; i++) {
        Value item = list_item(ev, args[0], i);
        uint32_t j = 0;
        while (j < count && !value_equal(ev, items[j], item)) j++;
        if (!cel_charge(ev, 1 + (uint64_t)j)) return cel_limit(ev);
        if (j == count) items[count++] = item;
    }
    return value_list(items, count);
}

static Value reverse(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    uint32_t count = args[0].len;
    if (!cel_charge(ev, count)) return cel_limit(ev);
    Value *items = NEW_ARRAY(ev->arena, Value, count);
    for (uint32_t i = 0; i < count; i++) items[i] = list_item(ev, args[0], count - 1 - i);
    return value_list(items, count);
}

static Value first_item(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return args[0].len ? value_some(ev, list_item(ev, args[0], 0)) : value_none();
}

static Value last_item(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return args[0].len ? value_some(ev, list_item(ev, args[0], args[0].len - 1)) : value_none();
}

static Value range(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    if (args[0].i < 0) return cel_error(ev, ERROR_RANGE, "lists.range cannot make a list of %lld items", (long long)args[0].i);
    if (args[0].i >= UINT32_MAX || !cel_charge(ev, (uint64_t)args[0].i)) return cel_limit(ev);
    Value *items = NEW_ARRAY(ev->arena, Value, args[0].i);
    for (int64_t i = 0; i < args[0].i; i++) items[i] = value_int(i);
    return value_list(items, (uint32_t)args[0].i);
}

/* Moves each number of a key before those whose keys come after it; a NaN, which has no order, lets nothing past, as on the
 * server. */
static void insertion_sort(const Value *keys, uint32_t *order, uint32_t n) {
    for (uint32_t i = 1; i < n; i++)
        for (uint32_t j = i; j > 0 && value_order(keys[order[j]], keys[order[j - 1]]) == -1; j--) {
            uint32_t moved = order[j];
            order[j] = order[j - 1];
            order[j - 1] = moved;
        }
}

enum { SHORT_LIST = 12 };

/* Sorts `order`, numbers of keys; `spare` has the same size. Equal keys keep their order. */
static bool sort_numbers(Eval *ev, const Value *keys, uint32_t *order, uint32_t *spare, uint32_t n) {
    if (n <= SHORT_LIST) {
        insertion_sort(keys, order, n);
        return cel_charge(ev, n);
    }
    for (uint32_t width = 1; width<n; width = width> n / 2 ? n : width * 2) {
        for (uint32_t start = 0; start<n; start = n - start> 2 * (uint64_t)width ? start + 2 * width : n) {
            uint32_t middle = n - start > width ? start + width : n, end = n - middle > width ? middle + width : n;
            uint32_t a = start, b = middle, put = start;
            while (a < middle || b < end) {
                bool second = a == middle || (b < end && value_order(keys[order[b]], keys[order[a]]) == -1);
                spare[put++] = order[second ? b++ : a++];
                if (!charge_item(ev, keys[spare[put - 1]])) return false;
            }
        }
        memcpy(order, spare, sizeof *order * n);
    }
    return true;
}

static Value sort_by(Eval *ev, const Value *args, uint32_t n) {
    Value list = args[0], keyList = args[n - 1];
    if (list.len != keyList.len) return cel_error(ev, ERROR_OTHER, "sortBy has %u keys for %u items", keyList.len, list.len);
    if (list.len == 0) return list;
    const Value *keys = list_items(ev, keyList);
    for (uint32_t i = 0; i < list.len; i++) {
        if (is_comparable(keys[i]) && (keys[i].kind == keys[0].kind)) continue;
        Str type = value_type_name(keys[i]), first = value_type_name(keys[0]);
        if (i == 0) return cel_error(ev, ERROR_ELEMENT_TYPE, "values of type %.*s have no order", (int)type.len, type.at);
        return cel_error(ev, ERROR_ELEMENT_TYPE, "sorting needs values of one type, found %.*s and %.*s", (int)first.len,
                         first.at, (int)type.len, type.at);
    }
    uint32_t *order = NEW_ARRAY(ev->arena, uint32_t, list.len), *spare = NEW_ARRAY(ev->arena, uint32_t, list.len);
    for (uint32_t i = 0; i < list.len; i++) order[i] = i;
    if (!sort_numbers(ev, keys, order, spare, list.len)) return cel_limit(ev);
    Value *items = NEW_ARRAY(ev->arena, Value, list.len);
    for (uint32_t i = 0; i < list.len; i++) items[i] = list_item(ev, list, order[i]);
    return value_list(items, list.len);
}

/* One row for each type that has an order. */
#define COMPARABLE(name, call)                                                                                                \
    OVERLOAD(name, METHOD, call, &cel_int, &cel_list_int), OVERLOAD(name, METHOD, call, &cel_uint, &cel_list_uint),           \
        OVERLOAD(name, METHOD, call, &cel_double, &cel_list_double), OVERLOAD(name, METHOD, call, &cel_bool, &cel_list_bool), \
        OVERLOAD(name, METHOD, call, &cel_duration, &cel_list_duration),                                                      \
        OVERLOAD(name, METHOD, call, &cel_timestamp, &cel_list_timestamp),                                                    \
        OVERLOAD(name, METHOD, call, &cel_string, &cel_list_string), OVERLOAD(name, METHOD, call, &cel_bytes, &cel_list_bytes)
#define SORTED(list) OVERLOAD("isSorted", METHOD, is_sorted, &cel_bool, &(list))
#define SORT(list) OVERLOAD("sort", METHOD, sort_by, &(list), &(list))
#define SORT_BY(keys) OVERLOAD("@sortByAssociatedKeys", METHOD, sort_by, &cel_list_a, &cel_list_a, &(keys))

static const Overload rows[] = {
    SORT_BY(cel_list_int),
    SORT_BY(cel_list_uint),
    SORT_BY(cel_list_double),
    SORT_BY(cel_list_bool),
    SORT_BY(cel_list_duration),
    SORT_BY(cel_list_timestamp),
    SORT_BY(cel_list_string),
    SORT_BY(cel_list_bytes),
    OVERLOAD("distinct", METHOD, distinct, &cel_list_a, &cel_list_a),
    OVERLOAD("first", METHOD, first_item, &cel_optional_a, &cel_list_a),
    OVERLOAD("flatten", METHOD, flatten, &cel_list_a, &cel_list_list_a),
    OVERLOAD("flatten", METHOD, flatten, &cel_list_dyn, &cel_list_dyn, &cel_int),
    OVERLOAD("includes", METHOD, includes, &cel_bool, &cel_dyn, &cel_dyn),
    OVERLOAD("indexOf", METHOD, index_of, &cel_int, &cel_list_a, &cel_param_a),
    SORTED(cel_list_int),
    SORTED(cel_list_uint),
    SORTED(cel_list_double),
    SORTED(cel_list_bool),
    SORTED(cel_list_duration),
    SORTED(cel_list_timestamp),
    SORTED(cel_list_string),
    SORTED(cel_list_bytes),
    OVERLOAD("last", METHOD, last_item, &cel_optional_a, &cel_list_a),
    OVERLOAD("lastIndexOf", METHOD, last_index_of, &cel_int, &cel_list_a, &cel_param_a),
    OVERLOAD("lists.range", GLOBAL, range, &cel_list_int, &cel_int),
    COMPARABLE("max", max_item),
    COMPARABLE("min", min_item),
    OVERLOAD("reverse", METHOD, reverse, &cel_list_a, &cel_list_a),
    OVERLOAD("slice", METHOD, slice, &cel_list_a, &cel_list_a, &cel_int, &cel_int),
    SORT(cel_list_int),
    SORT(cel_list_uint),
    SORT(cel_list_double),
    SORT(cel_list_bool),
    SORT(cel_list_duration),
    SORT(cel_list_timestamp),
    SORT(cel_list_string),
    SORT(cel_list_bytes),
    OVERLOAD("sum", METHOD, sum_int, &cel_int, &cel_list_int),
    OVERLOAD("sum", METHOD, sum_uint, &cel_uint, &cel_list_uint),
    OVERLOAD("sum", METHOD, sum_double, &cel_double, &cel_list_double),
    OVERLOAD("sum", METHOD, sum_duration, &cel_duration, &cel_list_duration),
};

LIBRARY(lists, rows);
