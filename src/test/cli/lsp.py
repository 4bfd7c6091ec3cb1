#!/usr/bin/env python3
"""Talks to podlint lsp as an editor does.

    lsp.py PODLINT [NAME...]      the tests of these names, or all
"""
import json
import os
import random
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lsp_client import Client, Failed, uri  # noqa: E402

PODLINT = os.path.abspath(sys.argv[1])

POD = """apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: app
    image: registry.example.com/web:1.0
    imagePullPolicy: Always
"""


class Folder:
    """A folder of files that goes when it is left."""

    def __init__(self, **files):
        self.files = files

    def __enter__(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.path = self.temporary.name
        for name, text in self.files.items():
            self.write(name.replace("__", "/").replace("_yaml", ".yaml"), text)
        return self

    def __exit__(self, *_):
        self.temporary.cleanup()

    def write(self, name, text):
        path = self.join(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path

    def join(self, name):
        return os.path.join(self.path, name)


def codes(diagnostics):
    return sorted(d.get("code", d["message"]) for d in diagnostics)


def same(found, wanted, what=""):
    assert found == wanted, f"{what}\n  found:  {found!r}\n  wanted: {wanted!r}"


def replace(client, path, old, new):
    start = client.texts[path][0].index(old)
    return client.edit(path, start, start + len(old), new)


def server_text(client, path):
    return client.ask("podlint/text", {"textDocument": {"uri": uri(path)}})["text"]


def test_a_session_from_open_to_close():
    with Folder(pod_yaml=POD) as folder:
        client = Client(PODLINT, folder.path)
        path = folder.join("pod.yaml")
        before = codes(client.open(path))
        assert "not-supported" not in before, before
        found = replace(client, path, "Always", "Sometimes")
        fault = [d for d in found if d["code"] == "not-supported"][0]
        same(fault["range"], {"start": {"line": 8, "character": 21}, "end": {"line": 8, "character": 30}})
        same((fault["severity"], fault["source"]), (1, "podlint"))
        assert "use Always, IfNotPresent or Never" in fault["message"], fault
        assert fault["codeDescription"]["href"].endswith("#not-supported"), fault
        same(codes(replace(client, path, "Sometimes", "IfNotPresent")), before, "mended")
        replace(client, path, "  containers:", "  containers: {")
        client.close(path)
        client.until(path, lambda found: not found, "nothing is left of what is closed")
        same(client.shut(), 0)


def test_units_of_positions():
    for encoding, column in (("utf-16", 31), ("utf-8", 36), ("utf-32", 29)):
        with Folder() as folder:
            client = Client(PODLINT, folder.path, encoding)
            same(client.result["capabilities"]["positionEncoding"], encoding)
            path = folder.join("pod.yaml")
            text = POD.replace("imagePullPolicy: Always", "# \N{ROCKET}\N{ROCKET}\n    \"imagePullPolicy\": Sometimes")
            text = text.replace("  name: web\n", "  name: web\n  annotations: {a: \"\N{ROCKET}\N{ROCKET}é\", b: 1}\n")
            found = [d for d in client.open(path, text) if d["code"] == "wrong-type"]
            assert found, "a number is no annotation"
            same(found[0]["range"]["start"]["character"], column, encoding)
            client.edit(path, text.index("é"), text.index("é") + 1, "\N{ROCKET}e\u0301")
            same(server_text(client, path), client.texts[path][0])
            client.shut()


def test_random_edits():
    random.seed(int(os.environ.get("SEED", "1")))
    pieces = ["\n", "\r\n", "\r", " ", "  ", "- ", ":", "kind: Pod", "é", "\N{ROCKET}", "{", "\"", "#", "x", "\t", "---\n", "|", "\u2028"]
    for encoding in ("utf-16", "utf-8", "utf-32"):
        with Folder() as folder:
            client = Client(PODLINT, folder.path, encoding)
            path = folder.join("pod.yaml")
            client.open(path, POD)
            for _ in range(10000 // 3 + 1):
                text = client.texts[path][0]
                start = random.randint(0, len(text))
                end = min(len(text), start + random.choice([0, 0, 0, 1, 2, random.randint(0, 40)]))
                while text[max(start - 1, 0):start + 1] == "\r\n":  # no position is within a line break
                    start -= 1
                while text[end - 1:end + 1] == "\r\n":
                    end += 1
                client.edit(path, start, end, random.choice(pieces) * random.choice([0, 1, 1, 2]), wait=False)
            client.found(path)
            same(server_text(client, path), client.texts[path][0], encoding)
            same(client.shut(), 0)


def test_what_is_open_counts_in_place_of_what_is_saved():
    service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: web\n  ports:\n  - port: 80\n    targetPort: http\n"
    deployment = ("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  selector:\n    matchLabels:\n      app: web\n"
                  "  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n      - name: app\n"
                  "        image: registry.example.com/web:1.0\n        ports:\n        - name: http\n          containerPort: 8080\n")
    with Folder(a_yaml=service, b_yaml=deployment) as folder:
        client = Client(PODLINT, folder.path)
        a, b = folder.join("a.yaml"), folder.join("b.yaml")
        about_port = lambda found: [d for d in found if "http" in d["message"]]
        assert not about_port(client.open(a)), "the port is there"
        client.open(b)
        replace(client, b, "name: http", "name: web")
        client.until(a, lambda found: about_port(found), "the port has another name now")
        client.close(b)
        client.until(a, lambda found: not about_port(found), "what was not saved is gone")
        folder.write("b.yaml", deployment.replace("name: http", "name: web"))
        client.tell("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri(b), "type": 2}]})
        client.until(a, lambda found: about_port(found), "another program wrote the file")
        client.shut()


def test_configurations():
    bad = POD.replace("Always", "Sometimes")
    with Folder(pod_yaml=bad) as folder:
        folder.write(".podlint.yaml", "ignore: [not-supported]\n")
        client = Client(PODLINT, folder.path)
        path, config = folder.join("pod.yaml"), folder.join(".podlint.yaml")
        assert "not-supported" not in codes(client.open(path))
        same(client.open(config), [])
        found = client.write_text(config, "ignroe: [not-supported]\n")
        same(len(found), 1)
        assert "ignore" in found[0]["message"], found
        client.until(path, lambda found: "not-supported" in codes(found), "the file is judged anew")
        client.tell("workspace/didChangeConfiguration", {"settings": {"podlint": {"ignore": ["not-supported"]}}})
        client.until(path, lambda found: "not-supported" not in codes(found), "the editor's settings hold")
        client.shut()


def test_a_file_that_is_deleted_and_made_again():
    bad = POD.replace("Always", "Sometimes")
    with Folder(pod_yaml=bad) as folder:
        client = Client(PODLINT, folder.path)
        path = folder.join("pod.yaml")
        same(codes(client.open(path)), ["not-supported"])
        os.unlink(path)
        same(codes(replace(client, path, "name: web", "name: gone")), ["not-supported"])
        folder.write("pod.yaml", POD)
        same(codes(replace(client, path, "name: gone", "name: back")), ["not-supported"], "what is open counts")
        same(codes(replace(client, path, "Sometimes", "Always")), [])
        client.shut()


def test_documents_outside_of_folders():
    client = Client(PODLINT)
    with Folder() as folder:
        path = folder.join("new.yaml")
        assert "not-supported" in codes(client.open(path, POD.replace("Always", "Sometimes")))
    with Folder() as folder:
        shop = "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: a}\nspec: {size: huge}\n"
        folder.write(".podlint/crds/shop.yaml", DEFINITION)
        config = folder.write(".podlint.yaml", "ignroe: []\n")
        alone = Client(PODLINT)
        assert codes(alone.open(folder.write("deploy/shop.yaml", shop))), "the definitions above it count"
        same(len(alone.open(config)), 1)
        alone.shut()
    client.tell("textDocument/didOpen", {"textDocument": {"uri": "untitled:Untitled-1", "languageId": "yaml", "version": 3,
                                                          "text": POD.replace("Always", "Sometimes")}})
    client.wait(lambda m: m.get("method") == "textDocument/publishDiagnostics" and m["params"]["uri"] == "untitled:Untitled-1"
                and "not-supported" in codes(m["params"]["diagnostics"]))
    same(client.shut(), 0)


WORLD = """apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  MODE: fast
  LEVEL: info
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: app
        image: registry.example.com/web:1.0
        ports:
        - name: http
          containerPort: 8080
"""


def ask_at(client, path, method, text, **more):
    """Makes the document this text without its mark, and asks at the mark."""
    index = text.index("\N{BROKEN BAR}")
    text = text.replace("\N{BROKEN BAR}", "")
    client.write_text(path, text)
    return client.ask(method, {"textDocument": {"uri": uri(path)}, "position": client.position(text, index), **more})


def completed(client, path, text):
    """What is offered, in order, and what accepting it writes."""
    answer = ask_at(client, path, "textDocument/completion", text)
    return {i["label"]: i["textEdit"]["newText"] for i in sorted(answer["items"], key=lambda i: i["sortText"])}


# What is written in place of the mark in a broken text, what has to be offered first, and what not at all.
COMPLETIONS = (
    ("\N{BROKEN BAR}", ["apiVersion", "kind"], ["containers"]),
    ("kind: \N{BROKEN BAR}", ["Pod"], []),
    ("apiVersion: apps/v1\nkind: \N{BROKEN BAR}", ["Deployment"], []),
    ("apiVersion: \N{BROKEN BAR}\nkind: CronJob\n", ["batch/v1"], ["v1"]),
    ("kind: Pod\nspec:\n  \N{BROKEN BAR}\n", ["containers"], ["image", "status"]),
    ("kind: Pod\nspec:\n  containers:\n  - name: a\n    \N{BROKEN BAR}\n  volumes: []\n", ["image"], ["name", "containers"]),
    ("kind: Pod\nspec:\n  containers:\n  - \N{BROKEN BAR}\n", ["name", "image"], []),
    ("kind: Pod\nspec:\n  containers:\n    - name: a\n      ports: [{\N{BROKEN BAR}\n", ["containerPort"], []),
    ("kind: Pod\nspec:\n  restartPolicy: \N{BROKEN BAR}\n", ["Always", "OnFailure", "Never"], []),
    ("kind: Pod\nspec:\n  priorityClassName: \N{BROKEN BAR}\n", ["system-cluster-critical"], []),
    ("kind: Pod\nspec:\n  hostNetwork: t\N{BROKEN BAR}\n", ["true", "false"], []),
    ("kind: Pod\nspec:\n  containers:\n  - name: a\n    command:\n    - |\n      ec\N{BROKEN BAR}\n", [], ["image"]),
    ("kind: Pod\nspec:\n  nodeSelector:\n    \N{BROKEN BAR}\n", ["kubernetes.io/hostname"], []),
    ("kind: Pod\nspec:\n  topologySpreadConstraints:\n  - topologyKey: \N{BROKEN BAR}\n", ["kubernetes.io/hostname"], []),
    ("kind: Pod\nspec:\n  containers:\n  - env:\n    - valueFrom:\n        configMapKeyRef:\n          name: \N{BROKEN BAR}", ["settings"], []),
    ("kind: Pod\nspec:\n  containers:\n  - env:\n    - valueFrom:\n        configMapKeyRef:\n          name: settings\n"
     "          key: \N{BROKEN BAR}", ["MODE", "LEVEL"], []),
    ("kind: Pod\nspec:\n  containers:\n  - volumeMounts:\n    - name: \N{BROKEN BAR}\n  volumes:\n  - name: data\n  - name: tmp\n",
     ["data", "tmp"], []),
    ("kind: StatefulSet\nspec:\n  template:\n    spec:\n      containers:\n      - volumeMounts:\n        - name: \N{BROKEN BAR}\n"
     "  volumeClaimTemplates:\n  - metadata:\n      name: kept\n    spec: {}\n", ["kept"], []),
    ("kind: Pod\nspec:\n  containers:\n  - resources:\n      limits:\n        memory: 128\N{BROKEN BAR}\n", ["128Mi", "128Gi"], []),
    ("kind: Service\nspec:\n  selector:\n    \N{BROKEN BAR}\n", ["app"], []),
    ("kind: Service\nspec:\n  ports:\n  - port: 80\n    targetPort: \N{BROKEN BAR}\n", ["http"], []),
    ("kind: HorizontalPodAutoscaler\napiVersion: autoscaling/v2\nspec:\n  scaleTargetRef:\n    kind: Deployment\n    name: \N{BROKEN BAR}\n",
     ["web"], []),
    ("kind: Service\nspec:\n  ports:\n  - {port: 80, targetPort: \N{BROKEN BAR}}\n", ["http"], []),
    ("kind: Pod\nspec:\n  containers:\n  - {name: a,\n     imagePullPolicy: \N{BROKEN BAR}}\n", ["Always"], []),
    ('{"kind": "Pod", "apiVersion": "v1", "spec": {"containers": [{"name": "a", "ima\N{BROKEN BAR}', ["image"], ["name"]),
    ("kind: Shop\napiVersion: example.com/v1\nspec:\n  \N{BROKEN BAR}", ["size"], []),
    ("kind: Shop\napiVersion: example.com/v1\nspec:\n  size: \N{BROKEN BAR}", ["small", "large"], []),
)

DEFINITION = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shops.example.com}
spec:
  group: example.com
  names: {kind: Shop, plural: shops}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [size]
            properties:
              size: {type: string, enum: [small, large], description: How large it is.}
              open: {type: boolean}
"""


def test_completion():
    with Folder(world_yaml=WORLD) as folder:
        folder.write(".podlint/crds/shop.yaml", DEFINITION)
        client = Client(PODLINT, folder.path)
        path = folder.join("x.yaml")
        client.open(path, "")
        for text, first, absent in COMPLETIONS:
            found = list(completed(client, path, text))
            same(found[:len(first)], first, text)
            same([word for word in absent if word in found], [], text)
        found = completed(client, path, "kind: Pod\nspec:\n  \N{BROKEN BAR}\n")
        same(found["containers"], "containers:\n- name: ${1}\n  image: ${2}")
        same(found["restartPolicy"], "restartPolicy: ${1|Always,OnFailure,Never|}")
        client.shut()


def test_completion_before_the_first_run():
    with Folder(world_yaml=WORLD) as folder:
        client = Client(PODLINT, folder.path)
        path = folder.join("x.yaml")
        mark = "apiVersion: v1\nkind: Service\nspec:\n  ports:\n  - port: 80\n    targetPort: \n"
        client.open(path, mark, wait=False)
        found = client.ask("textDocument/completion", client.at(path, "targetPort: ", 12))["items"]
        assert "http" in [item["label"] for item in found], found
        client.shut()


def test_completion_of_kinds_and_kustomizations():
    with Folder() as folder:
        client = Client(PODLINT, folder.path)
        path = folder.join("x.yaml")
        text = "apiVersion: apps/v1\nkind: \n"
        client.open(path, text)
        items = client.ask("textDocument/completion", client.at(path, "kind: ", 6))["items"]
        items.sort(key=lambda item: item["sortText"])
        kinds = {item["label"]: item for item in items}
        assert "additionalTextEdits" not in kinds["Deployment"], kinds["Deployment"]
        assert [item["label"] for item in items].index("Deployment") < [item["label"] for item in items].index("Pod")
        edit = kinds["Pod"]["additionalTextEdits"][0]
        same(edit, {"range": {"start": {"line": 0, "character": 12}, "end": {"line": 0, "character": 19}}, "newText": "v1"})
        found = completed(client, path, POD + "    securityContext:\n      capabilities: {drop: [\N{BROKEN BAR}]}\n")
        same(list(found)[0], "ALL")
        found = completed(client, path, POD + "    securityContext:\n      capabilities:\n        add:\n        - \N{BROKEN BAR}\n")
        assert "NET_BIND_SERVICE" in found, found
        path = folder.join("kustomization.yaml")
        client.open(path, "")
        first = list(completed(client, path, "\N{BROKEN BAR}"))[:12]
        same([name for name in ("resources", "patches", "images", "namespace") if name not in first], [])
        client.shut()


def test_indentation_for_clients_that_add_none():
    support = {"textDocument": {"publishDiagnostics": {"versionSupport": True},
                                "completion": {"completionItem": {"snippetSupport": True}}}}
    with Folder() as folder:
        client = Client(PODLINT, folder.path, capabilities=support)
        path = folder.join("x.yaml")
        client.open(path, "kind: Pod\nspec:\n  \n")
        items = client.ask("textDocument/completion", client.at(path, "spec:\n  ", 8))["items"]
        item = [item for item in items if item["label"] == "containers"][0]
        same(item["textEdit"]["newText"], "containers:\n  - name: ${1}\n    image: ${2}")
        assert "insertTextMode" not in item, item
        client.shut()


def test_definitions_among_the_files():
    shop = "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: a}\nspec: {size: small}\n"
    with Folder(shop_yaml=shop, crd_yaml=DEFINITION) as folder:
        client = Client(PODLINT, folder.path)
        path, definition = folder.join("shop.yaml"), folder.join("crd.yaml")
        same(codes(client.open(path)), [])
        assert codes(client.write_text(path, shop.replace("small", "huge"))), "huge is none of the sizes"
        client.open(definition)
        client.write_text(definition, DEFINITION.replace("large]", "huge]"))
        client.until(path, lambda found: not found, "the definition that is typed holds")
        found = list(completed(client, path, shop.replace("small", "\N{BROKEN BAR}")))
        same(found, ["small", "huge"])
        client.write_text(definition, DEFINITION.replace("kind: Shop", "kind: Stop"))
        client.until(path, lambda found: not found, "nothing is known of the kind any more")
        same(codes(client.write_text(path, shop.replace("small", "1"))), [])
        client.write_text(definition, DEFINITION)
        client.until(path, lambda found: found, "the definition is back")
        client.shut()


def test_completion_of_the_configuration():
    with Folder() as folder:
        client = Client(PODLINT, folder.path)
        path = folder.join(".podlint.yaml")
        client.open(path, "")
        assert {"kubernetes-version", "ignore", "profile"} <= set(completed(client, path, "\N{BROKEN BAR}"))
        assert {"security", "reliability"} <= set(completed(client, path, "profile: \N{BROKEN BAR}"))
        assert {"pod-security", "no-liveness-probe"} <= set(completed(client, path, "ignore:\n- \N{BROKEN BAR}"))
        assert {"select", "paths"} <= set(completed(client, path, "overrides:\n- \N{BROKEN BAR}"))
        client.shut()


def test_hover():
    def words(text):
        found = ask_at(client, path, "textDocument/hover", text)
        return found["contents"]["value"] if found else ""

    with Folder() as folder:
        folder.write(".podlint/crds/shop.yaml", DEFINITION)
        client = Client(PODLINT, folder.path)
        path = folder.join("x.yaml")
        client.open(path, "")
        pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: a\n    image: x:1\n"
        assert "fixed once the object exists" in words(pod + "    image\N{BROKEN BAR}PullPolicy: Always\n")
        assert "| `Never` |" in words(pod + "    imagePullPolicy: Alw\N{BROKEN BAR}ays\n")
        found = words(pod + "    livenessPr\N{BROKEN BAR}obe:\n      tcpSocket: {port: 80}\n")
        assert "periodSeconds: 10" in found, found
        assert "CrashLoopBackOff" in words("# why CrashLoop\N{BROKEN BAR}BackOff?\n" + pod)
        assert "no-liveness-probe" in words("# podlint: ignore-file no-live\N{BROKEN BAR}ness-probe\n" + pod)
        assert "broken" not in words("kind: Pod\nspec: {{\n  cont\N{BROKEN BAR}ainers: [\n")
        assert "How large it is" in words("apiVersion: example.com/v1\nkind: Shop\nspec:\n  si\N{BROKEN BAR}ze: small\n")
        same(words("apiVersion: v1\nkind: Pod\nspec:\n  no\N{BROKEN BAR}such: 1\n"), "")
        config = folder.join(".podlint.yaml")
        client.open(config, "")
        found = ask_at(client, config, "textDocument/hover", "clos\N{BROKEN BAR}ed-world: true\n")
        assert "exist" in found["contents"]["value"], found
        client.shut()


def test_the_outline():
    with Folder(world_yaml=WORLD) as folder:
        client = Client(PODLINT, folder.path)
        path = folder.join("world.yaml")
        client.open(path)
        symbols = client.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri(path)}})
        same([(s["name"], s["detail"]) for s in symbols], [("settings", "ConfigMap"), ("web", "Deployment")])
        template = [s for s in symbols[1]["children"] if s["name"] == "spec"][0]["children"][1]
        containers = [s for s in template["children"][1]["children"] if s["name"] == "containers"][0]
        same(containers["children"][0]["name"], "app")
        folds = client.ask("textDocument/foldingRange", {"textDocument": {"uri": uri(path)}})
        assert {"startLine": 0, "endLine": 6} in folds, folds
        found = client.ask("workspace/symbol", {"query": "WE"})
        same([(s["name"], s["containerName"], s["location"]["range"]["start"]["line"]) for s in found], [("web", "Deployment", 11)])
        client.shut()


APPLICATION = WORLD + """        - &metrics
          name: metrics
          containerPort: 9090
        readinessProbe:
          httpGet: {path: /, port: "http"}
        env:
        - name: MODE
          valueFrom:
            configMapKeyRef: {name: settings, key: MODE}
        - name: GREETING
          value: $(MODE) and more
        volumeMounts:
        - name: data
          mountPath: /data
      volumes:
      - name: data
        configMap:
          name: settings
"""

SERVICE = """apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
  - name: main
    port: 80
    targetPort: http
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
spec:
  defaultBackend:
    service:
      name: web
      port:
        name: main
"""


def lines_of(locations):
    return sorted((os.path.basename(l["uri"]), l["range"]["start"]["line"] + 1) for l in locations)


def line(text, part, number=1):
    """The number of the line of the text that has the part the so-manieth time."""
    return [i + 1 for i, l in enumerate(text.split("\n")) if part in l][number - 1]


def apply(texts, edit):
    """The texts by URI as they are after a WorkspaceEdit of a client that takes UTF-16."""
    for document in edit["documentChanges"]:
        where = document["textDocument"]["uri"]
        for change in sorted(document["edits"], key=lambda e: (-e["range"]["start"]["line"], -e["range"]["start"]["character"])):
            lines = texts[where].split("\n")
            start, end = change["range"]["start"], change["range"]["end"]
            at = sum(len(l) + 1 for l in lines[:start["line"]]) + start["character"]
            to = sum(len(l) + 1 for l in lines[:end["line"]]) + end["character"]
            texts[where] = texts[where][:at] + change["newText"] + texts[where][to:]
    return texts


def test_navigation():
    with Folder(app_yaml=APPLICATION, service_yaml=SERVICE) as folder:
        client = Client(PODLINT, folder.path)
        app, service = folder.join("app.yaml"), folder.join("service.yaml")
        client.open(app)

        def ask(path, mark, method, offset=0, **more):
            return client.ask(method, {**client.at(path, mark, offset), **more})

        same(lines_of(ask(app, "name: data\n          mountPath", "textDocument/definition", 7)),
             [("app.yaml", line(APPLICATION, "- name: data", 2))])
        same(lines_of(ask(app, "name: settings, key", "textDocument/definition", 8)), [("app.yaml", 4)])
        same(lines_of(ask(app, "key: MODE", "textDocument/definition", 6)), [("app.yaml", 6)])
        same(lines_of(ask(app, "$(MODE)", "textDocument/definition", 3)), [("app.yaml", line(APPLICATION, "- name: MODE"))])
        found = ask(app, "- name: http", "textDocument/references", 9, context={"includeDeclaration": True})
        same(lines_of(found), [("app.yaml", line(APPLICATION, "- name: http")), ("app.yaml", line(APPLICATION, "port: \"http\"")),
                               ("service.yaml", line(SERVICE, "targetPort"))])
        client.open(service)
        same(lines_of(ask(service, "targetPort: http", "textDocument/definition", 13)), [("app.yaml", line(APPLICATION, "- name: http"))])
        same(lines_of(ask(service, "        name: main", "textDocument/definition", 15)), [("service.yaml", line(SERVICE, "- name: main"))])
        same(lines_of(ask(service, "      name: web\n      port", "textDocument/definition", 13)), [("service.yaml", 4)])
        found = ask(service, "app: web", "textDocument/references", 6, context={"includeDeclaration": False})
        same(lines_of(found), [("app.yaml", line(APPLICATION, "app: web")), ("service.yaml", line(SERVICE, "app: web"))])
        same(ask(app, "image: registry", "textDocument/definition", 9), [])
        client.shut()


def test_rename():
    with Folder(app_yaml=APPLICATION, service_yaml=SERVICE) as folder:
        client = Client(PODLINT, folder.path)
        app, service = folder.join("app.yaml"), folder.join("service.yaml")
        client.open(app)
        texts = {uri(app): APPLICATION, uri(service): SERVICE}
        at = client.at(app, "- name: http", 9)
        same(client.ask("textDocument/prepareRename", at)["placeholder"], "http")
        edit = client.ask("textDocument/rename", {**at, "newName": "www"})
        renamed = apply(dict(texts), edit)
        same(renamed[uri(app)], APPLICATION.replace("name: http", "name: www").replace('port: "http"', 'port: "www"'))
        same(renamed[uri(service)], SERVICE.replace("targetPort: http", "targetPort: www"))
        renamed = apply(dict(texts), client.ask("textDocument/rename", {**client.at(app, "app: web", 6), "newName": "shop"}))
        same(renamed[uri(app)].count("app: shop"), 2)
        same(renamed[uri(service)].count("app: shop"), 1)
        edit = client.ask("textDocument/rename", {**client.at(app, "name: settings\ndata", 8), "newName": "12"})
        same(apply(dict(texts), edit)[uri(app)], APPLICATION.replace("settings", '"12"'))
        for mark, offset, name, why in (("- name: http", 9, "Bad_Name", "lower-case"), ("app: web", 6, "web-", "begins and ends"),
                                        ("name: settings\ndata", 8, "Bad_Name", "DNS subdomain")):
            try:
                client.ask("textDocument/rename", {**client.at(app, mark, offset), "newName": name})
                raise AssertionError(f"{name} is no such name")
            except Failed as error:
                assert why in str(error), error
        for name in ("metrics", "a b", ""):
            try:
                client.ask("textDocument/rename", {**at, "newName": name})
                raise AssertionError(f"{name!r} is taken, or no name")
            except Failed:
                pass
        pod = POD + "    volumeMounts: [{name: tmp, mountPath: /tmp}]\n  volumes: [{name: tmp, emptyDir: {}}]\n"
        client.open(folder.write("pod.yaml", pod), pod)
        at = client.at(folder.join("pod.yaml"), "name: tmp", 6)
        for name in ("Bad_Name", "a.b", "-a", "a" * 64):
            try:
                client.ask("textDocument/rename", {**at, "newName": name})
                raise AssertionError(f"{name} is no DNS label")
            except Failed as error:
                assert "DNS label" in str(error), error
        edit = client.ask("textDocument/rename", {**at, "newName": "scratch"})
        same(apply({uri(folder.join("pod.yaml")): pod}, edit)[uri(folder.join("pod.yaml"))],
             pod.replace("name: tmp", "name: scratch"))
        folder.write("other/app.yaml", WORLD)
        client.tell("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri(folder.join("other/app.yaml")), "type": 1}]})
        edit = client.ask("textDocument/rename", {**client.at(app, "app: web", 6), "newName": "shop"})
        same(len(edit["documentChanges"]), 2, "what stands in another folder may be another application")
        client.write_text(app, "a: &one {b: 1}\nc: *one\n---\nd: *one\n")
        edit = client.ask("textDocument/rename", {**client.at(app, "*one", 2), "newName": "two"})
        same(apply({uri(app): client.texts[app][0]}, edit)[uri(app)], "a: &two {b: 1}\nc: *two\n---\nd: *one\n")
        client.shut()


def test_files_that_are_named():
    with Folder() as folder:
        folder.write("base/pod.yaml", POD)
        folder.write("base/kustomization.yaml", "resources: [pod.yaml]\n")
        path = folder.write("kustomization.yaml", "resources:\n- base\n- https://example.com/x\n- nowhere.yaml\n")
        client = Client(PODLINT, folder.path)
        client.open(path)
        links = client.ask("textDocument/documentLink", {"textDocument": {"uri": uri(path)}})
        same([os.path.relpath(l["target"][7:], os.path.realpath(folder.path)) for l in links], ["base/kustomization.yaml"])
        same(len(client.ask("textDocument/definition", client.at(path, "base", 1))), 1)
        client.shut()


def actions_at(client, path, code, **context):
    found = [d for d in client.found(path) if d.get("code") == code]
    assert found, f"{code} is not found: {client.found(path)}"
    return client.ask("textDocument/codeAction", {"textDocument": {"uri": uri(path)}, "range": found[0]["range"],
                                                  "context": {"diagnostics": found[:1], **context}})


def titled(actions, words):
    found = [a for a in actions if words in a["title"]]
    assert found, f"no {words!r} among {[a['title'] for a in actions]}"
    return found[0]


def test_actions():
    with Folder(pod_yaml=POD.replace("Always", "Sometimes")) as folder:
        client = Client(PODLINT, folder.path)
        path = folder.join("pod.yaml")
        client.open(path)
        actions = actions_at(client, path, "not-supported")
        for words, comment in (("here", 'Sometimes # podlint: ignore not-supported say why'), ("whole file", "# podlint: ignore-file")):
            text = apply({uri(path): client.texts[path][0]}, titled(actions, words)["edit"])[uri(path)]
            assert comment in text, text
            before = client.texts[path][0]
            assert "not-supported" not in codes(client.write_text(path, text)), text
            client.write_text(path, before)
        explain = titled(actions, "Explain")["command"]
        assert "fixed set of values" in client.ask("workspace/executeCommand", explain)
        assert any(n["method"] == "window/showMessage" for n in client.notifications)
        assert not [a for a in actions_at(client, path, "not-supported", only=["source.organizeImports"])]
        client.write_text(path, POD.replace("Always", "Sometimes # as the house wants"))
        text = apply({uri(path): client.texts[path][0]}, titled(actions_at(client, path, "not-supported"), "here")["edit"])[uri(path)]
        assert "not-supported" not in codes(client.write_text(path, text)), text
        client.shut()


def test_fixes():
    bad = POD.replace("imagePullPolicy", "imagepullPolicy").replace("  containers", "  hostnetwork: true  # keep\n  containers")
    with Folder(pod_yaml=bad) as folder:
        for resolves in (False, True):
            support = {"resolveSupport": {"properties": ["edit"]}} if resolves else {}
            client = Client(PODLINT, folder.path, actions=support)
            path = folder.join("pod.yaml")
            client.open(path)
            texts = {uri(path): bad}
            actions = actions_at(client, path, "unknown-field")
            one, all_ = titled(actions, "Fix unknown-field"), titled(actions, "Fix all 2")
            same(one["isPreferred"], True)
            same(apply(dict(texts), one["edit"])[uri(path)], bad.replace("hostnetwork", "hostNetwork"))
            same(apply(dict(texts), all_["edit"])[uri(path)], bad.replace("hostnetwork", "hostNetwork").replace("imagepull", "imagePull"))

            def whole(kind, text):
                asked = {"textDocument": {"uri": uri(path)}, "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}}
                action = client.ask("textDocument/codeAction", {**asked, "context": {"diagnostics": [], "only": [kind]}})[0]
                action = client.ask("codeAction/resolve", action) if resolves else action
                return apply({uri(path): text}, action["edit"])[uri(path)]

            alone = POD.replace("imagePull", "imagepull")
            client.write_text(path, alone)
            same(whole("source.fixAll", alone), POD, "one finding")
            client.write_text(path, bad)
            same(whole("source.fixAll", bad), bad.replace("hostnetwork", "hostNetwork").replace("imagepull", "imagePull"))
            client.write_text(path, POD)
            strict = whole("refactor.rewrite", POD)
            assert "runAsNonRoot: true" in strict and "RuntimeDefault" in strict, strict
            client.tell("workspace/didChangeConfiguration", {"settings": {"podlint": {"podSecurity": "restricted"}}})
            client.write_text(path, strict)
            same([c for c in codes(client.found(path)) if "pod-security" in c or "non-root" in c], [])
            client.shut()


def test_simulate():
    with Folder(pod_yaml=POD) as folder:
        client = Client(PODLINT, folder.path)
        path = folder.join("pod.yaml")
        client.open(path)
        replace(client, path, "name: web", "name: of-the-editor")
        page = client.ask("workspace/executeCommand", {"command": "podlint.simulate", "arguments": [uri(path)]})
        assert page.lstrip().startswith("<!") and "of-the-editor" in page, page[:200]
        client.write_text(path, "kind: [")
        try:
            client.ask("workspace/executeCommand", {"command": "podlint.simulate", "arguments": [uri(path)]})
            raise AssertionError("there is nothing to play")
        except Failed:
            pass
        same(client.shut(), 0)


def test_the_margin():
    probe = POD + "    livenessProbe:\n      tcpSocket: {port: 80}\n"
    with Folder(pod_yaml=probe) as folder:
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
        for wanted in (True, False):
            client = Client(PODLINT, folder.path, settings={"inlayHints": wanted, "codeLens": wanted})
            path = folder.join("pod.yaml")
            client.open(path)
            document = {"textDocument": {"uri": uri(path)}}
            lenses = client.ask("textDocument/codeLens", document)
            same([l["command"]["title"].split(";")[0] for l in lenses], ["Pod Security: baseline"] * wanted)
            hints = client.ask("textDocument/inlayHint", {**document, "range": whole})
            same(len([h for h in hints if "periodSeconds: 10" in h["label"] and h["position"]["line"] == 9]), int(wanted))
            client.shut()


def test_kustomizations():
    with Folder() as folder:
        folder.write("base/pod.yaml", POD)
        folder.write("pod.yaml", POD)
        path = folder.write("kustomization.yaml", "")
        client = Client(PODLINT, folder.path)
        client.open(path)
        assert {"resources", "patches", "namespace"} <= set(completed(client, path, "\N{BROKEN BAR}"))
        same(set(completed(client, path, "resources:\n- \N{BROKEN BAR}\n")), {"base", "pod.yaml", "../"})
        same(set(completed(client, path, "resources:\n- base/\N{BROKEN BAR}\n")), {"base/pod.yaml", "base/../"})
        found = client.write_text(path, "resuorces:\n- pod.yaml\n")
        assert any("resources" in d["message"] for d in found), found
        client.shut()


def test_what_is_stored():
    limits = ("apiVersion: v1\nkind: LimitRange\nmetadata: {name: limits, namespace: shop}\n"
              "spec: {limits: [{type: Container, default: {memory: 64Mi}}]}\n")
    with Folder(limits_yaml=limits) as folder:
        client = Client(PODLINT, folder.path)
        path = folder.join("pod.yaml")
        client.open(path, "")
        pod = POD.replace("name: web", "name: web\n  namespace: shop").replace("containers", "cont\N{BROKEN BAR}ainers")
        found = ask_at(client, path, "textDocument/hover", pod)["contents"]["value"]
        assert "memory: 64Mi" in found, found
        client.shut()


def test_a_configuration_that_is_wrong():
    with Folder(pod_yaml=POD) as folder:
        folder.write(".podlint.yaml", "ignroe: []\n")
        client = Client(PODLINT, folder.path)
        client.open(folder.join("pod.yaml"))
        told = [n["params"]["message"] for n in client.notifications if n["method"] == "window/showMessage"]
        assert len(told) == 1 and ".podlint.yaml:1:" in told[0] and "ignroe" in told[0], told
        client.shut()


def test_templates():
    chart = ("{{- if .Values.on }}\napiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\nspec:\n  containers:\n"
             "{{- range .Values.containers }}\n  - name: app\n    image: {{ .image }}\n    \N{BROKEN BAR}\n{{- end }}\n{{- end }}\n")
    with Folder() as folder:
        folder.write("chart/Chart.yaml", "apiVersion: v2\nname: x\nversion: 1.0.0\n")
        path = folder.write("chart/templates/pod.yaml", "")
        client = Client(PODLINT, folder.path)
        same(client.open(path), [])
        found = completed(client, path, chart)
        assert "imagePullPolicy" in found and "name" not in found, list(found)
        same(client.found(path), [], "nothing false is said of a template")
        hover = client.ask("textDocument/hover", client.at(path, "image: {{", 2))
        assert "Pod.spec.containers.image" in hover["contents"]["value"]
        client.shut()


def error_of(client, answer_to):
    return client.wait(lambda m: "error" in m and m.get("id") == answer_to)["error"]["code"]


def test_messages_that_are_none():
    client = Client(PODLINT, initialize=False)
    same(error_of(client, client.post("textDocument/hover", {})), -32002, "not initialized")
    client.initialize(None, None, None)
    client.write(b"{")
    same(error_of(client, None), -32700)
    client.write(b"[1, 2]")
    same(error_of(client, None), -32600)
    client.write(b'{"jsonrpc": "2.0", "id": {"a": 1}, "method": "x"}')
    same(error_of(client, None), -32600)
    same(error_of(client, client.post("no/such", {})), -32601)
    client.process.stdin.write(b"Nonsense: 1\r\n\r\n")
    client.process.stdin.flush()
    same(error_of(client, None), -32700)
    for method in ("textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "workspace/didChangeWatchedFiles",
                   "workspace/didChangeConfiguration", "workspace/didChangeWorkspaceFolders", "$/cancelRequest", "no/such"):
        for params in (None, [], 1, "x", {}, {"textDocument": 3}, {"textDocument": {"uri": 1}, "contentChanges": [1, {}, None]}):
            client.tell(method, params)
    same(error_of(client, client.post("initialize", {})), -32600)
    same(client.shut(), 0)


def test_a_request_that_is_taken_back():
    with Folder() as folder:
        client = Client(PODLINT, folder.path)
        path = folder.join("pod.yaml")
        client.open(path, POD)
        params = {"textDocument": {"uri": uri(path)}}
        messages = [{"jsonrpc": "2.0", "id": n, "method": "podlint/text", "params": params} for n in (901, 902)]
        messages.append({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 902}})
        whole = b""
        for message in messages:
            body = json.dumps(message).encode()
            whole += b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        client.process.stdin.write(whole)
        client.process.stdin.flush()
        same(error_of(client, 902), -32800)
        client.shut()


def test_messages_while_an_answer_is_written():
    with Folder() as folder:
        client = Client(PODLINT, folder.path)
        path = folder.join("config.yaml")
        client.open(path, "apiVersion: v1\nkind: ConfigMap\ndata:\n" + "".join(f"  key-{i}: value\n" for i in range(3000)))
        document = {"textDocument": {"uri": uri(path)}}
        client.post("textDocument/documentSymbol", document)  # more than a pipe holds
        time.sleep(0.5)
        last = client.post("podlint/text", document)
        time.sleep(0.1)
        start = time.monotonic()
        client.wait(lambda m: m.get("id") == last)
        assert time.monotonic() - start < 5, "it was not looked at until the next message"
        same(client.shut(), 0)


def test_an_editor_that_dies():
    client = Client(PODLINT)
    client.process.stdin.close()
    same(client.process.wait(10), 1)
    client = Client(PODLINT)
    client.process.stdout.close()
    for _ in range(3):
        try:
            client.post("podlint/text", {})
        except BrokenPipeError:
            break
    same(client.process.wait(10), 1)


def main():
    signal.alarm(int(os.environ.get("LIMIT", "60")))
    names = [n for n in globals() if n.startswith("test_")]
    if sys.argv[2:]:
        names = [n for n in names if any(word in n for word in sys.argv[2:])]
    failed = 0
    for name in names:
        try:
            globals()[name]()
        except (AssertionError, Failed, EOFError) as error:
            failed += 1
            print(f"FAIL {name}: {type(error).__name__}: {error}")
    print(f"{len(names)} tests, {failed} failed")
    sys.exit(1 if failed or not names else 0)


if __name__ == "__main__":
    main()
