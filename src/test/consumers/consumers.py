"""Writes hostile manifests, reports on them in every format, and gives the reports to those who read them.

    consumers.py PODLINT DIRECTORY      DIRECTORY: where consumers.sh installed the readers
"""
import collections
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import xml.etree.ElementTree

import jsonschema
import junitparser
import lxml.etree
import sarif.loader

PODLINT, DIRECTORY = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "testdata")
NODE_MODULES = os.path.join(DIRECTORY, "node_modules")

POD = b"""apiVersion: v1
kind: Pod
metadata: {name: %s, namespace: "a b"}
spec:
  containers:
    - {name: %s, image: %s, imge: x, "%s": 1, stdin: yes, stdinOnce: "1"}
    - {name: %s, image: "", env: [{name: %s, value: 1}, {name: "", value: "%s"}]}
"""
HOSTILE = [
    b'"plain"',
    rb'"quotes \" \x27 and <tags> & ]]> <![CDATA[ --> &amp; &#0;"',
    rb'"lines\nand\r\ncontrols \x00\x01\x1b\x7f\x85 ::error::x"',
    rb'"100%, a:b, a=b; %0A %25"',
    '"юникод \U0001f600 \u2028 \ufeff"'.encode(),
    rb'"\uFFFE \uFFFF \uD7FF \uE000"',
    b'"' + b"long" * 20000 + b'"',
]
FILES = [b"plain.yaml", b"with space.yaml", b"a:b,c=d%20.yaml", b'q"\'<&>]]>.yaml', "имя.yaml".encode(), b"line\nfeed.yaml",
         b"#fragment?query.yaml", b"-dash.yaml"]
UNREAD = [b"latin-\xe9.yaml", b"nowhere.yaml"]  # a name that is no UTF-8, and a file that is not there

failed = passed = 0


def shown(text):
    """Text as people see it: what a terminal would obey is written as an escape."""
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    obeyed = {0x061C, 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
    escape = lambda c: short.get(c) or ("\\x%02x" if ord(c) < 0x100 else "\\u%04x") % ord(c)
    return "".join(escape(c) if ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or ord(c) in obeyed else c for c in text)


def check(name, condition, detail=""):
    global failed, passed
    if condition:
        passed += 1
        return
    failed += 1
    print("FAIL", name, str(detail)[:600])


def write_manifests(root):
    for i, name in enumerate(FILES + UNREAD[:1]):
        with open(os.path.join(os.fsencode(root), name), "wb") as out:
            for text in HOSTILE:
                inner = text[1:-1]
                out.write(POD % (text, text, text, inner, text, text, inner) + b"---\n")
            if i == 0:
                out.write(b"a: [\n---\n- \xff\n---\nkind: Service\napiVersion: v1\nmetadata: {name: a}\n---\n")
    for source in sorted(glob.glob(os.path.join(EXAMPLES, "*", "*.yaml"))):
        shutil.copy(source, os.path.join(root, "%s-%s" % (os.path.basename(os.path.dirname(source)), os.path.basename(source))))


def report(root):
    formats = ["sarif", "rdjson", "junit", "gitlab", "checkstyle", "json"]
    command = [PODLINT, "check", "--format", "github", "--pod-security", "restricted"]
    command += ["--output=%s=../out.%s" % (name, name) for name in formats] + [".", "nowhere.yaml"]
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    check("ends with 2 for the file that is not there", done.returncode == 2, done.returncode)
    return done.stdout


def read(root, name):
    with open(os.path.join(root, "..", "out." + name), "rb") as file:
        return file.read()


def check_sarif(root, text, findings):
    log = json.loads(text)
    schema = json.load(open(glob.glob(NODE_MODULES + "/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0*.json")[0]))
    errors = list(jsonschema.Draft7Validator(schema).iter_errors(log))
    check("sarif: the schema", not errors, errors[:1])
    run = log["runs"][0]
    rules, results = run["tool"]["driver"]["rules"], run["results"]
    check("sarif: one result a finding", len(results) == len(findings), len(results))
    check("sarif: results and their rules agree", all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in results))
    prints = [r["partialFingerprints"]["podlintFinding/v1"] for r in results]
    check("sarif: every fingerprint once", len(set(prints)) == len(prints))
    for result, (_, finding) in zip(results, findings):
        region = result["locations"][0]["physicalLocation"]["region"]
        if [region["startLine"], region["startColumn"], region["endLine"], region["endColumn"]] != \
                [finding["line"], finding["column"], finding["endLine"], finding["endColumn"]]:
            check("sarif: the region of a finding", False, result)
    uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in results}
    names = {urllib.parse.unquote_to_bytes(uri) for uri in uris}
    check("sarif: relative URIs", not any(urllib.parse.urlsplit(uri).scheme or "?" in uri or "#" in uri for uri in uris), uris)
    check("sarif: URIs lead to the files", all(os.path.exists(os.path.join(os.fsencode(root), name)) for name in names))
    check("sarif: URIs of all hostile names", set(FILES) <= names, set(FILES) - names)
    check("sarif: a note about each file that is not read",
          not run["invocations"][0]["executionSuccessful"] and len(run["invocations"][0]["toolExecutionNotifications"]) == len(UNREAD))
    loaded = sarif.loader.load_sarif_file(os.path.join(root, "..", "out.sarif"))
    check("sarif-tools: as many records", loaded.get_result_count() == len(findings), loaded.get_result_count())
    tool = NODE_MODULES + "/@microsoft/sarif-multitool-linux/Sarif.Multitool"
    verdict = os.path.join(root, "..", "verdict.sarif")
    subprocess.run([tool, "validate", os.path.join(root, "..", "out.sarif"), "--output", verdict, "--log", "ForceOverwrite",
                    "--level", "Error", "--kind", "Fail"], stdout=subprocess.DEVNULL, check=False)
    complaints = json.load(open(verdict, encoding="utf-8-sig"))["runs"][0]["results"]
    check("sarif-multitool: no error", not complaints, complaints[:1])


def check_junit(text, output):
    schema = lxml.etree.XMLSchema(lxml.etree.parse(DIRECTORY + "/pytest-7.4.4/testing/example_scripts/junit-10.xsd"))
    tree = lxml.etree.fromstring(text, lxml.etree.XMLParser(huge_tree=True))
    check("junit: the schema", schema.validate(tree), schema.error_log)
    suites = junitparser.JUnitXml.fromroot(xml.etree.ElementTree.fromstring(text))
    cases = [case for suite in suites for case in suite]
    counts = [sum(getattr(suite, name) for suite in suites) for name in ("tests", "failures", "errors", "skipped")]
    results = collections.Counter(type(case.result[0]).__name__ for case in cases if case.result)
    check("junit: the counts", counts == [len(cases), results["Failure"], results["Error"], results["Skipped"]], (counts, results))
    check("junit: a test for each object", len(cases) == len(output["documents"]) + len(UNREAD), len(cases))
    failing = sum(any(d["severity"] == "error" for d in document["diagnostics"]) for document in output["documents"])
    check("junit: failures", results["Failure"] == failing, (results, failing))
    check("junit: the files that are not read", results["Error"] == len(UNREAD))


def check_checkstyle(text, findings):
    files = xml.etree.ElementTree.fromstring(text).findall("file")
    errors = [error for file in files for error in file.findall("error") if error.get("source") != "podlint.unread"]
    check("checkstyle: one error a finding", len(errors) == len(findings), len(errors))
    same = all(int(e.get("line")) == f["line"] and int(e.get("column")) == f["column"] and e.get("severity") == f["severity"] and
               e.get("source") == "podlint." + f["rule"] for e, (_, f) in zip(errors, findings))
    check("checkstyle: they say the same", same)


def check_rdjson(root, text, findings):
    diagnostics = json.loads(text)["diagnostics"]
    check("rdjson: one diagnostic a finding, and the files that are not read", len(diagnostics) == len(findings) + len(UNREAD), len(diagnostics))
    wrong = []
    for d, (file, f) in zip(diagnostics, findings):
        start = d["location"]["range"]["start"]
        same = d["code"]["value"] == f["rule"] and d["severity"] == f["severity"].upper() and start["line"] == f["line"]
        if same and "column" in start:
            with open(os.path.join(os.fsencode(root), os.fsencode(file)), "rb") as source:
                line = source.read().split(b"\n")[f["line"] - 1]
            same = len(line[:start["column"] - 1].decode(errors="replace")) == f["column"] - 1
        if not same:
            wrong.append((d, f))
    check("rdjson: they say the same, in bytes", not wrong, wrong[:1])


def check_gitlab(text, findings):
    issues = json.loads(text)
    check("gitlab: one issue a finding, and the files that are not read", len(issues) == len(findings) + len(UNREAD), len(issues))
    check("gitlab: what it requires", all(
        issue["description"] and issue["check_name"] and issue["severity"] in ("info", "minor", "major", "critical", "blocker") and
        issue["location"]["lines"]["begin"] >= 1 and not issue["location"]["path"].startswith("./") for issue in issues))
    check("gitlab: every fingerprint once", len({issue["fingerprint"] for issue in issues}) == len(issues))


def check_github(text, findings):
    """The commands are those that the toolkit of GitHub Actions makes of the same findings."""
    expected = []
    for file, f in findings:
        properties = {"title": f["rule"], "file": shown(file[2:] if file.startswith("./") else file), "line": f["line"],
                      "endLine": f["endLine"]}
        if f["line"] == f["endLine"]:
            properties.update(col=f["column"], endColumn=max(f["endColumn"] - 1, f["column"]))
        message = f["message"] + ("\nat: " + shown(f["path"]) if f["path"] else "") + ("\nhelp: " + f["help"] if "help" in f else "")
        level = {"error": "error", "warning": "warning", "info": "notice"}[f["severity"]]
        expected.append([level, properties, message])
    script = """import {readFileSync} from 'fs';
        import {issueCommand} from '%s/@actions/core/lib/command.js';
        for (const [level, properties, message] of JSON.parse(readFileSync(0)))
            issueCommand(level, properties, message);""" % NODE_MODULES
    done = subprocess.run(["node", "--input-type=module", "-e", script], input=json.dumps(expected).encode(), stdout=subprocess.PIPE,
                          check=True)
    wanted = done.stdout.decode().split("\n")[:-1]
    lines = text.decode(errors="replace").split("\n")[:len(wanted)]
    differing = [pair for pair in zip(lines, wanted) if pair[0] != pair[1]]
    check("github: as the toolkit writes them", len(lines) == len(wanted) and not differing, differing[:1])


def main():
    with tempfile.TemporaryDirectory() as top:
        root = os.path.join(top, "repo")
        os.mkdir(root)
        write_manifests(root)
        github = report(root)
        output = json.loads(read(root, "json"))
        findings = [(document["file"], finding) for document in output["documents"] for finding in document["diagnostics"]]
        check("there is something to report", len(findings) > 500, len(findings))
        check_sarif(root, read(root, "sarif"), findings)
        check_junit(read(root, "junit"), output)
        check_checkstyle(read(root, "checkstyle"), findings)
        check_rdjson(root, read(root, "rdjson"), findings)
        check_gitlab(read(root, "gitlab"), findings)
        check_github(github, findings)
    print("consumers: %d passed, %d failed" % (passed, failed))
    return failed > 0


sys.exit(main())
