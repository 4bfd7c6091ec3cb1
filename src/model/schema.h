/* The rows of the tables that the build makes from schema/: types, fields, enumerations, feature gates. Everything that knows a
 * field by its name goes through here: decoding, defaulting, explain, CEL, completion. */
#ifndef PODLINT_SCHEMA_H
#define PODLINT_SCHEMA_H

#include "base/base.h"
#include "versions.h"

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
    TableText value, description;
    int16_t gate; /* that brings the value: index into schema_gates, or -1 */
} EnumValue;

/* What a field's zero value is where the field is no pointer in Go: "", 0. */
typedef enum Empty {
    EMPTY_JUDGED,   /* as any other value */
    EMPTY_REQUIRED, /* FieldValueRequired */
    EMPTY_ALLOWED,
} Empty;

typedef struct Type Type;
typedef struct Kind Kind;

/* What is said of a field, and never needed to decode one. */
typedef struct FieldText {
    TableText description;
    TableText defaultWhen;           /* a default that depends on other fields, in words */
    TableText format;                /* dns-label, port-name, ... */
    TableText example;               /* YAML */
    TableText changeWhen;            /* when it may change, in words */
    TableText mergeKey;              /* of a strategic merge patch */
    uint16_t listKeys, listKeyCount; /* of a list kept as a map: from there in schema_list_keys */
    uint16_t values, valueCount;     /* of an enumeration: from there in schema_values */
    uint8_t listKind;                /* ListKind */
    uint8_t change;                  /* Mutability */
    bool hasMinimum, hasMaximum;
    int64_t minimum, maximum;    /* without them: of the field's type */
    int64_t maxLength, maxItems; /* 0: not limited */
    uint8_t empty;               /* Empty */
    bool apart;                  /* the limits depend on other fields or on the version, so that C looks at them */
    int16_t rule;                /* that reports the limits: index into rules, or -1 */
} FieldText;

/* Some fields of a type, by their numbers. */
typedef struct FieldSet {
    const uint16_t *at;
    uint16_t n;
} FieldSet;

typedef struct Field {
    Str name;
    uint8_t scalar;   /* ScalarType of the value, or of a list's or map's items */
    uint8_t shape;    /* Shape */
    bool required;    /* by the OpenAPI document */
    bool optional;    /* absent and zero are different things: a pointer in Go, an Opt type or pointer here */
    bool always;      /* stored even when empty */
    bool omitted;     /* required, and not stored when empty */
    bool bytes;       /* a string that is base64 */
    bool micro;       /* a Time with six digits of the second's fraction */
    uint8_t since;    /* minor version that brought it, 0: 1.29 or before */
    uint8_t removed;  /* minor version that took it away, 0: still there */
    int16_t gate;     /* index into schema_gates, or -1 */
    uint16_t offset;  /* in the generated struct */
    uint16_t size;    /* there */
    const Type *type; /* of TYPE_OBJECT */
    Str value;        /* default, as JSON scalar text; at is NULL without one */
    const FieldText *text;
} Field;

struct Type {
    Str name;
    const Kind *kind; /* whose objects are of this type; NULL for the types of fields */
    TableText description;
    const Field *fields; /* in the order of the API's own types */
    uint16_t fieldCount;
    uint16_t size;        /* of the generated struct */
    const uint8_t *slots; /* perfect hash of the names: field number + 1, or 0 */
    uint32_t slotFactor;  /* slot = hash * factor >> shift */
    uint8_t slotShift;
    uint16_t number;       /* index into schema_types */
    FieldSet nested;       /* hold objects, but for the status */
    FieldSet prepared;     /* need work when absent: defaults, embedded objects */
    FieldSet checked;      /* have limits that hold whatever else is set */
    FieldSet gated;        /* are behind a gate, so that the server drops them where it is off */
    FieldSet checkedBelow; /* lead to objects with such fields; not into the status of an object */
    FieldSet gatedBelow;   /* as far as the server looks */
};

/* How pods come of the objects of a kind. */
typedef enum WorkloadKind {
    WORKLOAD_NONE,
    WORKLOAD_POD,      /* the object is one */
    WORKLOAD_REPLICAS, /* as many as it asks for */
    WORKLOAD_NODES,    /* one on each node */
    WORKLOAD_JOB,      /* until they are done */
} WorkloadKind;

typedef struct KindVersion {
    Str apiVersion;
    uint8_t since, removed; /* minor versions, as those of a field; removed may be older than what podlint speaks for */
    const Type *type;       /* that its objects are read as; NULL: they are not judged */
} KindVersion;

/* A kind of Kubernetes, whether or not podlint judges it. */
struct Kind {
    Str name, plural;
    const KindVersion *versions; /* the one to write first */
    const Str *shorts;           /* short names: po */
    const Type *type;            /* of the first version */
    const Field *const *pod;     /* the way from the object to its pod template, up to a NULL; none for a pod; NULL: has no pod */
    uint8_t versionCount, shortCount;
    uint8_t workload; /* WorkloadKind */
    bool namespaced;
    uint16_t number; /* KIND_ of model_types.h */
};

/* What of a pod stands at a place of a custom resource. */
typedef enum PodForm { POD_AS_TEMPLATE, POD_AS_SPEC, POD_AS_CONTAINER } PodForm;

/* A place where well-known custom resources hold what pods are made of. */
typedef struct PodRow {
    Str group, kind;
    Str path;           /* [] stands for each item of a list, * for each entry of a map */
    uint8_t form;       /* PodForm */
    Str reads;          /* names of fields that the operator reads in its own way, with spaces between them */
    bool whole;         /* pods are made of it as it is: what it lacks is missing */
    bool keepsReplicas; /* the object selects and keeps its pods as a ReplicaSet does */
} PodRow;

/* A feature gate: its stage and default in each version that the schema tells apart. */
typedef enum Stage { STAGE_NONE, STAGE_ALPHA, STAGE_BETA, STAGE_GA, STAGE_DEPRECATED } Stage;

typedef struct Gate {
    Str name;
    uint8_t stage[VERSION_LAST - VERSION_FIRST + 1]; /* Stage */
    bool on[VERSION_LAST - VERSION_FIRST + 1];       /* enabled by default */
} Gate;

/* A field by the names of its type and its own, as in FIELD_OF(Container, image). */
#define FIELD_OF(type, name) (&type_##type.fields[FIELD_##type##_##name])

extern const Type *const schema_types[];
extern const uint16_t schema_types_by_name[]; /* their numbers, in the order of their names */
extern const uint16_t schema_type_count;
extern const Kind schema_kinds[]; /* by KIND_ */
extern const uint16_t schema_kind_count;
extern const PodRow schema_pods[];
extern const uint16_t schema_pod_count;
extern const Gate schema_gates[];
extern const uint16_t schema_gate_count;
extern const EnumValue schema_values[];
extern const TableText schema_list_keys[];
extern const char *const schema_texts;

static inline Str schema_text(TableText text) {
    return table_text(schema_texts, text);
}

/* A value of an enumeration, and a key of a list kept as a map, by its number. */
static inline const EnumValue *schema_value(const FieldText *text, uint32_t number) {
    return &schema_values[text->values + number];
}

static inline Str schema_list_key(const FieldText *text, uint32_t number) {
    return schema_text(schema_list_keys[text->listKeys + number]);
}

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

/* The kind with this name, judged or not; NULL if Kubernetes has none. */
const Kind *schema_kind(Str name);

/* Whether version 1.`minor` serves a version of a kind. */
static inline bool schema_serves(const KindVersion *version, uint8_t minor) {
    return version->since <= minor && (!version->removed || version->removed > minor);
}

/* The kind after this one of those that podlint judges; of NULL the first, NULL at the end. */
const Kind *schema_next_judged(const Kind *kind);

/* The type that podlint reads an object of this apiVersion and kind as, in version 1.`minor`, or NULL. */
const Type *schema_type_of(Str apiVersion, Str kind, uint8_t minor);

/* The apiVersion to write in version 1.`minor` for an object of a kind: the first that is served. */
Str schema_version_for(const Kind *kind, uint8_t minor);

/* The apiVersion to write for an object of this type; empty for the types of fields. */
Str schema_api_version(const Type *type);

/* Whether a field on the way to the pod of a kind holds the template of what its objects make: spec.template,
 * spec.jobTemplate. */
bool schema_is_template(const Kind *kind, const Field *field);

/* The API group of an apiVersion, empty for the core group, and the version alone. */
Str schema_group(Str apiVersion);
Str schema_version(Str apiVersion);

/* Whether some version of a kind was ever in the group of this apiVersion. */
bool schema_in_group(const Kind *kind, Str apiVersion);

/* The name of a field of `type`, known in version 1.`minor`, that `name` was probably meant to be; empty if none is near. */
Str schema_near_field(const Type *type, Str name, uint8_t minor);

/* Where below `type` a field with exactly this name stands nearest, as a path such as "containers[].imagePullPolicy"; empty if
 * nowhere. Allocated in `arena`. */
Str schema_find_below(const Type *type, Str name, uint8_t minor, Arena *arena);

/* The type as it is written in docs: "string", "[]Container", "map[string]Quantity". */
Str schema_type_text(const Field *field, Arena *arena);

#endif
