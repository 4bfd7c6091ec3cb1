#include "edit.h"

#include <stdlib.h>

#include "layout.h"

Editor edit_open(Arena *arena, const Source *source, Node *root, const Document *document, const Path *base) {
    return (Editor){
        .arena = arena, .source = source, .root = root, .document = document, .base = base, .layout = layout_of(source, root)};
}

/* Types. */

const Field *edit_field(const Editor *e, const Path *path) {
    return path_schema_field(e->document->type, e->base, path);
}

bool edit_is_at(const Editor *e, Place place, uint32_t at) {
    Source *source = (Source *)(uintptr_t)e->source; /* the index of its lines is made at first need */
    Place other = source_place(source, e->arena, at);
    return other.line == place.line && other.column == place.column;
}

/* Edits. */

/* Text as it is written here: with the line ends of the source. */
static Str with_line_ends(const Editor *e, Str text) {
    if (e->layout.newline.len == 1 || str_find(text, '\n') < 0) return text;
    Buf out = {.arena = e->arena};
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '\n' && (!i || text.at[i - 1] != '\r')) buf_char(&out, '\r');
        buf_char(&out, text.at[i]);
    }
    return buf_text(&out);
}

static void put_edit(Editor *e, uint32_t at, uint32_t end, Str put) {
    ARRAY_PUSH(e->arena, &e->edits, (Replacement){at, end, with_line_ends(e, put), 0});
}

static Str piece(const Editor *e, uint32_t at, uint32_t end) {
    return (Str){e->source->text.at + at, end > at ? end - at : 0};
}

static Writer writer(const Editor *e) {
    return (Writer){.editor = e, .out = {.arena = e->arena}};
}

/* Whether brackets stand around a place: what is inside of them has a layout of its own. */
static bool in_flow(const Editor *e, const Path *path) {
    for (const Path *up = path ? path->up : NULL;; up = up->up) {
        if (is_flow(e->source->text, change_find(e->root, up).node)) return true;
        if (!up) return false;
    }
}

/* The line break at the end of a line, or none at the end of the text. */
static uint32_t next_line(Str text, uint32_t at) {
    uint32_t end = line_end(text, at);
    return end < text.len ? end + 1 : end;
}

/* The start of the first line of the comments that stand right above a key, as far to the right as it does. */
static uint32_t comments_above(Str text, uint32_t key) {
    uint32_t at = line_start(text, key);
    while (at) {
        uint32_t line = line_start(text, at - 1), sign = line;
        while (text.at[sign] == ' ') sign++;
        if (text.at[sign] != '#' || sign - line != column_of(text, key)) break;
        at = line;
    }
    return at;
}

/* Puts lines in front of the one that begins at a place. */
static void put_above(Editor *e, uint32_t at, uint32_t column, Str lines) {
    Buf out = {.arena = e->arena};
    Str text = e->source->text;
    bool open = at == text.len && at && text.at[at - 1] != '\n';
    if (open) buf_char(&out, '\n');
    buf_repeat(&out, ' ', column);
    buf_str(&out, lines);
    if (!open) buf_char(&out, '\n');
    put_edit(e, at, at, buf_text(&out));
}

/* The entry of a map behind which a key belongs, by its number; -1: it comes first. The order is that of the API, unless the
 * map's own is that of the alphabet. */
static int64_t place_for(const Editor *e, const Path *path, const Node *map, Str key) {
    if (str_eq(key, S("apiVersion"))) return -1;
    if (path == e->base && str_eq(key, S("kind"))) {
        const Entry *version = node_entry(map, S("apiVersion"));
        return version ? version - map->entries : -1;
    }
    const Type *type = path_type(e->document->type, e->base, path);
    const Field *field = type ? schema_field(type, key, str_hash(key)) : NULL;
    bool sorted = map->count > 3;
    for (uint32_t i = 1; i < map->count; i++) sorted &= str_cmp(map->entries[i - 1].key, map->entries[i].key) < 0;
    int64_t best = -1, last = -1;
    for (uint32_t i = 0; i < map->count; i++) {
        const Entry *entry = &map->entries[i];
        const Field *other = type ? schema_field(type, entry->key, entry->hash) : NULL;
        if (last < 0 || entry->keySpan.at > map->entries[last].keySpan.at) last = i;
        bool before = sorted ? str_cmp(entry->key, key) < 0 : other && field ? other < field : false;
        if (before && (best < 0 || entry->keySpan.at > map->entries[best].keySpan.at)) best = i;
    }
    return sorted || field ? best : last;
}

/* Something that is written as `text` becomes an entry or an item of what stands in brackets, behind its neighbour number
 * `after`. */
static bool insert_in_flow(Editor *e, const Node *holder, int64_t after, Str text) {
    bool map = holder->kind == NODE_MAP;
    Span span = content_of(e->source->text, holder);
    if (!holder->count) {
        put_edit(e, span.at + 1, span.end - 1, text);
        return true;
    }
    uint32_t first = map ? holder->entries[0].keySpan.at : holder->items[0].span.at;
    Buf out = {.arena = e->arena};
    bool lines = str_find(piece(e, span.at, first), '\n') >= 0;
    if (after < 0) {
        buf_str(&out, text);
        buf_str(&out, lines ? S(",\n") : S(", "));
        if (lines) buf_repeat(&out, ' ', column_of(e->source->text, first));
        put_edit(e, first, first, buf_text(&out));
        return true;
    }
    uint32_t end = map ? holder->entries[after].value.span.end : holder->items[after].span.end;
    buf_str(&out, lines ? S(",\n") : S(", "));
    if (lines) buf_repeat(&out, ' ', column_of(e->source->text, first));
    buf_str(&out, text);
    put_edit(e, end, end, buf_text(&out));
    return true;
}

static bool set_written(Editor *e, const Path *path, const Node *value);

/* The value of a key that nobody has written, with the maps above it down from `path`. */
static const Node *wrapped(const Editor *e, const Path *from, const Path *path, const Node *value) {
    if (path == from) return value;
    Node *up = NEW(e->arena, Node);
    *up = (Node){.kind = path->index >= 0 ? NODE_LIST : NODE_MAP, .depth = 1, .count = 1};
    if (path->index >= 0) {
        up->items = NEW(e->arena, Node);
        up->items[0] = *value;
    } else {
        up->entries = NEW(e->arena, Entry);
        up->entries[0] = (Entry){.key = path->name, .hash = str_hash(path->name), .value = *value};
    }
    return wrapped(e, from, path->up, up);
}

/* Adds an entry to a map: with a value, or as it is written in `raw`. */
static bool put_entry(Editor *e, const Path *path, Str key, const Node *value, Str raw) {
    Str text = e->source->text;
    Node *map = change_find(e->root, path).node;
    Writer w = writer(e);
    int64_t after = place_for(e, path, map, key);
    if (map->alias) return false;
    if (is_flow(text, map) || in_flow(e, path)) {
        Node entry = {.kind = NODE_MAP, .count = 1, .entries = &(Entry){.key = key, .hash = str_hash(key)}};
        if (value) entry.entries[0].value = *value;
        if (!value) return false;
        write_flow(&w, &entry);
        return insert_in_flow(e, map, after, (Str){w.out.at + 1, w.out.len - 2});
    }
    if (!map->count) return false;
    uint32_t column = column_of(text, map->entries[0].keySpan.at);
    if (value)
        write_entry(&w, key, value, column);
    else
        buf_str(&w.out, raw);
    if (after < 0) {
        const Entry *first = &map->entries[0];
        for (uint32_t i = 1; i < map->count; i++)
            if (map->entries[i].keySpan.at < first->keySpan.at) first = &map->entries[i];
        if (is_first_on_line(text, first->keySpan.at)) {
            put_above(e, line_start(text, first->keySpan.at), column, buf_text(&w.out));
            return true;
        }
        buf_char(&w.out, '\n');
        buf_repeat(&w.out, ' ', column);
        put_edit(e, first->keySpan.at, first->keySpan.at, buf_text(&w.out));
        return true;
    }
    const Entry *entry = &map->entries[after];
    uint32_t end = entry->value.span.end > entry->keySpan.end ? entry->value.span.end : entry->keySpan.end;
    put_above(e, next_line(text, end), column, buf_text(&w.out));
    return true;
}

static bool insert_entry(Editor *e, const Path *path, Str key, const Node *value, Str raw) {
    uint32_t first = e->edits.n;
    const Type *type = path_type(e->document->type, e->base, path);
    const Field *field = type ? schema_field(type, key, str_hash(key)) : NULL;
    if (!put_entry(e, path, key, value, raw)) return false;
    for (uint32_t i = first; i < e->edits.n && field; i++) e->edits.at[i].order = (uint16_t)(field - type->fields);
    return true;
}

static bool append_item(Editor *e, const Path *path, const Node *list, const Node *value) {
    Str text = e->source->text;
    Writer w = writer(e);
    uint32_t dash;
    if (list->alias) return false;
    if (is_flow(text, list) || in_flow(e, path)) {
        write_flow(&w, value);
        return insert_in_flow(e, list, (int64_t)list->count - 1, buf_text(&w.out));
    }
    if (!list->count || !find_dash(text, &list->items[0], &dash)) return false;
    uint32_t column = column_of(text, dash);
    buf_str(&w.out, S("- "));
    write_value(&w, value, column + 2);
    put_above(e, next_line(text, list->items[list->count - 1].span.end), column, buf_text(&w.out));
    return true;
}

static bool insert(Editor *e, const Path *path, const Node *value) {
    const Path *top = path;
    Spot up = change_find(e->root, top->up);
    while (top->up && !up.node) {
        top = top->up;
        up = change_find(e->root, top->up);
    }
    if (!up.node) return false;
    const Node *whole = wrapped(e, top, path, value);
    bool map = up.node->kind == NODE_MAP && top->index < 0, list = up.node->kind == NODE_LIST && top->index == up.node->count;
    if (up.node->kind == NODE_NULL || ((map || list) && !up.node->count && !in_flow(e, top->up))) {
        const Node *holder = wrapped(e, top->up, top, whole);
        return top->up && set_written(e, top->up, holder);
    }
    if (map) return insert_entry(e, top->up, top->name, whole, S(""));
    return list && append_item(e, top->up, up.node, whole);
}

/* A mode of a file is written in octal, as people do; JSON has no such numbers. */
static Node as_mode(const Editor *e, const Path *path, const Node *value) {
    const Field *field = value->kind == NODE_INT && !e->layout.json ? edit_field(e, path) : NULL;
    Node out = *value;
    int64_t mode;
    bool wanted = field && (str_eq(field->name, S("mode")) || str_eq(field->name, S("defaultMode")));
    if (wanted && int_parse(value->text, 0, INT32_MAX, &mode)) out.text = str_format(e->arena, "0%o", (unsigned)mode);
    return out;
}

/* Sets a value in the place of one that is written. */
static bool set_written(Editor *e, const Path *path, const Node *value) {
    Str text = e->source->text;
    Spot spot = change_find(e->root, path);
    Span old = content_of(text, spot.node);
    if (old.at == old.end && value->kind == NODE_STRING && str_eq(value->text, piece(e, spot.node->span.at, old.end)))
        old.at = spot.node->span.at; /* what YAML takes for a tag was the value */
    Writer w = writer(e);
    bool flow = path && in_flow(e, path);
    bool scalars = value->kind < NODE_LIST && spot.node->kind < NODE_LIST;
    if (scalars || flow) {
        char sign = old.end > old.at ? text.at[old.at] : 0;
        bool quoted = sign == '"' || sign == '\'';
        bool keep = quoted && value->kind == NODE_STRING;
        if (old.at == old.end && old.at && text.at[old.at - 1] == ':') buf_char(&w.out, ' ');
        if (flow && value->kind >= NODE_LIST)
            write_flow(&w, value);
        else
            write_scalar(&w.out, &e->layout, &(Node[]){as_mode(e, path, value)}[0], flow, keep ? sign : 0);
        put_edit(e, old.at, old.end, buf_text(&w.out));
        return true;
    }
    uint32_t from, column, end = behind_comment(text, old.end);
    if (spot.entry) {
        from = spot.entry->keySpan.end;
        while (from < old.at && text.at[from] != ':') from++;
        if (from == text.len || text.at[from] != ':') return false;
        from++;
        column = column_of(text, spot.entry->keySpan.at);
        if (spot.entry->keySpan.at < line_start(text, from)) return false;
        /* A tag or an anchor would be of the new value, which is another thing. */
        if (old.at > spot.node->span.at) return false;
        w.comments = comments_in(e->arena, text, e->root, (Span){from, end});
        write_behind_key(&w, value, column);
    } else {
        from = old.at;
        column = column_of(text, from);
        if (old.at > spot.node->span.at) return false;
        w.comments = comments_in(e->arena, text, e->root, (Span){from, end});
        write_value(&w, value, column);
    }
    write_rest(&w, column + (spot.entry ? e->layout.step : 0));
    put_edit(e, from, end, buf_text(&w.out));
    return true;
}

/* What stands between brackets and goes: with the comma that parts it from its neighbour. */
static bool remove_from_flow(Editor *e, const Spot *spot) {
    const Node *holder = spot->parent;
    bool map = holder->kind == NODE_MAP;
    uint32_t at = map ? spot->entry->keySpan.at : spot->node->span.at, end = spot->node->span.end, next = UINT32_MAX, before = 0;
    if (map && end < spot->entry->keySpan.end) end = spot->entry->keySpan.end;
    for (uint32_t i = 0; i < holder->count; i++) {
        uint32_t other = map ? holder->entries[i].keySpan.at : holder->items[i].span.at;
        uint32_t otherEnd = map ? holder->entries[i].value.span.end : holder->items[i].span.end;
        if (other > at && other < next) next = other;
        if (other < at && otherEnd > before) before = otherEnd;
    }
    if (next != UINT32_MAX)
        put_edit(e, at, next, S(""));
    else if (before)
        put_edit(e, before, end, S(""));
    else
        put_edit(e, at, end, S(""));
    return true;
}

/* Lines that go. Comments in them stay if `keep`, on lines of their own. */
static void remove_lines(Editor *e, uint32_t at, uint32_t end, uint32_t column, bool keep) {
    Str text = e->source->text;
    Buf out = {.arena = e->arena};
    Comments comments = keep ? comments_in(e->arena, text, e->root, (Span){at, end}) : (Comments){0};
    for (uint32_t i = 0; i < comments.n; i++) {
        buf_repeat(&out, ' ', column);
        buf_str(&out, piece(e, comments.at[i].at, comments.at[i].end));
        buf_char(&out, '\n');
    }
    /* The last line of a text that does not end in a line break takes the one above along. */
    if (end == text.len && end && text.at[end - 1] != '\n' && at && !comments.n) {
        at--;
        if (at && text.at[at - 1] == '\r') at--;
    }
    put_edit(e, at, end, buf_text(&out));
}

/* What becomes of the comments of what is removed. */
typedef enum CommentFate { COMMENTS_STAY, COMMENTS_GO, COMMENTS_ABOVE_GO } CommentFate;

/* Removes what stands at a path, and what that would leave empty, unless it leads to `target`. */
static bool remove_written(Editor *e, const Path *path, const Path *target, CommentFate fate) {
    Str text = e->source->text;
    path = change_whole(e->root, path, target);
    Spot spot = change_find(e->root, path);
    if (!spot.node || !spot.parent || spot.parent->alias) return false;
    if (in_flow(e, path)) return remove_from_flow(e, &spot);
    uint32_t at = spot.node->span.at, end = spot.node->span.end;
    if (spot.entry) {
        at = spot.entry->keySpan.at;
        if (end < spot.entry->keySpan.end) end = line_end(text, spot.entry->keySpan.end);
    } else if (!find_dash(text, spot.node, &at)) {
        return false;
    }
    uint32_t column = column_of(text, at);
    if (is_first_on_line(text, at)) {
        uint32_t from = fate == COMMENTS_ABOVE_GO ? comments_above(text, at) : line_start(text, at);
        remove_lines(e, from, next_line(text, end), column, fate == COMMENTS_STAY);
        return true;
    }
    /* The first of an item, behind the dash: the next entry takes its place. */
    const Entry *next = NULL;
    for (uint32_t i = 0; spot.entry && i < spot.parent->count; i++) {
        const Entry *entry = &spot.parent->entries[i];
        if (entry->keySpan.at > at && (!next || entry->keySpan.at < next->keySpan.at)) next = entry;
    }
    if (!next || (fate == COMMENTS_STAY && comments_in(e->arena, text, e->root, (Span){at, next->keySpan.at}).n)) return false;
    put_edit(e, at, next->keySpan.at, S(""));
    return true;
}

static bool rename_key(Editor *e, const Path *path, Str name) {
    Spot spot = change_find(e->root, path);
    Span key = spot.entry ? spot.entry->keySpan : (Span){0};
    char sign = key.end > key.at ? e->source->text.at[key.at] : 0;
    if (!spot.entry || sign == '&' || sign == '!' || sign == '*' || sign == '?') return false;
    if (sign == '"' || sign == '\'') key.at++, key.end--;
    put_edit(e, key.at, key.end, name);
    return true;
}

/* An entry as it is written, moved to a column, with the comments above it and in it. */
static bool raw_entry(const Editor *e, const Spot *spot, Str name, uint32_t column, Str *out) {
    Str text = e->source->text;
    Span key = spot->entry->keySpan;
    uint32_t from = column_of(text, key.at), end = spot->node->span.end;
    if (end < key.end) end = key.end;
    end = behind_comment(text, end);
    Buf buf = {.arena = e->arena};
    for (uint32_t at = comments_above(text, key.at), next; at < line_start(text, key.at); at = next) {
        next = next_line(text, at);
        buf_str(&buf, str_trim(piece(e, at, next)));
        buf_char(&buf, '\n');
        buf_repeat(&buf, ' ', column);
    }
    buf_str(&buf, name);
    for (uint32_t at = key.end; at < end;) {
        uint32_t stop = line_end(text, at);
        if (stop > end) stop = end;
        buf_str(&buf, piece(e, at, stop));
        at = stop + 1;
        if (at > end) break;
        buf_char(&buf, '\n');
        uint32_t indent = 0;
        while (at + indent < end && text.at[at + indent] == ' ') indent++;
        bool blank = text.at[at + indent] == '\n' || text.at[at + indent] == '\r';
        if (!blank && indent + column < from) return false;
        if (!blank) buf_repeat(&buf, ' ', indent + column - from);
        at += indent;
    }
    *out = buf_text(&buf);
    return true;
}

static bool move_entry(Editor *e, const Path *path, const Path *target) {
    Str text = e->source->text;
    Spot spot = change_find(e->root, path);
    if (!spot.entry || spot.parent->alias || target->index >= 0) return false;
    Spot up = change_find(e->root, target->up);
    bool flow = in_flow(e, path) || (up.node && (is_flow(text, up.node) || in_flow(e, target)));
    bool whole = up.node && up.node->kind == NODE_MAP && up.node->count && !flow && spot.node->span.end > spot.node->span.at;
    uint32_t column = whole ? column_of(text, up.node->entries[0].keySpan.at) : 0;
    Str raw;
    if (whole && raw_entry(e, &spot, target->name, column, &raw))
        return insert_entry(e, target->up, target->name, NULL, raw) && remove_written(e, path, target, COMMENTS_ABOVE_GO);
    return insert(e, target, spot.node) && remove_written(e, path, target, COMMENTS_GO);
}

bool edit_change(Editor *e, const Change *change) {
    uint32_t before = e->edits.n;
    bool made = false;
    switch ((ChangeKind)change->kind) {
    case CHANGE_SET:
        if (change_find(e->root, change->path).node)
            made = set_written(e, change->path, &change->value);
        else
            made = insert(e, change->path, &change->value);
        break;
    case CHANGE_REMOVE: made = remove_written(e, change->path, NULL, COMMENTS_STAY); break;
    case CHANGE_RENAME: made = rename_key(e, change->path, change->name); break;
    case CHANGE_MOVE: made = move_entry(e, change->path, change->target); break;
    }
    if (!made) e->edits.n = before;
    return made;
}
