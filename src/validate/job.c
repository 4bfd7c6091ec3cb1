#include "areas.h"

void check_job(Check *c, Job *object) {
    (void)c;
    (void)object;
}

void check_cron_job(Check *c, CronJob *object) {
    (void)c;
    (void)object;
}
