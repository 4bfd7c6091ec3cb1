/* Which rules are reported, from what the user writes: profiles, and words that name sources, rules or prefixes of rules. */
#ifndef PODLINT_SELECTION_H
#define PODLINT_SELECTION_H

#include "model/diag.h"

/* How a rule is reported; 0 is not at all. */
typedef enum RuleUse {
    RULE_USE_NONE,
    RULE_USE_ALL,
    RULE_USE_SPARING, /* not of node agents */
} RuleUse;

/* Rules that can be asked for: podlint's own, then the user's. */
typedef struct RuleSet {
    const Rule *const *more;
    uint32_t moreCount;
} RuleSet;

static inline uint32_t rule_set_count(const RuleSet *set) {
    return rule_count + set->moreCount;
}

static inline const Rule *rule_set_at(const RuleSet *set, uint32_t i) {
    return i < rule_count ? &rules[i] : set->more[i - rule_count];
}

/* The rule with this name or code, or NULL. */
const Rule *rule_set_named(const RuleSet *set, Str name);

typedef ARRAY(Str) WordList;

/* What was asked for. Zero is the default profile and nothing else. */
typedef struct Selection {
    uint8_t profiles; /* bit per RuleProfile; 0: the default one */
    WordList select;  /* only these; empty: all that the profiles have */
    WordList enable;  /* these too, whatever the profiles have */
    WordList ignore;  /* not these */
} Selection;

/* Adds the words of a comma-separated list. */
void selection_add(Arena *arena, WordList *list, Str words);

/* Whether a word names anything: a source, `server`, `all`, a rule, its code, or the beginning of a rule's name. */
bool selection_knows(const RuleSet *set, Str word);

/* Whether a word names a rule: by its source, its name, its code, or the beginning of its name. */
bool selection_names(const RuleSet *set, const Rule *rule, Str word);

/* The word that was probably meant; empty if none is near. */
Str selection_near(const RuleSet *set, Str word);

/* Says for each rule by number how it is reported (RuleUse): sparing only where nothing but the default profile asks for a rule
 * that spares node agents. `select` with the name of a source takes what the profiles have of it;
 * the name of a rule takes the rule. */
void selection_resolve(uint8_t *use, const RuleSet *set, const Selection *selection);

#endif
