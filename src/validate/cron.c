/* The grammar of a schedule: `@word`, `@every DURATION`, or five fields of comma-separated ranges. Some of what the library lets
 * through is odd, and kept: empty items between commas, anything after `*-`, `?` for `*`, and `5/2` for `5-59/2`. */
#include "cron.h"

#include "base/duration.h"

static const Str month_names[] = {STR("jan"), STR("feb"), STR("mar"), STR("apr"), STR("may"), STR("jun"),
                                  STR("jul"), STR("aug"), STR("sep"), STR("oct"), STR("nov"), STR("dec")};
static const Str weekday_names[] = {STR("sun"), STR("mon"), STR("tue"), STR("wed"), STR("thu"), STR("fri"), STR("sat")};

const CronFieldForm cron_fields[CRON_FIELDS] = {
    [CRON_MINUTE] = {STR("minute"), 0, 59, NULL},
    [CRON_HOUR] = {STR("hour"), 0, 23, NULL},
    [CRON_DAY] = {STR("day of the month"), 1, 31, NULL},
    [CRON_MONTH] = {STR("month"), 1, 12, month_names},
    [CRON_WEEKDAY] = {STR("day of the week"), 0, 6, weekday_names},
};

static bool fail(CronFault *fault, CronFaultKind kind, Str part) {
    fault->kind = kind;
    fault->part = part;
    return false;
}

/* Fields. */

/* The number of bytes of the white space at the start of `s`, as Unicode has it; 0 if there is none. */
static size_t space_length(Str s) {
    static const Str wide[] = {STR("\302\205"),     STR("\302\240"),     STR("\341\232\200"), STR("\342\200\250"),
                               STR("\342\200\251"), STR("\342\200\257"), STR("\342\201\237"), STR("\343\200\200")};
    if (!s.len) return 0;
    unsigned char first = (unsigned char)s.at[0];
    if (first < 0x80) return is_space((char)first);
    for (size_t i = 0; i < COUNT(wide); i++)
        if (str_starts(s, wide[i])) return wide[i].len;
    /* U+2000 to U+200A */
    return str_starts(s, S("\342\200")) && s.len > 2 && (unsigned char)s.at[2] >= 0x80 && (unsigned char)s.at[2] <= 0x8a ? 3 : 0;
}

/* Takes the first field off the text; false if there is none. */
static bool take_field(Str *text, Str *field) {
    size_t space;
    while ((space = space_length(*text))) *text = str_slice(*text, space);
    *field = (Str){text->at, 0};
    while (text->len && !space_length(*text)) {
        *text = str_slice(*text, 1);
        field->len++;
    }
    return field->len > 0;
}

static bool parse_number(const CronFieldForm *form, Str text, int64_t *value) {
    for (uint8_t i = 0; form->names && i <= form->high - form->low; i++) {
        if (!str_eq_nocase(form->names[i], text)) continue;
        *value = form->low + i;
        return true;
    }
    return int_parse(text, 0, INT64_MAX, value);
}

/* START[-END][/STEP], or * or ? for all. */
static bool parse_range(const CronFieldForm *form, Str item, uint64_t *times, CronFault *fault) {
    ptrdiff_t slash = str_find(item, '/');
    Str range = slash < 0 ? item : (Str){item.at, (size_t)slash};
    ptrdiff_t dash = str_find(range, '-');
    Str first = dash < 0 ? range : (Str){range.at, (size_t)dash};
    int64_t step = 1;
    fault->start = form->low;
    fault->end = form->high;
    if (!str_eq(first, S("*")) && !str_eq(first, S("?"))) {
        if (!parse_number(form, first, &fault->start)) return fail(fault, CRON_NUMBER, first);
        fault->end = slash < 0 ? fault->start : form->high;
        if (dash >= 0) {
            Str last = str_slice(range, (size_t)dash + 1);
            if (str_find(last, '-') >= 0) return fail(fault, CRON_FORM, item);
            if (!parse_number(form, last, &fault->end)) return fail(fault, CRON_NUMBER, last);
        }
    }
    if (slash >= 0) {
        Str text = str_slice(item, (size_t)slash + 1);
        if (str_find(text, '/') >= 0) return fail(fault, CRON_FORM, item);
        if (!int_parse(text, 0, INT64_MAX, &step) || step == 0) return fail(fault, CRON_STEP, item);
    }
    if (fault->start < form->low) return fail(fault, CRON_LOW, item);
    if (fault->end > form->high) return fail(fault, CRON_HIGH, item);
    if (fault->start > fault->end) return fail(fault, CRON_ORDER, item);
    for (int64_t at = fault->start; at <= fault->end; at += step) {
        *times |= (uint64_t)1 << at;
        if (step > form->high) break;
    }
    return true;
}

static bool parse_field(CronField number, Str field, uint64_t *times, CronFault *fault) {
    fault->field = number;
    while (field.len) {
        ptrdiff_t comma = str_find(field, ',');
        Str item = comma < 0 ? field : (Str){field.at, (size_t)comma};
        if (item.len && !parse_range(&cron_fields[number], item, times, fault)) return false;
        field = str_slice(field, item.len + 1);
    }
    return true;
}

static bool parse_fields(Str text, Cron *out, CronFault *fault) {
    Str fields[CRON_FIELDS], rest = text, field;
    int64_t count = 0;
    while (take_field(&rest, &field)) {
        if (count < CRON_FIELDS) fields[count] = field;
        count++;
    }
    fault->start = count;
    if (count != CRON_FIELDS) return fail(fault, CRON_COUNT, text);
    for (CronField i = 0; i < CRON_FIELDS; i++)
        if (!parse_field(i, fields[i], &out->times[i], fault)) return false;
    return true;
}

/* The schedules that have names, as the fields they stand for. */
static bool parse_descriptor(Str text, Cron *out, CronFault *fault) {
    static const struct {
        Str name, fields;
    } descriptors[] = {{STR("@yearly"), STR("0 0 1 1 *")},  {STR("@annually"), STR("0 0 1 1 *")},
                       {STR("@monthly"), STR("0 0 1 * *")}, {STR("@weekly"), STR("0 0 * * 0")},
                       {STR("@daily"), STR("0 0 * * *")},   {STR("@midnight"), STR("0 0 * * *")},
                       {STR("@hourly"), STR("0 * * * *")}};
    static const Str every = STR("@every ");
    for (size_t i = 0; i < COUNT(descriptors); i++)
        if (str_eq(descriptors[i].name, text)) return parse_fields(descriptors[i].fields, out, fault);
    if (!str_starts(text, every)) return fail(fault, CRON_DESCRIPTOR, text);
    out->isInterval = true;
    Str duration = str_slice(text, every.len);
    return duration_parse(duration, &out->interval) || fail(fault, CRON_DURATION, duration);
}

bool cron_parse(Str schedule, Cron *out, CronFault *fault) {
    *out = (Cron){.rest = schedule};
    *fault = (CronFault){0};
    if (str_starts(schedule, S("TZ=")) || str_starts(schedule, S("CRON_TZ="))) {
        ptrdiff_t space = str_find(schedule, ' ');
        if (space < 0) return fail(fault, CRON_ZONE, schedule);
        out->zone = str_slice((Str){schedule.at, (size_t)space}, (size_t)str_find(schedule, '=') + 1);
        out->rest = str_trim(str_slice(schedule, (size_t)space));
        if (out->zone.len && !str_eq(out->zone, S("Local")) && !zone_known(out->zone)) return fail(fault, CRON_ZONE, out->zone);
    }
    if (str_starts(out->rest, S("@"))) return parse_descriptor(out->rest, out, fault);
    return parse_fields(out->rest, out, fault);
}
