/* Values: lists and maps of every form behind one interface, equality, order, hashes and the texts of types. The views of typed
 * objects show what the API server's own JSON would hold: fields that it leaves out are absent
 * (k8s.io/apiserver/pkg/cel/common). */
#include "value.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "times.h"

/* Nesting that is compared; documents and expressions stay far below. */
enum { EQUAL_MAX_DEPTH = 2500, SMALL_MAP = 8 };

#define PLAIN_TYPE(variable, kind_, text) const CelType variable = {.kind = (kind_), .name = STR(text)}
#define LIST_TYPE(variable, item) const CelType variable = {.kind = VALUE_LIST, .name = STR("list"), .args = {(item)}}
#define MAP_TYPE(variable, key, value) const CelType variable = {.kind = VALUE_MAP, .name = STR("map"), .args = {(key), (value)}}
#define OPTIONAL_TYPE(variable, value) \
    const CelType variable = {.kind = VALUE_OPTIONAL, .name = STR("optional_type"), .args = {(value)}}

PLAIN_TYPE(cel_dyn, KIND_DYN, "dyn");
PLAIN_TYPE(cel_null, VALUE_NULL, "null_type");
PLAIN_TYPE(cel_bool, VALUE_BOOL, "bool");
PLAIN_TYPE(cel_int, VALUE_INT, "int");
PLAIN_TYPE(cel_uint, VALUE_UINT, "uint");
PLAIN_TYPE(cel_double, VALUE_DOUBLE, "double");
PLAIN_TYPE(cel_string, VALUE_STRING, "string");
PLAIN_TYPE(cel_bytes, VALUE_BYTES, "bytes");
PLAIN_TYPE(cel_duration, VALUE_DURATION, "google.protobuf.Duration");
PLAIN_TYPE(cel_timestamp, VALUE_TIMESTAMP, "google.protobuf.Timestamp");
const CelType cel_param_a = {.kind = KIND_PARAM, .name = STR("A")};
const CelType cel_param_b = {.kind = KIND_PARAM, .param = 1, .name = STR("B")};
LIST_TYPE(cel_list_dyn, &cel_dyn);
LIST_TYPE(cel_list_a, &cel_param_a);
LIST_TYPE(cel_list_list_a, &cel_list_a);
LIST_TYPE(cel_list_bool, &cel_bool);
LIST_TYPE(cel_list_int, &cel_int);
LIST_TYPE(cel_list_uint, &cel_uint);
LIST_TYPE(cel_list_double, &cel_double);
LIST_TYPE(cel_list_string, &cel_string);
LIST_TYPE(cel_list_bytes, &cel_bytes);
LIST_TYPE(cel_list_duration, &cel_duration);
LIST_TYPE(cel_list_timestamp, &cel_timestamp);
LIST_TYPE(cel_list_optional_a, &cel_optional_a);
MAP_TYPE(cel_map_dyn, &cel_dyn, &cel_dyn);
MAP_TYPE(cel_map_ab, &cel_param_a, &cel_param_b);
MAP_TYPE(cel_map_string_list_string, &cel_string, &cel_list_string);
OPTIONAL_TYPE(cel_optional_a, &cel_param_a);
OPTIONAL_TYPE(cel_optional_b, &cel_param_b);
OPTIONAL_TYPE(cel_optional_list_a, &cel_list_a);
OPTIONAL_TYPE(cel_optional_map_ab, &cel_map_ab);
OPTIONAL_TYPE(cel_optional_list_string, &cel_list_string);
const CelType cel_type_a = {.kind = VALUE_TYPE, .name = STR("type"), .args = {&cel_param_a}};

/* Errors */

static Value error_of(Eval *ev, ErrorCode code, Str message) {
    CelError *error = NEW(ev->arena, CelError);
    *error = (CelError){.code = (uint8_t)code, .message = message};
    return (Value){.kind = VALUE_ERROR, .error = error};
}

Value cel_error(Eval *ev, ErrorCode code, const char *format, ...) {
    char text[256];
    va_list list;
    va_start(list, format);
    int len = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (len >= (int)sizeof text) {
        len = (int)sizeof text - 1;
        while (len && ((unsigned char)text[len] & 0xC0) == 0x80) len--;
    }
    return error_of(ev, code, arena_str(ev->arena, (Str){text, len > 0 ? (size_t)len : 0}));
}

Value cel_no_overload(Eval *ev, const char *function, const Value *args, uint32_t n) {
    Buf buf = {.arena = ev->arena};
    buf_str(&buf, str_of(function));
    buf_str(&buf, n == 1 ? S(" does not take ") : S(" does not take the types "));
    for (uint32_t i = 0; i < n; i++) {
        if (i) buf_str(&buf, i + 1 == n ? S(" and ") : S(", "));
        buf_str(&buf, value_type_name(args[i]));
    }
    return error_of(ev, ERROR_NO_OVERLOAD, buf_text(&buf));
}

Value cel_limit(Eval *ev) {
    ev->steps = -1;
    static const CelError error = {.code = ERROR_LIMIT, .message = STR("the expression costs more than the API server allows")};
    return (Value){.kind = VALUE_ERROR, .error = &error};
}

Value value_some(Eval *ev, Value inner) {
    Value *kept = NEW(ev->arena, Value);
    *kept = inner;
    return (Value){.kind = VALUE_OPTIONAL, .inner = kept};
}

/* Nodes */

static Value value_of_number(Str text, bool integer) {
    if (integer && text.len < 19) {
        int64_t n = 0;
        bool negative = text.len && text.at[0] == '-';
        for (size_t i = negative; i < text.len; i++) n = n * 10 + (text.at[i] - '0');
        return value_int(negative ? -n : n);
    }
    int64_t whole;
    if (integer && int_parse(text, INT64_MIN, INT64_MAX, &whole)) return value_int(whole);
    char copy[400];
    size_t len = text.len < sizeof copy - 1 ? text.len : sizeof copy - 1;
    memcpy(copy, text.at, len);
    copy[len] = '\0';
    return value_double(strtod(copy, NULL));
}

Value value_of_node(const Node *node) {
    switch ((NodeKind)node->kind) {
    case NODE_NULL: return value_null();
    case NODE_BOOL: return value_bool(node->text.at[0] == 't');
    case NODE_INT: return value_of_number(node->text, true);
    case NODE_FLOAT: return value_of_number(node->text, false);
    case NODE_STRING: return value_string(node->text);
    case NODE_LIST: return (Value){.kind = VALUE_LIST, .form = FORM_NODE, .len = node->count, .node = node};
    case NODE_MAP: return (Value){.kind = VALUE_MAP, .form = FORM_NODE, .node = node};
    }
    return value_null();
}

/* A number of which the declared type is known. */
static Value value_of_declared_number(const Node *node, bool isDouble) {
    Value v = value_of_node(node);
    if (isDouble && v.kind == VALUE_INT) return value_double((double)v.i);
    return v;
}

Value value_of_typed(Arena *arena, const Node *node, const CelType *type) {
    Value v = value_of_node(node);
    switch ((ValueKind)type->kind) {
    case VALUE_DOUBLE: return value_of_declared_number(node, true);
    case VALUE_DURATION: {
        int64_t nanoseconds;
        return v.kind == VALUE_STRING && format_duration(node->text, &nanoseconds) ? value_duration(nanoseconds) : v;
    }
    case VALUE_TIMESTAMP: {
        Value time;
        return v.kind == VALUE_STRING && format_timestamp(node->text, &time) ? time : v;
    }
    case VALUE_BYTES: {
        Str bytes;
        return v.kind == VALUE_STRING && base64_decode(arena, node->text, &bytes) ? value_bytes(bytes) : v;
    }
    case VALUE_LIST:
    case VALUE_MAP:
    case KIND_OBJECT:
        if (v.kind != VALUE_LIST && v.kind != VALUE_MAP) return v;
        TypedNode *typed = NEW(arena, TypedNode);
        *typed = (TypedNode){node, type};
        v.form = FORM_TYPED;
        v.typed = typed;
        return v;
    default: return v;
    }
}

/* The type of what stands under a key of a typed map, and the key itself; NULL if nothing is declared of it. */
static const CelType *declared_type(const CelType *type, Str *key) {
    if (type->kind == VALUE_MAP) return type->args[1] ? type->args[1] : &cel_dyn;
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const CelField *field = &type->fields[i];
        if (!str_eq(field->name, *key)) continue;
        if (type->keys) *key = type->keys[i];
        return field->type;
    }
    return NULL;
}

/* The same by the key that the document has, which becomes the name in expressions. */
static const CelType *declared_name(const CelType *type, Str *key) {
    if (type->kind == VALUE_MAP) return type->args[1] ? type->args[1] : &cel_dyn;
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const CelField *field = &type->fields[i];
        if (!str_eq(type->keys ? type->keys[i] : field->name, *key)) continue;
        *key = field->name;
        return field->type;
    }
    return NULL;
}

static const CelType *item_type(const CelType *list) {
    return list->kind == VALUE_LIST && list->args[0] ? list->args[0] : &cel_dyn;
}

/* Typed objects */

Value value_of_struct(const Type *type, const void *object) {
    return (Value){.kind = VALUE_MAP, .form = FORM_STRUCT, .type = type->number, .data = object};
}

static Value int_or_string(const IntOrString *value) {
    return value->isString ? value_string(value->text) : value_int(value->number);
}

static Value quantity_value_of(Eval *ev, const Quantity *quantity) {
    return value_string(quantity->kept ? quantity->text : quantity_text(ev->arena, quantity));
}

static Value field_one(Eval *ev, const Field *field, const void *at) {
    bool shown = field->required || field->always;
    switch ((ScalarType)field->scalar) {
    case TYPE_STRING: {
        const Str *text = at;
        return text->len || shown || (field->optional && text->at) ? value_string(*text) : (Value){0};
    }
    case TYPE_BOOL:
        if (field->optional) return ((const OptBool *)at)->set ? value_bool(((const OptBool *)at)->value) : (Value){0};
        return *(const bool *)at || shown ? value_bool(*(const bool *)at) : (Value){0};
    case TYPE_INT32:
    case TYPE_INT64:
        if (field->optional) return ((const OptInt *)at)->set ? value_int(((const OptInt *)at)->value) : (Value){0};
        return *(const int64_t *)at || shown ? value_int(*(const int64_t *)at) : (Value){0};
    case TYPE_QUANTITY: return ((const Quantity *)at)->text.at || !field->optional ? quantity_value_of(ev, at) : (Value){0};
    case TYPE_INT_OR_STRING:
        if (!field->optional) return int_or_string(at);
        return ((const OptIntOrString *)at)->set ? int_or_string(&((const OptIntOrString *)at)->value) : (Value){0};
    case TYPE_TIME: {
        Time time = *(const Time *)at;
        if (!time.set) return (Value){0};
        return value_string(field->micro ? micro_time_text(ev->arena, time) : time_text(ev->arena, time));
    }
    case TYPE_ANY: return *(const Node *const *)at ? value_of_node(*(const Node *const *)at) : (Value){0};
    case TYPE_OBJECT: {
        const void *object = field->optional ? *(const void *const *)at : at;
        return object ? value_of_struct(field->type, object) : (Value){0};
    }
    }
    return (Value){0};
}

/* The value of a field; VALUE_ABSENT where the server's JSON has none. */
static Value field_value(Eval *ev, const Field *field, const void *object) {
    const void *at = (const char *)object + field->offset;
    if (field->shape == SHAPE_ONE) return field_one(ev, field, at);
    const StrList *list = at; /* every list and map starts with a pointer and a count */
    if (!list->n && !field->required && !field->always) return (Value){0};
    Value value = {.len = list->n, .data = list->at};
    if (field->shape == SHAPE_MAP) {
        value.kind = VALUE_MAP;
        value.form = field->scalar == TYPE_QUANTITY ? FORM_QUANTITIES : FORM_STRINGS;
    } else {
        value.kind = VALUE_LIST;
        value.form = field->scalar == TYPE_STRING ? FORM_STRINGS : field->scalar == TYPE_OBJECT ? FORM_STRUCT : FORM_INTS;
        if (field->type) value.type = field->type->number;
    }
    return value;
}

/* Lists */

Value list_item(Eval *ev, Value list, uint32_t i) {
    switch ((ValueForm)list.form) {
    case FORM_VALUES: return list.items[i];
    case FORM_NODE: return value_of_node(&list.node->items[i]);
    case FORM_TYPED: return value_of_typed(ev->arena, &list.typed->node->items[i], item_type(list.typed->type));
    case FORM_STRUCT: {
        const Type *type = schema_types[list.type];
        return value_of_struct(type, (const char *)list.data + (size_t)i * type->size);
    }
    case FORM_STRINGS: return value_string(((const Str *)list.data)[i]);
    case FORM_INTS: return value_int(((const int64_t *)list.data)[i]);
    case FORM_QUANTITIES: break;
    }
    return value_null();
}

const Value *list_items(Eval *ev, Value list) {
    if (list.form == FORM_VALUES) return list.items;
    Value *items = NEW_ARRAY(ev->arena, Value, list.len ? list.len : 1);
    for (uint32_t i = 0; i < list.len; i++) items[i] = list_item(ev, list, i);
    return items;
}

/* Maps */

uint32_t map_size(Value map) {
    if (map.form == FORM_VALUES) return map.map->n;
    if (map.form == FORM_NODE) return map.node->count;
    if (map.form == FORM_TYPED) return map.typed->node->count;
    if (map.form != FORM_STRUCT) return map.len;
    uint32_t count = 0;
    const Type *type = schema_types[map.type];
    Arena arena = {0};
    Eval ev = {.arena = &arena};
    for (uint16_t i = 0; i < type->fieldCount; i++) count += field_value(&ev, &type->fields[i], map.data).kind != VALUE_ABSENT;
    arena_free(&arena);
    return count;
}

static uint32_t value_hash(Value key) {
    if (key.kind == VALUE_STRING || key.kind == VALUE_BYTES) return str_hash(value_str(key));
    if (key.kind != VALUE_BOOL && key.kind != VALUE_INT && key.kind != VALUE_UINT && key.kind != VALUE_DOUBLE) return key.kind;
    uint64_t bits = (key.kind == VALUE_BOOL ? key.b : key.u) * 0x9E3779B97F4A7C15u;
    return (uint32_t)(bits >> 32) ^ key.kind;
}

/* Equality of two keys of one map: of the same type and value. */
static bool same_key(Value a, Value b) {
    if (a.kind != b.kind) return false;
    switch ((ValueKind)a.kind) {
    case VALUE_STRING:
    case VALUE_BYTES: return str_eq(value_str(a), value_str(b));
    case VALUE_BOOL: return a.b == b.b;
    case VALUE_DOUBLE: return a.d == b.d;
    case VALUE_NULL: return true;
    default: return a.u == b.u;
    }
}

static ValueEntry *find_entry(const ValueMap *map, Value key, uint32_t hash) {
    if (map->slots) {
        for (uint32_t i = hash & map->mask; map->slots[i]; i = (i + 1) & map->mask) {
            ValueEntry *entry = &map->at[map->slots[i] - 1];
            if (entry->hash == hash && same_key(entry->key, key)) return entry;
        }
        return NULL;
    }
    for (uint32_t i = 0; i < map->n; i++)
        if (map->at[i].hash == hash && same_key(map->at[i].key, key)) return &map->at[i];
    return NULL;
}

static void index_entry(ValueMap *map, uint32_t number) {
    uint32_t i = map->at[number].hash & map->mask;
    while (map->slots[i]) i = (i + 1) & map->mask;
    map->slots[i] = number + 1;
}

bool map_put(Arena *arena, ValueMap *map, Value key, Value value) {
    uint32_t hash = value_hash(key);
    ValueEntry *entry = find_entry(map, key, hash);
    if (entry) {
        entry->value = value;
        return false;
    }
    if (map->n == map->cap) map->at = array_grow(arena, map->at, &map->cap, map->n, sizeof *map->at);
    map->at[map->n++] = (ValueEntry){key, value, hash};
    if (map->n <= SMALL_MAP) return true;
    if (!map->slots || map->n > map->mask / 2) {
        uint32_t size = map->slots ? (map->mask + 1) * 2 : 4 * SMALL_MAP;
        map->slots = NEW_ARRAY(arena, uint32_t, size);
        map->mask = size - 1;
        for (uint32_t i = 0; i < map->n; i++) index_entry(map, i);
    } else {
        index_entry(map, map->n - 1);
    }
    return true;
}

/* The same number as another type, for a second look at the keys; VALUE_ABSENT when there is none. A double is looked for as int
 * and uint, the whole types as each other. */
static Value other_number(Value key, ValueKind kind) {
    if (key.kind == VALUE_INT && kind == VALUE_UINT && key.i >= 0) return value_uint(key.u);
    if (key.kind == VALUE_UINT && kind == VALUE_INT && key.u <= INT64_MAX) return value_int(key.i);
    if (key.kind != VALUE_DOUBLE) return (Value){0};
    bool isInt = kind == VALUE_INT && key.d >= -0x1p63 && key.d < 0x1p63 && (double)(int64_t)key.d == key.d;
    bool isUint = kind == VALUE_UINT && key.d >= 0 && key.d < 0x1p64 && (double)(uint64_t)key.d == key.d;
    return isInt ? value_int((int64_t)key.d) : isUint ? value_uint((uint64_t)key.d) : (Value){0};
}

static Value find_value(const ValueMap *map, Value key) {
    const ValueEntry *entry = find_entry(map, key, value_hash(key));
    for (ValueKind kind = VALUE_INT; !entry && kind <= VALUE_UINT; kind++) {
        Value other = other_number(key, kind);
        if (other.kind) entry = find_entry(map, other, value_hash(other));
    }
    return entry ? entry->value : (Value){0};
}

Value map_find_hashed(Eval *ev, Value map, Str key, uint32_t hash) {
    switch ((ValueForm)map.form) {
    case FORM_VALUES: {
        const ValueEntry *entry = find_entry(map.map, value_string(key), hash);
        return entry ? entry->value : (Value){0};
    }
    case FORM_NODE: {
        const Node *node = map.node;
        if (node->count > 64) ev->steps -= node->count / 64;
        for (uint32_t i = 0; i < node->count; i++)
            if (node->entries[i].hash == hash && str_eq(node->entries[i].key, key)) return value_of_node(&node->entries[i].value);
        return (Value){0};
    }
    case FORM_TYPED: {
        const CelType *type = declared_type(map.typed->type, &key);
        const Entry *entry = type ? node_entry(map.typed->node, key) : NULL;
        /* a property that is null is none; a value of a map is */
        if (!entry || (map.typed->type->kind == KIND_OBJECT && entry->value.kind == NODE_NULL)) return (Value){0};
        return value_of_typed(ev->arena, &entry->value, type);
    }
    case FORM_STRUCT: {
        const Field *field = schema_field(schema_types[map.type], key, hash);
        return field ? field_value(ev, field, map.data) : (Value){0};
    }
    case FORM_STRINGS: {
        const Str *value = map_get((StrMap){.at = (StrPair *)map.data, .n = map.len}, key);
        if (map.len > 64) ev->steps -= map.len / 64;
        return value ? value_string(*value) : (Value){0};
    }
    case FORM_QUANTITIES: {
        const Quantity *value = quantity_get((QuantityMap){.at = (QuantityPair *)map.data, .n = map.len}, key);
        return value ? quantity_value_of(ev, value) : (Value){0};
    }
    case FORM_INTS: break;
    }
    return (Value){0};
}

Value map_find(Eval *ev, Value map, Value key) {
    if (map.form == FORM_VALUES) return find_value(map.map, key);
    return key.kind == VALUE_STRING ? map_find_hashed(ev, map, value_str(key), str_hash(value_str(key))) : (Value){0};
}

bool map_next(Eval *ev, Value map, uint32_t *cursor, Value *key, Value *value) {
    uint32_t i = *cursor;
    if (map.form == FORM_STRUCT) {
        const Type *type = schema_types[map.type];
        for (; i < type->fieldCount; i++) {
            *value = field_value(ev, &type->fields[i], map.data);
            if (value->kind == VALUE_ABSENT) continue;
            *key = value_string(type->fields[i].name);
            *cursor = i + 1;
            return true;
        }
        return false;
    }
    if (map.form == FORM_TYPED) {
        const Node *node = map.typed->node;
        for (; i < node->count; i++) {
            Str name = node->entries[i].key;
            const CelType *type = declared_name(map.typed->type, &name);
            if (!type) continue;
            *key = value_string(name);
            *value = value_of_typed(ev->arena, &node->entries[i].value, type);
            *cursor = i + 1;
            return true;
        }
        return false;
    }
    if (i >= map_size(map)) return false;
    *cursor = i + 1;
    if (map.form == FORM_VALUES) {
        *key = map.map->at[i].key;
        *value = map.map->at[i].value;
    } else if (map.form == FORM_NODE) {
        *key = value_string(map.node->entries[i].key);
        *value = value_of_node(&map.node->entries[i].value);
    } else if (map.form == FORM_STRINGS) {
        *key = value_string(((const StrPair *)map.data)[i].key);
        *value = value_string(((const StrPair *)map.data)[i].value);
    } else {
        *key = value_string(((const QuantityPair *)map.data)[i].key);
        *value = quantity_value_of(ev, &((const QuantityPair *)map.data)[i].value);
    }
    return true;
}

/* Equality and order */

static int compare_doubles(double a, double b) {
    return a < b ? -1 : a > b ? 1 : a == b ? 0 : ORDER_NONE;
}

static int compare_whole(uint64_t a, uint64_t b) {
    return a < b ? -1 : a > b;
}

/* Numbers of two types: with a double, both as doubles. */
static int compare_numbers(Value a, Value b) {
    if (a.kind == VALUE_DOUBLE || b.kind == VALUE_DOUBLE) {
        double x = a.kind == VALUE_DOUBLE ? a.d : a.kind == VALUE_INT ? (double)a.i : (double)a.u;
        double y = b.kind == VALUE_DOUBLE ? b.d : b.kind == VALUE_INT ? (double)b.i : (double)b.u;
        return compare_doubles(x, y);
    }
    if (a.kind == VALUE_INT && b.kind == VALUE_INT) return a.i < b.i ? -1 : a.i > b.i;
    if (a.kind == VALUE_INT && a.i < 0) return -1;
    if (b.kind == VALUE_INT && b.i < 0) return 1;
    return compare_whole(a.u, b.u);
}

static bool is_number(Value v) {
    return v.kind >= VALUE_INT && v.kind <= VALUE_DOUBLE;
}

int value_order(Value a, Value b) {
    if (is_number(a) && is_number(b)) return compare_numbers(a, b);
    if (a.kind != b.kind) return ORDER_NONE;
    switch ((ValueKind)a.kind) {
    case VALUE_BOOL: return (int)a.b - (int)b.b;
    case VALUE_STRING:
    case VALUE_BYTES: {
        int order = str_cmp(value_str(a), value_str(b));
        return order < 0 ? -1 : order > 0;
    }
    case VALUE_DURATION: return a.i < b.i ? -1 : a.i > b.i;
    case VALUE_TIMESTAMP: return a.i != b.i ? (a.i < b.i ? -1 : 1) : compare_whole(a.len, b.len);
    default: return ORDER_NONE;
    }
}

/* What comparing gives. The server's views of typed objects, and its quantities and the like, know no equality with a value of
 * another type; in plain lists and maps that counts as equal (cel-go looks for a plain false there), in typed ones as unequal. */
typedef enum Equality { UNEQUAL, EQUAL, INCOMPARABLE } Equality;

static bool is_typed(Value v) {
    return (v.kind == VALUE_LIST || v.kind == VALUE_MAP) && v.form != FORM_VALUES && v.form != FORM_NODE;
}

/* Whether a value can be compared with values of its own type only. */
static bool is_strict(Value v) {
    return v.kind == VALUE_OPAQUE || is_typed(v);
}

static Equality equal_at(Eval *ev, Value a, Value b, unsigned depth);

bool list_is_set(Value list) {
    return list.kind == VALUE_LIST && list.form == FORM_TYPED && list.typed->type->isSet;
}

/* Sets: each item of the one is an item of the other. */
static Equality sets_equal(Eval *ev, Value a, Value b, unsigned depth) {
    for (uint32_t i = 0; i < b.len; i++) {
        bool found = false;
        for (uint32_t k = 0; k < a.len && !found; k++)
            found = equal_at(ev, list_item(ev, a, k), list_item(ev, b, i), depth + 1) == EQUAL;
        if (!found) return UNEQUAL;
    }
    return EQUAL;
}

static Equality lists_equal(Eval *ev, Value a, Value b, unsigned depth) {
    if (a.len != b.len) return UNEQUAL;
    if (list_is_set(a)) return sets_equal(ev, a, b, depth);
    for (uint32_t i = 0; i < a.len; i++) {
        Equality equality = equal_at(ev, list_item(ev, a, i), list_item(ev, b, i), depth + 1);
        if (equality == UNEQUAL || (equality == INCOMPARABLE && is_typed(a))) return UNEQUAL;
    }
    return EQUAL;
}

static Equality maps_equal(Eval *ev, Value a, Value b, unsigned depth) {
    if (map_size(a) != map_size(b)) return UNEQUAL;
    Value key, value;
    for (uint32_t cursor = 0; map_next(ev, a, &cursor, &key, &value);) {
        Value other = map_find(ev, b, key);
        Equality equality = other.kind == VALUE_ABSENT ? UNEQUAL : equal_at(ev, value, other, depth + 1);
        if (equality == INCOMPARABLE && is_typed(a)) return a.form == FORM_STRUCT ? INCOMPARABLE : UNEQUAL;
        if (equality == UNEQUAL) return UNEQUAL;
    }
    return EQUAL;
}

static Equality equal_at(Eval *ev, Value a, Value b, unsigned depth) {
    if (!cel_charge(ev, 1) || depth > EQUAL_MAX_DEPTH) return UNEQUAL;
    if (is_number(a) && is_number(b)) return compare_numbers(a, b) == 0 ? EQUAL : UNEQUAL;
    if (a.kind != b.kind) return is_strict(a) && b.kind != VALUE_NULL ? INCOMPARABLE : UNEQUAL;
    switch ((ValueKind)a.kind) {
    case VALUE_NULL: return EQUAL;
    case VALUE_STRING:
    case VALUE_BYTES: cel_charge(ev, a.len / 64); return str_eq(value_str(a), value_str(b)) ? EQUAL : UNEQUAL;
    case VALUE_BOOL:
    case VALUE_DURATION:
    case VALUE_TIMESTAMP: return value_order(a, b) == 0 ? EQUAL : UNEQUAL;
    case VALUE_LIST: return lists_equal(ev, a, b, depth);
    case VALUE_MAP: return maps_equal(ev, a, b, depth);
    case VALUE_TYPE: return str_eq(a.typeOf->name, b.typeOf->name) ? EQUAL : UNEQUAL;
    case VALUE_OPTIONAL:
        if (!a.inner || !b.inner) return a.inner == b.inner ? EQUAL : UNEQUAL;
        return equal_at(ev, *a.inner, *b.inner, depth + 1);
    case VALUE_OPAQUE:
        if (a.opaque->class != b.opaque->class) return INCOMPARABLE;
        return a.opaque->class->equal(a.opaque, b.opaque) ? EQUAL : UNEQUAL;
    default: return UNEQUAL;
    }
}

bool value_equal(Eval *ev, Value a, Value b) {
    return equal_at(ev, a, b, 0) == EQUAL;
}

bool value_comparable(Eval *ev, Value a, Value b) {
    return !is_strict(a) || equal_at(ev, a, b, 0) != INCOMPARABLE;
}

bool list_same_item(Eval *ev, Value list, Value a, Value b) {
    const CelType *type = list.typed->type;
    if (!type->itemKeyCount) return value_equal(ev, a, b);
    for (uint16_t i = 0; i < type->itemKeyCount; i++) {
        if (a.kind != VALUE_MAP || b.kind != VALUE_MAP) return false;
        Value key = value_string(type->itemKeys[i]), x = map_find(ev, a, key), y = map_find(ev, b, key);
        if (x.kind == VALUE_ABSENT || y.kind == VALUE_ABSENT ? x.kind != y.kind : !value_equal(ev, x, y)) return false;
    }
    return true;
}

bool value_is_typed(Value v) {
    return is_typed(v);
}

/* Types and texts */

const CelType *value_type_of(Value v) {
    static const CelType optional = {.kind = VALUE_OPTIONAL, .name = STR("optional_type"), .args = {&cel_dyn}};
    static const CelType type = {.kind = VALUE_TYPE, .name = STR("type"), .args = {&cel_dyn}};
    switch ((ValueKind)v.kind) {
    case VALUE_NULL: return &cel_null;
    case VALUE_BOOL: return &cel_bool;
    case VALUE_INT: return &cel_int;
    case VALUE_UINT: return &cel_uint;
    case VALUE_DOUBLE: return &cel_double;
    case VALUE_STRING: return &cel_string;
    case VALUE_BYTES: return &cel_bytes;
    case VALUE_DURATION: return &cel_duration;
    case VALUE_TIMESTAMP: return &cel_timestamp;
    case VALUE_LIST: return &cel_list_dyn;
    case VALUE_MAP: return &cel_map_dyn;
    case VALUE_TYPE: return &type;
    case VALUE_OPTIONAL: return &optional;
    case VALUE_OPAQUE: return v.opaque->class->type;
    default: return &cel_dyn;
    }
}

Str value_type_name(Value v) {
    return value_type_of(v)->name;
}

static void type_text(Buf *buf, const CelType *type, unsigned depth) {
    if (!type || depth > 64) {
        buf_str(buf, S("dyn"));
        return;
    }
    static const Str shorter[] = {[VALUE_NULL] = STR("null"),
                                  [VALUE_DURATION] = STR("duration"),
                                  [VALUE_TIMESTAMP] = STR("timestamp"),
                                  [VALUE_OPTIONAL] = STR("optional")};
    bool isShort = type->kind <= VALUE_OPTIONAL && shorter[type->kind].len;
    buf_str(buf, type->kind == KIND_PARAM ? S("dyn") : isShort ? shorter[type->kind] : type->name);
    if (type->kind != VALUE_LIST && type->kind != VALUE_MAP && type->kind != VALUE_OPTIONAL && type->kind != VALUE_TYPE) return;
    if (type->kind == VALUE_TYPE && !type->args[0]) return;
    buf_char(buf, '(');
    type_text(buf, type->args[0], depth + 1);
    if (type->kind == VALUE_MAP) {
        buf_str(buf, S(", "));
        type_text(buf, type->args[1], depth + 1);
    }
    buf_char(buf, ')');
}

Str cel_type_text(Arena *arena, const CelType *type) {
    Buf buf = {.arena = arena};
    type_text(&buf, type, 0);
    return buf_text(&buf);
}

Str double_text(Arena *arena, double d) {
    if (isnan(d)) return S("NaN");
    if (isinf(d)) return d < 0 ? S("-Inf") : S("+Inf");
    char text[40];
    int precision = 1;
    do snprintf(text, sizeof text, "%.*e", precision - 1, d);
    while (strtod(text, NULL) != d && ++precision <= 17);
    int exponent = atoi(strchr(text, 'e') + 1);
    /* Go takes the exponent form from 21 digits on for 'g' with a precision, but from 6 on with the shortest digits. */
    if (exponent >= -4 && exponent < 6)
        snprintf(text, sizeof text, "%.*f", precision - 1 - exponent > 0 ? precision - 1 - exponent : 0, d);
    return arena_str(arena, str_of(text));
}
