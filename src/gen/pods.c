#include "pods.h"

#include "generated.h"

static const Str forms[] = {STR("template"), STR("spec"), STR("container")};
static const Str keeps[] = {STR("replicas")};

void pods_check(File *file) {
    static const Str keys[] = {STR("path"), STR("as"), STR("whole"), STR("reads"), STR("keeps")};
    for (uint32_t i = 0; i < file->root->count; i++) {
        const Entry *entry = &file->root->entries[i];
        if (str_find(entry->key, '/') < 0) complain(file, entry->keySpan, S(""), "%.*s is no GROUP/KIND", TEXT(entry->key));
        if (entry->value.kind != NODE_LIST) complain(file, entry->keySpan, S(""), "%.*s must have a list", TEXT(entry->key));
        for (uint32_t k = 0; entry->value.kind == NODE_LIST && k < entry->value.count; k++) {
            const Node *row = &entry->value.items[k];
            only_keys(file, row, keys, COUNT(keys));
            word_of(file, row, "as", forms, COUNT(forms));
            word_of(file, row, "keeps", keeps, COUNT(keeps));
            const Node *reads = node_get(row, S("reads"));
            if (reads && reads->kind != NODE_LIST) complain(file, reads->span, S(""), "reads must be a list");
            if (!text_of(file, row, "path").len) complain(file, row->span, S(""), "a row has no path");
        }
    }
}

void pods_put_tables(FILE *out, const File *file) {
    uint32_t count = 0;
    fputs("const PodRow schema_pods[] = {\n", out);
    for (uint32_t i = 0; i < file->root->count; i++) {
        const Entry *entry = &file->root->entries[i];
        size_t slash = (size_t)str_find(entry->key, '/');
        for (uint32_t k = 0; k < entry->value.count; k++, count++) {
            const Node *row = &entry->value.items[k], *whole = node_get(row, S("whole"));
            fputs("    {.group = ", out);
            put_str(out, (Str){entry->key.at, slash});
            fputs(", .kind = ", out);
            put_str(out, str_slice(entry->key, slash + 1));
            fputs(", .path = ", out);
            put_str(out, node_get(row, S("path"))->text);
            fputs(", .form = ", out);
            put_constant(out, "POD_AS", node_get(row, S("as"))->text, "TEMPLATE");
            const Node *reads = node_get(row, S("reads"));
            fprintf(out, ", .reads = STR(\"");
            for (uint32_t r = 0; reads && r < reads->count; r++) fprintf(out, "%s%.*s", r ? " " : "", TEXT(reads->items[r].text));
            fprintf(out, "\"), .whole = %d, .keepsReplicas = %d},\n", whole != NULL, node_get(row, S("keeps")) != NULL);
        }
    }
    fprintf(out, "};\nconst uint16_t schema_pod_count = %u;\n\n", count);
}
