/* The rules of rules/, read, checked against the schema and the sources in C, and written. */
#ifndef PODLINT_GEN_RULES_H
#define PODLINT_GEN_RULES_H

#include "model/rule_text.h"
#include "code.h"
#include "types.h"

typedef struct GenRule {
    File *file;
    RuleText *text;
    bool faulty;  /* something is wrong with it that it says of itself */
    bool unshown; /* no example can show it, and the row says why */
} GenRule;

typedef struct RuleSet {
    ARRAY(GenRule) items;
    ARRAY(Str) retired; /* codes */
} RuleSet;

/* A rule's name as a name in C: with _ for -. */
Str rule_c_name(Arena *arena, Str name);

/* Whether a file holds rules. */
bool is_rules(const File *file);

/* Adds the rules of a file; once all are added, rules_check tells what is wrong with them. */
void rules_add(RuleSet *set, File *file);
void rules_add_examples(RuleSet *set, File *file);
void rules_check(const RuleSet *set, const Schema *schema, const Code *code);

/* Writes rules.h and rules_tables.c. */
void rules_write(const char *dir, Gen *gen, const RuleSet *set);

#endif
