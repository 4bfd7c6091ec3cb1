#include "fix_text.h"

bool fix_text_unsafe(Str *text) {
    static const Str word = STR("unsafe");
    if (!str_starts(*text, word) || (text->len > word.len && !is_space(text->at[word.len]))) return false;
    *text = str_trim(str_slice(*text, word.len));
    return true;
}

uint8_t fix_text_up(Str *path) {
    uint8_t up = 0;
    while (up < UINT8_MAX && str_starts(*path, S("../"))) {
        *path = str_slice(*path, 3);
        up++;
    }
    return up;
}

static bool is_path(Str path) {
    fix_text_up(&path);
    for (size_t i = 0; i < path.len; i++) {
        char c = path.at[i];
        bool parts = i > 0 && i + 1 < path.len && c == '.' && path.at[i - 1] != '.';
        if (!is_alnum(c) && !parts) return false;
    }
    return true;
}

/* What a step takes: a value or a name is wanted, a path may stand before it, or only a path. */
typedef enum Shape { TAKES_BOTH, TAKES_VALUE, TAKES_PATH } Shape;

bool fix_text_next(Str *text, FixStep *out, Str *fault, const char **message) {
    static const struct {
        Str word;
        Shape shape;
    } verbs[FIX_VERB_COUNT] = {
        [FIX_SET] = {STR("set"), TAKES_BOTH},       [FIX_ADD] = {STR("add"), TAKES_BOTH},
        [FIX_REMOVE] = {STR("remove"), TAKES_PATH}, [FIX_RENAME] = {STR("rename"), TAKES_VALUE},
        [FIX_MOVE] = {STR("move"), TAKES_VALUE},    [FIX_QUOTE] = {STR("quote"), TAKES_PATH},
        [FIX_WRAP] = {STR("wrap"), TAKES_VALUE},
    };
    *message = NULL;
    *text = str_trim(*text);
    if (!text->len) return false;
    ptrdiff_t newline = str_find(*text, '\n');
    Str line = str_trim((Str){text->at, newline < 0 ? text->len : (size_t)newline});
    *text = newline < 0 ? S("") : str_slice(*text, (size_t)newline + 1);
    ptrdiff_t space = str_find(line, ' ');
    Str word = {line.at, space < 0 ? line.len : (size_t)space}, rest = str_trim(str_slice(line, word.len));
    *out = (FixStep){.verb = FIX_VERB_COUNT};
    *fault = word;
    for (uint8_t i = 0; i < FIX_VERB_COUNT; i++)
        if (str_eq(verbs[i].word, word)) out->verb = i;
    if (out->verb == FIX_VERB_COUNT) {
        *message = "a step of a fix begins with set, add, remove, rename, move, quote or wrap";
        return false;
    }
    Shape shape = verbs[out->verb].shape;
    *fault = rest.len ? rest : word;
    if (shape == TAKES_PATH) {
        out->path = rest;
    } else {
        ptrdiff_t colon = -1;
        for (size_t i = 0; shape == TAKES_BOTH && i + 1 < rest.len && colon < 0 && rest.at[i] != '"'; i++)
            if (rest.at[i] == ':' && rest.at[i + 1] == ' ') colon = (ptrdiff_t)i;
        if (colon >= 0) out->path = (Str){rest.at, (size_t)colon};
        out->value = colon < 0 ? rest : str_trim(str_slice(rest, (size_t)colon + 1));
        if (!out->value.len) *message = "this step takes a value or a name";
    }
    if (!is_path(out->path) || (out->verb == FIX_MOVE && !is_path(out->value)))
        *message = "a path is made of fields with dots between them, and ../ in front of it leads up";
    out->up = fix_text_up(&out->path);
    return !*message;
}
