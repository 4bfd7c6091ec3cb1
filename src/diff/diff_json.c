#include "report/shared.h"
#include "rules.h"
#include "shown.h"

static json_t *json_side(Arena *arena, const DiffObject *object, const Path *path, Str value) {
    DiffPlace side = diff_place(arena, object, path);
    if (!side.there) return json_null();
    return json_pack("{s:o,s:o,s:i,s:i,s:o}", "file", report_json_text(side.file), "path",
                     report_json_text(path_text(arena, path)), "line", (int)side.place.line, "column", (int)side.place.column,
                     "value", report_json_text(value));
}

static json_t *json_diag(Arena *arena, const DiffObject *object, const Diag *diag) {
    const Rule *rule = diag->rule;
    Place start = source_place(&object->file->source, arena, diag->span.at),
          end = source_place(&object->file->source, arena, diag->span.end);
    json_t *out = json_pack("{s:s,s:o,s:s,s:o,s:i,s:i,s:i,s:i,s:o}", "source", diag_source_name((DiagSource)rule->source), "rule",
                            report_json_text(rule->name), "severity", severity_name((Severity)diag->severity), "path",
                            report_json_text(diag->path), "line", (int)start.line, "column", (int)start.column, "endLine",
                            (int)end.line, "endColumn", (int)end.column, "message", report_json_text(diag->message));
    const char *type = api_error_name((ApiError)rule->type);
    if (type) json_object_set_new(out, "type", json_string(type));
    if (diag->help.len) json_object_set_new(out, "help", report_json_text(diag->help));
    return out;
}

static json_t *json_pair(Arena *arena, const Pair *pair) {
    static const char *const kinds[] = {"changed", "added", "removed", "renamed", "unread"};
    static const char *const differences[] = {"added", "removed", "changed", "moved"};
    const Document *document = diff_shown(pair);
    const DiffObject *shown = pair->after.document ? &pair->after : &pair->before;
    json_t *out = json_object(), *changes = json_array(), *diagnostics = json_array();
    json_object_set_new(out, "file", report_json_text(shown->file->source.name));
    json_object_set_new(out, "index", json_integer(document->index));
    if (document->item >= 0) json_object_set_new(out, "item", json_integer(document->item));
    json_object_set_new(out, "line", json_integer(source_place(&shown->file->source, arena, document->span.at).line));
    json_object_set_new(out, "apiVersion", report_json_text(document->apiVersion));
    json_object_set_new(out, "kind", report_json_text(document->kind));
    json_object_set_new(out, "name", report_json_text(document->name));
    json_object_set_new(out, "namespace", report_json_text(document->namespace_));
    json_object_set_new(out, "change", json_string(kinds[pair->kind]));
    if (pair->kind == PAIR_RENAMED) json_object_set_new(out, "oldName", report_json_text(pair->before.document->name));
    json_object_set_new(out, "effect", json_string(effect_name((Effect)pair->effect)));
    json_object_set_new(out, "accepted", json_boolean(pair->accepted));
    json_object_set_new(out, "applies", json_boolean(pair->applies));
    json_object_set_new(out, "skipped", json_false());
    for (uint32_t i = 0; i < pair->changeCount; i++) {
        const Change *change = &pair->changes[i];
        const Difference *d = &change->difference;
        json_t *entry = json_pack("{s:o,s:s,s:s}", "path", report_json_text(path_text(arena, d->path)), "kind",
                                  differences[d->kind], "effect", effect_name((Effect)change->effect));
        if (change->reason.len) json_object_set_new(entry, "reason", report_json_text(change->reason));
        json_object_set_new(entry, "before", json_side(arena, &pair->before, d->oldPath, d->before));
        json_object_set_new(entry, "after",
                            json_side(arena, &pair->after, d->kind == DIFFERENCE_REMOVED ? NULL : d->path, d->after));
        json_array_append_new(changes, entry);
    }
    json_object_set_new(out, "changes", changes);
    DiagList *diags = pair->kind == PAIR_REMOVED ? NULL : &shown->document->diags;
    if (diags) diag_sort(diags);
    for (uint32_t i = 0; diags && i < diags->items.n; i++)
        json_array_append_new(diagnostics, json_diag(arena, shown, &diags->items.at[i]));
    json_object_set_new(out, "diagnostics", diagnostics);
    if (pair->summary.len) json_object_set_new(out, "summary", report_json_text(pair->summary));
    json_t *notes = json_array();
    for (uint32_t i = 0; i < pair->notes.n; i++) json_array_append_new(notes, report_json_text(pair->notes.at[i]));
    json_object_set_new(out, "notes", notes);
    if (pair->wayOut.len) json_object_set_new(out, "wayOut", report_json_text(pair->wayOut));
    return out;
}

void diff_write_json(FILE *out, Arena *arena, const DiffResult *result, const DiffReport *report) {
    fprintf(out, "{\"version\": \"%s\", \"kubernetesVersion\": \"1.%u\", \"documents\": [", PODLINT_VERSION, report->minor);
    const char *comma = "\n";
    for (uint32_t i = 0; i < result->pairs.n; i++) report_put_json(out, &comma, json_pair(arena, &result->pairs.at[i]));
    fprintf(out, "],\n\"summary\": {\"unchanged\": %u, \"unknown\": %u, \"unjudged\": %u", result->unchanged, result->unknown,
            result->unjudged.n);
    for (int effect = EFFECT_NONE; effect <= EFFECT_REFUSED; effect++)
        fprintf(out, ", \"%s\": %u", effect_name((Effect)effect), result->counts[effect]);
    fputs("}}\n", out);
}
