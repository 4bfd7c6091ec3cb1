/* The rules of rules/reliability.yaml. */
#include "workload.h"

/* A single replica is missing during its update anyway, unless a share of 100% holds for whatever number there will be. */
static void check_unavailable(Lint *lint, const WorkloadPlan *plan, const Path *spec) {
    if (!plan->unavailable.set || !str_eq(plan->strategy, S("RollingUpdate"))) return;
    int64_t replicas = plan->replicas.set ? plan->replicas.value : 0, share = workload_share(plan->unavailable.value, 100);
    bool all = plan->unavailable.value.isString ? share >= 100 : replicas > 1 && share >= replicas;
    if (!all || (plan->replicas.set && replicas < 2)) return;
    Path strategy = path_field(spec, plan->strategyField), up = FIELD(&strategy, "rollingUpdate"),
         at = FIELD(&up, "maxUnavailable");
    emit_all_unavailable_update(lint->diags, lint_where(lint, &at),
                                .pods = plan->replicas.set ? str_format(lint->arena, "all %lld pods", (long long)replicas)
                                                           : S("all pods"));
}

/* Whether a second pod beside the first could not start: it wants the same port of its node, or the same claim. */
static bool takes_what_is_single(const Lint *lint) {
    for (uint32_t i = 0; i < lint->pod->volumes.n; i++)
        if (lint->pod->volumes.at[i].persistentVolumeClaim) return true;
    for (uint32_t i = 0; i < lint->pod->containers.n; i++)
        for (uint32_t j = 0; j < lint->pod->containers.at[i].ports.n; j++)
            if (lint->pod->hostNetwork || lint->pod->containers.at[i].ports.at[j].hostPort) return true;
    return false;
}

/* What a rolling update does with one replica, and with a share that comes to no pod at all. */
static void check_small_update(Lint *lint, const WorkloadPlan *plan, const Path *spec) {
    if (!model_is(lint->document, KIND_Deployment) || !plan->unavailable.set || !str_eq(plan->strategy, S("RollingUpdate")))
        return;
    int64_t replicas = plan->replicas.set ? plan->replicas.value : 1, share = workload_share(plan->unavailable.value, replicas);
    Path strategy = path_field(spec, plan->strategyField), up = FIELD(&strategy, "rollingUpdate"),
         at = FIELD(&up, "maxUnavailable");
    if (replicas == 1 && share >= 1 && !takes_what_is_single(lint))
        emit_single_replica_update(lint->diags, lint_where(lint, &at));
    if (plan->unavailable.value.isString && share == 0 && replicas > 0 && !workload_surges(lint->document))
        emit_update_share_zero(lint->diags, lint_where(lint, &at), .share = plan->unavailable.value.text,
                               .replicas = str_int(lint->arena, replicas));
}

void lint_update(Lint *lint, const PodSpec *self, const Path *path) {
    (void)self, (void)path;
    WorkloadPlan plan = workload_plan(lint->document);
    Path spec = FIELD(NULL, "spec"), history = FIELD(&spec, "revisionHistoryLimit");
    check_unavailable(lint, &plan, &spec);
    check_small_update(lint, &plan, &spec);
    if (plan.history.set && plan.history.value == 0) emit_revision_history_zero(lint->diags, lint_where(lint, &history));
}

/* The kubelet's own pods and those that Helm starts to test a release are meant to be alone. */
void lint_naked_pod(Lint *lint, const PodSpec *self, const Path *path) {
    (void)self, (void)path;
    const ObjectMeta *meta = lint->meta;
    Path at = FIELD(NULL, "kind");
    if (lint_workload(lint) != WORKLOAD_POD || meta->ownerReferences.n) return;
    if (map_get(meta->annotations, S("helm.sh/hook")) || map_get(meta->annotations, S("kubernetes.io/config.mirror"))) return;
    emit_naked_pod(lint->diags, lint_where(lint, &at));
}

void lint_replica_counts(Lint *lint, const PodSpec *self, const Path *path) {
    (void)self, (void)path;
    WorkloadPlan plan = workload_plan(lint->document);
    int64_t replicas = plan.replicas.set ? plan.replicas.value : 1, min = lint_int(lint, RULE_minimum_three_replicas, S("min"));
    Path spec = FIELD(NULL, "spec"), at = FIELD(&spec, "replicas");
    if (!plan.scaled) return;
    if (!replicas) emit_zero_replicas(lint->diags, lint_where(lint, &at), .kind = lint->document->kind);
    if (replicas < min)
        emit_minimum_three_replicas(lint->diags, lint_where(lint, &at), .kind = lint->document->kind,
                                    .replicas = str_int(lint->arena, replicas), .min = str_int(lint->arena, min));
}

void lint_strategy(Lint *lint, const PodSpec *self, const Path *path) {
    (void)self, (void)path;
    WorkloadPlan plan = workload_plan(lint->document);
    if (!plan.strategy.len || str_eq(plan.strategy, S("RollingUpdate"))) return;
    Path spec = FIELD(NULL, "spec"), up = path_field(&spec, plan.strategyField), at = FIELD(&up, "type");
    emit_no_rolling_update_strategy(lint->diags, lint_where(lint, &at), .strategy = plan.strategy);
}
