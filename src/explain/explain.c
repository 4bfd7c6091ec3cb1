/* The answer to a query: what it names is found (find), what there is to say of it is gathered (facts, rule, topic, changes), and
 * a writer says it (text, json, markdown). In goes what a user would type or paste, a path with or without a kind, a field's name
 * or value, a rule, an error type, a topic or a word of one; out comes text in a Buf, and what kind of thing it was about. The
 * hard part is the order in which a word is tried for all these, since many mean more than one. */
#include "explain.h"

#include "nothing.h"
#include "rules.h"
#include "style.h"
#include "write.h"

static const Writer *writer_of(const ExplainSettings *settings) {
    static const Writer *const writers[] = {
        [EXPLAIN_TEXT] = &text_writer, [EXPLAIN_JSON] = &json_writer, [EXPLAIN_MARKDOWN] = &markdown_writer};
    return writers[settings->format];
}

static ExplainKind put_target(Buf *out, const Target *target, const ExplainSettings *settings) {
    writer_of(settings)->target(out, target, settings);
    return EXPLAINS_FIELD;
}

static ExplainKind put_places(Buf *out, const Search *search, const ExplainSettings *settings) {
    writer_of(settings)->places(out, search, settings);
    return EXPLAINS_PLACES;
}

/* The only place is explained, several are listed. */
static ExplainKind put_found(Buf *out, const Search *s, const ExplainSettings *settings) {
    if (s->found.n > 1) return put_places(out, s, settings);
    Parts parts = find_parts(s->found.at[0].path);
    Followed followed = find_follow(out->arena, find_kind(parts.at[0])->type, &parts, 1, s->minor);
    return put_target(out, &followed.target, settings);
}

static ExplainKind explain_field(Buf *out, Str query, const Type *kind, const Parts *parts, size_t from,
                                 const ExplainSettings *settings) {
    Followed followed = find_follow(out->arena, kind, parts, from, settings->minor);
    if (followed.found) return put_target(out, &followed.target, settings);
    put_nothing(out, query, parts, &followed, settings->minor);
    return EXPLAINS_NOTHING;
}

static const Type *type_named(Str name) {
    for (uint16_t i = 0; i < schema_type_count; i++)
        if (str_eq_nocase(schema_types[i]->name, name)) return schema_types[i];
    return NULL;
}

/* The parts that a group is, from number `n` on: none, or as many as it has between its dots. */
static size_t group_length(Str group, const Parts *parts, size_t n) {
    size_t first = n;
    while (group.len) {
        ptrdiff_t dot = str_find(group, '.');
        Str label = {group.at, dot < 0 ? group.len : (size_t)dot};
        if (n == parts->n || !str_eq(parts->at[n], label)) return 0;
        group = str_slice(group, label.len + (dot >= 0));
        n++;
    }
    return n - first;
}

/* How many parts name a kind: pods, deployments.apps, deployment.v1.apps. */
static size_t kind_length(const Kind *kind, const Parts *parts) {
    size_t longest = 1;
    for (uint8_t i = 0; i < kind->versionCount; i++) {
        Str group = schema_group(kind->versions[i].apiVersion), version = schema_version(kind->versions[i].apiVersion);
        size_t n = 1 < parts->n && str_eq(parts->at[1], version) ? 2 : 1;
        n += group_length(group, parts, n);
        if (n > longest) longest = n;
    }
    return longest;
}

/* A path without a kind: of the first kind that has it, of a type (Container.image), or from a field on that stands deeper. */
static ExplainKind explain_path(Buf *out, Str query, const Parts *parts, const ExplainSettings *settings) {
    Arena *arena = out->arena;
    const Type *nearest = NULL, *type = parts->n > 1 ? type_named(parts->at[0]) : NULL;
    size_t deepest = 0;
    for (const Kind *kind = NULL; (kind = schema_next_judged(kind));) {
        Followed followed = find_follow(arena, kind->type, parts, 0, settings->minor);
        if (followed.found) return put_target(out, &followed.target, settings);
        if (!nearest || followed.missing > deepest) deepest = followed.missing, nearest = kind->type;
    }
    if (type) return explain_field(out, query, type, parts, 1, settings);
    Search search = {.arena = arena, .word = parts->at[0], .minor = settings->minor};
    if (!deepest) find_places(&search);
    find_below(&search, parts);
    if (search.found.n) return put_found(out, &search, settings);
    return explain_field(out, query, nearest, parts, 0, settings);
}

/* The signs that a query names, or EXPLAINS_NOTHING. */
static ExplainKind explain_signs(Buf *out, Str query, SignMatch match, const ExplainSettings *settings) {
    Signs list = sign_find(out->arena, query, match);
    if (list.n) writer_of(settings)->signs(out, list, settings);
    return list.n ? EXPLAINS_TOPIC : EXPLAINS_NOTHING;
}

/* A single word that is no kind, topic, rule or error type. */
static ExplainKind explain_word(Buf *out, Str query, const Parts *parts, const ExplainSettings *settings) {
    Search names = {.arena = out->arena, .word = parts->n ? parts->at[0] : query, .minor = settings->minor}, values = names;
    values.value = true;
    const Type *type = schema_type(query);
    if (!type) find_places(&names);
    if (!type && names.found.n) return put_found(out, &names, settings);
    if (!type) type = type_named(query);
    if (type) return put_target(out, &(Target){.kind = type, .type = type}, settings);
    TopicItems items = topic_find(out->arena, query);
    if (explain_signs(out, query, SIGN_NOCASE, settings)) return EXPLAINS_TOPIC;
    if (items.n) {
        writer_of(settings)->word(out, items, settings);
        return EXPLAINS_TOPIC;
    }
    find_places(&values);
    if (values.found.n) return put_places(out, &values, settings);
    put_nothing(out, query, parts, &(Followed){.missing = parts->n}, settings->minor);
    return EXPLAINS_NOTHING;
}

static void put_topic(Buf *out, const Topic *topic, const ExplainSettings *settings) {
    writer_of(settings)->topic(out, topic, settings);
}

ExplainKind explain(Buf *out, Str query, const ExplainSettings *settings) {
    query = str_trim(query);
    Parts parts = find_parts(query);
    const Kind *kind = parts.n ? find_kind(parts.at[0]) : NULL;
    const Topic *topic = topic_named(query);
    ApiError error = error_type_named(query);
    const Rule *rule = rule_named(query);
    if (topic) {
        put_topic(out, topic, settings);
        return EXPLAINS_TOPIC;
    }
    if (explain_signs(out, query, SIGN_EXACT, settings)) return EXPLAINS_TOPIC;
    if (str_find(query, ' ') >= 0 && explain_signs(out, query, SIGN_NOCASE, settings)) return EXPLAINS_TOPIC;
    if (str_find(query, ' ') >= 0 && explain_signs(out, query, SIGN_INSIDE, settings)) return EXPLAINS_TOPIC;
    if (error != API_NONE) {
        writer_of(settings)->error(out, error, settings);
        return EXPLAINS_ERROR;
    }
    if (kind) return explain_field(out, query, kind->type, &parts, kind_length(kind, &parts), settings);
    if (rule) {
        explain_rule(out, rule, settings);
        return EXPLAINS_RULE;
    }
    bool root = parts.n == 1 && (str_eq(parts.at[0], S("spec")) || str_eq(parts.at[0], S("metadata")));
    if (parts.n > 1 || root) return explain_path(out, query, &parts, settings);
    return explain_word(out, query, &parts, settings);
}

void explain_rule(Buf *out, const Rule *rule, const ExplainSettings *settings) {
    writer_of(settings)->rule(out, rule, settings);
}

void explain_rules(Buf *out, const Rule *const *list, uint32_t count, const ExplainSettings *settings) {
    writer_of(settings)->rules(out, list, count, settings);
}

void explain_changes(Buf *out, uint8_t from, uint8_t to, const ExplainSettings *settings) {
    Changes changes = changes_between(out->arena, from, to);
    writer_of(settings)->changes(out, &changes, settings);
}

void explain_index(Buf *out, const ExplainSettings *settings) {
    Style w = {out, settings};
    buf_format(out, "%sKinds%s\n", style_bold(&w), style_reset(&w));
    for (const Kind *kind = NULL; (kind = schema_next_judged(kind));)
        buf_format(out, "  %-22.*s %.*s\n", TEXT(kind->name), TEXT(first_sentence(schema_text(kind->type->description))));
    buf_format(out, "\n%sTopics%s\n", style_bold(&w), style_reset(&w));
    for (uint16_t i = 0; i < topic_count; i++) buf_format(out, "  %-22.*s %.*s\n", TEXT(topics[i].name), TEXT(topics[i].title));
    buf_format(out, "\nA path (spec.containers), a field (imagePullPolicy), a rule (unknown-field) or an error type "
                    "(FieldValueInvalid) can be "
                    "asked for too.\n");
}

/* A heading's address, as Markdown renderers make it. */
static void put_link(Buf *out, Str title) {
    buf_format(out, "- [%.*s](#", TEXT(title));
    for (size_t i = 0; i < title.len; i++) {
        char c = to_lower(title.at[i]);
        if (c == ' ') c = '-';
        if (is_alnum(c) || c == '-' || c == '_') buf_char(out, c);
    }
    buf_str(out, S(")\n"));
}

static void put_contents(Buf *out) {
    buf_str(out, S("# Contents\n\nTopics:\n\n"));
    for (uint16_t i = 0; i < topic_count; i++) put_link(out, topics[i].title);
    buf_str(out, S("\nSigns of trouble:\n\n"));
    for (uint16_t i = 0; i < sign_count; i++) put_link(out, signs[i].name);
    buf_str(out, S("\nKinds and types:\n\n"));
    for (uint16_t i = 0; i < schema_type_count; i++) put_link(out, schema_types[i]->name);
    buf_str(out, S("\nRules:\n\n"));
    for (uint16_t i = 0; i < rule_count; i++) put_link(out, rules[i].name);
    buf_char(out, '\n');
}

void explain_all(Buf *out, const ExplainSettings *settings) {
    ExplainSettings markdown = *settings;
    markdown.format = EXPLAIN_MARKDOWN;
    put_contents(out);
    for (uint16_t i = 0; i < topic_count; i++) {
        put_topic(out, &topics[i], &markdown);
        buf_char(out, '\n');
    }
    for (uint16_t i = 0; i < sign_count; i++) {
        const Sign *sign = &signs[i];
        markdown_writer.signs(out, (Signs){.at = &sign, .n = 1}, &markdown);
        buf_char(out, '\n');
    }
    for (uint16_t i = 0; i < schema_type_count; i++) {
        const Type *type = schema_types[i];
        put_target(out, &(Target){.kind = type, .type = type}, &markdown);
        buf_char(out, '\n');
    }
    for (uint16_t i = 0; i < rule_count; i++) {
        explain_rule(out, &rules[i], &markdown);
        buf_char(out, '\n');
    }
}
