#include "dialect.h"

static void refuse(Arena *arena, NodeDocument *out, size_t at, size_t length, Str problem, Str hint) {
    Span span = {(uint32_t)at, (uint32_t)(at + length)};
    ARRAY_PUSH(arena, &out->faults, (Fault){.kind = FAULT_SYNTAX, .span = span, .text = problem, .hint = hint});
}

void dialect_check_plain(Arena *arena, NodeDocument *out, Str written, size_t at) {
    ptrdiff_t mark = written.len ? str_find(str_slice(written, 1), '?') : -1;
    if (mark >= 0)
        refuse(arena, out, at + 1 + (size_t)mark, 1, S("the server's reader ends a value inside brackets at a question mark"),
               S("put the value in quotes"));
}

void dialect_check_quoted(Arena *arena, NodeDocument *out, Str written, size_t at) {
    for (size_t i = 0; i + 1 < written.len; i++) {
        if (written.at[i] != '\\') continue;
        if (written.at[i + 1] == '/')
            refuse(arena, out, at + i, 2, S("\\/ is an escape of JSON that the server's reader of YAML does not have"),
                   S("write / without the backslash"));
        i++;
    }
}

bool dialect_repair(Marks *marks, Arena *arena, const yaml_parser_t *parser) {
    if (parser->error != YAML_SCANNER_ERROR) return false;
    Str text = marks->text;
    size_t at = mark_in_text(marks, parser->problem_mark.index);
    if (strcmp(parser->problem, "found unexpected ':'") == 0) {
        size_t start = mark_in_text(marks, parser->context_mark.index);
        Str scalar = {text.at + start, at + 1 - start};
        if (str_find(scalar, '\'') >= 0 || str_find(scalar, '\n') >= 0) return false;
        return marks_edit(marks, arena, at + 1, 0, S("'")) && marks_edit(marks, arena, start, 0, S("'"));
    }
    bool apostrophe = strcmp(parser->problem, "found unknown escape character") == 0 && str_starts(str_slice(text, at), S("\\'"));
    return apostrophe && marks_edit(marks, arena, at, 1, S(""));
}
