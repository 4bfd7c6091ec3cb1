/* Pictures of simulations, drawn as SVG: for a file of their own (picture.c) and for a page (page.c). */
#ifndef PODLINT_SIMULATE_PICTURE_H
#define PODLINT_SIMULATE_PICTURE_H

#include "report.h"

enum { PICTURE_WIDTH = 1000, PICTURE_LEFT = 150, PICTURE_RIGHT = 24 };

extern const char picture_style[];

void put_escaped(Buf *out, Str text);

/* The figure of a workload: how many pods there are and serve, and a lane a pod. Nothing if there is none to draw. */
bool has_rollout_figure(const SimReport *report);

/* Draws a figure from `top` on and returns where it ends, and where its legend begins. `live`: each element says its times, for a
 * page to lay out anew. */
int put_rollout_figure(Buf *out, const SimReport *report, int top, bool live, int *keys);
int put_life_figure(Buf *out, const Simulation *sim, int top, bool live, int *keys);

/* What kind and name the picture is of. */
Str picture_title(Arena *arena, const SimReport *report);

#endif
