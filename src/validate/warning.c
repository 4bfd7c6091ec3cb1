/* What the API server takes, and answers with a warning (k8s.io/kubernetes/pkg/api/pod/warnings.go, pkg/api/node,
 * pkg/api/persistentvolumeclaim, and WarningsOnCreate of the kinds in pkg/registry). */
#include "warning.h"

#include "base/address.h"
#include "base/str_set.h"
#include "kinds.h"

static const Str appArmorPrefix = STR("container.apparmor.security.beta.kubernetes.io/");
static const Str seccompPrefix = STR("container.seccomp.security.alpha.kubernetes.io/");

static const struct {
    Str key, version, field;
} deadAnnotations[] = {
    {STR("scheduler.alpha.kubernetes.io/critical-pod"), STR("1.16"), STR("priorityClassName")},
    {STR("security.alpha.kubernetes.io/sysctls"), STR("1.11"), STR("securityContext.sysctls")},
    {STR("security.alpha.kubernetes.io/unsafe-sysctls"), STR("1.11"), STR("securityContext.sysctls")},
};

/* The profile that an AppArmor annotation stands for; its type is empty if it stands for none. */
static AppArmorProfile app_armor_profile(Str annotation) {
    static const Str local = STR("localhost/");
    if (str_eq(annotation, S("unconfined"))) return (AppArmorProfile){.type = S("Unconfined")};
    if (str_eq(annotation, S("runtime/default"))) return (AppArmorProfile){.type = S("RuntimeDefault")};
    if (str_starts(annotation, local) && annotation.len > local.len)
        return (AppArmorProfile){.type = S("Localhost"), .localhostProfile = str_slice(annotation, local.len)};
    return (AppArmorProfile){0};
}

/* Whether the pod's own profile says the same as the annotation. Before 1.34 templates with any profile of the pod counted. */
static bool pod_profile_matches(const PodText *p, const AppArmorProfile *wanted) {
    const AppArmorProfile *profile = p->spec->securityContext ? p->spec->securityContext->appArmorProfile : NULL;
    if (!profile) return false;
    if (p->isTemplate && p->c->minor < 34) return true;
    return wanted->type.len && str_eq(profile->type, wanted->type) && str_eq(profile->localhostProfile, wanted->localhostProfile);
}

static void check_app_armor(const PodText *p, const StrPair *annotation, const Container *container, const Path *path) {
    Check *c = p->c;
    AppArmorProfile wanted = app_armor_profile(annotation->value);
    if (container->securityContext && container->securityContext->appArmorProfile) return;
    if (!p->isTemplate && p->spec->os && str_eq(p->spec->os->name, S("windows"))) return;
    if (pod_profile_matches(p, &wanted)) return;
    Str hint = S("set securityContext.appArmorProfile of the container; this value is not a valid AppArmor profile");
    Str local = shown(c->arena, wanted.localhostProfile);
    if (wanted.type.len)
        hint = str_format(c->arena, "set securityContext.appArmorProfile of the container %.*s: {type: %.*s%s%.*s}",
                          TEXT(shown(c->arena, container->name)), TEXT(wanted.type), local.len ? ", localhostProfile: " : "",
                          TEXT(local));
    emit_warn_apparmor_annotation(c->diags, where_key(c, path), .hint = hint);
}

static void check_seccomp(const PodText *p, Str key, const Container *container, const Path *path) {
    if (container->securityContext && container->securityContext->seccompProfile) return;
    emit_warn_dead_annotation(p->c->diags, where_key(p->c, path), .key = shown(p->c->arena, key), .version = S("1.27"),
                              .field = S("securityContext.seccompProfile of the container"));
}

/* An annotation that names a container after its prefix. */
static void check_container_annotation(const PodText *p, const StrPair *annotation, const Path *path) {
    bool isAppArmor = str_starts(annotation->key, appArmorPrefix);
    if (!isAppArmor && !str_starts(annotation->key, seccompPrefix)) return;
    Str name = str_slice(annotation->key, isAppArmor ? appArmorPrefix.len : seccompPrefix.len);
    ContainerWalk w;
    for (walk_all_containers(&w, p->spec, p->specPath); walk_next(&w);) {
        if (!str_eq(w.container->name, name)) continue;
        if (isAppArmor)
            check_app_armor(p, annotation, w.container, path);
        else
            check_seccomp(p, annotation->key, w.container, path);
    }
}

static void check_annotation(const PodText *p, const StrPair *annotation, const Path *path) {
    Check *c = p->c;
    for (size_t i = 0; i < COUNT(deadAnnotations); i++)
        if (str_eq(annotation->key, deadAnnotations[i].key))
            emit_warn_dead_annotation(c->diags, where_key(c, path), .key = annotation->key, .version = deadAnnotations[i].version,
                                      .field = deadAnnotations[i].field);
    if (str_eq(annotation->key, S("seccomp.security.alpha.kubernetes.io/pod")) &&
        !(p->spec->securityContext && p->spec->securityContext->seccompProfile))
        emit_warn_dead_annotation(c->diags, where_key(c, path), .key = annotation->key, .version = S("1.27"),
                                  .field = S("securityContext.seccompProfile"));
    check_container_annotation(p, annotation, path);
}

static void check_template_annotations(const PodText *p) {
    static const Str domains[] = {STR("scheduler.alpha."), STR("security.alpha."), STR("seccomp.security."), STR("container.")};
    Path list = FIELD(p->metaPath, "annotations");
    for (uint32_t i = 0; i < p->meta->annotations.n; i++) {
        const StrPair *annotation = &p->meta->annotations.at[i];
        Path at = path_key(&list, annotation->key);
        for (size_t j = 0; j < COUNT(domains); j++)
            if (str_starts(annotation->key, domains[j])) check_annotation(p, annotation, &at);
    }
}

/* A later entry is fine if it extends the earlier one: it holds $(NAME), and more than that. */
static bool extends(Arena *arena, const EnvVar *variable) {
    Str reference = str_format(arena, "$(%.*s)", TEXT(variable->name));
    return !variable->valueFrom && str_has(variable->value, reference) && !str_eq(variable->value, reference);
}

static void check_environment(Check *c, const EnvVarList *env, const Path *path) {
    if (env->n < 2) return;
    StrSet names = {.arena = c->arena};
    for (uint32_t i = 0; i < env->n; i++) {
        if (!env->at[i].name.len) continue;
        const EnvVar *first = str_set_add(&names, env->at[i].name, &env->at[i]);
        if (!first || extends(c->arena, &env->at[i])) continue;
        Path item = path_index(path, i), at = FIELD(&item, "name");
        Path before = path_index(path, (uint32_t)(first - env->at)), earlier = FIELD(&before, "name");
        Str name = shown(c->arena, env->at[i].name);
        Diag *diag = emit_warn_env_hidden(
            c->diags, where_printed(c, &at, &item), .name = name,
            .hint = str_format(c->arena, "remove one of the two; to add to the first, use $(%.*s) in the value", TEXT(name)));
        diag_note(c->diags, diag, where(c, &earlier).span, S("first set here"));
    }
}

static void check_container_warnings(const PodText *p) {
    ContainerWalk w;
    for (walk_all_containers(&w, p->spec, p->specPath); walk_next(&w);) {
        Path resources = FIELD(&w.path, "resources"), limits = FIELD(&resources, "limits"),
             requests = FIELD(&resources, "requests");
        Path env = FIELD(&w.path, "env");
        check_memory_warnings(p->c, &w.container->resources.limits, &limits);
        check_memory_warnings(p->c, &w.container->resources.requests, &requests);
        check_environment(p->c, &w.container->env, &env);
    }
    check_port_warnings(p);
}

static void check_addresses(const PodText *p) {
    Check *c = p->c;
    Path config = FIELD(p->specPath, "dnsConfig"), servers = FIELD(&config, "nameservers");
    Path aliases = FIELD(p->specPath, "hostAliases");
    const PodDNSConfig *dns = p->spec->dnsConfig;
    const HostAliasList *list = &p->spec->hostAliases;
    for (uint32_t i = 0; dns && i < dns->nameservers.n; i++) {
        Path at = path_index(&servers, i);
        warn_ip_form(c, dns->nameservers.at[i], &at);
    }
    StrSet ips = {.arena = c->arena};
    for (uint32_t i = 0; i < list->n; i++) {
        Path item = path_index(&aliases, i), at = FIELD(&item, "ip");
        const HostAlias *first = str_set_add(&ips, list->at[i].ip, &list->at[i]);
        warn_ip_form(c, list->at[i].ip, &at);
        if (!first) continue;
        Path before = path_index(&aliases, (uint32_t)(first - list->at)), earlier = FIELD(&before, "ip");
        Diag *diag = emit_warn_host_alias_twice(c->diags, where(c, &at), .ip = shown(c->arena, list->at[i].ip));
        diag_note(c->diags, diag, where(c, &earlier).span, S("first entry"));
    }
}

static void check_pull_secrets(const PodText *p) {
    Check *c = p->c;
    Path secrets = FIELD(p->specPath, "imagePullSecrets");
    const LocalObjectReferenceList *list = &p->spec->imagePullSecrets;
    StrSet names = {.arena = c->arena};
    for (uint32_t i = 0; i < list->n; i++) {
        Path item = path_index(&secrets, i), at = FIELD(&item, "name");
        Str name = list->at[i].name;
        const LocalObjectReference *first = str_set_add(&names, name, &list->at[i]);
        if (!name.len) emit_warn_pull_secret_empty(c->diags, where(c, &at));
        if (!first || !name.len) continue;
        Path before = path_index(&secrets, (uint32_t)(first - list->at)), earlier = FIELD(&before, "name");
        Diag *diag = emit_warn_pull_secret_twice(c->diags, where(c, &at), .name = shown(c->arena, name));
        diag_note(c->diags, diag, where(c, &earlier).span, S("first named here"));
    }
}

static void check_pod_text(const PodText *p) {
    Check *c = p->c;
    Path overhead = FIELD(p->specPath, "overhead"), grace = FIELD(p->specPath, "terminationGracePeriodSeconds");
    check_placement_warnings(p);
    check_template_annotations(p);
    check_volume_warnings(p);
    check_pull_secrets(p);
    check_memory_warnings(c, &p->spec->overhead, &overhead);
    check_container_warnings(p);
    if (p->spec->terminationGracePeriodSeconds.value < 0)
        emit_warn_negative_grace(c->diags, where(c, &grace),
                                 .value = str_int(c->arena, p->spec->terminationGracePeriodSeconds.value));
    check_addresses(p);
}

void check_warnings(Check *c) {
    const Document *document = c->document;
    const KindChecks *kind = kind_checks(document);
    if (document->unreadable) return; /* the server warns of nothing before it can read all values */
    if (kind->warn) kind->warn(c, document->object);
    PodView pod = model_pod(document);
    if (!pod.spec) return;
    PodPlace place;
    model_pod_place(&place, document->type);
    bool isTemplate = model_workload(document) != WORKLOAD_POD;
    check_pod_text(&(PodText){c, pod.meta, pod.spec, &place.metadata, &place.spec, isTemplate});
}
