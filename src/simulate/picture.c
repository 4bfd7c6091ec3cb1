/* SVG: lanes over time, readable on light and dark ground. HTML: the same picture with a slider, and what the pod shows at that
 * second; one file that needs nothing else. */
#include <stdlib.h>

#include "report.h"

enum { LEFT = 150, RIGHT = 24, TOP = 64, ROW = 26, BAR = 18, WIDTH = 1000, LONGEST_NAME = 18 };

static const char *const classes[] = {"",         "pending", "running", "done", "bad", "leaving", "unknown", "waiting", "backoff",
                                      "starting", "unready", "ready",   "done", "bad", "ready",   "bad",     "traffic"};

static const char style[] =
    ":root{--ink:#1f2328;--dim:#656d76;--line:#d0d7de;--paper:#fff;--ready:#2da44e;--wait:#d4a72c;--back:#bc4c00;--bad:#cf222e;"
    "--done:#6e7781;--start:#54aeff;--traffic:#0969da;--leave:#8250df}\n"
    "@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--dim:#8d96a0;--line:#30363d;--paper:#0d1117;--ready:#3fb950;"
    "--wait:#d29922;--back:#db6d28;--bad:#f85149;--done:#8b949e;--start:#79c0ff;--traffic:#58a6ff;--leave:#a371f7}}\n"
    ".paper{fill:var(--paper)}text{font:13px system-ui,sans-serif;fill:var(--ink)}.dim{fill:var(--dim);font-size:11px}"
    ".title{font-size:16px;font-weight:600}.grid{stroke:var(--line);stroke-width:1}.pending,.waiting{fill:var(--wait)}"
    ".waiting,.pending{opacity:.55}.running,.ready{fill:var(--ready)}.done{fill:var(--done)}.bad{fill:var(--bad)}"
    ".backoff{fill:var(--back);opacity:.6}.starting{fill:var(--start)}.unready{fill:var(--wait)}.leaving{fill:var(--leave)}"
    ".unknown{fill:var(--done);opacity:.4}"
    ".traffic{fill:var(--traffic)}.mark{stroke:var(--ink);stroke-width:2}.now{stroke:var(--ink);stroke-width:1;stroke-dasharray:"
    "3 3}\n";

static void put_escaped(Buf *out, Str text) {
    text = str_valid_utf8(out->arena, text);
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

static double x_of(int64_t t, int64_t end) {
    return LEFT + (double)(WIDTH - LEFT - RIGHT) * (double)t / (double)end;
}

static void put_axis(Buf *out, const Lanes *lanes, int bottom) {
    int64_t step = axis_step(lanes->end, 10);
    for (int64_t t = 0; t < lanes->end; t += step) {
        double x = x_of(t, lanes->end);
        buf_format(out, "<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>", x, TOP - 8, x, bottom);
        buf_format(out, "<text class=\"dim\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.*s</text>\n", x, TOP - 14,
                   TEXT(clock_text(out->arena, t)));
    }
}

static void put_piece(Buf *out, const Lanes *lanes, const Lane *lane, const Piece *piece, int y) {
    Arena *arena = out->arena;
    double x = x_of(piece->from, lanes->end), width = x_of(piece->to, lanes->end) - x;
    int height = lane->kind == LANE_PROBE ? BAR / 2 : BAR;
    buf_format(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"><title>", classes[piece->kind],
               x, y + (BAR - height) / 2, width > 1 ? width : 1, height);
    put_escaped(out, lane->name);
    buf_str(out, S(": "));
    put_escaped(out, piece->label.len ? piece->label : str_of(piece_names[piece->kind]));
    buf_format(out, ", %.*s to %.*s</title></rect>\n", TEXT(clock_text(arena, piece->from)), TEXT(clock_text(arena, piece->to)));
}

static void put_lane(Buf *out, const Lanes *lanes, const Lane *lane, int y) {
    buf_format(out, "<text%s x=\"%d\" y=\"%d\" text-anchor=\"end\">", lane->kind == LANE_PROBE ? " class=\"dim\"" : "", LEFT - 10,
               y + BAR - 5);
    put_escaped(out, lane->name.len > LONGEST_NAME ? (Str){lane->name.at, LONGEST_NAME - 1} : lane->name);
    if (lane->name.len > LONGEST_NAME) buf_str(out, S("\u2026"));
    buf_str(out, S("</text>\n"));
    for (uint32_t i = 0; i < lane->pieces.n; i++) put_piece(out, lanes, lane, &lane->pieces.at[i], y);
    for (uint32_t i = 0; i < lane->marks.n; i++) {
        double x = x_of(lane->marks.at[i].t, lanes->end);
        buf_format(out,
                   "<line class=\"mark\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"><title>exit %d at %.*s</title></line>\n", x,
                   y - 2, x, y + BAR + 2, lane->marks.at[i].exitCode, TEXT(clock_text(out->arena, lane->marks.at[i].t)));
    }
}

static void put_legend(Buf *out, const bool *used, int y) {
    double x = LEFT;
    for (int kind = PIECE_TERMINATING; kind < PIECE_KINDS; kind++) {
        if (!used[kind] || kind == PIECE_GOOD || kind == PIECE_BAD) continue;
        buf_format(out, "<rect class=\"%s\" x=\"%.0f\" y=\"%d\" width=\"12\" height=\"12\" rx=\"2\"/>", classes[kind], x, y);
        buf_format(out, "<text class=\"dim\" x=\"%.0f\" y=\"%d\">%s</text>\n", x + 17, y + 10, piece_names[kind]);
        x += 36 + 7 * (double)strlen(piece_names[kind]);
    }
}

static Str title(Arena *arena, const SimReport *report) {
    return str_format(arena, "%.*s %.*s", TEXT(report->kind), TEXT(report->name));
}

/* `inside`: part of a page, which has the styles. */
static void put_svg(Buf *out, const Simulation *sim, const SimReport *report, bool inside) {
    Lanes lanes;
    bool used[PIECE_KINDS] = {0};
    lanes_make(&lanes, out->arena, sim);
    int bottom = TOP + (int)lanes.items.n * ROW, height = bottom + 40;
    int top = inside ? TOP - 32 : 0; /* the page has a title of its own */
    buf_format(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 %d %d %d\" role=\"img\" aria-label=\"life of ", top,
               WIDTH, height - top);
    put_escaped(out, report->name);
    buf_str(out, S("\">\n"));
    if (!inside) buf_format(out, "<style>%s</style>\n<rect class=\"paper\" width=\"%d\" height=\"%d\"/>\n", style, WIDTH, height);
    if (!inside) {
        buf_str(out, S("<text class=\"title\" x=\"16\" y=\"26\">"));
        put_escaped(out, title(out->arena, report));
        buf_str(out, S("</text>\n"));
    }
    put_axis(out, &lanes, bottom);
    for (uint32_t i = 0; i < lanes.items.n; i++) {
        const Lane *lane = &lanes.items.at[i];
        for (uint32_t j = 0; j < lane->pieces.n; j++) used[lane->pieces.at[j].kind] = true;
        put_lane(out, &lanes, lane, TOP + (int)i * ROW);
    }
    put_legend(out, used, bottom + 14);
    if (inside)
        buf_format(out, "<line id=\"now\" class=\"now\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n", LEFT, TOP - 8, LEFT,
                   bottom);
    buf_str(out, S("</svg>\n"));
}

void sim_svg(Buf *out, const Simulation *sim, const SimReport *report) {
    put_svg(out, sim, report, false);
}

/* JSON inside a script element: no "<" may stand in it. */
static void put_data(Buf *out, const Simulation *sim, const SimReport *report) {
    json_t *json = sim_json(out->arena, sim, report);
    char *text = json_dumps(json, JSON_COMPACT);
    for (const char *c = text; c && *c; c++) {
        if (*c == '<')
            buf_str(out, S("\\u003c"));
        else
            buf_char(out, *c);
    }
    free(text);
    json_decref(json);
}

static const char page_style[] =
    "body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:1040px;margin:24px "
    "auto;padding:0 16px}"
    "h1{font-size:22px;margin:0 0 8px}p{margin:2px 0}.note{color:var(--dim);margin-bottom:8px}"
    "svg{width:100%;height:auto;margin-top:12px}#slide{margin:4px 2.4% 16px 15%}"
    "input[type=range]{display:block;width:calc(100% + 16px);margin:0 "
    "-8px;accent-color:var(--traffic)}table{border-collapse:collapse;margin:8px 0}"
    "th,td{text-align:left;padding:3px 14px 3px 0;border-bottom:1px solid var(--line);font-variant-numeric:tabular-nums}"
    "th{color:var(--dim);font-weight:500}output{font-weight:600}#events td:first-child{white-space:nowrap}\n";

static const char page_script[] =
    "const data=JSON.parse(document.getElementById('data').textContent),slider=document.getElementById('at');\n"
    "const clock=s=>{const h=Math.floor(s/3600),m=Math.floor(s/60)%60,p=n=>String(n).padStart(2,'0');"
    "return h?h+':'+p(m)+':'+p(s%60):m+':'+p(s%60)};\n"
    "const cell=(row,text)=>{const td=document.createElement('td');td.textContent=text;row.append(td)};\n"
    "const rows=(id,list)=>{const body=document.getElementById(id);body.replaceChildren();"
    "for(const texts of list){const row=document.createElement('tr');texts.forEach(text=>cell(row,text));body.append(row)}};\n"
    "function show(){const t=+slider.value;let e=data.timeline[0];for(const x of data.timeline)if(x.t<=t)e=x;\n"
    "document.getElementById('clock').textContent=clock(t);\n"
    "rows('pod',e.deleted?[['gone','','','','']]:[[e.status,e.unknown?'Unknown':e.phase,e.ready,e.restarts,"
    "Object.entries(e.conditions).filter(c=>c[1]==='True').map(c=>c[0]).join(', ')]]);\n"
    "rows('containers',Object.entries(e.containers||{}).map(([n,c])=>[n,c.state+(c.reason?' ('+c.reason+')':''),"
    "c.exitCode===undefined?'':c.exitCode,c.restartCount,c.ready?'yes':'no']));\n"
    "rows('events',data.events.filter(v=>v.first<=t).slice(-12).reverse().map(v=>[clock(v.first),v.type,v.reason,v.container||'"
    "pod',"
    "v.message+(v.count>1?' (x'+v.count+' until '+clock(v.last)+')':'')]));\n"
    "const line=document.getElementById('now'),x=+slider.dataset.left+(+slider.dataset.width)*t/(+slider.dataset.end);"
    "line.setAttribute('x1',x);line.setAttribute('x2',x)}\n"
    "slider.addEventListener('input',show);show();\n";

static void put_table_head(Buf *out, const char *id, const char *const *names, size_t count) {
    buf_str(out, S("<table><thead><tr>"));
    for (size_t i = 0; i < count; i++) buf_format(out, "<th>%s</th>", names[i]);
    buf_format(out, "</tr></thead><tbody id=\"%s\"></tbody></table>\n", id);
}

static void put_summary(Buf *out, const Simulation *sim, const SimReport *report) {
    if (report->note.len) {
        buf_str(out, S("<p class=\"note\">"));
        put_escaped(out, report->note);
        buf_str(out, S("</p>\n"));
    }
    Sentences words = {0};
    sim_answers(&words, out->arena, sim, report);
    for (uint32_t i = 0; i < words.items.n; i++) {
        buf_str(out, S("<p>"));
        put_escaped(out, words.items.at[i]);
        buf_str(out, S("</p>\n"));
    }
}

void sim_html(Buf *out, const Simulation *sim, const SimReport *report) {
    static const char *const pod[] = {"Status", "Phase", "Ready", "Restarts", "True conditions"};
    static const char *const containers[] = {"Container", "State", "Exit code", "Restarts", "Ready"};
    static const char *const events[] = {"Time", "Type", "Reason", "Object", "Message"};
    int64_t end = sim_end(sim) + 1;
    buf_str(out, S("<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                   "content=\"width=device-width\">\n<title>"));
    put_escaped(out, title(out->arena, report));
    buf_format(out, "</title>\n<style>%s%s</style>\n<body>\n<h1>", style, page_style);
    put_escaped(out, title(out->arena, report));
    buf_str(out, S("</h1>\n"));
    put_summary(out, sim, report);
    put_svg(out, sim, report, true);
    buf_format(
        out,
        "<div id=\"slide\"><input id=\"at\" type=\"range\" min=\"0\" max=\"%lld\" value=\"0\" data-left=\"%d\" data-width=\"%d\" "
        "data-end=\"%lld\">\n<label for=\"at\">At <output id=\"clock\">0:00</output></label></div>\n",
        (long long)(end - 1), LEFT, WIDTH - LEFT - RIGHT, (long long)end);
    put_table_head(out, "pod", pod, COUNT(pod));
    put_table_head(out, "containers", containers, COUNT(containers));
    put_table_head(out, "events", events, COUNT(events));
    buf_str(out, S("<script id=\"data\" type=\"application/json\">"));
    put_data(out, sim, report);
    buf_format(out, "</script>\n<script>\n%s</script>\n</body>\n</html>\n", page_script);
}
