#include "kinds.h"

#include "base/near.h"
#include "generated.h"

typedef struct GenKindVersion {
    Str apiVersion;
    int since, removed;
    const GenType *type; /* NULL: not judged */
} GenKindVersion;

struct GenKind {
    File *file;
    Str name, plural;
    Span nameSpan;
    const Node *node; /* a map */
    const GenType *type;
    GenKindVersion *versions;
    uint32_t versionCount;
    const Node *shorts;   /* a list, or NULL */
    const GenField **pod; /* the way to the pod template, up to a NULL; NULL: has no pod */
    Str workload;         /* a word, or empty */
    bool namespaced;
};

/* The type that the objects of a kind, or of one of its versions, are read as; NULL if they are not. */
static const GenType *read_type(Schema *schema, const GenKind *kind, const Node *map) {
    Str name = text_of(kind->file, map, "type");
    if (!name.len) return NULL;
    Span span = node_get(map, S("type"))->span;
    GenType *type = type_named(schema, name);
    if (!type || !field_named(type, S("metadata"))) {
        Near near = near_start(name);
        for (uint32_t i = 0; i < schema->types.n; i++)
            if (field_named(&schema->types.at[i], S("metadata"))) near_try(&near, schema->types.at[i].name);
        complain(kind->file, span, near_question(schema->gen->arena, near.found), "%.*s is not a type with metadata", TEXT(name));
        return NULL;
    }
    if (type->kind.len) complain(kind->file, span, S(""), "%.*s is the type of %.*s as well", TEXT(name), TEXT(type->kind));
    type->kind = kind->name;
    return type;
}

/* Whether a text is an apiVersion: v1, v2beta1, or one of these behind a group. */
static bool is_api_version(Str text) {
    ptrdiff_t slash = str_find(text, '/');
    Str group = {text.at, slash < 0 ? 0 : (size_t)slash}, version = str_slice(text, (size_t)(slash + 1));
    for (size_t i = 0; i < group.len; i++)
        if (!is_lower(group.at[i]) && !is_digit(group.at[i]) && group.at[i] != '-' && group.at[i] != '.') return false;
    if (!slash || !str_starts(version, S("v"))) return false;
    size_t end = 1;
    while (end < version.len && is_digit(version.at[end])) end++;
    Str stage = str_slice(version, end);
    if (end == 1 || !stage.len) return end > 1;
    return (str_starts(stage, S("alpha")) && str_is_digits(str_slice(stage, 5))) ||
           (str_starts(stage, S("beta")) && str_is_digits(str_slice(stage, 4)));
}

/* Tells of an apiVersion that is none or that the kind has already. */
static void check_api_version(const GenKind *kind, uint32_t index, Span span) {
    Str name = kind->versions[index].apiVersion;
    if (!is_api_version(name))
        complain(kind->file, span, S(""), "%.*s is no apiVersion; those are as apps/v1 and v1beta1", TEXT(name));
    for (uint32_t i = 0; i < index; i++)
        if (str_eq(kind->versions[i].apiVersion, name)) complain(kind->file, span, S(""), "%.*s stands here twice", TEXT(name));
}

static void read_version(Schema *schema, const GenKind *kind, const Entry *entry, GenKindVersion *out) {
    static const Str keys[] = {STR("since"), STR("removed"), STR("type")};
    const Node *map = &entry->value;
    out->apiVersion = entry->key;
    out->type = kind->type;
    if (map->kind != NODE_MAP) {
        complain(kind->file, entry->keySpan, S(""), "%.*s must be a map", TEXT(entry->key));
        return;
    }
    only_keys(kind->file, map, keys, COUNT(keys));
    const Node *since = node_get(map, S("since")), *removed = node_get(map, S("removed"));
    if (str_eq(text_of(kind->file, map, "type"), S("none"))) {
        out->type = NULL;
    } else {
        const GenType *own = read_type(schema, kind, map);
        if (own) out->type = own;
    }
    if (since) out->since = version_of(kind->file, since, 1, schema->versions.newest);
    if (removed) out->removed = version_of(kind->file, removed, 1, schema->versions.newest);
    if (removed && out->since && out->removed && out->removed <= out->since)
        complain(kind->file, removed->span, S(""), "removed in 1.%d, before it came in 1.%d", out->removed, out->since);
}

static void read_versions(Schema *schema, GenKind *kind) {
    const Node *node = node_get(kind->node, S("versions"));
    if (!node || !node->count || (node->kind != NODE_LIST && node->kind != NODE_MAP)) {
        complain(kind->file, node ? node->span : kind->nameSpan, S(""), "%.*s needs the list or map of its versions",
                 TEXT(kind->name));
        return;
    }
    kind->versionCount = node->count;
    kind->versions = NEW_ARRAY(schema->gen->arena, GenKindVersion, node->count);
    for (uint32_t i = 0; i < node->count; i++) {
        if (node->kind == NODE_MAP)
            read_version(schema, kind, &node->entries[i], &kind->versions[i]);
        else
            kind->versions[i] = (GenKindVersion){.apiVersion = node->items[i].text, .type = kind->type};
        check_api_version(kind, i, node->kind == NODE_MAP ? node->entries[i].keySpan : node->items[i].span);
    }
}

/* The fields on the way from the object to what holds the pod's metadata and spec. */
static void read_pod(Schema *schema, GenKind *kind) {
    const Node *node = node_get(kind->node, S("pod"));
    Str rest = text_of(kind->file, kind->node, "pod");
    if (!rest.len) return;
    if (str_eq(rest, S("self"))) rest = S("");
    ARRAY(const GenField *) way = {0};
    const GenType *type = kind->type;
    while (rest.len && type) {
        ptrdiff_t dot = str_find(rest, '.');
        Str name = {rest.at, dot < 0 ? rest.len : (size_t)dot};
        const GenField *field = field_named(type, name);
        if (field) ARRAY_PUSH(schema->gen->arena, &way, field);
        type = field && field->shape == ONE ? field->object : NULL;
        rest = str_slice(rest, name.len + (dot >= 0));
    }
    ARRAY_PUSH(schema->gen->arena, &way, NULL);
    kind->pod = way.at;
    const GenField *spec = type ? field_named(type, S("spec")) : NULL;
    if (!spec || !spec->object || !str_eq(spec->object->name, S("PodSpec")))
        complain(kind->file, node->span, S(""), "%.*s leads to no pod", TEXT(node->text));
}

static bool is_called(const GenKind *kind, Str name) {
    bool called = str_eq(kind->plural, name);
    for (uint32_t i = 0; kind->shorts && i < kind->shorts->count; i++) called |= str_eq(kind->shorts->items[i].text, name);
    return called;
}

static void check_name(const Schema *schema, const GenKind *kind, Span span, Str name) {
    bool right = name.len > 0;
    for (size_t i = 0; i < name.len; i++) right &= is_lower(name.at[i]) || (i && is_digit(name.at[i]));
    if (!right) complain(kind->file, span, S(""), "\"%.*s\" is no name of a resource; those are small letters", TEXT(name));
    for (const GenKind *other = schema->kinds; other < kind; other++)
        if (is_called(other, name))
            complain(kind->file, span, S(""), "%.*s is a name of %.*s as well", TEXT(name), TEXT(other->name));
}

static void read_names(const Schema *schema, GenKind *kind) {
    const Node *shorts = node_get(kind->node, S("short"));
    kind->plural = text_of(kind->file, kind->node, "plural");
    if (!kind->plural.len)
        complain(kind->file, kind->nameSpan, S(""), "%.*s has no plural", TEXT(kind->name));
    else
        check_name(schema, kind, node_get(kind->node, S("plural"))->span, kind->plural);
    if (shorts && shorts->kind != NODE_LIST) {
        complain(kind->file, shorts->span, S(""), "short must be a list");
        return;
    }
    kind->shorts = shorts;
    for (uint32_t i = 0; shorts && i < shorts->count; i++) {
        const Node *name = &shorts->items[i];
        check_name(schema, kind, name->span, name->text);
        bool again = str_eq(name->text, kind->plural);
        for (uint32_t j = 0; j < i; j++) again |= str_eq(name->text, shorts->items[j].text);
        if (again) complain(kind->file, name->span, S(""), "%.*s has the name %.*s already", TEXT(kind->name), TEXT(name->text));
    }
}

static void read_kind(Schema *schema, GenKind *kind) {
    static const Str keys[] = {STR("versions"), STR("plural"), STR("short"),   STR("scope"),
                               STR("type"),     STR("pod"),    STR("workload")};
    static const Str scopes[] = {STR("cluster"), STR("namespaced")};
    static const Str workloads[] = {STR("pod"), STR("replicas"), STR("nodes"), STR("job")};
    if (kind->node->kind != NODE_MAP) {
        complain(kind->file, kind->nameSpan, S(""), "%.*s must be a map", TEXT(kind->name));
        return;
    }
    only_keys(kind->file, kind->node, keys, COUNT(keys));
    kind->type = read_type(schema, kind, kind->node);
    kind->namespaced = str_eq(word_of(kind->file, kind->node, "scope", scopes, COUNT(scopes)), S("namespaced"));
    kind->workload = word_of(kind->file, kind->node, "workload", workloads, COUNT(workloads));
    read_names(schema, kind);
    read_versions(schema, kind);
    read_pod(schema, kind);
    if (!node_get(kind->node, S("scope")))
        complain(kind->file, kind->nameSpan, S(""), "the scope of %.*s must be namespaced or cluster", TEXT(kind->name));
    if (kind->workload.len && !kind->pod)
        complain(kind->file, node_get(kind->node, S("workload"))->span, S(""), "%.*s has no pod", TEXT(kind->name));
}

void kinds_read(Schema *schema, File *file) {
    schema->kindCount = file->root->count;
    schema->kinds = NEW_ARRAY(schema->gen->arena, GenKind, schema->kindCount);
    for (uint32_t i = 0; i < schema->kindCount; i++) {
        const Entry *entry = &file->root->entries[i];
        schema->kinds[i] = (GenKind){.file = file, .name = entry->key, .nameSpan = entry->keySpan, .node = &entry->value};
        read_kind(schema, &schema->kinds[i]);
    }
    types_check_use(schema);
}

void kinds_put_constants(FILE *out, const Schema *schema) {
    uint32_t most = 1;
    fputs("enum {\n", out);
    for (uint32_t i = 0; i < schema->kindCount; i++) {
        uint32_t depth = 0;
        while (schema->kinds[i].pod && schema->kinds[i].pod[depth]) depth++;
        if (depth > most) most = depth;
        fprintf(out, "    KIND_%.*s,\n", TEXT(schema->kinds[i].name));
    }
    fprintf(out, "    KIND_END\n};\n\n/* The most fields on the way to a pod template. */\nenum { POD_DEPTH = %u };\n\n", most);
}

static void put_lists(FILE *out, const GenKind *kind) {
    fprintf(out, "static const KindVersion %.*s_versions[] = {\n", TEXT(kind->name));
    for (uint32_t i = 0; i < kind->versionCount; i++) {
        const GenKindVersion *version = &kind->versions[i];
        fputs("    {.apiVersion = ", out);
        put_str(out, version->apiVersion);
        fprintf(out, ", .since = %d, .removed = %d", version->since, version->removed);
        if (version->type) fprintf(out, ", .type = &type_%.*s", TEXT(version->type->name));
        fputs("},\n", out);
    }
    fputs("};\n", out);
    if (kind->shorts) {
        fprintf(out, "static const Str %.*s_shorts[] = {", TEXT(kind->name));
        for (uint32_t i = 0; i < kind->shorts->count; i++) {
            if (i) fputs(", ", out);
            put_str(out, kind->shorts->items[i].text);
        }
        fputs("};\n", out);
    }
    if (!kind->pod) return;
    const GenType *type = kind->type;
    fprintf(out, "static const Field *const %.*s_pod[] = {", TEXT(kind->name));
    for (const GenField *const *field = kind->pod; *field; type = (*field++)->object)
        fprintf(out, "&%.*s_fields[%td], ", TEXT(type->name), *field - type->fields);
    fprintf(out, "NULL};\n_Static_assert(COUNT(%.*s_pod) - 1 <= POD_DEPTH, \"the pod of %.*s stands too deep\");\n",
            TEXT(kind->name), TEXT(kind->name));
}

void kinds_put_tables(FILE *out, const Schema *schema) {
    for (uint32_t i = 0; i < schema->kindCount; i++) put_lists(out, &schema->kinds[i]);
    fputs("const Kind schema_kinds[] = {\n", out);
    for (uint32_t i = 0; i < schema->kindCount; i++) {
        const GenKind *kind = &schema->kinds[i];
        fprintf(out, "    [KIND_%.*s] = {.name = ", TEXT(kind->name));
        put_str(out, kind->name);
        fputs(", .plural = ", out);
        put_str(out, kind->plural);
        fprintf(out, ", .versions = %.*s_versions, .versionCount = %u", TEXT(kind->name), kind->versionCount);
        if (kind->shorts) fprintf(out, ", .shorts = %.*s_shorts, .shortCount = %u", TEXT(kind->name), kind->shorts->count);
        if (kind->type) fprintf(out, ", .type = &type_%.*s", TEXT(kind->type->name));
        if (kind->pod) fprintf(out, ", .pod = %.*s_pod", TEXT(kind->name));
        fputs(", .workload = ", out);
        put_constant(out, "WORKLOAD", kind->workload, "NONE");
        fprintf(out, ", .namespaced = %d, .number = %u},\n", kind->namespaced, i);
    }
    fprintf(out, "};\nconst uint16_t schema_kind_count = %u;\n\n", schema->kindCount);
}
