/* Security contexts of pods and containers, the profiles of seccomp and AppArmor in fields and in annotations, sysctls, and the
 * namespaces that a pod shares with its node (k8s.io/kubernetes/pkg/apis/core/validation, pkg/registry/core/pod). */
#include "areas.h"
#include "base/str_set.h"

static bool is_local_path(Str path) {
    return !is_absolute_path(path) && !has_dot_dot(path);
}

static void check_seccomp(Check *c, const SeccompProfile *profile, const Path *path) {
    if (!profile) return;
    Path local = FIELD(path, "localhostProfile");
    CHECK_FIELDS(c, SeccompProfile, profile, path);
    bool wanted = str_eq(profile->type, S("Localhost"));
    if (wanted && !profile->localhostProfile.at)
        emit_security_profile_missing(c->diags, where(c, &local), .kind = S("seccomp"));
    else if (!wanted && profile->localhostProfile.at)
        emit_security_profile_unused(c->diags, where_key(c, &local), .type = profile->type.len ? profile->type : S("not given"));
    else if (wanted && !is_local_path(profile->localhostProfile))
        emit_security_seccomp_path(c->diags, where(c, &local), .value = profile->localhostProfile);
}

/* The name of a profile that is loaded on the node. */
static bool is_apparmor_name(Str name) {
    return name.len > 0 && name.len <= (size_t)FIELD_OF(AppArmorProfile, localhostProfile)->text->maxLength && !is_padded(name);
}

static void check_apparmor_name(Check *c, const AppArmorProfile *profile, const Path *path) {
    Str name = profile->localhostProfile;
    Path at = FIELD(path, "localhostProfile");
    if (!name.len) emit_security_profile_missing(c->diags, where(c, &at), .kind = S("AppArmor"));
    if (is_padded(name)) emit_security_apparmor_padded(c->diags, where(c, &at), .value = name);
    CHECK_FIELD(c, AppArmorProfile, localhostProfile, profile, path);
}

static void check_apparmor(Check *c, const AppArmorProfile *profile, const Path *path) {
    if (!profile) return;
    Path local = FIELD(path, "localhostProfile");
    CHECK_FIELDS(c, AppArmorProfile, profile, path);
    if (str_eq(profile->type, S("Localhost")))
        check_apparmor_name(c, profile, path);
    else if (profile->localhostProfile.at && is_known_value(c, FIELD_OF(AppArmorProfile, type), profile->type))
        emit_security_profile_unused(c->diags, where_key(c, &local), .type = profile->type);
}

static void check_proc_mount(PodCheck *p, Str value, const Path *path) {
    bool ownUsers = p->spec->hostUsers.set && !p->spec->hostUsers.value;
    if (str_eq(value, S("Unmasked")) && !ownUsers) emit_security_proc_mount_users(p->c->diags, where(p->c, path));
}

/* What contradicts allowPrivilegeEscalation: false. */
static void check_no_escalation(Check *c, const SecurityContext *context, const Path *path) {
    Path allow = FIELD(path, "allowPrivilegeEscalation"), privileged = FIELD(path, "privileged");
    Path capabilities = FIELD(path, "capabilities"), add = FIELD(&capabilities, "add");
    if (context->privileged.value) {
        Diag *d = emit_security_escalation_privileged(c->diags, where_printed(c, &allow, path));
        diag_note(c->diags, d, where(c, &privileged).span, S("privileged here"));
    }
    for (uint32_t i = 0; context->capabilities && i < context->capabilities->add.n; i++) {
        if (!str_eq(context->capabilities->add.at[i], S("CAP_SYS_ADMIN"))) continue;
        Path at = path_index(&add, i);
        Diag *d = emit_security_escalation_admin(c->diags, where_printed(c, &at, path));
        diag_note(c->diags, d, where(c, &allow).span, S("forbidden here"));
    }
}

void check_container_security(PodCheck *p, const Container *container, const Path *path) {
    const SecurityContext *context = container->securityContext;
    Check *c = p->c;
    if (!context) return;
    Path at = FIELD(path, "securityContext");
    Path mount = FIELD(&at, "procMount");
    Path seccomp = FIELD(&at, "seccompProfile"), apparmor = FIELD(&at, "appArmorProfile"), windows = FIELD(&at, "windowsOptions");
    CHECK_FIELDS(c, SecurityContext, context, &at);
    if (context->procMount.at) check_proc_mount(p, context->procMount, &mount);
    if (context->allowPrivilegeEscalation.set && !context->allowPrivilegeEscalation.value) check_no_escalation(c, context, &at);
    check_seccomp(c, context->seccompProfile, &seccomp);
    check_apparmor(c, context->appArmorProfile, &apparmor);
    check_windows_options(c, context->windowsOptions, &windows);
}

static bool is_sysctl_byte(char ch) {
    return is_lower(ch) || is_digit(ch);
}

/* Parts of a-z 0-9 - _, a letter or digit at both ends, joined by dots or slashes. */
static bool is_sysctl_name(Str s) {
    if (s.len > 253) return false;
    for (size_t i = 0; i <= s.len; i++) {
        bool edge = i == s.len || s.at[i] == '.' || s.at[i] == '/';
        bool afterEdge = i == 0 || s.at[i - 1] == '.' || s.at[i - 1] == '/';
        if (edge ? afterEdge || !is_sysctl_byte(s.at[i - 1])
                 : !is_sysctl_byte(s.at[i]) && (afterEdge || (s.at[i] != '-' && s.at[i] != '_')))
            return false;
    }
    return true;
}

/* Whether a sysctl's name starts with `part`, which is written with dots. The name may use slashes instead: then the first
 * separator is one, and dots stand for slashes inside a part. */
static bool sysctl_starts(Str name, Str part) {
    ptrdiff_t dot = str_find(name, '.'), slash = str_find(name, '/');
    bool slashes = slash >= 0 && (dot < 0 || slash < dot);
    if (name.len < part.len) return false;
    for (size_t i = 0; i < part.len; i++) {
        char ch = name.at[i];
        if (slashes && ch == '/')
            ch = '.';
        else if (slashes && ch == '.')
            ch = '/';
        if (ch != part.at[i]) return false;
    }
    return true;
}

typedef struct SysctlSpace {
    Str name;
    bool prefix;  /* of more names */
    bool network; /* of the network's namespace, otherwise of IPC's */
} SysctlSpace;

static const SysctlSpace sysctlSpaces[] = {
    {STR("net."), true, true},
    {STR("fs.mqueue."), true, false},
    {STR("kernel.sem"), false, false},
    {STR("kernel.shm"), false, false},
    {STR("kernel.shmall"), false, false},
    {STR("kernel.shmmax"), false, false},
    {STR("kernel.shmmni"), false, false},
    {STR("kernel.shm_rmid_forced"), false, false},
    {STR("kernel.msg"), false, false},
    {STR("kernel.msgmax"), false, false},
    {STR("kernel.msgmnb"), false, false},
    {STR("kernel.msgmni"), false, false},
};

static const SysctlSpace *sysctl_space(Str name) {
    for (size_t i = 0; i < COUNT(sysctlSpaces); i++)
        if (sysctl_starts(name, sysctlSpaces[i].name) && (sysctlSpaces[i].prefix || name.len == sysctlSpaces[i].name.len))
            return &sysctlSpaces[i];
    return NULL;
}

/* A sysctl of a namespace that is the node's own would change the node. */
static void check_sysctl_host(PodCheck *p, Str name, const Path *path) {
    if (!p->hostNetwork && !p->spec->hostIPC) return;
    const SysctlSpace *space = sysctl_space(name);
    if (!space || !(space->network ? p->hostNetwork : p->spec->hostIPC)) return;
    Path field = path_field(p->path, space->network ? S("hostNetwork") : S("hostIPC"));
    Diag *d = emit_security_sysctl_host(p->c->diags, where(p->c, path), .name = name, .field = field.name);
    diag_note(p->c->diags, d, where(p->c, &field).span, S("shared with the node here"));
}

static void check_sysctls(PodCheck *p, SysctlList sysctls, const Path *path) {
    Check *c = p->c;
    StrSet names = {.arena = c->arena};
    for (uint32_t i = 0; i < sysctls.n; i++) {
        Str name = sysctls.at[i].name;
        Path item = path_index(path, i), at = FIELD(&item, "name");
        if (!check_required(c, name, &at)) continue;
        const Sysctl *first = str_set_add(&names, name, &sysctls.at[i]);
        if (!is_sysctl_name(name)) {
            emit_security_sysctl_name(c->diags, where(c, &at), .name = name);
        } else if (first) {
            Path before = path_index(path, (uint32_t)(first - sysctls.at)), beforeName = FIELD(&before, "name");
            Diag *d = emit_security_sysctl_duplicate(c->diags, where(c, &at), .name = name);
            diag_note(c->diags, d, where(c, &beforeName).span, S("first set here"));
        }
        check_sysctl_host(p, name, &at);
    }
}

static void check_pod_context(PodCheck *p, const PodSecurityContext *context) {
    Check *c = p->c;
    Path at = FIELD(p->path, "securityContext");
    Path seccomp = FIELD(&at, "seccompProfile"), apparmor = FIELD(&at, "appArmorProfile"), windows = FIELD(&at, "windowsOptions");
    Path sysctls = FIELD(&at, "sysctls");
    CHECK_FIELDS(c, PodSecurityContext, context, &at);
    check_sysctls(p, context->sysctls, &sysctls);
    check_seccomp(c, context->seccompProfile, &seccomp);
    check_apparmor(c, context->appArmorProfile, &apparmor);
    check_windows_options(c, context->windowsOptions, &windows);
}

/* hostUsers: false, a user namespace of the pod's own, goes with few other things of the node.
 * The server capitalises two paths. */
static void check_own_users(PodCheck *p) {
    Check *c = p->c;
    const PodSpec *spec = p->spec;
    Path users = FIELD(p->path, "hostUsers");
    const struct {
        Str field, printed;
        bool set;
    } shared[] = {
        {STR("hostNetwork"), STR("hostNetwork"), p->hostNetwork && !gate(c, GATE_UserNamespacesHostNetworkSupport)},
        {STR("hostPID"), STR("HostPID"), spec->hostPID},
        {STR("hostIPC"), STR("HostIPC"), spec->hostIPC},
    };
    for (size_t i = 0; i < COUNT(shared); i++) {
        if (!shared[i].set) continue;
        Path at = path_field(p->path, shared[i].field), printed = path_field(p->path, shared[i].printed);
        Diag *d = emit_security_own_users(c->diags, where_printed(c, &at, &printed), .field = shared[i].field);
        diag_note(c->diags, d, where(c, &users).span, S("hostUsers here"));
    }
    if (c->minor < 34) return; /* block devices were overlooked until then */
    ContainerWalk w;
    for (walk_all_containers(&w, p->spec, p->path); walk_next(&w);) {
        if (!w.container->volumeDevices.n) continue;
        Path at = FIELD(&w.path, "volumeDevices");
        Diag *d = emit_security_own_users(c->diags, where(c, &at), .field = S("volumeDevices"));
        diag_note(c->diags, d, where(c, &users).span, S("hostUsers here"));
    }
}

static void check_namespaces(PodCheck *p) {
    Check *c = p->c;
    const PodSpec *spec = p->spec;
    Path share = FIELD(p->path, "shareProcessNamespace"), hostPID = FIELD(p->path, "hostPID");
    Path context = FIELD(p->path, "securityContext"), oldShare = FIELD(&context, "shareProcessNamespace");
    if (spec->hostPID && spec->shareProcessNamespace.value) {
        Diag *d = emit_security_share_host_pid(c->diags, where_printed(c, &share, c->minor < 37 ? &oldShare : &share));
        diag_note(c->diags, d, where(c, &hostPID).span, S("hostPID here"));
    }
    if (spec->hostUsers.set && !spec->hostUsers.value) check_own_users(p);
}

/* The annotations that were there before the fields. */
static const Str seccompPod = STR("seccomp.security.alpha.kubernetes.io/pod");
static const Str seccompContainer = STR("container.seccomp.security.alpha.kubernetes.io/");
static const Str apparmorContainer = STR("container.apparmor.security.beta.kubernetes.io/");
static const Str localhostPrefix = STR("localhost/");

/* An annotation: where it stands, and where the server says that it does. */
typedef struct Annotation {
    PodCheck *p;
    const StrPair *pair;
    Path place, printed;
} Annotation;

static void check_seccomp_annotation(const Annotation *a) {
    static const Str known[] = {STR("runtime/default"), STR("docker/default"), STR("unconfined")};
    Check *c = a->p->c;
    Str value = a->pair->value;
    if (str_in(value, known, 3)) return;
    if (!str_starts(value, localhostPrefix))
        emit_security_seccomp_annotation(c->diags, where_printed(c, &a->place, &a->printed), .value = value);
    else if (!is_local_path(str_slice(value, localhostPrefix.len)))
        emit_security_seccomp_path(c->diags, where_printed(c, &a->place, &a->printed),
                                   .value = str_slice(value, localhostPrefix.len));
}

static void check_apparmor_annotation(const Annotation *a, bool hasContainer) {
    static const Str known[] = {STR(""), STR("runtime/default"), STR("unconfined")};
    Check *c = a->p->c;
    Str value = a->pair->value;
    if (!hasContainer) {
        Where at = where_key(c, &a->place);
        at.path = path_text(c->arena, &a->printed);
        emit_security_apparmor_container(c->diags, at, .name = str_slice(a->pair->key, apparmorContainer.len))->follows =
            has_unknown_container(a->p->spec);
    }
    if (!str_in(value, known, 3) && !str_starts(value, localhostPrefix))
        emit_security_apparmor_annotation(c->diags, where_printed(c, &a->place, &a->printed), .value = value);
}

/* A profile of either kind, as its field says it. */
typedef struct Profile {
    Str kind, type, local;
} Profile;

static void report_mismatch(const Annotation *a, const Profile *profile, Str field, Str fieldValue, const Path *path) {
    Check *c = a->p->c;
    Path at = path_field(path, field);
    Diag *d = emit_security_profile_mismatch(c->diags, where(c, &at), .field = fieldValue, .kind = profile->kind,
                                             .annotation = a->pair->value);
    diag_note(c->diags, d, where(c, &a->place).span, S("the annotation"));
}

/* Compares an annotation with the field at `path` that says the same in its own way. */
static void check_agreement(const Annotation *a, const Profile *profile, const Path *path) {
    Str value = a->pair->value, type = profile->type;
    bool seccomp = str_eq(profile->kind, S("seccomp"));
    bool local = str_starts(value, localhostPrefix), agrees = true;
    if (str_eq(type, S("Unconfined"))) agrees = str_eq(value, S("unconfined"));
    if (str_eq(type, S("RuntimeDefault")))
        agrees = str_eq(value, S("runtime/default")) || (seccomp && str_eq(value, S("docker/default")));
    if (str_eq(type, S("Localhost"))) agrees = local;
    if (!agrees) {
        report_mismatch(a, profile, S("type"), type, path);
    } else if (str_eq(type, S("Localhost"))) {
        bool same = profile->local.at && str_eq(profile->local, str_slice(value, localhostPrefix.len));
        if (!same) report_mismatch(a, profile, S("localhostProfile"), profile->local.at ? profile->local : S("nothing"), path);
    }
}

static void check_seccomp_agreement(const Annotation *a, const SeccompProfile *profile, const Path *context) {
    Path at = FIELD(context, "seccompProfile");
    if (profile) check_agreement(a, &(Profile){S("seccomp"), profile->type, profile->localhostProfile}, &at);
}

/* When a pod is created, an annotation that says something becomes the field of a container without one, and so agrees. */
static bool becomes_field(const Annotation *a) {
    Str value = a->pair->value;
    if (a->p->isTemplate) return false;
    if (str_eq(value, S("unconfined")) || str_eq(value, S("runtime/default"))) return true;
    return str_starts(value, localhostPrefix) && is_apparmor_name(str_slice(value, localhostPrefix.len));
}

static void check_apparmor_agreement(const Annotation *a, const Container *container, const Path *context) {
    const PodSecurityContext *pods = a->p->spec->securityContext;
    const AppArmorProfile *profile = container->securityContext ? container->securityContext->appArmorProfile : NULL;
    if (a->p->windows || (!profile && becomes_field(a))) return;
    if (!profile && pods) profile = pods->appArmorProfile;
    Path at = FIELD(context, "appArmorProfile");
    if (profile) check_agreement(a, &(Profile){S("AppArmor"), profile->type, profile->localhostProfile}, &at);
}

static void check_container_annotation(const Annotation *a, bool seccomp) {
    Str name = str_slice(a->pair->key, seccomp ? seccompContainer.len : apparmorContainer.len);
    bool found = false;
    ContainerWalk w;
    for (walk_all_containers(&w, a->p->spec, a->p->path); walk_next(&w);) {
        if (!str_eq(w.container->name, name)) continue;
        Path context = FIELD(&w.path, "securityContext");
        const SecurityContext *own = w.container->securityContext;
        if (seccomp)
            check_seccomp_agreement(a, own ? own->seccompProfile : NULL, &context);
        else
            check_apparmor_agreement(a, w.container, &context);
        found = true;
    }
    if (seccomp)
        check_seccomp_annotation(a);
    else
        check_apparmor_annotation(a, found);
}

static void check_pod_annotation(const Annotation *a) {
    const PodSecurityContext *context = a->p->spec->securityContext;
    Path at = FIELD(a->p->path, "securityContext");
    check_seccomp_annotation(a);
    if (context) check_seccomp_agreement(a, context->seccompProfile, &at);
}

/* The server prints the annotations of a template without `metadata`, and those of seccomp as if they were fields. */
static void check_profile_annotations(PodCheck *p) {
    const Path *up = p->path->up;
    Path meta = FIELD(up, "metadata"), place = FIELD(&meta, "annotations"),
         printed = FIELD(p->isTemplate ? up : &meta, "annotations");
    StrMap annotations = p->meta->annotations;
    for (uint32_t i = 0; i < annotations.n; i++) {
        Str key = annotations.at[i].key;
        bool pod = str_eq(key, seccompPod), seccomp = str_starts(key, seccompContainer);
        if (!pod && !seccomp && !str_starts(key, apparmorContainer)) continue;
        Annotation a = {p, &annotations.at[i], path_key(&place, key),
                        pod || seccomp ? path_field(&printed, key) : path_key(&printed, key)};
        if (pod)
            check_pod_annotation(&a);
        else
            check_container_annotation(&a, seccomp);
    }
}

void check_pod_security(PodCheck *p) {
    if (p->spec->securityContext) check_pod_context(p, p->spec->securityContext);
    check_namespaces(p);
    check_os(p);
    check_profile_annotations(p);
}
