#!/usr/bin/env python3
"""What must hold of every fix, tried on many manifests: those of testdata, and the cases of files that are named (a line of JSON each,
with the manifest under "input") or of folders.

    fix_properties.py PODLINT [--most N] [FILE.jsonl | FOLDER]...

A fix turns no accepted object into a refused one, and none into more objects or fewer; all comments are there; a second run changes
nothing; and after safe fixes an accepted object is stored as before, but at the paths that were named.
"""
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
OPTIONS = ["--no-config", "--profile", "all"]


def manifests(sources, most):
    """The texts to try: of a file with more cases than `most`, as many of them, evenly spread."""
    for source in sources:
        if source.endswith(".jsonl"):
            with open(source, encoding="utf-8") as lines:
                found = [case["input"] for case in map(json.loads, lines) if "input" in case]
        else:
            found = []
            for folder, _, names in sorted(os.walk(source)):
                for name in sorted(names):
                    if name.endswith((".yaml", ".yml")):
                        with open(os.path.join(folder, name), encoding="utf-8", errors="surrogateescape", newline="") as file:
                            found.append(file.read())
        step = max(1, len(found) / most) if most else 1
        yield from (found[int(i * step)] for i in range(int(len(found) / step)))


def comments(text):
    return sorted(match.group(2).strip() for match in re.finditer(r"(^|\s)(#.*)$", text, re.M))


def check(podlint, folder):
    """The verdicts on the documents of each file."""
    done = subprocess.run([podlint, "check", "--no-config", "--profile", "none", "--format", "json", folder], capture_output=True, text=True)
    found = collections.defaultdict(list)
    for document in json.loads(done.stdout)["documents"]:
        found[os.path.basename(document["file"])].append(document["accepted"])
    return found


def leaves(value, path, out):
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            leaves(inner, f"{path}.{key}" if path else key, out)
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            leaves(inner, f"{path}[{number}]", out)
    else:
        out[path] = value


def stored(podlint, path):
    done = subprocess.run([podlint, "defaults", "--format", "json", path], capture_output=True, text=True)
    out = {}
    for number, document in enumerate(json.loads(done.stdout)["documents"]):
        leaves(document["object"], f"{number}:", out)
    return out


def plain(path):
    """A path without brackets, so that keys and fields look alike."""
    return path.replace("[", ".").replace("]", "")


def strays(before, after, places):
    """The leaves that differ and lie under none of the places; those name no document."""
    differ = [path for path in before.keys() | after.keys() if before.get(path) != after.get(path)]
    wanted = [plain(place) for place in places]
    wanted += [place.replace(".limits", ".requests") for place in wanted]  # the server takes a request from the limit
    return [path for path in differ if not any(f":.{place}." in f"{plain(path)}." for place in wanted)]


def main(podlint, most, sources):
    failed = []
    folder = tempfile.mkdtemp()
    try:
        before, after = os.path.join(folder, "before"), os.path.join(folder, "after")
        os.mkdir(before)
        texts = {}
        for number, text in enumerate(manifests(sources, most)):
            name = f"{number:06}.yaml"
            texts[name] = text
            with open(os.path.join(before, name), "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
                file.write(text)
        verdicts = check(podlint, before)
        mended = 0
        for mode in ([], ["--unsafe"]):
            shutil.rmtree(after, ignore_errors=True)
            shutil.copytree(before, after)
            done = subprocess.run([podlint, "fix", "--show", *OPTIONS, *mode, after], capture_output=True, text=True)
            if done.returncode:
                failed.append(f"fix {mode} ends with {done.returncode}: {done.stderr[:300]}")
            places = collections.defaultdict(list)
            for line in done.stderr.splitlines():
                match = re.match(r".*/(\d+\.yaml): [a-z0-9-]+(?: \(unsafe\))?: (.*)", line)
                if match:
                    places[match[1]] += match[2].split(" ")
            now = check(podlint, after)
            for name, text in texts.items():
                with open(os.path.join(after, name), encoding="utf-8", errors="surrogateescape", newline="") as file:
                    new = file.read()
                if new == text:
                    continue
                mended += 1
                what = f"{name} {' '.join(mode)}"
                if len(now[name]) != len(verdicts[name]):
                    failed.append(f"{what}: {len(verdicts[name])} objects become {len(now[name])}")
                if any(old and not new for old, new in zip(verdicts[name], now[name])):
                    failed.append(f"{what}: an accepted object is refused")
                if comments(text) != comments(new):
                    failed.append(f"{what}: the comments differ")
                if not mode and all(verdicts[name]):
                    for path in strays(stored(podlint, os.path.join(before, name)), stored(podlint, os.path.join(after, name)), places[name]):
                        failed.append(f"{what}: {path} differs, and nothing was mended there")
            again = subprocess.run([podlint, "fix", "--check", *OPTIONS, *mode, after], capture_output=True, text=True)
            failed += [f"a second run {mode} changes {line}" for line in again.stdout.splitlines()]
        for line in failed[:20]:
            print("FAIL", line)
        print(f"fix_properties: {len(texts)} manifests, {mended} mended; {len(failed)} violations")
        if failed and os.environ.get("KEEP"):
            shutil.copytree(folder, os.environ["KEEP"], dirs_exist_ok=True)
    finally:
        shutil.rmtree(folder)
    return 1 if failed or not mended else 0


if __name__ == "__main__":
    arguments = sys.argv[2:]
    limit = 0
    if arguments[:1] == ["--most"]:
        limit, arguments = int(arguments[1]), arguments[2:]
    sys.exit(main(sys.argv[1], limit, arguments or [os.path.join(ROOT, "testdata", name) for name in ("check", "lint", "fix", "defaults", "examples")]))
