#include "fingerprint.h"

#include <stdlib.h>

#include "input/input.h"

Str object_name(Arena *arena, const ResultDocument *document) {
    Buf name = {.arena = arena};
    buf_str(&name, document->kind);
    if (document->name.len) {
        if (name.len) buf_char(&name, ' ');
        buf_str(&name, document->namespace_);
        if (document->namespace_.len) buf_char(&name, '/');
        buf_str(&name, document->name);
    }
    return buf_text(&name);
}

Identity identity_of(Arena *arena, Str file, const ResultDocument *document, const Finding *finding) {
    return (Identity){.file = str_valid_utf8(arena, file),
                      .object = str_valid_utf8(arena, object_name(arena, document)),
                      .rule = finding->rule->name,
                      .path = str_valid_utf8(arena, finding->namedPath),
                      .text = str_format(arena, "%016llx", (unsigned long long)finding->flagged)};
}

int identity_compare(const Identity *a, const Identity *b) {
    int order = str_cmp(a->file, b->file);
    if (!order) order = str_cmp(a->object, b->object);
    if (!order) order = str_cmp(a->rule, b->rule);
    if (!order) order = str_cmp(a->path, b->path);
    return order ? order : str_cmp(a->text, b->text);
}

typedef struct Numbered {
    uint64_t hash;
    uint32_t number;
} Numbered;

static int by_hash(const void *left, const void *right) {
    const Numbered *a = left, *b = right;
    if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

Str *fingerprints(Arena *arena, const Run *run) {
    ARRAY(Numbered) all = {0};
    uint32_t count = 0;
    RunWalk walk = {.run = run};
    const ResultFile *file = NULL;
    Str name = {0};
    while (run_next(&walk)) {
        if (walk.file != file) name = input_relative(arena, ".", walk.file->name);
        file = walk.file;
        Identity id = identity_of(arena, name, walk.document, walk.finding);
        uint64_t hash = str_hash_on(str_hash_on(str_hash_on(HASH_START, id.file), id.object), id.rule);
        hash = str_hash_on(str_hash_on(hash, id.path), id.text);
        ARRAY_PUSH(arena, &all, (Numbered){hash, count++});
    }
    Str *out = NEW_ARRAY(arena, Str, all.n + 1);
    if (all.n) qsort(all.at, all.n, sizeof *all.at, by_hash);
    for (uint32_t i = 0, alike = 0; i < all.n; i++) {
        alike = i > 0 && all.at[i].hash == all.at[i - 1].hash ? alike + 1 : 1;
        out[all.at[i].number] = str_format(arena, "%016llx-%u", (unsigned long long)all.at[i].hash, alike);
    }
    return out;
}
