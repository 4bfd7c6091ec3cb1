#include "nothing.h"

#include "base/near.h"
#include "rules.h"

/* What was probably meant by a word; empty if nothing is near. */
static Str nearest_name(Str query) {
    Near near = near_start(query);
    for (const Kind *kind = NULL; (kind = schema_next_judged(kind));) near_try(&near, kind->name);
    for (size_t i = 0; i < COUNT(api_error_names); i++) near_try(&near, str_of(api_error_names[i]));
    for (uint16_t i = 0; i < topic_count; i++) near_try(&near, topics[i].name);
    for (uint16_t i = 0; i < sign_count; i++) {
        near_try(&near, signs[i].name);
        for (uint8_t j = 0; j < signs[i].also.n; j++) near_try(&near, signs[i].also.at[j]);
    }
    for (uint16_t i = 0; i < rule_count; i++) near_try(&near, rules[i].name);
    for (uint16_t t = 0; t < schema_type_count; t++)
        for (uint16_t i = 0; i < schema_types[t]->fieldCount; i++) near_try(&near, schema_types[t]->fields[i].name);
    return near.found;
}

static bool has_nocase(Str text, Str part) {
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (str_eq_nocase((Str){text.at + i, part.len}, part)) return true;
    return false;
}

/* Some names of fields and rules that a word is a part of. */
static void put_containing(Buf *out, Str query, uint8_t minor) {
    enum { MOST = 6, SHORTEST = 3 };
    Str names[MOST];
    size_t n = 0;
    for (uint16_t t = 0; t < schema_type_count; t++)
        for (uint16_t i = 0; i < schema_types[t]->fieldCount && n < MOST && query.len >= SHORTEST; i++) {
            const Field *field = &schema_types[t]->fields[i];
            bool known = !schema_has(field, minor) || !has_nocase(field->name, query);
            for (size_t j = 0; j < n && !known; j++) known = str_eq(names[j], field->name);
            if (!known) names[n++] = field->name;
        }
    for (uint16_t i = 0; i < rule_count && n < MOST && query.len >= SHORTEST; i++)
        if (has_nocase(rules[i].name, query)) names[n++] = rules[i].name;
    for (size_t i = 0; i < n; i++) buf_format(out, "%s%.*s", i ? ", " : "; names with it: ", TEXT(names[i]));
}

/* A part of a path that is no field of the type before it. */
static void put_no_field(Buf *out, const Parts *parts, const Followed *failed, uint8_t minor) {
    const Type *at = failed->at;
    Str part = parts->at[failed->missing], near = schema_near_field(at, part, minor),
        below = schema_find_below(at, part, minor, out->arena);
    const Field *field = schema_field(at, part, str_hash(part));
    Buf path = {.arena = out->arena};
    buf_format(&path, "%.*s.", TEXT(str_lower(out->arena, failed->target.kind->name)));
    for (size_t i = failed->from; i < failed->missing; i++) buf_format(&path, "%.*s.", TEXT(parts->at[i]));
    buf_format(out, "%.*s has no field \"%.*s\"", TEXT(at->name), TEXT(part));
    if (field && field->since > minor) {
        buf_format(out, " in Kubernetes 1.%d; it exists since 1.%d", minor, field->since);
    } else if (field && field->removed) {
        buf_format(out, " in Kubernetes 1.%d; it was there until 1.%d", minor, field->removed - 1);
    } else if (near.len || below.len) {
        buf_str(&path, near.len ? near : below);
        buf_format(out, "; %.*s", TEXT(near_question(out->arena, buf_text(&path))));
    } else if (!failed->missing && parts->n > 1) {
        buf_format(out, "; if \"%.*s\" is a kind of custom resource, name its definition with --crds", TEXT(part));
    }
    buf_char(out, '\n');
}

void put_nothing(Buf *out, Str query, const Parts *parts, const Followed *failed, uint8_t minor) {
    size_t missing = failed->missing;
    if (failed->at && missing < parts->n) {
        put_no_field(out, parts, failed, minor);
        return;
    }
    if (missing < parts->n && missing > failed->from) {
        buf_format(out, "%.*s is a plain value and has no field \"%.*s\"\n", TEXT(parts->at[missing - 1]),
                   TEXT(parts->at[missing]));
        return;
    }
    Str found = nearest_name(query);
    buf_format(out, "nothing is called \"%.*s\"", TEXT(query));
    if (found.len)
        buf_format(out, "; %.*s", TEXT(near_question(out->arena, found)));
    else
        put_containing(out, query, minor);
    buf_char(out, '\n');
}
