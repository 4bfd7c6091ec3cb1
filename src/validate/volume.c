#include "areas.h"

void check_volumes(PodCheck *p) {
    (void)p;
}
