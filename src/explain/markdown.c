/* Explanations for a wiki, and the whole reference. */
#include "fix/example.h"
#include "rules.h"
#include "style.h"
#include "write.h"

static void put_fields(Buf *out, const Type *type, uint8_t minor, int depth, Str prefix) {
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *field = &type->fields[i];
        if (!schema_has(field, minor)) continue;
        Str kind = schema_type_text(field, out->arena);
        buf_format(out, "| `%.*s%.*s` | %.*s%s | ", TEXT(prefix), TEXT(field->name), TEXT(kind),
                   field->required ? ", required" : "");
        Str text = schema_text(field->text->description);
        for (size_t j = 0; j < text.len; j++) {
            if (text.at[j] == '|') buf_char(out, '\\');
            buf_char(out, text.at[j] == '\n' ? ' ' : text.at[j]);
        }
        buf_str(out, S(" |\n"));
        if (field->type && depth > 1)
            put_fields(out, field->type, minor, depth - 1, str_format(out->arena, "%.*s%.*s.", TEXT(prefix), TEXT(field->name)));
    }
}

static void write_target(Buf *out, const Target *target, const ExplainSettings *settings) {
    Arena *arena = out->arena;
    const Field *field = target->field;
    buf_format(out, "# %.*s%s%.*s\n\n", TEXT(target->kind->name), field ? "." : "", TEXT(target->path));
    if (field) {
        Str kind = schema_type_text(field, arena), limits = fact_limits(arena, field->text), list = fact_list(arena, field);
        Str gate = fact_gate(arena, field->gate, settings->minor);
        buf_format(out, "- type: `%.*s`%s\n", TEXT(kind), field->required ? ", required" : "");
        if (field->value.at) buf_format(out, "- default: `%.*s`\n", TEXT(field->value));
        if (field->text->defaultWhen.len) buf_format(out, "- default: %.*s\n", TEXT(schema_text(field->text->defaultWhen)));
        if (limits.len) buf_format(out, "- limits: %.*s\n", TEXT(limits));
        if (list.len) buf_format(out, "- list: %.*s\n", TEXT(list));
        if (field->since) buf_format(out, "- since: Kubernetes 1.%d\n", field->since);
        if (gate.len) buf_format(out, "- gate: %.*s\n", TEXT(gate));
        if (*fact_change(target)) buf_format(out, "- change: %s\n", fact_change(target));
        Str names = fact_rule_names(arena, target, settings);
        if (names.len) buf_format(out, "- rules: %.*s\n", TEXT(names));
        buf_char(out, '\n');
    }
    buf_format(out, "%.*s\n", TEXT(field ? schema_text(field->text->description) : schema_text(target->type->description)));
    if (field && field->text->valueCount) {
        buf_str(out, S("\n| value | meaning |\n| --- | --- |\n"));
        for (uint16_t i = 0; i < field->text->valueCount; i++)
            buf_format(out, "| `%.*s` | %.*s |\n", TEXT(schema_text(schema_value(field->text, i)->value)),
                       TEXT(schema_text(schema_value(field->text, i)->description)));
    }
    if (field && field->text->example.len) {
        Style w = {out, settings};
        buf_str(out, S("\n```yaml\n"));
        put_example(&w, field, schema_text(field->text->example), 0);
        buf_str(out, S("```\n"));
    }
    if (target->type && target->type->fieldCount && settings->depth > 0) {
        buf_str(out, S("\n| field | type | |\n| --- | --- | --- |\n"));
        put_fields(out, target->type, settings->minor, settings->depth, S(""));
    }
}

static void write_places(Buf *out, const Search *s, const ExplainSettings *settings) {
    (void)settings;
    buf_format(out, "# %.*s %s in %u place%s:\n\n", TEXT(s->value ? s->word : s->found.at[0].field->name),
               s->value ? "is a value" : "stands", s->found.n, s->found.n == 1 ? "" : "s");
    for (uint32_t i = 0; i < s->found.n; i++) {
        const FieldPlace *place = &s->found.at[i];
        buf_format(out, "- `%.*s` (%.*s): %.*s\n", TEXT(place->path), TEXT(schema_type_text(place->field, out->arena)),
                   TEXT(place->description));
    }
}

static void write_rule(Buf *out, const Rule *rule, const ExplainSettings *settings) {
    (void)settings;
    const char *type = api_error_name((ApiError)rule->type);
    Str help = rule_helps(out->arena, rule), profiles = rule_profiles(out->arena, rule);
    const RuleWords words = rule_words(rule);
    buf_format(out, "# %.*s\n\n- source: %s, severity: %s%s%s\n", TEXT(rule->name), diag_source_name((DiagSource)rule->source),
               severity_name((Severity)rule->severity), type ? ", type: " : "", type ? type : "");
    if (words.code.len) buf_format(out, "- code: %.*s\n", TEXT(words.code));
    if (words.former.len) buf_format(out, "- formerly: %.*s\n", TEXT(words.former));
    if (profiles.len) buf_format(out, "- profiles: %.*s\n", TEXT(profiles));
    if (rule->sparesAgents) buf_format(out, "- default: not of node agents: DaemonSets, kube-system, system-node-critical\n");
    buf_format(out, "- says: %.*s\n", TEXT(rule_says(out->arena, rule)));
    if (help.len) buf_format(out, "- help: %.*s\n", TEXT(help));
    if (words.when.len) buf_format(out, "- found where, for a %.*s: `%.*s`\n", TEXT(words.on), TEXT(words.when));
    for (uint8_t i = 0; i < rule->parameterCount; i++) {
        const RuleParameter parameter = rule_parameter(rule, i);
        buf_format(out, "- parameter %.*s, by default `%.*s`: %.*s\n", TEXT(parameter.name), TEXT(parameter.value),
                   TEXT(parameter.description));
    }
    buf_format(out, "\n%.*s\n", TEXT(words.why));
    if (words.bad.len) buf_format(out, "\nBad:\n\n```yaml\n%.*s\n```\n", TEXT(words.bad));
    if (words.good.len) buf_format(out, "\nGood:\n\n```yaml\n%.*s\n```\n", TEXT(words.good));
    FixExample fix = fix_example(out->arena, rule);
    if (fix.diff.len) buf_format(out, "\n`podlint fix%s`:\n\n```diff\n%.*s```\n", fix.safe ? "" : " --unsafe", TEXT(fix.diff));
}

static void write_rules(Buf *out, const Rule *const *list, uint32_t count, const ExplainSettings *settings) {
    (void)settings;
    if (count) buf_str(out, S("| code | rule | severity | profiles | says |\n| --- | --- | --- | --- | --- |\n"));
    for (uint32_t i = 0; i < count; i++) {
        const RuleWords words = rule_words(list[i]);
        buf_format(out, "| %.*s | %.*s | %s | %.*s | %.*s |\n", TEXT(words.code), TEXT(list[i]->name),
                   severity_name((Severity)list[i]->severity), TEXT(rule_profiles(out->arena, list[i])),
                   TEXT(words.title.len ? words.title : rule_says(out->arena, list[i])));
    }
}

static void write_error(Buf *out, ApiError error, const ExplainSettings *settings) {
    buf_str(out, S("# "));
    text_writer.error(out, error, settings);
}

static void write_topic(Buf *out, const Topic *topic, const ExplainSettings *settings) {
    (void)settings;
    buf_format(out, "# %.*s\n\n%.*s\n", TEXT(topic->title), TEXT(topic_text(out->arena, topic)));
}

static void put_items(Buf *out, const char *head, SignList list, const char *mark) {
    if (list.n) buf_format(out, "\n%s:\n\n", head);
    for (uint8_t i = 0; i < list.n; i++) buf_format(out, "- %s%.*s%s\n", mark, TEXT(list.at[i]), mark);
}

static void write_signs(Buf *out, Signs list, const ExplainSettings *settings) {
    (void)settings;
    for (uint32_t i = 0; i < list.n; i++) {
        const Sign *sign = list.at[i];
        buf_format(out, "%s# %.*s\n\nIt is %.*s. %.*s\n", i ? "\n" : "", TEXT(sign->name), TEXT(sign->is), TEXT(sign->means));
        put_items(out, "Also", sign->also, "");
        put_items(out, "Likely causes", sign->causes, "");
        put_items(out, "What to look at", sign->look, "`");
        put_items(out, "Rules that find it early", sign->rules, "");
        if (sign->topic.len) buf_format(out, "\nMore: %.*s\n", TEXT(sign->topic));
    }
}

static void write_word(Buf *out, TopicItems items, const ExplainSettings *settings) {
    Style w = {out, settings};
    for (uint32_t i = 0; i < items.n; i++) {
        buf_format(out, "%s# %s%.*s%s\n\n", i ? "\n" : "", style_bold(&w), TEXT(items.at[i].topic->title), style_reset(&w));
        put_wrapped(&w, items.at[i].text, 0, 0);
    }
}

static void write_changes(Buf *out, const Changes *changes, const ExplainSettings *settings) {
    text_writer.changes(out, changes, settings);
}

const Writer markdown_writer = {write_target, write_places, write_rule, write_rules,  write_error,
                                write_topic,  write_signs,  write_word, write_changes};
