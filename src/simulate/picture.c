/* Figures: lanes over time, readable on light and dark ground and without telling red from green. What is drawn at a time carries
 * it as data-a, and data-b where it has an end. */
#include "picture.h"

#include "base/visible.h"

enum { AXIS = 26, ROW = 26, BAR = 18, LONGEST_NAME = 18, CHART = 96, LEGEND = 22, HEADING = 24 };

static const char *const classes[] = {"",        "pending", "running",  "done",     "bad",     "leaving", "unknown",
                                      "waiting", "backoff", "starting", "unready",  "ready",   "done",    "bad",
                                      "ready",   "bad",     "traffic",  "draining", "refused", "bad"};

/* The palette of Okabe and Ito, which colour-blind readers can tell apart; what is bad or in between has a pattern, too. */
const char picture_style[] =
    ":root{--ink:#1f2328;--dim:#59636e;--line:#d0d7de;--paper:#fff;--ready:#009e73;--wait:#e69f00;--back:#f0e442;--bad:#d55e00;"
    "--done:#8c959f;--start:#56b4e9;--traffic:#0072b2;--leave:#cc79a7;--mark:#1f2328}\n"
    "@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--dim:#9198a1;--line:#3d444d;--paper:#0d1117;--ready:#1fb88d;"
    "--wait:#e69f00;--back:#f0e442;--bad:#ff7b3a;--done:#768390;--start:#56b4e9;--traffic:#4aa3df;--leave:#d98fb6;--mark:#e6edf3}"
    "}\n"
    ".paper{fill:var(--paper)}text{font:13px system-ui,sans-serif;fill:var(--ink)}.dim{fill:var(--dim);font-size:12px}"
    ".title{font-size:16px;font-weight:600}.heading{font-weight:600}.grid{stroke:var(--line);stroke-width:1}"
    ".pending,.waiting{fill:var(--wait);opacity:.55}.running,.ready{fill:var(--ready)}.done{fill:var(--done)}.bad{fill:var(--bad)"
    "}"
    ".backoff{fill:var(--back);opacity:.8}.starting{fill:var(--start)}.unready{fill:var(--wait)}.leaving{fill:var(--leave)}"
    ".unknown{fill:var(--done);opacity:.4}.traffic{fill:var(--traffic)}.draining{fill:var(--leave)}.refused{fill:var(--bad)}"
    ".old{fill:var(--done)}.new{fill:var(--start)}.serve{fill:var(--ready)}"
    ".mark{stroke:var(--mark);stroke-width:1.5;fill:var(--paper)}.mark.crash,.mark.kill{stroke:var(--bad);stroke-width:2.5;fill:"
    "var(--paper)}"
    ".mark .halo{stroke:var(--paper);stroke-width:6}.now{stroke:var(--ink);stroke-width:1;stroke-dasharray:3 3}\n";

static const char *const mark_classes[] = {"hook", "term", "kill", "end", "crash"};

/* Shapes around the point where the mark stands. */
static const char *const mark_shapes[] = {"<circle r=\"4\"/>", "<path d=\"M-5-6H5L0 4z\"/>", "<path d=\"M0-7L6 0 0 7-6 0z\"/>",
                                          "<path d=\"M0-10V10\"/>",
                                          "<path class=\"halo\" d=\"M-5-5L5 5M5-5L-5 5\"/><path d=\"M-5-5L5 5M5-5L-5 5\"/>"};

void put_escaped(Buf *out, Str text) {
    text = visible(out->arena, text);
    for (size_t i = 0; i < text.len; i++) {
        switch (text.at[i]) {
        case '&': buf_str(out, S("&amp;")); break;
        case '<': buf_str(out, S("&lt;")); break;
        case '>': buf_str(out, S("&gt;")); break;
        case '"': buf_str(out, S("&quot;")); break;
        default: buf_char(out, text.at[i]);
        }
    }
}

/* What figures share: where they are drawn, and the time that they show. */
typedef struct Figure {
    Buf *out;
    int64_t end;
    int top; /* of the lanes */
    bool live;
} Figure;

static double x_of(const Figure *figure, int64_t t) {
    return PICTURE_LEFT + (double)(PICTURE_WIDTH - PICTURE_LEFT - PICTURE_RIGHT) * (double)t / (double)figure->end;
}

static void put_axis(const Figure *figure, int bottom) {
    int64_t step = axis_step(figure->end, 10);
    buf_format(figure->out, "<g class=\"axis\" data-top=\"%d\" data-bottom=\"%d\">", figure->top - 6, bottom);
    for (int64_t t = 0; t < figure->end; t += step) {
        double x = x_of(figure, t);
        buf_format(figure->out, "<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>", x, figure->top - 6, x,
                   bottom);
        buf_format(figure->out, "<text class=\"dim\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.*s</text>\n", x,
                   figure->top - 12, TEXT(clock_text(figure->out->arena, t)));
    }
    buf_str(figure->out, S("</g>\n"));
}

static void put_times(const Figure *figure, int64_t from, int64_t to) {
    if (figure->live) buf_format(figure->out, " data-a=\"%lld\" data-b=\"%lld\"", (long long)from, (long long)to);
}

static void put_bar(const Figure *figure, const char *class, int64_t from, int64_t to, double y, double height) {
    double x = x_of(figure, from), width = x_of(figure, to) - x;
    buf_format(figure->out, "<rect class=\"%s\"", class);
    put_times(figure, from, to);
    buf_format(figure->out, " x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"", x, y, width > 1 ? width : 1, height);
}

static void put_piece(const Figure *figure, const Lane *lane, const Piece *piece, int y) {
    Buf *out = figure->out;
    int height = lane->kind == LANE_PROBE ? BAR / 2 : BAR, top = y + (BAR - height) / 2;
    put_bar(figure, classes[piece->kind], piece->from, piece->to, top, height);
    buf_str(out, S(" rx=\"2\"><title>"));
    put_escaped(out, lane->name);
    buf_str(out, S(": "));
    put_escaped(out, piece->label.len ? piece->label : str_of(piece_names[piece->kind]));
    buf_format(out, ", %.*s to %.*s</title></rect>\n", TEXT(clock_text(out->arena, piece->from)),
               TEXT(clock_text(out->arena, piece->to)));
}

static void put_mark(const Figure *figure, const Mark *mark, int y) {
    Buf *out = figure->out;
    buf_format(out, "<g class=\"mark %s\"", mark_classes[mark->kind]);
    if (figure->live) buf_format(out, " data-a=\"%lld\"", (long long)mark->t);
    buf_format(out, " transform=\"translate(%.1f %d)\">%s<title>%s", x_of(figure, mark->t), y + BAR / 2, mark_shapes[mark->kind],
               mark_names[mark->kind]);
    if (mark->kind >= MARK_KILL) buf_format(out, ", exit code %d", mark->exitCode);
    buf_format(out, " at %.*s</title></g>\n", TEXT(clock_text(out->arena, mark->t)));
}

static Str cut(Arena *arena, Str name) {
    if (str_codepoints(name) <= LONGEST_NAME) return name;
    size_t n = 0;
    for (int i = 0; i < LONGEST_NAME - 1; i++) do
            n++;
        while (n < name.len && ((unsigned char)name.at[n] & 0xc0) == 0x80);
    return str_join(arena, (Str){name.at, n}, S("\u2026"));
}

static void put_name(const Figure *figure, Str name, const char *class, int y) {
    Buf *out = figure->out;
    buf_format(out, "<text class=\"name %s\" x=\"%d\" y=\"%d\" text-anchor=\"end\"", class, PICTURE_LEFT - 10, y);
    if (figure->live) {
        buf_str(out, S(" data-name=\""));
        put_escaped(out, name);
        buf_char(out, '"');
    }
    buf_char(out, '>');
    put_escaped(out, cut(out->arena, name));
    buf_str(out, S("</text>\n"));
}

/* Which kinds of pieces and marks a figure has. */
typedef struct Used {
    bool pieces[PIECE_KINDS], marks[MARK_KINDS];
} Used;

static void put_lanes(const Figure *figure, const Lanes *lanes, int top, Used *used) {
    for (uint32_t i = 0; i < lanes->items.n; i++) {
        const Lane *lane = &lanes->items.at[i];
        int y = top + (int)i * ROW;
        put_name(figure, lane->kind == LANE_PROBE ? str_trim(lane->name) : lane->name, lane->kind == LANE_PROBE ? "dim" : "",
                 y + BAR - 5);
        for (uint32_t j = 0; j < lane->pieces.n; j++) {
            used->pieces[lane->pieces.at[j].kind] = true;
            put_piece(figure, lane, &lane->pieces.at[j], y);
        }
        for (uint32_t j = 0; j < lane->marks.n; j++) {
            used->marks[lane->marks.at[j].kind] = true;
            put_mark(figure, &lane->marks.at[j], y);
        }
    }
}

/* Legends: rows of swatches and names, wrapped. */
typedef struct Legend {
    Buf *out;
    double x;
    int y;
} Legend;

static void legend_room(Legend *legend, const char *name) {
    double width = 36 + 7.2 * (double)strlen(name);
    if (legend->x + width > PICTURE_WIDTH && legend->x > PICTURE_LEFT) {
        legend->x = PICTURE_LEFT;
        legend->y += LEGEND;
    }
    buf_format(legend->out, "<g class=\"key\" transform=\"translate(%.0f %d)\">", legend->x, legend->y);
    legend->x += width;
}

static void legend_swatch(Legend *legend, const char *class, const char *name) {
    legend_room(legend, name);
    buf_format(legend->out,
               "<rect class=\"%s\" width=\"12\" height=\"12\" rx=\"2\"/><text class=\"dim\" x=\"17\" y=\"10\">%s</text></g>\n",
               class, name);
}

static void legend_mark(Legend *legend, MarkKind kind) {
    legend_room(legend, mark_names[kind]);
    buf_format(legend->out,
               "<g class=\"mark %s\" transform=\"translate(6 6)\">%s</g><text class=\"dim\" x=\"17\" y=\"10\">%s</text></g>\n",
               mark_classes[kind], mark_shapes[kind], mark_names[kind]);
}

static int put_legend(Buf *out, const Used *used, int y) {
    Legend legend = {out, PICTURE_LEFT, y};
    for (int kind = PIECE_PENDING; kind < PIECE_KINDS; kind++)
        if (used->pieces[kind] && kind != PIECE_GOOD && kind != PIECE_BAD)
            legend_swatch(&legend, classes[kind], piece_names[kind]);
    for (int kind = 0; kind < MARK_KINDS; kind++)
        if (used->marks[kind]) legend_mark(&legend, (MarkKind)kind);
    return legend.y + LEGEND;
}

int put_life_figure(Buf *out, const Simulation *sim, int top, bool live, int *keys) {
    Lanes lanes;
    Used used = {{0}, {0}};
    lanes_make(&lanes, out->arena, sim);
    Figure figure = {out, lanes.end, top + AXIS, live};
    int bottom = figure.top + (int)lanes.items.n * ROW;
    put_axis(&figure, bottom);
    put_lanes(&figure, &lanes, figure.top, &used);
    if (live)
        buf_format(out, "<line id=\"now\" class=\"now\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n", PICTURE_LEFT,
                   figure.top - 6, PICTURE_LEFT, bottom);
    *keys = bottom + 10;
    return put_legend(out, &used, *keys);
}

/* The workload. */

bool has_rollout_figure(const SimReport *report) {
    return report->rollout && report->rollout->pods.items.n && report->rollout->steps.n;
}

/* Old pods below, new ones above them, those that leave on top; how many serve, as a line across. */
static void put_chart(const Figure *figure, const Rollout *rollout) {
    bool job = rollout->kind != ROLLOUT_UPDATE;
    int most = rollout->most > 1 ? rollout->most : 1, bottom = figure->top + CHART;
    for (uint32_t i = 0; i < rollout->steps.n; i++) {
        const RolloutStep *step = &rollout->steps.at[i];
        int64_t to = i + 1 < rollout->steps.n ? rollout->steps.at[i + 1].t : figure->end;
        const int counts[] = {job ? step->active : step->before, step->after, step->leaving};
        static const char *const names[] = {"old", "new", "leaving"};
        double y = bottom;
        if (to <= step->t) continue;
        for (int j = 0; j < 3; j++) {
            double height = (double)CHART * counts[j] / most;
            if (!counts[j]) continue;
            y -= height;
            put_bar(figure, job && j == 0 ? "running" : names[j], step->t, to, y, height);
            buf_format(figure->out, "><title>%d %s from %.*s</title></rect>\n", counts[j], job && j == 0 ? "active" : names[j],
                       TEXT(clock_text(figure->out->arena, step->t)));
        }
        if (job) continue;
        put_bar(figure, "serve", step->t, to, bottom - (double)CHART * step->ready / most - 2, 4);
        buf_format(figure->out, "><title>%d serve from %.*s</title></rect>\n", step->ready,
                   TEXT(clock_text(figure->out->arena, step->t)));
    }
    put_name(
        figure,
        str_format(figure->out->arena, "%d %s%s", most, rollout->kind == ROLLOUT_CRON_JOB ? "Job" : "pod", most == 1 ? "" : "s"),
        "dim", figure->top + 10);
    put_name(figure, S("0"), "dim", bottom);
}

int put_rollout_figure(Buf *out, const SimReport *report, int top, bool live, int *keys) {
    const Rollout *rollout = report->rollout;
    Used used = {{0}, {0}};
    Figure figure = {out, rollout->pods.end, top + AXIS, live};
    int lanes = figure.top + CHART + 12, bottom = lanes + (int)rollout->pods.items.n * ROW;
    put_axis(&figure, bottom);
    put_chart(&figure, rollout);
    put_lanes(&figure, &rollout->pods, lanes, &used);
    if (rollout->podsLeftOut) {
        put_name(&figure, str_format(out->arena, "and %d more", rollout->podsLeftOut), "dim", bottom + BAR - 5);
        bottom += ROW;
    }
    *keys = bottom + 10;
    Legend legend = {out, PICTURE_LEFT, *keys};
    if (rollout->kind == ROLLOUT_UPDATE) {
        legend_swatch(&legend, "old", "old pods");
        legend_swatch(&legend, "new", "new pods");
        legend_swatch(&legend, "serve", "how many serve");
    }
    return put_legend(out, &used, legend.x > PICTURE_LEFT ? legend.y + LEGEND : legend.y);
}

Str picture_title(Arena *arena, const SimReport *report) {
    return str_format(arena, "%.*s %.*s", TEXT(report->kind), TEXT(report->name));
}

void sim_svg(Buf *out, const Simulation *sim, const SimReport *report) {
    Buf figures = {.arena = out->arena};
    int y = 40, keys;
    if (has_rollout_figure(report)) {
        y = put_rollout_figure(&figures, report, y, false, &keys) + 12;
        buf_format(&figures, "<text class=\"heading\" x=\"16\" y=\"%d\">The life of a pod</text>\n", y + 6);
        y += HEADING - 8;
    }
    y = put_life_figure(&figures, sim, y, false, &keys);
    buf_format(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"life of ",
               PICTURE_WIDTH, y);
    put_escaped(out, report->name);
    buf_format(
        out,
        "\">\n<style>%s</style>\n<rect class=\"paper\" width=\"%d\" height=\"%d\"/>\n<text class=\"title\" x=\"16\" y=\"26\">",
        picture_style, PICTURE_WIDTH, y);
    put_escaped(out, picture_title(out->arena, report));
    buf_str(out, S("</text>\n"));
    buf_str(out, buf_text(&figures));
    buf_str(out, S("</svg>\n"));
}
