/* One pass over the expression writes the one for PCRE2. What differs between the two is written out: anchors as assertions,
 * classes as ranges, flags where an atom needs them, repetitions greedy or not. Groups never capture, for only whole matches are
 * asked for. */
#include "regex.h"

enum { MAX_DEPTH = 200, MAX_REPEAT = 1000, MAX_GROUPS = 10000, LAST_CODE_POINT = 0x10ffff };

typedef struct Flags {
    bool fold, multiline, dotAll, ungreedy; /* i m s U */
} Flags;

/* What is known of a group while it is open. */
typedef struct Level {
    Flags outer;  /* flags to return to */
    bool folding; /* what PCRE2 was told in the group around */
    int repeats;  /* of what stands in the group already: the product of nested counts, at most */
} Level;

typedef struct RegexParser {
    Arena *arena;
    Str s;
    size_t at;
    Buf out;
    Flags flags;
    bool folding; /* whether PCRE2 has been told (?i) */
    Level levels[MAX_DEPTH];
    int depth;
    bool canRepeat;   /* an atom stands before this place, in the same branch */
    bool repeated;    /* it carries a count already */
    size_t atomStart; /* of the atom, in `out` */
    int atomRepeats;  /* product of the counts nested in it, at least 1 */
    int groupRepeats; /* the largest so far in this group */
    ARRAY(Str) names;
    RegexError *error;
} RegexParser;

static bool fail(RegexParser *p, size_t at, const char *message) {
    if (!p->error->message) *p->error = (RegexError){message, at};
    return false;
}

static bool more(const RegexParser *p) {
    return p->at < p->s.len;
}

static bool next_is(const RegexParser *p, char c) {
    return more(p) && p->s.at[p->at] == c;
}

static bool take(RegexParser *p, char c) {
    if (!next_is(p, c)) return false;
    p->at++;
    return true;
}

static uint32_t take_code_point(RegexParser *p) {
    unsigned char first = (unsigned char)p->s.at[p->at++];
    if (first < 0x80) return first;
    uint32_t c = first < 0xe0 ? first & 0x1f : first < 0xf0 ? first & 0x0f : first & 0x07;
    while (more(p) && ((unsigned char)p->s.at[p->at] & 0xc0) == 0x80) c = c << 6 | ((unsigned char)p->s.at[p->at++] & 0x3f);
    return c;
}

/* A character that means itself, also inside of a class. */
static void put_char(RegexParser *p, uint32_t c) {
    if (c < 0x80 && (is_alnum((char)c) || c == '_'))
        buf_char(&p->out, (char)c);
    else if (c > 0x20 && c < 0x7f)
        buf_format(&p->out, "\\%c", (char)c);
    else if (c >= 0xa1)
        buf_codepoint(&p->out, c);
    else
        buf_format(&p->out, "\\x{%x}", (unsigned)c);
}

/* Begins an atom: from here on a repetition applies to it. */
static void begin_atom(RegexParser *p) {
    if (p->flags.fold != p->folding) buf_str(&p->out, p->flags.fold ? S("(?i)") : S("(?-i)"));
    p->folding = p->flags.fold;
    p->atomStart = p->out.len;
    p->canRepeat = true;
    p->repeated = false;
    p->atomRepeats = 1;
}

static void atom(RegexParser *p, const char *text) {
    begin_atom(p);
    buf_str(&p->out, str_of(text));
}

/* ---- classes ---- */

typedef struct Range {
    uint32_t first, last;
} Range;

static const Range digit_ranges[] = {{'0', '9'}};
static const Range space_ranges[] = {{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}};
static const Range word_ranges[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
static const Range alpha_ranges[] = {{'A', 'Z'}, {'a', 'z'}};
static const Range alnum_ranges[] = {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}};
static const Range ascii_ranges[] = {{0, 0x7f}};
static const Range blank_ranges[] = {{'\t', '\t'}, {' ', ' '}};
static const Range cntrl_ranges[] = {{0, 0x1f}, {0x7f, 0x7f}};
static const Range graph_ranges[] = {{'!', '~'}};
static const Range lower_ranges[] = {{'a', 'z'}};
static const Range print_ranges[] = {{' ', '~'}};
static const Range punct_ranges[] = {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}};
static const Range posix_space_ranges[] = {{'\t', '\r'}, {' ', ' '}};
static const Range upper_ranges[] = {{'A', 'Z'}};
static const Range xdigit_ranges[] = {{'0', '9'}, {'A', 'F'}, {'a', 'f'}};

typedef struct Class {
    Str name;
    const Range *ranges; /* ascending */
    uint32_t count;
} Class;

#define CLASS(name, ranges) \
    { STR(name), ranges, COUNT(ranges) }
static const Class posix_classes[] = {
    CLASS("alnum", alnum_ranges), CLASS("alpha", alpha_ranges),       CLASS("ascii", ascii_ranges),
    CLASS("blank", blank_ranges), CLASS("cntrl", cntrl_ranges),       CLASS("digit", digit_ranges),
    CLASS("graph", graph_ranges), CLASS("lower", lower_ranges),       CLASS("print", print_ranges),
    CLASS("punct", punct_ranges), CLASS("space", posix_space_ranges), CLASS("upper", upper_ranges),
    CLASS("word", word_ranges),   CLASS("xdigit", xdigit_ranges),
};
static const Class perl_classes[] = {CLASS("d", digit_ranges), CLASS("s", space_ranges), CLASS("w", word_ranges)};

static void put_range(RegexParser *p, uint32_t first, uint32_t last) {
    put_char(p, first);
    if (first == last) return;
    buf_char(&p->out, '-');
    put_char(p, last);
}

/* The ranges of a class, or all others. What is left out has to leave out the letters' other cases too, where case is folded:
 * U+017F is a form of s, U+212A one of k. */
static void put_ranges(RegexParser *p, const Class *class, bool negate) {
    static const uint32_t folded[] = {0x17f, 0x212a};
    if (!negate) {
        for (uint32_t i = 0; i < class->count; i++) put_range(p, class->ranges[i].first, class->ranges[i].last);
        return;
    }
    bool fold = p->flags.fold, hasS = false, hasK = false, letters = false;
    bool kept[128] = {false};
    for (uint32_t i = 0; i < class->count; i++)
        for (uint32_t c = class->ranges[i].first; c <= class->ranges[i].last; c++) {
            kept[c] = true;
            letters = c < 0x80 && is_letter((char)c);
            if (fold && letters) kept[c ^ 0x20] = true;
        }
    hasS = fold && kept['s'], hasK = fold && kept['k'];
    for (uint32_t c = 0; c < 128; c++) {
        uint32_t last = c;
        if (kept[c]) continue;
        while (last < 127 && !kept[last + 1]) last++;
        put_range(p, c, last);
        c = last;
    }
    uint32_t from = 128;
    for (int i = 0; i < 2; i++)
        if (i == 0 ? hasS : hasK) {
            put_range(p, from, folded[i] - 1);
            from = folded[i] + 1;
        }
    put_range(p, from, LAST_CODE_POINT);
}

/* The general categories; anything else is taken for the name of a script, which PCRE2 knows or not. */
static bool is_category(Str name) {
    static const char names[] =
        "C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs ";
    for (const char *at = names; *at; at = strchr(at, ' ') + 1)
        if (str_eq(name, (Str){at, (size_t)(strchr(at, ' ') - at)})) return true;
    return false;
}

/* \pL, \p{Greek}, \P{^Lu}; p->at is behind the p. */
static bool unicode_class(RegexParser *p, size_t start, bool negate) {
    Str name;
    if (!more(p)) return fail(p, start, "a class of characters has no name");
    if (take(p, '{')) {
        ptrdiff_t end = str_find(str_slice(p->s, p->at), '}');
        if (end < 0) return fail(p, start, "a class of characters is not closed");
        name = (Str){p->s.at + p->at, (size_t)end};
        p->at += (size_t)end + 1;
        if (str_starts(name, S("^"))) {
            negate = !negate;
            name = str_slice(name, 1);
        }
    } else {
        size_t from = p->at;
        take_code_point(p);
        name = (Str){p->s.at + from, p->at - from};
    }
    for (size_t i = 0; i < name.len; i++)
        if (!is_alnum(name.at[i]) && name.at[i] != '_') return fail(p, start, "a class of characters has an unknown name");
    if (name.len == 0 || (name.len < 3 && !is_category(name))) return fail(p, start, "a class of characters has an unknown name");
    buf_format(&p->out, "\\%c{%s%.*s}", negate ? 'P' : 'p',
               is_category(name) || str_eq(name, S("Any")) ? "" : "sc:", (int)name.len, name.at);
    return true;
}

static const Class *perl_class(char letter) {
    for (size_t i = 0; i < COUNT(perl_classes); i++)
        if (perl_classes[i].name.at[0] == (letter | 0x20)) return &perl_classes[i];
    return NULL;
}

/* ---- escapes ---- */

static bool hex_escape(RegexParser *p, size_t start, uint32_t *out) {
    int digits = 0;
    bool braces = take(p, '{');
    *out = 0;
    while (more(p) && hex_value(p->s.at[p->at]) >= 0 && (braces || digits < 2)) {
        *out = *out * 16 + (uint32_t)hex_value(p->s.at[p->at++]);
        digits++;
        if (*out > LAST_CODE_POINT) return fail(p, start, "\\x{...} is not a code point");
    }
    if (digits == 0 || (!braces && digits < 2) || (braces && !take(p, '}')))
        return fail(p, start, "\\x needs two digits, or {...}");
    if (*out >= 0xd800 && *out <= 0xdfff) *out = 0xfffd;
    return true;
}

/* An escape that stands for one character; p->at is behind the backslash. */
static bool escaped_char(RegexParser *p, uint32_t *out) {
    static const char letters[] = "afnrtv", controls[] = "\a\f\n\r\t\v";
    size_t start = p->at - 1;
    if (!more(p)) return fail(p, start, "a backslash stands at the end");
    uint32_t c = take_code_point(p);
    const char *letter = c > 0 && c < 0x80 ? strchr(letters, (char)c) : NULL;
    if (c == 'x') return hex_escape(p, start, out);
    if (letter) {
        *out = (uint32_t)(unsigned char)controls[letter - letters];
        return true;
    }
    if (c == '0' || (c >= '1' && c <= '7' && more(p) && p->s.at[p->at] >= '0' && p->s.at[p->at] <= '7')) {
        *out = c - '0';
        for (int i = 0; i < 2 && more(p) && p->s.at[p->at] >= '0' && p->s.at[p->at] <= '7'; i++)
            *out = *out * 8 + (uint32_t)(p->s.at[p->at++] - '0');
        return true;
    }
    if (c >= '1' && c <= '9') return fail(p, start, "references to groups are not supported");
    if (c >= 0x80 || is_alnum((char)c)) return fail(p, start, "this escape is not known");
    *out = c;
    return true;
}

/* ---- [...] ---- */

/* [:alpha:] inside of a class; false if none stands here. */
static bool posix_class(RegexParser *p) {
    Str rest = str_slice(p->s, p->at);
    if (!str_starts(rest, S("[:"))) return false;
    size_t end = 2;
    while (end + 1 < rest.len && !(rest.at[end] == ':' && rest.at[end + 1] == ']')) end++;
    if (end + 1 >= rest.len) return false;
    Str name = {rest.at + 2, end - 2};
    bool negate = str_starts(name, S("^"));
    if (negate) name = str_slice(name, 1);
    for (size_t i = 0; i < COUNT(posix_classes); i++)
        if (str_eq(posix_classes[i].name, name)) {
            put_ranges(p, &posix_classes[i], negate);
            p->at += end + 2;
            return true;
        }
    fail(p, p->at, "[:...:] has an unknown name");
    return true;
}

static bool class_char(RegexParser *p, size_t start, uint32_t *out) {
    if (!more(p)) return fail(p, start, "the class is not closed: ] is missing");
    if (take(p, '\\')) return escaped_char(p, out);
    *out = take_code_point(p);
    return true;
}

static bool bracket_class(RegexParser *p) {
    size_t start = p->at++;
    begin_atom(p);
    buf_char(&p->out, '[');
    if (take(p, '^')) buf_char(&p->out, '^');
    for (bool first = true; first || !next_is(p, ']'); first = false) {
        uint32_t low = 0, high;
        size_t item = p->at;
        if (!more(p)) return fail(p, start, "the class is not closed: ] is missing");
        if (posix_class(p)) {
            if (p->error->message) return false;
            continue;
        }
        if (next_is(p, '\\') && p->at + 1 < p->s.len) {
            char letter = p->s.at[p->at + 1];
            const Class *class = is_alnum(letter) ? perl_class(letter) : NULL;
            if (class || (letter | 0x20) == 'p') {
                p->at += 2;
                if (class)
                    put_ranges(p, class, letter < 'a');
                else if (!unicode_class(p, item, letter == 'P'))
                    return false;
                continue;
            }
        }
        if (!class_char(p, start, &low)) return false;
        high = low;
        if (p->at + 1 < p->s.len && next_is(p, '-') && p->s.at[p->at + 1] != ']') {
            p->at++;
            if (!class_char(p, start, &high)) return false;
            if (high < low) return fail(p, item, "the range runs backwards");
        }
        put_range(p, low, high);
    }
    p->at++;
    buf_char(&p->out, ']');
    return true;
}

/* ---- repetition ---- */

/* {n}, {n,} or {n,m} at this place; anything else is plain text. `most` is -1 for no limit. */
static bool take_counts(RegexParser *p, int *least, int *most) {
    Str rest = str_slice(p->s, p->at + 1);
    int value[2] = {0, -1};
    size_t i = 0;
    for (int k = 0; k < 2; k++) {
        size_t from = i;
        int n = 0;
        while (i < rest.len && is_digit(rest.at[i])) {
            if (n <= MAX_REPEAT) n = n * 10 + (rest.at[i] - '0');
            i++;
        }
        if (i - from > 1 && rest.at[from] == '0') return false;
        if (i > from)
            value[k] = n;
        else if (k == 0)
            return false;
        if (k == 0 && i < rest.len && rest.at[i] == ',') {
            i++;
            continue;
        }
        if (k == 0) value[1] = n;
        break;
    }
    if (i >= rest.len || rest.at[i] != '}') return false;
    *least = value[0], *most = value[1];
    p->at += i + 2;
    return true;
}

static bool repeat(RegexParser *p, size_t start, int least, int most, const char *text) {
    bool lazy = take(p, '?');
    if (!p->canRepeat) return fail(p, start, "there is nothing to repeat");
    if (p->repeated) return fail(p, start, "a repetition cannot be repeated");
    if (least > MAX_REPEAT || most > MAX_REPEAT || (most >= 0 && least > most))
        return fail(p, start, "a count runs from 0 to 1000, the smaller number first");
    int times = most > least ? most : least;
    if (times > 1) p->atomRepeats *= times;
    if (p->atomRepeats > MAX_REPEAT) return fail(p, start, "nested counts add up to more than 1000");
    if (p->atomRepeats > p->groupRepeats) p->groupRepeats = p->atomRepeats;
    if (text)
        buf_str(&p->out, str_of(text));
    else if (most < 0)
        buf_format(&p->out, "{%d,}", least);
    else
        buf_format(&p->out, "{%d,%d}", least, most);
    if (lazy != p->flags.ungreedy) buf_char(&p->out, '?');
    p->repeated = true;
    return true;
}

/* ---- groups ---- */

static bool group_name(RegexParser *p, size_t start) {
    size_t from = p->at;
    while (more(p) && (is_alnum(p->s.at[p->at]) || p->s.at[p->at] == '_')) p->at++;
    Str name = {p->s.at + from, p->at - from};
    if (name.len == 0 || !take(p, '>')) return fail(p, start, "the group's name is not one of letters, digits and _");
    if (p->names.n > MAX_GROUPS) return fail(p, start, "there are too many named groups");
    for (uint32_t i = 0; i < p->names.n; i++)
        if (str_eq(p->names.at[i], name)) return fail(p, start, "two groups have the same name");
    ARRAY_PUSH(p->arena, &p->names, name);
    return true;
}

static bool open_group(RegexParser *p, Flags outer) {
    if (p->depth == MAX_DEPTH) return fail(p, p->at, "groups are nested too deep");
    Flags inner = p->flags;
    p->flags = outer;
    begin_atom(p);
    p->levels[p->depth++] = (Level){outer, p->folding, p->groupRepeats};
    p->flags = inner;
    p->groupRepeats = 1;
    buf_str(&p->out, S("(?:"));
    p->canRepeat = false;
    return true;
}

/* (?i), (?i-s:...); p->at is behind "(?". */
static bool flag_group(RegexParser *p, size_t start) {
    Flags flags = p->flags;
    bool on = true, any = false;
    while (more(p)) {
        char c = p->s.at[p->at++];
        switch (c) {
        case 'i': flags.fold = on; break;
        case 'm': flags.multiline = on; break;
        case 's': flags.dotAll = on; break;
        case 'U': flags.ungreedy = on; break;
        case '-':
            if (!on) return fail(p, start, "the group's flags are unknown");
            on = false;
            any = false;
            continue;
        case ':':
        case ')': {
            Flags outer = p->flags;
            if (!on && !any) return fail(p, start, "the group's flags are unknown");
            p->flags = flags;
            return c == ')' || open_group(p, outer);
        }
        default: return fail(p, start, "the group's flags are unknown");
        }
        any = true;
    }
    return fail(p, start, "the group is not closed: ) is missing");
}

static bool group(RegexParser *p) {
    size_t start = p->at++;
    Str rest = str_slice(p->s, p->at);
    if (!str_starts(rest, S("?"))) return open_group(p, p->flags);
    if (str_starts(rest, S("?P<")) || (str_starts(rest, S("?<")) && !str_starts(rest, S("?<=")) && !str_starts(rest, S("?<!")))) {
        p->at += rest.at[1] == 'P' ? 3 : 2;
        return group_name(p, start) && open_group(p, p->flags);
    }
    if (str_starts(rest, S("?=")) || str_starts(rest, S("?!"))) return fail(p, start, "RE2 has no lookaheads, (?= and (?!");
    if (str_starts(rest, S("?<"))) return fail(p, start, "RE2 has no lookbehinds, (?<= and (?<!");
    p->at++;
    return flag_group(p, start);
}

static bool close_group(RegexParser *p) {
    if (p->depth == 0) return fail(p, p->at, "there is no group to close");
    Level level = p->levels[--p->depth];
    p->at++;
    buf_char(&p->out, ')');
    p->flags = level.outer;
    p->folding = level.folding;
    p->canRepeat = true;
    p->repeated = false;
    p->atomRepeats = p->groupRepeats;
    if (level.repeats > p->groupRepeats) p->groupRepeats = level.repeats;
    return true;
}

/* ---- the whole ---- */

static bool literal_text(RegexParser *p) {
    while (more(p)) {
        if (str_starts(str_slice(p->s, p->at), S("\\E"))) {
            p->at += 2;
            break;
        }
        begin_atom(p);
        put_char(p, take_code_point(p));
    }
    return true;
}

static bool escape(RegexParser *p) {
    size_t start = p->at++;
    uint32_t c;
    char letter = more(p) ? p->s.at[p->at] : 0;
    const Class *class = is_alnum(letter) ? perl_class(letter) : NULL;
    if (class) {
        p->at++;
        begin_atom(p);
        buf_char(&p->out, '[');
        put_ranges(p, class, letter < 'a');
        buf_char(&p->out, ']');
        return true;
    }
    switch (letter) {
    case 'A':
        p->at++;
        atom(p, "(?:\\A)");
        return true;
    case 'z':
        p->at++;
        atom(p, "(?:\\z)");
        return true;
    case 'b':
        p->at++;
        atom(p, "(?:\\b)");
        return true;
    case 'B':
        p->at++;
        atom(p, "(?:\\B)");
        return true;
    case 'Q': p->at++; return literal_text(p);
    case 'p':
    case 'P':
        p->at++;
        begin_atom(p);
        return unicode_class(p, start, letter == 'P');
    default:
        if (!escaped_char(p, &c)) return false;
        begin_atom(p);
        put_char(p, c);
        return true;
    }
}

static bool step(RegexParser *p) {
    size_t start = p->at;
    int least, most;
    switch (p->s.at[p->at]) {
    case '(': return group(p);
    case ')': return close_group(p);
    case '|':
        p->at++;
        buf_char(&p->out, '|');
        p->canRepeat = false;
        return true;
    case '[': return bracket_class(p);
    case '\\': return escape(p);
    case '.':
        p->at++;
        atom(p, p->flags.dotAll ? "(?s:.)" : "\\N");
        return true;
    case '^':
        p->at++;
        atom(p, p->flags.multiline ? "(?<![^\\n])" : "(?:\\A)");
        return true;
    case '$':
        p->at++;
        atom(p, p->flags.multiline ? "(?![^\\n])" : "(?:\\z)");
        return true;
    case '*': p->at++; return repeat(p, start, 0, -1, "*");
    case '+': p->at++; return repeat(p, start, 1, -1, "+");
    case '?': p->at++; return repeat(p, start, 0, 1, "?");
    case '{':
        if (take_counts(p, &least, &most)) return repeat(p, start, least, most, NULL);
        break;
    default: break;
    }
    begin_atom(p);
    put_char(p, take_code_point(p));
    return true;
}

bool regex_translate(Arena *arena, Str regex, Str *out, RegexError *error) {
    RegexParser *p = NEW(arena, RegexParser);
    *error = (RegexError){0};
    p->arena = arena;
    p->s = regex;
    p->error = error;
    p->out.arena = arena;
    p->groupRepeats = 1;
    p->atomRepeats = 1;
    while (more(p))
        if (!step(p)) return false;
    if (p->depth) return fail(p, regex.len, "a group is not closed: ) is missing");
    *out = buf_text(&p->out);
    return true;
}
