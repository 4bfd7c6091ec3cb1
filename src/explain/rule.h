/* What there is to say of rules and of the API server's error types. */
#ifndef PODLINT_EXPLAIN_RULE_H
#define PODLINT_EXPLAIN_RULE_H

#include "facts.h"

/* The message of a rule, with the names of what it is filled with in braces, for programs. */
Str rule_template(Arena *arena, const Rule *rule);

/* The same for people, with words in capitals. */
Str rule_says(Arena *arena, const Rule *rule);

/* What is wrong, as a title: the message without its mend. */
Str rule_title(Arena *arena, const Rule *rule);

/* Where the published reference has the rule; empty for a rule of the user's. */
Str rule_address(Arena *arena, const Rule *rule);

/* Its help for people; empty for one that is made up anew each time, and tells nothing here. */
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
