/* Which objects of a run are applied together, so that rules about objects together look at them: the resources of a
 * kustomization that no other one includes, at whatever distance; the files of a folder otherwise. Two files of a folder that
 * hold the same object are alternatives, and never stand in one world. */
#ifndef PODLINT_WORLDS_H
#define PODLINT_WORLDS_H

#include "input/kustomize.h"
#include "lint/objects.h"
#include "result.h"

/* Whether nobody knows which names and labels a document brings: it cannot be read, is filled in later, or is a custom resource
 * whose operator may make pods. */
bool world_is_uncertain(const Document *document);

/* The names of the worlds of a file of the run, by its number; of a run of one text `list` is NULL. */
StrList worlds_of_file(Arena *arena, const InputList *list, const Run *run, uint32_t file);

/* Groups the facts of a run, which are sorted by file and document, into worlds; all of them are one if it is closed. `list` may
 * be NULL. A world is uncertain if something in it could not be read, is filled in later, or makes pods that nobody knows.
 * Everything is allocated in `arena`; the count is returned. */
uint32_t worlds_find(Arena *arena, const InputList *list, const Run *run, Fact *const *facts, uint32_t count, bool closed,
                     ObjectWorld **out);

#endif
