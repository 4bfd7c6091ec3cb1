/* The rules of rules/style.yaml. */
#include "check.h"

/* What the API server neither drops nor warns of. */
static const struct {
    Str key, fate, hint;
} oldAnnotations[] = {
    {STR("scheduler.alpha.kubernetes.io/affinity"), STR("has had no effect since Kubernetes 1.6"), STR("set spec.affinity")},
    {STR("scheduler.alpha.kubernetes.io/tolerations"), STR("has had no effect since Kubernetes 1.6"),
     STR("set spec.tolerations")},
    {STR("scheduler.alpha.kubernetes.io/name"), STR("has had no effect since Kubernetes 1.6"), STR("set spec.schedulerName")},
    {STR("pod.beta.kubernetes.io/hostname"), STR("has had no effect since Kubernetes 1.7"), STR("set spec.hostname")},
    {STR("pod.beta.kubernetes.io/subdomain"), STR("has had no effect since Kubernetes 1.7"), STR("set spec.subdomain")},
    {STR("pod.alpha.kubernetes.io/initialized"), STR("has had no effect since Kubernetes 1.8"), STR("remove it")},
    {STR("kubernetes.io/ingress.class"), STR("is for an Ingress, and there replaced by a field"),
     STR("set spec.ingressClassName of the Ingress")},
    {STR("volume.alpha.kubernetes.io/storage-class"), STR("has had no effect since Kubernetes 1.7"), STR("set storageClassName")},
    {STR("volume.beta.kubernetes.io/storage-class"), STR("is replaced by a field"), STR("set storageClassName")},
    {STR("kubectl.kubernetes.io/default-logs-container"), STR("has another name since Kubernetes 1.21"),
     STR("use kubectl.kubernetes.io/default-container")},
    {STR("service.alpha.kubernetes.io/tolerate-unready-endpoints"), STR("is for a Service, and there replaced by a field"),
     STR("set spec.publishNotReadyAddresses of the Service")},
};

/* Annotations for seccomp beside the field: the server warns only of those without one. */
static void check_seccomp_annotation(Lint *lint, Str key, const Path *at) {
    bool field = lint->pod && lint->pod->securityContext && lint->pod->securityContext->seccompProfile;
    if (!field || (!str_eq(key, S("seccomp.security.alpha.kubernetes.io/pod")) &&
                   !str_starts(key, S("container.seccomp.security.alpha.kubernetes.io/"))))
        return;
    emit_deprecated_annotation(lint->diags, lint_where_key(lint, at), .key = key,
                               .fate = S("has had no effect since Kubernetes 1.27"),
                               .hint = S("remove it: seccompProfile says it all"));
}

void lint_annotations(Lint *lint, const ObjectMeta *self, const Path *path) {
    Path map = FIELD(path, "annotations");
    for (uint32_t i = 0; lint->pod && i < self->annotations.n; i++) {
        Path seccomp = path_key(&map, self->annotations.at[i].key);
        if (self == lint->meta) check_seccomp_annotation(lint, seccomp.name, &seccomp);
        for (size_t j = 0; j < COUNT(oldAnnotations); j++) {
            if (!str_eq(self->annotations.at[i].key, oldAnnotations[j].key)) continue;
            Path at = path_key(&map, self->annotations.at[i].key);
            emit_deprecated_annotation(lint->diags, lint_where_key(lint, &at), .key = oldAnnotations[j].key,
                                       .fate = oldAnnotations[j].fate, .hint = oldAnnotations[j].hint);
        }
    }
}

/* Whether a key is in a list of keys, where one that ends in a slash or a dash stands for all that begin so. */
static bool is_for_pods(const Lint *lint, Str parameter, Str key) {
    Value list = lint_parameter(lint, RULE_misplaced_annotation, parameter);
    Eval ev = {.arena = lint->arena};
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.len; i++) {
        Value item = list_item(&ev, list, i);
        Str name = item.kind == VALUE_STRING ? value_str(item) : S("");
        bool whole = !str_ends(name, S("/"));
        if (name.len && (whole ? str_eq(key, name) : str_starts(key, name))) return true;
    }
    return false;
}

static void check_misplaced(Lint *lint, StrMap above, StrMap own, Str field, const Path *meta) {
    Path map = path_field(meta, field), place = path_field(lint->metaPath, field);
    for (uint32_t i = 0; i < above.n; i++) {
        Str key = above.at[i].key;
        if (map_get(own, key) || !is_for_pods(lint, field, key)) continue;
        Path at = path_key(&map, key);
        emit_misplaced_annotation(lint->diags, lint_where_key(lint, &at), .key = key, .kind = lint->document->kind,
                                  .place = path_text(lint->arena, &place));
    }
}

void lint_misplaced(Lint *lint, const PodSpec *self, const Path *path) {
    (void)self, (void)path;
    const ObjectMeta *above = model_meta(lint->document);
    Path meta = FIELD(NULL, "metadata");
    if (!above || above == lint->meta || lint_workload(lint) == WORKLOAD_NONE) return;
    check_misplaced(lint, above->annotations, lint->meta->annotations, S("annotations"), &meta);
    check_misplaced(lint, above->labels, lint->meta->labels, S("labels"), &meta);
}

/* The server copies one name to the other, so what is written is looked up. */
void lint_service_account(Lint *lint, const PodSpec *self, const Path *path) {
    const Node *old = self->head.node ? node_get(self->head.node, S("serviceAccount")) : NULL;
    const Node *name = old ? node_get(self->head.node, S("serviceAccountName")) : NULL;
    Path at = FIELD(path, "serviceAccount");
    if (!old || !old->text.len || old->kind == NODE_NULL) return;
    bool other = name && name->text.len && !str_eq(name->text, old->text);
    if (name && !other) return;
    emit_deprecated_service_account_field(
        lint->diags, lint_where_key(lint, &at),
        .fate = other ? str_format(lint->arena, "is ignored, because serviceAccountName is %.*s", TEXT(name->text))
                      : S("is deprecated"));
}

static void check_number(Lint *lint, const Container *container, const Probe *probe, Str name, const Path *path) {
    if (!probe || (!probe->httpGet && !probe->tcpSocket)) return;
    IntOrString port = probe->httpGet ? probe->httpGet->port : probe->tcpSocket->port;
    Path up = path_field(path, name), action = path_field(&up, probe->httpGet ? S("httpGet") : S("tcpSocket"));
    Path at = FIELD(&action, "port");
    for (uint32_t i = 0; i < container->ports.n && !port.isString; i++)
        if (container->ports.at[i].containerPort == port.number && container->ports.at[i].name.len)
            emit_probe_numeric_port(lint->diags, lint_where(lint, &at), .probe = name, .port = str_int(lint->arena, port.number),
                                    .name = container->ports.at[i].name);
}

void lint_probe_numbers(Lint *lint, const Container *self, const Path *path) {
    check_number(lint, self, self->livenessProbe, S("livenessProbe"), path);
    check_number(lint, self, self->readinessProbe, S("readinessProbe"), path);
    check_number(lint, self, self->startupProbe, S("startupProbe"), path);
}

/* Labels and annotations that every object is to have. */

static Str key_parameter(const Lint *lint, uint16_t rule) {
    Value v = lint_parameter(lint, rule, S("key"));
    return v.kind == VALUE_STRING ? value_str(v) : S("");
}

void lint_required_names(Lint *lint, const PodSpec *self, const Path *path) {
    (void)self, (void)path;
    const ObjectMeta *meta = model_meta(lint->document);
    Path up = FIELD(NULL, "metadata"), labels = FIELD(&up, "labels"), annotations = FIELD(&up, "annotations");
    Str label = key_parameter(lint, RULE_required_label_owner), annotation = key_parameter(lint, RULE_required_annotation_email);
    if (label.len && !map_get(meta->labels, label))
        emit_required_label_owner(lint->diags, lint_where_key(lint, &labels), .kind = lint->document->kind, .key = label);
    if (annotation.len && !map_get(meta->annotations, annotation))
        emit_required_annotation_email(lint->diags, lint_where_key(lint, &annotations), .kind = lint->document->kind,
                                       .key = annotation);
}

void lint_recommended_labels(Lint *lint, const PodSpec *self, const Path *path) {
    (void)self, (void)path;
    const ObjectMeta *meta = model_meta(lint->document);
    Value list = lint_parameter(lint, RULE_recommended_labels, S("keys"));
    Eval ev = {.arena = lint->arena};
    Path up = FIELD(NULL, "metadata"), labels = FIELD(&up, "labels");
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.len; i++) {
        Value item = list_item(&ev, list, i);
        Path at = path_key(&labels, item.kind == VALUE_STRING ? value_str(item) : S(""));
        if (item.kind == VALUE_STRING && !map_get(meta->labels, at.name))
            emit_recommended_labels(lint->diags, lint_where_key(lint, &at), .kind = lint->document->kind, .key = at.name);
    }
}

void lint_forbidden_annotations(Lint *lint, const ObjectMeta *self, const Path *path) {
    Path map = FIELD(path, "annotations");
    for (uint32_t i = 0; i < self->annotations.n; i++) {
        Path at = path_key(&map, self->annotations.at[i].key);
        if (lint_listed(lint, RULE_forbidden_annotation, S("keys"), at.name))
            emit_forbidden_annotation(lint->diags, lint_where_key(lint, &at), .key = at.name);
    }
}
