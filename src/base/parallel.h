/* Work that several threads do at once. */
#ifndef PODLINT_PARALLEL_H
#define PODLINT_PARALLEL_H

#include "base.h"

/* Calls `work` with each of `count` structs of `size` bytes, the first in this thread and each of the others in one of its own
 * with a stack of `stack` bytes, and waits for all. Where no more threads can be had, fewer structs get one: the work has to be
 * shared out among those that come for it. */
void parallel(void *(*work)(void *), void *structs, unsigned count, size_t size, size_t stack);

#endif
