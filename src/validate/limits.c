#include "limits.h"

#include <stddef.h>
#include <string.h>

#include "names.h"

/* What the templates of a rule that reports a limit may hold. */
typedef struct Slots {
    Str field, value;
    Str allowed;      /* of an enumeration */
    Str low, high;    /* of a number */
    Str limit, count; /* of a length */
    Str hint;
} Slots;

/* Reports with the rule that the schema names for the field; false if it names none. */
static bool report_own(Check *c, const Field *field, Where at, Slots slots) {
#define SLOT(name) \
    { STR(#name), offsetof(Slots, name) }
    static const struct {
        Str name;
        size_t offset;
    } all[] = {SLOT(field), SLOT(value), SLOT(allowed), SLOT(low), SLOT(high), SLOT(limit), SLOT(count), SLOT(hint)};
#undef SLOT
    if (field->text->rule < 0) return false;
    const Rule *rule = &rules[field->text->rule];
    Str arguments[COUNT(all)];
    for (uint8_t i = 0; i < rule->argumentCount && i < COUNT(all); i++)
        for (size_t j = 0; j < COUNT(all); j++)
            if (str_eq(rule->arguments[i], all[j].name))
                arguments[i] = *(const Str *)(const void *)((const char *)&slots + all[j].offset);
    diag_add(c->diags, rule, at, arguments);
    return true;
}

bool is_known_value(const Check *c, const Field *field, Str value) {
    const FieldText *text = field->text;
    for (uint16_t i = 0; i < text->valueCount; i++)
        if (str_eq(text->values[i].value, value)) return gate(c, text->values[i].gate);
    return false;
}

StrList known_values(const Check *c, const Field *field) {
    const FieldText *text = field->text;
    StrList known = {NEW_ARRAY(c->arena, Str, text->valueCount), 0};
    for (uint16_t i = 0; i < text->valueCount; i++)
        if (gate(c, text->values[i].gate)) known.at[known.n++] = text->values[i].value;
    return known;
}

Advice value_advice(const Check *c, const Field *field, Str value) {
    StrList known = known_values(c, field);
    return (Advice){words_or(c->arena, known.at, known.n), did_you_mean(c->arena, value, known.at, known.n)};
}

/* What a value is called: a field, or one of many in it. */
static Str called(Check *c, const Field *field, const Path *at) {
    return at->index == PATH_FIELD ? field->name : str_join(c->arena, S("an item of "), field->name);
}

static void check_value(Check *c, const Field *field, Str value, const Path *path) {
    if (!field->text->valueCount || is_known_value(c, field, value)) return;
    Advice advice = value_advice(c, field, value);
    Where at = where(c, path);
    Slots s = {.field = called(c, field, path), .value = shown(c->arena, value), .allowed = advice.allowed, .hint = advice.hint};
    if (!report_own(c, field, at, s))
        emit_not_supported(c->diags, at, .field = s.field, .value = s.value, .allowed = s.allowed, .hint = s.hint);
}

static void check_text(Check *c, const Field *field, Str value, const Path *path) {
    const FieldText *text = field->text;
    if (field->optional ? !value.at : !value.len && text->empty == EMPTY_ALLOWED) return;
    if (!value.len && text->empty == EMPTY_REQUIRED) {
        check_required(c, value, path);
        return;
    }
    check_value(c, field, value, path);
    if (!text->maxLength || value.len <= (size_t)text->maxLength) return;
    Where at = where(c, path);
    Slots s = {.field = field->name,
               .value = shown(c->arena, value),
               .count = str_int(c->arena, (int64_t)value.len),
               .limit = str_int(c->arena, text->maxLength)};
    if (!report_own(c, field, at, s)) emit_too_long(c->diags, at, .field = s.field, .limit = s.limit);
}

/* Permission bits are octal, so what looks like that is likely to be it. */
static Str mode_hint(Check *c, Str text) {
    int64_t octal = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '7') return S("");
        octal = octal * 8 + (text.at[i] - '0');
    }
    if (octal > 0777) return S("");
    return str_format(c->arena, "write 0%.*s: without the leading 0 it is a decimal number (in JSON, write %d)", TEXT(text),
                      (int)octal);
}

static void check_number(Check *c, const Field *field, int64_t value, const Path *path) {
    const FieldText *text = field->text;
    bool wide = field->scalar == TYPE_INT64;
    int64_t low = text->hasMinimum ? text->minimum : wide ? INT64_MIN : INT32_MIN;
    int64_t high = text->hasMaximum ? text->maximum : wide ? INT64_MAX : INT32_MAX;
    if (value >= low && value <= high) return;
    Where at = where(c, path);
    Slots s = {.field = called(c, field, path),
               .value = str_int(c->arena, value),
               .low = str_int(c->arena, low),
               .high = str_int(c->arena, high)};
    if (str_eq(text->format, S("file-mode"))) s.hint = mode_hint(c, s.value);
    if (report_own(c, field, at, s)) return;
    if (text->hasMinimum && low == 0 && !text->hasMaximum)
        emit_negative(c->diags, at, .field = s.field, .value = s.value);
    else
        emit_range(c->diags, at, .field = s.field, .low = s.low, .high = s.high, .value = s.value);
}

static void check_list(Check *c, const Field *field, const AnyList *list, const Path *path) {
    const FieldText *text = field->text;
    if (text->maxItems && list->n > (uint64_t)text->maxItems) {
        Where at = where_key(c, path);
        Slots s = {.field = field->name, .count = str_int(c->arena, list->n), .limit = str_int(c->arena, text->maxItems)};
        if (!report_own(c, field, at, s)) emit_too_many(c->diags, at, .field = s.field, .limit = s.limit, .count = s.count);
    }
    bool texts = text->valueCount && field->scalar == TYPE_STRING, numbers = text->hasMinimum || text->hasMaximum;
    for (uint32_t i = 0; i < list->n && (texts || numbers); i++) {
        Path item = path_index(path, i);
        if (texts)
            check_value(c, field, ((const Str *)list->at)[i], &item);
        else
            check_number(c, field, ((const int64_t *)list->at)[i], &item);
    }
}

/* Numbers: as a pointer in Go, or with a zero that stands for none. */
static void check_scalar(Check *c, const Field *field, bool set, int64_t value, const Path *at) {
    Empty empty = field->text->empty;
    if (field->optional ? !set : value == 0 && empty == EMPTY_ALLOWED) return;
    check_number(c, field, value, at);
}

void check_field(Check *c, const Field *field, const void *object, const Path *path) {
    const void *value = (const char *)object + field->offset;
    Path at = path_field(path, field->name);
    if (field->shape == SHAPE_LIST) {
        AnyList list;
        memcpy(&list, value, sizeof list);
        check_list(c, field, &list, &at);
        return;
    }
    switch ((ScalarType)field->scalar) {
    case TYPE_STRING: check_text(c, field, *(const Str *)value, &at); break;
    case TYPE_INT32:
    case TYPE_INT64: {
        OptInt number = field->optional ? *(const OptInt *)value : (OptInt){true, *(const int64_t *)value};
        check_scalar(c, field, number.set, number.value, &at);
        break;
    }
    case TYPE_INT_OR_STRING: {
        OptIntOrString either =
            field->optional ? *(const OptIntOrString *)value : (OptIntOrString){true, *(const IntOrString *)value};
        if (!either.value.isString) check_scalar(c, field, either.set, either.value.number, &at);
        break;
    }
    case TYPE_BOOL:
    case TYPE_QUANTITY:
    case TYPE_TIME:
    case TYPE_ANY:
    case TYPE_OBJECT: break;
    }
}

void check_fields(Check *c, const Type *type, const void *object, const Path *path) {
    for (uint16_t i = 0; i < type->checked.n; i++) check_field(c, &type->fields[type->checked.at[i]], object, path);
}

void check_fields_below(Check *c, const Type *type, void *object, const Path *path) {
    check_fields(c, type, object, path);
    for (uint16_t i = 0; i < type->limited.n; i++) {
        const Field *field = &type->fields[type->limited.at[i]];
        Path at = path_field(path, field->name);
        each_object(c, field, (char *)object + field->offset, &at, check_fields_below);
    }
}
