/* Timestamps and durations: conversions and getters. Zones are fixed offsets, or names of the system's zone files (TZif, RFC
 * 9636), which are read here because the C library's zone is one for all threads. Without zone files only UTC and offsets are
 * known. */
#include "times.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "functions.h"

enum { DAY = 86400, MAX_ZONE_FILE = 1 << 20, ZONE_STEPS = 500 };

#define SECOND ((int64_t)1000000000)

/* ---- calendar ---- */

typedef struct Civil {
    int64_t year;
    int month, day; /* from 1 */
    int yearDay;    /* from 0 */
    int weekDay;    /* from 0, Sunday */
    int hour, minute, second;
} Civil;

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

static bool is_leap(int64_t year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days before the first of `month` (from 1) of a year. */
static int days_before(int month, int64_t year) {
    static const int days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    return days[month - 1] + (month > 2 && is_leap(year));
}

/* Days from 1970-01-01 to January 1 of a year. */
static int64_t days_to_year(int64_t year) {
    int64_t y = year - 1;
    return 365 * (year - 1970) + floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400) - 477;
}

static int days_of_month(int month, int64_t year) {
    return days_before(month + 1, year) - days_before(month, year);
}

static Civil civil_of(int64_t seconds) {
    Civil c = {0};
    int64_t days = floor_div(seconds, DAY);
    int rest = (int)(seconds - days * DAY);
    c.hour = rest / 3600, c.minute = rest / 60 % 60, c.second = rest % 60;
    c.weekDay = (int)(((days + 4) % 7 + 7) % 7);
    c.year = 1970 + floor_div(days * 400, 146097);
    while (days_to_year(c.year) > days) c.year--;
    while (days_to_year(c.year + 1) <= days) c.year++;
    c.yearDay = (int)(days - days_to_year(c.year));
    c.month = 12;
    while (days_before(c.month, c.year) > c.yearDay) c.month--;
    c.day = c.yearDay - days_before(c.month, c.year) + 1;
    return c;
}

/* ---- text ---- */

static bool take_digits(Str *s, size_t least, size_t most, int64_t *out) {
    size_t n = 0;
    *out = 0;
    while (n < most && n < s->len && is_digit(s->at[n])) *out = *out * 10 + (s->at[n++] - '0');
    *s = str_slice(*s, n);
    return n >= least;
}

static bool take_char(Str *s, char c) {
    if (s->len == 0 || s->at[0] != c) return false;
    *s = str_slice(*s, 1);
    return true;
}

/* A fraction of a second as nanoseconds; further digits are dropped. */
static bool take_fraction(Str *s, uint32_t *out) {
    *out = 0;
    if (!take_char(s, '.') && !take_char(s, ',')) return true;
    uint32_t unit = 100000000;
    size_t n = 0;
    for (; n < s->len && is_digit(s->at[n]); n++, unit /= 10) *out += unit * (uint32_t)(s->at[n] - '0');
    *s = str_slice(*s, n);
    return n > 0;
}

/* "Z" or "+01:30", in minutes. Go lets hours up to 24 and minutes up to 60 pass. */
static bool take_offset(Str *s, int *out) {
    int64_t hours, minutes;
    *out = 0;
    if (take_char(s, 'Z')) return true;
    bool west = take_char(s, '-');
    if (!west && !take_char(s, '+')) return false;
    if (!take_digits(s, 2, 2, &hours) || !take_char(s, ':') || !take_digits(s, 2, 2, &minutes) || hours > 24 || minutes > 60)
        return false;
    *out = (int)(hours * 60 + minutes) * (west ? -1 : 1);
    return true;
}

bool timestamp_parse(Str text, Value *out) {
    int64_t year, month, day, hour, minute, second;
    uint32_t fraction;
    int offset;
    if (!take_digits(&text, 4, 4, &year) || !take_char(&text, '-') || !take_digits(&text, 2, 2, &month) ||
        !take_char(&text, '-') || !take_digits(&text, 2, 2, &day) || !take_char(&text, 'T') || !take_digits(&text, 1, 2, &hour) ||
        !take_char(&text, ':') || !take_digits(&text, 2, 2, &minute) || !take_char(&text, ':') ||
        !take_digits(&text, 2, 2, &second) || !take_fraction(&text, &fraction) || !take_offset(&text, &offset) || text.len)
        return false;
    if (month < 1 || month > 12 || day < 1 || day > days_of_month((int)month, year) || hour > 23 || minute > 59 || second > 59)
        return false;
    int64_t days = days_to_year(year) + days_before((int)month, year) + day - 1;
    int64_t seconds = days * DAY + hour * 3600 + minute * 60 + second - (int64_t)offset * 60;
    if (seconds < TIMESTAMP_FIRST || seconds > TIMESTAMP_LAST) return false;
    *out = value_timestamp(seconds, fraction);
    out->type = (uint16_t)(int16_t)offset;
    return true;
}

static Str timestamp_at(Arena *arena, Value t, int offset) {
    Civil c = civil_of(t.i + offset * 60);
    Buf out = {.arena = arena};
    buf_format(&out, "%04d-%02d-%02dT%02d:%02d:%02d", (int)c.year, c.month, c.day, c.hour, c.minute, c.second);
    if (t.len) {
        char digits[12];
        snprintf(digits, sizeof digits, ".%09u", t.len % 1000000000u);
        size_t n = 10;
        while (digits[n - 1] == '0') n--;
        buf_str(&out, (Str){digits, n});
    }
    if (offset == 0)
        buf_char(&out, 'Z');
    else
        buf_format(&out, "%c%02d:%02d", offset < 0 ? '-' : '+', abs(offset) / 60, abs(offset) % 60);
    return buf_text(&out);
}

Str timestamp_text(Arena *arena, Value t) {
    return timestamp_at(arena, t, (int16_t)t.type);
}

Str timestamp_text_utc(Arena *arena, Value t) {
    return timestamp_at(arena, t, 0);
}

/* The shortest digits that read back as the number of seconds, which is a double: large spans lose their last nanoseconds. */
Str duration_text(Arena *arena, int64_t nanoseconds) {
    double seconds = (double)(nanoseconds / SECOND) + (double)(nanoseconds % SECOND) / 1e9;
    char text[64];
    int decimals = 0;
    do snprintf(text, sizeof text, "%.*f", decimals, seconds);
    while (decimals++ < 17 && strtod(text, NULL) != seconds);
    if (seconds == 0) return S("0s");
    return str_join(arena, str_of(text), S("s"));
}

typedef struct DurationUnit {
    Str name;
    int64_t nanoseconds;
} DurationUnit;

static const DurationUnit units[] = {
    {STR("ns"), 1},       {STR("us"), 1000},  {STR("µs"), 1000}, /* U+00B5 */
    {STR("μs"), 1000},                                           /* U+03BC */
    {STR("ms"), 1000000}, {STR("s"), SECOND}, {STR("m"), 60 * SECOND}, {STR("h"), 3600 * SECOND},
};

static const DurationUnit *take_unit(Str *s) {
    size_t n = 0;
    while (n < s->len && s->at[n] != '.' && (s->at[n] < '0' || s->at[n] > '9')) n++;
    for (size_t i = 0; i < COUNT(units); i++)
        if (str_eq(units[i].name, (Str){s->at, n})) {
            *s = str_slice(*s, n);
            return &units[i];
        }
    return NULL;
}

/* One "1.5h"; adds it to `*sum`. The sum may reach 2^63, which only a minus sign makes good. */
static bool take_span(Str *s, uint64_t *sum) {
    static const uint64_t limit = (uint64_t)1 << 63;
    uint64_t whole = 0, fraction = 0;
    double scale = 1;
    size_t digits = 0;
    bool full = false; /* further digits of the fraction do not count */
    for (; s->len && is_digit(s->at[0]); *s = str_slice(*s, 1), digits++) {
        if (whole > limit / 10) return false;
        whole = whole * 10 + (uint64_t)(s->at[0] - '0');
        if (whole > limit) return false;
    }
    if (take_char(s, '.'))
        for (; s->len && is_digit(s->at[0]); *s = str_slice(*s, 1), digits++) {
            full = full || fraction > (limit - 10) / 10;
            if (full) continue;
            fraction = fraction * 10 + (uint64_t)(s->at[0] - '0');
            scale *= 10;
        }
    const DurationUnit *unit = digits ? take_unit(s) : NULL;
    if (!unit || whole > limit / (uint64_t)unit->nanoseconds) return false;
    whole *= (uint64_t)unit->nanoseconds;
    whole += (uint64_t)((double)fraction * ((double)unit->nanoseconds / scale));
    if (whole > limit || *sum > limit - whole) return false;
    *sum += whole;
    return true;
}

bool duration_read(Str text, int64_t *nanoseconds) {
    uint64_t sum = 0;
    bool negative = take_char(&text, '-');
    if (!negative) take_char(&text, '+');
    *nanoseconds = 0;
    if (str_eq(text, S("0"))) return true;
    if (text.len == 0) return false;
    while (text.len)
        if (!take_span(&text, &sum)) return false;
    if (!negative && sum > INT64_MAX) return false;
    *nanoseconds = (int64_t)(negative ? 0 - sum : sum);
    return true;
}

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
    if (take_char(s, '<')) {
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
    bool negative = take_char(s, '-');
    if (!negative) take_char(s, '+');
    if (!take_digits(s, 1, 3, &hours)) return false;
    if (take_char(s, ':') && !take_digits(s, 1, 2, &minutes)) return false;
    if (take_char(s, ':') && !take_digits(s, 1, 2, &seconds)) return false;
    *out = (int)(hours * 3600 + minutes * 60 + seconds) * (negative ? -1 : 1);
    return true;
}

static bool take_change(Str *s, ZoneChange *out) {
    int64_t a, b = 0, c = 0;
    *out = (ZoneChange){.form = 'N', .time = 7200};
    if (!take_char(s, ',')) return false;
    if (take_char(s, 'M')) {
        out->form = 'M';
        if (!take_digits(s, 1, 2, &a) || !take_char(s, '.') || !take_digits(s, 1, 1, &b) || !take_char(s, '.') ||
            !take_digits(s, 1, 1, &c) || a < 1 || a > 12 || b < 1 || b > 5 || c > 6)
            return false;
        out->month = (int)a, out->week = (int)b, out->day = (int)c;
    } else {
        if (take_char(s, 'J')) out->form = 'J';
        if (!take_digits(s, 1, 3, &a) || a > 365) return false;
        out->day = (int)a;
    }
    return !take_char(s, '/') || take_clock(s, &out->time);
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
    if (c->form == 'J') day = c->day - 1 + (is_leap(year) && c->day >= 60);
    if (c->form == 'M') {
        int64_t start = first + days_before(c->month, year);
        int weekDay = (int)(((start + 4) % 7 + 7) % 7), length = days_of_month(c->month, year);
        int date = (c->day - weekDay + 7) % 7 + (c->week - 1) * 7;
        while (date >= length) date -= 7;
        day = start - first + date;
    }
    return (first + day) * DAY + c->time;
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
            return cel_error(ev, ERROR_TIME_ZONE, "\"%.*s\" is no offset of a time zone, like \"+05:30\"", (int)name.len,
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
    return cel_error(ev, ERROR_CONVERSION, "\"%.*s\" is no point in time like 2024-01-31T15:04:05Z, in the years 1 to 9999",
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
    if (duration_read(value_str(args[0]), &nanoseconds)) return value_duration(nanoseconds);
    return cel_error(ev, ERROR_CONVERSION,
                     "\"%.*s\" is no duration like 1h30m, with the units h m s ms us ns, of at most 292 years",
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
