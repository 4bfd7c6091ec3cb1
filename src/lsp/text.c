#include "text.h"

#include <stdlib.h>

static void index_lines(EditedText *text) {
    if (text->indexed) return;
    text->lineCount = 0;
    for (size_t i = 0; i <= text->len; i++) {
        bool starts = i == 0 || text->at[i - 1] == '\n' || (text->at[i - 1] == '\r' && !(i < text->len && text->at[i] == '\n'));
        if (!starts) continue;
        if (text->lineCount == text->lineCap) {
            text->lineCap = text->lineCap * 2 + 64;
            text->lines = realloc(text->lines, text->lineCap * sizeof *text->lines);
            if (!text->lines) out_of_memory();
        }
        text->lines[text->lineCount++] = (uint32_t)i;
    }
    text->indexed = true;
}

bool text_replace(EditedText *text, size_t from, size_t to, Str put) {
    size_t len = text->len - (to - from) + put.len;
    if (len > SOURCE_MAX_BYTES) return false;
    if (len + 1 > text->cap) {
        text->cap = len + len / 2 + 64;
        text->at = realloc(text->at, text->cap);
        if (!text->at) out_of_memory();
    }
    memmove(text->at + from + put.len, text->at + to, text->len - to);
    if (put.len) memcpy(text->at + from, put.at, put.len);
    text->len = len;
    text->at[len] = '\0';
    text->indexed = false;
    return true;
}

void text_free(EditedText *text) {
    free(text->at);
    free(text->lines);
    *text = (EditedText){0};
}

/* The bytes of the character at `at`. */
static size_t character(const EditedText *text, size_t at) {
    size_t length = str_utf8_length((Str){text->at + at, text->len - at});
    return length ? length : 1;
}

static uint32_t units_of(Units units, size_t bytes) {
    if (units == UNITS_UTF8) return (uint32_t)bytes;
    return units == UNITS_UTF16 && bytes == 4 ? 2 : 1;
}

/* Where a line ends, before its line break. */
static size_t line_end(const EditedText *text, uint32_t line) {
    size_t end = line + 1 < text->lineCount ? text->lines[line + 1] : text->len;
    while (end > text->lines[line] && line + 1 < text->lineCount && (text->at[end - 1] == '\n' || text->at[end - 1] == '\r'))
        end--;
    return end;
}

static size_t offset_in_line(const EditedText *text, Units units, uint32_t line, int64_t count) {
    size_t at = text->lines[line], end = line_end(text, line);
    while (at < end) {
        size_t bytes = character(text, at);
        count -= units_of(units, bytes);
        if (count < 0) break;
        at += bytes;
    }
    return at < end ? at : end;
}

size_t text_offset(EditedText *text, Units units, const json_t *position) {
    index_lines(text);
    json_int_t line = json_integer_value(json_object_get(position, "line"));
    json_int_t count = json_integer_value(json_object_get(position, "character"));
    if (line < 0) return 0;
    if (line >= (json_int_t)text->lineCount) return text->len;
    return offset_in_line(text, units, (uint32_t)line, count < 0 ? 0 : count);
}

static uint32_t line_of(const EditedText *text, size_t offset) {
    return count_below(text->lines, text->lineCount, sizeof *text->lines, (uint32_t)offset + 1) - 1;
}

json_t *text_position(EditedText *text, Units units, size_t offset) {
    index_lines(text);
    if (offset > text->len) offset = text->len;
    uint32_t line = line_of(text, offset), count = 0;
    for (size_t at = text->lines[line]; at < offset;) {
        size_t bytes = character(text, at);
        count += units_of(units, bytes);
        at += bytes;
    }
    return json_pack("{s:i,s:i}", "line", (int)line, "character", (int)count);
}

json_t *text_range(EditedText *text, Units units, Span span) {
    return json_pack("{s:o,s:o}", "start", text_position(text, units, span.at), "end", text_position(text, units, span.end));
}

size_t text_at_place(EditedText *text, Place place) {
    index_lines(text);
    if (!place.line) return 0;
    if (place.line > text->lineCount) return text->len;
    bool marked = place.line == 1 && str_starts(text_str(text), S("\xEF\xBB\xBF")); /* a Source leaves it out */
    return offset_in_line(text, UNITS_UTF32, place.line - 1, (int64_t)place.column - 1 + marked);
}
