/* What the schema has at a place of a text: the type of the map there, and the field that a value is of. */
#ifndef PODLINT_LSP_SPOT_H
#define PODLINT_LSP_SPOT_H

#include "crd/crd.h"
#include "cursor.h"
#include "server.h"

typedef struct Spot {
    uint8_t minor;
    const Type *root;        /* of the object; NULL: not known */
    const Type *type;        /* of the map that the cursor is in; NULL if it is none of the schema's */
    const Field *holder;     /* the field that the map, list or free map around the cursor is the value of; NULL at the top */
    const Type *parent;      /* that has `holder` */
    bool unbegun;            /* a list is wanted, and no item is begun */
    bool inList;             /* `holder` is a list, and the cursor is in an item of it */
    const Field *field;      /* CURSOR_VALUE: the field; or that of the scalar item at the cursor. NULL if there is none */
    bool custom;             /* a custom resource whose definition is known; then this holds instead: */
    const CrdSchema *schema; /* of the map that the cursor is in */
    const CrdSchema *value;  /* of the value */
    Str path;                /* of the key at the cursor or of the value, with dots */
} Spot;

Spot spot_of(Server *s, OpenDocument *document, const Cursor *cursor);

/* The definitions, of those that count for a document, that have the kind; NULL if none do. */
Crds *spot_definitions(const OpenDocument *document, Str apiVersion, Str kind);

/* The Kubernetes version that a document is judged for. */
uint8_t spot_minor(const OpenDocument *document);

#endif
