/* The Common Expression Language as the Kubernetes API server has it: compile once, evaluate many times, over objects read in
 * place.
 *
 *     CelProgram *program = cel_compile(&arena, &env, S("object.spec.replicas > 1"), &fault);
 *     CelRun run;
 *     cel_start(&run, &document->arena, &env, values);
 *     Value v = cel_evaluate(&run, program);
 *
 * Programs are read only and may be used by several threads. What an evaluation makes lives in the arena of its run. */
#ifndef PODLINT_CEL_H
#define PODLINT_CEL_H

#include "check.h"

/* Compiles an expression; NULL and a fault if the API server refuses it. `text` must outlive the program. */
CelProgram *cel_compile(Arena *arena, const CelEnv *env, Str text, CelFault *fault);

/* Starts evaluations over one set of values, in the order of the environment's variables. A policy's own variables keep their
 * values from one evaluation to the next. */
void cel_start(CelRun *run, Arena *arena, const CelEnv *env, const Value *variables);

/* The value of an expression, or an error (is_error), whose place is v.error->span. */
Value cel_evaluate(CelRun *run, const CelProgram *program);

/* An environment to which a policy's variables are added one by one, each seeing those before it. */
typedef struct CelComposition {
    CelEnv env;
    CelVariable *lazy;
    const CelProgram **programs;
    uint32_t room;
} CelComposition;

/* Starts a composition over an environment, with room for `room` variables. */
void cel_compose(CelComposition *out, Arena *arena, const CelEnv *base, uint32_t room);

/* Adds a variable. False and a fault if its expression is refused; it can still be named then,
 * and is an error where it is used. */
bool cel_compose_add(CelComposition *composition, Arena *arena, Str name, Str text, CelFault *fault);

/* The types of `request` and `namespaceObject` in a policy. */
extern const CelType cel_admission_request, cel_namespace;

#endif
