#include "areas.h"

void check_container_probes(PodCheck *p, const Container *container, bool isInit, const Path *path) {
    (void)p;
    (void)container;
    (void)isInit;
    (void)path;
}
