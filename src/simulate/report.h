/* A simulation for people and programs: text, JSON, SVG, HTML. */
#ifndef PODLINT_SIMULATE_REPORT_H
#define PODLINT_SIMULATE_REPORT_H

#include <stdio.h>

#include <jansson.h>

#include "drain.h"
#include "lanes.h"
#include "node_drain.h"
#include "scheduling.h"
#include "workload.h"

typedef enum SimFormat { SIM_TEXT, SIM_JSON, SIM_SVG, SIM_HTML } SimFormat;

typedef struct SimReport {
    SimFormat format;
    int width; /* of the terminal, in columns */
    bool colour;
    bool ascii;             /* nothing but ASCII in pictures of text */
    Str kind, name;         /* of the object that was simulated */
    bool podFirst;          /* what happens to a pod was asked for, and not what its controller does */
    bool deleted;           /* ... and that is its deletion */
    Str note;               /* what the scenario is, if nobody gave one; may be empty */
    const Drain *drain;     /* how a pod that serves goes, or NULL */
    const Rollout *rollout; /* what its controller does, or NULL */
    const Cluster *cluster; /* the nodes, or NULL */
    const Placement *scheduling;
    const NodeDrain *nodeDrain; /* of --drain, or NULL */
    Str eviction;               /* what the kubelet evicts before the pod, and what follows; may be empty */
    Str deaf;                   /* who does not hear SIGTERM, in words; may be empty */
    Str placed;                 /* how many pods of a workload find a node, in words; may be empty */
} SimReport;

/* Prints a simulation in the format that `report` asks for. */
void sim_report_write(FILE *out, Arena *arena, const Simulation *sim, const SimReport *report);

/* What there is to say, the most important first: of the workload, of its place, of its end, of the pod. */
void sim_answers(Sentences *out, Arena *arena, const Simulation *sim, const SimReport *report);

/* The writers (report_text.c, report_json.c, picture.c). */
void sim_text(Buf *out, const Simulation *sim, const SimReport *report);

/* The JSON of a simulation; the caller owns the reference. */
json_t *sim_json(Arena *arena, const Simulation *sim, const SimReport *report);

void sim_svg(Buf *out, const Simulation *sim, const SimReport *report);
void sim_html(Buf *out, const Simulation *sim, const SimReport *report);

#endif
