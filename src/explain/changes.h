/* What came, went or changed between two versions of Kubernetes. */
#ifndef PODLINT_EXPLAIN_CHANGES_H
#define PODLINT_EXPLAIN_CHANGES_H

#include "model/schema.h"

typedef struct FieldChange {
    uint8_t minor; /* the version 1.N that makes it */
    bool came;     /* or went */
    const Type *type;
    const Field *field;
} FieldChange;

typedef struct GateChange {
    const Gate *gate;
    uint8_t oldStage, newStage; /* 0: not there */
    bool before, after;         /* on by default */
} GateChange;

typedef struct Changes {
    uint8_t from, to;          /* Kubernetes 1.N */
    ARRAY(FieldChange) fields; /* in the order of the versions */
    ARRAY(GateChange) gates;
} Changes;

Changes changes_between(Arena *arena, uint8_t from, uint8_t to);

#endif
