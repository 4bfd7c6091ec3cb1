#include "rules.h"

#include "base/near.h"
#include "model/fix_text.h"
#include "yaml/text_span.h"

Str rule_c_name(Arena *arena, Str name) {
    char *copy = arena_cstr(arena, name);
    for (size_t i = 0; i < name.len; i++)
        if (copy[i] == '-') copy[i] = '_';
    return (Str){copy, name.len};
}

bool is_rules(const File *file) {
    const Node *list = node_get(file->root, S("rules"));
    return node_get(file->root, S("source")) || (list && list->kind == NODE_LIST);
}

static void read_retired(RuleSet *set, File *file) {
    const Node *list = node_get(file->root, S("retired"));
    if (!list) return;
    if (list->kind != NODE_LIST) complain(file, list->span, S(""), "retired must be a list of codes");
    for (uint32_t i = 0; list->kind == NODE_LIST && i < list->count; i++)
        ARRAY_PUSH(file->gen->arena, &set->retired, list->items[i].text);
}

void rules_add(RuleSet *set, File *file) {
    RuleFaults faults = {.arena = file->gen->arena};
    uint32_t count;
    RuleText *texts = rule_text_read(&faults, file->root, true, &count);
    for (uint32_t i = 0; i < faults.items.n; i++)
        complain(file, faults.items.at[i].span, faults.items.at[i].help, "%.*s", TEXT(faults.items.at[i].message));
    for (uint32_t i = 0; i < count; i++) {
        GenRule item = {.file = file, .text = &texts[i]};
        Span span = texts[i].map->span;
        for (uint32_t j = 0; j < faults.items.n; j++)
            item.faulty |= faults.items.at[j].span.at >= span.at && faults.items.at[j].span.at < span.end;
        ARRAY_PUSH(file->gen->arena, &set->items, item);
    }
    read_retired(set, file);
}

static GenRule *rule_called(const RuleSet *set, Str name) {
    for (uint32_t i = 0; i < set->items.n; i++)
        if (str_eq(set->items.at[i].text->rule.name, name)) return &set->items.at[i];
    return NULL;
}

void rules_add_examples(RuleSet *set, File *file) {
    for (uint32_t i = 0; i < file->root->count; i++) {
        const Entry *entry = &file->root->entries[i];
        GenRule *item = rule_called(set, entry->key);
        if (!item)
            complain(file, entry->keySpan, S(""), "there is no rule \"%.*s\"", TEXT(entry->key));
        else if (item->text->own.words.bad.len || item->unshown)
            complain(file, entry->keySpan, S(""), "%.*s has an example already", TEXT(entry->key));
        else if (entry->value.kind == NODE_MAP)
            item->unshown = text_of(file, &entry->value, "none").len > 0;
        else
            item->text->own.words.bad = str_trim(entry->value.text);
    }
}

/* Codes. */

static bool is_code(Str code) {
    return code.len == 6 && str_starts(code, S("PL")) && str_is_digits(str_slice(code, 2));
}

/* The code after the last one that began with `family`. */
static Str next_code(const RuleSet *set, Arena *arena, Str family) {
    Str last = S("");
    for (uint32_t i = 0; i < set->items.n + set->retired.n; i++) {
        Str code = i < set->items.n ? set->items.at[i].text->own.words.code : set->retired.at[i - set->items.n];
        if (is_code(code) && str_starts(code, family) && str_cmp(code, last) > 0) last = code;
    }
    if (!last.len) return S("");
    char *next = arena_cstr(arena, last);
    size_t digit = last.len - 1;
    while (digit > 1 && next[digit] == '9') next[digit--] = '0';
    next[digit]++;
    return str_format(arena, "the next free code there is %s", next);
}

static void check_code(const RuleSet *set, const GenRule *item) {
    const Rule *rule = &item->text->rule;
    Str family = text_of(item->file, item->file->root, "codes");
    Span span = rule_text_span(item->text, S("code"));
    Str next = next_code(set, item->file->gen->arena, family);
    if (!is_code(rule->own->words.code))
        complain(item->file, span, next, "\"%.*s\" is not a code; write PL and four digits", TEXT(rule->own->words.code));
    else if (!family.len || !str_starts(rule->own->words.code, family))
        complain(item->file, span, next, "the codes of this file begin with %.*s (see its key codes), not as %.*s", TEXT(family),
                 TEXT(rule->own->words.code));
    if (str_in(rule->own->words.code, set->retired.at, set->retired.n))
        complain(item->file, span, next, "the code %.*s had another rule once, and does not come back",
                 TEXT(rule->own->words.code));
    for (const GenRule *other = set->items.at; other < item; other++)
        if (str_eq(other->text->own.words.code, rule->own->words.code))
            complain(item->file, span, next, "%.*s and %.*s have the code %.*s", TEXT(other->text->rule.name), TEXT(rule->name),
                     TEXT(rule->own->words.code));
}

/* Templates. */

/* The place of a part of the text under a key. */
static Span span_in(const GenRule *item, const char *key, Str part) {
    const Node *node = node_get(item->text->map, str_of(key));
    uint32_t at = (uint32_t)(part.at - node->text.at);
    return node_text_span(&item->file->source, node, (Span){at, at + (uint32_t)part.len});
}

/* The key of the template in which a slot stands first. */
static const char *template_of(const RuleText *text, Str slot) {
    const Node *message = node_get(text->map, S("message"));
    const Node *fix = node_get(text->map, S("fix"));
    bool inside = message && slot.at >= message->text.at && slot.at < message->text.at + message->text.len;
    bool inFix = fix && slot.at >= fix->text.at && slot.at < fix->text.at + fix->text.len;
    return inside ? "message" : inFix ? "fix" : "help";
}

static void check_braces(const GenRule *item, const char *key) {
    const Node *node = node_get(item->text->map, str_of(key));
    Str rest = node ? node->text : S("");
    for (ptrdiff_t open = str_find(rest, '{'), end; open >= 0; open = str_find(rest, '{')) {
        Str from = str_slice(rest, (size_t)open);
        end = str_find(from, '}');
        if (end < 0) complain(item->file, span_in(item, key, (Str){from.at, 1}), S(""), "{ without }");
        rest = end < 0 ? S("") : str_slice(from, (size_t)end);
    }
}

/* Whether a field names the rule as the one that reports its limits. */
static bool reports_limits(const Schema *schema, Str rule) {
    for (uint32_t t = 0; t < schema->types.n; t++)
        for (uint32_t i = 0; i < schema->types.at[t].fieldCount; i++)
            if (str_eq(schema->types.at[t].fields[i].rule, rule)) return true;
    return false;
}

/* Tells of slots that the checks of limits do not give. */
static void check_limit_slots(const GenRule *item) {
    static const Str slots[] = {STR("field"), STR("value"), STR("allowed"), STR("low"),
                                STR("high"),  STR("limit"), STR("count"),   STR("hint")};
    const Rule *rule = &item->text->rule;
    for (uint8_t i = 0; i < rule->argumentCount; i++) {
        Str slot = rule->own->arguments[i];
        Near near = near_start(slot);
        for (size_t j = 0; j < COUNT(slots); j++) near_try(&near, slots[j]);
        if (!str_in(slot, slots, COUNT(slots)))
            complain(item->file, span_in(item, template_of(item->text, slot), slot),
                     near_question(item->file->gen->arena, near.found), "no check of a limit gives the slot %.*s", TEXT(slot));
    }
}

/* Tells of slots that no call gives. That a call gives all slots and no others, the compiler sees to. */
static void check_calls(const GenRule *item, const Code *code) {
    const Rule *rule = &item->text->rule;
    Arena *arena = item->file->gen->arena;
    Str name = rule_c_name(arena, rule->name);
    bool given[RULE_MAX_ARGUMENTS] = {0}, called = false;
    Near near[RULE_MAX_ARGUMENTS];
    for (uint8_t i = 0; i < rule->argumentCount; i++) near[i] = near_start(rule->own->arguments[i]);
    for (uint32_t c = 0; c < code->calls.n; c++) {
        const Call *call = &code->calls.at[c];
        if (!str_eq(call->rule, name)) continue;
        called = true;
        for (uint8_t i = 0; i < rule->argumentCount; i++) {
            given[i] |= str_in(rule->own->arguments[i], call->slots, call->slotCount);
            for (uint32_t s = 0; s < call->slotCount; s++)
                if (!str_in(call->slots[s], rule->own->arguments, rule->argumentCount)) near_try(&near[i], call->slots[s]);
        }
    }
    if (!called) {
        complain(item->file, rule_text_span(item->text, S("name")), S(""),
                 "nothing in src/ reports %.*s: there is no call of emit_%.*s", TEXT(rule->name), TEXT(name));
    }
    for (uint8_t i = 0; called && i < rule->argumentCount; i++) {
        Str slot = rule->own->arguments[i];
        if (!given[i])
            complain(item->file, span_in(item, template_of(item->text, slot), slot), near_question(arena, near[i].found),
                     "no call of emit_%.*s gives the slot %.*s", TEXT(name), TEXT(slot));
    }
}

/* Tells of a name on a path of the fix that no type has. */
static void check_fix_path(const GenRule *item, const Schema *schema, Str path) {
    fix_text_up(&path);
    while (path.len) {
        ptrdiff_t dot = str_find(path, '.');
        Str name = {path.at, dot < 0 ? path.len : (size_t)dot};
        path = str_slice(path, name.len + 1);
        if (!is_key(schema, name)) complain_of_field(schema, item->file, span_in(item, "fix", name), name);
    }
}

static void check_fix(const GenRule *item, const Schema *schema) {
    const Node *node = node_get(item->text->map, S("fix"));
    Str rest = node && node->kind == NODE_STRING ? node->text : S(""), fault;
    const char *message;
    FixStep step;
    fix_text_unsafe(&rest);
    while (fix_text_next(&rest, &step, &fault, &message)) {
        check_fix_path(item, schema, step.path);
        if (step.verb == FIX_MOVE) check_fix_path(item, schema, step.value);
        if (step.verb == FIX_RENAME && str_find(step.value, '{') < 0) check_fix_path(item, schema, step.value);
    }
}

static void check_templates(const GenRule *item, const Schema *schema, const Code *code) {
    const RuleText *text = item->text;
    check_braces(item, "message");
    check_braces(item, "help");
    check_braces(item, "fix");
    check_fix(item, schema);
    if (text->own.words.when.len) return;
    bool right = !item->faulty;
    for (uint8_t i = 0; i < text->rule.argumentCount; i++) {
        Str slot = text->own.arguments[i];
        if (is_member_name(slot)) continue;
        right = false;
        complain(item->file, span_in(item, template_of(text, slot), slot), S(""), "C cannot have a slot \"%.*s\"", TEXT(slot));
    }
    if (!right) return;
    if (reports_limits(schema, text->rule.name))
        check_limit_slots(item);
    else
        check_calls(item, code);
}

/* Other parts. */

static void check_type(const GenRule *item, const Schema *schema) {
    Str on = item->text->own.words.on;
    GenType *type = type_named(schema, on);
    if (!on.len || str_eq(on, S("Document")) || (type && !type->values)) return;
    Near near = near_start(on);
    near_try(&near, S("Document"));
    for (uint32_t i = 0; i < schema->inOrder.n; i++) near_try(&near, schema->inOrder.at[i]->name);
    complain(item->file, rule_text_span(item->text, S("on")), near_question(item->file->gen->arena, near.found),
             "unknown type \"%.*s\"", TEXT(on));
}

static void check_check(const GenRule *item, const Schema *schema, const Code *code) {
    Str check = item->text->check, on = item->text->own.words.on;
    if (!check.len) return;
    Span span = rule_text_span(item->text, S("check"));
    Near near = near_start(check);
    for (uint32_t i = 0; i < code->checks.n; i++) {
        const Check *other = &code->checks.at[i];
        near_try(&near, other->name);
        if (!str_eq(other->name, check)) continue;
        if (!str_eq(other->type, on) && type_named(schema, on))
            complain(item->file, span, S(""), "lint_%.*s looks at values of type %.*s, not %.*s", TEXT(check), TEXT(other->type),
                     TEXT(on));
        return;
    }
    complain(item->file, span, near_question(item->file->gen->arena, near.found), "src/lint has no function lint_%.*s",
             TEXT(check));
}

static bool has_parameter(const Rule *rule, Str name) {
    bool has = false;
    for (uint8_t i = 0; i < rule->parameterCount; i++) has |= str_eq(rule->own->parameters[i].name, name);
    return has;
}

static bool reads_text(const Rule *rule, Str text) {
    bool reads = str_has(rule->own->words.when, text);
    for (uint8_t i = 0; i < rule->argumentCount; i++) reads |= str_has(rule->own->arguments[i], text);
    return reads;
}

/* Whether an expression of a rule reads params.NAME or params["NAME"]. */
static bool reads_parameter(const GenRule *item, Str name) {
    Arena *arena = item->file->gen->arena;
    const Rule *rule = &item->text->rule;
    return reads_text(rule, str_format(arena, "params.%.*s", TEXT(name))) ||
           reads_text(rule, str_format(arena, "params[\"%.*s\"]", TEXT(name)));
}

/* Tells of parameters without a description, and of those that an expression does not read; C may make up their names. */
static void check_parameter_use(const GenRule *item) {
    const Rule *rule = &item->text->rule;
    for (uint8_t i = 0; i < rule->parameterCount; i++) {
        const RuleParameter *parameter = &rule->own->parameters[i];
        const Entry *entry = node_entry(node_get(item->text->map, S("parameters")), parameter->name);
        if (rule->own->words.when.len && !reads_parameter(item, parameter->name))
            complain(item->file, entry->keySpan, S(""), "nothing reads the parameter %.*s", TEXT(parameter->name));
        if (!parameter->description.len)
            complain(item->file, entry->keySpan, S(""), "the parameter %.*s has no description", TEXT(parameter->name));
    }
}

/* Tells of parameters that the sources ask for and the rule does not have. */
static void check_parameters(const GenRule *item, const Code *code) {
    const Rule *rule = &item->text->rule;
    Str name = rule_c_name(item->file->gen->arena, rule->name);
    for (uint32_t i = 0; !rule->own->words.when.len && i < code->parameters.n; i++) {
        const ParameterUse *use = &code->parameters.at[i];
        if (!str_eq(use->rule, name) || has_parameter(rule, use->name)) continue;
        Near near = near_start(use->name);
        for (uint8_t j = 0; j < rule->parameterCount; j++) near_try(&near, rule->own->parameters[j].name);
        const Entry *meant = node_entry(node_get(item->text->map, S("parameters")), near.found);
        complain(item->file, meant ? meant->keySpan : rule_text_span(item->text, S("name")), S(""),
                 "src/lint asks for a parameter %.*s of %.*s, which has none of that name", TEXT(use->name), TEXT(rule->name));
        return;
    }
}

static void check_absent(const GenRule *item, const Schema *schema) {
    for (Str rest = item->text->own.words.absent; rest.len;) {
        Str word = str_take_word(&rest);
        if (!is_key(schema, word)) complain_of_field(schema, item->file, span_in(item, "absent", word), word);
    }
}

static void check_names(const RuleSet *set, const GenRule *item) {
    Str name = item->text->rule.name, former = item->text->own.words.former;
    for (const GenRule *other = set->items.at; former.len && other < set->items.at + set->items.n; other++)
        if (str_eq(other->text->rule.name, former) || (other != item && str_eq(other->text->own.words.former, former)))
            complain(item->file, rule_text_span(item->text, S("former")), S(""), "%.*s is the name of another rule",
                     TEXT(former));
    for (const GenRule *other = set->items.at; other < item; other++)
        if (other->file != item->file && str_eq(other->text->rule.name, name))
            complain(item->file, rule_text_span(item->text, S("name")), S(""), "rule %.*s is defined twice", TEXT(name));
}

/* Tells of a rule that a field names and nobody has. */
static void check_field_rule(const RuleSet *set, const GenField *field) {
    if (!field->rule.len) return;
    Near near = near_start(field->rule);
    for (uint32_t i = 0; i < set->items.n; i++) {
        Str name = set->items.at[i].text->rule.name;
        if (str_eq(name, field->rule)) return;
        near_try(&near, name);
    }
    complain(field->file, node_get(field->node, S("rule"))->span, near_question(field->file->gen->arena, near.found),
             "there is no rule \"%.*s\"", TEXT(field->rule));
}

/* Lint rules have theirs beside them. */
static void check_example(const GenRule *item) {
    if (item->text->rule.source != FROM_LINT && !item->text->own.words.bad.len && !item->unshown)
        complain(item->file, rule_text_span(item->text, S("name")),
                 S("write one in schema/rule-examples.yaml, or why no file can show it: {none: WHY}"), "%.*s has no example",
                 TEXT(item->text->rule.name));
}

void rules_check(const RuleSet *set, const Schema *schema, const Code *code) {
    for (uint32_t t = 0; t < schema->types.n; t++)
        for (uint32_t i = 0; i < schema->types.at[t].fieldCount; i++) check_field_rule(set, &schema->types.at[t].fields[i]);
    for (uint32_t i = 0; i < set->items.n; i++) {
        const GenRule *item = &set->items.at[i];
        const Rule *rule = &item->text->rule;
        if (item->text->map->kind != NODE_MAP) continue;
        check_names(set, item);
        check_templates(item, schema, code);
        check_absent(item, schema);
        if (rule->source != FROM_LINT) continue;
        check_type(item, schema);
        check_check(item, schema, code);
        check_parameters(item, code);
        check_parameter_use(item);
        if (rule->own->words.code.len && rule->own->words.why.len && rule->own->words.bad.len && rule->own->words.good.len)
            check_code(set, item);
        else
            complain(item->file, rule_text_span(item->text, S("name")), S(""),
                     "%.*s needs a code, a why, a bad and a good example", TEXT(rule->name));
    }
    if (schema->gen->mistakes) return;
    for (uint32_t i = 0; i < set->items.n; i++) check_example(&set->items.at[i]);
}
