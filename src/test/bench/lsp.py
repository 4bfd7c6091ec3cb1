#!/usr/bin/env python3
"""What podlint lsp costs: processor time and memory of the server while somebody types.

    lsp.py PODLINT

The text is one of 30 objects and about 1,000 lines, in a folder of its own and in one of 500 files. Processor time is that of the
server alone (/proc/PID/schedstat); memory is the most that was resident. Where yaml-language-server is installed (npm), it gets the same
text and keystrokes.
"""
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from lsp_client import Client, uri  # noqa: E402

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "testdata", "examples")


def example(name, number):
    text = open(os.path.join(EXAMPLES, name), encoding="utf-8").read()
    text = re.sub(r"(\n  name: [a-z-]+)", rf"\1-{number}", text)
    return re.sub(r"((?:app|kubernetes.io/name): [a-z-]+)", rf"\1-{number}", text)


def thousand_lines():
    parts, names, number = [], ["deployment.yaml", "statefulset.yaml", "pod.yaml", "daemonset.yaml", "jobs.yaml"], 0
    objects = lines = 0
    while objects < 30 or lines < 1000:
        text = example(names[number % len(names)], number)
        parts.append(text.strip("\n"))
        objects += text.count("\nkind:") + text.startswith("kind:")
        lines += text.count("\n") + 1
        number += 1
    text = "\n---\n".join(parts) + "\n"
    return text, objects


class Costs:
    def __init__(self, client):
        self.process = client.process.pid

    def spent(self):
        """Milliseconds of processor time so far, of all threads."""
        total = 0
        for thread in os.listdir(f"/proc/{self.process}/task"):
            total += int(open(f"/proc/{self.process}/task/{thread}/schedstat").read().split()[0])
        return total / 1e6

    def memory(self):
        """The most that was resident, in MiB."""
        status = open(f"/proc/{self.process}/status").read()
        return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024


def keystrokes(client, path, costs, count, settle=0.0):
    """Types into a name in the middle of the text, and takes it back; milliseconds of processor time of each, the median."""
    text = client.texts[path][0]
    at = text.index("image: ", len(text) // 2) + len("image: ")
    took = []
    for i in range(count):
        before = costs.spent()
        if i % 2 == 0:
            client.edit(path, at, at, "x")
        else:
            client.edit(path, at, at + 1, "")
        if settle:
            time.sleep(settle)
        took.append(costs.spent() - before)
    return statistics.median(took)


def asked(client, costs, method, params, count):
    took = []
    for _ in range(count):
        before = costs.spent()
        client.ask(method, params)
        took.append(costs.spent() - before)
    return statistics.median(took)


def started(podlint, folder, path):
    """Milliseconds from the start of the process to its first diagnostics: on the clock, and of processors. Fastest of 5."""
    walls, spent = [], []
    for _ in range(5):
        begin = time.monotonic()
        client = Client(podlint, folder)
        client.open(path)
        walls.append((time.monotonic() - begin) * 1000)
        spent.append(Costs(client).spent())
        client.shut()
    return min(walls), min(spent)


def published(client, path):
    client.wait(lambda m: m.get("method") == "textDocument/publishDiagnostics" and m["params"]["uri"] == uri(path), 60)


def other_server(podlint, path, folder):
    """The same with yaml-language-server, which gets podlint's JSON Schema of all kinds, so that it needs no network."""
    program = os.environ.get("YAML_LANGUAGE_SERVER") or shutil.which("yaml-language-server")
    if not program:
        print("SKIP yaml-language-server: it is not installed")
        return
    schema = os.path.join(folder, "kinds.json")
    with open(schema, "wb") as out:
        out.write(subprocess.run([podlint, "explain", "--json-schema"], stdout=subprocess.PIPE, check=True).stdout)
    yaml = {"validate": True, "completion": True, "hover": True, "schemas": {uri(schema): "*.yaml"}, "schemaStore": {"enable": False}}
    client = Client(podlint, folder, command=[program, "--stdio"], configuration={"yaml": yaml},
                    capabilities={"workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}}})
    client.tell("workspace/didChangeConfiguration", {"settings": {"yaml": yaml}})
    client.open(path, wait=False)
    published(client, path)
    costs = Costs(client)
    at, took = client.texts[path][0].index("image: ", len(client.texts[path][0]) // 2) + len("image: "), []
    for i in range(10):
        before = costs.spent()
        client.edit(path, at, at + i % 2, "" if i % 2 else "x", wait=False)
        published(client, path)
        took.append(costs.spent() - before)
    text = client.texts[path][0]
    place = {"textDocument": {"uri": uri(path)}, "position": client.position(text, text.index("image: ", len(text) // 2))}
    print("yaml-language-server, the same text, by shapes alone")
    print(f"  keystroke to diagnostics            {statistics.median(took):8.2f}")
    print(f"  completion                          {asked(client, costs, 'textDocument/completion', place, 10):8.2f}")
    print(f"  hover                               {asked(client, costs, 'textDocument/hover', place, 10):8.2f}")
    print(f"  memory, MiB                         {costs.memory():8.1f}")
    client.process.kill()
    client.process.wait()


def main():
    podlint = os.path.abspath(sys.argv[1])
    text, objects = thousand_lines()
    lines = text.count("\n")
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as large:
        path = os.path.join(small, "all.yaml")
        open(path, "w", encoding="utf-8").write(text)
        for i in range(499):
            folder = os.path.join(large, f"app-{i // 5}")
            os.makedirs(folder, exist_ok=True)
            name = ["deployment.yaml", "statefulset.yaml", "pod.yaml", "daemonset.yaml", "jobs.yaml"][i % 5]
            open(os.path.join(folder, name), "w", encoding="utf-8").write(example(name, i))
        among = os.path.join(large, "all.yaml")
        shutil.copy(path, among)

        client = Client(podlint, small)
        client.open(path)
        costs = Costs(client)
        print(f"podlint lsp, a text of {objects} objects and {lines} lines; milliseconds of processor time, the median of 50")
        print(f"  keystroke to diagnostics            {keystrokes(client, path, costs, 50):8.2f}")
        index = text.index("image: ", len(text) // 2)
        place = {"textDocument": {"uri": uri(path)}, "position": client.position(text, index)}
        named = {"textDocument": {"uri": uri(among)}, "position": client.position(text, text.index("  name: ") + len("  name: "))}
        print(f"  completion                          {asked(client, costs, 'textDocument/completion', place, 50):8.2f}")
        print(f"  hover                               {asked(client, costs, 'textDocument/hover', place, 50):8.2f}")
        document = {"textDocument": {"uri": uri(path)}}
        print(f"  outline                             {asked(client, costs, 'textDocument/documentSymbol', document, 50):8.2f}")
        print(f"  memory, MiB                         {costs.memory():8.1f}")
        client.shut()

        wall, spent = started(podlint, large, among)
        print("the same text in a workspace of 500 files")
        print(f"  start to first diagnostics          {spent:8.2f}   ({wall:.0f} ms on the clock)")
        client = Client(podlint, large)
        client.open(among)
        costs = Costs(client)
        print(f"  keystroke to diagnostics            {keystrokes(client, among, costs, 50):8.2f}")
        named["context"] = {"includeDeclaration": True}
        print(f"  references of a name                {asked(client, costs, 'textDocument/references', named, 10):8.2f}")
        print(f"  memory, MiB                         {costs.memory():8.1f}")
        client.shut()
        other_server(podlint, path, small)


if __name__ == "__main__":
    main()
