/* Scalars take the types of YAML 1.1 with the extras and omissions of go.yaml.in/yaml/v2, and numbers then the form that Go's
 * JSON encoder gives them, because that text is what the typed fields are decoded from. */
#ifndef PODLINT_RESOLVE_H
#define PODLINT_RESOLVE_H

#include "node.h"

/* The kind of a scalar without a tag or with a core tag; `json` gets the JSON text of what is not a string. */
NodeKind resolve_plain(Str s, Arena *arena, Str *json);

/* Whether what a scalar `value` resolved to, with the text `json`, may stand behind a core tag such as "int". */
bool resolved_fits(NodeKind kind, Str tag, Str value, Str json);

/* A float as Go's encoding/json writes it. */
Str resolved_float(Arena *arena, double value);

/* The JSON text of a float as sigs.k8s.io/yaml writes it when it is a map's key: as a float32. */
Str resolved_key(Arena *arena, Str json);

#endif
