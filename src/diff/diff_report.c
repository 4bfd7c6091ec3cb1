#include "diff_report.h"

#include "rules.h"
#include "base/str_set.h"
#include "base/visible.h"
#include "shown.h"

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
    bool cut = value.len > LONGEST;
    if (cut) value.len = LONGEST;
    while (cut && value.len && ((unsigned char)value.at[value.len] & 0xC0) == 0x80) value.len--;
    Str shown = visible(arena, value);
    return cut ? str_join(arena, shown, S("...")) : shown;
}

static const char *pair_word(const Pair *pair) {
    static const char *const words[] = {"", "added", "removed", "renamed", "cannot be read"};
    return words[pair->kind];
}

/* Writes text from outside. */
static void put_visible(FILE *out, Arena *arena, Str text) {
    Str shown = visible(arena, text);
    fprintf(out, "%.*s", TEXT(shown));
}

static void put_place(FILE *out, Arena *arena, Str file, Place place) {
    put_visible(out, arena, file);
    fprintf(out, ":%u:%u", place.line, place.column);
}

static void put_object(FILE *out, Arena *arena, const Pair *pair) {
    const Document *document = diff_shown(pair);
    if (!document->kind.len && !document->name.len) {
        const DiffObject *object = pair->after.document ? &pair->after : &pair->before;
        put_visible(out, arena, object->file->source.name);
        fprintf(out, ", document %u", document->index + 1);
        return;
    }
    put_visible(out, arena, document->kind);
    fputc(' ', out);
    put_visible(out, arena, document->namespace_);
    if (document->namespace_.len) fputc('/', out);
    put_visible(out, arena, document->name);
    if (pair->kind != PAIR_RENAMED) return;
    fputs(" (was ", out);
    put_visible(out, arena, pair->before.document->name);
    fputc(')', out);
}

static void put_change(FILE *out, Arena *arena, const Pair *pair, const Change *change, const DiffReport *report) {
    const Difference *d = &change->difference;
    Str path = visible(arena, path_text(arena, d->path));
    DiffPlace before = diff_place(arena, &pair->before, d->oldPath),
              after = diff_place(arena, &pair->after, d->kind == DIFFERENCE_REMOVED ? NULL : d->path);
    const char *effect = effect_name((Effect)change->effect);
    if (report->format == DIFF_CONCISE) {
        const DiffPlace *side = after.there ? &after : &before;
        put_place(out, arena, side->file, side->place);
        fprintf(out, ": %s: ", effect);
        put_object(out, arena, pair);
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
    if (change->reason.len) fputs("; ", out);
    put_visible(out, arena, change->reason);
    if (report->format == DIFF_TEXT) {
        fprintf(out, "  %s(", report->colour ? "\033[2m" : "");
        if (before.there) put_place(out, arena, before.file, before.place);
        if (before.there && after.there) fputs(" -> ", out);
        if (after.there) put_place(out, arena, after.file, after.place);
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
        if (report->format == DIFF_TEXT) fputs("  ", out);
        put_place(out, arena, object->file->source.name, place);
        fprintf(out, ": %serror[%.*s]%s: %.*s", report->colour ? "\033[1;31m" : "", TEXT(diag->rule->name), reset(report->colour),
                TEXT(diag->message));
        if (diag->help.len) fprintf(out, "; %.*s", TEXT(diag->help));
        fputc('\n', out);
    }
}

static void put_pair(FILE *out, Arena *arena, const Pair *pair, const DiffReport *report) {
    if (report->format == DIFF_TEXT) {
        fputs(bold(report->colour), out);
        put_object(out, arena, pair);
        bool judged = pair->kind == PAIR_CHANGED || (pair->kind != PAIR_UNREAD && !pair->applies);
        const char *what = judged ? effect_name((Effect)pair->effect) : pair_word(pair);
        uint8_t shade = pair->kind == PAIR_UNREAD ? EFFECT_REFUSED : pair->effect;
        fprintf(out, "%s: %s%s%s\n", reset(report->colour), effect_colour(shade, report->colour), what, reset(report->colour));
    } else if (pair->kind != PAIR_CHANGED) {
        const DiffObject *object = pair->after.document ? &pair->after : &pair->before;
        Place place = source_place(&object->file->source, arena, object->document->span.at);
        put_place(out, arena, object->file->source.name, place);
        fprintf(out, ": %s: ", pair_word(pair));
        put_object(out, arena, pair);
        fputc('\n', out);
    }
    for (uint32_t i = 0; i < pair->changeCount; i++) put_change(out, arena, pair, &pair->changes[i], report);
    put_diagnostics(out, arena, pair, report);
    if (report->format != DIFF_TEXT) return;
    if (pair->kind == PAIR_CHANGED && pair->changeCount == 0 && pair->applies) fputs("  the same after defaulting\n", out);
    Str summary = visible(arena, pair->summary), wayOut = visible(arena, pair->wayOut);
    if (summary.len) fprintf(out, "  = %.*s\n", TEXT(summary));
    for (uint32_t i = 0; i < pair->notes.n; i++) fprintf(out, "  = %.*s\n", TEXT(visible(arena, pair->notes.at[i])));
    if (wayOut.len) fprintf(out, "  = way out: %.*s\n", TEXT(wayOut));
    fputc('\n', out);
}

/* The kinds of the custom resources that change without being judged, and what it takes to judge them. */
static void put_unjudged(FILE *out, Arena *arena, const DiffResult *result) {
    StrSet told = {.arena = arena};
    fputs("judge custom resources with --crds and the definitions of their kinds: ", out);
    for (uint32_t i = 0; i < result->unjudged.n; i++) {
        Str kind = result->unjudged.at[i];
        if (str_set_add(&told, kind, result)) continue;
        uint32_t count = 0;
        for (uint32_t j = i; j < result->unjudged.n; j++) count += str_eq(result->unjudged.at[j], kind);
        Str shown = visible(arena, kind);
        fprintf(out, "%s%u %.*s", i ? ", " : "", count, TEXT(shown));
    }
    fputc('\n', out);
}

static void put_summary(FILE *out, Arena *arena, const DiffResult *result) {
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
    if (result->unjudged.n) fprintf(out, "%s%u changed and not judged", comma, result->unjudged.n), comma = ", ";
    if (!*comma) fputs(result->unread ? "no object changes in what can be read" : "no object changes", out);
    if (result->unknown) fprintf(out, "; %u not compared, because the other side cannot be read", result->unknown);
    if (result->unchanged) fprintf(out, "; %u unchanged", result->unchanged);
    fputc('\n', out);
    if (result->unjudged.n) put_unjudged(out, arena, result);
}

void diff_report_write(FILE *out, Arena *arena, const DiffResult *result, const DiffReport *report) {
    if (report->format == DIFF_JSON) {
        diff_write_json(out, arena, result, report);
        return;
    }
    for (uint32_t i = 0; i < result->pairs.n; i++) put_pair(out, arena, &result->pairs.at[i], report);
    if (!report->quiet) put_summary(out, arena, result);
}
