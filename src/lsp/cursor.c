#include "cursor.h"

/* A scalar without its quotes. */
static Str unquoted(Str scalar) {
    bool quoted = scalar.len >= 2 && (scalar.at[0] == '"' || scalar.at[0] == '\'') && scalar.at[scalar.len - 1] == scalar.at[0];
    return quoted ? (Str){scalar.at + 1, scalar.len - 2} : scalar;
}

static bool is_separator(Str text, const Line *line) {
    Str content = line_content(text, line);
    return line->indent == 0 && !line->item && (str_starts(content, S("---")) || str_eq(content, S("...")));
}

/* A line of nothing but an action of a template. */
static bool is_action(Str text, const Line *line) {
    return str_starts((Str){text.at + line->content, text.len - line->content}, S("{{"));
}

static bool before(const Cursor *c, Line *line) {
    bool found = line_before(c->text, line);
    while (found && is_action(c->text, line)) found = line_before(c->text, line);
    return found && line->at >= c->document.at && !is_separator(c->text, line);
}

static bool after(const Cursor *c, Line *line) {
    bool found = line_after(c->text, line);
    while (found && is_action(c->text, line)) found = line_after(c->text, line);
    return found && line->at < c->document.end && !is_separator(c->text, line);
}

static Str key_of(const Cursor *c, const Line *line) {
    return unquoted(line_key(c->text, line));
}

/* Whether a line begins with a bracket, so that its colons are none of the block's. */
static bool is_bracket(const Cursor *c, const Line *line) {
    return line->content < line->last && strchr("{[", c->text.at[line->content]) && !is_action(c->text, line);
}

static bool has_colon(const Cursor *c, const Line *line) {
    return line->colon < line->end && !is_bracket(c, line);
}

/* What a value begins with that is none yet: an anchor or a tag. */
static bool is_open(const Cursor *c, const Line *line) {
    Str value = line_value(c->text, line);
    return !value.len || ((value.at[0] == '&' || value.at[0] == '!') && str_find(value, ' ') < 0);
}

static bool begins_flow(const Cursor *c, const Line *line) {
    if (is_bracket(c, line)) return true;
    Str value = line_value(c->text, line);
    return value.len && (value.at[0] == '{' || value.at[0] == '[') && !str_starts(value, S("{{"));
}

/* Upwards */

static void push(Arena *arena, Cursor *c, Str key, const Line *line) {
    ARRAY_PUSH(arena, &c->steps, (CursorStep){key, line->at});
}

static void reverse(Cursor *c) {
    for (uint32_t i = 0; i < c->steps.n / 2; i++) {
        CursorStep step = c->steps.at[i];
        c->steps.at[i] = c->steps.at[c->steps.n - 1 - i];
        c->steps.at[c->steps.n - 1 - i] = step;
    }
}

/* Goes up from a line to the top. `column`: of the map that is looked from, or of the dash of the item (`dash`). Returns the line
 * of an open bracket that all of it is in, as `flow`, or false with CURSOR_NOWHERE where a text stands above. */
static bool climb(Arena *arena, Cursor *c, Line line, size_t column, bool dash, Line *flow) {
    while ((column || dash) && before(c, &line)) {
        bool colon = has_colon(c, &line);
        if (!dash && line.item && line.columns == column) {
            push(arena, c, (Str){0}, &line);
            column = line.indent;
            dash = true;
        } else if (line.columns < column || (dash && line.columns == column && (!line.item || colon))) {
            if (begins_flow(c, &line)) {
                *flow = line;
                return true;
            }
            if (!colon || !is_open(c, &line)) {
                c->part = CURSOR_NOWHERE;
                return false;
            }
            push(arena, c, key_of(c, &line), &line);
            column = line.columns;
            dash = line.item;
            if (line.item) {
                push(arena, c, (Str){0}, &line);
                column = line.indent;
            }
        } else if (line.item && line.indent < column && line.content >= line.last) {
            push(arena, c, (Str){0}, &line);
            column = line.indent;
            dash = true;
        } else if (dash && line.item && line.indent < column) {
            push(arena, c, (Str){0}, &line);
            column = line.indent;
        }
    }
    return true;
}

/* Sideways */

static void add_key(Arena *arena, Cursor *c, const Line *line) {
    if (has_colon(c, line)) ARRAY_PUSH(arena, &c->keys, key_of(c, line));
}

/* The keys of the map at a column that a line is in. */
static void collect_keys(Arena *arena, Cursor *c, Line line, size_t column, bool itself) {
    bool first = line.item && line.columns == column;
    Line next = line;
    if (itself) add_key(arena, c, &line);
    while (!first && before(c, &line)) {
        if (line.columns < column && !(line.item && line.indent >= column)) break;
        first = line.item && line.columns == column;
        if (line.columns == column && (!line.item || first)) add_key(arena, c, &line);
    }
    while (after(c, &next)) {
        if (next.columns < column || (next.item && next.indent < column)) break;
        if (next.columns == column && !next.item) add_key(arena, c, &next);
    }
}

/* The value of a key among those at a column around a line. */
static Str value_beside(const Cursor *c, Line line, size_t column, Str key) {
    Line next = line;
    bool first = line.item && line.columns == column;
    if (line.columns == column && str_eq(key_of(c, &line), key)) return unquoted(line_value(c->text, &line));
    while (!first && before(c, &line)) {
        if (line.columns < column && !(line.item && line.indent >= column)) break;
        first = line.item && line.columns == column;
        if (line.columns == column && str_eq(key_of(c, &line), key)) return unquoted(line_value(c->text, &line));
    }
    while (after(c, &next)) {
        if (next.columns < column || (next.item && next.indent < column)) break;
        if (next.columns == column && !next.item && str_eq(key_of(c, &next), key)) return unquoted(line_value(c->text, &next));
    }
    return S("");
}

Str cursor_sibling(const Cursor *c, Str key) {
    return c->flow ? S("") : value_beside(c, line_at(c->text, c->at), c->column, key);
}

/* Brackets */

enum { DEEPEST_FLOW = 64 };

typedef struct Bracket {
    char open;
    Str key;
    bool value;      /* behind the colon of `key` */
    ARRAY(Str) keys; /* all of them */
} Bracket;

/* What stands between an open bracket at `from` and the cursor. */
static void read_flow(Arena *arena, Cursor *c, size_t from) {
    Bracket stack[DEEPEST_FLOW];
    size_t deep = 0, start = from;
    for (size_t i = from; i < c->at; i++) {
        char sign = c->text.at[i];
        Bracket *top = deep ? &stack[deep - 1] : NULL;
        if (sign == '"' || sign == '\'') {
            start = i;
            for (i++; i < c->at && c->text.at[i] != sign; i++) i += sign == '"' && c->text.at[i] == '\\';
        } else if (sign == '{' || sign == '[') {
            if (deep == DEEPEST_FLOW) break;
            stack[deep++] = (Bracket){.open = sign};
            start = i + 1;
        } else if ((sign == '}' || sign == ']') && deep) {
            deep--;
            start = i + 1;
        } else if (sign == ',') {
            if (top) top->value = false;
            start = i + 1;
        } else if (sign == ':' && top && top->open == '{' && !top->value) {
            top->key = unquoted(str_trim((Str){c->text.at + start, i - start}));
            top->value = true;
            ARRAY_PUSH(arena, &top->keys, top->key);
            start = i + 1;
        }
    }
    c->part = deep ? CURSOR_KEY : CURSOR_NOWHERE;
    for (size_t i = 0; i < deep; i++) {
        bool last = i + 1 == deep;
        for (uint32_t k = 0; last && k < stack[i].keys.n; k++) ARRAY_PUSH(arena, &c->keys, stack[i].keys.at[k]);
        if (stack[i].open == '[') ARRAY_PUSH(arena, &c->steps, (CursorStep){{0}, from});
        if (stack[i].open == '{' && !last) ARRAY_PUSH(arena, &c->steps, (CursorStep){stack[i].key, from});
        if (last && stack[i].value) {
            c->part = CURSOR_VALUE;
            c->key = stack[i].key;
            c->spaced = true;
        }
    }
    while (start < c->at && (is_space(c->text.at[start]) || c->text.at[start] == '"' || c->text.at[start] == '\'')) start++;
    size_t end = c->at;
    while (end < c->text.len && !strchr(",:{}[]\"'\n\r", c->text.at[end])) end++;
    while (end > c->at && is_space(c->text.at[end - 1])) end--;
    c->word = (Span){(uint32_t)start, (uint32_t)end};
    size_t behind = end + (end < c->text.len && (c->text.at[end] == '"' || c->text.at[end] == '\''));
    c->colon = behind < c->text.len && c->text.at[behind] == ':';
    c->flow = true;
}

/* The object */

static void find_document(Cursor *c) {
    Line line = line_at(c->text, c->at), here = line;
    c->document = (Span){0, (uint32_t)c->text.len};
    if (is_separator(c->text, &here) && c->at < here.end) {
        c->part = CURSOR_NOWHERE;
        c->document = (Span){(uint32_t)here.at, (uint32_t)here.end};
        return;
    }
    while (line_before(c->text, &line))
        if (is_separator(c->text, &line)) {
            c->document.at = (uint32_t)line.end;
            break;
        }
    for (line = here; line_after(c->text, &line);)
        if (is_separator(c->text, &line)) {
            c->document.end = (uint32_t)line.at;
            break;
        }
}

/* The column and a line of the map that tells the kind: the top, or the item of a List. */
static void find_kind(Arena *arena, Cursor *c) {
    Line top = line_at(c->text, c->document.end > c->document.at ? c->document.end - 1 : c->document.at);
    if (top.last <= top.content) before(c, &top);
    c->apiVersion = value_beside(c, top, 0, S("apiVersion"));
    c->kind = value_beside(c, top, 0, S("kind"));
    bool inItem =
        str_ends(c->kind, S("List")) && c->steps.n >= 2 && str_eq(c->steps.at[0].key, S("items")) && !c->steps.at[1].key.at;
    if (!inItem) return;
    Line item = line_at(c->text, c->steps.at[1].line);
    c->apiVersion = value_beside(c, item, item.columns, S("apiVersion"));
    c->kind = value_beside(c, item, item.columns, S("kind"));
    c->steps.n -= 2;
    memmove(c->steps.at, c->steps.at + 2, c->steps.n * sizeof *c->steps.at);
    (void)arena;
}

/* The text of JSON behind "apiVersion" and "kind", wherever they stand first. */
static Str json_value(Str text, Str key) {
    for (size_t i = 0; i + key.len + 2 < text.len; i++) {
        if (text.at[i] != '"' || memcmp(text.at + i + 1, key.at, key.len) != 0 || text.at[i + key.len + 1] != '"') continue;
        Str rest = str_trim(str_slice(text, i + key.len + 2));
        if (!str_take(&rest, ':')) continue;
        rest = str_trim(rest);
        ptrdiff_t end = rest.len > 1 && rest.at[0] == '"' ? str_find(str_slice(rest, 1), '"') : -1;
        return end < 0 ? S("") : (Str){rest.at + 1, (size_t)end};
    }
    return S("");
}

/* The line of the cursor */

static void find_word(Cursor *c, const Line *line) {
    bool behind = has_colon(c, line) && c->at > line->colon;
    size_t start = behind ? line->value : line->content, end = behind || !has_colon(c, line) ? line->last : line->colon;
    if (start >= line->last || start > c->at) start = end = c->at;
    if (end < c->at) end = c->at;
    if (start < end && (c->text.at[start] == '"' || c->text.at[start] == '\'') && c->at > start) {
        char quote = c->text.at[start++];
        if (end > start && c->text.at[end - 1] == quote && end - 1 >= c->at) end--;
    }
    c->word = (Span){(uint32_t)start, (uint32_t)end};
    c->part = behind ? CURSOR_VALUE : CURSOR_KEY;
    c->colon = !behind && has_colon(c, line);
    if (behind) c->key = key_of(c, line);
    c->spaced = !behind || c->word.at > line->colon + 1;
}

static bool in_comment(const Cursor *c, const Line *line) {
    size_t i = line->last;
    while (i < line->end && c->text.at[i] != '#') i++;
    return i < line->end && c->at > i && (i == line->at || is_space(c->text.at[i - 1]));
}

static void look_up(Arena *arena, Cursor *c) {
    Line line = line_at(c->text, c->at), flow = {0};
    bool blank = line.content >= line.last && !line.item;
    size_t column = blank ? c->at - line.at : line.columns;
    c->column = column;
    c->item = line.item;
    bool open = !blank && begins_flow(c, &line);
    size_t bracket = has_colon(c, &line) ? line.value : line.content;
    find_word(c, &line);
    if (open && c->at > bracket) {
        flow = line;
    } else {
        if (line.item) push(arena, c, (Str){0}, &line);
        Line from = line;
        if (!climb(arena, c, from, line.item ? line.indent : column, line.item, &flow)) return;
    }
    if (!flow.end) {
        reverse(c);
        if (c->part != CURSOR_NOWHERE) collect_keys(arena, c, line, column, false);
        return;
    }
    c->steps.n = 0;
    if (has_colon(c, &flow)) push(arena, c, key_of(c, &flow), &flow);
    if (flow.item) push(arena, c, (Str){0}, &flow);
    Line none = {0};
    if (!climb(arena, c, flow, flow.item ? flow.indent : flow.columns, flow.item, &none) || none.end) return;
    reverse(c);
    read_flow(arena, c, has_colon(c, &flow) ? flow.value : flow.content);
}

Cursor cursor_at(Arena *arena, Str text, size_t at) {
    Cursor c = {.text = text, .at = at < text.len ? at : text.len, .part = CURSOR_KEY, .apiVersion = S(""), .kind = S("")};
    find_document(&c);
    if (c.part == CURSOR_NOWHERE) return c;
    Str document = str_trim((Str){text.at + c.document.at, c.document.end - c.document.at});
    if (document.len && (document.at[0] == '{' || document.at[0] == '[') && !str_starts(document, S("{{"))) {
        read_flow(arena, &c, (size_t)(document.at - text.at));
        c.apiVersion = json_value(document, S("apiVersion"));
        c.kind = json_value(document, S("kind"));
    } else {
        Line line = line_at(text, c.at);
        look_up(arena, &c);
        find_kind(arena, &c);
        if (in_comment(&c, &line)) c.part = CURSOR_COMMENT;
    }
    size_t end = c.at < c.word.end ? c.at : c.word.end;
    c.typed = (Str){text.at + c.word.at, end > c.word.at ? end - c.word.at : 0};
    return c;
}

/* Adds those of one list, whose key stands on a line. */
static void add_names(Arena *arena, CursorNames *out, const Cursor *c, const Line *list, Str within, Str key) {
    Line line = *list;
    size_t column = 0; /* of the items' keys */
    Str last = S("");  /* of these, the one above */
    while (after(c, &line)) {
        size_t start = line.item ? line.indent : line.columns;
        if (start < list->columns || (start == list->columns && !line.item)) return;
        if (line.item && (!column || line.columns <= column)) column = line.columns;
        bool outer = line.columns == column;
        bool wanted = within.len ? !outer && str_eq(last, within) : outer;
        if (outer) last = key_of(c, &line);
        Str value = unquoted(line_value(c->text, &line));
        if (!wanted || !str_eq(key_of(c, &line), key) || !value.len || str_in(value, out->at, out->n)) continue;
        ARRAY_PUSH(arena, out, value);
    }
}

CursorNames cursor_names(Arena *arena, const Cursor *c, Str list, Str within, Str key) {
    CursorNames out = {0};
    Line line = line_at(c->text, c->document.at);
    while (after(c, &line))
        if (has_colon(c, &line) && str_eq(key_of(c, &line), list) && is_open(c, &line))
            add_names(arena, &out, c, &line, within, key);
    return out;
}
