/* What is said of a simulation in every format, and which writer says it. */
#include "report.h"

#include "base/visible.h"

/* Everything in a report that names what a manifest or a scenario brought: text, pictures and pages show it visibly. */
static void make_visible(Arena *arena, Simulation *sim, SimReport *report) {
    report->kind = visible(arena, report->kind);
    report->name = visible(arena, report->name);
    report->note = visible(arena, report->note);
    report->placed = visible(arena, report->placed);
    SimContainer *containers = NEW_ARRAY(arena, SimContainer, sim->containerCount + 1);
    for (uint32_t i = 0; i < sim->containerCount; i++) {
        containers[i] = sim->containers[i];
        containers[i].name = visible(arena, containers[i].name);
    }
    sim->containers = containers;
    for (uint32_t i = 0; i < sim->events.n; i++) sim->events.at[i].message = visible(arena, sim->events.at[i].message);
    for (uint32_t i = 0; i < sim->entries.n; i++) sim->entries.at[i].status = visible(arena, sim->entries.at[i].status);
}

void sim_report_write(FILE *out, Arena *arena, const Simulation *sim, const SimReport *report) {
    Buf buf = {.arena = arena};
    Simulation shown = *sim;
    SimReport seen = *report;
    if (report->format != SIM_JSON) make_visible(arena, &shown, &seen);
    sim = &shown;
    report = &seen;
    switch (report->format) {
    case SIM_TEXT: sim_text(&buf, sim, report); break;
    case SIM_SVG: sim_svg(&buf, sim, report); break;
    case SIM_HTML: sim_html(&buf, sim, report); break;
    case SIM_JSON: {
        json_t *json = sim_json(arena, sim, report);
        json_dumpf(json, out, JSON_INDENT(2));
        json_decref(json);
        buf_char(&buf, '\n');
        break;
    }
    }
    if (buf.len) fwrite(buf.at, 1, buf.len, out);
}
