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
            if (str_eq(rule_argument(rule, i), all[j].name))
                arguments[i] = *(const Str *)(const void *)((const char *)&slots + all[j].offset);
    diag_add(c->diags, rule, at, arguments);
    return true;
}

bool is_known_value(const Check *c, const Field *field, Str value) {
    const FieldText *text = field->text;
    for (uint16_t i = 0; i < text->valueCount; i++)
        if (str_eq(schema_text(schema_value(text, i)->value), value)) return gate(c, schema_value(text, i)->gate);
    return false;
}

StrList known_values(const Check *c, const Field *field) {
    const FieldText *text = field->text;
    StrList known = {NEW_ARRAY(c->arena, Str, text->valueCount), 0};
    for (uint16_t i = 0; i < text->valueCount; i++)
        if (gate(c, schema_value(text, i)->gate)) known.at[known.n++] = schema_text(schema_value(text, i)->value);
    return known;
}

Advice value_advice(const Check *c, const Field *field, Str value) {
    /* As kubectl prints them. */
    static const StrPair shorts[] = {{STR("RWO"), STR("ReadWriteOnce")},
                                     {STR("ROX"), STR("ReadOnlyMany")},
                                     {STR("RWX"), STR("ReadWriteMany")},
                                     {STR("RWOP"), STR("ReadWriteOncePod")}};
    StrList known = known_values(c, field);
    for (size_t i = 0; i < COUNT(shorts); i++)
        if (str_eq(value, shorts[i].key) && str_in(shorts[i].value, known.at, known.n)) value = shorts[i].value;
    return (Advice){words_or(c->arena, known.at, known.n), did_you_mean(c->arena, value, known.at, known.n)};
}

/* What a value is called: a field, or one of many in it. */
static Str called(Check *c, const Field *field, const Path *at) {
    return at->index == PATH_FIELD ? field->name : str_join(c->arena, S("an item of "), field->name);
}

static void report_value(Check *c, const Field *field, Str value, const Path *path) {
    Advice advice = value_advice(c, field, value);
    Where at = where(c, path);
    Slots s = {.field = called(c, field, path), .value = shown(c->arena, value), .allowed = advice.allowed, .hint = advice.hint};
    if (!report_own(c, field, at, s))
        emit_not_supported(c->diags, at, .field = s.field, .value = s.value, .allowed = s.allowed, .hint = s.hint);
}

static void report_length(Check *c, const Field *field, Str value, const Path *path) {
    Where at = where(c, path);
    Slots s = {.field = field->name,
               .value = shown(c->arena, value),
               .count = str_int(c->arena, (int64_t)value.len),
               .limit = str_int(c->arena, field->text->maxLength)};
    if (!report_own(c, field, at, s)) emit_too_long(c->diags, at, .field = s.field, .limit = s.limit);
}

static void check_text(Check *c, const Field *field, Str value, const Path *up) {
    const FieldText *text = field->text;
    if (field->optional ? !value.at : !value.len && text->empty == EMPTY_ALLOWED) return;
    bool missing = !value.len && text->empty == EMPTY_REQUIRED, unknown = text->valueCount && !is_known_value(c, field, value);
    bool tooLong = text->maxLength && value.len > (size_t)text->maxLength;
    if (!missing && !unknown && !tooLong) return;
    Path path = path_field(up, field->name);
    if (missing)
        check_required(c, value, &path);
    else if (unknown)
        report_value(c, field, value, &path);
    else
        report_length(c, field, value, &path);
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

static void report_number(Check *c, const Field *field, int64_t value, const Path *path) {
    const FieldText *text = field->text;
    Where at = where(c, path);
    Slots s = {.field = called(c, field, path),
               .value = str_int(c->arena, value),
               .low = str_int(c->arena, text->minimum),
               .high = str_int(c->arena, text->maximum)};
    if (str_eq(schema_text(text->format), S("file-mode"))) s.hint = mode_hint(c, s.value);
    if (report_own(c, field, at, s)) return;
    if (text->minimum == 0 && !text->hasMaximum)
        emit_negative(c->diags, at, .field = s.field, .value = s.value);
    else
        emit_range(c->diags, at, .field = s.field, .low = s.low, .high = s.high, .value = s.value);
}

static bool is_inside(const FieldText *text, int64_t value) {
    return value >= text->minimum && value <= text->maximum;
}

static void check_number(Check *c, const Field *field, int64_t value, const Path *up) {
    const FieldText *text = field->text;
    if (is_inside(text, value) || (!field->optional && value == 0 && text->empty == EMPTY_ALLOWED)) return;
    Path path = path_field(up, field->name);
    report_number(c, field, value, &path);
}

static void check_list(Check *c, const Field *field, const AnyList *list, const Path *up) {
    const FieldText *text = field->text;
    Path path = path_field(up, field->name);
    if (text->maxItems && list->n > (uint64_t)text->maxItems) {
        Where at = where_key(c, &path);
        Slots s = {.field = field->name, .count = str_int(c->arena, list->n), .limit = str_int(c->arena, text->maxItems)};
        if (!report_own(c, field, at, s)) emit_too_many(c->diags, at, .field = s.field, .limit = s.limit, .count = s.count);
    }
    const Str *texts = text->valueCount ? (const Str *)(const void *)list->at : NULL;
    const int64_t *numbers = text->hasMinimum || text->hasMaximum ? (const int64_t *)(const void *)list->at : NULL;
    for (uint32_t i = 0; i < list->n; i++) {
        Path item = path_index(&path, i);
        if (texts && !is_known_value(c, field, texts[i])) report_value(c, field, texts[i], &item);
        if (numbers && !is_inside(text, numbers[i])) report_number(c, field, numbers[i], &item);
    }
}

void check_field(Check *c, const Field *field, const void *object, const Path *path) {
    const void *value = (const char *)object + field->offset;
    if (field->shape == SHAPE_LIST) {
        check_list(c, field, value, path);
        return;
    }
    switch ((ScalarType)field->scalar) {
    case TYPE_STRING: check_text(c, field, *(const Str *)value, path); break;
    case TYPE_INT32:
    case TYPE_INT64: {
        const OptInt *number = value;
        if (!field->optional)
            check_number(c, field, *(const int64_t *)value, path);
        else if (number->set)
            check_number(c, field, number->value, path);
        break;
    }
    case TYPE_INT_OR_STRING: {
        const OptIntOrString *either = value;
        const IntOrString *one = field->optional ? &either->value : value;
        if ((!field->optional || either->set) && !one->isString) check_number(c, field, one->number, path);
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
    for (uint16_t i = 0; i < type->checkedBelow.n; i++)
        each_object(c, &type->fields[type->checkedBelow.at[i]], object, path, check_fields_below);
}
