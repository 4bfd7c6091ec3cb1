/* What is said of a simulation in every format, and which writer says it. */
#include "report.h"

/* Control characters, and those that turn the direction of text or break its lines, are shown as escapes: what a manifest says
 * must not speak through podlint. */

static bool is_harmful(uint32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static uint32_t codepoint_at(Str text, size_t *length) {
    unsigned char first = (unsigned char)text.at[0];
    *length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    uint32_t c = first < 0x80 ? first : first & (0x7fu >> *length);
    for (size_t i = 1; i < *length; i++) c = c << 6 | ((unsigned char)text.at[i] & 0x3f);
    return c;
}

Str sim_visible(Arena *arena, Str text) {
    Str valid = str_valid_utf8(arena, text);
    Buf buf = {.arena = arena};
    bool harmful = false;
    for (Str rest = valid; rest.len;) {
        size_t length;
        uint32_t c = codepoint_at(rest, &length);
        if (is_harmful(c)) {
            buf_format(&buf, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
            harmful = true;
        } else {
            buf_str(&buf, (Str){rest.at, length});
        }
        rest = str_slice(rest, length);
    }
    return harmful ? buf_text(&buf) : valid;
}

static void make_visible(Arena *arena, Simulation *sim, SimReport *report) {
    report->kind = sim_visible(arena, report->kind);
    report->name = sim_visible(arena, report->name);
    report->note = sim_visible(arena, report->note);
    report->placed = sim_visible(arena, report->placed);
    SimContainer *containers = NEW_ARRAY(arena, SimContainer, sim->containerCount + 1);
    for (uint32_t i = 0; i < sim->containerCount; i++) {
        containers[i] = sim->containers[i];
        containers[i].name = sim_visible(arena, containers[i].name);
    }
    sim->containers = containers;
    for (uint32_t i = 0; i < sim->events.n; i++) sim->events.at[i].message = sim_visible(arena, sim->events.at[i].message);
    for (uint32_t i = 0; i < sim->entries.n; i++) sim->entries.at[i].status = sim_visible(arena, sim->entries.at[i].status);
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
    fwrite(buf.at, 1, buf.len, out);
}
