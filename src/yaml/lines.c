#include "lines.h"

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

/* Behind the quoted text that starts at `at`, or `end` if it does not end on its line. */
static size_t skip_quoted(Str text, size_t at, size_t end) {
    char quote = text.at[at++];
    for (; at < end; at++) {
        if (quote == '"' && text.at[at] == '\\')
            at++;
        else if (text.at[at] == quote && quote == '\'' && at + 1 < end && text.at[at + 1] == quote)
            at++;
        else if (text.at[at] == quote)
            return at + 1;
    }
    return end;
}

/* The first colon with white space behind it, outside of quotes. A quote counts only where a value can start. */
static size_t find_colon(Str text, size_t at, size_t end) {
    bool start = true;
    while (at < end) {
        char c = text.at[at];
        if (start && (c == '"' || c == '\'')) {
            at = skip_quoted(text, at, end);
            start = false;
            continue;
        }
        if (c == ':' && (at + 1 >= end || is_blank(text.at[at + 1]))) return at;
        start = c == '[' || c == '{' || c == ',' || (start && c == ' ');
        at++;
    }
    return end;
}

/* Where a comment starts, or the line ends, without the white space before it. */
static size_t find_last(Str text, size_t at, size_t end) {
    bool start = true;
    size_t i = at;
    while (i < end) {
        char c = text.at[i];
        if (c == '#' && (i == at || is_blank(text.at[i - 1]))) break;
        if (start && (c == '"' || c == '\'')) {
            size_t behind = skip_quoted(text, i, end);
            i = behind == end && text.at[end - 1] != c ? i + 1 : behind;
            start = false;
            continue;
        }
        start = c == '[' || c == '{' || c == ',' || c == ' ';
        i++;
    }
    while (i > at && is_blank(text.at[i - 1])) i--;
    return i;
}

Line line_at(Str text, size_t at) {
    Line line = {0};
    if (at > text.len) at = text.len;
    line.at = at;
    while (line.at && text.at[line.at - 1] != '\n') line.at--;
    const char *newline = line.at < text.len ? memchr(text.at + line.at, '\n', text.len - line.at) : NULL;
    line.end = newline ? (size_t)(newline - text.at) : text.len;
    if (line.end > line.at && text.at[line.end - 1] == '\r') line.end--;
    size_t i = line.at;
    while (i < line.end && text.at[i] == ' ') i++;
    line.indent = i - line.at;
    while (i < line.end && text.at[i] == '-' && (i + 1 == line.end || is_blank(text.at[i + 1]))) {
        line.item = true;
        i++;
        while (i < line.end && is_blank(text.at[i])) i++;
    }
    line.content = i;
    line.columns = i - line.at;
    line.last = find_last(text, i, line.end);
    size_t colon = find_colon(text, i, line.last);
    line.colon = colon < line.last ? colon : line.end;
    line.value = i;
    if (colon < line.last) {
        line.value = colon + 1;
        while (line.value < line.last && is_blank(text.at[line.value])) line.value++;
    }
    return line;
}

bool line_before(Str text, Line *line) {
    while (line->at) {
        *line = line_at(text, line->at - 1);
        if (line->last > line->content || line->item) return true;
    }
    return false;
}

bool line_after(Str text, Line *line) {
    for (;;) {
        const char *newline = line->end < text.len ? memchr(text.at + line->end, '\n', text.len - line->end) : NULL;
        if (!newline || (size_t)(newline - text.at) + 1 >= text.len) return false;
        *line = line_at(text, (size_t)(newline - text.at) + 1);
        if (line->last > line->content || line->item) return true;
    }
}

static Str part(Str text, size_t at, size_t end) {
    return (Str){text.at + at, end > at ? end - at : 0};
}

Str line_key(Str text, const Line *line) {
    return line->colon < line->end ? part(text, line->content, line->colon) : S("");
}

Str line_value(Str text, const Line *line) {
    return part(text, line->value, line->last);
}

Str line_content(Str text, const Line *line) {
    return part(text, line->content, line->last);
}

bool line_is_word(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (!is_alnum(s.at[i]) && !strchr("._-/", s.at[i])) return false;
    return s.len > 0 && is_alnum(s.at[0]);
}

uint32_t line_number(Str text, size_t at) {
    uint32_t number = 1;
    for (size_t i = 0; i < at && i < text.len; i++) number += text.at[i] == '\n';
    return number;
}

size_t invisible_length(Str text, uint32_t *code) {
    size_t length = text.len && (unsigned char)text.at[0] >= 0xC2 ? str_utf8_length(text) : 0;
    uint32_t cp = 0;
    if (length == 2)
        cp = (uint32_t)(text.at[0] & 0x1F) << 6 | (uint32_t)(text.at[1] & 0x3F);
    else if (length == 3)
        cp = (uint32_t)(text.at[0] & 0x0F) << 12 | (uint32_t)(text.at[1] & 0x3F) << 6 | (uint32_t)(text.at[2] & 0x3F);
    bool invisible = cp == 0xA0 || cp == 0xAD || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200F) || cp == 0x202F || cp == 0x205F ||
                     cp == 0x2060 || cp == 0x3000 || cp == 0xFEFF;
    *code = cp;
    return invisible ? length : 0;
}
