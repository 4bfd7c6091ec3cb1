#!/usr/bin/env python3
"""Fields at the wrong place: each field of the objects in testdata/misplaced.jsonl is put one level up, into what stands beside it, and
into what stands beside the object that it is in. podlint has to tell where it belongs, and nothing that only follows.

    misplaced.py PODLINT [--show]
"""
import copy
import json
import os
import re
import subprocess
import sys
import tempfile

LEAST_RIGHT = 97  # of a hundred misplaced fields
MOST_MORE = 1  # of a hundred, with another error beside it
FREE = {"labels", "annotations", "matchLabels", "nodeSelector", "requests", "limits"}  # maps of any keys


def at(value, path):
    for step in path:
        value = value[step]
    return value


def text(path):
    """The path as podlint prints it, with [] for any item."""
    return re.sub(r"\.\[\]", "[]", ".".join("[]" if isinstance(step, int) else step for step in path))


def fields(value, path=()):
    """The paths of all fields below a value."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in steps:
        if isinstance(step, str):
            yield path + (step,)
        is_selector = step == "selector" and isinstance(below, dict) and "matchLabels" not in below
        if step not in FREE and not is_selector:
            yield from fields(below, path + (step,))


def places(thing, path):
    """The objects that a field could be put into by mistake."""
    holder, name = path[:-1], path[-1]
    for key, value in at(thing, holder).items():
        if key != name and key not in FREE and isinstance(value, dict):
            yield holder + (key,)
        elif key != name and isinstance(value, list) and value and isinstance(value[0], dict):
            yield holder + (key, 0)
    if not holder:
        return
    above = holder[:-1]
    while isinstance(at(thing, above), list):
        above = above[:-1]
    yield above
    for key, value in at(thing, above).items():
        if isinstance(value, dict) and key not in FREE and above + (key,) != holder[: len(above) + 1]:
            yield above + (key,)


def misplaced(thing):
    """The right path, the wrong one, and the object with the field there."""
    for path in fields(thing):
        for place in places(thing, path):
            if path in (("apiVersion",), ("kind",)) or path[-1] in at(thing, place):
                continue
            moved = copy.deepcopy(thing)
            target = at(moved, place)
            target[path[-1]] = at(moved, path[:-1]).pop(path[-1])
            yield text(path), text(place + (path[-1],)), moved


def main():
    podlint, show = sys.argv[1], "--show" in sys.argv
    data = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../testdata/misplaced.jsonl")
    with open(data, encoding="utf-8") as lines:
        cases = list({case[:2]: case for line in lines for case in misplaced(json.loads(line))}.values())
    with tempfile.TemporaryDirectory() as folder:
        for i, (_, _, moved) in enumerate(cases):
            with open(os.path.join(folder, f"{i:05d}.json"), "w", encoding="utf-8") as out:
                json.dump(moved, out, indent=1)
        command = [podlint, "check", "--format", "json", "--select", "yaml,schema,api", folder]
        documents = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout)["documents"]
    told = {int(os.path.basename(d["file"])[:5]): d["diagnostics"] for d in documents}
    count = right = more = 0
    for i, (want, wrong, _) in enumerate(cases):
        found = [d for d in told[i] if d["rule"] == "unknown-field"]
        if not found or re.sub(r"\[\d+\]", "[]", found[0]["path"]) != wrong:
            continue  # the object has a field of that name too
        hint = re.sub(r"\[\d+\]", "[]", found[0].get("help", ""))
        good = want.replace("initContainers", "containers") in hint.replace("initContainers", "containers")
        count, right, more = count + 1, right + good, more + (len(told[i]) > 1)
        if show and (not good or len(told[i]) > 1):
            print(f"{wrong}, of {want}: {hint}", [d["rule"] for d in told[i][1:]])
    failed = (right * 100 < count * LEAST_RIGHT) + (more * 100 > count * MOST_MORE)
    print(f"{count} misplaced fields: {right} are told their place, {more} with other errors")
    print(f"misplaced: {2 - failed} passed, {failed} failed, 0 skipped")
    sys.exit(1 if failed else 0)


main()
