/* Where pods stand in custom resources (schema/pods.yaml). */
#ifndef PODLINT_GEN_PODS_H
#define PODLINT_GEN_PODS_H

#include <stdio.h>

#include "types.h"

/* Tells what is wrong with the file. */
void pods_check(File *file, const Schema *schema);

/* Writes the table of its rows. */
void pods_put_tables(FILE *out, const File *file);

#endif
