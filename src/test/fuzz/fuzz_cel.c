/* Damages expressions at random and evaluates what is left: it must end soon, with a value or with a fault that points into the
 * text. Built with SANITIZE=1 it finds what a run alone does not show.
 *
 *     fuzz_cel FILE [SEED [COUNT]]    {"exprs": [...], "object": {...}}
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cel/cel.h"
#include "cel/json.h"
#include "model/model.h"
#include "random.h"

enum { MAX_TEXT = 4000, MAX_SECONDS = 5 };

/* What the language is made of, to be put where it does not belong. */
static const char *const pieces[] = {
    "object",
    ".spec",
    ".?",
    "[?0]",
    "[0]",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "?",
    ":",
    ",",
    "'",
    "\"",
    "\"\"\"",
    "\\",
    "\\u00e9",
    "r'",
    "b'",
    "`a-b`",
    "!",
    "-",
    "&&",
    "||",
    "==",
    "<",
    " in ",
    "+",
    "%",
    "/",
    "1",
    "0u",
    "1.5",
    "1e9",
    "null",
    "true",
    "// x\n",
    "\xc3\xa9",
    "\xff",
    "has(",
    ".all(x, ",
    ".map(x, ",
    ".filter(k, v, ",
    ".exists(",
    ".transformMap(i, v, ",
    ".sortBy(x, ",
    ".optMap(x, ",
    ".orValue(",
    "optional.of(",
    "dyn(",
    "type(",
    "int(",
    "duration('1h')",
    "timestamp('2024-01-01T00:00:00Z')",
    "quantity('1Gi')",
    ".matches('(a|b)*c')",
    ".format([",
    "'%s %d'",
    ".find('",
    ".split(",
    ".join(",
    ".flatten(",
    ".distinct()",
    ".slice(",
    "lists.range(",
    "ip('::1')",
    "cidr('10.0.0.0/8')",
    "url('http://a/')",
    "semver('1.2.3')",
    "format.named('uri')",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615u",
    ".size()",
    "x",
    "k",
    "sets.contains(",
    ".substring(",
    ".replace('', 'aaaa')",
    ".containsIP(",
    "string(",
    "double(",
};

static uint32_t put(char *text, uint32_t len, uint32_t at, Str piece) {
    if (len + piece.len > MAX_TEXT) return len;
    memmove(text + at + piece.len, text + at, len - at);
    memcpy(text + at, piece.at, piece.len);
    return len + (uint32_t)piece.len;
}

static uint32_t cut(char *text, uint32_t len, uint32_t at, uint32_t count) {
    if (count > len - at) count = len - at;
    memmove(text + at, text + at + count, len - at - count);
    return len - count;
}

static uint32_t damage(char *text, uint32_t len, Eval *ev, Value list) {
    uint32_t at = below(len + 1);
    switch (below(6)) {
    case 0: return cut(text, len, at, 1 + below(8));
    case 1:
        if (at < len) text[at] = (char)below(256);
        return len;
    case 2: {
        Str other = value_str(list_item(ev, list, below(list.len)));
        uint32_t from = below((uint32_t)other.len);
        Str part = str_slice(other, from);
        if (part.len > 40) part.len = below(40);
        return put(text, len, at, part);
    }
    case 3: { /* the same part again and again, for depth and chains */
        char copy[64];
        uint32_t width = 1 + below(20);
        if (at + width > len) return len;
        memcpy(copy, text + at, width);
        for (uint32_t times = below(60); times; times--) len = put(text, len, at, (Str){copy, width});
        return len;
    }
    default: return put(text, len, at, str_of(pieces[below(COUNT(pieces))]));
    }
}

typedef struct Result {
    unsigned refused, failed, valued;
} Result;

/* False if the outcome is not as it must be. */
static bool attempt(Str text, const Value *values, Arena *arena, Result *result) {
    static const CelVariable variables[] = {{STR("object"), &cel_dyn}, {STR("request"), &cel_admission_request}};
    static const CelEnv env = {.variables = variables, .count = 2};
    CelFault fault = {0};
    CelProgram *program = cel_compile(arena, &env, text, &fault);
    if (!program) {
        result->refused++;
        return fault.message.len && fault.span.at <= fault.span.end && fault.span.end <= text.len;
    }
    CelRun run;
    cel_start(&run, arena, &env, values);
    Value v = cel_evaluate(&run, program);
    if (is_error(v)) {
        result->failed++;
        return v.error->message.len && v.error->span.end <= text.len;
    }
    Buf out = {.arena = arena};
    if (v.kind == VALUE_ABSENT) return false;
    json_write_typed(&out, &run.eval, v);
    value_write(&out, &run.eval, v);
    result->valued++;
    return true;
}

int main(int argc, char **argv) {
    Arena arena = {0}, used = {0};
    Source file, source;
    Value input;
    size_t at;
    if (argc < 2 || source_read(&file, &arena, str_of(argv[1])) || !json_read(&arena, file.text, &input, &at)) {
        fputs("usage: fuzz_cel FILE [SEED [COUNT]]\n", stderr);
        return 2;
    }
    seed(argc > 2 ? strtoull(argv[2], NULL, 10) : 1);
    unsigned long count = argc > 3 ? strtoul(argv[3], NULL, 10) : 20000;
    Eval ev = {.arena = &arena, .steps = INT64_MAX};
    Value object = map_find(&ev, input, value_string(S("object"))), list = map_find(&ev, input, value_string(S("exprs")));
    Buf text = {.arena = &arena};
    json_write_plain(&text, &ev, object);
    source_from_bytes(&source, &arena, S("object"), buf_text(&text));
    NodeReader reader = {.source = &source};
    NodeDocument node;
    Document *document;
    if (!node_next(&reader, &arena, &node) || !model_build(&arena, &source, &node, VERSION_LAST, &document) || !document->object)
        return 2;
    const Value objects[] = {object, value_of_node(document->root), value_of_struct(document->type, document->object)};
    Result result = {0};
    int code = 0;
    for (unsigned long i = 0; i < count; i++) {
        char expression[MAX_TEXT + 1];
        Str seed = value_str(list_item(&ev, list, below(list.len)));
        uint32_t len = seed.len < MAX_TEXT / 2 ? (uint32_t)seed.len : MAX_TEXT / 2;
        memcpy(expression, seed.at, len);
        for (uint32_t times = 1 + below(4); times; times--) len = damage(expression, len, &ev, list);
        Str damaged = str_valid_utf8(&used, (Str){expression, len});
        time_t start = time(NULL);
        bool fine = attempt(damaged, (const Value[]){objects[below(3)], value_null()}, &used, &result);
        if (!fine || time(NULL) - start > MAX_SECONDS) {
            printf("%s: %.*s\n", fine ? "too slow" : "wrong outcome", (int)damaged.len, damaged.at);
            code = 1;
        }
        arena_reset(&used);
    }
    printf("%lu damaged expressions: %u refused, %u without a value, %u evaluated\n", count, result.refused, result.failed,
           result.valued);
    arena_free(&arena);
    arena_free(&used);
    return code;
}
