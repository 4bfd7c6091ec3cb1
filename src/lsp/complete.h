/* A list of what may stand at the cursor. */
#ifndef PODLINT_LSP_COMPLETE_H
#define PODLINT_LSP_COMPLETE_H

#include "cursor.h"
#include "server.h"

/* CompletionItemKind of the protocol. */
typedef enum ItemKind {
    ITEM_FIELD = 5,
    ITEM_CLASS = 7,
    ITEM_PROPERTY = 10,
    ITEM_UNIT = 11,
    ITEM_VALUE = 12,
    ITEM_ENUM = 13,
    ITEM_KEYWORD = 14,
    ITEM_FILE = 17,
    ITEM_REFERENCE = 18,
    ITEM_FOLDER = 19,
} ItemKind;

typedef struct CompletionItem {
    Str label;
    Str insert;        /* what is put in place of the word; empty: the label */
    bool snippet;      /* it has $1 and ${2:word} */
    uint8_t kind;      /* ItemKind */
    Str detail;        /* may be empty */
    Str documentation; /* Markdown, may be empty */
    uint8_t rank;      /* 0 stands first */
    bool deprecated;
    json_t *more; /* additionalTextEdits, which are taken over, or NULL */
} CompletionItem;

typedef struct Completion {
    Server *server;
    Arena *arena;
    OpenDocument *document;
    const Cursor *cursor;
    json_t *items;
    uint32_t count;
    Str prefix; /* put before each value: the space behind a colon */
} Completion;

Completion completion_of(Server *s, OpenDocument *document, const Cursor *cursor, json_t *items);
void complete_add(Completion *c, CompletionItem item);

/* names.c: the names and keys that objects of the workspace, and other parts of this one, have for the field of the cursor. False
 * if the field names nothing. */
struct Spot;
bool complete_names(Completion *c, const struct Spot *spot);

/* The labels of workloads, where a selector is written. */
void complete_selector(Completion *c, const struct Spot *spot);

/* known.c: labels, annotations and topology keys that Kubernetes itself knows, for the map or field at the cursor. */
void complete_known(Completion *c, const struct Spot *spot);

#endif
