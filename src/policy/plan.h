/* What the modules of policy/ share: policies compiled, and the request that they judge. */
#ifndef PODLINT_POLICY_PLAN_H
#define PODLINT_POLICY_PLAN_H

#include <stdatomic.h>

#include "cel/cel.h"
#include "policy.h"

/* An answer where a cluster may be needed to give it. */
typedef enum Answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN } Answer;

/* What only a cluster knows. Expressions see it as an error that is told apart from all others. */
typedef enum Unknown { UNKNOWN_NAMESPACE, UNKNOWN_USER, UNKNOWN_PARAMS, UNKNOWN_AUTHORIZER, UNKNOWN_COUNT } Unknown;

/* An expression of a policy. */
typedef struct Expression {
    Str text;                  /* at is NULL: not written */
    Str place;                 /* "policies.yaml:12:19" */
    const CelProgram *program; /* NULL: not written, or refused */
} Expression;

typedef struct PolicyCheck {
    Expression expression, message; /* message: its messageExpression */
    Str text;                       /* its message */
} PolicyCheck;

/* An object that a policy may need: a Namespace, or a parameter. */
typedef struct GivenObject {
    Str apiVersion, kind, namespace_, name;
    StrMap labels;
    const Node *root;
    Value namespaceObject; /* of a Namespace: what expressions see of it */
} GivenObject;

typedef struct Binding {
    const ValidatingAdmissionPolicyBinding *object; /* NULL: as if bound to everything, with Deny */
    Document *document;
    uint8_t severity; /* Severity of what it finds */
} Binding;

/* The variables of expressions, in their order; params only if the policy has a paramKind, then authorizer. */
enum { VARIABLE_OBJECT, VARIABLE_OLD_OBJECT, VARIABLE_REQUEST, VARIABLE_NAMESPACE, VARIABLE_MORE, VARIABLE_MOST = 6 };

typedef struct Policy {
    const ValidatingAdmissionPolicy *object;
    Document *document;
    Rule rule;
    bool refused;     /* the API server would not have it */
    bool replaced;    /* by another one of this name */
    bool ignoreError; /* failurePolicy: Ignore */
    bool hasParams;
    CelVariable variables[VARIABLE_MOST];
    CelEnv env;                 /* of match conditions */
    CelComposition composition; /* of everything else */
    ARRAY(Expression) conditions;
    ARRAY(PolicyCheck) checks;
    ARRAY(const Binding *) bindings;
    atomic_uint unknown; /* bit N: Unknown N kept it from judging some object; bit UNKNOWN_COUNT: judged without a binding */
} Policy;

typedef struct PolicyPlan {
    ARRAY(Policy *) policies;
    ARRAY(Binding *) bindings;
    ARRAY(GivenObject) given;
} PolicyPlan;

/* The request that creating an object would be. */
typedef struct Request {
    const PolicyPlan *plan;
    Arena *arena;
    const Document *document;
    Str group, version, resource;
    Str namespace_; /* of a Namespace its own name, empty for other objects without one */
    bool isNamespace;
    StrMap labels;
    const GivenObject *namespaceGiven; /* the Namespace that the object is in, or NULL */
} Request;

/* False for documents that no policy would see: without a kind, unreadable, or part of the server's admission control. Allocates
 * in `arena`. */
bool request_of(Request *out, Arena *arena, const PolicyPlan *plan, const Document *document);

/* Compiles a policy and appends to its document's diagnostics what the API server would refuse. */
void policy_compile(Arena *arena, Policy *policy);

/* The same for a binding; false if it is refused. */
bool binding_check(Binding *binding);

/* Whether a policy or a binding is meant for a request. NULL is meant for all. */
Answer request_matches(const Request *request, const MatchResources *match);

/* The labels of an object as it is written. */
StrMap labels_of(Arena *arena, const Node *root);

/* The same for a Namespace, with the label that the server sets by its name. */
StrMap namespace_labels(Arena *arena, const Node *root, Str name);

/* The place in the document that made `program` give `outcome`: false or true if it gave that, else an error. What the run's
 * last evaluation was does not matter. */
Where policy_place(CelRun *run, const Document *document, const CelProgram *program, Value outcome);

#endif
