#include "diff_report.h"

#include <jansson.h>

#include "rules.h"

/* Where one side of a change is written. */
typedef struct Side {
    bool there;
    Str file;
    Place place;
} Side;

static Side side_of(Arena *arena, const DiffObject *object, const Path *path) {
    if (!object->document || !path) return (Side){0};
    Where where = path_where(arena, object->document->root, path);
    return (Side){true, object->file->source.name, source_place(&object->file->source, arena, where.span.at)};
}

static const char *effect_colour(uint8_t effect, bool colour) {
    static const char *const codes[] = {"\033[2m", "\033[32m", "\033[36m", "\033[33m", "\033[1;33m", "\033[1;31m"};
    return colour ? codes[effect] : "";
}

static const char *bold(bool colour) {
    return colour ? "\033[1m" : "";
}

static const char *reset(bool colour) {
    return colour ? "\033[0m" : "";
}

/* A value in one line, short enough to stand beside another. */
static Str shown_value(Arena *arena, Str value, bool there) {
    enum { LONGEST = 60 };
    if (!there) return S("(none)");
    if (value.len == 0) return S("(set)");
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < value.len && i < LONGEST; i++) buf_char(&buf, (unsigned char)value.at[i] < 0x20 ? ' ' : value.at[i]);
    while (value.len > LONGEST && buf.len && ((unsigned char)value.at[buf.len] & 0xC0) == 0x80) buf.len--;
    if (value.len > LONGEST) buf_str(&buf, S("..."));
    return buf_text(&buf);
}

static const Document *shown_document(const Pair *pair) {
    return pair->after.document ? pair->after.document : pair->before.document;
}

static const char *pair_word(const Pair *pair) {
    static const char *const words[] = {"", "added", "removed", "renamed", "cannot be read"};
    return words[pair->kind];
}

static void put_object(FILE *out, const Pair *pair) {
    const Document *document = shown_document(pair);
    if (!document->kind.len && !document->name.len) {
        const DiffObject *object = pair->after.document ? &pair->after : &pair->before;
        fprintf(out, "%.*s, document %u", TEXT(object->file->source.name), document->index + 1);
        return;
    }
    fprintf(out, "%.*s ", TEXT(document->kind));
    if (document->namespace_.len) fprintf(out, "%.*s/", TEXT(document->namespace_));
    fprintf(out, "%.*s", TEXT(document->name));
    if (pair->kind == PAIR_RENAMED) fprintf(out, " (was %.*s)", TEXT(pair->before.document->name));
}

static void put_change(FILE *out, Arena *arena, const Pair *pair, const Change *change, const DiffReport *report) {
    const Difference *d = &change->difference;
    Str path = path_text(arena, d->path);
    Side before = side_of(arena, &pair->before, d->oldPath),
         after = side_of(arena, &pair->after, d->kind == DIFFERENCE_REMOVED ? NULL : d->path);
    const char *effect = effect_name((Effect)change->effect);
    if (report->format == DIFF_CONCISE) {
        const Side *side = after.there ? &after : &before;
        fprintf(out, "%.*s:%u:%u: %s: ", TEXT(side->file), side->place.line, side->place.column, effect);
        put_object(out, pair);
        fprintf(out, ": %.*s: ", TEXT(path));
    } else {
        fprintf(out, "  %s%-9s%s %.*s: ", effect_colour(change->effect, report->colour), effect, reset(report->colour),
                TEXT(path));
    }
    if (d->kind == DIFFERENCE_MOVED) {
        fputs("moved", out);
    } else {
        Str old = shown_value(arena, d->before, d->kind != DIFFERENCE_ADDED),
            new = shown_value(arena, d->after, d->kind != DIFFERENCE_REMOVED);
        fprintf(out, "%.*s -> %.*s", TEXT(old), TEXT(new));
    }
    if (change->reason.len) fprintf(out, "; %.*s", TEXT(change->reason));
    if (report->format == DIFF_TEXT) {
        fprintf(out, "  %s(", report->colour ? "\033[2m" : "");
        if (before.there) fprintf(out, "%.*s:%u:%u", TEXT(before.file), before.place.line, before.place.column);
        if (before.there && after.there) fputs(" -> ", out);
        if (after.there) fprintf(out, "%.*s:%u:%u", TEXT(after.file), after.place.line, after.place.column);
        fprintf(out, ")%s", reset(report->colour));
    }
    fputc('\n', out);
}

/* What is wrong with an object that is refused or cannot be read. */
static void put_diagnostics(FILE *out, Arena *arena, const Pair *pair, const DiffReport *report) {
    const DiffObject *object = pair->after.document ? &pair->after : &pair->before;
    Document *document = pair->kind == PAIR_UNREAD ? object->document : pair->applied;
    if (!document) return;
    DiagList *diags = &document->diags;
    diag_sort(diags);
    for (uint32_t i = 0; i < diags->items.n; i++) {
        const Diag *diag = &diags->items.at[i];
        if (diag->severity < SEVERITY_ERROR) continue;
        Place place = source_place(&object->file->source, arena, diag->span.at);
        bool indent = report->format == DIFF_TEXT;
        fprintf(out, "%s%.*s:%u:%u: %serror[%.*s]%s: %.*s", indent ? "  " : "", TEXT(object->file->source.name), place.line,
                place.column, report->colour ? "\033[1;31m" : "", TEXT(diag->rule->name), reset(report->colour),
                TEXT(diag->message));
        if (diag->help.len) fprintf(out, "; %.*s", TEXT(diag->help));
        fputc('\n', out);
    }
}

static void put_pair(FILE *out, Arena *arena, const Pair *pair, const DiffReport *report) {
    if (report->format == DIFF_TEXT) {
        fputs(bold(report->colour), out);
        put_object(out, pair);
        bool judged = pair->kind == PAIR_CHANGED || (pair->kind != PAIR_UNREAD && !pair->applies);
        const char *what = judged ? effect_name((Effect)pair->effect) : pair_word(pair);
        uint8_t shade = pair->kind == PAIR_UNREAD ? EFFECT_REFUSED : pair->effect;
        fprintf(out, "%s: %s%s%s\n", reset(report->colour), effect_colour(shade, report->colour), what, reset(report->colour));
    } else if (pair->kind != PAIR_CHANGED) {
        const DiffObject *object = pair->after.document ? &pair->after : &pair->before;
        Place place = source_place(&object->file->source, arena, object->document->span.at);
        fprintf(out, "%.*s:%u:%u: %s: ", TEXT(object->file->source.name), place.line, place.column, pair_word(pair));
        put_object(out, pair);
        fputc('\n', out);
    }
    for (uint32_t i = 0; i < pair->changeCount; i++) put_change(out, arena, pair, &pair->changes[i], report);
    put_diagnostics(out, arena, pair, report);
    if (report->format != DIFF_TEXT) return;
    if (pair->kind == PAIR_CHANGED && pair->changeCount == 0 && pair->applies) fputs("  the same after defaulting\n", out);
    if (pair->summary.len) fprintf(out, "  = %.*s\n", TEXT(pair->summary));
    if (pair->wayOut.len) fprintf(out, "  = way out: %.*s\n", TEXT(pair->wayOut));
    fputc('\n', out);
}

static void put_summary(FILE *out, const DiffResult *result) {
    uint32_t added = 0, removed = 0, unread = 0, counts[EFFECT_REFUSED + 1] = {0};
    for (uint32_t i = 0; i < result->pairs.n; i++) {
        const Pair *pair = &result->pairs.at[i];
        if (pair->kind == PAIR_ADDED && pair->applies)
            added++;
        else if (pair->kind == PAIR_REMOVED)
            removed++;
        else if (pair->kind == PAIR_UNREAD)
            unread++;
        else
            counts[pair->effect]++;
    }
    const char *comma = "";
    for (int effect = EFFECT_REFUSED; effect >= EFFECT_NONE; effect--) {
        if (!counts[effect]) continue;
        fprintf(out, "%s%u %s", comma, counts[effect], effect_name((Effect)effect));
        comma = ", ";
    }
    if (added) fprintf(out, "%s%u added", comma, added), comma = ", ";
    if (removed) fprintf(out, "%s%u removed", comma, removed), comma = ", ";
    if (unread) fprintf(out, "%s%u cannot be read", comma, unread), comma = ", ";
    if (!*comma) fputs(result->unread ? "no object changes in what can be read" : "no object changes", out);
    if (result->unknown) fprintf(out, "; %u not compared, because the other side cannot be read", result->unknown);
    if (result->unchanged) fprintf(out, "; %u unchanged", result->unchanged);
    fputc('\n', out);
}

static json_t *json_text(Arena *arena, Str s) {
    s = str_valid_utf8(arena, s);
    return json_stringn(s.at ? s.at : "", s.len);
}

static json_t *json_side(Arena *arena, const DiffObject *object, const Path *path, Str value) {
    Side side = side_of(arena, object, path);
    if (!side.there) return json_null();
    return json_pack("{s:o,s:o,s:i,s:i,s:o}", "file", json_text(arena, side.file), "path",
                     json_text(arena, path_text(arena, path)), "line", (int)side.place.line, "column", (int)side.place.column,
                     "value", json_text(arena, value));
}

static json_t *json_diag(Arena *arena, const DiffObject *object, const Diag *diag) {
    const Rule *rule = diag->rule;
    Place start = source_place(&object->file->source, arena, diag->span.at),
          end = source_place(&object->file->source, arena, diag->span.end);
    json_t *out = json_pack("{s:s,s:o,s:s,s:o,s:i,s:i,s:i,s:i,s:o}", "source", diag_source_name((DiagSource)rule->source), "rule",
                            json_text(arena, rule->name), "severity", severity_name((Severity)diag->severity), "path",
                            json_text(arena, diag->path), "line", (int)start.line, "column", (int)start.column, "endLine",
                            (int)end.line, "endColumn", (int)end.column, "message", json_text(arena, diag->message));
    const char *type = api_error_name((ApiError)rule->type);
    if (type) json_object_set_new(out, "type", json_string(type));
    if (diag->help.len) json_object_set_new(out, "help", json_text(arena, diag->help));
    return out;
}

static json_t *json_pair(Arena *arena, const Pair *pair) {
    static const char *const kinds[] = {"changed", "added", "removed", "renamed", "unread"};
    static const char *const differences[] = {"added", "removed", "changed", "moved"};
    const Document *document = shown_document(pair);
    const DiffObject *shown = pair->after.document ? &pair->after : &pair->before;
    json_t *out = json_object(), *changes = json_array(), *diagnostics = json_array();
    json_object_set_new(out, "file", json_text(arena, shown->file->source.name));
    json_object_set_new(out, "index", json_integer(document->index));
    if (document->item >= 0) json_object_set_new(out, "item", json_integer(document->item));
    json_object_set_new(out, "line", json_integer(source_place(&shown->file->source, arena, document->span.at).line));
    json_object_set_new(out, "apiVersion", json_text(arena, document->apiVersion));
    json_object_set_new(out, "kind", json_text(arena, document->kind));
    json_object_set_new(out, "name", json_text(arena, document->name));
    json_object_set_new(out, "namespace", json_text(arena, document->namespace_));
    json_object_set_new(out, "change", json_string(kinds[pair->kind]));
    if (pair->kind == PAIR_RENAMED) json_object_set_new(out, "oldName", json_text(arena, pair->before.document->name));
    json_object_set_new(out, "effect", json_string(effect_name((Effect)pair->effect)));
    json_object_set_new(out, "accepted", json_boolean(pair->accepted));
    json_object_set_new(out, "applies", json_boolean(pair->applies));
    json_object_set_new(out, "skipped", json_false());
    for (uint32_t i = 0; i < pair->changeCount; i++) {
        const Change *change = &pair->changes[i];
        const Difference *d = &change->difference;
        json_t *entry = json_pack("{s:o,s:s,s:s}", "path", json_text(arena, path_text(arena, d->path)), "kind",
                                  differences[d->kind], "effect", effect_name((Effect)change->effect));
        if (change->reason.len) json_object_set_new(entry, "reason", json_text(arena, change->reason));
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
    if (pair->summary.len) json_object_set_new(out, "summary", json_text(arena, pair->summary));
    if (pair->wayOut.len) json_object_set_new(out, "wayOut", json_text(arena, pair->wayOut));
    return out;
}

static void put_json(FILE *out, Arena *arena, const DiffResult *result, const DiffReport *report) {
    fprintf(out, "{\"version\": \"%s\", \"kubernetesVersion\": \"1.%u\", \"documents\": [", PODLINT_VERSION, report->minor);
    for (uint32_t i = 0; i < result->pairs.n; i++) {
        json_t *pair = json_pair(arena, &result->pairs.at[i]);
        fputs(i ? ",\n" : "\n", out);
        json_dumpf(pair, out, JSON_PRESERVE_ORDER);
        json_decref(pair);
    }
    fprintf(out, "],\n\"summary\": {\"unchanged\": %u, \"unknown\": %u", result->unchanged, result->unknown);
    for (int effect = EFFECT_NONE; effect <= EFFECT_REFUSED; effect++)
        fprintf(out, ", \"%s\": %u", effect_name((Effect)effect), result->counts[effect]);
    fputs("}}\n", out);
}

void diff_report_write(FILE *out, Arena *arena, const DiffResult *result, const DiffReport *report) {
    if (report->format == DIFF_JSON) {
        put_json(out, arena, result, report);
        return;
    }
    for (uint32_t i = 0; i < result->pairs.n; i++) put_pair(out, arena, &result->pairs.at[i], report);
    if (!report->quiet) put_summary(out, result);
}
