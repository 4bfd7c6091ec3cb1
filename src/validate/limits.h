/* What the schema says of the value of a field by itself: which words it takes, from where to where a number goes, how long a
 * text or a list may be. */
#ifndef PODLINT_LIMITS_H
#define PODLINT_LIMITS_H

#include "check.h"

/* Reports every field of `object`, which is a `type`, whose value is outside its limits. Fields that the schema marks with
 * `checked: apart` are left to the caller. */
void check_fields(Check *c, const Type *type, const void *object, const Path *path);

/* The same for the object and all objects in it. */
void check_fields_below(Check *c, const Type *type, void *object, const Path *path);

/* Reports one field of `object`, marked or not, if its value is outside its limits. */
void check_field(Check *c, const Field *field, const void *object, const Path *path);

/* The same for an object whose C type is that of the schema. */
#define CHECK_FIELDS(c, type, object, path) check_fields(c, &type_##type, (const type *){object}, path)
#define CHECK_FIELDS_BELOW(c, type, object, path) check_fields_below(c, &type_##type, (type *){object}, path)
#define CHECK_FIELD(c, type, name, object, path) check_field(c, FIELD_OF(type, name), (const type *){object}, path)

/* Whether a field's enumeration has the value, and all values that it has: without those whose gates are off. */
bool is_known_value(const Check *c, const Field *field, Str value);
StrList known_values(const Check *c, const Field *field);

/* What is said of a value that the enumeration of its field does not have. */
typedef struct Advice {
    Str allowed; /* "A, B or C" */
    Str hint;    /* did you mean "A"?; empty if none is near */
} Advice;

Advice value_advice(const Check *c, const Field *field, Str value);

#endif
