/* How many columns a text takes on a terminal. */
#ifndef PODLINT_WIDTH_H
#define PODLINT_WIDTH_H

#include "base.h"

/* The columns of a text without control characters, whatever the locale: two for a wide character, none for a mark that stands on
 * another. A byte that is not UTF-8 takes one. */
size_t text_width(Str text);

#endif
