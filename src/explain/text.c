/* Explanations for people at a terminal. */
#include "fix/example.h"
#include "rules.h"
#include "style.h"
#include "write.h"

static void put_fields(const Style *w, const Type *type, int level, int depth) {
    Arena *arena = w->out->arena;
    size_t widest = 0;
    for (uint16_t i = 0; i < type->fieldCount; i++)
        if (schema_has(&type->fields[i], w->settings->minor) && type->fields[i].name.len > widest)
            widest = type->fields[i].name.len;
    if (widest > 28) widest = 28;
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *field = &type->fields[i];
        if (!schema_has(field, w->settings->minor)) continue;
        int indent = 2 + level * 2;
        Str kind = schema_type_text(field, arena);
        buf_repeat(w->out, ' ', (size_t)indent);
        buf_format(w->out, "%s%-*.*s%s  %s%.*s%s%s", style_bold(w), (int)widest, TEXT(field->name), style_reset(w), style_dim(w),
                   TEXT(kind), style_reset(w), field->required ? "  required" : "");
        if (depth == 1 && level == 0) {
            buf_char(w->out, '\n');
            buf_repeat(w->out, ' ', (size_t)indent + 4);
            put_wrapped(w, first_sentence(schema_text(field->text->description)), indent + 4, indent + 4);
            if (w->settings->examples && field->text->example.len)
                put_example(w, field, schema_text(field->text->example), indent + 6);
        } else {
            buf_char(w->out, '\n');
        }
        if (field->type && depth > 1 && level < DEEPEST) put_fields(w, field->type, level + 1, depth - 1);
    }
}

static void write_target(Buf *out, const Target *target, const ExplainSettings *settings) {
    const Style *w = &(Style){out, settings};
    Arena *arena = w->out->arena;
    const Field *field = target->field;
    buf_format(w->out, "%s%.*s%s%s%.*s%s", style_bold(w), TEXT(target->kind->name), field ? "." : "", "", TEXT(target->path),
               style_reset(w));
    if (target->kind->kind) buf_format(w->out, "  (%.*s)", TEXT(schema_api_version(target->kind)));
    buf_str(w->out, S("\n\n"));
    if (field) {
        const FieldText *text = field->text;
        put_fact(w, "type", schema_type_text(field, arena));
        put_fact(w, "required", field->required ? S("yes") : S("no"));
        put_fact(w, "default", field->value.at ? (field->value.len ? field->value : S("\"\"")) : schema_text(text->defaultWhen));
        put_fact(w, "form", schema_text(text->format));
        put_fact(w, "limits", fact_limits(arena, text));
        put_fact(w, "list", fact_list(arena, field));
        if (field->since) put_fact(w, "since", str_format(arena, "Kubernetes 1.%d", field->since));
        if (field->removed) put_fact(w, "until", str_format(arena, "Kubernetes 1.%d", field->removed - 1));
        put_fact(w, "gate", fact_gate(arena, field->gate, w->settings->minor));
        Str change = str_of(fact_change(target));
        if (target->changeWhen.len && change.len)
            change = str_format(arena, "%.*s: %.*s", TEXT(change), TEXT(target->changeWhen));
        put_fact(w, "change", change);
        put_fact(w, "rules", fact_rule_names(arena, target, w->settings));
        buf_char(w->out, '\n');
    }
    buf_str(w->out, S("  "));
    put_wrapped(w, field ? schema_text(field->text->description) : schema_text(target->type->description), 2, 2);
    if (field && field->scalar == TYPE_OBJECT &&
        !str_eq(schema_text(field->text->description), schema_text(target->type->description))) {
        buf_str(w->out, S("\n  "));
        put_wrapped(w, str_format(arena, "%.*s: %.*s", TEXT(target->type->name), TEXT(schema_text(target->type->description))), 2,
                    2);
    }
    if (field && field->text->valueCount) {
        buf_format(w->out, "\n%sValues%s\n", style_bold(w), style_reset(w));
        for (uint16_t i = 0; i < field->text->valueCount; i++) {
            Str value = schema_text(schema_value(field->text, i)->value);
            buf_format(w->out, "  %s%.*s%s\n      ", style_bold(w), TEXT(value.len ? value : S("\"\"")), style_reset(w));
            put_wrapped(w, schema_text(schema_value(field->text, i)->description), 6, 6);
        }
    }
    if (field && field->text->example.len) {
        buf_format(w->out, "\n%sExample%s\n", style_bold(w), style_reset(w));
        put_example(w, field, schema_text(field->text->example), 2);
    }
    if (target->type && target->type->fieldCount && w->settings->depth > 0) {
        buf_format(w->out, "\n%sFields%s\n", style_bold(w), style_reset(w));
        put_fields(w, target->type, 0, w->settings->depth);
    }
}

static void write_places(Buf *out, const Search *s, const ExplainSettings *settings) {
    Style w = {out, settings};
    buf_format(out, "%.*s %s in %u place%s:\n\n", TEXT(s->value ? s->word : s->found.at[0].field->name),
               s->value ? "is a value" : "stands", s->found.n, s->found.n == 1 ? "" : "s");
    for (uint32_t i = 0; i < s->found.n; i++) {
        const FieldPlace *place = &s->found.at[i];
        Str kind = schema_type_text(place->field, out->arena);
        buf_format(out, "  %s%.*s%s  %s%.*s%s\n      ", style_bold(&w), TEXT(place->path), style_reset(&w), style_dim(&w),
                   TEXT(kind), style_reset(&w));
        put_wrapped(&w, first_sentence(place->description), 6, 6);
    }
}

static void put_block(const Style *w, const char *title, Str text) {
    if (!text.len) return;
    buf_format(w->out, "\n  %s%s%s\n", style_dim(w), title, style_reset(w));
    while (text.len) {
        ptrdiff_t end = str_find(text, '\n');
        buf_format(w->out, "    %.*s\n", TEXT((end < 0 ? text : (Str){text.at, (size_t)end})));
        text = end < 0 ? S("") : str_slice(text, (size_t)end + 1);
    }
}

static void write_rule(Buf *out, const Rule *rule, const ExplainSettings *settings) {
    Style w = {out, settings};
    const RuleWords words = rule_words(rule);
    const char *type = api_error_name((ApiError)rule->type);
    buf_format(out, "%s%.*s%s  (%.*s%s%s, %s%s%s)\n\n", style_bold(&w), TEXT(rule->name), style_reset(&w), TEXT(words.code),
               words.code.len ? ", " : "", diag_source_name((DiagSource)rule->source), severity_name((Severity)rule->severity),
               type ? ", " : "", type ? type : "");
    put_fact(&w, "formerly", words.former);
    put_fact(&w, "says", rule_says(out->arena, rule));
    put_fact(&w, "help", rule_helps(out->arena, rule));
    put_fact(&w, "profiles", rule_profiles(out->arena, rule));
    if (rule->sparesAgents) put_fact(&w, "default", S("not of node agents: DaemonSets, kube-system, system-node-critical"));
    put_fact(&w, "on", words.on);
    put_fact(&w, "when", words.when);
    for (uint8_t i = 0; i < rule->parameterCount; i++) {
        const RuleParameter parameter = rule_parameter(rule, i);
        put_fact(&w, i ? "" : "parameters",
                 str_format(out->arena, "%.*s (%.*s): %.*s", TEXT(parameter.name), TEXT(parameter.value),
                            TEXT(parameter.description)));
    }
    buf_str(out, S("\n  "));
    put_wrapped(&w, words.why, 2, 2);
    put_block(&w, "bad", words.bad);
    put_block(&w, "good", words.good);
    FixExample fix = fix_example(out->arena, rule);
    put_block(&w, fix.safe ? "podlint fix" : "podlint fix --unsafe", fix.diff);
}

static void put_rule_row(Buf *out, const Rule *rule, const ExplainSettings *settings) {
    Style w = {out, settings};
    const RuleWords words = rule_words(rule);
    bool on = rule_in_profile(rule, PROFILE_DEFAULT);
    buf_format(out, "%-7.*s %s%-40.*s%s %-8s%s ", TEXT(words.code), style_bold(&w), TEXT(rule->name), style_reset(&w),
               severity_name((Severity)rule->severity), on ? "   " : "off");
    Str message = words.title.len ? words.title : rule_says(out->arena, rule);
    if (!settings->width)
        buf_str(out, message);
    else if (settings->width > 81)
        put_cut(out, message, (size_t)settings->width - 61);
    buf_char(out, '\n');
}

static void write_rules(Buf *out, const Rule *const *list, uint32_t count, const ExplainSettings *settings) {
    for (uint32_t i = 0; i < count; i++) put_rule_row(out, list[i], settings);
}

static void write_error(Buf *out, ApiError error, const ExplainSettings *settings) {
    Style w = {out, settings};
    RuleNames list = error_type_rules(out->arena, error);
    buf_format(out, "%s%s%s\n\n  ", style_bold(&w), api_error_name(error), style_reset(&w));
    put_wrapped(&w, error_type_text(error), 2, 2);
    buf_str(out, S("\n  Rules that report it:\n"));
    for (uint32_t i = 0; i < list.n; i++) buf_format(out, "    %.*s\n", TEXT(list.at[i]->name));
    if (!list.n) buf_str(out, S("    none\n"));
}

/* The line at the start of a text, which is then behind it. */
static void put_verbatim(Buf *out, Str *text) {
    ptrdiff_t newline = str_find(*text, '\n');
    Str line = newline < 0 ? *text : (Str){text->at, (size_t)newline};
    buf_format(out, "  %.*s\n", TEXT(line));
    *text = newline < 0 ? S("") : str_slice(*text, (size_t)newline + 1);
}

static void write_topic(Buf *out, const Topic *topic, const ExplainSettings *settings) {
    Style w = {out, settings};
    buf_format(out, "%s%.*s%s\n\n", style_bold(&w), TEXT(topic->title), style_reset(&w));
    for (Str text = topic_text(out->arena, topic); text.len;) {
        if (str_starts(text, S("    "))) {
            put_verbatim(out, &text);
            continue;
        }
        Str block = topic_next_block(&text);
        bool item = str_starts(block, S("- "));
        if (!block.len) {
            buf_char(out, '\n');
            continue;
        }
        buf_str(out, S("  "));
        put_wrapped(&w, topic_folded(out->arena, block), item ? 4 : 2, 2);
    }
}

static void put_sign_list(const Style *w, const char *head, SignList list) {
    if (!list.n) return;
    buf_format(w->out, "\n%s%s%s\n", style_bold(w), head, style_reset(w));
    for (uint8_t i = 0; i < list.n; i++) {
        buf_str(w->out, S("  - "));
        put_wrapped(w, list.at[i], 4, 4);
    }
}

/* The other spellings that are no patterns, in one line. */
static Str spellings(Arena *arena, SignList also) {
    Buf buf = {.arena = arena};
    for (uint8_t i = 0; i < also.n; i++)
        if (str_find(also.at[i], '*') < 0) buf_format(&buf, "%s%.*s", buf.len ? ", " : "", TEXT(also.at[i]));
    return buf_text(&buf);
}

static void put_sign(const Style *w, const Sign *sign) {
    Buf *out = w->out;
    buf_format(out, "%s%.*s%s  (%.*s)\n\n  ", style_bold(w), TEXT(sign->name), style_reset(w), TEXT(sign->is));
    put_wrapped(w, sign->means, 2, 2);
    Str also = spellings(out->arena, sign->also);
    if (also.len) buf_str(out, S("\n  Also: "));
    if (also.len) put_wrapped(w, also, 4, 8);
    put_sign_list(w, "Likely causes", sign->causes);
    if (sign->look.n) buf_format(out, "\n%sWhat to look at%s\n", style_bold(w), style_reset(w));
    for (uint8_t i = 0; i < sign->look.n; i++) buf_format(out, "  %.*s\n", TEXT(sign->look.at[i]));
    if (sign->rules.n) buf_format(out, "\n%sRules that find it early%s\n", style_bold(w), style_reset(w));
    for (uint8_t i = 0; i < sign->rules.n; i++) {
        const Rule *rule = rule_named(sign->rules.at[i]);
        buf_format(out, "  %.*s\n      ", TEXT(rule->name));
        put_wrapped(w, rule_title(out->arena, rule), 6, 6);
    }
    if (sign->topic.len) buf_format(out, "\n  More: podlint explain %.*s\n", TEXT(sign->topic));
}

static void write_signs(Buf *out, Signs list, const ExplainSettings *settings) {
    Style w = {out, settings};
    for (uint32_t i = 0; i < list.n; i++) {
        if (i) buf_char(out, '\n');
        put_sign(&w, list.at[i]);
    }
}

static void write_word(Buf *out, TopicItems items, const ExplainSettings *settings) {
    Style w = {out, settings};
    for (uint32_t i = 0; i < items.n; i++) {
        const Topic *topic = items.at[i].topic;
        buf_format(out, "%s%s%.*s%s\n\n  ", i ? "\n" : "", style_bold(&w), TEXT(topic->title), style_reset(&w));
        put_wrapped(&w, items.at[i].text, 2, 2);
        buf_format(out, "\n  More: podlint explain %.*s\n", TEXT(topic->name));
    }
}

static void put_gate_change(const Style *w, const GateChange *change) {
    buf_format(w->out, "gate  %s%.*s%s: %s, %s -> %s, %s\n", style_bold(w), TEXT(change->gate->name), style_reset(w),
               change->oldStage ? fact_stage(change->oldStage) : "not there", change->before ? "on" : "off",
               change->newStage ? fact_stage(change->newStage) : "gone", change->after ? "on" : "off");
}

static void write_changes(Buf *out, const Changes *changes, const ExplainSettings *settings) {
    Style w = {out, settings};
    for (uint32_t i = 0; i < changes->fields.n; i++) {
        const FieldChange *change = &changes->fields.at[i];
        buf_format(out, "1.%d  %s  %s%.*s.%.*s%s", change->minor, change->came ? "new " : "gone", style_bold(&w),
                   TEXT(change->type->name), TEXT(change->field->name), style_reset(&w));
        if (change->came && change->field->gate >= 0)
            buf_format(out, "  (gate %.*s)", TEXT(fact_gate(out->arena, change->field->gate, changes->to)));
        buf_char(out, '\n');
    }
    for (uint32_t i = 0; i < changes->gates.n; i++) put_gate_change(&w, &changes->gates.at[i]);
    if (!changes->fields.n && !changes->gates.n)
        buf_format(out, "nothing changed between 1.%d and 1.%d\n", changes->from, changes->to);
}

const Writer text_writer = {write_target, write_places, write_rule, write_rules,  write_error,
                            write_topic,  write_signs,  write_word, write_changes};
