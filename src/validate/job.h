/* What Job and CronJob share. */
#ifndef PODLINT_JOB_H
#define PODLINT_JOB_H

#include "areas.h"

bool job_is_indexed(const JobSpec *spec);

/* What holds for a Job and for the template of a CronJob. */
void check_job_spec(Check *c, JobSpec *spec, const Path *path);

/* job_policy.c; the policies must be there, and the Job indexed for a successPolicy. */
void check_pod_failure_policy(Check *c, const JobSpec *spec, const Path *path);
void check_success_policy(Check *c, const JobSpec *spec, const Path *path);

#endif
