/* The policies of a Job: which failed pods count (podFailurePolicy) and when enough has succeeded (successPolicy). */
#include "job.h"

#include <stdlib.h>

/* podFailurePolicy. */

static void refuse_container(Check *c, const PodSpec *pod, Str name, const Path *path) {
    ARRAY(Str) names = {0};
    for (uint32_t i = 0; i < pod->containers.n; i++) ARRAY_PUSH(c->arena, &names, pod->containers.at[i].name);
    for (uint32_t i = 0; i < pod->initContainers.n; i++) ARRAY_PUSH(c->arena, &names, pod->initContainers.at[i].name);
    Str hint = did_you_mean(c->arena, name, names.at, names.n);
    if (!hint.len && names.n && names.n <= 8) hint = str_join(c->arena, S("it has "), words_or(c->arena, names.at, names.n));
    Diag *d = emit_job_exit_container(c->diags, where(c, path), .name = name, .hint = hint);
    d->follows = has_unknown_container(pod);
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
    Diag *diag = emit_job_exit_duplicate(c->diags, where(c, &at), .value = str_int(c->arena, value));
    diag_note(c->diags, diag, where(c, &before).span, S("first listed here"));
}

/* Exit codes that are not in order: they are sorted to find the repeated ones. */
static void check_unordered_exit_codes(Check *c, IntList list, uint32_t late, const Path *values) {
    emit_job_exit_order(c->diags, where(c, values), .value = str_int(c->arena, list.at[late]),
                        .previous = str_int(c->arena, list.at[late - 1]));
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

static void check_on_exit_codes(Check *c, const JobSpec *spec, const PodFailurePolicyOnExitCodesRequirement *codes,
                                const Path *path) {
    Path op = FIELD(path, "operator"), container = FIELD(path, "containerName");
    if (!codes->operator.len)
        emit_job_exit_operator_required(c->diags, where(c, &op));
    else
        CHECK_FIELD(c, PodFailurePolicyOnExitCodesRequirement, operator, codes, path);
    if (codes->containerName.at && !container_named(&spec->template.spec, codes->containerName))
        refuse_container(c, &spec->template.spec, codes->containerName, &container);
    check_exit_codes(c, codes, path);
}

static void check_on_pod_conditions(Check *c, PodFailurePolicyOnPodConditionsPatternList list, const Path *path) {
    for (uint32_t i = 0; i < list.n; i++) {
        Path item = path_index(path, i), type = FIELD(&item, "type");
        check_qualified_name(c, list.at[i].type, &type);
    }
}

static void check_failure_action(Check *c, const JobSpec *spec, const PodFailurePolicyRule *rule, const Path *path) {
    Path at = FIELD(path, "action");
    if (!rule->action.len)
        emit_job_failure_action_required(c->diags, where(c, &at));
    else if (str_eq(rule->action, S("FailIndex")) && !spec->backoffLimitPerIndex.set)
        emit_job_fail_index(c->diags, where(c, &at));
    else
        CHECK_FIELD(c, PodFailurePolicyRule, action, rule, path);
}

static void check_failure_rule(Check *c, const JobSpec *spec, const PodFailurePolicyRule *rule, const Path *path) {
    Path codes = FIELD(path, "onExitCodes"), conditions = FIELD(path, "onPodConditions");
    check_failure_action(c, spec, rule, path);
    if (rule->onExitCodes) check_on_exit_codes(c, spec, rule->onExitCodes, &codes);
    if (rule->onPodConditions.n) check_on_pod_conditions(c, rule->onPodConditions, &conditions);
    if (rule->onExitCodes && rule->onPodConditions.n) emit_job_failure_rule_both(c->diags, where(c, path));
    if (!rule->onExitCodes && !rule->onPodConditions.n) emit_job_failure_rule_empty(c->diags, where(c, path));
}

void check_pod_failure_policy(Check *c, const JobSpec *spec, const Path *path) {
    PodFailurePolicyRuleList list = spec->podFailurePolicy->rules;
    Path rules_path = FIELD(path, "rules");
    CHECK_FIELDS_BELOW(c, PodFailurePolicy, spec->podFailurePolicy, path);
    for (uint32_t i = 0; i < list.n; i++) {
        Path at = path_index(&rules_path, i);
        check_failure_rule(c, spec, &list.at[i], &at);
    }
}

/* successPolicy. */

typedef struct Indexes {
    Str rest;      /* the intervals that are not read yet */
    bool more;     /* whether there is one */
    int64_t last;  /* the highest index so far */
    int64_t total; /* how many there are so far */
} Indexes;

static bool parse_index(Arena *arena, Str text, int64_t completions, int64_t *index, Str *fault) {
    if (!int_parse(text, 0, INT64_MAX, index)) {
        *fault = text.len ? str_format(arena, "\"%.*s\" is not an index", TEXT(text)) : S("an index is missing");
        return false;
    }
    if (*index < completions) return true;
    *fault = str_format(arena, "index %.*s is too high; with completions %lld the highest is %lld", TEXT(text),
                        (long long)completions, (long long)completions - 1);
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
        *fault = str_format(arena, "\"%.*s\" is not a range of indexes", TEXT(text));
        return false;
    }
    if (!parse_index(arena, first, completions, &low, fault) || !parse_index(arena, last, completions, &high, fault))
        return false;
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
    bool byIndexes = rule->succeededIndexes.at && total < completions;
    if (count > (byIndexes ? total : completions))
        emit_job_success_count(c->diags, where(c, path), .value = str_int(c->arena, count),
                               .limit = str_int(c->arena, byIndexes ? total : completions),
                               .things = byIndexes ? S("indexes that can be read from succeededIndexes") : S("completions"));
}

static void check_success_rule(Check *c, const SuccessPolicyRule *rule, OptInt completions, const Path *path) {
    Path indexes = FIELD(path, "succeededIndexes"), count = FIELD(path, "succeededCount");
    Str text = rule->succeededIndexes, fault = S("");
    if (!rule->succeededCount.set && !text.at) emit_job_success_rule_empty(c->diags, where(c, path));
    if (!completions.set) return; /* reported already, and the numbers cannot be judged without */
    int64_t total = count_indexes(c->arena, text, completions.value, &fault);
    if (fault.len) emit_job_success_indexes(c->diags, where(c, &indexes), .fault = fault);
    CHECK_FIELD(c, SuccessPolicyRule, succeededCount, rule, path);
    if (rule->succeededCount.set) check_success_count(c, rule, completions.value, total, &count);
}

void check_success_policy(Check *c, const JobSpec *spec, const Path *path) {
    SuccessPolicyRuleList list = spec->successPolicy->rules;
    Path rules_path = FIELD(path, "rules");
    if (!list.n) emit_job_success_rules_required(c->diags, where(c, &rules_path));
    CHECK_FIELDS_BELOW(c, SuccessPolicy, spec->successPolicy, path);
    for (uint32_t i = 0; i < list.n; i++) {
        Path at = path_index(&rules_path, i);
        check_success_rule(c, &list.at[i], spec->completions, &at);
    }
}
