"""What pygls, a client of the Language Server Protocol with types for all of it, makes of podlint lsp: opens, breaks, mends, completes,
asks, goes, renames, fixes, closes. Every answer has to be of the type that the protocol gives it. Run by editors.sh.

    pygls_client.py PODLINT FOLDER
"""
import asyncio
import os
import sys

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

TEXT = """apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: app
    image: registry.example.com/web:1.0
    imagePullPolicy: Sometimes
    volumeMounts:
    - name: data
      mountPath: /data
  volumes:
  - name: data
    emptyDir: {}
"""


class Session:
    def __init__(self, podlint, folder):
        self.podlint, self.folder, self.text, self.version = podlint, folder, TEXT, 1
        self.uri = "file://" + os.path.join(folder, "typed.yaml")
        self.client = LanguageClient("podlint-test", "1")
        self.published = asyncio.Queue()

    def place(self, mark, offset=0):
        before = self.text[:self.text.index(mark) + offset]
        return lsp.Position(before.count("\n"), len(before) - before.rfind("\n") - 1)

    def at(self, kind, mark, offset=0, **more):
        return kind(text_document=lsp.TextDocumentIdentifier(self.uri), position=self.place(mark, offset), **more)

    async def diagnostics(self):
        while True:
            params = await asyncio.wait_for(self.published.get(), 10)
            if params.uri == self.uri and params.version == self.version:
                return params.diagnostics

    async def type(self, old, new):
        start, end = self.place(old), self.place(old, len(old))
        self.text = self.text.replace(old, new, 1)
        self.version += 1
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(
            lsp.VersionedTextDocumentIdentifier(self.version, self.uri),
            [lsp.TextDocumentContentChangePartial(lsp.Range(start, end), new)]))
        return await self.diagnostics()

    async def run(self):
        client = self.client
        await client.start_io(self.podlint, "lsp")
        client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: self.published.put_nowait(params))
        support = lsp.ClientCapabilities(
            text_document=lsp.TextDocumentClientCapabilities(
                publish_diagnostics=lsp.PublishDiagnosticsClientCapabilities(version_support=True, related_information=True),
                document_symbol=lsp.DocumentSymbolClientCapabilities(hierarchical_document_symbol_support=True)))
        folder = lsp.WorkspaceFolder("file://" + self.folder, "folder")
        await client.initialize_async(lsp.InitializeParams(capabilities=support, workspace_folders=[folder], process_id=os.getpid()))
        client.initialized(lsp.InitializedParams())
        client.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(self.uri, "yaml", self.version, self.text)))
        found = await self.diagnostics()
        fault = [d for d in found if d.code == "not-supported"][0]
        document = lsp.TextDocumentIdentifier(self.uri)
        actions = await client.text_document_code_action_async(
            lsp.CodeActionParams(document, fault.range, lsp.CodeActionContext([fault])))
        assert any("Ignore not-supported" in a.title for a in actions), actions
        assert not [d for d in await self.type("Sometimes", "IfNotPresent") if d.code == "not-supported"]
        broken = await self.type("    emptyDir: {}\n", "    emptyDir: {\n")
        assert [d for d in broken if d.severity == lsp.DiagnosticSeverity.Error], broken
        await self.type("    emptyDir: {\n", "    emptyDir: {}\n")
        completed = await client.text_document_completion_async(self.at(lsp.CompletionParams, "IfNotPresent"))
        assert "Always" in [i.label for i in completed.items], completed
        hover = await client.text_document_hover_async(self.at(lsp.HoverParams, "imagePullPolicy", 3))
        assert "When the kubelet pulls the image" in hover.contents.value, hover
        places = await client.text_document_definition_async(self.at(lsp.DefinitionParams, "name: data", 8))
        assert places[0].range.start.line == 13, places
        places = await client.text_document_references_async(
            self.at(lsp.ReferenceParams, "name: data", 8, context=lsp.ReferenceContext(True)))
        assert len(places) == 2, places
        edit = await client.text_document_rename_async(self.at(lsp.RenameParams, "name: data", 8, new_name="files"))
        assert len(edit.changes[self.uri]) == 2, edit
        symbols = await client.text_document_document_symbol_async(lsp.DocumentSymbolParams(document))
        assert symbols[0].name == "web" and symbols[0].detail == "Pod", symbols
        assert await client.text_document_folding_range_async(lsp.FoldingRangeParams(document))
        lenses = await client.text_document_code_lens_async(lsp.CodeLensParams(document))
        assert lenses[0].command.title.startswith("Pod Security: baseline"), lenses
        assert await client.text_document_document_highlight_async(self.at(lsp.DocumentHighlightParams, "name: data", 8))
        client.text_document_did_close(lsp.DidCloseTextDocumentParams(document))
        await client.shutdown_async(None)
        client.exit(None)
        await asyncio.wait_for(client.stop(), 10)


asyncio.run(Session(sys.argv[1], sys.argv[2]).run())
