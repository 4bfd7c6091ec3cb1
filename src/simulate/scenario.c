/* Reading scenarios. A fault is told at its place and the value left at its default, so that all faults of a file show at once.
 */
#include "scenario.h"

#include <stdarg.h>
#include <stdio.h>

#include "kubelet.h"
#include "base/calendar.h"
#include "base/near.h"
#include "base/str_set.h"

/* The start: Monday, 2026-01-05, at midnight. */
enum { DEFAULT_UNTIL = 600, DEFAULT_START = 1767571200 };

static const char *const probe_keys[] = {"started", "ready", "live"};
static const char *const probe_words[] = {"startup", "readiness", "liveness"};

Scenario scenario_empty(void) {
    return (Scenario){.until = DEFAULT_UNTIL,
                      .endpointDelay = KUBELET_ENDPOINT_DELAY,
                      .kubelet = {KUBELET_BACKOFF_FIRST, KUBELET_BACKOFF_LONGEST},
                      .deleteAt = SCENARIO_NEVER,
                      .nodeLostAt = SCENARIO_NEVER,
                      .nodeBackAt = SCENARIO_NEVER,
                      .gatesRemovedAt = SCENARIO_NEVER,
                      .suspendAt = SCENARIO_NEVER,
                      .resumeAt = SCENARIO_NEVER,
                      .startTime = DEFAULT_START};
}

const ContainerScript *scenario_find(const Scenario *scenario, Str name) {
    for (uint32_t i = 0; i < scenario->containers.n; i++)
        if (str_eq(scenario->containers.at[i].name, name)) return &scenario->containers.at[i];
    return NULL;
}

ContainerScript *scenario_container(Scenario *scenario, Arena *arena, Str name) {
    for (uint32_t i = 0; i < scenario->containers.n; i++)
        if (str_eq(scenario->containers.at[i].name, name)) return &scenario->containers.at[i];
    ARRAY_PUSH(arena, &scenario->containers, (ContainerScript){.name = name});
    return &scenario->containers.at[scenario->containers.n - 1];
}

/* Durations. A year is more than anybody simulates. */

static int64_t unit_seconds(char unit) {
    switch (unit) {
    case 's': return 1;
    case 'm': return 60;
    case 'h': return 3600;
    case 'd': return 86400;
    default: return 0;
    }
}

bool scenario_time(Str text, int64_t *seconds) {
    int64_t sum = 0;
    if (int_parse(text, 0, SCENARIO_LONGEST, seconds)) return true;
    if (!text.len) return false;
    for (size_t i = 0; i < text.len;) {
        size_t digits = 0;
        int64_t number;
        while (i + digits < text.len && is_digit(text.at[i + digits])) digits++;
        if (!int_parse((Str){text.at + i, digits}, 0, SCENARIO_LONGEST, &number) || i + digits == text.len) return false;
        int64_t unit = unit_seconds(text.at[i + digits]);
        if (!unit || (sum += number * unit) > SCENARIO_LONGEST) return false;
        i += digits + 1;
    }
    *seconds = sum;
    return true;
}

bool scenario_date(Str text, int64_t *seconds) {
    Moment moment;
    if (!moment_parse(text, MOMENT_YAML, &moment) || moment.seconds < 0) return false;
    *seconds = moment.seconds;
    return true;
}

typedef struct ScenarioReader {
    Arena *arena;
    Scenario *out;
    ScenarioFaults *faults;
    StrSet names; /* of the pod's containers */
    Str nameList; /* the same in words */
} ScenarioReader;

__attribute__((format(printf, 3, 4))) static void fault(ScenarioReader *reader, Span span, const char *format, ...) {
    char text[400];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0) n = 0;
    Str message = {text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1};
    ARRAY_PUSH(reader->arena, &reader->faults->items, (ScenarioFault){span, arena_str(reader->arena, message)});
}

/* The key's number in `keys`, or -1 and a fault with the nearest one. */
static int key_index(ScenarioReader *reader, const Entry *entry, const char *where, const char *const *keys, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (str_eq(entry->key, str_of(keys[i]))) return (int)i;
    Str question = near_question(reader->arena, near_word(entry->key, keys, count));
    fault(reader, entry->keySpan, "%s has no \"%.*s\"%s%.*s", where, TEXT(entry->key), question.len ? "; " : "", TEXT(question));
    return -1;
}

static bool is_kind(ScenarioReader *reader, const Node *node, NodeKind kind, const char *what, const char *form) {
    if (node->kind == kind) return true;
    fault(reader, node->span, "%s has to be %s", what, form);
    return false;
}

/* A time or length; null is never where that makes sense. */
static int64_t read_duration(ScenarioReader *reader, const Node *node, const char *what, bool never, int64_t otherwise) {
    int64_t seconds;
    if (node->kind == NODE_NULL && never) return SCENARIO_NEVER;
    if ((node->kind == NODE_INT || node->kind == NODE_STRING) && scenario_time(node->text, &seconds)) return seconds;
    fault(reader, node->span, "%s has to be seconds or a duration such as 90s or 10m, of at most 366d%s", what,
          never ? ", or null for never" : "");
    return otherwise;
}

static int read_code(ScenarioReader *reader, const Node *node) {
    int64_t code = 0;
    if (node->kind != NODE_INT || !int_parse(node->text, 0, 255, &code)) fault(reader, node->span, "exitCode has to be 0 to 255");
    return (int)code;
}

static bool read_bool(ScenarioReader *reader, const Node *node, const char *what) {
    return is_kind(reader, node, NODE_BOOL, what, "true or false") && node->text.at[0] == 't';
}

static ScriptRun read_run(ScenarioReader *reader, const Node *node) {
    static const char *const keys[] = {"seconds", "exitCode", "reason"};
    ScriptRun run = {.seconds = SCENARIO_NEVER};
    if (!is_kind(reader, node, NODE_MAP, "a run", "a map with seconds and exitCode")) return run;
    for (uint32_t i = 0; i < node->count; i++) {
        const Entry *entry = &node->entries[i];
        switch (key_index(reader, entry, "a run", keys, COUNT(keys))) {
        case 0: run.seconds = read_duration(reader, &entry->value, "seconds", true, SCENARIO_NEVER); break;
        case 1: run.exitCode = read_code(reader, &entry->value); break;
        case 2:
            if (is_kind(reader, &entry->value, NODE_STRING, "reason", "text")) run.reason = entry->value.text;
            break;
        default: break;
        }
    }
    return run;
}

static void read_runs(ScenarioReader *reader, const Node *node, ContainerScript *script) {
    if (!is_kind(reader, node, NODE_LIST, "runs", "a list")) return;
    script->runs = NEW_ARRAY(reader->arena, ScriptRun, node->count + 1);
    script->runCount = node->count;
    for (uint32_t i = 0; i < node->count; i++) script->runs[i] = read_run(reader, &node->items[i]);
}

static void read_pull(ScenarioReader *reader, const Node *node, ContainerScript *script) {
    static const char *const keys[] = {"seconds", "fail"};
    if (!is_kind(reader, node, NODE_MAP, "pull", "a map with seconds or fail")) return;
    for (uint32_t i = 0; i < node->count; i++) {
        const Entry *entry = &node->entries[i];
        int key = key_index(reader, entry, "pull", keys, COUNT(keys));
        if (key == 0) script->pullSeconds = read_duration(reader, &entry->value, "seconds", false, 0);
        if (key != 1) continue;
        if (entry->value.kind == NODE_BOOL)
            script->pullFailsUntil = entry->value.text.at[0] == 't' ? SCENARIO_NEVER : 0;
        else
            script->pullFailsUntil = read_duration(reader, &entry->value, "fail, if not true,", false, 0);
    }
}

static ScriptAnswer read_answer(ScenarioReader *reader, const Node *node) {
    static const char *const keys[] = {"from", "result"};
    static const char *const results[] = {"success", "failure", "error"};
    ScriptAnswer answer = {0};
    if (!is_kind(reader, node, NODE_MAP, "an answer", "a map with from and result")) return answer;
    for (uint32_t i = 0; i < node->count; i++) {
        const Entry *entry = &node->entries[i];
        int key = key_index(reader, entry, "an answer", keys, COUNT(keys));
        if (key == 0) answer.from = read_duration(reader, &entry->value, "from", false, 0);
        if (key != 1) continue;
        bool known = false;
        for (uint8_t r = 0; r < COUNT(results); r++)
            if (str_eq(entry->value.text, str_of(results[r]))) {
                answer.result = r;
                known = true;
            }
        if (!known) fault(reader, entry->value.span, "result has to be success, failure or error");
    }
    return answer;
}

static void read_answers(ScenarioReader *reader, const Node *node, const char *key, ScriptAnswers *answers) {
    if (!is_kind(reader, node, NODE_LIST, key, "a list")) return;
    answers->at = NEW_ARRAY(reader->arena, ScriptAnswer, node->count + 1);
    for (uint32_t i = 0; i < node->count; i++) {
        ScriptAnswer answer = read_answer(reader, &node->items[i]);
        if (answers->n && answer.from < answers->at[answers->n - 1].from)
            fault(reader, node->items[i].span, "answers have to stand in the order of their times");
        else
            answers->at[answers->n++] = answer;
    }
}

static void read_term(ScenarioReader *reader, const Node *node, ContainerScript *script) {
    static const char *const keys[] = {"seconds", "exitCode", "listens"};
    if (!is_kind(reader, node, NODE_MAP, "onTerm", "a map with seconds, exitCode and listens")) return;
    script->termSet = true;
    script->termCode = 143;
    for (uint32_t i = 0; i < node->count; i++) {
        const Entry *entry = &node->entries[i];
        int key = key_index(reader, entry, "onTerm", keys, COUNT(keys));
        if (key == 0) script->termSeconds = read_duration(reader, &entry->value, "seconds", true, 0);
        if (key == 1) script->termCode = read_code(reader, &entry->value);
        if (key == 2) script->listenSeconds = (OptInt){true, read_duration(reader, &entry->value, "listens", false, 0)};
    }
}

static void read_container(ScenarioReader *reader, const Node *node, ContainerScript *script) {
    static const char *const keys[] = {"started",          "ready",          "live",   "runs",        "pull", "preStopSeconds",
                                       "postStartSeconds", "postStartFails", "onTerm", "preStopFails"};
    if (!is_kind(reader, node, NODE_MAP, "a container's script", "a map")) return;
    for (uint32_t i = 0; i < node->count; i++) {
        const Entry *entry = &node->entries[i];
        const Node *value = &entry->value;
        int key = key_index(reader, entry, "a container's script", keys, COUNT(keys));
        switch (key) {
        case 0:
        case 1:
        case 2: read_answers(reader, value, probe_keys[key], &script->answers[key]); break;
        case 3: read_runs(reader, value, script); break;
        case 4: read_pull(reader, value, script); break;
        case 5: script->preStopSeconds = (OptInt){true, read_duration(reader, value, "preStopSeconds", false, 0)}; break;
        case 6: script->postStartSeconds = (OptInt){true, read_duration(reader, value, "postStartSeconds", false, 0)}; break;
        case 7: script->postStartFails = read_bool(reader, value, "postStartFails"); break;
        case 8: read_term(reader, value, script); break;
        case 9: script->preStopFails = read_bool(reader, value, "preStopFails"); break;
        default: break;
        }
    }
}

/* The names of the pod's containers, to be found and to be told. */
static void gather_names(ScenarioReader *reader, const PodSpec *spec) {
    enum { MOST_TOLD = 200 };
    Buf list = {.arena = reader->arena};
    ContainerWalk w;
    reader->names.arena = reader->arena;
    for (walk_containers(&w, spec, NULL); walk_next(&w);) {
        str_set_add(&reader->names, w.container->name, w.container);
        if (list.len >= MOST_TOLD) continue;
        if (list.len) buf_str(&list, S(", "));
        buf_str(&list, w.container->name);
        if (list.len >= MOST_TOLD) buf_str(&list, S(" and others"));
    }
    reader->nameList = buf_text(&list);
}

typedef void ReadScript(ScenarioReader *reader, const Node *node, ContainerScript *script);

/* What is written of a container that the pod lacks is read for its faults only. */
static void read_by_name(ScenarioReader *reader, const Node *node, const char *what, ReadScript *read) {
    if (!is_kind(reader, node, NODE_MAP, what, "a map with the names of containers")) return;
    for (uint32_t i = 0; i < node->count; i++) {
        const Entry *entry = &node->entries[i];
        ContainerScript none = {0};
        bool known = str_set_find(&reader->names, entry->key) != NULL;
        if (!known)
            fault(reader, entry->keySpan, "the pod has no container \"%.*s\"; it has %.*s", TEXT(entry->key),
                  TEXT(reader->nameList));
        read(reader, &entry->value, known ? scenario_container(reader->out, reader->arena, entry->key) : &none);
    }
}

/* The kubelet's settings. The longest delay is also the first if it is shorter (kubelet.go, newCrashLoopBackOff); the bounds are
 * those of the kubelet's own validation. */

static bool set_longest_backoff(KubeletSettings *kubelet, Str value) {
    int64_t seconds;
    if (!scenario_time(value, &seconds) || seconds < 1 || seconds > KUBELET_BACKOFF_LONGEST) return false;
    kubelet->backoffLongest = seconds;
    return true;
}

static bool set_reduced_backoff(KubeletSettings *kubelet, Str value) {
    if (!str_eq(value, S("true")) && !str_eq(value, S("false"))) return false;
    kubelet->backoffFirst = value.at[0] == 't' ? KUBELET_BACKOFF_REDUCED : KUBELET_BACKOFF_FIRST;
    return true;
}

static const struct KubeletSetting {
    const char *parent, *name, *form;
    bool (*set)(KubeletSettings *kubelet, Str value);
} kubelet_settings[] = {
    {"crashLoopBackOff", "maxContainerRestartPeriod", "a duration from 1s to 5m", set_longest_backoff},
    {"featureGates", "ReduceDefaultCrashLoopBackOffDecay", "true or false", set_reduced_backoff},
};

static void read_kubelet(ScenarioReader *reader, const Node *node) {
    static const char *const parents[] = {"crashLoopBackOff", "featureGates"};
    if (!is_kind(reader, node, NODE_MAP, "kubelet", "a map as in KubeletConfiguration")) return;
    for (uint32_t i = 0; i < node->count; i++) {
        const Node *value = &node->entries[i].value;
        int index = key_index(reader, &node->entries[i], "kubelet", parents, COUNT(parents));
        if (index < 0) continue;
        const struct KubeletSetting *setting = &kubelet_settings[index];
        if (!is_kind(reader, value, NODE_MAP, setting->parent, "a map")) continue;
        for (uint32_t j = 0; j < value->count; j++)
            if (key_index(reader, &value->entries[j], setting->parent, &setting->name, 1) == 0 &&
                !setting->set(&reader->out->kubelet, value->entries[j].value.text))
                fault(reader, value->entries[j].value.span, "%s has to be %s", setting->name, setting->form);
    }
}

static void read_gates(ScenarioReader *reader, const Node *node) {
    if (!is_kind(reader, node, NODE_MAP, "readinessGates", "a map from condition types to times")) return;
    for (uint32_t i = 0; i < node->count; i++) {
        int64_t from = read_duration(reader, &node->entries[i].value, "the time of a readiness gate", true, SCENARIO_NEVER);
        ARRAY_PUSH(reader->arena, &reader->out->gates, (GateScript){node->entries[i].key, from});
    }
}

void scenario_read(Scenario *out, Arena *arena, const Node *root, const PodSpec *spec, ScenarioFaults *faults) {
    static const char *const keys[] = {"until",         "scheduleAt",     "deleteAt",   "gracePeriodSeconds", "containers",
                                       "onTerm",        "readinessGates", "nodeLostAt", "nodeBackAt",         "gatesRemovedAt",
                                       "force",         "kubelet",        "suspendAt",  "resumeAt",           "startTime",
                                       "endpointDelay", "lbDelay"};
    ScenarioReader reader = {.arena = arena, .out = out, .faults = faults};
    *out = scenario_empty();
    gather_names(&reader, spec);
    if (root->kind == NODE_NULL || !is_kind(&reader, root, NODE_MAP, "a scenario", "a map")) return;
    for (uint32_t i = 0; i < root->count; i++) {
        const Entry *entry = &root->entries[i];
        const Node *value = &entry->value;
        int key = key_index(&reader, entry, "a scenario", keys, COUNT(keys));
        switch (key) {
        case 0:
            out->until = read_duration(&reader, value, keys[key], false, out->until);
            out->untilSet = true;
            break;
        case 1: out->scheduleAt = read_duration(&reader, value, keys[key], true, 0); break;
        case 2: out->deleteAt = read_duration(&reader, value, keys[key], true, SCENARIO_NEVER); break;
        case 3: out->gracePeriodSeconds = (OptInt){true, read_duration(&reader, value, keys[key], false, 0)}; break;
        case 4: read_by_name(&reader, value, keys[key], read_container); break;
        case 5: read_by_name(&reader, value, keys[key], read_term); break;
        case 6: read_gates(&reader, value); break;
        case 7: out->nodeLostAt = read_duration(&reader, value, keys[key], true, SCENARIO_NEVER); break;
        case 8: out->nodeBackAt = read_duration(&reader, value, keys[key], true, SCENARIO_NEVER); break;
        case 9: out->gatesRemovedAt = read_duration(&reader, value, keys[key], true, SCENARIO_NEVER); break;
        case 10: out->force = read_bool(&reader, value, keys[key]); break;
        case 11: read_kubelet(&reader, value); break;
        case 12: out->suspendAt = read_duration(&reader, value, keys[key], true, SCENARIO_NEVER); break;
        case 13: out->resumeAt = read_duration(&reader, value, keys[key], true, SCENARIO_NEVER); break;
        case 14:
            if (!scenario_date(value->text, &out->startTime))
                fault(&reader, value->span, "startTime has to be a date and time such as 2026-01-05T00:00:00");
            break;
        case 15: out->endpointDelay = read_duration(&reader, value, keys[key], false, 0); break;
        case 16: out->lbDelay = read_duration(&reader, value, keys[key], false, 0); break;
        default: break;
        }
    }
}

/* Without a scenario. */

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
        script->termSet = true;
        script->termSeconds = TERM_SECONDS;
    }
}

void scenario_calm(Scenario *out, Arena *arena, const PodSpec *spec) {
    *out = scenario_empty();
    scenario_pass_inits(out, arena, spec);
    take_time(out, arena, spec);
}

/* What crashes in it, in words. */
static void put_crashes(Buf *words, uint32_t crashing, uint32_t others, Str first) {
    if (crashing == 1)
        buf_format(words, ", %.*s crashes twice, for the first time after %d s", TEXT(first), FIRST_CRASH);
    else if (crashing)
        buf_format(words, ", %s %u containers crash twice, one after the other, %d s apart", others ? "the first" : "all",
                   crashing, FIRST_CRASH);
}

Str scenario_default(Scenario *out, Arena *arena, const PodSpec *spec) {
    scenario_calm(out, arena, spec);
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
    out->until = end + AFTER_DELETION +
                 (spec->terminationGracePeriodSeconds.set ? scenario_clamp(spec->terminationGracePeriodSeconds.value) : 0);
    Buf words = {.arena = arena};
    buf_format(&words, "Assumed, as no scenario was given: images take %d s to pull", PULL_SECONDS);
    if (inits) buf_format(&words, ", init containers end well after %d s", INIT_SECONDS);
    put_crashes(&words, crashing, staying - crashing, first);
    if (servers.len) buf_format(&words, ", %.*s never ends by itself", TEXT(buf_text(&servers)));
    if (!ends) buf_format(&words, ", and the pod is deleted at %lld s", (long long)end);
    buf_format(&words, "; processes take %d s to stop.", TERM_SECONDS);
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

/* Whether `name` is "parent.name" of the setting. */
static bool names_setting(Str name, const struct KubeletSetting *setting) {
    Str parent = str_of(setting->parent);
    return str_starts(name, parent) && name.len > parent.len && name.at[parent.len] == '.' &&
           str_eq(str_slice(name, parent.len + 1), str_of(setting->name));
}

const char *scenario_kubelet(Scenario *scenario, Str text) {
    ptrdiff_t equals = str_find(text, '=');
    for (size_t i = 0; equals >= 0 && i < COUNT(kubelet_settings); i++)
        if (names_setting((Str){text.at, (size_t)equals}, &kubelet_settings[i]) &&
            kubelet_settings[i].set(&scenario->kubelet, str_slice(text, (size_t)equals + 1)))
            return NULL;
    return "crashLoopBackOff.maxContainerRestartPeriod=TIME, from 1s to 5m, or "
           "featureGates.ReduceDefaultCrashLoopBackOffDecay=true";
}
