/* Expressions as trees. The parser makes them, the checker resolves names and overloads in place, the evaluator walks them. */
#ifndef PODLINT_CEL_PARSE_H
#define PODLINT_CEL_PARSE_H

#include "functions.h"

typedef enum ExprKind {
    EXPR_LITERAL,
    EXPR_NAME,     /* a name not yet resolved; the checker makes one of the next three or a literal of it */
    EXPR_LOCAL,    /* a macro's variable, in `slot` */
    EXPR_VARIABLE, /* a variable of the environment, number `slot` */
    EXPR_LAZY,     /* a policy's variable, number `slot` */
    EXPR_SELECT,   /* args[0].name */
    EXPR_OPTIONAL_SELECT,
    EXPR_HAS, /* has(args[0].name) */
    EXPR_INDEX,
    EXPR_OPTIONAL_INDEX,
    EXPR_CALL,   /* name(args) */
    EXPR_METHOD, /* args[0].name(...) */
    EXPR_LIST,
    EXPR_MAP, /* args: key, value, key, value ... */
    EXPR_NOT,
    EXPR_NEGATE,
    EXPR_ADD,
    EXPR_SUBTRACT,
    EXPR_MULTIPLY,
    EXPR_DIVIDE,
    EXPR_REMAINDER,
    EXPR_LESS,
    EXPR_LESS_EQUAL,
    EXPR_GREATER,
    EXPR_GREATER_EQUAL,
    EXPR_EQUAL,
    EXPR_NOT_EQUAL,
    EXPR_IN,
    EXPR_AND, /* two or more args */
    EXPR_OR,
    EXPR_CONDITION,
    EXPR_OPTIONAL_OR, /* a.or(b) and a.orValue(b): calls that evaluate b only if a has no value */
    EXPR_OPTIONAL_OR_VALUE,
    EXPR_MACRO, /* one of Macro */
} ExprKind;

/* The macros that bind variables. args: the range, the filter (may be NULL) and the body. */
typedef enum Macro {
    MACRO_ALL,
    MACRO_EXISTS,
    MACRO_EXISTS_ONE,
    MACRO_MAP, /* and transformList */
    MACRO_FILTER,
    MACRO_TRANSFORM_MAP,
    MACRO_TRANSFORM_ENTRY,
    MACRO_SORT_BY,
    MACRO_OPT_MAP,
    MACRO_OPT_FLAT_MAP,
} Macro;

enum { MACRO_RANGE, MACRO_CONDITION, MACRO_BODY, MACRO_ARGUMENTS };

typedef struct Expr Expr;

struct Expr {
    uint8_t kind;        /* ExprKind */
    uint8_t macro;       /* Macro */
    uint8_t folded;      /* ExprKind that a literal was before its value was computed; EXPR_LITERAL: it is written so */
    bool optional;       /* a list's item or map's value written with a question mark */
    bool absolute;       /* a name with a leading dot: no macro's variable */
    bool exempt;         /* a list or map that may mix types */
    bool derived;        /* a literal that podlint has computed, but the API server would not */
    bool wrapped;        /* a policy's variable selected with a question mark */
    uint8_t vars;        /* variables of a macro, 1 or 2 */
    uint16_t depth;      /* levels below and including this one */
    uint16_t slot;       /* of a local; a macro's first one */
    uint32_t count;      /* args */
    uint32_t hash;       /* str_hash of the name */
    Span span;           /* the whole expression */
    Span mark;           /* what stands for it in a message: the operator, the name */
    const CelType *type; /* set by the checker */
    Str name;            /* of a name, field or function */
    Expr **args;
    union {
        Value literal;
        Str varNames[2]; /* of a macro */
        struct {
            const Overload *const *candidates; /* of a call: the overloads that may fit */
            uint32_t candidateCount;
            const void *prepared; /* made by its `prepare` */
        };
    };
};

/* What is wrong with an expression. */
typedef struct CelFault {
    Span span;   /* in the expression */
    Str message; /* without a full stop */
    Str help;    /* may be empty */
} CelFault;

/* Limits of the API server's own parser. */
enum { EXPR_MAX_NESTING = 250, EXPR_MAX_DEPTH = 251, EXPR_MAX_CODEPOINTS = 100000 };

/* The tree of an expression, or NULL and a fault. */
Expr *expr_parse(Arena *arena, Str text, CelFault *fault);

/* The operator of a kind as it is written ("+"), or NULL. */
const char *expr_operator(ExprKind kind);

#endif
