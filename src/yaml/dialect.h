/* go.yaml.in/yaml/v2 is a port of an older libyaml and differs from the current one in five places that manifests meet:
 * - inside brackets a plain scalar may end in `:` before a comma or bracket, as in [run, x:]: it is repaired with quotes around
 * it;
 * - \' is an escape in double quotes: it is repaired by taking the backslash out;
 * - \/ is none, unless the document is JSON, which kubectl reads as JSON;
 * - brackets and commas belong to a tag, as in !!str[a]: there they are repaired by escapes;
 * - inside brackets a ? ends a plain scalar, as in [http://host/?q]. Nothing valid can follow, so this and \/ are faults. */
#ifndef PODLINT_DIALECT_H
#define PODLINT_DIALECT_H

#include <yaml.h>

#include "marks.h"
#include "node.h"

/* Adds what the server's reader refuses in a plain scalar inside brackets, or in one in double quotes, `written` so at byte `at`
 * of the source. */
void dialect_check_plain(Arena *arena, NodeDocument *out, Str written, size_t at);
void dialect_check_quoted(Arena *arena, NodeDocument *out, Str written, size_t at);

/* Inside brackets libyaml ends a tag at a comma: at byte `at` of the text, behind a tagged value that is empty. True if the text
 * was edited so that it reads on; `refused` tells that the server's reader wants white space there. */
bool dialect_repair_tag(Marks *marks, Arena *arena, size_t at, bool *refused);

/* If libyaml stopped at something that the server's reader takes, edits the text so that it reads on and returns true. */
bool dialect_repair(Marks *marks, Arena *arena, const yaml_parser_t *parser);

#endif
