/* What containers want of Services: variables that the links of Services give, and hosts that init containers wait for. */
#ifndef PODLINT_LINKS_H
#define PODLINT_LINKS_H

#include "facts.h"

typedef ARRAY(FactLink) FactLinks;

/* Adds the links of a container, allocated in `kept`, to `out`; hosts are sought in init containers only. `path` is the
 * container's. */
void links_read(Arena *kept, FactLinks *out, const Document *document, const Container *container, bool init, const Path *path);

/* The prefix of the variables that a Service gives to pods: REDIS_MASTER of redis-master. */
Str link_prefix(Arena *arena, Str name);

#endif
