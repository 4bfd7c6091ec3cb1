#include "signs.h"

#include "base/near.h"
#include "generated.h"

static const char *const lists[] = {"also", "causes", "look", "rules"};

static const Node *list_of(const Node *map, const char *key) {
    const Node *list = node_get(map, str_of(key));
    return list && list->kind == NODE_LIST ? list : NULL;
}

static void check_rules(File *file, const Node *list, const RuleSet *set) {
    for (uint32_t i = 0; i < list->count; i++) {
        const Node *node = &list->items[i];
        Near near = near_start(node->text);
        bool known = false;
        for (uint32_t j = 0; j < set->items.n && !known; j++) {
            known = str_eq(set->items.at[j].text->rule.name, node->text);
            near_try(&near, set->items.at[j].text->rule.name);
        }
        if (!known)
            complain(file, node->span, near_question(file->gen->arena, near.found), "there is no rule \"%.*s\"",
                     TEXT(node->text));
    }
}

static bool has_topic(const Files *topics, Str name) {
    for (uint32_t i = 0; i < topics->n; i++)
        if (node_get(topics->at[i]->root, name)) return true;
    return false;
}

static void check_sign(File *file, const Entry *entry, const RuleSet *set, const Files *topics) {
    static const Str keys[] = {STR("also"), STR("is"), STR("means"), STR("causes"), STR("look"), STR("rules"), STR("topic")};
    const Node *map = &entry->value;
    if (map->kind != NODE_MAP) {
        complain(file, entry->keySpan, S(""), "a sign must be a map");
        return;
    }
    only_keys(file, map, keys, COUNT(keys));
    if (!text_of(file, map, "is").len || !text_of(file, map, "means").len)
        complain(file, entry->keySpan, S(""), "a sign needs the keys is and means");
    Str topic = text_of(file, map, "topic");
    if (topic.len && !has_topic(topics, topic))
        complain(file, node_get(map, S("topic"))->span, S(""), "there is no topic \"%.*s\"", TEXT(topic));
    for (size_t i = 0; i < COUNT(lists); i++) {
        const Node *node = node_get(map, str_of(lists[i]));
        if (node && (node->kind != NODE_LIST || node->count > UINT8_MAX))
            complain(file, node->span, S(""), "%s must be a list, and not a long one", lists[i]);
        for (uint32_t j = 0; node && node->kind == NODE_LIST && j < node->count; j++)
            if (node->items[j].kind != NODE_STRING) complain(file, node->items[j].span, S(""), "an item must be text");
    }
    if (list_of(map, "rules")) check_rules(file, list_of(map, "rules"), set);
}

void signs_check(const Files *files, const RuleSet *set, const Files *topics) {
    for (uint32_t f = 0; f < files->n; f++) {
        File *file = files->at[f];
        for (uint32_t i = 0; i < file->root->count; i++) check_sign(file, &file->root->entries[i], set, topics);
    }
}

static void write_lists(FILE *out, const Node *map, uint32_t number) {
    for (size_t i = 0; i < COUNT(lists); i++) {
        const Node *list = list_of(map, lists[i]);
        if (!list || !list->count) continue;
        fprintf(out, "static const Str %s_%u[] = {", lists[i], number);
        for (uint32_t j = 0; j < list->count; j++) {
            if (j) fputs(", ", out);
            put_str(out, list->items[j].text);
        }
        fputs("};\n", out);
    }
}

static void write_sign(FILE *out, File *file, const Entry *entry, uint32_t number) {
    static const char *const texts[] = {"is", "means", "topic"};
    fputs("    {.name = ", out);
    put_str(out, entry->key);
    for (size_t i = 0; i < COUNT(texts); i++) {
        fprintf(out, ", .%s = ", texts[i]);
        put_str(out, text_of(file, &entry->value, texts[i]));
    }
    for (size_t i = 0; i < COUNT(lists); i++) {
        const Node *list = list_of(&entry->value, lists[i]);
        if (list && list->count) fprintf(out, ", .%s = {%s_%u, %u}", lists[i], lists[i], number, list->count);
    }
    fputs("},\n", out);
}

void signs_write(const char *dir, const Files *files) {
    Generated generated;
    generated_begin(&generated, dir, "signs_tables.c", "the signs of schema/", "mktables");
    FILE *out = generated.stream;
    uint32_t count = 0;
    fputs("#include \"explain/sign.h\"\n\n", out);
    for (uint32_t f = 0; f < files->n; f++)
        for (uint32_t i = 0; i < files->at[f]->root->count; i++) write_lists(out, &files->at[f]->root->entries[i].value, count++);
    count = 0;
    fputs("\nconst Sign signs[] = {\n", out);
    for (uint32_t f = 0; f < files->n; f++)
        for (uint32_t i = 0; i < files->at[f]->root->count; i++)
            write_sign(out, files->at[f], &files->at[f]->root->entries[i], count++);
    fprintf(out, "};\nconst uint16_t sign_count = %u;\n", count);
    generated_end(&generated);
}
