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

static const BrokenPath *broken_at(const BrokenPaths *broken, uint32_t hash, Str path) {
    uint32_t i = broken->n ? COUNT_BELOW(broken->at, broken->n, hash, hash) : 0;
    while (i < broken->n && broken->at[i].hash == hash && !str_eq(broken->at[i].path, path)) i++;
    return i < broken->n && broken->at[i].hash == hash ? &broken->at[i] : NULL;
}

/* Whether `path` is the place of a value that could not be decoded, or lies below it: what is missing there is not missing. */
static bool is_below_broken(const BrokenPaths *broken, Str path) {
    uint32_t hash = str_hash(S(""));
    for (size_t i = 0; i < path.len; i++) {
        if (i && (path.at[i] == '.' || path.at[i] == '[') && broken_at(broken, hash, (Str){path.at, i})) return true;
        hash = str_hash_char(hash, path.at[i]);
    }
    return broken_at(broken, hash, path);
}

/* The path of what holds a value: the part before its last step. */
static Str path_above(Str path) {
    size_t end = path.len;
    bool bracket = end && path.at[end - 1] == ']';
    while (end && path.at[end - 1] != (bracket ? '[' : '.')) end--;
    return (Str){path.at, end ? end - 1 : 0};
}

static int by_span(const void *left, const void *right) {
    const Span *a = left, *b = right;
    return a->at != b->at ? (a->at < b->at ? -1 : 1) : (a->end > b->end) - (a->end < b->end);
}

static void add_broken(DiagList *diags, BrokenPaths *broken, Str path) {
    if (path.len) ARRAY_PUSH(diags->arena, broken, (BrokenPath){str_hash(path), path});
}

void validate_forget_consequences(Document *document, uint32_t before) {
    DiagList *diags = &document->diags;
    BrokenPaths broken = {0}, moved = {0}, above = {0};
    ARRAY(Span) invented = {0}; /* scalars in place of which there is more now */
    if (!document->mends.n || before == diags->items.n) return;
    bool meant = document->written;
    for (uint32_t i = 0; i < document->mends.n; i++) {
        const Mend *mend = &document->mends.at[i];
        if (mend->kind == MEND_NAME || (!meant && mend->kind == MEND_MOVE)) continue;
        bool whole = mend->kind == MEND_VALUE && mend->value->kind >= NODE_LIST;
        if (meant && mend->kind == MEND_VALUE && mend->node->kind < NODE_LIST)
            ARRAY_PUSH(diags->arena, &invented, mend->node->span);
        if (!meant || !whole || mend_is_start(mend)) add_broken(diags, mend->kind == MEND_MOVE ? &moved : &broken, mend->path);
        if (!meant || (mend->kind == MEND_VALUE && !mend_is_start(mend))) continue;
        Str holder = path_above(mend->path);
        add_broken(diags, &above, holder);
        if (str_ends(mend->path, S("]")) || str_ends(holder, S("]"))) add_broken(diags, &above, path_above(holder));
    }
    if (broken.n) qsort(broken.at, broken.n, sizeof *broken.at, by_hash);
    if (moved.n) qsort(moved.at, moved.n, sizeof *moved.at, by_hash);
    if (above.n) qsort(above.at, above.n, sizeof *above.at, by_hash);
    if (invented.n) qsort(invented.at, invented.n, sizeof *invented.at, by_span);
    uint32_t kept = before;
    for (uint32_t i = before; i < diags->items.n; i++) {
        const Diag *diag = &diags->items.at[i];
        bool partial = diag->missing || diag->rule->source == FROM_API;
        if (is_below_broken(&broken, diag->path)) continue;
        if (!rule_stands_alone(diag->rule) && is_below_broken(&moved, diag->path)) continue;
        if (invented.n && bsearch(&diag->span, invented.at, invented.n, sizeof diag->span, by_span)) continue;
        if (partial && !rule_stands_alone(diag->rule) && broken_at(&above, str_hash(diag->path), diag->path)) continue;
        diags->items.at[kept++] = *diag;
    }
    diags->items.n = kept;
}

static int by_name(const void *left, const void *right) {
    return str_cmp(*(const Str *)left, *(const Str *)right);
}

static bool names_have(StrList sorted, Str name) {
    return sorted.n && bsearch(&name, sorted.at, sorted.n, sizeof name, by_name);
}

/* Whether a finding is about something that is not written here, and that may be written elsewhere. */
static bool stands_on_absence(const Document *document, const Diag *diag) {
    bool missing = diag->rule->type == API_REQUIRED || diag->missing;
    if (missing && model_may_be_supplied(document, path_leaf(diag->path))) return true;
    for (Str rest = rule_words(diag->rule).absent; rest.len;) {
        Str field = str_take_word(&rest);
        if (model_may_be_supplied(document, field) || names_have(document->gaps, field)) return true;
    }
    return false;
}

void validate_forget_absence(Document *document, uint32_t before) {
    if (!document->partial && !document->supplied.n && !document->gaps.n) return;
    DiagList *diags = &document->diags;
    uint32_t kept = before;
    for (uint32_t i = before; i < diags->items.n; i++)
        if (!stands_on_absence(document, &diags->items.at[i])) diags->items.at[kept++] = diags->items.at[i];
    diags->items.n = kept;
}

void check_metadata(Check *c, const KindChecks *kind) {
    Path meta = FIELD(NULL, "metadata"), generation = FIELD(&meta, "generation");
    const ObjectMeta *given = model_meta(c->document);
    check_object_meta(c, given, kind->name, c->document->type->kind->namespaced, kind->anyFinalizers, &meta);
    if (kind->keepsGeneration) check_not_negative(c, given->generation, &generation);
}

void check_object(Check *c, const KindChecks *kind, Document *document) {
    const Type *type = document->type;
    if (kind->create) {
        kind->create(c, document->object);
        return;
    }
    check_fields(c, type, document->object, NULL);
    for (uint16_t i = 0; i < type->checkedBelow.n; i++) {
        const Field *field = &type->fields[type->checkedBelow.at[i]];
        /* The metadata is judged by itself, and the status is the server's. */
        if (str_eq(field->name, S("metadata")) || str_eq(field->name, S("status"))) continue;
        each_object(c, field, document->object, NULL, check_fields_below);
    }
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
    check_object(&check, kind, document);
    if (kind->metaLast && !has_api_errors(&check)) check_metadata(&check, kind);
    check_warnings(&check);
    if (document->unreadable || document->written) validate_forget_consequences(document, before);
    validate_forget_absence(document, before);
}
