#include "file.h"

#include "base/near.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void complain(File *file, Span span, Str help, const char *format, ...) {
    Place place = source_place(&file->source, file->gen->arena, span.at);
    fprintf(stderr, "%.*s:%u:%u: error: ", TEXT(file->source.name), place.line, place.column);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    if (help.len) fprintf(stderr, "  = help: %.*s\n", TEXT(help));
    file->gen->mistakes++;
}

File *file_read(Gen *gen, const char *name) {
    File *file = NEW(gen->arena, File);
    file->gen = gen;
    SourceError error = source_read(&file->source, gen->arena, str_of(name));
    if (error != SOURCE_OK) {
        Str text = source_error_text(gen->arena, error, errno);
        fprintf(stderr, "mktables: cannot read %s: %.*s\n", name, TEXT(text));
        exit(2);
    }
    NodeReader reader = {.source = &file->source};
    NodeDocument document = {0};
    bool any = node_next(&reader, gen->arena, &document);
    for (uint32_t i = 0; i < document.faults.n; i++) {
        const Fault *fault = &document.faults.at[i];
        complain(file, fault->span, S(""), "%s %.*s", fault_name(fault->kind), TEXT(fault->text));
    }
    if (any && document.readable && document.root->kind == NODE_MAP) {
        file->root = document.root;
        return file;
    }
    if (!document.faults.n) complain(file, (Span){0}, S(""), "the file must hold one map");
    return NULL;
}

Str known_word(File *file, const Node *node, const char *what, const Str *words, size_t count) {
    bool scalar = node->kind != NODE_LIST && node->kind != NODE_MAP;
    if (scalar && str_in(node->text, words, count)) return node->text;
    complain(file, node->span, scalar ? did_you_mean(file->gen->arena, node->text, words, count) : S(""), "unknown %s \"%.*s\"",
             what, TEXT(scalar ? node->text : S("")));
    return S("");
}

Str word_of(File *file, const Node *map, const char *key, const Str *words, size_t count) {
    const Node *node = node_get(map, str_of(key));
    return node && node->kind != NODE_NULL ? known_word(file, node, key, words, count) : S("");
}

void only_keys(File *file, const Node *map, const Str *keys, size_t count) {
    if (map->kind != NODE_MAP) return;
    for (uint32_t i = 0; i < map->count; i++)
        if (!str_in(map->entries[i].key, keys, count))
            complain(file, map->entries[i].keySpan, did_you_mean(file->gen->arena, map->entries[i].key, keys, count),
                     "unknown key \"%.*s\"", TEXT(map->entries[i].key));
}

Str text_of(File *file, const Node *map, const char *key) {
    const Node *node = node_get(map, str_of(key));
    if (!node || node->kind == NODE_NULL) return S("");
    if (node->kind != NODE_LIST && node->kind != NODE_MAP) return str_trim(node->text);
    complain(file, node->span, S(""), "%s must be a scalar", key);
    return S("");
}

bool flag_of(File *file, const Node *map, const char *key) {
    const Node *node = node_get(map, str_of(key));
    if (node && node->kind != NODE_BOOL) complain(file, node->span, S(""), "%s must be true or false", key);
    return node && str_eq(node->text, S("true"));
}

bool integer_of(File *file, const Node *map, const char *key, int64_t *out) {
    const Node *node = node_get(map, str_of(key));
    if (!node) return false;
    if (node->kind != NODE_INT) complain(file, node->span, S(""), "%s must be an integer", key);
    *out = strtoll(arena_cstr(file->gen->arena, node->text), NULL, 10);
    return node->kind == NODE_INT;
}

bool is_member_name(Str name) {
    /* The keywords of C11, the macros in small letters of its headers, and the names that the generated code has itself. */
    static const Str taken[] = {
        STR("auto"),    STR("break"),  STR("case"),     STR("char"),   STR("const"),    STR("continue"), STR("default"),
        STR("do"),      STR("double"), STR("else"),     STR("enum"),   STR("extern"),   STR("float"),    STR("for"),
        STR("goto"),    STR("if"),     STR("inline"),   STR("int"),    STR("long"),     STR("register"), STR("restrict"),
        STR("return"),  STR("short"),  STR("signed"),   STR("sizeof"), STR("static"),   STR("struct"),   STR("switch"),
        STR("typedef"), STR("union"),  STR("unsigned"), STR("void"),   STR("volatile"), STR("while"),    STR("bool"),
        STR("true"),    STR("false"),  STR("errno"),    STR("head"),   STR("only"),     STR("list"),     STR("where"),
    };
    for (size_t i = 0; i < name.len; i++)
        if (!(i ? is_alnum(name.at[i]) || name.at[i] == '_' : is_letter(name.at[i]))) return false;
    return name.len && !str_in(name, taken, COUNT(taken));
}
