/* Job and CronJob (k8s.io/kubernetes/pkg/apis/batch/validation, and what pkg/registry/batch does before it: a Job without
 * manualSelector gets a selector by its uid, and its template labels by uid and name). The uid is known to nobody before the Job is
 * made; a text that can be no label value stands for it here. spec.scheduling is no part of this: its gate is off in every version,
 * and the server drops the field. */
#include "areas.h"
#include "cron.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    INDEXED_MAX = 100000,    /* parallelism and maxFailedIndexes */
    MANY_COMPLETIONS = 100000,
    MANY_INDEXED_MAX = 10000, /* the same two above MANY_COMPLETIONS with retries by index */
    RULES_MAX = 20,
    CONDITIONS_MAX = 20,
    EXIT_CODES_MAX = 255,
    MANAGED_BY_MAX = 63,
    INDEXES_TEXT_MAX = 64 * 1024,
    CRON_JOB_NAME_MAX = 52,
    GENERATED_BASE_MAX = 58,
};

static bool is_indexed(const JobSpec *spec) {
    return str_eq(spec->completionMode, S("Indexed"));
}

static bool is_non_indexed(const JobSpec *spec) {
    return !spec->completionMode.at || str_eq(spec->completionMode, S("NonIndexed"));
}

/* The name that the server will give: for generateName with five letters of its own choice, here xxxxx. */
static Str final_name(Check *c, const ObjectMeta *meta) {
    if (meta->name.len || !meta->generateName.len) return meta->name;
    Str base = meta->generateName;
    if (base.len > GENERATED_BASE_MAX) base.len = GENERATED_BASE_MAX;
    return str_join(c->arena, base, S("xxxxx"));
}

/* Numbers. */

static void check_counts(Check *c, const JobSpec *spec, const Path *path) {
    const struct {
        Str name;
        OptInt value;
    } counts[] = {{STR("parallelism"), spec->parallelism},
                  {STR("completions"), spec->completions},
                  {STR("activeDeadlineSeconds"), spec->activeDeadlineSeconds},
                  {STR("backoffLimit"), spec->backoffLimit},
                  {STR("ttlSecondsAfterFinished"), spec->ttlSecondsAfterFinished},
                  {STR("backoffLimitPerIndex"), spec->backoffLimitPerIndex},
                  {STR("maxFailedIndexes"), spec->maxFailedIndexes}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        Path at = path_field(path, counts[i].name);
        check_not_negative(c, counts[i].value.value, &at);
    }
    if (spec->maxFailedIndexes.set && !spec->backoffLimitPerIndex.set) {
        Path at = FIELD(path, "backoffLimitPerIndex");
        emit_job_backoff_per_index_required(c->diags, where(c, &at));
    }
}

static void check_limit(Check *c, OptInt count, int64_t limit, Str condition, const Path *path) {
    if (count.value > limit)
        emit_job_indexed_limit(c->diags, where(c, path), path->name, str_int(c->arena, count.value), str_int(c->arena, limit), condition);
}

static void check_indexed(Check *c, const JobSpec *spec, const Path *path) {
    Path completions = FIELD(path, "completions"), parallelism = FIELD(path, "parallelism"), failed = FIELD(path, "maxFailedIndexes");
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
    bool written = spec->completionMode.at && spec->completionMode.len;
    emit_job_indexed_only(c->diags, where(c, &at), at.name, written ? str_format(c->arena, ", and it is %.*s",
                          (int)spec->completionMode.len, spec->completionMode.at) : S(""),
                          str_format(c->arena, "set completionMode: Indexed and completions, or leave %s out", name));
}

static void check_completion_mode(Check *c, const JobSpec *spec, const Path *path) {
    static const Str modes[] = {STR("NonIndexed"), STR("Indexed")};
    Path at = FIELD(path, "completionMode");
    if (spec->completionMode.at) check_enum(c, spec->completionMode, modes, 2, &at);
    if (is_indexed(spec)) check_indexed(c, spec, path);
    if (!is_non_indexed(spec)) return;
    if (spec->backoffLimitPerIndex.set) refuse_unless_indexed(c, spec, "backoffLimitPerIndex", path);
    if (spec->maxFailedIndexes.set) refuse_unless_indexed(c, spec, "maxFailedIndexes", path);
}

/* managedBy: a DNS name, a slash and the characters of a URL's path. */
static void check_managed_by(Check *c, Str value, const Path *path) {
    if (value.len > MANAGED_BY_MAX) emit_job_managed_by_length(c->diags, where(c, path), str_int(c->arena, (int64_t)value.len));
    if (!check_required(c, value, path)) return;
    ptrdiff_t slash = str_find(value, '/');
    Str reason = S(""), hint = S("write it as in example.com/controller");
    if (slash <= 0 || (size_t)slash + 1 == value.len) {
        emit_job_managed_by(c->diags, where(c, path), value, reason, hint);
        return;
    }
    Str domain = {value.at, (size_t)slash}, rest = str_slice(value, (size_t)slash + 1);
    for (size_t i = 0; i < rest.len && !reason.len; i++) {
        char ch = rest.at[i];
        bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
        if (!letter && (!ch || !strchr("/-._~%!$&'()*+,;=:", ch))) reason = S(", and the path holds a character that a URL does not take");
    }
    if (!is_dns_subdomain(domain)) reason = S(", and what stands before the / is no DNS name");
    if (reason.len) emit_job_managed_by(c->diags, where(c, path), value, reason, hint);
}

/* podFailurePolicy. */

static bool has_container(const PodSpec *pod, Str name) {
    for (uint32_t i = 0; i < pod->containers.n; i++)
        if (str_eq(pod->containers.at[i].name, name)) return true;
    for (uint32_t i = 0; i < pod->initContainers.n; i++)
        if (str_eq(pod->initContainers.at[i].name, name)) return true;
    return false;
}

static void refuse_container(Check *c, const PodSpec *pod, Str name, const Path *path) {
    ARRAY(Str) names = {0};
    for (uint32_t i = 0; i < pod->containers.n; i++) ARRAY_PUSH(c->arena, &names, pod->containers.at[i].name);
    for (uint32_t i = 0; i < pod->initContainers.n; i++) ARRAY_PUSH(c->arena, &names, pod->initContainers.at[i].name);
    Str hint = did_you_mean(c->arena, name, names.at, names.n);
    if (!hint.len && names.n && names.n <= 8) hint = str_join(c->arena, S("it has "), words_or(c->arena, names.at, names.n));
    emit_job_exit_container(c->diags, where(c, path), name, hint);
}

typedef struct ExitCode {
    int64_t value;
    uint32_t index;
} ExitCode;

static int compare_exit_codes(const void *a, const void *b) {
    const ExitCode *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

static void report_repeated_exit_code(Check *c, int64_t value, uint32_t index, uint32_t first, const Path *values) {
    Path at = path_index(values, index), before = path_index(values, first);
    Diag *diag = emit_job_exit_duplicate(c->diags, where(c, &at), str_int(c->arena, value));
    diag_note(c->diags, diag, where(c, &before).span, S("first listed here"));
}

/* Exit codes that are not in order: they are sorted to find the repeated ones. */
static void check_unordered_exit_codes(Check *c, IntList list, uint32_t late, const Path *values) {
    emit_job_exit_order(c->diags, where(c, values), str_int(c->arena, list.at[late]), str_int(c->arena, list.at[late - 1]));
    ExitCode *sorted = NEW_ARRAY(c->arena, ExitCode, list.n);
    for (uint32_t i = 0; i < list.n; i++) sorted[i] = (ExitCode){list.at[i], i};
    qsort(sorted, list.n, sizeof *sorted, compare_exit_codes);
    for (uint32_t i = 1, first = 0; i < list.n; i++) {
        if (sorted[i].value == sorted[first].value)
            report_repeated_exit_code(c, sorted[i].value, sorted[i].index, sorted[first].index, values);
        else
            first = i;
    }
}

static void check_exit_codes(Check *c, const PodFailurePolicyOnExitCodesRequirement *codes, const Path *path) {
    Path values = FIELD(path, "values");
    IntList list = codes->values;
    bool in = str_eq(codes->operator, S("In"));
    if (!list.n) emit_job_exit_values_empty(c->diags, where(c, &values));
    if (list.n > EXIT_CODES_MAX) emit_job_exit_values_many(c->diags, where(c, &values), str_int(c->arena, list.n));
    uint32_t late = 0;
    for (uint32_t i = 0; i < list.n; i++) {
        Path at = path_index(&values, i);
        if (in && list.at[i] == 0) emit_job_exit_zero(c->diags, where(c, &at));
        if (!late && i && list.at[i - 1] > list.at[i]) late = i;
    }
    if (late) {
        check_unordered_exit_codes(c, list, late, &values);
        return;
    }
    for (uint32_t i = 1, first = 0; i < list.n; i++) {
        if (list.at[i] == list.at[first])
            report_repeated_exit_code(c, list.at[i], i, first, &values);
        else
            first = i;
    }
}

static void check_on_exit_codes(Check *c, const JobSpec *spec, const PodFailurePolicyOnExitCodesRequirement *codes, const Path *path) {
    static const Str operators[] = {STR("In"), STR("NotIn")};
    Path operator = FIELD(path, "operator"), container = FIELD(path, "containerName");
    if (!codes->operator.len)
        emit_job_exit_operator_required(c->diags, where(c, &operator));
    else
        check_enum(c, codes->operator, operators, 2, &operator);
    if (codes->containerName.at && !has_container(&spec->template.spec, codes->containerName))
        refuse_container(c, &spec->template.spec, codes->containerName, &container);
    check_exit_codes(c, codes, path);
}

static void check_on_pod_conditions(Check *c, PodFailurePolicyOnPodConditionsPatternList list, const Path *path) {
    static const Str statuses[] = {STR("True"), STR("False"), STR("Unknown")};
    if (list.n > CONDITIONS_MAX) emit_job_conditions_many(c->diags, where(c, path), str_int(c->arena, list.n));
    for (uint32_t i = 0; i < list.n; i++) {
        Path item = path_index(path, i), type = FIELD(&item, "type"), status = FIELD(&item, "status");
        check_qualified_name(c, list.at[i].type, &type);
        if (check_required(c, list.at[i].status, &status)) check_enum(c, list.at[i].status, statuses, 3, &status);
    }
}

static void check_failure_action(Check *c, const JobSpec *spec, Str action, const Path *path) {
    static const Str actions[] = {STR("Count"), STR("FailIndex"), STR("FailJob"), STR("Ignore")};
    if (!action.len)
        emit_job_failure_action_required(c->diags, where(c, path));
    else if (str_eq(action, S("FailIndex")) && !spec->backoffLimitPerIndex.set)
        emit_job_fail_index(c->diags, where(c, path));
    else
        check_enum(c, action, actions, 4, path);
}

static void check_failure_rule(Check *c, const JobSpec *spec, const PodFailurePolicyRule *rule, const Path *path) {
    Path action = FIELD(path, "action"), codes = FIELD(path, "onExitCodes"), conditions = FIELD(path, "onPodConditions");
    check_failure_action(c, spec, rule->action, &action);
    if (rule->onExitCodes) check_on_exit_codes(c, spec, rule->onExitCodes, &codes);
    if (rule->onPodConditions.n) check_on_pod_conditions(c, rule->onPodConditions, &conditions);
    if (rule->onExitCodes && rule->onPodConditions.n) emit_job_failure_rule_both(c->diags, where(c, path));
    if (!rule->onExitCodes && !rule->onPodConditions.n) emit_job_failure_rule_empty(c->diags, where(c, path));
}

static void check_pod_failure_policy(Check *c, const JobSpec *spec, const Path *path) {
    PodFailurePolicyRuleList list = spec->podFailurePolicy->rules;
    Path rules_path = FIELD(path, "rules");
    if (list.n > RULES_MAX)
        emit_job_policy_rules_many(c->diags, where(c, &rules_path), S("podFailurePolicy"), str_int(c->arena, list.n));
    for (uint32_t i = 0; i < list.n; i++) {
        Path at = path_index(&rules_path, i);
        check_failure_rule(c, spec, &list.at[i], &at);
    }
}

static void check_pod_replacement_policy(Check *c, const JobSpec *spec, const Path *path) {
    static const Str policies[] = {STR("TerminatingOrFailed"), STR("Failed")};
    Str policy = spec->podReplacementPolicy;
    if (!policy.at) return;
    if (!spec->podFailurePolicy)
        check_enum(c, policy, policies, 2, path);
    else if (!str_eq(policy, S("Failed")))
        emit_job_replacement_failed(c->diags, where(c, path), policy);
}

/* successPolicy. */

typedef struct Indexes {
    Str rest;       /* the intervals that are not read yet */
    bool more;      /* whether there is one */
    int64_t last;   /* the highest index so far */
    int64_t total;  /* how many there are so far */
} Indexes;

#define TEXT(s) (int)(s).len, (s).at

static bool parse_index(Arena *arena, Str text, int64_t completions, int64_t *index, Str *fault) {
    if (!int_parse(text, 0, INT64_MAX, index)) {
        *fault = text.len ? str_format(arena, "\"%.*s\" is no index", TEXT(text)) : S("an index is missing");
        return false;
    }
    if (*index < completions) return true;
    *fault = str_format(arena, "index %.*s is too high; with completions %lld the highest is %lld", TEXT(text), (long long)completions,
                        (long long)completions - 1);
    return false;
}

/* The next interval: INDEX or FIRST-LAST. */
static bool take_interval(Arena *arena, Indexes *indexes, int64_t completions, Str *fault) {
    ptrdiff_t comma = str_find(indexes->rest, ',');
    Str text = comma < 0 ? indexes->rest : (Str){indexes->rest.at, (size_t)comma};
    ptrdiff_t dash = str_find(text, '-');
    Str first = dash < 0 ? text : (Str){text.at, (size_t)dash}, last = dash < 0 ? text : str_slice(text, (size_t)dash + 1);
    int64_t low, high;
    if (str_find(last, '-') >= 0 && dash >= 0) {
        *fault = str_format(arena, "\"%.*s\" is no range of indexes", TEXT(text));
        return false;
    }
    if (!parse_index(arena, first, completions, &low, fault) || !parse_index(arena, last, completions, &high, fault)) return false;
    if (dash >= 0 && low >= high) {
        *fault = str_format(arena, "the range %.*s does not go upwards", TEXT(text));
        return false;
    }
    if (low <= indexes->last) {
        *fault = str_format(arena, "index %lld stands after %lld, and the list must be in ascending order", (long long)low,
                            (long long)indexes->last);
        return false;
    }
    *indexes = (Indexes){str_slice(indexes->rest, text.len + 1), comma >= 0, high, indexes->total + high - low + 1};
    return true;
}

/* Reads a list of indexes; returns how many it names, 0 if it is wrong, and says then why. */
static int64_t count_indexes(Arena *arena, Str text, int64_t completions, Str *fault) {
    Indexes indexes = {.rest = text, .more = text.len > 0, .last = -1};
    while (indexes.more)
        if (!take_interval(arena, &indexes, completions, fault)) return 0;
    return indexes.total;
}

static void check_success_count(Check *c, const SuccessPolicyRule *rule, int64_t completions, int64_t total, const Path *path) {
    int64_t count = rule->succeededCount.value;
    check_not_negative(c, count, path);
    bool byIndexes = rule->succeededIndexes.at && total < completions;
    if (count > (byIndexes ? total : completions))
        emit_job_success_count(c->diags, where(c, path), str_int(c->arena, count), str_int(c->arena, byIndexes ? total : completions),
                               byIndexes ? S("indexes that succeededIndexes names") : S("completions"));
}

static void check_success_rule(Check *c, const SuccessPolicyRule *rule, int64_t completions, const Path *path) {
    Path indexes = FIELD(path, "succeededIndexes"), count = FIELD(path, "succeededCount");
    Str text = rule->succeededIndexes, fault = S("");
    if (!rule->succeededCount.set && !text.at) emit_job_success_rule_empty(c->diags, where(c, path));
    if (text.len > INDEXES_TEXT_MAX) emit_job_success_indexes_length(c->diags, where(c, &indexes), str_int(c->arena, (int64_t)text.len));
    int64_t total = count_indexes(c->arena, text, completions, &fault);
    if (fault.len) emit_job_success_indexes(c->diags, where(c, &indexes), fault);
    if (rule->succeededCount.set) check_success_count(c, rule, completions, total, &count);
}

static void check_success_policy(Check *c, const JobSpec *spec, const Path *path) {
    SuccessPolicyRuleList list = spec->successPolicy->rules;
    Path rules_path = FIELD(path, "rules");
    if (!list.n) emit_job_success_rules_required(c->diags, where(c, &rules_path));
    if (list.n > RULES_MAX)
        emit_job_policy_rules_many(c->diags, where(c, &rules_path), S("successPolicy"), str_int(c->arena, list.n));
    if (!spec->completions.set) return; /* reported already; the rules cannot be judged without */
    for (uint32_t i = 0; i < list.n; i++) {
        Path at = path_index(&rules_path, i);
        check_success_rule(c, &list.at[i], spec->completions.value, &at);
    }
}

/* The template's restart policy, beyond what holds for any pod: other values than the three are reported there. */
static void check_restart_policy(Check *c, const JobSpec *spec, const Path *template) {
    Path pod = FIELD(template, "spec"), at = FIELD(&pod, "restartPolicy");
    Str policy = spec->template.spec.restartPolicy;
    bool written = spec->template.spec.head.node && node_get(spec->template.spec.head.node, S("restartPolicy"));
    if (!policy.len || str_eq(policy, S("Always")))
        emit_job_restart_policy(c->diags, where(c, &at), written ? S("") : S(" by default"));
    else if (spec->podFailurePolicy && str_eq(policy, S("OnFailure")))
        emit_job_restart_policy_never(c->diags, where(c, &at), policy);
}

/* What holds for a Job and for the template of a CronJob. */
static void check_job_spec(Check *c, JobSpec *spec, const Path *path) {
    Path managed = FIELD(path, "managedBy"), failure = FIELD(path, "podFailurePolicy"), success = FIELD(path, "successPolicy"),
         replacement = FIELD(path, "podReplacementPolicy"), template = FIELD(path, "template");
    check_counts(c, spec, path);
    if (spec->managedBy.at) check_managed_by(c, spec->managedBy, &managed);
    check_completion_mode(c, spec, path);
    if (spec->podFailurePolicy) check_pod_failure_policy(c, spec, &failure);
    if (spec->successPolicy && is_indexed(spec)) check_success_policy(c, spec, &success);
    if (spec->successPolicy && !is_indexed(spec)) refuse_unless_indexed(c, spec, "successPolicy", path);
    check_pod_replacement_policy(c, spec, &replacement);
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
    return (StrMap){pairs, map.n + 1};
}

static StrMap with_generated_labels(Check *c, StrMap labels, Str name) {
    for (GeneratedLabel i = 0; i < GENERATED_LABELS; i++) labels = with_pair(c, labels, generated_labels[i], generated_value(i, name));
    return labels;
}

/* Whether the selector is valid; reports what is wrong. */
static bool selector_is_valid(Check *c, const LabelSelector *selector, const Path *path) {
    uint32_t before = c->diags->items.n;
    check_label_selector(c, selector, path);
    return c->diags->items.n == before;
}

static void check_manual_selector(Check *c, const JobSpec *spec, const Path *path, const Path *labels) {
    if (!spec->selector) {
        emit_job_selector_required(c->diags, where(c, path));
        emit_job_selector_template(c->diags, where(c, labels), S(", because there is none"), S("write the selector"));
        return;
    }
    if (selector_is_valid(c, spec->selector, path) && !selector_matches(spec->selector, spec->template.metadata.labels))
        emit_job_selector_template(c->diags, where(c, labels), S(""), S("give the template all labels that the selector asks for"));
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
        emit_job_generated_label(c->diags, where(c, &at), generated_labels[i],
                                 isName ? str_format(c->arena, "\"%.*s\"", TEXT(name)) : S("the uid of the Job"), *value);
    }
    bool named = map_get(labels, generated_labels[LABEL_NAME]) && map_get(labels, generated_labels[LABEL_OLD_NAME]);
    if (!named && !is_label_value(name))
        emit_job_name_label(c->diags, where(c, &made), name,
                            name.len > 63 ? str_format(c->arena, ": it has %zu characters", name.len) : S(""));
}

static void check_generated_selector(Check *c, const Job *job, const Path *path, const Path *labels_path) {
    Str name = final_name(c, &job->metadata);
    StrMap labels = job->spec.template.metadata.labels;
    if (!job->spec.selector && !map_get(labels, generated_labels[LABEL_UID])) return;
    LabelSelector selector = job->spec.selector ? *job->spec.selector : (LabelSelector){0};
    selector.matchLabels = with_pair(c, selector.matchLabels, generated_labels[LABEL_UID], unknown_uid);
    if (job->spec.selector && !selector_is_valid(c, job->spec.selector, path)) return;
    if (!selector_matches(&selector, with_generated_labels(c, (StrMap){0}, name))) emit_job_selector_manual(c->diags, where(c, path));
    if (!selector_matches(&selector, with_generated_labels(c, labels, name)))
        emit_job_selector_template(c->diags, where(c, labels_path), S(" that the server completes"),
                                   S("leave the selector and the labels of Jobs to the server"));
}

static void check_job_selector(Check *c, const Job *job, const Path *spec) {
    Path selector = FIELD(spec, "selector"), template = FIELD(spec, "template"), meta = FIELD(&template, "metadata"),
         labels = FIELD(&meta, "labels");
    if (job->spec.manualSelector.value)
        check_manual_selector(c, &job->spec, &selector, &labels);
    else
        check_generated_selector(c, job, &selector, &labels);
    if (!job->spec.manualSelector.value) check_server_labels(c, job, final_name(c, &job->metadata), &template);
}

/* Pods of an Indexed Job have the name of the Job, a dash and the index as hostname. */
static void check_indexed_name(Check *c, const Job *job, const Path *meta) {
    if (!is_indexed(&job->spec) || job->spec.completions.value <= 0) return;
    Str name = final_name(c, &job->metadata);
    char text[80];
    Str label = {text, 0};
    if (name.len <= 63) {
        int length = snprintf(text, sizeof text, "%.*s-%lld", TEXT(name), (long long)job->spec.completions.value - 1);
        label.len = (size_t)length;
        if (is_dns_label(label)) return;
    }
    Path at = FIELD(meta, "name");
    Str completions = str_int(c->arena, job->spec.completions.value), last = str_int(c->arena, job->spec.completions.value - 1);
    Str hint = name.len + 1 + last.len > 63 ? str_format(c->arena, "use at most %zu characters", 63 - 1 - last.len)
                                            : S("use a-z, 0-9 and - only");
    emit_job_indexed_name(c->diags, where(c, &at), name, completions, str_format(c->arena, "%.*s-%.*s", TEXT(name), TEXT(last)), hint);
}

void check_job(Check *c, Job *job) {
    Path meta = FIELD(NULL, "metadata"), spec = FIELD(NULL, "spec");
    check_object_meta(c, &job->metadata, NAME_DNS_SUBDOMAIN, &meta);
    check_job_spec(c, &job->spec, &spec);
    check_job_selector(c, job, &spec);
    check_indexed_name(c, job, &meta);
}

/* CronJob. */

static Str field_form(Check *c, const CronFieldForm *form) {
    if (!form->names) return str_format(c->arena, "a number from %d to %d, or * for all", form->low, form->high);
    Str first = form->names[0], last = form->names[form->high - form->low];
    return str_format(c->arena, "a number from %d to %d, a name from %.*s to %.*s, or * for all", form->low, form->high, TEXT(first),
                      TEXT(last));
}

static Str number_hint(Check *c, const CronFieldForm *form, Str part) {
    for (int i = 0; form->names && i <= form->high - form->low; i++)
        if (part.len > 3 && str_eq_nocase((Str){part.at, 3}, form->names[i]))
            return str_format(c->arena, "names have three letters: %.*s", TEXT(form->names[i]));
    if (part.len && strchr("LlWw#", part.at[part.len - 1])) return S("L, W and # of other kinds of cron are not known here");
    return S("");
}

static Str order_hint(Check *c, const CronFieldForm *form, const CronFault *fault) {
    if (str_find(fault->part, '/') >= 0) return S("");
    return str_format(c->arena, "write it as %d-%d,%d-%d", (int)fault->start, form->high, form->low, (int)fault->end);
}

static Str count_hint(Check *c, Str schedule, int64_t count) {
    static const Str words[] = {STR("yearly"), STR("annually"), STR("monthly"), STR("weekly"), STR("daily"), STR("midnight"), STR("hourly")};
    Str word = str_trim(schedule);
    if (count == 6) return S("leave out the seconds or the year; Kubernetes has no field for them");
    if (count == 7) return S("leave out the seconds and the year; Kubernetes has no fields for them");
    if (str_starts(word, S("@"))) return S("leave out the space before @");
    if (str_in(word, words, sizeof words / sizeof *words)) return str_format(c->arena, "did you mean \"@%.*s\"?", TEXT(word));
    return S("");
}

static Str descriptor_hint(Check *c, Str text) {
    static const Str words[] = {STR("@yearly"), STR("@annually"), STR("@monthly"), STR("@weekly"), STR("@daily"), STR("@midnight"), STR("@hourly")};
    if (str_eq(text, S("@reboot"))) return S("a cluster has no start of its own; use a Job to run something once");
    if (str_starts(text, S("@every"))) return S("write one space after @every, and the duration after it");
    return did_you_mean(c->arena, str_trim(text), words, sizeof words / sizeof *words);
}

static Str duration_hint(Str text) {
    if (!text.len) return S("write how long to wait between two runs");
    char unit = text.at[text.len - 1];
    if (unit == 'd' || unit == 'w') return S("a day is 24h");
    if (unit >= '0' && unit <= '9') return S("write a unit after each number");
    return S("");
}

static void report_schedule(Check *c, Str schedule, const CronFault *fault, const Path *path) {
    const CronFieldForm *form = &cron_fields[fault->field];
    Where at = where(c, path);
    switch (fault->kind) {
    case CRON_ZONE: break; /* reported already */
    case CRON_COUNT: emit_cron_fields(c->diags, at, str_int(c->arena, fault->start), count_hint(c, schedule, fault->start)); break;
    case CRON_DESCRIPTOR: emit_cron_descriptor(c->diags, at, fault->part, descriptor_hint(c, fault->part)); break;
    case CRON_DURATION: emit_cron_duration(c->diags, at, fault->part, duration_hint(fault->part)); break;
    case CRON_NUMBER:
        emit_cron_number(c->diags, at, fault->part, form->name, field_form(c, form), number_hint(c, form, fault->part));
        break;
    case CRON_LOW:
    case CRON_HIGH: {
        int64_t value = fault->kind == CRON_LOW ? fault->start : fault->end;
        bool sunday = fault->field == CRON_WEEKDAY && value == 7;
        emit_cron_range(c->diags, at, str_int(c->arena, value), form->name, str_int(c->arena, form->low), str_int(c->arena, form->high),
                        sunday ? S("write 0 or sun for Sunday") : S(""));
        break;
    }
    case CRON_ORDER: emit_cron_order(c->diags, at, fault->part, form->name, order_hint(c, form, fault)); break;
    case CRON_STEP: emit_cron_step(c->diags, at, fault->part, form->name); break;
    case CRON_FORM: emit_cron_form(c->diags, at, fault->part, form->name); break;
    }
}

static void check_schedule(Check *c, Str schedule, const Path *path) {
    Cron cron;
    CronFault fault;
    if (!check_required(c, schedule, path)) return;
    bool good = cron_parse(schedule, &cron, &fault);
    if (str_has(schedule, S("TZ"))) {
        Str hint = S("use the field timeZone instead");
        if (cron.zone.len) hint = str_format(c->arena, "write schedule: \"%.*s\" and timeZone: %.*s", TEXT(cron.rest), TEXT(cron.zone));
        emit_cron_zone_in_schedule(c->diags, where(c, path), hint);
    }
    if (!good) report_schedule(c, schedule, &fault, path);
}

static void check_time_zone(Check *c, Str zone, const Path *path) {
    if (!zone.at) return;
    if (!zone.len)
        emit_cron_time_zone_empty(c->diags, where(c, path));
    else if (str_eq_nocase(zone, S("Local")))
        emit_cron_time_zone_local(c->diags, where(c, path), zone);
    else if (!zone_known(zone))
        emit_cron_time_zone(c->diags, where(c, path), zone, zone_meant(c->arena, zone));
}

static void check_job_template(Check *c, JobSpec *spec, const Path *path) {
    Path selector = FIELD(path, "selector"), manual = FIELD(path, "manualSelector");
    check_job_spec(c, spec, path);
    if (spec->selector) emit_job_template_selector(c->diags, where(c, &selector));
    if (spec->manualSelector.value) emit_job_template_manual_selector(c->diags, where(c, &manual));
}

static void check_cron_job_spec(Check *c, CronJobSpec *spec, const Path *path) {
    static const Str policies[] = {STR("Allow"), STR("Forbid"), STR("Replace")};
    Path schedule = FIELD(path, "schedule"), zone = FIELD(path, "timeZone"), deadline = FIELD(path, "startingDeadlineSeconds"),
         policy = FIELD(path, "concurrencyPolicy"), template = FIELD(path, "jobTemplate"), job = FIELD(&template, "spec"),
         successful = FIELD(path, "successfulJobsHistoryLimit"), failed = FIELD(path, "failedJobsHistoryLimit");
    check_schedule(c, spec->schedule, &schedule);
    check_time_zone(c, spec->timeZone, &zone);
    check_not_negative(c, spec->startingDeadlineSeconds.value, &deadline);
    if (check_required(c, spec->concurrencyPolicy, &policy)) check_enum(c, spec->concurrencyPolicy, policies, 3, &policy);
    check_job_template(c, &spec->jobTemplate.spec, &job);
    check_not_negative(c, spec->successfulJobsHistoryLimit.value, &successful);
    check_not_negative(c, spec->failedJobsHistoryLimit.value, &failed);
}

void check_cron_job(Check *c, CronJob *object) {
    Path meta = FIELD(NULL, "metadata"), name = FIELD(&meta, "name"), spec = FIELD(NULL, "spec");
    check_object_meta(c, &object->metadata, NAME_DNS_SUBDOMAIN, &meta);
    check_cron_job_spec(c, &object->spec, &spec);
    size_t length = final_name(c, &object->metadata).len;
    if (length > CRON_JOB_NAME_MAX) emit_cron_job_name(c->diags, where(c, &name), str_int(c->arena, (int64_t)length));
}
