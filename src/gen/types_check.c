/* What a field says of its values and of other types. */
#include "base/near.h"
#include "types.h"

#include <stdlib.h>

const GenField *field_named(const GenType *type, Str name) {
    for (uint32_t i = 0; i < type->fieldCount; i++)
        if (str_eq(type->fields[i].name, name)) return &type->fields[i];
    return NULL;
}

void complain_of_field(const Schema *schema, File *file, Span span, Str name) {
    Near near = near_start(name);
    for (uint32_t t = 0; t < schema->types.n; t++)
        for (uint32_t i = 0; i < schema->types.at[t].fieldCount; i++) near_try(&near, schema->types.at[t].fields[i].name);
    complain(file, span, near_question(schema->gen->arena, near.found), "no type has a field \"%.*s\"", TEXT(name));
}

static const char *words_for(const GenField *field, bool item) {
    if (!item && field->shape == LIST) return "a list";
    if (field->object || (!item && field->shape == MAP)) return "a map";
    if (field->scalar->kinds == BOOL_NODE) return "true or false";
    if (field->scalar->kinds == INT_NODE) return "an integer";
    return field->scalar->kinds & INT_NODE ? "a number or text" : "text";
}

static bool fits(const GenField *field, const Node *node, bool item) {
    if (!item && field->shape != ONE) return node->kind == (field->shape == LIST ? NODE_LIST : NODE_MAP);
    return field->object ? node->kind == NODE_MAP : (field->scalar->kinds >> node->kind & 1) != 0;
}

/* Tells where an example or a default is no value of its field. */
static void check_value(const GenField *field, const Node *node, const char *what, bool item) {
    File *file = field->file;
    if (!field->object && !field->scalar) return;
    if (!fits(field, node, item)) {
        complain(file, node->span, S(""), "the %s of %.*s must be %s", what, TEXT(field->name), words_for(field, item));
        return;
    }
    bool collection = !item && field->shape != ONE;
    if (collection && field->maxItems && node->count > field->maxItems)
        complain(file, node->span, S(""), "the %s has more than %lld items", what, (long long)field->maxItems);
    for (uint32_t i = 0; collection && i < node->count; i++)
        check_value(field, node->kind == NODE_LIST ? &node->items[i] : &node->entries[i].value, what, true);
    if (collection) return;
    if (node->kind == NODE_INT) {
        long long number = atoll(arena_cstr(file->gen->arena, node->text));
        if ((field->hasMinimum && number < field->minimum) || (field->hasMaximum && number > field->maximum))
            complain(file, node->span, S(""), "the %s %lld is outside the limits of %.*s", what, number, TEXT(field->name));
    }
    if (node->kind == NODE_STRING && field->maxLength && (int64_t)node->text.len > field->maxLength)
        complain(file, node->span, S(""), "the %s has more than %lld bytes", what, (long long)field->maxLength);
    if (node->kind == NODE_STRING && field->values && !node_get(field->values, node->text)) {
        Near near = near_start(node->text);
        for (uint32_t i = 0; i < field->values->count; i++) near_try(&near, field->values->entries[i].key);
        complain(file, node->span, near_question(file->gen->arena, near.found), "the %s \"%.*s\" is none of the values of %.*s",
                 what, TEXT(node->text), TEXT(field->name));
    }
    for (uint32_t i = 0; field->object && i < node->count; i++) {
        const GenField *below = field_named(field->object, node->entries[i].key);
        Near near = near_start(node->entries[i].key);
        for (uint32_t j = 0; j < field->object->fieldCount; j++) near_try(&near, field->object->fields[j].name);
        if (below) {
            GenField here = *below;
            here.file = file;
            check_value(&here, &node->entries[i].value, what, false);
        } else {
            complain(file, node->entries[i].keySpan, near_question(file->gen->arena, near.found), "%.*s has no field \"%.*s\"",
                     TEXT(field->object->name), TEXT(node->entries[i].key));
        }
    }
}

static void check_key(const GenField *field, const Node *node, Str key) {
    if (!field->object || field_named(field->object, key)) return;
    Near near = near_start(key);
    for (uint32_t i = 0; i < field->object->fieldCount; i++) near_try(&near, field->object->fields[i].name);
    complain(field->file, node->span, near_question(field->file->gen->arena, near.found), "%.*s has no field \"%.*s\"",
             TEXT(field->object->name), TEXT(key));
}

/* How many fields have a format. */
static unsigned uses_of(const Schema *schema, Str format, Near *near) {
    unsigned uses = 0;
    for (uint32_t t = 0; t < schema->types.n; t++)
        for (uint32_t i = 0; i < schema->types.at[t].fieldCount; i++) {
            const Node *other = node_get(schema->types.at[t].fields[i].node, S("format"));
            if (!other) continue;
            if (str_eq(other->text, format))
                uses++;
            else
                near_try(near, other->text);
        }
    return uses;
}

/* Formats are words for people, of which there is no list: tells of one that only this field has
 * and that is nearly another one. */
static void check_format(const Schema *schema, const GenField *field) {
    const Node *node = node_get(field->node, S("format"));
    if (!node) return;
    Near near = near_start(node->text);
    if (uses_of(schema, node->text, &near) == 1 && near.found.len)
        complain(field->file, node->span, near_question(schema->gen->arena, near.found), "no other field has the format %.*s",
                 TEXT(node->text));
}

/* Marks a type, and those of its fields, in a list by their place among all types. */
static void mark_used(const Schema *schema, const GenType *type, bool *used) {
    bool *mark = &used[type - schema->types.at];
    if (*mark) return;
    *mark = true;
    for (uint32_t i = 0; i < type->fieldCount; i++) {
        const GenField *field = &type->fields[i];
        if (field->object) mark_used(schema, field->object, used);
        for (uint32_t t = 0; field->values && t < schema->types.n; t++) used[t] |= schema->types.at[t].values == field->values;
    }
}

void types_check_use(const Schema *schema) {
    bool *used = NEW_ARRAY(schema->gen->arena, bool, schema->types.n + 1);
    if (schema->gen->mistakes) return;
    for (uint32_t t = 0; t < schema->types.n; t++)
        if (schema->types.at[t].kind.len) mark_used(schema, &schema->types.at[t], used);
    for (uint32_t t = 0; t < schema->types.n; t++) {
        const GenType *type = &schema->types.at[t];
        if (!used[t]) complain(type->file, type->nameSpan, S(""), "no kind holds a %.*s", TEXT(type->name));
    }
}

void field_check(const Schema *schema, const GenField *field) {
    const Node *list = node_get(field->node, S("list")), *example = node_get(field->node, S("example"));
    for (uint32_t i = 0; field->listKeys && i < field->listKeys->count; i++)
        check_key(field, &field->listKeys->items[i], field->listKeys->items[i].text);
    if (field->mergeKey.len) check_key(field, node_get(list, S("merge")), field->mergeKey);
    if (example) check_value(field, example, "example", false);
    check_format(schema, field);
    if (!field->value) return;
    /* Of an object only an empty one can be a default, and of a list or map none. */
    bool possible = field->shape == ONE && (!field->object || (field->optional && !field->value->count));
    if (possible)
        check_value(field, field->value, "default", false);
    else
        complain(field->file, field->value->span, S(""), "%.*s cannot have this default", TEXT(field->name));
}
