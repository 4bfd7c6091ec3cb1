/* libyaml's events of one document become a tree of nodes. */
#ifndef PODLINT_COMPOSE_H
#define PODLINT_COMPOSE_H

#include "node.h"

/* Reads the document in bytes at..end of a source, whose first content stands at out->span.at, into the root, the faults and
 * `readable` of `out`. Returns where its text ends in the source. */
size_t compose_document(NodeDocument *out, Arena *arena, const Source *source, size_t at, size_t end);

#endif
