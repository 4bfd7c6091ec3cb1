#include "text_span.h"

/* YAML changes only white space and, in quotes, escapes: all other characters stand in the source in the order of the value. So
 * the two are walked side by side, and white space on either side is passed over where the other has none. */
typedef struct SpanWalk {
    Str text; /* of the source */
    uint32_t at, end;
    char quote; /* ", ' or 0 */
} SpanWalk;

static bool is_white(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The length of the character at the walk's place as it is written, and whether it stands for white space. */
static uint32_t written_length(const SpanWalk *w, bool *white) {
    const char *at = w->text.at + w->at;
    char next = w->at + 1 < w->end ? at[1] : 0;
    *white = is_white(*at);
    if (w->quote == '\'' && *at == '\'' && next == '\'') return 2;
    if (w->quote == '"' && *at == '\\' && next) {
        uint32_t digits = next == 'x' ? 2 : next == 'u' ? 4 : next == 'U' ? 8 : 0, value = 0;
        for (uint32_t i = 0; i < digits && w->at + 2 + i < w->end; i++) value = value * 16 + (uint32_t)hex_value(at[2 + i]);
        *white = digits ? value < 0x80 && is_white((char)value) : strchr("tnr \t\n\r", next) != NULL;
        /* JSON writes characters beyond U+FFFF as two escapes. */
        bool pair = next == 'u' && value >= 0xD800 && value < 0xDC00 && w->at + 7 < w->end && at[6] == '\\' && at[7] == 'u';
        return 2 + digits + (pair ? 6 : 0);
    }
    uint32_t length = 1;
    while (w->at + length < w->end && ((unsigned char)at[length] & 0xC0) == 0x80) length++;
    return length;
}

/* Past an anchor and a tag. */
static void skip_properties(SpanWalk *w) {
    while (w->at < w->end && (w->text.at[w->at] == '&' || w->text.at[w->at] == '!')) {
        while (w->at < w->end && !is_white(w->text.at[w->at])) w->at++;
        while (w->at < w->end && is_white(w->text.at[w->at])) w->at++;
    }
}

static SpanWalk start(const Source *source, const Node *node) {
    SpanWalk w = {.text = source->text, .at = node->span.at, .end = node->span.end};
    skip_properties(&w);
    char first = w.at < w.end ? w.text.at[w.at] : 0;
    if (first == '"' || first == '\'') {
        w.quote = first;
        w.at++;
        w.end--;
    } else if (!node->plain && (first == '|' || first == '>')) {
        while (w.at < w.end && w.text.at[w.at] != '\n') w.at++;
    }
    return w;
}

Span node_text_span(const Source *source, const Node *node, Span part) {
    if (node->alias || node->kind != NODE_STRING) return node->span;
    SpanWalk w = start(source, node);
    Span found = {w.end, w.end};
    for (uint32_t i = 0; i < node->text.len && w.at < w.end;) {
        uint32_t bytes = 1;
        while (i + bytes < node->text.len && ((unsigned char)node->text.at[i + bytes] & 0xC0) == 0x80) bytes++;
        bool white = false, wanted = is_white(node->text.at[i]);
        uint32_t length = written_length(&w, &white);
        while (!wanted && white && w.at + length < w.end) {
            w.at += length;
            length = written_length(&w, &white);
        }
        if (i <= part.at && part.at < i + bytes) found.at = w.at;
        if (!wanted || white) w.at += length;
        if (w.at > w.end) w.at = w.end;
        i += bytes;
        if (i >= part.end) {
            found.end = w.at;
            break;
        }
    }
    if (found.end < found.at) found.end = found.at;
    return found;
}
