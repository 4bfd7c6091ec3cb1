/* The warnings about Jobs and CronJobs themselves (k8s.io/kubernetes/pkg/registry/batch and pkg/api/job). */
#include "job.h"
#include "warning.h"

enum { MANY_COMPLETIONS = 100000, MANY_PODS = 10000 };

/* A name that is allowed, but makes bad hostnames. */
static void warn_of_name(Check *c, const ObjectMeta *meta) {
    Str name = stored_name(c->arena, meta);
    if (is_dns_label(name) || !is_dns_subdomain(name)) return;
    Path up = FIELD(NULL, "metadata"), at = FIELD(&up, "name");
    Str reason = name.len > 63 ? str_format(c->arena, ": it has %zu characters", name.len) : S(": it contains a dot");
    Str hint = name.len > 63 ? S("use at most 63 characters") : S("write - instead of .");
    emit_job_name_hostname(c->diags, where(c, &at), .name = name, .reason = reason, .hint = hint);
}

static void warn_of_many_indexes(Check *c, const JobSpec *spec, const Path *path) {
    if (!job_is_indexed(spec) || spec->completions.value <= MANY_COMPLETIONS || spec->parallelism.value <= MANY_PODS) return;
    emit_job_many_indexes(c->diags, where(c, path), .completions = str_int(c->arena, spec->completions.value),
                          .parallelism = str_int(c->arena, spec->parallelism.value));
}

void warn_job(Check *c, const void *object) {
    const Job *job = object;
    Path spec = FIELD(NULL, "spec");
    warn_of_name(c, &job->metadata);
    warn_of_many_indexes(c, &job->spec, &spec);
}

void warn_cron_job(Check *c, const void *object) {
    const CronJob *job = object;
    Path spec = FIELD(NULL, "spec"), template = FIELD(&spec, "jobTemplate"), inner = FIELD(&template, "spec");
    warn_of_name(c, &job->metadata);
    warn_of_many_indexes(c, &job->spec.jobTemplate.spec, &inner);
}
