/* What the files of the judge share. */
#ifndef PODLINT_CRD_JUDGE_H
#define PODLINT_CRD_JUDGE_H

#include "crd.h"
#include "validate/check.h"
#include "validate/validate.h"

typedef struct CrdJudge {
    Check check;
    const CrdVersion *version;
    const Node *stored;   /* the object as the server has it when it validates */
    const Node *old;      /* what it takes the place of, or NULL */
    RegexMatcher matcher; /* empty before the first use */
    uint32_t costly;      /* matches that took long */
} CrdJudge;

/* Judges a value by a schema, into the diagnostics of the check. */
void crd_judge_value(CrdJudge *j, const CrdSchema *schema, const Node *value, const Path *path);

/* stored.c: whether the server would drop fields of a value. */
bool crd_drops(Arena *arena, const CrdSchema *schema, const Node *value);

/* expression.c: the schema of the field that a path such as .spec.name leads to; NULL if there is none. */
const CrdSchema *crd_field_at(Arena *arena, const CrdSchema *schema, Str text);

/* expression.c: evaluates the rules of the schema. */
void crd_evaluate(CrdJudge *j);

#endif
