/* The rules about objects together: what one names in another, selects of it or takes from it. They run when all files of a run
 * have been read, over the facts of its objects. */
#ifndef PODLINT_OBJECTS_H
#define PODLINT_OBJECTS_H

#include "facts.h"

typedef ARRAY(Fact *) FactGroup;

/* Objects that are applied together. */
typedef struct ObjectWorld {
    Fact **facts;
    uint32_t count;
    FactGroup around; /* what stands in folders above and below, and may be applied with them: it is not said of it that it is not
                         here */
    bool closed;      /* what is not here does not exist; otherwise it may be in the cluster */
    bool uncertain;   /* something of it is not known, so that it is not said of any object that it is not here */
} ObjectWorld;

/* Adds what is found to the `diags` of the facts. Objects are only compared within a world and a namespace (one that is not
 * written may be any). `on` says by rule number what any of the files wants to know; the rest may be left out. */
void objects_check(Arena *arena, const bool *on, const ObjectWorld *worlds, uint32_t count);

#endif
