#include "generated.h"
#include "rules.h"

/* An emitter takes the slots of the templates by name: emit_x(list, where, .key = key, .fate = fate). A name that the rule does
 * not have, a missing one and one without a name do not compile. */
static void write_emitter(FILE *out, Arena *arena, const RuleText *text) {
    const Rule *rule = &text->rule;
    Str name = rule_c_name(arena, rule->name);
    if (!rule->argumentCount) {
        fprintf(out, "static inline Diag *emit_%.*s(DiagList *list, Where where) {\n", TEXT(name));
        fprintf(out, "    return diag_add(list, &rules[RULE_%.*s], where, NULL);\n}\n", TEXT(name));
        return;
    }
    fprintf(out, "typedef struct Slots_%.*s {\n    struct OnlyByName *only;\n    Str ", TEXT(name));
    for (uint8_t i = 0; i < rule->argumentCount; i++) fprintf(out, "%s%.*s", i ? ", " : "", TEXT(rule->own->arguments[i]));
    fprintf(out, ";\n} Slots_%.*s;\n", TEXT(name));
    fprintf(out, "static inline Diag *put_%.*s(DiagList *list, Where where, Slots_%.*s slots) {\n", TEXT(name), TEXT(name));
    fprintf(out, "    return diag_add(list, &rules[RULE_%.*s], where, (const Str[]){", TEXT(name));
    for (uint8_t i = 0; i < rule->argumentCount; i++) fprintf(out, "%sslots.%.*s", i ? ", " : "", TEXT(rule->own->arguments[i]));
    fprintf(out, "});\n}\n#define emit_%.*s(list, where, ...) (SLOTS(%u, \"%.*s takes", TEXT(name), rule->argumentCount,
            TEXT(rule->name));
    for (uint8_t i = 0; i < rule->argumentCount; i++) fprintf(out, " %.*s", TEXT(rule->own->arguments[i]));
    fprintf(out, "\", __VA_ARGS__), put_%.*s(list, where, (Slots_%.*s){__VA_ARGS__}))\n", TEXT(name), TEXT(name));
}

/* Whether another rule before this one has the same check. */
static bool is_known(const RuleSet *set, uint32_t number) {
    for (uint32_t i = 0; i < number; i++)
        if (str_eq(set->items.at[i].text->check, set->items.at[number].text->check)) return true;
    return false;
}

/* Each check takes its type; what the tables point to takes any. */
static void write_checks(FILE *out, const RuleSet *set, bool bodies) {
    for (uint32_t i = 0; i < set->items.n; i++) {
        Str check = set->items.at[i].text->check, on = set->items.at[i].text->own.words.on;
        if (!check.len || is_known(set, i)) continue;
        fprintf(out, "struct %.*s;\nvoid lint_%.*s(struct Lint *lint, const struct %.*s *self, const struct Path *path);\n",
                TEXT(on), TEXT(check), TEXT(on));
        if (!bodies) continue;
        fprintf(out, "static void call_%.*s(struct Lint *lint, const void *self, const struct Path *path) {\n", TEXT(check));
        fprintf(out, "    lint_%.*s(lint, self, path);\n}\n", TEXT(check));
    }
}

static void write_rule(FILE *out, const RuleSet *set, uint32_t number) {
    const RuleText *text = set->items.at[number].text;
    const Rule *rule = &text->rule;
    fputs("    {.name = ", out);
    put_str(out, rule->name);
    fprintf(out, ", .number = %u, .source = %u, .severity = %u, .type = %u, .profiles = %u, .sparesAgents = %d", number,
            rule->source, rule->severity, rule->type, rule->profiles, rule->sparesAgents);
    fprintf(out, ", .argumentCount = %u, .parameterCount = %u", rule->argumentCount, rule->parameterCount);
    if (text->check.len) fprintf(out, ", .check = call_%.*s", TEXT(text->check));
    fputs("},\n", out);
}

static void put_member(FILE *out, Texts *texts, const char *name, Str text) {
    fprintf(out, ".%s = ", name);
    put_text(out, texts, text);
    fputs(", ", out);
}

/* What rules say, and then their arguments and parameters, each list behind those of the rules before. */
static void write_rows(FILE *out, Arena *arena, const RuleSet *set) {
    Texts texts = {.places.arena = arena};
    uint32_t arguments = 0, parameters = 0;
    fputs("const RuleRow rule_rows[] = {\n", out);
    for (uint32_t i = 0; i < set->items.n; i++) {
        const Rule *rule = &set->items.at[i].text->rule;
        const RuleWords *words = &rule->own->words;
        fputs("    {", out);
        put_member(out, &texts, "former", words->former);
        put_member(out, &texts, "title", words->title);
        put_member(out, &texts, "code", words->code);
        put_member(out, &texts, "message", words->message);
        put_member(out, &texts, "help", words->help);
        put_member(out, &texts, "fix", words->fix);
        put_member(out, &texts, "plugin", words->plugin);
        put_member(out, &texts, "why", words->why);
        put_member(out, &texts, "absent", words->absent);
        put_member(out, &texts, "on", words->on);
        put_member(out, &texts, "when", words->when);
        put_member(out, &texts, "at", words->at);
        put_member(out, &texts, "bad", words->bad);
        put_member(out, &texts, "good", words->good);
        fprintf(out, ".arguments = %u, .parameters = %u},\n", arguments, parameters);
        arguments += rule->argumentCount;
        parameters += rule->parameterCount;
    }
    fputs("};\nconst TableText rule_arguments[] = {\n", out);
    for (uint32_t i = 0; i < set->items.n; i++)
        for (uint8_t j = 0; j < set->items.at[i].text->rule.argumentCount; j++) {
            fputs("    ", out);
            put_text(out, &texts, set->items.at[i].text->own.arguments[j]);
            fputs(",\n", out);
        }
    fputs("};\nconst ParameterRow rule_parameters[] = {\n", out);
    for (uint32_t i = 0; i < set->items.n; i++)
        for (uint8_t j = 0; j < set->items.at[i].text->rule.parameterCount; j++) {
            const RuleParameter *parameter = &set->items.at[i].text->own.parameters[j];
            fputs("    {", out);
            put_member(out, &texts, "name", parameter->name);
            put_member(out, &texts, "description", parameter->description);
            put_member(out, &texts, "value", parameter->value);
            fputs("},\n", out);
        }
    fputs("};\n", out);
    put_texts(out, &texts, "rule_texts");
}

void rules_write(const char *dir, Gen *gen, const RuleSet *set) {
    Generated generated;
    generated_begin(&generated, dir, "rules.h", "rules/", "mktables");
    FILE *out = generated.stream;
    fputs("#ifndef PODLINT_RULES_H\n#define PODLINT_RULES_H\n\n#include \"model/emit.h\"\n\nenum {\n", out);
    for (uint32_t i = 0; i < set->items.n; i++) {
        Str name = rule_c_name(gen->arena, set->items.at[i].text->rule.name);
        fprintf(out, "    RULE_%.*s,\n", TEXT(name));
    }
    fputs("};\n\n", out);
    for (uint32_t i = 0; i < set->items.n; i++)
        if (!set->items.at[i].text->own.words.when.len) write_emitter(out, gen->arena, set->items.at[i].text);
    fputc('\n', out);
    write_checks(out, set, false);
    fputs("\n#endif\n", out);
    generated_end(&generated);
    generated_begin(&generated, dir, "rules_tables.c", "rules/", "mktables");
    out = generated.stream;
    fputs("#include \"model/diag.h\"\n\n", out);
    write_checks(out, set, true);
    write_rows(out, gen->arena, set);
    fputs("\nconst Rule rules[] = {\n", out);
    for (uint32_t i = 0; i < set->items.n; i++) write_rule(out, set, i);
    fprintf(out, "};\nconst uint16_t rule_count = %u;\n", set->items.n);
    generated_end(&generated);
}
