/* What people see of a pod in trouble and ask about (schema/lifecycle-signs.yaml): words of kubectl's STATUS column, reasons of
 * events and conditions, exit codes, phrases of the scheduler, the kubelet and the API server. */
#ifndef PODLINT_SIGN_H
#define PODLINT_SIGN_H

#include "base/base.h"

typedef struct SignList {
    const Str *at;
    uint8_t n;
} SignList;

typedef struct Sign {
    Str name;
    SignList also; /* other spellings, and parts of longer messages; a star stands for anything */
    Str is;        /* where it stands */
    Str means;     /* a sentence or two */
    SignList causes, look, rules;
    Str topic; /* may be empty */
} Sign;

extern const Sign signs[];
extern const uint16_t sign_count;

/* How a query names a sign: as it is written, in other case, or as a part of the query. */
typedef enum SignMatch { SIGN_EXACT, SIGN_NOCASE, SIGN_INSIDE } SignMatch;

typedef ARRAY(const Sign *) Signs;

/* The signs that a query names, those first of which the query holds most; at most a few. */
Signs sign_find(Arena *arena, Str query, SignMatch match);

#endif
