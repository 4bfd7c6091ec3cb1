/* The schema of a kind as JSON Schema (draft 07), which editors take: what the server decodes, with what it says of values. */
#include "json_schema.h"

#include <jansson.h>
#include <stdlib.h>

typedef struct Schemas {
    Arena *arena;
    uint8_t minor;
    json_t *definitions; /* by the names of types */
} Schemas;

static json_t *text(Str s) {
    return json_stringn(s.at ? s.at : "", s.len);
}

static json_t *reference(Schemas *s, const Type *type);

/* A null stands for an absent value wherever it is written. */
static json_t *or_null(const char *type) {
    return json_pack("{s:[s,s]}", "type", type, "null");
}

static json_t *schema_of_one(Schemas *s, const Field *field) {
    switch ((ScalarType)field->scalar) {
    case TYPE_BOOL: return or_null("boolean");
    case TYPE_INT32:
    case TYPE_INT64: return or_null("integer");
    case TYPE_QUANTITY: return json_pack("{s:[s,s,s]}", "type", "string", "number", "null");
    case TYPE_INT_OR_STRING: return json_pack("{s:[s,s,s]}", "type", "integer", "string", "null");
    case TYPE_STRING:
    case TYPE_TIME: return or_null("string");
    case TYPE_OBJECT: return reference(s, field->type);
    case TYPE_ANY: break;
    }
    return json_object();
}

static void add_limits(Schemas *s, json_t *out, const Field *field) {
    const FieldText *facts = field->text;
    json_t *values = json_array();
    for (uint16_t i = 0; i < facts->valueCount; i++) {
        const EnumValue *value = schema_value(facts, i);
        if (schema_gate_on(value->gate, s->minor)) json_array_append_new(values, text(schema_text(value->value)));
    }
    if (json_array_size(values) && !field->optional && facts->empty == EMPTY_ALLOWED)
        json_array_append_new(values, json_string(""));
    if (json_array_size(values)) json_array_append_new(values, json_null());
    if (json_array_size(values))
        json_object_set_new(out, "enum", values);
    else
        json_decref(values);
    if (facts->hasMinimum) json_object_set_new(out, "minimum", json_integer(facts->minimum));
    if (facts->hasMaximum) json_object_set_new(out, "maximum", json_integer(facts->maximum));
    if (facts->maxLength) json_object_set_new(out, "maxLength", json_integer(facts->maxLength));
}

static json_t *schema_of_field(Schemas *s, const Field *field) {
    json_t *one = schema_of_one(s, field), *out = one;
    if (field->scalar != TYPE_OBJECT) add_limits(s, one, field);
    if (field->shape == SHAPE_LIST) out = json_pack("{s:[s,s],s:o}", "type", "array", "null", "items", one);
    if (field->shape == SHAPE_MAP) out = json_pack("{s:[s,s],s:o}", "type", "object", "null", "additionalProperties", one);
    if (field->shape == SHAPE_LIST && field->text->maxItems)
        json_object_set_new(out, "maxItems", json_integer(field->text->maxItems));
    /* Beside a $ref nothing else counts. */
    if (json_object_get(out, "$ref")) out = json_pack("{s:[o]}", "allOf", out);
    json_object_set_new(out, "description", text(schema_text(field->text->description)));
    return out;
}

static json_t *reference(Schemas *s, const Type *type) {
    char *name = arena_cstr(s->arena, type->name);
    if (!json_object_get(s->definitions, name)) {
        json_t *properties = json_object();
        json_t *schema = json_pack("{s:[s,s],s:o,s:o,s:b}", "type", "object", "null", "description",
                                   text(schema_text(type->description)), "properties", properties, "additionalProperties", 0);
        json_object_set_new(s->definitions, name, schema);
        for (uint16_t i = 0; i < type->fieldCount; i++) {
            const Field *field = &type->fields[i];
            if (schema_has(field, s->minor))
                json_object_set_new(properties, arena_cstr(s->arena, field->name), schema_of_field(s, field));
        }
    }
    return json_pack("{s:o}", "$ref", text(str_format(s->arena, "#/definitions/%.*s", TEXT(type->name))));
}

/* The schema of one kind, whose objects say which apiVersion and kind they are. */
static json_t *schema_of_kind(Schemas *s, const Kind *kind) {
    json_t *versions = json_array();
    for (uint8_t i = 0; i < kind->versionCount; i++)
        if (kind->versions[i].type == kind->type && schema_serves(&kind->versions[i], s->minor))
            json_array_append_new(versions, text(kind->versions[i].apiVersion));
    return json_pack("{s:[o],s:[s,s],s:{s:{s:o},s:{s:[o]}}}", "allOf", reference(s, kind->type), "required", "apiVersion", "kind",
                     "properties", "apiVersion", "enum", versions, "kind", "enum", text(kind->name));
}

void json_schema_write(Buf *out, const Kind *kind, uint8_t minor) {
    Schemas s = {out->arena, minor, json_object()};
    json_t *root = NULL;
    if (kind) {
        root = schema_of_kind(&s, kind);
    } else {
        json_t *all = json_array();
        for (const Kind *next = NULL; (next = schema_next_judged(next));) json_array_append_new(all, schema_of_kind(&s, next));
        root = json_pack("{s:o}", "oneOf", all);
    }
    json_object_set_new(root, "$schema", json_string("http://json-schema.org/draft-07/schema#"));
    json_object_set_new(root, "definitions", s.definitions);
    char *shown = json_dumps(root, JSON_PRESERVE_ORDER | JSON_INDENT(2));
    buf_str(out, str_of(shown ? shown : "{}"));
    buf_char(out, '\n');
    free(shown);
    json_decref(root);
}
