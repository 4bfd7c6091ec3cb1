#include "code.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_word(char c) {
    return is_alnum(c) || c == '_';
}

/* Where the comment, the text or the character that begins at `i` ends; `i` itself if none does. */
static size_t past_opaque(Str text, size_t i) {
    bool comment = text.at[i] == '/' && i + 1 < text.len && (text.at[i + 1] == '*' || text.at[i + 1] == '/');
    if (comment && text.at[i + 1] == '/') {
        while (i < text.len && text.at[i] != '\n') i++;
    } else if (comment) {
        for (i += 2; i + 1 < text.len && !(text.at[i] == '*' && text.at[i + 1] == '/');) i++;
        i += 2;
    } else if (text.at[i] == '"' || text.at[i] == '\'') {
        char quote = text.at[i++];
        while (i < text.len && text.at[i] != quote) i += text.at[i] == '\\' ? 2 : 1;
        i++;
    }
    return i < text.len ? i : text.len;
}

static Str word_at(Str text, size_t i) {
    size_t end = i;
    while (end < text.len && is_word(text.at[end])) end++;
    return (Str){text.at + i, end - i};
}

/* Reads the arguments that begin at a parenthesis. */
static Call read_call(Gen *gen, Str text, size_t open, Str rule) {
    Call call = {.rule = rule};
    ARRAY(Str) slots = {0};
    int depth = 0;
    char before = '\0';
    for (size_t i = open; i < text.len;) {
        size_t past = past_opaque(text, i);
        if (past > i) {
            i = past;
            continue;
        }
        char c = text.at[i++];
        if (c == '(' || c == '{' || c == '[') depth++;
        if (c == ')' || c == '}' || c == ']') depth--;
        if (!depth) break;
        if (c == '.' && depth == 1 && before == ',') ARRAY_PUSH(gen->arena, &slots, word_at(text, i));
        if (!is_space(c)) before = c;
    }
    call.slots = slots.at;
    call.slotCount = slots.n;
    return call;
}

/* A parameter that is named behind a rule. */
static void read_parameter(Code *code, Gen *gen, Str rule, Str rest) {
    Str before = S(", S(\"");
    if (!str_starts(rest, before)) return;
    Str name = str_slice(rest, before.len);
    ptrdiff_t end = str_find(name, '"');
    if (end < 0) return;
    name.len = (size_t)end;
    ARRAY_PUSH(gen->arena, &code->parameters, (ParameterUse){rule, name});
}

static void read_check(Code *code, Gen *gen, Str name, Str rest) {
    Str before = S("(Lint *lint, const ");
    if (str_starts(rest, before)) ARRAY_PUSH(gen->arena, &code->checks, (Check){name, word_at(rest, before.len)});
}

void code_read(Code *code, Gen *gen, const char *name) {
    Source source;
    SourceError error = source_read(&source, gen->arena, str_of(name));
    if (error != SOURCE_OK) {
        fprintf(stderr, "mktables: cannot read %s: %s\n", name, strerror(errno));
        exit(2);
    }
    Str text = source.text;
    for (size_t i = 0; i < text.len;) {
        size_t past = past_opaque(text, i);
        Str word = past == i ? word_at(text, i) : S("");
        bool called = word.len && i + word.len < text.len && text.at[i + word.len] == '(';
        if (called && str_starts(word, S("emit_")))
            ARRAY_PUSH(gen->arena, &code->calls, read_call(gen, text, i + word.len, str_slice(word, 5)));
        if (called && str_starts(word, S("lint_")) && i >= 6 && str_eq((Str){text.at + i - 6, 6}, S("\nvoid ")))
            read_check(code, gen, str_slice(word, 5), str_slice(text, i + word.len));
        if (str_starts(word, S("RULE_"))) read_parameter(code, gen, str_slice(word, 5), str_slice(text, i + word.len));
        i = past > i ? past : i + (word.len ? word.len : 1);
    }
}
