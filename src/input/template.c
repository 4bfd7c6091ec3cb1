/* What a program would fill in shows in the text that cannot be read. Signs in comments, in block scalars and in quotes that are
 * closed again are words like others there: a fault beside them has another cause, and they are not looked at. */
#include "template.h"

#include <string.h>

/* Signs in which programs wrap what they fill in. None of them can stand in YAML as it is. */
typedef struct Signs {
    Str open, close;
    Str program;
} Signs;

static const Signs templateSigns[] = {
    {STR("{{"), STR("}}"), STR("a Go or Jinja template")},   {STR("{%"), STR("%}"), STR("a Jinja template")},
    {STR("{#"), STR("#}"), STR("a Jinja template")},         {STR("<%"), STR("%>"), STR("an ERB or EJS template")},
    {STR("%{"), STR("}"), STR("a Terraform template")},      {STR("(@"), STR("@)"), STR("a ytt template")},
    {STR("[[ "), STR(" ]]"), STR("a template in brackets")},
};

/* Whether each sign that is opened in a text is closed in it, too: the last one of each kind is. */
static bool is_whole(Str text) {
    for (size_t i = 0; i < COUNT(templateSigns); i++) {
        Str open = templateSigns[i].open;
        for (size_t at = text.len; at-- > 0;) {
            if (!str_starts(str_slice(text, at), open)) continue;
            if (!str_has(str_slice(text, at + open.len), templateSigns[i].close)) return false;
            break;
        }
    }
    return true;
}

/* The length of the quoted text at the start of a line, all of it where the quote is not closed; 0 if it parts a sign in two, as
 * "{{ a "b" }}" does. */
static size_t quoted_length(Str text) {
    char quote = text.at[0];
    size_t i = 1;
    for (; i < text.len; i++) {
        if (quote == '"' && text.at[i] == '\\') {
            i++;
        } else if (text.at[i] == quote) {
            if (quote == '\'' && i + 1 < text.len && text.at[i + 1] == quote)
                i++;
            else
                break;
        }
    }
    if (i < text.len) i++;
    return is_whole((Str){text.at, i}) ? i : 0;
}

/* Blanks what stands in quotes and in the comment of a line. */
static void blank_line(char *line, size_t length) {
    for (size_t i = 0; i < length; i++) {
        bool first = i == 0 || strchr(" \t[{,:", line[i - 1]);
        size_t quoted = first && (line[i] == '"' || line[i] == '\'') ? quoted_length((Str){line + i, length - i}) : 0;
        if (quoted) {
            memset(line + i, '"', quoted);
            i += quoted - 1;
        } else if (first && line[i] == '#') {
            memset(line + i, ' ', length - i);
            return;
        }
    }
}

/* The text before the tag or the anchor that it ends in, if it does. */
static Str without_property(Str text) {
    ptrdiff_t space = str_rfind(text, ' ');
    bool property = space >= 0 && (text.at[space + 1] == '!' || text.at[space + 1] == '&');
    return property ? (Str){text.at, (size_t)space} : text;
}

static Str without_blanks(Str text) {
    while (text.len && strchr(" \t\r", text.at[text.len - 1])) text.len--;
    return text;
}

/* Whether a line ends in the head of a block scalar, `key: |` or `- >-`; `indent` gets the column that its text is right of. */
static bool opens_block(Str line, size_t *indent) {
    Str head = without_blanks(line);
    while (head.len && strchr("+-0123456789", head.at[head.len - 1])) head.len--;
    if (head.len < 2 || !strchr("|>", head.at[head.len - 1]) || head.at[head.len - 2] != ' ') return false;
    head.len--;
    for (size_t before = 0; before != head.len;) {
        before = head.len;
        head = without_blanks(without_property(without_blanks(head)));
    }
    size_t start = 0, dash = 0; /* of what stands behind the dashes of the line, and the last of them */
    while (start < head.len && (head.at[start] == ' ' || head.at[start] == '-')) {
        bool item = start + 1 == head.len || head.at[start + 1] == ' ';
        if (head.at[start] == '-' && !item) break;
        if (head.at[start] == '-') dash = start;
        start++;
    }
    bool item = head.len && start == head.len;
    *indent = item ? dash : start;
    return item || (head.len && head.at[head.len - 1] == ':');
}

Str template_bare(Arena *arena, Str text) {
    char *copy = arena_alloc(arena, text.len + 1);
    memcpy(copy, text.at, text.len);
    bool block = false;
    size_t above = 0, inner = 0; /* the columns of what has the block scalar, and of its text, once that is known */
    for (size_t at = 0, end; at < text.len; at = end + 1) {
        const char *newline = memchr(text.at + at, '\n', text.len - at);
        end = newline ? (size_t)(newline - text.at) : text.len;
        size_t column = at;
        while (column < end && text.at[column] == ' ') column++;
        bool blank = column == end || text.at[column] == '\r';
        column -= at;
        if (block && !blank && !inner) inner = column > above ? column : 0;
        if (block && !blank && (!inner || column < inner)) block = false;
        if (block) {
            memset(copy + at, ' ', end - at);
            continue;
        }
        blank_line(copy + at, end - at);
        block = opens_block((Str){copy + at, end - at}, &above);
        inner = 0;
    }
    return (Str){copy, text.len};
}

static bool is_name_char(char c) {
    return is_alnum(c) || c == '_' || c == '-' || c == '.';
}

/* @NAME@ and %NAME% at the start of a text, as configure scripts fill them in. */
static bool is_signed_name(Str text) {
    size_t end = 1;
    if (!text.len || (text.at[0] != '@' && text.at[0] != '%')) return false;
    while (end < text.len && is_name_char(text.at[end])) end++;
    return end > 1 && end < text.len && text.at[end] == text.at[0];
}

/* Whether a text starts with ${NAME}. */
static bool is_variable(Str text) {
    size_t end = 2;
    if (!str_starts(text, S("${"))) return false;
    while (end < text.len && (is_alnum(text.at[end]) || text.at[end] == '_')) end++;
    return end > 2 && end < text.len && strchr("}:", text.at[end]);
}

/* The program whose signs stand in some lines of a text that cannot be read; empty if there are none. `braces`: the text is one
 * in braces. A sign may be closed some lines below. */
static Str program_of(Str text, Str lines, bool braces) {
    enum { LONGEST_SIGN = 4096 };
    bool unclosed[COUNT(templateSigns)] = {false};
    size_t start = (size_t)(lines.at - text.at);
    int open = 0; /* braces and brackets of the line: in them YAML takes the braces of a variable for a map */
    for (size_t i = 0; i < lines.len; i++) {
        char c = lines.at[i];
        if (c == '\n') open = 0;
        if (c == '}' || c == ']') open--;
        if (!strchr("{<%(@[$", c)) continue;
        Str rest = str_slice(text, start + i), whole = rest;
        if (whole.len > LONGEST_SIGN) whole.len = LONGEST_SIGN;
        if ((braces || open > 0) && is_variable(rest)) return S("a template of envsubst");
        open += c == '{' || c == '[';
        for (size_t j = 0; j < COUNT(templateSigns); j++) {
            if (unclosed[j] || !str_starts(rest, templateSigns[j].open)) continue;
            unclosed[j] = !str_has(whole, templateSigns[j].close);
            if (unclosed[j]) continue;
            bool helm = str_has(whole, S(".Values")) || str_has(whole, S(".Release")) || str_has(whole, S("include \""));
            return j == 0 && helm ? S("a Helm template") : templateSigns[j].program;
        }
        if (is_signed_name(rest)) return S("a template with names to fill in");
    }
    return S("");
}

/* The lines from the place that a fault rests on to the one where it shows, in the text of a document that starts at `base`. */
static Str lines_around(Str text, size_t base, const Fault *fault) {
    size_t from = fault->span.at, to = fault->span.end > fault->span.at ? fault->span.end : fault->span.at;
    if (fault->related.end && fault->related.at < from) from = fault->related.at;
    from = from > base ? from - base : 0;
    to = to > base ? to - base : 0;
    if (from > text.len) from = text.len;
    if (to > text.len) to = text.len;
    while (from && text.at[from - 1] != '\n') from--;
    /* libyaml often stops one line below. */
    if (from) from--;
    while (from && text.at[from - 1] != '\n') from--;
    while (to < text.len && text.at[to] != '\n') to++;
    return (Str){text.at + from, to - from};
}

/* Whether a line says no more than that something is left out, as in documentation. */
static bool leaves_out(Str text) {
    while (text.len) {
        ptrdiff_t end = str_find(text, '\n');
        Str line = {text.at, end < 0 ? text.len : (size_t)end}, words = str_trim(line);
        if (str_starts(words, S("- "))) words = str_trim(str_slice(words, 2));
        if ((str_eq(words, S("...")) && *line.at != '.') || str_eq(words, S("[...]")) || str_eq(words, S("<...>"))) return true;
        text = str_slice(text, line.len + 1);
    }
    return false;
}

/* Faults of one long line, or of what a bracket that is never closed holds, rest on the same lines again and again. */
Str template_program(Str bare, const NodeDocument *in) {
    enum { MOST_TIMES = 8, A_FEW_LINES = 10000 };
    size_t looked = 0, most = MOST_TIMES * bare.len + A_FEW_LINES;
    bool braces = bare.len && bare.at[0] == '{' && !str_starts(bare, S("{{"));
    for (uint32_t i = 0; i < in->faults.n && looked <= most; i++) {
        const Fault *fault = &in->faults.at[i];
        if (fault->kind != FAULT_SYNTAX && fault->kind != FAULT_KEY_COMPLEX && fault->kind != FAULT_KEY_NULL) continue;
        Str lines = lines_around(bare, in->span.at, fault), program = program_of(bare, lines, braces);
        looked += lines.len;
        if (program.len) return program;
        if (leaves_out(lines)) return S("an excerpt, which leaves something out");
    }
    return S("");
}

bool template_has_signs(Str bare) {
    return program_of(bare, bare, false).len > 0;
}
