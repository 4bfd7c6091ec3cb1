/* The schema of a custom resource (JSONSchemaProps of apiextensions.k8s.io/v1), compiled from the text of its definition into a
 * tree that stays as it is, so that threads can share it. It refers to the definition's text and nodes. */
#ifndef PODLINT_CRD_SCHEMA_H
#define PODLINT_CRD_SCHEMA_H

#include "cel/cel.h"
#include "cel/regex.h"
#include "model/diag.h"

typedef struct CrdSchema CrdSchema;

/* What `type` says. */
typedef enum ValueType {
    ANY_VALUE,
    STRING_VALUE,
    INTEGER_VALUE,
    NUMBER_VALUE,
    BOOLEAN_VALUE,
    OBJECT_VALUE,
    ARRAY_VALUE
} ValueType;

typedef struct CrdProperty {
    Str name;
    uint32_t hash;
    const CrdSchema *schema;
} CrdProperty;

/* Schemas of allOf, anyOf or oneOf. */
typedef struct CrdSchemas {
    const CrdSchema **at;
    uint32_t n;
} CrdSchemas;

/* A limit of a number, as it is written and as the server keeps it. */
typedef struct CrdLimit {
    bool set;
    double value;
} CrdLimit;

/* A row of x-kubernetes-validations. */
typedef struct CrdRule {
    const Node *node;
    const Node *rule;           /* the text of the expression */
    Str message, fieldPath;     /* fieldPath: as the server prints it behind the path of what is judged */
    uint8_t reason;             /* ApiError */
    bool optionalOld;           /* oldSelf is an optional */
    bool usesOld;               /* oldSelf is named: a rule about changes */
    const CelProgram *program;  /* NULL: there is nothing to judge, or it does not compile */
    const CelProgram *words;    /* of messageExpression, or NULL */
    CelFault fault, wordsFault; /* why not: with a message where that is so */
} CrdRule;

struct CrdSchema {
    const Node *node;        /* its text: a map */
    uint8_t type;            /* ValueType */
    uint8_t listKind;        /* ListKind */
    bool intOrString;        /* whole numbers and text */
    bool nullable;           /* null stays null */
    bool preserves;          /* fields that it does not name are kept */
    bool embedded;           /* an object with apiVersion, kind and metadata of its own */
    bool uniqueItems;        /* no item twice */
    bool closed;             /* additionalProperties: false */
    bool open;               /* additionalProperties: true */
    bool aboveMinimum;       /* exclusiveMinimum */
    bool belowMaximum;       /* exclusiveMaximum */
    bool hasRules;           /* here or below */
    bool hasRuleBelow;       /* the same, as the server looks for it: not in allOf */
    bool hasObjects;         /* embedded resources, here or below */
    bool hasLists;           /* sets or maps, here or below */
    Str format;              /* empty where the server knows none of the name */
    CrdProperty *properties; /* in the order of their hashes */
    uint32_t propertyCount;
    bool hasProperties;
    const CrdSchema *additional; /* of other fields, or NULL */
    const CrdSchema *items;      /* or NULL */
    const Node *defaultValue;    /* or NULL */
    const Node *enumeration;     /* a list, or NULL */
    StrList required, listKeys;
    CrdLimit minimum, maximum, multipleOf;
    int64_t minLength, maxLength, minItems, maxItems, minProperties, maxProperties; /* -1: not limited */
    Str pattern;
    const RegexCode *regex; /* NULL: there is none, or it is no regular expression */
    CrdSchemas allOf, anyOf, oneOf;
    const CrdSchema * not ;
    CrdRule *rules;
    uint32_t ruleCount;
    const CelType *declared; /* what expressions see of it; NULL: nothing */
};

/* Compiles a schema, which is a map; `root`: it is that of a whole object. Everything is allocated in `arena`, which has to
 * outlive the text and nodes that it refers to. */
const CrdSchema *crd_schema(Arena *arena, const Node *node, bool root);

/* The schema of a field, or NULL. */
const CrdSchema *crd_property(const CrdSchema *schema, Str name, uint32_t hash);

/* The schema of what stands under a key: of the field, or of all others. NULL if there is none. */
static inline const CrdSchema *crd_below(const CrdSchema *schema, Str name, uint32_t hash) {
    const CrdSchema *property = crd_property(schema, name, hash);
    return property ? property : schema->additional;
}

/* schema.c: the same without the programs of its rules. */
const CrdSchema *crd_schema_form(Arena *arena, const Node *node);

/* A number as the server reads it from JSON. */
typedef struct CrdNumber {
    bool isInt;
    int64_t whole;
    double value;
} CrdNumber;

bool crd_number(const Node *value, CrdNumber *out);

/* Whether two values of JSON are the same; numbers by value, and keys in any order. */
bool crd_same(const Node *a, const Node *b);

/* The item of a list before a change that has the keys of `item`, in lists that are maps; NULL if there is none. */
const Node *crd_old_item(const CrdSchema *schema, const Node *old, const Node *item);

/* format.c: whether the server knows a format for a type, and whether a text has it. */
bool crd_format_known(Str format, ValueType type);
bool crd_format_fits(Arena *arena, Str format, Str text);

#endif
