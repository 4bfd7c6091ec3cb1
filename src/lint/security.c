/* The rules of rules/security.yaml that are on by default, or that look at items of lists. */
#include "validate/pod_security.h"
#include "mounts.h"
#include "secrets.h"

/* A container's settings over its pod's. */
static OptInt user_of(const Lint *lint, const Container *container) {
    const PodSecurityContext *shared = lint->pod->securityContext;
    if (container->securityContext && container->securityContext->runAsUser.set) return container->securityContext->runAsUser;
    return shared ? shared->runAsUser : (OptInt){0};
}

static bool must_be_non_root(const Lint *lint, const Container *container) {
    const PodSecurityContext *shared = lint->pod->securityContext;
    if (container->securityContext && container->securityContext->runAsNonRoot.set)
        return container->securityContext->runAsNonRoot.value;
    return shared && shared->runAsNonRoot.value;
}

/* Containers. */

static void check_user(Lint *lint, const Container *self, const Path *path) {
    OptInt user = user_of(lint, self);
    if (!user.set || user.value || !must_be_non_root(lint, self) || pod_is_windows(lint->pod)) return;
    bool own = self->securityContext && self->securityContext->runAsUser.set;
    Path context = FIELD(own ? path : lint->podPath, "securityContext"), at = FIELD(&context, "runAsUser");
    emit_root_user_refused(lint->diags, lint_where(lint, &at), .name = self->name);
}

/* Runtimes take the names of capabilities in any case. */
static bool adds_capability(const Container *container, Str name) {
    const SecurityContext *own = container->securityContext;
    for (uint32_t i = 0; own && own->capabilities && i < own->capabilities->add.n; i++)
        if (str_eq_nocase(name, own->capabilities->add.at[i])) return true;
    return false;
}

static bool opens_low_ports(const Lint *lint) {
    const PodSecurityContext *shared = lint->pod->securityContext;
    for (uint32_t i = 0; shared && i < shared->sysctls.n; i++)
        if (str_eq(shared->sysctls.at[i].name, S("net.ipv4.ip_unprivileged_port_start"))) return true;
    return false;
}

static void check_low_port(Lint *lint, const Container *self, int64_t port, const Path *path) {
    OptInt user = user_of(lint, self);
    if (port <= 0 || port >= 1024 || pod_is_windows(lint->pod)) return;
    if (user.set ? user.value == 0 : !must_be_non_root(lint, self)) return;
    if (adds_capability(self, S("NET_BIND_SERVICE")) || adds_capability(self, S("ALL")) || opens_low_ports(lint)) return;
    if (self->securityContext && self->securityContext->privileged.value) return;
    emit_non_root_low_port(lint->diags, lint_where(lint, path), .name = self->name,
                           .user = user.set ? str_format(lint->arena, "user %lld", (long long)user.value)
                                            : S("another user than root"),
                           .port = str_int(lint->arena, port));
}

static void check_ports(Lint *lint, const Container *self, const Path *path) {
    Path list = FIELD(path, "ports");
    for (uint32_t i = 0; i < self->ports.n; i++) {
        const ContainerPort *port = &self->ports.at[i];
        Path item = path_index(&list, i), at = FIELD(&item, "containerPort");
        bool tcp = !port->protocol.len || str_eq(port->protocol, S("TCP"));
        if (port->containerPort < 1024 && tcp && port->containerPort == lint_int(lint, RULE_ssh_port, S("port")))
            emit_ssh_port(lint->diags, lint_where(lint, &at), .who = str_join(lint->arena, S("the container "), self->name),
                          .port = str_int(lint->arena, port->containerPort));
        else
            check_low_port(lint, self, port->containerPort, &at);
    }
}

static void check_variables(Lint *lint, const Container *self, const Path *path) {
    Path list = FIELD(path, "env");
    for (uint32_t i = 0; i < self->env.n; i++) {
        const EnvVar *variable = &self->env.at[i];
        if (!variable->value.len) continue;
        if (!secret_setting(variable->name, variable->value) && !secret_in_url(variable->value).len &&
            !secret_header(variable->value))
            continue;
        Path item = path_index(&list, i), at = FIELD(&item, "value");
        emit_env_var_secret(lint->diags, lint_where(lint, &at), .variable = variable->name, .name = self->name);
    }
}

static bool is_sudo(Str word) {
    return str_eq(word, S("sudo")) || str_ends(word, S("/sudo"));
}

/* Whether a word of a script stands where a command does, given the word before it. */
static bool starts_command(Str before) {
    static const Str openers[] = {STR("then"), STR("do"), STR("else"), STR("exec"), STR("!"), STR("time"), STR("{")};
    return !before.len || strchr(";&|(", before.at[before.len - 1]) || str_in(before, openers, COUNT(openers));
}

static bool script_calls_sudo(Str text) {
    while (text.len) {
        ptrdiff_t end = str_find(text, '\n');
        Str line = end < 0 ? text : (Str){text.at, (size_t)end}, before = S("");
        for (Str word; (word = next_word(&line)).len; before = word)
            if (is_sudo(word) && starts_command(before)) return true;
        text = end < 0 ? S("") : str_slice(text, (size_t)end + 1);
    }
    return false;
}

/* Whether an item of a command line is several words. */
static bool is_script(Str item) {
    next_word(&item);
    return next_word(&item).len > 0;
}

/* One item of command or args. `first` is the program itself. */
static void check_word(Lint *lint, SecretWords *words, Str word, bool first, Str place, const Path *path) {
    Str found = secret_in_words(words, word), login = secret_in_url(word);
    if (login.len) found = str_format(lint->arena, "the password of %.*s", (int)str_find(login, ':'), login.at);
    if (found.len)
        emit_secret_in_args(lint->diags, lint_where(lint, path), .place = place, .name = lint->container->name, .what = found);
    if (str_has(word, S("sudo")) && (first ? is_sudo(word) : is_script(word) && script_calls_sudo(word)))
        emit_sudo_in_entrypoint(lint->diags, lint_where(lint, path), .place = place, .name = lint->container->name);
}

static void check_command_line(Lint *lint, const Container *self, const Path *path) {
    SecretWords words = {{0}, {0}};
    Path command = FIELD(path, "command"), args = FIELD(path, "args");
    for (uint32_t i = 0; i < self->command.n; i++) {
        Path at = path_index(&command, i);
        check_word(lint, &words, self->command.at[i], i == 0, S("command"), &at);
    }
    for (uint32_t i = 0; i < self->args.n; i++) {
        Path at = path_index(&args, i);
        check_word(lint, &words, self->args.at[i], i == 0 && !self->command.n, S("args"), &at);
    }
}

static void check_exec(Lint *lint, const ExecAction *exec, Str place, const Path *path) {
    SecretWords words = {{0}, {0}};
    Path action = FIELD(path, "exec"), command = FIELD(&action, "command");
    for (uint32_t i = 0; exec && i < exec->command.n; i++) {
        Path at = path_index(&command, i);
        check_word(lint, &words, exec->command.at[i], i == 0, place, &at);
    }
}

/* Commands that the kubelet runs in the container. */
static void check_execs(Lint *lint, const Container *self, const Path *path) {
    Path live = FIELD(path, "livenessProbe"), ready = FIELD(path, "readinessProbe"), start = FIELD(path, "startupProbe");
    Path up = FIELD(path, "lifecycle"), postStart = FIELD(&up, "postStart"), preStop = FIELD(&up, "preStop");
    if (self->livenessProbe) check_exec(lint, self->livenessProbe->exec, live.name, &live);
    if (self->readinessProbe) check_exec(lint, self->readinessProbe->exec, ready.name, &ready);
    if (self->startupProbe) check_exec(lint, self->startupProbe->exec, start.name, &start);
    if (!self->lifecycle) return;
    if (self->lifecycle->postStart) check_exec(lint, self->lifecycle->postStart->exec, postStart.name, &postStart);
    if (self->lifecycle->preStop) check_exec(lint, self->lifecycle->preStop->exec, preStop.name, &preStop);
}

static void check_interactive(Lint *lint, const Container *self, const Path *path) {
    if ((!self->stdin && !self->tty) || lint_workload(lint) == WORKLOAD_POD) return;
    Path at = path_field(path, self->stdin ? S("stdin") : S("tty"));
    emit_interactive_container(lint->diags, lint_where(lint, &at), .field = at.name, .name = self->name,
                               .kind = lint->document->kind);
}

static void check_context(Lint *lint, const SecurityContext *context, const Path *path) {
    Path up = FIELD(path, "securityContext"), privileged = FIELD(&up, "privileged"), mount = FIELD(&up, "procMount");
    if (context->privileged.value)
        emit_privileged_container(lint->diags, lint_where(lint, &privileged), .name = lint->container->name);
    if (str_eq(context->procMount, S("Unmasked")))
        emit_unsafe_proc_mount(lint->diags, lint_where(lint, &mount), .name = lint->container->name);
}

void lint_container_security(Lint *lint, const Container *self, const Path *path) {
    if (self->securityContext) check_context(lint, self->securityContext, path);
    check_user(lint, self, path);
    check_ports(lint, self, path);
    check_variables(lint, self, path);
    check_command_line(lint, self, path);
    check_execs(lint, self, path);
    check_interactive(lint, self, path);
}

void lint_security_context_missing(Lint *lint, const Container *self, const Path *path) {
    const PodSecurityContext *shared = lint->pod->securityContext;
    bool own = self->securityContext && self->securityContext->head.node && self->securityContext->head.node->count;
    if (own || (shared && shared->head.node && shared->head.node->count)) return;
    Path at = FIELD(path, "securityContext");
    emit_security_context_missing(lint->diags, lint_where(lint, &at), .name = self->name);
}

void lint_secret_variables(Lint *lint, const Container *self, const Path *path) {
    Path env = FIELD(path, "env"), from = FIELD(path, "envFrom");
    for (uint32_t i = 0; i < self->env.n; i++) {
        const EnvVarSource *source = self->env.at[i].valueFrom;
        if (!source || !source->secretKeyRef) continue;
        Path item = path_index(&env, i), up = FIELD(&item, "valueFrom"), at = FIELD(&up, "secretKeyRef");
        emit_read_secret_from_env_var(lint->diags, lint_where_key(lint, &at),
                                      .what = str_format(lint->arena, "the variable %.*s", TEXT(self->env.at[i].name)),
                                      .name = self->name);
    }
    for (uint32_t i = 0; i < self->envFrom.n; i++) {
        if (!self->envFrom.at[i].secretRef) continue;
        Path item = path_index(&from, i), at = FIELD(&item, "secretRef");
        emit_read_secret_from_env_var(lint->diags, lint_where_key(lint, &at), .what = S("envFrom"), .name = self->name);
    }
}

/* Capabilities. */

/* The name as Kubernetes writes it: without CAP_, in upper case. */
static Str capability_name(Arena *arena, Str name) {
    if (name.len > 4 && str_eq_nocase((Str){name.at, 4}, S("CAP_"))) name = str_slice(name, 4);
    return str_upper(arena, name);
}

static bool has_lower_case(Str name) {
    for (size_t i = 0; i < name.len; i++)
        if (is_lower(name.at[i])) return true;
    return false;
}

static void check_form(Lint *lint, const StrList *list, const Path *path) {
    for (uint32_t i = 0; i < list->n; i++) {
        Str name = list->at[i];
        Path at = path_index(path, i);
        if (name.len > 4 && str_eq_nocase((Str){name.at, 4}, S("CAP_")))
            emit_capability_name_form(lint->diags, lint_where(lint, &at), .name = name,
                                      .capability = capability_name(lint->arena, name));
        else if (has_lower_case(name))
            emit_capability_name_case(lint->diags, lint_where(lint, &at), .name = name,
                                      .capability = capability_name(lint->arena, name));
    }
}

static Str capability_power(Str name) {
    static const struct {
        Str name, power;
    } powers[] = {
        {STR("ALL"), STR("gives the container all rights of root on the node")},
        {STR("BPF"), STR("lets the container load programs into the node's kernel")},
        {STR("DAC_READ_SEARCH"), STR("lets the container open every file of the node by its number")},
        {STR("NET_ADMIN"), STR("lets the container change the node's network, which the pod shares")},
        {STR("SYS_ADMIN"), STR("is nearly as good as root on the node: it mounts file systems and changes namespaces")},
        {STR("SYS_BOOT"), STR("lets the container reboot the node")},
        {STR("SYS_MODULE"), STR("lets the container load modules into the node's kernel")},
        {STR("SYS_PTRACE"), STR("lets the container read and change the memory of other processes")},
        {STR("SYS_RAWIO"), STR("lets the container write to the node's hardware")},
    };
    for (size_t i = 0; i < COUNT(powers); i++)
        if (str_eq(powers[i].name, name)) return powers[i].power;
    return S("is on the list of dangerous capabilities");
}

void lint_capabilities(Lint *lint, const Capabilities *self, const Path *path) {
    Path add = FIELD(path, "add"), drop = FIELD(path, "drop");
    check_form(lint, &self->add, &add);
    check_form(lint, &self->drop, &drop);
    for (uint32_t i = 0; i < self->add.n; i++) {
        Str name = capability_name(lint->arena, self->add.at[i]);
        bool network = str_eq(name, S("NET_ADMIN")) && lint->pod && lint->pod->hostNetwork;
        if (!network && !lint_listed(lint, RULE_dangerous_capabilities, S("capabilities"), name)) continue;
        Path at = path_index(&add, i);
        emit_dangerous_capabilities(lint->diags, lint_where(lint, &at), .capability = name, .power = capability_power(name));
    }
}

void lint_added_capabilities(Lint *lint, const Capabilities *self, const Path *path) {
    Path add = FIELD(path, "add");
    for (uint32_t i = 0; i < self->add.n; i++) {
        Str name = capability_name(lint->arena, self->add.at[i]);
        Path at = path_index(&add, i);
        if (!lint_listed(lint, RULE_added_capabilities, S("allow"), name))
            emit_added_capabilities(lint->diags, lint_where(lint, &at), .capability = name);
    }
}

/* Pods. */

void lint_host_namespaces(Lint *lint, const PodSpec *self, const Path *path) {
    Path network = FIELD(path, "hostNetwork"), pid = FIELD(path, "hostPID"), ipc = FIELD(path, "hostIPC");
    if (self->hostNetwork && !pod_is_windows(self)) emit_host_network(lint->diags, lint_where(lint, &network));
    if (self->hostPID) emit_host_pid(lint->diags, lint_where(lint, &pid));
    if (self->hostIPC) emit_host_ipc(lint->diags, lint_where(lint, &ipc));
}

/* What confines the processes of a container. */

/* Whether some container takes a pod's setting because it has none of its own. */
static bool is_inherited(const PodSpec *pod, bool (*is_set)(const SecurityContext *own)) {
    ContainerWalk w;
    for (walk_all_containers(&w, pod, NULL); walk_next(&w);)
        if (!w.container->securityContext || !is_set(w.container->securityContext)) return true;
    return false;
}

static bool has_seccomp(const SecurityContext *own) {
    return own->seccompProfile != NULL;
}

static bool has_app_armor(const SecurityContext *own) {
    return own->appArmorProfile != NULL;
}

static bool has_selinux(const SecurityContext *own) {
    return own->seLinuxOptions != NULL;
}

static void check_seccomp(Lint *lint, const SeccompProfile *profile, const Path *context) {
    Path up = FIELD(context, "seccompProfile"), at = FIELD(&up, "type");
    if (profile && str_eq(profile->type, S("Unconfined"))) emit_seccomp_unconfined(lint->diags, lint_where(lint, &at));
}

static void check_app_armor(Lint *lint, const AppArmorProfile *profile, Str what, const Path *context) {
    Path up = FIELD(context, "appArmorProfile"), at = FIELD(&up, "type");
    if (profile && profile->head.node && str_eq(profile->type, S("Unconfined")))
        emit_apparmor_unconfined(lint->diags, lint_where(lint, &at), .what = what);
}

static void check_selinux(Lint *lint, const SELinuxOptions *options, const Path *context) {
    static const Str types[] = {STR("container_t"), STR("container_init_t"), STR("container_kvm_t"), STR("container_engine_t")};
    Path at = FIELD(context, "seLinuxOptions");
    if (!options) return;
    bool other = options->type.len && !str_in(options->type, types, COUNT(types));
    if (other || options->user.at || options->role.at) emit_selinux_options(lint->diags, lint_where(lint, &at));
}

static void check_host_process(Lint *lint, const WindowsSecurityContextOptions *options, const Path *context) {
    Path up = FIELD(context, "windowsOptions"), at = FIELD(&up, "hostProcess");
    if (options && options->hostProcess.value) emit_host_process(lint->diags, lint_where(lint, &at));
}

/* The annotation that came before the field. */
static void check_app_armor_annotations(Lint *lint) {
    static const Str prefix = STR("container.apparmor.security.beta.kubernetes.io/");
    Path annotations = FIELD(lint->metaPath, "annotations");
    for (uint32_t i = 0; i < lint->meta->annotations.n; i++) {
        const StrPair *pair = &lint->meta->annotations.at[i];
        Path at = path_key(&annotations, pair->key);
        if (str_starts(pair->key, prefix) && str_eq(pair->value, S("unconfined")))
            emit_apparmor_unconfined(lint->diags, lint_where(lint, &at),
                                     .what = str_join(lint->arena, S("the container "), str_slice(pair->key, prefix.len)));
    }
}

/* A setting of the pod that every container overrides is without effect, and not reported. */
void lint_confinement(Lint *lint, const PodSpec *self, const Path *path) {
    const PodSecurityContext *shared = self->securityContext;
    Path context = FIELD(path, "securityContext");
    ContainerWalk w;
    if (shared) {
        if (is_inherited(self, has_seccomp)) check_seccomp(lint, shared->seccompProfile, &context);
        if (is_inherited(self, has_app_armor)) check_app_armor(lint, shared->appArmorProfile, S("the pod"), &context);
        if (is_inherited(self, has_selinux)) check_selinux(lint, shared->seLinuxOptions, &context);
        check_host_process(lint, shared->windowsOptions, &context);
    }
    for (walk_all_containers(&w, self, path); walk_next(&w);) {
        const SecurityContext *own = w.container->securityContext;
        Path at = FIELD(&w.path, "securityContext");
        if (!own) continue;
        check_seccomp(lint, own->seccompProfile, &at);
        check_app_armor(lint, own->appArmorProfile, str_join(lint->arena, S("the container "), w.container->name), &at);
        check_selinux(lint, own->seLinuxOptions, &at);
        check_host_process(lint, own->windowsOptions, &at);
    }
    check_app_armor_annotations(lint);
}

void lint_sysctl(Lint *lint, const Sysctl *self, const Path *path) {
    char *dotted = arena_cstr(lint->arena, self->name);
    for (size_t i = 0; i < self->name.len; i++)
        if (dotted[i] == '/') dotted[i] = '.';
    Str name = {dotted, self->name.len};
    Path at = FIELD(path, "name");
    if (name.len && !sysctl_is_safe(name, lint->minor) && !lint_listed(lint, RULE_unsafe_sysctls, S("allow"), name))
        emit_unsafe_sysctls(lint->diags, lint_where(lint, &at), .name = name);
}

static void check_group(Lint *lint, OptInt group, Str field, Str who, const Path *context) {
    Path at = path_field(context, field);
    if (group.set && !group.value) emit_root_group(lint->diags, lint_where(lint, &at), .field = field, .who = who);
}

static bool has_group(const SecurityContext *own) {
    return own->runAsGroup.set;
}

void lint_root_group(Lint *lint, const PodSpec *self, const Path *path) {
    Path context = FIELD(path, "securityContext"), groups = FIELD(&context, "supplementalGroups");
    const PodSecurityContext *shared = self->securityContext;
    ContainerWalk w;
    for (walk_containers(&w, self, path); walk_next(&w);) {
        const SecurityContext *own = w.container->securityContext;
        Path at = FIELD(&w.path, "securityContext");
        if (own)
            check_group(lint, own->runAsGroup, S("runAsGroup"), str_join(lint->arena, S("the container "), w.container->name),
                        &at);
    }
    if (!shared) return;
    if (is_inherited(self, has_group)) check_group(lint, shared->runAsGroup, S("runAsGroup"), S("the pod"), &context);
    check_group(lint, shared->fsGroup, S("fsGroup"), S("the pod"), &context);
    for (uint32_t i = 0; i < shared->supplementalGroups.n; i++) {
        Path at = path_index(&groups, i);
        if (!shared->supplementalGroups.at[i])
            emit_root_group(lint->diags, lint_where(lint, &at), .field = groups.name, .who = S("the pod"));
    }
}

static void check_id(Lint *lint, Str field, OptInt id, const Path *path) {
    int64_t min = lint_int(lint, RULE_restrict_uid_gid_ranges, S("min"));
    int64_t max = lint_int(lint, RULE_restrict_uid_gid_ranges, S("max"));
    if (!id.set || (id.value >= min && id.value <= max)) return;
    emit_restrict_uid_gid_ranges(lint->diags, lint_where(lint, path), .field = field, .id = str_int(lint->arena, id.value),
                                 .min = str_int(lint->arena, min), .max = str_int(lint->arena, max));
}

static void check_ids(Lint *lint, OptInt user, OptInt group, const Path *context) {
    Path userAt = FIELD(context, "runAsUser"), groupAt = FIELD(context, "runAsGroup");
    check_id(lint, userAt.name, user, &userAt);
    check_id(lint, groupAt.name, group, &groupAt);
}

void lint_id_ranges(Lint *lint, const PodSpec *self, const Path *path) {
    Path context = FIELD(path, "securityContext");
    Path fsGroup = FIELD(&context, "fsGroup"), groups = FIELD(&context, "supplementalGroups");
    const PodSecurityContext *shared = self->securityContext;
    ContainerWalk w;
    for (walk_containers(&w, self, path); walk_next(&w);) {
        const SecurityContext *own = w.container->securityContext;
        Path at = FIELD(&w.path, "securityContext");
        if (own) check_ids(lint, own->runAsUser, own->runAsGroup, &at);
    }
    if (!shared) return;
    check_ids(lint, shared->runAsUser, shared->runAsGroup, &context);
    check_id(lint, fsGroup.name, shared->fsGroup, &fsGroup);
    for (uint32_t i = 0; i < shared->supplementalGroups.n; i++) {
        Path at = path_index(&groups, i);
        check_id(lint, groups.name, (OptInt){true, shared->supplementalGroups.at[i]}, &at);
    }
}

void lint_namespace(Lint *lint, const PodSpec *self, const Path *path) {
    (void)self, (void)path;
    Str name = lint->document->namespace_;
    Path up = FIELD(NULL, "metadata"), at = FIELD(&up, "namespace");
    if (!name.len || str_eq(name, S("default")))
        emit_use_namespace(lint->diags, lint_where(lint, &at), .kind = lint->document->kind);
    else if (lint_listed(lint, RULE_system_namespace, S("namespaces"), name))
        emit_system_namespace(lint->diags, lint_where(lint, &at), .kind = lint->document->kind, .namespace = name);
}

/* Volumes. */

/* The path without repeated and final slashes. */
static Str clean_path(Arena *arena, Str path) {
    char *text = arena_cstr(arena, path);
    size_t n = 0;
    for (size_t i = 0; i < path.len; i++)
        if (path.at[i] != '/' || !n || text[n - 1] != '/') text[n++] = path.at[i];
    if (n > 1 && text[n - 1] == '/') n--;
    return (Str){text, n};
}

static bool is_below(Str path, Str dir) {
    return path.at && str_starts(path, dir) && (path.len == dir.len || path.at[dir.len] == '/' || str_eq(dir, S("/")));
}

static bool is_socket(Str path) {
    static const Str sockets[] = {STR("/docker.sock"),      STR("/containerd.sock"), STR("/crio.sock"),      STR("/podman.sock"),
                                  STR("/cri-dockerd.sock"), STR("/kubelet.sock"),    STR("/dockershim.sock")};
    for (size_t i = 0; i < COUNT(sockets); i++)
        if (str_ends(path, sockets[i])) return true;
    return false;
}

/* Whether one of the directories in a parameter holds the path, or lies below it. */
static bool is_listed_dir(const Lint *lint, Str parameter, Str path, bool below) {
    Value list = lint_parameter(lint, RULE_sensitive_host_mounts, parameter);
    Eval ev = {.arena = lint->arena};
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.len; i++) {
        Value item = list_item(&ev, list, i);
        if (item.kind != VALUE_STRING) continue;
        if (is_below(path, value_str(item)) || (below && is_below(value_str(item), path))) return true;
    }
    return false;
}

/* What a user keeps keys and logins in. */
static bool is_home_secret(Str path) {
    static const Str homes[] = {STR("/home/"), STR("/Users/")};
    static const Str kept[] = {STR(".ssh"),    STR(".kube"),  STR(".aws"),          STR(".azure"),
                               STR(".docker"), STR(".gnupg"), STR(".config/gcloud")};
    for (size_t i = 0; i < COUNT(homes); i++) {
        if (!str_starts(path, homes[i])) continue;
        Str user = str_slice(path, homes[i].len);
        ptrdiff_t slash = str_find(user, '/');
        Str folder = slash < 0 ? S("") : str_slice(user, (size_t)slash + 1);
        for (size_t j = 0; j < COUNT(kept); j++)
            if (is_below(folder, kept[j])) return true;
    }
    return false;
}

/* A folder below /run that a program of its own keeps there. */
static bool is_own_run_folder(const Lint *lint, Str path) {
    static const Str runs[] = {STR("/run/"), STR("/var/run/")};
    for (size_t i = 0; i < COUNT(runs); i++) {
        if (!str_starts(path, runs[i])) continue;
        Str name = str_slice(path, runs[i].len);
        ptrdiff_t slash = str_find(name, '/');
        if (slash >= 0) name.len = (size_t)slash;
        return !lint_listed(lint, RULE_sensitive_host_mounts, S("run"), name);
    }
    return false;
}

void lint_host_mount(Lint *lint, const Volume *self, const Path *path) {
    const MountUse *use = self->hostPath ? mounts_of(lint, self->name) : NULL;
    if (!use) return;
    bool writable = false;
    for (; use; use = use->next) writable |= !use->mount->readOnly;
    Str dir = clean_path(lint->arena, self->hostPath->path);
    Path up = FIELD(path, "hostPath"), at = FIELD(&up, "path");
    if (is_socket(dir))
        emit_docker_sock(lint->diags, lint_where(lint, &at), .volume = self->name, .path = dir);
    else if (is_home_secret(dir) || (is_listed_dir(lint, S("dirs"), dir, true) && !is_own_run_folder(lint, dir) &&
                                     (writable || !is_listed_dir(lint, S("harmless"), dir, false))))
        emit_sensitive_host_mounts(lint->diags, lint_where(lint, &at), .volume = self->name, .path = dir);
}

static Str allowed_types(const Lint *lint) {
    Value list = lint_parameter(lint, RULE_volume_types, S("allow"));
    Eval ev = {.arena = lint->arena};
    Buf buf = {.arena = lint->arena};
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.len; i++) {
        Value item = list_item(&ev, list, i);
        if (item.kind == VALUE_STRING) buf_format(&buf, "%s%.*s", i ? ", " : "", TEXT(value_str(item)));
    }
    return buf_text(&buf);
}

void lint_volume_type(Lint *lint, const Volume *self, const Path *path) {
    for (uint16_t i = 0; i < type_Volume.fieldCount; i++) {
        const Field *field = &type_Volume.fields[i];
        if (field->scalar != TYPE_OBJECT || field->shape != SHAPE_ONE) continue;
        if (!*(void *const *)(const void *)((const char *)self + field->offset)) continue;
        Path at = path_field(path, field->name);
        if (!lint_listed(lint, RULE_volume_types, S("allow"), field->name))
            emit_volume_types(lint->diags, lint_where_key(lint, &at), .volume = self->name, .type = field->name,
                              .allowed = allowed_types(lint));
    }
}

void lint_sub_path(Lint *lint, const VolumeMount *self, const Path *path) {
    if (!self->subPath.len && !self->subPathExpr.len) return;
    Path at = path_field(path, self->subPath.len ? S("subPath") : S("subPathExpr"));
    emit_sub_path_mount(lint->diags, lint_where(lint, &at), .path = self->mountPath, .field = at.name);
}

/* Whole documents. */

static void check_node(Lint *lint, const Node *node, const Path *path) {
    if (node->kind == NODE_STRING) {
        Str what = secret_form(node->text);
        if (what.len) emit_exposed_credential_literal(lint->diags, lint_where(lint, path), .what = what);
    }
    for (uint32_t i = 0; node->kind == NODE_LIST && i < node->count; i++) {
        Path item = path_index(path, i);
        check_node(lint, &node->items[i], &item);
    }
    for (uint32_t i = 0; node->kind == NODE_MAP && i < node->count; i++) {
        Path item = path_field(path, node->entries[i].key);
        check_node(lint, &node->entries[i].value, &item);
    }
}

/* A Secret is where credentials belong. */
void lint_credentials(Lint *lint, const Document *self, const Path *path) {
    if (!model_is(self, KIND_Secret)) check_node(lint, self->root, path);
}
