#!/usr/bin/env python3
"""The page of `podlint simulate --format html` in a real browser: browser.py PODLINT

Drives Chromium through ChromeDriver: moves the slider by key and by value, compares what is shown then with what the simulator says,
and looks for errors, requests and things that run over the edge, in light and dark. Says so and ends well where there is no browser."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

POD = """
apiVersion: v1
kind: Pod
metadata: {name: "web<1>"}
spec:
  initContainers: [{name: init, image: "i:1"}]
  containers:
    - name: app
      image: "a:1"
      livenessProbe: {tcpSocket: {port: 1}, periodSeconds: 5}
      readinessProbe: {tcpSocket: {port: 1}, periodSeconds: 1}
    - {name: a-helper-with-quite-a-long-name, image: "b:1"}
"""
SCENARIO = """
until: 5m
deleteAt: 4m
containers:
  init: {runs: [{seconds: 6}], pull: {seconds: 4}}
  app: {runs: [{seconds: 30, exitCode: 3}, {seconds: 5, exitCode: 1}, {seconds: null}]}
onTerm: {app: {seconds: 9, exitCode: 0}}
"""
# What a reader has to see at these seconds: status, phase, ready, restarts.
ROWS = {
    0: ("Init:0/1", "Pending", "0/2", "0"),
    10: ("Running", "Running", "2/2", "0"),
    45: ("CrashLoopBackOff", "Running", "1/2", "1"),
    60: ("Running", "Running", "2/2", "2"),
    240: ("Terminating", "Running", "2/2", "2"),
    249: ("gone", "", "", ""),
}
ROLLOUT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: app-with-a-name-that-is-long-enough-to-be-cut
          image: "a:1"
          ports: [{containerPort: 80}]
          readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: 10}
          lifecycle: {preStop: {sleep: {seconds: 5}}}
"""
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--window-size=1100,1300"]


class Browser:
    def __init__(self, chromium, driver, profile):
        self.process = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.base = f"http://127.0.0.1:{self.port()}"
        options = {"binary": chromium, "args": FLAGS + [f"--user-data-dir={profile}"]}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options,
                  "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        self.base += "/session/" + self.call("/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def port(self):
        for line in self.process.stdout:
            if "successfully" in line and "port" in line:
                return int(line.rstrip(".\n").split()[-1])
        raise RuntimeError("chromedriver does not start")

    def call(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def run(self, script, *args):
        return self.call("/execute/sync", {"script": script, "args": list(args)})

    def close(self):
        self.process.terminate()
        self.process.wait()


class Test:
    def __init__(self):
        self.checked = self.failed = 0

    def equal(self, got, wanted, what):
        self.checked += 1
        if got != wanted:
            self.failed += 1
            print(f"browser: {what}: {got!r} instead of {wanted!r}")


def clock(seconds):
    return f"{seconds // 60}:{seconds % 60:02d}"


TABLE = "return [...document.querySelectorAll('#'+arguments[0]+' tr')].map(r=>[...r.cells].map(c=>c.textContent))"
MOVE = "const s=document.getElementById('at');s.value=arguments[0];s.dispatchEvent(new Event('input'))"


def check_time(test, browser, life, t):
    browser.run(MOVE, t)
    entry = [e for e in life["timeline"] if e["t"] <= t][-1]
    pod = browser.run(TABLE, "pod")
    test.equal(browser.run("return document.getElementById('clock').textContent"), clock(t), f"the clock at {t}")
    if t in ROWS:
        test.equal(tuple(pod[0][:4]), ROWS[t], f"the pod at {t}")
    if entry.get("deleted"):
        test.equal(browser.run(TABLE, "containers"), [], f"containers at {t}")
        return
    true = [name for name, value in entry["conditions"].items() if value == "True"]
    test.equal(sorted(filter(None, pod[0][4].split(", "))), sorted(true), f"conditions at {t}")
    wanted = [[name, c["state"] + (f" ({c['reason']})" if c.get("reason") else ""), str(c.get("exitCode", "")),
               str(c["restartCount"]), "yes" if c["ready"] else "no"] for name, c in entry["containers"].items()]
    test.equal(browser.run(TABLE, "containers"), wanted, f"containers at {t}")
    events = browser.run(TABLE, "events")
    test.equal(len(events), min(12, sum(e["first"] <= t for e in life["events"])), f"how many events at {t}")


def check_lost_node(test, browser, podlint, folder):
    command = [podlint, "simulate", "--anyway", folder / "pod.yaml", "--node-lost-at", "30", "--until", "3m", "--format", "html"]
    page = folder / "lost.html"
    page.write_text(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    browser.call("/url", {"url": page.as_uri()})
    for t, phase in ((79, "Running"), (80, "Unknown")):
        browser.run(MOVE, t)
        test.equal(browser.run(TABLE, "pod")[0][1], phase, f"the phase at {t} when the node is lost at 30")


def check_place(test, browser, t):
    """The line in the picture stands where the knob of the slider is."""
    browser.run(MOVE, t)
    line, knob = browser.run(
        "const s=document.getElementById('at'),r=s.getBoundingClientRect(),x=document.getElementById('now').getBoundingClientRect().x;"
        "return [x, r.x+8+(r.width-16)*s.value/s.max]")
    test.equal(abs(line - knob) < 6, True, f"the line ({line:.0f}) is at the knob ({knob:.0f}) at {t}")


def check_page(test, browser, page, life):
    browser.call("/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia",
                                       "params": {"features": [{"name": "prefers-color-scheme", "value": "light"}]}})
    browser.call("/url", {"url": page.as_uri()})
    test.equal(browser.call("/title"), "Pod web<1>", "the title")
    test.equal(tuple(browser.run(TABLE, "pod")[0][:4]), ROWS[0], "the pod before anything is moved")
    slider = list(browser.call("/element", {"using": "css selector", "value": "#at"}).values())[0]
    browser.call(f"/element/{slider}/value", {"text": "\ue014" * 10})
    test.equal(browser.run("return document.getElementById('clock').textContent"), "0:10", "the clock after ten steps by key")
    test.equal(tuple(browser.run(TABLE, "pod")[0][:4]), ROWS[10], "the pod after ten steps by key")
    times = sorted(set(ROWS) | {e["t"] for e in life["timeline"]} | set(range(0, 250, 25)))
    for t in times:
        check_time(test, browser, life, t)
    for t in (0, 60, 249):
        check_place(test, browser, t)
    outside = browser.run("const b=document.querySelector('svg').getBoundingClientRect();return [...document.querySelectorAll('svg text')]"
                          ".filter(t=>{const r=t.getBoundingClientRect();return r.x<b.x-1||r.right>b.right+1}).map(t=>t.textContent)")
    test.equal(outside, [], "texts that run over the picture's edge")
    test.equal(browser.run("return document.documentElement.scrollWidth<=innerWidth"), True, "no scrolling sideways")


def check_zoom(test, browser):
    """Buttons and keys of the figure; what is outside of the time that is looked at is not drawn."""
    axis = "return [...document.querySelectorAll('#life .axis text')].map(t=>t.textContent)"
    shown = "return [...document.querySelectorAll('#life rect[data-a]')].filter(r=>r.style.display!=='none').length"
    press = "document.querySelector('#life').parentNode.querySelector('[data-act='+arguments[0]+']').click()"
    whole, all_pieces = browser.run(axis), browser.run(shown)
    test.equal(whole[0], "0:00", "the axis begins at the beginning")
    browser.run(press, "last")
    test.equal(browser.run(axis)[0] > "3:0", True, "the axis of the last minute")
    test.equal(0 < browser.run(shown) < all_pieces, True, "pieces of the last minute alone")
    browser.run(press, "all")
    test.equal(browser.run(axis), whole, "the axis of the whole time again")
    life = list(browser.call("/element", {"using": "css selector", "value": "#life"}).values())[0]
    for keys, what in (("++", "zoomed in by key"), ("\ue014", "moved on by key")):
        before = browser.run(axis)
        browser.call(f"/element/{life}/value", {"text": keys})
        test.equal(browser.run(axis) != before, True, what)
    browser.run(press, "all")


def overflow(test, browser, what):
    over = browser.run("return [...document.querySelectorAll('svg text')].filter(t=>t.style.display!=='none').filter(t=>{"
                       "const r=t.getBoundingClientRect(),b=t.closest('svg').getBoundingClientRect();"
                       "return r.width&&(r.x<b.x-1||r.right>b.right+1)}).map(t=>t.textContent)")
    test.equal(over, [], f"texts that run over the picture's edge {what}")
    test.equal(browser.run("return document.documentElement.scrollWidth<=innerWidth"), True, f"no scrolling sideways {what}")


def check_rollout(test, browser, podlint, folder):
    (folder / "web.yaml").write_text(ROLLOUT)
    command = [podlint, "simulate", folder / "web.yaml", "--lb-delay", "20s", "--format"]
    page = folder / "web.html"
    page.write_text(subprocess.run([*command, "html"], check=True, stdout=subprocess.PIPE, text=True).stdout)
    rollout = json.loads(subprocess.run([*command, "json"], check=True, stdout=subprocess.PIPE, text=True).stdout)["rollout"]
    for width in (500, 1000, 1600):
        browser.call("/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride",
                                           "params": {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}})
        browser.call("/url", {"url": page.as_uri()})
        overflow(test, browser, f"at {width} px")
        size = browser.run("const t=document.querySelector('#life text').getBoundingClientRect();return t.height")
        test.equal(size >= 11, True, f"letters of a readable size at {width} px ({size})")
    names = browser.run("return [...document.querySelectorAll('#rollout .name')].map(n=>n.dataset.name)")
    test.equal([n for n in names if n.startswith("old")], ["old 1", "old 2", "old 3"], "a lane for each old pod")
    test.equal([n for n in names if n.startswith("new")], ["new 1", "new 2", "new 3"], "a lane for each new pod")
    titles = browser.run("return [...document.querySelectorAll('#rollout .serve title')].map(t=>t.textContent)")
    test.equal(min(int(t.split()[0]) for t in titles), min(s["ready"] for s in rollout["steps"]), "the fewest that serve")
    marks = browser.run("return [...document.querySelectorAll('#life .key')].map(k=>k.textContent)")
    test.equal({"preStop", "SIGTERM", "crash"} <= set(marks), True, f"marks in the legend {marks}")
    colours = browser.run("return [...document.querySelectorAll('#life .mark.crash')].map(m=>getComputedStyle(m).stroke)")
    test.equal(len(set(colours)), 1, "crashes look alike in the lanes and in the legend")
    browser.call("/goog/cdp/execute", {"cmd": "Emulation.clearDeviceMetricsOverride", "params": {}})


def check_colours(test, browser, page):
    papers = {}
    for scheme in ("light", "dark"):
        browser.call("/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia",
                                           "params": {"features": [{"name": "prefers-color-scheme", "value": scheme}]}})
        browser.call("/url", {"url": page.as_uri()})
        papers[scheme] = browser.run(
            "const lum=c=>{const [r,g,b]=c.match(/[0-9.]+/g).map(v=>{v/=255;return v<=.03928?v/12.92:((v+.055)/1.055)**2.4});"
            "return .2126*r+.7152*g+.0722*b},paper=document.querySelector('.paper'),"
            "ground=lum(paper?getComputedStyle(paper).fill:getComputedStyle(document.body).backgroundColor);"
            "return [ground,...[...document.querySelectorAll('text')].map(t=>{const l=lum(getComputedStyle(t).fill);"
            "return (Math.max(l,ground)+.05)/(Math.min(l,ground)+.05)})]")
        test.equal(min(papers[scheme][1:]) >= 4.5, True, f"{page.name} has enough contrast in {scheme}")
    test.equal(papers["light"][0] > .9 and papers["dark"][0] < .1, True, f"{page.name} has a ground for light and for dark")


def check_log(test, browser):
    errors = [e["message"] for e in browser.call("/se/log", {"type": "browser"}) if e["level"] == "SEVERE"]
    test.equal(errors, [], "errors of the page")
    requests = []
    for entry in browser.call("/se/log", {"type": "performance"}):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            requests.append(message["params"]["request"]["url"])
    test.equal([r for r in requests if r.startswith(("http", "ws"))], [], "requests over the network")


def main():
    podlint = pathlib.Path(sys.argv[1]).resolve()
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    if not chromium or not driver:
        print(f"SKIP browser: {'ChromeDriver' if chromium else 'Chromium'} is not installed")
        return 0
    test = Test()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name)
        (folder / "pod.yaml").write_text(POD)
        (folder / "scenario.yaml").write_text(SCENARIO)
        out = {}
        for form in ("json", "html", "svg"):
            command = [podlint, "simulate", "--anyway", folder / "pod.yaml", "--scenario", folder / "scenario.yaml", "--format", form]
            out[form] = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            (folder / f"life.{form}").write_text(out[form])
        browser = Browser(chromium, driver, folder / "profile")
        try:
            check_page(test, browser, folder / "life.html", json.loads(out["json"]))
            check_zoom(test, browser)
            check_rollout(test, browser, podlint, folder)
            check_colours(test, browser, folder / "life.html")
            check_colours(test, browser, folder / "life.svg")
            check_lost_node(test, browser, podlint, folder)
            check_log(test, browser)
        finally:
            browser.close()
    print(f"browser: {test.checked - test.failed} of {test.checked} as wanted in {time.monotonic() - started:.0f} s")
    return 1 if test.failed else 0


if __name__ == "__main__":
    sys.exit(main())
