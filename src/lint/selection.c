#include "selection.h"

#include "base/near.h"

/* Words for the rules of several sources. */
static const char *const wide_words[] = {"server", "all"};

static bool is_source_word(Str word) {
    for (size_t i = 0; i < COUNT(wide_words); i++)
        if (str_eq(word, str_of(wide_words[i]))) return true;
    for (size_t i = 0; i < COUNT(diag_source_names); i++)
        if (str_eq(word, str_of(diag_source_names[i]))) return true;
    return false;
}

const Rule *rule_set_named(const RuleSet *set, Str name) {
    const Rule *own = rule_named(name);
    for (uint32_t i = 0; !own && i < set->moreCount; i++)
        if (rule_is_called(set->more[i], name)) return set->more[i];
    return own;
}

void selection_add(Arena *arena, WordList *list, Str words) {
    while (words.len) {
        ptrdiff_t comma = str_find(words, ',');
        Str word = str_trim(comma < 0 ? words : (Str){words.at, (size_t)comma});
        words = comma < 0 ? S("") : str_slice(words, (size_t)comma + 1);
        if (word.len) ARRAY_PUSH(arena, list, word);
    }
}

static bool names_source(const Rule *rule, Str word) {
    if (str_eq(word, S("all"))) return true;
    if (str_eq(word, S("server"))) return rule_is_of_server(rule);
    return str_eq(word, str_of(diag_source_name((DiagSource)rule->source)));
}

/* A word that is the whole name or code of a rule means no others that begin so. */
static bool names_rule(const RuleSet *set, const Rule *rule, Str word) {
    if (is_source_word(word)) return false;
    if (rule_is_called(rule, word)) return true;
    return str_starts(rule->name, word) && !rule_set_named(set, word);
}

bool selection_names(const RuleSet *set, const Rule *rule, Str word) {
    return names_source(rule, word) || names_rule(set, rule, word);
}

bool selection_knows(const RuleSet *set, Str word) {
    bool known = is_source_word(word) || rule_set_named(set, word);
    for (uint32_t i = 0; !known && i < rule_set_count(set); i++) known = str_starts(rule_set_at(set, i)->name, word);
    return known;
}

Str selection_near(const RuleSet *set, Str word) {
    Near near = near_start(word);
    for (size_t i = 0; i < COUNT(wide_words); i++) near_try(&near, str_of(wide_words[i]));
    for (size_t i = 0; i < COUNT(diag_source_names); i++) near_try(&near, str_of(diag_source_names[i]));
    for (uint32_t i = 0; i < rule_set_count(set); i++) near_try(&near, rule_set_at(set, i)->name);
    return near.found;
}

static RuleUse use_in_profiles(const Rule *rule, uint8_t profiles) {
    RuleUse use = RULE_USE_NONE;
    if (!profiles) profiles = 1 << PROFILE_DEFAULT;
    for (unsigned i = 0; i < PROFILE_COUNT; i++) {
        if (!(profiles >> i & 1) || !rule_in_profile(rule, (RuleProfile)i)) continue;
        if (i != PROFILE_DEFAULT || !rule->sparesAgents) return RULE_USE_ALL;
        use = RULE_USE_SPARING;
    }
    return use;
}

static bool named_by(const RuleSet *set, const WordList *list, const Rule *rule, bool bySource) {
    for (uint32_t i = 0; i < list->n; i++)
        if (bySource ? names_source(rule, list->at[i]) : names_rule(set, rule, list->at[i])) return true;
    return false;
}

void selection_resolve(uint8_t *use, const RuleSet *set, const Selection *selection) {
    const WordList *select = &selection->select, *enable = &selection->enable, *ignore = &selection->ignore;
    for (uint32_t i = 0; i < rule_set_count(set); i++) {
        const Rule *rule = rule_set_at(set, i);
        RuleUse chosen = use_in_profiles(rule, selection->profiles);
        if (named_by(set, select, rule, false))
            chosen = RULE_USE_ALL;
        else if (select->n && !named_by(set, select, rule, true))
            chosen = RULE_USE_NONE;
        if (named_by(set, enable, rule, false) || named_by(set, enable, rule, true)) chosen = RULE_USE_ALL;
        if (named_by(set, ignore, rule, false) || named_by(set, ignore, rule, true)) chosen = RULE_USE_NONE;
        use[rule->number] = (uint8_t)chosen;
    }
}
