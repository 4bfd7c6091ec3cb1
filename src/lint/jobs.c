/* Rules about Jobs and CronJobs. */
#include "words.h"
#include "workload.h"

#include "validate/cron.h"
#include "validate/names.h"

static Str seconds_text(const Lint *lint, int64_t seconds) {
    return str_int(lint->arena, seconds);
}

/* Pods that do not end. */

/* Whether something tells the container's proxy to end. */
static bool proxy_is_ended(const PodSpec *pod) {
    if (pod->shareProcessNamespace.value) return true;
    for (uint32_t i = 0; i < pod->containers.n; i++) {
        Words words = words_of_container(&pod->containers.at[i], NULL);
        for (uint32_t j = 0; j < words_count(&words); j++)
            if (str_has(words_at(&words, j), S("quitquitquit"))) return true;
    }
    return false;
}

static void check_helper(Lint *lint, const PodSpec *pod, const Container *container, const Path *path) {
    Path image = FIELD(path, "image"), name = FIELD(path, "name");
    bool named = lint_listed(lint, RULE_job_sidecar_never_ends, S("containers"), container->name);
    bool listed = named || image_listed(lint, RULE_job_sidecar_never_ends, S("containers"), container->image) ||
                  runs_server(lint, RULE_init_never_ends, S("images"), container);
    if (listed && !proxy_is_ended(pod))
        emit_job_sidecar_never_ends(lint->diags, lint_where(lint, named ? &name : &image), .container = container->name);
}

/* The service mesh that is told to add its proxy to the pod, in words; empty if none is. */
static Str injected_mesh(const ObjectMeta *meta, Str *key, bool *label) {
    static const struct {
        Str key, value, mesh;
    } signs[] = {{STR("sidecar.istio.io/inject"), STR("true"), STR("Istio")},
                 {STR("linkerd.io/inject"), STR("enabled"), STR("Linkerd")},
                 {STR("consul.hashicorp.com/connect-inject"), STR("true"), STR("Consul")},
                 {STR("kuma.io/sidecar-injection"), STR("enabled"), STR("Kuma")}};
    for (size_t i = 0; i < COUNT(signs); i++) {
        const Str *inLabels = map_get(meta->labels, signs[i].key), *inAnnotations = map_get(meta->annotations, signs[i].key);
        const Str *value = inLabels ? inLabels : inAnnotations;
        *key = signs[i].key;
        *label = inLabels != NULL;
        if (value && str_eq(*value, signs[i].value)) return signs[i].mesh;
    }
    return S("");
}

static void check_mesh(Lint *lint, const PodSpec *pod) {
    Str key;
    bool label;
    Str mesh = injected_mesh(lint->meta, &key, &label);
    if (!mesh.len || proxy_is_ended(pod)) return;
    for (uint32_t i = 0; i < lint->meta->annotations.n; i++)
        if (str_has(lint->meta->annotations.at[i].key, S("native-sidecar")) ||
            str_has(lint->meta->annotations.at[i].key, S("nativeSidecar")))
            return;
    Path map = path_field(lint->metaPath, label ? S("labels") : S("annotations")), at = path_key(&map, key);
    emit_job_mesh_proxy(lint->diags, lint_where(lint, &at), .mesh = mesh, .key = key);
}

void lint_job_pod(Lint *lint, const PodSpec *self, const Path *path) {
    if (lint_workload(lint) != WORKLOAD_JOB) return;
    Path list = FIELD(path, "containers");
    check_mesh(lint, self);
    for (uint32_t i = 0; i < self->containers.n; i++) {
        const Container *container = &self->containers.at[i];
        Path at = path_index(&list, i);
        Words words = words_of_container(container, &at);
        uint32_t word;
        Str endless = words_endless(&words, &word);
        if (endless.len && !proxy_is_ended(self))
            emit_job_container_never_ends(lint->diags, words_where(lint, &words, word), .container = container->name,
                                          .what = endless);
        else if (self->containers.n > 1)
            check_helper(lint, self, container, &at);
    }
}

/* Deadlines. */

static void check_starts_fit(Lint *lint, const PodSpec *pod, int64_t deadline, const Path *path) {
    ContainerWalk w;
    for (walk_containers(&w, pod, path); walk_next(&w);) {
        const Probe *probe = w.container->startupProbe;
        int64_t budget = probe ? probe->initialDelaySeconds + probe->failureThreshold * probe->periodSeconds : 0;
        Path at = FIELD(&w.path, "startupProbe");
        if (probe && budget >= deadline)
            emit_deadline_before_startup(lint->diags, lint_where_key(lint, &at), .container = w.container->name,
                                         .budget = seconds_text(lint, budget), .deadline = seconds_text(lint, deadline));
    }
}

void lint_deadlines(Lint *lint, const PodSpec *self, const Path *path) {
    const JobSpec *job = model_job(lint->document);
    OptInt deadline = self->activeDeadlineSeconds;
    Path at = FIELD(path, "activeDeadlineSeconds");
    if (job && job->activeDeadlineSeconds.set) {
        if (deadline.set && deadline.value >= job->activeDeadlineSeconds.value)
            emit_job_deadline_shadowed(lint->diags, lint_where(lint, &at), .seconds = seconds_text(lint, deadline.value),
                                       .job = seconds_text(lint, job->activeDeadlineSeconds.value));
        if (!deadline.set || deadline.value > job->activeDeadlineSeconds.value) deadline = job->activeDeadlineSeconds;
    }
    if (deadline.set) check_starts_fit(lint, self, deadline.value, path);
}

/* Schedules. */

enum { MINUTES_A_DAY = 24 * 60 };

typedef struct Schedule {
    Cron cron;
    bool hasFields; /* it is none of @daily, @every and so on */
    Str fields[CRON_FIELDS];
} Schedule;

/* Takes a schedule apart; false if the server refuses it. */
static bool schedule_read(Schedule *out, Str text) {
    CronFault fault;
    if (!cron_parse(text, &out->cron, &fault)) return false;
    Str rest = out->cron.rest;
    out->hasFields = !str_starts(rest, S("@"));
    for (int i = 0; i < CRON_FIELDS; i++) {
        rest = str_trim(rest);
        ptrdiff_t end = str_find(rest, ' ');
        out->fields[i] = end < 0 ? rest : (Str){rest.at, (size_t)end};
        rest = str_slice(rest, out->fields[i].len);
    }
    return true;
}

static bool is_any(const Schedule *s, CronField field) {
    static const Str all[] = {STR("*"), STR("?"), STR("*/1")};
    return str_in(s->fields[field], all, COUNT(all));
}

/* Whether some month of the schedule has a day of it. */
static bool has_date(const Cron *cron) {
    static const uint8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int month = 1; month <= 12; month++)
        for (int day = 1; day <= days[month - 1]; day++)
            if (cron->times[CRON_MONTH] >> month & 1 && cron->times[CRON_DAY] >> day & 1) return true;
    return false;
}

/* Whether the hours are named one by one or in steps: with a range, each minute of it may be meant. */
static bool names_hours(const Schedule *s) {
    Str hours = s->fields[CRON_HOUR];
    return !is_any(s, CRON_HOUR) && (str_find(hours, '-') < 0 || str_find(hours, '/') >= 0);
}

/* The shortest time between two runs, in seconds. */
static int64_t shortest_interval(const Cron *cron) {
    int first = -1, last = -1, shortest = MINUTES_A_DAY;
    if (cron->isInterval) return cron->interval / 1000000000;
    for (int minute = 0; minute < MINUTES_A_DAY; minute++) {
        if (!(cron->times[CRON_HOUR] >> minute / 60 & 1) || !(cron->times[CRON_MINUTE] >> minute % 60 & 1)) continue;
        if (last >= 0 && minute - last < shortest) shortest = minute - last;
        if (first < 0) first = minute;
        last = minute;
    }
    int overnight = first + MINUTES_A_DAY - last;
    return 60 * (int64_t)(overnight < shortest ? overnight : shortest);
}

static void check_dates(Lint *lint, const Schedule *s, Str schedule, const Path *at) {
    bool anyDay = is_any(s, CRON_DAY), anyWeekday = is_any(s, CRON_WEEKDAY);
    Str text = shown(lint->arena, schedule);
    if (!anyDay && anyWeekday && !has_date(&s->cron))
        emit_cronjob_never_fires(lint->diags, lint_where(lint, at), .schedule = text, .day = s->fields[CRON_DAY],
                                 .month = s->fields[CRON_MONTH]);
    if (!anyDay && !anyWeekday)
        emit_cronjob_dom_and_dow(lint->diags, lint_where(lint, at), .schedule = text, .days = s->fields[CRON_DAY],
                                 .weekdays = s->fields[CRON_WEEKDAY]);
    if (is_any(s, CRON_MINUTE) && !is_any(s, CRON_HOUR) && !names_hours(s))
        emit_cronjob_minutes_of_hours(lint->diags, lint_where(lint, at), .schedule = text, .hours = s->fields[CRON_HOUR]);
    if (is_any(s, CRON_MINUTE) && names_hours(s))
        emit_cronjob_every_minute(lint->diags, lint_where(lint, at), .schedule = text, .hours = s->fields[CRON_HOUR]);
}

void lint_schedule(Lint *lint, const CronJobSpec *self, const Path *path) {
    Path at = FIELD(path, "schedule");
    Schedule s;
    if (!schedule_read(&s, self->schedule)) return;
    if (s.hasFields) check_dates(lint, &s, self->schedule, &at);
    OptInt deadline = self->jobTemplate.spec.activeDeadlineSeconds;
    if (!deadline.set) deadline = self->jobTemplate.spec.template.spec.activeDeadlineSeconds;
    if (!str_eq(self->concurrencyPolicy, S("Allow"))) return;
    int64_t interval = shortest_interval(&s.cron);
    bool slip = s.hasFields && is_any(&s, CRON_MINUTE) && !is_any(&s, CRON_HOUR); /* said already */
    bool often = !slip && interval > 0 && interval < lint_int(lint, RULE_cronjob_overlap, S("often"));
    if (deadline.set ? interval > 0 && interval < deadline.value : often)
        emit_cronjob_overlap(lint->diags, lint_where(lint, &at), .interval = seconds_text(lint, interval),
                             .time = deadline.set ? str_format(lint->arena, "may take %lld s", (long long)deadline.value)
                                                  : S("may hang for ever, as one whose image cannot be pulled"));
}
