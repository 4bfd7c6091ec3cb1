/* kubectl reads a stream that starts with a brace as JSON objects, one behind the other, for as long as it can. All else it
 * splits into documents by lines before any YAML is read, so a `---` inside a block scalar ends a document. */
#include "compose.h"
#include "json.h"

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
 * that it opens only if nothing stands before it. `separator` gets the text that stands on such a line. */
static size_t find_end(const NodeReader *reader, size_t at, size_t *next, Span *separator) {
    Str text = reader->source->text;
    for (size_t line = at; line < text.len;) {
        const char *newline = memchr(text.at + line, '\n', text.len - line);
        size_t lineEnd = newline ? (size_t)(newline - text.at) : text.len;
        Str content = {text.at + line, lineEnd - line};
        bool marked = line == 0 && reader->source->mark; /* the mark before it makes it another line to the splitter */
        if (str_starts(content, S("---")) && !marked) {
            Str rest = str_trim(str_slice(content, 3));
            bool clean = rest.len == 0 || rest.at[0] == '#';
            if (line > at) {
                *next = clean ? lineEnd + 1 : line;
                return line;
            }
            if (!clean) *separator = (Span){(uint32_t)(rest.at - text.at), (uint32_t)(rest.at + rest.len - text.at)};
        }
        line = lineEnd + 1;
    }
    *next = text.len;
    return text.len;
}

static Fault separator_fault(const NodeReader *reader, Span span) {
    Str rest = {reader->source->text.at + span.at, span.end - span.at};
    return (Fault){.kind = FAULT_SEPARATOR,
                   .span = span,
                   .text = rest,
                   .hint = rest.at[0] == '-' ? S("write exactly three dashes") : S("put the text on the next line")};
}

/* Where the text of a document starts that opens with a faulty `---` line: what stands there may be its first key, or more
 * dashes. */
static size_t behind_separator(Str text, size_t at, Span separator) {
    Str rest = {text.at + separator.at, separator.end - separator.at};
    bool key = is_letter(rest.at[0]) && (str_has(rest, S(": ")) || str_ends(rest, S(":")));
    if (key || rest.at[0] == '{') return separator.at;
    if (rest.at[0] != '-') return at;
    return separator.end < text.len ? separator.end + 1 : separator.end;
}

static size_t column_of(Str text, size_t at) {
    size_t start = at;
    while (start && text.at[start - 1] != '\n') start--;
    return at - start;
}

/* Whether a document ends because a line stands further left than its first one: that was hardly meant to be the end. */
static bool is_outdented(Str text, size_t content, size_t tail) {
    return text.at[content] != '{' && column_of(text, tail) < column_of(text, content) &&
           !str_starts(str_slice(text, tail), S("..."));
}

/* A document that holds nothing, to carry a fault. */
static void empty_document(NodeReader *reader, Arena *arena, NodeDocument *out, size_t at) {
    *out = (NodeDocument){.index = reader->index, .span = {(uint32_t)at, (uint32_t)at}, .root = NEW(arena, Node)};
    *out->root = (Node){.kind = NODE_NULL, .depth = 1, .text = S("null"), .span = out->span};
}

/* The next object of a stream of JSON; false where it ends, be it with the text or with something else. */
static bool next_object(NodeReader *reader, Arena *arena, NodeDocument *out) {
    Str text = reader->source->text;
    size_t at = json_skip_space(text, reader->at);
    if (at >= text.len) {
        reader->at = text.len;
        return false;
    }
    *out = (NodeDocument){.index = reader->index, .span = {(uint32_t)at, 0}};
    size_t end = json_document(out, arena, reader->source, at);
    if (!end) {
        /* The white space up to the next line belongs to neither. */
        size_t rest = reader->at;
        while (rest < at && text.at[rest] != '\n') rest++;
        reader->at = rest < at ? rest + 1 : rest;
        return false;
    }
    out->span.end = (uint32_t)end;
    reader->at = end;
    reader->index++;
    reader->objects++;
    return true;
}

/* The next part of a stream that is not JSON. */
static bool next_part(NodeReader *reader, Arena *arena, NodeDocument *out) {
    Str text = reader->source->text;
    size_t at = reader->at, next;
    Span separator = {0};
    size_t end = find_end(reader, at, &next, &separator);
    size_t from = separator.end ? behind_separator(text, at, separator) : at;
    if (from > end) from = end;
    size_t content = first_content(text, from, end);
    reader->at = next;
    reader->index++;
    if (content == end && !separator.end) return false;
    reader->index--;
    if (content == end) {
        empty_document(reader, arena, out, separator.at);
    } else {
        *out = (NodeDocument){.index = reader->index, .span = {(uint32_t)content, (uint32_t)end}};
        size_t done = compose_document(out, arena, reader->source, from, end);
        size_t tail = first_content(text, json_skip_space(text, done), end);
        if ((out->readable || out->mended) && tail < end) {
            if (is_outdented(text, content, tail)) {
                ARRAY_PUSH(
                    arena, &out->faults,
                    (Fault){.kind = FAULT_SYNTAX,
                            .span = {(uint32_t)content, (uint32_t)content + 1},
                            .related = {(uint32_t)tail, (uint32_t)tail + 1},
                            .text =
                                S("this line is indented deeper than those below it, which the server therefore does not read"),
                            .other = S("the server stops here"),
                            .hint = S("indent all keys of the object alike")});
                tail = end;
            }
        }
        if ((out->readable || out->mended) && tail < end) {
            bool dots = done >= 3 && str_starts(str_slice(text, done - 3), S("..."));
            ARRAY_PUSH(arena, &out->faults,
                       (Fault){.kind = FAULT_TAIL,
                               .span = {(uint32_t)tail, (uint32_t)tail + 1},
                               .text = dots ? S("the ... line") : S("here")});
        }
    }
    reader->index++;
    if (!separator.end) return true;
    /* What cannot be read may be the line's fault, too. */
    uint32_t kept = 0;
    for (uint32_t i = 0; i < out->faults.n; i++)
        if (out->faults.at[i].kind != FAULT_SYNTAX) out->faults.at[kept++] = out->faults.at[i];
    out->faults.n = kept;
    ARRAY_PUSH(arena, &out->faults, separator_fault(reader, separator));
    return true;
}

bool node_next(NodeReader *reader, Arena *arena, NodeDocument *out) {
    Str text = reader->source->text;
    if (!reader->started) {
        size_t first = json_skip_space(text, 0);
        reader->json = !reader->source->mark && first < text.len && text.at[first] == '{';
        reader->started = true;
    }
    bool broken = false;
    if (reader->json) {
        if (next_object(reader, arena, out)) return true;
        reader->json = false;
        broken = reader->objects > 1 && reader->at < text.len;
        if (reader->objects && !broken && reader->at < text.len) {
            /* What stands between the object and the next line of `---` is no document of its own if it is nothing. */
            size_t next;
            size_t end = find_end(reader, reader->at, &next, &(Span){0});
            if (end > reader->at && first_content(text, reader->at, end) == end) reader->at = next;
        }
    }
    Span rest = {(uint32_t)json_skip_space(text, reader->at), 0};
    rest.end = rest.at + 1;
    bool any = false;
    while (!any && reader->at < text.len) any = next_part(reader, arena, out);
    if (broken) {
        if (!any) empty_document(reader, arena, out, rest.at);
        ARRAY_PUSH(arena, &out->faults, (Fault){.kind = FAULT_STREAM, .span = rest});
    }
    return any || broken;
}
