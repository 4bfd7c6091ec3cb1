/* The kinds of Kubernetes (schema/kinds.yaml), read and checked against the types. */
#ifndef PODLINT_GEN_KINDS_H
#define PODLINT_GEN_KINDS_H

#include <stdio.h>

#include "types.h"

/* Reads the kinds; the types that their objects are read as learn their names. */
void kinds_read(Schema *schema, File *file);

/* Writes the enumeration of kinds, and the tables of kinds below those of the types. */
void kinds_put_constants(FILE *out, const Schema *schema);
void kinds_put_tables(FILE *out, const Schema *schema);

#endif
