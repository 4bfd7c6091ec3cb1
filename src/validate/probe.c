/* Probes and lifecycle hooks: the handler in them and its fields, thresholds, stop signals, and which containers may have them at
 * all (k8s.io/kubernetes/pkg/apis/core/validation). */
#include "areas.h"

/* What a probe or hook does. Probes know no sleep, hooks no grpc. */
typedef struct Handler {
    const ExecAction *exec;
    const HTTPGetAction *httpGet;
    const TCPSocketAction *tcpSocket;
    const GRPCAction *grpc;
    const SleepAction *sleep;
} Handler;

/* The name of one of the container's ports. */
static void check_port_text(Check *c, const IntOrString *port, const Path *up) {
    Path at = FIELD(up, "port");
    if (port->isString && !is_port_name(port->text))
        emit_handler_port_name(c->diags, where(c, &at), .value = shown(c->arena, port->text),
                               .hint = str_is_digits(port->text) ? S("leave out the quotes: in quotes it is a name, not a number")
                                                                 : S(""));
}

static void check_exec(Check *c, const ExecAction *exec, const Path *path) {
    Path at = FIELD(path, "command");
    if (!exec->command.n) emit_handler_command(c->diags, where(c, &at));
}

/* The server blames the list for the name of any of its headers. */
static void check_headers(Check *c, HTTPHeaderList headers, const Path *path) {
    Path list = FIELD(path, "httpHeaders");
    for (uint32_t i = 0; i < headers.n; i++) {
        if (is_http_header_name(headers.at[i].name)) continue;
        Path item = path_index(&list, i), at = FIELD(&item, "name");
        emit_handler_header(c->diags, where_printed(c, &at, &list), .name = shown(c->arena, headers.at[i].name));
    }
}

/* HTTP/2 is spoken without TLS and to the pod only. */
static void check_protocol(Check *c, const HTTPGetAction *get, const Path *path) {
    Path at = FIELD(path, "protocol"), host = FIELD(path, "host"), scheme = FIELD(path, "scheme");
    if (!str_eq(get->protocol, S("HTTP2"))) return;
    if (!str_eq(get->scheme, S("HTTP"))) {
        Diag *d = emit_handler_http2_scheme(c->diags, where(c, &at), .scheme = shown(c->arena, get->scheme));
        diag_note(c->diags, d, where(c, &scheme).span, S("the scheme"));
    } else if (get->host.len) {
        Diag *d = emit_handler_http2_host(c->diags, where(c, &host), .host = shown(c->arena, get->host));
        diag_note(c->diags, d, where(c, &at).span, S("the protocol"));
    }
}

static void check_http(Check *c, const HTTPGetAction *get, const Path *path) {
    Path target = FIELD(path, "path");
    CHECK_FIELDS(c, HTTPGetAction, get, path);
    check_required(c, get->path, &target);
    check_port_text(c, &get->port, path);
    check_headers(c, get->httpHeaders, path);
    check_protocol(c, get, path);
}

static void check_tcp(Check *c, const TCPSocketAction *tcp, const Path *path) {
    CHECK_FIELDS(c, TCPSocketAction, tcp, path);
    check_port_text(c, &tcp->port, path);
}

/* A hook must not outlast the time that the pod has to end. */
static void check_sleep(PodCheck *p, const SleepAction *sleep, const Path *path) {
    Check *c = p->c;
    OptInt grace = p->spec->terminationGracePeriodSeconds;
    int64_t least = c->minor < 33 ? 1 : 0; /* gate PodLifecycleSleepActionAllowZero */
    if (!grace.set || (sleep->seconds >= least && sleep->seconds <= grace.value)) return;
    Path at = FIELD(path, "seconds"), period = FIELD(p->path, "terminationGracePeriodSeconds");
    Diag *d = emit_handler_sleep(c->diags, where_printed(c, &at, path), .low = str_int(c->arena, least),
                                 .high = str_int(c->arena, grace.value), .value = str_int(c->arena, sleep->seconds));
    if (p->spec->head.node && node_get(p->spec->head.node, S("terminationGracePeriodSeconds")))
        diag_note(c->diags, d, where(c, &period).span, S("the grace period"));
}

/* Only the first handler is looked into, in this order. */
static void check_handler(PodCheck *p, const Handler *handler, const Path *path) {
    Check *c = p->c;
    const struct {
        Str name;
        bool set;
    } kinds[] = {{STR("exec"), handler->exec != NULL},
                 {STR("httpGet"), handler->httpGet != NULL},
                 {STR("tcpSocket"), handler->tcpSocket != NULL},
                 {STR("grpc"), handler->grpc != NULL},
                 {STR("sleep"), handler->sleep != NULL}};
    enum { KINDS = COUNT(kinds) };
    size_t first = 0;
    while (first < KINDS && !kinds[first].set) first++;
    if (first == KINDS) {
        bool hook = str_eq(path->name, S("postStart")) || str_eq(path->name, S("preStop"));
        emit_handler_none(c->diags, where_key(c, path), .field = path->name,
                          .allowed = hook ? S("exec, httpGet, tcpSocket or sleep") : S("exec, httpGet, tcpSocket or grpc"));
        return;
    }
    Path at = path_field(path, kinds[first].name);
    if (handler->exec)
        check_exec(c, handler->exec, &at);
    else if (handler->httpGet)
        check_http(c, handler->httpGet, &at);
    else if (handler->tcpSocket)
        check_tcp(c, handler->tcpSocket, &at);
    else if (handler->grpc)
        CHECK_FIELDS(c, GRPCAction, handler->grpc, &at);
    else
        check_sleep(p, handler->sleep, &at);
    for (size_t i = first + 1; i < KINDS; i++) {
        if (!kinds[i].set) continue;
        Path other = path_field(path, kinds[i].name);
        Diag *d = emit_handler_second(c->diags, where_key(c, &other), .field = path->name, .first = kinds[first].name,
                                      .second = kinds[i].name);
        diag_note(c->diags, d, where_key(c, &at).span, S("the first one"));
    }
}

typedef enum ProbeKind { PROBE_LIVENESS, PROBE_READINESS, PROBE_STARTUP } ProbeKind;

/* Only readiness can wait for several successes in a row. */
static void check_success(Check *c, const Probe *probe, ProbeKind kind, const Path *path) {
    Path at = FIELD(path, "successThreshold");
    if (kind == PROBE_READINESS)
        CHECK_FIELD(c, Probe, successThreshold, probe, path);
    else if (probe->successThreshold != 1)
        emit_probe_success(c->diags, where(c, &at), .probe = path->name, .value = str_int(c->arena, probe->successThreshold));
}

static void check_grace(Check *c, OptInt grace, ProbeKind kind, const Path *path) {
    Path at = FIELD(path, "terminationGracePeriodSeconds");
    if (!grace.set) return;
    if (kind == PROBE_READINESS)
        emit_probe_grace_readiness(c->diags, where(c, &at));
    else if (grace.value < FIELD_OF(Probe, terminationGracePeriodSeconds)->text->minimum)
        emit_probe_grace(c->diags, where(c, &at), .value = str_int(c->arena, grace.value));
}

static void check_probe(PodCheck *p, const Probe *probe, ProbeKind kind, const Path *path) {
    Handler handler = {.exec = probe->exec, .httpGet = probe->httpGet, .tcpSocket = probe->tcpSocket, .grpc = probe->grpc};
    check_handler(p, &handler, path);
    CHECK_FIELDS(p->c, Probe, probe, path);
    check_success(p->c, probe, kind, path);
    check_grace(p->c, probe->terminationGracePeriodSeconds, kind, path);
}

static void check_hook(PodCheck *p, const LifecycleHandler *hook, const Path *path) {
    Handler handler = {.exec = hook->exec, .httpGet = hook->httpGet, .tcpSocket = hook->tcpSocket, .sleep = hook->sleep};
    check_handler(p, &handler, path);
}

/* What the signal was probably meant to be: the same without SIG, in other letters, or misspelt. */
static Str signal_hint(Check *c, Str signal, const Str *known, size_t count) {
    Str whole = str_join(c->arena, S("SIG"), signal);
    for (size_t i = 0; i < count; i++)
        if (str_eq_nocase(known[i], whole) || str_eq_nocase(known[i], signal))
            return str_format(c->arena, "write it as \"%.*s\"", (int)known[i].len, known[i].at);
    return did_you_mean(c->arena, signal, known, count);
}

/* Which signals there are depends on the operating system, so the pod has to name it. */
static void check_stop_signal(PodCheck *p, Str signal, const Path *path) {
    static const Str windows[] = {STR("SIGKILL"), STR("SIGTERM")};
    const Field *field = FIELD_OF(Lifecycle, stopSignal);
    Check *c = p->c;
    if (!p->spec->os) {
        emit_stop_signal_os(c->diags, where(c, path), .signal = shown(c->arena, signal));
    } else if (p->windows) {
        check_enum(c, signal, windows, COUNT(windows), path);
    } else if (str_eq(p->spec->os->name, S("linux")) && !is_known_value(c, field, signal)) {
        StrList known = known_values(c, field);
        emit_stop_signal(c->diags, where(c, path), .signal = shown(c->arena, signal),
                         .hint = signal_hint(c, signal, known.at, known.n));
    }
}

static void check_lifecycle(PodCheck *p, const Lifecycle *lifecycle, const Path *path) {
    Path start = FIELD(path, "postStart"), stop = FIELD(path, "preStop"), signal = FIELD(path, "stopSignal");
    if (lifecycle->postStart) check_hook(p, lifecycle->postStart, &start);
    if (lifecycle->preStop) check_hook(p, lifecycle->preStop, &stop);
    if (lifecycle->stopSignal.at) check_stop_signal(p, lifecycle->stopSignal, &signal);
}

/* Nothing is forbidden to a sidecar, which a container may be meant to be whose restartPolicy is misspelt. */
static void forbid(PodCheck *p, const Container *container, bool set, const Path *path) {
    if (!set) return;
    Diag *d = emit_probe_init(p->c->diags, where_key(p->c, path), .field = path->name);
    d->follows =
        container->restartPolicy.at && !is_known_value(p->c, FIELD_OF(Container, restartPolicy), container->restartPolicy);
}

void check_container_probes(PodCheck *p, const Container *container, bool isInit, const Path *path) {
    Path lifecycle = FIELD(path, "lifecycle"), liveness = FIELD(path, "livenessProbe"), readiness = FIELD(path, "readinessProbe"),
         startup = FIELD(path, "startupProbe");
    if (isInit && !is_sidecar(container)) {
        forbid(p, container, container->lifecycle, &lifecycle);
        forbid(p, container, container->livenessProbe, &liveness);
        forbid(p, container, container->readinessProbe, &readiness);
        forbid(p, container, container->startupProbe, &startup);
        return;
    }
    if (container->lifecycle) check_lifecycle(p, container->lifecycle, &lifecycle);
    if (container->livenessProbe) check_probe(p, container->livenessProbe, PROBE_LIVENESS, &liveness);
    if (container->readinessProbe) check_probe(p, container->readinessProbe, PROBE_READINESS, &readiness);
    if (container->startupProbe) check_probe(p, container->startupProbe, PROBE_STARTUP, &startup);
}
