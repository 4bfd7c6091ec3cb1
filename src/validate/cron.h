/* Schedules as github.com/robfig/cron/v3 reads them with ParseStandard, and the time zones that Go's time.LoadLocation knows. */
#ifndef PODLINT_CRON_H
#define PODLINT_CRON_H

#include "check.h"

typedef enum CronField { CRON_MINUTE, CRON_HOUR, CRON_DAY, CRON_MONTH, CRON_WEEKDAY, CRON_FIELDS } CronField;

typedef struct Cron {
    Str zone;                    /* of a TZ= in front; at is NULL without one */
    Str rest;                    /* what follows it */
    bool isInterval;             /* @every */
    int64_t interval;            /* of @every, in nanoseconds */
    uint64_t times[CRON_FIELDS]; /* bit n: at minute, hour, ... n */
} Cron;

typedef enum CronFaultKind {
    CRON_ZONE,       /* TZ= names no time zone, or nothing follows it */
    CRON_COUNT,      /* not five fields */
    CRON_DESCRIPTOR, /* an unknown word after @ */
    CRON_DURATION,   /* after @every */
    CRON_NUMBER,     /* neither a number nor a name */
    CRON_LOW,        /* a number below the field's range */
    CRON_HIGH,       /* a number above it */
    CRON_ORDER,      /* a range that ends before it starts */
    CRON_STEP,       /* a step of zero */
    CRON_FORM,       /* more than one - or / */
} CronFaultKind;

typedef struct CronFault {
    CronFaultKind kind;
    CronField field;
    Str part;           /* the text at fault */
    int64_t start, end; /* of a range; in start the number of fields for CRON_COUNT, or the number that is outside */
} CronFault;

typedef struct CronFieldForm {
    Str name; /* in words */
    uint8_t low, high;
    const Str *names; /* of the values from low on, or NULL */
} CronFieldForm;

extern const CronFieldForm cron_fields[CRON_FIELDS];

/* Reads a schedule; allocates nothing. On failure `fault` says what is wrong. */
bool cron_parse(Str schedule, Cron *out, CronFault *fault);

/* Whether a time zone of this name exists. */
bool zone_known(Str name);

/* What was probably meant by a name that no zone has, as a sentence. */
Str zone_meant(Arena *arena, Str name);

#endif
