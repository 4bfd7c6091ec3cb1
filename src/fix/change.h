/* What a fix changes, said of the tree and not of the text: a value is set, an entry is removed, renamed or moved. The text is
 * edited by edit.h; the tree that has to come of it is made here, so that each can be held against the other. */
#ifndef PODLINT_CHANGE_H
#define PODLINT_CHANGE_H

#include "model/path.h"

typedef enum ChangeKind {
    CHANGE_SET,    /* the value at a path, with the maps that would hold it; behind the last item of a list it is added */
    CHANGE_REMOVE, /* an entry or an item */
    CHANGE_RENAME, /* the key of an entry */
    CHANGE_MOVE,   /* an entry to a place where nothing is */
} ChangeKind;

typedef struct Change {
    uint8_t kind;     /* ChangeKind */
    const Path *path; /* from the root of the document as it is read; in a List through its items */
    union {
        Node value;         /* CHANGE_SET; spans of parts that are written in the text already lead there */
        Str name;           /* CHANGE_RENAME */
        const Path *target; /* CHANGE_MOVE */
    };
} Change;

typedef ARRAY(Change) Changes;

/* What stands at a path. */
typedef struct Spot {
    Node *node;      /* NULL if nothing does */
    Entry *entry;    /* of a map */
    Node *parent;    /* NULL for the root */
    uint32_t number; /* among the entries or items */
} Spot;

Spot change_find(Node *root, const Path *path);

/* A copy of a tree, to be changed. */
Node *change_copy(Arena *arena, const Node *root);

/* Changes a tree. False if the change cannot be made: what it speaks of is not there, or something else stands in its place. */
bool change_apply(Arena *arena, Node *root, const Change *change);

/* Adds a change to others of a fix. What is set in a map that nobody has written goes into one that others have made. */
void changes_add(Arena *arena, Node *root, Changes *changes, const Change *change);

/* The first path at which a change puts something; NULL if it only takes away or renames. */
const Path *change_goal(Node *root, const Change *change);

/* The path below `base` of what a change has put there, as the API server prints it. */
Str change_place(Arena *arena, const Change *change, const Path *base);

/* All paths at which a change leaves something other than it was: of an item that is added or goes, the list. */
Str change_places(Arena *arena, Node *root, const Change *change);

/* Whether two trees say the same, whatever the order of the keys. */
bool change_same(const Node *a, const Node *b);

/* What goes when the entry or item at a path does: a map or list that it would leave empty goes with it, unless it is on the way
 * to `target` (NULL: nowhere). */
const Path *change_whole(Node *root, const Path *path, const Path *target);

/* Whether two paths lead to the same place. */
bool path_same(const Path *a, const Path *b);

/* A copy of a path, but of its steps from `base` on up. */
const Path *path_kept(Arena *arena, const Path *base, const Path *path);

/* A copy of a path that begins with `base`; `path` itself begins at the root. */
const Path *path_below(Arena *arena, const Path *base, const Path *path);

/* The path that path_text printed, below `base`: what it leads through tells numbers from keys. NULL is the root. */
const Path *path_parse(Arena *arena, Node *root, const Path *base, Str text);

#endif
