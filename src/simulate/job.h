/* Jobs and CronJobs (k8s.io/kubernetes/pkg/controller: job, cronjob). */
#ifndef PODLINT_SIMULATE_JOB_H
#define PODLINT_SIMULATE_JOB_H

#include "workload.h"

/* Plays a Job with pods of this template into `out`. */
void job_simulate(Rollout *out, Arena *arena, const JobSpec *spec, PodView view, const Scenario *scenario);

/* Plays the schedule of a CronJob, whose Jobs all go as one of them does. */
void cron_job_simulate(Rollout *out, Arena *arena, const CronJobSpec *spec, PodView view, const Scenario *scenario);

#endif
