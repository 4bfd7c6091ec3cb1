#include "areas.h"

void check_container_resources(PodCheck *p, const Container *container, const Path *path) {
    (void)p;
    (void)container;
    (void)path;
}

void check_pod_resources(PodCheck *p) {
    (void)p;
}
