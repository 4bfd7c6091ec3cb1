#include "diff.h"

#include <errno.h>

#include "consequences.h"
#include "custom.h"
#include "related.h"
#include "base/str_set.h"
#include "crd/crd.h"
#include "input/classify.h"
#include "rules.h"
#include "validate/validate.h"

const char *effect_name(Effect effect) {
    static const char *const names[] = {"no effect", "in place", "resize", "rollout", "recreate", "refused"};
    return names[effect];
}

/* A custom resource as a whole, which can be judged if its definition is known. */
static bool is_custom(const Document *document) {
    return document->class == CLASS_CUSTOM && !document->partial && !document->object && !document->unreadable &&
           !document->refused;
}

static void add_documents(DiffSide *side, DiffFile *file, uint8_t minor) {
    NodeReader reader = {.source = &file->source};
    Classifier classifier = {.source = &file->source, .minor = minor};
    NodeDocument node;
    while (node_next(&reader, side->arena, &node)) {
        Document *items;
        uint32_t count = classify_build(&classifier, side->arena, &node, &items);
        if (items->refused && !items->diags.items.n) model_faults(&items->diags, &node);
        for (uint32_t i = 0; i < count; i++) {
            bool defines = items[i].object && model_is(&items[i], KIND_CustomResourceDefinition);
            if (defines && (!side->definitions.n || side->definitions.at[side->definitions.n - 1] != file))
                ARRAY_PUSH(side->arena, &side->definitions, file);
            if (items[i].object || items[i].unreadable || items[i].refused || is_custom(&items[i]))
                ARRAY_PUSH(side->arena, &side->objects, (DiffObject){file, &items[i]});
        }
    }
}

/* Finds the definitions of custom resources, and puts aside those without one. */
static void define_objects(DiffSide *side) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < side->objects.n; i++) {
        Document *document = side->objects.at[i].document;
        const Crd *known;
        if (is_custom(document)) document->definition = crds_find(side->crds, document->apiVersion, document->kind, &known);
        if (is_custom(document) && !document->definition)
            ARRAY_PUSH(side->arena, &side->undefined, side->objects.at[i]);
        else
            side->objects.at[kept++] = side->objects.at[i];
    }
    side->objects.n = kept;
}

void diff_share_definitions(Crds *crds, const DiffSide *side) {
    for (uint32_t i = 0; i < side->definitions.n; i++)
        crds_add(crds, side->definitions.at[i]->source.name, side->definitions.at[i]->source.text);
}

static DiffFile *add_file(DiffSide *side, Str name, Str path) {
    DiffFile *file = NEW(side->arena, DiffFile);
    *file = (DiffFile){.source.name = name, .path = path};
    ARRAY_PUSH(side->arena, &side->files, file);
    return file;
}

static void add_source(DiffSide *side, DiffFile *file, SourceError error, uint8_t minor) {
    if (error)
        file->error = source_error_text(side->arena, error, errno);
    else
        add_documents(side, file, minor);
}

void diff_add_text(DiffSide *side, Str name, Str path, Str text, uint8_t minor) {
    DiffFile *file = add_file(side, name, path);
    add_source(side, file, source_from_bytes(&file->source, side->arena, name, text), minor);
}

void diff_add_file(DiffSide *side, Str name, Str path, uint8_t minor) {
    DiffFile *file = add_file(side, name, path);
    add_source(side, file, source_read(&file->source, side->arena, name), minor);
}

void diff_add_unread(DiffSide *side, Str name, Str path, Str error) {
    add_file(side, name, path)->error = error;
}

/* Pairing. */

static Str shown_namespace(const Document *document) {
    return document->namespace_.len ? document->namespace_ : S("default");
}

static bool same_kind(const Document *a, const Document *b) {
    return str_eq(a->kind, b->kind) && a->type == b->type &&
           (a->type || str_eq(schema_group(a->apiVersion), schema_group(b->apiVersion)));
}

static bool same_object(const Document *a, const Document *b) {
    return same_kind(a, b) && str_eq(a->name, b->name) && str_eq(shown_namespace(a), shown_namespace(b));
}

static uint32_t identity_hash(const Document *document) {
    return str_hash(document->kind) * 31 + str_hash(document->name) * 7 + str_hash(shown_namespace(document));
}

/* Finds each old object's counterpart. `partner` gets the index of the new object, or UINT32_MAX; `taken` marks the new ones. */
static void pair_objects(Arena *arena, DiffObjects before, DiffObjects after, uint32_t *partner, bool *taken) {
    uint32_t slots = 16;
    while (slots < after.n * 2) slots *= 2;
    uint32_t *index = NEW_ARRAY(arena, uint32_t, slots);
    for (uint32_t i = 0; i < after.n; i++) {
        uint32_t slot = identity_hash(after.at[i].document) & (slots - 1);
        while (index[slot]) slot = (slot + 1) & (slots - 1);
        index[slot] = i + 1;
    }
    for (uint32_t i = 0; i < before.n; i++) {
        const Document *old = before.at[i].document;
        partner[i] = UINT32_MAX;
        for (uint32_t slot = identity_hash(old) & (slots - 1); index[slot]; slot = (slot + 1) & (slots - 1)) {
            uint32_t j = index[slot] - 1;
            if (taken[j] || !same_object(old, after.at[j].document)) continue;
            partner[i] = j;
            taken[j] = true;
            break;
        }
    }
}

/* Whether nothing can be said of a change: the text is no YAML, or the old one means nothing that could have been stored. */
static bool is_unread(const Document *document, bool isNew) {
    if (document->refused) return true;
    if (!document->unreadable) return false;
    if (!isNew && !document->mended) return true;
    for (uint32_t i = 0; i < document->diags.items.n; i++) {
        const Diag *diag = &document->diags.items.at[i];
        if (diag->severity == SEVERITY_ERROR && diag->rule->source == FROM_YAML) return true;
    }
    return false;
}

/* The paths of a side's files in which something cannot be read. */
static StrSet unread_paths(Arena *arena, const DiffSide *side, bool isNew) {
    StrSet paths = {.arena = arena};
    for (uint32_t i = 0; i < side->files.n; i++)
        if (side->files.at[i]->error.at) str_set_add(&paths, side->files.at[i]->path, side);
    for (uint32_t i = 0; i < side->objects.n; i++)
        if (is_unread(side->objects.at[i].document, isNew)) str_set_add(&paths, side->objects.at[i].file->path, side);
    return paths;
}

/* What two objects of one kind have in common besides their name: equal specs make a renamed object. */
static bool same_but_name(const Document *a, const Document *b) {
    if (!a->object || !b->object || !same_kind(a, b)) return false;
    for (uint16_t i = 0; i < a->type->fieldCount; i++) {
        const Field *field = &a->type->fields[i];
        if (str_eq(field->name, S("metadata")) || str_eq(field->name, S("status"))) continue;
        if (!field_equal(field, a->object, b->object)) return false;
    }
    return true;
}

/* Effects. */

static const Field *field_of(const Type *type, Str name) {
    return type ? schema_field(type, name, str_hash(name)) : NULL;
}

/* What the schema says of changing the value at a path: the nearest word on the way to it. */

typedef struct Fate {
    uint8_t change;     /* Mutability */
    const Field *field; /* that says so, or NULL */
    bool inTemplate;
    bool inSpec;
} Fate;

/* Metadata inside of a spec, as a claim template has it, is as fixed as what it stands in. */
static Fate fate_of(const Type *kind, const Path *path) {
    const Path *steps[64];
    int count = 0;
    for (const Path *p = path; p && count < 64; p = p->up) steps[count++] = p;
    Fate fate = {0};
    const Type *type = kind;
    for (int i = count - 1; i >= 0; i--) {
        if (steps[i]->index != PATH_FIELD) continue;
        const Field *field = field_of(type, steps[i]->name);
        if (!field) break;
        if (i == count - 1) fate.inSpec = str_eq(field->name, S("spec"));
        bool embedded = fate.inSpec && type == &type_ObjectMeta;
        if (!fate.inTemplate && !embedded && field->text->change != CHANGE_NORMAL) {
            fate.change = field->text->change;
            fate.field = field;
        }
        fate.inTemplate |= schema_is_template(kind->kind, field);
        type = field->type;
    }
    return fate;
}

static bool is_prefix(Str path, Str of) {
    if (!str_starts(of, path)) return false;
    return path.len == of.len || path.len == 0 || of.at[path.len] == '.' || of.at[path.len] == '[';
}

/* Whether an error of the update stands at the path, above it or below it. */
static bool has_error_at(const Document *document, Str path, bool exact) {
    for (uint32_t i = 0; i < document->diags.items.n; i++) {
        const Diag *diag = &document->diags.items.at[i];
        if (!diag_refuses(diag)) continue;
        if (is_prefix(path, diag->path)) return true;
        if (!exact && diag->path.len && is_prefix(diag->path, path)) return true;
    }
    return false;
}

static bool is_resize(const Difference *difference) {
    if (difference->owner != &type_ResourceRequirements || difference->kind == DIFFERENCE_MOVED) return false;
    const Path *path = difference->path;
    return path->index == PATH_KEY && (str_eq(path->name, S("cpu")) || str_eq(path->name, S("memory")));
}

static Str resize_reason(Arena *arena, const Pair *pair, const Difference *difference) {
    const Path *container = difference->path->up->up->up; /* resource name, limits or requests, resources, containers[i] */
    const Pod *pod = pair->after.document->object;
    Str resource = difference->path->name;
    bool init = container && container->up && str_eq(container->up->name, S("initContainers"));
    ContainerList list = init ? pod->spec.initContainers : pod->spec.containers;
    if (!container || container->index < 0 || container->index >= list.n)
        return S("possible with kubectl patch --subresource resize");
    const Container *c = &list.at[container->index];
    for (uint32_t i = 0; i < c->resizePolicy.n; i++)
        if (str_eq(c->resizePolicy.at[i].resourceName, resource) &&
            str_eq(c->resizePolicy.at[i].restartPolicy, S("RestartContainer")))
            return str_format(arena, "possible with kubectl patch --subresource resize; container %.*s restarts",
                              (int)c->name.len, c->name.at);
    return S("possible with kubectl patch --subresource resize, without a restart");
}

/* A list of tolerations may grow, and the time of one may change. */
static bool is_allowed_toleration(const Difference *difference) {
    if (difference->kind == DIFFERENCE_ADDED && difference->path->index >= 0) return true;
    return str_eq(difference->field->name, S("tolerationSeconds"));
}

static bool is_refused(const Pair *pair, const Difference *difference, Fate fate, Str path) {
    if (pair->applies) return false;
    bool podSpec = model_workload(pair->applied) == WORKLOAD_POD && fate.inSpec;
    /* The server stops at the first of a pod's faults, so that the others have no error of their own. */
    if (podSpec && fate.change == CHANGE_NORMAL) return true;
    if (podSpec && fate.change == CHANGE_LIMITED && str_eq(fate.field->name, S("tolerations")))
        return !is_allowed_toleration(difference);
    bool free = fate.change == CHANGE_IN_PLACE || (fate.change == CHANGE_NORMAL && !podSpec);
    return has_error_at(pair->applied, path, free || fate.change == CHANGE_LIMITED);
}

static Change judge_change(Arena *arena, const Pair *pair, const Difference *difference) {
    const Document *after = pair->applied;
    const Type *kind = after->type;
    Change change = {.difference = *difference, .effect = EFFECT_IN_PLACE};
    Str path = path_text(arena, difference->path);
    Fate fate = fate_of(kind, difference->path);
    if (fate.inTemplate) {
        if (fate.change == CHANGE_LIMITED && !pair->applies && has_error_at(after, path, false))
            change.effect = EFFECT_REFUSED;
        else if (fate.change == CHANGE_ROLLOUT)
            change.effect = EFFECT_ROLLOUT;
        else
            change.reason = later_reason(after);
        if (!pair->applies && has_error_at(after, path, true)) change.effect = EFFECT_REFUSED;
        return change;
    }
    if (model_workload(after) == WORKLOAD_POD && fate.inSpec && is_resize(difference)) {
        change.effect = EFFECT_RESIZE;
        change.reason = resize_reason(arena, pair, difference);
        return change;
    }
    if (is_refused(pair, difference, fate, path)) {
        bool limited = fate.field && fate.field->text->changeWhen.len;
        change.effect = EFFECT_REFUSED;
        change.reason = limited ? schema_text(fate.field->text->changeWhen) : S("it cannot change on an existing object");
    } else if (fate.change == CHANGE_ROLLOUT) {
        change.effect = EFFECT_ROLLOUT;
    }
    return change;
}

static bool is_accepted(const Document *document) {
    for (uint32_t i = 0; i < document->diags.items.n; i++) {
        const Diag *diag = &document->diags.items.at[i];
        if (diag_refuses(diag)) return false;
    }
    return true;
}

/* A document decoded anew, without what its validation did to it. */
static Document *build_again(Arena *arena, const Document *document) {
    NodeDocument node = {
        .root = (Node *)(uintptr_t)document->root, .readable = true, .index = document->index, .span = document->span};
    Document *items;
    model_build(arena, document->source, &node, document->minor, &items);
    return items;
}

static bool new_object_is_valid(Arena *arena, const Pair *pair) {
    Arena before = *arena;
    Document *copy = build_again(arena, pair->after.document);
    if (copy->object) validate_create(copy);
    bool valid = copy->object && is_accepted(copy);
    arena_back(arena, &before);
    return valid;
}

static Diag *first_error(const Document *document) {
    for (uint32_t i = 0; i < document->diags.items.n; i++) {
        Diag *diag = &document->diags.items.at[i];
        if (diag_refuses(diag)) return diag;
    }
    return NULL;
}

/* What the server filled in beside the path of an error: the sources of a volume that the manifest does not name. */
static Str filled_in(Arena *arena, const Document *after, const Document *sent, Str path) {
    Str leaf = path_leaf(path), parent = {path.at, path.len - leaf.len - (path.len > leaf.len)};
    const Node *map = merge_node(sent, parent), *written = merge_node(after, parent);
    Buf names = {.arena = arena};
    for (uint32_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++)
        if (!node_get(written, map->entries[i].key))
            buf_format(&names, "%s%.*s: null", names.len ? ", " : "", TEXT(map->entries[i].key));
    return buf_text(&names);
}

/* The mend where an update is refused for something that only the server filled in: null takes it away. Empty otherwise. */
static Str null_mend(Arena *arena, const Document *after, const Document *sent) {
    const Diag *error = first_error(sent);
    if (!error || error->missing || !error->path.len || error->rule->type == API_REQUIRED) return S("");
    Str what = S("");
    if (!merge_node(after, error->path))
        what = str_join(arena, path_leaf(error->path), S(": null"));
    else if (error->rule == &rules[RULE_volume_source_second])
        what = filled_in(arena, after, sent, error->path);
    return what.len ? str_format(arena, "write %.*s, which takes away what the server filled in", TEXT(what)) : S("");
}

static void say_way_out(Arena *arena, Pair *pair) {
    const Document *before = pair->before.document;
    if (!new_object_is_valid(arena, pair)) {
        pair->wayOut = S("the new object is not valid by itself: correct it first (podlint check says what is wrong)");
        return;
    }
    Str mend = null_mend(arena, pair->after.document, pair->applied);
    pair->wayOut = mend.len ? mend : way_out(arena, before);
}

static const char apply_name[] = "kubectl apply", server_side_name[] = "kubectl apply --server-side";

/* What one way of updating sends, and whether the server takes it. */
typedef struct Sent {
    Document *document;
    Str refused; /* before anything is validated; may be empty */
    Str lost;
    DifferenceList differences;
    bool accepted;
} Sent;

/* `written` is how the new object, as it is written, differs from the old one. */
static Sent send(Arena *arena, const Pair *pair, const DifferenceList *written, How how) {
    Document *before = pair->before.document, *after = pair->after.document;
    Sent sent = {.document = after, .differences = *written, .accepted = pair->accepted};
    bool decoded = before->object && after->object && !after->unreadable && before->type == after->type;
    Merged merged =
        decoded && how != HOW_REPLACE && !after->partial ? merge_over(arena, pair->stored, before, after, how) : (Merged){0};
    bool made = merged.document && merged.document->object;
    if (!made) return sent;
    sent.document = merged.document;
    sent.differences = (DifferenceList){.arena = arena};
    sent.refused = merged.refused;
    sent.lost = merged.lost;
    validate_keep_generated(sent.document);
    compare_objects(&sent.differences, after->type, before->object, sent.document->object);
    validate_update(before, sent.document);
    sent.accepted = is_accepted(sent.document) && !sent.refused.len;
    Str mend = null_mend(arena, after, sent.document);
    if (mend.len) first_error(sent.document)->help = mend;
    return sent;
}

static void add_note(Arena *arena, Pair *pair, Str note) {
    if (note.len) ARRAY_PUSH(arena, &pair->notes, note);
}

/* That one of the two ways is refused, and why. */
static void note_refusal(Arena *arena, Pair *pair, const char *way, const Sent *sent) {
    const Diag *error = first_error(sent->document);
    Str what = sent->refused.len ? sent->refused : error ? error->message : S("");
    Str more = sent->refused.len ? S("remove one of them") : error ? error->help : S("");
    add_note(arena, pair, str_format(arena, "%s is refused: %.*s%s%.*s", way, TEXT(what), more.len ? "; " : "", TEXT(more)));
}

/* Fields that keep what the server filled in for the old object, where it would fill in something else for the new one. */
static void note_kept(Arena *arena, Pair *pair) {
    enum { MOST = 3 };
    const Document *after = pair->after.document, *sent = pair->applied;
    DifferenceList list = {.arena = arena};
    unsigned count = 0;
    if (sent == after || !sent->object) return;
    compare_objects(&list, after->type, sent->object, after->object);
    for (uint32_t i = 0; i < list.items.n && count < MOST; i++) {
        const Difference *d = &list.items.at[i];
        Str path = path_text(arena, d->path);
        if (d->kind != DIFFERENCE_CHANGED || merge_node(after, path)) continue;
        count++;
        add_note(arena, pair,
                 str_format(arena, "%.*s stays %.*s, which the server filled in before; in a new object it would be %.*s",
                            TEXT(path), TEXT(d->before), TEXT(d->after)));
    }
}

/* The verdict on what the way that is asked for sends. Of the two ways to apply, what one of them alone says is noted. */
static Sent judge_applied(Arena *arena, Pair *pair, const DifferenceList *written, How how) {
    Sent sent = send(arena, pair, written, how == HOW_BOTH ? HOW_APPLY : how);
    bool serverSide = false;
    if (how == HOW_BOTH) {
        Sent other = send(arena, pair, written, HOW_SERVER_SIDE);
        serverSide = other.accepted;
        if (sent.accepted && !other.accepted) note_refusal(arena, pair, server_side_name, &other);
        if (!sent.accepted && other.accepted) {
            note_refusal(arena, pair, apply_name, &sent);
            sent = other;
        }
    }
    if (sent.refused.len) add_note(arena, pair, str_format(arena, "it is refused: %.*s; remove one of them", TEXT(sent.refused)));
    if (sent.lost.len)
        add_note(arena, pair,
                 str_format(arena, "%s %.*s%s", apply_name, TEXT(sent.lost),
                            serverSide ? "; "
                                         "--server-side keeps them all"
                                       : ""));
    pair->applied = sent.document;
    pair->applies = sent.accepted;
    if (sent.accepted) note_kept(arena, pair);
    return sent;
}

/* What is sent is what was meant, and would be taken; but it is not what is written. */
static void refuse_text(Arena *arena, Pair *pair) {
    const DiagList *from = &pair->after.document->diags;
    DiagList *to = &pair->applied->diags;
    for (uint32_t i = 0; i < pair->faults && to != from; i++) ARRAY_PUSH(arena, &to->items, from->items.at[i]);
    pair->accepted = pair->applies = false;
}

static void judge_changed(Arena *arena, Pair *pair, How how) {
    Document *before = pair->before.document, *after = pair->after.document;
    if (before->definition && after->definition) {
        diff_judge_custom(arena, pair);
        pair->accepted = pair->applies = is_accepted(after);
        pair->applied = after;
        if (!pair->accepted) pair->effect = EFFECT_REFUSED;
        return;
    }
    bool decoded = before->object && after->object && !after->unreadable;
    pair->stored = merge_stored(arena, before);
    DifferenceList written = {.arena = arena};
    if (decoded && before->type == after->type) compare_objects(&written, after->type, before->object, after->object);
    if (decoded) validate_update(before, after);
    pair->accepted = is_accepted(after);
    DifferenceList differences = judge_applied(arena, pair, &written, how).differences;
    pair->changes = NEW_ARRAY(arena, Change, differences.items.n + 1);
    for (uint32_t i = 0; i < differences.items.n; i++) {
        Change change = judge_change(arena, pair, &differences.items.at[i]);
        pair->changes[pair->changeCount++] = change;
        if (change.effect > pair->effect) pair->effect = change.effect;
    }
    if (!pair->applies) {
        bool onlyResize = pair->effect == EFFECT_RESIZE && !pair->faults;
        pair->effect = onlyResize ? EFFECT_RESIZE : EFFECT_REFUSED;
        if (decoded && !onlyResize) say_way_out(arena, pair);
    }
    if (pair->faults) {
        refuse_text(arena, pair);
        pair->effect = EFFECT_REFUSED;
    }
    if (pair->effect == EFFECT_ROLLOUT) pair->summary = rollout_summary(arena, pair->applied);
    if (pair->effect == EFFECT_RESIZE) pair->summary = S("an apply is refused: send the change to the resize subresource");
}

static void judge_created(Arena *arena, Pair *pair, How how) {
    static const Node nothing = {.kind = NODE_MAP};
    Document *after = pair->after.document;
    Str refused = S("");
    if (after->object && !after->unreadable && (how == HOW_BOTH || how == HOW_SERVER_SIDE))
        refused = merge_over(arena, &nothing, NULL, after, HOW_SERVER_SIDE).refused;
    if (after->object) validate_create(after);
    if (after->definition) crd_judge(after->definition, after);
    pair->accepted = is_accepted(after);
    pair->applies = pair->accepted && !(refused.len && how == HOW_SERVER_SIDE);
    pair->applied = after;
    if (refused.len)
        add_note(arena, pair, str_format(arena, "%s is refused: %.*s; remove one of them", server_side_name, TEXT(refused)));
    pair->effect = !pair->applies ? EFFECT_REFUSED : pair->kind == PAIR_RENAMED ? EFFECT_RECREATE : EFFECT_IN_PLACE;
}

static bool equal_nodes(const Node *a, const Node *b) {
    if (a->kind != b->kind || a->count != b->count) return false;
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->kind == NODE_MAP && !str_eq(a->entries[i].key, b->entries[i].key)) return false;
        if (!equal_nodes(a->kind == NODE_MAP ? &a->entries[i].value : &a->items[i],
                         a->kind == NODE_MAP ? &b->entries[i].value : &b->items[i]))
            return false;
    }
    return a->kind >= NODE_LIST || str_eq(a->text, b->text);
}

static void add_pair(DiffResult *result, Arena *arena, Pair pair) {
    result->counts[pair.effect]++;
    ARRAY_PUSH(arena, &result->pairs, pair);
}

static void add_unread(DiffResult *result, Arena *arena, Pair pair) {
    result->unread = true;
    pair.kind = PAIR_UNREAD;
    add_pair(result, arena, pair);
}

/* One object of another name: the server refuses it in place of the old one, and apply makes it beside that. */
static void judge_renamed(Arena *arena, Pair *pair, How how) {
    Document *before = pair->before.document, *after = pair->after.document;
    Document *created = build_again(arena, after);
    created->definition = after->definition;
    Pair alone = *pair;
    alone.kind = PAIR_RENAMED;
    alone.after.document = created;
    judge_created(arena, &alone, how);
    validate_update(before, after);
    alone.after.document = after;
    alone.accepted = is_accepted(after);
    alone.summary = str_format(arena, "another name makes another object; the old one stays until %.*s",
                               TEXT(kubectl_delete(arena, before, "")));
    *pair = alone;
}

/* The new object as it was meant, so that what it changes can be told beside what is wrong with its text. */
static void take_as_meant(Pair *pair) {
    Document *written = pair->after.document;
    if (!written->mended) return;
    pair->faults = written->diags.items.n;
    pair->after.document = model_meant(written, pair->faults);
}

/* Whether the server takes an object once what it does not know is left out. */
static bool is_taken_without_unknown(Arena *arena, const Document *document) {
    Arena before = *arena;
    Document *copy = build_again(arena, document);
    bool taken = copy->object && !copy->unreadable;
    if (taken) validate_create(copy);
    for (uint32_t i = 0; i < copy->diags.items.n; i++) taken &= copy->diags.items.at[i].rule->source != FROM_API;
    arena_back(arena, &before);
    return taken;
}

/* The same of the old one. What the server does not know it may have left out, and then it has the rest. */
static void take_old_as_meant(Arena *arena, Pair *pair) {
    Document *written = pair->before.document;
    const Diag *error = first_error(written);
    if (!written->mended || !error) return;
    bool hasRest = is_taken_without_unknown(arena, written);
    if (!hasRest) pair->before.document = written->mended;
    Place place = source_place(&pair->before.file->source, arena, error->span.at);
    add_note(arena, pair,
             str_format(arena, "the server does not take the old manifest (%.*s:%u:%u: %.*s); it is compared %s",
                        TEXT(pair->before.file->source.name), place.line, place.column, TEXT(error->message),
                        hasRest ? "without what the server does not know" : "as it was meant"));
}

static void compare_pair(DiffResult *result, Arena *arena, Pair pair, bool alone, How how) {
    Document *before = pair.before.document, *after = pair.after.document;
    if (is_unread(before, false)) {
        add_unread(result, arena, (Pair){.before = pair.before});
        if (!is_unread(after, true)) result->unknown++;
        return;
    }
    if (is_unread(after, true)) {
        add_unread(result, arena, (Pair){.after = pair.after});
        result->unknown++;
        return;
    }
    bool same = !alone && equal_nodes(before->root, after->root);
    take_old_as_meant(arena, &pair);
    take_as_meant(&pair);
    before = pair.before.document;
    after = pair.after.document;
    if (!str_eq(before->name, after->name) && before->object && after->object) {
        judge_renamed(arena, &pair, how);
        add_pair(result, arena, pair);
        return;
    }
    judge_changed(arena, &pair, how);
    if (same)
        result->unchanged++;
    else
        add_pair(result, arena, pair);
}

/* An object that only the old side has: it was removed, has another name now, or nobody knows. */
static void compare_old(DiffResult *result, Arena *arena, DiffObject object, const DiffSide *after, bool *taken,
                        const StrSet *unread, How how) {
    Pair pair = {.before = object, .accepted = true, .applies = true};
    if (is_unread(object.document, false)) {
        add_unread(result, arena, pair);
        return;
    }
    for (uint32_t j = 0; j < after->objects.n; j++) {
        if (taken[j] || !same_but_name(object.document, after->objects.at[j].document)) continue;
        pair.kind = PAIR_RENAMED;
        pair.after = after->objects.at[j];
        taken[j] = true;
        break;
    }
    Str delete = kubectl_delete(arena, object.document, "");
    if (pair.kind == PAIR_RENAMED) {
        take_as_meant(&pair);
        judge_created(arena, &pair, how);
        pair.summary = str_format(arena, "a new object is made; the old one stays until %.*s", TEXT(delete));
        add_pair(result, arena, pair);
    } else if (str_set_find(unread, object.file->path)) {
        result->unread = true;
        result->unknown++;
    } else {
        pair.kind = PAIR_REMOVED;
        pair.summary = str_format(arena, "the object stays in the cluster until %.*s (or apply --prune)", TEXT(delete));
        add_pair(result, arena, pair);
    }
}

static void compare_new(DiffResult *result, Arena *arena, DiffObject object, const StrSet *unread, How how) {
    Pair pair = {.kind = PAIR_ADDED, .after = object};
    if (is_unread(object.document, true)) {
        add_unread(result, arena, pair);
    } else if (str_set_find(unread, object.file->path)) {
        result->unread = true;
        result->unknown++;
    } else {
        take_as_meant(&pair);
        judge_created(arena, &pair, how);
        add_pair(result, arena, pair);
    }
}

/* Counts the custom resources that change, and of which nobody knows what that means. */
static void compare_undefined(DiffResult *result, Arena *arena, const DiffSide *before, const DiffSide *after) {
    uint32_t *partner = NEW_ARRAY(arena, uint32_t, before->undefined.n + 1);
    bool *taken = NEW_ARRAY(arena, bool, after->undefined.n + 1);
    pair_objects(arena, before->undefined, after->undefined, partner, taken);
    for (uint32_t i = 0; i < before->undefined.n; i++) {
        const Document *old = before->undefined.at[i].document;
        const Document *new = partner[i] == UINT32_MAX ? NULL : after->undefined.at[partner[i]].document;
        if (!new || !crd_same(old->root, new->root)) ARRAY_PUSH(arena, &result->unjudged, old->kind);
    }
    for (uint32_t j = 0; j < after->undefined.n; j++)
        if (!taken[j]) ARRAY_PUSH(arena, &result->unjudged, after->undefined.at[j].document->kind);
}

static bool has_unread_file(const DiffSide *side) {
    for (uint32_t i = 0; i < side->files.n; i++)
        if (side->files.at[i]->error.at) return true;
    return false;
}

/* Leaves out what is no manifest, unless the same file holds objects on the other side. */
static void drop_foreign(Arena *arena, DiffSide *side, const DiffSide *other) {
    StrSet paths = {.arena = arena};
    for (uint32_t i = 0; i < other->objects.n; i++)
        if (!other->objects.at[i].document->refused) str_set_add(&paths, other->objects.at[i].file->path, other);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < side->objects.n; i++) {
        DiffObject object = side->objects.at[i];
        if (!object.document->refused || str_set_find(&paths, object.file->path)) side->objects.at[kept++] = object;
    }
    side->objects.n = kept;
}

void diff_compare(DiffResult *result, Arena *arena, DiffSide *before, DiffSide *after, How how) {
    *result = (DiffResult){.unread = has_unread_file(before) || has_unread_file(after)};
    define_objects(before);
    define_objects(after);
    compare_undefined(result, arena, before, after);
    drop_foreign(arena, before, after);
    drop_foreign(arena, after, before);
    StrSet unreadBefore = unread_paths(arena, before, false), unreadAfter = unread_paths(arena, after, true);
    uint32_t *partner = NEW_ARRAY(arena, uint32_t, before->objects.n + 1);
    bool *taken = NEW_ARRAY(arena, bool, after->objects.n + 1);
    pair_objects(arena, before->objects, after->objects, partner, taken);
    /* One object on each side is the same object even under another name: somebody compares two versions of it. */
    bool alone = before->objects.n == 1 && after->objects.n == 1 && before->files.n == 1 && after->files.n == 1;
    if (alone && partner[0] == UINT32_MAX) {
        const Document *a = before->objects.at[0].document, *b = after->objects.at[0].document;
        if (same_kind(a, b) || a->unreadable || b->unreadable) partner[0] = 0, taken[0] = true;
    }
    for (uint32_t i = 0; i < before->objects.n; i++) {
        DiffObject object = before->objects.at[i];
        if (partner[i] == UINT32_MAX)
            compare_old(result, arena, object, after, taken, &unreadAfter, how);
        else
            compare_pair(result, arena,
                         (Pair){.before = object, .after = after->objects.at[partner[i]], .accepted = true, .applies = true},
                         alone, how);
    }
    for (uint32_t j = 0; j < after->objects.n; j++)
        if (!taken[j]) compare_new(result, arena, after->objects.at[j], &unreadBefore, how);
    note_related(result, arena, before, after);
}
