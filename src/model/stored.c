#include "stored.h"

#include <stdlib.h>
#include <yaml.h>

#include "base/visible.h"

static json_t *json_text(Arena *arena, Str s) {
    s = str_valid_utf8(arena, s);
    return json_stringn(s.at ? s.at : "", s.len);
}

json_t *stored_node(Arena *arena, const Node *node) {
    switch ((NodeKind)node->kind) {
    case NODE_NULL: return json_null();
    case NODE_BOOL: return json_boolean(node->text.at[0] == 't');
    case NODE_INT:
    case NODE_FLOAT: {
        json_t *number = json_loadb(node->text.at, node->text.len, JSON_DECODE_ANY, NULL);
        if (number) return number;
        return json_loadb(node->text.at, node->text.len, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
    }
    case NODE_STRING: return json_text(arena, node->text);
    case NODE_LIST: {
        json_t *list = json_array();
        for (uint32_t i = 0; i < node->count; i++) json_array_append_new(list, stored_node(arena, &node->items[i]));
        return list;
    }
    case NODE_MAP: {
        json_t *map = json_object();
        for (uint32_t i = 0; i < node->count; i++) {
            const char *key = arena_cstr(arena, str_valid_utf8(arena, node->entries[i].key));
            json_object_set_new(map, key, stored_node(arena, &node->entries[i].value));
        }
        return map;
    }
    }
    return NULL;
}

static json_t *json_int_or_string(Arena *arena, const IntOrString *value) {
    return value->isString ? json_text(arena, value->text) : json_integer(value->number);
}

static json_t *json_of_object(Arena *arena, const Type *type, const void *object);

/* The value of a field, or NULL where the server stores none. */
static json_t *json_of_one(Arena *arena, const Field *field, const void *at) {
    bool shown = (field->required && !field->omitted) || field->always;
    switch ((ScalarType)field->scalar) {
    case TYPE_STRING: {
        const Str *text = at;
        return text->len || shown || (field->optional && text->at) ? json_text(arena, *text) : NULL;
    }
    case TYPE_BOOL:
        if (field->optional) return ((const OptBool *)at)->set ? json_boolean(((const OptBool *)at)->value) : NULL;
        return *(const bool *)at || shown ? json_boolean(*(const bool *)at) : NULL;
    case TYPE_INT32:
    case TYPE_INT64:
        if (field->optional) return ((const OptInt *)at)->set ? json_integer(((const OptInt *)at)->value) : NULL;
        return *(const int64_t *)at || shown ? json_integer(*(const int64_t *)at) : NULL;
    case TYPE_QUANTITY: {
        const Quantity *quantity = at;
        return quantity->text.at || !field->optional ? json_text(arena, quantity_text(arena, quantity)) : NULL;
    }
    case TYPE_INT_OR_STRING:
        if (field->optional)
            return ((const OptIntOrString *)at)->set ? json_int_or_string(arena, &((const OptIntOrString *)at)->value) : NULL;
        return json_int_or_string(arena, at);
    case TYPE_TIME: {
        Time time = *(const Time *)at;
        if (!time.set) return NULL;
        return json_text(arena, field->micro ? micro_time_text(arena, time) : time_text(arena, time));
    }
    case TYPE_ANY: return *(const Node *const *)at ? stored_node(arena, *(const Node *const *)at) : NULL;
    case TYPE_OBJECT: {
        const void *object = field->optional ? *(const void *const *)at : at;
        json_t *value = object ? json_of_object(arena, field->type, object) : NULL;
        if (!value || field->optional || field->always || json_object_size(value)) return value;
        json_decref(value);
        return NULL;
    }
    }
    return NULL;
}

static json_t *json_of_list(Arena *arena, const Field *field, const void *at) {
    const struct {
        const char *at;
        uint32_t n;
    } *list = at;
    if (!list->n) return NULL;
    json_t *array = json_array();
    for (uint32_t i = 0; i < list->n; i++) {
        json_t *item;
        if (field->scalar == TYPE_STRING)
            item = json_text(arena, ((const StrList *)at)->at[i]);
        else if (field->scalar == TYPE_OBJECT)
            item = json_of_object(arena, field->type, list->at + (size_t)i * field->type->size);
        else
            item = json_integer(((const IntList *)at)->at[i]);
        json_array_append_new(array, item);
    }
    return array;
}

static int by_key(const void *a, const void *b) {
    return str_cmp(*(const Str *)a, *(const Str *)b);
}

static json_t *json_of_map(Arena *arena, const Field *field, const void *at) {
    bool quantities = field->scalar == TYPE_QUANTITY;
    uint32_t n = quantities ? ((const QuantityMap *)at)->n : ((const StrMap *)at)->n;
    if (!n) return NULL;
    Str *keys = NEW_ARRAY(arena, Str, n);
    for (uint32_t i = 0; i < n; i++)
        keys[i] = quantities ? ((const QuantityMap *)at)->at[i].key : ((const StrMap *)at)->at[i].key;
    qsort(keys, n, sizeof *keys, by_key);
    json_t *map = json_object();
    for (uint32_t i = 0; i < n; i++) {
        Str value = quantities ? quantity_text(arena, quantity_get(*(const QuantityMap *)at, keys[i]))
                               : *map_get(*(const StrMap *)at, keys[i]);
        json_object_set_new(map, arena_cstr(arena, str_valid_utf8(arena, keys[i])), json_text(arena, value));
    }
    return map;
}

static json_t *json_of_object(Arena *arena, const Type *type, const void *object) {
    json_t *out = json_object();
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *field = &type->fields[i];
        const void *at = (const char *)object + field->offset;
        json_t *value = field->shape == SHAPE_LIST  ? json_of_list(arena, field, at)
                        : field->shape == SHAPE_MAP ? json_of_map(arena, field, at)
                                                    : json_of_one(arena, field, at);
        if (value) json_object_set_new(out, field->name.at, value);
    }
    return out;
}

json_t *stored_json(Arena *arena, const Document *document) {
    if (!document->object) return NULL;
    json_t *object = json_of_object(arena, document->type, document->object);
    json_object_del(object, "status");
    return object;
}

/* What a terminal or a log would obey stands in double quotes, where it may be written as an escape. */
static int write_chunk(void *out, unsigned char *bytes, size_t size) {
    Str text = {(const char *)bytes, size};
    if (is_visible(text)) return fwrite(text.at, 1, text.len, out) == text.len;
    Arena arena = {0};
    for (size_t from = 0, at = 0; at <= text.len; at++) {
        if (at < text.len && text.at[at] != '\n' && text.at[at] != '\t') continue;
        Str part = visible(&arena, (Str){text.at + from, at - from});
        fwrite(part.at, 1, part.len, out);
        if (at < text.len) fputc(text.at[at], out);
        from = at + 1;
    }
    arena_free(&arena);
    return !ferror(out);
}

/* Emits an event, if it could be made. */
static void emit(yaml_emitter_t *emitter, int made, yaml_event_t *event) {
    if (!made || (!yaml_emitter_emit(emitter, event) && emitter->error == YAML_MEMORY_ERROR)) out_of_memory();
}

static void emit_scalar(yaml_emitter_t *emitter, Str text, bool string) {
    yaml_event_t event;
    yaml_scalar_style_t style = YAML_PLAIN_SCALAR_STYLE;
    if (string && (text.len == 0 || node_plain_kind(text) != NODE_STRING || str_eq(text, S("<<"))))
        style = YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    if (string && str_find(text, '\n') >= 0) style = YAML_LITERAL_SCALAR_STYLE;
    if (!is_visible(text)) style = YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    emit(emitter, yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text.at, (int)text.len, 1, 1, style),
         &event);
}

static void emit_value(yaml_emitter_t *emitter, const json_t *value) {
    yaml_event_t event;
    char number[32];
    switch (json_typeof(value)) {
    case JSON_OBJECT: {
        const char *key;
        json_t *item;
        yaml_mapping_style_t style = json_object_size(value) ? YAML_BLOCK_MAPPING_STYLE : YAML_FLOW_MAPPING_STYLE;
        emit(emitter, yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, style), &event);
        json_object_foreach((json_t *)value, key, item) {
            emit_scalar(emitter, str_of(key), true);
            emit_value(emitter, item);
        }
        emit(emitter, yaml_mapping_end_event_initialize(&event), &event);
        break;
    }
    case JSON_ARRAY: {
        emit(emitter, yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE), &event);
        for (size_t i = 0; i < json_array_size(value); i++) emit_value(emitter, json_array_get(value, i));
        emit(emitter, yaml_sequence_end_event_initialize(&event), &event);
        break;
    }
    case JSON_STRING: emit_scalar(emitter, (Str){json_string_value(value), json_string_length(value)}, true); break;
    case JSON_INTEGER:
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        emit_scalar(emitter, str_of(number), false);
        break;
    case JSON_REAL:
        snprintf(number, sizeof number, "%.17g", json_real_value(value));
        emit_scalar(emitter, str_of(number), false);
        break;
    case JSON_TRUE: emit_scalar(emitter, S("true"), false); break;
    case JSON_FALSE: emit_scalar(emitter, S("false"), false); break;
    case JSON_NULL: emit_scalar(emitter, S("null"), false); break;
    }
}

void stored_write_yaml(FILE *out, const json_t *object) {
    yaml_emitter_t emitter;
    yaml_event_t event;
    if (!yaml_emitter_initialize(&emitter)) out_of_memory();
    yaml_emitter_set_output(&emitter, write_chunk, out);
    yaml_emitter_set_unicode(&emitter, 1);
    yaml_emitter_set_width(&emitter, -1);
    emit(&emitter, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING), &event);
    emit(&emitter, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1), &event);
    emit_value(&emitter, object);
    emit(&emitter, yaml_document_end_event_initialize(&event, 1), &event);
    emit(&emitter, yaml_stream_end_event_initialize(&event), &event);
    yaml_emitter_delete(&emitter);
}
