/* Rules about probes, and about the ports and hosts that hooks ask. */
#include "words.h"

#include "simulate/script.h"
#include "validate/names.h"

/* A probe or a hook of a container. */
typedef struct Asking {
    Lint *lint;
    const Container *container;
    Str kind;           /* liveness, readiness, startup, postStart, preStop */
    Str text;           /* "the liveness probe" */
    const Probe *probe; /* NULL: a hook */
    const ExecAction *exec;
    const HTTPGetAction *http;
    const TCPSocketAction *tcp;
    const GRPCAction *grpc;
    const Path *path; /* of the probe or hook */
} Asking;

static Where field_where(const Asking *a, const char *field) {
    Path at = path_field(a->path, str_of(field));
    return lint_where(a->lint, &at);
}

static Where action_where(const Asking *a, const char *field) {
    Path action = path_field(a->path, a->http ? S("httpGet") : a->grpc ? S("grpc") : S("tcpSocket"));
    Path at = path_field(&action, str_of(field));
    return lint_where(a->lint, &at);
}

static Str number_text(const Asking *a, int64_t number) {
    return str_int(a->lint->arena, number);
}

static int64_t budget(const Probe *probe) {
    return probe->failureThreshold * probe->periodSeconds;
}

/* Ports. */

static const ContainerPort *port_named(const Container *container, Str name) {
    for (uint32_t i = 0; i < container->ports.n; i++)
        if (str_eq(container->ports.at[i].name, name)) return &container->ports.at[i];
    return NULL;
}

/* The port with this number, a TCP one if there is any. */
static const ContainerPort *port_numbered(const Container *container, int64_t number) {
    const ContainerPort *found = NULL;
    for (uint32_t i = 0; i < container->ports.n; i++) {
        const ContainerPort *port = &container->ports.at[i];
        if (port->containerPort == number && (!found || str_eq(port->protocol, S("TCP")))) found = port;
    }
    return found;
}

static const Container *with_port(const Asking *a, const ContainerList *list, bool isInit, int64_t number, Str name) {
    for (uint32_t i = 0; i < list->n; i++) {
        const Container *other = &list->at[i];
        if (other == a->container || (isInit && !is_sidecar(other))) continue;
        if (name.len ? port_named(other, name) != NULL : port_numbered(other, number) != NULL) return other;
    }
    return NULL;
}

/* Another long-running container of the pod that declares the port. */
static const Container *other_owner(const Asking *a, int64_t number, Str name) {
    const PodSpec *pod = a->lint->pod;
    if (!pod) return NULL;
    const Container *main = with_port(a, &pod->containers, false, number, name);
    return main ? main : with_port(a, &pod->initContainers, true, number, name);
}

static Str port_hint(const Asking *a, Str name) {
    Arena *arena = a->lint->arena;
    const Container *other = other_owner(a, 0, name);
    if (other)
        return str_format(arena, "that is a port of %.*s; ask one of %.*s", (int)other->name.len, other->name.at,
                          (int)a->container->name.len, a->container->name.at);
    Str names[8];
    size_t count = 0;
    for (uint32_t i = 0; i < a->container->ports.n && count < COUNT(names); i++)
        if (a->container->ports.at[i].name.len) names[count++] = a->container->ports.at[i].name;
    if (!count) return S("give the port this name in ports, or ask for its number");
    Str near = did_you_mean(arena, name, names, count);
    if (near.len) return near;
    Str all = words_or(arena, names, count);
    return str_format(arena, "ask for %.*s, or for a number", (int)all.len, all.at);
}

static void report_port_name(const Asking *a, Str name) {
    Lint *lint = a->lint;
    for (uint32_t i = 0; i < a->container->ports.n; i++)
        if (head_text_unknown(&a->container->ports.at[i].head, S("name"), false)) return;
    if (model_has_gap(lint->document, path_text(lint->arena, lint->containerPath), S(".ports["))) return;
    Where at = action_where(a, "port");
    Str shownName = shown(lint->arena, name), hint = port_hint(a, name), container = a->container->name;
    if (!a->probe)
        emit_hook_port(lint->diags, at, .container = container, .port = shownName, .hook = a->kind, .hint = hint);
    else if (str_eq(a->kind, S("liveness")))
        emit_liveness_port(lint->diags, at, .container = container, .port = shownName, .hint = hint);
    else if (str_eq(a->kind, S("readiness")))
        emit_readiness_port(lint->diags, at, .container = container, .port = shownName, .hint = hint);
    else
        emit_startup_port(lint->diags, at, .container = container, .port = shownName, .hint = hint);
}

static void report_port_number(const Asking *a, int64_t number) {
    Lint *lint = a->lint;
    const Container *other = other_owner(a, number, S(""));
    Str port = number_text(a, number);
    if (other)
        emit_probe_port_of_other_container(lint->diags, action_where(a, "port"), .probe = a->text,
                                           .container = a->container->name, .port = port, .other = other->name);
    else if (!a->grpc)
        emit_probe_port_undeclared(lint->diags, action_where(a, "port"), .probe = a->text, .container = a->container->name,
                                   .port = port);
    else
        emit_probe_grpc_undeclared_port(lint->diags, action_where(a, "port"), .probe = a->text, .container = a->container->name,
                                        .port = port, .problem = S("which is not among its ports"));
}

static void check_scheme(const Asking *a, const ContainerPort *port, int64_t number) {
    static const int64_t tls[] = {443, 8443, 6443, 9443}, plain[] = {80, 8080};
    Lint *lint = a->lint;
    bool https = str_eq(a->http->scheme, S("HTTPS")), mismatch = false;
    Str name = port ? port->name : S("");
    bool saysTls = str_starts(name, S("https")), saysPlain = str_starts(name, S("http")) && !saysTls;
    for (size_t i = 0; !saysPlain && i < COUNT(tls); i++) saysTls |= number == tls[i];
    for (size_t i = 0; !saysTls && i < COUNT(plain); i++) saysPlain |= number == plain[i];
    mismatch = https ? saysPlain : saysTls;
    if (!mismatch) return;
    Where at = node_get(a->http->head.node, S("scheme")) ? action_where(a, "scheme") : action_where(a, "port");
    Str shownPort = name.len ? name : number_text(a, number);
    emit_probe_scheme_mismatch(lint->diags, at, .probe = a->text, .container = a->container->name,
                               .scheme = https ? S("HTTPS") : S("HTTP"), .port = shownPort,
                               .hint = https ? S("remove scheme, or ask the port that takes TLS") : S("set scheme: HTTPS"));
}

static void check_port_protocol(const Asking *a, const ContainerPort *port) {
    Lint *lint = a->lint;
    if (!str_eq(port->protocol, S("TCP")))
        emit_probe_udp_port(lint->diags, action_where(a, "port"), .probe = a->text, .container = a->container->name,
                            .port = number_text(a, port->containerPort), .protocol = port->protocol);
    else if (a->grpc && str_starts(port->name, S("http")))
        emit_probe_grpc_undeclared_port(lint->diags, action_where(a, "port"), .probe = a->text, .container = a->container->name,
                                        .port = number_text(a, port->containerPort),
                                        .problem =
                                            str_format(lint->arena, "which is named %.*s", (int)port->name.len, port->name.at));
}

static void check_port(const Asking *a) {
    if (!a->http && !a->tcp && !a->grpc) return;
    const IntOrString *asked = a->http ? &a->http->port : a->tcp ? &a->tcp->port : NULL;
    bool named = asked && asked->isString;
    int64_t number = named ? 0 : asked ? asked->number : a->grpc->port;
    const ContainerPort *port = named ? port_named(a->container, asked->text) : port_numbered(a->container, number);
    if (named && !asked->text.len) return;
    if (!port && named)
        report_port_name(a, asked->text);
    else if (!port && number && a->probe)
        report_port_number(a, number);
    if (port) check_port_protocol(a, port);
    if (a->http) check_scheme(a, port, port ? port->containerPort : number);
}

/* Hosts and paths. */

static bool is_loopback(Str host) {
    return str_eq(host, S("localhost")) || str_starts(host, S("127.")) || str_eq(host, S("::1")) || str_eq(host, S("[::1]"));
}

static void check_host(const Asking *a) {
    Lint *lint = a->lint;
    Str host = a->http ? a->http->host : a->tcp ? a->tcp->host : S("");
    if (!host.len) return;
    bool loopback = is_loopback(host);
    if (loopback && lint->pod && lint->pod->hostNetwork) return;
    if (loopback)
        emit_probe_host_loopback(lint->diags, action_where(a, "host"), .probe = a->text, .container = a->container->name,
                                 .host = shown(lint->arena, host));
    else
        emit_probe_host_set(lint->diags, action_where(a, "host"), .probe = a->text, .container = a->container->name,
                            .host = shown(lint->arena, host));
}

/* The usual word that the last part of a path misses by one letter; empty if there is none. */
static Str meant_word(Str path) {
    static const Str usual[] = {STR("healthz"), STR("health"),    STR("healthcheck"),
                                STR("readyz"),  STR("readiness"), STR("liveness")};
    static const Str others[] = {STR("healthy"), STR("healths"), STR("ready"), STR("wealth"), STR("heath"), STR("livenessz")};
    enum { SHORTEST = 5 };
    ptrdiff_t end = str_find(path, '?');
    Str word = base_name(end < 0 ? path : (Str){path.at, (size_t)end});
    if (word.len < SHORTEST || str_in(word, usual, COUNT(usual)) || str_in(word, others, COUNT(others))) return S("");
    for (size_t i = 0; i < COUNT(usual); i++)
        if (str_distance(word, usual[i], 1) <= 1) return usual[i];
    return S("");
}

static void check_http_path(const Asking *a) {
    Lint *lint = a->lint;
    Str path = a->http ? a->http->path : S(""), rest = path, name;
    const char *what = NULL;
    if (str_has(path, S("://"))) what = "a scheme and a host";
    if (!what && reference_next(&rest, &name)) what = "a variable, which is not expanded";
    for (size_t i = 0; !what && i < path.len; i++)
        if (path.at[i] <= ' ' && path.at[i] >= 0) what = "white space";
    Str meant = what ? S("") : meant_word(path);
    if (meant.len)
        emit_probe_path_misspelt(lint->diags, action_where(a, "path"), .path = shown(lint->arena, path), .meant = meant);
    if (what)
        emit_probe_path_suspicious(lint->diags, action_where(a, "path"), .path = shown(lint->arena, path), .what = str_of(what));
}

/* Commands. */

static const EnvVar *env_named(const Container *container, Str name) {
    for (uint32_t i = container->env.n; i-- > 0;)
        if (str_eq(container->env.at[i].name, name)) return &container->env.at[i];
    return NULL;
}

/* What becomes of $(NAME) in a probe's or hook's command, if not what was meant; NULL if all is well or nothing can be told. */
static const char *lost_reference(const Asking *a, Str name, bool inScript) {
    const EnvVar *env = env_named(a->container, name);
    if (inScript && !env && !(is_upper_variable(name) && a->container->envFrom.n)) return NULL;
    if (!a->probe && (env || a->container->envFrom.n || is_upper_variable(name)))
        return inScript ? "is run as a command by the shell" : "stays as it is";
    if (a->probe && env && env->valueFrom) return "becomes empty: its value is known only at run time";
    if (a->probe && !env && a->container->envFrom.n) return inScript ? "is run as a command by the shell" : "stays as it is";
    return NULL;
}

static void check_exec_references(const Asking *a, const Words *words) {
    Lint *lint = a->lint;
    int32_t script = words_script(words);
    for (uint32_t i = 0; i < words_count(words); i++) {
        Str rest = words_at(words, i), name;
        while (reference_next(&rest, &name)) {
            const char *what = is_variable(name) ? lost_reference(a, name, (int32_t)i == script) : NULL;
            if (!what) continue;
            emit_probe_exec_unexpanded_ref(lint->diags, words_where(lint, words, i), .name = name, .probe = a->text,
                                           .what = str_of(what));
            break;
        }
    }
}

static void check_exec_cost(const Asking *a, const Words *words) {
    Lint *lint = a->lint;
    if (!lint_is_on(lint, RULE_probe_exec_costly)) return;
    if (a->probe->periodSeconds < lint_int(lint, RULE_probe_exec_costly, S("min-period")))
        emit_probe_exec_costly(lint->diags, field_where(a, "periodSeconds"), .probe = a->text, .container = a->container->name,
                               .problem =
                                   str_format(lint->arena, "starts a command each %lld s", (long long)a->probe->periodSeconds));
    Cursor cursor = words_cursor(words);
    Str token;
    while (a->probe->timeoutSeconds <= 1 && cursor_next(&cursor, &token)) {
        Str program = base_name(token);
        if (!lint_listed(lint, RULE_probe_exec_costly, S("commands"), program)) continue;
        emit_probe_exec_costly(lint->diags, words_where(lint, words, cursor.word), .probe = a->text,
                               .container = a->container->name,
                               .problem = str_format(lint->arena, "gives %.*s only %lld s", (int)program.len, program.at,
                                                     (long long)a->probe->timeoutSeconds));
        break;
    }
}

/* Commands that succeed whatever the program does. */

static bool always_succeeds(Str command) {
    static const Str words[] = {STR("true"), STR(":"), STR("echo"), STR("printf"), STR("exit"), STR("sleep")};
    return str_in(base_name(script_word(&command)), words, COUNT(words));
}

/* curl without a flag that makes an error of the answer one of its own. */
static bool ignores_status(Str command) {
    if (!str_eq(base_name(script_word(&command)), S("curl"))) return false;
    for (Str word; (word = script_word(&command)).len;) {
        if (str_starts(word, S("--fail")) || str_has(word, S("http_code")) || str_eq(word, S("telnet"))) return false;
        if (word.at[0] == '-' && word.len > 1 && word.at[1] != '-' && str_find(word, 'f') > 0) return false;
    }
    return true;
}

/* ps | grep NAME finds the grep itself. */
static bool finds_itself(const ScriptEnd *end) {
    Str grep = end->command, ps = end->before;
    if (end->sign != '|' || !str_eq(base_name(script_word(&ps)), S("ps"))) return false;
    return str_eq(base_name(script_word(&grep)), S("grep")) && str_find(end->command, '[') < 0 && !str_has(end->command, S("-v"));
}

static void check_exec_status(const Asking *a, const Words *words) {
    Lint *lint = a->lint;
    int32_t script = words_script(words);
    ScriptEnd end = {.command = words_count(words) ? words_at(words, 0) : S("")};
    uint32_t word = script < 0 ? 0 : (uint32_t)script;
    if (script < 0) {
        Buf line = {.arena = lint->arena};
        for (uint32_t i = 0; i < words_count(words); i++) buf_format(&line, "%s%.*s", i ? " " : "", TEXT(words_at(words, i)));
        end.command = buf_text(&line);
    } else if (!script_end(words_at(words, word), &end)) {
        return;
    }
    bool strict = script > 0 && str_find(words_at(words, word - 1), 'e') > 0; /* sh -ec */
    bool wins = always_succeeds(end.command) && !end.fails && (!strict || end.sign == 'O') && end.sign != 'A';
    Str why = wins                 ? S("its last command always succeeds")
              : finds_itself(&end) ? S("grep finds its own line in the list of processes")
                                   : S("");
    if (why.len)
        emit_probe_never_fails(lint->diags, words_where(lint, words, word), .probe = a->text, .container = a->container->name,
                               .why = why);
    else if (ignores_status(end.command) && end.sign != '|')
        emit_probe_ignores_status(lint->diags, words_where(lint, words, word), .probe = a->text, .container = a->container->name);
}

/* Dependencies of liveness probes. */

/* The host in a URL or HOST:PORT. */
static Str host_of(Str text) {
    ptrdiff_t end = 0;
    for (size_t i = 0; i < text.len && text.at[i] != '/' && text.at[i] != '?'; i++)
        if (text.at[i] == '@') return host_of(str_slice(text, i + 1));
    if (str_starts(text, S("["))) end = str_find(text, ']') + 1;
    while ((size_t)end < text.len && text.at[end] != '/' && text.at[end] != ':' && text.at[end] != '?') end++;
    return (Str){text.at, (size_t)end};
}

static bool is_elsewhere(Str host) {
    if (!host.len || host.at[0] == '$' || host.at[0] == '/' || host.at[0] == '-') return false;
    return !is_loopback(host) && !str_eq(host, S("0.0.0.0")) && !str_eq(host, S("[::]")) && !str_eq(host, S("::"));
}

/* The host after -h or --host. */
static Str host_option(Cursor cursor) {
    Str token;
    while (cursor_next(&cursor, &token)) {
        if (str_starts(token, S("--host="))) return str_slice(token, 7);
        if ((str_eq(token, S("-h")) || str_eq(token, S("--host"))) && cursor_next(&cursor, &token)) return token;
        if (str_starts(token, S("-h")) && token.len > 2) return str_slice(token, 2);
    }
    return S("");
}

/* The first argument that is no option. */
static Str first_argument(Cursor cursor) {
    Str token;
    while (cursor_next(&cursor, &token)) {
        if (token.at[0] != '-') return token;
        if (str_eq(token, S("-w")) || str_eq(token, S("-c")) || str_eq(token, S("-W"))) cursor_next(&cursor, &token);
    }
    return S("");
}

/* Whether a word stands where a command begins: ping is also what other programs call a command of theirs. */
static bool is_own_command(const Words *words, const Cursor *cursor, Str token) {
    if ((int32_t)cursor->word != cursor->script) return cursor->word == 0;
    const char *start = words_at(words, cursor->word).at, *at = token.at;
    while (at > start && (at[-1] == ' ' || at[-1] == '\t')) at--;
    return at == start || strchr(";&|(`!\n", at[-1]) != NULL;
}

/* The other host that a command asks; empty if there is none. */
static Str asked_host(const Words *words) {
    static const Str clients[] = {STR("pg_isready"), STR("psql"),  STR("mysql"),   STR("mysqladmin"),
                                  STR("redis-cli"),  STR("mongo"), STR("mongosh"), STR("mariadb-admin")};
    static const Str callers[] = {STR("nc"), STR("ncat"), STR("nslookup"), STR("telnet"), STR("dig")};
    Cursor cursor = words_cursor(words);
    Str token;
    while (cursor_next(&cursor, &token)) {
        Str name = base_name(token), host = S("");
        ptrdiff_t scheme = str_find(token, ':');
        if (scheme > 0 && str_starts(str_slice(token, (size_t)scheme), S("://")))
            host = host_of(str_slice(token, (size_t)scheme + 3));
        else if (str_in(name, clients, COUNT(clients)))
            host = host_option(cursor);
        else if (str_in(name, callers, COUNT(callers)) || (str_eq(name, S("ping")) && is_own_command(words, &cursor, token)))
            host = first_argument(cursor);
        if (is_elsewhere(host)) return host;
    }
    return S("");
}

/* The word of a path that the rule's list has; empty if there is none. */
static Str telling_part(const Asking *a, Str path) {
    while (path.len) {
        size_t length = 0;
        while (length < path.len && path.at[length] != '/' && path.at[length] != '-' && path.at[length] != '?' &&
               path.at[length] != '_' && path.at[length] != '.')
            length++;
        Str part = {path.at, length};
        if (lint_listed(a->lint, RULE_liveness_checks_dependency, S("paths"), part)) return part;
        path = str_slice(path, length + 1);
    }
    return S("");
}

static void check_dependency(const Asking *a, const Words *words) {
    Lint *lint = a->lint;
    if (!lint_is_on(lint, RULE_liveness_checks_dependency)) return;
    Str host = asked_host(words);
    if (host.len)
        emit_liveness_checks_dependency(lint->diags, field_where(a, "exec"), .container = a->container->name,
                                        .what = shown(lint->arena, host));
    Str part = a->http ? telling_part(a, a->http->path) : S("");
    if (part.len)
        emit_liveness_checks_dependency(
            lint->diags, action_where(a, "path"), .container = a->container->name,
            .what = str_format(lint->arena, "what %.*s tells of", (int)a->http->path.len, a->http->path.at));
}

/* Patience. */

static void check_liveness(const Asking *a) {
    Lint *lint = a->lint;
    const Probe *probe = a->probe;
    int64_t seconds = budget(probe);
    if (probe->failureThreshold != 1 && seconds >= lint_int(lint, RULE_liveness_too_aggressive, S("min-budget"))) return;
    bool byCount = node_get(probe->head.node, S("failureThreshold")) != NULL;
    emit_liveness_too_aggressive(lint->diags, field_where(a, byCount ? "failureThreshold" : "periodSeconds"),
                                 .container = a->container->name, .failures = number_text(a, probe->failureThreshold),
                                 .probes = probe->failureThreshold == 1 ? S("probe") : S("probes"),
                                 .seconds = number_text(a, seconds));
}

static void check_startup(const Asking *a) {
    Lint *lint = a->lint;
    const Probe *probe = a->probe, *liveness = a->container->livenessProbe;
    int64_t seconds = probe->initialDelaySeconds + budget(probe), least = lint_int(lint, RULE_startup_budget_too_small, S("min"));
    Str problem = S("");
    if (probe->failureThreshold == 1)
        problem = S("and the first failure ends it");
    else if (seconds < least)
        problem = str_format(lint->arena, "less than %lld s", (long long)least);
    else if (liveness && seconds < liveness->initialDelaySeconds)
        problem = str_format(lint->arena, "less than the %lld s that its liveness probe would wait",
                             (long long)liveness->initialDelaySeconds);
    if (!problem.len) return;
    bool byCount = node_get(probe->head.node, S("failureThreshold")) != NULL;
    if (seconds < lint_int(lint, RULE_startup_budget_none, S("min")) && !lint_is_on(lint, RULE_startup_budget_too_small))
        emit_startup_budget_none(lint->diags, field_where(a, byCount ? "failureThreshold" : "periodSeconds"),
                                 .container = a->container->name, .seconds = number_text(a, seconds));
    emit_startup_budget_too_small(lint->diags, field_where(a, byCount ? "failureThreshold" : "periodSeconds"),
                                  .container = a->container->name, .seconds = number_text(a, seconds), .problem = problem);
}

static void check_job_probe(const Asking *a) {
    Lint *lint = a->lint;
    if (lint_workload(lint) != WORKLOAD_JOB || lint->role != ROLE_MAIN || str_eq(a->kind, S("startup"))) return;
    bool readiness = str_eq(a->kind, S("readiness"));
    if (!readiness && !str_eq(lint->pod->restartPolicy, S("Never"))) return;
    emit_probe_on_job(lint->diags, lint_where_key(lint, a->path), .container = a->container->name, .kind = a->kind,
                      .what = readiness ? S("which nothing waits for") : S("whose failure fails the whole pod"));
}

static void check_probe_times(const Asking *a) {
    Lint *lint = a->lint;
    const Probe *probe = a->probe;
    if (probe->timeoutSeconds > probe->periodSeconds)
        emit_probe_timeout_exceeds_period(lint->diags, field_where(a, "timeoutSeconds"), .probe = a->text,
                                          .timeout = number_text(a, probe->timeoutSeconds),
                                          .period = number_text(a, probe->periodSeconds));
    if (a->container->startupProbe && !str_eq(a->kind, S("startup")) && probe->initialDelaySeconds > 0)
        emit_startup_delay_redundant(lint->diags, field_where(a, "initialDelaySeconds"), .probe = a->text,
                                     .container = a->container->name, .seconds = number_text(a, probe->initialDelaySeconds));
    int64_t grace = lint->pod ? lint->pod->terminationGracePeriodSeconds.value : 0;
    if (probe->terminationGracePeriodSeconds.set && lint->pod && !str_eq(a->kind, S("readiness")) &&
        probe->terminationGracePeriodSeconds.value > grace)
        emit_probe_grace_override(
            lint->diags, field_where(a, "terminationGracePeriodSeconds"), .kind = a->kind, .container = a->container->name,
            .seconds = number_text(a, probe->terminationGracePeriodSeconds.value), .grace = number_text(a, grace));
}

/* Two probes. */

static int64_t asked_number(const Container *container, const IntOrString *port) {
    if (!port->isString) return port->number;
    const ContainerPort *found = port_named(container, port->text);
    return found ? found->containerPort : -1;
}

static Str path_or_root(Str path) {
    return path.len ? path : S("/");
}

static bool same_words(const StrList *a, const StrList *b) {
    if (a->n != b->n) return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (!str_eq(a->at[i], b->at[i])) return false;
    return true;
}

static bool ask_the_same(const Container *c, const Probe *a, const Probe *b) {
    if (a->httpGet && b->httpGet)
        return asked_number(c, &a->httpGet->port) == asked_number(c, &b->httpGet->port) &&
               str_eq(path_or_root(a->httpGet->path), path_or_root(b->httpGet->path)) &&
               str_eq(a->httpGet->scheme, b->httpGet->scheme) && str_eq(a->httpGet->host, b->httpGet->host);
    if (a->tcpSocket && b->tcpSocket)
        return asked_number(c, &a->tcpSocket->port) == asked_number(c, &b->tcpSocket->port) &&
               str_eq(a->tcpSocket->host, b->tcpSocket->host);
    if (a->exec && b->exec) return same_words(&a->exec->command, &b->exec->command);
    if (a->grpc && b->grpc) return a->grpc->port == b->grpc->port && str_eq(a->grpc->service, b->grpc->service);
    return false;
}

static void check_both(Lint *lint, const Container *container, const Path *path) {
    const Probe *liveness = container->livenessProbe, *readiness = container->readinessProbe;
    if (!liveness || !readiness || budget(liveness) > budget(readiness)) return;
    Path at = FIELD(path, "livenessProbe");
    Where place = lint_where_key(lint, &at);
    Str seconds = str_int(lint->arena, budget(liveness)), others = str_int(lint->arena, budget(readiness));
    bool same = ask_the_same(container, liveness, readiness);
    if (same) emit_probes_identical(lint->diags, place, .container = container->name, .seconds = seconds, .others = others);
    if (budget(liveness) < budget(readiness))
        emit_liveness_before_readiness(lint->diags, place, .container = container->name, .seconds = seconds, .others = others);
    else if (!same || !lint_is_on(lint, RULE_probes_identical))
        emit_liveness_equals_readiness_budget(lint->diags, place, .container = container->name, .seconds = seconds);
}

/* All of a container. */

static void check_exec(const Asking *a) {
    Path action = FIELD(a->path, "exec");
    Words words = words_of_exec(a->exec, &action);
    bool liveness = str_eq(a->kind, S("liveness"));
    if (a->exec) check_exec_references(a, &words);
    if (a->exec && a->probe) check_exec_cost(a, &words);
    if (a->exec && a->probe) check_exec_status(a, &words);
    if (liveness) check_dependency(a, &words);
    if (liveness && a->exec && a->probe->timeoutSeconds <= 1)
        emit_liveness_exec_timeout(a->lint->diags, field_where(a, "timeoutSeconds"),
                                   .timeout = number_text(a, a->probe->timeoutSeconds), .container = a->container->name);
}

static void check_asking(const Asking *a) {
    check_port(a);
    check_host(a);
    check_http_path(a);
    check_exec(a);
    if (!a->probe) return;
    check_probe_times(a);
    check_job_probe(a);
    if (str_eq(a->kind, S("liveness"))) check_liveness(a);
    if (str_eq(a->kind, S("startup"))) check_startup(a);
}

static void check_probe(Lint *lint, const Container *container, const Probe *probe, Str kind, Str text, const Path *path) {
    if (!probe) return;
    Asking asking = {lint, container, kind, text, probe, probe->exec, probe->httpGet, probe->tcpSocket, probe->grpc, path};
    check_asking(&asking);
}

static void check_hook(Lint *lint, const Container *container, const LifecycleHandler *hook, Str kind, Str text,
                       const Path *path) {
    if (!hook) return;
    Asking asking = {lint, container, kind, text, NULL, hook->exec, hook->httpGet, hook->tcpSocket, NULL, path};
    check_asking(&asking);
}

void lint_probes(Lint *lint, const Container *self, const Path *path) {
    Path liveness = FIELD(path, "livenessProbe"), readiness = FIELD(path, "readinessProbe"),
         startup = FIELD(path, "startupProbe");
    if (lint->role == ROLE_INIT) return;
    check_probe(lint, self, self->livenessProbe, S("liveness"), S("the liveness probe"), &liveness);
    check_probe(lint, self, self->readinessProbe, S("readiness"), S("the readiness probe"), &readiness);
    check_probe(lint, self, self->startupProbe, S("startup"), S("the startup probe"), &startup);
    check_both(lint, self, path);
    if (!self->lifecycle) return;
    Path lifecycle = FIELD(path, "lifecycle"), postStart = FIELD(&lifecycle, "postStart"), preStop = FIELD(&lifecycle, "preStop");
    check_hook(lint, self, self->lifecycle->postStart, S("postStart"), S("the postStart hook"), &postStart);
    check_hook(lint, self, self->lifecycle->preStop, S("preStop"), S("the preStop hook"), &preStop);
}

static void check_fields(Lint *lint, const Container *container, const Probe *probe, Str text, const Path *path) {
    Str all[] = {STR("initialDelaySeconds"), STR("periodSeconds"), STR("timeoutSeconds"), STR("successThreshold"),
                 STR("failureThreshold")};
    for (size_t i = 0; probe && i < COUNT(all); i++)
        if (lint_listed(lint, RULE_probe_fields_explicit, S("fields"), all[i]) && !node_get(probe->head.node, all[i]))
            emit_probe_fields_explicit(lint->diags, lint_where_key(lint, path), .probe = text, .container = container->name,
                                       .field = all[i]);
}

void lint_probe_fields(Lint *lint, const Container *self, const Path *path) {
    Path liveness = FIELD(path, "livenessProbe"), readiness = FIELD(path, "readinessProbe"),
         startup = FIELD(path, "startupProbe");
    check_fields(lint, self, self->livenessProbe, S("the liveness probe"), &liveness);
    check_fields(lint, self, self->readinessProbe, S("the readiness probe"), &readiness);
    check_fields(lint, self, self->startupProbe, S("the startup probe"), &startup);
}
