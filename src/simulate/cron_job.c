/* The CronJob controller (k8s.io/kubernetes/pkg/controller/cronjob/cronjob_controllerv2.go) and the times of a schedule
 * (github.com/robfig/cron/v3, spec.go). All Jobs of a CronJob go alike, so that one is played. */
#include "job.h"
#include "lanes.h"
#include "base/calendar.h"
#include "validate/cron.h"

enum { SHOWN_RUNS = 5, MOST_RUNS = 2000, YEARS = 5 };

static const char *const weekdays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

typedef struct Schedule {
    Cron cron;
    bool anyDay, anyWeekday; /* written with a star: then the other one decides alone, else either does */
} Schedule;

static bool has(uint64_t times, int value) {
    return times >> value & 1;
}

static bool day_matches(const Schedule *schedule, int64_t days) {
    const uint64_t *times = schedule->cron.times;
    Civil date = civil_of(days * SECONDS_OF_DAY);
    bool onDay = has(times[CRON_DAY], date.day), onWeekday = has(times[CRON_WEEKDAY], date.weekDay);
    if (!has(times[CRON_MONTH], date.month)) return false;
    return schedule->anyDay || schedule->anyWeekday ? onDay && onWeekday : onDay || onWeekday;
}

/* The first time of the schedule after `after`; SCENARIO_NEVER if there is none in five years. */
static int64_t next_time(const Schedule *schedule, int64_t after) {
    const uint64_t *times = schedule->cron.times;
    if (schedule->cron.isInterval) {
        int64_t interval = schedule->cron.interval / 1000000000;
        return after + (interval > 0 ? interval : 1);
    }
    int64_t start = after / 60 * 60 + 60;
    for (int64_t days = start / SECONDS_OF_DAY; days < start / SECONDS_OF_DAY + YEARS * 366; days++) {
        if (!day_matches(schedule, days)) continue;
        int64_t second = days == start / SECONDS_OF_DAY ? start % SECONDS_OF_DAY : 0;
        for (int64_t minute = second / 60; minute < SECONDS_OF_DAY / 60; minute++)
            if (has(times[CRON_HOUR], (int)(minute / 60)) && has(times[CRON_MINUTE], (int)(minute % 60)))
                return days * SECONDS_OF_DAY + minute * 60;
    }
    return SCENARIO_NEVER;
}

/* Whether the field of this number is written with a star, and so means any. */
static bool is_star(Str text, CronField number) {
    for (int i = 0;; i++) {
        text = str_trim(text);
        size_t n = 0;
        while (n < text.len && !is_space(text.at[n])) n++;
        if (i == (int)number) return n == 1 && (text.at[0] == '*' || text.at[0] == '?');
        if (!n) return false;
        text = str_slice(text, n);
    }
}

/* One Job of the CronJob. */
typedef struct Run {
    int64_t began, ends; /* `ends`: SCENARIO_NEVER if it never does */
    bool replaced;
} Run;

typedef struct CronRun {
    Arena *arena;
    Rollout *out;
    const CronJobSpec *spec;
    const Scenario *scenario;
    const Rollout *job;
    Schedule schedule;
    ARRAY(Run) runs;
    int64_t now;          /* seconds of the clock */
    int64_t latest, next; /* times of the schedule: the latest one up to now, and the one after it */
    int unserved;         /* times since the last Job began */
    bool suspended;
    int missed, forbidden, replaced;
} CronRun;

static int active_runs(const CronRun *run) {
    int active = 0;
    for (uint32_t i = 0; i < run->runs.n; i++) active += run->runs.at[i].ends > run->now;
    return active;
}

static int64_t schedule_after(const CronRun *run, int64_t t) {
    int64_t start = run->scenario->startTime, next = next_time(&run->schedule, start + t);
    return next == SCENARIO_NEVER ? SCENARIO_NEVER : next - start;
}

static void pass_times(CronRun *run) {
    for (; run->next <= run->now; run->next = schedule_after(run, run->next)) {
        run->latest = run->next;
        run->unserved++;
    }
}

/* Whether the latest time of the schedule waits for its Job; what is older than startingDeadlineSeconds does not. */
static bool is_due(const CronRun *run) {
    const OptInt *deadline = &run->spec->startingDeadlineSeconds;
    return run->unserved && !run->suspended && !(deadline->set && run->latest + deadline->value < run->now);
}

static void replace_active(CronRun *run) {
    for (uint32_t i = 0; i < run->runs.n; i++) {
        Run *other = &run->runs.at[i];
        if (other->ends <= run->now) continue;
        other->ends = run->now;
        other->replaced = true;
        run->replaced++;
    }
}

static void sync(CronRun *run) {
    pass_times(run);
    if (!is_due(run)) return;
    bool active = active_runs(run) > 0;
    if (active && str_eq(run->spec->concurrencyPolicy, S("Forbid"))) {
        run->forbidden += run->latest == run->now;
        return;
    }
    if (active && str_eq(run->spec->concurrencyPolicy, S("Replace"))) replace_active(run);
    run->missed += run->unserved - 1;
    run->unserved = 0;
    bool ends = run->job->done || run->job->reason.len;
    ARRAY_PUSH(run->arena, &run->runs, (Run){run->now, ends ? run->now + run->job->end : SCENARIO_NEVER, false});
}

static void record(CronRun *run) {
    RolloutStep step = {.t = run->now, .active = active_runs(run)};
    for (uint32_t i = 0; i < run->runs.n; i++) {
        const Run *job = &run->runs.at[i];
        if (job->ends > run->now || job->replaced) continue;
        if (run->job->done)
            step.succeeded++;
        else
            step.failed++;
    }
    const RolloutStep *last = run->out->steps.n ? &run->out->steps.at[run->out->steps.n - 1] : NULL;
    if (last && last->active == step.active && last->succeeded == step.succeeded && last->failed == step.failed) return;
    if (step.active > run->out->most) run->out->most = step.active;
    ARRAY_PUSH(run->arena, &run->out->steps, step);
}

static void sooner(int64_t *next, int64_t at, int64_t now) {
    if (at > now && at < *next) *next = at;
}

static int64_t next_event(const CronRun *run) {
    int64_t next = SCENARIO_NEVER;
    sooner(&next, run->scenario->suspendAt, run->now);
    sooner(&next, run->scenario->resumeAt, run->now);
    sooner(&next, run->next, run->now);
    for (uint32_t i = 0; i < run->runs.n; i++) sooner(&next, run->runs.at[i].ends, run->now);
    return next;
}

static void say(CronRun *run, Str text) {
    ARRAY_PUSH(run->arena, &run->out->words, text);
}

static Str date_text(Arena *arena, int64_t seconds) {
    Civil date = civil_of(seconds);
    return str_format(arena, "%s, %lld-%02d-%02d %02d:%02d", weekdays[date.weekDay], (long long)date.year, date.month, date.day,
                      date.hour, date.minute);
}

static void say_times(CronRun *run) {
    Arena *arena = run->arena;
    int64_t start = run->scenario->startTime;
    Buf buf = {.arena = arena};
    int64_t t = schedule_after(run, 0);
    Str zone = run->spec->timeZone;
    if (t == SCENARIO_NEVER) {
        say(run, S("No time of the schedule comes within five years."));
        return;
    }
    Civil day = civil_of(start);
    for (int i = 0; i < SHOWN_RUNS && t != SCENARIO_NEVER; i++, t = schedule_after(run, t)) {
        Civil date = civil_of(start + t);
        bool same = date.year == day.year && date.month == day.month && date.day == day.day;
        if (same)
            buf_format(&buf, "%s%02d:%02d", i ? ", " : "", date.hour, date.minute);
        else
            buf_format(&buf, "%s%.*s", i ? "; " : "", TEXT(date_text(arena, start + t)));
        day = date;
    }
    say(run, str_format(arena, "The clock begins on %.*s (%.*s); the schedule's next times: %.*s.", TEXT(date_text(arena, start)),
                        TEXT(zone.len ? zone : S("time zone of the controller")), TEXT(buf_text(&buf))));
}

static void say_runs(CronRun *run) {
    Arena *arena = run->arena;
    const Rollout *job = run->job;
    Str policy = run->spec->concurrencyPolicy;
    bool ends = job->done || job->reason.len;
    if (job->done)
        say(run, str_format(arena, "Each Job takes %.*s and succeeds.", TEXT(clock_text(arena, job->end))));
    else if (job->reason.len)
        say(run, str_format(arena, "Each Job fails after %.*s (%.*s).", TEXT(clock_text(arena, job->end)), TEXT(job->reason)));
    else
        say(run, S("No Job comes to an end."));
    if (run->forbidden)
        say(run, str_format(arena, "concurrencyPolicy Forbid: at %d time%s of the schedule the Job before still runs%s.",
                            run->forbidden, run->forbidden == 1 ? "" : "s",
                            !ends ? ", and so no other is ever started" : "; the latest such time is served as soon as it ends"));
    if (run->replaced)
        say(run, str_format(arena, "concurrencyPolicy Replace: %d Job%s before it was over, for the next one.", run->replaced,
                            run->replaced == 1 ? " is deleted" : "s are deleted"));
    if (run->out->most > 1 && !str_eq(policy, S("Replace")))
        say(run, str_format(arena, "Up to %d Jobs run at a time; concurrencyPolicy Forbid or Replace would prevent it.",
                            run->out->most));
    if (run->missed)
        say(run, str_format(arena, "%d time%s of the schedule %s never served.", run->missed, run->missed == 1 ? "" : "s",
                            run->missed == 1 ? "is" : "are"));
}

static void say_history(CronRun *run) {
    const OptInt *good = &run->spec->successfulJobsHistoryLimit, *bad = &run->spec->failedJobsHistoryLimit;
    const RolloutStep *last = &run->out->steps.at[run->out->steps.n - 1];
    int64_t kept = run->job->done ? good->value : bad->value;
    if (last->succeeded + last->failed > kept)
        say(run, str_format(run->arena, "Of finished Jobs the latest %lld stay with their pods and logs (%s).", (long long)kept,
                            run->job->done ? "successfulJobsHistoryLimit" : "failedJobsHistoryLimit"));
}

/* The Jobs as lanes. */
static void draw_jobs(CronRun *run) {
    enum { SHOWN = 24 };
    Lanes *out = &run->out->pods;
    const Rollout *job = run->job;
    int64_t last = run->out->steps.at[run->out->steps.n - 1].t, end = last + 1 + last / 10;
    *out = (Lanes){.end = end};
    run->out->podsLeftOut = run->runs.n > SHOWN ? (int)run->runs.n - SHOWN : 0;
    for (uint32_t i = 0; i < run->runs.n && i < SHOWN; i++) {
        const Run *one = &run->runs.at[i];
        Lane *lane = lanes_add(out, run->arena, LANE_CONTAINER, str_format(run->arena, "Job %u", i + 1));
        int64_t over = one->ends < end ? one->ends : end;
        lane_add(run->arena, lane, one->began, over, PIECE_RUNNING, S("active"));
        if (over < end) lane_mark(run->arena, lane, over, job->done || one->replaced ? MARK_END : MARK_CRASH, 0);
    }
}

/* Long enough for some Jobs. */
static int64_t look_until(const CronRun *run) {
    if (run->scenario->untilSet) return run->scenario->until;
    int64_t t = 0;
    for (int i = 0; i < SHOWN_RUNS && t < SCENARIO_LONGEST; i++) t = schedule_after(run, t);
    if (run->job->done || run->job->reason.len) t = t < SCENARIO_LONGEST ? t + run->job->end : t;
    return scenario_clamp(t);
}

void cron_job_simulate(Rollout *out, Arena *arena, const CronJobSpec *spec, PodView view, const Scenario *scenario) {
    Rollout job = {.failedAt = SCENARIO_NEVER, .podDeleted = SCENARIO_NEVER};
    Scenario calm = *scenario;
    calm.suspendAt = calm.resumeAt = SCENARIO_NEVER;
    calm.untilSet = false;
    JobSpec made = spec->jobTemplate.spec;
    defaults_made_job(&made);
    job_simulate(&job, arena, &made, view, &calm);
    CronRun run = {.arena = arena, .out = out, .spec = spec, .scenario = scenario, .job = &job};
    CronFault fault;
    out->kind = ROLLOUT_CRON_JOB;
    out->podDeleted = job.podDeleted;
    if (!cron_parse(spec->schedule, &run.schedule.cron, &fault)) {
        say(&run, str_format(arena, "The schedule \"%.*s\" cannot be read: no Job is ever started.", TEXT(spec->schedule)));
        return;
    }
    run.schedule.anyDay = is_star(run.schedule.cron.rest, CRON_DAY);
    run.schedule.anyWeekday = is_star(run.schedule.cron.rest, CRON_WEEKDAY);
    run.suspended = spec->suspend.set && spec->suspend.value;
    run.next = schedule_after(&run, 0);
    int64_t until = look_until(&run);
    for (int i = 0; i < MOST_RUNS; i++) {
        if (run.now == scenario->suspendAt) run.suspended = true;
        if (run.now == scenario->resumeAt) run.suspended = false;
        sync(&run);
        record(&run);
        int64_t next = next_event(&run);
        if (next > until) break;
        run.now = next;
    }
    out->end = until;
    say_times(&run);
    if (run.suspended && !run.runs.n) {
        say(&run, S("The CronJob is suspended: no Job is started until spec.suspend is false."));
        return;
    }
    if (!run.runs.n) return;
    draw_jobs(&run);
    say_runs(&run);
    say_history(&run);
}
