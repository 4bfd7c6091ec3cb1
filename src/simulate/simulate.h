/* A pod's life on a virtual clock: what the kubelet does with it second by second, and what the API shows of it. A discrete-event
 * machine in whole seconds; nothing is printed here. Where the rules come from stands beside each of them. */
#ifndef PODLINT_SIMULATE_H
#define PODLINT_SIMULATE_H

#include "scenario.h"

typedef enum Phase { PHASE_PENDING, PHASE_RUNNING, PHASE_SUCCEEDED, PHASE_FAILED, PHASE_UNKNOWN } Phase;

extern const char *const phase_names[];

typedef enum ConditionType {
    CONDITION_ALL_RESTARTING,
    CONDITION_CONTAINERS_READY,
    CONDITION_INITIALIZED,
    CONDITION_READY_TO_START,
    CONDITION_SCHEDULED,
    CONDITION_READY,
    CONDITION_TYPES,
} ConditionType;

extern const char *const condition_names[];

typedef struct Condition {
    bool set, value;
    bool unknown;       /* "Unknown" instead of value */
    const char *reason; /* or NULL */
} Condition;

typedef enum StateKind { STATE_NONE, STATE_WAITING, STATE_RUNNING, STATE_TERMINATED } StateKind;

extern const char *const state_names[];

typedef struct SimState {
    uint8_t kind; /* StateKind */
    Str reason;
    int exitCode; /* of a terminated one */
} SimState;

/* A container as status.containerStatuses shows it. */
typedef struct SimStatus {
    SimState state;
    SimState last; /* STATE_TERMINATED or STATE_NONE */
    int restartCount;
    int id; /* of the instance that it speaks of, 0 while there is none */
    bool ready, started;
} SimStatus;

/* One line of the history: how the pod looks at the end of second `t`. */
typedef struct SimEntry {
    int64_t t;
    bool deleted;     /* the object is gone; nothing else holds */
    bool terminating; /* it has a deletion timestamp */
    bool unknown;     /* its node is silent: all the rest is as it was last heard of */
    uint8_t phase;    /* Phase */
    Str status;       /* kubectl's STATUS column */
    Str podReason;    /* status.reason */
    int ready, total; /* kubectl's READY column */
    int restarts;     /* kubectl's RESTARTS column */
    Condition conditions[CONDITION_TYPES];
    SimStatus *containers; /* by the order of Simulation.containers; NULL before the kubelet has seen the pod */
} SimEntry;

/* ACTION_KILL: SIGTERM. ACTION_HOOK: a preStop hook begins. */
typedef enum SimActionKind { ACTION_START, ACTION_EXIT, ACTION_KILL, ACTION_PULL, ACTION_HOOK } SimActionKind;

typedef struct SimAction {
    int64_t t;
    uint16_t container;
    uint8_t kind; /* SimActionKind */
    int value;    /* the exit code; the grace of a kill; whether a pull went well; the seconds of a hook */
    Str reason;   /* of an exit */
} SimAction;

/* An answer of a probe that differs from the one before, for pictures. */
typedef struct SimProbe {
    int64_t t;
    uint16_t container;
    uint8_t probe; /* ScriptProbe */
    bool success;
} SimProbe;

/* What `kubectl describe` would list: repetitions are counted, not listed. */
typedef struct SimEvent {
    int64_t first, last;
    uint32_t count;
    bool warning;
    const char *reason;
    int container; /* or -1 */
    Str message;
} SimEvent;

typedef struct SimContainer {
    Str name;
    uint8_t kind; /* ContainerRole */
    const Container *spec;
} SimContainer;

typedef struct Simulation {
    const PodSpec *spec;
    int64_t routersLearn;     /* how long after its deletion requests still come */
    int64_t listeningUntil;   /* when the first main container stops taking them, or SCENARIO_NEVER */
    SimContainer *containers; /* in the order of the spec: init containers and sidecars, then main containers */
    uint32_t containerCount;
    ARRAY(SimEntry) entries;
    ARRAY(SimAction) actions;
    ARRAY(SimProbe) probes;
    ARRAY(SimEvent) events;
    int64_t until; /* the second at which the clock stopped */
    bool cut;      /* a limit stopped it before its time */
    bool orphans;  /* the object was removed by force while containers ran */
} Simulation;

/* More lines of history than anybody reads; a day of crash loops has 2,000. */
enum { SIM_MAX_ENTRIES = 20000, SIM_MAX_STATUSES = 200000, SIM_MAX_ACTIONS = 60000, SIM_MAX_EVENTS = 1000 };

/* How a pod's owner restarts it is not asked here: one pod, as the kubelet sees it. `meta` may be NULL. Everything in the result
 * is allocated in `arena`; texts refer to the pod and the scenario. */
void simulate(Simulation *out, Arena *arena, const ObjectMeta *meta, const PodSpec *spec, const Scenario *scenario);

/* Whether the container is in the pod for its whole life. */
static inline bool container_stays(uint8_t kind) {
    return kind != ROLE_INIT;
}

/* The phase that the kubelet derives from container states. `statuses` are in the order of `containers`. `over`: no container
 * will be started any more; `begun`: a main container has been started. */
Phase simulate_phase(const PodSpec *spec, const SimContainer *containers, const SimStatus *statuses, uint32_t n, bool over,
                     bool begun);

/* Whether a container that ended with this code is started again: its rules, its policy, then the pod's. */
bool restart_wanted(const PodSpec *spec, const Container *container, int exitCode);

/* How long a pod stays on a node that cannot be reached, from the moment that this is known; SCENARIO_NEVER:
 * it is never deleted. */
int64_t unreachable_toleration(const PodSpec *spec);

/* Whether requests are sent to a container, as far as its manifest tells: it names ports, or probes ask one. */
bool container_serves(const Container *container);

/* Whether the time from one state to the next is traffic: in the endpoints of a Service that selects the pod. */
bool entry_serves(const SimEntry *entry);

#endif
