/* CronJobs (k8s.io/kubernetes/pkg/apis/batch/validation): the schedule, the time zone, and the template as a Job without
 * selector. */
#include "cron.h"
#include "job.h"

enum { CRON_JOB_NAME_MAX = 52 };

static Str field_form(Check *c, const CronFieldForm *form) {
    if (!form->names) return str_format(c->arena, "a number from %d to %d, or * for all", form->low, form->high);
    Str first = form->names[0], last = form->names[form->high - form->low];
    return str_format(c->arena, "a number from %d to %d, a name from %.*s to %.*s, or * for all", form->low, form->high,
                      TEXT(first), TEXT(last));
}

static Str number_hint(Check *c, const CronFieldForm *form, Str part) {
    for (int i = 0; form->names && i <= form->high - form->low; i++)
        if (part.len > 3 && str_eq_nocase((Str){part.at, 3}, form->names[i]))
            return str_format(c->arena, "names have three letters: %.*s", TEXT(form->names[i]));
    if (part.len && strchr("LlWw#", part.at[part.len - 1])) return S("L, W and # of other kinds of cron are not known here");
    return S("");
}

static Str order_hint(Check *c, const CronFieldForm *form, const CronFault *fault) {
    if (str_find(fault->part, '/') >= 0) return S("");
    return str_format(c->arena, "write it as %d-%d,%d-%d", (int)fault->start, form->high, form->low, (int)fault->end);
}

static Str count_hint(Check *c, Str schedule, int64_t count) {
    static const Str words[] = {STR("yearly"), STR("annually"), STR("monthly"), STR("weekly"),
                                STR("daily"),  STR("midnight"), STR("hourly")};
    Str word = str_trim(schedule);
    if (count == 6) return S("leave out the seconds or the year; Kubernetes has no field for them");
    if (count == 7) return S("leave out the seconds and the year; Kubernetes has no fields for them");
    if (str_starts(word, S("@"))) return S("leave out the space before @");
    if (str_in(word, words, COUNT(words))) return str_format(c->arena, "did you mean \"@%.*s\"?", TEXT(word));
    return S("");
}

static Str descriptor_hint(Check *c, Str text) {
    static const Str words[] = {STR("@yearly"), STR("@annually"), STR("@monthly"), STR("@weekly"),
                                STR("@daily"),  STR("@midnight"), STR("@hourly")};
    if (str_eq(text, S("@reboot"))) return S("a cluster has no start of its own; use a Job to run something once");
    if (str_starts(text, S("@every"))) return S("write one space after @every, and the duration after it");
    return did_you_mean(c->arena, str_trim(text), words, COUNT(words));
}

static Str duration_hint(Str text) {
    if (!text.len) return S("write how long to wait between two runs");
    char unit = text.at[text.len - 1];
    if (unit == 'd' || unit == 'w') return S("a day is 24h");
    if (is_digit(unit)) return S("write a unit after each number");
    return S("");
}

static void report_schedule(Check *c, Str schedule, const CronFault *fault, const Path *path) {
    const CronFieldForm *form = &cron_fields[fault->field];
    Where at = where(c, path);
    switch (fault->kind) {
    case CRON_ZONE: break; /* reported already */
    case CRON_COUNT:
        emit_cron_fields(c->diags, at, .count = str_int(c->arena, fault->start), .hint = count_hint(c, schedule, fault->start));
        break;
    case CRON_DESCRIPTOR:
        emit_cron_descriptor(c->diags, at, .value = fault->part, .hint = descriptor_hint(c, fault->part));
        break;
    case CRON_DURATION: emit_cron_duration(c->diags, at, .value = fault->part, .hint = duration_hint(fault->part)); break;
    case CRON_NUMBER:
        emit_cron_number(c->diags, at, .value = fault->part, .field = form->name, .form = field_form(c, form),
                         .hint = number_hint(c, form, fault->part));
        break;
    case CRON_LOW:
    case CRON_HIGH: {
        int64_t value = fault->kind == CRON_LOW ? fault->start : fault->end;
        bool sunday = fault->field == CRON_WEEKDAY && value == 7;
        emit_cron_range(c->diags, at, .value = str_int(c->arena, value), .field = form->name, .low = str_int(c->arena, form->low),
                        .high = str_int(c->arena, form->high), .hint = sunday ? S("write 0 or sun for Sunday") : S(""));
        break;
    }
    case CRON_ORDER:
        emit_cron_order(c->diags, at, .value = fault->part, .field = form->name, .hint = order_hint(c, form, fault));
        break;
    case CRON_STEP: emit_cron_step(c->diags, at, .value = fault->part, .field = form->name); break;
    case CRON_FORM: emit_cron_form(c->diags, at, .value = fault->part, .field = form->name); break;
    }
}

static void check_schedule(Check *c, Str schedule, const Path *path) {
    Cron cron;
    CronFault fault;
    if (!check_required(c, schedule, path)) return;
    bool good = cron_parse(schedule, &cron, &fault);
    if (str_has(schedule, S("TZ"))) {
        Str hint = S("use the field timeZone instead");
        if (cron.zone.len)
            hint = str_format(c->arena, "write schedule: \"%.*s\" and timeZone: %.*s", TEXT(cron.rest), TEXT(cron.zone));
        emit_cron_zone_in_schedule(c->diags, where(c, path), .hint = hint);
    }
    if (!good) report_schedule(c, schedule, &fault, path);
}

static void check_time_zone(Check *c, Str zone, const Path *path) {
    if (!zone.at) return;
    if (!zone.len)
        emit_cron_time_zone_empty(c->diags, where(c, path));
    else if (str_eq_nocase(zone, S("Local")))
        emit_cron_time_zone_local(c->diags, where(c, path), .value = zone);
    else if (!zone_known(zone))
        emit_cron_time_zone(c->diags, where(c, path), .value = zone, .hint = zone_meant(c->arena, zone));
}

static void check_job_template(Check *c, JobSpec *spec, const Path *path) {
    Path selector = FIELD(path, "selector"), manual = FIELD(path, "manualSelector");
    check_job_spec(c, spec, path);
    if (spec->selector) emit_job_template_selector(c->diags, where(c, &selector));
    if (spec->manualSelector.value) emit_job_template_manual_selector(c->diags, where(c, &manual));
}

static void check_cron_job_spec(Check *c, CronJobSpec *spec, const Path *path) {
    Path schedule = FIELD(path, "schedule"), zone = FIELD(path, "timeZone"), template = FIELD(path, "jobTemplate"),
         job = FIELD(&template, "spec");
    CHECK_FIELDS(c, CronJobSpec, spec, path);
    check_schedule(c, spec->schedule, &schedule);
    check_time_zone(c, spec->timeZone, &zone);
    check_job_template(c, &spec->jobTemplate.spec, &job);
}

void check_cron_job(Check *c, void *object) {
    CronJob *job = object;
    Path meta = FIELD(NULL, "metadata"), name = FIELD(&meta, "name"), spec = FIELD(NULL, "spec");
    check_cron_job_spec(c, &job->spec, &spec);
    size_t length = stored_name(c->arena, &job->metadata).len;
    if (length > CRON_JOB_NAME_MAX) emit_cron_job_name(c->diags, where(c, &name), .length = str_int(c->arena, (int64_t)length));
}
