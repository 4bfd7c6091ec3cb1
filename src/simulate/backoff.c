#include "backoff.h"

#include "kubelet.h"

static bool is_over(const Backoff *backoff, int64_t since) {
    return !backoff->set || since - backoff->updated > KUBELET_BACKOFF_RESET;
}

bool backoff_waits(const Backoff *backoff, int64_t since, int64_t now) {
    return !is_over(backoff, since) && now - since < backoff->delay;
}

void backoff_next(Backoff *backoff, int64_t since, int64_t now, int64_t first, int64_t longest) {
    int64_t delay = is_over(backoff, since) ? first : backoff->delay * 2;
    *backoff = (Backoff){.set = true, .delay = delay < longest ? delay : longest, .updated = now};
}

void backoff_forget(Backoff *backoff, int64_t now) {
    if (is_over(backoff, now)) *backoff = (Backoff){0};
}
