#include "calendar.h"

#include <stdio.h>
#include <stdlib.h>

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

bool is_leap_year(int64_t year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int days_before_month(int month, int64_t year) {
    static const int days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    return days[month - 1] + (month > 2 && is_leap_year(year));
}

int64_t days_to_year(int64_t year) {
    int64_t y = year - 1;
    return 365 * (year - 1970) + floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400) - 477;
}

int days_of_month(int month, int64_t year) {
    return days_before_month(month + 1, year) - days_before_month(month, year);
}

Civil civil_of(int64_t seconds) {
    Civil c = {0};
    int64_t days = floor_div(seconds, SECONDS_OF_DAY);
    int rest = (int)(seconds - days * SECONDS_OF_DAY);
    c.hour = rest / 3600, c.minute = rest / 60 % 60, c.second = rest % 60;
    c.weekDay = (int)(((days + 4) % 7 + 7) % 7);
    c.year = 1970 + floor_div(days * 400, 146097);
    while (days_to_year(c.year) > days) c.year--;
    while (days_to_year(c.year + 1) <= days) c.year++;
    c.yearDay = (int)(days - days_to_year(c.year));
    c.month = 12;
    while (days_before_month(c.month, c.year) > c.yearDay) c.month--;
    c.day = c.yearDay - days_before_month(c.month, c.year) + 1;
    return c;
}

/* Text. */

/* A fraction of a second as nanoseconds; further digits are dropped. */
static bool take_fraction(Str *s, uint32_t *out) {
    *out = 0;
    if (!str_take(s, '.') && !str_take(s, ',')) return true;
    uint32_t unit = 100000000;
    size_t n = 0;
    for (; n < s->len && is_digit(s->at[n]); n++, unit /= 10) *out += unit * (uint32_t)(s->at[n] - '0');
    *s = str_slice(*s, n);
    return n > 0;
}

/* "Z" or "+01:30", in minutes. Go lets hours up to 24 and minutes up to 60 pass. */
static bool take_offset(Str *s, int *out) {
    int64_t hours, minutes;
    if (str_take(s, 'Z')) return true;
    bool west = str_take(s, '-');
    if (!west && !str_take(s, '+')) return false;
    if (!str_take_digits(s, 2, 2, &hours) || !str_take(s, ':') || !str_take_digits(s, 2, 2, &minutes) || hours > 24 ||
        minutes > 60)
        return false;
    *out = (int)(hours * 60 + minutes) * (west ? -1 : 1);
    return true;
}

bool moment_parse(Str text, MomentForm form, Moment *out) {
    int64_t year, month, day, hour = 0, minute = 0, second = 0;
    bool yaml = form == MOMENT_YAML;
    size_t least = yaml ? 1 : 2;
    *out = (Moment){0};
    if (!str_take_digits(&text, 4, 4, &year) || !str_take(&text, '-') || !str_take_digits(&text, least, 2, &month) ||
        !str_take(&text, '-') || !str_take_digits(&text, least, 2, &day) || month < 1 || month > 12 || day < 1 ||
        day > days_of_month((int)month, year))
        return false;
    if (text.len || !yaml) {
        bool zone = str_take(&text, 'T') || (yaml && str_take(&text, 't'));
        if (!zone && !(yaml && str_take(&text, ' '))) return false;
        if (!str_take_digits(&text, 1, 2, &hour) || !str_take(&text, ':') || !str_take_digits(&text, least, 2, &minute) ||
            !str_take(&text, ':') || !str_take_digits(&text, least, 2, &second) || hour > 23 || minute > 59 || second > 59)
            return false;
        if (!take_fraction(&text, &out->nanoseconds) || (zone && !take_offset(&text, &out->offset)) || text.len) return false;
    }
    int64_t days = days_to_year(year) + days_before_month((int)month, year) + day - 1;
    out->seconds = days * SECONDS_OF_DAY + hour * 3600 + minute * 60 + second - (int64_t)out->offset * 60;
    return true;
}

Str moment_text(Arena *arena, Moment moment) {
    Civil c = civil_of(moment.seconds + moment.offset * 60);
    Buf out = {.arena = arena};
    buf_format(&out, "%04d-%02d-%02dT%02d:%02d:%02d", (int)c.year, c.month, c.day, c.hour, c.minute, c.second);
    if (moment.nanoseconds) {
        char digits[12];
        snprintf(digits, sizeof digits, ".%09u", moment.nanoseconds % 1000000000u);
        size_t n = 10;
        while (digits[n - 1] == '0') n--;
        buf_str(&out, (Str){digits, n});
    }
    if (moment.offset == 0)
        buf_char(&out, 'Z');
    else
        buf_format(&out, "%c%02d:%02d", moment.offset < 0 ? '-' : '+', abs(moment.offset) / 60, abs(moment.offset) % 60);
    return buf_text(&out);
}
