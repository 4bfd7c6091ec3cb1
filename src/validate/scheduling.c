#include "areas.h"

void check_scheduling(PodCheck *p) {
    (void)p;
}
