/* What the definition of a custom resource tells of its kind and its fields. */
#ifndef PODLINT_EXPLAIN_CUSTOM_H
#define PODLINT_EXPLAIN_CUSTOM_H

#include "crd/crd.h"
#include "explain.h"

/* Writes what a query such as certificate.spec.dnsNames names: a kind by its name, its plural or NAME.GROUP, and the way to a
 * field. EXPLAINS_NOTHING, with nothing written, if no definition has the kind; with a message if the kind has no such field. */
ExplainKind explain_custom(Buf *out, Crds *crds, Str query, const ExplainSettings *settings);

#endif
