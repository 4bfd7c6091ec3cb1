#include "facts.h"

#include "lint/reads.h"
#include "rules.h"

const char *fact_change_name(const Target *target) {
    static const char *const names[] = {NULL, "in-place", "limited", "resize", "rollout", "fixed"};
    return target->inStatus ? "status" : names[target->change];
}

const char *fact_change(const Target *target) {
    if (target->inStatus) return "written by the cluster; what a manifest says here is dropped";
    switch ((Mutability)target->change) {
    case CHANGE_NORMAL: return ""; /* of a type, whose kind is not known */
    case CHANGE_IN_PLACE: return "in place";
    case CHANGE_LIMITED: return "limited";
    case CHANGE_RESIZE: return "through the resize subresource";
    case CHANGE_ROLLOUT: return "rolls out new pods";
    case CHANGE_FIXED: return "fixed once the object exists";
    }
    return "";
}

Str fact_version(Arena *arena, uint8_t minor) {
    return str_format(arena, "1.%d", minor);
}

const char *fact_stage(uint8_t stage) {
    static const char *const names[] = {"unknown", "alpha", "beta", "stable", "deprecated"};
    return names[stage];
}

Str fact_limits(Arena *arena, const FieldText *text) {
    Buf buf = {.arena = arena};
    if (text->hasMinimum && text->hasMaximum)
        buf_format(&buf, "%lld to %lld", (long long)text->minimum, (long long)text->maximum);
    else if (text->hasMinimum)
        buf_format(&buf, "at least %lld", (long long)text->minimum);
    else if (text->hasMaximum)
        buf_format(&buf, "at most %lld", (long long)text->maximum);
    if (text->maxLength) buf_format(&buf, "%sat most %lld characters", buf.len ? ", " : "", (long long)text->maxLength);
    if (text->maxItems) buf_format(&buf, "%sat most %lld items", buf.len ? ", " : "", (long long)text->maxItems);
    return buf_text(&buf);
}

Str fact_list(Arena *arena, const Field *field) {
    const FieldText *text = field->text;
    Buf buf = {.arena = arena};
    switch ((ListKind)text->listKind) {
    case LIST_PLAIN: break;
    case LIST_ATOMIC: buf_str(&buf, S("replaced as a whole when applied")); break;
    case LIST_SET: buf_str(&buf, S("merged as a set of values")); break;
    case LIST_MAP:
        buf_str(&buf, S("merged item by item, by "));
        for (uint16_t i = 0; i < text->listKeyCount; i++)
            buf_format(&buf, "%s%.*s", i ? " and " : "", TEXT(schema_list_key(text, i)));
        break;
    }
    return buf_text(&buf);
}

Str fact_gate(Arena *arena, int16_t number, uint8_t minor) {
    if (number < 0) return S("");
    const Gate *gate = &schema_gates[number];
    return str_format(arena, "%.*s (%s in 1.%d, %s by default)", TEXT(gate->name), fact_stage(gate->stage[minor - VERSION_FIRST]),
                      minor, gate->on[minor - VERSION_FIRST] ? "on" : "off");
}

/* Whether a field is reached in a certain way from a type; an empty path means that its values are of the type. */
static bool stands_at(const Target *target, const RulePlace *place) {
    const Type *type = schema_type(place->type);
    Parts parts = find_parts(place->path);
    size_t n = target->wayLength;
    if (!n || parts.n > n) return false;
    if (!parts.n) return target->way[n - 1]->type == type;
    for (size_t i = 0; i < parts.n; i++)
        if (!str_eq(parts.at[i], target->way[n - parts.n + i]->name)) return false;
    return type == (n == parts.n ? target->kind : target->way[n - parts.n - 1]->type);
}

RuleNames fact_rules(Arena *arena, const Target *target, const ExplainSettings *settings) {
    RuleNames list = {0};
    for (uint16_t i = 0; i < rule_count && target->field; i++) {
        bool reads = rule_reads(arena, &rules[i], target->way, target->wayLength);
        for (uint32_t j = 0; j < settings->placeCount && !reads; j++)
            reads = settings->places[j].rule == i && stands_at(target, &settings->places[j]);
        if (reads) ARRAY_PUSH(arena, &list, &rules[i]);
    }
    return list;
}

Str fact_rule_names(Arena *arena, const Target *target, const ExplainSettings *settings) {
    Buf buf = {.arena = arena};
    RuleNames list = fact_rules(arena, target, settings);
    for (uint32_t i = 0; i < list.n; i++) buf_format(&buf, "%s%.*s", i ? ", " : "", TEXT(list.at[i]->name));
    return buf_text(&buf);
}
