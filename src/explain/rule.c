#include "rule.h"

#include "model/rule_text.h"
#include "rules.h"
#include "write.h"

/* A template with the names of what it is filled with, in braces. */
static Str named_template(Arena *arena, const Rule *rule, Str template) {
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < template.len; i++) {
        if (template.at[i] == '{' && i + 2 < template.len && template.at[i + 2] == '}') {
            buf_format(&buf, "{%.*s}", TEXT(rule->arguments[template.at[i + 1] - '0']));
            i += 2;
        } else {
            buf_char(&buf, template.at[i]);
        }
    }
    return buf_text(&buf);
}

Str rule_says(Arena *arena, const Rule *rule) {
    return named_template(arena, rule, rule->message);
}

Str rule_profiles(Arena *arena, const Rule *rule) {
    Buf buf = {.arena = arena};
    for (unsigned i = 0; i < PROFILE_COUNT; i++)
        if (rule->source == FROM_LINT && rule->profiles >> i & 1) buf_format(&buf, "%s%s", buf.len ? ", " : "", profile_names[i]);
    return buf_text(&buf);
}

Str rule_helps(Arena *arena, const Rule *rule) {
    return str_eq(rule->help, S("{0}")) ? S("") : named_template(arena, rule, rule->help);
}

static const Str error_texts[] = {
    [API_REQUIRED] = STR("The server cannot do without the value: the field is missing or empty, and has no default."),
    [API_INVALID] =
        STR("The value is there and of the right type, but breaks a rule: a range, a form, or how it goes together with "
            "other fields."),
    [API_DUPLICATE] = STR("The value has to be unique in its list and stands there more than once."),
    [API_NOT_SUPPORTED] = STR("The field takes one of a fixed set of words, and the value is none of them. Case counts."),
    [API_FORBIDDEN] =
        STR("The field may not be set here, or may not change: another field, the kind or the update rules it out."),
    [API_TOO_LONG] = STR("The text is longer than the field allows."),
    [API_TOO_MANY] = STR("The list has more items than the field allows."),
    [API_TYPE_INVALID] = STR("The value has a type that the field cannot hold."),
    [API_NOT_FOUND] = STR("The value names something that has to exist in the same object, such as a volume, and does not."),
    [API_INTERNAL] = STR("The server could not tell whether the value is right."),
};

ApiError error_type_named(Str word) {
    for (size_t i = API_NONE + 1; i < COUNT(api_error_names); i++)
        if (str_eq_nocase(word, str_of(api_error_names[i]))) return (ApiError)i;
    return API_NONE;
}

Str error_type_text(ApiError type) {
    return error_texts[type];
}

RuleNames error_type_rules(Arena *arena, ApiError type) {
    RuleNames list = {0};
    for (uint16_t i = 0; i < rule_count; i++)
        if (rules[i].type == type) ARRAY_PUSH(arena, &list, &rules[i]);
    return list;
}
