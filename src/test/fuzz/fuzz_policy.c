/* Damages files of policies and objects at random, reads the policies of what is left and judges its objects: it must end soon,
 * and every place must lie in its file.
 *
 *     fuzz_policy SEED COUNT FILE...
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "policy/policy.h"
#include "random.h"

enum { MAX_TEXT = 30000, MAX_SECONDS = 5 };

static const char *const pieces[] = {
    "variables.",
    "object",
    ".spec",
    "params",
    "authorizer",
    "namespaceObject.metadata",
    "request.userInfo",
    "&a ",
    "*a",
    "!!str ",
    "|\n",
    ">-\n",
    "'",
    "\"",
    "\\",
    "\\\n",
    "\\x41",
    "- ",
    "  ",
    "\n",
    "\n\n",
    "null",
    "~",
    "[]",
    "{}",
    "true",
    "\xc3\xa4",
    "---\n",
    ".all(c, ",
    ".exists(c, ",
    ".filter(c, ",
    ".map(c, ",
    " || ",
    " && ",
    "!",
    "? ",
    " : ",
    ")",
    "(",
    "expression: ",
    "name: ",
    ".?x.orValue([])",
    "kind: ValidatingAdmissionPolicyBinding\n",
    "'*'",
    "a: b\n",
    "<<: *a",
    "#",
    "// x",
};

typedef struct Text {
    char at[MAX_TEXT];
    uint32_t len;
} Text;

static void put(Text *text, uint32_t at, Str piece) {
    if (text->len + piece.len > MAX_TEXT) return;
    memmove(text->at + at + piece.len, text->at + at, text->len - at);
    memcpy(text->at + at, piece.at, piece.len);
    text->len += (uint32_t)piece.len;
}

static void damage(Text *text) {
    uint32_t at = below(text->len + 1), rest = text->len - at;
    switch (below(5)) {
    case 0: {
        uint32_t count = 1 + below(below(8) ? 6 : 200);
        if (count > rest) count = rest;
        memmove(text->at + at, text->at + at + count, rest - count);
        text->len -= count;
        break;
    }
    case 1:
        if (rest) text->at[at] = (char)(32 + below(95));
        break;
    case 2: { /* a part of the text once more, elsewhere */
        char copy[200];
        uint32_t count = below(sizeof copy), from = below(text->len);
        if (from + count > text->len) count = text->len - from;
        memcpy(copy, text->at + from, count);
        put(text, at, (Str){copy, count});
        break;
    }
    default: put(text, at, str_of(pieces[below(COUNT(pieces))]));
    }
}

static bool places_lie_inside(const DiagList *list, const Source *source) {
    for (uint32_t i = 0; i < list->items.n; i++) {
        const Diag *diag = &list->items.at[i];
        if (diag->span.at > diag->span.end || diag->span.end > source->text.len || !diag->message.len) return false;
    }
    return true;
}

static bool judge(const Policies *policies, const Source *source, Arena *arena, uint32_t *found) {
    NodeReader reader = {.source = source};
    bool fine = true;
    for (NodeDocument node; node_next(&reader, arena, &node);) {
        Document *items;
        uint32_t n = model_build(arena, source, &node, VERSION_LAST, &items);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t before = items[i].diags.items.n;
            policies_judge(policies, &items[i]);
            *found += items[i].diags.items.n - before;
            fine &= places_lie_inside(&items[i].diags, source);
        }
    }
    return fine;
}

static bool attempt(const char *path, Arena *arena, uint32_t *found) {
    InputList files = {.arena = arena}, none = {.arena = arena};
    input_add(&files, str_of(path));
    Policies *policies = policies_read(arena, &files, &none, rule_count);
    PolicyFile *file = &policies->files[0];
    bool fine = file->error.at || judge(policies, file->source, arena, found);
    policies_conclude(policies);
    for (uint32_t i = 0; i < file->documents.n; i++) fine &= places_lie_inside(&file->documents.at[i].diags, file->source);
    return fine;
}

int main(int argc, char **argv) {
    static Text text;
    char path[] = "/tmp/fuzz_policy.XXXXXX.yaml";
    Arena seeds = {0}, arena = {0};
    if (argc < 4) {
        fputs("usage: fuzz_policy SEED COUNT FILE...\n", stderr);
        return 2;
    }
    int fd = mkstemps(path, 5), code = fd < 0;
    seed(strtoull(argv[1], NULL, 10));
    unsigned long count = strtoul(argv[2], NULL, 10);
    uint32_t found = 0;
    for (unsigned long i = 0; i < count && !code; i++) {
        Source seed;
        if (source_read(&seed, &seeds, str_of(argv[3 + below((uint32_t)argc - 3)]))) return 2;
        text.len = seed.text.len < MAX_TEXT / 2 ? (uint32_t)seed.text.len : MAX_TEXT / 2;
        memcpy(text.at, seed.text.at, text.len);
        for (uint32_t times = below(5); times; times--) damage(&text);
        if (ftruncate(fd, 0) || pwrite(fd, text.at, text.len, 0) != (ssize_t)text.len) code = 2;
        time_t start = time(NULL);
        bool fine = attempt(path, &arena, &found);
        if (!fine || time(NULL) - start > MAX_SECONDS) {
            printf("%s: round %lu\n%.*s\n", fine ? "too slow" : "wrong place", i, (int)text.len, text.at);
            code = 1;
        }
        arena_reset(&arena);
        arena_reset(&seeds);
    }
    printf("%lu damaged files of policies: %u findings\n", count, found);
    close(fd);
    unlink(path);
    arena_free(&arena);
    arena_free(&seeds);
    return code;
}
