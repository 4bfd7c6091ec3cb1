/* The rules about objects together: what one names in another, selects of it or takes from it. They run when all files of a run
 * have been read, over the facts of its objects. */
#ifndef PODLINT_OBJECTS_H
#define PODLINT_OBJECTS_H

#include "facts.h"

/* Adds what is found to the `diags` of the facts. Objects are only compared within a namespace (one that is not written may be
 * any) and, unless the world is closed, within a folder: what is not in the run may be in the cluster. `on` says by rule
 * number what any of the files wants to know; the rest may be left out. */
void objects_check(Arena *arena, const bool *on, Fact *const *facts, uint32_t count, bool closedWorld);

#endif
