/* JSON in and out of the expression language's values. */
#ifndef PODLINT_CEL_JSON_H
#define PODLINT_CEL_JSON_H

#include "value.h"

/* Reads one JSON text, as the API server decodes custom resources: whole numbers within 64 bits are int, others double. False,
 * and the byte where it fails, if it is no JSON, or nested more than JSON_MAX_DEPTH levels. Strings may lie in `text`. */
bool json_read(Arena *arena, Str text, Value *out, size_t *at);

enum { JSON_MAX_DEPTH = 1000 };

/* A string in quotes. */
void json_write_string(Buf *out, Str text);

/* A value as {"type": ..., "value": ...}, with keys in order. */
void json_write_typed(Buf *out, Eval *ev, Value v);

/* A value that came from JSON, as JSON. */
void json_write_plain(Buf *out, Eval *ev, Value v);

/* A value as a person would write it in an expression, over several lines if it is long. */
void value_write(Buf *out, Eval *ev, Value v);

#endif
