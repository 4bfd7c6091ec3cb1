#!/usr/bin/env python3
"""Compare what `podlint explain --format json` says of every type with a table of the API's fields.

    facts.py PODLINT FIELDS.tsv

Columns: type, field, valueType, required, enum, since, removedIn. Fields that the newest version no longer has are left out.
"""
import csv, json, subprocess, sys

podlint, table = sys.argv[1:3]
types = {}
for row in csv.DictReader(open(table, encoding="utf-8"), delimiter="\t"):
    if row["field"] != "." and not row["removedIn"]:
        types.setdefault(row["type"], []).append(row)


def spelled(value):
    for old, new in (("integer:int32", "int32"), ("integer:int64", "int64"), ("boolean", "bool"), ("FieldsV1", "any")):
        value = value.replace(old, new)
    return value


# The name of a kind is the kind, and a word of a status that word: the type of a field with the same name is asked for by its path.
paths = {
    "ResourceClaim": "pod.spec.containers.resources.claims",
    "NodeAffinity": "pod.spec.affinity.nodeAffinity",
    "PodFailurePolicy": "job.spec.podFailurePolicy",
}

wrong = checked = 0
for name, rows in sorted(types.items()):
    p = subprocess.run([podlint, "explain", paths.get(name, name), "--format", "json"], stdout=subprocess.PIPE)
    if p.returncode:
        print("no answer for", name)
        wrong += 1
        continue
    mine = {f["name"]: f for f in json.loads(p.stdout)["fields"]}
    for row in rows:
        checked += 1
        f = mine.pop(row["field"], None)
        if f is None:
            print(f"{name}.{row['field']} is missing")
            wrong += 1
            continue
        want = {"type": spelled(row["valueType"]), "required": row["required"] == "required", "since": row["since"] or None}
        if row["enum"]:
            want["enum"] = row["enum"].split("|")
        for key, value in want.items():
            got = sorted(f[key] or []) if key == "enum" else f[key]
            if got != (sorted(value) if key == "enum" else value):
                print(f"{name}.{row['field']}: {key} is {f[key]!r}, the table has {value!r}")
                wrong += 1
        if not f["description"]:
            print(f"{name}.{row['field']} has no description")
            wrong += 1
    for extra in mine:
        print(f"{name}.{extra} is not in the table")
        wrong += 1
print(f"facts: {checked - wrong} passed, {wrong} failed")
sys.exit(1 if wrong else 0)
