/* The scalar types of the Kubernetes API that are more than text: quantities (quantity.c), int-or-string, times. */
#ifndef PODLINT_SCALAR_H
#define PODLINT_SCALAR_H

#include "base/base.h"

__extension__ typedef __int128 Int128;

/* How a quantity was written, which decides how it is printed (k8s.io/apimachinery/pkg/api/resource). */
typedef enum QuantityFormat { QUANTITY_DECIMAL, QUANTITY_BINARY, QUANTITY_EXPONENT } QuantityFormat;

/* An amount of a resource. The server holds most of them as a number of 64 bits with a power of ten, and the others as a decimal
 * of any size, which shows where it computes in 64 bits. */
typedef struct Quantity {
    Int128 nano;    /* the value in billionths, rounded up; of a huge one the end of the type's range */
    Str text;       /* as written; at is NULL where the field is absent */
    uint8_t format; /* QuantityFormat */
    bool kept;      /* the text is canonical enough for the server to keep it as it is */
    bool decimal;   /* the server holds it as a decimal of any size */
    bool huge;      /* `nano` has no room for it, and `digits` with `power` are the value without its sign */
    bool milli;     /* it was rounded up to thousandths */
    int32_t power;  /* of ten, of the last digit; of other than huge ones the one that the server holds it with */
    Str digits;     /* there may be a point among them, and zeros at both ends */
} Quantity;

typedef enum QuantityError { QUANTITY_OK, QUANTITY_EMPTY, QUANTITY_FORM, QUANTITY_SUFFIX } QuantityError;

/* Parses a quantity as resource.ParseQuantity does. `out->text` and `out->digits` refer to `text`. */
QuantityError quantity_parse(Quantity *out, Str text);

/* A text without the white space that the server's decoder takes off a quantity. */
Str quantity_trim(Str text);

/* The canonical text, as the server stores it. */
Str quantity_text(Arena *arena, const Quantity *quantity);

/* Negative, 0, positive. */
int quantity_compare(const Quantity *a, const Quantity *b);

/* Adds `more`. */
void quantity_add(Arena *arena, Quantity *to, const Quantity *more);

#define NANO ((Int128)1000000000)

/* The value in whole units, rounded up, within int64. */
int64_t quantity_value(const Quantity *quantity);

/* The value in thousandths, rounded up, within int64. */
int64_t quantity_milli(const Quantity *quantity);

/* The value in parts of 10^-9 * `unit` (NANO or a thousandth of it) as the server computes it in 64 bits (Quantity.ScaledValue):
 * numbers of 64 bits that do not fit count as 0, decimals wrap round. */
int64_t quantity_units(const Quantity *quantity, Int128 unit);

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
