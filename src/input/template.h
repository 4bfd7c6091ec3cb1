/* Templates: texts that cannot be read because another program has to fill something in first. */
#ifndef PODLINT_TEMPLATE_H
#define PODLINT_TEMPLATE_H

#include "yaml/node.h"

/* A copy of a text without what stands in comments, quotes and block scalars; all else keeps its place. */
Str template_bare(Arena *arena, Str text);

/* The program, in words, that would have to fill in a document that cannot be read, by the signs near its faults; `bare` is its
 * text, as template_bare makes it. Empty if there are none. */
Str template_program(Str bare, const NodeDocument *in);

/* Whether signs of a program stand anywhere in such a text. */
bool template_has_signs(Str bare);

#endif
