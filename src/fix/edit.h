/* Changes of a tree as edits of its text, in the layout of the text: indentation, quotes, flow or block, the order of keys, line
 * ends and comments stay as they are, and what is new takes after its neighbours. */
#ifndef PODLINT_EDIT_H
#define PODLINT_EDIT_H

#include "change.h"
#include "model/model.h"

/* Bytes of a source, and what stands in their place. */
typedef struct Replacement {
    uint32_t at, end;
    Str put;
    uint16_t order; /* of the field that is put there: of several at one place the lower one comes first */
} Replacement;

typedef ARRAY(Replacement) Replacements;

/* How a document is written. */
typedef struct Layout {
    uint32_t step;     /* columns of a map below its key */
    uint32_t listStep; /* of the dashes of a list below its key */
    char quote;
    bool json;       /* keys stand in quotes, in brackets */
    bool blockTexts; /* lists of texts have a line for each */
    Str newline;
} Layout;

/* One document of a source. */
typedef struct Editor {
    Arena *arena;
    const Source *source;
    Node *root;               /* as it is read */
    const Document *document; /* the object, for the order of its fields */
    const Path *base;         /* where that stands below `root`; NULL: it is the root */
    Layout layout;
    Replacements edits; /* made so far */
} Editor;

/* An editor for an object of a document. */
Editor edit_open(Arena *arena, const Source *source, Node *root, const Document *document, const Path *base);

/* Adds the edits that a change takes; false if the text gives no hold for it, and then nothing is added. */
bool edit_change(Editor *editor, const Change *change);

/* The field that a path leads to, or that the list or map at the end of it is of; NULL if none is known. */
const Field *edit_field(const Editor *editor, const Path *path);

/* Whether a place is that of a byte of the source. */
bool edit_is_at(const Editor *editor, Place place, uint32_t at);

#endif
