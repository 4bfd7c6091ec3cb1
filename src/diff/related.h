/* What a changed object means for the pods of others in the same run. */
#ifndef PODLINT_DIFF_RELATED_H
#define PODLINT_DIFF_RELATED_H

#include "diff.h"

/* Adds to the pairs of ConfigMaps, Secrets, Services, autoscalers and disruption budgets what their changes do to the pods of the
 * workloads on the new side, and to those of workloads what others have to say of their changes. */
void note_related(DiffResult *result, Arena *arena, const DiffSide *before, const DiffSide *after);

#endif
