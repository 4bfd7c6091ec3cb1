/* A simulation as a picture would show it: lanes of coloured pieces over time, marks on them, and sentences below. */
#ifndef PODLINT_SIMULATE_LANES_H
#define PODLINT_SIMULATE_LANES_H

#include "simulate.h"

typedef enum LaneKind { LANE_PHASE, LANE_CONTAINER, LANE_PROBE, LANE_TRAFFIC } LaneKind;

/* What a piece of a lane shows. */
typedef enum PieceKind {
    PIECE_NOTHING,
    PIECE_PENDING,
    PIECE_RUNNING,
    PIECE_SUCCEEDED,
    PIECE_FAILED,
    PIECE_TERMINATING,
    PIECE_UNKNOWN,  /* the node is silent */
    PIECE_WAITING,  /* for init containers, its image, its creation */
    PIECE_BACKOFF,  /* between two tries */
    PIECE_STARTING, /* runs, but its startup probe has not succeeded */
    PIECE_UNREADY,
    PIECE_READY,
    PIECE_DONE, /* ended with 0, or with the pod */
    PIECE_CRASHED,
    PIECE_GOOD, /* a probe that succeeds */
    PIECE_BAD,
    PIECE_TRAFFIC,
    PIECE_DRAINING, /* the pod is deleted, and requests still come */
    PIECE_REFUSED,  /* ... and nobody takes them */
    PIECE_GAP,      /* of a cell: an outage shorter than itself */
    PIECE_KINDS,
} PieceKind;

extern const char *const piece_names[]; /* "waiting", "ready", ... */

typedef struct Piece {
    int64_t from, to; /* seconds; `to` is the first one after */
    uint8_t kind;     /* PieceKind */
    Str label;        /* what it is called in full */
} Piece;

typedef enum MarkKind { MARK_HOOK, MARK_TERM, MARK_KILL, MARK_END, MARK_CRASH, MARK_KINDS } MarkKind;

extern const char *const mark_names[];

/* What happens to a container at a time: preStop begins, SIGTERM, SIGKILL, its end, an end with a failure. */
typedef struct Mark {
    int64_t t;
    int exitCode; /* of an end */
    uint8_t kind; /* MarkKind */
} Mark;

typedef struct Lane {
    uint8_t kind; /* LaneKind */
    Str name;
    ARRAY(Piece) pieces;
    ARRAY(Mark) marks;
} Lane;

typedef struct Lanes {
    ARRAY(Lane) items;
    int64_t end; /* the second after the last one shown */
} Lanes;

/* Adds a lane; the pointer is good until the next one is added. */
Lane *lanes_add(Lanes *out, Arena *arena, LaneKind kind, Str name);

/* Adds a piece at the end of a lane, or makes the last one longer. */
void lane_add(Arena *arena, Lane *lane, int64_t from, int64_t to, PieceKind kind, Str label);
void lane_mark(Arena *arena, Lane *lane, int64_t t, MarkKind kind, int exitCode);

/* The last second that is worth showing: when the pod is gone and nobody sends it requests any more, or the clock stopped. */
int64_t sim_end(const Simulation *sim);

void lanes_make(Lanes *out, Arena *arena, const Simulation *sim);

typedef struct Sentences {
    ARRAY(Str) items;
} Sentences;

/* What happened, in words. */
void lanes_summary(Sentences *out, Arena *arena, const Simulation *sim);

/* 0:05, 12:30, 1:00:00. */
Str clock_text(Arena *arena, int64_t seconds);

/* 5s, 12m30s, as kubectl writes an age (k8s.io/apimachinery/pkg/util/duration). */
Str age_text(Arena *arena, int64_t seconds);

/* The distance of marks on a time axis of this length, so that about `count` of them fit. */
int64_t axis_step(int64_t length, int count);

#endif
