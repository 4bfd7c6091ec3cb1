#!/usr/bin/env python3
"""What podlint and other tools see of faulty manifests.

    compare.py PODLINT DIRECTORY [TOOL...]

DIRECTORY/lint holds the pairs that build/pairs writes; more pairs are written beside them. Prints a table in Markdown, and writes
what each tool sees to DIRECTORY/seen.json.

A pair is a faulty manifest and the same one mended. A tool sees the fault if it reports something of the faulty manifest that it does
not report of the mended one. Each tool runs with all its checks on and in its strictest mode; those that are not on PATH are left
out. kubeconform needs schemas: those of the Python package kubernetes-validate where it is installed.
"""
import concurrent.futures, json, os, re, resource, shutil, subprocess, sys, time
from collections import Counter
from pathlib import Path

from schemas import strict_schemas

PODLINT, ROOT = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
FAULTS = Path(__file__).resolve().parents[3] / "testdata/refused/faults.txt"
VERSION = subprocess.run([PODLINT, "--version"], capture_output=True, text=True).stdout.rstrip(")\n").split()[-1]
GROUPS = {"shape": "refused: shape", "value": "refused: value", "lint": "rule examples"}
TIMED_RUNS = 5


def write_refused():
    """Makes DIRECTORY/shape and DIRECTORY/value from the list of faults."""
    text = re.sub(r"\A(#.*\n)+", "", FAULTS.read_text(encoding="utf-8"))
    for document in text.split("---\n"):
        lines = [[part.rstrip() for part in line.split("#!")] for line in document.splitlines()]
        mended = [parts[0] for parts in lines]
        for number, parts in enumerate(lines):
            for fault in parts[1:]:
                name, replacement = fault.strip().split(": ", 1)
                indent = re.match(" *", document.splitlines()[number])[0]
                faulty = mended[:number] + [indent + replacement] + mended[number + 1:]
                folder = ROOT / name.split("-")[0] / name
                folder.mkdir(parents=True, exist_ok=True)
                for side, content in ("faulty", faulty), ("mended", mended):
                    (folder / f"{side}.yaml").write_text("".join(f"{line}\n" for line in content if line), encoding="utf-8")


def run(command, **more):
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, **more)


# What each tool reports of a file: its findings, by name or, where they have none, by message.


def of_podlint(report):
    return [finding["rule"] for document in report["documents"] for finding in document["diagnostics"]]


def of_kube_linter(report):
    return [entry["Check"] for entry in report["Reports"] or []]


def of_kube_score(report):
    checks = [check for scored in report or [] for check in scored["checks"] or []]
    return [f"{check['check']['id']}: {comment['summary']}" for check in checks if not check["skipped"] and check["grade"] < 10
            for comment in check["comments"] or []]


def of_polaris(report):
    def walk(node):
        if isinstance(node, dict):
            if node.get("Success") is False:
                yield node["ID"]
            for value in node.values():
                yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)
    return walk(report)


def of_kubeconform(report):
    return [resource.get("msg", "invalid") for resource in report["resources"] if resource["status"] != "statusValid"]


class Tool:
    """command: its arguments before the files; findings: of the JSON that it prints, if it prints any."""

    def __init__(self, name, version, command, findings=None, path=None):
        self.name, self.path = name, path or shutil.which(name)
        self.command, self.findings, self.places = command, findings, False
        self.ask_version = version

    def version(self):
        asked = run([self.path, *self.ask_version]).stdout
        built = run(["go", "version", "-m", self.path]).stdout if shutil.which("go") else ""
        found = re.search(r"(\d+\.\d+\.\d+)", asked) or re.search(r"\tmod\t\S+\tv(\S+)", built)
        return found[1] if found else "?"

    def argv(self, *files):
        return [self.path, *self.command, *map(str, files)]

    def report(self, folder, side):
        """What it says of one file of a pair; both are judged under the same name."""
        done = run(self.argv(f"{side}.yaml"), cwd=folder)
        said = [f"exit {done.returncode}"] if done.returncode else []
        try:
            said += self.findings(json.loads(done.stdout)) if self.findings else []
            self.places |= bool(re.search(r'"(line|startLine)": *[1-9]', done.stdout))
        except (json.JSONDecodeError, KeyError):
            said.append("unreadable")
        if not self.findings or "unreadable" in said:
            said += (done.stdout + done.stderr).replace(side, "").splitlines()
        return Counter(said)

    def sees(self, folder):
        return bool(self.report(folder, "faulty") - self.report(folder, "mended"))

    def seconds(self, folder):
        """Wall and processor time of one run over all files of a folder: the best of several."""
        files = sorted(folder.iterdir()) if self.name == "kube-score" else [folder]
        walls, processors = [], []
        for _ in range(TIMED_RUNS):
            before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            run(self.argv(*files))
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            walls.append(time.perf_counter() - start)
            processors.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return min(walls), min(processors)


# sorted-keys, an opinion on the order of keys, is off everywhere: any edit changes what it says.
def kube_linter_config(schemas):
    return {"checks": {"addAllBuiltIn": True, "exclude": ["schema-validation", "sorted-keys"]},
            "customChecks": [{"name": "schemas", "template": "kubeconform", "scope": {"objectKinds": ["Any"]},
                              "params": {"strict": True, "schemaLocations": [schemas]}}]}


def config(name, content):
    path = ROOT / f"{name}.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def tools():
    schemas = strict_schemas(ROOT, VERSION)
    every = [Tool("podlint", ["--version"], ["check", "--profile", "all", "--ignore", "sorted-keys", "--format", "json"], of_podlint,
                  PODLINT),
             Tool("kube-linter", ["version"], ["lint", "--config", config("kube-linter", kube_linter_config(schemas)),
                                               "--fail-if-no-objects-found", "--format", "json"], of_kube_linter),
             Tool("kube-score", ["version"],
                  ["score", "--all-default-optional", "--kubernetes-version", f"v{VERSION}", "-o", "json"], of_kube_score),
             Tool("polaris", ["version"], ["audit", "--disallow-exemptions", "--format", "json", "--audit-path"], of_polaris),
             Tool("kubeconform", ["-v"], ["-strict", "-output", "json", "-verbose", "-schema-location", schemas], of_kubeconform),
             Tool("kubectl-validate", ["--help"], [])]
    return [tool for tool in every if tool.path and tool.name in (sys.argv[3:] or tool.name)]


def main():
    write_refused()
    shutil.rmtree(ROOT / "lint/sorted-keys")
    pairs = {group: sorted((ROOT / group).iterdir()) for group in GROUPS}
    mended = ROOT / "mended"
    mended.mkdir()
    for folder in sum(pairs.values(), []):
        shutil.copy(folder / "mended.yaml", mended / f"{folder.name}.yaml")
    rows, seen = [], {}
    for tool in tools():
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for group, folders in pairs.items():
                seen[tool.name, group] = [folder.name for folder, sees in zip(folders, pool.map(tool.sees, folders)) if sees]
        wall, processor = tool.seconds(mended)
        rows.append([tool.name, tool.version(), *(f"{len(seen[tool.name, group])}" for group in GROUPS),
                     "yes" if tool.places else "no", f"{wall:.2f}", f"{processor:.2f}"])
    head = ["tool", "version", *(f"{title} ({len(pairs[group])})" for group, title in GROUPS.items()),
            "tells the line", "seconds", "processor seconds"]
    print(f"times: one run over {sum(map(len, pairs.values()))} manifests, the best of {TIMED_RUNS}\n")
    for row in [head, ["---"] * len(head), *rows]:
        print("| " + " | ".join(row) + " |")
    (ROOT / "seen.json").write_text(json.dumps({f"{name} {group}": names for (name, group), names in seen.items()}, indent=1))


main()
