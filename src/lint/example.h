/* The examples of rules. */
#ifndef PODLINT_EXAMPLE_H
#define PODLINT_EXAMPLE_H

#include "base/base.h"

/* The objects of an example, which is YAML of whole objects, of a pod's spec (it has containers), or of a container. */
Str rule_example(Arena *arena, Str example);

#endif
