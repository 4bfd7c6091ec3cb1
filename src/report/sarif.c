/* The Static Analysis Results Interchange Format, version 2.1.0 (OASIS), as GitHub's code scanning and others read it. */

#include "shared.h"
#include "explain/rule.h"
#include "run/fingerprint.h"

typedef struct Sarif {
    const Run *run;
    Arena *arena;         /* of the whole report */
    Arena scratch;        /* of one result */
    const Rule **rules;   /* those that occur, in the order in which they do */
    uint16_t *ruleNumber; /* by Rule.number: 1 + its number in `rules`, or 0; files with rules of their own may share numbers */
    uint16_t ruleCount;
} Sarif;

static const char *level_of(uint8_t severity) {
    return severity == SEVERITY_ERROR ? "error" : severity == SEVERITY_WARNING ? "warning" : "note";
}

static json_t *message(Str text) {
    return json_pack("{s:o}", "text", report_json_text(text));
}

/* A path as a relative URI (RFC 3986): a colon in its first part would look like a scheme. */
static Str uri_of(Arena *arena, Str path) {
    Buf uri = {.arena = arena};
    for (size_t i = 0; i < path.len; i++) {
        char c = path.at[i];
        bool plain = is_alnum(c) || (c && strchr("-._~/", c));
        if (plain)
            buf_char(&uri, c);
        else
            buf_format(&uri, "%%%02X", (unsigned char)c);
    }
    return buf_text(&uri);
}

static json_t *artifact(Sarif *s, Str file) {
    Str uri = uri_of(&s->scratch, report_file(&s->scratch, file));
    return json_pack("{s:o,s:s}", "uri", report_json_text(uri), "uriBaseId", "%SRCROOT%");
}

static json_t *region(Place start, Place end) {
    return json_pack("{s:i,s:i,s:i,s:i}", "startLine", (int)start.line, "startColumn", (int)start.column, "endLine",
                     (int)end.line, "endColumn", (int)end.column);
}

static json_t *location(Sarif *s, Str file, Place start, Place end) {
    return json_pack("{s:{s:o,s:o}}", "physicalLocation", "artifactLocation", artifact(s, file), "region", region(start, end));
}

static json_t *logical_location(Sarif *s, const ResultDocument *document, const Finding *f) {
    Str object = object_name(&s->scratch, document);
    Str prefix = object.len && f->path.len ? str_join(&s->scratch, object, S(": ")) : object;
    Str full = str_join(&s->scratch, prefix, f->path);
    return json_pack("{s:o,s:s}", "fullyQualifiedName", report_json_text(full), "kind", f->path.len ? "property" : "object");
}

static json_t *notes(Sarif *s, Str file, const Finding *f) {
    json_t *all = json_array();
    for (uint32_t i = 0; i < f->noteCount; i++) {
        json_t *note = location(s, file, f->notes[i].place, f->notes[i].place);
        json_object_set_new(note, "id", json_integer(i));
        json_object_set_new(note, "message", message(f->notes[i].text));
        json_array_append_new(all, note);
    }
    return all;
}

/* What mends it; only what is safe, as others may apply it unread. */
static json_t *fixes(Sarif *s, Str file, const Finding *f) {
    json_t *replacements = json_array();
    for (uint32_t i = 0; i < f->mend->editCount; i++) {
        const FindingEdit *edit = &f->mend->edits[i];
        json_array_append_new(replacements, json_pack("{s:o,s:o}", "deletedRegion", region(edit->start, edit->end),
                                                      "insertedContent", message(edit->text)));
    }
    json_t *change = json_pack("{s:o,s:o}", "artifactLocation", artifact(s, file), "replacements", replacements);
    Str words = f->help.len ? f->help : S("what was meant");
    return json_pack("[{s:o,s:[o]}]", "description", message(words), "artifactChanges", change);
}

/* 1 + the number of a rule in `rules`, or 0. */
static uint16_t number_of(const Sarif *s, const Rule *rule) {
    uint16_t first = s->ruleNumber[rule->number];
    for (uint16_t number = first; number && number <= s->ruleCount; number++)
        if (s->rules[number - 1] == rule) return number;
    return 0;
}

static json_t *result(Sarif *s, const RunWalk *walk, Str fingerprint) {
    const Finding *f = walk->finding;
    json_t *place = location(s, walk->file->name, f->start, f->end);
    if (walk->document->kind.len || f->path.len)
        json_object_set_new(place, "logicalLocations", json_pack("[o]", logical_location(s, walk->document, f)));
    json_t *object = json_pack("{s:o,s:i,s:s,s:o,s:[o],s:{s:o}}", "ruleId", report_json_text(f->rule->name), "ruleIndex",
                               number_of(s, f->rule) - 1, "level", level_of(f->severity), "message",
                               message(report_sentence(&s->scratch, f, walk->file->settings)), "locations", place,
                               "partialFingerprints", "podlintFinding/v1", report_json_text(fingerprint));
    if (f->noteCount) json_object_set_new(object, "relatedLocations", notes(s, walk->file->name, f));
    if (f->mend && f->mend->safe) json_object_set_new(object, "fixes", fixes(s, walk->file->name, f));
    return object;
}

static void find_rules(Sarif *s) {
    s->ruleNumber = NEW_ARRAY(s->arena, uint16_t, UINT16_MAX + 1);
    ARRAY(const Rule *) found = {0};
    for (RunWalk walk = {.run = s->run}; run_next(&walk);) {
        const Rule *rule = walk.finding->rule;
        if (number_of(s, rule)) continue;
        ARRAY_PUSH(s->arena, &found, rule);
        s->rules = found.at;
        s->ruleCount = (uint16_t)found.n;
        if (!s->ruleNumber[rule->number]) s->ruleNumber[rule->number] = s->ruleCount;
    }
}

/* The words of a rule's name: unknown-field -> UnknownField. */
static Str words_of(Arena *arena, Str name) {
    Buf out = {.arena = arena};
    bool capital = true;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (c != '-') buf_char(&out, capital ? to_upper(c) : c);
        capital = c == '-';
    }
    return buf_text(&out);
}

/* A text with a capital in front, unless it begins with the name of a field. */
static Str sentence_start(Arena *arena, Str text) {
    for (size_t i = 1; i < text.len && is_letter(text.at[i]); i++)
        if (is_upper(text.at[i])) return text;
    char *copy = arena_cstr(arena, text);
    copy[0] = to_upper(copy[0]);
    return str_of(copy);
}

static json_t *rule_object(Sarif *s, const Rule *rule) {
    Arena *arena = &s->scratch;
    Str title = sentence_start(arena, rule_title(arena, rule));
    Str why = rule_words(rule).why.len ? rule_words(rule).why : title;
    Str helps = rule_helps(arena, rule);
    Str todo = helps.len ? str_format(arena, "\n\nWhat to do: %.*s.", TEXT(helps)) : S("");
    Str more = str_format(arena, "\n\nOn your terminal: `podlint explain %.*s`", TEXT(rule->name));
    Str help = str_join(arena, str_join(arena, why, todo), more);
    json_t *json = json_pack("{s:o,s:o,s:o,s:o,s:{s:o,s:o},s:{s:s},s:{s:[s]}}", "id", report_json_text(rule->name), "name",
                             report_json_text(words_of(arena, rule->name)), "shortDescription", message(title), "fullDescription",
                             message(why), "help", "text", report_json_text(help), "markdown", report_json_text(help),
                             "defaultConfiguration", "level", level_of(rule->severity), "properties", "tags",
                             diag_source_name((DiagSource)rule->source));
    if (rule_address(arena, rule).len) json_object_set_new(json, "helpUri", report_json_text(rule_address(arena, rule)));
    return json;
}

/* How the run went: files that could not be read. */
static json_t *invocation(Sarif *s) {
    json_t *unread = json_array();
    for (uint32_t i = 0; i < s->run->fileCount; i++) {
        const ResultFile *file = &s->run->files[i];
        if (!file->error.at) continue;
        json_array_append_new(unread, json_pack("{s:s,s:o,s:[{s:{s:o}}]}", "level", "error", "message",
                                                message(report_unread(&s->scratch, file)), "locations", "physicalLocation",
                                                "artifactLocation", artifact(s, file->name)));
    }
    return json_pack("{s:b,s:o}", "executionSuccessful", s->run->unreadableFiles == 0, "toolExecutionNotifications", unread);
}

void report_sarif(FILE *out, const Run *run, const ReportSettings *settings) {
    Arena arena = {0};
    Sarif s = {.run = run, .arena = &arena};
    (void)settings;
    find_rules(&s);
    Str *prints = fingerprints(&arena, run);
    const char *comma = "\n";
    fputs("{\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\", \"version\": \"2.1.0\", \"runs\": [{\n"
          "\"tool\": {\"driver\": {\"name\": \"podlint\", \"version\": \"" PODLINT_VERSION "\", \"rules\": [",
          out);
    for (uint16_t i = 0; i < s.ruleCount; i++) report_put_json(out, &comma, rule_object(&s, s.rules[i]));
    comma = "]}},\n\"invocations\": [";
    report_put_json(out, &comma, invocation(&s));
    fputs("],\n\"originalUriBaseIds\": {\"%SRCROOT%\": {\"description\": {\"text\": \"The directory in which podlint ran.\"}}},\n"
          "\"columnKind\": \"unicodeCodePoints\",\n\"results\": [",
          out);
    comma = "\n";
    for (RunWalk walk = {.run = run}; run_next(&walk);) {
        report_put_json(out, &comma, result(&s, &walk, *prints++));
        arena_reset(&s.scratch);
    }
    fputs("]}]}\n", out);
    arena_free(&s.scratch);
    arena_free(&arena);
}
