/* The functions of the expression language: one table of overloads, from which the checker and the evaluator work. Each library
 * lib_*.c contributes its rows as a Library; functions.c lists the libraries. */
#ifndef PODLINT_CEL_FUNCTIONS_H
#define PODLINT_CEL_FUNCTIONS_H

#include "value.h"

enum { CALL_MAX_ARGUMENTS = 4 };

typedef enum CallStyle {
    GLOBAL, /* name(a, b); the name may have dots: "ip.isCanonical" */
    METHOD, /* a.name(b) */
} CallStyle;

/* Computes a call. `args` holds `n` values that match the row's types: a receiver comes first. Of a list, map or optional only
 * that it is one is known; its items may be anything when the static type was dyn. Arguments are never errors and never
 * VALUE_ABSENT. */
typedef Value Function(Eval *ev, const Value *args, uint32_t n);

/* What is known of an argument when an expression is compiled. */
typedef struct Argument {
    const CelType *type; /* static type */
    Value constant;      /* of a literal; VALUE_ABSENT otherwise */
    bool isListLiteral;  /* written as [...]: then the items are known one by one */
    uint32_t itemCount;
    const struct Argument *items; /* of a list literal */
    Span span;                    /* in the expression */
} Argument;

/* Called once for each call in an expression, at its compilation. Returns VALUE_ERROR to refuse the expression (a literal regular
 * expression that does not parse), anything else to go on. What it stores in `prepared` is handed to the function as ev->prepared
 * at every evaluation, also from several threads at once; it lives in ev->arena, the program's own. `fault` may be set to the
 * place of the argument that is at fault. */
typedef Value Prepare(Eval *ev, const Argument *args, uint32_t n, const void **prepared, Span *fault);

typedef struct Overload {
    const char *name;
    uint8_t style; /* CallStyle */
    uint8_t count; /* arguments, with the receiver */
    bool fold;     /* evaluated at compile time if all arguments are literals; an error then refuses the expression */
    const CelType *args[CALL_MAX_ARGUMENTS];
    const CelType *result;
    Function *call;
    Prepare *prepare; /* or NULL */
} Overload;

/* A row. OVERLOAD("substring", METHOD, string_from, &cel_string, &cel_string, &cel_int): result, then the arguments. */
#define OVERLOAD_ARGUMENTS(...) (sizeof((const CelType *const[]){__VA_ARGS__}) / sizeof(const CelType *))
#define OVERLOAD(name_, style_, call_, result_, ...)                                                         \
    {                                                                                                        \
        .name = (name_), .style = (style_), .count = OVERLOAD_ARGUMENTS(__VA_ARGS__), .args = {__VA_ARGS__}, \
        .result = (result_), .call = (call_)                                                                 \
    }
/* The same for a function that is evaluated at compile time when its arguments are literals. */
#define CONVERSION(name_, style_, call_, result_, ...)                                                                     \
    {                                                                                                                      \
        .name = (name_), .style = (style_), .fold = true, .count = OVERLOAD_ARGUMENTS(__VA_ARGS__), .args = {__VA_ARGS__}, \
        .result = (result_), .call = (call_)                                                                               \
    }
/* The same with a Prepare. */
#define PREPARED(name_, style_, call_, prepare_, result_, ...)                                               \
    {                                                                                                        \
        .name = (name_), .style = (style_), .count = OVERLOAD_ARGUMENTS(__VA_ARGS__), .args = {__VA_ARGS__}, \
        .result = (result_), .call = (call_), .prepare = (prepare_)                                          \
    }
/* A function without arguments: optional.none(). */
#define CONSTANT(name_, call_, result_) \
    { .name = (name_), .style = GLOBAL, .result = (result_), .call = (call_) }

typedef struct Library {
    const Overload
        *rows; /* overloads of one name stand together; with a dyn argument the first that fits at run time is called */
    uint32_t count;
    const CelType *const *types; /* opaque types whose names are expressions (net.IP); NULL-terminated, may be NULL */
} Library;

/* At the end of each lib_NAME.c: LIBRARY(NAME, rows); */
#define LIBRARY(name_, rows_) const Library cel_lib_##name_ = {(rows_), COUNT(rows_), NULL}
#define LIBRARY_TYPES(name_, rows_, types_) const Library cel_lib_##name_ = {(rows_), COUNT(rows_), (types_)}

extern const Library cel_lib_operators, cel_lib_standard, cel_lib_optional, cel_lib_strings, cel_lib_lists, cel_lib_sets,
    cel_lib_regex, cel_lib_quantity, cel_lib_ip, cel_lib_url, cel_lib_format, cel_lib_semver, cel_lib_time;

/* All overloads with one name and style, in the order of the libraries. */
typedef struct Overloads {
    const Overload *const *at;
    uint32_t n;
} Overloads;

Overloads functions_named(Str name, CallStyle style);

/* The name of a function of this style that `name` was probably meant to be; empty if none is near. */
Str functions_near(Str name, CallStyle style);

/* The type that a name stands for as an expression ("int", "net.IP"), or NULL. */
const CelType *functions_type(Str name);

#endif
