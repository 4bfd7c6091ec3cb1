/* `podlint cel`: one expression over a manifest for a person, or many over JSON lines for a program. */
#ifndef PODLINT_CEL_COMMAND_H
#define PODLINT_CEL_COMMAND_H

#include <stdio.h>

#include "base.h"

/* Prints the value of the expression for each object of the manifest, or once without an object if `manifest` is NULL. `raw`: the
 * object as it is written instead of with the types and defaults of the API. Returns the exit code: 1 if an expression is refused
 * or has no value. */
int cel_command_run(FILE *out, const char *expression, const char *manifest, bool raw, uint8_t minor);

/* Reads JSON lines with "id", "expr" and "vars" (and "typedVars", "compose", "typed") and answers each with one line. */
int cel_command_batch(FILE *out);

#endif
