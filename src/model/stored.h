/* Objects as the API server stores them: the typed, defaulted model written back as JSON or YAML. */
#ifndef PODLINT_STORED_H
#define PODLINT_STORED_H

#include <stdio.h>

#include <jansson.h>

#include "model.h"

/* The object of a document as JSON, fields in the order of the schema; the caller owns the reference. NULL if it has none. The
 * status is left out: the server does not take it from a manifest. */
json_t *stored_json(Arena *arena, const Document *document);

/* Any value of a document as JSON; the caller owns the reference. */
json_t *stored_node(Arena *arena, const Node *node);

/* Writes any JSON value as a document of YAML. */
void stored_write_yaml(FILE *out, const json_t *object);

#endif
