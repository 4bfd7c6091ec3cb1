/* Whether a text that was edited says what it should, and nothing else. */
#ifndef PODLINT_VERIFY_H
#define PODLINT_VERIFY_H

#include "yaml/node.h"

/* The documents of a source, as the server's reader takes them apart. */
typedef ARRAY(NodeDocument) NodeDocuments;

NodeDocuments verify_read(Arena *arena, const Source *source);

/* Whether a text holds exactly the trees of `wanted`, one for each document, as libyaml and as libfyaml read it, and has the
 * comments that `before` had. What was JSON is JSON. What libfyaml cannot read of `before` it is not asked about. */
bool verify_text(Arena *arena, const Source *before, const NodeDocuments *was, Str text, Node *const *wanted);

/* Whether a text says what `before` says, to the last value, whatever comments it has. */
bool verify_says_same(Arena *arena, const Source *before, const NodeDocuments *was, Str text);

#endif
