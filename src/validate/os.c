/* What belongs to one operating system only: fields that are refused for the other one, the options of Windows containers, and
 * host process pods (k8s.io/kubernetes/pkg/apis/core/validation). */
#include "areas.h"

/* A field that the other operating system does not know. */
typedef struct Foreign {
    Str field;
    bool set;
} Foreign;

static void report_foreign(PodCheck *p, const Foreign *fields, size_t count, const Path *path) {
    Check *c = p->c;
    Path os = FIELD(p->path, "os"), name = FIELD(&os, "name");
    for (size_t i = 0; i < count; i++) {
        if (!fields[i].set) continue;
        Path at = path_field(path, fields[i].field);
        Diag *d = p->windows ? emit_os_windows_field(c->diags, where_key(c, &at), .field = fields[i].field)
                             : emit_os_linux_field(c->diags, where_key(c, &at), .field = fields[i].field);
        diag_note(c->diags, d, where(c, &name).span, S("the pod's operating system"));
    }
}

/* Whether a list is there at all: an empty one counts. */
static bool has_list(const Node *map, Str key) {
    const Node *list = map ? node_get(map, key) : NULL;
    return list && list->kind == NODE_LIST;
}

static void check_windows_spec(PodCheck *p) {
    const PodSpec *spec = p->spec;
    const Foreign fields[] = {
        {STR("hostUsers"), spec->hostUsers.set},
        {STR("hostPID"), spec->hostPID},
        {STR("hostIPC"), spec->hostIPC},
        {STR("shareProcessNamespace"), spec->shareProcessNamespace.set},
    };
    report_foreign(p, fields, COUNT(fields), p->path);
}

static void check_windows_pod_context(PodCheck *p, const PodSecurityContext *context) {
    Path path = FIELD(p->path, "securityContext");
    const Foreign fields[] = {
        {STR("appArmorProfile"), context->appArmorProfile},
        {STR("seLinuxOptions"), context->seLinuxOptions},
        {STR("seccompProfile"), context->seccompProfile},
        {STR("fsGroup"), context->fsGroup.set},
        {STR("fsGroupChangePolicy"), context->fsGroupChangePolicy.at},
        {STR("sysctls"), context->sysctls.n},
        {STR("runAsUser"), context->runAsUser.set},
        {STR("runAsGroup"), context->runAsGroup.set},
        {STR("supplementalGroups"), context->supplementalGroups.n || has_list(context->head.node, S("supplementalGroups"))},
        {STR("supplementalGroupsPolicy"), context->supplementalGroupsPolicy.at},
        {STR("seLinuxChangePolicy"), context->seLinuxChangePolicy.at},
    };
    report_foreign(p, fields, COUNT(fields), &path);
}

static void check_windows_context(PodCheck *p, const SecurityContext *context, const Path *path) {
    const Foreign fields[] = {
        {STR("appArmorProfile"), context->appArmorProfile},
        {STR("seLinuxOptions"), context->seLinuxOptions},
        {STR("seccompProfile"), context->seccompProfile},
        {STR("capabilities"), context->capabilities},
        {STR("readOnlyRootFilesystem"), context->readOnlyRootFilesystem.set},
        {STR("privileged"), context->privileged.set},
        {STR("allowPrivilegeEscalation"), context->allowPrivilegeEscalation.set},
        {STR("procMount"), context->procMount.at},
        {STR("runAsUser"), context->runAsUser.set},
        {STR("runAsGroup"), context->runAsGroup.set},
    };
    report_foreign(p, fields, COUNT(fields), path);
}

static void check_linux_context(PodCheck *p, const WindowsSecurityContextOptions *options, const Path *path) {
    const Foreign field = {STR("windowsOptions"), options};
    report_foreign(p, &field, 1, path);
}

/* Refuses what the pod's operating system does not know. */
static void check_foreign(PodCheck *p) {
    const PodSecurityContext *context = p->spec->securityContext;
    Path path = FIELD(p->path, "securityContext");
    if (p->windows) check_windows_spec(p);
    if (context && p->windows) check_windows_pod_context(p, context);
    if (context && !p->windows) check_linux_context(p, context->windowsOptions, &path);
    ContainerWalk w;
    for (walk_all_containers(&w, p->spec, p->path); walk_next(&w);) {
        const SecurityContext *own = w.container->securityContext;
        if (!own) continue;
        Path at = FIELD(&w.path, "securityContext");
        if (p->windows)
            check_windows_context(p, own, &at);
        else
            check_linux_context(p, own->windowsOptions, &at);
    }
}

static void check_os_name(PodCheck *p, Str value) {
    const Field *field = FIELD_OF(PodOS, name);
    Check *c = p->c;
    Path os = FIELD(p->path, "os"), name = FIELD(&os, "name");
    if (!check_required(c, value, &name)) return;
    if (is_known_value(c, field, value)) {
        check_foreign(p);
        return;
    }
    emit_os_unknown(c->diags, where_printed(c, &name, &os), .name = value, .hint = value_advice(c, field, value).hint);
}

static OptBool host_process(const WindowsSecurityContextOptions *options) {
    return options ? options->hostProcess : (OptBool){0};
}

static void report_host_process_differs(PodCheck *p, bool own, bool pods, const Path *container) {
    Check *c = p->c;
    Path context = FIELD(container, "securityContext"), options = FIELD(&context, "windowsOptions");
    Path podContext = FIELD(p->path, "securityContext"), podOptions = FIELD(&podContext, "windowsOptions");
    Path at = FIELD(&options, "hostProcess"), podAt = FIELD(&podOptions, "hostProcess");
    Diag *d = emit_windows_host_process_differs(c->diags, where(c, &at), .own = own ? S("true") : S("false"),
                                                .pod = pods ? S("true") : S("false"));
    diag_note(c->diags, d, where(c, &podAt).span, S("the pod's value"));
}

/* Points at the first container that is none, reported at the spec. */
static void report_host_process_mixed(PodCheck *p, bool pods) {
    Check *c = p->c;
    ContainerWalk w;
    for (walk_all_containers(&w, p->spec, p->path); walk_next(&w);) {
        const SecurityContext *context = w.container->securityContext;
        OptBool own = context ? host_process(context->windowsOptions) : (OptBool){0};
        if (own.set ? own.value : pods) continue;
        emit_windows_host_process_mixed(c->diags, where_printed(c, &w.path, p->path), .name = w.container->name);
        return;
    }
}

/* Host process containers run as processes of the node. A pod has only such or none, whatever operating system it names. */
static void check_host_process(PodCheck *p) {
    const PodSecurityContext *context = p->spec->securityContext;
    OptBool pods = context ? host_process(context->windowsOptions) : (OptBool){0};
    uint32_t all = 0, count = 0;
    ContainerWalk w;
    for (walk_all_containers(&w, p->spec, p->path); walk_next(&w); all++) {
        const SecurityContext *ownContext = w.container->securityContext;
        OptBool own = ownContext ? host_process(ownContext->windowsOptions) : (OptBool){0};
        if (pods.set && own.set && pods.value != own.value) report_host_process_differs(p, own.value, pods.value, &w.path);
        count += own.set ? own.value : pods.value;
    }
    if (!count) return;
    if (count < all) report_host_process_mixed(p, pods.value);
    Path network = FIELD(p->path, "hostNetwork");
    if (!p->hostNetwork) emit_windows_host_process_network(p->c->diags, where(p->c, &network));
}

void check_os(PodCheck *p) {
    check_host_process(p);
    if (p->spec->os) check_os_name(p, p->spec->os->name);
}

static bool has_any(Str s, const char *bytes) {
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] && strchr(bytes, s.at[i])) return true;
    return false;
}

static bool has_control(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] < ' ' || s.at[i] == 127) return true;
    return false;
}

static bool only_dots_and_spaces(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] != '.' && s.at[i] != ' ') return false;
    return s.len > 0;
}

/* DNS labels of either case, joined by dots. */
static bool is_dns_domain(Str s) {
    for (size_t i = 0, start = 0; i <= s.len; i++) {
        if (i < s.len && s.at[i] != '.') {
            if (!is_alnum(s.at[i]) && s.at[i] != '-') return false;
            continue;
        }
        if (i == start || i - start > 63 || s.at[start] == '-' || s.at[i - 1] == '-') return false;
        start = i + 1;
    }
    return true;
}

static bool is_netbios_domain(Str s) {
    return s.len > 0 && s.at[0] != '.' && str_codepoints(s) <= 15 && !has_any(s, "\\/:*?\"<>|");
}

/* What is wrong with USER or DOMAIN\USER, in words; empty if nothing is. */
static Str user_name_fault(Str name) {
    if (!name.len) return S("it is empty");
    if (has_control(name)) return S("it holds a control character");
    ptrdiff_t slash = str_find(name, '\\');
    if (slash != str_rfind(name, '\\')) return S("it holds more than one backslash");
    Str domain = slash < 0 ? S("") : (Str){name.at, (size_t)slash}, user = str_slice(name, (size_t)(slash + 1));
    if (domain.len >= 256) return S("the domain has more than 255 bytes");
    if (slash >= 0 && !is_netbios_domain(domain) && !is_dns_domain(domain))
        return S("the domain is neither a NetBIOS name nor a DNS name");
    if (!user.len) return S("there is no user after the backslash");
    if (user.len > 104) return S("the user has more than 104 bytes");
    if (only_dots_and_spaces(user)) return S("the user is nothing but dots and spaces");
    if (has_any(user, "\"/\\:;|=,+*?<>@[]")) return S("the user holds one of \" / : ; | = , + * ? < > @ [ ]");
    return S("");
}

void check_windows_options(Check *c, const WindowsSecurityContextOptions *options, const Path *path) {
    if (!options) return;
    Path specName = FIELD(path, "gmsaCredentialSpecName"), spec = FIELD(path, "gmsaCredentialSpec");
    Path user = FIELD(path, "runAsUserName");
    size_t size = options->gmsaCredentialSpec.len,
           most = (size_t)FIELD_OF(WindowsSecurityContextOptions, gmsaCredentialSpec)->text->maxLength;
    if (options->gmsaCredentialSpecName.at) check_dns_subdomain(c, options->gmsaCredentialSpecName, &specName);
    if (options->gmsaCredentialSpec.at && (size == 0 || size > most))
        emit_windows_gmsa_size(c->diags, where(c, &spec), .size = str_int(c->arena, (int64_t)size));
    Str fault = options->runAsUserName.at ? user_name_fault(options->runAsUserName) : S("");
    if (fault.len) emit_windows_user_name(c->diags, where(c, &user), .value = options->runAsUserName, .reason = fault);
}
