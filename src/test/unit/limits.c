/* What the schema says of values holds: one step outside of each minimum, maximum, length and enumeration is refused at its
 * place, by a rule that does not refuse the last step inside, and each field behind a gate is dropped in the versions where the
 * gate is off. All fields of all kinds that are judged are tried, at their places in turn until it holds at one. */
#include "objects.h"

#include <stdio.h>

#include "validate/validate.h"
#include "rules.h"

typedef enum Limit { LIMIT_MINIMUM, LIMIT_MAXIMUM, LIMIT_LENGTH, LIMIT_ITEMS, LIMIT_VALUES, LIMIT_GATE, LIMIT_END } Limit;

static const char *const words[LIMIT_END] = {"minimum", "maximum", "maxLength", "maxItems", "enum", "gate"};

typedef enum Outcome { NOT_TRIED, FAILED, HELD, BELOW_GATE } Outcome;

static uint8_t (*outcomes)[LIMIT_END]; /* Outcome by type and field number, 64 a type, and by limit */

/* What limits depend on: fields of an object of one type that those of another are looked at with. */
typedef struct Setting {
    const Type *of, *in;
    const char *fields;
} Setting;

static const Setting settings[] = {
    {&type_Lifecycle, &type_PodSpec, "{\"os\": {\"name\": \"linux\"}}"},
    {&type_SuccessPolicy, &type_JobSpec, "{\"completionMode\": \"Indexed\", \"completions\": 3}"},
    {&type_SuccessPolicyRule, &type_JobSpec, "{\"completionMode\": \"Indexed\", \"completions\": 3}"},
    {&type_FCVolumeSource, &type_FCVolumeSource, "{\"targetWWNs\": [\"50060e801049cfd1\"]}"},
    {&type_ServiceSpec, &type_ServiceSpec, "{\"type\": \"LoadBalancer\", \"externalTrafficPolicy\": \"Local\"}"},
    {&type_ClientIPConfig, &type_ServiceSpec, "{\"sessionAffinity\": \"ClientIP\"}"},
};

static bool has_limit(const Field *field, Limit limit) {
    const FieldText *text = field->text;
    switch (limit) {
    case LIMIT_MINIMUM: return text->hasMinimum;
    case LIMIT_MAXIMUM: return text->hasMaximum;
    case LIMIT_LENGTH: return text->maxLength > 0;
    case LIMIT_ITEMS: return text->maxItems > 0;
    case LIMIT_VALUES: return text->valueCount > 0 && field != FIELD_OF(Secret, type); /* a type of one's own will do */
    case LIMIT_GATE: return field->gate >= 0;
    case LIMIT_END: break;
    }
    return false;
}

/* One value of a field, or one item of its list, that is the last inside or the first outside. */
static json_t *value_at(const Field *field, Limit limit, bool outside, const json_t *usual) {
    const FieldText *text = field->text;
    switch (limit) {
    case LIMIT_MINIMUM: return json_integer(text->minimum - outside);
    case LIMIT_MAXIMUM: return json_integer(text->maximum + outside);
    case LIMIT_VALUES: return outside ? json_string("no-such-value") : json_string(schema_text(schema_value(text, 0)->value).at);
    case LIMIT_LENGTH: {
        size_t length = (size_t)text->maxLength + outside;
        char *letters = malloc(length);
        memset(letters, 'a', length);
        json_t *value = json_stringn(letters, length);
        free(letters);
        return value;
    }
    case LIMIT_ITEMS: {
        json_t *list = json_array(), *item = json_is_array(usual) ? json_array_get(usual, 0) : NULL;
        for (int64_t i = 0; i < text->maxItems + outside; i++)
            json_array_append_new(list, item                           ? json_deep_copy(item)
                                        : field->scalar == TYPE_OBJECT ? json_object()
                                                                       : json_integer(i));
        return list;
    }
    case LIMIT_GATE:
    case LIMIT_END: break;
    }
    return NULL;
}

static void put_value(const FieldPlace *place, Limit limit, bool outside, const json_t *usual) {
    json_t *value = value_at(place->field, limit, outside, usual);
    if (place->field->shape == SHAPE_LIST && limit != LIMIT_ITEMS) value = json_pack("[o]", value);
    json_object_set_new(place->object, place->field->name.at, value);
}

/* The entry of a place in the text of a document. */
static const Entry *entry_of(const Document *document, const FieldPlace *place) {
    const Node *map = document->root;
    if (place->up) {
        const Entry *up = entry_of(document, place->up);
        if (!up) return NULL;
        map = place->up->field->shape == SHAPE_LIST ? &up->value.items[0] : &up->value;
    }
    return node_entry(map, place->field->name);
}

/* Whether a finding is about a place: about the key, a scalar there, or a scalar in a list there. */
static bool is_at(const Diag *diag, const Entry *entry) {
    const Node *value = &entry->value, *item = value->kind == NODE_LIST && value->count ? &value->items[0] : value;
    return diag->span.at == entry->keySpan.at || (item->kind != NODE_MAP && diag->span.at == item->span.at);
}

/* The numbers of the rules that refuse what stands at a place. */
typedef struct Refusals {
    uint16_t rules[16];
    size_t count;
    bool dropped; /* it, or what it stands in, needs a gate that is off */
} Refusals;

static Refusals refusals_at(const FieldPlace *place, uint8_t minor) {
    Refusals found = {0};
    Document *document = document_of(place->root, minor);
    if (!document) return found;
    validate_create(document);
    for (const FieldPlace *above = place; above; above = above->up) {
        const Entry *entry = entry_of(document, above);
        for (uint32_t i = 0; entry && i < document->diags.items.n; i++) {
            const Diag *diag = &document->diags.items.at[i];
            bool gate = diag->rule->number == RULE_gate_off;
            if (!is_at(diag, entry)) continue;
            if (gate) found.dropped = true;
            if (above == place && !gate && diag->severity == SEVERITY_ERROR && found.count < COUNT(found.rules))
                found.rules[found.count++] = diag->rule->number;
        }
    }
    return found;
}

static bool has_rule(const Refusals *refusals, uint16_t rule) {
    for (size_t i = 0; i < refusals->count; i++)
        if (refusals->rules[i] == rule) return true;
    return false;
}

static Outcome try_step(const FieldPlace *place, Limit limit, const json_t *usual) {
    put_value(place, limit, true, usual);
    Refusals outside = refusals_at(place, VERSION_LAST);
    if (outside.dropped) return BELOW_GATE;
    if (!outside.count) return FAILED;
    put_value(place, limit, false, usual);
    Refusals inside = refusals_at(place, VERSION_LAST);
    for (size_t i = 0; i < outside.count; i++)
        if (!has_rule(&inside, outside.rules[i])) return HELD;
    return FAILED;
}

/* Whether the server looks for gates at a place: there are parts of objects where it does not. */
static bool looks_for_gates(const FieldPlace *place) {
    while ((place = place->up)) {
        FieldSet below = place->type->gatedBelow;
        uint16_t i = 0;
        while (i < below.n && &place->type->fields[below.at[i]] != place->field) i++;
        if (i == below.n) return false;
    }
    return true;
}

static bool gate_holds(const FieldPlace *place) {
    const Field *field = place->field;
    Str version = str_of(json_string_value(json_object_get(place->root, "apiVersion"))),
        kind = str_of(json_string_value(json_object_get(place->root, "kind")));
    for (uint8_t minor = VERSION_OLDEST_TARGET; minor <= VERSION_LAST; minor++) {
        if (!schema_type_of(version, kind, minor)) continue;
        bool there = schema_gates[field->gate].stage[minor - VERSION_FIRST] != STAGE_NONE;
        bool off = there && !schema_gate_on(field->gate, minor) && looks_for_gates(place);
        if (schema_has(field, minor) && refusals_at(place, minor).dropped != off) return false;
    }
    return true;
}

/* In each version where the gate is there and off, the field is dropped; in each where it is on, it is not. */
static Outcome try_gate(const FieldPlace *place, const json_t *usual) {
    json_t *one = place->field->scalar == TYPE_OBJECT ? json_object() : json_integer(1);
    json_t *value = usual ? json_deep_copy(usual) : place->field->shape == SHAPE_LIST ? json_pack("[O]", one) : json_incref(one);
    json_object_set_new(place->object, place->field->name.at, value);
    json_decref(one);
    return gate_holds(place) ? HELD : FAILED;
}

/* Values behind gates are refused where the gate is off, and taken where it is on. */
static Outcome try_gated_values(const FieldPlace *place, Outcome outcome) {
    const FieldText *text = place->field->text;
    for (uint16_t i = 0; i < text->valueCount && outcome == HELD; i++) {
        int16_t gate = schema_value(text, i)->gate;
        json_object_set_new(place->object, place->field->name.at, json_string(schema_text(schema_value(text, i)->value).at));
        for (uint8_t minor = VERSION_OLDEST_TARGET; gate >= 0 && minor <= VERSION_LAST; minor++) {
            if (!schema_has(place->field, minor)) continue;
            Refusals refusals = refusals_at(place, minor);
            if (!refusals.dropped && !refusals.count && !schema_gate_on(gate, minor)) outcome = FAILED;
        }
    }
    return outcome;
}

/* Sets what the limits of a field depend on. */
static void prepare(const FieldPlace *place) {
    for (size_t i = 0; i < COUNT(settings); i++)
        for (const FieldPlace *at = place; at && settings[i].of == place->type; at = at->up) {
            if (at->type != settings[i].in) continue;
            json_t *fields = json_loads(settings[i].fields, 0, NULL);
            json_object_update(at->object, fields);
            json_decref(fields);
        }
}

static Outcome try_here(const FieldPlace *place, Limit limit, const json_t *usual) {
    prepare(place);
    if (limit == LIMIT_GATE) return try_gate(place, usual);
    Outcome outcome = try_step(place, limit, usual);
    return limit == LIMIT_VALUES ? try_gated_values(place, outcome) : outcome;
}

static void restore(const FieldPlace *place, json_t *const *saved) {
    for (; place; place = place->up, saved++) {
        json_object_clear(place->object);
        json_object_update(place->object, *saved);
    }
}

/* Tries a limit beside all that the examples have, then without the optional neighbours of the field, then without those of the
 * object that it is in, and so on upward: some exclude it. Leaves all objects as they were. */
static Outcome try_limit(const FieldPlace *place, Limit limit, const json_t *usual) {
    json_t *saved[OBJECTS_DEPTH];
    size_t depth = 0;
    for (const FieldPlace *at = place; at; at = at->up) saved[depth++] = json_copy(at->object);
    Outcome outcome = try_here(place, limit, usual);
    for (const FieldPlace *stripped = place; stripped && outcome == FAILED; stripped = stripped->up) {
        restore(place, saved);
        place_strip(stripped);
        outcome = try_here(place, limit, usual);
    }
    restore(place, saved);
    while (depth) json_decref(saved[--depth]);
    return outcome;
}

static void try_field(const FieldPlace *place, void *context) {
    (void)context;
    const Field *field = place->field;
    uint8_t *outcome = outcomes[(size_t)place->type->number * 64 + (size_t)(field - place->type->fields)];
    json_t *usual = json_deep_copy(json_object_get(place->object, field->name.at));
    for (Limit limit = 0; limit < LIMIT_END; limit++) {
        bool asked = has_limit(field, limit) && (limit == LIMIT_GATE || schema_has(field, VERSION_LAST));
        if (!asked || outcome[limit] == HELD) continue;
        Outcome now = try_limit(place, limit, usual);
        if (now > outcome[limit]) outcome[limit] = (uint8_t)now;
    }
    json_decref(usual);
}

int main(void) {
    uint32_t tried[LIMIT_END] = {0}, below = 0, failed = 0, passed = 0;
    outcomes = calloc((size_t)schema_type_count * 64, sizeof *outcomes);
    walk_kinds(try_field, NULL);
    for (uint16_t t = 0; t < schema_type_count; t++)
        for (uint16_t i = 0; i < schema_types[t]->fieldCount; i++)
            for (Limit limit = 0; limit < LIMIT_END; limit++) {
                Outcome outcome = outcomes[(size_t)t * 64 + i][limit];
                tried[limit] += outcome != NOT_TRIED;
                below += outcome == BELOW_GATE;
                passed += outcome > FAILED;
                failed += outcome == FAILED;
                if (outcome == FAILED)
                    printf("FAIL %s of %.*s.%.*s does not hold\n", words[limit], TEXT(schema_types[t]->name),
                           TEXT(schema_types[t]->fields[i].name));
            }
    for (Limit limit = 0; limit < LIMIT_END; limit++) printf("%s %u, ", words[limit], tried[limit]);
    printf("of which %u of fields that their gates drop\n", below);
    free(outcomes);
    printf("limits: %u passed, %u failed\n", passed, failed);
    return failed ? 1 : 0;
}
