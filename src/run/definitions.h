/* The definitions of custom resources that a run works with. */
#ifndef PODLINT_DEFINITIONS_H
#define PODLINT_DEFINITIONS_H

#include "crd/crd.h"
#include "config.h"

/* Where a repository keeps them. */
#define DEFINITIONS_FOLDER ".podlint/crds"

/* Opens the definitions in the files that --crds names, then those that configurations name (or NULL), then those that the
 * repository of the working directory keeps. NULL after telling which path cannot be read. `given` has to outlive the result,
 * which crds_free frees. */
Crds *definitions_open(InputList *given, const ConfigPaths *configured);

/* Tells on stderr what of the files could not be read so far; false if that is all of a file. */
bool definitions_good(const Crds *crds);

/* The folder of kept definitions of the repository that the working directory is in: the nearest one above it. at is NULL where
 * there is none. Allocated in `arena`. */
Str definitions_folder(Arena *arena);

#endif
