/* How long a lifecycle hook takes and what a container does with SIGTERM, as far as their definitions say. */
#ifndef PODLINT_SIMULATE_HOOK_H
#define PODLINT_SIMULATE_HOOK_H

#include "model/model.h"

enum { HOOK_UNKNOWN = -1 };

/* Seconds that the hook takes at least: of a sleep action; of the sleep commands that an exec action runs, by themselves or in
 * the script of a shell (`sh -c "sleep 5; nginx -s quit"`), also in loops that count. HOOK_UNKNOWN if the definition does not
 * tell. */
int64_t hook_seconds(const LifecycleHandler *hook);

/* Whether the first process of a container does not hear SIGTERM, as far as its command tells: the kernel keeps signals for which
 * a program has no handler away from the first process of a container. */
bool container_is_deaf(const PodSpec *spec, const Container *container);

#endif
