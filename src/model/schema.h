/* The rows of the tables that the build makes from schema/: types, fields, enumerations, feature gates. Everything that knows a
 * field by its name goes through here: decoding, defaulting, explain, CEL, completion. */
#ifndef PODLINT_SCHEMA_H
#define PODLINT_SCHEMA_H

#include "base/base.h"

typedef enum ScalarType {
    TYPE_STRING,
    TYPE_BOOL,
    TYPE_INT32,
    TYPE_INT64,
    TYPE_QUANTITY,
    TYPE_INT_OR_STRING,
    TYPE_TIME,
    TYPE_ANY, /* free-form JSON, kept as a node */
    TYPE_OBJECT,
} ScalarType;

typedef enum Shape { SHAPE_ONE, SHAPE_LIST, SHAPE_MAP } Shape;

typedef enum ListKind { LIST_PLAIN, LIST_ATOMIC, LIST_SET, LIST_MAP } ListKind;

/* What changing a field of an existing object does. */
typedef enum Mutability {
    CHANGE_NORMAL,
    CHANGE_IN_PLACE,
    CHANGE_LIMITED,
    CHANGE_RESIZE,
    CHANGE_ROLLOUT,
    CHANGE_FIXED
} Mutability;

typedef struct EnumValue {
    Str value, description;
} EnumValue;

typedef struct Type Type;

/* What is said of a field, and never needed to decode one. */
typedef struct FieldText {
    Str description;
    Str defaultWhen;         /* a default that depends on other fields, in words */
    Str format;              /* dns-label, port-name, ... */
    Str example;             /* YAML */
    Str changeWhen;          /* when it may change, in words */
    Str mergeKey;            /* of a strategic merge patch */
    const Str *listKeys;     /* of a list kept as a map */
    const EnumValue *values; /* of an enumeration */
    uint16_t listKeyCount, valueCount;
    uint8_t listKind; /* ListKind */
    uint8_t change;   /* Mutability */
    bool hasMinimum, hasMaximum;
    int64_t minimum, maximum;
    int64_t maxLength, maxItems; /* 0: not limited */
} FieldText;

typedef struct Field {
    Str name;
    uint8_t scalar;   /* ScalarType of the value, or of a list's or map's items */
    uint8_t shape;    /* Shape */
    bool required;    /* by the OpenAPI document */
    bool optional;    /* absent and zero are different things: a pointer in Go, an Opt type or pointer here */
    bool always;      /* stored even when empty */
    uint8_t since;    /* minor version that brought it, 0: 1.29 or before */
    uint8_t removed;  /* minor version that took it away, 0: still there */
    int16_t gate;     /* index into schema_gates, or -1 */
    uint16_t offset;  /* in the generated struct */
    const Type *type; /* of TYPE_OBJECT */
    Str value;        /* default, as JSON scalar text; at is NULL without one */
    const FieldText *text;
} Field;

struct Type {
    Str name;
    Str apiVersion; /* of a kind; empty for the other types */
    Str description;
    const Field *fields; /* in the order of the API's own types */
    uint16_t fieldCount;
    uint16_t size;        /* of the generated struct */
    const uint8_t *slots; /* perfect hash of the names: field number + 1, or 0 */
    uint32_t slotFactor;  /* slot = hash * factor >> shift */
    uint8_t slotShift;
    const uint16_t *prepared; /* numbers of fields that need work when absent: defaults, embedded objects */
    uint16_t preparedCount;
    uint16_t number; /* index into schema_types */
};

/* A feature gate: its stage and default in each covered version. */
enum { VERSION_FIRST = 29, VERSION_LAST = 37, VERSION_OLDEST_TARGET = 32 };

typedef enum Stage { STAGE_NONE, STAGE_ALPHA, STAGE_BETA, STAGE_GA, STAGE_DEPRECATED } Stage;

typedef struct Gate {
    Str name;
    uint8_t stage[VERSION_LAST - VERSION_FIRST + 1]; /* Stage */
    bool on[VERSION_LAST - VERSION_FIRST + 1];       /* enabled by default */
} Gate;

extern const Type *const schema_types[];
extern const uint16_t schema_type_count;
extern const Gate schema_gates[];
extern const uint16_t schema_gate_count;

/* The field of a type with this name; `hash` is its str_hash. NULL if there is none, in any version. */
static inline const Field *schema_field(const Type *type, Str name, uint32_t hash) {
    uint8_t slot = type->slots[hash * type->slotFactor >> type->slotShift];
    return slot && str_eq(type->fields[slot - 1].name, name) ? &type->fields[slot - 1] : NULL;
}

/* Whether version 1.`minor` has the field. */
static inline bool schema_has(const Field *field, uint8_t minor) {
    return field->since <= minor && (!field->removed || field->removed > minor);
}

/* Whether a gate is on by default in version 1.`minor`; fields without a gate (-1) are on. */
static inline bool schema_gate_on(int16_t gate, uint8_t minor) {
    return gate < 0 || schema_gates[gate].on[minor - VERSION_FIRST];
}

/* The type with this name, or NULL. */
const Type *schema_type(Str name);

/* The kind with this apiVersion and kind that podlint covers, or NULL. */
const Type *schema_kind(Str apiVersion, Str kind);

/* Whether `name` is a kind of any apiVersion. */
const Type *schema_kind_named(Str name);

/* The name of a field of `type`, known in version 1.`minor`, that `name` was probably meant to be; empty if none is near. */
Str schema_near_field(const Type *type, Str name, uint8_t minor);

/* Where below `type` a field with exactly this name stands nearest, as a path such as "containers[].imagePullPolicy"; empty if
 * nowhere. Allocated in `arena`. */
Str schema_find_below(const Type *type, Str name, uint8_t minor, Arena *arena);

/* The type as it is written in docs: "string", "[]Container", "map[string]Quantity". */
Str schema_type_text(const Field *field, Arena *arena);

#endif
