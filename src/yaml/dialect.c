#include "dialect.h"

#include <stdlib.h>

static void refuse(Arena *arena, NodeDocument *out, size_t at, size_t length, const char *problem) {
    Span span = {(uint32_t)at, (uint32_t)(at + length)};
    ARRAY_PUSH(arena, &out->faults, (Fault){.kind = FAULT_SYNTAX, .span = span, .text = str_of(problem), .other = S("")});
}

void dialect_check_plain(Arena *arena, NodeDocument *out, Str written, size_t at) {
    ptrdiff_t mark = written.len ? str_find(str_slice(written, 1), '?') : -1;
    if (mark >= 0) refuse(arena, out, at + 1 + (size_t)mark, 1, "a question mark ends a value inside brackets");
}

void dialect_check_quoted(Arena *arena, NodeDocument *out, Str written, size_t at) {
    for (size_t i = 0; i + 1 < written.len; i++) {
        if (written.at[i] != '\\') continue;
        if (written.at[i + 1] == '/') refuse(arena, out, at + i, 2, "found unknown escape character");
        i++;
    }
}

static void insert(Marks *marks, Buf *buf, Str s, ptrdiff_t delta) {
    buf_str(buf, s);
    ARRAY_PUSH(buf->arena, &marks->edits, (Edit){(uint32_t)buf->len, (int32_t)delta});
}

static int by_offset(const void *a, const void *b) {
    uint32_t x = ((const Edit *)a)->at, y = ((const Edit *)b)->at;
    return (x > y) - (x < y);
}

bool dialect_repair(Marks *marks, Arena *arena, const yaml_parser_t *parser) {
    enum { MOST_EDITS = 200 };
    if (parser->error != YAML_SCANNER_ERROR || marks->edits.n >= MOST_EDITS) return false;
    Str text = marks->text;
    size_t at = mark_in_text(marks, parser->problem_mark.index), start = at, end, grown;
    bool colon = strcmp(parser->problem, "found unexpected ':'") == 0;
    if (colon) {
        start = mark_in_text(marks, parser->context_mark.index);
        end = at + 1;
        grown = 2;
        Str scalar = {text.at + start, end - start};
        if (str_find(scalar, '\'') >= 0 || str_find(scalar, '\n') >= 0) return false;
    } else {
        if (strcmp(parser->problem, "found unknown escape character") != 0 || !str_starts(str_slice(text, at), S("\\'")))
            return false;
        end = at + 1;
        grown = (size_t)-1;
    }
    for (uint32_t i = 0; i < marks->edits.n; i++)
        if (marks->edits.at[i].at > start) marks->edits.at[i].at += (uint32_t)grown;
    Buf buf = {.arena = arena};
    buf_str(&buf, (Str){text.at, start});
    if (colon) {
        insert(marks, &buf, S("'"), 1);
        buf_str(&buf, (Str){text.at + start, end - start});
        insert(marks, &buf, S("'"), 1);
    } else {
        insert(marks, &buf, S(""), -1);
    }
    buf_str(&buf, str_slice(text, end));
    qsort(marks->edits.at, marks->edits.n, sizeof *marks->edits.at, by_offset);
    Marks edited = marks_make(arena, buf_text(&buf), marks->base);
    edited.written = marks->written;
    memcpy(&edited.edits, &marks->edits, sizeof edited.edits);
    *marks = edited;
    return true;
}
