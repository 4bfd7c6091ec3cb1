/* The topics of explain (schema/NAME-topics.yaml). */
#ifndef PODLINT_GEN_TOPICS_H
#define PODLINT_GEN_TOPICS_H

#include "file.h"

typedef ARRAY(File *) Files;

void topics_check(const Files *files);

/* Writes topics_tables.c. */
void topics_write(const char *dir, const Files *files);

#endif
