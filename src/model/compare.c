#include "compare.h"

static bool int_or_string_equal(const IntOrString *a, const IntOrString *b) {
    return a->isString == b->isString && (a->isString ? str_eq(a->text, b->text) : a->number == b->number);
}

static bool node_equal(const Node *a, const Node *b) {
    if (!a || !b) return a == b;
    if (a->kind != b->kind || a->count != b->count) return false;
    if (a->kind == NODE_LIST) {
        for (uint32_t i = 0; i < a->count; i++)
            if (!node_equal(&a->items[i], &b->items[i])) return false;
        return true;
    }
    if (a->kind == NODE_MAP) {
        for (uint32_t i = 0; i < a->count; i++)
            if (!node_equal(&a->entries[i].value, node_get(b, a->entries[i].key))) return false;
        return true;
    }
    return str_eq(a->text, b->text);
}

static bool one_equal(const Field *field, const void *a, const void *b) {
    switch ((ScalarType)field->scalar) {
    case TYPE_STRING: {
        const Str *x = a, *y = b;
        return str_eq(*x, *y) && (!field->optional || !x->at == !y->at);
    }
    case TYPE_BOOL: {
        if (!field->optional) return *(const bool *)a == *(const bool *)b;
        const OptBool *x = a, *y = b;
        return x->set == y->set && (!x->set || x->value == y->value);
    }
    case TYPE_INT32:
    case TYPE_INT64: {
        if (!field->optional) return *(const int64_t *)a == *(const int64_t *)b;
        const OptInt *x = a, *y = b;
        return x->set == y->set && (!x->set || x->value == y->value);
    }
    case TYPE_QUANTITY: {
        const Quantity *x = a, *y = b;
        return quantity_compare(x, y) == 0 && (!field->optional || !x->text.at == !y->text.at);
    }
    case TYPE_INT_OR_STRING: {
        if (!field->optional) return int_or_string_equal(a, b);
        const OptIntOrString *x = a, *y = b;
        return x->set == y->set && (!x->set || int_or_string_equal(&x->value, &y->value));
    }
    case TYPE_TIME: {
        const Time *x = a, *y = b;
        return x->set == y->set && x->seconds == y->seconds && x->micros == y->micros;
    }
    case TYPE_ANY: return node_equal(*(const Node *const *)a, *(const Node *const *)b);
    case TYPE_OBJECT:
        if (!field->optional) return object_equal(field->type, a, b);
        return object_equal(field->type, *(const void *const *)a, *(const void *const *)b);
    }
    return true;
}

static size_t item_size(const Field *field) {
    return field->scalar == TYPE_STRING ? sizeof(Str) : field->scalar == TYPE_OBJECT ? field->type->size : sizeof(int64_t);
}

static bool item_equal(const Field *field, const void *a, const void *b) {
    if (field->scalar == TYPE_STRING) return str_eq(*(const Str *)a, *(const Str *)b);
    if (field->scalar == TYPE_OBJECT) return object_equal(field->type, a, b);
    return *(const int64_t *)a == *(const int64_t *)b;
}

static bool list_equal(const Field *field, const AnyList *a, const AnyList *b) {
    if (a->n != b->n) return false;
    size_t size = item_size(field);
    for (uint32_t i = 0; i < a->n; i++)
        if (!item_equal(field, a->at + size * i, b->at + size * i)) return false;
    return true;
}

/* An entry of a map of texts or quantities. */
typedef struct MapPair {
    Str key;
    const void *value; /* Str or Quantity */
} MapPair;

static uint32_t map_count(const Field *field, const void *map) {
    return field->scalar == TYPE_QUANTITY ? ((const QuantityMap *)map)->n : ((const StrMap *)map)->n;
}

static MapPair map_pair(const Field *field, const void *map, uint32_t i) {
    if (field->scalar == TYPE_QUANTITY) {
        const QuantityPair *pair = &((const QuantityMap *)map)->at[i];
        return (MapPair){pair->key, &pair->value};
    }
    const StrPair *pair = &((const StrMap *)map)->at[i];
    return (MapPair){pair->key, &pair->value};
}

static bool map_value_equal(const Field *field, const void *a, const void *b) {
    if (field->scalar == TYPE_QUANTITY) return quantity_compare(a, b) == 0;
    return str_eq(*(const Str *)a, *(const Str *)b);
}

/* The value under a key, or NULL. */
static const void *map_value(const Field *field, const void *map, Str key) {
    if (field->scalar == TYPE_QUANTITY) return quantity_get(*(const QuantityMap *)map, key);
    return map_get(*(const StrMap *)map, key);
}

static bool map_equal(const Field *field, const void *a, const void *b) {
    uint32_t n = map_count(field, a);
    if (n != map_count(field, b)) return false;
    for (uint32_t i = 0; i < n; i++) {
        MapPair x = map_pair(field, a, i), y = map_pair(field, b, i);
        const void *other = str_eq(x.key, y.key) ? y.value : map_value(field, b, x.key);
        if (!other || !map_value_equal(field, x.value, other)) return false;
    }
    return true;
}

bool field_equal(const Field *field, const void *a, const void *b) {
    const void *x = (const char *)a + field->offset, *y = (const char *)b + field->offset;
    if (field->shape == SHAPE_LIST) return list_equal(field, x, y);
    return field->shape == SHAPE_MAP ? map_equal(field, x, y) : one_equal(field, x, y);
}

bool object_equal(const Type *type, const void *a, const void *b) {
    if (!a || !b) return a == b;
    if (a == b) return true;
    for (uint16_t i = 0; i < type->fieldCount; i++)
        if (!field_equal(&type->fields[i], a, b)) return false;
    return true;
}

/* Differences. */

static Path *keep_path(Arena *arena, const Path *path) {
    if (!path) return NULL;
    Path *copy = NEW(arena, Path);
    *copy = *path;
    copy->up = keep_path(arena, path->up);
    return copy;
}

static Str int_or_string_text(Arena *arena, const IntOrString *value) {
    return value->isString ? value->text : str_int(arena, value->number);
}

/* A value as text for people; empty where it is absent or an object. */
static Str value_text(Arena *arena, const Field *field, const void *at) {
    switch ((ScalarType)field->scalar) {
    case TYPE_STRING: return *(const Str *)at;
    case TYPE_BOOL:
        if (field->optional && !((const OptBool *)at)->set) return S("");
        return (field->optional ? ((const OptBool *)at)->value : *(const bool *)at) ? S("true") : S("false");
    case TYPE_INT32:
    case TYPE_INT64:
        if (field->optional && !((const OptInt *)at)->set) return S("");
        return str_int(arena, field->optional ? ((const OptInt *)at)->value : *(const int64_t *)at);
    case TYPE_QUANTITY: return quantity_text(arena, at);
    case TYPE_INT_OR_STRING:
        if (!field->optional) return int_or_string_text(arena, at);
        return ((const OptIntOrString *)at)->set ? int_or_string_text(arena, &((const OptIntOrString *)at)->value) : S("");
    case TYPE_TIME: {
        Time time = *(const Time *)at;
        if (!time.set) return S("");
        return field->micro ? micro_time_text(arena, time) : time_text(arena, time);
    }
    case TYPE_ANY:
    case TYPE_OBJECT: break;
    }
    return S("");
}

/* A field of both objects, and where it stands in them. */
typedef struct Spot {
    DifferenceList *list;
    const Type *owner;
    const Field *field;
    const Path *oldPath, *path;
} Spot;

/* Adds a difference at a place of the old object, of the new one, or of both. */
static void add(const Spot *s, DifferenceKind kind, const Path *oldPath, const Path *path, Str before, Str after) {
    Difference difference = {.kind = (uint8_t)kind,
                             .field = s->field,
                             .owner = s->owner,
                             .path = keep_path(s->list->arena, path ? path : oldPath),
                             .oldPath = keep_path(s->list->arena, oldPath),
                             .before = before,
                             .after = after};
    ARRAY_PUSH(s->list->arena, &s->list->items, difference);
}

static void compare_fields(DifferenceList *list, const Type *type, const void *before, const void *after, const Path *oldPath,
                           const Path *path);

bool field_is_absent(const Field *field, const void *at) {
    switch ((ScalarType)field->scalar) {
    case TYPE_STRING: return field->optional ? !((const Str *)at)->at : !((const Str *)at)->len;
    case TYPE_BOOL: return field->optional ? !((const OptBool *)at)->set : !*(const bool *)at;
    case TYPE_INT32:
    case TYPE_INT64: return field->optional && !((const OptInt *)at)->set;
    case TYPE_QUANTITY: return !((const Quantity *)at)->text.at;
    case TYPE_INT_OR_STRING: return field->optional && !((const OptIntOrString *)at)->set;
    case TYPE_TIME: return !((const Time *)at)->set;
    case TYPE_ANY:
    case TYPE_OBJECT: return !*(const void *const *)at;
    }
    return false;
}

static void compare_one(const Spot *s, const void *a, const void *b) {
    const Field *field = s->field;
    if (field->scalar == TYPE_OBJECT) {
        const void *x = field->optional ? *(const void *const *)a : a, *y = field->optional ? *(const void *const *)b : b;
        if (x && y) {
            compare_fields(s->list, field->type, x, y, s->oldPath, s->path);
            return;
        }
    }
    if (one_equal(field, a, b)) return;
    DifferenceKind kind = field_is_absent(field, a)   ? DIFFERENCE_ADDED
                          : field_is_absent(field, b) ? DIFFERENCE_REMOVED
                                                      : DIFFERENCE_CHANGED;
    add(s, kind, kind == DIFFERENCE_ADDED ? NULL : s->oldPath, kind == DIFFERENCE_REMOVED ? NULL : s->path,
        kind == DIFFERENCE_ADDED ? S("") : value_text(s->list->arena, field, a),
        kind == DIFFERENCE_REMOVED ? S("") : value_text(s->list->arena, field, b));
}

static Str map_value_text(Arena *arena, const Field *field, const void *value) {
    return field->scalar == TYPE_QUANTITY ? quantity_text(arena, value) : *(const Str *)value;
}

static void compare_maps(const Spot *s, const void *a, const void *b) {
    const Field *field = s->field;
    Arena *arena = s->list->arena;
    for (uint32_t i = 0; i < map_count(field, a); i++) {
        MapPair pair = map_pair(field, a, i);
        Path oldKey = path_key(s->oldPath, pair.key), newKey = path_key(s->path, pair.key);
        const void *other = map_value(field, b, pair.key);
        Str before = map_value_text(arena, field, pair.value);
        if (!other)
            add(s, DIFFERENCE_REMOVED, &oldKey, NULL, before, S(""));
        else if (!map_value_equal(field, pair.value, other))
            add(s, DIFFERENCE_CHANGED, &oldKey, &newKey, before, map_value_text(arena, field, other));
    }
    for (uint32_t i = 0; i < map_count(field, b); i++) {
        MapPair pair = map_pair(field, b, i);
        Path newKey = path_key(s->path, pair.key);
        if (!map_value(field, a, pair.key))
            add(s, DIFFERENCE_ADDED, NULL, &newKey, S(""), map_value_text(arena, field, pair.value));
    }
}

/* Whether two items of a keyed list have the same keys. Without keys, scalars are their own. */
static bool same_keys(const Field *field, const void *a, const void *b) {
    const FieldText *text = field->text;
    if (field->scalar != TYPE_OBJECT) return item_equal(field, a, b);
    Str merge = schema_text(text->mergeKey);
    if (text->listKeyCount == 0 && merge.len == 0) return false;
    for (uint32_t i = 0; i < (text->listKeyCount ? text->listKeyCount : 1u); i++) {
        Str name = text->listKeyCount ? schema_list_key(text, i) : merge;
        const Field *key = schema_field(field->type, name, str_hash(name));
        if (!key || !field_equal(key, a, b)) return false;
    }
    return true;
}

/* What an item of a list is called: its keys, or the first text in it. */
static Str item_label(Arena *arena, const Field *field, const void *item) {
    if (field->scalar == TYPE_STRING) return *(const Str *)item;
    if (field->scalar != TYPE_OBJECT) return str_int(arena, *(const int64_t *)item);
    Buf label = {.arena = arena};
    for (uint16_t i = 0; i < field->text->listKeyCount; i++) {
        const Field *key = schema_field(field->type, schema_list_key(field->text, i), str_hash(schema_list_key(field->text, i)));
        Str value = key ? value_text(arena, key, (const char *)item + key->offset) : S("");
        if (value.len && label.len) buf_char(&label, '/');
        buf_str(&label, value);
    }
    for (uint16_t i = 0; i < field->type->fieldCount && !label.len; i++) {
        const Field *first = &field->type->fields[i];
        if (first->scalar == TYPE_STRING && first->shape == SHAPE_ONE)
            buf_str(&label, *(const Str *)(const void *)((const char *)item + first->offset));
    }
    return buf_text(&label);
}

/* A hash of what same_keys compares, as far as it is text or a number. */
static uint64_t hash_keys(const Field *field, const void *item) {
    const FieldText *text = field->text;
    if (field->scalar != TYPE_OBJECT)
        return field->scalar == TYPE_STRING ? str_hash_on(HASH_START, *(const Str *)item) : (uint64_t) * (const int64_t *)item;
    uint64_t hash = HASH_START;
    for (uint32_t i = 0; i < (text->listKeyCount ? text->listKeyCount : 1u); i++) {
        Str name = text->listKeyCount ? schema_list_key(text, i) : schema_text(text->mergeKey);
        const Field *key = schema_field(field->type, name, str_hash(name));
        const void *at = key ? (const char *)item + key->offset : NULL;
        bool number = key && !key->optional && (key->scalar == TYPE_INT32 || key->scalar == TYPE_INT64);
        if (key && key->scalar == TYPE_STRING) hash = str_hash_on(hash, *(const Str *)at);
        if (number) hash = (hash ^ (uint64_t) * (const int64_t *)at) * UINT64_C(1099511628211);
    }
    return hash;
}

/* For each item of `a` the number of the item of `b` that has its keys, or b->n. Each is a partner once: the one at the same
 * place if it fits, since most items stay where they are, or else the first that is left. */
static uint32_t *pair_items(Arena *arena, const Field *field, const AnyList *a, const AnyList *b) {
    static const uint32_t END = UINT32_MAX;
    size_t size = item_size(field);
    uint32_t slots = 16;
    while (slots < b->n * 2) slots *= 2;
    uint32_t *partner = NEW_ARRAY(arena, uint32_t, a->n + 1), *first = NEW_ARRAY(arena, uint32_t, slots);
    uint32_t *next = NEW_ARRAY(arena, uint32_t, b->n + 1); /* of the same slot */
    bool *taken = NEW_ARRAY(arena, bool, b->n + 1);
    memset(first, 0xFF, slots * sizeof *first);
    for (uint32_t j = b->n; j-- > 0;) {
        uint32_t slot = (uint32_t)hash_keys(field, b->at + size * j) & (slots - 1);
        next[j] = first[slot];
        first[slot] = j;
    }
    for (uint32_t i = 0; i < a->n; i++) {
        const void *item = a->at + size * i;
        partner[i] = i < b->n && !taken[i] && same_keys(field, item, b->at + size * i) ? i : b->n;
        uint32_t *link = &first[(uint32_t)hash_keys(field, item) & (slots - 1)];
        while (*link != END && partner[i] == b->n) {
            if (taken[*link]) {
                *link = next[*link];
                continue;
            }
            if (same_keys(field, item, b->at + size * *link)) partner[i] = *link;
            link = &next[*link];
        }
        if (partner[i] < b->n) taken[partner[i]] = true;
    }
    return partner;
}

static void compare_keyed(const Spot *s, const AnyList *a, const AnyList *b) {
    const Field *field = s->field;
    Arena *arena = s->list->arena;
    size_t size = item_size(field);
    uint32_t *partner = pair_items(arena, field, a, b), last = 0;
    bool *paired = NEW_ARRAY(arena, bool, b->n + 1);
    for (uint32_t i = 0; i < a->n; i++) {
        Path oldItem = path_index(s->oldPath, i), newItem = path_index(s->path, partner[i]);
        const void *before = a->at + size * i;
        Str name = item_label(arena, field, before);
        paired[partner[i]] = true;
        if (partner[i] == b->n) {
            add(s, DIFFERENCE_REMOVED, &oldItem, NULL, name, S(""));
            continue;
        }
        if (partner[i] < last) add(s, DIFFERENCE_MOVED, &oldItem, &newItem, name, name);
        if (partner[i] > last) last = partner[i];
        if (field->scalar == TYPE_OBJECT)
            compare_fields(s->list, field->type, before, b->at + size * partner[i], &oldItem, &newItem);
    }
    for (uint32_t j = 0; j < b->n; j++) {
        if (paired[j]) continue;
        Path newItem = path_index(s->path, j);
        add(s, DIFFERENCE_ADDED, NULL, &newItem, S(""), item_label(arena, field, b->at + size * j));
    }
}

static void compare_items(const Spot *s, const AnyList *a, const AnyList *b) {
    const Field *field = s->field;
    size_t size = item_size(field);
    for (uint32_t i = 0; i < a->n || i < b->n; i++) {
        Path oldItem = path_index(s->oldPath, i), newItem = path_index(s->path, i);
        const void *x = i < a->n ? a->at + size * i : NULL, *y = i < b->n ? b->at + size * i : NULL;
        if (field->scalar == TYPE_OBJECT && x && y) {
            compare_fields(s->list, field->type, x, y, &oldItem, &newItem);
            continue;
        }
        if (x && y && item_equal(field, x, y)) continue;
        Str before = x ? item_label(s->list->arena, field, x) : S(""), after = y ? item_label(s->list->arena, field, y) : S("");
        DifferenceKind kind = !x ? DIFFERENCE_ADDED : !y ? DIFFERENCE_REMOVED : DIFFERENCE_CHANGED;
        add(s, kind, x ? &oldItem : NULL, y ? &newItem : NULL, before, after);
    }
}

static void compare_fields(DifferenceList *list, const Type *type, const void *before, const void *after, const Path *oldPath,
                           const Path *path) {
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *field = &type->fields[i];
        if (!path && type->kind && str_eq(field->name, S("status"))) continue;
        if (field_equal(field, before, after)) continue;
        Path oldField = path_field(oldPath, field->name), newField = path_field(path, field->name);
        const void *a = (const char *)before + field->offset, *b = (const char *)after + field->offset;
        bool keyed = field->text->listKind == LIST_MAP || field->text->listKind == LIST_SET || field->text->mergeKey.len;
        Spot spot = {list, type, field, &oldField, &newField};
        if (field->shape == SHAPE_MAP)
            compare_maps(&spot, a, b);
        else if (field->shape == SHAPE_LIST && keyed && field->text->listKind != LIST_ATOMIC && field->scalar != TYPE_INT64)
            compare_keyed(&spot, a, b);
        else if (field->shape == SHAPE_LIST)
            compare_items(&spot, a, b);
        else
            compare_one(&spot, a, b);
    }
}

void compare_objects(DifferenceList *list, const Type *type, const void *before, const void *after) {
    compare_fields(list, type, before, after, NULL, NULL);
}
