/* White space, marks of documents and merges, dashes, keys and indentation. */
#include "slip.h"

/* White space. */

bool slip_tab(Finder *f) {
    size_t at = f->stop->at;
    if (slip_stopped(f, "cannot start any token") && f->sign == '\t' && at > f->line.at + f->line.indent) {
        size_t end = at;
        while (slip_byte(f, end) == '\t' || slip_byte(f, end) == ' ') end++;
        slip_found(f, at, end, S("a tab stands where YAML takes only spaces"), S("put a space in its place"));
        slip_mend(f, at, end - at, S(" "));
        return true;
    }
    size_t tab = f->line.at + f->line.indent;
    if (slip_byte(f, tab) != '\t') return false;
    size_t end = tab;
    while (slip_byte(f, end) == '\t') end++;
    slip_found(f, tab, end, S("a tab stands in the indentation, where YAML takes only spaces"),
               S("indent with spaces; an editor can show tabs and replace them"));
    /* Where the lines around it agree, it is one of theirs. */
    Line above = f->line, below = f->line;
    size_t content = tab;
    while (slip_byte(f, content) == '\t' || slip_byte(f, content) == ' ') content++;
    bool between = line_before(f->text, &above) && line_after(f->text, &below) && above.columns == below.columns;
    if (!between || below.item || slip_byte(f, above.last - 1) == ':' || slip_byte(f, content) == '-') return true;
    Buf spaces = {.arena = f->arena};
    buf_repeat(&spaces, ' ', above.columns);
    slip_mend(f, f->line.at, content - f->line.at, buf_text(&spaces));
    return true;
}

Str slip_invisible_name(Arena *arena, uint32_t code) {
    switch (code) {
    case 0xA0: return S("a no-break space (U+00A0)");
    case 0x202F: return S("a narrow no-break space (U+202F)");
    case 0xFEFF: return S("a byte order mark (U+FEFF)");
    case 0x200B: return S("a zero-width space (U+200B)");
    case 0xAD: return S("a soft hyphen (U+00AD)");
    default: return str_format(arena, "the invisible character U+%04X", code);
    }
}

/* An invisible character where a line is taken apart: in its indentation, behind a dash or behind the colon of its key. */
bool slip_invisible_in(Finder *f, const Line *line) {
    for (size_t i = line->at; i < line->end; i++) {
        uint32_t code;
        size_t length = invisible_length(slip_piece(f, i, line->end), &code);
        char before = i == line->at ? ' ' : f->text.at[i - 1];
        if (!length) continue;
        bool structure = i <= line->at + line->indent || before == ':' || (before == '-' && i == line->at + line->indent + 1) ||
                         i == line->content;
        if (!structure) return false;
        slip_found(f, i, i + length,
                   str_format(f->arena, "%.*s stands where YAML takes only spaces", TEXT(slip_invisible_name(f->arena, code))),
                   S("type a space in its place; text that is copied from a page or a chat often brings such characters"));
        for (; (length = invisible_length(slip_piece(f, i, line->end), &code)); i += length)
            slip_mend(f, i, length, code == 0xFEFF ? S("") : S(" "));
        return true;
    }
    return false;
}

/* The lines on which the cause of a stop may stand: the one where libyaml noticed, the one before it, and the one that it was
 * reading. `suspects` gets them in the order in which they are asked. */
static int suspect_lines(const Finder *f, Line suspects[3]) {
    int n = 0;
    Line before = f->line;
    if (f->from.at != f->line.at && slip_reading(f, "simple key")) suspects[n++] = f->from;
    if (line_before(f->text, &before) && (!n || before.at != suspects[0].at)) suspects[n++] = before;
    suspects[n++] = f->line;
    return n;
}

bool slip_invisible(Finder *f) {
    Line suspects[3];
    int n = suspect_lines(f, suspects);
    for (int i = 0; i < n; i++)
        if (slip_invisible_in(f, &suspects[i])) return true;
    return false;
}

/* Lines that are no YAML at all. */

bool slip_conflict_marker(Finder *f) {
    Line line = f->line;
    for (int i = 0; i < 3; i++) {
        Str whole = slip_piece(f, line.at, line.end);
        if (str_starts(whole, S("<<<<<<< ")) || str_starts(whole, S(">>>>>>> ")) || str_eq(whole, S("======="))) break;
        if (i == 2 || !line_before(f->text, &line)) return false;
    }
    slip_found(f, line.at, line.end, S("this is the mark of a merge conflict"),
               S("decide which of the lines to keep, and remove those with <<<<<<<, ======= and >>>>>>>"));
    /* Read on with the first of the two sides. */
    bool second = false;
    for (line = line_at(f->text, 0);;) {
        Str whole = slip_piece(f, line.at, line.end);
        bool mark = str_starts(whole, S("<<<<<<< ")) || str_starts(whole, S(">>>>>>> ")) || str_eq(whole, S("======="));
        if (mark || second) slip_mend(f, line.at, line.end - line.at, S(""));
        if (mark) second = whole.at[0] == '=';
        if (line.end >= f->text.len) break;
        line = line_at(f->text, line.end + (slip_byte(f, line.end) == '\r') + 1);
    }
    return true;
}

/* The length of a dash or bullet at the start of a text that is not the one of lists. */
static size_t foreign_dash(Str text) {
    static const Str dashes[] = {STR("\xE2\x80\x90"), STR("\xE2\x80\x91"), STR("\xE2\x80\x92"),
                                 STR("\xE2\x80\x93"), STR("\xE2\x80\x94"), STR("\xE2\x80\x95"),
                                 STR("\xE2\x88\x92"), STR("\xE2\x80\xA2"), STR("\xC2\xB7")};
    for (size_t i = 0; i < COUNT(dashes); i++)
        if (str_starts(text, dashes[i])) return dashes[i].len;
    return 0;
}

bool slip_document_mark(Finder *f) {
    Line suspects[3];
    int n = suspect_lines(f, suspects);
    for (int i = 0; i < n; i++) {
        Line line = suspects[i];
        size_t end = line.end;
        while (end > line.at && is_space(f->text.at[end - 1])) end--;
        Str mark = str_trim(slip_piece(f, line.at, end));
        size_t foreign = foreign_dash(mark), width = foreign ? foreign : 1;
        bool dashes = mark.len >= 2 && (foreign || mark.at[0] == '-');
        for (size_t j = 0; dashes && j < mark.len; j += mark.at[j] == ' ' ? 1 : width)
            dashes = mark.at[j] == ' ' || mark.at[j] == '-' || foreign_dash(str_slice(mark, j)) == width;
        if (!dashes || (!foreign && !str_starts(mark, S("--")))) continue;
        bool indented = str_eq(mark, S("---"));
        slip_found(f, line.at + line.indent, end,
                   indented ? S("--- separates documents only at the very start of a line")
                            : S("documents are separated by a line of exactly three dashes"),
                   indented ? S("take out the spaces before it") : S("write ---"));
        return true;
    }
    return false;
}

/* Keys. */

/* Whether a text starts like an item or a key behind a dash that lacks its space: -name: web, -nginx. */
static bool dash_in(Finder *f, const Line *line) {
    size_t at = line->content, foreign = foreign_dash(slip_piece(f, at, line->end));
    if (foreign && slip_byte(f, at + foreign) == ' ') {
        slip_found(f, at, at + foreign, S("this looks like the dash of a list and is another character"),
                   str_format(f->arena, "write -%.*s", TEXT(slip_shown(f, slip_piece(f, at + foreign, line->last)))));
        slip_mend(f, at, foreign, S("-"));
        return true;
    }
    if (slip_byte(f, at) != '-' || !is_letter(slip_byte(f, at + 1))) return false;
    Line before = *line, after = *line;
    bool beside =
        (line_before(f->text, &before) && (before.item || before.value >= before.last || slip_byte(f, before.content) == '-')) ||
        (line_after(f->text, &after) && after.item && after.indent == line->indent);
    if (line->colon == line->end && !beside) return false;
    slip_found(f, at, at + 1, S("a space is missing after the dash"),
               str_format(f->arena, "write - %.*s", TEXT(slip_shown(f, slip_piece(f, at + 1, line->last)))));
    /* What is aligned with the text behind such a dash would be off by one. */
    Line below = *line;
    if (!line_after(f->text, &below) || below.indent != line->indent + 1) slip_mend(f, at + 1, 0, S(" "));
    return true;
}

bool slip_dash_without_space(Finder *f) {
    Line suspects[3];
    int n = suspect_lines(f, suspects);
    for (int i = 0; i < n; i++)
        if (dash_in(f, &suspects[i])) return true;
    return false;
}

/* key:value, as long as it is no address and no time. */
static bool space_in(Finder *f, const Line *line) {
    Str content = line_content(f->text, line);
    ptrdiff_t colon = str_find(content, ':');
    if (line->colon != line->end || colon <= 0 || (size_t)colon + 1 >= content.len) return false;
    Str key = {content.at, (size_t)colon}, value = str_slice(content, (size_t)colon + 1);
    if (!line_is_word(key) || !is_letter(key.at[0]) || value.at[0] == '/' || value.at[0] == ':') return false;
    size_t at = line->content + (size_t)colon;
    slip_found(f, at, at + 1, S("a space is missing after the colon"),
               str_format(f->arena, "write %.*s: %.*s", TEXT(key), TEXT(slip_shown(f, value))));
    slip_mend(f, at + 1, 0, S(" "));
    return true;
}

/* "key: value" in one pair of quotes. */
static bool quoted_line(Finder *f, const Line *line) {
    Str content = line_content(f->text, line);
    if (content.len < 5 || content.at[0] != '"' || content.at[content.len - 1] != '"') return false;
    Str inner = {content.at + 1, content.len - 2};
    ptrdiff_t colon = str_find(inner, ':');
    Str key = {inner.at, colon > 0 ? (size_t)colon : 0}, value = str_trim(str_slice(inner, key.len + 1));
    if (!line_is_word(key) || str_find(value, '"') >= 0 || !str_starts(str_slice(inner, key.len), S(": "))) return false;
    Str meant = str_format(f->arena, "%.*s: \"%.*s\"", TEXT(key), TEXT(value));
    slip_found(f, line->content, line->last, S("a key and its value stand in one pair of quotes"),
               str_format(f->arena, "write %.*s", TEXT(slip_shown(f, meant))));
    slip_mend(f, line->content, content.len, meant);
    return true;
}

/* key or key value, where a colon belongs behind the key. `deeper` tells whether something stands below it. */
static bool colon_in(Finder *f, const Line *line, bool deeper) {
    Str content = line_content(f->text, line);
    if (line->colon != line->end || !content.len) return false;
    size_t length = 0;
    while (length < content.len && content.at[length] != ' ' && content.at[length] != '=') length++;
    Str key = {content.at, length}, rest = str_slice(content, length);
    if (!line_is_word(key) || !is_letter(key.at[0])) return false;
    Str value = str_trim(rest);
    bool equals = str_take(&value, '=');
    value = str_trim(value);
    if (!value.len && !equals) {
        if (!deeper) return false;
        slip_found(f, line->content, line->content + length, str_format(f->arena, "the colon is missing after %.*s", TEXT(key)),
                   str_format(f->arena, "write %.*s:", TEXT(key)));
        slip_mend(f, line->content + length, 0, S(":"));
        return true;
    }
    if (!equals && (deeper || str_find(value, ' ') >= 0)) return false;
    Str problem = equals ? str_format(f->arena, "a key is followed by a colon, not by =")
                         : str_format(f->arena, "the colon is missing after %.*s", TEXT(key));
    slip_found(f, line->content, line->content + length, problem,
               str_format(f->arena, "write %.*s: %.*s", TEXT(key), TEXT(slip_shown(f, value))));
    slip_mend(f, line->content + length, content.len - length, str_join(f->arena, S(": "), value));
    return true;
}

static bool is_list_start(const Finder *f, const Line *line) {
    return line->item && f->text.at[line->at + line->indent] == '-';
}

/* libyaml looked in vain for a colon behind what has to be a key, or met one in a text that goes on from the line before. */
bool slip_key_without_colon(Finder *f) {
    bool simple = slip_reading(f, "simple key"), values = slip_stopped(f, "mapping values are not allowed");
    if (!simple && !values) return false;
    Line line = f->from;
    if (values) {
        line = f->line;
        if (f->line.colon != f->stop->at || !line_before(f->text, &line)) return false;
    }
    Line below = line;
    bool deeper = line_after(f->text, &below) &&
                  (below.columns > line.columns || (is_list_start(f, &below) && below.indent >= line.columns));
    /* A line that goes on from the one before it is no key, whatever it looks like. */
    Line above = line;
    if (line_before(f->text, &above) && !line.item && above.columns < line.columns && above.value < above.last) return false;
    return quoted_line(f, &line) || space_in(f, &line) || colon_in(f, &line, deeper);
}

/* Indentation. */

/* What the lines above leave open: columns at which keys or the dashes of items stand. */
typedef struct Level {
    size_t column;
    Line line; /* the last one there */
    bool list;
} Level;

enum { MOST_LEVELS = 32 };

static size_t open_levels(const Finder *f, Line line, Level levels[MOST_LEVELS]) {
    size_t n = 0, lowest = SIZE_MAX;
    while (n + 2 <= MOST_LEVELS && (lowest > 0 || (n && levels[n - 1].list)) && line_before(f->text, &line)) {
        /* The dashes of a list may stand at the column of the key that it belongs to. */
        bool below = line.columns < lowest || (line.columns == lowest && !line.item && n && levels[n - 1].list);
        if (below && line.last > line.content) levels[n++] = (Level){line.columns, line, false};
        if (line.item && line.indent < lowest) levels[n++] = (Level){line.indent, line, true};
        size_t least = line.item ? line.indent : line.columns;
        if (least < lowest) lowest = least;
    }
    return n;
}

static bool is_block_header(const Finder *f, const Line *line) {
    Str value = line_value(f->text, line);
    if (!value.len || (value.at[0] != '|' && value.at[0] != '>')) return false;
    for (size_t i = 1; i < value.len; i++)
        if (!is_digit(value.at[i]) && value.at[i] != '+' && value.at[i] != '-') return false;
    return true;
}

/* A line of a block of text that is indented less than the block. */
bool slip_block_text(Finder *f) {
    bool simple = slip_reading(f, "simple key");
    Line line = simple ? f->from : f->line, above = line, first = line;
    if (!simple && f->stop->at > line.content) return false;
    if (simple && line.colon < line.end) return false;
    bool any = false;
    while (line_before(f->text, &above)) {
        if (is_block_header(f, &above)) {
            size_t key = above.columns;
            if (any && (simple ? line.indent > key : line.indent <= key)) return false;
            if (any && first.indent <= line.indent) return false;
            Str name = line_key(f->text, &above);
            Str of = name.len ? str_join(f->arena, S(" of "), name) : S("");
            size_t wanted = any ? first.indent : (above.item && !name.len ? above.indent : key) + 2;
            slip_found(f, line.at + line.indent, line.last,
                       str_format(f->arena,
                                  "this line is not indented as deep as the block of text%.*s that it seems to belong to",
                                  TEXT(of)),
                       str_format(f->arena, "indent the text by at least %zu spaces", wanted));
            f->out->related = (Span){(uint32_t)above.value, (uint32_t)above.value + 1};
            f->out->note = S("the block starts here");
            return true;
        }
        if (above.indent <= line.indent && !(simple && !any)) return false;
        if (above.indent <= line.indent) return false;
        first = above;
        any = true;
    }
    return false;
}

/* What to do with a line that belongs at a column. */
static Str indent_words(Arena *arena, size_t column) {
    if (column == 0) return S("start it in the first column");
    return str_format(arena, "indent it by %zu space%s", column, column == 1 ? "" : "s");
}

/* Moves a line, and those below it that are indented deeper, to another column. */
static void move_block(Finder *f, Line line, size_t column) {
    size_t indent = line.indent;
    do {
        if (column < indent)
            slip_mend(f, line.at, indent - column, S(""));
        else
            slip_mend(f, line.at, 0, str_format(f->arena, "%*s", (int)(column - indent), ""));
    } while (line_after(f->text, &line) && line.indent > indent);
}

/* The line is indented deeper than a key above it that has its value on its own line. */
bool slip_too_deep(Finder *f) {
    bool values = slip_stopped(f, "mapping values are not allowed");
    Line line = f->line, above = line;
    if (!values && f->stop->at > line.at + line.indent) return false;
    if (values && line.colon != f->stop->at) return false;
    if (!line_before(f->text, &above) || above.colon == above.end || above.value >= above.last) return false;
    size_t column = line.item ? line.indent : line.columns;
    if (column <= above.columns || is_block_header(f, &above)) return false;
    Str key = line_key(f->text, &above);
    slip_found(f, line.at + line.indent, line.last,
               str_format(f->arena, "this line is indented deeper than %.*s above it, which has its value already", TEXT(key)),
               str_format(f->arena, "%.*s to put it beside %.*s, or take the value of %.*s out",
                          TEXT(indent_words(f->arena, above.columns)), TEXT(key), TEXT(key)));
    f->out->related = (Span){(uint32_t)above.value, (uint32_t)above.last};
    f->out->note = S("the value");
    if (column == above.columns + 1 && !line.item) move_block(f, line, line.indent - 1);
    return true;
}

static Str level_name(const Finder *f, const Level *level) {
    if (level->list) return str_format(f->arena, "the item of line %u", f->stop->above + line_number(f->text, level->line.at));
    Str key = line_key(f->text, &level->line);
    return key.len ? key : slip_shown(f, line_content(f->text, &level->line));
}

/* The line begins where no line above it does. */
bool slip_off_level(Finder *f) {
    Line line = f->line;
    if (!slip_stopped(f, "expected key") && !slip_stopped(f, "'-' indicator")) return false;
    if (f->stop->at > line.at + line.indent) return false;
    Level levels[MOST_LEVELS];
    size_t n = open_levels(f, line, levels), column = line.item ? line.indent : line.columns;
    const Level *deeper = NULL, *higher = NULL, *same = NULL;
    for (size_t i = 0; i < n; i++) {
        if (levels[i].list != line.item && levels[i].column != column) continue;
        if (levels[i].column > column) deeper = &levels[i];
        if (levels[i].column == column && !same) same = &levels[i];
        if (levels[i].column < column && !higher) higher = &levels[i];
    }
    size_t at = line.at + line.indent;
    if (same) {
        Line above = line;
        bool open = line_before(f->text, &above) && above.colon < above.end && above.value >= above.last;
        if (line.item && !same->list) {
            Line first = same->line;
            bool begun =
                !open && same->line.value >= same->line.last && line_after(f->text, &first) && !first.item && first.at < line.at;
            Str hint = begun    ? str_format(f->arena, "begin the list below %.*s with a dash, too: - %.*s",
                                             TEXT(level_name(f, same)), TEXT(slip_shown(f, line_content(f->text, &first))))
                       : deeper ? str_format(f->arena, "%.*s to put it beside the other items",
                                             TEXT(indent_words(f->arena, deeper->column)))
                       : open   ? str_format(f->arena, "indent it by at least %zu spaces to put it below %.*s", above.columns,
                                             TEXT(line_key(f->text, &above)))
                                : str_format(f->arena, "take the dash out, or put one before %.*s", TEXT(level_name(f, same)));
            slip_found(f, at, line.last,
                       str_format(f->arena, "an item of a list stands beside the key %.*s", TEXT(level_name(f, same))), hint);
            f->out->related = (Span){(uint32_t)same->line.content, (uint32_t)same->line.last};
            f->out->note = S("the key");
            if (open && !deeper && above.columns == line.indent + 1) move_block(f, line, above.columns);
            return true;
        }
        if (!line.item && same->list) {
            slip_found(f, at, line.last, S("a key stands beside the items of a list"),
                       S("put a dash before it, or indent it otherwise"));
            return true;
        }
        return false;
    }
    if (!deeper && !higher) return false;
    Buf hint = {.arena = f->arena};
    const Level *ways[] = {deeper, higher};
    for (size_t i = 0; i < COUNT(ways); i++) {
        if (!ways[i]) continue;
        if (hint.len) buf_str(&hint, S(", or "));
        buf_format(&hint, "%.*s to put it beside %.*s", TEXT(indent_words(f->arena, ways[i]->column)),
                   TEXT(level_name(f, ways[i])));
    }
    slip_found(f, at, line.last,
               str_format(f->arena, "this line is indented by %zu space%s, and none above it stands there", column,
                          column == 1 ? "" : "s"),
               buf_text(&hint));
    size_t up = deeper ? deeper->column - column : SIZE_MAX, down = higher ? column - higher->column : SIZE_MAX;
    if (up == 1 && down > 1) move_block(f, line, line.indent + 1);
    if (down == 1 && up > 1) move_block(f, line, line.indent - 1);
    return true;
}
