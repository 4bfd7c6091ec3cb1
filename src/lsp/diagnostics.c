/* Diagnostics: what the last run found in the documents that are open. */
#include <stdlib.h>

#include "explain/rule.h"
#include "report/shared.h"
#include "rules.h"
#include "server.h"

enum { SEVERITY_OF_ERROR = 1, SEVERITY_OF_WARNING, SEVERITY_OF_INFORMATION };
enum { TAG_UNNECESSARY = 1, TAG_DEPRECATED };

/* What stands there for nothing, and what is to be written otherwise by now. */
static int tag_of(const Rule *rule) {
    static const uint16_t unnecessary[] = {RULE_unused_ignore, RULE_unused_volume, RULE_startup_delay_redundant};
    static const uint16_t deprecated[] = {RULE_renamed_ignore, RULE_deprecated_image_registry, RULE_deprecated_node_label,
                                          RULE_deprecated_annotation, RULE_deprecated_service_account_field};
    for (size_t i = 0; i < COUNT(unnecessary); i++)
        if (rule == &rules[unnecessary[i]]) return TAG_UNNECESSARY;
    for (size_t i = 0; i < COUNT(deprecated); i++)
        if (rule == &rules[deprecated[i]]) return TAG_DEPRECATED;
    return 0;
}

static json_t *range_of(Server *s, OpenDocument *document, Place start, Place end) {
    Span span = {(uint32_t)text_at_place(&document->text, start), (uint32_t)text_at_place(&document->text, end)};
    if (span.end < span.at) span.end = span.at;
    return text_range(&document->text, s->client.units, span);
}

static int severity_of(uint8_t severity) {
    return severity == SEVERITY_ERROR     ? SEVERITY_OF_ERROR
           : severity == SEVERITY_WARNING ? SEVERITY_OF_WARNING
                                          : SEVERITY_OF_INFORMATION;
}

/* What is wrong, and below it what to do. */
static Str said(Arena *arena, Str message, Str help) {
    message = visible(arena, message);
    return help.len ? str_format(arena, "%.*s\n%.*s", TEXT(message), TEXT(visible(arena, help))) : message;
}

static json_t *finding_json(Server *s, OpenDocument *document, const Finding *finding, const FileSettings *settings) {
    Arena *arena = &s->scratch;
    Str message = said(arena, report_message(arena, finding, settings), finding->help);
    json_t *out = json_pack("{s:o,s:i,s:o,s:s,s:o}", "range", range_of(s, document, finding->start, finding->end), "severity",
                            severity_of(finding->severity), "code", text_json(finding->rule->name), "source", "podlint",
                            "message", text_json(message));
    Str address = rule_address(arena, finding->rule);
    if (address.len && s->client.codeDescriptions)
        json_object_set_new(out, "codeDescription", json_pack("{s:o}", "href", text_json(address)));
    int tag = tag_of(finding->rule);
    if (tag && s->client.tags) json_object_set_new(out, "tags", json_pack("[i]", tag));
    json_t *related = json_array();
    for (uint32_t i = 0; i < finding->noteCount && s->client.related; i++) {
        const FindingNote *note = &finding->notes[i];
        json_t *location = json_pack("{s:s,s:o}", "uri", document->uri, "range", range_of(s, document, note->place, note->place));
        json_array_append_new(related,
                              json_pack("{s:o,s:o}", "location", location, "message", text_json(visible(arena, note->text))));
    }
    if (json_array_size(related))
        json_object_set_new(out, "relatedInformation", related);
    else
        json_decref(related);
    return out;
}

/* A line at the top of a document. */
static json_t *plain(Server *s, OpenDocument *document, Span span, int severity, Str message) {
    return json_pack("{s:o,s:i,s:s,s:o}", "range", text_range(&document->text, s->client.units, span), "severity", severity,
                     "source", "podlint", "message", text_json(message));
}

/* What is wrong with a configuration that is open. */
static void add_config_faults(Server *s, OpenDocument *document, json_t *out) {
    uint32_t count;
    const ConfigFault *faults = config_faults(document->folder->store, &count);
    size_t mark = str_starts(text_str(&document->text), S("\xEF\xBB\xBF")) ? 3 : 0;
    for (uint32_t i = 0; i < count; i++) {
        Str name = faults[i].source->name; /* from the folder on */
        if (!str_starts(name, S("/"))) name = str_format(&s->scratch, "%.*s/%.*s", TEXT(document->folder->base), TEXT(name));
        Str real = real_path(&s->scratch, arena_cstr(&s->scratch, name)), own = real_path(&s->scratch, document->path);
        if (!real.at || !own.at || !str_eq(real, own)) continue;
        Str message = said(&s->scratch, faults[i].message, faults[i].help);
        Span span = {(uint32_t)(faults[i].span.at + mark), (uint32_t)(faults[i].span.end + mark)};
        json_array_append_new(out, plain(s, document, span, SEVERITY_OF_ERROR, message));
    }
}

static json_t *diagnostics_of(Server *s, OpenDocument *document) {
    json_t *out = json_array();
    const Folder *folder = document->folder;
    add_config_faults(s, document, out);
    if (document->file == NO_FILE || document->file >= folder->run.fileCount) return out;
    const ResultFile *file = &folder->run.files[document->file];
    if (file->error.at) {
        Str message = visible(&s->scratch, str_format(&s->scratch, "podlint cannot read it: %.*s", TEXT(file->error)));
        json_array_append_new(out, plain(s, document, (Span){0, 0}, SEVERITY_OF_ERROR, message));
    }
    for (uint32_t i = 0; i < file->documentCount; i++)
        for (uint32_t j = 0; j < file->documents[i].findingCount; j++)
            json_array_append_new(out, finding_json(s, document, &file->documents[i].findings[j], file->settings));
    return out;
}

static void send(Server *s, OpenDocument *document, json_t *diagnostics) {
    json_t *params = json_pack("{s:s,s:O}", "uri", document->uri, "diagnostics", diagnostics);
    if (s->client.versionedDiagnostics) json_object_set_new(params, "version", json_integer(document->version));
    server_notify(s, "textDocument/publishDiagnostics", params);
}

void diagnostics_publish(Server *s, Folder *folder) {
    for (OpenDocument *document = s->documents; document; document = document->next) {
        if (document->folder != folder) continue;
        json_t *diagnostics = diagnostics_of(s, document);
        if (document->changed || !json_equal(diagnostics, document->published)) send(s, document, diagnostics);
        json_decref(document->published);
        document->published = diagnostics;
        document->changed = false;
    }
}

void diagnostics_clear(Server *s, OpenDocument *document) {
    json_t *nothing = json_array();
    if (json_array_size(document->published)) send(s, document, nothing);
    json_decref(nothing);
}
