/* For each file named on standard input: what the reader makes of its first document, as a line of JSON. For comparing the reader
 * with others on many inputs; see src/test/recorded/yaml_suite.md. */
#include "yaml/node.h"

#include <stdio.h>

#include <jansson.h>

static json_t *json_of(const Node *node) {
    switch ((NodeKind)node->kind) {
    case NODE_NULL: return json_null();
    case NODE_BOOL: return json_boolean(node->text.at[0] == 't');
    case NODE_INT:
    case NODE_FLOAT: return json_loadb(node->text.at, node->text.len, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
    case NODE_STRING: return json_stringn(node->text.len ? node->text.at : "", node->text.len);
    case NODE_LIST: {
        json_t *list = json_array();
        for (uint32_t i = 0; i < node->count; i++) json_array_append_new(list, json_of(&node->items[i]));
        return list;
    }
    case NODE_MAP: {
        json_t *map = json_object();
        for (uint32_t i = 0; i < node->count; i++)
            json_object_setn_new_nocheck(map, node->entries[i].key.at ? node->entries[i].key.at : "", node->entries[i].key.len,
                                         json_of(&node->entries[i].value));
        return map;
    }
    }
    return NULL;
}

static json_t *read_first(Arena *arena, const char *name) {
    Source source;
    NodeDocument document;
    if (source_read(&source, arena, str_of(name)) != SOURCE_OK)
        return json_pack("{s:s,s:s}", "file", name, "error", "cannot be read");
    NodeReader reader = {.source = &source};
    if (!node_next(&reader, arena, &document)) return json_pack("{s:s,s:n}", "file", name, "json");
    for (uint32_t i = 0; i < document.faults.n; i++)
        if (document.faults.at[i].kind < FAULT_STREAM && document.faults.at[i].kind != FAULT_SEPARATOR)
            return json_pack("{s:s,s:s}", "file", name, "error", fault_name(document.faults.at[i].kind));
    return json_pack("{s:s,s:o}", "file", name, "json", json_of(document.root));
}

int main(void) {
    char name[4096];
    Arena arena = {0};
    while (fgets(name, sizeof name, stdin)) {
        name[strcspn(name, "\n")] = '\0';
        json_t *line = read_first(&arena, name);
        json_dumpf(line, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
        putchar('\n');
        json_decref(line);
        arena_reset(&arena);
    }
    arena_free(&arena);
    return 0;
}
