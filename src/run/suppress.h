/* Ignoring single findings, by what a manifest says of itself:
 *
 *     image: nginx # podlint: ignore RULE[,RULE] REASON      on the line of the finding
 *     # podlint: ignore RULE REASON                          above it: the entry or item that follows, with all below it;
 *                                                            above the first line of an object, the whole object
 *     # podlint: ignore-file RULE REASON                     anywhere: the whole file
 *     podlint.dev/ignore: RULE[,RULE]                        annotations of an object or a pod template, which hold for
 *     podlint.dev/ignore-RULE: REASON                        all of it
 *
 * An ignore that hides nothing, or names no rule that there is, is a finding itself. */
#ifndef PODLINT_SUPPRESS_H
#define PODLINT_SUPPRESS_H

#include "result.h"

/* Reads what the comments and annotations of a file ask for into `file->ignores`, allocated in `kept`. The documents of `file`
 * have to be there. Costs next to nothing for a text without the word podlint. */
void suppress_read(ResultFile *file, Source *source, Arena *kept, Arena *scratch);

/* Moves the findings that are ignored to `ignored` of their document, and adds findings about ignores that are useless or
 * wrong, as far as their rules are on. To be called once, when all findings are there. */
void suppress_apply(ResultFile *file, Arena *kept);

#endif
