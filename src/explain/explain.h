/* The reference at hand: fields, types, rules, error types and lifecycle topics, looked up by what a user would type or paste. */
#ifndef PODLINT_EXPLAIN_H
#define PODLINT_EXPLAIN_H

#include "model/diag.h"
#include "model/schema.h"

typedef enum ExplainFormat { EXPLAIN_TEXT, EXPLAIN_JSON, EXPLAIN_MARKDOWN } ExplainFormat;

/* A field that a rule reports: below a type, or the values of the type themselves where the path is empty. */
typedef struct RulePlace {
    uint16_t rule; /* its number */
    Str type, path;
} RulePlace;

typedef struct ExplainSettings {
    ExplainFormat format;
    int depth;     /* levels of fields below the one asked for; 1 shows its fields, 0 none */
    bool examples; /* also those of the fields */
    uint8_t minor; /* Kubernetes 1.N */
    bool colour;
    int width;               /* of the terminal, in columns; 0 in a list of rules: it is read by a program, and lines are whole */
    const RulePlace *places; /* of rules in C, whose code does not tell what they look at */
    uint32_t placeCount;
} ExplainSettings;

/* What a query names. */
typedef enum ExplainKind {
    EXPLAINS_NOTHING,
    EXPLAINS_FIELD,
    EXPLAINS_PLACES,
    EXPLAINS_RULE,
    EXPLAINS_ERROR,
    EXPLAINS_TOPIC
} ExplainKind;

/* Writes the answer to `out`. A query that names nothing gets a message with what was probably meant, in `out`, and
 * EXPLAINS_NOTHING. */
ExplainKind explain(Buf *out, Str query, const ExplainSettings *settings);

/* Writes all there is to know of one rule. */
void explain_rule(Buf *out, const Rule *rule, const ExplainSettings *settings);

/* Writes a list of rules, a line each. */
void explain_rules(Buf *out, const Rule *const *list, uint32_t count, const ExplainSettings *settings);

/* Writes everything there is as one Markdown document: topics, types with their fields, rules. */
void explain_all(Buf *out, const ExplainSettings *settings);

/* Writes what came and went between two versions 1.`from` and 1.`to`. */
void explain_changes(Buf *out, uint8_t from, uint8_t to, const ExplainSettings *settings);

/* Writes the names of kinds, topics and rules, for somebody who asked for nothing in particular. */
void explain_index(Buf *out, const ExplainSettings *settings);

/* Appends to `out`, a line each, what could follow the words of an explain query typed so far, for shells. */
void explain_complete(Buf *out, Str typed, uint8_t minor);

#endif
