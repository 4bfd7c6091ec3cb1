/* A page that needs nothing else: the figures, laid out anew for its width and for the time that is looked at, a slider, and what
 * the pod shows at that second. Without scripts the figures stand as they are. */
#include <stdlib.h>

#include "picture.h"

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
    "body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:1240px;margin:24px "
    "auto;padding:0 16px;"
    "overflow-wrap:break-word}"
    "h1{font-size:22px;margin:0 0 8px}h2{font-size:17px;margin:20px 0 4px}p{margin:2px 0}.note{color:var(--dim);margin:8px 0}"
    "figure{margin:8px 0 0}svg{display:block;width:100%;height:auto;touch-action:pan-y;cursor:grab}svg:focus-visible{outline:2px "
    "solid "
    "var(--traffic)}"
    ".zoom{display:flex;flex-wrap:wrap;gap:4px;margin:4px 0}.zoom button{font:inherit;font-size:13px;padding:2px "
    "10px;color:var(--ink);"
    "background:var(--paper);border:1px solid var(--line);border-radius:6px;cursor:pointer}"
    "#slide{margin:4px 2.4% 16px 15%}input[type=range]{display:block;width:calc(100% + 16px);margin:0 "
    "-8px;accent-color:var(--traffic)}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;margin:8px 0;width:100%}"
    "th,td{text-align:left;padding:3px 14px 3px 0;border-bottom:1px solid "
    "var(--line);font-variant-numeric:tabular-nums;vertical-align:top}"
    "#containers td:first-child,#events "
    "td:nth-child(4),td:last-child{overflow-wrap:anywhere;min-width:4em}th{color:var(--dim);font-weight:500}output{font-weight:"
    "600}#events "
    "td:first-child,#pods td{white-space:nowrap}"
    "@media (max-width:640px){body{font-size:14px;padding:0 10px}th,td{padding-right:8px}}"
    "@media "
    "print{.zoom,#slide{display:none}svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}body{max-width:none}}\n";

static const char *const page_script[] = {
    "const data=JSON.parse(document.getElementById('data').textContent),slider=document.getElementById('at');\n"
    "const two=n=>String(n).padStart(2,'0'),clock=s=>{const h=Math.floor(s/3600),m=Math.floor(s/60)%60;"
    "return h?h+':'+two(m)+':'+two(s%60):m+':'+two(s%60)};\n"
    "const rows=(id,list)=>{const body=document.getElementById(id);if(!body)return;body.replaceChildren();for(const texts of "
    "list){"
    "const row=document.createElement('tr');for(const text of texts){const td=document.createElement('td');td.textContent=text;"
    "row.append(td)}body.append(row)}};\n"
    "const steps=[1,2,5,10,20,30,60,120,300,600,1200,1800,3600,7200,14400,21600,43200,86400,604800];\n"
    "const make=(name,set,text)=>{const e=document.createElementNS('http://www.w3.org/2000/svg',name);"
    "for(const k in set)e.setAttribute(k,set[k]);if(text)e.textContent=text;return e};\n",
    /* A figure, the time that it shows, and where times stand in it. */
    "class Figure{constructor(svg){this.svg=svg;this.end=+svg.dataset.end;this.from=0;this.to=this.end;"
    "this.height=+svg.dataset.height;svg.tabIndex=0;this.listen()}\n"
    "x(t){return this.left+(this.width-this.left-this.right)*(t-this.from)/(this.to-this.from)}\n"
    "time(x){return this.from+(x-this.left)/(this.width-this.left-this.right)*(this.to-this.from)}\n"
    "layout(){const svg=this.svg;this.width=svg.clientWidth||1000;const "
    "narrow=this.width<640;this.left=narrow?96:150;this.right=24;"
    "let foot=this.height,keyX=this.left,keyY=+svg.dataset.keys;\n"
    "for(const key of svg.querySelectorAll('.key')){const w=key.querySelector('text').getComputedTextLength()+34;"
    "if(keyX+w>this.width&&keyX>this.left){keyX=this.left;keyY+=22}key.setAttribute('transform',`translate(${keyX} ${keyY})`);"
    "keyX+=w;foot=keyY+22}\n"
    "svg.setAttribute('viewBox',`0 0 ${this.width} ${foot}`);\n"
    "for(const n of svg.querySelectorAll('.name')){const full=n.dataset.name,room=Math.floor((this.left-14)/7.2);"
    "n.setAttribute('x',this.left-10);n.textContent=full.length>room?full.slice(0,room-1)+'\\u2026':full}\n"
    "for(const e of svg.querySelectorAll('[data-a]')){const a=+e.dataset.a,b=e.dataset.b;"
    "if(b===undefined){e.style.display=a<this.from||a>this.to?'none':'';"
    "e.setAttribute('transform',e.getAttribute('transform').replace(/\\(\\S+/,'('+this.x(a).toFixed(1)));continue}"
    "const p=Math.max(a,this.from),q=Math.min(+b,this.to);e.style.display=q<=p?'none':'';if(q<=p)continue;"
    "e.setAttribute('x',this.x(p).toFixed(1));e.setAttribute('width',Math.max(1,this.x(q)-this.x(p)).toFixed(1))}\n"
    "const axis=svg.querySelector('.axis'),top=+axis.dataset.top,bottom=+axis.dataset.bottom;axis.replaceChildren();"
    "const span=this.to-this.from,step=steps.find(s=>span/s<=(this.width-this.left)/70)||604800;"
    "for(let t=Math.ceil(this.from/step)*step;t<this.to;t+=step){const x=this.x(t).toFixed(1);"
    "axis.append(make('line',{class:'grid',x1:x,x2:x,y1:top,y2:bottom}),"
    "make('text',{class:'dim',x:x,y:top-6,'text-anchor':'middle'},clock(t)))}\n"
    "if(this===life)place()}\n"
    "look(from,to){const span=Math.min(this.end,Math.max(5,to-from));from=Math.min(Math.max(0,from),this.end-span);"
    "this.from=from;this.to=from+span;this.layout()}\n"
    "zoom(by,at=(this.from+this.to)/2){this.look(at-(at-this.from)*by,at+(this.to-at)*by)}\n"
    "pan(by){const d=(this.to-this.from)*by;this.look(this.from+d,this.to+d)}\n"
    "act(what){if(what==='in')this.zoom(.5);if(what==='out')this.zoom(2);if(what==='back')this.pan(-.25);if(what==='on')this.pan("
    ".25);"
    "if(what==='all')this.look(0,this.end);if(what==='last')this.look(this.end-60,this.end)}\n"
    "listen(){const "
    "svg=this.svg,keys={ArrowLeft:'back',ArrowRight:'on','+':'in','=':'in','-':'out','0':'all',Home:'all',End:'last'};\n"
    "svg.addEventListener('keydown',e=>{if(keys[e.key]&&!e.ctrlKey&&!e.metaKey){e.preventDefault();this.act(keys[e.key])}});\n"
    "svg.addEventListener('wheel',e=>{if(!e.ctrlKey)return;e.preventDefault();"
    "this.zoom(e.deltaY>0?1.25:.8,this.time(e.clientX-svg.getBoundingClientRect().x))},{passive:false});\n"
    "let "
    "held=null;svg.addEventListener('pointerdown',e=>{held={x:e.clientX,from:this.from,to:this.to};svg.setPointerCapture(e."
    "pointerId)});"
    "svg.addEventListener('pointermove',e=>{if(!held)return;const "
    "d=(held.x-e.clientX)*(held.to-held.from)/(this.width-this.left-this.right);"
    "this.look(held.from+d,held.to+d)});"
    "for(const n of ['pointerup','pointercancel'])svg.addEventListener(n,()=>held=null);\n"
    "for(const b of svg.parentNode.querySelectorAll('button'))b.addEventListener('click',()=>this.act(b.dataset.act))}}\n",
    /* The slider stands under the figure of the pod, and its line in it. */
    "function place(){const t=+slider.value,line=document.getElementById('now'),slide=document.getElementById('slide');"
    "slide.style.marginLeft=life.left+'px';slide.style.marginRight=life.right+'px';slider.min=Math.ceil(life.from);"
    "slider.max=Math.floor(Math.min(life.to,life.end-1));const x=life.x(t);line.setAttribute('x1',x);line.setAttribute('x2',x);"
    "line.style.display=t<life.from||t>life.to?'none':''}\n"
    "function show(){const t=+slider.value;let e=data.timeline[0];for(const x of data.timeline)if(x.t<=t)e=x;\n"
    "document.getElementById('clock').textContent=clock(t);\n"
    "rows('pod',e.deleted?[['gone','','','','']]:[[e.status,e.unknown?'Unknown':e.phase,e.ready,e.restarts,"
    "Object.entries(e.conditions).filter(c=>c[1]==='True').map(c=>c[0]).join(', ')]]);\n"
    "rows('containers',Object.entries(e.containers||{}).map(([n,c])=>[n,c.state+(c.reason?' ('+c.reason+')':''),"
    "c.exitCode===undefined?'':c.exitCode,c.restartCount,c.ready?'yes':'no']));\n"
    "rows('events',data.events.filter(v=>v.first<=t).slice(-12).reverse().map(v=>[clock(v.first),v.type,v.reason,v.container||'"
    "pod',"
    "v.message+(v.count>1?' (x'+v.count+' until '+clock(v.last)+')':'')]));place()}\n"
    "const figures=[...document.querySelectorAll('figure svg')].map(svg=>new Figure(svg)),"
    "life=figures.find(f=>f.svg.id==='life');const all=()=>figures.forEach(f=>f.layout());\n"
    "addEventListener('resize',all);addEventListener('beforeprint',all);slider.addEventListener('input',show);all();show();\n"};

static void put_table_head(Buf *out, const char *id, const char *const *names, size_t count) {
    buf_str(out, S("<div class=\"wide\"><table><thead><tr>"));
    for (size_t i = 0; i < count; i++) buf_format(out, "<th>%s</th>", names[i]);
    buf_format(out, "</tr></thead><tbody id=\"%s\"></tbody></table></div>\n", id);
}

static void put_summary(Buf *out, const Simulation *sim, const SimReport *report) {
    Sentences words = {0};
    sim_answers(&words, out->arena, sim, report);
    for (uint32_t i = 0; i < words.items.n; i++) {
        buf_str(out, S("<p>"));
        put_escaped(out, words.items.at[i]);
        buf_str(out, S("</p>\n"));
    }
    if (!report->note.len) return;
    buf_str(out, S("<p class=\"note\">"));
    put_escaped(out, report->note);
    buf_str(out, S("</p>\n"));
}

/* A figure with its buttons. `body`: what is drawn in it, `height` high. */
static void put_figure(Buf *out, const char *id, const char *label, int64_t end, const Buf *body, int height, int keys) {
    static const struct {
        const char *act, *text, *title;
    } buttons[] = {{"in", "+", "zoom in"}, {"out", "\u2212", "zoom out"},    {"back", "\u25c0", "back"},
                   {"on", "\u25b6", "on"}, {"all", "all", "the whole time"}, {"last", "last minute", "the last minute"}};
    buf_str(out, S("<figure><div class=\"zoom\">"));
    for (size_t i = 0; i < COUNT(buttons); i++)
        buf_format(out, "<button type=\"button\" data-act=\"%s\" title=\"%s\">%s</button>", buttons[i].act, buttons[i].title,
                   buttons[i].text);
    buf_format(
        out,
        "</div>\n<svg id=\"%s\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" data-end=\"%lld\" data-height=\"%d\" "
        "data-keys=\"%d\" role=\"img\" aria-label=\"%s; arrow keys move, + and - zoom\">\n",
        id, PICTURE_WIDTH, height, (long long)end, height, keys, label);
    buf_str(out, buf_text(body));
    buf_str(out, S("</svg></figure>\n"));
}

void sim_html(Buf *out, const Simulation *sim, const SimReport *report) {
    static const char *const pod[] = {"Status", "Phase", "Ready", "Restarts", "True conditions"};
    static const char *const containers[] = {"Container", "State", "Exit code", "Restarts", "Ready"};
    static const char *const events[] = {"Time", "Type", "Reason", "Object", "Message"};
    int64_t end = sim_end(sim) + 1;
    int keys;
    buf_str(out, S("<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                   "content=\"width=device-width\">\n<title>"));
    put_escaped(out, picture_title(out->arena, report));
    buf_format(out, "</title>\n<style>%s%s</style>\n<body>\n<h1>", picture_style, page_style);
    put_escaped(out, picture_title(out->arena, report));
    buf_str(out, S("</h1>\n"));
    put_summary(out, sim, report);
    if (has_rollout_figure(report)) {
        Buf body = {.arena = out->arena};
        int height = put_rollout_figure(&body, report, 0, true, &keys);
        buf_str(out, S("<h2>The workload</h2>\n"));
        put_figure(out, "rollout", "the pods of the workload over time", report->rollout->pods.end, &body, height, keys);
        buf_str(out, S("<h2>The life of a pod</h2>\n"));
    }
    Buf body = {.arena = out->arena};
    int height = put_life_figure(&body, sim, 0, true, &keys);
    put_figure(out, "life", "the life of a pod over time", end, &body, height, keys);
    buf_format(
        out,
        "<div id=\"slide\"><input id=\"at\" type=\"range\" min=\"0\" max=\"%lld\" value=\"0\">\n<label for=\"at\">At <output "
        "id=\"clock\">0:00</output></label></div>\n",
        (long long)(end - 1));
    put_table_head(out, "pod", pod, COUNT(pod));
    put_table_head(out, "containers", containers, COUNT(containers));
    put_table_head(out, "events", events, COUNT(events));
    buf_str(out, S("<script id=\"data\" type=\"application/json\">"));
    put_data(out, sim, report);
    buf_str(out, S("</script>\n<script>\n"));
    for (size_t i = 0; i < COUNT(page_script); i++) buf_str(out, str_of(page_script[i]));
    buf_str(out, S("</script>\n</body>\n</html>\n"));
}
