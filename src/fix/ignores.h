/* Comments that ignore what a check finds. */
#ifndef PODLINT_FIX_IGNORES_H
#define PODLINT_FIX_IGNORES_H

#include "fix.h"

/* Adds a comment for each line of the files of a list in which something is found, `# podlint: ignore RULE,RULE REASON`: behind
 * the line, or above the entry where a text goes over several lines. A file gets its comments if it says the same with them, and
 * if each of them hides something: JSON has no comments, and what cannot be read none that count. Nothing is written; the texts
 * of the list's rows and `out` get them, as in fix_files. */
void ignores_add(FixResult *out, Arena *arena, InputList *list, const RunSettings *settings, Str reason);

#endif
