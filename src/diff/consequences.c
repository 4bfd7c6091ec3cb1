#include "consequences.h"

static int64_t scaled(const OptIntOrString *value, int64_t total, bool up) {
    if (!value->set) return 0;
    if (!value->value.isString) return value->value.number;
    int64_t percent = 0;
    Str digits = value->value.text;
    if (digits.len) digits.len--;
    int_parse(digits, 0, 1000000, &percent);
    return up ? (percent * total + 99) / 100 : percent * total / 100;
}

static Str deployment_rollout(Arena *arena, const Document *after) {
    const Deployment *d = after->object;
    long long replicas = (long long)d->spec.replicas.value;
    if (d->spec.paused) return S("new pods are made once the deployment is resumed: it is paused");
    if (str_eq(d->spec.strategy.type, S("Recreate")) || !d->spec.strategy.rollingUpdate)
        return replicas == 1 ? S("the pod stops, then a new one starts")
                             : str_format(arena, "all %lld pods stop, then %lld new ones start", replicas, replicas);
    int64_t surge = scaled(&d->spec.strategy.rollingUpdate->maxSurge, replicas, true);
    int64_t unavailable = scaled(&d->spec.strategy.rollingUpdate->maxUnavailable, replicas, false);
    if (surge == 0 && unavailable == 0) unavailable = 1;
    return str_format(arena, "%lld new pod%s, at most %lld above and %lld below that number at a time", replicas,
                      replicas == 1 ? " rolls out" : "s roll out", (long long)surge, (long long)unavailable);
}

static Str stateful_set_rollout(Arena *arena, const Document *after) {
    const StatefulSet *s = after->object;
    long long replicas = (long long)s->spec.replicas.value;
    if (str_eq(s->spec.updateStrategy.type, S("OnDelete")))
        return S("pods change when somebody deletes them: the strategy is OnDelete");
    long long partition =
        s->spec.updateStrategy.rollingUpdate ? (long long)s->spec.updateStrategy.rollingUpdate->partition.value : 0;
    if (partition >= replicas && partition > 0) return str_format(arena, "no pod changes: the partition is %lld", partition);
    if (partition > 0 && partition == replicas - 1) return str_format(arena, "only pod %lld rolls out", partition);
    if (partition > 0) return str_format(arena, "pods %lld to %lld roll out one by one, highest first", partition, replicas - 1);
    return replicas == 1 ? S("the pod is replaced") : str_format(arena, "%lld pods roll out one by one, highest first", replicas);
}

static Str daemon_set_rollout(Arena *arena, const Document *after) {
    const DaemonSet *d = after->object;
    if (str_eq(d->spec.updateStrategy.type, S("OnDelete")))
        return S("pods change when somebody deletes them: the strategy is OnDelete");
    Str unavailable = S("1");
    if (d->spec.updateStrategy.rollingUpdate && d->spec.updateStrategy.rollingUpdate->maxUnavailable.set) {
        const IntOrString *value = &d->spec.updateStrategy.rollingUpdate->maxUnavailable.value;
        unavailable = value->isString ? value->text : str_int(arena, value->number);
    }
    return str_format(arena, "the pods of all nodes roll out, at most %.*s unavailable at a time", (int)unavailable.len,
                      unavailable.at);
}

Str kubectl_delete(Arena *arena, const Document *document, const char *options) {
    Str kind = str_lower(arena, document->kind), ns = document->namespace_;
    return str_format(arena, "kubectl delete %.*s %.*s%s%.*s%s", (int)kind.len, kind.at, (int)document->name.len,
                      document->name.at, ns.len ? " -n " : "", (int)ns.len, ns.at ? ns.at : "", options);
}

Str restart_words(Arena *arena, const Document *workload) {
    Str kind = str_lower(arena, workload->kind), ns = workload->namespace_;
    if (model_is(workload, KIND_Deployment) || model_is(workload, KIND_StatefulSet) || model_is(workload, KIND_DaemonSet))
        return str_format(arena, "kubectl rollout restart %.*s %.*s%s%.*s makes them anew", TEXT(kind), TEXT(workload->name),
                          ns.len ? " -n " : "", TEXT(ns));
    if (model_is(workload, KIND_CronJob)) return S("the next run has the new one");
    return S("only pods made later have the new one");
}

typedef struct Consequences {
    Str (*rollout)(Arena *arena, const Document *after);
    Str later;
    const char *options, *before, *then; /* of kubectl delete, and the words around it; NULL: none, and those of any other kind */
} Consequences;

static const Consequences consequences[KIND_END] = {
    [KIND_Pod] = {.then = ", then apply: the pod stops, and its emptyDir volumes and logs are lost"},
    [KIND_Deployment] = {.rollout = deployment_rollout},
    [KIND_StatefulSet] = {.rollout = stateful_set_rollout,
                          .options = " --cascade=orphan",
                          .then = ", then apply: the pods and their volumes stay, and the new object takes them over"},
    [KIND_DaemonSet] = {.rollout = daemon_set_rollout},
    [KIND_Job] = {.later = STR("only pods made later have it"),
                  .before = "give the Job another name, or ",
                  .then = " and apply: its pods and their logs are lost"},
    [KIND_CronJob] = {.later = STR("the next run has it")},
    [KIND_ReplicaSet] = {.later = STR("only pods made later have it")},
    [KIND_ReplicationController] = {.later = STR("only pods made later have it")},
};

static const Consequences *consequences_of(const Document *document) {
    return &consequences[document->type->kind->number];
}

Str rollout_summary(Arena *arena, const Document *after) {
    const Consequences *row = consequences_of(after);
    return row->rollout ? row->rollout(arena, after) : S("");
}

Str later_reason(const Document *after) {
    return consequences_of(after)->later;
}

Str way_out(Arena *arena, const Document *before) {
    const Consequences *row = consequences_of(before);
    const char *then =
        row->then ? row->then
        : model_workload(before) == WORKLOAD_NONE
            ? ", then apply; or give the new object another name"
            : ", then apply: its pods stop until the new object has made others; or give the new object another name";
    Str deletion = kubectl_delete(arena, before, row->options ? row->options : "");
    return str_format(arena, "%s%.*s%s", row->before ? row->before : "", TEXT(deletion), then);
}
