/* Changes of custom resources, whose definitions are known. */
#ifndef PODLINT_DIFF_CUSTOM_H
#define PODLINT_DIFF_CUSTOM_H

#include "diff.h"

/* Judges a pair of custom resources of one kind: what the server says of the update, and what differs. */
void diff_judge_custom(Arena *arena, Pair *pair);

#endif
