/* The lexer and a parser by recursive descent for the grammar of the Common Expression Language (cel-spec, langdef.md), with the
 * limits, macros and optional syntax of the Kubernetes API server. A fault ends the parse at once; functions return NULL then. */
#include "parse.h"

#include <errno.h>
#include <stdlib.h>

typedef enum TokenKind {
    TOKEN_END,
    TOKEN_NAME,
    TOKEN_QUOTED_NAME, /* between backquotes */
    TOKEN_INT,
    TOKEN_UINT,
    TOKEN_DOUBLE,
    TOKEN_STRING,
    TOKEN_BYTES,
    TOKEN_OTHER, /* an operator or bracket; the text tells */
} TokenKind;

typedef struct Token {
    TokenKind kind;
    Span span;
    Str text;
} Token;

typedef struct Parser {
    Arena *arena;
    Str text;
    uint32_t at; /* behind the token in hand */
    Token token; /* the token in hand */
    unsigned nesting;
    bool failed;
    CelFault *fault;
} Parser;

static const char *const operators[] = {
    [EXPR_NOT] = "!",
    [EXPR_NEGATE] = "-",
    [EXPR_ADD] = "+",
    [EXPR_SUBTRACT] = "-",
    [EXPR_MULTIPLY] = "*",
    [EXPR_DIVIDE] = "/",
    [EXPR_REMAINDER] = "%",
    [EXPR_LESS] = "<",
    [EXPR_LESS_EQUAL] = "<=",
    [EXPR_GREATER] = ">",
    [EXPR_GREATER_EQUAL] = ">=",
    [EXPR_EQUAL] = "==",
    [EXPR_NOT_EQUAL] = "!=",
    [EXPR_IN] = "in",
    [EXPR_AND] = "&&",
    [EXPR_OR] = "||",
    [EXPR_CONDITION] = "? :",
    [EXPR_MACRO] = NULL,
};

const char *expr_operator(ExprKind kind) {
    return operators[kind];
}

static void *fail_with(Parser *p, Span span, Str message, Str help) {
    if (!p->failed) *p->fault = (CelFault){span, message, help};
    p->failed = true;
    return NULL;
}

static void *fail(Parser *p, Span span, Str message) {
    return fail_with(p, span, message, S(""));
}

/* The lexer */

static bool is_name_start(char c) {
    return is_letter(c) || c == '_';
}

/* The byte `ahead` of the current place, 0 past the end. */
static char peek(const Parser *p, uint32_t ahead) {
    return p->at + ahead < p->text.len ? p->text.at[p->at + ahead] : '\0';
}

static void skip_space(Parser *p) {
    for (;;) {
        char c = peek(p, 0);
        if (p->at < p->text.len && (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f')) {
            p->at++;
        } else if (c == '/' && peek(p, 1) == '/') {
            while (p->at < p->text.len && p->text.at[p->at] != '\n') p->at++;
        } else {
            return;
        }
    }
}

static void take(Parser *p, TokenKind kind, uint32_t from) {
    p->token = (Token){kind, {from, p->at}, {p->text.at + from, p->at - from}};
}

static bool take_exponent(Parser *p) {
    char c = peek(p, 0);
    if (c != 'e' && c != 'E') return false;
    uint32_t sign = peek(p, 1) == '+' || peek(p, 1) == '-';
    if (!is_digit(peek(p, 1 + sign))) return false;
    p->at += 1 + sign;
    while (is_digit(peek(p, 0))) p->at++;
    return true;
}

static void take_number(Parser *p) {
    uint32_t from = p->at;
    bool real = false;
    if (peek(p, 0) == '0' && peek(p, 1) == 'x' && hex_value(peek(p, 2)) >= 0) {
        p->at += 2;
        while (hex_value(peek(p, 0)) >= 0) p->at++;
    } else {
        while (is_digit(peek(p, 0))) p->at++;
        if (peek(p, 0) == '.' && is_digit(peek(p, 1))) {
            real = true;
            p->at++;
            while (is_digit(peek(p, 0))) p->at++;
        }
        real |= take_exponent(p);
    }
    bool isUint = !real && (peek(p, 0) == 'u' || peek(p, 0) == 'U');
    p->at += isUint;
    take(p, real ? TOKEN_DOUBLE : isUint ? TOKEN_UINT : TOKEN_INT, from);
}

/* Letters that may stand before a quote: r, b, br in either case. */
static uint32_t string_prefix(const Parser *p) {
    uint32_t n = 0;
    if (peek(p, n) == 'b' || peek(p, n) == 'B') n++;
    if (peek(p, n) == 'r' || peek(p, n) == 'R') n++;
    return peek(p, n) == '"' || peek(p, n) == '\'' ? n : UINT32_MAX;
}

static void take_string(Parser *p, uint32_t prefix) {
    uint32_t from = p->at;
    bool bytes = peek(p, 0) == 'b' || peek(p, 0) == 'B';
    bool raw = prefix && (peek(p, prefix - 1) == 'r' || peek(p, prefix - 1) == 'R');
    p->at += prefix;
    char quote = peek(p, 0);
    uint32_t quotes = peek(p, 1) == quote && peek(p, 2) == quote ? 3 : 1;
    p->at += quotes;
    for (;;) {
        if (p->at >= p->text.len || (quotes == 1 && (peek(p, 0) == '\n' || peek(p, 0) == '\r'))) {
            fail(p, (Span){from, p->at}, S("the string has no end"));
            return;
        }
        if (peek(p, 0) == '\\' && !raw && p->at + 1 < p->text.len) {
            p->at += 2;
        } else if (peek(p, 0) == quote && (quotes == 1 || (peek(p, 1) == quote && peek(p, 2) == quote))) {
            break;
        } else {
            p->at++;
        }
    }
    p->at += quotes;
    take(p, bytes ? TOKEN_BYTES : TOKEN_STRING, from);
}

static void take_quoted_name(Parser *p) {
    uint32_t from = p->at++;
    char c;
    while (is_name_start(c = peek(p, 0)) || is_digit(c) || c == '.' || c == '-' || c == '/' || c == ' ') p->at++;
    if (c != '`' || p->at == from + 1) {
        fail(p, (Span){from, p->at},
             S("a name in backquotes takes letters, digits, '_', '.', '-', '/' and spaces, and a closing backquote"));
        return;
    }
    p->at++;
    take(p, TOKEN_QUOTED_NAME, from);
    p->token.text = (Str){p->text.at + from + 1, p->at - from - 2};
}

static void advance(Parser *p) {
    static const char pairs[] = "== != <= >= && ||";
    skip_space(p);
    uint32_t from = p->at, prefix;
    char c = peek(p, 0);
    if (p->at >= p->text.len) {
        take(p, TOKEN_END, from);
    } else if ((prefix = string_prefix(p)) != UINT32_MAX) {
        take_string(p, prefix);
    } else if (is_name_start(c)) {
        while (is_name_start(peek(p, 0)) || is_digit(peek(p, 0))) p->at++;
        take(p, TOKEN_NAME, from);
        if (str_eq(p->token.text, S("in"))) p->token.kind = TOKEN_OTHER;
    } else if (is_digit(c) || (c == '.' && is_digit(peek(p, 1)))) {
        take_number(p);
    } else if (c == '`') {
        take_quoted_name(p);
    } else {
        bool two = false;
        for (const char *pair = pairs; pair < pairs + sizeof pairs; pair += 3) two |= pair[0] == c && pair[1] == peek(p, 1);
        p->at += two ? 2 : 1;
        if (!two && (!strchr("[]{}().,-!?:+*/%<>", c) || c == '\0')) {
            while ((peek(p, 0) & 0xC0) == 0x80) p->at++;
            Str help = c == '='   ? S("equality is written ==")
                       : c == '&' ? S("and is written &&")
                       : c == '|' ? S("or is written ||")
                                  : S("");
            fail_with(p, (Span){from, p->at}, S("this character has no meaning here"), help);
        }
        take(p, TOKEN_OTHER, from);
    }
}

static bool is_other(const Parser *p, const char *text) {
    return p->token.kind == TOKEN_OTHER && str_eq(p->token.text, str_of(text));
}

static bool accept(Parser *p, const char *text) {
    if (p->failed || !is_other(p, text)) return false;
    advance(p);
    return true;
}

static bool expect(Parser *p, const char *text, const char *why) {
    if (accept(p, text)) return true;
    bool end = p->token.kind == TOKEN_END;
    fail(p, p->token.span, str_format(p->arena, "%s: expected '%s'%s", why, text, end ? " before the end" : ""));
    return false;
}

/* Literals */

/* The value of `digits` hexadecimal or octal digits at `*i`, or -1. */
static int32_t read_digits(Str s, size_t *i, unsigned digits, int base) {
    int32_t value = 0;
    if (*i + digits > s.len) return -1;
    for (unsigned n = 0; n < digits; n++, (*i)++) {
        int digit = hex_value(s.at[*i]);
        if (digit < 0 || digit >= base || value > (INT32_MAX - digit) / base) return -1;
        value = value * base + digit;
    }
    return value;
}

/* Reads the escape sequence behind a backslash at `*i`. False if there is no such sequence. */
static bool read_escape(Buf *out, Str s, size_t *i, bool bytes) {
    static const char from[] = "abfnrtv\\?\"'`", to[] = "\a\b\f\n\r\t\v\\?\"'`";
    if (*i >= s.len) return false;
    char c = s.at[(*i)++];
    const char *plain = c ? strchr(from, c) : NULL;
    int32_t value;
    if (plain) {
        buf_char(out, to[plain - from]);
        return true;
    }
    if (c == 'x' || c == 'X') {
        value = read_digits(s, i, 2, 16);
    } else if ((c == 'u' || c == 'U') && !bytes) {
        value = read_digits(s, i, c == 'u' ? 4 : 8, 16);
    } else if (c >= '0' && c <= '3') {
        (*i)--;
        value = read_digits(s, i, 3, 8);
    } else {
        return false;
    }
    if (value < 0 || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return false;
    if (bytes)
        buf_char(out, (char)value);
    else
        buf_codepoint(out, (uint32_t)value);
    return true;
}

static Expr *new_expr(Parser *p, ExprKind kind, Span span) {
    Expr *e = NEW(p->arena, Expr);
    e->kind = (uint8_t)kind;
    e->span = e->mark = span;
    e->depth = 1;
    return e;
}

static Expr *new_literal(Parser *p, Value value, Span span) {
    Expr *e = new_expr(p, EXPR_LITERAL, span);
    e->literal = value;
    return e;
}

static Expr *parse_string(Parser *p) {
    Token token = p->token;
    bool bytes = token.kind == TOKEN_BYTES;
    size_t i = bytes;
    bool raw = token.text.at[i] == 'r' || token.text.at[i] == 'R';
    i += raw;
    char quote = token.text.at[i];
    size_t quotes = token.text.len - i >= 6 && token.text.at[i + 1] == quote && token.text.at[i + 2] == quote ? 3 : 1;
    Str body = {token.text.at + i + quotes, token.text.len - i - 2 * quotes};
    Buf out = {.arena = p->arena};
    for (i = 0; i < body.len;) {
        char c = body.at[i++];
        size_t from = i - 1;
        if (c == '\\' && !raw) {
            if (!read_escape(&out, body, &i, bytes)) {
                uint32_t at = (uint32_t)(body.at + from - p->text.at);
                return fail_with(p, (Span){at, at + 2}, S("no such escape sequence"),
                                 S("a backslash itself is written \\\\; r'...' takes them as they are"));
            }
        } else if (c == '\r') {
            i += i < body.len && body.at[i] == '\n';
            buf_char(&out, '\n');
        } else {
            buf_char(&out, c);
        }
    }
    advance(p);
    Str text = buf_text(&out);
    return new_literal(p, bytes ? value_bytes(text) : value_string(text), token.span);
}

static Expr *parse_double(Parser *p, bool negative, Span span) {
    char *end, *text = arena_cstr(p->arena, p->token.text);
    double value = strtod(text, &end);
    if (value > 1.7976931348623157e308) return fail(p, p->token.span, S("the number is larger than a double can be"));
    advance(p);
    return new_literal(p, value_double(negative ? -value : value), span);
}

static Expr *parse_whole(Parser *p, bool negative, Span span) {
    Token token = p->token;
    bool isUint = token.kind == TOKEN_UINT, hex = token.text.len > 2 && token.text.at[1] == 'x';
    Str digits = {token.text.at, token.text.len - isUint};
    uint64_t value = 0, limit = isUint ? UINT64_MAX : (uint64_t)INT64_MAX + negative;
    for (size_t i = hex ? 2 : 0; i < digits.len; i++) {
        uint64_t digit = (uint64_t)hex_value(digits.at[i]), base = hex ? 16 : 10;
        if (value > (limit - digit) / base)
            return fail(p, token.span,
                        isUint ? S("the number does not fit in 64 bits")
                               : S("the number does not fit in a signed 64-bit integer"));
        value = value * base + digit;
    }
    advance(p);
    return new_literal(p, isUint ? value_uint(value) : value_int((int64_t)(negative ? 0 - value : value)), span);
}

/* Composition. The children's depth is known when a node is finished. */

static Expr *finish(Parser *p, Expr *e) {
    for (uint32_t i = 0; i < e->count; i++) {
        if (!e->args[i]) continue;
        if (e->args[i]->depth >= e->depth) e->depth = (uint16_t)(e->args[i]->depth + 1);
        if (e->args[i]->span.at < e->span.at) e->span.at = e->args[i]->span.at;
        if (e->args[i]->span.end > e->span.end) e->span.end = e->args[i]->span.end;
    }
    if (e->depth > EXPR_MAX_DEPTH) return fail(p, e->mark, S("the expression is nested too deeply"));
    return e;
}

static Expr *compose(Parser *p, ExprKind kind, Span mark, Expr **args, uint32_t count) {
    if (p->failed) return NULL;
    Expr *e = new_expr(p, kind, mark);
    e->args = NEW_ARRAY(p->arena, Expr *, count ? count : 1);
    if (count) memcpy(e->args, args, count * sizeof *args);
    e->count = count;
    return finish(p, e);
}

static Expr *compose_two(Parser *p, ExprKind kind, Span mark, Expr *a, Expr *b) {
    return compose(p, kind, mark, (Expr *[]){a, b}, 2);
}

static void set_name(Expr *e, Str name) {
    e->name = name;
    e->hash = str_hash(name);
}

typedef ARRAY(Expr *) ExprList;

static Expr *parse_expr(Parser *p);

/* The expressions up to `end`, which is taken; a comma may stand before it where `trailing` says so. */
static bool parse_list(Parser *p, ExprList *list, const char *end, bool optionals) {
    bool first = true;
    while (!p->failed && !accept(p, end)) {
        if (!first && !expect(p, ",", "between two values")) return false;
        if (!first && optionals && accept(p, end)) break;
        if (optionals && first && is_other(p, ",")) {
            advance(p);
            return expect(p, end, "after the comma");
        }
        first = false;
        bool optional = optionals && accept(p, "?");
        Expr *item = parse_expr(p);
        if (!item) return false;
        item->optional = optional;
        ARRAY_PUSH(p->arena, list, item);
    }
    return !p->failed;
}

/* Macros */

typedef struct MacroRow {
    const char *name;
    uint8_t macro; /* Macro */
    uint8_t vars;
    uint8_t arguments; /* with the variables */
    bool filter;       /* the argument before the body is a filter */
} MacroRow;

static const MacroRow macros[] = {
    {"all", MACRO_ALL, 1, 2, false},
    {"all", MACRO_ALL, 2, 3, false},
    {"exists", MACRO_EXISTS, 1, 2, false},
    {"exists", MACRO_EXISTS, 2, 3, false},
    {"exists_one", MACRO_EXISTS_ONE, 1, 2, false},
    {"exists_one", MACRO_EXISTS_ONE, 2, 3, false},
    {"existsOne", MACRO_EXISTS_ONE, 2, 3, false},
    {"map", MACRO_MAP, 1, 2, false},
    {"map", MACRO_MAP, 1, 3, true},
    {"filter", MACRO_FILTER, 1, 2, false},
    {"transformList", MACRO_MAP, 2, 3, false},
    {"transformList", MACRO_MAP, 2, 4, true},
    {"transformMap", MACRO_TRANSFORM_MAP, 2, 3, false},
    {"transformMap", MACRO_TRANSFORM_MAP, 2, 4, true},
    {"transformMapEntry", MACRO_TRANSFORM_ENTRY, 2, 3, false},
    {"transformMapEntry", MACRO_TRANSFORM_ENTRY, 2, 4, true},
    {"sortBy", MACRO_SORT_BY, 1, 2, false},
    {"optMap", MACRO_OPT_MAP, 1, 2, false},
    {"optFlatMap", MACRO_OPT_FLAT_MAP, 1, 2, false},
};

static Expr *make_macro(Parser *p, const MacroRow *row, Span mark, Expr *range, const ExprList *list) {
    Expr *args[MACRO_ARGUMENTS] = {range, row->filter ? list->at[row->vars] : NULL, list->at[list->n - 1]};
    Expr *e = compose(p, EXPR_MACRO, mark, args, MACRO_ARGUMENTS);
    if (!e) return NULL;
    e->macro = row->macro;
    e->vars = row->vars;
    set_name(e, str_of(row->name));
    for (uint32_t i = 0; i < row->vars; i++) {
        const Expr *var = list->at[i];
        if (var->kind != EXPR_NAME || var->absolute)
            return fail(p, var->span, str_format(p->arena, "%s() takes a plain name here, for its variable", row->name));
        if (str_eq(var->name, S("__result__"))) return fail(p, var->span, S("this name is kept for the macro itself"));
        e->varNames[i] = var->name;
    }
    if (row->vars == 2 && str_eq(e->varNames[0], e->varNames[1]))
        return fail(p, list->at[1]->span, S("both variables have the same name"));
    return e;
}

static Expr *make_has(Parser *p, Expr *operand, Span mark) {
    if (operand->kind != EXPR_SELECT)
        return fail_with(p, operand->span, S("has() takes a field selection"), S("as in has(object.spec)"));
    operand->kind = EXPR_HAS;
    operand->span.at = mark.at;
    return operand;
}

/* Names, calls, selections */

static bool is_reserved(Str name) {
    static const Str words[] = {STR("as"),        STR("break"),  STR("const"),  STR("continue"), STR("else"), STR("for"),
                                STR("function"),  STR("if"),     STR("import"), STR("let"),      STR("loop"), STR("package"),
                                STR("namespace"), STR("return"), STR("var"),    STR("void"),     STR("while")};
    return str_in(name, words, COUNT(words));
}

static Expr *parse_name(Parser *p) {
    Span mark = p->token.span;
    bool absolute = accept(p, ".");
    if (p->failed) return NULL;
    if (p->token.kind != TOKEN_NAME) return fail(p, p->token.span, S("expected a name"));
    Str name = p->token.text;
    Span span = p->token.span;
    if (is_reserved(name)) return fail(p, span, str_format(p->arena, "'%.*s' is a reserved word", (int)name.len, name.at));
    advance(p);
    mark.end = span.end;
    if (!is_other(p, "(")) {
        Expr *e = new_expr(p, EXPR_NAME, mark);
        set_name(e, name);
        e->absolute = absolute;
        return e;
    }
    advance(p);
    ExprList list = {0};
    if (!parse_list(p, &list, ")", false)) return NULL;
    if (str_eq(name, S("has")) && list.n == 1 && !absolute) return make_has(p, list.at[0], mark);
    Expr *call = compose(p, EXPR_CALL, mark, list.at, list.n);
    if (call) set_name(call, name);
    return call;
}

static Expr *parse_map(Parser *p, Span mark) {
    ExprList list = {0};
    while (!p->failed && !is_other(p, "}")) {
        if (list.n && (!expect(p, ",", "between two entries") || is_other(p, "}"))) break;
        if (!list.n && accept(p, ",")) break;
        bool optional = accept(p, "?");
        Expr *key = parse_expr(p);
        if (!key || !expect(p, ":", "after a key")) return NULL;
        Expr *value = parse_expr(p);
        if (!value) return NULL;
        value->optional = optional;
        ARRAY_PUSH(p->arena, &list, key);
        ARRAY_PUSH(p->arena, &list, value);
    }
    mark.end = p->token.span.end;
    if (p->failed || !expect(p, "}", "after the entries")) return NULL;
    return compose(p, EXPR_MAP, mark, list.at, list.n);
}

static Expr *parse_primary(Parser *p) {
    Span span = p->token.span;
    switch (p->token.kind) {
    case TOKEN_INT:
    case TOKEN_UINT: return parse_whole(p, false, span);
    case TOKEN_DOUBLE: return parse_double(p, false, span);
    case TOKEN_STRING:
    case TOKEN_BYTES: return parse_string(p);
    case TOKEN_NAME: {
        bool yes = str_eq(p->token.text, S("true"));
        if (yes || str_eq(p->token.text, S("false")) || str_eq(p->token.text, S("null"))) {
            bool null = p->token.text.at[0] == 'n';
            advance(p);
            return new_literal(p, null ? value_null() : value_bool(yes), span);
        }
        return parse_name(p);
    }
    case TOKEN_QUOTED_NAME:
        return fail_with(p, span, S("a name in backquotes can only stand behind a dot"),
                         S("as in labels.`app.kubernetes.io/name`"));
    case TOKEN_END: return fail(p, span, span.at ? S("the expression ends too early") : S("the expression is empty"));
    case TOKEN_OTHER: break;
    }
    if (is_other(p, ".")) return parse_name(p);
    if (accept(p, "(")) {
        Expr *e = parse_expr(p);
        span.end = p->token.span.end;
        if (!e || !expect(p, ")", "after the parenthesised expression")) return NULL;
        e->span = span;
        return e;
    }
    if (accept(p, "[")) {
        ExprList list = {0};
        if (!parse_list(p, &list, "]", true)) return NULL;
        return compose(p, EXPR_LIST, span, list.at, list.n);
    }
    if (accept(p, "{")) return parse_map(p, span);
    return fail(p, span, str_format(p->arena, "a value was expected here, not '%.*s'", (int)p->token.text.len, p->token.text.at));
}

static Expr *parse_method(Parser *p, Expr *target, Str name, Span mark) {
    ExprList list = {0};
    ARRAY_PUSH(p->arena, &list, target);
    if (!parse_list(p, &list, ")", false)) return NULL;
    for (size_t i = 0; i < COUNT(macros); i++) {
        if (macros[i].arguments != list.n - 1 || !str_eq(str_of(macros[i].name), name)) continue;
        ExprList rest = {.at = list.at + 1, .n = list.n - 1};
        return make_macro(p, &macros[i], mark, target, &rest);
    }
    Expr *call = compose(p, EXPR_METHOD, mark, list.at, list.n);
    if (call) set_name(call, name);
    return call;
}

static Expr *parse_dot(Parser *p, Expr *target) {
    bool optional = accept(p, "?");
    if (p->failed) return NULL;
    if (p->token.kind != TOKEN_NAME && p->token.kind != TOKEN_QUOTED_NAME)
        return fail(p, p->token.span, S("a field's name was expected behind the dot"));
    Token token = p->token;
    if (str_eq(token.text, S("true")) || str_eq(token.text, S("false")) || str_eq(token.text, S("null")))
        if (token.kind == TOKEN_NAME) return fail(p, token.span, S("this word cannot be a field's name; write ['...'] instead"));
    advance(p);
    if (token.kind == TOKEN_NAME && !optional && accept(p, "(")) return parse_method(p, target, token.text, token.span);
    Expr *e = compose(p, optional ? EXPR_OPTIONAL_SELECT : EXPR_SELECT, token.span, &target, 1);
    if (e) set_name(e, token.text);
    return e;
}

static bool is_qualified_name(const Expr *e) {
    while (e->kind == EXPR_SELECT) e = e->args[0];
    return e->kind == EXPR_NAME;
}

static Expr *parse_postfix(Parser *p, Expr *e) {
    while (e && !p->failed) {
        Span mark = p->token.span;
        if (accept(p, ".")) {
            e = parse_dot(p, e);
        } else if (accept(p, "[")) {
            bool optional = accept(p, "?");
            Expr *index = parse_expr(p);
            mark.end = p->token.span.end;
            if (!index || !expect(p, "]", "after the index")) return NULL;
            e = compose_two(p, optional ? EXPR_OPTIONAL_INDEX : EXPR_INDEX, mark, e, index);
        } else if (is_other(p, "{") && is_qualified_name(e)) {
            return fail_with(p, e->span, S("the API server's environment has no message types to make"),
                             S("a map is written {'key': value}"));
        } else {
            return e;
        }
    }
    return NULL;
}

static Expr *parse_unary(Parser *p) {
    Span mark = p->token.span;
    ExprKind kind = is_other(p, "!") ? EXPR_NOT : EXPR_NEGATE;
    bool operator= kind == EXPR_NOT || is_other(p, "-");
    if (!operator) return parse_postfix(p, parse_primary(p));
    unsigned times = 0;
    while (accept(p, operators[kind])) times++;
    if (p->failed) return NULL;
    /* A single minus before a number is the number's sign: it reaches the lowest integer. */
    bool literal = kind == EXPR_NEGATE && times == 1;
    Expr *operand;
    Span whole = {mark.at, p->token.span.end};
    if (literal && p->token.kind == TOKEN_INT) return parse_postfix(p, parse_whole(p, true, whole));
    if (literal && p->token.kind == TOKEN_DOUBLE) return parse_postfix(p, parse_double(p, true, whole));
    if (kind == EXPR_NOT && is_other(p, "-")) {
        Parser ahead = *p;
        advance(&ahead);
        if (ahead.token.kind != TOKEN_INT && ahead.token.kind != TOKEN_DOUBLE)
            return fail(p, p->token.span, S("'-' cannot stand behind '!'"));
        whole = (Span){p->token.span.at, ahead.token.span.end};
        advance(p);
        operand = parse_postfix(p, p->token.kind == TOKEN_INT ? parse_whole(p, true, whole) : parse_double(p, true, whole));
    } else {
        operand = parse_postfix(p, parse_primary(p));
    }
    if (!operand || times % 2 == 0) return operand;
    return compose(p, kind, mark, &operand, 1);
}

/* Binary operators, the loosest first. */
static const struct Level {
    ExprKind kinds[8];
    uint8_t count;
} levels[] = {
    {{EXPR_LESS, EXPR_LESS_EQUAL, EXPR_GREATER, EXPR_GREATER_EQUAL, EXPR_EQUAL, EXPR_NOT_EQUAL, EXPR_IN}, 7},
    {{EXPR_ADD, EXPR_SUBTRACT}, 2},
    {{EXPR_MULTIPLY, EXPR_DIVIDE, EXPR_REMAINDER}, 3},
};

enum { LEVELS = COUNT(levels) };

static Expr *parse_binary(Parser *p, unsigned level) {
    if (level == LEVELS) return parse_unary(p);
    Expr *left = parse_binary(p, level + 1);
    while (left) {
        ExprKind kind = EXPR_LITERAL;
        for (unsigned i = 0; i < levels[level].count; i++)
            if (is_other(p, operators[levels[level].kinds[i]])) kind = levels[level].kinds[i];
        if (kind == EXPR_LITERAL) break;
        Span mark = p->token.span;
        advance(p);
        Expr *right = p->failed ? NULL : parse_binary(p, level + 1);
        left = right ? compose_two(p, kind, mark, left, right) : NULL;
    }
    return left;
}

static Expr *parse_logic(Parser *p, ExprKind kind) {
    ExprList list = {0};
    Span mark = {0};
    do {
        Expr *e = kind == EXPR_OR ? parse_logic(p, EXPR_AND) : parse_binary(p, 0);
        if (!e) return NULL;
        ARRAY_PUSH(p->arena, &list, e);
        if (!mark.end) mark = p->token.span;
    } while (accept(p, operators[kind]));
    if (p->failed) return NULL;
    return list.n == 1 ? list.at[0] : compose(p, kind, mark, list.at, list.n);
}

static Expr *parse_expr(Parser *p) {
    if (p->failed) return NULL;
    if (++p->nesting > EXPR_MAX_NESTING) return fail(p, p->token.span, S("the expression is nested too deeply"));
    Expr *e = parse_logic(p, EXPR_OR);
    Span mark = p->token.span;
    if (e && accept(p, "?")) {
        Expr *yes = parse_logic(p, EXPR_OR);
        if (!yes || !expect(p, ":", "between the two results of '?'")) return NULL;
        Expr *no = parse_expr(p);
        e = no ? compose(p, EXPR_CONDITION, mark, (Expr *[]){e, yes, no}, 3) : NULL;
    }
    p->nesting--;
    return p->failed ? NULL : e;
}

Expr *expr_parse(Arena *arena, Str text, CelFault *fault) {
    Parser p = {.arena = arena, .text = text, .fault = fault};
    if (text.len > UINT32_MAX / 2 || str_codepoints(text) > EXPR_MAX_CODEPOINTS)
        return fail(&p, (Span){0, 0}, S("the expression has more than 100,000 characters"));
    advance(&p);
    Expr *e = parse_expr(&p);
    if (e && !p.failed && p.token.kind != TOKEN_END)
        return fail(&p, p.token.span,
                    str_format(arena, "the expression should end before '%.*s'", (int)p.token.text.len, p.token.text.at));
    return p.failed ? NULL : e;
}
