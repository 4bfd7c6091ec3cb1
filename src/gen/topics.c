#include "topics.h"

#include "base/near.h"
#include "simulate/kubelet.h"
#include "yaml/text_span.h"
#include "generated.h"

/* Tells of {NAMES} in a text that are no numbers of the kubelet. */
static void check_numbers(File *file, const Node *node) {
#define NAME(name, value) STR(#name),
    static const Str numbers[] = {KUBELET_NUMBERS(NAME)};
#undef NAME
    Str text = node->text;
    for (size_t i = 0; i < text.len; i++) {
        size_t end = i + 1;
        while (end < text.len && (is_upper(text.at[end]) || is_digit(text.at[end]) || text.at[end] == '_')) end++;
        bool braced = text.at[i] == '{' && end > i + 1 && end < text.len && text.at[end] == '}';
        Str name = {text.at + i + 1, end - i - 1};
        if (!braced || str_in(name, numbers, COUNT(numbers))) continue;
        Span span = node_text_span(&file->source, node, (Span){(uint32_t)i + 1, (uint32_t)end});
        complain(file, span, did_you_mean(file->gen->arena, name, numbers, COUNT(numbers)),
                 "src/simulate/kubelet.h has no number %.*s", TEXT(name));
    }
}

static void check_topic(File *file, const Entry *entry) {
    static const Str keys[] = {STR("title"), STR("text")};
    if (entry->value.kind != NODE_MAP) {
        complain(file, entry->keySpan, S(""), "a topic must be a map");
        return;
    }
    only_keys(file, &entry->value, keys, COUNT(keys));
    for (size_t i = 0; i < COUNT(keys); i++) {
        const Node *node = node_get(&entry->value, keys[i]);
        if (node && node->kind == NODE_STRING)
            check_numbers(file, node);
        else
            complain(file, node ? node->span : entry->keySpan, S(""), "the topic needs a %.*s", TEXT(keys[i]));
    }
}

void topics_check(const Files *files) {
    for (uint32_t f = 0; f < files->n; f++) {
        File *file = files->at[f];
        for (uint32_t i = 0; i < file->root->count; i++) {
            const Entry *entry = &file->root->entries[i];
            check_topic(file, entry);
            for (uint32_t other = 0; other < f; other++)
                if (node_get(files->at[other]->root, entry->key))
                    complain(file, entry->keySpan, S(""), "%.*s is a topic of another file as well", TEXT(entry->key));
        }
    }
}

void topics_write(const char *dir, const Files *files) {
    Generated generated;
    generated_begin(&generated, dir, "topics_tables.c", "the topics of schema/", "mktables");
    FILE *out = generated.stream;
    uint32_t count = 0;
    fputs("#include \"explain/topic.h\"\n\nconst Topic topics[] = {\n", out);
    for (uint32_t f = files->n; f-- > 0;) {
        File *file = files->at[f];
        for (uint32_t i = 0; i < file->root->count; i++, count++) {
            const Entry *entry = &file->root->entries[i];
            fputs("    {", out);
            put_str(out, entry->key);
            fputs(", ", out);
            put_str(out, text_of(file, &entry->value, "title"));
            fputs(", ", out);
            put_str(out, text_of(file, &entry->value, "text"));
            fputs("},\n", out);
        }
    }
    fprintf(out, "};\nconst uint16_t topic_count = %u;\n", count);
    generated_end(&generated);
}
