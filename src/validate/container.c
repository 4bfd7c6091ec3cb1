#include "areas.h"

void check_containers(PodCheck *p) {
    (void)p;
}
