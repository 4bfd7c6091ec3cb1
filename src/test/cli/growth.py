#!/usr/bin/env python3
"""How the work that podlint does grows with its input, at three sizes of each shape of input.

    growth.py PODLINT [--table] [--factor N] [SHAPE...]

Work is the number of instructions, as `perf stat` counts them; where the machine does not count any, the processor time of the
process, the least of several runs, without that of an empty run. Sizes are n, 4n and 16n: work that grows with the square of the
input grows 256-fold, and what is linear must not pass MOST. Memory and output are held against the size of the input.

--table prints what was measured, as a table; --factor multiplies all sizes.
"""
import os, resource, shutil, subprocess, sys, tempfile
from pathlib import Path

MOST = 48  # times the work of n that 16n may take
LEAST = 2e-3  # seconds, and 1000 times as many million instructions: less work than that counts as so much
MEMORY = 64 << 20  # bytes for each 100 KB of input that is begun
OUTPUT = 100  # bytes for each byte of input, above a fixed
OUTPUT_FREE = 8 << 20  # all rules, --max-findings of each
SECONDS = 20

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
CONTAINER = "{name: a, image: 'example.com/a:1'}"


def objects(n, *texts):
    return "".join(f"---\n{text.replace('@', str(i))}\n" for i in range(n) for text in texts)


def listed(n, item, before="", after="", separator=", "):
    return before + separator.join(item.replace("@", str(i)) for i in range(n)) + after


def pod(n, item, before="spec: {containers: [", after="]}"):
    return POD + listed(n, item, before, after + "\n")


deployment = """apiVersion: apps/v1
kind: Deployment
metadata: {name: d@, namespace: x}
spec: {selector: {matchLabels: {app: a@}}, template: {metadata: {labels: {app: a@}}, spec: {containers: [{name: a, image: b, ports: [{containerPort: 80}]}]}}}"""
service = "apiVersion: v1\nkind: Service\nmetadata: {name: d@, namespace: x}\nspec: {ports: [{port: 80}], selector: {app: %s}}"
budget = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: p@}\nspec: {minAvailable: 1, selector: {matchLabels: {app: %s}}}"
network = """apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: n@}
spec: {podSelector: {matchLabels: {app: a}}, policyTypes: [Ingress, Egress], ingress: [{ports: [{port: 90}]}], egress: [{ports: [{port: 80}]}]}"""
scaler = """apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: h@}
spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: %s}}"""
one = deployment.replace("@", "").replace(", namespace: x", "")
scenario_pod = POD + "spec: {containers: [" + CONTAINER + "]}\n"

CHECK = ["check", "--no-config", "-"]
ALL = ["check", "--no-config", "--profile", "all", "-f"]
SIMULATE = ["simulate", "-"]

# Name: n, the input of size n, and the arguments; an input that is a dict is files, of which arguments name some.
SHAPES = {
    "containers that are numbers": (1000, lambda n: pod(n, "1"), CHECK),
    "containers without anything": (200, lambda n: pod(n, "{}"), CHECK),
    "containers of one name": (200, lambda n: pod(n, CONTAINER), CHECK),
    "containers, all rules": (200, lambda n: pod(n, "{name: c@, image: b}"), ALL + ["json", "-"]),
    "one map of one key": (2000, lambda n: listed(n, "a", "{", "}\n"), CHECK),
    "unknown fields": (1000, lambda n: pod(n, "f@: 1", "spec: {", "}"), CHECK),
    "unknown fields, SARIF": (1000, lambda n: pod(n, "f@: 1", "spec: {", "}"), CHECK[:2] + ["-f", "sarif", "-"]),
    "environment": (500, lambda n: pod(n, "{name: A@, value: $(A@) $(B)}", "spec: {containers: [{name: a, image: b, env: [", "]}]}"), CHECK),
    "ports": (500, lambda n: pod(n, "{containerPort: @, hostPort: @}", "spec: {containers: [{name: a, image: b, ports: [", "]}]}"), CHECK),
    "volumes and mounts": (300, lambda n: POD + listed(n, "{name: v@, emptyDir: {}}", "spec: {volumes: [", "], ")
                           + listed(n, "{name: v@, mountPath: /m@}", "containers: [{name: a, image: b, volumeMounts: [", "]}]}\n"), CHECK),
    "tolerations": (500, lambda n: pod(n, "{key: k@, operator: Exists}", "spec: {tolerations: [", f"], containers: [{CONTAINER}]}}"), CHECK),
    "labels": (1000, lambda n: "apiVersion: v1\nkind: Pod\nmetadata: {name: p, " + listed(n, "l@: v", "labels: {", "}}\n")
               + f"spec: {{containers: [{CONTAINER}]}}\n", CHECK),
    "a long name": (20000, lambda n: f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {'n' * n}}}\nspec: {{containers: [{{}}]}}\n", ALL + ["sarif", "-"]),
    "a long line": (5000, lambda n: POD.replace("name: p", "name: p, x: 1") + f"spec: {{containers: [1], nodeName: '{'x y ' * n}'}}\n", ALL + ["json", "-"]),
    "documents": (200, lambda n: objects(n, scenario_pod), CHECK),
    "a List": (200, lambda n: listed(n, "{apiVersion: v1, kind: Pod, metadata: {name: p@}, spec: {containers: [" + CONTAINER + "]}}",
                                     "apiVersion: v1\nkind: List\nitems: [", "]\n"), CHECK),
    "Deployments and their Services": (100, lambda n: objects(n, deployment, service % "a@"), CHECK),
    "Services that select nothing": (50, lambda n: objects(n, deployment, service % "b@"), CHECK),
    "Services of one Deployment": (100, lambda n: one + "\n" + objects(n, service % "a"), CHECK),
    "budgets of one Deployment": (100, lambda n: one + "\n" + objects(n, budget % "a"), CHECK),
    "budgets that select nothing": (100, lambda n: one + "\n" + objects(n, budget % "b@"), CHECK),
    "Deployments of one selector": (100, lambda n: objects(n, deployment.replace("a@", "a")), CHECK),
    "network policies": (100, lambda n: one + "\n" + objects(n, network, service % "a"), CHECK),
    "autoscalers": (100, lambda n: one + "\n" + objects(n, scaler % "d@"), CHECK),
    "workloads, all rules": (50, lambda n: objects(n, deployment, network, service % "a@"), ALL + ["concise", "--closed-world", "-"]),
    "TAG directives": (1000, lambda n: listed(n, "%TAG !t@! tag:example.com,2000:t@", "", "\n---\n", "\n") + scenario_pod, CHECK),
    "anchors and aliases": (500, lambda n: pod(n, "&a@ {name: c@, image: b}, *a@"), CHECK),
    "merge keys": (500, lambda n: pod(n, "{<<: [{image: b}, {image: c}], name: c@}"), CHECK),
    "comments that ignore": (500, lambda n: listed(n, "# podlint: ignore no-such-rule@", "", "\n", "\n") + scenario_pod, CHECK),
    "findings that are ignored": (300, lambda n: POD + listed(n, "  f@: 1 # podlint: ignore unknown-field", "spec:\n  containers: []\n", "\n", "\n"), CHECK),
    "several versions": (300, lambda n: pod(n, "{}"), CHECK[:2] + ["--kubernetes-version", "1.32,1.33,1.34,1.35,1.36,1.37", "-"]),
    "names in a scenario": (1000, lambda n: {"pod.yaml": scenario_pod, "s.yaml": listed(n, "x@: {}", "containers: {", "}\n")},
                            ["simulate", "-s", "s.yaml", "pod.yaml"]),
    "words in a scenario": (1000, lambda n: {"pod.yaml": scenario_pod, "s.yaml": listed(n, "x@: 1", "{", "}\n")},
                            ["simulate", "-s", "s.yaml", "pod.yaml"]),
    "documents that cannot be read": (200, lambda n: listed(n, "a: b: c@", "", "\n", "\n---\n"), CHECK),
    "faults in one line": (1000, lambda n: listed(n, "[a]", "{x: 1, ", "}\n"), CHECK),
    "a template that never closes": (2000, lambda n: listed(n, "{{", "a: [", "\n", " "), CHECK),
    "rules of one name": (500, lambda n: {"pod.yaml": scenario_pod, "r.yaml": listed(n, "  - name: a", "rules:\n", "\n", "\n")},
                          ["check", "--rules", "r.yaml", "pod.yaml"]),
    "containers that are played": (25, lambda n: pod(n, "{name: c@, image: b}"), SIMULATE),
    "a long name that is played": (20000, lambda n: pod(1, "{name: " + "n" * n + ", image: b}"), SIMULATE[:1] + ["--anyway", "-"]),
    "init containers that are played": (25, lambda n: pod(n, "{name: c@, image: b}", "spec: {initContainers: [", f"], containers: [{CONTAINER}]}}"), SIMULATE),
    "pods of an update": (50, lambda n: one.replace("spec: {", f"spec: {{replicas: {n}, strategy: {{rollingUpdate: {{maxSurge: 2147483647}}}}, ", 1) + "\n", SIMULATE),
    "a change of every container": (200, lambda n: {"old.yaml": one.replace("[{name: a", listed(n, "{name: c@, image: b}", "[", ", {name: a")),
                                                    "new.yaml": one.replace("[{name: a", listed(n, "{name: c@, image: c}", "[", ", {name: a"))},
                                    ["diff", "old.yaml", "new.yaml"]),
    "items of one key in a change": (100, lambda n: {"old.yaml": scenario_pod.replace("image: 'example.com/a:1'", "env: [{name: A}], image: a"),
                                                     "new.yaml": scenario_pod.replace("image: 'example.com/a:1'", listed(n, "{f@: B}", "image: b, env: [", "]"))},
                                     ["diff", "old.yaml", "new.yaml"]),
    "objects of a change": (100, lambda n: {"old.yaml": objects(n, deployment), "new.yaml": objects(n, deployment.replace("image: b", "image: c"))},
                            ["diff", "old.yaml", "new.yaml"]),
}


def counts_instructions():
    if not shutil.which("perf"):
        return False
    run = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", "true"], capture_output=True, text=True)
    return run.returncode == 0 and run.stderr.strip()[:1].isdigit()


class Measured:
    """Work, memory and output of one command; `late` if it was ended for the time that it took."""

    def __init__(self, argv, folder, text, perf):
        self.late = self.bytes = self.code = 0
        command = ["perf", "stat", "-x,", "-e", "instructions:u", "-o", "count", *argv] if perf else argv
        with open(folder / "input", "wb") as file:
            file.write(text.encode())
        with open(folder / "input", "rb") as source, open(folder / "out", "wb") as out:
            child = subprocess.Popen(command, cwd=folder, stdin=source, stdout=out, stderr=out, preexec_fn=self.limit)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = self.code = os.waitstatus_to_exitcode(status)
        self.late = self.code < 0
        self.bytes = (folder / "out").stat().st_size
        self.memory = usage.ru_maxrss * 1024
        if perf:
            counted = [line for line in (folder / "count").read_text().splitlines() if "instructions" in line]
            self.work = float(counted[0].split(",")[0]) / 1e9
        else:
            self.work = usage.ru_utime + usage.ru_stime

    @staticmethod
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))


def measure(argv, made, folder, perf, times):
    files, text = (made, "") if isinstance(made, dict) else ({}, made)
    for name, content in files.items():
        (folder / name).write_text(content)
    runs = []
    while len(runs) < (1 if perf else times) and (not runs or runs[0].work < 1):
        runs.append(Measured(argv, folder, text, perf))
    least = min(runs, key=lambda run: run.work)
    least.size = len(text) + sum(map(len, files.values()))
    return least


def judge(name, runs):
    """What is wrong with the growth of a shape, in words, and the growth."""
    small, large = max(runs[0].work, LEAST), max(runs[2].work, LEAST)
    growth = large / small
    wrong = []
    for run in runs:
        if run.late:
            wrong.append(f"{run.size} bytes took more than {SECONDS} s")
        elif run.code not in (0, 1, 2):
            wrong.append(f"{run.size} bytes ended with {run.code}")
        if run.memory > MEMORY * (1 + run.size // 100_000):
            wrong.append(f"{run.size} bytes took {run.memory >> 20} MiB of memory")
        if run.bytes > OUTPUT_FREE + OUTPUT * run.size:
            wrong.append(f"{run.size} bytes made {run.bytes} bytes of output")
    if growth > MOST and not wrong:
        wrong.append(f"16 times the input took {growth:.0f} times the work")
    return wrong, growth


def main():
    arguments = sys.argv[1:]
    table = "--table" in arguments and not arguments.remove("--table")
    factor = 1.0
    if "--factor" in arguments:
        at = arguments.index("--factor")
        factor = float(arguments[at + 1])
        del arguments[at : at + 2]
    podlint, wanted = str(Path(arguments[0]).resolve()), arguments[1:]
    if b"__asan_init" in Path(podlint).read_bytes():
        print("SKIP all of it: a program with sanitizers does other work")
        return
    perf = counts_instructions()
    passed = failed = 0
    if table:
        print(f"| shape | bytes | {'billions of instructions' if perf else 'seconds of processor'} | growth at 16n | MiB | output bytes |")
        print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        idle = measure([podlint, *CHECK], "", folder, perf, 5).work
        for name, (n, make, argv) in SHAPES.items():
            if wanted and not any(word in name for word in wanted):
                continue
            runs = []
            for scale, times in ((1, 4), (4, 1), (16, 2)):
                run = measure([podlint, *argv], make(int(n * scale * factor)), folder, perf, times)
                run.work = max(run.work - idle, 0)
                runs.append(run)
                if run.late:
                    break
            runs += [runs[-1]] * (3 - len(runs))
            wrong, growth = judge(name, runs)
            if table:
                print(f"| {name} | {' / '.join(str(run.size) for run in runs)} | {' / '.join(f'{run.work:.3f}' for run in runs)} | {growth:.0f} "
                      f"| {' / '.join(str(run.memory >> 20) for run in runs)} | {' / '.join(str(run.bytes) for run in runs)} |", flush=True)
            for what in dict.fromkeys(wrong):
                print(f"FAIL {name}: {what}", flush=True)
            failed += bool(wrong)
            passed += not wrong
    print(f"growth: {passed} passed, {failed} failed, 0 skipped")
    sys.exit(failed > 0)


main()
