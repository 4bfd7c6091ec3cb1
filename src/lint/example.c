#include "example.h"

static void put_indented(Buf *buf, Str text, size_t indent) {
    while (text.len) {
        ptrdiff_t end = str_find(text, '\n');
        Str line = end < 0 ? text : (Str){text.at, (size_t)end};
        if (line.len) buf_repeat(buf, ' ', indent);
        buf_str(buf, line);
        buf_char(buf, '\n');
        text = end < 0 ? S("") : str_slice(text, (size_t)end + 1);
    }
}

static bool has_key(Arena *arena, Str example, const char *key) {
    Str start = str_of(key), after = str_join(arena, S("\n"), start);
    return str_starts(example, start) || str_has(example, after);
}

Str rule_example(Arena *arena, Str example) {
    Buf buf = {.arena = arena};
    if (has_key(arena, example, "kind:")) return str_join(arena, example, S("\n"));
    buf_str(&buf, S("apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n"));
    if (has_key(arena, example, "containers:")) {
        put_indented(&buf, example, 2);
        return buf_text(&buf);
    }
    buf_str(&buf, S("  containers:\n    - name: web\n"));
    put_indented(&buf, example, 6);
    return buf_text(&buf);
}
