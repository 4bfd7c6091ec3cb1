/* Fixes that no rule can state in steps: they look at what else is written, or take a value apart. */
#ifndef PODLINT_SPECIAL_H
#define PODLINT_SPECIAL_H

#include "way.h"

/* Whether it is worth to look for one. */
bool special_may_find(const Finding *finding);

/* The fix of a finding whose rule states none; false if there is none. */
bool special_find(const Editor *editor, const Finding *finding, Fix *out);

#endif
