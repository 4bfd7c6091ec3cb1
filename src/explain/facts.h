/* What there is to say of a field, in words that all formats share. */
#ifndef PODLINT_EXPLAIN_FACTS_H
#define PODLINT_EXPLAIN_FACTS_H

#include "explain.h"
#include "find.h"

/* How a field may change once its object exists: a word for programs, or NULL where that is not known, and words for people. */
const char *fact_change_name(const Target *target);
const char *fact_change(const Target *target);

/* "1.37" */
Str fact_version(Arena *arena, uint8_t minor);

/* The stage of a feature gate: "alpha". */
const char *fact_stage(uint8_t stage);

/* The limits of a field; empty if it has none. */
Str fact_limits(Arena *arena, const FieldText *text);

/* How the items of a list are merged; empty if nothing is known. */
Str fact_list(Arena *arena, const Field *field);

/* A feature gate with its stage; empty for a number below 0. */
Str fact_gate(Arena *arena, int16_t number, uint8_t minor);

typedef ARRAY(const Rule *) RuleNames;

/* The rules that look at a field, and their names. */
RuleNames fact_rules(Arena *arena, const Target *target, const ExplainSettings *settings);
Str fact_rule_names(Arena *arena, const Target *target, const ExplainSettings *settings);

#endif
