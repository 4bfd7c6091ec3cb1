/* What the server refuses when one object replaces another: faults of the new object, with what updates overlook, and changes of
 * what cannot change (k8s.io/kubernetes/pkg/registry, pkg/apis/{apps,batch,core}/validation,
 * k8s.io/apimachinery/pkg/api/validation). The old object is first brought to what the server stored when it was created. */
#include "kinds.h"
#include "validate.h"

/* Metadata. */

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

static void check_finalizer_names(Check *c, StrList finalizers, bool any, const Path *path) {
    for (uint32_t i = 0; i < finalizers.n; i++) {
        Path at = path_index(path, i);
        if (!is_qualified_name(finalizers.at[i])) report_qualified_name(c, finalizers.at[i], where_printed(c, &at, path));
    }
    if (str_in(S("orphan"), finalizers.at, finalizers.n) && str_in(S("foregroundDeletion"), finalizers.at, finalizers.n))
        emit_meta_finalizers_conflict(c->diags, where_key(c, path));
    if (!any) check_known_finalizers(c, finalizers, path);
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

static void report_nameless(Check *c, const Path *path) {
    Path name = FIELD(path, "name");
    emit_meta_name_required(c->diags, where(c, &name));
    emit_update_name(c->diags, where(c, &name), .field = name.name, .before = S("what the server chose"), .value = S(""));
}

static void check_meta_changes(Check *c, const ObjectMeta *before, const ObjectMeta *after, const Path *path) {
    bool namespaced = c->document->type->kind->namespaced;
    Path name = FIELD(path, "name"), namespace = FIELD(path, "namespace"), finalizers = FIELD(path, "finalizers");
    Path deletion = FIELD(path, "deletionTimestamp"), grace = FIELD(path, "deletionGracePeriodSeconds");
    check_same_name(c, stored_name(c->arena, before), stored_name(c->arena, after), &name);
    if (namespaced) check_same_name(c, stored_namespace(before), stored_namespace(after), &namespace);
    const Time *a = &before->deletionTimestamp, *b = &after->deletionTimestamp;
    if (a->set != b->set || a->seconds != b->seconds) report_deletion(c, a->set, &deletion);
    const OptInt *x = &before->deletionGracePeriodSeconds, *y = &after->deletionGracePeriodSeconds;
    if (x->set != y->set || x->value != y->value) report_deletion(c, x->set, &grace);
    if (a->set) check_new_finalizers(c, before->finalizers, after->finalizers, &finalizers);
}

static void check_meta_update(Check *c, const KindChecks *kind, const ObjectMeta *before, const ObjectMeta *after) {
    Path path = FIELD(NULL, "metadata"), namespace = FIELD(&path, "namespace"), finalizers = FIELD(&path, "finalizers");
    check_path_name(c, after, &path);
    if (after->namespace.len && c->document->type->kind->namespaced) check_dns_label(c, after->namespace, &namespace);
    check_meta_contents(c, after, &path);
    check_finalizer_names(c, after->finalizers, kind->anyFinalizers, &finalizers);
    check_meta_changes(c, before, after, &path);
}

/* What is overlooked in a new object because the old one has it already. */

static bool adds_admin(const SecurityContext *context) {
    if (!context || context->allowPrivilegeEscalation.value || !context->capabilities) return false;
    return str_in(S("CAP_SYS_ADMIN"), context->capabilities->add.at, context->capabilities->add.n);
}

static bool pod_adds_admin(const PodSpec *spec) {
    ContainerWalk w;
    for (walk_containers(&w, spec, NULL); walk_next(&w);)
        if (adds_admin(w.container->securityContext)) return true;
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

static void complete(Check *c, Document *document) {
    const KindChecks *kind = kind_checks(document);
    if (kind->complete) kind->complete(c, document->object);
}

static void complete_stored(Document *before, Arena *arena) {
    DiagList unseen = {.arena = arena};
    Check c = {.document = before, .arena = arena, .diags = &unseen, .root = before->root, .minor = before->minor};
    drop_disabled_fields(&c);
    complete(&c, before);
}

void validate_keep_generated(Document *document) {
    Check c = {.arena = document->diags.arena};
    if (document->object) complete(&c, document);
}

void validate_update(Document *before, Document *after) {
    Check c = {
        .document = after, .arena = after->diags.arena, .diags = &after->diags, .root = after->root, .minor = after->minor};
    if (after->unreadable || !after->object || !before->object || before->type != after->type) return;
    Update u = {&c, after->type, before->object, after->object};
    complete_stored(before, c.arena);
    drop_from_new(&c, model_meta(after));
    uint32_t from = c.diags->items.n;
    const KindChecks *kind = kind_checks(after);
    if (kind->judgesAnew) check_object(&c, kind, after);
    if (kind->update) kind->update(&u);
    check_kept_fields(&u);
    overlook(&c, model_pod(before).spec, model_pod(after).spec, from);
    if (kind->judgesMetaAnew) {
        Path meta = FIELD(NULL, "metadata");
        /* A name that the server made up is not known here. */
        bool isNamed = stored_name(c.arena, model_meta(after)).len > 0;
        if (kind->name == NAME_OPTIONAL && !isNamed) report_nameless(&c, &meta);
        check_metadata(&c, kind);
        check_meta_changes(&c, model_meta(before), model_meta(after), &meta);
    } else {
        check_meta_update(&c, kind, model_meta(before), model_meta(after));
    }
}
