#include <stdlib.h>
#include <string.h>

#include "generated.h"
#include "kinds.h"
#include "pods.h"
#include "rules.h"

/* Structs. */

static const char *c_type(Arena *arena, const GenField *f) {
    if (f->scalar)
        return f->shape == LIST  ? f->scalar->list
               : f->shape == MAP ? f->scalar->map
               : f->optional     ? f->scalar->optional
                                 : f->scalar->one;
    const char *form = f->shape == LIST ? "%.*sList " : f->optional ? "%.*s *" : "%.*s ";
    return arena_cstr(arena, str_format(arena, form, TEXT(f->object->name)));
}

/* FIELD_OF names a field by these. */
static void put_field_numbers(FILE *out, const GenType *type) {
    if (!type->fieldCount) return;
    fputs("enum {", out);
    for (uint32_t i = 0; i < type->fieldCount; i++)
        fprintf(out, "%s FIELD_%.*s_%.*s", i ? "," : "", TEXT(type->name), TEXT(type->fields[i].name));
    fputs(" };\n", out);
}

static void write_structs(const char *dir, const Schema *schema) {
    Generated generated;
    generated_begin(&generated, dir, "model_types.h", "schema/", "mktables");
    FILE *out = generated.stream;
    fputs("#ifndef PODLINT_MODEL_TYPES_H\n#define PODLINT_MODEL_TYPES_H\n\n#include \"model/model_base.h\"\n\n", out);
    for (uint32_t i = 0; i < schema->inOrder.n; i++) {
        Str name = schema->inOrder.at[i]->name;
        fprintf(out, "typedef struct %.*s %.*s;\n", TEXT(name), TEXT(name));
        fprintf(out, "typedef struct %.*sList {\n    %.*s *at;\n    uint32_t n;\n} %.*sList;\n", TEXT(name), TEXT(name),
                TEXT(name));
        fprintf(out, "extern const Type type_%.*s;\n\n", TEXT(name));
    }
    for (uint32_t i = 0; i < schema->inOrder.n; i++) {
        const GenType *type = schema->inOrder.at[i];
        fprintf(out, "struct %.*s {\n    Head head;\n", TEXT(type->name));
        for (uint32_t j = 0; j < type->fieldCount; j++)
            fprintf(out, "    %s%.*s;\n", c_type(schema->gen->arena, &type->fields[j]), TEXT(type->fields[j].member));
        fputs("};\n\n", out);
    }
    kinds_put_constants(out, schema);
    fputs("enum {\n", out);
    for (uint32_t i = 0; i < schema->gates.n; i++) fprintf(out, "    GATE_%.*s,\n", TEXT(schema->gates.at[i].name));
    fputs("};\n", out);
    for (uint32_t i = 0; i < schema->inOrder.n; i++) put_field_numbers(out, schema->inOrder.at[i]);
    fputs("\n#endif\n", out);
    generated_end(&generated);
}

/* Tables. */

typedef struct Tables {
    FILE *out;
    const Schema *schema;
    Texts texts;
    uint32_t values, listKeys; /* of the fields so far */
} Tables;

static void put_values(Tables *t, File *file, const Node *values) {
    for (uint32_t i = 0; values && i < values->count; i++) {
        const Node *node = &values->entries[i].value;
        bool map = node->kind == NODE_MAP;
        fputs("    {", t->out);
        put_text(t->out, &t->texts, values->entries[i].key);
        fputs(", ", t->out);
        put_text(t->out, &t->texts, map ? text_of(file, node, "description") : str_trim(node->text));
        fprintf(t->out, ", %d},\n", map ? gate_of(t->schema, file, node) : -1);
    }
}

static void put_keys(Tables *t, const Node *keys) {
    for (uint32_t i = 0; keys && i < keys->count; i++) {
        put_text(t->out, &t->texts, keys->items[i].text);
        fputs(",\n", t->out);
    }
}

static void put_field_text(Tables *t, const GenType *type, const GenField *f) {
    FILE *out = t->out;
    fprintf(out, "static const FieldText %.*s_%.*s_text = {", TEXT(type->name), TEXT(f->name));
    static const char *const texts[] = {"description", "defaultWhen", "format", "changeWhen"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        fprintf(out, ".%s = ", texts[i]);
        put_text(out, &t->texts, text_of(f->file, f->node, texts[i]));
        fputs(",\n    ", out);
    }
    fputs(".example = ", out);
    put_text(out, &t->texts, f->example);
    fputs(",\n    .mergeKey = ", out);
    put_text(out, &t->texts, f->mergeKey);
    uint32_t keyCount = f->listKeys ? f->listKeys->count : 0, valueCount = f->values ? f->values->count : 0;
    fprintf(out, ",\n    .listKeys = %u, .listKeyCount = %u, .values = %u, .valueCount = %u", t->listKeys, keyCount, t->values,
            valueCount);
    t->listKeys += keyCount;
    t->values += valueCount;
    fputs(",\n    .listKind = ", out);
    put_constant(out, "LIST", f->listKind, "PLAIN");
    fputs(", .change = ", out);
    put_constant(out, "CHANGE", f->change, "NORMAL");
    fputs(", .empty = ", out);
    put_constant(out, "EMPTY", f->empty, "JUDGED");
    fprintf(out, ",\n    .hasMinimum = %d, .hasMaximum = %d,\n", f->hasMinimum, f->hasMaximum);
    /* C has no constant for the least number of 64 bits. */
    fprintf(out, "    .minimum = %lld - 1, .maximum = %lld, .maxLength = %lld, .maxItems = %lld,\n", (long long)f->minimum + 1,
            (long long)f->maximum, (long long)f->maxLength, (long long)f->maxItems);
    fprintf(out, "    .apart = %d, .rule = ", f->apart);
    if (f->rule.len)
        fprintf(out, "RULE_%.*s,\n};\n", TEXT(rule_c_name(f->file->gen->arena, f->rule)));
    else
        fputs("-1,\n};\n", out);
}

static void put_slots(FILE *out, const GenType *type) {
    fprintf(out, "static const uint8_t %.*s_slots[%u] = {", TEXT(type->name), 1u << type->slotBits);
    for (uint32_t i = 0; i < 1u << type->slotBits; i++) fprintf(out, "%s%d", i ? ", " : "", type->slots[i]);
    fputs("};\n", out);
}

static void put_field(FILE *out, const GenType *type, const GenField *f) {
    static const char *const shapes[] = {[ONE] = "SHAPE_ONE", [LIST] = "SHAPE_LIST", [MAP] = "SHAPE_MAP"};
    fputs("    {.name = ", out);
    put_str(out, f->name);
    fprintf(out, ", .scalar = %s, .shape = %s, .required = %d, .optional = %d, .always = %d, .omitted = %d",
            f->scalar ? f->scalar->constant : "TYPE_OBJECT", shapes[f->shape], f->required, f->optional, f->always, f->omitted);
    fprintf(out, ", .bytes = %d, .micro = %d, .since = %d, .removed = %d", f->scalar && f->scalar->bytes,
            f->scalar && f->scalar->micro, f->since, f->removed);
    fprintf(out, ", .gate = %d, .offset = offsetof(%.*s, %.*s), .size = sizeof(((%.*s *)0)->%.*s)", f->gate, TEXT(type->name),
            TEXT(f->member), TEXT(type->name), TEXT(f->member));
    if (f->object) fprintf(out, ", .type = &type_%.*s", TEXT(f->object->name));
    if (f->value) {
        fputs(", .value = ", out);
        put_str(out, f->value->kind == NODE_MAP ? S("{}") : f->value->text);
    }
    fprintf(out, ", .text = &%.*s_%.*s_text},\n", TEXT(type->name), TEXT(f->name));
}

/* What has to be done about a field that is absent: a default, or an embedded object. */
static bool needs_work(const GenField *f) {
    return is_embedded(f) || f->value;
}

static bool is_nested(const GenField *f) {
    return f->object && !str_eq(f->name, S("status"));
}

/* The numbers of the fields of which something holds, and a zero behind them, as C has no empty arrays. */
static void put_set(FILE *out, const GenType *type, const char *name, bool (*holds)(const GenField *)) {
    fprintf(out, "static const uint16_t %.*s_%s[] = {", TEXT(type->name), name);
    for (uint32_t i = 0; i < type->fieldCount; i++)
        if (holds(&type->fields[i])) fprintf(out, "%u, ", i);
    fputs("0};\n", out);
}

static void put_type(Tables *t, const GenType *type) {
    FILE *out = t->out;
    static const char *const sets[] = {"nested", "prepared", "checked", "gated", "checkedBelow", "gatedBelow"};
    for (uint32_t i = 0; i < type->fieldCount; i++) put_field_text(t, type, &type->fields[i]);
    put_slots(out, type);
    fprintf(out, "static const Field %.*s_fields[] = {\n", TEXT(type->name));
    for (uint32_t i = 0; i < type->fieldCount; i++) put_field(out, type, &type->fields[i]);
    fputs(type->fieldCount ? "};\n" : "    {.name = STR(\"\")},\n};\n", out);
    put_set(out, type, "nested", is_nested);
    put_set(out, type, "prepared", needs_work);
    put_set(out, type, "checked", is_checked);
    put_set(out, type, "gated", is_gated);
    put_set(out, type, "checkedBelow", leads_to_limit);
    put_set(out, type, "gatedBelow", leads_to_gate);
    fprintf(out, "const Type type_%.*s = {.name = ", TEXT(type->name));
    put_str(out, type->name);
    if (type->kind.len) fprintf(out, ", .kind = &schema_kinds[KIND_%.*s]", TEXT(type->kind));
    fputs(",\n    .description = ", out);
    put_text(out, &t->texts, text_of(type->file, type->node, "description"));
    fprintf(out, ",\n    .fields = %.*s_fields, .fieldCount = %u, .size = sizeof(%.*s),\n", TEXT(type->name), type->fieldCount,
            TEXT(type->name));
    fprintf(out, "    .slots = %.*s_slots, .slotFactor = %u, .slotShift = %u,\n", TEXT(type->name), type->slotFactor,
            32 - type->slotBits);
    for (size_t i = 0; i < COUNT(sets); i++)
        fprintf(out, "    .%s = {%.*s_%s, COUNT(%.*s_%s) - 1},\n", sets[i], TEXT(type->name), sets[i], TEXT(type->name), sets[i]);
    fprintf(out, "    .number = %u};\n\n", type->number);
}

static void put_gate(FILE *out, const GenGate *gate, int versions) {
    fputs("    {", out);
    put_str(out, gate->name);
    fputs(", {", out);
    for (int i = 0; i < versions; i++) {
        if (i) fputs(", ", out);
        put_constant(out, "STAGE", gate->stage[i], "NONE");
    }
    fputs("}, {", out);
    for (int i = 0; i < versions; i++) fprintf(out, "%s%d", i ? ", " : "", gate->on[i]);
    fputs("}},\n", out);
}

/* The values and keys that put_field_text has counted, and all texts. */
static void put_lists(Tables *t) {
    const Schema *schema = t->schema;
    fputs("const EnumValue schema_values[] = {\n", t->out);
    for (uint32_t i = 0; i < schema->types.n; i++)
        for (uint32_t j = 0; j < schema->types.at[i].fieldCount; j++)
            put_values(t, schema->types.at[i].file, schema->types.at[i].fields[j].values);
    fputs("};\n\nconst TableText schema_list_keys[] = {\n", t->out);
    for (uint32_t i = 0; i < schema->types.n; i++)
        for (uint32_t j = 0; j < schema->types.at[i].fieldCount; j++) put_keys(t, schema->types.at[i].fields[j].listKeys);
    fputs("};\n\n", t->out);
    put_texts(t->out, &t->texts, "schema_texts");
    fputc('\n', t->out);
}

static int by_name(const void *a, const void *b) {
    return str_cmp((*(const GenType *const *)a)->name, (*(const GenType *const *)b)->name);
}

/* The numbers of the types in the order of their names. */
static void put_order(FILE *out, const Schema *schema) {
    const GenType **sorted = NEW_ARRAY(schema->gen->arena, const GenType *, schema->inOrder.n + 1);
    memcpy(sorted, schema->inOrder.at, schema->inOrder.n * sizeof *sorted);
    qsort(sorted, schema->inOrder.n, sizeof *sorted, by_name);
    fputs("const uint16_t schema_types_by_name[] = {", out);
    for (uint32_t i = 0; i < schema->inOrder.n; i++) fprintf(out, "%s%u", i ? ", " : "", sorted[i]->number);
    fputs("};\n\n", out);
}

static void write_tables(const char *dir, const Schema *schema) {
    Generated generated;
    generated_begin(&generated, dir, "schema_tables.c", "schema/", "mktables");
    FILE *out = generated.stream;
    fputs("#include \"model_types.h\"\n#include \"rules.h\"\n\n#include <stddef.h>\n\n", out);
    Tables tables = {.out = out, .schema = schema, .texts.places.arena = schema->gen->arena};
    for (uint32_t i = 0; i < schema->types.n; i++)
        if (!schema->types.at[i].values) put_type(&tables, &schema->types.at[i]);
    put_lists(&tables);
    fputs("const Type *const schema_types[] = {\n", out);
    for (uint32_t i = 0; i < schema->types.n; i++)
        if (!schema->types.at[i].values) fprintf(out, "    &type_%.*s,\n", TEXT(schema->types.at[i].name));
    fprintf(out, "};\nconst uint16_t schema_type_count = %u;\n\n", schema->inOrder.n);
    put_order(out, schema);
    kinds_put_tables(out, schema);
    pods_put_tables(out, schema->pods);
    fputs("const Gate schema_gates[] = {\n", out);
    for (uint32_t i = 0; i < schema->gates.n; i++)
        put_gate(out, &schema->gates.at[i], schema->versions.newest - schema->versions.first + 1);
    fprintf(out, "};\nconst uint16_t schema_gate_count = %u;\n", schema->gates.n);
    generated_end(&generated);
}

void types_write(const char *dir, const Schema *schema) {
    write_structs(dir, schema);
    write_tables(dir, schema);
}
