/* A delay that doubles with every use, up to a longest one, and starts anew after a quiet time
 * (k8s.io/client-go/util/flowcontrol, Backoff). All times are seconds. */
#ifndef PODLINT_SIMULATE_BACKOFF_H
#define PODLINT_SIMULATE_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

/* All zero: nothing has been delayed yet. */
typedef struct Backoff {
    bool set;
    int64_t delay;   /* that the next use has to wait */
    int64_t updated; /* the last use */
} Backoff;

/* Whether something that has to wait since `since` has to wait at `now` still. */
bool backoff_waits(const Backoff *backoff, int64_t since, int64_t now);

/* Takes note of a use at `now` of something that waited since `since`: the delay doubles, or is `first` if `since` is more than
 * KUBELET_BACKOFF_RESET after the last use. */
void backoff_next(Backoff *backoff, int64_t since, int64_t now, int64_t first, int64_t longest);

/* Housekeeping at `now`: a delay whose last use is more than KUBELET_BACKOFF_RESET ago is forgotten. */
void backoff_forget(Backoff *backoff, int64_t now);

#endif
