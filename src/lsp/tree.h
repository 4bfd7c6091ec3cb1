/* The nodes at a place of a text that can be read. */
#ifndef PODLINT_LSP_TREE_H
#define PODLINT_LSP_TREE_H

#include "model/model.h"
#include "server.h"

enum { TRAIL_DEEPEST = 64 };

/* The way from the root of a document to the innermost node at a place. */
typedef struct Trail {
    struct {
        const Node *node;   /* a map or list */
        const Entry *entry; /* of the map that leads on, or NULL */
        uint32_t number;    /* of the item that leads on */
    } at[TRAIL_DEEPEST];
    size_t n;
    const Node *leaf; /* a scalar at the place, or an empty map or list; NULL if the place is at a key or between values */
    bool key;         /* the place is at the key of the last entry */
} Trail;

/* Goes as far as the tree has nodes at a byte. */
Trail trail_at(const Node *root, size_t offset);

/* The documents of a text that is open. */
typedef struct TreeDocuments {
    Source source;
    ARRAY(NodeDocument) items;
} TreeDocuments;

void tree_read(TreeDocuments *out, Arena *arena, OpenDocument *document);

/* The one that a byte of the text is in; NULL if it is in none. Bytes of the tree are those of `source`, which has no byte order
 * mark: tree_mark is what the text has more. */
const NodeDocument *tree_document(const TreeDocuments *documents, size_t offset);
size_t tree_mark(const TreeDocuments *documents);

#endif
