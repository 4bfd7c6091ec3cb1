/* What the server gets when a manifest is applied over an object that another one made. */
#ifndef PODLINT_DIFF_MERGE_H
#define PODLINT_DIFF_MERGE_H

#include "model/model.h"

/* Ways to update an object. */
typedef enum How {
    HOW_BOTH,        /* the two ways to apply: what is true for both, and where they differ */
    HOW_APPLY,       /* kubectl apply, and helm upgrade: a three-way strategic merge patch */
    HOW_SERVER_SIDE, /* kubectl apply --server-side by the same manager */
    HOW_REPLACE,     /* kubectl replace */
} How;

/* What a merge makes. */
typedef struct Merged {
    Document *document; /* with the places of the new manifest; what was kept has the place of what it stands in */
    Str refused;        /* why a server-side apply is refused before anything is merged; may be empty */
    Str lost;           /* what a three-way merge loses of lists, in words; may be empty */
} Merged;

/* The object that the server makes of a manifest, with its defaults, as a tree; NULL if there is none. Validation adds to the
 * object, so that this comes first. */
const Node *merge_stored(Arena *arena, const Document *document);

/* Merges `after` over `stored`, which the server made of `before`, as HOW_APPLY or HOW_SERVER_SIDE does
 * (k8s.io/apimachinery/pkg/util/strategicpatch, sigs.k8s.io/structured-merge-diff/v6): what `before` says and `after` does not
 * goes, what neither says stays. Both are decoded objects of one type; without `before`, NULL, nothing was said. */
Merged merge_over(Arena *arena, const Node *stored, const Document *before, const Document *after, How how);

/* What a manifest says at the text of a path, or NULL. */
const Node *merge_node(const Document *document, Str path);

#endif
