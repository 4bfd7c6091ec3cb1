/* Claims that several pods want at once, and the tokens of service accounts. What a claim allows is known where it is in the run.
 */
#include "world.h"

static bool allows(const Fact *claim, Str mode) {
    return claim && str_in(mode, claim->accessModes.at, claim->accessModes.n);
}

/* A claim that one node, or one pod, may have. Whether anything was said. */
static bool check_single(World *w, Fact *workload, const FactReference *reference, bool onePod) {
    Str claim = reference->name, count = str_int(w->arena, workload->replicas);
    DiagList *diags = &workload->diags;
    if (onePod)
        emit_read_write_once_pod_shared(
            diags, reference->where, .claim = claim,
            .problem = workload->replicas > 1 ? str_format(w->arena, "of %.*s pods one starts", TEXT(count))
                                              : S("an update starts a second one, which never runs"),
            .hint = workload->replicas > 1 ? S("use a StatefulSet with volumeClaimTemplates, or ReadWriteMany")
                                           : S("set strategy.type: Recreate"));
    else if (workload->pinned)
        return false;
    else if (workload->replicas > 1)
        emit_read_write_once_replicas(diags, reference->where, .replicas = count, .claim = claim);
    else
        emit_read_write_once_rollout(diags, reference->where, .claim = claim);
    return true;
}

void claims_check(World *w, Fact *workload) {
    bool replicas = workload->known->workload == WORKLOAD_REPLICAS, set = workload->known->number == KIND_StatefulSet;
    if (!replicas || (workload->replicas < 2 && !(workload->replicas && workload->surges))) return;
    for (uint32_t i = 0; i < workload->referenceCount; i++) {
        const FactReference *reference = &workload->references[i];
        if (reference->kind != FACT_CLAIM) continue;
        const Fact *claim = world_named(w, workload, FACT_CLAIM, reference->name);
        bool many = allows(claim, S("ReadWriteMany")) || (allows(claim, S("ReadOnlyMany")) && !reference->written);
        bool onePod = allows(claim, S("ReadWriteOncePod"));
        if (many) continue;
        if (onePod || allows(claim, S("ReadWriteOnce"))) {
            if (check_single(w, workload, reference, onePod)) return; /* one mend for all claims */
        } else if (!reference->written || set)
            continue;
        else if (workload->replicas > 1)
            emit_shared_claim_replicas(&workload->diags, reference->where, .replicas = str_int(w->arena, workload->replicas),
                                       .claim = reference->name);
        else
            emit_shared_claim_rollout(&workload->diags, reference->where, .claim = reference->name);
    }
}

void tokens_check(World *w, Fact *workload) {
    if (!w->on[RULE_automount_service_account_token] && !w->on[RULE_default_service_account]) return;
    const Fact *account = workload->token.set ? NULL : world_named(w, workload, FACT_SERVICE_ACCOUNT, workload->account);
    bool mounted = workload->token.set ? workload->token.value : !account || !account->token.set || account->token.value;
    if (!mounted) return;
    emit_automount_service_account_token(&workload->diags, workload->tokenWhere);
    if (str_eq(workload->account, S("default"))) emit_default_service_account(&workload->diags, workload->accountWhere);
}
