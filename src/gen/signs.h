/* What people see and ask explain about (schema/NAME-signs.yaml). */
#ifndef PODLINT_GEN_SIGNS_H
#define PODLINT_GEN_SIGNS_H

#include "rules.h"
#include "topics.h"

/* Tells what is wrong: unknown rules and topics, and names that two signs have. */
void signs_check(const Files *files, const RuleSet *set, const Files *topics);

/* Writes signs_tables.c. */
void signs_write(const char *dir, const Files *files);

#endif
