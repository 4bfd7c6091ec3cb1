/* Where a place stands in a text of YAML or JSON, told from its lines alone: a text that somebody is typing in is mostly broken
 * just there, so that no parser would do. Indentation, dashes and colons say what is above; quotes and brackets what is around.
 */
#ifndef PODLINT_LSP_CURSOR_H
#define PODLINT_LSP_CURSOR_H

#include "yaml/lines.h"
#include "yaml/source.h"

typedef enum CursorPart {
    CURSOR_NOWHERE, /* in a block scalar, or where nothing can be told */
    CURSOR_COMMENT,
    CURSOR_KEY,   /* at a key, or where one could be; also at an item of a list that may be a scalar */
    CURSOR_VALUE, /* at a scalar behind a key, or where one could be */
} CursorPart;

/* A key, or an item of a list. */
typedef struct CursorStep {
    Str key;     /* at is NULL: an item */
    size_t line; /* a byte of the line where it stands */
} CursorStep;

typedef struct Cursor {
    Str text;
    size_t at;
    Span document;           /* between two lines of --- */
    uint8_t part;            /* CursorPart */
    Span word;               /* the key or scalar at the cursor, without quotes; empty where there is none */
    Str typed;               /* what of it stands before the cursor */
    Str key;                 /* CURSOR_VALUE: what it is the value of */
    bool spaced;             /* CURSOR_VALUE: white space stands behind the colon */
    bool colon;              /* CURSOR_KEY: a colon stands behind the word */
    bool item;               /* the cursor is in the first line of an item */
    bool flow;               /* inside of brackets */
    size_t column;           /* of the map that the cursor is in; not in flow */
    ARRAY(CursorStep) steps; /* from the top to the map or list that the key, or the key of the value, is in */
    ARRAY(Str) keys;         /* of that map, but for the one at the cursor; in flow those before it */
    Str apiVersion, kind;    /* of the object; empty where they are not written */
} Cursor;

Cursor cursor_at(Arena *arena, Str text, size_t at);

/* The value of the key beside the one at the cursor, in the same map; empty if there is none. */
Str cursor_sibling(const Cursor *cursor, Str key);

/* The values of `key` in the items of all lists in the document that are called `list`, or, if `within` is not empty, in the map
 * of that name in the items: the names of volumes, of ports. */
typedef ARRAY(Str) CursorNames;
CursorNames cursor_names(Arena *arena, const Cursor *cursor, Str list, Str within, Str key);

#endif
