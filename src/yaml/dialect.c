#include "dialect.h"

static void refuse(Arena *arena, NodeDocument *out, size_t at, size_t length, Str problem, Str hint) {
    Span span = {(uint32_t)at, (uint32_t)(at + length)};
    ARRAY_PUSH(arena, &out->faults, (Fault){.kind = FAULT_SYNTAX, .span = span, .text = problem, .hint = hint});
}

void dialect_check_plain(Arena *arena, NodeDocument *out, Str written, size_t at) {
    while (written.len && (written.at[0] == '!' || written.at[0] == '&')) { /* a tag and an anchor */
        size_t start = 0;
        while (start < written.len && !is_space(written.at[start])) start++;
        while (start < written.len && is_space(written.at[start])) start++;
        written = str_slice(written, start);
        at += start;
    }
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

/* Puts the brackets and commas that stand at a place in a tag as escapes. */
static bool escape_in_tag(Marks *marks, Arena *arena, size_t at) {
    Buf escapes = {.arena = arena};
    size_t end = at;
    for (; end < marks->text.len && marks->text.at[end] && strchr("[],", marks->text.at[end]); end++) {
        char c = marks->text.at[end];
        buf_str(&escapes, c == '[' ? S("%5B") : c == ']' ? S("%5D") : S("%2C"));
    }
    return marks_edit(marks, arena, at, end - at, buf_text(&escapes));
}

bool dialect_repair_tag(Marks *marks, Arena *arena, size_t at, bool *refused) {
    *refused = at && at < marks->text.len && marks->text.at[at] == ',' && marks->text.at[at - 1] == '>';
    return !*refused && at < marks->text.len && marks->text.at[at] == ',' && escape_in_tag(marks, arena, at);
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
    if (strcmp(parser->problem, "did not find expected whitespace or line break") == 0 ||
        strcmp(parser->problem, "did not find expected tag URI") == 0)
        return at < text.len && text.at[at] && strchr("[],", text.at[at]) && at && text.at[at - 1] != '>' &&
               escape_in_tag(marks, arena, at);
    bool apostrophe = strcmp(parser->problem, "found unknown escape character") == 0 && str_starts(str_slice(text, at), S("\\'"));
    return apostrophe && marks_edit(marks, arena, at, 1, S(""));
}
