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

/* The error type of a name, or API_NONE. Case does not count. */
ApiError error_type_named(Str word);

/* What an error type, not API_NONE, means. */
Str error_type_text(ApiError type);

/* The rules that report an error type. */
RuleNames error_type_rules(Arena *arena, ApiError type);

#endif
