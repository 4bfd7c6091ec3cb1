/* What no server can have: API groups and kinds that cannot exist. */
#ifndef PODLINT_SERVED_H
#define PODLINT_SERVED_H

#include "model.h"

/* Reports that the apiVersion or the kind of a document, which podlint does not know, are none that a server can have, and marks
 * it unreadable. Groups with a dot that are not Kubernetes' own may be anybody's, and so may what other programs write as v1. */
void served_check(Document *document);

/* The apiVersion as the server reads it: it takes /v1 for v1 (schema.ParseGroupVersion of k8s.io/apimachinery). */
Str served_version(Str apiVersion);

#endif
