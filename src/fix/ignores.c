#include "ignores.h"

#include <stdlib.h>

#include "layout.h"
#include "rules.h"
#include "verify.h"

/* A line in which something is found, with the rules that found it. */
typedef struct Line {
    uint32_t at; /* its first byte, in the text */
    ARRAY(Str) rules;
    uint32_t findings;
} Line;

typedef ARRAY(Line) Lines;

typedef struct Adder {
    Arena *arena;
    const Source *source;
    NodeDocuments documents;
    Str reason;
} Adder;

/* Whether an ignore can hide findings of a rule: not those about ignores, nor those that keep a text from being read. */
static bool can_be_ignored(const Rule *rule) {
    static const uint16_t about[] = {RULE_unused_ignore, RULE_unknown_ignore, RULE_bare_ignore, RULE_unknown_comment,
                                     RULE_renamed_ignore};
    for (size_t i = 0; i < COUNT(about); i++)
        if (rule->number == about[i]) return false;
    return rule->source != FROM_YAML;
}

static void add_rule(Adder *a, Lines *lines, uint32_t at, Str rule) {
    uint32_t i = 0;
    while (i < lines->n && lines->at[i].at != at) i++;
    if (i == lines->n) ARRAY_PUSH(a->arena, lines, (Line){.at = at});
    lines->at[i].findings++;
    for (uint32_t j = 0; j < lines->at[i].rules.n; j++)
        if (str_eq(lines->at[i].rules.at[j], rule)) return;
    ARRAY_PUSH(a->arena, &lines->at[i].rules, rule);
}

/* The first bytes of the lines of a text. */
static uint32_t *line_starts(Arena *arena, Str text, uint32_t *count) {
    ARRAY(uint32_t) starts = {0};
    ARRAY_PUSH(arena, &starts, 0);
    for (uint32_t i = 0; i < text.len; i++)
        if (text.at[i] == '\n') ARRAY_PUSH(arena, &starts, i + 1);
    *count = starts.n;
    return starts.at;
}

static Lines lines_of(Adder *a, const ResultFile *found) {
    Lines lines = {0};
    uint32_t count, *starts = line_starts(a->arena, a->source->text, &count);
    for (uint32_t i = 0; i < found->documentCount; i++)
        for (uint32_t j = 0; j < found->documents[i].findingCount; j++) {
            const Finding *finding = &found->documents[i].findings[j];
            if (finding->start.line <= count && can_be_ignored(finding->rule))
                add_rule(a, &lines, starts[finding->start.line - 1], finding->rule->name);
        }
    return lines;
}

/* The end of the text that goes on behind the end of a line, if one does: a comment there would be part of it, or break it. Then
 * `key` is the first byte of the entry or item that it is in. */
static bool goes_on(Str text, const Node *node, uint32_t line, uint32_t end, uint32_t entry, uint32_t *key) {
    if (node->alias || node->span.at > end) return false;
    if (node->kind >= NODE_LIST) {
        for (uint32_t i = 0; i < node->count; i++) {
            bool map = node->kind == NODE_MAP;
            const Node *child = map ? &node->entries[i].value : &node->items[i];
            if (goes_on(text, child, line, end, map ? node->entries[i].keySpan.at : child->span.at, key)) return true;
        }
        return false;
    }
    Span span = content_of(text, node);
    bool head = span.at < span.end && (text.at[span.at] == '|' || text.at[span.at] == '>') && span.at >= line;
    if (head || span.at > end || span.end <= end || span.end <= line) return false;
    *key = entry;
    return true;
}

/* The edit that puts a comment to a line. */
static Replacement comment_edit(const Adder *a, const Line *line) {
    Str text = a->source->text;
    Buf out = {.arena = a->arena};
    uint32_t end = line_end(text, line->at), entry = 0;
    if (end > line->at && text.at[end - 1] == '\r') end--;
    bool above = false;
    for (uint32_t i = 0; i < a->documents.n && !above; i++)
        above = goes_on(text, a->documents.at[i].root, line->at, end, 0, &entry);
    if (!above) buf_char(&out, ' ');
    buf_str(&out, S("# podlint: ignore "));
    for (uint32_t i = 0; i < line->rules.n; i++) {
        if (i) buf_char(&out, ',');
        buf_str(&out, line->rules.at[i]);
    }
    if (a->reason.len) buf_format(&out, " %.*s", TEXT(a->reason));
    if (!above) {
        while (end > line->at && (text.at[end - 1] == ' ' || text.at[end - 1] == '\t')) end--;
        return (Replacement){end, end, buf_text(&out), 0};
    }
    uint32_t start = line_start(text, entry);
    buf_char(&out, '\n');
    Buf whole = {.arena = a->arena};
    for (uint32_t i = start; text.at[i] == ' '; i++) buf_char(&whole, ' ');
    buf_str(&whole, buf_text(&out));
    return (Replacement){start, start, buf_text(&whole), 0};
}

static int by_place(const void *left, const void *right) {
    const Replacement *a = left, *b = right;
    return (a->at > b->at) - (a->at < b->at);
}

static Str with_comments(const Adder *a, const Lines *lines) {
    Replacement *edits = NEW_ARRAY(a->arena, Replacement, lines->n + 1);
    for (uint32_t i = 0; i < lines->n; i++) edits[i] = comment_edit(a, &lines->at[i]);
    if (lines->n) qsort(edits, lines->n, sizeof *edits, by_place);
    Buf out = {.arena = a->arena};
    uint32_t at = 0;
    for (uint32_t i = 0; i < lines->n; i++) {
        buf_str(&out, (Str){a->source->text.at + at, edits[i].at - at});
        buf_str(&out, edits[i].put);
        at = edits[i].at;
    }
    buf_str(&out, str_slice(a->source->text, at));
    return buf_text(&out);
}

static void add_to_file(FixResult *out, Arena *arena, InputFile *input, const ResultFile *found, Str reason) {
    Arena scratch = {0};
    Source source;
    Adder a = {.arena = &scratch, .source = &source, .reason = reason};
    SourceError error = input->text.at ? source_from_bytes(&source, &scratch, input->path, input->text)
                                       : source_read(&source, &scratch, input->path);
    if (!error && !input->rendered.at && !input->above) {
        a.documents = verify_read(&scratch, &source);
        Lines lines = lines_of(&a, found);
        uint32_t findings = 0;
        for (uint32_t i = 0; i < lines.n; i++) findings += lines.at[i].findings;
        Str text = with_comments(&a, &lines);
        if (lines.n && verify_says_same(&scratch, &source, &a.documents, text))
            fix_keep(out, arena, input, &source, text, findings);
    }
    arena_free(&scratch);
}

static uint32_t useless(const ResultFile *file) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < file->documentCount; i++)
        for (uint32_t j = 0; j < file->documents[i].findingCount; j++)
            n += file->documents[i].findings[j].rule->number == RULE_unused_ignore;
    return n;
}

/* Gives back the text that a file had. */
static void undo(FixResult *out, InputFile *input) {
    for (uint32_t i = 0; i < out->files.n; i++) {
        FixedFile *file = &out->files.at[i];
        if (!str_eq(file->name, input->path)) continue;
        input->text = file->before;
        out->fixes -= file->fixes;
        *file = out->files.at[--out->files.n];
        return;
    }
}

void ignores_add(FixResult *out, Arena *arena, InputList *list, const RunSettings *settings, Str reason) {
    RunSettings how = *settings;
    how.cluster = NULL;
    how.policies = NULL;
    Arena *arenas = NEW_ARRAY(arena, Arena, how.threads), *again = NEW_ARRAY(arena, Arena, how.threads);
    Run before, after;
    run_check(&before, list, &how, arenas);
    for (uint32_t i = 0; i < list->files.n; i++)
        if (before.files[i].settings && !before.files[i].error.at)
            add_to_file(out, arena, &list->files.at[i], &before.files[i], reason);
    run_check(&after, list, &how, again);
    for (uint32_t i = 0; i < list->files.n; i++)
        if (useless(&after.files[i]) > useless(&before.files[i])) undo(out, &list->files.at[i]);
    for (unsigned i = 0; i < how.threads; i++) arena_free(&arenas[i]), arena_free(&again[i]);
}
