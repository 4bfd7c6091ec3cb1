/* From places in a scalar's value back to the text that it was written as, for what is another language inside YAML. */
#ifndef PODLINT_TEXT_SPAN_H
#define PODLINT_TEXT_SPAN_H

#include "node.h"

/* Where the bytes `part` of a string node's value stand in its source, be it written plain, in quotes or as a block. White space
 * that YAML folds has the place of what follows it. The value of an alias stands elsewhere: then it is the alias's own place. */
Span node_text_span(const Source *source, const Node *node, Span part);

#endif
