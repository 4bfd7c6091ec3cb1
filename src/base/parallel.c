#include "parallel.h"

#include <pthread.h>
#include <stdlib.h>

void parallel(void *(*work)(void *), void *structs, unsigned count, size_t size, size_t stack) {
    pthread_t *ids = memory_take(count * sizeof *ids + 1);
    pthread_attr_t attributes;
    unsigned started = 1;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack);
    while (started < count && pthread_create(&ids[started], &attributes, work, (char *)structs + started * size) == 0) started++;
    pthread_attr_destroy(&attributes);
    work(structs);
    for (unsigned i = 1; i < started; i++) pthread_join(ids[i], NULL);
    free(ids);
}
