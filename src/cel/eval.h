/* Evaluation of checked expressions. */
#ifndef PODLINT_CEL_EVAL_H
#define PODLINT_CEL_EVAL_H

#include "parse.h"

/* What the API server lets one expression cost; podlint counts nearly as it does. */
enum { EVAL_STEPS = 1000000 };

/* Most levels of expressions inside each other through a policy's variables: they must fit on a thread's stack. */
enum { EVAL_MAX_DEPTH = 2000 };

/* An expression that has been compiled. */
typedef struct CelProgram {
    Str text;
    const Expr *root;
    const CelType *type; /* of the result */
    uint16_t slots;      /* for the macros' variables */
} CelProgram;

/* One evaluation after another over the same variables. */
typedef struct CelRun {
    Eval eval;                     /* first, for the library functions */
    Value *slots;                  /* of the program in hand */
    const Value *variables;        /* by number, as in the environment */
    const CelProgram *const *lazy; /* programs of the policy's variables; NULL: does not compile */
    Value *lazyValues;             /* their values so far, VALUE_ABSENT before the first use */
    uint32_t depth;                /* levels of those that are being evaluated */
} CelRun;

/* The value of an expression whose variables are none or in place. */
Value eval_expr(CelRun *run, const Expr *e);

/* The value of a program: never VALUE_ABSENT. */
Value eval_program(CelRun *run, const CelProgram *program);

#endif
