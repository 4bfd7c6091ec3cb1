/* The difference of two texts as patch and git take it. */
#ifndef PODLINT_LINE_DIFF_H
#define PODLINT_LINE_DIFF_H

#include "base/base.h"

/* Adds a unified diff with three lines around each change; nothing where the texts are equal. `name` stands for both files. */
void line_diff(Buf *out, Str name, Str before, Str after);

#endif
