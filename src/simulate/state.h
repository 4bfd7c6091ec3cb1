/* The inside of a simulation, shared by the machine and the status that it reports. */
#ifndef PODLINT_SIMULATE_STATE_H
#define PODLINT_SIMULATE_STATE_H

#include "backoff.h"
#include "simulate.h"

/* One life of a container in the runtime. */
typedef struct Instance {
    int id; /* from 1; 0: there is none */
    bool running;
    int64_t started, finished;
    int exitCode;
    Str reason;
    int restartCount; /* as the kubelet told the runtime */
} Instance;

/* What the runtime knows of a container: the latest instance and the dead one before it. */
typedef struct Instances {
    Instance now, before;
} Instances;

/* The worker of one probe (k8s.io/kubernetes/pkg/kubelet/prober). */
typedef struct Prober {
    bool alive;
    const Probe *spec; /* NULL: no such probe */
    int64_t next;      /* when its ticker fires */
    bool early;        /* ... and that at the very beginning of the second, before any end in it is seen */
    int id;            /* the instance that it looks at */
    bool resultSet;
    uint8_t result; /* ScriptResult of that instance; SCRIPT_ERROR: unknown yet */
    uint8_t lastAnswer;
    int64_t run;              /* how often in a row it came */
    bool onHold;              /* waits for another instance */
    bool triggered;           /* the kubelet wants an answer now */
    bool shown, shownSuccess; /* what the record of probes has last */
} Prober;

typedef struct Image {
    Str name;
    bool present;
    Backoff backoff;
} Image;

typedef struct Machine Machine;

/* A container on its way down: hook, its turn, signal. */
typedef enum KillStage { KILL_NONE, KILL_HOOK, KILL_TURN, KILL_SIGNAL, KILL_DONE } KillStage;

typedef struct Kill {
    uint8_t stage; /* KillStage */
    int64_t began; /* the stage */
    int64_t wake;  /* when the stage ends at the latest, or SCENARIO_NEVER */
    int64_t grace; /* what is left at the start of the stage */
    bool ordered;  /* sidecars wait for their turn */
} Kill;

typedef struct Unit {
    const Container *spec;
    const ContainerScript *script; /* or NULL */
    uint8_t kind;                  /* ContainerRole */
    Image *image;
    Instances live, cached, seen; /* in the runtime; in the kubelet's cache; as the sync in progress saw it */
    uint32_t runs;                /* begun so far */
    int64_t exitAt;               /* of the running instance, or SCENARIO_NEVER */
    int exitCode;
    Str exitReason;
    bool stopping; /* got SIGTERM */
    Kill kill;
    Backoff backoff;
    Str blocked; /* why it could not be started last time; at is NULL if it could */
    Prober probers[SCRIPT_PROBES];
} Unit;

typedef struct KubeletStatus {
    uint8_t phase;
    Str reason;
    Condition conditions[CONDITION_TYPES];
    SimStatus *containers; /* of every unit */
    bool known;            /* the kubelet has written it at least once */
} KubeletStatus;

/* What the sync in hand still has to do, in this order. */
typedef enum StepKind { STEP_KILL, STEP_KILL_POD, STEP_RESET, STEP_START_INIT, STEP_START } StepKind;

typedef struct Step {
    uint8_t kind;  /* StepKind */
    uint8_t probe; /* of STEP_KILL: whose failure it is */
    uint16_t unit;
} Step;

typedef enum WorkKind { WORK_NONE, WORK_SYNC, WORK_TERMINATING, WORK_TERMINATED, WORK_FINISHED } WorkKind;

/* Where a blocked start waits. */
typedef enum StartStage { START_BEGIN, START_PULLING, START_HOOK, START_HOOK_KILL } StartStage;

struct Machine {
    Arena *arena;
    Simulation *out;
    const ObjectMeta *meta;
    const PodSpec *spec;
    const Scenario *scenario;
    Unit *units;
    uint32_t *byName; /* main units in the order of their names */
    Image *images;
    uint32_t unitCount, initCount, imageCount;
    int nextId;
    int64_t now;
    int64_t deletionGrace;
    int64_t evictAt;   /* when the taint of an unreachable node deletes the pod */
    int64_t startTime; /* status.startTime, or -1 */

    bool refused;                  /* by the scheduler */
    bool scheduled, deleted, gone; /* of the API object; `deleted`: it has a deletion timestamp */
    bool nodeLost, nodeUnknown;
    bool evicted; /* by the kubelet: the pod ends as Failed */
    bool sandbox, sandboxCached, sandboxSeen;
    KubeletStatus kubelet, api; /* as the kubelet has it; as the API server has it */
    KubeletStatus draft;        /* room to make the next one */
    bool dirty;                 /* what the API shows has changed since the last line of history */
    bool finished;              /* the kubelet is done with the pod: a deleted one may go */

    /* The pod worker. */
    uint8_t work;     /* WorkKind in hand */
    bool waiting;     /* for a cache newer than its last work */
    bool active;      /* it has begun: its steps are under way */
    bool pending;     /* more work has been asked for */
    bool terminating; /* has to stop everything */
    bool stopped;     /* everything has stopped */
    bool deletedSeen; /* the worker in hand knows of the deletion */
    bool failed;      /* the sync in hand met an error */
    bool onlyWaits;   /* ... of no other kind than a delay that is not over */
    bool removed;     /* the sync in hand has removed containers */
    bool cacheFresh;  /* relisted since the last work */
    bool changed;     /* the runtime has changed since the last list */
    bool probed;      /* a probe was asked for out of turn since the sync began */
    bool resetting;   /* the sync in hand restarts all containers */
    bool early;       /* the sync in hand was due at the very beginning of the second */
    bool earlyProbes; /* there has been a prober that fires early */
    int64_t retryAt;
    Step *steps;
    uint32_t stepCount, stepAt;
    bool stepBegun;
    bool *start;        /* room to mark which units a sync starts */
    uint8_t startStage; /* StartStage */
    int64_t wake;       /* of a blocked start */
};

/* Whether a container that ended with this code is one whose rule restarts all. */
bool rule_restarts_all(const Container *container, int exitCode);

/* Whether the unit, as it was seen, is to be started again. */
bool unit_wanted(const Machine *m, const Unit *unit);

/* The runtime (runtime.c). */
void machine_event(Machine *m, bool warning, const char *reason, const Unit *unit, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void machine_act(Machine *m, const Unit *unit, SimActionKind kind, int value, Str reason);
void start_instance(Machine *m, Unit *unit);
void end_instance(Machine *m, Unit *unit, int code, Str reason);
int64_t hook_length(const LifecycleHandler *hook, const OptInt *scripted); /* in seconds */
int64_t pod_grace(const Machine *m);
void kill_begin(Machine *m, Unit *unit, int64_t grace, bool ordered);
bool kill_done(Machine *m, Unit *unit);
void kill_all_begin(Machine *m, int64_t grace);
bool kill_all_done(Machine *m);

/* Probe workers (prober.c). */
void probes_add(Machine *m);
void probes_due(Machine *m, bool early);
void probes_triggered(Machine *m);
void probes_stop(Machine *m, bool all);

/* One sync (sync.c): what it has to do, and doing it; step_advance returns whether the step at hand is over. */
void plan(Machine *m);
bool step_advance(Machine *m);
const Instance *last_end(const Unit *unit); /* that a delay counts from, or NULL */

/* The pod worker takes what there is to do. */
static inline void machine_take_work(Machine *m) {
    m->pending = false;
    m->deletedSeen = m->deleted && !m->nodeLost;
    m->work = m->stopped ? WORK_TERMINATED : m->terminating ? WORK_TERMINATING : WORK_SYNC;
}

/* Asks the worker for a sync. */
static inline void machine_ask(Machine *m) {
    m->pending = true;
    if (m->work == WORK_NONE && m->scheduled) machine_take_work(m);
}

/* Makes m->draft from what the sync in hand has seen. Asks readiness probes out of turn. */
void status_make(Machine *m, bool over);

/* Takes m->draft over, first in the kubelet and then in the API. */
void status_set(Machine *m);

/* The last status of a pod whose containers have all been stopped. */
void status_finish(Machine *m);

void status_set_ready(Machine *m, uint32_t unit, int id, bool ready);
void status_set_started(Machine *m, uint32_t unit, int id, bool started);

/* The node cannot be reached: what the control plane writes in the kubelet's place. */
void status_lost(Machine *m);

/* The node is back: the kubelet's status counts again. */
void status_back(Machine *m);

/* Appends a line of history if it differs from the last one. */
void status_record(Machine *m);

static inline bool unit_is_main(const Unit *unit) {
    return unit->kind == ROLE_MAIN;
}

static inline int64_t later(int64_t now, int64_t seconds) {
    return seconds == SCENARIO_NEVER ? SCENARIO_NEVER : now + seconds;
}

#endif
