/* Claims: their class where they name none, and those that pods bring with them. */
#include "plugin.h"
#include "validate/names.h"

/* Whether the server takes `a` for the default before `b`: the newer one, of the same age the first by name. */
static bool is_before(const Decider *a, const Decider *b) {
    if (a->ofCluster != b->ofCluster) return b->ofCluster;
    int64_t ages[] = {a->ofCluster ? model_meta(a->document)->creationTimestamp.seconds : 0,
                      b->ofCluster ? model_meta(b->document)->creationTimestamp.seconds : 0};
    if (ages[0] != ages[1]) return ages[0] > ages[1];
    return str_cmp(decider_name(a), decider_name(b)) < 0;
}

Str storage_class_of(const Request *r, const PersistentVolumeClaim *claim) {
    const Str *old = map_get(claim->metadata.annotations, S("volume.beta.kubernetes.io/storage-class"));
    const Decider *found = NULL;
    if (old || claim->spec.storageClassName.at) return old ? *old : claim->spec.storageClassName;
    for (const Decider *d = deciders_first(r, KIND_StorageClass, S("")); d; d = deciders_next(r, d))
        if (is_default_storage_class(d->document) && (!found || is_before(d, found))) found = d;
    return found ? decider_name(found) : (Str){0};
}

static Path *field_of(Arena *arena, const Path *parent, const char *name) {
    Path *path = NEW(arena, Path);
    *path = path_field(parent, str_of(name));
    return path;
}

static Path *item_of(Arena *arena, const Path *parent, uint32_t i) {
    Path *path = NEW(arena, Path);
    *path = path_index(parent, i);
    return path;
}

MadeClaims made_claims(const Request *r) {
    MadeClaims out = {0};
    if (!r->spec) return out;
    if (model_is(r->document, KIND_StatefulSet)) {
        const PersistentVolumeClaimList templates = ((const StatefulSet *)r->document->object)->spec.volumeClaimTemplates;
        const Path *list = field_of(r->arena, field_of(r->arena, NULL, "spec"), "volumeClaimTemplates");
        for (uint32_t i = 0; i < templates.n; i++) {
            MadeClaim made = {templates.at[i], templates.at[i].metadata.name, item_of(r->arena, list, i)};
            ARRAY_PUSH(r->arena, &out, made);
        }
    }
    const Path *volumes = field_of(r->arena, &r->place.spec, "volumes");
    for (uint32_t i = 0; i < r->spec->volumes.n; i++) {
        const Volume *volume = &r->spec->volumes.at[i];
        const PersistentVolumeClaimTemplate *template = volume->ephemeral ? volume->ephemeral->volumeClaimTemplate : NULL;
        if (!template) continue;
        const Path *at = field_of(r->arena, item_of(r->arena, volumes, i), "ephemeral");
        MadeClaim made = {{.metadata = template->metadata, .spec = template->spec},
                          volume->name,
                          field_of(r->arena, at, "volumeClaimTemplate")};
        ARRAY_PUSH(r->arena, &out, made);
    }
    return out;
}

Str made_claim_words(const Request *r, const MadeClaim *made, int64_t count) {
    Str name = shown(r->arena, made->name);
    if (count > 1) return str_format(r->arena, "%lld claims of %.*s", (long long)count, TEXT(name));
    return str_join(r->arena, S("the claim "), name);
}

Str pods_words(const Request *r, int64_t refused, int64_t all) {
    bool one = refused == 1 && all > 1;
    const char *verb =
        r->waits ? one || r->isPod ? "waits for its claims, which are refused" : "wait for their claims, which are refused"
        : one    ? "is refused"
                 : "are refused";
    if (r->isPod) return r->waits ? str_format(r->arena, "the pod %s: ", verb) : S("");
    if (refused == all) return str_format(r->arena, "the pods of this %.*s %s: ", TEXT(r->document->kind), verb);
    return str_format(r->arena, "%lld of the %lld pods of this %.*s %s: ", (long long)refused, (long long)all,
                      TEXT(r->document->kind), verb);
}

Request waiting_request(const Request *r) {
    Request waiting = *r;
    waiting.waits = true;
    waiting.pods = pods_words(&waiting, 1, 1);
    return waiting;
}

static void check_class(const Request *r, Str class, const Path *claim) {
    Path spec = path_field(claim, S("spec")), at = path_field(&spec, S("storageClassName"));
    if (!class.len || decider_named(r, KIND_StorageClass, S(""), class) || decider_named(r, KIND_PersistentVolume, S(""), class))
        return;
    emit_storage_class_missing(r->diags, request_where(r, &at), .name = shown(r->arena, class));
}

void claims_check_classes(const Request *r) {
    const PersistentVolumeClaim *claim = model_is(r->document, KIND_PersistentVolumeClaim) ? r->document->object : NULL;
    MadeClaims made = made_claims(r);
    if (claim && !claim->spec.volumeName.len) check_class(r, storage_class_of(r, claim), NULL);
    for (uint32_t i = 0; i < made.n; i++) check_class(r, storage_class_of(r, &made.at[i].claim), made.at[i].at);
}
