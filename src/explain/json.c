/* Explanations for programs. */
#include <jansson.h>
#include <stdlib.h>

#include "fix/example.h"
#include "model/rule_text.h"
#include "write.h"

static json_t *json_text(Str s) {
    return json_stringn(s.at ? s.at : "", s.len);
}

static json_t *json_optional(Str s) {
    return s.len ? json_text(s) : json_null();
}

static json_t *json_default(const Field *field) {
    if (!field->value.at) return json_null();
    if (field->scalar == TYPE_STRING || field->scalar == TYPE_QUANTITY) return json_text(field->value);
    json_t *value = json_loadb(field->value.at, field->value.len, JSON_DECODE_ANY, NULL);
    return value ? value : json_text(field->value);
}

static void set_field_facts(json_t *out, Arena *arena, const Field *field, uint8_t minor) {
    const FieldText *text = field->text;
    json_object_set_new(out, "type", json_text(schema_type_text(field, arena)));
    json_object_set_new(out, "required", json_boolean(field->required));
    json_object_set_new(out, "description", json_text(schema_text(text->description)));
    json_object_set_new(out, "default", json_default(field));
    if (text->defaultWhen.len) json_object_set_new(out, "defaultWhen", json_text(schema_text(text->defaultWhen)));
    if (text->valueCount) {
        json_t *values = json_array(), *meanings = json_object();
        for (uint16_t i = 0; i < text->valueCount; i++) {
            json_array_append_new(values, json_text(schema_text(schema_value(text, i)->value)));
            json_object_set_new(meanings, arena_cstr(arena, schema_text(schema_value(text, i)->value)),
                                json_text(schema_text(schema_value(text, i)->description)));
        }
        json_object_set_new(out, "enum", values);
        json_object_set_new(out, "enumDescriptions", meanings);
    } else {
        json_object_set_new(out, "enum", json_null());
    }
    if (text->format.len) json_object_set_new(out, "format", json_text(schema_text(text->format)));
    if (text->hasMinimum) json_object_set_new(out, "minimum", json_integer(text->minimum));
    if (text->hasMaximum) json_object_set_new(out, "maximum", json_integer(text->maximum));
    if (text->maxLength) json_object_set_new(out, "maxLength", json_integer(text->maxLength));
    if (text->maxItems) json_object_set_new(out, "maxItems", json_integer(text->maxItems));
    if (text->listKind) {
        static const char *const names[] = {"", "atomic", "set", "map"};
        json_t *list = json_pack("{s:s}", "kind", names[text->listKind]), *keys = json_array();
        for (uint16_t i = 0; i < text->listKeyCount; i++) json_array_append_new(keys, json_text(schema_list_key(text, i)));
        json_object_set_new(list, "keys", keys);
        if (text->mergeKey.len) json_object_set_new(list, "mergeKey", json_text(schema_text(text->mergeKey)));
        json_object_set_new(out, "list", list);
    }
    json_object_set_new(out, "since", field->since ? json_text(fact_version(arena, field->since)) : json_null());
    if (field->removed) json_object_set_new(out, "removed", json_text(fact_version(arena, field->removed)));
    json_object_set_new(out, "gate", field->gate >= 0 ? json_text(schema_gates[field->gate].name) : json_null());
    if (field->gate >= 0) {
        const Gate *gate = &schema_gates[field->gate];
        json_object_set_new(out, "gateStage", json_string(fact_stage(gate->stage[minor - VERSION_FIRST])));
        json_object_set_new(out, "gateOn", json_boolean(gate->on[minor - VERSION_FIRST]));
    }
    json_object_set_new(out, "example", json_optional(schema_text(text->example)));
}

static json_t *json_fields(Arena *arena, const Type *type, uint8_t minor, int depth) {
    json_t *list = json_array();
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *field = &type->fields[i];
        if (!schema_has(field, minor)) continue;
        json_t *entry = json_pack("{s:o}", "name", json_text(field->name));
        set_field_facts(entry, arena, field, minor);
        if (field->type && depth > 1) json_object_set_new(entry, "fields", json_fields(arena, field->type, minor, depth - 1));
        json_array_append_new(list, entry);
    }
    return list;
}

static json_t *json_names(RuleNames list) {
    json_t *names = json_array();
    for (uint32_t i = 0; i < list.n; i++) json_array_append_new(names, json_text(list.at[i]->name));
    return names;
}

static void put_json(Buf *out, json_t *value) {
    char *text = json_dumps(value, JSON_PRESERVE_ORDER | JSON_INDENT(2));
    buf_str(out, str_of(text));
    buf_char(out, '\n');
    free(text);
    json_decref(value);
}

static void write_target(Buf *out, const Target *target, const ExplainSettings *settings) {
    Arena *arena = out->arena;
    json_t *json = json_object();
    json_object_set_new(json, "kind", json_text(target->kind->name));
    json_object_set_new(json, "apiVersion", json_text(schema_api_version(target->kind)));
    json_object_set_new(json, "path", json_text(target->path));
    if (target->field) {
        set_field_facts(json, arena, target->field, settings->minor);
        json_object_set_new(json, "mutability", fact_change_name(target) ? json_string(fact_change_name(target)) : json_null());
        if (target->changeWhen.len) json_object_set_new(json, "changeWhen", json_text(target->changeWhen));
    } else {
        json_object_set_new(json, "type", json_text(target->type->name));
        json_object_set_new(json, "description", json_text(schema_text(target->type->description)));
    }
    json_object_set_new(json, "rules", json_names(fact_rules(arena, target, settings)));
    json_t *fields =
        target->type && settings->depth > 0 ? json_fields(arena, target->type, settings->minor, settings->depth) : json_array();
    json_object_set_new(json, "fields", fields);
    put_json(out, json);
}

static void write_places(Buf *out, const Search *s, const ExplainSettings *settings) {
    (void)settings;
    json_t *list = json_array();
    for (uint32_t i = 0; i < s->found.n; i++) {
        const FieldPlace *place = &s->found.at[i];
        json_array_append_new(list, json_pack("{s:o,s:o,s:o}", "path", json_text(place->path), "type",
                                              json_text(schema_type_text(place->field, out->arena)), "description",
                                              json_text(place->description)));
    }
    put_json(out, list);
}

static json_t *rule_json(Arena *arena, const Rule *rule) {
    const char *type = api_error_name((ApiError)rule->type);
    const RuleWords words = rule_words(rule);
    json_t *json = json_pack("{s:o,s:o,s:s,s:s,s:o,s:o,s:o}", "rule", json_text(rule->name), "code", json_optional(words.code),
                             "source", diag_source_name((DiagSource)rule->source), "severity",
                             severity_name((Severity)rule->severity), "message", json_text(rule_template(arena, rule)), "help",
                             json_optional(rule_helps(arena, rule)), "why", json_optional(words.why));
    if (type) json_object_set_new(json, "type", json_string(type));
    json_object_set_new(json, "title", json_text(rule_title(arena, rule)));
    json_object_set_new(json, "formerly", json_optional(words.former));
    json_object_set_new(json, "address", json_optional(rule_address(arena, rule)));
    json_object_set_new(json, "bad", json_optional(words.bad));
    if (rule->source != FROM_LINT) return json;
    json_t *profiles = json_array(), *parameters = json_array();
    for (unsigned i = 0; i < PROFILE_COUNT; i++)
        if (rule->profiles >> i & 1) json_array_append_new(profiles, json_string(profile_names[i]));
    for (uint8_t i = 0; i < rule->parameterCount; i++) {
        const RuleParameter parameter = rule_parameter(rule, i);
        json_array_append_new(parameters, json_pack("{s:o,s:o,s:o}", "name", json_text(parameter.name), "default",
                                                    json_loadb(parameter.value.at, parameter.value.len, JSON_DECODE_ANY, NULL),
                                                    "description", json_text(parameter.description)));
    }
    json_object_set_new(json, "profiles", profiles);
    if (rule->sparesAgents) json_object_set_new(json, "spares", json_string("node-agents"));
    json_object_set_new(json, "parameters", parameters);
    json_object_set_new(json, "on", json_optional(words.on));
    json_object_set_new(json, "when", json_optional(words.when));
    json_object_set_new(json, "at", json_optional(words.at));
    json_object_set_new(json, "good", json_optional(words.good));
    return json;
}

static void write_rule(Buf *out, const Rule *rule, const ExplainSettings *settings) {
    (void)settings;
    json_t *json = rule_json(out->arena, rule);
    FixExample fix = fix_example(out->arena, rule);
    if (fix.diff.len) json_object_set_new(json, "fix", json_pack("{s:b,s:o}", "safe", fix.safe, "diff", json_text(fix.diff)));
    put_json(out, json);
}

static void write_rules(Buf *out, const Rule *const *list, uint32_t count, const ExplainSettings *settings) {
    (void)settings;
    json_t *all = json_array();
    for (uint32_t i = 0; i < count; i++) json_array_append_new(all, rule_json(out->arena, list[i]));
    put_json(out, all);
}

static void write_error(Buf *out, ApiError error, const ExplainSettings *settings) {
    (void)settings;
    json_t *names = json_names(error_type_rules(out->arena, error));
    put_json(out, json_pack("{s:o,s:o,s:o}", "type", json_string(api_error_name(error)), "description",
                            json_text(error_type_text(error)), "rules", names));
}

static void write_topic(Buf *out, const Topic *topic, const ExplainSettings *settings) {
    (void)settings;
    put_json(out, json_pack("{s:o,s:o,s:o}", "topic", json_text(topic->name), "title", json_text(topic->title), "text",
                            json_text(topic_text(out->arena, topic))));
}

static json_t *json_list(SignList list) {
    json_t *json = json_array();
    for (uint8_t i = 0; i < list.n; i++) json_array_append_new(json, json_text(list.at[i]));
    return json;
}

static void write_signs(Buf *out, Signs list, const ExplainSettings *settings) {
    (void)settings;
    json_t *all = json_array();
    for (uint32_t i = 0; i < list.n; i++) {
        const Sign *sign = list.at[i];
        json_array_append_new(all, json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "sign", json_text(sign->name), "also",
                                             json_list(sign->also), "is", json_text(sign->is), "means", json_text(sign->means),
                                             "causes", json_list(sign->causes), "look", json_list(sign->look), "rules",
                                             json_list(sign->rules), "topic", json_optional(sign->topic)));
    }
    put_json(out, all);
}

static void write_word(Buf *out, TopicItems items, const ExplainSettings *settings) {
    (void)settings;
    json_t *list = json_array();
    for (uint32_t i = 0; i < items.n; i++)
        json_array_append_new(
            list, json_pack("{s:o,s:o}", "topic", json_text(items.at[i].topic->name), "text", json_text(items.at[i].text)));
    put_json(out, list);
}

static void write_changes(Buf *out, const Changes *changes, const ExplainSettings *settings) {
    (void)settings;
    json_t *list = json_array();
    for (uint32_t i = 0; i < changes->fields.n; i++) {
        const FieldChange *change = &changes->fields.at[i];
        json_array_append_new(list, json_pack("{s:o,s:s,s:o,s:o}", "version", json_text(fact_version(out->arena, change->minor)),
                                              "change", change->came ? "added" : "removed", "type", json_text(change->type->name),
                                              "field", json_text(change->field->name)));
    }
    for (uint32_t i = 0; i < changes->gates.n; i++) {
        const GateChange *change = &changes->gates.at[i];
        json_array_append_new(list, json_pack("{s:o,s:s,s:s,s:b,s:b}", "gate", json_text(change->gate->name), "from",
                                              fact_stage(change->oldStage), "to", fact_stage(change->newStage), "onBefore",
                                              change->before, "onAfter", change->after));
    }
    put_json(out, list);
}

const Writer json_writer = {write_target, write_places, write_rule, write_rules,  write_error,
                            write_topic,  write_signs,  write_word, write_changes};
