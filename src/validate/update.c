/* What the server refuses when one object replaces another: faults of the new object, with what updates overlook, and changes of
 * what cannot change (k8s.io/kubernetes/pkg/registry, pkg/apis/{apps,batch,core}/validation,
 * k8s.io/apimachinery/pkg/api/validation). The old object is first brought to what the server stored when it was created. */
#include "update.h"

#include "job.h"
#include "validate.h"

/* Findings. */

void forget_rules(Check *c, uint32_t from, const uint16_t *gone, size_t count) {
    DiagList *diags = c->diags;
    uint32_t kept = from;
    for (uint32_t i = from; i < diags->items.n; i++) {
        bool drop = false;
        for (size_t j = 0; j < count && !drop; j++) drop = diags->items.at[i].rule->number == gone[j];
        if (!drop) diags->items.at[kept++] = diags->items.at[i];
    }
    diags->items.n = kept;
}

static bool is_below(Str path, Str place) {
    if (!str_starts(path, place)) return false;
    return path.len == place.len || path.at[place.len] == '.' || path.at[place.len] == '[';
}

static void forget_below(Check *c, uint32_t from, Str place) {
    DiagList *diags = c->diags;
    uint32_t kept = from;
    for (uint32_t i = from; i < diags->items.n; i++)
        if (!is_below(diags->items.at[i].path, place)) diags->items.at[kept++] = diags->items.at[i];
    diags->items.n = kept;
}

static Str was_text(Arena *arena, const Difference *d) {
    Str before = shown(arena, d->before);
    switch ((DifferenceKind)d->kind) {
    case DIFFERENCE_ADDED: return S(", which it did not have");
    case DIFFERENCE_REMOVED: return before.len ? str_format(arena, ", which was \"%.*s\"", TEXT(before)) : S(", which is gone");
    case DIFFERENCE_CHANGED: return str_format(arena, ", which was \"%.*s\"", TEXT(before));
    case DIFFERENCE_MOVED: return S(", which stood at another place");
    }
    return S("");
}

/* Of several fields each says by itself what became of it. */
static Str changed_name(Arena *arena, const Difference *d) {
    Str text = path_text(arena, d->path);
    if (d->kind == DIFFERENCE_ADDED) return str_join(arena, text, S(" (new)"));
    return d->kind == DIFFERENCE_REMOVED ? str_join(arena, text, S(" (gone)")) : text;
}

static Diag *put_fixed(const Update *u, FixedRule rule, Where at, Str fields, Str was, Str hint) {
    Str kind = u->type->name;
    if (rule == FIXED_SPEC)
        return emit_update_fixed_spec(u->c->diags, at, .kind = kind, .fields = fields, .was = was, .hint = hint);
    return emit_update_fixed(u->c->diags, at, .kind = kind, .fields = fields, .was = was, .hint = hint);
}

void report_changed(const Update *u, const void *before, const void *after, const Path *place, const Path *printed,
                    FixedRule rule, Str hint) {
    enum { NAMED = 3 };
    Check *c = u->c;
    DifferenceList list = {.arena = c->arena};
    const Difference *found[NAMED];
    Str place_text = path_text(c->arena, place);
    uint32_t count = 0;
    compare_objects(&list, u->type, before, after);
    for (uint32_t i = 0; i < list.items.n; i++) {
        if (!is_below(path_text(c->arena, list.items.at[i].path), place_text)) continue;
        if (count < NAMED) found[count] = &list.items.at[i];
        count++;
    }
    if (count <= 1) {
        Str name = count ? path_text(c->arena, found[0]->path) : place_text;
        Where at = where_printed(c, count ? found[0]->path : place, printed);
        put_fixed(u, rule, at, name, count ? was_text(c->arena, found[0]) : S(""), hint);
        return;
    }
    Buf fields = {.arena = c->arena};
    uint32_t named = count < NAMED ? count : NAMED;
    for (uint32_t i = 0; i < named; i++) {
        if (i) buf_str(&fields, i + 1 == count ? S(" and ") : S(", "));
        buf_str(&fields, changed_name(c->arena, found[i]));
    }
    if (count > named) buf_format(&fields, " and %u more", count - named);
    Diag *diag = put_fixed(u, rule, where_printed(c, found[0]->path, printed), buf_text(&fields), S(""), hint);
    for (uint32_t i = 1; i < named; i++) diag_note(c->diags, diag, where(c, found[i]->path).span, S("changed too"));
}

/* FieldValueInvalid at a field of the spec that is not what it was. */
static void check_fixed(const Update *u, const Type *spec, const void *before, const void *after, Str name, Str hint) {
    if (field_equal(schema_field(spec, name, str_hash(name)), before, after)) return;
    Path path = FIELD(NULL, "spec"), at = path_field(&path, name);
    report_changed(u, u->before, u->after, &at, &at, FIXED_FIELD, hint);
}

void put_pair(Arena *arena, StrMap *map, Str key, Str value) {
    if (map_get(*map, key)) return;
    StrPair *grown = NEW_ARRAY(arena, StrPair, map->n + 1);
    if (map->n) memcpy(grown, map->at, sizeof *grown * map->n);
    grown[map->n] = (StrPair){key, value};
    *map = (StrMap){grown, map->n + 1};
}

/* Metadata. */

/* The server completes a generateName with five characters of its choice. */
static Str stored_name(Arena *arena, const ObjectMeta *meta) {
    return meta->name.len || !meta->generateName.len ? meta->name : str_join(arena, meta->generateName, S("xxxxx"));
}

static Str stored_namespace(const ObjectMeta *meta) {
    return meta->namespace.len ? meta->namespace : S("default");
}

/* Names of other kinds than pods were judged when the object was created, and cannot change; what is left is whether they can
 * stand in a URL. */
static void check_path_name(Check *c, const ObjectMeta *meta, const Path *path) {
    Path name = FIELD(path, "name"), generate = FIELD(path, "generateName");
    Str start = meta->generateName;
    if (!meta->name.len && !start.len) emit_meta_name_required(c->diags, where(c, &name));
    if (str_find(start, '/') >= 0 || str_find(start, '%') >= 0)
        emit_meta_generate_name(c->diags, where(c, &generate), .value = shown(c->arena, start));
}

static void check_finalizer_names(Check *c, StrList finalizers, const Path *path) {
    for (uint32_t i = 0; i < finalizers.n; i++) {
        Path at = path_index(path, i);
        if (!is_qualified_name(finalizers.at[i])) report_qualified_name(c, finalizers.at[i], where_printed(c, &at, path));
    }
    if (str_in(S("orphan"), finalizers.at, finalizers.n) && str_in(S("foregroundDeletion"), finalizers.at, finalizers.n))
        emit_meta_finalizers_conflict(c->diags, where_key(c, path));
    check_known_finalizers(c, finalizers, path);
}

static void check_new_finalizers(Check *c, StrList before, StrList after, const Path *path) {
    Buf names = {.arena = c->arena};
    uint32_t first = after.n;
    for (uint32_t i = 0; i < after.n; i++) {
        if (str_in(after.at[i], before.at, before.n)) continue;
        if (first == after.n)
            first = i;
        else
            buf_str(&names, S(", "));
        buf_str(&names, after.at[i]);
    }
    if (first == after.n) return;
    Path at = path_index(path, first);
    emit_update_finalizer(c->diags, where_printed(c, &at, path), .names = buf_text(&names));
}

static void report_deletion(Check *c, bool wasSet, const Path *path) {
    emit_update_deletion(c->diags, where(c, path), .field = path->name,
                         .hint = wasSet ? S("keep what the existing object has") : S("leave it out"));
}

static void check_same_name(Check *c, Str before, Str after, const Path *path) {
    if (!str_eq(before, after))
        emit_update_name(c->diags, where(c, path), .field = path->name, .before = shown(c->arena, before),
                         .value = shown(c->arena, after));
}

static void check_meta_changes(Check *c, const ObjectMeta *before, const ObjectMeta *after, const Path *path) {
    Path name = FIELD(path, "name"), namespace = FIELD(path, "namespace"), finalizers = FIELD(path, "finalizers");
    Path deletion = FIELD(path, "deletionTimestamp"), grace = FIELD(path, "deletionGracePeriodSeconds");
    check_same_name(c, stored_name(c->arena, before), stored_name(c->arena, after), &name);
    check_same_name(c, stored_namespace(before), stored_namespace(after), &namespace);
    const Time *a = &before->deletionTimestamp, *b = &after->deletionTimestamp;
    if (a->set != b->set || a->seconds != b->seconds) report_deletion(c, a->set, &deletion);
    const OptInt *x = &before->deletionGracePeriodSeconds, *y = &after->deletionGracePeriodSeconds;
    if (x->set != y->set || x->value != y->value) report_deletion(c, x->set, &grace);
    if (a->set) check_new_finalizers(c, before->finalizers, after->finalizers, &finalizers);
}

static void check_meta_update(Check *c, const ObjectMeta *before, const ObjectMeta *after) {
    Path path = FIELD(NULL, "metadata"), namespace = FIELD(&path, "namespace"), finalizers = FIELD(&path, "finalizers");
    check_path_name(c, after, &path);
    if (after->namespace.len) check_dns_label(c, after->namespace, &namespace);
    check_meta_contents(c, after, &path);
    check_finalizer_names(c, after->finalizers, &finalizers);
    check_meta_changes(c, before, after, &path);
}

/* Jobs. */

/* The labels by which the server finds the pods of a Job that has no selector of its own. The uid is not known; a text that no
 * manifest has stands for it, which is a label value as the uid would be. */
static const StrPair generatedLabels[] = {{STR("job-name"), {0}},
                                          {STR("batch.kubernetes.io/job-name"), {0}},
                                          {STR("controller-uid"), STR("made-by-the-server")},
                                          {STR("batch.kubernetes.io/controller-uid"), STR("made-by-the-server")}};
enum { GENERATED_LABELS = COUNT(generatedLabels) };

static void complete_stored_job(Check *c, Job *job) {
    if (job->spec.manualSelector.value) return;
    Str name = stored_name(c->arena, &job->metadata);
    LabelSelector *selector = NEW(c->arena, LabelSelector);
    if (job->spec.selector) *selector = *job->spec.selector;
    for (int i = 0; i < GENERATED_LABELS; i++)
        put_pair(c->arena, &job->spec.template.metadata.labels, generatedLabels[i].key,
                 generatedLabels[i].value.len ? generatedLabels[i].value : name);
    put_pair(c->arena, &selector->matchLabels, generatedLabels[GENERATED_LABELS - 1].key,
             generatedLabels[GENERATED_LABELS - 1].value);
    job->spec.selector = selector;
}

static const Str otherJob = STR("give the Job another name, or delete it and create it anew");

static void check_job_selector(Check *c, const JobSpec *spec, const Path *path) {
    Path selector = FIELD(path, "selector"), template = FIELD(path, "template"), meta = FIELD(&template, "metadata");
    Path labels = FIELD(&meta, "labels");
    bool valid = check_label_selector(c, spec->selector, &selector);
    if (!spec->selector) emit_update_job_selector_missing(c->diags, where(c, &selector));
    if (valid && !selector_matches(spec->selector, spec->template.metadata.labels))
        emit_update_job_selector_labels(c->diags, where(c, &labels),
                                        .cause = spec->selector ? S("") : S(", because there is none"));
}

/* Pods of an Indexed Job have the name of the Job, a dash and the index as hostname, so more completions need a shorter name. */
static void check_last_hostname(Check *c, const Job *job) {
    int64_t completions = job->spec.completions.value;
    if (c->minor < 37 || !job_is_indexed(&job->spec) || completions <= 0) return;
    Str name = stored_name(c->arena, &job->metadata);
    Str last = str_format(c->arena, "%.*s-%lld", TEXT(name), (long long)completions - 1);
    if (is_dns_label(last)) return;
    Path meta = FIELD(NULL, "metadata"), at = FIELD(&meta, "name");
    emit_job_indexed_name(c->diags, where(c, &at), .name = name, .completions = str_int(c->arena, completions), .hostname = last,
                          .hint = S("use fewer completions"));
}

static void check_completions(const Update *u, const JobSpec *before, const JobSpec *after) {
    bool same = before->completions.set == after->completions.set && before->completions.value == after->completions.value;
    if (!job_is_indexed(after)) {
        check_fixed(u, &type_JobSpec, before, after, S("completions"), otherJob);
        return;
    }
    if (same || !after->completions.set || after->completions.value == after->parallelism.value) return;
    Path spec = FIELD(NULL, "spec"), at = FIELD(&spec, "completions");
    emit_update_job_completions(u->c->diags, where(u->c, &at), .completions = str_int(u->c->arena, after->completions.value),
                                .parallelism = str_int(u->c->arena, after->parallelism.value));
}

/* What a Job that has not started lets its template change. */
static void relax_scheduling(Arena *arena, PodTemplateSpec *before, const PodTemplateSpec *after) {
    before->metadata.labels = after->metadata.labels;
    before->metadata.annotations = after->metadata.annotations;
    before->spec.affinity = with_node_affinity(arena, before->spec.affinity, after->spec.affinity);
    before->spec.nodeSelector = after->spec.nodeSelector;
    before->spec.tolerations = after->spec.tolerations;
    before->spec.schedulingGates = after->spec.schedulingGates;
}

static ContainerList with_resources(Arena *arena, ContainerList before, ContainerList after) {
    if (before.n != after.n) return before;
    ContainerList mixed = {NEW_ARRAY(arena, Container, before.n), before.n};
    for (uint32_t i = 0; i < before.n; i++) {
        mixed.at[i] = before.at[i];
        if (str_eq(before.at[i].name, after.at[i].name)) mixed.at[i].resources = after.at[i].resources;
    }
    return mixed;
}

static bool is_generated(Str key) {
    for (int i = 0; i < GENERATED_LABELS; i++)
        if (str_eq(key, generatedLabels[i].key)) return true;
    return false;
}

/* The labels of the stored template without those of the server's making that the new one lacks. */
static StrMap labels_in_manifest(Arena *arena, StrMap before, StrMap after) {
    StrMap kept = {NEW_ARRAY(arena, StrPair, before.n), 0};
    for (uint32_t i = 0; i < before.n; i++)
        if (!is_generated(before.at[i].key) || map_get(after, before.at[i].key)) kept.at[kept.n++] = before.at[i];
    return kept;
}

static void report_template(const Update *u, Job *mixed, const Job *after, const Path *path) {
    StrMap *labels = &mixed->spec.template.metadata.labels, manifest;
    Path meta = FIELD(path, "metadata"), at = FIELD(&meta, "labels");
    manifest = labels_in_manifest(u->c->arena, *labels, after->spec.template.metadata.labels);
    bool lacking = manifest.n != labels->n;
    *labels = manifest;
    if (lacking && object_equal(&type_PodTemplateSpec, &mixed->spec.template, &after->spec.template))
        emit_update_fixed(u->c->diags, where_printed(u->c, &at, path), .kind = u->type->name,
                          .fields = S("the labels that the server gave its template"), .was = S(", which are gone"),
                          .hint = S(""));
    else
        report_changed(u, mixed, after, path, path, FIXED_FIELD, otherJob);
}

/* The template of a Job is fixed; while the Job is suspended and has not started, less of it is. */
static void check_job_template(const Update *u, const Job *before, const Job *after) {
    Arena *arena = u->c->arena;
    Path spec = FIELD(NULL, "spec"), template = FIELD(&spec, "template"), pod = FIELD(&template, "spec");
    Job mixed = *before;
    PodTemplateSpec *old = &mixed.spec.template;
    const PodTemplateSpec *new = &after->spec.template;
    if (before->spec.suspend.value) relax_scheduling(arena, old, new);
    if (!before->spec.suspend.value || !gate(u->c, GATE_MutablePodResourcesForSuspendedJobs)) {
        if (!object_equal(&type_PodTemplateSpec, old, new)) report_template(u, &mixed, after, &template);
        return;
    }
    old->spec.containers = with_resources(arena, old->spec.containers, new->spec.containers);
    old->spec.initContainers = with_resources(arena, old->spec.initContainers, new->spec.initContainers);
    if (!object_equal(&type_PodSpec, &old->spec, &new->spec)) report_changed(u, &mixed, after, &pod, &pod, FIXED_FIELD, otherJob);
}

static void check_job_update(const Update *u) {
    static const Str fixed[] = {STR("completionMode"), STR("podFailurePolicy"), STR("backoffLimitPerIndex"), STR("managedBy"),
                                STR("successPolicy")};
    const Job *before = u->before;
    Job *after = u->after;
    Path spec = FIELD(NULL, "spec");
    check_job_spec(u->c, &after->spec, &spec);
    check_job_selector(u->c, &after->spec, &spec);
    check_last_hostname(u->c, after);
    check_completions(u, &before->spec, &after->spec);
    check_fixed(u, &type_JobSpec, &before->spec, &after->spec, S("selector"), after->spec.selector ? otherJob : S(""));
    check_job_template(u, before, after);
    for (size_t i = 0; i < COUNT(fixed); i++) check_fixed(u, &type_JobSpec, &before->spec, &after->spec, fixed[i], otherJob);
}

/* Other kinds. */

static const Str anew = STR("create an object of another name, or delete this one first");
static const Str orphan = STR("delete it with --cascade=orphan, which leaves the pods and their volumes, and create it anew");

/* Claim templates are stored without apiVersion and kind. */
static PersistentVolumeClaimList stored_claims(Arena *arena, PersistentVolumeClaimList claims) {
    PersistentVolumeClaimList stored = {NEW_ARRAY(arena, PersistentVolumeClaim, claims.n), claims.n};
    for (uint32_t i = 0; i < claims.n; i++) {
        stored.at[i] = claims.at[i];
        stored.at[i].apiVersion = stored.at[i].kind = (Str){0};
    }
    return stored;
}

/* Until 1.36 the server listed what may change, not what is fixed, and refused the spec as a whole. */
static void check_old_stateful_changes(const Update *u, const StatefulSet *before, const StatefulSet *after) {
    StatefulSet mixed = *after;
    Path spec = FIELD(NULL, "spec");
    mixed.spec.replicas = before->spec.replicas;
    mixed.spec.template = before->spec.template;
    mixed.spec.updateStrategy = before->spec.updateStrategy;
    mixed.spec.minReadySeconds = before->spec.minReadySeconds;
    mixed.spec.ordinals = before->spec.ordinals;
    mixed.spec.persistentVolumeClaimRetentionPolicy = before->spec.persistentVolumeClaimRetentionPolicy;
    if (u->c->minor >= 33) mixed.spec.revisionHistoryLimit = before->spec.revisionHistoryLimit;
    if (!object_equal(&type_StatefulSetSpec, &before->spec, &mixed.spec))
        report_changed(u, before, &mixed, &spec, &spec, FIXED_SPEC, orphan);
}

static void check_stateful_set_update(const Update *u) {
    static const Str fixed[] = {STR("selector"), STR("volumeClaimTemplates"), STR("serviceName"), STR("podManagementPolicy")};
    Arena *arena = u->c->arena;
    StatefulSet *given = u->after, before = *(const StatefulSet *)u->before, after = *given;
    const Update mine = {u->c, u->type, &before, &after};
    check_stateful_set_spec(u->c, &given->spec, (StatefulLeniency){.fixedFields = true});
    before.spec.volumeClaimTemplates = stored_claims(arena, before.spec.volumeClaimTemplates);
    after.spec.volumeClaimTemplates = stored_claims(arena, after.spec.volumeClaimTemplates);
    if (u->c->minor < 37) {
        check_old_stateful_changes(&mine, &before, &after);
        return;
    }
    for (size_t i = 0; i < COUNT(fixed); i++)
        check_fixed(&mine, &type_StatefulSetSpec, &before.spec, &after.spec, fixed[i], orphan);
}

/* What an annotation such as non-convertible.kubernetes.io/spec.selector of the existing object says. */
static void check_non_convertible(const Update *u, const ReplicationController *before, const ReplicationController *after) {
    Check *c = u->c;
    Path spec = FIELD(NULL, "spec"), selector = FIELD(&spec, "selector"), meta = FIELD(NULL, "metadata");
    Path annotations = FIELD(&meta, "annotations");
    StrMap all = before->metadata.annotations;
    for (uint32_t i = 0; i < all.n; i++) {
        Str key = all.at[i].key;
        ptrdiff_t slash = str_find(key, '/');
        if (!str_starts(key, S("non-convertible.kubernetes.io")) || slash < 0) continue;
        Str name = str_slice(key, (size_t)slash + 1);
        if (str_find(name, '/') >= 0) continue;
        Path at = path_key(&annotations, key), printed = path_field(NULL, name);
        if (!str_has(name, S("selector")))
            emit_update_controller_field(c->diags, where_printed(c, &at, &printed), .key = key);
        else if (!field_equal(schema_field(&type_ReplicationControllerSpec, selector.name, str_hash(selector.name)),
                              &before->spec, &after->spec))
            emit_update_controller_selector(c->diags, where(c, &selector), .key = key);
    }
}

/* The spec alone: faults of the metadata are those of an update. */
static void check_cron_job_update(Check *c, CronJob *after) {
    uint32_t from = c->diags->items.n;
    check_cron_job(c, after);
    forget_below(c, from, S("metadata"));
}

static void check_kind(const Update *u) {
    Check *c = u->c;
    Path template = FIELD(NULL, "template");
    if (u->type == &type_PodTemplate) check_pod_template(c, &((PodTemplate *)u->after)->template, &template);
    if (u->type == &type_CronJob) check_cron_job_update(c, u->after);
    if (u->type == &type_Job) check_job_update(u);
    if (u->type == &type_StatefulSet) check_stateful_set_update(u);
    if (u->type == &type_ReplicationController) {
        check_replication_controller_spec(c, &((ReplicationController *)u->after)->spec);
        check_non_convertible(u, u->before, u->after);
    } else if (u->type == &type_Deployment) {
        DeploymentSpec *before = &((Deployment *)u->before)->spec, *after = &((Deployment *)u->after)->spec;
        check_deployment_spec(c, after);
        check_fixed(u, &type_DeploymentSpec, before, after, S("selector"), anew);
    } else if (u->type == &type_ReplicaSet) {
        ReplicaSetSpec *before = &((ReplicaSet *)u->before)->spec, *after = &((ReplicaSet *)u->after)->spec;
        check_replica_set_spec(c, after);
        check_fixed(u, &type_ReplicaSetSpec, before, after, S("selector"), anew);
    } else if (u->type == &type_DaemonSet) {
        DaemonSetSpec *before = &((DaemonSet *)u->before)->spec, *after = &((DaemonSet *)u->after)->spec;
        check_daemon_set_spec(c, after);
        check_fixed(u, &type_DaemonSetSpec, before, after, S("selector"), anew);
    }
}

/* What is overlooked in a new object because the old one has it already. */

static bool adds_admin(const SecurityContext *context) {
    if (!context || context->allowPrivilegeEscalation.value || !context->capabilities) return false;
    return str_in(S("CAP_SYS_ADMIN"), context->capabilities->add.at, context->capabilities->add.n);
}

static bool pod_adds_admin(const PodSpec *spec) {
    for (uint32_t i = 0; i < spec->initContainers.n; i++)
        if (adds_admin(spec->initContainers.at[i].securityContext)) return true;
    for (uint32_t i = 0; i < spec->containers.n; i++)
        if (adds_admin(spec->containers.at[i].securityContext)) return true;
    return false;
}

static bool has_label_policy(const PodSpec *spec) {
    return spec->securityContext && spec->securityContext->seLinuxChangePolicy.at;
}

static void overlook(Check *c, const PodSpec *before, const PodSpec *after, uint32_t from) {
    static const uint16_t admin = RULE_security_escalation_admin;
    if (!before || !after) return;
    if (c->minor >= 37 && pod_adds_admin(before)) forget_rules(c, from, &admin, 1);
    if (!has_label_policy(before) || !has_label_policy(after) || gate(c, GATE_SELinuxMount)) return;
    if (!str_eq(after->securityContext->seLinuxChangePolicy, S("MountOption"))) return;
    for (uint32_t i = from; i < c->diags->items.n; i++) {
        const Diag *diag = &c->diags->items.at[i];
        if (diag->rule->number != RULE_not_supported || !str_ends(diag->path, S("spec.securityContext.seLinuxChangePolicy")))
            continue;
        forget_below(c, i, diag->path);
        return;
    }
}

/* Labels become conditions of selectors only when a pod is created, not when it is replaced. */
static void drop_from_new(Check *c, ObjectMeta *meta) {
    StrMap labels = meta->labels;
    meta->labels.n = 0;
    drop_disabled_fields(c);
    meta->labels = labels;
}

static void complete_stored(Document *before, Arena *arena) {
    DiagList unseen = {.arena = arena};
    Check c = {.document = before, .arena = arena, .diags = &unseen, .root = before->root, .minor = before->minor};
    drop_disabled_fields(&c);
    if (before->type == &type_Pod) complete_stored_pod(&c, before->object);
    if (before->type == &type_Job) complete_stored_job(&c, before->object);
}

void validate_keep_generated(Document *document) {
    Check c = {.arena = document->diags.arena};
    if (document->type == &type_Job && document->object) complete_stored_job(&c, document->object);
}

void validate_update(Document *before, Document *after) {
    Check c = {
        .document = after, .arena = after->diags.arena, .diags = &after->diags, .root = after->root, .minor = after->minor};
    if (after->unreadable || !after->object || !before->object || before->type != after->type) return;
    Update u = {&c, after->type, before->object, after->object};
    complete_stored(before, c.arena);
    drop_from_new(&c, model_meta(after));
    uint32_t from = c.diags->items.n;
    if (u.type == &type_Pod)
        check_pod_update(&u);
    else
        check_kind(&u);
    overlook(&c, model_pod(before).spec, model_pod(after).spec, from);
    if (u.type == &type_Pod) {
        Path meta = FIELD(NULL, "metadata");
        check_meta_changes(&c, model_meta(before), model_meta(after), &meta);
    } else {
        check_meta_update(&c, model_meta(before), model_meta(after));
    }
}
