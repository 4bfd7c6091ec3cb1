/* Code actions: what can be done about the findings at a place. Fixes are those of `podlint fix`; what takes several checks of
 * the file is only made when the editor asks for it (codeAction/resolve), where it can. */
#include "features.h"
#include "fix/fix.h"
#include "rules.h"

/* Whether a kind of actions is asked for: all are where none is named. */
static bool is_asked(const json_t *params, Str kind) {
    const json_t *only = json_below(params, "context", "only");
    for (size_t i = 0; i < json_array_size(only); i++) {
        Str word = json_text(json_array_get(only, i));
        if (word.at && str_starts(kind, word) && (kind.len == word.len || !word.len || kind.at[word.len] == '.')) return true;
    }
    return !json_array_size(only);
}

static json_t *edit_of(Server *s, OpenDocument *document, json_t *edits) {
    if (!s->client.documentChanges) return json_pack("{s:{s:o}}", "changes", document->uri, edits);
    return json_pack("{s:[{s:{s:s,s:I},s:o}]}", "documentChanges", "textDocument", "uri", document->uri, "version",
                     (json_int_t)document->version, "edits", edits);
}

static json_t *insertion(Server *s, OpenDocument *document, size_t at, Str text) {
    Span span = {(uint32_t)at, (uint32_t)at};
    return json_pack("[{s:o,s:o}]", "range", text_range(&document->text, s->client.units, span), "newText", text_json(text));
}

static json_t *action(Str title, const char *kind, json_t *edit, const json_t *diagnostic) {
    json_t *out = json_pack("{s:o,s:s,s:o}", "title", text_json(title), "kind", kind, "edit", edit);
    if (diagnostic) json_object_set_new(out, "diagnostics", json_pack("[O]", diagnostic));
    return out;
}

static bool has_comments(const OpenDocument *document) {
    Str text = str_trim(text_str(&document->text));
    return !str_ends(str_of(document->path), S(".json")) && (!str_starts(text, S("{")) || str_starts(text, S("{{")));
}

/* A comment that has the findings of a rule at a place ignored: on the line, or above it where the line has a comment or is long
 * text. */
static json_t *ignore_here(Server *s, OpenDocument *document, Str rule, size_t at) {
    Str text = text_str(&document->text);
    Line line = line_at(text, at);
    Cursor cursor = cursor_at(&s->scratch, text, line.last > line.content ? line.last : line.content);
    bool open = line.last > line.content && strchr("|>", text.at[line.last - 1]) && cursor.part == CURSOR_VALUE;
    if (line.last == line.end && !open && cursor.part != CURSOR_NOWHERE)
        return insertion(s, document, line.end, str_format(&s->scratch, " # podlint: ignore %.*s say why", TEXT(rule)));
    Buf comment = {.arena = &s->scratch};
    buf_repeat(&comment, ' ', line.indent);
    buf_format(&comment, "# podlint: ignore %.*s say why\n", TEXT(rule));
    return insertion(s, document, line.at, buf_text(&comment));
}

/* Fixes */

/* What a fix needs of a document that is open, on its own. */
typedef struct Alone {
    InputList list;
    RunSettings how;
    const FileSettings *settings;
} Alone;

static void set_alone(Alone *alone, Server *s, const OpenDocument *document, const FileSettings *settings) {
    const Folder *folder = document->folder;
    InputFile input = folder->files.files.at[document->file];
    input.text = text_str(&document->text);
    input.read = NULL;
    *alone = (Alone){.list.arena = &s->scratch, .settings = settings};
    ARRAY_PUSH(&s->scratch, &alone->list.files, input);
    alone->how = (RunSettings){.threads = 1, .files = &alone->settings, .crds = folder->how.crds, .pods = folder->how.pods};
}

static ResultFile *result_of(const OpenDocument *document) {
    Run *run = &document->folder->run;
    return document->file < run->fileCount ? &run->files[document->file] : NULL;
}

/* Finds out what can be mended in a document, once a run. */
static void offer_fixes(Server *s, OpenDocument *document) {
    ResultFile *file = result_of(document);
    if (document->offered || !file || !file->settings) return;
    Alone alone;
    set_alone(&alone, s, document, file->settings);
    Run one = {.files = file, .fileCount = 1};
    fix_offer(&one, &document->folder->arenas[0], &alone.list, &alone.how);
    document->offered = true;
}

static void add_mend(Server *s, OpenDocument *document, const FindingFix *mend, json_t *edits) {
    for (uint32_t i = 0; i < mend->editCount; i++) {
        const FindingEdit *edit = &mend->edits[i];
        Span span = {(uint32_t)text_at_place(&document->text, edit->start), (uint32_t)text_at_place(&document->text, edit->end)};
        json_array_append_new(edits, json_pack("{s:o,s:o}", "range", text_range(&document->text, s->client.units, span),
                                               "newText", text_json(edit->text)));
    }
}

/* One edit that makes a text of another one, of whole lines. */
static json_t *difference(Server *s, OpenDocument *document, Str before, Str after) {
    size_t mark = str_starts(text_str(&document->text), S("\xEF\xBB\xBF")) ? 3 : 0, start = 0, end = 0;
    while (start < before.len && start < after.len && before.at[start] == after.at[start]) start++;
    while (start && before.at[start - 1] != '\n') start--;
    while (end < before.len - start && end < after.len - start &&
           before.at[before.len - 1 - end] == after.at[after.len - 1 - end])
        end++;
    while (end && before.at[before.len - end - 1] != '\n') end--;
    Span span = {(uint32_t)(start + mark), (uint32_t)(before.len - end + mark)};
    Str put = {after.at + start, after.len - end - start};
    return json_pack("[{s:o,s:o}]", "range", text_range(&document->text, s->client.units, span), "newText", text_json(put));
}

/* The settings by which only the restricted standard is looked at. */
static const FileSettings *restricted(Arena *arena, const FileSettings *file) {
    FileSettings *out = NEW(arena, FileSettings);
    *out = *file;
    out->podSecurity = (PodSecurity){POD_SECURITY_RESTRICTED, POD_SECURITY_LATEST};
    out->on = NEW_ARRAY(arena, uint8_t, rule_set_count(&file->rules));
    for (uint16_t i = 0; i < rule_count; i++) out->on[i] = rules[i].source == FROM_POD_SECURITY ? RULE_USE_ALL : RULE_USE_NONE;
    return out;
}

/* What of a whole document: "all" its fixes, or what "restricted" wants. NULL if there is nothing to do. */
static json_t *whole_edits(Server *s, OpenDocument *document, Str what) {
    const ResultFile *file = result_of(document);
    if (!file || !file->settings) return NULL;
    bool standard = str_eq(what, S("restricted"));
    Alone alone;
    set_alone(&alone, s, document, standard ? restricted(&s->scratch, file->settings) : file->settings);
    FixResult result;
    fix_files(&result, &s->scratch, &alone.list, &alone.how, standard);
    return result.files.n ? difference(s, document, result.files.at[0].before, result.files.at[0].after) : NULL;
}

/* An action on a whole document, whose edit is made now or when it is asked for. */
static void add_whole(Server *s, OpenDocument *document, const char *title, const char *kind, const char *what, json_t *out) {
    if (s->client.resolvesEdits) {
        json_array_append_new(
            out, json_pack("{s:s,s:s,s:{s:s,s:s}}", "title", title, "kind", kind, "data", "uri", document->uri, "what", what));
        return;
    }
    json_t *edits = whole_edits(s, document, str_of(what));
    if (edits) json_array_append_new(out, action(str_of(title), kind, edit_of(s, document, edits), NULL));
}

json_t *resolve_action(Server *s, const json_t *params, LspError *error) {
    Str uri = json_text(json_below(params, "data", "uri")), what = json_text(json_below(params, "data", "what"));
    OpenDocument *document = uri.at ? document_named(s, uri) : NULL;
    if (!document || !what.at) *error = LSP_INVALID_PARAMS;
    if (!document || !what.at) return NULL;
    workspace_settle(s, document);
    json_t *out = json_copy((json_t *)params), *edits = whole_edits(s, document, what);
    json_object_set_new(out, "edit", edit_of(s, document, edits ? edits : json_array()));
    return out;
}

/* The finding that a diagnostic shows. */
static const Finding *finding_of(OpenDocument *document, Str rule, size_t at) {
    const ResultFile *file = result_of(document);
    for (uint32_t i = 0; file && i < file->documentCount; i++)
        for (uint32_t k = 0; k < file->documents[i].findingCount; k++) {
            const Finding *finding = &file->documents[i].findings[k];
            if (str_eq(finding->rule->name, rule) && text_at_place(&document->text, finding->start) == at) return finding;
        }
    return NULL;
}

/* The fix of a finding, and those of all that a rule has found. */
static void add_fixes(Server *s, OpenDocument *document, const Finding *finding, const json_t *diagnostic, json_t *out) {
    Arena *arena = &s->scratch;
    const ResultFile *file = result_of(document);
    if (!finding || !finding->mend) return;
    json_t *edits = json_array(), *all = json_array();
    add_mend(s, document, finding->mend, edits);
    Str title =
        str_format(arena, finding->mend->safe ? "Fix %.*s" : "Fix %.*s (may change what it means)", TEXT(finding->rule->name));
    json_t *fix = action(title, "quickfix", edit_of(s, document, edits), diagnostic);
    if (finding->mend->safe) json_object_set_new(fix, "isPreferred", json_true());
    json_array_append_new(out, fix);
    uint32_t count = 0;
    for (uint32_t i = 0; i < file->documentCount; i++)
        for (uint32_t k = 0; k < file->documents[i].findingCount; k++) {
            const Finding *other = &file->documents[i].findings[k];
            if (other->rule != finding->rule || !other->mend || other->mend->safe != finding->mend->safe) continue;
            add_mend(s, document, other->mend, all);
            count++;
        }
    title = str_format(arena, "Fix all %u of %.*s in the file", count, TEXT(finding->rule->name));
    if (count > 1)
        json_array_append_new(out, action(title, "quickfix", edit_of(s, document, all), diagnostic));
    else
        json_decref(all);
}

static void add_for(Server *s, OpenDocument *document, const json_t *params, const json_t *diagnostic, json_t *out) {
    Arena *arena = &s->scratch;
    Str name = json_text(json_object_get(diagnostic, "code"));
    if (!name.len || !str_eq(json_text(json_object_get(diagnostic, "source")), S("podlint"))) return;
    size_t at = text_offset(&document->text, s->client.units, json_below(diagnostic, "range", "start"));
    if (is_asked(params, S("quickfix"))) add_fixes(s, document, finding_of(document, name, at), diagnostic, out);
    if (is_asked(params, S("quickfix")) && has_comments(document)) {
        Str title = str_format(arena, "Ignore %.*s here, with a reason", TEXT(name));
        json_array_append_new(out,
                              action(title, "quickfix", edit_of(s, document, ignore_here(s, document, name, at)), diagnostic));
        title = str_format(arena, "Ignore %.*s in the whole file, with a reason", TEXT(name));
        Str text = str_format(arena, "# podlint: ignore-file %.*s say why\n", TEXT(name));
        size_t top = str_starts(text_str(&document->text), S("\xEF\xBB\xBF")) ? 3 : 0;
        json_array_append_new(out,
                              action(title, "quickfix", edit_of(s, document, insertion(s, document, top, text)), diagnostic));
    }
    if (is_asked(params, S("quickfix")) && rule_named(name)) {
        Str title = str_format(arena, "Explain %.*s", TEXT(name));
        json_array_append_new(out,
                              json_pack("{s:o,s:s,s:{s:o,s:s,s:[o]}}", "title", text_json(title), "kind", "quickfix", "command",
                                        "title", text_json(title), "command", "podlint.explain", "arguments", text_json(name)));
    }
}

json_t *code_actions(Server *s, const json_t *params, LspError *error) {
    OpenDocument *document = document_of(s, params, error);
    if (!document) return NULL;
    workspace_settle(s, document);
    const json_t *diagnostics = json_below(params, "context", "diagnostics");
    json_t *out = json_array();
    const ResultFile *file = result_of(document);
    if (json_array_size(diagnostics) && is_asked(params, S("quickfix"))) offer_fixes(s, document);
    for (size_t i = 0; i < json_array_size(diagnostics); i++) add_for(s, document, params, json_array_get(diagnostics, i), out);
    bool fixes = false, strict = true;
    for (uint32_t i = 0; file && i < file->documentCount; i++) {
        fixes |= file->documents[i].findingCount > 0;
        strict &= !file->documents[i].podSecurity.known || file->documents[i].podSecurity.level == POD_SECURITY_RESTRICTED;
    }
    bool named = json_array_size(json_below(params, "context", "only")) > 0;
    if (fixes && is_asked(params, S("source.fixAll.podlint")) && (named || s->client.resolvesEdits))
        add_whole(s, document, "Fix all that podlint can mend", "source.fixAll.podlint", "all", out);
    if (!strict && is_asked(params, S("refactor.rewrite")) && (named || s->client.resolvesEdits))
        add_whole(s, document, "Add what Pod Security restricted wants", "refactor.rewrite", "restricted", out);
    return out;
}
