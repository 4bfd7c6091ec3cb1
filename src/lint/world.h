/* The facts of objects that are applied together, indexed, and who is compared with whom. For the files of src/lint/ that compare
 * objects. */
#ifndef PODLINT_WORLD_H
#define PODLINT_WORLD_H

#include "objects.h"
#include "rules.h"

/* Facts by a hash: of a label, or of a kind and a name. */
typedef struct Slot {
    uint32_t hash;
    uint32_t first, count; /* of `members` */
} Slot;

typedef struct Index {
    Slot *slots;
    uint32_t mask;
    const Fact **members;
} Index;

typedef ARRAY(const Fact *) FactList;

/* Objects that are compared with each other. */
typedef struct World {
    Arena *arena;
    const bool *on; /* by rule number */
    Fact *const *facts;
    uint32_t count;
    FactGroup around; /* ObjectWorld */
    bool closed;
    bool uncertain; /* something of it is not known: that an object is not here is not said */
    int64_t work;   /* left of WORLD_WORK; then nothing is found any more */
    FactList kinds[FACT_KINDS];
    FactList found;  /* what `selected` returned last */
    Index labels;    /* workloads, by each label of their pods */
    Index names;     /* all, by kind and name; autoscalers by that of what they scale */
    Index selectors; /* what selects pods, by kind and the first label that it asks for, or none */
    Index hostPorts; /* workloads, by each port that they take of their node */
} World;

/* What comparing the objects of a world may cost, in comparisons of names: about a second. Without an end to it a folder of many
 * thousand objects that select each other would take hours. */
enum { WORLD_WORK = 200000000 };

/* Sorts the facts of a world by kind, and makes its indexes. */
void world_index(World *w);

/* The slot of a hash; its count is 0 if there is none. */
Slot *world_slot(const Index *index, uint32_t hash);
uint32_t world_label_hash(Str key, Str value);
uint32_t world_name_hash(uint8_t kind, Str name);

/* Pays for comparisons; false once the world's work is used up. */
bool world_spend(World *w, uint64_t work);

/* Whether two objects may meet: they are in one namespace, or one of them does not say in which. */
bool are_together(World *w, const Fact *a, const Fact *b);

/* Whether both are called the same, as alternatives and pods of one template are. */
bool is_same_object(const Fact *a, const Fact *b);

bool world_selects(World *w, const FactSelector *selector, StrMap labels);

/* Whether two objects are in one namespace, or one of them may be. */
bool world_one_namespace(const Fact *a, const Fact *b);

/* The workloads among which are all those that a selector takes. */
FactList world_candidates(World *w, const FactSelector *selector);

/* Whether a selector takes an object near `from`, and whether it takes any. */
bool world_takes(World *w, const Fact *from, const FactSelector *selector, const Fact *object);
bool world_selects_any(World *w, const Fact *from, const FactSelector *selector);

/* The workloads near `from` whose pods a selector takes; good until the next call. */
FactList world_selected(World *w, const Fact *from, const FactSelector *selector);

/* Whether an object of a kind near a workload selects its pods, and which. */
bool world_selected_by(World *w, const Fact *workload, FactKind kind, const Fact **out);

/* The object of a kind and name near `from`; NULL if there is none. */
const Fact *world_named(World *w, const Fact *from, FactKind kind, Str name);

/* What each kind of object is asked, by file. */
void claims_check(World *w, Fact *workload);
void tokens_check(World *w, Fact *workload);
void service_users_check(World *w, Fact *workload);
void service_pods_check(World *w, Fact *service, const FactList *pods);
void autoscaler_metrics_check(World *w, Fact *scaler, const Fact *workload);
void duplicates_check(World *w);
void ingress_paths_check(World *w);

#endif
