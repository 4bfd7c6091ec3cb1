"""A client of the Language Server Protocol, as an editor has one: starts podlint lsp and keeps a text the way an editor does."""
import json
import os
import select
import subprocess
import time
import urllib.parse


class Failed(Exception):
    pass


class Client:
    def __init__(self, podlint, folder=None, encoding="utf-16", options=(), settings=None, capabilities=None, initialize=True,
                 command=None, configuration=None, actions=None):
        """`command`: another server; `configuration`: its settings by section, for it to ask for."""
        self.process = subprocess.Popen(command or [podlint, "lsp", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.configuration, self.actions = configuration or {}, actions
        self.encoding, self.buffer, self.next = encoding, b"", 0
        self.diagnostics, self.requests, self.notifications, self.texts = {}, [], [], {}
        if initialize:
            self.result = self.initialize(folder, settings, capabilities)

    def initialize(self, folder, settings, capabilities):
        own = {
            "general": {"positionEncodings": [self.encoding]},
            "textDocument": {
                "publishDiagnostics": {"versionSupport": True, "relatedInformation": True, "codeDescriptionSupport": True,
                                       "tagSupport": {"valueSet": [1, 2]}},
                "completion": {"completionItem": {"snippetSupport": True, "insertTextModeSupport": {"valueSet": [1, 2]},
                                                  "documentationFormat": ["markdown"]}},
                "hover": {"contentFormat": ["markdown"]},
                "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
                "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "source.fixAll"]}}, **(self.actions or {})},
                "rename": {"prepareSupport": True},
            },
            "workspace": {"workspaceEdit": {"documentChanges": True}, "didChangeWatchedFiles": {"dynamicRegistration": False}},
        }
        own.update(capabilities or {})
        result = self.ask("initialize", {
            "processId": os.getpid(), "capabilities": own, "initializationOptions": settings,
            "rootUri": uri(folder) if folder else None,
            "workspaceFolders": [{"uri": uri(folder), "name": "folder"}] if folder else None})
        self.tell("initialized", {})
        return result

    def write(self, body):
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def send(self, message):
        self.write(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def tell(self, method, params):
        self.send({"method": method, "params": params})

    def ask(self, method, params=None, seconds=20):
        number = self.post(method, params)
        answer = self.wait(lambda m: m.get("id") == number and "method" not in m, seconds)
        if "error" in answer:
            raise Failed(f"{method}: {answer['error']}")
        return answer["result"]

    def post(self, method, params=None):
        self.next += 1
        self.send({"id": self.next, "method": method, "params": params})
        return self.next

    def read(self, seconds):
        """The next message, or None after so many seconds; raises EOFError when the server has gone."""
        end = time.monotonic() + seconds
        while True:
            head, mark, rest = self.buffer.partition(b"\r\n\r\n")
            if mark:
                length = int(head.split(b":")[1])
                if len(rest) >= length:
                    self.buffer = rest[length:]
                    return json.loads(rest[:length])
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                return None
            data = os.read(self.process.stdout.fileno(), 1 << 16)
            if not data:
                raise EOFError
            self.buffer += data

    def take(self, message):
        if message.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]
        elif "method" in message and "id" in message:
            self.requests.append(message)
            result = None
            if message["method"] == "workspace/configuration":
                result = [self.configuration.get(item.get("section")) for item in message["params"]["items"]]
            self.send({"id": message["id"], "result": result})
        elif "method" in message:
            self.notifications.append(message)

    def wait(self, wanted, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            message = self.read(end - time.monotonic())
            if message is None:
                break
            self.take(message)
            if wanted(message):
                return message
        raise Failed("no such message came in time")

    # A document

    def open(self, path, text=None, language="yaml", wait=True):
        if text is None:
            text = open(path, encoding="utf-8", newline="").read()
        self.texts[path] = [text, 1]
        self.tell("textDocument/didOpen", {"textDocument": {"uri": uri(path), "languageId": language, "version": 1, "text": text}})
        return self.found(path) if wait else None

    def found(self, path):
        """The diagnostics of the document as it is now."""
        version, where = self.texts[path][1], uri(path)
        if self.diagnostics.get(where, {}).get("version") != version:
            self.wait(lambda m: m.get("method") == "textDocument/publishDiagnostics" and m["params"]["uri"] == where
                      and m["params"].get("version") == version)
        return self.diagnostics[where]["diagnostics"]

    def until(self, path, wanted, what):
        """Waits until the diagnostics of a document are as wanted."""
        def fits():
            return uri(path) in self.diagnostics and wanted(self.diagnostics[uri(path)]["diagnostics"])
        try:
            if not fits():
                self.wait(lambda _: fits(), 10)
        except Failed:
            raise Failed(f"{what}: {self.diagnostics.get(uri(path))}") from None

    def edit(self, path, start, end, put, wait=True):
        """Replaces the characters start..end of the text."""
        text = self.texts[path][0]
        change = {"range": {"start": self.position(text, start), "end": self.position(text, end)}, "text": put}
        self.texts[path] = [text[:start] + put + text[end:], self.texts[path][1] + 1]
        self.tell("textDocument/didChange",
                  {"textDocument": {"uri": uri(path), "version": self.texts[path][1]}, "contentChanges": [change]})
        return self.found(path) if wait else None

    def write_text(self, path, text):
        return self.edit(path, 0, len(self.texts[path][0]), text)

    def close(self, path):
        self.tell("textDocument/didClose", {"textDocument": {"uri": uri(path)}})

    def at(self, path, mark, offset=0):
        """The parameters of a request at the start of `mark` in the text, and so many characters further on."""
        text = self.texts[path][0]
        index = text.index(mark)
        return {"textDocument": {"uri": uri(path)}, "position": self.position(text, index + offset)}

    def units(self, text):
        if self.encoding == "utf-8":
            return len(text.encode())
        return len(text) if self.encoding == "utf-32" else len(text.encode("utf-16-le")) // 2

    def position(self, text, index):
        line = max(text.rfind("\n", 0, index), last_carriage_return(text, index)) + 1
        count = text.count("\n", 0, index) + lone_carriage_returns(text, index)
        return {"line": count, "character": self.units(text[line:index])}

    def shut(self):
        self.ask("shutdown")
        self.tell("exit", None)
        self.process.stdin.close()
        return self.process.wait(10)


def lone_carriage_returns(text, end):
    return sum(1 for i in range(end) if text[i] == "\r" and text[i + 1:i + 2] != "\n")


def last_carriage_return(text, end):
    for i in range(end - 1, -1, -1):
        if text[i] == "\r" and text[i + 1:i + 2] != "\n":
            return i
    return -1


def uri(path):
    return "file://" + urllib.parse.quote(os.path.abspath(path))
