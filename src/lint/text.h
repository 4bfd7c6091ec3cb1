/* What the rules about text share with those about objects that are not decoded. */
#ifndef PODLINT_LINT_TEXT_H
#define PODLINT_LINT_TEXT_H

#include "check.h"

/* Reports a key such as on or y, which YAML 1.1 reads as a boolean. */
void check_implicit_key(Lint *lint, const Entry *entry, const Path *path);

/* Reports a plain text such as 22:22, which some readers take for a number to base 60. */
void check_sexagesimal(Lint *lint, const Node *node, const Path *path);

/* Reports both in the maps of texts of an object that holds no pod. */
void lint_other_scalars(Lint *lint, const Document *self, const Path *path);

#endif
