/* Look-ups in the generated tables. */
#include "schema.h"

#include "base/near.h"

const Type *schema_type(Str name) {
    for (uint16_t low = 0, high = schema_type_count; low < high;) {
        uint16_t middle = (uint16_t)((low + high) / 2);
        const Type *type = schema_types[schema_types_by_name[middle]];
        int order = str_cmp(name, type->name);
        if (!order) return type;
        if (order < 0)
            high = middle;
        else
            low = (uint16_t)(middle + 1);
    }
    return NULL;
}

const Kind *schema_kind(Str name) {
    for (uint16_t i = 0; i < schema_kind_count; i++)
        if (str_eq(schema_kinds[i].name, name)) return &schema_kinds[i];
    return NULL;
}

const Kind *schema_next_judged(const Kind *kind) {
    kind = kind ? kind + 1 : schema_kinds;
    while (kind < schema_kinds + schema_kind_count && !kind->type) kind++;
    return kind < schema_kinds + schema_kind_count ? kind : NULL;
}

const Type *schema_type_of(Str apiVersion, Str kind, uint8_t minor) {
    const Kind *known = schema_kind(kind);
    for (uint8_t i = 0; known && i < known->versionCount; i++)
        if (str_eq(known->versions[i].apiVersion, apiVersion) && schema_serves(&known->versions[i], minor))
            return known->versions[i].type;
    return NULL;
}

Str schema_version_for(const Kind *kind, uint8_t minor) {
    for (uint8_t i = 0; i < kind->versionCount; i++)
        if (schema_serves(&kind->versions[i], minor)) return kind->versions[i].apiVersion;
    return kind->versions[0].apiVersion;
}

Str schema_api_version(const Type *type) {
    const KindVersion *version = type->kind ? type->kind->versions : NULL;
    while (version && version->type != type) version++;
    return version ? version->apiVersion : S("");
}

bool schema_is_template(const Kind *kind, const Field *field) {
    const Field *const *way = kind ? kind->pod : NULL;
    while (way && *way && *way != field) way++;
    return way && *way && !str_eq(field->name, S("spec"));
}

Str schema_group(Str apiVersion) {
    ptrdiff_t slash = str_find(apiVersion, '/');
    return slash < 0 ? S("") : (Str){apiVersion.at, (size_t)slash};
}

Str schema_version(Str apiVersion) {
    return str_slice(apiVersion, (size_t)(str_find(apiVersion, '/') + 1));
}

bool schema_in_group(const Kind *kind, Str apiVersion) {
    Str group = schema_group(apiVersion);
    for (uint8_t i = 0; i < kind->versionCount; i++)
        if (str_eq(schema_group(kind->versions[i].apiVersion), group)) return true;
    return false;
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
    Str name = field->bytes                   ? S("bytes")
               : field->micro                 ? S("MicroTime")
               : field->scalar == TYPE_OBJECT ? field->type->name
                                              : names[field->scalar];
    switch ((Shape)field->shape) {
    case SHAPE_LIST: return str_join(arena, S("[]"), name);
    case SHAPE_MAP: return str_join(arena, S("map[string]"), name);
    case SHAPE_ONE: break;
    }
    return name;
}
