/* A simulation as text for a terminal: the answers, what its controller does, what kubectl get --watch would print, lanes over
 * time, events. */
#include "report.h"

#include "base/visible.h"
#include "base/width.h"

/* Text. */

enum {
    SHOWN_ROWS = 40,
    SHOWN_TAIL = 10,
    SHOWN_EVENTS = 60,
    LONGEST_REASON = 20,
    WIDEST_OBJECT = 40,
    NARROWEST = 24,
    WIDEST_STATUS = 40
};

/* How a piece looks in a cell. */
typedef struct Glyph {
    const char *unicode, *ascii, *colour;
} Glyph;

static const Glyph glyphs[PIECE_KINDS] = {
    [PIECE_NOTHING] = {" ", " ", ""},     [PIECE_PENDING] = {"░", "p", "33"}, [PIECE_RUNNING] = {"█", "#", "32"},
    [PIECE_SUCCEEDED] = {"─", "_", "34"}, [PIECE_FAILED] = {"×", "x", "31"},  [PIECE_TERMINATING] = {"▚", "t", "35"},
    [PIECE_UNKNOWN] = {"?", "?", "31"},   [PIECE_WAITING] = {"·", ".", "33"}, [PIECE_BACKOFF] = {"╌", "-", "2;33"},
    [PIECE_STARTING] = {"▁", "s", "36"},  [PIECE_UNREADY] = {"▒", "+", "33"}, [PIECE_READY] = {"█", "#", "32"},
    [PIECE_DONE] = {"─", "_", "34"},      [PIECE_CRASHED] = {"×", "x", "31"}, [PIECE_GOOD] = {"✓", "y", "32"},
    [PIECE_BAD] = {"✗", "n", "31"},       [PIECE_TRAFFIC] = {"█", "#", "32"}, [PIECE_DRAINING] = {"▓", "d", "35"},
    [PIECE_REFUSED] = {"!", "!", "31"},   [PIECE_GAP] = {"╎", "|", "31"},
};

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
    size_t length = text_width(text);
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

static void put_row(Buf *buf, const Simulation *sim, const SimReport *report, const SimEntry *entry, size_t statuses) {
    Arena *arena = buf->arena;
    put_cell(buf, clock_text(arena, entry->t), 9);
    if (entry->deleted) {
        buf_str(buf, S("gone\n"));
        return;
    }
    put_cell(buf, str_format(arena, "%d/%d", entry->ready, entry->total), 8);
    put_colour(buf, report, status_colour(entry));
    put_cell(buf, entry->status, statuses);
    put_reset(buf, report);
    buf_str(buf, restarts_text(arena, sim, entry));
    buf_char(buf, '\n');
}

/* What `kubectl get pod --watch` prints: a row whenever a column changes. */
static void put_table(Buf *buf, const Simulation *sim, const SimReport *report) {
    ARRAY(uint32_t) rows = {0};
    for (uint32_t i = 0; i < sim->entries.n; i++)
        if (!rows.n || !same_row(&sim->entries.at[rows.at[rows.n - 1]], &sim->entries.at[i])) ARRAY_PUSH(buf->arena, &rows, i);
    size_t statuses = strlen("STATUS") + 2;
    for (uint32_t i = 0; i < rows.n; i++) {
        size_t length = text_width(sim->entries.at[rows.at[i]].status) + 2;
        if (length > statuses) statuses = length < WIDEST_STATUS ? length : WIDEST_STATUS;
    }
    Buf heading = {.arena = buf->arena};
    buf_str(&heading, S("TIME     READY   "));
    put_cell(&heading, S("STATUS"), statuses);
    buf_str(&heading, S("RESTARTS"));
    put_heading(buf, report, arena_cstr(buf->arena, buf_text(&heading)));
    for (uint32_t i = 0; i < rows.n; i++) {
        if (i == SHOWN_ROWS && rows.n > SHOWN_ROWS + SHOWN_TAIL) {
            buf_format(buf, "... %u more rows, all of them with --format json ...\n", rows.n - SHOWN_ROWS - SHOWN_TAIL);
            i = rows.n - SHOWN_TAIL;
        }
        put_row(buf, sim, report, &sim->entries.at[rows.at[i]], statuses);
    }
}

/* Whether a cell of the traffic holds an outage that is shorter than itself. */
static bool has_gap(const Lane *lane, int64_t from, int64_t to) {
    int64_t first = lane->pieces.at[0].from, last = lane->pieces.at[lane->pieces.n - 1].to, covered = 0;
    if (from < first) from = first;
    if (to > last) to = last;
    for (uint32_t i = 0; i < lane->pieces.n; i++) {
        int64_t start = lane->pieces.at[i].from > from ? lane->pieces.at[i].from : from;
        int64_t end = lane->pieces.at[i].to < to ? lane->pieces.at[i].to : to;
        if (end > start) covered += end - start;
    }
    return covered > 0 && covered < to - from;
}

static bool has_crash(const Lane *lane, int64_t from, int64_t to) {
    for (uint32_t i = 0; i < lane->marks.n; i++)
        if (lane->marks.at[i].t >= from && lane->marks.at[i].t < to && lane->marks.at[i].kind == MARK_CRASH) return true;
    return false;
}

/* The piece that fills most of from..to; a crash, an outage and refused requests are shown however short they are. */
static PieceKind cell_piece(const Lane *lane, int64_t from, int64_t to) {
    int64_t best = 0;
    PieceKind kind = PIECE_NOTHING;
    if (has_crash(lane, from, to)) return PIECE_CRASHED;
    if (lane->kind == LANE_TRAFFIC && lane->pieces.n && has_gap(lane, from, to)) return PIECE_GAP;
    for (uint32_t i = 0; i < lane->pieces.n; i++) {
        const Piece *piece = &lane->pieces.at[i];
        int64_t start = piece->from > from ? piece->from : from, end = piece->to < to ? piece->to : to;
        if (end > start && piece->kind == PIECE_REFUSED) return PIECE_REFUSED;
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
            put_colour(buf, report, glyphs[kind].colour);
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

/* The names of what looks the same, once each. */
static Str glyph_names(Arena *arena, const SimReport *report, const bool *used, PieceKind first) {
    Buf names = {.arena = arena};
    for (int kind = (int)first; kind < PIECE_KINDS; kind++) {
        const char *a = report->ascii ? glyphs[kind].ascii : glyphs[kind].unicode;
        const char *b = report->ascii ? glyphs[first].ascii : glyphs[first].unicode;
        if (used[kind] && strcmp(a, b) == 0) buf_format(&names, "%s%s", names.len ? "/" : "", piece_names[kind]);
    }
    return buf_text(&names);
}

static bool shown_before(const SimReport *report, const bool *used, PieceKind kind) {
    for (int other = PIECE_PENDING; other < (int)kind; other++)
        if (used[other] && strcmp(report->ascii ? glyphs[other].ascii : glyphs[other].unicode,
                                  report->ascii ? glyphs[kind].ascii : glyphs[kind].unicode) == 0)
            return true;
    return false;
}

static void put_legend(Buf *buf, const SimReport *report, const bool *used, size_t names) {
    size_t column = 0;
    for (int kind = PIECE_PENDING; kind < PIECE_KINDS; kind++) {
        if (!used[kind] || shown_before(report, used, (PieceKind)kind)) continue;
        Str name = glyph_names(buf->arena, report, used, (PieceKind)kind);
        size_t length = text_width(name) + 2;
        bool fits = column && column + 2 + length <= (size_t)report->width;
        if (column && !fits) buf_char(buf, '\n');
        buf_repeat(buf, ' ', fits ? 2 : names);
        column = (fits ? column + 2 : names) + length;
        put_colour(buf, report, glyphs[kind].colour);
        buf_str(buf, str_of(report->ascii ? glyphs[kind].ascii : glyphs[kind].unicode));
        put_reset(buf, report);
        buf_format(buf, " %.*s", TEXT(name));
    }
    if (column) buf_char(buf, '\n');
}

/* The bytes of the first `count` code points of a text. */
static size_t bytes_of(Str text, size_t count) {
    size_t length = 0;
    for (; count && length < text.len; count--)
        for (length++; length < text.len && ((unsigned char)text.at[length] & 0xC0) == 0x80;) length++;
    return length;
}

static void put_timeline(Buf *buf, const Simulation *sim, const SimReport *report) {
    enum { LONGEST_NAME = 24 };
    Lanes lanes;
    bool used[PIECE_KINDS] = {0};
    lanes_make(&lanes, buf->arena, sim);
    size_t names = 8;
    for (uint32_t i = 0; i < lanes.items.n; i++) {
        size_t length = text_width(lanes.items.at[i].name);
        if (length > LONGEST_NAME) {
            Str name = lanes.items.at[i].name;
            name.len = bytes_of(name, LONGEST_NAME - 2);
            lanes.items.at[i].name = str_join(buf->arena, name, S(".."));
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

/* Text from column `at` on, wrapped at the width, with `indent` spaces before each line after the first. A word that is longer
 * than a line is cut. */
static void put_wrapped(Buf *buf, Str words, size_t at, size_t indent, size_t width) {
    Str text = visible(buf->arena, words);
    size_t room = width > indent + 10 ? width - indent : 10;
    bool first = true;
    while (text.len) {
        size_t n = 0;
        while (n < text.len && text.at[n] != ' ') n++;
        Str word = {text.at, n};
        text = str_trim(str_slice(text, n));
        size_t length = text_width(word);
        if (!first && at + 1 + length > width) {
            buf_char(buf, '\n');
            buf_repeat(buf, ' ', indent);
            at = indent;
            first = true;
        }
        if (!first) buf_char(buf, ' ');
        size_t taken = 0;
        for (at += !first; length > room; length -= taken) {
            size_t cut = bytes_of(word, room);
            taken = room < length ? room : length;
            buf_str(buf, (Str){word.at, cut});
            buf_char(buf, '\n');
            buf_repeat(buf, ' ', indent);
            at = indent;
            word = str_slice(word, cut);
        }
        buf_str(buf, word);
        at += length;
        first = false;
    }
    buf_char(buf, '\n');
}

static void put_words(Buf *buf, Str text, int width) {
    put_wrapped(buf, text, 0, 0, (size_t)width);
}

static void put_event(Buf *buf, const Simulation *sim, const SimReport *report, const SimEvent *event, size_t objects) {
    Arena *arena = buf->arena;
    Str object = event->container < 0 ? S("pod") : sim->containers[event->container].name, message = event->message;
    if (event->count > 1)
        message = str_format(arena, "%.*s (x%u until %.*s)", TEXT(message), event->count, TEXT(clock_text(arena, event->last)));
    put_cell(buf, clock_text(arena, event->first), 9);
    put_colour(buf, report, event->warning ? "33" : "");
    put_cell(buf, event->warning ? S("Warning") : S("Normal"), 9);
    put_cell(buf, str_of(event->reason), LONGEST_REASON);
    put_reset(buf, report);
    buf_char(buf, ' ');
    size_t column = 9 + 9 + LONGEST_REASON + 1 + objects + 1, length = text_width(object);
    bool narrow = column + NARROWEST > (size_t)report->width || length > objects;
    buf_str(buf, object);
    if (narrow) {
        buf_char(buf, '\n');
        buf_repeat(buf, ' ', 9);
        put_wrapped(buf, message, 9, 9, (size_t)report->width);
        return;
    }
    buf_repeat(buf, ' ', objects - length + 1);
    put_wrapped(buf, message, column, column, (size_t)report->width);
}

static void put_events(Buf *buf, const Simulation *sim, const SimReport *report) {
    size_t objects = 8;
    for (uint32_t i = 0; i < sim->containerCount; i++) {
        size_t length = text_width(sim->containers[i].name);
        if (length > objects && length <= WIDEST_OBJECT) objects = length;
    }
    Str heading = S("EVENTS   TYPE     REASON               OBJECT");
    Buf title = {.arena = buf->arena};
    put_cell(&title, heading, 9 + 9 + LONGEST_REASON + 1 + objects + 1);
    buf_str(&title, S("MESSAGE"));
    put_heading(buf, report, title.len <= (size_t)report->width ? arena_cstr(buf->arena, buf_text(&title)) : heading.at);
    for (uint32_t i = 0; i < sim->events.n; i++) {
        if (i == SHOWN_EVENTS) {
            buf_format(buf, "... %u more events, all of them with --format json ...\n", sim->events.n - i);
            return;
        }
        put_event(buf, sim, report, &sim->events.at[i], objects);
    }
}

static void put_rollout(Buf *buf, const SimReport *report) {
    const Rollout *rollout = report->rollout;
    bool job = rollout->kind != ROLLOUT_UPDATE;
    if (!rollout->steps.n) return;
    put_heading(buf, report,
                rollout->kind == ROLLOUT_CRON_JOB ? "JOBS     ACTIVE  SUCCEEDED  FAILED"
                : job                             ? "JOB      ACTIVE  SUCCEEDED  FAILED"
                                                  : "PODS     OLD     NEW     LEAVING  SERVING");
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

/* Seconds after the deletion, and what comes then. */
static void put_drain_row(Buf *buf, const SimReport *report, int64_t t, Str what) {
    put_cell(buf, str_format(buf->arena, "+%lld s", (long long)t), 9);
    put_wrapped(buf, what, 9, 9, (size_t)report->width);
}

static void put_drain(Buf *buf, const SimReport *report) {
    const Drain *drain = report->drain;
    Arena *arena = buf->arena;
    Str name = drain->container->name;
    int64_t kill = drain->grace > drain->term + 2 ? drain->grace : drain->term + 2;
    put_heading(buf, report, "DRAIN");
    put_drain_row(buf, report, 0,
                  drain->hook || drain->hookUnknown ? str_format(arena, "deletion; preStop of %.*s begins", TEXT(name))
                                                    : S("deletion"));
    bool told = false;
    bool spared = !drain->killed && kill > drain->end;
    for (int64_t t = 0; t <= drain->end || !told || (spared && t <= kill); t++) {
        if (t == drain->term)
            put_drain_row(buf, report, t,
                          str_format(arena, "SIGTERM to %.*s%s", TEXT(name),
                                     drain->listening == t ? ", which takes no new requests from then on" : ""));
        if (t == drain->listening && t != drain->term)
            put_drain_row(buf, report, t, str_format(arena, "%.*s takes no new requests any more", TEXT(name)));
        if (t == drain->requests) {
            put_drain_row(buf, report, t, S("the last of those who send requests has learned of it"));
            told = true;
        }
        if (spared && t == kill) put_drain_row(buf, report, t, S("SIGKILL would have come"));
        if (t == drain->end)
            put_drain_row(buf, report, t,
                          drain->killed ? str_format(arena, "SIGKILL ends %.*s and what it has in hand", TEXT(name))
                                        : str_format(arena, "%.*s has ended (exit code %d)", TEXT(name), drain->exitCode));
    }
}

void sim_text(Buf *buf, const Simulation *sim, const SimReport *report) {
    put_colour(buf, report, "1");
    buf_format(buf, "%.*s %.*s", TEXT(report->kind), TEXT(report->name));
    put_reset(buf, report);
    buf_format(buf, ", %.*s on a virtual clock\n", TEXT(clock_text(buf->arena, sim_end(sim))));
    Sentences words = {0};
    sim_answers(&words, buf->arena, sim, report);
    for (uint32_t i = 0; i < words.items.n; i++) put_words(buf, words.items.at[i], report->width);
    if (report->note.len) put_words(buf, report->note, report->width);
    if (report->rollout) put_rollout(buf, report);
    if (report->drain) put_drain(buf, report);
    put_table(buf, sim, report);
    put_timeline(buf, sim, report);
    put_events(buf, sim, report);
}
