#include "rule.h"

#include "model/rule_text.h"
#include "rules.h"
#include "write.h"

/* What a template is filled with as a word for people: value is VALUE, self.readyDelay READY_DELAY, self.containers.size() N. */
static void put_placeholder(Buf *buf, Str argument) {
    Str name = S("");
    for (size_t i = 0, start = 0, deep = 0; i <= argument.len; i++) {
        char c = i < argument.len ? argument.at[i] : '.';
        bool call = c == '(' && deep == 0;
        if (deep == 0 && (c == '.' || call)) {
            Str part = {argument.at + start, i - start};
            if (call && str_eq(part, S("size"))) name = S("n");
            if (!call && part.len && is_lower(part.at[0])) name = part;
            start = i + 1;
        }
        deep += c == '(';
        deep -= c == ')';
        if (c == ')') start = i + 1;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (i && is_upper(name.at[i])) buf_char(buf, '_');
        buf_char(buf, to_upper(name.at[i]));
    }
}

/* A template as people read it, with words in capitals where it is filled; what is only added to a word is left out. */
static Str readable(Arena *arena, const Rule *rule, Str template) {
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < template.len; i++) {
        bool slot = template.at[i] == '{' && i + 2 < template.len && template.at[i + 2] == '}';
        bool added = slot && i && (is_letter(template.at[i - 1]) || template.at[i - 1] == '}');
        if (!slot) buf_char(&buf, template.at[i]);
        if (slot && !added) put_placeholder(&buf, rule_argument(rule, (size_t)(template.at[i + 1] - '0')));
        if (slot) i += 2;
    }
    return buf_text(&buf);
}

/* A template with the names of what it is filled with, in braces. */
static Str named_template(Arena *arena, const Rule *rule, Str template) {
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < template.len; i++) {
        if (template.at[i] == '{' && i + 2 < template.len && template.at[i + 2] == '}') {
            buf_format(&buf, "{%.*s}", TEXT(rule_argument(rule, (size_t)(template.at[i + 1] - '0'))));
            i += 2;
        } else {
            buf_char(&buf, template.at[i]);
        }
    }
    return buf_text(&buf);
}

Str rule_template(Arena *arena, const Rule *rule) {
    return named_template(arena, rule, rule_words(rule).message);
}

Str rule_says(Arena *arena, const Rule *rule) {
    return readable(arena, rule, rule_words(rule).message);
}

Str rule_title(Arena *arena, const Rule *rule) {
    static const Str open[] = {STR(": REASON"), STR(": PROBLEM"), STR(" PROBLEM"), STR(" EFFECT")};
    const RuleWords words = rule_words(rule);
    Str text = words.title.len ? words.title : rule_says(arena, rule);
    ptrdiff_t mend = str_find(text, ';');
    if (mend > 0) text.len = (size_t)mend;
    for (size_t i = 0; i < COUNT(open); i++)
        if (text.len > open[i].len && str_ends(text, open[i])) text.len -= open[i].len;
    while (text.len && strchr(",:", text.at[text.len - 1])) text.len--;
    return text;
}

Str rule_address(Arena *arena, const Rule *rule) {
    return rule == &rules[rule->number] ? str_format(arena, PODLINT_DOCS "#%.*s", TEXT(rule->name)) : S("");
}

Str rule_profiles(Arena *arena, const Rule *rule) {
    Buf buf = {.arena = arena};
    for (unsigned i = 0; i < PROFILE_COUNT; i++)
        if (rule->source == FROM_LINT && rule->profiles >> i & 1) buf_format(&buf, "%s%s", buf.len ? ", " : "", profile_names[i]);
    return buf_text(&buf);
}

Str rule_helps(Arena *arena, const Rule *rule) {
    return str_eq(rule_words(rule).help, S("{0}")) ? S("") : readable(arena, rule, rule_words(rule).help);
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
