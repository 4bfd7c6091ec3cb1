/* The order of a create: fields that the server drops, then its errors, then its warnings. */
#include "validate.h"

#include <stdlib.h>

#include "kinds.h"

/* The path of a value that could not be decoded. */
typedef struct BrokenPath {
    uint32_t hash;
    Str path;
} BrokenPath;

typedef ARRAY(BrokenPath) BrokenPaths;

static int by_hash(const void *left, const void *right) {
    const BrokenPath *a = left, *b = right;
    return (a->hash > b->hash) - (a->hash < b->hash);
}

static bool is_broken(const BrokenPaths *broken, uint32_t hash, Str path) {
    uint32_t low = 0, high = broken->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (broken->at[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    while (low < broken->n && broken->at[low].hash == hash && !str_eq(broken->at[low].path, path)) low++;
    return low < broken->n && broken->at[low].hash == hash;
}

/* Whether `path` is the place of a value that could not be decoded, or lies below it: what is missing there is not missing. */
static bool is_below_broken(const BrokenPaths *broken, Str path) {
    uint32_t hash = str_hash(S(""));
    for (size_t i = 0; i < path.len; i++) {
        if (i && (path.at[i] == '.' || path.at[i] == '[') && is_broken(broken, hash, (Str){path.at, i})) return true;
        hash = str_hash_char(hash, path.at[i]);
    }
    return is_broken(broken, hash, path);
}

/* Takes back errors that only follow from values that were left out because they could not be decoded. */
static void forget_consequences(DiagList *diags, uint32_t before) {
    BrokenPaths broken = {0};
    for (uint32_t i = 0; i < before; i++) {
        const Diag *diag = &diags->items.at[i];
        if (diag->rule->source == FROM_SCHEMA && diag->rule->number != RULE_unknown_field && diag->path.len)
            ARRAY_PUSH(diags->arena, &broken, (BrokenPath){str_hash(diag->path), diag->path});
    }
    if (!broken.n) return;
    qsort(broken.at, broken.n, sizeof *broken.at, by_hash);
    uint32_t kept = before;
    for (uint32_t i = before; i < diags->items.n; i++)
        if (!is_below_broken(&broken, diags->items.at[i].path)) diags->items.at[kept++] = diags->items.at[i];
    diags->items.n = kept;
}

/* Whether a finding is about something that is not written here, and that may be written elsewhere. */
static bool stands_on_absence(const Document *document, const Diag *diag) {
    bool missing = diag->rule->type == API_REQUIRED || diag->missing;
    if (missing && model_may_be_supplied(document, path_leaf(diag->path))) return true;
    for (Str rest = diag->rule->absent; rest.len;) {
        ptrdiff_t space = str_find(rest, ' ');
        Str field = {rest.at, space < 0 ? rest.len : (size_t)space};
        if (model_may_be_supplied(document, field)) return true;
        rest = str_slice(rest, field.len + 1);
    }
    return false;
}

void validate_forget_absence(Document *document, uint32_t before) {
    if (!document->partial && !document->supplied.n) return;
    DiagList *diags = &document->diags;
    uint32_t kept = before;
    for (uint32_t i = before; i < diags->items.n; i++)
        if (!stands_on_absence(document, &diags->items.at[i])) diags->items.at[kept++] = diags->items.at[i];
    diags->items.n = kept;
}

void check_metadata(Check *c, const KindChecks *kind) {
    Path meta = FIELD(NULL, "metadata"), generation = FIELD(&meta, "generation");
    const ObjectMeta *given = model_meta(c->document);
    check_object_meta(c, given, kind->name, kind->anyFinalizers, &meta);
    if (kind->keepsGeneration) check_not_negative(c, given->generation, &generation);
}

void validate_create(Document *document) {
    Check check = {.document = document,
                   .arena = document->diags.arena,
                   .diags = &document->diags,
                   .root = document->root,
                   .minor = document->minor};
    uint32_t before = document->diags.items.n;
    drop_disabled_fields(&check);
    const KindChecks *kind = kind_checks(document);
    if (!kind->metaLast) check_metadata(&check, kind);
    if (kind->create) kind->create(&check, document->object);
    if (kind->metaLast && !has_api_errors(&check)) check_metadata(&check, kind);
    check_warnings(&check);
    if (document->unreadable) forget_consequences(&document->diags, before);
    validate_forget_absence(document, before);
}
