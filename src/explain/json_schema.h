/* Kinds as JSON Schema, for editors that know nothing of podlint. */
#ifndef PODLINT_EXPLAIN_JSON_SCHEMA_H
#define PODLINT_EXPLAIN_JSON_SCHEMA_H

#include "model/schema.h"

/* Writes the JSON Schema (draft 07) of the objects of a kind in version 1.`minor`; of all judged kinds if it is NULL. */
void json_schema_write(Buf *out, const Kind *kind, uint8_t minor);

#endif
