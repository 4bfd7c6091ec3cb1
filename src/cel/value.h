/* The values and the types of the Common Expression Language as Kubernetes uses it. A value is 16 bytes and is passed by copy;
 * text, lists and maps refer to memory of an arena or of the document, so that a manifest is read in place. */
#ifndef PODLINT_CEL_VALUE_H
#define PODLINT_CEL_VALUE_H

#include "model/model_base.h"

/* What a value is. CelType uses the same names, and the three static ones at the end. */
typedef enum ValueKind {
    VALUE_ABSENT, /* no value at all: what a look-up gives that finds nothing; never seen by an expression */
    VALUE_ERROR,
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_UINT,
    VALUE_DOUBLE,
    VALUE_STRING,
    VALUE_BYTES,
    VALUE_DURATION,
    VALUE_TIMESTAMP,
    VALUE_LIST,
    VALUE_MAP,
    VALUE_TYPE,
    VALUE_OPTIONAL,
    VALUE_OPAQUE, /* quantity, IP address, ...: what only library functions look into */
    KIND_DYN,     /* types only: not known before the evaluation */
    KIND_PARAM,   /* types only: a type parameter of an overload, A or B */
    KIND_OBJECT,  /* types only: a map with declared fields, such as `request` */
} ValueKind;

/* How a list or map is held. */
typedef enum ValueForm {
    FORM_VALUES,     /* values in an array, or a ValueMap */
    FORM_NODE,       /* a node of a document */
    FORM_TYPED,      /* the same, read as a declared type: a TypedNode */
    FORM_STRUCT,     /* a generated struct, or an array of them; `type` is the number of their schema type */
    FORM_STRINGS,    /* lists: an array of Str; maps: a StrMap's pairs */
    FORM_INTS,       /* lists: an array of int64_t */
    FORM_QUANTITIES, /* maps: a QuantityMap's pairs */
} ValueForm;

typedef struct Value Value;
typedef struct CelType CelType;
typedef struct CelError CelError;
typedef struct Opaque Opaque;
typedef struct ValueMap ValueMap;
typedef struct TypedNode TypedNode;
typedef struct Eval Eval;

struct Value {
    uint8_t kind;  /* ValueKind */
    uint8_t form;  /* ValueForm of a list or map */
    uint16_t type; /* number of the schema type of FORM_STRUCT */
    uint32_t len;  /* bytes of text; items of a list; nanoseconds of a timestamp, 0 to 999999999 */
    union {
        bool b;
        int64_t i; /* int; duration in nanoseconds; timestamp in seconds since 1970 */
        uint64_t u;
        double d;
        const char *s;          /* string (always UTF-8), bytes */
        const Value *items;     /* list, FORM_VALUES */
        const ValueMap *map;    /* map, FORM_VALUES */
        const Node *node;       /* list or map, FORM_NODE */
        const TypedNode *typed; /* list or map, FORM_TYPED */
        const void *data;       /* the other forms */
        const CelType *typeOf;  /* type */
        const Value *inner;     /* optional; NULL: none */
        const Opaque *opaque;
        const CelError *error;
    };
};

struct CelType {
    uint8_t kind;                  /* ValueKind */
    uint8_t param;                 /* number of a KIND_PARAM, 0 for A, 1 for B */
    Str name;                      /* "int", "kubernetes.Quantity", ...; as `type(x)` prints it */
    const CelType *args[2];        /* list: item; map: key and value; optional: value; type: of what. NULL: dyn */
    const struct CelField *fields; /* of KIND_OBJECT */
    const Str *keys; /* what the fields are called in a document, where that is not how expressions write them; NULL: always */
    uint16_t fieldCount;
    bool isSet;          /* of a list: the order of its items does not count, and none is in it twice */
    const Str *itemKeys; /* of a list that is a map by these fields of its items; then isSet is true as well */
    uint16_t itemKeyCount;
    const Type *schema; /* of KIND_OBJECT: a type of the API, whose fields are declared by its schema */
};

typedef struct CelField {
    Str name;
    const CelType *type;
} CelField;

/* A list or map of a document, and what it is declared to hold: only declared fields are seen in it. */
struct TypedNode {
    const Node *node;
    const CelType *type;
};

/* Ready-made types, for the tables of overloads. A library that brings an opaque type defines a CelType of its own. */
extern const CelType cel_dyn, cel_null, cel_bool, cel_int, cel_uint, cel_double, cel_string, cel_bytes, cel_duration,
    cel_timestamp, cel_param_a, cel_param_b, cel_list_dyn, cel_list_a, cel_list_list_a, cel_list_bool, cel_list_int,
    cel_list_uint, cel_list_double, cel_list_string, cel_list_bytes, cel_list_duration, cel_list_timestamp, cel_list_optional_a,
    cel_map_dyn, cel_map_ab, cel_map_string_list_string, cel_optional_a, cel_optional_b, cel_optional_list_a, cel_optional_map_ab,
    cel_optional_list_string, cel_type_a;

/* A class of opaque values. */
typedef struct OpaqueClass {
    const CelType *type;
    Str word;                                        /* the type's name in output: "quantity", "ip" */
    bool (*equal)(const Opaque *a, const Opaque *b); /* of two values of this class */
    Str (*text)(Eval *ev, const Opaque *value);      /* for output */
} OpaqueClass;

/* First in every struct that an opaque value points to. */
struct Opaque {
    const OpaqueClass *class;
};

typedef enum ErrorCode {
    ERROR_NO_SUCH_KEY,
    ERROR_NO_OVERLOAD,
    ERROR_INDEX,
    ERROR_CONVERSION,
    ERROR_OVERFLOW,
    ERROR_DIVISION,
    ERROR_NOT_ITERABLE,
    ERROR_DUPLICATE_KEY,
    ERROR_UNSUPPORTED_KEY,
    ERROR_NAN_ORDER,
    ERROR_REGEX,
    ERROR_FORMAT,
    ERROR_TIME_ZONE,
    ERROR_EMPTY_LIST,
    ERROR_ELEMENT_TYPE,
    ERROR_NO_VALUE,
    ERROR_RANGE,
    ERROR_LIMIT, /* too many steps, too deep: ends the evaluation, is never absorbed */
    ERROR_OTHER,
} ErrorCode;

struct CelError {
    uint8_t code; /* ErrorCode */
    Span span;    /* in the expression; set by the evaluator */
    Str message;  /* in podlint's words, without a full stop */
};

typedef struct ValueEntry {
    Value key, value;
    uint32_t hash; /* value_hash of the key */
} ValueEntry;

/* A map made by an expression or read from JSON. */
struct ValueMap {
    ValueEntry *at; /* in the order of insertion */
    uint32_t n, cap;
    uint32_t *slots; /* open addressing, entry number + 1; NULL while the map is small */
    uint32_t mask;   /* slots - 1 */
};

/* One evaluation. Library functions allocate in `arena`, and charge what grows faster than their arguments. */
struct Eval {
    Arena *arena;
    int64_t steps;        /* left; negative: the evaluation has ended */
    const void *prepared; /* what the overload's `prepare` has made for the call in hand, or NULL */
    void *scratch;        /* of lib_regex: the matcher's memory of this evaluation, NULL at first */
};

/* Makes an error. The place is filled in by the evaluator. */
Value cel_error(Eval *ev, ErrorCode code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The error of a call whose arguments fit no overload. */
Value cel_no_overload(Eval *ev, const char *function, const Value *args, uint32_t n);

/* Takes `steps` from what is left; false when it is used up, then return cel_limit(). A step is about as much work as an operator
 * or ten bytes of text. A call itself, and the text of its arguments, is charged by the evaluator. */
static inline bool cel_charge(Eval *ev, uint64_t steps) {
    ev->steps = steps > INT64_MAX / 2 ? -1 : ev->steps - (int64_t)steps;
    return ev->steps >= 0;
}
Value cel_limit(Eval *ev);

static inline Value value_null(void) {
    return (Value){.kind = VALUE_NULL};
}
static inline Value value_bool(bool b) {
    return (Value){.kind = VALUE_BOOL, .b = b};
}
static inline Value value_int(int64_t i) {
    return (Value){.kind = VALUE_INT, .i = i};
}
static inline Value value_uint(uint64_t u) {
    return (Value){.kind = VALUE_UINT, .u = u};
}
static inline Value value_double(double d) {
    return (Value){.kind = VALUE_DOUBLE, .d = d};
}
/* `s` is valid UTF-8 and outlives the value. Over 4 GiB is cut. */
static inline Value value_string(Str s) {
    return (Value){.kind = VALUE_STRING, .len = (uint32_t)s.len, .s = s.at};
}
static inline Value value_bytes(Str s) {
    return (Value){.kind = VALUE_BYTES, .len = (uint32_t)s.len, .s = s.at};
}
static inline Value value_duration(int64_t nanoseconds) {
    return (Value){.kind = VALUE_DURATION, .i = nanoseconds};
}
static inline Value value_timestamp(int64_t seconds, uint32_t nanoseconds) {
    return (Value){.kind = VALUE_TIMESTAMP, .i = seconds, .len = nanoseconds};
}
static inline Value value_list(const Value *items, uint32_t n) {
    return (Value){.kind = VALUE_LIST, .form = FORM_VALUES, .len = n, .items = items};
}
static inline Value value_map(const ValueMap *map) {
    return (Value){.kind = VALUE_MAP, .form = FORM_VALUES, .map = map};
}
static inline Value value_type(const CelType *type) {
    return (Value){.kind = VALUE_TYPE, .typeOf = type};
}
static inline Value value_opaque(const Opaque *opaque) {
    return (Value){.kind = VALUE_OPAQUE, .opaque = opaque};
}
static inline Value value_none(void) {
    return (Value){.kind = VALUE_OPTIONAL};
}
Value value_some(Eval *ev, Value inner); /* optional.of(inner) */

/* The text of a string or bytes. */
static inline Str value_str(Value v) {
    return (Str){v.s, v.len};
}
static inline bool is_error(Value v) {
    return v.kind == VALUE_ERROR;
}

Value value_of_node(const Node *node);
Value value_of_typed(Arena *arena, const Node *node, const CelType *type); /* as its declared type has it */
Value value_of_struct(const Type *type, const void *object);               /* a typed object, read where it lies */

/* Item `i` of a list of any form; `i` < list.len. */
Value list_item(Eval *ev, Value list, uint32_t i);

/* The list's items as an array; made in the arena unless the list is held so. */
const Value *list_items(Eval *ev, Value list);

/* Whether a list is a set, or a map by keys of its items; and if so, whether two items would be the same one in it. */
bool list_is_set(Value list);
bool list_same_item(Eval *ev, Value list, Value a, Value b);

uint32_t map_size(Value map);

/* The value under a key, or VALUE_ABSENT. Numbers of different type are the same key when they are equal. */
Value map_find(Eval *ev, Value map, Value key);

/* The same for a string key whose str_hash is known. */
Value map_find_hashed(Eval *ev, Value map, Str key, uint32_t hash);

/* Walks a map: start with zero; false at the end. */
bool map_next(Eval *ev, Value map, uint32_t *cursor, Value *key, Value *value);

/* Adds an entry, or replaces the value of an equal key; returns whether the key was new. */
bool map_put(Arena *arena, ValueMap *map, Value key, Value value);

/* `==` of any two values, by CEL's heterogeneous equality: never an error, except that nesting over the depth limit is unequal.
 * Charges steps. */
bool value_equal(Eval *ev, Value a, Value b);

/* Whether `a == b` has a value at all: an opaque value, or a typed object's list or map,
 * has none with a value of another type. */
bool value_comparable(Eval *ev, Value a, Value b);

/* Whether a value may be an index or a key to look up. */
static inline bool value_is_key(Value v) {
    return (v.kind >= VALUE_BOOL && v.kind <= VALUE_STRING);
}

/* Whether a list or map is part of a typed object, which is stricter about keys and indexes. */
bool value_is_typed(Value v);

/* Order of two values: -1, 0, 1; both of one comparable type, or both numbers. ORDER_NONE where there is none (NaN,
 * other types). */
enum { ORDER_NONE = 2 };
int value_order(Value a, Value b);

/* The type of a value as `type()` gives it; "list", "map" and "optional_type" are without arguments. */
const CelType *value_type_of(Value v);

/* The name of its type. */
Str value_type_name(Value v);

/* The type written out: "list(map(string, dyn))". */
Str cel_type_text(Arena *arena, const CelType *type);

/* A double as string() prints it (Go's 'g' with the shortest digits that read back). */
Str double_text(Arena *arena, double d);

#endif
