/* What may change of Jobs and of the kinds that keep pods running (k8s.io/kubernetes/pkg/apis/{apps,batch}/validation). */
#include "update.h"

#include "job.h"

/* The labels by which the server finds the pods of a Job that has no selector of its own. The uid is not known; a text that no
 * manifest has stands for it, which is a label value as the uid would be. */
static const StrPair generatedLabels[] = {{STR("job-name"), {0}},
                                          {STR("batch.kubernetes.io/job-name"), {0}},
                                          {STR("controller-uid"), STR("made-by-the-server")},
                                          {STR("batch.kubernetes.io/controller-uid"), STR("made-by-the-server")}};
enum { GENERATED_LABELS = COUNT(generatedLabels) };

void complete_job(Check *c, void *object) {
    Job *job = object;
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
    StrMap kept = {.at = NEW_ARRAY(arena, StrPair, before.n)};
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

void update_job(const Update *u) {
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

void update_stateful_set(const Update *u) {
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

void update_pod_template(const Update *u) {
    Path template = FIELD(NULL, "template");
    check_pod_template(u->c, &((PodTemplate *)u->after)->template, &template);
}

/* The spec alone: faults of the metadata are those of an update. */
void update_cron_job(const Update *u) {
    uint32_t from = u->c->diags->items.n;
    check_cron_job(u->c, u->after);
    forget_below(u->c, from, S("metadata"));
}

void update_replication_controller(const Update *u) {
    check_replication_controller_spec(u->c, &((ReplicationController *)u->after)->spec);
    check_non_convertible(u, u->before, u->after);
}

void update_deployment(const Update *u) {
    DeploymentSpec *before = &((Deployment *)u->before)->spec, *after = &((Deployment *)u->after)->spec;
    check_deployment_spec(u->c, after);
    check_fixed(u, &type_DeploymentSpec, before, after, S("selector"), anew);
}

void update_replica_set(const Update *u) {
    ReplicaSetSpec *before = &((ReplicaSet *)u->before)->spec, *after = &((ReplicaSet *)u->after)->spec;
    check_replica_set_spec(u->c, after);
    check_fixed(u, &type_ReplicaSetSpec, before, after, S("selector"), anew);
}

void update_daemon_set(const Update *u) {
    DaemonSetSpec *before = &((DaemonSet *)u->before)->spec, *after = &((DaemonSet *)u->after)->spec;
    check_daemon_set_spec(u->c, after);
    check_fixed(u, &type_DaemonSetSpec, before, after, S("selector"), anew);
}
