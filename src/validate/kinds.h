/* What the server does with the objects of each kind: one row a kind, in kinds.c. */
#ifndef PODLINT_VALIDATE_KINDS_H
#define PODLINT_VALIDATE_KINDS_H

#include "update.h"

/* Objects are structs of the kind's type. What is left out of a row is nothing. */
typedef struct KindChecks {
    void (*create)(Check *c, void *object);     /* what is refused of a new object, beside what the schema refuses */
    void (*warn)(Check *c, const void *object); /* what is warned of, beside the pod */
    void (*update)(const Update *u);            /* what is refused of a change, beside the metadata */
    void (*complete)(Check *c, void *object);   /* what is set when a new object is stored */
    bool judgesMetaAnew;                        /* update judges the whole metadata of the new object, as create does */
} KindChecks;

/* The row of a decoded object. */
const KindChecks *kind_checks(const Document *document);

#endif
