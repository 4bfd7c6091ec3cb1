/* What the tests in a tree compare with a cluster: files of parts of objects, named by chainsaw-test.yaml and kyverno-test.yaml,
 * or by their own names as kuttl has them (00-assert.yaml, 00-errors.yaml). What kyverno-test.yaml tests policies on is never
 * applied either. In all that chainsaw reads, it evaluates (expressions). */
#ifndef PODLINT_EXPECTATIONS_H
#define PODLINT_EXPECTATIONS_H

#include "kustomize.h"

/* Marks the files of the list that are such parts: their `use` says so. Call it after kustomize_read. */
void expectations_read(InputList *list);

#endif
