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
static bool is_known(const RuleSet *set, uint32_t number) {
    for (uint32_t i = 0; i < number; i++)
        if (str_eq(set->items.at[i].text->check, set->items.at[number].text->check)) return true;
    return false;
}

/* Each check takes its type; what the tables point to takes any. */
static void write_checks(FILE *out, const RuleSet *set, bool bodies) {
    for (uint32_t i = 0; i < set->items.n; i++) {
        Str check = set->items.at[i].text->check, on = set->items.at[i].text->rule.on;
        if (!check.len || is_known(set, i)) continue;
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

static void write_parameters(FILE *out, const RuleSet *set, uint32_t number) {
    const Rule *rule = &set->items.at[number].text->rule;
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

static void write_arguments(FILE *out, const RuleSet *set, uint32_t number) {
    const Rule *rule = &set->items.at[number].text->rule;
    if (!rule->argumentCount) return;
    fprintf(out, "static const Str arguments_%u[] = {", number);
    for (uint8_t i = 0; i < rule->argumentCount; i++) {
        if (i) fputs(", ", out);
        put_str(out, rule->arguments[i]);
    }
    fputs("};\n", out);
}

static void write_rule(FILE *out, const RuleSet *set, uint32_t number) {
    const RuleText *text = set->items.at[number].text;
    const Rule *rule = &text->rule;
    fputs("    {.name = ", out);
    put_str(out, rule->name);
    fprintf(out, ", .number = %u, .source = %u, .severity = %u, .type = %u, .profiles = %u, .sparesAgents = %d", number,
            rule->source, rule->severity, rule->type, rule->profiles, rule->sparesAgents);
    put_member(out, "former", rule->former);
    put_member(out, "title", rule->title);
    put_member(out, "message", rule->message);
    put_member(out, "help", rule->help);
    put_member(out, "why", rule->why);
    put_member(out, "absent", rule->absent);
    put_member(out, "plugin", rule->plugin);
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
        if (!set->items.at[i].text->rule.when.len) write_emitter(out, gen->arena, set->items.at[i].text);
    fputc('\n', out);
    write_checks(out, set, false);
    fputs("\n#endif\n", out);
    generated_end(&generated);
    generated_begin(&generated, dir, "rules_tables.c", "rules/", "mktables");
    out = generated.stream;
    fputs("#include \"model/diag.h\"\n\n", out);
    write_checks(out, set, true);
    for (uint32_t i = 0; i < set->items.n; i++) {
        write_parameters(out, set, i);
        write_arguments(out, set, i);
    }
    fputs("\nconst Rule rules[] = {\n", out);
    for (uint32_t i = 0; i < set->items.n; i++) write_rule(out, set, i);
    fprintf(out, "};\nconst uint16_t rule_count = %u;\n", set->items.n);
    generated_end(&generated);
}
