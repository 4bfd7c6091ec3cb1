/* The server splits a stream into documents by lines before any YAML is read,
 * so a `---` inside a block scalar ends a document. */
#include "compose.h"

/* The first content of a document: past blank lines, comment lines and `---` lines. `end` if there is none. */
static size_t first_content(Str text, size_t at, size_t end) {
    while (at < end) {
        const char *newline = memchr(text.at + at, '\n', end - at);
        size_t lineEnd = newline ? (size_t)(newline - text.at) : end;
        Str line = {text.at + at, lineEnd - at};
        Str content = str_trim(line);
        if (content.len && content.at[0] != '#' && !str_eq(content, S("---"))) return (size_t)(content.at - text.at);
        at = lineEnd + 1;
    }
    return end;
}

/* The end of the document that starts at `at`, and in `next` where the one after it starts. A `---` line belongs to the document
 * that it opens only if nothing stands before it. */
static size_t find_end(NodeReader *reader, size_t at, size_t *next) {
    Str text = reader->source->text;
    for (size_t line = at; line < text.len;) {
        const char *newline = memchr(text.at + line, '\n', text.len - line);
        size_t lineEnd = newline ? (size_t)(newline - text.at) : text.len;
        Str content = {text.at + line, lineEnd - line};
        if (str_starts(content, S("---"))) {
            Str rest = str_trim(str_slice(content, 3));
            bool clean = rest.len == 0 || rest.at[0] == '#';
            if (!clean && !reader->separatorFault) {
                reader->separatorFault = true;
                reader->separatorSpan = (Span){(uint32_t)(rest.at - text.at), (uint32_t)(rest.at + rest.len - text.at)};
            }
            if (line > at) {
                *next = clean ? lineEnd + 1 : line;
                return line;
            }
        }
        line = lineEnd + 1;
    }
    *next = text.len;
    return text.len;
}

static size_t skip_space(Str text, size_t at, size_t end) {
    while (at < end && strchr(" \t\r\n", text.at[at])) at++;
    return at;
}

bool node_next(NodeReader *reader, Arena *arena, NodeDocument *out) {
    Str text = reader->source->text;
    while (reader->at < text.len || reader->jsonEnd) {
        size_t at = reader->at, end, next;
        if (reader->jsonEnd) {
            end = next = reader->jsonEnd;
        } else {
            reader->separatorFault = false;
            end = find_end(reader, at, &next);
        }
        bool separatorFault = reader->separatorFault && reader->separatorSpan.at < end;
        size_t content = first_content(text, at, end);
        if (content == end) {
            reader->at = next;
            reader->jsonEnd = 0;
            reader->index++;
            continue;
        }
        *out = (NodeDocument){.index = reader->index++, .span = {(uint32_t)content, (uint32_t)end}};
        bool json = text.at[content] == '{';
        size_t done = compose_document(out, arena, reader->source, at, end);
        size_t tail = skip_space(text, done, end);
        reader->jsonEnd = 0;
        reader->at = next;
        if (out->readable && json && tail < end && text.at[tail] == '{') {
            reader->at = tail;
            reader->jsonEnd = end;
            out->span.end = (uint32_t)done;
        } else if (out->readable && first_content(text, tail, end) < end) {
            size_t ignored = first_content(text, tail, end);
            ARRAY_PUSH(arena, &out->faults, (Fault){.kind = FAULT_TAIL, .span = {(uint32_t)ignored, (uint32_t)ignored + 1}});
        }
        if (separatorFault)
            ARRAY_PUSH(
                arena, &out->faults,
                (Fault){.kind = FAULT_SEPARATOR,
                        .span = reader->separatorSpan,
                        .text = {text.at + reader->separatorSpan.at, reader->separatorSpan.end - reader->separatorSpan.at}});
        return true;
    }
    return false;
}
