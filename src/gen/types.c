#include "types.h"

#include "base/near.h"

/* The types of values that are no objects. */
static const GenScalar scalars[] = {
    {STR("string"), "TYPE_STRING", "Str ", "Str ", "StrList ", "StrMap ", .kinds = TEXT_NODE},
    {STR("bytes"), "TYPE_STRING", "Str ", "Str ", "StrList ", "StrMap ", .kinds = TEXT_NODE, .bytes = true},
    {STR("bool"), "TYPE_BOOL", "bool ", "OptBool ", NULL, NULL, .kinds = BOOL_NODE},
    {STR("int32"), "TYPE_INT32", "int64_t ", "OptInt ", "IntList ", NULL, .kinds = INT_NODE, .counts = true},
    {STR("int64"), "TYPE_INT64", "int64_t ", "OptInt ", "IntList ", NULL, .kinds = INT_NODE, .counts = true},
    {STR("Quantity"), "TYPE_QUANTITY", "Quantity ", "Quantity ", NULL, "QuantityMap ",
     .kinds = TEXT_NODE | INT_NODE | FLOAT_NODE},
    {STR("IntOrString"), "TYPE_INT_OR_STRING", "IntOrString ", "OptIntOrString ", NULL, NULL, .kinds = TEXT_NODE | INT_NODE,
     .counts = true},
    {STR("Time"), "TYPE_TIME", "Time ", "Time ", NULL, "StrMap ", .kinds = TEXT_NODE},
    {STR("MicroTime"), "TYPE_TIME", "Time ", "Time ", NULL, "StrMap ", .kinds = TEXT_NODE, .micro = true},
    {STR("any"), "TYPE_ANY", "const Node *", "const Node *", NULL, NULL, .kinds = (unsigned)ANY_NODE},
};

GenType *type_named(const Schema *schema, Str name) {
    for (uint32_t i = 0; i < schema->types.n; i++)
        if (str_eq(schema->types.at[i].name, name)) return &schema->types.at[i];
    return NULL;
}

bool is_key(const Schema *schema, Str name) {
    for (uint32_t i = 0; i < schema->types.n; i++) {
        const GenType *type = &schema->types.at[i];
        if (field_named(type, name)) return true;
        for (uint32_t j = 0; j < type->fieldCount; j++) {
            const Node *example = node_get(type->fields[j].node, S("example"));
            if (type->fields[j].shape == MAP && example && node_get(example, name)) return true;
        }
    }
    return false;
}

bool has_limit(const GenField *field) {
    return field->values || field->hasMinimum || field->hasMaximum || field->maxLength || field->maxItems;
}

bool is_gated(const GenField *field) {
    return field->gate >= 0;
}

bool leads_to_gate(const GenField *field) {
    return field->object && field->object->gated && !field->gatesIgnored && !str_eq(field->name, S("status"));
}

bool is_checked(const GenField *field) {
    return has_limit(field) && !field->apart;
}

bool leads_to_limit(const GenField *field) {
    return field->object && field->object->limited && !str_eq(field->name, S("status"));
}

bool is_embedded(const GenField *field) {
    return field->object && field->shape == ONE && !field->optional;
}

/* Types. */

static bool is_type_name(Str name) {
    for (size_t i = 0; i < name.len; i++)
        if (!(i ? is_alnum(name.at[i]) : is_upper(name.at[i]))) return false;
    return name.len > 0;
}

void types_add(Schema *schema, File *file) {
    static const Str keys[] = {STR("description"), STR("fields"), STR("values")};
    for (uint32_t i = 0; i < file->root->count; i++) {
        const Entry *entry = &file->root->entries[i];
        if (entry->value.kind != NODE_MAP) {
            complain(file, entry->keySpan, S(""), "%.*s must be a map", TEXT(entry->key));
            continue;
        }
        only_keys(file, &entry->value, keys, COUNT(keys));
        if (!is_type_name(entry->key))
            complain(file, entry->keySpan, S(""), "a type has a name of letters and digits that begins with a capital letter");
        if (type_named(schema, entry->key)) complain(file, entry->keySpan, S(""), "%.*s is defined twice", TEXT(entry->key));
        if (!text_of(file, &entry->value, "description").len)
            complain(file, entry->keySpan, S(""), "%.*s has no description", TEXT(entry->key));
        GenType type = {.file = file,
                        .name = entry->key,
                        .nameSpan = entry->keySpan,
                        .node = &entry->value,
                        .values = node_get(&entry->value, S("values"))};
        const Node *fields = node_get(&entry->value, S("fields"));
        if (!type.values && (!fields || fields->kind != NODE_MAP))
            complain(file, entry->keySpan, S(""), "%.*s has no fields", TEXT(entry->key));
        ARRAY_PUSH(schema->gen->arena, &schema->types, type);
    }
}

/* One field. */

static void read_type(const Schema *schema, GenField *field) {
    const Node *node = node_get(field->node, S("type"));
    Str written = text_of(field->file, field->node, "type");
    if (str_starts(written, S("[]"))) {
        field->shape = LIST;
        written = str_slice(written, 2);
    } else if (str_starts(written, S("map[string]"))) {
        field->shape = MAP;
        written = str_slice(written, 11);
    }
    Near near = near_start(written);
    for (size_t i = 0; i < COUNT(scalars); i++) {
        if (str_eq(written, scalars[i].name)) field->scalar = &scalars[i];
        near_try(&near, scalars[i].name);
    }
    if (field->scalar) {
        if (!(field->shape == LIST ? field->scalar->list : field->shape == MAP ? field->scalar->map : field->scalar->one))
            complain(field->file, node->span, S(""), "this list or map has no type in C");
        return;
    }
    for (uint32_t i = 0; i < schema->types.n; i++)
        if (!schema->types.at[i].values) near_try(&near, schema->types.at[i].name);
    GenType *type = type_named(schema, written);
    if (!type || type->values)
        complain(field->file, node ? node->span : field->nameSpan, near_question(schema->gen->arena, near.found),
                 "%.*s has the unknown type \"%.*s\"", TEXT(field->name), TEXT(written));
    else if (field->shape == MAP)
        complain(field->file, node->span, S(""), "this list or map has no type in C");
    else
        field->object = type;
}

/* The place of the value under a key. */
static Span span_of(const GenField *field, const char *key) {
    const Node *node = node_get(field->node, str_of(key));
    return node ? node->span : field->nameSpan;
}

static void read_versions(const Schema *schema, GenField *field) {
    const Node *since = node_get(field->node, S("since")), *removed = node_get(field->node, S("removed"));
    int first = schema->versions.first, newest = schema->versions.newest;
    if (since) field->since = version_of(field->file, since, first, newest);
    if (removed) field->removed = version_of(field->file, removed, first, newest);
    if (removed && field->since && field->removed && field->removed <= field->since)
        complain(field->file, removed->span, S(""), "removed in 1.%d, before it came in 1.%d", field->removed, field->since);
}

int gate_of(const Schema *schema, File *file, const Node *map) {
    const Node *node = node_get(map, S("gate"));
    Str rest = text_of(file, map, "gate");
    int gate = -1;
    for (bool first = true; rest.len; first = false) {
        ptrdiff_t comma = str_find(rest, ',');
        Str name = str_trim((Str){rest.at, comma < 0 ? rest.len : (size_t)comma});
        rest = comma < 0 ? S("") : str_trim(str_slice(rest, (size_t)comma + 1));
        int found = -1;
        Near near = near_start(name);
        for (uint32_t i = 0; i < schema->gates.n; i++) {
            if (found < 0 && str_eq(schema->gates.at[i].name, name)) found = (int)i;
            near_try(&near, schema->gates.at[i].name);
        }
        if (found < 0)
            complain(file, node->span, near_question(schema->gen->arena, near.found), "the gate %.*s is not in gates.yaml",
                     TEXT(name));
        if (first) gate = found;
    }
    return gate;
}

static void read_limits(GenField *field) {
    File *file = field->file;
    bool wide = field->scalar && str_eq(field->scalar->name, S("int64"));
    field->minimum = wide ? INT64_MIN : INT32_MIN;
    field->maximum = wide ? INT64_MAX : INT32_MAX;
    field->hasMinimum = integer_of(file, field->node, "minimum", &field->minimum);
    field->hasMaximum = integer_of(file, field->node, "maximum", &field->maximum);
    bool length = integer_of(file, field->node, "maxLength", &field->maxLength);
    bool items = integer_of(file, field->node, "maxItems", &field->maxItems);
    bool counts = field->shape != MAP && field->scalar && field->scalar->counts;
    if (field->hasMinimum && !counts) complain(file, span_of(field, "minimum"), S(""), "only a number has a minimum");
    if (field->hasMaximum && !counts) complain(file, span_of(field, "maximum"), S(""), "only a number has a maximum");
    bool narrow = counts && !wide;
    if (narrow && field->hasMinimum && (field->minimum < INT32_MIN || field->minimum > INT32_MAX))
        complain(file, span_of(field, "minimum"), S(""), "%lld is no int32", (long long)field->minimum);
    if (narrow && field->hasMaximum && (field->maximum < INT32_MIN || field->maximum > INT32_MAX))
        complain(file, span_of(field, "maximum"), S(""), "%lld is no int32", (long long)field->maximum);
    if (field->hasMinimum && field->hasMaximum && field->minimum > field->maximum)
        complain(file, span_of(field, "minimum"), S(""), "the minimum %lld is over the maximum %lld", (long long)field->minimum,
                 (long long)field->maximum);
    if (length && !(field->shape == ONE && field->scalar && field->scalar->kinds == TEXT_NODE))
        complain(file, span_of(field, "maxLength"), S(""), "only text has a length");
    if (items && field->shape == ONE) complain(file, span_of(field, "maxItems"), S(""), "only a list or map has items");
    if (length && field->maxLength <= 0) complain(file, span_of(field, "maxLength"), S(""), "maxLength must be 1 or more");
    if (items && field->maxItems <= 0) complain(file, span_of(field, "maxItems"), S(""), "maxItems must be 1 or more");
}

/* How the limits of a field are looked at. */
static void read_checking(GenField *field) {
    static const Str empties[] = {STR("required"), STR("allowed")}, checks[] = {STR("apart")};
    static const char *const keys[] = {"empty", "checked", "rule"};
    field->empty = word_of(field->file, field->node, "empty", empties, COUNT(empties));
    field->apart = word_of(field->file, field->node, "checked", checks, COUNT(checks)).len > 0;
    field->rule = text_of(field->file, field->node, "rule");
    for (size_t i = 0; i < COUNT(keys) && !has_limit(field); i++)
        if (node_get(field->node, str_of(keys[i])))
            complain(field->file, span_of(field, keys[i]), S(""), "%s is about limits, and %.*s has none", keys[i],
                     TEXT(field->name));
}

/* The values of an enumeration: in the field, or in the shared entry that it names. */
static void read_values(const Schema *schema, GenField *field) {
    const Node *node = node_get(field->node, S("enum"));
    if (!node) return;
    if (!field->scalar || !(field->scalar->kinds & TEXT_NODE) || field->shape == MAP)
        complain(field->file, node->span, S(""), "only text has an enumeration");
    GenType *shared = node->kind == NODE_STRING ? type_named(schema, node->text) : NULL;
    field->values = node->kind == NODE_MAP ? node : shared ? shared->values : NULL;
    if (!field->values) {
        Near near = near_start(node->kind == NODE_STRING ? node->text : S(""));
        for (uint32_t i = 0; i < schema->types.n; i++)
            if (schema->types.at[i].values) near_try(&near, schema->types.at[i].name);
        complain(field->file, node->span, near_question(schema->gen->arena, near.found),
                 "enum must be a map of values or the name of a shared enumeration");
    }
}

/* A value has a description, or a map of it and the gate that brings the value. */
static void check_values(const Schema *schema, File *file, const Node *values) {
    static const Str keys[] = {STR("description"), STR("gate")};
    if (values->kind != NODE_MAP) complain(file, values->span, S(""), "values must be a map");
    for (uint32_t i = 0; values->kind == NODE_MAP && i < values->count; i++) {
        const Node *node = &values->entries[i].value;
        bool described = node->kind == NODE_MAP ? text_of(file, node, "description").len > 0 : node->kind == NODE_STRING;
        if (node->kind == NODE_MAP) {
            only_keys(file, node, keys, COUNT(keys));
            gate_of(schema, file, node);
        }
        if (!described) complain(file, values->entries[i].keySpan, S(""), "an enum value needs a description");
    }
}

static void read_list(GenField *field) {
    static const Str keys[] = {STR("kind"), STR("keys"), STR("merge")};
    static const Str kinds[] = {STR("atomic"), STR("set"), STR("map")};
    const Node *list = node_get(field->node, S("list"));
    if (!list) return;
    if (list->kind != NODE_MAP || field->shape != LIST) {
        complain(field->file, list->span, S(""), "list is a map that says how the items of a list are told apart");
        return;
    }
    only_keys(field->file, list, keys, COUNT(keys));
    field->listKind = word_of(field->file, list, "kind", kinds, COUNT(kinds));
    field->mergeKey = text_of(field->file, list, "merge");
    const Node *named = node_get(list, S("keys"));
    bool map = str_eq(field->listKind, S("map"));
    if (map && !named)
        complain(field->file, list->span, S(""), "keys are missing: the fields that tell the items of the list apart");
    if (named && !map) complain(field->file, named->span, S(""), "only a list of kind map has keys");
    for (uint32_t i = 0; named && named->kind == NODE_LIST && i < named->count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (str_eq(named->items[i].text, named->items[j].text))
                complain(field->file, named->items[i].span, S(""), "%.*s stands here twice", TEXT(named->items[i].text));
    if (named && named->kind != NODE_LIST) complain(field->file, named->span, S(""), "keys must be a list of fields");
    if (named && named->kind == NODE_LIST && named->count) field->listKeys = named;
}

/* Tells of what a field says of itself that cannot both be so. */
static void check_pairs(const Schema *schema, const GenField *field) {
    if (field->value && node_get(field->node, S("defaultWhen")))
        complain(field->file, span_of(field, "defaultWhen"), S(""), "%.*s has a default that depends on nothing",
                 TEXT(field->name));
    if (field->gate < 0 || !field->since) return;
    const GenGate *gate = &schema->gates.at[field->gate];
    for (int minor = field->since; minor <= schema->versions.newest && !gate->stage[minor - schema->versions.first].len; minor++)
        if (minor == field->since)
            complain(field->file, span_of(field, "since"), S(""), "in 1.%d the gate %.*s was not there yet", field->since,
                     TEXT(gate->name));
}

/* The example as it is written in the schema file, moved to the left margin. */
static void read_example(GenField *field) {
    Arena *arena = field->file->gen->arena;
    const Entry *entry = node_entry(field->node, S("example"));
    if (!entry) return;
    const Node *node = &entry->value;
    Source *source = &field->file->source;
    Str text = {source->text.at + node->span.at, node->span.end - node->span.at};
    Place place = source_place(source, arena, node->span.at);
    Place key = source_place(source, arena, entry->keySpan.at);
    field->example = text;
    if (!text.len || (place.line == key.line && text.at[0] != '|' && text.at[0] != '>')) return;
    size_t margin = place.line == key.line ? key.column + 1 : place.column - 1;
    Buf buf = {.arena = arena};
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
    field->example = buf_text(&buf);
}

static void read_field(const Schema *schema, File *file, const Entry *entry, GenField *field) {
    static const Str keys[] = {STR("type"),        STR("member"),  STR("required"), STR("presence"), STR("always"),
                               STR("list"),        STR("default"), STR("since"),    STR("removed"),  STR("gate"),
                               STR("defaultWhen"), STR("minimum"), STR("maximum"),  STR("maxItems"), STR("maxLength"),
                               STR("format"),      STR("change"),  STR("enum"),     STR("example"),  STR("description"),
                               STR("changeWhen"),  STR("gates"),   STR("empty"),    STR("checked"),  STR("rule")};
    static const Str looked[] = {STR("ignored")};
    static const Str presences[] = {STR("explicit"), STR("omitted")};
    static const Str changes[] = {STR("in-place"), STR("limited"), STR("resize"), STR("rollout"), STR("fixed")};
    *field = (GenField){.file = file, .name = entry->key, .nameSpan = entry->keySpan, .node = &entry->value, .gate = -1};
    if (entry->value.kind != NODE_MAP) {
        complain(file, entry->keySpan, S(""), "a field must be a map");
        return;
    }
    only_keys(file, field->node, keys, COUNT(keys));
    field->member = text_of(file, field->node, "member");
    if (!field->member.len) field->member = field->name;
    if (!is_member_name(field->member))
        complain(file, entry->keySpan,
                 str_format(file->gen->arena, "give it another name there, as in  member: %.*s_", TEXT(field->member)),
                 "C cannot have a member \"%.*s\"", TEXT(field->member));
    read_type(schema, field);
    Str presence = word_of(file, field->node, "presence", presences, COUNT(presences));
    field->optional = str_eq(presence, presences[0]);
    field->omitted = str_eq(presence, presences[1]);
    field->required = flag_of(file, field->node, "required");
    field->always = flag_of(file, field->node, "always");
    field->change = word_of(file, field->node, "change", changes, COUNT(changes));
    field->value = node_get(field->node, S("default"));
    read_versions(schema, field);
    field->gate = gate_of(schema, file, field->node);
    field->gatesIgnored = word_of(file, field->node, "gates", looked, COUNT(looked)).len > 0;
    read_limits(field);
    read_values(schema, field);
    if (field->values == node_get(field->node, S("enum")) && field->values) check_values(schema, file, field->values);
    read_checking(field);
    read_list(field);
    read_example(field);
    check_pairs(schema, field);
    if (!text_of(file, field->node, "description").len)
        complain(file, entry->keySpan, S(""), "%.*s has no description", TEXT(entry->key));
}

/* All types. */

/* A factor and a number of bits under which all names of a type fall into slots of their own. */
static void find_slots(GenType *type) {
    for (uint32_t bits = 3; bits <= 12; bits++) {
        if ((1u << bits) < type->fieldCount) continue;
        type->slots = NEW_ARRAY(type->file->gen->arena, uint8_t, 1u << bits);
        for (uint32_t factor = 1; factor < 40000; factor += 2) {
            bool free = true;
            memset(type->slots, 0, 1u << bits);
            for (uint32_t i = 0; i < type->fieldCount && free; i++) {
                uint32_t slot = str_hash(type->fields[i].name) * factor >> (32 - bits);
                free = type->slots[slot] == 0;
                type->slots[slot] = (uint8_t)(i + 1);
            }
            type->slotBits = bits;
            type->slotFactor = factor;
            if (free) return;
        }
    }
    complain(type->file, type->nameSpan, S(""), "no perfect hash for the fields of %.*s", TEXT(type->name));
}

static void put_in_order(Schema *schema, GenType *type) {
    if (type->placed == 1) complain(type->file, type->nameSpan, S(""), "%.*s holds itself", TEXT(type->name));
    if (type->placed) return;
    type->placed = 1;
    for (uint32_t i = 0; i < type->fieldCount; i++)
        if (is_embedded(&type->fields[i])) put_in_order(schema, type->fields[i].object);
    type->placed = 2;
    ARRAY_PUSH(schema->gen->arena, &schema->inOrder, type);
}

/* Marks the types below which there is something to look for. */
static void mark_types(Schema *schema) {
    for (bool more = true; more;) {
        more = false;
        for (uint32_t t = 0; t < schema->types.n; t++) {
            GenType *type = &schema->types.at[t];
            for (uint32_t i = 0; i < type->fieldCount; i++) {
                const GenField *field = &type->fields[i];
                if (!type->gated && (is_gated(field) || leads_to_gate(field))) more = type->gated = true;
                if (!type->limited && (is_checked(field) || leads_to_limit(field))) more = type->limited = true;
            }
        }
    }
}

void types_finish(Schema *schema) {
    uint32_t number = 0;
    for (uint32_t t = 0; t < schema->types.n; t++) {
        GenType *type = &schema->types.at[t];
        const Node *fields = node_get(type->node, S("fields"));
        if (type->values) check_values(schema, type->file, type->values);
        if (type->values || !fields || fields->kind != NODE_MAP) continue;
        if (fields->count > 64) complain(type->file, fields->span, S(""), "%.*s has more than 64 fields", TEXT(type->name));
        type->number = number++;
        type->fieldCount = fields->count;
        type->fields = NEW_ARRAY(schema->gen->arena, GenField, fields->count);
        for (uint32_t i = 0; i < fields->count; i++) read_field(schema, type->file, &fields->entries[i], &type->fields[i]);
    }
    for (uint32_t t = 0; t < schema->types.n; t++) {
        GenType *type = &schema->types.at[t];
        if (type->values) continue;
        for (uint32_t i = 0; i < type->fieldCount; i++) field_check(schema, &type->fields[i]);
        find_slots(type);
        put_in_order(schema, type);
    }
    mark_types(schema);
}
