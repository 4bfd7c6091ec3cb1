/* What a change does to the pods of a decoded object, by kind. */
#ifndef PODLINT_CONSEQUENCES_H
#define PODLINT_CONSEQUENCES_H

#include "model/model.h"

/* What the rollout that a change starts does, in words; empty for kinds that roll nothing out. */
Str rollout_summary(Arena *arena, const Document *after);

/* When pods follow a changed template that is not rolled out, in words; empty for kinds whose template makes none. */
Str later_reason(const Document *after);

/* How running pods of a workload are made anew, in words. */
Str restart_words(Arena *arena, const Document *workload);

/* The kubectl delete of an object; `options` are added to it. */
Str kubectl_delete(Arena *arena, const Document *document, const char *options);

/* How a change that is refused can be made all the same: the command, and what it costs. */
Str way_out(Arena *arena, const Document *before);

#endif
