/* JSON text as a tree of nodes: the same tree that YAML gives, read by the rules of Go's encoding/json. */
#ifndef PODLINT_YAML_JSON_H
#define PODLINT_YAML_JSON_H

#include "node.h"

/* Reads the JSON value that starts at byte `at` of a source into the root, the faults and `readable` of `out`. Returns the byte
 * behind it, or 0 if no such value stands there: then `out` is as it was. Nesting is followed for NODE_MAX_DEPTH levels. */
size_t json_document(NodeDocument *out, Arena *arena, const Source *source, size_t at);

/* The first byte from `at` on that is no white space of JSON. */
size_t json_skip_space(Str text, size_t at);

#endif
