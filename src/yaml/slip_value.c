/* Signs, quotes, escapes, brackets and colons in values. */
#include "slip.h"

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
    Str value = slip_piece(f, at, end), before = lead(f, line, at);
    bool alone = line->colon >= at || line->value == at;
    Str written = slip_shown(f, str_join(f->arena, alone ? before : S(""), quoted(f, value)));
    slip_found(f, where, where + 1, problem, str_format(f->arena, "put the value in quotes: %.*s", TEXT(written)));
    slip_mend(f, at, end - at, quoted(f, value));
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
    return strchr("[{", slip_byte(f, line->value)) && line->value < at && closing_bracket(f, line->value) < at;
}

bool slip_unquoted_sign(Finder *f) {
    bool content = slip_stopped(f, "node content");
    if (!content && !slip_stopped(f, "cannot start any token") && !slip_stopped(f, "mapping keys are not allowed") &&
        !slip_stopped(f, "undefined tag handle") && f->place == f->stop->at)
        return false;
    Line line = line_at(f->text, f->place);
    size_t at = f->place;
    while (at > line.content && !strchr(" \t,[{", f->text.at[at - 1])) at--;
    Str meaning = sign_meaning(slip_byte(f, at));
    if (!meaning.len || at >= line.last || (content && at != line.value) || ends_before(f, &line, at)) return false;
    char sign = f->text.at[at];
    needs_quotes(f, &line, at, value_end(f, &line, at), at,
                 str_format(f->arena, "a value without quotes cannot start with %c: %.*s", sign, TEXT(meaning)));
    Line below = line;
    bool block = sign == '|' || sign == '>';
    if (block && line_after(f->text, &below) && below.indent > line.indent) f->out->mends.n = 0;
    return true;
}

bool slip_key_missing(Finder *f) {
    if (f->sign != ':' || f->stop->at != f->line.content) return false;
    slip_found(f, f->stop->at, f->stop->at + 1, S("a key is missing before this colon"), S("write its name"));
    return true;
}

/* Escapes. */

bool slip_escape(Finder *f) {
    bool unknown = slip_stopped(f, "unknown escape"), code = slip_stopped(f, "hexdecimal") || slip_stopped(f, "invalid Unicode");
    if ((!unknown && !code) || !slip_reading(f, "quoted scalar")) return false;
    size_t at = f->stop->at;
    while (at > f->stop->from && slip_byte(f, at) != '\\') at--;
    char letter = slip_byte(f, at + 1);
    size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0, end = at + 2;
    if (unknown) {
        while (end < f->text.len && ((unsigned char)f->text.at[end] & 0xC0) == 0x80) end++;
        Str escape = slip_piece(f, at, end);
        slip_found(f, at, end, str_format(f->arena, "%.*s is not an escape that YAML has", TEXT(escape)),
                   str_format(f->arena, "write the backslash twice, \\%.*s, or put the text in single quotes", TEXT(escape)));
    } else {
        while (end < at + 2 + digits && hex_value(slip_byte(f, end)) >= 0) end++;
        Str escape = slip_piece(f, at, end);
        if (slip_stopped(f, "invalid Unicode"))
            slip_found(f, at, end, str_format(f->arena, "%.*s is not a character", TEXT(escape)),
                       S("write the character itself, or \\U and the eight digits of its code point"));
        else
            slip_found(f, at, end, str_format(f->arena, "\\%c is followed by %zu hexadecimal digits", letter, digits),
                       S("write them all, or the backslash twice if it is meant as text"));
    }
    slip_mend(f, at, 0, S("\\"));
    return true;
}

/* A comma or semicolon at the end of a line, as other languages have it. */
static bool stray_end(Finder *f, size_t at) {
    Str rest = slip_piece(f, at, f->line.last);
    if (!str_eq(rest, S(",")) && !str_eq(rest, S(";"))) return false;
    slip_found(f, at, at + 1, str_format(f->arena, "a line does not end with %c", rest.at[0]), S("take it out"));
    slip_mend(f, at, 1, S(""));
    return true;
}

/* Quotes. */

static bool looks_like_line(const Finder *f, size_t at) {
    Line line = line_at(f->text, at);
    Str key = line_key(f->text, &line);
    if (key.len > 2 && key.at[0] == '"' && key.at[key.len - 1] == '"') key = (Str){key.at + 1, key.len - 2};
    return line.item || (line.colon < line.end && line_is_word(key));
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
    bool flow = slip_byte(f, line.content) == '"' && open > line.content; /* a line of JSON */
    for (size_t i = line.content; i < open; i++) flow |= f->text.at[i] == '[' || f->text.at[i] == '{';
    if (flow) end = inner;
    Str mended =
        str_format(f->arena, "%.*s%c", TEXT(slip_piece(f, line.colon < open && !flow ? line.content : open, end)), quote);
    slip_found(f, open, open + 1, S("this quote is not closed"), str_format(f->arena, "write %.*s", TEXT(slip_shown(f, mended))));
    slip_mend(f, end, 0, str_format(f->arena, "%c", quote));
}

bool slip_quote_open(Finder *f) {
    if (!slip_reading(f, "quoted scalar") || (!slip_stopped(f, "end of stream") && !slip_stopped(f, "document indicator")))
        return false;
    close_quote(f, f->stop->from);
    return true;
}

static bool only_spaces(const Finder *f, size_t at, size_t end) {
    for (; at < end; at++)
        if (f->text.at[at] != ' ') return false;
    return true;
}

bool slip_text_after_quote(Finder *f) {
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
    if (!slip_stopped(f, "',' or") && stray_end(f, at)) return true;
    if (f->sign == ',' && !slip_stopped(f, "',' or")) {
        Str value = slip_piece(f, scalar.at, f->line.last);
        if (str_ends(value, S("]"))) value.len--;
        slip_found(f, at, at + 1, S("this comma stands outside of brackets"),
                   str_format(f->arena, "write a list in brackets: [%.*s]", TEXT(slip_shown(f, value))));
        slip_mend(f, scalar.at, 0, S("["));
        if (!str_ends(slip_piece(f, scalar.at, f->line.last), S("]"))) slip_mend(f, f->line.last, 0, S("]"));
        return true;
    }
    bool apostrophe =
        quote == '\'' && end == at && is_alnum(slip_byte(f, at)) && end - scalar.at > 2 && is_alnum(slip_byte(f, end - 2));
    if (apostrophe) {
        slip_found(f, end - 1, end, S("this apostrophe ends the quoted text, and more follows"),
                   S("write it twice, or put the text in double quotes"));
        slip_mend(f, end, 0, S("'"));
        return true;
    }
    bool inner = end == at && (is_alnum(f->sign) || f->sign == '%' || f->sign == '$');
    if (slip_stopped(f, "',' or") && !inner) return false;
    if (inner && quote == '"') {
        slip_found(f, end - 1, end, S("this quote ends the text, and more follows"),
                   S("write \\\" for a quote inside of double quotes, or put the whole text in single quotes"));
        return true;
    }
    if (f->sign == ':' || scalar.at != f->line.value) {
        slip_found(f, at, at + 1, S("the quoted text has ended, and more follows"), S("put all of it in one pair of quotes"));
        return true;
    }
    needs_quotes(f, &f->line, scalar.at, f->line.last, at, S("the quoted text has ended, and more follows"));
    return true;
}

/* Brackets. */

bool slip_in_brackets(Finder *f) {
    bool list = slip_stopped(f, "',' or ']'"), map = slip_stopped(f, "',' or '}'"), content = slip_stopped(f, "node content");
    if (content && f->sign == '-' && strchr(" \n", slip_byte(f, f->stop->at + 1))) {
        slip_found(f, f->stop->at, f->stop->at + 1, S("a list with dashes cannot stand inside brackets"),
                   S("write the items with commas between them, or take the brackets out"));
        return true;
    }
    if (content && f->sign == ',' && slip_reading(f, "flow")) {
        slip_found(f, f->stop->at, f->stop->at + 1, S("nothing stands before this comma"),
                   S("take the comma out, or write the item that is missing"));
        return true;
    }
    if (!list && !map) return false;
    size_t open = f->stop->from, at = f->stop->at, close = closing_bracket(f, open);
    Line first = line_at(f->text, open);
    char bracket = list ? ']' : '}';
    if (f->sign == (list ? '}' : ']')) {
        slip_found(f, at, at + 1, str_format(f->arena, "%c does not close the %c that is open here", f->sign, slip_byte(f, open)),
                   str_format(f->arena, "write %c", bracket));
        f->out->related = (Span){(uint32_t)open, (uint32_t)open + 1};
        f->out->note = S("it opens here");
        slip_mend(f, at, 1, str_format(f->arena, "%c", bracket));
        return true;
    }
    if (close >= f->text.len) {
        Line last = f->line; /* with the last item before the stop */
        if (last.at != first.at) line_before(f->text, &last);
        if (last.at < first.at) last = first;
        Str hint =
            last.at == first.at
                ? str_format(f->arena, "write %.*s%c", TEXT(slip_shown(f, slip_piece(f, open, last.last))), bracket)
                : str_format(f->arena, "write %c at the end of line %u", bracket, f->stop->above + line_number(f->text, last.at));
        slip_found(f, open, open + 1, S("this bracket is not closed"), hint);
        slip_mend(f, last.last, 0, str_format(f->arena, "%c", bracket));
        return true;
    }
    Span scalar = f->stop->scalar;
    enum { NEAR = 400 };
    for (size_t i = open + 1; i + 1 < at && i < open + NEAR; i++) {
        bool comment = f->text.at[i] == '/' && (f->text.at[i + 1] == '/' || f->text.at[i + 1] == '*');
        if (!comment || !is_space(f->text.at[i - 1]) || line_at(f->text, i).value > i) continue;
        slip_found(f, i, i + 2, S("this does not start a comment"),
                   S("take it out, or write # in its place; JSON has no comments"));
        return true;
    }
    bool ownLine = f->line.at != first.at && (scalar.at == f->line.content || f->line.at != line_at(f->text, scalar.at).at);
    if (f->sign == ':' && ownLine) {
        Line before = f->line;
        if (line_before(f->text, &before) && before.at >= first.at && before.colon < before.end && before.value < before.last) {
            slip_found(f, before.last, before.last, S("a comma is missing behind this item"),
                       S("inside brackets a comma stands between two items, whatever the lines"));
            slip_mend(f, before.last, 0, S(","));
            return true;
        }
        slip_found(f, f->line.content, f->line.last,
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
    slip_found(f, at, at + 1, S("a comma is missing before this"), S("inside brackets a comma stands between two items"));
    slip_mend(f, scalar.end > open && scalar.end <= at ? scalar.end : at, 0, S(","));
    return true;
}

bool slip_text_after_bracket(Finder *f) {
    size_t at = f->place, before = at;
    if (at >= f->line.last || at <= f->line.content) return false;
    while (before > f->line.content && f->text.at[before - 1] == ' ') before--;
    char closed = before > f->line.content ? f->text.at[before - 1] : 0;
    if (closed != ']' && closed != '}') return false;
    if (f->sign == ']' || f->sign == '}') {
        slip_found(f, at, at + 1, S("no bracket is open that this one could close"), S("take it out"));
        slip_mend(f, at, 1, S(""));
        return true;
    }
    if (stray_end(f, at)) return true;
    Str problem = str_format(f->arena, "the %s has ended at the bracket, and more follows", closed == ']' ? "list" : "map");
    if (f->line.value < at && strchr("[{", slip_byte(f, f->line.value)))
        needs_quotes(f, &f->line, f->line.value, f->line.last, at, problem);
    else
        slip_found(f, at, at + 1, problem, S("take out what follows, or put the whole value in quotes"));
    return true;
}

/* Values. */

bool slip_list_beside_key(Finder *f) {
    if (!slip_stopped(f, "block sequence entries are not allowed") || f->line.colon > f->stop->at) return false;
    Str item = slip_piece(f, f->stop->at, f->line.last);
    slip_found(f, f->stop->at, f->stop->at + 1, S("a list with dashes starts on the line below its key"),
               str_format(f->arena, "put the item on a line of its own: %.*s", TEXT(slip_shown(f, item))));
    return true;
}

bool slip_colon_in_text(Finder *f) {
    if (!slip_stopped(f, "mapping values are not allowed") || f->line.colon >= f->stop->at) return false;
    size_t value = f->line.value;
    Str start = slip_piece(f, value, f->line.last);
    bool typographic = str_starts(start, S("\xE2\x80\x9C")) || str_starts(start, S("\xE2\x80\x9D")) ||
                       str_starts(start, S("\xE2\x80\x98")) || str_starts(start, S("\xE2\x80\x99"));
    if (typographic) {
        slip_found(f, value, value + 3, S("this is a typographic quote, which YAML takes for a letter like any other"),
                   S("write \" or ' in its place; a word processor or a page may have changed it"));
        return true;
    }
    char quote = slip_byte(f, f->line.content);
    if (!line_is_word(line_key(f->text, &f->line)) && quote != '"' && quote != '\'') value = f->line.content;
    needs_quotes(f, &f->line, value, f->line.last, f->stop->at,
                 S("a colon and a space end a key, and this value has them inside"));
    /* name: web image: nginx may be two lines as well. */
    Str before = slip_piece(f, value, f->stop->at);
    ptrdiff_t space = str_find(before, ' ');
    Str last = space < 0 ? S("") : str_slice(before, (size_t)space + 1);
    if (space < 1 || !line_is_word(last) || !is_alnum(before.at[space - 1])) return true;
    f->out->hint = str_format(f->arena, "%.*s; or start a new line before %.*s if it is a key", TEXT(f->out->hint), TEXT(last));
    f->out->mends.n = 0;
    return true;
}
