/* Look-ups in the generated tables. */
#include "schema.h"

#include "base/near.h"

const Type *schema_type(Str name) {
    for (uint16_t i = 0; i < schema_type_count; i++)
        if (str_eq(schema_types[i]->name, name)) return schema_types[i];
    return NULL;
}

const Type *schema_kind_named(Str name) {
    const Type *type = schema_type(name);
    return type && type->apiVersion.len ? type : NULL;
}

const Type *schema_kind(Str apiVersion, Str kind) {
    const Type *type = schema_kind_named(kind);
    return type && str_eq(type->apiVersion, apiVersion) ? type : NULL;
}

Str schema_near_field(const Type *type, Str name, uint8_t minor) {
    Near near = near_start(name);
    for (uint16_t i = 0; i < type->fieldCount; i++)
        if (schema_has(&type->fields[i], minor)) near_try(&near, type->fields[i].name);
    return near.found;
}

enum { SEARCH_DEPTH = 4 };

static bool find_below(const Type *type, Str name, uint8_t minor, int depth, Buf *path) {
    size_t length = path->len;
    /* What every object has (a pod's containers) is likelier meant than what few have. */
    for (int required = 1; required >= 0; required--)
        for (uint16_t i = 0; i < type->fieldCount; i++) {
            const Field *field = &type->fields[i];
            if (field->required != required || !schema_has(field, minor) || str_eq(field->name, S("status"))) continue;
            if (depth == 0 && str_eq(field->name, name)) {
                buf_str(path, field->name);
                return true;
            }
            if (depth == 0 || field->scalar != TYPE_OBJECT) continue;
            buf_str(path, field->name);
            if (field->shape == SHAPE_LIST) buf_str(path, S("[]"));
            buf_char(path, '.');
            if (find_below(field->type, name, minor, depth - 1, path)) return true;
            path->len = length;
        }
    return false;
}

Str schema_find_below(const Type *type, Str name, uint8_t minor, Arena *arena) {
    Buf path = {.arena = arena};
    for (int depth = 1; depth <= SEARCH_DEPTH; depth++)
        if (find_below(type, name, minor, depth, &path)) return buf_text(&path);
    return S("");
}

Str schema_type_text(const Field *field, Arena *arena) {
    static const Str names[] = {[TYPE_STRING] = STR("string"),     [TYPE_BOOL] = STR("bool"),
                                [TYPE_INT32] = STR("int32"),       [TYPE_INT64] = STR("int64"),
                                [TYPE_QUANTITY] = STR("Quantity"), [TYPE_INT_OR_STRING] = STR("IntOrString"),
                                [TYPE_TIME] = STR("Time"),         [TYPE_ANY] = STR("any")};
    Str name = field->scalar == TYPE_OBJECT ? field->type->name : names[field->scalar];
    switch ((Shape)field->shape) {
    case SHAPE_LIST: return str_join(arena, S("[]"), name);
    case SHAPE_MAP: return str_join(arena, S("map[string]"), name);
    case SHAPE_ONE: break;
    }
    return name;
}
