/* What the sources in C say of rules: which ones they report, with which slots, and which checks they have. */
#ifndef PODLINT_GEN_CODE_H
#define PODLINT_GEN_CODE_H

#include "file.h"

/* A call of an emitter: emit_RULE(list, where, .slot = ...). */
typedef struct Call {
    Str rule;   /* as it is written in C, with _ for - */
    Str *slots; /* that it gives */
    uint32_t slotCount;
} Call;

/* A use of a parameter by its name, as in lint_int(lint, RULE_grace_too_long, S("max")). */
typedef struct ParameterUse {
    Str rule, name;
} ParameterUse;

/* A check: void lint_NAME(Lint *lint, const TYPE *self, ...). */
typedef struct Check {
    Str name, type;
} Check;

typedef struct Code {
    ARRAY(Call) calls;
    ARRAY(ParameterUse) parameters;
    ARRAY(Check) checks;
} Code;

/* Adds what a source says. A file that cannot be read ends the program. */
void code_read(Code *code, Gen *gen, const char *name);

#endif
