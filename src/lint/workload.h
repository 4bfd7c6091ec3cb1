/* What the object around a pod says of it. */
#ifndef PODLINT_LINT_WORKLOAD_H
#define PODLINT_LINT_WORKLOAD_H

#include "check.h"

/* How many pods the workload keeps; 1 for kinds without replicas. */
int64_t workload_replicas(const Lint *lint);

/* Whether an update of a Deployment or DaemonSet starts new pods beside the old ones. */
bool workload_surges(const Lint *lint);

/* The Job of a Job or CronJob; NULL for other kinds. */
const JobSpec *workload_job(const Lint *lint);

#endif
