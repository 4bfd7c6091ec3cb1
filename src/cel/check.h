/* The type checker: resolves names, fields and overloads as the API server does, and folds what is constant. */
#ifndef PODLINT_CEL_CHECK_H
#define PODLINT_CEL_CHECK_H

#include "eval.h"

typedef struct CelVariable {
    Str name; /* may have dots */
    const CelType *type;
} CelVariable;

/* What an expression may refer to. */
typedef struct CelEnv {
    const CelVariable *variables; /* their values are given to an evaluation in this order */
    uint32_t count;
    const CelVariable *lazy;               /* the fields of `variables`: a policy's own, evaluated at first use */
    const CelProgram *const *lazyPrograms; /* NULL for one that does not compile */
    uint32_t lazyCount;
    bool composed; /* whether `variables` stands for them; otherwise it is a name like any other */
} CelEnv;

/* The type of the API's objects of a schema type, with its fields declared. */
const CelType *cel_type_of_schema(Arena *arena, const Type *type);

/* Checks the tree in place. False and a fault if the API server refuses the expression. */
bool expr_check(Arena *arena, const CelEnv *env, Expr *root, uint16_t *slots, CelFault *fault);

#endif
