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
    Followed followed = find_follow(out->arena, find_kind(parts.at[0]), &parts, 1, s->minor);
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

/* How many parts name a kind: pods, deployments.apps, deployment.v1.apps. */
static size_t kind_length(const Parts *parts) {
    size_t n = 1;
    while (n < parts->n && n < 3 &&
           (str_eq(parts->at[n], S("v1")) || str_eq(parts->at[n], S("apps")) || str_eq(parts->at[n], S("batch"))))
        n++;
    return n;
}

/* A path without a kind: of the first kind that has it, of a type (Container.image), or from a field on that stands deeper. */
static ExplainKind explain_path(Buf *out, Str query, const Parts *parts, const ExplainSettings *settings) {
    Arena *arena = out->arena;
    const Type *nearest = NULL, *type = parts->n > 1 ? type_named(parts->at[0]) : NULL;
    size_t deepest = 0;
    for (size_t i = 0; i < kind_name_count; i++) {
        const Type *kind = schema_type(kind_names[i].kind);
        Followed followed = find_follow(arena, kind, parts, 0, settings->minor);
        if (followed.found) return put_target(out, &followed.target, settings);
        if (!nearest || followed.missing > deepest) deepest = followed.missing, nearest = kind;
    }
    if (type) return explain_field(out, query, type, parts, 1, settings);
    Search search = {.arena = arena, .word = parts->at[0], .minor = settings->minor};
    if (!deepest) find_places(&search);
    find_below(&search, parts);
    if (search.found.n) return put_found(out, &search, settings);
    return explain_field(out, query, nearest, parts, 0, settings);
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
    const Type *kind = parts.n ? find_kind(parts.at[0]) : NULL;
    const Topic *topic = topic_named(query);
    const ErrorType *error = error_type_named(query);
    const Rule *rule = rule_named(query);
    if (topic) {
        put_topic(out, topic, settings);
        return EXPLAINS_TOPIC;
    }
    if (error) {
        writer_of(settings)->error(out, error, settings);
        return EXPLAINS_ERROR;
    }
    if (kind) return explain_field(out, query, kind, &parts, kind_length(&parts), settings);
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
    for (size_t i = 0; i < kind_name_count; i++)
        buf_format(out, "  %-22.*s %.*s\n", TEXT(kind_names[i].kind),
                   TEXT(first_sentence(schema_type(kind_names[i].kind)->description)));
    buf_format(out, "\n%sTopics%s\n", style_bold(&w), style_reset(&w));
    for (uint16_t i = 0; i < topic_count; i++) buf_format(out, "  %-22.*s %.*s\n", TEXT(topics[i].name), TEXT(topics[i].title));
    buf_format(out, "\nA path (spec.containers), a field (imagePullPolicy), a rule (unknown-field) or an error type "
                    "(FieldValueInvalid) can be "
                    "asked for too.\n");
}

void explain_all(Buf *out, const ExplainSettings *settings) {
    ExplainSettings markdown = *settings;
    markdown.format = EXPLAIN_MARKDOWN;
    for (uint16_t i = 0; i < topic_count; i++) {
        put_topic(out, &topics[i], &markdown);
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
