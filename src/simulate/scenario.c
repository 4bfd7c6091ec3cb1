/* Reading scenarios. A fault is told at its place and the value left at its default,
 * so that all faults of a file show at once. */
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

Scenario scenario_empty(void) {
    return (Scenario){.until = DEFAULT_UNTIL,
                      .endpointDelay = KUBELET_ENDPOINT_DELAY,
                      .kubelet = {KUBELET_BACKOFF_FIRST, KUBELET_BACKOFF_LONGEST},
                      .deleteAt = SCENARIO_NEVER,
                      .nodeLostAt = SCENARIO_NEVER,
                      .evictAt = SCENARIO_NEVER,
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

/* A date with or without a time of day, 2026-01-05T08:30:00 or 2026-01-05, as seconds since 1970, whatever the time zone. */
static bool scenario_date(Str text, int64_t *seconds) {
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
                                       "endpointDelay", "lbDelay",        "evictAt"};
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
        case 17: out->evictAt = read_duration(&reader, value, keys[key], true, SCENARIO_NEVER); break;
        default: break;
        }
    }
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
