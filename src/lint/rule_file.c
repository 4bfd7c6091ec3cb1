#include "rule_file.h"

#include "base/near.h"
#include "yaml/text_span.h"

static bool is_known_type(const Rule *rule) {
    return str_eq(rule_on(rule), S("Document")) || schema_type(rule_on(rule));
}

static Str type_question(Arena *arena, Str name) {
    Near near = near_start(name);
    for (uint16_t i = 0; i < schema_type_count; i++) near_try(&near, schema_types[i]->name);
    return near_question(arena, near.found);
}

/* A span of an expression as one of the value that it is trimmed from. */
static Span in_value(const RuleText *text, Str key, Str expression, Span span) {
    uint32_t before = (uint32_t)(expression.at - node_get(text->map, key)->text.at);
    return (Span){span.at + before, span.end + before};
}

static void check_expression(RuleFaults *faults, const Source *source, const RuleText *text, Str key, int number) {
    CelFault fault = {0};
    if (lint_rule_check(faults->arena, &text->rule, number, &fault)) return;
    if (number < 0) {
        Span span = node_text_span(source, node_get(text->map, key), in_value(text, key, text->own.words.when, fault.span));
        rule_fault(faults, span, fault.message, fault.help);
        return;
    }
    Str argument = text->own.arguments[number];
    rule_fault(faults, rule_text_span(text, key),
               str_format(faults->arena, "%.*s, in {%.*s}", TEXT(fault.message), TEXT(argument)), fault.help);
}

static void check_rule(RuleFaults *faults, const Source *source, const RuleText *text, bool own) {
    const Rule *rule = &text->rule;
    const RuleWords words = text->own.words;
    const Type *at;
    if (words.on.len && !is_known_type(rule)) {
        Str question = type_question(faults->arena, words.on);
        rule_fault(faults, rule_text_span(text, S("on")), str_format(faults->arena, "unknown type \"%.*s\"", TEXT(words.on)),
                   question.len ? question : S("podlint explain TYPE lists fields"));
        return;
    }
    if (!own && (!words.on.len || text->check.len))
        rule_fault(faults, rule_text_span(text, S("name")), S("a rule needs a type and an expression"),
                   S("as in  on: Container  and  when: has(self.command)"));
    if (!own && rule_named(rule->name))
        rule_fault(faults, rule_text_span(text, S("name")),
                   str_format(faults->arena, "podlint has a rule %.*s", TEXT(rule->name)), S("choose another name"));
    if (!words.when.len) return;
    check_expression(faults, source, text, S("when"), -1);
    for (uint8_t i = 0; i < rule->argumentCount; i++) check_expression(faults, source, text, S("message"), i);
    if (words.at.len && !lint_path_known(schema_type(words.on), words.at, &at))
        rule_fault(faults, rule_text_span(text, S("at")),
                   str_format(faults->arena, "%.*s has no field \"%.*s\"", TEXT(words.on), TEXT(words.at)), S(""));
}

void rule_file_read(RuleList *out, RuleFaults *faults, const Source *source, bool own) {
    NodeReader reader = {.source = source};
    NodeDocument document;
    while (node_next(&reader, faults->arena, &document)) {
        for (uint32_t i = 0; i < document.faults.n; i++) {
            const Fault *fault = &document.faults.at[i];
            rule_fault(faults, fault->span, str_format(faults->arena, "%s %.*s", fault_name(fault->kind), TEXT(fault->text)),
                       S(""));
        }
        if (!document.readable) continue;
        uint32_t count;
        RuleText *texts = rule_text_read(faults, document.root, own, &count);
        for (uint32_t i = 0; i < count; i++) {
            check_rule(faults, source, &texts[i], own);
            if (texts[i].rule.source != FROM_LINT) continue;
            texts[i].rule.number = (uint16_t)(rule_count + out->n);
            ARRAY_PUSH(faults->arena, out, &texts[i].rule);
        }
    }
}
