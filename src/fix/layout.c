#include "layout.h"

#include <stdlib.h>

uint32_t line_start(Str text, uint32_t at) {
    while (at && text.at[at - 1] != '\n') at--;
    return at;
}

uint32_t line_end(Str text, uint32_t at) {
    while (at < text.len && text.at[at] != '\n') at++;
    return at;
}

uint32_t column_of(Str text, uint32_t at) {
    return at - line_start(text, at);
}

bool is_first_on_line(Str text, uint32_t at) {
    for (uint32_t i = line_start(text, at); i < at; i++)
        if (text.at[i] != ' ') return false;
    return true;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

Span content_of(Str text, const Node *node) {
    Span span = node->span;
    if (node->alias) return span;
    uint32_t at = span.at;
    while (at < span.end && (text.at[at] == '&' || text.at[at] == '!')) {
        while (at < span.end && !is_blank(text.at[at])) at++;
        for (;;) {
            while (at < span.end && is_blank(text.at[at])) at++;
            if (at == span.end || text.at[at] != '#') break;
            at = line_end(text, at);
        }
    }
    return (Span){at, span.end};
}

bool is_flow(Str text, const Node *node) {
    Span span = content_of(text, node);
    return span.at < span.end && (text.at[span.at] == '{' || text.at[span.at] == '[');
}

bool find_dash(Str text, const Node *item, uint32_t *dash) {
    uint32_t at = item->span.at;
    while (at && text.at[at - 1] == ' ') at--;
    if (!at || text.at[at - 1] != '-') return false;
    *dash = at - 1;
    return true;
}

uint32_t behind_comment(Str text, uint32_t end) {
    uint32_t at = end, stop = line_end(text, end);
    while (at < stop && (text.at[at] == ' ' || text.at[at] == '\t')) at++;
    if (at == stop || at == end || text.at[at] != '#') return end;
    while (stop > end && is_blank(text.at[stop - 1])) stop--;
    return stop;
}

/* Comments. */

typedef ARRAY(Span) Spans;

static int by_start(const void *left, const void *right) {
    const Span *a = left, *b = right;
    return (a->at > b->at) - (a->at < b->at);
}

/* Where a # may stand that begins no comment. */
static void add_quoted(Arena *arena, Str text, const Node *node, Spans *out) {
    if (node->alias) return;
    if (node->kind < NODE_LIST) {
        Span span = content_of(text, node);
        if (node->plain || span.at == span.end) return;
        if (text.at[span.at] == '|' || text.at[span.at] == '>') span.at = line_end(text, span.at);
        ARRAY_PUSH(arena, out, span);
        return;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        if (node->kind == NODE_MAP) ARRAY_PUSH(arena, out, node->entries[i].keySpan);
        add_quoted(arena, text, node->kind == NODE_MAP ? &node->entries[i].value : &node->items[i], out);
    }
}

Comments comments_in(Arena *arena, Str text, const Node *root, Span region) {
    Comments out = {0};
    Spans quoted = {0};
    if (region.at >= region.end || !memchr(text.at + region.at, '#', region.end - region.at)) return out;
    add_quoted(arena, text, root, &quoted);
    if (quoted.n) qsort(quoted.at, quoted.n, sizeof *quoted.at, by_start);
    uint32_t next = 0, inside = 0;
    for (uint32_t i = region.at; i < region.end; i++) {
        while (next < quoted.n && quoted.at[next].at <= i) {
            if (quoted.at[next].end > inside) inside = quoted.at[next].end;
            next++;
        }
        if (text.at[i] != '#' || i < inside || (i && !is_blank(text.at[i - 1]))) continue;
        uint32_t end = line_end(text, i), at = i;
        while (end > i && is_blank(text.at[end - 1])) end--;
        ARRAY_PUSH(arena, &out, (Comment){at, end, is_first_on_line(text, at)});
        i = end;
    }
    return out;
}

/* How a document is written. */

enum { WIDEST_STEP = 8 };

typedef struct Votes {
    Str text;
    uint32_t step[WIDEST_STEP + 1], listStep[WIDEST_STEP + 1], single, twice, keysQuoted, keys, blockTexts;
} Votes;

static void vote(Votes *v, const Node *node) {
    if (node->alias) return;
    Span span = content_of(v->text, node);
    if (node->kind < NODE_LIST && span.at < span.end) {
        v->single += v->text.at[span.at] == '\'';
        v->twice += v->text.at[span.at] == '"';
    }
    for (uint32_t i = 0; i < node->count; i++) {
        if (node->kind == NODE_LIST) {
            vote(v, &node->items[i]);
            continue;
        }
        const Entry *entry = &node->entries[i];
        const Node *value = &entry->value;
        v->keys++;
        v->keysQuoted += v->text.at[entry->keySpan.at] == '"';
        vote(v, value);
        if (value->alias || value->kind < NODE_LIST || !value->count || is_flow(v->text, value)) continue;
        uint32_t key = column_of(v->text, entry->keySpan.at), dash;
        if (value->kind == NODE_MAP) {
            uint32_t step = column_of(v->text, value->entries[0].keySpan.at) - key;
            if (step && step <= WIDEST_STEP) v->step[step]++;
        } else if (find_dash(v->text, &value->items[0], &dash)) {
            uint32_t step = column_of(v->text, dash) - key;
            if (step <= WIDEST_STEP) v->listStep[step]++;
            v->blockTexts += value->items[0].kind == NODE_STRING;
        }
    }
}

static uint32_t most(const uint32_t *votes, uint32_t otherwise) {
    uint32_t best = otherwise;
    for (uint32_t i = 0; i <= WIDEST_STEP; i++)
        if (votes[i] > votes[best]) best = i;
    return best;
}

Layout layout_of(const Source *source, const Node *root) {
    Votes v = {.text = source->text};
    vote(&v, root);
    const char *line = memchr(source->text.at, '\n', source->text.len);
    uint32_t step = most(v.step, 2);
    return (Layout){.step = step,
                    .listStep = most(v.listStep, step),
                    .quote = v.single > v.twice ? '\'' : '"',
                    .json = is_flow(source->text, root) && v.keysQuoted == v.keys,
                    .blockTexts = v.blockTexts > 0,
                    .newline = line && line > source->text.at && line[-1] == '\r' ? S("\r\n") : S("\n")};
}

/* Writing. */

static bool is_plain(Str text, bool flow) {
    if (!text.len || node_plain_kind(text) != NODE_STRING || strchr("?:,[]{}#&*!|>'\"%@` =", text.at[0])) return false;
    if (text.at[0] == '-' && (text.len == 1 || text.at[1] == ' ' || str_starts(text, S("---")))) return false;
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.at[i] < ' ' || (flow && strchr(",[]{}", text.at[i]))) return false;
        if (text.at[i] == ':' && (flow || i + 1 == text.len || text.at[i + 1] == ' ')) return false;
        if (text.at[i] == '#' && i && text.at[i - 1] == ' ') return false;
    }
    return text.at[text.len - 1] != ' ';
}

static void put_quoted(Buf *out, Str text, char quote) {
    bool plain = true;
    for (size_t i = 0; i < text.len; i++) plain &= (unsigned char)text.at[i] >= ' ';
    if (quote == '\'' && plain) {
        buf_char(out, quote);
        for (size_t i = 0; i < text.len; i++) {
            if (text.at[i] == '\'') buf_char(out, '\'');
            buf_char(out, text.at[i]);
        }
        buf_char(out, quote);
        return;
    }
    buf_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '\n' || c == '\t' || c == '\r')
            buf_str(out, c == '\n' ? S("\\n") : c == '\t' ? S("\\t") : S("\\r"));
        else if ((unsigned char)c < ' ')
            buf_format(out, "\\x%02x", (unsigned char)c);
        else
            buf_format(out, c == '"' || c == '\\' ? "\\%c" : "%c", c);
    }
    buf_char(out, '"');
}

void write_scalar(Buf *out, const Layout *layout, const Node *value, bool flow, char quote) {
    if (value->kind != NODE_STRING)
        buf_str(out, value->text);
    else if (!layout->json && !quote && is_plain(value->text, flow))
        buf_str(out, value->text);
    else
        put_quoted(out, value->text, layout->json ? '"' : quote ? quote : layout->quote);
}

static void put_key(Buf *out, const Layout *layout, Str key) {
    if (layout->json || !is_plain(key, true))
        put_quoted(out, key, '"');
    else
        buf_str(out, key);
}

/* The node of a tree that is written at exactly this place. */
static const Node *node_at(const Node *root, Span span) {
    if (root->alias || root->span.at > span.at || root->span.end < span.end) return NULL;
    for (uint32_t i = 0; i < root->count; i++) {
        const Node *child = root->kind == NODE_MAP ? &root->entries[i].value : &root->items[i];
        const Node *found = node_at(child, span);
        if (found) return found;
    }
    return root->span.at == span.at && root->span.end == span.end ? root : NULL;
}

/* A value as it is written already; NULL if it is written otherwise or nowhere. */
static const Node *written(const Writer *w, const Node *value) {
    if (value->alias || value->span.end <= value->span.at) return NULL;
    const Node *found = node_at(w->editor->root, value->span);
    return found && change_same(found, value) ? found : NULL;
}

static void put_line(Writer *w, uint32_t column) {
    buf_char(&w->out, '\n');
    buf_repeat(&w->out, ' ', column);
}

/* Comments that stand before a place, on lines of their own before the one that begins in `column`. */
static void put_comments(Writer *w, uint32_t before, uint32_t column) {
    while (w->next < w->comments.n && w->comments.at[w->next].at < before) {
        Comment comment = w->comments.at[w->next++];
        buf_str(&w->out, (Str){w->editor->source->text.at + comment.at, comment.end - comment.at});
        put_line(w, column);
    }
}

/* The comment behind a scalar that ends at a place. */
static void put_trailing(Writer *w, uint32_t end) {
    Str text = w->editor->source->text;
    if (w->next == w->comments.n || !end) return;
    Comment comment = w->comments.at[w->next];
    if (comment.alone || behind_comment(text, end) != comment.end) return;
    buf_str(&w->out, (Str){text.at + end, comment.end - end});
    w->next++;
}

void write_rest(Writer *w, uint32_t column) {
    while (w->next < w->comments.n) {
        Comment comment = w->comments.at[w->next++];
        put_line(w, column);
        buf_str(&w->out, (Str){w->editor->source->text.at + comment.at, comment.end - comment.at});
    }
}

void write_flow(Writer *w, const Node *value) {
    const Node *same = value->kind < NODE_LIST ? written(w, value) : NULL;
    Span span = same ? content_of(w->editor->source->text, same) : (Span){0};
    Str raw = {w->editor->source->text.at + span.at, span.end - span.at};
    if (same && raw.len && str_find(raw, '\n') < 0 && (!same->plain || value->kind != NODE_STRING || is_plain(raw, true))) {
        buf_str(&w->out, raw);
        return;
    }
    if (value->kind < NODE_LIST) {
        write_scalar(&w->out, &w->editor->layout, value, true, 0);
        return;
    }
    bool map = value->kind == NODE_MAP;
    buf_char(&w->out, map ? '{' : '[');
    for (uint32_t i = 0; i < value->count; i++) {
        if (i) buf_str(&w->out, S(", "));
        if (map) put_key(&w->out, &w->editor->layout, value->entries[i].key);
        if (map) buf_str(&w->out, S(": "));
        write_flow(w, map ? &value->entries[i].value : &value->items[i]);
    }
    buf_char(&w->out, map ? '}' : ']');
}

/* Lines of the text, moved to another column; the first one begins there already. */
static bool put_lines(Writer *w, Span span, uint32_t from, uint32_t to) {
    Str text = w->editor->source->text;
    uint32_t at = span.at;
    for (;;) {
        uint32_t end = line_end(text, at);
        if (end >= span.end) break;
        buf_str(&w->out, (Str){text.at + at, end - at});
        buf_char(&w->out, '\n');
        at = end + 1;
        uint32_t indent = 0;
        while (at + indent < span.end && text.at[at + indent] == ' ') indent++;
        bool blank = at + indent < span.end && (text.at[at + indent] == '\n' || text.at[at + indent] == '\r');
        if (!blank && indent + to < from) return false;
        if (!blank) buf_repeat(&w->out, ' ', indent + to - from);
        at += indent;
    }
    buf_str(&w->out, (Str){text.at + at, span.end - at});
    return true;
}

/* A value as it stands in the text, with its comments; false if it has to be written anew. */
static bool put_written(Writer *w, const Node *value, uint32_t column) {
    const Node *same = written(w, value);
    Str text = w->editor->source->text;
    if (!same) return false;
    Span span = content_of(text, same);
    uint32_t from = column_of(text, span.at);
    bool block = same->kind >= NODE_LIST && !is_flow(text, same);
    if (same->kind == NODE_LIST && block && !find_dash(text, &same->items[0], &span.at)) return false;
    if (block) from = column_of(text, span.at);
    bool text_block = same->kind == NODE_STRING && !same->plain && (text.at[span.at] == '|' || text.at[span.at] == '>');
    if (text_block) {
        from = line_start(text, span.at);
        while (text.at[from] == ' ' || text.at[from] == '-') from++;
        from = column_of(text, from);
    }
    span.end = behind_comment(text, span.end);
    size_t before = w->out.len;
    if (!put_lines(w, span, from, column)) {
        w->out.len = before;
        return false;
    }
    while (w->next < w->comments.n && w->comments.at[w->next].at < span.end) w->next++;
    return true;
}

static void put_fields(Writer *w, const Node *map, uint32_t column) {
    for (uint32_t i = 0; i < map->count; i++) {
        if (i) put_line(w, column);
        put_comments(w, map->entries[i].keySpan.at, column);
        write_entry(w, map->entries[i].key, &map->entries[i].value, column);
    }
}

/* The first byte of what a value was made from. */
static uint32_t first_byte(const Node *value) {
    return value->kind == NODE_MAP && value->count ? value->entries[0].keySpan.at : value->span.at;
}

static void put_items(Writer *w, const Node *list, uint32_t column) {
    for (uint32_t i = 0; i < list->count; i++) {
        if (i) put_line(w, column);
        put_comments(w, first_byte(&list->items[i]), column);
        buf_str(&w->out, S("- "));
        write_value(w, &list->items[i], column + 2);
    }
}

static bool is_in_block(const Layout *layout, const Node *value) {
    if (value->kind < NODE_LIST || !value->count || layout->json) return false;
    if (value->kind == NODE_MAP || layout->blockTexts) return true;
    size_t length = 0;
    for (uint32_t i = 0; i < value->count; i++) {
        if (value->items[i].kind >= NODE_LIST) return true;
        length += value->items[i].text.len + 2;
    }
    enum { LONGEST = 70 };
    return length > LONGEST;
}

static void put_text(Writer *w, const Node *value, uint32_t column) {
    Str text = value->text;
    bool block = value->kind == NODE_STRING && str_find(text, '\n') >= 0 && text.at[0] != ' ' && text.at[0] != '\n';
    for (size_t i = 0; i < text.len; i++) block &= (unsigned char)text.at[i] >= ' ' || text.at[i] == '\n' || text.at[i] == '\t';
    if (!block || str_ends(text, S("\n\n"))) {
        write_scalar(&w->out, &w->editor->layout, value, false, 0);
        return;
    }
    buf_str(&w->out, str_ends(text, S("\n")) ? S("|") : S("|-"));
    for (Str rest = text; rest.len;) {
        ptrdiff_t end = str_find(rest, '\n');
        Str line = {rest.at, end < 0 ? rest.len : (size_t)end};
        if (line.len)
            put_line(w, column);
        else
            buf_char(&w->out, '\n');
        buf_str(&w->out, line);
        rest = str_slice(rest, line.len + 1);
    }
}

void write_value(Writer *w, const Node *value, uint32_t column) {
    if (put_written(w, value, column)) return;
    if (is_in_block(&w->editor->layout, value)) {
        if (value->kind == NODE_MAP)
            put_fields(w, value, column);
        else
            put_items(w, value, column);
        return;
    }
    if (value->kind >= NODE_LIST)
        write_flow(w, value);
    else
        put_text(w, value, column);
    put_trailing(w, value->span.end);
}

void write_behind_key(Writer *w, const Node *value, uint32_t column) {
    const Layout *layout = &w->editor->layout;
    const Node *same = written(w, value);
    bool block = same ? value->kind >= NODE_LIST && !is_flow(w->editor->source->text, same) : is_in_block(layout, value);
    uint32_t below = column + (value->kind == NODE_LIST ? layout->listStep : layout->step);
    if (block) {
        if (w->next < w->comments.n && !w->comments.at[w->next].alone &&
            line_end(w->editor->source->text, w->comments.at[w->next].at) < first_byte(value)) {
            Comment comment = w->comments.at[w->next++];
            buf_char(&w->out, ' ');
            buf_str(&w->out, (Str){w->editor->source->text.at + comment.at, comment.end - comment.at});
        }
        put_line(w, below);
        write_value(w, value, below);
        return;
    }
    buf_char(&w->out, ' ');
    bool blockText = value->kind == NODE_STRING && str_find(value->text, '\n') >= 0;
    if (same && blockText && put_written(w, value, column)) return;
    write_value(w, value, blockText && !same ? below : column);
}

void write_entry(Writer *w, Str key, const Node *value, uint32_t column) {
    put_key(&w->out, &w->editor->layout, key);
    buf_char(&w->out, ':');
    write_behind_key(w, value, column);
}
