#include "rule_text.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/near.h"
#include "base/str_set.h"
#include "fix_text.h"

const char *const profile_names[PROFILE_COUNT] = {
    [PROFILE_DEFAULT] = "default",         [PROFILE_SECURITY] = "security", [PROFILE_RELIABILITY] = "reliability",
    [PROFILE_KUBE_LINTER] = "kube-linter", [PROFILE_ALL] = "all",           [PROFILE_NONE] = "none",
};

void rule_fault(RuleFaults *faults, Span span, Str message, Str help) {
    ARRAY_PUSH(faults->arena, &faults->items, (RuleFault){span, message, help});
}

/* YAML 1.1 reads the key `on` as the boolean true. */
static const Str on_key = STR("true");

Span rule_text_span(const RuleText *rule, Str key) {
    const Entry *entry = node_entry(rule->map, str_eq(key, S("on")) ? on_key : key);
    if (entry) return entry->value.span.end > entry->value.span.at ? entry->value.span : entry->keySpan;
    return rule->map->kind == NODE_MAP && rule->map->count ? rule->map->entries[0].keySpan : rule->map->span;
}

static void only_keys(RuleFaults *faults, const Node *map, const Str *allowed, size_t count) {
    for (uint32_t i = 0; i < map->count; i++)
        if (!str_in(map->entries[i].key, allowed, count))
            rule_fault(faults, map->entries[i].keySpan,
                       str_format(faults->arena, "unknown key \"%.*s\"", TEXT(map->entries[i].key)),
                       did_you_mean(faults->arena, map->entries[i].key, allowed, count));
}

/* The text under a key, without white space at its ends; empty if there is none. */
static Str text_under(RuleFaults *faults, const Node *map, Str key) {
    const Node *node = node_get(map, key);
    if (!node || node->kind == NODE_NULL) return S("");
    if (node->kind != NODE_LIST && node->kind != NODE_MAP) return str_trim(node->text);
    rule_fault(faults, node->span, str_format(faults->arena, "%.*s must be text", TEXT(key)), S(""));
    return S("");
}

/* The number of the word under a key in a list of words; `missing` if there is none. */
static size_t word_under(RuleFaults *faults, const Node *map, Str key, const char *const *words, size_t count, size_t missing) {
    Str text = text_under(faults, map, key);
    if (!text.len) return missing;
    for (size_t i = 0; i < count; i++)
        if (str_eq(str_of(words[i]), text)) return i;
    rule_fault(faults, node_get(map, key)->span, str_format(faults->arena, "unknown %.*s \"%.*s\"", TEXT(key), TEXT(text)),
               near_question(faults->arena, near_word(text, words, count)));
    return missing;
}

/* Templates. */

static uint32_t argument_number(RuleText *text, Str name) {
    for (uint32_t i = 0; i < text->rule.argumentCount; i++)
        if (str_eq(text->arguments[i], name)) return i;
    if (text->rule.argumentCount == RULE_MAX_ARGUMENTS) return RULE_MAX_ARGUMENTS;
    text->arguments[text->rule.argumentCount] = name;
    return text->rule.argumentCount++;
}

/* The template with numbers in place of what it names in braces. */
static Str numbered(RuleFaults *faults, RuleText *text, Str key) {
    Str template = text_under(faults, text->map, key);
    Buf buf = {.arena = faults->arena};
    for (size_t i = 0; i < template.len; i++) {
        ptrdiff_t end = template.at[i] == '{' ? str_find(str_slice(template, i), '}') : -1;
        if (end < 2) {
            buf_char(&buf, template.at[i]);
            continue;
        }
        uint32_t number = argument_number(text, (Str){template.at + i + 1, (size_t)end - 1});
        if (number == RULE_MAX_ARGUMENTS)
            rule_fault(faults, rule_text_span(text, key), str_format(faults->arena, "%.*s names too many things", TEXT(key)),
                       S(""));
        buf_format(&buf, "{%u}", number);
        i += (size_t)end;
    }
    return buf_text(&buf);
}

/* Parameters. */

static void put_json_string(Buf *buf, Str text) {
    json_t *string = json_stringn(text.at, text.len);
    char *json = json_dumps(string, JSON_ENCODE_ANY);
    buf_str(buf, str_of(json ? json : "\"\""));
    free(json);
    json_decref(string);
}

static void put_json(Buf *buf, const Node *node) {
    switch ((NodeKind)node->kind) {
    case NODE_LIST:
        buf_char(buf, '[');
        for (uint32_t i = 0; i < node->count; i++) {
            if (i) buf_char(buf, ',');
            put_json(buf, &node->items[i]);
        }
        buf_char(buf, ']');
        break;
    case NODE_MAP:
        buf_char(buf, '{');
        for (uint32_t i = 0; i < node->count; i++) {
            if (i) buf_char(buf, ',');
            put_json_string(buf, node->entries[i].key);
            buf_char(buf, ':');
            put_json(buf, &node->entries[i].value);
        }
        buf_char(buf, '}');
        break;
    case NODE_STRING: put_json_string(buf, node->text); break;
    case NODE_NULL:
    case NODE_BOOL:
    case NODE_INT:
    case NODE_FLOAT: buf_str(buf, node->text); break;
    }
}

static void read_parameters(RuleFaults *faults, RuleText *text) {
    static const Str keys[] = {STR("default"), STR("description")};
    const Node *map = node_get(text->map, S("parameters"));
    if (!map || map->kind == NODE_NULL) return;
    if (map->kind != NODE_MAP || map->count > UINT8_MAX) {
        rule_fault(faults, map->span, S("parameters must be a map of names"), S("as in  min: {default: 3, description: ...}"));
        return;
    }
    RuleParameter *parameters = NEW_ARRAY(faults->arena, RuleParameter, map->count + 1);
    for (uint32_t i = 0; i < map->count; i++) {
        const Entry *entry = &map->entries[i];
        const Node *value = node_get(&entry->value, S("default"));
        if (entry->value.kind != NODE_MAP || !value) {
            rule_fault(faults, entry->keySpan, S("a parameter needs a default"), S("as in  min: {default: 3, description: ...}"));
            continue;
        }
        only_keys(faults, &entry->value, keys, COUNT(keys));
        Buf json = {.arena = faults->arena};
        put_json(&json, value);
        parameters[text->rule.parameterCount++] =
            (RuleParameter){entry->key, text_under(faults, &entry->value, S("description")), buf_text(&json)};
    }
    text->own.parameters = parameters;
}

/* One rule. */

static bool is_name(Str name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool inner = i > 0 && i + 1 < name.len && c == '-';
        if (!inner && !is_lower(c) && !is_digit(c)) return false;
    }
    return name.len > 0;
}

static void read_profiles(RuleFaults *faults, RuleText *text) {
    static const RuleProfile named[] = {PROFILE_SECURITY, PROFILE_RELIABILITY, PROFILE_KUBE_LINTER};
    const Node *byDefault = node_get(text->map, S("default")), *list = node_get(text->map, S("profiles"));
    if (byDefault && byDefault->kind != NODE_BOOL) rule_fault(faults, byDefault->span, S("default must be true or false"), S(""));
    if (!byDefault || str_eq(byDefault->text, S("true"))) text->rule.profiles = 1 << PROFILE_DEFAULT;
    const Node *spares = node_get(text->map, S("spares"));
    text->rule.sparesAgents = spares != NULL;
    if (spares && !str_eq(spares->text, S("node-agents")))
        rule_fault(faults, spares->span, S("spares must be node-agents"), S(""));
    if (!list) return;
    if (list->kind != NODE_LIST) rule_fault(faults, list->span, S("profiles must be a list"), S(""));
    for (uint32_t i = 0; list->kind == NODE_LIST && i < list->count; i++) {
        unsigned bit = 0;
        for (size_t j = 0; j < COUNT(named); j++)
            if (str_eq(list->items[i].text, str_of(profile_names[named[j]]))) bit = 1u << named[j];
        if (bit & text->rule.profiles) rule_fault(faults, list->items[i].span, S("this profile stands here twice"), S(""));
        if (!bit)
            rule_fault(faults, list->items[i].span, S("unknown profile"), S("there are security, reliability and kube-linter"));
        text->rule.profiles |= (uint8_t)bit;
    }
}

/* What only lint rules have. */
static void read_subject(RuleFaults *faults, RuleText *text) {
    RuleWords *words = &text->own.words;
    words->code = text_under(faults, text->map, S("code"));
    words->on = text_under(faults, text->map, on_key);
    words->when = text_under(faults, text->map, S("when"));
    words->at = text_under(faults, text->map, S("at"));
    words->bad = text_under(faults, text->map, S("bad"));
    words->good = text_under(faults, text->map, S("good"));
    text->check = text_under(faults, text->map, S("check"));
    if (words->when.len && text->check.len)
        rule_fault(faults, rule_text_span(text, S("check")), S("a rule has either when or check"), S(""));
    if (words->on.len && !words->when.len && !text->check.len)
        rule_fault(faults, rule_text_span(text, S("on")), S("a rule needs an expression that is true where it is broken"),
                   S("add  when: EXPRESSION"));
    if (words->when.len && !words->on.len)
        rule_fault(faults, rule_text_span(text, S("when")), S("a rule needs the type that it looks at"), S("add  on: Container"));
    if (text->check.len && !words->on.len)
        rule_fault(faults, rule_text_span(text, S("check")), S("a check needs the type that it looks at"),
                   S("add  on: Container"));
    if (words->at.len && text->check.len)
        rule_fault(faults, rule_text_span(text, S("at")), S("a check says itself where it found something"), S(""));
    read_profiles(faults, text);
    read_parameters(faults, text);
}

/* The keys of a rule and the sources whose rules have them, all where none is named. */
typedef struct RuleKey {
    Str name;
    unsigned sources; /* bit per DiagSource */
} RuleKey;

enum { LINT_ONLY = 1 << FROM_LINT, API_ONLY = 1 << FROM_API, ADMISSION_ONLY = 1 << FROM_ADMISSION };

static const RuleKey rule_keys[] = {
    {STR("name"), 0},
    {STR("former"), 0},
    {STR("title"), 0},
    {STR("message"), 0},
    {STR("help"), 0},
    {STR("fix"), 0},
    {STR("why"), 0},
    {STR("absent"), 0},
    {STR("severity"), 0},
    {STR("type"), API_ONLY | LINT_ONLY},
    {STR("plugin"), ADMISSION_ONLY},
    {STR("code"), LINT_ONLY},
    {STR("true"), LINT_ONLY},
    {STR("when"), LINT_ONLY},
    {STR("at"), LINT_ONLY},
    {STR("check"), LINT_ONLY},
    {STR("default"), LINT_ONLY},
    {STR("profiles"), LINT_ONLY},
    {STR("bad"), LINT_ONLY},
    {STR("good"), LINT_ONLY},
    {STR("parameters"), LINT_ONLY},
    {STR("spares"), LINT_ONLY},
};

static void check_keys(RuleFaults *faults, const Node *map, DiagSource source) {
    Str allowed[COUNT(rule_keys)];
    size_t count = 0;
    for (size_t i = 0; i < COUNT(rule_keys); i++)
        if (!rule_keys[i].sources || rule_keys[i].sources >> source & 1) allowed[count++] = rule_keys[i].name;
    only_keys(faults, map, allowed, count);
}

/* Tells of a step of the fix that is none. */
static void check_fix(RuleFaults *faults, const RuleText *text) {
    const Node *node = node_get(text->map, S("fix"));
    Str rest = text_under(faults, text->map, S("fix")), fault;
    const char *message = NULL;
    FixStep step;
    fix_text_unsafe(&rest);
    while (fix_text_next(&rest, &step, &fault, &message)) continue;
    if (message) rule_fault(faults, node->span, str_of(message), str_format(faults->arena, "this one is \"%.*s\"", TEXT(fault)));
}

static void read_rule(RuleFaults *faults, RuleText *text, const Node *map, DiagSource source) {
    text->map = map;
    text->rule.own = &text->own;
    if (map->kind != NODE_MAP) {
        rule_fault(faults, map->span, S("a rule must be a map"), S(""));
        return;
    }
    check_keys(faults, map, source);
    bool warns = source == FROM_WARNING || source == FROM_LINT;
    Rule *rule = &text->rule;
    RuleWords *words = &text->own.words;
    rule->source = (uint8_t)source;
    rule->name = text_under(faults, map, S("name"));
    words->former = text_under(faults, map, S("former"));
    words->title = text_under(faults, map, S("title"));
    rule->severity = (uint8_t)word_under(faults, map, S("severity"), severity_names, COUNT(severity_names),
                                         warns ? SEVERITY_WARNING : SEVERITY_ERROR);
    rule->type = (uint8_t)word_under(faults, map, S("type"), api_error_names, COUNT(api_error_names), API_NONE);
    if (source == FROM_LINT)
        read_subject(faults, text);
    else
        rule->profiles = 1 << PROFILE_DEFAULT;
    words->message = numbered(faults, text, S("message"));
    words->help = numbered(faults, text, S("help"));
    words->fix = numbered(faults, text, S("fix"));
    check_fix(faults, text);
    words->why = text_under(faults, map, S("why"));
    words->absent = text_under(faults, map, S("absent"));
    words->plugin = text_under(faults, map, S("plugin"));
    text->own.arguments = text->arguments;
    if (!is_name(rule->name))
        rule_fault(faults, rule_text_span(text, S("name")), S("a rule needs a name of lower-case letters, digits and dashes"),
                   S(""));
    if (!words->message.len) rule_fault(faults, rule_text_span(text, S("message")), S("a rule needs a message"), S(""));
    if ((source == FROM_API) != (node_get(map, S("type")) != NULL))
        rule_fault(faults, rule_text_span(text, S("type")), S("exactly the rules of source api have a type"), S(""));
}

RuleText *rule_text_read(RuleFaults *faults, const Node *root, bool own, uint32_t *count) {
    static const Str keys[] = {STR("source"), STR("rules")},
                     ownKeys[] = {STR("source"), STR("rules"), STR("codes"), STR("retired")};
    *count = 0;
    const Node *list = node_get(root, S("rules"));
    if (!list || list->kind != NODE_LIST) {
        rule_fault(faults, root->span, S("a file of rules is a map with a list under rules"), S(""));
        return NULL;
    }
    only_keys(faults, root, own ? ownKeys : keys, own ? COUNT(ownKeys) : COUNT(keys));
    size_t source = word_under(faults, root, S("source"), diag_source_names, COUNT(diag_source_names), FROM_LINT);
    RuleText *texts = NEW_ARRAY(faults->arena, RuleText, list->count + 1);
    StrSet names = {.arena = faults->arena};
    for (uint32_t i = 0; i < list->count; i++) {
        read_rule(faults, &texts[i], &list->items[i], (DiagSource)source);
        if (texts[i].rule.name.len && str_set_add(&names, texts[i].rule.name, &texts[i]))
            rule_fault(faults, rule_text_span(&texts[i], S("name")), S("another rule has this name"), S(""));
    }
    *count = list->count;
    return texts;
}
