"""The JSON Schema of the configuration takes what podlint takes, and refuses what it refuses.

    config_schema.py PODLINT SCHEMA
"""

import json
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

GOOD = """
{}
pods: [{apiVersion: example.com/v1, kind: Shop, path: "spec.parts[].pod", as: template}]
kubernetes-version: 1.34
kubernetes-version: v1.34.2
kubernetes-version: "1.OLDEST"
kubernetes-version: 1.NEWEST
kubernetes-version: [1.34, "1.36"]
kubernetes-version: 1.OLDEST..1.NEWEST
kubernetes-version: [v1.34.2-gke.1200, v1.35+]
pod-security: baseline
pod-security: restricted:latest
pod-security: restricted:v1.8
pod-security: privileged:1.30
pod-security: restricted:v1.NEWEST
profile: none
profile: [security, reliability]
select: lint
select: [unknown-field, pss-]
select: []
enable: [all]
ignore: server
severity: {}
severity: {unknown-field: off, lint: info}
severity: {unknown-field: "off", api: warning}
parameters: {}
parameters: {unknown-field: {}}
closed-world: yes
fail-on: never
include: deploy/
include: [deploy/, "*.yaml"]
exclude: ["**/x", "!y", ./z]
rules: []
overrides: []
overrides: [{paths: x}]
overrides: [{paths: [x, z], ignore: lint, severity: {api: error}, kubernetes-version: 1.33, fail-on: info, closed-world: no}]
""".strip().splitlines()

BAD = """
[]
text
ingore: lint
kubernetes-version: 1.BEFORE
kubernetes-version: 1.3
kubernetes-version: 1.AFTER
kubernetes-version: 1.34.foo
kubernetes-version: "1.034"
kubernetes-version: 1.34..
kubernetes-version: []
kubernetes-version:
kubernetes-version: [[1.34]]
pod-security: strict
pod-security: restricted:v1.AFTER
pod-security: [baseline]
pod-security: "baseline:"
profile: everything
profile: []
profile: {security: true}
select: {lint: true}
select: [3]
select: ""
select:
enable: true
ignore: [[lint]]
severity: [lint]
severity: {lint: fatal}
severity: {lint: true}
severity: {lint: [error]}
parameters: []
parameters: {unknown-field: 3}
closed-world: sometimes
fail-on: off
fail-on: [error]
include: 5
include: ["", x]
exclude: ../x
exclude: {x: y}
rules: [1]
rules: {x: y}
overrides: {paths: x}
overrides: [x]
overrides: [{ignore: lint}]
overrides: [{paths: x, include: y}]
overrides: [{paths: x, overrides: []}]
overrides: [{paths: 3}]
paths: x
""".strip().splitlines()


def main(podlint, schema):
    with open(schema, encoding="utf-8") as file:
        validator = jsonschema.Draft7Validator(json.load(file))
    validator.check_schema(validator.schema)
    version = subprocess.run([podlint, "--version"], capture_output=True, text=True, check=True).stdout
    oldest, newest = map(int, re.search(r"1\.(\d+) to 1\.(\d+)", version).groups())
    numbers = {"OLDEST": oldest, "NEWEST": newest, "BEFORE": oldest - 1, "AFTER": newest + 1}
    wrong = 0
    for text, wanted in [(t, True) for t in GOOD] + [(t, False) for t in BAD]:
        text = re.sub("[A-Z]{5,}", lambda word: str(numbers.get(word[0], word[0])), text)
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(text + "\n")
            file.flush()
            run = subprocess.run([podlint, "config", "--config", file.name], capture_output=True, text=True, check=False)
        by_podlint, by_schema = run.returncode == 0, validator.is_valid(yaml.safe_load(text))
        if by_podlint != wanted or by_schema != wanted:
            wrong += 1
            print(f"FAIL {text!r}: wanted {wanted}, podlint says {by_podlint}, the schema {by_schema}\n{run.stderr}")
    print(f"config schema: {len(GOOD) + len(BAD) - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
