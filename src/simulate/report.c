#include "report.h"

/* Text. */

enum { SHOWN_ROWS = 40, SHOWN_TAIL = 10, SHOWN_EVENTS = 60 };

static const char *const piece_colours[] = {"",   "33", "32", "34", "31", "35", "31", "33", "2;33",
                                            "36", "33", "32", "34", "31", "32", "31", "32"};

static void put_colour(Buf *buf, const SimReport *report, const char *code) {
    if (report->colour && *code) buf_format(buf, "\033[%sm", code);
}

static void put_reset(Buf *buf, const SimReport *report) {
    if (report->colour) buf_str(buf, S("\033[0m"));
}

static void put_heading(Buf *buf, const SimReport *report, const char *text) {
    buf_char(buf, '\n');
    put_colour(buf, report, "1");
    buf_str(buf, str_of(text));
    put_reset(buf, report);
    buf_char(buf, '\n');
}

/* A column of a table; the text is padded to `width`. */
static void put_cell(Buf *buf, Str text, size_t width) {
    buf_str(buf, text);
    size_t length = str_codepoints(text);
    buf_repeat(buf, ' ', length < width ? width - length : 0);
}

/* When a container ended that runs again, or waits to: lastState of the pod's containers. */
static int64_t last_restart(Arena *arena, const Simulation *sim, const SimEntry *entry) {
    int64_t latest = -1, *ends = NEW_ARRAY(arena, int64_t, 2 * (size_t)sim->containerCount);
    for (uint32_t i = 0; i < 2 * sim->containerCount; i++) ends[i] = -1;
    for (uint32_t i = 0; i < sim->actions.n && sim->actions.at[i].t <= entry->t; i++) {
        const SimAction *action = &sim->actions.at[i];
        if (action->kind != ACTION_EXIT) continue;
        int64_t *pair = &ends[2 * action->container];
        pair[0] = pair[1];
        pair[1] = action->t;
    }
    for (uint32_t i = 0; entry->containers && i < sim->containerCount; i++) {
        int64_t end = ends[2 * i + (entry->containers[i].state.kind != STATE_TERMINATED)];
        if (entry->containers[i].last.kind && end > latest) latest = end;
    }
    return latest;
}

static Str restarts_text(Arena *arena, const Simulation *sim, const SimEntry *entry) {
    int64_t last = last_restart(arena, sim, entry);
    if (!entry->restarts || last < 0) return str_int(arena, entry->restarts);
    return str_format(arena, "%d (%.*s ago)", entry->restarts, TEXT(age_text(arena, entry->t - last)));
}

static bool same_row(const SimEntry *a, const SimEntry *b) {
    return a->deleted == b->deleted && a->ready == b->ready && a->restarts == b->restarts && str_eq(a->status, b->status);
}

static const char *status_colour(const SimEntry *entry) {
    if (str_eq(entry->status, S("Running"))) return entry->ready == entry->total ? "32" : "33";
    if (str_eq(entry->status, S("Completed"))) return "34";
    if (str_has(entry->status, S("Err")) || str_has(entry->status, S("BackOff")) || str_has(entry->status, S("Unknown")))
        return "31";
    return "33";
}

static void put_row(Buf *buf, const Simulation *sim, const SimReport *report, const SimEntry *entry) {
    Arena *arena = buf->arena;
    put_cell(buf, clock_text(arena, entry->t), 9);
    if (entry->deleted) {
        buf_str(buf, S("gone\n"));
        return;
    }
    put_cell(buf, str_format(arena, "%d/%d", entry->ready, entry->total), 8);
    put_colour(buf, report, status_colour(entry));
    put_cell(buf, entry->status, 27);
    put_reset(buf, report);
    buf_str(buf, restarts_text(arena, sim, entry));
    buf_char(buf, '\n');
}

/* What `kubectl get pod --watch` prints: a row whenever a column changes. */
static void put_table(Buf *buf, const Simulation *sim, const SimReport *report) {
    ARRAY(uint32_t) rows = {0};
    for (uint32_t i = 0; i < sim->entries.n; i++)
        if (!rows.n || !same_row(&sim->entries.at[rows.at[rows.n - 1]], &sim->entries.at[i])) ARRAY_PUSH(buf->arena, &rows, i);
    put_heading(buf, report, "TIME     READY   STATUS                     RESTARTS");
    for (uint32_t i = 0; i < rows.n; i++) {
        if (i == SHOWN_ROWS && rows.n > SHOWN_ROWS + SHOWN_TAIL) {
            buf_format(buf, "... %u more rows, all of them with --format json ...\n", rows.n - SHOWN_ROWS - SHOWN_TAIL);
            i = rows.n - SHOWN_TAIL;
        }
        put_row(buf, sim, report, &sim->entries.at[rows.at[i]]);
    }
}

/* How a piece looks in a cell. */
typedef struct Glyph {
    const char *unicode, *ascii;
} Glyph;

static const Glyph glyphs[PIECE_KINDS] = {
    [PIECE_NOTHING] = {" ", " "}, [PIECE_PENDING] = {"░", "."},     [PIECE_RUNNING] = {"█", "#"}, [PIECE_SUCCEEDED] = {"─", "_"},
    [PIECE_FAILED] = {"×", "x"},  [PIECE_TERMINATING] = {"▒", "t"}, [PIECE_UNKNOWN] = {"?", "?"}, [PIECE_WAITING] = {"·", "."},
    [PIECE_BACKOFF] = {"╌", "-"}, [PIECE_STARTING] = {"░", "s"},    [PIECE_UNREADY] = {"▒", "+"}, [PIECE_READY] = {"█", "#"},
    [PIECE_DONE] = {"─", "_"},    [PIECE_CRASHED] = {"×", "x"},     [PIECE_GOOD] = {"✓", "y"},    [PIECE_BAD] = {"×", "n"},
    [PIECE_TRAFFIC] = {"█", "#"},
};

/* The piece that fills most of from..to; a crash is shown however short it is. */
static PieceKind cell_piece(const Lane *lane, int64_t from, int64_t to) {
    int64_t best = 0;
    PieceKind kind = PIECE_NOTHING;
    for (uint32_t i = 0; i < lane->marks.n; i++)
        if (lane->marks.at[i].t >= from && lane->marks.at[i].t < to && lane->marks.at[i].exitCode && !lane->marks.at[i].told)
            return PIECE_CRASHED;
    for (uint32_t i = 0; i < lane->pieces.n; i++) {
        const Piece *piece = &lane->pieces.at[i];
        int64_t start = piece->from > from ? piece->from : from, end = piece->to < to ? piece->to : to;
        if (end - start <= best) continue;
        best = end - start;
        kind = (PieceKind)piece->kind;
    }
    return kind;
}

static void put_lane(Buf *buf, const SimReport *report, const Lane *lane, size_t names, int cells, int64_t end, bool *used) {
    put_cell(buf, lane->name, names);
    PieceKind shown = PIECE_NOTHING;
    for (int i = 0; i < cells; i++) {
        int64_t from = end * i / cells, to = end * (i + 1) / cells;
        PieceKind kind = cell_piece(lane, from, to > from ? to : from + 1);
        if (kind != shown) {
            if (shown) put_reset(buf, report);
            put_colour(buf, report, piece_colours[kind]);
        }
        shown = kind;
        used[kind] = true;
        buf_str(buf, str_of(report->ascii ? glyphs[kind].ascii : glyphs[kind].unicode));
    }
    if (shown) put_reset(buf, report);
    while (buf->len && buf->at[buf->len - 1] == ' ') buf->len--;
    buf_char(buf, '\n');
}

static void put_axis(Buf *buf, size_t names, int cells, int64_t end) {
    int64_t step = axis_step(end, cells / 10);
    size_t start = buf->len;
    buf_repeat(buf, ' ', names);
    for (int64_t t = 0; t < end; t += step) {
        size_t column = names + (size_t)(t * cells / end), at = buf->len - start;
        Str label = clock_text(buf->arena, t);
        if (column + label.len > names + (size_t)cells || (t && at >= column)) break;
        buf_repeat(buf, ' ', column > at ? column - at : 0);
        buf_str(buf, label);
    }
    buf_char(buf, '\n');
}

static void put_legend(Buf *buf, const SimReport *report, const bool *used, size_t names) {
    bool any = false;
    for (int kind = PIECE_WAITING; kind < PIECE_TRAFFIC; kind++) {
        if (!used[kind]) continue;
        buf_repeat(buf, ' ', any ? 2 : names);
        any = true;
        put_colour(buf, report, piece_colours[kind]);
        buf_str(buf, str_of(report->ascii ? glyphs[kind].ascii : glyphs[kind].unicode));
        put_reset(buf, report);
        buf_format(buf, " %s", piece_names[kind]);
    }
    if (any) buf_char(buf, '\n');
}

static void put_timeline(Buf *buf, const Simulation *sim, const SimReport *report) {
    enum { LONGEST_NAME = 24 };
    Lanes lanes;
    bool used[PIECE_KINDS] = {0};
    lanes_make(&lanes, buf->arena, sim);
    size_t names = 8;
    for (uint32_t i = 0; i < lanes.items.n; i++) {
        size_t length = str_codepoints(lanes.items.at[i].name);
        if (length > LONGEST_NAME) {
            lanes.items.at[i].name = str_join(buf->arena, (Str){lanes.items.at[i].name.at, LONGEST_NAME - 2}, S(".."));
            length = LONGEST_NAME;
        }
        if (length + 2 > names) names = length + 2;
    }
    int cells = report->width > (int)names + 20 ? report->width - (int)names : 20;
    buf_char(buf, '\n');
    put_axis(buf, names, cells, lanes.end);
    for (uint32_t i = 0; i < lanes.items.n; i++) put_lane(buf, report, &lanes.items.at[i], names, cells, lanes.end, used);
    put_legend(buf, report, used, names);
}

static void put_events(Buf *buf, const Simulation *sim, const SimReport *report) {
    Arena *arena = buf->arena;
    enum { LONGEST_REASON = 20, NARROW = 8, WIDE = 40 };
    size_t objects = NARROW;
    for (uint32_t i = 0; i < sim->containerCount; i++) {
        size_t length = str_codepoints(sim->containers[i].name);
        if (length > objects && length <= WIDE) objects = length;
    }
    buf_char(buf, '\n');
    put_colour(buf, report, "1");
    put_cell(buf, S("EVENTS   TYPE     REASON               OBJECT"), 9 + 9 + LONGEST_REASON + 1 + objects + 1);
    buf_str(buf, S("MESSAGE"));
    put_reset(buf, report);
    buf_char(buf, '\n');
    for (uint32_t i = 0; i < sim->events.n; i++) {
        const SimEvent *event = &sim->events.at[i];
        if (i == SHOWN_EVENTS) {
            buf_format(buf, "... %u more events, all of them with --format json ...\n", sim->events.n - i);
            break;
        }
        put_cell(buf, clock_text(arena, event->first), 9);
        put_colour(buf, report, event->warning ? "33" : "");
        put_cell(buf, event->warning ? S("Warning") : S("Normal"), 9);
        put_cell(buf, str_of(event->reason), LONGEST_REASON);
        put_reset(buf, report);
        buf_char(buf, ' ');
        put_cell(buf, event->container < 0 ? S("pod") : sim->containers[event->container].name, objects);
        buf_char(buf, ' ');
        buf_str(buf, event->message);
        if (event->count > 1) buf_format(buf, " (x%u until %.*s)", event->count, TEXT(clock_text(arena, event->last)));
        buf_char(buf, '\n');
    }
}

static void put_words(Buf *buf, Str text, int width) {
    int at = 0;
    size_t i = 0;
    while (i < text.len) {
        size_t word = 0;
        while (i + word < text.len && text.at[i + word] != ' ') word++;
        if (at && at + 1 + (int)word > width) {
            buf_char(buf, '\n');
            at = 0;
        }
        if (at) buf_char(buf, ' ');
        buf_str(buf, (Str){text.at + i, word});
        at += (int)word + (at ? 1 : 0);
        i += word + 1;
    }
    buf_char(buf, '\n');
}

static void put_rollout(Buf *buf, const SimReport *report) {
    const Rollout *rollout = report->rollout;
    bool job = rollout->kind != ROLLOUT_UPDATE;
    if (!rollout->steps.n) return;
    put_heading(buf, report, job ? "JOB      ACTIVE  SUCCEEDED  FAILED" : "UPDATE   OLD     NEW     LEAVING  SERVING");
    for (uint32_t i = 0; i < rollout->steps.n; i++) {
        const RolloutStep *step = &rollout->steps.at[i];
        if (i == SHOWN_ROWS && rollout->steps.n > SHOWN_ROWS + SHOWN_TAIL) {
            buf_format(buf, "... %u more rows, all of them with --format json ...\n", rollout->steps.n - SHOWN_ROWS - SHOWN_TAIL);
            i = rollout->steps.n - SHOWN_TAIL;
        }
        put_cell(buf, clock_text(buf->arena, step->t), 9);
        if (job)
            buf_format(buf, "%-8d%-11d%d\n", step->active, step->succeeded, step->failed);
        else
            buf_format(buf, "%-8d%-8d%-9d%d\n", step->before, step->after, step->leaving, step->ready);
    }
}

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

static void put_text(Buf *buf, const Simulation *sim, const SimReport *report) {
    put_colour(buf, report, "1");
    buf_format(buf, "%.*s %.*s", TEXT(report->kind), TEXT(report->name));
    put_reset(buf, report);
    buf_format(buf, ", %.*s on a virtual clock\n", TEXT(clock_text(buf->arena, sim_end(sim))));
    if (report->note.len) put_words(buf, report->note, report->width);
    put_table(buf, sim, report);
    put_timeline(buf, sim, report);
    put_events(buf, sim, report);
    if (report->rollout) put_rollout(buf, report);
    put_heading(buf, report, "SUMMARY");
    Sentences words = {0};
    lanes_summary(&words, buf->arena, sim);
    if (report->scheduling) put_words(buf, placement_words(buf->arena, report), report->width);
    if (report->placed.len) put_words(buf, report->placed, report->width);
    for (uint32_t i = 0; i < words.items.n; i++) put_words(buf, words.items.at[i], report->width);
    for (uint32_t i = 0; report->rollout && i < report->rollout->words.n; i++)
        put_words(buf, report->rollout->words.at[i], report->width);
}

/* JSON. */

static json_t *text_json(Arena *arena, Str s) {
    s = str_valid_utf8(arena, s);
    return json_stringn(s.at ? s.at : "", s.len);
}

static json_t *conditions_json(const Condition *conditions, bool reasons) {
    json_t *out = json_object();
    for (int i = 0; i < CONDITION_TYPES; i++) {
        if (!conditions[i].set || (reasons && !conditions[i].reason)) continue;
        const char *value = reasons ? conditions[i].reason : conditions[i].value ? "True" : "False";
        json_object_set_new(out, condition_names[i], json_string(value));
    }
    return out;
}

static json_t *container_json(Arena *arena, const SimStatus *status) {
    json_t *out = json_object();
    json_object_set_new(out, "state", json_string(state_names[status->state.kind]));
    if (status->state.reason.len) json_object_set_new(out, "reason", text_json(arena, status->state.reason));
    if (status->state.kind == STATE_TERMINATED) json_object_set_new(out, "exitCode", json_integer(status->state.exitCode));
    json_object_set_new(out, "restartCount", json_integer(status->restartCount));
    json_object_set_new(out, "ready", json_boolean(status->ready));
    json_object_set_new(out, "started", json_boolean(status->started));
    if (!status->last.kind) return out;
    json_object_set_new(out, "lastExitCode", json_integer(status->last.exitCode));
    json_object_set_new(out, "lastReason", text_json(arena, status->last.reason));
    return out;
}

static json_t *entry_json(Arena *arena, const Simulation *sim, const SimEntry *entry) {
    json_t *out = json_object();
    json_object_set_new(out, "t", json_integer(entry->t));
    if (entry->deleted) {
        json_object_set_new(out, "deleted", json_true());
        return out;
    }
    json_object_set_new(out, "phase", json_string(phase_names[entry->phase]));
    json_object_set_new(out, "status", text_json(arena, entry->status));
    json_object_set_new(out, "ready", text_json(arena, str_format(arena, "%d/%d", entry->ready, entry->total)));
    json_object_set_new(out, "restarts", json_integer(entry->restarts));
    if (entry->unknown) json_object_set_new(out, "unknown", json_true());
    if (entry->podReason.len) json_object_set_new(out, "podReason", text_json(arena, entry->podReason));
    json_object_set_new(out, "conditions", conditions_json(entry->conditions, false));
    json_object_set_new(out, "conditionReasons", conditions_json(entry->conditions, true));
    json_t *containers = json_object();
    for (uint32_t i = 0; entry->containers && i < sim->containerCount; i++)
        json_object_set_new(containers, arena_cstr(arena, str_valid_utf8(arena, sim->containers[i].name)),
                            container_json(arena, &entry->containers[i]));
    json_object_set_new(out, "containers", containers);
    return out;
}

static json_t *actions_json(Arena *arena, const Simulation *sim, SimActionKind kind) {
    static const char *const keys[] = {NULL, "exitCode", "grace", "ok"};
    json_t *out = json_array();
    for (uint32_t i = 0; i < sim->actions.n; i++) {
        const SimAction *action = &sim->actions.at[i];
        if (action->kind != kind) continue;
        json_t *item = json_object();
        json_object_set_new(item, "t", json_integer(action->t));
        json_object_set_new(item, "container", text_json(arena, sim->containers[action->container].name));
        if (kind == ACTION_PULL)
            json_object_set_new(item, keys[kind], json_boolean(action->value));
        else if (keys[kind])
            json_object_set_new(item, keys[kind], json_integer(action->value));
        json_array_append_new(out, item);
    }
    return out;
}

static json_t *events_json(Arena *arena, const Simulation *sim) {
    json_t *out = json_array();
    for (uint32_t i = 0; i < sim->events.n; i++) {
        const SimEvent *event = &sim->events.at[i];
        json_t *item = json_object();
        json_object_set_new(item, "first", json_integer(event->first));
        json_object_set_new(item, "last", json_integer(event->last));
        json_object_set_new(item, "count", json_integer(event->count));
        json_object_set_new(item, "type", json_string(event->warning ? "Warning" : "Normal"));
        json_object_set_new(item, "reason", json_string(event->reason));
        if (event->container >= 0)
            json_object_set_new(item, "container", text_json(arena, sim->containers[event->container].name));
        json_object_set_new(item, "message", text_json(arena, event->message));
        json_array_append_new(out, item);
    }
    return out;
}

static json_t *traffic_json(Arena *arena, const Simulation *sim) {
    Lanes lanes;
    lanes_make(&lanes, arena, sim);
    const Lane *lane = &lanes.items.at[lanes.items.n - 1];
    json_t *out = json_array();
    for (uint32_t i = 0; i < lane->pieces.n; i++) {
        json_t *item = json_object();
        json_object_set_new(item, "from", json_integer(lane->pieces.at[i].from));
        if (lane->pieces.at[i].to < lanes.end) json_object_set_new(item, "to", json_integer(lane->pieces.at[i].to));
        json_array_append_new(out, item);
    }
    return out;
}

static json_t *rollout_json(Arena *arena, const Rollout *rollout) {
    json_t *out = json_object(), *steps = json_array();
    bool job = rollout->kind != ROLLOUT_UPDATE;
    json_object_set_new(out, "done", json_boolean(rollout->done));
    json_object_set_new(out, "end", json_integer(rollout->end));
    if (rollout->reason.len) json_object_set_new(out, "reason", text_json(arena, rollout->reason));
    for (uint32_t i = 0; i < rollout->steps.n; i++) {
        const RolloutStep *step = &rollout->steps.at[i];
        json_t *item = json_object();
        json_object_set_new(item, "t", json_integer(step->t));
        json_object_set_new(item, job ? "active" : "old", json_integer(job ? step->active : step->before));
        json_object_set_new(item, job ? "succeeded" : "new", json_integer(job ? step->succeeded : step->after));
        json_object_set_new(item, job ? "failed" : "leaving", json_integer(job ? step->failed : step->leaving));
        if (!job) json_object_set_new(item, "ready", json_integer(step->ready));
        if (!job) json_object_set_new(item, "available", json_integer(step->available));
        json_array_append_new(steps, item);
    }
    json_object_set_new(out, "steps", steps);
    return out;
}

static json_t *scheduling_json(Arena *arena, const SimReport *report) {
    const Placement *scheduling = report->scheduling;
    json_t *out = json_object(), *feasible = json_array(), *preempts = json_array();
    for (uint32_t i = 0; i < scheduling->feasible.n; i++)
        json_array_append_new(feasible, text_json(arena, report->cluster->nodes.at[scheduling->feasible.at[i]].name));
    for (uint32_t i = 0; i < scheduling->preempts.n; i++)
        json_array_append_new(preempts, text_json(arena, report->cluster->nodes.at[scheduling->preempts.at[i]].name));
    json_object_set_new(out, "feasible", feasible);
    json_object_set_new(out, "message", text_json(arena, scheduling->message));
    if (scheduling->reason) json_object_set_new(out, "reason", json_string(scheduling->reason));
    if (scheduling->preempts.n)
        json_object_set_new(out, "preempts", preempts);
    else
        json_decref(preempts);
    return out;
}

json_t *sim_json(Arena *arena, const Simulation *sim, const SimReport *report) {
    json_t *out = json_object(), *timeline = json_array(), *summary = json_array();
    json_object_set_new(out, "kind", text_json(arena, report->kind));
    json_object_set_new(out, "name", text_json(arena, report->name));
    json_object_set_new(out, "until", json_integer(sim->until));
    for (uint32_t i = 0; i < sim->entries.n; i++) json_array_append_new(timeline, entry_json(arena, sim, &sim->entries.at[i]));
    if (report->scheduling) json_object_set_new(out, "scheduling", scheduling_json(arena, report));
    json_object_set_new(out, "timeline", timeline);
    json_object_set_new(out, "starts", actions_json(arena, sim, ACTION_START));
    json_object_set_new(out, "exits", actions_json(arena, sim, ACTION_EXIT));
    json_object_set_new(out, "kills", actions_json(arena, sim, ACTION_KILL));
    json_object_set_new(out, "pulls", actions_json(arena, sim, ACTION_PULL));
    json_object_set_new(out, "traffic", traffic_json(arena, sim));
    json_object_set_new(out, "events", events_json(arena, sim));
    Sentences words = {0};
    lanes_summary(&words, arena, sim);
    for (uint32_t i = 0; i < words.items.n; i++) json_array_append_new(summary, text_json(arena, words.items.at[i]));
    if (report->rollout) {
        for (uint32_t i = 0; i < report->rollout->words.n; i++)
            json_array_append_new(summary, text_json(arena, report->rollout->words.at[i]));
        json_object_set_new(out, "rollout", rollout_json(arena, report->rollout));
    }
    json_object_set_new(out, "summary", summary);
    if (sim->cut) json_object_set_new(out, "cut", json_true());
    return out;
}

void sim_report_write(FILE *out, Arena *arena, const Simulation *sim, const SimReport *report) {
    Buf buf = {.arena = arena};
    switch (report->format) {
    case SIM_TEXT: put_text(&buf, sim, report); break;
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
