/* Values that are filled in later: scalars that hold a placeholder of a form that programs fill in before anything is applied. */
#ifndef PODLINT_PLACEHOLDER_H
#define PODLINT_PLACEHOLDER_H

#include "kustomize.h"

/* What is known of the names in placeholders. */
typedef struct Substitutes {
    const Source *source; /* of the document */
    const FileUse *use;   /* whose kustomizations have variables $(NAME), and whose applications values of ${NAME}; or NULL */
    bool expressions;     /* (expressions) of chainsaw are placeholders too */
    bool unquoted;        /* values of ${NAME} are read as YAML, as if there were no quotes */
    bool prose;           /* descriptions are text as it stands */
    bool marked;          /* placeholders_suspect has marked some already */
} Substitutes;

/* Puts values in the place of placeholders where they are known, by a default or from `known`, and marks the scalars that keep
 * one (Node.later). `span` is that of the document. Returns how many are left, those in keys included. */
uint32_t placeholders_fill(Arena *arena, Node *root, Span span, const Substitutes *known);

/* Looks at errors of objects that were built from `root` and judged: whether they are about words that stand for values, as
 * people write them where nobody can take them for what is meant ($TAG, PROJECT_ID). Such scalars are marked, and true is
 * returned: then the objects have to be built anew. */
bool placeholders_suspect(Arena *arena, const Document *documents, uint32_t count, Node *root);

/* Takes diagnostics back, from number `before` on, that are about the form of a value which is filled in later, and what says of
 * a key that is filled in that there is no such field. */
void placeholders_forgive(Document *document, uint32_t before);

#endif
