/* Scenarios that nobody wrote: of somebody who has none in mind, and put together from options of the command line. */
#include "hook.h"
#include "scenario.h"

static const char *const probe_words[] = {"startup", "readiness", "liveness"};

enum {
    PULL_SECONDS = 2,
    INIT_SECONDS = 3,
    TERM_SECONDS = 2,
    FIRST_CRASH = 60,
    MOST_CRASHING = 4,
    SECOND_RUN = 5,
    LAST_RUN = 30,
    AFTER_DELETION = 60
};

static ScriptRun *new_runs(Arena *arena, ContainerScript *script, uint32_t n) {
    script->runs = NEW_ARRAY(arena, ScriptRun, n);
    script->runCount = n;
    return script->runs;
}

void scenario_pass_inits(Scenario *scenario, Arena *arena, const PodSpec *spec) {
    for (uint32_t i = 0; i < spec->initContainers.n; i++) {
        const Container *container = &spec->initContainers.at[i];
        if (is_sidecar(container)) continue;
        ContainerScript *script = scenario_container(scenario, arena, container->name);
        if (!script->runCount) new_runs(arena, script, 1)[0] = (ScriptRun){.seconds = INIT_SECONDS};
    }
}

Str scenario_deafen(Scenario *scenario, Arena *arena, const PodSpec *spec) {
    Buf names = {.arena = arena};
    ContainerWalk w;
    uint32_t n = 0;
    for (walk_containers(&w, spec, NULL); walk_next(&w);) {
        if (w.role == ROLE_INIT || !container_is_deaf(spec, w.container)) continue;
        ContainerScript *script = scenario_container(scenario, arena, w.container->name);
        if (script->termSet) continue;
        script->termSet = true;
        script->termSeconds = SCENARIO_NEVER;
        buf_format(&names, "%s%.*s", n++ ? ", " : "", TEXT(w.container->name));
    }
    if (!n) return (Str){0};
    return str_format(arena, "%.*s %s not hear SIGTERM, as nothing in %s command%s handles it", TEXT(buf_text(&names)),
                      n == 1 ? "does" : "do", n == 1 ? "its" : "their", n == 1 ? "" : "s");
}

Scenario scenario_undisturbed(Arena *arena, const PodSpec *spec, const Scenario *scenario) {
    Scenario out = scenario_empty();
    out.endpointDelay = scenario->endpointDelay;
    out.lbDelay = scenario->lbDelay;
    for (uint32_t i = 0; i < scenario->containers.n; i++) {
        const ContainerScript *from = &scenario->containers.at[i];
        ContainerScript *to = scenario_container(&out, arena, from->name);
        *to = (ContainerScript){.name = from->name,
                                .preStopSeconds = from->preStopSeconds,
                                .preStopFails = from->preStopFails,
                                .postStartSeconds = from->postStartSeconds,
                                .termSet = from->termSet,
                                .termSeconds = from->termSeconds,
                                .termCode = from->termCode,
                                .listenSeconds = from->listenSeconds};
    }
    scenario_pass_inits(&out, arena, spec);
    return out;
}

int64_t scenario_routers_learn(const Scenario *scenario) {
    return scenario->lbDelay > scenario->endpointDelay ? scenario->lbDelay : scenario->endpointDelay;
}

/* Whether it is there to be asked, and so does not end by itself even in a pod whose other containers do. */
static bool is_server(const Container *container) {
    return container->ports.n || container->readinessProbe || container->livenessProbe;
}

/* Crashes twice and goes on; one that need not go on ends well. Returns whether it does. */
static bool crash_later(Scenario *scenario, Arena *arena, const PodSpec *spec, const Container *container, int64_t after) {
    ContainerScript *script = scenario_container(scenario, arena, container->name);
    Str policy = container->restartPolicy.len ? container->restartPolicy : spec->restartPolicy;
    bool always = !str_eq(policy, S("OnFailure")) && !str_eq(policy, S("Never"));
    if (!always && spec->containers.n > 1 && is_server(container)) return false;
    ScriptRun *runs = new_runs(arena, script, 3);
    runs[0] = (ScriptRun){.seconds = after, .exitCode = 1};
    runs[1] = (ScriptRun){.seconds = SECOND_RUN, .exitCode = 1};
    runs[2] = (ScriptRun){.seconds = always ? SCENARIO_NEVER : LAST_RUN};
    return true;
}

/* Images that have to be pulled, and processes that do not end at once when they are told to. */
static void take_time(Scenario *scenario, Arena *arena, const PodSpec *spec) {
    ContainerWalk w;
    for (walk_containers(&w, spec, NULL); walk_next(&w);) {
        ContainerScript *script = scenario_container(scenario, arena, w.container->name);
        script->pullSeconds = PULL_SECONDS;
        if (script->termSet) continue;
        script->termSet = true;
        script->termSeconds = TERM_SECONDS;
    }
}

Str scenario_calm(Scenario *out, Arena *arena, const PodSpec *spec) {
    *out = scenario_empty();
    scenario_pass_inits(out, arena, spec);
    Str deaf = scenario_deafen(out, arena, spec);
    take_time(out, arena, spec);
    return deaf;
}

/* How processes stop in it, in words. */
static void put_stops(Buf *words, Str deaf) {
    buf_format(words, "; processes take %d s to stop", TERM_SECONDS);
    if (deaf.at) buf_format(words, ", but %.*s", TEXT(deaf));
    buf_char(words, '.');
}

/* What crashes in it, in words. */
static void put_crashes(Buf *words, uint32_t crashing, uint32_t others, Str first) {
    if (crashing == 1)
        buf_format(words, ", %.*s crashes twice, for the first time after %d s", TEXT(first), FIRST_CRASH);
    else if (crashing == 2 && !others)
        buf_format(words, ", both containers crash twice, one after the other, %d s apart", FIRST_CRASH);
    else if (crashing)
        buf_format(words, ", %s %u containers crash twice, one after the other, %d s apart", others ? "the first" : "all",
                   crashing, FIRST_CRASH);
}

static int64_t grace_of(const PodSpec *spec) {
    return spec->terminationGracePeriodSeconds.set ? scenario_clamp(spec->terminationGracePeriodSeconds.value) : 0;
}

Str scenario_default_change(Scenario *out, Arena *arena, const PodSpec *spec) {
    enum { DELETED_AT = 60 };
    bool inits = false, ends = str_eq(spec->restartPolicy, S("Never")) || str_eq(spec->restartPolicy, S("OnFailure"));
    for (uint32_t i = 0; i < spec->initContainers.n; i++) inits |= !str_eq(spec->initContainers.at[i].restartPolicy, S("Always"));
    Str deaf = scenario_calm(out, arena, spec);
    if (!ends) out->deleteAt = DELETED_AT;
    out->until = DELETED_AT + AFTER_DELETION + grace_of(spec);
    Buf words = {.arena = arena};
    buf_format(&words, "Assumed, as no scenario was given: images take %d s to pull", PULL_SECONDS);
    if (inits) buf_format(&words, ", init containers end well after %d s", INIT_SECONDS);
    buf_str(&words, S(", nothing crashes"));
    if (!ends) buf_format(&words, ", and the pod that is shown is deleted at %d s", DELETED_AT);
    put_stops(&words, deaf);
    return buf_text(&words);
}

Str scenario_default(Scenario *out, Arena *arena, const PodSpec *spec) {
    Str deaf = scenario_calm(out, arena, spec);
    int64_t crash = FIRST_CRASH;
    uint32_t crashing = 0, staying = 0, inits = 0;
    Str first = {0};
    Buf servers = {.arena = arena};
    for (uint32_t i = 0; i < spec->initContainers.n + spec->containers.n; i++) {
        bool init = i < spec->initContainers.n;
        const Container *container = init ? &spec->initContainers.at[i] : &spec->containers.at[i - spec->initContainers.n];
        if (init && !str_eq(container->restartPolicy, S("Always"))) {
            inits++;
            continue;
        }
        staying++;
        if (crashing == MOST_CRASHING) continue;
        if (!crash_later(out, arena, spec, container, crash)) {
            buf_format(&servers, "%s%.*s", servers.len ? ", " : "", TEXT(container->name));
            continue;
        }
        if (!crashing) first = container->name;
        crash += FIRST_CRASH;
        crashing++;
    }
    bool ends = str_eq(spec->restartPolicy, S("Never")) || str_eq(spec->restartPolicy, S("OnFailure"));
    int64_t end = crash + FIRST_CRASH;
    if (!ends) out->deleteAt = end;
    out->until = end + AFTER_DELETION + grace_of(spec);
    Buf words = {.arena = arena};
    buf_format(&words, "Assumed, as no scenario was given: images take %d s to pull", PULL_SECONDS);
    if (inits) buf_format(&words, ", init containers end well after %d s", INIT_SECONDS);
    put_crashes(&words, crashing, staying - crashing, first);
    if (servers.len) buf_format(&words, ", %.*s never ends by itself", TEXT(buf_text(&servers)));
    if (!ends) buf_format(&words, ", and the pod is deleted at %lld s", (long long)end);
    put_stops(&words, deaf);
    return buf_text(&words);
}

/* Shorthands. */

typedef struct Short {
    Str name, code, time; /* at is NULL where it is not written */
} Short;

static Short take_apart(Str text) {
    Short out = {.name = text};
    ptrdiff_t at = str_rfind(out.name, '@');
    if (at >= 0) {
        out.time = str_slice(text, (size_t)at + 1);
        out.name.len = (size_t)at;
    }
    if ((at = str_find(out.name, '=')) >= 0) {
        out.code = str_slice(out.name, (size_t)at + 1);
        out.name.len = (size_t)at;
    }
    return out;
}

static const char no_container[] = "the name of a container of the pod first";

enum { OOM_CODE = 137 };

/* Several ends of the same container follow each other; the run after the last of them goes on. */
static const char *set_run(Scenario *scenario, Arena *arena, const PodSpec *spec, Str text, bool again, const char *form) {
    Short parts = take_apart(text);
    int64_t code = again ? 1 : 0, time = 0;
    if (parts.code.at && !int_parse(parts.code, 0, 255, &code)) return form;
    if (parts.time.at ? !scenario_time(parts.time, &time) : !again) return form;
    if (!container_named(spec, parts.name)) return no_container;
    ContainerScript *script = scenario_container(scenario, arena, parts.name);
    uint32_t before = !again && script->runCount > 1 ? script->runCount - 1 : 0;
    ScriptRun *runs = NEW_ARRAY(arena, ScriptRun, before + 2);
    for (uint32_t i = 0; i < before; i++) runs[i] = script->runs[i];
    runs[before] = (ScriptRun){.seconds = time, .exitCode = (int)code};
    runs[before + 1].seconds = SCENARIO_NEVER;
    script->runs = runs;
    script->runCount = again ? 1 : before + 2;
    return NULL;
}

const char *scenario_crash(Scenario *scenario, Arena *arena, const PodSpec *spec, Str text) {
    return set_run(scenario, arena, spec, text, true, "NAME, NAME=CODE or NAME=CODE@SECONDS, each run ends after so many");
}

const char *scenario_exit(Scenario *scenario, Arena *arena, const PodSpec *spec, Str text) {
    return set_run(scenario, arena, spec, text, false,
                   "NAME=CODE@SECONDS, a run ends after so many; several times for run after run");
}

const char *scenario_oom(Scenario *scenario, Arena *arena, const PodSpec *spec, Str text) {
    static const char form[] = "NAME or NAME@SECONDS, each run is killed after so many";
    Short parts = take_apart(text);
    if (parts.code.at) return form;
    const char *wrong = set_run(scenario, arena, spec, text, true, form);
    if (wrong) return wrong;
    ScriptRun *run = &scenario_container(scenario, arena, parts.name)->runs[0];
    run->exitCode = OOM_CODE;
    run->reason = S("OOMKilled");
    return NULL;
}

const char *scenario_fail_pull(Scenario *scenario, Arena *arena, const PodSpec *spec, Str text) {
    Short parts = take_apart(text);
    int64_t time = SCENARIO_NEVER;
    if (parts.code.at || (parts.time.at && !scenario_time(parts.time, &time)))
        return "NAME, or NAME@SECONDS, it fails until then";
    if (!container_named(spec, parts.name)) return no_container;
    scenario_container(scenario, arena, parts.name)->pullFailsUntil = time;
    return NULL;
}

static const Probe *probe_of(const Container *container, ScriptProbe kind) {
    return kind == SCRIPT_STARTUP     ? container->startupProbe
           : kind == SCRIPT_READINESS ? container->readinessProbe
                                      : container->livenessProbe;
}

static void set_answers(ContainerScript *script, Arena *arena, ScriptProbe probe, int64_t time, uint8_t before) {
    ScriptAnswers *answers = &script->answers[probe];
    answers->at = NEW_ARRAY(arena, ScriptAnswer, 2);
    answers->at[0] = (ScriptAnswer){0, before};
    answers->at[1] = (ScriptAnswer){time, before == SCRIPT_SUCCESS ? SCRIPT_FAILURE : SCRIPT_SUCCESS};
    answers->n = 2;
}

const char *scenario_slow_start(Scenario *scenario, Arena *arena, const PodSpec *spec, Str text) {
    Short parts = take_apart(text);
    int64_t time;
    bool any = false;
    if (parts.code.at || !parts.time.at || !scenario_time(parts.time, &time)) return "NAME@SECONDS, its probes fail until then";
    const Container *container = container_named(spec, parts.name);
    if (!container) return no_container;
    for (int i = 0; i < SCRIPT_PROBES; i++) {
        if (!probe_of(container, (ScriptProbe)i)) continue;
        set_answers(scenario_container(scenario, arena, parts.name), arena, (ScriptProbe)i, time, SCRIPT_FAILURE);
        any = true;
    }
    return any ? NULL : "a container that has a probe: without one it counts as started at once";
}

const char *scenario_fail_probe(Scenario *scenario, Arena *arena, const PodSpec *spec, Str text) {
    static const char form[] = "NAME.PROBE or NAME.PROBE@SECONDS, with startup, readiness or liveness";
    Short parts = take_apart(text);
    int64_t time = 0;
    ptrdiff_t dot = str_rfind(parts.name, '.');
    if (dot < 0 || parts.code.at || (parts.time.at && !scenario_time(parts.time, &time))) return form;
    Str probe = str_slice(parts.name, (size_t)dot + 1);
    parts.name.len = (size_t)dot;
    const Container *container = container_named(spec, parts.name);
    if (!container) return no_container;
    for (int i = 0; i < SCRIPT_PROBES; i++) {
        if (!str_eq(probe, str_of(probe_words[i]))) continue;
        if (!probe_of(container, (ScriptProbe)i)) return "a probe that the container has";
        set_answers(scenario_container(scenario, arena, parts.name), arena, (ScriptProbe)i, time, SCRIPT_SUCCESS);
        return NULL;
    }
    return form;
}
