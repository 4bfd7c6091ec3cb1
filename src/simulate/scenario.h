/* What happens to a pod from outside and inside its containers: how long each run lasts, what probes answer, when the pod is
 * scheduled and deleted. Written as YAML or JSON, or put together from options of the command line. */
#ifndef PODLINT_SIMULATE_SCENARIO_H
#define PODLINT_SIMULATE_SCENARIO_H

#include "model/containers.h"

/* "Never": a run that lasts until it is stopped, a pull that always fails, an event that does not come. */
#define SCENARIO_NEVER INT64_MAX

/* The longest time that is looked at, a year. Manifests that the server would refuse, or should have, may say more. */
#define SCENARIO_LONGEST ((int64_t)366 * 24 * 3600)

static inline int64_t scenario_clamp(int64_t seconds) {
    return seconds < SCENARIO_LONGEST ? seconds : SCENARIO_LONGEST;
}

/* How one run of a container ends by itself. */
typedef struct ScriptRun {
    int64_t seconds; /* or SCENARIO_NEVER */
    int exitCode;
    Str reason; /* "OOMKilled"; empty: Completed or Error, by the exit code */
} ScriptRun;

typedef enum ScriptResult { SCRIPT_SUCCESS, SCRIPT_FAILURE, SCRIPT_ERROR } ScriptResult;

/* From this second of the container's life on, its probe answers so. */
typedef struct ScriptAnswer {
    int64_t from;
    uint8_t result; /* ScriptResult */
} ScriptAnswer;

typedef struct ScriptAnswers {
    ScriptAnswer *at; /* by `from` */
    uint32_t n;
} ScriptAnswers;

typedef enum ScriptProbe { SCRIPT_STARTUP, SCRIPT_READINESS, SCRIPT_LIVENESS, SCRIPT_PROBES } ScriptProbe;

typedef struct ContainerScript {
    Str name;
    ScriptRun *runs; /* the last one repeats; none: runs until it is stopped */
    uint32_t runCount;
    int64_t pullSeconds;
    int64_t pullFailsUntil; /* pulls fail before this time */
    ScriptAnswers answers[SCRIPT_PROBES];
    OptInt preStopSeconds, postStartSeconds; /* how long the hooks take; not set: as long as their definition says */
    bool postStartFails, preStopFails;
    OptInt listenSeconds; /* how long after SIGTERM it still takes new requests; not set: not at all */
    bool termSet;         /* the next two are given; else it exits at once with 143 */
    int64_t termSeconds;  /* how long it takes to end on SIGTERM, or SCENARIO_NEVER */
    int termCode;
} ContainerScript;

typedef struct GateScript {
    Str type;
    int64_t from; /* when somebody sets the condition to True */
} GateScript;

/* What a node's configuration changes of a pod's life (kubelet.config.k8s.io/v1beta1, KubeletConfiguration). */
typedef struct KubeletSettings {
    int64_t backoffFirst, backoffLongest; /* delays of restarts, in seconds */
} KubeletSettings;

typedef struct Scenario {
    int64_t until, scheduleAt, deleteAt, nodeLostAt, nodeBackAt, gatesRemovedAt;
    int64_t evictAt;             /* when the node is short of memory, and the kubelet evicts the pod */
    int64_t suspendAt, resumeAt; /* of a Job or CronJob */
    int64_t startTime;           /* where the clock begins, in seconds since 1970 in the time zone of a CronJob */
    OptInt gracePeriodSeconds;   /* of the deletion */
    bool force;                  /* it removes the object at once, whatever runs */
    bool untilSet;
    int64_t endpointDelay, lbDelay; /* until kube-proxy and a load balancer have learned that an endpoint goes */
    Str unschedulable;              /* what the scheduler says when no node takes the pod; empty: it fits */
    KubeletSettings kubelet;
    ARRAY(ContainerScript) containers;
    ARRAY(GateScript) gates;
} Scenario;

/* What is wrong with a scenario, and where. */
typedef struct ScenarioFault {
    Span span;
    Str message;
} ScenarioFault;

typedef struct ScenarioFaults {
    ARRAY(ScenarioFault) items;
} ScenarioFaults;

/* A scenario in which nothing happens: scheduled at 0, never deleted, containers run until they are stopped. */
Scenario scenario_empty(void);

/* Reads a scenario from a document into `out`. `spec` is the pod that it is for: names that it lacks are faults. */
void scenario_read(Scenario *out, Arena *arena, const Node *root, const PodSpec *spec, ScenarioFaults *faults);

/* The scenario of somebody who has none in mind: images are pulled, init containers end well, every other container crashes, one
 * after the other, and in the end the pod is deleted and takes a moment to go. Returns it in words. */
Str scenario_default(Scenario *out, Arena *arena, const PodSpec *spec);

/* The same without crashes, for the pods of a change. */
Str scenario_default_change(Scenario *out, Arena *arena, const PodSpec *spec);

/* A life without crashes and deletion. Returns in words who does not hear SIGTERM; at is NULL if all do. */
Str scenario_calm(Scenario *out, Arena *arena, const PodSpec *spec);

/* Lets containers whose commands do not hear SIGTERM run until they are killed, where the scenario says nothing of it. Returns in
 * words which these are; at is NULL if there are none. */
Str scenario_deafen(Scenario *scenario, Arena *arena, const PodSpec *spec);

/* Lets init containers without a script end well after some seconds, so that the pod gets past them. */
void scenario_pass_inits(Scenario *scenario, Arena *arena, const PodSpec *spec);

/* What of a scenario is left when nothing disturbs the pod: how it stops, its hooks, its routers. Init containers end well. */
Scenario scenario_undisturbed(Arena *arena, const PodSpec *spec, const Scenario *scenario);

/* When the slowest of those who send requests has learned that a pod goes, in seconds after its deletion. */
int64_t scenario_routers_learn(const Scenario *scenario);

/* The script of a container, made when it is missing. The pointer is good until the next one is made. */
ContainerScript *scenario_container(Scenario *scenario, Arena *arena, Str name);

/* The script of a container, or NULL. */
const ContainerScript *scenario_find(const Scenario *scenario, Str name);

/* The shorthands of the command line. NULL if the text was understood, else what it should look like. */
const char *scenario_crash(Scenario *scenario, Arena *arena, const PodSpec *spec, Str text);      /* NAME[=CODE][@TIME] */
const char *scenario_exit(Scenario *scenario, Arena *arena, const PodSpec *spec, Str text);       /* NAME[=CODE]@TIME */
const char *scenario_fail_probe(Scenario *scenario, Arena *arena, const PodSpec *spec, Str text); /* NAME.PROBE[@TIME] */

const char *scenario_slow_start(Scenario *scenario, Arena *arena, const PodSpec *spec, Str text); /* NAME@TIME */
const char *scenario_fail_pull(Scenario *scenario, Arena *arena, const PodSpec *spec, Str text);  /* NAME[@TIME] */
const char *scenario_oom(Scenario *scenario, Arena *arena, const PodSpec *spec, Str text);        /* NAME[@TIME] */
const char *scenario_kubelet(Scenario *scenario, Str text);                                       /* SETTING=VALUE */

/* Seconds, or a duration as Go writes it without fractions: 90, 90s, 10m, 1h30m, 1d. */
bool scenario_time(Str text, int64_t *seconds);

#endif
