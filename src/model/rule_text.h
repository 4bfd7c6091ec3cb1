/* Rules as they are written in YAML: in rules/, from which the build makes tables, and in files that users bring. */
#ifndef PODLINT_RULE_TEXT_H
#define PODLINT_RULE_TEXT_H

#include "diag.h"
#include "yaml/node.h"

extern const char *const profile_names[PROFILE_COUNT];

/* Most things that the templates of one rule may name. */
enum { RULE_MAX_ARGUMENTS = 10 };

/* What is wrong with a file of rules. */
typedef struct RuleFault {
    Span span;
    Str message; /* without a full stop */
    Str help;    /* may be empty */
} RuleFault;

typedef struct RuleFaults {
    Arena *arena;
    ARRAY(RuleFault) items;
} RuleFaults;

/* One rule of a file. */
typedef struct RuleText {
    Rule rule;       /* without number and check */
    OwnWords own;    /* templates with numbered slots */
    Str check;       /* name of the function in C, or empty */
    const Node *map; /* what it was read from */
    Str arguments[RULE_MAX_ARGUMENTS];
} RuleText;

/* Reads a file of rules: `source:`, which may be missing and then is lint, and the list `rules:`. Returns the rules, their number
 * in `count`; what is wrong is added to `faults`. Everything is allocated in the arena of `faults`. `own`: the file is one of
 * podlint's, which also says how its codes begin (`codes:`) and which are no more (`retired:`). */
RuleText *rule_text_read(RuleFaults *faults, const Node *root, bool own, uint32_t *count);

/* The place of an entry of a rule's map, or the rule's own. */
Span rule_text_span(const RuleText *rule, Str key);

void rule_fault(RuleFaults *faults, Span span, Str message, Str help);

#endif
