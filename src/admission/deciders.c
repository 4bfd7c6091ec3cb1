#include "model/compare.h"
#include "plugin.h"
#include "validate/names.h"

bool is_default_storage_class(const Document *class) {
    static const Str marks[] = {STR("storageclass.kubernetes.io/is-default-class"),
                                STR("storageclass.beta.kubernetes.io/is-default-class")};
    for (size_t i = 0; i < COUNT(marks); i++) {
        const Str *mark = map_get(model_meta(class)->annotations, marks[i]);
        if (mark && str_eq(*mark, S("true"))) return true;
    }
    return false;
}

bool has_refused(const Request *r, uint32_t before) {
    for (uint32_t i = before; i < r->diags->items.n; i++)
        if (r->diags->items.at[i].severity == SEVERITY_ERROR) return true;
    return false;
}

/* The most objects of a kind in a namespace, and the most of one name, that are looked at for each pod. */
enum { MOST_OF_KIND = 16 };

static bool is_security_label(Str key) {
    return str_starts(key, S("pod-security.kubernetes.io/"));
}

static bool asks_security(const StrMap labels) {
    for (uint32_t i = 0; i < labels.n; i++)
        if (is_security_label(labels.at[i].key)) return true;
    return false;
}

AdmissionRole admission_role(const Document *document) {
    const Kind *kind = document->object && !document->partial ? model_kind(document) : NULL;
    if (!kind) return ADMISSION_NONE;
    const ObjectMeta *meta = model_meta(document);
    switch (kind->number) {
    case KIND_Namespace: return asks_security(meta->labels) ? ADMISSION_BINDS : ADMISSION_GIVES;
    case KIND_ServiceAccount:
        return map_get(meta->annotations, S("kubernetes.io/enforce-mountable-secrets")) ? ADMISSION_BINDS : ADMISSION_GIVES;
    case KIND_Node:
    case KIND_LimitRange:
    case KIND_ResourceQuota:
    case KIND_PriorityClass:
    case KIND_RuntimeClass: return ADMISSION_BINDS;
    case KIND_StorageClass: return is_default_storage_class(document) ? ADMISSION_BINDS : ADMISSION_GIVES;
    case KIND_PersistentVolume:
        return ((const PersistentVolume *)document->object)->spec.storageClassName.len ? ADMISSION_GIVES : ADMISSION_NONE;
    default: return ADMISSION_NONE;
    }
}

Str counted_key(Arena *arena, Str kind, Str namespace_, Str name, Str world) {
    return str_format(arena, "%.*s/%.*s/%.*s/%.*s", TEXT(kind), TEXT(namespace_), TEXT(name), TEXT(world));
}

Str namespace_of(const Deciders *deciders, const Document *document) {
    Str own = model_meta(document)->namespace;
    return own.len || !model_kind(document)->namespaced ? own : deciders->namespace_;
}

/* What others know an object by that decides: a volume by its class. */
static Str name_of(const Document *document) {
    if (model_is(document, KIND_PersistentVolume)) return ((const PersistentVolume *)document->object)->spec.storageClassName;
    return model_meta(document)->name;
}

static Str key_of(Arena *arena, uint16_t kind, Str namespace_) {
    return str_format(arena, "%u/%.*s", kind, TEXT(namespace_));
}

static Str key_with(Arena *arena, uint16_t kind, Str namespace_, Str name) {
    return str_format(arena, "%u/%.*s/%.*s", kind, TEXT(namespace_), TEXT(name));
}

static bool share_world(const Standing *a, const Standing *b) {
    if (!a->worlds.n || !b->worlds.n) return true;
    for (uint32_t i = 0; i < a->worlds.n; i++)
        if (str_in(a->worlds.at[i], b->worlds.at, b->worlds.n)) return true;
    return false;
}

/* The one that an object takes the place of: what the cluster has of it, or an earlier one in the same file. */
static Decider *replaced_by(Decider *same, const Standing *standing) {
    for (; same; same = same->nextOfName)
        if (same->ofCluster || (str_eq(same->standing.file, standing->file) && share_world(&same->standing, standing)))
            return same;
    return NULL;
}

void deciders_add(Deciders *deciders, const Document *document, Standing standing, bool ofCluster) {
    Arena *arena = deciders->arena;
    uint16_t kind = model_kind(document)->number;
    if (kind == KIND_Node) { /* one without its size is a patch of labels or taints, and may have others too */
        const NodeStatus *status = &((const NodeObject *)document->object)->status;
        if (!status->allocatable.n && !status->capacity.n) return;
        cluster_add_node(&deciders->nodes, arena, document->object);
        deciders->count++;
        return;
    }
    if (document->patched && (kind == KIND_LimitRange || kind == KIND_ResourceQuota)) return; /* it limits something else */
    Str namespace_ = namespace_of(deciders, document), name = key_with(arena, kind, namespace_, name_of(document));
    Decider *same = (Decider *)(uintptr_t)str_set_find(&deciders->byKind, name);
    Decider *old = ofCluster ? same : replaced_by(same, &standing), *decider = old ? old : NEW(arena, Decider);
    if (!old)
        *decider = (Decider){.used = sums_start(arena),
                             .usedBefore = sums_start(arena),
                             .firstOfName = decider,
                             .lastOfKind = decider,
                             .number = deciders->count++};
    if (ofCluster && kind == KIND_Namespace)
        decider->terminates = str_eq(((const Namespace *)document->object)->status.phase, S("Terminating"));
    if (ofCluster && kind == KIND_ResourceQuota) {
        decider->usedBefore = sums_start(arena);
        sums_add_all(&decider->usedBefore, &((ResourceQuota *)document->object)->status.used);
    }
    if (!old || old->ofCluster || !ofCluster) { /* what is applied holds, whatever the cluster has */
        decider->document = document;
        decider->standing = standing;
        decider->ofCluster = ofCluster;
    }
    if (old) return;
    str_set_add(&deciders->byKind, name, decider);
    if (same) {
        decider->firstOfName = same;
        decider->nextOfName = same->nextOfName;
        same->nextOfName = decider;
    }
    Decider *first = (Decider *)(uintptr_t)str_set_add(&deciders->byKind, key_of(arena, kind, namespace_), decider);
    if (first && first->ofKind++ < MOST_OF_KIND) {
        first->lastOfKind->nextOfKind = decider;
        first->lastOfKind = decider;
    }
}

/* Whether two of one kind decide the same; of a Namespace only its Pod Security labels count. */
static bool decide_alike(const Decider *a, const Decider *b) {
    if (!model_is(a->document, KIND_Namespace)) return object_equal(a->document->type, a->document->object, b->document->object);
    const StrMap labels[] = {model_meta(a->document)->labels, model_meta(b->document)->labels};
    for (size_t own = 0; own < COUNT(labels); own++)
        for (uint32_t i = 0; i < labels[own].n; i++) {
            const StrPair *pair = &labels[own].at[i];
            const Str *other = map_get(labels[!own], pair->key);
            if (is_security_label(pair->key) && !(other && str_eq(*other, pair->value))) return false;
        }
    return true;
}

/* How a decider comes to decide over an object. */
typedef enum Reach {
    REACH_NONE,
    REACH_ELSEWHERE, /* it stands elsewhere in the run: a class always, others where they bring no pods of their own, and as long
                        as the namespace is written */
    REACH_TOGETHER,  /* both are applied together */
    REACH_SAME_FILE,
} Reach;

static Reach reach_of(const Request *r, const Decider *decider) {
    const Kind *kind = model_kind(decider->document);
    if (share_world(&decider->standing, r->standing))
        return str_eq(decider->standing.file, r->standing->file) ? REACH_SAME_FILE : REACH_TOGETHER;
    bool class = !kind->namespaced && kind->number != KIND_Namespace;
    Str namespace_ = kind->namespaced ? namespace_of(r->deciders, decider->document) : decider_name(decider);
    bool named = namespace_.len && !str_eq(namespace_, S("default")); /* that is nobody's own */
    return class || (decider->standing.everywhere && named) ? REACH_ELSEWHERE : REACH_NONE;
}

/* Whether a decider is the one of its name for an object: of several, the nearest; of several of these, which are alternatives,
 * the first if they all say the same, or none. Of classes there is one everywhere. */
static bool holds(const Request *r, const Decider *decider) {
    Reach reach = reach_of(r, decider);
    bool one = model_kind(decider->document)->namespaced || model_is(decider->document, KIND_Namespace);
    unsigned i = 0;
    for (const Decider *other = decider->firstOfName; reach && other && i < MOST_OF_KIND; other = other->nextOfName, i++) {
        Reach theirs = other == decider ? REACH_NONE : reach_of(r, other);
        if (theirs < reach) continue;
        if (theirs > reach || other->number < decider->number || !decide_alike(decider, other)) return false;
        if (one && reach == REACH_ELSEWHERE) return false; /* of several nobody knows which is there */
    }
    return reach != REACH_NONE;
}

static Decider *first_that_holds(const Request *r, Decider *decider) {
    while (decider && !holds(r, decider)) decider = decider->nextOfKind;
    return decider;
}

Decider *deciders_first(const Request *r, uint16_t kind, Str namespace_) {
    return first_that_holds(r, (Decider *)(uintptr_t)str_set_find(&r->deciders->byKind, key_of(r->arena, kind, namespace_)));
}

Decider *deciders_next(const Request *r, const Decider *decider) {
    return first_that_holds(r, decider->nextOfKind);
}

Decider *decider_named(const Request *r, uint16_t kind, Str namespace_, Str name) {
    Str key = key_with(r->arena, kind, namespace_, name);
    Decider *decider = (Decider *)(uintptr_t)str_set_find(&r->deciders->byKind, key);
    for (unsigned i = 0; decider && i < MOST_OF_KIND; i++, decider = decider->nextOfName)
        if (holds(r, decider)) return decider;
    return NULL;
}

bool decider_is_together(const Request *r, const Decider *decider) {
    return decider->ofCluster || reach_of(r, decider) >= REACH_TOGETHER;
}

Str decider_place(const Request *r, const Decider *decider) {
    if (str_eq(decider->standing.file, r->standing->file)) return str_format(r->arena, "line %u", decider->standing.line);
    return str_format(r->arena, "%.*s:%u", TEXT(decider->standing.file), decider->standing.line);
}

/* Whether there is a decider of a kind in a namespace. */
static bool has_kind(const Deciders *deciders, Arena *arena, uint16_t kind, Str namespace_) {
    return str_set_find(&deciders->byKind, key_of(arena, kind, namespace_)) != NULL;
}

/* Whether plugins have something to say of an object that decides over others. */
static bool judges_itself(const Document *document, const Kind *kind) {
    if (kind->number == KIND_PriorityClass) return ((const PriorityClass *)document->object)->globalDefault;
    return kind->number == KIND_Namespace && asks_security(model_meta(document)->labels);
}

AdmissionNeed admission_need(const Document *document) {
    const Kind *kind = document->object && !document->partial ? model_kind(document) : NULL;
    if (!kind) return (AdmissionNeed){0};
    const PodSpec *spec = model_pod(document).spec;
    AdmissionNeed need = {.namespace_ = model_meta(document)->namespace,
                          .decides = judges_itself(document, kind),
                          .namespaced = kind->namespaced,
                          .kind = kind,
                          .pods = kind->namespaced && spec};
    if (!need.pods) return need;
    need.priority = spec->priorityClassName.len || spec->priority.set || spec->preemptionPolicy.len;
    need.runtimeClass = spec->runtimeClassName.len > 0;
    need.overhead = spec->overhead.at != NULL;
    need.mirror = kind->number == KIND_Pod && map_get(model_meta(document)->annotations, S("kubernetes.io/config.mirror"));
    return need;
}

/* Whether quotas of a namespace have a name that objects of the kind may be counted by: that of the kind in the plural, or what
 * they take of storage. */
static bool is_counted(const Deciders *deciders, Str namespace_, const AdmissionNeed *need) {
    const Decider *quota = str_set_find(&deciders->byKind, key_of(deciders->arena, KIND_ResourceQuota, namespace_));
    if (need->pods) return quota != NULL;
    bool claims = need->kind->number == KIND_PersistentVolumeClaim;
    for (; quota; quota = quota->nextOfKind) {
        QuantityMap hard = ((const ResourceQuota *)quota->document->object)->spec.hard;
        for (uint32_t i = 0; i < hard.n; i++)
            if (str_has(hard.at[i].key, need->kind->plural) || (claims && str_has(hard.at[i].key, S("storage")))) return true;
    }
    return false;
}

bool admission_concerns(const Deciders *deciders, const AdmissionNeed *need) {
    Arena *arena = deciders->arena;
    if (!need->namespaced) return need->decides;
    Str namespace_ = need->namespace_.len ? need->namespace_ : deciders->namespace_;
    bool limited = need->pods || need->kind->number == KIND_PersistentVolumeClaim;
    if (is_counted(deciders, namespace_, need) || (limited && has_kind(deciders, arena, KIND_LimitRange, namespace_)))
        return true;
    const Decider *own = str_set_find(&deciders->byKind, key_with(arena, KIND_Namespace, S(""), namespace_));
    if (deciders->closed || (own && own->terminates)) return true;
    if (!need->pods) return false;
    return own || deciders->nodes.nodes.n || need->overhead || need->mirror ||
           has_kind(deciders, arena, KIND_ServiceAccount, namespace_) ||
           (need->priority && has_kind(deciders, arena, KIND_PriorityClass, S(""))) ||
           (need->runtimeClass && has_kind(deciders, arena, KIND_RuntimeClass, S("")));
}

/* What kubectl prints where there is nothing. */
static bool is_empty_list(const Node *root) {
    const Node *kind = node_get(root, S("kind")), *items = node_get(root, S("items"));
    return kind && str_ends(kind->text, S("List")) && items && items->kind == NODE_LIST && !items->count;
}

/* The two that each cluster has are only printed with all others. */
static bool lists_priorities(const Deciders *deciders, Arena *arena) {
    return str_set_find(&deciders->byKind, key_with(arena, KIND_PriorityClass, S(""), S("system-node-critical"))) &&
           str_set_find(&deciders->byKind, key_with(arena, KIND_PriorityClass, S(""), S("system-cluster-critical")));
}

Str deciders_read(Deciders *deciders, Source *source, uint8_t minor, Standing standing) {
    Arena *arena = deciders->arena;
    NodeReader reader = {.source = source};
    NodeDocument node;
    uint32_t found = 0;
    deciders->counted.arena = arena;
    while (node_next(&reader, arena, &node)) {
        Document *items;
        if (!node.readable) return S("it is not YAML or JSON from beginning to end, as kubectl get -o yaml prints it");
        uint32_t count = is_empty_list(node.root) ? 0 : model_build(arena, source, &node, minor, &items);
        found += is_empty_list(node.root);
        for (uint32_t i = 0; i < count; i++) {
            const Document *item = &items[i];
            if (!item->kind.len || !item->name.len) continue;
            found++;
            str_set_add(&deciders->counted, counted_key(arena, item->kind, item->namespace_, item->name, S("")), deciders);
            if (admission_role(item) == ADMISSION_NONE) continue;
            standing.line = source_place(source, arena, item->span.at).line;
            deciders_add(deciders, item, standing, true);
        }
    }
    deciders->listsPriorities |= lists_priorities(deciders, arena);
    return found ? (Str){0} : S("it holds no objects, as kubectl get -o yaml prints them");
}

Str container_words(const Request *r, const ContainerWalk *walk) {
    static const char *const kinds[] = {"init container", "container", "ephemeral container"};
    return str_format(r->arena, "%s %.*s", kinds[walk->list], TEXT(shown(r->arena, walk->container->name)));
}
