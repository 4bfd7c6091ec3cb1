#include "related.h"

#include "consequences.h"
#include "base/str_set.h"
#include "model/containers.h"
#include "validate/areas.h"

/* Some workloads of the new side. */
typedef struct Group {
    ARRAY(const Document *) items;
} Group;

typedef struct Relating {
    Arena *arena;
    DiffResult *result;
    StrSet old;                   /* Documents of the old side by their names */
    StrSet pairs;                 /* Pairs by the names of their new objects */
    StrSet scalers;               /* Documents of autoscalers by the names of what they scale */
    Group all;                    /* workloads of the new side */
    StrSet labelled, wasLabelled; /* Groups of them by namespace and label: those that they have, and had */
} Relating;

/* What an object is found by. */
static Str key_of(Arena *arena, Str kind, const Document *document, Str name) {
    Str space = document->namespace_.len ? document->namespace_ : S("default");
    return str_format(arena, "%.*s/%.*s/%.*s", TEXT(kind), TEXT(space), TEXT(name));
}

static Str own_key(Arena *arena, const Document *document) {
    return key_of(arena, document->kind, document, document->name);
}

static Str label_key(Arena *arena, const Document *document, const StrPair *label) {
    Str space = document->namespace_.len ? document->namespace_ : S("default");
    return str_format(arena, "%.*s/%.*s=%.*s", TEXT(space), TEXT(label->key), TEXT(label->value));
}

/* Adds a workload to the groups of all labels. */
static void add_labels(Arena *arena, StrSet *set, const Document *workload, StrMap labels) {
    for (uint32_t i = 0; i < labels.n; i++) {
        Str key = label_key(arena, workload, &labels.at[i]);
        Group *group = (Group *)(uintptr_t)str_set_find(set, key);
        if (!group) {
            group = NEW(arena, Group);
            str_set_add(set, key, group);
        }
        ARRAY_PUSH(arena, &group->items, workload);
    }
}

/* The workloads beside an object that may have all labels of a selector: those with its first. */
static Group labelled(const Relating *r, const StrSet *set, const Document *beside, StrMap selector) {
    const Group *group = selector.n ? str_set_find(set, label_key(r->arena, beside, &selector.at[0])) : NULL;
    return group ? *group : (Group){0};
}

/* At most so many of them are told of one object. */
static void note(const Relating *r, Pair *pair, Str text) {
    enum { MOST = 20 };
    if (pair->notes.n < MOST)
        ARRAY_PUSH(r->arena, &pair->notes, text);
    else if (pair->notes.n == MOST)
        ARRAY_PUSH(r->arena, &pair->notes, S("and there is more of the kind"));
}

static Str namespace_of(const Document *document) {
    return document->namespace_.len ? document->namespace_ : S("default");
}

static bool is_beside(const Document *a, const Document *b) {
    return str_eq(namespace_of(a), namespace_of(b));
}

/* "Deployment web" */
static Str called(Arena *arena, const Document *document) {
    return str_format(arena, "%.*s %.*s", TEXT(document->kind), TEXT(document->name));
}

/* The old object of a workload on the new side, or NULL. */
static const Document *old_of(const Relating *r, const Document *new) {
    const Document *old = str_set_find(&r->old, own_key(r->arena, new));
    return old && old->type == new->type ? old : NULL;
}

static bool rolls_out(const Relating *r, const Document *document) {
    const Pair *pair = str_set_find(&r->pairs, own_key(r->arena, document));
    return pair && pair->kind == PAIR_CHANGED && pair->effect == EFFECT_ROLLOUT;
}

static bool has_pods(const Document *document) {
    return model_pod(document).spec != NULL;
}

/* The field below the spec of the object that a change is about; empty for others. */
static Str spec_field(const Change *change) {
    const Path *at = change->difference.path;
    while (at && at->up && at->up->up) at = at->up;
    return at && at->up && str_eq(at->up->name, S("spec")) ? at->name : S("");
}

static bool changes_spec(const Pair *pair, Str field) {
    for (uint32_t i = 0; i < pair->changeCount; i++)
        if (str_eq(spec_field(&pair->changes[i]), field)) return true;
    return false;
}

/* ConfigMaps and Secrets. */

/* What a pod takes from one of them. */
typedef struct Use {
    Buf variables, folders, files; /* names and mount paths, separated by commas; files are those mounted by subPath */
} Use;

typedef struct Config {
    bool secret;
    Str name;
    const Str *keys; /* that change */
    uint32_t keyCount;
} Config;

static void add_word(Buf *buf, Str word) {
    enum { MOST = 120 };
    if (buf->len > MOST) return;
    buf_format(buf, "%s%.*s", buf->len ? ", " : "", TEXT(word));
}

static bool is_changed(const Config *config, Str key) {
    return str_in(key, config->keys, config->keyCount);
}

static bool takes_changed(const Config *config, KeyToPathList items) {
    for (uint32_t i = 0; i < items.n; i++)
        if (is_changed(config, items.at[i].key)) return true;
    return !items.n;
}

static bool volume_uses(const Config *config, const Volume *volume) {
    if (!config->secret && volume->configMap && str_eq(volume->configMap->name, config->name))
        return takes_changed(config, volume->configMap->items);
    if (config->secret && volume->secret && str_eq(volume->secret->secretName, config->name))
        return takes_changed(config, volume->secret->items);
    for (uint32_t i = 0; volume->projected && i < volume->projected->sources.n; i++) {
        const VolumeProjection *source = &volume->projected->sources.at[i];
        bool map = !config->secret && source->configMap && str_eq(source->configMap->name, config->name);
        bool secret = config->secret && source->secret && str_eq(source->secret->name, config->name);
        if ((map && takes_changed(config, source->configMap->items)) || (secret && takes_changed(config, source->secret->items)))
            return true;
    }
    return false;
}

static void find_mounts(const Config *config, const PodSpec *spec, const Container *container, Use *use) {
    for (uint32_t i = 0; i < container->volumeMounts.n; i++) {
        const VolumeMount *mount = &container->volumeMounts.at[i];
        bool uses = false;
        for (uint32_t j = 0; j < spec->volumes.n && !uses; j++)
            uses = str_eq(spec->volumes.at[j].name, mount->name) && volume_uses(config, &spec->volumes.at[j]);
        if (uses) add_word(mount->subPath.len || mount->subPathExpr.len ? &use->files : &use->folders, mount->mountPath);
    }
}

static void find_variables(const Config *config, const Container *container, Use *use) {
    for (uint32_t i = 0; i < container->envFrom.n; i++) {
        const EnvFromSource *from = &container->envFrom.at[i];
        Str name = config->secret ? (from->secretRef ? from->secretRef->name : S(""))
                                  : (from->configMapRef ? from->configMapRef->name : S(""));
        for (uint32_t j = 0; str_eq(name, config->name) && j < config->keyCount; j++) add_word(&use->variables, config->keys[j]);
    }
    for (uint32_t i = 0; i < container->env.n; i++) {
        const EnvVarSource *from = container->env.at[i].valueFrom;
        Str name = S(""), key = S("");
        if (from && config->secret && from->secretKeyRef) name = from->secretKeyRef->name, key = from->secretKeyRef->key;
        if (from && !config->secret && from->configMapKeyRef)
            name = from->configMapKeyRef->name, key = from->configMapKeyRef->key;
        if (name.len && str_eq(name, config->name) && is_changed(config, key))
            add_word(&use->variables, container->env.at[i].name);
    }
}

static Use use_of(Arena *arena, const Config *config, const PodSpec *spec) {
    Use use = {{.arena = arena}, {.arena = arena}, {.arena = arena}};
    ContainerWalk walk;
    for (walk_containers(&walk, spec, NULL); walk_next(&walk);) {
        find_variables(config, walk.container, &use);
        find_mounts(config, spec, walk.container, &use);
    }
    return use;
}

static void note_config_use(const Relating *r, Pair *pair, const Document *workload, Use *use) {
    Str who = called(r->arena, workload);
    if (!use->variables.len && !use->folders.len && !use->files.len) return;
    if (rolls_out(r, workload)) {
        note(r, pair, str_format(r->arena, "%.*s: its rollout takes the new values", TEXT(who)));
        return;
    }
    Str restart = restart_words(r->arena, workload);
    if (use->variables.len)
        note(r, pair,
             str_format(r->arena, "%.*s: running pods keep the old value of %.*s; %.*s", TEXT(who),
                        TEXT(buf_text(&use->variables)), TEXT(restart)));
    if (use->files.len)
        note(r, pair,
             str_format(r->arena, "%.*s: running pods keep the old file at %.*s, which is mounted by subPath; %.*s", TEXT(who),
                        TEXT(buf_text(&use->files)), TEXT(restart)));
    if (use->folders.len)
        note(r, pair,
             str_format(r->arena,
                        "%.*s: the files in %.*s change in running pods after about a minute, if the program reads them again",
                        TEXT(who), TEXT(buf_text(&use->folders))));
}

/* The keys of a ConfigMap or Secret that change. */
static Config config_of(Arena *arena, const Pair *pair) {
    ARRAY(Str) keys = {0};
    for (uint32_t i = 0; i < pair->changeCount; i++) {
        const Path *path = pair->changes[i].difference.path;
        bool data = path->index == PATH_KEY && path->up && !path->up->up && !str_eq(path->up->name, S("metadata"));
        if (data) ARRAY_PUSH(arena, &keys, path->name);
    }
    return (Config){model_is(pair->after.document, KIND_Secret), pair->after.document->name, keys.at, keys.n};
}

/* Tells the pair of a ConfigMap or Secret what it means for a workload that names it; once for each, whose names are in `seen`.
 */
static void note_config(const Relating *r, const Document *workload, StrSet *seen, bool secret, Str name) {
    Str key = key_of(r->arena, secret ? S("Secret") : S("ConfigMap"), workload, name);
    Pair *pair = (Pair *)(uintptr_t)str_set_find(&r->pairs, key);
    if (!name.len || !pair || pair->kind != PAIR_CHANGED || !pair->applies || str_set_find(seen, key)) return;
    str_set_add(seen, key, workload);
    Config config = config_of(r->arena, pair);
    Use use = use_of(r->arena, &config, model_pod(workload).spec);
    note_config_use(r, pair, workload, &use);
}

static void note_configs(const Relating *r, const Document *workload) {
    const PodSpec *spec = model_pod(workload).spec;
    StrSet seen = {.arena = r->arena};
    ContainerWalk walk;
    for (walk_containers(&walk, spec, NULL); walk_next(&walk);) {
        for (uint32_t i = 0; i < walk.container->envFrom.n; i++) {
            const EnvFromSource *from = &walk.container->envFrom.at[i];
            if (from->configMapRef) note_config(r, workload, &seen, false, from->configMapRef->name);
            if (from->secretRef) note_config(r, workload, &seen, true, from->secretRef->name);
        }
        for (uint32_t i = 0; i < walk.container->env.n; i++) {
            const EnvVarSource *from = walk.container->env.at[i].valueFrom;
            if (from && from->configMapKeyRef) note_config(r, workload, &seen, false, from->configMapKeyRef->name);
            if (from && from->secretKeyRef) note_config(r, workload, &seen, true, from->secretKeyRef->name);
        }
    }
    for (uint32_t i = 0; i < spec->volumes.n; i++) {
        const Volume *volume = &spec->volumes.at[i];
        if (volume->configMap) note_config(r, workload, &seen, false, volume->configMap->name);
        if (volume->secret) note_config(r, workload, &seen, true, volume->secret->secretName);
        for (uint32_t j = 0; volume->projected && j < volume->projected->sources.n; j++) {
            const VolumeProjection *source = &volume->projected->sources.at[j];
            if (source->configMap) note_config(r, workload, &seen, false, source->configMap->name);
            if (source->secret) note_config(r, workload, &seen, true, source->secret->name);
        }
    }
}

/* Services. */

static bool selects(StrMap selector, const Document *workload) {
    LabelSelector labels = {.matchLabels = selector};
    return selector.n && has_pods(workload) && selector_matches(&labels, model_pod(workload).meta->labels);
}

static void note_selector(const Relating *r, Pair *pair) {
    const Document *service = pair->after.document;
    const Service *old = pair->before.document->object, *new = service->object;
    Buf now = {.arena = r->arena}, gone = {.arena = r->arena};
    Group group = labelled(r, &r->labelled, service, new->spec.selector);
    for (uint32_t i = 0; i < group.items.n; i++) {
        const Document *workload = group.items.at[i], *was = old_of(r, workload);
        if (!selects(new->spec.selector, workload)) continue;
        add_word(&now, called(r->arena, workload));
        if (was && !selects(new->spec.selector, was))
            note(r, pair,
                 str_format(r->arena,
                            "%.*s gets these labels only with its new pods: until the first of them is ready the Service has no "
                            "endpoint there; add the labels to the pods first, and change the selector when they are rolled out",
                            TEXT(called(r->arena, workload))));
    }
    group = labelled(r, &r->wasLabelled, service, old->spec.selector);
    for (uint32_t i = 0; i < group.items.n; i++) {
        const Document *workload = group.items.at[i];
        if (selects(old->spec.selector, old_of(r, workload)) && !selects(new->spec.selector, workload))
            add_word(&gone, called(r->arena, workload));
    }
    if (now.len) note(r, pair, str_format(r->arena, "traffic goes to the pods of %.*s", TEXT(buf_text(&now))));
    if (gone.len) note(r, pair, str_format(r->arena, "traffic no longer goes to the pods of %.*s", TEXT(buf_text(&gone))));
    if (!now.len && new->spec.selector.n)
        note(r, pair, S("no pods of this run have these labels: the Service would have no endpoints"));
}

static void note_service(const Relating *r, Pair *pair) {
    const Service *new = pair->after.document->object;
    if (changes_spec(pair, S("selector"))) note_selector(r, pair);
    Group group = labelled(r, &r->labelled, pair->after.document, new->spec.selector);
    for (uint32_t i = 0; changes_spec(pair, S("ports")) && i < group.items.n; i++) {
        const Document *workload = group.items.at[i];
        if (!selects(new->spec.selector, workload)) continue;
        if (rolls_out(r, workload))
            note(r, pair,
                 str_format(r->arena, "the ports change at once, also for pods of %.*s that are not replaced yet",
                            TEXT(called(r->arena, workload))));
        else
            note(r, pair,
                 str_format(r->arena, "the ports change at once for the pods of %.*s, which go on as they are",
                            TEXT(called(r->arena, workload))));
    }
}

/* Autoscalers and budgets. */

static Str target_key(Arena *arena, const Document *scaler) {
    const HorizontalPodAutoscaler *hpa = scaler->object;
    return key_of(arena, hpa->spec.scaleTargetRef.kind, scaler, hpa->spec.scaleTargetRef.name);
}

static void note_scaler(const Relating *r, Pair *pair) {
    const HorizontalPodAutoscaler *new = pair->after.document->object;
    Str kind = new->spec.scaleTargetRef.kind, name = new->spec.scaleTargetRef.name;
    if ((!changes_spec(pair, S("minReplicas")) && !changes_spec(pair, S("maxReplicas")))) return;
    note(r, pair,
         str_format(r->arena, "%.*s %.*s has %lld to %lld pods within seconds", TEXT(kind), TEXT(name),
                    (long long)new->spec.minReplicas.value, (long long)new->spec.maxReplicas));
}

static int64_t scaled(const IntOrString *value, int64_t total) {
    int64_t number = value->number;
    if (!value->isString) return number;
    if (!value->text.len || !int_parse((Str){value->text.at, value->text.len - 1}, 0, 1000, &number)) return 0;
    return (number * total + 99) / 100;
}

static void note_budget(const Relating *r, Pair *pair) {
    const PodDisruptionBudget *new = pair->after.document->object;
    if (!changes_spec(pair, S("minAvailable")) && !changes_spec(pair, S("maxUnavailable")) && !changes_spec(pair, S("selector")))
        return;
    const LabelSelector *selector = new->spec.selector;
    Group group =
        selector && selector->matchLabels.n ? labelled(r, &r->labelled, pair->after.document, selector->matchLabels) : r->all;
    for (uint32_t i = 0; i < group.items.n; i++) {
        const Document *workload = group.items.at[i];
        const OptInt *replicas = model_replicas(workload);
        if (!replicas || !is_beside(workload, pair->after.document)) continue;
        if (!selector_matches(new->spec.selector, model_pod(workload).meta->labels)) continue;
        int64_t pods = replicas->value, may = 0;
        if (new->spec.maxUnavailable.set) may = scaled(&new->spec.maxUnavailable.value, pods);
        if (new->spec.minAvailable.set) may = pods - scaled(&new->spec.minAvailable.value, pods);
        Str who = called(r->arena, workload);
        note(r, pair,
             may > 0 ? str_format(r->arena, "of the %lld pods of %.*s, %lld may be evicted at a time", (long long)pods, TEXT(who),
                                  (long long)(may > pods ? pods : may))
                     : str_format(r->arena, "no pod of %.*s may be evicted: kubectl drain waits forever", TEXT(who)));
    }
}

/* Workloads. */

/* replicas that are no longer written fall back to 1, also where an autoscaler is to set them. */
static void note_replicas(const Relating *r, Pair *pair) {
    const Document *before = pair->before.document, *after = pair->after.document;
    const OptInt *old = model_replicas(before), *new = model_replicas(pair->applied);
    if (!old || !new || merge_node(after, S("spec.replicas")) || old->value <= new->value) return;
    const Document *scaler = str_set_find(&r->scalers, own_key(r->arena, after));
    note(r, pair,
         str_format(r->arena, "replicas is no longer written and falls back to %lld: %lld of %lld pods stop at once%s%.*s%s",
                    (long long)new->value, (long long)(old->value - new->value), (long long)old->value, scaler ? ", until " : "",
                    TEXT(scaler ? called(r->arena, scaler) : S("")), scaler ? " brings them back" : ""));
    if (scaler)
        note(r, pair,
             str_format(r->arena,
                        "to leave replicas to it without that, take the line out of what was applied last, before the "
                        "apply: kubectl apply edit-last-applied %.*s %.*s",
                        TEXT(str_lower(r->arena, after->kind)), TEXT(after->name)));
}

/* A StatefulSet waits for the pod that it last made, whatever the template says by then. */
static void note_ordered(const Relating *r, Pair *pair) {
    const StatefulSet *set = pair->applied->object;
    if (pair->effect != EFFECT_ROLLOUT || !str_eq(set->spec.podManagementPolicy, S("OrderedReady")) ||
        !str_eq(set->spec.updateStrategy.type, S("RollingUpdate")))
        return;
    note(r, pair,
         str_format(r->arena,
                    "a pod that is not ready holds the rollout up, also one that goes back: delete it by hand then, as in "
                    "kubectl delete pod %.*s-0",
                    TEXT(pair->after.document->name)));
}

static void note_pair(const Relating *r, Pair *pair) {
    const Document *document = pair->after.document;
    bool decoded = pair->kind == PAIR_CHANGED && pair->applies && document && document->object && pair->before.document->object;
    if (!decoded || !pair->applied->object) return;
    if (model_is(document, KIND_Service)) note_service(r, pair);
    if (model_is(document, KIND_HorizontalPodAutoscaler)) note_scaler(r, pair);
    if (model_is(document, KIND_PodDisruptionBudget)) note_budget(r, pair);
    if (model_is(document, KIND_StatefulSet)) note_ordered(r, pair);
    note_replicas(r, pair);
}

void note_related(DiffResult *result, Arena *arena, const DiffSide *before, const DiffSide *after) {
    Relating r = {.arena = arena,
                  .result = result,
                  .old.arena = arena,
                  .pairs.arena = arena,
                  .scalers.arena = arena,
                  .labelled.arena = arena,
                  .wasLabelled.arena = arena};
    for (uint32_t i = 0; i < before->objects.n; i++) {
        const Document *document = before->objects.at[i].document;
        if (document->object) str_set_add(&r.old, own_key(arena, document), document);
    }
    for (uint32_t i = 0; i < after->objects.n; i++) {
        const Document *document = after->objects.at[i].document;
        if (document->object && has_pods(document)) ARRAY_PUSH(arena, &r.all.items, document);
        if (document->object && model_is(document, KIND_HorizontalPodAutoscaler))
            str_set_add(&r.scalers, target_key(arena, document), document);
    }
    for (uint32_t i = 0; i < result->pairs.n; i++) {
        Pair *pair = &result->pairs.at[i];
        if (pair->after.document && pair->after.document->object)
            str_set_add(&r.pairs, own_key(arena, pair->after.document), pair);
    }
    for (uint32_t i = 0; i < r.all.items.n; i++) {
        const Document *workload = r.all.items.at[i], *was = old_of(&r, workload);
        add_labels(arena, &r.labelled, workload, model_pod(workload).meta->labels);
        if (was && has_pods(was)) add_labels(arena, &r.wasLabelled, workload, model_pod(was).meta->labels);
    }
    for (uint32_t i = 0; i < r.all.items.n; i++) note_configs(&r, r.all.items.at[i]);
    for (uint32_t i = 0; i < result->pairs.n; i++) note_pair(&r, &result->pairs.at[i]);
}
