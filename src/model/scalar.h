/* The scalar types of the Kubernetes API that are more than text: quantities, int-or-string, times. */
#ifndef PODLINT_SCALAR_H
#define PODLINT_SCALAR_H

#include "base/base.h"

__extension__ typedef __int128 Int128;

/* How a quantity was written, which decides how it is printed (k8s.io/apimachinery/pkg/api/resource). */
typedef enum QuantityFormat { QUANTITY_DECIMAL, QUANTITY_BINARY, QUANTITY_EXPONENT } QuantityFormat;

/* An amount of a resource. */
typedef struct Quantity {
    Int128 nano;    /* the value in billionths, rounded up; held at the ends of the type's range */
    Str text;       /* as written; at is NULL where the field is absent */
    uint8_t format; /* QuantityFormat */
    bool kept;      /* the text is canonical enough for the server to keep it as it is */
} Quantity;

typedef enum QuantityError { QUANTITY_OK, QUANTITY_EMPTY, QUANTITY_FORM, QUANTITY_SUFFIX } QuantityError;

/* Parses a quantity as resource.ParseQuantity does. `out->text` refers to `text`. */
QuantityError quantity_parse(Quantity *out, Str text);

/* The canonical text, as the server stores it. */
Str quantity_text(Arena *arena, const Quantity *quantity);

#define NANO ((Int128)1000000000)

/* The value in whole units, rounded up, within int64 (Quantity.Value). */
int64_t quantity_value(const Quantity *quantity);

/* The value in thousandths, rounded up, within int64 (Quantity.MilliValue). */
int64_t quantity_milli(const Quantity *quantity);

/* Rounds up to thousandths, as the server does when it sets a resource list's defaults. */
void quantity_round_milli(Quantity *quantity);

/* A number or a string: a port, or a count that may be a percentage. */
typedef struct IntOrString {
    bool isString;
    int64_t number; /* where it is no string */
    Str text;       /* where it is one */
} IntOrString;

/* A number with and without a value. */
typedef struct OptInt {
    bool set;
    int64_t value; /* 0 while not set */
} OptInt;

typedef struct OptBool {
    bool set, value;
} OptBool;

typedef struct OptIntOrString {
    bool set;
    IntOrString value;
} OptIntOrString;

/* A point in time. */
typedef struct Time {
    bool set;
    int64_t seconds; /* since 1970-01-01T00:00:00Z */
    uint32_t micros; /* of a MicroTime */
} Time;

/* Parses RFC 3339 as Go's time.Parse does; fractions of a second are read and dropped. */
bool time_parse(Time *out, Str text);

/* The same for a MicroTime, which needs six digits of the second's fraction. */
bool micro_time_parse(Time *out, Str text);

/* RFC 3339 in UTC. */
Str time_text(Arena *arena, Time time);
Str micro_time_text(Arena *arena, Time time);

/* Decimal text to an integer between low and high; false if it is none. */
bool int_parse(Str text, int64_t low, int64_t high, int64_t *out);

#endif
