#!/usr/bin/env python3
"""How often podlint and other tools say of manifests what the API server said of them.

    verdicts.py PODLINT WORK CASES [DEFINITIONS]

CASES is a file, or a folder of files, of recorded verdicts in JSON Lines: `input`, a manifest, and `accepted`, by itself or in the
first of `docs`. DEFINITIONS is a folder of CustomResourceDefinitions, where the manifests are custom resources. WORK is a folder to
work in. Prints a table in Markdown. Tools that are not on PATH are left out; each makes one run over all manifests, in its strictest
mode. A manifest of which a tool says that it has no schema is not judged, which agrees with nothing.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from schemas import strict_schemas

ACCEPTED, REFUSED = True, False


def of_podlint(text):
    files = {}
    for document in json.loads(text)["documents"]:
        if not document["skipped"]:
            files[Path(document["file"]).name] = document["accepted"] and files.get(Path(document["file"]).name, ACCEPTED)
    return files


def of_kubeconform(text):
    files = {}
    for entry in json.loads(text)["resources"]:
        missing = "could not find schema" in entry.get("msg", "")
        if not missing and entry["status"] != "statusSkipped":
            files[Path(entry["filename"]).name] = entry["status"] == "statusValid"
    return files


def of_kubectl_validate(text):
    files = {}
    for path, states in json.loads(text).items():
        missing = any("failed to locate" in state.get("message", "") or state.get("reason") == "NotFound" for state in states)
        if not missing:
            files[Path(path).name] = all(state.get("status") == "Success" for state in states)
    return files


def tools(podlint, work, definitions):
    version = subprocess.run([podlint, "--version"], capture_output=True, text=True, check=True).stdout.rstrip(")\n").split()[-1]
    crds = ["--crds", definitions] if definitions else []
    yield "podlint", [podlint, "check", "--no-config", "--format", "json", "--select", "server", *crds], of_podlint
    if shutil.which("kubeconform") and not definitions:
        schemas = strict_schemas(work, version)
        yield "kubeconform", ["kubeconform", "-strict", "-output", "json", "-verbose", "-schema-location", schemas], of_kubeconform
    if shutil.which("kubectl-validate"):
        local = ["--local-crds", definitions] if definitions else []
        yield "kubectl-validate", ["kubectl-validate", "--output", "json", *local], of_kubectl_validate


def measured(command, output):
    """Runs a command with its output in a file; seconds and MiB at most."""
    start = time.perf_counter()
    with open(output, "w", encoding="utf-8") as out, open(os.devnull, "w", encoding="utf-8") as nothing:
        process = subprocess.Popen(command, stdout=out, stderr=nothing, stdin=subprocess.DEVNULL)
        usage = os.wait4(process.pid, 0)[2]
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def read_cases(place):
    files = sorted(place.glob("*.jsonl")) if place.is_dir() else [place]
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            verdict = case.get("docs", [case])[0]
            if "input" in case and "skip" not in verdict:
                yield case["input"], bool(verdict.get("accepted"))


def main(podlint, work, cases, definitions=None):
    work = Path(work)
    folder = work / "manifests"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    wanted = {}
    for number, (text, accepted) in enumerate(read_cases(Path(cases))):
        (folder / f"{number:06d}.yaml").write_text(text, encoding="utf-8")
        wanted[f"{number:06d}.yaml"] = accepted
    refused = sum(not accepted for accepted in wanted.values())
    print(f"{len(wanted)} manifests, of which the server refuses {refused}\n")
    head = ["tool", "agrees", "wrongly refused", "wrongly accepted", "not judged", "tells the line", "seconds", "MiB"]
    print("| " + " | ".join(head) + " |\n" + "| --- " * len(head) + "|")
    for name, command, read in tools(os.path.abspath(podlint), work, definitions):
        seconds, memory = measured([*command, str(folder)], work / "output.json")
        text = (work / "output.json").read_text(encoding="utf-8")
        said = read(text)
        counts = [sum(said.get(file) == ours and server == theirs for file, server in wanted.items())
                  for ours, theirs in ((REFUSED, ACCEPTED), (ACCEPTED, REFUSED), (None, ACCEPTED), (None, REFUSED))]
        agrees = 100 * (1 - sum(counts) / len(wanted))
        places = "yes" if re.search(r'"line": *[1-9]', text) else "no"
        row = [name, f"{agrees:.1f} %", counts[0], counts[1], counts[2] + counts[3], places, f"{seconds:.2f}", f"{memory:.0f}"]
        print("| " + " | ".join(map(str, row)) + " |")


if __name__ == "__main__":
    main(*sys.argv[1:])
