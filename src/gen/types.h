/* The types, fields and enumerations of schema/, read and checked. */
#ifndef PODLINT_GEN_TYPES_H
#define PODLINT_GEN_TYPES_H

#include "versions.h"

typedef enum GenShape { ONE, LIST, MAP } GenShape;

typedef struct GenType GenType;
typedef struct GenKind GenKind;

/* Sets of kinds of nodes. */
enum {
    TEXT_NODE = 1 << NODE_STRING,
    BOOL_NODE = 1 << NODE_BOOL,
    INT_NODE = 1 << NODE_INT,
    FLOAT_NODE = 1 << NODE_FLOAT,
    ANY_NODE = -1,
};

/* A type of values that are no objects. */
typedef struct GenScalar {
    Str name;
    const char *constant;                    /* of `ScalarType` */
    const char *one, *optional, *list, *map; /* types in C; NULL where there is none */
    unsigned kinds;                          /* of nodes that it is written as */
    bool counts;                             /* may have a minimum and a maximum */
    bool bytes;                              /* base64 */
    bool micro;                              /* with six digits of the second's fraction */
} GenScalar;

typedef struct GenField {
    File *file;
    Str name;
    Str member; /* its name in C */
    Span nameSpan;
    const Node *node; /* a map */
    GenShape shape;
    const GenScalar *scalar; /* of the value, or of a list's or map's items; NULL for objects */
    GenType *object;
    bool required, optional, always, omitted;
    int since, removed;   /* minor versions, or 0 */
    int gate;             /* index, or -1 */
    bool gatesIgnored;    /* the server does not look for gated fields below it */
    Str change, listKind; /* words, empty where nothing is written */
    const Node *value;    /* the default, or NULL */
    const Node *values;   /* of an enumeration, or NULL */
    const Node *listKeys; /* or NULL */
    Str mergeKey;
    Str example;
    bool hasMinimum, hasMaximum;
    int64_t minimum, maximum;    /* without them: of the field's type */
    int64_t maxLength, maxItems; /* 0: not limited */
    Str empty;                   /* required, allowed, or empty */
    bool apart;                  /* the limits are left to C */
    Str rule;                    /* that reports them, or empty */
} GenField;

struct GenType {
    File *file;
    Str name;
    Span nameSpan;
    const Node *node; /* a map */
    GenField *fields;
    uint32_t fieldCount;
    const Node *values; /* a shared enumeration instead of fields */
    Str kind;           /* whose objects are read as this type, or empty */
    uint32_t number;    /* among those that are no enumerations */
    uint32_t slotBits, slotFactor;
    uint8_t *slots; /* 1 << slotBits: field number + 1, or 0 */
    bool gated;     /* a field of it or below it is behind a gate */
    bool limited;   /* a field of it or below it has limits that are not left to C */
    int placed;     /* 0: not yet in `inOrder`, 1: being put there, 2: there */
};

typedef struct Schema {
    Gen *gen;
    Versions versions;
    Gates gates;
    ARRAY(GenType) types;
    GenKind *kinds;
    uint32_t kindCount;
    const File *pods;
    ARRAY(GenType *) inOrder; /* those that are no enumerations, after those that they hold by value */
} Schema;

GenType *type_named(const Schema *schema, Str name);

/* The field of a type with this name, or NULL. */
const GenField *field_named(const GenType *type, Str name);

/* Whether any type has a field with this name, or a map with such a key in its example. */
bool is_key(const Schema *schema, Str name);

/* Tells of a name, written at a place, that no type has as a field. */
void complain_of_field(const Schema *schema, File *file, Span span, Str name);

/* Whether a field's value is limited: to an enumeration, a range, a length. */
bool has_limit(const GenField *field);

/* Whether a field is behind a gate, and whether the server looks for such fields below it.
 * It sets the status of objects itself. */
bool is_gated(const GenField *field);
bool leads_to_gate(const GenField *field);

/* Whether the limits of a field hold whatever else is set, and whether there are such limits below it. */
bool is_checked(const GenField *field);
bool leads_to_limit(const GenField *field);

/* The number of the first of the gates that are named in a map, after telling of those that are not in gates.yaml; or -1. */
int gate_of(const Schema *schema, File *file, const Node *map);

/* Whether a field's value holds an object as part of itself. */
bool is_embedded(const GenField *field);

/* Tells where a field's example, default, format and keys do not fit it or the types that there are, once all are read. */
void field_check(const Schema *schema, const GenField *field);

/* Adds the types of a file; once all files are added, types_finish reads their fields. */
void types_add(Schema *schema, File *file);
void types_finish(Schema *schema);

/* Tells of types that no kind holds, once the kinds are read as well and where all else is right: a mistake elsewhere
 * may be why. */
void types_check_use(const Schema *schema);

/* Writes model_types.h and schema_tables.c. */
void types_write(const char *dir, const Schema *schema);

#endif
