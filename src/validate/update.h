/* What the files of update validation share. */
#ifndef PODLINT_UPDATE_H
#define PODLINT_UPDATE_H

#include "model/compare.h"
#include "areas.h"

/* An object and the one that is to replace it. */
typedef struct Update {
    Check *c;         /* of the new object */
    const Type *type; /* of both */
    void *before;     /* as the server stores it */
    void *after;      /* as the server reads it */
} Update;

/* Reports that what stands at `place` has changed, as one finding under the path `printed` that names the fields: each as one of
 * `before` differs in `after`, which need not be the whole objects of the update. */
typedef enum FixedRule { FIXED_FIELD, FIXED_SPEC, FIXED_FORBIDDEN } FixedRule;
void report_changed(const Update *u, const void *before, const void *after, const Path *place, const Path *printed,
                    FixedRule rule, Str hint);

/* The same for the field `name` of the spec, if it is not what it was. `spec` is the type of both specs. */
void check_fixed(const Update *u, const Type *spec, const void *before, const void *after, Str name, Str hint);

/* What can be done about a field that is fixed for good. */
#define MAKE_ANOTHER S("create another object with the new value, or delete this one and create it anew")

/* Takes findings of some rules back that were made since there were `from` of them. */
void forget_rules(Check *c, uint32_t from, const uint16_t *gone, size_t count);

/* Takes findings back that stand at or below `place`, of those that were made since there were `from` of them. */
void forget_below(Check *c, uint32_t from, Str place);

/* Adds an entry unless the key is there. */
void put_pair(Arena *arena, StrMap *map, Str key, Str value);

/* update_pod.c and update_workload.c: the kinds. What is set when an object is stored, and what may change of it. */
void complete_pod(Check *c, void *object);
void complete_job(Check *c, void *object);
void update_pod(const Update *u);
void update_deployment(const Update *u);
void update_stateful_set(const Update *u);
void update_daemon_set(const Update *u);
void update_job(const Update *u);
void update_cron_job(const Update *u);
void update_replica_set(const Update *u);
void update_replication_controller(const Update *u);
void update_pod_template(const Update *u);

/* The copy of `mixed` takes the node affinity of `from`, and is absent if nothing is left of it. */
Affinity *with_node_affinity(Arena *arena, const Affinity *mixed, const Affinity *from);

#endif
