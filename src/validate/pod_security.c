#include "pod_security.h"

#include "rules.h"
#include "areas.h"

const char *const pod_security_levels[POD_SECURITY_LEVELS] = {"privileged", "baseline", "restricted"};

/* A pod before its judge. */
typedef struct Trial {
    PodCheck pod;
    Check *c;
    uint8_t level, minor;
    Str name; /* of the standard, for messages */
} Trial;

/* Since 1.25 Windows pods need not say what Windows does not have. */
static bool is_exempt_windows(const Trial *t) {
    return t->pod.windows && t->minor >= 25;
}

/* Since 1.35 the rules against root are off where the pod's root is no user of the node. */
static bool has_own_users(const Trial *t) {
    return t->pod.spec->hostUsers.set && !t->pod.spec->hostUsers.value && t->minor >= 35;
}

static Str container_called(const Trial *t, const ContainerWalk *w) {
    static const char *const kinds[] = {"init container", "container", "ephemeral container"};
    Str name = shown(t->c->arena, w->container->name);
    return str_format(t->c->arena, "%s %.*s", kinds[w->list], (int)name.len, name.at);
}

/* A pod and its containers one after the other, with the settings that both can make; those without a security context have set
 * nothing.
 *     for (contexts_start(&x, t); contexts_next(&x);) look_at(x.runAsUser, &x.path);
 */
typedef struct Contexts {
    const Trial *trial;
    ContainerWalk walk;
    bool started, isPod;
    Path path; /* of the security context */
    OptBool runAsNonRoot;
    OptInt runAsUser;
    const SELinuxOptions *seLinux;
    const SeccompProfile *seccomp;
    const AppArmorProfile *appArmor;
    const WindowsSecurityContextOptions *windows;
} Contexts;

static void contexts_start(Contexts *x, const Trial *t) {
    *x = (Contexts){.trial = t};
    walk_all_containers(&x->walk, t->pod.spec, t->pod.path);
}

#define TAKE_CONTEXT(x, context)                     \
    do {                                             \
        (x)->runAsNonRoot = (context)->runAsNonRoot; \
        (x)->runAsUser = (context)->runAsUser;       \
        (x)->seLinux = (context)->seLinuxOptions;    \
        (x)->seccomp = (context)->seccompProfile;    \
        (x)->appArmor = (context)->appArmorProfile;  \
        (x)->windows = (context)->windowsOptions;    \
    } while (0)

static bool contexts_next(Contexts *x) {
    static const PodSecurityContext noneOfPod = {0};
    static const SecurityContext none = {0};
    x->isPod = !x->started;
    x->started = true;
    if (x->isPod) {
        const PodSecurityContext *own = x->trial->pod.spec->securityContext;
        TAKE_CONTEXT(x, own ? own : &noneOfPod);
        x->path = FIELD(x->trial->pod.path, "securityContext");
        return true;
    }
    if (!walk_next(&x->walk)) return false;
    const SecurityContext *own = x->walk.container->securityContext;
    TAKE_CONTEXT(x, own ? own : &none);
    x->path = FIELD(&x->walk.path, "securityContext");
    return true;
}

static Str setter(const Contexts *x) {
    return x->isPod ? S("the pod") : container_called(x->trial, &x->walk);
}

static void check_host_namespaces(Trial *t) {
    const PodSpec *spec = t->pod.spec;
    const struct {
        Str field;
        bool shared;
    } namespaces[] = {{STR("hostNetwork"), spec->hostNetwork}, {STR("hostPID"), spec->hostPID}, {STR("hostIPC"), spec->hostIPC}};
    for (size_t i = 0; i < COUNT(namespaces); i++) {
        if (!namespaces[i].shared) continue;
        Path at = path_field(t->pod.path, namespaces[i].field);
        emit_pss_host_namespaces(t->c->diags, where(t->c, &at), .field = namespaces[i].field, .level = t->name);
    }
}

static void check_privileged(Trial *t) {
    ContainerWalk w;
    for (walk_all_containers(&w, t->pod.spec, t->pod.path); walk_next(&w);) {
        const SecurityContext *own = w.container->securityContext;
        if (!own || !own->privileged.value) continue;
        Path context = FIELD(&w.path, "securityContext"), at = FIELD(&context, "privileged");
        emit_pss_privileged(t->c->diags, where(t->c, &at), .who = container_called(t, &w), .level = t->name);
    }
}

static void check_privilege_escalation(Trial *t) {
    ContainerWalk w;
    if (is_exempt_windows(t)) return;
    for (walk_all_containers(&w, t->pod.spec, t->pod.path); walk_next(&w);) {
        OptBool allow = w.container->securityContext ? w.container->securityContext->allowPrivilegeEscalation : (OptBool){0};
        if (allow.set && !allow.value) continue;
        Path context = FIELD(&w.path, "securityContext"), at = FIELD(&context, "allowPrivilegeEscalation");
        emit_pss_allow_privilege_escalation(t->c->diags, where(t->c, &at), .who = container_called(t, &w),
                                            .what = allow.set ? S("sets") : S("leaves out"),
                                            .value = allow.set ? S(" true") : S(", which means true"), .level = t->name);
    }
}

/* The capabilities that container runtimes give by themselves, without NET_RAW. */
static const Str baselineCapabilities[] = {
    STR("AUDIT_WRITE"),      STR("CHOWN"),   STR("DAC_OVERRIDE"), STR("FOWNER"),  STR("FSETID"), STR("KILL"),       STR("MKNOD"),
    STR("NET_BIND_SERVICE"), STR("SETFCAP"), STR("SETGID"),       STR("SETPCAP"), STR("SETUID"), STR("SYS_CHROOT"),
};
static const Str restrictedCapabilities[] = {STR("NET_BIND_SERVICE")};

static bool limits_capabilities(const Trial *t) {
    return t->level == POD_SECURITY_RESTRICTED && t->minor >= 22;
}

/* What to do about a capability that may not be added. Kubernetes takes the names without CAP_, in upper case. */
static Str capability_hint(const Trial *t, Str name, const Str *allowed, size_t count) {
    Str bare = name.len > 4 && str_eq_nocase((Str){name.at, 4}, S("CAP_")) ? str_slice(name, 4) : name;
    for (size_t i = 0; i < count; i++)
        if (str_eq_nocase(bare, allowed[i])) return str_join(t->c->arena, S("write "), allowed[i]);
    return S("remove it from add");
}

static void check_added(Trial *t, const ContainerWalk *w, const Str *allowed, size_t count) {
    const StrList add = w->container->securityContext->capabilities->add;
    Arena *arena = t->c->arena;
    Path context = FIELD(&w->path, "securityContext"), capabilities = FIELD(&context, "capabilities"),
         list = FIELD(&capabilities, "add");
    for (uint32_t i = 0; i < add.n; i++) {
        if (str_in(add.at[i], allowed, count)) continue;
        Str name = shown(arena, add.at[i]), words = words_or(arena, allowed, count);
        Path at = path_index(&list, i);
        emit_pss_capabilities(t->c->diags, where(t->c, &at), .who = container_called(t, w),
                              .what = str_format(arena, "adds %.*s to", (int)name.len, name.at), .level = t->name,
                              .demand = str_format(arena, "allows only %.*s", (int)words.len, words.at),
                              .hint = capability_hint(t, add.at[i], allowed, count));
    }
}

static bool drops_all(const Capabilities *capabilities) {
    return capabilities && str_in(S("ALL"), capabilities->drop.at, capabilities->drop.n);
}

/* Only the spelling ALL counts. */
static void report_not_dropped(Trial *t, const ContainerWalk *w, const Capabilities *capabilities) {
    Path context = FIELD(&w->path, "securityContext"), list = FIELD(&context, "capabilities"), drop = FIELD(&list, "drop");
    Str hint = S("write capabilities: {drop: [ALL]}; NET_BIND_SERVICE may be added, for ports below 1024");
    for (uint32_t i = 0; capabilities && i < capabilities->drop.n; i++)
        if (str_eq_nocase(capabilities->drop.at[i], S("all"))) hint = S("write ALL in upper case");
    emit_pss_capabilities(t->c->diags, where(t->c, &drop), .who = container_called(t, w), .what = S("does not drop ALL of"),
                          .level = t->name, .demand = S("wants drop: [ALL]"), .hint = hint);
}

/* From 1.22 on the rule of restricted replaces that of baseline, also where it has nothing to say of a Windows pod. */
static void check_capabilities(Trial *t) {
    bool limited = limits_capabilities(t);
    ContainerWalk w;
    if (limited && is_exempt_windows(t)) return;
    for (walk_all_containers(&w, t->pod.spec, t->pod.path); walk_next(&w);) {
        const Capabilities *own = w.container->securityContext ? w.container->securityContext->capabilities : NULL;
        if (limited && !drops_all(own)) report_not_dropped(t, &w, own);
        if (own && limited)
            check_added(t, &w, restrictedCapabilities, COUNT(restrictedCapabilities));
        else if (own)
            check_added(t, &w, baselineCapabilities, COUNT(baselineCapabilities));
    }
}

/* The level restricted has a list of its own that says more. */
static void check_host_paths(Trial *t) {
    Path volumes = FIELD(t->pod.path, "volumes");
    if (t->level == POD_SECURITY_RESTRICTED) return;
    for (uint32_t i = 0; i < t->pod.spec->volumes.n; i++) {
        const Volume *volume = &t->pod.spec->volumes.at[i];
        if (!volume->hostPath) continue;
        Path item = path_index(&volumes, i), at = FIELD(&item, "hostPath");
        emit_pss_host_path_volumes(t->c->diags, where(t->c, &at), .name = shown(t->c->arena, volume->name),
                                   .path = shown(t->c->arena, volume->hostPath->path), .level = t->name);
    }
}

static const Str restrictedVolumes[] = {
    STR("configMap"), STR("csi"),   STR("downwardAPI"),           STR("emptyDir"),
    STR("ephemeral"), STR("image"), STR("persistentVolumeClaim"), STR("projected"),
    STR("secret"),
};

/* Whether a source of a volume is set: the fields that are objects, all of them pointers. */
static bool has_source(const Volume *volume, const Field *field) {
    return field->scalar == TYPE_OBJECT && field->shape == SHAPE_ONE && *(void *const *)((const char *)volume + field->offset);
}

static Str volume_instead(Str source) {
    if (str_eq(source, S("hostPath")))
        return S("use an emptyDir for scratch files, or a persistentVolumeClaim for files that stay");
    if (str_eq(source, S("gitRepo"))) return S("let an init container clone the repository into an emptyDir");
    if (str_eq(source, S("flexVolume"))) return S("use the storage's CSI driver");
    return S("make a PersistentVolume of this storage, and mount it through a persistentVolumeClaim");
}

/* One source that is allowed is enough, as long as there is one; API validation refuses the others beside it. */
static void check_volume_types(Trial *t) {
    Path volumes = FIELD(t->pod.path, "volumes");
    for (uint32_t i = 0; i < t->pod.spec->volumes.n; i++) {
        const Volume *volume = &t->pod.spec->volumes.at[i];
        const Field *refused = NULL;
        bool allowed = false;
        for (uint16_t j = 0; j < type_Volume.fieldCount && !allowed; j++) {
            const Field *field = &type_Volume.fields[j];
            if (!has_source(volume, field)) continue;
            allowed = str_in(field->name, restrictedVolumes, COUNT(restrictedVolumes));
            if (!refused) refused = field;
        }
        if (allowed || !refused) continue;
        Path item = path_index(&volumes, i), at = path_field(&item, refused->name);
        emit_pss_restricted_volumes(
            t->c->diags, where(t->c, &at), .name = shown(t->c->arena, volume->name), .type = refused->name, .level = t->name,
            .allowed = words_or(t->c->arena, restrictedVolumes, COUNT(restrictedVolumes)), .hint = volume_instead(refused->name));
    }
}

/* With hostNetwork the server makes each port of a pod a hostPort; then the port is the place to point at. */
static void check_host_ports(Trial *t) {
    ContainerWalk w;
    for (walk_all_containers(&w, t->pod.spec, t->pod.path); walk_next(&w);) {
        Path ports = FIELD(&w.path, "ports");
        for (uint32_t i = 0; i < w.container->ports.n; i++) {
            const ContainerPort *port = &w.container->ports.at[i];
            Path item = path_index(&ports, i), at = FIELD(&item, "hostPort"), source = FIELD(&item, "containerPort");
            if (!port->hostPort) continue;
            bool written = port->head.node && node_get(port->head.node, at.name);
            emit_pss_host_ports(t->c->diags, where_printed(t->c, written ? &at : &source, &at), .who = container_called(t, &w),
                                .port = str_int(t->c->arena, port->hostPort),
                                .cause = written ? S("") : S(" because of hostNetwork"), .level = t->name,
                                .hint =
                                    written ? S("remove hostPort, and let a Service lead to the port") : S("remove hostNetwork"));
        }
    }
}

static void check_host(Trial *t, const ContainerWalk *w, Str host, Str caller, const Path *action) {
    Path at = FIELD(action, "host");
    if (!host.len) return;
    emit_pss_host_probes_and_host_lifecycle(t->c->diags, where(t->c, &at), .caller = caller, .who = container_called(t, w),
                                            .host = shown(t->c->arena, host), .level = t->name);
}

static void check_actions(Trial *t, const ContainerWalk *w, const HTTPGetAction *get, const TCPSocketAction *socket,
                          const Path *path) {
    Path inGet = FIELD(path, "httpGet"), inSocket = FIELD(path, "tcpSocket");
    if (get) check_host(t, w, get->host, path->name, &inGet);
    if (socket) check_host(t, w, socket->host, path->name, &inSocket);
}

static void check_container_hosts(Trial *t, const ContainerWalk *w) {
    const Container *container = w->container;
    const Lifecycle *lifecycle = container->lifecycle;
    Path inLifecycle = FIELD(&w->path, "lifecycle");
    const struct {
        const Probe *probe;
        Path path;
    } probes[] = {{container->livenessProbe, FIELD(&w->path, "livenessProbe")},
                  {container->readinessProbe, FIELD(&w->path, "readinessProbe")},
                  {container->startupProbe, FIELD(&w->path, "startupProbe")}};
    const struct {
        const LifecycleHandler *handler;
        Path path;
    } hooks[] = {{lifecycle ? lifecycle->postStart : NULL, FIELD(&inLifecycle, "postStart")},
                 {lifecycle ? lifecycle->preStop : NULL, FIELD(&inLifecycle, "preStop")}};
    for (size_t i = 0; i < COUNT(probes); i++)
        if (probes[i].probe) check_actions(t, w, probes[i].probe->httpGet, probes[i].probe->tcpSocket, &probes[i].path);
    for (size_t i = 0; i < COUNT(hooks); i++)
        if (hooks[i].handler) check_actions(t, w, hooks[i].handler->httpGet, hooks[i].handler->tcpSocket, &hooks[i].path);
}

static void check_hosts(Trial *t) {
    ContainerWalk w;
    for (walk_all_containers(&w, t->pod.spec, t->pod.path); walk_next(&w);) check_container_hosts(t, &w);
}

static void check_proc_mounts(Trial *t) {
    bool relaxed = t->level == POD_SECURITY_BASELINE && t->minor >= 35;
    ContainerWalk w;
    if (relaxed && has_own_users(t)) return;
    for (walk_all_containers(&w, t->pod.spec, t->pod.path); walk_next(&w);) {
        const SecurityContext *own = w.container->securityContext;
        if (!own || !own->procMount.at || str_eq(own->procMount, S("Default"))) continue;
        Path context = FIELD(&w.path, "securityContext"), at = FIELD(&context, "procMount");
        emit_pss_proc_mount(t->c->diags, where(t->c, &at), .who = container_called(t, &w),
                            .value = shown(t->c->arena, own->procMount), .level = t->name,
                            .alternative = relaxed ? S(", or set hostUsers: false in the pod's spec") : S(""));
    }
}

static bool is_profile(Str type) {
    return str_eq(type, S("RuntimeDefault")) || str_eq(type, S("Localhost"));
}

/* The pod's annotations, below its own metadata or that of the template beside its spec. */
static Where where_annotation(const Trial *t, Str key) {
    Path meta = FIELD(t->pod.path->up, "metadata"), annotations = FIELD(&meta, "annotations"), at = path_key(&annotations, key);
    return where(t->c, &at);
}

static void check_apparmor_annotations(Trial *t) {
    static const Str prefix = STR("container.apparmor.security.beta.kubernetes.io/");
    const StrMap annotations = t->pod.meta->annotations;
    for (uint32_t i = 0; i < annotations.n; i++) {
        const StrPair *pair = &annotations.at[i];
        if (!str_starts(pair->key, prefix) || !pair->value.len) continue;
        if (str_eq(pair->value, S("runtime/default")) || str_starts(pair->value, S("localhost/"))) continue;
        Str name = shown(t->c->arena, str_slice(pair->key, prefix.len));
        emit_pss_app_armor_profile(t->c->diags, where_annotation(t, pair->key),
                                   .who = str_format(t->c->arena, "the annotation gives container %.*s", (int)name.len, name.at),
                                   .profile = shown(t->c->arena, pair->value), .level = t->name,
                                   .allowed = S("runtime/default and localhost/PROFILE"));
    }
}

static void check_apparmor(Trial *t) {
    Contexts x;
    for (contexts_start(&x, t); contexts_next(&x);) {
        if (!x.appArmor || is_profile(x.appArmor->type)) continue;
        Path profile = FIELD(&x.path, "appArmorProfile"), at = FIELD(&profile, "type");
        emit_pss_app_armor_profile(t->c->diags, where(t->c, &at), .who = str_join(t->c->arena, setter(&x), S(" has")),
                                   .profile = shown(t->c->arena, x.appArmor->type), .level = t->name,
                                   .allowed = S("RuntimeDefault and Localhost"));
    }
    check_apparmor_annotations(t);
}

static bool is_seccomp_annotation(Str value) {
    return str_eq(value, S("runtime/default")) || str_eq(value, S("docker/default")) || str_starts(value, S("localhost/"));
}

static void check_seccomp_annotation(Trial *t, Str key, Str who) {
    const Str *value = map_get(t->pod.meta->annotations, key);
    if (!value || is_seccomp_annotation(*value)) return;
    Str text = shown(t->c->arena, *value);
    emit_pss_seccomp_profile(t->c->diags, where_annotation(t, key), .who = who, .which = S("the"),
                             .profile = str_format(t->c->arena, " \"%.*s\" by its annotation", (int)text.len, text.at),
                             .level = t->name, .demand = S("allows runtime/default, docker/default and localhost/PROFILE"),
                             .hint = S("write runtime/default, or remove the annotation"));
}

static void check_seccomp_annotations(Trial *t) {
    static const Str prefix = STR("container.seccomp.security.alpha.kubernetes.io/");
    ContainerWalk w;
    if (!t->pod.meta->annotations.n) return;
    check_seccomp_annotation(t, S("seccomp.security.alpha.kubernetes.io/pod"), S("the pod"));
    for (walk_all_containers(&w, t->pod.spec, t->pod.path); walk_next(&w);)
        check_seccomp_annotation(t, str_join(t->c->arena, prefix, w.container->name), container_called(t, &w));
}

/* Reports the containers for which neither they nor the pod say something that one of both has to say; where no container says
 * it, once for the pod, which is the place to say it for all. What the pod says wrong is reported there. */
static void find_unsaid(Trial *t, bool (*says)(const Contexts *x),
                        void (*report)(const Trial *t, const Contexts *x, bool forAll)) {
    Contexts x;
    uint32_t containers = 0, saying = 0;
    for (contexts_start(&x, t); contexts_next(&x);) {
        if (x.isPod && says(&x)) return;
        containers += !x.isPod;
        saying += !x.isPod && says(&x);
    }
    if (containers == saying) return;
    for (contexts_start(&x, t); contexts_next(&x);) {
        if (x.isPod == (saying == 0) && !says(&x)) report(t, &x, x.isPod);
        if (x.isPod && !saying) return;
    }
}

static bool says_seccomp(const Contexts *x) {
    return x->seccomp;
}

static void report_no_seccomp(const Trial *t, const Contexts *x, bool forAll) {
    Path profile = FIELD(&x->path, "seccompProfile"), at = FIELD(&profile, "type");
    emit_pss_seccomp_profile(
        t->c->diags, where(t->c, &at), .who = forAll ? S("the pod") : setter(x), .which = S("no"), .profile = S(""),
        .level = t->name, .demand = S("wants RuntimeDefault or Localhost"),
        .hint = forAll ? S("write seccompProfile: {type: RuntimeDefault} in the pod's securityContext, which holds for all its "
                           "containers")
                       : S("write seccompProfile: {type: RuntimeDefault} in the pod's securityContext or in the container's"));
}

static void check_seccomp(Trial *t) {
    bool wanted = t->level == POD_SECURITY_RESTRICTED;
    if (t->minor < 19) {
        check_seccomp_annotations(t);
        return;
    }
    if (wanted && is_exempt_windows(t)) return;
    Contexts x;
    for (contexts_start(&x, t); contexts_next(&x);) {
        if (!x.seccomp || is_profile(x.seccomp->type)) continue;
        Path profile = FIELD(&x.path, "seccompProfile"), at = FIELD(&profile, "type");
        Str type = shown(t->c->arena, x.seccomp->type);
        emit_pss_seccomp_profile(t->c->diags, where(t->c, &at), .who = setter(&x), .which = S("the"),
                                 .profile = str_format(t->c->arena, " \"%.*s\"", (int)type.len, type.at), .level = t->name,
                                 .demand = S("allows RuntimeDefault and Localhost"),
                                 .hint = wanted ? S("write type: RuntimeDefault")
                                                : S("write type: RuntimeDefault, or remove seccompProfile"));
    }
    if (wanted) find_unsaid(t, says_seccomp, report_no_seccomp);
}

static Str root_hint(const Trial *t, Str hint) {
    return t->minor >= 35 && !t->pod.windows
               ? str_join(t->c->arena, hint, S("; with hostUsers: false in the pod's spec the rule is off"))
               : hint;
}

static bool says_non_root(const Contexts *x) {
    return x->runAsNonRoot.set;
}

static void report_non_root(const Trial *t, const Contexts *x, bool forAll) {
    Path at = FIELD(&x->path, "runAsNonRoot");
    Str hint = forAll ? S("write runAsNonRoot: true in the pod's securityContext, which holds for all its containers")
               : x->runAsNonRoot.set ? S("write runAsNonRoot: true")
                                     : S("write runAsNonRoot: true in the pod's securityContext or in the container's");
    emit_pss_run_as_non_root(t->c->diags, where(t->c, &at), .who = setter(x),
                             .what = x->runAsNonRoot.set ? S("sets") : S("does not set"),
                             .value = x->runAsNonRoot.set ? S(" false") : S(""), .level = t->name, .hint = root_hint(t, hint));
}

static void check_run_as_non_root(Trial *t) {
    Contexts x;
    if (has_own_users(t)) return;
    for (contexts_start(&x, t); contexts_next(&x);)
        if (x.runAsNonRoot.set && !x.runAsNonRoot.value) report_non_root(t, &x, false);
    find_unsaid(t, says_non_root, report_non_root);
}

static void check_run_as_user(Trial *t) {
    Contexts x;
    if (has_own_users(t)) return;
    for (contexts_start(&x, t); contexts_next(&x);) {
        if (!x.runAsUser.set || x.runAsUser.value != 0) continue;
        Path at = FIELD(&x.path, "runAsUser");
        emit_pss_run_as_user(t->c->diags, where(t->c, &at), .who = setter(&x), .level = t->name,
                             .hint = root_hint(t, S("write the number of another user of the image, or remove runAsUser")));
    }
}

static void report_selinux(const Trial *t, const Contexts *x, Str field, Str value, Str allowed) {
    Path options = FIELD(&x->path, "seLinuxOptions"), at = path_field(&options, field);
    emit_pss_se_linux_options(t->c->diags, where(t->c, &at), .who = setter(x), .field = field, .value = shown(t->c->arena, value),
                              .level = t->name, .allowed = allowed);
}

static void check_selinux(Trial *t) {
    static const Str types[] = {STR("container_t"), STR("container_init_t"), STR("container_kvm_t"), STR("container_engine_t")};
    size_t count = t->minor >= 31 ? COUNT(types) : COUNT(types) - 1;
    Contexts x;
    for (contexts_start(&x, t); contexts_next(&x);) {
        if (!x.seLinux) continue;
        if (x.seLinux->type.len && !str_in(x.seLinux->type, types, count))
            report_selinux(t, &x, S("type"), x.seLinux->type, words_or(t->c->arena, types, count));
        if (x.seLinux->user.len) report_selinux(t, &x, S("user"), x.seLinux->user, S("none"));
        if (x.seLinux->role.len) report_selinux(t, &x, S("role"), x.seLinux->role, S("none"));
    }
}

/* Sysctls that touch only the pod itself, and the versions from which the standards say so. */
static const struct {
    Str name;
    uint8_t since;
} sysctls[] = {
    {STR("kernel.shm_rmid_forced"), 0},
    {STR("net.ipv4.ip_local_port_range"), 0},
    {STR("net.ipv4.tcp_syncookies"), 0},
    {STR("net.ipv4.ping_group_range"), 0},
    {STR("net.ipv4.ip_unprivileged_port_start"), 0},
    {STR("net.ipv4.ip_local_reserved_ports"), 27},
    {STR("net.ipv4.tcp_keepalive_time"), 29},
    {STR("net.ipv4.tcp_fin_timeout"), 29},
    {STR("net.ipv4.tcp_keepalive_intvl"), 29},
    {STR("net.ipv4.tcp_keepalive_probes"), 29},
    {STR("net.ipv4.tcp_rmem"), 32},
    {STR("net.ipv4.tcp_wmem"), 32},
    {STR("net.ipv4.tcp_slow_start_after_idle"), 37},
    {STR("net.ipv4.tcp_notsent_lowat"), 37},
};

bool sysctl_is_safe(Str name, uint8_t minor) {
    for (size_t i = 0; i < COUNT(sysctls); i++)
        if (str_eq(sysctls[i].name, name)) return sysctls[i].since <= minor;
    return false;
}

/* With slashes a sysctl is the same one to the kernel, but not to the standards. */
static Str sysctl_hint(const Trial *t, Str name) {
    char *dotted = arena_cstr(t->c->arena, name);
    for (size_t i = 0; i < name.len; i++)
        if (dotted[i] == '/') dotted[i] = '.';
    for (size_t i = 0; i < COUNT(sysctls); i++) {
        if (!str_eq(sysctls[i].name, (Str){dotted, name.len})) continue;
        if (sysctls[i].since <= t->minor) return str_format(t->c->arena, "write %s", dotted);
        return str_format(t->c->arena, "remove it, or ask for %s:v1.%u, which allows it", pod_security_levels[t->level],
                          sysctls[i].since);
    }
    return S("remove it; 'podlint explain sysctls' lists those that are allowed");
}

static void check_sysctls(Trial *t) {
    const PodSecurityContext *own = t->pod.spec->securityContext;
    Path context = FIELD(t->pod.path, "securityContext"), list = FIELD(&context, "sysctls");
    for (uint32_t i = 0; own && i < own->sysctls.n; i++) {
        Str name = own->sysctls.at[i].name;
        if (sysctl_is_safe(name, t->minor)) continue;
        Path item = path_index(&list, i), at = FIELD(&item, "name");
        emit_pss_sysctls(t->c->diags, where(t->c, &at), .name = shown(t->c->arena, name), .level = t->name,
                         .hint = sysctl_hint(t, name));
    }
}

static void check_host_processes(Trial *t) {
    Contexts x;
    for (contexts_start(&x, t); contexts_next(&x);) {
        if (!x.windows || !x.windows->hostProcess.value) continue;
        Path options = FIELD(&x.path, "windowsOptions"), at = FIELD(&options, "hostProcess");
        emit_pss_windows_host_process(t->c->diags, where(t->c, &at), .who = setter(&x), .level = t->name);
    }
}

/* The checks, each from a level and a version on. */
static const struct {
    uint16_t rule;
    uint8_t level, since;
    void (*check)(Trial *t);
} checks[] = {
    {RULE_pss_host_namespaces, POD_SECURITY_BASELINE, 0, check_host_namespaces},
    {RULE_pss_privileged, POD_SECURITY_BASELINE, 0, check_privileged},
    {RULE_pss_capabilities, POD_SECURITY_BASELINE, 0, check_capabilities},
    {RULE_pss_host_path_volumes, POD_SECURITY_BASELINE, 0, check_host_paths},
    {RULE_pss_host_ports, POD_SECURITY_BASELINE, 0, check_host_ports},
    {RULE_pss_host_probes_and_host_lifecycle, POD_SECURITY_BASELINE, 34, check_hosts},
    {RULE_pss_app_armor_profile, POD_SECURITY_BASELINE, 0, check_apparmor},
    {RULE_pss_se_linux_options, POD_SECURITY_BASELINE, 0, check_selinux},
    {RULE_pss_proc_mount, POD_SECURITY_BASELINE, 0, check_proc_mounts},
    {RULE_pss_seccomp_profile, POD_SECURITY_BASELINE, 0, check_seccomp},
    {RULE_pss_sysctls, POD_SECURITY_BASELINE, 0, check_sysctls},
    {RULE_pss_windows_host_process, POD_SECURITY_BASELINE, 0, check_host_processes},
    {RULE_pss_restricted_volumes, POD_SECURITY_RESTRICTED, 0, check_volume_types},
    {RULE_pss_allow_privilege_escalation, POD_SECURITY_RESTRICTED, 8, check_privilege_escalation},
    {RULE_pss_run_as_non_root, POD_SECURITY_RESTRICTED, 0, check_run_as_non_root},
    {RULE_pss_run_as_user, POD_SECURITY_RESTRICTED, 23, check_run_as_user},
};

Str pod_security_check_name(unsigned number) {
    return number < COUNT(checks) ? str_slice(rules[checks[number].rule].name, sizeof "pss-" - 1) : S("");
}

/* Runs the checks of a standard; returns those that found something, a bit for each. */
static uint32_t run_checks(const Document *document, PodSecurity standard, DiagList *diags) {
    PodView pod = model_pod(document);
    if (!pod.spec || document->unreadable) return 0;
    Check check = {.document = (Document *)document,
                   .arena = diags->arena,
                   .diags = diags,
                   .root = document->root,
                   .minor = document->minor};
    PodPlace place;
    model_pod_place(&place, document->type);
    Trial trial = {
        .c = &check, .level = standard.level, .minor = standard.minor < document->minor ? standard.minor : document->minor};
    trial.pod = (PodCheck){.c = &check,
                           .meta = pod.meta,
                           .spec = pod.spec,
                           .path = &place.spec,
                           .windows = pod.spec->os && str_eq(pod.spec->os->name, S("windows"))};
    const char *level = pod_security_levels[standard.level];
    trial.name =
        standard.minor == POD_SECURITY_LATEST ? str_of(level) : str_format(diags->arena, "%s:v1.%u", level, standard.minor);
    uint32_t failed = 0;
    for (size_t i = 0; i < COUNT(checks); i++) {
        uint32_t before = diags->items.n;
        if (checks[i].level <= trial.level && checks[i].since <= trial.minor) checks[i].check(&trial);
        if (diags->items.n > before) failed |= (uint32_t)1 << i;
    }
    return failed;
}

void pod_security_check(Document *document, PodSecurity standard) {
    run_checks(document, standard, &document->diags);
}

PodSecurityVerdict pod_security_judge(const Document *document, uint8_t minor) {
    PodSecurityVerdict verdict = {.known = model_pod(document).spec && !document->unreadable};
    for (uint8_t level = POD_SECURITY_BASELINE; level < POD_SECURITY_LEVELS; level++) {
        DiagList unused = {.arena = document->diags.arena};
        verdict.failed[level] = run_checks(document, (PodSecurity){level, minor}, &unused);
        if (!verdict.failed[level]) verdict.level = level;
    }
    return verdict;
}

PodSecurityVerdict pod_security_both(PodSecurityVerdict a, PodSecurityVerdict b) {
    PodSecurityVerdict both = {.known = a.known && b.known};
    for (uint8_t level = POD_SECURITY_BASELINE; level < POD_SECURITY_LEVELS; level++) {
        both.failed[level] = a.failed[level] | b.failed[level];
        if (!both.failed[level]) both.level = level;
    }
    return both;
}
