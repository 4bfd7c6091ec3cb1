/* Timestamps and durations: their functions, and time zones. Zones are fixed offsets, or names of the system's zone files (TZif,
 * RFC 9636), which are read here because the C library's zone is one for all threads. Without zone files only UTC and offsets are
 * known. */
#include "times.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/calendar.h"
#include "functions.h"

enum { MAX_ZONE_FILE = 1 << 20, ZONE_STEPS = 500 };

/* ---- zones ---- */

/* A day of the year on which a zone changes its offset, every year. */
typedef struct ZoneChange {
    char form; /* M: week and day of a month; J: day 1 to 365, never February 29; N: day 0 to 365 */
    int month, week, day;
    int time; /* seconds after local midnight */
} ZoneChange;

/* What holds after the last change that a zone file lists: a POSIX TZ text. */
typedef struct Rule {
    int offset, summerOffset; /* seconds east of UTC */
    bool hasSummer;
    ZoneChange start, end;
} Rule;

typedef struct Zone {
    int64_t *times;   /* of the changes, ascending */
    int32_t *offsets; /* after each */
    uint32_t count;
    int32_t first; /* before all of them */
    bool hasRule;
    Rule rule;
} Zone;

static bool take_name(Str *s) {
    size_t n = 0;
    if (str_take(s, '<')) {
        ptrdiff_t end = str_find(*s, '>');
        if (end < 0) return false;
        *s = str_slice(*s, (size_t)end + 1);
        return true;
    }
    while (n < s->len && is_letter(s->at[n])) n++;
    *s = str_slice(*s, n);
    return n >= 3;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool take_clock(Str *s, int *out) {
    int64_t hours, minutes = 0, seconds = 0;
    bool negative = str_take(s, '-');
    if (!negative) str_take(s, '+');
    if (!str_take_digits(s, 1, 3, &hours)) return false;
    if (str_take(s, ':') && !str_take_digits(s, 1, 2, &minutes)) return false;
    if (str_take(s, ':') && !str_take_digits(s, 1, 2, &seconds)) return false;
    *out = (int)(hours * 3600 + minutes * 60 + seconds) * (negative ? -1 : 1);
    return true;
}

static bool take_change(Str *s, ZoneChange *out) {
    int64_t a, b = 0, c = 0;
    *out = (ZoneChange){.form = 'N', .time = 7200};
    if (!str_take(s, ',')) return false;
    if (str_take(s, 'M')) {
        out->form = 'M';
        if (!str_take_digits(s, 1, 2, &a) || !str_take(s, '.') || !str_take_digits(s, 1, 1, &b) || !str_take(s, '.') ||
            !str_take_digits(s, 1, 1, &c) || a < 1 || a > 12 || b < 1 || b > 5 || c > 6)
            return false;
        out->month = (int)a, out->week = (int)b, out->day = (int)c;
    } else {
        if (str_take(s, 'J')) out->form = 'J';
        if (!str_take_digits(s, 1, 3, &a) || a > 365) return false;
        out->day = (int)a;
    }
    return !str_take(s, '/') || take_clock(s, &out->time);
}

static bool read_rule(Str s, Rule *out) {
    *out = (Rule){0};
    if (!take_name(&s) || !take_clock(&s, &out->offset)) return false;
    out->offset = -out->offset;
    if (s.len == 0) return true;
    out->hasSummer = true;
    out->summerOffset = out->offset + 3600;
    if (!take_name(&s)) return false;
    if (s.len && s.at[0] != ',') {
        if (!take_clock(&s, &out->summerOffset)) return false;
        out->summerOffset = -out->summerOffset;
    }
    return take_change(&s, &out->start) && take_change(&s, &out->end) && s.len == 0;
}

/* Seconds since 1970 of a change in a year, by the local clock. */
static int64_t change_in(const ZoneChange *c, int64_t year) {
    int64_t first = days_to_year(year), day = c->day;
    if (c->form == 'J') day = c->day - 1 + (is_leap_year(year) && c->day >= 60);
    if (c->form == 'M') {
        int64_t start = first + days_before_month(c->month, year);
        int weekDay = (int)(((start + 4) % 7 + 7) % 7), length = days_of_month(c->month, year);
        int date = (c->day - weekDay + 7) % 7 + (c->week - 1) * 7;
        while (date >= length) date -= 7;
        day = start - first + date;
    }
    return (first + day) * SECONDS_OF_DAY + c->time;
}

static int rule_offset(const Rule *r, int64_t seconds) {
    if (!r->hasSummer) return r->offset;
    int64_t year = civil_of(seconds + r->offset).year;
    int64_t start = change_in(&r->start, year) - r->offset, end = change_in(&r->end, year) - r->summerOffset;
    bool summer = start < end ? seconds >= start && seconds < end : seconds >= start || seconds < end;
    return summer ? r->summerOffset : r->offset;
}

static int zone_offset(const Zone *zone, int64_t seconds) {
    if (zone->count == 0 || seconds >= zone->times[zone->count - 1]) {
        if (zone->hasRule) return rule_offset(&zone->rule, seconds);
        return zone->count ? zone->offsets[zone->count - 1] : zone->first;
    }
    if (seconds < zone->times[0]) return zone->first;
    uint32_t low = 0, high = zone->count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (zone->times[middle] <= seconds)
            low = middle;
        else
            high = middle;
    }
    return zone->offsets[low];
}

/* A big-endian number of 4 or 8 bytes. */
static int64_t big_endian(const char *at, int size) {
    uint64_t n = 0;
    for (int i = 0; i < size; i++) n = n << 8 | (unsigned char)at[i];
    return size == 4 ? (int64_t)(int32_t)(uint32_t)n : (int64_t)n;
}

enum { TZIF_HEADER = 44, TZIF_TYPE = 6 };

/* The counts of a block's header, in the order of the file. */
typedef struct ZoneCounts {
    uint32_t utc, standard, leap, times, types, letters;
} ZoneCounts;

/* The size of the block whose header begins `s`, with times of `size` bytes; 0 if it is cut or wrong. */
static size_t block_size(Str s, int size, ZoneCounts *out) {
    if (s.len < TZIF_HEADER || !str_starts(s, S("TZif"))) return 0;
    uint32_t n[6];
    for (int i = 0; i < 6; i++) {
        n[i] = (uint32_t)big_endian(s.at + 20 + 4 * i, 4);
        if (n[i] > MAX_ZONE_FILE) return 0;
    }
    *out = (ZoneCounts){n[0], n[1], n[2], n[3], n[4], n[5]};
    size_t bytes = TZIF_HEADER + (size_t)out->times * ((size_t)size + 1) + (size_t)out->types * TZIF_TYPE + out->letters +
                   (size_t)out->leap * ((size_t)size + 4) + out->standard + out->utc;
    return bytes <= s.len && out->types > 0 ? bytes : 0;
}

/* Reads a zone file: the second block, with times of 64 bits, and the rule behind it. */
static const Zone *read_zone(Arena *arena, Str file) {
    ZoneCounts counts;
    int size = 4;
    size_t skip = block_size(file, 4, &counts);
    if (skip == 0) return NULL;
    if (file.at[4] >= '2') {
        file = str_slice(file, skip);
        size = 8;
    }
    size_t end = block_size(file, size, &counts);
    if (end == 0) return NULL;
    Zone *zone = NEW(arena, Zone);
    zone->count = counts.times;
    zone->times = NEW_ARRAY(arena, int64_t, counts.times + 1);
    zone->offsets = NEW_ARRAY(arena, int32_t, counts.times + 1);
    const char *times = file.at + TZIF_HEADER, *kinds = times + (size_t)counts.times * (size_t)size,
               *types = kinds + counts.times;
    for (uint32_t i = 0; i < counts.times; i++) {
        unsigned kind = (unsigned char)kinds[i];
        if (kind >= counts.types) return NULL;
        zone->times[i] = big_endian(times + (size_t)i * (size_t)size, size);
        zone->offsets[i] = (int32_t)big_endian(types + kind * TZIF_TYPE, 4);
    }
    zone->first = (int32_t)big_endian(types, 4);
    Str rule = str_trim(str_slice(file, end));
    zone->hasRule = size == 8 && rule.len && read_rule(rule, &zone->rule);
    return zone;
}

static bool read_file(Arena *arena, const char *path, Str *out) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return false;
    struct stat info;
    bool good = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= MAX_ZONE_FILE;
    if (good) {
        char *text = arena_alloc(arena, (size_t)info.st_size + 1);
        ssize_t n = read(fd, text, (size_t)info.st_size);
        good = n >= 0;
        *out = (Str){text, good ? (size_t)n : 0};
    }
    close(fd);
    return good;
}

/* The zone of a name like Europe/Prague, or NULL. Only names that cannot lead out of the zone files' directory are looked for. */
static const Zone *find_zone(Arena *arena, Str name) {
    static const char *const roots[] = {"/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/locale/TZ", "/etc/zoneinfo"};
    if (name.len == 0 || name.len > 100 || name.at[0] == '/' || str_has(name, S(".."))) return NULL;
    for (size_t i = 0; i < name.len; i++)
        if (!memchr("+-_./", name.at[i], 5) && !is_letter(name.at[i]) && !is_digit(name.at[i])) return NULL;
    for (size_t i = 0; i < COUNT(roots); i++) {
        Str path = str_format(arena, "%s/%.*s", roots[i], (int)name.len, name.at), file;
        if (read_file(arena, arena_cstr(arena, path), &file)) return read_zone(arena, file);
    }
    return NULL;
}

static bool is_utc(Str name) {
    return name.len == 0 || str_eq(name, S("UTC")) || str_eq(name, S("Local"));
}

/* "+05:30" in seconds. The sign of the whole is that of the text, so that -0:30 is west. */
static bool read_offset(Str text, int64_t *out) {
    ptrdiff_t colon = str_find(text, ':');
    int64_t hours, minutes;
    Str left = {text.at, (size_t)colon}, right = str_slice(text, (size_t)colon + 1);
    bool west = left.len && left.at[0] == '-';
    if (left.len && left.at[0] == '+') left = str_slice(left, 1);
    if (right.len && right.at[0] == '+') right = str_slice(right, 1);
    if (!int_parse(left, -1000000, 1000000, &hours) || !int_parse(right, -1000000, 1000000, &minutes)) return false;
    *out = (hours * 60 + (west ? -minutes : minutes)) * 60;
    return true;
}

/* ---- functions ---- */

typedef int64_t Getter(const Civil *c, uint32_t nanoseconds);

static int64_t full_year(const Civil *c, uint32_t ns) {
    (void)ns;
    return c->year;
}
static int64_t month(const Civil *c, uint32_t ns) {
    (void)ns;
    return c->month - 1;
}
static int64_t date(const Civil *c, uint32_t ns) {
    (void)ns;
    return c->day;
}
static int64_t day_of_month(const Civil *c, uint32_t ns) {
    (void)ns;
    return c->day - 1;
}
static int64_t day_of_week(const Civil *c, uint32_t ns) {
    (void)ns;
    return c->weekDay;
}
static int64_t day_of_year(const Civil *c, uint32_t ns) {
    (void)ns;
    return c->yearDay;
}
static int64_t hours(const Civil *c, uint32_t ns) {
    (void)ns;
    return c->hour;
}
static int64_t minutes(const Civil *c, uint32_t ns) {
    (void)ns;
    return c->minute;
}
static int64_t seconds(const Civil *c, uint32_t ns) {
    (void)ns;
    return c->second;
}
static int64_t milliseconds(const Civil *c, uint32_t ns) {
    (void)c;
    return ns / 1000000;
}

/* The local clock's time of a timestamp in the zone that the second argument names. */
static Value get(Eval *ev, const Value *args, uint32_t n, Getter *getter) {
    int64_t offset = 0;
    Str name = n > 1 ? value_str(args[1]) : S("");
    if (str_find(name, ':') >= 0) {
        if (!read_offset(name, &offset))
            return cel_error(ev, ERROR_TIME_ZONE, "\"%.*s\" is not an offset of a time zone, like \"+05:30\"", (int)name.len,
                             name.at);
    } else if (!is_utc(name)) {
        const Zone *zone = ev->prepared;
        if (!zone) {
            if (!cel_charge(ev, ZONE_STEPS)) return cel_limit(ev);
            zone = find_zone(ev->arena, name);
        }
        if (!zone) return cel_error(ev, ERROR_TIME_ZONE, "the time zone \"%.*s\" is not known", (int)name.len, name.at);
        offset = zone_offset(zone, args[0].i);
    }
    Civil civil = civil_of(args[0].i + offset);
    return value_int(getter(&civil, args[0].len));
}

/* Reads the zone file of a literal name. An unknown one stays an error of the evaluation. */
static Value prepare_zone(Eval *ev, const Argument *args, uint32_t n, const void **prepared, Span *fault) {
    (void)fault;
    Value name = args[n - 1].constant;
    if (n > 1 && name.kind == VALUE_STRING && !is_utc(value_str(name))) *prepared = find_zone(ev->arena, value_str(name));
    return value_null();
}

/* A getter in UTC and in a zone, and of a duration where durations have it too. */
#define GETTER(name)                                                   \
    static Value get_##name(Eval *ev, const Value *args, uint32_t n) { \
        return get(ev, args, n, name);                                 \
    }
GETTER(full_year)
GETTER(month)
GETTER(date)
GETTER(day_of_month)
GETTER(day_of_week)
GETTER(day_of_year)
GETTER(hours)
GETTER(minutes)
GETTER(seconds)
GETTER(milliseconds)

static Value total_hours(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_int(args[0].i / (3600 * SECOND));
}
static Value total_minutes(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_int(args[0].i / (60 * SECOND));
}
static Value total_seconds(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_int(args[0].i / SECOND);
}
static Value total_milliseconds(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_int(args[0].i / 1000000);
}

static Value same(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return args[0];
}

static Value timestamp_of_text(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    Value time;
    if (timestamp_parse(value_str(args[0]), &time)) return time;
    return cel_error(ev, ERROR_CONVERSION, "\"%.*s\" is not a point in time like 2024-01-31T15:04:05Z, in the years 1 to 9999",
                     (int)(args[0].len > 100 ? 100 : args[0].len), args[0].s);
}

static Value timestamp_of_int(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    if (args[0].i >= TIMESTAMP_FIRST && args[0].i <= TIMESTAMP_LAST) return value_timestamp(args[0].i, 0);
    return cel_error(ev, ERROR_OVERFLOW, "%lld seconds since 1970 are outside of the years 1 to 9999", (long long)args[0].i);
}

static Value duration_of_text(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    int64_t nanoseconds;
    if (duration_parse(value_str(args[0]), &nanoseconds)) return value_duration(nanoseconds);
    return cel_error(ev, ERROR_CONVERSION,
                     "\"%.*s\" is not a duration like 1h30m, with the units h m s ms us ns, of at most 292 years",
                     (int)(args[0].len > 100 ? 100 : args[0].len), args[0].s);
}

static Value int_of(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_int(args[0].i);
}

static Value timestamp_as_text(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return value_string(timestamp_text(ev->arena, args[0]));
}

static Value duration_as_text(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return value_string(duration_text(ev->arena, args[0].i));
}

#define GET(name, call) OVERLOAD(name, METHOD, call, &cel_int, &cel_timestamp)
#define GET_IN(name, call) PREPARED(name, METHOD, call, prepare_zone, &cel_int, &cel_timestamp, &cel_string)
#define TOTAL(name, call) OVERLOAD(name, METHOD, call, &cel_int, &cel_duration)

static const Overload rows[] = {
    CONVERSION("duration", GLOBAL, same, &cel_duration, &cel_duration),
    CONVERSION("duration", GLOBAL, duration_of_text, &cel_duration, &cel_string),
    GET("getDate", get_date),
    GET_IN("getDate", get_date),
    GET("getDayOfMonth", get_day_of_month),
    GET_IN("getDayOfMonth", get_day_of_month),
    GET("getDayOfWeek", get_day_of_week),
    GET_IN("getDayOfWeek", get_day_of_week),
    GET("getDayOfYear", get_day_of_year),
    GET_IN("getDayOfYear", get_day_of_year),
    GET("getFullYear", get_full_year),
    GET_IN("getFullYear", get_full_year),
    GET("getHours", get_hours),
    GET_IN("getHours", get_hours),
    TOTAL("getHours", total_hours),
    GET("getMilliseconds", get_milliseconds),
    GET_IN("getMilliseconds", get_milliseconds),
    TOTAL("getMilliseconds", total_milliseconds),
    GET("getMinutes", get_minutes),
    GET_IN("getMinutes", get_minutes),
    TOTAL("getMinutes", total_minutes),
    GET("getMonth", get_month),
    GET_IN("getMonth", get_month),
    GET("getSeconds", get_seconds),
    GET_IN("getSeconds", get_seconds),
    TOTAL("getSeconds", total_seconds),
    CONVERSION("int", GLOBAL, int_of, &cel_int, &cel_duration),
    CONVERSION("int", GLOBAL, int_of, &cel_int, &cel_timestamp),
    CONVERSION("string", GLOBAL, duration_as_text, &cel_string, &cel_duration),
    CONVERSION("string", GLOBAL, timestamp_as_text, &cel_string, &cel_timestamp),
    CONVERSION("timestamp", GLOBAL, timestamp_of_int, &cel_timestamp, &cel_int),
    CONVERSION("timestamp", GLOBAL, timestamp_of_text, &cel_timestamp, &cel_string),
    CONVERSION("timestamp", GLOBAL, same, &cel_timestamp, &cel_timestamp),
};

LIBRARY(time, rows);
