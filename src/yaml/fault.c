/* One function for each slip. They are asked in order, the surest first; the first that finds its slip has found the cause. */
#include "fault.h"

#include "lines.h"

typedef struct Finder {
    Arena *arena;
    const Stop *stop;
    Str text;
    size_t place; /* of the token that libyaml could not take */
    char sign;    /* the byte there, 0 at the end of the text */
    Line line;    /* with the stop */
    Line from;    /* with the start of what libyaml was reading */
    Cause *out;
} Finder;

enum { MOST_MENDS = 100 };

static void found(Finder *f, size_t at, size_t end, Str problem, Str hint) {
    f->out->span = (Span){(uint32_t)at, (uint32_t)(end > at ? end : at)};
    f->out->problem = problem;
    f->out->hint = hint;
}

/* More than MOST_MENDS are none: see fault_cause. */
static void mend(Finder *f, size_t at, size_t removed, Str put) {
    if (f->out->mends.n <= MOST_MENDS) ARRAY_PUSH(f->arena, &f->out->mends, (TextMend){at, removed, put});
}

static bool stopped(const Finder *f, const char *problem) {
    return str_has(f->stop->problem, str_of(problem));
}

static bool reading(const Finder *f, const char *context) {
    return str_has(f->stop->context, str_of(context));
}

static char byte_at(const Finder *f, size_t at) {
    return at < f->text.len ? f->text.at[at] : 0;
}

static Str piece(const Finder *f, size_t at, size_t end) {
    return (Str){f->text.at + at, end > at ? end - at : 0};
}

/* A text of the author's as it is shown in a hint. */
static Str shown(const Finder *f, Str s) {
    ptrdiff_t newline = str_find(s, '\n');
    if (newline >= 0) s = str_join(f->arena, str_trim((Str){s.at, (size_t)newline}), S("..."));
    enum { MOST = 60 };
    if (s.len <= MOST) return s;
    size_t cut = MOST;
    while (cut && ((unsigned char)s.at[cut] & 0xC0) == 0x80) cut--;
    return str_join(f->arena, (Str){s.at, cut}, S("..."));
}

/* Values that need quotes. */

/* A plain value of one line: from `at` to where it ends, which inside of brackets is a comma or bracket. */
static size_t value_end(const Finder *f, const Line *line, size_t at) {
    int open = 0;
    for (size_t i = line->content; i < at; i++) {
        char c = f->text.at[i];
        open += c == '[' || c == '{' ? 1 : (c == ']' || c == '}') && open ? -1 : 0;
    }
    size_t end = line->last;
    for (size_t i = at; open && i < line->last; i++)
        if (f->text.at[i] == ',' || f->text.at[i] == ']' || f->text.at[i] == '}') {
            end = i;
            break;
        }
    while (end > at + 1 && f->text.at[end - 1] == ' ') end--;
    return end;
}

static Str quoted(const Finder *f, Str value) {
    if (str_find(value, '"') < 0 && str_find(value, '\\') < 0) return str_format(f->arena, "\"%.*s\"", TEXT(value));
    Buf buf = {.arena = f->arena};
    buf_char(&buf, '\'');
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] == '\'') buf_char(&buf, '\'');
        buf_char(&buf, value.at[i]);
    }
    buf_char(&buf, '\'');
    return buf_text(&buf);
}

/* What stands before a value on its line, as far as it helps to recognise the place: its key, or the dash of its item. */
static Str lead(const Finder *f, const Line *line, size_t value) {
    if (line->colon < value) return str_format(f->arena, "%.*s: ", TEXT(line_key(f->text, line)));
    return line->item && value == line->content ? S("- ") : S("");
}

/* The value from `at` to `end` has to be in quotes: says so, and puts them. */
static void needs_quotes(Finder *f, const Line *line, size_t at, size_t end, size_t where, Str problem) {
    Str value = piece(f, at, end), before = lead(f, line, at);
    bool alone = line->colon >= at || line->value == at;
    Str written = shown(f, str_join(f->arena, alone ? before : S(""), quoted(f, value)));
    found(f, where, where + 1, problem, str_format(f->arena, "put the value in quotes: %.*s", TEXT(written)));
    mend(f, at, end - at, quoted(f, value));
}

/* What a sign at the start of a value means to YAML; empty if it means nothing. */
static Str sign_meaning(char sign) {
    switch (sign) {
    case '*': return S("YAML reads an alias there, the name of a value that is written elsewhere");
    case '&': return S("YAML reads an anchor there, a name for the value that follows");
    case '!': return S("YAML reads a tag there, the type of the value that follows");
    case '@':
    case '`': return S("YAML keeps the character for itself");
    case '%': return S("YAML keeps it for directives");
    case '?': return S("YAML reads a key there");
    case ']': return S("it closes a list");
    case '}': return S("it closes a map");
    case ',': return S("it stands between the items of a list");
    case '|':
    case '>': return S("a block of text starts on the line after it");
    default: return S("");
    }
}

/* Where the bracket at `open` is closed, or the end of the text. */
static size_t closing_bracket(const Finder *f, size_t open) {
    int depth = 0;
    bool start = true;
    for (size_t i = open; i < f->text.len; i++) {
        char c = f->text.at[i];
        if (start && (c == '"' || c == '\'')) {
            char quote = c;
            size_t j = i + 1;
            while (j < f->text.len && f->text.at[j] != quote) j += f->text.at[j] == '\\' && quote == '"' ? 2 : 1;
            if (j >= f->text.len) return f->text.len;
            i = j;
            start = false;
            continue;
        }
        depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
        if (depth == 0) return i;
        if (!is_space(c)) start = strchr("[{,:", c) != NULL;
    }
    return f->text.len;
}

/* Where the flow collection ends that is the value of a line, if it ends before `at`. */
static bool ends_before(const Finder *f, const Line *line, size_t at) {
    return strchr("[{", byte_at(f, line->value)) && line->value < at && closing_bracket(f, line->value) < at;
}

static bool unquoted_sign(Finder *f) {
    bool content = stopped(f, "node content");
    if (!content && !stopped(f, "cannot start any token") && !stopped(f, "mapping keys are not allowed") &&
        !stopped(f, "undefined tag handle") && f->place == f->stop->at)
        return false;
    Line line = line_at(f->text, f->place);
    size_t at = f->place;
    while (at > line.content && !strchr(" \t,[{", f->text.at[at - 1])) at--;
    Str meaning = sign_meaning(byte_at(f, at));
    if (!meaning.len || at >= line.last || (content && at != line.value) || ends_before(f, &line, at)) return false;
    char sign = f->text.at[at];
    needs_quotes(f, &line, at, value_end(f, &line, at), at,
                 str_format(f->arena, "a value without quotes cannot start with %c: %.*s", sign, TEXT(meaning)));
    Line below = line;
    bool block = sign == '|' || sign == '>';
    if (block && line_after(f->text, &below) && below.indent > line.indent) f->out->mends.n = 0;
    return true;
}

static bool key_missing(Finder *f) {
    if (f->sign != ':' || f->stop->at != f->line.content) return false;
    found(f, f->stop->at, f->stop->at + 1, S("a key is missing before this colon"), S("write its name"));
    return true;
}

/* Escapes. */

static bool escape(Finder *f) {
    bool unknown = stopped(f, "unknown escape"), code = stopped(f, "hexdecimal") || stopped(f, "invalid Unicode");
    if ((!unknown && !code) || !reading(f, "quoted scalar")) return false;
    size_t at = f->stop->at;
    while (at > f->stop->from && byte_at(f, at) != '\\') at--;
    char letter = byte_at(f, at + 1);
    size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0, end = at + 2;
    if (unknown) {
        while (end < f->text.len && ((unsigned char)f->text.at[end] & 0xC0) == 0x80) end++;
        Str escape = piece(f, at, end);
        found(f, at, end, str_format(f->arena, "%.*s is not an escape that YAML has", TEXT(escape)),
              str_format(f->arena, "write the backslash twice, \\%.*s, or put the text in single quotes", TEXT(escape)));
    } else {
        while (end < at + 2 + digits && hex_value(byte_at(f, end)) >= 0) end++;
        Str escape = piece(f, at, end);
        if (stopped(f, "invalid Unicode"))
            found(f, at, end, str_format(f->arena, "%.*s is not a character", TEXT(escape)),
                  S("write the character itself, or \\U and the eight digits of its code point"));
        else
            found(f, at, end, str_format(f->arena, "\\%c is followed by %zu hexadecimal digits", letter, digits),
                  S("write them all, or the backslash twice if it is meant as text"));
    }
    mend(f, at, 0, S("\\"));
    return true;
}

/* White space. */

static bool tab(Finder *f) {
    size_t at = f->stop->at;
    if (stopped(f, "cannot start any token") && f->sign == '\t' && at > f->line.at + f->line.indent) {
        size_t end = at;
        while (byte_at(f, end) == '\t' || byte_at(f, end) == ' ') end++;
        found(f, at, end, S("a tab stands where YAML takes only spaces"), S("put a space in its place"));
        mend(f, at, end - at, S(" "));
        return true;
    }
    size_t tab = f->line.at + f->line.indent;
    if (byte_at(f, tab) != '\t') return false;
    size_t end = tab;
    while (byte_at(f, end) == '\t') end++;
    found(f, tab, end, S("a tab stands in the indentation, where YAML takes only spaces"),
          S("indent with spaces; an editor can show tabs and replace them"));
    return true;
}

static Str invisible_name(Arena *arena, uint32_t code) {
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
static bool invisible_in(Finder *f, const Line *line) {
    for (size_t i = line->at; i < line->end; i++) {
        uint32_t code;
        size_t length = invisible_length(piece(f, i, line->end), &code);
        char before = i == line->at ? ' ' : f->text.at[i - 1];
        if (!length) continue;
        bool structure = i <= line->at + line->indent || before == ':' || (before == '-' && i == line->at + line->indent + 1) ||
                         i == line->content;
        if (!structure) return false;
        found(f, i, i + length,
              str_format(f->arena, "%.*s stands where YAML takes only spaces", TEXT(invisible_name(f->arena, code))),
              S("type a space in its place; text that is copied from a page or a chat often brings such characters"));
        for (; (length = invisible_length(piece(f, i, line->end), &code)); i += length)
            mend(f, i, length, code == 0xFEFF ? S("") : S(" "));
        return true;
    }
    return false;
}

/* The lines on which the cause of a stop may stand: the one where libyaml noticed, the one before it, and the one that it was
 * reading. `suspects` gets them in the order in which they are asked. */
static int suspect_lines(const Finder *f, Line suspects[3]) {
    int n = 0;
    Line before = f->line;
    if (f->from.at != f->line.at && reading(f, "simple key")) suspects[n++] = f->from;
    if (line_before(f->text, &before) && (!n || before.at != suspects[0].at)) suspects[n++] = before;
    suspects[n++] = f->line;
    return n;
}

static bool invisible(Finder *f) {
    Line suspects[3];
    int n = suspect_lines(f, suspects);
    for (int i = 0; i < n; i++)
        if (invisible_in(f, &suspects[i])) return true;
    return false;
}

/* Lines that are no YAML at all. */

static bool conflict_marker(Finder *f) {
    Line line = f->line;
    for (int i = 0; i < 3; i++) {
        Str whole = piece(f, line.at, line.end);
        if (str_starts(whole, S("<<<<<<< ")) || str_starts(whole, S(">>>>>>> ")) || str_eq(whole, S("======="))) break;
        if (i == 2 || !line_before(f->text, &line)) return false;
    }
    found(f, line.at, line.end, S("this is the mark of a merge conflict"),
          S("decide which of the lines to keep, and remove those with <<<<<<<, ======= and >>>>>>>"));
    /* Read on with the first of the two sides. */
    bool second = false;
    for (line = line_at(f->text, 0);;) {
        Str whole = piece(f, line.at, line.end);
        bool mark = str_starts(whole, S("<<<<<<< ")) || str_starts(whole, S(">>>>>>> ")) || str_eq(whole, S("======="));
        if (mark || second) mend(f, line.at, line.end - line.at, S(""));
        if (mark) second = whole.at[0] == '=';
        if (line.end >= f->text.len) break;
        line = line_at(f->text, line.end + (byte_at(f, line.end) == '\r') + 1);
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

static bool document_mark(Finder *f) {
    Line suspects[3];
    int n = suspect_lines(f, suspects);
    for (int i = 0; i < n; i++) {
        Line line = suspects[i];
        size_t end = line.end;
        while (end > line.at && is_space(f->text.at[end - 1])) end--;
        Str mark = str_trim(piece(f, line.at, end));
        size_t foreign = foreign_dash(mark), width = foreign ? foreign : 1;
        bool dashes = mark.len >= 2 && (foreign || mark.at[0] == '-');
        for (size_t j = 0; dashes && j < mark.len; j += mark.at[j] == ' ' ? 1 : width)
            dashes = mark.at[j] == ' ' || mark.at[j] == '-' || foreign_dash(str_slice(mark, j)) == width;
        if (!dashes || (!foreign && !str_starts(mark, S("--")))) continue;
        bool indented = str_eq(mark, S("---"));
        found(f, line.at + line.indent, end,
              indented ? S("--- separates documents only at the very start of a line")
                       : S("documents are separated by a line of exactly three dashes"),
              indented ? S("take out the spaces before it") : S("write ---"));
        return true;
    }
    return false;
}

/* Keys. */

static bool is_word(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (!is_alnum(s.at[i]) && !strchr("._-/", s.at[i])) return false;
    return s.len > 0 && is_alnum(s.at[0]);
}

/* Whether a text starts like an item or a key behind a dash that lacks its space: -name: web, -nginx. */
static bool dash_in(Finder *f, const Line *line) {
    size_t at = line->content, foreign = foreign_dash(piece(f, at, line->end));
    if (foreign && byte_at(f, at + foreign) == ' ') {
        found(f, at, at + foreign, S("this looks like the dash of a list and is another character"),
              str_format(f->arena, "write -%.*s", TEXT(shown(f, piece(f, at + foreign, line->last)))));
        mend(f, at, foreign, S("-"));
        return true;
    }
    if (byte_at(f, at) != '-' || !is_letter(byte_at(f, at + 1))) return false;
    Line before = *line, after = *line;
    bool beside =
        (line_before(f->text, &before) && (before.item || before.value >= before.last || byte_at(f, before.content) == '-')) ||
        (line_after(f->text, &after) && after.item && after.indent == line->indent);
    if (line->colon == line->end && !beside) return false;
    found(f, at, at + 1, S("a space is missing after the dash"),
          str_format(f->arena, "write - %.*s", TEXT(shown(f, piece(f, at + 1, line->last)))));
    /* What is aligned with the text behind such a dash would be off by one. */
    Line below = *line;
    if (!line_after(f->text, &below) || below.indent != line->indent + 1) mend(f, at + 1, 0, S(" "));
    return true;
}

static bool dash_without_space(Finder *f) {
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
    if (!is_word(key) || !is_letter(key.at[0]) || value.at[0] == '/' || value.at[0] == ':') return false;
    size_t at = line->content + (size_t)colon;
    found(f, at, at + 1, S("a space is missing after the colon"),
          str_format(f->arena, "write %.*s: %.*s", TEXT(key), TEXT(shown(f, value))));
    mend(f, at + 1, 0, S(" "));
    return true;
}

/* "key: value" in one pair of quotes. */
static bool quoted_line(Finder *f, const Line *line) {
    Str content = line_content(f->text, line);
    if (content.len < 5 || content.at[0] != '"' || content.at[content.len - 1] != '"') return false;
    Str inner = {content.at + 1, content.len - 2};
    ptrdiff_t colon = str_find(inner, ':');
    Str key = {inner.at, colon > 0 ? (size_t)colon : 0}, value = str_trim(str_slice(inner, key.len + 1));
    if (!is_word(key) || str_find(value, '"') >= 0 || !str_starts(str_slice(inner, key.len), S(": "))) return false;
    Str meant = str_format(f->arena, "%.*s: \"%.*s\"", TEXT(key), TEXT(value));
    found(f, line->content, line->last, S("a key and its value stand in one pair of quotes"),
          str_format(f->arena, "write %.*s", TEXT(shown(f, meant))));
    mend(f, line->content, content.len, meant);
    return true;
}

/* key or key value, where a colon belongs behind the key. `deeper` tells whether something stands below it. */
static bool colon_in(Finder *f, const Line *line, bool deeper) {
    Str content = line_content(f->text, line);
    if (line->colon != line->end || !content.len) return false;
    size_t length = 0;
    while (length < content.len && content.at[length] != ' ' && content.at[length] != '=') length++;
    Str key = {content.at, length}, rest = str_slice(content, length);
    if (!is_word(key) || !is_letter(key.at[0])) return false;
    Str value = str_trim(rest);
    bool equals = str_take(&value, '=');
    value = str_trim(value);
    if (!value.len && !equals) {
        if (!deeper) return false;
        found(f, line->content, line->content + length, str_format(f->arena, "the colon is missing after %.*s", TEXT(key)),
              str_format(f->arena, "write %.*s:", TEXT(key)));
        mend(f, line->content + length, 0, S(":"));
        return true;
    }
    if (!equals && (deeper || str_find(value, ' ') >= 0)) return false;
    Str problem = equals ? str_format(f->arena, "a key is followed by a colon, not by =")
                         : str_format(f->arena, "the colon is missing after %.*s", TEXT(key));
    found(f, line->content, line->content + length, problem,
          str_format(f->arena, "write %.*s: %.*s", TEXT(key), TEXT(shown(f, value))));
    mend(f, line->content + length, content.len - length, str_join(f->arena, S(": "), value));
    return true;
}

static bool is_list_start(const Finder *f, const Line *line) {
    return line->item && f->text.at[line->at + line->indent] == '-';
}

/* libyaml looked in vain for a colon behind what has to be a key, or met one in a text that goes on from the line before. */
static bool key_without_colon(Finder *f) {
    bool simple = reading(f, "simple key"), values = stopped(f, "mapping values are not allowed");
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

/* A comma or semicolon at the end of a line, as other languages have it. */
static bool stray_end(Finder *f, size_t at) {
    Str rest = piece(f, at, f->line.last);
    if (!str_eq(rest, S(",")) && !str_eq(rest, S(";"))) return false;
    found(f, at, at + 1, str_format(f->arena, "a line does not end with %c", rest.at[0]), S("take it out"));
    mend(f, at, 1, S(""));
    return true;
}

/* Quotes. */

static bool looks_like_line(const Finder *f, size_t at) {
    Line line = line_at(f->text, at);
    Str key = line_key(f->text, &line);
    if (key.len > 2 && key.at[0] == '"' && key.at[key.len - 1] == '"') key = (Str){key.at + 1, key.len - 2};
    return line.item || (line.colon < line.end && is_word(key));
}

/* The quote at `open` is closed by the end of its line. */
static void close_quote(Finder *f, size_t open) {
    Line line = line_at(f->text, open);
    size_t end = line.end;
    while (end > open + 1 && is_space(f->text.at[end - 1])) end--;
    const char *comment = memmem(f->text.at + open, end - open, " #", 2);
    if (comment) end = (size_t)(comment - f->text.at);
    char quote = f->text.at[open];
    /* Brackets and commas behind the text belong to what is around it. */
    size_t inner = end;
    while (inner > open + 1 && strchr("]},", f->text.at[inner - 1])) inner--;
    bool flow = byte_at(f, line.content) == '"' && open > line.content; /* a line of JSON */
    for (size_t i = line.content; i < open; i++) flow |= f->text.at[i] == '[' || f->text.at[i] == '{';
    if (flow) end = inner;
    Str mended = str_format(f->arena, "%.*s%c", TEXT(piece(f, line.colon < open && !flow ? line.content : open, end)), quote);
    found(f, open, open + 1, S("this quote is not closed"), str_format(f->arena, "write %.*s", TEXT(shown(f, mended))));
    mend(f, end, 0, str_format(f->arena, "%c", quote));
}

static bool quote_open(Finder *f) {
    if (!reading(f, "quoted scalar") || (!stopped(f, "end of stream") && !stopped(f, "document indicator"))) return false;
    close_quote(f, f->stop->from);
    return true;
}

static bool only_spaces(const Finder *f, size_t at, size_t end) {
    for (; at < end; at++)
        if (f->text.at[at] != ' ') return false;
    return true;
}

static bool text_after_quote(Finder *f) {
    Span scalar = f->stop->scalar;
    size_t at = f->stop->at, end = scalar.end;
    if (!f->stop->scalarQuoted || end > at || end <= scalar.at || !only_spaces(f, end, at) || at >= f->line.last) return false;
    Line first = line_at(f->text, scalar.at);
    if (first.at != f->line.at) {
        Line next = first;
        if (!line_after(f->text, &next) || !looks_like_line(f, next.at)) return false;
        close_quote(f, scalar.at);
        return true;
    }
    char quote = f->text.at[scalar.at];
    if (!stopped(f, "',' or") && stray_end(f, at)) return true;
    if (f->sign == ',' && !stopped(f, "',' or")) {
        Str value = piece(f, scalar.at, f->line.last);
        if (str_ends(value, S("]"))) value.len--;
        found(f, at, at + 1, S("this comma stands outside of brackets"),
              str_format(f->arena, "write a list in brackets: [%.*s]", TEXT(shown(f, value))));
        mend(f, scalar.at, 0, S("["));
        if (!str_ends(piece(f, scalar.at, f->line.last), S("]"))) mend(f, f->line.last, 0, S("]"));
        return true;
    }
    bool apostrophe =
        quote == '\'' && end == at && is_alnum(byte_at(f, at)) && end - scalar.at > 2 && is_alnum(byte_at(f, end - 2));
    if (apostrophe) {
        found(f, end - 1, end, S("this apostrophe ends the quoted text, and more follows"),
              S("write it twice, or put the text in double quotes"));
        mend(f, end, 0, S("'"));
        return true;
    }
    bool inner = end == at && (is_alnum(f->sign) || f->sign == '%' || f->sign == '$');
    if (stopped(f, "',' or") && !inner) return false;
    if (inner && quote == '"') {
        found(f, end - 1, end, S("this quote ends the text, and more follows"),
              S("write \\\" for a quote inside of double quotes, or put the whole text in single quotes"));
        return true;
    }
    if (f->sign == ':' || scalar.at != f->line.value) {
        found(f, at, at + 1, S("the quoted text has ended, and more follows"), S("put all of it in one pair of quotes"));
        return true;
    }
    needs_quotes(f, &f->line, scalar.at, f->line.last, at, S("the quoted text has ended, and more follows"));
    return true;
}

/* Brackets. */

static bool in_brackets(Finder *f) {
    bool list = stopped(f, "',' or ']'"), map = stopped(f, "',' or '}'"), content = stopped(f, "node content");
    if (content && f->sign == '-' && strchr(" \n", byte_at(f, f->stop->at + 1))) {
        found(f, f->stop->at, f->stop->at + 1, S("a list with dashes cannot stand inside brackets"),
              S("write the items with commas between them, or take the brackets out"));
        return true;
    }
    if (content && f->sign == ',' && reading(f, "flow")) {
        found(f, f->stop->at, f->stop->at + 1, S("nothing stands before this comma"),
              S("take the comma out, or write the item that is missing"));
        return true;
    }
    if (!list && !map) return false;
    size_t open = f->stop->from, at = f->stop->at, close = closing_bracket(f, open);
    Line first = line_at(f->text, open);
    char bracket = list ? ']' : '}';
    if (f->sign == (list ? '}' : ']')) {
        found(f, at, at + 1, str_format(f->arena, "%c does not close the %c that is open here", f->sign, byte_at(f, open)),
              str_format(f->arena, "write %c", bracket));
        f->out->related = (Span){(uint32_t)open, (uint32_t)open + 1};
        f->out->note = S("it opens here");
        mend(f, at, 1, str_format(f->arena, "%c", bracket));
        return true;
    }
    if (close >= f->text.len) {
        Line last = f->line; /* with the last item before the stop */
        if (last.at != first.at) line_before(f->text, &last);
        if (last.at < first.at) last = first;
        Str hint = last.at == first.at ? str_format(f->arena, "write %.*s%c", TEXT(shown(f, piece(f, open, last.last))), bracket)
                                       : str_format(f->arena, "write %c at the end of line %u", bracket,
                                                    f->stop->above + line_number(f->text, last.at));
        found(f, open, open + 1, S("this bracket is not closed"), hint);
        mend(f, last.last, 0, str_format(f->arena, "%c", bracket));
        return true;
    }
    Span scalar = f->stop->scalar;
    enum { NEAR = 400 };
    for (size_t i = open + 1; i + 1 < at && i < open + NEAR; i++) {
        bool comment = f->text.at[i] == '/' && (f->text.at[i + 1] == '/' || f->text.at[i + 1] == '*');
        if (!comment || !is_space(f->text.at[i - 1]) || line_at(f->text, i).value > i) continue;
        found(f, i, i + 2, S("this does not start a comment"), S("take it out, or write # in its place; JSON has no comments"));
        return true;
    }
    bool ownLine = f->line.at != first.at && (scalar.at == f->line.content || f->line.at != line_at(f->text, scalar.at).at);
    if (f->sign == ':' && ownLine) {
        Line before = f->line;
        if (line_before(f->text, &before) && before.at >= first.at && before.colon < before.end && before.value < before.last) {
            found(f, before.last, before.last, S("a comma is missing behind this item"),
                  S("inside brackets a comma stands between two items, whatever the lines"));
            mend(f, before.last, 0, S(","));
            return true;
        }
        found(f, f->line.content, f->line.last,
              S("inside brackets a map needs braces of its own; indentation does not count there"),
              S("write {key: value} for it, or take the brackets out"));
        f->out->related = (Span){(uint32_t)open, (uint32_t)open + 1};
        f->out->note = S("the bracket opens here");
        return true;
    }
    if (f->sign == ':' && scalar.end > scalar.at && scalar.end <= at && only_spaces(f, scalar.end, at)) {
        needs_quotes(f, &f->line, scalar.at, value_end(f, &f->line, scalar.at), at,
                     S("a colon and a space end a key, and this value has them inside"));
        return true;
    }
    found(f, at, at + 1, S("a comma is missing before this"), S("inside brackets a comma stands between two items"));
    mend(f, scalar.end > open && scalar.end <= at ? scalar.end : at, 0, S(","));
    return true;
}

static bool text_after_bracket(Finder *f) {
    size_t at = f->place, before = at;
    if (at >= f->line.last || at <= f->line.content) return false;
    while (before > f->line.content && f->text.at[before - 1] == ' ') before--;
    char closed = before > f->line.content ? f->text.at[before - 1] : 0;
    if (closed != ']' && closed != '}') return false;
    if (f->sign == ']' || f->sign == '}') {
        found(f, at, at + 1, S("no bracket is open that this one could close"), S("take it out"));
        mend(f, at, 1, S(""));
        return true;
    }
    if (stray_end(f, at)) return true;
    Str problem = str_format(f->arena, "the %s has ended at the bracket, and more follows", closed == ']' ? "list" : "map");
    if (f->line.value < at && strchr("[{", byte_at(f, f->line.value)))
        needs_quotes(f, &f->line, f->line.value, f->line.last, at, problem);
    else
        found(f, at, at + 1, problem, S("take out what follows, or put the whole value in quotes"));
    return true;
}

/* Values. */

static bool list_beside_key(Finder *f) {
    if (!stopped(f, "block sequence entries are not allowed") || f->line.colon > f->stop->at) return false;
    Str item = piece(f, f->stop->at, f->line.last);
    found(f, f->stop->at, f->stop->at + 1, S("a list with dashes starts on the line below its key"),
          str_format(f->arena, "put the item on a line of its own: %.*s", TEXT(shown(f, item))));
    return true;
}

static bool colon_in_text(Finder *f) {
    if (!stopped(f, "mapping values are not allowed") || f->line.colon >= f->stop->at) return false;
    size_t value = f->line.value;
    Str start = piece(f, value, f->line.last);
    bool typographic = str_starts(start, S("\xE2\x80\x9C")) || str_starts(start, S("\xE2\x80\x9D")) ||
                       str_starts(start, S("\xE2\x80\x98")) || str_starts(start, S("\xE2\x80\x99"));
    if (typographic) {
        found(f, value, value + 3, S("this is a typographic quote, which YAML takes for a letter like any other"),
              S("write \" or ' in its place; a word processor or a page may have changed it"));
        return true;
    }
    char quote = byte_at(f, f->line.content);
    if (!is_word(line_key(f->text, &f->line)) && quote != '"' && quote != '\'') value = f->line.content;
    needs_quotes(f, &f->line, value, f->line.last, f->stop->at,
                 S("a colon and a space end a key, and this value has them inside"));
    /* name: web image: nginx may be two lines as well. */
    Str before = piece(f, value, f->stop->at);
    ptrdiff_t space = str_find(before, ' ');
    Str last = space < 0 ? S("") : str_slice(before, (size_t)space + 1);
    if (space < 1 || !is_word(last) || !is_alnum(before.at[space - 1])) return true;
    f->out->hint = str_format(f->arena, "%.*s; or start a new line before %.*s if it is a key", TEXT(f->out->hint), TEXT(last));
    f->out->mends.n = 0;
    return true;
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
    while (n + 2 <= MOST_LEVELS && (lowest > 0 || levels[n - 1].list) && line_before(f->text, &line)) {
        /* The dashes of a list may stand at the column of the key that it belongs to. */
        bool below = line.columns < lowest || (line.columns == lowest && !line.item && levels[n - 1].list);
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
static bool block_text(Finder *f) {
    bool simple = reading(f, "simple key");
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
            found(f, line.at + line.indent, line.last,
                  str_format(f->arena, "this line is not indented as deep as the block of text%.*s that it seems to belong to",
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
            mend(f, line.at, indent - column, S(""));
        else
            mend(f, line.at, 0, str_format(f->arena, "%*s", (int)(column - indent), ""));
    } while (line_after(f->text, &line) && line.indent > indent);
}

/* The line is indented deeper than a key above it that has its value on its own line. */
static bool too_deep(Finder *f) {
    bool values = stopped(f, "mapping values are not allowed");
    Line line = f->line, above = line;
    if (!values && f->stop->at > line.at + line.indent) return false;
    if (values && line.colon != f->stop->at) return false;
    if (!line_before(f->text, &above) || above.colon == above.end || above.value >= above.last) return false;
    size_t column = line.item ? line.indent : line.columns;
    if (column <= above.columns || is_block_header(f, &above)) return false;
    Str key = line_key(f->text, &above);
    found(f, line.at + line.indent, line.last,
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
    return key.len ? key : shown(f, line_content(f->text, &level->line));
}

/* The line begins where no line above it does. */
static bool off_level(Finder *f) {
    Line line = f->line;
    if (!stopped(f, "expected key") && !stopped(f, "'-' indicator")) return false;
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
                                             TEXT(level_name(f, same)), TEXT(shown(f, line_content(f->text, &first))))
                       : deeper ? str_format(f->arena, "%.*s to put it beside the other items",
                                             TEXT(indent_words(f->arena, deeper->column)))
                       : open   ? str_format(f->arena, "indent it by at least %zu spaces to put it below %.*s", above.columns,
                                             TEXT(line_key(f->text, &above)))
                                : str_format(f->arena, "take the dash out, or put one before %.*s", TEXT(level_name(f, same)));
            found(f, at, line.last,
                  str_format(f->arena, "an item of a list stands beside the key %.*s", TEXT(level_name(f, same))), hint);
            f->out->related = (Span){(uint32_t)same->line.content, (uint32_t)same->line.last};
            f->out->note = S("the key");
            if (open && !deeper && above.columns == line.indent + 1) move_block(f, line, above.columns);
            return true;
        }
        if (!line.item && same->list) {
            found(f, at, line.last, S("a key stands beside the items of a list"),
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
    found(f, at, line.last,
          str_format(f->arena, "this line is indented by %zu space%s, and none above it stands there", column,
                     column == 1 ? "" : "s"),
          buf_text(&hint));
    size_t up = deeper ? deeper->column - column : SIZE_MAX, down = higher ? column - higher->column : SIZE_MAX;
    if (up == 1 && down > 1) move_block(f, line, line.indent + 1);
    if (down == 1 && up > 1) move_block(f, line, line.indent - 1);
    return true;
}

/* Where no slip is certain. */

static bool other_words(Finder *f) {
    static const struct {
        const char *theirs;
        Str ours;
    } words[] = {
        {"could not find expected ':'", STR("a key with its colon is wanted here, and this has none")},
        {"did not find expected key", STR("a key with its colon is wanted here")},
        {"did not find expected '-' indicator", STR("the next item of the list, with a dash, is wanted here")},
        {"mapping values are not allowed", STR("this colon makes a key of what stands before it, where no key can stand")},
        {"mapping keys are not allowed", STR("a key cannot stand here")},
        {"block sequence entries are not allowed", STR("an item of a list cannot stand here")},
        {"did not find expected node content", STR("a value is wanted here")},
        {"did not find expected <document start>", STR("the document has ended, and more follows")},
        {"cannot start any token", STR("no value starts with this character")},
        {"',' or ']'", STR("a comma or ] is wanted here")},
        {"',' or '}'", STR("a comma or } is wanted here")},
        {"end of stream", STR("the text ends in the middle of a value")},
        {"document indicator", STR("the document ends in the middle of a value")},
        {"indentation indicator equal to 0", STR("a block of text cannot be indented by 0")},
        {"comment or line break", STR("nothing but a comment can stand on the rest of this line")},
        {"whitespace", STR("a space is wanted here")},
        {"undefined tag handle", STR("no %TAG line says what this tag begins with")},
        {"unexpected ':'", STR("a colon cannot stand here")},
        {"directive", STR("this is not a directive that YAML has")},
        {"YAML document", STR("this is not a version of YAML that can be read")},
    };
    Str problem = f->stop->problem;
    for (size_t i = 0; i < COUNT(words); i++)
        if (stopped(f, words[i].theirs)) {
            problem = words[i].ours;
            break;
        }
    found(f, f->stop->at, f->stop->at, str_join(f->arena, S("this is not YAML: "), problem), S(""));
    if (f->stop->from < f->stop->at) {
        f->out->related = (Span){(uint32_t)f->stop->from, (uint32_t)f->stop->from + 1};
        f->out->note = reading(f, "mapping") || reading(f, "sequence") || reading(f, "collection")
                           ? S("in what starts here")
                           : S("what it is about starts here");
    }
    return true;
}

Cause fault_cause(Arena *arena, const Stop *stop) {
    static bool (*const slips[])(Finder *) = {
        conflict_marker,
        document_mark,
        quote_open,
        escape,
        tab,
        invisible,
        text_after_quote,
        in_brackets,
        unquoted_sign,
        text_after_bracket,
        key_missing,
        list_beside_key,
        colon_in_text,
        dash_without_space,
        block_text,
        key_without_colon,
        too_deep,
        off_level,
        other_words,
    };
    Cause out = {0};
    Finder f = {.arena = arena, .stop = stop, .text = stop->text, .out = &out};
    bool inside = reading(&f, "alias") || reading(&f, "anchor") || reading(&f, "scanning a tag") ||
                  reading(&f, "scanning a directive") || (reading(&f, "block scalar") && stopped(&f, "comment or line break"));
    f.place = inside ? stop->from : stop->at;
    f.sign = byte_at(&f, f.place);
    f.line = line_at(stop->text, stop->at);
    f.from = line_at(stop->text, stop->from);
    for (size_t i = 0; i < COUNT(slips) && !slips[i](&f); i++) continue;
    if (out.mends.n > MOST_MENDS) out.mends.n = 0;
    return out;
}

Cause fault_indentation(Arena *arena, Str text, size_t at) {
    Cause out = {0};
    Finder f = {.arena = arena, .text = text, .out = &out};
    Line line = line_at(text, at);
    if (!invisible_in(&f, &line)) return out;
    out.mends.n = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint32_t code;
        size_t length;
        for (; i < text.len; i += length ? length : 1) {
            length = invisible_length(str_slice(text, i), &code);
            if (length)
                mend(&f, i, length, S(" "));
            else if (text.at[i] != ' ' && text.at[i] != '-')
                break;
        }
        while (i < text.len && text.at[i] != '\n') i++;
    }
    if (out.mends.n > MOST_MENDS) out.mends.n = 0;
    return out;
}

/* The length of a control character that YAML takes nowhere, or 0. */
static size_t control_length(Str text, uint32_t *code) {
    unsigned char c = (unsigned char)text.at[0], next = text.len > 1 ? (unsigned char)text.at[1] : 0;
    *code = c == 0xC2 ? next : c;
    if (c < 0x20) return c == '\t' || c == '\n' || c == '\r' ? 0 : 1;
    if (c == 0x7F) return 1;
    return c == 0xC2 && next >= 0x80 && next < 0xA0 && next != 0x85 ? 2 : 0;
}

Cause fault_encoding(Arena *arena, Str text, size_t at) {
    Cause out = {0};
    Finder f = {.arena = arena, .text = text, .out = &out};
    if (at > text.len) at = text.len;
    /* A bad byte behind the first one of a character is reported there. */
    for (int back = 0; back < 3 && at > 0 && at < text.len && ((unsigned char)text.at[at] & 0xC0) == 0x80; back++) at--;
    /* So is what stands where the rest of a character should. */
    for (size_t back = 1; back <= 3 && back <= at; back++) {
        unsigned char c = (unsigned char)text.at[at - back];
        if (c >= 0xC0 && !str_utf8_length(str_slice(text, at - back))) at -= back;
        if ((c & 0xC0) != 0x80) break;
    }
    Str rest = str_slice(text, at);
    uint32_t code = 0;
    size_t length = rest.len ? control_length(rest, &code) : 0;
    if (length) {
        found(&f, at, at + length, str_format(arena, "the control character U+%04X cannot stand in YAML", code),
              str_format(arena, "take it out, or write it as \\x%02X in double quotes", code));
        for (size_t i = at; i < text.len; i += length ? length : 1)
            if ((length = control_length(str_slice(text, i), &code))) mend(&f, i, length, S(""));
    } else if (rest.len && str_utf8_length(rest)) {
        found(&f, at, at + str_utf8_length(rest), S("this character cannot stand in YAML"),
              S("take it out, or write it as an escape in double quotes"));
    } else {
        found(&f, at, at + (rest.len > 0),
              rest.len ? str_format(arena, "the byte 0x%02X is not UTF-8 text here", (unsigned char)rest.at[0])
                       : S("the last character is cut"),
              S("save the file as UTF-8"));
    }
    if (out.mends.n > MOST_MENDS) out.mends.n = 0;
    return out;
}

Str fault_value_hint(Arena *arena, Str value) {
    ptrdiff_t colon = str_find(value, ':');
    if (colon <= 0 || (size_t)colon + 1 >= value.len) return S("");
    Str key = {value.at, (size_t)colon}, rest = str_slice(value, (size_t)colon + 1);
    if (!is_word(key) || str_find(key, '/') >= 0 || !is_letter(key.at[0]) || rest.at[0] == '/' || str_find(rest, '\n') >= 0)
        return S("");
    return str_format(arena, "write a space after the colon: %.*s: %.*s", TEXT(key), TEXT(rest));
}

Str fault_key_hint(Arena *arena, Str key) {
    if (key.len > 1 && key.at[0] == '-' && is_letter(key.at[1]))
        return str_format(arena, "write a space after the dash: - %.*s", (int)key.len - 1, key.at + 1);
    for (size_t i = 0; i < key.len; i++) {
        uint32_t code;
        if (invisible_length(str_slice(key, i), &code))
            return str_format(arena, "%.*s stands in it; type a space in its place, or take it out",
                              TEXT(invisible_name(arena, code)));
    }
    if (str_starts(key, S("\xE2\x80\x9C")) || str_starts(key, S("\xE2\x80\x98")))
        return S("the quotes around it are typographic, and part of the name; leave them out");
    return S("");
}
