/* podlint's own JSON, which has all that is known. */
#include "shared.h"

#include "input/classify.h"

static json_t *json_fix(const FindingFix *fix) {
    json_t *edits = json_array();
    for (uint32_t i = 0; i < fix->editCount; i++) {
        const FindingEdit *edit = &fix->edits[i];
        json_array_append_new(edits, json_pack("{s:i,s:i,s:i,s:i,s:o}", "line", (int)edit->start.line, "column",
                                               (int)edit->start.column, "endLine", (int)edit->end.line, "endColumn",
                                               (int)edit->end.column, "text", report_json_text(edit->text)));
    }
    return json_pack("{s:b,s:o}", "safe", fix->safe, "edits", edits);
}

static json_t *json_finding(const Finding *f, const FileSettings *settings) {
    const Rule *rule = f->rule;
    json_t *object = json_object();
    json_object_set_new(object, "source", json_string(diag_source_name((DiagSource)rule->source)));
    json_object_set_new(object, "rule", report_json_text(rule->name));
    const char *type = api_error_name((ApiError)rule->type);
    if (type) json_object_set_new(object, "type", json_string(type));
    if (rule_words(rule).plugin.len) json_object_set_new(object, "plugin", report_json_text(rule_words(rule).plugin));
    json_object_set_new(object, "severity", json_string(severity_name((Severity)f->severity)));
    json_object_set_new(object, "path", report_json_text(f->path));
    json_object_set_new(object, "line", json_integer(f->start.line));
    json_object_set_new(object, "column", json_integer(f->start.column));
    json_object_set_new(object, "endLine", json_integer(f->end.line));
    json_object_set_new(object, "endColumn", json_integer(f->end.column));
    json_object_set_new(object, "message", report_json_text(f->message));
    if (f->help.len) json_object_set_new(object, "help", report_json_text(f->help));
    if (f->mend) json_object_set_new(object, "fix", json_fix(f->mend));
    if (f->ignored)
        json_object_set_new(
            object, "ignored",
            json_pack("{s:i,s:o}", "line", (int)f->ignored->start.line, "reason", report_json_text(f->ignored->reason)));
    if (settings->minorCount > 1) {
        json_t *versions = json_array();
        for (unsigned i = 0; i < settings->minorCount; i++)
            if (f->versions >> i & 1) json_array_append_new(versions, json_sprintf("1.%u", settings->minors[i]));
        json_object_set_new(object, "versions", versions);
    }
    if (f->noteCount) {
        json_t *related = json_array();
        for (uint32_t i = 0; i < f->noteCount; i++)
            json_array_append_new(related,
                                  json_pack("{s:i,s:i,s:o}", "line", (int)f->notes[i].place.line, "column",
                                            (int)f->notes[i].place.column, "message", report_json_text(f->notes[i].text)));
        json_object_set_new(object, "related", related);
    }
    return object;
}

/* The strictest Pod Security level that an object meets, and by level the checks that it fails. */
static json_t *json_pod_security(const PodSecurityVerdict *verdict) {
    json_t *object = json_object();
    json_object_set_new(object, "level", json_string(pod_security_levels[verdict->level]));
    for (unsigned level = POD_SECURITY_BASELINE; level < POD_SECURITY_LEVELS; level++) {
        json_t *failed = json_array();
        for (unsigned i = 0; pod_security_check_name(i).len; i++)
            if (verdict->failed[level] >> i & 1) json_array_append_new(failed, report_json_text(pod_security_check_name(i)));
        json_object_set_new(object, pod_security_levels[level], failed);
    }
    return object;
}

/* All of a document but its findings. */
static json_t *json_document(const ResultFile *file, const ResultDocument *document, const ReportSettings *settings) {
    json_t *object = json_object();
    json_object_set_new(object, "file", report_json_text(file->name));
    if (file->rendered.at) json_object_set_new(object, "rendered", report_json_text(file->rendered));
    json_object_set_new(object, "index", json_integer(document->index));
    if (document->item >= 0) json_object_set_new(object, "item", json_integer(document->item));
    json_object_set_new(object, "line", json_integer(document->line));
    json_object_set_new(object, "apiVersion", report_json_text(document->apiVersion));
    json_object_set_new(object, "kind", report_json_text(document->kind));
    json_object_set_new(object, "name", report_json_text(document->name));
    json_object_set_new(object, "namespace", report_json_text(document->namespace_));
    json_object_set_new(object, "accepted", json_boolean(document->accepted));
    json_object_set_new(object, "skipped", json_boolean(document->skipped && document->accepted));
    json_object_set_new(object, "class", report_json_text(class_name((DocumentClass)document->class)));
    if (document->why.len) json_object_set_new(object, "why", report_json_text(document->why));
    if (document->partial) json_object_set_new(object, "partial", json_true());
    if (settings->podSecurityLevels && document->podSecurity.known)
        json_object_set_new(object, "podSecurity", json_pod_security(&document->podSecurity));
    return object;
}

static void put_finding(FILE *out, const char *before, json_t *finding) {
    fputs(before, out);
    json_dumpf(finding, out, JSON_PRESERVE_ORDER);
    json_decref(finding);
}

/* A document's findings are written one by one: together they can be many. */
static void put_document(FILE *out, const ResultFile *file, const ResultDocument *document, const ReportSettings *settings) {
    json_t *object = json_document(file, document, settings);
    const char *comma = "";
    fputc('{', out);
    json_dumpf(object, out, JSON_PRESERVE_ORDER | JSON_EMBED);
    json_decref(object);
    fputs(", \"diagnostics\": [", out);
    for (uint32_t i = 0; i < document->findingCount; i++, comma = ", ")
        put_finding(out, comma, json_finding(&document->findings[i], file->settings));
    for (uint32_t i = 0; i < document->ignoredCount && settings->showIgnored; i++, comma = ", ")
        put_finding(out, comma, json_finding(&document->ignored[i], file->settings));
    fputs("]}", out);
}

void report_json(FILE *out, const Run *run, const ReportSettings *settings) {
    fprintf(out, "{\"version\": \"%s\", \"kubernetesVersion\": \"", PODLINT_VERSION);
    for (unsigned i = 0; i < settings->minorCount; i++) fprintf(out, "%s1.%u", i ? "," : "", settings->minors[i]);
    fputs("\", \"documents\": [", out);
    const char *comma = "\n";
    for (uint32_t i = 0; i < run->fileCount; i++)
        for (uint32_t j = 0; j < run->files[i].documentCount; j++, comma = ",\n") {
            fputs(comma, out);
            put_document(out, &run->files[i], &run->files[i].documents[j], settings);
        }
    fputs("],\n\"unread\": [", out);
    comma = "";
    for (uint32_t i = 0; i < run->fileCount; i++) {
        if (!run->files[i].error.at) continue;
        json_t *error =
            json_pack("{s:o,s:o}", "file", report_json_text(run->files[i].name), "error", report_json_text(run->files[i].error));
        fputs(comma, out);
        json_dumpf(error, out, JSON_PRESERVE_ORDER);
        json_decref(error);
        comma = ", ";
    }
    fprintf(out,
            "],\n\"summary\": {\"files\": %u, \"documents\": %u, \"accepted\": %u, \"rejected\": %u, \"skipped\": %u, "
            "\"kustomizations\": %u, \"partial\": %u, \"jsonPatches\": %u, \"templates\": %u, \"otherKinds\": %u, "
            "\"customResources\": %u, "
            "\"notManifests\": %u, \"unreadable\": %u, \"errors\": %u, \"warnings\": %u, \"infos\": %u, "
            "\"ignored\": %u, \"unread\": %u",
            run->fileCount, run->documents, run->accepted, run->rejected, run->skipped, run->classes[CLASS_KUSTOMIZATION],
            run->classes[CLASS_PARTIAL], run->classes[CLASS_JSON_PATCH], run->templates + run->classes[CLASS_TEMPLATE],
            run->classes[CLASS_OTHER_KIND], run->classes[CLASS_CUSTOM], run->classes[CLASS_SETTINGS] + run->classes[CLASS_TEXT],
            run->classes[CLASS_UNREADABLE], run->errors, run->warnings, run->infos, run->ignored, run->unreadableFiles);
    if (run->innerPods) fprintf(out, ", \"podsInside\": %u", run->innerPods);
    if (run->fixable + run->fixableUnsafe)
        fprintf(out, ", \"fixable\": %u, \"fixableUnsafe\": %u", run->fixable, run->fixableUnsafe);
    if (run->notShown) fprintf(out, ", \"notShown\": %u", run->notShown);
    if (run->baseline.used)
        fprintf(out, ", \"baseline\": {\"known\": %u, \"gone\": %u, \"total\": %u}", run->baseline.known, run->baseline.gone,
                run->baseline.total);
    fputs("}}\n", out);
}
