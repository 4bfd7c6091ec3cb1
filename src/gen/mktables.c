/* The build's generator: reads schema/ and rules/ and writes the structs, tables and emitters that podlint is compiled with.
 *
 *     mktables OUTDIR FILE...
 *
 * A file whose first entry is `source:` holds rules, gates.yaml holds feature gates, kinds.yaml the kinds of objects,
 * NAME-topics.yaml what explain tells of a pod's life; any other holds types. A mistake is reported as file:line:column and fails
 * the build. */
#include "model/rule_text.h"
#include "model/schema.h"
#include "generated.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct File {
    Source source;
    NodeDocument document;
} File;

typedef struct GenField GenField;

typedef struct GenType {
    File *file;
    Str name;
    const Node *node;
    GenField *fields;
    uint32_t fieldCount;
    const Node *values; /* a shared enumeration instead of fields */
    bool emitted;
    bool visiting;
    uint32_t number;
    const Entry *kind; /* of kinds.yaml whose objects are read as this type */
} GenType;

struct GenField {
    Str name;
    const Node *node;
    Span nameSpan;
    Str scalar; /* base name of the type: string, Container ... */
    int shape;  /* 0 one, 1 list, 2 map */
    GenType *object;
    bool optional, required, always, bytes, micro;
};

typedef struct GenRule {
    File *file;
    RuleText *text;
} GenRule;

static Arena arena;
static ARRAY(File *) files;
static ARRAY(GenType) types;
static ARRAY(GenRule) genRules;
static ARRAY(Str) gates;
static const Node *gatesNode;
static File *gatesFile;
static File *kindsFile;
static ARRAY(File *) topicsFiles;
static int errors;

static void complain(File *file, Span span, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void complain(File *file, Span span, const char *format, ...) {
    Place place = source_place(&file->source, &arena, span.at);
    fprintf(stderr, "%.*s:%u:%u: error: ", (int)file->source.name.len, file->source.name.at, place.line, place.column);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    errors++;
}

static Str text_of(File *file, const Node *map, const char *key) {
    const Node *node = node_get(map, str_of(key));
    if (!node || node->kind == NODE_NULL) return S("");
    if (node->kind == NODE_LIST || node->kind == NODE_MAP) {
        complain(file, node->span, "%s must be a scalar", key);
        return S("");
    }
    return str_trim(node->text);
}

static bool flag_of(File *file, const Node *map, const char *key) {
    const Node *node = node_get(map, str_of(key));
    if (node && node->kind != NODE_BOOL) complain(file, node->span, "%s must be true or false", key);
    return node && str_eq(node->text, S("true"));
}

static void only_keys(File *file, const Node *map, const char *const *allowed) {
    for (uint32_t i = 0; i < map->count; i++) {
        bool known = false;
        for (const char *const *key = allowed; *key; key++) known |= str_eq(map->entries[i].key, str_of(*key));
        if (!known) complain(file, map->entries[i].keySpan, "unknown key \"%.*s\"", TEXT(map->entries[i].key));
    }
}

/* Reading. */

static GenType *find_type(Str name) {
    for (uint32_t i = 0; i < types.n; i++)
        if (str_eq(types.at[i].name, name)) return &types.at[i];
    return NULL;
}

static void read_types(File *file) {
    const Node *root = file->document.root;
    for (uint32_t i = 0; i < root->count; i++) {
        const Entry *entry = &root->entries[i];
        static const char *const keys[] = {"description", "fields", "values", NULL};
        if (entry->value.kind != NODE_MAP) {
            complain(file, entry->keySpan, "%.*s must be a map", TEXT(entry->key));
            continue;
        }
        only_keys(file, &entry->value, keys);
        if (find_type(entry->key)) complain(file, entry->keySpan, "%.*s is defined twice", TEXT(entry->key));
        if (!text_of(file, &entry->value, "description").len)
            complain(file, entry->keySpan, "%.*s has no description", TEXT(entry->key));
        GenType type = {.file = file, .name = entry->key, .node = &entry->value, .values = node_get(&entry->value, S("values"))};
        const Node *fields = node_get(&entry->value, S("fields"));
        if (!type.values && (!fields || fields->kind != NODE_MAP))
            complain(file, entry->keySpan, "%.*s has no fields", TEXT(entry->key));
        ARRAY_PUSH(&arena, &types, type);
    }
}

static void read_field(GenType *type, const Entry *entry, GenField *field) {
    static const char *const keys[] = {"type",   "required", "presence",   "always",  "list",        "default",   "defaultWhen",
                                       "since",  "removed",  "gate",       "minimum", "maximum",     "maxLength", "maxItems",
                                       "format", "change",   "changeWhen", "enum",    "description", "example",   NULL};
    static const Str scalars[] = {STR("string"),   STR("bool"),        STR("int32"), STR("int64"),
                                  STR("Quantity"), STR("IntOrString"), STR("Time"),  STR("any")};
    File *file = type->file;
    *field = (GenField){.name = entry->key, .node = &entry->value, .nameSpan = entry->keySpan};
    if (entry->value.kind != NODE_MAP) {
        complain(file, entry->keySpan, "a field must be a map");
        field->scalar = S("any");
        return;
    }
    only_keys(file, &entry->value, keys);
    Str written = text_of(file, &entry->value, "type");
    if (str_starts(written, S("[]"))) {
        field->shape = 1;
        written = str_slice(written, 2);
    } else if (str_starts(written, S("map[string]"))) {
        field->shape = 2;
        written = str_slice(written, 11);
    }
    field->bytes = str_eq(written, S("bytes"));
    field->micro = str_eq(written, S("MicroTime"));
    if (field->bytes) written = S("string");
    if (field->micro) written = S("Time");
    field->scalar = written;
    if (!str_in(written, scalars, COUNT(scalars))) {
        field->object = find_type(written);
        if (!field->object) complain(file, entry->keySpan, "%.*s has the unknown type \"%.*s\"", TEXT(entry->key), TEXT(written));
    }
    Str presence = text_of(file, &entry->value, "presence");
    if (presence.len && !str_eq(presence, S("explicit"))) complain(file, entry->keySpan, "presence must be explicit");
    field->optional = presence.len > 0;
    field->required = flag_of(file, &entry->value, "required");
    field->always = flag_of(file, &entry->value, "always");
    if (!text_of(file, &entry->value, "description").len)
        complain(file, entry->keySpan, "%.*s has no description", TEXT(entry->key));
}

static void read_fields(GenType *type) {
    const Node *fields = node_get(type->node, S("fields"));
    if (!fields) return;
    if (fields->count > 64) complain(type->file, fields->span, "%.*s has more than 64 fields", TEXT(type->name));
    type->fieldCount = fields->count;
    type->fields = NEW_ARRAY(&arena, GenField, fields->count);
    for (uint32_t i = 0; i < fields->count; i++) read_field(type, &fields->entries[i], &type->fields[i]);
}

/* What has to hold of the rules that podlint brings. */
static void check_rule(File *file, const RuleText *text) {
    const Rule *rule = &text->rule;
    Span span = rule_text_span(text, S("name"));
    for (uint32_t i = 0; i < genRules.n; i++) {
        const Rule *other = &genRules.at[i].text->rule;
        if (str_eq(other->name, rule->name)) complain(file, span, "rule %.*s is defined twice", TEXT(rule->name));
        if (rule->code.len && str_eq(other->code, rule->code))
            complain(file, span, "%.*s and %.*s have the code %.*s", TEXT(other->name), TEXT(rule->name), TEXT(rule->code));
    }
    if (rule->source != FROM_LINT) return;
    bool typed = rule->on.len && !str_eq(rule->on, S("Document"));
    if (typed && !find_type(rule->on)) complain(file, rule_text_span(text, S("on")), "unknown type \"%.*s\"", TEXT(rule->on));
    if (!rule->code.len || !rule->why.len || !rule->bad.len || !rule->good.len)
        complain(file, span, "%.*s needs a code, a why, a bad and a good example", TEXT(rule->name));
}

static void read_rules(File *file) {
    RuleFaults faults = {.arena = &arena};
    uint32_t count;
    RuleText *texts = rule_text_read(&faults, file->document.root, &count);
    for (uint32_t i = 0; i < faults.items.n; i++)
        complain(file, faults.items.at[i].span, "%.*s", TEXT(faults.items.at[i].message));
    for (uint32_t i = 0; i < count; i++) {
        check_rule(file, &texts[i]);
        ARRAY_PUSH(&arena, &genRules, (GenRule){file, &texts[i]});
    }
}

static int gate_number(Str name) {
    for (uint32_t i = 0; i < gates.n; i++)
        if (str_eq(gates.at[i], name)) return (int)i;
    return -1;
}

/* Writing. */

static void put_string(FILE *out, Str s) {
    fputc('"', out);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c == '\n')
            fputs("\\n", out);
        else if (c < 0x20 || c >= 0x7F)
            fprintf(out, "\\%03o", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

static void put_str(FILE *out, Str s) {
    fputs("STR(", out);
    put_string(out, s);
    fputc(')', out);
}

static Str c_name(Str s) {
    char *copy = arena_cstr(&arena, s);
    for (size_t i = 0; i < s.len; i++)
        if (copy[i] == '-' || copy[i] == '.') copy[i] = '_';
    return (Str){copy, s.len};
}

/* The member of the struct that holds a field: its name, with a dash below behind what is a word of C. */
static Str member_name(Str field) {
    return str_eq(field, S("default")) ? S("default_") : field;
}

static const char *c_type(const GenField *f) {
    static const struct {
        const char *name, *one, *optional, *list, *map;
    } table[] = {
        {"string", "Str ", "Str ", "StrList ", "StrMap "},
        {"bool", "bool ", "OptBool ", NULL, NULL},
        {"int32", "int64_t ", "OptInt ", "IntList ", NULL},
        {"int64", "int64_t ", "OptInt ", "IntList ", NULL},
        {"Quantity", "Quantity ", "Quantity ", NULL, "QuantityMap "},
        {"IntOrString", "IntOrString ", "OptIntOrString ", NULL, NULL},
        {"Time", "Time ", "Time ", NULL, "StrMap "},
        {"any", "const Node *", "const Node *", NULL, NULL},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        if (!str_eq(f->scalar, str_of(table[i].name))) continue;
        return f->shape == 1 ? table[i].list : f->shape == 2 ? table[i].map : f->optional ? table[i].optional : table[i].one;
    }
    if (f->shape == 2) return NULL;
    const char *form = f->shape == 1 ? "%.*sList " : f->optional ? "%.*s *" : "%.*s ";
    return arena_cstr(&arena, str_format(&arena, form, TEXT(f->scalar)));
}

static bool embedded(const GenField *f) {
    return f->object && !f->object->values && f->shape == 0 && !f->optional;
}

static void put_struct(FILE *out, GenType *type) {
    if (type->emitted || type->values) return;
    if (type->visiting) {
        complain(type->file, type->node->span, "%.*s holds itself", TEXT(type->name));
        return;
    }
    type->visiting = true;
    for (uint32_t i = 0; i < type->fieldCount; i++)
        if (embedded(&type->fields[i])) put_struct(out, type->fields[i].object);
    type->emitted = true;
    fprintf(out, "struct %.*s {\n    Head head;\n", TEXT(type->name));
    for (uint32_t i = 0; i < type->fieldCount; i++) {
        const GenField *f = &type->fields[i];
        const char *c = c_type(f);
        if (!c) complain(type->file, f->nameSpan, "this list or map has no C type");
        fprintf(out, "    %s%.*s;\n", c ? c : "int ", TEXT(member_name(f->name)));
    }
    fprintf(out, "};\n\n");
}

static void write_structs(const char *dir) {
    Generated generated;
    generated_begin(&generated, dir, "model_types.h", "schema/", "mktables");
    FILE *out = generated.stream;
    fputs("#ifndef PODLINT_MODEL_TYPES_H\n#define PODLINT_MODEL_TYPES_H\n\n#include \"model/model_base.h\"\n\n", out);
    for (uint32_t i = 0; i < types.n; i++)
        if (!types.at[i].values)
            fprintf(out, "typedef struct %.*s %.*s;\ntypedef struct %.*sList {\n    %.*s *at;\n    uint32_t n;\n} %.*sList;\n",
                    TEXT(types.at[i].name), TEXT(types.at[i].name), TEXT(types.at[i].name), TEXT(types.at[i].name),
                    TEXT(types.at[i].name));
    fputc('\n', out);
    for (uint32_t i = 0; i < types.n; i++) put_struct(out, &types.at[i]);
    for (uint32_t i = 0; i < types.n; i++)
        if (!types.at[i].values) fprintf(out, "extern const Type type_%.*s;\n", TEXT(types.at[i].name));
    fputs("\nenum {\n", out);
    const Node *kinds = kindsFile->document.root;
    for (uint32_t i = 0; i < kinds->count; i++) fprintf(out, "    KIND_%.*s,\n", TEXT(kinds->entries[i].key));
    fputs("    KIND_END\n};\n\nenum {\n", out);
    for (uint32_t i = 0; i < gates.n; i++) fprintf(out, "    GATE_%.*s,\n", TEXT(gates.at[i]));
    fputs("};\n\n#endif\n", out);
    generated_end(&generated);
}

static int version_of(GenType *type, const GenField *f, const char *key) {
    Str text = text_of(type->file, f->node, key);
    if (!text.len) return 0;
    int64_t minor = 0;
    if (str_starts(text, S("1."))) minor = atoi(text.at + 2);
    if (minor < 29 || minor > 37) complain(type->file, f->nameSpan, "%s: %.*s is not one of '1.29' to '1.37'", key, TEXT(text));
    return (int)minor;
}

static int64_t integer_of(GenType *type, const GenField *f, const char *key, bool *present) {
    const Node *node = node_get(f->node, str_of(key));
    if (present) *present = node != NULL;
    if (!node) return 0;
    if (node->kind != NODE_INT) complain(type->file, node->span, "%s must be an integer", key);
    return strtoll(arena_cstr(&arena, node->text), NULL, 10);
}

static int word_of(GenType *type, const GenField *f, const char *key, const char *const *words) {
    Str text = text_of(type->file, f->node, key);
    if (!text.len) return 0;
    for (int i = 0; words[i]; i++)
        if (str_eq(text, str_of(words[i]))) return i;
    complain(type->file, f->nameSpan, "%s: unknown word \"%.*s\"", key, TEXT(text));
    return 0;
}

/* The values of an enumeration: in the field, or in the shared entry that it names. */
static const Node *enum_values(GenType *type, const GenField *f) {
    const Node *node = node_get(f->node, S("enum"));
    if (!node || node->kind == NODE_MAP) return node;
    GenType *shared = node->kind == NODE_STRING ? find_type(node->text) : NULL;
    if (shared && shared->values) return shared->values;
    complain(type->file, node->span, "enum must be a map of values or the name of a shared enumeration");
    return NULL;
}

/* The example as it is written in the schema file, moved to the left margin. */
static Str example_of(GenType *type, const GenField *f) {
    const Entry *entry = node_entry(f->node, S("example"));
    if (!entry) return S("");
    const Node *node = &entry->value;
    Source *source = &type->file->source;
    Str text = {source->text.at + node->span.at, node->span.end - node->span.at};
    Place place = source_place(source, &arena, node->span.at);
    Place key = source_place(source, &arena, entry->keySpan.at);
    if (place.line == key.line && text.at[0] != '|' && text.at[0] != '>') return text;
    size_t margin = place.line == key.line ? key.column + 1 : place.column - 1;
    Buf buf = {.arena = &arena};
    for (size_t i = 0; i < text.len;) {
        ptrdiff_t newline = str_find(str_slice(text, i), '\n');
        size_t end = newline < 0 ? text.len : i + (size_t)newline;
        size_t from = i;
        if (i > 0)
            while (from < end && from - i < margin && text.at[from] == ' ') from++;
        buf_str(&buf, (Str){text.at + from, end - from});
        if (end < text.len) buf_char(&buf, '\n');
        i = end + 1;
    }
    return buf_text(&buf);
}

static void put_field_text(FILE *out, GenType *type, const GenField *f) {
    static const char *const changes[] = {"", "in-place", "limited", "resize", "rollout", "fixed", NULL};
    static const char *const kinds[] = {"", "atomic", "set", "map", NULL};
    const Node *values = enum_values(type, f), *list = node_get(f->node, S("list"));
    const Node *keys = list ? node_get(list, S("keys")) : NULL;
    Str id = str_format(&arena, "%.*s_%.*s", TEXT(type->name), TEXT(f->name));
    if (values) {
        fprintf(out, "static const EnumValue %.*s_values[] = {\n", TEXT(id));
        for (uint32_t i = 0; i < values->count; i++) {
            fputs("    {", out);
            put_str(out, values->entries[i].key);
            fputs(", ", out);
            put_str(out, str_trim(values->entries[i].value.text));
            fputs("},\n", out);
            if (values->entries[i].value.kind != NODE_STRING)
                complain(type->file, values->entries[i].keySpan, "an enum value needs a description");
        }
        fputs("};\n", out);
    }
    if (keys && keys->kind == NODE_LIST && keys->count) {
        fprintf(out, "static const Str %.*s_keys[] = {", TEXT(id));
        for (uint32_t i = 0; i < keys->count; i++) {
            if (i) fputs(", ", out);
            put_str(out, keys->items[i].text);
        }
        fputs("};\n", out);
    } else {
        keys = NULL;
    }
    bool hasMinimum, hasMaximum;
    int64_t minimum = integer_of(type, f, "minimum", &hasMinimum), maximum = integer_of(type, f, "maximum", &hasMaximum);
    fprintf(out, "static const FieldText %.*s_text = {\n    .description = ", TEXT(id));
    put_str(out, text_of(type->file, f->node, "description"));
    static const char *const texts[] = {"defaultWhen", "format", "changeWhen"};
    for (size_t i = 0; i < 3; i++) {
        fprintf(out, ",\n    .%s = ", texts[i]);
        put_str(out, text_of(type->file, f->node, texts[i]));
    }
    fputs(",\n    .example = ", out);
    put_str(out, example_of(type, f));
    fputs(",\n    .mergeKey = ", out);
    put_str(out, list && list->kind == NODE_MAP ? text_of(type->file, list, "merge") : S(""));
    if (keys) fprintf(out, ",\n    .listKeys = %.*s_keys, .listKeyCount = %u", TEXT(id), keys->count);
    if (values) fprintf(out, ",\n    .values = %.*s_values, .valueCount = %u", TEXT(id), values->count);
    GenField listField = {.node = list, .nameSpan = f->nameSpan};
    fprintf(out, ",\n    .listKind = %d, .change = %d, .hasMinimum = %d, .hasMaximum = %d,\n",
            list ? word_of(type, &listField, "kind", kinds) : 0, word_of(type, f, "change", changes), hasMinimum, hasMaximum);
    fprintf(out, "    .minimum = %lld, .maximum = %lld, .maxLength = %lld, .maxItems = %lld,\n};\n", (long long)minimum,
            (long long)maximum, (long long)integer_of(type, f, "maxLength", NULL),
            (long long)integer_of(type, f, "maxItems", NULL));
}

static const char *scalar_constant(const GenField *f) {
    static const char *const names[][2] = {{"string", "TYPE_STRING"},     {"bool", "TYPE_BOOL"},
                                           {"int32", "TYPE_INT32"},       {"int64", "TYPE_INT64"},
                                           {"Quantity", "TYPE_QUANTITY"}, {"IntOrString", "TYPE_INT_OR_STRING"},
                                           {"Time", "TYPE_TIME"},         {"any", "TYPE_ANY"}};
    for (size_t i = 0; i < COUNT(names); i++)
        if (str_eq(f->scalar, str_of(names[i][0]))) return names[i][1];
    return "TYPE_OBJECT";
}

/* Finds a factor and a shift under which all names of a type fall into slots of their own. */
static void put_slots(FILE *out, const GenType *type) {
    for (int bits = 3; bits <= 12; bits++) {
        if ((1u << bits) < type->fieldCount) continue;
        for (uint32_t factor = 1; factor < 40000; factor += 2) {
            uint8_t slots[4096] = {0};
            bool free = true;
            for (uint32_t i = 0; i < type->fieldCount && free; i++) {
                uint32_t slot = str_hash(type->fields[i].name) * factor >> (32 - bits);
                free = slots[slot] == 0;
                slots[slot] = (uint8_t)(i + 1);
            }
            if (!free) continue;
            fprintf(out, "static const uint8_t %.*s_slots[%d] = {", TEXT(type->name), 1 << bits);
            for (int i = 0; i < 1 << bits; i++) fprintf(out, "%s%d", i ? ", " : "", slots[i]);
            fprintf(out, "};\nenum { %.*s_factor = %u, %.*s_shift = %d };\n", TEXT(type->name), factor, TEXT(type->name),
                    32 - bits);
            return;
        }
    }
    complain(type->file, type->node->span, "no perfect hash for the fields of %.*s", TEXT(type->name));
}

static void put_field(FILE *out, GenType *type, const GenField *f) {
    fputs("    {.name = ", out);
    put_str(out, f->name);
    fprintf(out,
            ", .scalar = %s, .shape = %s, .required = %d, .optional = %d, .always = %d, .bytes = %d, .micro = %d, .since = %d, "
            ".removed = %d",
            scalar_constant(f),
            f->shape == 1   ? "SHAPE_LIST"
            : f->shape == 2 ? "SHAPE_MAP"
                            : "SHAPE_ONE",
            f->required, f->optional, f->always, f->bytes, f->micro, version_of(type, f, "since"),
            version_of(type, f, "removed"));
    Str gate = text_of(type->file, f->node, "gate");
    ptrdiff_t comma = str_find(gate, ',');
    if (comma >= 0) gate.len = (size_t)comma;
    int number = gate.len ? gate_number(gate) : -1;
    if (gate.len && number < 0) complain(type->file, f->nameSpan, "the gate %.*s is not in gates.yaml", TEXT(gate));
    fprintf(out, ", .gate = %d, .offset = offsetof(%.*s, %.*s)", number, TEXT(type->name), TEXT(member_name(f->name)));
    if (f->object) fprintf(out, ", .type = &type_%.*s", TEXT(f->object->name));
    const Node *value = node_get(f->node, S("default"));
    if (value) {
        bool empty = value->kind == NODE_MAP && value->count == 0;
        bool fits =
            f->object ? empty && f->shape == 0 && f->optional
                      : f->shape == 0 && (str_eq(f->scalar, S("string")) ? value->kind == NODE_STRING
                                          : str_eq(f->scalar, S("bool")) ? value->kind == NODE_BOOL
                                                                         : value->kind == NODE_INT || value->kind == NODE_STRING);
        if (!fits) complain(type->file, value->span, "the default does not fit the field's type");
        fputs(", .value = ", out);
        put_str(out, empty ? S("{}") : value->text);
    }
    fprintf(out, ", .text = &%.*s_%.*s_text},\n", TEXT(type->name), TEXT(f->name));
}

/* Kinds. */

static const char *const workloads[] = {"", "pod", "replicas", "nodes", "job", NULL};

static const GenField *find_field(const GenType *type, Str name) {
    for (uint32_t i = 0; type && i < type->fieldCount; i++)
        if (str_eq(type->fields[i].name, name)) return &type->fields[i];
    return NULL;
}

/* The type that the objects of a kind, or of one of its versions, are read as; NULL if they are not. */
static GenType *type_of_kind(const Node *map) {
    Str name = text_of(kindsFile, map, "type");
    GenType *type = name.len ? find_type(name) : NULL;
    if (name.len && (!type || !find_field(type, S("metadata"))))
        complain(kindsFile, node_get(map, S("type"))->span, "%.*s is not a type with metadata", TEXT(name));
    return type;
}

static void check_kind_version(const Entry *version) {
    static const char *const keys[] = {"since", "removed", "type", NULL};
    if (version->value.kind != NODE_MAP) {
        complain(kindsFile, version->keySpan, "%.*s must be a map", TEXT(version->key));
        return;
    }
    only_keys(kindsFile, &version->value, keys);
}

static void read_kind(const Entry *entry) {
    static const char *const keys[] = {"versions", "plural", "short", "scope", "type", "pod", "workload", NULL};
    const Node *map = &entry->value, *versions = node_get(map, S("versions")), *shorts = node_get(map, S("short"));
    if (map->kind != NODE_MAP) {
        complain(kindsFile, entry->keySpan, "%.*s must be a map", TEXT(entry->key));
        return;
    }
    only_keys(kindsFile, map, keys);
    Str scope = text_of(kindsFile, map, "scope");
    if (!versions || !versions->count || (versions->kind != NODE_LIST && versions->kind != NODE_MAP))
        complain(kindsFile, entry->keySpan, "%.*s needs the list or map of its versions", TEXT(entry->key));
    for (uint32_t i = 0; versions && versions->kind == NODE_MAP && i < versions->count; i++)
        check_kind_version(&versions->entries[i]);
    if (shorts && shorts->kind != NODE_LIST) complain(kindsFile, shorts->span, "short must be a list");
    if (!text_of(kindsFile, map, "plural").len) complain(kindsFile, entry->keySpan, "%.*s has no plural", TEXT(entry->key));
    if (!str_eq(scope, S("namespaced")) && !str_eq(scope, S("cluster")))
        complain(kindsFile, entry->keySpan, "the scope of %.*s must be namespaced or cluster", TEXT(entry->key));
    GenType *type = type_of_kind(map);
    if (type && type->kind) complain(kindsFile, entry->keySpan, "%.*s is the type of two kinds", TEXT(type->name));
    if (type) type->kind = entry;
    for (uint32_t i = 0; versions && versions->kind == NODE_MAP && i < versions->count; i++) {
        GenType *other = type_of_kind(&versions->entries[i].value);
        if (other) other->kind = entry;
    }
}

/* The version that a key of kinds.yaml names, as far back as there were any. */
static int kind_minor(const Node *map, const char *key) {
    Str text = text_of(kindsFile, map, key);
    int minor = str_starts(text, S("1.")) && str_is_digits(str_slice(text, 2)) ? atoi(text.at + 2) : 0;
    if (text.len && (minor < 1 || minor > VERSION_LAST))
        complain(kindsFile, node_get(map, str_of(key))->span, "%s: %.*s is no version of Kubernetes", key, TEXT(text));
    return minor;
}

static void put_kind_version(FILE *out, Str apiVersion, const Node *map, const GenType *type) {
    const GenType *own = map ? type_of_kind(map) : NULL;
    if (own) type = own;
    fputs("    {.apiVersion = ", out);
    put_str(out, apiVersion);
    if (map) fprintf(out, ", .since = %d, .removed = %d", kind_minor(map, "since"), kind_minor(map, "removed"));
    if (type) fprintf(out, ", .type = &type_%.*s", TEXT(type->name));
    fputs("},\n", out);
}

/* The fields on the way from the object to what holds the pod's metadata and spec. */
static void put_pod_place(FILE *out, const Entry *kind, const GenType *type) {
    const Node *node = node_get(&kind->value, S("pod"));
    Str rest = text_of(kindsFile, &kind->value, "pod");
    if (str_eq(rest, S("self"))) rest = S("");
    fprintf(out, "static const Field *const %.*s_pod[] = {", TEXT(kind->key));
    while (rest.len) {
        ptrdiff_t dot = str_find(rest, '.');
        Str name = {rest.at, dot < 0 ? rest.len : (size_t)dot};
        const GenField *field = find_field(type, name);
        if (!field || field->shape || !field->object) {
            complain(kindsFile, node->span, "%.*s leads to no pod template", TEXT(node->text));
            break;
        }
        fprintf(out, "&%.*s_fields[%td], ", TEXT(type->name), field - type->fields);
        type = field->object;
        rest = str_slice(rest, name.len + (dot >= 0));
    }
    const GenField *spec = find_field(type, S("spec"));
    if (!spec || !str_eq(spec->scalar, S("PodSpec"))) complain(kindsFile, node->span, "pod: leads to no pod");
    fputs("NULL};\n", out);
}

static void put_kind_lists(FILE *out, const Entry *kind) {
    const Node *versions = node_get(&kind->value, S("versions")), *shorts = node_get(&kind->value, S("short"));
    const GenType *type = type_of_kind(&kind->value);
    fprintf(out, "static const KindVersion %.*s_versions[] = {\n", TEXT(kind->key));
    for (uint32_t i = 0; i < versions->count; i++)
        if (versions->kind == NODE_MAP)
            put_kind_version(out, versions->entries[i].key, &versions->entries[i].value, type);
        else
            put_kind_version(out, versions->items[i].text, NULL, type);
    fputs("};\n", out);
    if (shorts) {
        fprintf(out, "static const Str %.*s_shorts[] = {", TEXT(kind->key));
        for (uint32_t i = 0; i < shorts->count; i++) {
            if (i) fputs(", ", out);
            put_str(out, shorts->items[i].text);
        }
        fputs("};\n", out);
    }
    if (node_get(&kind->value, S("pod"))) put_pod_place(out, kind, type);
}

static int workload_of(const Entry *kind) {
    Str word = text_of(kindsFile, &kind->value, "workload");
    for (int i = 0; workloads[i]; i++)
        if (str_eq(word, str_of(workloads[i]))) return i;
    complain(kindsFile, kind->keySpan, "workload: unknown word \"%.*s\"", TEXT(word));
    return 0;
}

static void put_kinds(FILE *out) {
    const Node *root = kindsFile->document.root;
    for (uint32_t i = 0; i < root->count; i++) put_kind_lists(out, &root->entries[i]);
    fputs("const Kind schema_kinds[] = {\n", out);
    for (uint32_t i = 0; i < root->count; i++) {
        const Entry *kind = &root->entries[i];
        const Node *map = &kind->value, *shorts = node_get(map, S("short"));
        const GenType *type = type_of_kind(map);
        fprintf(out, "    [KIND_%.*s] = {.name = ", TEXT(kind->key));
        put_str(out, kind->key);
        fputs(", .plural = ", out);
        put_str(out, text_of(kindsFile, map, "plural"));
        fprintf(out, ", .versions = %.*s_versions, .versionCount = %u", TEXT(kind->key), node_get(map, S("versions"))->count);
        if (shorts) fprintf(out, ", .shorts = %.*s_shorts, .shortCount = %u", TEXT(kind->key), shorts->count);
        if (type) fprintf(out, ", .type = &type_%.*s", TEXT(type->name));
        if (node_get(map, S("pod"))) fprintf(out, ", .pod = %.*s_pod", TEXT(kind->key));
        fprintf(out, ", .workload = %d, .namespaced = %d, .number = %u},\n", workload_of(kind),
                str_eq(text_of(kindsFile, map, "scope"), S("namespaced")), i);
    }
    fprintf(out, "};\nconst uint16_t schema_kind_count = %u;\n\n", root->count);
}

static void write_tables(const char *dir) {
    Generated generated;
    generated_begin(&generated, dir, "schema_tables.c", "schema/", "mktables");
    FILE *out = generated.stream;
    fputs("#include \"model_types.h\"\n\n#include <stddef.h>\n\n", out);
    for (uint32_t t = 0; t < types.n; t++) {
        GenType *type = &types.at[t];
        if (type->values) continue;
        for (uint32_t i = 0; i < type->fieldCount; i++) put_field_text(out, type, &type->fields[i]);
        put_slots(out, type);
        fprintf(out, "static const Field %.*s_fields[] = {\n", TEXT(type->name));
        for (uint32_t i = 0; i < type->fieldCount; i++) put_field(out, type, &type->fields[i]);
        fputs(type->fieldCount ? "};\n" : "    {.name = STR(\"\")},\n};\n", out);
        fprintf(out, "static const uint16_t %.*s_prepared[] = {", TEXT(type->name));
        uint32_t prepared = 0;
        for (uint32_t i = 0; i < type->fieldCount; i++)
            if (embedded(&type->fields[i]) || node_get(type->fields[i].node, S("default")))
                fprintf(out, "%s%u", prepared++ ? ", " : "", i);
        fprintf(out, "%s};\nconst Type type_%.*s = {.name = ", prepared ? "" : "0", TEXT(type->name));
        put_str(out, type->name);
        if (type->kind) fprintf(out, ", .kind = &schema_kinds[KIND_%.*s]", TEXT(type->kind->key));
        fputs(",\n    .description = ", out);
        put_str(out, text_of(type->file, type->node, "description"));
        fprintf(out,
                ",\n    .fields = %.*s_fields, .fieldCount = %u, .size = sizeof(%.*s), .slots = %.*s_slots, .slotFactor = "
                "%.*s_factor, "
                ".slotShift = %.*s_shift,\n    .prepared = %.*s_prepared, .preparedCount = %u, .number = %u};\n\n",
                TEXT(type->name), type->fieldCount, TEXT(type->name), TEXT(type->name), TEXT(type->name), TEXT(type->name),
                TEXT(type->name), prepared, type->number);
    }
    fputs("const Type *const schema_types[] = {\n", out);
    uint32_t count = 0;
    for (uint32_t t = 0; t < types.n; t++)
        if (!types.at[t].values) {
            fprintf(out, "    &type_%.*s,\n", TEXT(types.at[t].name));
            count++;
        }
    fprintf(out, "};\nconst uint16_t schema_type_count = %u;\n\n", count);
    put_kinds(out);
    fputs("const Gate schema_gates[] = {\n", out);
    for (uint32_t i = 0; i < gates.n; i++) {
        fputs("    {", out);
        put_str(out, gates.at[i]);
        const Node *node = node_get(gatesNode, gates.at[i]);
        int stage[9] = {0}, on[9] = {0};
        for (uint32_t j = 0; j < node->count; j++) {
            const Entry *entry = &node->entries[j];
            static const char *const stages[] = {"", "alpha", "beta", "ga", "deprecated"};
            int from = str_starts(entry->key, S("1.")) ? atoi(entry->key.at + 2) : -1, s = 0;
            const Node *pair = &entry->value;
            if (from < 0 || pair->kind != NODE_LIST || pair->count != 2) {
                complain(gatesFile, entry->keySpan, "a gate's history is '1.N': [stage, default]");
                continue;
            }
            for (int k = 1; k < 5; k++)
                if (str_eq(pair->items[0].text, str_of(stages[k]))) s = k;
            if (!s) complain(gatesFile, pair->span, "unknown stage");
            for (int v = 0; v < 9; v++)
                if (v + 29 >= from) stage[v] = s, on[v] = str_eq(pair->items[1].text, S("true"));
        }
        fputs(", {", out);
        for (int v = 0; v < 9; v++) fprintf(out, "%s%d", v ? ", " : "", stage[v]);
        fputs("}, {", out);
        for (int v = 0; v < 9; v++) fprintf(out, "%s%d", v ? ", " : "", on[v]);
        fputs("}},\n", out);
    }
    fprintf(out, "};\nconst uint16_t schema_gate_count = %u;\n", gates.n);
    generated_end(&generated);
}

/* An emitter takes the slots of the templates by name: emit_x(list, where, .key = key, .fate = fate). A name that the rule does
 * not have, a missing one and one without a name do not compile. */
static void write_emitter(FILE *out, const RuleText *text) {
    const Rule *rule = &text->rule;
    Str name = c_name(rule->name);
    if (!rule->argumentCount) {
        fprintf(out, "static inline Diag *emit_%.*s(DiagList *list, Where where) {\n", TEXT(name));
        fprintf(out, "    return diag_add(list, &rules[RULE_%.*s], where, NULL);\n}\n", TEXT(name));
        return;
    }
    fprintf(out, "typedef struct Slots_%.*s {\n    struct OnlyByName *only;\n    Str ", TEXT(name));
    for (uint8_t i = 0; i < rule->argumentCount; i++) fprintf(out, "%s%.*s", i ? ", " : "", TEXT(rule->arguments[i]));
    fprintf(out, ";\n} Slots_%.*s;\n", TEXT(name));
    fprintf(out, "static inline Diag *put_%.*s(DiagList *list, Where where, Slots_%.*s slots) {\n", TEXT(name), TEXT(name));
    fprintf(out, "    return diag_add(list, &rules[RULE_%.*s], where, (const Str[]){", TEXT(name));
    for (uint8_t i = 0; i < rule->argumentCount; i++) fprintf(out, "%sslots.%.*s", i ? ", " : "", TEXT(rule->arguments[i]));
    fprintf(out, "});\n}\n#define emit_%.*s(list, where, ...) (SLOTS(%u, \"%.*s takes", TEXT(name), rule->argumentCount,
            TEXT(rule->name));
    for (uint8_t i = 0; i < rule->argumentCount; i++) fprintf(out, " %.*s", TEXT(rule->arguments[i]));
    fprintf(out, "\", __VA_ARGS__), put_%.*s(list, where, (Slots_%.*s){__VA_ARGS__}))\n", TEXT(name), TEXT(name));
}

/* Whether another rule before this one has the same check. */
static bool check_known(uint32_t number) {
    for (uint32_t i = 0; i < number; i++)
        if (str_eq(genRules.at[i].text->check, genRules.at[number].text->check)) return true;
    return false;
}

/* Each check takes its type; what the tables point to takes any. */
static void write_checks(FILE *out, bool bodies) {
    for (uint32_t i = 0; i < genRules.n; i++) {
        Str check = genRules.at[i].text->check, on = genRules.at[i].text->rule.on;
        if (!check.len || check_known(i)) continue;
        fprintf(out, "struct %.*s;\nvoid lint_%.*s(struct Lint *lint, const struct %.*s *self, const struct Path *path);\n",
                TEXT(on), TEXT(check), TEXT(on));
        if (!bodies) continue;
        fprintf(out, "static void call_%.*s(struct Lint *lint, const void *self, const struct Path *path) {\n", TEXT(check));
        fprintf(out, "    lint_%.*s(lint, self, path);\n}\n", TEXT(check));
    }
}

static void put_member(FILE *out, const char *name, Str text) {
    if (!text.len) return;
    fprintf(out, ", .%s = ", name);
    put_str(out, text);
}

static void write_parameters(FILE *out, uint32_t number) {
    const Rule *rule = &genRules.at[number].text->rule;
    if (!rule->parameterCount) return;
    fprintf(out, "static const RuleParameter parameters_%u[] = {\n", number);
    for (uint8_t i = 0; i < rule->parameterCount; i++) {
        fputs("    {", out);
        put_str(out, rule->parameters[i].name);
        fputs(", ", out);
        put_str(out, rule->parameters[i].description);
        fputs(", ", out);
        put_str(out, rule->parameters[i].value);
        fputs("},\n", out);
    }
    fputs("};\n", out);
}

static void write_arguments(FILE *out, uint32_t number) {
    const Rule *rule = &genRules.at[number].text->rule;
    if (!rule->argumentCount) return;
    fprintf(out, "static const Str arguments_%u[] = {", number);
    for (uint8_t i = 0; i < rule->argumentCount; i++) {
        if (i) fputs(", ", out);
        put_str(out, rule->arguments[i]);
    }
    fputs("};\n", out);
}

static void write_rule(FILE *out, uint32_t number) {
    const RuleText *text = genRules.at[number].text;
    const Rule *rule = &text->rule;
    fputs("    {.name = ", out);
    put_str(out, rule->name);
    fprintf(out, ", .number = %u, .source = %u, .severity = %u, .type = %u, .profiles = %u, .sparesAgents = %d", number,
            rule->source, rule->severity, rule->type, rule->profiles, rule->sparesAgents);
    put_member(out, "message", rule->message);
    put_member(out, "help", rule->help);
    put_member(out, "why", rule->why);
    put_member(out, "absent", rule->absent);
    put_member(out, "code", rule->code);
    put_member(out, "on", rule->on);
    put_member(out, "when", rule->when);
    put_member(out, "at", rule->at);
    put_member(out, "bad", rule->bad);
    put_member(out, "good", rule->good);
    if (text->check.len) fprintf(out, ", .check = call_%.*s", TEXT(text->check));
    if (rule->argumentCount) fprintf(out, ", .arguments = arguments_%u, .argumentCount = %u", number, rule->argumentCount);
    if (rule->parameterCount) fprintf(out, ", .parameters = parameters_%u, .parameterCount = %u", number, rule->parameterCount);
    fputs("},\n", out);
}

static void write_rules(const char *dir) {
    Generated generated;
    generated_begin(&generated, dir, "rules.h", "rules/", "mktables");
    FILE *out = generated.stream;
    fputs("#ifndef PODLINT_RULES_H\n#define PODLINT_RULES_H\n\n#include \"model/emit.h\"\n\nenum {\n", out);
    for (uint32_t i = 0; i < genRules.n; i++) {
        Str name = c_name(genRules.at[i].text->rule.name);
        fprintf(out, "    RULE_%.*s,\n", TEXT(name));
    }
    fputs("};\n\n", out);
    for (uint32_t i = 0; i < genRules.n; i++)
        if (!genRules.at[i].text->rule.when.len) write_emitter(out, genRules.at[i].text);
    fputc('\n', out);
    write_checks(out, false);
    fputs("\n#endif\n", out);
    generated_end(&generated);
    generated_begin(&generated, dir, "rules_tables.c", "rules/", "mktables");
    out = generated.stream;
    fputs("#include \"model/diag.h\"\n\n", out);
    write_checks(out, true);
    for (uint32_t i = 0; i < genRules.n; i++) {
        write_parameters(out, i);
        write_arguments(out, i);
    }
    fputs("\nconst Rule rules[] = {\n", out);
    for (uint32_t i = 0; i < genRules.n; i++) write_rule(out, i);
    fprintf(out, "};\nconst uint16_t rule_count = %u;\n", genRules.n);
    generated_end(&generated);
}

static void write_topics(const char *dir) {
    Generated generated;
    generated_begin(&generated, dir, "topics_tables.c", "the topics of schema/", "mktables");
    FILE *out = generated.stream;
    static const char *const keys[] = {"title", "text", NULL};
    uint32_t count = 0;
    fputs("#include \"explain/topic.h\"\n\nconst Topic topics[] = {\n", out);
    for (uint32_t f = topicsFiles.n; f-- > 0;) {
        File *file = topicsFiles.at[f];
        for (uint32_t i = 0; i < file->document.root->count; i++, count++) {
            const Entry *entry = &file->document.root->entries[i];
            only_keys(file, &entry->value, keys);
            fputs("    {", out);
            put_str(out, entry->key);
            fputs(", ", out);
            put_str(out, text_of(file, &entry->value, "title"));
            fputs(", ", out);
            put_str(out, text_of(file, &entry->value, "text"));
            fputs("},\n", out);
        }
    }
    fprintf(out, "};\nconst uint16_t topic_count = %u;\n", count);
    generated_end(&generated);
}

static bool is_rules(const File *file) {
    const Node *root = file->document.root;
    return root->count && str_eq(root->entries[0].key, S("source"));
}

static void read_file(const char *name) {
    File *file = NEW(&arena, File);
    if (source_read(&file->source, &arena, str_of(name)) != SOURCE_OK) {
        fprintf(stderr, "mktables: cannot read %s: %s\n", name, strerror(errno));
        exit(2);
    }
    NodeReader reader = {.source = &file->source};
    if (!node_next(&reader, &arena, &file->document) || file->document.root->kind != NODE_MAP) {
        complain(file, (Span){0}, "the file must hold one map");
        for (uint32_t i = 0; i < file->document.faults.n; i++)
            complain(file, file->document.faults.at[i].span, "%s: %.*s", fault_name(file->document.faults.at[i].kind),
                     TEXT(file->document.faults.at[i].text));
        return;
    }
    for (uint32_t i = 0; i < file->document.faults.n; i++) {
        const Fault *fault = &file->document.faults.at[i];
        complain(file, fault->span, "%s %.*s", fault_name(fault->kind), TEXT(fault->text));
    }
    ARRAY_PUSH(&arena, &files, file);
    const Node *root = file->document.root;
    if (str_ends(file->source.name, S("gates.yaml"))) {
        gatesFile = file;
        gatesNode = root;
        for (uint32_t i = 0; i < root->count; i++) ARRAY_PUSH(&arena, &gates, root->entries[i].key);
    } else if (str_ends(file->source.name, S("kinds.yaml")) && !is_rules(file)) {
        kindsFile = file;
    } else if (str_ends(file->source.name, S("topics.yaml"))) {
        ARRAY_PUSH(&arena, &topicsFiles, file);
    } else if (!is_rules(file)) {
        read_types(file);
    }
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fputs("usage: mktables OUTDIR FILE...\n", stderr);
        return 2;
    }
    for (int i = 2; i < argc; i++) read_file(argv[i]);
    for (uint32_t i = 0; i < files.n; i++)
        if (is_rules(files.at[i])) read_rules(files.at[i]);
    uint32_t number = 0;
    for (uint32_t i = 0; i < types.n; i++) {
        types.at[i].number = types.at[i].values ? 0 : number++;
        read_fields(&types.at[i]);
    }
    if (!kindsFile) {
        fputs("mktables: no kinds.yaml is given\n", stderr);
        return 2;
    }
    for (uint32_t i = 0; i < kindsFile->document.root->count; i++) read_kind(&kindsFile->document.root->entries[i]);
    if (errors) return 1;
    write_structs(argv[1]);
    write_tables(argv[1]);
    write_rules(argv[1]);
    write_topics(argv[1]);
    arena_free(&arena);
    return errors != 0;
}
