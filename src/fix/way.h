/* What mends a finding: the changes that make of what is written what was meant. They follow from the finding and the document
 * alone, and are looked for only when somebody asks. */
#ifndef PODLINT_WAY_H
#define PODLINT_WAY_H

#include "edit.h"
#include "run/result.h"

typedef struct Fix {
    Changes changes;
    Replacements edits; /* where only the text changes, and not what it says */
    bool unsafe;        /* someone else might decide otherwise */
} Fix;

/* The fix of a finding in the object of an editor, which is in `document`; false if there is none. */
bool way_find(const Editor *editor, const NodeDocument *document, const Finding *finding, Fix *out);

/* Whether it is worth to look for one: findings of most rules have none. */
bool way_may_find(const Finding *finding);

#endif
