/* Rules about what containers and hooks run. */
#include "words.h"

#include "simulate/hook.h"
#include "simulate/script.h"
#include "validate/names.h"

/* Something of a container that runs words. */
typedef struct Runner {
    Lint *lint;
    const Container *container;
    const char *hook; /* "preStop hook"; NULL: the container itself */
    Words words;
} Runner;

static Str who(const Runner *r) {
    Str name = r->container->name;
    if (!r->hook) return str_format(r->lint->arena, "the container %.*s", (int)name.len, name.at);
    return str_format(r->lint->arena, "the %s of the container %.*s", r->hook, (int)name.len, name.at);
}

/* Whether the image names the program that gets the words. */
static bool image_decides(const Runner *r) {
    return !r->hook && !r->words.parts[0].n;
}

static bool has_space(Str word) {
    for (size_t i = 0; i < word.len; i++)
        if (word.at[i] == ' ' || word.at[i] == '\t' || word.at[i] == '\n') return true;
    return false;
}

/* Whether a word with spaces in it is the path of a program after all, as in /opt/My App/run. */
static bool is_path_with_spaces(Str word) {
    if (word.at[0] != '/' && !str_has(word, S("\\"))) return false;
    Str tail = str_slice(word, (size_t)str_find(word, ' ') + 1);
    ptrdiff_t slash = str_find(tail, '/'), space = str_find(tail, ' ');
    return str_has(word, S("\\")) || (slash > 0 && tail.at[0] != '-' && (space < 0 || slash < space));
}

static bool is_shell_name(Str word) {
    static const Str shells[] = {STR("sh"), STR("bash"), STR("ash"), STR("dash"), STR("ksh"), STR("zsh")};
    return str_in(base_name(word), shells, COUNT(shells));
}

static void report_string(const Runner *r, uint32_t word, const char *what, const char *hint) {
    Lint *lint = r->lint;
    emit_command_shell_string(lint->diags, words_where(lint, &r->words, word), .who = who(r),
                              .word = shown(lint->arena, words_at(&r->words, word)), .what = str_of(what), .hint = str_of(hint));
}

/* A script after which there are words that it does not use. */
static void check_after_script(const Runner *r, uint32_t script) {
    static const Str names[] = {STR("sh"), STR("bash"), STR("ash"), STR("dash"), STR("--"), STR("-"), STR("_")};
    Str text = words_at(&r->words, script);
    uint32_t after = script + 1;
    if (after >= words_count(&r->words) || str_find(text, '$') >= 0) return;
    if (str_in(words_at(&r->words, after), names, COUNT(names)) && after + 1 == words_count(&r->words)) return;
    report_string(r, after, "which the script before it does not use", "write the whole line as one item after -c");
}

static void check_shell_string(const Runner *r) {
    uint32_t count = words_count(&r->words);
    int32_t script = words_script(&r->words);
    if (!count || image_decides(r)) return;
    Str first = words_at(&r->words, 0);
    if (has_space(first) && !is_path_with_spaces(first))
        report_string(r, 0, "which is looked for as one program with spaces in its name",
                      "make each word an item of its own, or give the line to a shell: [sh, -c, \"...\"]");
    if (script >= 0)
        check_after_script(r, (uint32_t)script);
    else if (count > 1 && is_shell_name(first) && words_at(&r->words, 1).len && words_at(&r->words, 1).at[0] != '-' &&
             has_space(words_at(&r->words, 1)))
        report_string(r, 1, "which the shell looks for as a file", "put -c before it");
}

static bool is_operator(Str word) {
    static const Str operators[] = {STR("&&"), STR("||"), STR("|"), STR(">"), STR(">>"), STR("<"), STR("2>&1"), STR("&")};
    return str_in(word, operators, COUNT(operators));
}

/* --name value. */
static bool is_flag_with_value(Str word) {
    ptrdiff_t space = str_find(word, ' ');
    if (!str_starts(word, S("--")) || space < 3 || (size_t)space + 1 == word.len) return false;
    for (ptrdiff_t i = 2; i < space; i++) {
        char c = word.at[i];
        if (!(is_alnum(c) || c == '-' || c == '_' || c == '.')) return false;
    }
    return str_find(str_slice(word, (size_t)space + 1), ' ') < 0;
}

/* Words that only a shell would understand. */
static void check_arguments(const Runner *r) {
    Lint *lint = r->lint;
    uint32_t count = words_count(&r->words);
    if (!count || words_script(&r->words) >= 0 || is_shell_name(words_at(&r->words, 0))) return;
    if (image_decides(r) && (words_at(&r->words, 0).len == 0 || str_eq(words_at(&r->words, 0), S("-c")))) return;
    bool seen = false;
    for (uint32_t i = 0; i < count; i++) {
        Str word = words_at(&r->words, i);
        if (i > 0 && !seen && is_operator(word)) {
            emit_command_shell_operator(lint->diags, words_where(lint, &r->words, i), .who = who(r), .word = word);
            seen = true;
        }
        if (is_flag_with_value(word))
            emit_flag_with_value(lint->diags, words_where(lint, &r->words, i), .who = who(r), .word = shown(lint->arena, word));
    }
}

/* Programs that small images lack. */
static void check_image_has(const Runner *r) {
    Lint *lint = r->lint;
    Str image = r->container->image;
    if (!words_count(&r->words) || image_decides(r) || !lint_is_on(lint, RULE_hook_needs_missing_shell)) return;
    Value parts = lint_parameter(lint, RULE_hook_needs_missing_shell, S("images"));
    Eval ev = {.arena = lint->arena};
    bool small = false;
    for (uint32_t i = 0; parts.kind == VALUE_LIST && i < parts.len && !small; i++) {
        Value part = list_item(&ev, parts, i);
        small = part.kind == VALUE_STRING && str_has(image, value_str(part));
    }
    if (!small || str_has(image, S("debug")) || str_has(image, S("busybox")) || str_ends(image, S("-dev"))) return;
    Str program = base_name(words_at(&r->words, 0));
    if (lint_listed(lint, RULE_hook_needs_missing_shell, S("commands"), program))
        emit_hook_needs_missing_shell(lint->diags, words_where(lint, &r->words, 0), .who = who(r), .program = program,
                                      .image = shown(lint->arena, image));
}

static void check_words(const Runner *r) {
    check_shell_string(r);
    check_arguments(r);
    check_image_has(r);
}

/* Whether a container without a policy of its own, or with one that ends it, and not a sidecar whose policy cannot be read. */
static bool is_to_end(const Runner *r) {
    Str policy = r->container->restartPolicy, path = path_text(r->lint->arena, r->lint->containerPath);
    if (model_has_gap(r->lint->document, path, S(".restartPolicy"))) return false;
    return !policy.at || str_eq(policy, S("Never")) || str_eq(policy, S("OnFailure"));
}

static void check_init(const Runner *r) {
    Lint *lint = r->lint;
    Path image = FIELD(lint->containerPath, "image");
    uint32_t word;
    Str endless = words_endless(&r->words, &word);
    if (endless.len) {
        emit_init_never_ends(lint->diags, words_where(lint, &r->words, word), .container = r->container->name, .what = endless);
        return;
    }
    if (!runs_server(lint, RULE_init_never_ends, S("images"), r->container)) return;
    if (r->container->command.n)
        emit_init_never_ends(lint->diags, words_where(lint, &r->words, 0), .container = r->container->name,
                             .what = base_name(words_at(&r->words, 0)));
    else
        emit_init_never_ends(lint->diags, lint_where(lint, &image), .container = r->container->name,
                             .what = base_name(image_parse(r->container->image).repository));
}

/* Containers that are to run on. */

/* The kubelet forgets its back-off when a container has run for this long. */
enum { LONG_RUN = 600 };

/* Images of systems, shells and languages, whose own command ends where nobody types. */
static bool is_bare_image(Str image) {
    static const Str bare[] = {
        STR("almalinux"), STR("alpine"),      STR("amazonlinux"), STR("archlinux"), STR("bash"),   STR("buildpack-deps"),
        STR("busybox"),   STR("centos"),      STR("debian"),      STR("elixir"),    STR("erlang"), STR("eclipse-temurin"),
        STR("fedora"),    STR("gcc"),         STR("golang"),      STR("julia"),     STR("maven"),  STR("node"),
        STR("openjdk"),   STR("oraclelinux"), STR("perl"),        STR("pypy"),      STR("python"), STR("rockylinux"),
        STR("ruby"),      STR("rust"),        STR("swift"),       STR("ubuntu"),
    };
    ImageName name = image_parse(image);
    Str repository = name.repository;
    static const Str homes[] = {STR("docker.io/library/"), STR("library/"), STR("docker.io/")};
    for (size_t i = 0; i < COUNT(homes); i++)
        if (str_starts(repository, homes[i])) repository = str_slice(repository, homes[i].len);
    return str_in(repository, bare, COUNT(bare));
}

static bool ends_soon(const Runner *r, int64_t *seconds) {
    enum { FEW = 8 };
    Str words[FEW];
    uint32_t count = words_count(&r->words);
    int32_t script = words_script(&r->words);
    if (script >= 0) return script_ends(words_at(&r->words, (uint32_t)script), seconds);
    if (image_decides(r) || count > FEW) return false;
    for (uint32_t i = 0; i < count; i++) words[i] = words_at(&r->words, i);
    return command_ends(words, count, seconds);
}

static void check_end(const Runner *r) {
    Lint *lint = r->lint;
    const Container *container = r->container;
    bool always = str_eq(lint->pod->restartPolicy, S("Always")) && lint_workload(lint) != WORKLOAD_JOB;
    bool stays = lint->role == ROLE_SIDECAR || (lint->role == ROLE_MAIN && always && !container->restartPolicy.len);
    int64_t seconds;
    if (!stays || lint->document->partial) return; /* of a container alone nobody knows how long it is to run */
    if (!words_count(&r->words)) {
        Path image = FIELD(lint->containerPath, "image");
        bool later = model_may_be_supplied(lint->document, S("command")) || model_may_be_supplied(lint->document, S("args"));
        if (!container->stdin && !container->tty && !later && is_bare_image(container->image))
            emit_image_without_program(lint->diags, lint_where(lint, &image), .container = container->name,
                                       .image = container->image);
    } else if (ends_soon(r, &seconds) && seconds < LONG_RUN) {
        emit_command_ends(lint->diags,
                          words_where(lint, &r->words, words_script(&r->words) < 0 ? 0 : (uint32_t)words_script(&r->words)),
                          .container = container->name,
                          .when = seconds ? str_format(lint->arena, "after %lld s", (long long)seconds) : S("at once"));
    }
}

/* Hooks before the end. */

static void check_pre_stop(const Runner *r) {
    Lint *lint = r->lint;
    uint32_t word;
    Str endless = words_endless(&r->words, &word);
    if (endless.len)
        emit_prestop_never_ends(lint->diags, words_where(lint, &r->words, word), .container = r->container->name, .what = endless,
                                .grace = str_int(lint->arena, lint->pod->terminationGracePeriodSeconds.value));
}

/* Hooks after the start. */

static bool asks_itself(const Runner *r) {
    Cursor cursor = words_cursor(&r->words);
    Str token;
    bool client = false;
    while (cursor_next(&cursor, &token)) {
        Str name = base_name(token);
        client |= str_eq(name, S("curl")) || str_eq(name, S("wget")) || str_eq(name, S("nc"));
        if (client && (str_has(token, S("localhost")) || str_has(token, S("127.0.0.1")))) return true;
    }
    return false;
}

static void report_post_start(const Runner *r, const LifecycleHandler *hook, const Path *path, Str what) {
    Lint *lint = r->lint;
    Path at = path_field(path, hook->exec ? S("exec") : hook->sleep ? S("sleep") : hook->httpGet ? S("httpGet") : S("tcpSocket"));
    emit_poststart_blocking(lint->diags, lint_where_key(lint, &at), .container = r->container->name, .what = what);
}

static void check_post_start(const Runner *r, const LifecycleHandler *hook, const Path *path) {
    Lint *lint = r->lint;
    int64_t most = lint_int(lint, RULE_poststart_blocking, S("seconds"));
    int64_t slept = hook_seconds(hook);
    if (words_call(&r->words, S("until")) || words_call(&r->words, S("while")))
        report_post_start(r, hook, path, S("waits in a loop while the container does not count as running"));
    else if (slept >= most)
        report_post_start(
            r, hook, path,
            str_format(lint->arena, "sleeps %lld s while the container does not count as running", (long long)slept));
    else if (asks_itself(r) || (hook->httpGet && !hook->httpGet->host.len))
        report_post_start(r, hook, path, S("asks the program that is only just starting"));
}

/* All of a container. */

static void check_exec(Lint *lint, const Container *container, const ExecAction *exec, const char *what, const Path *up) {
    if (!exec) return;
    Path action = FIELD(up, "exec");
    Runner r = {.lint = lint, .container = container, .words = words_of_exec(exec, &action)};
    r.hook = what;
    check_words(&r);
}

static void check_probes(Lint *lint, const Container *container, const Path *path) {
    const Probe *probes[] = {container->livenessProbe, container->readinessProbe, container->startupProbe};
    static const char *const names[] = {"liveness probe", "readiness probe", "startup probe"};
    static const char *const fields[] = {"livenessProbe", "readinessProbe", "startupProbe"};
    for (size_t i = 0; i < COUNT(probes); i++) {
        Path at = path_field(path, str_of(fields[i]));
        if (probes[i]) check_exec(lint, container, probes[i]->exec, names[i], &at);
    }
}

static void check_hooks(Lint *lint, const Container *container, const Path *path) {
    Path lifecycle = FIELD(path, "lifecycle"), postStart = FIELD(&lifecycle, "postStart"), preStop = FIELD(&lifecycle, "preStop");
    const LifecycleHandler *start = container->lifecycle->postStart, *stop = container->lifecycle->preStop;
    if (stop) check_exec(lint, container, stop->exec, "preStop hook", &preStop);
    if (stop && stop->exec) {
        Path action = FIELD(&preStop, "exec");
        Runner r = {.lint = lint, .container = container, .words = words_of_exec(stop->exec, &action)};
        check_pre_stop(&r);
    }
    if (!start) return;
    Path action = FIELD(&postStart, "exec");
    Runner r = {.lint = lint, .container = container, .words = words_of_exec(start->exec, &action)};
    check_exec(lint, container, start->exec, "postStart hook", &postStart);
    check_post_start(&r, start, &postStart);
}

void lint_commands(Lint *lint, const Container *self, const Path *path) {
    Runner r = {.lint = lint, .container = self, .words = words_of_container(self, path)};
    check_words(&r);
    if (lint->role == ROLE_INIT && is_to_end(&r)) check_init(&r);
    check_end(&r);
    check_probes(lint, self, path);
    if (self->lifecycle) check_hooks(lint, self, path);
}
