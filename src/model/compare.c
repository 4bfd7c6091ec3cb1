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
        return x->nano == y->nano && (!field->optional || !x->text.at == !y->text.at);
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

static bool map_equal(const Field *field, const void *a, const void *b) {
    if (field->scalar == TYPE_QUANTITY) {
        const QuantityMap *x = a, *y = b;
        if (x->n != y->n) return false;
        for (uint32_t i = 0; i < x->n; i++) {
            const Quantity *other = quantity_get(*y, x->at[i].key);
            if (!other || other->nano != x->at[i].value.nano) return false;
        }
        return true;
    }
    const StrMap *x = a, *y = b;
    if (x->n != y->n) return false;
    for (uint32_t i = 0; i < x->n; i++) {
        const Str *other = map_get(*y, x->at[i].key);
        if (!other || !str_eq(*other, x->at[i].value)) return false;
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

static void add(DifferenceList *list, DifferenceKind kind, const Type *owner, const Field *field, const Path *oldPath,
                const Path *path, Str before, Str after) {
    Difference difference = {.kind = (uint8_t)kind,
                             .field = field,
                             .owner = owner,
                             .path = keep_path(list->arena, path ? path : oldPath),
                             .oldPath = keep_path(list->arena, oldPath),
                             .before = before,
                             .after = after};
    ARRAY_PUSH(list->arena, &list->items, difference);
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

static void compare_one(DifferenceList *list, const Type *owner, const Field *field, const void *a, const void *b,
                        const Path *oldPath, const Path *path) {
    if (field->scalar == TYPE_OBJECT) {
        const void *x = field->optional ? *(const void *const *)a : a, *y = field->optional ? *(const void *const *)b : b;
        if (x && y) {
            compare_fields(list, field->type, x, y, oldPath, path);
            return;
        }
    }
    if (one_equal(field, a, b)) return;
    DifferenceKind kind = field_is_absent(field, a)   ? DIFFERENCE_ADDED
                          : field_is_absent(field, b) ? DIFFERENCE_REMOVED
                                                      : DIFFERENCE_CHANGED;
    add(list, kind, owner, field, kind == DIFFERENCE_ADDED ? NULL : oldPath, kind == DIFFERENCE_REMOVED ? NULL : path,
        kind == DIFFERENCE_ADDED ? S("") : value_text(list->arena, field, a),
        kind == DIFFERENCE_REMOVED ? S("") : value_text(list->arena, field, b));
}

static void compare_maps(DifferenceList *list, const Type *owner, const Field *field, const void *a, const void *b,
                         const Path *oldPath, const Path *path) {
    bool quantities = field->scalar == TYPE_QUANTITY;
    const QuantityMap *qa = a, *qb = b;
    const StrMap *sa = a, *sb = b;
    uint32_t na = quantities ? qa->n : sa->n, nb = quantities ? qb->n : sb->n;
    for (uint32_t i = 0; i < na; i++) {
        Str key = quantities ? qa->at[i].key : sa->at[i].key;
        Path oldKey = path_key(oldPath, key), newKey = path_key(path, key);
        const Quantity *q = quantities ? quantity_get(*qb, key) : NULL;
        const Str *s = quantities ? NULL : map_get(*sb, key);
        Str before = quantities ? quantity_text(list->arena, &qa->at[i].value) : sa->at[i].value;
        if (!q && !s) {
            add(list, DIFFERENCE_REMOVED, owner, field, &oldKey, NULL, before, S(""));
        } else if (quantities ? q->nano != qa->at[i].value.nano : !str_eq(*s, before)) {
            add(list, DIFFERENCE_CHANGED, owner, field, &oldKey, &newKey, before,
                quantities ? quantity_text(list->arena, q) : *s);
        }
    }
    for (uint32_t i = 0; i < nb; i++) {
        Str key = quantities ? qb->at[i].key : sb->at[i].key;
        if (quantities ? quantity_get(*qa, key) != NULL : map_get(*sa, key) != NULL) continue;
        Path newKey = path_key(path, key);
        add(list, DIFFERENCE_ADDED, owner, field, NULL, &newKey, S(""),
            quantities ? quantity_text(list->arena, &qb->at[i].value) : sb->at[i].value);
    }
}

/* Whether two items of a keyed list have the same keys. Without keys, scalars are their own. */
static bool same_keys(const Field *field, const void *a, const void *b) {
    const FieldText *text = field->text;
    if (field->scalar != TYPE_OBJECT) return item_equal(field, a, b);
    Str merge = text->mergeKey;
    if (text->listKeyCount == 0 && merge.len == 0) return false;
    for (uint32_t i = 0; i < (text->listKeyCount ? text->listKeyCount : 1u); i++) {
        Str name = text->listKeyCount ? text->listKeys[i] : merge;
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
        const Field *key = schema_field(field->type, field->text->listKeys[i], str_hash(field->text->listKeys[i]));
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

static void compare_keyed(DifferenceList *list, const Type *owner, const Field *field, const AnyList *a, const AnyList *b,
                          const Path *oldPath, const Path *path) {
    size_t size = item_size(field);
    bool *paired = NEW_ARRAY(list->arena, bool, b->n + 1);
    uint32_t *partner = NEW_ARRAY(list->arena, uint32_t, a->n + 1);
    for (uint32_t i = 0; i < a->n; i++) {
        partner[i] = b->n;
        /* Most items stay where they are. */
        if (i < b->n && !paired[i] && same_keys(field, a->at + size * i, b->at + size * i)) partner[i] = i;
        for (uint32_t j = 0; j < b->n && partner[i] == b->n; j++)
            if (!paired[j] && same_keys(field, a->at + size * i, b->at + size * j)) partner[i] = j;
        if (partner[i] < b->n) paired[partner[i]] = true;
    }
    uint32_t last = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        Path oldItem = path_index(oldPath, i), newItem = path_index(path, partner[i]);
        const void *before = a->at + size * i;
        Str name = item_label(list->arena, field, before);
        if (partner[i] == b->n) {
            add(list, DIFFERENCE_REMOVED, owner, field, &oldItem, NULL, name, S(""));
            continue;
        }
        if (partner[i] < last) add(list, DIFFERENCE_MOVED, owner, field, &oldItem, &newItem, name, name);
        if (partner[i] > last) last = partner[i];
        if (field->scalar == TYPE_OBJECT)
            compare_fields(list, field->type, before, b->at + size * partner[i], &oldItem, &newItem);
    }
    for (uint32_t j = 0; j < b->n; j++) {
        if (paired[j]) continue;
        Path newItem = path_index(path, j);
        add(list, DIFFERENCE_ADDED, owner, field, NULL, &newItem, S(""), item_label(list->arena, field, b->at + size * j));
    }
}

static void compare_items(DifferenceList *list, const Type *owner, const Field *field, const AnyList *a, const AnyList *b,
                          const Path *oldPath, const Path *path) {
    size_t size = item_size(field);
    for (uint32_t i = 0; i < a->n || i < b->n; i++) {
        Path oldItem = path_index(oldPath, i), newItem = path_index(path, i);
        const void *x = i < a->n ? a->at + size * i : NULL, *y = i < b->n ? b->at + size * i : NULL;
        if (field->scalar == TYPE_OBJECT && x && y) {
            compare_fields(list, field->type, x, y, &oldItem, &newItem);
            continue;
        }
        if (x && y && item_equal(field, x, y)) continue;
        Str before = x ? item_label(list->arena, field, x) : S(""), after = y ? item_label(list->arena, field, y) : S("");
        add(list,
            !x   ? DIFFERENCE_ADDED
            : !y ? DIFFERENCE_REMOVED
                 : DIFFERENCE_CHANGED,
            owner, field, x ? &oldItem : NULL, y ? &newItem : NULL, before, after);
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
        bool keyed = field->text->listKind == LIST_MAP || field->text->listKind == LIST_SET || field->text->mergeKey.len ||
                     str_eq(field->name, S("tolerations"));
        if (field->shape == SHAPE_MAP)
            compare_maps(list, type, field, a, b, &oldField, &newField);
        else if (field->shape == SHAPE_LIST && keyed && field->text->listKind != LIST_ATOMIC && field->scalar != TYPE_INT64)
            compare_keyed(list, type, field, a, b, &oldField, &newField);
        else if (field->shape == SHAPE_LIST)
            compare_items(list, type, field, a, b, &oldField, &newField);
        else
            compare_one(list, type, field, a, b, &oldField, &newField);
    }
}

void compare_objects(DifferenceList *list, const Type *type, const void *before, const void *after) {
    compare_fields(list, type, before, after, NULL, NULL);
}
