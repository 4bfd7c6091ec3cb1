/* What is said of a simulation in every format, and which writer says it. */
#include "report.h"

/* Where the pod could go, in words. */
static Str placement_words(Arena *arena, const SimReport *report) {
    enum { SHOWN_NODES = 8 };
    const Placement *placement = report->scheduling;
    const Cluster *cluster = report->cluster;
    Buf buf = {.arena = arena};
    if (placement->reason) {
        Str cause = placement_cause(placement);
        buf_format(&buf, "No node takes the pod: %.*s%s", TEXT(cause), str_ends(cause, S(".")) ? "" : ".");
    } else {
        buf_format(&buf, "%u of %u node%s can take the pod: ", placement->feasible.n, cluster->nodes.n,
                   cluster->nodes.n == 1 ? "" : "s");
        for (uint32_t i = 0; i < placement->feasible.n && i < SHOWN_NODES; i++)
            buf_format(&buf, "%s%.*s", i ? ", " : "", TEXT(cluster->nodes.at[placement->feasible.at[i]].name));
        buf_str(&buf, placement->feasible.n > SHOWN_NODES ? S(", ...") : S("."));
    }
    for (uint32_t i = 0; i < placement->preempts.n && i < SHOWN_NODES; i++)
        buf_format(&buf, "%s%.*s", i ? ", " : " Pods of a lower priority are evicted for it on one of ",
                   TEXT(cluster->nodes.at[placement->preempts.at[i]].name));
    if (placement->preempts.n) buf_char(&buf, '.');
    return buf_text(&buf);
}

/* The verdict on a pod that goes: whether requests are lost. */
static Str drain_words(Arena *arena, const SimReport *report) {
    const Drain *drain = report->drain;
    int replaced = report->rollout && report->rollout->kind == ROLLOUT_UPDATE ? report->rollout->replaced : 0;
    Str name = drain->container->name, each = {0};
    if (replaced) each = str_format(arena, ", at each of the %d pods that the rollout replaces", replaced);
    if (replaced == 1) each = S(", at the pod that the rollout replaces");
    if (!drain->refused)
        return str_format(
            arena, "Drain: 0.0 s without an answer: requests come for %lld s after a deletion, and %.*s takes them for %lld s.%s",
            (long long)drain->requests, TEXT(name), (long long)drain->listening,
            drain->killed ? " SIGKILL cuts off what it has in hand then." : "");
    Str grace = {0};
    if (drain->neededGrace > drain->grace)
        grace = str_format(arena, " and terminationGracePeriodSeconds: %lld", (long long)drain->neededGrace);
    return str_format(
        arena,
        "Drain: requests are refused for %lld s at a deletion%.*s: they come for %lld s, while %.*s stops taking them "
        "%s. A preStop sleep of %lld s%.*s closes the gap, or a process that goes on taking them for %lld s after SIGTERM.",
        (long long)drain->refused, TEXT(each), (long long)drain->requests, TEXT(name),
        drain->listening ? str_format(arena, "after %lld s", (long long)drain->listening).at : "at once",
        (long long)drain->neededHook, TEXT(grace), (long long)(drain->requests - drain->term));
}

void sim_answers(Sentences *out, Arena *arena, const Simulation *sim, const SimReport *report) {
    for (uint32_t i = 0; report->nodeDrain && i < report->nodeDrain->words.n; i++)
        ARRAY_PUSH(arena, &out->items, report->nodeDrain->words.at[i]);
    for (uint32_t i = 0; report->rollout && i < report->rollout->words.n; i++)
        ARRAY_PUSH(arena, &out->items, report->rollout->words.at[i]);
    if (report->scheduling) ARRAY_PUSH(arena, &out->items, placement_words(arena, report));
    if (report->placed.len) ARRAY_PUSH(arena, &out->items, report->placed);
    if (report->drain) ARRAY_PUSH(arena, &out->items, drain_words(arena, report));
    lanes_summary(out, arena, sim);
}

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

static Str visible(Arena *arena, Str text) {
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
    fwrite(buf.at, 1, buf.len, out);
}
