/* The Gregorian calendar, without zones and leap seconds, and points in time as text. */
#ifndef PODLINT_CALENDAR_H
#define PODLINT_CALENDAR_H

#include "base.h"

enum { SECONDS_OF_DAY = 86400 };

typedef struct Civil {
    int64_t year;
    int month, day; /* from 1 */
    int yearDay;    /* from 0 */
    int weekDay;    /* from 0, Sunday */
    int hour, minute, second;
} Civil;

/* A point in time as it is written. */
typedef struct Moment {
    int64_t seconds;      /* since 1970-01-01T00:00:00Z */
    uint32_t nanoseconds; /* of the second */
    int offset;           /* of its clock from UTC, in minutes to the east */
} Moment;

bool is_leap_year(int64_t year);
int days_of_month(int month, int64_t year);     /* month from 1 */
int days_before_month(int month, int64_t year); /* from January 1 to the first of the month */
int64_t days_to_year(int64_t year);             /* from 1970-01-01 to January 1 */
Civil civil_of(int64_t seconds);                /* since 1970-01-01T00:00:00 of the same clock */

typedef enum MomentForm {
    MOMENT_RFC3339, /* as Go's time.Parse reads time.RFC3339: hours may have one digit, a zone's minutes may be 60 */
    MOMENT_YAML,    /* what gopkg.in/yaml takes for a timestamp: also one digit where two are usual, and without clock or zone */
} MomentForm;

/* Years 0 to 9999; false if the text is none of the form. */
bool moment_parse(Str text, MomentForm form, Moment *out);

/* RFC 3339, with as many digits of a second's fraction as are needed. */
Str moment_text(Arena *arena, Moment moment);

#endif
