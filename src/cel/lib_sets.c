/* Lists taken as sets: order and repetitions do not count. Each is a comparison of every item with every other. */
#include "functions.h"

static bool has_item(Eval *ev, Value list, Value item) {
    for (uint32_t i = 0; i < list.len; i++) {
        if (!cel_charge(ev, 1)) return false;
        if (value_equal(ev, list_item(ev, list, i), item)) return true;
    }
    return false;
}

static bool has_all(Eval *ev, Value list, Value items) {
    for (uint32_t i = 0; i < items.len; i++)
        if (!has_item(ev, list, list_item(ev, items, i))) return false;
    return true;
}

static Value verdict(Eval *ev, bool answer) {
    return ev->steps < 0 ? cel_limit(ev) : value_bool(answer);
}

static Value contains(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return verdict(ev, has_all(ev, args[0], args[1]));
}

static Value equivalent(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return verdict(ev, has_all(ev, args[0], args[1]) && has_all(ev, args[1], args[0]));
}

static Value intersects(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    for (uint32_t i = 0; i < args[0].len; i++)
        if (has_item(ev, args[1], list_item(ev, args[0], i))) return verdict(ev, true);
    return verdict(ev, false);
}

static const Overload rows[] = {
    OVERLOAD("sets.contains", GLOBAL, contains, &cel_bool, &cel_list_a, &cel_list_a),
    OVERLOAD("sets.equivalent", GLOBAL, equivalent, &cel_bool, &cel_list_a, &cel_list_a),
    OVERLOAD("sets.intersects", GLOBAL, intersects, &cel_bool, &cel_list_a, &cel_list_a),
};

LIBRARY(sets, rows);
