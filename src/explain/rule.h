/* What there is to say of rules and of the API server's error types. */
#ifndef PODLINT_EXPLAIN_RULE_H
#define PODLINT_EXPLAIN_RULE_H

#include "facts.h"

/* The message of a rule, with the names of what it is filled with in braces. */
Str rule_says(Arena *arena, const Rule *rule);

/* Its help in the same way; empty for one that is made up anew each time, and tells nothing here. */
Str rule_helps(Arena *arena, const Rule *rule);

/* The profiles that a lint rule is in, separated by commas. */
Str rule_profiles(Arena *arena, const Rule *rule);

typedef struct ErrorType {
    Str name, text;
} ErrorType;

extern const ErrorType error_types[];
extern const size_t error_type_count;

/* The error type of a name, or NULL. Case does not count. */
const ErrorType *error_type_named(Str word);

/* The rules that report an error type. */
RuleNames error_type_rules(Arena *arena, const ErrorType *error);

#endif
