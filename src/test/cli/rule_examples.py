#!/usr/bin/env python3
"""The examples that podlint shows of the server's rules: each has to raise its rule. Those of lint rules are tried by unit/rules.c.

    rule_examples.py PODLINT
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n"


def indented(text, by):
    return "".join(" " * by + line if line.strip() else line for line in text.splitlines(True))


def repeated(example):
    """The example with what stands for more: of "(3 times x#,)" the text x1,x2,x3, is meant."""
    return re.sub(r"\((\d+) times ([^()]*)\)", lambda mark: "".join(mark[2].replace("#", str(i + 1)) for i in range(int(mark[1]))), example)


def whole(example):
    """The example as a manifest: fields of a container or of a pod's spec stand in a pod."""
    example = repeated(example)
    lines = example.splitlines()
    if any(line.startswith(("kind:", "apiVersion:", "{")) for line in lines):
        return example + "\n"
    if any(line.startswith("containers:") for line in lines):
        return POD + indented(example + "\n", 2)
    return POD + "  containers:\n    - name: web\n" + indented(example + "\n", 6)


def found(podlint, rule, folder):
    """The rules that an example raises."""
    path = os.path.join(folder, rule["rule"])
    text = whole(rule["bad"])
    if rule["rule"].startswith("update-"):
        old, new = text.split("\n---\n")
        for name, part in (("old", old), ("new", new)):
            with open(f"{path}.{name}.yaml", "w", encoding="utf-8") as out:
                out.write(part + "\n")
        runs = [["diff", "--format", "json", f"{path}.old.yaml", f"{path}.new.yaml"]]
    else:
        with open(f"{path}.yaml", "w", encoding="utf-8") as out:
            out.write(text)
        check = ["check", "--no-config", "--format", "json", "--select", "all", "--kubernetes-version", "OLDEST..NEWEST", "--closed-world"]
        levels = ["restricted", "baseline"] if rule["source"] == "pod-security" else ["privileged"]
        runs = [check + ["--pod-security", level, f"{path}.yaml"] for level in levels]
        if rule["rule"] in ("namespace-terminates", "quota-full"):
            runs = [check + ["--cluster", f"{path}.yaml", f"{path}.yaml"]]
        if rule["rule"] == "definition-missing":
            runs = [check + ["--require-schemas", f"{path}.yaml"]]
        if "ValidatingAdmissionPolicy" in text:
            runs = [check + ["--policy", f"{path}.yaml", f"{path}.yaml"]]
    names = set()
    version = subprocess.run([podlint, "--version"], capture_output=True, text=True, check=True).stdout.split()
    for run in runs:
        run = [word.replace("OLDEST", version[3]).replace("NEWEST", version[5].rstrip(")")) for word in run]
        done = subprocess.run([podlint, *run], capture_output=True, text=True, check=False)
        for document in json.loads(done.stdout)["documents"]:
            names |= {finding["rule"] for finding in document["diagnostics"]}
    return names


def main(podlint):
    rules = json.loads(subprocess.run([podlint, "rules", "--source", "all", "--format", "json"], capture_output=True, check=True).stdout)
    tried = [rule for rule in rules if rule.get("bad") and rule["source"] != "lint"]
    failed = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        for rule, names in zip(tried, pool.map(lambda rule: found(podlint, rule, folder), tried)):
            # What a gate switches off in every version cannot be seen.
            if rule["rule"] in names or "gate-off" in names:
                continue
            failed += 1
            print(f"FAIL {rule['rule']}: its example raises {', '.join(sorted(names)) or 'nothing'}")
    print(f"rule examples: {len(tried) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
