/* Jobs (k8s.io/kubernetes/pkg/apis/batch/validation, and what pkg/registry/batch/job does before it: a Job without manualSelector
 * gets a selector by its uid, and its template labels by uid and name). The uid is known to nobody before the Job is made; a text
 * that can be no label value stands for it here. spec.scheduling is no part of this: its gate is off in every version, and the
 * server drops the field. */
#include "job.h"

#include <stdio.h>

enum {
    INDEXED_MAX = 100000, /* parallelism and maxFailedIndexes */
    MANY_COMPLETIONS = 100000,
    MANY_INDEXED_MAX = 10000, /* the same two above MANY_COMPLETIONS with retries by index */
};

bool job_is_indexed(const JobSpec *spec) {
    return spec->completionMode.at && str_eq(spec->completionMode, S("Indexed"));
}

static bool is_non_indexed(const JobSpec *spec) {
    return !spec->completionMode.at || str_eq(spec->completionMode, S("NonIndexed"));
}

/* Numbers that depend on each other. */

static void check_limit(Check *c, OptInt count, int64_t limit, Str condition, const Path *path) {
    if (count.value > limit)
        emit_job_indexed_limit(c->diags, where(c, path), .field = path->name, .value = str_int(c->arena, count.value),
                               .limit = str_int(c->arena, limit), .condition = condition);
}

static void check_indexed(Check *c, const JobSpec *spec, const Path *path) {
    Path completions = FIELD(path, "completions"), parallelism = FIELD(path, "parallelism"),
         failed = FIELD(path, "maxFailedIndexes");
    bool many = spec->completions.value > MANY_COMPLETIONS && spec->backoffLimitPerIndex.set;
    int64_t limit = many ? MANY_INDEXED_MAX : INDEXED_MAX;
    Str condition = many ? S("with backoffLimitPerIndex and more than 100000 completions") : S("with completionMode Indexed");
    if (!spec->completions.set) emit_job_indexed_completions(c->diags, where(c, &completions));
    if (many && !spec->maxFailedIndexes.set) emit_job_max_failed_required(c->diags, where(c, &failed));
    check_limit(c, spec->parallelism, limit, condition, &parallelism);
    if (!spec->maxFailedIndexes.set) return;
    if (spec->completions.set && spec->completions.value < limit)
        check_limit(c, spec->maxFailedIndexes, spec->completions.value, S("when that is the number of completions"), &failed);
    else
        check_limit(c, spec->maxFailedIndexes, limit, condition, &failed);
}

static void refuse_unless_indexed(Check *c, const JobSpec *spec, const char *name, const Path *path) {
    Path at = path_field(path, str_of(name));
    Str cause = spec->completionMode.len ? str_format(c->arena, ", and it is %.*s", TEXT(spec->completionMode)) : S("");
    Str hint = str_format(c->arena, "set completionMode: Indexed and completions, or leave %s out", name);
    emit_job_indexed_only(c->diags, where(c, &at), .field = at.name, .cause = cause, .hint = hint);
}

static void check_completion_mode(Check *c, const JobSpec *spec, const Path *path) {
    if (job_is_indexed(spec)) check_indexed(c, spec, path);
    if (!is_non_indexed(spec)) return;
    if (spec->backoffLimitPerIndex.set) refuse_unless_indexed(c, spec, "backoffLimitPerIndex", path);
    if (spec->maxFailedIndexes.set) refuse_unless_indexed(c, spec, "maxFailedIndexes", path);
}

static void check_pod_replacement_policy(Check *c, const JobSpec *spec, const Path *path) {
    Str policy = spec->podReplacementPolicy;
    Path at = FIELD(path, "podReplacementPolicy");
    if (!spec->podFailurePolicy)
        CHECK_FIELD(c, JobSpec, podReplacementPolicy, spec, path);
    else if (policy.at && !str_eq(policy, S("Failed")))
        emit_job_replacement_failed(c->diags, where(c, &at), .value = policy);
}

static bool is_set_in_container(const JobSpec *spec) {
    const ContainerList *list = &spec->template.spec.containers;
    for (uint32_t i = 0; i < list->n; i++)
        if (list->at[i].restartPolicy.len) return true;
    return false;
}

/* The template's restart policy, beyond what holds for any pod: other values than the three are reported there. */
static void check_restart_policy(Check *c, const JobSpec *spec, const Path *template) {
    Path pod = FIELD(template, "spec"), at = FIELD(&pod, "restartPolicy");
    Str policy = spec->template.spec.restartPolicy;
    bool written = spec->template.spec.head.node && node_get(spec->template.spec.head.node, S("restartPolicy"));
    if (!policy.len || str_eq(policy, S("Always")))
        emit_job_restart_policy(c->diags, where(c, &at),
                                .cause = written                     ? S("")
                                         : is_set_in_container(spec) ? S(" by default, whatever its containers say")
                                                                     : S(" by default"));
    else if (spec->podFailurePolicy && str_eq(policy, S("OnFailure")))
        emit_job_restart_policy_never(c->diags, where(c, &at), .value = policy);
}

void check_job_spec(Check *c, JobSpec *spec, const Path *path) {
    Path managed = FIELD(path, "managedBy"), failure = FIELD(path, "podFailurePolicy"), success = FIELD(path, "successPolicy"),
         template = FIELD(path, "template"), perIndex = FIELD(path, "backoffLimitPerIndex");
    CHECK_FIELDS(c, JobSpec, spec, path);
    if (spec->maxFailedIndexes.set && !spec->backoffLimitPerIndex.set)
        emit_job_backoff_per_index_required(c->diags, where(c, &perIndex));
    if (spec->managedBy.at) check_controller_name(c, spec->managedBy, &managed);
    check_completion_mode(c, spec, path);
    if (spec->podFailurePolicy) check_pod_failure_policy(c, spec, &failure);
    if (spec->successPolicy && job_is_indexed(spec)) check_success_policy(c, spec, &success);
    if (spec->successPolicy && !job_is_indexed(spec)) refuse_unless_indexed(c, spec, "successPolicy", path);
    check_pod_replacement_policy(c, spec, path);
    check_pod_template(c, &spec->template, &template);
    check_restart_policy(c, spec, &template);
}

/* The selector of a Job. */

static const Str unknown_uid = STR("?"); /* no label value, so that no manifest has it */

typedef enum GeneratedLabel { LABEL_OLD_NAME, LABEL_NAME, LABEL_OLD_UID, LABEL_UID, GENERATED_LABELS } GeneratedLabel;

static const Str generated_labels[GENERATED_LABELS] = {
    [LABEL_OLD_NAME] = STR("job-name"),
    [LABEL_NAME] = STR("batch.kubernetes.io/job-name"),
    [LABEL_OLD_UID] = STR("controller-uid"),
    [LABEL_UID] = STR("batch.kubernetes.io/controller-uid"),
};

static Str generated_value(GeneratedLabel label, Str name) {
    return label == LABEL_NAME || label == LABEL_OLD_NAME ? name : unknown_uid;
}

static StrMap with_pair(Check *c, StrMap map, Str key, Str value) {
    if (map_get(map, key)) return map;
    StrPair *pairs = NEW_ARRAY(c->arena, StrPair, map.n + 1);
    if (map.n) memcpy(pairs, map.at, sizeof *pairs * map.n);
    pairs[map.n] = (StrPair){key, value};
    return (StrMap){.at = pairs, .n = map.n + 1};
}

static StrMap with_generated_labels(Check *c, StrMap labels, Str name) {
    for (GeneratedLabel i = 0; i < GENERATED_LABELS; i++)
        labels = with_pair(c, labels, generated_labels[i], generated_value(i, name));
    return labels;
}

/* Whether the selector is valid; reports what is wrong. */
static bool selector_is_valid(Check *c, const LabelSelector *selector, const Path *path) {
    uint32_t before = diag_found(c->diags);
    check_label_selector(c, selector, path);
    return diag_found(c->diags) == before;
}

static void check_manual_selector(Check *c, const JobSpec *spec, const Path *path, const Path *labels) {
    if (!spec->selector) {
        emit_job_selector_required(c->diags, where(c, path));
        emit_job_selector_template(c->diags, where(c, labels), .cause = S(", because there is none"),
                                   .hint = S("write the selector"));
        return;
    }
    if (selector_is_valid(c, spec->selector, path) && !selector_matches(spec->selector, spec->template.metadata.labels))
        emit_job_selector_template(c->diags, where(c, labels), .cause = S(""),
                                   .hint = S("give the template all labels that the selector asks for"));
}

/* Labels that the server sets itself: written by hand, or made of a name that is too long for it. The server reports the second
 * under a path without `metadata`, as it does for all labels of a template. */
static void check_server_labels(Check *c, const Job *job, Str name, const Path *template) {
    StrMap labels = job->spec.template.metadata.labels;
    Path meta = FIELD(template, "metadata"), written = FIELD(&meta, "labels"), made = FIELD(template, "labels");
    for (GeneratedLabel i = 0; i < GENERATED_LABELS; i++) {
        const Str *value = map_get(labels, generated_labels[i]);
        bool isName = i == LABEL_NAME || i == LABEL_OLD_NAME;
        if (!value || (isName && str_eq(*value, name))) continue;
        Path at = path_key(&written, generated_labels[i]);
        emit_job_generated_label(c->diags, where(c, &at), .label = generated_labels[i],
                                 .wanted = isName ? str_format(c->arena, "\"%.*s\"", TEXT(name)) : S("the uid of the Job"),
                                 .value = *value);
    }
    bool named = map_get(labels, generated_labels[LABEL_NAME]) && map_get(labels, generated_labels[LABEL_OLD_NAME]);
    if (!named && !is_label_value(name))
        emit_job_name_label(c->diags, where(c, &made), .name = name,
                            .reason = name.len > 63 ? str_format(c->arena, ": it has %zu characters", name.len) : S(""));
}

static void check_generated_selector(Check *c, const Job *job, const Path *path, const Path *labels_path) {
    Str name = stored_name(c->arena, &job->metadata);
    StrMap labels = job->spec.template.metadata.labels;
    if (!job->spec.selector && !map_get(labels, generated_labels[LABEL_UID])) return;
    LabelSelector selector = job->spec.selector ? *job->spec.selector : (LabelSelector){0};
    selector.matchLabels = with_pair(c, selector.matchLabels, generated_labels[LABEL_UID], unknown_uid);
    if (job->spec.selector && !selector_is_valid(c, job->spec.selector, path)) return;
    if (!selector_matches(&selector, with_generated_labels(c, (StrMap){0}, name)))
        emit_job_selector_manual(c->diags, where(c, path));
    if (!selector_matches(&selector, with_generated_labels(c, labels, name)))
        emit_job_selector_template(c->diags, where(c, labels_path), .cause = S(" that the server completes"),
                                   .hint = S("leave the selector and the labels of Jobs to the server"));
}

static void check_job_selector(Check *c, const Job *job, const Path *spec) {
    Path selector = FIELD(spec, "selector"), template = FIELD(spec, "template"), meta = FIELD(&template, "metadata"),
         labels = FIELD(&meta, "labels");
    if (job->spec.manualSelector.value)
        check_manual_selector(c, &job->spec, &selector, &labels);
    else
        check_generated_selector(c, job, &selector, &labels);
    if (!job->spec.manualSelector.value) check_server_labels(c, job, stored_name(c->arena, &job->metadata), &template);
}

/* Pods of an Indexed Job have the name of the Job, a dash and the index as hostname. */
static void check_indexed_name(Check *c, const Job *job, const Path *meta) {
    if (!job_is_indexed(&job->spec) || job->spec.completions.value <= 0) return;
    Str name = stored_name(c->arena, &job->metadata);
    char text[80];
    Str label = {text, 0};
    if (name.len <= 63) {
        int length = snprintf(text, sizeof text, "%.*s-%lld", TEXT(name), (long long)job->spec.completions.value - 1);
        label.len = (size_t)length;
        if (is_dns_label(label)) return;
    }
    Path at = FIELD(meta, "name");
    Str completions = str_int(c->arena, job->spec.completions.value), last = str_int(c->arena, job->spec.completions.value - 1);
    Str hint = name.len + 1 + last.len > 63 ? str_format(c->arena, "use a name of at most %zu characters", 63 - 1 - last.len)
                                            : S("use a-z, 0-9 and - only");
    emit_job_indexed_name(c->diags, where(c, &at), .name = name, .completions = completions,
                          .hostname = str_format(c->arena, "%.*s-%.*s", TEXT(name), TEXT(last)), .hint = hint);
}

void check_job(Check *c, void *object) {
    Job *job = object;
    Path meta = FIELD(NULL, "metadata"), spec = FIELD(NULL, "spec");
    check_job_spec(c, &job->spec, &spec);
    check_job_selector(c, job, &spec);
    check_indexed_name(c, job, &meta);
}
