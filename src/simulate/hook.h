/* How long a lifecycle hook takes, as far as its definition says. */
#ifndef PODLINT_SIMULATE_HOOK_H
#define PODLINT_SIMULATE_HOOK_H

#include "model/model.h"

enum { HOOK_UNKNOWN = -1 };

/* Seconds that the hook takes at least: of a sleep action; of the sleep commands that an exec action runs, by themselves or in
 * the script of a shell (`sh -c "sleep 5; nginx -s quit"`), also in loops that count. HOOK_UNKNOWN if the definition does not
 * tell. */
int64_t hook_seconds(const LifecycleHandler *hook);

#endif
