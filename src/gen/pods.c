#include "pods.h"

#include "generated.h"

static const Str forms[] = {STR("template"), STR("spec"), STR("container")};
static const Str keeps[] = {STR("replicas")};

/* Whether a path is names with dots between them, the last signs of each [] where it stands for items, or a * for entries. */
static bool is_path(Str path) {
    while (path.len) {
        ptrdiff_t dot = str_find(path, '.');
        Str name = {path.at, dot < 0 ? path.len : (size_t)dot};
        if (dot == 0 || (dot > 0 && (size_t)dot + 1 == path.len)) return false;
        path = str_slice(path, name.len + (dot >= 0));
        if (str_eq(name, S("*"))) continue;
        if (str_ends(name, S("[]"))) name.len -= 2;
        for (size_t i = 0; i < name.len; i++)
            if (!is_alnum(name.at[i])) return false;
        if (!name.len) return false;
    }
    return true;
}

static void check_path(File *file, const Node *rows, uint32_t number) {
    const Node *path = node_get(&rows->items[number], S("path"));
    if (!text_of(file, &rows->items[number], "path").len) {
        complain(file, rows->items[number].span, S(""), "a row has no path");
        return;
    }
    if (!is_path(path->text))
        complain(file, path->span, S(""), "%.*s is no path; those are as spec.tasks[].spec", TEXT(path->text));
    for (uint32_t i = 0; i < number; i++) {
        const Node *other = node_get(&rows->items[i], S("path"));
        if (other && str_eq(other->text, path->text))
            complain(file, path->span, S(""), "%.*s stands here twice", TEXT(path->text));
    }
}

static void check_reads(File *file, const Schema *schema, const Node *reads) {
    if (!reads) return;
    if (reads->kind != NODE_LIST) complain(file, reads->span, S(""), "reads must be a list");
    for (uint32_t i = 0; reads->kind == NODE_LIST && i < reads->count; i++)
        if (!is_key(schema, reads->items[i].text)) complain_of_field(schema, file, reads->items[i].span, reads->items[i].text);
}

void pods_check(File *file, const Schema *schema) {
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
            check_reads(file, schema, node_get(row, S("reads")));
            check_path(file, &entry->value, k);
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
