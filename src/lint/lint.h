/* The lint rules: what the API server lets through and the cluster then punishes. A rule is about a type of the schema and holds
 * wherever an object has a value of that type; an expression or a function in C says whether it is broken there. */
#ifndef PODLINT_LINT_H
#define PODLINT_LINT_H

#include "cel/cel.h"
#include "model/model.h"

/* A parameter that is not left at its default. */
typedef struct LintParameter {
    const Rule *rule;
    Str name;
    Value value;
} LintParameter;

/* What is to be looked for. */
typedef struct LintSettings {
    const uint8_t *on;       /* by rule number; 0 is off */
    const Rule *const *more; /* rules beside podlint's own; their numbers follow rule_count */
    uint32_t moreCount;
    const LintParameter *parameters;
    uint32_t parameterCount;
} LintSettings;

/* Rules ready to run. Read only: several threads may use them at once. */
typedef struct LintRules LintRules;

/* Compiles what is switched on. Everything is allocated in `arena`; the settings are not needed afterwards. */
const LintRules *lint_prepare(Arena *arena, const LintSettings *settings);

/* Appends what the rules find to the document's diagnostics. For documents that could not be decoded only the rules about
 * Document run. */
void lint_document(const LintRules *rules, Document *document);

/* Compiles the expressions of a rule as lint_prepare does: `when` for number -1, else that argument of its templates. False and a
 * fault if it is refused. */
bool lint_rule_check(Arena *arena, const Rule *rule, int number, CelFault *fault);

/* Finds the field that `at` names below a type, and says in `out` which type it has (NULL for a scalar);
 * false if there is none. */
bool lint_path_known(const Type *type, Str at, const Type **out);

#endif
