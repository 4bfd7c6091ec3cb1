/* Objects of kinds that are not decoded. */
#ifndef PODLINT_LINT_KINDS_H
#define PODLINT_LINT_KINDS_H

#include "check.h"

enum { CONFIG_MAPS = 3 };

/* The maps of a ConfigMap or Secret: data, stringData, binaryData. */
extern const Str config_maps[CONFIG_MAPS];

/* Whether a document is a ConfigMap or Secret. */
bool is_config(const Document *document);

/* Whether a version is one of Kubernetes' own, and not of a custom resource. */
bool is_own_version(Str apiVersion);

#endif
