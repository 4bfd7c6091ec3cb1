/* The kinds that keep pods running: Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController, and PodTemplate
 * (k8s.io/kubernetes/pkg/apis/apps/validation, pkg/apis/core/validation). */
#include "areas.h"

static const Str rollingUpdate = STR("RollingUpdate"), recreate = STR("Recreate");

/* What the checks of a kind have in common. */
typedef struct Workload {
    Check *c;
    const char *kind;
    const Path *path;     /* of the spec */
    const Path *template; /* of the pod template */
} Workload;

/* Digits, with or without a sign, as Go's strconv.Atoi reads them: 0 if the text is something else. */
static int64_t number_of(Str text) {
    bool minus = text.len && text.at[0] == '-';
    int64_t value = 0;
    if (minus || (text.len && text.at[0] == '+')) text = str_slice(text, 1);
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') return 0;
        if (value < INT64_MAX / 10 - 1) value = value * 10 + (text.at[i] - '0');
    }
    return minus ? -value : value;
}

/* The number of an amount of pods, be it absolute or a percentage. */
static int64_t amount_of(OptIntOrString amount) {
    if (!amount.value.isString) return amount.value.number;
    Str text = amount.value.text;
    return number_of(is_percent(text) ? (Str){text.at, text.len - 1} : text);
}

static bool is_pod_amount(OptIntOrString amount) {
    return !amount.value.isString || is_percent(amount.value.text);
}

void check_pod_amount(Check *c, OptIntOrString amount, bool atMostAll, const Path *path) {
    if (!amount.value.isString) {
        check_not_negative(c, amount.value.number, path);
    } else if (!is_percent(amount.value.text)) {
        emit_workload_amount(c->diags, where(c, path), .field = path->name, .value = shown(c->arena, amount.value.text));
    } else if (atMostAll && amount_of(amount) > 100) {
        emit_workload_percent(c->diags, where(c, path), .field = path->name, .value = shown(c->arena, amount.value.text));
    }
}

/* Selectors that are wanted, and ask for something. Returns whether the selector can be used. */
static bool check_selector(const Workload *w, const LabelSelector *selector, bool required) {
    Path at = FIELD(w->path, "selector");
    if (!selector && required) emit_workload_selector_required(w->c->diags, where(w->c, &at), .kind = str_of(w->kind));
    if (selector_is_empty(selector)) emit_workload_selector_empty(w->c->diags, where_key(w->c, &at), .kind = str_of(w->kind));
    return check_label_selector(w->c, selector, &at);
}

static void check_match(const Workload *w, const LabelSelector *selector, const PodTemplateSpec *template) {
    if (selector_matches(selector, template->metadata.labels)) return;
    Path at = FIELD(w->path, "selector"), meta = FIELD(w->template, "metadata"), labels = FIELD(&meta, "labels");
    report_selector_mismatch(w->c, selector, template->metadata.labels, &at, &labels);
}

/* Whether the value at the path is reported as not supported already. */
static bool is_reported(const Check *c, const Path *path) {
    Str text = path_text(c->arena, path);
    for (uint32_t i = 0; i < c->diags->items.n; i++) {
        const Diag *diag = &c->diags->items.at[i];
        if (diag->rule->type == API_NOT_SUPPORTED && str_eq(diag->path, text)) return true;
    }
    return false;
}

/* Pods of these kinds never end by themselves. */
static void check_lasting(const Workload *w, const PodSpec *spec) {
    Path path = FIELD(w->template, "spec"), policy = FIELD(&path, "restartPolicy");
    Path deadline = FIELD(&path, "activeDeadlineSeconds");
    if (!str_eq(spec->restartPolicy, S("Always")) && !is_reported(w->c, &policy))
        emit_workload_restart_policy(w->c->diags, where(w->c, &policy), .kind = str_of(w->kind),
                                     .value = shown(w->c->arena, spec->restartPolicy));
    if (spec->activeDeadlineSeconds.set) emit_workload_deadline(w->c->diags, where(w->c, &deadline), .kind = str_of(w->kind));
}

/* The selector and the template of a Deployment or a ReplicaSet. While the selector is wrong, the template is not looked at; one
 * that is filled in later may be right. */
static void check_selected_template(const Workload *w, const LabelSelector *selector, PodTemplateSpec *template) {
    Path at = FIELD(w->path, "selector");
    if (!check_selector(w, selector, true)) {
        emit_workload_selector_invalid(w->c->diags, where_key(w->c, &at));
        if (!w->c->document->later) return;
    }
    check_match(w, selector, template);
    check_pod_template(w->c, template, w->template);
    check_lasting(w, &template->spec);
}

void check_pod_template_object(Check *c, void *object) {
    PodTemplate *held = object;
    Path template = FIELD(NULL, "template");
    check_pod_template(c, &held->template, &template);
}

/* The `field` type of a strategy; false if there is no such strategy. */
static bool check_strategy_type(Check *c, const Field *field, Str value, const Path *path) {
    if (is_known_value(c, field, value)) return true;
    Path type = path_field(path, field->name);
    Advice advice = value_advice(c, field, value);
    emit_workload_strategy(c->diags, where_inside(c, path, where(c, &type)), .value = shown(c->arena, value),
                           .allowed = advice.allowed, .hint = advice.hint);
    return false;
}

static void check_deployment_strategy(Check *c, const DeploymentStrategy *strategy, const Path *path) {
    const Field *field = FIELD_OF(DeploymentStrategy, type);
    const RollingUpdateDeployment *update = strategy->rollingUpdate;
    Path rolling = FIELD(path, "rollingUpdate");
    Path unavailable = FIELD(&rolling, "maxUnavailable"), surge = FIELD(&rolling, "maxSurge");
    if (!check_strategy_type(c, field, strategy->type, path)) return;
    if (!update) return;
    if (str_eq(strategy->type, recreate)) {
        emit_workload_recreate_rolling(c->diags, where_key(c, &rolling));
        return;
    }
    check_pod_amount(c, update->maxUnavailable, true, &unavailable);
    check_pod_amount(c, update->maxSurge, false, &surge);
    if (!amount_of(update->maxUnavailable) && !amount_of(update->maxSurge))
        emit_workload_no_progress(c->diags, where(c, &unavailable))->follows =
            !is_pod_amount(update->maxUnavailable) || !is_pod_amount(update->maxSurge);
}

void check_deployment_spec(Check *c, DeploymentSpec *spec) {
    Path path = FIELD(NULL, "spec"), template = FIELD(&path, "template"), strategy = FIELD(&path, "strategy");
    Path deadline = FIELD(&path, "progressDeadlineSeconds");
    Workload w = {c, "Deployment", &path, &template};
    CHECK_FIELDS(c, DeploymentSpec, spec, &path);
    check_selected_template(&w, spec->selector, &spec->template);
    check_deployment_strategy(c, &spec->strategy, &strategy);
    if (spec->progressDeadlineSeconds.set && spec->progressDeadlineSeconds.value <= spec->minReadySeconds)
        emit_workload_progress_deadline(c->diags, where(c, &deadline),
                                        .deadline = str_int(c->arena, spec->progressDeadlineSeconds.value),
                                        .ready = str_int(c->arena, spec->minReadySeconds));
}

void check_deployment(Check *c, void *object) {
    Deployment *deployment = object;
    /* The annotation stands for a field of older API versions. */
    const Str *rollbackTo = map_get(deployment->metadata.annotations, S("deprecated.deployment.rollback.to"));
    int64_t revision;
    if (rollbackTo && int_parse(*rollbackTo, INT64_MIN, INT64_MAX, &revision)) {
        Path spec = FIELD(NULL, "spec"), rollback = FIELD(&spec, "rollback"), version = FIELD(&rollback, "version");
        check_not_negative(c, revision, &version);
    }
    check_deployment_spec(c, &deployment->spec);
}

void check_replica_set_spec(Check *c, ReplicaSetSpec *spec) {
    Path path = FIELD(NULL, "spec"), template = FIELD(&path, "template");
    Workload w = {c, "ReplicaSet", &path, &template};
    CHECK_FIELDS(c, ReplicaSetSpec, spec, &path);
    check_selected_template(&w, spec->selector, &spec->template);
}

void check_replica_set(Check *c, void *object) {
    ReplicaSet *set = object;
    check_replica_set_spec(c, &set->spec);
}

static void check_stateful_strategy(Check *c, const StatefulSetUpdateStrategy *strategy, bool recreates, const Path *path) {
    const Field *field = FIELD_OF(StatefulSetUpdateStrategy, type);
    const RollingUpdateStatefulSetStrategy *update = strategy->rollingUpdate;
    Path rolling = FIELD(path, "rollingUpdate"), type = FIELD(path, "type");
    Path unavailable = FIELD(&rolling, "maxUnavailable");
    if (!is_known_value(c, field, strategy->type) && !(recreates && str_eq(strategy->type, recreate))) {
        Advice advice = value_advice(c, field, strategy->type);
        emit_workload_update_strategy(c->diags, where_inside(c, path, where(c, &type)), .value = shown(c->arena, strategy->type),
                                      .allowed = advice.allowed, .hint = advice.hint);
        return;
    }
    if (!update) return;
    if (!str_eq(strategy->type, rollingUpdate)) {
        emit_workload_rolling_unused(c->diags, where_key(c, &rolling), .type = strategy->type);
        return;
    }
    CHECK_FIELDS(c, RollingUpdateStatefulSetStrategy, update, &rolling);
    if (!update->maxUnavailable.set) return;
    check_pod_amount(c, update->maxUnavailable, true, &unavailable);
    bool text = update->maxUnavailable.value.isString && !is_percent(update->maxUnavailable.value.text);
    if (!text && !amount_of(update->maxUnavailable)) emit_workload_unavailable_zero(c->diags, where(c, &unavailable));
}

/* The volumes of a StatefulSet's pods. The server judges the claim templates first, as volumes of their names, and then the other
 * volumes of the pod template. Here the pod template's volumes keep their places, so that findings point at the right text, those
 * that a claim template replaces are exchanged, and the remaining claim templates follow. */
typedef struct ClaimVolumes {
    VolumeList volumes;
    int64_t *places;  /* of each volume in the server's list; -1 if it is not there */
    uint32_t *claims; /* of each volume that follows: the number of its claim template */
    uint32_t written; /* how many stand in the pod template */
} ClaimVolumes;

static int64_t claim_named(PersistentVolumeClaimList claims, Str name) {
    for (uint32_t i = 0; i < claims.n; i++)
        if (str_eq(claims.at[i].metadata.name, name)) return i;
    return -1;
}

static Volume claim_volume(Arena *arena, Str name) {
    PersistentVolumeClaimVolumeSource *source = NEW(arena, PersistentVolumeClaimVolumeSource);
    source->claimName = name;
    return (Volume){.name = name, .persistentVolumeClaim = source};
}

static ClaimVolumes claim_volumes(Arena *arena, VolumeList written, PersistentVolumeClaimList claims) {
    uint32_t room = written.n + claims.n;
    ClaimVolumes all = {.volumes = {NEW_ARRAY(arena, Volume, room), written.n},
                        .places = NEW_ARRAY(arena, int64_t, room),
                        .claims = NEW_ARRAY(arena, uint32_t, claims.n),
                        .written = written.n};
    int64_t *numbers = NEW_ARRAY(arena, int64_t, claims.n), next = 0; /* of the claims: places in the server's list */
    bool *placed = NEW_ARRAY(arena, bool, claims.n);
    for (uint32_t i = 0; i < claims.n; i++) {
        placed[i] = claim_named(claims, claims.at[i].metadata.name) != i; /* the name is there already */
        numbers[i] = placed[i] ? -1 : next++;
    }
    for (uint32_t i = 0; i < written.n; i++) {
        int64_t claim = claim_named(claims, written.at[i].name);
        all.volumes.at[i] = claim < 0 ? written.at[i] : claim_volume(arena, written.at[i].name);
        all.places[i] = claim < 0 ? next++ : placed[claim] ? -1 : numbers[claim];
        if (claim >= 0) placed[claim] = true;
    }
    for (uint32_t i = 0; i < claims.n; i++) {
        if (placed[i]) continue;
        all.claims[all.volumes.n - written.n] = i;
        all.places[all.volumes.n] = numbers[i];
        all.volumes.at[all.volumes.n++] = claim_volume(arena, claims.at[i].metadata.name);
    }
    return all;
}

/* The number in `[N]` at the start of the text, and what follows it; false if there is none. */
static bool index_at(Str text, int64_t *index, Str *rest) {
    ptrdiff_t end = str_find(text, ']');
    if (end < 2 || !int_parse((Str){text.at + 1, (size_t)end - 1}, 0, INT32_MAX, index)) return false;
    *rest = str_slice(text, (size_t)end + 1);
    return true;
}

/* Turns places in the list of ClaimVolumes into the server's, and shows claim templates where they stand. Returns false for
 * findings that the server would not have. */
static bool renumber(const Workload *w, Diag *diag, const ClaimVolumes *all) {
    Path spec = FIELD(w->template, "spec"), volumes = FIELD(&spec, "volumes"), claims = FIELD(w->path, "volumeClaimTemplates");
    Str start = path_text(w->c->arena, &volumes), rest;
    int64_t index;
    if (!str_starts(diag->path, start) || !index_at(str_slice(diag->path, start.len), &index, &rest)) return true;
    if (index >= all->volumes.n) return true;
    if (all->places[index] < 0) return false;
    diag->path = str_format(w->c->arena, "%.*s[%lld]%.*s", (int)start.len, start.at, (long long)all->places[index], (int)rest.len,
                            rest.at);
    if (index < all->written) return true;
    Path claim = path_index(&claims, all->claims[index - all->written]);
    Path meta = FIELD(&claim, "metadata"), name = FIELD(&meta, "name");
    diag->span = where(w->c, &name).span;
    return true;
}

/* Without `whole` the metadata of the template counts, but not the spec of its pods. */
static void check_stateful_template(const Workload *w, StatefulSetSpec *spec, bool whole) {
    DiagList *diags = w->c->diags;
    Path podSpec = FIELD(w->template, "spec");
    PodTemplateSpec template = spec->template;
    ClaimVolumes all = {0};
    template.spec.hostname = template.spec.subdomain = (Str){0}; /* the controller sets both */
    if (spec->volumeClaimTemplates.n) {
        all = claim_volumes(w->c->arena, template.spec.volumes, spec->volumeClaimTemplates);
        template.spec.volumes = all.volumes;
    }
    uint32_t before = diags->items.n, kept = before;
    check_pod_template(w->c, &template, w->template);
    if (diags->items.n == before || (whole && !spec->volumeClaimTemplates.n)) return;
    Str specText = path_text(w->c->arena, &podSpec);
    for (uint32_t i = before; i < diags->items.n; i++) {
        Diag diag = diags->items.at[i];
        bool keep = whole ? renumber(w, &diag, &all) : !str_starts(diag.path, specText);
        if (keep) diags->items.at[kept++] = diag;
    }
    diags->items.n = kept;
}

void check_stateful_set_spec(Check *c, StatefulSetSpec *spec, StatefulLeniency lenient) {
    Path path = FIELD(NULL, "spec"), template = FIELD(&path, "template"), selector = FIELD(&path, "selector");
    Path strategy = FIELD(&path, "updateStrategy"), claims = FIELD(&path, "volumeClaimTemplates");
    Path service = FIELD(&path, "serviceName"), ordinals = FIELD(&path, "ordinals");
    Path retention = FIELD(&path, "persistentVolumeClaimRetentionPolicy");
    Workload w = {c, "StatefulSet", &path, &template};
    CHECK_FIELDS(c, StatefulSetSpec, spec, &path);
    if (spec->ordinals) CHECK_FIELDS(c, StatefulSetOrdinals, spec->ordinals, &ordinals);
    if (spec->persistentVolumeClaimRetentionPolicy)
        CHECK_FIELDS(c, StatefulSetPersistentVolumeClaimRetentionPolicy, spec->persistentVolumeClaimRetentionPolicy, &retention);
    check_stateful_strategy(c, &spec->updateStrategy, lenient.recreate, &strategy);
    for (uint32_t i = 0; !lenient.fixedFields && c->minor >= 34 && i < spec->volumeClaimTemplates.n; i++) {
        Path claim = path_index(&claims, i), claimSpec = FIELD(&claim, "spec");
        check_claim_spec(c, &spec->volumeClaimTemplates.at[i].spec, &claimSpec);
    }
    if (!lenient.fixedFields && c->minor >= 33 && spec->serviceName.len) check_dns_label(c, spec->serviceName, &service);
    if (check_selector(&w, spec->selector, true)) {
        check_match(&w, spec->selector, &spec->template);
        check_stateful_template(&w, spec, !lenient.podSpec && c->minor >= 34);
    } else {
        emit_workload_selector_invalid(c->diags, where_key(c, &selector));
    }
    check_lasting(&w, &spec->template.spec);
}

void check_stateful_set(Check *c, void *object) {
    StatefulSet *set = object;
    check_stateful_set_spec(c, &set->spec, (StatefulLeniency){0});
}

static void check_daemon_strategy(Check *c, const DaemonSetUpdateStrategy *strategy, const Path *path) {
    const Field *field = FIELD_OF(DaemonSetUpdateStrategy, type);
    const RollingUpdateDaemonSet *update = strategy->rollingUpdate;
    Path rolling = FIELD(path, "rollingUpdate");
    Path unavailable = FIELD(&rolling, "maxUnavailable"), surge = FIELD(&rolling, "maxSurge");
    if (!check_strategy_type(c, field, strategy->type, path)) return;
    if (!str_eq(strategy->type, rollingUpdate) || !update) return;
    check_pod_amount(c, update->maxUnavailable, true, &unavailable);
    check_pod_amount(c, update->maxSurge, true, &surge);
    bool down = amount_of(update->maxUnavailable), up = amount_of(update->maxSurge);
    if (down && up) emit_workload_daemon_both(c->diags, where(c, &surge));
    if (!down && !up)
        emit_workload_daemon_neither(c->diags, where(c, &unavailable))->follows =
            !is_pod_amount(update->maxUnavailable) || !is_pod_amount(update->maxSurge);
}

void check_daemon_set_spec(Check *c, DaemonSetSpec *spec) {
    Path path = FIELD(NULL, "spec"), template = FIELD(&path, "template"), strategy = FIELD(&path, "updateStrategy");
    Workload w = {c, "DaemonSet", &path, &template};
    if (check_selector(&w, spec->selector, false)) check_match(&w, spec->selector, &spec->template);
    check_pod_template(c, &spec->template, &template);
    check_lasting(&w, &spec->template.spec);
    CHECK_FIELDS(c, DaemonSetSpec, spec, &path);
    check_daemon_strategy(c, &spec->updateStrategy, &strategy);
}

void check_daemon_set(Check *c, void *object) {
    DaemonSet *set = object;
    check_daemon_set_spec(c, &set->spec);
}

void check_replication_controller_spec(Check *c, ReplicationControllerSpec *spec) {
    Path path = FIELD(NULL, "spec"), template = FIELD(&path, "template"), selector = FIELD(&path, "selector");
    LabelSelector labels = {.matchLabels = spec->selector};
    Workload w = {c, "ReplicationController", &path, &template};
    CHECK_FIELDS(c, ReplicationControllerSpec, spec, &path);
    if (!spec->selector.n) emit_workload_selector_required(c->diags, where(c, &selector), .kind = str_of(w.kind));
    if (!spec->template) {
        emit_workload_template_required(c->diags, where(c, &template));
        return;
    }
    check_match(&w, &labels, spec->template);
    check_pod_template(c, spec->template, &template);
    check_lasting(&w, &spec->template->spec);
}

void check_replication_controller(Check *c, void *object) {
    ReplicationController *controller = object;
    Path meta = FIELD(NULL, "metadata"), generate = FIELD(&meta, "generateName");
    Str start = controller->metadata.generateName;
    check_replication_controller_spec(c, &controller->spec);
    /* What other kinds refuse before is left to the check that the server makes of every object that is right so far. */
    if (!has_api_errors(c) && (str_find(start, '/') >= 0 || str_find(start, '%') >= 0))
        emit_meta_generate_name(c->diags, where(c, &generate), .value = shown(c->arena, start));
}
