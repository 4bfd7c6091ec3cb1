#!/usr/bin/env python3
"""Compare the reader with another one on the inputs of the YAML test suite (github.com/yaml/yaml-test-suite).

    yaml_suite.py SUITE READYAML OTHER

SUITE is a checkout of the suite, or its git directory; READYAML is build/readyaml; OTHER is a program of the same interface: file names
on standard input, for each a line {"file", "json"} or {"file", "error"}. Inputs are cut into documents at lines of dashes before both
see them. See yaml_suite.md for what differs from the API server's reader.
"""
import json, os, re, subprocess, sys, tempfile

suite, ours, other = sys.argv[1:4]


def sources():
    folder = os.path.join(suite, "src")
    if os.path.isdir(folder):
        for name in sorted(os.listdir(folder)):
            yield name[:-5], open(os.path.join(folder, name), encoding="utf-8").read()
        return
    git = ["git", "-C", suite]
    for path in subprocess.run([*git, "ls-tree", "--name-only", "HEAD", "src/"], stdout=subprocess.PIPE, text=True).stdout.split():
        yield os.path.basename(path)[:-5], subprocess.run([*git, "show", f"HEAD:{path}"], stdout=subprocess.PIPE, text=True).stdout


def inputs(text):
    """The `yaml: |` blocks of a case file, with the suite's stand-ins for invisible characters replaced."""
    for block in re.findall(r"^  yaml: \|\n((?:    .*\n|\n)*)", text, re.M):
        s = "".join(line[4:] if line.startswith("    ") else line for line in block.splitlines(True))
        s = re.sub("—*»", "\t", s.replace("␣", " "))
        yield re.sub("∎\n\n*$", "", s.replace("⇔", "\ufeff").replace("↵", "").replace("←", "\r"))


def documents(s):
    part = ""
    for line in s.splitlines(True):
        rest = line[3:].strip()
        if line.startswith("---") and (not rest or rest[0] == "#") and part:
            yield part
            part = ""
        else:
            part += line
    if part:
        yield part


def ask(program, names):
    p = subprocess.run([program], input="\n".join(names) + "\n", stdout=subprocess.PIPE, text=True, errors="replace")
    answers = (json.loads(line) for line in p.stdout.splitlines() if line.strip())
    return {a["file"]: a for a in answers}


def plain(x):
    if isinstance(x, list):
        return [plain(v) for v in x]
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    return float(x) if isinstance(x, (int, float)) and not isinstance(x, bool) else x


with tempfile.TemporaryDirectory() as tmp:
    names = []
    for case, text in sources():
        for i, s in enumerate(inputs(text)):
            for j, document in enumerate(documents(s)):
                names.append(os.path.join(tmp, f"{case}-{i}-{j}.yaml"))
                open(names[-1], "w", newline="", encoding="utf-8").write(document)
    mine, theirs = ask(ours, names), ask(other, names)
    readable = same = 0
    for name in names:
        a, b = mine.get(name, {"error": "no answer"}), theirs.get(name, {"error": "no answer"})
        label = os.path.basename(name)[:-5]
        if ("error" in a) != ("error" in b):
            print(f"{label}: readable differs: podlint {a.get('error', 'reads it')}, the other {b.get('error', 'reads it')[:80]}")
            continue
        readable += 1
        if "error" in a or plain(a["json"]) == plain(b["json"]):
            same += 1
        else:
            print(f"{label}: the values differ")
    print(f"yaml-suite: {readable} of {len(names)} agree on readable or not ({100 * readable / len(names):.1f}%), {same} on the value too")
    sys.exit(0 if readable >= 0.97 * len(names) else 1)
